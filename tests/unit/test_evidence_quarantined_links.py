"""A row in quarantine still says which case it belongs to; a copy of a row that is kept says nothing more."""

from __future__ import annotations

from pathlib import Path

from auditlib.contracts import TABLES
from auditlib.evidence import Evidence
from auditlib.evidence.quarantined_links import linking
from auditlib.evidence.store import prepare
from auditlib.parameters.run import Run

ITEM = {"wording": "How?", "scale": {"low": 1, "high": 5}}
ACKNOWLEDGEMENTS = """id,response,sent
K1,R1,2024-03-02 10:00:00
K2,R2,
K3,R3,soon
K4,R4,2024-03-02 10:00:00
K4,R4,2024-03-02 10:00:00
K5,R5,2024-03-02 10:00:00
K5,R5,2024-03-02 11:00:00
K6,R6,2023-03-02 10:00:00
K7,,2024-03-02 10:00:00
"""


def taken_in(tmp_path: Path) -> Evidence:
    rows = "".join(f"R{n},U1,2024-03-01 10:00:00,4\n" for n in range(1, 7))
    (tmp_path / "responses.csv").write_text(f"id,unit,at,a\n{rows}")
    (tmp_path / "sent.csv").write_text(ACKNOWLEDGEMENTS)
    columns = {"response_id": "id", "unit_id": "unit", "submitted": "at", "q_a": "a"}
    sent = {"acknowledgement_id": "id", "response_id": "response", "sent": "sent"}
    run = Run.model_validate(
        {
            "audit": "linked",
            "ids_shown_because": "The rows are invented.",
            "party": {"name": "Linked"},
            "period": {"start": "2024-01-01", "end": "2024-12-31"},
            "as_of": "2025-06-01T00:00:00Z",
            "time_zone": "UTC",
            "instruments": {"transactional": {"items": {"q_a": ITEM}}},
            "sources": [
                {
                    "table": "responses", "file": "responses.csv", "form": "csv", "columns": columns,
                    "constants": {"survey_type": "transactional"},
                },
                {"table": "acknowledgements", "file": "sent.csv", "form": "csv", "columns": sent},
            ],
            "notebooks": {"01_intake": {}},
        }
    )  # fmt: skip
    return prepare(run, tmp_path, tmp_path / "store", threads=1)


def test_rows_in_quarantine_name_their_cases_and_copies_of_kept_rows_do_not(tmp_path: Path) -> None:
    evidence = taken_in(tmp_path)
    assert set(evidence.frame("acknowledgements")["response_id"]) == {"R1", "R4"}
    assert evidence.in_quarantine("acknowledgements", "response_id") == {
        "R2": "time",  # empty
        "R3": "time",  # unreadable
        "R5": "conflicting",
        "R6": "time",  # before its response
    }
    assert evidence.in_quarantine("follow_ups", "response_id") == {}


def test_cases_are_named_by_links_to_what_something_is_owed_after() -> None:
    wanted = {
        "acknowledgements": ("response_id",),
        "attendance": ("follow_up_id",),
        "report_actions": ("report_id",),
        "complaint_events": ("complaint_id",),
        "incident_events": ("case_id",),
        "deviations": ("case_id",),
        "responses": (),
    }
    assert {name: linking(TABLES[name]) for name in wanted} == wanted
