"""Whether what is open at the end of a day rises or falls over the period, beyond chance.

What is open today is mostly what was open yesterday: a line through the days allows for that (`trend`). It
goes through means of whole weeks, which leaves out that more is open over a weekend, and where the weeks are
too few for it through the days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Basis, Interval, Number, Refusal, Sentence
from auditlib.statements import Facts, say
from auditlib.statistics.trend import FEWEST_POINTS, trend

ALIKE_WITHIN = 0.2
"""Change over the period, as a share of the middle day, that is called much the same."""
WEEK = 7
_MOST_COMPARED = 4 * WEEK
_METHOD = "line through weeks or days, after their autocorrelation"


class BacklogDirection(StrEnum):
    """How what is open changes over the period."""

    RISES = "rises"
    FALLS = "falls"
    ALIKE = "alike"
    NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True)
class BacklogCourse:
    """What is open in the first days of the period beside the last, and how a line through all changes.

    Parameters
    ----------
    days
        Days compared at either end.
    first, last
        Mean of what is open at the end of these.
    change
        Limits of the change over the period by the line.
    direction
        What the title says.
    """

    days: int
    first: float
    last: float
    change: Interval
    direction: BacklogDirection


def course_of(contacts: NDArray[np.int64], *, level: float) -> BacklogCourse | None:
    """Return how what is open changes from day to day; None of too few days, or where nothing varies.

    Examples
    --------
    >>> rising = np.arange(60) + np.tile([0, 2, 1], 20)
    >>> str(course_of(rising, level=0.95).direction), str(course_of(rising[::-1], level=0.95).direction)
    ('rises', 'falls')
    """
    weeks = len(contacts) // WEEK
    step = WEEK if weeks >= FEWEST_POINTS else 1
    # The first days may miss what was offered before the log: an incomplete week is left out there.
    means = contacts[len(contacts) % step :].reshape(-1, step).mean(axis=1)
    line = trend(means, level=level)
    if isinstance(line, Refusal):
        return None
    days = min(_MOST_COMPARED, len(contacts) // 2)
    first, last = float(contacts[:days].mean()), float(contacts[-days:].mean())
    low, high = (slope * (len(means) - 1) for slope in (line.low, line.high))
    direction = _direction(low, high, rise=last - first, typical=float(np.median(contacts)))
    return BacklogCourse(days, first, last, Interval(low, high, level, _METHOD), direction)


def _direction(low: float, high: float, *, rise: float, typical: float) -> BacklogDirection:
    """Return what limits of a change come to; a rise or a fall must stand in the days themselves too."""
    margin = ALIKE_WITHIN * max(1.0, typical)
    if -margin <= low and high <= margin and abs(rise) <= margin:
        return BacklogDirection.ALIKE
    if low > 0 and rise > margin:
        return BacklogDirection.RISES
    if high < 0 and rise < -margin:
        return BacklogDirection.FALLS
    return BacklogDirection.NOT_TOLD


@dataclass(frozen=True, slots=True)
class _Course:
    """What is open, in words: what it does, how a title ends, and how a sentence that weighs chance does."""

    verb: str
    in_title: str = ""
    by_chance: str = ""

    @property
    def title(self) -> str:
        return self.verb + self.in_title

    @property
    def sentence(self) -> str:
        return self.verb + self.by_chance


_COURSES = {
    BacklogDirection.RISES: _Course("rises", " over the period", " by more than chance explains"),
    BacklogDirection.FALLS: _Course("falls", " over the period", " by more than chance explains"),
    BacklogDirection.ALIKE: _Course("stays much the same"),
    BacklogDirection.NOT_TOLD: _Course(
        "neither rises nor falls", " clearly", " by clearly more than chance explains"
    ),
}


def title_words(course: BacklogCourse | None, contacts: NDArray[np.int64], *, worst: str) -> str:
    """Return what a title says of the days: their direction, else the worst, where it stands out.

    Parameters
    ----------
    worst
        The day at whose end most is open, as it is called.
    """
    if course is not None and course.direction in (BacklogDirection.RISES, BacklogDirection.FALLS):
        return _COURSES[course.direction].title
    if contacts.min() == contacts.max():
        return "is the same every day"
    if course is None or contacts.max() >= 2 * max(1.0, float(np.median(contacts))):
        return f"is most on {worst}"
    return _COURSES[course.direction].title


def course_facts(course: BacklogCourse | None, basis: tuple[Basis, ...]) -> Iterator[Number]:
    """Yield what is open at either end of the period, and the change of the line."""
    if course is None:
        return
    yield Number("compared_days", course.days, "count", reason="Declared.")
    yield Number("open_first", course.first, "count", basis=basis)
    yield Number("open_last", course.last, "count", basis=basis)
    middle = (course.change.low + course.change.high) / 2
    yield Number("open_change", middle, "count", interval=course.change, basis=basis)


def course_words(course: BacklogCourse, facts: Facts) -> Sentence:
    """Return what is open in the first and in the last days of the period."""
    return say(
        "At the end of the first {compared_days|day|days} of the period {open_first} are open on average, at "
        "the end of the last {compared_days} {open_last}: over the whole period what is open {ends}.",
        facts,
        ends=_COURSES[course.direction].sentence,
    )
