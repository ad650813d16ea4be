"""`compare`: from cells or aggregates to one comparison per survey type."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.benchmark.comparisons import BenchmarkResult
from auditlib.benchmark.mix import adjusted_scores
from auditlib.benchmark.places import ComparedRanks, places
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import (
    STATISTICS,
    ScoreMeasure,
    UnitScores,
    from_aggregates,
    from_cells,
    interval,
)
from auditlib.benchmark.verdicts import OutlierJudgement, OutlierStatus, funnel_limits, judge
from auditlib.benchmark.wording import no_verdict_reason, verdict_reason
from auditlib.errors import ParameterError, Problem
from auditlib.records import Instrument, Item, Refusal
from auditlib.statistics.funnel import Variant
from auditlib.statistics.types import Floats

_NO_SURVEY = Refusal(
    "No survey is declared, so that there is no score to compare units on.",
    "Declare the instruments in the run file.",
)
_DESCRIBING = ("name", "region", "unit_type")


def compare(
    cells: pd.DataFrame,
    instruments: Instrument | Sequence[Instrument],
    *,
    units: pd.DataFrame,
    aggregates: pd.DataFrame | None = None,
    mix: pd.DataFrame | Refusal | None = None,
    statistic: str = "mean",
    item: str = "",
    survey_type: str = "",
    minimum_n: int = 30,
    minimum_cell: int = 5,
    minimum_units: int = 10,
    confidence: float = 0.95,
    variant: Variant = "winsorised",
    consistent: bool = True,
    seed: int = 0,
    draws: int = 1000,
) -> BenchmarkResult:
    """Compare units on one statistic, each survey type by itself.

    Parameters
    ----------
    cells
        Counts in the audited period: unit_id, survey_type, item, score, n (month is summed over).
    instruments
        The survey types with their items and scales; each is compared on its headline item.
    units
        The register of units: unit_id, and name, region, unit_type where known.
    aggregates
        The canonical table of published shares, used for survey types without cells.
    mix
        Counts by case mix, as `count_mix` returns them; given, values are adjusted for it. A refusal is
        handed on for each survey type.
    statistic
        ``mean``, ``top_box``, ``bottom_box`` or ``nps``.
    item
        Item to compare instead of the headline.
    survey_type
        The only survey type to compare; empty for all.
    minimum_n
        Answers a unit needs for a verdict; at least 2, because one answer has no variance.
    minimum_cell
        Answers below which a unit's value is suppressed; at least 2.
    minimum_units
        Units needed to tell over-dispersion from units that stand out.
    confidence
        Level of intervals and inner limits.
    variant, consistent
        How over-dispersion is estimated; see `statistics.funnel.over_dispersion`.
    seed, draws
        Start and number of the simulated samples behind the ranks.

    Raises
    ------
    ParameterError
        For a statistic, survey type or item that does not exist.
    """
    given = (instruments,) if isinstance(instruments, Instrument) else tuple(instruments)
    if not given:
        return BenchmarkResult((), (("any", _NO_SURVEY),))
    _check(given, statistic, survey_type, item)
    unit_ids = tuple(sorted({str(unit) for unit in units["unit_id"]}))
    comparisons: list[Comparison] = []
    refusals: list[tuple[str, Refusal]] = []
    for instrument in _wanted(given, survey_type, item):
        measure = ScoreMeasure(instrument.survey_type, _item(instrument, item), statistic)
        scores = _scores(cells, aggregates, measure, unit_ids=unit_ids)
        if mix is not None and not isinstance(scores, Refusal):
            scores = mix if isinstance(mix, Refusal) else adjusted_scores(scores, mix)
        outcome = scores if isinstance(scores, Refusal) else _compare_one(
            scores, units, minimum_n=max(2, minimum_n), minimum_cell=max(2, minimum_cell),
            minimum_units=minimum_units, confidence=confidence, variant=variant, consistent=consistent,
            seed=seed, draws=draws,
        )  # fmt: skip
        if isinstance(outcome, Refusal):
            refusals.append((instrument.survey_type, outcome))
        else:
            comparisons.append(outcome)
    return BenchmarkResult(tuple(comparisons), tuple(refusals))


def _check(instruments: tuple[Instrument, ...], statistic: str, survey_type: str, item: str) -> None:
    types = tuple(instrument.survey_type for instrument in instruments)
    items = tuple(entry.item for instrument in instruments for entry in instrument.items)
    for what, value, known in (
        ("statistic", statistic, STATISTICS),
        ("survey type", survey_type or types[0], types),
        ("item", item or items[0], items),
    ):
        if value not in known:
            raise ParameterError(
                Problem(f"There is no {what} {value!r}.", remedy=f"Choose one of: {', '.join(known)}.")
            )


def _wanted(instruments: tuple[Instrument, ...], survey_type: str, item: str) -> tuple[Instrument, ...]:
    return tuple(
        instrument
        for instrument in instruments
        if survey_type in ("", instrument.survey_type)
        and (not item or any(entry.item == item for entry in instrument.items))
    )


def _item(instrument: Instrument, item: str) -> Item:
    return next((entry for entry in instrument.items if entry.item == item), instrument.headline)


def _scores(
    cells: pd.DataFrame, aggregates: pd.DataFrame | None, measure: ScoreMeasure, *, unit_ids: tuple[str, ...]
) -> UnitScores | Refusal:
    """Take responses where there are any, published figures otherwise."""
    if aggregates is not None and measure.select(cells).empty and not measure.select(aggregates).empty:
        return from_aggregates(aggregates, measure, unit_ids=unit_ids)
    return from_cells(cells, measure, unit_ids=unit_ids)


def _compare_one(
    scores: UnitScores,
    units: pd.DataFrame,
    *,
    minimum_n: int,
    minimum_cell: int,
    minimum_units: int,
    confidence: float,
    variant: Variant,
    consistent: bool,
    seed: int,
    draws: int,
) -> Comparison | Refusal:
    enough = scores.known & (scores.n >= minimum_n)
    judgement = judge(
        scores,
        enough,
        confidence=confidence,
        minimum_units=minimum_units,
        variant=variant,
        consistent=consistent,
    )
    if isinstance(judgement, Refusal):
        return judgement
    sets = places(scores, judgement, confidence=confidence, seed=seed, draws=draws)
    if isinstance(sets, Refusal):
        return sets
    frame = _frame(scores, judgement, minimum_n=minimum_n, minimum_cell=minimum_cell, confidence=confidence)
    described = _described(_with_ranks(frame, sets, judgement.chosen), units)
    limits = funnel_limits(scores, judgement)
    return Comparison(scores, judgement, sets, described, limits, confidence, minimum_n, minimum_cell)


def _described(frame: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Put name, region and unit type beside each unit; an unnamed unit is called by its id."""
    register = units.drop_duplicates("unit_id").set_index("unit_id")
    for position, column in enumerate(_DESCRIBING, start=1):
        known = register[column] if column in register else pd.Series(dtype="object")
        values = known.reindex(frame["unit_id"]).astype("object").fillna("").tolist()
        frame.insert(position, column, values)
    frame["name"] = frame["name"].where(frame["name"] != "", frame["unit_id"])
    return frame


