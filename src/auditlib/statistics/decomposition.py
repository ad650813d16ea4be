"""Which comparisons the two-way regression coefficient is made of (Goodman-Bacon 2021)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel

Contrast = Literal["adopted against never", "earlier against later", "later against already adopted"]


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """One two-by-two comparison inside the coefficient.

    Parameters
    ----------
    contrast
        What is compared; ``later against already adopted`` uses treated units as if they were not.
    treated, control
        Adoption periods; `control` equals the number of periods for units that never adopt.
    estimate, weight
        Its estimate, and its share in the coefficient.
    """

    contrast: Contrast
    treated: int
    control: int
    estimate: float
    weight: float


def goodman_bacon(panel: AdoptionPanel) -> tuple[TwoByTwo, ...] | Refusal:
    """Decompose the two-way coefficient of a balanced panel.

    Notes
    -----
    Goodman-Bacon (2021), doi 10.1016/j.jeconom.2021.03.014, theorem 1; units count equally.
    """
    if not panel.observed.all():
        return Refusal("The decomposition holds for panels without gaps.", "Use months all units have.")
    if not panel.groups:
        return Refusal("No unit adopts within the panel.")
    parts = list(_parts(panel))
    total = sum(part.weight for part in parts)
    if total <= 0:
        return Refusal("No unit adopts at another time than the rest, after a period before.")
    return tuple(
        TwoByTwo(part.contrast, part.treated, part.control, part.estimate, part.weight / total)
        for part in parts
    )


def _parts(panel: AdoptionPanel) -> Iterator[TwoByTwo]:
    never = panel.periods
    size = {group: float((panel.adopted == group).mean()) for group in panel.groups}
    on = {group: (panel.periods - group) / panel.periods for group in panel.groups}
    if panel.never.any():
        size[never] = float(panel.never.mean())
        for group in panel.groups:
            weight = size[group] * size[never] * on[group] * (1 - on[group])
            value = _difference(panel, group, never, switch=group, window=(0, never))
            yield TwoByTwo("adopted against never", group, never, value, weight)
    for early, late in combinations(panel.groups, 2):
        product = size[early] * size[late]
        value = _difference(panel, early, late, switch=early, window=(0, late))
        weight = product * (on[early] - on[late]) * (1 - on[early])
        yield TwoByTwo("earlier against later", early, late, value, weight)
        value = _difference(panel, late, early, switch=late, window=(early, never))
        yield TwoByTwo(
            "later against already adopted", late, early, value, product * on[late] * (on[early] - on[late])
        )


def _difference(
    panel: AdoptionPanel, treated: int, control: int, *, switch: int, window: tuple[int, int]
) -> float:
    first, last = window
    controls = panel.never if control >= panel.periods else panel.adopted == control
    gap = panel.outcome[panel.adopted == treated].mean(axis=0) - panel.outcome[controls].mean(axis=0)
    if switch == first:
        return 0.0  # no period before: the weight is zero as well
    return float(gap[switch:last].mean() - gap[first:switch].mean())


def by_contrast(parts: tuple[TwoByTwo, ...]) -> dict[str, tuple[float, float]]:
    """Return weight and weighted estimate of each kind of comparison."""
    kinds = dict.fromkeys(part.contrast for part in parts)
    by_kind = {}
    for kind in kinds:
        weight = np.array([part.weight for part in parts if part.contrast == kind])
        value = np.array([part.estimate for part in parts if part.contrast == kind])
        total = float(weight.sum())
        by_kind[str(kind)] = (total, float(weight @ value / total) if total > 0 else 0.0)
    return by_kind
