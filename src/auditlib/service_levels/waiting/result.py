"""How long customers wait, by channel, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.records import Held, Interval, Refusal
from auditlib.service_levels.waiting.patience import Patience, PatienceCurves

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = {"median": 0.5, "p90": 0.9}
"""Quantiles of times, by name."""
DIMENSIONS = ("unit_id", "matter", "queue", "hour", "month")
"""What waits are broken down by, beside the channel."""


@dataclass(frozen=True, slots=True)
class TimeEstimate:
    """A mean or quantile of times in seconds; no interval where one day of one unit is all there is."""

    seconds: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class TimeSpread:
    """How long something takes: `cases` of which it is known, its mean, median and 90% point."""

    cases: int
    mean: TimeEstimate
    median: TimeEstimate
    p90: TimeEstimate

    @property
    def estimates(self) -> Mapping[str, TimeEstimate]:
        """All three, by name."""
        return {"mean": self.mean, "median": self.median, "p90": self.p90}


@dataclass(frozen=True, slots=True)
class GivenUpShare:
    """The share of the contacts offered that was given up, from the least to the most the evidence allows.

    Parameters
    ----------
    interval
        From the lower limit of the least to the upper limit of the most; days of units as clusters.
    """

    least: float
    most: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class ChannelWaits:
    """What single contacts of one channel say of waiting.

    Parameters
    ----------
    offered, answered, given_up, neither, unknown, contradictory
        Contacts, and what became of them; unknown is whether those never answered gave up, and the last are
        said to be both answered and given up.
    untimed, unhandled
        Contacts answered of which the wait, and the handle time, is not known.
    wait, handle
        Of those answered; None where none is known.
    share_given_up
        None where no contact of the channel is said to have been given up: its log may not hold it.
    patience
        How long customers would wait if nobody were answered; or why that cannot be told.
    """

    channel: str
    offered: int
    answered: int
    given_up: int
    neither: int
    unknown: int
    contradictory: int
    untimed: int
    unhandled: int
    wait: TimeSpread | None
    handle: TimeSpread | None
    share_given_up: GivenUpShare | None
    patience: Patience | Refusal

    @property
    def open(self) -> int:
        """Contacts of which nobody knows whether the customer gave up."""
        return self.unknown + self.contradictory


@dataclass(frozen=True, slots=True)
class CountedMeans:
    """Means of one channel from interval counts: of all contacts together, and the plain mean of intervals.

    Parameters
    ----------
    measure
        ``wait``, ``handle`` (seconds) or ``given_up`` (share).
    intervals, concerned
        Intervals that say it, and all that could: those with such contacts, or of which it is not known.
    contacts
        Contacts that the intervals that say it count.
    weighted_by
        ``answered`` or ``offered``: what intervals are weighted by.
    pooled, plain
        Both means; there is no plain one of handle times, which intervals have as sums.
    interval
        Limits of the pooled mean; days of units as clusters.
    """

    channel: str
    measure: str
    intervals: int
    concerned: int
    contacts: int
    weighted_by: str
    pooled: float
    plain: float | None
    interval: Interval | None

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"{self.measure}:{self.channel}"


@dataclass(frozen=True, slots=True)
class WaitsOfPart:
    """Contacts of one part (a unit, a kind of matter, a queue, an hour, a month) of a channel.

    Parameters
    ----------
    long
        Of an hour, limits of the share of its waits that are long; see `long_waits_by_hour`.
    """

    channel: str
    part: str
    offered: int
    answered: int
    given_up: int
    unknown: int
    mean: float | None
    median: float | None
    p90: float | None
    long: Interval | None = None


@dataclass(frozen=True, slots=True)
class WaitingResult:
    """Waiting in every channel.

    Parameters
    ----------
    channels
        From single contacts, those with most contacts first.
    counted
        From interval counts, where no single contacts stand beside them.
    parts
        Waits by part, by dimension (`DIMENSIONS`); a dimension the evidence does not have is missing.
    nameless
        Contacts that name no channel: they are in none.
    tables
        Tables of contacts in the evidence.
    level
        Coverage of the intervals.
    disclosure
        Of how few contacts given up no number is shown, nor what it could be worked out from.
    """

    channels: tuple[ChannelWaits, ...]
    counted: tuple[CountedMeans, ...]
    parts: Mapping[str, tuple[WaitsOfPart, ...]]
    nameless: int
    tables: tuple[str, ...]
    level: float
    disclosure: MinimumFrequency = UNRESTRICTED

    def tells(self, entry: ChannelWaits) -> bool:
        """Return whether so many gave up in a channel, or nobody, that it may be said how many did."""
        return not self.disclosure.hides(entry.given_up)

    @property
    def patience(self) -> PatienceCurves:
        """How long customers would wait in each channel."""
        told = {entry.channel: entry.patience for entry in self.channels if self.tells(entry)}
        return PatienceCurves(
            {name: part for name, part in told.items() if isinstance(part, Patience)},
            tuple(e.channel for e in self.channels if not (e.given_up or e.contradictory)),
            tuple(
                entry.channel
                for entry in self.channels
                if entry.given_up and isinstance(entry.patience, Refusal)
            ),
            tuple(entry.channel for entry in self.channels if not self.tells(entry)),
            tuple(e.channel for e in self.channels if e.contradictory and not e.given_up),
        )

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the channels of which a time is held back, and how many these are."""
        shown = tuple(entry for entry in self.channels if not _held_back(entry, held))
        lost = len(self.channels) - len(shown)
        return (replace(self, channels=shown) if shown or not lost else None), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each channel with single contacts, times in seconds."""
        import pandas as pd

        return pd.DataFrame([_row(entry) for entry in self.channels])


def _held_back(entry: ChannelWaits, held: Held) -> bool:
    keys = [*(f"{name}_wait:{entry.channel}" for name in ("mean", *QUANTILES))]
    answered = entry.wait.cases if entry.wait else None
    return any(held(key, answered) for key in keys)


def _row(entry: ChannelWaits) -> dict[str, Any]:
    return {
        "channel": entry.channel,
        "offered": entry.offered,
        "answered": entry.answered,
        "given_up": entry.given_up,
        "unknown": entry.unknown,
        "contradictory": entry.contradictory,
        **dict(_spread("wait", entry.wait)),
        **dict(_spread("handle", entry.handle)),
        "share_given_up": entry.share_given_up.least if entry.share_given_up else None,
    }


def _spread(what: str, spread: TimeSpread | None) -> Iterator[tuple[str, float | None]]:
    for name in ("mean", *QUANTILES):
        estimate = None if spread is None else spread.estimates[name]
        yield f"{name}_{what}", None if estimate is None else estimate.seconds
        limits = None if estimate is None else estimate.interval
        for end in ("low", "high"):
            yield f"{name}_{what}_{end}", None if limits is None else getattr(limits, end)
