"""The report as PDF: the same bytes, tagged, dated by the audit; and a run without it that says so."""

from __future__ import annotations

import builtins
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny_project import STEPS, tiny_project

from auditlib.report import pdf
from auditlib.runs import Options, Steps, perform
from auditlib.runs.documents import PdfMaker
from auditlib.runs.events import AssemblyStep
from auditlib.seal.manifest import read_manifest

UNIT_TESTS = Path(__file__).parents[1] / "unit"
REASON = "Pango is missing. Install it, and run again."
SHORT = "<html lang='en'><title>A page</title><body><h2>A heading</h2><p>Words</p></body></html>"
"""For what has nothing to do with the report: setting that takes seconds."""


@pytest.fixture
def fresh() -> Iterator[None]:
    pdf.missing.cache_clear()
    yield
    pdf.missing.cache_clear()


def made(tmp_path: Path, maker: PdfMaker, **options: Any) -> tuple[Path, list[str]]:
    tiny = tiny_project(tmp_path, names=("01_one",)) if not (tmp_path / "params").exists() else None
    said: list[str] = []
    run_file = tiny.run_file if tiny else tmp_path / "params" / "runs" / "tiny.yaml"
    steps = Steps(STEPS.prepare, STEPS.render, STEPS.workpapers, lambda: maker)
    perform(
        run_file,
        name="tiny.yaml",
        options=Options(**options),
        steps=steps,
        notify=lambda event: said.append(event.text) if isinstance(event, AssemblyStep) else None,
    )
    return tmp_path / "outputs" / "tiny", said


def test_without_it_the_run_completes_and_says_why(tmp_path: Path) -> None:
    directory, said = made(tmp_path, PdfMaker("", REASON, str.encode))
    documents = read_manifest(directory).documents
    assert documents["report.html"].made
    assert (documents["report.pdf"].made, documents["report.pdf"].reason) == (False, REASON)
    assert not (directory / "report.pdf").exists()
    assert [line for line in said if "report.pdf" in line] == [f"report.pdf was not made: {REASON}"]


def test_with_it_the_manifest_names_what_set_it(tmp_path: Path) -> None:
    directory, _ = made(tmp_path, PdfMaker("Setter 1", "", lambda page: b"%PDF" + page.encode()))
    manifest = read_manifest(directory)
    assert manifest.documents["report.pdf"].by == "Setter 1"
    assert "report.pdf" in manifest.files
    assert (directory / "report.pdf").read_bytes().startswith(b"%PDF<p>01_one")


def test_once_it_can_be_made_the_next_run_makes_it(tmp_path: Path) -> None:
    made(tmp_path, PdfMaker("", REASON, str.encode))
    directory, _ = made(tmp_path, PdfMaker("Setter 1", "", str.encode))
    assert (directory / "report.pdf").is_file()


def test_an_absent_library_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert pdf.missing().startswith("WeasyPrint is not installed. Install the extra 'pdf'")
    assert pdf.made_by() == ""


