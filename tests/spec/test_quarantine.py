"""Rows in, verdict out: each reason of quarantine, and the order in which they are tested."""

from __future__ import annotations

import pytest
from quarantined import GOOD, kept, responses, run_of, take_in, units, verdicts
from small_company import with_sources

from auditlib.errors import DataError, ParameterError
from auditlib.evidence import prepare
from auditlib.records import Reason, SourceTotals
from auditlib.reliability.totals import quarantine

STRANGE = "R9,999,transactional,2024-05-01 10:00:00,4"
SECOND = "R2,007,transactional,2024-05-02 10:00:00,5"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("R9,007,transactional,2024-05-01 10:00:00", "", "field_count"),
        ("R9,007,transactional,2024-05-01 10:00:00,4,extra", "", "field_count"),
        ('R9,007,transactional,"2024-05-01 10:00:00,4', "", "field_count"),
        (GOOD, "response_id", "identical"),
        ("R9,7,transactional,2024-05-01 10:00:00,4", "unit", "unit"),
        ("R9,,transactional,2024-05-01 10:00:00,4", "unit", "unit"),
        ("R9,007,transactional,2024-02-30 10:00:00,4", "at", "time"),
        ("R9,007,transactional,01/05/2024 10:00,4", "at", "time"),
        ("R9,007,transactional,2024-05-01 24:00:00,4", "at", "time"),
        ("R9,007,transactional,,4", "at", "time"),
        ("R9,007,transactional,2025-01-01 00:00:01,4", "at", "future"),
        ("R9,007,transactional,2024-05-01 10:00:00,0", "score", "scale"),
        ("R9,007,transactional,2024-05-01 10:00:00,5.0000001", "score", "scale"),
        ("R9,007,transactional,2024-05-01 10:00:00,4.5", "score", "scale"),
        ("R9,007,transactional,2024-05-01 10:00:00,nan", "score", "scale"),
        ("R9,007,transactional,2024-05-01 10:00:00,Very satisfied", "score", "scale"),
        ("R9,007,relationship,2024-05-01 10:00:00,4", "type", "scale"),
        ("R9,007,,2024-05-01 10:00:00,4", "type", "scale"),
        (",007,transactional,2024-05-01 10:00:00,4", "id", "key"),
    ],
)
def test_one_broken_row_between_good_ones(tmp_path, row, column, reason):
    evidence = take_in(tmp_path, f"{GOOD}\n{row}\n{SECOND}")
    assert verdicts(evidence) == [(3, column, reason)]
    assert kept(evidence) == ["R1", "R2"]
    total = evidence.totals[1]
    assert (total.rows_in, total.rows_kept, total.rows_quarantined) == (3, 2, 1)
    assert total.reconciled
    assert total.reasons == {reason: 1}


def test_every_reason_is_said_and_counted_by_its_own_words():
    """A reason that nothing words would be counted as none: "No row was set aside"."""
    assert len({reason.sentence for reason in Reason}) == len({reason.heading for reason in Reason})
    for reason in Reason:
        total = SourceTotals("responses.csv", "responses", "", 1, 2, 1, 1, reasons={reason.value: 1})
        (sentence,) = quarantine(with_sources(total)).summary()
        assert f"{reason.sentence} (1)" in sentence.text


@pytest.mark.parametrize(
    "row",
    [
        "R9,007,transactional,2025-01-01 00:00:00,4",  # as_of itself
        "R9,NA,transactional,2024-05-01 10:00:00,4",
        "R9,007,transactional,2024-02-29 23:59:59,4",
        "R9,007,transactional,2024-05-01 10:00:00,1",
        "R9,007,transactional,2024-05-01 10:00:00,5.0",
        "R9,007,transactional,1999-05-01 10:00:00,4",
        " R9 ,007 ,transactional, 2024-05-01 10:00:00 , 4",
    ],
)
def test_a_row_just_inside_every_limit_is_kept(tmp_path, row):
    evidence = take_in(tmp_path, row)
    assert verdicts(evidence) == []
    assert kept(evidence) == ["R9"]


def test_a_row_without_an_answer_is_kept_apart_from_the_responses(tmp_path):
    evidence = take_in(tmp_path, "R9,007,transactional,2024-05-01 10:00:00,")
    assert verdicts(evidence) == []
    assert kept(evidence) == []
    assert evidence.frame("unanswered")["response_id"].tolist() == ["R9"]


