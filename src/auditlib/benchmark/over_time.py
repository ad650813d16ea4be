"""How units change over time: a trend per unit, and control charts of the units called out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from auditlib.benchmark.numbers import UNIT_OF, unit_basis
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.series import ALL, Series, series
from auditlib.benchmark.verdicts import OutlierStatus
from auditlib.benchmark.wording import counted, listed, per_year, readable
from auditlib.records import Held, Interval, Number, Refusal, Sentence
from auditlib.statistics import control_charts, discovery
from auditlib.statistics.control_charts import Chart
from auditlib.statistics.trend import Trend, trend

MOST_CHARTS = 5
"""Charts of single units drawn beside that of all units."""
NAMED = 4
"""Units that change up to which a sentence names all."""


@dataclass(frozen=True, slots=True, eq=False)
class OverTime:
    """Units of one comparison over time.

    Parameters
    ----------
    comparison
        What is followed.
    series
        The values behind it.
    frame
        One row per compared unit: unit_id, name, n, change (per year), low, high, autocorrelation, q
        (smallest false discovery rate at which it counts as a change), direction, why.
    charts
        Control chart per unit called out and, under the empty id, of all units together.
    names
        Name of each charted unit.
    """

    comparison: Comparison
    series: Series
    frame: pd.DataFrame
    charts: Mapping[str, Chart]
    names: Mapping[str, str]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per compared unit."""
        return self.frame.copy()

    @property
    def overall(self) -> Trend | Refusal:
        """The trend of all units together, by step of the series."""
        return _fit(self.series, self.series.unit_id.index(ALL), self.comparison)

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the charts of units whose numbers are held back, and how many they are."""
        name = self.comparison.number_key
        charts = {
            unit: chart
            for unit, chart in self.charts.items()
            if not held(name(unit or "pooled")) and not (unit and held(self._change_key(unit)))
        }
        return (replace(self, charts=charts) if charts else None), len(self.charts) - len(charts)

    def changing(self) -> pd.DataFrame:
        """Return the units that change beyond chance, the fastest first, as printed."""
        rows = self.frame[self.frame["direction"].isin(["rising", "falling"])]
        rows = rows.sort_values("change", key=np.abs, ascending=False, kind="stable")
        return rows[["unit_id", "name", "n", "change", "low", "high", "autocorrelation", "q", "direction"]]

    @property
    def drawn(self) -> bool:
        """Whether there is a chart to draw: none where every step holds too few answers."""
        return bool(self.charts)

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return self.comparison.key

    @property
    def title(self) -> str:
        """What is followed, in words."""
        return f"By {self.series.grain}: {self.comparison.title}"

    @property
    def alt(self) -> str:
        """What a reader who cannot see the charts must know."""
        return " ".join(sentence.text for sentence in self.summary())

    def summary(self) -> tuple[Sentence, ...]:
        """Return which units change, and whether the charts show more than ordinary variation."""
        return self._trends(), *self._signals()

    def _trends(self) -> Sentence:
        judged, kind = int(self.frame["change"].notna().sum()), self.comparison.measure.survey_type
        keys = tuple(f"{name}:{self.key}" for name in ("followed", "rising", "falling"))
        start = (
            f"{kind.capitalize()} survey: {counted(judged, 'unit')} can be followed by {self.series.grain}"
        )
        if not judged:
            return Sentence(f"{start}; too few answers in each.", keys)
        parts = []
        for direction in ("rising", "falling"):
            rows = self.frame[self.frame["direction"] == direction]
            if len(rows):
                moves = [self._moving(row) for row in rows.to_dict("records")]
                parts.append(f"{len(rows)} {direction} ({listed(moves, most=NAMED, as_written=True)})")
                named = rows["unit_id"][: NAMED if len(rows) <= NAMED else NAMED // 2]
                keys += tuple(self._change_key(unit) for unit in named)
        found = " and ".join(parts) if parts else "none is shown to change"
        text = f"{start}: {found}, with at most {self._false:.0%} of such calls expected to be false."
        return Sentence(text, (*keys, f"false_calls:{self.key}"))

    @property
    def _false(self) -> float:
        """Largest share of the units called rising or falling that is expected to be called so falsely."""
        return 1 - self.comparison.confidence

    def _change_key(self, unit: object) -> str:
        return f"change:{unit}:{self.key}"

    def _moving(self, row: Mapping[Hashable, object]) -> str:
        change = per_year(float(str(row["change"])), self.comparison.measure.statistic)
        return f"{readable(str(row['name']))} {change}"

    def _signals(self) -> tuple[Sentence, ...]:
        return tuple(self._signal(unit, chart) for unit, chart in self.charts.items())

    def _signal(self, unit: str, chart: Chart) -> Sentence:
        survey = self.comparison.measure.survey
        who = f"{survey}, {'all units together' if unit == ALL else readable(self.names[unit])}"
        outside = int(chart.signal.sum())
        key = f"signals:{unit or 'all'}:{self.key}"
        if not outside:
            text = f"{who}: every {self.series.grain} lies within its own control limits."
        else:
            when = [month_text(self.series.steps[index]) for index in np.flatnonzero(chart.signal)]
            text = f"{who}: outside its own control limits in {listed(when, most=4)}."
        return Sentence(text, (key,))

    def numbers(self) -> tuple[Number, ...]:
        """Return each unit's change per year with its interval, and the counts the sentences state."""
        counts = {
            "followed": int(self.frame["change"].notna().sum()),
            "rising": int((self.frame["direction"] == "rising").sum()),
            "falling": int((self.frame["direction"] == "falling").sum()),
        }
        totals = tuple(Number(f"{name}:{self.key}", count, "units") for name, count in counts.items())
        false = Number(f"false_calls:{self.key}", self._false, "share", reason="Declared.")
        charts = tuple(
            Number(f"signals:{unit or 'all'}:{self.key}", int(chart.signal.sum()), "count")
            for unit, chart in self.charts.items()
        )
        return (*totals, false, *charts, *(self._number(row) for row in self.frame.to_dict("records")))

    def _number(self, row: Mapping[Hashable, object]) -> Number:
        unit, n = str(row["unit_id"]), int(str(row["n"]))
        change, low, high = (float(str(row[name])) for name in ("change", "low", "high"))
        known = not np.isnan(change)
        limits = (
            Interval(low, high, self.comparison.confidence, "t, autocorrelation averaged") if known else None
        )
        return Number(
            self._change_key(unit), change if known else None,
            f"{UNIT_OF[self.comparison.measure.statistic]} a year", n, limits,
            unit_basis(self.comparison.scores, unit, n) if known else (), str(row["why"]),
        )  # fmt: skip


