"""What is owed after a score, case by case: the requirements E1 to E6 and the conventions on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from escalation_world import World, at, context, day

from auditlib.audit.numerals import orphans
from auditlib.disclosure import MinimumFrequency
from auditlib.escalation import (
    EscalationAnswer,
    EscalationResult,
    LatenciesAnswer,
    measure_latencies,
    other_clocks,
    reperform,
)
from auditlib.escalation.policy import DUTIES
from auditlib.records import Refusal
from auditlib.statements import listed

# A Friday afternoon in Berlin; Monday 9 June 2025 is Whit Monday, a public holiday.
SENT = "2025-06-06 16:30"
LATER = "2025-12-01 12:00"
CONTACT_DUE = "2025-06-10 16:30"  # eight business hours: half an hour on Friday, 7.5 on Tuesday
HELD = "2025-06-10 10:00"
ROLES = ("client_manager", "service_manager", "senior_management")


def response(score: float | None = 2.0, **more: Any) -> dict[str, Any]:
    return {
        "response_id": "R1",
        "survey_type": "visit",
        "unit_id": "U1",
        "transaction_type": "repair",
        "submitted_at": at(SENT),
        "submitted_day": day("2025-06-06"),
        "anonymous": False,
        "q_overall": score,
    } | more


def contact(held: str = HELD, *, at_: int | None = None, **more: Any) -> dict[str, Any]:
    told = {"note": "Talked.", "cause_code": "delay", "verbatim": "Too slow.", "questions": "Why?"}
    held_at = at(held) if at_ is None else at_
    known = {
        "follow_up_id": "F1",
        "response_id": "R1",
        "held_at": held_at,
        "reached": True,
        "declined": False,
    }
    return known | told | more


OTHERS = contact(follow_up_id="F9", response_id="R9")
"""A contact after a response that is not in the evidence: the table holds a row, and none of R1."""


def acknowledgement(sent: int, **more: Any) -> dict[str, Any]:
    states = {"states_why": True, "states_next": True}
    return {"acknowledgement_id": "K1", "response_id": "R1", "sent_at": sent} | states | more


def present(*people: str) -> list[dict[str, Any]]:
    return [{"follow_up_id": "F1", "person_id": person, "role": "staff"} for person in people]


def holder(role: str, person: str | None, **more: Any) -> dict[str, Any]:
    entry = {
        "unit_id": "U1",
        "transaction_type": None,
        "delegate_id": None,
        "valid_from": 0,
        "valid_to": None,
    }
    return (
        {"responsibility_id": f"M-{role}-{person}-{len(more)}", "role": role, "person_id": person}
        | entry
        | more
    )


MATRIX = [holder(role, role[:2]) for role in ROLES]
EVERYBODY = present("cl", "se")  # service and senior management begin alike: one person may hold two roles
REPORT = {
    "report_id": "B1",
    "response_id": "R1",
    "due_on": day("2025-06-20"),
    "produced_at": at("2025-06-12 10:00"),
    "presented_at": at("2025-06-13 10:00"),
}
ACTION = {"action_id": "N1", "report_id": "B1", "owner_id": "cl", "due_on": day("2025-07-01")}
OTHER_REPORT = REPORT | {"report_id": "B9", "response_id": "R9"}
OTHER_ACTION = ACTION | {"action_id": "N9", "report_id": "B9"}
WELL = {
    "responses": [response()],
    "acknowledgements": [acknowledgement(at(SENT))],
    "follow_ups": [contact()],
    "attendance": EVERYBODY,
    "responsibilities": MATRIX,
    "follow_up_reports": [REPORT],
    "report_actions": [ACTION],
}


def judged(
    as_of: str = LATER, policy: str = "", **tables: list[dict[str, Any]]
) -> dict[str, tuple[str, str]]:
    """Return duty → (status, detail) of the one response, all being well unless `tables` says otherwise."""
    found = reperform(World(WELL | tables), context(as_of=as_of, policy=policy))
    assert isinstance(found, EscalationResult)
    return {row.duty: (row.status, row.detail) for row in found.rows.itertuples()}


def statuses(**tables: Any) -> list[str]:
    return [status for status, _ in judged(**tables).values()]


def test_where_all_was_done_every_duty_is_met() -> None:
    assert statuses() == ["met"] * 5


@pytest.mark.parametrize(("late_by", "status"), [(-1, "met"), (0, "met"), (1, "late")])
def test_an_acknowledgement_is_owed_within_five_minutes_by_the_wall_clock(late_by: int, status: str) -> None:
    sent = at(SENT) + 300_000_000 + late_by
    for score in (5.0, 2.0, None):
        found = judged(responses=[response(score)], acknowledgements=[acknowledgement(sent)])
        assert found["acknowledgement"][0] == status


@pytest.mark.parametrize("lacking", ["states_why", "states_next"])
def test_an_acknowledgement_that_does_not_say_why_or_what_follows_is_none(lacking: str) -> None:
    incomplete = acknowledgement(at(SENT), **{lacking: False})
    assert judged(acknowledgements=[incomplete])["acknowledgement"] == ("missing", "incomplete")
    whole = acknowledgement(at(SENT) + 9, acknowledgement_id="K2")
    assert judged(acknowledgements=[incomplete, whole])["acknowledgement"] == ("met", "")


def test_anonymous_responses_are_acknowledged_and_leave_the_follow_up() -> None:
    world = World(
        {
            "responses": [response(anonymous=True)],
            "acknowledgements": [acknowledgement(at(SENT), response_id="R9")],
            "follow_ups": [OTHERS],
        }
    )
    found = reperform(world, context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    assert found.rows["duty"].tolist() == ["acknowledgement"]
    assert (found.anonymous, found.follow_ups) == (1, 0)


def test_one_response_opens_one_follow_up_and_a_satisfied_one_opens_none() -> None:
    assert list(judged(responses=[response(4.0)])) == ["acknowledgement"]
    assert list(judged(responses=[response(None)])) == ["acknowledgement"]
    assert len(judged(responses=[response(3.5)])) == 5


@pytest.mark.parametrize(("late_by", "status"), [(-1, "met"), (0, "met"), (1, "late")])
def test_a_contact_is_due_in_business_hours_over_weekend_and_holiday(late_by: int, status: str) -> None:
    found = judged(follow_ups=[contact(at_=at(CONTACT_DUE) + late_by)])
    assert (found["contact"][0], found["attendance"][0]) == (status, status)
    assert found["documentation"][0] == "met"


def test_the_other_band_has_its_own_limit() -> None:
    due = "2025-06-12 16:30"  # 24 business hours
    assert judged(responses=[response(3.0)], follow_ups=[contact(due)])["contact"][0] == "met"
    assert judged(responses=[response(2.5)], follow_ups=[contact(due)])["contact"][0] == "late"


def test_each_unit_has_its_own_hours_and_holidays() -> None:
    # 2025-06-19 is Juneteenth in New York and no holiday in Berlin.
    sent = {"submitted_at": at("2025-06-18 16:00", zone="America/New_York"), "unit_id": "U2"}
    held = {"follow_ups": [contact(at_=at("2025-06-20 16:00", zone="America/New_York"))]}
    assert judged(responses=[response(**sent)], **held)["contact"][0] == "met"


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        ("2025-06-10 16:30", "pending"),
        ("2025-06-10 16:30:00.000001", "missing"),
        ("2025-06-10 16:29", "pending"),
    ],
)
def test_with_nothing_done_all_four_are_pending_until_the_contact_is_due(as_of: str, status: str) -> None:
    assert statuses(as_of=as_of, follow_ups=[OTHERS])[1:] == [status] * 4


def test_unanswered_attempts_are_no_contact() -> None:
    tried = contact("2025-06-06 16:45", reached=False, follow_up_id="F0")
    assert judged(follow_ups=[tried])["contact"] == ("missing", "attempts only")
    assert judged(follow_ups=[tried, contact()])["contact"] == ("met", "")


@pytest.mark.parametrize(("late_by", "status"), [(-1, "excused"), (0, "excused"), (1, "missing")])
def test_a_customer_who_declines_in_time_excuses_all_four(late_by: int, status: str) -> None:
    refusal = contact(at_=at(CONTACT_DUE) + late_by, declined=True)
    assert statuses(follow_ups=[refusal])[1:] == [status] * 4


def test_an_event_before_its_trigger_or_after_the_audit_counts_for_nothing() -> None:
    early = contact("2025-06-06 16:29")
    assert judged(follow_ups=[early])["contact"][0] == "missing"
    unseen = judged(as_of="2025-06-10 09:00")
    assert unseen["contact"][0] == "pending"


def test_senior_management_attends_below_three_only() -> None:
    matrix = [holder(role, role) for role in ROLES]
    two = {"responsibilities": matrix, "attendance": present("client_manager", "service_manager")}
    assert judged(**two)["attendance"] == ("wrong_party", "senior_management absent")
    assert judged(responses=[response(3.0)], **two)["attendance"] == ("met", "")


def test_a_delegate_counts_only_if_listed() -> None:
    matrix = [holder(role, role, delegate_id=f"{role}-delegate") for role in ROLES]
    stand_in = present("client_manager-delegate", "service_manager", "senior_management")
    stranger = present("somebody", "service_manager", "senior_management")
    assert judged(responsibilities=matrix, attendance=stand_in)["attendance"][0] == "met"
    assert judged(responsibilities=matrix, attendance=stranger)["attendance"][0] == "wrong_party"


@pytest.mark.parametrize(("first", "last", "status"), [
    (0, 0, "met"), (-3, None, "met"), (1, None, "wrong_party"), (-3, -1, "wrong_party"),
])  # fmt: skip
def test_a_delegate_of_certain_days_stands_in_on_those_days_only(
    first: int, last: int | None, status: str
) -> None:
    held, entry = day("2025-06-10"), MATRIX[0]
    given = {
        "delegation_id": "D1",
        "responsibility_id": entry["responsibility_id"],
        "delegate_id": "xx",
        "valid_from": held + first,
        "valid_to": None if last is None else held + last,
    }
    came = present("xx", *(role[:2] for role in ROLES[1:]))
    assert judged(attendance=came, delegations=[given])["attendance"][0] == status
    other = given | {"responsibility_id": MATRIX[1]["responsibility_id"]}
    assert judged(attendance=came, delegations=[other])["attendance"][0] == "wrong_party"


@pytest.mark.parametrize(
    ("left_on", "status"), [(-2, "wrong_party"), (-1, "wrong_party"), (0, "met"), (1, "met")]
)
def test_a_delegate_represents_a_holder_up_to_the_holders_last_day_and_a_vacancy_never(
    left_on: int, status: str
) -> None:
    held = day("2025-06-10") + left_on
    matrix = [
        holder("client_manager", "cl", delegate_id="de", valid_to=held),
        holder("client_manager", None, delegate_id="de", valid_from=held + 1),
        *MATRIX[1:],
    ]
    assert judged(responsibilities=matrix, attendance=present("de", "se"))["attendance"][0] == status


def test_a_vacant_role_is_the_wrong_party_and_a_finding_on_the_matrix() -> None:
    vacant = [holder("client_manager", None, delegate_id="cl"), *MATRIX[1:]]
    assert judged(responsibilities=vacant)["attendance"] == ("wrong_party", "client_manager vacant")
    assert judged(responsibilities=MATRIX[1:])["attendance"] == ("wrong_party", "client_manager no entry")
    world = {
        "responses": [response()],
        "follow_ups": [contact()],
        "attendance": EVERYBODY,
        "responsibilities": vacant,
    }
    found = reperform(World(world), context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    subjects = [finding.subject for finding in EscalationAnswer(found).findings()]
    assert subjects == ["duty:attendance", "responsibilities:U1:client_manager"]


def test_the_matrix_of_the_local_day_of_the_contact_decides() -> None:
    change = day("2025-06-11")
    matrix = [
        holder("client_manager", "old", valid_to=change - 1),
        holder("client_manager", "new", valid_from=change),
        *MATRIX[1:],
    ]
    new = present("new", "se")
    # Half past midnight in Berlin is still the day before in UTC.
    after = contact("2025-06-11 00:30")
    assert judged(follow_ups=[after], responsibilities=matrix, attendance=new)["attendance"][0] == "late"
    assert judged(responsibilities=matrix, attendance=new)["attendance"] == (
        "wrong_party",
        "client_manager absent",
    )


def test_the_most_specific_entry_of_the_matrix_decides() -> None:
    specific = holder("service_manager", "repairs", transaction_type="repair")
    anywhere = holder("service_manager", "anybody", unit_id=None)
    matrix = [MATRIX[0], MATRIX[2], anywhere, specific]
    assert (
        judged(responsibilities=matrix, attendance=present("cl", "se", "repairs"))["attendance"][0] == "met"
    )
    assert (
        judged(responsibilities=matrix, attendance=present("cl", "se", "anybody"))["attendance"][0]
        == "wrong_party"
    )
    general = [MATRIX[0], MATRIX[2], anywhere]
    assert (
        judged(responsibilities=general, attendance=present("cl", "se", "anybody"))["attendance"][0] == "met"
    )


@pytest.mark.parametrize("field", ["note", "cause_code", "verbatim", "questions"])
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_field_leaves_the_contact_undocumented(field: str, empty: str | None) -> None:
    found = judged(follow_ups=[contact(**{field: empty})])
    assert found["documentation"] == ("missing", f"no {field}")
    assert found["contact"][0] == "met"


@pytest.mark.parametrize(
    ("presented", "status"),
    [
        ("2025-06-20 23:59:59.999999", "met"),
        ("2025-06-21 00:00", "late"),
        ("2025-06-21 00:00:00.000001", "late"),
    ],
)
def test_a_report_is_due_at_the_end_of_its_due_day(presented: str, status: str) -> None:
    assert judged(follow_up_reports=[REPORT | {"presented_at": at(presented)}])["report"][0] == status


@pytest.mark.parametrize(
    ("reports", "actions", "detail"),
    [
        ([OTHER_REPORT], [ACTION], "no report"),
        ([REPORT | {"due_on": None}], [ACTION], "no due date"),
        ([REPORT], [OTHER_ACTION], "no actions"),
        ([REPORT], [ACTION | {"owner_id": None}], "action without owner"),
        ([REPORT], [ACTION, ACTION | {"action_id": "N2", "due_on": None}], "action without due date"),
        ([REPORT | {"presented_at": None}], [ACTION], "not presented"),
        ([REPORT | {"produced_at": None}], [ACTION], "not presented"),
    ],
)
def test_what_makes_a_report_missing(
    reports: list[dict[str, Any]], actions: list[dict[str, Any]], detail: str
) -> None:
    assert judged(follow_up_reports=reports, report_actions=actions)["report"] == ("missing", detail)


def test_a_report_that_nobody_wrote_is_pending_until_the_last_day_the_policy_allows() -> None:
    nothing = {"follow_up_reports": [OTHER_REPORT], "report_actions": [OTHER_ACTION]}
    assert judged(as_of="2025-06-24 23:59:59.999999", **nothing)["report"][0] == "pending"
    assert judged(as_of="2025-06-25 00:00", **nothing)["report"][0] == "missing"


def test_a_duty_without_its_table_is_not_assessable_and_not_missing() -> None:
    found = reperform(World({"responses": [response()], "follow_ups": [OTHERS]}), context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    assert set(found.refused) == {"acknowledgement", "attendance", "report"}
    assert set(found.rows["duty"]) == {"contact", "documentation"}


def test_one_duty_alone_is_judged_where_only_its_table_was_handed_over() -> None:
    other = acknowledgement(at(SENT), response_id="R9")
    found = reperform(World({"responses": [response()], "acknowledgements": [other]}), context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    assert set(found.rows["duty"]) == {"acknowledgement"}
    assert set(found.rows["status"]) == {"missing"}


def test_no_responses_is_a_reason_and_no_pass() -> None:
    empty = World({"responses": [], "follow_ups": [OTHERS]})
    assert isinstance(reperform(empty, context(as_of=LATER)), Refusal)
    assert isinstance(reperform(World({"follow_ups": [OTHERS]}), context(as_of=LATER)), Refusal)
    outside = World({"responses": [response(in_period=False)], "follow_ups": [OTHERS]})
    assert isinstance(reperform(outside, context(as_of=LATER)), Refusal)


@pytest.mark.parametrize(
    ("table", "refused"),
    [
        ("acknowledgements", {"acknowledgement"}),
        ("follow_ups", {"contact", "attendance", "documentation", "report"}),
        ("attendance", {"attendance"}),
        ("responsibilities", {"attendance"}),
        ("follow_up_reports", {"report"}),
        ("report_actions", {"report"}),
    ],
)
def test_a_table_of_events_without_a_row_refuses_its_duties_and_is_named(
    table: str, refused: set[str]
) -> None:
    found = reperform(World(WELL | {table: []}), context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    assert set(found.refused) == refused
    assert set(found.rows["duty"]).isdisjoint(refused)
    assert all(table in why.reason for why in found.refused.values())
    assert EscalationAnswer(found).findings() == ()
    said = " ".join(sentence.text for sentence in EscalationAnswer(found).summary())
    aside = refused - {"acknowledgement"}
    counted = [duty for duty in DUTIES[1:] if duty not in aside]
    assert "everything" not in said
    if counted:
        assert f"had {listed(counted)} as promised, or declined in time" in said
    if aside and "contact" not in aside:
        assert said.startswith(f"Leaving aside {aside.pop()}, which cannot be judged, every dissatisfied")


def test_where_no_table_of_events_holds_a_row_nothing_is_judged_and_all_are_named() -> None:
    world = World({"responses": [response()], "acknowledgements": [], "follow_ups": []})
    found = reperform(world, context(as_of=LATER))
    assert isinstance(found, Refusal)
    assert "acknowledgements" in found.reason
    assert "follow_ups" in found.reason


LEFT_OPEN = ["acknowledgement"], ["contact", "attendance", "documentation", "report"]


@pytest.mark.parametrize(
    ("tables", "duties", "column"),
    [
        ({"responses": [response(anonymous=None)]}, LEFT_OPEN[1], "anonymous"),
        ({"follow_ups": [contact(declined=None)]}, LEFT_OPEN[1], "declined"),
        ({"follow_ups": [contact(reached=None)]}, LEFT_OPEN[1], "reached"),
        ({"follow_ups": [contact(reached=None, held="2025-09-01 10:00")]}, LEFT_OPEN[1], "reached"),
        ({"acknowledgements": [acknowledgement(at(SENT), states_why=None)]}, LEFT_OPEN[0], "states_why"),
    ],
)
def test_a_row_that_leaves_open_what_a_duty_turns_on_counts_on_neither_side_and_is_said(
    tables: dict[str, Any], duties: list[str], column: str
) -> None:
    found = reperform(World(WELL | tables), context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    status = dict(zip(found.rows["duty"], found.rows["status"], strict=True))
    assert {duty: status[duty] for duty in duties} == dict.fromkeys(duties, "unknown")
    assert {status[duty] for duty in status if duty not in duties} == {"met"}
    assert found.undecided == {f"not recorded: {column}": len(duties)}
    assert EscalationAnswer(found).findings() == ()
    said = " ".join(sentence.text for sentence in EscalationAnswer(found).summary())
    assert f"a row leaves open what the duty turns on ({column.replace('_', ' ')})" in said
    assert {key for sentence in EscalationAnswer(found).summary() for key in sentence.keys} <= {
        number.key for number in EscalationAnswer(found).numbers()
    }
    assert ("cannot be told for 1 of 1 named customer owed a follow-up" in said) == (len(duties) > 1)


@pytest.mark.parametrize(
    ("lacking", "quarantined", "duties"),
    [
        ("acknowledgements", ("acknowledgements", "response_id"), DUTIES[:1]),
        ("follow_ups", ("follow_ups", "response_id"), DUTIES[1:]),
        ("attendance", ("attendance", "follow_up_id"), ("attendance",)),
        ("follow_up_reports", ("follow_up_reports", "response_id"), ("report",)),
        ("report_actions", ("report_actions", "report_id"), ("report",)),
    ],
)
def test_a_record_in_quarantine_leaves_its_duty_unknown_and_accuses_nobody(
    lacking: str, quarantined: tuple[str, str], duties: tuple[str, ...]
) -> None:
    """The record of the first response cannot be used; that of another shows that there is such a table."""
    others = {
        "acknowledgements": acknowledgement(at(SENT), response_id="R9"),
        "follow_ups": OTHERS,
        "attendance": {"follow_up_id": "F9", "person_id": "P9", "role": "staff"},
        "follow_up_reports": REPORT | {"report_id": "B9", "response_id": "R9"},
        "report_actions": ACTION | {"report_id": "B9", "action_id": "A9"},
    }
    tables = WELL | {lacking: [others[lacking]]}
    case = {"response_id": "R1", "follow_up_id": "F1", "report_id": REPORT["report_id"]}[quarantined[1]]
    for rows, wanted in (({}, {"missing", "wrong_party", "late"}), ({case: "time"}, {"unknown"})):
        found = reperform(World(tables, quarantined={quarantined: rows}), context(as_of=LATER))
        assert isinstance(found, EscalationResult)
        status = dict(zip(found.rows["duty"], found.rows["status"], strict=True))
        assert {status[duty] for duty in duties} <= wanted, status
        assert {status[duty] for duty in status if duty not in duties} == {"met"}
    answer = EscalationAnswer(found)
    assert answer.findings() == ()
    said = " ".join(sentence.text for sentence in answer.summary())
    table = lacking.replace("_", " ")
    assert f"their record in {table} is in quarantine (no date or time, or one that cannot be)" in said


def test_unknown_duties_are_said_with_what_they_could_make_of_the_share() -> None:
    """Two of four acknowledgements cannot be used, and all that can were in time."""
    world = World(
        WELL
        | {
            "responses": [response(score=5.0, response_id=f"R{n}") for n in range(1, 5)],
            "acknowledgements": [
                acknowledgement(at(SENT), response_id=f"R{n}", acknowledgement_id=f"K{n}") for n in (1, 2)
            ],
        },
        quarantined={("acknowledgements", "response_id"): {"R1": "time", "R3": "time", "R4": "time"}},
    )
    found = reperform(world, context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    answer = EscalationAnswer(found)
    said = [sentence.text for sentence in answer.summary()]
    bounds = (
        "Acknowledgement: whether it was met is unknown for 2 of 4 cases, so the share met may be anything "
        "from 50.0% to 100.0%."
    )
    assert bounds in said
    assert "2 duties count on neither side: their record in acknowledgements is in quarantine" in said[-1]
    numbers = {number.key: number for number in answer.numbers()}
    for sentence in answer.summary():
        assert not orphans(sentence.text, [numbers[key] for key in sentence.keys]), sentence.text
    row = found.to_frame().set_index("duty").loc["acknowledgement"]
    assert (row["judged"], row["met"], row["unknown"], row["share"]) == (2, 2, 2, 1.0)
    # Wilson limits of two of four and of four of four: as far as the unknown cases could take the share
    assert (row["low"], row["high"]) == (pytest.approx(0.1500, abs=1e-4), pytest.approx(1.0))
    few = reperform(world, replace(context(as_of=LATER), disclosure=MinimumFrequency(3)))
    assert isinstance(few, EscalationResult)
    assert not any("anything from" in sentence.text for sentence in EscalationAnswer(few).summary())
    assert "worst:acknowledgement" not in {number.key for number in EscalationAnswer(few).numbers()}
    steps = measure_latencies(world, found).of("acknowledgement")
    assert (steps[0].unknown, steps[0].curve.n) == (2, 2)


def test_of_several_follow_ups_those_that_are_known_are_counted_among_themselves() -> None:
    world = World(
        {
            "responses": [response(response_id=f"R{n}") for n in range(1, 6)],
            "follow_ups": [
                contact(follow_up_id=f"F{n}", response_id=f"R{n}", reached=None if n == 1 else True)
                for n in range(1, 6)
            ],
        }
    )
    found = reperform(world, context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    assert (found.fulfilled, found.unclear, found.follow_ups) == (4, 1, 5)
    first = EscalationAnswer(found).summary()[0]
    assert first.text == (
        "Whether every dissatisfied customer was followed up as promised cannot be told for 1 of 5 named "
        "customers owed a follow-up; of the other 4, 4 (100.0%) had contact and documentation as promised, "
        "or declined in time; acknowledgement is not counted here."
    )
    assert set(first.keys) <= {number.key for number in EscalationAnswer(found).numbers()}


def test_what_is_not_recorded_is_neither_open_nor_done_in_times_and_other_readings() -> None:
    """Two of five contacts and one of five acknowledgements do not say what they turn on."""
    named = [f"R{n}" for n in range(1, 6)]
    world = World(
        {
            "responses": [response(response_id=name) for name in named],
            "follow_ups": [
                contact(follow_up_id=f"F{n}", response_id=f"R{n}", reached=None if n < 3 else True)
                for n in range(1, 6)
            ],
            "acknowledgements": [
                acknowledgement(
                    at(SENT),
                    acknowledgement_id=f"K{n}",
                    response_id=f"R{n}",
                    states_why=None if n == 1 else True,
                )
                for n in range(1, 6)
            ],
        }
    )
    found = reperform(world, context(as_of=LATER))
    assert isinstance(found, EscalationResult)
    steps = LatenciesAnswer(measure_latencies(world, found))
    frame = steps.to_frame().set_index("stage")
    assert list(frame.loc[["acknowledgement", "contact"], "n"]) == [4, 3]
    assert list(frame.loc[["acknowledgement", "contact"], "open"]) == [0, 0]
    said = " ".join(sentence.text for sentence in steps.summary())
    assert "by the wall clock; 1 more, of which it cannot be told, is left out" in said
    assert "2 more, of which it cannot be told, are left out" in said
    keys = {key for sentence in steps.summary() for key in sentence.keys}
    assert keys <= {number.key for number in steps.numbers()}
    other = other_clocks(world, found).to_frame().set_index("reading")
    assert other.loc["contacts held only, the missing dropped", "judged_differently"] == 0


def test_a_complete_acknowledgement_in_time_stays_one_whatever_else_was_sent() -> None:
    unclear = acknowledgement(at(SENT), states_why=None, acknowledgement_id="K0")
    found = judged(acknowledgements=[unclear, acknowledgement(at(SENT) + 9)])
    assert found["acknowledgement"] == ("met", "")


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("2025-06-10 09:59:59.999999", "missing"),
        (HELD, "met"),
        ("2025-06-10 10:00:00.000001", "met"),
    ],
)
def test_a_report_may_be_shown_at_the_contact_and_not_before(shown: str, status: str) -> None:
    report = REPORT | {"produced_at": at("2025-06-10 09:00"), "presented_at": at(shown)}
    assert judged(follow_up_reports=[report])["report"][0] == status


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        ("2025-06-06 16:31:59.999999", "pending"),
        ("2025-06-06 16:32", "met"),
        ("2025-06-06 16:32:00.000001", "met"),
    ],
)
def test_what_happened_at_the_instant_of_the_audit_is_known(as_of: str, status: str) -> None:
    sent = [acknowledgement(at("2025-06-06 16:32"))]
    assert judged(as_of=as_of, acknowledgements=sent)["acknowledgement"][0] == status


def test_of_two_reports_the_one_in_time_is_judged_though_it_is_due_later() -> None:
    late = REPORT | {"presented_at": at("2025-06-21 00:00")}
    later_due = REPORT | {"report_id": "B2", "due_on": day("2025-06-22")}
    actions = [ACTION, ACTION | {"action_id": "N2", "report_id": "B2"}]
    assert judged(follow_up_reports=[late], report_actions=actions)["report"][0] == "late"
    assert judged(follow_up_reports=[late, later_due], report_actions=actions)["report"][0] == "met"
