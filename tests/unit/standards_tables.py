"""Small canonical tables for the tests of measures, on the engine that evidence uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from auditlib.contracts import TABLES
from auditlib.parameters.run import Run
from auditlib.records import SourceTotals
from auditlib.standards.measure import Context

DAY = 86_400_000_000
START = 20_089 * DAY  # 2025-01-01
AS_OF = START + 90 * DAY  # 2025-04-01


@dataclass(frozen=True)
class SmallTables:
    """Frames as evidence would offer them."""

    frames: Mapping[str, pd.DataFrame]
    counts: pd.DataFrame
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    totals: tuple[SourceTotals, ...] = ()
    quarantined: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """By table and column, the cases that rows in quarantine name, each with the reason."""

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(self.frames)

    def frame(
        self, table: str, *, columns: Sequence[str] | None = None, where: Sequence[tuple[str, Any]] = ()
    ) -> pd.DataFrame:
        found = self.counts if table == "cells" else self.frames[table]
        for column, value in where:
            found = found[found[column] == value]
        return found if columns is None else found[list(columns)]

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        return self.quarantined.get((table, link), {})

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        return nw.from_native(self.connection.from_df(self.frames[table]))


def small_tables(cells: Sequence[tuple[Any, ...]] = (), **tables: Sequence[Mapping[str, Any]]) -> SmallTables:
    frames = {name: pd.DataFrame(list(rows)) for name, rows in tables.items()}
    columns = ["unit_id", "month", "survey_type", "item", "score", "n"]
    return SmallTables(frames, pd.DataFrame(list(cells), columns=columns))


def mapped(table: str, *, without: str = "") -> dict[str, Any]:
    """Return a source that maps every column of `table`, or all but one."""
    columns = {column.name: column.name for column in TABLES[table].columns if column.name != without}
    return {"table": table, "file": f"{table}.csv", "form": "csv", "columns": columns}


def context(**more: Any) -> Context:
    scale = {"low": 1, "high": 5}
    item = {"q_overall": {"wording": "All in all?", "scale": scale, "headline": True}}
    fields: dict[str, Any] = {
        "audit": "small",
        "party": {"name": "Small"},
        "period": {"start": "2025-01-01", "end": "2025-03-31"},
        "as_of": "2025-04-01T00:00:00Z",
        "instruments": {"transactional": {"items": item}, "relationship": {"items": item}},
        "sources": [mapped(name) for name in TABLES],
        "notebooks": {"11_standards": {}},
    }
    return Context(Run.model_validate(fields | more), {})
