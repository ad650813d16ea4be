"""Figures of change: outliers followed through periods, and charts of single series."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from auditlib.benchmark import OutlierStatus
from auditlib.benchmark.words import as_score
from auditlib.figures import labels
from auditlib.figures.marks import head, measure_title, set_scale
from auditlib.figures.style import (
    BAND,
    FAINT,
    HALF,
    HIGHER,
    INK,
    LOWER,
    PAPER,
    QUIET,
    WIDTH,
    figure_of,
    new_axes,
    style,
)  # fmt: skip
from auditlib.improvement import OverTime, Stability, Subject
from auditlib.improvement.series import ALL
from auditlib.statements import with_sign
from auditlib.statistics.lasting_change import Shape
from auditlib.statistics.outlier_verdicts import CALLED_OUT
from auditlib.statistics.types import Floats
from auditlib.time.months import month_text

_COLOURS = {OutlierStatus.HIGHER: HIGHER, OutlierStatus.LOWER: LOWER}
_MARKERS = {OutlierStatus.HIGHER: "^", OutlierStatus.LOWER: "v"}
MOST_HALF_PERIODS = 2
"""More periods than this need the whole width of a page, or their names would touch."""
_CHART_HEIGHT = 1.2
"""Inches of one chart."""


def outliers_followed(result: Stability, ax: Axes | None = None) -> Axes:
    """Draw the distance from the mean of each unit called out first, period by period, and what was foretold.

    Thin lines are units; the marked line is their mean; the open diamond what shrinkage foretold of it.
    """
    with style():
        few = len(result.periods) <= MOST_HALF_PERIODS
        drawn = new_axes(width=HALF if few else WIDTH, height=3.7) if ax is None else ax
        x = np.arange(len(result.periods), dtype=float)
        drawn.axhline(0, color=INK, lw=0.9, zorder=1)
        for side in CALLED_OUT:
            _side(drawn, result, side, x)
        drawn.set_xticks(x, [_period(result, place) for place in range(len(x))])
        drawn.set_xlim(-0.55, len(x) - 0.45)
        drawn.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
        drawn.margins(y=0.22)
        drawn.set_ylabel("Distance from the period's mean")
        factor = 1.0 if result.measure.statistic == "mean" else 100.0
        unit = "" if result.measure.statistic == "mean" else " points"
        digits = 1 if factor == 1.0 else 0
        drawn.yaxis.set_major_formatter(
            FuncFormatter(lambda y, _: with_sign(factor * y, decimals=digits) + unit)
        )
        drawn.grid(visible=True, axis="y")
        head(drawn, measure_title(result.measure), own_figure=ax is None)
        _explain_followed(drawn, columns=1 if few else 3)
    return drawn


def _period(result: Stability, place: int) -> str:
    mean = as_score(result.judgements[place].target, result.measure.statistic)
    return f"{result.periods[place].label}\nall answers: {mean}"


def _side(ax: Axes, result: Stability, side: OutlierStatus, x: Floats) -> None:
    rows = result.frame[result.frame["verdict"] == side.value]
    if rows.empty:
        return
    columns = [f"distance_{place + 1}" for place in range(len(x))]
    paths = rows[columns].to_numpy(dtype=np.float64)
    ax.plot(x, paths.T, color=_COLOURS[side], lw=0.6, alpha=0.35, zorder=2)
    means = (
        rows[columns].mean().to_numpy(dtype=np.float64)
    )  # missing where no unit called out was asked again
    ax.plot(x, means, color=_COLOURS[side], lw=2.0, marker=_MARKERS[side], ms=7, zorder=4)
    foretold = float(rows["expected"].mean())
    away = 15 if side is OutlierStatus.HIGHER else -15
    ax.plot([x[1]], [foretold], "D", mfc=PAPER, mec=INK, ms=6, mew=1.1, zorder=5)
    for place in np.flatnonzero(np.isfinite(means)):
        compared = rows[rows[f"verdict_{place + 1}"] != OutlierStatus.NONE.value]
        again = int((compared[f"verdict_{place + 1}"] == side.value).sum())
        text = _followed_as(side, compared["name"].tolist(), again, first=not place)
        ax.annotate(
            text, (x[place], means[place]), xytext=(0, away), textcoords="offset points", ha="center",
            va="center", fontsize=8,
            color=INK, zorder=6, bbox={"fc": PAPER, "ec": "none", "pad": 1.0, "alpha": 0.85},
        )  # fmt: skip


def _followed_as(side: OutlierStatus, names: list[str], again: int, *, first: bool) -> str:
    """Say who was called out, or how many of them again; one unit is called by its name."""
    if len(names) != 1:
        return f"{len(names)} called {side.value}" if first else f"{again} of {len(names)} again"
    if first:
        return f"{labels.shortened(names[0])} called {side.value}"
    return f"called {side.value} again" if again else f"not called {side.value} again"


def _explain_followed(ax: Axes, *, columns: int) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=QUIET, lw=0.6, label="one unit"),
        Line2D([], [], color=QUIET, lw=2.0, marker="o", ms=5, label="mean of the units called out first"),
        Line2D([], [], ls="", marker="D", mfc=PAPER, mec=INK, ms=6, label="foretold by shrinkage"),
    ]
    figure_of(ax).legend(handles=handles, loc="outside lower left", ncols=columns, handlelength=1.8)


def control_charts(result: OverTime) -> Figure:
    """Draw the chart of all units together, and below it those of the units called out."""
    with style():
        first = new_axes(height=0.9 + _CHART_HEIGHT * max(1, len(result.charts)))
        figure = figure_of(first)
        first.remove()
        stacked = figure.subplots(max(1, len(result.charts)), 1, sharex=True, squeeze=False)[:, 0]
        for drawn, unit in zip(stacked, result.charts, strict=False):
            _chart(drawn, result, unit)
        last = stacked[-1]
        steps = [month_text(step) for step in result.series.steps]
        every = max(1, -(-len(steps) // 12))
        last.set_xticks(range(0, len(steps), every), steps[::every])
        last.tick_params(axis="x", labelsize=8)
        title = f"{measure_title(result.comparison.measure)}, by {result.series.grain}"
        head(stacked[0], title, own_figure=True)
        stepping = any(chart.shape in (Shape.STEP, Shape.OPEN) for chart in result.charts.values())
        _explain_charts(figure, stepping=stepping)
    return figure


def _chart(ax: Axes, result: OverTime, unit: str) -> None:
    shown = result.charts[unit]
    chart, x = shown.chart, np.arange(len(shown.steps), dtype=float)
    ax.fill_between(x, chart.low, chart.high, color=BAND, lw=0, step="mid")
    if shown.shape in (Shape.STEP, Shape.OPEN):
        first, last = chart.change.span
        ax.axvspan(first - 0.5, last - 0.5 if last > first else first + 0.5, color=FAINT, alpha=0.35, lw=0)
    ax.plot(x, chart.level, color=INK, lw=1.2)
    ax.plot(x, chart.values, color=QUIET, lw=1.0, marker="o", ms=3.2, mfc=FAINT, mec=QUIET)
    ax.plot(x[chart.signal], chart.values[chart.signal], "s", color=LOWER, ms=6.5, zorder=5)
    set_scale(ax.yaxis, result.comparison.measure.statistic)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
    name = "All units together" if unit == ALL else labels.shortened(result.names[unit])
    ax.text(0.004, 1.0, name, transform=ax.transAxes, fontsize=8.5, color=INK, va="bottom")
    ax.grid(visible=True, axis="y")


def _explain_charts(figure: Figure, *, stepping: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(fc=BAND, ec=QUIET, lw=0.3, label="to be expected after what came before"),
        Line2D([], [], ls="", marker="s", color=LOWER, ms=6, label="outside it"),
        Line2D([], [], color=INK, lw=1.2, label="its level, moved where a lasting change is shown"),
        Patch(fc=FAINT, alpha=0.35, lw=0, label="when a step may have come"),
    ]
    handles = handles if stepping else handles[:-1]
    figure.legend(handles=handles, loc="outside lower left", ncols=2, handlelength=1.6)


_TICKS = 5
"""Months named below half a page."""


def so_far(result: Subject, ax: Axes | None = None) -> Axes:
    """Draw the share of all cases so far with limits that hold at every look, and the target."""
    shares = result.shares
    with style():
        drawn = new_axes(width=HALF, height=3.0) if ax is None else ax
        x = np.arange(len(shares.steps), dtype=float)
        drawn.fill_between(x, result.so_far.low, result.so_far.high, color=BAND, lw=0)
        drawn.plot(x, shares.met.cumsum() / shares.n.cumsum(), color=INK, lw=1.4)
        drawn.plot(x, shares.met / shares.n, ls="", marker="o", ms=3.2, mfc=FAINT, mec=QUIET)
        if result.target is not None:
            drawn.axhline(result.target, color=LOWER, lw=1.0, ls=(0, (5, 3)))
        set_scale(drawn.yaxis, "top_box")
        steps, every = [month_text(step) for step in shares.steps], max(1, -(-len(shares.steps) // _TICKS))
        drawn.set_xticks(range(0, len(steps), every), steps[::every])
        drawn.tick_params(axis="x", labelsize=8)
        drawn.grid(visible=True, axis="y")
        head(drawn, f"{shares.subject}: {shares.words}", own_figure=ax is None)
        _explain_so_far(drawn, shares.grain, target=result.target is not None)
    return drawn


def _explain_so_far(ax: Axes, grain: str, *, target: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], ls="", marker="o", ms=3.2, mfc=FAINT, mec=QUIET, label=f"this {grain}"),
        Line2D([], [], color=INK, lw=1.4, label="all so far"),
        Patch(fc=BAND, ec=QUIET, lw=0.3, label="limits, looked at any time"),
        Line2D([], [], color=LOWER, lw=1.0, ls=(0, (5, 3)), label="target"),
    ]
    figure_of(ax).legend(
        handles=handles if target else handles[:-1], loc="outside lower left", ncols=2, handlelength=1.6
    )
