"""What each measure counts, on rows few enough to count by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from standards_tables import AS_OF, DAY, START, SmallTables, context, mapped, small_tables

from auditlib.audit.standard import measures, read_edition
from auditlib.compensation.definition import audited
from auditlib.compensation.effect import links_judged
from auditlib.compensation.fair_pay import fair_pay
from auditlib.compensation.panel import panel
from auditlib.escalation.assessability import silent_in_matrix
from auditlib.records import EvidenceLevel, Measurement, Outcome, SourceTotals
from auditlib.standards.judge import judge_one
from auditlib.standards.measure import Measure, Taken, nothing
from auditlib.standards.planned import PLANNED
from auditlib.standards.supplied import lacking

ROOT = Path(__file__).parents[2]
MEASURES = measures()


def found(metric: str, tables: SmallTables, **options: Any) -> Measurement:
    return MEASURES[metric].take(tables, context(), options)


def invitation(
    number: int, day: float, customer: str | None = "C1", kind: str = "transactional"
) -> dict[str, Any]:
    return {
        "invitation_id": f"I{number}",
        "survey_type": kind,
        "customer_id": customer,
        "sent_at": START + round(day * DAY),
        "in_period": day >= 0,
    }


def complaint(number: int, day: float = 0, **more: Any) -> dict[str, Any]:
    row = {
        "complaint_id": f"X{number}",
        "received_at": START + round(day * DAY),
        "customer_id": "C1",
        "cause_code": "late",
        "severity": "normal",
        "in_period": day >= 0,
    }
    return row | more


def events(number: int, *states: tuple[str, float]) -> list[dict[str, Any]]:
    return [
        {
            "event_id": f"X{number}-{index}",
            "complaint_id": f"X{number}",
            "state": state,
            "occurred_at": START + round(day * DAY),
        }
        for index, (state, day) in enumerate(states)
    ]


def test_a_planned_metric_is_not_measured_and_a_measured_one_not_planned() -> None:
    assert not set(PLANNED) & set(MEASURES)


@pytest.mark.parametrize("entry", MEASURES.values(), ids=list(MEASURES))
def test_every_measure_says_what_it_means_and_what_is_missing(entry: Measure) -> None:
    assert entry.means.endswith(".")
    options = {
        name: {str: "transactional", int: 5, float: 0.9}[kind]
        for name, (kind, required) in entry.options().items()
        if required
    }
    empty = entry.take(small_tables(), context(), options)
    assert empty.value is None
    assert empty.n == 0
    assert "evidence has" in empty.reason
    assert empty.metric == entry.metric


def test_the_definition_hash_moves_with_the_options_alone() -> None:
    entry = MEASURES["response_rate"]
    assert entry.definition_hash({"survey_type": "a"}) == entry.definition_hash({"survey_type": "a"})
    assert entry.definition_hash({"survey_type": "a"}) != entry.definition_hash({"survey_type": "b"})


def test_survey_types_count_only_what_came_in_the_period() -> None:
    rows = [
        {"survey_type": "transactional", "in_period": True},
        {"survey_type": "transactional", "in_period": True},
        {"survey_type": "relationship", "in_period": False},
        {"survey_type": "misspelt", "in_period": True},
    ]
    used = found("survey_types_in_use", small_tables(responses=rows), minimum_responses=1)
    assert (used.value, used.n) == (1, 2)


@pytest.mark.parametrize(("answers", "used"), [(1, 0), (29, 0), (30, 1), (31, 1)])
def test_a_survey_that_hardly_anybody_answered_is_not_in_use(answers: int, used: int) -> None:
    rows = [{"survey_type": "relationship", "in_period": True}] * answers
    assert found("survey_types_in_use", small_tables(responses=rows)).value == used


def test_a_published_survey_is_in_use_by_the_lowest_numbers_of_its_units() -> None:
    row = {"survey_type": "transactional", "unit_id": "A", "n_low": 15.0}
    used = found("survey_types_in_use", small_tables(aggregates=[row, row, row | {"unit_id": "B"}]))
    assert (used.value, used.level, used.bounds) == (1, EvidenceLevel.AGGREGATES, None)
    silent = found("survey_types_in_use", small_tables(aggregates=[row | {"n_low": None}]))
    assert (silent.value, silent.bounds) == (0, (0, 1))


def test_response_rate_follows_the_invitation_not_the_response() -> None:
    tables = small_tables(
        invitations=[
            invitation(1, 1),
            invitation(2, 2),
            invitation(3, -5),
            invitation(4, 3, kind="relationship"),
        ],
        responses=[
            answer("I1"),
            answer("I1"),
            answer("I3"),
        ],
    )
    rate = found("response_rate", tables, survey_type="transactional")
    assert (rate.successes, rate.n) == (1, 2)


def answer(invitation_id: str | None, score: float | None = 5.0) -> dict[str, Any]:
    fields = {"invitation_id": invitation_id, "survey_type": "transactional", "in_period": True}
    return fields | {"q_overall": score}


def test_responses_without_invitation_may_answer_any() -> None:
    asked = [invitation(number, 1) for number in range(20)]
    linked = [answer(f"I{number}") for number in range(5)]
    tables = small_tables(invitations=asked, responses=[*linked, *[answer(None)] * 5])
    rate = found("response_rate", tables, survey_type="transactional")
    assert (rate.successes, rate.n, rate.unknown) == (5, 20, 0)
    assert rate.interval is not None
    # Wilson limits of 5 of 20 below, of 10 of 20 above
    assert rate.interval.low == pytest.approx(0.1119, abs=5e-5)
    assert rate.interval.high == pytest.approx(0.7007, abs=5e-5)
    assert "no invitation is named by 5 responses" in rate.reason


def test_rows_of_a_survey_without_a_mapped_question_show_no_answer() -> None:
    tables = small_tables(invitations=[invitation(1, 1)], responses=[answer("I1", None)])
    rate = found("response_rate", tables, survey_type="transactional")
    assert rate.value is None
    assert "no response says an answer" in rate.reason


def test_units_measured_just_below_on_and_just_above_the_smallest_number() -> None:
    rows = [
        {"unit_id": unit, "survey_type": "transactional", "q_overall": 4.0, "in_period": True}
        for unit, n in (("A", 2), ("B", 3), ("C", 4))
        for _ in range(n)
    ]
    units = [{"unit_id": unit} for unit in ("A", "B", "C", "D")]
    measured = found("units_measured", small_tables(units=units, responses=rows), minimum_responses=3)
    assert (measured.value, measured.n, measured.interval) == (0.5, 4, None)


def test_invited_again_exactly_at_the_limit_is_no_breach() -> None:
    apart = [
        invitation(1, -10),
        invitation(2, 79.999),  # 89.999 days after the one before the period
        invitation(3, 169.999),  # exactly 90 days later
        invitation(4, 5, customer="C2"),
        invitation(5, 5, customer=None),
    ]
    again = found("invited_again", small_tables(invitations=apart), within_days=90)
    assert (again.successes, again.n) == (1, 3)


def test_accounts_contradict_themselves_only_where_chance_does_not_explain_it() -> None:
    answers = {
        ("A", "transactional"): [5] * 20,
        ("A", "relationship"): [1] * 20,
        ("B", "transactional"): [5] * 20,
        ("B", "relationship"): [5] * 18 + [1] * 2,
        ("C", "transactional"): [5] * 4,
        ("C", "relationship"): [1] * 20,
        ("D", "transactional"): [5] * 5,
        ("D", "relationship"): [5] * 5,
    }
    rows = [
        {"account_id": account, "survey_type": kind, "q_overall": float(score), "in_period": True}
        for (account, kind), scores in answers.items()
        for score in scores
    ]
    rows.append({"account_id": None, "survey_type": "transactional", "q_overall": 1.0, "in_period": True})
    agree = found("survey_types_agree", small_tables(responses=rows), minimum_responses=5)
    assert (agree.successes, agree.n) == (2, 3)


def test_months_without_responses_are_months_of_the_period() -> None:
    rows = [
        {"survey_type": "transactional", "in_period": True, "submitted_day": 20_089 + day} for day in (0, 40)
    ]
    missed = found("months_without_responses", small_tables(responses=rows), survey_type="transactional")
    assert missed.value == 1


def test_reward_gap_compares_satisfied_with_dissatisfied() -> None:
    answers = [
        {"response_id": f"R{index}", "survey_type": "transactional", "in_period": True, "q_overall": score}
        for index, score in enumerate([5.0] * 10 + [4.0] * 10 + [3.0] * 10 + [None])
    ]
    rewards = [{"response_id": f"R{index}"} for index in (*range(20), 20, 21)]
    gap = found("reward_gap", small_tables(responses=answers, rewards=rewards), below=4)
    assert gap.value == pytest.approx(0.8)
    assert gap.n == 30
    assert gap.interval is not None
    assert 0 < gap.interval.low < 0.8 < gap.interval.high <= 1
    even = found("reward_gap", small_tables(responses=answers, rewards=rewards[:0] + answers), below=4)
    assert even.value == 0
    assert even.interval is not None
    assert even.interval.low == 0


@pytest.mark.parametrize(
    ("states", "on_time"),
    [
        ([("in_progress", 1), ("resolved", 9.999)], True),
        ([("in_progress", 1), ("resolved", 10)], True),
        ([("in_progress", 1), ("resolved", 10.001)], False),
        ([("waiting_customer", 2), ("in_progress", 20), ("resolved", 28)], True),
        ([("waiting_customer", 2), ("in_progress", 20), ("resolved", 28.1)], False),
        ([("resolved", 4), ("reopened", 30), ("resolved", 36)], True),
        ([("resolved", 4), ("reopened", 30), ("resolved", 36.1)], False),
        ([("resolved", 4), ("closed", 9), ("reopened", 30), ("resolved", 36)], True),
        ([("in_progress", 3), ("closed", 5)], False),
        ([("in_progress", 1)], False),
        ([], False),
    ],
)
def test_a_complaints_clock(states: list[tuple[str, float]], on_time: bool) -> None:
    rows = [*events(1, *states), *events(2, ("resolved", 1))]
    tables = small_tables(complaints=[complaint(1)], complaint_events=rows)
    resolved = found("complaints_resolved", tables, within_days=10)
    assert (resolved.successes, resolved.n) == (int(on_time), 1)


def test_a_complaint_with_an_event_in_quarantine_is_not_called_late() -> None:
    """The first was resolved in time; of the others nothing shows it, and of one an event cannot be used."""
    rows = [*events(1, ("resolved", 1)), *events(2, ("in_progress", 1)), *events(3, ("in_progress", 1))]
    tables = small_tables(complaints=[complaint(number) for number in (1, 2, 3)], complaint_events=rows)
    lost = replace(tables, quarantined={("complaint_events", "complaint_id"): {"X1": "time", "X2": "time"}})
    for given, met, unknown in ((tables, (1, 3), 0), (lost, (1, 2), 1)):
        resolved = found("complaints_resolved", given, within_days=10)
        assert ((resolved.successes, resolved.n), resolved.unknown) == (met, unknown)
        overdue = found("complaints_overdue", given, within_days=10)
        assert (overdue.successes, overdue.n, overdue.unknown) == (2 - unknown, 2 - unknown, unknown)
    assert "or by an event in quarantine: 1" in resolved.reason


def test_an_open_complaint_within_its_limit_is_pending() -> None:
    tables = small_tables(
        complaints=[
            complaint(1, 80),
            complaint(2, 79.999),
            complaint(3, 1),
            complaint(4, 1, severity="critical"),
        ],
        complaint_events=[
            *events(1, ("in_progress", 81)),
            *events(2, ("in_progress", 81)),
            *events(3, ("resolved", 2)),
            *events(4, ("resolved", 20)),
        ],
    )
    assert (AS_OF - START) / DAY == 90
    resolved = found("complaints_resolved", tables, within_days=10)
    assert (resolved.successes, resolved.n) == (1, 3)
    assert "still within their limit: 1 open" in resolved.reason
    overdue = found("complaints_overdue", tables, within_days=10)
    assert (overdue.successes, overdue.n) == (1, 2)
    grave = found("complaints_resolved", tables, within_days=10, severity="critical")
    assert (grave.successes, grave.n) == (0, 1)


@pytest.mark.parametrize(
    ("many", "outcome"), [(19, Outcome.NOT_DEMONSTRATED), (20, Outcome.MET), (21, Outcome.MET)]
)
def test_where_every_complaint_is_resolved_none_is_overdue(many: int, outcome: Outcome) -> None:
    numbers = range(1, many + 1)
    log = [event for number in numbers for event in events(number, ("resolved", 20))]
    tables = small_tables(complaints=[complaint(number) for number in numbers], complaint_events=log)
    overdue = found("complaints_overdue", tables, within_days=10)
    assert (overdue.value, overdue.n, overdue.interval) == (0.0, many, None)
    assert f"none of {many} complaints of the period is open" in overdue.reason
    edition = read_edition("service-excellence@2026", root=ROOT)
    assert judge_one(edition.criterion("CO-08"), overdue).outcome is outcome


def test_without_a_complaint_nothing_is_said_of_open_ones() -> None:
    before = [complaint(1) | {"in_period": False}]
    tables = small_tables(complaints=before, complaint_events=events(1, ("resolved", 2)))
    overdue = found("complaints_overdue", tables, within_days=10)
    assert (overdue.value, overdue.reason) == (None, "there is no complaint in the period")


def test_reopened_counts_complaints_resolved_at_least_once() -> None:
    tables = small_tables(
        complaints=[complaint(1), complaint(2), complaint(3)],
        complaint_events=[
            *events(1, ("resolved", 1), ("reopened", 2), ("resolved", 3)),
            *events(2, ("resolved", 1)),
            *events(3, ("in_progress", 1)),
        ],
    )
    reopened = found("complaints_reopened", tables)
    assert (reopened.successes, reopened.n) == (1, 2)


def test_repeated_needs_customer_cause_and_time() -> None:
    rows = [
        complaint(1, 0),
        complaint(2, 30),
        complaint(3, 60.001),
        complaint(4, 5, customer_id="C2"),
        complaint(5, 6, cause_code="price"),
        complaint(6, 7, cause_code=None),
    ]
    repeated = found("complaints_repeated", small_tables(complaints=rows), within_days=30)
    assert (repeated.successes, repeated.n, repeated.unknown) == (1, 5, 1)
    assert "of 6 rows, 1 left open who complained of what" in repeated.reason
    coded = found("complaints_coded", small_tables(complaints=rows))
    assert (coded.successes, coded.n) == (5, 6)


def test_fixes_need_owner_and_type() -> None:
    rows = [
        {"owner_id": "P1", "action_type": "policy"},
        {"owner_id": None, "action_type": "policy"},
        {"owner_id": "P1", "action_type": None},
    ]
    owned = found("fixes_owned", small_tables(fixes=rows))
    assert owned.value == pytest.approx(1 / 3)


def test_recurrence_compares_windows_of_equal_length_around_each_fix() -> None:
    fixed = 20_089 + 40
    fixes = [{"cause_code": "late", "unit_id": None, "implemented_on": fixed}]
    days = [-31, -30, -10, -1, 0, 1, 30, 31]
    rows = [
        {"cause_code": "late", "unit_id": "A", "received_day": fixed + day, "in_period": True} for day in days
    ]
    rows.append({"cause_code": "price", "unit_id": "A", "received_day": fixed + 1, "in_period": True})
    ratio = found("recurrence_ratio", small_tables(fixes=fixes, complaints=rows), window_days=30)
    assert ratio.value == pytest.approx(2 / 3)
    assert ratio.n == 5
    assert ratio.interval is not None
    # 2 of 5 come after, exact limits .0527 and .8534 (Clopper and Pearson), as odds
    assert ratio.interval.low == pytest.approx(0.0527 / 0.9473, abs=2e-4)
    assert ratio.interval.high == pytest.approx(0.8534 / 0.1466, abs=5e-3)
    elsewhere = [fixes[0] | {"unit_id": "B"}]
    other = found("recurrence_ratio", small_tables(fixes=elsewhere, complaints=rows), window_days=30)
    assert other.value is None
    assert "nothing to compare" in other.reason


def test_rows_of_one_cause_day_and_kind_are_one_fix_made_in_several_units() -> None:
    fixed = 20_089 + 40
    row = {"cause_code": "queue", "implemented_on": fixed, "action_type": "procedure", "owner_id": "P1"}
    fixes = [row | {"unit_id": unit} for unit in "ABCDE"]
    counts = {"A": (6, 2), "B": (1, 0), "C": (10, 3), "D": (10, 2), "E": (0, 0), "F": (200, 205)}
    rows = [
        {"cause_code": "queue", "unit_id": unit, "received_day": fixed + side, "in_period": True}
        for unit, (before, after) in counts.items()
        for side, n in ((-1, before), (1, after))
        for _ in range(n)
    ]
    ratio = found("recurrence_ratio", small_tables(fixes=fixes, complaints=rows), window_days=30)
    assert (ratio.value, ratio.n) == (pytest.approx(7 / 27), 34)
    assert ratio.interval is not None
    assert ratio.interval.high < 1
    for apart in ({"action_type": "training"}, {"implemented_on": fixed + 1}, {"cause_code": "price"}):
        cut = [*fixes[:-3], *(fix | apart for fix in fixes[-3:])]
        other = found("recurrence_ratio", small_tables(fixes=cut, complaints=rows), window_days=30)
        assert other.n < 34, "another day, kind or cause is another fix"


def test_recurrence_is_that_of_the_weakest_fix() -> None:
    fixed = 20_089 + 40
    fixes = [
        {"cause_code": cause, "unit_id": None, "implemented_on": fixed}
        for cause in ("late", "price", "error")
    ]
    counts = {"late": (10, 1), "price": (10, 9), "error": (30, 20)}
    rows = [
        {"cause_code": cause, "unit_id": "A", "received_day": fixed + side, "in_period": True}
        for cause, (before, after) in counts.items()
        for side, n in ((-1, before), (1, after))
        for _ in range(n)
    ]
    ratio = found("recurrence_ratio", small_tables(fixes=fixes, complaints=rows), window_days=30)
    assert ratio.value == pytest.approx(0.9)
    assert "price" in ratio.reason


def test_recurrence_cuts_the_window_to_what_the_period_shows() -> None:
    fixes = [{"cause_code": "late", "unit_id": "A", "implemented_on": 20_089 + 80}]
    days = [20_089 + 80 + apart for apart in (-10, -9, 9, 10)]
    rows = [{"cause_code": "late", "unit_id": "A", "received_day": day, "in_period": True} for day in days]
    ratio = found("recurrence_ratio", small_tables(fixes=fixes, complaints=rows), window_days=30)
    assert (ratio.value, ratio.n) == (1.0, 2)


def contact(
    wait: float | None, *, channel: str = "phone", in_period: bool = True, **more: Any
) -> dict[str, Any]:
    row = {
        "unit_id": "A",
        "channel": channel,
        "offered_at": START,
        "offered_day": START // (86_400 * 1_000_000),
        "offered_second": 0,
        "ended_at": None,
        "answered_at": None if wait is None else START + round(wait * 1_000_000),
        "abandoned": wait is None,
        "resolved_first": None,
        "in_period": in_period,
    }
    return row | more


def test_answered_within_counts_the_abandoned_among_the_offered() -> None:
    rows = [contact(59.999), contact(60), contact(60.001), contact(None), contact(1, in_period=False)]
    rows.append(contact(1, channel="chat"))
    quick = found("answered_within", small_tables(interactions=rows), channel="phone", seconds=60)
    assert (quick.successes, quick.n) == (2, 4)
    gone = found("abandoned", small_tables(interactions=rows), channel="phone")
    assert (gone.successes, gone.n) == (1, 4)
    assert found("channels_in_use", small_tables(interactions=rows), minimum_contacts=1).value == 2
    assert found("channels_in_use", small_tables(interactions=rows), minimum_contacts=2).value == 1


@pytest.mark.parametrize(("gone", "said"), [("true", True), ("True", True), ("false", False), ("", False)])
def test_a_source_of_contacts_given_up_needs_no_answer(gone: str, said: bool) -> None:
    words = {"abandoned": gone} if gone else {}
    given_up = constant("interactions", **words)
    del given_up["columns"]["answered"]
    tables = small_tables(interactions=[contact(10), contact(None)])
    run = context(sources=[mapped("interactions"), given_up])
    reason = lacking(("interactions", "interactions.answered"), tables, run.run, {})
    assert (reason == "") is said
    assert said or "not every source of interactions says answered" in reason


def test_resolved_first_leaves_out_what_is_not_marked() -> None:
    rows = [contact(1, resolved_first=mark) for mark in (True, True, False, None)]
    solved = found("resolved_first", small_tables(interactions=[*rows, contact(None)]))
    assert (solved.successes, solved.n, solved.unknown) == (2, 3, 1)


def test_the_wait_quantile_is_the_smallest_wait_not_exceeded_by_the_share() -> None:
    rows = [contact(wait) for wait in range(1, 101)] + [contact(None)]
    wait = found("wait_quantile", small_tables(interactions=rows), channel="phone", share=0.9)
    assert wait.value == 90
    assert wait.n == 100
    assert wait.interval is not None
    assert (wait.interval.low, wait.interval.high) == (85, 96)


def link(role: str = "staff", *, start: int = 0, end: int | None = None, **more: Any) -> dict[str, Any]:
    row = {
        "role": role,
        "unit_id": "A",
        "metric": "transactional:q_overall:mean",
        "weight": 0.2,
        "starts_on": 20_089 + start,
        "ends_on": None if end is None else float(20_089 + end),
    }
    return row | more


@pytest.mark.parametrize(("start", "end", "runs"), [(90, None, 1), (91, None, 0), (0, 90, 1), (0, 89, 0)])
def test_a_pay_link_runs_from_its_first_to_its_last_day(start: int, end: int | None, runs: int) -> None:
    tables = small_tables(pay_links=[link(start=start, end=end)])
    assert found("pay_linked_roles", tables).value == runs


def test_pay_links_for_both_roles_on_audited_metrics() -> None:
    own = "transactional:q_overall:mean:n>=30"
    rows = [link(metric=own), link("manager", weight=0.35, metric="transactional:q_speed:mean")]
    tables = small_tables(pay_links=rows)
    assert found("pay_linked_roles", tables).value == 2
    assert found("pay_metric_audited", tables).value == 0.5
    assert "'transactional:q_speed:mean'" in found("pay_metric_audited", tables).reason
    assert found("pay_weight_largest", tables).value == 0.35


@pytest.mark.parametrize(("least", "share"), [("", 1.0), (":n>=29", 0.0), (":n>=30", 1.0), (":n>=31", 0.0)])
def test_fewest_answers_make_another_metric_only_where_they_are_stated(least: str, share: float) -> None:
    """The suite's audit measures from 30 answers; what a register does not state is judged by the counts."""
    tables = small_tables(pay_links=[link(metric=f"transactional:q_overall:mean{least}")])
    assert found("pay_metric_audited", tables).value == share


