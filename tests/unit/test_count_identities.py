"""Interval counts that cannot be what their columns are called, with the intervals that prove it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import Evidence, engaged, rows, source
from test_interval_measures import span

from auditlib.audit.numerals import orphans
from auditlib.parameters.run import Thresholds
from auditlib.records import Reliability
from auditlib.reliability import reliability
from auditlib.reliability.count_identities import broken_identities


def lined(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"source_file": "counts.csv", "source_line": line, **row} for line, row in enumerate(given, 2)]


def evidence(*given: dict[str, Any]) -> Evidence:
    table = rows("interval_counts", *lined(*given))
    return Evidence({"interval_counts": table}, (source("interval_counts", len(given)),))


def broken(*given: dict[str, Any]) -> dict[str, tuple[int, int, list[int]]]:
    return {
        entry.name: (entry.broken, entry.tested, [interval.line for interval in entry.intervals])
        for entry in broken_identities(evidence(*given), "interval_counts")
    }


FULL = {"flowed_out": 3, "waiting": 0, "answered_late": 20, "abandoned_in_time": 4, "abandoned_short": 2,
        "short_seconds": 5, "handle_seconds": 9000, "abandoned_share": 0.07}  # fmt: skip
AT_MOST = Thresholds(quarantine_share=0.05)
SOUND = [span(start, 100, 90, 70, 7, **FULL) for start in range(4)]


def test_sound_counts_break_nothing():
    assert broken(*SOUND) == {}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"flowed_out": 4}, "sum"),
        ({"answered_late": 21}, "late"),
        ({"answered_late": 91, "answered_in_time": None}, "late_within"),
        ({"abandoned_short": 8, "abandoned_in_time": 8, "abandoned": None, "abandoned_share": None}, ""),
        ({"abandoned_short": 8, "short_seconds": 30}, "short_within"),
        ({"abandoned_in_time": 8}, "early_within"),
        ({"abandoned_short": 5}, "short_in_time"),
        ({"abandoned_share": 0.10}, "share"),
        ({"abandoned_share": 0.08}, ""),
    ],
)
def test_each_identity_is_broken_by_the_one_interval_that_contradicts_it(change, name):
    """The second interval is changed; the first of a queue has none before it to hand anything on."""
    given_rows = [SOUND[0], SOUND[1] | change, *SOUND[2:]]
    named = broken(*given_rows)
    assert {key: lines for key, (_, _, lines) in named.items()} == ({name: [3]} if name else {})


def test_who_waits_when_an_interval_ends_counts_in_the_next():
    """Of 100 offered 10 wait at the end; the next interval answers them beside its own."""
    carrying = [
        span(0, 100, 90, 90, 0, flowed_out=0, waiting=10), span(1, 100, 110, 100, 0, flowed_out=0, waiting=0),
        span(2, 50, 50, 50, 0, flowed_out=0, waiting=0),
    ]  # fmt: skip
    assert broken(*carrying) == {}
    assert broken(carrying[0], carrying[1] | {"waiting": 1}, carrying[2])["sum"] == (2, 2, [3, 4])


def test_an_interval_without_its_neighbour_is_not_held_against_it():
    apart = [
        span(0, 100, 90, 90, 0, flowed_out=0, waiting=10),
        span(2, 100, 90, 90, 0, flowed_out=0, waiting=9),
    ]
    assert broken(*apart) == {}
    assert broken(apart[0], apart[1] | {"queue": "B", "starts_at": apart[0]["starts_at"]}) == {}


@pytest.mark.parametrize(
    ("answered", "handled", "contradicts"),
    [((5, 0, 0), (500, 90, 0), False), ((5, 0, 0), (500, 90, 1), True), ((0, 0, 5), (0, 1, 500), True)],
)
def test_what_nobody_answered_nobody_handled(answered, handled, contradicts):
    counts = [
        span(place, 10, many, many, 10 - many, handle_seconds=seconds)
        for place, (many, seconds) in enumerate(zip(answered, handled, strict=True))
    ]
    assert ("handled" in broken(*counts)) == contradicts


def test_columns_that_are_swapped_make_the_table_unreliable_with_the_intervals_that_prove_it():
    """In one of 20 intervals, at the limit, and then in two, those in time stand under those late."""
    sound = [span(2 * place, 100, 90, 70, 10, answered_late=20) for place in range(20)]
    for wrong, answer in ((1, Reliability.SUFFICIENT), (2, Reliability.NOT_SUFFICIENT)):
        given_rows = [
            {**row, "answered_late": 70} if place < wrong else row for place, row in enumerate(sound)
        ]
        judged = reliability(engaged(evidence(*given_rows), thresholds=AT_MOST), "interval_counts")
        (table,) = judged.result.tables
        worst = (
            Reliability.NOT_SUFFICIENT if answer is Reliability.NOT_SUFFICIENT else Reliability.UNDETERMINED
        )
        assert table.answer is worst
        said = " ".join(table.grounds)
        assert "first in line 2 of counts.csv" in said
        numbers = {number.key: number for number in judged.numbers()}
        assert set(orphans(said, numbers.values())) <= {"5.0"}, "beside the declared limit"
    (finding,) = judged.findings()
    assert [case.id for case in finding.cases] == ["counts.csv:2", "counts.csv:3"]
    assert finding.cases_in_all == 2
    assert "columns are not what they are called" in finding.condition


def test_an_export_of_another_day_is_held_against_itself_alone():
    earlier = [{**row, "exported_on": 1} for row in SOUND]
    later = [{**row, "exported_on": 2} for row in SOUND]
    assert broken(*earlier, *later) == {}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 4), min_size=2, max_size=8), st.integers(0, 3))
def test_the_sum_of_an_interval_is_what_it_says_by_hand(drawn, off):
    """Contacts offered, given up, passed on and waiting; whoever else there is was answered."""
    waiting, counts, wrong = 0, [], []
    for place, (offered, lost, passed, left) in enumerate(drawn):
        answered = offered + waiting - lost - passed - left
        error = off if place == 1 else 0
        counts.append(span(place, offered, answered + error, 0, lost, flowed_out=passed, waiting=left))
        waiting = left
        wrong += [place + 2] if place and error else []
    assert broken(*counts).get("sum", (0, 0, []))[2] == wrong


def test_another_table_has_no_such_identities():
    assert broken_identities(evidence(*SOUND), "responses") == ()
