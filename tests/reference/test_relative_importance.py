"""Shares of R² against the published numbers, and errors of redrawn clusters against their formula."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from auditlib.statistics.redrawn import cluster_weights, spread_of
from auditlib.statistics.relative_importance import MOST_PREDICTORS, lmg
from auditlib.statistics.within import centred, slopes, solvable

SWISS = Path(__file__).parents[3] / "shared" / "data" / "reference" / "swiss_1888.csv"
PUBLISHED = {
    "Agriculture": 0.0571, "Examination": 0.1712, "Education": 0.2601, "Catholic": 0.1056,
    "Infant.Mortality": 0.1128,
}  # fmt: skip
"""R's relaimpo on its data set `swiss`, outcome Fertility (Grömping 2006); they add up to R² = 0.7067."""


@pytest.mark.skipif(not SWISS.exists(), reason="the published teaching data are not beside the project")
def test_shares_of_swiss_fertility_are_the_published_ones() -> None:
    with SWISS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    table = np.array([[float(row[name]) for name in ("Fertility", *PUBLISHED)] for row in rows])
    shares = lmg(np.cov(table.T))
    assert shares == pytest.approx(list(PUBLISHED.values()), abs=5e-5)
    assert shares.sum() == pytest.approx(0.7067, abs=5e-5)


def test_shares_of_uncorrelated_predictors_are_their_own_r_squared() -> None:
    shares = lmg([[4.0, 2.0, 0.5], [2.0, 2.0, 0.0], [0.5, 0.0, 1.0]])
    assert shares == pytest.approx([0.5, 0.0625])


def test_draws_are_separate_problems() -> None:
    one = np.array([[4.0, 1.0, 1.5], [1.0, 2.0, 0.3], [1.5, 0.3, 1.0]])
    other = np.array([[2.0, 0.4, 0.2], [0.4, 1.0, 0.1], [0.2, 0.1, 3.0]])
    assert lmg(np.stack([one, other])) == pytest.approx(np.stack([lmg(one), lmg(other)]))


@pytest.mark.parametrize("count", [0, MOST_PREDICTORS + 1])
def test_too_few_or_too_many_predictors_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="predictors"):
        lmg(np.eye(count + 1))


def test_slopes_within_groups_are_those_with_an_effect_for_every_group() -> None:
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(5), 20)
    x = rng.normal(size=(100, 2)) + group[:, None]
    y = 3 * group + x @ [0.5, -1.0] + rng.normal(size=100)
    table = np.column_stack([y, x])
    parts = [table[group == each] for each in range(5)]
    moments = centred([20] * 5, [part.sum(axis=0) for part in parts], [part.T @ part for part in parts])
    dummies = np.column_stack([x, np.eye(5)[group]])
    expected = np.linalg.lstsq(dummies, y, rcond=None)[0][:2]
    assert slopes(moments.sum(axis=0)) == pytest.approx(expected)


def test_a_variable_that_does_not_vary_or_repeats_another_is_noticed() -> None:
    sound = np.array([[4.0, 1.0, 1.5], [1.0, 2.0, 0.3], [1.5, 0.3, 1.0]])
    constant, twice = sound.copy(), sound.copy()
    constant[2], constant[:, 2] = 0, 0
    twice[2], twice[:, 2] = twice[1], twice[:, 1]
    assert solvable(np.stack([sound, constant, twice])).tolist() == [True, False, False]


def test_the_error_of_a_mean_over_clusters_is_that_of_the_formula() -> None:
    rng = np.random.default_rng(2)
    means = rng.normal(size=40)
    weights = cluster_weights(40, draws=20_000, rng=rng)
    assert (weights.sum(axis=1) == 40).all()
    found = spread_of([means.mean()], (weights @ means)[:, None] / 40, clusters=40)
    assert found.errors[0] == pytest.approx(means.std(ddof=0) / np.sqrt(40), rel=0.02)


def test_ranks_are_apart_where_differences_are_and_open_where_they_are_not() -> None:
    rng = np.random.default_rng(3)
    level = rng.normal(size=(60, 1))
    values = level + np.array([0.0, 0.02, 1.0]) + 0.3 * rng.normal(size=(60, 3))
    draws = cluster_weights(60, draws=2_000, rng=rng) @ values / 60
    found = spread_of(values.mean(axis=0), draws, clusters=60)
    assert found.best.tolist() == [2, 2, 1]
    assert found.worst.tolist() == [3, 3, 1]


def test_estimates_that_move_together_exactly_are_not_told_apart() -> None:
    draws = np.random.default_rng(4).normal(size=(500, 1)) * np.ones((1, 2))
    found = spread_of([0.0, 0.0], draws, clusters=30)
    assert (found.best.tolist(), found.worst.tolist()) == ([1, 1], [2, 2])


def test_equal_means_are_told_apart_about_as_rarely_as_the_level_says() -> None:
    rng, apart = np.random.default_rng(6), 0
    for _ in range(300):
        values = rng.normal(size=(40, 1)) + rng.normal(size=(40, 4))
        draws = cluster_weights(40, draws=299, rng=rng) @ values / 40
        found = spread_of(values.mean(axis=0), draws, clusters=40)
        apart += int((found.best > 1).any() or (found.worst < 4).any())
    assert 0.02 <= apart / 300 <= 0.09
