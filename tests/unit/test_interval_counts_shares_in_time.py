"""Shares answered in time and mean handle times of intervals: the counts they say, up to their rounding."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_interval_counts_completed import filled, lazily
from test_interval_measures import found, span
from test_service_level_variants import shares

from auditlib.service_levels.waits import waits_of_counts

STEP = span(40, 100, 73, None, None, in_time_of_answered=0.27)
"""Sets the step of the table: a hundredth."""


def told(offered: int, answered: int | None, **more: Any) -> dict[str, Any]:
    return span(0, offered, answered, None, None, **more)


def bounds(row: dict[str, Any]) -> tuple[int, int, int]:
    return tuple(row[f"answered_in_time{end}"] for end in ("_least", "", "_most"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("offered", "answered", "share", "said"),
    [
        (1200, 1000, {"in_time_of_answered": 0.75}, (745, 750, 755)),
        (12, 10, {"in_time_of_answered": 0.75}, (8, 8, 8)),
        (1000, 900, {"in_time_of_offered": 0.75}, (745, 750, 755)),
        (1000, 752, {"in_time_of_offered": 0.75}, (745, 750, 752)),
        (1000, None, {"in_time_of_offered": 0.75}, (745, 750, 755)),
        (1000, None, {"in_time_of_answered": 0.75}, (None, None, None)),
        (1200, 1000, {}, (None, None, None)),
    ],
)
def test_a_share_in_time_says_a_count_up_to_its_rounding(
    offered: int, answered: int | None, share: dict[str, float], said: tuple[int, int, int]
) -> None:
    step = STEP | {"in_time_of_offered": 0.27}
    assert bounds(filled(told(offered, answered, **share), step)[0]) == said


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5000), st.data())
def test_the_count_behind_a_share_lies_within_its_bounds(answered: int, data: st.DataObject) -> None:
    quick = data.draw(st.integers(0, answered))
    row = filled(told(answered, answered, in_time_of_answered=round(quick / answered, 2)), STEP)[0]
    least, _, most = bounds(row)
    assert least <= quick <= most <= answered
    assert most - least <= math.ceil(0.01 * answered) + 1


def test_a_count_that_is_said_holds_beside_its_share() -> None:
    row = filled(span(0, 100, 90, 60, 10, in_time_of_answered=0.75), STEP)[0]
    assert bounds(row) == (60, 60, 60)


def test_what_rounding_hides_is_a_bound_of_every_share() -> None:
    """One of 1,000 answered, 75% of them in time: 745 to 755 of 1,200 offered."""
    held = [told(1200, 1000, in_time_of_answered=0.75), STEP | {"offered": 0, "answered": 0}]
    level = found("answered_within", {"interval_counts": held}, seconds=20)
    assert level.bounds == (745 / 1200, 755 / 1200)
    assert level.value == 750 / 1200
    assert "say only rounded shares of contacts answered in time" in level.reason
    ways = shares(waits_of_counts(lazily(*held)))
    assert (ways["over_answered"].least, ways["over_answered"].most) == (0.745, 0.755)


def test_without_rounding_the_share_is_exact() -> None:
    held = [told(12, 8, in_time_of_answered=0.75), span(1, 12, 8, 6, 4)]
    level = found("answered_within", {"interval_counts": held}, seconds=20)
    assert (level.value, level.n, level.bounds) == (0.5, 24, None)


def test_at_another_limit_the_limit_is_the_reason_and_not_the_rounding() -> None:
    held = [told(1200, 1000, in_time_of_answered=0.75, within_seconds=30), STEP]
    level = found("answered_within", {"interval_counts": held}, seconds=20)
    assert level.counted_at == (30,)
    assert "counted at a limit of 30 seconds and cannot be counted again at 20" in level.reason
    assert "rounded" not in level.reason


def test_a_share_alone_is_enough_for_the_measure() -> None:
    for share, value in (("in_time_of_offered", 0.25), ("in_time_of_answered", 0.2)):
        row = told(100, 80, **{share: 0.25})
        del row["answered_in_time"]
        assert found("answered_within", {"interval_counts": [row]}, seconds=20).value == value


def test_a_mean_handle_time_says_the_seconds_of_those_answered() -> None:
    rows = filled(span(0, 5, 3, 3, 2, mean_handle=338.2), span(1, 5, 0, 0, 5, mean_handle=None),
                  span(2, 5, 3, 3, 2, mean_handle=338.2, handle_seconds=900),
                  span(3, 5, None, None, 2, mean_handle=10.0))  # fmt: skip
    assert [row["handle_seconds"] for row in rows] == [1015, None, 900, None]
