"""Customers who answer more than once: how many independent answers those of each unit are worth."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from auditlib.benchmark.scores import ScoreMeasure
from auditlib.contracts import CanonicalTables
from auditlib.records import DETRACTOR, PROMOTER
from auditlib.standards.measure import Tables
from auditlib.statistics.repeated import RepeatedAnswers

RESPONDENTS = ("customer_id", "account_id")
"""What tells who answered, the surest first; the second only where no row has the first."""
_SUMS = ("customers", "sums", "squared_sums", "squares")


def repeated_answers_of(
    evidence: CanonicalTables | Tables, measure: ScoreMeasure, *, unit_ids: tuple[str, ...]
) -> RepeatedAnswers | None:
    """Return who answered how often in each unit; None where that is not known.

    Parameters
    ----------
    evidence
        Its responses, where there are any.
    measure
        What is asked; answers count 1 in steps of the scale for a mean, and as in the statistic otherwise:
        what is alike does not depend on where a scale begins.
    unit_ids
        Units, in the order of the rows that are returned.

    Notes
    -----
    An answer of nobody known is that of somebody else. One customer of two units is two: what they share is
    no difference between the units' own customers.
    """
    if "responses" not in evidence.tables:
        return None
    responses = evidence.lazy("responses")
    if measure.item.item not in responses.collect_schema().names():
        return None
    who = next((column for column in RESPONDENTS if _names_anybody(responses, column)), None)
    if who is None:
        return None
    answers = _answers(responses, measure, who)
    by_person = _persons(answers.filter(~nw.col(who).is_null()), who)
    alone = answers.filter(nw.col(who).is_null()).select(
        "unit_id", times=nw.lit(1), total=nw.col("code"), squares=nw.col("code") ** 2
    )
    counted = pd.concat([_by_frequency(by_person), _by_frequency(alone)])
    return _placed(counted.groupby(["unit_id", "times"], as_index=False).sum(), unit_ids)


def _answers(responses: nw.LazyFrame[Any], measure: ScoreMeasure, who: str) -> nw.LazyFrame[Any]:
    """Return the answers of the period to the question, each as a whole number."""
    score = nw.col(measure.item.item)
    rows = responses.filter(
        nw.col("in_period"), nw.col("survey_type") == measure.survey_type, ~score.is_null()
    )
    return rows.select("unit_id", who, code=_code(score, measure))


def _code(score: nw.Expr, measure: ScoreMeasure) -> nw.Expr:
    scale = measure.item.scale
    if measure.statistic == "top_box":
        return (score >= scale.top_box).cast(nw.Int64)
    if measure.statistic == "bottom_box":
        return (score <= scale.bottom_box).cast(nw.Int64)
    if measure.statistic == "nps":
        return (score >= PROMOTER).cast(nw.Int64) - (score <= DETRACTOR).cast(nw.Int64)
    return ((score - scale.low) / scale.step).round(0).cast(nw.Int64)


def _names_anybody(responses: nw.LazyFrame[Any], column: str) -> bool:
    """Return whether `column` is there and says of any row who answered."""
    if column not in responses.collect_schema().names():
        return False
    return len(responses.filter(~nw.col(column).is_null()).select(column).head(1).collect("pandas")) > 0


def _persons(answers: nw.LazyFrame[Any], who: str) -> nw.LazyFrame[Any]:
    """Return how often each of them answered in a unit, with the sums of answers and of their squares."""
    squared = answers.with_columns(square=nw.col("code") ** 2)
    return squared.group_by("unit_id", who).agg(
        times=nw.len(), total=nw.col("code").sum(), squares=nw.col("square").sum()
    )


def _by_frequency(persons: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Count persons of each unit by how often they answered, with what their answers add up to."""
    squared = persons.with_columns(squared=nw.col("total") ** 2)
    counted = squared.group_by("unit_id", "times").agg(
        customers=nw.len(),
        sums=nw.col("total").sum(),
        squared_sums=nw.col("squared").sum(),
        squares=nw.col("squares").sum(),
    )
    return counted.collect("pandas").to_pandas().astype({"times": "int64", "unit_id": "object"})


def _placed(counted: pd.DataFrame, unit_ids: tuple[str, ...]) -> RepeatedAnswers:
    """Return the counts as arrays of units by frequency."""
    size = np.array(sorted(counted["times"].unique()), dtype=np.int64)
    table = {
        name: counted.pivot_table(index="unit_id", columns="times", values=name, aggfunc="sum", fill_value=0)
        .reindex(index=list(unit_ids), columns=size, fill_value=0)
        .to_numpy(dtype=np.float64)
        for name in _SUMS
    }
    return RepeatedAnswers(
        size, table["customers"], table["sums"], table["squared_sums"], table["squares"].sum(axis=1)
    )
