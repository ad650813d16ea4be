"""Rows in, verdict out: each reason of quarantine, and the order in which they are tested."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from law_page import CaseTable, LawPage
from quarantined import GOOD, kept, responses, run_of, take_in, units, verdicts

from auditlib.errors import DataError, ParameterError
from auditlib.evidence import Evidence, prepare
from auditlib.records import Reason
from auditlib.time.epoch import moment_of

SECOND = "R2,007,transactional,2024-05-02 10:00:00,5"

IN_ORDER = "; ".join(f"*{reason.value}* ({reason.sentence})" for reason in Reason)

LAW = LawPage(
    "Quarantine",
    f"""
    A row that cannot be relied on is set aside with file, line, column and reason, and counted: rows in are
    rows kept, quarantined and left out. The first test that is true names the reason, in this order:
    {IN_ORDER}. What a row must look like stands in the contract of its table
    (`src/auditlib/contracts/tables.py`) and in the run file of the audit (`params/runs`: scales, codes,
    formats of dates, `as_of`); the order is that of `src/auditlib/records/evidence.py`.
    Rows are judged by an exact query and, in large files, by look-up of cells that the query judged before;
    both are held to these cases. The register has the units `007` in Berlin and `NA` in New York, the scale
    runs from 1 to 5, and the audit looks from 2025-01-01 00:00 UTC.
    """,
)
BROKEN = LAW.table(
    "One broken row between good ones",
    """
    The row is set aside, those before and after it are kept.

    id,unit,type,at,score                                   | column      | reason      | because
    --------------------------------------------------------+-------------+-------------+---------------------
    R9,007,transactional,2024-05-01 10:00:00                | -           | field_count | a field too few
    R9,007,transactional,2024-05-01 10:00:00,4,extra        | -           | field_count | a field too many
    R1,007,transactional,2024-05-01 10:00:00,4              | response_id | identical   | a copy of the first
    R9,7,transactional,2024-05-01 10:00:00,4                | unit        | unit        | 7 is not 007
    R9,,transactional,2024-05-01 10:00:00,4                 | unit        | unit        | no unit is named
    R9,007,transactional,2024-02-30 10:00:00,4              | at          | time        | no such day
    R9,007,transactional,01/05/2024 10:00,4                 | at          | time        | another format
    R9,007,transactional,2024-05-01 24:00:00,4              | at          | time        | no such time
    R9,007,transactional,,4                                 | at          | time        | no time is given
    R9,007,transactional,2025-01-01 00:00:01,4              | at          | future      | a second too late
    R9,007,transactional,2024-05-01 10:00:00,0              | score       | scale       | below the scale
    R9,007,transactional,2024-05-01 10:00:00,5.0000001      | score       | scale       | just above the scale
    R9,007,transactional,2024-05-01 10:00:00,4.5            | score       | scale       | between its steps
    R9,007,transactional,2024-05-01 10:00:00,nan            | score       | scale       | no number
    R9,007,transactional,2024-05-01 10:00:00,Very satisfied | score       | scale       | an unknown label
    R9,007,relationship,2024-05-01 10:00:00,4               | type        | scale       | declared nowhere
    R9,007,,2024-05-01 10:00:00,4                           | type        | scale       | no survey is named
    ,007,transactional,2024-05-01 10:00:00,4                | id          | key         | no id
    R9,007,transactional,"2024-05-01 10:00:00,4             | -           | field_count | an unclosed quote
    """,
)
INSIDE = LAW.table(
    "Just inside of every limit",
    """
    These rows are kept, as responses or, where nothing is answered, beside them.

    id,unit,type,at,score                        | kept as    | because
    ---------------------------------------------+------------+------------------------------------------
    R9,007,transactional,2025-01-01 00:00:00,4   | response   | the very instant the audit looks from
    R9,NA,transactional,2024-05-01 10:00:00,4    | response   | NA is a unit, and no empty cell
    R9,007,transactional,2024-02-29 23:59:59,4   | response   | a leap day
    R9,007,transactional,2024-05-01 10:00:00,1   | response   | the lowest score
    R9,007,transactional,2024-05-01 10:00:00,5.0 | response   | the highest score
    R9,007,transactional,1999-05-01 10:00:00,4   | response   | outside of the period: kept, out of scope
    R9,007,transactional,2024-05-01 10:00:00,    | unanswered | without a score it is no response
    """,
)
ORDER = LAW.table(
    "The first true test names the reason",
    """
    Of a row with several faults one is named.

    id,unit,type,at,score                      | reason | besides
    -------------------------------------------+--------+-------------------------------------
    R9,999,transactional,2024-02-30 10:00:00,9 | unit   | an impossible day, and off the scale
    R9,007,transactional,2024-02-30 10:00:00,9 | time   | off the scale
    R9,007,transactional,2026-02-28 10:00:00,9 | future | off the scale
    ,007,transactional,2024-05-01 10:00:00,9   | scale  | without an id
    """,
)
TWICE = LAW.table(
    "One id twice",
    """
    Copies beyond the first are set aside; where one id has different contents, all of them are. All rows
    are of unit and type as above, each shown by id, unit and score.

    rows                         | reasons                             | because
    -----------------------------+-------------------------------------+---------------------------------
    R1 007 4; R1 007 4           | kept; identical                     | a copy
    R1 007 4; R1 007 4; R1 007 4 | kept; identical; identical          | both copies
    R1 007 4; R2 007 5; R1 007 5 | conflicting; kept; conflicting      | which one is right?
    R1 007 4; R1 007 4; R1 007 5 | conflicting; identical; conflicting | a copy, and a contradiction
    R1 999 4; R1 999 4           | unit; identical                     | the copy of a broken row
    R1 999 4; R1 007 4           | conflicting; conflicting            | whatever else is wrong with one
    - 007 4; - 007 4             | key; key                            | rows without an id are no copies
    """,
)
CLOCKS = LAW.table(
    "Local times that come twice or never",
    """
    In Berlin 2024-10-27 02:00 to 03:00 comes twice, and 2024-03-31 02:00 to 03:00 never. A run file says
    what to do about each; where it says nothing, the earlier is meant, and what never was is set aside.

    said in the run file  | written             | instant in UTC      | because
    ----------------------+---------------------+---------------------+-------------------------------
    -                     | 2024-10-27 02:30:00 | 2024-10-27 00:30:00 | the earlier of the two
    ambiguous: later      | 2024-10-27 02:30:00 | 2024-10-27 01:30:00 | the later of the two
    ambiguous: quarantine | 2024-10-27 02:30:00 | time                | one of the two, and which?
    ambiguous: quarantine | 2024-10-27 01:59:59 | 2024-10-26 23:59:59 | just before
    ambiguous: quarantine | 2024-10-27 03:00:00 | 2024-10-27 02:00:00 | just after
    -                     | 2024-03-31 01:59:59 | 2024-03-31 00:59:59 | just before
    -                     | 2024-03-31 02:30:00 | time                | it never was
    -                     | 2024-03-31 03:00:00 | 2024-03-31 01:00:00 | just after
    nonexistent: forward  | 2024-03-31 02:30:00 | 2024-03-31 01:30:00 | by as much as the clocks moved
    """,
)
ROW = "id,unit,type,at,score"
Verdict = tuple[str, str]


@pytest.fixture(params=["exact query", "look-up"])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rows be judged by the one form of the rules or by the other."""
    if request.param == "look-up":
        monkeypatch.setattr("auditlib.evidence.fast.lookup.FEWEST_ROWS", 1)


