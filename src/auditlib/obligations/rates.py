"""Statuses counted: shares met with their intervals, by whatever the rows carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.obligations.law import Status
from auditlib.records import Basis, Held

if TYPE_CHECKING:
    import pandas as pd

FAILED = (Status.LATE.value, Status.MISSING.value, Status.WRONG_PARTY.value)
SETTLED = (Status.MET.value, *FAILED)
STATUSES = tuple(status.value for status in Status)


@dataclass(frozen=True)
class Rates:
    """Cases by status and the share met of those judged, with Wilson intervals.

    The intervals reach as far as unknown cases could take the share: all of them failed, or all met.

    Parameters
    ----------
    frame
        One row per group: the grouping columns; ``met, late, missing, wrong_party, pending, excused,
        unknown``; ``judged`` (all but the last three), ``share, low, high`` (missing where nothing is
        judged).
    by
        The grouping columns.
    level
        Coverage of the intervals.
    disclosure
        Of how few cases no share is stated in words.
    bases
        By priority, the rows that were read; where there are none, responses of the period were.
    hidden
        Keys of its numbers that are held back.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    level: float
    disclosure: MinimumFrequency = UNRESTRICTED
    bases: Mapping[str, tuple[Basis, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    @property
    def stated(self) -> pd.DataFrame:
        """The groups whose share may be stated: settled cases enough, and not held back."""
        has_share = self.frame["share"].notna()
        return self.frame[has_share & self.disclosure.shows(self.frame["judged"])]

    def to_frame(self) -> pd.DataFrame:
        """Return the counts and shares."""
        return self.frame

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it with gaps where a share is held back, and how many they are."""
        rows = self.frame.to_dict("records")
        columns = (*STATUSES, "judged", "share")
        keys = [self.pooled_key, *(self.key(column, row) for row in rows for column in columns)]
        hidden = frozenset(key for key in keys if held(key))
        lost = [self.key("share", row) in hidden for row in rows]
        frame = self.frame.copy()
        frame.loc[lost, ["share", "low", "high"]] = float("nan")
        whole = frame["share"].notna().any() or not any(lost)
        return (replace(self, frame=frame, hidden=hidden) if whole else None), sum(lost)

    def key(self, column: str, row: Any) -> str:
        """Return what the number in a column of a row is called."""
        return f"{column}:{self.scope(row)}"

    def scope(self, row: Any) -> str:
        """Return what the numbers of a row are about, as their keys end."""
        return ":".join(str(row[name]) for name in self.by)

    @property
    def pooled_key(self) -> str:
        """Key of the share of all its groups together, where they are of one duty."""
        duties = set(self.frame["duty"]) if "duty" in self.by else set()
        return f"share:{duties.pop()}" if len(duties) == 1 else ""

    @property
    def pooled(self) -> float | None:
        """Share met of all groups together; None where it is held back."""
        if self.pooled_key in self.hidden:
            return None
        return float(self.frame["met"].sum() / max(1, self.frame["judged"].sum()))

    def hides(self, status: str, duty: str) -> bool:
        """Tell whether the cases of a duty with `status` are held back."""
        return bool({f"{status}:{duty}", f"share:{duty}"} & self.hidden)


def rates(
    rows: pd.DataFrame,
    *,
    by: tuple[str, ...],
    order: Sequence[str] = (),
    level: float = 0.95,
    disclosure: MinimumFrequency = UNRESTRICTED,
    bases: Mapping[str, tuple[Basis, ...]] | None = None,
) -> Rates:
    """Count the statuses of `rows` by some of their columns.

    Parameters
    ----------
    rows
        One per obligation, with its ``status``.
    by
        The columns; groups stand in order of their names.
    order
        Duties in the order they stand in; others follow in order of their names.
    level, disclosure, bases
        See `Rates`.
    """
    import numpy as np

    from auditlib.statistics.intervals import wilson

    flags = rows.assign(**{status: rows["status"] == status for status in STATUSES})
    frame = flags.groupby(list(by), sort=True)[list(STATUSES)].sum().astype("int64").reset_index()
    if "duty" in by:
        turns = {duty: turn for turn, duty in enumerate(order)}
        frame = frame.sort_values(
            "duty",
            key=lambda duties: duties.map(lambda duty: turns.get(duty, len(turns))),
            kind="stable",
            ignore_index=True,
        )
    judged = frame[list(SETTLED)].sum(axis=1)
    frame = frame.assign(judged=judged, share=np.nan, low=np.nan, high=np.nan)
    settled = frame.index[judged > 0]
    if len(settled):
        met, n = frame.loc[settled, "met"].to_numpy(), judged.loc[settled].to_numpy()
        unknown = frame.loc[settled, Status.UNKNOWN.value].to_numpy()
        low = wilson(met, n + unknown, level=level).low
        high = wilson(met + unknown, n + unknown, level=level).high
        frame.loc[settled, ["share", "low", "high"]] = np.column_stack([met / n, low, high])
    return Rates(frame, by, level, disclosure, bases or {})
