"""What can be said of units held against each other: who stands out, who is alike, what cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statistics.discovery import discoveries
from auditlib.statistics.standing_out import StandingOut, standing_out
from auditlib.statistics.types import Floats, Limits, as_floats

ALARM = 0.998
"""Outer limits of a funnel: one unit in 500 lies outside them by chance."""
SMALL_EFFECT = 0.2
"""Standard deviations of one answer that count as a difference unless one is declared: a small effect
(Cohen 1988, Statistical Power Analysis, section 2.2)."""


class OutlierStatus(StrEnum):
    """What can be said of a unit."""

    HIGHER = "higher"
    """Its true value lies higher than that of the others, by more than the meaningful difference."""
    POSSIBLY_HIGHER = "possibly higher"
    """Likelier so than not, and not sure enough to call it out."""
    ALIKE = "like the others"
    """Its true value lies within the meaningful difference of the others, and its own answers show it."""
    UNCLEAR = "cannot be told"
    """Too few answers to say one or the other: no sign that all is well."""
    POSSIBLY_LOWER = "possibly lower"
    LOWER = "lower"
    NONE = "no verdict"
    """The reason stands beside it."""


CALLED_OUT = (OutlierStatus.HIGHER, OutlierStatus.LOWER)
"""What surely differs from the others."""
LIKELIER = 0.5
"""Probability from which a difference is possible rather than unclear."""


def verdicts_on(
    standing: StandingOut, by_itself: NDArray[np.bool_], *, sure: float
) -> tuple[OutlierStatus, ...]:
    """Return the verdict on each unit; of those called out at most 1 - `sure` is expected to be wrong.

    Parameters
    ----------
    standing
        How surely each unit differs from the others.
    by_itself
        Whether the interval of a unit's own answers lies within the meaningful difference (`lies_within`).
    sure
        Probability to be reached.

    Notes
    -----
    Where units seem to scatter little, a unit of few answers is taken to be like the others because they are:
    that is no evidence about this unit. To be called alike its own answers must rule out a meaningful
    difference, as in a test of equivalence (Schuirmann 1987, J. Pharmacokin. Biopharm. 15:657-680).
    """
    called, shown = discoveries(standing.apart, rate=1 - sure), by_itself & (standing.alike >= sure)
    return tuple(
        _verdict(float(above), float(below), called=bool(out), alike=bool(alike))
        for above, below, out, alike in zip(standing.above, standing.below, called, shown, strict=True)
    )


def _verdict(above: float, below: float, *, called: bool, alike: bool) -> OutlierStatus:
    if called:
        return OutlierStatus.HIGHER if above > below else OutlierStatus.LOWER
    if max(above, below) >= LIKELIER:
        return OutlierStatus.POSSIBLY_HIGHER if above > below else OutlierStatus.POSSIBLY_LOWER
    return OutlierStatus.ALIKE if alike else OutlierStatus.UNCLEAR


def lies_within(own: Limits, centre: Floats | float, difference: float) -> NDArray[np.bool_]:
    """Return which intervals hold nothing farther than a difference from a centre.

    Parameters
    ----------
    own
        Limits of what each unit's own answers allow; where there are none, nothing is ruled out.
    centre, difference
        In the units of the statistic.
    """
    return (own.low >= centre - difference) & (own.high <= centre + difference)


@dataclass(frozen=True, slots=True)
class FunnelScale:
    """Where errors depend on the number of answers alone: the arc sine of the square root for shares.

    Parameters
    ----------
    share
        Whether values are shares; others stay as they are.
    """

    share: bool

    def forth(self, value: Floats) -> Floats:
        """Return values of the statistic on the scale."""
        return as_floats(np.arcsin(np.sqrt(value))) if self.share else as_floats(value)

    def back(self, value: Floats) -> Floats:
        """Return values on the scale as those of the statistic."""
        return as_floats(np.sin(np.clip(value, 0, np.pi / 2)) ** 2) if self.share else as_floats(value)

    def errors(self, n: Floats, sigma2: float) -> Floats:
        """Return the standard error of a value that rests on so many answers."""
        return 1 / (2 * np.sqrt(n)) if self.share else np.sqrt(sigma2 / n)

    def beyond(self, centre: Floats, difference: float) -> tuple[Floats, Floats]:
        """Return what lies a difference of the statistic below and above a centre on the scale."""
        low, high = self.back(centre) - difference, self.back(centre) + difference
        if self.share:
            low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
        return self.forth(low), self.forth(high)


def standing_of(
    value: Floats, errors: Floats, *, scale: FunnelScale, meaningful: float
) -> StandingOut | Refusal:
    """Return how surely each unit differs from the others by more than `meaningful`.

    Parameters
    ----------
    value
        What units scored.
    errors
        Standard errors on the scale of a funnel.
    scale
        That scale.
    meaningful
        Difference in the units of the statistic, > 0.
    """
    return standing_out(scale.forth(value), errors, beyond=lambda centre: scale.beyond(centre, meaningful))
