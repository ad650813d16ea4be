"""Units that truly differ from the others: found whatever their size and number, and no others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.records import Refusal
from auditlib.statistics.discovery import discoveries
from auditlib.statistics.standing_out import StandingOut, standing_out

MEANINGFUL = 0.2


def standing(y, s) -> StandingOut:
    found = standing_out(y, s, beyond=lambda centre: (centre - MEANINGFUL, centre + MEANINGFUL))
    assert isinstance(found, StandingOut)
    return found


def equal(units: int, *, seed: int = 1, error: float = 0.08) -> tuple[np.ndarray, np.ndarray]:
    return np.random.default_rng(seed).normal(0, error, units), np.full(units, error)


def test_one_far_out_among_many_is_found():
    y, s = equal(200)
    y[7] = -0.5
    found = standing(y, s)
    assert found.below[7] > 0.95
    assert found.below.argmax() == 7
    assert found.apart[np.arange(200) != 7].max() < 0.5


def test_several_far_out_do_not_hide_each_other():
    y, s = equal(40)
    y[:6] = -0.6
    found = standing(y, s)
    assert (found.below[:6] > 0.95).all()
    assert (found.apart[6:] < 0.2).all()


def test_a_unit_that_gives_most_of_the_answers_is_not_compared_with_itself():
    y, s = equal(9)
    y[0], s[0] = -0.4, 0.005
    found = standing(y, s)
    assert found.below[0] > 0.95
    assert found.centre[0] == pytest.approx(y[1:].mean(), abs=0.03)


def test_ones_own_value_does_not_move_what_it_is_compared_with():
    y, s = equal(12)
    before = standing(y, s).centre[3]
    assert standing(np.where(np.arange(12) == 3, 0.3, y), s).centre[3] == pytest.approx(before, abs=0.02)


def test_few_answers_show_neither_a_difference_nor_that_there_is_none():
    y, s = equal(20)
    y[5], s[5] = 0.15, 0.4
    wide = np.concatenate([np.linspace(-0.3, 0.3, 20), [0.1]])
    found = standing(wide, np.concatenate([np.full(20, 0.05), [0.5]]))
    assert found.alike[20] < 0.95
    assert found.apart[20] < 0.5


@pytest.mark.parametrize(("units", "enough"), [(4, False), (5, True), (6, True)])
def test_it_takes_five_units(units, enough):
    found = standing_out(*equal(units), beyond=lambda centre: (centre - 1, centre + 1))
    assert isinstance(found, Refusal) is not enough


def test_an_error_of_nought_is_a_mistake():
    with pytest.raises(ValueError, match="above zero"):
        standing_out([1, 2, 3, 4, 5], [1, 1, 1, 1, 0], beyond=lambda centre: (centre - 1, centre + 1))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.floats(-5, 5), st.sampled_from([0.1, 1.0, 25.0]))
def test_neither_the_origin_nor_the_unit_of_the_scale_matters(seed, shift, times):
    y, s = equal(15, seed=seed)
    y[0] = 0.5
    moved = standing_out(
        shift + times * y, times * s, beyond=lambda c: (c - times * MEANINGFUL, c + times * MEANINGFUL)
    )
    assert isinstance(moved, StandingOut)
    assert moved.above == pytest.approx(standing(y, s).above, abs=1e-6)
    assert moved.centre == pytest.approx(shift + times * standing(y, s).centre, abs=1e-6 * max(1, times))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_probabilities_are_probabilities(seed):
    rng = np.random.default_rng(seed)
    found = standing(rng.normal(0, 0.3, 12), rng.uniform(0.01, 1, 12))
    for part in (found.below, found.above, found.alike):
        assert ((part >= 0) & (part <= 1 + 1e-9)).all()


def test_calls_are_as_often_wrong_as_announced():
    rng, wrong, called = np.random.default_rng(5), 0, 0
    for _ in range(150):
        truth = rng.normal(0, 0.15, 40)
        truth[:3] = -0.5
        error = 0.9 / np.sqrt(np.exp(rng.uniform(np.log(60), np.log(600), 40)))
        found = standing(truth + rng.normal(size=40) * error, error)
        out = discoveries(found.apart, rate=0.05)
        wrong += int((out & (np.abs(truth - np.median(truth)) < MEANINGFUL)).sum())
        called += int(out.sum())
    assert called > 500
    assert wrong / called == pytest.approx(0.05, abs=0.025)


@pytest.mark.parametrize(
    ("probability", "out"),
    [
        ([0.951], [True]),
        ([0.9499], [False]),
        ([1.0, 0.9], [True, True]),
        ([1.0, 0.89], [True, False]),
        ([0.2, 0.99, 0.5], [False, True, False]),
        ([], []),
    ],
)
def test_as_many_are_called_out_as_the_rate_allows(probability, out):
    assert discoveries(probability, rate=0.05).tolist() == out
