"""Figures of a comparison: the funnel and the caterpillar."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from auditlib.benchmark import Comparison, Measure, Verdict
from auditlib.benchmark.verdicts import ALARM
from auditlib.benchmark.wording import band, percent, shown, what
from auditlib.figures import labels
from auditlib.figures.style import (
    BAND,
    BAND_INNER,
    FAINT,
    HIGHER,
    INK,
    LOWER,
    PAPER,
    QUIET,
    figure_of,
    new_axes,
    style,
)
from auditlib.statistics.types import Floats

MOST_NAMES = 14
"""More names than this are a list, not a figure."""
MOST_ROWS = 60
"""More units than this cannot each have a named row on one page."""

_MARKS: dict[str, dict[str, Any]] = {
    Verdict.WITHIN.value: {"marker": "o", "s": 17, "fc": FAINT, "ec": QUIET, "lw": 0.5},
    Verdict.POSSIBLY_HIGHER.value: {"marker": "^", "s": 30, "fc": PAPER, "ec": HIGHER, "lw": 1.0},
    Verdict.POSSIBLY_LOWER.value: {"marker": "v", "s": 30, "fc": PAPER, "ec": LOWER, "lw": 1.0},
    Verdict.HIGHER.value: {"marker": "^", "s": 44, "fc": HIGHER, "ec": HIGHER, "lw": 1.0},
    Verdict.LOWER.value: {"marker": "v", "s": 44, "fc": LOWER, "ec": LOWER, "lw": 1.0},
    Verdict.NONE.value: {"marker": "o", "s": 17, "fc": PAPER, "ec": FAINT, "lw": 0.8},
}
"""Shape tells the verdict without colour: up, down, filled where nothing explains it."""
MOST_MARKS = 400
"""More units than this are drawn small, so that they show how many lie where."""
MANY_MARKS: dict[str, dict[str, Any]] = {
    Verdict.WITHIN.value: {"s": 4, "lw": 0, "fc": QUIET, "alpha": 0.35},
    Verdict.POSSIBLY_HIGHER.value: {"s": 10, "lw": 0.6},
    Verdict.POSSIBLY_LOWER.value: {"s": 10, "lw": 0.6},
    Verdict.HIGHER.value: {"s": 18, "lw": 0.6},
    Verdict.LOWER.value: {"s": 18, "lw": 0.6},
}


def funnel(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw units against the answers they rest on, with limits for chance and over-dispersion.

    Where n is published in a few bands, each band is a strip that shows how its units are spread.
    """
    with style():
        drawn = new_axes() if ax is None else ax
        compared = comparison.frame[comparison.judgement.chosen]
        if compared["n"].nunique() <= 4 and len(compared) > MOST_ROWS:
            _strips(drawn, comparison, compared)
        else:
            _funnel(drawn, comparison, compared)
        head(drawn, measure_title(comparison.measure), own=ax is None)
        set_scale(drawn.yaxis, comparison.measure.statistic)
        drawn.grid(visible=True, axis="y")
    return drawn


def measure_title(measure: Measure) -> str:
    """Return what is compared, as a title."""
    text = what(measure.statistic, measure.item)
    return f"{text[0].upper()}{text[1:]}"


def head(ax: Axes, text: str, *, own: bool) -> None:
    """Write the title: over the whole width where the figure is ours, over the axes where they were given."""
    if own:
        figure_of(ax).suptitle(text, x=0.008, ha="left", fontsize=9.5, color=INK)
    else:
        ax.set_title(text)


def set_scale(axis: Axis, statistic: str) -> None:
    """Set round ticks, written as the statistic is."""
    axis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
    if statistic == "mean":
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.1f}"))
    else:
        sign = "" if statistic == "nps" else "%"
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}{sign}"))


def _funnel(ax: Axes, comparison: Comparison, compared: pd.DataFrame) -> None:
    limits = comparison.limits
    ax.fill_between(limits["n"], limits["outer_low"], limits["outer_high"], color=BAND, lw=0)
    ax.fill_between(limits["n"], limits["inner_low"], limits["inner_high"], color=BAND_INNER, lw=0)
    for side in ("chance_low", "chance_high"):
        ax.plot(limits["n"], limits[side], color=QUIET, lw=0.8, ls=(0, (4, 3)))
    ax.axhline(comparison.judgement.target, color=INK, lw=0.9)
    small = MANY_MARKS if len(compared) > MOST_MARKS else {}
    for verdict in reversed(_MARKS):
        rows = compared[compared["verdict"] == verdict]
        ax.scatter(rows["n"], rows["value"], **(_mark(verdict) | small.get(verdict, {})))
    ax.set_xscale("log")
    ax.set_xlim(limits["n"].iloc[0], limits["n"].iloc[-1])
    _room(ax, comparison, compared)
    ax.xaxis.set_major_locator(FixedLocator(_sizes(limits["n"].iloc[0], limits["n"].iloc[-1])))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.set_xlabel("Answers (logarithmic scale)")
    _explain(ax, comparison)
    _name(ax, comparison, compared, compared["n"].to_numpy(dtype=float))


