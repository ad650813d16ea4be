"""One decision over every finding, through the real command: verdict, report and findings agree."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from decided_project import decided_project, findings, page, verdict
from tiny_project import Tiny

from auditlib.actions.register import Action, State
from auditlib.actions.register_file import read_register, register_bytes, register_path
from auditlib.cli import main
from auditlib.records import ActionType
from auditlib.seal.trace import trace_key

pytestmark = pytest.mark.usefixtures("notebooks_here", "no_paper")
GAMED = {"04_integrity": [("A12", "major")]}


def performed(tiny: Tiny) -> dict[str, Any]:
    assert main(["run", str(tiny.run_file), "--jobs", "1"]) == 0
    return dict(verdict(tiny)["decision"])


def numbers(tiny: Tiny) -> dict[str, Any]:
    content = json.loads((tiny.finished / "results" / "decision.json").read_text(encoding="utf-8"))
    return {one["key"]: one["value"] for one in content["numbers"]}


def agree(tiny: Tiny) -> None:
    """Every place that counts majors and minors says the same."""
    decision, counted, shown = verdict(tiny)["decision"], numbers(tiny), page(tiny)
    for grade, plural in (("major", "majors"), ("minor", "minors")):
        listed = findings(tiny, grade=grade)
        closed = sum(name in decision["closed"] for name in _named(listed))
        assert len(listed) == counted[f"findings:{grade}"] == shown.count(f"{grade.capitalize()} Not met:")
        assert len(listed) - closed == counted[f"{plural}:open"] == len(decision[f"open_{plural}"])
    majors = counted["majors:open"]
    assert f"with {majors} open major{'' if majors == 1 else 's'} and" in shown
    reported = counted["findings:major"]
    assert f"The audit reports {reported} major{'' if reported == 1 else 's'}," in shown


def _named(listed: list[dict[str, Any]]) -> list[str]:
    return [
        name if one["notebook"] == "11_standards" else f"{name} ({one['notebook']})"
        for one in listed
        for name in [one["criterion"].partition(":")[0]]
    ]


def test_gamed_scores_stop_the_certificate_although_every_criterion_is_met(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = decided_project(tmp_path, raised=GAMED)
    decision = performed(tiny)
    assert decision["outcome"] == "not_met"
    assert decision["open_majors"] == ["A12 (04_integrity)"]
    alone = json.loads((tiny.finished / "results" / "11_standards.json").read_text(encoding="utf-8"))
    assert alone["verdict"]["decision"]["outcome"] == "met"
    assert "By its criteria alone, the operation meets" in alone["answer"][0]["text"]
    shown = page(tiny)
    assert "Does not meet the standard The operation does not meet Service excellence, edition 2025" in shown
    assert "Meets the standard" not in shown
    assert "Outside the certified scope, because this suite does not measure them: CF-16" in shown
    agree(tiny)
    node = trace_key(tiny.finished, "decision/majors:open")
    assert node.fields["value"] == 1
    assert any(child.kind == "sentence" for child in node.children)
    assert main(["verify", str(tiny.finished)]) == 0
    assert main(["oscal", str(tiny.finished)]) == 0
    sheets = openpyxl.load_workbook(tiny.finished / "workpapers.xlsx").sheetnames
    assert any(name.startswith("decision") for name in sheets)
    capsys.readouterr()


def test_a_company_with_everything_right_is_certified(tmp_path: Path) -> None:
    tiny = decided_project(tmp_path, raised={"04_integrity": []})
    decision = performed(tiny)
    assert decision["outcome"] == "met"
    assert decision["whole"]
    scope = decision["scope"]
    assert "CF-16" in scope["outside"]
    assert 0 < scope["weight_outside"] < scope["weight"] == 84
    assert f"{scope['weight_outside']:g} of 84 of the weight" in page(tiny)
    assert "Meets the standard" in page(tiny)
    agree(tiny)


def test_minors_of_all_notebooks_gather_and_accepted_plans_let_them_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    light = {"05_escalation": [("E4", "minor"), ("E6", "minor"), ("E5", "minor")], "09_drivers": []}
    tiny = decided_project(tmp_path, raised=light, failed=("CF-13",))
    decision = performed(tiny)
    assert decision["outcome"] == "not_met"
    (group,) = decision["gathered"]
    assert (group["category"], len(group["names"])) == ("customer_feedback", 4)
    (gathered,) = findings(tiny, grade="major")
    assert gathered["notebook"] == "decision"
    agree(tiny)
    assert main(["actions", str(tiny.finished)]) == 0
    accept(tiny, "E4", due="2026-06-30")
    decision = performed(tiny)
    assert decision["closed"] == ["E4 (05_escalation)"]
    assert findings(tiny, grade="major") == []
    agree(tiny)
    assert "the register of actions closes 1 finding: E4 (05_escalation)" in page(tiny)
    assert decision["outcome"] == "not_met"
    assert decision["trace"][4]["criteria"] == ["CF-13", "E5 (05_escalation)", "E6 (05_escalation)"]
    assert "with 0 open majors and 3 minors without an accepted plan" in page(tiny)
    for identifier in ("E5", "E6", "CF-13"):
        accept(tiny, identifier, due="2026-06-30")
    decision = performed(tiny)
    assert (decision["outcome"], decision["open_minors"]) == ("met", [])
    assert "Meets the standard" in page(tiny)
    agree(tiny)
    accept(tiny, "E4", due="2026-01-30")
    assert performed(tiny)["outcome"] == "not_met", "a plan that is overdue closes nothing"
    assert "1 minor without an accepted plan" in page(tiny)
    capsys.readouterr()


def test_an_accepted_plan_closes_no_major(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny = decided_project(tmp_path, raised=GAMED)
    performed(tiny)
    assert main(["actions", str(tiny.finished)]) == 0
    accept(tiny, "A12", due="2026-06-30")
    assert performed(tiny)["outcome"] == "not_met"
    accept(tiny, "A12", due="2026-06-30", state="verified effective")
    assert main(["run", str(tiny.run_file), "--jobs", "1"]) == 3
    assert "cannot be verified effective" in capsys.readouterr().err


def test_a_major_that_is_not_looked_at_again_stays_open_until_its_fix_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = decided_project(tmp_path, raised=GAMED)
    performed(tiny)
    text = tiny.run_file.read_text(encoding="utf-8")
    following = tiny.run_file.with_name("next.yaml")
    text = text.replace("audit: tiny", "audit: next\nprevious: tiny").replace("  04_integrity: {}\n", "")
    following.write_text(text, encoding="utf-8")
    run = ["run", str(following), "--data", str(tmp_path / "data" / "tiny"), "--jobs", "1"]
    finished = tiny.finished.with_name("next")
    assert main(run) == 0
    decision = json.loads((finished / "verdict.json").read_text(encoding="utf-8"))["decision"]
    assert (decision["outcome"], decision["open_majors"]) == (
        "not_met",
        ["A12 (04_integrity, not examined now)"],
    )
    report = (finished / "report.html").read_text(encoding="utf-8")
    assert "1 major or minor of the audit before was not examined now and stays open" in report
    (past,) = json.loads((finished / "findings.json").read_text(encoding="utf-8"))["findings"]
    for proof, outcome in (("We looked.", "not_met"), ("11_standards/score:low", "met")):
        fixed = Action(
            past["fingerprint"], 1, "major", past["criterion"], past["subject"], past["condition"], "Do it.",
            "Ada Lind", ActionType.SYSTEM, date(2026, 1, 1), State.VERIFIED, proof,
        )  # fmt: skip
        content = register_bytes([fixed], suffix=".csv", created=datetime(2026, 1, 1, tzinfo=UTC))
        (finished.parent / "next.actions.csv").write_bytes(content)
        assert main(run) == 0
        decision = json.loads((finished / "verdict.json").read_text(encoding="utf-8"))["decision"]
        assert decision["outcome"] == outcome
    capsys.readouterr()


@pytest.mark.parametrize(
    ("end", "outcome", "words"),
    [
        ("2026-06-30", "met", "Meets the standard"),
        ("2026-07-01", "not_applicable", "Compared with the standard; nothing is certified"),
    ],
)
def test_the_edition_before_certifies_until_its_transition_ends(
    tmp_path: Path, end: str, outcome: str, words: str
) -> None:
    tiny = decided_project(tmp_path, raised={"04_integrity": []}, period=f"{{start: 2026-01-01, end: {end}}}")
    text = tiny.run_file.read_text(encoding="utf-8").replace("2026-01-31T", "2026-07-31T")
    tiny.run_file.write_text(text, encoding="utf-8")
    assert performed(tiny)["outcome"] == outcome
    assert words in page(tiny)
    assert ("certifies nothing" in page(tiny)) is (outcome == "not_applicable")


def test_what_a_sample_shows_enters_findings_report_and_decision(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = decided_project(tmp_path, raised={"04_integrity": []})
    assert performed(tiny)["outcome"] == "met"
    draw = ["sample", "draw", str(tiny.finished), "--rows", "units", "--tolerable", "0.1"]
    assert main([*draw, "--question", "Is the desk's register right?"]) == 0
    (form,) = (tiny.finished.parent / "tiny.samples").glob("*.xlsx")
    assert main(["run", str(tiny.run_file)]) == 0
    assert "unchanged since it was sealed" in capsys.readouterr().out, "an empty form changes no run"
    fill(form, "in order")
    assert performed(tiny)["outcome"] == "met"
    assert "What do the samples that were examined show?" in page(tiny)
    assert findings(tiny) == []
    fill(form, "deviation", rows=4)
    decision = performed(tiny)
    (shortfall,) = findings(tiny)
    assert shortfall["notebook"] == "samples"
    assert len(shortfall["cases"]) == 4
    assert decision["open_majors" if shortfall["grade"] == "major" else "open_minors"] == [
        "sample.units (samples)"
    ]
    upper = next(one for one in recorded(tiny, "samples") if one["key"].startswith("upper:"))["value"]
    assert f"at most {upper:.1%} of all 200 do" in shortfall["condition"]
    agree(tiny)
    assert main(["verify", str(tiny.finished)]) == 0
    fill(form, "", rows=1)
    performed(tiny)
    assert "is left out: it is not filled in as it was drawn" in page(tiny)
    capsys.readouterr()


def recorded(tiny: Tiny, notebook: str) -> list[dict[str, Any]]:
    content = json.loads((tiny.finished / "results" / f"{notebook}.json").read_text(encoding="utf-8"))
    return list(content["numbers"])


def fill(form: Path, answer: str, *, rows: int = 10_000) -> None:
    """Answer the first `rows` rows of a form with `answer`."""
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    heads = {
        str(cell.value): (cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.value
    }
    head, column = heads["Answer"]
    for row in range(head + 1, min(sheet.max_row, head + rows) + 1):
        sheet.cell(row, column).value = answer
    book.save(form)


def accept(tiny: Tiny, identifier: str, *, due: str, state: str = "accepted") -> None:
    """Enter an action on the finding on `identifier` into the register beside the run."""
    path = register_path(tiny.finished.parent, "tiny")
    actions = [
        replace(
            one,
            action="Do it.",
            owner="Ada Lind",
            kind=ActionType.PROCEDURE,
            due=date.fromisoformat(due),
            state=State(state),
            proof="seen" if state.startswith("verified") else "",
        )
        if one.criterion.startswith(f"{identifier}:")
        else one
        for one in read_register(path)
    ]
    path.write_bytes(register_bytes(actions, suffix=".xlsx", created=datetime(2026, 1, 1, tzinfo=UTC)))
