"""Answers of the same customer resemble each other: how many independent ones they are worth.

Everything follows from counts of customers by how often they answered, with the sums and squared sums of what
they answered: no row is needed twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedAnswers:
    """Customers of each unit by how often they answered, with what their answers add up to.

    Parameters
    ----------
    size
        How often, rising; shape (sizes,).
    customers
        How many customers answered so often, shape (units, sizes).
    sums, squared_sums
        Over these customers, the sum of each one's total and of its square, shape (units, sizes).
    squares
        Sum of all squared answers of the unit, shape (units,).
    """

    size: NDArray[np.int64]
    customers: Floats
    sums: Floats
    squared_sums: Floats
    squares: Floats

    @property
    def n(self) -> Floats:
        """Answers of each unit."""
        return np.asarray(self.customers @ self.size)

    @property
    def mean(self) -> Floats:
        """Mean answer of each unit; NaN where there is none."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.sums.sum(axis=1) / self.n)

    @property
    def answers_a_customer(self) -> Floats:
        """Mean number of answers of the customer an answer is from, per unit; NaN without answers."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.customers @ self.size**2 / self.n)

    def intraclass(self) -> float:
        """Return how alike two answers of one customer are, within units: 0 as those of strangers, 1 equal.

        Returns
        -------
        float
            The analysis-of-variance estimate over all units, between 0 and 1; 0 where nobody answered twice.

        Notes
        -----
        Donner and Koval (1980), Biometrics 36:19-25, for groups of unequal size, units taken out. One value
        for all units: a single unit has too few customers who answered again to tell.
        """
        within = self.squares.sum() - (self.squared_sums / self.size).sum()
        customers, answers = self.customers.sum(), self.n.sum()
        units = int((self.n > 0).sum())
        if answers <= customers or customers <= units:
            return 0.0
        between = (self.squared_sums / self.size).sum() - np.nansum(self.sums.sum(axis=1) ** 2 / self.n)
        mean_within, mean_between = within / (answers - customers), between / (customers - units)
        usual = (answers - np.nansum(self.answers_a_customer)) / (customers - units)
        spread = mean_between + (usual - 1) * mean_within
        return float(np.clip((mean_between - mean_within) / spread, 0.0, 1.0)) if spread > 0 else 0.0

    def design_effect(self) -> Floats:
        """Return by how much repeated answers widen the variance of each unit's mean; 1 where none are.

        Notes
        -----
        1 + (mean answers a customer - 1) times the intraclass correlation (Kish 1965, section 5.4), with the
        mean weighted by answers.
        """
        alike = self.intraclass()
        return np.where(self.n > 0, 1 + (self.answers_a_customer - 1) * alike, 1.0)

    def effective(self) -> Floats:
        """Return the independent answers that those of each unit are worth; at least one a customer."""
        return np.asarray(self.n / self.design_effect())

    def mean_variance(self) -> tuple[Floats, Floats]:
        """Return the variance of each unit's mean robust to repeated answers, and its degrees of freedom.

        Returns
        -------
        variance, degrees
            Shape (units,); NaN with fewer than two customers.

        Notes
        -----
        CR2 with Satterthwaite degrees of freedom (Bell and McCaffrey 2002, Survey Methodology 28:169-181)
        for a regression on a constant, in closed form: with one answer a customer they are s^2 / n and
        n - 1.
        """
        n, size = self.n[:, None], self.size[None, :]
        deviations = self.squared_sums - 2 * self.mean[:, None] * size * self.sums
        deviations = deviations + self.customers * (size * self.mean[:, None]) ** 2
        with np.errstate(invalid="ignore", divide="ignore"):
            left = np.where(size < n, 1 - size / n, np.nan)
            variance = np.nansum(deviations / left, axis=1) / self.n**2
            inner = np.nansum(self.customers * size**2 / left, axis=1)
            inner_squares = np.nansum(self.customers * size**4 / left**2, axis=1)
            squares = self.customers @ self.size**2 + (inner**2 - inner_squares) / self.n**2
            degrees = self.n**2 / squares
        alone = self.customers.sum(axis=1) < 2
        return np.where(alone, np.nan, variance), np.where(alone, np.nan, degrees)


def repeated_answers(
    unit: NDArray[np.int64], customer: NDArray[np.int64], score: Floats, *, units: int
) -> RepeatedAnswers:
    """Return the repeated answers of single rows.

    Parameters
    ----------
    unit
        Place of the unit of each answer, from 0.
    customer
        Who gave it, as any whole number; the same number in two units is two customers.
    score
        What was answered.
    units
        Number of units.
    """
    pairs, group = np.unique(np.stack([unit, customer], axis=1), axis=0, return_inverse=True)
    group = group.ravel()
    times, total = np.bincount(group), np.bincount(group, weights=score)
    size, place = np.unique(times, return_inverse=True)
    shape = (units, len(size))
    customers, sums, squared = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    where = (pairs[:, 0], place)
    np.add.at(customers, where, 1.0)
    np.add.at(sums, where, total)
    np.add.at(squared, where, total**2)
    squares = np.bincount(unit, weights=score**2, minlength=units).astype(np.float64)
    return RepeatedAnswers(size.astype(np.int64), customers, sums, squared, squares)
