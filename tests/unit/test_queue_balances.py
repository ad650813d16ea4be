"""Queues whose contacts do not add up: more came than ended, or more ended than came, beyond who can wait."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import Evidence, engaged, rows, source
from test_interval_measures import span

from auditlib.audit.numerals import orphans
from auditlib.parameters.run import Thresholds
from auditlib.records import Grade, Reliability
from auditlib.reliability import ReliabilityAnswer, caveat, reliability
from auditlib.reliability.queue_balances import UnbalancedQueues, unbalanced_queues
from auditlib.service_levels.carried import carried
from auditlib.service_levels.completed import completed

TABLE, AT_MOST = "interval_counts", Thresholds(quarantine_share=0.05)


def evidence(*counts: dict[str, Any], without: tuple[str, ...] = ()) -> Evidence:
    placed = [{"source_file": "counts.csv", "source_line": line, **row} for line, row in enumerate(counts, 2)]
    table = rows(TABLE, *placed)
    return Evidence({TABLE: table.drop_columns(list(without))}, (source(TABLE, len(placed)),))


def judged(*counts: dict[str, Any], **more: Any) -> ReliabilityAnswer:
    return reliability(engaged(evidence(*counts, **more), thresholds=AT_MOST), TABLE)


def unbalanced(*counts: dict[str, Any], **more: Any) -> list[UnbalancedQueues]:
    return list(unbalanced_queues(evidence(*counts, **more), TABLE))


def lines(queues: UnbalancedQueues) -> list[int]:
    return [interval.line for interval in queues.intervals]


PASSED = {"flowed_out": 1}


@pytest.mark.parametrize(("ended", "contradicts"), [(50, False), (51, True)])
def test_a_queue_ends_no_more_than_came_and_its_busiest_interval(ended, contradicts):
    counts = [span(0, 10, 10, 10, 0), span(1, 20, ended - 10, 5, 0)]
    assert [(queues.nowhere, queues.contacts) for queues in unbalanced(*counts)] == (
        [(False, 21)] if contradicts else []
    )


@pytest.mark.parametrize(("gap", "contradicts"), [(20, False), (21, True)])
def test_no_more_can_go_nowhere_than_wait_at_once(gap, contradicts):
    """Of 20 in the busiest interval all may still wait at the end; one more cannot."""
    counts = [span(place, 20, 18, 18, 1, **PASSED) for place in range(4)]
    counts += [span(4 + place, 1, 0, 0, 0, flowed_out=0) for place in range(gap)]
    found = unbalanced(*counts)
    assert [(queues.nowhere, queues.contacts, queues.at_once) for queues in found] == (
        [(True, 21, 20)] if contradicts else []
    )


def planted(many: int) -> list[dict[str, Any]]:
    """Return 100 half hours of 20 contacts, in so many of which 40 more came and went nowhere."""
    sound = [span(place, 20, 17, 15, 2, **PASSED) for place in range(100)]
    return [row | ({"offered": 60} if place < many else {}) for place, row in enumerate(sound)]


def test_where_many_go_nowhere_the_table_is_not_reliable_with_the_intervals_that_prove_it():
    """200 of 2,200 contacts in five intervals of 100, beyond the 60 of the busiest one."""
    answered = judged(*planted(5))
    (table,) = answered.result.tables
    assert table.answer is Reliability.NOT_SUFFICIENT
    said = table.grounds[0]
    assert "Went nowhere: 200 of 2,200 contacts offered (9.1%)" in said
    assert "neither answered, given up nor passed on, more than the 60" in said
    assert "5 intervals lie apart, the furthest by 40 in line 2 of counts.csv" in said
    assert "Not counted is how many wait when an interval ends: ask for it." in said
    numbers = answered.numbers()
    assert set(orphans(said, numbers)) <= {"5.0"}, "beside the declared limit"
    (finding,) = answered.findings()
    assert [case.id for case in finding.cases] == [f"counts.csv:{line}" for line in range(2, 7)]
    assert finding.cases_in_all == 5
    assert "Map them to waiting" in finding.recommendation


def test_where_few_go_nowhere_it_is_said_and_does_not_decide():
    """80 of 2,080 contacts are 3.8% and more than can wait at once."""
    answered = judged(*planted(2))
    (table,) = answered.result.tables
    assert table.answer is not Reliability.NOT_SUFFICIENT
    said = caveat(answered.result, tables=[TABLE])
    assert "Went nowhere: 80 of 2,080 contacts" in said.text
    numbers = {number.key: number for number in answered.numbers()}
    assert list(orphans(said.text, [numbers[key] for key in said.keys])) == []
    assert any("Went nowhere: 80 of 2,080 contacts offered (3.8%)" in ground for ground in table.grounds)


def queues_of(many: int, *, name: str = "A") -> list[dict[str, Any]]:
    """Return a queue of which 40 contacts went nowhere in each of so many intervals, and a sound one."""
    sound = [span(place, 60, 57, 55, 2, **PASSED) for place in range(300)]
    return [
        *(row | {"queue": name} for row in planted(many)),
        *(row | {"queue": "B", "answered": 57} for row in sound),
    ]


@pytest.mark.parametrize(("name", "limit", "found"), [("A", 0.05, 1), ("Skill 12", 0.05, 1), ("A", 0.06, 0)])
def test_a_queue_in_which_many_went_nowhere_is_a_finding_of_its_own(name, limit, found):
    """120 of 2,120 contacts are 5.7% of their queue, and 0.6% of the 20,120 of the table."""
    counts = queues_of(3, name=name)
    answered = reliability(engaged(evidence(*counts), thresholds=Thresholds(quarantine_share=limit)), TABLE)
    (table,) = answered.result.tables
    assert table.answer is not Reliability.NOT_SUFFICIENT
    assert any(f"120 of 2,120 in {name} of A by phone (5.7%)" in ground for ground in table.grounds)
    findings = [entry for entry in answered.findings() if entry.subject == "interval_counts:nowhere"]
    assert len(findings) == found
    for finding in findings:
        assert finding.grade is Grade.MINOR
        assert finding.headline == f"Contacts went nowhere: {name} of A by phone"
        assert finding.shortfall == pytest.approx(120 / 2120)
        assert "120 of 2,120" in finding.condition
        assert [case.id for case in finding.cases] == [f"counts.csv:{line}" for line in (2, 3, 4)]
        numbers = {number.key: number for number in answered.numbers()}
        stated = [numbers[key] for key in finding.evidence]
        for text in (finding.condition, finding.headline):
            assert list(orphans(text, stated)) == []


def test_a_table_that_is_not_reliable_tells_its_queues_once():
    answered = judged(*planted(5))
    assert [finding.subject for finding in answered.findings()] == [TABLE]
    assert "200 of 2,200 in A by phone (9.1%)" in answered.findings()[0].condition


def test_service_levels_know_the_same_queues():
    """What shares leave open is what is told here, also where an interval leaves unsaid who was passed on."""
    counts = [*queues_of(3), *(row | {"queue": "C", "flowed_out": None} for row in planted(3))]
    held = evidence(*counts)
    queues = [queue.queue for gaps in unbalanced_queues(held, TABLE) for queue in gaps.queues]
    assert queues == ["A"]
    over = carried(completed(held.lazy(TABLE)), passed_on=True)
    assert over.astray == (("A", "A"),)
    assert "120 contacts of A of A went nowhere" in over.words


def test_the_notebook_of_service_levels_says_the_same_in_its_caveat():
    answered = judged(*planted(5))
    (table,) = answered.result.tables
    assert table.grounds[0] in caveat(answered.result, tables=[TABLE]).text


def test_the_furthest_interval_comes_first():
    counts = planted(5)
    counts[60] = counts[60] | {"offered": 90}
    (queues,) = unbalanced(*counts)
    assert (lines(queues)[0], queues.most, queues.at_once) == (62, 70, 90)


def test_where_nobody_counts_who_is_passed_on_that_is_asked_for_too():
    answered = judged(*planted(10), without=("flowed_out", "waiting"))
    (finding,) = answered.findings()
    assert (
        "Not counted is how many wait when an interval ends, and how many are passed on" in finding.condition
    )
    assert "Map them to waiting and flowed_out" in finding.recommendation


@pytest.mark.parametrize("unsaid", ["answered", "abandoned", "flowed_out"])
def test_what_an_interval_leaves_unsaid_went_not_nowhere(unsaid):
    assert unbalanced(*(row | {unsaid: None, "answered_in_time": None} for row in planted(20))) == []


def test_answered_in_time_and_late_say_who_was_answered():
    counts = [row | {"answered": None, "answered_late": 2} for row in planted(5)]
    assert [queues.contacts for queues in unbalanced(*counts)] == [200]


def test_who_is_counted_as_waiting_went_not_nowhere():
    assert unbalanced(*(row | {"waiting": 40} for row in planted(20))) == []


def test_each_queue_is_held_against_itself():
    """One queue ends 200 more than came, the other 200 fewer: together they would add up."""
    more = [row | {"queue": "A"} for row in planted(5)]
    fewer = [row | {"queue": "B", "answered": 19} for row in planted(0)]
    assert [
        (queues.nowhere, [queue.queue for queue in queues.queues], queues.contacts)
        for queues in unbalanced(*more, *fewer)
    ] == [(True, ["A"], 200), (False, ["B"], 200)]


def test_columns_that_are_swapped_are_proved_by_the_intervals_that_end_more_than_came():
    """Answered and offered swapped: every interval of the queue is in doubt, ten prove it."""
    counts = [span(place, 10, 10, 10, 0) for place in range(100)]
    counts = [row | ({"answered": 20} if place >= 90 else {}) for place, row in enumerate(counts)]
    answered = judged(*counts)
    (finding,) = answered.findings()
    assert [case.id for case in finding.cases] == [f"counts.csv:{line}" for line in range(92, 102)]
    assert (
        "Not so in 1 queue: answered, given up or passed on were 1,100 of 1,000 contacts offered, apart by "
        "100 of 1,000 in A by phone (10.0%); 10 intervals lie apart" in finding.condition
    )
    assert "ask what each column counts" in finding.recommendation.lower()


def test_only_the_latest_export_of_an_interval_counts():
    earlier = [row | {"exported_on": 1} for row in planted(20)]
    assert unbalanced(*earlier, *(row | {"exported_on": 2} for row in planted(0))) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=1, max_size=30))
def test_a_queue_that_hands_on_whom_it_does_not_end_always_adds_up(drawn):
    """Whoever does not end in an interval ends in the next; at most the last still waits."""
    waiting, counts = 0, []
    for place, (offered, lost, passed) in enumerate(drawn):
        least = min(lost, waiting)
        gone = min(passed, waiting - least)
        counts.append(span(place, offered, waiting - least - gone, 0, least, flowed_out=gone))
        waiting = offered
    assert unbalanced(*counts) == []


def test_another_table_has_no_queues():
    assert unbalanced_queues(evidence(*planted(0)), "responses") == ()
