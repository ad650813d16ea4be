"""The effect by quarters since the link, and whether linked units moved differently before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from auditlib.linkage.panel import Panel
from auditlib.linkage.procedure import Choices, Split, split
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.adoption import AdoptionPanel, Ints
from auditlib.statistics.bands import band_by_chance, uniform_band
from auditlib.statistics.chance import chance_statistics
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.imputation import Imputation, impute
from auditlib.statistics.two_way import jackknife, regress

QUARTER = 3
LEADS = 3
"""Quarters before the months set aside that are shown."""
FEWEST_CLUSTERS = 4
"""Linked clusters, and other clusters beside them, that a quarter needs to be shown: with fewer, bands hold
their coverage only if linked and other units scatter alike, which so few cannot show."""
MANY = 60
"""Clusters on the smaller side from which the multiplier bootstrap gives the band."""
DRAWS, FEWER_DRAWS, LARGE = 4999, 999, 100
"""Draws of the band, and from how many clusters on fewer must do."""


@dataclass(frozen=True, slots=True, eq=False)
class EventStudy:
    """Effects by quarters since the link, with bands that hold for all quarters together.

    Parameters
    ----------
    frame
        quarter (0 holds the first linked months), phase (``before``, ``set aside``, ``linked``), estimate,
        error, low, high (uniform), units, months, clusters (those linked).
    level
        Coverage of all quarters together.
    critical
        Multiple of the error that the band reaches to.
    hidden
        Quarters without a band, and why.
    """

    frame: pd.DataFrame
    level: float
    critical: float
    hidden: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Quarter:
    """One quarter's estimate: a coefficient of an imputation, and the clusters it rests on."""

    quarter: int
    phase: str
    found: Imputation
    place: int
    units: int
    months: int
    linked: int
    other: int

    @property
    def refused(self) -> str:
        if self.found.jackknife is None:
            return "without some cluster nothing is left to estimate"
        if min(self.linked, self.other) < FEWEST_CLUSTERS:
            return (
                f"it rests on {self.linked} linked and {counted(self.other, 'other cluster')}; "
                f"a band needs {FEWEST_CLUSTERS} of either"
            )
        return ""


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
    quarters = [
        *_leads(panel, links, which=which, choices=choices, cluster=cluster),
        *_lags(panel, links, which=which, choices=choices, cluster=cluster),
    ]
    shown = [quarter for quarter in quarters if not quarter.refused]
    hidden = tuple((quarter.quarter, quarter.refused) for quarter in quarters if quarter.refused)
    if not any(one.phase == "linked" for one in shown):
        why = next((text for quarter, text in hidden if quarter >= 0), "none could be estimated")
        return Refusal(f"No quarter after the link has a band: {why}.")
    return _framed(shown, hidden, level, rng)


