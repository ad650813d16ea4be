"""The effect at the same mix of customers: doubly robust, beside the estimate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.panel import counts
from auditlib.compensation.procedure import PayQuestion
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical, jackknife_error
from auditlib.statistics.doubly_robust import doubly_robust
from auditlib.statistics.types import Floats

Estimated = tuple[float, float, float]
"""Estimate, lower and upper limit."""


@dataclass(frozen=True, slots=True, eq=False)
class _Changes:
    """Changes of linked units and of those they are compared with, one set for each month of adoption."""

    change: Floats
    mix: Floats
    linked: NDArray[np.bool_]
    weight: Floats
    cluster: Ints

    def without(self, cluster: int) -> _Changes:
        """Return them without one cluster."""
        rest = self.cluster != cluster
        parts = (self.change, self.mix, self.linked, self.weight, self.cluster)
        return _Changes(*(part[rest] for part in parts))


def mix_adjusted(question: PayQuestion, mix: pd.DataFrame | None) -> Estimated | Refusal:
    """Return the effect once customers of the same mix are compared.

    From every score is taken what its month's mix of channels and matters would give across the party; the
    changes that are left are compared between units linked and never linked at the same mix before (Sant'Anna
    and Zhao 2020). Errors leave out one cluster at a time.

    Parameters
    ----------
    mix
        unit_id, month, n, value: the score that the mix would give; see `covariates.Covariates`.
    """
    if mix is None or mix.empty:
        return Refusal("No responses with channel and matter were supplied.")
    changes = _joined(_changes(question.alone(), mix))
    estimate = _estimate(changes)
    if isinstance(estimate, Refusal):
        return estimate
    groups = np.unique(changes.cluster)
    left_out = [_estimate(changes.without(int(group))) for group in groups]
    known = np.array([value for value in left_out if not isinstance(value, Refusal)])
    if len(known) < len(groups):
        return Refusal("Without some group too few units are left to hold the mix equal.")
    half = critical(question.level, len(groups) - 1) * float(jackknife_error(known[:, None])[0])
    return estimate, estimate - half, estimate + half


def _estimate(changes: _Changes) -> float | Refusal:
    if not changes.linked.any() or changes.linked.all():
        return Refusal("No unit has both months before the link and one never linked beside it.")
    covariates = changes.mix[:, None] / max(1e-12, float(changes.mix.std()))
    held = doubly_robust(changes.change, changes.linked, covariates, weight=changes.weight)
    return held if isinstance(held, Refusal) else held.estimate


def _changes(question: PayQuestion, mix: pd.DataFrame) -> Iterator[_Changes]:
    """Yield the changes about each month of adoption, less those of units never linked."""
    panel, links, aside = question.panel, question.role_links, question.choices.anticipation
    n, months = panel.n, np.arange(len(panel.months))
    total = counts(mix, panel)
    expected = counts(mix.assign(n=mix["n"] * mix["value"]), panel) / np.maximum(total, 1)
    known = n * (total > 0)
    never = ~np.asarray(links.touched.any(axis=1), dtype=bool)
    for start in np.unique(links.adopted[links.linked.any(axis=1)]):
        before, after = known * (months < start - aside), known * (months >= start)
        linked = links.adopted == start
        usable = (linked | never) & (before.sum(axis=1) > 0) & (after.sum(axis=1) > 0)
        if not (usable & linked).any() or not (usable & never).any():
            continue
        left = panel.value - expected
        change = _mean(left, after) - _mean(left, before)
        earlier = _mean(expected, before)
        compared = usable & never
        yield _Changes(
            (change - np.average(change[compared], weights=after[compared].sum(axis=1)))[usable],
            (earlier - earlier[compared].mean())[usable],
            linked[usable],
            after.sum(axis=1)[usable],
            question.groups[usable],
        )


def _mean(values: Floats, weight: Floats) -> Floats:
    return np.asarray((values * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300))


def _joined(parts: Iterator[_Changes]) -> _Changes:
    every = list(parts)
    if not every:
        nothing = np.zeros(0)
        return _Changes(nothing, nothing, nothing.astype(bool), nothing, nothing.astype(np.int64))
    return _Changes(
        np.concatenate([part.change for part in every]),
        np.concatenate([part.mix for part in every]),
        np.concatenate([part.linked for part in every]),
        np.concatenate([part.weight for part in every]),
        np.concatenate([part.cluster for part in every]),
    )
