"""Which drivers an action covers.

An action covers a cause where the register of fixes names the cause and the action has exactly one
accountable owner and changes a policy, a procedure or a system (C5), for every unit. One for single units
covers it in part. What was promised to single customers in formal reports is counted beside: it makes good,
case by case, and leaves the cause where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables
from auditlib.records import ActionType
from auditlib.time.epoch import date_of

if TYPE_CHECKING:
    import pandas as pd

FIXES = "fixes"


class Covered(StrEnum):
    """How far actions cover a driver."""

    YES = "covered"
    PART = "in part"
    NO = "not covered"
    UNKNOWN = "cannot be said"


@dataclass(frozen=True, slots=True)
class Fix:
    """A systemic action of the party's register.

    Parameters
    ----------
    unit_id
        The unit it holds for; empty for all.
    implemented
        Day it took effect, in days since 1970; None while it is planned.
    like
        Further rows of the register that are the same action in other units: their ids and units.
    """

    fix_id: str
    cause: str
    unit_id: str
    owner: str
    kind: str
    implemented: int | None
    like: tuple[tuple[str, str], ...] = ()

    @property
    def fix_ids(self) -> tuple[str, ...]:
        """Every row of the register that it is."""
        return (self.fix_id, *(fix_id for fix_id, _ in self.like))

    @property
    def units(self) -> tuple[str, ...]:
        """The units it holds for; nothing where it holds for all."""
        every = (self.unit_id, *(unit for _, unit in self.like))
        return every if all(every) else ()

    @property
    def owned(self) -> bool:
        """Whether it has an owner and changes a policy, a procedure or a system."""
        return bool(self.owner) and self.kind in tuple(ActionType)

    @property
    def spoken_id(self) -> str:
        """Its id as it stands in a sentence: in quotation marks where it could be read as a number."""
        return f"'{self.fix_id}'" if self.fix_id[:1].isdigit() else self.fix_id

    def words(self) -> str:
        """Return it as a table names it."""
        parts = [
            self.kind or "no type",
            self.owner or "no owner",
            f"unit {self.unit_id}" if self.unit_id else "",
        ]
        parts.append(
            f"since {date_of(self.implemented).isoformat()}" if self.implemented is not None else "planned"
        )
        return f"{self.spoken_id} ({', '.join(part for part in parts if part)})"


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised to single customers about a cause."""

    actions: int = 0
    done: int = 0


def fixes_of(tables: CanonicalTables) -> tuple[Fix, ...] | None:
    """Return the register of fixes in the order of its ids; None where the evidence has none."""
    if FIXES not in tables.tables:
        return None
    frame = tables.frame(FIXES).sort_values("fix_id")
    return tuple(
        Fix(
            str(row["fix_id"]),
            str(row["cause_code"]),
            _text(row["unit_id"]),
            _text(row["owner_id"]),
            _text(row["action_type"]),
            None if _empty(row["implemented_on"]) else int(row["implemented_on"]),
        )
        for row in frame.to_dict("records")
    )


def on(cause: str, fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Return the actions on `cause`."""
    return tuple(fix for fix in fixes if fix.cause == cause)


def covered(causes: Iterable[str], fixes: Iterable[Fix] | None) -> Covered:
    """Tell how far actions cover all of `causes` together; no cause cannot be covered."""
    listed, register = list(causes), None if fixes is None else tuple(fixes)
    if register is None or not listed:
        return Covered.UNKNOWN
    sound = [[fix for fix in on(cause, register) if fix.owned] for cause in listed]
    if all(any(not fix.unit_id for fix in own) for own in sound):
        return Covered.YES
    return Covered.PART if any(sound) else Covered.NO


def promised_by_cause(tables: CanonicalTables) -> Mapping[str, Promised]:
    """Return how many actions formal reports promised about each cause, and how many are done."""
    needed = {"report_actions", "follow_up_reports", "follow_ups"}
    if not needed <= set(tables.tables):
        return {}
    actions = tables.frame("report_actions", columns=["report_id", "done_on"])
    reports = tables.frame("follow_up_reports", columns=["report_id", "response_id"])
    causes = tables.frame("follow_ups", columns=["response_id", "cause_code"]).dropna().drop_duplicates()
    joined = actions.merge(reports, on="report_id").merge(causes, on="response_id")
    return {str(code): _promised(own) for code, own in joined.groupby("cause_code", sort=True)}


def _promised(own: pd.DataFrame) -> Promised:
    return Promised(len(own), int(own["done_on"].notna().sum()))


def _empty(value: Any) -> bool:
    from pandas import isna

    return bool(isna(value))


def _text(value: Any) -> str:
    return "" if _empty(value) else str(value)
