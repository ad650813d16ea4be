"""The contacts of a channel as waits, from single contacts and from interval counts, each contact once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.contracts.frames import rows_in
from auditlib.records import Refusal
from auditlib.service_levels.channel_contacts import channel_contacts
from auditlib.service_levels.counts import TABLE, Counted, counts
from auditlib.service_levels.definitions import ClockStart
from auditlib.service_levels.waits import Waits, waits_of_contacts, waits_of_counts, waits_of_doubted
from auditlib.standards.supplied import Supplied

if TYPE_CHECKING:
    import narwhals as nw

NO_CONTACTS = Refusal(
    "The evidence has neither single contacts nor interval counts.",
    "Ask for the contacts of the period, or for counts by interval.",
)
MORE = "more contacts were answered or given up than came, of all or of a unit: none of them is a share"
MORE_THAN_CAME = Refusal(
    f"{MORE.capitalize()}.", "Ask which column counts what: contacts offered, answered and given up."
)
NO_TIMES = Refusal(
    "The evidence has counts by interval alone, and these do not say how long contacts waited.",
    "Ask for the contacts of the period one by one, or for the mean wait of each interval.",
)
NO_ARRIVAL = Refusal(
    "From the arrival of contacts, before menus and announcements, nothing can be said: no time is recorded.",
    "Ask when contacts reached the party.",
)


def waits_by_clock(
    tables: Supplied, channel: str, *, lacking: str = ""
) -> tuple[dict[ClockStart, Waits], list[Refusal]]:
    """Return the waits of a channel from every start of the clock that the evidence records.

    Parameters
    ----------
    lacking
        Why single contacts say nothing, where there are some that do not.
    """
    contacts = None if lacking else channel_contacts(tables, channel)
    why = "" if contacts is not None else lacking or "the evidence has no single contacts"
    counted = counts(tables, channel, single=contacts is not None, why=why)
    single = () if contacts is None else (waits_of_contacts(contacts),)
    if counted is not None and counted.contradicts and contacts is None:
        return {}, [_contradicting(counted.words)]
    many = () if counted is None else (waits_of_intervals(counted),)
    waits = {ClockStart.OFFERED: Waits((*single, *many))} if single or many else {}
    if contacts is not None and _arrivals(contacts):
        waits[ClockStart.ARRIVED] = Waits((waits_of_contacts(contacts, clock=ClockStart.ARRIVED),))
    if not waits:
        return {}, [_lacking(lacking) if "interactions" in tables.tables else NO_CONTACTS]
    return waits, [] if ClockStart.ARRIVED in waits else [NO_ARRIVAL]


def waits_of_intervals(counted: Counted) -> nw.LazyFrame[Any]:
    """Return interval counts as waits; of counts that cannot be true only that contacts were offered."""
    return waits_of_doubted(counted.used) if counted.contradicts else waits_of_counts(counted.used)


def channels_in(tables: Supplied) -> tuple[str, ...]:
    """Return the channels by which the evidence has contacts of the period, in their order."""
    import narwhals as nw

    names: set[str] = set()
    for table in ("interactions", TABLE):
        if table in tables.tables:
            inside = tables.lazy(table).filter(nw.col("in_period"), ~nw.col("channel").is_null())
            names |= {channel for (channel,) in inside.select("channel").unique().collect().rows()}
    return tuple(sorted(names))


def _lacking(why: str) -> Refusal:
    return Refusal(f"{why[:1].upper()}{why[1:]}.", "Map it, or ask for the contacts with it.")


def _contradicting(words: str) -> Refusal:
    return Refusal(
        f"{words[:1].upper()}{words[1:]}.",
        "Ask which column counts what: contacts offered, answered and given up.",
    )


def without_contacts(tables: Supplied) -> Refusal:
    """Return why nothing is said that takes single contacts: counts alone, or no contacts at all."""
    return NO_TIMES if TABLE in tables.tables else NO_CONTACTS


def _arrivals(contacts: nw.LazyFrame[Any]) -> bool:
    """Return whether any contact says when it reached the party."""
    import narwhals as nw

    recorded = "arrived_at" in contacts.collect_schema().names()
    return recorded and rows_in(contacts.filter(~nw.col("arrived_at").is_null())) > 0
