"""Figures of every choice and its answer, so that no sign flip can hide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from auditlib.compensation import NaiveComparisons, RoleEffect
from auditlib.compensation.naive_comparisons import DESIGNS, surveys_from
from auditlib.compensation.specification import EffectEstimate
from auditlib.figures.style import (
    BAND_INNER,
    HIGHER,
    INK,
    LOWER,
    QUIET,
    figure_of,
    new_axes,
    style,
)
from auditlib.statements import counted

_SHORT = {
    "imputation": "imputation",
    "never": "group-time, never linked",
    "not_yet": "group-time, not yet linked",
    "sun_abraham": "interactions",
    "two_way": "two-way regression",
}
_STATISTICS = {"mean": "mean score", "top_box": "top-box share, rescaled", "bottom_box": "bottom-box share"}
_CURVE, _ROW, _TOP, _BOTTOM = 2.0, 0.132, 0.55, 0.06
"""Inches: the curve, a row of marks, room above and below. Two figures with captions fit a printed page."""
_LOOKS = (("other", QUIET, "o"), ("two_way", LOWER, "x"), ("default", HIGHER, "D"))
Rows = list[tuple[str, "pd.Series[bool]"]]


def specification_curve(effect: RoleEffect | EffectEstimate, ax: Axes | None = None) -> Axes:
    """Draw every choice with its estimate and interval, in order, and beneath what was chosen."""
    frame = effect.curve.frame.dropna(subset=["estimate"]).reset_index(drop=True)
    if frame.empty:
        return _nothing(ax)
    kind = np.where(frame["default"], "default", np.where(frame["trusted"], "other", "two_way"))
    labels = {"default": "used here", "other": "other defensible choices",
              "two_way": "two-way regression: not trusted"}  # fmt: skip
    title = f"Linking the pay of {effect.noun}: every choice and its estimate"
    return _curve(frame, kind, _marks(frame), title=title, points="Points", labels=labels, ax=ax)


def _nothing(ax: Axes | None) -> Axes:
    """Write the reason where no choice can be estimated."""
    with style():
        drawn = new_axes(height=_TOP + _CURVE) if ax is None else ax
        drawn.text(0.02, 0.5, "No choice is estimable: too little was linked as one.", color=QUIET)
        drawn.set_axis_off()
    return drawn


def naive_comparisons_curve(comparisons: NaiveComparisons, ax: Axes | None = None) -> Axes:
    """Draw every simple comparison with its interval, in order, and beneath what was chosen."""
    frame = comparisons.estimated.reset_index(drop=True)
    kind = np.where(frame["default"], "default", "other")
    labels = {"default": "what most would choose", "other": "other defensible comparisons"}
    rows: Rows = [(text, frame["design"] == name) for name, text in DESIGNS.items()]
    rows += [
        (surveys_from(int(least)), frame["minimum"] == least) for least in sorted(frame["minimum"].unique())
    ]
    rows += [(f"against {name}", frame["others"] == name) for name in frame["others"].unique()]
    later = range(comparisons.first + 1, len(comparisons.figures.periods))
    rows += [(f"in {name}", frame["after"] == name) for name in map(comparisons.figures.days, later)]
    points = comparisons.figures.points.capitalize()
    title = "Linked less never-linked units: every comparison, none of them the effect"
    return _curve(frame, kind, rows, title=title, points=points, labels=labels, ax=ax)


def _curve(
    frame: pd.DataFrame,
    kind: Sequence[str] | np.ndarray[tuple[int], np.dtype[np.str_]],
    rows: Rows,
    *,
    title: str,
    points: str,
    labels: dict[str, str],
    ax: Axes | None,
) -> Axes:
    kinds = pd.Series(kind, index=frame.index)
    with style():
        drawn = _room(len(rows)) if ax is None else ax
        drawn.set_title(title, pad=26, x=-0.4 if len(title) > 64 else 0.0)
        drawn.axhline(0, color=INK, lw=0.9)
        handles = []
        for name, colour, marker in _LOOKS:
            part = frame[kinds == name]
            size = 6.5 if name == "default" else 3.5
            drawn.vlines(part.index, part["low"], part["high"], color=colour, lw=1.6 if size > 4 else 0.8)
            drawn.plot(part.index, part["estimate"], ls="", marker=marker, ms=size, color=colour, zorder=size)
            if len(part):
                handles.append(Line2D([], [], ls="", marker=marker, color=colour, ms=4.5, label=labels[name]))
        drawn.set_ylabel(points)
        drawn.grid(visible=True, axis="y")
        drawn.set_xlim(-0.8, len(frame) - 0.2)
        drawn.tick_params(axis="x", bottom=False, labelbottom=False)
        _chosen(drawn, [row for row in rows if row[1].any()], len(frame))
        drawn.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, handlelength=1.0)
    return drawn


def _room(rows: int) -> Axes:
    """Return axes with room for the rows of marks beneath and their names on the left."""
    height = _TOP + _CURVE + _ROW * (rows + 1) + _BOTTOM
    drawn = new_axes(height=height)
    figure_of(drawn).set_layout_engine("none")
    drawn.set_position((0.3, (_BOTTOM + _ROW * (rows + 1)) / height, 0.68, _CURVE / height))
    return drawn


def _marks(frame: pd.DataFrame) -> Rows:
    """Return one row of marks per option that differs between choices."""
    marks: Rows = [(text, frame["estimator"] == name) for name, text in _SHORT.items()]
    marks += [(f"weighted by {name}", frame["weighting"] == name) for name in ("response", "unit")]
    marks += [
        (f"{counted(count, 'month')} set aside", frame["anticipation"] == count)
        for count in sorted(set(frame["anticipation"]))
    ]
    columns = (
        ("other_role", {name: f"other role {name}" for name in frame["other_role"].unique()}),
        ("units", {"all": "all units", "steady": "units answered about steadily"}),
        ("statistic", _STATISTICS),
    )
    for column, words in columns:
        if len(set(frame[column])) > 1:
            marks += [(text, frame[column] == name) for name, text in words.items()]
    return [(text, mask) for text, mask in marks if mask.any()]


def _chosen(ax: Axes, rows: Rows, count: int) -> None:
    share, x = _ROW / _CURVE, np.arange(count)
    beneath = ax.inset_axes((0, -share * len(rows) - 0.04, 1, share * len(rows)), sharex=ax)
    for place, (text, mask) in enumerate(rows):
        y = len(rows) - place
        beneath.plot(x, [y] * count, ls="", marker="s", ms=1.4, color=BAND_INNER)
        beneath.plot(x[mask.to_numpy()], [y] * int(mask.sum()), ls="", marker="s", ms=2.6, color=INK)
        beneath.text(-0.008, y, text, transform=beneath.get_yaxis_transform(), ha="right", va="center",
                     fontsize=6.5, color=QUIET)  # fmt: skip
    beneath.set_ylim(0.3, len(rows) + 0.7)
    beneath.set_axis_off()
