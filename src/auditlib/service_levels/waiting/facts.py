"""Waits as numbers of the audit, each in a unit of time that people read."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Basis, Interval, Number, Refusal
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.waiting.patience import Patience
from auditlib.service_levels.waiting.result import (
    ChannelWaits,
    CountedMeans,
    TimeEstimate,
    TimeSpread,
    WaitingResult,
    WaitsOfPart,
)
from auditlib.service_levels.waiting.timed import CONTACTS
from auditlib.standards.observed import IN_PERIOD
from auditlib.statements.spans import SPANS, Span, span_for

_SECONDS = SPANS[0]


def facts(result: WaitingResult) -> Iterator[Number]:
    """Yield what is known of waiting in each channel."""
    yield Number("channels_waited", len(result.channels), "count")
    yield Number("nameless_waits", result.nameless, "count", basis=(Basis(CONTACTS, IN_PERIOD),))
    for entry in result.channels:
        yield from _channel(entry)
        if result.tells(entry):
            yield from _who_gave_up(entry)
    for means in result.counted:
        yield from _counted(means)


def span_of(spread: TimeSpread) -> Span:
    """Return the unit of time that says something of a spread: that of its 90% point."""
    return span_for(spread.p90.seconds)


def _basis(channel: str) -> tuple[Basis, ...]:
    return (Basis(CONTACTS, (*IN_PERIOD, ("channel", channel))),)


def _channel(entry: ChannelWaits) -> Iterator[Number]:
    name, basis = entry.channel, _basis(entry.channel)
    counts = {
        "contacts_answered": entry.answered,
        "outcome_unknown": entry.unknown,
        "contradictory": entry.contradictory,
        "untimed": entry.untimed,
        "unhandled": entry.unhandled,
    }
    for key, count in counts.items():
        yield Number(f"{key}:{name}", count, "count", basis=basis)
    for what, spread in (("wait", entry.wait), ("handle", entry.handle)):
        if spread is not None:
            yield from _spread(spread, what, name, basis)


def _who_gave_up(entry: ChannelWaits) -> Iterator[Number]:
    """Yield how many gave up, of how many, and how patient customers are."""
    basis = _basis(entry.channel)
    for key, count in (("contacts_offered", entry.offered), ("contacts_given_up", entry.given_up)):
        yield Number(f"{key}:{entry.channel}", count, "count", basis=basis)
    yield from _share_given_up(entry, basis)
    yield from _patience(entry, basis)


def _spread(spread: TimeSpread, what: str, name: str, basis: tuple[Basis, ...]) -> Iterator[Number]:
    span = span_of(spread)
    for key, estimate in spread.estimates.items():
        limits = _in_span(estimate, span)
        value = span.of(estimate.seconds)
        yield Number(f"{key}_{what}:{name}", value, span.name, spread.cases, limits, basis)


def _in_span(estimate: TimeEstimate, span: Span) -> Interval | None:
    limits = estimate.interval
    if limits is None:
        return None
    return Interval(span.of(limits.low), span.of(limits.high), limits.level, limits.method)


def _share_given_up(entry: ChannelWaits, basis: tuple[Basis, ...]) -> Iterator[Number]:
    share = entry.share_given_up
    key = f"share_given_up:{entry.channel}"
    if share is None:
        why = entry.patience.reason if isinstance(entry.patience, Refusal) else ""
        yield Number(key, None, "share", entry.offered, basis=basis, reason=why)
        return
    yield Number(key, share.least, "share", entry.offered, share.interval, basis)
    if entry.open:
        yield Number(f"most_{key}", share.most, "share", entry.offered, share.interval, basis)


def _patience(entry: ChannelWaits, basis: tuple[Basis, ...]) -> Iterator[Number]:
    patience = entry.patience
    if not isinstance(patience, Patience):
        yield Number(f"patience:{entry.channel}", None, "share", basis=basis, reason=patience.reason)
        return
    yield Number(f"contacts_timed:{entry.channel}", patience.contacts, "count", entry.offered, basis=basis)
    for bound in patience.bounds:
        key = f"gone_by_{bound.seconds}:{entry.channel}"
        yield Number(f"by_{bound.seconds}", bound.seconds, "seconds", reason="Declared.")
        if bound.share is None:
            few = "Too few contacts waited so long."
            yield Number(key, None, "share", bound.waited, basis=basis, reason=few)
        else:
            yield Number(key, bound.share, "share", patience.contacts, bound.interval, basis)


def counted_span(means: CountedMeans) -> Span | None:
    """Return the unit of time of counted means; None where they are shares."""
    if means.measure == "given_up":
        return None
    return span_for(max(means.pooled, means.plain or 0.0))


def _counted(means: CountedMeans) -> Iterator[Number]:
    span = counted_span(means)
    unit = "share" if span is None else span.name
    of = _SECONDS if span is None else span
    basis = (Basis(TABLE, (*IN_PERIOD, ("channel", means.channel)), rows=means.intervals),)
    yield Number(f"intervals_{means.key}", means.intervals, "count", basis=basis)
    yield Number(f"concerned_{means.key}", means.concerned, "count", basis=basis)
    limits = _in_span(TimeEstimate(means.pooled, means.interval), of)
    yield Number(f"pooled_{means.key}", of.of(means.pooled), unit, means.contacts, limits, basis)
    if means.plain is not None:
        yield Number(f"plain_{means.key}", of.of(means.plain), unit, means.intervals, basis=basis)


def part_key(column: str, dimension: str) -> str:
    """Return what a column of the parts of a channel is called.

    A queue is often called as a kind of matter is: its numbers have names of their own.

    Examples
    --------
    >>> part_key("mean", "matter"), part_key("mean", "queue")
    ('mean', 'queue_mean')
    """
    return f"queue_{column}" if dimension == "queue" else column


def of_part(part: WaitsOfPart, span: Span, *, dimension: str) -> Iterator[Number]:
    """Yield the numbers of one part of a channel, under the keys that the cells of its table have.

    Parameters
    ----------
    span
        Unit of time of its times.
    dimension
        What it is a part of: a unit, an hour.
    """
    row = f"{part.channel}:{part.part}"
    where = (*IN_PERIOD, ("channel", part.channel))
    basis = (Basis(CONTACTS, (*where, ("unit_id", part.part)) if dimension == "unit_id" else where),)
    answered = part_key("contacts_answered", dimension)
    yield Number(f"{answered}:{row}", part.answered, "count", basis=basis)
    for key, seconds in (("mean", part.mean), ("median", part.median), ("p90", part.p90)):
        if seconds is not None:
            name = part_key(key, dimension)
            yield Number(f"{name}:{row}", span.of(seconds), span.name, part.answered, basis=basis)
