# ruff: noqa: DTZ001, DTZ007 - naive instants here are local times, as files hold them
"""Rows judged by look-up are judged as the exact query judges them, whatever stands in the file."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from auditlib.evidence import prepare
from auditlib.evidence.columnar import columnar_blocks
from auditlib.evidence.fast import cell_counter, lookup_cache
from auditlib.evidence.fast.prefetch import prefetch, write_behind
from auditlib.evidence.fast.wall_clock import read_stamps, stamp_format
from auditlib.evidence.plan import plans
from auditlib.parameters.run import Run

HEADER = "id,type,unit,customer,channel,when,started,anon,overall,speed,comment,extra\n"
NEVER = 1 << 40


def run_of(form: str = "csv", **dates: Any) -> Run:
    items = {
        "q_overall": {"wording": "o", "scale": {"low": 1, "high": 5, "labels": {"good": 5}}},
        "q_speed": {"wording": "s", "scale": {"low": 0, "high": 10, "not_applicable": ["na"]}},
    }
    columns = {
        "response_id": "id", "survey_type": "type", "unit_id": "unit", "customer_id": "customer",
        "channel": "channel", "submitted": "when", "anonymous": "anon", "q_overall": "overall",
        "q_speed": "speed", "comment": "comment",
    }  # fmt: skip
    described = {"formats": ["%Y-%m-%d %H:%M:%S"], "time_zone": "unit", **dates}
    return Run.model_validate(
        {
            "audit": "agreement",
            "party": {"name": "P"},
            "period": {"start": "2024-01-01", "end": "2025-06-30"},
            "as_of": "2026-01-01T00:00:00Z",
            "instruments": {
                "tx": {"items": items},
                "rel": {"items": {"q_overall": {"wording": "o", "scale": {"low": 1, "high": 10}}}},
            },
            "sources": [
                {"table": "units", "file": "units.csv", "form": "csv",
                 "columns": {"unit_id": "unit_id", "time_zone": "time_zone"}},
                {"table": "responses", "file": f"responses.{form}", "form": form, "dates": described,
                 "missing": ["-", "n/a"], "columns": columns, "values": {"channel": {"p": "phone"}}},
            ],
            "notebooks": {"01_intake": {}},
        }
    )  # fmt: skip


def taken_in(run: Run, responses: bytes | pa.Table, *, fewest: int, threads: int = 1) -> dict[str, pa.Table]:
    """Return everything stored, taken in with look-up for blocks of `fewest` rows or more."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditlib.evidence.fast.lookup.FEWEST_ROWS", fewest)
        data = Path(name)
        zones = "unit_id,time_zone\n1,Europe/Berlin\n2,America/New_York\n3,Asia/Kolkata\n4,\n"
        (data / "units.csv").write_text(zones)
        if isinstance(responses, bytes):
            (data / "responses.csv").write_bytes(responses)
        else:
            parquet.write_table(responses, data / "responses.parquet")
        evidence = prepare(run, data, data / "store", threads=threads)
        tables = ("responses", "cells", "quarantine")
        read = {table: parquet.ParquetFile(evidence.directory / f"{table}.parquet") for table in tables}
        found = {table: file.read() for table, file in read.items()}
        for file in read.values():
            file.close()
        return found | {"bytes": pa.table({"b": [(evidence.directory / "responses.parquet").read_bytes()]})}


def same(found: dict[str, pa.Table], exact: dict[str, pa.Table]) -> None:
    for table in ("responses", "cells", "quarantine"):
        assert found[table].schema.equals(exact[table].schema), table
        assert found[table].to_pylist() == exact[table].to_pylist(), table


def mostly(*usual: str) -> st.SearchStrategy[str]:
    """Cells of a column: mostly usual ones, among them hostile ones."""
    odd = st.sampled_from(
        ["", " ", "-", "n/a ", "'", '""', '"a,b"', '"a\nb"', '"', "\x1f", "\u00a0", "\u2003x", "é", "\x00",
         "1e999", "NaN", "-0", "0x1", "1_0", "٣", "9" * 20, "=1+1", "null", "\r", "😀", "x" * 300]
    )  # fmt: skip
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), st.sampled_from(usual), odd)