@pytest.mark.parametrize(("minimum", "share"), [(24, 1.0), (25, 0.5), (31, 0.0)])
def test_a_bonus_rests_on_the_answers_of_its_pay_period(minimum: int, share: float) -> None:
    cells = [
        (unit, month, "transactional", "q_overall", 5.0, n)
        for unit, each in (("A", 8), ("B", 10))
        for month, n in ((202501, each), (202502, each), (202503, each))
    ]
    answers = [{"unit_id": "A", "survey_type": "transactional", "in_period": True}]
    tables = small_tables(cells, pay_links=[link(unit_id="A"), link(unit_id="B")], responses=answers)
    assert found("pay_link_responses", tables, minimum_responses=minimum).value == share


def test_satisfaction_from_cells_and_from_aggregates() -> None:
    cells = [
        ("A", 202501, "transactional", "q_overall", 5.0, 30),
        ("B", 202501, "transactional", "q_overall", 4.0, 15),
        ("B", 202502, "transactional", "q_overall", 1.0, 5),
        ("B", 202502, "relationship", "q_overall", 1.0, 50),
    ]
    tables = small_tables(cells, responses=[{"survey_type": "transactional"}])
    top = found("satisfaction_top_box", tables, survey_type="transactional")
    assert (top.successes, top.n) == (45, 50)
    assert top.interval is not None
    assert top.interval.low == pytest.approx(0.7864, abs=5e-5)
    assert top.interval.high == pytest.approx(0.9565, abs=5e-5)
    mean = found("satisfaction_mean", tables, survey_type="transactional")
    assert mean.value == pytest.approx(4.3)
    row = {"survey_type": "transactional", "item": "q_overall", "box": "top", "period_start": 19723}
    published = [
        row | {"value": 0.8, "n_low": 100.0},
        row | {"value": 0.6, "n_low": 300.0},
        row | {"value": 0.1, "n_low": None},
        row | {"value": 0.9, "n_low": 300.0, "period_start": 19722},  # an earlier period
    ]
    aggregate = found("satisfaction_top_box", small_tables(aggregates=published), survey_type="transactional")
    assert aggregate.value == pytest.approx(0.65)
    assert aggregate.level is EvidenceLevel.AGGREGATES
    assert (
        found("satisfaction_mean", small_tables(aggregates=published), survey_type="transactional").value
        is None
    )