def test_one_id_with_different_content_quarantines_all_of_them(tmp_path):
    other = GOOD.replace(",4", ",5")
    evidence = take_in(tmp_path, f"{GOOD}\n{SECOND}\n{other}")
    assert verdicts(evidence) == [(2, "response_id", "conflicting"), (4, "response_id", "conflicting")]
    assert kept(evidence) == ["R2"]


def test_copies_and_contradictions_of_one_id_each_get_their_own_reason(tmp_path):
    other = GOOD.replace(",4", ",5")
    evidence = take_in(tmp_path, f"{GOOD}\n{GOOD}\n{other}")
    assert [reason for _, _, reason in verdicts(evidence)] == ["conflicting", "identical", "conflicting"]
    assert kept(evidence) == []


@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        ("R9,999,transactional,2024-02-30 10:00:00,9", "", ["unit"]),
        ("R9,007,transactional,2024-02-30 10:00:00,9", "", ["time"]),
        ("R9,007,transactional,2026-02-28 10:00:00,9", "", ["future"]),
        (",007,transactional,2024-05-01 10:00:00,9", "", ["scale"]),
        (STRANGE, STRANGE, ["unit", "identical"]),
        (STRANGE, STRANGE.replace("999", "007"), ["conflicting", "conflicting"]),
    ],
)  # fmt: skip
def test_the_first_true_test_names_the_reason(tmp_path, first, second, reasons):
    evidence = take_in(tmp_path, "\n".join(filter(None, [first, second])))
    assert [reason for _, _, reason in verdicts(evidence)] == reasons


def test_rows_without_an_id_are_no_copies_of_each_other(tmp_path):
    row = ",007,transactional,2024-05-01 10:00:00,4"
    assert [reason for *_, reason in verdicts(take_in(tmp_path, f"{row}\n{row}"))] == ["key", "key"]


def test_rows_outside_the_period_are_kept_and_flagged_by_the_units_own_day(tmp_path):
    new_york = "A,NA,transactional,2024-01-01 04:59:59,4\nB,NA,transactional,2024-01-01 05:00:00,4"
    berlin = "C,007,transactional,2023-12-31 22:59:59,4\nD,007,transactional,2023-12-31 23:00:00,4"
    evidence = take_in(tmp_path, f"{new_york}\n{berlin}")
    assert kept(evidence, ("response_id", "in_period")) == [
        ("A", False),
        ("B", True),
        ("C", False),
        ("D", True),
    ]
    assert evidence.totals[1].rows_out_of_period == 2
    assert int(evidence.cells()["n"].sum()) == 2


def test_an_event_before_its_trigger_is_quarantined(tmp_path):
    child = {
        "table": "acknowledgements",
        "file": "acknowledgements.csv",
        "form": "csv",
        "columns": {"acknowledgement_id": "id", "response_id": "response", "sent": "at"},
    }
    (tmp_path / "data").mkdir()
    rows = ["A1,R1,2024-05-01 09:59:59", "A2,R1,2024-05-01 10:00:00", "A3,R1,2024-05-01 10:00:01"]
    (tmp_path / "data" / "acknowledgements.csv").write_text("id,response,at\n" + "\n".join(rows) + "\n")
    evidence = take_in(tmp_path, GOOD, run=run_of(child, responses(), units()))
    assert verdicts(evidence) == [(2, "at", "time")]
    assert evidence.frame("acknowledgements")["acknowledgement_id"].tolist() == ["A2", "A3"]


def test_two_scales_in_one_column_are_explained(tmp_path):
    rows = [f"R{i},007,transactional,2024-05-01 10:00:00,{i % 4 + 7}" for i in range(12)]
    evidence = take_in(tmp_path, "\n".join([*rows, "X,007,transactional,2024-05-01 10:00:00,4"]))
    assert len(evidence.notes) == 1
    assert "two scales" in evidence.notes[0]
    assert all("two scales" in message for message in evidence.quarantine()["message"])


def test_messages_name_value_and_rule(tmp_path):
    message = take_in(tmp_path, "R9,007,transactional,2024-05-01 10:00:00,6").quarantine()["message"][0]
    assert message == "'6': the declared scale runs from 1 to 5 in steps of 1."


@pytest.mark.parametrize(
    ("written", "score"), [("Happy", 4.0), ("4,5", 4.5), ("n/a", None), ("", None), ("5", 5.0)]
)
def test_labels_decimal_commas_and_not_applicable(tmp_path, written, score):
    scale = {"low": 1, "high": 5, "step": 0.5, "labels": {"Happy": 4}, "not_applicable": ["n/a"]}
    run = run_of(units(), responses(dialect={"delimiter": ";", "decimal": ","}), scale=scale)
    row = f"id;unit;type;at;score\nR9;007;transactional;2024-05-01 10:00:00;{written}\n".encode()
    evidence = take_in(tmp_path, row, run=run)
    assert verdicts(evidence) == []
    found = evidence.frame("unanswered" if score is None else "responses")["q_overall"].tolist()
    assert found == [score] if score is not None else found[0] != found[0]


