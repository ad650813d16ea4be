"""The factors in the formulas, each against another way to the same number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from auditlib.statistics import funnel, intervals, shrinkage
from auditlib.statistics.bands import uniform_band
from auditlib.statistics.changes import Alternative, Contrast, PermutedLabels, contrast
from auditlib.statistics.clustered import ClusterScores, jackknife_error
from auditlib.statistics.types import Floats


def values(count: int) -> Floats:
    return np.random.default_rng(count).normal(1.0, 2.0, count)


def scores_of(sample: Floats) -> ClusterScores:
    """A mean as a sum over clusters of one value each."""
    count = len(sample)
    spread = np.zeros((count, 1))
    return ClusterScores(float(sample.mean()), (sample - sample.mean()) / count, sample, spread, spread.T)


@pytest.mark.parametrize("count", [2, 3, 30])
def test_errors_of_clusters_of_one_are_those_of_a_mean(count: int) -> None:
    """Errors from squared scores have the factor G / (G - 1), jackknifed ones its inverse."""
    sample = values(count)
    error = sample.std(ddof=1) / np.sqrt(count)
    scores = scores_of(sample)
    assert scores.standard_error == pytest.approx(error)
    assert scores.statistic == pytest.approx(sample.mean() / error)
    left_out = (sample.sum() - sample) / (count - 1)
    assert jackknife_error(left_out) == pytest.approx(error)


@pytest.mark.parametrize("count", [3, 30])
def test_a_band_is_so_many_errors_wide(count: int) -> None:
    sample, rng = values(count), np.random.default_rng(1)
    influence = ((sample - sample.mean()) / count)[:, None]
    band = uniform_band(sample.mean(keepdims=True), influence, draws=199, rng=rng)
    error = sample.std(ddof=1) / np.sqrt(count)
    assert (band.high - band.low) / 2 == pytest.approx([band.critical * error])


@pytest.mark.parametrize(("chosen", "others"), [(2, 2), (3, 5), (20, 20)])
def test_a_contrast_of_units_alike_is_the_t_test(chosen: int, others: int) -> None:
    """With sampling variances that are all the same and large, every unit weighs the same."""
    change = values(chosen + others)
    labels = np.arange(chosen + others)[None, :] < chosen
    found = contrast(
        change,
        np.full(len(change), 1e6),
        np.ones(len(change), dtype=bool),
        PermutedLabels(labels, exact=True, smallest=1.0),
        level=0.9,
    )
    test = stats.ttest_ind(change[:chosen], change[chosen:])
    limits = test.confidence_interval(0.9)
    assert found.t[0] == pytest.approx(test.statistic)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))


@pytest.mark.parametrize(
    ("t", "alternative", "p_value"),
    [
        # an assignment just as extreme counts, one that is less so does not
        ([2.0, 2.0, 1.0, -2.0], "greater", 0.5),
        ([2.0, 1.999, 1.0, -2.0], "greater", 0.25),
        ([-2.0, -2.0, 1.0, 2.0], "less", 0.5),
        ([2.0, 0.0, 1.0, -2.0], "two-sided", 0.5),
        ([-2.0, 0.0, 1.0, 1.0], "two-sided", 0.25),
        ([-2.0, 0.0, 1.0, 1.0], "greater", 1.0),
    ],
)
def test_a_p_value_counts_what_is_at_least_as_extreme(
    t: list[float], alternative: Alternative, p_value: float
) -> None:
    assert Contrast(0.0, 0.0, 0.0, np.array(t), 2, 2).p_value(alternative) == p_value


@pytest.mark.parametrize("units", [5, 6, 40])
def test_units_of_one_size_are_drawn_by_james_and_stein(units: int) -> None:
    """Morris (1983): (k - 3) / (k - 1) times the share of variance that is sampling."""
    y = values(units)
    variance = 0.4 * y.var(ddof=1)
    found = shrinkage.normal(y, np.full(units, variance))
    assert isinstance(found, shrinkage.Shrunk)
    assert found.factor == pytest.approx(np.full(units, 1 - (units - 3) / (units - 1) * 0.4))
    assert found.value == pytest.approx(y.mean() + found.factor * (y - y.mean()))


@pytest.mark.parametrize("units", [5, 20])
def test_over_dispersion_of_units_of_one_size(units: int) -> None:
    """Without tails to move in, sum(z^2) less its expected k - 1, over w (k - 1)."""
    deviation = np.where(np.arange(units) % 2, 3.0, -3.0)
    found = funnel.over_dispersion(deviation, np.ones(units))
    assert isinstance(found, funnel.OverDispersion)
    assert found.tau2 == pytest.approx((9 * units - (units - 1)) / (units - 1))


@pytest.mark.parametrize(("n", "critical"), [(2, 12.7062), (3, 4.3027), (30, 2.0452)])
def test_a_mean_of_few_scores_has_t_with_one_degree_less(n: int, critical: float) -> None:
    limits = intervals.mean_t(0.0, float(n), n)
    assert float(limits.high) == pytest.approx(critical, abs=1e-4)


@pytest.mark.parametrize(
    ("promoters", "detractors", "variance"),
    [(110, 40, 0.6275), (200, 0, 0.0), (100, 100, 1.0), (60, 0, 0.21)],
)
def test_the_variance_of_a_net_promoter_score(promoters: int, detractors: int, variance: float) -> None:
    """That of answers coded 1, 0 and -1."""
    _, error = intervals.nps(promoters, detractors, 200)
    answers = np.repeat([1, -1, 0], [promoters, detractors, 200 - promoters - detractors])
    assert answers.var() == pytest.approx(variance)
    assert float(error) ** 2 * 200 == pytest.approx(variance, abs=1e-12)
