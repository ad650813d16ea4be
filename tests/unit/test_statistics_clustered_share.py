"""Shares whose cases come in clusters: values by hand, and intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from auditlib.statistics.clustered_share import mean_over_groups, mean_over_parts, pooled_share

MET, ALL = np.array([9.0, 1.0, 4.0, 7.0]), np.array([10.0, 10.0, 5.0, 20.0])


def test_the_variance_is_that_of_a_regression_clustered_by_day():
    answers = np.concatenate(
        [np.repeat([1.0, 0.0], [int(met), int(n - met)]) for met, n in zip(MET, ALL, strict=True)]
    )
    days = np.repeat(np.arange(4), ALL.astype(int))
    fitted = sm.OLS(answers, np.ones(len(answers))).fit(
        cov_type="cluster", cov_kwds={"groups": days, "use_correction": False}
    )
    share = pooled_share(MET, ALL)
    assert share.value == pytest.approx(float(fitted.params[0]))
    assert share.variance * 3 / 4 == pytest.approx(float(fitted.bse[0]) ** 2)


def test_shares_of_groups_and_of_parts_count_each_once():
    group = np.array([0, 0, 1, 2])
    assert mean_over_groups(group, MET, ALL).value == pytest.approx((10 / 20 + 4 / 5 + 7 / 20) / 3)
    assert mean_over_parts(np.array([1.5, 0.5]), np.array([2.0, 2.0]), cases=40).value == 0.5


def test_a_group_without_cases_and_a_single_cluster_are_no_certainty():
    share = mean_over_groups(np.array([0, 1]), np.array([3.0, 0.0]), np.array([4.0, 0.0]))
    assert share.value == 0.75
    only = pooled_share(np.array([3.0]), np.array([4.0]))
    assert only.effective == 4
    low, high = pooled_share(np.array([4.0, 4.0]), np.array([4.0, 4.0])).limits(level=0.95)
    assert low < 0.7 < high <= 1.0


def test_intervals_hold_where_cases_of_a_day_are_alike():
    """Days that share 80 % on average and .16 of their variance: nominal 95 %, strangers hold in 4 of 10."""
    held, strangers = 0, 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        met = rng.binomial(100, rng.beta(4, 1, 60)).astype(float)
        share = pooled_share(met, np.full(60, 100.0))
        low, high = share.limits(level=0.95)
        held += low <= 0.8 <= high
        strangers += abs(share.value - 0.8) <= 1.96 * np.sqrt(share.value * (1 - share.value) / 6000)
    assert 0.93 <= held / 400 <= 0.98
    assert strangers / 400 < 0.5
