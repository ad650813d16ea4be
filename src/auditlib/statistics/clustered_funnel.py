"""Units compared on a share whose cases come in clusters: who differs from the others by more than chance.

Days of a unit are clusters: contacts that wait in one queue at one time fare alike, so that a unit's thousand
contacts are worth far fewer independent ones. How many fewer is pooled over units. Units may differ by more
than chance besides; limits allow for that, and who is called out is chosen by the rate of false discoveries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.funnel import OverDispersion, adjusted_z, over_dispersion
from auditlib.statistics.intervals import wilson
from auditlib.statistics.outlier_verdicts import (
    ALARM,
    SMALL_EFFECT,
    FunnelScale,
    OutlierStatus,
    lies_within,
    standing_of,
    verdicts_on,
)
from auditlib.statistics.standing_out import FEWEST_UNITS
from auditlib.statistics.types import Floats, Limits, as_floats, normal_quantile

SHARES = FunnelScale(share=True)
FEWEST_FOR_DISPERSION = 10
"""Units below which over-dispersion cannot be told from units that stand out."""
_POINTS = 120


@dataclass(frozen=True, slots=True, eq=False)
class ClusteredFunnel:
    """Units on one share; arrays have one entry per unit.

    Parameters
    ----------
    cases, share
        Of each unit.
    own
        Limits of each unit's share by itself.
    target
        Share of the typical unit.
    meaningful
        Difference from the others that is worth acting on.
    design_effect
        Cases that are worth one independent case.
    dispersion
        How much more units differ than chance makes them; or why that cannot be told.
    z
        Distance from the target in standard errors, over-dispersion allowed for.
    verdicts
        What can be said of each unit.
    level
        1 less it is the share of units called out that may be wrong.
    """

    cases: Floats
    share: Floats
    own: Limits
    target: float
    meaningful: float
    design_effect: float
    dispersion: OverDispersion | Refusal
    z: Floats
    verdicts: tuple[OutlierStatus, ...]
    level: float

    @property
    def tau2(self) -> float:
        """Variance between units on the scale of the funnel; 0 where it cannot be told."""
        return 0.0 if isinstance(self.dispersion, Refusal) else self.dispersion.tau2

    def limits(self, cases: Floats, *, level: float = ALARM, between: bool = True) -> Limits:
        """Return the limits that sound units of so many cases keep.

        Parameters
        ----------
        cases
            Shape (points,).
        level
            Share of sound units inside of them.
        between
            Whether units may differ beyond chance.
        """
        error = np.sqrt(SHARES.errors(cases / self.design_effect, 0.0) ** 2 + self.tau2 * between)
        centre, half = SHARES.forth(np.asarray(self.target)), normal_quantile(level) * error
        return Limits(_shares(centre - half), _shares(centre + half))

    def sizes(self) -> Floats:
        """Return numbers of cases from the smallest unit to the largest, ready to draw limits over."""
        ends = max(2.0, 0.85 * float(self.cases.min())), 1.08 * float(self.cases.max())
        return as_floats(np.geomspace(*ends, _POINTS))


def clustered_funnel(
    unit: NDArray[np.int64], meeting: Floats, cases: Floats, *, level: float
) -> ClusteredFunnel | Refusal:
    """Compare units on the share of their cases that meet.

    Parameters
    ----------
    unit
        Place of the unit of each cluster, from 0, every place with at least one case, shape (clusters,).
    meeting, cases
        Cases that meet, and all of them, of each cluster, shape (clusters,).
    level
        1 less it is the share of units called out that may be wrong.

    Notes
    -----
    A funnel with additive over-dispersion (Spiegelhalter 2005, Quality and Safety in Health Care 14:347-351)
    on the scale of the arc sine, with errors widened by the pooled design effect of clusters; verdicts are
    those of `statistics.standing_out`.
    """
    met, whole = (as_floats(np.bincount(unit, weights=part)) for part in (meeting, cases))
    if len(whole) < FEWEST_UNITS:
        return Refusal(
            f"{counted(len(whole), 'unit has', 'units have')} enough contacts, and of fewer than "
            f"{FEWEST_UNITS} it cannot be told what sound units differ by."
        )
    share = met / whole
    spread = float(np.median(share) * (1 - np.median(share))) or float(
        met.sum() / whole.sum() * (1 - met.sum() / whole.sum())
    )
    if spread <= 0:
        return Refusal("Every contact of every unit fared the same: units cannot differ.")
    effect = design_effect(unit, meeting, cases)
    worth = whole / effect
    errors, least = SHARES.errors(worth, 0.0), SMALL_EFFECT * float(np.sqrt(spread))
    standing = standing_of(share, errors, scale=SHARES, meaningful=least)
    if isinstance(standing, Refusal):
        return standing
    target = float(np.median(SHARES.back(standing.centre)))
    deviations = SHARES.forth(share) - SHARES.forth(np.asarray(target))
    dispersion = _dispersion(deviations, errors)
    tau2 = 0.0 if isinstance(dispersion, Refusal) else dispersion.tau2
    own = wilson(share * worth, worth, level=level)
    verdicts = verdicts_on(standing, lies_within(own, target, least), sure=level)
    z = adjusted_z(deviations, errors, tau2=tau2)
    return ClusteredFunnel(whole, share, own, target, least, effect, dispersion, z, verdicts, level)


def design_effect(unit: NDArray[np.int64], meeting: Floats, cases: Floats) -> float:
    """Return how many cases are worth one independent case, pooled over units; at least one.

    Parameters
    ----------
    unit
        Place of the unit of each cluster, shape (clusters,).
    meeting, cases
        Cases that meet, and all of them, of each cluster, shape (clusters,).

    Examples
    --------
    >>> unit, cases = np.array([0, 0, 0, 0]), np.array([10.0, 10.0, 10.0, 10.0])
    >>> round(design_effect(unit, np.array([10.0, 10.0, 0.0, 0.0]), cases), 2)
    13.33
    >>> design_effect(unit, np.array([5.0, 5.0, 5.0, 5.0]), cases)
    1.0
    """
    met, whole = (as_floats(np.bincount(unit, weights=part)) for part in (meeting, cases))
    days = np.bincount(unit)
    share = np.divide(met, whole, out=np.zeros_like(met), where=whole > 0)
    squares = np.bincount(unit, weights=(meeting - share[unit] * cases) ** 2)
    scaled = squares * np.divide(days, days - 1, out=np.zeros_like(squares), where=days > 1)
    alone = np.where(days > 1, share * (1 - share) * whole, 0.0)
    return max(1.0, float(scaled.sum() / alone.sum())) if alone.sum() > 0 else 1.0


def _dispersion(deviations: Floats, errors: Floats) -> OverDispersion | Refusal:
    if len(deviations) < FEWEST_FOR_DISPERSION:
        return Refusal(
            f"Of fewer than {counted(FEWEST_FOR_DISPERSION, 'unit')} over-dispersion cannot be told from "
            "those that stand out."
        )
    return over_dispersion(deviations, errors, consistent=True)


def _shares(angles: Floats) -> Floats:
    return SHARES.back(angles)
