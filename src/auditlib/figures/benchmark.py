"""The funnel: units against the answers they rest on, with limits for chance and over-dispersion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from auditlib.benchmark import Comparison, OutlierStatus
from auditlib.benchmark.words import as_band, as_level
from auditlib.figures.marks import MARKS, MOST_ROWS, head, mark, measure_title, name_called_out, set_scale
from auditlib.figures.style import BAND, BAND_INNER, FAINT, INK, QUIET, figure_of, new_axes, style
from auditlib.figures.ticks import readable_on_log
from auditlib.statements import counted
from auditlib.statistics.outlier_verdicts import ALARM
from auditlib.statistics.types import Floats

MOST_MARKS = 400
"""More units than this are drawn small, so that they show how many lie where."""
MANY_MARKS: dict[str, dict[str, Any]] = {
    OutlierStatus.ALIKE.value: {"s": 4, "lw": 0, "fc": QUIET, "alpha": 0.35},
    OutlierStatus.UNCLEAR.value: {"s": 4, "lw": 0, "fc": QUIET, "alpha": 0.35},
    OutlierStatus.POSSIBLY_HIGHER.value: {"s": 10, "lw": 0.6},
    OutlierStatus.POSSIBLY_LOWER.value: {"s": 10, "lw": 0.6},
    OutlierStatus.HIGHER.value: {"s": 18, "lw": 0.6},
    OutlierStatus.LOWER.value: {"s": 18, "lw": 0.6},
}


def funnel(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw units against the answers they rest on, with limits for chance and over-dispersion.

    Where n is published in a few bands, each band is a strip that shows how its units are spread.
    """
    with style():
        drawn = new_axes(height=3.3) if ax is None else ax
        compared = comparison.compared
        if compared["n"].nunique() <= 4 and len(compared) > MOST_ROWS:
            _strips(drawn, comparison, compared)
        else:
            _funnel(drawn, comparison, compared)
        head(drawn, measure_title(comparison.measure), own_figure=ax is None)
        set_scale(drawn.yaxis, comparison.measure.statistic)
        drawn.grid(visible=True, axis="y")
    return drawn


def _funnel(ax: Axes, comparison: Comparison, compared: pd.DataFrame) -> None:
    import seaborn as sns

    limits = comparison.limits
    ax.fill_between(limits["n"], limits["outer_low"], limits["outer_high"], color=BAND, lw=0)
    ax.fill_between(limits["n"], limits["inner_low"], limits["inner_high"], color=BAND_INNER, lw=0)
    for side in ("chance_low", "chance_high"):
        ax.plot(limits["n"], limits[side], color=QUIET, lw=0.8, ls=(0, (4, 3)))
    ax.axhline(comparison.judgement.target, color=INK, lw=0.9)
    small = MANY_MARKS if len(compared) > MOST_MARKS else {}
    for verdict in reversed(MARKS):
        rows = compared[compared["verdict"] == verdict]
        looks = mark(verdict) | small.get(verdict, {})
        sns.scatterplot(rows, x="n", y="value", ax=ax, legend=False, **looks)
    ax.set_xscale("log")
    ax.set_xlim(limits["n"].iloc[0], limits["n"].iloc[-1])
    _room(ax, comparison, compared)
    ax.xaxis.set_major_locator(FixedLocator(_sizes(limits["n"].iloc[0], limits["n"].iloc[-1])))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.set(xlabel="Answers (logarithmic scale)", ylabel="")
    _explain(ax, comparison)
    name_called_out(ax, comparison, compared, compared["n"].to_numpy(dtype=float))


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
    return readable_on_log(ticks, low, high)


def _explain(ax: Axes, comparison: Comparison) -> None:
    """Write beneath the axes what the shades and the dashed line are."""
    inner, outer = as_level(comparison.judgement.inner), as_level(ALARM)
    handles = [
        Patch(fc=BAND_INNER, ec=QUIET, lw=0.3, label=f"{inner} limits with over-dispersion"),
        Patch(fc=BAND, ec=QUIET, lw=0.3, label=f"{outer} limits with over-dispersion"),
        Line2D([], [], color=QUIET, lw=0.8, ls=(0, (4, 3)), label=f"{outer} limits by chance alone"),
    ]
    figure_of(ax).legend(
        handles=handles, loc="outside lower left", ncols=3, handlelength=1.6, columnspacing=1.4
    )


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
    for verdict in (OutlierStatus.HIGHER.value, OutlierStatus.LOWER.value):
        rows = (compared["verdict"] == verdict).to_numpy()
        ax.scatter(x[rows], compared["value"].to_numpy()[rows], **{**mark(verdict), "s": 15, "lw": 0.4})
    ax.set_xlim(-0.55, len(sizes) - 0.45)
    ax.set_xticks(range(len(sizes)), [_band_label(compared[compared["n"] == n]) for n in sizes])
    ax.set_xlabel("Surveys per unit, as published; limits use the lower end of each band")
    _explain(ax, comparison)
    outside = compared["verdict"].isin([OutlierStatus.HIGHER.value, OutlierStatus.LOWER.value]).to_numpy()
    name_called_out(ax, comparison, compared[outside], x[outside])


def _strip_limits(ax: Axes, comparison: Comparison, n: float, slot: int) -> None:
    limits = comparison.limits
    at = {name: float(np.interp(n, limits["n"], limits[name])) for name in limits.columns}
    start, end = slot - 0.46, slot + 0.46
    ax.fill_between([start, end], at["outer_low"], at["outer_high"], color=BAND, lw=0)
    ax.fill_between([start, end], at["inner_low"], at["inner_high"], color=BAND_INNER, lw=0)
    for side in ("chance_low", "chance_high"):
        ax.plot([start, end], [at[side]] * 2, color=QUIET, lw=0.8, ls=(0, (4, 3)))


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
    return f"{as_band(int(part['n'].iloc[0]), int(part['n_high'].iloc[0]))}\n({counted(len(part), 'unit')})"
