"""Reports of interval counts nobody knows: what a first look makes of headers, clocks, totals and limits."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.evidence import prepare
from auditlib.onboarding.named_limits import limit_named
from auditlib.onboarding.new_run import new
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
SPANISH = """Fecha;Hora inicio;Hora fin;Centro;Canal;Llamadas ofrecidas;Llamadas atendidas;Atendidas en 20 s;\
Abandonadas;Abandonos < 5 s;Nivel de servicio
14/05/2025;22:30;23:00;Sevilla;Teléfono;31;28;25;3;1;80,6 %
14/05/2025;23:00;23:30;Sevilla;Teléfono;12;13;11;0;0;91,7 %
14/05/2025;23:30;00:00;Sevilla;Teléfono;0;0;0;0;0;
14/05/2025;22:30;23:00;Zaragoza;Teléfono;1.024;1.000;990;24;8;96,7 %
"""
MORE = tuple(
    f"14/05/2025;{hour:02}:00;{hour:02}:30;Zaragoza;Teléfono;10;9;8;1;0;80,0 %" for hour in range(9, 19)
)
TOTAL = "Total;;;;;1167;1131;1106;37;9;94,8 %"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "params" / "runs").mkdir(parents=True)
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    (tmp_path / "data").mkdir()
    return tmp_path


def proposed(project: Path, file: Path) -> tuple[Run, str]:
    """Return the run file that a first look proposes, its questions answered as proposed."""
    text = new("small", [file], start=project).run_file.read_text("utf-8")
    kept = "\n".join(line.partition(DECIDE)[0] for line in text.splitlines())
    return load(Run, kept, name="small"), text


def test_a_spanish_report_with_day_and_clock_apart_totals_and_thousands(project: Path) -> None:
    file = project / "data" / "informe_intervalos.csv"
    file.write_text(SPANISH + "\n".join((*MORE, TOTAL, "")), encoding="cp1252")
    run, text = proposed(project, file)
    source = next(source for source in run.sources if source.table == "interval_counts")
    assert source.constants == {
        "within_seconds": "20", "short_seconds": "5", "short_inclusive": "false", "length": "1800",
    }  # fmt: skip
    assert source.values == {"channel": {"Teléfono": "phone"}}
    assert "1 of 15 rows left out, 14 stay; is that right?" in text
    assert "period: {start: 2025-05-14, end: 2025-05-14}" in text
    evidence = prepare(run, file.parent, project / "store")
    held = evidence.frame("interval_counts")
    late = held[held["starts_second"] > 22 * 3600].sort_values(["unit_id", "starts_second"])
    assert late["offered"].tolist() == [31, 12, 0, 1024]
    assert late["answered"].tolist() == [28, 13, 0, 1000]
    counts = held[["offered", "answered", "answered_in_time", "abandoned"]]
    assert counts.sum().tolist() == [1167, 1131, 1106, 37]
    assert evidence.totals[1].rows_quarantined == 0


def test_a_worksheet_with_titles_date_cells_clock_cells_and_a_sum(project: Path) -> None:
    from datetime import date, time

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Intervallbericht"])
    sheet.append([])
    sheet.append(["Standort", "Datum", "Von", "Bis", "Kanal", "Angebotene Anrufe", "Angenommene Anrufe",
                  "Innerhalb 60 Sek.", "Aufgelegt", "Servicelevel"])  # fmt: skip
    for hour in range(9, 17):
        clocks = (time(hour), time(hour, 15))
        sheet.append(["Leipzig", date(2025, 10, 14), *clocks, "Telefon", 20, 18, 15, 2, 0.75])
    sheet.append(["Summe", None, None, None, None, 160, 144, 120, 16, 0.75])
    file = project / "data" / "Intervallbericht.xlsx"
    book.save(file)
    run, _ = proposed(project, file)
    evidence = prepare(run, file.parent, project / "store")
    held = evidence.frame("interval_counts")
    assert held[["offered", "answered", "answered_in_time", "abandoned"]].sum().tolist() == [
        160,
        144,
        120,
        16,
    ]
    assert set(held["within_seconds"]) == {60}
    assert set(held["length"]) == {900}


def test_what_no_header_says_is_asked_and_a_percentage_is_no_count(project: Path) -> None:
    file = project / "data" / "queue_intervals.csv"
    rows = [f"Ops,phone,2025-05-{day:02} 09:00,{day + 10},{day},0.9{day:02}" for day in range(1, 9)]
    header = "site,channel,interval start,offered,answered within service level,service level %"
    file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    run, text = proposed(project, file)
    counts = next(source for source in run.sources if source.table == "interval_counts")
    assert counts.constants == {"within_seconds": "20", "length": "86400"}
    assert "within how many seconds was 'in time'? Nothing says it; 20 is assumed." in text
    assert "how long is an interval? Most start 1,440 minutes apart." in text
    assert "service level %" not in counts.columns.values()


def test_without_a_day_the_period_is_said_to_be_made_up(project: Path) -> None:
    file = project / "data" / "intervals.csv"
    file.write_text("site,channel,offered,answered\n" + "A,phone,3,2\nB,phone,4,4\n" * 4, encoding="utf-8")
    _, text = proposed(project, file)
    assert "no column was found that says when a record was, so these days are made up." in text
    assert "the records span these days" not in text


def test_registers_of_several_files_name_the_same_places(project: Path) -> None:
    for name in ("quejas", "reclamos"):
        rows = [f"{name}{each};Sevilla;2025-05-0{each} 10:00:00" for each in range(1, 6)]
        (project / "data" / f"{name}.csv").write_text("\n".join(["Ticket;Sede;Recibido", *rows, ""]))
    files = sorted((project / "data").iterdir())
    text = new("small", files, start=project).run_file.read_text("utf-8")
    run = load(Run, "\n".join(line.partition(DECIDE)[0] for line in text.splitlines()), name="small")
    evidence = prepare(run, project / "data", project / "store")
    again = [total for total in evidence.totals if total.table == "units"]
    assert [total.rows_kept for total in again] == [1, 0]
    assert not any(total.empty for total in again)


@given(seconds=st.integers(1, 600), words=st.sampled_from(["answered in {} s", "Atendidas en {} seg.",
       "Angenommen < {} Sek.", "Contacts answered in {} seconds", "<={}s", "within {} sec"]))  # fmt: skip
def test_a_limit_is_read_from_a_name(seconds: int, words: str) -> None:
    assert limit_named(words.format(seconds)) == seconds


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("answered in 2 min", 120),
        ("answered", 0),
        ("Q2 in 2025", 0),
        ("answered in time", 0),
        ("in 20 shops", 0),
    ],
)
def test_other_numbers_are_no_limit(name: str, seconds: int) -> None:
    assert limit_named(name) == seconds


VENDORS = {
    "amazon_connect_intervals": {"within_seconds": "20", "short_seconds": "15", "short_inclusive": "true"},
    "genesys_cloud_intervals": {"short_seconds": "10"},
    "cisco_ucce_intervals": {"within_seconds": "20", "channel": "phone"},
    "avaya_cms_intervals": {"channel": "phone"},
}


@pytest.mark.parametrize("name", VENDORS)
def test_four_vendors_intervals_say_who_was_handled_passed_on_and_gave_up_early(
    name: str, project: Path
) -> None:
    file = ROOT / "tests" / "exports" / f"{name}.csv"
    for folder in (path for path in (ROOT / "params").iterdir() if path.name != "runs"):
        (project / "params" / folder.name).symlink_to(folder)
    run, _ = proposed(project, file)
    source = next(source for source in run.sources if source.table == "interval_counts")
    assert source.constants == VENDORS[name]
    held = prepare(run, file.parent, project / "store").frame("interval_counts")
    early = "abandoned_short" if "short_seconds" in VENDORS[name] else "abandoned_in_time"
    assert (held[early] <= held["abandoned"]).all()
    assert held["flowed_out"].notna().all()
    if name == "avaya_cms_intervals":
        assert set(held["within_seconds"]) == {20}
        assert set(held["length"]) == {1800}
        assert run.period.start.isoformat() == "2025-01-06"
    else:
        assert (held["handle_seconds"] / held["answered"].replace(0, 1)).max() < 300
