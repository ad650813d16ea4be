"""How long customers would wait before they give up, if nobody were answered.

Who was answered, or left the queue otherwise, had waited so long and would have waited on: such a contact is
censored. To count those given up alone makes customers look far less patient than they are, because the
patient are answered before they give up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Held, Interval, Refusal
from auditlib.service_levels.contradictory import ASK
from auditlib.service_levels.waiting.channel_words import by, spoken
from auditlib.service_levels.waiting.timed import BECAME, UNKNOWN
from auditlib.statistics.clustered_survival import SCALE, CountedSurvival, survival_limits
from auditlib.statistics.strata import places
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import pandas as pd

BOUNDS = (30, 60, 120, 300)
"""Seconds by which it is asked who would have given up."""
COMPARED = 60
"""Seconds at which channels are compared."""
BEYOND = max(BOUNDS) + 1
"""Seconds that stand for all that are longer than the last bound."""
MOVES = tuple(f"moves_{seconds}" for seconds in BOUNDS)
"""Columns of what contacts add to a curve."""


@dataclass(frozen=True, slots=True)
class PatienceBound:
    """The share of customers that would have given up by so many seconds, with its limits.

    Parameters
    ----------
    share
        None where fewer contacts than may be shown had waited so long: what they would have done is unknown.
    waited
        Contacts that were still waiting then.
    """

    seconds: int
    share: float | None
    interval: Interval | None
    waited: int


@dataclass(frozen=True, slots=True, eq=False)
class Patience:
    """The patience of the customers of one channel.

    Parameters
    ----------
    contacts, given_up
        Contacts of which it is known how long they waited, and those of them that were given up.
    bounds
        By `BOUNDS`.
    curve
        Share not yet given up.
    """

    contacts: int
    given_up: int
    bounds: tuple[PatienceBound, ...]
    curve: CountedSurvival


@dataclass(frozen=True, slots=True, eq=False)
class PatienceCurves:
    """The patience of customers by channel, as it is drawn.

    Parameters
    ----------
    channels
        Of each channel whose log holds abandonment, those with most contacts first.
    silent
        Channels whose log holds none.
    untimed
        Channels whose log holds it, and not when customers gave up.
    few
        Channels in which so few gave up that nothing is said of them.
    contradictory
        Channels in which whoever gave up is said to have been answered too.
    """

    channels: Mapping[str, Patience]
    silent: tuple[str, ...]
    untimed: tuple[str, ...] = ()
    few: tuple[str, ...] = ()
    contradictory: tuple[str, ...] = ()

    @property
    def impatient(self) -> Mapping[str, Patience]:
        """Channels in which anybody would have given up by the last of the `BOUNDS` that can be told."""
        return {name: part for name, part in self.channels.items() if any(b.share for b in part.bounds)}

    @property
    def soonest(self) -> str:
        """The channel whose customers give up soonest beyond doubt, at `COMPARED` seconds; else nothing."""
        limits = {
            name: bound.interval
            for name, part in self.channels.items()
            for bound in part.bounds
            if bound.seconds == COMPARED and bound.interval is not None
        }
        if len(limits) < 2:
            return ""
        first, *others = sorted(limits, key=lambda name: -limits[name].low)
        return first if all(limits[first].low > limits[name].high for name in others) else ""

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the channels of which too few gave up to be shown, and how many these are."""
        shown = {
            name: part
            for name, part in self.channels.items()
            if not held(f"contacts_given_up:{name}", part.given_up)
        }
        lost = len(self.channels) - len(shown)
        return (replace(self, channels=shown) if shown or not lost else None), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each channel: contacts, those given up, and who would have given up by when."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "channel": name,
                    "contacts_timed": part.contacts,
                    "contacts_given_up": part.given_up,
                    **{f"gone_by_{bound.seconds}": bound.share for bound in part.bounds},
                }
                for name, part in self.channels.items()
            ]
        )


def no_abandonment(channel: str) -> Refusal:
    """Return why nothing is said of giving up in a channel whose log holds none."""
    return Refusal(
        f"The log of {spoken(channel)} holds no contact given up: "
        "either nobody gave up or it is not recorded.",
        "Ask whether customers who leave before they are answered are recorded.",
    )