STAMPS = (
    "2024-05-05 10:00:00", "2025-03-30 02:30:00", "2024-10-27 02:30:00", "2024-03-10 02:15:00",
    "2024-11-03 01:30:00", "2024-02-29 23:59:59", "2025-02-29 00:00:00", "2025-12-31 23:59:59",
    "2026-01-01 00:00:00", "2026-01-01 00:00:01", "2026-01-01 04:59:59", "1969-12-31 23:59:59",
    "1970-01-01 00:00:00", "2024-5-5 1:00:00", "2024-05-05 24:00:00", "2024-05-05T10:00:00",
    "2025-06-30 23:59:59", "2025-07-01 00:00:00", "9999-12-31 00:00:00", " 2024-05-05 10:00:00 ",
)  # fmt: skip
DAYS = ("2024-05-05", "2025-03-30", "2026-01-01", "2026-01-02", "2024-02-30", "2025-06-30", "2024-05-05Z")
ROWS = st.lists(
    st.tuples(
        mostly("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9"),
        mostly("tx", "rel"),
        mostly("1", "2", "3", "4", "01"),
        mostly("C1", "C2"),
        mostly("p", "mail", " mail"),
        mostly(*STAMPS, *DAYS),
        mostly("x"),
        mostly("yes", "0", "maybe"),
        mostly("1", "5", "5.0", "7", "good", "4.5"),
        mostly("0", "10", "na", "11"),
        mostly("fine", " fine", "fine\u2003", "\tso"),
        mostly("e"),
    ),
    min_size=1,
    max_size=40,
)


FORMATS = (
    ["%Y-%m-%d %H:%M:%S"],
    ["%Y-%m-%d"],
    ["%Y-%m-%dZ"],
    ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S"],
    ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"],
)


@settings(deadline=None, max_examples=25)
@given(
    ROWS,
    st.sampled_from(["quarantine", "earlier", "later"]),
    st.sampled_from(FORMATS),
    st.sampled_from(["unit", "Asia/Tokyo"]),
)
def test_hostile_rows_are_judged_by_look_up_as_by_the_exact_query(
    rows: list[tuple[str, ...]], ambiguous: str, formats: list[str], zone: str
) -> None:
    text = (HEADER + "".join(",".join(row) + "\n" for row in rows)).encode()
    run = run_of(ambiguous=ambiguous, formats=formats, time_zone=zone)
    same(taken_in(run, text, fewest=1, threads=2), taken_in(run, text, fewest=NEVER))


def good(number: int, **changed: str) -> str:
    row = {
        "id": f"R{number}", "type": ("tx", "rel")[number % 2], "unit": str(1 + number % 4), "customer": "C1",
        "channel": "p", "when": STAMPS[number % len(STAMPS)], "started": "x", "anon": "yes", "overall": "5",
        "speed": "" if number % 2 else "10", "comment": "fine", "extra": "e",
    } | changed  # fmt: skip
    return ",".join(row.values()) + "\n"


def test_an_ordinary_file_is_judged_by_look_up_and_its_bytes_do_not_depend_on_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[int] = []
    look_up = lookup_cache.LookupCache.look_up

    def counted(self: lookup_cache.LookupCache, records: pa.Table) -> lookup_cache.LookedUpRows | None:
        result = look_up(self, records)
        found.append(0 if result is None else len(result.places))
        return result

    monkeypatch.setattr(lookup_cache.LookupCache, "look_up", counted)
    rows = [good(number) for number in range(1, 400)] + [good(7), good(8, overall="1"), "short,row\n"]
    text = (HEADER + "".join(rows)).encode()
    one, two = (taken_in(run_of(), text, fewest=1, threads=threads) for threads in (1, 2))
    assert found[0] > 200
    assert one["bytes"].equals(two["bytes"])
    same(one, taken_in(run_of(), text, fewest=NEVER))
    reasons = one["quarantine"]["reason"].to_pylist()
    assert reasons.count("identical") == 1
    assert reasons.count("conflicting") == 2


