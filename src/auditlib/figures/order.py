"""Figures of the order of units: one by one with their intervals, and the places each may hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from auditlib.benchmark import Comparison, OutlierStatus
from auditlib.benchmark.words import as_distance, as_level, as_score
from auditlib.figures import labels
from auditlib.figures.marks import (
    MARKS,
    MOST_ROWS,
    colour_of,
    head,
    mark,
    measure_title,
    name_called_out,
    set_scale,
)
from auditlib.figures.style import BAND_INNER, FAINT, HALF, INK, QUIET, figure_of, new_axes, style
from auditlib.statements import counted
from auditlib.statistics.types import Floats

_ENDS = ["joint_low", "joint_high", "likely_low", "likely_high"]


def caterpillar(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw each unit's value with its interval, in order of value.

    Up to sixty units have a named row each; more become a profile with the interval of the typical unit, in
    which only units that surely differ from the others are marked, the farthest of them named.
    """
    valued = comparison.frame.dropna(subset=["value"])
    rows = valued.sort_values(["value", "n"], kind="stable")
    with style():
        if len(rows) <= MOST_ROWS:
            drawn = new_axes(width=HALF, height=1.3 + 0.112 * len(rows)) if ax is None else ax
            _rows(drawn, comparison, rows)
        else:
            drawn = new_axes() if ax is None else ax
            compared = rows["unit_id"].isin(comparison.frame.loc[comparison.judgement.chosen, "unit_id"])
            _profile(drawn, comparison, rows[compared].reset_index(drop=True))
        head(drawn, measure_title(comparison.measure), own_figure=ax is None)
    return drawn


def _rows(ax: Axes, comparison: Comparison, rows: pd.DataFrame) -> None:
    y = np.arange(len(rows), dtype=float)
    ax.axvline(comparison.judgement.target, color=INK, lw=0.9, zorder=1)
    ax.axvspan(*_meaningful(comparison), color=BAND_INNER, lw=0, zorder=0)
    for verdict in MARKS:
        of_verdict = (rows["verdict"] == verdict).to_numpy()
        part = rows[of_verdict]
        colour = colour_of(verdict)
        ax.hlines(y[of_verdict], part["low"], part["high"], color=colour, lw=1.1, zorder=2)
        ax.scatter(part["value"], y[of_verdict], **mark(verdict))
    ax.set_yticks(y, [labels.shortened(str(name)) for name in rows["name"]], fontsize=7.5)
    for label, verdict in zip(ax.get_yticklabels(), rows["verdict"], strict=True):
        label.set_color(colour_of(verdict) if verdict in (OutlierStatus.HIGHER, OutlierStatus.LOWER) else INK)
        label.set_fontstyle("italic" if verdict == OutlierStatus.NONE else "normal")
    ax.set_ylim(-0.8, len(rows) - 0.2)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
    set_scale(ax.xaxis, comparison.measure.statistic)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    _sizes_beside(ax, rows, y)
    typical = as_score(comparison.judgement.target, comparison.measure.statistic)
    far = as_distance(comparison.judgement.meaningful, comparison.measure.statistic)
    level = as_level(comparison.confidence)
    ax.set_xlabel(f"{level} intervals; line: typical unit, {typical};\nband: within {far} of it")


def _meaningful(comparison: Comparison) -> tuple[float, float]:
    """Return the values between which a unit is like the typical one."""
    target, far = comparison.judgement.target, comparison.judgement.meaningful
    return target - far, target + far


def _sizes_beside(ax: Axes, rows: pd.DataFrame, y: Floats) -> None:
    """Write each unit's number of answers at the right edge."""
    transform = ax.get_yaxis_transform()
    for at, n in zip(y, rows["n"], strict=True):
        ax.text(1.012, at, f"{n:,}", transform=transform, fontsize=7.5, color=QUIET, va="center")
    ax.text(1.012, len(rows) - 0.1, "answers", transform=transform, fontsize=7.5, color=QUIET, va="bottom")


def _profile(ax: Axes, comparison: Comparison, rows: pd.DataFrame) -> None:
    x = np.arange(1, len(rows) + 1, dtype=float)
    typical = comparison.typical().iloc[::-1]
    middle = len(rows) + 1 - (typical["first"] + typical["last"]) / 2
    ax.fill_between(middle, typical["low"], typical["high"], color=BAND_INNER, lw=0, zorder=1)
    ax.plot(x, rows["value"], color=QUIET, lw=1.4, zorder=2)
    ax.axhline(comparison.judgement.target, color=INK, lw=0.9, zorder=2)
    for end in _meaningful(comparison):
        ax.axhline(end, color=INK, lw=0.6, ls=(0, (4, 3)), zorder=2)
    for verdict in (OutlierStatus.HIGHER.value, OutlierStatus.LOWER.value):
        of_verdict = (rows["verdict"] == verdict).to_numpy()
        ax.scatter(x[of_verdict], rows["value"][of_verdict], **{**mark(verdict), "s": 14, "lw": 0.4})
    margin = 0.02 * len(rows)
    ax.set_xlim(1 - margin, len(rows) + margin)
    level = as_level(comparison.confidence)
    ax.set_xlabel(
        f"{counted(len(rows), 'unit')} in order of value; shaded: {level} interval of the units there; "
        "dashed: meaningful difference"
    )
    _count_places(ax.xaxis, len(rows))
    set_scale(ax.yaxis, comparison.measure.statistic)
    ax.grid(visible=True, axis="y")
    name_called_out(ax, comparison, rows, x)


