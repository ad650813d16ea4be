"""Every defensible choice and its estimate, so that no sign flip can hide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from auditlib.compensation.choices_judged import judged_singly, judged_together
from auditlib.compensation.panel import Panel
from auditlib.compensation.procedure import (
    Choices,
    PayQuestion,
    Weighting,
    assignment,
    deal_dates,
    effects,
)
from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.adoption import AdoptionPanel, by_cluster
from auditlib.statistics.decomposition import by_contrast, goodman_bacon
from auditlib.statistics.few_clusters import FEWEST, ClusterDesign, design_of, recommend
from auditlib.statistics.group_time import Average, average, group_time
from auditlib.statistics.imputation import Imputation
from auditlib.statistics.joint_choices import JointTest
from auditlib.statistics.two_way import Regression, sun_abraham, two_way_effect
from auditlib.statistics.types import Floats

QUARTER = 3
ALL, BALANCED = "all", "steady"
"""Which units are kept: all, or those with `STEADY` answers in every quarter."""
STEADY = 10
"""Answers a unit needs in every quarter to count as steady."""
ANTICIPATIONS = (0, 3, 6)
"""Months before a link that are set aside, as tried."""
WEIGHTINGS: tuple[Weighting, ...] = ("response", "unit")
ESTIMATORS = {
    "imputation": "Imputation (Borusyak, Jaravel, Spiess)",
    "never": "Group-time, never linked (Callaway, Sant'Anna)",
    "not_yet": "Group-time, not yet linked (Callaway, Sant'Anna)",
    "sun_abraham": "Interactions (Sun, Abraham)",
    "two_way": "Two-way fixed effects: not to be trusted",
}


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """One choice's estimate and error, and the clusters they rest on."""

    estimate: float
    error: float
    design: ClusterDesign

    @property
    def refusal(self) -> Refusal | None:
        """Why it is not estimable: too few linked clusters stand for whatever else happened in them."""
        if self.design.treated < FEWEST:
            linked = counted(self.design.treated, "linked group")
            return Refusal(f"Not estimable: it rests on {linked}, and needs {FEWEST}.")
        tested = recommend(self.design)
        return tested if isinstance(tested, Refusal) else None


@dataclass(frozen=True, slots=True, eq=False)
class SpecificationCurve:
    """The specification curve of one role.

    Parameters
    ----------
    frame
        estimator, weighting, anticipation, other_role (``joint`` or ``left out``), units, statistic,
        estimate, error, p_value, low, high, linked (groups), test, default, trusted, why (where there is no
        estimate). Ascending by estimate.
    joint
        The defensible choices judged together, or why they cannot be.
    """

    frame: pd.DataFrame
    joint: JointTest | Refusal

    @property
    def defensible(self) -> pd.DataFrame:
        """The rows with an estimate, without the two-way regression."""
        frame = self.frame
        rows: pd.DataFrame = frame.loc[frame["trusted"] & frame["estimate"].notna()]
        return rows

    @property
    def inestimable(self) -> int:
        """How many defensible choices have no estimate."""
        return int((self.frame["trusted"] & self.frame["estimate"].isna()).sum())

    def reversing(self) -> pd.DataFrame:
        """Return the defensible choices whose estimate has the other sign than the default's."""
        frame = self.defensible
        used = frame.loc[frame["default"], "estimate"]
        sign = float(np.sign(used.iloc[0])) if len(used) else 0.0
        rows: pd.DataFrame = frame.loc[np.sign(frame["estimate"]) * sign < 0]
        return rows

    def alone(self) -> tuple[float, float, float] | None:
        """Return estimate and limits of the default with months of the other role left out, if there are."""
        frame = self.defensible
        used = frame.loc[frame["default"]]
        if used.empty:
            return None
        columns = ["estimator", "weighting", "anticipation", "units", "statistic"]
        like = (frame[columns] == used[columns].iloc[0]).all(axis=1) & (frame["other_role"] == "left out")
        if not like.any() or frame.loc[like, "low"].isna().any():
            return None
        row = frame.loc[like].iloc[0]
        return float(row["estimate"]), float(row["low"]), float(row["high"])

    def called(self) -> tuple[int, int]:
        """Return how many defensible choices exclude zero from above it, and from below."""
        frame = self.defensible
        return int((frame["low"] > 0).sum()), int((frame["high"] < 0).sum())

    def straddling(self) -> pd.DataFrame:
        """Return the defensible choices whose interval contains zero, or that have none."""
        frame = self.defensible
        rows: pd.DataFrame = frame.loc[~((frame["low"] > 0) | (frame["high"] < 0))]
        return rows

    def supports(self, estimate: float, *, level: float) -> bool | None:
        """Tell whether the choices taken together show an effect of that sign; None where untested."""
        if isinstance(self.joint, Refusal):
            return None
        return self.joint.p_value <= 1 - level and self.joint.combined.value * estimate > 0


