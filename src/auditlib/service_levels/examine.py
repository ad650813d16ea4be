"""Criteria of an audit put to every definition of their share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditlib.contracts import CanonicalTables
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.records import Criterion, DecisionMode, EvidenceLevel, Measurement, Outcome, Refusal, Statistic
from auditlib.service_levels.answer import ServiceLevelsAnswer
from auditlib.service_levels.channels import channels_in, waits_by_clock
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.definitions import Aggregation, ClockStart, DefinitionPolicy
from auditlib.service_levels.result import CriterionByDefinition, JudgedVariant, ServiceLevelsByDefinition
from auditlib.service_levels.variants import Variant, VariantShare, measured
from auditlib.standards.judge import judge_one
from auditlib.standards.profile import Demands

EVIDENCE = ("interactions", TABLE)
"""Tables of contacts: single ones, and counts by interval."""
FAMILIES = {"answered_within": "service_level", "abandoned": "abandonment"}
"""Metrics whose share has published definitions, and the file of params/definitions that holds them."""


def estimate(
    tables: CanonicalTables,
    criteria: Sequence[Criterion],
    policies: Mapping[str, DefinitionPolicy],
    *,
    level: float,
    mode: DecisionMode,
) -> ServiceLevelsByDefinition:
    """Put every criterion whose share has definitions to all of them.

    Parameters
    ----------
    policies
        Definitions by metric.
    """
    told: list[CriterionByDefinition] = []
    refusals: list[tuple[Criterion, Refusal]] = []
    for criterion in criteria:
        policy = policies.get(criterion.metric)
        if policy is None:
            continue
        answer = by_definition(tables, criterion, policy, level=level, mode=mode)
        if isinstance(answer, Refusal):
            refusals.append((criterion, answer))
        else:
            told.append(answer)
    held = tuple(name for name in EVIDENCE if name in tables.tables)
    asked = {str(criterion.options["channel"]) for criterion in criteria if criterion.metric in policies}
    unasked = tuple(name for name in channels_in(tables) if name not in asked)
    return ServiceLevelsByDefinition(level, tuple(told), held, tuple(refusals), unasked)


def families(texts: Mapping[str, str]) -> dict[str, DefinitionPolicy]:
    """Return the published definitions by the metric whose share they define.

    Parameters
    ----------
    texts
        Files of params/ as text, by their path there; a family without a file is left out.

    Raises
    ------
    ParameterError
        Where a file is wrong.
    """
    return {
        metric: load(DefinitionPolicy, texts[file], name=f"params/{file}")
        for metric, family in FAMILIES.items()
        if (file := f"definitions/{family}.yaml") in texts
    }


def by_definition(
    tables: CanonicalTables,
    criterion: Criterion,
    policy: DefinitionPolicy,
    *,
    level: float,
    mode: DecisionMode,
) -> CriterionByDefinition | Refusal:
    """Return a criterion under every definition of its share, or why nothing can be said.

    Parameters
    ----------
    policy
        The definitions in use for what the criterion measures.
    level
        Coverage of the intervals.
    mode
        How sure a verdict must be.
    """
    channel = str(criterion.options["channel"])
    waits, unsaid = waits_by_clock(tables, channel)
    if not waits:
        return unsaid[0]
    shares = [
        share
        for clock, rows in waits.items()
        for share in measured(rows, _variants(criterion, policy, clock), level=level)
        if share.least is not None
    ]
    if not shares:
        return Refusal(
            f"No contact of the period by {channel} says enough.",
            f"Ask for the contacts of the period by {channel}.",
        )
    judged = tuple(JudgedVariant(share, _outcome(criterion, share, mode=mode)) for share in shares)
    return CriterionByDefinition(criterion, judged, tuple(unsaid))


def _variants(criterion: Criterion, policy: DefinitionPolicy, clock: ClockStart) -> list[Variant]:
    limit = int(criterion.options.get("seconds", 0))
    return [
        Variant(name, definition, limit if definition.within is None else definition.within, joined, clock)
        for name, definition in policy.definitions.items()
        for joined in Aggregation
    ]


def _outcome(criterion: Criterion, share: VariantShare, *, mode: DecisionMode) -> Outcome:
    """Return what a criterion says to a share, whichever end of it is true."""
    least, most = share.least or 0.0, share.most or 0.0
    measurement = Measurement(
        criterion.metric,
        least,
        share.contacts,
        Statistic.SHARE,
        interval=share.interval,
        unknown=0 if share.exact else 1,
        bounds=None if share.exact else (least, most),
        level=EvidenceLevel.AGGREGATES,
    )
    return judge_one(criterion, measurement, mode=mode).outcome


def examine(engagement: Engagement, *, demands: Demands) -> ServiceLevelsAnswer:
    """Answer whether verdicts on service levels survive every definition of their shares.

    Parameters
    ----------
    demands
        What the party is judged by; its criteria name the channels, limits and targets.
    """
    policies = families(engagement.texts)
    level, mode = engagement.run.thresholds.confidence, demands.edition.rule.mode
    criteria = demands.edition.criteria
    return ServiceLevelsAnswer(estimate(engagement.evidence, criteria, policies, level=level, mode=mode))
