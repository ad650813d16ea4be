"""Ticks of shares, written with as many decimals as tell them apart."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, MaxNLocator

MOST_DECIMALS = 3
FEWEST = 2
"""Ticks below which a logarithmic axis cannot be read; a short one is then labelled like a linear one."""


class ShareFormatter(Formatter):
    """Write shares times 100, all ticks of an axis with the same decimals, and no more than they need.

    Parameters
    ----------
    sign
        What follows each of them.
    """

    def __init__(self, sign: str = "%") -> None:
        self.sign = sign

    def __call__(self, value: float, pos: int | None = None) -> str:
        """Return one value by itself."""
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return all ticks of an axis."""
        places = [100 * float(value) for value in values]
        decimals = _decimals(places)
        return [f"{place:.{decimals}f}{self.sign}" for place in places]


def _decimals(places: list[float]) -> int:
    for decimals in range(MOST_DECIMALS):
        if all(abs(round(place, decimals) - place) < 10 ** -(MOST_DECIMALS + 1) for place in places):
            return decimals
    return MOST_DECIMALS


def share_ticks(axis: Axis, *, sign: str = "%") -> None:
    """Write the ticks of `axis` as shares."""
    axis.set_major_formatter(ShareFormatter(sign))


def readable_on_log(preferred: Sequence[float], low: float, high: float) -> list[float]:
    """Return the preferred ticks from `low` to `high`, or round numbers where fewer than two lie there."""
    ticks = [value for value in preferred if low <= value <= high]
    if len(ticks) >= FEWEST:
        return ticks
    finer = MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(value) for value in finer if low <= value <= high]
