"""Control charts, trend, case mix and suppression."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.records import Refusal
from auditlib.statistics import case_mix, control_charts, suppression, trend


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


def test_cusum_finds_a_small_lasting_shift():
    # Montgomery, Introduction to Statistical Quality Control, table 9.1: target 10, sd 1, K 0.5, H 5
    written = """9.45 7.99 9.29 11.66 12.16 10.18 8.04 11.46 9.20 10.34 9.03 11.47 10.51 9.40 10.08
        9.37 10.62 10.31 8.52 10.84 10.90 9.33 12.29 11.50 10.60 11.08 10.38 11.62 11.31 10.52"""
    values = [float(value) for value in written.split()]
    chart = control_charts.cusum(values, target=10, deviation=1)
    assert round(float(chart.up[28]), 2) == 5.28
    assert int(np.flatnonzero(chart.signal)[0]) == 28


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


def test_indirect_standardisation_by_hand():
    # rates of all together: 30/100 and 60/100; expected 80*.3+20*.6 = 36 and 20*.3+80*.6 = 54
    found = case_mix.indirect([[20, 10], [10, 50]], [[80, 20], [20, 80]])
    assert found.expected.tolist() == pytest.approx([36.0, 54.0])
    assert found.ratio == pytest.approx([30 / 36, 60 / 54])
    assert found.adjusted == pytest.approx([0.45 * 30 / 36, 0.45 * 60 / 54])


def test_a_unit_without_answers_cannot_be_standardised():
    assert isinstance(case_mix.indirect([[1, 1], [0, 0]], [[5, 5], [0, 0]]), Refusal)


@pytest.mark.parametrize(("count", "hidden"), [(0, False), (1, True), (4, True), (5, False), (6, False)])
def test_small_counts_are_hidden_and_zero_is_not(count, hidden):
    assert bool(suppression.primary(np.array([count]))[0]) is hidden


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=3, max_size=4))
def test_what_stays_exposed_could_not_be_protected(rows):
    counts = np.array(rows)
    hidden = suppression.secondary(counts)
    assert (suppression.primary(counts) <= hidden).all()
    for row, column in np.argwhere(suppression.exposed(hidden)):
        others = [
            (a, b)
            for a, b in itertools.product(range(counts.shape[0]), range(counts.shape[1]))
            if a != row and b != column
        ]
        assert all(counts[row, b] == 0 or counts[a, column] == 0 or counts[a, b] == 0 for a, b in others)


def test_one_small_cell_takes_the_cheapest_rectangle_with_it():
    hidden = suppression.secondary(np.array([[3, 20, 30], [12, 15, 40], [50, 60, 70]]))
    assert hidden.tolist() == [[True, True, False], [True, True, False], [False, False, False]]


def test_hidden_cells_follow_from_totals_exactly_where_equations_say_so():
    rng = np.random.default_rng(12)
    for _ in range(40):
        hidden = rng.uniform(size=(4, 4)) < 0.4
        cells = np.argwhere(hidden)
        equations = np.zeros((8, len(cells)))
        for index, (row, column) in enumerate(cells):
            equations[row, index] = equations[4 + column, index] = 1
        free = np.linalg.svd(equations)[2][np.linalg.matrix_rank(equations) :] if len(cells) else equations
        unique = [bool(np.allclose(free[:, index], 0)) for index in range(len(cells))]
        assert [bool(suppression.exposed(hidden)[tuple(cell)]) for cell in cells] == unique
