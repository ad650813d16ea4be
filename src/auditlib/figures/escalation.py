"""Figures of the follow-up clocks: statuses by duty, adherence by unit and month, how long contacts take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from auditlib.escalation import DUTIES, Latencies, Stage
from auditlib.figures.style import BAND, FAINT, HIGHER, INK, LOWER, PAPER, QUIET, new_axes, style
from auditlib.figures.ticks import share_ticks
from auditlib.obligations import Rates
from auditlib.service_desk import IncidentResult
from auditlib.statements import counted
from auditlib.statistics.durations import Survival
from auditlib.statistics.types import Floats
from auditlib.time.months import first_day

_FAILED: dict[str, dict[str, Any]] = {
    "wrong_party": {"facecolor": FAINT, "hatch": "", "edgecolor": QUIET},
    "late": {"facecolor": PAPER, "hatch": "////", "edgecolor": LOWER},
    "missing": {"facecolor": LOWER, "hatch": "", "edgecolor": LOWER},
    "excused": {"facecolor": BAND, "hatch": "", "edgecolor": QUIET},
}
"""What stands beside "met"; told apart by hatching where colour is lost."""
_LINES = ("-", "--", ":", "-.")


def failures(rates: Rates, ax: Axes | None = None) -> Axes:
    """Draw by duty the share of cases that were not met: missing, late, wrong party; and the excused ones."""
    with style():
        drawn = new_axes(height=3.2) if ax is None else ax
        frame = rates.to_frame().set_index("duty")
        duties = [duty for duty in DUTIES if duty in frame.index][::-1]
        settled = (frame["judged"] + frame["excused"]).clip(lower=1)
        offset = np.zeros(len(duties))
        for status in ("missing", "late", "wrong_party", "excused"):
            share = (frame[status] / settled).loc[duties].to_numpy(float, copy=True)
            share[[rates.hides(status, duty) for duty in duties]] = 0.0
            drawn.barh(
                duties,
                share,
                left=offset,
                height=0.62,
                lw=0.8,
                label=status.replace("_", " "),
                **_FAILED[status],
            )
            offset = offset + share
        for row, (duty, end) in enumerate(zip(duties, offset, strict=True)):
            drawn.annotate(
                _met(frame.loc[[duty]].iloc[0]) + _unsaid(rates, duty),
                (end, row),
                (5, 0),
                textcoords="offset points",
                va="center",
                color=QUIET,
            )
        drawn.set_xlim(0, max([0.01, *offset.tolist()]) * 1.3)
        share_ticks(drawn.xaxis)
        drawn.set_xlabel("share of settled cases")
        drawn.legend(loc="upper center", bbox_to_anchor=(0.45, -0.2), ncols=4)
    return drawn


def _whole_per_cent() -> MaxNLocator:
    """Place ticks so that none is rounded when printed without decimals."""
    return MaxNLocator(nbins=8, steps=[1, 2, 5, 10])


def _met(row: pd.Series) -> str:
    if not row["judged"]:
        return "nothing settled"
    return "held back" if np.isnan(row["share"]) else f"met {row['share']:.1%} of {int(row['judged']):,}"


def _unsaid(rates: Rates, duty: str) -> str:
    """Say which parts of a bar are not drawn; where the share met is not, none is."""
    hidden = [status.replace("_", " ") for status in _FAILED if f"{status}:{duty}" in rates.hidden]
    whole = f"share:{duty}" in rates.hidden
    return f" (held back: {', '.join(hidden)})" if hidden and not whole else ""


def adherence_by_unit(rates: Rates, ax: Axes | None = None) -> Axes:
    """Draw the share met by unit with its interval, in order of the units' names: no ranking."""
    with style():
        frame = rates.to_frame()
        frame = frame[frame["share"].notna()].iloc[::-1]
        drawn = new_axes(height=max(2.4, 0.13 * len(frame) + 1.1)) if ax is None else ax
        rows = np.arange(len(frame))
        below = (frame["high"] < (rates.pooled or 0.0)).to_numpy()
        drawn.hlines(rows, frame["low"], frame["high"], color=np.where(below, LOWER, QUIET), lw=1.1)
        for chosen, marker, face in ((~below, "o", PAPER), (below, "v", LOWER)):
            colour = LOWER if marker == "v" else QUIET
            drawn.scatter(
                frame["share"][chosen], rows[chosen], marker=marker, s=20, fc=face, ec=colour, zorder=3
            )
        if rates.pooled is not None:
            _pooled(drawn, rates.pooled)
        drawn.set_yticks(rows, frame["unit_id"].astype(str), fontsize=6.5)
        drawn.set_ylim(-0.8, len(frame) - 0.2)
        drawn.xaxis.set_major_locator(_whole_per_cent())
        share_ticks(drawn.xaxis)
        drawn.set_xlabel("share met, 95% interval; a triangle lies below all units together")
    return drawn


def _pooled(drawn: Axes, share: float) -> None:
    drawn.axvline(share, color=INK, lw=0.8, ls="--")
    drawn.annotate(
        f"all units {share:.1%}", (share, 1), (-4, 4), xycoords=("data", "axes fraction"),
        textcoords="offset points", color=INK, fontsize=8.5, ha="right", annotation_clip=False,
    )  # fmt: skip


