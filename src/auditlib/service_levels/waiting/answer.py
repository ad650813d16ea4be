"""The answer to how long customers wait: by channel in words, and by part in tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditlib.records import Number, Sentence
from auditlib.service_levels.waiting import facts, statements
from auditlib.service_levels.waiting.channel_words import by
from auditlib.service_levels.waiting.hours import HourlyAnswer, HourlyWaits
from auditlib.service_levels.waiting.patience import BOUNDS, PatienceCurves
from auditlib.service_levels.waiting.result import QUANTILES, ChannelWaits, WaitingResult
from auditlib.statements import Answer, Exhibit, Facts
from auditlib.statements.spans import Span, span_for

_PARTS = {
    "unit_id": "unit",
    "matter": "kind of matter",
    "queue": "queue",
    "hour": "local hour",
    "month": "month",
}
_TIMES = ("mean", *QUANTILES)
_OF_PATIENCE = ("gone_by_", "by_", "contacts_given_up:", "contacts_timed:", "patience:")
_LABELS = {
    "median_wait": "Wait: median",
    "p90_wait": "Wait: 90%",
    "mean_wait": "Wait: mean",
    "wait_in": "Wait in",
    "median_handle": "Handling: median",
    "p90_handle": "Handling: 90%",
    "mean_handle": "Handling: mean",
    "handle_in": "Handling in",
    "contacts_offered": "Offered",
    "contacts_answered": "Answered",
    "contacts_given_up": "Given up",
    "share_given_up": "Share given up",
    "median": "Median wait",
    "p90": "90% wait",
    "mean": "Mean wait",
    "time_in": "In",
}


class WaitingAnswer(Answer[WaitingResult]):
    """How long customers wait, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return waits, handle times, shares given up and patience of every channel."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how long customers wait, and how many give up."""
        return tuple(statements.summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(statements.limits(self.result, self.facts))

    @property
    def timed(self) -> bool:
        """Whether waits of single contacts are known, so that they can be drawn."""
        return any(entry.wait is not None for entry in self.result.channels)

    def patience(self) -> PatienceAnswer:
        """Return how long customers would wait in each channel."""
        return PatienceAnswer(self.result.patience, self.facts)

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables of contacts that it rests on."""
        return self.result.tables

    @property
    def title(self) -> str:
        """What the figure of waits is called: its message."""
        ends = statements.shortest_and_longest(self.result)
        if ends is None:
            return "How long customers wait"
        first, last = (span_for(spread.median.seconds).name for spread in ends)
        if first == last:
            return f"Waits last {first} in every channel"
        if not statements.in_unlike_spans(*ends):
            return "How long customers wait"
        return f"Waits last {first} in one channel and {last} in another"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary())

    def channels(self) -> Exhibit:
        """Return waits, handle times and shares given up of every channel."""
        import pandas as pd

        rows = [_channel_row(entry, told=self.result.tells(entry)) for entry in self.result.channels]
        units = {f"{name}_{what}": "duration" for name in _TIMES for what in ("wait", "handle")}
        return Exhibit(
            pd.DataFrame(rows),
            self.title,
            ("channel",),
            facts=tuple(self.facts),
            units=units | {"share_given_up": "share"},
            labels=_LABELS,
        )

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What waits can be broken down by."""
        return tuple(name for name in _PARTS if name in self.result.parts)

    def hours(self) -> HourlyAnswer | None:
        """Return in which local hours customers wait longest; None where no wait is known by its hour."""
        hourly = HourlyWaits.of(self.result.parts.get("hour", ()))
        return HourlyAnswer(hourly, Facts.of(self.by("hour").facts)) if hourly.channels else None

    def by(self, dimension: str) -> Exhibit:
        """Return waits by channel and part; of how many that gave up, `standing_out` tells more.

        Parameters
        ----------
        dimension
            ``unit_id``, ``matter``, ``queue``, ``hour`` or ``month``; of those in `dimensions`.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        numbers: list[Number] = []
        for part in self.result.parts[dimension]:
            span = self._span(part.channel)
            mine = list(facts.of_part(part, span, dimension=dimension))
            values = {number.key.partition(":")[0]: number.value for number in mine}
            rows.append({"channel": part.channel, dimension: part.part, "time_in": span.name, **values})
            numbers += mine
        columns = [facts.part_key(name, dimension) for name in ("contacts_answered", *_TIMES)]
        frame = pd.DataFrame(rows).reindex(columns=["channel", dimension, *columns, "time_in"])
        return Exhibit(
            frame,
            f"Waits by channel and {_PARTS[dimension]}",
            ("channel", dimension),
            facts=tuple(numbers),
            # An hour names a row; its digits are no number of the audit.
            units=dict.fromkeys(columns[1:], "duration") | ({"hour": "id"} if dimension == "hour" else {}),
            labels={**_LABELS, dimension: _PARTS[dimension].capitalize()}
            | {facts.part_key(name, dimension): label for name, label in _LABELS.items()},
        )

    def _span(self, channel: str) -> Span:
        """Return the unit of time of a channel, so that its parts are read beside each other."""
        (entry,) = (entry for entry in self.result.channels if entry.channel == channel)
        return span_for(0.0) if entry.wait is None else facts.span_of(entry.wait)


@dataclass(frozen=True, eq=False, repr=False)
class PatienceAnswer(Answer[PatienceCurves]):
    """Who would have given up by when, in words.

    Parameters
    ----------
    every
        The numbers of the waits of every channel.
    """

    every: Facts

    def numbers(self) -> tuple[Number, ...]:
        """Return who would have given up by when in every channel."""
        return tuple(number for number in self.every if number.key.startswith(_OF_PATIENCE))

    def summary(self) -> tuple[Sentence, ...]:
        """Return who would have given up by when, and where nothing of it is logged."""
        return tuple(statements.patience(self.result, self.facts))

    @property
    def timed(self) -> bool:
        """Whether it can be told of any channel, so that it can be drawn."""
        return bool(self.result.impatient)

    @property
    def title(self) -> str:
        """What its figure and its table are called: the message."""
        soonest = self.result.soonest
        if soonest:
            return f"Customers lose patience first {by(soonest)}"
        return "How long customers would wait before they give up"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary())

    def bounds(self) -> Exhibit:
        """Return who would have given up by when, in every channel whose log holds abandonment."""
        shares = {f"gone_by_{seconds}": " ".join(("Gone by", str(seconds), "s")) for seconds in BOUNDS}
        return Exhibit(
            self.result.to_frame(),
            self.title,
            ("channel",),
            facts=self.numbers(),
            units=dict.fromkeys(shares, "share"),
            labels={"contacts_given_up": "Given up", "contacts_timed": "Timed", **shares},
            caption="Had nobody been answered; who was answered is counted as waiting on.",
        )


def _channel_row(entry: ChannelWaits, *, told: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "channel": entry.channel,
        "contacts_offered": entry.offered if told else None,
        "contacts_answered": entry.answered,
        "contacts_given_up": entry.given_up if told else None,
        "share_given_up": entry.share_given_up.least if entry.share_given_up and told else None,
    }
    for what, spread in (("wait", entry.wait), ("handle", entry.handle)):
        span = None if spread is None else facts.span_of(spread)
        for name in _TIMES:
            estimate = None if spread is None else spread.estimates[name]
            row[f"{name}_{what}"] = None if estimate is None or span is None else span.of(estimate.seconds)
        row[f"{what}_in"] = "" if span is None else span.name
    return row
