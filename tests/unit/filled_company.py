"""A company with every table filled and every optional column said: all well, or all badly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from small_company import rows as canonical
from small_company import schema

from auditlib.contracts import TABLES
from auditlib.parameters.run import Run
from auditlib.records import SourceTotals
from auditlib.standards.measure import Context

ROOT = Path(__file__).parents[2]
START = (date(2026, 1, 1) - date(1970, 1, 1)).days
DAY, SECOND = 86_400_000_000, 1_000_000
ITEM = "q_overall"
METRIC = "transactional:q_overall:mean:n>=30"
Rows = list[dict[str, Any]]


@cache
def database() -> duckdb.DuckDBPyConnection:
    """Return the one database of all these companies: opening one for each takes longer than asking it."""
    return duckdb.connect(config={"threads": 1})


@dataclass(frozen=True, eq=False)
class Company:
    """Canonical tables in memory, as evidence offers them, with a note of those that were read."""

    held: Mapping[str, pa.Table]
    totals: tuple[SourceTotals, ...] = ()
    read: set[str] = field(default_factory=set)
    frames: dict[str, nw.LazyFrame[Any]] = field(default_factory=dict)
    """Tables asked for before, as evidence keeps them."""

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(self.held)

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        self.read.add(table)
        if table not in self.frames:
            self.frames[table] = nw.from_native(database().from_arrow(self.held[table]))
        return self.frames[table]

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        return {}

    def lazy_of(self, columns: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        return nw.from_native(database().from_arrow(pa.table(dict(columns))))

    def frame(
        self, table: str, *, columns: Sequence[str] | None = None, where: Sequence[tuple[str, Any]] = ()
    ) -> pd.DataFrame:
        self.read.add("responses" if table == "cells" else table)
        found = self._cells() if table == "cells" else self.held[table].to_pandas()
        for column, value in where:
            found = found[found[column] == value]
        return found if columns is None else found[list(columns)]

    def _cells(self) -> pd.DataFrame:
        rows = self.held["responses"].to_pandas()
        rows = rows[rows[ITEM].notna()].assign(item=ITEM, score=lambda each: each[ITEM])
        days = pd.to_datetime(rows["submitted_day"].astype("int64"), unit="D")
        keys = ["unit_id", "month", "survey_type", "item", "score"]
        return (
            rows.assign(month=days.dt.year * 100 + days.dt.month).groupby(keys).size().reset_index(name="n")
        )

    def without(self, table: str, column: str, *, every: int = 1) -> Company:
        """Return the company with a column empty in each `every`-th row, stored as evidence stores it."""
        own = self.held[table]
        names = [name for name in own.column_names if name == column or name.startswith(f"{column}_")]
        names = [name for name in names if name == column or name.removeprefix(column) in _INSTANT]
        for name in names:
            silent = pa.array([row % every == 0 for row in range(own.num_rows)])
            said = pc.if_else(silent, pa.scalar(None, own.schema.field(name).type), own[name])
            own = own.set_column(own.column_names.index(name), name, said)
        return Company({**self.held, table: own}, self.totals)

    def emptied(self, table: str) -> Company:
        """Return the company with no row of a table."""
        return Company({**self.held, table: self.held[table].slice(0, 0)}, self.totals)

    def set_aside(self, table: str) -> Company:
        """Return the company with every row of a table in quarantine."""
        totals = tuple(_total(name, name == table) for name in self.held)
        return Company(self.emptied(table).held, totals)


_INSTANT = ("_at", "_day", "_second")


def _total(table: str, aside: bool) -> SourceTotals:
    return SourceTotals(f"{table}.csv", table, "0" * 64, 1, 9, 0 if aside else 9, 9 if aside else 0, {})


def context(tables: Sequence[str], *, without: Sequence[str] = ("",)) -> Context:
    """Return the run, which maps every column of every table, or leaves some of one table out."""
    scale = {"low": 1, "high": 5}
    item = {ITEM: {"wording": "All in all?", "scale": scale, "headline": True}}
    fields: dict[str, Any] = {
        "audit": "filled",
        "party": {"name": "Filled"},
        "period": {"start": "2026-01-01", "end": "2026-03-31"},
        "as_of": "2026-04-30T00:00:00Z",
        "time_zone": "UTC",
        "policies": ["escalation@2025"],
        "instruments": {"transactional": {"items": item}, "relationship": {"items": item}},
        "sources": [
            {
                "table": table,
                "file": f"{table}.csv",
                "form": "csv",
                "columns": {
                    each.name: each.name
                    for each in TABLES[table].columns
                    if table != without[0] or each.name not in without[1:]
                },
            }
            for table in tables
        ],
        "notebooks": {"11_standards": {}},
    }
    params = ROOT / "params"
    names = [params / "policies" / "escalation.yaml", *sorted((params / "calendars").glob("*.yaml"))]
    texts = {path.relative_to(params).as_posix(): path.read_text(encoding="utf-8") for path in names}
    return Context(Run.model_validate(fields), texts)


def company(*, good: bool) -> Company:
    """Return the company whose criteria are all met, or all missed."""
    made: dict[str, Callable[[bool], Rows]] = {
        "units": _units, "accounts": _accounts, "invitations": _invitations, "responses": _responses,
        "acknowledgements": _acknowledgements, "follow_ups": _follow_ups, "attendance": _attendance,
        "follow_up_reports": _reports, "report_actions": _actions, "rewards": _rewards,
        "responsibilities": _responsibilities, "complaints": _complaints, "complaint_events": _events,
        "fixes": _fixes, "interactions": _interactions, "pay_links": _pay_links, "visits": _visits,
        "commitments": _commitments,
    }  # fmt: skip
    held = {name: canonical(name, *make(good)) for name, make in made.items() if name != "responses"}
    answers = _responses(good)
    plain = canonical("responses", *[{k: v for k, v in row.items() if k != ITEM} for row in answers])
    held["responses"] = plain.append_column(ITEM, pa.array([row[ITEM] for row in answers], pa.float64()))
    assert set(schema("responses").names) < set(held["responses"].column_names)
    return Company(held)


def _instant(stem: str, at: int) -> dict[str, int]:
    return {f"{stem}_at": at, f"{stem}_day": at // DAY, f"{stem}_second": at % DAY // SECOND}


def _weekday(number: int) -> int:
    """Return ten o'clock on a working day of the first eleven weeks, in UTC microseconds."""
    week, day = divmod(number % 55, 5)
    return (START + 4 + 7 * week + day) * DAY + 10 * 3_600 * SECOND  # 2026-01-05 is a Monday


