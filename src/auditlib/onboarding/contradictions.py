"""Columns of one row that contradict each other: which two, and whether exchanging them would mend it."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.contracts import TABLES, Column, ColumnKind, Table
from auditlib.evidence import Evidence
from auditlib.evidence.rules import rules
from auditlib.onboarding.counts_left_out import parts_beside
from auditlib.parameters.origins import cells_of
from auditlib.parameters.run import Source
from auditlib.records import SourceTotals


@dataclass(frozen=True, slots=True)
class OpposingColumns:
    """A rule over two columns that rows break.

    Parameters
    ----------
    beside
        Canonical column that the cells contradict.
    exchanged
        Whether no row would break the rule if the two columns were exchanged.
    left_out
        What to write where one of the two is left out of the other; empty where nothing shows it.
    """

    beside: Column
    exchanged: bool
    left_out: str = ""


def contradiction(
    column: Column, rule: str, *, source: Source, total: SourceTotals, evidence: Evidence, rows: int
) -> OpposingColumns | None:
    """Return what the cells of a column contradict; None where the rule is about them alone.

    Parameters
    ----------
    column, rule
        The column at fault, and the rule in the words of the quarantine.
    source, total
        The source they came through, and what became of its rows.
    evidence
        What was kept.
    rows
        How many rows break the rule.
    """
    table = TABLES[source.table]
    name = contradicted(table, column, rule)
    if not name:
        return None
    plain = all(_of_its_own(source, part) for part in (column.name, name))
    beside = table.column(name)
    exchanged = plain and _never_apart(column, beside, total, evidence, rows)
    left_out = "" if exchanged else parts_beside(column, beside, source, total, evidence)
    return OpposingColumns(beside, exchanged, left_out)


def contradicted(table: Table, column: Column, rule: str) -> str:
    """Return the canonical column that a rule, in its words, tests another against; empty for none.

    Parameters
    ----------
    table, column
        The table, and its column at fault.
    rule
        The rule in the words of the quarantine.

    Examples
    --------
    >>> from auditlib.contracts import TABLES
    >>> counts = TABLES["interval_counts"]
    >>> contradicted(counts, counts.column("ended"), "it lies before 'starts' of the same row")
    'starts'
    """
    if column.after and f"before {column.after!r}" in rule:
        return column.after
    tested = rules(table, instruments={}, parents=(), as_of=0, register=False)
    of_column = (test for test in tested if test.column == column.name and test.message == rule)
    return next((test.beside for test in of_column), "")


def remedy_of(column: Column, against: OpposingColumns, source: Source) -> str:
    """Return what to do about two columns that contradict each other."""
    pair = [source.label(part.name) or part.name for part in (column, against.beside)]
    head = f"{pair[0]!r} and {pair[1]!r} contradict each other"
    if against.exchanged:
        return (
            f"{head}. Were they exchanged, no row would contradict itself: perhaps they are swapped under "
            "'columns'; ask the client."
        )
    if against.left_out:
        return against.left_out
    return (
        f"{head} in these rows and in no others, so that they are not exchanged as a whole: ask the client "
        "which of them holds. No setting mends it."
    )


def _of_its_own(source: Source, name: str) -> bool:
    """Return whether a canonical column has a column of the source to itself, and is no duration."""
    return name in source.columns and cells_of(source.columns[name]).after is None


def _never_apart(column: Column, beside: Column, total: SourceTotals, evidence: Evidence, rows: int) -> bool:
    """Return whether the rows that keep the rule hold the same in both columns: only such bear an exchange.

    Where none is kept, those set aside or left out for another reason kept this rule: few rows that break it
    are no exchange.
    """
    import narwhals as nw

    if not total.rows_kept:
        return 2 * rows > total.rows_in
    cell, opposite = (
        nw.col(f"{part.name}_at" if part.kind is ColumnKind.INSTANT else part.name)
        for part in (column, beside)
    )
    sound = evidence.lazy(total.table).filter(nw.col("source_file") == total.file)
    return sound.filter(cell != opposite).head(1).select("source_line").collect().is_empty()
