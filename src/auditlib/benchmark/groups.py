"""Groups of units compared: by region, type, ownership; and each unit with its own peers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from auditlib.benchmark.numbers import UNIT_OF, rests_on
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.verdicts import ALARM
from auditlib.benchmark.wording import counted, listed, percent, shown, spoken
from auditlib.records import Held, Interval, Number, Refusal, Sentence
from auditlib.statistics import discovery, ranks, shrinkage
from auditlib.statistics.ranks import RankSets
from auditlib.statistics.types import Floats, normal_quantile

FEWEST_GROUPS = 2
GROUPINGS = {"region": "region", "unit_type": "type of unit", "ownership": "ownership"}
"""Columns of the register that group units, with their name in a sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of the compared units.

    Parameters
    ----------
    by
        Column of the register.
    frame
        One row per group, highest value first: the group, units, n, value (mean of its units), low, high,
        difference (to the units of all other groups), difference_low, difference_high, q, rank_low,
        rank_high, verdict.
    left_out
        Groups with fewer units than the minimum cell, and how many units they hold.
    between
        Share of the variance between units' true values that lies between groups, 0 to 1.
    """

    ranges: ClassVar[bool] = True

    comparison: Comparison
    by: str
    frame: pd.DataFrame
    left_out: tuple[int, int]
    between: float
    places: RankSets
    minimum: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group, highest value first."""
        return self.frame.copy()

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it with gaps for the groups whose numbers are held back, and how many they are."""
        lost = [held(f"group:{name}:{self.key}") for name in self.frame[self.by]]
        frame = self.frame.copy()
        frame.loc[lost, ["value", "low", "high"]] = np.nan
        return (None if all(lost) else replace(self, frame=frame)), sum(lost)

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"{self.by}:{self.comparison.key}"

    @property
    def title(self) -> str:
        """What is compared, in words."""
        return f"By {GROUPINGS.get(self.by, self.by)}: {self.comparison.title}"

    @property
    def drawn(self) -> bool:
        """Whether there are enough groups for a figure: two are said in a sentence."""
        return len(self.frame) > FEWEST_GROUPS

    @property
    def alt(self) -> str:
        """What a reader who cannot see the figure must know."""
        return self.summary()[0].text

    def summary(self) -> tuple[Sentence, ...]:
        """Return which groups differ, how much of all difference is theirs, and how many have a place."""
        return self._differ(), self._share()

    def _differ(self) -> Sentence:
        name, statistic = GROUPINGS.get(self.by, self.by), self.comparison.measure.statistic
        survey = self.comparison.measure.survey
        parts, keys = [], [f"groups:{self.key}"]
        for side in ("higher", "lower"):
            rows = self.frame[self.frame["verdict"] == side]
            if len(rows):
                told = rows.dropna(subset=["value"])
                entries = zip(told[self.by], told["value"], strict=True)
                entry = [f"{spoken(g)} {shown(v, statistic)}" for g, v in entries]
                entry += [f"{spoken(g)} (held back)" for g in sorted(rows[self.by][rows["value"].isna()])]
                named = listed(entry, as_written=True)
                keys += [f"group:{name}:{self.key}" for name in rows[self.by]]
                parts.append(f"{len(rows)} {side} than the units of all others ({named})")
            keys.append(f"groups_{side}:{self.key}")
        found = ", and ".join(parts) if parts else "none is shown to differ from the others"
        text = f"{survey}, {counted(len(self.frame), 'group')} by {name}: {found}."
        return Sentence(text, tuple(keys))

    def _share(self) -> Sentence:
        last, name = len(self.frame), GROUPINGS.get(self.by, self.by)
        certain = int((self.places.low == self.places.high).sum())
        survey = self.comparison.measure.survey
        text = (
            f"{survey}: {percent(round(self.between, 3))} of the true differences between units lie between "
            f"groups by {name}, the rest within them; "
            f"{counted(certain, 'group')} {'have' if certain > 1 else 'has'} a certain place among {last}"
        )
        first = self.frame.iloc[0]
        told = (self.places.high == 1).any() and not np.isnan(first["value"])
        leader = f", with {spoken(first[self.by])} the first" if told else ""
        names = ("between", "certain_places", "groups", "left_out_groups", "left_out_units", "smallest_group")
        keys = tuple(f"{name}:{self.key}" for name in names)
        return Sentence(f"{text}{leader}.{self._hidden()}", keys)

    def _hidden(self) -> str:
        groups, units = self.left_out
        if not groups:
            return ""
        small = f"{counted(groups, 'group')} of fewer than {counted(self.minimum, 'unit')}"
        return f" Left out: {small} ({counted(units, 'unit')})."

    def numbers(self) -> tuple[Number, ...]:
        """Return each group's mean with its interval, and the counts the sentences state."""
        basis, unit = rests_on(self.comparison.scores), UNIT_OF[self.comparison.measure.statistic]
        confidence = self.comparison.confidence
        values = tuple(
            Number(
                f"group:{row[self.by]}:{self.key}", float(row["value"]), unit, int(row["n"]),
                Interval(float(row["low"]), float(row["high"]), confidence, "t over units"), basis,
                f"Mean of {counted(row['units'], 'unit')}.",
            )
            for row in self.frame.to_dict("records")
        )  # fmt: skip
        counts = {
            "groups": len(self.frame),
            "groups_higher": int((self.frame["verdict"] == "higher").sum()),
            "groups_lower": int((self.frame["verdict"] == "lower").sum()),
            "certain_places": int((self.places.low == self.places.high).sum()),
            "left_out_groups": self.left_out[0],
            "left_out_units": self.left_out[1],
            "smallest_group": self.minimum,
        }
        held = int(self.frame["units"].sum())
        between = Number(f"between:{self.key}", self.between, "share", held, basis=basis)
        return (*values, between, *(Number(f"{name}:{self.key}", n, "count") for name, n in counts.items()))


