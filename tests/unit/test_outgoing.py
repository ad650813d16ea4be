"""What may be shown of a value or a text: pseudonyms, personal numbers, names, signs that cannot be seen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_company import Evidence, company, rows, run

from auditlib.audit.national_numbers import FORMS, holds
from auditlib.audit.outgoing import Outgoing
from auditlib.audit.pseudonyms import FORM, Pseudonyms
from auditlib.audit.redaction import Names, redact, without_contacts
from auditlib.audit.session import Audit
from auditlib.contracts import TABLES, ColumnKind
from auditlib.contracts.identities import LETTERS, kind_of, kind_of_case
from auditlib.figures.style import new_axes
from auditlib.records import Basis, CaseReference, Finding, Grade, Number, Sentence, Ungrouped

SECRET = bytes(range(32))
NATIONAL = {
    "US": ("078-05-1120", "978-05-1120"), "GB": ("AB 12 34 56 C", "BG 12 34 56 C"),
    "GB health": ("943 476 5919", "943 476 5918"), "IT": ("RSSMRA85T10A562S", "RSSMRA85T10A562T"),
    "DE": ("86095742719", "86095742718"), "FR": ("255081416802538", "255081416802539"),
    "ES": ("12345678Z", "12345678A"), "ES foreign": ("X1234567L", "X1234567T"),
    "CH": ("756.1234.5678.97", "756.1234.5678.98"), "SE": ("811218-9876", "811218-9875"),
    "NO": ("15076500565", "15076500569"), "DK": ("310180-1234", "300280-1234"),
    "FI": ("131052-308T", "131052-308U"), "BR": ("111.444.777-35", "111.444.777-36"),
    "IN": ("2341 2341 2346", "2341 2341 2345"), "PL": ("44051401359", "44051401358"),
    "IE": ("1234567T", "1234567U"), "CA": ("046 454 286", "046 454 287"),
    "PT": ("245796312", "245796318"), "PT grouped": ("PT 245 796 312", "PT 245 796 318"),
    "NL": ("111222333", "111222334"), "BE": ("85.07.30-033.28", "85.07.30-033.29"),
    "GB health, plain": ("4010232137", "4010232139"), "AT": ("1237 010180", "1238 010180"),
    "CZ": ("710319/2745", "710319/2746"), "RO": ("1630615123457", "1630615123458"),
    "BG": ("7523169263", "7524169263"), "HR": ("33392005961", "33392005962"),
    "GR": ("01013099997", "01013099998"), "EE": ("36805280109", "36805280108"),
    "HU": ("123 456 788", "123 456 787"), "IS": ("0101800239", "0101800249"),
    "SI": ("0101006500006", "0101006500007"), "LU": ("1980010112302", "1980010112303"),
    "TR": ("17291716060", "17291716050"), "RU": ("112-233-445 95", "112-233-445 96"),
    "AU": ("123 456 782", "123 456 783"), "AR": ("20-05536168-2", "20-05536168-3"),
    "CL": ("12.531.909-2", "12.531.909-3"), "CN": ("360426199101010071", "360426199101010072"),
    "KR": ("971013-1019902", "971313-1019902"), "MX": ("BOXW310820HNERXN09", "BOXW310820HNERXN08"),
    "MY": ("770305-02-1234", "771305-02-1234"), "SG": ("S1234567D", "S1234567A"),
    "TH": ("3-1005-13462-35-3", "3-1005-13462-35-2"), "ZA": ("7503305044089", "7503305044088"),
    "IN tax": ("ACUPA7085R", "ACUCA7085R"), "US tax": ("912-90-3456", "912-45-3456"),
}  # fmt: skip
"""A number of each country, and one that its check digit, or its day, rules out."""


def is_number(text: str) -> bool:
    return any(holds(found[0], sound) for form, sound in FORMS for found in form.finditer(text))


@pytest.mark.parametrize("country", NATIONAL)
def test_a_national_number_is_told_by_its_check_digit(country: str) -> None:
    right, wrong = NATIONAL[country]
    assert is_number(f"It is {right}.")
    assert right not in without_contacts(f"It is {right}.")
    assert not is_number(f"It is {wrong}.")


@pytest.mark.parametrize(
    "private",
    [
        "DE89370400440532013000", "gb29nwbk60161331926819", "4111111111111111", "3782 822463 10005",
        "192.168.17.44", "2001:db8::ff00:42:8329", "fe80::1", "10.11.12.13", "192.168.001.044",
        "10.1.2.3:8080", "::ffff:10.11.12.13", "fd12:3456:789a::1", "00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7",
        "rssmra85t10a562s", "\u0664\u0664\u0660\u0665\u0661\u0664\u0660\u0661\u0663\u0665\u0669",
        "\u7528\u6237@\u4f8b\u3048.jp",
        "ada@[192.0.2.7]", "o'hara+x@mail.example",
        "00 33 1 23 45 67 89", "1-800-555-0199", "98765 43210", "(11) 91234-5678",
    ],
)  # fmt: skip
def test_ways_to_reach_a_person_are_removed(private: str) -> None:
    assert private not in without_contacts(f"Reach me: {private}.")


@pytest.mark.parametrize(
    "own",
    [
        "DE88370400440532013000", "4111111111111112", "10:22:11", "clause 8.2.1.4", "U1::U2", "4711-0815",
        "2024-05 to 2025-06", "86095742718", "1234567890123", "999-99-9999", "aaa@aaaa.aaa", "100000000",
        "2.1.3.12", "clause 10.1.2.3", "version 10.2.3.4", "1.2.3.4", "123,456,782", "0.111222333",
        "1735689600000", "20250131123456",
    ],
)  # fmt: skip
def test_a_party_s_own_numbers_stay(own: str) -> None:
    assert without_contacts(f"It is {own} here") == f"It is {own} here"


def test_streets_are_removed_where_a_person_wrote() -> None:
    said = "I live at 12 Rose Street, Hauptstra\u00dfe 5, 14 rue de Rivoli or Calle Mayor 12"
    gone = "[address removed]"
    assert redact(said) == f"I live at {gone}, {gone}, {gone} or {gone}"


def test_names_are_found_in_any_case_order_and_accent() -> None:
    names = Names(frozenset(["Ada Sommerfeld", "Jos\u00e9 Ruiz-Gil", "Cher"]))
    assert names.removed("SOMMERFELD, Ada; ada  sommerfeld; Jose Ruiz-Gil") == "; ".join(
        ["[name removed]"] * 3
    )
    assert names.removed("Sommerfeld and Cher") == "Sommerfeld and Cher"
    assert names.removed("Sommerfeld and Cher", alone=True) == "[name removed] and [name removed]"


class TestPseudonyms:
    def test_every_column_of_ids_has_a_kind_and_every_kind_a_letter_of_its_own(self) -> None:
        ids = {
            column.name
            for table in TABLES.values()
            for column in table.columns
            if column.kind is ColumnKind.ID
        }
        assert {kind_of(name) for name in ids - {"unit_id"}} <= set(LETTERS)
        assert all(kind_of(name) for name in ids - {"unit_id"})
        assert kind_of("unit_id") == kind_of("question") == ""
        assert kind_of("ticket_id") == "other ids"
        assert len(set(LETTERS.values())) == len(LETTERS)

    def test_an_id_has_the_same_one_wherever_it_stands(self) -> None:
        assert kind_of("delegate_for") == kind_of("owner_id") == kind_of("person_id") == "employees"
        assert kind_of_case("incident_events") == kind_of("case_id")
        assert kind_of_case("complaint_events") == kind_of("complaint_id")
        assert kind_of_case("units") == kind_of_case("") == ""

    def test_it_is_short_and_begins_with_the_letter_of_its_kind(self) -> None:
        shown = Pseudonyms(SECRET).of("responses", "R1")
        assert FORM.fullmatch(shown)
        assert shown[0] == "R"
        assert len(shown) == 11

    def test_kinds_and_audits_are_told_apart(self) -> None:
        one, other = Pseudonyms(SECRET), Pseudonyms(bytes(32)[:-1] + b"\x01")
        made = {one.of("responses", "7")[1:], one.of("customers", "7")[1:], other.of("responses", "7")[1:]}
        assert len(made) == 3

    def test_none_of_two_hundred_thousand_ids_share_one(self) -> None:
        makes = Pseudonyms(SECRET)
        assert len({makes.of("customers", f"C{number}") for number in range(200_000)}) == 200_000


def evidence(units: tuple[str, ...] = ("U1", "ada@example.org"), secret: bytes | None = SECRET) -> Evidence:
    made = company()
    register = rows("units", *({"unit_id": unit, "name": f"Desk {unit}"} for unit in units))
    accounts = rows("accounts", {"account_id": "A-7", "name": "Peter Falkenrath"})
    return replace(made, held={**made.held, "units": register, "accounts": accounts}, secret=secret)


class TestValues:
    def test_ids_of_persons_are_pseudonyms_and_units_stay(self) -> None:
        out = Outgoing(evidence())
        assert FORM.fullmatch(out.value("customer_id", "C1"))
        assert out.value("unit_id", "U1") == "U1"
        assert out.value("line", 7) == 7
        assert out.value("customer_id", None) is None

    def test_without_a_key_ids_stay_unless_they_are_personal(self) -> None:
        out = Outgoing(evidence(secret=None))
        assert out.value("customer_id", "C1") == "C1"
        assert FORM.fullmatch(out.value("customer_id", "ada@example.org"))

    def test_personal_values_stay_two(self) -> None:
        out = Outgoing(evidence())
        shown = {out.value("cause_code", f"see {name}@example.org") for name in ("ada", "bob")}
        assert len(shown) == 2
        assert all(FORM.fullmatch(one) for one in shown)

    def test_a_unit_with_personal_data_has_one_name_in_cells_keys_and_words(self) -> None:
        out = Outgoing(evidence())
        shown = out.value("unit_id", "ada@example.org")
        assert out.text("In unit ada@example.org") == f"In unit {shown}"
        basis = Basis("units", (("unit_id", "ada@example.org"),))
        number, changed = out.number(Number("share:ada@example.org:all", 0.5, basis=(basis,)), {})
        assert number.key == f"share:{shown}:all"
        assert number.basis[0].where == (("unit_id", shown),)
        assert changed == {"ada@example.org": shown}

    def test_numbers_of_units_are_their_own_where_check_digits_are_chance(self) -> None:
        many = tuple(f"8609574271{last}" for last in range(10))
        assert Outgoing(evidence(units=many)).value("unit_id", "86095742719") == "86095742719"
        assert Outgoing(evidence(units=many)).text("unit 86095742719 is late") == "unit 86095742719 is late"
        alone = Outgoing(evidence(units=("U1", "86095742719")))
        assert FORM.fullmatch(alone.value("unit_id", "86095742719"))
        assert "86095742719" not in alone.text("unit 86095742719 is late")

    @pytest.mark.parametrize("secret", [None, SECRET])
    def test_a_number_is_an_id_of_the_party_only_where_ids_are_shown(self, secret: bytes | None) -> None:
        made = evidence(units=("111222333", "111222334", "111222335"), secret=secret)
        held = {**made.held, "customers": rows("customers", {"customer_id": "245796312"})}
        text = Outgoing(replace(made, held=held)).text("of 111222333 and 245796312, called 123456789")
        shown = "245796312" if secret is None else "[number removed]"
        assert text == f"of 111222333 and {shown}, called [number removed]"

    def test_a_unit_that_is_a_person_s_number_with_letters_is_judged_with_those_of_its_form(self) -> None:
        assert FORM.fullmatch(Outgoing(evidence(units=("U1", "12345678Z"))).value("unit_id", "12345678Z"))
        desks = tuple(f"1234567{last}Z" for last in range(10))
        assert Outgoing(evidence(units=desks)).value("unit_id", "12345678Z") == "12345678Z"
        assert Outgoing(evidence(units=desks)).text("In 12345678Z") == "In 12345678Z"

    def test_names_of_accounts_and_staff_leave_words(self) -> None:
        assert (
            Outgoing(evidence()).text("FALKENRATH, Peter and Ada Sommerfeld")
            == "[name removed] and [name removed]"
        )

    def test_an_account_that_a_sentence_quotes_has_its_pseudonym(self) -> None:
        out = Outgoing(evidence())
        assert (
            out.text("vacant for account 'A-7'") == f"vacant for account '{out.value('account_id', 'A-7')}'"
        )

    def test_a_case_named_by_its_place_keeps_it(self) -> None:
        out = Outgoing(evidence())
        assert out.case(CaseReference("responses", "responses.csv:7")).id == "responses.csv:7"
        assert FORM.fullmatch(out.case(CaseReference("responses", "R7:7")).id)

    @pytest.mark.parametrize("sign", ["\x00", "\x08", "\u202e", "\ufffe", "\x1b"])
    def test_signs_that_cannot_be_seen_leave_everything(self, sign: str) -> None:
        out = Outgoing(evidence())
        assert out.value("unit_id", f"U{sign}1") == out.text(f"U{sign}1") == "U\ufffd1"
        assert out.key(f"share:U{sign}1", {}) == "share:U\ufffd1"


class TestAudit:
    @pytest.fixture
    def audit(self, tmp_path: Path) -> Audit:
        return Audit(run(), evidence(), notebook="01_intake", question="Can it?", work=tmp_path)

    def recorded(self, audit: Audit, folder: Path) -> str:
        audit.close()
        text = (folder / "results" / "01_intake.json").read_text(encoding="utf-8")
        files = [path.read_text("utf-8") for path in sorted((folder / "exhibits").glob("*.svg"))]
        return text + "".join(files)

    def test_tables_numbers_sentences_and_findings_say_the_same_pseudonym(
        self, audit: Audit, tmp_path: Path
    ) -> None:
        basis = (Basis("responses", (("response_id", "R-secret"),)),)
        audit.number(Number("hours:R-secret", 5.0, "hours", basis=basis))
        frame = pd.DataFrame({"response_id": ["R-secret"], "hours": [5.0]})
        audit.table(
            "worst", frame, title="Worst of R-secret", basis=Basis("responses"), keys=["hours:R-secret"]
        )
        audit.say(Sentence("Response R-secret took 5.0 hours.", ("hours:R-secret",)))
        found = Finding(
            "A: B", "R-secret took 5.0 hours", "", "", "", Grade.MINOR, "R-secret",
            ("01_intake/hours:R-secret",),
            cases=(CaseReference("responses", "R-secret", "U1", "late"),),
        )  # fmt: skip
        audit.finding(found)
        content = json.loads(self.recorded(audit, tmp_path))
        shown = Outgoing(evidence()).value("response_id", "R-secret")
        assert content["exhibits"][0]["rows"] == [[shown, "5"]]
        assert content["exhibits"][0]["references"] == [["", f"hours:{shown}"]]
        assert content["sentences"][0]["text"] == f"Response {shown} took 5.0 hours."
        assert content["findings"][0]["cases"][0]["id"] == shown
        assert content["findings"][0]["evidence"] == [f"01_intake/hours:{shown}"]
        assert content["findings"][0]["subject"] == shown
        assert "R-secret" not in json.dumps(content).replace("Worst of R-secret", "")

    def test_cases_that_are_handed_over_whole_are_pseudonyms_too(self, audit: Audit, tmp_path: Path) -> None:
        many = tuple(CaseReference("responses", f"secret{number}", "U1", "late") for number in range(201))
        audit.finding(Finding("A: B", "All", "", "", "", Grade.MINOR, "s", cases=many))
        self.recorded(audit, tmp_path)
        handed = pd.read_parquet(tmp_path / "exhibits" / "01_intake-cases.parquet")
        assert not handed["id"].str.contains("secret").any()
        assert handed["id"].str.fullmatch(FORM.pattern).all()

    def test_figures_pass_the_same_door(self, audit: Audit, tmp_path: Path) -> None:
        ax = new_axes(height=2)
        ax.barh(["ada@example.org", "Desk of Ada Sommerfeld", "U\x08\u202e1"], [1, 2, 3])
        ax.set_title("+49 30 9018205")
        ax.set_yticks([0, 1, 2], ["ada@example.org", "Desk of Ada Sommerfeld", "U\x08\u202e1"])
        ax.annotate("Peter Falkenrath", (1, 1))
        shown: Any = audit.figure(
            "f", lambda _: ax, Ungrouped(), title="Ada Sommerfeld", alt="ada@example.org"
        )
        text = self.recorded(audit, tmp_path) + repr(shown) + shown.svg
        for private in ("ada@example", "Sommerfeld", "9018205", "Falkenrath", "\x08", "\u202e"):
            assert private not in text
        assert Outgoing(evidence()).value("unit_id", "ada@example.org") in shown.svg
        assert "[telephone removed]" in shown.svg


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\u202e", "\ufffe"])
def test_a_unit_whose_name_cannot_be_seen_has_a_complete_report(tmp_path: Path, sign: str) -> None:
    from small_report import page

    made = company()
    register = rows(
        "units", *({"unit_id": f"{unit}{sign}", "name": f"{sign}D"} for unit in ("U1", "U2", "U3"))
    )
    changed = {"units": register}
    for table in ("invitations", "responses"):
        given = made.held[table].to_pylist()
        changed[table] = rows(table, *({**row, "unit_id": f"{row['unit_id']}{sign}"} for row in given))
    text = page(tmp_path, evidence=replace(made, held={**made.held, **changed}))
    assert sign not in text
    assert "<svg" in text
    assert text.rstrip().endswith("</html>")


def test_the_evidence_is_searched_only_for_what_could_be_a_number_of_a_person() -> None:
    """Searching it for every run of digits took minutes where ids are shown."""
    asked: list[object] = []

    class Own:
        def __contains__(self, value: object) -> bool:
            asked.append(value)
            return True

    sound, unsound = "756.9217.0769.85", "756.9217.0769.86"
    text = f"Case 123456789012, {unsound}, {sound}, on 2024-05-01 at line 1,234."
    assert without_contacts(text, own_numbers=Own()) == text
    assert asked == [sound]


def test_every_id_column_of_a_table_has_a_letter() -> None:
    """Without one a pseudonym of its ids could be neither made nor resolved."""
    columns = [column for table in TABLES.values() for column in table.columns if kind_of(column.name)]
    assert {kind_of(column.name) for column in columns} <= set(LETTERS)
