"""A small company planted with days without time, places with their own holidays, and promised calls."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from in_process import executed_here
from project_copy import project_copy

from auditlib.runs import Options, perform
from auditlib.runs.documents import no_pdf
from auditlib.runs.steps import usual_steps

ROOT = Path(__file__).parents[2]
DAY, TIMED = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"
FILES = {
    # Edinburgh is closed on 2 January and London is not; the office on the Isle has no calendar named for it.
    "units.csv": [
        "unit,zone,country,part,type",
        "EDI,Europe/London,GB,GB-SCT,branch",
        "LON,Europe/London,GB,ENG,branch",
        "ISL,Europe/London,GB,SCT,kiosk",
    ],
    # Eight open hours from the last afternoon of 2024 end on 2 January in London, on the 3rd in Edinburgh.
    "responses.csv": [
        "id,unit,when,score",
        "R1,EDI,2024-12-31 16:00:00,2",
        "R2,LON,2024-12-31 16:00:00,2",
        "R3,ISL,2024-12-31 16:00:00,2",
    ],
    "contacts.csv": ["id,answers,day", "F1,R1,2025-01-03", "F2,R2,2025-01-03", "F3,R3,2025-01-03"],
    "people.csv": ["id,unit", "P1,EDI"],
    "reports.csv": [
        "id,answers,due,made,shown",
        "B1,R1,2025-01-10,2025-01-03,2025-01-10",  # made on the day of the contact, shown on its due day
        "B2,R2,2025-01-10,2025-01-03,2025-01-11",  # shown the day after
    ],
    "actions.csv": ["id,report,owner,due", "A1,B1,P1,2025-02-01", "A2,B2,P1,2025-02-01"],
    "calls.csv": [
        "id,unit,type,asked,made",
        "C1,LON,order,2025-03-03 10:00:00,2025-03-03 14:00:00",
        "C2,LON,order,2025-03-03 10:00:00,2025-03-20 10:00:00",
        "C3,LON,order,2025-03-03 10:00:00,2025-03-20 10:00:00",
    ],
    "deviations.csv": [
        "id,duty,case,when,reason",
        "D2,call_back,C2,2025-03-04 14:00:00,third_party",
        "D3,call_back,C3,2025-03-04 14:00:01,third_party",
    ],
}


def source(table: str, file: str, formats: list[str], **columns: str) -> dict[str, Any]:
    return {"table": table, "file": file, "form": "csv", "columns": columns,
            "dates": {"formats": formats, "time_zone": "unit"}}  # fmt: skip


def run_file() -> dict[str, Any]:
    item = {"wording": "How was it?", "scale": {"low": 1, "high": 5}, "headline": True}
    responses = source("responses", "responses.csv", [TIMED], response_id="id", unit_id="unit",
                       submitted="when", q_overall="score")  # fmt: skip
    contacts = source(
        "follow_ups", "contacts.csv", [DAY], follow_up_id="id", response_id="answers", held="day"
    )
    return {
        "audit": "planted",
        "party": {"name": "Planted"},
        "period": {"start": "2024-12-01", "end": "2025-12-31"},
        "as_of": "2026-01-02T18:00:00Z",
        "time_zone": "Europe/London",
        "policies": ["escalation@2025", "service_promises@2025"],
        "thresholds": {"minimum_n": 1, "minimum_cell": 1},
        "instruments": {"transactional": {"items": {"q_overall": item}}},
        "sources": [
            source("units", "units.csv", [DAY], unit_id="unit", time_zone="zone", country="country",
                   subdivision="part", unit_type="type"),
            source("employees", "people.csv", [DAY], person_id="id", unit_id="unit"),
            responses | {"constants": {"survey_type": "transactional", "anonymous": "false"}},
            contacts | {"constants": {"reached": "true", "declined": "false"}},
            source("follow_up_reports", "reports.csv", [DAY], report_id="id", response_id="answers",
                   due_on="due", produced="made", presented="shown"),
            source("report_actions", "actions.csv", [DAY], action_id="id", report_id="report",
                   owner_id="owner", due_on="due"),
            source("call_backs", "calls.csv", [TIMED], call_back_id="id", unit_id="unit",
                   transaction_type="type", requested="asked", called="made"),
            source("deviations", "deviations.csv", [TIMED], deviation_id="id", duty="duty", case_id="case",
                   recorded="when", reason="reason"),
        ],
        "notebooks": {"01_intake": {}, "05_escalation": {}, "10_promises": {}},
    }  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return what each notebook recorded, from the run command to the sealed report."""
    project = project_copy(tmp_path_factory.mktemp("planted"), "params", "notebooks")
    data = project / "data"
    data.mkdir()
    for name, lines in FILES.items():
        (data / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    policy = project / "params" / "policies" / "escalation.yaml"
    text = policy.read_text(encoding="utf-8")
    chosen = "calendars: {by: unit_type, of: {branch: business}}"
    policy.write_text(text.replace("calendar: business", chosen, 1), encoding="utf-8")
    run = project / "params" / "runs" / "planted.yaml"
    run.write_text(yaml.safe_dump(run_file(), sort_keys=False), encoding="utf-8")
    steps = replace(usual_steps(), pdf=no_pdf)  # paper has tests of its own
    with executed_here():
        outcome = perform(run, options=Options(data=data, outputs=project / "outputs"), steps=steps)
    assert not outcome.missing
    assert outcome.report.is_file()
    found = {}
    for path in outcome.directory.rglob("results/*.json"):
        found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    return found


def table(results: dict[str, Any], notebook: str, name: str) -> list[list[str]]:
    exhibit = next(entry for entry in results[notebook]["exhibits"] if entry["id"].endswith(name))
    rows: list[list[str]] = exhibit["rows"]
    return rows


def said(results: dict[str, Any], notebook: str) -> str:
    answer = results[notebook]["answer"]
    return " ".join(entry["text"] for entry in [*answer, *results[notebook]["sentences"]])


def test_contacts_are_judged_by_the_holidays_of_their_place_and_by_days(
    results: dict[str, Any],
) -> None:
    values = {number["key"]: number["value"] for number in results["05_escalation"]["numbers"]}
    # London's was late, Edinburgh's came on the day it was due, the Isle has no calendar.
    assert (values["late:contact"], values["unknown:contact"], values["met:contact"]) == (1, 2, 0)
    assert (values["met:report"], values["late:report"]) == (1, 1)
    words = said(results, "05_escalation")
    assert "only the day of an event is known, and the time of day decides" in words
    assert "1 unit has no calendar: the policy names none for ISL." in words
    used = {row[0]: row[3] for row in table(results, "05_escalation", "calendars")}
    assert used["business/Europe/London/GB-SCT"] == "EDI"
    assert used["business/Europe/London/GB-ENG"] == "LON"


def test_a_deviation_recorded_a_second_too_late_excuses_nothing(results: dict[str, Any]) -> None:
    values = {number["key"]: number["value"] for number in results["10_promises"]["numbers"]}
    assert (values["settled:call_back"], values["failed:call_back"], values["excused:call_back"]) == (3, 1, 1)
    conditions = [finding["condition"] for finding in results["10_promises"]["findings"]]
    assert "1 deviation counts for nothing at call back: recorded too late." in conditions
    assert "33.3% of the settled cases were excused by a deviation." in conditions
