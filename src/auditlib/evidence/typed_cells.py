"""Cells of a source that has types of its own, as expressions of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.contracts import ColumnKind

if TYPE_CHECKING:
    import pyarrow as pa

_YEAR_1000, _YEAR_9999 = -30_610_224_000_000_000, 253_402_300_799_999_999


def written(place: str, arrow_type: pa.DataType) -> str:
    """Return a cell as the text it would be in a file."""
    import pyarrow as pa

    if pa.types.is_string(arrow_type) or pa.types.is_dictionary(arrow_type):
        return place
    if pa.types.is_floating(arrow_type):  # an id column with a gap became a float on its way here
        whole = f"CAST(CAST({place} AS BIGINT) AS VARCHAR)"
        return (
            f"CASE WHEN {place} = floor({place}) AND abs({place}) < 9007199254740992 "
            f"THEN {whole} ELSE CAST({place} AS VARCHAR) END"
        )
    return f"CAST({place} AS VARCHAR)"


def native_value(kind: ColumnKind, place: str) -> str:
    """Return the value of a cell that has the type of its kind."""
    if kind is ColumnKind.DAY:
        day = of_calendar(micros(f"TRY_CAST({place} AS TIMESTAMP)"))
        days = f"CAST(CAST({place} AS DATE) - DATE '1970-01-01' AS INTEGER)"
        return f"CASE WHEN {day} IS NOT NULL THEN {days} END"
    if kind is ColumnKind.FLAG:
        return place
    if kind is ColumnKind.COUNT:
        return f"CASE WHEN {place} >= 0 AND {place} = floor({place}) THEN CAST({place} AS BIGINT) END"
    return f"CASE WHEN isfinite(CAST({place} AS DOUBLE)) THEN CAST({place} AS DOUBLE) END"


def of_calendar(instant: str) -> str:
    """Return an instant of the years that text can hold too, 1000 to 9999; others cannot be read."""
    return f"CASE WHEN {instant} BETWEEN {_YEAR_1000} AND {_YEAR_9999} THEN {instant} END"


def micros(timestamp: str) -> str:
    """Return an instant as microseconds since 1970."""
    return f"epoch_us({timestamp})"