def _units(good: bool) -> Rows:
    return [{"unit_id": unit, "country": "DE"} for unit in (("A", "B") if good else ("A", "B", "C"))]


def _accounts(good: bool) -> Rows:
    return [{"account_id": f"K{n}", "key_account": n < 30} for n in range(36)]


def _visits(good: bool) -> Rows:
    return [
        {"visit_id": f"V{n}", "account_id": f"K{n}", "held_on": START + 20} for n in range(30 if good else 9)
    ]


def _commitments(good: bool) -> Rows:
    done = START + (30 if good else 50)
    return [
        {"commitment_id": f"M{n}", "visit_id": f"V{n % 9}", "due_on": START + 40,
         "done_on": None if n == 0 else done} for n in range(60)
    ]  # fmt: skip


def _invitations(good: bool) -> Rows:
    every = 420 if good else 2_400
    return [
        {"invitation_id": f"{kind}{n}", "survey_type": kind, "unit_id": "AB"[n % 2],
         "customer_id": f"{kind}{n if good else n % 300}", "account_id": f"K{n % 36}",
         **_instant("sent", _weekday(n))}
        for kind in ("transactional", "relationship") for n in range(every)
    ]  # fmt: skip


def _score(good: bool, n: int, kind: str) -> float:
    if good:
        return 2.0 if n % 40 == 0 else 5.0
    return 5.0 if (n % 36 < 18) == (kind == "transactional") and n % 3 else 2.0


