"""Notebooks that fail, hang, die or cheat; and what a second run does after each.

Tests of what a run does with results, and not of how kernels end, execute the notebooks in their own process.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_project import CLOSING, PARAMETERS, notebook, tiny_project

from auditlib.cli import main
from auditlib.errors import AuditError, NotebookFailed, ParameterError
from auditlib.runs.events import CellStarted, Event, Finished, Planned, Stopped


def failing(body: str) -> dict[str, object]:
    return notebook("01_one", "print('so far so good')", body)


def causes(caught: pytest.ExceptionInfo[NotebookFailed]) -> str:
    return "\n".join(problem.message for problem in caught.value.problems)


def test_a_failed_notebook_is_kept_the_others_are_finished_and_only_it_runs_again(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    tiny.write_notebook("01_one", failing("1 / 0"))
    events: list[Event] = []
    with pytest.raises(NotebookFailed) as caught:
        tiny.perform(notify=events.append)

    assert "01_one stopped in cell 6 of 7 ('What does 01_one say?')" in causes(caught)
    assert "ZeroDivisionError: division by zero" in causes(caught)
    copy = json.loads((tmp_path / "outputs" / "tiny.failed" / "01_one.ipynb").read_text())
    assert "so far so good" in str(copy["cells"][4]["outputs"])
    assert "ZeroDivisionError" in str(copy["cells"][5]["outputs"]) or "ZeroDivisionError" in str(
        copy["cells"]
    )
    assert "division" in (tmp_path / "outputs" / "tiny.failed" / "01_one.txt").read_text()
    assert not tiny.finished.exists()
    assert Finished("02_two", ()) in events or Finished("02_two", ("01_one",)) in events
    assert any(isinstance(event, Stopped) and event.notebook == "01_one" for event in events)

    tiny.write_notebook("01_one", notebook("01_one", "print('mended')"))
    outcome = tiny.perform()
    assert (outcome.executed, outcome.cached) == (("01_one",), ("02_two",))
    assert outcome.report.is_file()
    assert not (tmp_path / "outputs" / "tiny.failed").exists()


def test_a_failure_leaves_the_previous_complete_run_as_it_was(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    tiny.perform()
    before = tiny.files()
    tiny.write_notebook("01_one", failing("raise SystemExit(3)"))
    with pytest.raises(NotebookFailed):
        tiny.perform()
    assert tiny.files() == before


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("import os; os._exit(1)", "its Python process died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its Python process died"),
        ("import os, signal; os.kill(os.getppid(), signal.SIGKILL)", "was ended by signal 9"),
        ("import sys; sys.exit(0)", "in cell 6 of 7 ('What does 01_one say?'): it ended itself before"),
        ("this is no Python", "SyntaxError"),
        (
            "raise ValueError('\\x1b[31mred\\x1b[0m\\n\\nand long ' + 'x' * 9000)",
            "ValueError: red and long xxx",
        ),
    ],
)
def test_every_way_to_fail_has_its_cause_in_one_line(tmp_path: Path, body: str, cause: str) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    tiny.write_notebook("01_one", failing(body))
    with pytest.raises(NotebookFailed) as caught:
        tiny.perform()
    assert cause in causes(caught)
    assert "\n" not in causes(caught)
    assert len(causes(caught)) < 600
    kept = tmp_path / "outputs" / "tiny.failed" / "01_one.ipynb"
    assert "so far so good" in kept.read_text()
    assert not tiny.finished.exists()


def test_a_cell_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    tiny.write_notebook("01_one", failing("import time; time.sleep(600)"))
    with pytest.raises(NotebookFailed, match="longer than the seconds allowed: 10"):
        tiny.perform(timeout=10.0)
    assert "so far so good" in (tmp_path / "outputs" / "tiny.failed" / "01_one.ipynb").read_text()
    assert not tiny.finished.exists()


@pytest.mark.usefixtures("notebooks_here")
@pytest.mark.parametrize(
    ("closing", "cause"),
    [
        ("", "recorded no results"),
        (CLOSING.replace('"schema": "auditlib/results@1", ', ""), "published shape"),
        (CLOSING.replace('"notebook": NAME', '"notebook": "09_other"'), "in the name of 09_other"),
        (CLOSING + "pathlib.Path(work, 'exhibits', 'x.svg').write_text('')", "not named after it"),
    ],
)
def test_a_notebook_that_records_nothing_sound_has_failed(tmp_path: Path, closing: str, cause: str) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    tiny.write_notebook("01_one", notebook("01_one", closing=closing))
    with pytest.raises(NotebookFailed, match=cause):
        tiny.perform()


def test_only_what_changed_is_executed_again(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    assert tiny.perform().executed == ("01_one", "02_two")
    sealed = tiny.files()
    assert tiny.perform().unchanged
    assert tiny.files() == sealed

    tiny.write_run({"01_one": "", "02_two": "{limit: 6}"})
    events: list[Event] = []
    outcome = tiny.perform(notify=events.append)
    assert (outcome.executed, outcome.cached) == (("02_two",), ("01_one",))
    assert Planned(("02_two",), ("01_one",)) in events
    assert {event.notebook for event in events if isinstance(event, CellStarted)} == {"02_two"}
    number = json.loads((tiny.finished / "results" / "02_two.json").read_text())["numbers"][0]
    assert number["value"] == 0.6

    # outputs and formatting of a stored notebook are not its code
    stored = json.loads((tmp_path / "notebooks" / "01_one.ipynb").read_text())
    stored["cells"][1]["execution_count"] = 9
    tiny.write_notebook("01_one", stored)
    assert tiny.perform().unchanged


@pytest.mark.usefixtures("notebooks_here")
def test_a_damaged_result_or_run_is_made_again(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    tiny.perform()
    sealed = tiny.files()
    (tmp_path / "outputs/.work/tiny/kept/01_one/results/01_one.json").write_text("{}")
    assert tiny.perform().executed == ("01_one",)
    (tiny.finished / "report.html").write_text("other")
    outcome = tiny.perform()
    assert (outcome.executed, outcome.unchanged) == ((), False)
    after = tiny.files()
    assert {name: value for name, value in after.items() if name != "manifest.json"} == {
        name: value for name, value in sealed.items() if name != "manifest.json"
    }


@pytest.mark.usefixtures("notebooks_here")
def test_only_one_notebook_then_the_rest(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    outcome = tiny.perform(only=("02_two",))
    assert (outcome.executed, outcome.missing) == (("02_two",), ("01_one",))
    assert not tiny.finished.exists()
    second = tiny.perform(only=("01_one",))
    assert (second.missing, second.sealed, tiny.finished.exists()) == ((), False, False)
    whole = tiny.perform()
    assert (whole.executed, whole.sealed) == ((), True)
    assert (tiny.finished / "manifest.json").is_file()
    with pytest.raises(ParameterError, match="names no notebook '03_three'"):
        tiny.perform(only=("03_three",))


@pytest.mark.usefixtures("notebooks_here")
def test_fresh_executes_everything(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    tiny.perform()
    assert tiny.perform(fresh=True).executed == ("01_one",)


def test_hostile_names_are_refused_before_anything_runs_all_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = tiny_project(tmp_path)
    tiny.write_run({"01_one": "{limitt: 5, work: elsewhere}", "02_two": "{limit: '5'}", "03_three": ""})
    assert main(["run", str(tiny.run_file)]) == 2
    shown = " ".join(capsys.readouterr().err.split())
    for problem in (
        "'limitt'",
        "'limit'?",
        "'work' is filled by the run",
        "of type int",
        "no notebook 03_three",
    ):
        assert problem in shown
    assert "Traceback" not in shown
    assert not (tmp_path / "outputs").exists()

    tiny.write_run({"01_one": "{\"x=1;open('pwned','w');y\": 1}"})
    with pytest.raises(ParameterError):
        tiny.perform()
    assert not list(tmp_path.rglob("pwned"))


def test_hostile_values_reach_the_notebook_as_texts(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    value = """"; open('pwned', 'w'); "\\\\ {x} ../escaped 'z"""
    check = f"assert label == {value!r}, label"
    parameters = PARAMETERS + 'label: str = ""\n'
    tiny.write_notebook("01_one", notebook("01_one", check, parameters=parameters))
    tiny.write_run({"01_one": f"{{label: {json.dumps(value)}}}"})
    tiny.perform()
    assert not list(tmp_path.rglob("*pwned*"))
    assert not list(tmp_path.rglob("*escaped*"))
    assert sorted(path.name for path in (tmp_path / "outputs").iterdir()) == [
        ".evidence",
        ".work",
        "tiny",
        "tiny.ledger.jsonl",
    ]


