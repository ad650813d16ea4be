"""What others would state of a link without much thought, beside the estimate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.linkage.panel import Panel
from auditlib.linkage.procedure import Choices, split
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.two_groups import GroupDifference, difference
from auditlib.statistics.types import Floats

COLUMNS = ["role", "key", "reading", "estimate", "low", "high", "units", "caution"]


def simple(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    choices: Choices,
    cluster: Ints,
    level: float,
) -> pd.DataFrame:
    """Return per role the change of linked units alone, and the gap to units without a link.

    Columns: role, key, reading, estimate, low, high, units, caution. Weighted as `choices` say; errors by
    cluster.
    """
    if not links:
        return pd.DataFrame([], columns=COLUMNS)
    parts = split(panel, links, choices=choices)
    rows = []
    for one, linked in zip(links, parts.linked, strict=True):
        own = linked.any(axis=1)
        before = parts.clean & own[:, None]
        never = parts.clean & ~own[:, None] & linked.any(axis=0)[None, :]
        for key, words, other, nested, caution in (
            ("before_after", "linked units, months with the link less months before", before, True,
             "credits the link with whatever moved everybody, and with what was low by chance"),
            ("with_without", "months with the link less other units at the time", never, False,
             "credits the link with what the units were like before"),
        ):  # fmt: skip
            found = _gap(panel.value, parts.weight, linked, other, nested=nested, cluster=cluster)
            ends = (np.nan, np.nan, np.nan)
            if isinstance(found, GroupDifference):
                ends = (found.estimate, *found.limits(level))
            rows.append((one.role, key, words, *ends, int((linked | other).any(axis=1).sum()), caution))
    return pd.DataFrame(rows, columns=COLUMNS)


def _gap(
    value: Floats,
    weight: Floats,
    linked: NDArray[np.bool_],
    other: NDArray[np.bool_],
    *,
    nested: bool,
    cluster: Ints,
) -> GroupDifference | Refusal:
    """Return the weighted difference between two sets of unit-months, within units where `nested`."""
    kept = (linked | other) & (weight > 0)
    unit, month = np.nonzero(kept)
    group = np.unique(unit if nested else month, return_inverse=True)[1]
    size = weight[kept]
    outcome, focal = (_within(part[kept].astype(np.float64), size, group) for part in (value, linked))
    root = np.sqrt(size)
    if len(np.unique(cluster[unit])) < 3:
        return Refusal("Too few clusters.")
    return difference(outcome * root, focal * root, np.zeros((len(root), 0)), cluster=cluster[unit])


def _within(values: Floats, weight: Floats, group: Ints) -> Floats:
    mean = np.bincount(group, weights=weight * values) / np.bincount(group, weights=weight)
    return np.asarray(values - mean[group])
