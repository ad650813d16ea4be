"""Shares met, calendars and registers: in words, in numbers, and with groups held back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from auditlib.disclosure import MinimumFrequency
from auditlib.errors import ParameterError
from auditlib.obligations import (
    FAILED,
    SETTLED,
    CalendarChoice,
    CalendarsAnswer,
    CalendarUse,
    DutyRegister,
    DutyRule,
    Limit,
    Rates,
    RatesAnswer,
    RegisterAnswer,
    calendar_file,
    rates,
)
from auditlib.obligations.hours import UnitPlace, WorkingHours
from auditlib.obligations.register import COLUMNS
from auditlib.records import Kind
from auditlib.time.calendar import ALWAYS


def shares(*groups: tuple[str, dict[str, int]], minimum: int = 1) -> Rates:
    """Return the rates of units, each with how many of its duties became what."""
    rows = [
        {"unit_id": unit, "duty": "contact", "status": status}
        for unit, counts in groups
        for status, times in counts.items()
        for _ in range(times)
    ]
    frame = pd.DataFrame(rows, columns=["unit_id", "duty", "status"])
    return rates(frame, by=("duty", "unit_id"), disclosure=MinimumFrequency(minimum))


def said(result: Rates) -> str:
    return " ".join(sentence.text for sentence in RatesAnswer(result).summary())


A, B, C = ("A", {"met": 9, "late": 1}), ("B", {"met": 5, "missing": 5}), ("C", {"met": 3, "wrong_party": 1})
OPEN = ("D", {"pending": 4, "excused": 2})


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (shares(OPEN), "There is no settled case to judge."),
        (shares(), "There is no settled case to judge."),
        (shares(A, minimum=11), "Too few cases are settled for a share to be shown."),
        (shares(A, minimum=10), "contact, A: 90.0% of 10."),
        (shares(A, OPEN), "contact, A: 90.0% of 10."),
        (shares(A, B), "The share met runs from 50.0% of 10 (contact, B) to 90.0% of 10 (contact, A)."),
        (shares(A, B, C, minimum=5), "from 50.0% of 10 (contact, B) to 90.0% of 10 (contact, A)."),
        (shares(A, ("Z", A[1])), "By duty and unit, the share met is 90.0% throughout."),
    ],
)
def test_the_lowest_and_the_highest_share_are_said(result: Rates, words: str) -> None:
    assert said(result).endswith(words)


def test_what_is_settled_is_judged_and_a_share_of_nothing_is_none() -> None:
    frame = shares(A, OPEN).to_frame().set_index("unit_id")
    assert set(SETTLED) == {"met", *FAILED}
    assert frame.loc["A", ["judged", "share"]].tolist() == [10, 0.9]
    assert frame.loc["D", "judged"] == 0
    assert frame.loc["D", ["share", "low", "high"]].isna().all()
    known = {number.key: number for number in RatesAnswer(shares(A, OPEN), "Shares").exhibit().facts}
    assert known["share:contact:D"].value is None
    assert known["share:contact:D"].reason == "No case is settled."
    assert known["pending:contact:D"].value == 4


def test_a_share_held_back_leaves_a_gap_and_the_words_speak_of_those_shown() -> None:
    shown, lost = shares(A, B, C).without(lambda key, _n=None: key == "share:contact:A")
    assert shown is not None
    assert lost == 1
    assert said(shown).startswith("Of those that are shown, the share met runs from 50.0% of 10 (contact, B)")
    assert shown.frame.set_index("unit_id").loc["A", ["share", "low", "high"]].isna().all()
    twice, _ = shares(A, ("Z", A[1]), B).without(lambda key, _n=None: key == "share:contact:B")
    assert twice is not None
    assert said(twice) == "By duty and unit, of those that are shown, the share met is 90.0% throughout."


def test_where_every_share_is_held_back_nothing_is_left_to_draw() -> None:
    assert shares(A, B).without(lambda key, _n=None: key.startswith("share:contact:")) == (None, 2)
    whole, lost = shares(OPEN).without(lambda _key, _n=None: False)
    assert (whole is not None, lost) == (True, 0)


def test_the_pooled_share_is_of_all_groups_and_goes_where_it_is_held_back() -> None:
    result = shares(A, B)
    assert (result.pooled_key, result.pooled) == ("share:contact", 14 / 20)
    assert shares(OPEN).pooled == 0
    hidden = replace(result, hidden=frozenset({"share:contact"}))
    assert hidden.pooled is None
    assert hidden.hides("late", "contact")
    assert not result.hides("late", "contact")
    assert replace(result, hidden=frozenset({"late:contact"})).hides("late", "contact")
    assert rates(pd.DataFrame({"unit_id": ["A"], "status": ["met"]}), by=("unit_id",)).pooled_key == ""


def test_an_empty_register_says_that_nothing_could_be_judged() -> None:
    answer = RegisterAnswer(DutyRegister.of([]))
    assert answer.rows.empty
    assert [sentence.text for sentence in answer.summary()] == [
        "No duty could be judged, so there is no register of duties."
    ]
    assert answer.to_frame().empty


def test_a_register_says_how_many_duties_are_handed_over() -> None:
    statuses = ("late", "met", "late")
    part = pd.DataFrame([dict.fromkeys(COLUMNS, "x") | {"status": status} for status in statuses])
    answer = RegisterAnswer(DutyRegister.of([part]))
    assert answer.summary()[0].text.startswith("What became of each of the 3 duties is handed over")
    assert answer.to_frame()[["status", "cases"]].to_numpy().tolist() == [["met", 1], ["late", 2]]


def test_calendars_are_shown_with_who_used_them() -> None:
    places = (UnitPlace("7", country="DE"), UnitPlace("A", country="US"), UnitPlace("B"))
    hours = WorkingHours("always", False, {"always": ALWAYS, "idle": ALWAYS}, {"7": "always"}, places)
    answer = CalendarsAnswer(CalendarUse({"one": hours}))
    frame = answer.exhibit().frame.set_index("calendar")
    assert frame.loc["always", ["units", "used_by"]].tolist() == [1, "'7'"]
    assert frame.loc["idle", "used_by"] == "cases of units that no register names"
    (words,) = [sentence.text for sentence in answer.summary()]
    assert words.startswith("2 units have no calendar: the policy names none for A; ")
    assert words.endswith("the register names no country for B, whose holidays are therefore not known.")


def rule(**more: Any) -> DutyRule:
    return DutyRule(
        duty="answer", clause="Answer.", cites=("B2",), since="2025-01-01", kind=Kind.RIGID,
        within={"every": Limit(hours=1)}, **more,
    )  # fmt: skip


def test_a_rule_names_each_of_its_calendars_once() -> None:
    assert rule(calendar="business").calendar_files == ("business",)
    choice = CalendarChoice(by="unit_type", of={"branch": "office", "desk": "office"}, otherwise="business")
    chosen = rule(calendars=choice)
    assert (chosen.calendar_files, chosen.clock) == (("office", "business"), "answer by unit_type")


def test_a_limit_is_that_of_the_class_or_of_every_case() -> None:
    both = rule(calendar="business").model_copy(
        update={"within": {"every": Limit(hours=24), "executive": Limit(hours=8)}}
    )
    assert (both.limit("executive"), both.limit("service")) == (Limit(hours=8), Limit(hours=24))
    alone = both.model_copy(update={"within": {"executive": Limit(hours=8)}})
    with pytest.raises(KeyError):
        alone.limit("service")


def test_a_calendar_that_was_not_read_is_named_with_those_that_were() -> None:
    with pytest.raises(ParameterError, match=r"no params/calendars/nights\.yaml") as refused:
        calendar_file("nights", {"calendars/business.yaml": "", "calendars/24x7.yaml": ""})
    assert "Read were: calendars/24x7.yaml, calendars/business.yaml." in str(refused.value)
    with pytest.raises(ParameterError, match="Read were: none"):
        calendar_file("nights", {})
