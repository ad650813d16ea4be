"""Criteria of an audit put to every definition of their share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from auditlib.contracts import CanonicalTables
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.records import Criterion, DecisionMode, Outcome, Refusal
from auditlib.service_levels.answer import ServiceLevelsAnswer
from auditlib.service_levels.channels import MORE_THAN_CAME, channels_in, waits_by_clock
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.definitions import Aggregation, ClockStart, DefinitionPolicy
from auditlib.service_levels.measures import answered_within
from auditlib.service_levels.queues import shares_by_queue
from auditlib.service_levels.result import CriterionByDefinition, JudgedVariant, ServiceLevelsByDefinition
from auditlib.service_levels.shares import as_measurement, standard_way
from auditlib.service_levels.single_days import units_of_a_single_day
from auditlib.service_levels.variants import Variant, VariantShare, measured
from auditlib.standards.judge import judge_one
from auditlib.standards.profile import Demands
from auditlib.statements import listed

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
    lacking: str = "",
) -> ServiceLevelsByDefinition:
    """Put every criterion whose share has definitions to all of them.

    Parameters
    ----------
    policies
        Definitions by metric.
    lacking
        Why single contacts say nothing, where there are some that do not.
    """
    by_criterion: dict[str, CriterionByDefinition | Refusal] = {}
    defined = [criterion for criterion in criteria if criterion.metric in policies]
    for channel in dict.fromkeys(map(_channel, defined)):
        ours = [criterion for criterion in defined if _channel(criterion) == channel]
        by_criterion |= by_definition(
            tables, channel, ours, policies, level=level, mode=mode, lacking=lacking
        )
    answers = _spoken_of_once([(criterion, by_criterion[criterion.id]) for criterion in defined])
    held = tuple(name for name in EVIDENCE if name in tables.tables)
    channels = set(map(_channel, defined))
    return ServiceLevelsByDefinition(
        level,
        tuple(answer for _, answer in answers if not isinstance(answer, Refusal)),
        held,
        tuple((criterion, answer) for criterion, answer in answers if isinstance(answer, Refusal)),
        tuple(channel for channel in channels_in(tables) if channel not in channels),
        _single_days(tables, sorted(channels)),
    )


def _single_days(tables: CanonicalTables, channels: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the units with contacts on a single day, by channel, where there are any."""
    units = ((channel, units_of_a_single_day(tables, channel)) for channel in channels)
    return tuple((channel, of_channel) for channel, of_channel in units if of_channel)


def _channel(criterion: Criterion) -> str:
    return str(criterion.options["channel"])


def _spoken_of_once(
    answers: Sequence[tuple[Criterion, CriterionByDefinition | Refusal]],
) -> list[tuple[Criterion, CriterionByDefinition | Refusal]]:
    """Return answers with one reason for all criteria on channels that the evidence says nothing of."""
    silent = [_channel(criterion) for criterion, answer in answers if answer == _none_by(_channel(criterion))]
    of_all = _none_by(*dict.fromkeys(silent))
    return [
        (criterion, of_all if answer == _none_by(_channel(criterion)) else answer)
        for criterion, answer in answers
    ]


def _none_by(*channels: str) -> Refusal:
    """Return why nothing is said of channels by which no contact says enough."""
    return Refusal(
        f"No contact of the period by {listed(channels, conjunction='or')} says enough.",
        f"Ask for the contacts of the period by {listed(channels)}.",
    )


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
    channel: str,
    criteria: Sequence[Criterion],
    policies: Mapping[str, DefinitionPolicy],
    *,
    level: float,
    mode: DecisionMode,
    lacking: str = "",
) -> dict[str, CriterionByDefinition | Refusal]:
    """Return criteria on a channel under every definition of their share, or why nothing can be said.

    Parameters
    ----------
    policies
        The definitions in use, by the metric of the criteria.
    level
        Coverage of the intervals.
    mode
        How sure a verdict must be.
    lacking
        Why single contacts say nothing, where there are some that do not.

    Returns
    -------
    dict
        By the id of the criterion.
    """
    waits, unsaid = waits_by_clock(tables, channel, lacking=lacking)
    if not waits:
        return {criterion.id: unsaid[0] for criterion in criteria}
    shares: dict[str, list[VariantShare]] = {criterion.id: [] for criterion in criteria}
    for clock, rows in waits.items():
        variants = {entry.id: _variants(entry, policies[entry.metric], clock) for entry in criteria}
        # All criteria on a channel in one pass over its contacts.
        counted = iter(measured(rows, [entry for ways in variants.values() for entry in ways], level=level))
        for name, entries in variants.items():
            shares[name] += list(islice(counted, len(entries)))
    ways = [standard_way(entry.metric, entry.options) for entry in criteria]
    queues = shares_by_queue(waits[ClockStart.OFFERED], ways, level=level)
    judged = {entry.id: _judged(entry, shares[entry.id], unsaid, mode=mode) for entry in criteria}
    return {
        name: entry if isinstance(entry, Refusal) else replace(entry, queues=of_queues)
        for (name, entry), of_queues in zip(judged.items(), queues, strict=True)
    }


def _judged(
    criterion: Criterion, shares: Sequence[VariantShare], unsaid: Sequence[Refusal], *, mode: DecisionMode
) -> CriterionByDefinition | Refusal:
    told = [share for share in shares if share.least is not None]
    if not told:
        none_by = _none_by(_channel(criterion))
        return MORE_THAN_CAME if any(share.contradicting for share in shares) else none_by
    judged = tuple(JudgedVariant(share, _outcome(criterion, share, mode=mode)) for share in told)
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
    return judge_one(criterion, as_measurement(share, criterion.metric), mode=mode).outcome


def examine(engagement: Engagement, *, demands: Demands) -> ServiceLevelsAnswer:
    """Answer whether verdicts on service levels survive every definition of their shares.

    Parameters
    ----------
    demands
        What the party is judged by; its criteria name the channels, limits and targets.
    """
    policies = families(engagement.texts)
    level, mode = engagement.run.thresholds.confidence, demands.edition.rule.mode
    criteria, tables = demands.edition.criteria, engagement.evidence
    lacking = answered_within.lacking(tables, engagement.run, {})
    return ServiceLevelsAnswer(estimate(tables, criteria, policies, level=level, mode=mode, lacking=lacking))
