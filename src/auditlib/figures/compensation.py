"""Figures of linked pay: event study, placebo distribution, departures."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from auditlib.compensation import RoleEffect
from auditlib.compensation.specification import EffectEstimate
from auditlib.figures.style import (
    BAND,
    FAINT,
    HALF,
    HIGHER,
    INK,
    LOWER,
    PAPER,
    QUIET,
    figure_of,
    fitted,
    new_axes,
    style,
)
from auditlib.records import Refusal
from auditlib.statements import with_sign

_PHASES = {
    "before": {"mfc": PAPER, "mec": QUIET, "color": QUIET, "marker": "o"},
    "set aside": {"mfc": PAPER, "mec": LOWER, "color": LOWER, "marker": "D"},
    "linked": {"mfc": HIGHER, "mec": HIGHER, "color": HIGHER, "marker": "o"},
}


def event_study(effect: RoleEffect | EffectEstimate, ax: Axes | None = None) -> Axes:
    """Draw the effect by quarters since the link, with bands that hold for all quarters together."""
    with style():
        drawn = new_axes(width=HALF, height=3.6) if ax is None else ax
        drawn.set_title(fitted(f"Linking the pay of {effect.noun}: effect by quarters since the link", drawn))
        if isinstance(effect.events, Refusal):
            return _refused(drawn, effect.events)
        frame = effect.events.frame
        drawn.axhline(0, color=INK, lw=0.9)
        drawn.axvline(-0.5, color=FAINT, lw=0.8, ls=(0, (4, 3)))
        for phase, look in _PHASES.items():
            rows = frame[frame["phase"] == phase]
            drawn.vlines(rows["quarter"], rows["low"], rows["high"], color=look["color"], lw=1.3)
            drawn.plot(rows["quarter"], rows["estimate"], ls="", ms=5.5, **look)  # type: ignore[arg-type]
        _against_last_quarter(drawn, effect)
        for quarter, units in zip(frame["quarter"], frame["units"], strict=True):
            drawn.text(quarter, 0.01, f"{units}", transform=drawn.get_xaxis_transform(), fontsize=7,
                       color=QUIET, ha="center")  # fmt: skip
        drawn.set_xlabel("Quarters since the link (0: first three linked\nmonths); small: units behind each")
        drawn.set_ylabel("Points")
        drawn.xaxis.set_major_locator(MaxNLocator(integer=True))
        drawn.yaxis.set_major_formatter(
            FuncFormatter(lambda value, _: with_sign(value, decimals=1) if value else "0")
        )
        drawn.grid(visible=True, axis="y")
        low, high = drawn.get_ylim()
        drawn.set_ylim(low - 0.06 * (high - low), high)
        _legend(drawn, frame)
    return drawn


def _against_last_quarter(ax: Axes, effect: RoleEffect | EffectEstimate) -> None:
    """Draw the same quarters against the last one before the link, beside the others."""
    course = effect.long_differences if isinstance(effect, RoleEffect) else None
    if course is None or isinstance(course, Refusal):
        return
    place = course.frame["quarter"] + 0.28
    ax.vlines(place, course.frame["low"], course.frame["high"], color=FAINT, lw=1.1)
    ax.plot(place, course.frame["estimate"], ls="", ms=4, marker="s", mfc=PAPER, mec=INK, mew=0.7,
            label="against the last quarter before")  # fmt: skip


def _legend(ax: Axes, frame: pd.DataFrame) -> None:
    words = {
        "before": "before, against the other months before",
        "set aside": "set aside",
        "linked": "linked",
    }
    present = [phase for phase in _PHASES if (frame["phase"] == phase).any()]
    handles = [
        Line2D([], [], ls="", ms=5.5, label=words[phase], **_PHASES[phase])  # type: ignore[arg-type]
        for phase in present
    ]
    beside = [line for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    handles[1:1] = beside  # long words stand in the first column
    columns = 2 if len(handles) < 4 else 1  # in half a page the longest would be cut
    figure_of(ax).legend(handles=handles, loc="outside lower left", ncols=columns, handlelength=1.2)


def placebo_distribution(effect: RoleEffect, ax: Axes | None = None) -> Axes:
    """Draw the estimates of placebo links, those on units chosen for a low quarter, and the actual one."""
    with style():
        drawn = new_axes(width=HALF, height=3.4) if ax is None else ax
        title = f"Linking the pay of {effect.noun}: what the procedure finds where there is nothing"
        drawn.set_title(fitted(title, drawn))
        if isinstance(effect.placebo, Refusal):
            return _refused(drawn, effect.placebo)
        values = [effect.placebo.estimate]
        if not isinstance(effect.low_first, Refusal):
            values.append(effect.low_first.estimate)
        import seaborn as sns

        actual = [effect.estimate] if effect.tested else []
        edges = np.histogram_bin_edges(np.concatenate([*values, actual]), bins=48)
        width = edges[1] - edges[0]  # an empty bin at each end closes the outline
        edges[-1] += 1e-9 * width
        bins = [float(edge) for edge in (edges[0] - width, *edges, edges[-1] + width)]
        sns.histplot(x=values[0], bins=bins, color=FAINT, alpha=1, lw=0, ax=drawn)
        if len(values) > 1:
            sns.histplot(x=values[1], bins=bins, element="step", fill=False, color=LOWER, lw=1.1, ax=drawn)
        drawn.axvline(0, color=INK, lw=0.9)
        drawn.margins(y=0.12)  # room for the words beneath the title
        for value in actual:
            drawn.axvline(value, color=HIGHER, lw=2)
            side = _side(value, float(edges[0]), float(edges[-1]))
            drawn.text(value, 0.99, " actual links ", transform=drawn.get_xaxis_transform(),
                       fontsize=7.5, color=HIGHER, va="top", ha=side)  # fmt: skip
        drawn.xaxis.set_major_locator(MaxNLocator(5))
        drawn.yaxis.set_major_locator(MaxNLocator(integer=True))
        drawn.set_xlabel("Estimated effect, points")
        drawn.set_ylabel("Placebo links")
        handles = [
            Patch(fc=FAINT, label="placebo links dealt at random"),
            Patch(fc=PAPER, ec=LOWER, label="dealt to units with a low quarter,\nno months set aside"),
        ]
        figure_of(drawn).legend(handles=handles[: len(values)], loc="outside lower left")
    return drawn


def _side(value: float, low: float, high: float) -> Literal["left", "right"]:
    """Return how words at `value` are set so that they stay between `low` and `high`, and clear of zero."""
    middle, quarter = (low + high) / 2, low + (high - low) / 4
    return "left" if value < quarter or 0 <= value < middle else "right"


def departures(effect: RoleEffect, ax: Axes | None = None) -> Axes:
    """Draw the interval of the effect over the first quarters, by how far trends may depart."""
    with style():
        drawn = new_axes(width=HALF, height=3.2) if ax is None else ax
        title = f"Linking the pay of {effect.noun}: if linked units had departed from the others anyway"
        drawn.set_title(fitted(title, drawn))
        if isinstance(effect.sensitivity, Refusal):
            return _refused(drawn, effect.sensitivity)
        frame = effect.sensitivity.frame
        relative = frame[frame["kind"] == "relative"]
        drawn.axhline(0, color=INK, lw=0.9)
        drawn.fill_between(relative["size"], relative["low"], relative["high"], color=BAND, lw=0)
        for side in ("low", "high"):
            drawn.plot(relative["size"], relative[side], color=QUIET, lw=1.2, marker="o", ms=3)
        drawn.axhline(effect.sensitivity.effect, color=HIGHER, lw=1.2)
        drawn.text(
            1.0, effect.sensitivity.effect, "effect", color=HIGHER, fontsize=8, ha="right", va="bottom"
        )
        drawn.set_xlabel("Largest departure after the link,\nas a multiple of the largest one before")
        drawn.set_ylabel("Points")
        drawn.grid(visible=True, axis="y")
    return drawn


def _refused(ax: Axes, refusal: Refusal) -> Axes:
    """Write the reason where there is nothing to draw."""
    ax.text(0.02, 0.5, refusal.reason, transform=ax.transAxes, color=QUIET, wrap=True)
    ax.set_axis_off()
    return ax