def test_an_audit_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    text = tiny.run_file.read_text()
    for name in ("../escaped", "'{limit}'", "a/b", "tiny.failed", "''"):
        tiny.run_file.write_text(text.replace("audit: tiny", f"audit: {name}"))
        with pytest.raises(ParameterError):
            tiny.perform()
    assert not (tmp_path.parent / "escaped").exists()


def test_braces_in_paths_are_only_braces(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path / "{limit} {x} %s", names=("01_one",))
    assert tiny.perform().report.is_file()


def test_notebooks_run_in_their_own_folder_and_processes(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path)
    for name in ("01_one", "02_two"):
        check = "import os\nassert pathlib.Path.cwd().name == 'notebooks'\nos.chdir('/')"
        tiny.write_notebook(name, notebook(name, check))
    here = Path.cwd()
    tiny.perform(jobs=2)
    assert Path.cwd() == here
    assert str(tmp_path) not in (tiny.finished / "notebooks" / "01_one.ipynb").read_text()


def test_two_runs_one_or_two_side_by_side_give_the_same_bytes(tmp_path: Path) -> None:
    seen = []
    for index, (jobs, threads) in enumerate([(1, 1), (2, 2)]):
        tiny = tiny_project(tmp_path / str(index))
        tiny.perform(jobs=jobs, threads=threads)
        seen.append({name: value for name, value in tiny.files().items() if name != "manifest.json"})
    assert seen[0] == seen[1]