def _frame(
    scores: UnitScores, judgement: OutlierJudgement, *, minimum_n: int, minimum_cell: int, confidence: float
) -> pd.DataFrame:
    """Return one row per unit with what it scored, what that means and why."""
    shown = scores.known & (scores.n >= minimum_cell)  # a band that reaches below it gives no interval
    limits = interval(scores, shown, level=confidence)
    frame = pd.DataFrame(
        {
            "unit_id": list(scores.unit_id),
            "n": scores.n,
            "n_high": scores.n_high,
            "value": np.where(shown, scores.value, np.nan),
            "low": limits.low,
            "high": limits.high,
        }
    )
    chosen = judgement.chosen
    spread = {"z_chance": judgement.z_chance, "z": judgement.z, "q": judgement.q}
    if not isinstance(judgement.shrunk, Refusal):
        shrunk = judgement.shrunk
        spread |= {"shrunk": shrunk.value, "shrunk_low": shrunk.low, "shrunk_high": shrunk.high}
        spread["reliability"] = judgement.reliability
    for column, values in spread.items():
        frame[column] = _placed(values, chosen)
    frame["verdict"], frame["why"] = _verdicts(scores, judgement, minimum_n, minimum_cell)
    return frame


def _with_ranks(frame: pd.DataFrame, sets: ComparedRanks, chosen: NDArray[np.bool_]) -> pd.DataFrame:
    """Put the ranks before the verdict; empty where a unit is not compared."""
    ranked = frame.copy()
    likely = None if isinstance(sets.likely, Refusal) else sets.likely
    for position, (column, values) in enumerate(
        (
            ("likely_low", None if likely is None else likely.low),
            ("likely_high", None if likely is None else likely.high),
            ("rank_low", sets.each.low),
            ("rank_high", sets.each.high),
            ("joint_low", sets.joint.low),
            ("joint_high", sets.joint.high),
        )
    ):
        entries = pd.Series(pd.NA, index=frame.index, dtype="Int64")
        if values is not None:
            entries[chosen] = values
        ranked.insert(len(frame.columns) - 2 + position, column, entries)
    return ranked


def _placed(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
    full = np.full(len(chosen), np.nan)
    full[chosen] = values
    return full


def _verdicts(
    scores: UnitScores, judgement: OutlierJudgement, minimum_n: int, minimum_cell: int
) -> tuple[list[str], list[str]]:
    verdicts, reasons = [], []
    judged = iter(zip(judgement.verdicts(), judgement.z, judgement.q, judgement.reliability, strict=True))
    for index, compared in enumerate(judgement.chosen):
        if compared:
            verdict, z, q, reliable = next(judged)
            reason = verdict_reason(verdict, judgement, z=float(z), q=float(q), reliable=float(reliable))
        else:
            verdict = OutlierStatus.NONE
            reason = no_verdict_reason(scores, index, minimum_n=minimum_n, minimum_cell=minimum_cell)
        verdicts.append(verdict.value)
        reasons.append(reason)
    return verdicts, reasons