@pytest.mark.parametrize(
    ("low", "high", "judged"), [(1, 5, True), (0, 10, False), (1, 10, False), (0, 5, False), (1, 7, False)]
)
def test_a_target_in_points_is_not_held_against_another_scale(low: int, high: int, judged: bool) -> None:
    """A mean of 4.4 is good of 1 to 5, and poor of 0 to 10: a company of such answers met its target."""
    item = {"q_overall": {"wording": "All in all?", "scale": {"low": low, "high": high}, "headline": True}}
    tables = small_tables(
        [
            ("A", 202501, "transactional", "q_overall", 4.0, 50),
            ("A", 202502, "transactional", "q_overall", 5.0, 50),
        ],
        responses=[{"survey_type": "transactional"}],
    )
    asked = context(instruments={"transactional": {"items": item}})
    measured = MEASURES["satisfaction_mean"].take(tables, asked, {"survey_type": "transactional"})
    assert (measured.value is not None) is judged
    if not judged:
        assert measured.reason == (
            f'the target is in points of a scale of 1 to 5, and "All in all?" is answered on {low} to {high}'
        )


def entry_of_matrix(person: str | None, *, first: int, last: int | None) -> dict[str, Any]:
    start, delegate = START // DAY, "p9"
    end = None if last is None else start + last
    return {"person_id": person, "delegate_id": delegate, "valid_from": start + first, "valid_to": end}


