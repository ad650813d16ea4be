"""How far a result lies from its target: by this, findings in hours and in shares are ranked together."""

from __future__ import annotations

from datetime import date

import pytest

from auditlib.records import (
    Aspect,
    Criterion,
    DecisionMode,
    Direction,
    EvidenceLevel,
    Grade,
    Kind,
    Measurement,
    Statistic,
    Target,
)
from auditlib.standards.findings import shortfall_of
from auditlib.standards.judge import judge_one


def criterion(target: float, direction: Direction) -> Criterion:
    return Criterion(
        "CF-01",
        "customer_feedback",
        "A demand.",
        ("A2",),
        "metric",
        Target(target, direction, target, target),
        Kind.FLEXIBLE,
        Grade.MAJOR,
        1.0,
        Aspect.RESULT,
        "evidence",
        "because",
        "own",
        effective_from=date(2025, 1, 1),
    )


@pytest.mark.parametrize(
    ("target", "direction", "value", "shortfall"),
    [
        # a fifth short of what is demanded, in shares and in hours alike
        (0.5, Direction.AT_LEAST, 0.4, 0.2),
        (40.0, Direction.AT_MOST, 48.0, 0.2),
        # on the target, and on its good side, nothing is short
        (0.5, Direction.AT_LEAST, 0.5, 0.0),
        (0.5, Direction.AT_LEAST, 0.6, 0.0),
        (40.0, Direction.AT_MOST, 40.0, 0.0),
        (40.0, Direction.AT_MOST, 32.0, 0.0),
        # of a target of nothing, the value itself
        (0.0, Direction.AT_MOST, 3.0, 3.0),
        (-10.0, Direction.AT_LEAST, -15.0, 0.5),
    ],
)
def test_a_shortfall_is_a_share_of_the_target(
    target: float, direction: Direction, value: float, shortfall: float
) -> None:
    measured = Measurement("metric", value, 50, Statistic.MEAN, level=EvidenceLevel.REGISTER)
    judged = judge_one(criterion(target, direction), measured, mode=DecisionMode.POINT)
    assert shortfall_of(judged) == pytest.approx(shortfall)


def test_what_was_not_measured_falls_short_of_nothing() -> None:
    judged = judge_one(criterion(0.5, Direction.AT_LEAST), Measurement("metric", None, 0, Statistic.MEAN))
    assert shortfall_of(judged) is None
