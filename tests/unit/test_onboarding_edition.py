"""The edition of the standard that a first run file proposes: the one in force over the period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

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