def test_a_point_is_no_decimal_sign_where_a_comma_is(tmp_path):
    run = run_of(
        units(),
        responses(dialect={"delimiter": ";", "decimal": ","}),
        scale={"low": 1, "high": 5, "step": 0.5},
    )
    row = b"id;unit;type;at;score\nR9;007;transactional;2024-05-01 10:00:00;4.5\n"
    assert verdicts(take_in(tmp_path, row, run=run)) == [(2, "score", "scale")]


def test_not_available_is_text_unless_it_is_declared_missing(tmp_path):
    row = "R9,007,transactional,2024-05-01 10:00:00,Not Available"
    assert verdicts(take_in(tmp_path, row)) == [(2, "score", "scale")]
    assert verdicts(take_in(tmp_path, row, missing=["", "Not Available"])) == []


def test_codes_are_translated_as_declared(tmp_path):
    row = "R9,007,T,2024-05-01 10:00:00,4"
    evidence = take_in(tmp_path, row, values={"survey_type": {"T": "transactional"}})
    assert kept(evidence, ("survey_type",)) == ["transactional"]


@pytest.mark.parametrize(
    ("policy", "written", "utc"),
    [
        ({}, "2024-10-27 02:30:00", "2024-10-27 00:30:00"),
        ({"ambiguous": "later"}, "2024-10-27 02:30:00", "2024-10-27 01:30:00"),
        ({"ambiguous": "quarantine"}, "2024-10-27 02:30:00", None),
        ({"ambiguous": "quarantine"}, "2024-10-27 01:59:59", "2024-10-26 23:59:59"),
        ({"ambiguous": "quarantine"}, "2024-10-27 03:00:00", "2024-10-27 02:00:00"),
        ({}, "2024-03-31 02:30:00", None),
        ({"nonexistent": "forward"}, "2024-03-31 02:30:00", "2024-03-31 01:30:00"),
        ({}, "2024-03-31 01:59:59", "2024-03-31 00:59:59"),
        ({}, "2024-03-31 03:00:00", "2024-03-31 01:00:00"),
    ],
)
def test_local_times_that_exist_twice_or_not_at_all(tmp_path, policy, written, utc):
    import pandas as pd

    dates = {"time_zone": "unit", **policy}
    evidence = take_in(tmp_path, f"R9,007,transactional,{written},4", dates=dates)
    if utc is None:
        assert verdicts(evidence) == [(2, "at", "time")]
    else:
        assert kept(evidence, ("submitted_at",)) == [pd.Timestamp(utc).value // 1000]


def test_the_clients_own_total_must_agree(tmp_path):
    assert not take_in(tmp_path, GOOD, expected_rows=2).totals[1].reconciled
    assert take_in(tmp_path, GOOD, expected_rows=1).totals[1].reconciled


def test_a_header_without_rows_gives_an_empty_table(tmp_path):
    evidence = take_in(tmp_path, b"id,unit,type,at,score\n")
    assert evidence.totals[1].rows_in == 0
    assert kept(evidence) == []


def test_without_a_register_units_are_not_checked_and_a_note_says_so(tmp_path):
    evidence = take_in(tmp_path, "R9,999,transactional,2024-05-01 10:00:00,4", run=run_of(responses()))
    assert verdicts(evidence) == []
    assert "register" in evidence.notes[0]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"respons_id": "id"}, "Did you mean 'response_id'?"),
        ({"response_id": "id"}, "needs unit_id"),
    ],
)
def test_a_mapping_that_does_not_fit_the_contract_is_refused(tmp_path, columns, words):
    with pytest.raises(ParameterError, match=words.replace("?", r"\?")):
        take_in(tmp_path, GOOD, columns=columns)


def test_a_missing_column_names_the_nearest(tmp_path):
    with pytest.raises(DataError, match="Did you mean 'score'"):
        take_in(tmp_path, b"id,unit,type,at,score\n", columns={"response_id": "id", "unit_id": "unit",
            "survey_type": "type", "submitted": "at", "q_overall": "scores"})  # fmt: skip


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "respones.csv").write_text("")
    with pytest.raises(DataError, match=r"Did you mean 'respones\.csv'"):
        prepare(run_of(responses()), tmp_path, tmp_path / "store")
