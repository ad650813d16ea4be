"""What stands on paper and what on the screen only; actions, fixing, sign-off; drawings of few elements."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from small_report import page
from test_report import luminance

from auditlib.report.drawing import PATH, SVG, USE, merged
from auditlib.report.facts import _fixing
from auditlib.report.findings import LONGEST_LINE, MOST_LINES, Reported, brief
from auditlib.report.pdf import on_paper
from auditlib.report.plan import plan_of
from auditlib.report.signing import Signatory, sign_off_page

PRINTS = "a" * 64


def reported(
    number: int, *, grade: str = "major", demand: str = "Demand", fingerprint: str = PRINTS
) -> Reported:
    from auditlib.audit.schema import FindingModel

    parts = ("condition", "cause", "effect", "recommendation")
    finding = FindingModel(
        criterion=f"C{number}: {demand}", grade=grade, subject="operation", evidence=[],
        fingerprint=PRINTS, **dict.fromkeys(parts, "Said."),
    )  # fmt: skip
    return Reported(number, finding, f"C{number}", demand, "the operation as a whole", "01_intake", (), "")


class TestFirstPage:
    def test_demands_beyond_the_limit_are_counted(self) -> None:
        found = brief([reported(number, demand=f"Demand {number}") for number in range(1, 12)])
        assert len(found[0].lines) == MOST_LINES["major"]
        assert found[0].more == 11 - MOST_LINES["major"]

    def test_a_long_demand_is_cut_at_a_word(self) -> None:
        line = brief([reported(1, demand="word " * 60)])[0].lines[0].demand
        assert len(line) <= LONGEST_LINE + 2
        assert line.endswith("word \N{HORIZONTAL ELLIPSIS}")


class TestActions:
    def document(self, **changes: Any) -> dict[str, Any]:
        action = {
            "fingerprint": PRINTS, "number": 1, "grade": "major", "criterion": "C1: Demand.", "subject": "x",
            "action": "Fix <it>", "owner": "Ann Berg", "type": "system", "due": "2026-03-01",
            "state": "accepted", "overdue": True, "remark": "", "proof": "",
        } | changes  # fmt: skip
        return {"actions": [action], "uncovered": [PRINTS], "summary": ["One sentence."]}

    def test_no_register_is_said(self) -> None:
        assert "No register of actions" in plan_of(None, [reported(1)]).lines[0]
        assert "no action is owed" in plan_of(None, []).lines[0]

    def test_an_action_stands_by_its_finding(self) -> None:
        plan = plan_of(self.document(), [reported(4)])
        assert plan.lines == ("Without an accepted action: finding 4.", "One sentence.")
        assert (plan.actions[0].finding, plan.actions[0].due) == (4, "1 March 2026")
        assert plan.of(PRINTS) is plan.actions[0]

    def test_a_proposed_action_names_no_owner(self) -> None:
        assert plan_of(self.document(state="proposed"), [reported(4)]).of(PRINTS) is None

    def test_an_action_nobody_described_is_not_printed(self) -> None:
        assert plan_of(self.document(action=""), [reported(4)]).actions == ()


class TestFixing:
    def test_without_a_ledger_nothing_is_claimed(self, tmp_path: Any) -> None:
        assert "is not known" in " ".join(_fixing(tmp_path / "none"))

    @pytest.mark.parametrize(("before", "word"), [("true", "before"), ("false", "after")])
    def test_when_parameters_were_fixed(self, tmp_path: Any, before: str, word: str) -> None:
        path = tmp_path / "fixing.json"
        path.write_text(
            f'{{"before_data": {before}, "changes": [{{"parts": ["law", "seed"], "after_data": true}}]}}',
            "utf-8",
        )
        said = " ".join(_fixing(path))
        assert f"in the ledger {word} a run" in said
        assert "Changed later, after the data was read: law, seed." in said


def test_the_sign_off_page_is_escaped_and_names_who_is_missing() -> None:
    text = sign_off_page(
        party="B & <C>", audit="a-1", period="p", seal="ab" * 32, report="cd" * 32,
        signed=[Signatory("preparer", "<b>Ann</b>", "2026-01-03T10:00:00Z")],
    )  # fmt: skip
    assert "B &amp; &lt;C&gt;" in text
    assert "&lt;b&gt;Ann" in text
    assert '<th scope="row">Reviewer</th><td>not signed off yet</td>' in text


def test_what_is_for_the_screen_only_leaves_no_trace_on_paper() -> None:
    assert on_paper("a<!--screen-->b\nc<!--/screen-->d<!--screen--><!--/screen-->e") == "ade"


def test_a_long_table_is_named_on_paper(tmp_path: Any) -> None:
    from dataclasses import replace

    import pandas as pd
    from small_company import company

    names = ["table", "file", "line", "column", "reason", "value", "message"]
    reasons = ["time", "scale", "unit", "key", "future", "identical", "conflicting", "field_count"]
    aside = pd.DataFrame(
        [["responses", f"r{i}.csv", i, "c", reason, "v", "m"] for reason in reasons for i in range(3)],
        columns=names,
    )
    text = page(tmp_path, evidence=replace(company(), aside=aside))
    printed = on_paper(text)
    assert "<details>" in text
    assert "<details>" not in printed
    assert re.search(r'class="elsewhere">Not on paper[^<]*Table 1\.2 Examples', printed)


class TestContrast:
    """WCAG 2.1, 1.4.3: 4.5 to 1 for text on each ground it stands on; marks differ in grey as well."""

    INKS, GROUNDS = ("--ink", "--quiet", "--accent", "--warm"), ("#ffffff", "--faint")

    @pytest.fixture(scope="class")
    @classmethod
    def palette(cls, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
        text = page(tmp_path_factory.mktemp("palette"))
        return dict(re.findall(r"(--\w+): (#[0-9a-f]{6})", text)) | {"#ffffff": "#ffffff"}

    @pytest.mark.parametrize("ink", INKS)
    @pytest.mark.parametrize("ground", GROUNDS)
    def test_text(self, palette: dict[str, str], ink: str, ground: str) -> None:
        assert contrast(palette[ink], palette[ground]) >= 4.5

    def test_labels_of_grades(self) -> None:
        assert contrast("#1d2329", "#dde2e6") >= 4.5
        assert contrast("#ffffff", "#1d2329") >= 4.5

    def test_marks_of_figures_on_paper_and_apart_in_grey(self) -> None:
        from auditlib.figures.style import HIGHER, INK, LOWER, PAPER, QUIET

        for colour in (HIGHER, LOWER):
            assert contrast(colour, PAPER) >= 3.0
        for colour in (INK, QUIET):
            assert contrast(colour, PAPER) >= 4.5
        assert contrast(HIGHER, LOWER) >= 1.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(colour.lstrip("#")) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class TestDrawing:
    def drawn(self, inside: str) -> ET.Element:
        return merged(ET.fromstring(f'<svg xmlns="{SVG}">{inside}</svg>'))  # noqa: S314 - written here

    MARK = '<defs><path id="m" d="M 0 0 L 1 2 Z" fill="#000"/></defs>'

    def test_marks_become_one_path_where_they_stand(self) -> None:
        drawing = self.drawn(f'{self.MARK}<use href="#m" x="10" y="20"/><use href="#m" x="5" y="-1"/>')
        assert [path.get("d") for path in drawing.iter(PATH)] == ["M 10 20 L 11 22 Z M 5 -1 L 6 1 Z"]
        assert list(drawing.iter(USE)) == []

    def test_what_one_sees_through_stays_apart(self) -> None:
        one = '<path d="M 0 0 L 1 1" opacity="0.5"/>'
        assert len(list(self.drawn(one + one).iter(PATH))) == 2

    def test_a_path_that_draws_nothing_joins_no_other(self) -> None:
        drawing = self.drawn('<path fill="red"/><path d="M 0 0 L 1 1" fill="red"/><path fill="red"/>')
        assert [path.get("d") for path in drawing.iter(PATH)] == [None, "M 0 0 L 1 1", None]

    def test_other_looks_stay_apart(self) -> None:
        both = '<path d="M 0 0 L 1 1" fill="red"/><path d="M 0 0 L 1 1" fill="blue"/>'
        assert len(list(self.drawn(both).iter(PATH))) == 2

    def test_a_mark_with_other_commands_is_left_as_it_is(self) -> None:
        drawing = self.drawn('<defs><path id="m" d="m 0 0 h 3"/></defs><use href="#m" x="1" y="1"/>')
        assert len(list(drawing.iter(USE))) == 1
        assert [path.get("id") for path in drawing.iter(PATH)] == ["m"]
