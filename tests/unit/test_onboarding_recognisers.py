"""Recognisers: what makes no sense in one is named, and which export a file is depends on its columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.errors import ParameterError
from auditlib.onboarding.new_run import new
from auditlib.onboarding.recogniser import Recogniser
from auditlib.onboarding.recognisers import read_recogniser, recognised, recognisers, simplified_name, zone_of

ROOT = Path(__file__).parents[2]

DESK = """
export: tickets of our own desk
source: its manual, page 12
signature: {all_of: [Vorgang, "Erstellt|Created", Note]}
own: [Bearbeiter]
feeds:
  - table: responses
    columns:
      response_id: Vorgang
      unit_id: Standort
      submitted: {name: "Erstellt|Created", formats: ["%d.%m.%Y %H:%M"]}
    constants: {survey_type: transactional}
    items:
      q_overall: {column: Note, wording: Wie zufrieden?, scale: {low: 1, high: 6, best: low}}
    stands_for: {submitted: creation of the case}
ask_next: [the day of each answer]
"""


def problems(change: tuple[str, str]) -> str:
    assert change[0] in DESK
    with pytest.raises(ParameterError) as caught:
        read_recogniser(DESK.replace(*change), name="desk.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("table: responses", "table: response", "desk.yaml, line 7, column 12: there is no canonical table"),
        ("response_id: Vorgang", "respons_id: Vorgang", "Did you mean 'response_id'?"),
        ("survey_type: transactional", "response_id: x", "stands under 'columns' and under 'constants'"),
        ("stands_for: {submitted", "stands_for: {submited", "has no column 'submited'"),
        ("all_of: [Vorgang, ", "all_off: [Vorgang, ", "'all_off' is no key"),
        ('{all_of: [Vorgang, "Erstellt|Created", Note]}', "{some_of: [Note]}", "nothing tells this export"),
        ("response_id: Vorgang", "response_id: {name: Vorgang, line: true}", "exactly one of them"),
        ("response_id: Vorgang", "response_id: {duration: Note}", "a duration lies after another instant"),
        (
            "response_id: Vorgang",
            "response_id: {duration: Note, after: created}",
            "'created' is no instant that this table is given",
        ),
        ("table: responses", "table: complaints", "questions belong to table: responses"),
        ("signature: {", 'signature: {cells: {Note: "[1-"}, ', "is no regular expression"),
        ("source: its manual, page 12\n", "", "'source' is missing"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_place(before: str, after: str, said: str) -> None:
    assert said in problems((before, after))


def test_codes_of_the_contract_are_held(tmp_path: Path) -> None:
    text = DESK.replace("survey_type: transactional", "survey_type: transactional, anonymous: ja")
    with pytest.raises(ParameterError, match="'ja' is no code of 'anonymous'"):
        read_recogniser(text, name="desk.yaml")


def test_every_recogniser_of_the_project_is_sound_and_cites_its_layout() -> None:
    known = recognisers(ROOT)
    assert len(known) >= 20
    for name, one in known.items():
        assert len(one.source) > 15, name
        assert one.ask_next, name


def found(header: list[str], known: dict[str, Recogniser], **more: object) -> tuple[str, ...]:
    return recognised(known, form="csv", header=header, header_rows=1, cells={}, **more)  # type: ignore[arg-type]


def test_a_file_is_what_names_most_of_its_columns() -> None:
    desk = read_recogniser(DESK, name="desk.yaml")
    wider = read_recogniser(DESK.replace("own: [Bearbeiter]", "own: [Bearbeiter, Team]"), name="wider.yaml")
    known = {"desk": desk, "wider": wider}
    assert found(["vorgang", "CREATED", "note"], known) == ("desk", "wider")
    assert found(["vorgang", "CREATED", "note", "Team"], known) == ("wider", "desk")
    assert found(["vorgang", "CREATED"], known) == ()


def test_a_zone_behind_a_name_does_not_hide_it() -> None:
    assert simplified_name("Conversation started at (America/New_York)") == "conversation started at"
    assert zone_of("Conversation started at (America/New_York)") == "America/New_York"
    assert zone_of("Submit Date (UTC)") == "UTC"
    assert simplified_name("Duration (in seconds)") == "duration in seconds"
    assert zone_of("Duration (in seconds)") == ""


def test_a_recogniser_of_ones_own_is_used_like_the_others(tmp_path: Path) -> None:
    for folder in ("params/runs", "params/exports", "notebooks", "data"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "params/exports/desk.yaml").write_text(DESK, encoding="utf-8")
    rows = "".join(f"V{n};{n % 28 + 1:02d}.03.2025 09:00;{n % 6 + 1};Ort {n % 3}\n" for n in range(60))
    file = tmp_path / "data/tickets.csv"
    file.write_text("Vorgang;Erstellt;Note;Standort\n" + rows, encoding="utf-8")
    written = new("desk", [file], start=tmp_path)
    text = written.run_file.read_text(encoding="utf-8")
    assert written.placed == (("tickets.csv", "units"), ("tickets.csv", "responses"))
    assert "tickets.csv is recognised as: tickets of our own desk" in text
    assert "scale: {low: 1, high: 6, best: low}" in text
    assert "submitted: creation of the case" in text
    assert "#   - the day of each answer" in text


def test_a_wrong_recogniser_stops_with_its_place(tmp_path: Path) -> None:
    for folder in ("params/runs", "params/exports", "notebooks", "data"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "params/exports/desk.yaml").write_text("export: x\n", encoding="utf-8")
    (tmp_path / "data/a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"params/exports/desk\.yaml"):
        new("desk", [tmp_path / "data/a.csv"], start=tmp_path)


def test_a_log_with_many_rows_a_case_is_no_list_of_cases() -> None:
    text = DESK.replace("Note]}", "Note], unique: [Vorgang]}")
    known = {"desk": read_recogniser(text, name="desk.yaml")}
    header = ["Vorgang", "Created", "Note"]
    for cells, names in ((["1", "2", "3"], ("desk",)), (["1", "1", "2"], ())):
        cases = {"Vorgang": cells}
        assert recognised(known, form="csv", header=header, header_rows=1, cells=cases) == names
