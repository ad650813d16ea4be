"""Which groups of units differ: by region, type or ownership."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from auditlib.benchmark.answer import BenchmarkAnswer, by_survey
from auditlib.benchmark.compare import register_of
from auditlib.benchmark.facts import rests_on
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.words import as_level, as_score, joined, shortlist, spoken, stated, title_of
from auditlib.parameters.engagement import Engagement
from auditlib.records import Held, Interval, Number, Refusal, Sentence
from auditlib.statements import Answer, Facts, Unanswered, counted, say
from auditlib.statistics import discovery, ranks, shrinkage
from auditlib.statistics.outlier_verdicts import ALARM
from auditlib.statistics.ranks import RankSets
from auditlib.statistics.types import Floats, normal_quantile

FEWEST_GROUPS = 2
FEWEST_UNITS = 5
"""Units a group needs: the error of its mean is the spread of its units."""
GROUPINGS = {"region": "region", "unit_type": "type of unit", "ownership": "ownership"}
"""Columns of the register that group units, with their name in a sentence."""


def named_grouping(by: str) -> str:
    """Return what a column of the register groups units by, in words."""
    return GROUPINGS.get(by, by)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of the compared units.

    Parameters
    ----------
    comparison
        The units, and what they are compared on.
    by
        Column of the register.
    frame
        One row per group, highest value first: the group, units, n, value (mean of its units), low, high,
        difference (to the units of all other groups), difference_low, difference_high, q, rank_low,
        rank_high, verdict.
    left_out
        Groups of too few units, and how many units they hold.
    between
        Share of the variance between units' true values that lies between groups, 0 to 1; None where units
        scatter no more than by chance, so that there is nothing to share out.
    rank_sets
        Places each group may hold.
    fewest_units
        Units below which a group is left out.
    """

    comparison: Comparison
    by: str
    frame: pd.DataFrame
    left_out: tuple[int, int]
    between: float | None
    rank_sets: RankSets
    fewest_units: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group, highest value first."""
        return self.frame.copy()

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"{self.by}:{self.comparison.key}"

    @property
    def certain_places(self) -> int:
        """How many groups have a place that is certain."""
        return int((self.rank_sets.low == self.rank_sets.high).sum())

    def called(self, side: str) -> pd.DataFrame:
        """Return the groups that lie higher, or lower, than the units of all others."""
        return self.frame[self.frame["verdict"] == side]

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it with gaps for the groups whose numbers are held back, and how many they are."""
        lost = [held(f"group:{name}:{self.key}") for name in self.frame[self.by]]
        frame = self.frame.copy()
        frame.loc[lost, ["value", "low", "high"]] = np.nan
        return (None if all(lost) else replace(self, frame=frame)), sum(lost)


def compare_groups(
    comparison: Comparison,
    units: pd.DataFrame,
    *,
    by: str,
    fewest_units: int = FEWEST_UNITS,
    seed: int = 0,
    draws: int = 1000,
) -> Groups | Refusal:
    """Compare groups of units on the mean of their units.

    Parameters
    ----------
    comparison
        The units, and what they are compared on.
    units
        The register, with column `by`.
    by
        Column that groups units: ``region``, ``unit_type``, ``ownership``.
    fewest_units
        Units below which a group is left out.
    seed, draws
        Start and number of the simulated samples behind the places.

    Notes
    -----
    Units are the sample, not answers: a group's mean counts each unit once, and its error is the spread of
    its units. A group is called higher or lower where the difference to the units of all other groups holds
    at a false discovery rate of one minus the confidence. Places: Mogstad, Romano, Shaikh and Wilhelm (2024),
    all groups at once; errors of groups of few units are widened as t widens them at the funnel's outer
    limits.
    """
    name = named_grouping(by)
    if by not in units or units[by].isna().all():
        return Refusal(f"The register of units does not say the {name} of any unit.")
    label = units.drop_duplicates("unit_id").set_index("unit_id")[by]
    chosen = comparison.judgement.chosen
    members = comparison.frame.loc[chosen, ["unit_id", "n", "effective_n", "value"]].reset_index(drop=True)
    members[by] = label.reindex(members["unit_id"]).astype("object").to_numpy()
    members = members.dropna(subset=[by])
    sizes = members.groupby(by)["value"].size()
    small = sizes[sizes < fewest_units]
    large = members[~members[by].isin(small.index)]
    if large[by].nunique() < FEWEST_GROUPS:
        least = counted(fewest_units, "unit", none="no unit")
        return Refusal(
            f"By {name} there are fewer than {FEWEST_GROUPS} groups of at least {least} with a verdict."
        )
    frame = _frame(large, by, level=comparison.confidence)
    if (frame["error"] <= 0).any():
        return Refusal(f"All units of one group by {name} have the same value: it has no error.")
    value = frame["value"].to_numpy(dtype=np.float64)
    error = frame["error"].to_numpy(dtype=np.float64) * _widened(frame["units"].to_numpy(dtype=np.float64))
    rng = np.random.default_rng(seed)
    sets = ranks.simultaneous(value, error, rng=rng, level=comparison.confidence, draws=draws)
    if isinstance(sets, Refusal):
        return sets
    frame["rank_low"], frame["rank_high"] = sets.low, sets.high
    left_out, between = (len(small), int(small.sum())), _between(large, by, comparison)
    return Groups(comparison, by, frame.drop(columns="error"), left_out, between, sets, fewest_units)


