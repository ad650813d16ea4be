"""Lasting changes and points out of line, on series whose truth is known."""

import numpy as np
import pytest

from auditlib.records import Refusal
from auditlib.statistics.autoregression import backwards, filtered, tried
from auditlib.statistics.lasting_change import Shape, lasting_change
from auditlib.statistics.residual_chart import residual_chart


def noise(seed, points, rho, series=1):
    """Return stationary series of standard deviation 1, shape (series, points)."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(series, points))
    values[:, 1:] *= np.sqrt(1 - rho**2)
    for point in range(1, points):
        values[:, point] += rho * values[:, point - 1]
    return values


def changed(values, **choices):
    return lasting_change(values, rng=np.random.default_rng(1), **choices)


@pytest.mark.parametrize(("points", "refused"), [(11, True), (12, False), (13, False)])
def test_a_lasting_change_needs_twelve_points(points, refused):
    assert isinstance(changed(noise(1, points, 0)[0]), Refusal) is refused


def test_values_that_never_vary_are_refused():
    assert isinstance(changed(np.full(24, 0.8)), Refusal)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.7])
def test_unchanging_series_show_anything_as_rarely_as_promised(rho):
    rng, rounds = np.random.default_rng(7), 200
    charts = [residual_chart(values, rng=rng, draws=199) for values in noise(5, 24, rho, rounds)]
    shown = np.mean([chart.changed or chart.signal.any() for chart in charts])
    assert 0.015 <= shown <= 0.085


def test_a_clear_step_is_called_one_and_dated():
    values = noise(2, 36, 0.3)[0] + 4 * (np.arange(36) >= 20)
    change = changed(values)
    assert change.shape(alpha=0.04) is Shape.STEP
    assert change.most_likely == 20
    assert change.span[0] <= 20 <= change.span[1] <= change.span[0] + 3
    assert change.low < 4 < change.high
    assert change.expected[25] - change.expected[10] == pytest.approx(4, abs=1)


def test_a_clear_slope_is_called_one():
    change = changed(noise(3, 48, 0.2)[0] + np.linspace(0, 6, 48))
    assert change.shape(alpha=0.04) is Shape.SLOPE
    assert change.low < 6 < change.high


def test_a_small_change_is_left_open():
    change = changed(noise(4, 36, 0)[0] + np.linspace(0, 2.2, 36))
    assert change.p_value <= 0.04
    assert change.shape(alpha=0.04) is Shape.OPEN


def test_no_change_has_no_shape():
    assert changed(noise(6, 36, 0.5)[0]).shape(alpha=0.04) is Shape.NONE


def test_what_scale_the_values_have_changes_nothing():
    values = noise(8, 24, 0.3)[0] + (np.arange(24) >= 12)
    one, hundred = changed(values), changed(100 * values + 7)
    assert hundred.p_value == one.p_value
    assert hundred.total == pytest.approx(100 * one.total)
    assert hundred.when == pytest.approx(one.when)


def test_months_of_few_answers_weigh_less():
    values = noise(9, 24, 0)[0] * 0.1
    values[20:] += 2.0
    errors = np.where(np.arange(24) >= 20, 20.0, 1.0)
    assert changed(values).p_value <= 0.005
    assert changed(values, errors=errors).p_value > 0.1


def test_a_single_point_out_of_line_is_a_signal_and_lies_outside_its_limits():
    values = noise(10, 30, 0)[0]
    values[17] += 7
    chart = residual_chart(values, rng=np.random.default_rng(1))
    assert np.flatnonzero(chart.signal).tolist() == [17]
    assert chart.signal.tolist() == ((values < chart.low) | (values > chart.high)).tolist()
    assert not chart.changed


def test_a_step_is_a_change_of_level_and_no_signal_of_a_single_point():
    values = noise(12, 36, 0)[0] + 4 * (np.arange(36) >= 18)
    chart = residual_chart(values, rng=np.random.default_rng(1))
    assert chart.changed
    assert not chart.signal.any()


def test_acting_on_a_series_backwards_is_acting_on_it_filtered():
    rng = np.random.default_rng(0)
    series, directions = rng.normal(size=(1, 9)), rng.normal(size=(len(tried()), 2, 9))
    through = np.einsum("rkt,rst->rk", directions, filtered(series))
    assert np.einsum("rkt,t->rk", backwards(directions), series[0]) == pytest.approx(through)
