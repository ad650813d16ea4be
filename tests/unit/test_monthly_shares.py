"""Shares by month: plain arithmetic, months that differ and months that do not, and the figure of both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from small_company import Evidence, engaged, rows
from test_interval_measures import span
from test_outlying import CRITERIA, EDITION, evidence
from test_waiting import AS_OF, unfounded
from waiting_contacts import contact

from auditlib.figures.waiting_over_time import monthly_shares as drawn
from auditlib.service_levels import monthly_shares
from auditlib.service_levels.waiting.monthly_shares import SharesByMonth, SharesByMonthAnswer, estimate
from auditlib.service_levels.waiting.timed import timed
from auditlib.standards.profile import Demands


def calls(slow_from: int = 1 << 20, *, seed: int = 3, days: int = 90) -> list[dict[str, Any]]:
    """Return calls of three months; from a day on, few are answered in time."""
    rng = np.random.default_rng(seed)
    return [
        contact(
            f"C{day}-{number}", 9 * 3600 + number, day=day,
            wait=int(rng.exponential(200 if day >= slow_from else 25)), unit_id=f"U{number % 2}",
        )
        if rng.random() > 0.1
        else contact(f"C{day}-{number}", 9 * 3600 + number, day=day, left=20, gave_up=True)
        for day in range(days)
        for number in range(20)
    ]  # fmt: skip


def measured(held: Evidence, criteria: Any = CRITERIA) -> SharesByMonthAnswer:
    contacts = timed(held, as_of=AS_OF)
    return SharesByMonthAnswer(estimate(held, contacts, criteria, level=0.95))


def test_shares_of_months_are_those_of_plain_arithmetic():
    made = calls()
    answer = measured(evidence(made))
    in_time, given_up = answer.result.series
    assert [entry.month for entry in in_time.months] == [202401, 202402, 202403]
    january = [row for row in made if row["offered_day"] < 19_723 + 31]
    quick = sum(
        row["answered_at"] is not None and row["answered_at"] - row["offered_at"] <= 45_000_000
        for row in january
    )
    assert (in_time.months[0].share, in_time.months[0].contacts) == (quick / len(january), len(january))
    assert given_up.months[0].share == sum(row["abandoned"] for row in january) / len(january)
    assert in_time.months[0].interval.low < in_time.months[0].share < in_time.months[0].interval.high
    assert answer.facts["monthly_share:answered_within:phone:2024-01"].value == in_time.months[0].share
    assert unfounded(answer) == []


def test_a_month_that_differs_is_the_message_and_months_alike_are_said_to_be():
    answer = measured(evidence(calls(slow_from=60)))
    assert answer.title.startswith("Fewest contacts answered in time by phone in 2024-03")
    said = str(answer)
    assert "Contacts answered in time by phone (within 45 seconds): from" in said
    assert "in 2024-03 to" in said
    assert "which is more than chance explains." in said
    assert "Contacts given up by phone: from" in said
    alike = measured(evidence(calls()))
    assert alike.title == "No month differs from the others by more than chance"
    assert "no more than chance explains" in str(alike)


def test_who_misses_the_limit_whether_answered_or_given_up_is_a_miss_and_not_left_out():
    """Of ten, six are in time; two said to be both waited 45 seconds and may be, two waited longer."""
    waits = [*[10] * 6, 45, 45, 46, 300]
    made = [
        contact(f"C{number}", 9 * 3600 + number, wait=wait, gave_up=number > 5, day=number % 2)
        for number, wait in enumerate(waits)
    ]
    answer = measured(evidence(made))
    in_time = answer.result.series[0]
    assert [(entry.share, entry.contacts) for entry in in_time.months] == [(6 / 8, 8)]
    assert in_time.unknown == 2
    assert "of 2 contacts it is not known" in str(answer)
    assert unfounded(answer) == []


def test_months_that_do_not_differ_are_called_so_in_most_worlds():
    called = [measured(evidence(calls(seed=seed, days=60))).result.series[0].moves for seed in range(12)]
    assert sum(called) <= 1


def test_interval_counts_say_the_same_as_far_as_they_say_it():
    counts = [span(48 * day, 20, 18, 15, 2, within_seconds=45) for day in range(60)]
    held = Evidence({"interval_counts": rows("interval_counts", *counts)}, ())
    answer = measured(held)
    in_time, given_up = answer.result.series
    assert {entry.share for entry in in_time.months} == {0.75}
    assert {entry.share for entry in given_up.months} == {0.1}


def test_without_contacts_of_a_channel_that_is_asked_about_nothing_is_said():
    none = monthly_shares(engaged(Evidence({}, ())), demands=Demands(EDITION))
    assert "Shares of contacts by month: not assessable." in none.summary()[0].text
    letters = [replaced | {"channel": "post"} for replaced in calls(days=3)]
    other = monthly_shares(engaged(evidence(letters)), demands=Demands(EDITION))
    assert "No contact of a channel that the standard asks about" in other.summary()[0].text


def test_each_share_has_a_panel_and_what_is_held_back_is_in_none():
    answer = measured(evidence(calls(slow_from=60)))
    figure = drawn(answer.result)
    assert isinstance(figure, Figure)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["phone: answered in time", "phone: given up"]
    part, lost = answer.result.without(lambda key, n=None: key.endswith("phone:2024-02"))
    assert isinstance(part, SharesByMonth)
    assert lost == 2
    assert [entry.month for entry in part.series[0].months] == [202401, 202403]
    assert answer.result.without(lambda key, n=None: True) == (None, 6)


def test_the_table_has_a_row_for_each_share_and_month():
    table = measured(evidence(calls())).months()
    assert list(table.frame["month"][:3]) == ["2024-01", "2024-02", "2024-03"]
    assert len(table.frame) == 6


@pytest.mark.parametrize("channel", ["chat"])
def test_a_channel_that_the_evidence_does_not_have_has_no_series(channel: str):
    asked = [replace(CRITERIA[0], options={"channel": channel, "seconds": 45}), CRITERIA[1]]
    answer = measured(evidence(calls(days=40)), asked)
    assert [part.share.key for part in answer.result.series] == ["abandoned:phone"]


def test_of_single_counts_a_month_nobody_can_tell_what_is_chance():
    """Ten units count once a month, by rounded shares given up: 10%, 10% and 30% of ten thousand each."""
    told = {"answered": None, "answered_in_time": None, "within_seconds": None}
    counts = [
        span(48 * 31 * month, 1000, None, None, None, unit_id=f"U{unit}", abandoned_share=share) | told
        for month, share in enumerate((0.1, 0.1, 0.3))
        for unit in range(10)
    ]
    answer = measured(Evidence({"interval_counts": rows("interval_counts", *counts)}, ()))
    (given_up,) = answer.result.series
    assert [round(entry.share, 2) for entry in given_up.months] == [0.1, 0.1, 0.3]
    assert not given_up.chance_known
    assert not given_up.moves
    assert "with a single count a month of each unit nobody can tell" in str(answer)
    assert answer.title == "Shares by month"
    assert unfounded(answer) == []
