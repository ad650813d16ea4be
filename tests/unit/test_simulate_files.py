"""The exports: the same bytes every time, broken only where the truth says so, and as declared."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from simulated import small

from auditlib.errors import ParameterError
from auditlib.parameters.load import load
from auditlib.parameters.run import Run, Source
from company import Scenario, write_company
from company.__main__ import main
from company.comments import DIFFICULT
from company.layouts import LAYOUTS, Layout

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "demo"
TRANSACTIONAL, RELATIONSHIP = "responses_transactional.csv", "responses_relationship.csv"


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("README.md", ".gitattributes")
    }


def demo_scenario() -> Scenario:
    path = ROOT / "params" / "scenarios" / "demo.yaml"
    return load(Scenario, path.read_text(encoding="utf-8"), name=path.name)


def layout(file: str) -> Layout:
    return next(entry for entry in LAYOUTS if entry.file == file)


def records(file: str) -> list[tuple[int, list[str]]]:
    """Return the records of a CSV file after its header rows, each with the line it starts on."""
    form = layout(file)
    text = (DEMO / file).read_bytes().decode(form.encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter)
    found, start = [], 1
    for record in reader:
        found.append((start, record))
        start = reader.line_num + 1
    return found[3 if file == RELATIONSHIP else 1 :]


def broken_lines(file: str) -> dict[int, str]:
    rows = pd.read_csv(DEMO / "truth" / "broken_rows.csv", dtype=str, keep_default_na=False)
    own = rows[rows["file"] == file]
    return dict(zip(own["line"].astype(int), own["reason"], strict=True))


def good(file: str) -> list[dict[str, str]]:
    """Return the records the truth calls sound, by canonical column."""
    names, bad = list(layout(file).columns), broken_lines(file)
    return [dict(zip(names, record, strict=True)) for line, record in records(file) if line not in bad]


def test_the_same_scenario_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_company(small(), tmp_path / "first")
    second = write_company(small(), tmp_path / "second")
    assert hashes(first.folder) == hashes(second.folder)
    assert first.rows == second.rows
    assert first.broken > 50


def test_a_clients_own_file_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("mine")
    with pytest.raises(ParameterError, match=r"customers\.csv: this file was made by no simulation"):
        write_company(small(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["customers.csv"]
    assert (tmp_path / "customers.csv").read_text() == "mine"


def test_another_seed_gives_other_bytes(tmp_path: Path) -> None:
    write_company(small(), tmp_path / "first")
    write_company(small(seed=8), tmp_path / "second")
    first, second = hashes(tmp_path / "first"), hashes(tmp_path / "second")
    assert {name for name in first if first[name] == second[name]} <= {"truth/outliers.csv"}


def test_the_stored_demo_is_what_its_scenario_generates(tmp_path: Path) -> None:
    write_company(demo_scenario(), tmp_path)
    assert hashes(tmp_path) == hashes(DEMO)


def test_the_stored_demo_stays_small() -> None:
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 12_000_000


def test_broken_rows_can_be_left_out(tmp_path: Path) -> None:
    assert write_company(small(broken_rows=False), tmp_path).broken == 0
    assert len((tmp_path / "truth" / "broken_rows.csv").read_text().splitlines()) == 1


@pytest.mark.parametrize("file", [entry.file for entry in LAYOUTS if entry.form == "csv"])
def test_rows_are_broken_where_the_truth_says_and_nowhere_else(file: str) -> None:
    bad, width = broken_lines(file), len(layout(file).columns)
    at = list(layout(file).columns).index(next(iter(key_of(file))))
    seen: Counter[tuple[str, ...]] = Counter()
    contents: dict[str, list[int]] = defaultdict(list)
    for line, record in records(file):
        reason = bad.get(line, "")
        assert (len(record) != width) == (reason == "field_count"), line
        assert (seen[tuple(record)] > 0) == (reason == "identical"), line
        seen[tuple(record)] += 1
        if reason != "identical" and len(record) > at:
            assert (record[at] == "") == (reason == "key"), line
            contents[record[at]].append(line)
    repeated = {line for lines in contents.values() if len(lines) > 1 for line in lines}
    assert repeated == {line for line, reason in bad.items() if reason == "conflicting"}


def key_of(file: str) -> list[str]:
    from auditlib.contracts import TABLES

    return list(TABLES[layout(file).table].key)


def test_row_counts_are_those_of_the_files() -> None:
    counts = pd.read_csv(DEMO / "truth" / "row_counts.csv", keep_default_na=False)
    stated = dict(zip(zip(counts["file"], counts["sheet"], strict=True), counts["rows"], strict=True))
    book = openpyxl.load_workbook(DEMO / "organisation.xlsx", read_only=True)
    for entry in LAYOUTS:
        if entry.form == "csv":
            rows = len(records(entry.file))
        elif entry.form == "parquet":
            rows = pq.read_metadata(DEMO / entry.file).num_rows
        else:
            rows = sum(1 for _ in book[entry.sheet].iter_rows()) - 1
        assert stated[(entry.file, entry.sheet)] == rows, entry.file
    book.close()
    expected = {s.file: s.expected_rows for s in demo_run().sources if s.expected_rows is not None}
    assert expected
    assert all(stated[(file, "")] == rows for file, rows in expected.items())


def test_parquet_marks_point_at_the_rows_meant() -> None:
    frame = pq.read_table(DEMO / "invitations.parquet").to_pandas()
    rows = pd.read_csv(DEMO / "truth" / "broken_rows.csv", keep_default_na=False)
    own = rows[rows["file"] == "invitations.parquet"]
    at = frame.iloc[own["line"].to_numpy() - 1].reset_index(drop=True)
    reasons = own["reason"].reset_index(drop=True)
    assert set(at.loc[reasons == "unit", "unit_id"]) == {"U999", "7"}
    early = at[reasons == "time"]
    assert (early["sent"] < early["transaction"]).all()
    assert at.loc[reasons == "key", "invitation_id"].isna().all()
    kept = frame.drop(own["line"].to_numpy() - 1)
    assert kept["invitation_id"].is_unique
    assert (kept["transaction"].isna() | (kept["transaction"] <= kept["sent"])).all()


def month_of(row: dict[str, str], zones: dict[str, str]) -> int:
    """Return the local year of a response, from its cell as written."""
    if "." in row["submitted"][:3]:
        return datetime.strptime(row["submitted"], "%d.%m.%Y %H:%M:%S").replace(tzinfo=UTC).year
    wall = datetime.fromisoformat(row["submitted"]).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    return wall.astimezone(ZoneInfo(zones[row["unit_id"]])).year


def test_unit_means_follow_from_the_sound_rows_of_the_exports() -> None:
    run = demo_run()
    labels = run.instruments["relationship"].items["q_satisfaction"].scale.labels
    book = openpyxl.load_workbook(DEMO / "organisation.xlsx", read_only=True)
    zones = {row[0]: row[5] for row in book["Units"].iter_rows(min_row=2, values_only=True)}
    book.close()
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for file, kind in ((TRANSACTIONAL, "transactional"), (RELATIONSHIP, "relationship")):
        for row in good(file):
            if not 2023 <= month_of(row, zones) <= 2025:
                continue
            for item, cell in row.items():
                if item.startswith("q_") and cell not in ("", "k. A."):
                    score = labels.get(cell) or float(cell.replace(",", "."))
                    sums[row["unit_id"], kind, item][0] += 1
                    sums[row["unit_id"], kind, item][1] += int(score * 2)
    stated = pd.read_csv(DEMO / "truth" / "unit_means.csv", dtype={"unit_id": str}, keep_default_na=False)
    keys = zip(stated["unit_id"], stated["survey_type"], stated["item"], strict=True)
    values = zip(stated["n"], stated["sum_half_points"], strict=True)
    assert {key: list(value) for key, value in zip(keys, values, strict=True)} == dict(sums)


def test_difficult_comments_survive_the_export() -> None:
    text = {row["comment"] for row in good(TRANSACTIONAL)} | {row["comment"] for row in good(RELATIONSHIP)}
    assert set(DIFFICULT) <= text


def demo_run() -> Run:
    path = ROOT / "params" / "runs" / "demo.yaml"
    return load(Run, path.read_text(encoding="utf-8"), name=path.name)


@pytest.mark.parametrize("entry", LAYOUTS, ids=lambda entry: f"{entry.file} {entry.sheet}")
def test_the_run_file_declares_what_the_generator_writes(entry: Layout) -> None:
    run = demo_run()
    source: Source = next(
        source
        for source in run.sources
        if (source.file, source.sheet or "", source.table) == (entry.file, entry.sheet, entry.table)
    )
    assert source.form == entry.form
    assert dict(source.columns) == dict(entry.columns)
    assert source.constants.get("survey_type", "") == entry.survey_type
    if entry.form == "csv":
        assert source.dialect.delimiter == entry.delimiter
        assert source.dialect.decimal == entry.decimal
        assert source.dialect.encoding == entry.encoding.removesuffix("-sig")
        assert source.dialect.header_rows == (3 if entry.file == RELATIONSHIP else 1)
    if "submitted" in entry.columns or "held" in entry.columns or "offered" in entry.columns:
        assert source.dates.time_zone == entry.zone
    flags = {"True": "true", "False": "false"}
    for column, cells in entry.cells.items():
        if not column.startswith("q_"):
            declared = dict(source.values.get(column, {}))  # noqa: PD011  # a parameter, not a frame
            assert declared == {cell: flags.get(code, code) for code, cell in cells.items()}


def test_every_file_is_explained_in_the_readme() -> None:
    text = (DEMO / "README.md").read_text(encoding="utf-8")
    for name in hashes(DEMO):
        assert f"`{name}`" in text, name
    for entry in LAYOUTS:
        for header in entry.columns.values():
            assert f"`{header}`" in text, (entry.file, header)


def test_the_command_makes_a_company_and_says_what_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = tmp_path / "small.yaml"
    scenario.write_text(small().model_dump_json(exclude_unset=True), encoding="utf-8")
    assert main([str(scenario), str(tmp_path / "data")]) == 0
    assert "of them broken on purpose" in capsys.readouterr().out
    assert (tmp_path / "data" / TRANSACTIONAL).is_file()


def test_a_wrong_scenario_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "wrong.yaml"
    scenario.write_text("seed: many\n", encoding="utf-8")
    assert main([str(scenario), str(tmp_path / "data")]) == ParameterError.exit_code
    assert "seed" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_what_is_missing_from_the_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "name a scenario" in capsys.readouterr().err
