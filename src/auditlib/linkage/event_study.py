"""The effect by quarters since the link, and whether linked units moved differently before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from auditlib.linkage.panel import Panel
from auditlib.linkage.procedure import Choices, Split, split
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, Ints
from auditlib.statistics.bands import uniform_band
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.imputation import Imputation, impute
from auditlib.statistics.two_way import regress
from auditlib.statistics.types import Floats

QUARTER = 3
LEADS = 3
"""Quarters before the months set aside that are shown."""
FEWEST_UNITS = 4
"""Linked units a quarter needs to be shown."""


@dataclass(frozen=True, slots=True, eq=False)
class EventStudy:
    """Effects by quarters since the link, with bands that hold for all quarters together.

    Parameters
    ----------
    frame
        quarter (0 holds the first linked months), phase (``before``, ``set aside``, ``linked``), estimate,
        error, low, high (uniform), units, months.
    level
        Coverage of all quarters together.
    """

    frame: pd.DataFrame
    level: float


def event_study(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    which: int,
    choices: Choices,
    cluster: Ints,
    level: float,
    rng: np.random.Generator,
) -> EventStudy | Refusal:
    """Estimate the effect of one role's links by quarters since the link.

    Quarters before the link are each measured against the other months before it; they should be zero.
    """
    parts = split(panel, links, choices=choices)
    since = np.arange(len(panel.months))[None, :] - _start(links[which])[:, None]
    quarter = np.floor_divide(since, QUARTER)
    rows: list[tuple[int, str, float, Floats, int, int]] = []
    weight = split(panel, links, choices=replace(choices, hold_out=0)).weight
    first = -(-choices.hold_out // QUARTER)
    for lead in range(first + LEADS, 0, -1):
        cells = (quarter == -lead) & (links[which].adopted < len(panel.months))[:, None] & parts.clean
        phase = "set aside" if lead <= first else "before"
        fitted = parts.clean & (parts.weight > 0) & ~cells
        found = impute(
            panel.value, weight * (fitted | cells), fitted, cells[None].astype(float), cluster=cluster
        )
        rows += _rows(found, [-lead], phase)
    shown = [
        int(one) for one in np.unique(quarter[parts.linked[which]]) if _units(parts, which, quarter, one)
    ]
    if not shown:
        return Refusal("No quarter after the link rests on enough linked units.")
    kept = np.isin(quarter, shown) & parts.linked[which]
    others = [parts.linked[place] for place in range(len(links)) if place != which]
    design = [kept & (quarter == one) for one in shown] + others
    alone = parts.weight * ~(parts.linked[which] & ~kept)
    found = impute(panel.value, alone, parts.clean, np.stack(design).astype(float), cluster=cluster)
    rows += _rows(found, shown, "linked")
    if isinstance(found, Refusal):
        return found
    return _framed(rows, level, rng)


def _start(links: RoleLinks) -> Ints:
    return np.where(links.touched.any(axis=1), links.adopted, 10**6)


def _units(parts: Split, which: int, quarter: Ints, one: int) -> bool:
    cells = parts.linked[which] & (quarter == one) & (parts.weight > 0)
    return int(cells.any(axis=1).sum()) >= FEWEST_UNITS


def _rows(
    found: Imputation | Refusal, quarters: list[int], phase: str
) -> list[tuple[int, str, float, Floats, int, int]]:
    if isinstance(found, Refusal):
        return []
    rows = []
    for place, quarter in enumerate(quarters):
        cells = found.imputed & (found.fitted.design[place] != 0)
        if cells.any(axis=1).sum() >= FEWEST_UNITS:
            units, months = int(cells.any(axis=1).sum()), int(cells.sum())
            rows.append(
                (
                    quarter,
                    phase,
                    float(found.coefficient[place]),
                    found.jackknife_scores[:, place],
                    units,
                    months,
                )
            )
    return rows


def _framed(
    rows: list[tuple[int, str, float, Floats, int, int]], level: float, rng: np.random.Generator
) -> EventStudy:
    estimate = np.array([row[2] for row in rows])
    scores = np.stack([row[3] for row in rows], axis=1)
    band = uniform_band(estimate, scores, level=level, rng=rng)
    count = len(scores)
    frame = pd.DataFrame(
        {
            "quarter": [row[0] for row in rows],
            "phase": [row[1] for row in rows],
            "estimate": estimate,
            "error": np.sqrt((scores**2).sum(axis=0) * count / (count - 1)),
            "low": band.low,
            "high": band.high,
            "units": [row[4] for row in rows],
            "months": [row[5] for row in rows],
        }
    )
    return EventStudy(frame, level)


@dataclass(frozen=True, slots=True)
class Drift:
    """Whether units that were linked later moved differently before: a straight drift, and what could hide.

    Parameters
    ----------
    slope, error
        Points per year by which units to be linked rose more than others before their link.
    p_value, low, high
        Of the slope.
    unseen
        Drift per year that would have gone unnoticed in one of five audits or more.
    carried
        What a drift of `unseen` adds to the estimate if it goes on.
    """

    slope: float
    error: float
    p_value: float
    low: float
    high: float
    unseen: float
    carried: float


def drift(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    which: int,
    choices: Choices,
    cluster: Ints,
    level: float,
) -> Drift | Refusal:
    """Fit a drift of units to be linked on months before the link, with its power."""
    from scipy.special import stdtrit

    parts = split(panel, links, choices=choices)
    since = np.arange(len(panel.months))[None, :] - _start(links[which])[:, None]
    later = (links[which].adopted < len(panel.months))[:, None]
    slope = np.where(later & parts.clean, since, 0) / 12.0
    clean = AdoptionPanel(panel.value, parts.weight * parts.clean, links[which].adopted, cluster)
    found = regress(clean, slope[None])
    if isinstance(found, Refusal):
        return Refusal("No linked unit has two earlier months: whether it moved differently cannot be seen.")
    value, error = float(found.coefficient[0]), float(found.standard_error[0])
    degrees = int(cluster.max())
    half = critical(level, degrees)
    unseen = (half + float(stdtrit(degrees, 0.8))) * error
    linked = parts.linked[which] & (parts.weight > 0)
    middle = float(np.average((since + choices.hold_out + 6)[linked], weights=parts.weight[linked])) / 12
    return Drift(
        value, error, two_sided(value / error, degrees), value - half * error, value + half * error,
        unseen, unseen * middle,
    )  # fmt: skip
