"""Every naive comparison that published figures allow, side by side, and what it finds where nothing is.

None of them is the effect of the link unless linked units would otherwise have moved like the others. Shown
together they say how far an answer would hang on who chose it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.published import UNNAMED, Published, kinds
from auditlib.records import Refusal, Ungrouped
from auditlib.statements import counted
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical
from auditlib.statistics.intervals import wilson
from auditlib.statistics.two_groups import GroupDifference, difference, within_strata
from auditlib.statistics.types import Floats

Flags = NDArray[np.bool_]
DESIGNS = {
    "means": "means of all who published in each period",
    "change": "change of units seen in both periods",
    "every": "change of units seen in every period",
    "baseline": "later score, first score held equal",
    "alike": "change, among units with like first scores",
    "region": "change, within regions",
}
"""Ways to compare, by name."""
NAIVE = "change"
"""The way most would take."""
FEWEST = 20
"""Units a class needs to be compared with another where nothing was linked."""
STRATA = 10
PERMUTATIONS = 4999
"""How often half of the regions are called linked by lot."""


@dataclass(frozen=True, slots=True, eq=False)
class RegionPlacebo:
    """The naive comparison where there is nothing to find.

    Parameters
    ----------
    estimate, called
        Of each comparison; whether its interval excludes zero. Shape (comparisons,).
    limits
        Limits of the share called (Wilson); only where regions were drawn independently.
    """

    estimate: Floats
    called: Flags

    @property
    def rate(self) -> float:
        """Share called a difference."""
        return float(self.called.mean())

    @property
    def limits(self) -> tuple[float, float]:
        """Limits of the rate (Wilson)."""
        ends = wilson(int(self.called.sum()), len(self.called))
        return float(ends.low), float(ends.high)


@dataclass(frozen=True, slots=True, eq=False)
class NaiveComparisons(Ungrouped):
    """All simple comparisons of linked and never-linked units.

    Parameters
    ----------
    figures
        What was compared.
    frame
        after (period in words), design, minimum, others (comparison group), estimate, error, low, high,
        linked, compared (units), default, why (where there is no estimate). Ascending by estimate.
    placebo
        The naive comparison of never-linked units, regions called "linked" by lot.
    before
        Periods before the link in which linked units have a figure.
    first
        The period that later ones are compared with.
    """

    figures: Published
    frame: pd.DataFrame
    placebo: RegionPlacebo | Refusal
    before: int
    first: int

    @property
    def estimated(self) -> pd.DataFrame:
        """The comparisons that could be made."""
        rows: pd.DataFrame = self.frame.loc[self.frame["estimate"].notna()]
        return rows

    @property
    def naive(self) -> pd.Series:
        """The comparison most would make."""
        return self.frame.loc[self.frame["default"]].iloc[0]

    @property
    def fewest(self) -> tuple[int, ...]:
        """Smallest numbers of surveys that were tried."""
        return tuple(sorted(int(minimum) for minimum in set(self.frame["minimum"])))

    def split(self) -> dict[str, int]:
        """Return how many comparisons there are, say more and less, and exclude zero either way."""
        estimated = self.estimated
        return {
            "total": len(estimated),
            "up": int((estimated["estimate"] > 0).sum()),
            "down": int((estimated["estimate"] < 0).sum()),
            "up_called": int((estimated["low"] > 0).sum()),
            "down_called": int((estimated["high"] < 0).sum()),
        }

    @property
    def alt(self) -> str:
        """What a reader who cannot see the figure must know."""
        estimate = self.estimated["estimate"]
        return (
            f"{counted(len(estimate), 'comparison')} in order of the estimate, from {estimate.min():.2f} to "
            f"{estimate.max():.2f} {self.figures.points}; above zero: {int((estimate > 0).sum())}. Beneath "
            "each stands what it chose."
        )

    def groups(self) -> pd.DataFrame:
        """Return how far the answer moves with each choice: choice, option, count, least, most, up, down."""
        rows = [
            (
                _CHOICES[choice],
                _option_words(choice, str(option)),
                len(part),
                float(part["estimate"].min()),
                float(part["estimate"].median()),
                float(part["estimate"].max()),
                int((part["low"] > 0).sum()),
                int((part["high"] < 0).sum()),
            )
            for choice in _CHOICES
            for option, part in self.estimated.groupby(choice, sort=True)
        ]
        return pd.DataFrame(
            rows, columns=["choice", "option", "count", "least", "middle", "most", "higher", "lower"]
        )


_CHOICES = {
    "design": "balance and baseline",
    "minimum": "fewest surveys",
    "others": "compared with",
    "after": "later period",
}


def _option_words(choice: str, option: str) -> str:
    return surveys_from(int(option)) if choice == "minimum" else DESIGNS.get(option, option)


def surveys_from(least: int) -> str:
    """Return in words how many surveys a unit needs to be compared."""
    return f"{counted(least, 'survey')} or more" if least else "any number of surveys"


def naive_comparisons(
    figures: Published, start: Ints, *, minimum: int, level: float, seed: int
) -> NaiveComparisons | Refusal:
    """Compare linked with never-linked units in every simple way.

    Parameters
    ----------
    start
        First linked period by unit; see `published.begun`.
    minimum
        Surveys below which the audit would give no verdict; also tried are none and three times as many.
    """
    last = len(figures.periods)
    linked = start < last
    if last < 2 or not linked.any() or linked.all():
        return Refusal("A comparison needs two periods, and units with and without a link.")
    measured = np.isfinite(figures.value)
    period = np.arange(last)[None, :]
    dates = np.unique(start[linked & measured[:, 0]])
    if len(dates) > 1:
        return Refusal(
            f"Pay was linked in {counted(len(dates), 'period')}: figures by month are needed to compare."
        )
    begins = int(dates[0]) if len(dates) else 0
    first = max(begins - 1, 0)
    rows = list(_rows(figures, linked, first, minimum=minimum, level=level))
    frame = pd.DataFrame(rows).sort_values("estimate", kind="stable", na_position="last")
    usual = _comparisons(figures, linked)[0][1]
    unlinked = (~linked) & usual
    return NaiveComparisons(
        figures,
        frame.reset_index(drop=True),
        by_lot(figures, unlinked, first, level=level, rng=np.random.default_rng(seed)),
        int((measured & (period < start[:, None]))[linked].any(axis=0).sum()),
        first,
    )


def _comparisons(figures: Published, linked: Flags) -> list[tuple[str, Flags]]:
    """Return comparison groups: the commonest kind, all, and unlinked units of the linked ones' kind."""
    linked_kind, unlinked_kind = kinds(figures, linked)
    unit_kind = np.array([kind or UNNAMED for kind in figures.kind])
    groups = [(unlinked_kind, ~linked & (unit_kind == unlinked_kind)), ("all never linked", ~linked)]
    if linked_kind != unlinked_kind and (~linked & (unit_kind == linked_kind)).any():
        groups.append((f"{linked_kind}, not linked", ~linked & (unit_kind == linked_kind)))
    return groups if (~linked & (unit_kind != unlinked_kind)).any() else groups[1:]


