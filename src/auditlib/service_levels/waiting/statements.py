"""How long customers wait, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Sentence
from auditlib.service_levels.contradictory import ASK
from auditlib.service_levels.waiting.channel_words import by, spoken
from auditlib.service_levels.waiting.facts import counted_span, span_of
from auditlib.service_levels.waiting.patience import (
    BOUNDS,
    Patience,
    PatienceCurves,
    no_certainty,
    no_times,
)
from auditlib.service_levels.waiting.result import ChannelWaits, CountedMeans, TimeSpread, WaitingResult
from auditlib.statements import Facts, joined, listed, say
from auditlib.statements.spans import span_for

_CHANNELS_SAID = 3
"""Channels that are spoken of one by one; the table has all."""
MEASURED = {"wait": "wait", "handle": "handle time", "given_up": "share given up"}
_WEIGHTS = {"answered": "answered", "offered": "offered"}


def summary(result: WaitingResult, facts: Facts) -> Iterator[Sentence]:
    """Yield how long customers wait, what becomes of those who give up, and what averages hide."""
    timed = [entry for entry in result.channels if entry.wait is not None]
    if timed:
        ends = shortest_and_longest(result)
        lead = "Waits differ by channel. " if ends is not None and in_unlike_spans(*ends) else ""
        parts = joined([_wait(entry, facts) for entry in timed[:_CHANNELS_SAID]], "; ")
        yield say("{lead}Of those answered, {parts}.", facts, lead=lead, parts=parts)
    patient = [entry for entry in result.channels if entry.share_given_up and result.tells(entry)]
    if patient:
        shares = [_given_up(entry, facts) for entry in patient[:_CHANNELS_SAID]]
        yield say("Given up were {shares}.", facts, shares=shares)
    for means in result.counted:
        yield _counted(means, facts)


def _wait(entry: ChannelWaits, facts: Facts) -> Sentence | str:
    if entry.wait is None:
        return ""
    about = facts.about(entry.channel)
    return say(
        "{channel} half waited no longer than {median_wait} and nine in ten no longer than {p90_wait} "
        "{span} (mean {mean_wait})",
        about,
        channel=by(entry.channel),
        span=span_of(entry.wait).name,
    )


def _given_up(entry: ChannelWaits, facts: Facts) -> Sentence:
    about = facts.about(entry.channel)
    most = say(" to {most_share_given_up}", about) if entry.open else ""
    return say(
        "{share_given_up|.1%}{most} of {contacts_offered|contact|contacts} {channel}",
        about,
        channel=by(entry.channel),
        most=most,
    )


def patience(curves: PatienceCurves, facts: Facts) -> Iterator[Sentence]:
    """Yield for each channel who would have given up by when, and which channels log nothing of it."""
    if not (curves.channels or curves.silent or curves.untimed or curves.few or curves.contradictory):
        yield Sentence("How patient customers are cannot be told without single contacts.")
    for channel, part in curves.impatient.items():
        yield _would_give_up(channel, part, facts.about(channel))
    calm = [name for name in curves.channels if name not in curves.impatient]
    if calm:
        yield say(
            "Next to nobody gave up within {bound} seconds {names}.",
            facts,
            names=[by(name) for name in calm],
            bound=say(f"{{by_{max(BOUNDS)}}}", facts),
        )
    if curves.few:
        yield say(
            "Too few gave up {names} to say more of it.", facts, names=[by(name) for name in curves.few]
        )
    yield from _unlogged(curves)
    for refusal, channels in ((no_times, curves.untimed), (no_certainty, curves.contradictory)):
        for channel in channels:
            why = refusal(channel)
            yield Sentence(f"{why.reason} {why.remedy}", (f"patience:{channel}",))


def _would_give_up(channel: str, part: Patience, facts: Facts) -> Sentence:
    told = [
        say(f"{{gone_by_{bound.seconds}}} within {{by_{bound.seconds}}}", facts)
        for bound in part.bounds
        if bound.share
    ]
    return say(
        "If nobody had been answered {channel}, {told} seconds would have given up.",
        facts,
        channel=by(channel),
        told=told,
    )


def _unlogged(curves: PatienceCurves) -> Iterator[Sentence]:
    """Yield which channels hold no abandonment, so that nothing of it is compared."""
    if curves.silent:
        keys = tuple(f"patience:{channel}" for channel in curves.silent)
        names = listed([spoken(channel) for channel in curves.silent])
        yield Sentence(
            f"The log of {names} holds no contact given up: either nobody gave up or it is not recorded, so "
            "that nothing of it is compared. Ask whether customers who leave before they are answered are "
            "recorded.",
            keys,
        )


def _counted(means: CountedMeans, facts: Facts) -> Sentence:
    """Return the mean of all contacts, and beside it that of the intervals where it is another."""
    about, span = facts.about(means.channel), counted_span(means)
    unit = f" {span.name}" if span else ""
    pooled = say(f"{{pooled_{means.measure}}}", about)
    whole = say(
        f"{{channel}}: by {_saying(means)} is {{pooled}}{{unit}}, each interval weighted by contacts "
        "{weight}",
        about,
        channel=spoken(means.channel).capitalize(),
        measure=MEASURED[means.measure],
        pooled=pooled,
        unit=unit,
        weight=_WEIGHTS[means.weighted_by],
    )
    if means.plain is None:
        return say("{whole}.", about, whole=whole)
    plain = say(f"{{plain_{means.measure}}}", about)
    if plain.text == pooled.text:
        return say("{whole}; the plain mean of the intervals is the same.", about, whole=whole)
    return say(
        "{whole}; the plain mean of the intervals, in which a quiet one counts as much as a busy one, is "
        "{plain}{unit}.",
        about,
        whole=whole,
        plain=plain,
        unit=unit,
    )


def _saying(means: CountedMeans) -> str:
    """Return a template for the intervals and contacts that a mean is of: of all, or of those that say it."""
    count = f"intervals_{means.measure}"
    if means.intervals == means.concerned:
        return f"{{{count}|interval count|interval counts}} the mean {{measure}} of all contacts"
    return (
        f"the {{{count}}} of {{concerned_{means.measure}|interval count|interval counts}} that "
        f"{{{count}~says|say}} it the mean {{measure}} of their contacts"
    )


def limits(result: WaitingResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what cannot be said of waiting."""
    if result.nameless:
        yield say(
            "{nameless_waits|contact names|contacts name} no channel and {nameless_waits~is|are} in none.",
            facts,
        )
    for entry in result.channels:
        yield from _unknown(entry, facts.about(entry.channel))
    if result.counted and result.channels:
        yield Sentence(
            "From interval counts means alone can be told: how long those wait who wait longest cannot."
        )
    elif result.counted:
        yield _counts_alone(result)
    if result.channels:
        yield Sentence(
            "Waits of those answered leave out those who gave up. How patient customers are is told on the "
            "supposition that those answered early are as patient as those answered late; where a queue "
            "says how long it is, that may not hold."
        )
        yield Sentence(
            "Of waits and of handling, the median and the time within which nine in ten end are told in "
            "whole seconds: what is left over is dropped, so that each may be up to a second longer. "
            "Means keep it."
        )


