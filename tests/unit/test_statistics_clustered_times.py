"""Means and quantiles of skewed times in clusters: plain references, and what their intervals cover."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from auditlib.statistics.clustered_times import CountedTimes, mean_interval, quantile_interval

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]
SKEWED: dict[str, Draw] = {
    "lognormal": lambda rng, n: rng.lognormal(3.5, 1.0, n),
    "exponential": lambda rng, n: rng.exponential(45, n),
}
DAYS, REPEATS = 60, 400
WHOLE = np.zeros(DAYS, dtype=np.int64)
"""Every day of one unit."""


def counted(waits: NDArray[np.float64]) -> CountedTimes:
    seconds, cases = np.unique(np.floor(waits), return_counts=True)
    return CountedTimes(seconds, cases.astype(np.float64))


def simulated(draw: Draw, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return waits and their days; days of their own level make contacts of one day alike."""
    size = rng.poisson(25, DAYS)
    day = np.repeat(np.arange(DAYS), size)
    level = np.exp(rng.normal(0, 0.4, DAYS) - 0.08)
    return draw(rng, len(day)) * level[day], day


def limits(waits: NDArray[np.float64], day: NDArray[np.int64], share: float | None) -> tuple[float, float]:
    cases = np.bincount(day, minlength=DAYS).astype(np.float64)
    if share is None:
        found = mean_interval(np.bincount(day, weights=waits, minlength=DAYS), cases, WHOLE, level=0.95)
    else:
        times = counted(waits)
        within = np.bincount(day, weights=np.floor(waits) <= times.quantile(share), minlength=DAYS)
        found = quantile_interval(times, within, cases, WHOLE, share=share, level=0.95)
    assert found is not None
    return found.low, found.high


@pytest.mark.parametrize("name", SKEWED)
@pytest.mark.parametrize("share", [None, 0.5, 0.9])
def test_intervals_cover_the_truth_of_skewed_waits_whose_days_differ(name, share):
    rng = np.random.default_rng(7)
    big = SKEWED[name](rng, 400_000) * np.exp(rng.normal(0, 0.4, 400_000) - 0.08)
    truth = float(big.mean()) if share is None else float(np.floor(np.quantile(big, share)))
    covered = [
        low <= truth <= high
        for low, high in (limits(*simulated(SKEWED[name], rng), share) for _ in range(REPEATS))
    ]
    assert 0.925 <= np.mean(covered) <= 0.98


def test_an_interval_that_takes_contacts_for_independent_does_not_cover():
    rng = np.random.default_rng(7)
    inside = []
    for _ in range(REPEATS):
        waits, _ = simulated(SKEWED["exponential"], rng)
        found = mean_interval(waits, np.ones(len(waits)), np.zeros(len(waits), np.int64), level=0.95)
        assert found is not None
        inside.append(found.low <= 45 <= found.high)
    assert np.mean(inside) < 0.85


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.sampled_from([0.1, 0.5, 0.9, 0.99, 1.0]))
def test_a_quantile_is_the_smallest_wait_that_the_share_did_not_exceed(waits, share):
    ordered = sorted(waits)
    plain = next(
        wait for wait in ordered if sum(other <= wait for other in waits) >= share * len(waits) - 1e-9
    )
    assert counted(np.array(waits, dtype=float)).quantile(share) == plain


def test_the_mean_of_equal_clusters_has_the_plain_error():
    found = mean_interval(
        np.array([100.0, 200.0, 300.0]), np.array([10.0, 10.0, 10.0]), WHOLE[:3], level=0.95
    )
    assert found is not None
    reach = 4.302652729911275 * (10 / np.sqrt(3)) / 20
    assert (found.low, found.high) == pytest.approx((20 * np.exp(-reach), 20 * np.exp(reach)))


def test_one_cluster_has_no_interval():
    one = np.array([10.0])
    assert mean_interval(one, one, WHOLE[:1], level=0.95) is None
    assert quantile_interval(CountedTimes(one, one), one, one, WHOLE[:1], share=0.5, level=0.95) is None
