"""Limits of means beside the usual t interval: answers crowded at the top, customers who answer again.

    python -m benchmarks answers

The worlds are made here and share nothing with the demo: ordered answers cut from a normal variable, equal
units, two to six answers of each customer with a given correlation.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from auditlib.statistics.ordinal import ordinal_mean
from auditlib.statistics.repeated import repeated_answers
from auditlib.statistics.types import Floats, Limits

UNITS = 40
WORLDS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "90 % fives": ((0.02, 0.02, 0.02, 0.04, 0.90), (1, 2, 3, 4, 5)),
    "half fives": ((0.05, 0.05, 0.10, 0.30, 0.50), (1, 2, 3, 4, 5)),
    "95 % promoters": ((0.03, 0.02, 0.95), (-1, 0, 1)),
}
REPEATS = {0.0: "once", 0.3: "2-6 times, 0.3 alike", 0.5: "2-6 times, 0.5 alike"}


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """Answers of equal units: the unit, the customer and the score of each."""

    unit: np.ndarray
    customer: np.ndarray
    score: Floats
    scores: Floats

    @property
    def counts(self) -> Floats:
        """Answers by unit and score."""
        return np.stack([np.bincount(self.unit[self.score == s], minlength=UNITS) for s in self.scores], 1)


def main(argv: list[str]) -> None:
    """Print how often limits hold the true mean, and how often they have no width."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks answers")
    parser.add_argument("--companies", type=int, default=250, help="simulated companies per row")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(argv)
    print(f"\nTrue means held by nominal 95% limits of {UNITS} units, in per cent; in brackets without width")
    print(f"{'answers':>16}{'customers answer':>22}{'n':>6}{'Dirichlet':>16}{'t':>16}")
    for name in WORLDS:
        for alike, repeats in REPEATS.items():
            for n in (30, 100, 400):
                rng = np.random.default_rng(chosen.seed)
                made = [company(name, n=n, alike=alike, rng=rng) for _ in range(chosen.companies)]
                shares = "".join(f"{_held(made, name, by):>16}" for by in (dirichlet, student))
                print(f"{name:>16}{repeats:>22}{n:>6}{shares}")


def company(name: str, *, n: int, alike: float, rng: np.random.Generator) -> Company:
    """Return a company of equal units of about `n` answers each, customers' answers correlated by `alike`."""
    shares, values = WORLDS[name]
    times = rng.integers(2, 7, size=UNITS * max(2, round(n / 4))) if alike else np.ones(UNITS * n, dtype=int)
    customer = np.repeat(np.arange(len(times)), times)
    unit = customer // (len(times) // UNITS)
    common = rng.normal(size=len(times))[customer]
    latent = np.sqrt(alike) * common + np.sqrt(1 - alike) * rng.normal(size=len(customer))
    place = np.searchsorted(stats.norm.ppf(np.cumsum(shares)[:-1]), latent)
    return Company(unit, customer, np.array(values, dtype=float)[place], np.array(values, dtype=float))


def dirichlet(made: Company) -> Limits:
    """Return the limits that the suite gives."""
    again = repeated_answers(made.unit, made.customer, made.score, units=UNITS)
    return ordinal_mean(made.counts, made.scores, effective=again.effective())


def student(made: Company) -> Limits:
    """Return what a competent user would write: t limits of independent answers."""
    n = made.counts.sum(axis=1)
    mean = made.counts @ made.scores / n
    variance = (made.counts @ made.scores**2 - n * mean**2) / (n - 1)
    half = stats.t.ppf(0.975, n - 1) * np.sqrt(np.maximum(variance, 0) / n)
    return Limits(mean - half, mean + half)


def _held(made: list[Company], name: str, limits_of: Callable[[Company], Limits]) -> str:
    shares, values = WORLDS[name]
    true = float(np.dot(shares, values))
    limits = [limits_of(entry) for entry in made]
    held = np.mean([(entry.low <= true) & (true <= entry.high) for entry in limits])
    flat = np.mean([entry.high - entry.low < 1e-9 for entry in limits])
    return f"{100 * held:.1f} ({100 * flat:.1f})"
