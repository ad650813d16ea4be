"""Who was invited after a bad outcome, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditlib.integrity.selection import cases_invited, cases_of, complainants
from company import SurveyTables

DAY = 86_400_000_000


def sent(by: str, *rows: tuple[str, int]) -> pd.DataFrame:
    return pd.DataFrame({by: [name for name, _ in rows], "sent_at": [day * DAY for _, day in rows]})


def complaints(*rows: tuple[str, int]) -> pd.DataFrame:
    days = [day for _, day in rows]
    return pd.DataFrame(
        {"customer_id": [name for name, _ in rows], "unit_id": "U", "day": days, "at": np.array(days) * DAY}
    )


NOBODY = pd.DataFrame({"customer_id": pd.Series(dtype=object), "at": pd.Series(dtype="int64"), "low": []})


@pytest.mark.parametrize(("day", "invited"), [(85, 0), (86, 1), (100, 1), (114, 1), (115, 0)])
def test_an_invitation_within_the_days_of_a_complaint_is_about_it(day: int, invited: int) -> None:
    counted = complainants(
        complaints(("a", 100)), sent("customer_id", ("a", day), ("b", 100)), NOBODY, days=14
    )
    assert counted[["complainants", "complainants_invited"]].to_numpy().tolist() == [[1, invited]]


def test_what_complainants_answer_is_counted_where_they_do() -> None:
    answers = pd.DataFrame({"customer_id": ["a", "b"], "at": [101 * DAY, 99 * DAY], "low": [True, False]})
    rows = complaints(("a", 100), ("b", 100), ("c", 100))
    counted = complainants(rows, sent("customer_id", ("a", 100)), answers, days=14)
    assert counted["complainants_answered"].sum() == 2
    assert counted["complainants_low"].sum() == 1


def test_reopened_cases_are_held_against_those_closed_once() -> None:
    cases = pd.DataFrame(
        {
            "unit_id": "U",
            "account_id": ["A", "B", "C", "D"],
            "day": 100,
            "at": 100 * DAY,
            "reopened": [True, True, False, False],
        }
    )
    counted = cases_invited(cases, sent("account_id", ("A", 101), ("C", 90), ("D", 120)), days=14)
    names = ["reopened", "reopened_invited", "settled", "settled_invited"]
    assert counted[names].sum().tolist() == [2, 1, 2, 1]


def events(**columns: Any) -> SurveyTables:
    base = {
        "case_id": ["1", "1", "2", "3"],
        "unit_id": "U",
        "account_id": ["A", "A", "B", None],
        "reopenings": [0, 1, 0, 0],
        "closed_at": [5 * DAY, 9 * DAY, 7 * DAY, 8 * DAY],
        "closed_day": [5, 9, 7, 8],
    }
    return SurveyTables({"incident_events": pd.DataFrame(base | columns)})


def test_a_case_ends_when_it_was_last_closed() -> None:
    rows, why = cases_of(events())  # type: ignore[arg-type]
    assert rows is not None
    assert not why
    cases = rows.collect().to_pandas().set_index("case_id").sort_index()
    assert cases.index.tolist() == ["1", "2"]
    assert cases["day"].tolist() == [9, 7]
    assert cases["reopenings"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("absent", "why"),
    [
        ("account_id", "whose account a case was"),
        ("reopenings", "which cases were opened again"),
        ("closed_at", "when a case ended"),
    ],
)
def test_a_log_that_does_not_say_is_refused_with_its_reason(absent: str, why: str) -> None:
    log = events().held["incident_events"].drop(columns=absent)
    rows, reason = cases_of(SurveyTables({"incident_events": log}))  # type: ignore[arg-type]
    assert rows is None
    assert why in reason


def test_without_a_log_there_are_no_cases() -> None:
    assert cases_of(SurveyTables({})) == (None, "the evidence has no log of cases")  # type: ignore[arg-type]
