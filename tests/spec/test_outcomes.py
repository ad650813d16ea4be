"""What follows from a measurement, as an auditor would check it: evidence, demand, outcome.

A2 a criterion is met only if the evidence demonstrates it; B2 the three kinds of standard.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditlib.errors import ParameterError
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
    Outcome,
    Statistic,
    Target,
)
from auditlib.standards.judge import judge_one
from auditlib.standards.needed import n_needed
from auditlib.standards.profile import Exemption
from auditlib.statistics.intervals import mean_t, wilson


def demand(
    value: float = 0.85,
    *,
    kind: Kind = Kind.FLEXIBLE,
    direction: Direction = Direction.AT_LEAST,
    minimum_n: int = 1,
    excused_limit: float | None = None,
) -> Criterion:
    return Criterion(
        "CF-01",
        "customer_feedback",
        "Most customers are content with the contact.",
        ("A2",),
        "top_box",
        Target(value, direction, value, value),
        kind,
        Grade.MAJOR,
        1.0,
        Aspect.RESULT,
        "responses",
        "because",
        "own",
        minimum_n=minimum_n,
        excused_limit=excused_limit,
        effective_from=date(2025, 1, 1),
    )


def share(k: int, n: int, *, excused: int = 0, complete: bool = True) -> Measurement:
    interval = None
    if n:
        limits = wilson(k, n)
        interval = Interval(float(limits.low), float(limits.high), 0.95, "Wilson")
    return Measurement(
        "top_box",
        k / n if n else None,
        n,
        Statistic.SHARE,
        interval=interval,
        successes=k,
        excused=excused,
        complete=complete,
    )


def register(k: int, n: int, **more: Any) -> Measurement:
    return replace(share(k, n), level=EvidenceLevel.REGISTER, **more)


@pytest.mark.parametrize(("met", "n", "outcome"), [(30, 30, "met"), (27, 30, "met"), (26, 30, "not_met")])
@pytest.mark.parametrize("mode", DecisionMode)
def test_a_complete_register_is_judged_as_it_stands(
    met: int, n: int, outcome: str, mode: DecisionMode
) -> None:
    """Of 30 key accounts, all of them known, 27 are nine in ten: nothing more is needed."""
    target = replace(demand().target, value=0.9)
    found = judge_one(replace(demand(), target=target), register(met, n), mode=mode)
    assert (found.outcome, found.n_needed, found.measurement.interval) == (outcome, None, None)


def test_the_criterion_says_what_its_cases_are() -> None:
    process = replace(demand(), cases=Cases.PROCESS, target=replace(demand().target, value=0.9))
    assert judge_one(process, register(30, 30)).outcome is Outcome.NOT_DEMONSTRATED
    population = replace(process, cases=Cases.POPULATION)
    assert judge_one(population, share(30, 30)).outcome is Outcome.MET
    sample = share(30, 30, complete=False)
    assert judge_one(population, sample).outcome is Outcome.NOT_DEMONSTRATED


def test_a_register_needs_the_fewest_entries_its_criterion_asks_for_and_no_more() -> None:
    assert judge_one(demand(minimum_n=1), register(4, 4)).outcome is Outcome.MET
    assert judge_one(demand(minimum_n=5), register(4, 4)).outcome is Outcome.NOT_DEMONSTRATED


@pytest.mark.parametrize(
    ("met", "n", "unknown", "outcome"),
    [
        (9, 9, 1, "met"),  # at worst 9 of 10, exactly the target
        (9, 9, 2, "not_demonstrated"),  # at worst 9 of 11
        (8, 9, 1, "not_demonstrated"),  # 8 of 10 at worst, 9 of 10 at best
        (7, 9, 1, "not_met"),  # at best 8 of 10
        (0, 0, 5, "not_assessable"),
    ],
)
def test_unknown_cases_count_on_neither_side(met: int, n: int, unknown: int, outcome: str) -> None:
    target = replace(demand().target, value=0.9)
    found = judge_one(replace(demand(), target=target), register(met, n, unknown=unknown))
    assert found.outcome == outcome
    assert found.measurement.value == (met / n if n else None)


def test_unknown_cases_never_meet_a_rigid_demand_and_never_excuse_a_breach() -> None:
    rigid = replace(demand(kind=Kind.RIGID), target=replace(demand().target, value=1.0))
    unsure = judge_one(rigid, replace(share(50, 50), unknown=1))
    assert unsure.outcome is Outcome.NOT_DEMONSTRATED
    assert "1 more case is unknown and could make it anything from 98.0% to 100.0%" in unsure.reason
    assert judge_one(rigid, replace(share(49, 50), unknown=1)).outcome is Outcome.NOT_MET


def test_nothing_of_nothing_is_not_a_pass() -> None:
    for kind in Kind:
        for mode in DecisionMode:
            found = judge_one(demand(kind=kind), share(0, 0), mode=mode)
            assert found.outcome is Outcome.NOT_ASSESSABLE
            assert "0 of 0" in found.reason


def test_the_reason_for_missing_evidence_is_passed_on() -> None:
    absent = Measurement("top_box", None, 0, Statistic.SHARE, reason="the evidence has no responses")
    assert judge_one(demand(), absent).reason == "the evidence has no responses"


def test_45_of_50_against_85_percent_is_not_demonstrated_and_says_how_many_are_needed() -> None:
    found = judge_one(demand(), share(45, 50))
    assert found.outcome is Outcome.NOT_DEMONSTRATED
    assert found.n_needed == 196
    assert found.n_missing == 146
    assert "196" in found.reason
    assert "146" in found.reason


def test_450_of_500_against_85_percent_is_met() -> None:
    found = judge_one(demand(), share(450, 500))
    assert found.outcome is Outcome.MET
    assert found.n_needed is None
    assert found.margin == pytest.approx(0.05)


def test_the_n_needed_is_the_smallest_at_the_same_share() -> None:
    for p, target in ((0.9, 0.85), (0.97, 0.95), (0.5, 0.49), (1.0, 0.9)):
        n = n_needed(demand(target).target, share(round(p * 100), 100))
        assert n is not None
        assert float(wilson(p * n, n).low) >= target - 1e-12
        assert float(wilson(p * (n - 1), n - 1).low) < target


def test_where_the_value_is_on_the_bad_side_no_n_is_promised() -> None:
    found = judge_one(demand(), share(42, 50))
    assert found.outcome is Outcome.NOT_DEMONSTRATED
    assert found.n_needed is None
    assert "no number of observations" in found.reason


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.8499, 0.95, Outcome.NOT_DEMONSTRATED),
        (0.85, 0.95, Outcome.MET),
        (0.8501, 0.95, Outcome.MET),
        (0.75, 0.8499, Outcome.NOT_MET),
        (0.75, 0.85, Outcome.NOT_DEMONSTRATED),
        (0.75, 0.8501, Outcome.NOT_DEMONSTRATED),
    ],
)
def test_the_limits_just_below_on_and_just_above_the_target(
    low: float, high: float, expected: Outcome
) -> None:
    found = Measurement("m", (low + high) / 2, 100, Statistic.MEAN, interval=Interval(low, high))
    assert judge_one(demand(), found).outcome is expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.01, 0.0499, Outcome.MET),
        (0.01, 0.05, Outcome.MET),
        (0.01, 0.0501, Outcome.NOT_DEMONSTRATED),
        (0.0499, 0.08, Outcome.NOT_DEMONSTRATED),
        (0.05, 0.08, Outcome.NOT_DEMONSTRATED),
        (0.0501, 0.08, Outcome.NOT_MET),
    ],
)
def test_a_demand_of_at_most_mirrors_it(low: float, high: float, expected: Outcome) -> None:
    found = Measurement("m", (low + high) / 2, 100, Statistic.MEAN, interval=Interval(low, high))
    assert judge_one(demand(0.05, direction=Direction.AT_MOST), found).outcome is expected


@pytest.mark.parametrize(("k", "expected"), [(84, Outcome.NOT_MET), (85, Outcome.MET), (86, Outcome.MET)])
def test_mode_point_takes_the_value_as_it_stands(k: int, expected: Outcome) -> None:
    assert judge_one(demand(), share(k, 100), mode=DecisionMode.POINT).outcome is expected


def test_mode_probability_asks_how_likely_the_target_is_reached() -> None:
    outcomes = {
        k: judge_one(demand(), share(k, 100), mode=DecisionMode.PROBABILITY).outcome for k in range(101)
    }
    assert outcomes[85] is Outcome.NOT_DEMONSTRATED
    assert outcomes[92] is Outcome.MET
    assert outcomes[76] is Outcome.NOT_MET
    order = [Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED, Outcome.MET]
    ranks = [order.index(outcomes[k]) for k in range(101)]
    assert ranks == sorted(ranks)


def test_mode_probability_is_the_beta_posterior_for_shares_and_the_normal_one_for_means() -> None:
    from scipy.stats import beta, norm

    chance = 1 - beta.cdf(0.85, 90.5, 10.5)
    assert f"{chance:.3f}" in judge_one(demand(), share(90, 100), mode=DecisionMode.PROBABILITY).reason
    limits = Interval(4.0 - 1.959963984540054 * 0.1, 4.0 + 1.959963984540054 * 0.1)
    mean = Measurement("m", 4.0, 100, Statistic.MEAN, "points", limits)
    reason = judge_one(demand(3.9), mean, mode=DecisionMode.PROBABILITY).reason
    assert f"{norm.cdf(1.0):.3f}" in reason


@pytest.mark.parametrize(("n", "short"), [(29, True), (30, False), (31, False)])
def test_fewer_than_the_minimum_demonstrate_nothing(n: int, short: bool) -> None:
    found = judge_one(demand(minimum_n=30), share(n, n))
    assert (found.outcome is Outcome.NOT_DEMONSTRATED) is short
    assert found.outcome is (Outcome.NOT_DEMONSTRATED if short else Outcome.MET)
    if short:
        assert found.n_missing == 1


def test_too_few_asks_for_what_the_target_needs_if_that_is_more() -> None:
    found = judge_one(demand(minimum_n=30), share(18, 20))
    assert found.n_needed == 196


@pytest.mark.parametrize(("gap", "said"), [(0.0, False), (1e-9, False), (1e-308, False), (1e-8, True)])
def test_on_its_target_no_number_of_observations_is_promised(gap: float, said: bool) -> None:
    near = Measurement("m", 0.85 + gap, 100, Statistic.MEAN, interval=Interval(0.75, 0.95))
    assert (n_needed(demand().target, near) is not None) is said


def test_without_an_interval_nothing_is_demonstrated_but_a_count_needs_none() -> None:
    bare = Measurement("m", 0.99, 100, Statistic.SHARE)
    assert judge_one(demand(), bare).outcome is Outcome.NOT_DEMONSTRATED
    count = Measurement("m", 2.0, 2, Statistic.COUNT, "count")
    assert judge_one(demand(2.0), count).outcome is Outcome.MET
    assert judge_one(demand(3.0), count).outcome is Outcome.NOT_MET


def test_a_mean_needs_the_n_at_which_its_half_width_is_the_gap() -> None:
    limits = mean_t(4.1, 1.0, 100)
    mean = Measurement(
        "m", 4.1, 100, Statistic.MEAN, "points", Interval(float(limits.low), float(limits.high))
    )
    found = judge_one(demand(4.0), mean)
    assert found.outcome is Outcome.NOT_DEMONSTRATED
    assert found.n_needed == 394


class TestRigid:
    """Met if and only if every case is within the limit."""

    rigid = demand(1.0, kind=Kind.RIGID)

    @pytest.mark.parametrize(
        ("k", "n", "expected"),
        [(500, 500, Outcome.MET), (499, 500, Outcome.NOT_MET), (1, 1, Outcome.MET), (0, 1, Outcome.NOT_MET)],
    )
    def test_a_single_breach_is_a_breach(self, k: int, n: int, expected: Outcome) -> None:
        for mode in DecisionMode:
            assert judge_one(self.rigid, share(k, n), mode=mode).outcome is expected

    def test_the_reason_counts_the_breaches(self) -> None:
        assert "3 of 500 cases" in judge_one(self.rigid, share(497, 500)).reason

    def test_a_breach_counts_even_where_n_is_short(self) -> None:
        short = demand(1.0, kind=Kind.RIGID, minimum_n=30)
        assert judge_one(short, share(9, 10)).outcome is Outcome.NOT_MET
        assert judge_one(short, share(10, 10)).outcome is Outcome.NOT_DEMONSTRATED

    def test_a_sample_without_a_breach_demonstrates_nothing(self) -> None:
        assert judge_one(self.rigid, share(59, 59, complete=False)).outcome is Outcome.NOT_DEMONSTRATED

    def test_a_recorded_deviation_excuses_nothing(self) -> None:
        assert judge_one(self.rigid, share(499, 500, excused=1)).outcome is Outcome.NOT_MET

    def test_a_waiver_is_refused(self) -> None:
        waiver = Exemption(Outcome.WAIVED, "agreed")
        with pytest.raises(ParameterError, match="rigid"):
            judge_one(self.rigid, share(500, 500), exemption=waiver)


class TestFlexible:
    """A listed reason, recorded at the time, excuses a case; the share excused has its own limit."""

    def test_excused_cases_count_as_within_the_limit(self) -> None:
        flexible = demand(0.85, excused_limit=0.10)
        assert judge_one(flexible, share(420, 500)).outcome is not Outcome.MET
        assert judge_one(flexible, share(420, 500, excused=40)).outcome is Outcome.MET

    @pytest.mark.parametrize(("excused", "met"), [(49, True), (50, True), (51, False)])
    def test_the_share_excused_just_below_on_and_just_above_its_limit(self, excused: int, met: bool) -> None:
        found = judge_one(demand(0.85, excused_limit=0.10), share(449, 500, excused=excused))
        assert found.outcome is (Outcome.MET if met else Outcome.NOT_MET)

    def test_where_no_deviation_is_allowed_none_excuses(self) -> None:
        assert judge_one(demand(0.85), share(420, 500, excused=80)).outcome is not Outcome.MET


def test_discretionary_looks_at_satisfaction_alone() -> None:
    found = judge_one(demand(0.85, kind=Kind.DISCRETIONARY), share(450, 500))
    assert found.outcome is Outcome.MET


@pytest.mark.parametrize("outcome", [Outcome.WAIVED, Outcome.NOT_APPLICABLE])
def test_an_exemption_is_stated_and_not_judged(outcome: Outcome) -> None:
    found = judge_one(demand(), share(0, 500), exemption=Exemption(outcome, "agreed until June"))
    assert found.outcome is outcome
    assert found.reason == "agreed until June"
