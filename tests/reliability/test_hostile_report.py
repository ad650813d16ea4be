"""Scripts, formulas, entities and altered files on their way into the report."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from auditlib.errors import VerificationFailed
from auditlib.errors.values import form_of
from auditlib.report.reading import read_results
from auditlib.report.svg import inline_svg

UNIT_TESTS = Path(__file__).parents[1] / "unit"


@pytest.fixture(autouse=True)
def _small_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(UNIT_TESTS), *sys.path])


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></table></main><iframe src=https://evil.example>",
    "<svg/onload=alert(1)>",
    "--></style><style>*{display:none}",
]


def tags(text: str) -> set[str]:
    return set(re.findall(r"<([a-zA-Z]+)", text))


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_customer_wrote_stays_text(tmp_path: Path, attack: str) -> None:
    from small_company import company
    from small_report import page

    quiet = page(tmp_path / "quiet")
    names = ["table", "file", "line", "column", "reason", "value", "message"]
    aside = pd.DataFrame([["responses", f"{attack}.csv", 7, attack, "time", attack, attack]], columns=names)
    text = page(tmp_path / "attacked", evidence=replace(company(), aside=aside))
    assert attack not in text
    assert tags(text) <= tags(quiet)
    assert text.count("<style") == 1


def test_what_looks_like_a_template_is_not_evaluated(tmp_path: Path) -> None:
    from small_report import page

    assert "<h1>{{ 7 * 7 }}{% raw %}</h1>" in page(tmp_path, title="{{ 7 * 7 }}{% raw %}")


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_run_file_says_stays_text(tmp_path: Path, attack: str) -> None:
    from small_report import page

    text = page(tmp_path, title=attack, party={"name": attack})
    assert attack not in text
    assert text.count("<style") == text.count("</style>") == 1
    assert not {"script", "iframe"} & tags(text)


def test_a_party_name_cannot_leave_the_style_sheet(tmp_path: Path) -> None:
    from small_report import page

    text = page(tmp_path, party={"name": 'x"; } body { display: none } @page { content: "'})
    sheet = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert sheet is not None
    assert "display: none } @page" not in sheet[1]
    assert sheet[1].count("{") == sheet[1].count("}")


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "\t=1"])
def test_a_formula_is_quoted_before_it_reaches_a_table(tmp_path: Path, formula: str) -> None:
    from small_company import company
    from small_report import record

    names = ["table", "file", "line", "column", "reason", "value", "message"]
    aside = pd.DataFrame([["responses", "r.csv", 7, "comment", "time", formula, "m"]], columns=names)
    record(tmp_path, evidence=replace(company(), aside=aside))
    content = json.loads((tmp_path / "results" / "01_intake.json").read_text(encoding="utf-8"))
    cells = [cell for exhibit in content["exhibits"] for row in exhibit.get("rows", []) for cell in row]
    assert f"'{form_of(formula)}" in cells
    assert form_of(formula) not in cells


def test_a_person_in_a_comment_is_not_in_the_report(tmp_path: Path) -> None:
    from small_report import page

    text = page(tmp_path)
    assert "Sommerfeld" not in text
    assert "example.org" not in text
    assert form_of("call Ada Sommerfeld, ada@example.org") in text


class TestFigures:
    def safe(self, inside: str) -> str:
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{inside}</svg>'
        return inline_svg(svg, name="f", title="T & <b>", description="D")

    @pytest.mark.parametrize(
        "inside",
        [
            "<script>alert(1)</script>",
            '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script/></body></foreignObject>',
            '<style>@import url("https://evil.example")</style>',
            '<image href="https://evil.example/x.png"/>',
            '<image xlink:href="data:image/svg+xml;base64,AAAA"/>',
            '<animate attributeName="href" to="javascript:alert(1)"/>',
            '<a href="javascript:alert(1)"><text>x</text></a>',
            '<set attributeName="onload" to="alert(1)"/>',
        ],
    )
    def test_elements_that_act_are_left_out(self, inside: str) -> None:
        assert tags(self.safe(inside)) == {"svg", "title", "desc"}

    @pytest.mark.parametrize(
        "attributes",
        [
            'onload="alert(1)"',
            'onclick="alert(1)"',
            'fill="url(https://evil.example#a)"',
            'style="fill: url(https://evil.example#a)"',
            'style="background: url(//evil.example)"',
            'fill="url(javascript:alert(1))"',
        ],
    )
    def test_attributes_that_act_are_left_out(self, attributes: str) -> None:
        assert re.search(r"<rect */>", self.safe(f"<rect {attributes}/>"))

    def test_what_draws_is_kept_under_names_of_its_own(self) -> None:
        safe = self.safe(
            '<defs><clipPath id="c"><rect width="1" height="1"/></clipPath></defs>'
            '<path d="M 0 0" clip-path="url(#c)" style="fill: none; stroke: #000000"/><use xlink:href="#c"/>'
        )
        assert 'id="f-c"' in safe
        assert 'clip-path="url(#f-c)"' in safe
        assert 'href="#f-c"' in safe
        assert 'fill="none" stroke="#000000"' in safe
        assert "style=" not in safe

    def test_a_font_is_spelled_out(self) -> None:
        safe = self.safe("<text style=\"font: 700 9px 'DejaVu Sans', sans-serif\">x</text>")
        assert 'font-size="9px"' in safe
        assert 'font-weight="700"' in safe
        assert "DejaVu Sans" in safe

    def test_titles_are_escaped(self) -> None:
        assert "T &amp; &lt;b&gt;</title>" in self.safe("")

    @pytest.mark.parametrize(
        "text",
        [
            '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
            '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
            "<html><body/></html>",
            "<svg",
            "",
        ],
    )
    def test_what_is_no_plain_svg_is_refused(self, text: str) -> None:
        with pytest.raises(VerificationFailed, match="not plain SVG"):
            inline_svg(text, name="f", title="T", description="D")


def plant(content: dict[str, Any], place: str, said: str) -> None:
    """Let results state a number that nothing they name has."""
    table = next(exhibit for exhibit in content["exhibits"] if exhibit["id"] == "reliability")
    if place in ("answer", "sentences"):
        content[place][0]["text"] = said
    elif place in ("title", "caption"):
        table[place] = said
    elif place == "label":
        table["rows"][0][[column["name"] for column in table["columns"]].index("grounds")] = said
    else:
        content["findings"][0][place] = said


class TestAlteredFiles:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        from small_report import record

        record(tmp_path)
        return tmp_path

    def test_an_altered_figure_is_named(self, folder: Path) -> None:
        path = folder / "exhibits" / "01_intake-rates.svg"
        path.write_text(path.read_text(encoding="utf-8").replace("0", "1", 1), encoding="utf-8")
        with pytest.raises(VerificationFailed, match=r"exhibits/01_intake-rates\.svg"):
            read_results(folder)

    def test_a_missing_figure_is_named(self, folder: Path) -> None:
        (folder / "exhibits" / "01_intake-rates.svg").unlink()
        with pytest.raises(VerificationFailed, match=r"exhibits/01_intake-rates\.svg"):
            read_results(folder)

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": "other"}'])
    def test_results_of_another_shape_are_named(self, folder: Path, content: str) -> None:
        (folder / "results" / "01_intake.json").write_text(content)
        with pytest.raises(VerificationFailed, match=r"results/01_intake\.json"):
            read_results(folder)

    def test_a_figure_cannot_be_read_from_elsewhere(self, folder: Path) -> None:
        path = folder / "results" / "01_intake.json"
        path.write_text(path.read_text(encoding="utf-8").replace("01_intake-rates.svg", "../../outside.svg"))
        with pytest.raises(VerificationFailed, match=r"results/01_intake\.json"):
            read_results(folder)

    def test_a_number_without_a_reference_fails_the_report(self, folder: Path) -> None:
        from small_report import record

        from auditlib.report.document import compose

        facts = record(folder)
        path = folder / "results" / "01_intake.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        table = next(exhibit for exhibit in content["exhibits"] if exhibit["id"] == "reliability")
        table["references"][0][[column["name"] for column in table["columns"]].index("rows_in")] = ""
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(VerificationFailed, match="without a reference in rows_in"):
            compose(read_results(folder), facts)

    @pytest.mark.parametrize(
        ("place", "said"),
        [
            ("answer", "There were 4,711 of them."),
            ("sentences", "Fewer than 17 are not shown."),
            ("title", "The 17 tables"),
            ("caption", "Of 4,711 rows"),
            ("label", "In quarantine: 47.11% of the rows."),
            ("condition", "The table holds 4,711 rows."),
            ("recommendation", "Correct 4,711 rows."),
        ],
    )
    def test_a_planted_number_fails_the_report(self, folder: Path, place: str, said: str) -> None:
        from small_report import record

        from auditlib.report.document import compose

        facts = record(folder)
        path = folder / "results" / "01_intake.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        compose(read_results(folder), facts)
        plant(content, place, said)
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(VerificationFailed, match=r"4,711|17|47\.11|grounds"):
            compose(read_results(folder), facts)

    def test_a_number_of_another_row_fails_the_report(self, folder: Path) -> None:
        from small_report import record

        from auditlib.report.document import compose

        facts = record(folder)
        path = folder / "results" / "01_intake.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        table = next(exhibit for exhibit in content["exhibits"] if exhibit["id"] == "reliability")
        table["rows"][0][[column["name"] for column in table["columns"]].index("rows_in")] = "4,711"
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(VerificationFailed, match="without a reference in rows_in"):
            compose(read_results(folder), facts)

    def test_a_sentence_on_a_number_nobody_recorded_fails_the_report(self, folder: Path) -> None:
        from small_report import record

        from auditlib.report.document import compose

        facts = record(folder)
        path = folder / "results" / "01_intake.json"
        path.write_text(path.read_text(encoding="utf-8").replace('"rate:all"\n', '"rate:none"\n'))
        with pytest.raises(VerificationFailed, match="which no notebook recorded"):
            compose(read_results(folder), facts)
