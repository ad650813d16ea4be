"""Every defensible choice and its estimate, so that no sign flip can hide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from auditlib.linkage.panel import Panel
from auditlib.linkage.procedure import Choices, Weighting, effects
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, Ints
from auditlib.statistics.clustered import critical
from auditlib.statistics.decomposition import by_contrast, goodman_bacon
from auditlib.statistics.group_time import Average, average, group_time
from auditlib.statistics.imputation import Imputation
from auditlib.statistics.two_way import Regression, sun_abraham, two_way_effect
from auditlib.statistics.types import Floats

QUARTER = 3
ALL, BALANCED = "all", "steady"
"""Which units are kept: all, or those with `STEADY` answers in every quarter."""
STEADY = 10
"""Answers a unit needs in every quarter to count as steady."""
HOLD_OUTS = (0, 3, 6)
WEIGHTINGS: tuple[Weighting, ...] = ("response", "unit")
ESTIMATORS = {
    "imputation": "Imputation (Borusyak, Jaravel, Spiess)",
    "never": "Group-time, never linked (Callaway, Sant'Anna)",
    "not_yet": "Group-time, not yet linked (Callaway, Sant'Anna)",
    "sun_abraham": "Interactions (Sun, Abraham)",
    "two_way": "Two-way fixed effects: not to be trusted",
}


@dataclass(frozen=True, slots=True, eq=False)
class Specifications:
    """The specification curve of one role.

    Parameters
    ----------
    frame
        estimator, weighting, hold_out, other_role (``joint`` or ``left out``), units, statistic, estimate,
        error, low, high, default, trusted, why (where there is no estimate). Ascending by estimate.
    """

    frame: pd.DataFrame

    @property
    def defensible(self) -> pd.DataFrame:
        """The rows with an estimate, without the two-way regression."""
        frame = self.frame
        kept: pd.DataFrame = frame.loc[frame["trusted"] & frame["estimate"].notna()]
        return kept

    def reversing(self) -> pd.DataFrame:
        """Return the defensible choices whose estimate has the other sign than the default's."""
        frame = self.defensible
        used = frame.loc[frame["default"], "estimate"]
        sign = float(np.sign(used.iloc[0])) if len(used) else 0.0
        turned: pd.DataFrame = frame.loc[np.sign(frame["estimate"]) * sign < 0]
        return turned

    def alone(self) -> tuple[float, float, float] | None:
        """Return estimate and limits of the default with months of the other role left out, if there are."""
        frame = self.defensible
        used = frame.loc[frame["default"]]
        if used.empty:
            return None
        same = ["estimator", "weighting", "hold_out", "units", "statistic"]
        like = (frame[same] == used[same].iloc[0]).all(axis=1) & (frame["other_role"] == "left out")
        if not like.any():
            return None
        row = frame.loc[like].iloc[0]
        return float(row["estimate"]), float(row["low"]), float(row["high"])

    def called(self) -> tuple[int, int]:
        """Return how many defensible choices exclude zero from above it, and from below."""
        frame = self.defensible
        return int((frame["low"] > 0).sum()), int((frame["high"] < 0).sum())

    def straddling(self) -> pd.DataFrame:
        """Return the defensible choices whose interval contains zero."""
        frame = self.defensible
        kept: pd.DataFrame = frame.loc[(frame["low"] <= 0) & (frame["high"] >= 0)]
        return kept


def specifications(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    which: int,
    choices: Choices,
    cluster: Ints,
    level: float,
    other: Panel | None = None,
) -> Specifications:
    """Estimate one role's effect under every combination of defensible choices.

    Parameters
    ----------
    other
        The same question summed up the other way. Its estimates are put on the scale of the default by the
        ratio of the standard deviations of single answers.
    """
    rows = [
        {**row, "units": units, "statistic": shown.statistic} | _scaled(row, scale)
        for units, shown, scale in _variants(panel, other)
        for row in (
            *_imputed(
                shown,
                links,
                which=which,
                hold_outs=sorted({*HOLD_OUTS, choices.hold_out}),
                cluster=cluster,
                level=level,
            ),
            *_quarterly(shown, links, which=which, cluster=cluster, level=level),
        )
    ]
    roles = len(links)
    frame = pd.DataFrame([{**row, "default": _is_default(row, panel, choices, roles)} for row in rows])
    frame = frame.sort_values("estimate", kind="stable", na_position="last")
    return Specifications(frame.reset_index(drop=True))


