"""The answer to which units stand out: who is called out, how sure that is, and how the mean wait goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, Interval, Number, Refusal, Sentence
from auditlib.service_levels.unit_names import unit_name
from auditlib.service_levels.waiting import listed_units
from auditlib.service_levels.waiting.channel_words import by, spoken
from auditlib.service_levels.waiting.listed_units import ListedUnits
from auditlib.service_levels.waiting.mean_wait_course import MeanWaitCourse
from auditlib.service_levels.waiting.outlying import ComparedUnits, OutlyingUnits, measure_outlying, none_of
from auditlib.service_levels.waiting.unit_shares import GIVEN, IN_TIME, LONG_WAIT, UnitShare
from auditlib.standards.observed import IN_PERIOD
from auditlib.standards.profile import Demands
from auditlib.statements import Answer, Exhibit, Facts, Unanswered, joined, listed, say, spanned
from auditlib.statements.spans import span_for
from auditlib.statistics.lasting_change import Shape

_NAMED = 4
"""Units that a sentence names; the table has all."""
_WORDS = {
    IN_TIME: "answered within {limit} {span}",
    GIVEN: "given up",
    LONG_WAIT: "waits of more than {limit} {span}, the median of all",
}
_TOGETHER = 1.05
"""Contacts worth an independent one from which on it is said that those of a day go together."""
_DECLARED = "Declared."


class OutlyingAnswer(Answer[OutlyingUnits]):
    """Which units stand out, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return units' shares, how many are called out, and how the mean wait goes."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return for each share who is called out; and how the mean wait goes."""
        return tuple(_summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(_limits(self.result, self.facts))

    def parts(self) -> tuple[OutlyingAnswer, ...]:
        """Return the same answer for each share alone, those on which units are not compared last."""
        alone = replace(self.result, compared=(), refused=(), courses=(), listed=())
        results = [replace(alone, compared=(part,)) for part in self.result.compared]
        results += [replace(alone, listed=(part,)) for part in self.result.listed]
        return tuple(map(OutlyingAnswer, results))

    def without(self, held: Any) -> tuple[OutlyingAnswer | None, int]:
        """Return it without the units that are held back, and how many these are."""
        compared = [part.without(held) for part in self.result.compared]
        listed = [alone.without(held) for alone in self.result.listed]
        lost = sum(count for _, count in compared) + sum(count for _, count in listed)
        left = replace(
            self.result,
            compared=tuple(part for part, _ in compared if part is not None),
            listed=tuple(alone for alone, _ in listed if alone is not None),
        )
        return (OutlyingAnswer(left) if left.compared or left.listed else None), lost

    @property
    def compared(self) -> ComparedUnits:
        """The units of an answer that is about one share alone."""
        (part,) = self.result.compared
        return part

    @property
    def calls(self) -> bool:
        """Whether a unit is called out."""
        return any(part.called_out for part in self.result.compared)

    @property
    def name(self) -> str:
        """What its figure and its table are found by."""
        shares = [part.share for part in self.result.compared] + [part.share for part in self.result.listed]
        return shares[0].key.replace(":", "-").replace("_", "-")

    @property
    def title(self) -> str:
        """What its figure and its table are called: the message."""
        if self.result.listed:
            return f"Units by themselves: {_compared_on(self.result.listed[0].share)}"
        part = self.compared
        called = part.called_out
        if not called:
            return f"No unit stands out on {_compared_on(part.share)}"
        names = [unit_name(part.unit_id[place]) for place in called]
        who = " and ".join(names) if len(names) <= 2 else f"{names[0]} and others"
        return f"{who} {'stands' if len(names) == 1 else 'stand'} out on {_compared_on(part.share)}"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return self.summary()[0].text

    def units(self) -> Exhibit:
        """Return every unit compared with its share, its limits and its verdict, in order of id."""
        if self.result.listed:
            return self._listed(self.result.listed[0])
        part = self.compared
        allowed = _allowed_for(part, self.facts.about(part.share.key))
        frame = part.to_frame().assign(compared_on=part.share.key)
        return Exhibit(
            frame[["unit_id", "compared_on", "contacts", "share", "low", "high", "z", "verdict"]],
            self.title,
            ("unit_id", "compared_on"),
            facts=self.numbers(),
            units={"compared_on": "quoted", "contacts": "count"},
            labels={"compared_on": "Compared on", "contacts": "Contacts", "verdict": "Verdict"},
            caption=f"In order of the ids of units: the order of shares says nothing. {allowed.text}",
            keys=allowed.keys,
        )

    def _listed(self, part: ListedUnits) -> Exhibit:
        frame = part.to_frame().assign(compared_on=part.share.key)
        return Exhibit(
            frame[["unit_id", "compared_on", "contacts", "share", "low", "high"]],
            self.title,
            ("unit_id", "compared_on"),
            facts=self.numbers(),
            units={"compared_on": "quoted", "contacts": "count"},
            labels={"compared_on": "Share of", "contacts": "Contacts"},
            caption="In order of the ids of units. They are too few to be compared: whether they differ by "
            "more than sound units do is not said.",
        )


def standing_out(engagement: Engagement, *, demands: Demands) -> OutlyingAnswer | Unanswered:
    """Answer which units stand out on the shares that the criteria of the audit ask for.

    Parameters
    ----------
    demands
        What the party is judged by; its criteria name the channels and limits.
    """
    measured = measure_outlying(engagement, demands.edition.criteria)
    if isinstance(measured, Refusal):
        return Unanswered.not_assessable("which units stand out on service levels", measured)
    return OutlyingAnswer(measured)


def _compared_on(share: UnitShare) -> str:
    return {IN_TIME: "contacts answered in time", GIVEN: "contacts given up", LONG_WAIT: "long waits"}[
        share.measure
    ] + f" {by(share.channel)}"


def _phrase(share: UnitShare) -> Sentence:
    return Sentence(_compared_on(share).capitalize())


def _facts(result: OutlyingUnits) -> Iterator[Number]:
    yield Number("contacts_needed", result.minimum_n, "count", reason=_DECLARED)
    for part in result.compared:
        yield from _of_share(part)
    for alone in result.listed:
        yield from listed_units.facts(alone)
    for share, why in result.refused:
        yield Number(f"units_compared:{share.key}", None, "units", reason=why.reason)
    for channel, course in result.courses:
        yield from _of_course(channel, course)


def _of_share(part: ComparedUnits) -> Iterator[Number]:
    funnel, key = part.funnel, part.share.key
    basis = (Basis(part.share.table, (*IN_PERIOD, ("channel", part.share.channel))),)
    yield Number(f"units_compared:{key}", len(part.unit_id), "units", basis=basis)
    yield Number(f"called_out:{key}", len(part.called_out), "units", basis=basis)
    yield Number(f"too_small:{key}", part.small, "units", basis=basis)
    yield Number(f"unknown:{key}", part.unknown, "count", basis=basis)
    yield Number(f"typical:{key}", funnel.target, "share", int(funnel.cases.sum()), basis=basis)
    yield Number(f"meaningful:{key}", funnel.meaningful, "share", reason="A fifth of a standard deviation.")
    yield Number(f"false_calls:{key}", 1 - funnel.level, "share", reason=_DECLARED)
    yield Number(f"design_effect:{key}", funnel.design_effect, "ratio", basis=basis)
    span = span_for(part.share.seconds)
    yield Number(f"limit:{key}", span.of(part.share.seconds), span.name, reason=_DECLARED)
    for place, unit in enumerate(part.unit_id):
        of_unit = tuple(replace(entry, where=(*entry.where, ("unit_id", unit))) for entry in basis)
        own = Interval(float(funnel.own.low[place]), float(funnel.own.high[place]), funnel.level, "Wilson")
        cases = int(funnel.cases[place])
        share = float(funnel.share[place])
        yield Number(part.number_key(place), share, "share", cases, own, of_unit)


def _of_course(channel: str, course: MeanWaitCourse | Refusal) -> Iterator[Number]:
    basis = (Basis("interactions", (*IN_PERIOD, ("channel", channel))),)
    if isinstance(course, Refusal):
        yield Number(f"months_charted:{channel}", None, "months", basis=basis, reason=course.reason)
        return
    yield Number(f"months_charted:{channel}", len(course.months), "months", basis=basis)
    yield Number(f"months_out_of_line:{channel}", len(course.out_of_line), "months", basis=basis)
    change = course.chart.change
    limits = Interval(float(np.exp(change.low)), float(np.exp(change.high)), change.level, "steps and slopes")
    factor = float(np.exp(change.total))
    yield Number(f"wait_factor:{channel}", factor, "ratio", len(course.months), limits, basis)


def _summary(result: OutlyingUnits, facts: Facts) -> Iterator[Sentence]:
    for part in result.compared:
        yield _called(part, facts.about(part.share.key))
    if any(part.called_out for part in result.compared):
        about = facts.about(result.compared[0].share.key)
        yield say("Of the units called out {false_calls|.0%} may be called out wrongly.", about)
    for why in dict.fromkeys(why for _, why in result.refused):
        shares = [share for share, reason in result.refused if reason == why]
        topics = [_compared_on(share) for share in shares]
        subject = listed([topics[0].capitalize(), *topics[1:]])
        yield Sentence(
            f"{subject}: units are not compared. {why.reason} {why.remedy}".strip(),
            tuple(f"units_compared:{share.key}" for share in shares),
        )
    for alone in result.listed:
        yield listed_units.by_themselves(alone, _phrase(alone.share), facts)
    yield from _courses(result, facts)


def _measured(part: ComparedUnits, facts: Facts) -> Sentence:
    """Return what is compared, with its limit."""
    words = say(
        _WORDS[part.share.measure],
        facts,
        limit=say("{limit}", facts) if part.share.seconds else "",
        span=span_for(part.share.seconds).name,
    )
    return say("{channel}, {words}", facts, channel=spoken(part.share.channel).capitalize(), words=words)


def _called(part: ComparedUnits, facts: Facts) -> Sentence:
    called = part.called_out
    if not called:
        return say(
            "{measured}: none of {units_compared|unit|units} differs from the others by more than chance and "
            "a difference worth acting on.",
            facts,
            measured=_measured(part, facts),
        )
    named = [
        Sentence(f"{unit_name(part.unit_id[place])} ({share.text}, {_side(part, place)})", share.keys)
        for place in called[:_NAMED]
        for share in (say(f"{{share:{part.unit_id[place]}:{part.share.key}}}", facts),)
    ]
    return say(
        "{measured}: {called_out} of {units_compared|unit|units} {called_out~is|are} called out, "
        "{named}{more}; the typical unit has {typical}.",
        facts,
        measured=_measured(part, facts),
        named=named,
        more=" among them" if len(called) > _NAMED else "",
    )


def _side(part: ComparedUnits, place: int) -> str:
    return "better" if part.better(place) else "worse"


def _allowed_for(part: ComparedUnits, facts: Facts) -> Sentence:
    together = say(
        "; {design_effect} contacts are worth one, because those of a day go together, which is allowed for",
        facts,
    )
    return say(
        "A difference of {meaningful|.1%} or more is worth acting on, and of the units called out "
        "{false_calls|.0%} may be called out wrongly{together}.",
        facts,
        together=together if part.funnel.design_effect >= _TOGETHER else "",
    )


def _courses(result: OutlyingUnits, facts: Facts) -> Iterator[Sentence]:
    for channel, course in result.courses:
        about = facts.about(channel)
        if isinstance(course, Refusal):
            yield Sentence(
                f"Mean wait {by(channel)} over time: {course.reason}", (f"months_charted:{channel}",)
            )
        else:
            yield _course(channel, course, about)
    if result.courses:
        yield Sentence(
            "Whether the share answered in time improves is answered in the notebook on improvement."
        )


def _course(channel: str, course: MeanWaitCourse, facts: Facts) -> Sentence:
    single = (
        "no single month is out of line"
        if not course.out_of_line
        else joined(
            [
                say("{months_out_of_line|month is|months are} out of line:", facts),
                *course.out_of_line[:_NAMED],
            ],
            " ",
        )
    )
    return say(
        "Mean wait {channel} over {months_charted|month|months}: {lasting}; {single}.",
        facts,
        channel=by(channel),
        lasting=_lasting(course, facts),
        single=single,
    )


def _lasting(course: MeanWaitCourse, facts: Facts) -> Sentence | str:
    if course.shape is Shape.NONE:
        return "no lasting change is shown"
    change = course.chart.change
    moved = {1: "longer", -1: "shorter", 0: "changed"}[int(change.low > 0) - int(change.high < 0)]
    ends = spanned(say("{wait_factor[low]}", facts), say("{wait_factor[high]}", facts))
    return say(
        "{moved} for good, by a factor of {wait_factor} (it lies {ends})", facts, moved=moved, ends=ends
    )


def _limits(result: OutlyingUnits, facts: Facts) -> Iterator[Sentence]:
    for part in result.compared:
        about = facts.about(part.share.key)
        if part.small:
            yield say(
                "{measured}: {too_small|unit has|units have} fewer than {contacts_needed} contacts and "
                "{too_small~is|are} not compared.",
                about,
                measured=_measured(part, about),
            )
        if part.unknown:
            yield say(
                "{measured}: {unknown|contact is|contacts are} left out because it is not known.",
                about,
                measured=_measured(part, about),
            )
    for alone in result.listed:
        yield from listed_units.limits(alone, _phrase(alone.share), facts)
    if result.absent:
        why = none_of(result.absent)
        yield Sentence(f"{why.reason} {why.remedy}")
    if result.compared:
        yield Sentence(
            "Units are compared as they are: they may serve other matters, at other hours, with other staff."
        )
