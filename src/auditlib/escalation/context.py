"""What follow-ups are judged by: policy, calendars, surveys, an instant, and what is not recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditlib.disclosure import MinimumFrequency
from auditlib.escalation.assessability import silent_in_matrix, unsaid
from auditlib.escalation.policy import EscalationPolicy
from auditlib.obligations import DutyContext, no_policy, unit_places
from auditlib.obligations.hours import as_of, hours_of_rules
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.policy import policy_named
from auditlib.records import Instrument, Refusal

STEM = "escalation"
"""What the name of the policy begins with."""


@dataclass(frozen=True, slots=True)
class EscalationContext(DutyContext[EscalationPolicy]):
    """What follow-ups are judged by, besides what all duties are.

    Parameters
    ----------
    instruments
        Survey type → its items and their scales.
    zones
        Unit → IANA zone that its days are local to.
    unsaid
        Duty → why the evidence says nothing about it; see `assessability.unsaid`. A table without a row
        refuses its duties in any case.
    silent
        Columns of the responsibility matrix that say nothing; see `assessability.silent_in_matrix`.
    """

    instruments: Mapping[str, Instrument]
    zones: Mapping[str, str]
    unsaid: Mapping[str, str] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


def context_of(engagement: Engagement) -> EscalationContext | Refusal:
    """Return what the follow-ups of an audit are judged by, or why they cannot be.

    Parameters
    ----------
    engagement
        Its run names the policy and says the period, `as_of`, the surveys and the zone of units that name
        none; its register of units says where each unit is.

    Raises
    ------
    ParameterError
        Where the policy or a calendar is absent or wrong.
    """
    run, tables = engagement.run, engagement.evidence
    policy = policy_named(STEM, EscalationPolicy, run, engagement.texts)
    if policy is None:
        return no_policy(STEM)
    units = unit_places(tables)
    if not units:
        return Refusal(
            "There is no register of units, so no clock can be placed on a calendar.",
            "Ask for the register of units, each with its time zone and country.",
        )
    return EscalationContext(
        policy,
        hours_of_rules((rule for rule in policy.rules if rule.within), engagement, units),
        as_of(run),
        {name: run.instrument(name) for name in run.instruments},
        {unit.unit_id: unit.time_zone or run.time_zone for unit in units},
        unsaid(policy, tables, run),
        silent_in_matrix(tables, run),
        disclosure=MinimumFrequency.of(run.thresholds),
    )
