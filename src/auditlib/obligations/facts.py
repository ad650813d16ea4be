"""Shares met, calendars and registers as numbers of the audit; keys are a column, then the row's labels."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from auditlib.obligations.calendar_use import CalendarUse
from auditlib.obligations.rates import STATUSES, Rates
from auditlib.obligations.register import DutyRegister
from auditlib.records import Basis, Interval, Number

UNITS = Basis("units")
UNSETTLED = "No case is settled."
_NAMED_IN_BASES = ("unit_id", "survey_type")


def of_rates(rates: Rates) -> Iterator[Number]:
    """Yield each count, and each share with its interval."""
    for row in rates.frame.to_dict("records"):
        yield from _of_row(rates, row)


def _of_row(rates: Rates, row: Mapping[Hashable, Any]) -> Iterator[Number]:
    judged = int(row["judged"])
    where = tuple((name, str(row[name])) for name in rates.by if name in _NAMED_IN_BASES)
    responses = (Basis("responses", (("in_period", True), *where)),)
    basis = rates.bases[str(row["priority"])] if rates.bases else responses
    for column in (*STATUSES, "judged"):
        yield Number(rates.key(column, row), int(row[column]), "count", judged, basis=basis)
    key = rates.key("share", row)
    if not judged:
        yield Number(key, None, "share", 0, basis=basis, reason=UNSETTLED)
        return
    interval = Interval(float(row["low"]), float(row["high"]), rates.level, "Wilson")
    yield Number(key, float(row["share"]), "share", judged, interval, basis)


def of_calendars(use: CalendarUse) -> Iterator[Number]:
    """Yield how many units use each calendar, use none, and name no subdivision."""
    for key in use.calendars:
        yield Number(f"units:{key}", len(use.users(key)), "units", basis=(UNITS,))
    yield Number("units_without_calendar", len(use.uncalendared), "units", basis=(UNITS,))
    yield Number("units_without_subdivision", len(use.undivided), "units", basis=(UNITS,))


def of_register(register: DutyRegister) -> Iterator[Number]:
    """Yield how many rows are handed over."""
    yield Number("duties_handed_over", len(register.rows), "count", reason="All of them.")
