"""Figures of what the party published: each share beside what every way of counting gives."""

from __future__ import annotations

from textwrap import fill

from matplotlib.axes import Axes

from auditlib.figures.style import FAINT, HIGHER, INK, LOWER, PAPER, QUIET, figure_of, new_axes, style
from auditlib.figures.ticks import share_ticks
from auditlib.service_levels.published.matching import GivenBy, MatchedShare
from auditlib.service_levels.published.result import PublishedAgainstEvidence
from auditlib.service_levels.published.words import about

MOST_ROWS = 10
"""Figures that are drawn, so that a page has room for all of it at full size; all stand in the table."""
_ROW, _AROUND = 0.5, 1.3
"""Inches that a row takes, two lines of its label included, and that the axis and the legend take."""
_ORDER = (
    GivenBy.BY_NONE,
    GivenBy.OTHERWISE,
    GivenBy.PERHAPS,
    GivenBy.BY_EARLIER,
    GivenBy.BY_CLAIM,
    GivenBy.BY_FORM,
)
_COLOURS = {
    GivenBy.BY_CLAIM: HIGHER,
    GivenBy.BY_FORM: HIGHER,
    GivenBy.BY_EARLIER: HIGHER,
    GivenBy.OTHERWISE: LOWER,
    GivenBy.BY_NONE: LOWER,
    GivenBy.PERHAPS: QUIET,
}
_MARKS = dict.fromkeys(_ORDER, "D") | {GivenBy.BY_NONE: "X", GivenBy.BY_EARLIER: "s"}
_WORDS = {
    GivenBy.BY_CLAIM: "published, as the definition claimed gives it",
    GivenBy.BY_FORM: "published with no definition, given by the form of the standard",
    GivenBy.BY_EARLIER: "published, as an earlier export gives it (its ways are drawn)",
    GivenBy.OTHERWISE: "published, given by another way alone",
    GivenBy.BY_NONE: "published, given by none",
    GivenBy.PERHAPS: "published, perhaps given",
}
_LETTERS, _LABEL = 38, 8.5
"""Letters of a line, and their size in points."""
_MORE = "; the others stand in the table"


def published_ways(result: PublishedAgainstEvidence, ax: Axes | None = None) -> Axes:
    """Draw each published share as a mark, the ways of counting as strokes, and the form of the standard."""
    entries = [entry for entry in result.figures if entry.ways]
    chosen = sorted(entries, key=lambda entry: (not entry.turns_verdict, _ORDER.index(entry.given)))
    shown = chosen[:MOST_ROWS]
    with style():
        drawn = new_axes(height=_AROUND + _ROW * len(shown)) if ax is None else ax
        for row, entry in enumerate(shown):
            _row(drawn, entry, row)
        labels = [fill(about(entry.figure), _LETTERS) for entry in shown]
        drawn.set_yticks(range(len(shown)), labels, fontsize=_LABEL)
        drawn.set_ylim(len(shown) - 0.4, -0.6)
        share_ticks(drawn.xaxis)
        drawn.set_xlabel("share of contacts" + (_MORE if len(chosen) > len(shown) else ""))
        _legend(drawn, shown)
    return drawn


def _row(ax: Axes, entry: MatchedShare, row: int) -> None:
    for way in entry.ways:
        if way.least is None or way.most is None:
            continue
        if way.exact:
            ax.plot([way.least] * 2, [row - 0.22, row + 0.22], color=FAINT, lw=1)
        else:
            ax.plot([way.least, way.most], [row, row], color=FAINT, lw=2, alpha=0.5)
    form = None if entry.form is None or not entry.form.exact else entry.form.least
    if form is not None:
        ax.plot([form] * 2, [row - 0.34, row + 0.34], color=INK, lw=1.6)
    colour, mark = _COLOURS[entry.given], _MARKS[entry.given]
    ax.plot(entry.figure.value, row, mark, color=colour, ms=5.5, mec=PAPER, mew=0.6)


def _legend(ax: Axes, shown: list[MatchedShare]) -> None:
    """Say what marks and strokes are, as far as they are drawn."""
    ax.plot([], [], color=FAINT, lw=1.5, label="a way of counting, or its bounds")
    ax.plot([], [], color=INK, lw=1.6, label="the form of the standard")
    for given in _ORDER:
        if any(entry.given is given for entry in shown):
            ax.plot([], [], _MARKS[given], color=_COLOURS[given], ms=5.5, label=_WORDS[given])
    figure_of(ax).legend(loc="outside lower center", ncols=2, fontsize=8)