def _variants(panel: Panel, other: Panel | None) -> Iterator[tuple[str, Panel, float]]:
    """Yield which units are kept, the panel, and what its estimates are multiplied by."""
    scale = 0.0 if other is None or other.variance <= 0 else float(np.sqrt(panel.variance / other.variance))
    for shown, factor in ((panel, 1.0), (other, scale)):
        if shown is not None and factor > 0:
            kept = balanced(shown, minimum=STEADY)
            yield ALL, shown, factor
            if 0 < (kept.n > 0).any(axis=1).sum() < (shown.n > 0).any(axis=1).sum():
                yield BALANCED, kept, factor


def _scaled(row: dict[str, object], scale: float) -> dict[str, object]:
    return {name: scale * float(str(row[name])) for name in ("estimate", "error", "low", "high")}


def _is_default(row: dict[str, object], panel: Panel, choices: Choices, roles: int) -> bool:
    other = "joint" if roles > 1 else "none"
    wanted = ("imputation", choices.weighting, choices.hold_out, other, ALL, panel.statistic)
    names = ("estimator", "weighting", "hold_out", "other_role", "units", "statistic")
    return tuple(row[name] for name in names) == wanted


def _imputed(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    which: int,
    hold_outs: Sequence[int],
    cluster: Ints,
    level: float,
) -> Iterator[dict[str, object]]:
    others = ("joint", "left out") if len(links) > 1 else ("none",)
    for weighting, hold_out, other in product(WEIGHTINGS, hold_outs, others):
        chosen = Choices(weighting, hold_out)
        if other == "left out":
            found = effects(
                apart(panel, links, which=which), (links[which],), choices=chosen, cluster=cluster
            )
            value = _imputation_row(found, 0)
        else:
            value = _imputation_row(effects(panel, links, choices=chosen, cluster=cluster), which)
        yield _row("imputation", weighting, hold_out, other, value, cluster=cluster, level=level)


def apart(panel: Panel, links: tuple[RoleLinks, ...], *, which: int) -> Panel:
    """Return the panel without months in which another role's link has begun."""
    touched = np.zeros(panel.n.shape, dtype=bool)
    for place, one in enumerate(links):
        if place != which:
            touched |= one.touched
    return panel.only(~touched)


def _imputation_row(found: Imputation | Refusal, place: int) -> tuple[float, float] | Refusal:
    if isinstance(found, Refusal):
        return found
    error = found.standard_error if found.jackknife is None else found.jackknife
    return float(found.coefficient[place]), float(error[place])


