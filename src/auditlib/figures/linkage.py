"""Figures of linked pay: event study, specification curve, placebo distribution, departures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

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
from auditlib.linkage import RoleEffect
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints

_PHASES = {
    "before": {"mfc": PAPER, "mec": QUIET, "color": QUIET, "marker": "o"},
    "set aside": {"mfc": PAPER, "mec": LOWER, "color": LOWER, "marker": "D"},
    "linked": {"mfc": HIGHER, "mec": HIGHER, "color": HIGHER, "marker": "o"},
}


def event_study(effect: RoleEffect, ax: Axes | None = None) -> Axes:
    """Draw the effect by quarters since the link, with bands that hold for all quarters together."""
    with style():
        drawn = new_axes() if ax is None else ax
        drawn.set_title(f"Linking the pay of {effect.noun}: effect by quarters since the link")
        if isinstance(effect.events, Refusal):
            return _said(drawn, effect.events)
        frame = effect.events.frame
        drawn.axhline(0, color=INK, lw=0.9)
        drawn.axvline(-0.5, color=FAINT, lw=0.8, ls=(0, (4, 3)))
        for phase, look in _PHASES.items():
            rows = frame[frame["phase"] == phase]
            drawn.vlines(rows["quarter"], rows["low"], rows["high"], color=look["color"], lw=1.3)
            drawn.plot(rows["quarter"], rows["estimate"], ls="", ms=5.5, **look)  # type: ignore[arg-type]
        for quarter, units in zip(frame["quarter"], frame["units"], strict=True):
            drawn.text(quarter, 0.01, f"{units}", transform=drawn.get_xaxis_transform(), fontsize=7,
                       color=QUIET, ha="center")  # fmt: skip
        drawn.set_xlabel("Quarters since the link (0: first three linked months); small: units behind each")
        drawn.set_ylabel("Points")
        drawn.xaxis.set_major_locator(MaxNLocator(integer=True))
        drawn.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.1f}" if value else "0"))
        drawn.grid(visible=True, axis="y")
        low, high = drawn.get_ylim()
        drawn.set_ylim(low - 0.06 * (high - low), high)
        _legend(drawn, frame)
    return drawn


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
    figure_of(ax).legend(handles=handles, loc="outside lower left", ncols=3, handlelength=1.2)


def specification_curve(effect: RoleEffect, ax: Axes | None = None) -> Axes:
    """Draw every choice with its estimate and interval, in order, and beneath what was chosen."""
    frame = effect.curve.frame.dropna(subset=["estimate"]).reset_index(drop=True)
    rows = _marks(frame)
    with style():
        drawn = _room(len(rows)) if ax is None else ax
        drawn.set_title(f"Linking the pay of {effect.noun}: every choice and its estimate", pad=26)
        x = np.arange(len(frame))
        drawn.axhline(0, color=INK, lw=0.9)
        for kind, colour, marker in (
            ("other", QUIET, "o"),
            ("two_way", LOWER, "x"),
            ("default", HIGHER, "D"),
        ):
            mine = frame[_kind(frame) == kind]
            drawn.vlines(mine.index, mine["low"], mine["high"], color=colour, lw=1.1, alpha=0.9)
            drawn.plot(mine.index, mine["estimate"], ls="", marker=marker, ms=4.5, color=colour)
        drawn.set_ylabel("Points")
        drawn.grid(visible=True, axis="y")
        drawn.set_xlim(-0.8, len(frame) - 0.2)
        drawn.tick_params(axis="x", bottom=False, labelbottom=False)
        _chosen(drawn, rows, x)
        handles = [
            Line2D([], [], ls="", marker="D", color=HIGHER, ms=4.5, label="used here"),
            Line2D([], [], ls="", marker="o", color=QUIET, ms=4.5, label="other defensible choices"),
            Line2D([], [], ls="", marker="x", color=LOWER, ms=4.5, label="two-way regression: not trusted"),
        ]  # fmt: skip
        drawn.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, handlelength=1.0)
    return drawn


def _room(rows: int) -> Axes:
    """Return axes with room for the rows of marks beneath and their names on the left."""
    curve, row, top, bottom = 2.5, 0.17, 0.62, 0.15
    height = top + curve + row * (rows + 1) + bottom
    drawn = new_axes(height=height)
    figure_of(drawn).set_layout_engine("none")
    drawn.set_position((0.24, (bottom + row * (rows + 1)) / height, 0.74, curve / height))
    return drawn


def _kind(frame: pd.DataFrame) -> pd.Series:
    named = np.where(frame["default"], "default", np.where(frame["trusted"], "other", "two_way"))
    return pd.Series(named, index=frame.index)


_SHORT = {
    "imputation": "imputation",
    "never": "group-time, never linked",
    "not_yet": "group-time, not yet linked",
    "sun_abraham": "interactions",
    "two_way": "two-way regression",
}


def _marks(frame: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Return one row of marks per option that differs between choices."""
    found = [(text, frame["estimator"] == name) for name, text in _SHORT.items()]
    found += [(f"weighted by {name}", frame["weighting"] == name) for name in ("response", "unit")]
    found += [
        (f"{count} months set aside", frame["hold_out"] == count)
        for count in sorted(frame["hold_out"].unique())
    ]
    if len(set(frame["other_role"])) > 1:
        found += [
            (f"other role {name}", frame["other_role"] == name)
            for name in sorted(frame["other_role"].unique())
        ]
    return [(text, mask) for text, mask in found if mask.any()]


