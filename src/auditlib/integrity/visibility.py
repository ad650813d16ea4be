"""What would have been seen: the same tests on companies drawn like the client's, with faults planted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from auditlib.integrity.detection import Detection, GroupData
from auditlib.integrity.detectors import FAULTS, KIND_OF, PATTERNS, Fault
from auditlib.integrity.directions import BY_KEY, Directions, along, signed
from auditlib.integrity.faults import struck
from auditlib.integrity.groups import Group
from auditlib.integrity.patterns import PROMPTED
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.redrawn import redrawn
from auditlib.statistics.changes import (
    PermutedLabels,
    shares_beyond,
    whole_or_part,
)
from auditlib.statistics.intervals import clopper_pearson
from auditlib.statistics.types import Floats

LEVEL = 0.95
"""Coverage of the limits of shares of drawn companies."""
_LABELS = 499
"""Assignments that drawn companies are compared with, where the policy asks for more."""
_MOST_LABELS = 1999
_FEWEST = 20
_MANY = 5
"""With more groups than these, fewer companies are drawn for each, so that time does not grow with them."""
_FINE = 5
"""Assignments for each that the corrected error needs, at least."""


@dataclass(frozen=True)
class Visibility:
    """How often one fault would have raised an alarm about one group.

    Parameters
    ----------
    group
        Whose links.
    fault
        What was planted; None where nothing was, so that the share is that of false alarms.
    share
        Of the drawn companies.
    companies
        Drawn like the client's.
    reason
        Why nothing could be drawn: no detector that the fault moves could be run.
    """

    group: Group
    fault: Fault | None
    share: float = 0.0
    companies: int = 0
    reason: str = ""

    @property
    def key(self) -> str:
        """Names its number within the audit."""
        return f"visible:{'nothing' if self.fault is None else self.fault.key}:{self.group.key}"

    @property
    def limits(self) -> tuple[float, float]:
        """Exact limits of the share."""
        return limits_of(self.share, self.companies)

    def clear(self, policy: IntegrityPolicy) -> bool:
        """Return whether the fault would have been seen as often as silence is to be worth anything."""
        return self.companies > 0 and self.share >= policy.least_power


def companies_for(policy: IntegrityPolicy, *, groups: int) -> int:
    """Return how many companies are drawn for each of so many groups."""
    return max(_FEWEST, policy.companies * _MANY // max(groups, _MANY))


def limits_of(share: float, companies: int) -> tuple[float, float]:
    """Return exact limits of a share of drawn companies."""
    exact = clopper_pearson([round(share * companies)], [companies], level=LEVEL)
    return float(exact.low[0]), float(exact.high[0])


def visibility(
    data: GroupData,
    detections: Sequence[Detection],
    *,
    weights: Directions,
    groups: int,
    rng: np.random.Generator,
) -> tuple[Visibility, ...]:
    """Return false alarms, and how often each declared fault would have raised an alarm about a group.

    Parameters
    ----------
    detections
        Of the group: only detectors that could be run are run on drawn companies.
    weights
        As the client's own company is tested along.
    groups
        Groups of the audit that can raise an alarm; the error is shared among them (Bonferroni).
    rng
        Draws companies.
    """
    run = [d.detector.key for d in detections if d.contrast is not None]
    if not any(BY_KEY[key].alone for key in run):
        return ()
    policy, companies = data.policy, companies_for(data.policy, groups=groups)
    dealt = _fewer(data.dealt, policy.error * PROMPTED / groups)
    clean = redrawn(data, companies=companies, rng=rng)
    t = {key: signed(key, clean, data, dealt) for key in run}
    shares = [Visibility(data.group, None, _alarmed(t, policy, weights=weights, groups=groups), companies)]
    for fault in FAULTS:
        moved = [key for key in fault.moves if key in t]
        if not any(BY_KEY[key].alone for key in moved):
            shares.append(Visibility(data.group, fault, reason=_why(fault, detections)))
            continue
        planted = struck(clean, data.sides, fault.key, fault.share, policy=policy, rng=rng)
        again = t | {key: signed(key, planted, data, dealt) for key in moved}
        shares.append(
            Visibility(data.group, fault, _alarmed(again, policy, weights=weights, groups=groups), companies)
        )
    return tuple(shares)


def _why(fault: Fault, detections: Sequence[Detection]) -> str:
    reasons = (d.reason for d in detections if d.detector.key in fault.moves and d.reason)
    return " ".join(dict.fromkeys(reasons))


def _fewer(dealt: PermutedLabels, error: float) -> PermutedLabels:
    """Return fewer assignments, the actual one first: enough for p-values at `error`, as time allows."""
    enough = min(max(_LABELS, int(np.ceil(_FINE / error))), _MOST_LABELS)
    return PermutedLabels(dealt.labels[:enough], dealt.exact, dealt.smallest)


def _alarmed(t: Mapping[str, Floats], policy: IntegrityPolicy, *, weights: Directions, groups: int) -> float:
    """Return the share of companies with an alarm, along the two routes of `patterns.corrected`."""
    kinds = {
        pattern: [t[key] for key in pattern.detectors if key in t and BY_KEY[key].alone]
        for pattern in PATTERNS
    }
    whole = whole_or_part([parts for parts in kinds.values() if parts])
    share = PROMPTED if weights else 0.0
    alarmed = whole <= policy.error * (1 - share) / groups
    for pattern in PATTERNS:
        own = {key: weight for key, weight in weights.items() if KIND_OF[key] == pattern.key}
        if own:
            prompted = shares_beyond(t[pattern.prompted_by]) <= policy.error
            alarmed |= prompted & (shares_beyond(along(t, own)) <= policy.error * share)
    return float(alarmed.mean())
