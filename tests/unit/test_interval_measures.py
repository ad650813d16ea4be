"""Service levels from interval counts: alone, beside single contacts, never twice, at their own limit."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import Evidence, rows
from standards_tables import DAY, START, context, mapped

from auditlib.audit.standard import read_edition
from auditlib.records import EvidenceLevel, Measurement, Outcome
from auditlib.standards.judge import judge_one
from auditlib.standards.measure import collect

MEASURES = collect([importlib.import_module("auditlib.service_levels.measures")])
SECOND, FIRST = 1_000_000, START // DAY


def span(start: int, offered: int, answered: int | None, quick: int | None, lost: int | None,
         **more: Any) -> dict[str, Any]:  # fmt: skip
    """Return an interval of half an hour that starts so many half hours after the year."""
    at = START + start * 1800 * SECOND
    row = {
        "unit_id": "A", "channel": "phone", "queue": None, "starts_at": at, "starts_day": at // DAY,
        "starts_second": at % DAY // SECOND, "ended_at": None, "ended_day": None, "ended_second": None,
        "length": 1800, "offered": offered, "answered": answered, "answered_in_time": quick,
        "within_seconds": 20, "abandoned": lost, "in_period": True,
    }  # fmt: skip
    return row | more


def contact(start: int, wait: int | None, **more: Any) -> dict[str, Any]:
    """Return a contact offered a minute into a half hour, and answered so many seconds later."""
    at = START + start * 1800 * SECOND + 60 * SECOND
    answered = None if wait is None else at + wait * SECOND
    row = {
        "unit_id": "A", "channel": "phone", "offered_at": at, "offered_day": at // DAY,
        "offered_second": at % DAY // SECOND, "answered_at": answered, "answered_second": 0,
        "abandoned": wait is None, "in_period": True,
    }  # fmt: skip
    return row | more


def of_counts(*counts: dict[str, Any]) -> Evidence:
    return Evidence({"interval_counts": rows("interval_counts", *counts)}, ())


def found(metric: str, tables: dict[str, list[dict[str, Any]]], **options: Any) -> Measurement:
    run = context(sources=[mapped(table) for table in tables])
    held = Evidence({name: rows(name, *given) for name, given in tables.items()}, ())
    return MEASURES[metric].take(held, run, {"channel": "phone", **options})


def test_published_figures_of_one_service_by_three_definitions():
    """NHS 111 of December 2016 (england.nhs.uk): 86.0% of answered within 60 s is 78.7% of offered."""
    answered = 1_351_761
    row = span(0, 1_476_826, answered, round(0.86 * answered), 56_119, within_seconds=60)
    values = {
        over: found("answered_within", {"interval_counts": [row]}, seconds=60, over=over)
        for over in ("answered", "offered", "settled")
    }
    assert values["answered"].value == pytest.approx(0.860, abs=5e-4)
    assert values["offered"].value == pytest.approx(0.787, abs=5e-4)
    assert values["settled"].n == answered + 56_119
    lost = found("abandoned", {"interval_counts": [row]})
    assert (lost.value, lost.n) == (pytest.approx(0.038, abs=5e-4), 1_476_826)
    assert lost.level is EvidenceLevel.AGGREGATES
    assert lost.reason == "from 1 interval count alone, because the evidence has no interactions"


def test_one_example_by_its_published_formulae():
    """Call Centre Helper (206890): answered 1,000 of which 860 within 20 s, 60 given up."""
    row = span(0, 1060, 1000, 860, 60)
    shares = {"answered": 0.86, "settled": 0.8113, "offered": 0.8113}
    for over, share in shares.items():
        level = found("answered_within", {"interval_counts": [row]}, seconds=20, over=over)
        assert level.value == pytest.approx(share, abs=5e-5)
    wrong = found("answered_within", {"interval_counts": [row]}, seconds=20, over="all")
    assert wrong.value is None
    assert "must be one of offered, answered, settled" in wrong.reason


@pytest.mark.parametrize(
    ("limit", "bounds", "known"), [(19, (0.0, 0.8), 2), (20, None, 10), (21, (0.8, 0.9), 9)]
)
def test_counts_at_another_limit_say_between_which_values_the_share_lies(
    limit: int, bounds: tuple[float, float] | None, known: int
):
    """Eight of ten within 20 seconds, one later, one given up: within 21 seconds eight, or nine."""
    level = found("answered_within", {"interval_counts": [span(0, 10, 9, 8, 1)]}, seconds=limit)
    assert level.bounds == (pytest.approx(bounds) if bounds else None)
    assert (level.n, level.unknown) == (known, 10 - known)
    assert level.value == pytest.approx(sum(bounds) / 2 if bounds else 0.8)
    words = f"counted at a limit of 20 seconds and cannot be counted again at {limit}"
    assert (words in level.reason) == bool(bounds)


def test_what_holds_at_either_bound_is_demonstrated_by_counts_at_another_limit():
    criterion = read_edition("service-excellence@2026", root=Path(__file__).parents[2]).criterion("IM-01")
    rows = [span(start, 100, 99, 98, 1) for start in range(48)]
    later = found("answered_within", {"interval_counts": rows}, seconds=60)
    sooner = found("answered_within", {"interval_counts": rows}, seconds=10)
    assert judge_one(criterion, later).outcome is Outcome.MET
    assert judge_one(criterion, sooner).outcome is Outcome.NOT_DEMONSTRATED


def test_what_an_interval_does_not_say_is_unknown_for_all_its_contacts():
    rows = [span(0, 10, 9, 8, 1), span(1, 7, 7, None, None)]
    level = found("answered_within", {"interval_counts": rows}, seconds=20)
    assert (level.value, level.n, level.unknown) == (0.8, 10, 7)
    assert level.bounds == (pytest.approx(8 / 17), pytest.approx(15 / 17))
    assert "7 contacts of interval counts left open: not every interval says answered_in_time" in level.reason
    lost = found("abandoned", {"interval_counts": rows})
    assert (lost.successes, lost.n, lost.unknown) == (1, 17, 0), "who was answered did not give up"


def test_contacts_and_counts_of_one_day_are_counted_once_and_held_against_each_other():
    contacts = [contact(0, 10), contact(0, 30), contact(1, None), contact(5, 5)]
    rows = [span(0, 2, 2, 1, 0), span(1, 3, 2, 2, 1), span(48, 10, 9, 8, 1), span(0, 4, 4, 4, 0, unit_id="B")]
    level = found("answered_within", {"interactions": contacts, "interval_counts": rows}, seconds=20)
    assert (level.successes, level.n, level.unknown) == (2 + 8 + 4, 4 + 10 + 4, 0)
    assert level.level is EvidenceLevel.RESPONSES
    assert "2 intervals without single contacts taken from interval counts" in level.reason
    held = "2 intervals with both are counted from single contacts; 1 of them differ"
    assert f"{held}: 5 offered by the counts and 3 by the contacts" in level.reason
    assert [each.table for each in level.basis] == ["interactions", "interval_counts"]
    same = found("abandoned", {"interactions": contacts[:2], "interval_counts": rows[:1]})
    assert (same.successes, same.n) == (0, 2)
    assert (
        same.reason == "1 interval with both are counted from single contacts, and the counts agree with them"
    )


@pytest.mark.parametrize(("length", "used"), [(86_400, 1), (86_400 + 1, 0)])
def test_an_interval_of_days_stands_beside_a_contact_on_any_of_them(length: int, used: int):
    rows = [span(0, 9, 9, 9, 0, length=length)]
    level = found("abandoned", {"interactions": [contact(48, 5)], "interval_counts": rows})
    assert level.n == 1 + 9 * used


def test_a_contact_of_no_channel_may_be_one_of_those_counted():
    contacts = [contact(0, 5, channel=None), contact(96, 5)]
    share = found("abandoned", {"interactions": contacts, "interval_counts": [span(0, 9, 9, 9, 0)]})
    assert (share.n, share.unknown) == (1, 1)


def test_contacts_that_cannot_be_measured_leave_the_counts():
    vague = [contact(0, 5, answered_at=None, abandoned=None)]
    level = found("abandoned", {"interactions": vague, "interval_counts": [span(0, 9, 8, 8, 1)]})
    assert (level.successes, level.n) == (1, 9)
    assert "because no row of interactions says abandoned" in level.reason


@pytest.mark.parametrize(
    ("ended", "value", "words"),
    [
        ((9, 1), 0.1, ""),
        ((10, 1), 0.1, "in 1 interval more were answered or given up than offered"),
        ((18, 2), 0.15, "in 1 interval more were answered or given up than offered"),
        ((19, 2), None, "contradict themselves: 31 answered or given up against 20 offered"),
    ],
)
def test_who_waits_when_an_interval_ends_counts_in_the_next(ended: tuple[int, int], value: float, words: str):
    answered, lost = ended
    first = span(0, 10, 9, 8, 1)
    level = found("abandoned", {"interval_counts": [first, span(1, 10, answered, 8, lost)]})
    assert level.value == value
    assert words in level.reason
    assert bool(words) == ("than offered" in level.reason or "contradict" in level.reason)


@pytest.mark.parametrize(("quick", "lost"), [(11, None), (None, 11)])
def test_no_part_is_more_than_all_that_were_offered(quick: int | None, lost: int | None):
    rows = [span(0, 10, None, quick, lost)]
    asked: dict[str, Any] = {"seconds": 20} if quick else {}
    level = found("answered_within" if quick else "abandoned", {"interval_counts": rows}, **asked)
    assert level.value is None
    assert "11 answered or given up against 10 offered" in level.reason


def test_a_channel_without_counts_says_so():
    level = found("abandoned", {"interval_counts": [span(0, 9, 9, 9, 0, channel="chat")]})
    assert level.value is None
    assert level.reason == "the evidence has no interactions, and no interval counts of phone"


def test_waits_of_single_contacts_cannot_be_told_from_counts():
    level = found("wait_quantile", {"interval_counts": [span(0, 9, 9, 9, 0)]}, share=0.9)
    assert level.value is None
    assert "this cannot be answered from counts" in level.reason


CONTACTS = st.lists(
    st.tuples(st.integers(0, 6 * 48 - 1), st.one_of(st.none(), st.integers(0, 60))), min_size=1, max_size=30
)


@given(contacts=CONTACTS, days=st.sets(st.integers(0, 5)))
@settings(max_examples=12, deadline=None)
def test_counts_made_from_the_contacts_give_what_the_contacts_give(contacts, days):
    """Whichever days the log of single contacts lacks, the share is that of all contacts."""
    single = [contact(start, wait) for start, wait in contacts if start // 48 not in days]
    starts = {start for start, _ in contacts}
    rows = []
    for start in starts:
        waits = [wait for place, wait in contacts if place == start]
        taken = [wait for wait in waits if wait is not None]
        rows.append(span(start, len(waits), len(taken), sum(w <= 20 for w in taken), len(waits) - len(taken)))
    tables = {"interval_counts": rows, **({"interactions": single} if single else {})}
    level = found("answered_within", tables, seconds=20)
    assert (level.successes, level.n) == (
        sum(wait is not None and wait <= 20 for _, wait in contacts), len(contacts)
    )  # fmt: skip
    assert "differ" not in level.reason


def test_contacts_both_answered_and_given_up_are_unknown_to_either_criterion():
    """Nine answered in time, and one that the log calls answered and given up: which it was is not known."""
    contacts = [*(contact(0, 5) for _ in range(9)), contact(0, 5, abandoned=True)]
    level = found("answered_within", {"interactions": contacts}, seconds=20)
    lost = found("abandoned", {"interactions": contacts})
    assert (level.value, level.n, level.unknown) == (1.0, 9, 1)
    assert (lost.value, lost.n, lost.unknown) == (0.0, 9, 1)


def test_contacts_both_answered_and_given_up_have_no_wait_and_no_mark():
    """Nine waited 5 seconds and are marked; of one that also gave up neither wait nor mark is believed."""
    sound = [contact(0, 5, resolved_first=True, offered_second=0) for _ in range(9)]
    doubtful = contact(0, 90, abandoned=True, resolved_first=False, offered_second=0)
    tables = {"interactions": [*sound, doubtful]}
    wait = found("wait_quantile", tables, share=0.95)
    assert (wait.value, wait.n) == (5, 9)
    assert "1 contact said to be both answered and given up left out" in wait.reason
    run = context(sources=[mapped("interactions")])
    held = Evidence({"interactions": rows("interactions", *tables["interactions"])}, ())
    mark = MEASURES["resolved_first"].take(held, run, {})
    assert (mark.value, mark.n, mark.unknown) == (1.0, 9, 1)
    assert mark.basis[0].rows == 10


def test_contacts_of_a_queue_that_went_nowhere_may_have_become_anything():
    """Of 100 a half hour 90 are answered, 6 given up and 4 go nowhere: 400 in all, more than 100 can wait."""
    lost = [span(start, 100, 90, 80, 6, queue="Moves", flowed_out=0) for start in range(100)]
    sound = [span(start, 100, 94, 80, 6, queue="Sales", flowed_out=0) for start in range(100)]
    share = found("abandoned", {"interval_counts": [*lost, *sound]})
    assert share.bounds == (pytest.approx(1200 / 20_000), pytest.approx(1600 / 20_000))
    assert (share.n, share.unknown) == (19_600, 400)
    assert "400 contacts of Moves of A went nowhere, and may have become anything" in share.reason
    few = found("abandoned", {"interval_counts": lost[:25]})
    assert few.bounds is None, "as many as came in the busiest interval may still wait"


def test_counts_that_do_not_say_who_was_answered_lost_nobody_for_it():
    counted = [span(start, 100, None, None, 6) for start in range(100)]
    share = found("abandoned", {"interval_counts": counted})
    assert (share.successes, share.n, share.unknown) == (600, 10_000, 0)
    assert "went nowhere" not in share.reason


def test_what_a_channel_hands_on_is_worked_out_once_however_many_criteria_ask(monkeypatch):
    """Both criteria on the phone rest on the same intervals; another channel, or evidence, is its own."""
    module = importlib.import_module("auditlib.service_levels.counts")
    worked, carried = [], module.carried
    monkeypatch.setattr(module, "carried", lambda rows, **more: worked.append(rows) or carried(rows, **more))
    held = of_counts(span(0, 10, 9, 8, 1), span(1, 10, 9, 8, 1, channel="chat"))
    first = [module.counts(held, "phone", single=False, why="asked") for _ in range(3)]
    assert len(worked) == 1
    assert len({(entry.words, entry.intervals) for entry in first if entry}) == 1
    module.counts(held, "chat", single=False, why="asked")
    module.counts(of_counts(span(0, 10, 9, 8, 1)), "phone", single=False, why="asked")
    assert len(worked) == 3