def _frame(members: pd.DataFrame, by: str, *, level: float) -> pd.DataFrame:
    """Return mean, limits and difference to all other units, per group."""
    from scipy.special import stdtr, stdtrit

    grouped = members.groupby(by)
    size, mean = grouped["value"].size().to_numpy(dtype=np.float64), grouped["value"].mean().to_numpy()
    squares = grouped["value"].var(ddof=1).to_numpy() * (size - 1)
    outside = size.sum() - size
    mean_outside = (float((size * mean).sum()) - size * mean) / outside
    error = np.sqrt(squares / (size - 1) / size)
    error_outside = np.array([_error(members.loc[members[by] != name, "value"]) for name in grouped.groups])
    spread = np.sqrt(error**2 + error_outside**2)
    freedom = spread**4 / (error**4 / (size - 1) + error_outside**4 / (outside - 1))  # Welch (1947)
    difference = mean - mean_outside
    p = 2 * stdtr(freedom, -np.abs(difference) / spread)
    half, wide = stdtrit(size - 1, (1 + level) / 2) * error, stdtrit(freedom, (1 + level) / 2) * spread
    q = discovery.benjamini_hochberg(p)
    side = np.where(difference > 0, "higher", "lower")
    frame = pd.DataFrame(
        {
            by: list(grouped.groups),
            "units": size.astype(np.int64),
            "n": grouped["n"].sum().to_numpy(),
            "value": mean,
            "low": mean - half,
            "high": mean + half,
            "difference": difference,
            "difference_low": difference - wide,
            "difference_high": difference + wide,
            "q": q,
            "verdict": np.where(q <= 1 - level, side, "within limits"),
            "error": error,
        }
    )
    return frame.sort_values(["value", by], ascending=[False, True], kind="stable", ignore_index=True)