def no_times(channel: str) -> Refusal:
    """Return why nothing is said of patience in a channel whose log does not say when customers gave up."""
    return Refusal(
        f"The log of {spoken(channel)} does not say how long those waited who gave up.",
        f"Ask when contacts that were given up ended, {by(channel)}.",
    )


def no_certainty(channel: str) -> Refusal:
    """Return why nothing is said of patience where whoever gave up is said to have been answered too."""
    return Refusal(
        f"Every contact {by(channel)} that is said to have been given up is said to have been answered too.",
        ASK,
    )


def patience_by_channel(
    steps: Mapping[str, CountedSurvival],
    moves: pd.DataFrame,
    days: pd.DataFrame,
    *,
    level: float,
    fewest: int,
) -> dict[str, Patience]:
    """Return the patience of the customers of each channel in which it is known when any gave up.

    Parameters
    ----------
    steps
        Contacts given up, and those that left otherwise, by the whole seconds they waited; by channel.
    moves
        By channel, unit and day, what contacts add to the curve at each of `BOUNDS`: see `moves_of`.
    days
        By channel, unit and day, contacts by what became of them.
    fewest
        Contacts that must have waited for so long that anything is said of it.
    """
    patience = {}
    for channel, curve in with_patience(steps).items():
        own = moves[moves["channel"] == channel].merge(days, on=["channel", "unit_id", "day"], how="left")
        known = own[[became for became in BECAME if became != UNKNOWN]]
        by_day = _ByDay(
            tuple(own[name].to_numpy(dtype=np.float64) / SCALE for name in MOVES),
            known.sum(axis=1).to_numpy(dtype=np.float64),
            places(own["unit_id"]),
        )
        patience[channel] = _patience(curve, by_day, level=level, fewest=fewest)
    return patience


def with_patience(steps: Mapping[str, CountedSurvival]) -> dict[str, CountedSurvival]:
    """Return those of the curves in which it is known when any gave up."""
    return {channel: curve for channel, curve in steps.items() if curve.ended.sum() > 0}


@dataclass(frozen=True, slots=True, eq=False)
class _ByDay:
    """What contacts of a day of a unit add to the curve at each of `BOUNDS`, and how many they are."""

    sums: tuple[Floats, ...]
    cases: Floats
    unit: NDArray[np.int64]


def _patience(curve: CountedSurvival, by_day: _ByDay, *, level: float, fewest: int) -> Patience:
    bounds = []
    for seconds, influences in zip(BOUNDS, by_day.sums, strict=True):
        share, waited = curve.undone(seconds), int(curve.risked(seconds))
        limits = survival_limits(share, influences, by_day.cases, by_day.unit, level=level)
        told = waited >= fewest
        given_up = None if limits is None else Interval(1 - limits.high, 1 - limits.low, level, limits.method)
        bounds.append(PatienceBound(seconds, 1 - share if told else None, given_up if told else None, waited))
    ended = int(curve.ended.sum())
    return Patience(ended + int(curve.left.sum()), ended, tuple(bounds), curve)


def moves_of(curve: CountedSurvival) -> NDArray[np.int64]:
    """Return what a contact adds to the curve at each of `BOUNDS`, in units of one over `SCALE`.

    Returns
    -------
    ndarray
        By bound, whether it was given up, and the whole seconds it waited, the last all those beyond: shape
        (bounds, 2, `BEYOND` + 1).
    """
    seconds = np.arange(BEYOND + 1)
    place = np.searchsorted(curve.times, seconds, side="right") - 1
    moves = np.zeros((len(BOUNDS), 2, len(seconds)), np.int64)
    for row, bound in enumerate(BOUNDS):
        own, gone = curve.influences(bound)
        for gave_up in (0, 1):
            # Who gave up after the last bound was still there at every bound.
            chosen = np.where(gave_up & (seconds < BEYOND), own[place], gone[place])
            values = np.where(place < 0, 0.0, chosen)
            moves[row, gave_up] = np.round(values * SCALE).astype(np.int64)
    return moves
