"""The truth about duties, re-performed from the tables alone by the plainest reading of the law."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from simulated import AS_OF, small

from company import Company, company
from company.instruments import QUESTIONS

DAY_ZERO = datetime(1970, 1, 1, tzinfo=UTC).date()


def written(value: Any) -> bool:
    return not (value is None or value is pd.NA or value != value or value == "")


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def deadline(submitted: datetime, hours: float, zone: ZoneInfo) -> datetime:
    """Walk through the local days from 9 to 17, Monday to Friday, until the hours are used up."""
    local, left = submitted.astimezone(zone).replace(tzinfo=None), timedelta(hours=hours)
    day = local.date()
    while True:
        opens = datetime.combine(day, datetime.min.time()) + timedelta(hours=9)
        closes, begin = opens + timedelta(hours=8), max(local, opens)
        if day.weekday() < 5 and begin < closes:
            if left <= closes - begin:
                return (begin + left).replace(tzinfo=zone).astimezone(UTC)
            left -= closes - begin
        day += timedelta(days=1)


@dataclass
class Books:
    """The tables of a company, looked up by response."""

    made: Company

    def __post_init__(self) -> None:
        tables = {name: frame.to_dict("records") for name, frame in self.made.tables.items()}
        self.by_response: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for name in ("acknowledgements", "follow_ups", "follow_up_reports"):
            for row in tables[name]:
                self.by_response[name][row["response_id"]].append(row)
        self.attendance = defaultdict(list)
        for row in tables["attendance"]:
            self.attendance[row["follow_up_id"]].append(row)
        self.actions = defaultdict(list)
        for row in tables["report_actions"]:
            self.actions[row["report_id"]].append(row)
        self.matrix = tables["responsibilities"]
        self.zones = dict(zip(self.made.world.unit_ids, map(ZoneInfo, self.made.world.zones), strict=True))


def lowest(row: dict[str, Any]) -> float | None:
    valid = [
        1 + (row[q.item] - q.low) * 4 / (q.high - q.low)
        for questions in QUESTIONS.values()
        for q in questions
        if written(row[q.item])
    ]
    return min(valid, default=None)


def acknowledged(row: dict[str, Any], books: Books) -> str:
    sent = [
        entry["sent"]
        for entry in books.by_response["acknowledgements"][row["response_id"]]
        if entry["states_why"] and entry["states_next"]
    ]
    if not sent:
        return "missing"
    return "met" if min(sent) - row["submitted"] <= 300 else "late"


def attended(row: dict[str, Any], contact: dict[str, Any], executive: bool, books: Books) -> bool:
    day = (at(contact["held"]).astimezone(books.zones[row["unit_id"]]).date() - DAY_ZERO).days
    there = books.attendance[contact["follow_up_id"]]
    for role in ("client_manager", "service_manager", "senior_management")[: 3 if executive else 2]:
        entry = next(
            entry
            for entry in books.matrix
            if entry["unit_id"] == row["unit_id"]
            and entry["role"] == role
            and (
                not written(entry["transaction_type"]) or entry["transaction_type"] == row["transaction_type"]
            )
            and entry["valid_from"] <= day
            and (not written(entry["valid_to"]) or day <= entry["valid_to"])
        )
        allowed = {name for name in (entry["person_id"], entry["delegate_id"]) if written(name)}
        if not any(one["role"] == role and one["person_id"] in allowed for one in there):
            return False
    return True


def reported(row: dict[str, Any], books: Books) -> str:
    found = books.by_response["follow_up_reports"][row["response_id"]]
    if not found or not written(found[0]["due_on"]):
        return "missing"
    report, actions = found[0], books.actions[found[0]["report_id"]]
    if not actions or not all(written(a["owner_id"]) and written(a["due_on"]) for a in actions):
        return "missing"
    zone = books.zones[row["unit_id"]]
    due_on = DAY_ZERO + timedelta(days=int(report["due_on"]))
    end = datetime.combine(due_on + timedelta(days=1), datetime.min.time(), tzinfo=zone)
    if not written(report["presented"]):
        return "pending" if end >= AS_OF else "missing"
    return "met" if at(report["presented"]) <= end else "late"


def follow_up(row: dict[str, Any], low: float, books: Books) -> dict[str, str]:
    duties = ("contact", "attendance", "documentation", "report")
    executive = low < 3
    due = deadline(at(row["submitted"]), 8 if executive else 24, books.zones[row["unit_id"]])
    events = books.by_response["follow_ups"][row["response_id"]]
    if any(event["declined"] and at(event["held"]) <= due for event in events):
        return dict.fromkeys(duties, "excused")
    reached = [event for event in events if event["reached"] and not event["declined"]]
    if not reached:
        return dict.fromkeys(duties, "pending" if due >= AS_OF else "missing")
    first = min(reached, key=lambda event: event["held"])
    contact = "met" if at(first["held"]) <= due else "late"
    full = all(written(first[name]) for name in ("note", "cause_code", "verbatim", "questions"))
    present = attended(row, first, executive, books)
    return {
        "contact": contact,
        "attendance": contact if present else "wrong_party",
        "documentation": "met" if full else "missing",
        "report": reported(row, books),
    }


@pytest.fixture(scope="module")
def made() -> Company:
    busy = small().duties.model_copy(update={"boundary_cases": 2})
    return company(small(duties=busy), np.random.default_rng(7))


def test_every_duty_has_the_status_the_records_show(made: Company) -> None:
    books = Books(made)
    found: dict[tuple[str, str], str] = {}
    for row in made.tables["responses"].to_dict("records"):
        if not row["in_period"]:
            continue
        found[(row["response_id"], "acknowledgement")] = acknowledged(row, books)
        low = lowest(row)
        if low is not None and low < 4 and not row["anonymous"]:
            for duty, status in follow_up(row, low, books).items():
                found[(row["response_id"], duty)] = status
    stated = made.duties.set_index(["response_id", "duty"])["status"].to_dict()
    wrong = {
        key: (found.get(key), stated.get(key)) for key in found | stated if found.get(key) != stated.get(key)
    }
    assert wrong == {}


def test_all_sorts_of_status_and_boundary_are_planted(made: Company) -> None:
    seen = Counter(zip(made.duties["duty"], made.duties["status"], strict=True))
    for duty in ("contact", "attendance", "documentation", "report"):
        assert {status for name, status in seen if name == duty} >= {"met", "missing", "excused", "pending"}
    assert seen[("attendance", "wrong_party")]
    assert seen[("contact", "late")]
    assert seen[("report", "late")]
    labels = set(made.duties["case"])
    assert {"just_before", "on", "just_after", "declined_on", "declined_just_after", "vacant_role"} <= labels


def test_planted_contacts_stay_clear_of_their_deadline_under_any_calendar(made: Company) -> None:
    """Late is late by more than a week: no calendar of holidays can excuse it."""
    late = made.duties[(made.duties["case"] == "late_contact") & (made.duties["duty"] == "contact")]
    books = Books(made)
    rows = {row["response_id"]: row for row in made.tables["responses"].to_dict("records")}
    assert len(late)
    for response_id in late["response_id"]:
        row = rows[response_id]
        due = deadline(at(row["submitted"]), 24, books.zones[row["unit_id"]])
        held = [e["held"] for e in books.by_response["follow_ups"][response_id] if e["reached"]]
        assert at(min(held)) - due > timedelta(days=7)
