"""One subject over time, as a value: what changed for good, and what may be said of it every month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.improvement.charted import Charted, charted
from auditlib.improvement.monthly import MonthlyShares
from auditlib.records import Direction, Held, Kind, Refusal
from auditlib.statistics import anytime
from auditlib.statistics.lasting_change import Shape
from auditlib.statistics.types import Limits
from auditlib.time.months import YEAR


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One subject over time.

    Parameters
    ----------
    shares
        By step.
    charted
        What changed for good and which steps are out of line; or why that cannot be told.
    so_far
        Limits of the share of all cases so far, which hold at every step together.
    level
        Their coverage.
    """

    shares: MonthlyShares
    charted: Charted | Refusal
    so_far: Limits
    level: float

    @property
    def target(self) -> float | None:
        """What is demanded of the share; None where nothing is, or every case counts by itself."""
        criterion = self.shares.criterion
        return None if criterion is None or criterion.kind is Kind.RIGID else criterion.target.value

    @property
    def better(self) -> int:
        """Whether the share becomes better for good (1), worse (-1), or neither is shown (0)."""
        if isinstance(self.charted, Refusal) or self.charted.shape is Shape.NONE:
            return 0
        change = self.charted.chart.change
        side = int(change.low > 0) - int(change.high < 0)
        wanted = self.shares.criterion
        return -side if wanted is not None and wanted.target.direction is Direction.AT_MOST else side

    @property
    def first_beyond(self) -> tuple[int, int] | None:
        """First step at which the share so far lies beyond the target for sure, and the side."""
        return None if self.target is None else anytime.first_beyond(self.so_far, self.target)

    @property
    def span(self) -> int:
        """Steps in the first and in the last span: a year, or half of less than two years."""
        year = YEAR if self.shares.grain == "month" else YEAR // 3
        return year if len(self.shares.steps) >= 2 * year else max(1, len(self.shares.steps) // 2)

    @property
    def span_words(self) -> str:
        """What such a span is called."""
        year = YEAR if self.shares.grain == "month" else YEAR // 3
        return "year" if self.span == year else "half"

    def side(self, step: int) -> int:
        """Return on which side of the target the share so far lies for sure at `step`; 0 where neither."""
        target = self.target
        if target is None:
            return 0
        return int(self.so_far.low[step] > target) - int(self.so_far.high[step] < target)

    def without(self, held: Held) -> tuple[Subject | None, int]:
        """Return it, or nothing where its share is held back."""
        lost = held(f"share:{self.shares.key}")
        return (None if lost else self), int(lost)


def subject_of(months: MonthlyShares, *, level: float, seed: int) -> Subject:
    """Return what a share by step shows.

    Parameters
    ----------
    level
        Chance that an unchanging share shows no change, and that all limits so far hold.
    seed
        Of the unchanging series it is held against.
    """
    n = months.n.astype(np.float64)
    share = float(months.met.sum() / n.sum())
    chart = charted(
        months.met / n,
        n,
        share * (1 - share),
        steps=months.steps,
        grain=months.grain,
        statistic="top_box",
        key=months.key,
        level=level,
        rng=np.random.default_rng(seed),
    )
    counts = np.column_stack([months.n - months.met, months.met]).cumsum(axis=0)
    return Subject(months, chart, anytime.limits(counts, [0.0, 1.0], level=level), level)
