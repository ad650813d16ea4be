"""What standards ask about satisfaction: the headline question of a survey type, all units together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.benchmark.facts import Where
from auditlib.benchmark.repeats import repeated_answers_of
from auditlib.benchmark.scores import DIRICHLET, ScoreMeasure
from auditlib.records import Basis, EvidenceLevel, Instrument, Interval, Item, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import share_of
from auditlib.standards.supplied import lacking
from auditlib.statistics.intervals import wilson
from auditlib.statistics.ordinal import ordinal_mean

if TYPE_CHECKING:
    import pandas as pd


SCALE_OF_TARGETS = (1.0, 5.0)
"""Ends of the scale that editions set their targets in points on."""


@measure("satisfaction_top_box", needs=(), satisfaction=True)
def satisfaction_top_box(tables: Tables, context: Context, *, survey_type: str) -> Measurement:
    """Answers to the headline question in the declared top box, over all valid answers of the period.

    From aggregates: the published shares, weighted by the lowest number of surveys of each unit's band.
    """
    item = _headline(context, survey_type)
    if item is None:
        return nothing(f"no {survey_type} survey is declared")
    if "responses" not in tables.tables:
        return _published(tables, context, survey_type, item)
    missing = lacking(("responses",), tables, context.run, {"survey_type": survey_type})
    if missing:
        return nothing(missing)
    cells = _cells(tables, survey_type, item)
    n = int(cells["n"].sum())
    top = int(cells.loc[cells["score"] >= item.scale.top_box, "n"].sum())
    basis = _basis(survey_type, item, cells)
    alike = _design_effect(tables, ScoreMeasure(survey_type, item, "top_box"), cells)
    return share_of(
        top, n, confidence=context.confidence, basis=[basis], none=_none(survey_type), design_effect=alike
    )


@measure(
    "satisfaction_mean", needs=("responses",), statistic=Statistic.MEAN, unit="points", satisfaction=True
)
def satisfaction_mean(tables: Tables, context: Context, *, survey_type: str) -> Measurement:
    """Mean valid answer to the headline question in the period, on a scale of 1 to 5.

    On another scale a target in points says nothing: of 0 to 10, a mean of 4.4 is a poor one.
    """
    item = _headline(context, survey_type)
    if item is None:
        return nothing(f"no {survey_type} survey is declared")
    if (item.scale.low, item.scale.high) != SCALE_OF_TARGETS:
        return nothing(_other_scale(item))
    cells = _cells(tables, survey_type, item)
    n = int(cells["n"].sum())
    if n < 2:
        return nothing(_none(survey_type))
    total = float((cells["score"] * cells["n"]).sum())
    alike = _design_effect(tables, ScoreMeasure(survey_type, item, "mean"), cells)
    interval = _limits(cells, item, n / alike, level=context.confidence)
    basis = _basis(survey_type, item, cells)
    return Measurement(
        "", total / n, n, Statistic.MEAN, interval=interval, design_effect=alike, basis=(basis,)
    )


def _limits(cells: pd.DataFrame, item: Item, effective: float, *, level: float) -> Interval:
    """Return limits for the mean answer of all units together."""
    counts = cells.groupby("score")["n"].sum().reindex(item.scale.scores, fill_value=0)
    limits = ordinal_mean(counts.to_numpy()[None, :], item.scale.scores, effective=[effective], level=level)
    return Interval(float(limits.low[0]), float(limits.high[0]), level, DIRICHLET)


def _design_effect(tables: Tables, measure: ScoreMeasure, cells: pd.DataFrame) -> float:
    """Return how many answers of all units together are worth one of another customer each."""
    units = tuple(sorted(set(cells["unit_id"].astype(str))))
    repeats = repeated_answers_of(tables, measure, unit_ids=units)
    if repeats is None:
        return 1.0
    return float((repeats.n * repeats.design_effect()).sum() / repeats.n.sum()) if repeats.n.sum() else 1.0


def _other_scale(item: Item) -> str:
    low, high = SCALE_OF_TARGETS
    return (
        f'the target is in points of a scale of {low:g} to {high:g}, and "{item.wording}" is answered on '
        f"{item.scale.low:g} to {item.scale.high:g}"
    )


def _headline(context: Context, survey_type: str) -> Item | None:
    if survey_type not in context.run.instruments:
        return None
    instrument: Instrument = context.run.instrument(survey_type)
    return instrument.headline


def _cells(tables: Tables, survey_type: str, item: Item) -> pd.DataFrame:
    return tables.frame("cells", where=(("survey_type", survey_type), ("item", item.item)))


def _published(tables: Tables, context: Context, survey_type: str, item: Item) -> Measurement:
    """Return the top-box share that published shares and bands of n allow."""
    if "aggregates" not in tables.tables:
        return nothing("the evidence has neither responses nor aggregates")
    where: Where = (("survey_type", survey_type), ("item", item.item), ("box", "top"))
    published = tables.frame("aggregates", columns=["value", "n_low", "period_start"], where=where)
    if published.empty:
        return nothing(f"no top-box share of {survey_type} is published")
    latest = int(published["period_start"].max())
    where = (*where, ("period_start", latest))
    of_period = published[published["period_start"] == latest]
    usable = of_period[of_period["n_low"].fillna(0) > 0]
    n = int(usable["n_low"].sum())
    if n == 0:
        return nothing(f"no published share of {survey_type} says how many surveys it rests on")
    share = float((usable["value"] * usable["n_low"]).sum()) / n
    limits = wilson(share * n, n, level=context.confidence)
    return Measurement(
        "",
        share,
        n,
        Statistic.SHARE,
        interval=Interval(float(limits.low), float(limits.high), context.confidence, "Wilson, lowest n"),
        level=EvidenceLevel.AGGREGATES,
        basis=(Basis("aggregates", where, "value", len(usable)),),
        reason="published shares, weighted by the lowest number of surveys of each band",
    )


def _basis(survey_type: str, item: Item, cells: pd.DataFrame) -> Basis:
    return Basis("cells", (("survey_type", survey_type), ("item", item.item)), rows=len(cells))


def _none(survey_type: str) -> str:
    return f"no valid answer to the {survey_type} survey in the period"
