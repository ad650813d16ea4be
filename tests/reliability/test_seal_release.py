"""Packages: all of a run but its evidence, refused where they hold any of it, and verified by themselves."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import yaml
from in_process import executed_here
from pyarrow import parquet
from sealed_run import RUN, seal_again, sealed_run
from tiny_project import tiny_project

from auditlib.cli import main
from auditlib.errors import AuditError, ParameterError, VerificationFailed
from auditlib.evidence import Evidence, prepare
from auditlib.files import canonical
from auditlib.files.folders import files_below
from auditlib.onboarding.vocabulary import known_words
from auditlib.parameters.run import Run
from auditlib.seal import verify
from auditlib.seal.file_names import unexplained
from auditlib.seal.keys import make_keys
from auditlib.seal.ledger import RELEASED, SEALED, append, ledger_path, read_ledger
from auditlib.seal.objections import objections
from auditlib.seal.package import RELEASE, read_release, verify_handed
from auditlib.seal.release import release_run
from auditlib.seal.signing import Role, sign_off, sign_run

DATA = {
    "units.csv": "unit,name\nU001,North Harbour\nU002,South\n",
    "employees.csv": "person,name\nP-0007,\u00c1nna M\u00fcller-Lindqvist\n"
    "P-0008,Bo Nyk\u00f8bing\nP-9,Li Wu\n",
    "accounts.csv": "account,name\n204117,Acme Works GmbH\n17,South\n",
    "customers.csv": "customer,account\nC_5501-x,204117\nada.lovelace@post.example,17\n",
    "responses.csv": "id,unit,customer,at,b\nR/2025/000431,U001,C_5501-x,2025-03-01T10:00:00,5\n"
    "R/2025/000432,U002,,2025-03-02T10:00:00,2\nR/2025/000432,U002,,2025-03-02T10:00:00,2\n"
    "R/2025/000999,U002,,never,2\nR/2025/001000,U002,,2025-03-03T10:00:00,2,Eve Hall rang\n",
}
COLUMNS = {
    "units": {"unit_id": "unit", "name": "name"},
    "employees": {"person_id": "person", "name": "name"},
    "accounts": {"account_id": "account", "name": "name"},
    "customers": {"customer_id": "customer", "account_id": "account"},
    "responses": {
        "response_id": "id",
        "unit_id": "unit",
        "customer_id": "customer",
        "submitted": "at",
        "q_b": "b",
    },
}
CANARIES = {
    "employees.name": "Anna Mueller-Lindqvist".replace("ue", "\u00fc"),
    "employees.person_id": "P-0007",
    "accounts.account_id": "204117",
    "accounts.name": "ACME Works GmbH",
    "customers.customer_id": "C_5501-x",
    "responses.response_id": "R/2025/000431",
}
PAGE = (
    "<p>Unit U001, North Harbour, of South.</p>\n<p>1,204,117 rows; 204117.5 and P-0007-3; P-9, 17, Li</p>\n"
)
CLEAN: Mapping[str, bytes] = {
    "report.html": PAGE.encode(),
    "results/01_one.json": canonical(
        {
            "notebook": "01_one",
            "numbers": [
                {
                    "key": "rows",
                    "value": 204117,
                    "unit": "rows",
                    "n": None,
                    "interval": None,
                    "basis": [],
                    "reason": "",
                }
            ],
        }
    ).encode(),
}
STAYING: Mapping[str, bytes] = {"exhibits/01_one-cases.parquet": b"PAR1", "workpapers.xlsx": b"PK"}
"""What holds single cases: it stays with the evidence, whatever it says."""


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    data = tmp_path_factory.mktemp("data")
    for name, content in DATA.items():
        (data / name).write_text(content, "utf-8")
    run = Run.model_validate(
        {
            "audit": "small",
            "party": {"name": "Small"},
            "time_zone": "UTC",
            "period": {"start": "2025-01-01", "end": "2025-12-31"},
            "as_of": "2026-01-31T18:00:00Z",
            "instruments": {
                "transactional": {
                    "items": {"q_b": {"wording": "Well?", "scale": {"low": 1, "high": 5}, "headline": True}}
                }
            },
            "sources": [
                {"table": table, "file": f"{table}.csv", "form": "csv", "columns": columns}
                | ({"constants": {"survey_type": "transactional"}} if table == "responses" else {})
                for table, columns in COLUMNS.items()
            ],
            "notebooks": {"01_one": {}},
        }
    )
    return prepare(run, data, tmp_path_factory.mktemp("store"))


@pytest.fixture
def run(evidence: Evidence, tmp_path: Path) -> Path:
    """A finished run, signed off, that gives nothing away."""
    kept = {f"evidence/{name}": path.read_bytes() for name, path in files_below(evidence.directory)}
    directory = sealed_run(tmp_path / "outputs", {**CLEAN, **STAYING, **kept})
    sign_off(directory, role=Role.PREPARER, name="Ada Lind", at=datetime.now(UTC))
    return directory


@pytest.fixture
def package(run: Path) -> Path:
    return release_run(run, at=datetime.now(UTC))[0]


def test_a_package_holds_all_but_the_evidence_and_verifies_anywhere(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, public = make_keys(tmp_path / "key")
    sign_run(run, key=secret)
    before = {name: path.read_bytes() for name, path in files_below(run)}
    assert main(["release", str(run)]) == 0
    assert "files stay here: the evidence, the registers of single cases" in capsys.readouterr().out
    handed = tmp_path / "far away"
    (run.parent / "small.release").rename(handed)
    shutil.rmtree(run.parent)
    held = {name: path.read_bytes() for name, path in files_below(handed)}
    assert {name for name in before if name not in held} == {
        name for name in before if name.startswith("evidence/") or name in STAYING
    }
    assert all(held[name] == content for name, content in before.items() if name in held)
    assert {*held} - {*before} == {RELEASE, "ledger.jsonl", "signoff.html"}
    assert main(["verify", str(handed)]) == 5, "the signature is to be checked here too"
    capsys.readouterr()
    assert main(["verify", str(handed), "--key", str(public)]) == 0
    out = capsys.readouterr().out
    assert "Not checked: the evidence and that the numbers rest on it" in out
    assert "Signed off by Ada Lind as preparer" in out
    assert main(["verify", str(handed), "--key", str(public), "--reperform"]) == 2


def shown_again(run: Path, *rows: int) -> None:
    """Let the run state `rows` of units' responses and their total, and seal it again."""
    counts = {"rows:all": sum(rows), **{f"rows:U{place:03}": size for place, size in enumerate(rows)}}
    basis = [{"table": "responses", "where": [], "column": "", "rows": None}]
    numbers = [
        {
            "key": key,
            "value": value,
            "unit": "rows",
            "n": None,
            "interval": None,
            "basis": basis,
            "reason": "",
        }
        for key, value in counts.items()
    ]
    hidden = [
        {**one, "value": None, "reason": "Suppressed: fewer than 5 observations."}
        if one["value"] < 5
        else one
        for one in numbers
    ]
    (run / "results" / "01_one.json").write_text(canonical({"notebook": "01_one", "numbers": hidden}))
    (run / "evidence" / "held_back").mkdir(exist_ok=True)
    held = {"notebook": "01_one", "numbers": [one for one in numbers if one["value"] < 5]}
    (run / "evidence" / "held_back" / "01_one.json").write_text(canonical(held))
    manifest = seal_again(run, fixed=json.loads((run / "manifest.json").read_text())["fixed"])
    append(ledger_path(run.parent, "small"), SEALED, {"seal": manifest.seal}, at=datetime.now(UTC))


