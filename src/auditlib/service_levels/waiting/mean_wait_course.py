"""The mean wait of the whole party month by month, charted after its autocorrelation.

The share answered in time over time is answered by the notebook on improvement and is not charted again here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.records import Refusal
from auditlib.service_levels.waiting.result import WaitsOfPart
from auditlib.service_levels.waiting.waits_by_part import waits_by_month
from auditlib.statistics.lasting_change import Shape
from auditlib.statistics.residual_chart import ResidualChart, residual_chart

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True, eq=False)
class MeanWaitCourse:
    """The chart of the logarithm of the mean wait of one channel.

    Parameters
    ----------
    months
        As they are printed, in order.
    means
        Mean wait of each month in seconds.
    chart
        Of their logarithms: a change is a factor, whatever the wait.
    """

    channel: str
    months: tuple[str, ...]
    means: tuple[float, ...]
    chart: ResidualChart

    @property
    def shape(self) -> Shape:
        """How the mean wait changes for good, if it is shown to."""
        return self.chart.change.shape(alpha=self.chart.alpha)

    @property
    def out_of_line(self) -> tuple[str, ...]:
        """Months that are not where those before let expect them."""
        return tuple(self.months[int(place)] for place in np.flatnonzero(self.chart.signal))


def mean_wait_courses(
    tables: CanonicalTables,
    contacts: nw.LazyFrame[Any],
    channels: tuple[str, ...],
    *,
    level: float,
    seed: int,
) -> dict[str, MeanWaitCourse | Refusal]:
    """Chart the mean wait of each channel by month.

    Parameters
    ----------
    contacts
        See `timed`.
    level
        Chance that an unchanging series shows nothing.
    seed
        Of the unchanging series it is held against.
    """
    months = waits_by_month(contacts)
    courses: dict[str, MeanWaitCourse | Refusal] = {}
    for place, channel in enumerate(channels):
        mine = [entry for entry in months if entry.channel == channel and entry.mean]
        rng = np.random.default_rng(seed + place)
        courses[channel] = _course(channel, mine, level=level, rng=rng)
    return courses


def _course(
    channel: str, months: list[WaitsOfPart], *, level: float, rng: np.random.Generator
) -> MeanWaitCourse | Refusal:
    means = [entry.mean or 0.0 for entry in months]
    values = np.log(means) if means else np.array([])
    chance = np.array([1 / entry.answered for entry in months])
    beyond = max(0.0, float(values.var(ddof=1)) - float(chance.mean())) if len(values) > 1 else 0.0
    chart = residual_chart(values, rng=rng, errors=np.sqrt(chance + beyond), level=level)
    if isinstance(chart, Refusal):
        return chart
    return MeanWaitCourse(channel, tuple(entry.part for entry in months), tuple(means), chart)
