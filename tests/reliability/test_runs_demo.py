"""The demo company's run: the same bytes again, every altered byte named, every number traced."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from golden.recorded import changed
from in_process import executed_here
from project_copy import project_copy
from test_report_pdf import read
from tiny_project import hashes

from auditlib.cli import main
from auditlib.disclosure import MinimumFrequency
from auditlib.errors import ParameterError, VerificationFailed
from auditlib.evidence import open_evidence
from auditlib.runs import Options, perform
from auditlib.runs.reperform import reperform
from auditlib.seal import verify
from auditlib.seal.deduction import recorded_deductions
from auditlib.seal.ledger import ledger_path
from auditlib.seal.recorded_run import bases_of, read_recorded
from auditlib.seal.trace import Node, disagreements, trace_key

ROOT = Path(__file__).parents[2]
MOST_PAGES = 58
DATA = ROOT / "data" / "demo"
FEW_PLACEBOS = "03_compensation: {placebo_adoptions: 50}"
"""A tenth of the usual: they are most of the work of a run, and stored notebooks are compared with all."""


@pytest.fixture(scope="module")
def run_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's run file in a project of its own, with fewer placebos."""
    project = project_copy(tmp_path_factory.mktemp("project"), "params", "notebooks")
    path = project / "params" / "runs" / "demo.yaml"
    shipped = path.read_text(encoding="utf-8")
    path.write_text(shipped.replace("03_compensation: {}", FEW_PLACEBOS), encoding="utf-8")
    assert FEW_PLACEBOS in path.read_text(encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(run_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished run, two notebooks side by side on two threads each."""
    outputs = tmp_path_factory.mktemp("two")
    return perform(run_file, options=Options(data=DATA, outputs=outputs, jobs=2, threads=2)).directory


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    shutil.copy(ledger_path(run.parent, run.name), tmp_path)
    return Path(shutil.copytree(run, tmp_path / "copy"))


def words(node: Node) -> Iterator[str]:
    yield node.text
    for child in node.children:
        yield from words(child)


def test_one_thread_gives_the_same_bytes_as_two(run: Path, run_file: Path, tmp_path: Path) -> None:
    """Of the evidence and of two notebooks; `python -m benchmarks same_bytes` compares all of them."""
    some = ("02_benchmark", "10_promises")  # alone, they are not told what others make them hold back
    options = Options(data=DATA, outputs=tmp_path, jobs=1, threads=1, only=some)
    outcome = perform(run_file, options=options)
    assert not outcome.directory.exists()  # two notebooks are no audit
    one, two = hashes(tmp_path), hashes(run)
    for name in some:
        files = {path: value for path, value in two.items() if f"/{name}" in path}
        assert len(files) > 3
        again = {
            path.partition(f"/kept/{name}/")[2]: value
            for path, value in one.items()
            if f"/kept/{name}/" in path
        }
        assert {path: again[path] for path in files} == files
    evidence = {path.rpartition("/")[2]: value for path, value in one.items() if path.endswith(".parquet")}
    tables = {path.rpartition("/")[2]: value for path, value in two.items() if path.startswith("evidence/")}
    assert {name: evidence[name] for name in tables if name.endswith(".parquet")} == {
        name: value for name, value in tables.items() if name.endswith(".parquet")
    }


def test_nothing_handed_over_names_a_folder_of_this_machine(run: Path, run_file: Path) -> None:
    folders = [str(folder).encode() for folder in (ROOT, run.parent, run_file.parents[2])]
    for path in run.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [folder for folder in folders if folder in content], path


def one_digit_changed(content: bytes, *, start: int) -> bytes:
    """Return `content` with the first digit from `start` on raised by one, or one bit where there is none."""
    digits = b"0123456789"
    found = next((at for at in range(start, len(content)) if content[at] in digits), None)
    at = start if found is None else found
    other = content[at] ^ 1 if found is None else digits[(content[at] - digits[0] + 1) % 10]
    return content[:at] + bytes([other]) + content[at + 1 :]


def test_one_changed_digit_in_any_file_is_named_and_no_other_file(run: Path, copy: Path) -> None:
    names = sorted(hashes(run))
    kinds = {Path(name).suffix for name in names}
    made = {Path(name).suffix for name, seal in verify(run).manifest.documents.items() if seal.made}
    assert kinds >= made | {".html", ".ipynb", ".json", ".parquet", ".svg", ".xlsx", ".yaml"}
    for index, name in enumerate(names):
        path = copy / name
        content = path.read_bytes()
        path.write_bytes(one_digit_changed(content, start=(index * 7919) % len(content)))
        with pytest.raises(VerificationFailed) as caught:
            verify(copy)
        assert [problem.file for problem in caught.value.problems] == [name]
        path.write_bytes(content)
    assert verify(copy).files == len(names) - 1


def test_missing_extra_and_replaced_files_are_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "findings.json").unlink()
    (copy / "notes.txt").write_text("mine")
    report = copy / "report.html"
    report.rename(copy.parent / "elsewhere.html")
    report.symlink_to(copy.parent / "elsewhere.html")
    assert main(["verify", str(copy)]) == 5
    shown = " ".join(capsys.readouterr().err.split())
    assert "findings.json is missing" in shown
    assert "notes.txt does not belong to the run" in shown
    assert "report.html is a link" in shown


def test_an_intact_run_is_said_to_be_intact(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(run)]) == 0
    assert f"all {len(hashes(run)) - 1} files" in capsys.readouterr().out
    assert main(["verify", str(run.parent)]) == 2


def test_performed_again_every_number_is_the_same(run: Path) -> None:
    with executed_here():
        again = reperform(run)
    # the decision is no notebook: it follows from the findings, and its seal is verified before
    notebooks = [key for key in read_recorded(run).numbers if not key.startswith("decision/")]
    assert again.numbers == len(notebooks) > 500
    assert again.other_versions == ()


def test_every_recorded_count_of_rows_is_counted_again(run: Path) -> None:
    evidence = open_evidence(run / "evidence")
    bases = {basis for number in read_recorded(run).numbers.values() for basis in bases_of(number)}
    counted = {basis: basis.rows for basis in bases if basis.rows is not None}
    assert len(counted) > 300
    assert {basis: evidence.count(basis) for basis in counted} == counted


def test_from_a_number_back_to_its_rows(run: Path) -> None:
    recorded = read_recorded(run)
    key, number = next(
        (key, number)
        for key, number in recorded.numbers.items()
        if key.startswith("02_benchmark/mean:U") and number["basis"] and number["interval"]
    )
    node = trace_key(run, key)
    basis = next(child for child in node.children if child.kind == "basis")
    assert basis.fields["agrees"] is True
    assert basis.fields["counted"] == basis.fields["recorded"] == number["basis"][0]["rows"]
    rows = [child for child in basis.children if child.kind == "row"]
    assert len(rows) == 10
    assert basis.children[-1].text == f"and {basis.fields['counted'] - 10} more"
    # and from the first of them forward to the same number
    row = rows[0].fields
    forward = trace_key(run, f"responses:{row['file']}:{row['line']}")
    assert any(child.fields.get("key") == key for child in forward.children)
    assert trace_key(run, f"responses:id={row['response_id']}") == forward
    assert list(disagreements(node)) == []


def test_the_results_are_those_recorded(run: Path) -> None:
    """But for 03, which draws fewer placebos here; its stored notebook is compared number by number."""
    assert [part for part in changed(run) if not part.startswith("03_")] == []


def test_no_count_of_few_people_can_be_worked_out(run: Path) -> None:
    assert json.loads((run / "evidence" / "withheld.json").read_text("utf-8")), "or nothing is asked here"
    assert recorded_deductions(run, minimum=MinimumFrequency(5)) == ()


def test_every_reference_of_the_report_is_one_that_trace_knows(run: Path) -> None:
    page = (run / "report.html").read_text(encoding="utf-8")
    known = set(read_recorded(run).numbers)
    cells = {one for cell in re.findall(r'title="(\d\d_\w+/[^"]+)"', page) for one in cell.split(" + ")}
    register = re.findall(r"<h3><code>(\d\d_\w+)/</code></h3>\n<ol(.*?)</ol>", page, re.DOTALL)
    stated = {
        f"{notebook}/{key.replace('<wbr>', '')}"
        for notebook, entries in register
        for key in re.findall(r'<span class="no">\d+</span> <code>(.*?)</code>', entries)
    }
    assert len(cells) > 500
    assert len(stated) > 200
    assert {unescape(one) for one in cells | stated} <= known
    key = sorted(stated)[len(stated) // 2]
    assert trace_key(run, unescape(key)).children is not None


def test_the_answers_need_no_statistics_to_be_read(run: Path) -> None:
    said = [
        sentence["text"].lower()
        for path in sorted((run / "results").glob("*.json"))
        for sentence in json.loads(path.read_text("utf-8"))["answer"]
    ]
    assert len(said) > 15
    assert [text for text in said for word in ("over-dispersion", "cluster", "pooled") if word in text] == []


def test_the_printed_report_is_short(run: Path) -> None:
    if not (run / "report.pdf").exists():
        pytest.skip("report.pdf was not made on this machine")
    pages = re.findall(rb"/Type ?/Page\b", read((run / "report.pdf").read_bytes()))
    assert 10 < len(pages) <= MOST_PAGES


def test_from_a_source_row_forward(run: Path) -> None:
    node = trace_key(run, "responses:responses_transactional.csv:1187")
    kinds = {child.kind for child in node.children}
    assert {"cell", "linked", "number"} <= kinds
    evidence = open_evidence(run / "evidence")
    row = evidence.frame(
        "responses", where=(("source_file", "responses_transactional.csv"), ("source_line", 1187))
    )
    assert node.fields["response_id"] == row["response_id"].iloc[0]
    answered = [name for name in row.columns if name.startswith("q_") and row[name].notna().iloc[0]]
    cells = [child for child in node.children if child.kind == "cell"]
    assert sorted(child.fields["cell"]["item"] for child in cells) == sorted(answered)
    assert all(child.fields["n"] >= 1 for child in cells)
    assert "used in sentence" in " ".join(words(node))
    # what a customer wrote is nobody's business here
    comments = row["comment"].dropna().tolist()
    assert not any(comment in " ".join(words(node)) for comment in comments)


def test_a_row_in_quarantine_says_why_and_is_in_no_score(run: Path) -> None:
    quarantine = open_evidence(run / "evidence").quarantine()
    held = quarantine[(quarantine["table"] == "responses") & (quarantine["reason"] == "scale")].iloc[0]
    node = trace_key(run, f"responses:{held['file']}:{held['line']}")
    assert f"quarantined (scale): {held['message']}" in node.text
    touched = [child.fields["key"] for child in node.children if child.kind == "number"]
    assert touched
    assert not any("/top_box" in key or "/mean" in key for key in touched)


def test_one_line_in_two_files_asks_which(run: Path) -> None:
    with pytest.raises(ParameterError, match=r"responses:responses_relationship\.csv:1187"):
        trace_key(run, "responses:1187")


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("respnses:1187", "responses:1187"),
        ("02_benchmark/top_box:U004:transactional:q_overal", "top_box:U004:transactional:q_overall"),
        ("responses:99999999", "responses_transactional.csv"),
        ("responses:id=nobody", "responses_transactional.csv"),
        ("deadbeefdeadbeef", "results/*.json"),
    ],
)
def test_a_wrong_key_names_the_nearest(
    run: Path, key: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", str(run), key]) == 2
    assert near in " ".join(capsys.readouterr().err.split())


def test_a_trace_is_json_too(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", str(run), "responses:id=R001468", "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["kind"] == "row"
    assert document["response_id"] == "R001468"
    assert main(["trace", str(run), "responses:id=R001468"]) == 0
    assert "R001468" in capsys.readouterr().out.splitlines()[0]


def test_a_finding_leads_to_its_numbers_and_their_rows(run: Path) -> None:
    fingerprint, finding = next(iter(read_recorded(run).findings.items()))
    node = trace_key(run, fingerprint)
    assert finding["condition"] in node.text
    assert [child.fields["key"] for child in node.children] == finding["evidence"][:10]
    assert any(
        below.kind == "row" for child in node.children for basis in child.children for below in basis.children
    )
    assert trace_key(run, fingerprint[:10]) == node
    number = trace_key(run, finding["evidence"][0])
    assert any(child.kind == "finding" for child in number.children)
