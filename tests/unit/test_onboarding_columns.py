"""What a table wants is printed by a command, and stands in the run file of files that no table fits."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_onboarding_languages import project, written

from auditlib.cli import main
from auditlib.contracts import TABLES
from auditlib.contracts.listing import HOLDS, listed_columns
from auditlib.contracts.types import ColumnKind
from auditlib.onboarding.new_run import new
from auditlib.onboarding.open_questions import open_lines
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.strict_yaml import read_yaml

__all__ = ["project"]


def test_every_kind_of_column_has_words() -> None:
    assert set(HOLDS) == set(ColumnKind)


@pytest.mark.parametrize("name", TABLES)
def test_a_command_prints_every_column_of_a_table(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["columns", name]) == 0
    shown = capsys.readouterr().out
    for column in TABLES[name].columns:
        assert f" {column.name} " in shown
    assert shown.count(" required ") == sum(column.required for column in TABLES[name].columns)


def test_a_column_says_its_unit_its_codes_and_what_an_empty_cell_means() -> None:
    counts = {column.name: column for column in listed_columns(TABLES["interval_counts"])}
    assert counts["length"].meaning == "Length in seconds, where its end is not given. Empty: it has an end."
    figures = {column.name: column for column in listed_columns(TABLES["published_figures"])}
    assert "One of answered_within, abandoned." in figures["measure"].meaning
    assert (figures["value"].holds, figures["value"].required) == ("share, 0 to 1 or with %", True)


def test_the_command_lists_all_tables_and_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["columns"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in TABLES)
    assert main(["columns", "interval_count"]) == 2
    assert "did you mean 'interval_counts'?" in capsys.readouterr().err


ODD = ["kolom a;kolom b;c", "x1;4,5;ja", "x2;4,6;nee", "x3;4,9;ja"]


def test_where_no_file_fits_a_run_file_is_written_with_columns_to_decide(project: Path) -> None:
    proposal = new("odd", [written(project, "odd.csv", ODD)], start=project)
    text = proposal.run_file.read_text("utf-8")
    assert proposal.unplaced == ("odd.csv",)
    for line in (
        (
            f"  {DECIDE} no canonical table fits odd.csv. Is it one? Nearest: units or accounts; "
            "all: auditlib columns"
        ),
        "  # - table: ...",
        "  #   file: odd.csv",
        '  #   dialect: {delimiter: ";"}',
        f"  #     ...: kolom b   {DECIDE} or not? an id: no cell stands twice, such as '4,5'",
        "  #   unit_id (id, required): Unit.",
        "  # What each wants: auditlib columns TABLE",
    ):
        assert line in text.splitlines()
    asked = [problem.message for problem in open_lines(text, read_yaml(text, name="odd.yaml"))]
    assert sum(question.startswith("or not? ") for question in asked) == 3


def test_beside_files_that_fit_the_others_are_listed_too(project: Path) -> None:
    units = written(project, "units.csv", ["unit_id,name", "A,Ash", "B,Birch"])
    text = new("odd", [units, written(project, "odd.csv", ODD)], start=project).run_file.read_text("utf-8")
    assert "table: units   # the register" in text
    assert f"#     ...: c   {DECIDE} or not? text, such as 'ja'" in text
