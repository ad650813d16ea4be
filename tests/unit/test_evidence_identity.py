"""Evidence is named after its files, its parameters and the code that made it: nobody is served old rows."""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import auditlib
from auditlib.evidence import identity

HOUSE = Path(auditlib.__file__).parent
IMPORTED_AS = {"python-calamine": "python_calamine", "pyyaml": "yaml"}
NEVER_IMPORTED = {"tzdata"}
"""Data alone; the time zones."""
DRIVERS = {"psycopg", "pymysql"}
"""Extras that bring rows of databases; evidence is named after the rows themselves."""


class _Run(SimpleNamespace):
    def model_dump(self, **_how: Any) -> dict[str, Any]:
        return {"sources": [self.source]}


def key(source: str = "a.csv", *hashes: str) -> str:
    return identity.content_key(_Run(source=source), hashes or ("1" * 64,))  # type: ignore[arg-type]


def module_of(name: str) -> Path | None:
    path = HOUSE.joinpath(*name.split(".")[1:])
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


def imports(path: Path) -> set[str]:
    """Return every name that a module imports, at its head or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def everything_intake_imports() -> tuple[set[str], set[str]]:
    """Return the rooms reached from intake, whole ones, and the libraries those modules import."""
    todo = list((HOUSE / "evidence").rglob("*.py"))
    seen: set[Path] = set()
    libraries: set[str] = set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in imports(path):
            if name.split(".")[0] != "auditlib":
                libraries.add(name.split(".")[0])
            elif found := module_of(name):
                todo.append(found)
    rooms = {Path(path.relative_to(HOUSE).parts[0]).stem for path in seen} - {"__init__"}
    return rooms, libraries - set(sys.stdlib_module_names) - {"__future__"}


def test_the_code_that_names_evidence_is_all_that_intake_imports() -> None:
    rooms, libraries = everything_intake_imports()
    assert rooms == set(identity.ROOMS)
    named = {IMPORTED_AS.get(name, name) for name in identity.LIBRARIES} - NEVER_IMPORTED
    assert libraries - DRIVERS == named
    assert libraries >= DRIVERS


@pytest.fixture
def package(tmp_path: Path) -> Path:
    copy = tmp_path / "auditlib"
    shutil.copytree(HOUSE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize("room", identity.ROOMS)
def test_one_letter_in_any_room_of_intake_gives_another_name(package: Path, room: str) -> None:
    before = identity.source_hash_of(package, identity.ROOMS)
    path = sorted((package / room).rglob("*.py"))[-1] if (package / room).is_dir() else package / f"{room}.py"
    path.write_text(path.read_text("utf-8") + "#", encoding="utf-8")
    assert identity.source_hash_of(package, identity.ROOMS) != before


def test_code_that_makes_no_evidence_and_compiled_files_do_not_count(package: Path) -> None:
    before = identity.source_hash_of(package, identity.ROOMS), identity.source_hash_of(package)
    (package / "evidence" / "__pycache__").mkdir()
    (package / "evidence" / "__pycache__" / "store.cpython-311.pyc").write_bytes(b"compiled")
    assert (identity.source_hash_of(package, identity.ROOMS), identity.source_hash_of(package)) == before
    (package / "report" / "facts.py").write_text("# other\n")
    assert identity.source_hash_of(package, identity.ROOMS) == before[0]
    assert identity.source_hash_of(package) != before[1]


def test_a_moved_line_and_a_renamed_file_give_another_name(package: Path) -> None:
    before = identity.source_hash_of(package, identity.ROOMS)
    (package / "statements" / "words.py").rename(package / "statements" / "wording.py")
    assert identity.source_hash_of(package, identity.ROOMS) != before


@pytest.mark.parametrize("what", ["source_hash", "library_versions"])
def test_other_code_or_another_library_gives_another_key(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    before = key()
    assert key() == before
    monkeypatch.setattr(identity, what, lambda *_: "other")
    assert key() != before


def test_another_file_another_parameter_and_another_python_give_another_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = {key(), key("b.csv"), key("a.csv", "2" * 64)}
    monkeypatch.setattr("platform.python_version", lambda: "4.0.0")
    assert len({*keys, key()}) == 4