@pytest.mark.parametrize(
    ("first", "last", "counted"), [(89, 90, True), (90, 90, True), (91, None, False), (80, 89, False)]
)
def test_an_entry_of_the_matrix_counts_from_its_first_to_its_last_day(
    first: int, last: int | None, counted: bool
) -> None:
    always = entry_of_matrix("p1", first=0, last=None)
    other = entry_of_matrix(None, first=first, last=last)
    measured = found("responsibilities_filled", small_tables(responsibilities=[always, other]))
    assert (measured.successes, measured.n) == (1, 2 if counted else 1)


def test_a_delegate_beside_a_vacant_role_fills_it_no_more_than_at_a_contact() -> None:
    filled = entry_of_matrix("p1", first=0, last=None)
    vacant = entry_of_matrix(None, first=0, last=None)
    measured = found("responsibilities_filled", small_tables(responsibilities=[filled, filled, vacant]))
    assert (measured.successes, measured.n) == (2, 3)


@pytest.mark.parametrize(
    ("severities", "reason"),
    [
        ([None, None], "no complaint of the period names a severity"),
        (["P1", "critical"], "severities whose meaning is not declared: 'P1'"),
    ],
)
def test_grave_complaints_that_cannot_be_told_apart_are_not_judged(
    severities: list[str | None], reason: str
) -> None:
    rows = [complaint(number, severity=severity) for number, severity in enumerate(severities)]
    tables = small_tables(complaints=rows, complaint_events=events(0, ("resolved", 1)))
    grave = found("complaints_resolved", tables, within_days=5, severity="critical")
    assert grave.value is None
    assert reason in grave.reason
    assert found("complaints_resolved", tables, within_days=5).n == 2


