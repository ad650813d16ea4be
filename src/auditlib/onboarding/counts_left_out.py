"""Counts that leave contacts out which another column of the file tells, and the sums that take them in.

Vendors tell who gave up after a short wait in a column of their own, and leave them out of those given up, of
those offered, or of both. What a column leaves out shows where the counts of an interval do not add up by
exactly what another column holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from auditlib.contracts import TABLES, Column
from auditlib.errors import DataError
from auditlib.evidence import Evidence
from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.column_matching import match_columns
from auditlib.onboarding.file_looks import FileLook, look_at
from auditlib.onboarding.repeated_counts import COUNTS
from auditlib.onboarding.yaml_text import origin_text
from auditlib.parameters.origins import cells_of, label_of
from auditlib.parameters.run import Run, Source
from auditlib.records import SourceTotals
from auditlib.statements import counted

_ENDED = ("answered", "abandoned", "flowed_out")
"""What becomes of those offered, as far as they do not wait."""
_SHORT = "abandoned_short"
_NEARLY_ALL = 0.95
_SELDOM = 0.01
_FEWEST = 3


def parts_beside(part: Column, whole: Column, source: Source, total: SourceTotals, evidence: Evidence) -> str:
    """Return what to write where a part is more than its whole because it is left out of it; empty for else.

    Parameters
    ----------
    part, whole
        Two counts, of which the first is said to be among the second.
    source, total
        The source they came through, and what became of its rows.
    evidence
        What was kept.
    """
    names = (part.name, whole.name, "offered")
    if source.table != COUNTS or not all(isinstance(source.columns.get(name), str) for name in names):
        return ""
    tested, without, beside = _sums(part.name, total, evidence)
    both, alone = without > _NEARLY_ALL * tested, beside > _NEARLY_ALL * tested
    if tested < _FEWEST or both == alone:
        return ""
    left_out = [whole.name] if alone else ["offered", whole.name]
    sums = ", ".join(f"{name}: {_sum(source, name, source.label(part.name))}" for name in left_out)
    labels = " and ".join(repr(source.label(name)) for name in left_out)
    agreeing = f"{beside if alone else without:,} of {counted(tested, 'interval')}"
    head = f"{source.label(part.name)!r} is more than {source.label(whole.name)!r} and so no part of it"
    return (
        f"{head}: in {agreeing} kept, what became of contacts adds up to those offered "
        f"{'with' if alone else 'without'} it. Where it is left out of {labels}, write columns: {{{sums}}}; "
        "ask the client whether it is."
    )


def _sums(part: str, total: SourceTotals, evidence: Evidence) -> tuple[int, int, int]:
    """Return the intervals that tell, those that add up without a part, and those that do with it."""
    import narwhals as nw

    rows = evidence.lazy(COUNTS).filter(nw.col("source_file") == total.file)
    names = rows.collect_schema().names()
    gap = nw.col("offered") - nw.col("answered") - nw.col("abandoned")
    gap = gap - nw.col("flowed_out") if "flowed_out" in names else gap
    tallied = rows.filter(nw.col(part) > 0, ~gap.is_null()).select(
        tested=nw.len(), without=(gap == 0).sum(), beside=(gap == nw.col(part)).sum()
    )
    return tuple(int(value or 0) for value in tallied.collect().rows()[0])  # type: ignore[return-value]


def counts_left_out(run: Run, folder: Path) -> Iterator[str]:
    """Yield a sentence for each file with counts that nothing maps, or that others miss by what they hold."""
    for source in run.sources:
        look = _look(source, folder / source.file) if source.table == COUNTS and source.file else None
        if look is None:
            continue
        missed = "" if "waiting" in source.columns else _missed(source, look)
        if said := missed or _short_unmapped(source, look):
            yield said


def _short_unmapped(source: Source, look: FileLook) -> str:
    """Return the sentence on a column of short waits that feeds nothing; empty where there is none."""
    if _SHORT in source.columns or _SHORT in source.constants:
        return ""
    used = {label_of(part) for origin in source.columns.values() for part in cells_of(origin).parts}
    matched = match_columns(look, TABLES[COUNTS])
    name = next((entry.facts.name for entry in matched if entry.column == _SHORT), "")
    if not name or name in used:
        return ""
    return (
        f"{source.file}: {name!r} is called as those who gave up after a short wait are, and feeds nothing. "
        f"Map it, columns: {{{_SHORT}: {origin_text(name)}}}, with its limit under short_seconds: where "
        "other counts leave them out, this check then says which sums take them in."
    )


def _look(source: Source, path: Path) -> FileLook | None:
    """Return what a file holds; None where it tells no counts by their names alone."""
    needed = [source.columns.get(name) for name in ("offered", "answered", "abandoned")]
    try:
        looks = list(look_at(path, file=source.file or ""))
    except DataError:
        return None
    look = next((look for look in looks if source.sheet in (None, look.sheet)), None)
    held = {facts.name for facts in look.columns} if look is not None else set()
    return look if all(isinstance(name, str) and name in held for name in needed) else None


def _missed(source: Source, look: FileLook) -> str:
    """Return the sentence on one file; empty where its counts add up, or miss by nothing that it tells."""
    ended = [name for name in _ENDED if isinstance(source.columns.get(name), str)]
    names = [source.label(name) for name in ("offered", *ended)]
    held = [facts for facts in look.columns if facts.name not in names]
    counts = {name: _whole(look.column(name)) for name in names}
    gaps = [_gap(row) for row in zip(*counts.values(), strict=True)]
    broken = sum(bool(gap) for gap in gaps)
    if broken < max(_FEWEST, _SELDOM * len(gaps)):
        return ""
    intervals = f"{broken:,} of {counted(len(gaps), 'interval')}"
    for facts, sign in product(held, (1, -1)):
        if _explains([None if cell is None else sign * cell for cell in _whole(facts)], gaps):
            return f"{source.file}: {_sentence(source, facts.name, intervals, short=sign > 0)}"
    return ""


def _whole(facts: ColumnFacts) -> list[int | None]:
    """Return the counts of a column; None where a cell is none."""
    return [int(cell) if cell.isdecimal() else None for cell in facts.cells]


def _gap(row: Sequence[int | None]) -> int | None:
    """Return how many more were offered than ended; None where it is not said."""
    offered, *ended = row
    parts = [part for part in ended if part is not None]
    return None if offered is None or len(parts) < len(ended) else offered - sum(parts)


def _explains(cells: Sequence[int | None], gaps: Sequence[int | None]) -> bool:
    """Return whether a column holds what the counts miss, in the intervals that add up and in the others."""
    pairs = [(cell, gap) for cell, gap in zip(cells, gaps, strict=True) if gap is not None]
    broken = [cell == gap for cell, gap in pairs if gap]
    sound = [cell == gap for cell, gap in pairs if not gap]
    return all(sum(agree) >= _NEARLY_ALL * len(agree) for agree in (broken, sound))


def _sentence(source: Source, name: str, intervals: str, *, short: bool) -> str:
    if not short:
        sums = f"columns: {{offered: {_sum(source, 'offered', name)}}}"
        return (
            f"in {intervals}, more became of contacts than were offered, by exactly what {name!r} holds. "
            f"Where those offered are counted without these, write {sums}; ask the client."
        )
    given_up = f"columns: {{abandoned: {_sum(source, 'abandoned', name)}}}"
    flowed = f"; where they were passed on to another queue, columns: {{flowed_out: {origin_text(name)}}}"
    passed = "" if "flowed_out" in source.columns else flowed
    return (
        f"in {intervals}, fewer contacts were answered and given up than offered, by exactly what {name!r} "
        f"holds. Where these gave up, too, write {given_up}{passed}; ask the client."
    )


def _sum(source: Source, column: str, name: str) -> str:
    """Return the sum of what feeds a column and of another column of the file."""
    terms: Mapping[str, Any] = {"sum": [source.label(column), name]}
    return origin_text(terms)