def _responses(good: bool) -> Rows:
    # the bad company asks no one in March
    return [
        {"response_id": f"R{kind}{n}", "invitation_id": f"{kind}{n}", "survey_type": kind,
         "unit_id": "AB"[n % 2], "account_id": f"K{n % 36}", "customer_id": f"{kind}{n}",
         "transaction_type": "repair", "anonymous": n % 50 == 49,
         **_instant("submitted", _weekday(n if good else n % 35)), ITEM: _score(good, n, kind)}
        for kind in ("transactional", "relationship") for n in range(216)
    ]  # fmt: skip


def _low(good: bool) -> Rows:
    return [row for row in _responses(good) if row[ITEM] < 4 and not row["anonymous"]]


def _acknowledgements(good: bool) -> Rows:
    late = 60 if good else 600
    return [
        {"acknowledgement_id": f"A{row['response_id']}", "response_id": row["response_id"],
         "states_why": True, "states_next": True,
         **_instant("sent", row["submitted_at"] + late * SECOND)} for row in _responses(good)
    ]  # fmt: skip


def _follow_ups(good: bool) -> Rows:
    hours = 2 if good else 200
    written = {"note": "n", "cause_code": "late", "verbatim": "v", "questions": "q"}
    silent = written if good else written | {"note": None, "verbatim": None}
    return [
        {"follow_up_id": f"F{row['response_id']}", "response_id": row["response_id"], "reached": True,
         "declined": False, **(written if n == 0 else silent),
         **_instant("held", row["submitted_at"] + hours * 3_600 * SECOND)}
        for n, row in enumerate(_low(good))
    ]  # fmt: skip


def _attendance(good: bool) -> Rows:
    # in the good company the listed delegate of the senior manager comes
    present = {"client_manager": "P1", "service_manager": "P2"} | (
        {"senior_management": "P4"} if good else {}
    )
    return [
        {"follow_up_id": row["follow_up_id"], "person_id": person, "role": role}
        for row in _follow_ups(good) for role, person in present.items()
    ]  # fmt: skip


def _responsibilities(good: bool) -> Rows:
    people = {"client_manager": "P1", "service_manager": "P2", "senior_management": "P3" if good else None}
    entries = [
        {"responsibility_id": f"E{role}", "unit_id": None, "transaction_type": "repair", "role": role,
         "person_id": person, "delegate_id": "P4" if role == "senior_management" else None,
         "valid_from": START - 400, "valid_to": None} for role, person in people.items()
    ]  # fmt: skip
    ended = entries[0] | {
        "responsibility_id": "E0",
        "person_id": None,
        "valid_to": START - 300,
        "unit_id": "A",
    }
    return [*entries, ended]


def _reports(good: bool) -> Rows:
    return [
        {"report_id": f"T{row['response_id']}", "response_id": row["response_id"],
         "due_on": row["held_day"] + 10, **_instant("produced", row["held_at"] + DAY),
         **_instant("presented", row["held_at"] + (2 if good else 20) * DAY)} for row in _follow_ups(good)
    ]  # fmt: skip


def _actions(good: bool) -> Rows:
    return [
        {"action_id": f"N{row['report_id']}", "report_id": row["report_id"], "owner_id": "P1",
         "due_on": row["due_on"] + 20, "action_type": "policy"} for row in _reports(good)
    ]  # fmt: skip


def _rewards(good: bool) -> Rows:
    return [
        {"reward_id": f"W{row['response_id']}", "response_id": row["response_id"],
         **_instant("granted", row["submitted_at"] + DAY)}
        for row in _responses(good) if good or row[ITEM] > 4
    ]  # fmt: skip


