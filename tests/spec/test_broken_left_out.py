"""A broken row is left out where its own cell says that it is none of the table, and only there."""

from __future__ import annotations

import pyarrow as pa
from pyarrow import parquet
from quarantined import COLUMNS, UNITS, responses, run_of, take_in, units, verdicts

from auditlib.evidence import prepare

HEADER = "id,unit,type,at,score,status"
ROW = "R{},007,transactional,2024-05-01 10:00:00,4,{}"
NOT_PREVIEWS = {"column": "status", "is_not": ["preview"], "because": "previews are no answers"}
ONLY_SENT = {"column": "status", "is": ["sent"], "because": "others are no answers"}


def counts(evidence) -> tuple[int, int, int, int]:
    total = evidence.totals[1]
    assert total.reconciled
    return total.rows_in, total.rows_kept, total.rows_quarantined, total.rows_left_out


def test_rows_with_too_many_fields_are_told_by_a_cell_that_is_listed(tmp_path):
    rows = [ROW.format(1, "sent"), ROW.format(2, "preview") + ",more", ROW.format(3, "sent") + ",more"]
    evidence = take_in(tmp_path, "\n".join(rows), header=HEADER, only=[NOT_PREVIEWS])
    assert verdicts(evidence) == [(4, "", "field_count")]
    assert counts(evidence) == (3, 1, 1, 1)


def test_a_cell_that_may_have_slipped_says_nothing_unless_sound_rows_were_left_out_for_it(tmp_path):
    """Line 3 has lost its comma and what stands in its place is a time; line 5 is a draft as line 6 is."""
    slipped = "R2,007,transactional,2024-05-01 10:00:00,sent"
    stray = "R3,007,trans,actional,2024-05-01 10:00:00,4,sent"
    rows = [ROW.format(1, "sent"), slipped, stray, ROW.format(4, "draft") + ",more", ROW.format(5, "draft")]
    evidence = take_in(tmp_path, "\n".join(rows), header=HEADER, only=[ONLY_SENT])
    assert [line for line, _, _ in verdicts(evidence)] == [3, 4]
    assert counts(evidence) == (5, 1, 2, 2)


def test_a_cell_of_parquet_that_is_no_text_does_not_hide_the_others(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "units.csv").write_text(UNITS)
    bad = pa.array([b"R1", b"R\xff2", b"R\xff3"], pa.binary()).cast(pa.string(), safe=False)
    columns = {"id": bad, "unit": ["007"] * 3, "type": ["transactional"] * 3,
               "at": ["2024-05-01 10:00:00"] * 3, "score": ["4"] * 3,
               "status": ["sent", "preview", "sent"]}  # fmt: skip
    parquet.write_table(pa.table(columns), data / "responses.parquet")
    source = responses(file="responses.parquet", form="parquet", columns=COLUMNS, only=[NOT_PREVIEWS])
    evidence = prepare(run_of(units(), source), data, tmp_path / "store", threads=1)
    assert [(line, reason) for line, _, reason in verdicts(evidence)] == [(3, "field_count")]
    assert counts(evidence) == (3, 1, 1, 1)
