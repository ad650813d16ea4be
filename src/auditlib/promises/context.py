"""What promised calls are judged by: policy, calendars, surveys, the instant to look from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditlib.disclosure import MinimumFrequency
from auditlib.obligations import DutyContext, no_policy, unit_places
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
class PromiseContext(DutyContext[ServicePromises]):
    """What promised calls are judged by, besides what all duties are.

    Parameters
    ----------
    instruments
        Survey type → its items and their scales.
    zones
        Unit → IANA zone that its days are local to.
    confidence
        Coverage of the intervals.
    """

    instruments: Mapping[str, Instrument]
    zones: Mapping[str, str]
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
        as_of(run),
        {name: run.instrument(name) for name in run.instruments},
        {unit.unit_id: unit.time_zone or run.time_zone for unit in units},
        run.thresholds.confidence,
        disclosure=MinimumFrequency.of(run.thresholds),
    )
