"""Shrinkage and reliability: coverage of the truth, agreement of two models, refusals."""

import numpy as np
import pytest

from auditlib.records import Refusal
from auditlib.statistics import reliability, shrinkage
from auditlib.statistics.between_limits import between_limits


def test_limits_hold_the_true_values_at_their_nominal_rate():
    rng, held = np.random.default_rng(3), 0
    for _ in range(300):
        variances = 1 / rng.uniform(30, 400, 40)
        truth = rng.normal(4.0, 0.12, 40)
        found = shrinkage.normal(rng.normal(truth, np.sqrt(variances)), variances)
        held += int(((found.low <= truth) & (truth <= found.high)).sum())
    assert 0.93 < held / (300 * 40) < 0.97


def test_limits_of_shares_hold_the_true_shares():
    rng, held = np.random.default_rng(4), 0
    for _ in range(100):
        n = rng.integers(30, 400, 60)
        truth = rng.beta(40, 10, 60)
        found = shrinkage.beta_binomial(rng.binomial(n, truth), n)
        held += int(((found.low <= truth) & (truth <= found.high)).sum())
    assert 0.93 < held / (100 * 60) < 0.97


def test_units_that_differ_by_chance_only_are_drawn_almost_to_the_mean():
    # the correction (k - 3) / (k - 1) leaves a unit 2 / (k - 1) of its deviation
    found = shrinkage.normal(np.linspace(3.99, 4.01, 21), np.full(21, 0.1))
    assert found.tau2 == 0.0
    assert found.factor == pytest.approx(np.full(21, 0.1))


def test_a_unit_with_more_answers_keeps_more_of_its_deviation():
    found = shrinkage.normal([3.5, 4.0, 4.1, 4.3, 4.6], [0.1, 0.05, 0.02, 0.01, 0.001])
    assert (np.diff(found.factor) > 0).all()


@pytest.mark.parametrize(("units", "refused"), [(4, True), (5, False), (6, False)])
def test_shrinkage_needs_five_units(units, refused):
    y = np.linspace(3, 5, units)
    assert isinstance(shrinkage.normal(y, np.full(units, 0.1)), Refusal) is refused
    assert isinstance(shrinkage.beta_binomial(np.arange(units), np.full(units, 20)), Refusal) is refused


@pytest.mark.parametrize("count", [0, 20])
def test_shares_that_are_all_the_same_are_refused(count):
    found = shrinkage.beta_binomial(np.full(8, count), np.full(8, 20))
    assert isinstance(found, Refusal)
    assert "same" in found.reason


def test_reliability_reaches_its_target_at_the_n_named():
    tau2, sigma2 = 0.0144, 1.0
    n = reliability.n_for_reliability(tau2, sigma2)
    assert n == 163
    at, below = (float(reliability.reliability(tau2, sigma2 / size)) for size in (n, n - 1))
    assert below < 0.7 <= at


def test_no_n_makes_units_reliable_that_do_not_differ():
    assert isinstance(reliability.n_for_reliability(0.0, 1.0), Refusal)


def test_answers_needed_to_tell_a_gap():
    # 2 (1.959964 + 0.841621)^2 / 0.1^2, the textbook formula for two means
    assert reliability.n_for_gap(1.0, 0.1) == 1570


@pytest.mark.parametrize("units", [10, 40])
def test_the_variance_between_units_is_right_on_average(units):
    rng, found = np.random.default_rng(8), []
    for _ in range(300):
        n = rng.integers(50, 400, units)
        truth = rng.beta(80, 20, units)
        found.append(shrinkage.beta_binomial(rng.binomial(n, truth), n).tau2)
    assert 0.85 < np.mean(found) / (0.8 * 0.2 / 101) < 1.15


TUBERCULOSIS = np.array(
    [
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
        (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
        (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)  # fmt: skip
"""Vaccinated ill and well, others ill and well, in 13 trials (Colditz et al. 1994; metafor's dat.bcg)."""


def test_limits_between_units_are_those_of_metafor():
    ill, well, ill_without, well_without = TUBERCULOSIS.T
    ratio = np.log(ill / (ill + well)) - np.log(ill_without / (ill_without + well_without))
    variances = 1 / ill - 1 / (ill + well) + 1 / ill_without - 1 / (ill_without + well_without)
    # confint(rma(yi, vi, data=dat.bcg)) of R package metafor: tau^2 0.1197 to 1.1115
    assert between_limits(ratio, variances) == pytest.approx((0.1197, 1.1115), abs=5e-5)


@pytest.mark.parametrize("tau", [0.0, 0.1])
def test_limits_between_units_hold_at_their_nominal_rate(tau):
    rng, held = np.random.default_rng(6), 0
    for _ in range(1000):
        variances = 1 / rng.uniform(30, 400, 9)
        low, high = between_limits(rng.normal(4, np.sqrt(variances + tau**2)), variances, level=0.9)
        held += low <= tau**2 <= high
    assert held / 1000 == pytest.approx(
        0.95 if tau == 0 else 0.9, abs=0.025
    )  # at 0 no lower limit is too high


def test_units_that_may_be_equal_leave_the_most_open():
    assert reliability.n_for_reliability_between((0.0, 0.0), 1.0) == (None, None)
    assert reliability.n_for_reliability_between((0.0, 0.0144), 1.0) == (160, None)
    assert reliability.n_for_reliability_between((0.0144, 0.0144), 1.0) == (160, 160)