def over_time(cells: pd.DataFrame, comparison: Comparison) -> OverTime | Refusal:
    """Follow the compared units month by month, or quarter by quarter where months hold too few answers.

    Parameters
    ----------
    cells
        Counts in the audited period: unit_id, month, survey_type, item, score, n.

    Notes
    -----
    Trends allow for autocorrelation (`statistics.trend`); over all units the false discovery rate is held
    (Benjamini and Hochberg 1995). Shares get a Laney p' chart, other statistics an individuals chart.
    """
    if comparison.scores.table != "responses" or comparison.scores.adjusted_for:
        return Refusal("Change over time needs dated responses; published figures are followed by period.")
    frame = comparison.frame[comparison.judgement.chosen]
    units = tuple(frame["unit_id"].astype(str))
    found = series(cells, comparison.measure, unit_ids=units, fewest=comparison.minimum_cell)
    if isinstance(found, Refusal):
        return found
    called = comparison.units(OutlierStatus.HIGHER, OutlierStatus.LOWER)["unit_id"].astype(str).tolist()
    charts = _charts(found, (ALL, *called[:MOST_CHARTS]))
    names = dict(zip(frame["unit_id"].astype(str), frame["name"].astype(str), strict=True))
    return OverTime(comparison, found, _trends(found, frame, comparison), charts, names)


def _trends(found: Series, frame: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    fits = [_fit(found, place, comparison) for place in range(1, len(found.unit_id))]
    lines = [fit if isinstance(fit, Trend) else None for fit in fits]
    rows = frame[["unit_id", "name", "n"]].reset_index(drop=True)
    for name, column in (("slope", "change"), ("low", "low"), ("high", "high")):
        rows[column] = [np.nan if line is None else getattr(line, name) * found.per_year for line in lines]
    rows["autocorrelation"] = [np.nan if line is None else line.autocorrelation for line in lines]
    rows["q"] = _discovery([np.nan if line is None else line.p_value for line in lines])
    changing = rows["q"] <= 1 - comparison.confidence
    rows["direction"] = np.where(changing, np.where(rows["change"] > 0, "rising", "falling"), "")
    rows["why"] = [fit.reason if isinstance(fit, Refusal) else "" for fit in fits]
    return rows


def _discovery(p_values: list[float]) -> list[float]:
    p = np.array(p_values, dtype=np.float64)
    known = ~np.isnan(p)
    q = np.full(len(p), np.nan)
    if known.any():
        q[known] = discovery.benjamini_hochberg(p[known])
    return [float(value) for value in q]


def _fit(found: Series, place: int, comparison: Comparison) -> Trend | Refusal:
    if not found.complete[place]:
        short = int((found.n[place] < comparison.minimum_cell).sum())
        return Refusal(
            f"{short} of {len(found.steps)} {found.grain}s hold fewer than "
            f"{counted(comparison.minimum_cell, 'answer')}."
        )
    return trend(found.value[place], level=comparison.confidence)


def _charts(found: Series, units: tuple[str, ...]) -> dict[str, Chart]:
    charts: dict[str, Chart] = {}
    for unit in units:
        place = found.unit_id.index(unit)
        chart = _chart(found, place) if found.complete[place] else None
        if isinstance(chart, Chart):
            charts[unit] = chart
    return charts


def _chart(found: Series, place: int) -> Chart | Refusal:
    if not found.measure.is_share:
        return control_charts.xmr(found.value[place])
    n = found.n[place].astype(np.float64)
    return control_charts.laney_p(np.clip(found.value[place] * n, 0, n), n)


def month_text(month: int) -> str:
    """Return a month as printed: 2024-03."""
    return f"{month // 100}-{month % 100:02d}"
