"""Statuses counted: shares met with their intervals, by whatever the rows carry."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from auditlib.escalation.policy import DUTIES
from auditlib.obligations import Status
from auditlib.records import Basis, Held, Interval, Number, Sentence

if TYPE_CHECKING:
    import pandas as pd

FAILED = (Status.LATE.value, Status.MISSING.value, Status.WRONG_PARTY.value)
STATUSES = tuple(status.value for status in Status)
_BASES = ("unit_id", "survey_type")


@dataclass(frozen=True)
class Rates:
    """Cases by status and the share met of those judged, with Wilson intervals.

    Parameters
    ----------
    frame
        One row per group: the grouping columns; ``met, late, missing, wrong_party, pending, excused``;
        ``judged`` (all but pending and excused), ``share, low, high`` (missing where nothing is judged).
    by
        The grouping columns.
    level
        Coverage of the intervals.
    minimum
        Fewest cases of which a share is stated in words.
    bases
        By priority, the rows that were read; where there are none, responses of the period were.
    hidden
        Keys of its numbers that are held back.
    """

    ranges: ClassVar[bool] = True

    frame: pd.DataFrame
    by: tuple[str, ...]
    level: float
    minimum: int = 1
    bases: Mapping[str, tuple[Basis, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    @property
    def shown(self) -> pd.DataFrame:
        """The groups whose share may be stated: settled cases enough, and not held back."""
        known = self.frame["share"].notna()
        return self.frame[known & (self.frame["judged"] >= max(1, self.minimum))]

    def to_frame(self) -> pd.DataFrame:
        """Return the counts and shares."""
        return self.frame

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it with gaps where a share is held back, and how many they are."""
        keys = [self._pooled, *(number.key for number in self.numbers())]
        hidden = frozenset(key for key in keys if held(key))
        lost = [self._key("share", row) in hidden for row in self.frame.to_dict("records")]
        frame = self.frame.copy()
        frame.loc[lost, ["share", "low", "high"]] = float("nan")
        whole = frame["share"].notna().any() or not any(lost)
        return (replace(self, frame=frame, hidden=hidden) if whole else None), sum(lost)

    @property
    def _pooled(self) -> str:
        """Key of the share of all its groups together, where they are of one duty."""
        duties = set(self.frame["duty"]) if "duty" in self.by else set()
        return f"share:{duties.pop()}" if len(duties) == 1 else ""

    @property
    def pooled(self) -> float | None:
        """Share met of all groups together; None where it is held back."""
        if self._pooled in self.hidden:
            return None
        return float(self.frame["met"].sum() / max(1, self.frame["judged"].sum()))

    def hides(self, status: str, duty: str) -> bool:
        """Tell whether the cases of a duty with `status` are held back."""
        return bool({f"{status}:{duty}", f"share:{duty}"} & self.hidden)

    def numbers(self) -> tuple[Number, ...]:
        """Return each share with its interval, and each count."""
        return tuple(number for row in self.frame.to_dict("records") for number in self._of(row))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the lowest and the highest share."""
        found = self.shown.sort_values(["share", *self.by])
        if found.empty:
            settled = (self.frame["judged"] > 0).any()
            why = "Too few cases are settled for a share to be shown."
            return (Sentence(why if settled else "There is no settled case to judge."),)
        low, high = found.iloc[0], found.iloc[-1]
        if len(found) == 1:
            return (Sentence(f"{_named(low, self.by)}: {_told(low)}.", (self._key("share", low),)),)
        keys = (self._key("share", low), self._key("share", high))
        lost = any(key.startswith("share:") for key in self.hidden - {self._pooled})
        lowest, highest = (f"{float(row['share']):.1%}" for row in (low, high))
        if lowest == highest:
            by = " and ".join(name.removesuffix("_id") for name in self.by)
            start = f"By {by}, of those that are shown" if lost else f"By {by}"
            return (Sentence(f"{start}, the share met is {lowest} throughout.", keys),)
        start = "Of those that are shown, the share met runs" if lost else "The share met runs"
        return (
            Sentence(
                f"{start} from {_told(low)} ({_named(low, self.by)}) to {_told(high)} "
                f"({_named(high, self.by)}).",
                keys,
            ),
        )

    def _key(self, column: str, row: Any) -> str:
        return ":".join([column, *(str(row[name]) for name in self.by)])

    def _of(self, row: Mapping[Hashable, Any]) -> list[Number]:
        judged = int(row["judged"])
        where = tuple((name, str(row[name])) for name in self.by if name in _BASES)
        responses = (Basis("responses", (("in_period", True), *where)),)
        basis = self.bases[str(row["priority"])] if self.bases else responses
        counts = [
            Number(self._key(status, row), int(row[status]), "count", judged, basis=basis)
            for status in (*STATUSES, "judged")
        ]
        if not judged:
            none = Number(
                self._key("share", row), None, "share", 0, basis=basis, reason="No case is settled."
            )
            return [*counts, none]
        interval = Interval(float(row["low"]), float(row["high"]), self.level, "Wilson")
        share = Number(self._key("share", row), float(row["share"]), "share", judged, interval, basis)
        return [*counts, share]


def rates(
    rows: pd.DataFrame,
    *,
    by: tuple[str, ...],
    level: float = 0.95,
    minimum: int = 1,
    bases: Mapping[str, tuple[Basis, ...]] | None = None,
) -> Rates:
    """Count the statuses of `rows` by the columns `by`; groups stand in order of their names."""
    import numpy as np

    from auditlib.statistics.intervals import wilson

    flags = rows.assign(**{status: rows["status"] == status for status in STATUSES})
    frame = flags.groupby(list(by), sort=True)[list(STATUSES)].sum().astype("int64").reset_index()
    if "duty" in by:
        frame = frame.sort_values("duty", key=_turns, kind="stable", ignore_index=True)
    judged = frame[[Status.MET.value, *FAILED]].sum(axis=1)
    frame = frame.assign(judged=judged, share=np.nan, low=np.nan, high=np.nan)
    some = frame.index[judged > 0]
    if len(some):
        met, n = frame.loc[some, "met"].to_numpy(), judged.loc[some].to_numpy()
        limits = wilson(met, n, level=level)
        frame.loc[some, ["share", "low", "high"]] = np.column_stack([met / n, limits.low, limits.high])
    return Rates(frame, by, level, minimum, bases or {})


def _turns(duties: pd.Series) -> pd.Series:
    """Return the place of each duty in the life of a case; other duties follow in order of their names."""
    return duties.map(lambda duty: DUTIES.index(duty) if duty in DUTIES else len(DUTIES))


def _told(row: pd.Series) -> str:
    return f"{row['share']:.1%} of {int(row['judged']):,}"


def _named(row: pd.Series, by: tuple[str, ...]) -> str:
    return ", ".join(
        _month(row[name]) if name == "month" else str(row[name]).replace("_", " ") for name in by
    )


def _month(value: int) -> str:
    return f"{int(value) // 100}-{int(value) % 100:02d}"
