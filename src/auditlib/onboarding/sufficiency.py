"""Whether tables can stand on what was kept, and whether their words are known.

A file of which every row is in quarantine is nearly always declared wrongly; a state or a severity that no
clock and no criterion knows would be judged as something it is not. Both are asked about before a run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from auditlib.contracts import TABLES, Column
from auditlib.errors import Problem
from auditlib.evidence import Evidence
from auditlib.onboarding.set_aside import SetAside, explained
from auditlib.parameters.run import Run, Source
from auditlib.parameters.strict_yaml import Document
from auditlib.records import SourceTotals
from auditlib.statements import counted

HALF = 0.5
"""A table of which a larger share is in quarantine cannot stand."""
_REST = "A run judges the other tables all the same, and says what it cannot of this one."
MOST = 8
"""Unknown words that are named in one question."""


def fallen(
    run: Run, document: Document, evidence: Evidence, aside: Sequence[SetAside]
) -> tuple[Problem, ...]:
    """Return a problem for each source without a kept row, and for each table that too little is left of.

    Parameters
    ----------
    run, document
        The run file, and its text with places.
    evidence
        What was kept.
    aside
        Why the rest is in quarantine; see `set_aside`.
    """
    empty = [at for at, total in enumerate(evidence.totals) if total.empty]
    sources = [_fallen(at, run, document, evidence, leading(at, aside)) for at in empty]
    empty_tables = {evidence.totals[at].table for at in empty}
    return (*sources, *_too_little(run, document, evidence, aside, empty_tables))


def leading(source: int, aside: Sequence[SetAside]) -> SetAside | None:
    """Return the commonest reason for quarantine of a source."""
    return next((group for group in aside if group.source == source), None)


def wholly_fallen(evidence: Evidence, aside: Sequence[SetAside]) -> tuple[SetAside, ...]:
    """Return the reasons that `fallen` tells itself: the commonest of each source without a kept row."""
    empty = [at for at, total in enumerate(evidence.totals) if total.empty]
    return tuple(group for at in empty if (group := leading(at, aside)))


def unknown_words(run: Run, document: Document, evidence: Evidence) -> tuple[Problem, ...]:
    """Return a question for each column whose words clocks and criteria know only in part."""
    return tuple(
        _unknown_words(document, index, source, column, strange)
        for index, (source, total) in enumerate(zip(run.sources, evidence.totals, strict=True))
        for column in TABLES[source.table].columns
        if column.words and (strange := _strange(source, total, column, evidence))
    )


def _fallen(index: int, run: Run, document: Document, evidence: Evidence, group: SetAside | None) -> Problem:
    total = evidence.totals[index]
    rows = counted(total.rows_in, "row")
    if not total.rows_quarantined:
        message = f"no row of {total.table} is kept: 'only' leaves out every one of {total.file} ({rows})."
        return document.problem(("sources", index, "only"), message, remedy="Correct it.", of_key=True)
    head = f"no row of {total.table} could be kept: every one of {total.file} ({rows}) is set aside"
    if group is None:
        return document.problem(("sources", index), f"{head}.", remedy="Correct how the source is declared.")
    reason = explained(group, run, document, evidence)
    return replace(reason, message=f"{head}. {reason.message}")


def _too_little(
    run: Run, document: Document, evidence: Evidence, aside: Sequence[SetAside], empty_tables: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each table of which more than half, or more than is allowed, is in quarantine."""
    declared = "quarantine_share" in run.thresholds.model_fields_set
    limit, limit_words = HALF, "half"
    if declared and run.thresholds.quarantine_share < HALF:
        limit = run.thresholds.quarantine_share
        limit_words = f"the declared quarantine_share of {limit:.4g}"
    for table in dict.fromkeys(total.table for total in evidence.totals if total.table not in empty_tables):
        totals = [total for total in evidence.totals if total.table == table]
        lost, judged = (
            sum(rows) for rows in zip(*((t.rows_quarantined, t.rows_judged) for t in totals), strict=True)
        )
        if not judged or lost / judged <= limit:
            continue
        groups = [group for group in aside if evidence.totals[group.source].table == table]
        place = explained(max(groups, key=lambda group: group.rows), run, document, evidence)
        share = f"{lost:,} of {counted(judged, 'row')} ({lost / judged:.1%})"
        message = f"{table} cannot stand on what was kept: more than {limit_words} is in quarantine, {share}."
        yield replace(place, message=message, remedy=f"The commonest reason: {place.remedy} {_REST}")


def _strange(source: Source, total: SourceTotals, column: Column, evidence: Evidence) -> list[str]:
    """Return the words of a source's column that are neither known nor declared."""
    import narwhals as nw

    if column.name not in source.columns:
        return []
    rows = evidence.lazy(total.table).filter(nw.col("source_file") == total.file)
    words = {word for (word,) in rows.select(column.name).unique().collect().rows() if word is not None}
    declared = {word for _, word in source.values.get(column.name, {}).items()}
    return sorted(words - set(column.words) - declared)


def _unknown_words(
    document: Document, index: int, source: Source, column: Column, strange: list[str]
) -> Problem:
    listed = ", ".join(repr(word) for word in strange[:MOST]) + (", ..." if len(strange) > MOST else "")
    near = {word: get_close_matches(word, column.words, n=1) for word in strange[:MOST]}
    example = ", ".join(f"{word}: {(match or ['...'])[0]}" for word, match in near.items())
    message = (
        f"{source.table} has the {column.name} {listed}, which no clock and no criterion knows; "
        f"known are {', '.join(column.words)}."
    )
    remedy = (
        f"Say what they mean: values: {{{column.name}: {{{example}}}}}, with your words; "
        "one that stands for itself is declared as itself."
    )
    return document.problem(("sources", index, "columns", column.name), message, remedy=remedy)
