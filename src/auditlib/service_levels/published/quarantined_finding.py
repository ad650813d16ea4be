"""The finding about interval counts in quarantine, and the figures that rest on counts before them."""

from __future__ import annotations

from auditlib.records import CaseReference, Finding, Grade, Sentence
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.published import statements
from auditlib.service_levels.published.quarantined_counts import DoubtedCounts
from auditlib.service_levels.published.result import PublishedAgainstEvidence
from auditlib.statements import Facts, counted, joined


def quarantined_finding(doubted: DoubtedCounts, result: PublishedAgainstEvidence, facts: Facts) -> Finding:
    """Return that counts of a channel cannot be used; major where their last export restates the past."""
    condition = statements.doubted_counts(doubted, facts)
    if doubted.otherwise:
        condition = with_resting(condition, doubted.channel, result, facts)
    return Finding(
        criterion="D2: counts of an interval agree with each other, in the last export as in the first",
        condition=condition.text,
        cause="The system counts the columns of one interval by different rules, or cells were altered.",
        effect="What became of these contacts is unknown: shares are told between bounds.",
        recommendation="Ask how these intervals were counted, and have them exported again as they were.",
        grade=Grade.MAJOR if doubted.otherwise else Grade.MINOR,
        subject=f"quarantined_counts:{doubted.channel}",
        evidence=condition.keys,
        headline=f"{doubted.intervals:,} of {counted(doubted.of, 'count')} by interval cannot be used: "
        f"{doubted.channel}",
        cases=tuple(
            CaseReference(TABLE, f"{file}:{line}", unit, "in quarantine")
            for unit, file, line in doubted.places
        ),
        cases_in_all=doubted.intervals,
    )


def with_resting(
    condition: Sentence, channel: str, result: PublishedAgainstEvidence, facts: Facts
) -> Sentence:
    """Add to what a later export did to the past the published figures that rest on an earlier one."""
    entries = result.resting(channel)
    return joined([condition, statements.resting(channel, entries, facts)], " ") if entries else condition
