"""Every mistake in a parameter file is named at once, where it stands, with what to do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

GOOD = """\
audit: acme-2025
party: {name: Acme}
period: {start: 2025-01-01, end: 2025-12-31}
as_of: 2026-01-31T18:00:00+01:00
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: Unit}}
notebooks:
  01_intake: {}
"""


def problems(text: str) -> list[Problem]:
    with pytest.raises(ParameterError) as caught:
        load(Run, text, name="acme.yaml")
    return list(caught.value.problems)


def one(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


def test_a_good_file_is_read_with_its_types() -> None:
    run = load(Run, GOOD, name="acme.yaml")
    assert run.period.end == date(2025, 12, 31)
    assert run.as_of.astimezone(UTC) == datetime(2026, 1, 31, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "remedy"),
    [
        ("audit:", "audti:", 1, 1, "'audti' is no key of the file", "Did you mean 'audit'?"),
        ("name: Acme", "name: 7", 2, 15, "must be text; found the number 7", 'in quotes: "7"'),
        ("name: Acme", "name: 1.10", 2, 15, "the number 1.1", 'in quotes: "1.10"'),
        ("name: Acme", "name: true", 2, 15, "yes-or-no value true", 'in quotes: "true"'),
        ("name: Acme", "name: ~", 2, 15, "found nothing", 'in quotes: "~"'),
        ("name: Acme", "name: ''", 2, 15, "'name' is empty", "Name printed on the report"),
        ("name: Acme", "nmae: Acme", 2, 9, "'nmae' is no key of 'party'", "Did you mean 'name'?"),
        ("{name: Acme}", "{}", 2, 1, "'name' is missing in 'party'", "Name printed on the report"),
        ("{name: Acme}", "Acme", 2, 8, "must be a block of keys; found the text 'Acme'", ""),
        ("2025-12-31", "31.12.2025", 3, 34, "must be a date such as", ""),
        ("2025-12-31", "2025-02-30", 3, 34, "must be a date such as", "Day value is outside"),
        ("2025-12-31", "20251231", 3, 34, "must be a date such as", ""),
        ("2025-12-31", '"1767139200"', 3, 34, "found the digits", "YYYY-MM-DD"),
        ("2025-12-31", "2024-12-31", 3, 1, "ends before it starts", ""),
        ("+01:00", "", 4, 1, "as_of needs its offset", ""),
        ("table: units", "table: unit", 6, 6, "no canonical table 'unit'", "Did you mean 'units'?"),
        ("form: csv", "form: exel", 6, 26, "must be one of csv, excel, parquet, database", "'excel'?"),
        ("units.csv", "../units.csv", 6, 31, "'..' is refused", ""),
        ("columns: {", "encoding: cp1252, columns: {", 6, 48, "is no key of entry 1", "under 'dialect'"),
        ("01_intake:", "intake:", 8, 3, "cannot stand here", "two digits and a lower-case name"),
        ("01_intake: {}", "01_intake: {level: [1]}", 8, 22, "or a number or text; found a list", ""),
    ],
)
def test_one_mistake_is_named(old: str, new: str, line: int, column: int, message: str, remedy: str) -> None:
    problem = one(GOOD.replace(old, new, 1))
    assert (problem.file, problem.line, problem.column) == ("acme.yaml", line, column), str(problem)
    assert message in problem.message
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ('"30"', "Remove the quotes."),
        ("030", "Remove the leading zero."),
        ("3,5", "decimal point"),
        ("thirty", "digits only"),
        ("1_000", "digits only"),
        ("true", ""),
        (".inf", "digits only"),
        (".nan", "digits only"),
    ],
)
def test_a_number_written_wrongly_is_told_how(value: str, remedy: str) -> None:
    problem = one(GOOD + f"thresholds:\n  confidence: {value}\n")
    assert (problem.line, problem.column) == (10, 15)
    assert "must be a number" in problem.message
    assert remedy in problem.remedy


@pytest.mark.parametrize(("value", "refused"), [("0.5", True), ("0.51", False), ("0.99", False), ("1", True)])
def test_a_bound_is_refused_on_it_and_accepted_just_inside(value: str, *, refused: bool) -> None:
    text = GOOD + f"thresholds: {{confidence: {value}}}\n"
    if refused:
        assert "confidence" in one(text).message
    else:
        assert load(Run, text, name="acme.yaml").thresholds.confidence == float(value)


def test_a_flag_spelt_as_a_word_is_told_how() -> None:
    item = "{wording: How was it?, headline: yes, scale: {low: 1, high: 5}}"
    problem = one(GOOD + f"instruments: {{survey: {{items: {{q_overall: {item}}}}}}}\n")
    assert "must be true or false; found the text 'yes'" in problem.message
    assert problem.remedy == "Write true or false, without quotes."


def test_an_unquoted_unit_id_with_leading_zeros_stays_text_and_a_plain_number_is_refused() -> None:
    text = GOOD.replace("columns: {unit_id: Unit}", "constants: {unit_id: 007}")
    assert load(Run, text, name="acme.yaml").sources[0].constants == {"unit_id": "007"}
    assert one(text.replace("007", "7")).remedy == 'Put it in quotes: "7".'


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace("audit: acme-2025", "audit: Acme 2025")
        .replace("Acme}", "7}")
        .replace("form: csv", "form: x")
    )
    found = problems(text + "sed: 3\n")
    assert [problem.line for problem in found] == [1, 2, 6, 9]


def test_a_misspelt_required_key_is_one_problem_not_two() -> None:
    assert len(problems(GOOD.replace("sources:", "source:"))) == 1


def test_a_look_alike_letter_in_a_key_is_named() -> None:
    problem = one(GOOD.replace("audit:", "\u0430udit:"))
    assert "Did you mean 'audit'?" in problem.remedy
    assert "CYRILLIC SMALL LETTER A" in problem.remedy


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert "empty" in one("").message
    assert "empty" in one("# nothing yet\n").message


def test_a_list_instead_of_a_file_is_refused() -> None:
    assert "must be a block of keys; found a list" in one("- a\n").message
