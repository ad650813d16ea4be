"""Criteria under every definition of their share (D2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from auditlib.records import Criterion, Held, Outcome, Refusal
from auditlib.service_levels.definitions import ClockStart
from auditlib.service_levels.queues import QueueShare
from auditlib.service_levels.variants import VariantShare

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class JudgedVariant:
    """A variant, what it makes of the contacts, and what the criterion says to that."""

    share: VariantShare
    outcome: Outcome

    @property
    def definition(self) -> str:
        """The name of its definition, with the start of the clock where that is not the offer."""
        variant = self.share.variant
        offered = variant.clock is ClockStart.OFFERED
        return variant.name if offered else f"{variant.name}_from_{variant.clock}"


@dataclass(frozen=True, slots=True)
class CriterionByDefinition:
    """One criterion under every definition of its share.

    Parameters
    ----------
    variants
        Those of which the evidence says the share, or bounds of it.
    unsaid
        Why other variants are left out, each reason once.
    queues
        The share of each queue as the criterion itself counts it, where contacts or counts name several.
    """

    criterion: Criterion
    variants: tuple[JudgedVariant, ...]
    unsaid: tuple[Refusal, ...] = ()
    queues: tuple[QueueShare, ...] = ()

    def without(self, held: Held) -> Self:
        """Return it without the variants whose share is held back."""
        shown = (entry for entry in self.variants if not held(self.key(entry), entry.share.contacts))
        queues = (entry for entry in self.queues if not held(self.queue_key(entry), entry.share.contacts))
        return replace(self, variants=tuple(shown), queues=tuple(queues))

    def queue_key(self, entry: QueueShare, *, end: str = "least") -> str:
        """Return what the share of a queue is called, at its least or its most."""
        return f"{end}_of_queue:{self.criterion.id}:{entry.queue}"

    def key(self, judged: JudgedVariant, *, end: str = "least") -> str:
        """Return what the share of a variant is called, at its least or its most."""
        return f"{end}_{judged.share.variant.aggregation}:{self.criterion.id}:{judged.definition}"

    def short_key(self, judged: JudgedVariant) -> str:
        """Return what the wait is called up to which a contact given up is short."""
        return f"short:{self.criterion.id}:{judged.definition}"

    @property
    def exact(self) -> tuple[JudgedVariant, ...]:
        """Variants whose share the evidence tells."""
        return tuple(judged for judged in self.variants if judged.share.exact)

    @property
    def open(self) -> tuple[JudgedVariant, ...]:
        """Variants of which the evidence tells bounds alone."""
        return tuple(judged for judged in self.variants if not judged.share.exact)

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many variants come to each outcome; one whose bounds leave it open comes to none."""
        return Counter(judged.outcome for judged in self.variants if judged not in self.undecided)

    @property
    def undecided(self) -> tuple[JudgedVariant, ...]:
        """Variants whose bounds leave the outcome open."""
        return tuple(judged for judged in self.open if judged.outcome is Outcome.NOT_DEMONSTRATED)

    @property
    def robust(self) -> bool:
        """Whether every variant comes to the same outcome."""
        return len(self.outcomes) == 1 and not self.undecided

    @property
    def extremes(self) -> tuple[JudgedVariant, JudgedVariant] | None:
        """The variants with the smallest and with the largest share; None where none is told."""
        if not self.exact:
            return None
        return min(self.exact, key=_share), max(self.exact, key=_share)


def _share(judged: JudgedVariant) -> float:
    return judged.share.least or 0.0


@dataclass(frozen=True, slots=True)
class ServiceLevelsByDefinition:
    """The criteria whose share has more than one definition in use, each under all of them.

    Parameters
    ----------
    level
        Coverage of the intervals.
    tables
        Tables of contacts in the evidence.
    refusals
        Criteria nothing can be said of, each with its reason.
    unasked
        Channels of the evidence that no criterion asks about.
    single_days
        Units with contacts on a single day, by channel.
    """

    level: float
    criteria: tuple[CriterionByDefinition, ...]
    tables: tuple[str, ...] = ()
    refusals: tuple[tuple[Criterion, Refusal], ...] = ()
    unasked: tuple[str, ...] = ()
    single_days: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the ways of counting whose share is held back, and how many these are."""
        criteria = [entry.without(held) for entry in self.criteria]
        left = tuple(entry for entry in criteria if entry.variants)
        lost = sum(
            len(whole.variants) + len(whole.queues) - len(part.variants) - len(part.queues)
            for whole, part in zip(self.criteria, criteria, strict=True)
        )
        return (replace(self, criteria=left) if left else None), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each criterion and variant."""
        import pandas as pd

        return pd.DataFrame([row for entry in self.criteria for row in _rows(entry)])


def _rows(entry: CriterionByDefinition) -> Iterator[dict[str, Any]]:
    for judged in entry.variants:
        share, variant = judged.share, judged.share.variant
        yield {
            "criterion": entry.criterion.id,
            "definition": variant.name,
            "clock": str(variant.clock),
            "joined": str(variant.aggregation),
            "least": share.least,
            "most": share.most,
            "low": share.interval.low if share.interval else None,
            "high": share.interval.high if share.interval else None,
            "contacts": share.contacts,
            "outcome": str(judged.outcome),
        }
