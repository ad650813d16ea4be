"""Counts that a source tells in several columns, and that the run file adds up."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from test_evidence_arranged import taken
from test_evidence_scaled import HEAD, TAIL, run_of

from auditlib.errors import DataError, ParameterError
from auditlib.evidence import prepare
from auditlib.onboarding.set_aside import declared_of, set_aside
from auditlib.parameters.checks import load_run

ROWS = "Site,Start,Offered,Long,Short,Talk,Wrap\n"
GIVEN_UP = "abandoned: {sum: [Long, Short]}"
HANDLED = "handle_seconds: {sum: [Talk, Wrap], scale: 60}"
LABEL = "Long plus Short"


def counts(*cells: str) -> str:
    return ROWS + "".join(f"Hill,2025-03-0{day} 09:00:00,10,{cell}\n" for day, cell in enumerate(cells, 1))


def test_columns_are_added_up(tmp_path: Path) -> None:
    """Where none of the columns says anything, neither does their sum."""
    run = run_of(GIVEN_UP, HANDLED)
    evidence = taken(tmp_path, run, counts=counts("3,1,1.5,0.01", "0,0,0,0", ",,,", '2,"1,000",2,1'))
    frame = evidence.frame("interval_counts")
    assert frame["abandoned"].fillna(-1).tolist() == [4, 0, -1, 1002]
    assert frame["handle_seconds"].fillna(-1).tolist() == [91, 0, -1, 180]
    assert evidence.quarantine().empty


@pytest.mark.parametrize(
    ("cells", "value"),
    [("3,x", "3 + x"), (",1", "(empty) + 1"), ("3,", "3 + (empty)"), ("-1,4", "-1 + 4"),
     ("1 + 2,3", "1 + 2 + 3")],
)  # fmt: skip
def test_a_sum_that_is_not_known_is_quarantined_with_all_its_cells(
    tmp_path: Path, cells: str, value: str
) -> None:
    evidence = taken(tmp_path, run_of(GIVEN_UP), counts=counts(f"{cells},,", "1,1,,"))
    (row,) = evidence.quarantine().to_dict("records")
    assert (row["file"], row["line"], row["column"], row["value"]) == ("counts.csv", 2, LABEL, value)
    assert evidence.frame("interval_counts")["abandoned"].tolist() == [2]


def test_check_finds_the_column_of_a_sum_in_the_run_file(tmp_path: Path) -> None:
    run = run_of(GIVEN_UP)
    (group,) = set_aside(run, taken(tmp_path, run, counts=counts("3,x,,", "1,1,,")))
    assert (group.source, group.column, group.cells) == (1, LABEL, ("3 + x",))


def test_an_empty_cell_counts_as_nought_where_the_run_file_says_so(tmp_path: Path) -> None:
    head = HEAD.replace("    dates:", '    missing: [NA]\n    values: {abandoned: {"": "0"}}\n    dates:')
    run = load_run(f"{head}      {GIVEN_UP}\n{TAIL}", name="empty.yaml")
    evidence = taken(tmp_path, run, counts=counts("3,,,", ",,,", "2,NA,,"))
    assert evidence.frame("interval_counts")["abandoned"].tolist() == [3, 0]
    assert evidence.quarantine()["value"].tolist() == ["2 + NA"]


def test_check_says_how_empty_cells_count_as_nought(tmp_path: Path) -> None:
    run = run_of(GIVEN_UP)
    evidence = taken(tmp_path, run, counts=counts("3,,,", "1,1,,"))
    (group,) = set_aside(run, evidence)
    assert 'values: {abandoned: {"": "0"}}' in declared_of(group, run, evidence).remedy


def test_numbers_of_a_typed_source_are_added_up(tmp_path: Path) -> None:
    table = pa.table(
        {"Site": ["Hill"] * 3, "Start": [f"2025-03-0{day} 09:00:00" for day in (1, 2, 3)], "Offered": [9] * 3,
         "Long": pa.array([3.0, 4.0, None]), "Short": pa.array([1, 2**53, None], pa.int64())}
    )  # fmt: skip
    (tmp_path / "data").mkdir()
    parquet.write_table(table, tmp_path / "data/counts.parquet")
    (tmp_path / "data/units.csv").write_text("site\nHill\n", encoding="utf-8")
    head = HEAD.replace("    form: csv\n    file: counts.csv", "    form: parquet\n    file: counts.parquet")
    evidence = prepare(load_run(f"{head}      {GIVEN_UP}\n{TAIL}", name="typed.yaml"), tmp_path / "data",
                       tmp_path / "store", threads=1)  # fmt: skip
    assert evidence.frame("interval_counts")["abandoned"].astype("Int64").dropna().tolist() == [4, 2**53 + 4]


def test_a_sum_too_large_to_be_a_count_is_quarantined(tmp_path: Path) -> None:
    evidence = taken(tmp_path, run_of(GIVEN_UP), counts=counts(f"{2**63 - 1},1,,"))
    assert evidence.quarantine()["value"].tolist() == [f"{2**63 - 1} + 1"]


def test_a_sum_and_a_join_of_the_same_columns_do_not_mix(tmp_path: Path) -> None:
    run = run_of(GIVEN_UP, "queue: {join: [Long, Short]}", "waiting: {sum: [Long, Short]}")
    frame = taken(tmp_path, run, counts=counts("3,1,,")).frame("interval_counts")
    assert frame[["abandoned", "queue", "waiting"]].to_numpy().tolist() == [[4, "3 1", 4]]


def test_a_column_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'Shrt'"):
        taken(tmp_path, run_of("abandoned: {sum: [Long, Shrt]}"), counts=counts("3,1,,"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("abandoned: {sum: [Long]}", "'sum' needs columns to add up"),
        ("abandoned: {sum: [Long, Long]}", "the sum counts 'Long' twice"),
        ("abandoned: {sum: [Long, Short], column: Long}", "no origin, or more than one"),
        ("queue: {sum: [Long, Short]}", "'queue' holds neither counts nor quantities"),
        ("abandoned_share: {sum: [Long, Short]}", "'abandoned_share' holds neither counts nor quantities"),
        ("abandoned: [Long, Short]", "'abandoned' must be a block of keys; found a list"),
    ],
)
def test_a_sum_that_cannot_be_is_refused_where_it_stands(line: str, message: str) -> None:
    with pytest.raises(ParameterError) as refused:
        run_of(line)
    assert message in str(refused.value)
    assert "scaled.yaml, line 19, " in str(refused.value)
