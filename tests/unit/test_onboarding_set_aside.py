"""check explains each reason for quarantine: cells, what is declared, the line to change, what would fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.onboarding.check import CheckReport, check
from auditlib.onboarding.remedies import (
    date_remedy,
    fitting_formats,
    fitting_scale,
    nearest_units,
    scale_remedy,
)
from auditlib.parameters.run import ScaleModel

ROOT = Path(__file__).parents[2]
RUN = """audit: small
party: {name: Two sites}
period: {start: 2025-03-01, end: 2025-03-31}
as_of: 2025-04-01T00:00:00Z
scales:
  agree: {low: 1, high: 5}
instruments:
  transactional: {items: {q_a: {wording: Overall, headline: true, scale: agree}}}
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: unit}}
  - table: responses
    form: csv
    file: responses.csv
    dates:
      formats: ["%d.%m.%Y"]
    columns:
      response_id: id
      unit_id: site
      submitted: at
      channel: by
      q_a: overall
    constants: {survey_type: transactional}
notebooks: {01_intake: {}}
"""
GOOD = "R{},Hill,01.03.2025,phone,5"


def checked(folder: Path, *rows: str, good: int = 20, run: str = RUN) -> CheckReport:
    (folder / "units.csv").write_text("unit\nHill\n007\n", encoding="utf-8")
    lines = ("id,site,at,by,overall", *(GOOD.format(number) for number in range(good)), *rows, "")
    (folder / "responses.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "run.yaml").write_text(run, encoding="utf-8")
    for part in ("notebooks", "params"):
        (folder / part).symlink_to(ROOT / part)
    return check(folder / "run.yaml", data=folder, store=folder / "store")


REASONS = {
    # reason: row, line of the run file, said, remedy
    "time": ("A,Hill,2025-03-04,phone,5", 15, "'2025-03-04'", "'%Y-%m-%d' fits all of them: write formats:"),
    "future": ("B,Hill,01.05.2025,phone,5", 4, "declared: as_of 2025-04-01", "Correct as_of"),
    "unit": ("C,hill ,01.03.2025,phone,5", 18, "2 units in the register", "'Hill' for 'hill '"),
    "scale": ("D,Hill,01.03.2025,phone,7", 6, "1 to 5", "{low: 1, high: 7}, or not_applicable: ["),
    "key": (",Hill,01.03.2025,phone,5", 17, "column 'id'", "Map another column as the id"),
    "conflicting": ("R1,Hill,01.03.2025,phone,4", 17, "'R1'", "Ask the client which row holds"),
    "identical": ("R2,Hill,01.03.2025,phone,5", 11, "'R2'", "once: true"),
    "field_count": ("E,Hill,01.03.2025,phone,5,6", 11, "delimiter ','", "Compare delimiter"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> CheckReport:
    return checked(tmp_path_factory.mktemp("reasons"), *(row for row, *_ in REASONS.values()))


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_names_cell_declaration_line_and_what_would_fit(report: CheckReport, reason: str) -> None:
    _, line, said, remedy = REASONS[reason]
    (problem,) = (each for each in report.aside if f"in quarantine for {reason}: line " in each.message)
    assert "responses from responses.csv: " in problem.message
    assert said in problem.message
    assert remedy in problem.remedy
    assert (problem.file.endswith("run.yaml"), problem.line) == (True, line)


def test_rows_in_quarantine_alone_are_no_mistake(report: CheckReport) -> None:
    assert (report.exit_code, report.problems, len(report.aside)) == (0, (), len(REASONS))


def test_words_are_given_scores() -> None:
    scale = ScaleModel(low=1, high=5, labels={"very good": 5})
    said = scale_remedy(["verygood", "meh"], scale, ".", any_kept=True)
    assert "labels: {verygood: 5, meh: ...}" in said


def test_three_cells_are_shown_of_many_and_reasons_stand_apart(tmp_path: Path) -> None:
    times = [f"T{day},Hill,2025-03-0{day},phone,5" for day in range(1, 6)]
    time, scale = checked(tmp_path, *times, "S,Hill,01.03.2025,phone,6").aside
    assert "5 of 26 rows in quarantine for time" in time.message
    for shown in ("line 22, column 'at': '2025-03-01'", "line 23: '2025-03-02'", "line 24: '2025-03-03'"):
        assert shown in time.message
    assert "line 25" not in time.message
    assert "1 of 26 rows in quarantine for scale" in scale.message


def test_where_nothing_is_set_aside_nothing_is_explained(tmp_path: Path) -> None:
    assert checked(tmp_path).aside == ()


def test_exchanged_day_and_month_warn_about_the_rows_kept() -> None:
    said = date_remedy(["14/03/2025"], ["%m/%d/%Y"], any_kept=True)
    assert 'write formats: ["%d/%m/%Y"]' in said
    assert "day and month exchanged" in said
    assert "exchanged" not in date_remedy(["14/03/2025"], ["%m/%d/%Y"], any_kept=False)


def test_a_format_is_added_where_rows_were_kept_and_replaces_where_none_was() -> None:
    assert '["%d.%m.%Y", "%Y-%m-%d"]' in date_remedy(["2025-03-01"], ["%d.%m.%Y"], any_kept=True)
    assert 'dates: {formats: ["%Y-%m-%d"]}' in date_remedy(
        ["2025-03-01"], ["%d.%m.%Y"], any_kept=False, key="dates"
    )


@pytest.mark.parametrize(
    ("cells", "formats", "read"),
    [
        (["1741000000", "1741000001"], ("epoch_seconds",), 2),
        (["1741000000123"], ("epoch_milliseconds",), 1),
        (["45717", "45718.5"], ("excel_serial",), 2),
        (["01/02/2025", "03/04/2025"], ("%d/%m/%Y", "%m/%d/%Y"), 2),
        (["13/02/2025", "03/04/2025"], ("%d/%m/%Y",), 2),
        (["2025-03-01T10:00:00+01:00"], ("%Y-%m-%dT%H:%M:%S%z",), 1),
        (["2025-03-01", "soon"], ("%Y-%m-%d",), 1),
        (["soon", "later"], (), 0),
    ],
)
def test_formats_that_would_fit(cells: list[str], formats: tuple[str, ...], read: int) -> None:
    assert fitting_formats(cells) == (formats, read)


@pytest.mark.parametrize(
    ("scores", "scale"),
    [
        ([1, 5, 6], "{low: 1, high: 6}"),
        ([0, 1, 5], "{low: 0, high: 5}"),
        ([1, 5, 11], "{low: 0, high: 100}"),
        ([1, 5, 4.5], "{low: 1, high: 5, step: 0.5}"),
        ([1, 5, 999], "{low: 1, high: 999}"),
    ],
)
def test_scales_that_would_fit(scores: list[float], scale: str) -> None:
    assert fitting_scale(scores) == scale


def test_numbers_with_another_decimal_sign_are_no_other_scale() -> None:
    said = scale_remedy(["4,5"], ScaleModel(low=1, high=5, step=0.5), ".", any_kept=True)
    assert 'dialect: {decimal: ","}' in said


def test_a_far_unit_has_no_neighbour() -> None:
    assert nearest_units(["Paris"], ["Hill", "Dale"]) == ""
    assert nearest_units(["7"], ["007"]) == "'007' for '7'"
    assert nearest_units(["1012.0"], ["1012"]) == "'1012' for '1012.0'"


BAD = "X{},Hill,2025-03-04,phone,5"
LIMITED = RUN.replace("sources:\n", "thresholds: {quarantine_share: 0.1}\nsources:\n")


@pytest.mark.parametrize(
    ("good", "bad", "run", "said"),
    [
        (5, 5, RUN, ""),
        (5, 6, RUN, "more than half is in quarantine, 6 of 11 rows (54.5%)"),
        (0, 6, RUN, "no row of responses could be kept: every one of responses.csv (6 rows)"),
        (18, 2, LIMITED, ""),
        (
            17,
            2,
            LIMITED,
            "more than the declared quarantine_share of 0.1 is in quarantine, 2 of 19 rows (10.5%)",
        ),
    ],
)
def test_a_table_stands_on_half_of_its_rows_or_on_what_is_declared(
    tmp_path: Path, good: int, bad: int, run: str, said: str
) -> None:
    report = checked(tmp_path, *(BAD.format(number) for number in range(bad)), good=good, run=run)
    assert report.exit_code == (3 if said else 0)
    assert len(report.data) == (1 if said else 0)
    for problem in report.data:
        assert said in problem.message
        assert problem.line == 15 + (run == LIMITED)
        assert "'%Y-%m-%d' fits all of them" in problem.remedy
    assert bool(report.aside) == (good > 0), "a source of which nothing is kept says its reason once"
