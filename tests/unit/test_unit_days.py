"""What criteria on single contacts prove hangs on how much days of a unit differ, not on units that do."""

from __future__ import annotations

from typing import Any

import pytest
from standards_tables import START, context, small_tables

from auditlib.audit.standard import measures
from auditlib.records import Measurement

MEASURES = measures()
DAYS, OF_A_DAY = 40, 25
SECOND = 1_000_000


def contact(day: int, unit: str, *, wait: int, solved: bool) -> dict[str, Any]:
    at = START + day * 86_400 * SECOND
    return {
        "unit_id": unit, "channel": "phone", "offered_at": at, "offered_day": at // (86_400 * SECOND),
        "offered_second": 0, "ended_at": None, "answered_at": at + wait * SECOND, "abandoned": False,
        "resolved_first": solved, "in_period": True,
    }  # fmt: skip


def company(*, bad_day: bool, units: bool) -> list[dict[str, Any]]:
    """Half of all contacts are slow and unsolved: every second one, of every second day, or of one unit."""
    rows = []
    for number in range(DAYS * OF_A_DAY):
        day, place = divmod(number, OF_A_DAY)
        unit = "A" if place % 2 else "B"
        bad = (day // 2) % 2 == 1 if bad_day else unit == "B" if units else (number // 2) % 2 == 1
        rows.append(contact(day, unit, wait=90 if bad else 10 + place, solved=not bad))
    return rows


def taken(metric: str, rows: list[dict[str, Any]], **options: Any) -> Measurement:
    return MEASURES[metric].take(small_tables(interactions=rows), context(), options)


def width(measurement: Measurement) -> float:
    assert measurement.interval is not None
    return measurement.interval.high - measurement.interval.low


def test_days_that_differ_widen_the_share_resolved_at_once_and_units_that_differ_do_not() -> None:
    alike, days, units = (
        taken("resolved_first", company(bad_day=bad, units=apart))
        for bad, apart in ((False, False), (True, False), (False, True))
    )
    assert width(alike) == pytest.approx(width(units), abs=0.01)
    assert alike.design_effect == pytest.approx(1, abs=0.1)
    assert width(days) > 3 * width(alike)
    # A day is one case: as many independent contacts as there are days of units, less for what few tell.
    assert 0.9 * OF_A_DAY / 2 < days.design_effect < 1.3 * OF_A_DAY / 2


def test_days_that_differ_widen_the_limits_of_a_quantile() -> None:
    alike, days = (
        taken("wait_quantile", company(bad_day=bad, units=False), channel="phone", share=0.45)
        for bad in (False, True)
    )
    assert alike.interval is not None
    assert days.interval is not None
    assert alike.interval.method == days.interval.method == "order statistics, days of units as clusters"
    assert alike.interval.high < 90 <= days.interval.high
    assert days.design_effect > 5 > alike.design_effect


def test_a_single_day_takes_contacts_for_independent() -> None:
    rows = [contact(0, "A", wait=wait, solved=wait % 2 == 0) for wait in range(1, 101)]
    quantile = taken("wait_quantile", rows, channel="phone", share=0.9)
    assert quantile.interval is not None
    assert (quantile.value, quantile.interval.low, quantile.interval.high) == (90, 85, 96)
    assert (quantile.interval.method, quantile.design_effect) == ("order statistics", 1)
    assert taken("resolved_first", rows).design_effect == 1
