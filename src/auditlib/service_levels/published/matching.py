"""A published share held against what every way of counting makes of the contacts it is about.

A way of counting *gives* the share where what it counts is rounded to it, and *may give* it where the
evidence tells bounds alone and they reach it: it then hangs on contacts of which nobody knows, and where
nearly all of them must have gone the better way, that is said. With many ways of counting some give a share
by chance: so all that do are named, and the claim is held first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditlib.records import Criterion, Direction, Refusal
from auditlib.service_levels.published.claims import PublishedShare
from auditlib.service_levels.published.earlier_exports import ExportedEarlier
from auditlib.service_levels.variants import Variant, VariantShare

_EXACT = 1e-9
"""What binary fractions move a share by."""
_NEARLY_ALL = 0.9
"""Share of what is open from which on a figure holds only if nearly all of it went the better way."""


class GivenBy(StrEnum):
    """What gives a published share."""

    BY_CLAIM = "by_claim"
    BY_FORM = "by_form"
    BY_EARLIER = "by_earlier"
    OTHERWISE = "otherwise"
    PERHAPS = "perhaps"
    BY_NONE = "by_none"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class MatchedShare:
    """A published share, and the ways of counting held against it.

    Parameters
    ----------
    ways
        What every way of counting makes of the contacts; none where the evidence cannot say.
    criterion
        The demand of the standard on the same share; None where it has none.
    form
        What the form of the standard makes of the contacts.
    claimed
        The way of counting it is said to follow; None where it names none that is known.
    days_with_contacts
        Local days of its period on which the evidence has contacts.
    open
        Why it cannot be held against the evidence.
    earlier
        The earlier export by which its ways of counting count; None where they count by the latest.
    later
        What the latest export makes of the way that gives it.
    """

    figure: PublishedShare
    ways: tuple[VariantShare, ...] = ()
    criterion: Criterion | None = None
    form: VariantShare | None = None
    claimed: VariantShare | None = None
    days_with_contacts: int = 0
    open: Refusal | None = None
    earlier: ExportedEarlier | None = None
    later: VariantShare | None = None

    @property
    def giving(self) -> tuple[VariantShare, ...]:
        """Ways of counting that give it."""
        return tuple(way for way in self.ways if way.exact and distance(self.figure, way) <= _EXACT)

    @property
    def possible(self) -> tuple[VariantShare, ...]:
        """Ways of counting of which the evidence tells bounds alone, and that may give it."""
        return tuple(way for way in self.ways if not way.exact and distance(self.figure, way) <= _EXACT)

    @property
    def nearest(self) -> VariantShare | None:
        """The way of counting that comes nearest; of several, the first."""
        return min(self.ways, key=lambda way: distance(self.figure, way), default=None)

    @property
    def given(self) -> GivenBy:
        """What gives it: the definition claimed before all others, the form of the standard where none is."""
        by_ways = self.given_by_ways
        certain = by_ways in (GivenBy.BY_CLAIM, GivenBy.BY_FORM)
        return GivenBy.BY_EARLIER if certain and self.earlier is not None else by_ways

    @property
    def given_by_ways(self) -> GivenBy:
        """What gives it, by whichever export its ways of counting count."""
        if self.open is not None:
            return GivenBy.OPEN
        claim = self.claimed or (self.form if not self.figure.definition else None)
        if claim is not None and claim in self.giving:
            return GivenBy.BY_FORM if self.claimed is None else GivenBy.BY_CLAIM
        if claim is not None and claim in self.possible:
            return GivenBy.PERHAPS
        if self.giving:
            return GivenBy.OTHERWISE
        return GivenBy.PERHAPS if self.possible else GivenBy.BY_NONE

    @property
    def giving_way(self) -> VariantShare | None:
        """The way that gives it: the one claimed or the form where it does, otherwise the first that does."""
        by_choice = (way for way in (self.claimed, self.form) if way is not None and way in self.giving)
        return next(by_choice, next(iter((*self.giving, *self.possible)), None))

    @property
    def claim_stands(self) -> bool:
        """Whether the definition it is said to follow gives it, or may give it."""
        return self.claimed is not None and self.claimed in (*self.giving, *self.possible)

    @property
    def least_asking(self) -> VariantShare | None:
        """Of the ways that may give it the one claimed, or else that which asks least of what is open."""
        if self.given is not GivenBy.PERHAPS:
            return None
        if self.claim_stands:
            return self.claimed
        form = self.form if not self.figure.definition and self.form in self.possible else None
        return form or min(self.possible, key=self._asks)

    @property
    def asks(self) -> float:
        """How far it lies from the worse to the better end of the way that asks least, from 0 to 1."""
        way = self.least_asking
        return 0.0 if way is None else self._asks(way)

    @property
    def asks_nearly_all(self) -> bool:
        """Whether it holds only if nearly all that the evidence leaves open went the better way."""
        return self.asks >= _NEARLY_ALL

    def _asks(self, way: VariantShare) -> float:
        least, most = way.least or 0.0, way.most or 0.0
        low, high = self.figure.ends
        climbed = low - least if self._more_is_better else most - high
        return min(max(climbed / (most - least), 0.0), 1.0)

    @property
    def flatters_by(self) -> float:
        """How much better it is than the form of the standard makes it at best; 0 where it is not."""
        if self.form is None or self.form.least is None or self.form.most is None:
            return 0.0
        low, high = self.figure.ends
        better = low - self.form.most if self._more_is_better else self.form.least - high
        return abs(self.figure.value - self._best_form) if better > _EXACT else 0.0

    @property
    def turns_verdict(self) -> bool:
        """Whether it reaches the target of the standard and the form of the standard does not."""
        if self.criterion is None or self.form is None or not self.flatters_by:
            return False
        target = self.criterion.target
        return target.reached_by(self.figure.value) and not target.reached_by(self._best_form)

    @property
    def _more_is_better(self) -> bool:
        if self.criterion is not None:
            return self.criterion.target.direction is Direction.AT_LEAST
        return self.figure.measure == "answered_within"

    @property
    def _best_form(self) -> float:
        form = self.form
        best = None if form is None else form.most if self._more_is_better else form.least
        return 0.0 if best is None else best


def distance(figure: PublishedShare, way: VariantShare) -> float:
    """Return how far a way of counting lies from all that is rounded to a figure; 0 where it gives it."""
    low, high = figure.ends
    least, most = way.least, way.most
    if least is None or most is None:
        return float("inf")
    return max(low - most, least - high, 0.0)


def apart(figure: PublishedShare, way: VariantShare) -> float:
    """Return how far what a way of counting gives lies from the figure itself."""
    least, most = way.least or 0.0, way.most or 0.0
    return max(least - figure.value, figure.value - most, 0.0)


def same_way(first: Variant, second: Variant) -> bool:
    """Return whether two variants count in the same way, whatever their limits are."""
    return (first.name, first.aggregation, first.clock) == (second.name, second.aggregation, second.clock)