def test_an_absent_system_library_is_named(
    monkeypatch: pytest.MonkeyPatch, fresh: None, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any, **more: Any) -> Any:
        if name == "weasyprint":
            sys.stdout.write("----- could not import some external libraries -----")
            raise OSError("cannot load library '/lib/libpango-1.0.so.0': no such file")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    assert pdf.missing().startswith("WeasyPrint finds no libpango-1.0.so.0. Install the extra 'pdf'")
    assert capsys.readouterr().out == ""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    if why := pdf.missing():
        pytest.skip(why)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(UNIT_TESTS))
        from small_report import page

        return page(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def paper(page: str) -> bytes:
    """The page set once for all that is asked of it: setting it takes seconds."""
    return pdf.to_pdf(page)


def test_two_settings_are_the_same_bytes(page: str, paper: bytes) -> None:
    assert paper.startswith(b"%PDF-")
    assert paper == pdf.to_pdf(page)


def test_it_is_tagged_and_dated_by_the_audit(paper: bytes) -> None:
    inside = read(paper)
    assert b"/StructTreeRoot" in inside
    assert b"pdfuaid" in inside
    assert b"D:20240315120000" in inside


def pages_of(page: str) -> dict[str, int]:
    """Return on which page each anchor of the printed report stands, from 1."""
    from weasyprint import HTML

    pages = HTML(string=pdf.on_paper(page)).render().pages
    return {name: number for number, sheet in enumerate(pages, start=1) for name in sheet.anchors}


def test_the_summary_has_one_page_to_itself(page: str) -> None:
    places = pages_of(page)
    assert (places["summary"], places["summary-heading"], places["findings"]) == (2, 2, 3)


def test_a_full_summary_still_has_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every notebook answers at length, every grade has more findings than are named."""
    if why := pdf.missing():
        pytest.skip(why)
    monkeypatch.syspath_prepend(str(UNIT_TESTS))
    from small_report import record
    from test_report_paper import reported

    from auditlib.report.brief import LONGEST_LINE, brief
    from auditlib.report.document import compose, to_html
    from auditlib.report.lines import Line
    from auditlib.report.reading import read_results
    from auditlib.report.summary import DOING, MOST_IMPROVING, Executive

    facts = record(tmp_path)
    content = compose(read_results(tmp_path), facts)
    sentence = Line(("A sentence of the usual length on how the operation does, with what is sure. " * 3), ())
    most = sum(sentences for _, _, sentences in DOING)
    content["first"] = Executive(None, (), (sentence,) * most, (sentence,) * MOST_IMPROVING, (sentence,) * 2)
    content["brief"] = brief(
        [
            reported(number, grade=grade, demand=f"Demand {number}", headline="w" * (LONGEST_LINE - 10))
            for grade in ("major", "minor", "opportunity")
            for number in range(1, 20)
        ]
    )
    places = pages_of(to_html(content))
    assert places["findings"] == places["summary"] + 1


def test_headings_stand_in_the_outline_and_tables_have_headers(paper: bytes) -> None:
    inside = read(paper)
    assert inside.count(b"/Outlines") >= 1
    for heading in (b"Executive summary", b"Findings", b"Limits", b"Provenance"):
        assert heading in inside or heading.decode().encode("utf-16-be") in inside
    assert b"/S /TH" in inside or b"/S/TH" in inside
    assert b"/Lang" in inside


def read(made: bytes) -> bytes:
    """Return a PDF with its compressed parts unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    return made + b"".join(zlib.decompressobj().decompress(part) for part in packed if part[:1] == b"x")


@pytest.mark.usefixtures("page")
def test_no_other_address_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8")
    with_picture = SHORT.replace("<h2>", f'<img alt="" src="{secret.as_uri()}"><h2>', 1)
    without = SHORT.replace("<h2>", '<img alt="" src="data:image/png;base64,AAAA"><h2>', 1)
    assert pdf.to_pdf(with_picture) == pdf.to_pdf(without)


WITHOUT_SUBSET = """
import cffi, time

real = cffi.FFI.dlopen

def absent(self, name, *rest):
    if name and "harfbuzz-subset" in name:
        raise OSError(f"cannot load library '{name}'")
    return real(self, name, *rest)

cffi.FFI.dlopen = absent

from auditlib.report import pdf

page = "<html lang='en'><title>A page</title><body><h1>A heading</h1><p>Words</p></body></html>"
assert not pdf.missing(), pdf.missing()
first = pdf.to_pdf(page)
time.sleep(1.1)
assert first == pdf.to_pdf(page), "the clock stands in the PDF"

from weasyprint.text import ffi

assert ffi.harfbuzz_subset is None, "the library was not absent"
"""


def test_it_is_made_without_the_library_that_subsets_fonts(page: str) -> None:
    """Where the system has no ``libharfbuzz-subset``: warnings are errors, the bytes are the same."""
    command = [sys.executable, "-W", "error", "-c", WITHOUT_SUBSET]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_documents_stand_in_the_schema() -> None:
    stored = Path(__file__).parents[2] / "params" / "schemas" / "manifest.schema.json"
    assert "DocumentSeal" in json.loads(stored.read_text("utf-8"))["$defs"]
