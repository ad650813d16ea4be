"""Rates, latencies, readings and worst cases of a follow-up; policies that are refused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "spec"))

from escalation_world import PARAMS, World, at, context, day

from auditlib.errors import ParameterError
from auditlib.escalation import (
    EscalationAnswer,
    EscalationPolicy,
    EscalationResult,
    LatenciesAnswer,
    SensitivityAnswer,
    measure_latencies,
    other_clocks,
    reperform,
)
from auditlib.escalation.latency import Latencies, Stage
from auditlib.figures import escalation as figures
from auditlib.figures.svg import svg_of
from auditlib.obligations import RatesAnswer, rates
from auditlib.parameters.load import load
from auditlib.records import Refusal
from auditlib.statements import Unanswered, answered
from auditlib.statistics.durations import Survival, survival

TEXT = (PARAMS / "policies" / "escalation.yaml").read_text(encoding="utf-8")
MONDAY = "2025-06-02 09:00"


def party(connection: Any = None) -> World:
    """Five dissatisfied customers: reached in 1, 2 and 30 hours, never, and one who declined."""
    names = ("R1", "R2", "R3", "R4", "R5")
    responses = [
        {
            "response_id": name,
            "survey_type": "visit",
            "unit_id": "U1",
            "submitted_at": at(MONDAY),
            "submitted_day": day("2025-06-02"),
            "anonymous": False,
            "q_overall": 2.0,
            "source_line": line,
        }
        for line, name in enumerate(names, start=2)
    ]
    told = {"note": "n", "cause_code": "c", "verbatim": "v", "questions": "q", "reached": True}
    told["declined"] = False
    follow_ups = [
        {"follow_up_id": f"F{name}", "response_id": name, "held_at": at(MONDAY) + hours * 3_600_000_000}
        | told
        for name, hours in (("R1", 1), ("R2", 2), ("R3", 30))
    ]
    follow_ups.append(
        told | {"follow_up_id": "FR5", "response_id": "R5", "held_at": at(MONDAY), "declined": True}
    )
    return World(
        {"responses": responses, "follow_ups": follow_ups, "acknowledgements": []}, connection=connection
    )


@pytest.fixture(scope="module")
def result() -> EscalationResult:
    found = reperform(party(), context(as_of="2025-06-10 09:00"))
    assert isinstance(found, EscalationResult)
    return found


def test_pending_and_excused_are_shown_and_not_judged(result: EscalationResult) -> None:
    row = result.of("contact").to_frame().iloc[0]
    assert (row["met"], row["late"], row["missing"], row["excused"], row["judged"]) == (2, 1, 1, 1, 4)
    assert row["share"] == 0.5
    assert row["low"] == pytest.approx(0.1500, abs=5e-5)  # Wilson, 2 of 4
    assert row["high"] == pytest.approx(0.8500, abs=5e-5)


def test_a_group_without_settled_cases_has_no_share_but_a_reason() -> None:
    rows = pd.DataFrame({"duty": ["contact", "contact"], "status": ["pending", "excused"]})
    found = RatesAnswer(rates(rows, by=("duty",)))
    assert found.to_frame()["judged"].tolist() == [0]
    share = next(number for number in found.numbers() if number.key == "share:contact")
    assert share.value is None
    assert share.reason


def test_every_number_a_sentence_states_is_recorded(result: EscalationResult) -> None:
    steps = LatenciesAnswer(measure_latencies(party(), result))
    other = SensitivityAnswer(other_clocks(party(), result))
    followed = EscalationAnswer(result)
    for answer in (followed, steps, other, followed.contacts("month")):
        keys = {number.key for number in answer.numbers()}
        for sentence in answer.summary():
            assert set(sentence.keys) <= keys, sentence.text


def test_open_cases_are_counted_as_open_in_latencies(result: EscalationResult) -> None:
    frame = measure_latencies(party(), result).to_frame().set_index("stage")
    contact = frame.loc["contact"]
    assert (contact["n"], contact["open"]) == (5, 2)
    # One declined at once and leaves; of the four others half are reached within two hours.
    assert (contact["median"], contact["span"]) == (2, "hours")
    assert pd.isna(contact["p90"])


@pytest.mark.parametrize(
    ("hours", "span", "value"),
    [
        (0.025, "minutes", 1.5),
        (0.999, "minutes", 59.94),
        (1.0, "hours", 1.0),
        (71.9, "hours", 71.9),
        (72.0, "days", 3.0),
        (888.0, "days", 37.0),
    ],
)
def test_a_time_is_told_in_a_unit_that_says_something(hours: float, span: str, value: float) -> None:
    curve = survival(np.full(3, hours), np.ones(3, dtype=bool))
    assert isinstance(curve, Survival)
    stage = Stage("contact", "all", curve, "follow_ups")
    assert stage.span == span
    assert stage.time(0.5) == pytest.approx(value)
    (said,) = LatenciesAnswer(Latencies((stage,))).summary()
    assert f"within {value:,.1f} {span}" in said.text


def test_other_readings_of_the_clock_judge_other_cases(result: EscalationResult) -> None:
    found = other_clocks(party(), result).to_frame().set_index("reading")
    assert found["judged"].to_dict()["contacts held only, the missing dropped"] == 3
    assert found.loc["declared clock", "judged_differently"] == 0
    assert found.loc["wall clock, same hours", "met"] == 2


def test_the_worst_case_comes_first_with_its_source(result: EscalationResult) -> None:
    worst = result.worst(2)
    assert worst["response_id"].tolist()[0] == "R4"
    assert worst["source"].tolist()[0] == "responses.csv:5"


def test_the_embedded_database_says_what_memory_says(result: EscalationResult) -> None:
    other = reperform(party(duckdb.connect()), context(as_of="2025-06-10 09:00"))
    assert isinstance(other, EscalationResult)
    pd.testing.assert_frame_equal(other.rows, result.rows, check_dtype=False)


def test_figures_are_drawn_and_repeat(result: EscalationResult) -> None:
    steps = measure_latencies(party(), result)
    for draw in (
        lambda: figures.failures(result.rates()),
        lambda: figures.adherence_by_unit(result.of("contact", "unit_id")),
        lambda: figures.adherence_by_month(result.of("contact", "month")),
        lambda: figures.latency_curves(steps),
    ):
        assert svg_of(draw()) == svg_of(draw())


def test_what_cannot_be_answered_is_said_and_the_rest_is_answered(result: EscalationResult) -> None:
    why = Refusal("There is no log.", "Ask for it.")
    nothing, followed = Unanswered.not_assessable("clocks of a help desk", why), EscalationAnswer(result)
    assert answered(followed, nothing) == (followed,)
    assert answered(nothing) == (nothing,)
    assert (nothing.findings(), nothing.limits()) == ((), ())
    (sentence,) = nothing.summary()
    assert sentence.text == "Clocks of a help desk: not assessable. There is no log. Ask for it."
    assert {number.key for number in nothing.numbers()} >= set(sentence.keys)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("below: 4", "below: 3", "upwards"),
        ("duty: report", "duty: celebration", "celebration"),
        ("duty: report", "duty: contact", "two rules"),
        ("executive: {hours: 8}", "other: {hours: 8}", "no limit for the band 'executive'"),
        ("executive: {hours: 8}", "executive: {hours: 8, minutes: 3}", "either"),
        ("executive: {hours: 8}", "executive: {hours: 0}", "above 0"),
        ("every: {minutes: 5}", "service: {minutes: 5}", "whatever|depend"),
        ("[client_manager, service_manager]", "[gardener]", "gardener"),
        (
            "calendar: business\n    within",
            "calendar: business\n    kind: discretionary\n    within",
            "discretionary",
        ),
    ],
)
def test_a_policy_that_cannot_be_is_refused(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(ParameterError, match=message):
        load(EscalationPolicy, TEXT.replace(old, new), name="escalation.yaml")


def test_where_all_groups_have_one_share_it_runs_from_nowhere_to_nowhere() -> None:
    rows = pd.DataFrame({"duty": ["contact", "contact", "report"], "status": ["met"] * 3})
    (sentence,) = RatesAnswer(rates(rows, by=("duty",))).summary()
    assert sentence.text == "By duty, the share met is 100.0% throughout."
    assert set(sentence.keys) == {"share:contact", "share:report"}


def test_nobody_left_out_is_no_count_of_zero(result: EscalationResult) -> None:
    said = " ".join(sentence.text for sentence in EscalationAnswer(result).summary())
    assert "No response below the limit is anonymous; an acknowledgement was owed for" in said
    assert "0 anonymous" not in said
