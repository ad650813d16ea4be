"""How often the law tells an operation that is exactly at its target either way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import strategies as st

from auditlib.records import (
    Aspect,
    Criterion,
    Direction,
    Grade,
    Interval,
    Kind,
    Measurement,
    Outcome,
    Statistic,
    Target,
)
from auditlib.standards.judge import judge_one
from auditlib.statistics.intervals import wilson

BASE = Criterion(
    "CF-01",
    "customer_feedback",
    "A demand.",
    ("A2",),
    "metric",
    Target(0.85, Direction.AT_LEAST, 0.0, 1.0),
    Kind.FLEXIBLE,
    Grade.MAJOR,
    1.0,
    Aspect.RESULT,
    "responses",
    "because",
    "own",
    effective_from=date(2025, 1, 1),
)
SHARES = st.sampled_from([0.0, 0.5, 0.8, 0.85, 0.9, 1.0])


@pytest.mark.parametrize("n", [50, 200, 1000])
@pytest.mark.parametrize("target", [0.5, 0.85, 0.95])
def test_an_operation_exactly_at_its_target_is_seldom_told_either_way(n: int, target: float) -> None:
    """By exact enumeration: the interval at 95 % leaves 2.5 % on each side, a little more for small n."""
    from scipy.stats import binom

    criterion = replace(BASE, target=replace(BASE.target, value=target))
    counts = range(n + 1)
    limits = wilson(list(counts), n)
    measured = [
        Measurement(
            "metric",
            k / n,
            n,
            Statistic.SHARE,
            interval=Interval(float(limits.low[k]), float(limits.high[k])),
            successes=k,
        )
        for k in counts
    ]
    outcomes = [judge_one(criterion, entry).outcome for entry in measured]
    chance = binom.pmf(list(counts), n, target)
    for outcome in (Outcome.MET, Outcome.NOT_MET):
        assert sum(p for p, told in zip(chance, outcomes, strict=True) if told is outcome) <= 0.05
