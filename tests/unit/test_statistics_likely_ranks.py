"""Likely ranks: what they hold by construction, edges, refusals."""

import numpy as np
import pytest

from auditlib.records import Refusal
from auditlib.statistics.likely_ranks import likely_ranks
from auditlib.statistics.ranks import marginal


def found(estimates, errors, *, seed=0, **choices):
    return likely_ranks(estimates, errors, rng=np.random.default_rng(seed), **choices)


@pytest.mark.parametrize(("units", "refused"), [(4, True), (5, False), (6, False)])
def test_likely_ranks_need_five_units(units, refused):
    assert isinstance(found(np.arange(units), np.ones(units), draws=50), Refusal) is refused


def test_an_error_of_zero_is_no_error():
    with pytest.raises(ValueError, match="standard error above zero"):
        found(np.arange(6.0), [1, 1, 0, 1, 1, 1])


def test_units_far_apart_hold_one_place_each():
    sets = found([1.0, 9.0, 5.0, 3.0, 7.0], np.full(5, 0.01))
    assert sets.low.tolist() == sets.high.tolist() == [5, 1, 3, 4, 2]
    assert sets.probability.tolist() == [1.0] * 5


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_leave_no_less_than_the_level_inside_and_little_more(level):
    rng = np.random.default_rng(5)
    sets = found(rng.normal(size=40), np.full(40, 0.7), level=level, draws=2000)
    assert level <= sets.probability.mean() < level + 0.02
    assert (sets.low <= sets.high).all()
    assert sets.low.min() >= 1
    assert sets.high.max() <= 40


def test_a_unit_that_is_surer_of_its_value_gets_a_shorter_interval():
    y = np.linspace(-1, 1, 21)
    unsure, sure = np.full(21, 0.6), np.full(21, 0.6)
    sure[10] = 0.1
    before, after = found(y, unsure), found(y, sure)
    assert after.high[10] - after.low[10] < before.high[10] - before.low[10]


def test_scale_and_origin_do_not_matter():
    rng = np.random.default_rng(8)
    y, s = rng.normal(size=12), rng.uniform(0.2, 0.6, 12)
    one, other = found(y, s), found(100 + 7 * y, 7 * s)
    assert one.low.tolist() == other.low.tolist()
    assert one.high.tolist() == other.high.tolist()


def test_likely_ranks_are_shorter_than_rank_sets_that_take_nothing_for_granted():
    rng = np.random.default_rng(2)
    s = np.full(40, 0.5)
    y = rng.normal(scale=0.8, size=40) + s * rng.normal(size=40)
    sets, sure = found(y, s), marginal(y, s, rng=rng, draws=300)
    assert np.median(sets.high - sets.low) < np.median(sure.high - sure.low)


def test_the_same_generator_gives_the_same_intervals():
    y, s = np.arange(8.0), np.full(8, 2.0)
    one, other = found(y, s, seed=3, draws=100), found(y, s, seed=3, draws=100)
    assert (one.low == other.low).all()
    assert (one.high == other.high).all()
