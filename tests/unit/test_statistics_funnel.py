"""Funnels: false alarms at their nominal rate, and what the tails do."""

import numpy as np
import pytest

from auditlib.records import Refusal
from auditlib.statistics import discovery, funnel, multiplicity


@pytest.mark.parametrize(("units", "refused"), [(4, True), (5, False), (6, False)])
def test_over_dispersion_needs_five_units(units, refused):
    found = funnel.over_dispersion(np.linspace(-1, 1, units), np.ones(units))
    assert isinstance(found, Refusal) is refused


def test_units_that_differ_by_chance_only_have_no_variance_between_them():
    found = funnel.over_dispersion(np.linspace(-0.5, 0.5, 20), np.ones(20))
    assert found.tau2 == 0.0
    assert found.phi < 1


def test_leaving_the_tails_out_gives_less_dispersion_than_moving_them_in():
    rng = np.random.default_rng(2)
    deviations = np.concatenate([rng.normal(size=36), [9, -9, 8, -8]])
    moved = funnel.over_dispersion(deviations, np.ones(40))
    left_out = funnel.over_dispersion(deviations, np.ones(40), variant="trimmed")
    assert left_out.phi < moved.phi < float((deviations**2).mean())
    assert left_out.units == 32
    assert moved.units == 40


@pytest.mark.parametrize(("units", "left"), [(8, 8), (9, 8), (10, 8), (19, 16), (20, 16), (40, 32)])
def test_tails_are_whole_deciles_of_ranks(units, left):
    trimmed = funnel.over_dispersion(np.arange(units) - units / 2, np.ones(units), variant="trimmed")
    assert trimmed.units == left


def _alarm_rate(tau, *, adjusted=True, consistent=True):
    """Return the share of sound units outside 95 % limits, over 300 simulated funnels of 60 units."""
    rng, outside = np.random.default_rng(8), 0
    for _ in range(300):
        errors = 1 / np.sqrt(rng.uniform(30, 600, 60))
        deviations = rng.normal(scale=np.sqrt(errors**2 + tau**2))
        found = funnel.over_dispersion(deviations, errors, consistent=consistent)
        z = funnel.adjusted_z(deviations, errors, tau2=found.tau2 if adjusted else 0.0)
        outside += int((np.abs(z) > 1.959964).sum())
    return outside / (300 * 60)


def test_false_alarms_stay_nominal_without_over_dispersion():
    assert 0.04 < _alarm_rate(0.0, adjusted=False) < 0.06
    assert 0.03 < _alarm_rate(0.0) < 0.06


def test_false_alarms_stay_nominal_with_over_dispersion():
    assert 0.04 < _alarm_rate(0.05) < 0.06
    assert 0.04 < _alarm_rate(0.15) < 0.065


def test_over_dispersion_floods_limits_for_chance_alone_and_narrows_the_published_ones():
    assert _alarm_rate(0.15, adjusted=False) > 0.30
    assert _alarm_rate(0.15, consistent=False) > 0.08


def test_false_discovery_rate_by_its_definition():
    p = np.random.default_rng(1).uniform(size=50) ** 2
    # the smallest q at which p is among the r smallest with p(r) <= q r / m
    expected = [min(1.0, *(50 * each / np.sum(p <= each) for each in p if each >= one)) for one in p]
    assert discovery.benjamini_hochberg(p) == pytest.approx(expected)


def test_holm_by_its_definition():
    p = np.random.default_rng(2).uniform(size=30) ** 4
    # each p times the number of those not yet rejected before it, never below the one before
    expected = [min(1.0, max(each * np.sum(p >= each) for each in p if each <= one)) for one in p]
    assert multiplicity.holm(p) == pytest.approx(expected)


@pytest.mark.parametrize("adjust", [discovery.benjamini_hochberg, multiplicity.holm])
@pytest.mark.parametrize("p", [-0.01, 1.01])
def test_a_p_value_lies_between_0_and_1(adjust, p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust([0.5, p])


def test_false_discovery_rate_of_nothing_is_nothing():
    assert len(discovery.benjamini_hochberg([])) == 0