def _widened(units: Floats) -> Floats:
    """Return how much wider t limits of a group's mean are than normal ones, far out."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(units - 1, (1 + ALARM) / 2) / normal_quantile(ALARM), dtype=np.float64)


def _error(values: pd.Series[float]) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _between(members: pd.DataFrame, by: str, comparison: Comparison) -> float | None:
    """Return the share of the variance of true values between units that groups account for, if any."""
    variances: Floats = comparison.judgement.sigma2 / members["effective_n"].to_numpy(dtype=np.float64)
    value = members["value"].to_numpy(dtype=np.float64)
    total = shrinkage.between_variance(value, variances)
    centred = value - members.groupby(by)["value"].transform("mean").to_numpy(dtype=np.float64)
    group_count = members[by].nunique()
    # deviations from G group means have G - 1 degrees of freedom less than those from one mean
    scale = np.sqrt((len(value) - 1) / (len(value) - group_count))
    within = shrinkage.between_variance(centred * scale, variances)
    return float(np.clip(1 - within / total, 0, 1)) if total > 0 else None


class GroupsAnswer(Answer[Groups]):
    """Which groups differ, how much of all difference is theirs, and how many have a place."""

    ranges: ClassVar[bool] = True

    @property
    def exhibit(self) -> str:
        """Name of its figure."""
        return f"groups-{self.result.by}-{self.result.comparison.measure.survey_type}"

    @property
    def title(self) -> str:
        """What is compared, in words."""
        return f"By {named_grouping(self.result.by)}: {title_of(self.result.comparison.measure)}"

    @property
    def drawn(self) -> bool:
        """Whether there are enough groups for a figure: two are said in a sentence."""
        return len(self.result.frame) > FEWEST_GROUPS

    @property
    def alt(self) -> str:
        """What a reader who cannot see the figure must know."""
        return self.summary()[0].text

    def numbers(self) -> tuple[Number, ...]:
        """Return each group's mean with its interval, and the counts the sentences state."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return which groups differ, how much of all difference is theirs, and how many have a place."""
        facts = self.facts.about(self.result.key)
        return self._differ(facts), self._share(facts)

    def _differ(self, facts: Facts) -> Sentence:
        parts = [
            say(
                f"{{groups_{side}}} {side} than the units of all others ({{names}})",
                facts,
                names=self._names(side, facts),
            )
            for side in ("higher", "lower")
            if facts[f"groups_{side}"].value
        ]
        none = tuple(facts[f"groups_{side}"].key for side in ("higher", "lower"))
        return say(
            "{survey}, {groups|group|groups|no group} by {grouping}: {called}.",
            facts,
            survey=self.result.comparison.measure.survey,
            grouping=named_grouping(self.result.by),
            called=joined(parts, ", and ")
            if parts
            else Sentence("none is shown to differ from the others", none),
        )

    def _names(self, side: str, facts: Facts) -> list[str | Sentence]:
        """Return the groups of one side with their means; those held back come last, in order of name."""
        by, statistic, rows = (
            self.result.by,
            self.result.comparison.measure.statistic,
            self.result.called(side),
        )
        names: list[str | Sentence] = [
            say(
                "{group} {mean}",
                facts,
                group=spoken(name),
                mean=stated(facts[f"group:{name}"], as_score, statistic),
            )
            for name in rows.dropna(subset=["value"])[by]
        ]
        unseen = sorted(rows[by][rows["value"].isna()])
        names += [Sentence(f"{spoken(name)} (held back)", (facts[f"group:{name}"].key,)) for name in unseen]
        return shortlist(names)

    def _share(self, facts: Facts) -> Sentence:
        first = self.result.frame.iloc[0]
        leads = (self.result.rank_sets.high == 1).any() and not np.isnan(first["value"])
        return say(
            "{survey}: {shared_out}; {certain_places|group has|groups have|no group has} a certain place "
            "among {groups}{leader}.{left_out}",
            facts,
            survey=self.result.comparison.measure.survey,
            shared_out=self._shared_out(facts),
            leader=f", with {spoken(first[self.result.by])} the first" if leads else "",
            left_out=self._left_out(facts),
        )

    def _shared_out(self, facts: Facts) -> Sentence:
        """Say how much of what separates units lies between groups, where anything is left of it."""
        grouping, key = named_grouping(self.result.by), facts["between"].key
        if self.result.between is None:
            text = (
                "units scatter no more than by chance, so that no share of it can be laid to the {grouping}"
            )
            said = say(text, facts, grouping=grouping)
            return Sentence(said.text, (*said.keys, key))
        return say(
            "{share} of the true differences between units lie between groups by {grouping}, the rest within "
            "them",
            facts,
            share=Sentence(as_level(round(self.result.between, 3)), (key,)),
            grouping=grouping,
        )

    def _left_out(self, facts: Facts) -> str | Sentence:
        if not self.result.left_out[0]:
            return ""
        return say(
            " Left out: {left_out_groups|group|groups} of fewer than {smallest_group|unit|units|no unit} "
            "({left_out_units|unit|units|no unit}).",
            facts,
        )


def _facts(result: Groups) -> Iterator[Number]:
    comparison, basis = result.comparison, rests_on(result.comparison.scores)
    for row in result.frame.to_dict("records"):
        limits = Interval(float(row["low"]), float(row["high"]), comparison.confidence, "t over units")
        mean, n = f"Mean of {counted(row['units'], 'unit', none='no unit')}.", int(row["n"])
        key, unit = f"group:{row[result.by]}:{result.key}", comparison.measure.unit
        yield Number(key, float(row["value"]), unit, n, limits, basis, mean)
    units = int(result.frame["units"].sum())
    why = "" if result.between is not None else "Units scatter no more than by chance."
    yield Number(f"between:{result.key}", result.between, "share", units, basis=basis, reason=why)
    for name, count in (
        ("groups", len(result.frame)),
        ("groups_higher", len(result.called("higher"))),
        ("groups_lower", len(result.called("lower"))),
        ("certain_places", result.certain_places),
        ("left_out_groups", result.left_out[0]),
        ("left_out_units", result.left_out[1]),
        ("smallest_group", result.fewest_units),
    ):
        yield Number(f"{name}:{result.key}", count, "count")


def groups(
    engagement: Engagement, compared: BenchmarkAnswer, *, by: Sequence[str] = tuple(GROUPINGS)
) -> tuple[GroupsAnswer | Unanswered, ...]:
    """Answer which groups of units differ, for each comparison and each grouping that the register fills.

    Parameters
    ----------
    compared
        The answer of `compare`.
    by
        Columns of the register that group units.
    """
    if not compared.result.comparisons:
        return ()
    units, run = register_of(engagement.evidence), engagement.run
    filled = [column for column in by if column in units and units[column].notna().any()]
    answers = [
        by_survey(
            compared,
            named_grouping(column),
            partial(compare_groups, units=units, by=column, seed=run.seed),
            GroupsAnswer,
        )
        for column in filled
    ]
    return tuple(answer for of_survey in zip(*answers, strict=True) for answer in of_survey)
