"""Evidence held to the client's files again: what was forged before a run was made is found only there."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from tiny_project import STEPS, Tiny, tiny_project

from auditlib.cli import main
from auditlib.errors import DataError, VerificationFailed
from auditlib.evidence import Evidence, comparison, open_evidence
from auditlib.evidence.comparison import unlike
from auditlib.files import digest, hash_file
from auditlib.runs import Options, Steps, perform
from auditlib.runs.plan import read_plan
from auditlib.runs.steps import usual_steps
from auditlib.seal.comparison import compare_sources

TAKEN_IN = Steps(usual_steps().prepare, STEPS.render, STEPS.workpapers)
INSTRUMENTS = """\
time_zone: Europe/Berlin
instruments:
  transactional:
    items:
      q_b: {wording: Solved?, scale: {low: 1, high: 5}, headline: true}
      q_a: {wording: Kind?, scale: {low: 1, high: 5}}
"""
SOURCE = """\
  - {table: responses, file: responses.csv, form: csv, constants: {survey_type: transactional},
     columns: {response_id: id, unit_id: unit, submitted: at, q_b: b, q_a: a}}
"""
RESPONSES = "id,unit,at,b,a\nR1,U1,2025-03-01T10:00:00,5,4\nR2,U2,2025-03-02T10:00:00,2,1\n"
UNITS = "unit,name,country\nU1,North,GB\nU2,South,\nU3,West,FR\n"


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return three_units(tmp_path)


def three_units(root: Path) -> Tiny:
    """Write a project whose one source has three units."""
    tiny = tiny_project(root, names=("01_one",))
    (root / "data" / "tiny" / "units.csv").write_text(UNITS)
    (root / "data" / "tiny" / "responses.csv").write_text(RESPONSES)
    text = tiny.run_file.read_text().replace(
        "{unit_id: unit}", "{unit_id: unit, name: name, country: country}"
    )
    tiny.run_file.write_text(text.replace("sources:\n", f"{INSTRUMENTS}sources:\n{SOURCE}"))
    return tiny


def take_in(tiny: Tiny) -> Path:
    """Take the evidence in as a run would, and return its folder in the store."""
    plan = read_plan(tiny.run_file, name="tiny.yaml")
    store = tiny.root / "outputs" / ".evidence"
    return usual_steps().prepare(plan.run, tiny.root / "data" / "tiny", store, 2, print).directory


def forge(directory: Path, table: str, change: Callable[[pa.Table], pa.Table], **described: Any) -> None:
    """Change a table of stored evidence and describe it anew, as someone with the suite could."""
    path = directory / f"{table}.parquet"
    parquet.write_table(change(parquet.read_table(path)), path, store_schema=False)
    text = json.loads((directory / "evidence.json").read_text())
    text.pop("seal")
    text["files"][path.name] = {"sha256": hash_file(path)[0], "size": path.stat().st_size}
    text |= described
    (directory / "evidence.json").write_text(json.dumps(text | {"seal": digest(text)}))


def with_value(column: str, row: int, value: object) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        values = table[column].to_pylist()
        values[row] = value
        return table.set_column(
            table.column_names.index(column), column, pa.array(values, table[column].type)
        )

    return change


@pytest.mark.usefixtures("notebooks_here")
def test_evidence_forged_before_the_run_is_found_in_the_clients_files(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    forge(take_in(tiny), "units", with_value("country", 1, "DE"))
    perform(tiny.run_file, name="tiny.yaml", options=Options(), steps=TAKEN_IN)
    run, data = str(tiny.finished), str(tiny.root / "data" / "tiny")
    assert main(["verify", run, "--reperform"]) == 0, "the forged evidence is what was sealed"
    assert "whether its evidence is what the client's files hold" in capsys.readouterr().out
    assert main(["verify", run, "--reperform", "--data", data]) == 5
    captured = capsys.readouterr()
    assert "Intact" not in captured.out
    shown = " ".join(captured.err.split())
    assert (
        "evidence/units.parquet 1 row is not what the client's files hold, first units.csv line 3: country"
        in shown
    )
    assert "DE" not in shown


@pytest.mark.usefixtures("notebooks_here")
def test_evidence_of_the_clients_files_is_said_to_be_theirs(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    perform(tiny.run_file, name="tiny.yaml", options=Options(), steps=TAKEN_IN)
    run, data = str(tiny.finished), tiny.root / "data" / "tiny"
    assert main(["verify", run, "--reperform", "--data", str(data)]) == 0
    out = capsys.readouterr().out
    assert "what stands in 2 files of the client" in out
    assert "whether its evidence" not in out
    assert main(["verify", run, "--data", str(data)]) == 2
    (data / "units.csv").write_text(UNITS.replace("North", "Norrh"))
    with pytest.raises(VerificationFailed, match=r"units\.csv: is not the file that the run read"):
        compare_sources(tiny.finished, data)
    (data / "units.csv").unlink()
    with pytest.raises(DataError, match="not in the data folder"):
        compare_sources(tiny.finished, data)


def joined(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table, table.slice(0, 1)])


CHANGES: dict[str, tuple[Callable[[pa.Table], pa.Table], dict[str, Any], str]] = {
    "a row more": (joined, {}, "holds 4 rows, the client's files give 3"),
    "a row less": (lambda table: table.slice(0, 2), {}, "holds 2 rows, the client's files give 3"),
    "the last row": (with_value("name", 2, None), {}, "1 row is not .* first units.csv line 4: name"),
    "all rows": (
        lambda table: table.take([2, 1, 0]),
        {},
        "2 rows are not .* first units.csv line 2: unit_id, name, country, source_line",
    ),
    "a column less": (lambda table: table.drop(["region"]), {}, "has other columns"),
    "notes alone": (lambda table: table, {"notes": ["All is well."]}, "the notes of the evidence are not"),
}


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The evidence of the three units, taken in once."""
    return open_evidence(take_in(three_units(tmp_path_factory.mktemp("honest"))))


@pytest.fixture
def other(honest: Evidence, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(honest.directory, tmp_path / "other"))


@pytest.mark.parametrize("change", CHANGES)
def test_every_difference_of_two_pieces_of_evidence_is_named(
    change: str, honest: Evidence, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, described, words = CHANGES[change]
    forge(other, "units", act, **described)
    for rows in (1, 2, 3, 4):
        monkeypatch.setattr(comparison, "_ROWS", rows)
        (problem,) = unlike(open_evidence(other), honest)
        assert re.search(words, str(problem))


def test_the_same_rows_in_other_pieces_are_the_same_evidence(honest: Evidence, other: Path) -> None:
    path = other / "units.parquet"
    parquet.write_table(parquet.read_table(path), path, row_group_size=2, compression="none")
    assert hash_file(path)[0] != hash_file(honest.directory / "units.parquet")[0]
    assert [*unlike(replace(honest, directory=other), honest)] == []


def test_a_table_that_only_one_has_is_named(honest: Evidence, other: Path) -> None:
    (other / "more.parquet").write_bytes((other / "units.parquet").read_bytes())
    (other / "cells.parquet").unlink()
    problems = [str(one) for one in unlike(replace(honest, directory=other), honest)]
    assert problems == [
        "evidence/cells.parquet: is missing in the evidence, and a table of what the client's files give.",
        "evidence/more.parquet: is no table of what the client's files give.",
    ]
