"""The source's own flag on contacts, held against the clock that was re-performed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import narwhals as nw
import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import to_pandas
from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.escalation.result import EscalationResult
from auditlib.obligations import EVERY, Status
from auditlib.records import Held, Refusal

if TYPE_CHECKING:
    import pandas as pd

AGREE = "agree"
NOBODY_REACHED = "nobody was reached: the flag counts an attempt"
REFUSED = "the customer declined after the limit"
OTHER_LIMIT = "within the limit of the other band"
LONGER = "the limit of the flag is longer than the one promised, or its clock was paused"
NIGHTS = "the flag counts nights, weekends or holidays"
UNEXPLAINED = "no reason seen"


@dataclass(frozen=True)
class FlagComparison:
    """Contacts with a flag of their source, by flag, re-performed status and why the two part.

    Parameters
    ----------
    frame
        ``flag, status, reason, contacts``; `reason` is `AGREE` where the two say the same.
    unflagged
        Settled contacts owed whose source says nothing.
    disclosure
        Of how few contacts no share is stated.
    unseen
        Keys of counts that are held back: none of them is called the first.
    """

    frame: pd.DataFrame
    unflagged: int
    disclosure: MinimumFrequency = UNRESTRICTED
    unseen: frozenset[str] = frozenset()

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it knowing which of its counts are held back, and how many they are."""
        unseen = frozenset(key for key in map(self.key, self.frame.to_dict("records")) if held(key))
        return replace(self, unseen=unseen), len(unseen)

    @property
    def flagged(self) -> int:
        """Settled contacts with a flag."""
        return int(self.frame["contacts"].sum())

    @property
    def parting(self) -> int:
        """Contacts on which flag and clock part."""
        return int(self.frame.loc[self.frame["reason"] != AGREE, "contacts"].sum())

    def to_frame(self) -> pd.DataFrame:
        """Return the contacts by flag, status and reason."""
        return self.frame

    def key(self, row: Any) -> str:
        """Return what the number of contacts in a row is called."""
        return f"contacts:{row['flag']}:{row['status']}:{row['reason']}"


def compare_flags(tables: CanonicalTables, result: EscalationResult) -> FlagComparison | Refusal:
    """Hold the flag of each contact against its status.

    Parameters
    ----------
    tables
        The evidence; follow-ups may carry ``in_time_claimed``.
    result
        What became of each contact, re-performed.
    """
    flags = _flags(tables)
    if flags is None:
        return Refusal(
            "No follow-up says whether its source calls it in time.",
            "Map in_time_claimed where the source has such a flag.",
        )
    settled = (Status.MET.value, Status.LATE.value, Status.MISSING.value)
    owed = result.rows[(result.rows["duty"] == "contact") & result.rows["status"].isin(settled)]
    rows = owed.merge(flags, on="response_id", how="left")
    flagged = rows[rows["claimed"].notna()]
    flag = np.where(flagged["claimed"].astype(bool), "in time", "not in time")
    explained = flagged.assign(flag=flag, reason=_reasons(flagged, result))
    counts = (
        explained.groupby(["flag", "status", "reason"], sort=True).size().rename("contacts").reset_index()
    )
    return FlagComparison(counts, len(rows) - len(flagged), result.context.disclosure)


def _flags(tables: CanonicalTables) -> pd.DataFrame | None:
    """Return the flag of each response's follow-ups: in time where any of them is called so."""
    if "follow_ups" not in tables.tables:
        return None
    rows = tables.lazy("follow_ups")
    if "in_time_claimed" not in rows.collect_schema().names():
        return None
    flagged = rows.filter(~nw.col("in_time_claimed").is_null())
    claims = to_pandas(flagged.select("response_id", "in_time_claimed"))
    if claims.empty:
        return None
    flags = claims.groupby("response_id", sort=True)["in_time_claimed"].max()
    return flags.rename("claimed").reset_index()


def _reasons(rows: pd.DataFrame, result: EscalationResult) -> np.ndarray:
    """Return why flag and clock part, the first reason that fits; `AGREE` where they do not."""
    met, claimed = (rows["status"] == Status.MET.value).to_numpy(), rows["claimed"].astype(bool).to_numpy()
    waited = (rows["done_at"] - rows["submitted_at"]).astype("Float64").fillna(np.inf).to_numpy(float)
    rule = result.context.policy.rule("contact")
    limits = {} if rule is None else {band: span.microseconds for band, span in rule.within.items()}
    limit = rows["band"].map(lambda band: limits.get(band, limits.get(EVERY, 0))).to_numpy(float)
    longest = max(limits.values(), default=0)
    kinder, stricter = claimed & ~met, ~claimed & met
    missing = (rows["status"] == Status.MISSING.value).to_numpy()
    refused = (rows["detail"] == "declined too late").to_numpy()
    return np.select(
        [
            claimed == met,
            kinder & missing & refused,
            kinder & missing,
            kinder & (limit < longest) & (waited <= longest),
            kinder,
            stricter & (waited > limit),
        ],
        [AGREE, REFUSED, NOBODY_REACHED, OTHER_LIMIT, LONGER, NIGHTS],
        UNEXPLAINED,
    )
