"""Prepared evidence: found again by content, the same on any number of threads, verified when opened."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from auditlib.contracts import physical_columns
from auditlib.errors import AuditError, DataError, EvidenceChanged, ParameterError
from auditlib.evidence import Evidence, open_evidence, prepare, sources
from auditlib.evidence.plan import canonical_table, plans, table_order
from auditlib.files import digest, hash_file
from auditlib.parameters.run import Run
from auditlib.records import Basis

ROWS = 4000


def run_of(**more: Any) -> Run:
    scale = {"low": 1, "high": 5}
    items = {name: {"wording": name, "scale": scale, "headline": name == "q_b"} for name in ("q_a", "q_b")}
    columns = {
        "response_id": "id",
        "unit_id": "unit",
        "submitted": "at",
        "comment": "text",
        "q_a": "a",
        "q_b": "b",
    }
    unit_columns = {"unit_id": "unit", "time_zone": "zone"}
    source = {
        "table": "responses",
        "form": "csv",
        "columns": columns,
        "constants": {"survey_type": "transactional"},
    }
    return Run.model_validate(
        {
            "audit": "stored",
            "ids_shown_because": "The rows are invented.",
            "party": {"name": "Stored"},
            "period": {"start": "2024-01-01", "end": "2024-12-31"},
            "as_of": "2025-06-01T00:00:00Z",
            "instruments": {"transactional": {"items": items}},
            "sources": [
                {**source, "file": "late.csv"},
                {"table": "units", "file": "units.csv", "form": "csv", "columns": unit_columns},
                {**source, "file": "early.csv"},
            ],
            "notebooks": {"01_intake": {}},
            **more,
        }
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "units.csv").write_text("unit,zone\nU0,Europe/Berlin\nU1,\nU2,Asia/Tokyo\n")
    days = [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d} {i % 24:02d}:00:00" for i in range(ROWS)]
    lines = [f'R{i},U{i % 4},{days[i]},"a\nb",{1 + i % 5},{i % 6}\n' for i in range(ROWS)]
    header = "id,unit,at,text,a,b\n"
    (folder / "early.csv").write_text(header + "".join(lines[: ROWS // 2]) + lines[0])
    (folder / "late.csv").write_text(header + "".join(lines[ROWS // 2 :]))
    return folder


@pytest.fixture(scope="module")
def evidence(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return prepare(run_of(), data, tmp_path_factory.mktemp("store"), threads=2)


def test_one_thread_and_two_give_the_same_bytes(evidence, data, tmp_path, monkeypatch):
    again = prepare(run_of(), data, tmp_path, threads=1)
    names = sorted(path.name for path in evidence.directory.iterdir())
    assert names == [
        "cells.parquet",
        "evidence.json",
        "quarantine.parquet",
        "quarantined_links.parquet",
        "responses.parquet",
        "unanswered.parquet",
        "units.parquet",
    ]
    for name in names:
        assert (evidence.directory / name).read_bytes() == (again.directory / name).read_bytes(), name


def test_small_blocks_give_the_same_rows(evidence, data, tmp_path, monkeypatch):
    monkeypatch.setattr("auditlib.evidence.byte_stream.BLOCK_BYTES", 3000)
    again = prepare(run_of(), data, tmp_path, threads=2)
    assert again.totals == evidence.totals
    for table in ("responses", "cells", "quarantine"):
        assert again.frame(table).equals(evidence.frame(table)), table


def test_the_same_files_and_parameters_are_not_read_twice(data, tmp_path, monkeypatch):
    told: list[str] = []
    first = prepare(run_of(), data, tmp_path, progress=told.append)
    assert len(told) == 3

    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a source was read again")

    monkeypatch.setattr(sources, "source_blocks", refuse)
    monkeypatch.setattr("auditlib.evidence.intake.source_blocks", refuse)
    assert prepare(run_of(title="Another title", seed=7), data, tmp_path) == first


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": "2025-06-01T00:00:01Z"},
        {"time_zone": "Asia/Tokyo"},
        {"period": {"start": "2024-01-02", "end": "2024-12-31"}},
    ],
)
def test_what_shapes_the_evidence_changes_its_address(evidence, data, tmp_path, change):
    assert prepare(run_of(**change), data, tmp_path).key != evidence.key


def test_a_changed_file_changes_the_address(evidence, data, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(data, copy)
    with (copy / "units.csv").open("a") as stream:
        stream.write("U9,\n")
    assert prepare(run_of(), copy, tmp_path / "store").key != evidence.key


@pytest.mark.parametrize(
    "name", ["cells.parquet", "quarantine.parquet", "responses.parquet", "evidence.json"]
)
def test_one_flipped_byte_is_named(evidence, tmp_path, name):
    copy = tmp_path / "copy"
    shutil.copytree(evidence.directory, copy)
    body = bytearray((copy / name).read_bytes())
    place = body.index(b'"rows_in": 2') + 12 if name == "evidence.json" else len(body) // 2
    body[place] ^= 1
    (copy / name).write_bytes(bytes(body))
    with pytest.raises(EvidenceChanged, match=name):
        open_evidence(copy)


def test_a_missing_file_is_named(evidence, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(evidence.directory, copy)
    (copy / "cells.parquet").unlink()
    with pytest.raises(EvidenceChanged, match=r"cells\.parquet"):
        open_evidence(copy)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hash_file(path)[0] for path in folder.iterdir()}


def flip(folder: Path) -> None:
    path = folder / "cells.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def only_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder")


def a_link(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    (folder.with_name("elsewhere") / "units.parquet").unlink()
    folder.symlink_to(folder.with_name("elsewhere"))


@pytest.mark.parametrize(
    "damage",
    [
        flip,
        only_a_file,
        a_link,
        shutil.rmtree,
        lambda folder: (folder / "units.parquet").unlink(),
        lambda folder: (folder / "evidence.json").write_text("[" * 100_000),
        lambda folder: (folder / "evidence.json").write_text(""),
    ],
)
def test_damaged_evidence_is_made_again_the_same(evidence, data, tmp_path, damage):
    told: list[str] = []
    shutil.copytree(evidence.directory, tmp_path / evidence.key)
    damage(tmp_path / evidence.key)
    again = prepare(run_of(), data, tmp_path, progress=told.append)
    assert hashes(again.directory) == hashes(evidence.directory)
    assert damage is shutil.rmtree or "damaged, so it is taken in again" in told[0]
    assert [path.name for path in tmp_path.iterdir() if path.name != "elsewhere"] == [evidence.key]
    assert len(list((tmp_path / "elsewhere").glob("*"))) > 1 or damage is not a_link
    prepare(run_of(), data, tmp_path, progress=told.append)
    assert "Evidence found" in told[-1]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Give a function that makes a real file system of some kB."""
    place = tmp_path / "small"
    place.mkdir()

    def mounted(kilobytes: int) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("mounting a small file system needs rights this machine does not give")
        return place

    yield mounted
    subprocess.run(["umount", "-l", str(place)], check=False)


