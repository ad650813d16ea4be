"""The table that records of a wide file become: what identifies them, and one column per published value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditlib.contracts import Column, ColumnKind, Table

if TYPE_CHECKING:
    from auditlib.parameters.run import Source


def wide_contract(target: Table, source: Source) -> Table:
    """Return the table of a wide file's records: what identifies them and one column per value."""
    assert source.wide is not None  # noqa: S101 - the caller's condition, for the type checker
    identifying = tuple(
        replace(column, required=True) if column.name == "survey_type" else column
        for column in target.columns
        if column.name in ("unit_id", "survey_type", "response_rate")
    )
    values = tuple(
        Column(
            f"w__{index}",
            ColumnKind.NUMBER if value.box == "mean" or not source.wide.percent else ColumnKind.SHARE,
            f"{value.box} of {value.item}",
        )
        for index, value in enumerate(source.wide.values)
    )
    count = (Column("w__n", ColumnKind.CODE, "Number of surveys, as published."),) if source.wide.n else ()
    dated = _period_column(tuple(source.wide.periods))
    key = ("unit_id", "survey_type", *(column.name for column in dated))
    return replace(target, key=key, columns=identifying + values + count + dated)


def _period_column(names: tuple[str, ...]) -> tuple[Column, ...]:
    """Return the column that names a record's period; none where the file covers one period."""
    return (Column("w__period", ColumnKind.CODE, "Period.", required=True, codes=names),) if names else ()


def wide_origin(source: Source, name: str) -> str:
    """Return the column of a wide file that feeds a column of its contract; empty where none does."""
    assert source.wide is not None  # noqa: S101 - the caller's condition, for the type checker
    if name == "w__n":
        return source.wide.n or ""
    if name == "w__period":
        return source.wide.period_column or ""
    return source.wide.values[int(name.removeprefix("w__"))].column
