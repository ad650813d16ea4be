"""What figures of units share: titles, scales, the marks of verdicts, names beside marks."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from auditlib.benchmark import Comparison, OutlierStatus, ScoreMeasure
from auditlib.benchmark.words import measured
from auditlib.figures import labels
from auditlib.figures.style import FAINT, HIGHER, INK, LOWER, PAPER, QUIET, figure_of, fitted
from auditlib.figures.ticks import share_ticks
from auditlib.statistics.types import Floats

MOST_NAMES = 14
"""More names than this are a list, not a figure."""
MOST_ROWS = 60
"""More units than this cannot each have a named row on one page."""

MARKS: dict[str, dict[str, Any]] = {
    OutlierStatus.ALIKE.value: {"marker": "o", "s": 17, "fc": QUIET, "ec": QUIET, "lw": 0.5},
    OutlierStatus.UNCLEAR.value: {"marker": "o", "s": 17, "fc": FAINT, "ec": QUIET, "lw": 0.5},
    OutlierStatus.POSSIBLY_HIGHER.value: {"marker": "^", "s": 30, "fc": PAPER, "ec": HIGHER, "lw": 1.0},
    OutlierStatus.POSSIBLY_LOWER.value: {"marker": "v", "s": 30, "fc": PAPER, "ec": LOWER, "lw": 1.0},
    OutlierStatus.HIGHER.value: {"marker": "^", "s": 44, "fc": HIGHER, "ec": HIGHER, "lw": 1.0},
    OutlierStatus.LOWER.value: {"marker": "v", "s": 44, "fc": LOWER, "ec": LOWER, "lw": 1.0},
    OutlierStatus.NONE.value: {"marker": "o", "s": 17, "fc": PAPER, "ec": FAINT, "lw": 0.8},
}
"""Shape tells the verdict without colour: up, down, filled where the difference is sure."""


def measure_title(measure: ScoreMeasure) -> str:
    """Return what is compared, as a title."""
    text = measured(measure)
    return f"{text[0].upper()}{text[1:]}"


def head(ax: Axes, text: str, *, own_figure: bool) -> None:
    """Write the title: over the whole width where the figure is ours, over the axes where they were given."""
    if own_figure:
        figure_of(ax).suptitle(fitted(text, ax), x=0.008, ha="left", fontsize=9.5, color=INK)
    else:
        ax.set_title(text)


def set_scale(axis: Axis, statistic: str) -> None:
    """Set round ticks, written as the statistic is."""
    axis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
    if statistic == "mean":
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.1f}"))
    else:
        sign = "" if statistic == "nps" else "%"
        share_ticks(axis, sign=sign)


def mark(verdict: str) -> dict[str, Any]:
    """Return how the mark of a verdict is drawn."""
    order = 3 if verdict in (OutlierStatus.ALIKE, OutlierStatus.UNCLEAR, OutlierStatus.NONE) else 4
    return {"zorder": order, **MARKS[verdict]}


def colour_of(verdict: str, *, otherwise: str = QUIET) -> str:
    """Return the colour of a verdict; `otherwise` where it calls nothing out."""
    colours = {
        OutlierStatus.HIGHER.value: HIGHER,
        OutlierStatus.LOWER.value: LOWER,
        OutlierStatus.NONE.value: FAINT,
    }
    return colours.get(verdict, otherwise)


def name_called_out(ax: Axes, comparison: Comparison, compared: pd.DataFrame, x: Floats) -> None:
    """Name the units outside the limits, the farthest first."""
    position = dict(zip(compared["unit_id"], x, strict=True))
    surely = comparison.called_out
    possibly = comparison.units(OutlierStatus.POSSIBLY_HIGHER, OutlierStatus.POSSIBLY_LOWER)
    rows = pd.concat([surely, possibly])
    rows = rows[rows["unit_id"].isin(list(position))].head(MOST_NAMES)
    points = [
        (float(position[unit]), float(value))
        for unit, value in zip(rows["unit_id"], rows["value"], strict=True)
    ]
    names = [labels.shortened(str(name)) for name in rows["name"]]
    avoid = list(zip(x.tolist(), compared["value"].tolist(), strict=True))
    labels.place(ax, names, points, avoid=avoid)
