"""Figures of first contacts: resolution by window and source; satisfaction by wait, and where it turns."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from matplotlib.axes import Axes

from auditlib.figures.style import (
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
from auditlib.figures.ticks import share_ticks
from auditlib.service_levels.first_contact.result import FirstContactResolution, RangedShare, Witness
from auditlib.service_levels.first_contact.statements import WITNESSES
from auditlib.service_levels.first_contact.voice_result import (
    TurningWait,
    VoiceAgainstClock,
    WaitBand,
    readable,
)

_MARKS: Mapping[Witness, tuple[str, str]] = {
    Witness.CONTACTS: ("o", HIGHER),
    Witness.MARK: ("s", LOWER),
    Witness.CUSTOMERS: ("D", QUIET),
}
_LABELS = {**WITNESSES, Witness.MARK: f"{WITNESSES[Witness.MARK]}, of those that bear one"}
_TICKS = (
    1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 604_800,
)  # fmt: skip
"""Seconds at which an axis of waits is written."""
_MOST_TICKS = 9


def by_window(result: FirstContactResolution, ax: Axes | None = None) -> Axes:
    """Draw the share resolved at first contact for every window: a mark and an interval for each source."""
    with style():
        drawn = new_axes(height=3.8) if ax is None else ax
        for place, window in enumerate(result.windows):
            for shares in window.shares:
                if shares.gross is not None:
                    _share(drawn, place, shares.witness, shares.gross)
        drawn.set_xticks(range(len(result.windows)), [str(window.days) for window in result.windows])
        drawn.set_xlim(-0.5, len(result.windows) - 0.5)
        drawn.set_xlabel("days without another contact about the matter")
        drawn.set_ylabel("first contacts resolved")
        share_ticks(drawn.yaxis)
        _legend(drawn, result)
    return drawn


def _share(ax: Axes, place: int, witness: Witness, share: RangedShare) -> None:
    at = place + 0.2 * (list(_MARKS).index(witness) - 1)
    mark, colour = _MARKS[witness]
    if not share.exact:
        ax.plot([at, at], [share.least, share.most], color=FAINT, lw=5, solid_capstyle="butt", zorder=1)
    ax.plot([at, at], [share.interval.low, share.interval.high], color=colour, lw=1.2, zorder=2)
    ax.plot(at, share.value, mark, color=colour, ms=5, mec=PAPER, mew=0.5, zorder=3)


def _legend(ax: Axes, result: FirstContactResolution) -> None:
    """Say what marks and grey bars are, as far as they are drawn."""
    shares = [shares for window in result.windows for shares in window.shares if shares.gross is not None]
    for witness, (mark, colour) in _MARKS.items():
        if witness in {entry.witness for entry in shares}:
            ax.plot([], [], mark, color=colour, ms=5, label=_LABELS[witness])
    if any(entry.gross is not None and not entry.gross.exact for entry in shares):
        ax.plot([], [], color=FAINT, lw=5, label="what unknown contacts or marks leave open")
    figure_of(ax).legend(loc="outside lower center", ncols=2, fontsize=8)


def by_wait(result: VoiceAgainstClock, ax: Axes | None = None) -> Axes:
    """Draw the share satisfied by band of wait, where it turns, and the limits of the standard."""
    with style():
        drawn = new_axes(height=3.9) if ax is None else ax
        drawn.set_xscale("log")
        if result.turn is not None:
            _turn(drawn, result.turn)
        for band in result.bands:
            _band(drawn, band, result)
        _limits(drawn, result)
        _axis_of_waits(drawn)
        share_ticks(drawn.yaxis)
        drawn.set_xlabel("wait until the answer")
        drawn.set_ylabel("satisfied customers")
        figure_of(drawn).legend(loc="outside lower center", ncols=2, fontsize=8)
    return drawn


def _span(band: WaitBand, result: VoiceAgainstClock) -> tuple[float, float]:
    """Return the ends of a band as drawn; the open ones reach as far as its closed end's double or half."""
    shortest = min((entry.up_to for entry in result.bands if entry.up_to), default=2)
    low = max(band.over, 1) if band.over > 0 else max(shortest / 4, 0.5)
    return low, band.up_to if band.up_to is not None else max(low * 3, 3)


def _band(ax: Axes, band: WaitBand, result: VoiceAgainstClock) -> None:
    low, high = _span(band, result)
    middle, first = sqrt(low * high), band is result.bands[0]
    ax.plot([low, high], [band.top_box] * 2, color=HIGHER, lw=2.2, label="satisfied" if first else None)
    limits = [band.interval.low, band.interval.high]
    ax.plot([middle] * 2, limits, color=HIGHER, lw=1, label="its interval" if first else None)


def _turn(ax: Axes, turn: TurningWait) -> None:
    ax.axvspan(turn.low, turn.high, color=BAND_INNER, lw=0, label="where the turn may lie by chance")
    ax.axvline(
        turn.seconds, color=LOWER, lw=1.4, label=f"satisfaction falls from {readable(turn.seconds)} on"
    )


def _limits(ax: Axes, result: VoiceAgainstClock) -> None:
    for limit, dashes in zip(result.limits, ("--", ":", "-.") * len(result.limits), strict=False):
        words = f"{limit.criterion.id} allows {readable(limit.seconds)}"
        ax.axvline(limit.seconds, color=INK, lw=1, ls=dashes, label=words)


def _axis_of_waits(ax: Axes) -> None:
    """Write readable waits along the axis."""
    low, high = ax.get_xlim()
    inside = [seconds for seconds in _TICKS if low <= seconds <= high]
    step = -(-len(inside) // _MOST_TICKS)
    ticks = inside[:: max(step, 1)]
    ax.set_xticks(ticks, [readable(seconds) for seconds in ticks])
    ax.minorticks_off()
    ax.set_xlim(low, high)
