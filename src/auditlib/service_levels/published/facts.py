"""What the party published as numbers of the audit, beside what the evidence gives."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Basis, Interval, Number
from auditlib.service_levels.counts import TABLE as COUNTS
from auditlib.service_levels.published.changed_definition import ChangedDefinition, ChangedLimit
from auditlib.service_levels.published.claims import TABLE
from auditlib.service_levels.published.matching import GivenBy, MatchedShare, apart
from auditlib.service_levels.published.quarantined_counts import DoubtedCounts
from auditlib.service_levels.published.restated import RestatedCounts
from auditlib.service_levels.published.result import PublishedAgainstEvidence
from auditlib.service_levels.variants import VariantShare
from auditlib.standards.observed import IN_PERIOD


def facts(result: PublishedAgainstEvidence) -> Iterator[Number]:
    """Yield how many figures come to what, every figure with the shares beside it, and what was restated."""
    register = (Basis(TABLE, rows=len(result.figures)),) if result.figures else ()
    yield Number("published_figures", len(result.figures), "count", basis=register)
    for given in GivenBy:
        yield Number(f"figures:{given}", result.outcomes[given], "count", basis=register)
    for entry in result.figures:
        yield from _figure(entry, result.tables)
    for again in result.restated:
        yield Number(f"published_before:{again.after.number}", again.before.value, "share", basis=register)
    for change in result.changed:
        yield Number(f"months:{series(change)}", len(change.figures), "count", basis=register)
    for counts in result.exports:
        yield from _exports(counts)
    for limit in result.changed_limits:
        yield from _limits(limit)
    for doubted in result.doubted:
        yield from _doubted(doubted)
    for channel in result.replaced_channels:
        yield Number(f"resting:{channel}", len(result.resting(channel)), "count", basis=register)


_UNSAID = "No interval says it in both exports."


def series(change: ChangedDefinition) -> str:
    """Return what a series of monthly figures is called in keys: the number of its first."""
    return f"series_{change.figures[0].figure.number}"


def _figure(entry: MatchedShare, tables: tuple[str, ...]) -> Iterator[Number]:
    figure, name = entry.figure, entry.figure.number
    row = Basis(TABLE, (("figure_id", figure.figure_id),), rows=1)
    yield Number(f"published:{name}", figure.value, "share", basis=(row,))
    if entry.open is not None:
        yield Number(f"ways:{name}", None, "count", reason=entry.open.reason)
        return
    where = (*IN_PERIOD, *((("channel", figure.channel),) if figure.channel else ()))
    basis = tuple(Basis(table, where) for table in tables)
    yield Number(f"ways:{name}", len(entry.ways), "count", basis=basis)
    yield Number(f"giving:{name}", len(entry.giving), "count", basis=basis)
    yield Number(f"possible:{name}", len(entry.possible), "count", basis=basis)
    yield Number(f"days:{name}", entry.days_with_contacts, "count", basis=basis)
    yield Number(f"flatters_by:{name}", entry.flatters_by * 100, "percentage points", basis=basis)
    if entry.criterion is not None:
        target = entry.criterion.target.value
        yield Number(f"demanded:{name}", target, "share", reason="Declared.")
    nearest = entry.nearest if entry.given is GivenBy.BY_NONE else None
    if nearest is not None:
        distance = apart(figure, nearest) * 100
        yield Number(f"distance:{name}", distance, "percentage points", basis=basis)
    for key, way in (("form", entry.form), ("claim", entry.claimed), ("nearest", nearest),
                     ("later", entry.later), ("asking", entry.least_asking)):  # fmt: skip
        if way is not None:
            yield from _way(f"{key}:{name}", way, basis)
    for place, way in enumerate((*entry.giving, *entry.possible), start=1):
        yield from _way(f"way_{place}:{name}", way, basis)
    if entry.least_asking is not None:
        yield Number(f"open:{name}", entry.least_asking.unknown, "count", basis=basis)
        yield Number(f"asks:{name}", entry.asks, "share", entry.least_asking.unknown, basis=basis)


def _way(key: str, way: VariantShare, basis: tuple[Basis, ...]) -> Iterator[Number]:
    """Yield the share of a way of counting, with its title as reason; and its most, where it has bounds."""
    interval: Interval | None = way.interval
    yield Number(key, way.least, "share", way.contacts, interval, basis, reason=way.variant.definition.title)
    if not way.exact:
        yield Number(f"most_{key}", way.most, "share", way.contacts, interval, basis)


def _exports(counts: RestatedCounts) -> Iterator[Number]:
    basis = (Basis(COUNTS, (*IN_PERIOD, ("channel", counts.channel))),)
    for key, intervals in (
        ("exported_twice", counts.exported_twice),
        ("late_arrivals", counts.late),
        ("restated", counts.changed),
    ):
        yield Number(f"{key}:{counts.channel}", intervals, "count", basis=basis)
    for column, many in counts.columns:
        yield Number(f"restated_{column}:{counts.channel}", many, "count", basis=basis)
    for share in counts.shares:
        about = f"{share.measure}:{counts.channel}"
        yield Number(f"saying_{about}", share.saying, "count", basis=basis)
        yield Number(f"restated_saying_{about}", share.restated_saying, "count", basis=basis)
        parts = zip(("first", "last"), share.twice, share.restated, share.offered, strict=True)
        for end, twice, restated, offered in parts:
            reason = "" if twice is not None else _UNSAID
            yield Number(f"{end}_export_{about}", twice, "share", basis=basis, reason=reason)
            reason = (
                "" if restated is not None else _UNSAID if counts.changed else "No interval was restated."
            )
            key = f"{end}_restated_{about}"
            yield Number(
                key, restated, "share", offered if counts.changed else None, basis=basis, reason=reason
            )


def _limits(limit: ChangedLimit) -> Iterator[Number]:
    basis = (Basis(COUNTS, (*IN_PERIOD, ("channel", limit.channel))),)
    about = f"{limit.column}:{limit.channel}"
    yield Number(f"queues_{about}", limit.queues, "count", basis=basis)
    for place, seconds in enumerate(limit.limits, start=1):
        yield Number(f"limit_{place}_{about}", seconds, "seconds", basis=basis)


def _doubted(doubted: DoubtedCounts) -> Iterator[Number]:
    basis = (Basis("quarantine", (("table", COUNTS),)),)
    for key, value in (
        ("doubted", doubted.intervals),
        ("intervals_known", doubted.of),
        ("doubted_contacts", doubted.contacts),
        ("doubted_unsaid", doubted.unsaid),
        ("doubted_exported_before", doubted.exported_before),
        ("doubted_otherwise", doubted.otherwise),
    ):
        yield Number(f"{key}:{doubted.channel}", value, "count", basis=basis)
    for place, queue in enumerate(doubted.queues, start=1):
        name = queue.place if any(map(str.isdigit, queue.place)) else ""
        key = f"doubted_queue_{place}:{doubted.channel}"
        yield Number(key, queue.intervals, "count", basis=basis, reason=name)
        yield Number(f"queue_intervals_{place}:{doubted.channel}", queue.of, "count", basis=basis)
    for place, (rule, many) in enumerate(doubted.rules, start=1):
        yield Number(f"doubted_rule_{place}:{doubted.channel}", many, "count", basis=basis, reason=rule)
