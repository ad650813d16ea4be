"""Channels as numbers of the audit; keys are a column, then the labels of the row they stand in."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Basis, Interval, Number, Refusal
from auditlib.service_levels.reach.availability import TABLE as OUTAGES
from auditlib.service_levels.reach.availability import Availability, ChannelAvailability, hours_in
from auditlib.service_levels.reach.contact_counts import NO_ANSWERED, TABLE, UNKNOWN, Trait
from auditlib.service_levels.reach.episodes import Episodes, KindOfMatter
from auditlib.service_levels.reach.parity import ChannelParity, Parity
from auditlib.service_levels.reach.result import ReachResult, TraitByKind
from auditlib.service_levels.reach.same_mix import Difference
from auditlib.standards.observed import IN_PERIOD

_DECLARED = "Declared."
_CONTACTS = (Basis(TABLE, IN_PERIOD),)
_LOG = (Basis(TABLE),)
_REGISTER = (Basis(OUTAGES),)


def facts(result: ReachResult) -> Iterator[Number]:
    """Yield every count, share and difference, each under the key it is stated by."""
    yield Number("promised", len(result.promised), "count", reason=_DECLARED)
    yield Number("margin", 100 * result.registry.alike_within, "percentage points", reason=_DECLARED)
    yield from _contacts(result)
    yield from _availability(result.availability)
    for parity in result.parities:
        yield from _parity(parity)
    for channel, (median, n) in result.medians.items():
        basis = (Basis(TABLE, (*IN_PERIOD, ("channel", channel))),)
        yield Number(f"usual_wait:{channel}", median, "seconds", n, basis=basis)
    for grouped in result.by_kind:
        yield from _grouped(grouped)
    yield from _episodes(result.episodes)
    for trait, why in result.refusals:
        yield Number(str(trait), None, "share", reason=why.reason)


def _contacts(result: ReachResult) -> Iterator[Number]:
    if result.no_contacts is not None:
        yield Number("contacts", None, "count", reason=result.no_contacts.reason)
        return
    yield Number("contacts", sum(result.contacts.values()), "cases", basis=_CONTACTS)
    yield Number("channels_without_contacts", len(result.silent_channels), "count")
    yield Number("unregistered_contacts", sum(result.unregistered.values()), "cases", basis=_CONTACTS)
    yield Number("matterless", result.matterless, "cases", basis=_CONTACTS)
    yield Number("contacts_contradictory", result.contradictory, "cases", basis=_CONTACTS)
    yield Number("unnamed", result.contacts.get(UNKNOWN, 0), "cases", basis=_CONTACTS)
    for channel in dict.fromkeys((*result.promised, *result.contacts)):
        if channel != UNKNOWN:
            basis = (Basis(TABLE, (*IN_PERIOD, ("channel", channel))),)
            yield Number(f"contacts:{channel}", result.contacts.get(channel, 0), "cases", basis=basis)


def _availability(answer: Availability | Refusal) -> Iterator[Number]:
    if isinstance(answer, Refusal):
        yield Number("available", None, "share", basis=(), reason=answer.reason)
        return
    yield Number("endless", len(answer.endless), "count", basis=_REGISTER)
    yield Number("channels_without_outages", len(answer.unentered), "count", basis=_REGISTER)
    yield Number("outages_unregistered", answer.unregistered, "count", basis=_REGISTER)
    yield Number("units_unplaced", answer.unplaced, "units")
    yield Number("months_without_outages", len(answer.months.empty), "count", basis=_REGISTER)
    for entry in answer.channels:
        yield from _channel(entry)


def _channel(entry: ChannelAvailability) -> Iterator[Number]:
    name, (least, most) = entry.channel, entry.lost
    basis = (Basis(OUTAGES, (("channel", name),)),)
    worst, best = entry.shares
    lowest = entry.lowest
    yield Number(f"open_hours:{name}", hours_in(entry.open_time), "hours", basis=basis)
    yield Number(f"lost_hours:{name}", hours_in(most), "hours", basis=basis)
    yield Number(f"lost_at_least:{name}", hours_in(least), "hours", basis=basis)
    yield Number(f"available:{name}", worst, "share", basis=basis)
    yield Number(f"available_at_most:{name}", best, "share", basis=basis)
    if entry.shares_entered is not None:
        for key, share in zip(
            ("available_entered", "available_entered_at_most"), entry.shares_entered, strict=True
        ):
            yield Number(f"{key}:{name}", share, "share", basis=basis)
    yield Number(f"lowest:{name}", 1 - lowest.most / lowest.open_time, "share", basis=basis)
    yield Number(f"outages:{name}", entry.outages, "count", basis=basis)
    yield Number(f"idle:{name}", entry.idle, "count", basis=basis)
    yield Number(f"endless:{name}", entry.endless, "count", basis=basis)


def _parity(parity: Parity) -> Iterator[Number]:
    trait = parity.trait
    yield Number(f"compared:{trait}", len(parity.channels), "count")
    yield Number(f"too_few:{trait}", len(parity.few), "count")
    for channel, contacts in parity.silent:
        basis = (Basis(TABLE, (*IN_PERIOD, ("channel", channel))),)
        yield Number(f"silent:{trait}:{channel}", contacts, "cases", basis=basis)
    for entry in parity.channels:
        yield from _compared(trait, entry)


def _compared(trait: Trait, entry: ChannelParity) -> Iterator[Number]:
    row, n = f"{trait}:{entry.channel}", entry.count.counted
    basis = (Basis(TABLE, (*IN_PERIOD, ("channel", entry.channel))),)
    yield Number(f"compared_contacts:{row}", n, "cases", basis=basis)
    yield Number(f"unknown:{row}", entry.count.unknown, "cases", basis=basis)
    for suffix, way in (("", entry.whole), ("_within", entry.within)):
        if way is not None:
            yield Number(f"share{suffix}:{row}", way.share, "share", n, basis=basis)
            yield Number(f"others{suffix}:{row}", way.others, "share", n, basis=basis)
            points = 100 * way.value
            limits = in_points(way)
            yield Number(f"difference{suffix}:{row}", points, "percentage points", n, limits, basis)


def in_points(way: Difference) -> Interval:
    """Return the interval of a difference in percentage points."""
    ends = way.interval
    return Interval(100 * ends.low, 100 * ends.high, ends.level, ends.method)


def _grouped(grouped: TraitByKind) -> Iterator[Number]:
    trait, total = grouped.trait, grouped.total
    least, most = total.bounds
    reason = "" if total.counted else NO_ANSWERED
    yield Number(str(trait), total.share, "share", total.counted, basis=_CONTACTS, reason=reason)
    yield Number(f"{trait}_least", least, "share", total.counted + total.unknown, basis=_CONTACTS)
    yield Number(f"{trait}_most", most, "share", total.counted + total.unknown, basis=_CONTACTS)
    yield Number(f"{trait}_unknown", total.unknown, "cases", basis=_CONTACTS)
    column = "preferred_channel" if trait is Trait.BY_CHOICE else "matter"
    for name, count in grouped.groups.items():
        basis = (Basis(TABLE, (*IN_PERIOD, (column, name))),)
        interval = grouped.intervals.get(name)
        yield Number(f"{trait}:{name}", count.share, "share", count.counted, interval, basis)
        yield Number(f"{trait}_contacts:{name}", count.counted, "cases", basis=basis)


def _episodes(answer: Episodes | Refusal) -> Iterator[Number]:
    if isinstance(answer, Refusal):
        if answer.reason:
            yield Number("matters", None, "count", reason=answer.reason)
        return
    yield Number("silence_days", answer.silence_days, "days", reason=_DECLARED)
    yield Number("going_on", answer.going_on, "cases", basis=_LOG)
    yield Number("begun_before", answer.begun_before, "cases", basis=_LOG)
    yield Number("nameless", answer.nameless, "cases", answer.contacts, basis=_LOG)
    yield from _kind(answer.total, _LOG, "")
    for entry in answer.kinds:
        yield from _kind(entry, (Basis(TABLE, (("matter", entry.kind),)),), f":{entry.kind}")


def _kind(entry: KindOfMatter, basis: tuple[Basis, ...], row: str) -> Iterator[Number]:
    yield Number(f"matters{row}", entry.matters, "cases", basis=basis)
    yield Number(f"again{row}", entry.share, "share", entry.matters, basis=basis)
    yield Number(f"contacts_each{row}", entry.mean, "mean", entry.matters, basis=basis)
