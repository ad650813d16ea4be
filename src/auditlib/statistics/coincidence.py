"""Whether dates that units were dealt belong to groups of them rather than to single units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from auditlib.statistics.adoption import Ints
from auditlib.statistics.types import Floats

NEARLY_ALL = 0.9
"""Share of units that must go with their group."""
RARE = 0.05
DEALS = 499


@dataclass(frozen=True, slots=True)
class Coincidence:
    """How far units go with their groups.

    Parameters
    ----------
    share
        Share that goes with its group, of the units that are dated and those whose group mostly is.
    chance
        Share of deals of the same dates to single units that agree as well, this one included.
    """

    share: float
    chance: float


def coincidence(group: Ints, dates: Ints, *, never: int) -> Coincidence | None:
    """Return how far `dates` belong to groups; None where they do not, or where chance would do the same.

    Groups may have been dated as one on one day, or one after another within each: both readings are tried,
    dates as they are and only whether there is one.

    Parameters
    ----------
    group
        Number of each unit's group, from 0 on without gaps.
    dates
        Date of each unit; `never` and above where it has none.

    Examples
    --------
    >>> region = np.repeat([0, 1, 2, 3], 5)
    >>> coincidence(region, np.where(region < 2, 6, 12), never=12).share
    1.0
    >>> coincidence(region, np.resize([6, 12], 20), never=12) is None
    True
    """
    dated = dates < never
    if len(np.unique(group[dated])) == dated.sum():
        return (
            None  # each is a group by itself, or of which no second unit has a date: they were dated singly
        )
    rng = np.random.default_rng(0)
    for codes in (np.minimum(dates, never), np.where(dates < never, 0, never)):
        kinds, coded = np.unique(codes, return_inverse=True)
        undated = int(np.searchsorted(kinds, never)) if never in kinds else -1
        share = float(_agreement(group, coded[None], undated, len(kinds))[0])
        if share < NEARLY_ALL:
            continue
        deals = rng.permuted(np.tile(coded, (DEALS, 1)), axis=1)
        as_well = int((_agreement(group, deals, undated, len(kinds)) >= share - 1e-12).sum())
        chance = (1 + as_well) / (1 + DEALS)
        if chance <= RARE:
            return Coincidence(share, chance)
    return None


def coarsest(groupings: Mapping[str, Ints], dates: Ints, *, never: int) -> str | None:
    """Return the name of the grouping of fewest groups that `dates` belong to; None where none is.

    Parameters
    ----------
    groupings
        Number of each unit's group, by the name of the grouping; see `coincidence`.

    Examples
    --------
    >>> region = np.repeat([0, 1, 2, 3], 5)
    >>> coarsest({"region": region, "half": region // 2}, np.where(region < 2, 6, 12), never=12)
    'half'
    """
    matching = (name for name, group in groupings.items() if coincidence(group, dates, never=never))
    return min(matching, key=lambda name: int(groupings[name].max()), default=None)


def _agreement(group: Ints, codes: Ints, undated: int, kinds: int) -> Floats:
    """Return the share that goes with its group in each deal; 0 where all groups are alike."""
    deals, groups = len(codes), int(group.max()) + 1
    place = (np.arange(deals)[:, None] * groups + group[None, :]) * kinds + codes
    counts = np.bincount(place.ravel(), minlength=deals * groups * kinds).reshape(deals, groups, kinds)
    mostly = counts.argmax(axis=2)
    of_group = mostly[:, group]
    concerned = (codes != undated) | (of_group != undated)
    agree = (concerned & (codes == of_group)).sum(axis=1) / np.maximum(concerned.sum(axis=1), 1)
    apart = (mostly != mostly[:, :1]).any(axis=1)
    return np.asarray(agree * apart)