def told_apart(table: CaseTable) -> list[str]:
    """Return the rows of a table, R9 under an id of its own in each."""
    return [text.replace("R9", f"R9{place}") for place, text in enumerate(table[ROW])]


def judged(evidence: Evidence, count: int) -> list[Verdict | None]:
    """Return column and reason of each of `count` rows; nothing of those that were kept."""
    found = {line: (column, reason) for line, column, reason in verdicts(evidence)}
    return [found.get(line) for line in range(2, count + 2)]


@pytest.mark.usefixtures("form")
def test_broken_rows_between_good_ones(tmp_path):
    good = [GOOD.replace("R1", f"R{place}") for place in range(1, len(BROKEN.rows) + 1)]
    lines = [line for pair in zip(good, told_apart(BROKEN), strict=True) for line in pair]
    evidence = take_in(tmp_path, "\n".join(lines))
    expected = [(row["column"].strip("-"), row["reason"]) for row in BROKEN.rows]
    assert judged(evidence, len(lines)) == [verdict for row in expected for verdict in (None, row)]
    total = evidence.totals[1]
    assert (total.rows_in, total.rows_kept) == (2 * len(good), len(good))
    assert total.reconciled
    assert total.reasons == Counter(BROKEN["reason"])


@pytest.mark.usefixtures("form")
def test_rows_just_inside_every_limit_are_kept(tmp_path):
    evidence = take_in(tmp_path, "\n".join(told_apart(INSIDE)))
    assert verdicts(evidence) == []
    known = dict.fromkeys(kept(evidence), "response")
    known |= dict.fromkeys(evidence.frame("unanswered")["response_id"], "unanswered")
    assert [known[f"R9{place}"] for place in range(len(INSIDE.rows))] == INSIDE["kept as"]


