"""Days that stand for an unknown one are counted and never dates, on the fast path as on the exact one."""

from __future__ import annotations

import pytest
from quarantined import GOOD, HEADER, UNITS, responses, run_of, take_in, units, verdicts

from auditlib.evidence import prepare

ROW = "R{},007,transactional,{},4"


@pytest.mark.parametrize("filler", [0, 6000])
def test_a_required_instant_that_is_a_placeholder_is_named(tmp_path, filler):
    """Six thousand rows are enough for the look-up of familiar cells."""
    stamps = ["1900-01-01 00:00:00", "1970-01-01 00:00:00", "1970-01-01 01:00:00", "9999-12-31 23:59:59",
              "1970-01-02 00:00:00", "1900-01-02 00:00:00"]  # fmt: skip
    many = [ROW.format(f"M{each}", "2024-05-01 10:00:00") for each in range(filler)]
    rows = [*many, *(ROW.format(place, stamp) for place, stamp in enumerate(stamps))]
    evidence = take_in(tmp_path, "\n".join(rows))
    first = filler + 2
    assert verdicts(evidence) == [(first + place, "at", "time") for place in range(4)]
    assert "stands for an unknown one" in evidence.quarantine()["message"].iloc[0]
    kept = evidence.frame("responses", columns=["response_id"])["response_id"].tolist()
    assert kept[-2:] == ["R4", "R5"]


@pytest.mark.parametrize("filler", [0, 6000])
def test_an_instant_that_may_be_empty_is_counted_and_unknown(tmp_path, filler):
    log = {
        "table": "interactions", "file": "log.csv", "form": "csv",
        "columns": {"interaction_id": "id", "unit_id": "unit", "channel": "channel", "offered": "in",
                    "answered": "out", "ended": "end"},
        "dates": {"placeholders": ["2099-12-31"]} if not filler else {},
    }  # fmt: skip
    data = tmp_path / "data"
    data.mkdir()
    (data / "units.csv").write_text(UNITS)
    (data / "responses.csv").write_text(f"{HEADER}\n{GOOD}\n")
    start, end = "2024-05-01 10:00:00", "2024-05-01 10:10:00"
    rows = [f"M{each},007,phone,{start},{end},{end}" for each in range(filler)]
    rows += [f"A,007,phone,{start},1900-01-01 00:00:00,{end}", f"B,007,phone,{start},1970-01-01,{end}"]
    rows += [f"C,007,phone,{start},{end},9999-12-31"]
    rows += [] if filler else [f"D,007,phone,{start},2099-12-31 00:00:00,{end}"]
    (data / "log.csv").write_text("\n".join(["id,unit,channel,in,out,end", *rows, ""]))
    evidence = prepare(run_of(units(), responses(), log), data, tmp_path / "store", threads=1)
    frame = evidence.frame("interactions").set_index("interaction_id")
    assert verdicts(evidence) == []
    assert frame["answered_at"].isna().sum() == (2 if filler else 3)
    assert frame["ended_at"].isna().sum() == 1
    notes = " ".join(evidence.notes)
    many = "2 cells" if filler else "3 cells"
    assert f"log.csv: {many} of column 'out' name a day that stands for an unknown one" in notes
    assert "count as empty, which says 'never'." in notes
    assert "1 cell of column 'end' name" in notes.replace("names", "name")


def test_whole_numbers_off_the_scale_that_are_all_alike_are_no_range(tmp_path):
    rows = [f"R{each},007,transactional,2024-05-01 10:00:00,7" for each in range(12)]
    evidence = take_in(tmp_path, "\n".join(rows))
    assert any("12 whole numbers 7 stand off the declared scale" in note for note in evidence.notes)


@pytest.mark.parametrize("filler", [0, 6000])
def test_a_day_that_stands_for_an_unknown_one_is_no_value_to_keep_a_row_for(tmp_path, filler):
    log = {
        "table": "interactions", "file": "log.csv", "form": "csv",
        "columns": {"interaction_id": "id", "unit_id": "unit", "channel": "channel", "offered": "in"},
        "only": [{"column": "in", "filled": True, "because": "what never came is no contact"}],
    }  # fmt: skip
    data = tmp_path / "data"
    data.mkdir()
    (data / "units.csv").write_text(UNITS)
    cells = ["", "1900-01-01 00:00:00", "9999-12-31", "1970-01-01", *["2024-05-01 10:00:00"] * (1 + filler)]
    rows = [f"M{each},007,phone,{cell}" for each, cell in enumerate(cells)]
    (data / "log.csv").write_text("\n".join(["id,unit,channel,in", *rows, "Z,007,phone,soon", ""]))
    evidence = prepare(run_of(units(), log), data, tmp_path / "store", threads=1)
    total = evidence.totals[1]
    assert (total.rows_kept, total.rows_quarantined) == (1 + filler, 1)
    assert list(total.left_out.values()) == [4]
    assert total.rows_in == total.rows_kept + total.rows_quarantined + 4
