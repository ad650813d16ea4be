"""Subgroups of answers compared, by channel or type of transaction, within the same units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from auditlib.benchmark.answer import BenchmarkAnswer, by_survey
from auditlib.benchmark.mix import counted_mix, indicators
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import ScoreMeasure, coded
from auditlib.benchmark.words import as_difference, as_score, shortlist, spoken, stated
from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, Instrument, Interval, Number, Refusal, Sentence
from auditlib.statements import Answer, Unanswered, say
from auditlib.statistics import case_mix, discovery


@dataclass(frozen=True, slots=True, eq=False)
class Subgroups:
    """Answers by channel or type of transaction.

    Parameters
    ----------
    measure
        What is compared.
    by
        Column of the responses.
    frame
        One row per subgroup, the commonest first: the subgroup, units, n, value, within (difference to the
        commonest in the same units; 0 for itself), within_low, within_high, q (smallest false discovery rate
        at which it counts as different).
    hidden
        Subgroups of too few answers to be shown.
    confidence
        Level of the limits.
    """

    measure: ScoreMeasure
    by: str
    frame: pd.DataFrame
    hidden: int
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per subgroup, the commonest first."""
        return self.frame.copy()

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"{self.by}:{self.measure.key}"

    @property
    def different(self) -> pd.DataFrame:
        """Rows of the subgroups that differ from the commonest within the same units."""
        return self.frame[self.frame["q"] <= 1 - self.confidence]


def compare_subgroups(
    mix: pd.DataFrame,
    measure: ScoreMeasure,
    *,
    by: str,
    disclosure: MinimumFrequency = UNRESTRICTED,
    confidence: float = 0.95,
) -> Subgroups | Refusal:
    """Compare subgroups of answers.

    Parameters
    ----------
    mix
        Counts by `by`, as `count_mix` returns them.
    measure
        What is compared.
    by
        Column of the responses that makes the subgroups.
    disclosure
        Of how few answers a subgroup is left out.
    confidence
        Level of the limits.

    Notes
    -----
    The difference within units is the slope of a regression with unit effects (`statistics.case_mix`), its
    error clustered by unit: it does not mistake good units that use one channel for a good channel. Over all
    subgroups the false discovery rate is held (Benjamini and Hochberg 1995).
    """
    from scipy.special import stdtr, stdtrit

    chosen = measure.select(mix)
    chosen = chosen[chosen[by] != ""]
    sizes = chosen.groupby(by)["n"].sum().sort_values(ascending=False, kind="stable")
    large = sizes[disclosure.shows(sizes)]
    if len(large) < 2:
        return Refusal(
            f"The {measure.survey_type} survey has fewer than two kinds of {by.replace('_', ' ')}."
        )
    members = chosen[chosen[by].isin(large.index)]
    score = coded(members["score"], measure)
    unit = members["unit_id"].to_numpy(dtype=str)
    fit = case_mix.within_unit(score, indicators(members, [by]), unit, weights=members["n"].to_numpy())
    if isinstance(fit, Refusal):
        return fit
    freedom = len(np.unique(unit)) - 1
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * fit.slope_errors
    p = 2 * stdtr(freedom, -np.abs(fit.slopes) / fit.slope_errors)
    rows = members.assign(total=score * members["n"]).groupby(by)
    within = np.concatenate([[0.0], fit.slopes])
    half = np.concatenate([[0.0], half])
    frame = pd.DataFrame(
        {
            by: list(large.index),
            "units": rows["unit_id"].nunique().reindex(large.index).to_numpy(),
            "n": large.to_numpy(dtype=np.int64),
            "value": (rows["total"].sum() / rows["n"].sum()).reindex(large.index).to_numpy(),
            "within": within,
            "within_low": within - half,
            "within_high": within + half,
            "q": np.concatenate([[1.0], discovery.benjamini_hochberg(p)]),
        }
    )
    return Subgroups(measure, by, frame, len(sizes) - len(large), confidence)


class SubgroupsAnswer(Answer[Subgroups]):
    """Which subgroups differ from the commonest within the same units."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the value of each subgroup, and its difference within units with the interval."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return which subgroups differ from the commonest within the same units."""
        facts, measure, by = self.facts.about(self.result.key), self.result.measure, self.result.by
        first, statistic = self.result.frame.iloc[0][by], measure.statistic
        entries: list[str | Sentence] = [
            say(
                "{name} {difference}",
                facts,
                name=spoken(name),
                difference=stated(facts[f"within:{name}"], as_difference, statistic),
            )
            for name in self.result.different[by]
        ]
        none = Sentence("none is shown to differ", (facts["differ"].key,))
        apart = (
            say("{differ|differs|differ}: {entries}", facts, entries=shortlist(entries)) if entries else none
        )
        return (
            say(
                "{survey} by {grouping}: compared with {first} ({value}) in the same units, of "
                "{others|other|others|no other} {apart}.",
                facts,
                survey=measure.survey,
                grouping=by.replace("_", " "),
                first=spoken(first),
                value=stated(facts[f"value:{first}"], as_score, statistic),
                apart=apart,
            ),
        )


def _facts(result: Subgroups) -> Iterator[Number]:
    measure, key = result.measure, result.key
    for row in result.frame.to_dict("records"):
        name, n = str(row[result.by]), int(row["n"])
        where = (("survey_type", measure.survey_type), (result.by, name), ("in_period", True))
        basis = (Basis("responses", where, measure.item.item, n),)
        low, high = float(row["within_low"]), float(row["within_high"])
        limits = Interval(low, high, result.confidence, "clustered by unit")
        yield Number(f"value:{name}:{key}", float(row["value"]), measure.unit, n, basis=basis)
        yield Number(f"within:{name}:{key}", float(row["within"]), measure.unit, n, limits, basis)
    yield Number(f"others:{key}", len(result.frame) - 1, "count")
    yield Number(f"differ:{key}", len(result.different), "count")


def subgroups(
    engagement: Engagement, compared: BenchmarkAnswer, *, by: Sequence[str]
) -> tuple[SubgroupsAnswer | Unanswered, ...]:
    """Answer which subgroups of answers differ, for each comparison.

    Parameters
    ----------
    compared
        The answer of `compare`.
    by
        Columns of the responses that make the subgroups, for example ``channel``.
    """
    return tuple(
        answer
        for column in by
        for answer in by_survey(
            compared, column.replace("_", " "), partial(_subgroups, engagement, by=column), SubgroupsAnswer
        )
    )


def _subgroups(engagement: Engagement, comparison: Comparison, *, by: str) -> Subgroups | Refusal:
    if comparison.scores.table != "responses":
        return Refusal("published figures do not say it; that needs the responses.")
    measure, thresholds = comparison.measure, engagement.run.thresholds
    instrument = Instrument(measure.survey_type, (measure.item,))
    mix = counted_mix(engagement.evidence, (by,), instruments=(instrument,))
    if isinstance(mix, Refusal):
        return mix
    disclosure, confidence = MinimumFrequency.of(thresholds), thresholds.confidence
    return compare_subgroups(mix, measure, by=by, disclosure=disclosure, confidence=confidence)
