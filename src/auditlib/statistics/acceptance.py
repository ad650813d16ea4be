"""Operating characteristics: how often a rule on a count decides which way, whatever the true share.

A rule that decides on how many of n cases have a property has two acceptance numbers: up to the one it
decides one way, from the other on it decides the other way, and between them it leaves the matter open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from auditlib.statistics.types import Floats, Numbers, as_floats


class Chances(NamedTuple):
    """Chances of deciding by few cases, of leaving it open, and of deciding by many; they add up to 1."""

    few: Floats
    open: Floats
    many: Floats


@dataclass(frozen=True, slots=True)
class AcceptanceNumbers:
    """Which counts of `n` cases decide.

    Parameters
    ----------
    n
        Cases looked at.
    few
        The largest count that decides as few do; -1 where none does.
    many
        The smallest count that decides as many do; n + 1 where none does.

    Examples
    --------
    >>> rule = AcceptanceNumbers(59, few=-1, many=59)
    >>> [round(float(chance), 3) for chance in rule.chances(0.95)]
    [0.0, 0.952, 0.048]
    """

    n: int
    few: int
    many: int

    def chances(self, share: Numbers) -> Chances:
        """Return the exact binomial chances of the three decisions at true shares.

        Parameters
        ----------
        share
            True shares, between 0 and 1; cases are independent of each other.
        """
        from scipy.special import bdtr, bdtrc

        true = as_floats(share)
        few = np.asarray(bdtr(self.few, self.n, true)) if self.few >= 0 else np.zeros_like(true)
        # The function is not defined below zero: a count of none or more is certain.
        many = np.asarray(bdtrc(self.many - 1, self.n, true)) if self.many > 0 else np.ones_like(true)
        return Chances(few, (1 - few - many).clip(0, 1), many)

    def share_for_many(self, chance: float) -> float | None:
        """Return the true share at which many are counted with `chance`; None where they never can be.

        Notes
        -----
        The binomial tail is an incomplete beta function of the share, so that its inverse is a quantile of a
        beta distribution (Clopper and Pearson 1934, Biometrika 26:404-413).
        """
        from scipy.special import betaincinv

        if self.many > self.n:
            return None
        return 0.0 if self.many <= 0 else float(betaincinv(self.many, self.n - self.many + 1, chance))

    def share_for_few(self, chance: float) -> float | None:
        """Return the true share at which few are counted with `chance`; None where they never can be."""
        from scipy.special import betaincinv

        if self.few < 0:
            return None
        if self.few >= self.n:
            return 1.0
        return float(betaincinv(self.few + 1, self.n - self.few, 1 - chance))


def acceptance_numbers(
    n: int, *, few: Callable[[int], bool], many: Callable[[int], bool]
) -> AcceptanceNumbers:
    """Return the acceptance numbers of a rule, found by asking it.

    Parameters
    ----------
    n
        Cases looked at.
    few, many
        Whether a count decides as few, or as many, do. The rule must be orderly: whatever decides as few
        does so for every smaller count, and as many for every larger one.

    Examples
    --------
    >>> acceptance_numbers(10, few=lambda count: count < 3, many=lambda count: count > 8)
    AcceptanceNumbers(n=10, few=2, many=9)
    """
    return AcceptanceNumbers(n, few=_first(n, lambda count: not few(count)) - 1, many=_first(n, many))


def _first(n: int, holds: Callable[[int], bool]) -> int:
    """Return the smallest count from 0 to `n` for which an orderly condition holds; n + 1 where none does."""
    low, high = 0, n + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
