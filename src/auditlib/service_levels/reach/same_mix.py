"""Two sides compared at the same mix of matters: weights, shares, and how far they differ beyond chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from auditlib.records import Interval
from auditlib.service_levels.reach.contact_counts import NOBODY, UNKNOWN, Count
from auditlib.statistics.clustered_share import worth_limits
from auditlib.statistics.strata import ClusterSpread

Cells = Mapping[tuple[str, str], Count]
"""Counts by channel and kind of matter."""
LEAST = 10
"""Contacts that a kind of matter needs, in a channel and in the others, to be compared within."""
COVERED = 0.8
"""Share of a channel's contacts that must be of such kinds."""


class Side(StrEnum):
    """Where a channel lies beside the others."""

    HIGHER = "higher"
    LOWER = "lower"
    ALIKE = "alike"
    OPEN = "cannot be told"


@dataclass(frozen=True, slots=True)
class Difference:
    """A channel's share less that of the others.

    Parameters
    ----------
    share, others
        Of the contacts of which it is known; within matters, at the same mix of matters.
    interval
        Of the difference, at a level that holds for all channels together, and whatever the unknown are.
    side
        What is said of it.
    """

    share: float
    others: float
    interval: Interval
    side: Side

    @property
    def value(self) -> float:
        """The difference."""
        return self.share - self.others


@dataclass(frozen=True, slots=True)
class Weighting:
    """Kinds of matter with the weight of each, and the counts of two sides in them.

    Parameters
    ----------
    weights
        Adding up to one, by kind; a single kind where all contacts are taken together.
    ours, others
        Counts by kind.
    """

    weights: Mapping[str, float]
    ours: Mapping[str, Count]
    others: Mapping[str, Count]

    def standardised(self, counts: Mapping[str, Count]) -> float:
        """Return the share at the weights."""
        return sum(weight * (counts[kind].share or 0.0) for kind, weight in self.weights.items())

    def bounds(self, counts: Mapping[str, Count]) -> tuple[float, float]:
        """Return the share at the weights, whatever the contacts are of which it is not known."""
        low, high = (
            sum(weight * counts[kind].bounds[end] for kind, weight in self.weights.items()) for end in (0, 1)
        )
        return low, high

    def independent(self, counts: Mapping[str, Count]) -> float:
        """Return how many independent contacts the share at the weights is worth at most."""
        return 1 / sum(weight**2 / counts[kind].counted for kind, weight in self.weights.items())


def weightings(cells: Cells, channel: str) -> tuple[Weighting, Weighting | None]:
    """Return how a channel is compared as a whole, and within kinds of matter where enough allow it."""
    ours = {kind: count for (name, kind), count in cells.items() if name == channel}
    opposite: dict[str, Count] = {}
    for (name, kind), count in cells.items():
        if name != channel:
            opposite[kind] = opposite.get(kind, NOBODY).plus(count)
    whole = Weighting({UNKNOWN: 1.0}, {UNKNOWN: _all(ours)}, {UNKNOWN: _all(opposite)})
    kinds = [
        kind
        for kind in sorted(ours)
        if kind != UNKNOWN and min(ours[kind].counted, opposite.get(kind, NOBODY).counted) >= LEAST
    ]
    comparable = sum(ours[kind].counted for kind in kinds)
    if len(kinds) < 2 or comparable < COVERED * _all(ours).counted:
        return whole, None
    mix = {kind: ours[kind].counted + opposite[kind].counted for kind in kinds}
    weights = {kind: counted / sum(mix.values()) for kind, counted in mix.items()}
    return whole, Weighting(weights, ours, opposite)


def _all(counts: Mapping[str, Count]) -> Count:
    total = NOBODY
    for count in counts.values():
        total = total.plus(count)
    return total


def difference(
    way: Weighting, spread: ClusterSpread, spread_of_others: ClusterSpread, *, level: float, margin: float
) -> Difference:
    """Return how far two sides differ, by Newcombe's limits of the difference of two shares.

    Parameters
    ----------
    spread, spread_of_others
        Of the two shares, between clusters.

    Notes
    -----
    Newcombe (1998), Statistics in Medicine 17:873-890, method 10, over the independent contacts that
    clustered ones are worth. That both sides share days is left out: where their days go together, the
    difference is surer than is said.
    """
    share, opposite = way.standardised(way.ours), way.standardised(way.others)
    low, high = worth_limits(share, spread, way.independent(way.ours), level=level)
    below, above = worth_limits(opposite, spread_of_others, way.independent(way.others), level=level)
    least, most = way.bounds(way.ours)
    fewest, many = way.bounds(way.others)
    apart = share - opposite
    interval = Interval(
        apart - sqrt((share - low) ** 2 + (above - opposite) ** 2) - (share - least) - (many - opposite),
        apart + sqrt((high - share) ** 2 + (opposite - below) ** 2) + (most - share) + (opposite - fewest),
        level,
        "newcombe, unit-days",
    )
    return Difference(share, opposite, interval, side(interval, margin=margin))


def side(interval: Interval, *, margin: float) -> Side:
    """Return what an interval of a difference says.

    Examples
    --------
    >>> ends = ((0.01, 0.06), (0.01, 0.05), (-0.2, 0.1))
    >>> [side(Interval(*pair), margin=0.05).value for pair in ends]
    ['higher', 'alike', 'cannot be told']
    """
    if -margin <= interval.low and interval.high <= margin:
        return Side.ALIKE
    if interval.low > 0:
        return Side.HIGHER
    return Side.LOWER if interval.high < 0 else Side.OPEN