def _rows(
    figures: Published, linked: Flags, first: int, *, minimum: int, level: float
) -> Iterator[dict[str, object]]:
    comparisons, region = _comparisons(figures, linked), np.array(figures.region)
    afters = range(first + 1, len(figures.periods))
    fewest = (0, minimum, 3 * minimum) if (figures.n > 0).any() else (0,)
    always = np.isfinite(figures.value).all(axis=1)
    for after, design, least, (name, comparison) in product(afters, DESIGNS, fewest, comparisons):
        stays = np.asarray(always | (design != "every"))
        enough = (figures.n >= least)[:, [first, after]] & stays[:, None]
        value = np.where(enough, figures.value[:, [first, after]], np.nan)
        gap, sizes = _compare(design, value, linked, comparison, region)
        chosen = {
            "after": figures.days(after),
            "design": design,
            "minimum": least,
            "others": name,
            "default": (after, design, least, name) == (first + 1, NAIVE, 0, comparisons[0][0]),
        }
        yield _row(chosen, gap, sizes, level=level)


def _compare(
    design: str, value: Floats, linked: Flags, comparison: Flags, region: NDArray[np.str_]
) -> tuple[GroupDifference | Refusal, tuple[int, int]]:
    if design == "means":
        return _of_means(value, linked, comparison)
    complete = np.isfinite(value).all(axis=1) & (linked | comparison)
    group = linked[complete]
    sizes = (int(group.sum()), int((~group).sum()))
    if min(sizes) < FEWEST:
        return Refusal(f"Fewer than {FEWEST} units on one side."), sizes
    if design == "region":
        return _within_regions(value[complete], group, region[complete]), sizes
    return _adjusted(design, value[complete], group), sizes


