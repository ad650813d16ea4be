"""The edition of the standard that a first run file proposes: the one in force over the period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditlib.onboarding.check import check
from auditlib.onboarding.edition_in_force import edition_in_force
from auditlib.onboarding.new_run import new

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("start", "end", "edition", "asked"),
    [
        (date(2025, 9, 1), date(2025, 10, 31), "service-excellence@2025", False),
        (date(2026, 7, 1), date(2026, 9, 30), "service-excellence@2026", False),
        (date(2025, 12, 1), date(2026, 1, 31), "service-excellence@2026", True),
        (date(2031, 1, 1), date(2031, 1, 31), "service-excellence@2026", True),
        (date(2019, 1, 1), date(2019, 1, 31), "service-excellence@2025", True),
    ],
)
def test_the_edition_covers_the_period_or_is_asked_for(
    start: date, end: date, edition: str, asked: bool
) -> None:
    proposed = edition_in_force(start, end, root=ROOT)
    assert (proposed.value, bool(proposed.doubt)) == (edition, asked)


def test_a_project_without_editions_names_the_usual(tmp_path: Path) -> None:
    assert (
        edition_in_force(date(2026, 7, 1), date(2026, 7, 2), root=tmp_path).value == "service-excellence@2025"
    )


def test_new_proposes_the_edition_of_the_records(tmp_path: Path) -> None:
    (tmp_path / "params" / "runs").mkdir(parents=True)
    (tmp_path / "params" / "standards").symlink_to(ROOT / "params" / "standards")
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    file = tmp_path / "contacts.csv"
    rows = [f"P{n},2026-07-{n:02} 08:13:54,Recife,phone,{n}" for n in range(1, 29)]
    file.write_text(
        "\n".join(("interaction id,offered,unit,channel,wait seconds", *rows, "")), encoding="utf-8"
    )
    text = new("small", [file], start=tmp_path).run_file.read_text("utf-8")
    assert "\nstandard: service-excellence@2026\n" in text


RUN = """audit: small
party: {name: A desk}
period: {start: START, end: END}
as_of: 2026-12-01T00:00:00Z
standard: service-excellence@2025
sources:
  - {table: units, form: csv, file: contacts.csv, once: true, columns: {unit_id: desk}}
  - table: interactions
    form: csv
    file: contacts.csv
    columns: {interaction_id: call, unit_id: desk, offered: queued}
    constants: {channel: phone}
notebooks: {NOTEBOOK: {}}
"""


@pytest.mark.parametrize(
    ("start", "end", "notebook", "said"),
    [
        ("2025-12-30", "2025-12-31", "11_standards", ""),
        ("2026-06-29", "2026-06-30", "11_standards", ""),
        ("2026-07-01", "2026-07-01", "11_standards", "service-excellence@2026 is in force on every day"),
        ("2026-07-01", "2026-07-01", "07_service_levels", "service-excellence@2026 is in force on every day"),
        ("2026-07-01", "2026-07-01", "16_improvement", "service-excellence@2026 is in force on every day"),
        ("2026-07-01", "2026-07-01", "01_intake", ""),
        ("2025-12-31", "2026-07-01", "11_standards", "and certifies nothing."),
    ],
)
def test_check_says_where_the_edition_named_is_not_in_force(
    tmp_path: Path, start: str, end: str, notebook: str, said: str
) -> None:
    """Until 30 June 2026, the end of the transition, the edition of 2025 may be used; no longer."""
    (tmp_path / "contacts.csv").write_text(
        "call,desk,queued\nC1,North,2025-12-31 09:00:00\n", encoding="utf-8"
    )
    text = RUN.replace("START", start).replace("END", end).replace("NOTEBOOK", notebook)
    (tmp_path / "run.yaml").write_text(text, encoding="utf-8")
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    notes = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store").notes
    told = [note for note in notes if note.startswith("standard: ")]
    assert len(told) == bool(said)
    if said:
        assert "in effect from 2025-01-01 to 2025-12-31" in told[0]
        assert said in told[0]
        assert ("every day" in told[0]) == ("every day" in said), "no edition covers a period over two"