def specification_curve(
    question: PayQuestion,
    *,
    other_statistic: Panel | None = None,
    deals: int = 0,
    rng: np.random.Generator | None = None,
) -> SpecificationCurve:
    """Estimate one role's effect under every combination of defensible choices, and judge them together.

    Each choice is tested as its own design calls for: by t with jackknife errors where those hold their
    level, otherwise by its place among the same choice on links dealt anew. Without deals such a choice has
    no limits.

    Parameters
    ----------
    other_statistic
        The same question summed up the other way. Its estimates are put on the scale of the default by the
        ratio of the standard deviations of single answers.
    deals
        Curves of links dealt anew to whatever pay was assigned by.
    rng
        From which they are dealt.
    """
    rows = list(_rows(question, other_statistic))
    imputed = effects(question)
    dealt: Sequence[PayQuestion] = ()
    if deals and rng is not None and not isinstance(imputed, Refusal):
        assigned = assignment(imputed, question)
        dealt = [question.dated(dates) for dates in deal_dates(assigned, draws=deals, rng=rng)]
    curves = np.array([_values(_rows(other, other_statistic)) for other in dealt]).reshape(-1, len(rows), 2)
    frame = judged_singly(_framed(rows, question), curves, level=question.level)
    joint = judged_together(frame, curves, level=question.level)
    ordered = frame.sort_values("estimate", kind="stable", na_position="last")
    return SpecificationCurve(ordered.reset_index(drop=True), joint)


def _framed(rows: list[dict[str, object]], question: PayQuestion) -> pd.DataFrame:
    """Return the rows as a table that marks the choice made."""
    frame, choices = pd.DataFrame(rows), question.choices
    default = {
        "estimator": "imputation",
        "weighting": choices.weighting,
        "anticipation": choices.anticipation,
        "other_role": "joint" if len(question.links) > 1 else "none",
        "units": ALL,
        "statistic": question.panel.statistic,
    }
    marks = [frame[name] == value for name, value in default.items()]
    return frame.assign(default=np.logical_and.reduce(marks))


def _rows(question: PayQuestion, other_statistic: Panel | None) -> Iterator[dict[str, object]]:
    for units, panel, scale in _variants(question.panel, other_statistic):
        for row in (*_imputed(question.on(panel)), *_quarterly(question.on(panel))):
            yield {**row, "units": units, "statistic": panel.statistic} | _scaled(row, scale)


def _values(rows: Iterator[dict[str, object]]) -> list[tuple[object, object]]:
    return [(row["estimate"], row["error"]) for row in rows]


def _variants(panel: Panel, other_statistic: Panel | None) -> Iterator[tuple[str, Panel, float]]:
    """Yield which units are kept, the panel, and what its estimates are multiplied by."""
    scale = (
        0.0
        if other_statistic is None or other_statistic.variance <= 0
        else float(np.sqrt(panel.variance / other_statistic.variance))
    )
    for outcome, factor in ((panel, 1.0), (other_statistic, scale)):
        if outcome is not None and factor > 0:
            steady = balanced(outcome, minimum=STEADY)
            yield ALL, outcome, factor
            if 0 < (steady.n > 0).any(axis=1).sum() < (outcome.n > 0).any(axis=1).sum():
                yield BALANCED, steady, factor


def _scaled(row: dict[str, object], scale: float) -> dict[str, object]:
    return {name: scale * float(str(row[name])) for name in ("estimate", "error")}


def _imputed(question: PayQuestion) -> Iterator[dict[str, object]]:
    other_roles = ("joint", "left out") if len(question.links) > 1 else ("none",)
    months = sorted({*ANTICIPATIONS, question.choices.anticipation})
    for weighting, anticipation, other_role in product(WEIGHTINGS, months, other_roles):
        chosen = Choices(weighting, anticipation)
        varied = replace(question, choices=chosen)
        estimated = varied.alone() if other_role == "left out" else varied
        yield _row("imputation", chosen, other_role, _imputation_value(effects(estimated), estimated))


def _imputation_value(imputed: Imputation | Refusal, question: PayQuestion) -> ChoiceValue | Refusal:
    if isinstance(imputed, Refusal):
        return imputed
    error = imputed.standard_error if imputed.jackknife is None else imputed.jackknife
    design = assignment(imputed, question).design
    return ChoiceValue(float(imputed.coefficient[question.place]), float(error[question.place]), design)