def _counts_alone(result: WaitingResult) -> Sentence:
    """Say once what counts by interval do not tell, and what to ask for."""
    means = any(entry.measure == "wait" for entry in result.counted)
    mean = "" if means else "the mean wait, which no interval says, "
    ask = "" if means else ", or for the mean wait of each interval"
    return Sentence(
        f"From counts by interval alone it cannot be told: {mean}how long those wait who wait longest, and "
        "how long customers would wait before they give up. Ask for the contacts of the period one by "
        f"one{ask}."
    )


def _unknown(entry: ChannelWaits, facts: Facts) -> Iterator[Sentence]:
    channel = by(entry.channel)
    if entry.unknown:
        yield say(
            "Of {outcome_unknown|contact|contacts} {channel} nobody knows whether the customer gave up.",
            facts,
            channel=channel,
        )
    if entry.contradictory:
        yield say(
            "{contradictory|contact|contacts} {channel} {contradictory~is|are} said to be both answered and "
            "given up: {contradictory~it is|they are} in no wait, and it is left open whether "
            "{contradictory~it was|they were} given up. {ask}",
            facts,
            channel=channel,
            ask=ASK,
        )
    if entry.untimed:
        yield say(
            "Of {untimed|answered contact|answered contacts} {channel} the wait is not known.",
            facts,
            channel=channel,
        )
    if entry.unhandled:
        yield say(
            "Of {unhandled|answered contact|answered contacts} {channel} the handle time is not known: no "
            "end is recorded, or it lies before the answer.",
            facts,
            channel=channel,
        )


def shortest_and_longest(result: WaitingResult) -> tuple[TimeSpread, TimeSpread] | None:
    """Return the waits of the channels with the shortest and the longest median; None of fewer than two."""
    spreads = [entry.wait for entry in result.channels if entry.wait is not None]
    if len(spreads) < 2:
        return None
    ordered = sorted(spreads, key=lambda spread: spread.median.seconds)
    return ordered[0], ordered[-1]


def in_unlike_spans(shortest: TimeSpread, longest: TimeSpread) -> bool:
    """Return whether half wait seconds in one and minutes in the other, and chance does not explain it."""
    low, high = shortest.median, longest.median
    if low.interval is None or high.interval is None or low.interval.high >= high.interval.low:
        return False
    return span_for(low.seconds) != span_for(high.seconds)
