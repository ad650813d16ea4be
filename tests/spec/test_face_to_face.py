"""Face-to-face registers: rows in, shares out, at the edges of each day."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "unit"))
from standards_tables import AS_OF, DAY, START, context, small_tables

from auditlib.audit.standard import read_edition
from auditlib.listening.face_to_face import (
    commitment_one,
    commitments_kept,
    key_accounts_visited,
    months_before,
)
from auditlib.obligations.law import Status
from auditlib.records import Measurement, Outcome
from auditlib.standards.judge import judge_one

END = START // DAY + 89  # 2025-03-31, last day of the period


def value(found: Measurement) -> tuple[float | None, int]:
    return found.value, found.n


@pytest.mark.parametrize(
    ("held_on", "share"),
    [(END, 0.5), (END + 1, 0.0), (END - 364, 0.5), (END - 365, 0.0)],
    ids=["last day", "day after", "first day of the year", "a day too early"],
)
def test_a_key_account_counts_if_met_within_the_months(held_on: int, share: float) -> None:
    accounts = [
        {"account_id": "A1", "key_account": True},
        {"account_id": "A2", "key_account": True},
        {"account_id": "A3", "key_account": False},
    ]
    visits = [{"account_id": "A1", "held_on": held_on}, {"account_id": "A3", "held_on": END}]
    tables = small_tables(accounts=accounts, visits=visits)
    assert value(key_accounts_visited.function(tables, context(), months=12)) == (share, 2)


def test_no_key_account_is_no_pass() -> None:
    tables = small_tables(
        accounts=[{"account_id": "A1", "key_account": False}], visits=[{"account_id": "A1", "held_on": END}]
    )
    assert value(key_accounts_visited.function(tables, context(), months=12)) == (None, 0)


DUE = AS_OF // DAY - 10


@pytest.mark.parametrize(
    ("due", "done", "status"),
    [
        (DUE, DUE - 1, Status.MET),
        (DUE, DUE, Status.MET),
        (DUE, DUE + 1, Status.LATE),
        (DUE, None, Status.MISSING),
        (AS_OF // DAY, None, Status.PENDING),
        (AS_OF // DAY - 1, None, Status.MISSING),
        (None, DUE, Status.MISSING),
        (DUE, AS_OF // DAY + 1, Status.MISSING),
    ],
)
def test_what_became_of_a_commitment(due: int | None, done: int | None, status: Status) -> None:
    assert commitment_one(due, done, as_of=AS_OF) is status


def test_commitments_that_are_not_due_are_left_out() -> None:
    rows = [
        {"commitment_id": "C1", "due_on": DUE, "done_on": DUE},
        {"commitment_id": "C2", "due_on": DUE, "done_on": None},
        {"commitment_id": "C3", "due_on": DUE + 90, "done_on": None},
    ]
    assert value(commitments_kept.take(small_tables(commitments=rows), context(), {})) == (0.5, 2)


def test_without_the_register_commitments_cannot_be_assessed() -> None:
    found = commitments_kept.take(small_tables(), context(), {})
    assert (found.value, found.reason) == (None, "the evidence has no commitments")


def test_months_are_counted_back_to_days_that_exist() -> None:
    assert months_before(date(2025, 3, 31), 12) == date(2024, 3, 31)
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert months_before(date(2025, 1, 15), 1) == date(2024, 12, 15)


def test_accounts_nobody_met_and_promises_broken_are_named() -> None:
    accounts = [{"account_id": f"A{n}", "unit_id": "U1", "key_account": n != 3} for n in (4, 1, 2, 3)]
    tables = small_tables(accounts=accounts, visits=[{"account_id": "A1", "held_on": END}])
    found = key_accounts_visited.function(tables, context(), months=12)
    assert [(case.table, case.id, case.unit) for case in found.cases] == [
        ("accounts", "A2", "U1"),
        ("accounts", "A4", "U1"),
    ]
    days = {"C1": (DUE, DUE + 1), "C2": (DUE, DUE), "C3": (DUE, None), "C4": (AS_OF // DAY + 5, None)}
    rows = [{"commitment_id": name, "due_on": due, "done_on": done} for name, (due, done) in days.items()]
    kept = commitments_kept.function(small_tables(commitments=rows), context())
    assert [(case.id, case.words) for case in kept.cases] == [("C3", "missing"), ("C1", "late")]


@pytest.mark.parametrize(
    ("kept", "outcome"), [(48, Outcome.MET), (47, Outcome.MET), (44, Outcome.MET), (43, Outcome.NOT_MET)]
)
def test_the_register_of_commitments_is_all_there_are(kept: int, outcome: Outcome) -> None:
    """Of 48 commitments 43.2 are nine tenths: what all of them show is not left open by an interval."""
    rows = [
        {"commitment_id": f"C{number}", "due_on": DUE, "done_on": DUE + (number >= kept)}
        for number in range(48)
    ]
    found = commitments_kept.take(small_tables(commitments=rows), context(), {})
    edition = read_edition("service-excellence@2026", root=Path(__file__).parents[2])
    assert judge_one(edition.criterion("CF-18"), found).outcome is outcome