def adherence_by_month(rates: Rates, ax: Axes | None = None) -> Axes:
    """Draw the share met by month with its interval."""
    import seaborn as sns

    with style():
        drawn = new_axes(height=2.6) if ax is None else ax
        frame = rates.to_frame()
        frame = frame[frame["judged"] > 0]
        dates = np.array([np.datetime64(first_day(month)) for month in frame["month"].astype(int)])
        drawn.fill_between(
            dates, frame["low"].to_numpy(float), frame["high"].to_numpy(float), color=FAINT, alpha=0.45, lw=0
        )
        share = frame["share"].to_numpy(float)
        sns.lineplot(x=dates, y=share, color=HIGHER, marker="o", ms=3, mec=HIGHER, ax=drawn)
        drawn.set_ylim(min(0.8, float(frame["low"].min()) - 0.02), 1.005)
        drawn.yaxis.set_major_locator(_whole_per_cent())
        share_ticks(drawn.yaxis)
        drawn.set_ylabel("share met")
        drawn.set_xlabel("month of the response; the band is the 95% interval")
    return drawn


def latency_curves(
    latencies: Latencies, stage: str = "contact", *, hours: float = 120, ax: Axes | None = None
) -> Axes:
    """Draw the share of cases not yet done against wall-clock hours, open cases counted."""
    with style():
        drawn = new_axes(height=3.0) if ax is None else ax
        curves = [latency for latency in latencies.of(stage) if isinstance(latency.curve, Survival)]
        for index, latency in enumerate(curves):
            _curve(
                drawn, latency, hours=hours, colour=(LOWER, HIGHER, QUIET)[index % 3], line=_LINES[index % 4]
            )
        drawn.axhline(0.5, color=FAINT, lw=0.7)
        drawn.axhline(0.1, color=FAINT, lw=0.7)
        drawn.set_xlim(0, hours)
        drawn.set_ylim(0, 1.02)
        drawn.set_xticks(np.arange(0, hours + 1, 24))
        share_ticks(drawn.yaxis)
        drawn.set_ylabel("share not yet done")
        drawn.set_xlabel("wall-clock hours since the response; nights and weekends are flat")
        if curves:
            drawn.legend(loc="upper right")
    return drawn


def _curve(drawn: Axes, stage: Stage, *, hours: float, colour: str, line: str) -> None:
    curve = stage.curve
    if not isinstance(curve, Survival):
        return
    import seaborn as sns

    visible = _visible(curve.times, hours)
    visible = visible[curve.share[visible] >= stage.until]
    end = slice(None) if not stage.until else slice(-1)
    times = np.concatenate([[0.0], curve.times[visible], [hours]])[end]
    share = np.concatenate([[1.0], curve.share[visible]])
    still = "open: held back" if stage.until else f"{curve.censored:,} open"
    label = f"{stage.group}: {counted(curve.n, 'case')}, {still}"
    sns.lineplot(
        x=times, y=np.append(share, share[-1])[end], drawstyle="steps-post", estimator=None, sort=False,
        color=colour, ls=line, label=label, ax=drawn,
    )  # fmt: skip
    low, high = (np.concatenate([[1.0], limit[visible]]) for limit in (curve.limits.low, curve.limits.high))
    drawn.fill_between(
        times,
        np.append(low, low[-1])[end],
        np.append(high, high[-1])[end],
        step="post",
        color=colour,
        alpha=0.15,
        lw=0,
    )


def _visible(times: Floats, hours: float) -> npt.NDArray[np.intp]:
    """Return the last step within each four-hundredth of the axis: finer ones cannot be seen."""
    inside = np.flatnonzero(times <= hours)
    bins = np.floor(times[inside] / hours * 400)
    last = np.append(bins[1:] != bins[:-1], np.ones(min(1, len(inside)), dtype=bool))
    steps: npt.NDArray[np.intp] = inside[last]
    return steps


def flag_and_clocks(result: IncidentResult, ax: Axes | None = None) -> Axes:
    """Draw by priority the share met as the desk's flag says it and as each re-performed clock finds it."""
    import seaborn as sns

    with style():
        drawn = new_axes(height=3.2) if ax is None else ax
        frame = result.to_frame().iloc[::-1].reset_index(drop=True)
        rows = np.arange(len(frame))
        columns: Sequence[str] = [
            column for column in ("flag", *result.clocks) if frame[column].notna().any()
        ]
        drawn.hlines(
            rows, frame[list(columns)].min(axis=1), frame[list(columns)].max(axis=1), color=FAINT, lw=1.5
        )
        marks = (("o", LOWER, LOWER), ("s", PAPER, HIGHER), ("^", HIGHER, HIGHER), ("D", PAPER, QUIET))
        for column, (marker, face, edge) in zip(columns, marks, strict=False):
            label = "the desk's own flag" if column == "flag" else f"re-performed, {column.replace('_', ' ')}"
            looks = {"marker": marker, "s": 38, "fc": face, "ec": edge, "label": label, "zorder": 3}
            sns.scatterplot(x=frame[column], y=rows, ax=drawn, **looks)
        drawn.set_yticks(rows, [f"{row['priority']} ({row['n']:,})" for row in frame.to_dict("records")])
        drawn.set_ylim(-0.6, len(frame) - 0.4)
        drawn.set_xlim(-0.02, 1.02)
        share_ticks(drawn.xaxis)
        drawn.set_xlabel("share of incidents called met")
        if columns:
            drawn.legend(loc="upper center", bbox_to_anchor=(0.4, -0.2), ncols=3)
    return drawn
