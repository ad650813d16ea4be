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
_LEAST = float(np.finfo(np.float64).tiny)
"""Stands for a weight of nothing, so that it can be divided by."""


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
    change: Floats,
    variance: Floats,
    usable: Flags,
    dealt: PermutedLabels,
    *,
    level: float,
    block: Ints | None = None,
) -> Contrast:
    """Compare the changes of the chosen units with those of the others, under every assignment.

    Parameters
    ----------
    change, variance
        Change of each unit and its sampling variance; shape (units,).
    usable
        Units that have a change; at least two chosen ones and two others do.
    level
        Coverage of the interval, from Student's t with one degree of freedom less than usable units for the
        difference and for each block.
    block
        Units are compared within blocks, such as regions; all units are one block where it is None.

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
    blocks = _blocks(labels.shape[1], None if block is None else block[usable])
    weight = 1 / (variance[usable] + between(changes, variance[usable], block=blocks))
    estimate, error, t = _studentised(changes, weight, labels, blocks)
    reach = _critical(_freedom(weight > 0, blocks), level=level) * float(error[0])
    value = float(estimate[0])
    return Contrast(value, value - reach, value + reach, t, int(labels[0].sum()), int((~labels[0]).sum()))


def contrasts(change: Floats, variance: Floats, dealt: PermutedLabels, *, block: Ints) -> Floats:
    """Return t under every assignment for many sets of changes at once; shape (sets, assignments).

    Parameters
    ----------
    change, variance
        As in `contrast`, one row for each set; an infinite variance stands for a unit that has no change.
    """
    weight = 1 / (variance + between(change, variance, block=block)[:, None])
    return _studentised(np.where(weight > 0, change, 0.0), weight, dealt.labels, block)[2]


def together(signed: Sequence[Floats]) -> Floats:
    """Return the p-value of several statistics taken as one test.

    Parameters
    ----------
    signed
        For each statistic its values under the same assignments, the actual one first along the last axis;
        larger is stronger.

    Notes
    -----
    The sum of squares of what lies in the expected direction finds one strong sign as well as several weak
    ones. The labels are dealt for all of them together, so that their dependence is kept (nonparametric
    combination, Pesarin 2001).
    """
    return shares_beyond(_sum_of_squares(signed))


def whole_or_part(parts: Sequence[Sequence[Floats]]) -> Floats:
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
    return shares_beyond(-np.minimum(whole, strongest))


def by_rank(statistic: Floats) -> Floats:
    """Return, for each assignment, the share of assignments with a statistic at least as large."""
    from scipy.stats import rankdata

    ordered = np.round(-statistic / _TIE)
    return np.asarray(rankdata(ordered, method="max", axis=-1) / statistic.shape[-1])


def _sum_of_squares(signed: Sequence[Floats]) -> Floats:
    return np.asarray((np.maximum(np.array(signed), 0) ** 2).sum(axis=0))


def share_beyond(signed: Floats) -> float:
    """Return the share of values at least as large as the first."""
    return float(shares_beyond(signed))


def shares_beyond(signed: Floats) -> Floats:
    """Return the share of values along the last axis at least as large as the first of them."""
    return np.asarray((signed >= signed[..., :1] - _TIE).mean(axis=-1))


def between(change: Floats, variance: Floats, *, block: Ints | None = None) -> Floats:
    """Return the variance between units beyond their sampling variances, by the method of moments.

    Parameters
    ----------
    change, variance
        Shape (..., units); an infinite variance stands for a unit that has no change.
    block
        Differences between blocks are left out.
    """
    weight = 1 / variance
    excess, scale = np.zeros(weight.shape[:-1]), np.zeros(weight.shape[:-1])
    blocks = _blocks(weight.shape[-1], block)
    for place in np.unique(blocks):
        own = weight[..., blocks == place]
        values, total = change[..., blocks == place], np.maximum(own.sum(axis=-1), _LEAST)
        centre = (own * values).sum(axis=-1) / total
        excess += (own * (values - centre[..., None]) ** 2).sum(axis=-1)
        scale += total - (own**2).sum(axis=-1) / total
    excess -= _freedom(weight > 0, blocks) + 1
    return np.asarray(np.where(scale > 0, np.maximum(0.0, excess / np.where(scale > 0, scale, 1.0)), 0.0))


def _blocks(units: int, block: Ints | None) -> Ints:
    return np.zeros(units, dtype=np.int64) if block is None else block


def _freedom(usable: Flags, block: Ints) -> Ints:
    """Return usable units less one for each block that has any, and less one."""
    held = [usable[..., block == place].any(axis=-1) for place in np.unique(block)]
    return np.asarray(usable.sum(axis=-1) - np.sum(held, axis=0) - 1)


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


def _studentised(change: Floats, weight: Floats, labels: Flags, block: Ints) -> tuple[Floats, Floats, Floats]:
    """Return difference, standard error and t of each row of `labels`, last, for each set of changes."""
    on = labels.T.astype(np.float64)
    shape = (*weight.shape[:-1], len(labels))
    top, information, spread = np.zeros(shape), np.zeros(shape), np.zeros(weight.shape[:-1])
    for place in np.unique(block):
        own = block == place
        w, product = weight[..., own], (weight * change)[..., own]
        total, whole = np.maximum(w.sum(axis=-1), _LEAST)[..., None], product.sum(axis=-1)[..., None]
        chosen = w @ on[own]
        top += product @ on[own] - chosen * whole / total
        information += chosen * (1 - chosen / total)
        spread += (product * change[..., own]).sum(axis=-1) - (whole**2 / total)[..., 0]
    apart = information > _TIE * weight.sum(axis=-1)[..., None]
    safe = np.where(apart, information, 1.0)
    difference = np.where(apart, top / safe, 0.0)
    freedom = np.maximum(_freedom(weight > 0, block), 1)
    residual = (spread[..., None] - top * difference) / freedom[..., None]
    error = np.sqrt(np.maximum(residual, 0) / safe)
    t = np.divide(difference, error, out=np.zeros_like(difference), where=error > _TIE)
    t[(error <= _TIE) & (np.abs(difference) > _TIE)] = _BEYOND
    usable = (weight > 0).astype(np.float64)
    count = usable @ on
    t[~apart | (count < 2) | (count > usable.sum(axis=-1)[..., None] - 2)] = _BEYOND
    return difference, error, t


def _critical(freedom: Ints, *, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(np.maximum(freedom, 1), (1 + level) / 2))