def test_a_count_of_few_people_that_can_be_worked_out_is_not_released(run: Path) -> None:
    shown_again(run, 71, 610, 231, 1)
    with pytest.raises(AuditError, match="'rows:U003' is held back, and can be worked out from others"):
        release_run(run, at=datetime.now(UTC))
    shown_again(run, 71, 610, 2, 3)
    release_run(run, at=datetime.now(UTC))


def test_two_editions_that_differ_by_few_people_are_not_both_released(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown_again(run, 71, 610)
    before, _ = release_run(run, out=run.parent / "before", at=datetime.now(UTC))
    shown_again(run, 71, 612)
    assert main(["release", str(run), "--against", str(before)]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "stands in 'rows:U001'" in said
    assert "'rows:U000'" not in said
    shown_again(run, 71, 615)
    assert main(["release", str(run), "--against", str(before)]) == 0


def test_what_left_stands_in_the_ledger_and_the_run_stays_as_it_is(run: Path) -> None:
    target, release = release_run(run, at=datetime.now(UTC))
    entry = read_ledger(ledger_path(run.parent, "small"))[-1]
    assert (entry.event, entry.facts["release"]) == (RELEASED, read_release(target).seal)
    assert release.run == verify(run).manifest.seal
    with pytest.raises(ParameterError, match="stands there already"):
        release_run(run, at=datetime.now(UTC))
    with pytest.raises(ParameterError, match="never made within a run"):
        release_run(run, out=run / "package", at=datetime.now(UTC))
    verify_handed(target)
    verify_handed(run)


def test_an_altered_run_is_never_released(run: Path) -> None:
    (run / "report.html").write_text("<p>Better</p>")
    with pytest.raises(VerificationFailed, match=r"report\.html"):
        release_run(run, at=datetime.now(UTC))
    assert not (run.parent / "small.release").exists()


def workbook(value: str, *, sheet: str = "Sheet", creator: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    book.active["B7"] = value
    book.properties.creator = creator
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table(column: str, *values: str) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table({column: pa.array(values).dictionary_encode()}), stream)
    return stream.getvalue()


def cell(**parts: Any) -> bytes:
    one = {"cell_type": "code", "metadata": {}, "source": [], "outputs": []} | parts
    return json.dumps({"cells": [one], "metadata": {}, "nbformat": 4}).encode()


def shown(kind: str, text: str) -> bytes:
    return cell(outputs=[{"output_type": "display_data", "data": {kind: [text]}, "metadata": {}}])


def in_tags(text: str) -> str:
    """Return a text whose words stand in tags of their own."""
    return f"<p><b>{text.replace(' ', '</b> <i>')}</i></p>"


MADE: Mapping[str, tuple[str, Callable[[str], bytes], str]] = {
    "words of a page": ("report.html", lambda text: f"<p>\n{text}</p>".encode(), "line 2"),
    "words in tags": (
        "report.html",
        lambda text: in_tags(text).encode(),
        "line 1",
    ),
    "an alternative text": ("report.html", lambda text: f"<img alt='of {text}' src=''>".encode(), "line 1"),
    "a title in a figure": (
        "exhibits/a.svg",
        lambda text: f"<svg><title>{text}</title></svg>".encode(),
        "line 1",
    ),
    "a text of results": ("results/a.json", lambda text: canonical({"text": text}).encode(), "line 2"),
    "a key of results": ("results/a.json", lambda text: canonical({f"share:{text}": 1}).encode(), "in ''"),
    "a cell's source": ("notebooks/a.ipynb", lambda text: cell(source=["x\n", text]), "cell 1, line 2"),
    "a cell's words": ("notebooks/a.ipynb", lambda text: shown("text/plain", text), "cell 1, line 1"),
    "a cell's page": ("notebooks/a.ipynb", lambda text: shown("text/html", in_tags(text)), "cell 1"),
    "a cell of a workbook": ("workpapers.xlsx", workbook, "Sheet!B7"),
    "the maker of a workbook": (
        "workpapers.xlsx",
        lambda text: workbook("", creator=text),
        "docProps/core.xml",
    ),
    "a row of a table": ("exhibits/a.parquet", lambda text: table("case", "x", text), "row 2 of case"),
    "a header of a table": ("exhibits/a.parquet", lambda text: table(text, "x"), "the name of a column"),
    "the run file": ("parameters/small.yaml", lambda text: f"a: 1\nb: '{text}'\n".encode(), "line 2"),
}


@pytest.mark.parametrize("column", CANARIES)
@pytest.mark.parametrize("way", MADE)
def test_a_value_of_the_evidence_is_found_wherever_it_stands(
    column: str, way: str, evidence: Evidence, tmp_path: Path
) -> None:
    name, make, place = MADE[way]
    path = tmp_path / Path(name).name
    path.write_bytes(make(CANARIES[column]))
    problems = [one for one in objections({name: path}, evidence) if column in one.message]
    assert len(problems) == 1
    assert problems[0].file == name
    assert place in problems[0].message
    assert CANARIES[column] not in str(problems[0])


def test_a_value_in_the_name_of_a_file_is_found(evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("<svg/>")
    (problem,) = objections({"exhibits/03_pay-R-2025-000431_x.svg": path}, evidence)
    assert "responses.response_id: its name" in str(problem)


def test_quarantined_ids_and_ways_to_reach_a_person_are_found_too(evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(
        "<p>x</p>\n<p>ada.lovelace@post.example and eve@elsewhere.example</p>\n<p>R/2025/000432</p>"
        "<p>R/2025/001000,U002,,2025-03-03T10:00:00,2,Eve Hall rang</p>"
    )
    messages = [str(one) for one in objections({"report.html": path}, evidence)]
    assert messages == [
        "report.html: holds 1 value of customers.customer_id: line 2.",
        "report.html: holds 1 value of responses.response_id: line 3.",
        "report.html: holds 1 value of quarantine.responses: line 3.",
        "report.html: holds what looks like a way to reach a person: line 2.",
    ]


def test_ids_that_the_run_file_shows_for_a_reason_are_no_objection(
    evidence: Evidence, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(f"<p>{CANARIES['responses.response_id']}, {CANARIES['employees.name']}</p>", "utf-8")
    found = [str(one) for one in objections({"report.html": path}, evidence, ids=False)]
    assert found == ["report.html: holds 1 value of employees.name: line 1."]


def test_what_may_be_said_is_no_objection(evidence: Evidence, tmp_path: Path) -> None:
    files = {name: tmp_path / Path(name).name for name in CLEAN}
    for name, path in files.items():
        path.write_bytes(CLEAN[name])
    assert [*objections(files, evidence)] == []


def test_a_package_that_would_give_something_away_is_refused_whole(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "report.html").write_text("<p>Bo Nyk\u00f8bing said so.</p>", "utf-8")
    manifest = seal_again(run, fixed=json.loads((run / "manifest.json").read_text())["fixed"])
    append(ledger_path(run.parent, "small"), SEALED, {"seal": manifest.seal}, at=datetime.now(UTC))
    before = ledger_path(run.parent, "small").read_bytes()
    assert main(["release", str(run)]) == 1
    captured = capsys.readouterr()
    assert "holds 1 value of employees.name: line 1" in " ".join(captured.err.split())
    assert "Nyk" not in captured.out + captured.err
    assert ledger_path(run.parent, "small").read_bytes() == before
    assert sorted(path.name for path in run.parent.iterdir() if "release" in path.name) == []


FILES: Mapping[str, str] = {
    "responses.csv": "",
    "2025/export_responses-final v2 (Q3).csv.gz": "",
    "North Harbour Antworten M\u00e4rz.xlsx": "",
    "SmallSurveyAnswers.csv": "",
    "respostas.csv": "",
    "answers of Quit\u00e9ria Bragan\u00e7al.csv": "2 words that nothing explains: number 3, 4.",
    "respostasBragan\u00e7al2025.csv": "1 word that nothing explains: number 2.",
    "\u0418\u0432\u0430\u043d\u043e\u0432.csv": "1 word that nothing explains: number 1.",
}


@pytest.mark.parametrize("part", ["file", "sheet"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_called_by_words_that_nothing_explains_is_not_released_unless_the_run_file_says_why(
    name: str, part: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = {"table": "responses", "file": "responses.csv", "form": "csv", part: name}
    asked = {**RUN, "sources": [source]}
    parameters = run / "parameters" / "small.yaml"
    parameters.parent.mkdir()
    parameters.write_text(f"a: 1\nb: {name}\n", "utf-8")
    again(run, asked)
    assert main(["release", str(run)]) == bool(FILES[name])
    said = " ".join(capsys.readouterr().err.split())
    if FILES[name]:
        assert f"parameters/small.yaml 2 the {part} of source 1 (responses) is called by" in said
        assert FILES[name] in said
        assert name not in said
        again(run, {**asked, "file_names_shown_because": "Nobody is meant."})
        assert main(["release", str(run)]) == 0


def again(run: Path, asked: Mapping[str, Any]) -> None:
    """Seal a run again, as one that was asked for something else."""
    manifest = seal_again(run, run=asked, fixed=json.loads((run / "manifest.json").read_text())["fixed"])
    append(ledger_path(run.parent, "small"), SEALED, {"seal": manifest.seal}, at=datetime.now(UTC))


def test_every_shipped_run_file_calls_its_files_by_words_that_name_nobody() -> None:
    params = Path(__file__).parents[2] / "params"
    exports = [{"table": "units", "file": f"{path.stem}.csv"} for path in (params / "exports").glob("*.yaml")]
    assert len(exports) > 20
    assert [*unexplained({"sources": exports}, known_words(), file="x")] == []
    for path in (params / "runs").glob("*.yaml"):
        asked = yaml.safe_load(path.read_text("utf-8"))
        assert [str(each) for each in unexplained(asked, known_words(), file=path.name)] == []


def test_a_file_that_nobody_can_look_through_is_not_released(evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"")
    with pytest.raises(AuditError, match="nobody knows how to look through"):
        [*objections({"a.docx": path}, evidence)]


def forged(package: Path, **changes: Any) -> None:
    """Change the manifest of a package and seal it again, as someone with the suite could."""
    from auditlib.seal import package as packages

    document = json.loads((package / RELEASE).read_text()) | changes
    document["seal"] = packages.seal_of(document)
    (package / RELEASE).write_text(canonical(document))


def moved(package: Path, name: str) -> dict[str, Any]:
    """Return the fields of a package whose file `name` is said to have been left out."""
    document = json.loads((package / RELEASE).read_text())
    seal = document["files"].pop(name)
    (package / name).unlink()
    return {"files": document["files"], "left_out": document["left_out"] | {name: seal}}


def added(package: Path) -> dict[str, Any]:
    document = json.loads((package / RELEASE).read_text())
    (package / "more.html").write_bytes(b"")
    empty = {"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size": 0}
    return {"files": document["files"] | {"more.html": empty}}


FAULTS: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "a file altered": (lambda one: (one / "report.html").write_bytes(b""), "report.html was altered"),
    "a file removed": (lambda one: (one / "report.html").unlink(), "report.html is missing"),
    "a file added": (lambda one: (one / "a.txt").write_bytes(b""), "a.txt does not belong"),
    "a link": (lambda one: (one / "a.txt").symlink_to("report.html"), "a.txt is a link"),
    "its manifest emptied": (
        lambda one: (one / RELEASE).write_bytes(b"{}"),
        "manifest of the package was altered",
    ),
    "its manifest removed": (lambda one: (one / RELEASE).unlink(), "evidence/units.parquet is missing"),
    "its manifest a folder": (
        lambda one: ((one / RELEASE).unlink(), (one / RELEASE).mkdir()),
        "release.json is a folder",
    ),
    "the run's manifest removed": (
        lambda one: (one / "manifest.json").unlink(),
        "is missing among sealed files",
    ),
    "the ledger emptied": (lambda one: (one / "ledger.jsonl").write_bytes(b""), "ledger.jsonl was altered"),
    "the sign-offs altered": (
        lambda one: (one / "signoff.html").write_bytes(b"x"),
        "signoff.html was altered",
    ),
    "another run": (lambda one: forged(one, run="0" * 64), "belongs to another run"),
    "findings left out": (
        lambda one: forged(one, **moved(one, "report.html")),
        "was left out, and only the evidence, registers",
    ),
    "the ledger left out": (lambda one: forged(one, **moved(one, "ledger.jsonl")), "never had"),
    "a file put in": (lambda one: forged(one, **added(one)), "was added to what the run sealed"),
    "nothing left out": (lambda one: forged(one, left_out={}), "is not in the package as the run sealed it"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_package_that_is_not_what_the_run_sealed_is_refused(
    fault: str, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(package)]) == 0
    capsys.readouterr()
    act, words = FAULTS[fault]
    act(package)
    assert main(["verify", str(package)]) == 5
    captured = capsys.readouterr()
    assert "Intact" not in captured.out
    assert words in " ".join(captured.err.split())


def test_a_flipped_bit_anywhere_in_a_package_is_named(package: Path) -> None:
    for name, path in files_below(package):
        content = path.read_bytes()
        for place in range(0, len(content), max(1, len(content) // 25)):
            path.write_bytes(
                content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]
            )
            with pytest.raises(VerificationFailed):
                verify_handed(package)
        path.write_bytes(content)
        assert verify_handed(package), name


@pytest.mark.skipif(os.name == "nt", reason="the system knows no such owners")
def test_evidence_is_for_its_owner_alone(evidence: Evidence, tmp_path: Path) -> None:
    assert evidence.directory.stat().st_mode & 0o077 == 0, "as it is taken in"
    tiny = tiny_project(tmp_path, names=("01_one",))
    with executed_here():
        tiny.perform()
    kept = [tiny.finished / "evidence", *(tiny.finished / "evidence").rglob("*")]
    assert len(kept) > 1
    assert {path.name: path.stat().st_mode & 0o077 for path in kept} == dict.fromkeys(
        (p.name for p in kept), 0
    )
