"""Intervals: limits of limits, coverage, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.records import Refusal
from auditlib.statistics import intervals


@settings(deadline=None)
@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_between_zero_and_one(counts):
    successes, n = counts
    limits = intervals.wilson(successes, n)
    assert 0 <= float(limits.low) <= successes / n <= float(limits.high) <= 1


@settings(deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_mirrors(counts):
    successes, n = counts
    one, other = intervals.wilson(successes, n), intervals.wilson(n - successes, n)
    assert float(one.low) == pytest.approx(1 - float(other.high), abs=1e-12)


@pytest.mark.parametrize("counts", [(-1, 10), (11, 10), (0, 0)])
def test_impossible_counts_are_a_mistake(counts):
    with pytest.raises(ValueError, match="0 <= successes <= n"):
        intervals.wilson(*counts)


def test_a_missing_value_is_a_mistake():
    with pytest.raises(ValueError, match="finite"):
        intervals.wilson([float("nan")], [10])


def test_mean_limits_agree_with_scipy():
    from scipy import stats

    scores = np.array([1, 2, 4, 5, 5, 3.0])
    limits = intervals.mean_t(scores.mean(), scores.var(ddof=1), len(scores))
    expected = stats.t.interval(0.95, 5, scores.mean(), stats.sem(scores))
    assert (float(limits.low), float(limits.high)) == pytest.approx(expected)


@pytest.mark.parametrize(("n", "refused"), [(1, True), (2, False), (3, False)])
def test_a_mean_needs_two_scores(n, refused):
    if refused:
        with pytest.raises(ValueError, match="no variance"):
            intervals.mean_t(3.0, 1.0, n)
    else:
        assert float(intervals.mean_t(3.0, 1.0, n).low) < 3.0


def test_net_promoter_score_without_passives_has_the_largest_error():
    _, split = intervals.nps(50, 50, 100)
    _, passive = intervals.nps(25, 25, 100)
    assert float(split) == pytest.approx(0.1)
    assert float(passive) < float(split)


def test_clustered_mean_agrees_with_statsmodels():
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    cluster = rng.integers(0, 15, 120)
    score = rng.normal(size=120) + rng.normal(size=15)[cluster]
    ours = intervals.cluster_mean(score, cluster)
    fit = sm.OLS(score, np.ones(120)).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "df_correction": True}, use_t=True
    )
    # statsmodels multiplies by (n - 1) / (n - p) as well, which is 1 for a constant
    assert ours.standard_error == pytest.approx(fit.bse[0])
    assert ours.mean == pytest.approx(fit.params[0])


def test_clusters_of_one_give_the_usual_error():
    scores = np.array([1.0, 2.0, 4.0, 5.0])
    found = intervals.cluster_mean(scores, np.arange(4))
    assert found.standard_error == pytest.approx(scores.std(ddof=1) / 2)


@pytest.mark.parametrize(("clusters", "refused"), [([], True), ([1, 1, 1], True), ([1, 1, 2], False)])
def test_one_cluster_is_refused_with_a_reason(clusters, refused):
    found = intervals.cluster_mean(np.arange(len(clusters), dtype=float), clusters)
    assert isinstance(found, Refusal) is refused
    if isinstance(found, Refusal):
        assert "clusters" in found.reason
