"""What is open at the end of a day: against a plain count, at midnight, with ends nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_company import Evidence, engaged, rows
from test_interval_measures import span
from waiting_contacts import DAY_SECONDS, FIRST, contact

from auditlib.audit.numerals import orphans
from auditlib.disclosure import MinimumFrequency
from auditlib.records import Refusal
from auditlib.service_levels import backlog
from auditlib.service_levels.waiting.backlog import Backlog, BacklogAnswer, open_by_day
from auditlib.service_levels.waiting.backlog_course import course_of, title_words
from auditlib.time.epoch import date_of

LAST = 40


def evidence(*contacts: dict[str, Any]) -> Evidence:
    table = rows("interactions", *contacts)
    legs = any(row.get("contact_id") for row in contacts)
    return Evidence({"interactions": table if legs else table.drop_columns(["contact_id"])}, ())


def measured(*contacts: dict[str, Any], last: int = LAST) -> Backlog:
    result = open_by_day(evidence(*contacts), first=FIRST, last=FIRST + last)
    assert isinstance(result, Backlog)
    return result


drawn_contacts = st.lists(
    st.tuples(
        st.integers(-3, 45),
        st.integers(0, DAY_SECONDS - 1),
        st.none() | st.integers(0, 5 * DAY_SECONDS),
        st.none() | st.integers(0, 5 * DAY_SECONDS),
        st.sampled_from([True, False, None]),
    ),
    min_size=5,
    max_size=60,
)


@given(drawn_contacts)
@settings(max_examples=6, deadline=None, phases=(Phase.generate,))
def test_contacts_open_at_the_end_of_a_day_are_those_of_a_plain_count(drawn):
    contacts = [
        contact(f"C{place}", second, day=day, wait=wait, left=last if wait is None else None,
                handle=last if wait is not None else None, gave_up=gave_up)
        for place, (day, second, wait, last, gave_up) in enumerate(drawn)
    ]  # fmt: skip
    contacts.append(contact("X", 0, wait=0))
    result = measured(*contacts)
    for day in range(LAST + 1):
        ages = []
        for row in contacts:
            ends = [row[name] for name in ("answered_day", "ended_day") if row[name] is not None]
            gone_somehow = not ends and row["abandoned"] is True
            gone_somehow |= row["answered_day"] is not None and row["abandoned"] is True
            still = row["offered_day"] <= FIRST + day and all(end > FIRST + day for end in ends)
            if still and not gone_somehow:
                midnight = (FIRST + day + 1) * DAY_SECONDS
                ages.append((midnight - row["offered_day"] * DAY_SECONDS - row["offered_second"]) // 3600)
        assert result.contacts[day] == len(ages)
        listed = {entry.day: entry for entry in result.listed}.get(date_of(FIRST + day))
        if listed is not None and ages:
            assert (listed.contacts, listed.oldest_age) == (len(ages), max(ages))
            assert listed.median_age == sorted(ages)[(len(ages) - 1) // 2]


@pytest.mark.parametrize(("wait", "open_that_day"), [(59, 0), (60, 1), (61, 1)])
def test_what_is_answered_before_midnight_is_not_open_at_it(wait, open_that_day):
    result = measured(contact("C", DAY_SECONDS - 60, wait=wait))
    assert result.contacts[:2].tolist() == [open_that_day, 0]
    assert (result.worst.contacts, result.listed[0].contacts) == (open_that_day, open_that_day)


def test_without_an_end_a_contact_is_open_to_the_last_day_and_is_named():
    never, gone = contact("N", 3600, day=38), contact("G", 0, day=1, gave_up=True)
    result = measured(never, gone, contact("C", 0, wait=5))
    assert result.contacts[-3:].tolist() == [1, 1, 1]
    assert (result.unended, result.untold) == (1, 1)
    assert result.worst.oldest_age == 23
    said = " ".join(sentence.text for sentence in BacklogAnswer(result).limits())
    assert "1 contact has neither an answer nor an end and counts as open until the day of the audit." in said
    assert "1 contact given up or passed on has no end and is not counted as open." in said


def test_what_was_passed_on_without_an_end_is_not_open():
    passed_on, answered = contact("P", 0, flowed_out=True), contact("C", 0, wait=5)
    result = measured(passed_on, answered)
    assert (result.contacts.sum(), result.untold) == (0, 1)


def test_what_is_said_to_be_both_answered_and_given_up_is_not_open_and_is_counted():
    both = contact("B", 0, wait=3 * DAY_SECONDS, gave_up=True)
    result = measured(contact("C", 0, wait=3 * DAY_SECONDS), both)
    assert (result.contacts[:3].tolist(), result.contradictory) == ([1, 1, 1], 1)
    said = " ".join(sentence.text for sentence in BacklogAnswer(result).limits())
    assert "1 contact said to be both answered and given up is not counted as open" in said
    refused = open_by_day(evidence(both), first=FIRST, last=FIRST + 9)
    assert isinstance(refused, Refusal)
    assert refused.reason == "Every contact is said to be both answered and given up."


def test_where_no_end_is_known_of_any_contact_nothing_is_said():
    result = open_by_day(evidence(contact("G", 0, gave_up=True)), first=FIRST, last=FIRST + 3)
    assert isinstance(result, Refusal)
    assert "of none is it known when" in result.reason


def test_what_was_offered_before_the_period_counts_on_its_days():
    before = contact("B", 0, day=-2, wait=4 * DAY_SECONDS, in_period=False)
    assert measured(before).contacts[:3].tolist() == [1, 1, 0]


def test_the_ends_of_the_last_months_and_the_worst_day_are_listed_once():
    waits = [contact(f"C{place}", 0, day=7, wait=2 * DAY_SECONDS) for place in range(3)]
    result = measured(*waits, last=500)
    assert len(result.listed) == 13
    assert result.worst.name == "2024-01-08"
    assert [entry.name for entry in result.listed][:2] == ["2024-01-08", "2024-06-30"]
    assert result.listed[-1].name == "2025-05-15"
    table = BacklogAnswer(result).days().frame
    assert list(table.loc[table["remark"] == "most open", "open"]) == [3]


def unfounded(answer: Any) -> list[str]:
    numbers = {number.key: number for number in answer.numbers()}
    return [
        orphan
        for sentence in (*answer.summary(), *answer.limits())
        for orphan in orphans(sentence.text, [numbers[key] for key in sentence.keys])
    ]


def test_the_question_takes_the_days_of_the_run_and_says_the_worst():
    letters = [
        contact(f"C{day}-{place}", 12 * 3600, day=day, wait=(2 if day == 9 else 1) * DAY_SECONDS)
        for day in range(20)
        for place in range(6 + day % 3)
    ]
    answer = backlog(engaged(evidence(*letters)))
    assert isinstance(answer, BacklogAnswer)
    assert len(answer.result.contacts) == 60
    assert str(answer) == (
        "Most contacts are open at the end of 2024-01-11: 13, half of them no longer than 12.0 and "
        "the oldest 36.0 hours; at the end of the middle day 0 are. "
        "At the end of the first 28 days of the period 5 are open on average, at the end of the last 28 0: "
        "over the whole period what is open neither rises nor falls by clearly more than chance explains."
    )
    assert answer.title == "What is open at the end of a day is most on 2024-01-11"
    assert unfounded(answer) == []


def left_open(counts: list[int], **more: Any) -> list[dict[str, Any]]:
    """Return contacts of which so many are open at the end of each day, and none at the end of the next."""
    return [
        contact(f"C{day}-{place}", 12 * 3600, day=day, wait=DAY_SECONDS, **more)
        for day, many in enumerate(counts)
        for place in range(many)
    ]


NOISE = [(7 * day) % 5 - 2 for day in range(60)]


@pytest.mark.parametrize(
    ("levels", "title"),
    [
        ([14 + 2 * day // 3 for day in range(60)], "rises over the period"),
        ([54 - 2 * day // 3 for day in range(60)], "falls over the period"),
        ([30] * 60, "stays much the same"),
        ([30] * 30 + [90] + [30] * 29, "is most on 2024-01-31"),
        ([20, 20, 20, 30, 36, 30] * 10, "neither rises nor falls clearly"),
    ],
    ids=["rising", "falling", "level", "one bad day", "to and fro"],
)
def test_the_title_says_what_the_days_show(levels: list[int], title: str):
    counts = [level + noise for level, noise in zip(levels, NOISE, strict=True)]
    answer = backlog(engaged(evidence(*left_open(counts))))
    assert isinstance(answer, BacklogAnswer)
    assert answer.title.startswith(f"What is open at the end of a day {title}")
    assert unfounded(answer) == []


def test_a_rise_is_said_with_both_ends_and_with_what_has_no_end():
    counts = [14 + 2 * day // 3 + noise for day, noise in enumerate(NOISE)]
    answer = backlog(engaged(evidence(*left_open(counts), contact("N", 0, wait=None, given_up=None))))
    assert "At the end of the first 28 days of the period 24 are open on average" in str(answer)
    assert "the last 28 45: over the whole period what is open rises by more than chance" in str(answer)
    limits = " ".join(sentence.text for sentence in answer.limits())
    assert "as far as their end is only not recorded, less is open and rises less" in limits
    assert unfounded(answer) == []


@pytest.mark.parametrize("days", [1, 11])
def test_of_a_few_days_no_course_is_said(days: int):
    assert course_of(np.arange(days), level=0.95) is None


@pytest.mark.parametrize("days", [60, 180])
def test_what_resembles_the_day_before_seldom_seems_to_rise_or_fall(days: int):
    """Of a hundred backlogs that wander about a level few are called: nominally 5%."""
    rng, called = np.random.default_rng(1), 0
    for _ in range(100):
        wandering = np.zeros(days)
        for day, step in enumerate(rng.normal(size=days - 1), start=1):
            wandering[day] = 0.8 * wandering[day - 1] + step
        course = course_of(np.round(40 + 5 * wandering).astype(np.int64), level=0.95)
        assert course is not None
        called += course.direction in ("rises", "falls")
    assert called <= 10


def test_a_step_that_days_alike_may_explain_is_no_rise():
    course = course_of(np.append(np.zeros(40, dtype=np.int64), 6 + np.arange(20) % 3), level=0.95)
    assert course is not None
    assert (course.last > course.first, course.direction) == (True, "not told")


def test_what_never_changes_is_the_same_every_day():
    counts = np.full(60, 3)
    assert course_of(counts, level=0.95) is None
    assert title_words(None, counts, worst="2024-01-01") == "is the same every day"


def test_of_twelve_weeks_and_more_whole_weeks_are_held_together():
    """Each weekend more is open, which is neither a rise nor a fall."""
    weekly = np.array([10, 10, 10, 10, 10, 30, 30] * 12)
    course = course_of(weekly + np.repeat(np.tile([0, 1], 6), 7), level=0.95)
    assert course is not None
    assert course.direction == "alike"


@pytest.mark.parametrize(("least", "few"), [(3, False), (4, True)])
def test_of_few_open_contacts_no_number_is_said(least, few):
    three = measured(*(contact(f"C{place}", 0, wait=DAY_SECONDS) for place in range(3)))
    answer = BacklogAnswer(replace(three, disclosure=MinimumFrequency(least)))
    assert answer.many is not few
    assert (str(answer) == "At the end of no day are more than a few contacts open.") is few
    assert unfounded(answer) == []


def test_without_a_backlog_it_is_said_that_there_is_none():
    answer = BacklogAnswer(measured(contact("C", 0, wait=5)))
    assert str(answer) == "No contact is open at the end of any day."
    assert not answer.many


@pytest.mark.parametrize("held", [Evidence({}, ()), Evidence({"interactions": rows("interactions")}, ())])
def test_without_contacts_nothing_can_be_said(held):
    assert "not assessable" in str(backlog(engaged(held)).summary()[0])


def test_legs_of_one_contact_are_open_once():
    legs = [
        contact("L1", DAY_SECONDS - 600, left=300, contact_id="K"),
        contact("L2", DAY_SECONDS - 300, wait=600, contact_id="K"),
    ]
    assert measured(*legs).contacts[:2].tolist() == [1, 0]


def test_days_of_few_open_contacts_are_not_drawn():
    result = measured(*(contact(f"C{place}", 0, day=place // 7, wait=DAY_SECONDS) for place in range(10)))
    part, lost = result.without(lambda key, n=None: bool(n) and n < 5)
    assert (part is not None, lost) == (True, 1)
    assert part is not None
    assert part.contacts.sum() == 7
    assert np.array_equal(result.contacts[:3], [7, 3, 0])


def test_counts_alone_do_not_say_what_is_open_and_are_not_called_absent():
    held = Evidence({"interval_counts": rows("interval_counts", span(0, 10, 8, 8, 0))}, ())
    why = open_by_day(held, first=0, last=1)
    assert isinstance(why, Refusal)
    assert why.reason.startswith("The evidence has counts by interval alone")
