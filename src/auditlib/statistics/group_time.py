"""Effects by cohort and period under staggered adoption, and their averages (Callaway and Sant'Anna 2021)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, Ints, by_cluster
from auditlib.statistics.types import Floats

Comparison = Literal["never", "not_yet"]
Base = Literal["varying", "universal"]
Kind = Literal["simple", "dynamic", "group", "calendar"]


@dataclass(frozen=True, slots=True, eq=False)
class GroupTime:
    """Effects by cohort and period.

    Parameters
    ----------
    cohort, period
        Positions of the adoption period and of the period; shape (effects,).
    effect
        Estimates; cohorts and periods without a comparison are left out and counted in `missing`.
    influence
        How much each unit moves each estimate, shape (units, effects): the squared sum over clusters is
        the variance.
    share
        Share of each cohort in the weight of all units; shape (effects,).
    membership
        Each unit's own contribution to `share`, centred; shape (units, effects).
    cluster
        Cluster of each unit.
    missing
        Cohorts and periods that could not be estimated: no earlier period, or no comparison.
    """

    cohort: Ints
    period: Ints
    effect: Floats
    influence: Floats
    share: Floats
    membership: Floats
    cluster: Ints
    missing: tuple[tuple[int, int], ...]

    @property
    def since(self) -> Ints:
        """Periods since adoption of each effect."""
        return self.period - self.cohort

    @property
    def standard_error(self) -> Floats:
        """Analytic errors."""
        return standard_error(self.influence, self.cluster)


@dataclass(frozen=True, slots=True, eq=False)
class Average:
    """An average of group-time effects, and its parts where it has any.

    Parameters
    ----------
    kind
        ``simple``, ``dynamic`` (by periods since adoption), ``group`` or ``calendar``.
    estimate, standard_error
        Of the overall average.
    influence
        Shape (units,).
    at
        Periods since adoption, cohort, or period of each part.
    part, part_error, part_influence
        The parts; influence has shape (units, parts).
    """

    kind: Kind
    estimate: float
    standard_error: float
    influence: Floats
    at: Ints
    part: Floats
    part_error: Floats
    part_influence: Floats
    cluster: Ints


def standard_error(influence: Floats, cluster: Ints) -> Floats:
    """Return errors from influence (units, ...): the root of the squared sums over clusters.

    No small-sample factor, as published; judge few clusters by `few_clusters`.
    """
    return np.asarray(np.sqrt((by_cluster(influence, cluster) ** 2).sum(axis=0)))


def group_time(
    panel: AdoptionPanel,
    *,
    comparison: Comparison = "never",
    base: Base = "varying",
    anticipation: int = 0,
) -> GroupTime | Refusal:
    """Estimate the effect on each cohort in each period, without covariates.

    Parameters
    ----------
    comparison
        ``never``: units that never adopt; ``not_yet``: those and units that adopt later.
    base
        Before adoption, compare with the period before (``varying``) or always with the last period
        before adoption (``universal``).
    anticipation
        Periods before adoption that may already be affected; the base period comes before them.

    Notes
    -----
    Callaway and Sant'Anna (2021), doi 10.1016/j.jeconom.2020.12.001. Each effect uses the units that were
    observed in both of its periods, so gaps cost only the comparisons they belong to.
    """
    effects = list(_effects(panel, comparison, base, anticipation))
    cells = [cell for cell in effects if cell[2] is not None]
    if not cells:
        return Refusal(
            "No cohort has both an earlier period and units to compare it with.",
            "Add months before the first adoption, or units that adopt later or never.",
        )
    cohort = np.array([cell[0] for cell in cells], dtype=np.int64)
    weight = panel.unit_weight
    belongs = panel.adopted[:, None] == cohort[None, :]
    share = (weight[:, None] * belongs).sum(axis=0) / panel.units
    parts = [cell[2] for cell in cells if cell[2] is not None]
    return GroupTime(
        cohort,
        np.array([cell[1] for cell in cells], dtype=np.int64),
        np.array([part[0] for part in parts]),
        np.stack([part[1] for part in parts], axis=1),
        share,
        (weight[:, None] * belongs - share[None, :]) / panel.units,
        panel.cluster,
        tuple((cell[0], cell[1]) for cell in effects if cell[2] is None),
    )


def _effects(
    panel: AdoptionPanel, comparison: Comparison, base: Base, anticipation: int
) -> Iterator[tuple[int, int, tuple[float, Floats] | None]]:
    weight = panel.unit_weight
    for cohort in panel.groups:
        last = cohort - 1 - anticipation
        for period in range(panel.periods):
            before = period - 1 if base == "varying" and period <= last else last
            if period == before:
                continue
            if before < 0:
                if period >= cohort - anticipation:
                    yield cohort, period, None
                continue
            members = panel.adopted == cohort
            controls = _controls(panel, comparison, cohort, max(period, before) + anticipation)
            yield cohort, period, _two_by_two(panel, weight, members, controls, period=period, before=before)


def _controls(panel: AdoptionPanel, comparison: Comparison, cohort: int, latest: int) -> NDArray[np.bool_]:
    if comparison == "never":
        return panel.never
    later: NDArray[np.bool_] = (panel.adopted > latest) & (panel.adopted != cohort)
    return later


def _two_by_two(
    panel: AdoptionPanel,
    weight: Floats,
    members: NDArray[np.bool_],
    controls: NDArray[np.bool_],
    *,
    period: int,
    before: int,
) -> tuple[float, Floats] | None:
    """Return the difference of mean changes and the influence of each unit on it."""
    observed = panel.observed[:, period] & panel.observed[:, before]
    treated, control = weight * (members & observed), weight * (controls & observed)
    if treated.sum() == 0 or control.sum() == 0:
        return None
    treated, control = treated / treated.sum(), control / control.sum()
    change = panel.outcome[:, period] - panel.outcome[:, before]
    up, control_change = float(treated @ change), float(control @ change)
    return up - control_change, treated * (change - up) - control * (change - control_change)


def average(effects: GroupTime, *, kind: Kind = "simple", last: int | None = None) -> Average | Refusal:
    """Average group-time effects.

    Parameters
    ----------
    kind
        ``simple``: all treated cohort-periods by the size of the cohort; ``dynamic``: first within
        periods since adoption, then equally over those from 0 on; ``group``: within cohorts, then by their
        size; ``calendar``: within periods, then equally.
    last
        Periods since adoption that are still counted; default all.
    """
    after = effects.since >= 0
    if last is not None:
        after &= effects.since <= last
    if not after.any():
        return Refusal("No cohort is observed after it adopted.")
    if kind == "simple":
        empty = np.zeros((len(effects.influence), 0))
        value, influence = _weighted(effects, after)
        none = np.zeros(0, dtype=np.int64)
        return _average(
            effects, kind, none, part=np.zeros(0), part_influence=empty, value=value, influence=influence
        )
    values, chosen = _slices(effects, kind, after, last)
    parts = [
        _weighted(effects, chosen(int(value))) if kind != "group" else _plain(effects, chosen(int(value)))
        for value in values
    ]
    part = np.array([part[0] for part in parts])
    influences = np.stack([part[1] for part in parts], axis=1)
    if kind == "group":
        first = np.array([np.flatnonzero(effects.cohort == value)[0] for value in values])
        value, influence = _mean(part, influences, effects.share[first], effects.membership[:, first])
    else:
        counted = values >= 0 if kind == "dynamic" else np.ones(len(values), dtype=bool)
        value, influence = float(part[counted].mean()), influences[:, counted].mean(axis=1)
    return _average(
        effects, kind, values, part=part, part_influence=influences, value=value, influence=influence
    )


def _slices(
    effects: GroupTime, kind: Kind, after: NDArray[np.bool_], last: int | None
) -> tuple[Ints, Callable[[int], NDArray[np.bool_]]]:
    if kind == "dynamic":
        since = effects.since
        values = np.unique(since if last is None else since[since <= last])
        return values, lambda value: since == value
    label = effects.cohort if kind == "group" else effects.period
    return np.unique(label[after]), lambda value: (label == value) & after


def _plain(effects: GroupTime, chosen: NDArray[np.bool_]) -> tuple[float, Floats]:
    return float(effects.effect[chosen].mean()), effects.influence[:, chosen].mean(axis=1)


def _weighted(effects: GroupTime, chosen: NDArray[np.bool_]) -> tuple[float, Floats]:
    return _mean(
        effects.effect[chosen],
        effects.influence[:, chosen],
        effects.share[chosen],
        effects.membership[:, chosen],
    )


def _mean(effect: Floats, influence: Floats, share: Floats, membership: Floats) -> tuple[float, Floats]:
    """Average by cohort size; that the sizes are estimated too is part of the influence."""
    total = share.sum()
    weight = share / total
    value = float(weight @ effect)
    of_weights = membership @ effect / total - membership.sum(axis=1) * value / total
    return value, influence @ weight + of_weights


def _average(
    effects: GroupTime,
    kind: Kind,
    at: Ints,
    *,
    part: Floats,
    part_influence: Floats,
    value: float,
    influence: Floats,
) -> Average:
    error = float(standard_error(influence, effects.cluster))
    errors = standard_error(part_influence, effects.cluster)
    return Average(kind, value, error, influence, at, part, errors, part_influence, effects.cluster)
