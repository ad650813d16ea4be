"""Sources in PostgreSQL and MariaDB, on real servers: what is read, in one snapshot, and every refusal."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import socket
import subprocess
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import database_servers as servers
import pyarrow as pa
import pytest
from pyarrow import parquet

from auditlib.errors import DataError
from auditlib.evidence import Evidence, prepare
from auditlib.evidence.databases.addresses import address_of
from auditlib.evidence.databases.columns import ExtractRequest, columns_of
from auditlib.evidence.databases.rows import gathered, rows_of
from auditlib.evidence.databases.snapshots import snapshot
from auditlib.parameters.database import Database
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
VARIABLE = "WARD_DB"
KINDS = {
    "PostgreSQL": "id uuid, ward varchar(20), at timestamptz, local_at timestamp, day date, "
    "care numeric(3,1), "
    "food smallint, share double precision, big numeric(20,2), wide numeric(30,0), asked boolean, "
    "extra json, note text",
    "MariaDB": "id uuid, ward varchar(20), at timestamp(6) null, local_at datetime(6), day date, "
    "care decimal(3,1), food smallint, share double, big decimal(20,2), wide decimal(30,0), asked bit(1), "
    "extra json, note text",
}
ID = "0b9f1f5e-7a51-4b39-8d7b-2f6a2f0b000"
ROWS = """
('{id}2', 'NA', '2025-03-30 01:30:00.25', '2025-03-30 02:30:00', '2024-02-29', 4.5, 3, 0.1,
 12345678901234567.50, 123456789012345678901234567890, {no}, '{{"b": [1, 2]}}', 'two{break}lines, "quoted"'),
('{id}1', '007', '1999-12-31 23:59:59.999999', '1999-12-31 23:59:59', '1999-12-31', 5, 1, 1e-7,
 99.00, 7, {yes}, '{{}}', ''),
