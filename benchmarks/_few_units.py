"""How often limits of a change between two periods hold the truth, where units are few and very unequal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statistics.bias_reduced import within_slope
from auditlib.statistics.types import Floats

ANSWERS = 4000
"""Of all units in a period."""
SHARE = 0.8
Sizes = Callable[[np.random.Generator], Floats]
SIZES: tuple[tuple[str, Sizes], ...] = (
    ("8 units, one 60%", lambda _: np.array([0.6, *[0.4 / 7] * 7])),
    ("5 units, one 60%", lambda _: np.array([0.6, *[0.1] * 4])),
    ("40 units, one 60%", lambda _: np.array([0.6, *[0.4 / 39] * 39])),
    ("5 equal units", lambda _: np.full(5, 0.2)),
    ("12 unequal units", lambda rng: np.exp(rng.normal(0, 1.2, 12))),
    ("40 unequal units", lambda rng: np.exp(rng.normal(0, 1.2, 40))),
)
SPREADS = (0.0, 0.02, 0.05)
"""Standard deviation of the true change between units."""
ALIKE = 0.4
"""Correlation of the answers of a customer, who gives four in a period."""


def print_few_units(rng: np.random.Generator, *, companies: int) -> None:
    """Print coverage and half-widths of the limits, beside those of the older rule."""
    print("\nTrue change held, in per cent (nominal 95.0); nine in ten half-widths in points; the older rule")
    heads = [f"changes differ by {100 * spread:.0f}" for spread in SPREADS]
    print(f"{'':<22}{'customers':>12}" + "".join(f"{words:>32}" for words in heads))
    for name, sizes in SIZES:
        for again in (1, 4):
            cells = [_cell(rng, sizes, spread, again=again, companies=companies) for spread in SPREADS]
            print(f"{name:<22}{f'{again} a period':>12}" + "".join(cells))


def _cell(rng: np.random.Generator, sizes: Sizes, spread: float, *, again: int, companies: int) -> str:
    drawn = [_company(rng, sizes, spread, again=again) for _ in range(companies)]
    held, older, widths = (np.array(part) for part in zip(*drawn, strict=True))
    narrow, wide = 100 * np.quantile(widths, [0.05, 0.95])
    return f"{100 * held.mean():>14.1f} {narrow:>4.1f}-{wide:>4.1f}{100 * older.mean():>8.1f}"


def _company(
    rng: np.random.Generator, sizes: Sizes, spread: float, *, again: int
) -> tuple[bool, bool, float]:
    """Return whether the limits, and those of the older rule, hold no change; and the half-width."""
    shares = sizes(rng)
    customers = np.maximum(3, np.round(ANSWERS / again * shares / shares.sum())).astype(np.int64)
    base = np.clip(SHARE + rng.normal(0, 0.05, len(customers)), 0.02, 0.98)
    later = np.clip(base + rng.normal(0, spread, len(customers)), 0.02, 0.98)
    values = np.column_stack([_scored(rng, part, customers, again) for part in (base, later)])
    units = np.repeat(np.arange(len(customers)).astype(str), 2)
    design = np.tile([0.0, 1.0], len(customers))[:, None]
    fit = within_slope(values.ravel(), design, units, weights=np.repeat(customers * again, 2))
    if isinstance(fit, Refusal):
        raise TypeError(fit.reason)
    truth = float(np.average(later - base, weights=customers)) if spread == 0 else 0.0
    reach = float(fit.limits(level=0.95).high) - fit.slope
    return abs(fit.slope - truth) <= reach, abs(fit.slope - truth) <= _older(values, customers), reach


def _scored(rng: np.random.Generator, shares: Floats, customers: NDArray[np.int64], again: int) -> Floats:
    """Return the share of satisfied answers of each unit, whose customers answer so many times each."""
    if again == 1:
        return np.asarray(rng.binomial(customers, shares) / customers)
    narrow = 1 / ALIKE - 1
    return np.array(
        [
            rng.binomial(again, rng.beta(share * narrow, (1 - share) * narrow, size=count)).mean() / again
            for share, count in zip(shares, customers, strict=True)
        ]
    )


def _older(values: Floats, customers: NDArray[np.int64]) -> float:
    """Return the half-width as it was: clustered by unit, one degree of freedom less than units."""
    from scipy.special import stdtrit

    weight = customers / customers.sum()
    change = values[:, 1] - values[:, 0]
    residual = weight * (change - weight @ change)
    units = len(weight)
    return float(stdtrit(units - 1, 0.975) * np.sqrt((residual**2).sum() * units / (units - 1)))