@pytest.mark.parametrize(
    "state", ["new", "open", "acknowledged", "assigned", "in_progress", "contacted", "escalated"]
)
def test_a_complaint_that_passes_a_working_state_is_judged(state: str) -> None:
    log = events(1, (state, 1), ("resolved", 2))
    tables = small_tables(complaints=[complaint(1)], complaint_events=log)
    judged = found("complaints_resolved", tables, within_days=5)
    assert (judged.value, judged.n) == (1.0, 1)


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        (("open", "solved"), "states whose meaning is not declared: 'solved'"),
        (("closed",), "never when one was resolved"),
    ],
)
def test_a_log_in_other_words_or_of_closings_alone_says_nothing_of_clocks(
    states: tuple[str, ...], reason: str
) -> None:
    log = events(1, *[(state, day) for day, state in enumerate(states, start=1)])
    tables = small_tables(complaints=[complaint(1)], complaint_events=log)
    for metric in ("complaints_resolved", "complaints_overdue"):
        judged = found(metric, tables, within_days=10)
        assert judged.value is None
        assert reason in judged.reason
    assert found("complaints_reopened", tables).value is None


def constant(table: str, **words: str) -> dict[str, Any]:
    """Return a source that maps a table but for the columns it gives as constants."""
    source = mapped(table)
    columns = {name: cell for name, cell in source["columns"].items() if name not in words}
    return source | {"columns": columns, "constants": words}