def _quarterly(question: PayQuestion) -> Iterator[dict[str, object]]:
    other_role = "left out" if len(question.links) > 1 else "none"
    alone = question.alone()
    for weighting, anticipation in product(WEIGHTINGS, ANTICIPATIONS):
        chosen = Choices(weighting, anticipation)
        quarters = quarterly(replace(alone, choices=chosen))
        for estimator in ("never", "not_yet", "sun_abraham", "two_way"):
            if estimator == "two_way" and anticipation:
                continue
            value = _estimate(quarters, estimator, anticipation // QUARTER)
            if isinstance(value, Refusal):
                yield _row(estimator, chosen, other_role, value)
                continue
            design = quarterly_design(quarters, anticipation // QUARTER)
            yield _row(estimator, chosen, other_role, ChoiceValue(*value, design))


def quarterly(question: PayQuestion) -> AdoptionPanel:
    """Sum months up to quarters from the panel's first month; a quarter linked in part is left out."""
    panel, links = question.panel, question.role_links
    length = len(panel.months) // QUARTER * QUARTER
    count = panel.n * ~(links.touched & ~links.linked)
    adopted = -(-np.minimum(links.adopted, length) // QUARTER)
    partly = links.linked & ((np.arange(len(panel.months)) // QUARTER)[None, :] < adopted[:, None])
    count = count * ~partly
    total = _by_quarter(count[:, :length])
    value = _by_quarter((count * panel.value)[:, :length]) / np.maximum(total, 1e-300)
    weight = total if question.choices.weighting == "response" else (total > 0).astype(np.float64)
    return AdoptionPanel(value, weight, adopted.astype(np.int64), question.groups)


def _by_quarter(values: Floats) -> Floats:
    return np.asarray(values.reshape(len(values), -1, QUARTER).sum(axis=2))


def _estimate(panel: AdoptionPanel, estimator: str, quarters: int) -> tuple[float, float] | Refusal:
    if estimator in ("never", "not_yet"):
        by_cohort = group_time(
            panel, comparison="never" if estimator == "never" else "not_yet", anticipation=quarters
        )
        mean: Average | Refusal = by_cohort if isinstance(by_cohort, Refusal) else average(by_cohort)
        return mean if isinstance(mean, Refusal) else (mean.estimate, mean.standard_error * _few(panel))
    if estimator == "sun_abraham":
        aside = (panel.since < 0) & (panel.since >= -quarters) & ~panel.never[:, None]
        trimmed = AdoptionPanel(panel.outcome, panel.weight * ~aside, panel.adopted, panel.cluster)
        interacted = sun_abraham(trimmed, reference=-1 - quarters)
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


def quarterly_design(panel: AdoptionPanel, aside: int) -> ClusterDesign:
    """Return the clusters a quarterly estimate rests on: linked are those seen before the link and after it.

    Parameters
    ----------
    aside
        Quarters before the link that are not used.
    """
    after = (panel.observed & (panel.since >= 0)).any(axis=1)
    before = (panel.observed & (panel.since < -aside)).any(axis=1)
    effective = np.where(after & before & ~panel.never, panel.adopted, panel.periods)
    dates = np.full(panel.clusters, panel.periods, dtype=np.int64)
    np.minimum.at(dates, panel.cluster, effective)
    observed = np.asarray(panel.observed.any(axis=1), dtype=np.float64)
    entering = by_cluster(observed, panel.cluster) > 0
    return design_of(dates[entering], never=panel.periods)


def _row(estimator: str, chosen: Choices, other_role: str, value: ChoiceValue | Refusal) -> dict[str, object]:
    row: dict[str, object] = {
        "estimator": estimator,
        "weighting": chosen.weighting,
        "anticipation": chosen.anticipation,
        "other_role": other_role,
        "trusted": estimator != "two_way",
    }
    refusal = value if isinstance(value, Refusal) else value.refusal
    if refusal is not None or isinstance(value, Refusal):
        nothing = {"estimate": np.nan, "error": np.nan, "linked": 0, "clusters": 0, "test": ""}
        return row | nothing | {"why": "" if refusal is None else refusal.reason}
    design = value.design
    measured = {"estimate": value.estimate, "error": value.error, "linked": design.treated}
    return row | measured | {"clusters": design.clusters, "test": str(recommend(design)), "why": ""}


def two_way_mixture(question: PayQuestion) -> pd.DataFrame | Refusal:
    """Return what the two-way regression mixes on units seen in every quarter (Goodman-Bacon).

    Columns: contrast, weight, estimate.
    """
    quarters = quarterly(replace(question.by_unit(), choices=Choices("unit")))
    whole = np.asarray(quarters.observed.all(axis=1), dtype=bool)
    if whole.sum() < 2:
        return Refusal("Fewer than two units were answered about in every quarter.")
    balanced_panel = AdoptionPanel(
        quarters.outcome[whole], quarters.weight[whole], quarters.adopted[whole], np.arange(int(whole.sum()))
    )
    parts = goodman_bacon(balanced_panel)
    if isinstance(parts, Refusal):
        return parts
    return pd.DataFrame(
        [(kind, weight, value) for kind, (weight, value) in by_contrast(parts).items()],
        columns=["contrast", "weight", "estimate"],
    )


def balanced(panel: Panel, *, minimum: int) -> Panel:
    """Return the panel with only the units that have at least `minimum` answers in every quarter."""
    length = len(panel.months) // QUARTER * QUARTER
    keep = np.asarray((_by_quarter(panel.n[:, :length]) >= minimum).all(axis=1), dtype=bool)[:, None]
    return panel.only(keep)
