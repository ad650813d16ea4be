"""The report: complete, numbered, referenced, accessible, self-contained, the same bytes every time."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from small_report import page, record

from auditlib.errors import VerificationFailed
from auditlib.evidence import prepare
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.records import Basis, Number
from auditlib.report import render
from auditlib.report.document import compose, to_html
from auditlib.report.reading import read_results
from auditlib.report.references import Register, patterns
from auditlib.report.words import basis_of, instant, interval_of

VOID = {"col", "meta", "link", "br", "img", "wbr", "hr", "input"}


class Page(HTMLParser):
    """Elements of a page in order, and whether each is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self) -> Counter[str]:
        return Counter(attributes["id"] for _, attributes in self.elements if "id" in attributes)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def html(text: str) -> Page:
    return Page(text)


class TestThePage:
    def test_it_is_well_formed(self, html: Page) -> None:
        assert (html.open, html.crossed) == ([], [])

    def test_ids_are_unique_across_figures(self, html: Page) -> None:
        assert not [name for name, count in html.ids.items() if count > 1]

    def test_every_link_leads_somewhere_in_the_page(self, html: Page) -> None:
        targets = {link["href"] for link in html.all("a")} | {use["href"] for use in html.all("use")}
        assert targets
        assert all(target.startswith("#") and target[1:] in html.ids for target in targets)

    def test_references_inside_figures_resolve(self, text: str, html: Page) -> None:
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(html.ids)

    def test_nothing_is_loaded_and_nothing_runs(self, text: str, html: Page) -> None:
        assert not {"script", "link", "iframe", "object", "embed", "form", "base"} & {
            tag for tag, _ in html.elements
        }
        assert not [name for _, attributes in html.elements for name in attributes if name.startswith("on")]
        assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", text)
        assert "@import" not in text

    def test_the_only_style_allowed_is_its_own(self, text: str, html: Page) -> None:
        policy = next(
            meta["content"]
            for meta in html.all("meta")
            if "content" in meta and "default-src" in meta["content"]
        )
        sheet = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
        assert sheet is not None
        digest = base64.b64encode(hashlib.sha256(sheet[1].encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy
        assert "default-src 'none'" in policy
        assert text.count("<style") == 1
        assert not [attributes for _, attributes in html.elements if "style" in attributes]

    def test_two_renderings_are_the_same_bytes(self, tmp_path: Path) -> None:
        assert page(tmp_path / "one") == page(tmp_path / "two")

    def test_its_only_dates_are_those_of_the_audit(self, text: str) -> None:
        assert str(datetime.now(tz=UTC).year) not in re.sub(
            r"<svg.*?</svg>|[0-9a-f]{32,}", "", text, flags=re.DOTALL
        )


class TestAccessibility:
    def test_language_title_and_landmarks(self, html: Page) -> None:
        assert html.all("html")[0]["lang"] == "en-GB"
        for landmark in ("header", "nav", "main", "footer"):
            assert len(html.all(landmark)) == 1

    def test_one_h1_and_no_level_left_out(self, html: Page) -> None:
        levels = [int(tag[1]) for tag, _ in html.elements if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))

    def test_the_first_link_skips_to_the_report(self, html: Page) -> None:
        assert html.all("a")[0]["href"] == "#main"

    def test_header_cells_say_what_they_head(self, html: Page) -> None:
        assert html.all("th")
        assert {cell["scope"] for cell in html.all("th")} == {"col", "row"}

    def test_figures_are_named_and_described(self, html: Page) -> None:
        drawings = html.all("svg")
        assert len(drawings) == 2
        for drawing in drawings:
            assert drawing["role"] == "img"
            assert all(name in html.ids for name in drawing["aria-labelledby"].split())

    @pytest.mark.parametrize(("colour", "least"), [("--ink", 12.0), ("--quiet", 4.5), ("--accent", 4.5)])
    def test_contrast_on_white(self, text: str, colour: str, least: float) -> None:
        value = re.search(rf"{colour}: #([0-9a-f]{{6}})", text)
        assert value is not None
        assert 1.05 / (luminance(value[1]) + 0.05) >= least


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class TestContent:
    @pytest.mark.parametrize(
        "expected",
        ["Small Service", "1 January 2024 to 29 February 2024", "15 March 2024, 12:00 UTC", "small-2024",
         "service-excellence, edition 2025", "Table 1.1", "Table 1.2", "Figure 1.1", "Figure 1.2",
         "Files only.", "not sufficiently reliable", "What a conclusion rests on",
         "auditlib trace outputs/small-2024", "ab" * 32],
    )  # fmt: skip
    def test_it_is_there(self, text: str, expected: str) -> None:
        assert expected in text

    def test_reliability_comes_first(self, text: str) -> None:
        assert text.index("Reliability</figcaption>") < text.index("Response rate by unit</figcaption>")

    def test_every_number_of_a_table_shows_its_reference(self, text: str) -> None:
        assert 'class="number" title="01_intake/rows_in:responses">7<' in text

    def test_every_sentence_number_is_in_the_register(self, text: str, html: Page) -> None:
        marks = re.findall(r'href="#n(\d+)"', text)
        assert marks
        assert all(f"n{mark}" in html.ids for mark in marks)
        assert "01_intake/<wbr>" not in text
        assert "rate:<wbr>all" in text

    def test_a_notebook_without_results_is_named(self, tmp_path: Path) -> None:
        text = page(tmp_path, notebooks={"01_intake": {}, "05_escalation": {}})
        assert "05_escalation" in text
        assert "did not finish" in text

    def test_no_finding_is_said(self, tmp_path: Path) -> None:
        text = page(tmp_path, thresholds={"quarantine_share": 1.0})
        assert text.count("No finding was raised.") == 2


class TestParts:
    def test_marks_run_together(self) -> None:
        number = Number("k", 1)
        register = Register(dict.fromkeys("abcde", number))
        assert [mark.label for mark in register.mark("abc")] == ["1\N{EN DASH}3"]
        assert [mark.label for mark in register.mark("eac")] == ["1", "3\N{EN DASH}4"]

    def test_patterns_leave_the_row_open(self) -> None:
        assert patterns("01_intake", ["rate:U1", "rate:U2", "n:U1"]) == ("01_intake/rate:…", "01_intake/n:…")

    def test_what_a_number_rests_on(self) -> None:
        basis = Basis("responses", (("unit_id", "U1"), ("in_period", True)), "q_a", 1)
        number = Number("k", 1, basis=(basis,))
        assert basis_of(number) == "responses where unit_id = U1 and in_period = true column q_a (1 row)"
        assert interval_of(number) == ""

    def test_an_offset_is_printed(self) -> None:
        berlin = timezone(timedelta(hours=2))
        assert instant(datetime(2026, 7, 1, 9, 5, tzinfo=berlin)) == "1 July 2026, 09:05 UTC+02:00"

    def test_the_folder_needs_no_figures_to_be_read(self, tmp_path: Path) -> None:
        assert read_results(tmp_path) == ()
        facts = record(tmp_path / "other")
        assert "did not finish" in to_html(compose((), facts))


def test_it_says_that_the_evidence_was_not_held_to_the_clients_files_again(text: str) -> None:
    assert "has not been checked a second time" in text
    assert "--reperform --data FOLDER" in text


def test_a_folder_of_a_run_becomes_its_report(tmp_path: Path) -> None:
    run_file = """
audit: tiny-2024
party: {name: Tiny}
period: {start: 2024-01-01, end: 2024-01-31}
as_of: 2024-02-01T00:00:00Z
sources:
  - {table: units, file: units.csv, form: csv, columns: {unit_id: id}}
notebooks:
  01_intake: {}
"""
    for name in ("data", "run/parameters", "run/results"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "data" / "units.csv").write_text("id\nU1\nU2\n", encoding="utf-8")
    (tmp_path / "run" / "parameters" / "tiny.yaml").write_text(run_file, encoding="utf-8")
    evidence = prepare(load(Run, run_file, name="tiny.yaml"), tmp_path / "data", tmp_path / "store")
    shutil.copytree(evidence.directory, tmp_path / "run" / "evidence")
    text = render(tmp_path / "run")
    assert text == render(tmp_path / "run")
    assert hashlib.sha256(b"id\nU1\nU2\n").hexdigest()[:32] in text
    assert evidence.key in text
    assert str(tmp_path) not in text


def test_two_run_files_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "parameters").mkdir()
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "parameters" / name).touch()
    with pytest.raises(VerificationFailed, match="exactly one run file"):
        render(tmp_path)
