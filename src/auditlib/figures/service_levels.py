"""Figures of service levels: one share under every definition in use, beside its target."""

from __future__ import annotations

from textwrap import fill

from matplotlib.axes import Axes

from auditlib.figures.style import FAINT, HIGHER, INK, LOWER, PAPER, QUIET, figure_of, new_axes, style
from auditlib.figures.ticks import share_ticks
from auditlib.records import Outcome
from auditlib.service_levels.definitions import Aggregation
from auditlib.service_levels.result import CriterionByDefinition, JudgedVariant, ServiceLevelsByDefinition
from auditlib.service_levels.statements import JOINED
from auditlib.standards.words import said

_MARKS = {Aggregation.POOLED: "o", Aggregation.MEAN_OF_UNITS: "s", Aggregation.MEAN_OF_INTERVALS: "D"}
_LETTERS = 50
"""Letters of a definition on a line."""
_COLOURS = {Outcome.MET: HIGHER, Outcome.NOT_MET: LOWER}


def definitions(result: ServiceLevelsByDefinition, ax: Axes | None = None) -> Axes:
    """Draw the share of one criterion under every definition: a row each, a mark for each way of joining.

    Parameters
    ----------
    result
        With one criterion; see `ServiceLevelsAnswer.parts`.
    """
    (entry,) = result.criteria
    names = list(dict.fromkeys(judged.definition for judged in entry.variants))
    with style():
        drawn = new_axes(height=1.2 + 0.4 * len(names)) if ax is None else ax
        for judged in entry.variants:
            _mark(drawn, judged, names.index(judged.definition))
        drawn.axvline(entry.criterion.target.value, color=INK, lw=1.1)
        drawn.set_yticks(range(len(names)), [_title(entry, name) for name in names], fontsize=7.5)
        drawn.set_ylim(len(names) - 0.4, -0.6)
        share_ticks(drawn.xaxis)
        drawn.set_xlabel("share of contacts; line: what is demanded")
        _legend(drawn, entry)
    return drawn


def _mark(ax: Axes, judged: JudgedVariant, row: int) -> None:
    share, joined = judged.share, judged.share.variant.aggregation
    shift = 0.22 * (list(_MARKS).index(joined) - 1)
    if share.least is None or share.most is None:
        return
    if not share.exact:
        ax.plot([share.least, share.most], [row + shift] * 2, color=FAINT, lw=3, solid_capstyle="butt")
        return
    colour = _COLOURS.get(judged.outcome, QUIET)
    if share.interval is not None:
        ax.plot([share.interval.low, share.interval.high], [row + shift] * 2, color=colour, lw=1)
    ax.plot(share.least, row + shift, _MARKS[joined], color=colour, ms=4.5, mec=PAPER, mew=0.5)


def _title(entry: CriterionByDefinition, name: str) -> str:
    named = (judged for judged in entry.variants if judged.definition == name)
    return fill(next(named).share.variant.definition.title, _LETTERS)


def _legend(ax: Axes, entry: CriterionByDefinition) -> None:
    """Say what shapes, colours and grey bars are, as far as they are drawn."""
    for joined, mark in _MARKS.items():
        ax.plot([], [], mark, color=QUIET, ms=4.5, label=JOINED[joined])
    for outcome in dict.fromkeys(judged.outcome for judged in entry.exact):
        ax.plot([], [], color=_COLOURS.get(outcome, QUIET), lw=2, label=said(outcome))
    if entry.open:
        ax.plot([], [], color=FAINT, lw=3, label="bounds alone")
    figure_of(ax).legend(loc="outside lower center", ncols=3, fontsize=7.5)
