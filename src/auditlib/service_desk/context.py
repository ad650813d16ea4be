"""What the log of a desk is judged by: its policy, the calendar of each unit, the instant to look from."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.disclosure import MinimumFrequency
from auditlib.obligations import DutyContext, no_policy, unit_places
from auditlib.obligations.calendar_use import NOWHERE
from auditlib.obligations.hours import as_of, hours_of, hours_of_rules
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.policy import policy_named
from auditlib.records import Refusal
from auditlib.service_desk.log import STARTS
from auditlib.service_desk.policy import IncidentPolicy
from auditlib.standards.supplied import only_words, stood_in

INCIDENT, COMPLAINT = "incident", "complaint"
"""What the name of a policy begins with, by the log it is for."""


@dataclass(frozen=True, slots=True)
class DeskContext(DutyContext[IncidentPolicy]):
    """What the log is judged by, besides what all duties are; its hours hold each calendar to try as well.

    Parameters
    ----------
    sayable
        The only states that the log can ever say; None where its cells may say anything.
    times_resolution
        Whether a source of the log says when a case was resolved, in a column of its own.
    """

    sayable: frozenset[str] | None = None
    times_resolution: bool = True


def context_of(engagement: Engagement, *, begins: str = INCIDENT) -> DeskContext | Refusal:
    """Return what the log of a desk is judged by, or why it cannot be.

    Parameters
    ----------
    engagement
        Its register of units, where there is one, says where each unit is.
    begins
        What the name of its policy begins with: ``incident`` or ``complaint``.

    Raises
    ------
    ParameterError
        Where the policy or a calendar is absent or wrong.
    """
    run = engagement.run
    policy = policy_named(begins, IncidentPolicy, run, engagement.texts)
    if policy is None:
        return no_policy(begins)
    if reason := stood_in(STARTS[policy.log], run):
        return Refusal(f"{reason[:1].upper()}{reason[1:]}.", "Ask for the instant itself.")
    units = (NOWHERE, *unit_places(engagement.evidence))
    tried = {name: hours_of(name, engagement, units) for name in policy.probe}
    return DeskContext(
        policy,
        tried | hours_of_rules(policy.rules, engagement, units),
        as_of(run),
        only_words(policy.log, "state", run),
        any("resolved" in source.columns for source in run.sources if source.table == policy.log),
        disclosure=MinimumFrequency.of(run.thresholds),
    )
