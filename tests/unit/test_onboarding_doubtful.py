"""Exports that end at a round number, units called totals, files whose names say nothing of what they are."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from auditlib.errors import DataError
from auditlib.evidence import prepare
from auditlib.onboarding.doubtful_files import perhaps_cut, perhaps_totals
from auditlib.onboarding.file_looks import look_at
from auditlib.onboarding.propose import propose
from auditlib.onboarding.recognisers import recognisers
from auditlib.onboarding.run_file_text import run_file_text
from auditlib.parameters.checks import load_run

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "tests" / "exports"
RUN = """audit: round
party: {name: A tram line}
period: {start: 2025-03-01, end: 2025-03-31}
as_of: 2025-04-01T00:00:00Z
sources:
  - {table: units, form: csv, file: stops.csv, columns: {unit_id: stop}, MORE}
notebooks: {01_intake: {}}
"""


@pytest.mark.parametrize(
    ("rows", "more", "asked"),
    [
        (999, "once: false", False),
        (1000, "once: false", True),
        (1001, "once: false", False),
        (1000, "expected_rows: 1000", False),
    ],
)
def test_check_asks_whether_an_export_was_cut(tmp_path: Path, rows: int, more: str, *, asked: bool) -> None:
    (tmp_path / "stops.csv").write_text("stop\n" + "".join(f"S{n}\n" for n in range(rows)))
    run = load_run(RUN.replace("MORE", more), name="run.yaml")
    notes = list(perhaps_cut(run, prepare(run, tmp_path, tmp_path / "store", threads=1)))
    said = "stops.csv: it holds exactly 1,000 records: was the export cut at a limit?"
    assert [note.startswith(said) for note in notes] == [True] * asked


def test_check_asks_about_a_unit_that_is_called_a_total(tmp_path: Path) -> None:
    (tmp_path / "stops.csv").write_text("stop\nHarbour\nTotalis\nGrand Total:\nGesamtergebnis\nTotally\n")
    run = load_run(RUN.replace("MORE", "once: false"), name="run.yaml")
    notes = list(perhaps_totals(prepare(run, tmp_path, tmp_path / "store", threads=1)))
    assert [note.partition(";")[0] for note in notes] == [
        "stops.csv, line 4: a unit is called 'Grand Total:'",
        "stops.csv, line 5: a unit is called 'Gesamtergebnis'",
    ]


@pytest.mark.parametrize(
    ("export", "name", "form", "layout"),
    [
        ("microsoft_forms.xlsx", "forms", "excel", "microsoft_forms"),
        ("asterisk_queue_log.csv", "queue_log", "csv", "asterisk_queue_log"),
        ("typeform.csv", "answers.export", "csv", "typeform"),
    ],
)
def test_what_a_file_without_an_ending_is_its_content_says(
    tmp_path: Path, export: str, name: str, form: str, layout: str
) -> None:
    shutil.copy(EXPORTS / export, tmp_path / name)
    looks = list(look_at(tmp_path / name, file=name, exports=recognisers(ROOT)))
    assert [(look.form, look.layout) for look in looks] == [(form, layout)]
    proposal = propose(looks, fallback=date(2025, 1, 1), exports=recognisers(ROOT))
    text = run_file_text(proposal, audit="plain", command="check", notebooks=["01_intake"])
    run = load_run(text, name="run.yaml")
    evidence = prepare(run, tmp_path, tmp_path / "store", threads=1)
    assert any(total.rows_kept for total in evidence.totals)


def test_a_workbook_that_is_called_a_csv_is_still_refused(tmp_path: Path) -> None:
    shutil.copy(EXPORTS / "microsoft_forms.xlsx", tmp_path / "forms.csv")
    with pytest.raises(DataError, match="a workbook"):
        list(look_at(tmp_path / "forms.csv", file="forms.csv"))
