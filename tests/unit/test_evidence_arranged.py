"""What a run file may say of a client's columns and rows: which column, which rows, each key once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from auditlib.errors import DataError, ParameterError
from auditlib.evidence import Evidence, prepare
from auditlib.onboarding.set_aside import set_aside
from auditlib.onboarding.sufficiency import fallen
from auditlib.parameters.checks import load_run
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import read_yaml

HEAD = """\
audit: words
party: {name: Words}
period: {start: 2025-01-01, end: 2025-12-31}
as_of: 2026-01-31T18:00:00Z
instruments:
  transactional:
    items: {q_overall: {wording: Overall, headline: true, scale: {low: 1, high: 5}}}
sources:
  - table: units
    form: csv
    file: units.csv
    columns: {unit_id: site}
  - table: responses
    form: csv
    file: answers.csv
    constants: {survey_type: transactional}
"""
TAIL = "notebooks: {01_intake: {}}\n"
UNITS = "site\nHill\nDale\n"
COLUMNS = "columns: {response_id: Id, unit_id: Site, submitted: When, q_overall: Score}"


def run_of(*lines: str, head: str = HEAD) -> Run:
    """Return a run whose source of responses has these lines besides."""
    return load_run(head + "".join(f"    {line}\n" for line in lines) + TAIL, name="words.yaml")


def taken(folder: Path, run: Run, **files: str | bytes) -> Evidence:
    """Take in the files of a run: the register of two sites, and those given by stem (CSV)."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "units.csv").write_text(UNITS, encoding="utf-8")
    for stem, text in files.items():
        content = text if isinstance(text, bytes) else text.encode("utf-8")
        (data / f"{stem}.csv").write_bytes(content)
    return prepare(run, data, folder / "store", threads=1)


def scores(evidence: Evidence) -> list[tuple[str, float]]:
    frame = evidence.frame("responses", columns=["response_id", "q_overall"])
    return list(frame.itertuples(index=False, name=None))


def totals(evidence: Evidence, table: str = "responses") -> list[tuple[int, int, int, int]]:
    """Return rows in, kept, quarantined and left out of each source of a table."""
    return [
        (each.rows_in, each.rows_kept, each.rows_quarantined, each.rows_left_out)
        for each in evidence.totals
        if each.table == table and each.reconciled
    ]


REPEATED = (
    "Id,Score,Other,Score,Site,When\n1,3,price,5,Hill,2025-03-01 09:00:00\n2,4,,1,Dale,2025-03-02 09:00:00\n"
)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("{column: Score, occurrence: 1}", [("1", 3.0), ("2", 4.0)]),
        ("{column: Score, occurrence: 2}", [("1", 5.0), ("2", 1.0)]),
        ("{position: 4}", [("1", 5.0), ("2", 1.0)]),
    ],
)
def test_a_repeated_name_is_told_apart_by_occurrence_or_position(tmp_path, origin, expected):
    columns = COLUMNS.replace("q_overall: Score", f"q_overall: {origin}")
    assert scores(taken(tmp_path, run_of(columns), answers=REPEATED)) == expected


def test_repeated_and_unnamed_columns_that_nobody_maps_are_no_problem(tmp_path):
    text = "Id,Other,Other,,,Site,When,Score\n1,a,b,,,Hill,2025-03-01 09:00:00,3\n"
    assert scores(taken(tmp_path, run_of(COLUMNS), answers=text)) == [("1", 3.0)]


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("Score", "line 1, column 4: the header names 'Score' twice (columns 2 and 4), and it is mapped"),
        ("{column: Score, occurrence: 3}", "there is no column 'Score', occurrence 3"),
        ("{position: 7}", "there is no column 7: the header has 6 columns"),
        ("{position: 1}", "'column 1' and 'Id' are the same column"),
    ],
)
def test_a_column_that_is_not_clear_is_named(tmp_path, origin, message):
    columns = COLUMNS.replace("q_overall: Score", f"q_overall: {origin}")
    with pytest.raises(DataError) as caught:
        taken(tmp_path, run_of(columns), answers=REPEATED)
    assert message in str(caught.value)


QUALTRICS = (
    "Export of 4 March\n"
    '"made by ""us\n'
    "StartDate,QID1,Q2,Q2\n"
    "Start Date,Id,Overall,Other\n"
    '"{""ImportId"":""startDate""}",r,"{""ImportId"":""QID3""}","{""ImportId"":""QID4""}"\n'
    "2025-03-01 09:00:00,A,4,x\n"
    "2025-03-02 09:00:00,B,5,\n"
)