def _adjusted(design: str, value: Floats, group: Flags) -> GroupDifference | Refusal:
    """Compare changes, or later scores with the first ones held equal."""
    before, after = value[:, 0], value[:, 1]
    focal, constant, unit = group.astype(np.float64), np.ones((len(group), 1)), np.arange(len(group))
    if design == "baseline":
        return difference(after, focal, np.column_stack([constant, before]), cluster=unit)
    if design == "alike":
        cuts = np.quantile(before[group], np.arange(1, STRATA) / STRATA)
        return within_strata(after - before, group, np.searchsorted(cuts, before).astype(np.int64))
    return difference(after - before, focal, constant, cluster=unit)


def _within_regions(value: Floats, group: Flags, region: NDArray[np.str_]) -> GroupDifference | Refusal:
    place = np.unique(region, return_inverse=True)[1].astype(np.int64)
    if place.max(initial=0) < FEWEST:
        return Refusal("Too few regions.")
    change, focal = (_within(part, place) for part in (value[:, 1] - value[:, 0], group.astype(np.float64)))
    return difference(change, focal, np.zeros((len(focal), 0)), cluster=place)


def _of_means(
    value: Floats, linked: Flags, comparison: Flags
) -> tuple[GroupDifference | Refusal, tuple[int, int]]:
    """Compare the means of all who published in each period, whoever they are."""
    unit, later = np.nonzero(np.isfinite(value) & (linked | comparison)[:, None])
    group = linked[unit].astype(np.float64)
    sizes = (len(np.unique(unit[group == 1])), len(np.unique(unit[group == 0])))
    if min(sizes) < FEWEST:
        return Refusal(f"Fewer than {FEWEST} units on one side."), sizes
    controls = np.column_stack([np.ones(len(unit)), group, later.astype(np.float64)])
    return difference(value[unit, later], group * later, controls, cluster=unit.astype(np.int64)), sizes


def _within(values: Floats, place: Ints) -> Floats:
    mean = np.bincount(place, weights=values) / np.maximum(np.bincount(place), 1)
    return np.asarray(values - mean[place])


def _row(
    chosen: dict[str, object], gap: GroupDifference | Refusal, sizes: tuple[int, int], *, level: float
) -> dict[str, object]:
    row = {**chosen, "linked": sizes[0], "compared": sizes[1]}
    if isinstance(gap, Refusal):
        return row | dict.fromkeys(("estimate", "error", "low", "high"), np.nan) | {"why": gap.reason}
    low, high = gap.limits(level)
    return row | {"estimate": gap.estimate, "error": gap.error, "low": low, "high": high, "why": ""}


def naive_difference(
    value: Floats, *, linked: Flags, comparison: Flags, first: int
) -> GroupDifference | Refusal:
    """Return the comparison most would make, on any figure of the units; shape (units, periods)."""
    return _compare(NAIVE, value[:, [first, first + 1]], linked, comparison, np.array([]))[0]


def by_lot(
    figures: Published, units: Flags, first: int, *, level: float, rng: np.random.Generator
) -> RegionPlacebo | Refusal:
    """Call half of the regions "linked" by lot, among units that were never linked, again and again."""
    change = figures.value[:, first + 1] - figures.value[:, first]
    usable = units & np.isfinite(change)
    region = np.array(figures.region)[usable]
    names, place = np.unique(region, return_inverse=True)
    if len(names) < FEWEST:
        return Refusal("There are too few regions with never-linked units to deal placebo links to.")
    value = change[usable]
    sums = np.stack(
        [np.bincount(place, weights=value**power, minlength=len(names)) for power in range(3)], axis=1
    )
    half = len(names) // 2
    chosen = np.argsort(rng.random((PERMUTATIONS, len(names))), axis=1)[:, :half]
    mask = np.zeros((PERMUTATIONS, len(names)))
    np.put_along_axis(mask, chosen, 1.0, axis=1)
    drawn, undrawn = mask @ sums, (1 - mask) @ sums
    mean, spread = zip(*(_moments(side) for side in (drawn, undrawn)), strict=True)
    estimate = mean[0] - mean[1]
    error = np.sqrt(spread[0] + spread[1])
    return RegionPlacebo(estimate, np.abs(estimate / error) > critical(level, len(value) - 2))


def _moments(sums: Floats) -> tuple[Floats, Floats]:
    """Return means, and their variances, from counts, sums and sums of squares."""
    n, total, square = sums[:, 0], sums[:, 1], sums[:, 2]
    mean = total / n
    return mean, (square - n * mean**2) / np.maximum(n - 1, 1) / n
