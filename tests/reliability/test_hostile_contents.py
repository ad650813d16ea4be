"""Files whose content is not what their name says: each is told by what it is."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from auditlib.errors import DataError
from auditlib.evidence import Evidence, prepare
from auditlib.parameters.run import Run

COLUMNS = {"person_id": "id", "name": "name"}


def read(folder: Path, content: bytes, name: str, **source: Any) -> Evidence:
    (folder / name).write_bytes(content)
    form = {"csv": "csv", "gz": "csv", "xls": "excel", "xlsx": "excel", "parquet": "parquet"}
    declared = {"table": "employees", "file": name, "form": form[name.rsplit(".", 1)[-1]], **source}
    run = {
        "audit": "contents",
        "party": {"name": "Contents"},
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "as_of": "2025-01-01T00:00:00Z",
        "sources": [{"columns": COLUMNS, **declared}],
        "notebooks": {"01_intake": {}},
    }
    return prepare(Run.model_validate(run), folder, folder / "store", threads=1)


def workbook() -> bytes:
    stream, book = io.BytesIO(), openpyxl.Workbook()
    book.active.append(["id", "name"])
    book.active.append(["1", "a"])
    book.save(stream)
    return stream.getvalue()


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("people.csv", "id,name\n1,a\n")
    return stream.getvalue()


def columns() -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table({"id": ["1"], "name": ["a"]}), stream)
    return stream.getvalue()


PAGE = b"\xef\xbb\xbf\r\n<HTML><body><table><tr><td>id</td><td>name</td></tr></table>"


@pytest.mark.parametrize(
    ("content", "name", "message", "remedy"),
    [
        (workbook(), "people.csv", "an Excel workbook, and csv is declared", "form: excel"),
        (archive(), "people.csv", "a zip archive, and csv is declared", "Ask the client"),
        (columns(), "people.csv", "a Parquet file, and csv is declared", "form: parquet"),
        (gzip.compress(columns()), "people.csv.gz", "a Parquet file, and csv is declared", "form: parquet"),
        (PAGE, "people.csv", "a web page", "Ask the client"),
        (PAGE, "people.xls", "a web page", "Ask the client"),
        ("<html>".encode("utf-16"), "people.xls", "a web page", "Ask the client"),
        (b'<?xml version="1.0"?><Workbook/>', "people.xls", "an XML document", "Ask the client"),
        (archive(), "people.xlsx", "a zip archive, and excel is declared", "Ask the client"),
        (columns(), "people.xlsx", "a Parquet file, and excel is declared", "form: parquet"),
        (workbook(), "people.parquet", "an Excel workbook, and parquet is declared", "form: excel"),
        (b"%PDF-1.7\n", "people.csv", "a PDF", "Ask the client"),
    ],
)
def test_a_file_is_told_by_what_it_is(
    tmp_path: Path, content: bytes, name: str, message: str, remedy: str
) -> None:
    with pytest.raises(DataError, match=message) as error:
        read(tmp_path, content, name)
    (problem,) = error.value.problems
    assert (problem.file, remedy in problem.remedy) == (name, True)


def test_text_that_only_looks_odd_is_read(tmp_path: Path) -> None:
    evidence = read(tmp_path, b"id,name\n<html>,PK\n", "people.csv")
    assert evidence.totals[0].rows_kept == 1


@pytest.mark.parametrize("encoding", ["latin-1", "iso-8859-1"])
@pytest.mark.parametrize("written", ["cp1252", "utf-8"])
def test_a_file_in_cp1252_that_is_declared_as_latin_1_is_noted(
    tmp_path: Path, encoding: str, written: str
) -> None:
    content = "id,name\n1,é\n2,„Maß“\n".encode(written)
    (note,) = read(tmp_path, content, "people.csv", dialect={"encoding": encoding}).notes[1:]
    assert note.startswith("people.csv: line 3 holds a control character")
    assert f"{encoding} is declared" in note


@pytest.mark.parametrize(("written", "declared"), [("latin-1", "latin-1"), ("cp1252", "cp1252")])
def test_a_file_in_the_encoding_declared_is_not_noted(tmp_path: Path, written: str, declared: str) -> None:
    content = "id,name\n1,é\n2,Maß\n".encode(written)
    assert len(read(tmp_path, content, "people.csv", dialect={"encoding": declared}).notes) == 1
