"""Waits and repetitions between days without times: what the whole of a day leaves open is unknown."""

from __future__ import annotations

import importlib
from itertools import pairwise
from typing import Any

import narwhals as nw
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standards_tables import DAY, START, context, small_tables

from auditlib.contracts import WHOLE_DAY
from auditlib.records import Measurement
from auditlib.standards.measure import collect
from auditlib.standards.whole_days import Moment, repeated, within_one

ROOMS = ("complaints", "listening", "service_levels")
MEASURES = collect(importlib.import_module(f"auditlib.{room}.measures") for room in ROOMS)
HOUR, SECOND = DAY // 24, 1_000_000
NINE = 9 * 3600


def found(metric: str, table: str, rows: list[dict[str, Any]], **options: Any) -> Measurement:
    return MEASURES[metric].take(small_tables(**{table: rows}), context(), options)


def instant(stem: str, day: int, second: int | None) -> dict[str, int]:
    """Return the columns of an instant; of a day without a time where there is no `second`."""
    at = START + day * DAY + (second or 0) * SECOND
    return {f"{stem}_at": at, f"{stem}_second": WHOLE_DAY if second is None else second}


def contact(offered: tuple[int, int | None], answered: tuple[int, int | None], **more: Any) -> dict[str, Any]:
    row = {"unit_id": "A", "channel": "phone", "abandoned": False, "resolved_first": True, "in_period": True}
    row |= {"offered_day": START // DAY + offered[0], "ended_at": None}
    return row | instant("offered", *offered) | instant("answered", *answered) | more


QUICK, SLOW = contact((0, NINE), (0, NINE + 20)), contact((0, NINE), (0, NINE + 90))
DAYS = contact((0, None), (0, None))


def test_a_wait_within_a_day_without_times_is_on_neither_side() -> None:
    rows = [QUICK, QUICK, SLOW, DAYS]
    share = found("answered_within", "interactions", rows, channel="phone", seconds=60)
    assert (share.value, share.n, share.unknown) == (2 / 3, 3, 1)
    assert share.bounds == (2 / 4, 3 / 4)
    assert "of 4 rows, 1 left open their channel" in share.reason


@pytest.mark.parametrize(("vague", "measured"), [(2, True), (3, False)])
def test_waits_of_which_most_are_days_are_not_assessable_and_name_the_column(
    vague: int, *, measured: bool
) -> None:
    half_day = contact((0, NINE), (0, None))
    rows = [QUICK, SLOW, *[half_day] * vague]
    for metric, option in (("answered_within", {"seconds": 60}), ("wait_quantile", {"share": 0.5})):
        share = found(metric, "interactions", rows, channel="phone", **option)
        assert (share.value is not None) == measured
        assert ("days without times stand in interactions.answered" in share.reason) != measured
        assert "interactions.offered" not in share.reason


@pytest.mark.parametrize(("day", "hours", "known"), [(1, 48, 1), (1, 47, 0), (3, 48, 1), (3, 72, 0)])
def test_days_far_enough_apart_or_near_enough_decide(day: int, hours: int, known: int) -> None:
    rows = [contact((0, None), (day, None)), QUICK]
    share = found("answered_within", "interactions", rows, channel="phone", seconds=hours * 3600)
    assert share.n == 1 + known
    assert (share.value or 0.0) * share.n == 1 + (known if day == 1 else 0)


def test_a_contact_never_answered_was_not_answered_in_time_whatever_its_day() -> None:
    rows = [QUICK, contact((0, None), (0, None), answered_at=None, answered_second=None)]
    share = found("answered_within", "interactions", rows, channel="phone", seconds=60)
    assert (share.successes, share.n, share.unknown) == (1, 2, 0)


def test_unknown_waits_may_be_anything_between_their_days_in_a_quantile() -> None:
    wait = found("wait_quantile", "interactions", [QUICK, SLOW, DAYS], channel="phone", share=0.9)
    assert (wait.value, wait.n, wait.unknown) == (90, 2, 1)
    assert wait.bounds == (90, 86_399)


def invitation(number: int, day: int, second: int | None = None) -> dict[str, Any]:
    row = {"invitation_id": f"I{number}", "customer_id": "C1", "in_period": True}
    return row | instant("sent", day, second)


@pytest.mark.parametrize(("day", "again", "unknown"), [(29, 1, 0), (30, 0, 1), (31, 0, 0)])
def test_invited_again_on_the_very_day_of_the_limit_is_open_where_no_time_is_known(
    day: int, again: int, unknown: int
) -> None:
    rows = [invitation(1, 0), invitation(2, day)]
    share = found("invited_again", "invitations", rows, within_days=30)
    assert (share.successes, share.unknown) == (again, unknown)
    assert ("by their days without times" in share.reason) == bool(unknown)


@pytest.mark.parametrize(("day", "again", "unknown"), [(29, 1, 0), (30, 0, 1), (31, 0, 0)])
def test_complaints_repeated_by_days(day: int, again: int, unknown: int) -> None:
    more = {"customer_id": "C1", "cause_code": "late", "severity": "normal", "in_period": True}
    rows = [
        {"complaint_id": "X1"} | instant("received", 0, NINE) | more,
        {"complaint_id": "X2"} | instant("received", day, None) | more,
    ]
    share = found("complaints_repeated", "complaints", rows, within_days=30)
    assert (share.successes, share.unknown) == (again, unknown)


MOMENTS = st.lists(
    st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(0, 86_399))), min_size=2, max_size=6
)


@given(moments=MOMENTS, limit=st.integers(1, 4 * 24), included=st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_table_says_of_every_row_what_the_clause_says_of_one(
    moments: list[tuple[int, int | None]], limit: int, *, included: bool
) -> None:
    ordered = sorted(moments, key=lambda moment: (moment[0], moment[1] or 0))
    rows = [{"customer": "C", "key": turn} | instant("sent", *at) for turn, at in enumerate(ordered)]
    frame = nw.from_native(pd.DataFrame(rows)).lazy()
    marked = repeated(frame, "sent", of=("customer",), key="key", limit=limit * HOUR, included=included)
    again = [None if pd.isna(value) else bool(value) for value in marked.collect()["again"].to_list()]
    known = [Moment(row["sent_at"], row["sent_second"] == WHOLE_DAY) for row in rows]
    assert again == [
        False,
        *(within_one(*pair, limit=limit * HOUR, included=included) for pair in pairwise(known)),
    ]
