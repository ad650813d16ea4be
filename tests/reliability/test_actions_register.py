"""The register of actions of real runs, from one audit to the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from project_copy import project_copy
from tiny_project import CLOSING, Tiny, notebook, tiny_project

from auditlib.actions.document import actions_schema
from auditlib.actions.register import HEADINGS, State
from auditlib.actions.register_file import read_register
from auditlib.cli import main
from auditlib.errors import DataError
from auditlib.oscal.opening import export_oscal
from auditlib.seal import verify

pytestmark = pytest.mark.usefixtures("notebooks_here", "no_paper")

ROOT = Path(__file__).parents[2]

FINDING = {
    "criterion": "CF-01: Ask", "condition": "=81%", "cause": "c", "effect": "e", "recommendation": "r",
    "grade": "major", "subject": "U01", "evidence": [], "fingerprint": "a" * 64,
}  # fmt: skip


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    made = tiny_project(tmp_path, names=("01_one",))
    closing = CLOSING.replace('"findings": []', f'"findings": [{FINDING!r}]')
    made.write_notebook("01_one", notebook("01_one", closing=closing))
    made.perform()
    return made


def words(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


def fill(path: Path, **cells: str) -> None:
    book = openpyxl.load_workbook(path)
    for heading, value in cells.items():
        book.active.cell(2, HEADINGS.index(heading) + 1).value = value
    book.save(path)


def test_findings_become_actions_that_are_filled_refused_and_kept(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    run, path = str(tiny.finished), tiny.finished.parent / "tiny.actions.xlsx"
    assert main(["actions", run]) == 0
    shown = words(capsys)
    assert "1 finding has no accepted action" in shown
    assert "1 of them major" in shown
    assert "No action is agreed yet" in shown
    assert "no drivers were estimated" in shown
    fill(
        path,
        Action="Ask all",
        Owner="Ada Lind and Ben Roth",
        Type="policy",
        Due="2026-06-30",
        State="accepted",
    )
    assert main(["actions", run]) == 3
    assert "more than one owner" in words(capsys)
    fill(path, Owner="Ada Lind")
    assert main(["actions", run]) == 0
    assert "0 findings have no accepted action" in words(capsys)
    assert read_register(path)[0].owner == "Ada Lind"
    fill(path, State="verified effective", Proof="seen")
    assert main(["actions", run]) == 3
    assert "cannot be verified effective" in words(capsys)
    assert main(["verify", run]) == 0


def kept(run: Path) -> dict[str, Any]:
    return dict(json.loads((run / "actions.json").read_text(encoding="utf-8")))


ENTERED = {
    "Action": "Ask all",
    "Owner": "Ada Lind",
    "Type": "policy",
    "Due": "2025-06-30",
    "State": "accepted",
}


def test_a_run_takes_in_what_was_entered_and_seals_it(tiny: Tiny) -> None:
    run, path = tiny.finished, tiny.finished.parent / "tiny.actions.xlsx"
    before = kept(run)
    assert (before["register"], before["uncovered"]) == ("", ["a" * 64])
    assert before["actions"][0]["state"] == "proposed"
    main(["actions", str(run)])
    assert tiny.perform().unchanged, "a register nobody has filled in changes nothing"
    fill(path, **ENTERED)
    outcome = tiny.perform()
    assert (outcome.unchanged, outcome.executed, outcome.cached) == (False, (), ("01_one",))
    after = kept(run)
    assert (after["register"], after["uncovered"]) == ("tiny.actions.xlsx", [])
    (one,) = after["actions"]
    assert {name: one[name] for name in ("owner", "type", "due", "state")} == {
        "owner": "Ada Lind", "type": "policy", "due": "2025-06-30", "state": "accepted",
    }  # fmt: skip
    jsonschema.validate(after, actions_schema())
    assert verify(run).files
    assert tiny.perform().unchanged


def test_a_wrong_register_stops_the_run_before_anything_is_executed(tiny: Tiny) -> None:
    main(["actions", str(tiny.finished)])
    path = tiny.finished.parent / "tiny.actions.xlsx"
    fill(path, Owner="Ada and Ben")
    sealed = verify(tiny.finished).manifest.seal
    with pytest.raises(DataError, match="more than one owner"):
        tiny.perform()
    fill(path, Owner="Ada", Fingerprint="b" * 64)
    with pytest.raises(DataError, match="names no finding"):
        tiny.perform()
    assert verify(tiny.finished).manifest.seal == sealed


def test_owners_and_days_reach_the_plan_of_action(tiny: Tiny) -> None:
    project_copy(tiny.root, "params/standards")
    main(["actions", str(tiny.finished)])
    fill(tiny.finished.parent / "tiny.actions.xlsx", **ENTERED)
    tiny.perform()
    folder = export_oscal(tiny.finished).directory
    document = json.loads((folder / "plan-of-action-and-milestones.json").read_text(encoding="utf-8"))
    plan = document["plan-of-action-and-milestones"]
    (risk,) = plan["risks"]
    assert (risk["status"], risk["deadline"]) == ("remediating", "2025-06-30T00:00:00Z")
    remedy = next(one for one in risk["remediations"] if one["lifecycle"] == "planned")
    assert remedy["description"] == "Ask all"
    facts = {one["name"]: one["value"] for one in remedy["props"]}
    assert (facts["action-owner"], facts["action-type"], facts["action-due"]) == (
        "Ada Lind", "policy", "2025-06-30",
    )  # fmt: skip
    (task,) = remedy["tasks"]
    (role,) = task["responsible-roles"]
    people = {one["uuid"]: one["name"] for one in plan["metadata"]["parties"]}
    assert [people[uuid] for uuid in role["party-uuids"]] == ["Ada Lind"]


def test_actions_are_carried_to_the_next_audit_by_fingerprint(
    tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tiny_project(tmp_path / "next", names=("01_one",))
    closing = CLOSING.replace('"findings": []', f'"findings": [{FINDING!r}]')
    other.write_notebook("01_one", notebook("01_one", closing=closing))
    other.perform()
    run, path = str(tiny.finished), tiny.finished.parent / "tiny.actions.xlsx"
    assert main(["actions", str(other.finished), "--previous", run]) == 2
    assert "no register of actions" in words(capsys)
    main(["actions", run])
    fill(
        path,
        Action="Ask all",
        Owner="Ada Lind",
        Type="policy",
        Due="2026-06-30",
        State="implemented",
        Proof="p",
    )
    assert main(["actions", run]) == 0
    assert main(["actions", str(other.finished), "--previous", run]) == 0
    (carried,) = read_register(other.finished.parent / "tiny.actions.xlsx")
    assert (carried.owner, carried.state) == ("Ada Lind", State.ACCEPTED)
    assert "Raised again" in carried.remark
