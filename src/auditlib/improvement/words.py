"""How changes and distances are said."""

from __future__ import annotations

from auditlib.benchmark.words import as_difference


def as_change_a_year(change: float, statistic: str) -> str:
    """Return a change per year as printed: +2.1 points a year; of a mean in points of its scale.

    Examples
    --------
    >>> as_change_a_year(0.021, "top_box"), as_change_a_year(0.05, "mean")
    ('+2.1 points a year', '+0.05 a year')
    """
    return f"{as_difference(change, statistic)} a year"


def as_distance(distance: float, statistic: str) -> str:
    """Return how far two values lie apart, whichever is higher: 2.1 points.

    Examples
    --------
    >>> as_distance(-0.021, "top_box"), as_distance(-0.05, "mean")
    ('2.1 points', '0.05')
    """
    return f"{abs(distance):.2f}" if statistic == "mean" else f"{100 * abs(distance):.1f} points"