def groups(
    comparison: Comparison,
    units: pd.DataFrame,
    *,
    by: str,
    minimum: int = 5,
    seed: int = 0,
    draws: int = 1000,
) -> Groups | Refusal:
    """Compare groups of units on the mean of their units.

    Parameters
    ----------
    units
        The register, with column `by`.
    by
        Column that groups units: ``region``, ``unit_type``, ``ownership``.
    minimum
        Units below which a group is left out.

    Notes
    -----
    Units are the sample, not answers: a group's mean counts each unit once, and its error is the spread of
    its units. A group is called higher or lower where the difference to the units of all other groups holds
    at a false discovery rate of one minus the confidence. Places: Mogstad, Romano, Shaikh and Wilhelm (2024),
    all groups at once; errors of groups of few units are widened as t widens them at the funnel's outer
    limits.
    """
    name = GROUPINGS.get(by, by)
    if by not in units or units[by].isna().all():
        return Refusal(f"The register of units does not say the {name} of any unit.")
    label = units.drop_duplicates("unit_id").set_index("unit_id")[by]
    chosen = comparison.judgement.chosen
    members = comparison.frame.loc[chosen, ["unit_id", "n", "value"]].reset_index(drop=True)
    members[by] = label.reindex(members["unit_id"]).astype("object").to_numpy()
    members = members.dropna(subset=[by])
    sizes = members.groupby(by)["value"].size()
    small = sizes[sizes < minimum]
    kept = members[~members[by].isin(small.index)]
    if kept[by].nunique() < FEWEST_GROUPS:
        return Refusal(
            f"By {name} there are fewer than {FEWEST_GROUPS} groups of at least {counted(minimum, 'unit')}."
        )
    frame = _frame(kept, by, level=comparison.confidence)
    if (frame["error"] <= 0).any():
        return Refusal(f"All units of one group by {name} have the same value: it has no error.")
    rng = np.random.default_rng(seed)
    value = frame["value"].to_numpy(dtype=np.float64)
    error = frame["error"].to_numpy(dtype=np.float64) * _widened(frame["units"].to_numpy(dtype=np.float64))
    found = ranks.simultaneous(value, error, rng=rng, level=comparison.confidence, draws=draws)
    if isinstance(found, Refusal):
        return found
    frame["rank_low"], frame["rank_high"] = found.low, found.high
    between = _between(kept, by, comparison)
    shown_frame = frame.drop(columns="error")
    return Groups(comparison, by, shown_frame, (len(small), int(small.sum())), between, found, minimum)


def _frame(members: pd.DataFrame, by: str, *, level: float) -> pd.DataFrame:
    """Return mean, limits and difference to all other units, per group."""
    from scipy.special import stdtr, stdtrit

    grouped = members.groupby(by)
    size, mean = grouped["value"].size().to_numpy(dtype=np.float64), grouped["value"].mean().to_numpy()
    squares = grouped["value"].var(ddof=1).to_numpy() * (size - 1)
    rest = size.sum() - size
    other = (float((size * mean).sum()) - size * mean) / rest
    error = np.sqrt(squares / (size - 1) / size)
    rest_error = np.array([_error(members.loc[members[by] != name, "value"]) for name in grouped.groups])
    spread = np.sqrt(error**2 + rest_error**2)
    freedom = spread**4 / (error**4 / (size - 1) + rest_error**4 / (rest - 1))  # Welch (1947)
    difference = mean - other
    p = 2 * stdtr(freedom, -np.abs(difference) / spread)
    half, wide = stdtrit(size - 1, (1 + level) / 2) * error, stdtrit(freedom, (1 + level) / 2) * spread
    q = discovery.benjamini_hochberg(p)
    side = np.where(difference > 0, "higher", "lower")
    frame = pd.DataFrame(
        {
            by: list(grouped.groups), "units": size.astype(np.int64), "n": grouped["n"].sum().to_numpy(),
            "value": mean, "low": mean - half, "high": mean + half, "difference": difference,
            "difference_low": difference - wide, "difference_high": difference + wide, "q": q,
            "verdict": np.where(q <= 1 - level, side, "within limits"), "error": error,
        }
    )  # fmt: skip
    return frame.sort_values(["value", by], ascending=[False, True], kind="stable", ignore_index=True)


def _widened(units: Floats) -> Floats:
    """Return how much wider t limits of a group's mean are than normal ones, far out."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(units - 1, (1 + ALARM) / 2) / normal_quantile(ALARM), dtype=np.float64)


def _error(values: pd.Series[float]) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _between(members: pd.DataFrame, by: str, comparison: Comparison) -> float:
    """Return the share of the variance of true values between units that groups account for."""
    variances: Floats = comparison.judgement.sigma2 / members["n"].to_numpy(dtype=np.float64)
    value = members["value"].to_numpy(dtype=np.float64)
    total = shrinkage.between_variance(value, variances)
    centred = value - members.groupby(by)["value"].transform("mean").to_numpy(dtype=np.float64)
    group_count = members[by].nunique()
    # deviations from G group means have G - 1 degrees of freedom less than those from one mean
    scale = np.sqrt((len(value) - 1) / (len(value) - group_count))
    within = shrinkage.between_variance(centred * scale, variances)
    return float(np.clip(1 - within / total, 0, 1)) if total > 0 else 0.0
