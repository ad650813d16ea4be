"""Control charts, trend and case mix."""

import numpy as np
import pytest

from auditlib.records import Refusal
from auditlib.statistics import case_mix, control_charts, trend


@pytest.mark.parametrize(("points", "refused"), [(5, True), (6, False), (7, False)])
def test_a_control_chart_needs_six_points(points, refused):
    assert isinstance(control_charts.xmr(np.arange(points)), Refusal) is refused
    assert isinstance(control_charts.laney_p(np.arange(points) + 1, [50] * points), Refusal) is refused


def test_a_single_jump_is_a_signal_and_ordinary_steps_are_not():
    ordinary = [4.1, 4.2, 4.0, 4.1, 4.2, 4.1, 4.0, 4.2, 4.1, 4.0]
    chart = control_charts.xmr([*ordinary, 2.0])
    assert chart.signal.tolist() == [False] * 10 + [True]


def test_laney_limits_are_wider_than_binomial_ones_where_shares_vary_more():
    rng = np.random.default_rng(3)
    share = np.clip(rng.normal(0.8, 0.04, 24), 0, 1)
    n = np.full(24, 5000)
    chart = control_charts.laney_p(np.round(share * n), n)
    binomial = 3 * np.sqrt(chart.centre * (1 - chart.centre) / 5000)
    assert chart.high[0] - chart.centre > 2 * binomial
    assert not chart.signal.any()


def test_a_share_that_never_varies_has_no_chart():
    assert isinstance(control_charts.laney_p([0] * 8, [50] * 8), Refusal)


@pytest.mark.parametrize(("points", "refused"), [(11, True), (12, False), (13, False)])
def test_a_trend_needs_twelve_points(points, refused):
    rng = np.random.default_rng(0)
    assert isinstance(trend.trend(rng.normal(size=points)), Refusal) is refused


def test_an_exact_line_is_refused():
    assert isinstance(trend.trend(np.arange(20.0)), Refusal)


@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_trend_limits_hold_the_true_slope(rho):
    rng, held = np.random.default_rng(11), 0
    for _ in range(600):
        noise = np.zeros(36)
        noise[0] = rng.normal() / np.sqrt(1 - rho**2)
        for step in range(1, 36):
            noise[step] = rho * noise[step - 1] + rng.normal()
        found = trend.trend(noise + 0.05 * np.arange(36))
        held += found.low <= 0.05 <= found.high
    assert 0.92 < held / 600 < 0.98


def test_slopes_within_units_agree_with_dummies_for_units():
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    unit, x = rng.integers(0, 8, 300), rng.normal(size=(300, 2))
    y = x @ [0.5, -0.3] + unit * 0.2 + rng.normal(size=300)
    found = case_mix.within_unit(y, x, unit)
    fit = sm.OLS(y, np.column_stack([x, np.eye(8)[unit]])).fit()
    assert found.slopes == pytest.approx(fit.params[:2])
    assert np.average(found.adjusted, weights=found.n) == pytest.approx(y.mean())
    clustered = fit.get_robustcov_results("cluster", groups=unit, use_correction=False)
    assert found.slope_errors == pytest.approx(clustered.bse[:2] * np.sqrt(8 / 7))


def test_groups_of_alike_answers_count_as_their_answers():
    y, x, unit = [1.0, 2.0, 3.0, 4.0, 2.0, 3.0], [0.0, 1.0, 0.0, 1.0, 1.0, 0.0], [0, 0, 1, 1, 0, 1]
    grouped = case_mix.within_unit(y, x, unit, weights=[3, 2, 4, 1, 1, 2])
    rows = np.repeat(np.arange(6), [3, 2, 4, 1, 1, 2])
    single = case_mix.within_unit(np.array(y)[rows], np.array(x)[rows], np.array(unit)[rows])
    assert grouped.adjusted == pytest.approx(single.adjusted)
    assert grouped.errors == pytest.approx(single.errors)


def test_case_mix_that_explains_everything_leaves_units_equal():
    x = np.array([0, 0, 0, 1, 0, 1, 1, 1.0])
    found = case_mix.within_unit(3 + x, x, [0, 0, 0, 0, 1, 1, 1, 1])
    assert found.raw.tolist() == [3.25, 3.75]
    assert found.adjusted == pytest.approx([3.5, 3.5])


def test_an_adjuster_that_never_varies_within_units_is_refused():
    found = case_mix.within_unit([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 1.0, 1.0], [0, 0, 1, 1])
    assert isinstance(found, Refusal)
