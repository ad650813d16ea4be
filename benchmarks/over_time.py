"""Series by month on simulated truth: false alarms, power, step against slope, limits of changes."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.control_charts import xmr
from auditlib.statistics.lasting_change import LastingChange, Shape, lasting_change
from auditlib.statistics.residual_chart import residual_chart
from auditlib.statistics.types import Floats
from benchmarks._few_units import print_few_units
from benchmarks._surveillance import print_surveillance
from benchmarks._trends import unchanging

POINTS = (12, 24, 36, 60)
CORRELATIONS = (0.0, 0.3, 0.5, 0.7)
STEPS = (1.0, 1.5, 2.0)
SLOPES = (2.0, 3.0)
DRAWS = 199
SHOWN = 0.04
"""Enough for rates; a single series is held against more, so that its call does not hang on the draws."""


def main(argv: list[str]) -> None:
    """Simulate, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks over_time")
    parser.add_argument("--series", type=int, default=1000, help="simulated series per entry")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    rng = np.random.default_rng(arguments.seed)
    print_false_alarms(rng, series=arguments.series)
    print_power(rng, series=arguments.series // 2)
    print_surveillance(rng, companies=arguments.series)
    print_few_units(rng, companies=arguments.series)


def print_false_alarms(rng: np.random.Generator, *, series: int) -> None:
    """Print the share of unchanging series in which a chart shows anything."""
    print("\nUnchanging series in which anything is shown, in per cent (nominal 5.0), by autocorrelation")
    print(f"{'points':>7}" + "".join(f"{correlation:>9}" for correlation in CORRELATIONS) + "   XmR at once")
    for points in POINTS:
        ours, shewhart = [], []
        for correlation in CORRELATIONS:
            simulated = unchanging(rng, points, correlation, series)
            ours.append(f"{100 * shown(simulated, rng):>9.1f}")
            shewhart.append(f"{100 * np.mean([_xmr_signals(values) for values in simulated]):>7.1f}")
        print(f"{points:>7}" + "".join(ours) + "   " + "".join(shewhart))


def shown(simulated: Floats, rng: np.random.Generator) -> float:
    """Return the share of series whose chart shows a lasting change or a point out of line."""
    return float(np.mean([_signals(values, rng) for values in simulated]))


def _signals(values: Floats, rng: np.random.Generator) -> bool:
    chart = residual_chart(values, rng=rng, draws=DRAWS)
    return not isinstance(chart, Refusal) and (chart.changed or bool(chart.signal.any()))


def _xmr_signals(values: Floats) -> bool:
    chart = xmr(values)
    return not isinstance(chart, Refusal) and bool(chart.signal.any())


def print_power(rng: np.random.Generator, *, series: int) -> None:
    """Print how often a change is found, what it is called, and how often the limits hold."""
    print("\nChanges found at 4 %, in per cent (of those: step, slope, time held; size held, of all)")
    for name, sizes, planted in (("step", STEPS, stepped), ("slope", SLOPES, sloping)):
        for size in sizes:
            for points in POINTS:
                noise = [unchanging(rng, points, rho, series) * np.sqrt(1 - rho**2) for rho in CORRELATIONS]
                cells = [_power(rng, planted, values, size) for values in noise]
                print(f"{name:>6}{size:>5} sd {points:>4} points" + "".join(cells))


Planted = Callable[[np.random.Generator, Floats, float], tuple[Floats, int]]


def stepped(rng: np.random.Generator, values: Floats, size: float) -> tuple[Floats, int]:
    """Return a series that steps up by `size` somewhere in its middle half, and where."""
    points = len(values)
    at = int(rng.integers(points // 4, 3 * points // 4 + 1))
    return values + size * (np.arange(points) >= at), at


def sloping(_rng: np.random.Generator, values: Floats, size: float) -> tuple[Floats, int]:
    """Return a series that rises steadily, by `size` in all."""
    return values + size * np.linspace(0, 1, len(values)), -1


def _power(rng: np.random.Generator, planted: Planted, noise: Floats, size: float) -> str:
    """Return a cell of the table for unchanging series of standard deviation 1, shape (series, points)."""
    shown: list[tuple[LastingChange, int]] = []
    held = 0
    for steady in noise:
        values, at = planted(rng, steady, size)
        change = lasting_change(values, rng=rng, draws=DRAWS)
        if isinstance(change, Refusal):
            continue
        held += change.low <= size <= change.high
        if change.p_value <= SHOWN:
            shown.append((change, at))
    shapes = [change.shape(alpha=SHOWN) for change, _ in shown]
    timed = [change.span[0] <= at <= change.span[1] for change, at in shown if at >= 0]
    step, slope = (
        _percent([shape is Shape.STEP for shape in shapes]),
        _percent([shape is Shape.SLOPE for shape in shapes]),
    )
    power, sized = 100 * len(shown) / len(noise), 100 * held / len(noise)
    return f"{power:>6.0f} ({step}{slope}{_percent(timed)}{sized:>4.0f})"


def _percent(answers: list[bool]) -> str:
    return f"{100 * np.mean(answers):>4.0f}" if answers else "   -"