@pytest.mark.parametrize("formats", FORMATS[1:])
def test_days_without_a_time_are_judged_by_look_up_as_by_the_exact_query(formats: list[str]) -> None:
    def cell(number: int) -> str:
        text = f"2025-{1 + number % 12:02d}-{1 + number % 30:02d}"  # 30 February among them
        return text + ("Z" if formats == ["%Y-%m-%dZ"] else " 02:30:00" if number % 3 == 0 else "")

    text = (HEADER + "".join(good(number, when=cell(number)) for number in range(1, 300))).encode()
    run = run_of(formats=formats, time_zone="Asia/Tokyo")
    found = taken_in(run, text, fewest=1)
    same(found, taken_in(run, text, fewest=NEVER))
    assert -1 in found["responses"]["submitted_second"].to_pylist()


def test_a_copy_is_found_where_one_of_the_two_was_judged_by_look_up_and_the_other_was_not() -> None:
    rows = [good(number) for number in range(1, 60)]
    late = good(300, comment=" odd"), good(300, comment=" odd"), good(5, when="2024-5-5 1:00:00")
    text = (HEADER + "".join([*rows, *late])).encode()
    found = taken_in(run_of(), text, fewest=1)
    same(found, taken_in(run_of(), text, fewest=NEVER))
    assert {"identical", "conflicting"} <= set(found["quarantine"]["reason"].to_pylist())


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_typed_parquet_is_judged_by_look_up_as_by_the_exact_query(zone: str | None) -> None:
    count = 200
    when = [
        dt.datetime(2024, 3, 31, 0, 0) + dt.timedelta(minutes=7 * n, microseconds=n) for n in range(count)
    ]
    when[17] = dt.datetime(2027, 1, 1)
    stamps: list[dt.datetime | None] = [*when[:-1], None]
    table = pa.table(
        {
            "id": [f"R{n % 190}" for n in range(count)],
            "type": ["tx", "rel"] * (count // 2),
            "unit": pa.array([str(n % 6) for n in range(count)]).dictionary_encode(),
            "customer": pa.array([None if n % 3 else "C" for n in range(count)], pa.string()),
            "channel": pa.array(["p", None] * (count // 2)),
            "when": pa.array(stamps, pa.timestamp("us", zone)),
            "anon": pa.array([True, False, None, True] * (count // 4)),
            "overall": pa.array([float(n % 7) if n % 11 else None for n in range(count)], pa.float64()),
            "speed": pa.array([None if n % 2 else n % 12 for n in range(count)], pa.int32()),
            "comment": [f"c{n % 50} " for n in range(count)],
        }
    )
    run = run_of("parquet")
    same(taken_in(run, table, fewest=1), taken_in(run, table, fewest=NEVER))


def test_columns_told_by_their_name_alone_are_read_from_parquet_as_dictionaries(tmp_path: Path) -> None:
    """Texts that repeat then become numbers in the reader, which halves what text in Parquet costs."""
    run, cells = (
        run_of("parquet"),
        {"id": ["a", "b"], "type": ["tx", "tx"], "unit": ["1", "1"], "when": ["x", "x"]},
    )
    source = next(plan for plan in plans(run) if plan.target.name == "responses")
    table = pa.table({name: cells.get(name, ["5", "5"]) for name in source.read})
    parquet.write_table(table, tmp_path / "r.parquet")
    block = next(
        columnar_blocks(
            tmp_path / "r.parquet", name="r", wanted=source.read, references=source.references,
            repetitive=source.repetitive, threads=1,
        )
    )  # fmt: skip
    coded = {field.name for field in block.records.schema if pa.types.is_dictionary(field.type)}
    assert coded == source.repetitive == {"type", "unit", "channel", "anon", "overall", "speed"}


TEXTS = st.one_of(
    st.sampled_from(STAMPS),
    st.text(max_size=21),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}", fullmatch=True),
)


@given(st.lists(TEXTS, max_size=30))
def test_a_time_stamp_is_read_as_the_calendar_reads_it_or_not_at_all(texts: list[str]) -> None:
    clean = [text for text in texts if text.isprintable()]
    form = "%Y-%m-%d %H:%M:%S"
    seconds, plain = read_stamps(pa.array(["x", *clean], pa.string()).slice(1), form, last_day=20_454)
    for text, second, read in zip(clean, seconds, plain, strict=True):
        moment = calendar(text, form)
        if read:
            assert moment is not None
            assert int((moment - dt.datetime(1970, 1, 1)).total_seconds()) == second
        else:
            assert moment is None or moment.strftime(form) != text or not inside(moment)


def calendar(text: str, form: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, form)
    except ValueError:
        return None


def inside(moment: dt.datetime) -> bool:
    return dt.datetime(1970, 1, 1) <= moment < dt.datetime(1970, 1, 1) + dt.timedelta(days=20_455)


@pytest.mark.parametrize(
    ("formats", "form"),
    [
        (["%Y-%m-%d %H:%M:%S"], "%Y-%m-%d %H:%M:%S"),
        (["%d.%m.%Y %H:%M", "%Y-%m-%d"], "%d.%m.%Y %H:%M"),
        (["%Y-%m-%dT%H:%M:%SZ"], "%Y-%m-%dT%H:%M:%SZ"),
        (["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"], ""),
        (["%Y-%m-%d %H:%M:%S%z"], ""),
        (["%d %b %Y"], ""),
        (["%y-%m-%d"], ""),
        (["%Y-%m"], ""),
        ([], ""),
    ],
)
def test_only_formats_of_fixed_width_are_read_at_a_glance(formats: list[str], form: str) -> None:
    assert stamp_format(formats) == form


def test_cells_are_counted_on_the_way_as_they_are_from_the_stored_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = (HEADER + "".join(good(number) for number in range(1, 300))).encode()
    counted = taken_in(run_of(), text, fewest=1)["cells"]
    monkeypatch.setattr(cell_counter, "MOST_CELLS", 10)
    assert counted.num_rows > 10
    assert counted.equals(taken_in(run_of(), text, fewest=1)["cells"])


def test_the_counter_grows_with_new_units_and_scores() -> None:
    def piece(units: list[str], scores: list[float | None]) -> pa.Table:
        days = pa.array([19_800] * len(units), pa.int32())
        return pa.table(
            {"unit_id": units, "survey_type": ["tx"] * len(units), "submitted_day": days, "q": scores}
        )

    counter = cell_counter.CellCounter(["q"], dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    counter.add(piece(["b", "a"], [1.0, None]))
    counter.add(piece(["a", "b", "c"], [2.0, 1.0, 0.5]))
    found: Any = counter.table("q").select(["unit_id", "score", "n"]).to_pylist()
    assert found == [
        {"unit_id": "a", "score": 2.0, "n": 1},
        {"unit_id": "b", "score": 1.0, "n": 2},
        {"unit_id": "c", "score": 0.5, "n": 1},
    ]


def test_the_counter_leaves_out_days_outside_the_period_and_keeps_rows_without_a_unit() -> None:
    days = pa.array([19_722, 19_723, 20_088, 20_089, None], pa.int32())  # the period runs from 19723 to 20088
    piece = pa.table(
        {
            "unit_id": pa.array(["a", "a", None, "a", "a"]),
            "survey_type": ["tx"] * 5,
            "submitted_day": days,
            "q": [1.0] * 5,
        }
    )
    counter = cell_counter.CellCounter(["q"], dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    counter.add(piece)
    counter.add(piece)
    found: Any = counter.table("q").select(["unit_id", "month", "n"]).to_pylist()
    assert found == [{"unit_id": "a", "month": 202401, "n": 2}, {"unit_id": None, "month": 202412, "n": 2}]


@pytest.mark.parametrize("threads", [1, 2])
def test_work_ahead_and_behind_keeps_its_order_and_tells_of_a_fault(threads: int) -> None:
    done: list[int] = []
    with write_behind(threads=threads) as hand_over:
        for piece in prefetch(iter(range(20)), threads=threads):
            hand_over(lambda piece=piece: done.append(piece))  # type: ignore[misc]
    assert done == list(range(20))

    def failing() -> Any:
        yield 1
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(prefetch(failing(), threads=threads))
    with pytest.raises(ZeroDivisionError), write_behind(threads=threads) as hand_over:
        hand_over(lambda: np.array([1 // int("0")]))  # type: ignore[arg-type,return-value]