def test_names_come_from_any_row_of_the_header_and_lines_above_it_are_skipped(tmp_path):
    columns = (
        "columns: {response_id: QID1, submitted: StartDate, "
        'q_overall: {column: \'{"ImportId":"QID3"}\', names_row: 3}}'
    )
    head = HEAD.replace("survey_type: transactional", "survey_type: transactional, unit_id: Hill")
    run = run_of("dialect: {skip_rows: 2, header_rows: 3}", columns, head=head)
    evidence = taken(tmp_path, run, answers=QUALTRICS)
    assert scores(evidence) == [("A", 4.0), ("B", 5.0)]
    assert evidence.frame("responses", columns=["source_line"])["source_line"].tolist() == [6, 7]
    by_words = "columns: {response_id: Id, submitted: Start Date, q_overall: Overall}"
    run = run_of("dialect: {skip_rows: 2, header_rows: 3, names_row: 2}", by_words, head=head)
    assert scores(taken(tmp_path, run, answers=QUALTRICS)) == [("A", 4.0), ("B", 5.0)]


def test_a_file_without_a_header_has_numbered_columns(tmp_path):
    columns = 'columns: {response_id: "1", unit_id: "2", submitted: "3", q_overall: "4"}'
    text = "R1,Hill,2025-03-01 09:00:00,3\nR2,Dale,2025-03-01 09:00:00,9\n"
    evidence = taken(tmp_path, run_of("dialect: {header_rows: 0}", columns), answers=text)
    assert scores(evidence) == [("R1", 3.0)]
    assert evidence.quarantine()[["line", "column"]].values.tolist() == [[2, "4"]]


def test_small_pieces_of_a_file_find_the_same_header(tmp_path, monkeypatch):
    monkeypatch.setattr("auditlib.evidence.byte_stream.BLOCK_BYTES", 16)
    test_names_come_from_any_row_of_the_header_and_lines_above_it_are_skipped(tmp_path)


def test_a_file_that_ends_above_its_header_says_so(tmp_path):
    with pytest.raises(DataError, match="the file ends within the 9 lines above its header"):
        taken(tmp_path, run_of("dialect: {skip_rows: 9}", COLUMNS), answers=REPEATED)


