"""Operating characteristics as pictures: what an audit would say, by what is true."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from auditlib.figures.style import BAND, FAINT, HIGHER, INK, LOWER, PAPER, QUIET, WIDTH, new_axes, style
from auditlib.figures.svg import svg_of
from auditlib.figures.texts import note
from auditlib.figures.ticks import share_ticks
from auditlib.records import Outcome
from auditlib.standards.characteristic import Characteristic
from auditlib.standards.characteristic_answer import OperatingCharacteristic
from auditlib.standards.decision_characteristic import DecisionChances
from auditlib.standards.words import said
from auditlib.statistics.types import Floats

_LOOKS: dict[Outcome, dict[str, Any]] = {
    Outcome.NOT_MET: {"facecolor": PAPER, "hatch": "////", "edgecolor": LOWER},
    Outcome.NOT_DEMONSTRATED: {"facecolor": BAND, "hatch": "", "edgecolor": FAINT},
    Outcome.MET: {"facecolor": HIGHER, "hatch": "", "edgecolor": HIGHER},
}
_COLUMNS = 4
_POINTS = 61
_NEARLY_ALL = 0.999
"""Chance of an outcome to which each chart reaches, either side of its target."""


def criteria(result: OperatingCharacteristic) -> Axes | Figure:
    """Draw for each criterion judged by chance what an audit of this size would say, by what is true.

    Parameters
    ----------
    result
        The characteristics of one audit, or of an edition at one size.
    """
    drawn = [known for known in result.by_chance if known.curve is not None]
    if not drawn:
        return note("No criterion is judged by chance.")
    rows = -(-len(drawn) // _COLUMNS)
    with style():
        figure = Figure(figsize=(WIDTH, 0.7 + 1.45 * rows), layout="constrained")
        FigureCanvasAgg(figure)
        charts = figure.subplots(rows, _COLUMNS, squeeze=False).ravel().tolist()
        for ax, known in zip(charts, drawn, strict=False):
            _chart(ax, known)
        for ax in charts[len(drawn) :]:
            ax.axis("off")
        handles, labels = charts[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(handles))
        figure.supylabel("share of audits that would say so", fontsize=9, color=QUIET)
    return figure


def _chart(ax: Axes, known: Characteristic) -> None:
    assert known.curve is not None  # noqa: S101 - none is drawn without
    true = _range(known)
    chances = known.curve.chances(true)
    _stacked(ax, true, (chances.not_met, chances.not_demonstrated, chances.met))
    ax.axvline(known.on_target, color=INK, lw=1.1)
    ax.set_title(f"{known.criterion.id}, n = {known.n:,}", fontsize=8, pad=4)
    ax.tick_params(labelsize=7)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 5, 10]))
    if known.unit == "share":
        share_ticks(ax.xaxis)


def _range(known: Characteristic) -> Floats:
    assert known.curve is not None  # noqa: S101 - none is drawn without
    ends = [known.curve.value_for(outcome, _NEARLY_ALL) for outcome in (Outcome.MET, Outcome.NOT_MET)]
    reach = max([abs(end - known.on_target) for end in ends if end is not None], default=0.1)
    low, high = known.on_target - reach, known.on_target + reach
    if known.unit == "share":
        low, high = max(0.0, low), min(1.0, high)
    return np.linspace(max(low, known.on_target * 1e-3), high, _POINTS)


def _stacked(ax: Axes, at: Floats, shares: tuple[Floats, Floats, Floats]) -> None:
    bottom = np.zeros_like(at)
    for (outcome, look), share in zip(_LOOKS.items(), shares, strict=True):
        ax.fill_between(at, bottom, bottom + share, lw=0.4, label=said(outcome), **look)
        bottom = bottom + share
    ax.set_xlim(float(at[0]), float(at[-1]))
    ax.set_ylim(0, 1)
    share_ticks(ax.yaxis)


def decision(result: OperatingCharacteristic, ax: Axes | None = None) -> Axes:
    """Draw what the decision would be, by how far the truth lies beyond the targets; minors have plans."""
    along = [chances for chances in result.along if chances.plans]
    with style():
        drawn = new_axes(height=3.0) if ax is None else ax
        at = np.array([chances.situation.position for chances in along])
        _stacked(drawn, at, _columns(along))
        share_ticks(drawn.xaxis)
        drawn.set_xlabel(
            "how far every true value lies from its target (0%) towards the tightest value (100%)"
        )
        drawn.set_ylabel("share of audits")
        drawn.legend(loc="upper center", bbox_to_anchor=(0.45, -0.22), ncols=3)
    return drawn


def pictures(result: OperatingCharacteristic) -> dict[str, str]:
    """Return both figures as SVG, by what they show."""
    return {"criteria": svg_of(criteria(result)), "decision": svg_of(decision(result))}


def _columns(along: list[DecisionChances]) -> tuple[Floats, Floats, Floats]:
    not_met, straddling, met = (
        np.array(column)
        for column in zip(
            *((chances.not_met, chances.not_demonstrated, chances.met) for chances in along), strict=True
        )
    )
    return not_met, straddling, met
