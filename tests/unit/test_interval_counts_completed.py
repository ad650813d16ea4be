"""Interval counts with what follows from them: late answers, rounded shares, and the latest export alone."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import Evidence, rows
from test_interval_measures import found, span
from test_service_level_variants import shares

from auditlib.service_levels.completed import completed
from auditlib.service_levels.waits import waits_of_counts

LATE = {"answered_in_time": None}


def lazily(*given: dict[str, Any]) -> Any:
    return Evidence({"interval_counts": rows("interval_counts", *given)}, ()).lazy("interval_counts")


def filled(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return completed(lazily(*given)).collect().rows(named=True)


@pytest.mark.parametrize(
    ("answered", "quick", "late", "said"),
    [
        (100, None, 12, (100, 88)),
        (None, 88, 12, (100, 88)),
        (100, 88, None, (100, 88)),
        (100, 80, 12, (100, 80)),
        (None, 88, None, (None, 88)),
        (None, None, 12, (None, None)),
    ],
)
def test_two_of_answered_in_time_and_late_say_the_third(answered, quick, late, said):
    (row,) = filled(span(0, 110, answered, quick, 10, answered_late=late))
    assert (row["answered"], row["answered_in_time"]) == said


def test_breaches_and_attendances_make_a_service_level():
    """Attendances are offered and answered, breaches answered late: no column says who was in time."""
    held = span(0, 200, 200, None, 0, answered_late=20, within_seconds=14_400)
    assert found("answered_within", {"interval_counts": [held]}, seconds=14_400).value == 0.9
    told = shares(waits_of_counts(lazily(held)), limit=14_400)
    assert told["over_answered"].least == told["over_offered"].most == 0.9


def test_neither_the_late_nor_the_timely_said_is_a_measure_without_columns():
    lost = found("answered_within", {"interval_counts": [span(0, 200, 200, None, 0)]}, seconds=20)
    assert lost.value is None
    assert "no row of interval_counts says answered_in_time" in lost.reason


@pytest.mark.parametrize(
    ("offered", "share", "between"),
    [(1000, 0.27, (265, 275)), (10, 0.27, (3, 3)), (1000, 0.0, (0, 5)), (1000, 1.0, (995, 1000))],
)
def test_a_rounded_share_says_a_count_up_to_its_rounding(offered, share, between):
    """The step is that of the table: beside 0.27, a 0 is 0.00."""
    rows = filled(span(0, offered, None, None, None, abandoned_share=share),
                  span(1, 100, None, None, None, abandoned_share=0.27))  # fmt: skip
    assert (rows[0]["abandoned_least"], rows[0]["abandoned_most"]) == between
    assert rows[0]["abandoned"] == round(offered * share)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5000), st.data())
def test_the_count_behind_a_rounded_share_lies_within_its_bounds(offered, data):
    lost = data.draw(st.integers(0, offered))
    share = round(lost / offered, 2)
    rows = filled(span(0, offered, None, None, None, abandoned_share=share),
                  span(1, 100, None, None, None, abandoned_share=0.27))  # fmt: skip
    assert rows[0]["abandoned_least"] <= lost <= rows[0]["abandoned_most"]
    reach = math.floor((share + 0.005) * offered + 1e-9)
    assert rows[0]["abandoned_most"] <= max(reach, round(share * offered))


def test_who_was_answered_was_not_given_up_however_a_share_was_rounded():
    (row,) = filled(span(0, 1000, 800, 700, None, abandoned_share=0.2), span(1, 100, 73, 73, None,
                    abandoned_share=0.27))[:1]  # fmt: skip
    assert (row["abandoned_least"], row["abandoned"], row["abandoned_most"]) == (195, 200, 200)


def test_shares_given_up_are_pooled_with_what_their_rounding_hides():
    held = [span(0, 1000, None, None, None, abandoned_share=0.21),
            span(1, 3000, None, None, None, abandoned_share=0.05)]  # fmt: skip
    lost = found("abandoned", {"interval_counts": held})
    assert (lost.value, lost.n + lost.unknown) == (360 / 4000, 4000)
    assert lost.bounds == (340 / 4000, 380 / 4000)
    assert lost.interval.low < lost.bounds[0] < lost.bounds[1] < lost.interval.high
    assert "say only rounded shares" in lost.reason


def test_every_measure_counts_the_latest_export_alone():
    first, last = 19_800, 19_900
    held = [
        span(0, 100, 90, 50, 10, exported_on=first), span(0, 100, 80, 60, 20, exported_on=last),
        span(1, 100, 90, 50, 10, exported_on=first), span(2, 50, 40, 40, 10, exported_on=None),
    ]  # fmt: skip
    level = found("answered_within", {"interval_counts": held}, seconds=20)
    assert (level.successes, level.n) == (60 + 50 + 40, 250)
    assert found("abandoned", {"interval_counts": held}).successes == 20 + 10 + 10
    assert shares(waits_of_counts(lazily(*held)))["over_offered"].least == 150 / 250


def test_of_two_queues_and_two_channels_each_has_its_own_latest_export():
    held = [
        span(0, 100, 90, 50, 10, queue="A", exported_on=1), span(0, 70, 60, 40, 10, queue="B", exported_on=2),
        span(0, 30, 30, 30, 0, queue="A", exported_on=2, unit_id="B"),
    ]  # fmt: skip
    assert found("abandoned", {"interval_counts": held}).n == 200


def test_a_share_given_up_alone_is_enough_for_the_measure():
    held = {"interval_counts": [span(0, 100, None, None, None, abandoned_share=0.25)]}
    assert found("abandoned", held).value == 0.25
    lost = found("abandoned", {"interval_counts": [span(0, 10, None, None, None)]})
    assert "no row of interval_counts says abandoned" in lost.reason
