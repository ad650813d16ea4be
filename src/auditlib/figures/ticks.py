"""Shares as they stand beside an axis."""

from __future__ import annotations

from matplotlib.ticker import PercentFormatter

_WHOLE, _TENTHS = 0.05, 0.005
"""Spans from which whole per cent, and tenths, tell the ticks of an axis apart."""


class ShareTicks(PercentFormatter):
    """Per cent with as many decimals as tell one tick from the next: never ``0%, 0%, 1%, 1%``."""

    def __init__(self) -> None:
        super().__init__(1, decimals=0)

    def format_pct(self, x: float, display_range: float) -> str:
        """Return `x` in per cent, on an axis that spans `display_range`."""
        decimals = 0 if display_range >= _WHOLE else 1 if display_range >= _TENTHS else 2
        return f"{x:.{decimals}%}"
