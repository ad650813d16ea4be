"""Two scales in one column: answers from 0 to 10 among answers from 1 to 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.evidence.duplicates import PLACES
from auditlib.evidence.plan import SourcePlan
from auditlib.statements import counted

if TYPE_CHECKING:
    import duckdb

FEWEST = 10
"""Whole numbers off the scale that a column must hold before two scales are suspected."""


def explain(connection: duckdb.DuckDBPyConnection, plans: tuple[SourcePlan, ...]) -> tuple[str, ...]:
    """Say in the message of each row concerned that two scales seem to stand in its column.

    Returns one note per source and column.
    """
    columns = {
        (plan.number, field.origin)
        for plan in plans
        for field in plan.fields
        if field.column.name.startswith("q_") and field.origin
    }
    notes = []
    for number, column, rows, low, high in _suspected(connection):
        if (number, column) in columns:
            which = f"from {low} to {high} stand" if low < high else f"{low} stand"
            seen = f"{counted(rows, 'whole number')} {which} off the declared scale"
            note = f"In column {column!r} {seen}: two scales seem to be mixed."
            connection.execute(
                "UPDATE quarantine SET message = message || ' ' || $note "
                "WHERE place // $places = $number AND \"column\" = $column AND reason = 'scale'",
                {"note": note, "places": PLACES, "number": number, "column": column},
            )
            notes.append(note)
    return tuple(notes)


def _suspected(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, int, int, int]]:
    return connection.execute(
        'SELECT place // $places AS number, "column", count(*), min(score), max(score) '
        "FROM (SELECT *, TRY_CAST(value AS BIGINT) AS score FROM quarantine "
        "WHERE reason = 'scale' AND regexp_matches(value, '^[0-9]{1,3}$')) "
        "GROUP BY ALL HAVING count(*) >= $fewest AND max(score) <= 100 ORDER BY ALL",
        {"places": PLACES, "fewest": FEWEST},
    ).fetchall()
