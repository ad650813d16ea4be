"""A verdict as a picture: every criterion by its outcome, and every share against its target."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from auditlib.figures.style import BAND, FAINT, HIGHER, INK, LOWER, PAPER, QUIET, new_axes, style
from auditlib.figures.texts import left_out, note_beneath
from auditlib.figures.ticks import share_ticks
from auditlib.records import Direction, Judgement, Outcome
from auditlib.standards.verdict import Verdict

_LOOKS: dict[Outcome, dict[str, str]] = {
    Outcome.MET: {"facecolor": HIGHER, "edgecolor": HIGHER, "text": PAPER},
    Outcome.NOT_MET: {"facecolor": LOWER, "edgecolor": LOWER, "text": INK, "hatch": "////"},
    Outcome.NOT_DEMONSTRATED: {"facecolor": PAPER, "edgecolor": HIGHER, "text": INK, "hatch": "xxxx"},
    Outcome.NOT_ASSESSABLE: {"facecolor": BAND, "edgecolor": FAINT, "text": QUIET},
    Outcome.NOT_APPLICABLE: {"facecolor": PAPER, "edgecolor": FAINT, "text": QUIET},
    Outcome.WAIVED: {"facecolor": PAPER, "edgecolor": QUIET, "text": QUIET},
}
_MARKERS = {Outcome.MET: "o", Outcome.NOT_MET: "X", Outcome.NOT_DEMONSTRATED: "D"}
_ROW = 9
"""Criteria in one row of tiles."""


def outcomes(result: Verdict, ax: Axes | None = None) -> Axes:
    """Draw a tile for each criterion, by category: its fill is the outcome, a frame marks a must-pass.

    Parameters
    ----------
    result
        A judged standard.
    """
    lines = _lines(result)
    if ax is None:
        ax = new_axes(height=0.7 + 0.42 * len(lines))
    with style():
        for row, (title, entries) in enumerate(lines):
            ax.text(-0.12, row + 0.42, title, ha="right", va="center", fontsize=8.5, color=INK)
            for column, entry in enumerate(entries):
                _tile(ax, entry, column, row)
        ax.set_xlim(-4.4, _ROW)
        ax.set_ylim(len(lines), -0.1)
        ax.axis("off")
        _legend(ax, {entry.outcome for entry in result.judgements})
    return ax


def _lines(result: Verdict) -> list[tuple[str, list[Judgement]]]:
    lines: list[tuple[str, list[Judgement]]] = []
    for name in result.demands.edition.categories:
        entries = [entry for entry in result.judgements if entry.criterion.category == name]
        for start in range(0, len(entries), _ROW):
            title = name.replace("_", " ").capitalize() if start == 0 else ""
            lines.append((title, entries[start : start + _ROW]))
    return lines


def _tile(ax: Axes, judgement: Judgement, column: int, row: int) -> None:
    look = _LOOKS[judgement.outcome]
    must = judgement.criterion.must_pass
    tile = Rectangle((column + 0.04, row + 0.04), 0.92, 0.76, linewidth=0.8)
    tile.set(facecolor=look["facecolor"], edgecolor=look["edgecolor"])
    if "hatch" in look:
        tile.set(facecolor=PAPER, hatch=look["hatch"])
    ax.add_patch(tile)
    if must:
        ax.add_patch(
            Rectangle((column + 0.0, row + 0.0), 1.0, 0.84, fill=False, edgecolor=INK, linewidth=1.6)
        )
    pad = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.2} if "hatch" in look else None
    ax.text(
        column + 0.5,
        row + 0.43,
        judgement.criterion.id,
        ha="center",
        va="center",
        fontsize=8,
        color=look["text"],
        bbox=pad,
    )


def _legend(ax: Axes, present: set[Outcome]) -> None:
    handles = [
        Patch(
            facecolor=PAPER if "hatch" in look else look["facecolor"],
            edgecolor=look["edgecolor"],
            hatch=look.get("hatch"),
            label=outcome.value.replace("_", " "),
        )
        for outcome, look in _LOOKS.items()
        if outcome in present
    ]
    handles.append(Patch(facecolor=PAPER, edgecolor=INK, linewidth=1.6, label="must-pass"))
    ax.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.5, -0.02), ncols=len(handles), fontsize=8
    ).set_zorder(0)
    ax.set_ylim(ax.get_ylim()[0] + 0.75, ax.get_ylim()[1])


def targets(result: Verdict, ax: Axes | None = None) -> Axes:
    """Draw every measured share with its interval against its target; the grey side is the bad one.

    Criteria measured otherwise, in points, seconds or counts, stand in the table only.
    """
    judgements, lost = _shares(result), _held_back(result)
    if ax is None:
        ax = new_axes(height=0.9 + 0.35 * max(len(judgements), 3))
    if lost:
        note_beneath(ax, left_out(lost))
    with style():
        for row, entry in enumerate(reversed(judgements)):
            _share(ax, entry, row)
        ax.set_yticks(range(len(judgements)), [_label(entry) for entry in reversed(judgements)], fontsize=7.5)
        ax.set_ylim(-0.6, len(judgements) - 0.4)
        ax.set_xlim(-0.02, 1.02)
        share_ticks(ax.xaxis)
        ax.spines["left"].set_visible(False)
    return ax


def _shares(result: Verdict) -> list[Judgement]:
    return [
        entry
        for entry in result.judgements
        if entry.measurement.unit == "share"
        and entry.measurement.value is not None
        and entry.outcome in _MARKERS
    ]


def _held_back(result: Verdict) -> int:
    """Return how many criteria are decided whose value is not shown."""
    return sum(entry.measurement.value is None and entry.outcome in _MARKERS for entry in result.judgements)


def _share(ax: Axes, judgement: Judgement, row: int) -> None:
    measured, target = judgement.measurement, judgement.criterion.target
    value = measured.value or 0.0
    bad = (0.0, target.value) if target.direction is Direction.AT_LEAST else (target.value, 1.0)
    ax.barh(row, bad[1] - bad[0], left=bad[0], height=0.62, color=BAND, zorder=1)
    ax.plot([target.value, target.value], [row - 0.36, row + 0.36], color=INK, linewidth=1.4, zorder=2)
    colour = LOWER if judgement.outcome is Outcome.NOT_MET else HIGHER
    if measured.interval is not None:
        ax.plot(
            [measured.interval.low, measured.interval.high], [row, row], color=colour, linewidth=2.2, zorder=3
        )
    hollow = judgement.outcome is Outcome.NOT_DEMONSTRATED
    ax.plot(
        value,
        row,
        _MARKERS[judgement.outcome],
        markersize=6.5,
        markerfacecolor=PAPER if hollow else colour,
        markeredgecolor=colour if hollow else PAPER,
        markeredgewidth=1.2 if hollow else 0.7,
        zorder=4,
        clip_on=False,
    )


def _label(judgement: Judgement) -> str:
    return fill(f"{judgement.criterion.id}  {judgement.criterion.demand.rstrip('.')}", width=54)


def alternative(result: Verdict, outcomes: Sequence[Outcome] = tuple(Outcome)) -> str:
    """Return what a reader who cannot see `outcomes` must know."""
    parts = []
    for outcome in outcomes:
        ids = [entry.criterion.id for entry in result.judgements if entry.outcome is outcome]
        if ids:
            parts.append(f"{outcome.value.replace('_', ' ')}: {', '.join(ids)}")
    return "Criteria by outcome. " + "; ".join(parts) + "."
