"""What promised calls are judged by: policy, calendars, surveys, the instant to look from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditlib.obligations import WorkingHours, no_policy, unit_places
from auditlib.obligations.hours import as_of, hours_of_rules
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.policy import policy_named
from auditlib.promises.policy import ServicePromises
from auditlib.records import Instrument, Refusal
from auditlib.standards.supplied import stood_in

STEM = "service_promises"
"""What the name of the policy begins with."""
STARTS = "call_backs.requested"


@dataclass(frozen=True, slots=True)
class PromiseContext:
    """What promised calls are judged by.

    Parameters
    ----------
    policy
        Its rules.
    hours
        ``rule.clock`` → working hours, for every rule with a span of time.
    instruments
        Survey type → its items and their scales.
    zones
        Unit → IANA zone that its days are local to.
    as_of
        UTC microseconds.
    minimum_cell, confidence
        Fewest cases of which a share is stated; coverage of the intervals.
    """

    policy: ServicePromises
    hours: Mapping[str, WorkingHours]
    instruments: Mapping[str, Instrument]
    zones: Mapping[str, str]
    as_of: int
    minimum_cell: int = 1
    confidence: float = 0.95


def context_of(engagement: Engagement) -> PromiseContext | Refusal:
    """Return what promised calls are judged by, or why they cannot be.

    Parameters
    ----------
    engagement
        Its run names the policy and says the surveys; its register of units says where each unit is.

    Raises
    ------
    ParameterError
        Where the policy or a calendar is absent or wrong.
    """
    run = engagement.run
    policy = policy_named(STEM, ServicePromises, run, engagement.texts)
    if policy is None:
        return no_policy(STEM)
    if reason := stood_in((STARTS,), run):
        return Refusal(f"{reason[:1].upper()}{reason[1:]}.", "Ask for the instant itself.")
    units = unit_places(engagement.evidence)
    return PromiseContext(
        policy,
        hours_of_rules((rule for rule in policy.rules if rule.within), engagement, units),
        {name: run.instrument(name) for name in run.instruments},
        {unit.unit_id: unit.time_zone or run.time_zone for unit in units},
        as_of(run),
        run.thresholds.minimum_cell,
        run.thresholds.confidence,
    )
