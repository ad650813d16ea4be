"""How units change over time: a trend per unit, and charts of the units called out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from auditlib.benchmark.answer import BenchmarkAnswer, by_survey
from auditlib.benchmark.facts import pooled_fact, unit_basis, unit_facts
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.words import readable, shortlist, stated, title_of
from auditlib.improvement.charted import Charted, charted
from auditlib.improvement.latest_periods import EMPTY
from auditlib.improvement.series import ALL, Series, series
from auditlib.improvement.words import as_change_a_year
from auditlib.parameters.engagement import Engagement
from auditlib.records import Held, Interval, Number, Refusal, Sentence
from auditlib.statements import Answer, Facts, Unanswered, counted, say
from auditlib.statistics import discovery
from auditlib.statistics.trend import Trend, trend

MOST_CHARTS = 5
"""Charts of single units drawn beside that of all units."""
NAMED = 4
"""Units that change up to which a sentence names all."""
DIRECTIONS = ("rising", "falling")


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
        Chart per unit called out and, under the empty id, of all units together.
    names
        Name of each charted unit.
    """

    comparison: Comparison
    series: Series
    frame: pd.DataFrame
    charts: Mapping[str, Charted]
    names: Mapping[str, str]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per compared unit."""
        return self.frame.copy()

    def change_key(self, unit: object) -> str:
        """Return the key of a unit's change per year."""
        return f"change:{unit}:{self.comparison.key}"

    @property
    def overall(self) -> Trend | Refusal:
        """The trend of all units together, by step of the series."""
        return _fit(self.series, self.series.unit_id.index(ALL), self.comparison)

    @property
    def false_calls(self) -> float:
        """Largest share of the units called rising or falling that is expected to be called so falsely."""
        return 1 - self.comparison.confidence

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the charts of units whose numbers are held back, and how many they are."""
        name = self.comparison.number_key
        charts = {
            unit: chart
            for unit, chart in self.charts.items()
            if not held(name(unit or "pooled")) and not (unit and held(self.change_key(unit)))
        }
        return (replace(self, charts=charts) if charts else None), len(self.charts) - len(charts)

    def changing(self, *directions: str) -> pd.DataFrame:
        """Return the units that change beyond chance in one of `directions`; default: either."""
        return self.frame[self.frame["direction"].isin(directions or DIRECTIONS)]


def over_time(cells: pd.DataFrame, comparison: Comparison, *, seed: int = 0) -> OverTime | Refusal:
    """Follow the compared units month by month, or quarter by quarter where months hold too few answers.

    Parameters
    ----------
    cells
        Counts in the audited period: unit_id, month, survey_type, item, score, n.
    comparison
        The units, and what they are compared on.
    seed
        Of the unchanging series that charts are held against.

    Notes
    -----
    Trends and charts allow for autocorrelation (`statistics.trend`, `statistics.residual_chart`); over all
    units the false discovery rate of trends is held (Benjamini and Hochberg 1995), and each chart of an
    unchanging series shows anything with a chance of one less the confidence.
    """
    if comparison.scores.table != "responses" or comparison.scores.adjusted_for:
        return Refusal("Change over time needs dated responses; published figures are followed by period.")
    frame = comparison.frame[comparison.judgement.chosen]
    units = tuple(frame["unit_id"].astype(str))
    values = series(cells, comparison.measure, unit_ids=units, disclosure=comparison.disclosure)
    if isinstance(values, Refusal):
        return values
    called = comparison.called_out["unit_id"].astype(str).tolist()
    charts = _charts(values, comparison, (ALL, *called[:MOST_CHARTS]), seed)
    names = dict(zip(frame["unit_id"].astype(str), frame["name"].astype(str), strict=True))
    return OverTime(comparison, values, _trends(values, frame, comparison), charts, names)


def _trends(values: Series, frame: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    fits = [_fit(values, place, comparison) for place in range(1, len(values.unit_id))]
    lines = [fit if isinstance(fit, Trend) else None for fit in fits]
    rows = frame[["unit_id", "name", "n"]].reset_index(drop=True)
    for name, column in (("slope", "change"), ("low", "low"), ("high", "high")):
        rows[column] = [np.nan if line is None else getattr(line, name) * values.per_year for line in lines]
    rows["autocorrelation"] = [np.nan if line is None else line.autocorrelation for line in lines]
    rows["q"] = _discovery([np.nan if line is None else line.p_value for line in lines])
    changing = rows["q"] <= 1 - comparison.confidence
    rows["direction"] = np.where(changing, np.where(rows["change"] > 0, *DIRECTIONS), "")
    rows["why"] = [fit.reason if isinstance(fit, Refusal) else "" for fit in fits]
    return rows


def _discovery(p_values: list[float]) -> list[float]:
    p = np.array(p_values, dtype=np.float64)
    tested = ~np.isnan(p)
    q = np.full(len(p), np.nan)
    if tested.any():
        q[tested] = discovery.benjamini_hochberg(p[tested])
    return [float(value) for value in q]


def _fit(values: Series, place: int, comparison: Comparison) -> Trend | Refusal:
    if (values.n[0] == 0).mean() >= EMPTY:
        return Refusal(f"its answers come in waves, with {values.grain}s between that are empty by design.")
    if not values.complete[place]:
        short = int((~comparison.disclosure.shows(values.n[place])).sum())
        least = counted(comparison.disclosure.least, "answer")
        return Refusal(f"{short} of {len(values.steps)} {values.grain}s hold fewer than {least}.")
    return trend(values.value[place], level=comparison.confidence)


def _charts(values: Series, comparison: Comparison, units: tuple[str, ...], seed: int) -> dict[str, Charted]:
    charts: dict[str, Charted] = {}
    for unit in units:
        place = values.unit_id.index(unit)
        chart = _chart(values, comparison, place, seed) if values.complete[place] else None
        if isinstance(chart, Charted):
            charts[unit] = chart
    return charts


def _chart(values: Series, comparison: Comparison, place: int, seed: int) -> Charted | Refusal:
    return charted(
        values.value[place],
        values.n[place].astype(np.float64),
        comparison.judgement.sigma2,
        steps=values.steps,
        grain=values.grain,
        statistic=comparison.measure.statistic,
        key=f"{values.unit_id[place] or 'all'}:{comparison.key}",
        level=comparison.confidence,
        rng=np.random.default_rng([seed, place]),
    )


class OverTimeAnswer(Answer[OverTime]):
    """Which units change, and whether the charts show more than ordinary variation."""

    @property
    def survey_type(self) -> str:
        """The survey type."""
        return self.result.comparison.measure.survey_type

    @property
    def title(self) -> str:
        """What is followed, in words."""
        return f"By {self.result.series.grain}: {title_of(self.result.comparison.measure)}"

    @property
    def drawn(self) -> bool:
        """Whether there is a chart to draw: none where every step holds too few answers."""
        return bool(self.result.charts)

    @property
    def alt(self) -> str:
        """What a reader who cannot see the charts must know."""
        return str(self)

    def numbers(self) -> tuple[Number, ...]:
        """Return each unit's change per year with its interval, and the counts the sentences state.

        What is charted stands beside it: where its value is held back, its chart is.
        """
        key, frame, charts = self.result.comparison.key, self.result.frame, self.result.charts
        return (
            *((pooled_fact(self.result.comparison),) if ALL in charts else ()),
            *unit_facts(self.result.comparison, charts),
            Number(f"followed:{key}", int(frame["change"].notna().sum()), "units"),
            *(Number(f"{way}:{key}", len(self.result.changing(way)), "units") for way in DIRECTIONS),
            Number(f"false_calls:{key}", self.result.false_calls, "share", reason="Declared."),
            *(number for chart in charts.values() for number in self._charted(chart)),
            *(self._change(row) for row in frame.to_dict("records")),
        )

    def _charted(self, chart: Charted) -> Iterator[Number]:
        comparison = self.result.comparison
        return chart.numbers(comparison.measure.unit, comparison.confidence)

    def _change(self, row: Mapping[Any, Any]) -> Number:
        comparison, unit, n = self.result.comparison, str(row["unit_id"]), int(row["n"])
        key, per_year, why = (
            self.result.change_key(unit),
            f"{comparison.measure.unit} a year",
            str(row["why"]),
        )
        change, low, high = (float(row[name]) for name in ("change", "low", "high"))
        if np.isnan(change):
            return Number(key, None, per_year, n, reason=why)
        limits = Interval(low, high, comparison.confidence, "t, autocorrelation averaged")
        return Number(key, change, per_year, n, limits, unit_basis(comparison.scores, unit, n), why)

    def summary(self) -> tuple[Sentence, ...]:
        """Return which units change, and whether the charts show more than ordinary variation."""
        facts = self.facts.about(self.result.comparison.key)
        return self._trends(facts), *(self._signal(unit, chart) for unit, chart in self.result.charts.items())

    def _trends(self, facts: Facts) -> Sentence:
        survey, grain = self.result.comparison.measure.survey, self.result.series.grain
        text = "{survey}: {followed|unit|units|no unit} can be followed by {grain}"
        start = say(text, facts, survey=survey, grain=grain)
        if not facts["followed"].value:
            return say("{start}; too few answers in each.", facts, start=start)
        parts = [
            say(f"{{{way}}} {way} ({{moves}})", facts, moves=self._moves(way, facts))
            for way in DIRECTIONS
            if facts[way].value
        ]
        none = Sentence("none is shown to change", tuple(facts[way].key for way in DIRECTIONS))
        return say(
            "{start}: {changes}, with at most {false_calls|.0%} of such calls expected to be false.",
            facts,
            start=start,
            changes=parts or none,
        )

    def _moves(self, direction: str, facts: Facts) -> list[str | Sentence]:
        """Return the units that move in one direction, by name and change per year."""
        statistic = self.result.comparison.measure.statistic
        moves: list[str | Sentence] = [
            say(
                "{name} {change}",
                facts,
                name=readable(str(row["name"])),
                change=stated(facts[f"change:{row['unit_id']}"], as_change_a_year, statistic),
            )
            for row in self.result.changing(direction).to_dict("records")
        ]
        return shortlist(moves, most=NAMED)

    def _signal(self, unit: str, chart: Charted) -> Sentence:
        """Say whether a series changes for good, how and when, and which steps are out of line."""
        who = "all units together" if unit == ALL else readable(self.result.names[unit])
        survey = self.result.comparison.measure.survey
        chart_words = chart.sentence(self.facts)
        return say("{survey}, {who}: {shows}", self.facts, survey=survey, who=who, shows=chart_words)


def changes(engagement: Engagement, compared: BenchmarkAnswer) -> tuple[OverTimeAnswer | Unanswered, ...]:
    """Answer how the units of each comparison change over time.

    Parameters
    ----------
    compared
        The answer of `benchmark.compare`.
    """
    cells, seed = engagement.evidence.cells(), engagement.run.seed
    return by_survey(
        compared,
        "change over time",
        lambda comparison: over_time(cells, comparison, seed=seed),
        OverTimeAnswer,
    )
