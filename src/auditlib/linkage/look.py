"""One choice among the defensible ones, looked at by itself: for a researcher who turns the dials."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlib.linkage.beside import Beside
from auditlib.linkage.event_study import EventStudy, event_study
from auditlib.linkage.panel import Panel
from auditlib.linkage.procedure import Choices
from auditlib.linkage.register import NOUNS, Role, RoleLinks, role_links, roles_in
from auditlib.linkage.specifications import (
    ALL,
    ESTIMATORS,
    QUARTER,
    Specifications,
    apart,
    quarterly,
    specifications,
)
from auditlib.linkage.wording import points
from auditlib.records import Refusal, Sentence, Ungrouped
from auditlib.statements import counted
from auditlib.statistics.adoption import AdoptionPanel, Ints
from auditlib.statistics.bands import uniform_band
from auditlib.statistics.group_time import average, group_time
from auditlib.statistics.two_way import sun_abraham
from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class EffectEstimate(Ungrouped):
    """The effect of one role's links by one choice.

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
    curve: Specifications

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
        if self.estimate is None or self.low is None or self.high is None:
            return (Sentence(f"{head}no estimate. {self.why}"),)
        found = f"{points(self.estimate)} ({points(self.low)} to {points(self.high)})."
        up, down = self.curve.called()
        total = len(self.curve.defensible)
        rest = f"Of {counted(total, 'defensible choice')} a rise is shown by {up} and a fall by {down}."
        if self.estimator == "two_way":
            rest += " The two-way regression is not one of them: it is what not to trust."
        return Sentence(head + found), Sentence(rest)


def look(
    panel: Panel,
    register: pd.DataFrame,
    *,
    role: Role,
    estimator: str = "imputation",
    choices: Choices | None = None,
    window: tuple[int, int] | None = None,
    compared: Collection[str] | None = None,
    beside: Beside | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> EffectEstimate | Refusal:
    """Estimate one role's effect by one choice, with all others beside it.

    Parameters
    ----------
    estimator
        A key of `specifications.ESTIMATORS`.
    window
        Position of the first month, and of the one after the last; default all months.
    compared
        Never-linked units to compare with; default all.
    beside
        For the paid question summed up the other way; the rest is not used.

    Returns
    -------
    Look or Refusal
        A refusal where `role` has no link within the window.
    """
    chosen = choices or Choices()
    first, after = window or (0, len(panel.months))
    shown = panel.between(first, after)
    links = tuple(one for name in roles_in(register) if (one := role_links(register, shown, role=name)).units)
    which = next((place for place, one in enumerate(links) if one.role == role), None)
    if which is None:
        return Refusal(f"No link of the pay of {NOUNS[role]} runs within these months.")
    keep = _kept(shown, links, compared)
    shown, cluster = shown.only(keep[:, None]), np.arange(len(shown.units))
    other = None if beside is None or beside.statistic is None else beside.statistic.between(first, after)
    curve = specifications(
        shown, links, which=which, choices=chosen, cluster=cluster, level=confidence,
        other=None if other is None else other.only(keep[:, None]),
    )  # fmt: skip
    curve, row = _marked(curve, estimator, chosen, shown.statistic, len(links))
    estimate, low, high = (
        None if pd.isna(row[name]) else float(row[name]) for name in ("estimate", "low", "high")
    )
    events = _events(shown, links, which, estimator, chosen, level=confidence, seed=seed)
    months = (shown.months[0], shown.months[-1])
    return EffectEstimate(
        role, estimator, chosen, months, int((shown.n > 0).any(axis=1).sum()), estimate, low, high,
        str(row["why"]),
        events, curve,
    )  # fmt: skip


def _kept(panel: Panel, links: tuple[RoleLinks, ...], compared: Collection[str] | None) -> np.ndarray[
    tuple[int], np.dtype[np.bool_]
]:  # fmt: skip
    """Return the linked units and those never linked that are to be compared with."""
    linked = np.any(np.stack([link.touched.any(axis=1) for link in links]), axis=0)
    wanted = np.array([compared is None or unit in compared for unit in panel.units])
    return np.asarray(linked | wanted)


def _marked(
    curve: Specifications, estimator: str, choices: Choices, statistic: str, roles: int
) -> tuple[Specifications, pd.Series]:
    """Return the curve with the choice marked, and its row."""
    joint = "joint" if estimator == "imputation" else "left out"
    wanted = {
        "estimator": estimator, "weighting": choices.weighting, "hold_out": choices.hold_out,
        "other_role": joint if roles > 1 else "none", "units": ALL, "statistic": statistic,
    }  # fmt: skip
    if estimator == "two_way":
        wanted["hold_out"] = 0
    frame = curve.frame
    same = np.all([frame[name] == value for name, value in wanted.items()], axis=0)
    marked = frame.assign(default=same)
    return Specifications(marked), marked.loc[same].iloc[0]


def _events(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    which: int,
    estimator: str,
    choices: Choices,
    *,
    level: float,
    seed: int,
) -> EventStudy | Refusal:
    rng, cluster = np.random.default_rng(seed), np.arange(len(panel.units))
    if estimator == "imputation":
        return event_study(panel, links, which=which, choices=choices, cluster=cluster, level=level, rng=rng)
    if estimator == "two_way":
        return Refusal("The two-way regression has one coefficient for all quarters: it shows no course.")
    quarters = quarterly(
        apart(panel, links, which=which), links[which], weighting=choices.weighting, cluster=cluster
    )
    found = _by_since(quarters, estimator, choices.hold_out // QUARTER)
    if isinstance(found, Refusal):
        return found
    since, effect, scores = found
    band = uniform_band(effect, scores, level=level, rng=rng)
    aside = choices.hold_out // QUARTER
    phase = np.where(since >= 0, "linked", np.where(since >= -aside, "set aside", "before"))
    units = [int((quarters.observed & (quarters.since == one)).any(axis=1).sum()) for one in since]
    count = len(scores)
    frame = pd.DataFrame(
        {
            "quarter": since,
            "phase": phase,
            "estimate": effect,
            "error": np.sqrt((scores**2).sum(axis=0) * count / (count - 1)),
            "low": band.low,
            "high": band.high,
            "units": units,
            "months": [QUARTER * unit for unit in units],
            "clusters": units,
        }
    )
    return EventStudy(frame, level, float(band.critical), ())


def _by_since(panel: AdoptionPanel, estimator: str, aside: int) -> tuple[Ints, Floats, Floats] | Refusal:
    """Return quarters since the link, effects, and each unit's part in their errors."""
    if estimator == "sun_abraham":
        fitted = sun_abraham(panel, reference=-1 - aside)
        if isinstance(fitted, Refusal):
            return fitted
        since, effect, _ = fitted.by_since()
        member = (fitted.since[None, :] == since[:, None]) * fitted.share[None, :]
        return since, effect, fitted.regression.scores @ (member / member.sum(axis=1, keepdims=True)).T
    found = group_time(panel, comparison="never" if estimator == "never" else "not_yet", anticipation=aside)
    dynamic = found if isinstance(found, Refusal) else average(found, kind="dynamic")
    if isinstance(dynamic, Refusal):
        return dynamic
    return dynamic.at, dynamic.part, dynamic.part_influence
