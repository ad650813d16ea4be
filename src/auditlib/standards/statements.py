"""A verdict in words: the decision, what is behind it, what is outside, open, or cannot be said."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Outcome, Sentence
from auditlib.standards.scoring import comparable
from auditlib.standards.verdict import Verdict
from auditlib.standards.weighing import each_once
from auditlib.standards.words import amount, limit, said
from auditlib.statements import Facts, joined, say

DECIDED = {
    Outcome.MET: "meets",
    Outcome.NOT_MET: "does not meet",
    Outcome.NOT_DEMONSTRATED: "has not been shown to meet",
    Outcome.NOT_ASSESSABLE: "cannot be judged against",
    Outcome.NOT_APPLICABLE: "is only compared with, and not certified by,",
}
ALONE = (
    "This is what the criteria say: the decision of the audit is taken over the findings of all notebooks, "
    "when the run is assembled."
)


def summary(verdict: Verdict, facts: Facts) -> Iterator[Sentence]:
    """Yield the decision, the criteria behind it, what is outside, and what stays open."""
    yield _decision(verdict, facts)
    yield _criteria(verdict, facts)
    if verdict.decision.scope.outside:
        yield say(
            "Outside the certified scope, because this suite does not measure them: {ids}; "
            "{scope:weight_outside|g} of {scope:weight|g} of the weight.",
            facts,
            ids=", ".join(verdict.decision.scope.outside),
        )
    yield _open(facts)
    if not verdict.decision.whole:
        yield Sentence(ALONE)


def _decision(verdict: Verdict, facts: Facts) -> Sentence:
    decision, edition = verdict.decision, verdict.demands.edition
    whom, minors = "By its criteria alone, the operation", "open minor|open minors"
    if decision.whole:
        whom = "The operation"
        minors = "minor without an accepted plan|minors without an accepted plan"
    score = "its score is {score:low} against a pass mark of {rule:pass_mark|.0%}, with"
    if decision.outcome is Outcome.NOT_ASSESSABLE:
        score = "none of its criteria could be judged, so that it has no score, with"
    sentence = say(
        f"{{whom}} {{decided}} {{edition}}: {score} {{majors:open|open major|open majors}} and "
        f"{{minors:open|{minors}}}.",
        facts,
        whom=whom,
        decided=DECIDED[decision.outcome],
        edition=edition.title,
    )
    return Sentence(sentence.text, ("decision", *sentence.keys))


def _criteria(verdict: Verdict, facts: Facts) -> Sentence:
    """Say how many criteria have each outcome, and which findings are open or closed."""
    decision = verdict.decision
    outcomes = [
        say(f"{{criteria:{outcome.value}}} {{outcome}}", facts, outcome=said(outcome))
        for outcome in Outcome
        if verdict.count(outcome)
    ]
    gathered = tuple(f"minors:gathered:{group.category}" for group in decision.gathered)
    majors: str | Sentence = ""
    if decision.open_majors:
        ids = Sentence(", ".join(each_once(decision.open_majors)), gathered)
        majors = say("; the open {majors:open~major|majors}: {ids}", facts, ids=ids)
    closed: str | Sentence = ""
    if decision.closed:
        form = "; the register of actions closes {findings:closed|finding|findings}: {ids}"
        closed = say(form, facts, ids=", ".join(each_once(decision.closed)))
    form = "Of {criteria} criteria, {outcomes}{majors}{closed}."
    return say(form, facts, outcomes=joined(outcomes), majors=majors, closed=closed)


def _open(facts: Facts) -> Sentence:
    if not facts["criteria:open"].value:
        return Sentence("No criterion is open.", ("score:high",))
    return say(
        "{criteria:open|criterion is|criteria are} open: {criteria:not_demonstrated} not demonstrated and "
        "{criteria:without_evidence} without evidence. If all were met, the score would be {score:high}.",
        facts,
    )


def aspects(verdict: Verdict, facts: Facts) -> Iterator[Sentence]:
    """Yield how process and results stand to each other."""
    process, results = verdict.decision.process, verdict.decision.results
    if process is None or results is None:
        yield Sentence("Only one of process and results is judged by this edition.", ("score:low",))
        return
    weight = say("Process earns {process:low} of its weight for certain, results {results:low}.", facts)
    yield weight
    if not comparable(verdict.judgements):
        yield say(
            "Whether the two support each other cannot be told: of the weight of process {process:known|.1%} "
            "was met or not met, of results {results:known|.1%}, and at least {known:least|.0%} of each is "
            "needed.",
            facts,
        )
        return
    words = verdict.decision.mismatch or "The two do not part by as much as the rule flags."
    yield Sentence(words, (*weight.keys, "process:decided", "results:decided"))


def limits(verdict: Verdict) -> Iterator[Sentence]:
    """Yield what the verdict cannot say."""
    if verdict.demands.note:
        yield Sentence(verdict.demands.note, ("decision",))
    looser = verdict.demands.looser
    if looser:
        keys = tuple(f"outcome:{criterion}" for criterion in looser)
        yield Sentence(f"The profile asks for less than the standard in {', '.join(looser)}.", keys)
    yield from (sentence for sentence in (verdict.aside.sentence(), verdict.aside.limit()) if sentence)
    yield Sentence(
        "An interval speaks of how the operation works, not only of the cases that happened to come."
    )


def measured(verdict: Verdict) -> str:
    """Return what was found for every criterion that has a value, for those who cannot see it drawn."""
    parts = [
        f"{entry.criterion.id} {amount(entry.measurement.value, entry.measurement.unit)}, "
        f"{limit(entry.criterion.target, entry.measurement.unit)} demanded"
        for entry in verdict.judgements
        if entry.measurement.value is not None
    ]
    return "; ".join(parts) + "." if parts else "Nothing was measured."