def _quarterly(
    panel: Panel, links: tuple[RoleLinks, ...], *, which: int, cluster: Ints, level: float
) -> Iterator[dict[str, object]]:
    other = "left out" if len(links) > 1 else "none"
    alone = apart(panel, links, which=which)
    for weighting, hold_out in product(WEIGHTINGS, HOLD_OUTS):
        quarters = quarterly(alone, links[which], weighting=weighting, cluster=cluster)
        for estimator in ("never", "not_yet", "sun_abraham", "two_way"):
            if estimator == "two_way" and hold_out:
                continue
            value = _estimate(quarters, estimator, hold_out // QUARTER)
            yield _row(estimator, weighting, hold_out, other, value, cluster=cluster, level=level)


def quarterly(panel: Panel, links: RoleLinks, *, weighting: Weighting, cluster: Ints) -> AdoptionPanel:
    """Sum months up to quarters from the panel's first month; a quarter linked in part is left out."""
    length = len(panel.months) // QUARTER * QUARTER
    count = panel.n * ~(links.touched & ~links.linked)
    adopted = -(-np.minimum(links.adopted, length) // QUARTER)
    partly = links.linked & ((np.arange(len(panel.months)) // QUARTER)[None, :] < adopted[:, None])
    count = count * ~partly
    total = _by_quarter(count[:, :length])
    value = _by_quarter((count * panel.value)[:, :length]) / np.maximum(total, 1e-300)
    weight = total if weighting == "response" else (total > 0).astype(np.float64)
    return AdoptionPanel(value, weight, adopted.astype(np.int64), cluster)


def _by_quarter(values: Floats) -> Floats:
    return np.asarray(values.reshape(len(values), -1, QUARTER).sum(axis=2))


def _estimate(panel: AdoptionPanel, estimator: str, quarters: int) -> tuple[float, float] | Refusal:
    if estimator in ("never", "not_yet"):
        found = group_time(
            panel, comparison="never" if estimator == "never" else "not_yet", anticipation=quarters
        )
        mean: Average | Refusal = found if isinstance(found, Refusal) else average(found)
        return mean if isinstance(mean, Refusal) else (mean.estimate, mean.standard_error * _few(panel))
    if estimator == "sun_abraham":
        held = (panel.since < 0) & (panel.since >= -quarters) & ~panel.never[:, None]
        kept = AdoptionPanel(panel.outcome, panel.weight * ~held, panel.adopted, panel.cluster)
        interacted = sun_abraham(kept, reference=-1 - quarters)
        if isinstance(interacted, Refusal):
            return interacted
        return interacted.overall, interacted.overall_error
    fitted: Regression | Refusal = two_way_effect(panel)
    if isinstance(fitted, Refusal):
        return fitted
    return float(fitted.coefficient[0]), float(fitted.standard_error[0])


def _few(panel: AdoptionPanel) -> float:
    """Return the small-sample factor G / (G - 1) on an error, over clusters with observations."""
    count = len(np.unique(panel.cluster[panel.observed.any(axis=1)]))
    return float(np.sqrt(count / max(1, count - 1)))


def _row(
    estimator: str,
    weighting: str,
    hold_out: int,
    other: str,
    value: tuple[float, float] | Refusal,
    *,
    cluster: Ints,
    level: float,
) -> dict[str, object]:
    row: dict[str, object] = {
        "estimator": estimator, "weighting": weighting, "hold_out": hold_out, "other_role": other,
        "trusted": estimator != "two_way",
    }  # fmt: skip
    if isinstance(value, Refusal):
        return {
            **row,
            "estimate": np.nan,
            "error": np.nan,
            "low": np.nan,
            "high": np.nan,
            "why": value.reason,
        }
    estimate, error = value
    half = critical(level, int(cluster.max())) * error
    return {
        **row, "estimate": estimate, "error": error, "low": estimate - half, "high": estimate + half,
        "why": "",
    }  # fmt: skip


def two_way_mixture(panel: Panel, links: tuple[RoleLinks, ...], *, which: int) -> pd.DataFrame | Refusal:
    """Return what the two-way regression mixes on units seen in every quarter (Goodman-Bacon).

    Columns: contrast, weight, estimate.
    """
    units = np.arange(len(panel.units))
    quarters = quarterly(panel, links[which], weighting="unit", cluster=units)
    whole = np.asarray(quarters.observed.all(axis=1), dtype=bool)
    if whole.sum() < 2:
        return Refusal("Fewer than two units were answered about in every quarter.")
    kept = AdoptionPanel(
        quarters.outcome[whole], quarters.weight[whole], quarters.adopted[whole], np.arange(int(whole.sum()))
    )
    parts = goodman_bacon(kept)
    if isinstance(parts, Refusal):
        return parts
    return pd.DataFrame(
        [(kind, weight, value) for kind, (weight, value) in by_contrast(parts).items()],
        columns=["contrast", "weight", "estimate"],
    )


def left_out(
    panel: Panel, links: tuple[RoleLinks, ...], *, which: int, choices: Choices
) -> pd.DataFrame | Refusal:
    """Return the effect without each linked cohort and without each unit: unit_id or cohort, estimate."""
    found = effects(panel, links, choices=choices)
    if isinstance(found, Refusal) or found.left_out is None:
        return Refusal("Without some unit nothing is left to estimate.")
    rows = [("unit", unit, value) for unit, value in zip(panel.units, found.left_out[:, which], strict=True)]
    for cohort in np.unique(links[which].adopted[links[which].adopted < len(panel.months)]):
        keep = links[which].adopted != cohort
        less = effects(panel.only(keep[:, None]), links, choices=choices)
        if not isinstance(less, Refusal):
            rows.append(("cohort", str(panel.months[cohort]), float(less.coefficient[which])))
    return pd.DataFrame(rows, columns=["what", "left_out", "estimate"])


def balanced(panel: Panel, *, minimum: int) -> Panel:
    """Return the panel with only the units that have at least `minimum` answers in every quarter."""
    length = len(panel.months) // QUARTER * QUARTER
    keep = np.asarray((_by_quarter(panel.n[:, :length]) >= minimum).all(axis=1), dtype=bool)[:, None]
    return panel.only(keep)