def test_blanks_around_cells_are_none_of_them(tmp_path):
    evidence = take_in(tmp_path, " R9 ,007 ,transactional, 2024-05-01 10:00:00 , 4")
    assert (verdicts(evidence), kept(evidence)) == ([], ["R9"])


@pytest.mark.usefixtures("form")
def test_the_first_true_test_names_the_reason(tmp_path):
    evidence = take_in(tmp_path, "\n".join(told_apart(ORDER)))
    assert [reason for _, _, reason in verdicts(evidence)] == ORDER["reason"]


@pytest.mark.usefixtures("form")
def test_one_id_twice(tmp_path):
    lines = [
        f"{name.replace('R', f'R{place}-').strip('-')},{unit},transactional,2024-05-01 10:00:00,{score}"
        for place, cell in enumerate(TWICE["rows"])
        for name, unit, score in (text.split(" ") for text in cell.split("; "))
    ]
    evidence = take_in(tmp_path, "\n".join(lines))
    reasons = iter("kept" if verdict is None else verdict[1] for verdict in judged(evidence, len(lines)))
    assert ["; ".join(islice(reasons, cell.count(";") + 1)) for cell in TWICE["rows"]] == TWICE["reasons"]
    assert len(kept(evidence)) == "".join(TWICE["reasons"]).count("kept")


@pytest.mark.parametrize("said", dict.fromkeys(CLOCKS["said in the run file"]))
@pytest.mark.usefixtures("form")
def test_local_times_that_exist_twice_or_not_at_all(tmp_path, said):
    rows = [row for row in CLOCKS.rows if row["said in the run file"] == said]
    dates = {"time_zone": "unit"} | ({} if said == "-" else dict([said.split(": ")]))
    lines = [f"R{place},007,transactional,{row['written']},4" for place, row in enumerate(rows)]
    evidence = take_in(tmp_path, "\n".join(lines), dates=dates)
    assert set(verdicts(evidence)) <= {(line, "at", "time") for line in range(2, len(rows) + 2)}
    instants = dict(kept(evidence, ("response_id", "submitted_at")))
    assert [utc(instants.get(f"R{place}")) for place in range(len(rows))] == [
        row["instant in UTC"] for row in rows
    ]


def utc(instant):
    return "time" if instant is None else f"{moment_of(instant):%Y-%m-%d %H:%M:%S}"


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
