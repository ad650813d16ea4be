"""A run performed again: the same numbers, or the ones that differ by name; notebooks stored, or refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tiny_project import STEPS, Tiny, notebook, tiny_project

from auditlib.cli import main
from auditlib.errors import NotebookFailed, ParameterError
from auditlib.files import canonical, hash_file
from auditlib.runs.reperform import LAST_DIGIT, same_value
from auditlib.runs.store import store_notebooks
from auditlib.seal.ledger import SEALED, append, ledger_path
from auditlib.seal.manifest import FileSeal, read_manifest, sealed, write_manifest


def forge(tiny: Tiny, value: float) -> None:
    """Change a recorded number and seal the run again, as someone with the suite could."""
    name = "results/01_one.json"
    path = tiny.finished / name
    document = json.loads(path.read_text())
    document["numbers"][0]["value"] = value
    path.write_text(canonical(document))
    facts = dict(read_manifest(tiny.finished))
    facts.pop("seal")
    sha256, size = hash_file(path)
    facts["files"] = {**facts["files"], name: FileSeal(sha256=sha256, size=size)}
    facts["schema"] = facts.pop("schema_")
    write_manifest(tiny.finished, sealed(facts))


def test_a_forged_number_under_a_valid_seal_is_found_by_performing_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    tiny.write_run({"01_one": "{limit: 7}"})
    tiny.perform()
    assert main(["verify", str(tiny.finished), "--reperform"]) == 0
    assert "all 1 recorded number of 1 notebook is the same" in capsys.readouterr().out

    forge(tiny, 0.8)
    path = ledger_path(tiny.finished.parent, "tiny")
    assert main(["verify", str(tiny.finished)]) == 5, "the ledger knows no such seal"
    whole = path.read_bytes()
    path.unlink()
    assert main(["verify", str(tiny.finished)]) == 5, "nor is a run without its ledger what was sealed"
    path.write_bytes(whole)  # a forger enters the new seal
    append(path, SEALED, {"seal": read_manifest(tiny.finished).seal}, at=datetime.now(UTC))
    assert main(["verify", str(tiny.finished)]) == 0
    capsys.readouterr()
    assert main(["verify", str(tiny.finished), "--reperform"]) == 5
    captured = capsys.readouterr()
    shown = " ".join(captured.err.split())
    assert "Intact" not in captured.out
    assert "01_one/share" in shown
    assert "value was 0.8 and is now 0.7" in shown


def test_performing_again_needs_nothing_but_the_folder_and_its_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = tiny_project(tmp_path / "project", names=("01_one",))
    tiny.perform()
    tiny.finished.rename(tmp_path / "handed over")
    ledger_path(tiny.finished.parent, "tiny").rename(ledger_path(tmp_path, "tiny"))
    tiny.root.rename(tmp_path / "gone")
    monkeypatch.chdir(tmp_path)
    assert main(["verify", "handed over", "--reperform"]) == 0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (0.1, 0.1 * (1 + LAST_DIGIT / 2), True),
        (0.1, 0.1 * (1 + LAST_DIGIT * 2), False),
        (0.0, 1e-300, False),
        (1, 1.0, True),
        (3, 4, False),
        (True, 1, False),
        (True, 1.0, False),
        (None, 0, False),
        ("0.5", 0.5, False),
        ({"low": 0.1, "high": None}, {"low": 0.1, "high": None}, True),
        ({"low": 0.1}, {"low": 0.1, "high": 1}, False),
        ([1, [2.0, "a"]], [1, [2.0, "a"]], True),
        ([1], [1, 2], False),
    ],
)
def test_only_the_last_recorded_digit_may_differ(one: object, other: object, expected: bool) -> None:
    assert same_value(one, other) is expected
    assert same_value(other, one) is expected


def by_hand(name: str, body: str) -> dict[str, object]:
    return notebook(name, body, closing="print(limit)")


def test_stored_notebooks_hold_their_outputs_and_store_the_same_again(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    for name in ("01_one", "02_two"):
        tiny.write_notebook(name, by_hand(name, "assert pathlib.Path.cwd().name == 'notebooks'; limit + 1"))
    changed = store_notebooks(tiny.run_file, steps=STEPS)
    assert [path.name for path in changed] == ["01_one.ipynb", "02_two.ipynb"]
    stored = json.loads(changed[0].read_text())
    assert [cell["id"] for cell in stored["cells"]] == ["title", "given", "open", "body-0", "close"]
    assert stored["cells"][3]["outputs"][0]["data"] == {"text/plain": ["6"]}
    assert stored["cells"][4]["outputs"][0]["text"] == ["5\n"]
    assert "papermill" not in changed[0].read_text()
    left = tmp_path / "outputs" / ".work" / ".store-killed"
    (left / "01_one").mkdir(parents=True)
    assert store_notebooks(tiny.run_file, steps=STEPS) == ()
    assert not left.exists()


def test_one_notebook_alone_can_be_stored(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    for name in ("01_one", "02_two"):
        tiny.write_notebook(name, by_hand(name, "limit + 1"))
    other = (tmp_path / "notebooks" / "01_one.ipynb").read_bytes()
    changed = store_notebooks(tiny.run_file, only=["02_two"], steps=STEPS)
    assert [path.name for path in changed] == ["02_two.ipynb"]
    assert (tmp_path / "notebooks" / "01_one.ipynb").read_bytes() == other
    with pytest.raises(ParameterError, match=r"no notebook '03_three'\. It names 01_one, 02_two"):
        store_notebooks(tiny.run_file, only=["03_three", "01_one"], steps=STEPS)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("pathlib.Path.cwd()", "a path of this machine"),
        ("object()", "a memory address"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_nothing_is_stored_unless_everything_repeats(tmp_path: Path, body: str, why: str) -> None:
    tiny = tiny_project(tmp_path)
    tiny.write_notebook("01_one", by_hand("01_one", "limit"))
    tiny.write_notebook("02_two", by_hand("02_two", body))
    before = [path.read_bytes() for path in sorted((tmp_path / "notebooks").glob("*.ipynb"))]
    with pytest.raises(NotebookFailed, match=why):
        store_notebooks(tiny.run_file, steps=STEPS)
    assert [path.read_bytes() for path in sorted((tmp_path / "notebooks").glob("*.ipynb"))] == before


def test_notebooks_are_stored_on_the_run_they_default_to(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    other = tiny.run_file.with_name("other.yaml")
    other.write_text(tiny.run_file.read_text())
    with pytest.raises(ParameterError, match="default run_file"):
        store_notebooks(other, steps=STEPS)
