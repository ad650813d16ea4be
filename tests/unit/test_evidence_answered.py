"""Rows of a survey in which nothing is answered are no responses, in any room."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_door import door

from auditlib.audit.standard import measures, verdict_on
from auditlib.evidence import Evidence, prepare
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.records import Basis, Interval, Outcome
from auditlib.reliability import ResponseRates, reliability, response_rates
from auditlib.reliability.rates import Rate
from auditlib.seal.source_rows import RowsOf, find_rows
from auditlib.standards.measure import Context

ROOT = Path(__file__).parents[2]
FIELD = ROOT.parent / "shared" / "field"
SCALE = {"low": 1, "high": 5, "not_applicable": ["n/a"]}
ITEMS = {
    "q_overall": {"wording": "Overall", "headline": True, "scale": SCALE},
    "q_speed": {"wording": "Speed", "scale": SCALE},
}
RESPONSES = """id,invitation,unit,at,overall,speed,words
R1,I1,A,2025-03-02 10:00:00,5,,
R2,I2,A,2025-03-02 10:00:00,,4,
R3,I3,A,2025-03-02 10:00:00,,,
R4,I4,A,2025-03-02 10:00:00,n/a,n/a,
R5,I5,A,2025-03-02 10:00:00,,,call me
R6,I6,A,2025-03-02 10:00:00,,,"   "
R7,I1,A,2025-03-03 10:00:00,4,4,
"""
COLUMNS = {"response_id": "id", "invitation_id": "invitation", "unit_id": "unit", "submitted": "at"}
QUESTIONS = {"q_overall": "overall", "q_speed": "speed", "comment": "words"}


def run(columns: dict[str, str]) -> Run:
    invitations = {"invitation_id": "id", "unit_id": "unit", "sent": "at"}
    kind = {"constants": {"survey_type": "transactional"}, "form": "csv"}
    acknowledged = {"acknowledgement_id": "id", "response_id": "response", "sent": "at"}
    fields: dict[str, Any] = {
        "audit": "blank",
        "party": {"name": "One site"},
        "period": {"start": "2025-03-01", "end": "2025-03-31"},
        "as_of": "2025-04-01T00:00:00Z",
        "instruments": {"transactional": {"items": ITEMS}},
        "sources": [
            {"table": "units", "file": "units.csv", "form": "csv", "columns": {"unit_id": "unit"}},
            {"table": "invitations", "file": "invitations.csv", "columns": invitations, **kind},
            {"table": "responses", "file": "responses.csv", "columns": columns, **kind},
            {"table": "acknowledgements", "file": "mails.csv", "form": "csv", "columns": acknowledged},
        ],
        "notebooks": {"11_standards": {}},
    }
    return Run.model_validate(fields)


def taken_in(folder: Path, chosen: Run) -> Evidence:
    data = folder / "data"
    data.mkdir()
    invited = "".join(f"I{n},A,2025-03-01 10:00:00\n" for n in range(1, 11))
    (data / "units.csv").write_text("unit\nA\n", encoding="utf-8")
    (data / "invitations.csv").write_text(f"id,unit,at\n{invited}", encoding="utf-8")
    (data / "responses.csv").write_text(RESPONSES, encoding="utf-8")
    (data / "mails.csv").write_text("id,response,at\nM1,R3,2025-03-02 10:01:00\n", encoding="utf-8")
    return prepare(chosen, data, folder / "store")


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return taken_in(tmp_path, run(COLUMNS | QUESTIONS))


def test_a_valid_answer_or_a_comment_makes_a_response(evidence: Evidence) -> None:
    assert list(evidence.frame("responses")["response_id"]) == ["R1", "R2", "R5", "R7"]
    assert list(evidence.frame("unanswered")["response_id"]) == ["R3", "R4", "R6"]
    totals = next(total for total in evidence.totals if total.table == "responses")
    assert (totals.rows_in, totals.rows_kept, totals.rows_unanswered) == (7, 7, 3)
    assert totals.reconciled
    assert evidence.count(Basis("unanswered")) == 3


def test_intake_and_the_criterion_say_one_rate(evidence: Evidence) -> None:
    """Ten invited; I1 answered twice, I2 and I5 once: three of ten."""
    chosen = run(COLUMNS | QUESTIONS)
    rate = measures()["response_rate"].take(evidence, Context(chosen, {}), {"survey_type": "transactional"})
    intake = response_rates(Engagement(chosen, evidence))
    shown = {number.key: number for number in intake.numbers()}["rate:all"]
    assert (rate.successes, rate.n) == (3, 10)
    assert (shown.value, shown.interval) == (rate.value, rate.interval)


def test_intake_names_the_rows_and_calls_no_reference_to_them_broken(evidence: Evidence) -> None:
    chosen = run(COLUMNS | QUESTIONS)
    found = reliability(Engagement(chosen, evidence))
    numbers = {number.key: number.value for number in found.numbers()}
    assert numbers["rows_unanswered:responses"] == 3
    assert numbers["unresolved.response_id:acknowledgements"] == 0
    grounds = dict(zip(found.to_frame()["table"], found.to_frame()["grounds"], strict=True))
    assert "Without any answer: 3 rows" in grounds["responses"]


def test_a_row_without_an_answer_can_be_traced(evidence: Evidence) -> None:
    rows = RowsOf(evidence)
    (row,) = find_rows(rows, "responses", identity="R3", file=None, line=None)
    assert (row.line, row.reason, row.message) == (4, "unanswered", "nothing in it is answered")
    assert rows.linked(row) == []


def test_where_no_question_is_mapped_every_row_stays_and_no_rate_is_given(tmp_path: Path) -> None:
    chosen = run(COLUMNS)
    evidence = taken_in(tmp_path, chosen)
    assert len(evidence.frame("responses")) == 7
    rate = measures()["response_rate"].take(evidence, Context(chosen, {}), {"survey_type": "transactional"})
    assert rate.value is None
    assert "no response says an answer" in rate.reason


def from_field(name: str, folder: Path, *, change: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """Return the judgements on a small failing input, by criterion."""
    given = FIELD / name
    if not given.is_dir():
        pytest.skip(f"{given} is not here")
    data = Path(shutil.copytree(given, folder / name))
    text = (data / "run.yaml").read_text(encoding="utf-8").replace(*change) if change[0] else None
    chosen = load(Run, text or (data / "run.yaml").read_text(encoding="utf-8"), name="run.yaml")
    evidence = prepare(chosen, data, folder / "store")
    verdict = verdict_on(evidence, chosen, root=ROOT, standard="service-excellence@2025")
    return {entry.criterion.id: entry for entry in verdict.judgements}


def test_blank_answers_in_the_field(tmp_path: Path) -> None:
    found = from_field("08-blank-answers", tmp_path)["CF-02"]
    assert (found.outcome, found.measurement.successes, found.measurement.n) == (Outcome.NOT_MET, 100, 1000)


def test_calls_given_up_that_nobody_recorded(tmp_path: Path) -> None:
    found = from_field("01-given-up-unknown", tmp_path)
    assert found["IM-02"].outcome is Outcome.NOT_ASSESSABLE
    assert "abandoned" in found["IM-02"].reason
    assert (found["IM-01"].outcome, found["IM-01"].measurement.successes) == (Outcome.NOT_MET, 600)
    assert found["IM-06"].measurement.value == 10


def test_states_in_other_words_in_the_field(tmp_path: Path) -> None:
    name = "03-states-in-other-words"
    unasked = from_field(name, tmp_path / "a")["CO-01"]
    assert unasked.outcome is Outcome.NOT_ASSESSABLE
    assert "'pending', 'solved'" in unasked.reason
    mapping = "state: status}\n    values: {state: {solved: resolved, pending: waiting_customer}}"
    asked = from_field(name, tmp_path / "b", change=("state: status}", mapping))["CO-01"]
    assert (asked.outcome, asked.measurement.successes, asked.measurement.n) == (Outcome.MET, 240, 240)


@pytest.mark.parametrize(("asked", "told"), [(4, False), (5, True)])
def test_the_rate_of_a_survey_asked_of_too_few_is_not_said(asked: int, told: bool) -> None:
    interval = Interval(0.1, 0.9, 0.95, "Wilson")
    many, few = (
        Rate("all", "transactional", 400, 100, interval),
        Rate("all", "relationship", asked, asked, interval),
    )
    units = (Rate("A", "", 200, 50, interval), Rate("B", "", 200, 50, interval))
    cells = tuple(replace(rate, unit_id="A") for rate in (few, many))
    found = ResponseRates(units, (few, many), cells, Rate("all", "", 400 + asked, 100 + asked, interval))
    (sentence,) = door(5).words_of(found)
    assert ("relationship" in sentence.text) is told
    assert ("rate:all:relationship" in sentence.keys) is told
    assert "25.0% transactional; by unit 25.0% throughout." in sentence.text
