"""Tables of shares by month, as clients publish them, are proposed as published figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditlib.evidence import prepare
from auditlib.onboarding.month_names import months_named
from auditlib.onboarding.new_run import new
from auditlib.onboarding.remedies import date_remedy
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
EPOCH = date(1970, 1, 1).toordinal()
TABLES = {
    "publicerat.csv": """månad;andel_besvarade_inom_20_sek;andel_avbrutna
2025-09;67,3;7,5
2025-10;88,4;5,2
""",
    "veroeffentlicht.csv": """Monat;Servicelevel in 20 Sek %;Anteil abgebrochen
09/2025;67,3 %;7,5 %
10/2025;88,4 %;5,2 %
""",
    "published.csv": """month;share answered within 20 s;share abandoned
2025/09;0.673;0.075
2025/10;0.884;0.052
""",
    "named.csv": """month;share answered within 20 s;share abandoned
September 2025;67.3%;7.5%
October 2025;88.4%;5.2%
""",
    "short.csv": """month;share answered within 20 s;share abandoned
Sep-25;67.3%;7.5%
Oct-25;88.4%;5.2%
""",
    "svenska.csv": """månad;andel_besvarade_inom_20_sek;andel_avbrutna
september 2025;67,3;7,5
oktober 2025;88,4;5,2
""",
    "espanol.csv": """mes;contestadas en 20 s %;abandonadas %
Septiembre de 2025;67,3;7,5
oct. 2025;88,4;5,2
""",
    "long.csv": """month;measure;share
September 2025;answered within 20 s;67.3%
October 2025;answered within 20 s;88.4%
September 2025;abandoned;7.5%
October 2025;abandoned;5.2%
""",
    "lang.csv": """månad;mått;andel
september 2025;servicenivå inom 20 sek;67,3
oktober 2025;servicenivå inom 20 sek;88,4
september 2025;avbrutna;7,5
oktober 2025;avbrutna;5,2
""",
}


def proposed(folder: Path, name: str, text: str) -> str:
    (folder / "params" / "runs").mkdir(parents=True)
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    (folder / "data").mkdir()
    file = folder / "data" / name
    file.write_text(text, encoding="utf-8")
    return new("small", [file], start=folder).run_file.read_text("utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_shares_by_month_are_published_figures(tmp_path: Path, name: str) -> None:
    text = proposed(tmp_path, name, TABLES[name])
    run = load(Run, "\n".join(line.partition(DECIDE)[0] for line in text.splitlines()), name="small")
    figures_of = [source for source in run.sources if source.table == "published_figures"]
    assert [source.constants["measure"] for source in figures_of] == ["answered_within", "abandoned"]
    assert "did the client publish these shares?" in text
    figures = prepare(run, tmp_path / "data", tmp_path / "store").frame("published_figures")
    assert sorted(figures["value"]) == pytest.approx([0.052, 0.075, 0.673, 0.884])
    assert set(figures["rounded_to"]) == {0.001}
    days = zip(figures["period_start"], figures["period_end"], strict=True)
    assert {tuple(str(date.fromordinal(EPOCH + int(day))) for day in pair) for pair in days} == {
        ("2025-09-01", "2025-09-30"),
        ("2025-10-01", "2025-10-31"),
    }
    assert set(figures.loc[figures["measure"] == "answered_within", "limit_seconds"]) == {20}


def test_counts_by_month_are_no_shares(tmp_path: Path) -> None:
    text = proposed(tmp_path, "counts.csv", "month;answered;abandoned\n2025-09;67;7\n2025-10;88;5\n")
    assert "\n  - table: published_figures" not in text


def test_a_month_with_a_short_year_is_asked_about_once(tmp_path: Path) -> None:
    text = proposed(tmp_path, "short.csv", TABLES["short.csv"])
    assert text.count("is 'Sep-25' the month 2025-09? It could be a day.") == 1


def test_a_month_with_its_year_is_not_asked_about(tmp_path: Path) -> None:
    assert "It could be a day" not in proposed(tmp_path, "named.csv", TABLES["named.csv"])


@pytest.mark.parametrize("cells", [["January"], ["2025"], ["Jan 2025 Feb"], ["January 2025", "total"], []])
def test_what_names_no_month_is_none(cells: list[str]) -> None:
    assert months_named(cells) is None


@pytest.mark.parametrize(("cell", "written"), [
    ("September 2025", 'dates_of: {COLUMN: {formats: ["%B %Y"], of_month: first}}; of_month: last'),
    ("september 2025", 'dates_of: {COLUMN: {formats: ["%B %Y"], of_month: first}}; of_month: last'),
    ("maart 2025", 'and their meaning under values: {COLUMN: {maart 2025: "2025-03"}}; of_month: last'),
])  # fmt: skip
def test_check_says_how_months_by_name_are_read(cell: str, written: str) -> None:
    remedy = date_remedy([cell], ["%Y-%m-%d"], any_kept=False)
    assert remedy.startswith("They name months: write dates_of: ")
    assert written in remedy
