"""Every number of a comparison, with the rows it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.benchmark.scores import METHODS, UnitScores
from auditlib.benchmark.verdicts import ALARM, OutlierStatus
from auditlib.benchmark.wording import counted
from auditlib.records import Basis, Interval, Number, Refusal
from auditlib.statistics.reliability import SUFFICIENT
from auditlib.statistics.types import normal_quantile

if TYPE_CHECKING:
    from auditlib.benchmark.result import Comparison

UNIT_OF = {"mean": "points", "top_box": "share", "bottom_box": "share", "nps": "net share"}
Where = tuple[tuple[str, str | int | float | bool], ...]

MOST_LISTED = 500
"""Units up to which each has its own number among the results; beyond, those outside limits have."""
_BOXES = {"top_box": ("top",), "bottom_box": ("bottom",), "nps": ("top", "bottom")}


MOST_ALONE = 10
"""Units of a survey and side that have a finding each, the farthest first; all others share one."""


def numbers_of(comparison: Comparison) -> tuple[Number, ...]:
    """Return the pooled value, the counts, the spread, and one number per unit."""
    frame = comparison.frame
    plain = frame["verdict"].isin([OutlierStatus.WITHIN.value, OutlierStatus.NONE.value])
    left_out = plain if len(frame) > MOST_LISTED else plain & False
    rows = frame[~left_out].to_dict("records")
    units = tuple(_unit_number(comparison, row) for row in rows)
    return (*_totals(comparison), *units, *_unlisted(comparison, int(left_out.sum())))


def _unlisted(comparison: Comparison, count: int) -> tuple[Number, ...]:
    if not count:
        return ()
    why = (
        f"Units within limits or without a verdict: with more than {MOST_LISTED} units they have no "
        "number of their own among the results; the table of the comparison (to_frame) holds them all."
    )
    return (
        Number(f"unlisted:{comparison.key}", count, "units", basis=rests_on(comparison.scores), reason=why),
    )


def _unit_number(comparison: Comparison, row: dict[Any, Any]) -> Number:
    value, unit = float(row["value"]), str(row["unit_id"])
    known = not np.isnan(value)
    limits = None
    if known:
        method = METHODS[comparison.measure.statistic]
        limits = Interval(float(row["low"]), float(row["high"]), comparison.confidence, method)
    n, certain = int(row["n"]), certain_n(row, minimum=comparison.minimum_cell)
    printed_unit = UNIT_OF[comparison.measure.statistic]
    return Number(
        comparison.number_key(unit), value if known else None, printed_unit, certain, limits,
        unit_basis(comparison.scores, unit, n) if known else (), str(row["why"]),
    )  # fmt: skip


def certain_n(row: Mapping[Any, Any], *, minimum: int) -> int | None:
    """Return the answers a unit has; None where its published band reaches below what may be shown."""
    n = int(row["n"])
    return n if n == int(row["n_high"]) or n >= minimum else None


def unit_basis(scores: UnitScores, unit: str, n: int) -> tuple[Basis, ...]:
    """Return the rows that one unit's value rests on."""
    where = (("unit_id", unit), ("survey_type", scores.measure.survey_type), ("in_period", True))
    if scores.table == "responses":
        return (Basis("responses", where, scores.measure.item.item, n),)
    return _published(scores, (("unit_id", unit),), rows=1)


def _published(scores: UnitScores, chosen: tuple[tuple[str, str], ...], *, rows: int) -> tuple[Basis, ...]:
    where: Where = (
        *chosen,
        ("survey_type", scores.measure.survey_type),
        ("item", scores.measure.item.item),
        ("period_start", int(scores.period_start or 0)),
    )
    boxes = _BOXES[scores.measure.statistic]
    return tuple(Basis("aggregates", (*where, ("box", box)), "value", rows) for box in boxes)


def rests_on(scores: UnitScores) -> tuple[Basis, ...]:
    """Return the rows that all units' values rest on together, compared or not."""
    if scores.table == "responses":
        where = (("survey_type", scores.measure.survey_type), ("in_period", True))
        return (Basis("responses", where, scores.measure.item.item, int(scores.n.sum())),)
    return _published(scores, (), rows=int(scores.known.sum()))


