"""Shares whose cases come in clusters: values by hand, and intervals that hold."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from auditlib.statistics.clustered_share import mean_over_groups, mean_over_parts, pooled_share
from auditlib.statistics.intervals import wilson
from auditlib.statistics.strata import ClusterSpread, StratumSums, spread_at_mix, spread_of_clusters
from auditlib.statistics.types import Floats

ONE = np.zeros(4, dtype=np.int64)
MET, ALL = np.array([9.0, 1.0, 4.0, 7.0]), np.array([10.0, 10.0, 5.0, 20.0])


def test_the_variance_is_that_of_a_regression_clustered_by_day():
    answers = np.concatenate(
        [np.repeat([1.0, 0.0], [int(met), int(n - met)]) for met, n in zip(MET, ALL, strict=True)]
    )
    days = np.repeat(np.arange(4), ALL.astype(int))
    fitted = sm.OLS(answers, np.ones(len(answers))).fit(
        cov_type="cluster", cov_kwds={"groups": days, "use_correction": False}
    )
    share = pooled_share(MET, ALL, ONE)
    assert share.value == pytest.approx(float(fitted.params[0]))
    assert share.spread.variance * 3 / 4 == pytest.approx(float(fitted.bse[0]) ** 2)


def test_shares_of_groups_and_of_parts_count_each_once():
    group = np.array([0, 0, 1, 2])
    assert mean_over_groups(MET, ALL, group).value == pytest.approx((10 / 20 + 4 / 5 + 7 / 20) / 3)
    assert mean_over_parts(np.array([1.5, 0.5]), np.array([2.0, 2.0]), group[:2], cases=40).value == 0.5


def test_a_group_without_cases_and_a_single_cluster_are_no_certainty():
    share = mean_over_groups(np.array([3.0, 0.0]), np.array([4.0, 0.0]), np.array([0, 1]))
    assert share.value == 0.75
    only = pooled_share(np.array([3.0]), np.array([4.0]), ONE[:1])
    assert only.effective(level=0.95) == 4
    low, high = pooled_share(np.array([4.0, 4.0]), np.array([4.0, 4.0]), ONE[:2]).limits(level=0.95)
    assert low < 0.7 < high <= 1.0


def test_intervals_hold_where_cases_of_a_day_are_alike():
    """Days that share 80 % on average and .16 of their variance: nominal 95 %, strangers hold in 4 of 10."""
    held, strangers = 0, 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        met = rng.binomial(100, rng.beta(4, 1, 60)).astype(float)
        share = pooled_share(met, np.full(60, 100.0), np.zeros(60, dtype=np.int64))
        low, high = share.limits(level=0.95)
        held += low <= 0.8 <= high
        strangers += abs(share.value - 0.8) <= 1.96 * np.sqrt(share.value * (1 - share.value) / 6000)
    assert 0.93 <= held / 400 <= 0.98
    assert strangers / 400 < 0.5


def test_units_that_differ_are_no_chance_and_their_days_are():
    unit = np.array([0, 0, 1, 1])
    alike = pooled_share(np.array([5.0, 5.0, 10.0, 10.0]), np.full(4, 10.0), unit)
    assert (alike.value, alike.spread.variance, alike.effective(level=0.95)) == (0.75, 0, 40)
    moved = pooled_share(np.array([4.0, 6.0, 10.0, 10.0]), np.full(4, 10.0), unit)
    # Two days of one unit, 1 of 40 cases off its mean each, with one degree of freedom: 2 x 2 x (1/40)^2.
    assert moved.spread == ClusterSpread(pytest.approx(4 / 1600), 2)


def test_units_of_a_single_day_are_held_against_the_whole():
    met, every = np.array([5.0, 10.0]), np.array([10.0, 10.0])
    single = pooled_share(met, every, np.array([0, 1]))
    assert single.spread == pooled_share(met, every, np.array([0, 0])).spread
    beside = pooled_share(np.array([5.0, 5.0, 10.0]), np.full(3, 10.0), np.array([0, 0, 1]))
    assert beside.spread == ClusterSpread(pytest.approx((10 - 20 / 3) ** 2 / 900), 1)


def test_few_days_are_worth_less_than_their_spread_says():
    met, every = np.array([60.0, 80.0, 70.0]), np.full(3, 100.0)
    share = pooled_share(met, every, ONE[:3])
    low, high = share.limits(level=0.95)
    worth = 0.7 * 0.3 / share.spread.variance * (1.959963984540054 / 4.302652729911275) ** 2
    assert worth == pytest.approx(share.effective(level=0.95))
    assert (low, high) == pytest.approx(
        tuple(map(float, astuple(wilson(0.7 * worth, worth, level=0.95))[:2]))
    )


@pytest.mark.parametrize(("units", "days"), [(1, 3), (1, 10), (3, 3), (3, 10), (10, 5)])
@pytest.mark.parametrize("alike", [0.0, 0.5])
def test_intervals_hold_where_units_differ_and_days_are_few(units: int, days: int, alike: float) -> None:
    """Units from 73 to 97 %, with days that differ or do not: covered in 92 % and more of 600 worlds."""
    rng = np.random.default_rng(units * 100 + days)
    level = (
        np.log(1 / (1 - np.linspace(0.73, 0.97, units)) - 1) if units > 1 else np.array([np.log(0.85 / 0.15)])
    )
    many = 1 / (1 + np.exp(-(level + rng.normal(0, alike, (40_000, units)))))
    truth, unit, held = float(many.mean()), np.repeat(np.arange(units), days), 0
    for _ in range(600):
        chance = 1 / (1 + np.exp(-(level[unit] + rng.normal(0, alike, units * days))))
        met = rng.binomial(60, chance).astype(float)
        low, high = pooled_share(met, np.full(units * days, 60.0), unit).limits(level=0.95)
        held += low <= truth <= high
    assert held / 600 >= 0.92


@pytest.mark.parametrize("small", [0.05, 0.12])
def test_a_mean_of_units_errs_by_a_unit_of_a_single_day_too(small: float) -> None:
    """Three units of 60 days and one of a single day of 40 contacts: covered in 92% and more."""
    rng = np.random.default_rng(int(small * 100))
    chance, unit = np.array([0.12, 0.15, 0.2, small]), np.repeat(np.arange(4), [60, 60, 60, 1])
    every = np.array([70.0, 70.0, 70.0, 40.0])[unit]
    held = 0
    for _ in range(400):
        met = rng.binomial(every.astype(int), chance[unit]).astype(float)
        low, high = mean_over_groups(met, every, unit).limits(level=0.95)
        held += low <= chance.mean() <= high
    assert held / 400 >= 0.92


def test_small_units_that_weigh_as_much_as_large_ones_leave_fewer_independent_cases() -> None:
    unit, every = np.repeat([0, 1], 30), np.repeat([1000.0, 2.0], 30)
    share = mean_over_groups(every * 0.5, every, unit)
    assert share.cases == 30_060
    # Half of each: 4 x .25 / (.25 / 30,000 + .25 / 60).
    assert share.effective(level=0.95) == pytest.approx(0.25 / (0.25 * (0.25 / 30_000 + 0.25 / 60)), rel=0.01)


def of_sums(moves: Floats, cases: Floats, stratum: NDArray[np.int64]) -> ClusterSpread:
    parts = (np.ones(len(moves)), cases, moves, moves**2, moves * cases, cases**2)
    return StratumSums(*(np.bincount(stratum, weights=part) for part in parts)).spread()


@pytest.mark.parametrize("sizes", [(4, 3, 2), (1, 5, 1), (1, 1, 1), (1, 6), (7,)])
def test_sums_by_stratum_say_the_same_spread_as_the_clusters_themselves(sizes: tuple[int, ...]) -> None:
    rng, stratum = np.random.default_rng(sum(sizes)), np.repeat(np.arange(len(sizes)), sizes)
    cases = rng.integers(3, 90, len(stratum)).astype(float)
    met = rng.binomial(cases.astype(int), np.linspace(0.3, 0.9, len(sizes))[stratum]).astype(float)
    share = pooled_share(met, cases, stratum)
    moves = (met - share.value * cases) / cases.sum()
    for spread in (of_sums(moves, cases, stratum), spread_at_mix(moves, cases, stratum)):
        assert spread.variance == pytest.approx(share.spread.variance, rel=1e-9, abs=1e-18)
        assert spread.degrees == share.spread.degrees


@pytest.mark.parametrize(("units", "days"), [(3, 10), (10, 10), (3, 30)])
@pytest.mark.parametrize("alike", [0.0, 0.5])
def test_intervals_hold_where_days_have_unlike_numbers_of_cases(units: int, days: int, alike: float) -> None:
    """Numbers of cases a day vary by 0.6 on the scale of logarithms: covered in 91% and more of 400 worlds.

    Against the share of all, the mix of units would be taken for chance: half as wide again for nothing.
    """
    rng, unit = np.random.default_rng(units * 100 + days), np.repeat(np.arange(units), days)
    level = np.log(1 / (1 - np.linspace(0.73, 0.97, units)) - 1)
    truth = (1 / (1 + np.exp(-(level + rng.normal(0, alike, (40_000, units)))))).mean(axis=0)
    held, wider = 0, []
    for _ in range(400):
        cases = np.maximum(3, rng.lognormal(np.log(60) - 0.18, 0.6, len(unit))).round()
        chance = 1 / (1 + np.exp(-(level[unit] + rng.normal(0, alike, len(unit)))))
        met = rng.binomial(cases.astype(int), chance).astype(float)
        share = pooled_share(met, cases, unit)
        low, high = share.limits(level=0.95)
        held += low <= float((truth[unit] * cases).sum() / cases.sum()) <= high
        moves = (met - share.value * cases) / cases.sum()
        wider.append(spread_of_clusters(moves, unit).error / share.spread.error)
    assert held / 400 >= 0.91
    assert np.mean(wider) > 1.15
