"""A company of three units, small enough to count by hand, as evidence in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa

from auditlib.contracts import TABLES, ColumnKind, physical_columns
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run, Thresholds
from auditlib.records import SourceTotals

STORED = {
    ColumnKind.NUMBER: pa.float64(), ColumnKind.SHARE: pa.float64(), ColumnKind.SCORE: pa.float64(),
    ColumnKind.COUNT: pa.int64(), ColumnKind.FLAG: pa.bool_(), ColumnKind.DAY: pa.int32(),
}  # fmt: skip


def schema(table: str) -> pa.Schema:
    fields = []
    for column in TABLES[table].columns:
        if column.kind is ColumnKind.INSTANT:
            fields += [(f"{column.name}_at", pa.int64()), (f"{column.name}_day", pa.int32())]
            fields += [(f"{column.name}_second", pa.int32())]
        else:
            fields.append((column.name, STORED.get(column.kind, pa.string())))
    more = [("source_file", pa.string()), ("source_line", pa.int64()), ("in_period", pa.bool_())]
    return pa.schema(fields + more)


def rows(table: str, *given: dict[str, Any]) -> pa.Table:
    empty = dict.fromkeys([*physical_columns(TABLES[table]), "in_period"])
    return pa.Table.from_pylist([{**empty, "in_period": True, **row} for row in given], schema(table))


def day(year: int, month: int, number: int) -> int:
    return (date(year, month, number) - date(1970, 1, 1)).days


def source(table: str, rows_in: int, rows_quarantined: int = 0, **more: Any) -> SourceTotals:
    kept = more.pop("rows_kept", rows_in - rows_quarantined)
    reasons = more.pop("reasons", {"identical": rows_quarantined} if rows_quarantined else {})
    return SourceTotals(f"{table}.csv", table, "0" * 64, 10, rows_in, kept, rows_quarantined, reasons, **more)


@dataclass(frozen=True)
class Evidence:
    held: dict[str, pa.Table]
    totals: tuple[SourceTotals, ...]
    aside: pd.DataFrame = field(default_factory=pd.DataFrame)
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    secret: bytes | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(self.held)

    def lazy(self, table: str) -> Any:
        return nw.from_native(self.connection.from_arrow(self.held[table]))

    def lazy_of(self, columns: Any) -> Any:
        return nw.from_native(self.connection.from_arrow(pa.table(dict(columns))))

    def frame(self, table: str, *, columns: Any = None, where: Any = ()) -> pd.DataFrame:
        return self.held[table].select(list(columns or self.held[table].column_names)).to_pandas()

    def quarantine(self) -> pd.DataFrame:
        return self.aside

    def with_totals(self, *totals: SourceTotals) -> Evidence:
        return replace(self, totals=totals)


def run(**more: Any) -> Run:
    return Run.model_validate(
        {
            "audit": "small-2024",
            "party": {"name": "Small Service"},
            "period": {"start": "2024-01-01", "end": "2024-02-29"},
            "as_of": "2024-03-15T12:00:00Z",
            "sources": [{"table": "responses", "file": "responses.csv", "form": "csv"}],
            "notebooks": {"01_intake": {}},
            **more,
        }
    )


def engaged(evidence: Any, chosen: Run | None = None, *, thresholds: Thresholds | None = None) -> Engagement:
    """Return an engagement on `evidence`, as a question is put to it."""
    chosen = chosen or run()
    return Engagement(
        chosen.model_copy(update={"thresholds": thresholds}) if thresholds else chosen, evidence
    )


def with_sources(*sources: SourceTotals) -> Engagement:
    """Return an engagement of which only the control totals are asked about."""
    return engaged(company().with_totals(*sources))


def company() -> Evidence:
    """Return three units; U1 answers 3 of 4 invitations, U2 1 of 5, U3 nobody."""
    units = rows("units", *({"unit_id": unit, "name": f"Desk {unit}"} for unit in ("U1", "U2", "U3")))
    invited = [("I1", "U1", 1), ("I2", "U1", 1), ("I3", "U1", 2), ("I4", "U1", 2)]
    invited += [(f"I{number}", "U2", 1) for number in range(5, 10)]
    invitations = rows(
        "invitations",
        *(
            {"invitation_id": name, "unit_id": unit, "survey_type": "transactional", "sent_at": 0,
             "sent_day": day(2024, month, 3), "sent_second": 0}
            for name, unit, month in invited
        ),
    )  # fmt: skip
    answered = [("R1", "I1", "U1", 1), ("R2", "I2", "U1", 1), ("R3", "I3", "U1", 2), ("R4", "I5", "U2", 1)]
    answered += [("R5", "I99", "U2", 1)]
    responses = rows(
        "responses",
        *(
            {"response_id": name, "invitation_id": invitation, "unit_id": unit, "submitted_at": 0,
             "survey_type": "transactional", "submitted_day": day(2024, month, 5), "submitted_second": 0,
             "comment": "good" if name == "R1" else None}
            for name, invitation, unit, month in answered
        ),
    )  # fmt: skip
    employees = rows("employees", {"person_id": "P1", "name": "Ada Sommerfeld"})
    totals = (source("units", 3), source("invitations", 9), source("responses", 7, 2), source("employees", 1))
    aside = pd.DataFrame(
        [
            (
                "responses",
                "responses.csv",
                7,
                "",
                "identical",
                "call Ada Sommerfeld, ada@example.org",
                "A copy.",
            ),
            ("responses", "responses.csv", 8, "", "identical", "=1+1", "A copy."),
        ],
        columns=["table", "file", "line", "column", "reason", "value", "message"],
    )
    held = {"units": units, "invitations": invitations, "responses": responses, "employees": employees}
    return Evidence(held, totals, aside)


def aggregates() -> Evidence:
    """Return two hospitals with shares: one band of n closed, one open."""
    held = {
        "units": rows("units", {"unit_id": "010001"}, {"unit_id": "010002"}),
        "aggregates": rows(
            "aggregates",
            *(
                {"unit_id": unit, "survey_type": "hcahps", "item": item, "box": "top", "value": 0.7,
                 "period_start": 0, "period_end": 1, "n_low": low, "n_high": high, "response_rate": rate}
                for unit, item, low, high, rate in (
                    ("010001", "q_clean", 100, 299, 0.25),
                    ("010001", "q_quiet", 100, 299, 0.25),
                    ("010002", "q_clean", 300, None, 0.35),
                )
            ),
        ),
    }  # fmt: skip
    return Evidence(held, (source("units", 2), source("aggregates", 2)))
