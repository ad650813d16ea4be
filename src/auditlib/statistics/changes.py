"""Changes of units compared between two groups, tested by dealing the group labels anew within strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod
from typing import Literal

import numpy as np
import numpy.typing as npt

from auditlib.statistics.types import Floats

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Alternative = Literal["less", "greater", "two-sided"]
_TIE = 1e-9
"""Statistics closer than this are ties, and a tie counts as exceeding."""
_BEYOND = 1e6
"""Stands for a statistic that cannot be computed."""


@dataclass(frozen=True, eq=False)
class PermutedLabels:
    """Group labels dealt anew.

    Parameters
    ----------
    labels
        Whether a unit belongs to the group; shape (draws, units), the actual labels first.
    exact
        Whether those are all assignments there are.
    smallest
        Smallest p-value that this design and this number of draws can give.
    """

    labels: Flags
    exact: bool
    smallest: float


@dataclass(frozen=True, eq=False)
class Contrast:
    """Change of the chosen units against change of the others.

    Parameters
    ----------
    estimate, low, high
        Difference of the weighted mean changes with its interval.
    t
        The difference over its standard error under each assignment, the actual one first.
    chosen, unchosen
        Usable units on either side.
    """

    estimate: float
    low: float
    high: float
    t: Floats
    chosen: int
    unchosen: int

    def signed(self, alternative: Alternative) -> Floats:
        """Return t so that larger values speak for `alternative`."""
        return {"greater": self.t, "less": -self.t, "two-sided": np.abs(self.t)}[alternative]

    def p_value(self, alternative: Alternative) -> float:
        """Return the share of assignments at least as extreme, the actual one included."""
        return share_beyond(self.signed(alternative))


def contrast(
    change: Floats, variance: Floats, usable: Flags, dealt: PermutedLabels, *, level: float
) -> Contrast:
    """Compare the changes of the chosen units with those of the others, under every assignment.

    Parameters
    ----------
    change, variance
        Change of each unit and its sampling variance; shape (units,).
    usable
        Units that have a change; at least two chosen ones and two others do.
    level
        Coverage of the interval, from Student's t with two degrees of freedom less than usable units.

    Notes
    -----
    Units weigh one over their sampling variance plus the variance between units (DerSimonian and Laird
    1986), which is estimated without regard to the groups so that it is the same in every assignment.
    Standard error and interval take the residual spread of both groups together (Knapp and Hartung 2003,
    doi 10.1002/sim.1482). An assignment that leaves a group fewer than two usable units counts as exceeding.
    """
    labels, changes = dealt.labels[:, usable], change[usable]
    if min(labels[0].sum(), (~labels[0]).sum()) < 2:
        raise ValueError("either group needs at least two usable units")
    weight = 1 / (variance[usable] + between(changes, variance[usable]))
    estimate, error, t = _studentised(changes, weight, labels)
    reach = _critical(len(changes) - 2, level=level) * float(error[0])
    value = float(estimate[0])
    return Contrast(value, value - reach, value + reach, t, int(labels[0].sum()), int((~labels[0]).sum()))


def together(signed: Sequence[Floats]) -> float:
    """Return the p-value of several statistics taken as one test.

    Parameters
    ----------
    signed
        For each statistic its values under the same assignments, the actual one first; larger is stronger.

    Notes
    -----
    The sum of squares of what lies in the expected direction finds one strong sign as well as several weak
    ones. The labels are dealt for all of them together, so that their dependence is kept (nonparametric
    combination, Pesarin 2001).
    """
    return share_beyond(_sum_of_squares(signed))


def whole_or_part(parts: Sequence[Sequence[Floats]]) -> float:
    """Return the p-value of several groups of statistics: of all together, or of the strongest group.

    Parameters
    ----------
    parts
        For each group its statistics, as in `together`.

    Notes
    -----
    The better of the two p-values, with the same assignments telling how small it gets by chance: a sign
    that is spread over groups is found, and so is one that shows in a single group.
    """
    whole = by_rank(_sum_of_squares([values for part in parts for values in part]))
    strongest = by_rank(-np.min([by_rank(_sum_of_squares(part)) for part in parts], axis=0))
    return share_beyond(-np.minimum(whole, strongest))


def by_rank(statistic: Floats) -> Floats:
    """Return, for each assignment, the share of assignments with a statistic at least as large."""
    order = np.sort(statistic)
    return np.asarray(1 - np.searchsorted(order, statistic - _TIE, side="left") / len(statistic))


def _sum_of_squares(signed: Sequence[Floats]) -> Floats:
    return np.asarray((np.maximum(np.array(signed), 0) ** 2).sum(axis=0))


def share_beyond(signed: Floats) -> float:
    """Return the share of values at least as large as the first."""
    return float((signed >= signed[0] - _TIE).mean())


def between(change: Floats, variance: Floats) -> float:
    """Return the variance between units beyond their sampling variances, by the method of moments."""
    weight = 1 / variance
    centre = float((weight * change).sum() / weight.sum())
    excess = float((weight * (change - centre) ** 2).sum()) - (len(change) - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    return max(0.0, excess / scale) if scale > 0 else 0.0


def ways(chosen: Flags, stratum: Ints) -> int:
    """Return in how many ways the labels can be dealt within strata."""
    return prod(
        comb(int((stratum == label).sum()), int(chosen[stratum == label].sum()))
        for label in np.unique(stratum)
    )


def deal(chosen: Flags, stratum: Ints, *, draws: int, rng: np.random.Generator) -> PermutedLabels:
    """Deal the labels of `chosen` anew within strata; all assignments where there are at most `draws`."""
    if ways(chosen, stratum) <= draws:
        labels = _every(chosen, stratum)
        return PermutedLabels(labels, True, 1 / len(labels))
    labels = np.empty((draws, len(chosen)), dtype=np.bool_)
    labels[0] = chosen
    for label in np.unique(stratum):
        members = np.flatnonzero(stratum == label)
        labels[1:, members] = rng.permuted(np.tile(chosen[members], (draws - 1, 1)), axis=1)
    return PermutedLabels(labels, False, 1 / draws)


def _every(chosen: Flags, stratum: Ints) -> Flags:
    groups = [np.flatnonzero(stratum == label) for label in np.unique(stratum)]
    choices = [combinations(members, int(chosen[members].sum())) for members in groups]
    rows = [chosen]
    for picked in product(*choices):
        row = np.zeros(len(chosen), dtype=np.bool_)
        row[[unit for part in picked for unit in part]] = True
        if (row != chosen).any():
            rows.append(row)
    return np.array(rows)


def _studentised(change: Floats, weight: Floats, labels: Flags) -> tuple[Floats, Floats, Floats]:
    """Return difference, standard error and t of each row of `labels`."""
    on = labels.astype(np.float64)
    total, products = on @ weight, on @ (weight * change)
    least = np.finfo(np.float64).tiny
    unchosen, remainder = np.maximum(weight.sum() - total, least), (weight * change).sum() - products
    total = np.maximum(total, least)
    difference = products / total - remainder / unchosen
    residual = (weight * change**2).sum() - products**2 / total - remainder**2 / unchosen
    spread = np.maximum(residual, 0) / (len(change) - 2)
    error = np.sqrt(spread * (1 / total + 1 / unchosen))
    t = np.divide(difference, error, out=np.zeros_like(difference), where=error > _TIE)
    t[(error <= _TIE) & (np.abs(difference) > _TIE)] = _BEYOND
    count = labels.sum(axis=1)
    t[(count < 2) | (count > labels.shape[1] - 2)] = _BEYOND
    return difference, error, t


def _critical(freedom: int, *, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))
