"""Where there is data and where there is none: a grid of units and months, or a bar for each item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

from auditlib.figures.style import HIGHER, INK, LOWER, PAPER, QUIET, new_axes, style
from auditlib.figures.texts import note
from auditlib.figures.ticks import share_ticks
from auditlib.reliability import Coverage, ItemCoverage, MonthCoverage, PublishedRates, Rates
from auditlib.reliability.rates import Rate
from auditlib.statements import Unanswered, counted

UNITS_SHOWN = 60
"""Units with a row of their own; of more, the least covered are shown."""

_SHADES = LinearSegmentedColormap.from_list("shades", ["#dbe5ee", HIGHER])


def coverage(result: Coverage, ax: Axes | None = None, *, minimum: int = 1) -> Axes:
    """Draw where there is data.

    Parameters
    ----------
    result
        By unit and month: darker is more rows, a stroke marks a cell without any. By item: share of units.
    minimum
        Counts below it have one shade: a shade of its own would tell each of them.
    """
    if isinstance(result, Unanswered):
        return note(result.refusal.reason, ax)
    if isinstance(result, ItemCoverage):
        return _items(result, ax)
    return _months(result, ax, minimum=minimum)


def response_rates(result: Rates, ax: Axes | None = None) -> Axes:
    """Draw the response rate of each unit with its interval, or the quantiles of published ones."""
    if isinstance(result, Unanswered):
        return note(result.refusal.reason, ax)
    if isinstance(result, PublishedRates):
        return _published(result, ax)
    rates = sorted(
        (rate for rate in result.units if rate.interval), key=lambda rate: (rate.value or 0.0, rate.unit_id)
    )
    if not rates:
        return note("no rate of a unit may be shown", ax)
    drawn = rates[:UNITS_SHOWN]
    if ax is None:
        ax = new_axes(height=1.2 + 0.13 * max(len(drawn), 4))
    with style():
        _rates(ax, drawn)
        if len(rates) > len(drawn):
            ax.set_xlabel(
                f"share of invitations answered; the lowest {len(drawn)} of {counted(len(rates), 'unit')}"
            )
        if result.total.interval is not None and result.total.value is not None:
            ax.axvline(result.total.value, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
            ax.annotate(
                f"all units {result.total.value:.1%}",
                (result.total.value, 1.0),
                (3, 2),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                color=QUIET,
                fontsize=8,
            )
    return ax


def _months(result: MonthCoverage, ax: Axes | None, *, minimum: int) -> Axes:
    units = sorted(result.units, key=lambda unit: (len(result.months_of(unit)), unit))[:UNITS_SHOWN]
    units.sort(reverse=True)
    if ax is None:
        ax = new_axes(height=1.1 + 0.145 * max(len(units), 6))
    counts = np.array([[result.counts.get((unit, month), 0) for month in result.months] for unit in units])
    with style():
        _grid(ax, counts, minimum=minimum)
        _month_axis(ax, result.months)
        ax.set_yticks(np.arange(len(units)) + 0.5, units, fontsize=7)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        if len(result.units) > len(units):
            ax.set_xlabel(f"the least covered {len(units)} of {counted(len(result.units), 'unit')}")
    return ax


def _grid(ax: Axes, counts: np.ndarray, *, minimum: int) -> None:
    import seaborn as sns

    edges = _edges(int(counts.max(initial=0)), minimum)
    place = {"aspect": 40, "pad": 0.015, "fraction": 0.03}
    sns.heatmap(
        counts, mask=counts == 0, vmin=1, vmax=edges[-1], norm=BoundaryNorm(edges, _SHADES.N), cmap=_SHADES,
        linecolor=PAPER, linewidths=0.8, antialiased=True, xticklabels=False, yticklabels=False,
        cbar_kws=place, ax=ax,
    )  # fmt: skip
    bar = ax.collections[0].colorbar
    assert bar is not None  # noqa: S101 - the line above drew it
    rows, columns = np.nonzero(counts == 0)
    strokes = [[(x + 0.25, y + 0.25), (x + 0.75, y + 0.75)] for x, y in zip(columns, rows, strict=True)]
    ax.add_collection(LineCollection(strokes, colors=LOWER, linewidths=0.8))
    bar.set_ticks(edges[:-1], labels=[f"{value:,}" for value in edges[:-1]])
    bar.minorticks_off()
    bar.ax.tick_params(which="both", length=0, labelsize=7.5)
    bar.ax.set_title("rows", fontsize=7.5, color=QUIET, pad=4)
    ax.set_xlim(0, counts.shape[1])
    ax.set_ylim(0, counts.shape[0])


def _edges(high: int, minimum: int) -> list[int]:
    """Return where one shade ends and the next begins, the last beyond every count."""
    steps = sorted({1, max(2, minimum), *(10**power * times for power in range(1, 9) for times in (1, 3))})
    edges = [step for step in steps if step == 1 or step >= minimum]
    return edges[: max(2, sum(edge <= high for edge in edges) + 1)]


def _month_axis(ax: Axes, months: Sequence[int]) -> None:
    every = 1 if len(months) <= 12 else 3
    places = [index for index, month in enumerate(months) if (month % 100 - 1) % every == 0]
    names = [f"{months[index] % 100:02d}" for index in places]
    years = [
        f"{name}\n{months[index] // 100}" if index == 0 or months[index] % 100 == 1 else name
        for name, index in zip(names, places, strict=True)
    ]
    ax.set_xticks(np.array(places) + 0.5, years, fontsize=7.5)


def _rates(ax: Axes, rates: Sequence[Rate]) -> None:
    y = np.arange(len(rates))
    value = np.array([rate.value for rate in rates], dtype=float)
    low = np.array([rate.interval.low if rate.interval else np.nan for rate in rates])
    high = np.array([rate.interval.high if rate.interval else np.nan for rate in rates])
    ax.hlines(y, low, high, color=HIGHER, linewidth=1.1)
    ax.plot(value, y, "o", color=HIGHER, markersize=3.6)
    ax.set_yticks(y, [rate.unit_id for rate in rates], fontsize=7)
    ax.set_ylim(-0.8, len(rates) - 0.2)
    ax.set_xlim(left=0)
    share_ticks(ax.xaxis)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("share of invitations answered")


def _items(result: ItemCoverage, ax: Axes | None) -> Axes:
    names = sorted(result.items, key=lambda item: (result.items[item], item))
    if ax is None:
        ax = new_axes(height=1.0 + 0.24 * max(len(names), 3))
    shares = [result.items[name] / result.units for name in names]
    import seaborn as sns

    with style():
        sns.barplot(x=shares, y=names, orient="h", color=HIGHER, saturation=1, width=0.6, ax=ax)
        ax.set(ylabel="", ylim=(-0.6, len(names) - 0.4))
        for place, share in enumerate(shares):
            ax.annotate(
                f"{share:.1%}", (share, place), (3, 0), textcoords="offset points", va="center", fontsize=8
            )
        _share_axis(ax, "share of units with a value")
    return ax


def _published(result: PublishedRates, ax: Axes | None) -> Axes:
    if ax is None:
        ax = new_axes(height=1.9)
    names = list(result.quantiles)[::-1]
    with style():
        ax.plot([result.quantiles[name] for name in names], names, "o", color=HIGHER, markersize=5)
        for name in names:
            ax.annotate(
                f"{result.quantiles[name]:.0%}",
                (result.quantiles[name], name),
                (7, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=INK,
            )
        _share_axis(ax, f"published response rate of {counted(result.units, 'unit')}")
    return ax


def _share_axis(ax: Axes, label: str) -> None:
    ax.set_xlim(0, 1.08)
    ax.set_xticks(np.arange(0, 1.01, 0.2))
    share_ticks(ax.xaxis)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(label)
