"""A first run file from a client's files: right where files can tell, marked where only people can."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditlib.errors import DataError, ParameterError
from auditlib.onboarding.column_facts import look_at_column
from auditlib.onboarding.column_matching import match
from auditlib.onboarding.date_formats import look_at_dates
from auditlib.onboarding.decoding import guess_delimiter, guess_encoding, look_at_text
from auditlib.onboarding.file_looks import look_at
from auditlib.onboarding.items import item_id, scale_of
from auditlib.onboarding.new_run import new
from auditlib.onboarding.propose import propose
from auditlib.onboarding.run_file_text import quoted, run_file_text
from auditlib.onboarding.vocabulary import likeness, simplified
from auditlib.parameters.checks import load_run
from auditlib.parameters.run import Run, Source
from auditlib.parameters.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "demo"


@pytest.fixture(scope="module")
def proposed() -> str:
    files = [path for path in sorted(DEMO.iterdir()) if path.is_file() and path.suffix != ".md"]
    looks = [look for path in files for look in look_at(path, file=path.name)]
    proposal = propose(looks, fallback=date(2025, 1, 1))
    return run_file_text(proposal, audit="trial", command="check", notebooks=["01_intake"])


@pytest.fixture(scope="module")
def pairs(proposed: str) -> list[tuple[Source, Source | None]]:
    truth = load_run((ROOT / "params/runs/demo.yaml").read_text("utf-8"), name="demo.yaml")
    found = {(source.file, source.sheet): source for source in load_run(proposed, name="trial.yaml").sources}
    return [(source, found.get((source.file, source.sheet))) for source in truth.sources]


def mapped(source: Source | None) -> set[tuple[str, str]]:
    """Return mappings; the id of an item is the auditor's choice, so only that it is one counts."""
    columns = source.columns.items() if source else ()
    return {("item" if name.startswith("q_") else name, column) for name, column in columns}


def test_every_demo_file_is_given_its_table(pairs: list[tuple[Source, Source | None]]) -> None:
    wrong = [f"{want.file} {want.sheet}" for want, got in pairs if got is None or got.table != want.table]
    assert wrong == []


def test_most_columns_of_the_demo_are_mapped_rightly(pairs: list[tuple[Source, Source | None]]) -> None:
    wanted = sum(len(mapped(want)) for want, _ in pairs)
    right = sum(len(mapped(want) & mapped(got)) for want, got in pairs)
    extra = [
        (want.file, sorted(mapped(got) - mapped(want))) for want, got in pairs if mapped(got) - mapped(want)
    ]
    missed = [
        (want.file, sorted(mapped(want) - mapped(got))) for want, got in pairs if mapped(want) - mapped(got)
    ]
    print(  # noqa: T201  # the measured share is worth seeing
        f"{right} of {wanted} columns proposed rightly ({right / wanted:.1%}); missed {missed}; wrong {extra}"
    )
    assert right / wanted >= 0.97
    assert sum(len(names) for _, names in extra) <= 2


def test_the_demo_files_are_decoded_as_they_are_written(pairs: list[tuple[Source, Source | None]]) -> None:
    wrong = [want.file for want, got in pairs if got is None or got.dialect != want.dialect]
    assert wrong == []


def test_dates_of_the_demo_are_read_in_the_right_order(pairs: list[tuple[Source, Source | None]]) -> None:
    for want, got in pairs:
        if got is not None and want.dates.formats[0].startswith(("%d", "%m")):
            assert set(want.dates.formats) <= set(got.dates.formats), want.file


def test_yes_and_no_of_the_demo_are_understood(pairs: list[tuple[Source, Source | None]]) -> None:
    for want, got in pairs:
        for column, cells in want.values.items():
            if set(cells.values()) <= {"true", "false"}:
                assert got is not None
                assert cells.items() <= got.values[column].items()


def test_a_unit_called_na_stays_a_unit(pairs: list[tuple[Source, Source | None]]) -> None:
    assert all("NA" not in got.missing for _, got in pairs if got is not None)


def test_scales_of_the_demo_are_recognised(proposed: str) -> None:
    run: Run = load_run(proposed, name="trial.yaml")
    items = run.instruments["transactional"].items
    assert {(item.scale.low, item.scale.high, item.scale.step) for item in items.values()} == {(1, 5, 0.5)}
    relation = run.instruments["relationship"].items
    assert relation["q_overall"].scale.labels["Sehr zufrieden"] == 5
    assert (relation["q_recommend"].scale.low, relation["q_recommend"].scale.high) == (0, 10)


def test_the_proposal_says_where_the_auditor_must_decide(proposed: str) -> None:
    assert "# DECIDE: the audited period" in proposed
    assert "day or month first?" in proposed
    assert proposed.startswith("# yaml-language-server: $schema=../schemas/run.schema.json")


