"""Events of which only the day is known: a day begins when it begins and ends when it ends."""

from __future__ import annotations

from typing import Any

import pytest
from escalation_world import World, at, context, day
from test_escalation import (
    ACTION,
    EVERYBODY,
    MATRIX,
    REPORT,
    SENT,
    acknowledgement,
    contact,
    judged,
    response,
)

from auditlib.contracts import WHOLE_DAY
from auditlib.escalation import EscalationAnswer, EscalationResult, measure_latencies, reperform

# The response is given on Friday 6 June 2025 at 16:30 in Berlin; the contact is due on Tuesday 10 June at
# 16:30, the report, of the contact of the 10th, on the day it was promised for, 20 June.


def on(stem: str, text: str) -> dict[str, Any]:
    """Return an instant of which only the day is known."""
    return {f"{stem}_at": at(f"{text} 00:00"), f"{stem}_day": day(text), f"{stem}_second": WHOLE_DAY}


def held(text: str, **more: Any) -> dict[str, Any]:
    return contact() | on("held", text) | more


def shown(text: str, **more: Any) -> dict[str, Any]:
    return REPORT | on("presented", text) | more


@pytest.mark.parametrize(
    ("text", "status"),
    [("2025-06-19", "met"), ("2025-06-20", "met"), ("2025-06-21", "late"), ("2025-06-22", "late")],
)
def test_a_report_presented_on_its_due_day_is_in_time_and_the_day_after_is_late(
    text: str, status: str
) -> None:
    assert judged(follow_up_reports=[shown(text)])["report"][0] == status


@pytest.mark.parametrize(("text", "status"), [("2025-06-09", "missing"), ("2025-06-10", "met")])
def test_a_report_of_the_day_of_the_contact_is_not_before_it(text: str, status: str) -> None:
    assert judged(follow_up_reports=[shown(text)])["report"][0] == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2025-06-05", "missing"),  # before the response
        ("2025-06-06", "met"),
        ("2025-06-09", "met"),
        ("2025-06-10", "unknown"),  # by half past four, or after it?
        ("2025-06-11", "late"),
    ],
)
def test_a_contact_of_which_only_the_day_is_known(text: str, status: str) -> None:
    found = judged(follow_ups=[held(text)], follow_up_reports=[shown("2025-06-20")])
    assert found["contact"][0] == status
    assert found["attendance"][0] == status
    assert found["documentation"][0] == ("missing" if status == "missing" else "met")
    if status == "unknown":
        assert found["contact"][1] == "only the day is known"


def test_a_refusal_on_the_day_the_contact_is_due_leaves_it_open() -> None:
    assert judged(follow_ups=[held("2025-06-09", declined=True)])["contact"] == ("excused", "declined")
    assert judged(follow_ups=[held("2025-06-10", declined=True)])["contact"][0] == "unknown"
    assert judged(follow_ups=[held("2025-06-11", declined=True)])["contact"][0] == "missing"


def test_an_acknowledgement_of_the_same_day_may_or_may_not_have_come_within_minutes() -> None:
    def sent(text: str) -> str:
        return judged(acknowledgements=[acknowledgement(0) | on("sent", text)])["acknowledgement"][0]

    assert [sent(text) for text in ("2025-06-05", "2025-06-06", "2025-06-07")] == [
        "missing",
        "unknown",
        "late",
    ]


def test_a_response_of_which_only_the_day_is_known_moves_its_deadlines_with_it() -> None:
    given = response() | on("submitted", "2025-06-06")
    # Eight business hours from the beginning of Friday end on Friday at 17:00, from its end on Tuesday.
    for held_at, status in [
        ("2025-06-06 17:00", "met"),
        ("2025-06-06 17:00:00.000001", "unknown"),
        ("2025-06-10 17:00", "unknown"),
        ("2025-06-10 17:00:00.000001", "late"),
    ]:
        assert (
            judged(responses=[given], follow_ups=[contact(held_at) | {"held_day": day(held_at)}])["contact"][
                0
            ]
            == status
        )
    early = contact("2025-06-06 08:00") | {"held_day": day("2025-06-06")}
    assert judged(responses=[given], follow_ups=[early])["contact"][0] == "met"  # not before its day


def test_the_day_of_the_audit_itself_may_not_be_over() -> None:
    assert judged(as_of="2025-06-10 12:00", follow_ups=[held("2025-06-10")])["contact"][0] == "met"
    assert (
        judged(as_of="2025-06-10 16:30:00.000001", follow_ups=[held("2025-06-10")])["contact"][0] == "unknown"
    )


def test_a_timed_contact_in_time_counts_beside_one_of_which_only_the_day_is_known() -> None:
    timed = contact("2025-06-10 10:00", follow_up_id="F2") | {"held_day": day("2025-06-10")}
    assert judged(follow_ups=[held("2025-06-10"), timed])["contact"][0] == "met"


@pytest.mark.parametrize(
    ("second", "status"),
    [
        ({"due_on": day("2025-06-30"), "presented_at": at("2025-06-29 10:00")}, "met"),
        ({"due_on": day("2025-06-25"), "presented_at": at("2025-06-29 10:00")}, "late"),
        ({"due_on": None, "presented_at": at("2025-06-14 10:00")}, "late"),
        ({"due_on": day("2025-06-30"), "presented_at": None}, "late"),
    ],
)
def test_of_several_reports_the_best_in_time_counts(second: dict[str, Any], status: str) -> None:
    late = REPORT | {"presented_at": at("2025-06-23 10:00")}
    other = REPORT | {"report_id": "A0"} | second  # its id comes first
    actions = [ACTION, ACTION | {"action_id": "N2", "report_id": "A0"}]
    for reports in ([late, other], [other, late]):
        assert judged(follow_up_reports=reports, report_actions=actions)["report"][0] == status


def test_what_stays_open_is_counted_named_and_lasts_until_the_end_of_its_day() -> None:
    world = World(
        {
            "responses": [response()],
            "acknowledgements": [acknowledgement(at(SENT))],
            "follow_ups": [held("2025-06-10")],
            "attendance": EVERYBODY,
            "responsibilities": MATRIX,
        }
    )
    found = reperform(world, context(as_of="2025-12-01 12:00"))
    assert isinstance(found, EscalationResult)
    assert found.undecided == {"only the day is known": 2}
    assert found.fulfilled == 0
    row = found.of("contact").to_frame().iloc[0]
    assert row[["judged", "unknown"]].tolist() == [0, 1]
    said = "2 duties count on neither side: only the day of an event is known, and the time of day decides."
    assert said in [sentence.text for sentence in EscalationAnswer(found).summary()]
    (stage,) = measure_latencies(world, found).of("contact")
    until = at("2025-06-11 00:00") - 1 - at(SENT)
    assert stage.time(0.5) == pytest.approx(until / 3_600_000_000 / (24 if stage.span == "days" else 1))
