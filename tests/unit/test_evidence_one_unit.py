"""A register of one unit: a file from which no column is wanted names it by a constant, in every form."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auditlib.evidence import prepare
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

RUN = """audit: small
party: {{name: A utility}}
period: {{start: 2025-05-01, end: 2025-05-31}}
as_of: 2025-06-01T00:00:00Z
sources:
  - {{table: units, form: {form}, file: {file}, once: true, constants: {{unit_id: all}}}}
notebooks: {{01_intake: {{}}}}
"""


def written(folder: Path, form: str) -> str:
    name = {"csv": "counts.csv", "excel": "counts.xlsx", "parquet": "counts.parquet"}[form]
    if form == "csv":
        (folder / name).write_text("queue,offered\nA,1\nB,2\n", encoding="utf-8")
    elif form == "excel":
        book = openpyxl.Workbook()
        for row in (["queue", "offered"], ["A", 1], ["B", 2]):
            book.active.append(row)
        book.save(folder / name)
    else:
        pq.write_table(pa.table({"queue": ["A", "B"], "offered": [1, 2]}), folder / name)
    return name


@pytest.mark.parametrize("form", ["csv", "excel", "parquet"])
def test_one_unit_is_registered_from_a_file_that_names_none(tmp_path: Path, form: str) -> None:
    run = load(Run, RUN.format(form=form, file=written(tmp_path, form)), name="run.yaml")
    evidence = prepare(run, tmp_path, tmp_path / "store")
    assert evidence.frame("units")["unit_id"].tolist() == ["all"]
    (total,) = evidence.totals
    assert (total.rows_in, total.rows_kept, total.rows_named_again) == (2, 1, 1)
