"""Intervals, ranks, funnels and trends keep what they promise, on fewer companies than the benchmark prints.

At full size: ``python -m benchmarks benchmark``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from auditlib.statistics import funnel

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmark{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


coverage, trends = _load("_coverage"), _load("_trends")


@pytest.mark.parametrize("reliability", [0.5, 0.9])
@pytest.mark.parametrize("units", [10, 40])
@pytest.mark.parametrize(("name", "trial"), coverage.INTERVALS, ids=[name for name, _ in coverage.INTERVALS])
def test_intervals_hold_between_93_and_97_per_cent(name, trial, units, reliability):
    rng = np.random.default_rng(units)
    companies = 4000 // units
    share = coverage.held(rng, trial, units=units, reliability=reliability, companies=companies)
    assert 0.93 <= share <= 0.97


@pytest.mark.parametrize(("name", "trial"), coverage.RANK_SETS, ids=["each", "all"])
def test_rank_sets_of_equal_units_hold_at_their_level_and_others_at_least(name, trial):
    rng = np.random.default_rng(4)
    equal = coverage.held(rng, trial, units=10, reliability=coverage.EQUAL, companies=400)
    differ = coverage.held(rng, trial, units=10, reliability=0.7, companies=100)
    assert 0.93 <= equal <= 0.97
    assert differ >= 0.95


@pytest.mark.parametrize(("points", "correlation"), [(12, 0.0), (12, 0.7), (24, 0.8), (36, 0.9)])
def test_trends_are_announced_no_more_often_than_they_may_be(points, correlation):
    rng = np.random.default_rng(9)
    five, one = trends.announced(rng, points=points, correlation=correlation, series=500)
    # nominal plus two and a half simulation errors of 500 series
    assert five <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 500)
    assert one <= 0.01 + 2.5 * np.sqrt(0.01 * 0.99 / 500)


@pytest.mark.parametrize(("between", "low", "high"), [(0.0, 0.025, 0.055), (0.15, 0.04, 0.06)])
def test_sound_units_lie_outside_inner_limits_as_often_as_announced(between, low, high):
    rng, outside = np.random.default_rng(6), 0
    for _ in range(400):
        errors = 1 / np.sqrt(rng.uniform(30, 600, 40))
        deviations = rng.normal(scale=np.sqrt(errors**2 + between**2))
        found = funnel.over_dispersion(deviations, errors, consistent=True)
        outside += int((np.abs(funnel.adjusted_z(deviations, errors, tau2=found.tau2)) > 1.959964).sum())
    assert low <= outside / (400 * 40) <= high
