"""Units of time that people read: seconds of a call, minutes of a counter, hours of a letter."""

from __future__ import annotations

from dataclasses import dataclass

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Span:
    """A unit of time.

    Parameters
    ----------
    name
        How it is said, and the unit that numbers of it are printed in: ``seconds`` to ``days``.
    seconds
        How long one is.
    """

    name: str
    seconds: int

    def of(self, seconds: float) -> float:
        """Return a time in this unit."""
        return seconds / self.seconds


SPANS = (Span("seconds", 1), Span("minutes", _MINUTE), Span("hours", _HOUR), Span("days", _DAY))
_FROM = (0, 2 * _MINUTE, 2 * _HOUR, 3 * _DAY)
"""Seconds from which each is used: two of a unit are better said in the one below."""


def span_for(seconds: float) -> Span:
    """Return the unit in which a time of so many seconds is said.

    Examples
    --------
    >>> [span_for(seconds).name for seconds in (105, 120, 7199, 7200, 259_200)]
    ['seconds', 'minutes', 'minutes', 'hours', 'days']
    """
    return next(span for span, least in zip(SPANS[::-1], _FROM[::-1], strict=True) if seconds >= least)