('{id}3', 'Ü1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
"""
ALL = (
    "id",
    "ward",
    "at",
    "local_at",
    "day",
    "care",
    "food",
    "share",
    "big",
    "wide",
    "asked",
    "extra",
    "note",
)


def fill(server: servers.Server) -> None:
    yes, no, lf = {"PostgreSQL": ("true", "false", "\n"), "MariaDB": ("b'1'", "b'0'", "\\n")}[server.engine]
    rows = ROWS.format(id=ID, yes=yes, no=no, **{"break": lf})
    series = {
        "PostgreSQL": "SELECT i AS n, repeat('x', 200) AS note FROM generate_series(1, 300000) AS s(i)",
        "MariaDB": "SELECT seq AS n, repeat('x', 200) AS note FROM seq_1_to_300000",
    }[server.engine]
    to = servers.READER + ("" if server.engine == "PostgreSQL" else "@'127.0.0.1'")
    zone = {
        "PostgreSQL": "ALTER DATABASE client SET timezone = 'Asia/Tokyo'",
        "MariaDB": "SET GLOBAL time_zone = '+09:00'",
    }[server.engine]
    server.does(
        "SET time_zone = '+00:00'" if server.engine == "MariaDB" else "SET timezone = 'UTC'",
        f"CREATE TABLE visits ({KINDS[server.engine]})",
        f"INSERT INTO visits VALUES {rows}",
        "CREATE VIEW seen AS SELECT id, ward, at, care FROM visits WHERE care IS NOT NULL",
        f"CREATE VIEW many AS {series}",
        "CREATE TABLE wards (code varchar(20), title varchar(80))",
        "INSERT INTO wards VALUES ('NA', 'North'), ('007', 'Seven'), ('Ü1', 'Über')",
        "CREATE TABLE hidden (code varchar(20), secret text)",
        "INSERT INTO hidden VALUES ('a', 'b')",
        *(f"GRANT SELECT ON {table} TO {to}" for table in ("visits", "seen", "many", "wards")),
        f"GRANT SELECT (code) ON hidden TO {to}",
        zone,
    )


@pytest.fixture(scope="module", params=[servers.postgres, servers.mariadb], ids=["PostgreSQL", "MariaDB"])
def server(request: pytest.FixtureRequest) -> Iterator[servers.Server]:
    with request.param() as running:
        fill(running)
        yield running


@pytest.fixture(autouse=True)
def _address(server: servers.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, server.address())


def asked(wanted: tuple[str, ...], **database: Any) -> ExtractRequest:
    return ExtractRequest(Database(connection=VARIABLE, **database), "source", wanted)


def taken(one: ExtractRequest) -> pa.Table:
    """Return the rows of one source as intake gets them."""
    with closing(snapshot(address_of(one.database.connection), time_out=60)) as shot:
        columns = columns_of(one, shot.offered(one))
        wanted = [columns[name] for name in one.wanted]
        pieces = gathered(shot.lines(one, shot.statement(one, columns)))
        tables = [rows_of(piece, wanted, expected=count) for piece, count in pieces]
    return pa.concat_tables(tables).rename_columns([*one.wanted, "value", "message"])


def refused(one: ExtractRequest) -> str:
    """Return the words in which a source is refused; none of them, nor of the traceback, is a secret."""
    with pytest.raises(DataError) as caught:
        taken(one)
    whole = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    for secret in (servers.READER_WORD, servers.READER_ADDRESS, "w@rd", "w%40rd", "wr0ng"):
        assert secret not in whole
    return str(caught.value)


def test_every_type_keeps_its_values_in_utc_and_in_a_stable_order(server: servers.Server) -> None:
    rows = taken(asked(ALL, relation="visits"))
    kinds = dict(zip(rows.column_names, rows.schema.types, strict=True))
    assert kinds["at"] == pa.timestamp("us", "UTC")
    assert (kinds["local_at"], kinds["day"]) == (pa.timestamp("us"), pa.date32())
    assert (kinds["care"], kinds["food"], kinds["asked"]) == (pa.float64(), pa.int64(), pa.bool_())
    first, second, third = rows.select(ALL).to_pylist()
    assert first == {
        "id": ID + "1", "ward": "007", "at": dt.datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC),
        "local_at": dt.datetime(1999, 12, 31, 23, 59, 59),  # noqa: DTZ001 - a local time has none
        "day": dt.date(1999, 12, 31), "care": 5.0, "food": 1, "share": 1e-7,
        "big": "99", "wide": "7", "asked": True, "extra": "{}", "note": "",
    }  # fmt: skip
    assert second["at"] == dt.datetime(2025, 3, 30, 1, 30, 0, 250000, tzinfo=dt.UTC)
    assert (second["big"], second["wide"]) == ("12345678901234567.5", "123456789012345678901234567890")
    assert (second["asked"], second["note"]) == (False, 'two\nlines, "quoted"')
    assert (second["ward"], json.loads(second["extra"])) == ("NA", {"b": [1, 2]})
    assert third == {**dict.fromkeys(ALL), "id": ID + "3", "ward": "Ü1"}
    assert rows["message"].null_count == 3


def test_a_view_a_query_and_a_declared_order(server: servers.Server) -> None:
    assert taken(asked(("ward",), relation="seen"))["ward"].to_pylist() == ["007", "NA"]
    query = "SELECT ward AS w, care * 2 AS twice, ';' AS mark -- a comment;\nFROM visits WHERE care > 1;"
    rows = taken(asked(("w", "twice", "mark"), query=query, order=("twice",)))
    assert rows["w"].to_pylist() == ["NA", "007"]
    assert [float(cell) for cell in rows["twice"].to_pylist()] == [9, 10]
    assert rows["mark"].to_pylist() == [";", ";"]
    assert taken(asked(("code",), relation="hidden"))["code"].to_pylist() == ["a"]


class Read(NamedTuple):
    evidence: Evidence
    told: list[str]


@pytest.fixture(scope="module")
def read(server: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Return the evidence of the wards, made once, and what was said meanwhile."""
    folder, told = tmp_path_factory.mktemp("wards"), list[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, server.address())
        return Read(prepare(ward_run(), folder, folder / "store", progress=told.append), told)


def test_what_was_read_can_be_hashed_again_by_whoever_has_the_database(
    server: servers.Server, read: Read
) -> None:
    directory = read.evidence.directory
    described = json.loads((directory / "evidence.json").read_text("utf-8"))["databases"]
    assert [(one["source"], one["rows"], one["time_zone"]) for one in described] == [
        ("wards", 3, "UTC"), ("seen", 2, "UTC")
    ]  # fmt: skip
    assert all(re.match(rf"{server.engine} 1[0-9]\.", one["engine"]) for one in described)
    assert {(one["connection"], one["snapshot"]) for one in described} == {(VARIABLE, True)}
    with closing(server.owner()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(
            "SET timezone = 'UTC'" if server.engine == "PostgreSQL" else "SET time_zone = '+00:00'"
        )
        for one in described:
            if server.engine == "PostgreSQL":
                assert hashed_by_the_command_of_the_document(one["statement"], server) == one["sha256"]
                with cursor.copy(f"COPY ({one['statement']}) TO STDOUT (FORMAT csv)") as copy:
                    text = b"".join(map(bytes, copy))
            else:
                cursor.execute(one["statement"])
                text = b"".join(line + b"\n" for (line,) in cursor.fetchall())
            assert hashlib.sha256(text).hexdigest() == one["sha256"]
    assert [total.sha256 for total in read.evidence.totals] == [one["sha256"] for one in described]
    told: list[str] = []
    prepare(ward_run(), directory.parent.parent, directory.parent, progress=told.append)
    assert told[-1].startswith("Evidence found")


def hashed_by_the_command_of_the_document(statement: str, server: servers.Server) -> str:
    (command,) = re.findall(r"^    (PGTZ=.*)$", (ROOT / "docs" / "databases.md").read_text("utf-8"), re.M)
    environment = {**os.environ, "CLIENT_DB": server.address(), "STATEMENT": statement}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


def ward_run(**forms: Any) -> Run:
    """Return the run of a small hospital: a register of wards and what patients said of their care."""
    units, answers = (
        {"form": "database", "database": {"connection": VARIABLE, "relation": relation}}
        for relation in ("wards", "seen")
    )
    return Run.model_validate(
        {
            "audit": "wards",
            "party": {"name": "Hospital"},
            "period": {"start": "2025-01-01", "end": "2025-12-31"},
            "as_of": "2026-01-01T00:00:00Z",
            "instruments": {
                "transactional": {"items": {"q_care": {"wording": "?", "headline": True,
                                                       "scale": {"low": 1, "high": 5, "step": 0.5}}}}
            },
            "sources": [
                {"table": "units", "columns": {"unit_id": "code", "name": "title"},
                 **units, **forms.get("units", {})},
                {"table": "responses", "columns": {"response_id": "id", "unit_id": "ward", "submitted": "at",
                                                "q_care": "care"},
                 "constants": {"survey_type": "transactional"},
                 **answers, **forms.get("answers", {})},
            ],
            "notebooks": {"01_intake": {}},
        }
    )  # fmt: skip


def test_the_same_rows_from_parquet_give_the_same_tables(read: Read, tmp_path: Path) -> None:
    for name, wanted in (("wards", ("code", "title")), ("seen", ("id", "ward", "at", "care"))):
        rows = taken(asked(wanted, relation=name)).select(wanted)
        parquet.write_table(rows, tmp_path / f"{name}.parquet", write_page_checksum=True)
    forms = {
        key: {"form": "parquet", "file": f"{name}.parquet", "database": None}
        for key, name in (("units", "wards"), ("answers", "seen"))
    }
    theirs = prepare(ward_run(**forms), tmp_path, tmp_path / "store").directory
    ours = read.evidence.directory
    for table, rows in (("units", 3), ("responses", 2)):
        assert table_of(ours, table).num_rows == rows
        assert table_of(ours, table).equals(table_of(theirs, table))
    assert (ours / "cells.parquet").read_bytes() == (theirs / "cells.parquet").read_bytes()


def table_of(directory: Path, name: str) -> pa.Table:
    return parquet.read_table(directory / f"{name}.parquet").drop_columns(["source_file"])


def test_all_tables_are_read_as_they_were_at_one_moment(server: servers.Server) -> None:
    first, other = asked(("code",), relation="wards"), asked(("ward",), relation="visits")
    with closing(snapshot(address_of(first.database.connection), time_out=60)) as shot:
        server.does("INSERT INTO wards VALUES ('late', 'Late')", "DELETE FROM visits WHERE ward = 'NA'")
        counts = []
        for one in (first, other):
            columns = columns_of(one, shot.offered(one))
            counts.append(sum(count for _, count in gathered(shot.lines(one, shot.statement(one, columns)))))
    assert counts == [3, 3]
    try:
        assert taken(first).num_rows == 4
        assert taken(other).num_rows == 2
    finally:
        server.does("DELETE FROM wards WHERE code = 'late'")


@pytest.mark.parametrize(
    ("database", "wanted", "words"),
    [
        ({"relation": "ward"}, ("code",), r"source: there is no table .*\. Did you mean 'wards'\?"),
        ({"relation": "zzz"}, ("code",), r"no table or view of this name.*\. Correct 'relation'"),
        ({"relation": "wards"}, ("kode", "title"), r"there is no column 'kode'. Did you mean 'code'\?"),
        ({"relation": "wards"}, ("CODE",), r"there is no column 'CODE'. Did you mean 'code'\?"),
        ({"relation": "hidden"}, ("secret",), "the user in WARD_DB has no right to read it"),
        ({"query": "SELECT nothing FROM wards"}, ("code",), "cannot carry out the query"),
        ({"query": "SELECT code, FROM wards"}, ("code",), "cannot carry out the query"),
        ({"query": "SELECT 1 FROM nowhere"}, ("code",), "cannot carry out the query|SELECT command denied"),
        ({"query": "SELECT code, code FROM wards"}, ("code",), "gives 'code' twice|Duplicate column"),
    ],
)  # fmt: skip
def test_what_is_not_there_or_not_allowed_is_said_in_words(
    server: servers.Server, database: dict[str, str], wanted: tuple[str, ...], words: str
) -> None:
    assert re.search(words, refused(asked(wanted, **database)))


def test_a_refused_connection_is_said_in_words(
    server: servers.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = asked(("code",), relation="wards")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = (
            f"{server.scheme}://reader:{servers.READER_ADDRESS}@127.0.0.1:{closed.getsockname()[1]}/client"
        )
        monkeypatch.setenv(VARIABLE, address)
        assert "nothing answers at the address in WARD_DB (Connection refused)" in refused(one)
    for address, words in (
        (server.address(word="wr0ng-wr0ng"), "refuses the user or the password in WARD_DB"),
        (server.address(user="nobody-here"), "refuses the user or the password in WARD_DB"),
        (server.address(database="elsewhere"), "no database of the name in WARD_DB"),
    ):
        monkeypatch.setenv(VARIABLE, address)
        assert words in refused(one)


def test_a_database_that_is_too_slow_is_left(server: servers.Server) -> None:
    sleep = "pg_sleep(20)::text" if server.engine == "PostgreSQL" else "sleep(20)"
    one = asked(("code",), query=f"SELECT code, {sleep} AS s FROM wards", order=("s",), time_out=1)
    assert "had not sent all rows after 1 second; no row had come. Raise 'time_out'" in refused(one)


def test_a_lost_connection_names_the_row(server: servers.Server) -> None:
    one = asked(("n", "note"), relation="many")
    end = {
        "PostgreSQL": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'",
        "MariaDB": "SELECT GROUP_CONCAT(CONCAT('KILL ', id)) FROM information_schema.processlist "
        "WHERE user = 'reader'",
    }[server.engine]
    with closing(snapshot(address_of(one.database.connection), time_out=60)) as shot:
        columns = columns_of(one, shot.offered(one))
        lines = shot.lines(one, shot.statement(one, columns))
        begun = [bytes(next(lines)) for _ in range(10)]
        assert begun[9].startswith(b"1,10,")
        with closing(server.owner()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(end)
            (found,) = cursor.fetchone()
            for command in str(found).split(",") if server.engine == "MariaDB" else ():
                cursor.execute(command)
        with pytest.raises(
            DataError, match=r"source: the connection was lost after row [1-9][0-9]+"
        ) as caught:
            for _ in lines:
                pass
    row = int(re.search(r"row ([0-9]+)", str(caught.value))[1])
    assert 10 <= row < 300_000


def test_a_cell_no_calendar_holds_is_quarantined_with_its_column(
    server: servers.Server, tmp_path: Path
) -> None:
    odd = {"PostgreSQL": "'infinity'", "MariaDB": "'0000-00-00'"}[server.engine]
    server.does(
        *(["SET sql_mode = ''"] if server.engine == "MariaDB" else []),
        "CREATE TABLE people (id varchar(9), name text, since date)",
        f"INSERT INTO people VALUES ('1', 'a', '2024-01-01'), ('2', 'b', {odd}), ('3', 'c', NULL)",
        f"GRANT SELECT ON people TO {servers.READER}"
        + ("@'127.0.0.1'" if server.engine == "MariaDB" else ""),
    )
    run = ward_run()
    source = {
        "table": "employees", "form": "database", "database": {"connection": VARIABLE, "relation": "people"},
        "columns": {"person_id": "id", "name": "name", "started_on": "since"},
    }  # fmt: skip
    run = Run.model_validate({**run.model_dump(mode="json"), "instruments": {}, "sources": [source]})
    evidence = prepare(run, tmp_path, tmp_path / "store")
    assert evidence.frame("employees")["person_id"].tolist() == ["1", "3"]
    (row,) = evidence.quarantine().to_dict("records")
    assert (row["file"], row["line"], row["value"]) == ("people", 2, odd.strip("'"))
    assert "olumn 'since' holds no day" in row["message"]
    assert evidence.totals[0].reconciled


def test_a_table_without_snapshots_is_said(server: servers.Server, tmp_path: Path) -> None:
    if server.engine == "PostgreSQL":
        pytest.skip("every table has them there")
    server.does(
        "CREATE TABLE loose ENGINE = MyISAM AS SELECT * FROM wards",
        f"GRANT SELECT ON loose TO {servers.READER}@'127.0.0.1'",
    )
    run = ward_run(units={"database": {"connection": VARIABLE, "relation": "loose"}})
    evidence = prepare(run, tmp_path, tmp_path / "store")
    assert [note for note in evidence.notes if "keeps no snapshots" in note]
    described = json.loads((evidence.directory / "evidence.json").read_text("utf-8"))["databases"]
    assert [one["snapshot"] for one in described] == [False, True]


def test_nothing_is_written_even_by_a_query_that_would(server: servers.Server) -> None:
    if server.engine == "MariaDB":
        pytest.skip("a query in brackets cannot write there")
    server.does("CREATE FUNCTION sly() RETURNS int LANGUAGE sql AS 'DELETE FROM wards RETURNING 1'")
    words = refused(asked(("n",), query="SELECT sly() AS n"))
    assert "cannot carry out the query (cannot execute DELETE in a read-only transaction)" in words


def test_no_password_reaches_a_file_or_a_message(server: servers.Server, read: Read) -> None:
    store = read.evidence.directory.parent
    files = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
    seen = b"".join(files).decode("latin-1") + "".join(read.told)
    for secret in (servers.READER_WORD, servers.READER_ADDRESS, "w@rd", "127.0.0.1", str(server.port)):
        assert secret not in seen
    assert read.told[0].startswith("wards: 3 rows read from " + server.engine)
    assert not list(store.glob(".incomplete*"))
