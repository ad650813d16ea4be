"""Which units truly differ from the others by more than a stated amount, and how sure that is.

A funnel asks whether a unit could lie where it does by chance. With much evidence every small difference lies
outside of its limits, with little none does, and units that truly differ widen the limits they are held
against. Here the question is the one that matters: does the true value of the unit lie farther from that of
the others than the difference that is worth acting on?

What is taken for granted
-------------------------
True values of most units scatter normally around a common centre, by an amount that is not known and is
averaged over; one unit in ten may be of another kind, and scatters by `REACH` meaningful differences
more. Without such units a single one that stands out far among many would be drawn to the others and hidden,
and several would make all units look unlike (masking).

Sources
-------
- Ohlssen, Sharples and Spiegelhalter (2007), JRSS A 170:865-890: a mixture of usual and unusual units.
- Gelman (2006), Bayesian Analysis 1:515-533: the flat prior on the standard deviation between units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.types import Floats, Numbers, as_floats

FEWEST_UNITS = 5
"""With fewer, what is said of a unit rests on what is taken for granted about the others."""
UNUSUAL = 0.1
"""Share of units that may be of another kind."""
REACH = 3.0
"""Meaningful differences by which those scatter more."""
_SPREADS, _STEPS = 120, 12

Beyond = Callable[[Floats], tuple[Floats, Floats]]
"""Values meaningfully below and above a centre."""


@dataclass(frozen=True, slots=True, eq=False)
class StandingOut:
    """How surely each unit differs from the others; arrays have one entry per unit.

    Parameters
    ----------
    centre
        What the true values of the other units scatter around; the unit's own value is left out.
    below, above
        Probability that its true value lies more than the meaningful difference below or above that.
    """

    centre: Floats
    below: Floats
    above: Floats

    @property
    def apart(self) -> Floats:
        """Probability of the likelier side."""
        return np.maximum(self.below, self.above)

    @property
    def alike(self) -> Floats:
        """Probability that the true value lies within the meaningful difference of the others."""
        return np.maximum(1 - self.below - self.above, 0.0)


def standing_out(estimates: Numbers, errors: Numbers, *, beyond: Beyond) -> StandingOut | Refusal:
    """Return how surely each unit differs from the others by more than a meaningful difference.

    Parameters
    ----------
    estimates, errors
        Estimate and its standard error > 0 per unit; errors best do not depend on the true values.
    beyond
        The values meaningfully below and above a centre, on the scale of the estimates.

    Examples
    --------
    >>> units = standing_out([0.1, -0.1, 0, 0.05, -1], [0.1] * 5, beyond=lambda c: (c - 0.2, c + 0.2))
    >>> [round(float(p), 2) for p in units.below]
    [0.03, 0.12, 0.06, 0.05, 0.99]
    """
    y, s = as_floats(estimates), as_floats(errors)
    if y.shape != s.shape or (s <= 0).any():
        raise ValueError("each estimate needs a standard error above zero")
    if len(y) < FEWEST_UNITS:
        return Refusal(
            f"{counted(len(y), 'unit is', 'units are')} too few to say how much sound units differ (at least "
            f"{FEWEST_UNITS}).",
            "Compare two units at a time, by their sets of ranks.",
        )
    tau, prior = _spreads(s)
    low, high = (float(end[0]) for end in beyond(np.array([np.median(y)])))
    usual = _Mixture(s**2 + tau[:, None] ** 2, (REACH * (high - low) / 2) ** 2)
    weight, mean = _centred(y, usual)
    logarithm = usual.logarithm(y, mean).sum(axis=1) - np.log(weight.sum(axis=1)) / 2 + prior
    posterior = np.exp(logarithm - logarithm.max())
    return _compared(y, s, usual, weight, posterior / posterior.sum(), beyond=beyond)


@dataclass(frozen=True, slots=True, eq=False)
class _Mixture:
    """Variances of usual estimates, shape (spreads, units), and what those of unusual ones have more."""

    variance: Floats
    more: float

    def logarithm(self, y: Floats, mean: Floats) -> Floats:
        """Return the logarithm of the density of each estimate."""
        return np.logaddexp(*self._parts(y, mean))

    def unusual(self, y: Floats, mean: Floats) -> Floats:
        """Return the probability that each unit is of another kind."""
        from scipy.special import expit

        usual, unusual = self._parts(y, mean)
        return np.asarray(expit(unusual - usual))

    def _parts(self, y: Floats, mean: Floats) -> tuple[Floats, Floats]:
        squares, wide = (y - mean) ** 2, self.variance + self.more
        usual = np.log1p(-UNUSUAL) - np.log(self.variance) / 2 - squares / self.variance / 2
        return usual, np.log(UNUSUAL) - np.log(wide) / 2 - squares / wide / 2


def _spreads(s: Floats) -> tuple[Floats, Floats]:
    """Return standard deviations between usual units that are tried, and the logarithm of their prior."""
    share = (np.arange(_SPREADS) + 0.5) / _SPREADS
    return float(np.median(s)) * share / (1 - share), -2 * np.log(1 - share)


def _centred(y: Floats, mixture: _Mixture) -> tuple[Floats, Floats]:
    """Return the weight of each unit in the centre, and the centre, for each spread: the likeliest one."""
    mean = np.full((len(mixture.variance), 1), np.median(y))
    for _ in range(_STEPS):
        unusual = mixture.unusual(y, mean)
        weight = (1 - unusual) / mixture.variance + unusual / (mixture.variance + mixture.more)
        mean = (weight @ y / weight.sum(axis=1))[:, None]
    return weight, mean


def _compared(
    y: Floats, s: Floats, mixture: _Mixture, weight: Floats, posterior: Floats, *, beyond: Beyond
) -> StandingOut:
    """Compare each unit with the centre of the others, averaged over spreads and kinds of unit."""
    from scipy.special import ndtr

    left = weight.sum(axis=1)[:, None] - weight
    others = ((weight @ y)[:, None] - weight * y) / left
    low, high = beyond(others)
    unusual = mixture.unusual(y, others)
    below, above = np.zeros(len(y)), np.zeros(len(y))
    for more, share in ((0.0, 1 - unusual), (mixture.more, unusual)):
        between = mixture.variance - s**2 + more
        kept = between / (between + s**2)
        drawn = kept * (y - others)
        spread = np.sqrt(np.maximum(kept * s**2 + kept**2 / left, np.finfo(float).tiny))
        below += posterior @ (share * ndtr((low - others - drawn) / spread))
        above += posterior @ (share * ndtr((others + drawn - high) / spread))
    return StandingOut(posterior @ others, below, above)
