"""Figures of waiting: waits by channel, patience, what is open at the end of a day, units held together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from auditlib.figures.marks import MARKS, mark
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
from auditlib.figures.ticks import readable_on_log, share_ticks
from auditlib.service_levels.waiting import Backlog, OutlyingUnits, WaitingResult
from auditlib.service_levels.waiting.channel_words import spoken
from auditlib.service_levels.waiting.listed_units import ListedUnits
from auditlib.service_levels.waiting.outlying import ComparedUnits
from auditlib.service_levels.waiting.patience import BOUNDS, Patience, PatienceCurves
from auditlib.service_levels.waiting.result import ChannelWaits
from auditlib.statements.spans import SPANS, span_for
from auditlib.time.epoch import day_number

_ESTIMATES = {
    "median": ("o", INK, "half waited no longer"),
    "mean": ("D", FAINT, "mean"),
    "p90": ("s", HIGHER, "nine in ten waited no longer"),
}
_TIMES = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18_000, 43_200, 86_400, 259_200, 864_000)
"""Seconds that ticks stand at: round in the unit they are written in."""
_SHORT = dict(zip((span.name for span in SPANS), ("s", "min", "h", "d"), strict=True))
_LINES = ((LOWER, "-"), (HIGHER, "--"), (INK, "-."), (QUIET, ":"), (LOWER, ":"), (HIGHER, "-."))
_INNER = 0.95


def readable_time(seconds: float, _: int | None = None) -> str:
    """Return a round time as a tick is written.

    Examples
    --------
    >>> [readable_time(seconds) for seconds in (30, 60, 300, 7200, 259_200)]
    ['30 s', '1 min', '5 min', '2 h', '3 d']
    """
    span = next(span for span in SPANS[::-1] if seconds >= span.seconds or span is SPANS[0])
    return f"{span.of(seconds):g} {_SHORT[span.name]}"


def _time_axis(axis: Axis, low: float, high: float) -> None:
    """Set ticks at readable times on a logarithmic axis."""
    ticks = readable_on_log(_TIMES, low, high)
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(readable_time))


def waits(result: WaitingResult, ax: Axes | None = None) -> Axes:
    """Draw median, mean and 90% point of the waits of each channel with their intervals, shortest first."""
    rows = sorted(_timed(result), key=lambda row: row[1]["median"][0])
    with style():
        drawn = new_axes(height=1.1 + 0.36 * max(1, len(rows))) if ax is None else ax
        drawn.set_xscale("log")
        for place, (_, estimates) in enumerate(rows):
            drawn.plot([estimates["median"][0], estimates["p90"][0]], [place] * 2, color=BAND_INNER, lw=5,
                       solid_capstyle="butt", zorder=1)  # fmt: skip
            for name, (value, low, high) in estimates.items():
                marker, colour, _ = _ESTIMATES[name]
                drawn.plot([low, high], [place] * 2, color=colour, lw=1.4, zorder=2)
                drawn.plot(value, place, marker, color=colour, ms=5, mec=PAPER, mew=0.5, zorder=3)
        drawn.set_yticks(range(len(rows)), [channel for channel, _ in rows])
        drawn.set_ylim(len(rows) - 0.4, -0.6)
        ends = [end for _, estimates in rows for values in estimates.values() for end in values]
        if ends:
            low, high = max(1.0, min(ends)) * 0.8, max(ends) * 1.25
            drawn.set_xlim(low, high)
            _time_axis(drawn.xaxis, low, high)
        drawn.set_xlabel("wait of those answered (logarithmic scale); lines: intervals")
        drawn.grid(visible=True, axis="x")
        handles = [
            Line2D([], [], marker=marker, ls="", color=colour, ms=5, label=label)
            for marker, colour, label in _ESTIMATES.values()
        ]
        figure_of(drawn).legend(handles=handles, loc="outside lower center", ncols=3, fontsize=8)
    return drawn


def _timed(result: WaitingResult) -> Iterator[tuple[str, dict[str, tuple[float, float, float]]]]:
    """Yield each channel of which waits are known, with its estimates between their limits."""
    for entry in result.channels:
        if entry.wait is not None:
            yield _row_name(entry), _limited(entry)


def _row_name(entry: ChannelWaits) -> str:
    return f"{spoken(entry.channel)} ({entry.answered:,})"


def _limited(entry: ChannelWaits) -> dict[str, tuple[float, float, float]]:
    told = {} if entry.wait is None else entry.wait.estimates
    limited = {}
    for name, estimate in told.items():
        ends = estimate.interval
        low, high = (estimate.seconds,) * 2 if ends is None else (ends.low, ends.high)
        # Nought has no place on a logarithmic axis.
        limited[name] = tuple(max(0.5, value) for value in (estimate.seconds, low, high))
    return {name: (values[0], values[1], values[2]) for name, values in limited.items()}


def patience_curves(result: PatienceCurves, ax: Axes | None = None) -> Axes:
    """Draw by channel who would have given up by when, had nobody been answered; limits at single times."""
    curves = list(result.impatient.items())
    with style():
        drawn = new_axes(height=3.6) if ax is None else ax
        for place, (channel, part) in enumerate(curves):
            _curve(
                drawn, channel, part, _LINES[place % len(_LINES)], shift=1 + 0.02 * (place - len(curves) / 2)
            )
        drawn.set_xlim(0, max(BOUNDS) * 1.03)
        drawn.set_xticks(list(BOUNDS), [readable_time(bound) for bound in BOUNDS])
        drawn.set_ylim(0, None)
        drawn.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        share_ticks(drawn.yaxis)
        drawn.grid(visible=True, axis="y")
        drawn.set_xlabel("waited without an answer")
        drawn.set_ylabel("would have given up")
        if curves:
            drawn.legend(loc="upper right")
    return drawn


def _curve(ax: Axes, channel: str, part: Patience, look: tuple[str, str], *, shift: float) -> None:
    """Draw one curve as far as anything is said of it."""
    import seaborn as sns

    told = [bound for bound in part.bounds if bound.share is not None]
    end = max((bound.seconds for bound in told), default=0)
    inside = part.curve.times <= end
    times = np.concatenate([[0.0], part.curve.times[inside], [end]])
    gone = np.concatenate([[0.0], 1 - part.curve.share[inside]])
    colour, line = look
    label = f"{spoken(channel)}: {part.given_up:,} of {part.contacts:,} gave up"
    sns.lineplot(
        x=times, y=np.append(gone, gone[-1]), drawstyle="steps-post", estimator=None, sort=False,
        color=colour, ls=line, label=label, ax=ax,
    )  # fmt: skip
    for bound in told:
        if bound.interval is not None:
            ends = [bound.interval.low, bound.interval.high]
            ax.plot([bound.seconds * shift] * 2, ends, color=colour, lw=1)


def open_by_day(result: Backlog, ax: Axes | None = None) -> Axes:
    """Draw what is open at the end of each day; the worst day is marked."""
    with style():
        drawn = new_axes(height=2.8) if ax is None else ax
        first = np.datetime64(result.first, "D")
        days = first + np.arange(len(result.contacts))
        drawn.plot(days, result.contacts, color=HIGHER, lw=0.9, drawstyle="steps-mid")
        place = day_number(result.worst.day) - day_number(result.first)
        if result.contacts[place] == result.worst.contacts:
            drawn.plot(days[place], result.worst.contacts, "v", color=LOWER, ms=7, zorder=3)
            drawn.annotate(
                f"{result.worst.contacts:,} on {result.worst.name}", (days[place], result.worst.contacts),
                (6, 4), textcoords="offset points", fontsize=8, color=INK,
            )  # fmt: skip
        drawn.axhline(result.typical, color=QUIET, lw=0.8, ls=(0, (4, 3)))
        drawn.set_ylim(0, 1.18 * max(1, int(result.contacts.max())))
        drawn.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        drawn.set_ylabel("contacts open")
        drawn.set_xlabel("end of the local day of their unit; dashed: the middle day")
        drawn.grid(visible=True, axis="y")
    return drawn


def unit_funnel(result: OutlyingUnits, ax: Axes | None = None) -> Axes:
    """Draw units against their contacts, with limits that allow for days and for units that differ.

    Parameters
    ----------
    result
        With one share; see `OutlyingAnswer.parts`. Where units are too few to be compared, each stands by
        itself with its interval, in the order of ids.
    """
    import seaborn as sns

    if result.listed:
        return _by_themselves(result.listed[0], ax)
    (part,) = result.compared
    with style():
        drawn = new_axes(height=3.4) if ax is None else ax
        _limits(drawn, part)
        for verdict in reversed(MARKS):
            places = [place for place in part.shown if str(part.funnel.verdicts[place]) == verdict]
            x, y = part.funnel.cases[places], part.funnel.share[places]
            sns.scatterplot(x=x, y=y, ax=drawn, legend=False, **mark(verdict))
        for place in part.called_out:
            if place in part.shown:
                at = (float(part.funnel.cases[place]), float(part.funnel.share[place]))
                drawn.annotate(part.unit_id[place], at, (6, 3), textcoords="offset points", fontsize=8)
        drawn.set_xscale("log")
        _contacts_axis(drawn, part)
        share_ticks(drawn.yaxis)
        drawn.grid(visible=True, axis="y")
        drawn.set_ylabel(_SHARES[part.share.measure].format(limit=_limit(part)))
        _explain(drawn, part)
    return drawn


def _by_themselves(part: ListedUnits, ax: Axes | None) -> Axes:
    with style():
        drawn = new_axes(height=1.2 + 0.4 * len(part.units)) if ax is None else ax
        for place, unit in enumerate(part.units):
            drawn.plot([unit.interval.low, unit.interval.high], [place] * 2, color=HIGHER, lw=1.1)
            drawn.plot(unit.share.value, place, "o", color=HIGHER, ms=5, mec=PAPER, mew=0.5)
        drawn.set_yticks(range(len(part.units)), [unit.unit_id for unit in part.units])
        drawn.set_ylim(len(part.units) - 0.5, -0.5)
        share_ticks(drawn.xaxis)
        drawn.grid(visible=True, axis="x")
        drawn.set_xlabel(_SHARES[part.share.measure].format(limit=_limit(part)))
    return drawn


_SHARES = {
    "answered_within": "answered within {limit}",
    "abandoned": "given up",
    "long_wait": "waited more than {limit}",
}


def _limit(part: ComparedUnits | ListedUnits) -> str:
    span = span_for(part.share.seconds)
    return f"{span.of(part.share.seconds):g} {_SHORT[span.name]}"


def _limits(ax: Axes, part: ComparedUnits) -> None:
    sizes = part.funnel.sizes()
    for level, colour in ((None, BAND), (_INNER, BAND_INNER)):
        band = part.funnel.limits(sizes) if level is None else part.funnel.limits(sizes, level=level)
        ax.fill_between(sizes, band.low, band.high, color=colour, lw=0)
    chance = part.funnel.limits(sizes, between=False)
    for side in (chance.low, chance.high):
        ax.plot(sizes, side, color=QUIET, lw=0.8, ls=(0, (4, 3)))
    ax.axhline(part.funnel.target, color=INK, lw=0.9)


def _contacts_axis(ax: Axes, part: ComparedUnits) -> None:
    sizes = part.funnel.sizes()
    low, high = float(sizes[0]), float(sizes[-1])
    ax.set_xlim(low, high)
    ticks = [
        step * 10.0**power for power in range(8) for step in (1, 2, 5) if low <= step * 10.0**power <= high
    ]
    ax.xaxis.set_major_locator(FixedLocator(readable_on_log(ticks, low, high)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.set_xlabel(f"contacts by {spoken(part.share.channel)} (logarithmic scale)")
    shown = part.funnel.share[list(part.shown)]
    inner = part.funnel.limits(sizes, level=_INNER)
    ends = min(shown.min(), inner.low.min()), max(shown.max(), inner.high.max())
    room = 0.08 * (ends[1] - ends[0])
    ax.set_ylim(max(0.0, ends[0] - room), min(1.0, ends[1] + room))


def _explain(ax: Axes, part: ComparedUnits) -> None:
    verdicts = dict.fromkeys(str(part.funnel.verdicts[place]) for place in part.shown)
    looks = {verdict: mark(verdict) for verdict in MARKS if verdict in verdicts}
    handles: list[Line2D | Patch] = [
        Line2D([], [], marker=look["marker"], ls="", mfc=look["fc"], mec=look["ec"], ms=6, label=verdict)
        for verdict, look in looks.items()
    ]
    handles += [
        Patch(color=BAND_INNER, label=f"{_INNER:.0%} of sound units"),
        Patch(color=BAND, label="99.8% of sound units"),
        Line2D([], [], color=QUIET, lw=0.8, ls=(0, (4, 3)), label="99.8% by chance alone"),
    ]
    figure_of(ax).legend(handles=handles, loc="outside lower center", ncols=4, fontsize=7.5)
