"""What is recorded is what was shown: keys, rounding, suppression, redaction, the same bytes every time."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from small_company import company, run

from auditlib import audit as room
from auditlib import reliability
from auditlib.audit.display import AlreadyShown, FigureView, TableView
from auditlib.audit.fingerprint import fingerprint
from auditlib.audit.redaction import neutralised, redact, without_contacts
from auditlib.audit.rounding import plain, rounded
from auditlib.audit.session import Audit
from auditlib.disclosure import MinimumFrequency, without_small
from auditlib.errors import AuditError
from auditlib.figures.style import new_axes
from auditlib.records import Basis, Finding, Grade, Interval, Number, Sentence, Ungrouped
from auditlib.statements.formats import format_value

KEPT = Basis("responses", (("in_period", True),))


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return Audit(run(), company(), notebook="01_intake", question="Can it?", work=tmp_path)


def recorded(audit: Audit, folder: Path) -> dict[str, Any]:
    audit.close()
    content: dict[str, Any] = json.loads((folder / "results" / "01_intake.json").read_text(encoding="utf-8"))
    return content


def view(shown: object) -> TableView:
    assert isinstance(shown, TableView)
    return shown


def finding(**changes: Any) -> Finding:
    parts = {"criterion": "A2: Two survey types", "condition": "One", "cause": "", "effect": "",
             "recommendation": "", "grade": Grade.MAJOR, "subject": "surveys"}  # fmt: skip
    return Finding(**(parts | changes))


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "stored"),
        [(1 / 3, 0.3333333333), (2 / 3e12, 6.666666667e-13), (123456789.123456, 123456789.1), (-0.0, 0.0)],
    )
    def test_ten_significant_digits(self, value: float, stored: float) -> None:
        assert repr(rounded(value)) == repr(stored)

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_what_is_no_number_is_refused(self, value: float) -> None:
        with pytest.raises(ValueError, match="None with a reason"):
            rounded(value)

    def test_everything_becomes_built_in(self) -> None:
        frame = pd.DataFrame({"n": [1], "x": [1 / 3]})
        assert plain({"n": frame["n"].iloc[0], "x": (frame["x"].iloc[0],)}) == {"n": 1, "x": [0.3333333333]}


class TestFormats:
    @pytest.mark.parametrize(
        ("value", "unit", "text"),
        [
            (0.81249, "share", "81.2%"),
            (0.0004, "share", "< 0.1%"),
            (0.0, "share", "0.0%"),
            (1.0, "share", "100.0%"),
            (12345, "rows", "12,345"),
            (-0.301, "points", "\N{MINUS SIGN}0.30"),
            (-0.001, "points", "0.00"),
            (202403, "month", "2024-03"),
            (0.0004, "probability", "< 0.001"),
            (None, "share", "\N{EN DASH}"),
            (True, "flag", "yes"),
            ("met", "", "met"),
            (3.0, "", "3"),
        ],
    )
    def test_one_format_per_unit(self, value: Any, unit: str, text: str) -> None:
        assert format_value(value, unit) == text


class TestSuppression:
    @pytest.mark.parametrize(("n", "hidden"), [(0, False), (1, True), (4, True), (5, False), (6, False)])
    def test_cells_below_the_minimum(self, n: int, hidden: bool) -> None:
        assert MinimumFrequency(5).hides(n) is hidden

    def test_a_number_loses_value_interval_and_n(self) -> None:
        number = without_small(Number("a", 0.5, "share", 4, Interval(0.1, 0.9)), minimum=MinimumFrequency(5))
        assert (number.value, number.n, number.interval) == (None, None, None)
        assert "fewer than 5" in number.reason

    def test_a_plain_count_is_shown(self) -> None:
        assert without_small(Number("a", 3, "rows"), minimum=MinimumFrequency(5)).value == 3

    def test_a_row_of_a_table_is_hidden(self, audit: Audit, tmp_path: Path) -> None:
        frame = pd.DataFrame({"unit_id": ["U1", "U2"], "n": [4, 5], "mean": [1.5, 4.25]})
        shown = view(audit.table("t", frame, title="T", basis=KEPT))
        assert shown.table.rows == (("U1", "< 5", "suppressed"), ("U2", "5", "4.25"))
        content = recorded(audit, tmp_path)
        assert "1.5" not in json.dumps(content)

    def test_limits_of_a_hidden_rate_are_hidden_too(self, audit: Audit) -> None:
        rates = audit.ask(reliability.response_rates)
        shown = view(audit.table("rates", rates, title="Rates"))
        rows = {row[0]: row[2:] for row in shown.table.rows}
        assert rows["U1"] == ("< 5", *("suppressed",) * 3)
        assert rows["U2"] == ("< 5", "20.0%", "3.6%", "62.4%")  # the share goes too, once the run is whole


class TestRedaction:
    @pytest.mark.parametrize(
        "private",
        ["ada@example.org", "+49 30 123-4567", "0171 2345678", "(555) 123-4567", "0044 20 7946 0958",
         "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111",
         "NIF 245796312", "social security no. 123 456 78"],
    )  # fmt: skip
    def test_ways_to_reach_a_person_are_removed(self, private: str) -> None:
        cleaned = redact(f"Reach me: {private}.")
        assert private not in cleaned
        assert "removed]" in cleaned

    @pytest.mark.parametrize(
        "harmless",
        ["2024-03-05 10:22:11", "05.03.2024 10:22", "31/12/2024", "010001", "1,234,567", "0012345", "99.95",
         "3f1a0b0293847561029384756", "R000123", "2024-03-05T10:22:11Z"],
    )  # fmt: skip
    def test_dates_ids_and_numbers_stay(self, harmless: str) -> None:
        assert without_contacts(harmless) == harmless

    def test_names_are_removed(self) -> None:
        text = redact("Ada Sommerfeld and Mr. Smith; Sommerfeld again", names=["Ada Sommerfeld"])
        assert text == "[name removed] and Mr [name removed]; [name removed] again"

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " @"])
    def test_formulas_are_quoted(self, start: str) -> None:
        assert neutralised(f"{start}SUM(A1)") == f"'{start}SUM(A1)"

    def test_other_text_is_not(self) -> None:
        assert neutralised("a=b") == "a=b"

    def test_it_happens_before_anything_is_shown_or_stored(self, audit: Audit, tmp_path: Path) -> None:
        shown = audit.table("ex", audit.ask(reliability.examples), title="Examples")
        content = json.dumps(recorded(audit, tmp_path))
        for text in (repr(shown), view(shown)._repr_html_(), content):
            assert "example.org" not in text
            assert "Sommerfeld" not in text
            assert "=9+9" in text
            assert "'=9+9" in text or "&#x27;=9+9" in text


class TestKeys:
    def test_each_number_of_a_table_has_one(self, audit: Audit, tmp_path: Path) -> None:
        frame = pd.DataFrame({"unit_id": ["U1", "U2"], "share": [0.25, 0.5]})
        audit.table("t", frame, title="T", basis=KEPT)
        content = recorded(audit, tmp_path)
        numbers = {number["key"]: number for number in content["numbers"]}
        assert content["exhibits"][0]["references"] == [["", "t.share:U1"], ["", "t.share:U2"]]
        assert numbers["t.share:U1"]["value"] == 0.25
        assert numbers["t.share:U1"]["basis"][0]["where"] == [["in_period", True], ["unit_id", "U1"]]

    def test_the_results_own_numbers_come_first(self, audit: Audit) -> None:
        shown = view(audit.table("reliability", audit.ask(reliability.reliability).exhibit(), title="R"))
        assert "rows_in:responses" in shown.table.keys
        assert not [key for key in shown.table.keys if key.startswith("reliability.")]

    def test_labels_need_none(self, audit: Audit) -> None:
        frame = pd.DataFrame({"file": ["a.csv"], "line": [17], "first_month": [202401]})
        assert view(audit.table("t", frame, title="T")).table.keys == ()

    def test_a_table_without_a_basis_is_refused(self, audit: Audit) -> None:
        with pytest.raises(AuditError, match="without the rows they rest on"):
            audit.table("t", pd.DataFrame({"unit_id": ["U1"], "share": [0.5]}), title="T")

    def test_a_cell_that_differs_from_its_number_is_refused(self, audit: Audit) -> None:
        audit.number(Number("share:U1", 0.5, "share"))
        with pytest.raises(AuditError, match=r"recorded as 0\.5"):
            audit.table("t", pd.DataFrame({"unit_id": ["U1"], "share": [0.51]}), title="T", basis=KEPT)

    def test_a_taken_key_is_refused(self, audit: Audit) -> None:
        audit.number(Number("a", 1))
        audit.number(Number("a", 1))
        with pytest.raises(AuditError, match="recorded as 1"):
            audit.number(Number("a", 2))

    def test_a_sentence_that_names_an_unknown_number_is_refused(self, audit: Audit) -> None:
        audit.say(Sentence("Half of them.", ("nowhere",)))
        with pytest.raises(AuditError, match="'nowhere', which is not recorded"):
            audit.close()

    @pytest.mark.parametrize("text", ["There are 17 units.", "It rose by 3.5% a year.", "1,000 rows"])
    def test_a_number_without_a_key_is_refused(self, audit: Audit, text: str) -> None:
        audit.say(Sentence(text))
        with pytest.raises(AuditError, match="states a number and names none"):
            audit.close()

    @pytest.mark.parametrize("text", ["Unit U014 is small.", "As of 2025-12-31.", "The top-2-box share."])
    def test_names_and_dates_are_no_numbers(self, audit: Audit, tmp_path: Path, text: str) -> None:
        audit.say(Sentence(text))
        assert recorded(audit, tmp_path)["sentences"][0]["text"] == text

    def test_thresholds_can_be_cited(self, audit: Audit, tmp_path: Path) -> None:
        audit.limits(Sentence("Fewer than 30 are not judged.", ("threshold:minimum_n",)))
        assert recorded(audit, tmp_path)["sentences"][0]["section"] == "limits"

    def test_nothing_is_written_when_something_is_refused(self, audit: Audit, tmp_path: Path) -> None:
        audit.say(Sentence("17"))
        with pytest.raises(AuditError):
            audit.close()
        assert not list(tmp_path.iterdir())


class TestFindings:
    def test_the_fingerprint_survives_new_numbers_and_new_words(self) -> None:
        before, after = finding(condition="2 of 9"), finding(condition="3 of 9", criterion="A2: Reworded")
        assert fingerprint(before, party="P") == fingerprint(after, party="P")

    @pytest.mark.parametrize("change", [{"subject": "other"}, {"criterion": "A3: Two survey types"}])
    def test_it_tells_findings_apart(self, change: dict[str, str]) -> None:
        assert fingerprint(finding(), party="P") != fingerprint(finding(**change), party="P")

    def test_two_findings_cannot_share_one(self, audit: Audit) -> None:
        audit.finding(finding(), finding())
        with pytest.raises(AuditError, match="Give each its own subject"):
            audit.finding(finding(condition="Another"))

    def test_evidence_is_named_with_its_notebook(self, audit: Audit, tmp_path: Path) -> None:
        audit.number(Number("a", 1))
        audit.finding(finding(evidence=("a",)))
        assert recorded(audit, tmp_path)["findings"][0]["evidence"] == ["01_intake/a"]

    def test_a_slash_in_a_clients_own_id_names_no_notebook(self, audit: Audit, tmp_path: Path) -> None:
        audit.number(Number("top_box:A/12:../x", 1))
        audit.finding(finding(evidence=("top_box:A/12:../x", "05_escalation/late:A/12")))
        named = recorded(audit, tmp_path)["findings"][0]["evidence"]
        assert named == ["01_intake/top_box:A/12:../x", "05_escalation/late:A/12"]

    def test_evidence_that_was_not_recorded_is_refused(self, audit: Audit) -> None:
        audit.finding(finding(evidence=("nowhere",)))
        with pytest.raises(AuditError, match="nowhere"):
            audit.close()


class TestWhatIsWritten:
    def filled(self, folder: Path) -> Audit:
        audit = Audit(run(), company(), notebook="01_intake", question="Can it?", work=folder)
        audit.answer(audit.ask(reliability.reliability))
        audit.table("reliability", audit.ask(reliability.reliability).exhibit(), title="Reliability")
        axes = new_axes(height=1)
        axes.plot([0, 1], [0, 1])
        audit.figure("line", lambda _: axes, Ungrouped(), title="Line", alt="A line that rises.")
        audit.finding(*audit.ask(reliability.reliability).findings())
        audit.close()
        return audit

    def test_it_fits_the_published_schema(self, tmp_path: Path) -> None:
        self.filled(tmp_path)
        content = json.loads((tmp_path / "results" / "01_intake.json").read_text(encoding="utf-8"))
        jsonschema.validate(content, room.results_schema())
        assert content["schema"] == "auditlib/results@1"
        assert content["parameters"] == {"audit": "small-2024"}

    def test_the_same_bytes_every_time(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            self.filled(tmp_path / name)
        one, two = (sorted((tmp_path / name).rglob("*.*")) for name in ("one", "two"))
        assert [path.parent.name for path in one] == ["exhibits", "held_back", "results"]
        assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]

    def test_no_half_written_file_stays_behind(self, tmp_path: Path) -> None:
        self.filled(tmp_path)
        assert not list(tmp_path.rglob("*.part"))

    def test_cells_may_be_run_again(self, tmp_path: Path) -> None:
        audit = self.filled(tmp_path)
        before = (tmp_path / "results" / "01_intake.json").read_bytes()
        audit.answer(audit.ask(reliability.reliability))
        audit.table("reliability", audit.ask(reliability.reliability).exhibit(), title="Reliability")
        audit.close()
        assert (tmp_path / "results" / "01_intake.json").read_bytes() == before

    def test_sentences_stay_with_the_exhibit_they_read(self, audit: Audit, tmp_path: Path) -> None:
        audit.caveat("responses")
        audit.say(Sentence("Before a."))
        audit.table("a", pd.DataFrame({"name": ["x"]}), title="A")
        audit.say(Sentence("On a."))
        said = {part["text"][:4]: part["section"] for part in recorded(audit, tmp_path)["sentences"]}
        assert said == {"Not ": "", "Befo": "body", "On a": "a"}

    def test_a_figure_and_a_table_of_one_id_are_refused(self, audit: Audit) -> None:
        audit.figure("line", lambda _: new_axes(height=1), Ungrouped(), title="Line", alt="A line.")
        with pytest.raises(AuditError, match="'line' is a figure and a table"):
            audit.table("line", pd.DataFrame({"name": ["x"]}), title="Line")

    def test_rows_beyond_the_limit_are_counted(self, audit: Audit) -> None:
        frame = pd.DataFrame({"name": list("abcde")})
        shown = view(audit.table("t", frame, title="T", limit=3))
        assert (len(shown.table.rows), shown.table.left_out) == (3, 2)
        assert "2 more rows not shown." in repr(shown)


class TestDisplay:
    def test_markup_in_data_is_text(self, audit: Audit) -> None:
        frame = pd.DataFrame({"name": ["<script>alert(1)</script>"], "<b>": ["&"]})
        shown = view(audit.table("t", frame, title="<i>T</i>", caption="<u>"))._repr_html_()
        assert not [tag for tag in ("<script", "<i>", "<u>") if tag in shown]
        assert ">&lt;b&gt;</th>" in shown
        assert "&lt;script&gt;" in shown

    def test_a_figure_is_seen_where_no_script_and_no_svg_is_trusted(self, audit: Audit) -> None:
        axes = new_axes(height=1)
        axes.plot([0, 1], [0, 1])
        shown = audit.figure(
            "line", lambda _: axes, Ungrouped(), title="Line", alt="It rises; ask ann@example.org."
        )
        assert isinstance(shown, FigureView)
        forms, words = shown._repr_mimebundle_()
        assert set(forms) == {"text/plain", "image/svg+xml", "image/png"}
        assert b64decode(forms["image/png"]).startswith(b"\x89PNG")
        assert forms["text/plain"].startswith("Line\nIt rises")
        for alternative in (words["alt"], words["image/png"]["alt"], words["image/svg+xml"]["alt"]):
            assert alternative.startswith("Line. It rises")
            assert "@" not in alternative

    def test_outside_a_notebook_the_view_is_returned(self, audit: Audit) -> None:
        assert not isinstance(audit.say(Sentence("So.")), AlreadyShown)


def test_importing_the_room_loads_no_statistics() -> None:
    program = "import sys, auditlib.audit; print({'pandas', 'pydantic', 'narwhals'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
