"""Unit values at the average case mix: what units would score if all served the same customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from auditlib.benchmark.scores import UnitScores, coded
from auditlib.benchmark.words import spoken
from auditlib.contracts import CanonicalTables
from auditlib.records import Instrument, Refusal
from auditlib.statistics import case_mix
from auditlib.statistics.types import Floats

KEYS = ("unit_id", "survey_type", "item", "score", "n")
"""Columns of counted answers that do not describe them."""


def count_mix(
    responses: nw.LazyFrame[Any],
    instruments: Sequence[Instrument],
    *,
    adjusters: Sequence[str],
    item: str = "",
) -> pd.DataFrame:
    """Count answers per unit, adjusters and score, where the responses are stored.

    Parameters
    ----------
    responses
        The canonical table, lazily.
    adjusters
        Columns that describe the case mix: ``channel``, ``transaction_type``.
    item
        Item to count instead of each survey's headline.

    Returns
    -------
    pandas.DataFrame
        unit_id, survey_type, item, the adjusters (an empty one is a category of its own), score, n.
    """
    frames = [_counted(responses, instrument, adjusters, item) for instrument in instruments]
    return pd.concat(frames, ignore_index=True)


def counted_mix(
    evidence: CanonicalTables,
    adjusters: Sequence[str],
    *,
    item: str = "",
    instruments: Sequence[Instrument] = (),
) -> pd.DataFrame | Refusal:
    """Return the counts of `count_mix` for the responses of the evidence; none without responses.

    Parameters
    ----------
    evidence
        Its responses, where there are any.
    adjusters
        Columns that describe the case mix; refused where one does not exist.
    item, instruments
        What is counted; default: each survey's headline question.
    """
    if "responses" not in evidence.tables:
        return pd.DataFrame()
    responses = evidence.lazy("responses")
    unknown = unknown_adjusters(responses, adjusters)
    if unknown is not None:
        return unknown
    return count_mix(
        responses, instruments or tuple(evidence.instruments.values()), adjusters=adjusters, item=item
    )


def unknown_adjusters(responses: nw.LazyFrame[Any], adjusters: Sequence[str]) -> Refusal | None:
    """Return why the mix cannot be counted by `adjusters`, or None where every one is a column."""
    stored = set(responses.collect_schema().names())
    lacking = [name for name in adjusters if name not in stored]
    if not lacking:
        return None
    return Refusal(
        f"The responses have no column {' and '.join(lacking)}, so there is no case mix to adjust for.",
        "Name columns of the responses, for example channel and transaction_type.",
    )


def _counted(
    responses: nw.LazyFrame[Any], instrument: Instrument, adjusters: Sequence[str], item: str
) -> pd.DataFrame:
    wanted = next((entry for entry in instrument.items if entry.item == item), instrument.headline)
    counts = (
        responses.filter(
            nw.col("in_period"),
            nw.col("survey_type") == instrument.survey_type,
            ~nw.col(wanted.item).is_null(),
        )
        .select("unit_id", *adjusters, score=nw.col(wanted.item))
        .group_by("unit_id", *adjusters, "score")
        .agg(n=nw.len())
        .collect("pandas")
        .to_pandas()
    )
    frame = counts.assign(survey_type=instrument.survey_type, item=wanted.item)
    filled = frame.assign(**{name: frame[name].astype("object").fillna("") for name in adjusters})
    order = ["unit_id", *adjusters, "score"]
    return filled.astype({"n": "int64"}).sort_values(order, kind="stable", ignore_index=True)


def adjusted_scores(scores: UnitScores, mix: pd.DataFrame) -> UnitScores | Refusal:
    """Return `scores` at the average mix of all units, with the error of the adjustment in the variance.

    Parameters
    ----------
    mix
        As returned by `count_mix`.

    Notes
    -----
    Within-unit regression as CAHPS does it; the commonest category of each adjuster is the reference.
    """
    if scores.table != "responses":
        return Refusal("Published figures cannot be adjusted for case mix: that needs the responses.")
    chosen = scores.measure.select(mix)
    adjusters = [str(name) for name in chosen.columns if name not in KEYS]
    design = indicators(chosen, adjusters)
    if not design.shape[1]:
        return Refusal(
            f"There is one category of {' and '.join(map(spoken, adjusters))} only: nothing to adjust for."
        )
    values = coded(chosen["score"], scores.measure)
    fit = case_mix.within_unit(
        values, design, chosen["unit_id"].to_numpy(dtype=str), weights=chosen["n"].to_numpy()
    )
    if isinstance(fit, Refusal):
        return fit
    units = sorted(set(chosen["unit_id"].astype(str)))
    placed = pd.DataFrame({"value": fit.adjusted, "error": fit.errors}, index=units)
    placed = placed.reindex(list(scores.unit_id))
    value, error = (placed[name].to_numpy(dtype=np.float64) for name in ("value", "error"))
    if scores.measure.is_share:
        value = np.clip(value, 0.0, 1.0)
    adjusted_for = tuple(name.replace("_", " ") for name in adjusters)
    return replace(scores, value=value, variance=error**2 * scores.n, adjusted_for=adjusted_for)


def indicators(chosen: pd.DataFrame, adjusters: Sequence[str]) -> Floats:
    """Return one column per category but the commonest, of every adjuster, that occurs more than once."""
    columns = []
    for adjuster in adjusters:
        sizes = chosen.groupby(adjuster)["n"].sum().sort_values(ascending=False, kind="stable")
        columns += [(chosen[adjuster] == category).to_numpy(dtype=np.float64) for category in sizes.index[1:]]
    return np.column_stack(columns) if columns else np.empty((len(chosen), 0))
