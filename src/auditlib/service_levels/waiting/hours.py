"""Waits by local hour of the offer, as they are drawn: in which hours customers wait longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from auditlib.records import Held, Number, Sentence
from auditlib.service_levels.waiting.channel_words import by
from auditlib.service_levels.waiting.result import WaitsOfPart
from auditlib.statements import Answer, Facts, joined, say

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 30
"""Contacts answered that an hour needs to be called the longest or the shortest."""
_CHANNELS_SAID = 3
"""Channels that are spoken of; the figure and the table have all."""


@dataclass(frozen=True, slots=True)
class HourlyWaits:
    """Waits of each channel by local hour, those hours of which waits are known."""

    channels: Mapping[str, tuple[WaitsOfPart, ...]]

    @classmethod
    def of(cls, parts: tuple[WaitsOfPart, ...]) -> Self:
        """Return the parts by channel, those with most contacts answered first."""
        channels: dict[str, tuple[WaitsOfPart, ...]] = {}
        for part in parts:
            if part.median is not None and part.p90 is not None:
                channels[part.channel] = (*channels.get(part.channel, ()), part)
        sizes = {name: sum(part.answered for part in hours) for name, hours in channels.items()}
        return cls(dict(sorted(channels.items(), key=lambda item: -sizes[item[0]])))

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the hours that are held back, and how many these are."""
        shown = {
            name: tuple(part for part in parts if not held(f"median:{name}:{part.part}", part.answered))
            for name, parts in self.channels.items()
        }
        lost = sum(map(len, self.channels.values())) - sum(map(len, shown.values()))
        kept = {name: parts for name, parts in shown.items() if parts}
        return (replace(self, channels=kept) if kept else None), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each channel and hour, times in seconds."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"channel": name, "hour": part.part, "median": part.median, "p90": part.p90}
                for name, parts in self.channels.items()
                for part in parts
            ]
        )


@dataclass(frozen=True, eq=False, repr=False)
class HourlyAnswer(Answer[HourlyWaits]):
    """In which hours customers wait longest, in words.

    Parameters
    ----------
    every
        The numbers of the hours, as their table has them.
    """

    every: Facts

    def numbers(self) -> tuple[Number, ...]:
        """Return the waits of every hour."""
        return tuple(self.every)

    def summary(self) -> tuple[Sentence, ...]:
        """Return in which hours nine in ten waited least and most, in the channels with most contacts."""
        ranges = [(name, _ends(parts)) for name, parts in self.result.channels.items()]
        parts = [_part(name, *ends, self.facts) for name, ends in ranges if ends is not None]
        if not parts:
            return (Sentence("Too few contacts tell the hours of the day apart."),)
        return (
            say(
                "What nine in ten did not exceed was in the calmest and in the worst hour {parts}.",
                self.facts,
                parts=joined(parts[:_CHANNELS_SAID], "; "),
            ),
        )

    @property
    def title(self) -> str:
        """What its figure is called: the message."""
        every = ((name, _ends(parts)) for name, parts in self.result.channels.items())
        told = [(name, ends, _differ(*ends)) for name, ends in every if ends is not None]
        for name, ends, differ in told:
            if differ:
                return f"The longest waits {by(name)}: {_hours_named(*ends)[1]}"
        if any(differ is False for _, _, differ in told):
            return "Waits by local hour: no hour differs from the others by more than chance"
        return "Waits by local hour"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary())


def part_of_day(hour: str) -> str:
    """Return the part of the day that an hour lies in.

    Examples
    --------
    >>> [part_of_day(hour) for hour in ("05", "06", "12", "23")]
    ['night', 'morning', 'afternoon', 'evening']
    """
    return ("night", "morning", "afternoon", "evening")[int(hour) // 6]


def _ends(parts: tuple[WaitsOfPart, ...]) -> tuple[WaitsOfPart, WaitsOfPart] | None:
    """Return the hours with the shortest and the longest 90% point; None where fewer than two are told."""
    enough = sorted((part for part in parts if part.answered >= FEWEST), key=lambda part: part.p90 or 0.0)
    return (enough[0], enough[-1]) if len(enough) > 1 else None


def _differ(calm: WaitsOfPart, worst: WaitsOfPart) -> bool | None:
    """Return whether long waits are more in the worst hour than chance explains; None where nobody knows."""
    if calm.long is None or worst.long is None:
        return None
    return calm.long.high < worst.long.low


def _hours_named(calm: WaitsOfPart, worst: WaitsOfPart) -> tuple[str, str]:
    """Return the parts of the day of two hours; the hours themselves where they lie in the same part."""
    first, last = (part_of_day(part.part) for part in (calm, worst))
    if first != last:
        return f"in the {first}", f"in the {last}"
    return f"from {calm.part}:00", f"from {worst.part}:00"


_CHANCE = {
    True: "which is more than chance explains",
    False: "which is no more than chance explains",
    None: "and of a single day nobody can tell whether that is chance",
}


def _part(name: str, calm: WaitsOfPart, worst: WaitsOfPart, facts: Facts) -> Sentence:
    early, late = _hours_named(calm, worst)
    least, most = (facts.about(f"{name}:{part.part}") for part in (calm, worst))
    return say(
        "{channel} {least} ({early}) and {most} {span} ({late}), {chance}",
        facts,
        channel=by(name),
        least=say("{p90}", least),
        early=early,
        most=say("{p90}", most),
        span=least["p90"].unit,
        late=late,
        chance=_CHANCE[_differ(calm, worst)],
    )
