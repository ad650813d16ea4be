"""check never calls sound values missing: what contradicts is asked about, a number is given its notation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from auditlib.onboarding.check import CheckReport, check

ROOT = Path(__file__).parents[2]
RUN = """audit: small
party: {{name: A utility}}
period: {{start: 2025-03-01, end: 2025-03-31}}
as_of: 2025-04-01T00:00:00Z
sources:
  - {{table: units, form: csv, file: units.csv, columns: {{unit_id: unit}}}}
  - table: interval_counts
    form: csv
    file: counts.csv
    dialect: {{delimiter: ";", decimal: "{decimal}"}}
    columns:
      unit_id: unit
      queue: queue
      starts: start
      offered: offered
      answered: {answered}
      answered_in_time: {in_time}
      mean_wait: wait
    constants: {{channel: phone, length: "1800", within_seconds: "30"}}
notebooks: {{01_intake: {{}}}}
"""
HEADER = "unit;queue;start;offered;replies;prompt;wait"


def checked(folder: Path, rows: Sequence[str], *, decimal: str = ".", swapped: bool = False) -> CheckReport:
    (folder / "units.csv").write_text("unit\nHill\n", encoding="utf-8")
    timed = (f"Hill;{row.split(';', 1)[0]};2025-03-{day:02} 09:00:00;{row.split(';', 1)[1]}"
             for day, row in enumerate(rows, start=1))  # fmt: skip
    (folder / "counts.csv").write_text("\n".join((HEADER, *timed, "")), encoding="utf-8")
    columns = ("prompt", "replies") if swapped else ("replies", "prompt")
    text = RUN.format(decimal=decimal, answered=columns[0], in_time=columns[1])
    (folder / "run.yaml").write_text(text, encoding="utf-8")
    for part in ("notebooks", "params"):
        (folder / part).symlink_to(ROOT / part)
    return check(folder / "run.yaml", data=folder, store=folder / "store")


def remedies(report: CheckReport) -> list[str]:
    return [problem.remedy for problem in (*report.aside, *report.data)]


SOUND = ["main;12;11;10;4"] * 9


def test_columns_that_contradict_each_other_are_asked_about(tmp_path: Path) -> None:
    (said,) = remedies(checked(tmp_path, [*SOUND, "main;12;10;12;4"]))
    assert "missing" not in said
    assert said == (
        "'prompt' and 'replies' contradict each other in these rows and in no others, so that they are not "
        "exchanged as a whole: ask the client which of them holds. No setting mends it."
    )


def test_columns_that_are_swapped_are_called_so(tmp_path: Path) -> None:
    for said in remedies(checked(tmp_path, [*SOUND[:5], "main;12;11;11;4"], swapped=True)):
        assert (
            "'replies' and 'prompt' contradict each other. Were they exchanged, no row would contradict "
            "itself: perhaps they are swapped under 'columns'; ask the client."
        ) in said


@pytest.mark.parametrize(
    ("cells", "decimal", "said"),
    [
        ("12;243,5;10;4", ".", 'write dialect: {decimal: ","}, and for decimals in a whole number '),
        ("12;243,5;10;4", ",", "columns: {answered: {column: replies, scale: 1}}"),
        ("12;243.5;10;4", ",", 'write dialect: {decimal: "."}'),
        ("12;11;10;4,5", ".", 'write dialect: {decimal: ","}.'),
        ("12;11;10;4.5", ",", 'write dialect: {decimal: "."}.'),
        ("12;11;10;n/a", ".", 'Where such a cell means no value, write missing: ["", n/a].'),
        ("12;-1;10;4", ".", 'Where such a cell means no value, write missing: ["", "-1"].'),
        ("12;main;10;4", ".", "Correct the cells, or ask the client."),
        ("12;11 calls;10;4", ".", "Correct the cells, or ask the client."),
        (";11;10;4", ".", "The cells are empty: map another column, or ask the client for it."),
    ],
)
def test_a_cell_that_is_no_number_is_told_by_what_stands_there(
    tmp_path: Path, cells: str, decimal: str, said: str
) -> None:
    (remedy,) = remedies(checked(tmp_path, [*["main;12;11;10;4"] * 9, f"main;{cells}"], decimal=decimal))
    assert said in remedy
    assert ("missing" in remedy) == ("missing" in said)


def test_values_that_were_listed_as_missing_are_taken_off_the_list(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    report = checked(tmp_path / "more", [*SOUND, "main;14;11;10;4"])
    run = tmp_path / "more" / "run.yaml"
    run.write_text(
        run.read_text("utf-8").replace("    constants:", '    missing: ["", "14"]\n    constants:')
    )
    report = check(run, data=run.parent, store=run.parent / "store")
    (problem,) = report.aside
    assert problem.remedy == "'14' stands under 'missing' and so counts as empty: take it off that list."
    assert problem.line == 19


FLAGGED = """audit: small
party: {name: A clinic}
period: {start: 2025-03-01, end: 2025-03-31}
as_of: 2025-04-01T00:00:00Z
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: unit}}
  - table: interactions
    form: csv
    file: calls.csv
    columns: {interaction_id: id, unit_id: unit, channel: by, offered: at, abandoned: given_up}
notebooks: {01_intake: {}}
"""


def test_yes_and_no_in_another_language_are_given_their_meaning(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("unit\nHill\n", encoding="utf-8")
    rows = [
        f"{n},Hill,phone,2025-03-02 10:00:00,{word}"
        for n, word in enumerate(("no", "no", "no", "sí", "tal vez"))
    ]
    (tmp_path / "calls.csv").write_text("\n".join(("id,unit,by,at,given_up", *rows, "")), encoding="utf-8")
    (tmp_path / "run.yaml").write_text(FLAGGED, encoding="utf-8")
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    report = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store")
    (said,) = (problem.remedy for problem in (*report.data, *report.aside))
    assert 'Say what they mean: values: {abandoned: {sí: "true", tal vez: "..."}}.' in said
