"""Every choice tested as its design calls for, and all of them together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from auditlib.records import Refusal
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.few_clusters import Method
from auditlib.statistics.joint_choices import JointTest, joint_test
from auditlib.statistics.types import Floats


def judged_singly(frame: pd.DataFrame, curves: Floats, *, level: float) -> pd.DataFrame:
    """Return the choices with critical value, p-value and limits.

    By t where jackknife errors hold their level for the choice's design, otherwise by its place among the
    same choice on links dealt anew; NaN where there are too few of those.

    Parameters
    ----------
    frame
        estimate, error, clusters, test.
    curves
        Estimate and error of each choice on dealt links; shape (curves, choices, 2).
    level
        Coverage of the limits.
    """
    by_choice = [
        _crossing(row, _statistics(curves)[:, place], level=level)
        for place, row in enumerate(frame.to_dict("records"))
    ]
    crossing, p_value = (np.array(column) for column in zip(*by_choice, strict=True))
    half = crossing * frame["error"]
    return frame.assign(
        critical=crossing,
        p_value=p_value,
        low=frame["estimate"] - half,
        high=frame["estimate"] + half,
    )


def _crossing(row: Mapping[Hashable, Any], dealt: Floats, *, level: float) -> tuple[float, float]:
    """Return the critical value and the p-value of one choice."""
    estimate, error = float(row["estimate"]), float(row["error"])
    if not error > 0:
        return np.nan, np.nan
    if row["test"] == Method.JACKKNIFE:
        degrees = int(row["clusters"]) - 1
        return critical(level, degrees), two_sided(estimate / error, degrees)
    sizes = np.sort(np.abs(dealt[np.isfinite(dealt)]))
    rank = int(np.ceil(level * (1 + len(sizes)))) - 1
    if rank >= len(sizes):
        return np.nan, np.nan
    beyond = len(sizes) - int(np.searchsorted(sizes, abs(estimate / error) * (1 - 1e-10)))
    return float(sizes[rank]), (1 + beyond) / (1 + len(sizes))


def judged_together(frame: pd.DataFrame, curves: Floats, *, level: float) -> JointTest | Refusal:
    """Judge the defensible choices that have an estimate together, or say why that cannot be done."""
    usable = (frame["trusted"] & frame["estimate"].notna() & (frame["error"] > 0)).to_numpy()
    if not usable.any():
        return Refusal("None of the choices is estimable: too little was linked as one.")
    if 1 / (1 + len(curves)) > 1 - level:
        return Refusal("Too few other ways to deal the links say what choices show where there is nothing.")
    actual = frame.loc[usable, "estimate"].to_numpy(float)
    statistic = actual / frame.loc[usable, "error"].to_numpy(float)
    return joint_test(
        np.vstack([actual[None], curves[:, usable, 0]]),
        np.vstack([statistic[None], _statistics(curves)[:, usable]]),
        frame.loc[usable, "critical"].to_numpy(float),
    )


def _statistics(curves: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(curves[..., 1] > 0, curves[..., 0] / curves[..., 1], np.nan))
