"""Benchmarking of units on simulated truth: false alarms, coverage, and time with 5,000 units.

Every simulated company has a known truth, so that what the methods announce can be counted: how many
sound units a funnel calls out, how often an interval or a set of ranks holds the true value.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from auditlib import benchmark
from auditlib.records import Instrument, Item, Refusal, Scale
from auditlib.statistics import funnel, ranks
from auditlib.statistics.types import Floats
from benchmarks._coverage import print_coverage
from benchmarks._trends import print_trends

ITEM = Item("q_overall", "How satisfied are you?", Scale(1, 5), True)
INSTRUMENT = Instrument("transactional", (ITEM,))


def main(argv: list[str]) -> None:
    """Simulate, measure and print: false alarms, coverage, trends, time."""
    arguments = _arguments(argv)
    rng = np.random.default_rng(arguments.seed)
    false_alarms(rng, companies=arguments.companies)
    print_coverage(rng, companies=arguments.companies)
    print_trends(rng, series=arguments.companies)
    speed(rng, units=arguments.units)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks benchmark")
    parser.add_argument("--companies", type=int, default=2000, help="simulated companies (series) per row")
    parser.add_argument("--units", type=int, default=5000, help="units in the measurement of time")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(argv)


def false_alarms(rng: np.random.Generator, *, companies: int) -> None:
    """Print the share of sound units that lie outside funnel limits."""
    print("\nSound units outside funnel limits, in per cent (nominal 5.00 and 0.20)")
    print(f"{'between units':>14}{'units':>7}{'chance alone':>16}{'as published':>16}{'allowing for it':>18}")
    for tau in (0.0, 0.05, 0.15):
        for units in (20, 40, 200):
            rates = _alarm_rates(rng, tau=tau, units=units, companies=companies)
            cells = "".join(f"{100 * inner:>{w - 6}.2f}{100 * outer:>6.2f}" for w, (inner, outer) in rates)
            print(f"{tau:>14.2f}{units:>7}{cells}")


def _alarm_rates(
    rng: np.random.Generator, *, tau: float, units: int, companies: int
) -> list[tuple[int, tuple[float, float]]]:
    outside = np.zeros((3, 2))
    for _ in range(companies):
        errors = 1 / np.sqrt(rng.uniform(30, 600, units))
        deviations = rng.normal(scale=np.sqrt(errors**2 + tau**2))
        for method, tau2 in enumerate((0.0, *_tau2(deviations, errors))):
            z = np.abs(funnel.adjusted_z(deviations, errors, tau2=tau2))
            outside[method] += (z > 1.959964).sum(), (z > 3.090232).sum()
    rates = outside / (companies * units)
    return [(width, (float(a), float(b))) for width, (a, b) in zip((16, 16, 18), rates, strict=True)]


def _tau2(deviations: Floats, errors: Floats) -> tuple[float, float]:
    found = [funnel.over_dispersion(deviations, errors, consistent=form) for form in (False, True)]
    first, second = (0.0 if isinstance(entry, Refusal) else entry.tau2 for entry in found)
    return first, second


def speed(rng: np.random.Generator, *, units: int) -> None:
    """Print the time of a full comparison beside loops over units."""
    responses = _responses(rng, units=units)
    cells = responses.groupby(["unit_id", "score"], as_index=False).size().rename(columns={"size": "n"})
    cells = cells.assign(survey_type="transactional", item="q_overall", month=202401)
    register = pd.DataFrame({"unit_id": sorted(set(responses["unit_id"]))})
    print(f"\n{units:,} units, {len(responses):,} responses: seconds")
    lines: tuple[tuple[str, Callable[[], object]], ...] = (
        (
            "mean: value, interval, funnel, shrinkage, false discovery",
            lambda: _without_ranks(cells, register),
        ),
        ("the same with rank sets, reasons and limits: the full comparison", lambda: _full(cells, register)),
        ("pandas and statsmodels, one unit after another: two intervals only", lambda: _loop(responses)),
    )
    for name, action in lines:
        print(f"{name:<72}{_timed(action):>8.2f}")
    few = min(units, 200)
    once = _timed(lambda: _every_pair(rng, units=few))
    plain = once * (units / few) ** 2
    print(f"{'one critical value for ranks by every pair and draw, extrapolated':<72}{plain:>8.1f}")
    print(f"{'  the same here':<72}{_timed(lambda: _this_way(rng, units=units)):>8.2f}")


def _without_ranks(cells: pd.DataFrame, register: pd.DataFrame) -> object:
    measure = benchmark.ScoreMeasure("transactional", ITEM, "mean")
    scores = benchmark.from_cells(cells, measure, unit_ids=tuple(register["unit_id"]))
    if isinstance(scores, Refusal):
        return scores
    return benchmark.judge(scores, scores.n >= 30, confidence=0.95, minimum_units=10)


def _full(cells: pd.DataFrame, register: pd.DataFrame) -> object:
    return benchmark.compare_units(cells, (INSTRUMENT,), benchmark.ComparisonChoices(), units=register)


def _this_way(rng: np.random.Generator, *, units: int) -> object:
    errors = 1 / np.sqrt(rng.uniform(30, 600, units))
    return ranks.simultaneous(rng.normal(scale=errors), errors, rng=rng, step_down=False)


def _responses(rng: np.random.Generator, *, units: int) -> pd.DataFrame:
    sizes = np.round(np.exp(rng.normal(5.0, 0.8, units))).astype(int) + 2
    names = np.array([f"U{index:05d}" for index in range(units)])
    centre = np.repeat(rng.normal(4.0, 0.15, units), sizes)
    scores = np.clip(np.round(rng.normal(centre, 0.9)), 1, 5)
    return pd.DataFrame({"unit_id": np.repeat(names, sizes), "score": scores})


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _loop(responses: pd.DataFrame) -> list[tuple[float, ...]]:
    """Compute what most scripts compute: per unit a mean, a share and their intervals."""
    from statsmodels.stats.proportion import proportion_confint
    from statsmodels.stats.weightstats import DescrStatsW

    rows = []
    for _, unit in responses.groupby("unit_id"):
        described = DescrStatsW(unit["score"])
        top = int((unit["score"] >= 4).sum())
        share = proportion_confint(top, len(unit), method="wilson")
        rows.append((described.mean, *described.tconfint_mean(), top / len(unit), *share))
    return rows


def _every_pair(rng: np.random.Generator, *, units: int, draws: int = 1000) -> float:
    """Compute the critical value of rank sets the plain way."""
    errors = 1 / np.sqrt(rng.uniform(30, 600, units))
    scale = np.sqrt(errors[:, None] ** 2 + errors[None, :] ** 2)
    largest = np.empty(draws)
    for draw in range(draws):
        z = errors * rng.standard_normal(units)
        largest[draw] = ((z[:, None] - z[None, :]) / scale).max()
    return float(np.quantile(largest, 0.95))
