"""A verified claim can be quoted in a run to its sealed report; any other is refused with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_project import Tiny, notebook, tiny_project

from auditlib.cli import main

RUN = "params/runs/tiny.yaml"
CLAIMS = """\
claims:
  pay-2015:
    statement: Pay tied to experience moved scores by -0.30 points (95% interval -0.79 to 0.19)
    source: Annual report 2019 of 12 hospitals, table 4.1
    dated: 2015-01-01
    n: 2984
    status: verified
    verified_by: Ada Lind
  pay-2017:
    statement: Scores rose by 6.1 points
    source: Somebody 2017
    dated: 2017-01-01
    status: unverified
"""
pytestmark = pytest.mark.usefixtures("notebooks_here", "no_paper")
OPEN = """\
from auditlib.audit import open_audit
from auditlib.records import Number, Sentence
audit = open_audit(run_file, data=data, work=work, notebook=NAME)
audit.number(Number("cases", 7, "count"))
"""


def project(root: Path, *said: str) -> Tiny:
    tiny = tiny_project(root, names=("01_one",))
    body = "\n".join(f"audit.say({one})" for one in ("Sentence('There are 7 cases.', ('cases',))", *said))
    tiny.write_notebook("01_one", notebook("01_one", OPEN, body, closing="audit.close()"))
    register = root / "params/registers/claims.yaml"
    register.parent.mkdir(parents=True)
    register.write_text(CLAIMS, "utf-8")
    return tiny


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")


def test_a_verified_claim_is_quoted_with_all_its_figures(tmp_path: Path) -> None:
    project(tmp_path, "Sentence('Of 7 cases: {claim:pay-2015}.', ('cases',))", "Sentence('{claim:pay-2015}')")
    assert main(["run", RUN]) == 0
    page = (tmp_path / "outputs/tiny/report.html").read_text("utf-8")
    words = "Pay tied to experience moved scores by -0.30 points (95% interval -0.79 to 0.19)"
    assert " ".join(page.split()).count(words) >= 3, "twice in sentences, once among what is quoted"
    results = json.loads((tmp_path / "outputs/tiny/results/01_one.json").read_text("utf-8"))
    (number,) = (one for one in results["numbers"] if one["key"] == "claim:pay-2015")
    assert (number["value"], number["n"]) == (2984, 2984)
    assert number["reason"].startswith(words)
    assert "Ada Lind" in page


def test_a_number_beside_a_claim_still_needs_its_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, "Sentence('Of 79 cases: {claim:pay-2015}.', ('cases',))")
    assert main(["run", RUN]) == 5
    assert "01_one states 79 without a reference" in " ".join(capsys.readouterr().err.split())


def test_an_unverified_claim_is_refused_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, "Sentence('{claim:pay-2017}.')")
    assert main(["run", RUN]) == 4
    said = " ".join(capsys.readouterr().err.split())
    assert "the claim 'pay-2017' is unverified and cannot be quoted" in said
    assert not (tmp_path / "outputs/tiny").exists()
