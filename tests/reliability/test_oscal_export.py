"""A finished run exported as OSCAL: beside it, whole or not at all, and never from a run that was altered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from project_copy import project_copy
from tiny_project import Tiny, hashes, notebook, tiny_project

from auditlib.cli import main
from auditlib.errors import ParameterError, VerificationFailed
from auditlib.oscal.opening import export_oscal, read_audited
from auditlib.records import Measurement, Statistic
from auditlib.seal import verify
from auditlib.standards.document import verdict_document
from auditlib.standards.edition import load_edition
from auditlib.standards.profile import demands_on
from auditlib.standards.verdict import verdict_of

ROOT = Path(__file__).parents[2]
NAMES = {
    "catalog.json",
    "profile.json",
    "assessment-plan.json",
    "assessment-results.json",
    "plan-of-action-and-milestones.json",
}
JUDGE = """\
verdict = json.loads(pathlib.Path(VERDICT).read_text())
path = results / f"{NAME}.json"
document = json.loads(path.read_text()) | {"verdict": verdict}
path.write_text(json.dumps(document, sort_keys=True, indent=1) + "\\n")
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run by no standard."""
    return finished(tiny_project(tmp_path_factory.mktemp("plain"), names=("01_one",)))


def finished(tiny: Tiny) -> Path:
    project_copy(tiny.root, "params/standards")
    return tiny.perform().directory


def verdict() -> dict[str, Any]:
    """Return the verdict on an operation that kept no records."""
    file = ROOT / "params" / "standards" / "service-excellence" / "2025.yaml"
    edition = load_edition(file.read_text(encoding="utf-8"), name=file.name)
    found = [Measurement(each.metric, None, 0, Statistic.SHARE) for each in edition.criteria]
    return verdict_document(verdict_of(demands_on(edition, edition.effective_to), found))


def test_the_documents_stand_beside_the_run_and_the_run_is_as_it_was(run: Path) -> None:
    exported = export_oscal(run)
    assert exported.directory == run.parent / "tiny.oscal"
    assert set(hashes(exported.directory)) == NAMES == set(exported.files)
    assert verify(run).files


def test_a_second_export_and_one_elsewhere_are_the_same_bytes(run: Path, tmp_path: Path) -> None:
    first = hashes(export_oscal(run).directory)
    assert hashes(export_oscal(run).directory) == first
    assert hashes(export_oscal(run, out=tmp_path / "deep" / "elsewhere").directory) == first
    assert [path.name for path in tmp_path.rglob(".*")] == []


def test_a_second_run_exports_the_same_bytes(run: Path, tmp_path: Path) -> None:
    again = finished(tiny_project(tmp_path, names=("01_one",)))
    assert hashes(export_oscal(again).directory) == hashes(export_oscal(run).directory)


def test_no_document_names_a_folder_of_this_machine(run: Path) -> None:
    for path in export_oscal(run).directory.iterdir():
        assert str(run.parents[1]) not in path.read_text(encoding="utf-8")


def test_why_no_standard_was_judged_is_said(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["oscal", str(run)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "No standard was judged: none of the notebooks of this audit (01_one) judges by one" in said
    assert "assessment-results.json" in said


def test_a_verdict_is_read_from_the_notebook_that_gave_it(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path / "project", names=("01_one", "11_standards"))
    stored = tmp_path / "verdict.json"
    stored.write_text(json.dumps(verdict()), encoding="utf-8")
    content = notebook("11_standards", f"VERDICT = {str(stored)!r}")
    content["cells"][-1]["source"] += JUDGE  # type: ignore[index]
    tiny.write_notebook("11_standards", content)
    found = read_audited(run := finished(tiny))
    assert (found.judge, found.unjudged) == ("11_standards", "")
    assert [one.outcome for one in found.judged] == ["not_assessable"] * len(found.edition.criteria)
    document = json.loads((export_oscal(run).directory / "assessment-results.json").read_text("utf-8"))
    (result,) = document["assessment-results"]["results"]
    assert len(result["observations"]) == len(found.judged) + 1 + 3, "the decision answers too"


def test_an_altered_run_is_not_exported(run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "tiny"))
    (copy / "findings.json").write_text("{}", encoding="utf-8")
    with pytest.raises(VerificationFailed, match=r"findings\.json"):
        export_oscal(copy)
    assert not (tmp_path / "tiny.oscal").exists()


def test_a_run_is_never_written_into(run: Path) -> None:
    for inside in (run, run / "oscal", run / "results" / ".." / "oscal"):
        with pytest.raises(ParameterError, match="never altered"):
            export_oscal(run, out=inside)
    assert verify(run).files


def test_nothing_but_an_export_is_replaced(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for place in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(ParameterError, match="something else"):
            export_oscal(run, out=place)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_failed_write_leaves_the_earlier_export(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hashes(export_oscal(run).directory)
    written: list[Path] = []

    def full(path: Path, content: bytes) -> None:
        if written:
            raise OSError(28, "No space left on device")
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        written.append(path)

    monkeypatch.setattr("auditlib.oscal.opening.write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        export_oscal(run)
    assert hashes(run.parent / "tiny.oscal") == before
    assert not [path for path in run.parent.iterdir() if path.name.startswith(".tiny.oscal")]


def test_a_standard_the_run_did_not_keep_is_named(tmp_path: Path) -> None:
    run = tiny_project(tmp_path, names=("01_one",)).perform().directory
    with pytest.raises(ParameterError, match=r"parameters/standards/service-excellence/2025\.yaml"):
        export_oscal(run)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    assert main(["oscal", str(tmp_path)]) == ParameterError.exit_code
