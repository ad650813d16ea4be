"""Figures of promised calls: how much is excused, beside what may be."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from auditlib.figures.style import BAND, LOWER, QUIET, new_axes, style
from auditlib.figures.ticks import share_ticks
from auditlib.promises import PromiseResult
from auditlib.time.months import month_text


def excused(result: PromiseResult, ax: Axes | None = None) -> Axes:
    """Draw by month the share of settled calls that a deviation excused, with the limit of the rule."""
    with style():
        drawn = new_axes(height=2.8) if ax is None else ax
        frame = result.excused_by_month()
        by_month = frame.groupby("month", sort=True)[["excused", "settled"]].sum()
        shares = (by_month["excused"] / by_month["settled"]).to_numpy(float)
        at = np.arange(len(by_month))
        drawn.bar(at, shares, width=0.7, facecolor=BAND, edgecolor=QUIET, lw=0.8, label="excused")
        for limit in sorted(set(frame["limit"])):
            drawn.axhline(float(limit), color=LOWER, lw=1.2, ls="--", label="limit of the rule")
        labels = [month_text(month) for month in by_month.index]
        step = max(1, -(-len(at) // 8))
        drawn.set_xticks(at[::step], labels[::step])
        share_ticks(drawn.yaxis)
        drawn.set_ylim(0, max(0.01, float(shares.max(initial=0)), float(frame["limit"].max() or 0)) * 1.25)
        drawn.set_ylabel("share of settled calls")
        drawn.legend(loc="upper right", ncols=2)
    return drawn
