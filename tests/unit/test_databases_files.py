"""Sources in SQLite and DuckDB files, addresses of every kind, and lines back in their types."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from auditlib.cli import main
from auditlib.errors import DataError, ParameterError
from auditlib.evidence import prepare
from auditlib.evidence.databases.addresses import Address, address_of
from auditlib.evidence.databases.columns import CellType, ExtractRequest, Offered, columns_of, decimal
from auditlib.evidence.databases.rows import gathered, rows_of
from auditlib.evidence.databases.snapshots import snapshot
from auditlib.evidence.databases.sqlite_file import _written
from auditlib.parameters.database import Database
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
VARIABLE = "SHOP_DB"
FILES = ["sqlite", "duckdb"]


def shop(folder: Path, engine: str, *statements: str) -> Path:
    """Write the database of a bicycle shop and return its file."""
    path = folder / f"shop.{engine}"
    with closing(sqlite3.connect(path) if engine == "sqlite" else duckdb.connect(path)) as connection:
        for statement in statements or (
            "CREATE TABLE mechanics (id VARCHAR, name VARCHAR, since DATE, wage DECIMAL(7,2), busy BOOLEAN)",
            "INSERT INTO mechanics VALUES ('007', 'Ä, \"B\"', '2024-02-29', 99.00, TRUE)",
            "INSERT INTO mechanics VALUES ('NA', '', NULL, NULL, NULL)",
            "CREATE VIEW names AS SELECT id, name FROM mechanics",
        ):
            connection.execute(statement)
        if engine == "sqlite":
            connection.commit()
    return path


@pytest.fixture(params=FILES)
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(VARIABLE, f"{request.param}:///{shop(tmp_path, request.param)}")
    return str(request.param)


def asked(*wanted: str, **database: Any) -> ExtractRequest:
    return ExtractRequest(Database(connection=VARIABLE, **database), "source", wanted)


def taken(one: ExtractRequest) -> list[dict[str, Any]]:
    with closing(snapshot(address_of(one.database.connection), time_out=60)) as shot:
        columns = columns_of(one, shot.offered(one))
        wanted = [columns[name] for name in one.wanted]
        pieces = gathered(shot.lines(one, shot.statement(one, columns)))
        rows = [rows_of(piece, wanted, expected=count) for piece, count in pieces]
    table = pa.concat_tables(rows).rename_columns([*one.wanted, "value", "message"])
    return [{k: v for k, v in row.items() if k not in ("value", "message")} for row in table.to_pylist()]


def run_of(**database: Any) -> Run:
    return Run.model_validate(
        {
            "audit": "shop",
            "party": {"name": "Shop"},
            "period": {"start": "2024-01-01", "end": "2024-12-31"},
            "as_of": "2025-01-01T00:00:00Z",
            "sources": [
                {"table": "employees", "form": "database", "columns": {"person_id": "id", "name": "name"},
                 "database": {"connection": VARIABLE, **database}}
            ],
            "notebooks": {"01_intake": {}},
        }
    )  # fmt: skip


def test_a_file_is_read_with_the_types_it_has(engine: str) -> None:
    first, second = taken(asked("id", "name", "since", "wage", "busy", relation="mechanics"))
    as_text = {"since": "2024-02-29", "wage": "99", "busy": "1"}
    typed = {"since": dt.date(2024, 2, 29), "wage": 99.0, "busy": True}
    assert first == {"id": "007", "name": 'Ä, "B"', **(as_text if engine == "sqlite" else typed)}
    assert second == {"id": "NA", "name": "", "since": None, "wage": None, "busy": None}
    assert [row["id"] for row in taken(asked("id", relation="names"))] == ["007", "NA"]
    query = "SELECT id || '!' AS who FROM mechanics WHERE name <> '';"
    assert taken(asked("who", query=query)) == [{"who": "007!"}]
    assert taken(asked("id", relation="mechanics", order=("name",)))[0] == {"id": "NA"}


@pytest.mark.parametrize(
    ("database", "wanted", "words"),
    [
        ({"relation": "mechanic"}, "id", r"no table or view of this name. Did you mean 'mechanics'\?"),
        ({"relation": "mechanics"}, "ident", r"there is no column 'ident'. Did you mean 'id'\?"),
        ({"query": "SELECT nothing FROM mechanics"}, "id", "cannot carry out the query"),
    ],
)
def test_what_a_file_does_not_have_is_said_in_words(
    engine: str, database: dict[str, str], wanted: str, words: str
) -> None:
    with pytest.raises(DataError, match=words):
        taken(asked(wanted, **database))


def test_bytes_are_refused_in_a_typed_column_and_read_as_text_where_every_cell_has_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = ("CREATE TABLE t (id BLOB)", "INSERT INTO t VALUES (CAST('007' AS BLOB))")
    monkeypatch.setenv(VARIABLE, f"duckdb:///{shop(tmp_path, 'duckdb', *make)}")
    with pytest.raises(DataError, match=r"column 'id' holds bytes, not text\. Do not map it"):
        taken(asked("id", relation="t"))
    monkeypatch.setenv(VARIABLE, f"sqlite:///{shop(tmp_path, 'sqlite', *make)}")
    assert taken(asked("id", relation="t")) == [{"id": "007"}]


def test_text_that_is_no_utf8_is_quarantined_with_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop(tmp_path, "sqlite", "CREATE TABLE t (id TEXT, name TEXT)",
                "INSERT INTO t VALUES ('1', CAST(x'4dfc' AS TEXT)), ('2', 'Mü')")  # fmt: skip
    monkeypatch.setenv(VARIABLE, f"sqlite:///{path}")
    evidence = prepare(run_of(relation="t"), tmp_path, tmp_path / "store")
    (row,) = evidence.quarantine().to_dict("records")
    assert (row["line"], row["value"]) == (1, "M\ufffd")
    assert "'name' holds no text in UTF-8" in row["message"]
    assert evidence.frame("employees")["name"].tolist() == ["Mü"]


def test_two_queries_of_one_table_have_two_names(engine: str, tmp_path: Path) -> None:
    run = run_of(query="SELECT id, name FROM mechanics WHERE id = '007'")
    other = run_of(query="SELECT id, name FROM mechanics WHERE id = 'NA'", name="abroad")
    both = Run.model_validate({**run.model_dump(mode="json"), "sources": [*run.sources, *other.sources]})
    evidence = prepare(both, tmp_path, tmp_path / "store")
    assert [(total.file, total.rows_in) for total in evidence.totals] == [("query", 1), ("abroad", 1)]
    described = json.loads((evidence.directory / "evidence.json").read_text("utf-8"))["databases"]
    assert {one["engine"].split()[0].lower() for one in described} == {engine}


def test_a_client_file_is_never_written_and_reaches_no_other(engine: str, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    prepare(run_of(relation="mechanics"), tmp_path, tmp_path / "out" / "store")
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    if engine == "duckdb":
        (tmp_path / "secret.csv").write_text("id\n1\n")
        query = f"SELECT id FROM read_csv('{tmp_path / 'secret.csv'}')"
        with pytest.raises(DataError, match="refused"):
            taken(asked("id", query=query))


def test_what_takes_too_long_is_interrupted(engine: str) -> None:
    steps = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1000000000) "
    with pytest.raises(DataError, match=r"had not sent all rows after 1 second; no row had come"):
        taken(asked("n", query=steps + "SELECT max(n) AS n FROM s", time_out=1))
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


@pytest.mark.parametrize("engine_name", FILES)
def test_a_file_that_is_no_database_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_name: str
) -> None:
    (tmp_path / "x").write_text("id,name\n1,a\n" * 500)
    monkeypatch.setenv(VARIABLE, f"{engine_name}:///{tmp_path / 'x'}")
    with pytest.raises(DataError, match=f"the file named by {VARIABLE} is damaged or is no database"):
        taken(asked("id", relation="t"))
    monkeypatch.setenv(VARIABLE, f"{engine_name}:///{tmp_path / 'y'}")
    with pytest.raises(DataError, match=f"the database named by {VARIABLE} does not exist"):
        taken(asked("id", relation="t"))


@pytest.mark.parametrize(
    ("address", "engine", "extra", "driver"),
    [
        ("postgres://me:s3cret-word@host/db", "PostgreSQL", "postgres", "psycopg"),
        ("mariadb://me:s3cret-word@host/db", "MariaDB and MySQL", "mysql", "pymysql"),
        ("mysql+pymysql://me:s3cret-word@host/db", "MariaDB and MySQL", "mysql", "pymysql"),
    ],
)
def test_a_missing_driver_is_said_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, address: str, engine: str, extra: str, driver: str
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(DataError) as caught:
        taken(asked("id", relation="t"))
    assert f"the driver for {engine} is not installed" in str(caught.value)
    assert f"pip install 'auditlib[{extra}]'" in str(caught.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "SHOP_DB is not set. Set it"),
        (
            "oracle://me:s3cret-word@host/db",
            "SHOP_DB holds an address of 'oracle', which is none of a database",
        ),
        ("me:s3cret-word@host", "SHOP_DB holds what is none of a database"),
        ("s3cret-word", "SHOP_DB holds what is none of a database"),
        ("postgresql://me:s3cret/word@host/db", "the address in SHOP_DB cannot be read. Write characters"),
        ("postgresql://me:s3cret%word@host/db", "the address in SHOP_DB cannot be read. Write characters"),
        ("mysql://me:s3cret/word@host/db", "the address in SHOP_DB cannot be read. Write characters"),
        ("mysql://me@host/db?color=red", "has an option that is none. There are unix_socket"),
        ("postgresql://me@host/db?colour=s3cret", "the address in SHOP_DB cannot be read"),
    ],
)
def test_an_address_that_is_none_is_never_repeated(
    monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(ParameterError, match=words) as caught:
        taken(asked("id", relation="t"))
    assert "s3cret" not in str(caught.value) + repr(caught.value)
    assert "word" not in str(caught.value).replace("password", "")


@given(
    st.text(st.characters(codec="ascii", exclude_categories=["C", "Zs"]), min_size=8),
    st.sampled_from(["@h/d", "@h:1/d?x=a@b"]),
)
def test_no_message_of_a_driver_brings_a_password(word: str, rest: str) -> None:
    address = Address("V", "postgresql", f"postgresql://me:{word}{rest}")
    assert word not in address.redacted(f"failed for me with {word}")
    assert word not in repr(address)
    quoted = Address("V", "mysql", f"mysql://h/d?password={quote(word)}")
    assert word not in quoted.redacted(f"no {word}")


def held(cells: list[str | None], how: CellType) -> tuple[list[Any], list[str | None]]:
    lines = b"".join(b"1," + (b"" if cell is None else f'"{cell}"'.encode()) + b"\n" for cell in cells)
    rows = rows_of(lines, [Offered("x", how)], expected=len(cells))
    return rows["c0"].to_pylist(), rows["message"].to_pylist()


@pytest.mark.parametrize(
    ("how", "fits", "value", "not_so"),
    [
        (CellType.DAY, "9999-12-31", dt.date.max, ["infinity", "10000-01-01", "0000-00-00", "0044-01-01 BC"]),
        (CellType.INSTANT, "2025-01-01 00:00:00+00", dt.datetime(2025, 1, 1, tzinfo=dt.UTC), ["-infinity"]),
        (CellType.LOCAL, "2025-01-01 00:00:00", dt.datetime.fromisoformat("2025-01-01"), ["2025-02-30"]),
        (CellType.WHOLE, "-12", -12, ["NaN", "99999999999999999999"]),
        (CellType.NUMBER, "1e-7", 1e-7, ["x"]),
    ],
)  # fmt: skip
def test_what_no_type_can_hold_is_named_and_its_neighbours_stay(
    how: CellType, fits: str, value: object, not_so: list[str]
) -> None:
    values, messages = held([fits, *not_so, None], how)
    assert values == [value, *(None for _ in not_so), None]
    assert [message is None for message in messages] == [True, *(False for _ in not_so), True]
    assert all("column 'x' holds no" in message for message in messages if message)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("99.00", "99"), ("99.50", "99.5"), ("100", "100"), ("-0.10", "-0.1"), ("0.00", "0"), ("NaN", "NaN")],
)
def test_exact_numbers_lose_only_what_says_nothing(written: str, kept: str) -> None:
    assert held([written], CellType.EXACT) == ([kept], [None])


@pytest.mark.parametrize(
    ("precision", "scale", "how"),
    [
        (15, 2, CellType.NUMBER),
        (16, 2, CellType.EXACT),
        (18, 0, CellType.WHOLE),
        (19, 0, CellType.EXACT),
        (3, -2, CellType.EXACT),
        (None, None, CellType.EXACT),
    ],
)
def test_a_decimal_is_a_number_only_while_no_digit_can_go(
    precision: int | None, scale: int | None, how: CellType
) -> None:
    assert decimal(precision, scale) is how


def test_long_tables_come_in_pieces_of_lines() -> None:
    pieces = list(gathered(b"1\n" for _ in range((1 << 17) + 1)))
    assert [count for _, count in pieces] == [1 << 17, 1]
    assert b"".join(piece for piece, _ in pieces) == b"1\n" * ((1 << 17) + 1)


@pytest.mark.parametrize(
    "database",
    [{}, {"relation": "a", "query": "SELECT 1"}, {"query": "DELETE FROM a"},
     {"query": "SELECT 1; DROP TABLE a"}, {"relation": "a; DROP TABLE b"}, {"relation": "a", "time_out": 0}],
)  # fmt: skip
def test_a_source_is_one_table_or_one_select(database: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"database|connection|relation|query|time_out"):
        Database(connection=VARIABLE, **database)


STORES = (
    "CREATE TABLE stores (code VARCHAR, title VARCHAR)",
    "INSERT INTO stores VALUES ('001', 'North'), ('002', 'South')",
    "CREATE TABLE answers (answer_id TEXT, store TEXT, answered_at TEXT, score INTEGER, test INTEGER)",
    "INSERT INTO answers VALUES ('A2', '001', '2025-06-01 12:00:00', 4, 0)",
    "INSERT INTO answers VALUES ('A1', '002', '2025-06-02 12:00:00', 5, 0)",
    "INSERT INTO answers VALUES ('A3', '002', '2025-06-03 12:00:00', 1, 1)",
)


@pytest.mark.parametrize("engine_name", FILES)
def test_the_sources_that_the_document_shows_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_name: str
) -> None:
    monkeypatch.setenv("CLIENT_DB", f"{engine_name}:///{shop(tmp_path, engine_name, *STORES)}")
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "databases.md").read_text("utf-8"), re.S)
    scale = {"wording": "?", "headline": True, "scale": {"low": 1, "high": 5}}
    run = Run.model_validate(
        {
            **run_of(relation="stores").model_dump(mode="json"),
            "period": {"start": "2025-01-01", "end": "2025-12-31"},
            "as_of": "2026-01-01T00:00:00Z",
            "instruments": {"transactional": {"items": {"q_score": scale}}},
            "sources": yaml.safe_load(block),
        }
    )
    evidence = prepare(run, tmp_path, tmp_path / "store")
    assert [(total.file, total.rows_kept) for total in evidence.totals] == [
        ("stores", 2), ("answers_without_tests", 2)
    ]  # fmt: skip
    rows = evidence.frame("responses", columns=["response_id", "unit_id", "q_score", "source_line"])
    assert rows.to_numpy().tolist() == [["A2", "001", 4.0, 1], ["A1", "002", 5.0, 2]]


def test_new_looks_at_a_database_as_at_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    units = ("CREATE TABLE units (unit_id TEXT, name TEXT, time_zone TEXT)",
             "INSERT INTO units VALUES ('001', 'North', 'UTC'), ('002', 'South', 'Asia/Tokyo')")  # fmt: skip
    file = shop(tmp_path, "duckdb", *STORES[2:], *units)
    monkeypatch.setenv("CLIENT_DB", f"duckdb:///{file}")
    (tmp_path / "project" / "params" / "runs").mkdir(parents=True)
    (tmp_path / "project" / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    assert main(["new", "stores", "--database", "CLIENT_DB"]) == 0
    text = Path("params/runs/stores.yaml").read_text("utf-8")
    sources = yaml.safe_load(text)["sources"]
    assert [(one["table"], one["form"], one["database"]) for one in sources] == [
        ("units", "database", {"connection": "CLIENT_DB", "relation": "units"}),
        ("responses", "database", {"connection": "CLIENT_DB", "relation": "answers"}),
    ]
    assert sources[1]["columns"]["response_id"] == "answer_id"
    assert str(file) not in text + "".join(capsys.readouterr())
    monkeypatch.delenv("CLIENT_DB")
    assert main(["new", "other", "--database", "CLIENT_DB"]) == 2
    assert main(["new", "other"]) == 2


@given(st.lists(st.tuples(*[st.none() | st.text(st.characters(codec="utf-8"))] * 2), max_size=6))
def test_any_text_comes_back_as_it_was(rows: list[tuple[str | None, str | None]]) -> None:
    lines = [",".join(["1", *map(_written, row)]).encode() + b"\n" for row in rows]
    columns = [Offered("a", CellType.TEXT), Offered("b", CellType.TEXT)]
    made = [rows_of(piece, columns, expected=count) for piece, count in gathered(lines)]
    assert [(row["c0"], row["c1"]) for table in made for row in table.to_pylist()] == rows


def test_rows_are_left_out_and_cells_joined_as_those_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"duckdb:///{shop(tmp_path, 'duckdb', *STORES)}")
    run = run_of(relation="answers").model_dump(mode="json")
    source = {
        **run["sources"][0],
        "columns": {"person_id": {"join": ["store", "answer_id"], "with": "/"}, "name": "answer_id"},
        "only": [{"column": "test", "is_not": ["1"], "because": "tests are not answers"}],
    }
    evidence = prepare(Run.model_validate({**run, "sources": [source]}), tmp_path, tmp_path / "store")
    assert evidence.frame("employees")["person_id"].tolist() == ["001/A2", "002/A1"]
    (total,) = evidence.totals
    assert (total.rows_in, total.rows_kept, total.reconciled) == (3, 2, True)