def _left_out(comparison: Comparison) -> str:
    """Say which of the rows the basis selects are not in the pooled value."""
    chosen, scores = comparison.judgement.chosen, comparison.scores
    text = "Over all answers of the units compared."
    out = ~chosen & scores.known
    if not out.any():
        return text
    rows = counted(int(scores.n[out].sum()), "answer") if scores.table == "responses" else "the rows"
    return (
        f"{text} Left out of the rows named: {rows} of {counted(int(out.sum()), 'unit')} without a verdict."
    )


def _totals(comparison: Comparison) -> tuple[Number, ...]:
    judgement, statistic = comparison.judgement, comparison.measure.statistic
    compared = comparison.frame[judgement.chosen]
    n = int(compared["n"].sum())
    pooled = Number(
        comparison.number_key("pooled"), judgement.target, UNIT_OF[statistic], n, None,
        rests_on(comparison.scores), _left_out(comparison),
    )  # fmt: skip
    return (pooled, *_counts(comparison), *_spread(comparison))


def _counts(comparison: Comparison) -> tuple[Number, ...]:
    called = {
        verdict: len(comparison.units(verdict)) for verdict in (OutlierStatus.HIGHER, OutlierStatus.LOWER)
    }
    counts = {
        "units": len(comparison.frame),
        "compared": int(comparison.judgement.chosen.sum()),
        "silent": int((~comparison.judgement.chosen).sum()),
        "higher": called[OutlierStatus.HIGHER],
        "lower": called[OutlierStatus.LOWER],
        "called": sum(called.values()),
        "minimum_n": comparison.minimum_n,
        "chance_only": int((np.abs(comparison.judgement.z_chance) > normal_quantile(ALARM)).sum()),
    }
    further = {
        f"{side.value}_further": many - MOST_ALONE for side, many in called.items() if many > MOST_ALONE
    }
    return tuple(
        Number(f"{name}:{comparison.key}", count, "answers" if name == "minimum_n" else "units")
        for name, count in {**counts, **further}.items()
    )


def _spread(comparison: Comparison) -> tuple[Number, ...]:
    found, shrunk = comparison.judgement.dispersion, comparison.judgement.shrunk
    phi = Number(f"phi:{comparison.key}", None, "ratio", reason=found.reason) if isinstance(
        found, Refusal
    ) else Number(f"phi:{comparison.key}", found.phi, "ratio", found.units)  # fmt: skip
    unit = UNIT_OF[comparison.measure.statistic]
    tau = Number(f"tau:{comparison.key}", None, unit, reason=shrunk.reason) if isinstance(
        shrunk, Refusal
    ) else Number(f"tau:{comparison.key}", float(np.sqrt(shrunk.tau2)), unit, len(shrunk.value))  # fmt: skip
    times = Number(
        f"times_chance:{comparison.key}",
        None if isinstance(found, Refusal) else float(np.sqrt(found.phi)),
        "ratio",
        reason="Root of the over-dispersion.",
    )
    return phi, times, tau, *_certainty(comparison)


def _certainty(comparison: Comparison) -> tuple[Number, ...]:
    found, needed, key = comparison.places, comparison.needed(), comparison.key
    reliable = int((comparison.judgement.reliability >= SUFFICIENT).sum())
    answers = (
        Number(f"needed:{key}", None, "answers", reason=needed.reason)
        if isinstance(needed, Refusal)
        else Number(f"needed:{key}", needed, "answers")
    )
    likely = found.likely_span
    return (
        Number(f"likely_span:{key}", None, "places", reason=likely.reason)
        if isinstance(likely, Refusal)
        else Number(f"likely_span:{key}", likely, "places"),
        Number(f"rank_span:{key}", found.span, "places"),
        Number(f"upper_half:{key}", found.upper_half, "units"),
        Number(f"lower_half:{key}", found.lower_half, "units"),
        Number(f"reliable:{key}", reliable, "units"),
        Number(f"sufficient_reliability:{key}", SUFFICIENT, "ratio", reason="Declared."),
        answers,
    )
