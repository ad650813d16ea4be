"""What is said where no sign could be looked for: whose link, which sign, why; and that it proves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditlib.audit.numerals import orphans
from auditlib.integrity import IntegrityAnswer, IntegrityPolicy, IntegrityResult
from auditlib.integrity.detection import Detection, SignStrength
from auditlib.integrity.detectors import DETECTORS
from auditlib.integrity.groups import Group, MonthGrid, groups_of
from auditlib.integrity.patterns import corrected

UNITS = tuple(f"U{n}" for n in range(8))
METRIC = "transactional:q_overall:mean"
GRID = MonthGrid(UNITS, date(2024, 7, 1), 18)
WINDOW = ("U0", "U1", "U2")


def days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def links(role: str, starts: date, units: tuple[str, ...], *, ends: float = np.nan) -> list[dict[str, Any]]:
    linked = {"role": role, "metric": METRIC, "weight": 0.1, "threshold": 4.0, "ends_on": ends}
    return [linked | {"unit_id": unit, "starts_on": days(starts)} for unit in units]


def groups(*rows: dict[str, Any], **policy: Any) -> tuple[Group, ...]:
    return groups_of(pd.DataFrame(rows), GRID, IntegrityPolicy(**policy))


def why(starts: date, *more: dict[str, Any], ends: float = np.nan, **policy: Any) -> str:
    first = groups(*links("manager", starts, WINDOW, ends=ends), *more, **policy)[0]
    assert first.refusal is not None
    return f"{first.refusal.reason} {first.refusal.remedy}"


def test_months_set_aside_are_named_beside_those_that_lie_before_the_link() -> None:
    said = why(date(2025, 3, 1))
    assert said.startswith("8 whole months lie before the link in this audit, of which 3 are set aside")
    assert "`leave_out_months`); 5 remain, and 6 are needed. Ask for data from before the first month" in said


def test_where_none_is_set_aside_nothing_is_said_of_it() -> None:
    said = why(date(2024, 12, 1), leave_out_months=0)
    assert said.startswith("5 whole months lie before the link in this audit, and 6 are needed.")


def test_no_month_before_is_none_set_aside() -> None:
    assert why(date(2024, 7, 1)).startswith("0 whole months lie before the link in this audit, and 6")


def test_a_link_that_ended_is_not_looked_at_again_later() -> None:
    said = why(date(2025, 5, 1), ends=days(date(2025, 7, 31)))
    assert "3 whole months lie after the link before it ended, and 6" in said
    assert "later" not in said


def test_an_audit_that_ends_soon_after_is_asked_again_later() -> None:
    said = why(date(2025, 9, 1))
    assert "4 whole months lie after the link in this audit, and 6 are needed. Look again later." in said


def result(*reasons: dict[str, str]) -> IntegrityResult:
    """Groups of two roles, whose detectors could not be run for the reasons named, or for one of all."""
    made = groups(
        *links("manager", date(2025, 3, 1), WINDOW), *links("staff", date(2025, 4, 1), ("U3", "U4", "U5"))
    )
    detections = [
        Detection(detector, group, SignStrength.NOT_RUN, reason=own.get(detector.key, own["*"]))
        for group, own in zip(made, reasons, strict=True)
        for detector in DETECTORS
    ]
    return IntegrityResult(corrected(detections, IntegrityPolicy()), IntegrityPolicy(), 0.95)


FEW = "Pay was linked by whole regions: 0 linked regions and 1 other have 10 observations on either side."
LOG = "The evidence has no log of cases."


def refused() -> IntegrityAnswer:
    return IntegrityAnswer(result({"*": "8 whole months lie."}, {"*": FEW, "reopened_not_invited": LOG}))


def test_each_reason_stands_under_its_role_and_its_signs() -> None:
    first, managers, staff = (sentence.text for sentence in refused().summary())
    assert "pay is linked in 2 groups of units" in first
    assert "proves nothing" in first
    assert managers == (
        "In the units whose managers were linked on 1 March 2025, none of the signs can be looked for: 8 "
        "whole months lie."
    )
    assert staff.startswith(
        "In the units whose staff were linked on 1 April 2025, by sign. “Low scores missing”"
    )
    assert "“Case reopened and never invited”: The evidence has no log of cases." in staff
    assert staff.count("whole regions") == 1


def test_a_sign_that_never_alarms_by_itself_is_not_left_without_a_word() -> None:
    answer = IntegrityAnswer(result({"*": FEW, "low_scores_missing": ""}, {"*": FEW}))
    assert "no sign by itself, because an honest fix does the same" in str(answer)


def test_the_tables_stand_although_nothing_could_be_looked_for() -> None:
    answer = refused()
    (kinds,) = answer.kinds()
    assert set(kinds.frame["sign"]) == {"cannot be tested"}
    assert list(kinds.frame.columns) == ["group", "kind", "sign"]
    (untested,) = answer.untested()
    assert len(untested.frame) == 3
    assert answer.limits()
    assert "settled by hand: draw transactions" in str(answer.advice()[0])
    assert not answer.detections()


def test_every_number_said_is_recorded() -> None:
    answer = refused()
    numbers = {number.key: number for number in answer.numbers()}
    for sentence in (*answer.summary(), *answer.limits(), *answer.advice(), *answer.reversals()):
        assert not orphans(sentence.text, [numbers[key] for key in sentence.keys])


@pytest.mark.parametrize("several", [False, True])
def test_groups_of_several_metrics_are_told_apart(several: bool) -> None:
    pattern = replace(result({"*": LOG}, {"*": LOG}).patterns[0].group, several=several)
    detections = [Detection(detector, pattern, reason=LOG) for detector in DETECTORS]
    policy = IntegrityPolicy()
    answer = IntegrityAnswer(IntegrityResult(corrected(detections, policy), policy, 0.95))
    assert (METRIC in str(answer)) is several
