"""What a survey export alone lets be said, and what is asked instead of guessed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from auditlib.errors import DataError
from auditlib.onboarding.column_facts import look_at_column
from auditlib.onboarding.decoding import guess_encoding, look_at_text
from auditlib.onboarding.file_looks import look_at
from auditlib.onboarding.items import scale_of
from auditlib.onboarding.proposal import Proposal
from auditlib.onboarding.propose import as_of_day, propose
from auditlib.onboarding.run_file_text import run_file_text

FIELD = Path(__file__).parents[2].parent / "shared/field/09-survey-export-alone/feedback.csv"


def proposed(tmp_path: Path, header: list[str], rows: list[list[str]], *, above: str = "") -> Proposal:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows([header, *rows])
    path = tmp_path / "export.csv"
    path.write_text(above + target.getvalue(), encoding="utf-8")
    return propose(list(look_at(path, file="export.csv")), fallback=date(2025, 1, 1))


def text_of(proposal: Proposal) -> str:
    return run_file_text(proposal, audit="trial", command="check", notebooks=["01_intake"])


def answers(number: int = 60, **more: str) -> list[list[str]]:
    """Return answers of two places; the columns are time, place, score."""
    return [
        [f"2025-02-{n % 27 + 1:02d} 10:{n % 60:02d}", f"Shop {n % 2}", str(n % 5 + 1), *more.values()]
        for n in range(number)
    ]


HEADER = ["Date", "Shop", "Overall satisfaction"]


def test_one_survey_file_is_an_audit(tmp_path: Path) -> None:
    text = text_of(proposed(tmp_path, HEADER, answers()))
    assert "response_id: {line: true}" in text
    assert "once: true" in text
    assert text.count("unit_id: Shop") == 2
    assert "survey_type: transactional   # DECIDE: is this survey transactional" in text
    assert "period: {start: 2025-02-01, end: 2025-02-27}" in text
    assert "as_of: 2025-02-28T00:00:00Z" in text
    assert "#   - the list of invitations sent" in text


def test_the_survey_export_of_the_field_is_placed_as_a_person_would(tmp_path: Path) -> None:
    if not FIELD.is_file():
        pytest.skip("the field inputs are not on this machine")
    text = text_of(propose(list(look_at(FIELD, file="feedback.csv")), fallback=date(2025, 1, 1)))
    for line in (
        "submitted: time",
        "unit_id: surgery",
        "response_id: {line: true}",
        "labels: {Very poor: 1, Poor: 2, Neither good nor poor: 3, Good: 4, Very good: 5}",
        'not_applicable: ["Don\'t know"]}',
    ):
        assert line in text
    assert "DECIDE" in text


def test_without_a_place_everything_is_one_unit_and_it_is_asked(tmp_path: Path) -> None:
    rows = [[row[0], row[2]] for row in answers()]
    text = text_of(proposed(tmp_path, ["Date", "Overall satisfaction"], rows))
    assert text.count("unit_id: all") == 2
    assert "# DECIDE: no column surely names a place or a team" in text


def test_persons_are_never_units(tmp_path: Path) -> None:
    rows = [[*row, f"Agent {n % 4}", f"p{n % 5}@example.com"] for n, row in enumerate(answers())]
    rows = [[row[0], row[2], row[3], row[4]] for row in rows]
    text = text_of(proposed(tmp_path, ["Date", "Overall satisfaction", "Agent", "Mail of contact"], rows))
    assert "unit_id: all" in text
    assert "unit_id: Agent" not in text


def test_what_the_tool_notes_is_no_question(tmp_path: Path) -> None:
    more = ["Progress", "Duration (in seconds)", "Finished", "UserLanguage", "LocationLatitude", "IPAddress"]
    rows = [[*row, "100", str(n % 90), "1", "EN", "52.5", "192.0.2.1"] for n, row in enumerate(answers())]
    proposal = proposed(tmp_path, [*HEADER, *more], rows)
    (responses,) = [source for source in proposal.sources if source.table.name == "responses"]
    assert [item.facts.name for item in responses.items] == ["Overall satisfaction"]
    assert "UserLanguage" in text_of(proposal).split("# Not mapped:")[1].splitlines()[0]


def test_the_files_own_survey_types_are_used(tmp_path: Path) -> None:
    rows = [
        [*row[:2], "after call" if n % 2 else "yearly", row[2] if n % 2 else "", "" if n % 2 else row[2]]
        for n, row in enumerate(answers())
    ]
    header = ["Date", "Shop", "Survey type", "Speed of answer", "Would you recommend us"]
    text = text_of(proposed(tmp_path, header, rows))
    after, yearly = text.split("  yearly:\n")[0], text.split("  yearly:\n")[1].split("sources:")[0]
    assert "  after call:\n" in after
    assert "q_speed:" in after.split("  after call:\n")[1]
    assert "q_recommend:" in yearly
    assert "q_speed:" not in yearly
    assert "survey_type: Survey type" in text


def test_percentages_are_neither_scores_nor_shares(tmp_path: Path) -> None:
    rows = [[*row, f"{n % 100}%"] for n, row in enumerate(answers())]
    text = text_of(proposed(tmp_path, [*HEADER, "Response rate"], rows))
    assert "1 column holds percentages, read as neither scores nor shares: 'Response rate'." in text
    assert scale_of(look_at_column("Quality", ["10%", "20%", "90%"] * 9)) is None


def test_a_scale_on_many_questions_is_declared_once(tmp_path: Path) -> None:
    rows = [[*row, str((n + 1) % 5 + 1), str((n + 2) % 5 + 1)] for n, row in enumerate(answers())]
    text = text_of(proposed(tmp_path, [*HEADER, "Speed of answer", "Courtesy"], rows))
    assert text.count("scale: points_1_to_5") == 3
    assert text.count("is 5 the best answer, or 1?") == 1
    assert "# Seen in 60 answers: 1 (12), 2 (12), 3 (12), 4 (12), 5 (12)" in text


@pytest.mark.parametrize(
    ("name", "cells", "best", "asked"),
    [
        ("Rating", "12345", "high", True),
        ("Rating (1 = very good, 5 = very poor)", "12345", "low", False),
        ("Rating (1 = very poor, 5 = very good)", "12345", "high", False),
        ("Rating (1 = best)", "12345", "low", False),
        ("Zufriedenheit (1 = sehr gut, 6 = ungenügend)", "123456", "low", False),
        ("Recommend", ["0", "3", "7", "9", "10"], "high", False),
        ("Rating", ["1 - Very good", "2 - Good", "3 - Fair", "4 - Poor", "5 - Very poor"], "low", False),
        ("Rating", ["Very poor", "Poor", "Fair", "Good", "Very good"], "high", False),
    ],
)
def test_the_best_end_is_read_or_asked(name: str, cells: list[str], best: str, *, asked: bool) -> None:
    scale = scale_of(look_at_column(name, list(cells) * 12))
    assert scale is not None
    assert scale.best == best
    assert bool(scale.direction) is asked


@pytest.mark.parametrize(
    ("cells", "aside", "doubt"),
    [
        (list("12345") * 9 + ["9"] * 4, ("9",), "beside the scale"),
        (list("12345") * 9 + ["99"] * 20, ("99",), "beside the scale"),
        (list("12345") * 9 + ["-1"] * 3, ("-1",), "beside the scale"),
        (list("123456") * 9, (), "a code that stands beside it"),
        (["0", "3", "5", "8", "9", "10"] * 9, (), ""),
    ],
)
def test_codes_beside_a_scale_are_set_aside_and_asked(
    cells: list[str], aside: tuple[str, ...], doubt: str
) -> None:
    scale = scale_of(look_at_column("Overall satisfaction", cells))
    assert scale is not None
    assert scale.not_applicable == aside
    assert doubt in scale.doubt
    assert scale.high == (10 if "10" in cells else 6 if "6" in cells else 5)


def test_titles_above_the_header_are_skipped_by_lines(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, HEADER, answers(), above='Report of answers\n"two\nlines",,\n\n')
    text = text_of(proposal)
    assert "dialect: {skip_rows: 4}" in text
    assert "submitted: Date" in text


def test_titles_above_the_header_of_a_worksheet_are_skipped_too(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Answers")
        for place, row in enumerate([["Report of answers"], [], HEADER, *answers()]):
            sheet.write_row(place, 0, row)
    text = text_of(propose(list(look_at(path, file="export.xlsx")), fallback=date(2025, 1, 1)))
    assert "dialect: {skip_rows: 2}" in text
    assert "submitted: Date" in text
    assert "q_overall: Overall satisfaction" in text


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        ([datetime(2025, 2, day + 1, 9, tzinfo=UTC) for day in range(27)], False),
        ([f"{day + 1:02d}.02.2025 09:00" for day in range(27)], True),
    ],
)
def test_dates_that_parquet_holds_as_text_have_a_format(
    tmp_path: Path, cells: list[object], *, written: bool
) -> None:
    shops, scores = [f"Shop {n % 2}" for n in range(27)], [n % 5 + 1 for n in range(27)]
    table = pa.table({"Date": cells, "Shop": shops, "Overall satisfaction": scores})
    parquet.write_table(table, tmp_path / "export.parquet")
    looks = list(look_at(tmp_path / "export.parquet", file="export.parquet"))
    text = text_of(propose(looks, fallback=date(2025, 1, 1)))
    assert ('formats: ["%d.%m.%Y %H:%M"]' in text) is written
    assert "submitted: Date" in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n1234", "a picture (PNG)"),
        (b"%PDF-1.7 text only", "a PDF document"),
        (b"PK\x03\x04abc", "a workbook"),
        (b"PAR1abc", "a Parquet file"),
        (b'\xef\xbb\xbf\n[{"id": 1}, {"id": 2}]', "JSON"),
        (b"<!DOCTYPE html><table>", "a web page"),
    ],
)
def test_what_is_no_text_is_called_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"answers\.csv") as caught:
        look_at_text(path, name="answers.csv")
    assert said in str(caught.value)


def test_a_file_without_a_header_is_said_to_have_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("".join(f"10{n},2025-01-{n + 1:02d},x\n" for n in range(20)), encoding="utf-8")
    _, look = look_at_text(path, name="a.csv")
    assert look.header_rows == 0
    assert look.header(0) == ("1", "2", "3")
    path.write_text("id,2024,2025\n" + "".join(f"a{n},{n},{n}\n" for n in range(20)), encoding="utf-8")
    assert look_at_text(path, name="a.csv")[1].header_rows == 1


def test_a_row_of_totals_is_left_out_and_asked(tmp_path: Path) -> None:
    rows = [[row[1], row[0], row[2]] for row in answers()]
    text = text_of(
        proposed(tmp_path, ["Shop", "Date", "Overall satisfaction"], [*rows, ["Total", "", "180"]])
    )
    assert "{column: Shop, is_not: [Total], because: a row that adds up others is no record}" in text
    assert "# DECIDE: 1 of 61 rows left out, 60 stay; is that right?" in text


@pytest.mark.parametrize(("number", "said"), [(999, False), (1000, True), (1001, False)])
def test_an_export_that_ends_at_a_round_limit_is_asked_about(
    tmp_path: Path, number: int, *, said: bool
) -> None:
    text = text_of(proposed(tmp_path, HEADER, answers(number)))
    assert ("was the export cut at a limit?" in text) is said


def test_period_and_as_of_are_days_of_the_units(tmp_path: Path) -> None:
    header = ["Submitted (America/Denver)", "Shop", "Overall satisfaction"]
    proposal = proposed(tmp_path, header, [[f"{row[0]}:00", *row[1:]] for row in answers()])
    text = text_of(proposal)
    assert proposal.zone.name == "America/Denver"
    assert "as_of: 2025-02-28T00:00:00-07:00" in text
    assert "dates: {time_zone: America/Denver}" in text


def test_an_offset_in_the_cells_settles_the_instant(tmp_path: Path) -> None:
    rows = [[f"2025-02-01T23:30:{n:02d}-0500", f"Shop {n % 2}", str(n % 5 + 1)] for n in range(60)]
    proposal = proposed(tmp_path, HEADER, rows)
    assert (proposal.start, proposal.end, as_of_day(proposal)) == (
        date(2025, 2, 2),
        date(2025, 2, 2),
        date(2025, 2, 3),
    )
    assert "the zone of these wall-clock times" not in text_of(proposal)


def test_seconds_since_1970_are_dates_where_the_name_says_time() -> None:
    cells = [str(1_736_150_400 + n * 977) for n in range(30)]
    dated = look_at_column("event time", cells).dates
    assert dated is not None
    assert dated.formats == ("epoch_seconds",)
    assert look_at_column("phone", cells).dates is None


@pytest.mark.parametrize(
    ("text", "encoding", "value", "asked"),
    [
        ("Réponse;Où;Très satisfait\n" * 40, "cp1252", "cp1252", False),
        ("Ответ;Город;Оценка;очень доволен\n" * 40, "cp1251", "cp1251", True),
        ("Odpowiedź;Łódź;żółć\n" * 40, "cp1250", "cp1250", True),
        ("回答;店舗;東京 とても満足\n" * 40, "shift_jis", "", True),
    ],
)
def test_an_encoding_that_reads_as_nonsense_is_asked_about(
    tmp_path: Path, text: str, encoding: str, value: str, *, asked: bool
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    guess = guess_encoding(path, name="a.csv")
    assert guess.value == value or not value  # which of the East Asian ones it is, a person decides
    assert bool(guess.doubt) is asked


def test_invitations_alone_are_proposed_as_invitations(tmp_path: Path) -> None:
    """What answers need (their id, when and what was written) is not looked for in what was sent."""
    rows = [
        [f"CV{n:05d}", f"Clinic {n % 3}", f"P{n}", "phone", f"{n % 27 + 1:02d}-02-2026 10:{n % 60:02d}:10"]
        for n in range(60)
    ]
    proposal = proposed(tmp_path, ["Invitation", "Clinic", "Customer", "Channel", "Sent"], rows)
    text = text_of(proposal)
    assert "table: invitations" in text
    assert "response_id" not in text
