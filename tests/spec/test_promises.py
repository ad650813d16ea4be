"""Promised calls by the three kinds of standard (B2): rigid, flexible with deviations, discretionary."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from escalation_world import PARAMS, UNITS, World, at, context, day
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.contracts import WHOLE_DAY
from auditlib.disclosure import MinimumFrequency
from auditlib.errors import ParameterError
from auditlib.obligations import Case, Deviations, Limit, Status, assess_one, hours_of_rule
from auditlib.obligations.deviations import DeviationWorth, verdict_one
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import load
from auditlib.promises import (
    PromiseContext,
    PromiseResult,
    PromisesAnswer,
    ServicePromises,
    judge_promises,
)
from auditlib.promises.findings import NOTEBOOK
from auditlib.promises.policy import PromiseRule
from auditlib.promises.promises import rule_of
from auditlib.promises.result import Satisfaction
from auditlib.records import Grade, Interval, Kind, Refusal

# Friday afternoon in Berlin; Monday 9 June 2025 is Whit Monday: four open hours end on Tuesday at 12:30.
ASKED, DUE = "2025-06-06 16:30", "2025-06-10 12:30"
RECORDED = "2025-06-11 12:30"  # the last instant a deviation may be written down
TEXT = (PARAMS / "policies" / "service_promises.yaml").read_text(encoding="utf-8")


def policy(text: str = TEXT) -> ServicePromises:
    return load(ServicePromises, text, name="service_promises.yaml")


def judged_by(text: str = TEXT, as_of: str = "2025-12-01 12:00", minimum: int = 1) -> PromiseContext:
    law, known = policy(text), context(as_of=as_of)
    business = (PARAMS / "calendars" / "business.yaml").read_text(encoding="utf-8")
    files = {"business": load(CalendarFile, business, name="business.yaml")}
    hours = {
        rule.clock: hours_of_rule(rule, files, UNITS, years=range(2024, 2028))
        for rule in law.rules
        if rule.within
    }
    instruments = {"transactional": known.instruments["visit"]}
    few = MinimumFrequency(minimum)
    return PromiseContext(law, hours, known.as_of, instruments, known.zones, disclosure=few)


def call(name: str = "B1", *, made: str | None = None, due: str | None = None, **more: Any) -> dict[str, Any]:
    asked = {"requested_at": at(ASKED), "requested_day": day("2025-06-06"), "requested_second": 59_400}
    times = {"called_at": None if made is None else at(made), "due_at": None if due is None else at(due)}
    return {"call_back_id": name, "unit_id": "U1", "transaction_type": "repair"} | asked | times | more


def deviation(
    recorded: str = DUE, *, case: str = "B1", reason: str | None = "third_party", **more: Any
) -> dict[str, Any]:
    entry = {"deviation_id": f"D-{case}-{recorded}-{reason}", "duty": "call_back", "case_id": case}
    return entry | {"recorded_at": at(recorded), "reason": reason} | more


def result(
    calls: list[dict[str, Any]], deviations: list[dict[str, Any]] | None = None, **more: Any
) -> PromiseResult:
    tables: dict[str, Any] = {"call_backs": calls, "responses": more.pop("responses", [])}
    tables |= {} if deviations is None else {"deviations": deviations}
    found = judge_promises(World(tables), judged_by(**more))
    assert isinstance(found, PromiseResult)
    return found


def status(one: dict[str, Any], *recorded: dict[str, Any], **more: Any) -> str:
    return str(result([one], list(recorded), **more).rows["status"].iloc[0])


@pytest.mark.parametrize(
    ("made", "found"),
    [(DUE, "met"), (f"{DUE}:00.000001", "late"), (None, "missing"), ("2025-06-06 16:30", "met")],
)
def test_a_call_is_due_in_four_open_hours(made: str | None, found: str) -> None:
    assert status(call(made=made)) == found


def test_what_is_not_due_yet_is_pending() -> None:
    assert status(call(), as_of=DUE) == "pending"


@pytest.mark.parametrize(
    ("recorded", "reason", "found", "verdict"),
    [
        ("2025-06-06 17:00", "third_party", "excused", "valid"),
        (RECORDED, "third_party", "excused", "valid"),
        (f"{RECORDED}:00.000001", "third_party", "late", "recorded too late"),
        (DUE, "too_busy", "late", "reason not on the list"),
        (DUE, None, "late", "reason not on the list"),
    ],
)
def test_a_deviation_counts_with_a_listed_reason_recorded_at_the_time(
    recorded: str, reason: str | None, found: str, verdict: str
) -> None:
    told = result([call(made="2025-06-13 10:00")], [deviation(recorded, reason=reason)])
    assert told.rows["status"].tolist() == [found]
    assert told.deviations["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(("case", "found"), [("B1", "unknown"), ("B9", "late")])
def test_a_deviation_in_quarantine_may_have_excused(case: str, found: str) -> None:
    tables = {"call_backs": [call(made="2025-06-13 10:00")], "deviations": [deviation(case="B8")]}
    world = World(tables, quarantined={("deviations", "case_id"): {case: "time"}})
    told = judge_promises(world, judged_by())
    assert isinstance(told, PromiseResult)
    assert told.rows["status"].tolist() == [found]
    promised = {"due_at": at("2025-06-10 09:00")}
    rigid = World(
        tables | {"call_backs": [tables["call_backs"][0] | promised]}, quarantined=world.quarantined
    )
    strict = judge_promises(rigid, judged_by())
    assert isinstance(strict, PromiseResult)
    assert strict.rows["status"].tolist() == ["late"], "nothing excuses a promised time"


def test_of_several_deviations_the_one_that_counts_decides() -> None:
    late = call(made="2025-06-13 10:00")
    worthless, good = deviation("2025-06-07 10:00", reason="too_busy"), deviation(RECORDED)
    assert status(late, worthless, good) == "excused"
    assert status(late, good, worthless) == "excused"


def test_a_deviation_of_which_only_the_day_is_known_may_or_may_not_be_in_time() -> None:
    def on(text: str) -> dict[str, Any]:
        whole = {"recorded_day": day(text), "recorded_second": WHOLE_DAY, "unit_id": "U1"}
        return deviation(f"{text} 00:00") | whole

    late = call(made="2025-06-13 10:00")
    assert [status(late, on(f"2025-06-{n}")) for n in (10, 11, 12)] == ["excused", "unknown", "late"]
    assert result([late], [on("2025-06-11")]).deviations["verdict"].tolist() == [DeviationWorth.UNTOLD.value]


def test_a_promised_time_is_kept_in_every_case_and_nothing_excuses() -> None:
    promised = {"due": "2025-06-10 09:00"}
    assert status(call(made="2025-06-10 09:00", **promised)) == "met"
    late = call(made="2025-06-10 09:00:00.000001", **promised)
    entry = deviation("2025-06-06 17:00", duty="promised_call")
    found = result([late], [entry])
    assert found.rows["status"].tolist() == ["late"]
    assert found.deviations["verdict"].tolist() == ["the rule allows no deviation"]
    assert [finding.grade for finding in PromisesAnswer(found).findings()] == [Grade.MAJOR, Grade.MINOR]


def test_a_day_promised_is_kept_until_its_end() -> None:
    whole = {"due_at": at("2025-06-10 00:00"), "due_day": day("2025-06-10"), "due_second": WHOLE_DAY}
    assert status(call(made="2025-06-10 23:59:59.999999") | whole) == "met"
    assert status(call(made="2025-06-11 00:00") | whole) == "late"


def test_a_call_made_on_the_day_it_is_due_may_or_may_not_be_in_time() -> None:
    def on(text: str) -> dict[str, Any]:
        return call(made=f"{text} 00:00", called_day=day(text), called_second=WHOLE_DAY)

    assert [status(on(f"2025-06-{n:02d}")) for n in (9, 10, 11)] == ["met", "unknown", "late"]


def scores(*values: float) -> list[dict[str, Any]]:
    return [
        {
            "response_id": f"R{n}",
            "survey_type": "transactional",
            "transaction_type": "onsite_visit",
            "q_overall": value,
        }
        for n, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("good", "outcome"),
    [(100, "met"), (84, "met"), (83, "open"), (75, "open"), (67, "open"), (66, "not met"), (0, "not met")],
)
def test_discretion_is_judged_by_the_customers_and_never_by_the_clock(good: int, outcome: str) -> None:
    # Of 100 customers the Wilson interval of 84 begins at 75.6 %, of 83 at 74.5 %; of 66 it ends at 74.5 %.
    calls = [
        call("B1", transaction_type="onsite_visit"),
        call("B2", made="2025-11-30 10:00", transaction_type="onsite_visit"),
    ]
    found = result(calls, [], responses=scores(*[5.0] * good, *[3.0] * (100 - good)))
    row = found.to_frame().set_index("duty").loc["complex_call"]
    assert (row["outcome"], row["failed"] if row["failed"] is not None else None) == (outcome, row["failed"])
    assert row["failed"] != row["failed"] or row["failed"] is None
    assert row["satisfaction"] == good / 100
    assert row["half_within_hours"] is not None
    assert any("decides nothing" in sentence.text for sentence in PromisesAnswer(found).summary())


def test_without_answers_discretion_stays_open() -> None:
    found = result([call(transaction_type="onsite_visit")], [])
    assert found.to_frame().set_index("duty").loc["complex_call", "outcome"] == "open"
    assert isinstance(found.satisfaction["complex_call"], Refusal)


@pytest.mark.parametrize(
    ("excused", "outcome", "findings"), [(1, "met", 0), (2, "not met", 1), (0, "met", 0)]
)
def test_the_share_excused_has_a_limit_of_its_own(excused: int, outcome: str, findings: int) -> None:
    calls = [call(f"B{n}", made="2025-06-13 10:00" if n < excused else DUE) for n in range(20)]
    found = result(calls, [deviation(case=f"B{n}") for n in range(excused)])
    row = found.to_frame().set_index("duty").loc["call_back"]
    assert (row["outcome"], row["excused_share"], row["excused_limit"]) == (outcome, excused / 20, 0.05)
    assert len(PromisesAnswer(found).findings()) == findings
    if findings:
        (finding,) = PromisesAnswer(found).findings()
        assert finding.condition == "10.0% of the settled cases were excused by a deviation."
        assert [case.id for case in finding.cases] == ["B0", "B1"]
        assert finding.shortfall == pytest.approx(1.0)
    month = found.excused_by_month().iloc[0]
    assert (month["month"], month["share"], month["limit"]) == (202506, excused / 20, 0.05)


def test_deviations_that_count_for_nothing_are_counted_named_and_a_finding() -> None:
    late = [call(f"B{n}", made="2025-06-13 10:00") for n in range(3)]
    entries = [
        deviation("2025-06-12 10:00", case="B0"),
        deviation("2025-06-13 10:00", case="B1"),
        deviation(case="B2", reason="too_busy"),
        deviation(case="B9"),
        deviation(case="B0", duty="complaint"),  # another policy's
    ]
    found = result(late, entries)
    assert found.invalid().to_dict("records") == [
        {"duty": "call_back", "verdict": "no such case", "reason": "third_party", "deviations": 1},
        {"duty": "call_back", "verdict": "reason not on the list", "reason": "too_busy", "deviations": 1},
        {"duty": "call_back", "verdict": "recorded too late", "reason": "third_party", "deviations": 2},
    ]
    told = {finding.subject: finding for finding in PromisesAnswer(found).findings()}
    back_dated = told["deviations:call_back:recorded too late"]
    assert back_dated.condition == "2 deviations count for nothing at call back: recorded too late."
    assert [(case.table, case.unit) for case in back_dated.cases] == [("deviations", "U1")] * 2
    assert len(told["promise:call_back"].cases) == 3
    keys = {number.key for number in PromisesAnswer(found).numbers()}
    assert {key.removeprefix(f"{NOTEBOOK}/") for finding in told.values() for key in finding.evidence} <= keys
    assert {key for sentence in PromisesAnswer(found).summary() for key in sentence.keys} <= keys


def test_each_case_belongs_to_one_rule() -> None:
    law = policy()

    def duty(kind: str, *, promised: bool) -> str | None:
        rule = rule_of(law, transaction_type=kind, promised=promised)
        return None if rule is None else rule.duty

    assert duty("repair", promised=False) == "call_back"
    assert duty("repair", promised=True) == "promised_call"
    assert duty("onsite_visit", promised=True) == "complex_call"
    alone = law.model_copy(update={"rules": law.rules[2:]})
    assert rule_of(alone, transaction_type="repair", promised=False) is None


def test_calls_that_no_rule_holds_for_are_counted() -> None:
    only = TEXT.replace("since: 2020-01-01\n    kind: flexible", "since: 2025-06-07\n    kind: flexible")
    found = result([call(), call("B2", transaction_type="onsite_visit")], [], text=only)
    assert found.unruled == 1
    assert "1 call of the period falls under no rule." in [
        sentence.text for sentence in PromisesAnswer(found).summary()
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    survey_type: transactional\n", "", "survey_type"),
        ("    transaction_types: [onsite_visit, advice]\n", "", "types of transaction"),
        ("    promised_time: true\n", "", "one limit"),
        ("every: {hours: 4}", "executive: {hours: 4}", "every case"),
        ("      most: 0.05\n", "      most: 5\n", "most"),
        ("kind: rigid\n    promised_time: true", "kind: rigid\n    within: {every: {hours: 1}}", "two rules"),
    ],
)
def test_mistakes_in_the_policy_are_refused(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(ParameterError, match=message):
        policy(TEXT.replace(old, new))


def test_without_the_table_or_a_case_nothing_is_said() -> None:
    assert isinstance(judge_promises(World({"responses": []}), judged_by()), Refusal)
    assert isinstance(judge_promises(World({"call_backs": []}), judged_by()), Refusal)


ALLOWED = Deviations(reasons=("storm",), recorded_within=Limit(hours=1), most=0.1)
HOUR = 3_600_000_000


@given(
    due=st.integers(0, 3),
    recorded=st.integers(0, 5),
    width=st.integers(0, 2),
    listed=st.booleans(),
    done=st.one_of(st.none(), st.integers(0, 6)),
)
@settings(deadline=None)
def test_a_verdict_on_a_deviation_agrees_with_the_law_of_obligations(
    due: int, recorded: int, width: int, listed: bool, done: int | None
) -> None:
    at_, until, late = recorded * HOUR, (recorded + width) * HOUR, due * HOUR + 1
    found = verdict_one(
        ALLOWED,
        reason="storm" if listed else "mood",
        recorded_at=at_,
        recorded_until=until,
        due_at=due * HOUR,
    )
    case = Case(
        due * HOUR,
        None if done is None else late + done,
        deviation_at=at_,
        deviation_until=until,
        deviation_listed=listed,
    )
    became = assess_one(case, as_of=10**12, kind=Kind.FLEXIBLE, recorded_within=HOUR)
    assert (became is Status.EXCUSED) == (found is DeviationWorth.VALID)
    assert (became is Status.UNKNOWN) == (found is DeviationWorth.UNTOLD)


LISTED = Deviations(reasons=("storm",), most=0.1)


def verdict(kind: Kind, counts: dict[Status, int], **more: Any) -> str:
    """Return what a rule of one kind comes to, by how many of its cases have each status."""
    limit = {} if kind is Kind.DISCRETIONARY else {"promised_time": True}
    satisfied = more.pop("satisfied", None)
    rule = PromiseRule(
        duty="call", clause="Call.", cites=("B2",), since="2025-01-01", kind=kind, **limit, **more
    )
    law = ServicePromises(policy="p", edition="2025", title="P", rules=(rule,))
    statuses = [status.value for status, n in counts.items() for _ in range(n)]
    rows = pd.DataFrame({"duty": ["call"] * len(statuses), "status": statuses})
    found = PromiseResult(rows, pd.DataFrame(), law, {"call": satisfied}, 0)
    return found.verdict(rule)


@pytest.mark.parametrize(
    ("kind", "counts", "outcome"),
    [
        (Kind.RIGID, {Status.MET: 99, Status.LATE: 1}, "not met"),
        (Kind.RIGID, {Status.MET: 99, Status.WRONG_PARTY: 1}, "not met"),
        (Kind.RIGID, {Status.MET: 99, Status.PENDING: 5}, "met"),
        (Kind.RIGID, {Status.MET: 99, Status.UNKNOWN: 1}, "open"),
        (Kind.RIGID, {Status.PENDING: 5}, "open"),
        (Kind.RIGID, {Status.EXCUSED: 5}, "open"),
        (Kind.RIGID, {}, "open"),
        (Kind.FLEXIBLE, {Status.MET: 90, Status.EXCUSED: 10}, "met"),
        (Kind.FLEXIBLE, {Status.MET: 89, Status.EXCUSED: 11}, "not met"),
        (Kind.FLEXIBLE, {Status.MET: 90, Status.EXCUSED: 9, Status.MISSING: 1}, "not met"),
    ],
)
def test_a_rule_is_judged_by_its_kind(kind: Kind, counts: dict[Status, int], outcome: str) -> None:
    more = {"deviations": LISTED} if kind is Kind.FLEXIBLE else {}
    assert verdict(kind, counts, **more) == outcome


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [(0.79, 0.95, "open"), (0.80, 0.95, "met"), (0.60, 0.80, "open"), (0.60, 0.79, "not met")],
)
def test_a_discretionary_rule_is_judged_by_the_customers_alone(low: float, high: float, outcome: str) -> None:
    satisfied = Satisfaction("transactional", (low + high) / 2, 100, Interval(low, high, 0.95, "Wilson"))
    types = {"transaction_types": ("visit",), "survey_type": "transactional", "satisfaction": 0.8}
    late = {Status.MET: 1, Status.LATE: 99}
    assert verdict(Kind.DISCRETIONARY, late, satisfied=satisfied, **types) == outcome
    unasked = Refusal("Nobody was asked.")
    assert verdict(Kind.DISCRETIONARY, late, satisfied=unasked, **types) == "open"
