"""The parts of a run file must fit each other; where they do not, the place is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.errors import ParameterError
from auditlib.parameters.checks import load_run

RUNS = Path(__file__).parents[2] / "params" / "runs"

GOOD = """\
audit: acme
party: {name: Acme}
period: {start: 2025-01-01, end: 2025-12-31}
as_of: 2026-01-31T18:00:00Z
time_zone: Europe/Berlin
instruments:
  transactional:
    items:
      q_overall: {wording: Overall, headline: true, scale: {low: 1, high: 5, labels: {Bad: 1}}}
      q_speed: {wording: Speed, scale: {low: 1, high: 5}}
sources:
  - table: units
    form: csv
    file: units.csv
    columns: {unit_id: Unit}
  - table: responses
    form: csv
    file: responses.csv
    dialect: {delimiter: ";", encoding: cp1252}
    dates: {formats: ["%d.%m.%Y %H:%M"], time_zone: unit}
    columns:
      response_id: Id
      unit_id: Unit
      submitted: When
      anonymous: Anonym
      q_overall: Q1
      q_speed: Q2
    constants: {survey_type: transactional}
    values:
      anonymous: {J: "true", N: "false"}
    missing: ["", NA]
notebooks:
  01_intake: {}
"""


def test_a_sound_run_file_passes() -> None:
    assert load_run(GOOD, name="acme.yaml").audit == "acme"


@pytest.mark.parametrize("name", [path.name for path in sorted(RUNS.glob("*.yaml"))])
def test_every_shipped_run_file_is_sound(name: str) -> None:
    assert load_run((RUNS / name).read_text(encoding="utf-8"), name=name).sources


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "remedy"),
    [
        ("2026-01-31T", "2024-12-31T", 4, "before the audited period starts", "within or after"),
        ("Europe/Berlin", "Europe/Berln", 5, "no time zone 'Europe/Berln'", "'Europe/Berlin'"),
        ("Europe/Berlin", "Berlin", 5, "no time zone 'Berlin'", "'Europe/Berlin'"),
        ("time_zone: unit", "time_zone: ../../etc/passwd", 20, "no time zone", "Europe/Berlin"),
        ("encoding: cp1252", "encoding: cp1525", 19, "no text encoding 'cp1525'", "Did you mean"),
        ("encoding: cp1252", "encoding: rot13", 19, "no text encoding 'rot13'", ""),
        ("encoding: cp1252", "encoding: zlib", 19, "no text encoding 'zlib'", ""),
        ('delimiter: ";"', 'delimiter: "\\""', 19, "same character", "Change one"),
        ('delimiter: ";"', "delimiter: x", 19, "cannot be the delimiter", ""),
        ('"%d.%m.%Y %H:%M"', '"%d.%m.%Q"', 20, "no date format", "%d.%m.%Y"),
        ('"%d.%m.%Y %H:%M"', "DD/MM/YYYY", 20, "no date format", "%d.%m.%Y"),
        ('"%d.%m.%Y %H:%M"', '"%d/%m/%Y", "%m/%d/%Y"', 20, "fits both", "Keep the one"),
        ("submitted: When", "submited: When", 24, "no column 'submited'", "Did you mean 'submitted'?"),
        ("q_speed: Q2", "q_sped: Q2", 27, "'q_sped' is not in the instrument", "'q_speed'"),
        ("      unit_id: Unit\n", "", 21, "needs 'unit_id'", "'constants'"),
        ("      q_speed: Q2\n", "", 10, "no source gives a column for the item 'q_speed'", "Map it"),
        ("survey_type: transactional", "survey_type: transaktional", 28, "no instrument", "'transactional'"),
        ("constants: {", "constants: {unit_id: U1, ", 28, "'columns' and under 'constants'", "Keep one"),
        ('J: "true"', "J: ja", 30, "'ja' is no code of 'anonymous'.", "Allowed: false, true."),
        ("anonymous: {J", "channel: {J", 30, "no column is mapped", "Map the column"),
        ("N: ", "NA: ", 30, "also listed under 'missing'", "Keep one"),
        ("{Bad: 1}", "{Bad: 6}", 9, "not on the scale 1 to 5", ""),
        ("{Bad: 1}", "{Bad: 1.5}", 9, "not on the scale 1 to 5", ""),
        ("{Bad: 1}}", "{Bad: 1}, not_applicable: [Bad]}", 9, "both a label", "Keep one"),
        ("low: 1, high: 5}}", "low: 1, high: 5, top: 6}}", 10, "outside the scale", ""),
        ("low: 1, high: 5}}", "low: 1, high: 5, top: 2}}", 10, "overlap", "'top' and 'bottom'"),
        ("Speed, scale", "Speed, headline: true, scale", 10, "two headline items", "Keep one"),
        ("file: units.csv", "file: units.xlsx", 13, "looks like excel", "form: excel"),
        ("{name: Acme}", '{name: "  "}', 2, "name of the party is blank", "reader"),
        ("wording: Speed", 'wording: " "', 10, "wording of 'q_speed' is blank", "reader"),
        ('["", NA]', '["", "5"]', 31, "'5' is declared to be missing, and is an answer", "'not_applicable'"),
        ('["", NA]', '["", "5.0"]', 31, "is an answer on the scale of 'q_overall'", "Keep one"),
        ('["", NA]', '["", bad]', 31, "is an answer on the scale of 'q_overall'", "Keep one"),
        ("q_speed: Q2", "q_speed: Q1", 27, "the column 'Q1' feeds 'q_overall' already", "Correct one"),
        ("q_speed: Q2", "q_speed: {column: Q1}", 27, "the column 'Q1' feeds 'q_overall'", "Correct one"),
        ("file: units.csv", "file: units.csv\n    sheet: A", 15, "belongs to form: excel", "Delete"),
    ],
)
def test_one_contradiction_is_named(old: str, new: str, line: int, message: str, remedy: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(ParameterError) as caught:
        load_run(text, name="acme.yaml")
    found = [problem for problem in caught.value.problems if message in problem.message]
    assert len(found) == 1, str(caught.value)
    assert found[0].line == line, str(found[0])
    assert remedy in found[0].remedy


@pytest.mark.parametrize("code", ["0", "6", "1.5", "nan", "99"])
def test_a_missing_code_beside_the_scale_is_sound(code: str) -> None:
    assert load_run(GOOD.replace('["", NA]', f'["", "{code}"]'), name="acme.yaml").sources[1].missing


def test_a_file_that_feeds_a_table_twice_is_refused() -> None:
    text = GOOD.replace("file: responses.csv", "file: units.csv").replace("table: responses", "table: units")
    with pytest.raises(ParameterError, match="rows would count twice"):
        load_run(text, name="acme.yaml")


def test_responses_without_a_register_of_units_are_refused() -> None:
    text = GOOD.replace("table: units", "table: accounts").replace("unit_id: Unit}", "account_id: Unit}")
    with pytest.raises(ParameterError, match="no source gives the register of units") as caught:
        load_run(text, name="acme.yaml")
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("ends", ["low: 1, high: 2", "low: 0, high: 1", "low: 0, high: 10, step: 10"])
def test_of_two_answers_the_higher_is_the_top_box_and_the_lower_the_bottom_box(ends: str) -> None:
    run = load_run(GOOD.replace("low: 1, high: 5}}", f"{ends}}}}}"), name="acme.yaml")
    (survey_type,) = run.instruments
    (scale,) = [item.scale for item in run.instrument(survey_type).items if item.item == "q_speed"]
    assert (scale.bottom_box, scale.top_box) == (scale.low, scale.high)


def test_three_answers_need_boxes_that_are_declared() -> None:
    with pytest.raises(ParameterError, match="overlap"):
        load_run(GOOD.replace("low: 1, high: 5}}", "low: 1, high: 3}}"), name="acme.yaml")


def test_both_boxes_may_meet_but_not_overlap() -> None:
    touching = GOOD.replace("low: 1, high: 5}}", "low: 1, high: 5, top: 3, bottom: 2}}")
    assert load_run(touching, name="acme.yaml")
    with pytest.raises(ParameterError, match="overlap"):
        load_run(touching.replace("bottom: 2", "bottom: 3"), name="acme.yaml")


WIDE = """\
audit: hospital
party: {name: Hospitals}
period: {start: 2012-01-01, end: 2012-12-31}
as_of: 2013-06-30T00:00:00Z
instruments:
  inpatient:
    items:
      q_rating: {wording: Rating, scale: {low: 0, high: 10}}
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: Provider}}
  - table: aggregates
    form: csv
    file: survey.csv.gz
    columns: {unit_id: Provider}
    constants: {survey_type: inpatient}
    wide:
      period: {start: 2012-01-01, end: 2012-12-31}
      n: N
      n_bands: {few: {low: 1, high: 99}, many: {low: 300}}
      values:
        - {item: q_rating, box: bottom, column: A}
        - {item: q_rating, box: top, column: B}
notebooks:
  01_intake: {}
"""


def test_a_wide_file_of_aggregates_passes() -> None:
    assert load_run(WIDE, name="wide.yaml").sources[1].wide is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("box: top", "box: bottom", 22, "bottom box of 'q_rating' is given twice"),
        ("item: q_rating, box: top", "item: q_rate, box: top", 22, "'q_rate' is not in the instrument"),
        ("low: 1, high: 99", "low: 100, high: 99", 19, "band 'few' ends below its start"),
        ("      n: N\n", "", 18, "'n_bands' needs the column"),
    ],
)
def test_one_contradiction_of_a_wide_file_is_named(old: str, new: str, line: int, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        load_run(WIDE.replace(old, new, 1), name="wide.yaml")
    found = [problem for problem in caught.value.problems if message in problem.message]
    assert [problem.line for problem in found] == [line], str(caught.value)
