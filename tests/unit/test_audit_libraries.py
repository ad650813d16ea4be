"""What the sealed report names among what made its numbers was there, and could have been."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from small_report import record

import auditlib
from auditlib.audit.libraries import MODULES
from auditlib.report.facts import _libraries

HOUSE = Path(auditlib.__file__).parent
TOOLS = {
    "psycopg",
    "pymysql",
    "pydantic",
    "pydantic_core",
    "python_calamine",
    "xlsxwriter",
    "yaml",
    "PIL",
    "IPython",
}
"""They read parameters and files, write files and pictures, and make no number."""
COMPUTING = (
    "statistics",
    "time",
    "benchmark",
    "reliability",
    "escalation",
    "complaints",
    "compensation",
    "integrity",
)
COMPUTING += (
    "listening",
    "service_levels",
    "drivers",
    "standards",
    "obligations",
    "sampling",
    "evidence",
    "figures",
)


@cache
def imported(room: str) -> set[str]:
    names: set[str] = set()
    for path in (HOUSE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"auditlib", "__future__"}


def test_each_library_that_can_be_named_is_imported_where_numbers_and_figures_are_made() -> None:
    users = {
        name: [room for room in COMPUTING if module in imported(room)] for name, module in MODULES.items()
    }
    assert [name for name, rooms in users.items() if not rooms] == []


def test_each_library_imported_there_can_be_named() -> None:
    known = {*MODULES.values(), *TOOLS}
    assert {name for room in COMPUTING for name in imported(room)} - known == set()


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("import auditlib.audit", []),
        ("import pandas", ["numpy", "pandas"]),
        ("from auditlib.statistics.intervals import wilson; wilson(1, 2)",
         ["numpy", "pandas", "scipy", "statsmodels"]),
        ("from auditlib.figures.style import new_axes; new_axes()", ["matplotlib", "numpy"]),
    ],
)  # fmt: skip
def test_what_was_not_loaded_is_not_named(code: str, named: list[str]) -> None:
    program = f"{code}\nfrom auditlib.audit.libraries import libraries_loaded; print(*libraries_loaded())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(named) <= set(done.stdout.split())
    assert not (set(done.stdout.split()) - set(named)) & {"duckdb", "holidays", "seaborn", "statsmodels"}


def test_the_report_names_what_its_notebooks_loaded_and_nothing_else(tmp_path: Path) -> None:
    record(tmp_path)
    path = tmp_path / "results" / "01_intake.json"
    results: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert {"matplotlib", "pandas"} <= set(results["libraries"]) <= set(MODULES)
    path.write_text(json.dumps(results | {"libraries": ["pandas"]}), encoding="utf-8")
    (path.parent / "02_old.json").write_text("{}", encoding="utf-8")
    assert list(_libraries(tmp_path)) == ["pandas"]
    (path.parent / "03_third.json").write_text(
        json.dumps({"libraries": ["seaborn", "numpy"]}), encoding="utf-8"
    )
    assert list(_libraries(tmp_path)) == ["numpy", "pandas", "seaborn"]
