"""The effect by quarters since the link, and whether linked units moved differently before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.procedure import PayQuestion, Split, split
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
POWER = 0.8
"""Share of audits that would notice the drift that is called unseen."""
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
    imputed: Imputation
    place: int
    units: int
    months: int
    linked: int
    controls: int

    @property
    def refused(self) -> str:
        if self.imputed.jackknife is None:
            return "without some cluster nothing is left to estimate"
        if min(self.linked, self.controls) < FEWEST_CLUSTERS:
            return (
                f"it rests on {self.linked} linked and {counted(self.controls, 'other cluster')}; "
                f"a band needs {FEWEST_CLUSTERS} of either"
            )
        return ""


def event_study(question: PayQuestion, *, rng: np.random.Generator) -> EventStudy | Refusal:
    """Estimate the effect of one role's links by quarters since the link.

    Quarters before the link are each measured against the other months before it; they should be zero.
    """
    quarters = [*_leads(question), *_lags(question)]
    banded = [quarter for quarter in quarters if not quarter.refused]
    hidden = tuple((quarter.quarter, quarter.refused) for quarter in quarters if quarter.refused)
    if not any(quarter.phase == "linked" for quarter in banded):
        why = next((text for quarter, text in hidden if quarter >= 0), "none could be estimated")
        return Refusal(f"No quarter after the link has a band: {why}.")
    return _framed(banded, hidden, question.level, rng)


def against_last_quarter(question: PayQuestion, *, rng: np.random.Generator) -> EventStudy | Refusal:
    """Estimate quarters before and after the link alike: each against the last one before what is set aside.

    Every estimate is a long difference of linked units, less that of units never linked, so that a kink at
    the link is in the data and not in the reference. Months of the other role's links are left out.

    Notes
    -----
    Roth (2026), arXiv 2401.12309: quarters before the link that are measured against the others before it,
    and later ones against all of those, may show a kink where there is none.
    """
    quarters = list(_long_differences(question.alone()))
    banded = [quarter for quarter in quarters if not quarter.refused]
    hidden = tuple((quarter.quarter, quarter.refused) for quarter in quarters if quarter.refused)
    if not any(quarter.phase == "linked" for quarter in banded):
        why = next((text for quarter, text in hidden if quarter >= 0), "none could be estimated")
        return Refusal(f"Against the last quarter before the link no later one has a band: {why}.")
    return _framed(banded, hidden, question.level, rng)


def _long_differences(question: PayQuestion) -> Iterator[_Quarter]:
    """Estimate each quarter against the last one before what is set aside, and against units never linked."""
    panel, links = question.panel, question.role_links
    weight, quarter = split(question.anticipating(0)).weight, _since(question) // QUARTER
    aside = -(-question.choices.anticipation // QUARTER)
    never = ~np.asarray(links.touched.any(axis=1), dtype=bool)[:, None]
    reference = (quarter == -1 - aside) & ~never
    fitted = (reference | never) & (weight > 0)
    if not (reference & (weight > 0)).any():
        return
    measured = ~never & (weight > 0) & (reference & (weight > 0)).any(axis=1)[:, None]
    for since in range(-1 - aside - LEADS + 1, int(quarter.max(initial=-1)) + 1):
        cells = measured & (quarter == since)
        if since == -1 - aside or not cells.any():
            continue
        design = cells[None].astype(float)
        imputed = impute(panel.value, weight * (fitted | cells), fitted, design, cluster=question.groups)
        if not isinstance(imputed, Refusal):
            phase = "linked" if since >= 0 else "set aside" if since >= -aside else "before"
            yield _quarter(since, phase, imputed, 0)


def _leads(question: PayQuestion) -> Iterator[_Quarter]:
    """Estimate each quarter before the link against all other months before it."""
    panel, parts = question.panel, split(question)
    quarter = _since(question) // QUARTER
    weight = split(question.anticipating(0)).weight
    aside = -(-question.choices.anticipation // QUARTER)
    for lead in range(aside + LEADS, 0, -1):
        cells = (quarter == -lead) & (question.role_links.adopted < len(panel.months))[:, None] & parts.clean
        fitted = parts.clean & (parts.weight > 0) & ~cells
        imputed = impute(
            panel.value, weight * (fitted | cells), fitted, cells[None].astype(float), cluster=question.groups
        )
        if not isinstance(imputed, Refusal):
            yield _quarter(-lead, "set aside" if lead <= aside else "before", imputed, 0)


def _lags(question: PayQuestion) -> Iterator[_Quarter]:
    """Estimate all quarters after the link at once; months of quarters with too few units are left out."""
    parts, place = split(question), question.place
    quarter = _since(question) // QUARTER
    linked = parts.linked[place]
    later = [int(after) for after in np.unique(quarter[linked])]
    enough = [after for after in later if _enough_units(parts, linked & (quarter == after))]
    if not enough:
        return
    used = np.isin(quarter, enough) & linked
    other_roles = [parts.linked[index] for index in range(len(question.links)) if index != place]
    design = [used & (quarter == after) for after in enough] + other_roles
    imputed = impute(
        question.panel.value,
        parts.weight * ~(linked & ~used),
        parts.clean,
        np.stack(design).astype(float),
        cluster=question.groups,
    )
    if not isinstance(imputed, Refusal):
        yield from (_quarter(after, "linked", imputed, at) for at, after in enumerate(enough))


def _since(question: PayQuestion) -> Ints:
    """Return months since the link; far below zero for units without one."""
    start = np.where(question.role_links.touched.any(axis=1), question.role_links.adopted, 10**6)
    return np.arange(len(question.panel.months))[None, :] - start[:, None]


def _enough_units(parts: Split, cells: NDArray[np.bool_]) -> bool:
    return int((cells & (parts.weight > 0)).any(axis=1).sum()) >= FEWEST_CLUSTERS


def _quarter(quarter: int, phase: str, imputed: Imputation, place: int) -> _Quarter:
    fitted = imputed.fitted
    cells = imputed.imputed & (fitted.design[place] != 0)
    comparison = (fitted.weight > 0) & cells.any(axis=0)[None, :] & ~cells.any(axis=1)[:, None]
    linked, controls = (len(np.unique(fitted.cluster[mask.any(axis=1)])) for mask in (cells, comparison))
    units = int(cells.any(axis=1).sum())
    return _Quarter(quarter, phase, imputed, place, units, int(cells.sum()), linked, controls)


def _framed(
    quarters: list[_Quarter], hidden: tuple[tuple[int, str], ...], level: float, rng: np.random.Generator
) -> EventStudy:
    estimate = np.array([quarter.imputed.coefficient[quarter.place] for quarter in quarters])
    scores = np.stack([quarter.imputed.jackknife_scores[:, quarter.place] for quarter in quarters], axis=1)
    error = np.array([np.asarray(quarter.imputed.jackknife)[quarter.place] for quarter in quarters])
    if min(min(quarter.linked, quarter.controls) for quarter in quarters) >= MANY:
        band = uniform_band(estimate, scores, level=level, rng=rng)
    else:
        draws = DRAWS if len(scores) <= LARGE else FEWER_DRAWS
        fits = [(quarter.imputed, quarter.place) for quarter in quarters]
        band = band_by_chance(estimate, error, chance_statistics(fits, draws=draws, rng=rng), level=level)
    frame = pd.DataFrame(
        {
            "quarter": [quarter.quarter for quarter in quarters],
            "phase": [quarter.phase for quarter in quarters],
            "estimate": estimate,
            "error": error,
            "low": band.low,
            "high": band.high,
            "units": [quarter.units for quarter in quarters],
            "months": [quarter.months for quarter in quarters],
            "clusters": [quarter.linked for quarter in quarters],
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


def drift(question: PayQuestion) -> Drift | Refusal:
    """Fit a drift of units to be linked on months before the link, with its power.

    Errors are those of the jackknife by cluster, judged by t with G - 1; with many clusters the usual ones.
    """
    from scipy.special import stdtrit

    panel, links, parts = question.panel, question.role_links, split(question)
    since = _since(question)
    later = (links.adopted < len(panel.months))[:, None]
    slope = np.where(later & parts.clean, since, 0) / 12.0
    clean = AdoptionPanel(panel.value, parts.weight * parts.clean, links.adopted, question.groups)
    fitted = regress(clean, slope[None])
    if isinstance(fitted, Refusal):
        return Refusal("No linked unit has two earlier months: whether it moved differently cannot be seen.")
    entering = len(np.unique(question.groups[clean.weight.sum(axis=1) > 0]))
    errors = jackknife(clean, slope[None]) if entering <= LARGE else fitted.standard_error
    if isinstance(errors, Refusal):
        return Refusal("Whether linked units moved differently before rests on a single cluster.")
    value, error, degrees = float(fitted.coefficient[0]), float(errors[0]), entering - 1
    half = critical(question.level, degrees)
    unseen = (half + float(stdtrit(degrees, POWER))) * error
    linked = parts.linked[question.place] & (parts.weight > 0)
    reach = (since + question.choices.anticipation + 6)[linked]  # from the middle of a year of clean months
    middle = float(np.average(reach, weights=parts.weight[linked])) / 12
    return Drift(
        slope=value,
        error=error,
        p_value=two_sided(value / error, degrees),
        low=value - half * error,
        high=value + half * error,
        unseen=unseen,
        carried=unseen * middle,
    )
