"""A desk's log that knows days without times: a status holds only where every instant of the day gives it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from escalation_world import PARAMS, World, at
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.audit.numerals import orphans
from auditlib.audit.opening import read_run
from auditlib.audit.standard import texts
from auditlib.contracts import WHOLE_DAY
from auditlib.parameters.engagement import Engagement
from auditlib.service_desk import (
    ClocksAnswer,
    DeskAnswer,
    DeskContext,
    IncidentResult,
    context_of,
    reperform,
)
from auditlib.time.epoch import HOUR

ROOT = PARAMS.parent
RUN = read_run("params/runs/demo.yaml", root=ROOT).model_copy(update={"policies": ("complaint_limits@2025",)})
MONDAY = at("2025-06-02 00:00", zone="UTC")
DAY = 24 * HOUR
SILVER = {"account_id": "A1", "tier": "silver"}
DUTY = "status:complaint_resolution"
Step = tuple[int, int | None, str]
"""Day, hour of it (none: the day alone) and the state entered."""


@pytest.fixture(scope="module")
def context() -> DeskContext:
    found = context_of(Engagement(RUN, World({}), texts(RUN, root=ROOT)), begins="complaint")
    assert isinstance(found, DeskContext)
    return found


def instant(stem: str, day: int, hour: int | None) -> dict[str, int]:
    moment = {f"{stem}_at": MONDAY + day * DAY + (hour or 0) * HOUR}
    return moment | {f"{stem}_second": WHOLE_DAY if hour is None else hour * 3600}


def judged(context: DeskContext, *cases: tuple[Step, ...]) -> IncidentResult:
    """Judge critical complaints (48 hours); the first step is when each was received."""
    complaints, events = [], []
    for number, (first, *steps) in enumerate(cases):
        case = {"complaint_id": f"C{number}", "unit_id": "U1", "severity": "critical", "account_id": "A1"}
        complaints.append(case | instant("received", *first[:2]))
        events += [
            {
                "event_id": f"{number}-{turn:02}",
                "complaint_id": f"C{number}",
                "state": state,
                "source_line": turn,
            }
            | instant("occurred", day, hour)
            for turn, (day, hour, state) in enumerate([first, *steps], start=2)
        ]
    found = reperform(
        World({"complaints": complaints, "complaint_events": events, "accounts": [SILVER]}), context
    )
    assert isinstance(found, IncidentResult)
    return found


def statuses(context: DeskContext, *cases: tuple[Step, ...]) -> list[Any]:
    return judged(context, *cases).cases.sort_values("case_id")[DUTY].tolist()


def test_what_is_received_or_resolved_on_a_day_is_decided_by_days_far_enough_apart(
    context: DeskContext,
) -> None:
    def both(day: int) -> tuple[Step, ...]:
        return (0, None, "received"), (day, None, "resolved")

    # Two days apart they are more than one day and less than three.
    assert statuses(context, *map(both, range(5))) == [
        "met", "met", "unknown", "late", "late"
    ]  # fmt: skip


def test_a_day_that_ends_with_the_limit_is_in_time_and_one_that_begins_after_it_is_late(
    context: DeskContext,
) -> None:
    timed: Step = (0, 0, "received")
    found = statuses(
        context,
        (timed, (1, None, "resolved")),
        (timed, (2, None, "resolved")),
        (timed, (3, None, "resolved")),
    )
    assert found == ["met", "unknown", "late"]


def test_a_pause_known_by_its_days_lengthens_the_limit_by_no_more_than_it_must_and_may(
    context: DeskContext,
) -> None:
    def paused(resolved: int) -> tuple[Step, ...]:
        return (
            (0, 0, "received"), (1, None, "waiting_customer"), (3, None, "in_progress"),
            (*divmod(resolved, 24), "resolved"),
        )  # fmt: skip

    # 48 hours, and a pause of at least one day and at most three.
    assert statuses(context, paused(72), paused(73), paused(119), paused(120)) == [
        "met", "unknown", "unknown", "late"
    ]  # fmt: skip


def test_what_cannot_be_told_is_counted_said_and_on_neither_side(context: DeskContext) -> None:
    vague = ((0, None, "received"), (2, None, "resolved"))
    result = judged(context, vague, ((0, 9, "received"), (1, 9, "resolved")))
    assert result.undecided("complaint_resolution") == 1
    assert result.counts("all")["complaint_resolution"] == 1
    said = [
        sentence
        for sentence in ClocksAnswer(result).summary()
        if "complaint resolution cannot be told for 1 complaint" in sentence.text
    ]
    numbers = {number.key: number for number in DeskAnswer(result).numbers()}
    assert said
    assert not [orphan for one in said for orphan in orphans(one.text, [numbers[key] for key in one.keys])]
    assert DeskAnswer(result).findings() == ()


@settings(max_examples=10, deadline=None)
@given(
    days=st.tuples(st.integers(0, 1), st.integers(0, 3)),
    hours=st.tuples(st.sampled_from((None, 5, 17)), st.sampled_from((None, 6, 18))),
)
def test_a_status_holds_for_every_hour_that_a_day_may_hide(
    context: DeskContext, days: tuple[int, int], hours: tuple[int | None, int | None]
) -> None:
    first, last = days[0], days[0] + days[1]
    if first == last and hours == (17, 6):
        return
    (status,) = statuses(context, ((first, hours[0], "received"), (last, hours[1], "resolved")))
    possible = product(*((range(24) if hour is None else (hour,)) for hour in hours))
    cases = [
        ((first, begun, "received"), (last, done, "resolved"))
        for begun, done in possible
        if (last, done) >= (first, begun)
    ]
    outcomes = set(statuses(context, *cases))
    assert status == "unknown" or outcomes == {status}
