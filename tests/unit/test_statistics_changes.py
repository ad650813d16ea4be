"""Changes of units compared, with labels dealt anew."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from auditlib.statistics.changes import contrast, deal, together, ways
from auditlib.statistics.multiplicity import holm

ONE = np.zeros(6, dtype=np.int64)
LINKED = np.array([True, True, False, False, False, False])


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_all_assignments_are_used_where_there_are_few() -> None:
    dealt = deal(LINKED, ONE, draws=999, rng=rng())
    expected = {tuple(sorted(pair)) for pair in combinations(range(6), 2)}
    assert {tuple(np.flatnonzero(row)) for row in dealt.labels} == expected
    assert dealt.exact
    assert dealt.smallest == pytest.approx(1 / 15)
    assert (dealt.labels[0] == LINKED).all()


@pytest.mark.parametrize(("draws", "exact"), [(14, False), (15, True), (16, True)])
def test_just_enough_draws_make_it_exact(draws: int, exact: bool) -> None:
    dealt = deal(LINKED, ONE, draws=draws, rng=rng())
    assert dealt.exact is exact
    assert len(dealt.labels) == min(draws, 15)


def test_labels_stay_within_their_stratum() -> None:
    stratum = np.array([0, 1, 0, 1, 0, 1])
    assert ways(LINKED, stratum) == 9
    dealt = deal(LINKED, stratum, draws=99, rng=rng())
    assert len(dealt.labels) == 9
    assert (dealt.labels[:, stratum == 0].sum(axis=1) == 1).all()


def test_exact_p_value_by_hand() -> None:
    change = np.array([5.0, 4.0, 0.1, -0.2, 0.0, 0.3])
    dealt = deal(LINKED, ONE, draws=999, rng=rng())
    found = contrast(change, np.full(6, 1e-3), np.ones(6, dtype=bool), dealt, level=0.95)
    assert found.estimate == pytest.approx(4.5 - 0.05, abs=1e-3)
    assert found.p_value("greater") == pytest.approx(1 / 15)
    assert found.p_value("less") == pytest.approx(1)
    assert found.low < found.estimate < found.high


def test_nothing_seen_gives_one() -> None:
    dealt = deal(LINKED, ONE, draws=999, rng=rng())
    found = contrast(np.zeros(6), np.full(6, 1e-12), np.ones(6, dtype=bool), dealt, level=0.95)
    assert found.p_value("greater") == 1
    assert not found.t.any()


def test_two_usable_units_of_each_are_needed() -> None:
    dealt = deal(LINKED, ONE, draws=999, rng=rng())
    usable = np.array([True, False, True, True, True, True])
    with pytest.raises(ValueError, match="two usable units"):
        contrast(np.arange(6.0), np.ones(6), usable, dealt, level=0.95)


def test_interval_holds_the_truth_as_often_as_it_says() -> None:
    draw, held, trials = rng(), 0, 400
    linked = np.arange(26) < 7
    dealt = deal(linked, np.zeros(26, dtype=np.int64), draws=20, rng=draw)
    for _ in range(trials):
        variance = draw.uniform(0.01, 0.3, 26)
        change = 0.4 * linked + draw.normal(scale=np.sqrt(variance + 0.02))
        found = contrast(change, variance, np.ones(26, dtype=bool), dealt, level=0.95)
        held += found.low <= 0.4 <= found.high
    assert 0.92 <= held / trials <= 0.98


def test_dealing_rejects_a_true_null_as_often_as_it_says() -> None:
    draw, p = rng(), []
    linked = np.arange(20) < 5
    dealt = deal(linked, np.zeros(20, dtype=np.int64), draws=199, rng=draw)
    for _ in range(600):
        variance = draw.uniform(0.01, 1, 20)
        found = contrast(
            draw.normal(scale=np.sqrt(variance)), variance, np.ones(20, dtype=bool), dealt, level=0.95
        )
        p.append(found.p_value("greater"))
    assert 0.03 <= np.mean(np.array(p) <= 0.05) <= 0.07


def test_together_finds_one_strong_and_several_weak_signs() -> None:
    noise = np.random.default_rng(3).normal(size=(3, 999))
    strong, weak = noise.copy(), noise.copy()
    strong[:, 0], weak[:, 0] = (4.5, 0, 0), (2.2, 2.2, 2.2)
    against = noise.copy()
    against[:, 0] = -4
    assert together(list(strong)) <= 0.01
    assert together(list(weak)) <= 0.01
    assert together(list(against)) > 0.5


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]).tolist() == pytest.approx([1, 1])
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([1.2])
