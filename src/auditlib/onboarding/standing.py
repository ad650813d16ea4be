"""Whether tables can stand on what was kept, and whether their words are known.

A file of which every row is in quarantine is nearly always declared wrongly; a state or a severity that no
clock and no criterion knows would be judged as something it is not. Both are asked about before a run.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from auditlib.contracts import TABLES, Column, Kind
from auditlib.errors import Problem
from auditlib.evidence import Evidence
from auditlib.parameters.origins import cells_of
from auditlib.parameters.run import Run, Source
from auditlib.parameters.strict_yaml import Document
from auditlib.records import Reason, SourceTotals, counted

if TYPE_CHECKING:
    import pandas as pd

MOST = 8
"""Unknown words that are named in one question."""


def fallen(run: Run, document: Document, evidence: Evidence) -> tuple[Problem, ...]:
    """Return a problem for each source without a kept row: its first cell beside what is declared."""
    aside = evidence.quarantine()
    return tuple(
        _fallen(document, index, source, total, aside)
        for index, (source, total) in enumerate(zip(run.sources, evidence.totals, strict=True))
        if total.rows_in and not total.rows_kept
    )


def unknown_words(run: Run, document: Document, evidence: Evidence) -> tuple[Problem, ...]:
    """Return a question for each column whose words clocks and criteria know only in part."""
    return tuple(
        _asked(document, index, source, column, strange)
        for index, (source, total) in enumerate(zip(run.sources, evidence.totals, strict=True))
        for column in TABLES[source.table].columns
        if column.words and (strange := _strange(source, total, column, evidence))
    )


def _fallen(
    document: Document, index: int, source: Source, total: SourceTotals, aside: pd.DataFrame
) -> Problem:
    own = aside[(aside["table"] == total.table) & (aside["file"] == total.file)]
    rows = counted(total.rows_in, "row")
    if not total.rows_quarantined:
        message = f"no row of {total.table} is kept: 'only' leaves out every one of {total.file} ({rows})."
        return document.problem(("sources", index, "only"), message, remedy="Correct it.", of_key=True)
    head = f"no row of {total.table} could be kept: every one of {total.file} ({rows}) is in quarantine"
    if own.empty:
        return document.problem(("sources", index), f"{head}.", remedy="Correct how the source is declared.")
    first = own.sort_values("line").iloc[0]
    cell = f"line {first['line']}" + (f", column {first['column']!r}" if first["column"] else "")
    message = f"{head}, beginning with {cell}: {first['value']!r} ({first['message']})"
    path, declared, remedy = _declared(source, str(first["column"]), str(first["reason"]))
    return document.problem(("sources", index, *path), f"{message}{declared}", remedy=remedy)


def _declared(source: Source, column: str, reason: str) -> tuple[tuple[str, ...], str, str]:
    """Return where in the run file the cell's form is declared, what stands there, and what to do."""
    fed = next((each for each in TABLES[source.table].columns if _origin(source, each) == column), None)
    kind = fed.kind if fed else None
    if reason == Reason.TIME and fed and (unit := cells_of(source.columns[fed.name]).unit):
        remedy = "Correct the unit, or what it runs from."
        return ("columns", fed.name, "unit"), f"; declared is a duration, its unit {unit}.", remedy
    if reason == Reason.TIME and fed and fed.name in source.dates_of:
        formats = " or ".join(repr(form) for form in source.dates_of[fed.name].formats)
        return ("dates_of", fed.name, "formats"), f"; declared are {formats}.", "Correct the format."
    if reason == Reason.TIME and kind in (Kind.INSTANT, Kind.DAY, None):
        path = ("dates", "formats") if "formats" in source.dates.model_fields_set else ("dates",)
        formats = " or ".join(repr(form) for form in source.dates.formats)
        remedy = "Correct the format, or the time zone where instants come before their trigger."
        return path if source.dates.model_fields_set else (), f"; declared are {formats}.", remedy
    return ("columns",), ".", "Correct how the source is declared, or the file."


def _origin(source: Source, column: Column) -> str:
    return source.label(column.name)


def _strange(source: Source, total: SourceTotals, column: Column, evidence: Evidence) -> list[str]:
    """Return the words of a source's column that are neither known nor declared."""
    import narwhals as nw

    if column.name not in source.columns:
        return []
    rows = evidence.lazy(total.table).filter(nw.col("source_file") == total.file)
    words = {word for (word,) in rows.select(column.name).unique().collect().rows() if word is not None}
    declared = {word for _, word in source.values.get(column.name, {}).items()}  # noqa: PD011 - a mapping
    return sorted(words - set(column.words) - declared)


def _asked(document: Document, index: int, source: Source, column: Column, strange: list[str]) -> Problem:
    named = ", ".join(repr(word) for word in strange[:MOST]) + (", ..." if len(strange) > MOST else "")
    near = {word: get_close_matches(word, column.words, n=1) for word in strange[:MOST]}
    example = ", ".join(f"{word}: {(match or ['...'])[0]}" for word, match in near.items())
    message = (
        f"{source.table} has the {column.name} {named}, which no clock and no criterion knows; "
        f"known are {', '.join(column.words)}."
    )
    remedy = (
        f"Say what they mean: values: {{{column.name}: {{{example}}}}}, with your words; "
        "one that stands for itself is declared as itself."
    )
    return document.problem(("sources", index, "columns", column.name), message, remedy=remedy)
