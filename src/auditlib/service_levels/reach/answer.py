"""The answer on channels: in words, and the tables it is read from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from auditlib.records import Finding, Number, Sentence
from auditlib.service_levels.reach import facts, statements
from auditlib.service_levels.reach.availability import Availability, ChannelAvailability, hours_in
from auditlib.service_levels.reach.contact_counts import UNKNOWN, Trait
from auditlib.service_levels.reach.episodes import Episodes
from auditlib.service_levels.reach.findings import findings_of
from auditlib.service_levels.reach.parity import ChannelParity, Parity
from auditlib.service_levels.reach.result import ReachResult
from auditlib.statements import Answer, Exhibit

_LABELS = {
    "channel": "Channel",
    "title": "Name",
    "contacts": "Contacts",
    "open_hours": "Hours open",
    "lost_hours": "Of these lost",
    "lost_at_least": "At least lost",
    "available": "Available",
    "available_at_most": "Available at most",
    "available_entered": "In months with entries",
    "lowest": "In the lowest unit",
    "unit_id": "Lowest unit",
    "outages": "Outages in opening hours",
    "idle": "Outside",
    "endless": "Without an end",
    "usual_wait": "Median wait (s)",
    "compared_contacts": "Contacts",
    "unknown": "Not known",
    "share": "Share",
    "others": "Others",
    "difference": "Difference",
    "side": "As a whole",
    "share_within": "Share, same mix",
    "others_within": "Others, same mix",
    "difference_within": "Difference, same mix",
    "side_within": "Within matters",
    "matter": "Kind of matter",
    "at_once": "Resolved at once",
    "handed_over": "Handed over",
    "matters": "Matters",
    "again": "Came back",
    "contacts_each": "Contacts each",
    "by_choice": "Served there",
    "by_choice_contacts": "Asked for it",
}


@dataclass(frozen=True, eq=False, repr=False)
class ReachAnswer(Answer[ReachResult]):
    """Channels in words."""

    ranges: ClassVar[bool] = True

    def numbers(self) -> tuple[Number, ...]:
        """Return every count, share and difference."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return whether channels are reached, and what customers get in each."""
        return tuple(statements.summary(self.result, self.facts))

    def promised(self) -> tuple[Sentence, ...]:
        """Return which channels are promised and reached, and how much of their hours."""
        return (
            *statements.promised(self.result, self.facts),
            *statements.available(self.result, self.facts),
        )

    def alike(self) -> tuple[Sentence, ...]:
        """Return in which channels customers get something else than in the others."""
        return tuple(statements.alike(self.result, self.facts))

    def matters(self) -> tuple[Sentence, ...]:
        """Return what becomes of matters."""
        return tuple(statements.matters(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(statements.limits(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong with channels, or with what is written down of them."""
        return findings_of(self.result)

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.alike())

    def channels(self) -> tuple[Exhibit, ...]:
        """Return promised and used channels with their contacts and their availability; or nothing."""
        answer = self.result.availability
        up = {entry.channel: entry for entry in answer.channels} if isinstance(answer, Availability) else {}
        names = dict.fromkeys((*self.result.promised, *self.result.contacts))
        rows = [self._channel(name, up.get(name)) for name in names if name != UNKNOWN]
        return self._exhibit(rows, statements.channels_title(self.result), ("channel",))

    def _channel(self, name: str, up: ChannelAvailability | None) -> dict[str, Any]:
        counted = self.result.no_contacts is None
        row: dict[str, Any] = {"channel": name}
        if counted:
            row["contacts"] = self.result.contacts.get(name, 0)
        if name in self.result.medians:
            row["usual_wait"] = self.result.medians[name][0]
        if up is None:
            return row
        worst, best = up.shares
        row |= {
            "open_hours": hours_in(up.open_time),
            "lost_hours": hours_in(up.lost[1]),
            "available": worst,
            "lowest": 1 - up.lowest.most / up.lowest.open_time,
            "outages": up.outages,
            "idle": up.idle,
            "endless": up.endless,
        }
        row |= {"available_at_most": best} if best != worst else {}
        entered = up.shares_entered
        return row | ({} if entered is None else {"available_entered": entered[0]})

    def parts(self) -> tuple[ReachAnswer, ...]:
        """Return the same answer for each trait that channels are compared on, alone."""
        return tuple(
            replace(self, result=replace(self.result, parities=(parity,)))
            for parity in self.result.parities
            if parity.channels
        )

    @property
    def parity(self) -> Parity:
        """Channels beside one another, of an answer that is about one trait alone."""
        (parity,) = self.result.parities
        return parity

    @property
    def name(self) -> str:
        """What its figure and its table are found by."""
        return str(self.parity.trait).replace("_", "-")

    @property
    def title(self) -> str:
        """What its figure and its table are called: what they say."""
        return statements.parity_title(self.result, self.parity)

    def beside(self) -> Exhibit:
        """Return both comparisons of one trait: as a whole, and at the same mix of matters."""
        (exhibit,) = self._exhibit(
            [_compared(self.parity, entry) for entry in self.parity.channels],
            self.title,
            ("trait", "channel"),
        )
        return exhibit

    def kinds(self) -> tuple[Exhibit, ...]:
        """Return what becomes of each kind of matter; nothing where no contact says what it is about."""
        rows: dict[str, dict[str, Any]] = {}
        for trait in (Trait.AT_ONCE, Trait.HANDED_OVER):
            grouped = self.result.trait(trait)
            for kind, count in grouped.groups.items() if grouped is not None else ():
                rows.setdefault(kind, {"matter": kind})[str(trait)] = count.share
        if isinstance(self.result.episodes, Episodes):
            for entry in self.result.episodes.kinds:
                row = rows.setdefault(entry.kind, {"matter": entry.kind})
                row |= {"matters": entry.matters, "again": entry.share, "contacts_each": entry.mean}
        return self._exhibit(list(rows.values()), statements.kinds_title(self.result), ("matter",))

    def choice(self) -> tuple[Exhibit, ...]:
        """Return how many were served in the channel they asked for, by that; or nothing."""
        grouped = self.result.trait(Trait.BY_CHOICE)
        rows = [
            {"channel": name, "by_choice_contacts": count.counted, "by_choice": count.share}
            for name, count in (grouped.groups.items() if grouped is not None else ())
        ]
        return self._exhibit(rows, "Served in the channel that the customer asked for", ("channel",))

    def _exhibit(self, rows: Iterable[Any], title: str, by: tuple[str, ...]) -> tuple[Exhibit, ...]:
        import pandas as pd

        frame = pd.DataFrame(list(rows))
        if frame.empty:
            return ()
        return (Exhibit(frame, title, by, facts=tuple(self.facts), labels=_LABELS),)


def _compared(parity: Parity, entry: ChannelParity) -> dict[str, Any]:
    row = {
        "trait": str(parity.trait),
        "channel": entry.channel,
        "compared_contacts": entry.count.counted,
        "share": entry.whole.share,
        "difference": 100 * entry.whole.value,
        "side": str(entry.whole.side),
    }
    if entry.within is None:
        return row
    return row | {
        "share_within": entry.within.share,
        "difference_within": 100 * entry.within.value,
        "side_within": str(entry.within.side),
    }
