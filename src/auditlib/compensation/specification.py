"""One specification of the effect looked at by itself: for a researcher who turns the dials."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.assigned import Groupings, assigned_by
from auditlib.compensation.covariates import Covariates
from auditlib.compensation.event_study import FEWEST_CLUSTERS, EventStudy, event_study
from auditlib.compensation.inference import infer
from auditlib.compensation.panel import Panel
from auditlib.compensation.procedure import Choices, PayQuestion, effects
from auditlib.compensation.register import NOUNS, Role, RoleLinks, role_links, roles_in
from auditlib.compensation.specification_curve import (
    ALL,
    ESTIMATORS,
    QUARTER,
    SpecificationCurve,
    quarterly,
    specification_curve,
)
from auditlib.records import Refusal, Sentence, Ungrouped
from auditlib.statements import counted, with_sign
from auditlib.statistics.adoption import AdoptionPanel, Ints, by_cluster
from auditlib.statistics.bands import uniform_band
from auditlib.statistics.group_time import Comparison, average, group_time
from auditlib.statistics.two_way import sun_abraham
from auditlib.statistics.types import Floats

DRAWS = 999
"""Bootstrap draws where a design calls for them: a bench answers at once."""


@dataclass(frozen=True, slots=True, eq=False)
class EffectEstimate(Ungrouped):
    """The effect of one role's links by one specification.

    Parameters
    ----------
    role, estimator, choices
        Whose pay, and what was chosen.
    months
        First and last month used, as year * 100 + month.
    units
        Units used.
    estimate, low, high
        By that choice; None where `why` says there is none.
    events
        Effects by quarter by the same estimator, or why there are none.
    curve
        Every choice on the same units and months, the one made marked as default.
    """

    role: Role
    estimator: str
    choices: Choices
    months: tuple[int, int]
    units: int
    estimate: float | None
    low: float | None
    high: float | None
    why: str
    events: EventStudy | Refusal
    curve: SpecificationCurve

    @property
    def noun(self) -> str:
        """The role in words."""
        return NOUNS[self.role]

    def to_frame(self) -> pd.DataFrame:
        """Return every choice, ascending by estimate."""
        return self.curve.frame.copy()

    def summary(self) -> tuple[Sentence, ...]:
        """Say what this choice gives, and how many others disagree with it."""
        head = (
            f"{ESTIMATORS[self.estimator]}, {counted(self.units, 'unit')}, {self.months[0]} to "
            f"{self.months[1]}: "
        )
        if self.estimate is None:
            return (Sentence(f"{head}no estimate. {self.why}"),)
        ends = [with_sign(end, decimals=2) for end in (self.low, self.high) if end is not None]
        limits = f" ({' to '.join(ends)})" if ends else ", without limits: this design needs links dealt anew"
        middle, total = with_sign(self.estimate, decimals=2), len(self.curve.defensible)
        tail = (
            f"{counted(total, 'defensible choice')} and {self.curve.inestimable} not estimable; whether they "
            "show an effect taken together is judged in the audit, against links dealt anew."
        )
        if self.estimator == "two_way":
            tail += " The two-way regression is not one of them: it is what not to trust."
        return Sentence(f"{head}{middle}{limits}."), Sentence(tail)


def specified(
    panel: Panel,
    register: pd.DataFrame,
    *,
    role: Role,
    estimator: str = "imputation",
    choices: Choices | None = None,
    window: tuple[int, int] | None = None,
    compared: Collection[str] | None = None,
    covariates: Covariates | None = None,
    known: Groupings | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> EffectEstimate | Refusal:
    """Estimate one role's effect by one specification, with all others beside it.

    Parameters
    ----------
    estimator
        A key of `specification_curve.ESTIMATORS`.
    window
        Position of the first month, and of the one after the last; default all months.
    compared
        Never-linked units to compare with; default all.
    covariates
        For the paid question summed up the other way; the rest is not used.
    known
        What units can be grouped by, to see what pay was assigned by.

    Returns
    -------
    EffectEstimate or Refusal
        A refusal where `role` has no link within the window.
    """
    first, after = window or (0, len(panel.months))
    part = panel.between(first, after)
    by_role = (role_links(register, part, role=name) for name in roles_in(register))
    links = tuple(linked for linked in by_role if linked.units)
    if role not in {linked.role for linked in links}:
        return Refusal(f"No link of the pay of {NOUNS[role]} runs within these months.")
    wanted = _compared(part, links, compared)[:, None]
    asked = next(linked for linked in links if linked.role == role)
    assigned = assigned_by(register, asked, part.units, known or {}, months=len(part.months))
    if isinstance(assigned, Refusal):
        return assigned
    chosen = choices or Choices()
    question = PayQuestion(part.only(wanted), links, role, chosen, assigned.cluster, level)
    other_statistic = (
        covariates.statistic.between(first, after).only(wanted)
        if covariates and covariates.statistic
        else None
    )
    curve, row = _marked(specification_curve(question, other_statistic=other_statistic), estimator, question)
    estimate = None if pd.isna(row["estimate"]) else float(row["estimate"])
    low, high = _limits(row, question, seed=seed)
    return EffectEstimate(
        role=role,
        estimator=estimator,
        choices=question.choices,
        months=(part.months[0], part.months[-1]),
        units=int((question.panel.n > 0).any(axis=1).sum()),
        estimate=estimate,
        low=low,
        high=high,
        why=str(row["why"]),
        events=_events(question, estimator, rng=np.random.default_rng(seed)),
        curve=curve,
    )


def _limits(row: pd.Series, question: PayQuestion, *, seed: int) -> tuple[float | None, float | None]:
    """Return the limits of the choice; those of an imputation by whatever test its design calls for."""
    if pd.notna(row["low"]):
        return float(row["low"]), float(row["high"])
    imputed = effects(question)
    if row["estimator"] != "imputation" or pd.isna(row["estimate"]) or isinstance(imputed, Refusal):
        return None, None
    rng = np.random.default_rng(seed)
    tested = infer(imputed, question, draws=DRAWS, reassignments=0, rng=rng)
    return tested.low, tested.high


def _compared(
    panel: Panel, links: tuple[RoleLinks, ...], compared: Collection[str] | None
) -> NDArray[np.bool_]:
    """Return the linked units and those never linked that are to be compared with."""
    linked = np.any(np.stack([link.touched.any(axis=1) for link in links]), axis=0)
    wanted = np.array([compared is None or unit in compared for unit in panel.units])
    return np.asarray(linked | wanted)


def _marked(
    curve: SpecificationCurve, estimator: str, question: PayQuestion
) -> tuple[SpecificationCurve, pd.Series]:
    """Return the curve with the choice marked, and its row."""
    joint = "joint" if estimator == "imputation" else "left out"
    wanted = {
        "estimator": estimator,
        "weighting": question.choices.weighting,
        "anticipation": 0 if estimator == "two_way" else question.choices.anticipation,
        "other_role": joint if len(question.links) > 1 else "none",
        "units": ALL,
        "statistic": question.panel.statistic,
    }
    matching = np.all([curve.frame[name] == value for name, value in wanted.items()], axis=0)
    marked = curve.frame.assign(default=matching)
    return SpecificationCurve(marked, curve.joint), marked.loc[matching].iloc[0]


def _events(question: PayQuestion, estimator: str, *, rng: np.random.Generator) -> EventStudy | Refusal:
    if estimator == "imputation":
        return event_study(question, rng=rng)
    if estimator == "two_way":
        return Refusal("The two-way regression has one coefficient for all quarters: it shows no course.")
    quarters = quarterly(question.alone())
    aside = question.choices.anticipation // QUARTER
    by_since = _by_since(quarters, estimator, aside)
    if isinstance(by_since, Refusal):
        return by_since
    since, effect, scores = by_since
    band = uniform_band(effect, scores, level=question.level, rng=rng)
    units = list(_units(quarters, since))
    frame = pd.DataFrame(
        {
            "quarter": since,
            "phase": np.where(since >= 0, "linked", np.where(since >= -aside, "set aside", "before")),
            "estimate": effect,
            "error": np.sqrt((scores**2).sum(axis=0) * len(scores) / (len(scores) - 1)),
            "low": band.low,
            "high": band.high,
            "units": units,
            "months": [QUARTER * count for count in units],
            "clusters": list(_units(quarters, since, quarters.cluster)),
        }
    )
    few = frame["clusters"] < FEWEST_CLUSTERS
    if not (~few & (frame["phase"] == "linked")).any():
        return Refusal(f"No quarter after the link rests on {FEWEST_CLUSTERS} linked groups: not estimable.")
    hidden = tuple((int(quarter), "not estimable: too few linked") for quarter in frame.loc[few, "quarter"])
    return EventStudy(frame[~few].reset_index(drop=True), question.level, float(band.critical), hidden)


def _units(quarters: AdoptionPanel, since: Ints, group: Ints | None = None) -> Iterator[int]:
    """Yield the units seen in each quarter since their link, or their groups."""
    numbers = np.arange(quarters.units) if group is None else group
    for quarter in since:
        seen = (quarters.observed & (quarters.since == quarter)).any(axis=1)
        yield len(np.unique(numbers[seen]))


def _by_since(panel: AdoptionPanel, estimator: str, aside: int) -> tuple[Ints, Floats, Floats] | Refusal:
    """Return quarters since the link, effects, and each cluster's part in their errors."""
    if estimator == "sun_abraham":
        fitted = sun_abraham(panel, reference=-1 - aside)
        if isinstance(fitted, Refusal):
            return fitted
        since, effect, _ = fitted.by_since()
        member = (fitted.since[None, :] == since[:, None]) * fitted.share[None, :]
        return since, effect, fitted.regression.scores @ (member / member.sum(axis=1, keepdims=True)).T
    comparison: Comparison = "never" if estimator == "never" else "not_yet"
    by_cohort = group_time(panel, comparison=comparison, anticipation=aside)
    dynamic = by_cohort if isinstance(by_cohort, Refusal) else average(by_cohort, kind="dynamic")
    if isinstance(dynamic, Refusal):
        return dynamic
    return dynamic.at, dynamic.part, by_cluster(dynamic.part_influence, dynamic.cluster)
