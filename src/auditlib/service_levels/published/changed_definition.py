"""A definition that changed: in what was published month by month, and in the limits of interval counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auditlib.contracts import CanonicalTables
from auditlib.service_levels.completed import INTERVAL, latest_exports
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.published.matching import MatchedShare
from auditlib.service_levels.variants import Variant

FEWEST = 2
"""Months that must lie on each side of a change: some way of counting gives a single month by chance."""
_Way = tuple[str, str, str]
_LIMITS = ("within_seconds", "short_seconds")


@dataclass(frozen=True, slots=True)
class ChangedDefinition:
    """Monthly figures that no single way of counting gives, and two ways give, one after the other.

    Parameters
    ----------
    figures
        The months in order.
    change
        Place of the first figure that is given by the later way; the earliest there can be.
    latest
        Place of the latest first figure there can be: the months between are given by both.
    before, after
        Ways that give all figures of their side.
    """

    figures: tuple[MatchedShare, ...]
    change: int
    latest: int
    before: tuple[Variant, ...]
    after: tuple[Variant, ...]


def changes_of_definition(matched: Sequence[MatchedShare]) -> tuple[ChangedDefinition, ...]:
    """Return where the way of counting behind monthly figures changed, for each series of them.

    Of figures published twice for a month the latest counts.
    """
    series: dict[tuple[str, str, str, int | None], dict[int, MatchedShare]] = {}
    for entry in matched:
        month, about = entry.figure.month, entry.figure.about[:4]
        if month is not None and entry.ways:
            series.setdefault(about, {})[month] = entry
    changed = (_change([months[month] for month in sorted(months)]) for months in series.values())
    return tuple(change for change in changed if change is not None)


def _change(figures: list[MatchedShare]) -> ChangedDefinition | None:
    """Return the split with a way for each side, where no way gives all months.

    Of several splits the ways of the earliest hold: from then on the later way gives every month.
    """
    giving_ways = [{_way(share.variant) for share in entry.giving} for entry in figures]
    if len(figures) < 2 * FEWEST or set.intersection(*giving_ways):
        return None
    places = range(FEWEST, len(figures) - FEWEST + 1)
    splits = [place for place in places if _common(giving_ways[:place]) and _common(giving_ways[place:])]
    if not splits:
        return None
    variants = {_way(share.variant): share.variant for entry in figures for share in entry.giving}
    first, last = splits[0], splits[-1]
    before, after = _common(giving_ways[:last]), _common(giving_ways[first:])
    return ChangedDefinition(
        tuple(figures),
        first,
        last,
        tuple(variants[way] for way in variants if way in before),
        tuple(variants[way] for way in variants if way in after),
    )


def _common(giving_ways: Sequence[set[_Way]]) -> set[_Way]:
    return set.intersection(*giving_ways)


def _way(variant: Variant) -> _Way:
    return (variant.name, variant.aggregation, variant.clock)


@dataclass(frozen=True, slots=True)
class ChangedLimit:
    """A limit that the counts of queues were made by and that changed within the period.

    Parameters
    ----------
    column
        The limit.
    day
        First local day on which any queue was counted by another limit than before.
    limits
        Limits in seconds, in the order of the days from which they hold.
    queues
        Queues of units whose counts were made by more than one.
    """

    channel: str
    column: str
    day: int
    limits: tuple[int, ...]
    queues: int


def changes_of_limits(tables: CanonicalTables) -> tuple[ChangedLimit, ...]:
    """Return limits of interval counts that changed within the period, by channel."""
    if TABLE not in tables.tables:
        return ()
    names = tables.lazy(TABLE).collect_schema().names()
    columns = [column for column in _LIMITS if column in names]
    return tuple(change for column in columns for change in _limit_changes(tables, column))


def _limit_changes(tables: CanonicalTables, column: str) -> list[ChangedLimit]:
    import narwhals as nw

    held = latest_exports(tables.lazy(TABLE).filter(nw.col("in_period"))).filter(~nw.col(column).is_null())
    place = [name for name in INTERVAL if name != "starts_at"]
    spells = held.group_by(*place, column).agg(first=nw.col("starts_day").min())
    several = spells.with_columns(many=nw.len().over(*place)).filter(nw.col("many") > 1)
    by_channel: dict[str, dict[tuple[Any, ...], list[tuple[int, int]]]] = {}
    for row in several.collect().rows(named=True):
        queue = tuple(row[name] for name in place)
        by_channel.setdefault(row["channel"], {}).setdefault(queue, []).append((row["first"], row[column]))
    return [_limit_change(channel, column, queues) for channel, queues in sorted(by_channel.items())]


def _limit_change(
    channel: str, column: str, queues: dict[tuple[Any, ...], list[tuple[int, int]]]
) -> ChangedLimit:
    later = [sorted(spells)[1][0] for spells in queues.values()]
    first = {limit: day for spells in queues.values() for day, limit in sorted(spells, reverse=True)}
    order = sorted(first, key=lambda limit: (first[limit], limit))
    return ChangedLimit(channel, column, int(min(later)), tuple(int(limit) for limit in order), len(queues))
