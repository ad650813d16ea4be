"""A copy of some canonical tables in memory, in front of the evidence it was made of.

The evidence is only read. What is altered is the copy, and a check that is given the copy cannot tell it from
the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import collected
from auditlib.parameters.engagement import Engagement
from auditlib.records import Instrument, SourceTotals

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd
    import pyarrow as pa

Option = str | int | float | bool


@dataclass(frozen=True, eq=False)
class CopiedTables:
    """Canonical tables, some of them copies.

    Parameters
    ----------
    original
        The evidence.
    copied
        Tables that stand in memory instead.
    altered_cells
        The cells instead; None for those of the evidence.
    """

    original: CanonicalTables
    copied: Mapping[str, pa.Table] = field(default_factory=dict)
    altered_cells: pd.DataFrame | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the canonical tables there are."""
        return self.original.tables

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals of the evidence."""
        return self.original.totals

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """Its surveys by type."""
        return self.original.instruments

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return a table, of the copy where it has one."""
        return self._frames[table] if table in self._frames else self.original.lazy(table)

    @cached_property
    def _frames(self) -> dict[str, nw.LazyFrame[Any]]:
        return {name: self.lazy_of(columns_of(rows)) for name, rows in self.copied.items()}

    def lazy_of(self, columns: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        """Return a small table made in memory."""
        return self.original.lazy_of(columns)

    def frame(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: Sequence[tuple[str, Option]] = (),
    ) -> pd.DataFrame:
        """Return rows of a table, or of ``cells``, read."""
        rows = self._rows(table)
        if rows is None:
            return self.original.frame(table, columns=columns, where=where)
        for name, value in where:
            rows = rows[rows[name] == value]
        return rows.reset_index(drop=True) if columns is None else rows[list(columns)].reset_index(drop=True)

    def _rows(self, table: str) -> pd.DataFrame | None:
        if table == "cells":
            return self.altered_cells
        rows = self.copied.get(table)
        return None if rows is None else rows.to_pandas()

    def cells(self) -> pd.DataFrame:
        """Return counts per unit, month, survey type, item and score, inside the period."""
        return self.original.cells() if self.altered_cells is None else self.altered_cells

    def quarantine(self) -> pd.DataFrame:
        """Return the quarantined rows of the evidence."""
        return self.original.quarantine()

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        """Return the cases that quarantined rows of the evidence name, each with the reason."""
        return self.original.in_quarantine(table, link)

    def with_tables(self, **tables: pa.Table) -> Self:
        """Return it with other copies."""
        return replace(self, copied={**self.copied, **tables})


def columns_of(rows: pa.Table) -> dict[str, Any]:
    """Return the columns of a table by name."""
    return {name: rows.column(name) for name in rows.column_names}


def read(tables: CanonicalTables, table: str, *tests: nw.Expr) -> pa.Table:
    """Return the rows of a table that meet `tests`, in the order of the client's files."""
    frame = tables.lazy(table)
    rows = collected(frame.filter(*tests) if tests else frame).to_arrow()
    origin = [name for name in ("source_file", "source_line") if name in rows.column_names]
    return rows.sort_by([(name, "ascending") for name in origin]) if origin else rows


def put_to(engagement: Engagement, tables: CopiedTables) -> Engagement:
    """Return the engagement as a question is put to it, with the copy for its evidence."""
    return replace(engagement, evidence=tables)
