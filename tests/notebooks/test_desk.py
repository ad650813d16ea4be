"""05_escalation on the log of a small help desk: its own flag is held against the clocks."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from in_process import executed_here
from project_copy import project_copy

from auditlib.runs import Options, perform
from auditlib.runs.documents import no_pdf
from auditlib.runs.steps import usual_steps

ROOT = Path(__file__).parents[2]
COLUMNS = (
    "number", "incident_state", "priority", "reassignment_count", "reopen_count", "made_sla", "opened_at",
    "sys_updated_at", "resolved_at", "closed_at",
)  # fmt: skip
CASES = 60


def events() -> Iterator[dict[str, str]]:
    """Yield four events of each case; the flag holds for those resolved within two days."""
    start = datetime(2016, 3, 7, 9, tzinfo=UTC)
    for case in range(CASES):
        opened = start + timedelta(days=case, hours=case % 7)
        resolved = opened + timedelta(hours=3 + 17 * (case % 5))
        closed = resolved + timedelta(days=5)
        stages = (
            ("New", opened),
            ("Active", opened + timedelta(hours=1)),
            ("Resolved", resolved),
            ("Closed", closed),
        )
        for state, at in stages:
            yield {
                "number": f"INC{case:05}",
                "incident_state": state,
                "priority": str(1 + case % 4),
                "reassignment_count": "0",
                "reopen_count": "0",
                "made_sla": str(at - opened < timedelta(days=2)),
                "opened_at": f"{opened:%d/%m/%Y %H:%M}",
                "sys_updated_at": f"{at:%d/%m/%Y %H:%M}",
                "resolved_at": f"{resolved:%d/%m/%Y %H:%M}" if at >= resolved else "?",
                "closed_at": f"{closed:%d/%m/%Y %H:%M}" if at >= closed else "?",
            }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the finished run over the log."""
    project = project_copy(tmp_path_factory.mktemp("desk"), "params", "notebooks")
    run_file = project / "params" / "runs" / "uci.yaml"
    text = run_file.read_text(encoding="utf-8")
    shipped = ("uci_incidents/incident_event_log.csv.gz", "expected_rows: 141712")
    for before, now in zip(shipped, ("log.csv", f"expected_rows: {4 * CASES}"), strict=True):
        assert before in text
        text = text.replace(before, now)
    run_file.write_text(text, encoding="utf-8")
    with (project / "log.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(events())
    options = Options(data=project, outputs=project / "outputs")
    with executed_here():
        return perform(run_file, options=options, steps=replace(usual_steps(), pdf=no_pdf)).directory


def recorded(run: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((run / "results" / "05_escalation.json").read_text("utf-8"))
    return document


def test_the_flag_is_held_against_each_clock(desk: Path) -> None:
    exhibits = {exhibit["id"]: exhibit for exhibit in recorded(desk)["exhibits"]}
    against = [name for name in exhibits if name.startswith("resolution")]
    assert against, sorted(exhibits)
    assert all(exhibits[name]["rows"] for name in against)
    assert exhibits["implied"]["rows"], "the limit the flag was made with is looked for"


def test_its_numbers_rest_on_all_events_of_the_log(desk: Path) -> None:
    numbers = {number["key"]: number for number in recorded(desk)["numbers"]}
    assert numbers["cases"]["value"] == CASES
    assert [basis["table"] for basis in numbers["cases"]["basis"]] == ["incident_events"]
    assert [basis["where"] for basis in numbers["cases"]["basis"]] == [[]]
