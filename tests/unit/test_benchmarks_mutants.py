"""The run that puts faults into the suite, on a package of one rule: what is killed, and what refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import mutants
from benchmarks.mutants import (
    CannotTry,
    Mutant,
    Outcome,
    Register,
    place_of,
    read,
    report,
    try_all,
    unexcused,
)

RULE = '''"""A rule."""

LIMIT = 3


def grade(signs: int) -> str:
    return "major" if signs > 1 else "minor"


def spare(signs: int) -> bool:
    return signs > LIMIT
'''
TESTS = """from tiny.rule import grade


def test_one_sign_is_a_minor():
    assert grade(1) == "minor"


def test_two_signs_are_a_major():
    assert grade(2) == "major"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "src/tiny/__init__.py": "",
        "src/tiny/rule.py": RULE,
        "src/tiny/other.py": "HALF = 1 / 2\nQUARTER = HALF * 1 / 2\n",
        "tests/unit/test_rule.py": TESTS,
        "pyproject.toml": "[tool.pytest.ini_options]\n",
    }.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "project"


def mutant(text: str, becomes: str, **changes: Any) -> Mutant:
    entry = {
        "id": "fault",
        "room": "tiny",
        "wrong": "Grades are wrong.",
        "files": "*.py",
        "tests": ("unit/test_rule.py",),
    }
    return Mutant(**{**entry, "text": text, "becomes": becomes, **changes})


GRADE = mutant("signs > 1", "signs > 2", id="from_three_signs")
SPARE = mutant("signs > LIMIT", "signs >= LIMIT", id="nobody_asks")
GONE = mutant("signs > 7", "signs > 8", id="gone")


def test_what_a_test_notices_is_killed_and_the_rest_survives(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutants, "PRELOADED", ())
    sound = {path: path.read_bytes() for path in project.rglob("*.py")}
    killed, survived, gone = try_all((GRADE, SPARE, GONE), project, jobs=2)
    assert (killed.state, killed.by) == ("killed", "unit/test_rule.py::test_two_signs_are_a_major")
    assert (survived.state, survived.by) == ("SURVIVED", "")
    assert gone.state == "NOT TRIED"
    assert "gone: its text is not there in *.py: 'signs > 7'" in gone.by
    assert capfd.readouterr().err.count("/2 tiny") == 2
    assert {path: path.read_bytes() for path in project.rglob("*.py")} == sound


def test_tests_that_fail_by_themselves_are_told_and_nothing_is_tried(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "PRELOADED", ())
    (project / "tests/unit/test_rule.py").write_text("def test_that_fails():\n    assert False\n", "utf-8")
    with pytest.raises(CannotTry, match=r"(?s)without any mutant, tests fail.*test_that_fails"):
        try_all((GRADE,), project)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "1 / 2"}, "fault: its text is 2 times in other.py: '1 / 2'"),
        ({"text": "r", "files": "r*.py"}, "times in rule.py"),
        ({"files": "none/*.py"}, "not there in none/*.py"),
        ({"tests": ()}, "no such test module: none is named"),
        ({"tests": ("unit/test_gone.py::test_x",)}, "no such test module: unit/test_gone.py::test_x"),
    ],
)
def test_a_mutant_that_does_not_fit_is_named(project: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CannotTry) as raised:
        place_of(mutant(**{"text": "signs > 1", "becomes": "signs > 2", **changes}), project)
    assert words in str(raised.value)


def test_a_text_is_looked_for_in_the_files_that_are_named(project: Path) -> None:
    assert place_of(GRADE, project) == Path("src/tiny/rule.py")
    assert place_of(mutant("LIMIT = 3", "LIMIT = 4", files="**/rule.py"), project) == Path("src/tiny/rule.py")


def test_survivors_fail_the_run_unless_a_reason_is_given() -> None:
    outcomes = (
        Outcome(GRADE, "killed", "unit/test_rule.py::test_two_signs_are_a_major"),
        Outcome(SPARE, "SURVIVED"),
        Outcome(GONE, "NOT TRIED", "its text is not there"),
    )
    assert [outcome.mutant.id for outcome in unexcused(outcomes, {})] == ["nobody_asks", "gone"]
    assert [outcome.mutant.id for outcome in unexcused(outcomes[:2], {"nobody_asks": "unused"})] == []
    words = report(outcomes, {"nobody_asks": "unused", "from_three_signs": "hard to test"})
    assert "SURVIVED: nobody_asks: Grades are wrong.\n  may survive: unused" in words
    assert "from_three_signs is said to survive and does not" in words
    assert words.endswith("killed: 1, SURVIVED: 1 (1 with a reason), NOT TRIED: 1")


def written(path: Path, *entries: dict[str, Any], survives: dict[str, str] | None = None) -> Path:
    path.write_text(json.dumps({"mutants": list(entries), "survives": survives or {}}), encoding="utf-8")
    return path


def entry(name: str, **changes: Any) -> dict[str, Any]:
    fields = dict.fromkeys(("room", "wrong", "files", "text", "becomes"), "x")
    return {"id": name, **fields, "tests": ["unit/test_rule.py"], **changes}


@pytest.mark.parametrize(
    ("entries", "survives", "words"),
    [
        ([entry("a"), entry("a")], {}, r"there twice: \['a'\]"),
        ([entry("a")], {"b": "why"}, r"not there: \['b'\]"),
        ([entry("a", odd="x")], {}, "a: an entry has .*; see odd"),
    ],
)
def test_a_register_that_is_wrong_is_refused(
    tmp_path: Path, entries: list[dict[str, Any]], survives: dict[str, str], words: str
) -> None:
    with pytest.raises(CannotTry, match=words):
        read(written(tmp_path / "mutants.yaml", *entries, survives=survives))


def test_every_mutant_of_the_suite_stands_where_it_is_said_to() -> None:
    register: Register = read()
    assert len(register.mutants) >= 44
    for known in register.mutants:
        assert place_of(known, mutants.ROOT).suffix == ".py"
