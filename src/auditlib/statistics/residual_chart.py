"""Which points of a series are not where the points before them let expect them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statistics.autoregression import DRAWS, Whitened, filtered, shares, tried, unchanging, whitened
from auditlib.statistics.lasting_change import LastingChange, lasting_change
from auditlib.statistics.types import Floats, Numbers, as_floats

LASTING = 0.8
"""Share of the allowed error that goes to lasting changes; what is left goes to single points."""


@dataclass(frozen=True, slots=True, eq=False)
class ResidualChart:
    """A series with its level and with limits for each point; arrays have one entry per point.

    Parameters
    ----------
    level
        Where the series stands for good: the same all along, but for a lasting change that is shown.
    low, high
        Between them a point was to be expected after those before it.
    signal
        Points outside their limits.
    change
        What the series shows of a lasting change.
    alpha
        At which a lasting change counts as shown.
    """

    values: Floats
    level: Floats
    low: Floats
    high: Floats
    signal: NDArray[np.bool_]
    change: LastingChange
    alpha: float

    @property
    def changed(self) -> bool:
        """Whether a lasting change is shown."""
        return self.change.p_value <= self.alpha


def residual_chart(
    values: Numbers,
    *,
    rng: np.random.Generator,
    errors: Numbers | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
) -> ResidualChart | Refusal:
    """Chart a series: lasting changes first, then single points out of line with those before them.

    Parameters
    ----------
    errors
        Relative standard deviation of each value, where they differ.
    level
        Chance that an unchanging series shows nothing at all, neither a lasting change nor a single point.
    draws
        Unchanging series that the series is held against.

    Notes
    -----
    A Shewhart chart of the residuals of a first-order autoregression (Alwan and Roberts 1988, Journal of
    Business and Economic Statistics 6:87-95), drawn on the scale of the series. Most of the
    allowed error goes to lasting changes (`lasting_change`). Single points have the limits that an unchanging
    series, its autocorrelation as likely as this series makes it, leaves anywhere with the chance that
    remains; the autocorrelation is estimated in each simulated series anew.
    """
    alpha = LASTING * (1 - level)
    change = lasting_change(values, rng=rng, errors=errors, level=level, draws=draws)
    if isinstance(change, Refusal):
        return change
    y = as_floats(values)
    scale = np.ones(len(y)) if errors is None else as_floats(errors) / float(np.mean(errors))
    level_columns = [np.ones(len(y)), change.expected] if change.p_value <= alpha else [np.ones(len(y))]
    model = whitened(np.column_stack(level_columns) / scale[:, None])
    residual, per_value, weight = _residuals(model, (y / scale)[None])
    null = unchanging(weight[:, 0], len(y), draws=draws, rng=rng)
    farthest = np.abs(_residuals(model, null)[0]).max(axis=1)
    limit = float(np.quantile(farthest, level + alpha, method="higher"))
    foreseen, reach = y - residual[0] * scale / per_value[0], limit * scale / per_value[0]
    standing = change.expected if change.p_value <= alpha else np.full(len(y), y.mean())
    return ResidualChart(
        y, standing, foreseen - reach, foreseen + reach, np.abs(residual[0]) > limit, change, alpha
    )


def _residuals(model: Whitened, series: Floats) -> tuple[Floats, Floats, Floats]:
    """Return standardised residuals of series (series, points), averaged over autocorrelations.

    Beside them by how much they grow with each value, and the weight of each autocorrelation.
    """
    residual = model.residual(filtered(series))
    squares = (residual**2).sum(axis=2)
    weight = shares(model.likelihood(squares))
    share = weight / np.sqrt(squares / model.freedom)
    own = np.ones((len(weight), model.points))
    own[:, 0] = np.sqrt(1 - tried() ** 2)
    return np.einsum("rs,rst->st", share, residual), share.T @ own, weight
