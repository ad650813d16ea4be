"""What failed and by how much, in one line made from what was judged."""

from __future__ import annotations

from typing import Any

import pytest

from auditlib.records import (
    Aspect,
    Criterion,
    Direction,
    Grade,
    Interval,
    Kind,
    Measurement,
    Statistic,
    Target,
)
from auditlib.standards.headline import CASES, VALUES, headline
from auditlib.standards.judge import judge_one


def criterion(metric: str, value: float, *, at_most: bool = False, **more: Any) -> Criterion:
    direction = Direction.AT_MOST if at_most else Direction.AT_LEAST
    return Criterion(
        "X-01", "x", "The demand.", (), metric, Target(value, direction, value, value),
        more.pop("kind", Kind.FLEXIBLE), Grade.MAJOR, 1.0, Aspect.PROCESS, "Rows", "Why.", "House", **more,
    )  # fmt: skip


def share(k: int, n: int, *, low: float = 0.0, high: float = 1.0, **more: Any) -> Measurement:
    return Measurement("", k / n, n, Statistic.SHARE, interval=Interval(low, high), successes=k, **more)


def said(asked: Criterion, found: Measurement) -> str:
    return headline(judge_one(asked, found))


class TestHeadline:
    def test_the_share_its_cases_and_the_demand(self) -> None:
        asked = criterion("contacted_in_time", 1.0, kind=Kind.RIGID)
        words = "93.1% of 6,819 dissatisfied customers contacted in time; 100% is demanded"
        assert said(asked, share(6_349, 6_819)) == words

    @pytest.mark.parametrize(("k", "begins"), [(9_999, "over 99.9%"), (9_990, "99.9%"), (1, "under 0.1%")])
    def test_a_miss_is_never_rounded_away(self, k: int, begins: str) -> None:
        assert said(criterion("contacted_in_time", 1.0, kind=Kind.RIGID), share(k, 10_000)).startswith(begins)

    def test_one_case_is_one(self) -> None:
        asked = criterion("complaints_resolved", 1.0, kind=Kind.RIGID, options={"severity": "critical"})
        assert said(asked, share(0, 1)) == "0% of 1 critical complaint solved in time; 100% is demanded"

    def test_an_option_with_digits_is_quoted_because_it_is_a_name(self) -> None:
        asked = criterion("complaints_resolved", 1.0, kind=Kind.RIGID, options={"severity": "1"})
        assert said(asked, share(0, 2)) == '0% of 2 "1" complaints solved in time; 100% is demanded'

    def test_what_must_not_happen(self) -> None:
        asked = criterion("complaints_reopened", 0.05, at_most=True)
        found = share(12, 100, low=0.07, high=0.2)
        assert said(asked, found) == "12% of 100 solved complaints opened again; at most 5% is allowed"
        none = criterion(
            "months_without_responses", 0, at_most=True, options={"survey_type": "transactional"}
        )
        months = Measurement("", 3, 90, Statistic.COUNT, unit="count")
        assert said(none, months) == "Months without any response: 3; none is allowed"

    def test_what_is_not_demonstrated_says_what_is_not_ruled_out(self) -> None:
        asked = criterion("satisfaction_top_box", 0.85, options={"survey_type": "relationship"})
        words = (
            "86% of 100 relationship answers in the top box; at least 85% is demanded, and 78% to 91.5% "
            "cannot be ruled out"
        )
        assert said(asked, share(86, 100, low=0.78, high=0.915)) == words

    @pytest.mark.parametrize(("unknown", "more"), [(25, "25 more are"), (1, "1 more is")])
    def test_unknown_cases_say_what_they_leave_possible(self, unknown: int, more: str) -> None:
        asked = criterion("contacted_in_time", 1.0, kind=Kind.RIGID)
        words = said(asked, share(100, 100, low=0.6, unknown=unknown))
        assert words == (
            "100% of 100 dissatisfied customers contacted in time; 100% is demanded, "
            f"but {more} unknown: {100 / (100 + unknown):.1%} to 100% is possible".replace(".0%", "%")
        )

    def test_too_few_cases_say_how_many_are_asked_for(self) -> None:
        asked = criterion("response_rate", 0.2, minimum_n=100, options={"survey_type": "transactional"})
        words = "18.2% of 99 transactional invitations answered; 100 are asked for"
        assert said(asked, share(18, 99)) == words

    @pytest.mark.parametrize(("excused", "fails"), [(10, False), (11, True)])
    def test_too_much_excused_is_what_failed(self, excused: int, fails: bool) -> None:
        asked = criterion("complaints_resolved", 0.8, excused_limit=0.10, reasons=("x",))
        words = said(asked, share(85, 100, low=0.77, high=0.91, excused=excused))
        assert (words == "11% of 100 complaints excused by recorded deviations; at most 10% may be") is fails

    def test_another_metric_is_called_by_its_name(self) -> None:
        found = Measurement("", 2.5, 90, Statistic.COUNT, unit="hours")
        assert said(criterion("idle_time", 1, at_most=True), found) == (
            "Idle time: 2.50 hours; at most 1.00 hours is allowed"
        )

    def test_no_value_no_line(self) -> None:
        found = Measurement("", None, 0, Statistic.SHARE, reason="there is nothing")
        assert said(criterion("contacted_in_time", 1.0), found) == ""

    def test_every_metric_is_called_in_one_way(self) -> None:
        assert not set(CASES) & set(VALUES)
