"""Deviations recorded for complaints that excuse nothing are findings, each with its cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from standards_tables import DAY, START, context, small_tables

from auditlib.complaints.recorded_deviations import RecordedDeviations, recorded_deviations
from auditlib.contracts import WHOLE_DAY
from auditlib.records import Aspect, Criterion, Direction, Grade, Kind, Target

REASONS = ("third_party",)


def criterion(within: float, *, severity: str = "", reasons: Sequence[str] = REASONS) -> Criterion:
    options: dict[str, Any] = {"within_days": within} | ({"severity": severity} if severity else {})
    return Criterion(
        "CO-01", "complaints", "Complaints are resolved in time.", ("B2",), "complaints_resolved",
        Target(0.9, Direction.AT_LEAST, 0.0, 1.0), Kind.FLEXIBLE, Grade.MAJOR, 3.0, Aspect.RESULT, "", "", "",
        options=options, excused_limit=0.05 if reasons else None, reasons=tuple(reasons),
    )  # fmt: skip


def deviation(
    number: int, case: str, day: float, reason: str | None = "third_party", **more: Any
) -> dict[str, Any]:
    entry = {"deviation_id": f"D{number}", "duty": "complaints_resolved", "case_id": case, "unit_id": None}
    return entry | {"reason": reason, "recorded_at": START + round(day * DAY), "recorded_second": 0} | more


def recorded(*deviations: dict[str, Any], criteria: Sequence[Criterion] = ()) -> RecordedDeviations:
    complaints = [
        {"complaint_id": f"X{number}", "unit_id": "U1", "received_at": START, "in_period": True}
        | {"severity": grade}
        for number, grade in enumerate(("normal", "critical"), start=1)
    ]
    events = [
        {"event_id": f"E{case}", "complaint_id": case, "state": "resolved", "occurred_at": START + 20 * DAY}
        for case in ("X1", "X2")
    ]
    tables = small_tables(complaints=complaints, complaint_events=events, deviations=list(deviations))
    return recorded_deviations(tables, context(), criteria or [criterion(10)], notebook="11_standards")


@pytest.mark.parametrize(
    ("case", "day", "reason", "verdict"),
    [
        ("X1", 9.999, "third_party", "valid"),
        ("X1", 10, "third_party", "valid"),
        ("X1", 10.001, "third_party", "recorded too late"),
        ("X1", 5, "too_busy", "reason not on the list"),
        ("X1", 5, None, "reason not on the list"),
        ("X9", 5, "third_party", "no such case"),
    ],
)
def test_a_deviation_counts_with_a_listed_reason_until_the_limit(
    case: str, day: float, reason: str | None, verdict: str
) -> None:
    found = recorded(deviation(1, case, day, reason))
    assert found.rows["verdict"].tolist() == [verdict]
    assert bool(found.findings()) == (verdict != "valid")


def test_each_verdict_is_one_minor_with_every_case_and_a_number_behind_it() -> None:
    late = [deviation(number, "X1", 11) for number in (1, 2)]
    found = recorded(*late, deviation(3, "X2", 5, "too_busy"), deviation(4, "X1", 5))
    second, first = found.findings()
    assert [case.id for case in second.cases] == ["D3"]
    assert ([case.id for case in first.cases], first.cases[0].unit) == (["D1", "D2"], "U1")
    assert first.condition == "2 deviations count for nothing at complaints resolved: recorded too late."
    assert first.grade is Grade.MINOR
    keys = {f"11_standards/{number.key}": number.value for number in found.numbers()}
    assert keys[first.evidence[0]] == 2


def test_only_the_day_of_the_limit_leaves_a_record_open() -> None:
    def by_day(day: int) -> list[str]:
        whole = deviation(1, "X1", day, recorded_second=WHOLE_DAY)
        return list(recorded(whole).rows["verdict"])

    assert [by_day(day) for day in (9, 10, 11)] == [
        ["valid"], ["recorded on a day that leaves it open"], ["recorded too late"]
    ]  # fmt: skip


def test_a_criterion_for_another_severity_says_nothing_and_the_best_verdict_holds() -> None:
    both = [criterion(10), criterion(5, severity="critical", reasons=())]
    assert list(recorded(deviation(1, "X2", 7), criteria=both).rows["verdict"]) == ["valid"]
    only = [criterion(5, severity="critical")]
    assert list(recorded(deviation(1, "X1", 1), criteria=only).rows["verdict"]) == [
        "the rule allows no deviation"
    ]
    assert recorded(deviation(1, "X1", 1, duty="call_back")).findings() == ()