@pytest.mark.parametrize(
    ("states", "said"),
    [(("received", "assigned"), False), (("received", "resolved"), True), (("received", ""), True)],
)
def test_a_log_whose_sources_can_only_say_other_states_knows_no_late_complaint(
    states: tuple[str, ...], said: bool
) -> None:
    """A list of complaints that dates no answer accuses nobody; a log that could say so does."""
    tables = small_tables(
        complaints=[complaint(1)], complaint_events=events(1, ("received", 0), ("assigned", 1))
    )
    log = [constant("complaint_events", **({"state": state} if state else {})) for state in states]
    run = context(sources=[mapped("complaints"), *log])
    for metric in ("complaints_resolved", "complaints_overdue"):
        judged = MEASURES[metric].take(tables, run, {"within_days": 10})
        assert (judged.value is not None) is said
        assert ("no source of the log can say that a complaint was resolved" in judged.reason) is not said


def test_a_word_the_run_file_declares_as_itself_is_known() -> None:
    tables = small_tables(
        complaints=[complaint(1)], complaint_events=events(1, ("parked", 1), ("resolved", 2))
    )
    source = mapped("complaint_events") | {"values": {"state": {"parked": "parked"}}}
    others = [mapped(name) for name in ("complaints",)]
    run = context(sources=[*others, source])
    judged = MEASURES["complaints_resolved"].take(tables, run, {"within_days": 10})
    assert (judged.successes, judged.n) == (1, 1)


