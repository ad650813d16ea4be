"""Findings against the audit before: an explicit choice of the run file, never what happens to lie there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_project import Tiny, notebook, tiny_project

from auditlib.errors import ParameterError, VerificationFailed

pytestmark = pytest.mark.usefixtures("notebooks_here", "no_paper")
RAISE = """\
import hashlib, json
raised = [
    {"criterion": mark, "condition": "c", "cause": "c", "effect": "e", "recommendation": "r",
     "grade": "minor", "subject": "s", "evidence": [],
     "fingerprint": hashlib.sha256(mark.encode()).hexdigest()}
    for mark in MARKS
]
path = results / f"{NAME}.json"
document = json.loads(path.read_text()) | {"findings": raised}
path.write_text(json.dumps(document, sort_keys=True, indent=1) + "\\n")
"""


def project(root: Path, *, marks: str) -> Tiny:
    tiny = tiny_project(root, names=("01_one",))
    raising(tiny, marks)
    return tiny


def raising(tiny: Tiny, marks: str) -> None:
    content = notebook("01_one", f"MARKS = {marks!r}")
    closing = content["cells"][-1]
    closing["source"] += RAISE
    tiny.write_notebook("01_one", content)


def rewrite(tiny: Tiny, *pairs: tuple[str, str]) -> None:
    text = tiny.run_file.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    tiny.run_file.write_text(text, encoding="utf-8")


def states(directory: Path) -> dict[str, str]:
    document = json.loads((directory / "findings.json").read_text("utf-8"))
    return {one["criterion"]: one["state"] for one in document["findings"]}


def test_a_rerun_is_the_same_bytes_and_the_next_audit_is_compared(tmp_path: Path) -> None:
    tiny = project(tmp_path, marks="ab")
    tiny.perform()
    first = tiny.files()
    tiny.perform(fresh=True)
    again = tiny.files()
    assert {name: value for name, value in again.items() if name != "manifest.json"} == {
        name: value for name, value in first.items() if name != "manifest.json"
    }
    assert states(tiny.finished) == {"a": "new", "b": "new"}

    rewrite(tiny, ("audit: tiny\n", "audit: tiny-2\nprevious: tiny\n"))
    raising(tiny, "bc")
    tiny.perform()
    assert states(tmp_path / "outputs" / "tiny-2") == {"b": "unchanged", "c": "new", "a": "resolved"}
    assert tiny.perform().unchanged


def test_a_changed_past_is_compared_again(tmp_path: Path) -> None:
    tiny = project(tmp_path, marks="a")
    own = tiny.run_file.read_text("utf-8")
    tiny.perform()
    rewrite(tiny, ("audit: tiny\n", "audit: tiny-2\nprevious: tiny\n"))
    later = tiny.run_file.read_text("utf-8")
    tiny.perform()
    assert states(tmp_path / "outputs" / "tiny-2") == {"a": "unchanged"}

    tiny.run_file.write_text(own, encoding="utf-8")
    raising(tiny, "z")
    tiny.perform()
    tiny.run_file.write_text(later, encoding="utf-8")
    assert not tiny.perform().unchanged
    assert states(tmp_path / "outputs" / "tiny-2") == {"z": "unchanged"}


def test_an_absent_past_is_an_error_before_anything_is_done(tmp_path: Path) -> None:
    tiny = project(tmp_path, marks="a")
    rewrite(tiny, ("audit: tiny\n", "audit: tiny\nprevious: never-made\n"))
    with pytest.raises(ParameterError, match="never-made"):
        tiny.perform()
    assert not tiny.finished.exists()


def test_a_past_that_was_altered_is_refused(tmp_path: Path) -> None:
    tiny = project(tmp_path, marks="a")
    tiny.perform()
    with (tiny.finished / "findings.json").open("a", encoding="utf-8") as stream:
        stream.write(" ")
    rewrite(tiny, ("audit: tiny\n", "audit: tiny-2\nprevious: tiny\n"))
    with pytest.raises(VerificationFailed, match=r"findings\.json"):
        tiny.perform()


def test_another_partys_past_is_refused(tmp_path: Path) -> None:
    tiny = project(tmp_path, marks="a")
    tiny.perform()
    rewrite(tiny, ("audit: tiny\n", "audit: tiny-2\nprevious: tiny\n"), ("Small & Sons", "Others"))
    with pytest.raises(ParameterError, match="one of 'Small & Sons', not of 'Others'"):
        tiny.perform()


def test_an_audit_is_not_its_own_past(tmp_path: Path) -> None:
    tiny = project(tmp_path, marks="a")
    rewrite(tiny, ("audit: tiny\n", "audit: tiny\nprevious: tiny\n"))
    with pytest.raises(ParameterError, match="names this audit itself"):
        tiny.perform()
