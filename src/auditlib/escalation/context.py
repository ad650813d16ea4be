"""What follow-ups are judged by: policy, calendars, surveys, an instant, and what is not recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditlib.escalation.assessability import silent_in_matrix, unsaid
from auditlib.escalation.policy import EscalationPolicy
from auditlib.obligations import WorkingHours, no_policy, unit_places
from auditlib.obligations.hours import as_of, hours_of_rules
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.policy import policy_named
from auditlib.records import Instrument, Refusal

STEM = "escalation"
"""What the name of the policy begins with."""


@dataclass(frozen=True, slots=True)
class EscalationContext:
    """What the evidence is judged by.

    Parameters
    ----------
    policy
        Rules, bands, attendees.
    hours
        ``rule.clock`` → working hours, for every rule of the policy with a limit of its own.
    instruments
        Survey type → its items and their scales.
    zones
        Unit → IANA zone that its days are local to.
    as_of
        UTC microseconds.
    minimum_cell
        Fewest cases of which a share is stated.
    unsaid
        Duty → why the evidence says nothing about it; see `assessability.unsaid`. A table without a row
        refuses its duties in any case.
    silent
        Columns of the responsibility matrix that say nothing; see `assessability.silent_in_matrix`.
    """

    policy: EscalationPolicy
    hours: Mapping[str, WorkingHours]
    instruments: Mapping[str, Instrument]
    zones: Mapping[str, str]
    as_of: int
    minimum_cell: int = 1
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
        {name: run.instrument(name) for name in run.instruments},
        {unit.unit_id: unit.time_zone or run.time_zone for unit in units},
        as_of(run),
        run.thresholds.minimum_cell,
        unsaid(policy, tables, run),
        silent_in_matrix(tables, run),
    )