def ranks(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw the places each unit probably holds (thick), and those nothing rules out for it (thin).

    The thick bars hold for a stated share of the units. The thin lines hold for all units at once, with at
    least that probability: two units can be told apart where their thin lines do not meet.
    """
    rows = comparison.compared.sort_values(["value", "n"], kind="stable")
    few, whole = len(rows) <= MOST_ROWS, len(rows) == comparison.judgement.chosen.sum()
    with style():
        room = {"width": HALF, "height": 1.6 + 0.112 * len(rows)} if few else {}
        drawn = new_axes(**room) if ax is None else ax
        if few:
            _rank_rows(drawn, rows, whole=bool(whole))
        else:
            _rank_profile(drawn, comparison.typical())
        _explain_ranks(drawn, as_level(comparison.confidence), few=few, observed=bool(whole) or not few)
        head(drawn, measure_title(comparison.measure), own_figure=ax is None)
    return drawn


def _rank_rows(ax: Axes, rows: pd.DataFrame, *, whole: bool) -> None:
    """Draw a row per unit; where one is left out, observed places would tell where it stands."""
    y, ends = np.arange(len(rows), dtype=float), rows[_ENDS].astype(float)
    colours = [colour_of(str(verdict), otherwise=FAINT) for verdict in rows["verdict"]]
    ax.hlines(y, ends["joint_low"] - 0.3, ends["joint_high"] + 0.3, color=QUIET, lw=0.6)
    ax.hlines(y, ends["likely_low"] - 0.3, ends["likely_high"] + 0.3, color=colours, lw=3.6)
    if whole:
        ax.plot(np.arange(len(rows), 0, -1), y, "|", color=INK, ms=6, mew=1.1)
    ax.set_yticks(y, [labels.shortened(str(name)) for name in rows["name"]], fontsize=7.5)
    ax.tick_params(axis="y", labelcolor=INK)
    ax.set_ylim(-0.8, len(rows) - 0.2)
    last = max(len(rows), int(ends["joint_high"].max()))
    ax.set_xlim(0.4, last + 0.6)
    ax.xaxis.set_major_locator(FixedLocator([1, *range(5, last + 1, 5)]))
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
    ax.set_xlabel("Place among the units, 1 is highest")


def _count_places(axis: Axis, count: int) -> None:
    """Set ticks at the first place and at round ones."""
    step = next(step for step in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10**6) if count / step <= 8)
    axis.set_major_locator(FixedLocator([1, *range(step, count + 1, step)]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _rank_profile(ax: Axes, typical: pd.DataFrame) -> None:
    x, last = (typical["first"] + typical["last"]) / 2, int(typical["last"].max())
    ax.fill_between(x, typical["joint_low"], typical["joint_high"], color=BAND_INNER, lw=0)
    ax.fill_between(x, typical["likely_low"], typical["likely_high"], color=FAINT, lw=0)
    ax.plot([1, last], [1, last], color=INK, lw=1.0)
    ax.set_xlim(1, last)
    ax.set_ylim(last * 1.01, 1 - last * 0.01)
    for axis in (ax.xaxis, ax.yaxis):
        _count_places(axis, last)
    ax.set_xlabel("Observed place, 1 is highest")
    ax.set_ylabel("Places the typical unit there may hold")


def _explain_ranks(ax: Axes, level: str, *, few: bool, observed: bool) -> None:
    """Write beneath the axes what thick and thin lines, or dark and light bands, promise."""
    likely, sure = f"likely ranks: hold for {level} of units", "rank sets: all hold at once, at least "
    stroke: dict[str, Any] = {"marker": "|", "ls": "", "ms": 8} if few else {}
    handles: list[Artist] = [
        Line2D([], [], color=FAINT, lw=4.2) if few else Patch(fc=FAINT),
        Line2D([], [], color=QUIET, lw=0.6) if few else Patch(fc=BAND_INNER),
        *([Line2D([], [], color=INK, lw=1.0, **stroke)] if observed else []),
    ]
    figure_of(ax).legend(
        handles, [likely, f"{sure}{level}", "as observed"][: len(handles)],
        loc="outside lower left", ncols=1 if few else 3, handlelength=1.6, columnspacing=1.4, fontsize=8,
    )  # fmt: skip
