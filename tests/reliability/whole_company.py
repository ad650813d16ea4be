"""A company written from the contracts: any table, any number of rows, canonical names, one run file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from project_copy import project_copy

from auditlib.contracts import TABLES, Column, ColumnKind

ROOT = Path(__file__).parents[2]
START = datetime(2025, 2, 3, 9, tzinfo=UTC)
NOTEBOOKS = (
    "01_intake", "02_benchmark", "16_improvement", "03_compensation", "04_integrity", "05_escalation",
    "09_drivers", "11_standards",
)  # fmt: skip


GIVEN: Mapping[str, Mapping[str, Any]] = {
    "units": {"time_zone": "Europe/London", "country": "GB", "subdivision": "SCT"},
    "invitations": {"survey_type": "transactional"},
    "responses": {"survey_type": "transactional", "q_overall": 2, "submitted": "2025-02-03T11:00:00Z"},
    "complaint_events": {"state": "resolved"},
    "pay_links": {"metric": "transactional:q_overall:mean"},
}
"""What codes without a list, and columns of the instrument, hold."""
ONE_OF_EACH = tuple(name for name in TABLES if name not in ("aggregates", "interval_counts"))
"""Tables with a row for each thing; the others hold figures somebody made of them."""


def row_of(table: str, number: int, **given: Any) -> dict[str, Any]:
    """Return one plausible row of `table`; ids and references carry `number`."""
    row = {column.name: _cell(table, column, number) for column in TABLES[table].columns}
    return {**row, **GIVEN.get(table, {}), **given}


def _cell(table: str, column: Column, number: int) -> Any:
    if column.kind is ColumnKind.ID:
        return f"{column.references or table}-{number}"
    plain: dict[ColumnKind, Any] = {
        ColumnKind.CODE: column.codes[0] if column.codes else "one",
        ColumnKind.TEXT: "Words",
        ColumnKind.NUMBER: 1,
        ColumnKind.COUNT: 1,
        ColumnKind.SHARE: 0.1,
        ColumnKind.FLAG: "true",
        ColumnKind.SCORE: 2,
        ColumnKind.DAY: "2025-02-03",
    }
    if column.kind is not ColumnKind.INSTANT:
        return plain[column.kind]
    instants = [one.name for one in TABLES[table].columns if one.kind is ColumnKind.INSTANT]
    return instant(hours=instants.index(column.name))


def instant(**later: float) -> str:
    """Return an instant `later` than the start, as the file writes it."""
    return (START + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_company(root: Path, tables: Mapping[str, Sequence[Mapping[str, Any]]], **changes: Any) -> Path:
    """Write the files of `tables`, parameters, notebooks and a run file; return the path of that."""
    project_copy(root, "params", "notebooks")
    data = root / "data"
    data.mkdir()
    for table, rows in tables.items():
        _write(data / f"{table}.csv", rows)
    path = root / "params" / "runs" / "whole.yaml"
    path.write_text(yaml.safe_dump(_run(tables, changes), sort_keys=False, allow_unicode=True), "utf-8")
    return path


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _run(tables: Mapping[str, Sequence[Mapping[str, Any]]], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "audit": "whole",
        "party": {"name": "Whole Service"},
        "period": {"start": "2025-01-01", "end": "2025-12-31"},
        "as_of": "2026-01-31T18:00:00Z",
        "standard": "service-excellence@2025",
        "policies": ["escalation@2025", "integrity@2025", "drivers@2025"],
        "time_zone": "UTC",
        "instruments": {kind: {"items": _items()} for kind in ("transactional", "relationship")},
        "sources": [
            {
                "table": table, "file": f"{table}.csv", "form": "csv",
                "columns": {name: name for name in rows[0]},
            }
            for table, rows in tables.items()
        ],
        "notebooks": {name: {} for name in NOTEBOOKS},
        **changes,
    }  # fmt: skip


def _items() -> dict[str, Any]:
    return {"q_overall": {"wording": "How was it?", "headline": True, "scale": {"low": 1, "high": 5}}}