def _leads(
    panel: Panel, links: tuple[RoleLinks, ...], *, which: int, choices: Choices, cluster: Ints
) -> Iterator[_Quarter]:
    """Estimate each quarter before the link against all other months before it."""
    parts = split(panel, links, choices=choices)
    quarter = _since(panel, links[which]) // QUARTER
    weight = split(panel, links, choices=replace(choices, hold_out=0)).weight
    aside = -(-choices.hold_out // QUARTER)
    for lead in range(aside + LEADS, 0, -1):
        cells = (quarter == -lead) & (links[which].adopted < len(panel.months))[:, None] & parts.clean
        fitted = parts.clean & (parts.weight > 0) & ~cells
        found = impute(
            panel.value, weight * (fitted | cells), fitted, cells[None].astype(float), cluster=cluster
        )
        if not isinstance(found, Refusal):
            yield _quarter(-lead, "set aside" if lead <= aside else "before", found, 0)


def _lags(
    panel: Panel, links: tuple[RoleLinks, ...], *, which: int, choices: Choices, cluster: Ints
) -> Iterator[_Quarter]:
    """Estimate all quarters after the link at once; months of quarters with too few units are left out."""
    parts = split(panel, links, choices=choices)
    quarter = _since(panel, links[which]) // QUARTER
    linked = parts.linked[which]
    shown = [int(one) for one in np.unique(quarter[linked]) if _units(parts, which, quarter, one)]
    if not shown:
        return
    kept = np.isin(quarter, shown) & linked
    others = [parts.linked[place] for place in range(len(links)) if place != which]
    design = [kept & (quarter == one) for one in shown] + others
    found = impute(
        panel.value, parts.weight * ~(linked & ~kept), parts.clean, np.stack(design).astype(float),
        cluster=cluster,
    )  # fmt: skip
    if not isinstance(found, Refusal):
        yield from (_quarter(one, "linked", found, place) for place, one in enumerate(shown))


def _since(panel: Panel, links: RoleLinks) -> Ints:
    """Return months since the link; far below zero for units without one."""
    return np.arange(len(panel.months))[None, :] - _start(links)[:, None]


def _start(links: RoleLinks) -> Ints:
    return np.where(links.touched.any(axis=1), links.adopted, 10**6)


def _units(parts: Split, which: int, quarter: Ints, one: int) -> bool:
    cells = parts.linked[which] & (quarter == one) & (parts.weight > 0)
    return int(cells.any(axis=1).sum()) >= FEWEST_CLUSTERS


def _quarter(quarter: int, phase: str, found: Imputation, place: int) -> _Quarter:
    fitted = found.fitted
    cells = found.imputed & (fitted.design[place] != 0)
    beside = (fitted.weight > 0) & cells.any(axis=0)[None, :] & ~cells.any(axis=1)[:, None]
    linked, other = (len(np.unique(fitted.cluster[mask.any(axis=1)])) for mask in (cells, beside))
    units = int(cells.any(axis=1).sum())
    return _Quarter(quarter, phase, found, place, units, int(cells.sum()), linked, other)


def _framed(
    shown: list[_Quarter], hidden: tuple[tuple[int, str], ...], level: float, rng: np.random.Generator
) -> EventStudy:
    estimate = np.array([one.found.coefficient[one.place] for one in shown])
    scores = np.stack([one.found.jackknife_scores[:, one.place] for one in shown], axis=1)
    error = np.array([np.asarray(one.found.jackknife)[one.place] for one in shown])
    if min(min(one.linked, one.other) for one in shown) >= MANY:
        band = uniform_band(estimate, scores, level=level, rng=rng)
    else:
        draws = DRAWS if len(scores) <= LARGE else FEWER_DRAWS
        statistics = chance_statistics([(one.found, one.place) for one in shown], draws=draws, rng=rng)
        band = band_by_chance(estimate, error, statistics, level=level)
    frame = pd.DataFrame(
        {
            "quarter": [one.quarter for one in shown],
            "phase": [one.phase for one in shown],
            "estimate": estimate,
            "error": error,
            "low": band.low,
            "high": band.high,
            "units": [one.units for one in shown],
            "months": [one.months for one in shown],
            "clusters": [one.linked for one in shown],
        }
    )
    return EventStudy(frame, level, band.critical, hidden)


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
    """Fit a drift of units to be linked on months before the link, with its power.

    Errors are those of the jackknife by cluster, judged by t with G - 1; with many clusters the usual ones.
    """
    from scipy.special import stdtrit

    parts = split(panel, links, choices=choices)
    since = _since(panel, links[which])
    later = (links[which].adopted < len(panel.months))[:, None]
    slope = np.where(later & parts.clean, since, 0) / 12.0
    clean = AdoptionPanel(panel.value, parts.weight * parts.clean, links[which].adopted, cluster)
    found = regress(clean, slope[None])
    if isinstance(found, Refusal):
        return Refusal("No linked unit has two earlier months: whether it moved differently cannot be seen.")
    entering = len(np.unique(cluster[clean.weight.sum(axis=1) > 0]))
    errors = jackknife(clean, slope[None]) if entering <= LARGE else found.standard_error
    if isinstance(errors, Refusal):
        return Refusal("Whether linked units moved differently before rests on a single cluster.")
    value, error, degrees = float(found.coefficient[0]), float(errors[0]), entering - 1
    half = critical(level, degrees)
    unseen = (half + float(stdtrit(degrees, 0.8))) * error
    linked = parts.linked[which] & (parts.weight > 0)
    middle = float(np.average((since + choices.hold_out + 6)[linked], weights=parts.weight[linked])) / 12
    return Drift(
        value, error, two_sided(value / error, degrees), value - half * error, value + half * error,
        unseen, unseen * middle,
    )  # fmt: skip
