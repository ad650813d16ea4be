"""How long it takes until a matter is resolved: the question, its numbers, words and table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, Interval, Number, Refusal, Sentence
from auditlib.service_levels.first_contact.evidence_end import evidence_end
from auditlib.service_levels.first_contact.matter_times import (
    KINDS,
    WAYS,
    MatterTimes,
    matter_times,
    matters_of,
)
from auditlib.service_levels.first_contact.matters import (
    RecordedContacts,
    identified,
    recorded_in,
    whole_contacts,
    with_silences,
)
from auditlib.service_levels.first_contact.resolution import NO_CUSTOMERS, no_contacts
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.waiting.channel_words import by
from auditlib.service_levels.waiting.result import QUANTILES, TimeEstimate
from auditlib.standards.observed import IN_PERIOD
from auditlib.statements import Answer, Exhibit, Facts, Unanswered, say
from auditlib.statements.spans import Span, span_for

if TYPE_CHECKING:
    import pandas as pd

ABOUT = "how long matters take"
TABLE = "interactions"
NO_MATTERS = Refusal(
    "No contact says what it was about, so that nobody knows which contacts are about one matter.",
    "Ask for the kind of matter of each contact, with its customer.",
)
NONE_FOLLOWED = Refusal(
    "No matter of the period was silent for long enough before the evidence ends.",
    "Ask for the contacts of the days after the period.",
)
_BASIS = (Basis(TABLE, IN_PERIOD),)
_TIMES = ("mean", *QUANTILES)
_WAYS = dict(zip(WAYS, ("what followed", "the party's own mark"), strict=True))
_LABELS = {
    "way": "Resolved by",
    "kind": "By",
    "group": "Channel or matter",
    "matters_begun": "Matters",
    "matters_open": "Not resolved",
    "time_median": "Half resolved within",
    "time_p90": "Nine in ten within",
    "time_mean": "Mean of those resolved",
    **{f"{name}_in": "In" for name in _TIMES},
}


@dataclass(frozen=True, slots=True)
class ResolutionTimes:
    """How long matters take until they are resolved.

    Parameters
    ----------
    entries
        All matters, by channel and by kind; by what followed and, where contacts carry one, by the mark.
    days
        Days of silence that end a matter.
    late, early
        Matters that began too late to be followed, and so early that they may have begun before the log.
    nameless
        Contacts that name no customer or no kind of matter: they are in no matter.
    """

    entries: tuple[MatterTimes, ...]
    days: int
    late: int
    early: int
    nameless: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each group of matters, times in seconds."""
        import pandas as pd

        return pd.DataFrame([_row(entry) for entry in self.entries])


def _row(entry: MatterTimes) -> dict[str, Any]:
    estimates = _estimates(entry)
    return {
        "way": entry.way,
        "kind": entry.kind,
        "group": entry.title,
        "matters_begun": entry.matters,
        "matters_open": entry.open,
        **{f"time_{name}": None if each is None else each.seconds for name, each in estimates.items()},
    }


