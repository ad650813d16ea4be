"""Panels of units that take something up at different periods: the data of difference-in-differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.types import Floats, Numbers

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class AdoptionPanel:
    """Outcomes of units over periods, and the period in which each unit adopted.

    Parameters
    ----------
    outcome
        Shape (units, periods); zero where nothing was observed.
    weight
        Same shape: how much each observation counts; zero where nothing was observed.
    adopted
        Position of each unit's first treated period; `periods` or more means not within the panel.
    cluster
        Number of each unit's cluster, 0 to G - 1: what was assigned together.
    """

    outcome: Floats
    weight: Floats
    adopted: Ints
    cluster: Ints

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.outcome)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self.outcome.shape[1])

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return int(self.cluster.max()) + 1

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Whether anything was observed; shape (units, periods)."""
        return self.weight > 0

    @property
    def never(self) -> NDArray[np.bool_]:
        """Units that adopt in no period of the panel."""
        return self.adopted >= self.periods

    @property
    def unit_weight(self) -> Floats:
        """Each unit's weight: the mean over the periods it was observed in, scaled to average 1."""
        count = np.maximum(self.observed.sum(axis=1), 1)
        mean = self.weight.sum(axis=1) / count
        return np.asarray(mean / mean.mean())

    @property
    def since(self) -> Ints:
        """Periods since adoption, 0 in the first treated one; shape (units, periods)."""
        return np.arange(self.periods)[None, :] - self.adopted[:, None]

    @property
    def treated(self) -> NDArray[np.bool_]:
        """Whether the unit has adopted; shape (units, periods)."""
        return self.since >= 0

    @property
    def groups(self) -> tuple[int, ...]:
        """Periods in which some unit adopts, ascending."""
        return tuple(int(group) for group in np.unique(self.adopted[~self.never]))


def adoption_panel(
    outcome: Numbers, adopted: Numbers, *, weight: Numbers | None = None, cluster: Numbers | None = None
) -> AdoptionPanel:
    """Check and build a panel.

    Parameters
    ----------
    outcome
        Shape (units, periods); NaN where nothing was observed.
    adopted
        Position of each unit's first treated period; `periods` or more, or negative, for never.
    weight
        Shape of `outcome`, positive where observed; default 1.
    cluster
        Labels of clusters, one per unit; default each unit its own.
    """
    values = np.atleast_2d(np.asarray(outcome, dtype=np.float64))
    finite = np.isfinite(values)
    weights = np.ones_like(values) if weight is None else np.asarray(weight, dtype=np.float64)
    start = np.asarray(adopted, dtype=np.int64)
    labels = np.arange(len(values)) if cluster is None else np.asarray(cluster)
    if weights.shape != values.shape or start.shape != labels.shape or len(start) != len(values):
        raise ValueError("outcome and weight are (units, periods); adopted and cluster have one entry a unit")
    if (weights < 0).any():
        raise ValueError("weights are not negative")
    numbered = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    start = np.where(start < 0, values.shape[1], start)
    return AdoptionPanel(np.where(finite, values, 0.0), np.where(finite, weights, 0.0), start, numbered)


def by_cluster(scores: Floats, cluster: Ints) -> Floats:
    """Sum the first axis of `scores` (units, ...) within clusters."""
    count = int(cluster.max()) + 1
    if count == len(cluster) and (cluster == np.arange(count)).all():
        return scores.copy()
    total = np.zeros((count, *scores.shape[1:]))
    np.add.at(total, cluster, scores)
    return total
