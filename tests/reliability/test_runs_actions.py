"""The register of actions of real runs, from one audit to the next."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tiny_project import CLOSING, Tiny, notebook, tiny_project

from auditlib.actions.register import HEADINGS, State
from auditlib.cli import main
from auditlib.runs.action_register import read_register

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
    assert "1 proposed" in shown
    assert "1 of them major" in shown
    assert "drivers" in shown
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