class ResolutionTimesAnswer(Answer[ResolutionTimes]):
    """How long matters take, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return how many matters there were, how many were resolved and how long they took."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how long matters take, and in which channel least and most."""
        return tuple(_summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(_limits(self.result, self.facts))

    def times(self) -> Exhibit:
        """Return how long matters take: all, by channel and by kind of matter."""
        frame = self.to_frame()
        columns = [name for name in frame.columns if not name.startswith("time_")]
        for name in _TIMES:
            estimates = [_estimates(entry)[name] for entry in self.result.entries]
            seconds = [_span(estimate).seconds for estimate in estimates]
            frame[f"time_{name}"] = frame[f"time_{name}"].astype(float) / seconds
            frame[f"{name}_in"] = [_told_in(name, estimate) for estimate in estimates]
            columns += [f"time_{name}", f"{name}_in"]
        return Exhibit(
            frame[columns],
            "How long matters take from their first contact until they are resolved",
            ("way", "kind", "group"),
            facts=self.numbers(),
            units={"matters_begun": "cases", "matters_open": "cases"}
            | {f"time_{name}": "duration" for name in _TIMES},
            labels=_LABELS,
        )


def resolution_times(
    engagement: Engagement, *, rule: RepeatRule | None = None
) -> ResolutionTimesAnswer | Unanswered:
    """Answer how long it takes from the first contact of a matter until it is resolved.

    Parameters
    ----------
    rule
        Its days are the silence that ends a matter; the usual one by default.
    """
    chosen = replace(rule or RepeatRule(), from_end=True, abandoned_count=True)
    if TABLE not in engagement.evidence.tables:
        return Unanswered.not_assessable(ABOUT, no_contacts(engagement.evidence))
    recorded = recorded_in(engagement.evidence.lazy(TABLE))
    if not recorded.contacts:
        return Unanswered.not_assessable(ABOUT, no_contacts(engagement.evidence))
    if not (recorded.customers and recorded.by_matter):
        return Unanswered.not_assessable(ABOUT, NO_MATTERS if recorded.customers else NO_CUSTOMERS)
    result = estimate(engagement, recorded, rule=chosen)
    return (
        ResolutionTimesAnswer(result) if result.entries else Unanswered.not_assessable(ABOUT, NONE_FOLLOWED)
    )


def estimate(engagement: Engagement, recorded: RecordedContacts, *, rule: RepeatRule) -> ResolutionTimes:
    """Measure how long matters take.

    Parameters
    ----------
    recorded
        What contacts say; at least their customers and their matters.
    """
    import narwhals as nw

    interactions = engagement.evidence.lazy(TABLE)
    until = evidence_end(interactions, engagement.run)
    offered = whole_contacts(interactions, recorded, rule=rule).filter(nw.col("offered_at") <= until)
    identifiable = identified(by_matter=True)
    contacts = with_silences(offered.filter(identifiable), by_matter=True)
    matters = matters_of(contacts, rule=rule, until=until, since=recorded.first)
    counts = matters.select(nw.col("late", "early").sum()).collect().rows()[0]
    nameless = offered.filter(~identifiable).select(nw.len()).collect().rows()[0][0]
    ways = WAYS if recorded.marks else WAYS[:1]
    entries = matter_times(
        engagement.evidence, matters, ways=ways, level=engagement.run.thresholds.confidence
    )
    late, early = (int(count or 0) for count in counts)
    return ResolutionTimes(entries, rule.days, late, early, int(nameless))


def _estimates(entry: MatterTimes) -> Mapping[str, TimeEstimate | None]:
    """Return mean and quantiles by name."""
    return {"mean": entry.mean, **entry.quantiles}


def _span(estimate: TimeEstimate | None) -> Span:
    """Return the unit of a time: the median of matters may be minutes where their mean is days."""
    return span_for(0.0 if estimate is None else estimate.seconds)


def _told_in(name: str, estimate: TimeEstimate | None) -> str:
    """Return the unit of a time, or why there is none: the matters that are followed were not resolved."""
    if estimate is not None:
        return _span(estimate).name
    return "not reached" if name in QUANTILES else "none resolved"


def _facts(result: ResolutionTimes) -> Iterator[Number]:
    yield Number("silence_of_matters", result.days, "count", reason="Declared.")
    for name in ("late", "early"):
        yield Number(f"matters_{name}", getattr(result, name), "cases", basis=_BASIS)
    yield Number("contacts_of_no_matter", result.nameless, "cases", basis=_BASIS)
    for entry in result.entries:
        where = ((entry.kind, entry.name),) if entry.kind != KINDS[0] and entry.name else ()
        basis = (Basis(TABLE, (*IN_PERIOD, *where)),)
        yield Number(f"matters_begun:{entry.key}", entry.matters, "cases", basis=basis)
        yield Number(f"matters_open:{entry.key}", entry.open, "cases", entry.matters, basis=basis)
        for name, estimate in _estimates(entry).items():
            if estimate is not None:
                span = _span(estimate)
                n = entry.resolved if name == "mean" else entry.matters
                value, limits = span.of(estimate.seconds), _in_span(estimate, span)
                yield Number(f"time_{name}:{entry.key}", value, span.name, n, limits, basis)


def _in_span(estimate: TimeEstimate, span: Span) -> Interval | None:
    limits = estimate.interval
    if limits is None:
        return None
    return Interval(span.of(limits.low), span.of(limits.high), limits.level, limits.method)


def _summary(result: ResolutionTimes, facts: Facts) -> Iterator[Sentence]:
    for entry in result.entries:
        if entry.kind == KINDS[0]:
            yield _every(entry, facts.about(entry.key))
    yield from _by_channel(result, facts)


def _every(entry: MatterTimes, about: Facts) -> Sentence:
    """Say how long all matters take, as far as they are resolved."""
    names = {"median": "half", "p90": "nine in ten"}
    parts = [
        say(f"{{words}} within {{time_{name}}} {{span}}", about, words=words, span=about[f"time_{name}"].unit)
        for name, words in names.items()
        if entry.quantiles[name] is not None
    ]
    beyond = [words for name, words in names.items() if entry.quantiles[name] is None]
    mean = (
        say(" (mean of those resolved {time_mean} {span})", about, span=about["time_mean"].unit)
        if entry.mean
        else ""
    )
    open_end = f"; as far as the evidence reaches, not yet {beyond[0]}" if beyond else ""
    if not parts:
        return say(
            "By {way}, not even half of {matters_begun|matter|matters} were resolved as far as the evidence "
            "reaches.",
            about,
            way=_WAYS[entry.way],
        )
    return say(
        "By {way}, of {matters_begun|matter|matters} {parts} of the offer of the first contact were "
        "resolved{mean}{open_end}.",
        about,
        way=_WAYS[entry.way],
        parts=parts,
        mean=mean,
        open_end=open_end,
    )


def _by_channel(result: ResolutionTimes, facts: Facts) -> Iterator[Sentence]:
    """Yield in which channel matters that begin there take least and most, where intervals tell."""
    timed = [
        (entry, median)
        for entry in result.entries
        if entry.way == WAYS[0] and entry.kind == "channel" and entry.name
        if (median := entry.quantiles["median"]) is not None and median.interval is not None
    ]
    if len(timed) < 2:
        return
    ordered = sorted(timed, key=lambda pair: pair[1].seconds)
    (first, short), (last, long) = ordered[0], ordered[-1]
    if short.interval and long.interval and short.interval.high < long.interval.low:
        yield say(
            "Half of the matters that begin {first} were resolved within {least} {least_span}, of those that "
            "begin {last} within {most} {most_span}.",
            facts,
            first=by(first.name),
            least=say("{time_median}", facts.about(first.key)),
            least_span=_span(short).name,
            last=by(last.name),
            most=say("{time_median}", facts.about(last.key)),
            most_span=_span(long).name,
        )


def _limits(result: ResolutionTimes, facts: Facts) -> Iterator[Sentence]:
    yield say(
        "A matter counts as resolved with its last contact before {silence_of_matters|day|days} of silence; "
        "silence is not satisfaction. {matters_late|matter|matters} that began later than that before the "
        "evidence ends {matters_late~is|are} left out, and {matters_early} may have begun before the log.",
        facts,
    )
    every = next(entry for entry in result.entries if entry.kind == KINDS[0])
    if every.open:
        yield say(
            "{matters_open|matter was|matters were} not resolved as far as the evidence reaches: more "
            "contacts came later, or the last was given up. The mean leaves these out, and is too short.",
            facts.about(every.key),
        )
    if result.nameless:
        yield say(
            "{contacts_of_no_matter|contact names|contacts name} no customer or no kind of matter and "
            "{contacts_of_no_matter~is|are} in no matter.",
            facts,
        )
