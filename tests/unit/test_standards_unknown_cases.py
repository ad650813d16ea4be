"""Cases of which nothing is known: the outcome is the same with all of them for the party and against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from auditlib.disclosure import MinimumFrequency
from auditlib.records import (
    Aspect,
    Criterion,
    Direction,
    EvidenceLevel,
    Grade,
    Kind,
    Measurement,
    Outcome,
    Statistic,
    Target,
)
from auditlib.standards.closed import closed
from auditlib.standards.judge import judge_one

MET, MISSED, OPEN = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED
CRITERION = Criterion(
    "CF-01",
    "customer_feedback",
    "A demand.",
    ("A2",),
    "share",
    Target(0.8, Direction.AT_LEAST, 0.8, 0.8),
    Kind.FLEXIBLE,
    Grade.MAJOR,
    1.0,
    Aspect.RESULT,
    "evidence",
    "because",
    "own",
    minimum_n=1,
    effective_from=date(2025, 1, 1),
)


def register(met: int, known: int, unknown: int) -> Measurement:
    """A complete register in which so many cases leave it open."""
    return Measurement(
        "share",
        met / known,
        known,
        Statistic.SHARE,
        successes=met,
        level=EvidenceLevel.REGISTER,
        unknown=unknown,
    )


@pytest.mark.parametrize(
    ("met", "known", "unknown", "outcome"),
    [
        (8, 10, 0, MET),
        (7, 10, 0, MISSED),
        # eight of ten with the unknown case against it is on the target
        (8, 9, 1, MET),
        (7, 9, 1, OPEN),  # seven of ten against it, eight of ten for it
        (6, 9, 1, MISSED),  # seven of ten even with the case for it
        (79, 80, 20, OPEN),
        (80, 80, 20, MET),
        (59, 80, 20, MISSED),
        (60, 80, 20, OPEN),
    ],
)
def test_an_outcome_holds_whatever_the_unknown_cases_are(
    met: int, known: int, unknown: int, outcome: Outcome
) -> None:
    assert judge_one(CRITERION, register(met, known, unknown)).outcome is outcome


@pytest.mark.parametrize(("known", "outcome"), [(9, OPEN), (10, MET), (11, MET)])
def test_unknown_cases_do_not_make_up_for_known_ones_that_are_too_few(known: int, outcome: Outcome) -> None:
    asked = replace(CRITERION, minimum_n=10)
    assert judge_one(asked, register(known, known, 1)).outcome is outcome


def test_too_few_known_cases_can_still_miss_a_target_for_sure() -> None:
    asked = replace(CRITERION, kind=Kind.RIGID, minimum_n=10)
    assert judge_one(asked, register(0, 9, 1)).outcome is MISSED


@pytest.mark.parametrize(
    ("met", "known", "unknown", "direction", "value", "n"),
    [
        (59, 76, 1, Direction.AT_LEAST, 59 / 77, 77),
        (59, 76, 4, Direction.AT_MOST, 63 / 80, 80),
        (59, 76, 5, Direction.AT_LEAST, 59 / 76, 76),
    ],
)
def test_unknown_cases_too_few_to_be_told_count_against_the_criterion(
    met, known, unknown, direction, value, n
):
    """Beside 59 of 76 and a least of 59 of 77 a reader would know that one case is unknown."""
    answers = replace(register(met, known, unknown), level=EvidenceLevel.RESPONSES)
    criterion = replace(CRITERION, target=replace(CRITERION.target, value=0.8, direction=direction))
    judged = judge_one(criterion, answers)
    told = closed(judged, disclosure=MinimumFrequency(5))
    assert told.outcome is judged.outcome
    assert (told.measurement.value, told.measurement.n) == (pytest.approx(value), n)
    few = "fewer than 5 cases are unknown and counted against it"
    assert (few in told.reason) is (unknown < 5)


def test_unknown_entries_of_a_register_give_nobody_away():
    judged = judge_one(CRITERION, register(8, 10, 1))
    assert closed(judged, disclosure=MinimumFrequency(5)) is judged
