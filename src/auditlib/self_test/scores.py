"""Scores moved in a copy: one unit at a time is made worse, and the units are compared again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from auditlib import benchmark
from auditlib.benchmark import Comparison, OutlierStatus
from auditlib.parameters.engagement import Engagement
from auditlib.self_test.copied_tables import CopiedTables, put_to
from auditlib.self_test.result import FaultTrial, Flaw

UNITS = 8
"""Units that are made worse, one after the other."""
MOVED = 0.1
"""Share of the answers of such a unit that turn from the best into the worst."""
STATISTIC = "mean"
WORSE = Flaw(
    "scores_lowered",
    "units of which one in ten answers was turned from the best into the worst",
    "units that stand out are called out",
    "units",
)


def try_scores(engagement: Engagement, *, rng: np.random.Generator) -> Iterator[FaultTrial]:
    """Yield how many of the units made worse the comparison of units calls out, and how many it acquits.

    Parameters
    ----------
    rng
        Chooses the units.
    """
    cells = engagement.evidence.cells()
    if cells.empty:
        yield FaultTrial(WORSE, reason="the evidence has no single answers")
        return
    survey_type = _most_answered(cells)
    before = _compared(engagement, cells, survey_type)
    if before is None:
        yield FaultTrial(WORSE, reason="the units of this evidence are not compared")
        return
    quiet = before.units(OutlierStatus.ALIKE, OutlierStatus.UNCLEAR)["unit_id"].astype(str)
    chosen = rng.permutation(np.array(sorted(quiet), dtype=object))[:UNITS].tolist()
    if not chosen:
        yield FaultTrial(WORSE, reason="every unit stands out already, or none may be judged")
        return
    called = set(before.called_out["unit_id"].astype(str))
    found = newly = acquitted = 0
    for unit in chosen:
        after = _compared(engagement, _lowered(cells, unit, before), survey_type)
        now = set() if after is None else set(after.called_out["unit_id"].astype(str)) - called
        found += unit in now
        newly += len(now - {unit})
        acquitted += after is not None and unit in set(
            after.units(OutlierStatus.ALIKE)["unit_id"].astype(str)
        )
    others = len(before.compared) - 1
    yield FaultTrial(
        WORSE,
        planted=len(chosen),
        found=found,
        untouched=others * len(chosen),
        newly=newly,
        acquitted=acquitted,
    )


def _compared(engagement: Engagement, cells: pd.DataFrame, survey_type: str) -> Comparison | None:
    copy = CopiedTables(engagement.evidence, altered_cells=cells)
    asked = put_to(engagement, copy)
    result = benchmark.compare(asked, statistic=STATISTIC, survey_type=survey_type).result
    return next(iter(result), None)


def _most_answered(cells: pd.DataFrame) -> str:
    """Return the survey type with the most answers."""
    return str(cells.groupby("survey_type", observed=True)["n"].sum().idxmax())


def _lowered(cells: pd.DataFrame, unit: str, comparison: Comparison) -> pd.DataFrame:
    """Return the cells with answers of one unit turned from the best score into the worst, month by month."""
    measure = comparison.measure
    scale = measure.item.scale
    own = (
        (cells["unit_id"].astype(str) == unit)
        & (cells["survey_type"] == measure.survey_type)
        & (cells["item"] == measure.item.item)
    )
    rows = cells[own]
    best = rows[rows["score"] == scale.high]
    wanted = (rows.groupby("month")["n"].sum() * MOVED).round().to_dict()
    turned = [min(int(n), int(wanted[month])) for n, month in zip(best["n"], best["month"], strict=True)]
    fewer = cells["n"].copy()
    fewer.loc[best.index] -= turned
    worst = best.assign(score=scale.low, n=turned)
    together = pd.concat([cells.assign(n=fewer), worst], ignore_index=True)
    keys = ["unit_id", "month", "survey_type", "item", "score"]
    summed = together.groupby(keys, sort=False, observed=True)["n"].sum().reset_index()
    return summed[summed["n"] > 0].reset_index(drop=True)
