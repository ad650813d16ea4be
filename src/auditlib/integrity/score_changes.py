"""What the scores themselves did in the comparison in which the signs were sought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.integrity.groups import Flags, Group
from auditlib.integrity.observed import Observed
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.records import Basis, Interval, Number
from auditlib.statements import with_sign
from auditlib.statistics.changes import Contrast, PermutedLabels, contrast
from auditlib.statistics.types import Floats

_TINY = 1e-9
METHOD = "Knapp-Hartung, units as observations"


@dataclass(frozen=True)
class ScoreChange:
    """Change of the mean score of the linked units against the others, in points of the paid question.

    It is no estimate of what the link did; that is a question of its own, with comparisons of its own.
    """

    group: Group
    contrast: Contrast
    n: int

    @property
    def key(self) -> str:
        """Names its number within the audit."""
        return f"score:{self.group.name.replace(' ', ':')}"

    def number(self, level: float) -> Number:
        """Return it under its key."""
        interval = Interval(self.contrast.low, self.contrast.high, level, METHOD)
        basis = (Basis("responses", (("survey_type", self.group.survey_type),), self.group.item),)
        return Number(self.key, self.contrast.estimate, "points", self.n, interval, basis)

    def words(self, level: float) -> str:
        """Say what the scores did, and what that is worth while a sign is unexplained."""
        low, high = self.contrast.low, self.contrast.high
        value, lower, upper = (with_sign(one, decimals=2) for one in (self.contrast.estimate, low, high))
        size = f"{value} points ({level:.0%} interval {lower} to {upper})"
        if low > 0:
            return f"Their mean score rose by {size}; until then that rise cannot be relied on either"
        if high < 0:
            return f"Their mean score fell all the same, by {size}"
        ends = f"{lower} to {upper} points"
        return f"No change of their mean score is shown; {ends} is not ruled out ({level:.0%} interval)"


def score_change(
    group: Group, seen: Observed, dealt: PermutedLabels, policy: IntegrityPolicy, *, level: float
) -> ScoreChange | None:
    """Return the change of the mean score of a group; None where too few units have answers."""
    chosen = group.linked | group.others
    before, after = (_mean(seen, months) for months in (group.before, group.after))
    usable = ((before[2] >= policy.least_answers) & (after[2] >= policy.least_answers))[chosen]
    linked = group.linked[chosen]
    if min((linked & usable).sum(), (~linked & usable).sum()) < policy.least_units:
        return None
    change, variance = (after[0] - before[0])[chosen], (after[1] + before[1])[chosen]
    found = contrast(change, variance, usable, dealt, level=level)
    return ScoreChange(group, found, int((before[2] + after[2])[chosen][usable].sum()))


def _mean(seen: Observed, months: Flags) -> tuple[Floats, Floats, Floats]:
    """Return mean score, its variance and the number of answers of each unit."""
    given = seen.scores[:, months].sum(axis=1)
    n = given.sum(axis=1)
    safe = np.maximum(n, 1)
    mean = given @ seen.values / safe
    squares = float(given.sum(axis=0) @ seen.values**2 - n @ mean**2)
    return mean, np.asarray(max(squares, _TINY) / max(float(n.sum()), 1.0) / safe), n
