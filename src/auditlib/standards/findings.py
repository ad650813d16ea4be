"""What an auditor reports about a standard: a finding for each criterion that stands in the way.

A criterion not met raises a finding of its declared grade. One that is not demonstrated, or that lacks
evidence the party could give, raises an opportunity. A metric this suite does not measure yet is a
limit of the audit and not a finding about the party.
"""

from __future__ import annotations

from auditlib.records import CaseReference, Finding, Grade, Judgement, Kind, Outcome
from auditlib.standards.change import needed
from auditlib.standards.counted_otherwise import own_limit
from auditlib.standards.headline import headline
from auditlib.standards.verdict import Verdict
from auditlib.standards.weighing import each_once
from auditlib.standards.words import limit as limit_in_words
from auditlib.statements import counted


def findings(verdict: Verdict, *, subject: str = "operation") -> tuple[Finding, ...]:
    """Return the findings of a verdict, in the order of the edition.

    Minors that gather into a major are found over all notebooks: see `gathered_findings`.

    Parameters
    ----------
    verdict
        The judged standard.
    subject
        What was judged; part of each finding's fingerprint.
    """
    single = (_finding(entry, subject) for entry in verdict.judgements if _reportable(entry))
    return (*single, *_mismatch(verdict, subject))


def _reportable(judgement: Judgement) -> bool:
    if judgement.outcome is Outcome.NOT_ASSESSABLE:
        return judgement.measurement.built
    return judgement.outcome in (Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)


def _finding(judgement: Judgement, subject: str) -> Finding:
    criterion = judgement.criterion
    failed = judgement.outcome is Outcome.NOT_MET
    name = criterion.id
    return Finding(
        criterion=f"{name}: {criterion.demand}",
        condition=_sentence(judgement.reason),
        cause=_cause(judgement),
        effect=criterion.rationale,
        recommendation=_recommendation(judgement),
        grade=criterion.severity if failed else Grade.OPPORTUNITY,
        subject=subject,
        evidence=_evidence(judgement),
        cases=_cases(judgement),
        metric=criterion.metric_text,
        shortfall=shortfall_of(judgement),
        headline=headline(judgement),
    )


def shortfall_of(judgement: Judgement) -> float | None:
    """Return how far what was found lies from the target, as a share of it; 0 on the good side.

    For a target of 0 it is the value itself, and None where nothing was measured, or may be told.
    """
    target, value = judgement.criterion.target, judgement.measurement.value
    if value is None or judgement.margin is None:
        return None
    gap = max(0.0, -judgement.margin)
    return gap / abs(target.value) if target.value else gap


def _cases(judgement: Judgement) -> tuple[CaseReference, ...]:
    """Return the cases to look up; none of a cell too small to be told, unless each case counts by itself."""
    may_be_told = judgement.measurement.value is not None or judgement.criterion.kind is Kind.RIGID
    return judgement.measurement.cases if may_be_told else ()


def _evidence(judgement: Judgement) -> tuple[str, ...]:
    """Return the keys of what a finding states."""
    name = judgement.criterion.id
    kinds = ["outcome", "found", "observations", "target"]
    if judgement.criterion.kind is Kind.RIGID and judgement.measurement.successes is not None:
        kinds.append("outside")
    if judgement.measurement.n < judgement.criterion.minimum_n:
        kinds.append("minimum_n")
    if judgement.n_needed is not None:
        kinds += ["needed", "still_needed"]
    if judgement.measurement.excused and judgement.criterion.excused_limit is not None:
        kinds += ["excused", "excused_limit", "with_excused"]
    if judgement.measurement.unknown and judgement.measurement.value is not None:
        kinds += ["unknown", "lowest", "highest"]
    if own_limit(judgement) is not None:
        kinds.append("limit")
    return tuple(f"{kind}:{name}" for kind in kinds)


def _left_open(judgement: Judgement) -> bool:
    """Return whether cases of which nothing is known decide, and not too few of those that are known."""
    measured = judgement.measurement
    enough = measured.n >= judgement.criterion.minimum_n
    return judgement.outcome is Outcome.NOT_DEMONSTRATED and measured.unknown > 0 and enough


def _cause(judgement: Judgement) -> str:
    if judgement.outcome is Outcome.NOT_ASSESSABLE:
        return "The evidence handed over does not hold what this criterion needs."
    if _left_open(judgement):
        cases = counted(judgement.measurement.unknown, "case")
        return f"Of {cases} the evidence does not say whether what is demanded was done."
    if judgement.outcome is Outcome.NOT_DEMONSTRATED:
        return "There are too few observations to tell the result from its target."
    return "The evidence shows that the target is missed, not why: the party is asked to state the cause."


def _recommendation(judgement: Judgement) -> str:
    criterion = judgement.criterion
    if judgement.outcome is Outcome.NOT_MET and criterion.kind is Kind.RIGID:
        return (
            f"List the cases outside the limit, state their cause, and remove it; "
            f"demanded is {needed(judgement)}."
        )
    if judgement.outcome is Outcome.NOT_MET:
        return f"State the cause, fix it and show the effect; demanded is {needed(judgement)}."
    if judgement.outcome is Outcome.NOT_ASSESSABLE:
        return f"Hand over: {criterion.evidence_type}{_counted_otherwise(judgement, '; or ')}."
    if _left_open(judgement):
        demand = limit_in_words(criterion.target, judgement.measurement.unit)
        open_rows = f"what these rows leave open{_counted_otherwise(judgement, ', or ')}"
        return f"Supply {open_rows}, and have them judged again; demanded is {demand}."
    if judgement.n_missing:
        return f"Collect {needed(judgement)}, or show a better result."
    return f"Show a better result; demanded is {needed(judgement)}."


def _counted_otherwise(judgement: Judgement, joint: str) -> str:
    """Return that counts at the criterion's own limit would do, where there are counts at another."""
    seconds = own_limit(judgement)
    return "" if seconds is None else f"{joint}counts by interval at {counted(seconds, 'second')}"


def gathered_findings(verdict: Verdict, *, subject: str = "operation") -> tuple[Finding, ...]:
    """Return a major for each category in which open minors gather; evidence as numbers of the decision."""
    limit = verdict.demands.edition.rule.minors_make_major
    return tuple(
        Finding(
            criterion=f"minors-{group.category}: fewer than {counted(limit, 'minor is', 'minors are')} "
            "open in one category",
            condition=f"{counted(len(group.names), 'minor is', 'minors are')} open in '{group.title}': "
            f"{', '.join(each_once(group.names))}.",
            cause="Minor faults of one kind gather where nobody owns the whole.",
            effect="Together they weigh as much as a major and stop the decision.",
            recommendation="Name one owner for the category, with a plan for each of them.",
            grade=Grade.MAJOR,
            subject=subject,
            evidence=("rule:minors_make_major", f"minors:gathered:{group.category}"),
            headline=f"{counted(len(group.names), 'minor is', 'minors are')} open in '{group.title}'; "
            f"fewer than {limit} are allowed in one category",
        )
        for group in verdict.decision.gathered
    )


def _mismatch(verdict: Verdict, subject: str) -> list[Finding]:
    words = verdict.decision.mismatch
    if not words:
        return []
    return [
        Finding(
            criterion="process-results: process and results support each other",
            condition=words,
            cause="What is done and what comes of it are not connected as the party believes.",
            effect="The next period may look different without anyone having changed anything.",
            recommendation="Find out which step of the process customers notice, and judge it by that.",
            grade=Grade.OPPORTUNITY,
            subject=subject,
            evidence=("process:low", "results:low", "process:decided", "results:decided"),
        )
    ]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
