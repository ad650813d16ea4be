"""Planted outliers are found as often as the benchmark of power states, on fewer companies."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).resolve().parents[2] / "benchmarks" / "power.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_of_power", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("size", "low", "high"), [(0.2, 0.0, 0.15), (0.6, 0.62, 0.94)])
def test_power_is_as_stated(benchmark: ModuleType, size: float, low: float, high: float) -> None:
    # stated: 0.01 and 0.73; 15 companies of four planted units each
    found = benchmark.power(size, statistic="mean", companies=15, seed=5)
    assert len(found) == 60
    assert low <= found["found"].mean() <= high
    assert found.attrs["sound"] == pytest.approx(15 * 36, abs=15)
    assert found.attrs["false_alarms"] / found.attrs["sound"] < 0.01