def _mark(verdict: str) -> dict[str, Any]:
    order = 3 if verdict in (Verdict.WITHIN.value, Verdict.NONE.value) else 4
    return {"zorder": order, **_MARKS[verdict]}


def _room(ax: Axes, comparison: Comparison, compared: pd.DataFrame) -> None:
    """Leave the marks room without letting limits at very small n stretch the scale."""
    limits = comparison.limits
    low = min(compared["value"].min(), limits["inner_low"].min())
    high = max(compared["value"].max(), limits["inner_high"].max())
    ax.set_ylim(low - 0.07 * (high - low), high + 0.10 * (high - low))


def _sizes(low: float, high: float) -> list[float]:
    """Return round numbers of answers between `low` and `high`, few enough to be read."""
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [
            step * 10.0**power for power in range(8) for step in steps if low <= step * 10**power <= high
        ]
        if len(ticks) <= 8:
            break
    return ticks


def _explain(ax: Axes, comparison: Comparison) -> None:
    """Write beneath the axes what the shades and the dashed line are."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    inner, outer = percent(comparison.judgement.inner), percent(ALARM)
    handles = [
        Patch(fc=BAND_INNER, ec=QUIET, lw=0.3, label=f"{inner} limits with over-dispersion"),
        Patch(fc=BAND, ec=QUIET, lw=0.3, label=f"{outer} limits with over-dispersion"),
        Line2D([], [], color=QUIET, lw=0.8, ls=(0, (4, 3)), label=f"{outer} limits by chance alone"),
    ]
    figure_of(ax).legend(
        handles=handles, loc="outside lower left", ncols=3, handlelength=1.6, columnspacing=1.4
    )


def _name(ax: Axes, comparison: Comparison, compared: pd.DataFrame, x: Floats) -> None:
    """Name the units outside the limits, the farthest first."""
    position = dict(zip(compared["unit_id"], x, strict=True))
    surely = comparison.units(Verdict.HIGHER, Verdict.LOWER)
    possibly = comparison.units(Verdict.POSSIBLY_HIGHER, Verdict.POSSIBLY_LOWER)
    rows = pd.concat([surely, possibly])
    rows = rows[rows["unit_id"].isin(list(position))].head(MOST_NAMES)
    points = [
        (float(position[unit]), float(value))
        for unit, value in zip(rows["unit_id"], rows["value"], strict=True)
    ]
    names = [labels.shortened(str(name)) for name in rows["name"]]
    avoid = list(zip(x.tolist(), compared["value"].tolist(), strict=True))
    labels.place(ax, names, points, avoid=avoid)


def _strips(ax: Axes, comparison: Comparison, compared: pd.DataFrame) -> None:
    """Draw one strip per band of n: how its units are spread, its limits, and the units outside them."""
    sizes = sorted(compared["n"].unique())
    fullest = max(int(compared.loc[compared["n"] == n, "value"].round(2).value_counts().max()) for n in sizes)
    x = np.zeros(len(compared))
    for slot, n in enumerate(sizes):
        member = (compared["n"] == n).to_numpy()
        part = compared[member]
        _strip_limits(ax, comparison, float(n), slot)
        _spread(ax, part, slot, fullest)
        x[member] = slot + _side_by_side(part)
    ax.axhline(comparison.judgement.target, color=INK, lw=0.9, zorder=2)
    for verdict in (Verdict.HIGHER.value, Verdict.LOWER.value):
        rows = (compared["verdict"] == verdict).to_numpy()
        ax.scatter(x[rows], compared["value"].to_numpy()[rows], **{**_mark(verdict), "s": 15, "lw": 0.4})
    ax.set_xlim(-0.55, len(sizes) - 0.45)
    ax.set_xticks(range(len(sizes)), [_band_label(compared[compared["n"] == n]) for n in sizes])
    ax.set_xlabel("Surveys per unit, as published; limits use the lower end of each band")
    _explain(ax, comparison)
    outside = compared["verdict"].isin([Verdict.HIGHER.value, Verdict.LOWER.value]).to_numpy()
    _name(ax, comparison, compared[outside], x[outside])


def _strip_limits(ax: Axes, comparison: Comparison, n: float, slot: int) -> None:
    limits = comparison.limits
    at = {name: float(np.interp(n, limits["n"], limits[name])) for name in limits.columns}
    left, right = slot - 0.46, slot + 0.46
    ax.fill_between([left, right], at["outer_low"], at["outer_high"], color=BAND, lw=0)
    ax.fill_between([left, right], at["inner_low"], at["inner_high"], color=BAND_INNER, lw=0)
    for side in ("chance_low", "chance_high"):
        ax.plot([left, right], [at[side]] * 2, color=QUIET, lw=0.8, ls=(0, (4, 3)))


def _spread(ax: Axes, part: pd.DataFrame, slot: int, fullest: int) -> None:
    """Draw how many units have each value, as bars that grow from the middle of the strip."""
    counts = part["value"].round(2).value_counts()
    half = 0.40 * counts.to_numpy() / fullest
    ax.barh(counts.index, 2 * half, left=slot - half, height=0.0082, color=FAINT, lw=0, zorder=2)


def _side_by_side(part: pd.DataFrame) -> Floats:
    """Return offsets that set units of one value next to each other, from the middle outwards."""
    place = part.groupby(part["value"].round(4)).cumcount().to_numpy()
    steps = (place + 1) // 2
    return np.where(place % 2 == 0, 0.011, -0.011) * steps.astype(np.float64)


def _band_label(part: pd.DataFrame) -> str:
    return f"{band(int(part['n'].iloc[0]), int(part['n_high'].iloc[0]))}\n({len(part):,} units)"


def caterpillar(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw each unit's value with its interval, in order of value.

    Up to sixty units have a named row each; more become a profile in which only units that chance and
    over-dispersion do not explain are marked, and the farthest of them named.
    """
    valued = comparison.frame.dropna(subset=["value"])
    rows = valued.sort_values(["value", "n"], kind="stable")
    with style():
        if len(rows) <= MOST_ROWS:
            drawn = new_axes(height=1.1 + 0.165 * len(rows)) if ax is None else ax
            _rows(drawn, comparison, rows)
        else:
            drawn = new_axes() if ax is None else ax
            _profile(drawn, comparison, rows[rows["verdict"] != Verdict.NONE.value].reset_index(drop=True))
        head(drawn, measure_title(comparison.measure), own=ax is None)
    return drawn