def test_parquet_columns_of_one_name_are_told_apart(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    columns = [pa.array(["1", "2"]), pa.array([3, 4]), pa.array([5, 1]), pa.array(["Hill", "Dale"])]
    when = pa.array(["2025-03-01 09:00:00"] * 2)
    parquet.write_table(
        pa.Table.from_arrays([*columns, when], names=["Id", "Score", "Score", "Site", "When"]),
        data / "answers.parquet",
    )
    head = HEAD.replace("form: csv\n    file: answers.csv", "form: parquet\n    file: answers.parquet")
    for place, expected in (("occurrence: 1, column: Score", 3.0), ("position: 3", 5.0)):
        columns_said = COLUMNS.replace("q_overall: Score", f"q_overall: {{{place}}}")
        evidence = taken(tmp_path, run_of(columns_said, head=head))
        assert scores(evidence)[0] == ("1", expected)


def test_worksheets_take_the_same_words(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    data = tmp_path / "data"
    data.mkdir()
    book = openpyxl.Workbook()
    rows: list[list[Any]] = [["A title"], ["Id", "Score", "Score", "Site", "Day", "Time"]]
    rows += [["id", "s1", "s2", "site", "day", "time"], ["1", 3, 5, "Hill", "2025-03-01", "09:30"]]
    rows += [["2", 4, 1, "Test", "2025-03-01", "09:30"], ["Total", 7, 6]]
    for row in rows:
        book.active.append(row)
    book.save(data / "answers.xlsx")
    head = HEAD.replace("form: csv\n    file: answers.csv", "form: excel\n    file: answers.xlsx")
    run = run_of(
        "dialect: {skip_rows: 1, header_rows: 2}",
        "columns: {response_id: Id, unit_id: Site, submitted: {join: [Day, Time]}, "
        "q_overall: {column: s2, names_row: 2}}",
        "only:",
        "- {column: Site, is_not: [Test], because: tests are no answers}",
        "- {column: Site, filled: true, because: a total at the foot is no answer}",
        head=head,
    )
    evidence = taken(tmp_path, run)
    assert scores(evidence) == [("1", 5.0)]
    assert totals(evidence) == [(3, 1, 0, 2)]
    assert evidence.frame("responses", columns=["submitted_second"])["submitted_second"].tolist() == [34_200]


EXPORT = (
    "Site,When,Score,Status\n"
    "Hill,2025-03-01 09:00:00,4,Real\n"
    "Hill,2025-03-01 09:00:00,4,Real\n"
    "Dale,2025-03-01 10:00:00,9,Real\n"
    "Dale,2025-03-01 10:00:00,5,Survey Preview\n"
    ",2025-03-01 10:00:00,5,Real\n"
    "Moor,2025-03-02 10:00:00,1, Real\n"
)
ALONE = HEAD.replace("    file: units.csv\n    columns: {unit_id: site}\n", "    file: answers.csv\n{once}")
LINES = "columns: {response_id: {line: true}, unit_id: Site, submitted: When, q_overall: Score}"
PREVIEWS = "{column: Status, is_not: [Survey Preview], because: previews are no answers}"
REGISTER = "    columns: {unit_id: Site}\n    once: true\n"


def alone(*lines: str, register: str = REGISTER) -> Run:
    """Return a run of one export alone, which is its own register of units."""
    return run_of(LINES, *lines, head=ALONE.replace("{once}", register))


def test_one_export_is_enough_its_lines_are_the_ids_and_its_places_the_units(tmp_path):
    evidence = taken(tmp_path, alone(f"only: [{PREVIEWS}]"), answers=EXPORT)
    assert evidence.frame("units")["unit_id"].tolist() == ["Hill", "Dale", "Moor"]
    assert evidence.frame("units")["source_line"].tolist() == [2, 4, 7]
    assert scores(evidence) == [("2", 4.0), ("3", 4.0), ("7", 1.0)]
    aside = evidence.quarantine()[["table", "line", "reason"]].values.tolist()
    assert aside == [["responses", 4, "scale"], ["responses", 6, "unit"]]
    units, answers = evidence.totals
    assert (units.rows_in, units.rows_kept, units.rows_quarantined) == (6, 3, 0)
    assert (units.left_out, units.rows_named_again) == ({"unit_id holds a value": 1}, 2)
    assert answers.left_out == {"Status is not 'Survey Preview' (previews are no answers)": 1}
    assert units.reconciled
    assert answers.reconciled
    assert answers.rows_judged == 5


def test_keys_are_named_once_over_all_blocks_and_files_of_a_table(tmp_path, monkeypatch):
    monkeypatch.setattr("auditlib.evidence.byte_stream.BLOCK_BYTES", 64)
    register = (
        REGISTER + "  - table: units\n    form: csv\n    file: units.csv\n    columns: {unit_id: site}\n"
    )
    evidence = taken(tmp_path, alone(register=register), answers=EXPORT)
    assert sorted(evidence.frame("units")["unit_id"]) == ["Dale", "Hill", "Moor"]
    assert totals(evidence, "units") == [(6, 1, 0, 5), (2, 2, 0, 0)]


def test_a_key_is_kept_from_its_first_sound_row(tmp_path):
    register = REGISTER.replace("unit_id: Site", "unit_id: Site, opened_on: Opened")
    text = EXPORT.replace("Status\n", "Status,Opened\n")
    rows = text.splitlines()
    cells = ["", ",soon", ",2020-01-01", ",2021-01-01", ",", ",", ","]
    made = "\n".join(row + cell for row, cell in zip(rows, cells, strict=True)) + "\n"
    evidence = taken(tmp_path, alone(register=register), answers=made)
    assert evidence.frame("units")["source_line"].tolist() == [3, 4, 7]
    assert totals(evidence, "units") == [(6, 3, 1, 2)]


EVENTS = (
    HEAD.replace("table: responses", "table: incident_events")
    .replace("answers.csv\n    constants: {survey_type: transactional}\n", "tickets.csv\n")
    .replace(HEAD[HEAD.index("instruments:") : HEAD.index("sources:")], "")
)
TICKETS = (
    "Ticket,Site,Created,Solved\n"
    "T1,Hill,2025-03-01 09:00:00,2025-03-01 12:00:00\n"
    "T2,Dale,2025-03-02 09:00:00,\n"
)


def test_one_file_feeds_a_table_once_for_each_kind_of_event(tmp_path):
    second = "".join(
        f"{line}\n"
        for line in (
            "  - table: incident_events",
            "    form: csv",
            "    file: tickets.csv",
            "    constants: {state: resolved}",
            "    columns: {case_id: Ticket, unit_id: Site, opened: Created, updated: Solved}",
            "    only: [{column: Solved, filled: true, because: not solved yet}]",
        )
    )
    first = (
        "constants: {state: opened}",
        "columns: {case_id: Ticket, unit_id: Site, opened: Created, updated: Created}",
    )
    run = load_run(EVENTS + "".join(f"    {line}\n" for line in first) + second + TAIL, name="words.yaml")
    evidence = taken(tmp_path, run, tickets=TICKETS)
    frame = evidence.frame("incident_events", columns=["event_id", "case_id", "state", "source_file"])
    assert frame.values.tolist() == [
        ["tickets.csv (opened):2", "T1", "opened", "tickets.csv (opened)"],
        ["tickets.csv (opened):3", "T2", "opened", "tickets.csv (opened)"],
        ["tickets.csv (resolved):2", "T1", "resolved", "tickets.csv (resolved)"],
    ]
    assert totals(evidence, "incident_events") == [(2, 2, 0, 0), (2, 1, 0, 1)]


def test_what_refers_to_a_line_of_the_same_file_names_that_line(tmp_path):
    second = (
        "  - {table: follow_ups, form: csv, file: answers.csv, columns: {follow_up_id: {line: true}, "
        "response_id: {line: true}, held: When}}\n"
    )
    head = ALONE.replace("{once}", REGISTER)
    run = load_run(head + f"    {LINES}\n" + second + TAIL, name="words.yaml")
    evidence = taken(tmp_path, run, answers=EXPORT)
    frame = evidence.frame("follow_ups", columns=["follow_up_id", "response_id"])
    assert frame.values.tolist()[:2] == [["2", "2"], ["3", "3"]]


@pytest.mark.parametrize(
    ("lines", "line", "message", "remedy"),
    [
        (("columns: {response_id: {lines: true}}",), 17, "'lines' is no key of 'response_id'", "'line'"),
        (("columns: {response_id: {column: Id, position: 1}}",), 17, "both say which", "Keep one"),
        (("columns: {response_id: {occurrence: 2}}",), 17, "needs the name", "Add 'column'"),
        (("columns: {response_id: {}}",), 17, "no origin", "Give one of column, position, line, join"),
        (("columns: {response_id: {join: [Id]}}",), 17, "needs columns to join", "two or more"),
        ((COLUMNS, "only: [{column: Site, because: x}]"), 18, "no test, or by several", "is: [...]"),
        ((COLUMNS, "only: [{column: Site, is: [a]}]"), 18, "'because' is missing", "Add it"),
        ((COLUMNS, "dialect: {header_rows: 2, names_row: 3}"), 18, "the header has 2 rows", "names_row"),
        ((LINES, "once: true"), 18, "every one differs", "Delete one"),
        (
            ("columns: {response_id: {line: true}, unit_id: {line: true}, submitted: When, q_overall: S}",),
            17, "'unit_id' refers to units, and no source", "Map it to a column",
        ),
        ((COLUMNS.replace("Score", "{column: Score, names_row: 2}"),), 17, "no row 2", "Correct one"),
    ],
)  # fmt: skip
def test_what_is_declared_wrongly_is_located(lines, line, message, remedy):
    with pytest.raises(ParameterError) as caught:
        run_of(*lines)
    problem = next((each for each in caught.value.problems if message in each.message), None)
    assert problem is not None, str(caught.value)
    assert (problem.file, problem.line) == ("words.yaml", line)
    assert remedy in problem.remedy


@pytest.mark.skipif(not Path("../shared/field").is_dir(), reason="the field examples are not here")
def test_the_field_examples_are_read_whole(tmp_path):
    folder = Path("../shared/field/11-repeated-names")
    run = load_run((folder / "run.yaml").read_text("utf-8"), name="run.yaml")
    evidence = prepare(run, folder, tmp_path / "11", threads=1)
    assert totals(evidence) == [(120, 120, 0, 0)]


@pytest.mark.skipif(not Path("../shared/field").is_dir(), reason="the field examples are not here")
def test_a_survey_export_alone_is_read_whole(tmp_path):
    labels = "{Very good: 5, Good: 4, Neither good nor poor: 3, Poor: 2, Very poor: 1}"
    scale = f'{{low: 1, high: 5, labels: {labels}, not_applicable: ["Don\'t know"]}}'
    text = (
        ALONE.replace("{once}", REGISTER)
        .replace("answers.csv", "feedback.csv")
        .replace("scale: {low: 1, high: 5}", f"scale: {scale}")
        .replace("unit_id: Site", "unit_id: surgery")
    )
    columns = "columns: {response_id: {line: true}, unit_id: surgery, submitted: time, q_overall: rating}"
    run = load_run(f"{text}    {columns}\n{TAIL}", name="alone.yaml")
    evidence = prepare(run, Path("../shared/field/09-survey-export-alone"), tmp_path, threads=1)
    assert totals(evidence) == [(300, 300, 0, 0)]
    assert totals(evidence, "units") == [(300, 3, 0, 297)]
    assert evidence.totals[1].rows_unanswered == 6


def test_rows_of_a_database_are_kept_and_joined_alike(tmp_path, monkeypatch):
    with closing(sqlite3.connect(tmp_path / "client.db")) as connection, connection:
        connection.execute("CREATE TABLE answers (no INTEGER, site TEXT, day TEXT, time TEXT, score, status)")
        rows = [(1, "Hill", "2025-03-01", "09:30", 4, "Real"), (2, "Dale", "2025-03-02", "10:00", 5, "Test")]
        connection.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", rows)
    monkeypatch.setenv("CLIENT", f"sqlite:///{tmp_path / 'client.db'}")
    head = HEAD.replace(
        "form: csv\n    file: answers.csv",
        "form: database\n    database: {connection: CLIENT, relation: answers}",
    )
    columns = "columns: {response_id: no, unit_id: site, submitted: {join: [day, time]}, q_overall: score}"
    only = "only: [{column: status, is: [Real], because: tests are no answers}]"
    evidence = taken(tmp_path, run_of(columns, only, head=head))
    assert scores(evidence) == [("1", 4.0)]
    assert totals(evidence) == [(2, 1, 0, 1)]
    assert evidence.frame("responses", columns=["submitted_second"])["submitted_second"].tolist() == [34_200]


def test_check_names_the_line_that_declares_a_column_of_which_no_cell_can_be_read(tmp_path):
    columns = COLUMNS.replace("submitted: When", "submitted: When, device_id: Id")
    for declared, line, said in (
        (('dates_of: {submitted: {formats: ["%d.%m.%Y"]}}', columns), 17, "declared: '%d.%m.%Y'"),
        ((columns, 'dates: {formats: ["%d.%m.%Y"]}'), 18, "declared: '%d.%m.%Y'"),
    ):
        text = HEAD + "".join(f"    {each}\n" for each in declared) + TAIL
        document = read_yaml(text, name="words.yaml")
        evidence = taken(tmp_path, run_of(*declared), answers=REPEATED.replace("Score,Site", "Other,Site"))
        run = run_of(*declared)
        (problem,) = fallen(run, document, evidence, set_aside(run, evidence))
        assert (problem.file, problem.line) == ("words.yaml", line)
        assert said in problem.message


def test_check_names_the_filter_that_leaves_out_every_row(tmp_path):
    only = "only: [{column: Site, is: [Hil], because: others are elsewhere}]"
    text = HEAD + f"    {COLUMNS}\n    {only}\n" + TAIL
    run = run_of(COLUMNS, only)
    evidence = taken(tmp_path, run, answers=REPEATED.replace("Score,Site", "Other,Site"))
    aside = set_aside(run, evidence)
    (problem,) = fallen(run, read_yaml(text, name="words.yaml"), evidence, aside)
    assert (problem.file, problem.line) == ("words.yaml", 18)
    assert problem.message.startswith("no row of responses is kept: 'only' leaves out every one")


def test_a_run_file_with_the_new_words_is_kept_in_the_manifest_as_it_was():
    columns = COLUMNS.replace("Id,", '{join: [Id, {column: Other, occurrence: 2}], with: "-"},')
    run = run_of(columns, f"only: [{PREVIEWS}]")
    assert Run.model_validate_json(json.dumps(run.model_dump(mode="json"))) == run
