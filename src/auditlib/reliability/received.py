"""What the client gave: files and rows, each once, however often the run file reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditlib.contracts import CanonicalTables
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Source
from auditlib.records import SourceTotals


@dataclass(frozen=True, slots=True)
class Received:
    """Files and rows as they were given.

    Parameters
    ----------
    files
        Files, or tables of a database.
    rows
        Their records, those of each worksheet once.
    left_out
        Records that no reading of their file takes.
    """

    files: int
    rows: int
    left_out: int


@dataclass(frozen=True, slots=True)
class _Reading:
    source: Source
    total: SourceTotals


def received(engagement: Engagement) -> Received:
    """Return the files and rows behind the control totals; a reading no source is known of is a file."""
    totals = engagement.evidence.totals
    sources = engagement.run.sources
    if len(sources) != len(totals):
        rows = sum(total.rows_in for total in totals)
        return Received(len(totals), rows, sum(total.rows_left_out for total in totals))
    readings = [_Reading(source, total) for source, total in zip(sources, totals, strict=True)]
    groups = _by_lines(readings)
    return Received(
        len({_file(reading.source) for reading in readings}),
        sum(max(reading.total.rows_in for reading in group) for group in groups),
        sum(_left_out(group, engagement.evidence) for group in groups),
    )


def _file(source: Source) -> tuple[str, str]:
    # A table of a database is told by all that says where it is: labels are for readers, and may be shared.
    return (source.file or "", "" if source.database is None else source.database.model_dump_json())


def _by_lines(readings: Iterable[_Reading]) -> list[list[_Reading]]:
    """Return the readings by the lines they read: those of one file, or of one worksheet of it."""
    groups: dict[tuple[str, str, str], list[_Reading]] = {}
    for reading in readings:
        groups.setdefault((*_file(reading.source), reading.source.sheet or ""), []).append(reading)
    return list(groups.values())


def _left_out(group: Sequence[_Reading], tables: CanonicalTables) -> int:
    """Return how many rows no reading takes.

    Where a row of a table is not a row of the file (long and wide forms), the most that one reading takes.
    """
    if len(group) == 1 or any(not reading.total.rows_left_out for reading in group):
        return min(reading.total.rows_left_out for reading in group)
    if any(reading.source.long or reading.source.wide or reading.source.fills for reading in group):
        return min(reading.total.rows_left_out for reading in group)
    names = sorted({(reading.total.table, reading.total.file) for reading in group})
    return max(reading.total.rows_in for reading in group) - _lines_taken(names, tables)


def _lines_taken(names: Sequence[tuple[str, str]], tables: CanonicalTables) -> int:
    """Return how many lines stand in any of the tables, by their readings, or in quarantine."""
    import narwhals as nw

    stored = [
        tables.lazy(table).filter(nw.col("source_file") == file).select(line=nw.col("source_line"))
        for table, file in names
        if table in tables.tables
    ]
    aside = [
        tables.lazy("quarantine").filter(nw.col("table") == table, nw.col("file") == file).select("line")
        for table, file in names
    ]
    lines = nw.concat([frame.with_columns(nw.col("line").cast(nw.Int64)) for frame in (*stored, *aside)])
    return int(lines.unique().select(nw.len()).collect().item())
