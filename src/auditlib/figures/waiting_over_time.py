"""Figures of waiting along the clock and the calendar: waits by local hour, shares by month."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from auditlib.figures.style import FAINT, HIGHER, INK, LOWER, QUIET, figure_of, new_axes, style
from auditlib.figures.ticks import share_ticks
from auditlib.service_levels.waiting.channel_words import spoken
from auditlib.service_levels.waiting.hours import HourlyWaits
from auditlib.service_levels.waiting.monthly_shares import MonthlySeries, SharesByMonth
from auditlib.service_levels.waiting.result import WaitsOfPart
from auditlib.service_levels.waiting.unit_shares import GIVEN, IN_TIME
from auditlib.statements.spans import span_for
from auditlib.time.months import month_text, ordinal

_COLUMNS, _PANEL = 2, 1.9
"""Panels beside each other, and how many inches each is high."""
_SHARES = {IN_TIME: "answered in time", GIVEN: "given up"}
MOST_CHANNELS = 6
"""Channels whose hours are drawn, those with most contacts."""
_OF_HOURS = "local hour of the offer; line: half waited no longer, dashes: nine in ten"
_LABELLED = 4
"""Months that are written below a panel, at most."""


def _panels(many: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels, two of them beside each other."""
    rows = -(-max(1, many) // _COLUMNS)
    first = new_axes(height=0.7 + _PANEL * rows)
    figure = figure_of(first)
    first.remove()
    grid = figure.subplots(rows, min(_COLUMNS, max(1, many)), squeeze=False).ravel().tolist()
    for empty in grid[many:]:
        empty.remove()
    return figure, grid[:many]


def monthly_shares(result: SharesByMonth) -> Figure:
    """Draw every share by month with its interval, each in a panel of its own with a scale of its own."""
    with style():
        figure, panels = _panels(len(result.series))
        for drawn, part in zip(panels, result.series, strict=True):
            _months(drawn, part)
        figure.supxlabel("month of the offer; lines: intervals", fontsize=9, color=QUIET)
    return figure


def _months(ax: Axes, part: MonthlySeries) -> None:
    import seaborn as sns

    # A month that is held back leaves a gap.
    x = np.array([ordinal(entry.month) for entry in part.months], dtype=float)
    shares = np.array([entry.share for entry in part.months])
    sns.lineplot(x=x, y=shares, color=HIGHER, marker="o", ms=4, mec=HIGHER, lw=0.9, legend=False, ax=ax)
    for place, entry in zip(x, part.months, strict=True):
        ax.plot([place] * 2, [entry.interval.low, entry.interval.high], color=HIGHER, lw=1.1)
    worst = part.ends[part.share.measure == GIVEN]
    if part.moves:
        ax.plot(ordinal(worst.month), worst.share, "v", color=LOWER, ms=6.5, zorder=4)
    every = max(1, -(-len(x) // _LABELLED))
    ax.set_xticks(x[::every], [month_text(entry.month) for entry in part.months[::every]])
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    share_ticks(ax.yaxis)
    ax.grid(visible=True, axis="y")
    ax.set_title(f"{spoken(part.share.channel)}: {_SHARES[part.share.measure]}", fontsize=9, color=INK)


def waits_by_hour(result: HourlyWaits) -> Figure:
    """Draw what half and nine in ten of those answered did not exceed by local hour, a panel each channel."""
    shown = list(result.channels.items())[:MOST_CHANNELS]
    rest = "; the table has all channels" if len(shown) < len(result.channels) else ""
    with style():
        figure, panels = _panels(len(shown))
        for drawn, (channel, parts) in zip(panels, shown, strict=True):
            _hours(drawn, channel, parts)
        figure.supxlabel(f"{_OF_HOURS}{rest}", fontsize=9, color=QUIET)
    return figure


def _hours(ax: Axes, channel: str, parts: tuple[WaitsOfPart, ...]) -> None:
    import seaborn as sns

    span = span_for(max(part.p90 or 0.0 for part in parts))
    hours = [int(part.part) for part in parts]
    looks = (("median", HIGHER, "-", "o"), ("p90", LOWER, "--", "s"))
    for name, colour, line, marker in looks:
        waits = [span.of(getattr(part, name)) for part in parts]
        sns.lineplot(x=hours, y=waits, color=colour, ls=line, marker=marker, ms=3.5, mec=colour, lw=1,
                     legend=False, ax=ax)  # fmt: skip
    ax.set_xlim(-0.5, 23.5)
    ax.set_xticks(range(0, 24, 4))
    ax.set_ylim(0, None)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    ax.set_ylabel(span.name, fontsize=8.5)
    ax.grid(visible=True, axis="y", color=FAINT, alpha=0.5)
    ax.set_title(spoken(channel), fontsize=9, color=INK)
