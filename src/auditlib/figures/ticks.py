"""Ticks of shares, written with as many decimals as tell them apart."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axis import Axis
from matplotlib.ticker import Formatter

MOST_DECIMALS = 3


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