@pytest.mark.parametrize("kilobytes", [4, 16, 24, 64, 512])
def test_on_a_full_disk_intake_says_so_and_leaves_nothing(data, small_disk, kilobytes):
    place = small_disk(kilobytes)
    with pytest.raises(AuditError, match=r"the evidence could not be written .*Make room"):
        prepare(run_of(), data, place)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("described", [{}, {"files": []}, {"files": {"../x": {"sha256": 1}}}, {"files": {}}])
def test_a_description_that_is_sealed_and_empty_is_no_evidence(tmp_path, described):
    content = {**described, "seal": digest(described)}
    (tmp_path / "evidence.json").write_text(json.dumps(content))
    with pytest.raises(DataError):
        open_evidence(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", "nonsense", "[" * 100_000])
def test_a_folder_without_a_whole_description_is_no_evidence(tmp_path, text):
    (tmp_path / "evidence.json").write_text(text)
    with pytest.raises(DataError, match="no complete evidence"):
        open_evidence(tmp_path)


def test_pages_carry_checksums_that_are_verified_when_read(evidence, tmp_path):
    path = tmp_path / "responses.parquet"
    body = bytearray((evidence.directory / path.name).read_bytes())
    column = parquet.read_metadata(evidence.directory / path.name).row_group(0).column(0)
    body[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(bytes(body))
    with pytest.raises(OSError, match=r"(?i)crc"):
        parquet.read_table(path, page_checksum_verification=True)


def test_tables_hold_the_columns_of_their_contract(evidence):
    wanted = [*physical_columns(canonical_table(run_of(), "responses")), "in_period"]
    assert sorted(evidence.frame("responses").columns) == sorted(wanted)
    assert sorted(evidence.frame("units").columns) == sorted(
        [*physical_columns(canonical_table(run_of(), "units")), "in_period"]
    )


def test_rows_stand_in_the_order_of_the_sources_and_their_lines(evidence):
    frame = evidence.frame("responses", columns=["source_file", "source_line"])
    assert frame["source_file"].drop_duplicates().tolist() == ["late.csv", "early.csv"]
    for _, lines in frame.groupby("source_file")["source_line"]:
        assert lines.is_monotonic_increasing


def test_totals_stand_in_the_order_of_the_run_file_and_reconcile(evidence):
    assert [total.file for total in evidence.totals] == ["late.csv", "units.csv", "early.csv"]
    assert all(total.reconciled for total in evidence.totals)
    late, _, early = evidence.totals
    assert (late.rows_in, early.rows_in) == (ROWS // 2, ROWS // 2 + 1)
    # unit U3 is not registered; of the other rows those with b = 0 are off the scale
    expected_units = sum(i % 4 == 3 for i in range(ROWS))
    expected_scale = sum(i % 4 != 3 and i % 6 == 0 for i in range(ROWS))
    assert late.reasons.get("unit", 0) + early.reasons["unit"] == expected_units
    assert late.reasons["scale"] + early.reasons["scale"] == expected_scale
    assert early.reasons["identical"] == 1


def test_cells_are_the_counts_of_the_kept_rows(evidence):
    frame = evidence.frame("responses", where=[("in_period", True)])
    cells = evidence.cells()
    assert cells["n"].sum() == frame["q_a"].count() + frame["q_b"].count()
    for unit, score in (("U0", 3.0), ("U2", 5.0)):
        found = cells.query("unit_id == @unit and item == 'q_a' and score == @score")["n"].sum()
        assert found == ((frame["unit_id"] == unit) & (frame["q_a"] == score)).sum() > 0
    assert cells["month"].between(202401, 202412).all()
    assert str(cells["n"].dtype) == "int64"


def test_a_basis_finds_and_counts_its_rows(evidence):
    basis = Basis("responses", (("unit_id", "U1"), ("q_a", 4.0)), "q_b")
    frame = evidence.frame("responses", where=basis.where)
    assert evidence.count(basis) == int(frame["q_b"].count()) > 0
    rows = evidence.rows(basis, limit=3)
    assert rows["source_line"].tolist() == frame["source_line"].head(3).tolist()
    assert evidence.count(Basis("sources", (("table", "responses"),))) == 2
    assert evidence.rows(Basis("quarantine", (("reason", "identical"),)))["line"].tolist() == [
        2 * (ROWS // 2) + 2
    ]


def test_asking_for_what_is_not_there_is_a_users_mistake(evidence):
    with pytest.raises(ParameterError, match="not among the sources"):
        evidence.frame("complaints")
    with pytest.raises(ParameterError, match="no canonical table"):
        evidence.frame("../units")
    with pytest.raises(ParameterError, match="no column 'unit'"):
        evidence.count(Basis("responses", (("unit", "U1"),)))


def test_a_lazy_table_runs_on_the_embedded_database(evidence):
    import narwhals as nw

    counted = evidence.lazy("responses").filter(nw.col("unit_id") == "U1").select(nw.len()).collect()
    assert counted.to_arrow()[0][0].as_py() == len(evidence.frame("responses", where=[("unit_id", "U1")]))


def test_lazy_tables_of_one_evidence_can_be_joined(evidence):
    joined = evidence.lazy("responses").join(evidence.lazy("units"), on="unit_id", how="inner").collect()
    assert len(joined) == len(evidence.frame("responses"))


def test_reopened_evidence_is_the_same_value(evidence):
    again = open_evidence(evidence.directory)
    assert again == evidence
    assert again.instruments["transactional"].headline.item == "q_b"
    assert again.instruments["transactional"].items[0].scale.scores == (1.0, 2.0, 3.0, 4.0, 5.0)


def test_the_description_holds_no_path_and_no_clock(evidence, data):
    text = (evidence.directory / "evidence.json").read_text()
    assert str(data) not in text
    assert str(evidence.directory.parent) not in text
    assert set(json.loads(text)) == {
        "schema", "key", "tables", "files", "totals", "instruments", "notes", "seal"}  # fmt: skip


def test_tables_come_behind_those_they_refer_to():
    order = table_order(["acknowledgements", "responses", "units", "invitations", "responses"])
    assert order == ("units", "invitations", "responses", "acknowledgements")
    assert [plan.target.name for plan in plans(run_of())] == ["units", "responses", "responses"]


WIDE = b"""ccn,top,low,n,rate
010001,77%,Not Available,300 or more,33%
10001,77%,3%,100,33%
010002,Not Available,Not Available,Not Available,Not Available
010003,101%,3%,12,33%
010004,about 7,3%,12,33%
010005,100%,0%,a few,33%
010006,0%,0.5%,99,0%
"""


def test_a_wide_file_becomes_one_row_per_published_value(tmp_path):
    (tmp_path / "wide.csv").write_bytes(WIDE)
    units = "ccn\n" + "".join(f"01000{number}\n" for number in range(1, 7))
    (tmp_path / "units.csv").write_text(units)
    values = [
        {"column": "top", "item": "q_a", "box": "top"},
        {"column": "low", "item": "q_a", "box": "bottom"},
    ]
    wide = {
        "table": "aggregates",
        "file": "wide.csv",
        "form": "csv",
        "columns": {"unit_id": "ccn", "response_rate": "rate"},
        "constants": {"survey_type": "transactional"},
        "missing": ["", "Not Available"],
        "wide": {
            "values": values,
            "n": "n",
            "n_bands": {"300 or more": {"low": 300}},
            "period": {"start": "2024-01-01", "end": "2024-12-31"},
        },
    }
    register = {"table": "units", "file": "units.csv", "form": "csv", "columns": {"unit_id": "ccn"}}
    evidence = prepare(run_of(sources=[wide, register]), tmp_path, tmp_path / "store")
    frame = evidence.frame("aggregates")
    shown = frame[["unit_id", "box", "value", "n_low", "source_line"]].values.tolist()
    assert shown == [
        ["010001", "top", 0.77, 300, 2],
        ["010006", "top", 0.0, 99, 8],
        ["010006", "bottom", 0.005, 99, 8],
    ]
    assert frame["n_high"].isna().tolist() == [True, False, False]
    assert frame["response_rate"].tolist() == [0.33, 0.0, 0.0]
    found = evidence.quarantine()[["line", "column", "reason"]].values.tolist()
    assert found == [[3, "ccn", "unit"], [5, "top", "scale"], [6, "top", "scale"], [7, "n", "scale"]]
    assert (evidence.totals[0].rows_in, evidence.totals[0].rows_kept) == (7, 3)


PERIODS = b"""unit,when,top,n,rate
U1,p1,77.0,Fewer than 100,33.0
U1,p2,78.0,FEWER THAN 50,30
U2,p2,61,1313,5%
U2,p3,61,1313,5
U2,,61,1313,5
U1,p2,78.0,FEWER THAN 50,30
U1,p1,71.0,300,33.0
"""


def periods_of(**changes):
    wide = {
        "values": [{"column": "top", "item": "q_a", "box": "top"}],
        "n": "n",
        "n_bands": {"Fewer than 100": {"low": 1, "high": 99}, "FEWER THAN 50": {"low": 1, "high": 49}},
        "period_column": "when",
        "periods": {
            "p1": {"start": "2023-01-01", "end": "2023-12-31"},
            "p2": {"start": "2024-01-01", "end": "2024-12-31"},
        },
    }
    return {
        "table": "aggregates",
        "file": "periods.csv",
        "form": "csv",
        "columns": {"unit_id": "unit", "response_rate": "rate"},
        "constants": {"survey_type": "transactional"},
        "wide": wide | changes,
    }


def test_a_wide_file_of_several_periods_dates_each_row_by_its_column(tmp_path):
    (tmp_path / "periods.csv").write_bytes(PERIODS)
    (tmp_path / "units.csv").write_text("unit\nU1\nU2\n")
    register = {"table": "units", "file": "units.csv", "form": "csv", "columns": {"unit_id": "unit"}}
    evidence = prepare(run_of(sources=[periods_of(), register]), tmp_path, tmp_path / "store")
    frame = evidence.frame("aggregates")
    days = (
        (dt.date(2024, 1, 1) - dt.date(1970, 1, 1)).days,
        (dt.date(2024, 12, 31) - dt.date(1970, 1, 1)).days,
    )
    shown = frame[["unit_id", "period_start", "period_end", "value", "n_low", "n_high", "response_rate"]]
    assert shown.values.tolist() == [["U1", *days, 0.78, 1, 49, 0.3], ["U2", *days, 0.61, 1313, 1313, 0.05]]
    found = evidence.quarantine()[["line", "reason"]].values.tolist()
    # one id per unit and period: line 8 contradicts line 2, line 7 repeats line 3
    assert found == [[2, "conflicting"], [5, "scale"], [6, "scale"], [7, "identical"], [8, "conflicting"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"period": {"start": "2024-01-01", "end": "2024-12-31"}},
        {"period_column": None},
        {"periods": {}},
        {"period_column": None, "periods": {}},
        {"periods": {name: {"start": "2023-01-01", "end": "2023-12-31"} for name in ("p1", "p2")}},
    ],
)
def test_a_wide_file_has_one_way_to_be_dated(changes):
    with pytest.raises(ValueError, match="period"):
        run_of(sources=[periods_of(**changes)])


def test_published_percentages_of_hospitals_over_three_periods(shared_data, tmp_path):
    from auditlib.parameters.load import load

    path = Path(__file__).resolve().parents[2] / "params" / "runs" / "hcahps_periods.yaml"
    run = load(Run, path.read_text(encoding="utf-8"), name=path.name)
    evidence = prepare(run, shared_data, tmp_path)
    survey = next(total for total in evidence.totals if total.table == "aggregates")
    assert (survey.rows_in, dict(survey.reasons)) == (13471, {"unit": 244})
    first = evidence.frame("aggregates", where=[("unit_id", "010001"), ("item", "q_rating")])
    assert first[["value", "n_low", "response_rate"]].values.tolist() == [
        [0.73, 300, 0.33],
        [0.72, 300, 0.3],
        [0.71, 1313, 0.27],
    ]


def test_published_percentages_of_hospitals(shared_data, tmp_path):
    from auditlib.parameters.load import load

    path = Path(__file__).resolve().parents[2] / "params" / "runs" / "hcahps.yaml"
    run = load(Run, path.read_text(encoding="utf-8"), name=path.name)
    evidence = prepare(run, shared_data, tmp_path)
    survey = next(total for total in evidence.totals if total.table == "aggregates")
    assert (survey.rows_in, survey.rows_kept, dict(survey.reasons)) == (4663, 4492, {"unit": 171})
    first = evidence.frame("aggregates", where=[("unit_id", "010001"), ("item", "q_nurses"), ("box", "top")])
    assert first[["value", "n_low", "response_rate"]].values.tolist() == [[0.77, 300, 0.33]]


def test_arrow_and_the_client_agree_on_types(tmp_path, data):
    table = pa.table({"unit": ["U0", "U1"], "zone": ["Europe/Berlin", "Mars/Olympus"]})
    parquet.write_table(table, tmp_path / "units.parquet")
    declared = {
        "table": "units",
        "file": "units.parquet",
        "form": "parquet",
        "columns": {"unit_id": "unit", "time_zone": "zone"},
    }
    evidence = prepare(run_of(sources=[declared]), tmp_path, tmp_path / "store")
    assert evidence.quarantine()[["line", "column", "reason"]].values.tolist() == [[2, "zone", "scale"]]
