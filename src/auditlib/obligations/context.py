"""What duties are judged by: a policy, the calendar of each unit, an instant to look from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.obligations.hours import WorkingHours
from auditlib.parameters.policy import Policy

Law = TypeVar("Law", bound=Policy)


@dataclass(frozen=True, slots=True)
class DutyContext(Generic[Law]):
    """What duties are judged by; each room adds what its own need besides.

    Parameters
    ----------
    policy
        Its rules.
    hours
        ``rule.clock`` → working hours, for every rule with a limit of its own.
    as_of
        The instant to look from, in UTC microseconds.
    disclosure
        Of how few cases nothing is said.
    """

    policy: Law
    hours: Mapping[str, WorkingHours]
    as_of: int
    disclosure: MinimumFrequency = field(default=UNRESTRICTED, kw_only=True)
