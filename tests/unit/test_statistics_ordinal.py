"""Means of answers on a scale: limits that stay on it, have a width, and cover what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditlib.statistics.ordinal import PRIOR_ANSWERS, WORST_CASE, ordinal_mean

FIVE = np.arange(1, 6.0)
counts = st.lists(st.integers(0, 200), min_size=5, max_size=5).filter(lambda row: sum(row) > 0)


@settings(deadline=None)
@given(st.lists(counts, min_size=1, max_size=4))
def test_limits_lie_on_the_scale_around_the_mean_and_have_a_width(rows):
    answers = np.array(rows, dtype=float)
    limits = ordinal_mean(answers, FIVE)
    assert ((limits.low >= 1) & (limits.high <= 5)).all()
    assert (limits.low < limits.high).all()
    mean = answers @ FIVE / answers.sum(axis=1)
    assert ((limits.low <= mean) & (mean <= limits.high)).all()


@settings(deadline=None)
@given(counts, st.floats(0.05, 0.95))
def test_fewer_independent_answers_make_it_wider(row, worth):
    answers = np.array([row], dtype=float)
    whole, part = ordinal_mean(answers, FIVE), ordinal_mean(answers, FIVE, effective=[worth * sum(row)])
    assert float(part.high[0] - part.low[0]) > float(whole.high[0] - whole.low[0])


def test_of_two_scores_they_are_the_quantiles_of_a_beta_distribution():
    limits = ordinal_mean([[5, 15]], [0, 1])
    bad, good = 5 + PRIOR_ANSWERS * 0.25, 15 + PRIOR_ANSWERS * 0.75
    assert float(limits.low[0]) == pytest.approx(stats.beta.ppf(0.025, good, bad + WORST_CASE))
    assert float(limits.high[0]) == pytest.approx(stats.beta.ppf(0.975, good + WORST_CASE, bad))


def test_mirrored_scores_give_mirrored_limits():
    there = ordinal_mean([[3, 0, 1, 8, 20], [0, 2, 2, 2, 9]], FIVE)
    back = ordinal_mean([[20, 8, 1, 0, 3], [9, 2, 2, 2, 0]], FIVE)
    assert back.low == pytest.approx(6 - there.high)
    assert back.high == pytest.approx(6 - there.low)


def test_a_unit_without_answers_has_no_limits():
    limits = ordinal_mean([[0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], FIVE)
    assert np.isnan(limits.low[0])
    assert np.isnan(limits.high[0])
    assert limits.low[1] < limits.high[1]


@pytest.mark.parametrize("units", [0, 1, 3])
def test_of_no_answers_at_all_there_are_no_limits(units):
    limits = ordinal_mean(np.zeros((units, 5)), FIVE)
    assert np.isnan(limits.low).tolist() == [True] * units
    assert np.isnan(limits.high).tolist() == [True] * units


@pytest.mark.parametrize("scores", [[1, 2, 3], [5, 4, 3, 2, 1], [1, 2, 2, 3, 4]])
def test_scores_that_do_not_fit_the_counts_are_a_mistake(scores):
    with pytest.raises(ValueError, match="scores must rise"):
        ordinal_mean([[1, 2, 3, 4, 5]], scores)


@pytest.mark.parametrize(
    ("shares", "scores"),
    [
        ((0.02, 0.02, 0.02, 0.04, 0.90), FIVE),  # 90 % fives
        ((0.05, 0.05, 0.10, 0.30, 0.50), FIVE),
        ((0.03, 0.02, 0.95), np.array([-1.0, 0, 1])),  # 95 % promoters
    ],
)
@pytest.mark.parametrize("n", [30, 200])
def test_they_cover_what_they_say(shares, scores, n):
    rng = np.random.default_rng(4)
    true, hits, reps = float(np.array(shares) @ scores), 0, 100
    for _ in range(reps):
        limits = ordinal_mean(rng.multinomial(n, shares, size=40), scores)
        hits += int(((limits.low <= true) & (true <= limits.high)).sum())
    assert 0.93 < hits / (40 * reps) < 0.995
