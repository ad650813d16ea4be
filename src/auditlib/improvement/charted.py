"""A series charted after its autocorrelation: lasting changes and steps out of line, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from auditlib.benchmark.words import as_difference, as_signed, shortlist, stated
from auditlib.records import Interval, Number, Refusal, Sentence
from auditlib.statements import Facts, listed, say
from auditlib.statistics.lasting_change import Shape
from auditlib.statistics.residual_chart import ResidualChart, residual_chart
from auditlib.statistics.types import Floats
from auditlib.time.months import month_text

SHARES = ("top_box", "bottom_box")
"""Statistics that are shares of answers."""


@dataclass(frozen=True, slots=True, eq=False)
class Charted:
    """The chart of one series.

    Parameters
    ----------
    chart
        Its level, limits and signals.
    steps
        First month of each step, as ``year * 100 + month``.
    grain
        What it goes by: ``month`` or ``quarter``.
    statistic
        What its values are, as `benchmark.words` says them.
    key
        What the keys of its numbers end with.
    """

    chart: ResidualChart
    steps: tuple[int, ...]
    grain: str
    statistic: str
    key: str

    @property
    def shape(self) -> Shape:
        """How the level changes for good, if it is shown to."""
        return self.chart.change.shape(alpha=self.chart.alpha)

    def numbers(self, unit: str, level: float) -> Iterator[Number]:
        """Yield how many steps are out of line and by how much the level changed.

        Parameters
        ----------
        unit
            Of the values.
        level
            Coverage of the limits.
        """
        change = self.chart.change
        yield Number(f"signals:{self.key}", int(self.chart.signal.sum()), "count")
        if self.shape is Shape.NONE:
            yield Number(f"lasting:{self.key}", None, unit, reason="No lasting change is shown.")
            return
        limits = Interval(change.low, change.high, level, "steps and slopes averaged")
        yield Number(f"lasting:{self.key}", change.total, unit, len(self.steps), limits)

    def sentence(self, facts: Facts) -> Sentence:
        """Return what the chart shows."""
        about = facts.about(self.key)
        return say(
            "{lasting}; {single}.",
            about,
            lasting=self._lasting(about),
            single=self._single(about),
        )

    def _lasting(self, facts: Facts) -> str | Sentence:
        change, shape = self.chart.change, self.shape
        if shape is Shape.NONE:
            return Sentence("no lasting change is shown", (facts["lasting"].key,))
        ends = f"{as_signed(change.low, self.statistic)} to {as_signed(change.high, self.statistic)}"
        moved = {1: "rose", -1: "fell", 0: "changed"}[int(change.low > 0) - int(change.high < 0)]
        unsure = moved == "changed"
        return say(
            "{moved} {how}; {ends} in all is not ruled out"
            if unsure
            else "{moved} {how}, by {total} in all ({ends})",
            facts,
            moved=moved,
            how=self._how(),
            total=stated(facts["lasting"], as_difference, self.statistic),
            ends=ends,
        )

    def _how(self) -> str:
        """Return whether by a step or steadily, and when."""
        first, last = (month_text(self.steps[place]) for place in self.chart.change.span)
        likely = month_text(self.steps[self.chart.change.most_likely])
        when = f"in {likely}" if first == last else f"between {first} and {last}, most likely in {likely}"
        return {
            Shape.STEP: f"in one step {when}",
            Shape.SLOPE: "steadily over the whole time",
            Shape.OPEN: f"either steadily or in one step {when}, which cannot be told apart",
        }[self.shape]

    def _single(self, facts: Facts) -> Sentence:
        keys = (facts["signals"].key,)
        if not self.chart.signal.any():
            return Sentence(f"no single {self.grain} is out of line with those before it", keys)
        when = [month_text(self.steps[place]) for place in np.flatnonzero(self.chart.signal)]
        return Sentence(f"out of line with the {self.grain}s before: {listed(shortlist(when, most=4))}", keys)


def charted(
    values: Floats,
    n: Floats,
    variance: float,
    *,
    steps: tuple[int, ...],
    grain: str,
    statistic: str,
    key: str,
    level: float,
    rng: np.random.Generator,
) -> Charted | Refusal:
    """Chart a series of values that rest on `n` answers each.

    Parameters
    ----------
    variance
        Of a single answer.
    steps, grain, statistic, key
        See `Charted`.
    level
        Chance that an unchanging series shows nothing.
    """
    sampling = variance / n
    beyond = max(0.0, float(values.var(ddof=1)) - float(sampling.mean())) if len(values) > 1 else 0.0
    errors = np.sqrt(sampling + beyond)
    # steps without any chance of varying are alike
    usable = errors if (errors > 0).all() else None
    chart = residual_chart(values, rng=rng, errors=usable, level=level)
    if isinstance(chart, Refusal):
        return chart
    counted = widened(chart, n, alpha=1 - level) if statistic in SHARES else chart
    return Charted(counted, steps, grain, statistic, key)


def widened(chart: ResidualChart, n: Floats, *, alpha: float) -> ResidualChart:
    """Return the chart of shares, its limits at least as wide as chance alone makes those of so few answers.

    Parameters
    ----------
    n
        Answers of each step.
    alpha
        Chance that an unchanging series shows anything.

    Notes
    -----
    Of 30 answers of which 99% are good, a month with two bad ones is far from its neighbours and nothing
    unusual: close to the end of the scale shares are skewed, and a chart that takes them for normal calls
    out one in four unchanging series. The binomial limits share the error of single steps evenly.
    """
    from scipy.stats import binom

    tail = (alpha - chart.alpha) / (2 * len(n))
    level = np.clip(chart.level, 0.0, 1.0)
    low = np.minimum(chart.low, binom.ppf(tail, n, level) / n)
    high = np.maximum(chart.high, binom.isf(tail, n, level) / n)
    return replace(chart, low=low, high=high, signal=(chart.values < low) | (chart.values > high))
