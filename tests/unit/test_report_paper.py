"""What stands on paper and what on the screen only; actions, fixing, sign-off; drawings of few elements."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from small_report import page
from test_report import luminance

from auditlib.report.brief import LONGEST_LINE, MOST_LINES, brief, shortened, totals
from auditlib.report.drawing import PATH, SVG, USE, merged
from auditlib.report.facts import _fixing
from auditlib.report.findings import Reported
from auditlib.report.pdf import on_paper
from auditlib.report.plan import plan_of
from auditlib.report.signing import Signatory, sign_off_page

PRINTS = "a" * 64


def reported(
    number: int,
    *,
    grade: str = "major",
    demand: str = "Demand",
    fingerprint: str = PRINTS,
    notebook: str = "01_intake",
    subject: str = "the operation as a whole",
    **said: str,
) -> Reported:
    from auditlib.records import Finding, Grade

    parts = ("condition", "cause", "effect", "recommendation")
    finding = Finding(
        criterion=f"C{number}: {demand}", grade=Grade(grade), subject="operation", evidence=(),
        fingerprint=PRINTS, **{**dict.fromkeys(parts, "Said."), **said},
    )  # fmt: skip
    return Reported(number, finding, f"C{number}", demand, subject, notebook, (), "")


class TestFirstPage:
    def test_what_failed_stands_there_and_not_the_demand(self) -> None:
        told = reported(1, demand="All are served", headline="93.1% of 6,819 served; 100% is demanded")
        silent = reported(2, demand="All are heard", condition="Nobody was heard. This is long.")
        lines = brief([told, silent])[0].lines
        assert [line.words for line in lines] == [
            "93.1% of 6,819 served; 100% is demanded",
            "Nobody was heard. This is long",
        ]

    def test_findings_beyond_the_limit_are_counted(self) -> None:
        found = brief([reported(number, demand=f"Demand {number}") for number in range(1, 12)])[0]
        most = MOST_LINES["major"]
        assert (len(found.lines), found.printed, found.count) == (most, most, 11)
        assert found.counted == f"{most} of 11 findings shown"

    def test_where_all_are_shown_their_number_stands_alone(self) -> None:
        assert brief([reported(1)])[0].counted == "1 finding"
        assert brief([reported(1), reported(2, demand="Other")])[0].counted == "2 findings"

    def test_findings_under_one_demand_are_one_line_with_the_others_named(self) -> None:
        line = brief([reported(1), reported(2, subject="unit: B"), reported(3, subject="unit: C")])[0].lines
        assert [(one.label, one.further_subjects) for one in line] == [("1\N{EN DASH}3", "unit: B; unit: C")]

    def test_the_totals_add_up(self) -> None:
        own = [reported(1, notebook="11_standards"), reported(2, grade="minor", notebook="decision")]
        assert totals(own) == "2 findings, the worst first: 2 on criteria of the standard."
        assert totals([*own, reported(3, grade="opportunity")]) == (
            "3 findings, the worst first: 2 on criteria of the standard, 1 on other questions of the audit."
        )
        assert totals([reported(1)]) == "1 finding, the worst first: none of them by a standard."
        assert totals([]) == ""


class TestShortening:
    def test_what_fits_stays_whole_without_its_full_stop(self) -> None:
        assert shortened("a" * LONGEST_LINE + ".") == "a" * LONGEST_LINE

    def test_a_longer_text_ends_with_a_clause(self) -> None:
        text = f"First 1.5 of it; {'second ' * 10}. {'third ' * 40}"
        assert shortened(text) == f"First 1.5 of it; {'second ' * 10}".rstrip(".")

    @pytest.mark.parametrize("shift", range(14))
    def test_a_number_is_never_cut_or_parted_from_what_it_counts(self, shift: int) -> None:
        text = f"{'x' * (LONGEST_LINE - 10 - shift)} and 1,234.5 cases more than that"
        cut = shortened(text)
        assert cut.endswith(" \N{HORIZONTAL ELLIPSIS}")
        rest = cut.removesuffix(" \N{HORIZONTAL ELLIPSIS}")
        assert text.startswith(f"{rest} ")
        assert not rest[-1].isdigit()
        assert not text[len(rest) :].lstrip()[0].isdigit()


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

    def test_a_finding_that_gathers_others_is_told_to_have_no_action_of_its_own(self) -> None:
        findings = [reported(4), reported(8, notebook="decision")]
        assert plan_of(self.document(), findings).lines[-1] == (
            "Finding 8 is not among them: minors are gathered there, each with an action of its own."
        )
        assert not any("gather" in line for line in plan_of(self.document(), findings[:1]).lines)

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
