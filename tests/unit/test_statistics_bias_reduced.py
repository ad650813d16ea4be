"""Slopes within groups of unequal size: against the definition written out, and against a paired t test."""

import numpy as np
import pytest

from auditlib.records import Refusal
from auditlib.statistics.bias_reduced import within_slope

TWO = np.tile([0.0, 1.0], 8)[:, None]
EIGHT = np.repeat([f"U{number}" for number in range(8)], 2)


def written_out(y, x, groups, weights):
    """Return slope, error and freedom as Bell and McCaffrey define them, with dummies and whole matrices."""
    labels, root = np.unique(groups), np.sqrt(weights)
    design = np.column_stack([x, groups[:, None] == labels]) * root[:, None]
    inverse = np.linalg.inv(design.T @ design)
    left = np.eye(len(y)) - design @ inverse @ design.T
    residual, parts = left @ (y * root), []
    for label in labels:
        rows = np.flatnonzero(groups == label)
        values, vectors = np.linalg.eigh(left[np.ix_(rows, rows)])
        scale = np.where(values > 1e-9, 1 / np.sqrt(np.maximum(values, 1e-9)), 0)
        part = np.zeros(len(y))
        part[rows] = inverse[0] @ design[rows].T @ (vectors * scale @ vectors.T)
        parts.append(part)
    error = np.sqrt(sum((part @ residual) ** 2 for part in parts))
    spread = np.array(parts) @ left @ np.array(parts).T
    return (inverse @ design.T @ (y * root))[0], error, np.trace(spread) ** 2 / (spread**2).sum()


@pytest.mark.parametrize("regressors", [1, 2, 4])
def test_moments_of_groups_give_what_whole_matrices_give(regressors):
    rng = np.random.default_rng(regressors)
    groups = rng.integers(0, 7, 60).astype(str)
    x, weights, y = rng.normal(size=(60, regressors)), rng.integers(1, 50, 60), rng.normal(size=60)
    x[:, 0] = rng.integers(0, 2, 60)
    fit = within_slope(y, x, groups, weights=weights)
    assert (fit.slope, fit.error, fit.freedom) == pytest.approx(written_out(y, x, groups, weights))


def test_groups_alike_give_a_paired_t_test():
    y = np.random.default_rng(3).normal(size=16)
    differences = y[1::2] - y[::2]
    fit = within_slope(y, TWO, EIGHT, weights=np.ones(16))
    assert fit.slope == pytest.approx(differences.mean())
    assert fit.error == pytest.approx(differences.std(ddof=1) / np.sqrt(8))
    assert fit.freedom == pytest.approx(7)


def test_a_single_large_group_leaves_few_degrees_of_freedom():
    y, sizes = np.random.default_rng(3).normal(size=16), np.repeat([60.0, *[40 / 7] * 7], 2)
    assert within_slope(y, TWO, EIGHT, weights=sizes).freedom == pytest.approx(2.342, abs=1e-3)


def test_a_regressor_that_never_varies_within_groups_is_refused():
    constant = np.column_stack([TWO, EIGHT == "U0"])
    assert isinstance(within_slope(np.arange(16.0), constant, EIGHT, weights=np.ones(16)), Refusal)


def test_limits_hold_where_one_group_is_most_of_all():
    """Eight units, one of them 60%, whose changes differ: the old limits held in 79 to 81 of 100."""
    rng, held = np.random.default_rng(11), 0
    n = np.array([2400, *[229] * 7])
    for _ in range(400):
        truth = np.clip(0.8 + rng.normal(0, 0.02, 8)[:, None] * [0, 1], 0, 1)
        shares = rng.binomial(n[:, None], truth) / n[:, None]
        fit = within_slope(shares.ravel(), TWO, EIGHT, weights=np.repeat(n, 2))
        limits = fit.limits(level=0.95)
        held += limits.low <= 0 <= limits.high
    assert 0.93 <= held / 400 <= 0.985
