"""Whether verdicts hang on the definition of a share, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditlib.records import Criterion, Direction, Refusal, Sentence
from auditlib.service_levels.definitions import Aggregation, ClockStart
from auditlib.service_levels.facts import JUDGED
from auditlib.service_levels.result import CriterionByDefinition, JudgedVariant, ServiceLevelsByDefinition
from auditlib.service_levels.unit_names import unit_names
from auditlib.standards.words import said
from auditlib.statements import Facts, joined, listed, say

JOINED: Mapping[Aggregation, str] = {
    Aggregation.POOLED: "all contacts together",
    Aggregation.MEAN_OF_UNITS: "mean of units",
    Aggregation.MEAN_OF_INTERVALS: "mean of intervals",
}
STARTS: Mapping[ClockStart, str] = {
    ClockStart.OFFERED: "from the queue",
    ClockStart.ARRIVED: "from the arrival",
}
SHARE_OF = "Share of contacts"
"""Label of a column that says which share a row is about."""
_MEASURED = {"answered_within": "contacts answered in time", "abandoned": "contacts given up"}
_NONE = Sentence("No criterion of the standard asks for a share that has several definitions.", ("criteria",))


def summary(result: ServiceLevelsByDefinition, facts: Facts) -> Iterator[Sentence]:
    """Yield for each criterion whether its verdict survives every definition in use."""
    if not result.criteria and not result.refusals:
        yield _NONE
    # What hangs on the definition comes first: the first page repeats the first sentence.
    for entry in sorted(result.criteria, key=lambda entry: (not entry.outcomes, entry.robust)):
        yield _verdicts(entry, facts.about(entry.criterion.id))
    for why in dict.fromkeys(why for _, why in result.refusals):
        yield _refused([criterion for criterion, refusal in result.refusals if refusal == why], why)


def measured(criterion: Criterion) -> str:
    """Return what a criterion measures, in words without its limit: ``Phone contacts given up``."""
    return f"{criterion.options['channel']} {_MEASURED[criterion.metric]}".capitalize()


def way(judged: JudgedVariant) -> str:
    """Return how a variant counts, in words."""
    variant = judged.share.variant
    return f"{variant.definition.title}, {JOINED[variant.aggregation]}"


def _way(entry: CriterionByDefinition, judged: JudgedVariant) -> Sentence:
    """Return how a variant counts, with the wait up to which a contact given up is short in it."""
    short = () if judged.share.variant.definition.short is None else (entry.short_key(judged),)
    return Sentence(way(judged), short)


def limits(result: ServiceLevelsByDefinition) -> Iterator[Sentence]:
    """Yield what cannot be said."""
    if result.unasked:
        yield Sentence(
            f"No criterion of the standard asks about contacts by {listed(result.unasked)}: nothing is "
            "judged of them."
        )
    for channel, units in result.single_days:
        had = "all contacts" if len(units) == 1 else "each all contacts"
        yield Sentence(
            f"{unit_names(units)} had {had} by {channel} on a single day: no interval can know what days "
            "differ by there."
        )
    reasons = dict.fromkeys(f"{why.reason} {why.remedy}" for entry in result.criteria for why in entry.unsaid)
    for reason in reasons:
        yield Sentence(reason)
    if result.criteria:
        yield Sentence(
            "Which definition is right is for the party and for those it made a promise to; a verdict that "
            "hangs on it is read with the others beside it."
        )


def _refused(criteria: Sequence[Criterion], why: Refusal) -> Sentence:
    """Return why nothing is said of criteria, once for all of which the same is to be said."""
    shares = listed([f"{measured(criterion).lower()} ({criterion.id})" for criterion in criteria])
    text = f"{shares[:1].upper()}{shares[1:]}: not assessable. {why.reason} {why.remedy}"
    return Sentence(text, tuple(f"variants:{criterion.id}" for criterion in criteria))


def _verdicts(entry: CriterionByDefinition, facts: Facts) -> Sentence:
    """Say between what the share lies by definitions in use, and whether the verdict hangs on them."""
    start = say(
        "{measured} ({criterion}, {side} {target})",
        facts,
        measured=measured(entry.criterion),
        criterion=entry.criterion.id,
        side="at least" if entry.criterion.target.direction is Direction.AT_LEAST else "at most",
    )
    told = say("{start}: {shares}. {verdict}", facts, start=start, shares=_shares(entry, facts),
               verdict=_verdict(entry, facts))  # fmt: skip
    if not entry.open or not entry.exact:
        return told
    return say(
        "{told} Of {open|further way|further ways} of counting the evidence tells bounds alone.",
        facts,
        told=told,
    )


def _shares(entry: CriterionByDefinition, facts: Facts) -> Sentence | str:
    if entry.extremes is None:
        return say("by {open|way|ways} of counting in use the evidence tells bounds alone", facts)
    least, most = entry.extremes
    ways = "{exact} of {variants|way|ways}" if entry.open else "{exact|way|ways}"
    return say(
        f"{ways} of counting in use {{exact~gives|give}} {{smallest}} ({{first}}) to {{largest}} ({{last}})",
        facts,
        first=_way(entry, least),
        last=_way(entry, most),
    )


def _verdict(entry: CriterionByDefinition, facts: Facts) -> Sentence | str:
    if not entry.outcomes:
        return "They leave the verdict open." if entry.open else "No verdict can be told."
    left = say(", and {undecided} {undecided~leaves|leave} it open", facts) if entry.undecided else ""
    # What was said before is of the ways with a share alone: verdicts are of all, and add up to all.
    every = "the {variants}" if entry.open and entry.exact else "them"
    if len(entry.outcomes) == 1 and entry.undecided:
        (outcome,) = entry.outcomes
        return say(f"The verdict is {said(outcome)} by {{{outcome}}} of {every}{{left}}.", facts, left=left)
    if entry.robust:
        (outcome,) = entry.outcomes
        return say(f"By each of {every} the verdict is the same: {said(outcome)}.", facts)
    counts = [
        say(f"{said(outcome)} by {{{outcome}}}", facts) for outcome in JUDGED if entry.outcomes[outcome]
    ]
    return say(
        "The verdict hangs on the definition: {counts}{left}.", facts, counts=joined(counts), left=left
    )