def test_a_fix_without_complaints_before_it_is_left_out_and_named() -> None:
    fixes = [
        {"cause_code": cause, "unit_id": None, "implemented_on": 20_089 + 40} for cause in ("late", "rare")
    ]
    rows = [
        {"cause_code": "late", "unit_id": "A", "received_day": 20_089 + 40 + side, "in_period": True}
        for side in (-1, -2, 1)
    ]
    ratio = found("recurrence_ratio", small_tables(fixes=fixes, complaints=rows), window_days=30)
    assert ratio.value == 0.5
    assert "left out, without a complaint of their cause before them: rare" in ratio.reason


def aside(table: str, kept: int) -> SourceTotals:
    return SourceTotals(f"{table}.csv", table, "0" * 64, 1, 9, kept, 9 - kept, {})


@pytest.mark.parametrize(("kept", "judged"), [(0, False), (1, True)])
def test_a_register_wholly_in_quarantine_does_not_say_that_no_pay_is_linked(kept: int, judged: bool) -> None:
    tables = replace(small_tables(pay_links=[link(end=200)]), totals=(aside("pay_links", kept),))
    roles = found("pay_linked_roles", tables)
    assert (roles.value is not None) is judged
    assert ("every row of pay_links.csv" in roles.reason) is not judged


def test_a_survey_wholly_in_quarantine_leaves_the_other_one_judged() -> None:
    """The relationship survey is lost: how many types are in use is unknown, the other rate is not."""
    sources = [
        mapped("responses") | {"constants": {"survey_type": kind}, "file": f"{kind}.csv"}
        for kind in ("transactional", "relationship")
    ]
    for source in sources:
        source["columns"].pop("survey_type")
    run = context(sources=sources)
    rows = [answer(f"I{number}") for number in range(40)]
    tables = replace(
        small_tables(responses=rows, invitations=[invitation(number, 1) for number in range(40)]),
        totals=(aside("responses", 9), aside("responses", 0)),
    )
    used = MEASURES["survey_types_in_use"].take(tables, run, {"minimum_responses": 30})
    assert used.value is None
    assert "in quarantine" in used.reason
    rate = MEASURES["response_rate"].take(tables, run, {"survey_type": "transactional"})
    assert (rate.successes, rate.n) == (40, 40)


