"""Limits by severity and tier in three stages (contact, escalate, resolve), each where the log shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from escalation_world import PARAMS, World, at

from auditlib.audit.numerals import orphans
from auditlib.audit.opening import read_run
from auditlib.audit.standard import texts
from auditlib.contracts import TABLES
from auditlib.disclosure import UNRESTRICTED
from auditlib.errors import ParameterError
from auditlib.obligations import DutyRule, Limit, register_of
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.records import Basis, Refusal
from auditlib.service_desk import (
    ClocksAnswer,
    DeskAnswer,
    DeskContext,
    IncidentPolicy,
    IncidentResult,
    context_of,
    reperform,
)
from auditlib.statements import Unanswered
from auditlib.time.epoch import HOUR, MINUTE

ROOT = PARAMS.parent
DEMO = read_run("params/runs/demo.yaml", root=ROOT)
RUN = DEMO.model_copy(update={"policies": ("complaint_limits@2025",)})
RECEIVED = at("2025-06-02 09:00", zone="UTC")


@pytest.fixture(scope="module")
def context() -> DeskContext:
    found = context_of(Engagement(RUN, World({}), texts(RUN, root=ROOT)), begins="complaint")
    assert isinstance(found, DeskContext)
    return replace(found, disclosure=UNRESTRICTED)


def judged(
    context: DeskContext,
    *steps: tuple[float, str],
    severity: str | None = "critical",
    account: str | None = "A1",
    tier: str | None = "gold",
) -> IncidentResult:
    """Judge a complaint by what happened so many hours after it was received; another shows every stage."""
    complaint = {"unit_id": "U1", "received_at": RECEIVED, "source_line": 2}
    rows = [
        complaint | {"complaint_id": "C1", "account_id": account, "severity": severity},
        complaint | {"complaint_id": "C2", "severity": "low"},
    ]
    every = ((1.0, "contacted"), (2.0, "escalated"), (3.0, "resolved"))
    events = [
        {
            "event_id": f"{case}{turn}", "complaint_id": case, "state": state,
            "occurred_at": RECEIVED + round(hours * HOUR), "source_line": turn,
        }
        for case, given in (("C1", steps), ("C2", every))
        for turn, (hours, state) in enumerate(given, start=2)
    ]  # fmt: skip
    accounts = [{"account_id": "A1", "tier": tier}]
    world = World({"complaints": rows, "complaint_events": events, "accounts": accounts})
    found = reperform(world, context)
    assert isinstance(found, IncidentResult)
    return found


def status(result: IncidentResult, duty: str) -> Any:
    return result.cases.set_index("case_id").loc["C1", f"status:complaint_{duty}"]


@pytest.mark.parametrize(
    ("tier", "minutes", "wanted"),
    [
        ("gold", 59, "met"), ("gold", 60, "met"), ("gold", 61, "late"),
        ("silver", 119, "met"), ("silver", 120, "met"), ("silver", 121, "late"),
    ],
)  # fmt: skip
def test_a_tier_has_its_own_limit_and_another_falls_back_on_the_severity(
    context: DeskContext, tier: str, minutes: int, wanted: str
) -> None:
    assert status(judged(context, (minutes / 60, "contacted"), tier=tier), "contact") == wanted


def test_an_unknown_tier_or_severity_is_not_judged_by_a_looser_limit(context: DeskContext) -> None:
    for unknown in ({"account": None}, {"tier": None}, {"severity": None}):
        assert status(judged(context, (1.5, "contacted"), **unknown), "contact") == "unknown"


@pytest.mark.parametrize(
    ("hours", "wanted"), [(1.0, "met"), (1.1, "unknown"), (2.0, "unknown"), (2.1, "late")]
)
def test_an_unknown_tier_is_judged_where_every_limit_it_may_have_finds_the_same(
    context: DeskContext, hours: float, wanted: str
) -> None:
    found = judged(context, (hours, "contacted"), tier=None)
    assert status(found, "contact") == wanted
    case = found.cases.set_index("case_id").loc["C1"]
    assert pd.isna(case["limit:complaint_contact"]) == (wanted == "unknown")


def test_complaints_whose_limit_is_unknown_are_said_with_their_number_and_what_they_could_be(
    context: DeskContext,
) -> None:
    answer = ClocksAnswer(judged(context, (1.5, "contacted"), (60.0, "resolved"), tier=None))
    said = [sentence.text for sentence in answer.summary()]
    first, second, *_ = said
    assert first == (
        "The clock complaint contact cannot be told for 1 complaint: the limit of critical cases goes by the "
        "tier of their account, and no tier is known, and they count on neither side."
    )
    assert second == (
        "Of 2 cases of the clock complaint contact, 1 is unknown, so anything from 50.0% to 100.0% may have "
        "been in time."
    )
    numbers = {number.key: number for number in answer.numbers()}
    for sentence in answer.summary():
        assert not orphans(sentence.text, [numbers[key] for key in sentence.keys]), sentence.text
    duties = answer.rates().result.frame.set_index(["duty", "priority"])
    assert duties.loc[("complaint_contact", "critical"), "unknown"] == 1


def test_a_finding_on_a_clock_says_of_how_many_more_it_is_unknown(context: DeskContext) -> None:
    world = judged(context, (1.5, "contacted"), tier=None)
    low_late = replace(world, cases=world.cases.assign(**{"status:complaint_contact": ["unknown", "late"]}))
    (finding, *_) = [f for f in ClocksAnswer(low_late).findings() if f.subject == "clock:complaint_contact"]
    assert finding.condition.endswith("every one is owed, and of 1 more it is unknown.")
    assert "05_escalation/undecided:complaint_contact" in finding.evidence


def test_an_event_in_quarantine_accuses_nobody(context: DeskContext) -> None:
    complaint = {"complaint_id": "C1", "severity": "low", "unit_id": "U1", "received_at": RECEIVED}
    shown = [
        {"event_id": f"C2{state}", "complaint_id": "C2", "state": state, "occurred_at": RECEIVED + HOUR}
        for state in ("contacted", "escalated", "resolved")
    ]
    first = {"event_id": "E1", "complaint_id": "C1", "state": "received", "occurred_at": RECEIVED}
    tables = {
        "complaints": [complaint, complaint | {"complaint_id": "C2"}],
        "complaint_events": [first, *shown],
    }
    for lost, wanted in (({}, "missing"), ({"C1": "time"}, "unknown")):
        quarantined = {("complaint_events", "complaint_id"): lost}
        found = reperform(World(tables, quarantined=quarantined), context)
        assert isinstance(found, IncidentResult)
        assert status(found, "contact") == wanted
    said = " ".join(sentence.text for sentence in ClocksAnswer(found).summary())
    assert "cannot be told for 1 complaint: an event of theirs is in quarantine" in said
    # a severity without limits by tier is judged whatever the account
    assert status(judged(context, (23.0, "contacted"), severity="low", account=None), "contact") == "met"


def test_what_is_resolved_in_time_need_not_be_escalated(context: DeskContext) -> None:
    assert status(judged(context, (0.5, "contacted"), (4.0, "resolved")), "escalation") == "excused"
    late = judged(context, (0.5, "contacted"), (4.0 + 1 / 60, "resolved"))
    assert status(late, "escalation") == "missing"
    handed = judged(context, (0.5, "contacted"), (4.0, "escalated"), (30.0, "resolved"))
    assert (status(handed, "escalation"), status(handed, "resolution")) == ("met", "late")


def test_a_stage_the_log_never_shows_is_not_assessable(context: DeskContext) -> None:
    world = World(
        {
            "complaints": [
                {"complaint_id": "C1", "unit_id": "U1", "received_at": RECEIVED, "severity": "low"}
            ],
            "complaint_events": [
                {"event_id": "1", "complaint_id": "C1", "state": "resolved", "occurred_at": RECEIVED + HOUR}
            ],
        }
    )
    found = reperform(world, context)
    assert isinstance(found, IncidentResult)
    assert set(found.refused) == {"complaint_contact", "complaint_escalation"}
    assert found.clocks == ("complaint_resolution",)
    text = " ".join(sentence.text for sentence in ClocksAnswer(found).summary())
    assert "shows 'contact' (contacted)" in text


def test_a_breach_is_a_finding_with_its_complaint(context: DeskContext) -> None:
    result = judged(context, (2.0, "contacted"), (20.0, "resolved"))
    found = {finding.subject: finding for finding in ClocksAnswer(result).findings()}
    assert set(found) == {"clock:complaint_contact", "clock:complaint_escalation"}
    (case,) = found["clock:complaint_contact"].cases
    assert (case.table, case.id, case.unit, case.words) == ("complaints", "C1", "U1", "late")
    known = {f"05_escalation/{number.key}": number for number in ClocksAnswer(result).numbers()}
    for finding in found.values():
        own = [known[key] for key in finding.evidence]
        assert orphans(finding.criterion, own) == orphans(finding.condition, own) == ()


def test_the_most_particular_limit_holds() -> None:
    limits = {"critical/gold": Limit(minutes=30), "critical": Limit(hours=1), "every": Limit(hours=9)}
    rule = DutyRule(duty="contact", clause="Call.", cites=("C7",), since=date(2025, 1, 1), within=limits)
    assert rule.limit_for("critical", "gold") == limits["critical/gold"]
    assert rule.limit_for("critical", "silver") == limits["critical"]
    assert rule.limit_for("low", "gold") == rule.limit_for("low") == limits["every"]
    assert rule.limit_for("critical") is None
    assert rule.limit_for("") is None
    assert Limit(minutes=30).microseconds == 30 * MINUTE


def test_every_state_of_the_shipped_limits_is_a_state_that_criteria_on_complaints_know() -> None:
    text = (PARAMS / "policies" / "complaint_limits.yaml").read_text(encoding="utf-8")
    states = load(IncidentPolicy, text, name="ok.yaml").states
    known = set(TABLES["complaint_events"].column("state").words)
    assert {state for group in states.model_dump().values() for state in group} <= known


def test_desks_clocks_are_rigid_and_a_class_has_two_parts_at_most() -> None:
    text = (PARAMS / "policies" / "complaint_limits.yaml").read_text(encoding="utf-8")
    assert load(IncidentPolicy, text, name="ok.yaml").rules[0].kind == "rigid"
    for wrong in ("critical/gold/x", "critical/"):
        with pytest.raises(ParameterError):
            load(
                IncidentPolicy, text.replace("critical/gold: {hours: 1}", f"{wrong}: {{hours: 1}}"), name="x"
            )
    flexible = text.replace(
        "    stage: contact\n", "    stage: contact\n    kind: discretionary\n    satisfaction: 4\n"
    )
    with pytest.raises(ParameterError):
        load(IncidentPolicy, flexible, name="x")


def placed(context: DeskContext) -> IncidentResult:
    """Judge two complaints of one file, one of them outside the period, by the events of another."""
    received = {"unit_id": "U1", "received_at": RECEIVED, "source_file": "complaints.csv"}
    complaints = [
        received | {"complaint_id": "C1", "severity": "low", "source_line": 7},
        received | {"complaint_id": "C2", "severity": None, "source_line": 8},
    ]
    events = [
        {
            "event_id": f"{case}{state}", "complaint_id": case, "state": state, "source_line": line,
            "source_file": "events.csv", "occurred_at": RECEIVED + line * HOUR,
        }
        for case in ("C1", "C2")
        for line, state in enumerate(("contacted", "escalated", "resolved"), start=2)
    ]  # fmt: skip
    found = reperform(World({"complaints": complaints, "complaint_events": events}), context)
    assert isinstance(found, IncidentResult)
    return found


def test_a_duty_names_the_file_and_line_of_its_complaint(context: DeskContext) -> None:
    rows = register_of(
        Unanswered.not_assessable("follow-up", Refusal("None.")), ClocksAnswer(placed(context))
    ).rows
    assert sorted(rows["case_id"]) == ["C1"] * 3 + ["C2"] * 3
    for duty in rows[rows["case_id"] == "C1"].to_dict("records"):
        assert (duty["table"], duty["source_file"], duty["source_line"]) == (
            "complaints",
            "complaints.csv",
            7,
        )


def test_numbers_of_complaints_rest_on_complaints_of_their_severity_and_on_all_events(
    context: DeskContext,
) -> None:
    result = placed(context)
    received, events = Basis("complaints", (("in_period", True),)), Basis("complaint_events")
    low = replace(received, where=(*received.where, ("severity", "low")))
    rates = {number.key: number.basis for number in ClocksAnswer(result).rates().numbers()}
    assert rates["share:complaint_contact:low"] == (low, events)
    numbers = {number.key: number.basis for number in DeskAnswer(result).numbers()}
    assert numbers["complaint_contact:low"] == (low, events)
    assert numbers["complaint_contact:none"] == (received, events), "without a severity none is selected"
    assert numbers["cases"] == (received, events)
    assert not [key for key, basis in {**rates, **numbers}.items() if Basis("responses") in basis]
    desk = replace(
        result,
        context=replace(result.context, policy=result.policy.model_copy(update={"log": "incident_events"})),
    )
    assert {basis for number in ClocksAnswer(desk).rates().numbers() for basis in number.basis} == {
        Basis("incident_events")
    }
