"""Survival of counted times: Greenwood where cases are independent, wider where days go together."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.duration.survfunc import SurvfuncRight

from auditlib.statistics.clustered_survival import CountedSurvival, survival_limits
from auditlib.statistics.strata import spread_at_mix, spread_of_clusters

Cases = tuple[NDArray[np.float64], NDArray[np.bool_]]


def counted(times: NDArray[np.float64], done: NDArray[np.bool_]) -> CountedSurvival:
    distinct, place = np.unique(times, return_inverse=True)
    ended, left = (np.bincount(place, weights=weight).astype(np.float64) for weight in (done, ~done))
    return CountedSurvival(distinct, ended, left)


def influences(curve: CountedSurvival, cases: Cases, bound: float) -> NDArray[np.float64]:
    """Return the influence of every case."""
    own, gone = curve.influences(bound)
    times, done = cases
    place = np.searchsorted(curve.times, times)
    return np.where(done, own[place], gone[place])


def drawn(rng: np.random.Generator, size: int) -> Cases:
    patience, wait = np.ceil(rng.exponential(300, size)), np.ceil(rng.exponential(60, size))
    return np.minimum(patience, wait), patience < wait


def test_the_curve_is_that_of_statsmodels_and_its_error_greenwoods():
    cases = drawn(np.random.default_rng(3), 3000)
    curve, plain = counted(*cases), SurvfuncRight(cases[0], cases[1].astype(int))
    for bound in (30, 60, 120):
        place = np.searchsorted(plain.surv_times, bound, side="right") - 1
        assert curve.undone(bound) == pytest.approx(plain.surv_prob[place])
        error = curve.undone(bound) * np.sqrt((influences(curve, cases, bound) ** 2).sum())
        assert error == pytest.approx(plain.surv_prob_se[place], rel=1e-3)


def test_influences_add_up_to_nought():
    cases = drawn(np.random.default_rng(4), 500)
    curve = counted(*cases)
    assert influences(curve, cases, 60).sum() == pytest.approx(0, abs=1e-12)


def test_limits_cover_the_truth_where_customers_of_a_day_are_alike():
    rng, days, inside, truth = np.random.default_rng(5), 80, [], _truth()
    for _ in range(300):
        day = np.repeat(np.arange(days), 20)
        hurry = np.exp(rng.normal(0, 0.5, days))[day]
        patience, wait = (
            np.ceil(rng.exponential(200, len(day)) * hurry),
            np.ceil(rng.exponential(60, len(day))),
        )
        cases = np.minimum(patience, wait), patience < wait
        curve = counted(*cases)
        sums = np.bincount(day, weights=influences(curve, cases, 60))
        limits = survival_limits(
            curve.undone(60), sums, np.bincount(day), np.zeros(len(sums), dtype=np.int64), level=0.95
        )
        assert limits is not None
        inside.append(limits.low <= truth <= limits.high)
    assert 0.92 <= np.mean(inside) <= 0.98


def _truth() -> float:
    """Return the share that waits longer than 60 s: patience of mean 200 s times the level of a day."""
    levels = np.exp(np.random.default_rng(6).normal(0, 0.5, 400_000))
    return float(np.exp(-60 / (200 * levels)).mean())


@pytest.mark.parametrize(("share", "clusters"), [(0.0, 5), (1.0, 5), (0.5, 1)])
def test_where_there_is_no_width_to_give_there_are_no_limits(share, clusters):
    assert (
        survival_limits(
            share, np.zeros(clusters), np.ones(clusters), np.zeros(clusters, dtype=np.int64), level=0.95
        )
        is None
    )


def test_those_at_risk_at_a_time_had_waited_at_least_so_long():
    curve = CountedSurvival(np.array([10.0, 30.0]), np.array([1.0, 0.0]), np.array([1.0, 3.0]))
    assert [curve.risked(time) for time in (10, 11, 30, 31)] == [5, 3, 3, 0]


def test_more_contacts_on_a_day_than_on_another_are_no_error_where_units_differ():
    """Three units of unlike patience, days of 20 to 100 contacts: covered, and narrower than by the sums."""
    rng, scale, inside, wider = np.random.default_rng(6), np.array([120.0, 300.0, 600.0]), [], []
    unit = np.repeat([0, 1, 2], 10)
    for _ in range(200):
        many = rng.integers(20, 100, len(unit))
        day = np.repeat(np.arange(len(unit)), many)
        patience, wait = (np.ceil(rng.exponential(each, len(day))) for each in (scale[unit][day], 60))
        cases = np.minimum(patience, wait), patience <= wait
        curve = counted(*cases)
        sums, cases_of_day = np.bincount(day, weights=influences(curve, cases, 60)), many.astype(float)
        limits = survival_limits(curve.undone(60), sums, cases_of_day, unit, level=0.95)
        assert limits is not None
        truth = float((np.exp(-60 / scale)[unit] * many).sum() / many.sum())
        inside.append(limits.low <= truth <= limits.high)
        wider.append(spread_of_clusters(sums, unit).error / spread_at_mix(sums, cases_of_day, unit).error)
    assert np.mean(inside) >= 0.92
    assert np.mean(wider) > 1.2
