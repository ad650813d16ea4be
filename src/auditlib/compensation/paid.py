"""The scores that bonuses were worked out from: a value per unit and pay period, with its answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.panel import Panel
from auditlib.compensation.published import Published, begun
from auditlib.compensation.register import Role, RoleLinks, role_links, running
from auditlib.statistics.types import Floats

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
WORDS = {"month": "month", "quarter": "quarter", "half_year": "half year", "year": "year"}
ASSUMED = "quarter"
PUBLISHED = "published period"
"""The pay period of published figures. Bands of n count at their lowest: sampling is at most so large."""


@dataclass(frozen=True, slots=True, eq=False)
class Paid:
    """Scores of one role's pay.

    Parameters
    ----------
    value, n
        Score and answers; shape (units, pay periods).
    variance
        Variance of one answer; same shape.
    linked
        Pay periods that were linked throughout and answered; same shape.
    owners
        Units of each person paid, or each unit by itself; shape (persons or units, units).
    by, period
        ``person`` or ``unit``; the pay period, and whether the register names it.
    """

    value: Floats
    n: Floats
    variance: Floats
    linked: NDArray[np.bool_]
    owners: NDArray[np.bool_]
    by: str
    period: str
    period_named: bool

    def typical(self) -> Floats:
        """Return the median answers per pay period of each person or unit paid."""
        total = self.owners @ (self.n * self.linked)
        paid = self.owners @ self.linked > 0
        rows = [row[keep] for row, keep in zip(total, paid, strict=True) if keep.any()]
        return np.array([float(np.median(row)) for row in rows])

    def sampling_variance(self) -> tuple[float, float]:
        """Return the share of the variance of scores that is sampling: between units, and within a unit.

        The variance that sampling gives a mean, over the variance of the means.
        """
        value, chance = self.value[self.linked], (self.variance / np.maximum(self.n, 1))[self.linked]
        unit = np.nonzero(self.linked)[0]
        count = np.bincount(unit, minlength=len(self.n))
        mean = np.bincount(unit, weights=value, minlength=len(self.n)) / np.maximum(count, 1)
        again = count[unit] > 1
        spread = float(value.var(ddof=1)) if len(value) > 1 else 0.0
        freedom = max(1, int(again.sum()) - len(set(unit[again])))
        within = float(((value - mean[unit])[again] ** 2).sum()) / freedom
        return _share(chance, spread), _share(chance[again], within)

    def among(self, units: NDArray[np.bool_]) -> Paid:
        """Return the scores of some units only."""
        return replace(self, linked=self.linked & units[:, None])

    def flip_rate(self, threshold: float) -> float:
        """Return the share of yes-or-no bonuses at `threshold` that another draw of customers would turn.

        A new score is drawn around the old one with the errors of both.
        """
        from scipy.special import ndtr

        value, n = self.value[self.linked], self.n[self.linked]
        error = np.sqrt(2 * self.variance[self.linked] / n)
        below = ndtr((threshold - value) / np.maximum(error, 1e-12))
        return float(np.where(value >= threshold, below, 1 - below).mean())


def _share(chance: Floats, spread: float) -> float:
    return min(1.0, float(chance.mean()) / spread) if spread > 0 and len(chance) else 1.0


def paid_scores(register: pd.DataFrame, figures: Panel | Published, *, role: Role) -> Paid | None:
    """Return what the pay of `role` rested on; None where no pay period was linked throughout."""
    period, period_named = _pay_period(register, role)
    if isinstance(figures, Published):
        linked = np.arange(len(figures.periods))[None, :] >= begun(register, figures, role=role)[:, None]
        measured = np.isfinite(figures.value) & (figures.n > 0)
        share = figures.value / 100
        spread = np.where(measured, 1e4 * share * (1 - share), 0.0)
        value, n, period = np.where(measured, figures.value, 0.0), figures.n, PUBLISHED
        if figures.statistic == "mean":
            return None
    else:
        links = role_links(register, figures, role=role)
        value, n, linked, measured = _by_period(figures, links, MONTHS[period])
        spread = np.full(value.shape, figures.variance)
    if not (linked & measured).any():
        return None
    owners, by = _owners(register, figures.units, role)
    return Paid(value, n, spread, linked & measured, owners, by, WORDS.get(period, period), period_named)


def _by_period(
    panel: Panel, links: RoleLinks, months: int
) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    length = len(panel.months) // months * months
    shape = (len(panel.units), -1, months)
    n = (panel.n * links.linked)[:, :length].reshape(shape).sum(axis=2)
    total = (panel.n * links.linked * panel.value)[:, :length].reshape(shape).sum(axis=2)
    whole = np.asarray(links.linked[:, :length].reshape(shape).all(axis=2), dtype=bool)
    return total / np.maximum(n, 1), n, whole, n > 0


def _pay_period(register: pd.DataFrame, role: str) -> tuple[str, bool]:
    """Return the pay period that most links of `role` name; a quarter where none does."""
    if "pay_period" not in register:
        return ASSUMED, False
    periods = running(register, role=role)["pay_period"].dropna()
    if periods.empty:
        return ASSUMED, False
    return str(periods.value_counts().sort_index().idxmax()), True


def _owners(register: pd.DataFrame, units: tuple[str, ...], role: str) -> tuple[NDArray[np.bool_], str]:
    """Return which units stand behind each person's pay, or each unit by itself where none is named."""
    entries = running(register, role=role)
    if "person_id" not in entries or entries["person_id"].isna().all():
        return np.eye(len(units), dtype=bool), "unit"
    place = {unit: position for position, unit in enumerate(units)}
    people = sorted(entries["person_id"].dropna().astype(str).unique())
    owners = np.zeros((len(people), len(units)), dtype=bool)
    for person, unit in zip(entries["person_id"], entries["unit_id"].astype(str), strict=True):
        if pd.notna(person) and unit in place:
            owners[people.index(str(person)), place[unit]] = True
    return owners, "person"