@pytest.mark.parametrize(
    ("content", "encoding", "grounds"),
    [
        (b"a,b\n1,2\n", "utf-8", "plain ASCII"),
        ("a,b\nM\u00fcnchen,2\n".encode(), "utf-8", "beyond ASCII"),
        ("a,b\nM\u00fcnchen,2\n".encode("utf-8-sig"), "utf-8", "byte-order mark"),
        ("a,b\nM\u00fcnchen,2\n".encode("cp1252"), "cp1252", "M\u00fcnchen"),
        ("a,b\nM\u00fcnchen,2\n".encode("utf-16"), "utf-16", "byte-order mark"),
        (b"a,b\n\x81\xe9,2\n", "latin-1", "not utf-8 (byte 0x81)"),
    ],
)
def test_the_encoding_is_found_by_trial(tmp_path: Path, content: bytes, encoding: str, grounds: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    guess = guess_encoding(path, name="a.csv")
    assert guess.value == encoding
    assert grounds in guess.grounds


def test_a_letter_far_down_the_file_still_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,n\n" + b"abc,1\n" * 400_000 + b"K\xf6ln,2\n")
    assert guess_encoding(path, name="a.csv").value == "cp1252"


@pytest.mark.parametrize("content", [b"", b"a,b\n\x00\x00,1\n"])
def test_an_empty_or_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.csv"):
        look_at_text(path, name="a.csv")


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_sign_that_cuts_evenly(sign: str) -> None:
    text = "\n".join(sign.join(("id", "text", "n")) for _ in range(5))
    assert guess_delimiter(text).value == sign
    assert guess_delimiter("one column\nonly\n").doubt


def test_a_decimal_comma_does_not_beat_the_semicolon() -> None:
    assert guess_delimiter("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n").value == ";"


@pytest.mark.parametrize(
    ("cells", "form", "swapped"),
    [
        (["03.01.2024", "19.02.2024"], "%d.%m.%Y", False),
        (["03/01/2024", "19/02/2024"], "%d/%m/%Y", False),
        (["01/03/2024", "02/19/2024"], "%m/%d/%Y", False),
        (["01/03/2024", "02/11/2024"], "%d/%m/%Y", True),
        (["2024-01-03 10:11:12", "2024-02-19 01:02:03"], "%Y-%m-%d %H:%M:%S", False),
        (["2024-01-03T10:11:12Z", "2024-02-19T01:02:03Z"], "%Y-%m-%dT%H:%M:%SZ", False),
    ],
)
def test_the_order_of_day_and_month_is_proved_or_left_open(
    cells: list[str], form: str, *, swapped: bool
) -> None:
    dates = look_at_dates(cells)
    assert dates is not None
    assert dates.formats[0] == form
    assert bool(dates.swapped) is swapped


@pytest.mark.parametrize("cells", [["7"], ["abc"], ["U001", "U002"], ["31.06.2024"], []])
def test_what_is_no_date_is_none(cells: list[str]) -> None:
    assert look_at_dates(cells) is None


@pytest.mark.parametrize(
    ("cells", "scale"),
    [
        (["1", "2", "3", "4", "5"] * 20, (1, 5, 1)),
        (["1", "2,5", "3", "4.5", "5"] * 20, (1, 5, 0.5)),
        (["0", "7", "10", "9"] * 20, (0, 10, 1)),
        (["1", "7", "6", "2", "4"] * 20, (1, 7, 1)),
        (["1", "2", "3", "4", "5"] * 40 + ["99"], (1, 5, 1)),
        (["Very satisfied", "Satisfied", "Dissatisfied"] * 20, (1, 5, 1)),
    ],
)
def test_a_scale_is_the_narrowest_usual_one(cells: list[str], scale: tuple[float, float, float]) -> None:
    found = scale_of(look_at_column("Q1", cells))
    assert found is not None
    assert (found.low, found.high, found.step) == scale


@pytest.mark.parametrize("cells", [["007", "012", "003"], ["a", "b", "c"], ["1.37", "2.81", "4.22"] * 9, []])
def test_what_is_no_answer_has_no_scale(cells: list[str]) -> None:
    assert scale_of(look_at_column("x", cells)) is None


def test_an_item_is_named_for_its_question() -> None:
    assert item_id(look_at_column("Q7", ["1"], label="How friendly were we?")).startswith("q_")
    assert item_id(look_at_column("Freundlichkeit", ["1"])) == "q_courtesy"
    assert item_id(look_at_column("Frage 12", ["1"])) == "q_frage_12"


def test_names_are_compared_as_people_read_them() -> None:
    assert simplified("KundenNr.") == "kunden nr"
    assert simplified("Gr\u00f6\u00dfe_ID") == "groesse id"
    assert likeness("customerID", "customer id") == 1.0
    assert likeness("Case", "case no") == 0.95
    assert likeness("region", "queue") == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "NO",
        "007",
        "12:30",
        "a: b",
        "a #b",
        "- x",
        "",
        "tru\u00e9",
        "it's",
        '"',
        "*x",
        "&x",
        "!x",
        "\t",
        "0x1F",
    ],
)
def test_a_written_value_is_read_back_as_it_was(text: str) -> None:
    value = read_yaml(f"{quoted(text)}: [{quoted(text)}]", name="x").value
    assert value == {text: [text]}


