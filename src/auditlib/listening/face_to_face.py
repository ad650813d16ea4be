"""Direct feedback face to face: who was met, and whether what was promised there was kept (A3)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from auditlib.obligations.law import Case, Status, assess_one
from auditlib.records import Basis, CaseReference, EvidenceLevel, Measurement
from auditlib.standards.measure import Context, Tables, measure
from auditlib.standards.observed import share_of
from auditlib.statements import counted
from auditlib.time.epoch import DAY, day_number, instant_of

if TYPE_CHECKING:
    import pandas as pd


@measure(
    "key_accounts_visited",
    needs=("accounts", "accounts.key_account", "visits"),
    dates=("visits.held_on",),
    register=True,
)
def key_accounts_visited(tables: Tables, context: Context, *, months: int) -> Measurement:
    """Key accounts met face to face in the months up to the end of the period, over all key accounts."""
    accounts = tables.frame("accounts", columns=["account_id", "key_account"])
    visits = tables.frame("visits", columns=["account_id", "held_on"])
    end = context.run.period.end
    first, last = day_number(months_before(end, months)), day_number(end)
    inside = visits[(visits["held_on"] > first) & (visits["held_on"] <= last)]
    key = accounts["key_account"].astype("boolean")
    met = accounts["account_id"].isin(set(inside["account_id"]))[key.fillna(value=False).astype(bool)]
    silent = int(key.isna().sum())
    measured = share_of(
        int(met.sum()),
        len(met),
        confidence=context.confidence,
        basis=[Basis("accounts", (("key_account", True),), rows=len(met))],
        none="the register names no key account",
        level=EvidenceLevel.REGISTER,
        unknown=silent,
        reason=f"{counted(silent, 'account')} left it open whether it is key" if silent else "",
    )
    return replace(measured, cases=_not_met(tables, set(inside["account_id"])))


def _not_met(tables: Tables, met: set[str]) -> tuple[CaseReference, ...]:
    """Return the key accounts that nobody met face to face."""
    accounts = tables.frame("accounts", where=(("key_account", True),))
    units = (
        accounts["unit_id"].fillna("") if "unit_id" in accounts else accounts["account_id"].map(lambda _: "")
    )
    pairs = sorted(zip(accounts["account_id"].astype(str), units.astype(str), strict=True))
    return tuple(
        CaseReference("accounts", account, unit, "not met face to face")
        for account, unit in pairs
        if account not in met
    )


@measure(
    "commitments_kept",
    needs=("commitments", "commitments.due_on", "commitments.done_on"),
    dates=("commitments.due_on", "commitments.done_on"),
    register=True,
)
def commitments_kept(tables: Tables, context: Context) -> Measurement:
    """Face-to-face commitments done by the end of their due day, over all that were due.

    One without a due day is not kept.
    """
    frame = tables.frame("commitments", columns=["due_on", "done_on"])
    as_of = instant_of(context.run.as_of)
    pairs = zip(_days(frame["due_on"]), _days(frame["done_on"]), strict=True)
    statuses = [commitment_one(due, done_on, as_of=as_of) for due, done_on in pairs]
    owed = [status for status in statuses if status is not Status.PENDING]
    not_due = len(statuses) - len(owed)
    measured = share_of(
        sum(status is Status.MET for status in owed),
        len(owed),
        confidence=context.confidence,
        basis=[Basis("commitments", rows=len(statuses))],
        none="no commitment was due",
        level=EvidenceLevel.REGISTER,
        reason=f"{counted(not_due, 'commitment was', 'commitments were')} not due yet." if not_due else "",
    )
    return replace(measured, cases=_broken(tables, statuses))


def _broken(tables: Tables, statuses: Sequence[Status]) -> tuple[CaseReference, ...]:
    """Return the commitments that were not kept, those never done before those done late."""
    names = tables.frame("commitments")["commitment_id"].astype(str)
    bad = [
        (status is not Status.MISSING, name, status.value)
        for name, status in zip(names, statuses, strict=True)
        if status in (Status.MISSING, Status.LATE)
    ]
    return tuple(CaseReference("commitments", name, "", words) for _, name, words in sorted(bad))


def commitment_one(due: int | None, done_on: int | None, *, as_of: int) -> Status:
    """Return what became of one commitment.

    Parameters
    ----------
    due, done_on
        Days since 1970-01-01; a register knows no time of day, so what is done on a day is done by its end.
    as_of
        UTC microseconds.
    """
    if due is None:
        return Status.MISSING
    done_at = None if done_on is None else done_on * DAY
    return assess_one(Case((due + 1) * DAY - 1, done_at), as_of=as_of)


def months_before(day: date, months: int) -> date:
    """Return the same day of the month so many months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days(column: pd.Series[Any]) -> list[int | None]:
    return [None if empty else int(day) for day, empty in zip(column, column.isna(), strict=True)]
