"""Findings: figures that the evidence does not give, or gives by a flattering definition; a restated past."""

from __future__ import annotations

from auditlib.records import Finding, Grade, Sentence
from auditlib.service_levels.published import statements
from auditlib.service_levels.published.changed_definition import ChangedDefinition, ChangedLimit
from auditlib.service_levels.published.matching import GivenBy, MatchedShare, apart
from auditlib.service_levels.published.quarantined_finding import quarantined_finding, with_resting
from auditlib.service_levels.published.restated import RestatedCounts, RestatedShare
from auditlib.service_levels.published.result import PublishedAgainstEvidence
from auditlib.service_levels.published.words import about
from auditlib.service_levels.published.words import subject as subject_of
from auditlib.statements import Facts

_FIGURES = "D2: a published figure is what its evidence gives by the definition it claims"
_PAST = "D8: what was reported of the past is restated in the open or not at all"
_DEFINITION = "D2: a definition holds for the whole period, and a change of it is said"


def findings_of(result: PublishedAgainstEvidence, facts: Facts) -> tuple[Finding, ...]:
    """Return a finding for each figure, restatement and changed definition that its readers were not told."""
    # Months after a change of definition are told with the change, unless one turns the verdict.
    with_change = [
        entry
        for change in result.changed
        for entry in change.figures
        if entry.given is GivenBy.OTHERWISE and not entry.turns_verdict
    ]
    return (
        *(_figure(entry, facts) for entry in result.figures if _wanting(entry) and entry not in with_change),
        *(_restated(entry, facts) for entry in result.restated),
        *(_changed(change, facts) for change in result.changed),
        *(_exports(counts, result, facts) for counts in result.exports if counts.changed),
        *(_limit(limit, facts) for limit in result.changed_limits),
        *(quarantined_finding(doubted, result, facts) for doubted in result.doubted),
    )


def _wanting(entry: MatchedShare) -> bool:
    """Return whether a figure was made up, follows another definition than claimed, or turns the verdict."""
    if entry.claim_stands:
        return entry.given in (GivenBy.BY_CLAIM, GivenBy.BY_EARLIER) and entry.turns_verdict
    if entry.given is GivenBy.OTHERWISE:
        return bool(entry.figure.definition) or entry.flatters_by > 0
    if entry.given is GivenBy.PERHAPS:
        return entry.claimed is not None or entry.flatters_by > 0
    return entry.given is GivenBy.BY_NONE


def _finding(
    condition: Sentence,
    *,
    criterion: str,
    cause: str,
    effect: str,
    recommendation: str,
    subject: str,
    headline: str = "",
    grade: Grade = Grade.MINOR,
    shortfall: float | None = None,
) -> Finding:
    """Return a finding whose condition is a sentence, and whose evidence are the numbers that this states."""
    return Finding(
        criterion=criterion,
        condition=condition.text,
        cause=cause,
        effect=effect,
        recommendation=recommendation,
        grade=grade,
        subject=subject,
        evidence=condition.keys,
        headline=headline,
        shortfall=shortfall,
    )


def _figure(entry: MatchedShare, facts: Facts) -> Finding:
    none, nearest = entry.given is GivenBy.BY_NONE, entry.nearest
    return _finding(
        statements.condition(entry, facts),
        criterion=_FIGURES,
        cause=_cause(entry),
        effect="Who reads the figure takes the service for another than it was."
        if none or entry.flatters_by
        else "Who reads the figure cannot compute it, nor compare it with others.",
        recommendation="Publish the figure again with its definition, its days and the counts behind it.",
        grade=Grade.MAJOR if none or entry.turns_verdict else Grade.MINOR,
        subject=subject_of(entry.figure),
        headline=_headline(entry),
        shortfall=apart(entry.figure, nearest) if none and nearest is not None else entry.flatters_by or None,
    )


def _cause(entry: MatchedShare) -> str:
    if entry.given is GivenBy.BY_NONE:
        return "No definition in use gives the figure: it was counted otherwise, from other contacts, or not."
    if entry.claim_stands:
        return "The definition claimed is on the better side of the form that the standard judges by."
    if not entry.figure.definition:
        return "The figure was published without the definition that it follows."
    if entry.claimed is None:
        return "The figure was published under a definition that is none of those in use."
    return "The figure was counted by another definition than the one it was published under."


def _headline(entry: MatchedShare) -> str:
    figure = entry.figure
    topic = about(figure)
    if entry.given is GivenBy.BY_NONE:
        return f"No way of counting gives the figure published for {topic}"
    if entry.turns_verdict:
        return f"Only a flattering definition meets the demand: published for {topic}"
    if entry.given is GivenBy.PERHAPS and not entry.claim_stands:
        return f"Better than the form of the standard, and given for certain by no definition: {topic}"
    if not figure.definition:
        return f"A flattering definition, and none is named: published for {topic}"
    return f"Another definition than claimed: published for {topic}"


def _restated(entry: RestatedShare, facts: Facts) -> Finding:
    return _finding(
        statements.restated_figure(entry, facts),
        criterion=_PAST,
        cause="The counts, the definition or the contacts behind the figure changed after it was published.",
        effect="Two figures for one period are in the world, and comparisons over time take either.",
        recommendation="Say beside the later figure that it replaces the earlier one, and why.",
        subject=f"restated:{subject_of(entry.after)}",
        shortfall=abs(entry.after.value - entry.before.value),
    )


def _changed(change: ChangedDefinition, facts: Facts) -> Finding:
    figure = change.figures[change.change].figure
    return _finding(
        statements.changed_definition(change, facts),
        criterion=_DEFINITION,
        cause="The way of counting behind the series was changed, as far as the figures show.",
        effect="A step in the series is taken for a change of the service.",
        recommendation="Publish the whole series by one definition, and say when it was changed.",
        subject=f"definition:{subject_of(figure)}",
        headline=f"The definition behind the monthly figures changed: {about(figure)}",
    )


def _exports(counts: RestatedCounts, result: PublishedAgainstEvidence, facts: Facts) -> Finding:
    return _finding(
        with_resting(statements.exports(counts, facts), counts.channel, result, facts),
        criterion=_PAST,
        cause="Intervals that were over were counted again, by another definition or from other contacts.",
        effect="What was reported from the first export cannot be computed from the last.",
        recommendation="Ask the party what was changed between the exports, and keep every export.",
        subject=f"exports:{counts.channel}",
        headline=f"Two exports say otherwise of intervals that were over: {counts.channel}",
        shortfall=counts.changed / counts.exported_twice,
    )


def _limit(limit: ChangedLimit, facts: Facts) -> Finding:
    return _finding(
        statements.changed_limit(limit, facts),
        criterion=_DEFINITION,
        cause="The limit was changed in the system that counts.",
        effect="A step in the share is taken for a change of the service.",
        recommendation="Have the whole period counted by one limit, or judge the two parts apart.",
        subject=f"{limit.column}:{limit.channel}",
    )
