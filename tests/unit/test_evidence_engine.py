"""The database says nothing by itself, wherever it is opened: what a notebook shows depends on no clock."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
from nbclient import NotebookClient

import auditlib

HOUSE = Path(auditlib.__file__).parent
OTHER_ENGINES = {"postgres", "mysql", "sqlite_file"}
OPENS = {"connect", "cursor", "duplicate"}
"""Calls that give a connection of its own settings."""
SLOW = """
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from auditlib.evidence.engine import connect, memory

def waiting(column):
    time.sleep(0.01)
    return column

def slow(connection):
    connection.create_function("waiting", waiting, ["BIGINT"], "BIGINT", type="arrow")
    return connection.sql("SELECT count(waiting(range)) FROM range(600000)").fetchall()
"""


def shown(*cells: str) -> list[object]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in (SLOW, *cells)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [output for cell in notebook.cells for output in cell.outputs]


def test_a_slow_query_in_a_kernel_leaves_nothing_on_the_page() -> None:
    in_memory = "rows = slow(memory(threads=1))"
    on_disk = "with TemporaryDirectory() as folder: rows = slow(connect(Path(folder), threads=1))"
    assert shown(in_memory, on_disk, "assert rows == [(600000,)]") == []


def test_an_engine_opened_elsewhere_would_leave_its_progress_bar_there() -> None:
    assert "FloatProgress" in str(shown("import duckdb; rows = slow(duckdb.connect())"))


def test_one_line_of_the_suite_opens_a_database() -> None:
    calls = [
        f"{path.relative_to(HOUSE).as_posix()}: {ast.unparse(node.func)}"
        for path in sorted(HOUSE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and path.stem not in OTHER_ENGINES
        and (node.func.attr in OPENS or ast.unparse(node.func.value) == "duckdb")
    ]
    assert calls == ["evidence/engine.py: duckdb.connect"]
