"""The scalar law and its table form agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.records import (
    Aspect,
    Cases,
    Criterion,
    DecisionMode,
    Direction,
    EvidenceLevel,
    Grade,
    Interval,
    Kind,
    Measurement,
    Statistic,
    Target,
)
from auditlib.standards.judge import judge_one
from auditlib.standards.table import judge, measurements_frame
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


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    target = Target(draw(SHARES), draw(st.sampled_from(Direction)), 0.0, 1.0)
    return replace(
        BASE,
        target=target,
        kind=draw(st.sampled_from(Kind)),
        minimum_n=draw(st.sampled_from([1, 10, 30])),
        excused_limit=draw(st.sampled_from([None, 0.0, 0.1, 0.5])),
        cases=draw(st.sampled_from([None, *Cases])),
    )


@st.composite
def shares(draw: st.DrawFn) -> Measurement:
    n = draw(st.integers(0, 200))
    k = draw(st.integers(0, n))
    excused = draw(st.integers(0, n - k))
    if n == 0:
        return Measurement("metric", None, 0, Statistic.SHARE, successes=0)
    level = draw(st.sampled_from([0.9, 0.95, 0.99]))
    limits = wilson(k, n, level=level)
    interval = Interval(float(limits.low), float(limits.high), level)
    kept = draw(st.sampled_from([interval, None]))
    return Measurement(
        "metric",
        k / n,
        n,
        Statistic.SHARE,
        interval=kept,
        successes=k,
        excused=excused,
        complete=draw(st.booleans()),
        unknown=draw(st.sampled_from([0, 0, 1, 5, 50])),
        level=draw(st.sampled_from([EvidenceLevel.RESPONSES, EvidenceLevel.REGISTER])),
    )


@st.composite
def others(draw: st.DrawFn) -> Measurement:
    value = draw(st.floats(0, 1))
    half = draw(st.sampled_from([0.0, 0.01, 0.2]))
    statistic = draw(st.sampled_from([Statistic.MEAN, Statistic.COUNT, Statistic.RATIO]))
    interval = draw(st.sampled_from([Interval(value - half, value + half), None]))
    return Measurement("metric", value, draw(st.integers(0, 60)), statistic, interval=interval)


@settings(max_examples=400, deadline=None)
@given(
    criteria(),
    st.lists(st.one_of(shares(), others()), min_size=1, max_size=8),
    st.sampled_from(DecisionMode),
    st.sampled_from([0.8, 0.95]),
)
def test_the_table_form_says_what_the_clause_says(
    criterion: Criterion, measurements: list[Measurement], mode: DecisionMode, required: float
) -> None:
    frame = measurements_frame([(criterion, entry) for entry in measurements])
    table = judge(frame, [criterion], mode=mode, required_probability=required)
    expected = [
        judge_one(criterion, entry, mode=mode, required_probability=required) for entry in measurements
    ]
    assert list(table["outcome"]) == [entry.outcome.value for entry in expected]
    for margin, entry in zip(table["margin"], expected, strict=True):
        assert (margin != margin) if entry.margin is None else margin == entry.margin


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
    table = judge(measurements_frame([(criterion, entry) for entry in measured]), [criterion])
    chance = binom.pmf(list(counts), n, target)
    for outcome in ("met", "not_met"):
        assert chance[(table["outcome"] == outcome).to_numpy()].sum() <= 0.05