def _rows(ax: Axes, comparison: Comparison, rows: pd.DataFrame) -> None:
    y = np.arange(len(rows), dtype=float)
    ax.axvline(comparison.judgement.target, color=INK, lw=0.9, zorder=1)
    for verdict in _MARKS:
        mine = (rows["verdict"] == verdict).to_numpy()
        part = rows[mine]
        colour = _colour(verdict)
        ax.hlines(y[mine], part["low"], part["high"], color=colour, lw=1.1, zorder=2)
        ax.scatter(part["value"], y[mine], **_mark(verdict))
    ax.set_yticks(y, [labels.shortened(str(name)) for name in rows["name"]])
    for label, verdict in zip(ax.get_yticklabels(), rows["verdict"], strict=True):
        label.set_color(_colour(verdict) if verdict in (Verdict.HIGHER, Verdict.LOWER) else INK)
        label.set_fontstyle("italic" if verdict == Verdict.NONE else "normal")
    ax.set_ylim(-0.8, len(rows) - 0.2)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
    set_scale(ax.xaxis, comparison.measure.statistic)
    _sizes_beside(ax, rows, y)
    pooled = shown(comparison.judgement.target, comparison.measure.statistic)
    ax.set_xlabel(f"{percent(comparison.confidence)} intervals; line: all answers, {pooled}")


def _colour(verdict: str, *, other: str = QUIET) -> str:
    colours = {Verdict.HIGHER.value: HIGHER, Verdict.LOWER.value: LOWER, Verdict.NONE.value: FAINT}
    return colours.get(verdict, other)


def _sizes_beside(ax: Axes, rows: pd.DataFrame, y: Floats) -> None:
    """Write each unit's number of answers at the right edge."""
    transform = ax.get_yaxis_transform()
    for at, n in zip(y, rows["n"], strict=True):
        ax.text(1.012, at, f"{n:,}", transform=transform, fontsize=7.5, color=QUIET, va="center")
    ax.text(1.012, len(rows) - 0.1, "answers", transform=transform, fontsize=7.5, color=QUIET, va="bottom")


