"""First-contact resolution by three sources, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from auditlib.records import Held, Interval, Refusal
from auditlib.service_levels.first_contact.judged_mark import JudgedMark
from auditlib.service_levels.first_contact.matters import RecordedContacts
from auditlib.service_levels.first_contact.nameless_units import NO_NAMELESS_UNITS, NamelessUnits
from auditlib.service_levels.first_contact.rule import RepeatRule

if TYPE_CHECKING:
    import pandas as pd

NOTHING_SAID = 0.5
"""Width from which on a range says nothing: half of the scale."""


class Witness(StrEnum):
    """Who says whether a matter was resolved at first contact."""

    CONTACTS = "contacts"
    MARK = "mark"
    CUSTOMERS = "customers"


class Disagreement(StrEnum):
    """How two of them can contradict each other."""

    MARKED_RETURNED = "marked_returned"
    UNMARKED_SILENT = "unmarked_silent"
    MARKED_DENIED = "marked_denied"


@dataclass(frozen=True, slots=True)
class RangedShare:
    """A share of first contacts, and how far what is unknown could move it.

    Parameters
    ----------
    value, n
        Of the contacts that can be told.
    interval
        With days of units as clusters.
    least, most
        The ends that unknown contacts leave open; both the value where there are none.
    """

    value: float
    n: int
    interval: Interval
    least: float
    most: float

    @property
    def exact(self) -> bool:
        """Whether nothing is left open."""
        return self.least == self.most

    @property
    def says_nothing(self) -> bool:
        """Whether what is left open spans half of the scale."""
        width = self.most - self.least
        return width >= NOTHING_SAID


@dataclass(frozen=True, slots=True)
class WitnessShares:
    """What one source says under one window: gross, and net of what the first level cannot resolve."""

    witness: Witness
    gross: RangedShare | None
    net: RangedShare | None


@dataclass(frozen=True, slots=True)
class DisagreeingContacts:
    """Contacts on which two sources contradict each other, and those on which they could."""

    kind: Disagreement
    contacts: int
    of: int


@dataclass(frozen=True, slots=True)
class BeyondChance:
    """How much more often something happens than by chance, with its interval.

    Parameters
    ----------
    share, by_chance
        The share that is looked at, and the one that chance explains.
    n
        Contacts that are looked at.
    interval
        Of their difference.
    """

    share: float
    by_chance: float
    n: int
    interval: Interval

    @property
    def shown(self) -> bool:
        """Whether chance does not explain it."""
        return self.interval.low > 0


@dataclass(frozen=True, slots=True)
class ResolutionWindow:
    """First contacts under one window.

    Parameters
    ----------
    days
        Silence that ends a matter.
    base
        First contacts whose window is over.
    censored
        First contacts whose window is not; they are left out.
    early
        Of the base, those so soon after the evidence begins that they may go on with an older matter.
    unanswered
        Of the base, those never answered: not resolved.
    unmarked
        Of these, those without a mark: there was nothing to mark, and no share by the mark has them.
    beyond
        Of the base, those the first level cannot resolve.
    unknown
        Contacts that may be repeats of others: without a customer, in quarantine, or near another of the
        customer without saying their matter.
    contradicted
        Of the base, those said to be both answered and given up: what their mark says is not known.
    undecided
        Of these, those that were not followed by another: nobody knows whether they were resolved.
    returned
        By how much those marked as resolved come back more often than by chance; None where it cannot be
        said.
    denied
        By how much the mark exceeds what the customers say; None where it cannot be said.
    named_ends
        The ends of the share resolved, if nobody came back through a unit of which no contact names its
        customer; None where there is no such unit.
    """

    days: int
    base: int
    censored: int
    early: int
    unanswered: int
    unmarked: int
    beyond: int
    unknown: int
    contradicted: int
    undecided: int
    shares: tuple[WitnessShares, ...]
    disagreements: tuple[DisagreeingContacts, ...]
    returned: BeyondChance | None = None
    denied: BeyondChance | None = None
    named_ends: tuple[float, float] | None = None

    def of(self, witness: Witness) -> WitnessShares | None:
        """Return what one source says; None where it says nothing."""
        return next((shares for shares in self.shares if shares.witness is witness), None)


@dataclass(frozen=True, slots=True)
class ResolutionGroup:
    """First-contact resolution of a channel or a kind of matter."""

    kind: str
    name: str
    share: RangedShare

    @property
    def title(self) -> str:
        """Its name, or that contacts do not say it."""
        return self.name or "not recorded"


@dataclass(frozen=True, slots=True)
class FirstContactResolution:
    """First-contact resolution re-performed, beside the party's mark and what customers say.

    Parameters
    ----------
    groups
        By channel and by matter, under the window that is shown in detail.
    no_net, no_mark, no_survey
        Why these are not said; None where they are.
    tables
        Tables it rests on.
    judged_mark
        The mark as the standard judges it; None where no criterion does.
    nameless
        Units of which no contact names its customer.
    """

    rule: RepeatRule
    recorded: RecordedContacts
    windows: tuple[ResolutionWindow, ...]
    groups: tuple[ResolutionGroup, ...] = ()
    cases: pd.DataFrame | None = None
    no_net: Refusal | None = None
    no_mark: Refusal | None = None
    no_survey: Refusal | None = None
    tables: tuple[str, ...] = ("interactions",)
    judged_mark: JudgedMark | None = None
    nameless: NamelessUnits = NO_NAMELESS_UNITS

    @property
    def detailed(self) -> ResolutionWindow:
        """The window that is shown in detail."""
        return next(window for window in self.windows if window.days == self.rule.days)

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the shares that are held back, and how many these are."""
        windows, lost = [], 0
        for window in self.windows:
            shown = tuple(_shown(shares, window, held) for shares in window.shares)
            lost += sum(
                (shares.gross is not None) - (part.gross is not None)
                for shares, part in zip(window.shares, shown, strict=True)
            )
            windows.append(replace(window, shares=shown))
        left = any(shares.gross for window in windows for shares in window.shares)
        return (replace(self, windows=tuple(windows)) if left else None), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each window and source."""
        import pandas as pd

        return pd.DataFrame([row for window in self.windows for row in _rows(window)])


def _shown(shares: WitnessShares, window: ResolutionWindow, held: Held) -> WitnessShares:
    gross = shares.gross
    hidden = gross is not None and held(f"share:{window.days}:{shares.witness}", gross.n)
    return replace(shares, gross=None, net=None) if hidden else shares


def _rows(window: ResolutionWindow) -> Iterator[dict[str, Any]]:
    for shares in window.shares:
        row: dict[str, Any] = {"window": str(window.days), "witness": str(shares.witness)}
        for form, part in (("share", shares.gross), ("net", shares.net)):
            open_ends = part is not None and not part.exact
            row[form] = part.value if part else None
            row[f"{form}_n"] = part.n if part else None
            row[f"{form}_low"] = part.interval.low if part else None
            row[f"{form}_high"] = part.interval.high if part else None
            row[f"{form}_least"] = part.least if part and open_ends else None
            row[f"{form}_most"] = part.most if part and open_ends else None
        yield row
