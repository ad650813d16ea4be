"""What varies in an export of a known tool: the language of the tool's own columns, names that repeat."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from auditlib.errors import ParameterError
from auditlib.onboarding.new_run import new
from auditlib.onboarding.time_zones import zones_apart
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "tests" / "exports"
GERMAN = {
    "id": "Antwort ID",
    "submitdate": "Datum Abgeschickt",
    "lastpage": "Letzte Seite",
    "startlanguage": "Start-Sprache",
    "seed": "Zufallsstartwert",
    "startdate": "Datum gestartet",
    "datestamp": "Datum letzte Aktivit\u00e4t",
    "ipaddr": "IP-Adresse",
    "G01Q01": "Wie zufrieden waren Sie insgesamt mit Ihrem Einkauf?",
}
SPANISH = {
    "id": "ID de respuesta",
    "submitdate": "Fecha de env\u00edo",
    "lastpage": "\u00daltima p\u00e1gina",
    "startlanguage": "Lenguaje inicial",
    "seed": "Semilla",
    "startdate": "Fecha de inicio",
    "datestamp": "Fecha de la \u00faltima acci\u00f3n",
}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "params" / "runs").mkdir(parents=True)
    for folder in (path for path in (ROOT / "params").iterdir() if path.name != "runs"):
        (tmp_path / "params" / folder.name).symlink_to(folder)
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def exported(name: str) -> list[list[str]]:
    with (EXPORTS / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def proposed(project: Path, rows: list[list[str]]) -> str:
    """Return the run file proposed for an export."""
    path = project / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return new("trial", [path], start=project).run_file.read_text("utf-8")


@pytest.mark.parametrize("names", [GERMAN, SPANISH], ids=["German", "Spanish"])
def test_a_survey_is_recognised_in_the_language_of_its_export(project: Path, names: dict[str, str]) -> None:
    header, *rows = exported("limesurvey")
    pages = header.index("lastpage")
    for place, row in enumerate(rows):  # pages that could pass for a score from 1 to 5
        row[pages] = str(5 - place % 5)
    text = proposed(project, [[names.get(name, name) for name in header], *rows])
    assert "recognised as: LimeSurvey" in text
    run = yaml.safe_load(text)
    (survey,) = (source for source in run["sources"] if source["table"] == "responses")
    assert (survey["columns"]["response_id"], survey["columns"]["submitted"]) == (
        names["id"],
        names["submitdate"],
    )
    assert {each["column"] for each in survey["only"]} == {names["submitdate"]}
    assert names["lastpage"] not in survey["columns"].values()


def test_no_column_of_a_name_that_repeats_is_taken_for_the_words_of_the_customer(project: Path) -> None:
    header, *rows = exported("jira_service_management")
    header += ["Comment", "Comment"]
    said = [f"Hello, we have looked into it and will call on day {n} of the month." for n in range(len(rows))]
    text = proposed(project, [header, *([*row, "", words] for row, words in zip(rows, said, strict=True))])
    surveys = [source for source in yaml.safe_load(text)["sources"] if source["table"] == "responses"]
    assert surveys
    assert all("comment" not in survey["columns"] for survey in surveys)


def test_the_zone_is_asked_of_every_source_of_a_file_and_one_left_unlike_is_told(project: Path) -> None:
    text = proposed(project, exported("jira_service_management"))
    run = yaml.safe_load(text)
    dated = [source for source in run["sources"] if source["table"] != "units"]
    assert [source["dates"]["time_zone"] for source in dated] == ["UTC"] * len(dated)
    assert text.count("is assumed.") == len(dated) == 3
    apart = text.replace("time_zone: UTC}", "time_zone: Europe/Berlin}", 1)
    alike = text.replace("time_zone: UTC}", "time_zone: Europe/Berlin}")
    told = "export.csv is read in the zones Europe/Berlin and UTC"
    for written, said in ((text, False), (apart, True), (alike, False)):
        given = load(Run, written, name="trial")
        assert any(told in note for note in zones_apart(given)) is said
        assert bool(tuple(zones_apart(given))) is said


def test_outside_the_suite_no_file_is_blamed_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        with pytest.raises(ParameterError) as error:
            new("trial", [tmp_path / "export.csv"], start=tmp_path)
    finally:
        os.chdir(before)
    assert "new.yaml" not in str(error.value)
    assert "Go to the suite's folder" in str(error.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cfpb_complaints", "(Timely response?) is not read: the company's answer is dated nowhere"),
        (
            "jira_service_management",
            "Time to resolution; with a minus where it was missed) is not read: clocks",
        ),
    ],
)
def test_a_verdict_of_the_source_s_own_that_is_not_read_is_said_with_its_reason(
    project: Path, name: str, words: str
) -> None:
    """To the last word: a reason cut short is none."""
    text = proposed(project, exported(name))
    said = " ".join(line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#"))
    assert words in said
    assert "# Not mapped: " in text
