"""Units that truly differ are found as often as the benchmarks state, and others are left alone."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmark_of_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses of the module look themselves up
    spec.loader.exec_module(module)
    return module


power, units = _load("power"), _load("units")


@pytest.mark.parametrize(("size", "low", "high"), [(0.2, 0.0, 0.2), (0.5, 0.8, 0.97)])
def test_power_in_companies_like_the_demo_is_as_stated(size: float, low: float, high: float) -> None:
    # stated: 0.07 and 0.90; 15 companies of four planted units each
    found = power.power(size, statistic="mean", companies=15, seed=5)
    assert len(found) == 60
    assert low <= found["found"].mean() <= high
    assert found.attrs["sound"] > 15 * 25
    assert found.attrs["false_alarms"] / found.attrs["sound"] < 0.01


@pytest.mark.parametrize(
    ("name", "found", "sound"),
    [
        ("100 to 600 answers a unit", 0.85, 0.01),
        ("5 to 5,000 answers a unit", 0.75, 0.015),
        ("1 of 200 differs", 0.7, 0.005),
        ("one unit gives 62% of the answers and differs", 0.95, 0.01),
        ("the same with 9 units", 0.6, 0.01),
    ],
)
def test_units_that_differ_are_found_in_companies_of_another_make(
    name: str, found: float, sound: float
) -> None:
    row = units.standing_row(units.WORLDS[name], companies=20, seed=2)
    assert row["found"] >= found
    assert row["sound called"] <= sound


@pytest.mark.parametrize("name", ["nobody differs", "90% fives, nobody differs"])
def test_where_nobody_differs_hardly_anybody_is_called_out(name: str) -> None:
    assert units.standing_row(units.WORLDS[name], companies=20, seed=2)["sound called"] <= 0.005


@pytest.mark.parametrize("name", ["2-6 times, 0.3 alike", "2-6 times, 0.5 alike"])
def test_rank_sets_of_equal_units_hold_where_customers_answer_again(name: str) -> None:
    world = replace(units.EQUAL[name], units=12)
    held = units.ranks_row(world, companies=60, seed=2, repeated=True)
    assert held["joint"] >= 0.95 - 2.5 * np.sqrt(0.05 * 0.95 / 60)
    assert held["marginal"] >= 0.93
    strangers = units.ranks_row(world, companies=20, seed=2, repeated=False)
    assert strangers["joint"] < held["joint"] - 0.1


def test_a_unit_that_is_rarely_found_is_not_said_to_be_like_the_others() -> None:
    row = units.standing_row(units.WORLDS["1 of 12 differs by 0.3, 30 to 150 answers"], companies=80, seed=2)
    assert row["found"] < 0.2
    # at most 0.025 where the truth lies on the edge, and 0.21 where the other units alone could show it
    assert row["apart acquitted"] <= 0.05
