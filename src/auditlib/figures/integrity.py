"""Figures of the integrity pack: signs by group and detector, units behind an alarm, what would show."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from auditlib.figures.style import FAINT, HIGHER, INK, LOWER, PAPER, QUIET, new_axes, style
from auditlib.figures.ticks import readable_on_log, share_ticks
from auditlib.integrity import DETECTORS, Detection, IntegrityResult, SignStrength
from auditlib.integrity.patterns import SignPattern
from auditlib.statistics.types import normal_quantile

_RATIOS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16)
_MARKS = {
    SignStrength.ALARM: ("D", LOWER, LOWER, 62),
    SignStrength.WATCH: ("o", PAPER, HIGHER, 46),
    SignStrength.QUIET: ("o", FAINT, FAINT, 12),
    SignStrength.NOT_RUN: ("x", QUIET, QUIET, 22),
}
"""Mark, face, edge and size of each sign: told apart by shape as well as by colour."""


def signs(result: IntegrityResult, ax: Axes | None = None) -> Axes:
    """Draw a mark for every detector (rows) and group of linked units (columns)."""
    import seaborn as sns

    with style():
        drawn = new_axes(height=3.8) if ax is None else ax
        rows = {entry.key: len(DETECTORS) - 1 - place for place, entry in enumerate(DETECTORS)}
        columns = {name: place for place, name in enumerate(result.groups)}
        for sign, (marker, face, edge, size) in _MARKS.items():
            detections = [detection for detection in result.detections if detection.sign is sign]
            x = [columns[detection.group.name] for detection in detections]
            y = [rows[detection.detector.key] for detection in detections]
            kinds: dict[str, Any] = (
                {"color": edge} if marker == "x" else {"facecolor": face, "edgecolor": edge}
            )
            looks = {"s": size, "marker": marker, "linewidth": 1.2, "label": sign.value, **kinds}
            sns.scatterplot(x=x, y=y, ax=drawn, **looks)
        drawn.set_yticks(list(rows.values()), [entry.title for entry in DETECTORS])
        drawn.set_xticks(list(columns.values()), [name.replace(" ", "\n", 1) for name in columns])
        drawn.set_xlim(-0.6, len(columns) - 0.4)
        drawn.grid(axis="y")
        drawn.legend(loc="upper center", bbox_to_anchor=(0.3, -0.12), ncols=4)
    return drawn


def unit_changes(alarm: SignPattern, ax: Axes | None = None, *, level: float = 0.95) -> Axes:
    """Draw the change of each unit behind an alarm's strongest detection, linked units apart."""
    with style():
        detection = alarm.strongest
        units = sorted(detection.units, key=lambda unit: (unit.linked, unit.unit_id), reverse=True)
        drawn = new_axes(height=max(2.6, 0.13 * len(units) + 1.2)) if ax is None else ax
        reach = normal_quantile(level) * np.array([unit.error for unit in units])
        change = np.array([unit.change for unit in units])
        for linked, marker, colour in ((True, "D", LOWER), (False, "o", QUIET)):
            rows = [place for place, unit in enumerate(units) if unit.linked is linked]
            drawn.errorbar(
                change[rows],
                rows,
                xerr=reach[rows],
                fmt=marker,
                ms=4.5,
                lw=0.9,
                color=colour,
                label="linked" if linked else "not linked",
            )
        drawn.axvline(0, color=INK, lw=0.7)
        drawn.set_yticks(range(len(units)), [unit.unit_id for unit in units], fontsize=7)
        drawn.set_ylim(-0.7, len(units) - 0.3)
        _label(drawn, detection)
        drawn.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return drawn


def _label(drawn: Axes, detection: Detection) -> None:
    """Name the axis; a logarithm is written as the ratio it stands for."""
    ratio = detection.detector.effect == "ratio"
    unit = "times" if ratio else "share"
    drawn.set_xlabel(f"change of the {detection.detector.looks_at}, before to after ({unit})")
    if ratio:
        low, high = np.exp(drawn.get_xlim())
        ratios = readable_on_log(_RATIOS, float(low), float(high))
        drawn.set_xticks(np.log(ratios), [f"{value:.3g}" for value in ratios])


def visible(result: IntegrityResult, ax: Axes | None = None) -> Axes:
    """Draw for each fault in how many drawn companies it would have been seen, one mark for each group."""
    with style():
        reaches = [reach for reach in result.reach if reach.drawn][::-1]
        drawn = new_axes(height=0.3 * len(reaches) + 1.0) if ax is None else ax
        least = result.policy.least_power
        for row, reach in enumerate(reaches):
            shares = [entry.share for entry in reach.drawn]
            clear = [entry.clear(result.policy) for entry in reach.drawn]
            drawn.plot([min(shares), max(shares)], [row, row], lw=1.2, color=FAINT)
            for share, seen in zip(shares, clear, strict=True):
                face, edge = (HIGHER, HIGHER) if seen else (PAPER, LOWER)
                drawn.plot([share], [row], "o", ms=5.5, mfc=face, mec=edge)
        drawn.axvline(least, color=INK, lw=0.7)
        drawn.annotate("silence counts from here on", (least, len(reaches) - 0.45), ha="right", color=QUIET)
        drawn.set_yticks(range(len(reaches)), [reach.fault.words for reach in reaches])
        drawn.set_xlim(-0.02, 1.02)
        drawn.set_ylim(-0.6, len(reaches) - 0.1)
        drawn.grid(axis="y")
        share_ticks(drawn.xaxis)
        drawn.set_xlabel("share of companies drawn like this one in which it raises an alarm")
    return drawn
