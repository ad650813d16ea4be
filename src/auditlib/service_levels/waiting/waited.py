"""How long customers wait in each channel, and how long they would."""

from __future__ import annotations

from dataclasses import replace

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import rows_in
from auditlib.disclosure import MinimumFrequency
from auditlib.parameters.engagement import Engagement
from auditlib.records import Refusal
from auditlib.service_levels.channels import NO_CONTACTS, without_contacts
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.waiting.answer import WaitingAnswer
from auditlib.service_levels.waiting.channel_waits import channel_waits, survivals, times_by_channel
from auditlib.service_levels.waiting.coded_waits import CodedWaits
from auditlib.service_levels.waiting.counted_means import counted_means
from auditlib.service_levels.waiting.counted_waits import Places, counted_waits
from auditlib.service_levels.waiting.long_waits_by_hour import long_from
from auditlib.service_levels.waiting.reached_waits import reached_waits
from auditlib.service_levels.waiting.result import WaitingResult
from auditlib.service_levels.waiting.timed import CONTACTS, timed
from auditlib.service_levels.waiting.waits_by_part import dimensions_of, waits_by_part
from auditlib.statements import Unanswered
from auditlib.time.epoch import instant_of

ABOUT = "how long customers wait"


def measure_waiting(
    tables: CanonicalTables, *, as_of: int, level: float, fewest: int
) -> WaitingResult | Refusal:
    """Measure waits, handle times and patience in every channel.

    Parameters
    ----------
    as_of
        Instant of the audit, in UTC microseconds.
    level
        Coverage of the intervals.
    fewest
        Contacts that must have waited for so long that anything is said of patience.
    """
    import narwhals as nw

    contacts = timed(tables, as_of=as_of)
    counted = counted_means(tables, level=level)
    held = tuple(name for name in (CONTACTS, TABLE) if name in tables.tables)
    if contacts is None:
        return WaitingResult((), counted, {}, 0, held, level) if counted else without_contacts(tables)
    places, coded = Places(), CodedWaits()
    waits, by_part = counted_waits(contacts, places, dimensions_of(contacts), coded)
    long = long_from(by_part["hour"].distribution(places.channels))
    reached = reached_waits(coded, places, times_by_channel(waits), survivals(waits.left), long)
    channels = channel_waits(waits, reached, level=level, fewest=fewest)
    if not channels and not counted:
        return NO_CONTACTS
    nameless = rows_in(contacts.filter(nw.col("channel").is_null()))
    parts = waits_by_part(by_part, places, reached.long, level=level)
    return WaitingResult(channels, counted, parts, nameless, held, level)


def waited(engagement: Engagement) -> WaitingAnswer | Unanswered:
    """Answer how long customers wait in each channel, how long they are handled, and who gives up.

    Parameters
    ----------
    engagement
        The run, its evidence and policies.
    """
    thresholds = engagement.run.thresholds
    result = measure_waiting(
        engagement.evidence,
        as_of=instant_of(engagement.run.as_of),
        level=thresholds.confidence,
        fewest=max(thresholds.minimum_n, MinimumFrequency.of(thresholds).least),
    )
    if isinstance(result, Refusal):
        return Unanswered.not_assessable(ABOUT, result)
    return WaitingAnswer(replace(result, disclosure=MinimumFrequency.of(thresholds)))
