"""What customers say by how long they waited, and where it turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from auditlib.records import Criterion, Held, Interval, Item, Refusal
from auditlib.statistics.falling_point import FallingPoint

if TYPE_CHECKING:
    import pandas as pd

_MINUTE, _HOUR = 60, 3600


def readable(seconds: float) -> str:
    """Return a wait as it is read.

    Examples
    --------
    >>> readable(45), readable(90), readable(240), readable(3900), readable(7200)
    ('45 s', '1 min 30 s', '4 min', '1 h 5 min', '2 h')
    """
    whole = round(seconds)
    if whole < _MINUTE:
        return " ".join((str(whole), "s"))
    large, small, unit = (_MINUTE, 1, ("min", "s")) if whole < _HOUR else (_HOUR, _MINUTE, ("h", "min"))
    rest = whole % large // small
    return f"{whole // large} {unit[0]}" + (f" {rest} {unit[1]}" if rest else "")


@dataclass(frozen=True, slots=True)
class WaitBand:
    """Answers on contacts that waited so long.

    Parameters
    ----------
    over, up_to
        Seconds; the upper bound belongs to it, and the last band has none.
    answers
        To the headline item.
    top_box, interval
        Share of them in the top box, days of units as clusters.
    mean
        Of the headline item, on its scale.
    speed_top_box, speed_mean, speed_answers
        Of the item about speed; None where none is declared or nobody answered.
    """

    over: int
    up_to: int | None
    answers: int
    top_box: float
    interval: Interval
    mean: float
    speed_top_box: float | None = None
    speed_mean: float | None = None
    speed_answers: int = 0

    @property
    def name(self) -> str:
        """The band by its bounds."""
        if self.up_to is None:
            return f"over {readable(self.over)}"
        return f"up to {readable(self.up_to)}" if self.over < 0 else _between(self.over, self.up_to)


def _between(over: int, up_to: int) -> str:
    return f"over {readable(over)}, up to {readable(up_to)}"


@dataclass(frozen=True, slots=True)
class TurningWait:
    """The wait from which on fewer customers are satisfied.

    Parameters
    ----------
    seconds, low, high
        The wait and its interval.
    step
        Whether satisfaction drops at once; otherwise it falls from there on.
    before, after
        Share in the top box up to that wait, and of those who waited longer.
    answers_before, answers_after
        Answers behind them.
    fall
        What was estimated, on the logarithm of one second and the wait.
    """

    seconds: float
    low: float
    high: float
    step: bool
    before: float
    after: float
    answers_before: int
    answers_after: int
    fall: FallingPoint


@dataclass(frozen=True, slots=True)
class LimitInForce:
    """A limit of the standard for the waits of this channel, beside where satisfaction turns.

    Parameters
    ----------
    seconds
        The wait it allows.
    looser
        Whether it allows more than the whole interval of the turn; None where the interval leaves it open.
    relaxed
        Whether the party's profile made it looser than the edition has it.
    """

    criterion: Criterion
    seconds: float
    looser: bool | None
    relaxed: bool = False

    @property
    def catalogue(self) -> tuple[float, float] | None:
        """Seconds between which the catalogue lets its target be chosen; None where it bounds no wait."""
        if self.criterion.metric != "wait_quantile":
            return None
        low, high = sorted((self.criterion.target.tightest, self.criterion.target.loosest))
        return low, high


@dataclass(frozen=True, slots=True)
class VoiceAgainstClock:
    """Satisfaction by wait in one channel, and where it turns.

    Parameters
    ----------
    responses, linked
        Responses of the period, and those that name a contact of the evidence.
    used
        Of these, those of this survey and channel with a wait and an answer.
    unanswered, vague, contradictory
        Of this survey and channel, those on contacts never answered, known by days without times, or said to
        be both answered and given up.
    turn
        Where satisfaction turns; None where no such wait can be said.
    falls
        Whether satisfaction falls with the wait beyond chance.
    p_value
        Probability of so clear a fall if there is none; None where too few answers were linked to look.
    limits
        Limits of the standard in force for the waits of this channel.
    no_turn
        Why no fall was looked for; None where it was.
    """

    survey_type: str
    channel: str
    headline: Item
    speed: Item | None
    responses: int
    linked: int
    used: int
    unanswered: int
    vague: int
    bands: tuple[WaitBand, ...]
    turn: TurningWait | None = None
    falls: bool = False
    p_value: float | None = None
    limits: tuple[LimitInForce, ...] = ()
    no_turn: Refusal | None = None
    contradictory: int = 0

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the bands that are held back, and how many these are."""
        shown = tuple(band for band in self.bands if not held(f"top_box:{band.name}", band.answers))
        lost = len(self.bands) - len(shown)
        return (replace(self, bands=shown) if shown else None), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each band."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "band": band.name,
                    "answers": band.answers,
                    "top_box": band.top_box,
                    "low": band.interval.low,
                    "high": band.interval.high,
                    "mean": band.mean,
                    "speed_top_box": band.speed_top_box,
                    "speed_mean": band.speed_mean,
                }
                for band in self.bands
            ]
        )