def test_a_secret_is_neither_given_to_notebooks_nor_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_DB", "postgres://me:p4ss-w0rd@host/db")
    tiny = tiny_project(tmp_path, names=("01_one",))
    text = tiny.run_file.read_text()
    database = "form: database, database: {connection: CLIENT_DB, relation: u}"
    source = f"{{table: units, {database}, columns: {{unit_id: id}}}}"
    tiny.run_file.write_text(text.replace("sources:\n", f"sources:\n  - {source}\n"))
    tiny.write_notebook("01_one", notebook("01_one", "import os; assert 'CLIENT_DB' not in os.environ"))
    tiny.perform()
    everything = b"".join(path.read_bytes() for path in tiny.finished.rglob("*") if path.is_file())
    assert b"p4ss-w0rd" not in everything

    before = tiny.files()
    tiny.write_notebook("01_one", notebook("01_one", "print('p4ss-' + 'w0rd')"))
    with pytest.raises(AuditError, match="secret named by CLIENT_DB") as caught:
        tiny.perform()
    assert "p4ss" not in str(caught.value)
    assert tiny.files() == before


def test_a_project_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tiny = tiny_project(tmp_path / "project")
    lonely = tmp_path / "lonely.yaml"
    lonely.write_text(tiny.run_file.read_text())
    assert main(["run", str(lonely)]) == 2
    assert main(["run", str(tmp_path / "absent.yaml")]) == 2


@pytest.mark.usefixtures("notebooks_here")
def test_what_changes_while_it_runs_is_not_kept_as_what_was(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    law = tmp_path / "params" / "standards" / "x.yaml"
    law.parent.mkdir()
    law.write_text("edition: 1\n")
    tiny.write_notebook("01_one", notebook("01_one", f"pathlib.Path({str(law)!r}).write_text('edition: 2')"))
    with pytest.raises(NotebookFailed, match="was changed while it ran"):
        tiny.perform()
    assert not tiny.finished.exists()
    assert tiny.perform().executed == ("01_one",)
    assert (tiny.finished / "parameters/standards/x.yaml").read_text() == "edition: 2"