def _profile(ax: Axes, comparison: Comparison, rows: pd.DataFrame) -> None:
    x = np.arange(1, len(rows) + 1, dtype=float)
    gaps = np.full(len(rows), np.nan)
    ax.plot(
        np.column_stack([x, x, gaps]).ravel(),
        np.column_stack([rows["low"], rows["high"], gaps]).ravel(),
        color=BAND_INNER, lw=0.5, zorder=1,
    )  # fmt: skip
    ax.plot(x, rows["value"], color=QUIET, lw=1.4, zorder=2)
    ax.axhline(comparison.judgement.target, color=INK, lw=0.9, zorder=2)
    for verdict in (Verdict.HIGHER.value, Verdict.LOWER.value):
        mine = (rows["verdict"] == verdict).to_numpy()
        ax.scatter(x[mine], rows["value"][mine], **{**_mark(verdict), "s": 14, "lw": 0.4})
    margin = 0.02 * len(rows)
    ax.set_xlim(1 - margin, len(rows) + margin)
    ax.set_xlabel(
        f"{len(rows):,} units in order of value, each with its {percent(comparison.confidence)} interval"
    )
    _count_places(ax.xaxis, len(rows))
    set_scale(ax.yaxis, comparison.measure.statistic)
    ax.grid(visible=True, axis="y")
    _name(ax, comparison, rows, x)


def ranks(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw the places each unit may hold: thick by itself, thin for all units at once."""
    rows = comparison.frame[comparison.judgement.chosen].sort_values(["value", "n"], kind="stable")
    few = len(rows) <= MOST_ROWS
    with style():
        drawn = (new_axes(height=1.1 + 0.165 * len(rows)) if few else new_axes()) if ax is None else ax
        if few:
            _rank_rows(drawn, rows)
        else:
            _rank_profile(drawn, rows)
        head(drawn, measure_title(comparison.measure), own=ax is None)
    return drawn


def _rank_rows(ax: Axes, rows: pd.DataFrame) -> None:
    y, colours = (
        np.arange(len(rows), dtype=float),
        [_colour(str(verdict), other=FAINT) for verdict in rows["verdict"]],
    )
    ends = rows[["joint_low", "joint_high", "rank_low", "rank_high"]].astype(float)
    ax.hlines(y, ends["joint_low"] - 0.3, ends["joint_high"] + 0.3, color=FAINT, lw=0.9)
    ax.hlines(y, ends["rank_low"] - 0.3, ends["rank_high"] + 0.3, color=colours, lw=4.2)
    ax.plot(np.arange(len(rows), 0, -1), y, "|", color=INK, ms=7, mew=1.1)
    ax.set_yticks(y, [labels.shortened(str(name)) for name in rows["name"]])
    ax.tick_params(axis="y", labelcolor=INK)
    ax.set_ylim(-0.8, len(rows) - 0.2)
    ax.set_xlim(0.4, len(rows) + 0.6)
    ax.xaxis.set_major_locator(FixedLocator([1, *range(5, len(rows) + 1, 5)]))
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")
    ax.set_xlabel(
        "Place, 1 is highest. Thick: may hold by itself; thin: all units at once; tick: as observed"
    )


def _count_places(axis: Axis, count: int) -> None:
    """Set ticks at the first place and at round ones."""
    step = next(step for step in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10**6) if count / step <= 8)
    axis.set_major_locator(FixedLocator([1, *range(step, count + 1, step)]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _rank_profile(ax: Axes, rows: pd.DataFrame) -> None:
    x = np.arange(len(rows), 0, -1)
    joint: dict[str, Any] = {"color": BAND_INNER, "lw": 0, "step": "mid", "label": "all units at once"}
    ax.fill_between(x, rows["joint_low"].astype(float), rows["joint_high"].astype(float), **joint)
    each: dict[str, Any] = {"color": FAINT, "lw": 0, "step": "mid", "label": "each by itself"}
    ax.fill_between(x, rows["rank_low"].astype(float), rows["rank_high"].astype(float), **each)
    ax.plot(x, x, color=INK, lw=1.0, label="as observed")
    ax.set_xlim(1, len(rows))
    ax.set_ylim(len(rows) * 1.01, 1 - len(rows) * 0.01)
    for axis in (ax.xaxis, ax.yaxis):
        _count_places(axis, len(rows))
    ax.set_xlabel("Units by observed place; the axis on the left shows the places each may in fact hold")
    figure_of(ax).legend(loc="outside lower left", ncols=3, handlelength=1.6)