def test_a_file_that_fits_no_table_is_said_to(tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    path.write_text("humidity,pressure\n0.33,1001.5\n0.41,998.25\n", encoding="utf-8")
    (look,) = look_at(path, file="weather.csv")
    assert match(look) is None


def project(tmp_path: Path) -> Path:
    for folder in ("params/runs", "notebooks", "data/acme"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/acme/sites.csv").write_text("Site;Name\n007;K\u00f6ln\n012;Bonn\n", encoding="utf-8")
    return tmp_path / "data/acme/sites.csv"


def test_new_writes_a_run_file_once(tmp_path: Path) -> None:
    file = project(tmp_path)
    written = new("acme", [file], start=tmp_path)
    text = written.run_file.read_text(encoding="utf-8")
    assert "unit_id: Site   # text: leading zeros are kept" in text
    assert written.placed == (("sites.csv", "units"),)
    with pytest.raises(ParameterError, match="exists already"):
        new("acme", [file], start=tmp_path)
    assert new("acme", [file], start=tmp_path, force=True).run_file == written.run_file


@pytest.mark.parametrize("name", ["../acme", "Acme", "a b", "", "acme/x", "-a", "a" * 64, "acme\n"])
def test_new_refuses_a_name_that_could_leave_the_folder(tmp_path: Path, name: str) -> None:
    file = project(tmp_path)
    with pytest.raises(ParameterError, match="cannot name an audit"):
        new(name, [file], start=tmp_path)


def test_new_says_when_a_file_is_not_there(tmp_path: Path) -> None:
    project(tmp_path)
    with pytest.raises(ParameterError, match="no such file"):
        new("acme", [tmp_path / "absent.csv"], start=tmp_path)


def test_hostile_cells_and_names_stay_text_in_the_run_file(tmp_path: Path) -> None:
    project(tmp_path)
    path = tmp_path / "data/acme/units.csv"
    path.write_text('unit_id,"name\n# x: &a !!python/object"\n"U1\x1b[31m",a\nU2,b\n', encoding="utf-8")
    text = new("acme", [path], start=tmp_path).run_file.read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert load_run(text.replace("notebooks:", "notebooks: {01_intake: {}}"), name="x").audit == "acme"


def messy_files(tmp_path: Path) -> list[Path]:
    """Write what a client may send: long questions as headings, words of their own, an id without a name."""
    units = "Standort-Nr.;Bezeichnung\n" + "".join(f"{n:03d};Ort {n}\n" for n in range(1, 9))
    answers = "".join(
        f"R-{n:03d};{n % 8 + 1:03d};{n % 28 + 1:02d}.02.2025 10:15;{n % 5 + 1};{n % 4 + 2};Nachfrage\n"
        for n in range(60)
    )
    head = "Antwort ID;Standort;Datum;Wie zufrieden insgesamt?;Wie wurde Ihr Anliegen gel\u00f6st?;Anlass\n"
    cases = "".join(
        f"B{n:04d},{n % 8 + 1:03d},2025-02-{n % 28 + 1:02d} 09:00:00,Wartezeit\n" for n in range(40)
    )
    contents = {
        "Standorte (final).csv": units,
        "Umfrage Export v2.csv": head + answers,
        "beschwerden.csv": "Kennung,Filiale,Eingang am,Grund\n" + cases,
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in contents]


def test_answers_on_a_scale_are_items_and_the_only_column_of_ids_is_proposed_as_the_key(
    tmp_path: Path,
) -> None:
    looks = [look for path in messy_files(tmp_path) for look in look_at(path, file=path.name)]
    text = run_file_text(
        propose(looks, fallback=date(2025, 1, 1)),
        audit="messy",
        command="check",
        notebooks=["01_intake", "03_compensation"],
    )
    sources = {source.table: source.columns for source in load_run(text, name="messy.yaml").sources}
    assert sources["responses"]["q_resolution"] == "Wie wurde Ihr Anliegen gel\u00f6st?"
    assert sources["responses"]["transaction_type"] == "Anlass"
    assert sources["complaints"]["complaint_id"] == "Kennung"
    assert "complaint_id: Kennung   # DECIDE" in text
    assert "  # 03_compensation: {}   # left out: none of the files is pay_links" in text
    assert "policies" not in text


def test_policies_are_named_where_a_file_can_show_what_they_demand(proposed: str) -> None:
    assert "policies: [escalation, complaint_limits, integrity, drivers]" in proposed
    assert load_run(proposed, name="trial.yaml").policies == (
        "escalation",
        "complaint_limits",
        "integrity",
        "drivers",
    )
