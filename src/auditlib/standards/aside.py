"""What the profile of a party set aside: which criteria, and their share of the weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditlib.records import Judgement, Number, Outcome, Sentence
from auditlib.standards.profile import Demands

SHARE = "weight:set_aside"
"""Key of the share of the weight."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Criteria that a profile set aside, and those it could not.

    Parameters
    ----------
    waived, absent
        Ids of criteria waived, and of those not applicable because the evidence shows a fact.
    unshown
        Ids of criteria called not applicable for a fact that the evidence does not show; they are judged.
    share
        Share of the weight demanded on that day that is waived or not applicable.
    """

    waived: tuple[str, ...]
    absent: tuple[str, ...]
    unshown: tuple[str, ...]
    share: float

    def number(self) -> Number:
        """Return the share as a number."""
        return Number(SHARE, self.share, "share", reason="weight of the criteria that the profile set aside")

    def sentence(self) -> Sentence | None:
        """Return what was set aside; None where nothing was."""
        named = [
            f"{', '.join(ids)} {what}"
            for ids, what in ((self.waived, "waived"), (self.absent, "not applicable"))
            if ids
        ]
        if not named:
            return None
        text = f"The profile sets aside {self.share:.1%} of the weight: {'; '.join(named)}."
        return Sentence(text, (SHARE, *(f"outcome:{name}" for name in (*self.waived, *self.absent))))

    def limit(self) -> Sentence | None:
        """Return which criteria the profile could not set aside; None where it could all it named."""
        if not self.unshown:
            return None
        text = (
            f"The profile calls {', '.join(self.unshown)} not applicable for a fact that the evidence does "
            "not show: judged as if the profile had said nothing."
        )
        return Sentence(text, tuple(f"outcome:{name}" for name in self.unshown))


def set_aside(demands: Demands, judgements: Sequence[Judgement]) -> Aside:
    """Return what the profile behind `demands` set aside.

    What the edition itself does not demand yet is not set aside by anybody and counts on neither side.
    """
    demanded = [entry for entry in judgements if not _later(entry, demands)]
    waived = [entry for entry in demanded if entry.outcome is Outcome.WAIVED]
    absent = [entry for entry in demanded if entry.outcome is Outcome.NOT_APPLICABLE]
    total = sum(entry.criterion.weight for entry in demanded)
    aside = sum(entry.criterion.weight for entry in (*waived, *absent))
    return Aside(
        tuple(entry.criterion.id for entry in waived),
        tuple(entry.criterion.id for entry in absent),
        tuple(demands.unshown),
        aside / total if total else 0.0,
    )


def _later(judgement: Judgement, demands: Demands) -> bool:
    exemption = demands.exemptions.get(judgement.criterion.id)
    return exemption is not None and not exemption.chosen
