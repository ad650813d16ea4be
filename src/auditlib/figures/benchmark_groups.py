"""The figure of groups of units."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from auditlib.benchmark import Groups
from auditlib.benchmark.words import as_level, spoken
from auditlib.figures import labels
from auditlib.figures.marks import head, measure_title, set_scale
from auditlib.figures.style import HALF, HIGHER, INK, LOWER, QUIET, WIDTH, new_axes, style

MOST_HALF_LETTERS, MOST_HALF_GROUPS = 16, 30
"""Longer names of groups, or more groups, need the whole width."""


def groups(result: Groups, ax: Axes | None = None) -> Axes:
    """Draw the mean of each group with its interval, highest first, and how many units it has."""
    rows = result.frame.dropna(subset=["value"]).iloc[::-1].reset_index(drop=True)
    y = np.arange(len(rows), dtype=float)
    names = [labels.shortened(spoken(name), most=44) for name in rows[result.by]]
    with style():
        narrow = max(map(len, names)) <= MOST_HALF_LETTERS and len(names) <= MOST_HALF_GROUPS
        room = {"width": HALF if narrow else WIDTH, "height": 1.6 + (0.185 if narrow else 0.145) * len(rows)}
        drawn = new_axes(**room) if ax is None else ax
        for place, row in rows.iterrows():
            colour = {"higher": HIGHER, "lower": LOWER}.get(str(row["verdict"]), QUIET)
            marker = {"higher": "^", "lower": "v"}.get(str(row["verdict"]), "o")
            drawn.hlines(y[int(str(place))], row["low"], row["high"], color=colour, lw=1.3)
            drawn.plot(row["value"], y[int(str(place))], marker, color=colour, ms=5.5)
        drawn.set_yticks(y, names, fontsize=8.5 if narrow else 8)
        drawn.tick_params(axis="y", labelcolor=INK)
        drawn.set_ylim(-0.8, len(rows) - 0.2)
        transform = drawn.get_yaxis_transform()
        for at, units in zip(y, rows["units"], strict=True):
            drawn.text(1.012, at, f"{units:,}", transform=transform, fontsize=7.5, color=QUIET, va="center")
        drawn.text(
            1.012, len(rows) - 0.2, "units", transform=transform, fontsize=7.5, color=QUIET, va="bottom"
        )
        drawn.spines["left"].set_visible(False)
        set_scale(drawn.xaxis, result.comparison.measure.statistic)
        drawn.grid(visible=True, axis="x")
        level = as_level(result.comparison.confidence)
        drawn.set_xlabel(f"Mean of its units, {level} interval;\ntriangles differ from all others")
        head(drawn, measure_title(result.comparison.measure), own_figure=ax is None)
    return drawn
