"""How long customers wait: against plain arithmetic, in worlds of another make, and in plain words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_company import Evidence, engaged, rows
from test_interval_measures import span
from waiting_contacts import DAY_SECONDS, FIRST, SECOND, contact, without_time

from auditlib.audit.numerals import orphans
from auditlib.disclosure import MinimumFrequency
from auditlib.figures.waiting_over_time import waits_by_hour
from auditlib.records import Refusal
from auditlib.service_levels import waited
from auditlib.service_levels.waiting.answer import WaitingAnswer
from auditlib.service_levels.waiting.patience import Patience
from auditlib.service_levels.waiting.result import ChannelWaits, WaitingResult
from auditlib.service_levels.waiting.waited import measure_waiting
from auditlib.time.epoch import instant_of

AS_OF = instant_of(datetime(2024, 3, 15, 12, tzinfo=UTC))
SINCE_FIRST = AS_OF // SECOND - FIRST * DAY_SECONDS
"""Seconds from the first day to the instant of the audit."""


def evidence(*contacts: dict[str, Any], counts: Any = (), absent: tuple[str, ...] = ()) -> Evidence:
    held = {}
    if contacts:
        table = rows("interactions", *contacts)
        # Legs are joined where a source feeds them: without them the evidence is that of most clients.
        legs = any(row.get("contact_id") for row in contacts)
        held["interactions"] = table if legs else table.drop_columns(["contact_id"])
    if counts:
        held["interval_counts"] = rows("interval_counts", *counts)
    return Evidence({name: table.drop_columns(list(absent)) for name, table in held.items()}, ())


def measured(held: Evidence, *, fewest: int = 1) -> WaitingResult:
    result = measure_waiting(held, as_of=AS_OF, level=0.95, fewest=fewest)
    assert isinstance(result, WaitingResult)
    return result


def channel(held: Evidence, name: str = "phone", **more: Any) -> ChannelWaits:
    (entry,) = (entry for entry in measured(held, **more).channels if entry.channel == name)
    return entry


def unfounded(answer: Any) -> list[str]:
    numbers = {number.key: number for number in answer.numbers()}
    return [
        orphan
        for sentence in (*answer.summary(), *answer.limits())
        for orphan in orphans(sentence.text, [numbers[key] for key in sentence.keys])
    ]


def quantile(waits: list[int], hundredths: int) -> int:
    """Return the smallest wait that at least so many in a hundred did not exceed."""
    return next(w for w in sorted(waits) if 100 * sum(v <= w for v in waits) >= hundredths * len(waits))


drawn_contacts = st.lists(
    st.tuples(
        st.sampled_from(["phone", "chat"]),
        st.sampled_from(["A", "B"]),
        st.integers(0, 45),
        st.integers(0, DAY_SECONDS - 1),
        st.one_of(st.none(), st.integers(0, 400)),
        st.one_of(st.none(), st.integers(0, 90)),
        st.sampled_from([True, False, None]),
    ),
    min_size=1,
    max_size=80,
)


@given(drawn_contacts)
@settings(max_examples=4, deadline=None, phases=(Phase.generate,))
def test_counts_waits_and_handle_times_are_those_of_plain_arithmetic(drawn):
    contacts = [
        contact(f"C{place}", second, day=day, wait=wait, handle=last, left=last, gave_up=gave_up,
                channel=name, unit_id=unit)
        for place, (name, unit, day, second, wait, last, gave_up) in enumerate(drawn)
    ]  # fmt: skip
    result = measured(evidence(*contacts))
    by_channel = defaultdict(list)
    for row in drawn:
        by_channel[row[0]].append(row)
    assert {entry.channel for entry in result.channels} == set(by_channel)
    for entry in result.channels:
        mine = by_channel[entry.channel]
        certain = [row for row in mine if row[4] is not None and row[6] is not True]
        waits = [row[4] for row in certain]
        never = [row for row in mine if row[4] is None]
        handles = [row[5] for row in certain if row[5] is not None]
        assert (entry.offered, entry.answered) == (len(mine), len(waits))
        assert entry.contradictory == len(mine) - len(never) - len(certain)
        assert entry.given_up == sum(row[6] is True for row in never)
        assert entry.unknown == sum(row[6] is None for row in never)
        for spread, times in ((entry.wait, waits), (entry.handle, handles)):
            assert (spread is None) == (not times)
            if spread is not None:
                assert spread.mean.seconds == pytest.approx(sum(times) / len(times))
                assert (spread.median.seconds, spread.p90.seconds) == (
                    quantile(times, 50),
                    quantile(times, 90),
                )
    for dimension, place in (("unit_id", 1), ("hour", 3)):
        for part in result.parts[dimension]:
            mine = [
                row for row in by_channel[part.channel]
                if (row[place] if dimension == "unit_id" else f"{row[place] // 3600:02d}") == part.part
            ]  # fmt: skip
            waits = [row[4] for row in mine if row[4] is not None and row[6] is not True]
            assert (part.offered, part.answered) == (len(mine), len(waits))
            if waits:
                assert (part.median, part.p90) == (quantile(waits, 50), quantile(waits, 90))


def product_limit(contacts: list[tuple[int, bool]], bound: int) -> float:
    """Return the share that would have given up by `bound`: the product-limit estimate, case by case."""
    share = 1.0
    for time in sorted({seconds for seconds, gave_up in contacts if gave_up and seconds <= bound}):
        waiting = sum(seconds >= time for seconds, _ in contacts)
        share *= 1 - sum(seconds == time for seconds, gave_up in contacts if gave_up) / waiting
    return 1 - share


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=2, max_size=80))
@settings(max_examples=4, deadline=None, phases=(Phase.generate,))
def test_patience_is_the_product_limit_with_those_answered_censored(cases):
    contacts = [
        contact(f"C{place}", 0, day=place % 9, left=seconds if gave_up else None,
                wait=None if gave_up else seconds, gave_up=gave_up)
        for place, (seconds, gave_up) in enumerate(cases)
    ]  # fmt: skip
    patience = channel(evidence(*contacts)).patience
    if not any(gave_up for _, gave_up in cases):
        assert isinstance(patience, Refusal)
        return
    assert isinstance(patience, Patience)
    for bound in patience.bounds:
        assert bound.waited == sum(seconds >= bound.seconds for seconds, _ in cases)
        if bound.waited:
            assert bound.share == pytest.approx(product_limit(cases, bound.seconds))
        else:
            assert bound.share is None


def test_to_count_those_given_up_alone_would_make_customers_look_impatient():
    gone = [contact(f"G{place}", 0, day=place, left=20, gave_up=True) for place in range(10)]
    answered = [contact(f"A{place}", 0, day=place, wait=10) for place in range(90)]
    late = [contact(f"L{place}", 0, day=place, wait=500) for place in range(10)]
    patience = channel(evidence(*gone, *answered, *late)).patience
    assert isinstance(patience, Patience)
    assert patience.bounds[0].share == pytest.approx(0.5)


@pytest.mark.parametrize(("fewest", "told"), [(9, True), (10, True), (11, False)])
def test_of_a_time_that_few_waited_for_nothing_is_said(fewest, told):
    gone = [contact(f"G{place}", 0, day=place, left=20, gave_up=True) for place in range(10)]
    late = [contact(f"L{place}", 0, day=place, wait=30) for place in range(10)]
    patience = channel(evidence(*gone, *late), fewest=fewest).patience
    assert isinstance(patience, Patience)
    assert [bound.share is not None for bound in patience.bounds] == [told, False, False, False]


def test_a_channel_whose_log_holds_no_abandonment_is_not_compared_on_it():
    calls = [contact(f"C{place}", 0, day=place, left=20 + place, gave_up=True) for place in range(40)]
    calls += [contact(f"D{place}", 0, day=place, wait=400) for place in range(40)]
    chats = [contact(f"H{place}", 0, wait=30, channel="chat") for place in range(40)]
    answer = WaitingAnswer(measured(evidence(*calls, *chats)))
    entry = channel(evidence(*calls, *chats), "chat")
    assert entry.share_given_up is None
    assert isinstance(entry.patience, Refusal)
    said = str(answer.patience())
    assert "The log of chat holds no contact given up" in said
    assert "Ask whether customers who leave before they are answered are recorded." in said
    assert "chat" not in answer.patience().result.channels
    assert answer.facts["share_given_up:chat"].value is None


def test_a_log_that_does_not_say_when_customers_gave_up_tells_their_share_and_not_their_patience():
    lost = [contact(f"C{place}", 0, day=place, gave_up=True) for place in range(10)]
    answered = [contact(f"E{place}", 0, day=place, wait=20) for place in range(10)]
    answer = WaitingAnswer(measured(evidence(*lost, *answered)))
    assert answer.facts["share_given_up:phone"].value == 0.5
    said = "The log of phone does not say how long those waited who gave up."
    assert str(answer.patience()).startswith(said)
    assert "holds no contact given up" not in str(answer.patience())


@pytest.mark.parametrize(("least", "told"), [(4, True), (5, False)])
def test_where_few_gave_up_neither_their_number_nor_what_it_follows_from_is_said(least, told):
    lost = [contact(f"C{place}", 0, day=place, left=20, gave_up=True) for place in range(4)]
    answered = [contact(f"E{place}", 0, day=place, wait=20 + place) for place in range(40)]
    result = replace(measured(evidence(*lost, *answered)), disclosure=MinimumFrequency(least))
    answer = WaitingAnswer(result)
    assert ("contacts_given_up:phone" in answer.facts) is told
    assert ("contacts_offered:phone" in answer.facts) is told
    assert ("gone_by_30:phone" in answer.facts) is told
    assert answer.channels().frame["contacts_offered"].notna().tolist() == [told]
    assert ("Given up were" in str(answer)) is told
    assert ("Too few gave up by phone to say more of it." in str(answer.patience())) is not told
    assert unfounded(answer) == []


def test_who_may_have_given_up_makes_a_range():
    lost = [contact(f"C{place}", 0, day=place, left=20, gave_up=True) for place in range(10)]
    perhaps = [contact(f"D{place}", 0, day=place, left=20, gave_up=None) for place in range(10)]
    answered = [contact(f"E{place}", 0, day=place, wait=20) for place in range(20)]
    answer = WaitingAnswer(measured(evidence(*lost, *perhaps, *answered)))
    share = answer.result.channels[0].share_given_up
    assert share is not None
    assert (share.least, share.most) == (0.25, 0.5)
    assert share.interval.low < 0.25 < 0.5 < share.interval.high
    assert "25.0% to 50.0% of 40 contacts by phone" in str(answer)
    assert "Of 10 contacts by phone nobody knows whether the customer gave up." in said_limits(answer)
    assert unfounded(answer) == []


def said_to_be_both(many: int) -> list[dict[str, Any]]:
    """Return contacts that carry both an answer and the mark of giving up."""
    return [contact(f"B{place}", 0, day=place, wait=900, handle=60, gave_up=True) for place in range(many)]


def test_contacts_said_to_be_both_answered_and_given_up_are_in_no_wait_and_make_a_range():
    answered = [contact(f"E{place}", 0, day=place, wait=20, handle=60) for place in range(20)]
    lost = [contact(f"C{place}", 0, day=place, left=20, gave_up=True) for place in range(10)]
    plain = channel(evidence(*answered, *lost))
    entry = channel(evidence(*answered, *lost, *said_to_be_both(10)))
    assert (entry.offered, entry.answered, entry.given_up, entry.contradictory) == (40, 20, 10, 10)
    assert (entry.wait, entry.handle) == (plain.wait, plain.handle)
    assert entry.share_given_up is not None
    assert (entry.share_given_up.least, entry.share_given_up.most) == (0.25, 0.5)
    assert isinstance(entry.patience, Patience)
    assert isinstance(plain.patience, Patience)
    assert entry.patience.bounds == plain.patience.bounds
    answer = WaitingAnswer(measured(evidence(*answered, *lost, *said_to_be_both(10))))
    assert (
        "10 contacts by phone are said to be both answered and given up: they are in no wait"
        in said_limits(answer)
    )
    assert "Ask whether the wait of those who gave up stands in the column of the answer" in said_limits(
        answer
    )
    assert "25.0% to 50.0% of 40 contacts by phone" in str(answer)
    assert unfounded(answer) == []


def test_where_whoever_gave_up_is_said_to_be_answered_the_log_is_not_called_silent():
    answered = [contact(f"E{place}", 0, day=place, wait=20) for place in range(20)]
    answer = WaitingAnswer(measured(evidence(*answered, *said_to_be_both(5))))
    assert answer.result.channels[0].share_given_up is not None
    said = str(answer.patience())
    assert (
        "Every contact by phone that is said to have been given up is said to have been answered too." in said
    )
    assert "holds no contact given up" not in said
    assert unfounded(answer) == []


def said_limits(answer: Any) -> str:
    return " ".join(sentence.text for sentence in answer.limits())


def test_a_wait_between_days_without_times_and_an_end_before_the_answer_are_unknown_and_counted():
    known = [contact(f"C{place}", 0, wait=20, handle=60) for place in range(5)]
    vague = without_time(contact("V", 0, wait=20, handle=60), "answered")
    backwards = contact("B", 40, wait=20, handle=-5)
    entry = channel(evidence(*known, vague, backwards))
    assert (entry.answered, entry.untimed, entry.unhandled) == (7, 1, 2)
    said = said_limits(WaitingAnswer(measured(evidence(*known, vague, backwards))))
    assert "Of 1 answered contact by phone the wait is not known." in said
    assert "Of 2 answered contacts by phone the handle time is not known" in said


def test_who_still_waits_has_waited_until_the_audit():
    waiting = contact("W", 0, day=0)
    gone = contact("G", 0, day=1, left=SINCE_FIRST - 1, gave_up=True)
    patience = channel(evidence(waiting, gone)).patience
    assert isinstance(patience, Patience)
    assert patience.curve.left[-1] == 1
    assert patience.curve.times[-1] == SINCE_FIRST
    assert patience.curve.share[0] == pytest.approx(0.5)


def test_contacts_that_name_no_channel_are_in_none_and_counted():
    result = measured(evidence(contact("C", 0, wait=5), contact("N", 0, wait=5, channel=None)))
    assert [entry.offered for entry in result.channels] == [1]
    assert result.nameless == 1
    assert "1 contact names no channel and is in none." in said_limits(WaitingAnswer(result))


def test_legs_of_one_contact_wait_from_the_first_offer_to_the_first_answer():
    legs = [contact("L1", 0, left=30, contact_id="K"), contact("L2", 30, wait=15, contact_id="K")]
    entry = channel(evidence(*legs))
    assert (entry.offered, entry.answered) == (1, 1)
    assert entry.wait is not None
    assert entry.wait.median.seconds == 45


def test_waits_are_broken_down_by_what_the_evidence_has():
    contacts = [
        contact("C1", 3599, wait=10, matter="billing"),
        contact("C2", 3600, wait=30, matter="repair", day=31),
        contact("C3", 3600, wait=50, matter="repair", day=31),
    ]
    answer = WaitingAnswer(measured(evidence(*contacts)))
    assert answer.dimensions == ("unit_id", "matter", "hour", "month")
    rows_by = {name: list(answer.by(name).frame[name]) for name in answer.dimensions}
    assert rows_by == {
        "unit_id": ["A"], "matter": ["billing", "repair"], "hour": ["00", "01"],
        "month": ["2024-01", "2024-02"],
    }  # fmt: skip
    assert list(answer.by("month").frame["median"]) == [10, 30]
    assert all("queue" not in name for name in answer.dimensions)
    without = WaitingAnswer(measured(evidence(*contacts, absent=("matter",))))
    assert without.dimensions == ("unit_id", "hour", "month")


def test_the_hours_in_which_waits_are_longest_are_said_and_drawn():
    calls = [
        contact(f"C{hour}-{n}", 3600 * hour + n, day=n % 9, wait=300 if hour == 14 else 20 + hour)
        for hour in (8, 14, 20)
        for n in range(40)
    ]
    rare = [contact(f"R{n}", 0, wait=4000) for n in range(3)]
    answer = WaitingAnswer(measured(evidence(*calls, *rare)))
    hours = answer.hours()
    assert hours is not None
    assert hours.title == "The longest waits by phone: in the afternoon"
    assert (
        "by phone 0.5 (in the morning) and 5.0 minutes (in the afternoon), which is more than chance "
        "explains." in str(hours)
    )
    (panel,) = waits_by_hour(hours.result).axes
    assert list(panel.get_lines()[0].get_ydata())[1:] == [28 / 60, 5.0, 40 / 60]
    part, lost = hours.result.without(lambda key, n=None: key == "median:phone:14")
    assert part is not None
    assert ([entry.part for entry in part.channels["phone"]], lost) == (["00", "08", "20"], 1)
    numbers = {number.key: number for number in hours.numbers()}
    (sentence,) = hours.summary()
    assert orphans(sentence.text, [numbers[key] for key in sentence.keys]) == ()
    table = {number.key: number.value for number in answer.by("hour").facts}
    assert {number.key: number.value for number in hours.numbers()} == table


@pytest.mark.parametrize(("days", "title"), [
    (1, "How long customers wait"), (30, "Waits last seconds in one channel and minutes in another"),
])  # fmt: skip
def test_channels_are_set_against_each_other_only_where_their_waits_differ_beyond_chance(
    days: int, title: str
):
    calls = [
        contact(f"C{channel}-{n}", 3600 * 9 + n, day=n % days, wait=wait + n % 7, channel=channel)
        for channel, wait in (("phone", 20), ("chat", 600))
        for n in range(60)
    ]
    answer = WaitingAnswer(measured(evidence(*calls)))
    assert answer.title == title
    assert ("Waits differ by channel." in str(answer)) is (days > 1)


@pytest.mark.parametrize("slow", [1, 4])
def test_no_hour_is_called_the_worst_where_hours_differ_by_chance_alone(slow: int):
    """Waits at random, those of the hour from 14:00 as long or four times as long, on thirty days."""
    rng = np.random.default_rng(11)
    calls = [
        contact(f"C{hour}-{n}", 3600 * hour + n, day=n % 30,
                wait=int(rng.exponential(30 * (slow if hour == 14 else 1))))
        for hour in (13, 14, 16)
        for n in range(120)
    ]  # fmt: skip
    hours = WaitingAnswer(measured(evidence(*calls))).hours()
    assert hours is not None
    if slow == 1:
        assert hours.title == "Waits by local hour: no hour differs from the others by more than chance"
        assert "no more than chance explains" in str(hours)
    else:
        assert hours.title == "The longest waits by phone: from 14:00"
        assert "minutes (from 14:00), which is more than chance explains" in str(hours)
    numbers = {number.key: number for number in hours.numbers()}
    (sentence,) = hours.summary()
    assert orphans(sentence.text, [numbers[key] for key in sentence.keys]) == ()


def test_of_a_single_day_nobody_can_tell_whether_an_hour_differs_by_chance():
    calls = [
        contact(f"C{hour}-{n}", 3600 * hour + n, wait=300 if hour == 14 else 20)
        for hour in (8, 14)
        for n in range(40)
    ]
    hours = WaitingAnswer(measured(evidence(*calls))).hours()
    assert hours is not None
    assert hours.title == "Waits by local hour"
    assert "of a single day nobody can tell whether that is chance" in str(hours)


def test_of_many_channels_the_hours_of_those_with_most_contacts_are_drawn():
    calls = [
        contact(f"C{name}-{n}", 3600 * (8 + n % 3), day=n, wait=30 + n, channel=name)
        for place, name in enumerate("abcdefgh")
        for n in range(6 + place)
    ]
    hours = WaitingAnswer(measured(evidence(*calls))).hours()
    assert hours is not None
    figure = waits_by_hour(hours.result)
    assert [panel.get_title(loc="left") for panel in figure.axes] == list("hgfedc")
    assert "the table has all channels" in figure.get_supxlabel()


def test_waits_of_a_queue_have_names_of_their_own():
    """A queue may be called as a kind of matter is, and its waits are others."""
    contacts = [
        contact("C1", 10, wait=10, matter="billing", queue="billing"),
        contact("C2", 20, wait=30, matter="repair", queue="billing"),
        contact("C3", 30, wait=50, matter="repair", queue=None),
    ]
    answer = WaitingAnswer(measured(evidence(*contacts)))
    assert answer.dimensions == ("unit_id", "matter", "queue", "hour", "month")
    table = answer.by("queue")
    assert list(table.frame["queue_mean"]) == [20]
    keys = {number.key for name in answer.dimensions for number in answer.by(name).facts}
    assert {"mean:phone:billing", "queue_mean:phone:billing"} <= keys
    assert table.labels["queue_mean"] == "Mean wait"


def test_times_are_said_in_units_that_people_read():
    letters = [
        contact(f"C{place}", 0, day=place, wait=3600 * (place + 1), channel="email") for place in range(10)
    ]
    answer = WaitingAnswer(measured(evidence(*letters)))
    assert (
        "by email half waited no longer than 5.0 and nine in ten no longer than 9.0 hours (mean 5.5)"
        in str(answer)
    )
    assert answer.facts["median_wait:email"].unit == "hours"
    assert unfounded(answer) == []


def counted(offered: int, *, unit: str, day: int = 0, **more: Any) -> dict[str, Any]:
    row = span(48 * day, offered, None, None, None, unit_id=unit)
    return row | more


def test_the_mean_of_means_stands_beside_the_mean_of_all_contacts():
    counts = [
        counted(900, unit="A", answered=900, mean_wait=600.0, handle_seconds=180_000, abandoned_share=0.2),
        counted(100, unit="B", answered=100, mean_wait=60.0, handle_seconds=30_000, abandoned_share=0.0),
    ]
    answer = WaitingAnswer(measured(evidence(counts=counts)))
    means = {entry.measure: entry for entry in answer.result.counted}
    assert (means["wait"].pooled, means["wait"].plain) == (546.0, 330.0)
    assert (means["given_up"].pooled, means["given_up"].plain) == pytest.approx((0.18, 0.1))
    assert (means["handle"].pooled, means["handle"].plain) == (210.0, None)
    said = str(answer)
    assert "mean wait of all contacts is 9.1 minutes, each interval weighted by contacts answered" in said
    assert (
        "the plain mean of the intervals, in which a quiet one counts as much as a busy one, is 5.5 minutes"
        in said
    )
    assert "How patient customers are cannot be told without single contacts." in str(answer.patience())
    assert "which no interval says" not in said_limits(answer)
    assert "it cannot be told: how long those wait who wait longest" in said_limits(answer)
    assert unfounded(answer) == []


def test_counts_that_say_no_wait_say_once_what_cannot_be_told_and_what_to_ask_for():
    counts = [counted(900, unit="A", answered=900, handle_seconds=180_000)]
    answer = WaitingAnswer(measured(evidence(counts=counts)))
    (told,) = (sentence.text for sentence in answer.limits() if "counts by interval" in sentence.text.lower())
    assert "it cannot be told: the mean wait, which no interval says, how long those wait" in told
    assert told.endswith("one by one, or for the mean wait of each interval.")
    assert unfounded(answer) == []


def test_an_interval_in_which_nobody_was_answered_has_no_mean_wait():
    """Sources write 0.0 where there is none: three empty intervals change no mean."""
    counts = [
        counted(10, unit="A", answered=10, mean_wait=30.0),
        counted(10, unit="B", answered=10, mean_wait=60.0),
        *(counted(place, unit="B", day=place + 1, answered=0, mean_wait=0.0) for place in range(3)),
    ]
    (means,) = measured(evidence(counts=counts)).counted
    assert (means.intervals, means.contacts) == (2, 20)
    assert (means.pooled, means.plain) == (45.0, 45.0)


def test_a_mean_that_only_some_intervals_say_is_said_to_be_of_these():
    """A says a share given up, B counts alone, and C has no contact that could be given up."""
    counts = [
        counted(100, unit="A", abandoned_share=0.1, handle_seconds=6_000, answered=100),
        counted(300, unit="B", abandoned=90, handle_seconds=6_000, answered=100),
        counted(0, unit="C", answered=0, handle_seconds=0),
        counted(0, unit="D", answered=0),
    ]
    answer = WaitingAnswer(measured(evidence(counts=counts)))
    said = str(answer)
    assert (
        "Phone: by the 1 of 2 interval counts that says it the mean share given up of their contacts is 10.0%"
    ) in said
    assert "by 3 interval counts the mean handle time of all contacts is" in said
    assert unfounded(answer) == []


def test_means_that_agree_are_said_once():
    counts = [counted(10, unit=unit, answered=10, mean_wait=60.0) for unit in "AB"]
    assert "the plain mean of the intervals is the same" in str(
        WaitingAnswer(measured(evidence(counts=counts)))
    )


def test_counts_without_answered_weigh_by_what_was_offered():
    counts = [counted(30, unit="A", mean_wait=60.0), counted(10, unit="B", mean_wait=20.0)]
    (means,) = measured(evidence(counts=counts)).counted
    assert (means.weighted_by, means.pooled) == ("offered", 50.0)


def test_an_interval_exported_again_counts_as_it_was_exported_last():
    counts = [
        counted(10, unit="A", answered=10, mean_wait=60.0, exported_on=19_800),
        counted(10, unit="A", answered=10, mean_wait=90.0, exported_on=19_801),
        counted(10, unit="B", answered=10, mean_wait=30.0),
    ]
    (means,) = measured(evidence(counts=counts)).counted
    assert (means.intervals, means.pooled) == (2, 60.0)


def test_counts_beside_single_contacts_are_not_counted_twice():
    counts = [counted(10, unit=unit, answered=10, mean_wait=60.0) for unit in "AB"]
    day = counts[0]["starts_day"] - FIRST
    (means,) = measured(evidence(contact("C", 0, day=day, wait=5), counts=counts)).counted
    assert (means.intervals, means.contacts) == (1, 10)


@pytest.mark.parametrize("held", [evidence(), Evidence({"interactions": rows("interactions")}, ())])
def test_without_contacts_nothing_can_be_said_and_nothing_stops(held):
    answer = waited(engaged(held))
    assert str(answer.summary()[0]) == (
        "How long customers wait: not assessable. The evidence has neither single contacts nor interval "
        "counts. Ask for the contacts of the period, or for counts by interval."
    )
    assert answer.limits() == ()


def test_the_question_takes_what_the_run_declares():
    contacts = [contact(f"C{place}", 0, day=place % 40, wait=20 + place % 7) for place in range(60)]
    answer = waited(engaged(evidence(*contacts)))
    assert isinstance(answer, WaitingAnswer)
    (entry,) = answer.result.channels
    assert entry.wait is not None
    interval = entry.wait.mean.interval
    assert interval is not None
    assert interval.low < entry.wait.mean.seconds < interval.high
    assert interval.level == 0.95
    assert answer.tables == ("interactions",)
    assert answer.channels().frame.loc[0, "median_wait"] == entry.wait.median.seconds


def test_a_channel_of_one_day_of_one_unit_has_no_interval():
    entry = channel(evidence(contact("C1", 0, wait=5), contact("C2", 9, wait=7)))
    assert entry.wait is not None
    assert [estimate.interval for estimate in entry.wait.estimates.values()] == [None, None, None]


def test_medians_are_cut_to_whole_seconds_means_are_not_and_the_page_says_so():
    """Four contacts are handled for 244.1 seconds each."""
    exact = contact("C0", 0, wait=20, handle=244)
    tenths = [
        exact | {"interaction_id": f"C{at}", "ended_at": exact["ended_at"] + SECOND // 10} for at in range(4)
    ]
    entry = channel(evidence(*tenths))
    assert entry.handle is not None
    assert (entry.handle.median.seconds, entry.handle.mean.seconds) == (244, pytest.approx(244.1))
    answer = WaitingAnswer(measured(evidence(*tenths)))
    assert "told in whole seconds: what is left over is dropped" in said_limits(answer)
    assert unfounded(answer) == []
