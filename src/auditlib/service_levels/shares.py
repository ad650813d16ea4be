"""A share of the contacts of a channel, as a standard asks for it: one of the ways of counting in use.

The share is that of the contacts of which the evidence tells what the way does with them; the others make its
bounds. Where counts were made at another limit, or say rounded shares, what they leave open depends on what
was counted: the share is then the middle of its bounds, which no true value is further from than from any
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from auditlib.records import Basis, EvidenceLevel, Measurement, Statistic
from auditlib.service_levels.channel_contacts import channel_contacts
from auditlib.service_levels.channels import MORE, waits_of_intervals
from auditlib.service_levels.counts import Counted, counts
from auditlib.service_levels.definitions import Aggregation, Disposition, Left, ShareDefinition
from auditlib.service_levels.tally import Known
from auditlib.service_levels.variants import DailyContacts, Variant, VariantShare, tallied
from auditlib.service_levels.waits import Waits, waits_of_contacts
from auditlib.standards.measure import Tables, nothing
from auditlib.standards.observed import IN_PERIOD
from auditlib.standards.whole_days import BY_DAYS, holds_days
from auditlib.statements import counted

if TYPE_CHECKING:
    import narwhals as nw

_EVERYONE = "offered"


@dataclass(frozen=True, slots=True)
class Whole:
    """What a share of contacts is over: the definition in use that says the same, and what became of them."""

    definition: str
    became: tuple[Left, ...]


WHOLES: Mapping[str, Whole] = MappingProxyType(
    {
        "offered": Whole("over_offered", tuple(Left)),
        "answered": Whole("over_answered", (Left.ANSWERED,)),
        "settled": Whole("over_ended", (Left.ANSWERED, Left.ABANDONED)),
    }
)
"""What shares of contacts are over, by the word of a criterion."""


def share_over(whole: str, *, meets: Sequence[Disposition]) -> ShareDefinition:
    """Return the definition of the contacts that meet, over one of `WHOLES`.

    Examples
    --------
    >>> share_over("answered", meets=[Disposition.ANSWERED_IN_TIME]).misses
    (<Disposition.ANSWERED_LATE: 'answered_late'>,)
    """
    became = WHOLES[whole].became
    counts_in = [state for state in Disposition if state.left in became and state not in meets]
    return ShareDefinition(
        title="", source="The standard's own", dated=date.min, meets=tuple(meets), misses=tuple(counts_in)
    )


def form_of(options: Mapping[str, Any]) -> str:
    """Return the definition in use that a criterion means; over all offered where it says nothing known.

    Examples
    --------
    >>> form_of({"over": "settled"}), form_of({})
    ('over_ended', 'over_offered')
    """
    return WHOLES.get(_whole(options), WHOLES[_EVERYONE]).definition


def standard_way(metric: str, options: Mapping[str, Any]) -> Variant:
    """Return the way of counting that a criterion itself names: all contacts together, from their offer."""
    in_time = metric == "answered_within"
    limit = int(options["seconds"]) if in_time else 0
    gave_up = [state for state in Disposition if state.left is Left.ABANDONED]
    meets = [Disposition.ANSWERED_IN_TIME] if in_time else gave_up
    definition = share_over(_whole(options), meets=meets)
    return Variant(form_of(options), definition, limit, Aggregation.POOLED)


def _whole(options: Mapping[str, Any]) -> str:
    return str(options.get("over", _EVERYONE))


@dataclass(frozen=True, slots=True)
class ShareQuestion:
    """What is asked of the contacts of a channel.

    Parameters
    ----------
    way
        The way of counting.
    column
        Column of the interval counts that it is said by.
    unsaid
        What single contacts leave open.
    stems
        Instants of single contacts that the share rests on; none where it has no limit.
    """

    channel: str
    way: Variant
    column: str
    unsaid: str
    stems: tuple[str, ...] = ()


def as_measurement(share: VariantShare, metric: str = "") -> Measurement:
    """Return a share with its interval, and with bounds where evidence leaves contacts open."""
    measurement = Measurement(
        metric,
        share.decided if share.decided is not None else _middle(share),
        share.settled,
        Statistic.SHARE,
        interval=share.interval,
        unknown=share.unknown,
        bounds=None
        if share.exact or share.least is None or share.most is None
        else (share.least, share.most),
        design_effect=share.design_effect,
        level=EvidenceLevel.AGGREGATES,
    )
    pooled = share.variant.aggregation is Aggregation.POOLED
    if pooled and not share.unknown and share.decided is not None:
        return replace(measurement, successes=round(share.decided * share.settled))
    return measurement


def _middle(share: VariantShare) -> float | None:
    return None if share.least is None or share.most is None else (share.least + share.most) / 2


def share_of_contacts(
    tables: Tables, question: ShareQuestion, *, lacking: str, confidence: float
) -> Measurement:
    """Return a share of the contacts of a channel, each contact counted once.

    Parameters
    ----------
    lacking
        Why single contacts cannot say it; empty where they can.
    confidence
        Coverage of the interval.
    """
    contacts = None if lacking else channel_contacts(tables, question.channel)
    single = None if contacts is None else tallied(Waits((waits_of_contacts(contacts),)), [question.way])
    if single is not None and contacts is not None and (undecided := _by_days(single, contacts, question)):
        single, contacts, lacking = None, None, undecided
    intervals = counts(tables, question.channel, single=contacts is not None, why=lacking)
    if single is None and intervals is None:
        return nothing(lacking)
    of_counts = (
        None if intervals is None else tallied(Waits((waits_of_intervals(intervals),)), [question.way])
    )
    evidence = _Evidence(question, single, contacts, of_counts, intervals)
    return _measured(evidence, confidence=confidence)


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """The contacts of a channel from both kinds of evidence, tallied.

    Parameters
    ----------
    single, contacts
        Single contacts; None where there are none that can say it.
    of_counts, intervals
        Contacts of interval counts; None where the evidence has no such table.
    """

    question: ShareQuestion
    single: DailyContacts | None
    contacts: nw.LazyFrame[Any] | None
    of_counts: DailyContacts | None
    intervals: Counted | None

    def share(self, *, confidence: float) -> VariantShare:
        """Return the share of all contacts together."""
        tallies = [tally for tally in (self.single, self.of_counts) if tally is not None]
        whole = tallies[0] if len(tallies) == 1 else tallies[0].joined(tallies[1])
        return whole.shares([self.question.way], level=confidence)[0]

    def basis(self) -> tuple[Basis, ...]:
        """Return the rows that the share rests on."""
        where = (*IN_PERIOD, ("channel", self.question.channel))
        single = () if self.single is None else (Basis("interactions", where),)
        if self.intervals is None:
            return single
        return (*single, *self.intervals.basis(self.question.channel, self.question.column))

    @property
    def rounded(self) -> bool:
        """Whether counts say what is asked by rounded shares."""
        if self.intervals is None or self.other_limits():
            return False
        return any(self.intervals.rounding(self.question.column))

    @property
    def _became(self) -> str:
        return "given up" if self.question.column == "abandoned" else "answered in time"

    def other_limits(self) -> list[int]:
        """Return the limits that contacts were counted by instead of the one that is asked."""
        if self.intervals is None or not self.question.stems:
            return []
        return [seconds for seconds in self.intervals.limits() if seconds != self.question.way.limit]

    def notes(self, *, confidence: float) -> str:
        """Return what the counts are, and what either kind of evidence leaves open."""
        if self.intervals is None:
            return self._left_open(confidence=confidence)
        notes = (
            self._left_open(confidence=confidence),
            self.intervals.words,
            self._uncounted(),
            f"interval counts say only rounded shares of contacts {self._became}" if self.rounded else "",
        )
        return "; ".join(note for note in notes if note)

    def _left_open(self, *, confidence: float) -> str:
        if self.single is None or self.contacts is None:
            return ""
        # Only where anything is open are its shares, and the scan for days, worth their time.
        if not self.single.undecided(self.question.way):
            return ""
        share = self.single.shares([self.question.way], level=confidence)[0]
        days = BY_DAYS * holds_days(self.contacts, *self.question.stems)
        rows = counted(share.settled + share.unknown, "row")
        return f"of {rows}, {share.unknown:,} left open {self.question.unsaid}{days}"

    def _undecided(self) -> int:
        """Return how many contacts of intervals are on neither side, where rounding is not the reason."""
        if self.of_counts is None or self.intervals is None or self.intervals.contradicts or self.rounded:
            return 0
        return self.of_counts.undecided(self.question.way)

    def counted_at(self) -> tuple[int, ...]:
        """Return the other limits by which contacts were counted that are on neither side for it."""
        return tuple(self.other_limits()) if self._undecided() else ()

    def _uncounted(self) -> str:
        """Return why contacts of intervals are on neither side; empty where none is."""
        unknown = self._undecided()
        if not unknown:
            return ""
        contacts = f"{counted(unknown, 'contact')} of interval counts left open"
        limits = self.other_limits()
        if not limits:
            return f"{contacts}: not every interval says {self.question.column}, or can be used"
        stated = " and ".join(counted(seconds, "second") for seconds in limits)
        again = f"cannot be counted again at {self.question.way.limit:,}"
        return f"{contacts}: they were counted at a limit of {stated} and {again}"


def _measured(evidence: _Evidence, *, confidence: float) -> Measurement:
    share, notes = evidence.share(confidence=confidence), evidence.notes(confidence=confidence)
    measured = as_measurement(share)
    # Bounds that exclude nothing say nothing.
    if measured.value is None or (not measured.n and measured.bounds in (None, (0.0, 1.0))):
        none = f"there is no {evidence.question.channel} contact in the period that says enough"
        impossible = "; ".join(filter(None, (notes, MORE)))
        reason = impossible if share.contradicting else notes or none
        return replace(nothing(reason), counted_at=evidence.counted_at())
    lopsided = share.unknown and (evidence.rounded or evidence.other_limits())
    return replace(
        measured,
        value=_middle(share) if lopsided else measured.value,
        level=EvidenceLevel.AGGREGATES if evidence.single is None else EvidenceLevel.RESPONSES,
        basis=evidence.basis(),
        reason=notes,
        counted_at=evidence.counted_at(),
    )


def _by_days(single: DailyContacts, contacts: nw.LazyFrame[Any], question: ShareQuestion) -> str:
    """Return why waits cannot be told where most lie between days without times; empty where they can."""
    answered = single.contacts(where=_was_answered)
    undecided = single.undecided(question.way, where=_was_answered)
    if 2 * undecided <= answered:
        return ""
    columns = " and ".join(f"interactions.{stem}" for stem in question.stems if holds_days(contacts, stem))
    return (
        f"days without times stand in {columns}: no wait is said by {undecided:,} of "
        f"{counted(answered, 'answered contact')}"
    )


def _was_answered(state: Known) -> bool:
    return state[0] == (Left.ANSWERED,)
