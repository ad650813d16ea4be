"""The command line: help that teaches, exit codes, and no traceback for a user's mistake."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer

from auditlib import __version__
from auditlib.cli import app, main, register_all
from auditlib.cli.examples import LESSONS, commands
from auditlib.cli.messages import plain
from auditlib.errors import (
    AuditError,
    Busy,
    DataError,
    EvidenceChanged,
    NotebookFailed,
    ParameterError,
    Problem,
    VerificationFailed,
)
from auditlib.parameters.strict_yaml import read_yaml
from company.__main__ import schema_text

ROOT = Path(__file__).parents[2]
COMMANDS = ("run", "check", "new", "schema", "verify", "trace")


def auditlib(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from auditlib.cli import main; sys.exit(main())", *words]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "120", **environment},
    )


def test_help_teaches_the_first_steps_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for word in ("An auditor", "A researcher", "A CI job", "Exit codes", "AUDITLIB_TRACEBACK", *COMMANDS):
        assert word in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert "Usage: auditlib" in capsys.readouterr().out


def called(line: str) -> str:
    """Return the words that call the command of a line, after parsing the rest as that command does."""
    command: Any = typer.main.get_command(app)
    words, rest = [], shlex.split(line)[1:]
    while hasattr(command, "commands"):
        words.append(rest.pop(0))
        command = command.commands[words[-1]]
    command.make_context(words[-1], rest)
    return " ".join(words)


@pytest.mark.parametrize("words", [words for words, _ in commands(app)])
def test_every_command_ends_its_help_with_lines_to_copy(words: str) -> None:
    epilog = str(dict(commands(app))[words].epilog)
    lines = re.findall(r"\[cyan\](auditlib .+?)\[/cyan\]", epilog)
    assert lines
    assert all(called(line) == words for line in lines)
    assert "Exit codes" in epilog or words not in LESSONS


def test_no_lesson_is_of_a_command_that_is_gone() -> None:
    assert set(LESSONS) <= {words for words, _ in commands(app)}


def test_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"auditlib {__version__}\n"


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from auditlib.cli import main; main(['--help']); "
        "heavy = {'pandas', 'pydantic', 'duckdb', 'statsmodels', 'pyarrow', 'numpy', 'yaml', 'papermill'}; "
        "sys.exit(str(sorted(heavy & set(sys.modules)) if heavy & set(sys.modules) else ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr.strip() == ""


@pytest.mark.parametrize(
    "words", [["nonsense"], ["check"], ["check", "--nonsense"], ["schema", "nonsense"], []]
)
def test_a_wrong_command_line_exits_2(words: list[str]) -> None:
    assert main(words) == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AuditError, 1),
        (ParameterError, 2),
        (DataError, 3),
        (EvidenceChanged, 3),
        (NotebookFailed, 4),
        (VerificationFailed, 5),
        (Busy, 6),
    ],
)
def test_each_error_has_its_exit_code_and_its_message(
    error: type[AuditError], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise error(Problem("it is wrong.", "acme.yaml", 3, 5, "Correct it."), "and this too.")

    monkeypatch.delenv("AUDITLIB_TRACEBACK", raising=False)
    monkeypatch.setattr("auditlib.cli.app", fail)
    assert main([]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "acme.yaml" in shown.err
    assert "3:5  it is wrong. Correct it." in shown.err
    assert "2 problems." in shown.err
    assert "Traceback" not in shown.err


def test_what_the_system_refuses_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr("auditlib.cli.app", fail)
    assert main([]) == 1
    assert "/somewhere: Permission denied" in capsys.readouterr().err


def test_a_traceback_is_shown_when_it_is_asked_for() -> None:
    quiet, loud = auditlib("schema", "x"), auditlib("schema", "x", AUDITLIB_TRACEBACK="1")
    assert (quiet.returncode, "Traceback" in quiet.stderr) == (2, False)
    assert "Traceback" in loud.stderr
    assert "ParameterError" in loud.stderr


def test_an_interrupt_exits_130() -> None:
    trial = typer.Typer()

    @trial.command()
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as stopped:
        trial(args=[])
    assert stopped.value.code == 130


def test_a_broken_pipe_is_quiet() -> None:
    code = "import sys; from auditlib.cli import main; sys.exit(main(['schema', 'run']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_control_characters_in_a_message_cannot_steer_the_terminal() -> None:
    assert plain("a\x1b[2Jb\x07") == "a\\x1b[2Jb\\x07"


def test_registering_twice_gives_the_same_commands() -> None:
    fresh = typer.Typer()
    register_all(fresh)
    names = {command.callback.__name__ for command in fresh.registered_commands if command.callback}
    assert names == {command.callback.__name__ for command in app.registered_commands if command.callback}


def test_the_stored_schemas_are_in_step(tmp_path: Path) -> None:
    assert main(["schema", "--write", str(tmp_path)]) == 0
    made = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    made["scenario.schema.json"] = schema_text()  # of the demo company's maker, which is no part of the suite
    stored = {path.name: path.read_text("utf-8") for path in (ROOT / "params/schemas").glob("*.json")}
    assert made == stored, "run: make schemas"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "params").rglob("*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_every_shipped_parameter_file_fits_the_schema_it_names(path: Path) -> None:
    text = path.read_text("utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named, "name its schema on the first line, so that editors help"
    schema = json.loads((path.parent / named[1]).read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(read_yaml(text, name=path.name).value)


@pytest.mark.parametrize(
    "change",
    [{"audti": "x"}, {"sources": [{"table": "unit", "form": "csv", "file": "a.csv"}]}, {"seed": "1"}],
)
def test_the_schema_refuses_what_the_models_refuse(change: dict[str, object]) -> None:
    schema = json.loads((ROOT / "params/schemas/run.schema.json").read_text("utf-8"))
    good = read_yaml((ROOT / "params/runs/hcahps.yaml").read_text("utf-8"), name="hcahps.yaml").value
    assert isinstance(good, dict)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**good, **change})


def project(tmp_path: Path) -> Path:
    for folder in ("params/runs", "notebooks", "data/acme"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "01_intake.ipynb", tmp_path / "notebooks")
    (tmp_path / "data/acme/units.csv").write_text("Unit,Name\n007,Bonn\n012,Berlin\n", encoding="utf-8")
    run_file = tmp_path / "params/runs/acme.yaml"
    run_file.write_text(GOOD, encoding="utf-8")
    return run_file


GOOD = """\
audit: acme
party: {name: Acme}
period: {start: 2025-01-01, end: 2025-12-31}
as_of: 2026-01-31T18:00:00Z
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: Unit, name: Name}}
notebooks:
  01_intake: {}
