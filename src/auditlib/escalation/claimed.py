"""The source's own flag on contacts, held against the clock that was re-performed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import narwhals as nw
import numpy as np

from auditlib.escalation.assessment import to_pandas
from auditlib.escalation.result import EscalationResult
from auditlib.escalation.sources import EventTables
from auditlib.obligations import EVERY, Status
from auditlib.records import Basis, Held, Number, Refusal, Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

FLAGGED = Basis("follow_ups", (("in_period", True),))
AGREE = "agree"
NOBODY_REACHED = "nobody was reached: the flag counts an attempt"
REFUSED = "the customer declined after the limit"
OTHER_LIMIT = "within the limit of the other band"
LONGER = "the limit of the flag is longer than the one promised, or its clock was paused"
NIGHTS = "the flag counts nights, weekends or holidays"
UNEXPLAINED = "no reason seen"
_HOUR = 3_600_000_000


@dataclass(frozen=True)
class FlagComparison:
    """Contacts with a flag of their source, by flag, re-performed status and why the two part.

    Parameters
    ----------
    frame
        ``flag, status, reason, contacts``; `reason` is `AGREE` where the two say the same.
    unflagged
        Settled contacts owed whose source says nothing.
    minimum_cell
        Fewest contacts of which a share is stated.
    unseen
        Keys of counts that are held back: none of them is called the first.
    """

    ranges: ClassVar[bool] = True

    frame: pd.DataFrame
    unflagged: int
    minimum_cell: int = 1
    unseen: frozenset[str] = frozenset()

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it knowing which of its counts are held back, and how many they are."""
        unseen = frozenset(key for key in map(_key, self.frame.to_dict("records")) if held(key))
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

    def numbers(self) -> tuple[Number, ...]:
        """Return how many contacts carry a flag, and how many of those part from the clock."""
        named = ((_key(row), int(row["contacts"])) for row in self.frame.to_dict("records"))
        rows = [Number(key, n, "count", basis=(FLAGGED,)) for key, n in named]
        counts = {"flagged": self.flagged, "flag_parts": self.parting, "unflagged": self.unflagged}
        return (*rows, *(Number(key, n, "count", basis=(FLAGGED,)) for key, n in counts.items()))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how far the flag can be believed."""
        if self.flagged < max(1, self.minimum_cell):
            return (Sentence("Too few contacts carry a flag of their source for the two to be compared."),)
        text = (
            f"The source's own flag and the clock part on {self.parting:,} of "
            f"{counted(self.flagged, 'settled contact')}"
        )
        kind = self.frame[(self.frame["flag"] == "in time") & (self.frame["reason"] != AGREE)]
        kind = kind.loc[[_key(row) not in self.unseen for row in kind.to_dict("records")]]
        kinder = int(kind["contacts"].sum())
        if self.unflagged:
            text += f"; {counted(self.unflagged, 'more carries', 'more carry')} none"
        keys = ("flag_parts", "flagged", "unflagged")
        if not kinder:
            return (Sentence(f"{text}.", keys),)
        worst = kind.sort_values(["contacts", "reason"], ascending=[False, True]).iloc[0]
        more = f"Where it is kinder, the first reason is: {worst['reason']} ({worst['contacts']:,})."
        return (Sentence(f"{text}.", keys), Sentence(more, (_key(worst),)))


def _key(row: Any) -> str:
    """Return the key of the contacts of a row."""
    return f"contacts:{row['flag']}:{row['status']}:{row['reason']}"


def claims(tables: EventTables, result: EscalationResult) -> FlagComparison | Refusal:
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
    known = rows[rows["claimed"].notna()]
    flag = np.where(known["claimed"].astype(bool), "in time", "not in time")
    told = known.assign(flag=flag, reason=_reasons(known, result))
    counts = told.groupby(["flag", "status", "reason"], sort=True).size().rename("contacts").reset_index()
    return FlagComparison(counts, len(rows) - len(known), result.minimum_cell)


def _flags(tables: EventTables) -> pd.DataFrame | None:
    """Return the flag of each response's follow-ups: in time where any of them is called so."""
    if "follow_ups" not in tables.tables:
        return None
    rows = tables.lazy("follow_ups")
    if "in_time_claimed" not in rows.collect_schema().names():
        return None
    flagged = rows.filter(~nw.col("in_time_claimed").is_null())
    said = to_pandas(flagged.select("response_id", "in_time_claimed"))
    if said.empty:
        return None
    flags = said.groupby("response_id", sort=True)["in_time_claimed"].max()
    return flags.rename("claimed").reset_index()


def _reasons(rows: pd.DataFrame, result: EscalationResult) -> np.ndarray:
    """Return why flag and clock part, the first reason that fits; `AGREE` where they do not."""
    met, claimed = (rows["status"] == Status.MET.value).to_numpy(), rows["claimed"].astype(bool).to_numpy()
    waited = (rows["done_at"] - rows["submitted_at"]).astype("Float64").fillna(np.inf).to_numpy(float)
    within = result.policy.rule("contact")
    limits = {} if within is None else {band: span.microseconds for band, span in within.within.items()}
    own = rows["band"].map(lambda band: limits.get(band, limits.get(EVERY, 0))).to_numpy(float)
    longest = max(limits.values(), default=0)
    kinder, stricter = claimed & ~met, ~claimed & met
    missing = (rows["status"] == Status.MISSING.value).to_numpy()
    refused = (rows["detail"] == "declined too late").to_numpy()
    return np.select(
        [
            claimed == met,
            kinder & missing & refused,
            kinder & missing,
            kinder & (own < longest) & (waited <= longest),
            kinder,
            stricter & (waited > own),
        ],
        [AGREE, REFUSED, NOBODY_REACHED, OTHER_LIMIT, LONGER, NIGHTS],
        UNEXPLAINED,
    )
