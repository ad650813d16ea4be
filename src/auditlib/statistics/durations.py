"""How long things take when some are not finished: survival curves, quantiles, restricted means.

Open cases are censored, never dropped: leaving them out makes a slow process look fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.types import Floats, Limits, Numbers, as_floats, normal_quantile


@dataclass(frozen=True, slots=True)
class Survival:
    """The share not yet done, as a step function of time (Kaplan and Meier 1958, JASA 53:457-481).

    Parameters
    ----------
    times
        Ascending times at which something was done, shape (k,).
    share
        Share not yet done just after each time, shape (k,).
    at_risk, completed
        Cases still open just before each time, and done at it, shape (k,).
    limits
        Pointwise limits of `share`, on the log-log scale (Kalbfleisch and Prentice).
    n, censored
        All cases, and those still open when last seen.
    level
        Coverage of `limits`.
    """

    times: Floats
    share: Floats
    at_risk: Floats
    completed: Floats
    limits: Limits
    n: int
    censored: int
    level: float


def survival(
    durations: Numbers, completed: Sequence[bool] | np.ndarray, *, level: float = 0.95
) -> Survival | Refusal:
    """Return the Kaplan-Meier curve.

    Parameters
    ----------
    durations
        Time from start to the end, or to when the case was last seen open, zero or more, shape (n,).
    completed
        Whether it ended then; False where it was still open, shape (n,).
    level
        Coverage of the limits.

    Notes
    -----
    Computed by `statsmodels.duration.survfunc.SurvfuncRight`.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    time, ended = as_floats(durations), np.asarray(completed, dtype=bool)
    if (time < 0).any():
        raise ValueError("a duration is zero or more")
    if not ended.any():
        return Refusal("Nothing was done yet, so no time to completion can be seen.", "Look again later.")
    curve = SurvfuncRight(time, ended.astype(np.intp))
    share, errors = as_floats(curve.surv_prob), np.asarray(curve.surv_prob_se, dtype=np.float64)
    return Survival(
        as_floats(curve.surv_times),
        share,
        as_floats(curve.n_risk),
        as_floats(curve.n_events),
        _limits(share, errors, level=level),
        len(time),
        int((~ended).sum()),
        level,
    )


def _limits(share: Floats, errors: Floats, *, level: float) -> Limits:
    """Return log-log limits with Greenwood's error; where the share is 0 there is no width to give."""
    inside = (share > 0) & (share < 1)
    within = np.where(inside, share, 0.5)
    log = np.log(within)
    half = normal_quantile(level) * np.where(inside, errors, 0.0) / within / np.abs(log)
    centre = np.log(-log)
    low, high = np.exp(-np.exp(centre + half)), np.exp(-np.exp(centre - half))
    return Limits(np.where(inside, low, share), np.where(inside, high, share))


def quantile(curve: Survival, share: float) -> float | None:
    """Return the earliest time by which `share` of cases were done; None if that has not been seen."""
    reached = np.flatnonzero(curve.share <= 1 - share + 1e-12)
    return float(curve.times[reached[0]]) if len(reached) else None


def done_by(curve: Survival, time: float) -> float:
    """Return the share of cases done by `time`."""
    reached = int(np.searchsorted(curve.times, time, side="right"))
    return 0.0 if reached == 0 else float(1 - curve.share[reached - 1])
