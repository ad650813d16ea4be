"""Channels of a party: which are promised, reached, and alike in what customers get (D4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from auditlib.records import Held, Interval, Refusal
from auditlib.service_levels.reach.availability import Availability
from auditlib.service_levels.reach.contact_counts import UNKNOWN, Count, Trait
from auditlib.service_levels.reach.episodes import Episodes
from auditlib.service_levels.reach.parity import Parity
from auditlib.service_levels.reach.registry import ChannelPolicy

if TYPE_CHECKING:
    import pandas as pd

NOT_ASKED = Refusal("")
"""Stands where the evidence has no contacts to begin with: the reason for that is said once."""


@dataclass(frozen=True, slots=True)
class TraitByKind:
    """A trait of contacts by what they are grouped by, with all of them together.

    Parameters
    ----------
    apart
        Limits that hold in all groups that are large enough to be named together.
    """

    trait: Trait
    total: Count
    groups: Mapping[str, Count]
    intervals: Mapping[str, Interval | None] = field(default_factory=dict)
    apart: Mapping[str, Interval | None] = field(default_factory=dict)

    def differ(self, low: str, high: str) -> bool:
        """Return whether the share of one group is lower than that of another by more than chance."""
        lower, upper = self.apart.get(low), self.apart.get(high)
        return lower is not None and upper is not None and lower.high < upper.low

    def without(self, held: Held) -> Self:
        """Return it without the groups that are held back."""
        shown = {
            name: count
            for name, count in self.groups.items()
            if not held(f"{self.trait}:{name}", count.counted)
        }
        return replace(self, groups=shown)


@dataclass(frozen=True, slots=True)
class ReachResult:
    """Channels, as far as the evidence tells of them.

    Parameters
    ----------
    registry
        Channels that are promised; none where the run names no registry.
    level
        Coverage of the intervals.
    contacts
        Contacts of the period by channel; those that name none under `UNKNOWN`.
    availability
        Of opening hours, or why it cannot be said.
    parities
        Channels beside one another.
    by_kind
        Traits by kind of matter, or by channel asked for.
    matterless
        Contacts that name no kind of matter.
    minimum_n
        Contacts that a kind of matter needs to be named as that with the lowest or the highest share.
    contradictory
        Contacts said to be both answered and given up.
    medians
        Median wait in seconds and its contacts, by live channel.
    episodes
        Contacts that matters took, or why it cannot be said.
    refusals
        What cannot be said, each with its reason.
    """

    registry: ChannelPolicy
    level: float
    contacts: Mapping[str, int] = field(default_factory=dict)
    availability: Availability | Refusal = NOT_ASKED
    parities: tuple[Parity, ...] = ()
    by_kind: tuple[TraitByKind, ...] = ()
    medians: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    episodes: Episodes | Refusal = NOT_ASKED
    refusals: tuple[tuple[Trait, Refusal], ...] = ()
    no_contacts: Refusal | None = None
    matterless: int = 0
    minimum_n: int = 1
    contradictory: int = 0

    @property
    def promised(self) -> tuple[str, ...]:
        """Registered channels."""
        return tuple(self.registry.channels)

    @property
    def silent_channels(self) -> tuple[str, ...]:
        """Registered channels without a contact in the period; none where the evidence has no contacts."""
        if self.no_contacts is not None:
            return ()
        return tuple(name for name in self.promised if not self.contacts.get(name))

    @property
    def unregistered(self) -> Mapping[str, int]:
        """Contacts by channels that are not registered; none where there is no registry."""
        if not self.registry.channels:
            return {}
        return {
            name: count
            for name, count in self.contacts.items()
            if name != UNKNOWN and name not in self.registry.channels
        }

    def parity(self, trait: Trait) -> Parity | None:
        """Return channels beside one another by a trait; None where nothing can be said of it."""
        return next((entry for entry in self.parities if entry.trait is trait), None)

    def trait(self, trait: Trait) -> TraitByKind | None:
        """Return a trait by kind of matter; None where nothing can be said of it."""
        return next((entry for entry in self.by_kind if entry.trait is trait), None)

    def extremes(self, trait: Trait) -> tuple[str, str] | None:
        """Return the groups with the lowest and the highest share of a trait; None where fewer than two."""
        grouped = self.trait(trait)
        names = [] if grouped is None else [
            name for name, count in grouped.groups.items() if count.counted >= self.minimum_n
        ]  # fmt: skip
        return (names[0], names[-1]) if len(names) > 1 else None

    def extremes_differ(self, trait: Trait) -> bool:
        """Return whether the groups with the lowest and the highest share differ by more than chance."""
        ends, grouped = self.extremes(trait), self.trait(trait)
        return ends is not None and grouped is not None and grouped.differ(*ends)

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it without the channels whose shares are held back, and how many these are."""
        parities = tuple(entry.without(held) for entry in self.parities)
        lost = sum(
            len(whole.channels) - len(part.channels)
            for whole, part in zip(self.parities, parities, strict=True)
        )
        kinds = tuple(entry.without(held) for entry in self.by_kind)
        return replace(self, parities=parities, by_kind=kinds), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each channel and trait."""
        import pandas as pd

        rows = [
            {
                "trait": str(parity.trait),
                "channel": entry.channel,
                "contacts": entry.count.counted,
                "unknown": entry.count.unknown,
                "share": entry.whole.share,
                "difference": entry.whole.value,
                "side": str(entry.whole.side),
                "difference_within": entry.within.value if entry.within else None,
                "side_within": str(entry.within.side) if entry.within else None,
            }
            for parity in self.parities
            for entry in parity.channels
        ]
        return pd.DataFrame(rows)
