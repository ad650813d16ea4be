"""Intervals whose last row is in quarantine: unknown to every share, replaced by no earlier export, told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from small_company import Evidence, rows, source
from standards_tables import context, mapped
from test_interval_measures import MEASURES, span
from test_service_levels_asked import unfounded

from auditlib.improvement.monthly import MonthWindow
from auditlib.records import Grade, Measurement
from auditlib.service_levels.channels import waits_by_clock
from auditlib.service_levels.definitions import ClockStart
from auditlib.service_levels.doubted import latest_intervals
from auditlib.service_levels.published.answer import PublishedAnswer
from auditlib.service_levels.published.quarantined_counts import quarantined_counts
from auditlib.service_levels.published.restated import restated_counts
from auditlib.service_levels.published.result import PublishedAgainstEvidence

TABLE = "interval_counts"
MORE_IN_TIME = {"reason": "contradiction", "rule": "more were answered in time than answered"}
DIFFERS = {"reason": "conflicting", "rule": "the id '007' has different contents, first on line 3"}


def aside(*rows_given: dict[str, Any]) -> pa.Table:
    why = [{name: row.pop(name) for name in ("reason", "rule")} for row in map(dict, rows_given)]
    given = [{k: v for k, v in row.items() if k not in ("reason", "rule")} for row in rows_given]
    table = rows(TABLE, *given)
    for name in ("reason", "rule"):
        table = table.append_column(name, pa.array([each[name] for each in why], pa.string()))
    return table


def evidence(kept: list[dict[str, Any]], lost: list[dict[str, Any]]) -> Evidence:
    placed = [{"source_file": "counts.csv", "source_line": line, **row} for line, row in enumerate(lost, 90)]
    totals = (source(TABLE, len(kept) + len(lost), len(lost), reasons={"contradiction": len(lost)}),)
    return Evidence({TABLE: rows(TABLE, *kept), "quarantined_intervals": aside(*placed)}, totals)


def measured(held: Evidence, metric: str = "answered_within", **options: Any) -> Measurement:
    if metric == "answered_within":
        options = {"seconds": 20, **options}
    return MEASURES[metric].take(held, context(sources=[mapped(TABLE)]), {"channel": "phone", **options})


def answer(held: Evidence) -> PublishedAnswer:
    result = PublishedAgainstEvidence(exports=restated_counts(held), doubted=quarantined_counts(held))
    return PublishedAnswer(result)


SOUND = [span(place, 100, 90, 70, 10) for place in range(9)]
GARBLED = span(9, 100, 60, 70, 10, **MORE_IN_TIME)


@pytest.mark.parametrize("metric", ["answered_within", "abandoned"])
def test_contacts_of_an_interval_in_quarantine_are_unknown_and_not_none(metric):
    alone, beside = (measured(evidence(SOUND, lost), metric) for lost in ([], [GARBLED]))
    assert (alone.unknown, beside.unknown) == (0, 100)
    assert beside.value == alone.value


@pytest.mark.parametrize("queue", ["12", "Skill 12", "Hotline"])
def test_a_queue_whose_name_holds_a_number_is_named_and_stops_nothing(queue):
    """A number in a sentence that no key has stops a run; a queue may be called by one."""
    sound, garbled = [{**row, "queue": queue} for row in SOUND], {**GARBLED, "queue": queue}
    given = answer(evidence(sound, [garbled]))
    assert f"(A {queue}: 1 of 10)" in str(given)
    assert unfounded(given) == []


def test_every_definition_counts_them_as_unknown():
    waits = waits_by_clock(evidence(SOUND, [GARBLED]), "phone")[0][ClockStart.OFFERED]
    assert sum(row[0] for part in waits.parts for row in part.select("contacts").collect().rows()) == 1000


def test_an_earlier_export_does_not_hold_where_the_last_is_in_quarantine():
    """Ten intervals exported on day 1; on day 2 the last of them again, garbled: it alone is unknown."""
    first = [{**row, "exported_on": 1} for row in (*SOUND, span(9, 100, 90, 70, 10))]
    garbled = {**GARBLED, "exported_on": 2, "offered": 120}
    held = evidence(first, [garbled])
    taken = measured(held)
    assert (taken.n, taken.unknown) == (900, 120)
    assert len(latest_intervals(held).collect()) == 10
    assert [(queue.intervals, queue.of) for queue in quarantined_counts(held)[0].queues] == [(1, 10)]
    assert measured(evidence(first, [])).n == 1000


def test_an_earlier_row_in_quarantine_takes_nothing_from_a_later_export():
    later = [{**row, "exported_on": 2} for row in (*SOUND, span(9, 100, 90, 70, 10))]
    taken = measured(evidence(later, [{**GARBLED, "exported_on": 1}]))
    assert (taken.n, taken.unknown) == (1000, 0)


def test_where_the_last_row_does_not_say_how_many_came_the_export_before_does():
    first = [{**row, "exported_on": 1} for row in (*SOUND, span(9, 80, 70, 60, 10))]
    garbled = {**GARBLED, "exported_on": 2, "offered": None}
    assert measured(evidence(first, [garbled])).unknown == 80


def test_an_interval_of_which_nobody_says_how_many_came_is_counted_and_told():
    held = evidence(SOUND, [{**GARBLED, "offered": None}])
    assert measured(held).unknown == 0
    (doubted,) = quarantined_counts(held)
    assert (doubted.intervals, doubted.of, doubted.contacts, doubted.unsaid) == (1, 10, 0, 1)
    said = answer(held)
    assert "nobody says how many contacts came" in str(said)
    assert unfounded(said) == []


def test_rows_that_say_different_things_of_an_interval_count_once_with_the_most():
    lost = [{**GARBLED, "offered": offered, **DIFFERS} for offered in (70, 90)]
    held = evidence(SOUND, lost)
    assert measured(held).unknown == 90
    assert [(each.intervals, each.contacts) for each in quarantined_counts(held)] == [(1, 90)]


def test_a_row_whose_time_is_in_doubt_counts_only_where_an_earlier_export_counts_it():
    cut = {**GARBLED, "reason": "time", "rule": "the interval was cut short", "exported_on": 2, "offered": 30}
    alone = evidence([{**row, "exported_on": 1} for row in SOUND], [cut])
    assert measured(alone).unknown == 0
    assert quarantined_counts(alone) == ()
    first = [{**row, "exported_on": 1} for row in (*SOUND, span(9, 100, 90, 70, 10))]
    assert measured(evidence(first, [cut])).unknown == 100


def test_the_finding_names_queue_days_rule_and_contacts():
    """One of ten intervals of queue A, two of ten of queue B, on two days."""
    kept = [{**row, "queue": queue} for queue in "AB" for row in SOUND[:8]]
    kept.append({**SOUND[8], "queue": "A"})
    lost = [{**GARBLED, "queue": "A"}, {**GARBLED, "queue": "B"},
            {**span(48 + 9, 50, 30, 40, 0, **MORE_IN_TIME), "queue": "B"}]  # fmt: skip
    said = answer(evidence(kept, lost))
    text = str(said)
    assert (
        "3 of 20 intervals of phone counts cannot be used (A B: 2 of 10; A A: 1 of 10), from 2025-01-01 to "
        in text
    )
    assert (
        "all the same way, more were answered in time than answered. 250 contacts offered in them are "
        in text
    )
    assert unfounded(said) == []
    (finding,) = said.findings()
    assert finding.grade is Grade.MINOR
    assert finding.headline == "3 of 20 counts by interval cannot be used: phone"
    assert [case.id for case in finding.cases] == ["counts.csv:90", "counts.csv:91", "counts.csv:92"]
    assert finding.cases_in_all == 3


def test_several_ways_are_told_each_with_its_number():
    other = {"reason": "scale", "rule": "a share lies between 0 and 1 (0% and 100%)"}
    lost = [GARBLED, span(10, 10, 9, 8, 1, **other), span(11, 10, 9, 8, 1, **other)]
    said = answer(evidence(SOUND, lost))
    assert (
        "a share lies between 0 and 1 (0% and 100%), in 2; more were answered in time than answered, in 1"
        in str(said)
    )
    assert unfounded(said) == []


def test_a_past_that_is_restated_and_garbled_is_told():
    """Two intervals again in a second export, both contradicting themselves; one says otherwise."""
    first = [{**row, "exported_on": 1} for row in SOUND]
    same = {**SOUND[7], "exported_on": 2, **MORE_IN_TIME}
    otherwise = {**SOUND[8], "exported_on": 2, "answered_in_time": 95, **MORE_IN_TIME}
    said = answer(evidence(first, [same, otherwise]))
    assert "Of 2 of them an earlier export counts the contacts; of 1 the last says otherwise" in str(said)
    assert unfounded(said) == []
    (finding,) = said.findings()
    assert finding.grade is Grade.MAJOR


def test_counts_without_a_row_in_quarantine_have_no_such_finding():
    held = replace(evidence(SOUND, []), totals=())
    assert quarantined_counts(held) == ()
    assert measured(held).n == 900


def test_a_month_of_the_evidence_has_the_intervals_in_quarantine_of_that_month_alone():
    later = span(40 * 48, 50, 30, 40, 0, **MORE_IN_TIME)
    held = evidence([*SOUND, span(40 * 48 + 1, 100, 90, 70, 10)], [GARBLED, later])
    assert [measured(MonthWindow(held, month)).unknown for month in (202501, 202502)] == [100, 50]
