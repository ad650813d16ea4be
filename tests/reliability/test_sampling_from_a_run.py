"""Samples drawn from a real run by command, filled, and read back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from in_process import executed_here
from project_copy import project_copy

from auditlib.cli import main
from auditlib.errors import DataError
from auditlib.runs import Options, perform
from auditlib.runs.documents import no_pdf
from auditlib.runs.steps import usual_steps
from auditlib.sampling import form_reading
from auditlib.sampling.drawn import Drawn
from auditlib.sampling.form_reading import read_form
from auditlib.sampling.form_writing import ANSWER, FORM, HEADER_ROW, headings_of
from auditlib.seal.ledger import read_ledger

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo audit, its intake notebook only."""
    project = project_copy(tmp_path_factory.mktemp("project"), "params", "notebooks", "data")
    run_file = project / "params" / "runs" / "demo.yaml"
    text = run_file.read_text("utf-8")
    run_file.write_text(text[: text.index("\nnotebooks:")] + "\nnotebooks:\n  01_intake: {}\n", "utf-8")
    steps = replace(usual_steps(), pdf=no_pdf)  # paper has tests of its own
    with executed_here():
        return perform(run_file, options=Options(jobs=1), steps=steps).directory


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    shutil.copy(finished.parent / f"{finished.name}.ledger.jsonl", tmp_path)
    return Path(shutil.copytree(finished, tmp_path / finished.name))


def words(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


def answered(form: Path, answer: str) -> None:
    headings = headings_of(read_unanswered(form))
    book = openpyxl.load_workbook(form)
    sheet = book[FORM]
    for row in range(HEADER_ROW + 2, sheet.max_row + 1):
        sheet.cell(row, headings.index(ANSWER) + 1).value = answer
    book.save(form)


def read_unanswered(form: Path) -> Drawn:
    return form_reading._drawn(form_reading.sheets_of(form.read_bytes(), form.name), form.name)


def test_rows_are_drawn_entered_filled_and_evaluated(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = tmp_path / "form.xlsx"
    draw = ["sample", "draw", str(run), "--rows", "follow_ups", "--out", str(form)]
    assert main(draw) == 0
    assert "59 of" in words(capsys)
    assert main(draw) == 2
    assert "already" in words(capsys)
    assert main(["sample", "evaluate", str(form)]) == 3
    assert "has no answer" in words(capsys)
    answered(form, "in order")
    assert main(["sample", "evaluate", str(form), "--run", str(run)]) == 0
    shown = words(capsys)
    assert "0 of 59 sampled cases deviate" in shown
    assert "The sample supports" in shown
    assert "Nothing but the answers was altered" in shown
    assert "entered in the ledger" in shown
    answered(form, "deviation")
    assert main(["sample", "evaluate", str(form)]) == 0
    assert "does not support" in words(capsys)
    ledger = read_ledger(run.parent / f"{run.name}.ledger.jsonl")
    assert [entry.event for entry in ledger].count("sample drawn") == 1


def test_drawn_again_it_is_the_same_sample(run: Path, tmp_path: Path) -> None:
    forms = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for form in forms:
        assert (
            main(
                [
                    "sample",
                    "draw",
                    str(run),
                    "--rows",
                    "responses",
                    "--stratify",
                    "unit_id",
                    "--out",
                    str(form),
                ]
            )
            == 0
        )
    assert forms[0].read_bytes() == forms[1].read_bytes()


def test_sites_are_drawn_beside_the_run_and_reported(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "draw", str(run), "--sites", "surveillance"]) == 0
    (form,) = (run.parent / f"{run.name}.samples").glob("*.xlsx")
    answered(form, "visited")
    assert main(["sample", "evaluate", str(form)]) == 0
    assert "sites were visited." in words(capsys)
    assert main(["verify", str(run)]) == 0
    answered(form, "perhaps")
    with pytest.raises(DataError, match="'perhaps'"):
        read_form(form.read_bytes(), name="form.xlsx")


def test_a_sample_of_another_seed_is_not_the_entered_one(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form, ledger = tmp_path / "form.xlsx", run.parent / f"{run.name}.ledger.jsonl"
    kept = ledger.read_bytes()
    assert main(["sample", "draw", str(run), "--rows", "follow_ups", "--seed", "1", "--out", str(form)]) == 0
    ledger.write_bytes(kept)
    answered(form, "in order")
    assert main(["sample", "evaluate", str(form), "--run", str(run)]) == 5
    assert "holds no draw of sample" in words(capsys)


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--sites", "initial", "--rows", "responses"],
        ["--sites", "yearly"],
        ["--sites", "initial", "--central", "NOWHERE"],
        ["--rows", "nothing"],
        ["--rows", "responses", "--stratify", "nothing"],
        ["--rows", "responses", "--tolerable", "0.01", "--expected", "0.02"],
        ["--rows", "responses", "--confidence", "1"],
    ],
)
def test_a_wrong_wish_exits_2(run: Path, options: list[str]) -> None:
    assert main(["sample", "draw", str(run), *options]) == 2