def _complaints(good: bool) -> Rows:
    # causes are named less often after the fix on day 45 of the good company, more often in the bad one
    early, late = (60, 9) if good else (20, 30)
    rows = []
    for cause in ("late", "price", "error"):
        for n in range(early + late):
            day = n % 40 if n < early else 46 + n % 40
            rows.append(
                {"complaint_id": f"{cause}{n}", "unit_id": "A",
                 "customer_id": f"{cause}{n if good else n % 5}", "cause_code": cause,
                 "severity": "critical" if n % 2 else "normal",
                 **_instant("received", (START + day) * DAY)}
            )  # fmt: skip
    uncoded = {"customer_id": "none", "severity": "low", "cause_code": None}
    more = [
        {"complaint_id": f"none{n}", "unit_id": "A", **uncoded, **_instant("received", (START + 3) * DAY)}
        for n in range(1 if good else 30)
    ]
    return rows + more


def _events(good: bool) -> Rows:
    rows = []
    for n, row in enumerate(_complaints(good)):
        steps = (
            [("in_progress", 0.5), ("resolved", 2.0)] if good else [("in_progress", 1.0), ("resolved", 20.0)]
        )
        if n % 30 == 0:
            steps = [*steps[:-1], ("waiting_customer", 1.5)] if good else steps[:-1]
        elif not good and n % 3 == 0:
            steps += [("reopened", 21.0), ("resolved", 22.0)]
        rows += [
            {"event_id": f"{row['complaint_id']}-{place}", "complaint_id": row["complaint_id"],
             "state": state, **_instant("occurred", row["received_at"] + round(days * DAY))}
            for place, (state, days) in enumerate(steps)
        ]  # fmt: skip
    return rows


def _fixes(good: bool) -> Rows:
    return [
        {"fix_id": f"X{cause}", "cause_code": cause, "unit_id": "B" if cause == "late" and not good else None,
         "owner_id": "P1" if good or cause == "late" else None, "action_type": "policy",
         "implemented_on": START + 45} for cause in ("late", "price", "error")
    ] + [{"fix_id": "Xother", "cause_code": "other", "unit_id": "A", "owner_id": "P1",
          "action_type": "system" if good else None, "implemented_on": START + 45}]  # fmt: skip


def _interactions(good: bool) -> Rows:
    plan = {"phone": 700, "chat": 420, "email": 60, "app": 60} if good else {"phone": 700, "chat": 420}
    rows = []
    for channel, count in plan.items():
        for n in range(count):
            gone = n % (50 if good else 4) == 0
            offered = _weekday(n)
            answered = None if gone else offered + (10 if good else 400) * SECOND
            rows.append(
                {"interaction_id": f"{channel}{n}", "unit_id": "A", "channel": channel, "abandoned": gone,
                 "resolved_first": None if gone else n % 10 < (8 if good else 5),
                 **_instant("offered", offered), **({} if gone else _instant("answered", answered or 0))}
            )  # fmt: skip
    return rows


def _pay_links(good: bool) -> Rows:
    rows = [
        {"link_id": f"L{role}{unit}", "role": role, "unit_id": unit, "metric": METRIC, "weight": 0.2,
         "pay_period": "month", "starts_on": START - 100, "ends_on": None, "person_id": f"{role}{unit}"}
        for role in (("manager", "staff") if good else ("staff",)) for unit in ("A", "B")
    ]  # fmt: skip
    ended = rows[0] | {"link_id": "L0", "role": "manager", "ends_on": START - 40, "weight": 0.9}
    heavy = rows[0] | {
        "link_id": "L9",
        "unit_id": "A",
        "metric": "transactional:q_speed:mean",
        "weight": 0.8,
    }
    weeks = {"starts_on": START + 1, "ends_on": START + 85}
    return (
        [*rows, ended] if good else [*rows, ended | {"metric": "x"}, heavy, heavy | weeks | {"link_id": "L8"}]
    )
