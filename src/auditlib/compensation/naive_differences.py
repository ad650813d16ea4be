"""What others would state of a link without much thought: before and after, with and without, and both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.naive_comparisons import naive_difference
from auditlib.compensation.procedure import PayQuestion, split
from auditlib.compensation.published import Published, others_like
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.two_groups import GroupDifference, difference
from auditlib.statistics.types import Floats

COLUMNS = ["role", "key", "reading", "estimate", "low", "high", "units", "caution"]
_CREDITS_THE_PAST = "credits the link with what the units were like before"


def naive_differences(questions: Sequence[PayQuestion]) -> pd.DataFrame:
    """Return per role the change of linked units alone, and the gap to units without a link.

    Columns: role, key, reading, estimate, low, high, units, caution. Weighted as the choices say; errors by
    what each role's pay was assigned by.
    """
    rows: list[tuple[object, ...]] = []
    for question in questions:
        parts, linked = split(question), split(question).linked[question.place]
        ever = linked.any(axis=1)
        before = parts.clean & ever[:, None]
        never = parts.clean & ~ever[:, None] & linked.any(axis=0)[None, :]
        for key, words, comparison, caution in (
            (
                "before_after",
                "linked units, months with the link less months before",
                before,
                "credits the link with whatever moved everybody, and with what was low by chance",
            ),
            ("with_without", "months with the link less other units at the time", never, _CREDITS_THE_PAST),
        ):
            # A change is taken within units, a gap within months.
            gap = _weighted_gap(question, parts.weight, linked, comparison, by_unit=comparison is before)
            units = int((linked | comparison).any(axis=1).sum())
            rows.append((question.role, key, words, *ends(gap, question.level), units, caution))
    return pd.DataFrame(rows, columns=COLUMNS)


def _weighted_gap(
    question: PayQuestion,
    weight: Floats,
    linked: NDArray[np.bool_],
    comparison: NDArray[np.bool_],
    *,
    by_unit: bool,
) -> GroupDifference | Refusal:
    """Return the weighted difference between two sets of unit-months, within units or within months."""
    cells = (linked | comparison) & (weight > 0)
    unit, month = np.nonzero(cells)
    stratum = np.unique(unit if by_unit else month, return_inverse=True)[1]
    size, cluster = weight[cells], question.groups[unit]
    outcome, focal = (
        _within(part[cells].astype(np.float64), size, stratum) for part in (question.panel.value, linked)
    )
    root = np.sqrt(size)
    if len(np.unique(cluster)) < 3:
        return Refusal("Too few clusters.")
    return difference(outcome * root, focal * root, np.zeros((len(root), 0)), cluster=cluster)


def _within(values: Floats, weight: Floats, stratum: Ints) -> Floats:
    mean = np.bincount(stratum, weights=weight * values) / np.bincount(stratum, weights=weight)
    return np.asarray(values - mean[stratum])


def published_differences(
    figures: Published, linked: NDArray[np.bool_], first: int, *, role: str, level: float
) -> pd.DataFrame:
    """Return the three numbers most often quoted of published figures, in the columns above.

    Parameters
    ----------
    linked
        Units with a link.
    first
        The period that the next one is compared with.
    """
    comparison = others_like(figures, linked)
    value = figures.value[:, [first, first + 1]]
    complete = np.isfinite(value).all(axis=1)
    change = (value[:, 1] - value[:, 0])[complete & linked]
    alone = difference(
        change, np.ones(len(change)), np.zeros((len(change), 0)), cluster=np.arange(len(change))
    )
    later = int((np.isfinite(value[:, 1]) & (linked | comparison)).sum())
    rows = (
        (
            "before_after",
            "linked units, later less first period",
            alone,
            len(change),
            "credits the link with whatever moved everybody",
        ),
        (
            "with_without",
            "linked less never linked, later period",
            gap_between(value[:, 1], linked, comparison),
            later,
            _CREDITS_THE_PAST,
        ),
        (
            "both",
            "change of linked less change of never linked",
            naive_difference(figures.value, linked=linked, comparison=comparison, first=first),
            int((complete & (linked | comparison)).sum()),
            "holds only if both would have moved alike, which no earlier period can test",
        ),
    )
    frame = [(role, key, words, *ends(gap, level), n, caution) for key, words, gap, n, caution in rows]
    return pd.DataFrame(frame, columns=COLUMNS)


def gap_between(
    value: Floats, linked: NDArray[np.bool_], comparison: NDArray[np.bool_]
) -> GroupDifference | Refusal:
    """Return the difference of two groups of units in one period; shape of all (units,)."""
    units = np.isfinite(value) & (linked | comparison)
    focal = linked[units].astype(np.float64)
    return difference(value[units], focal, np.ones((len(focal), 1)), cluster=np.arange(len(focal)))


def ends(gap: GroupDifference | Refusal, level: float) -> tuple[float, float, float]:
    """Return a difference and its limits; NaN where there is none."""
    if isinstance(gap, Refusal):
        return np.nan, np.nan, np.nan
    return (gap.estimate, *gap.limits(level))
