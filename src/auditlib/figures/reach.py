"""Figures of channels: each beside the others, as a whole and at the same mix of matters."""

from __future__ import annotations

from matplotlib.axes import Axes

from auditlib.figures.style import BAND, HIGHER, INK, LOWER, PAPER, QUIET, figure_of, new_axes, style
from auditlib.service_levels.reach.parity import ChannelParity
from auditlib.service_levels.reach.result import ReachResult
from auditlib.service_levels.reach.same_mix import Difference, Side

_COLOURS = {Side.HIGHER: HIGHER, Side.LOWER: LOWER}


def beside(result: ReachResult, ax: Axes | None = None) -> Axes:
    """Draw how far each channel lies from the others: a row each, as a whole and at the same mix of matters.

    Parameters
    ----------
    result
        Of one trait; see `ReachAnswer.parts`.
    """
    (parity,) = result.parities
    margin = 100 * result.registry.alike_within
    with style():
        drawn = new_axes(height=1.5 + 0.42 * len(parity.channels)) if ax is None else ax
        drawn.axvspan(-margin, margin, color=BAND)
        drawn.axvline(0, color=INK, lw=0.9)
        for row, entry in enumerate(parity.channels):
            _row(drawn, entry, row)
        names = [result.registry.words(entry.channel) for entry in parity.channels]
        drawn.set_yticks(range(len(names)), names)
        drawn.set_ylim(len(names) - 0.4, -0.6)
        drawn.set_xlabel("percentage points more or less than the other channels; shaded: alike")
        _legend(drawn, within=any(entry.within is not None for entry in parity.channels))
    return drawn


def _row(ax: Axes, entry: ChannelParity, row: int) -> None:
    apart = 0.16 if entry.within is not None else 0.0
    _mark(ax, entry.whole, row - apart, filled=False)
    if entry.within is not None:
        _mark(ax, entry.within, row + apart, filled=True)


def _mark(ax: Axes, way: Difference, row: float, *, filled: bool) -> None:
    colour = _COLOURS.get(way.side, QUIET)
    ax.plot([100 * way.interval.low, 100 * way.interval.high], [row, row], color=colour, lw=1)
    face = colour if filled else PAPER
    ax.plot(100 * way.value, row, "D" if filled else "o", color=colour, mfc=face, mec=colour, ms=4.5)


def _legend(ax: Axes, *, within: bool) -> None:
    """Say what shapes and colours are."""
    ax.plot([], [], "o", color=QUIET, mfc=PAPER, mec=QUIET, ms=4.5, label="as a whole")
    if within:
        ax.plot([], [], "D", color=QUIET, ms=4.5, label="at the same mix of matters")
    for side, colour in _COLOURS.items():
        ax.plot([], [], color=colour, lw=2, label=f"{side.value}, beyond chance")
    figure_of(ax).legend(loc="outside lower center", ncols=2, fontsize=7.5)
