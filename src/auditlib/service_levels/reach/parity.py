"""Each channel against all others: as a whole, and within kinds of matter at the same mix of them.

Channels get unlike matters. What differs as a whole may be the matters and not the channel; and a channel
that looks worse may be better at each kind of matter (Simpson). So both comparisons stand side by side.
Contacts of one unit and day are a cluster: their outcomes go together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.records import Held
from auditlib.service_levels.reach.contact_counts import (
    NOBODY,
    UNKNOWN,
    Count,
    Trait,
    counted_by,
    counts_by,
)
from auditlib.service_levels.reach.same_mix import Cells, Difference, Side, Weighting, difference, weightings
from auditlib.statistics.strata import ClusterSpread, StratumSums

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

_DRAWN = ("share", "difference", "share_within", "difference_within")
_WAYS = ("whole", "within")


class Turn(StrEnum):
    """What the mix of matters does to a comparison."""

    REVERSED = "reversed"
    HIDDEN = "hidden by the mix"
    EXPLAINED = "goes with the mix"
    NONE = ""


@dataclass(frozen=True, slots=True)
class ChannelParity:
    """A channel beside the others.

    Parameters
    ----------
    count
        Its contacts.
    whole
        All of its contacts.
    within
        At the same mix of matters; None where too few kinds of matter are in it and in the others.
    """

    channel: str
    count: Count
    whole: Difference
    within: Difference | None

    @property
    def turn(self) -> Turn:
        """What becomes of the comparison within kinds of matter."""
        if self.within is None:
            return Turn.NONE
        sides, apart = (self.whole.side, self.within.side), (Side.HIGHER, Side.LOWER)
        if sides[0] in apart and sides[1] in apart:
            return Turn.REVERSED if sides[0] is not sides[1] else Turn.NONE
        if sides[1] in apart:
            return Turn.HIDDEN
        return Turn.EXPLAINED if sides[0] in apart else Turn.NONE


@dataclass(frozen=True, slots=True)
class Parity:
    """Channels beside one another by one trait.

    Parameters
    ----------
    channels
        Those compared, most contacts first.
    cells
        Their counts by channel and kind of matter.
    few
        Channels with too few contacts.
    silent
        Channels that customers can leave and whose log holds nobody who did, with their contacts.
    """

    trait: Trait
    channels: tuple[ChannelParity, ...]
    cells: Cells
    few: tuple[str, ...] = ()
    silent: tuple[tuple[str, int], ...] = ()

    def without(self, held: Held) -> Parity:
        """Return it without the channels of which a share or a difference is held back."""
        shown = (
            entry
            for entry in self.channels
            if not any(held(f"{name}:{self.trait}:{entry.channel}", entry.count.counted) for name in _DRAWN)
        )
        return replace(self, channels=tuple(shown))


def compare(
    tables: CanonicalTables,
    contacts: nw.LazyFrame[Any],
    trait: Trait,
    *,
    level: float,
    margin: float,
    least: int,
    leaving: Sequence[str] = (),
) -> Parity:
    """Return each channel beside the others.

    Parameters
    ----------
    level
        Coverage of the intervals of all channels together.
    margin
        Difference up to which channels are alike.
    least
        Contacts a channel needs.
    leaving
        Channels in which customers can give up; only these are compared on who gave up.
    """
    rows = counted_by(contacts.filter(_with_channel()), trait, ("via", "kind"))
    counts = {(channel, kind): count for (channel, kind), count in rows.items()}
    by_channel = _by_channel(counts)
    if trait is Trait.GIVEN_UP:
        by_channel = {name: count for name, count in by_channel.items() if name in leaving}
    enough = {name: count for name, count in by_channel.items() if count.counted >= least}
    silent = {
        name: count.counted
        for name, count in enough.items()
        if trait is Trait.GIVEN_UP and not count.meeting and not count.unknown
    }
    few = tuple(name for name in by_channel if name not in enough)
    compared = sorted(enough.keys() - silent, key=lambda name: (-by_channel[name].counted, name))
    cells = {key: count for key, count in counts.items() if key[0] in compared}
    channels = _compared(tables, contacts, trait, cells, compared, level=level, margin=margin)
    return Parity(trait, channels, cells, few, tuple(silent.items()))


def _with_channel() -> nw.Expr:
    import narwhals as nw

    return nw.col("via") != UNKNOWN


def _by_channel(counts: Cells) -> dict[str, Count]:
    totals: dict[str, Count] = {}
    for (channel, _), count in counts.items():
        totals[channel] = totals.get(channel, NOBODY).plus(count)
    return totals


def _compared(
    tables: CanonicalTables,
    contacts: nw.LazyFrame[Any],
    trait: Trait,
    cells: Cells,
    channels: Sequence[str],
    *,
    level: float,
    margin: float,
) -> tuple[ChannelParity, ...]:
    if len(channels) < 2:
        return ()
    # One chance of error for all channels together: each interval at a level that much nearer to one.
    single = 1 - (1 - level) / len(channels)
    ways = [
        (name, at, way)
        for name in channels
        for at, way in zip(_WAYS, weightings(cells, name), strict=True)
        if way
    ]
    spreads = _variances(tables, contacts, trait, cells, [(name, way) for name, _, way in ways])
    differences = {
        (name, at): difference(way, *spread, level=single, margin=margin)
        for (name, at, way), spread in zip(ways, spreads, strict=True)
    }
    totals = _by_channel(cells)
    return tuple(
        ChannelParity(name, totals[name], differences[name, "whole"], differences.get((name, "within")))
        for name in channels
    )


def _variances(
    tables: CanonicalTables,
    contacts: nw.LazyFrame[Any],
    trait: Trait,
    cells: Cells,
    ways: Sequence[tuple[str, Weighting]],
) -> list[tuple[ClusterSpread, ClusterSpread]]:
    """Return the spread between days of units of both sides of each comparison, in one pass."""
    import narwhals as nw

    from auditlib.contracts.frames import to_pandas

    parts = [part for place in range(len(ways)) for part in _parts(place)]
    rows = counts_by(contacts.filter(_with_channel()), trait, ("unit_id", "day", "via", "kind"))
    joined = rows.join(tables.lazy_of(_factors(cells, ways)), on=["via", "kind"], how="inner")
    daily = (
        joined.with_columns(*(column for part in parts for column in _moves(part)))
        .group_by("unit_id", "day")
        .agg(*(nw.col(name).sum() for part in parts for name in (part, f"n_{part}", f"c_{part}")))
    )
    units = to_pandas(daily.group_by("unit_id").agg(**_of_days(parts)).sort("unit_id"))
    spreads = [_sums_of(units, part).spread() for part in parts]
    return list(zip(spreads[::2], spreads[1::2], strict=True))


def _sums_of(units: pd.DataFrame, part: str) -> StratumSums:
    names = ("clusters", "cases", "moves", "squares", "products", "case_squares")
    return StratumSums(*(units[f"{name}_{part}"].to_numpy(np.float64) for name in names))


def _moves(part: str) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    """Return by how much contacts move a share, how many of them are of its side, and what these weigh."""
    import narwhals as nw

    weight, counted = nw.col(f"w_{part}"), nw.col("counted")
    moves = weight * (nw.col("meeting") - nw.col(f"p_{part}") * counted)
    of_side = nw.when(weight > 0).then(counted).otherwise(nw.lit(0))
    return moves.alias(part), of_side.alias(f"n_{part}"), (weight * counted).alias(f"c_{part}")


def _of_days(parts: Sequence[str]) -> dict[str, nw.Expr]:
    """Return what the days of a unit add up to: those with contacts of a side, and their `StratumSums`."""
    import narwhals as nw

    return {
        name: expression
        for part in parts
        for name, expression in {
            f"clusters_{part}": (nw.col(f"n_{part}") > 0).cast(nw.Int64).sum(),
            f"cases_{part}": nw.col(f"c_{part}").sum(),
            f"moves_{part}": nw.col(part).sum(),
            f"squares_{part}": (nw.col(part) ** 2).sum(),
            f"products_{part}": (nw.col(part) * nw.col(f"c_{part}")).sum(),
            f"case_squares_{part}": (nw.col(f"c_{part}") ** 2).sum(),
        }.items()
    }


def _parts(place: int) -> tuple[str, str]:
    """Return what the residuals of the two sides of a comparison are called."""
    return f"ours_{place}", f"others_{place}"


def _factors(cells: Cells, ways: Sequence[tuple[str, Weighting]]) -> dict[str, list[Any]]:
    """Return, by channel and kind of matter, the weight of a contact and the share it is held against."""
    keys = list(cells)
    columns: dict[str, list[Any]] = {"via": [key[0] for key in keys], "kind": [key[1] for key in keys]}
    for place, (name, way) in enumerate(ways):
        for part, counts, of_channel in zip(
            _parts(place), (way.ours, way.others), (True, False), strict=True
        ):
            factors = [
                _factor(way, counts, kind, applies=(channel == name) is of_channel) for channel, kind in keys
            ]
            columns[f"w_{part}"] = [weight for weight, _ in factors]
            columns[f"p_{part}"] = [share for _, share in factors]
    return columns


def _factor(way: Weighting, counts: Mapping[str, Count], kind: str, *, applies: bool) -> tuple[float, float]:
    """Return what a contact of a kind weighs in a share, and the share of its kind."""
    kind = UNKNOWN if UNKNOWN in way.weights else kind  # all kinds together
    count = counts.get(kind, NOBODY)
    if not applies or kind not in way.weights or not count.counted:
        return 0.0, 0.0
    return way.weights[kind] / count.counted, count.meeting / count.counted
