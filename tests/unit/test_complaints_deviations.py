"""Complaints: days without a time, and deviations that excuse what is late."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standards_tables import DAY, START, context, small_tables

from auditlib.complaints.deviations import DUTY, elapsed_one
from auditlib.complaints.measures import clocks, complaints_overdue, complaints_resolved
from auditlib.contracts import WHOLE_DAY
from auditlib.records import Measurement

REASONS = ("third_party", "legal_hold")


def instant(stem: str, day: float, *, whole: bool = False) -> dict[str, Any]:
    return {f"{stem}_at": START + round(day * DAY), f"{stem}_second": WHOLE_DAY if whole else 0}


def complaint(day: float = 0, *, whole: bool = False, name: str = "X1") -> dict[str, Any]:
    return {"complaint_id": name, "severity": "normal", "in_period": True} | instant(
        "received", day, whole=whole
    )


def event(day: float, state: str, *, whole: bool = False, name: str = "X1", turn: int = 0) -> dict[str, Any]:
    entry = {"event_id": f"E{name}{day:07.3f}{turn}", "complaint_id": name, "state": state}
    return entry | instant("occurred", day, whole=whole)


def deviation(day: float, *, whole: bool = False, reason: str = "third_party", **more: Any) -> dict[str, Any]:
    entry = {"deviation_id": f"D{day}{reason}", "duty": DUTY, "case_id": "X1", "reason": reason}
    return entry | instant("recorded", day, whole=whole) | more


def resolved(*events: dict[str, Any], first: dict[str, Any] | None = None, **tables: Any) -> Measurement:
    held = small_tables(complaints=[first or complaint()], complaint_events=list(events), **tables)
    return complaints_resolved.function(held, replace(context(), reasons=REASONS), within_days=10)


@pytest.mark.parametrize(
    ("received", "done", "counts"),
    [
        # Received on a day, resolved on a day: the clock ran between n - 1 and n + 1 days.
        ((0, True), (9, True), (1, 1)),
        ((0, True), (10, True), (0, 0)),
        ((0, True), (11, True), (0, 1)),
        ((0.5, False), (9, True), (1, 1)),
        ((0.5, False), (10, True), (0, 0)),
        ((0.5, False), (11, True), (0, 1)),
        ((0, True), (10, False), (1, 1)),
        ((0, True), (10.5, False), (0, 0)),
        ((0, True), (11, False), (0, 1)),
        ((0.5, False), (0, True), (1, 1)),  # resolved on the day it came
    ],
)
def test_a_day_is_neither_its_beginning_nor_its_end(
    received: tuple[float, bool], done: tuple[float, bool], counts: tuple[int, int]
) -> None:
    first = complaint(received[0], whole=received[1])
    found = resolved(event(done[0], "resolved", whole=done[1]), first=first)
    assert ((found.successes or 0), found.n) == counts


def test_what_its_days_leave_open_is_counted_and_said() -> None:
    first = [complaint(whole=True), complaint(1, name="X2")]
    rows = [event(10, "resolved", whole=True), event(2, "resolved", name="X2")]
    held = small_tables(complaints=first, complaint_events=rows)
    found = complaints_resolved.function(held, context(), within_days=10)
    assert (found.successes, found.n) == (1, 1)
    assert "in time or late by their days alone: 1" in found.reason
    still = small_tables(complaints=[complaint(80, whole=True)], complaint_events=[event(81, "in_progress")])
    assert complaints_overdue.function(still, context(), within_days=9.5).n == 0


@pytest.mark.parametrize(
    ("recorded", "reason", "excused"),
    [(10, "third_party", 1), (10.001, "third_party", 0), (10, "too_busy", 0), (2, "legal_hold", 1)],
)
def test_a_late_complaint_is_excused_by_a_listed_reason_recorded_before_the_limit(
    recorded: float, reason: str, excused: int
) -> None:
    found = resolved(event(12, "resolved"), deviations=[deviation(recorded, reason=reason)])
    assert (found.successes, found.n, found.excused) == (0, 1, excused)


def test_time_waiting_for_the_customer_moves_the_limit_of_the_deviation_too() -> None:
    waited = [event(2, "waiting_customer"), event(7, "in_progress", turn=1), event(20, "resolved", turn=2)]
    assert resolved(*waited, deviations=[deviation(15)]).excused == 1
    assert resolved(*waited, deviations=[deviation(15.001)]).excused == 0


def test_only_late_complaints_are_excused_once_and_by_their_own_duty() -> None:
    assert resolved(event(9, "resolved"), deviations=[deviation(5)]).excused == 0
    twice = [deviation(5), deviation(6, reason="legal_hold")]
    assert resolved(event(12, "resolved"), deviations=twice).excused == 1
    assert resolved(event(12, "resolved"), deviations=[deviation(5, duty="call_back")]).excused == 0
    assert resolved(event(12, "resolved"), deviations=[deviation(9, whole=True)]).excused == 1
    assert resolved(event(12, "resolved"), deviations=[deviation(10, whole=True)]).excused == 0


RUNNING = ("in_progress", "reopened")
STATES = ("in_progress", "waiting_customer", "resolved", "reopened", "accepted")


@given(
    received=st.integers(0, 3),
    steps=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(STATES), st.booleans()), max_size=5),
    whole=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_the_clock_and_its_ends_agree_with_the_reference(
    received: int, steps: list[tuple[int, str, bool]], whole: bool
) -> None:
    rows, at = [], received
    for turn, (gap, state, by_day) in enumerate(steps):
        at += gap + 1
        rows.append(event(at, state, whole=by_day, turn=turn))
    held = small_tables(
        complaints=[complaint(received, whole=whole)],
        complaint_events=rows or [event(0, "closed", name="X9")],
    )
    row = clocks(held, context()).select("elapsed", "shortest", "longest").collect().rows()[0]
    as_of = context().as_of_at

    def reference(*, late: set[int], begins: int) -> int:
        events = [
            (
                entry["occurred_at"] + (DAY - 1 if turn in late else 0),
                entry["state"] in ("in_progress", "reopened"),
            )
            for turn, entry in enumerate(rows)
        ]
        return elapsed_one(START + received * DAY + begins, events, at=as_of)

    by_day = {turn for turn, entry in enumerate(rows) if entry["occurred_second"] == WHOLE_DAY}
    stops = {turn for turn in by_day if rows[turn]["state"] not in RUNNING}
    assert row[0] == reference(late=set(), begins=0)
    assert row[2] == reference(late=stops, begins=0)
    assert row[1] == reference(late=by_day - stops, begins=DAY - 1 if whole else 0)
