"""Rank sets: the fast routes against all pairs, coverage of true ranks, edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.records import Refusal
from auditlib.statistics import ranks


def _all_pairs_at_once(y, e, s, rejected_above):
    z = s[:, None] * e
    error = np.sqrt(s[:, None] ** 2 + s[None, :] ** 2)
    kept = (y[:, None] - y[None, :] <= rejected_above * error) & ~np.eye(len(y), dtype=bool)
    difference = (z[:, None, :] - z[None, :, :]) / error[..., None]
    return np.sort(difference[kept].max(axis=0))[int(np.ceil(0.95 * e.shape[1])) - 1]


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 40), st.integers(0, 10_000), st.floats(0.0, 1.5), st.sampled_from([np.inf, 3.0, 1.0]))
def test_looking_at_extreme_draws_only_finds_the_largest_difference(units, seed, spread, rejected_above):
    rng = np.random.default_rng(seed)
    y, s = rng.normal(size=units), np.exp(rng.normal(scale=spread, size=units))
    e = rng.standard_normal((units, 200))
    found = ranks._largest_difference(y, e, s, rejected_above=rejected_above, level=0.95)
    assert found == pytest.approx(_all_pairs_at_once(y, e, s, rejected_above))


def test_looking_at_undominated_units_only_finds_what_all_pairs_find(monkeypatch):
    rng = np.random.default_rng(6)
    y, s = rng.normal(size=120), np.exp(rng.normal(scale=0.8, size=120))
    every = ranks.marginal(y, s, rng=np.random.default_rng(1), step_down=False, draws=400)
    stepped = ranks.marginal(y, s, rng=np.random.default_rng(1), draws=400)
    monkeypatch.setattr(ranks, "ALL_PAIRS", 10)
    few = ranks.marginal(y, s, rng=np.random.default_rng(1), step_down=False, draws=400)
    few_stepped = ranks.marginal(y, s, rng=np.random.default_rng(1), draws=400)
    assert few.critical == pytest.approx(every.critical, rel=1e-5)
    assert (few_stepped.critical >= stepped.critical - 1e-5).all()
    assert (few_stepped.critical <= few.critical + 1e-5).all()


def test_sets_hold_the_true_ranks():
    rng = np.random.default_rng(7)
    s = rng.uniform(0.05, 0.2, 12)
    truth = np.linspace(0, 1, 12)
    true_rank = np.arange(12, 0, -1)
    joint = each = 0
    for _ in range(200):
        y = rng.normal(truth, s)
        sets = ranks.simultaneous(y, s, rng=rng, draws=300)
        joint += bool(((sets.low <= true_rank) & (true_rank <= sets.high)).all())
        sets = ranks.marginal(y, s, rng=rng, draws=300)
        each += int(((sets.low <= true_rank) & (true_rank <= sets.high)).sum())
    assert joint / 200 >= 0.93
    assert each / (200 * 12) >= 0.94


def test_equal_units_may_hold_every_rank():
    sets = ranks.simultaneous(np.zeros(6), np.ones(6), rng=np.random.default_rng(0), draws=200)
    assert sets.low.tolist() == [1] * 6
    assert sets.high.tolist() == [6] * 6


def test_units_far_apart_hold_one_rank_each():
    for method in (ranks.marginal, ranks.simultaneous):
        sets = method([1.0, 9.0, 5.0], [0.01, 0.01, 0.01], rng=np.random.default_rng(0), draws=200)
        assert sets.low.tolist() == sets.high.tolist() == [3, 1, 2]


def test_step_down_never_widens_a_set():
    rng = np.random.default_rng(9)
    y, s = rng.normal(size=30), np.full(30, 0.3)
    plain = ranks.simultaneous(y, s, rng=np.random.default_rng(1), step_down=False, draws=300)
    stepped = ranks.simultaneous(y, s, rng=np.random.default_rng(1), draws=300)
    assert (stepped.low >= plain.low).all()
    assert (stepped.high <= plain.high).all()
    assert stepped.critical[0] < plain.critical[0]


@pytest.mark.parametrize(("units", "refused"), [(0, True), (1, True), (2, False)])
def test_ranks_need_two_units(units, refused):
    for method in (ranks.marginal, ranks.simultaneous):
        found = method(np.zeros(units), np.ones(units), rng=np.random.default_rng(0), draws=50)
        assert isinstance(found, Refusal) is refused


def test_the_same_generator_gives_the_same_sets():
    y, s = np.arange(5.0), np.ones(5)
    one, other = (ranks.marginal(y, s, rng=np.random.default_rng(3), draws=100) for _ in range(2))
    assert (one.critical == other.critical).all()