@pytest.mark.parametrize("minimum", [20, 25, 31])
def test_the_criteria_on_pay_say_what_the_exhibit_on_pay_says(minimum: int) -> None:
    """One company unlike the demo: a manager of two units, staff by unit, one link on another number."""
    cells = [
        (unit, month, "transactional", "q_overall", score, n)
        for unit, n in (("A", 4), ("B", 5), ("C", 12))
        for month in (202501, 202502, 202503)
        for score in (2.0, 5.0)
    ]
    own = "transactional:q_overall:mean:n>=30"
    links = [
        *(link("manager", unit_id=unit, person_id="M1", metric=own) for unit in ("A", "B")),
        *(link("staff", unit_id=unit, person_id=f"S{unit}", metric=own) for unit in ("A", "C")),
        link("staff", unit_id="B", person_id="SB", metric="transactional:q_overall:median"),
        link("staff", unit_id="C", person_id="SX", metric="old:q_x:mean", start=-90, end=-10),
    ]
    answers = [{"unit_id": "A", "survey_type": "transactional", "in_period": True}]
    tables = small_tables(cells, pay_links=links, responses=answers)
    run = context().run
    register = links_judged(tables.frame("pay_links"), run)
    shown = panel(tables.frame("cells"), survey_type="transactional", item="q_overall")
    fair = fair_pay(register, shown, audited(run), minimum=minimum)
    paid, short = fair.frame["paid"].sum(), fair.frame["short"].sum()
    rests = found("pay_link_responses", tables, minimum_responses=minimum)
    assert (rests.value, rests.n) == (pytest.approx(1 - short / paid), paid)
    same = found("pay_metric_audited", tables)
    assert (same.value, same.n) == (fair.frame["same"].sum() / fair.frame["links"].sum(), 5)
    assert same.value == 0.8


def test_all_that_a_measure_lacks_is_named_at_once() -> None:
    """One round with the client, not three: absent tables, and every column that says nothing."""
    source = mapped("responses")
    for name in ("anonymous", "channel"):
        source["columns"].pop(name)
    run = context(sources=[source, mapped("invitations")]).run
    row = {"response_id": "R1", "in_period": True, "anonymous": None, "channel": None, "account_id": None}
    tables = small_tables(responses=[row], invitations=[])
    tables = replace(tables, frames={**tables.frames, "invitations": tables.frames["responses"].head(0)})
    needs = ("follow_ups", "responses", "responses.anonymous", "responses.channel", "visits.kind")
    assert lacking((*needs, "invitations"), tables, run, {}) == (
        "the evidence has no follow_ups or visits; the table invitations holds no row; "
        "no row of responses says anonymous or channel: map them, or declare a constant"
    )
    assert lacking(("responses", "responses.anonymous"), tables, run, {}) == (
        "no row of responses says anonymous: map it, or declare a constant"
    )


def test_an_empty_list_of_delegates_says_as_little_as_none() -> None:
    """A register that was emptied must not turn delegates nobody mapped into persons who were absent."""
    given = {"delegation_id": "D1", "responsibility_id": "R1", "delegate_id": "P1", "valid_from": 1}
    matrix = small_tables(
        responsibilities=[entry_of_matrix("P1", first=0, last=None) | {"delegate_id": None}]
    )
    source = mapped("responsibilities")
    source["columns"].pop("delegate_id")
    run = context(sources=[source]).run
    for delegations, silent in ((None, True), ([], True), ([given], False)):
        listed = (
            {} if delegations is None else {"delegations": pd.DataFrame(delegations, columns=list(given))}
        )
        tables = replace(matrix, frames={**matrix.frames, **listed})
        assert ("delegate_id" in silent_in_matrix(tables, run)) is silent


def test_a_measurement_is_taken_once_of_the_same_tables_and_again_of_others() -> None:
    first, second, taken, asked = small_tables(), small_tables(), Taken(), []

    def take() -> Measurement:
        asked.append(1)
        return nothing("why")

    for tables in (first, first, second, first):
        assert taken.once(tables, ("metric",), take).reason == "why"
    assert len(asked) == 3
    taken.once(first, ("another",), take)
    assert len(asked) == 4
