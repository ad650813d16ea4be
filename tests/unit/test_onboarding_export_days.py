"""The day of export that `auditlib new` proposes for exports of the same counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from auditlib.evidence import prepare
from auditlib.onboarding.export_days import day_in
from auditlib.onboarding.new_run import new
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
HEADER = "unit,queue,interval start,offered,answered,answered within 20 s"


def counts(first: int, last: int, *, answered: int = 10) -> list[str]:
    """Return the intervals of days of October, two a day."""
    return [
        f"Hill,main,2025-10-{day:02} 09:{minute:02}:00,{day + 12},{answered},{day % 9}"
        for day in range(first, last)
        for minute in (0, 30)
    ]


def proposed(folder: Path, files: Mapping[str, Sequence[str]], *, header: str = HEADER) -> str:
    """Return the run file proposed for files of counts."""
    (folder / "params" / "runs").mkdir(parents=True)
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    (folder / "data").mkdir()
    paths = []
    for name, rows in files.items():
        path = folder / "data" / name
        path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
        paths.append(path)
    return new("small", paths, start=folder).run_file.read_text("utf-8")


def days(text: str) -> list[str]:
    return re.findall(r'exported_on: "(.*?)"', text)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("counts_2025-11-01.csv", "counts_2025-11-03.csv"), ["2025-11-01", "2025-11-03"]),
        (("counts_20251101.csv", "counts_20251103.csv"), ["2025-11-01", "2025-11-03"]),
        (("01.11.2025.csv", "03.11.2025.csv"), ["2025-11-01", "2025-11-03"]),
        (("counts_2025-11-01.csv", "others_2025-11-03.csv"), []),
        (("counts_2025-11.csv", "counts_2025-12.csv"), []),
        (("counts_2025-10-01.csv", "counts_2025-10-03.csv"), []),
    ],
    ids=["iso", "compact", "day first", "another series", "months", "records after the day"],
)
def test_the_day_of_export_is_that_in_the_names_of_a_series(
    tmp_path: Path, names: tuple[str, str], expected: list[str]
) -> None:
    text = proposed(tmp_path, dict(zip(names, (counts(1, 29), counts(20, 29, answered=11)), strict=True)))
    assert days(text) == expected
    asked = [line for line in text.splitlines() if "exported_on" in line and DECIDE in line]
    assert len(asked) == (1 if expected else 0), "asked of the first, not of each"


def test_files_of_separate_days_restate_nothing(tmp_path: Path) -> None:
    text = proposed(
        tmp_path, {"counts_2025-10-15.csv": counts(1, 15), "counts_2025-10-29.csv": counts(15, 29)}
    )
    assert days(text) == []


def test_a_file_that_says_its_day_is_not_asked(tmp_path: Path) -> None:
    rows = [f"{row},2025-11-0{day}" for day in (1, 3) for row in counts(1, 29)]
    names = ("counts_2025-11-01.csv", "counts_2025-11-03.csv")
    text = proposed(
        tmp_path, dict(zip(names, (rows[:56], rows[56:]), strict=True)), header=f"{HEADER},exported on"
    )
    assert days(text) == []
    assert text.count("exported_on: exported on") == len(names)


def test_what_is_proposed_is_read_and_the_last_export_holds(tmp_path: Path) -> None:
    files = {"c_2025-11-01.csv": counts(1, 29), "c_2025-11-03.csv": counts(20, 29, answered=11)}
    text = proposed(tmp_path, files)
    run = load(Run, "\n".join(line.partition(DECIDE)[0] for line in text.splitlines()), name="small")
    evidence = prepare(run, tmp_path / "data", tmp_path / "store")
    assert [total.rows_kept for total in evidence.totals if total.table == "interval_counts"] == [56, 18]
    assert not any(total.rows_quarantined for total in evidence.totals)


@pytest.mark.parametrize(
    "name", ["a_2025-13-01.csv", "a_2025-11-01_2025-11-03.csv", "a_120251101.csv", "a.csv"]
)
def test_a_name_with_no_day_or_two_says_none(name: str) -> None:
    assert day_in(name) is None
