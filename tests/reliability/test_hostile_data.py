"""Files as clients really send them, and as nobody should: each has its own clear answer or line number."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from auditlib.errors import AuditError, DataError, ParameterError
from auditlib.evidence import Evidence, prepare
from auditlib.onboarding.file_looks import look_at
from auditlib.parameters.run import Run

NOON = dt.datetime.fromisoformat("2024-03-01T12:30:00")
COLUMNS = {"person_id": "id", "name": "name"}


def run_of(**source: Any) -> Run:
    declared = {"table": "employees", "file": "people.csv", "form": "csv", "columns": COLUMNS, **source}
    return Run.model_validate(
        {
            "audit": "hostile",
            "party": {"name": "Hostile"},
            "period": {"start": "2024-01-01", "end": "2024-12-31"},
            "as_of": "2025-01-01T00:00:00Z",
            "sources": [{key: value for key, value in declared.items() if value is not None}],
            "notebooks": {"01_intake": {}},
        }
    )


def read(folder: Path, content: bytes, name: str = "people.csv", **source: Any) -> Evidence:
    (folder / name).write_bytes(content)
    return prepare(run_of(file=name, **source), folder, folder / "store", threads=2)


def people(evidence: Evidence) -> list[tuple[str, str, int]]:
    frame = evidence.frame("employees", columns=["person_id", "name", "source_line"])
    return list(frame.itertuples(index=False, name=None))


def broken(evidence: Evidence) -> list[int]:
    frame = evidence.quarantine()
    assert set(frame["reason"]) <= {"field_count"}
    return frame["line"].tolist()


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (b"\xef\xbb\xbfid,name\n1,\xc3\xbc\n", {}),
        (b"\xef\xbb\xbfid,name\n1,\xc3\xbc\n", {"dialect": {"encoding": "utf-8-sig"}}),
        ("id;name\r\n1;ü\r\n".encode("cp1252"), {"dialect": {"encoding": "cp1252", "delimiter": ";"}}),
        ("id|name\n1|ü".encode("utf-16"), {"dialect": {"encoding": "utf-16", "delimiter": "|"}}),
        ("id\tname\n1\tü\n".encode("utf-16-le"), {"dialect": {"encoding": "utf-16-le", "delimiter": "\t"}}),
        ("id,name\r1,ü\r".encode(), {}),
        ("'id','name'\n'1','ü'\n".encode(), {"dialect": {"quote": "'"}}),
        pytest.param(gzip.compress("id,name\n1,ü\n".encode(), mtime=0), {}, id="gzip"),
        ("id,name\nwhat is your id?,what is\nImport,Import\n1,ü\n".encode(), {"dialect": {"header_rows": 3}}),
    ],
)
def test_every_declared_dialect_and_encoding_gives_the_same_rows(tmp_path, content, source):
    assert [row[:2] for row in people(read(tmp_path, content, **source))] == [("1", "ü")]


def test_identifiers_stay_text(tmp_path):
    content = b"id,name\n007,NA\nNA,null\n1e5,1.0\n12345678901234567890,nan\n"
    rows = [row[:2] for row in people(read(tmp_path, content))]
    assert rows == [("007", "NA"), ("NA", "null"), ("1e5", "1.0"), ("12345678901234567890", "nan")]


def test_line_numbers_hold_behind_newlines_in_fields_blank_lines_and_broken_rows(tmp_path):
    content = (
        b'id,name\n1,"two\nlines"\n\nbroken\n2,"a ""quoted"" word"\r\n3,"three\n\nlines"\n4,x,y\n5,5" pipe\n'
    )
    evidence = read(tmp_path, content)
    assert people(evidence) == [
        ("1", "two\nlines", 2),
        ("2", 'a "quoted" word', 6),
        ("3", "three\n\nlines", 7),
        ("5", '5" pipe', 11),
    ]
    assert broken(evidence) == [5, 10]
    assert evidence.totals[0].rows_in == 6


def test_line_numbers_hold_in_packed_and_transcoded_files(tmp_path):
    text = 'id;name\n1;"two\nlines"\nbroken\n2;ü\n'
    content = gzip.compress(text.encode("cp1252"), mtime=0)
    evidence = read(tmp_path, content, dialect={"encoding": "cp1252", "delimiter": ";"})
    assert people(evidence) == [("1", "two\nlines", 2), ("2", "ü", 5)]
    assert broken(evidence) == [4]


@pytest.mark.parametrize(
    "content",
    [
        b'id,name\n1,"open\n2,b\n3,c\n',
        b'id,name\n1,"open\n2,"b"\n3,c\n',
        b'"id","name"\n"1","open\n"2","b"\n"3","c"\n',
        b'id,name\n1,open"\n2,b\n3,c\n'.replace(b'open"', b'"op"en'),
    ],
)
def test_an_unclosed_quote_breaks_its_own_line_and_swallows_no_other(tmp_path, content):
    evidence = read(tmp_path, content)
    assert [row[0] for row in people(evidence)] == ["2", "3"]
    assert broken(evidence) == [2]


def test_a_quote_closed_many_rows_later_does_not_swallow_them(tmp_path):
    rows = b"".join(b"%d,a,b\n" % number for number in range(3, 40))
    content = b'id,name,x\n1,"open,b\n' + rows + b'40,close",b\n41,a,b\n'
    evidence = read(tmp_path, content)
    assert [row[0] for row in people(evidence)] == [str(number) for number in range(3, 42)]
    assert broken(evidence) == [2]


def test_a_truncated_last_line_is_caught(tmp_path):
    evidence = read(tmp_path, b"id,name\n1,a\n2")
    assert [row[0] for row in people(evidence)] == ["1"]
    assert broken(evidence) == [3]


def test_nul_bytes_break_the_line_they_stand_on(tmp_path):
    evidence = read(tmp_path, b"id,name\n1,a\n2,b\x00\n3,c\n\x00\x00\x00")
    assert [row[0] for row in people(evidence)] == ["1", "3"]
    assert broken(evidence) == [3, 5]


@pytest.mark.parametrize("size", [(1 << 20) - 3, (1 << 20) - 2, 40 << 20])
def test_a_line_over_the_cap_is_broken_and_the_next_is_read(tmp_path, size):
    evidence = read(tmp_path, b"id,name\n1," + b"x" * size + b"\n2,b\n")
    fits = size + 3 <= 1 << 20
    assert [row[0] for row in people(evidence)] == (["1", "2"] if fits else ["2"])
    assert broken(evidence) == ([] if fits else [2])


@pytest.mark.parametrize(
    ("content", "source", "words"),
    [
        (b"", {}, r"people.csv: the file is empty \(0 bytes\)"),
        (b"id,name,id\n1,a,2\n", {}, r"line 1, column 3: the header names 'id' twice"),
        (b"id;name\n1;a\n", {}, "no column 'id'"),
        (b"id,nam\n1,a\n", {}, "Did you mean 'nam'"),
        (b"id,name\n1,a\n2,\xfc\n", {}, "line 3: byte 0xfc does not exist in utf-8"),
        (b"id,name\n1,\x81\n", {"dialect": {"encoding": "cp1252"}}, "line 2: byte 0x81"),
        ("id,name\n".encode("utf-16"), {}, "mark of utf-16"),
        (b"\xef\xbb\xbfid,name\n", {"dialect": {"encoding": "cp1252"}}, "mark of utf-8"),
        (b"id,name\n", {"dialect": {"encoding": "utf-99"}}, "no encoding called 'utf-99'"),
        (b"id,name\n", {"dialect": {"delimiter": '"'}}, "two different ASCII characters"),
        pytest.param(
            gzip.compress(b"id,name\n1,a\n" * 99, mtime=0)[:-9], {}, "damaged or cut off", id="gzip"
        ),
        (b"id,name\n", {"dialect": {"header_rows": 2}}, "ends within its header rows"),
        (b"PAR1 nonsense", {"form": "parquet"}, "damaged or is none"),
        (b"", {"form": "parquet"}, "0 bytes"),
        (b"PK nonsense", {"form": "excel"}, "cannot be read"),
        (b"", {"form": "excel"}, "0 bytes"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_say_why(tmp_path, content, source, words):
    with pytest.raises(DataError, match=words):
        read(tmp_path, content, **source)
    assert not list((tmp_path / "store").glob("*/evidence.json"))


def test_names_and_values_with_code_are_only_text(tmp_path):
    name = "na'me\"; DROP TABLE units; --"
    content = f'id,"{name.replace(chr(34), chr(34) * 2)}"\n1,\'; DELETE FROM quarantine; --\n'.encode()
    evidence = read(
        tmp_path,
        content,
        columns={"person_id": "id", "name": name},
        values={"name": {"it's": "'; DROP TABLE identities; --"}},
        missing=["", "'"],
    )
    assert people(evidence)[0][:2] == ("1", "'; DELETE FROM quarantine; --")


def test_a_link_out_of_the_data_folder_is_refused(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "secret.csv").write_text("id,name\n1,a\n")
    (data / "people.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(DataError, match="outside the data folder"):
        prepare(run_of(), data, tmp_path / "store")


def test_a_worksheet_keeps_ids_dates_and_row_numbers(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "People"
    rows = [["id", "name", "since"], ["007", "a", dt.date(2024, 2, 29)], [], [8, "b", "2024-03-01"],
            [9, "c", NOON], [10, "d", "31.02.2024"], [11, "e", None, "surplus"]]  # fmt: skip
    for row in rows:
        sheet.append(row)
    sheet.delete_rows(3)
    sheet.insert_rows(3)
    book.save(tmp_path / "people.xlsx")
    run = run_of(file="people.xlsx", form="excel", sheet="People", columns={**COLUMNS, "started_on": "since"})
    evidence = prepare(run, tmp_path, tmp_path / "store")
    frame = evidence.frame("employees", columns=["person_id", "started_on", "source_line"])
    assert frame["person_id"].tolist() == ["007", "8", "9"]
    assert frame["started_on"].tolist() == [19782, 19783, 19783]
    assert evidence.quarantine()[["reason"]].to_numpy().ravel().tolist() == ["time", "field_count"]
    assert (evidence.quarantine()["line"] - frame["source_line"].max()).tolist() == [1, 2]
    with pytest.raises(DataError, match="Did you mean 'People'"):
        prepare(run_of(file="people.xlsx", form="excel", sheet="Peple"), tmp_path, tmp_path / "store")


def test_parquet_keeps_its_types_and_every_flipped_byte_of_data_is_noticed(tmp_path):
    path = tmp_path / "people.parquet"
    table = pa.table(
        {"id": [1.0, None, 3.0], "name": pa.array(["a", "b", "c"]).dictionary_encode(),
         "since": pa.array([dt.date(2024, 1, 1)] * 3)}
    )  # fmt: skip
    parquet.write_table(table, path, write_page_checksum=True, compression="none")
    run = run_of(file="people.parquet", form="parquet", columns={**COLUMNS, "started_on": "since"})
    evidence = prepare(run, tmp_path, tmp_path / "store")
    assert people(evidence) == [("1", "a", 1), ("3", "c", 3)]
    assert evidence.quarantine()["reason"].tolist() == ["key"]
    body = bytearray(path.read_bytes())
    place = parquet.read_metadata(path).row_group(0).column(0)
    body[place.dictionary_page_offset + place.total_compressed_size - 2] ^= 4
    path.write_bytes(bytes(body))
    with pytest.raises(DataError, match="damaged"):
        prepare(run, tmp_path, tmp_path / "store")


def test_a_database_table_is_read_and_its_address_never_written(tmp_path, monkeypatch):
    path = tmp_path / "client.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (id TEXT, name TEXT)")
        connection.executemany("INSERT INTO people VALUES (?, ?)", [("007", "b"), ("006", None)])
    connection.close()
    database = {"connection": "CLIENT_DB", "relation": "people"}
    run = run_of(file=None, form="database", database=database)
    with pytest.raises(ParameterError, match="CLIENT_DB is not set"):
        prepare(run, tmp_path, tmp_path / "store")
    monkeypatch.setenv("CLIENT_DB", f"sqlite:///{path}")
    evidence = prepare(run, tmp_path, tmp_path / "store")
    assert [row[0] for row in people(evidence)] == ["006", "007"]
    assert str(path) not in (evidence.directory / "evidence.json").read_text()


def test_a_full_disk_is_said_in_words_and_harms_nothing(tmp_path, monkeypatch):
    from auditlib.evidence import store

    earlier = read(tmp_path, b"id,name\n1,a\n")

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_describe", full)
    with pytest.raises(AuditError, match="No space left on device"):
        read(tmp_path, b"id,name\n2,b\n")
    kept = {entry.name for entry in (tmp_path / "store").iterdir()}
    assert kept == {earlier.directory.name, "pseudonyms.key"}


def test_what_a_killed_process_left_is_removed_and_never_opened(tmp_path):
    evidence = read(tmp_path, b"id,name\n1,a\n")
    abandoned = tmp_path / "store" / f".incomplete-{evidence.key}-999999999"
    evidence.directory.rename(abandoned)
    (abandoned / "evidence.json").unlink()
    again = read(tmp_path, b"id,name\n1,a\n")
    assert again.key == evidence.key
    assert {*os.listdir(tmp_path / "store")} == {evidence.key, "pseudonyms.key"}  # noqa: PTH208 - hidden ones count


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    from auditlib.evidence import inputs

    hashed = inputs.hash_file

    def slow(path: Path) -> tuple[str, int]:
        found = hashed(path)
        if path.suffix == ".csv":
            path.write_bytes(b"id,name\n1,other\n")
        return found

    monkeypatch.setattr(inputs, "hash_file", slow)
    with pytest.raises(DataError, match="changed while it was read"):
        read(tmp_path, b"id,name\n1,a\n")
    assert [entry.name for entry in (tmp_path / "store").iterdir()] == ["pseudonyms.key"]


def damaged_workbook(path: Path) -> Path:
    """Write an archive whose end says that it is one, and whose list of members is none."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"PK\x01\x02", b"PK\x01\x00"))
    assert zipfile.is_zipfile(path)
    return path


def test_a_damaged_workbook_is_told_in_words_by_the_intake_and_by_the_first_look(tmp_path: Path) -> None:
    path = damaged_workbook(tmp_path / "people.xlsx")
    with pytest.raises(DataError, match="the workbook cannot be read"):
        prepare(run_of(file="people.xlsx", form="excel"), tmp_path, tmp_path / "store")
    with pytest.raises(DataError, match="the workbook cannot be read"):
        list(look_at(path, file="people.xlsx"))


def test_evidence_whose_description_was_removed_is_made_again_and_not_silently(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    run = run_of(file="people.csv", form="csv")
    made = prepare(run, tmp_path, tmp_path / "store")
    (made.directory / "evidence.json").unlink()
    said: list[str] = []
    again = prepare(run, tmp_path, tmp_path / "store", progress=said.append)
    assert again.key == made.key
    assert "is damaged, so it is taken in again" in " ".join(said)
