"""A run replaces a run and nothing else: what a person put in its place is named, and stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_project import Tiny, hashes, notebook, tiny_project

from auditlib.cli import main
from auditlib.errors import AuditError, NotebookFailed, ParameterError
from auditlib.files.folders import remove_directory
from auditlib.oscal.opening import _refuse_place
from auditlib.seal import verify

pytestmark = pytest.mark.usefixtures("notebooks_here", "no_paper")


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Return a project whose audit was performed and whose run file has changed since."""
    made = tiny_project(tmp_path, names=("01_one",))
    made.perform()
    made.write_run({"01_one": ""}, title="Another title")
    return made


def refused(tiny: Tiny, *named: str) -> None:
    """Require that nothing in the folder of outputs is altered by a run, and that it names `named`."""
    before = hashes(tiny.root)
    with pytest.raises(AuditError) as caught:
        tiny.perform()
    assert sorted(Path(problem.file).name for problem in caught.value.problems) == sorted(named)
    assert all(problem.remedy for problem in caught.value.problems)
    after = hashes(tiny.root)
    assert {name: after[name] for name in before if not name.endswith((".lock", ".ledger.jsonl"))} == {
        name: before[name] for name in before if not name.endswith((".lock", ".ledger.jsonl"))
    }


def test_the_files_of_a_client_that_stand_in_the_place_of_a_run_stay(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    before = hashes(tmp_path / "data")
    # the folder of outputs named by mistake: data/tiny is where the client's files are
    assert main(["run", str(tiny.run_file), "--out", str(tmp_path / "data")]) == 1
    assert hashes(tmp_path / "data/tiny") == {"units.csv": before["tiny/units.csv"]}


def test_files_that_no_manifest_names_are_named_and_stay(tiny: Tiny) -> None:
    (tiny.finished / "notes.txt").write_text("mine")
    (tiny.finished / "evidence" / "mine").mkdir()
    (tiny.finished / "evidence" / "mine" / "more.txt").write_text("mine")
    refused(tiny, "more.txt", "notes.txt")


def test_of_many_foreign_files_ten_are_named_and_the_rest_counted(tiny: Tiny) -> None:
    for number in range(12):
        (tiny.finished / f"{number:02}.txt").write_text("mine")
    refused(tiny, *(f"{number:02}.txt" for number in range(10)), "tiny")


@pytest.mark.parametrize("place", ["outputs/tiny", "outputs/tiny.failed"])
def test_a_link_is_refused_and_what_it_leads_to_stays(tiny: Tiny, place: str) -> None:
    elsewhere = tiny.root / "elsewhere"
    if place == "outputs/tiny":
        tiny.finished.rename(elsewhere)
    else:
        elsewhere.mkdir()
        (elsewhere / "01_one.ipynb").write_text("mine")
    (tiny.root / place).symlink_to(elsewhere, target_is_directory=True)
    refused(tiny, Path(place).name)


def test_a_link_that_leads_nowhere_and_a_file_are_refused(tiny: Tiny) -> None:
    tiny.finished.rename(tiny.root / "before")
    tiny.finished.symlink_to(tiny.root / "nowhere")
    refused(tiny, "tiny")
    tiny.finished.unlink()
    tiny.finished.write_text("mine")
    refused(tiny, "tiny")
    tiny.finished.unlink()
    tiny.finished.mkdir()  # holds nothing that could be lost
    tiny.perform()
    verify(tiny.finished)


def test_the_run_of_another_audit_is_none_of_this_one(tiny: Tiny) -> None:
    text = tiny.run_file.read_text()
    tiny.run_file.write_text(text.replace("audit: tiny", "audit: other"))
    tiny.finished.rename(tiny.root / "outputs" / "other")
    with pytest.raises(AuditError, match=r"manifest\.json: does not belong"):
        tiny.perform()
    verify(tiny.root / "outputs" / "other")


@pytest.mark.parametrize("left", ["stage", "previous"])
def test_a_run_left_behind_by_an_interruption_is_removed_only_where_it_is_one(tiny: Tiny, left: str) -> None:
    folder = tiny.root / "outputs/.work/tiny" / left
    folder.mkdir()
    (folder / "half.txt").write_text("of a run that was being put together")
    tiny.perform()
    assert not folder.exists()
    tiny.finished.rename(folder)
    (folder / "notes.txt").write_text("mine")
    refused(tiny, "notes.txt")


def test_what_a_system_puts_into_every_folder_stops_nobody(tiny: Tiny) -> None:
    (tiny.finished / ".DS_Store").write_bytes(b"\0")
    tiny.perform()
    verify(tiny.finished)


def test_a_manifest_that_was_damaged_still_says_what_belongs(tiny: Tiny) -> None:
    manifest = tiny.finished / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"seal": "0" * 64}))
    tiny.perform()
    verify(tiny.finished)
    manifest.write_text("[" * 100_000)
    tiny.write_run({"01_one": ""}, title="A third title")
    with pytest.raises(AuditError, match=r"manifest\.json: does not belong to the run and would be lost"):
        tiny.perform()


def test_files_put_there_while_the_notebooks_run_stay(tiny: Tiny) -> None:
    note = tiny.finished / "notes.txt"
    body = f"import pathlib; pathlib.Path({str(note)!r}).write_text('mine')"
    tiny.write_notebook("01_one", notebook("01_one", body))
    with pytest.raises(AuditError, match=r"notes\.txt: does not belong"):
        tiny.perform()
    assert note.read_text() == "mine"
    note.unlink()
    assert tiny.perform().cached == ("01_one",)


def test_a_failed_copy_that_was_worked_on_stays(tiny: Tiny) -> None:
    copy = tiny.root / "outputs/tiny.failed/01_one.ipynb"
    tiny.write_notebook("01_one", notebook("01_one", "1 / 0"))
    with pytest.raises(NotebookFailed):
        tiny.perform()
    for again in ("first", "second"):
        copy.write_text(again)
        with pytest.raises(NotebookFailed):
            tiny.perform()
    tiny.write_notebook("01_one", notebook("01_one"))
    tiny.perform()
    left = sorted((path.name, path.read_text()) for path in copy.parent.iterdir())
    assert left == [("01_one.edited-1.ipynb", "first"), ("01_one.edited-2.ipynb", "second")]


def test_of_a_link_the_link_alone_is_removed(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "target", target_is_directory=True)
    remove_directory(tmp_path / "link")
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "target" / "manifest.json").read_text() == "mine"


def test_an_export_replaces_an_export_and_nothing_else(tmp_path: Path) -> None:
    target, run = tmp_path / "tiny.oscal", tmp_path / "tiny"
    target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(ParameterError, match="something else than an OSCAL export"):
        _refuse_place(target, run, names={"catalog.json"})
    target.unlink()
    (target / "catalog.json").mkdir(parents=True)
    (target / "catalog.json" / "mine.txt").write_text("mine")
    with pytest.raises(ParameterError, match="something else than an OSCAL export"):
        _refuse_place(target, run, names={"catalog.json"})
