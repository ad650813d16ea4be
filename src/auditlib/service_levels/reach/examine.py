"""Whether customers reach the party by the channels it promises, and get the same in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import rows_in
from auditlib.obligations.hours import as_of
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.service_levels.contradictory import contradictory
from auditlib.service_levels.legs import joined_legs
from auditlib.service_levels.reach.answer import ReachAnswer
from auditlib.service_levels.reach.availability import availability
from auditlib.service_levels.reach.contact_counts import (
    ASK_FOR,
    NOBODY,
    TABLE,
    UNKNOWN,
    Count,
    Trait,
    contacts_of,
    counted_by,
    limits,
    recorded,
    spreads_by,
)
from auditlib.service_levels.reach.episodes import episodes
from auditlib.service_levels.reach.parity import Parity, compare
from auditlib.service_levels.reach.registry import ChannelPolicy, registry_of
from auditlib.service_levels.reach.result import ReachResult, TraitByKind
from auditlib.service_levels.reach.waits_live import usual_waits
from auditlib.service_levels.single_contacts import without_single_contacts
from auditlib.statistics.strata import NO_SPREAD

if TYPE_CHECKING:
    import narwhals as nw

_COMPARED = (Trait.AT_ONCE, Trait.GIVEN_UP)
_GROUPED = {Trait.AT_ONCE: "kind", Trait.HANDED_OVER: "kind", Trait.BY_CHOICE: "wish"}
"""What each trait is shown by."""


def reachable(engagement: Engagement) -> ReachAnswer:
    """Answer whether customers reach the party by the channels it promises, and get the same in each."""
    return ReachAnswer(estimate(engagement))


def estimate(engagement: Engagement) -> ReachResult:
    """Hold the contacts and the outages of the period against the registry of channels."""
    run, tables = engagement.run, engagement.evidence
    registry = registry_of(run, engagement.texts)
    level, up = run.thresholds.confidence, availability(engagement, registry)
    contacts = contacts_of(tables)
    if contacts is None:
        unsaid = without_single_contacts(
            tables,
            unsaid="what became of contacts in each channel",
            ask="Ask for the contacts of the period one by one.",
        )
        return ReachResult(registry, level, availability=up, no_contacts=unsaid)
    sizes = counted_by(contacts, Trait.GIVEN_UP, ("via", "kind"))
    told = {trait: recorded(contacts, trait) for trait in Trait}
    live = [name for name, entry in registry.channels.items() if entry.live]
    return ReachResult(
        registry,
        level,
        _by_channel(sizes),
        up,
        tuple(_parity(tables, contacts, trait, registry, run) for trait in _COMPARED if told[trait]),
        tuple(_grouped(tables, contacts, trait, run) for trait in _GROUPED if told[trait]),
        usual_waits(contacts, live),
        episodes(joined_legs(tables.lazy(TABLE)), silence_days=registry.silence_days, until=as_of(run)),
        tuple((trait, ASK_FOR[trait]) for trait in Trait if not told[trait]),
        minimum_n=run.thresholds.minimum_n,
        contradictory=rows_in(contacts.filter(contradictory())),
        matterless=sum(_everybody(count) for (_, kind), count in sizes.items() if kind == UNKNOWN),
    )


def _by_channel(sizes: Mapping[tuple[str, ...], Count]) -> Mapping[str, int]:
    """Return contacts by channel, most first."""
    totals: dict[str, int] = {}
    for (channel, _), count in sizes.items():
        totals[channel] = totals.get(channel, 0) + _everybody(count)
    return dict(sorted(totals.items(), key=lambda entry: (-entry[1], entry[0])))


def _everybody(count: Count) -> int:
    return count.counted + count.unknown


def _parity(
    tables: CanonicalTables, contacts: nw.LazyFrame[Any], trait: Trait, registry: ChannelPolicy, run: Run
) -> Parity:
    return compare(
        tables,
        contacts,
        trait,
        level=run.thresholds.confidence,
        margin=registry.alike_within,
        least=run.thresholds.minimum_n,
        leaving=[name for name in registry.channels if registry.can_leave(name)],
    )


def _grouped(tables: CanonicalTables, contacts: nw.LazyFrame[Any], trait: Trait, run: Run) -> TraitByKind:
    """Return a trait by kind of matter, or by the channel asked for."""
    import narwhals as nw

    by, rows = _GROUPED[trait], contacts
    if by == "wish":
        rows = contacts.with_columns(wish=nw.col("preferred_channel").fill_null(UNKNOWN))
    groups = {name: count for (name,), count in counted_by(rows, trait, (by,)).items()}
    total = NOBODY
    for count in groups.values():
        total = total.plus(count)
    shown = {name: count for name, count in sorted(groups.items(), key=_lowest_first) if name != UNKNOWN}
    spreads = spreads_by(rows, trait, by, groups=shown) if shown else {}
    level = run.thresholds.confidence
    named = sum(count.counted >= run.thresholds.minimum_n for count in shown.values())
    # One chance of error for all groups together.
    every = 1 - (1 - level) / max(1, named)
    intervals, apart = (
        {name: limits(count, spreads.get(name, NO_SPREAD), level=at) for name, count in shown.items()}
        for at in (level, every)
    )
    return TraitByKind(trait, total, shown, intervals, apart)


def _lowest_first(group: tuple[str, Count]) -> tuple[float, str]:
    return (group[1].share or 0.0, group[0])