def _chosen(ax: Axes, rows: list[tuple[str, pd.Series]], x: Ints) -> None:
    share = 0.068
    beneath = ax.inset_axes((0, -share * len(rows) - 0.04, 1, share * len(rows)), sharex=ax)
    for place, (text, mask) in enumerate(rows):
        y = len(rows) - place
        beneath.plot(x, [y] * len(x), ls="", marker="s", ms=2.2, color=BAND_INNER)
        beneath.plot(x[mask.to_numpy()], [y] * int(mask.sum()), ls="", marker="s", ms=3.4, color=INK)
        beneath.text(-0.008, y, text, transform=beneath.get_yaxis_transform(), ha="right", va="center",
                     fontsize=7, color=QUIET)  # fmt: skip
    beneath.set_ylim(0.3, len(rows) + 0.7)
    beneath.set_axis_off()


def placebo_distribution(effect: RoleEffect, ax: Axes | None = None) -> Axes:
    """Draw the estimates of placebo links, those on units chosen for a low quarter, and the actual one."""
    with style():
        drawn = new_axes(height=3.4) if ax is None else ax
        drawn.set_title(f"Linking the pay of {effect.noun}: what the procedure finds where there is nothing")
        if isinstance(effect.placebo, Refusal):
            return _said(drawn, effect.placebo)
        values = [effect.placebo.estimate]
        if not isinstance(effect.chosen_low, Refusal):
            values.append(effect.chosen_low.estimate)
        edges = np.histogram_bin_edges(np.concatenate([*values, [effect.estimate]]), bins=48)
        bins = [float(edge) for edge in edges]
        drawn.hist(values[0], bins=bins, color=FAINT, lw=0)
        if len(values) > 1:
            drawn.hist(values[1], bins=bins, histtype="step", color=LOWER, lw=1.1)
        drawn.axvline(0, color=INK, lw=0.9)
        drawn.axvline(effect.estimate, color=HIGHER, lw=2)
        drawn.text(effect.estimate, 0.97, " actual links", transform=drawn.get_xaxis_transform(), fontsize=8,
                   color=HIGHER, va="top")  # fmt: skip
        drawn.set_xlabel("Estimated effect, points")
        drawn.set_ylabel("Placebo links")
        handles = [
            Patch(fc=FAINT, label="placebo links dealt at random"),
            Patch(fc=PAPER, ec=LOWER, label="dealt to units with a low quarter, no months set aside"),
        ]
        figure_of(drawn).legend(handles=handles[: len(values)], loc="outside lower left", ncols=2)
    return drawn


def departures(effect: RoleEffect, ax: Axes | None = None) -> Axes:
    """Draw the interval of the effect over the first quarters, by how far trends may depart."""
    with style():
        drawn = new_axes(height=3.4) if ax is None else ax
        drawn.set_title(
            f"Linking the pay of {effect.noun}: if linked units had departed from the others anyway"
        )
        if isinstance(effect.honest, Refusal):
            return _said(drawn, effect.honest)
        frame = effect.honest.frame
        relative = frame[frame["kind"] == "relative"]
        drawn.axhline(0, color=INK, lw=0.9)
        drawn.fill_between(relative["size"], relative["low"], relative["high"], color=BAND, lw=0)
        for side in ("low", "high"):
            drawn.plot(relative["size"], relative[side], color=QUIET, lw=1.2, marker="o", ms=3)
        drawn.axhline(effect.honest.effect, color=HIGHER, lw=1.2)
        drawn.set_xlabel("Largest departure after the link, as a multiple of the largest one before")
        drawn.set_ylabel("Points")
        drawn.grid(visible=True, axis="y")
    return drawn


def _said(ax: Axes, refusal: Refusal) -> Axes:
    """Write the reason where there is nothing to draw."""
    ax.text(0.02, 0.5, refusal.reason, transform=ax.transAxes, color=QUIET, wrap=True)
    ax.set_axis_off()
    return ax