"""


def test_check_passes_what_is_right_and_shows_the_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_file = project(tmp_path)
    assert main(["check", str(run_file)]) == 0
    words = capsys.readouterr().out.split()
    assert words[-6:] == ["units.csv", "units", "2", "2", "0", "0"]


def test_check_takes_the_data_folder_it_is_given(tmp_path: Path) -> None:
    run_file = project(tmp_path)
    (tmp_path / "data/acme").rename(tmp_path / "elsewhere")
    assert main(["check", str(run_file)]) == 3
    assert main(["check", str(run_file), "--data", str(tmp_path / "elsewhere")]) == 0


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("audit: acme", "audit: Acme", 2, "1:8"),
        ("unit_id: Unit", "unit_ib: Unit", 2, "Did you mean 'unit_id'?"),
        ("01_intake: {}", "01_intak: {}", 2, "01_intak"),
        ("01_intake: {}", "01_intake: {levle: 1}", 2, "levle"),
        ("units.csv", "unit.csv", 3, "has no file 'unit.csv'"),
        ("unit_id: Unit", "unit_id: Unti", 3, "Did you mean 'Unit'?"),
    ],
)
def test_check_names_what_is_wrong(
    old: str, new: str, code: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_file = project(tmp_path)
    run_file.write_text(GOOD.replace(old, new), encoding="utf-8")
    assert main(["check", str(run_file)]) == code
    assert says in " ".join(capsys.readouterr().err.split())


def test_check_shows_parameter_and_data_problems_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_file = project(tmp_path)
    run_file.write_text(GOOD.replace("01_intake: {}", "99_none: {}").replace("units.csv", "no.csv"), "utf-8")
    assert main(["check", str(run_file)]) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert "99_none" in shown
    assert "no.csv" in shown
    assert "2 problems." in shown


def test_check_of_a_file_that_is_not_there_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "params/runs/absent.yaml"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_new_then_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_file = project(tmp_path)
    run_file.unlink()
    monkeypatch.chdir(tmp_path)
    assert main(["new", "acme", "data/acme/units.csv"]) == 0
    assert "auditlib check params/runs/acme.yaml" in capsys.readouterr().out
    assert main(["check", "params/runs/acme.yaml"]) == 2
    shown = capsys.readouterr()
    text = run_file.read_text("utf-8")
    open_lines = [number for number, line in enumerate(text.splitlines(), 1) if "# DECIDE:" in line]
    assert f"{len(open_lines)} lines are still to be decided" in shown.out
    assert all(f"\n  {number}  " in shown.out for number in open_lines)
    assert " units.csv  units" in f" {shown.out}"
    assert shown.err == ""
    run_file.write_text(re.sub("# DECIDE:.*", "", text), encoding="utf-8")
    assert main(["check", "params/runs/acme.yaml"]) == 0
    assert main(["new", "acme", "data/acme/units.csv"]) == 2
    assert main(["new", "acme", "data/acme/units.csv", "--force"]) == 0
