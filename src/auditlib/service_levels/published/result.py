"""What the party published, held against its evidence (D2, D8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from auditlib.records import Held
from auditlib.service_levels.published.changed_definition import ChangedDefinition, ChangedLimit
from auditlib.service_levels.published.matching import GivenBy, MatchedShare
from auditlib.service_levels.published.quarantined_counts import DoubtedCounts
from auditlib.service_levels.published.restated import RestatedCounts, RestatedShare
from auditlib.service_levels.variants import VariantShare

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class PublishedAgainstEvidence:
    """Published shares and exports of counts, held against the evidence and against each other.

    Parameters
    ----------
    figures
        Published shares, each with the ways of counting that give it.
    restated
        Shares that were published again with another value.
    changed
        Series of monthly shares behind which the way of counting changed.
    exports
        Intervals that were exported on more than one day, by channel.
    changed_limits
        Limits of interval counts that changed within the period.
    tables
        Tables of the evidence that it rests on.
    doubted
        Interval counts in quarantine, by channel.
    """

    figures: tuple[MatchedShare, ...] = ()
    restated: tuple[RestatedShare, ...] = ()
    changed: tuple[ChangedDefinition, ...] = ()
    exports: tuple[RestatedCounts, ...] = ()
    changed_limits: tuple[ChangedLimit, ...] = ()
    tables: tuple[str, ...] = ()
    doubted: tuple[DoubtedCounts, ...] = ()

    def by_outcome(self, given: GivenBy) -> tuple[MatchedShare, ...]:
        """Return the figures with one outcome."""
        return tuple(entry for entry in self.figures if entry.given is given)

    @property
    def outcomes(self) -> Counter[GivenBy]:
        """How many figures have each outcome."""
        return Counter(entry.given for entry in self.figures)

    def resting(self, channel: str) -> tuple[MatchedShare, ...]:
        """Return figures of a channel, or of all, that an earlier export gives and the latest does not."""
        return tuple(
            entry
            for entry in self.figures
            if entry.earlier is not None and entry.figure.channel in ("", channel)
        )

    @property
    def replaced_channels(self) -> tuple[str, ...]:
        """Channels of which a later export says otherwise, or cannot be used and says otherwise."""
        exports = (counts.channel for counts in self.exports if counts.changed)
        doubted = (counts.channel for counts in self.doubted if counts.otherwise)
        return tuple(dict.fromkeys((*exports, *doubted)))

    @property
    def flattering(self) -> tuple[MatchedShare, ...]:
        """Figures that reach the target of the standard where its own form does not."""
        return tuple(entry for entry in self.figures if entry.turns_verdict)

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the figures about so few contacts that they are held back, and their number."""
        shown = tuple(entry for entry in self.figures if not _held(entry, held))
        lost = len(self.figures) - len(shown)
        numbers = {entry.figure.number for entry in shown}
        changed = tuple(
            change
            for change in self.changed
            if all(entry.figure.number in numbers for entry in change.figures)
        )
        part = replace(self, figures=shown, changed=changed)
        return (part if shown or not self.figures else None), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each figure."""
        import pandas as pd

        return pd.DataFrame([_row(entry) for entry in self.figures])


def contacts_of(entry: MatchedShare) -> int:
    """Return how many contacts a figure is about, as most ways count them."""
    return max((way.contacts for way in entry.ways), default=0)


def _held(entry: MatchedShare, held: Held) -> bool:
    named = (
        "published", "form", "claim", "nearest", "later", "asking", "asks", "open", "distance", "flatters_by",
    )  # fmt: skip
    places = range(1, len(entry.giving) + len(entry.possible) + 1)
    contacts = contacts_of(entry)
    names = (*named, *(f"way_{place}" for place in places))
    return bool(entry.ways) and any(held(f"{name}:{entry.figure.number}", contacts) for name in names)


def _row(entry: MatchedShare) -> dict[str, Any]:
    figure, nearest = entry.figure, entry.nearest
    return {
        "number": figure.number,
        "measure": figure.measure,
        "channel": figure.channel,
        "unit_id": figure.unit,
        "first": figure.first,
        "last": figure.last,
        "published": figure.value,
        "definition": figure.definition,
        "given": str(entry.given),
        "ways": ", ".join(_names(entry)),
        "form": None if entry.form is None else entry.form.least,
        "nearest": None if nearest is None else nearest.least,
        "later": None if entry.later is None else entry.later.least,
        "flatters_by": entry.flatters_by,
    }


def _names(entry: MatchedShare) -> Iterator[str]:
    shares: tuple[VariantShare, ...] = entry.giving or entry.possible
    for share in shares:
        yield f"{share.variant.name} ({share.variant.aggregation}, {share.variant.clock})"
