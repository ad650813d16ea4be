"""The source's own flag on contacts, against the clock, with the reason where the two part."""

from __future__ import annotations

from typing import Any

import pytest
from escalation_world import World, at, context
from test_escalation import contact, response

from auditlib.escalation import EscalationResult, FlagComparison, FlagsAnswer, compare_flags, reperform
from auditlib.escalation.flag_comparison import AGREE, LONGER, NIGHTS, NOBODY_REACHED, OTHER_LIMIT, REFUSED
from auditlib.records import Refusal


def held_against(score: float, *follow_ups: dict[str, Any]) -> FlagComparison | Refusal:
    world = World({"responses": [response(score)], "follow_ups": list(follow_ups)})
    found = reperform(world, context(as_of="2025-12-01 12:00"))
    assert isinstance(found, EscalationResult)
    return compare_flags(world, found)


@pytest.mark.parametrize(
    ("score", "follow_up", "flag", "status", "reason"),
    [
        # Due on Tuesday 10 June at 16:30 below a score of 3, on Thursday at 16:30 from 3 on.
        (2.0, contact("2025-06-10 16:30", in_time_claimed=True), "in time", "met", AGREE),
        (2.0, contact("2025-06-10 16:31", in_time_claimed=False), "not in time", "late", AGREE),
        (2.0, contact("2025-06-10 16:31", in_time_claimed=True), "in time", "late", LONGER),
        (2.0, contact("2025-06-10 16:30", in_time_claimed=False), "not in time", "met", NIGHTS),
        (3.0, contact("2025-06-12 16:31", in_time_claimed=True), "in time", "late", LONGER),
        (
            2.0,
            contact("2025-06-06 17:00", reached=False, in_time_claimed=True),
            "in time",
            "missing",
            NOBODY_REACHED,
        ),
        (
            2.0,
            contact("2025-06-11 09:00", declined=True, in_time_claimed=True),
            "in time",
            "missing",
            REFUSED,
        ),
        (2.0, contact("2025-06-06 17:00", in_time_claimed=False), "not in time", "met", "no reason seen"),
    ],
)
def test_each_contact_has_its_flag_its_status_and_the_reason_why_they_part(
    score: float, follow_up: dict[str, Any], flag: str, status: str, reason: str
) -> None:
    found = held_against(score, follow_up)
    assert isinstance(found, FlagComparison)
    assert found.frame.to_dict("records") == [
        {"flag": flag, "status": status, "reason": reason, "contacts": 1}
    ]
    assert found.parting == (reason != AGREE)
    keys = {number.key for number in FlagsAnswer(found).numbers()}
    assert {key for sentence in FlagsAnswer(found).summary() for key in sentence.keys} <= keys


def test_a_flag_that_runs_on_the_limit_of_the_other_band_is_told() -> None:
    monday = response(2.0, submitted_at=at("2025-07-07 09:00"))  # due at 17:00 of the same day
    follow_up = contact("2025-07-08 08:59", in_time_claimed=True)
    world = World({"responses": [monday], "follow_ups": [follow_up]})
    found = reperform(world, context(as_of="2025-12-01 12:00"))
    assert isinstance(found, EscalationResult)
    told = compare_flags(world, found)
    assert isinstance(told, FlagComparison)
    assert told.frame["reason"].tolist() == [OTHER_LIMIT]


def test_without_a_flag_the_source_is_not_believed_and_not_doubted() -> None:
    assert isinstance(held_against(2.0, contact()), Refusal)
    some = contact("2025-06-10 10:00", follow_up_id="F2")
    found = held_against(2.0, contact("2025-06-06 17:00", reached=False, in_time_claimed=True), some)
    assert isinstance(found, FlagComparison)
    assert (found.flagged, found.unflagged) == (1, 0)
