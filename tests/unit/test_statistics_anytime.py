"""Limits that may be looked at every month: their definition, their error over 60 looks, their order."""

from fractions import Fraction

import numpy as np
import pytest

from auditlib.statistics import anytime
from auditlib.statistics.types import Limits

YES_NO = [0.0, 1.0]


def test_wealth_is_what_the_bets_of_the_definition_win():
    """Three answers of 1 and one of 1/2 against a mean of 4/5, stake by stake, in exact numbers."""
    won = []
    for stake in anytime._STAKES:
        c = Fraction(float(stake))
        won.append((1 - c + c / Fraction(4, 5)) ** 3 * (1 - c + c * Fraction(1, 2) / Fraction(4, 5)))
    exact = float(sum(won) / len(won))
    assert np.exp(anytime.wealth([[1, 3]], [0.5, 1.0], 0.8)[0]) == pytest.approx(exact, rel=1e-12)


def test_bets_are_fair_where_the_mean_is_as_supposed():
    """What two answers win on average, over everything they can be, is the stake."""
    for mean in (0.2, 0.8):
        counts = [[2, 0], [1, 1], [0, 2]]
        chances = [(1 - mean) ** 2, 2 * mean * (1 - mean), mean**2]
        assert np.dot(chances, np.exp(anytime.wealth(counts, YES_NO, mean))) == pytest.approx(1)


def test_limits_of_shares_by_a_wager_on_every_stake_follow_the_beta_integral(monkeypatch):
    """Stakes spread evenly give Robbins' beta mixture (1970, Annals 41:1397), which has a closed form."""
    from scipy.special import betainc, betaln

    stakes = (np.arange(200_000) + 0.5) / 200_000
    monkeypatch.setattr(anytime, "_STAKES", stakes)
    yes, no, mean = 90, 10, 0.8
    closed = (
        betaln(yes + 1, no + 1)
        + np.log1p(-betainc(yes + 1, no + 1, mean))
        - yes * np.log(mean)
        - (no + 1) * np.log(1 - mean)
    )
    assert anytime.wealth([[no, yes]], YES_NO, mean)[0] == pytest.approx(closed, abs=1e-6)


def test_a_mean_at_the_limit_has_won_just_what_rules_it_out():
    counts = [[40, 160]]
    bounds = anytime.limits(counts, YES_NO)
    assert anytime.wealth(counts, YES_NO, bounds.low[0])[0] == pytest.approx(np.log(40))
    assert anytime.wealth(counts, [1.0, 0.0], 1 - bounds.high[0])[0] == pytest.approx(np.log(40))
    assert (bounds.low[0], bounds.high[0]) == pytest.approx((0.6931, 0.8820), abs=2e-3)


def test_limits_turn_with_the_scale():
    bounds, turned = anytime.limits([[30, 70]], YES_NO), anytime.limits([[70, 30]], YES_NO)
    assert turned.low[0] == pytest.approx(1 - bounds.high[0])


@pytest.mark.parametrize("shares", [(0.2, 0.8), (0.03, 0.97)])
def test_sixty_looks_miss_the_truth_less_often_than_promised_and_ordinary_limits_far_more(shares):
    rng, rounds = np.random.default_rng(4), 200
    missed, plain = 0, 0
    for _ in range(rounds):
        counts = rng.multinomial(40, shares, size=60).cumsum(axis=0)
        won = np.maximum(
            anytime.wealth(counts, YES_NO, shares[1]), anytime.wealth(counts, [1.0, 0.0], shares[0])
        )
        missed += won.max() >= np.log(40)
        n = counts.sum(axis=1)
        estimate = counts[:, 1] / n
        error = np.sqrt(estimate * (1 - estimate) / n)
        plain += (np.abs(estimate - shares[1]) > 1.96 * error).any()
    assert missed / rounds <= 0.05
    assert plain / rounds > 0.25


def test_no_answer_rules_nothing_out():
    bounds = anytime.limits([[0, 0]], YES_NO)
    assert (bounds.low[0], bounds.high[0]) == pytest.approx((0, 1))


@pytest.mark.parametrize(("counts", "values"), [([[1, -1]], YES_NO), ([[1, 1]], [0.0, 1.1])])
def test_what_is_no_bounded_answer_is_a_mistake(counts, values):
    with pytest.raises(ValueError, match="between 0 and 1"):
        anytime.wealth(counts, values, 0.5)


@pytest.mark.parametrize(
    ("low", "high", "beyond"),
    [
        ([0.1, 0.2], [0.9, 0.7], (1, -1)),
        ([0.1, 0.2], [0.9, 0.8], None),
        ([0.1, 0.81], [0.9, 0.9], (1, 1)),
        ([0.85, 0.2], [0.9, 0.7], (0, 1)),
    ],
)
def test_the_first_look_beyond_the_target_counts(low, high, beyond):
    assert anytime.first_beyond(Limits(np.array(low), np.array(high)), 0.8) == beyond
