"""The question about what the party published."""

from __future__ import annotations

from auditlib.parameters.engagement import Engagement
from auditlib.records import Refusal
from auditlib.service_levels.examine import EVIDENCE, families
from auditlib.service_levels.published.against_evidence import matched
from auditlib.service_levels.published.answer import PublishedAnswer
from auditlib.service_levels.published.changed_definition import changes_of_definition, changes_of_limits
from auditlib.service_levels.published.claims import published_shares
from auditlib.service_levels.published.quarantined_counts import quarantined_counts
from auditlib.service_levels.published.restated import restated_counts, restated_shares
from auditlib.service_levels.published.result import PublishedAgainstEvidence
from auditlib.standards.profile import Demands
from auditlib.statements import Unanswered

_NOTHING = Refusal(
    "The evidence has no figures that the party published, and no interval counts exported on several days, "
    "made by limits that changed, or in quarantine.",
    "Ask for the service levels that the party published, with the definition and the days of each.",
)


def published(engagement: Engagement, *, demands: Demands) -> PublishedAnswer | Unanswered:
    """Answer whether what the party published is what its evidence gives, and whether it stayed so.

    Parameters
    ----------
    demands
        What the party is judged by: its criteria name the form, the limit and the target of each share.
    """
    tables, run = engagement.evidence, engagement.run
    figures = published_shares(tables)
    held = matched(
        tables,
        figures,
        families(engagement.texts),
        demands.edition.criteria,
        period=run.period,
        level=run.thresholds.confidence,
    )
    result = PublishedAgainstEvidence(
        held,
        restated_shares(figures),
        changes_of_definition(held),
        restated_counts(tables),
        changes_of_limits(tables),
        tuple(name for name in EVIDENCE if name in tables.tables),
        quarantined_counts(tables),
    )
    if not (figures or result.exports or result.changed_limits or result.doubted):
        return Unanswered.not_assessable("published figures", _NOTHING)
    return PublishedAnswer(result)
