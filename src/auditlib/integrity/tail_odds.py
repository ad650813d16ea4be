"""Whether the lowest or the best answers change by more than the rest of the answers accounts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from auditlib.statistics.types import Floats

_HALF = 0.5
"""Added to counts before a logarithm (Haldane 1956), so that an empty cell has one."""
_THOUSAND = 1000
_HALF_YEAR = 6
_LEAST_CELL = 20
"""Answers a unit needs in half a year to help to learn how low answers go with the rest."""


@dataclass(frozen=True)
class Counts:
    """Answers of some units: all, those in the tail, and what the rest say.

    Parameters
    ----------
    n, tail
        Answers, and low ones (or perfect ones) among them.
    body, body_squares
        Sum, and sum of squares, of the means of the answers that are not in the tail; thousandths.
    """

    n: Floats
    tail: Floats
    body: Floats
    body_squares: Floats

    @property
    def odds(self) -> Floats:
        """Logarithm of the odds of an answer in the tail."""
        return np.asarray(np.log((self.tail + _HALF) / (self.n - self.tail + _HALF)))

    @property
    def odds_variance(self) -> Floats:
        """Sampling variance of the log-odds."""
        return np.asarray(1 / (self.tail + _HALF) + 1 / (self.n - self.tail + _HALF))

    @property
    def body_mean(self) -> Floats:
        """Mean of the answers not in the tail, in points."""
        return np.asarray(self.body / self._count / _THOUSAND)

    @property
    def body_variance(self) -> Floats:
        """Sampling variance of that mean, from the spread of all units' answers not in the tail."""
        return np.asarray(self.spread / self._count)

    @property
    def spread(self) -> Floats:
        """Variance of answers not in the tail, within units; shape (..., 1)."""
        within = self.body_squares / _THOUSAND**2 - self._count * self.body_mean**2
        freedom = np.maximum((self._count - 1).sum(axis=-1, keepdims=True), 1.0)
        return np.asarray(np.maximum(within.sum(axis=-1, keepdims=True) / freedom, _LEAST_SPREAD))

    @property
    def _count(self) -> Floats:
        return np.asarray(np.maximum(self.n - self.tail, 1.0))


_LEAST_SPREAD = 1e-4


def counts_of(monthly: Floats) -> Counts:
    """Return the sums over months of n, tail, rest and rest_squares; shape (4, units, months)."""
    return Counts(*monthly.sum(axis=2))


def odds_beyond(before: Counts, after: Counts, slope: float) -> tuple[Floats, Floats]:
    """Return the change of the log-odds of the tail beyond what the rest foretells, and its variance.

    The rest is the mean of the answers not in the tail: leaving out low answers, or adding perfect ones,
    does not touch it, and a rise of satisfaction moves it with them.
    """
    change = after.odds - before.odds - slope * (after.body_mean - before.body_mean)
    errors = (part.odds_variance + slope**2 * part.body_variance for part in (before, after))
    return change, np.asarray(sum(errors))


def slope_of(monthly: Floats, *, side: Literal[-1, 1]) -> float:
    """Return by how much the log-odds of the tail change where the rest is one point better.

    Parameters
    ----------
    monthly
        n, tail, rest and rest_squares of months in which nobody had a reason to manage them; shape
        (4, units, months).
    side
        -1 for the low tail, 1 for the high one.

    Notes
    -----
    Learnt from how units and half-years differ, allowing for the sampling error of the rest (errors in
    variables by moments, Fuller 1987), and drawn towards the slope of a normal curve that shifts as far as
    that difference is itself uncertain.
    """
    starts = range(0, monthly.shape[2], _HALF_YEAR)
    cells = np.concatenate([monthly[:, :, at : at + _HALF_YEAR].sum(axis=2) for at in starts], axis=1)
    cells = cells[:, cells[0] >= _LEAST_CELL]
    prior = side * _normal_slope(Counts(*cells.sum(axis=1, keepdims=True)))
    if cells.shape[1] < 2:
        return prior
    counts = Counts(*cells)
    weight = counts.n / counts.n.sum()
    x, y = (value - float((weight * value).sum()) for value in (counts.body_mean, counts.odds))
    noise = float((weight * (1 - weight) * counts.body_variance).sum())
    doubt = noise * np.sqrt(2 / cells.shape[1])
    true = max(float((weight * x * x).sum()) - noise, 0.0)
    learnt = float((weight * x * y).sum() + doubt * prior) / float(true + doubt)
    return side * max(side * learnt, 0.0)


def _normal_slope(whole: Counts) -> float:
    """Return the slope, without its sign, if answers lay on a normal curve cut where the tail begins."""
    from scipy.special import ndtri

    share = float(((whole.tail + _HALF) / (whole.n + 2 * _HALF))[0])
    cut = float(ndtri(share))
    height = float(np.exp(-cut * cut / 2) / np.sqrt(2 * np.pi))
    ratio = height / (1 - share)
    narrowed = 1 - ratio * (ratio - cut)
    sd = np.sqrt(float(whole.spread[0]) / narrowed)
    return float(height / (share * (1 - share)) / (sd * narrowed))
