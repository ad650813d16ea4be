"""How often limits that are looked at every month miss the truth at any look, beside ordinary ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from auditlib.statistics.anytime import wealth
from auditlib.statistics.types import Floats, normal_quantile

LOOKS = 60
MONTHLY = (10, 50, 300)
LEVEL = 0.95
SHORT = (0.77, 0.75, 0.70)
TARGET = 0.8

Months = tuple[Floats, Floats]
"""Answers of each value by month, and the true mean of each month."""
World = Callable[[np.random.Generator, int], Months]

YES_NO, FIVE = np.array([0.0, 1.0]), np.arange(5) / 4


def print_surveillance(rng: np.random.Generator, *, companies: int) -> None:
    """Print how often limits miss the truth at any of the looks, and when a shortfall is shown."""
    print(f"\nTruth missed at any of {LOOKS} monthly looks, in per cent (nominal 5.0); by ordinary limits")
    print(f"{'answers a month':<44}" + "".join(f"{n:>16}" for n in MONTHLY))
    for name, values, world in WORLDS:
        cells = [_missed(rng, values, world, monthly=n, companies=companies) for n in MONTHLY]
        print(f"{name:<44}" + "".join(f"{100 * ours:>8.1f}{100 * plain:>8.1f}" for ours, plain in cells))
    print(f"\nMonths until a share below the target of {TARGET:.0%} is shown: median and nine in ten")
    for share in SHORT:
        cells = [_months_until(rng, share, monthly=n, companies=companies) for n in MONTHLY]
        print(f"{share:<44.0%}" + "".join(f"{half:>8.0f}{most:>8.0f}" for half, most in cells))


def _missed(
    rng: np.random.Generator, values: Floats, world: World, *, monthly: int, companies: int
) -> tuple[float, float]:
    missed = np.zeros(2)
    for _ in range(companies):
        counts, truth = world(rng, monthly)
        cumulated = counts.cumsum(axis=0)
        n = cumulated.sum(axis=1)
        average = (truth * counts.sum(axis=1)).cumsum() / n
        missed += _beyond(cumulated, values, average), _plainly(cumulated, n, values, average)
    return float(missed[0] / companies), float(missed[1] / companies)


def _beyond(cumulated: Floats, values: Floats, average: Floats) -> bool:
    """Return whether any look rules out the true average so far."""
    needed = np.log(2 / (1 - LEVEL))
    return any(
        wealth(row, values, mean)[0] >= needed or wealth(row, 1 - values, 1 - mean)[0] >= needed
        for row, mean in zip(cumulated, average, strict=True)
    )


def _plainly(cumulated: Floats, n: Floats, values: Floats, average: Floats) -> bool:
    """Return whether ordinary limits, made anew every month, miss it at any look."""
    mean = cumulated @ values / n
    error = np.sqrt(np.maximum(cumulated @ values**2 / n - mean**2, 0) / n)
    return bool((np.abs(mean - average) > normal_quantile(LEVEL) * error).any())


def _months_until(
    rng: np.random.Generator, share: float, *, monthly: int, companies: int
) -> tuple[float, float]:
    months = []
    for _ in range(companies):
        counts = rng.multinomial(monthly, [1 - share, share], size=LOOKS).cumsum(axis=0)
        shown = wealth(counts, 1 - YES_NO, 1 - TARGET) >= np.log(2 / (1 - LEVEL))
        months.append(int(np.argmax(shown)) + 1 if shown.any() else LOOKS + 1)
    return float(np.median(months)), float(np.quantile(months, 0.9))


def steady(*shares: float, values: Floats = YES_NO) -> World:
    """Return a world whose answers have the same distribution every month."""

    def world(rng: np.random.Generator, monthly: int) -> Months:
        counts = rng.multinomial(monthly, shares, size=LOOKS).astype(np.float64)
        return counts, np.full(LOOKS, float(np.dot(shares, values)))

    return world


def moving(rng: np.random.Generator, monthly: int) -> Months:
    """Return a world whose monthly shares wander around 80%, by 3 points and with autocorrelation .7."""
    wave = rng.normal(size=LOOKS)
    for month in range(1, LOOKS):
        wave[month] = 0.7 * wave[month - 1] + np.sqrt(1 - 0.49) * wave[month]
    share = np.clip(0.8 + 0.03 * wave, 0, 1)
    yes = rng.binomial(monthly, share).astype(np.float64)
    return np.column_stack([monthly - yes, yes]), share


def repeated(rng: np.random.Generator, monthly: int) -> Months:
    """Return a world in which the same customers answer about every other month, correlated by .3.

    The truth is theirs: what is said is about the customers who are asked again and again.
    """
    customers = 2 * monthly
    leaning = rng.beta(0.8 * 7 / 3, 0.2 * 7 / 3, size=customers)
    yes = np.array([rng.binomial(1, rng.permutation(leaning)[:monthly]).sum() for _ in range(LOOKS)])
    return np.column_stack([monthly - yes, yes]).astype(np.float64), np.full(LOOKS, float(leaning.mean()))


WORLDS: tuple[tuple[str, Floats, World], ...] = (
    ("80% satisfied", YES_NO, steady(0.2, 0.8)),
    ("97% satisfied", YES_NO, steady(0.03, 0.97)),
    ("mean of five points, 90% fives", FIVE, steady(0.02, 0.02, 0.02, 0.04, 0.9, values=FIVE)),
    ("80%, months wander (the average so far)", YES_NO, moving),
    ("80%, the same customers again and again", YES_NO, repeated),
)
