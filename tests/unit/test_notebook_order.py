"""Notebooks are read in the order of the run file, and a run file that is proposed begins with a good one."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_company import company, run
from small_report import record

from auditlib.audit.session import Audit
from auditlib.onboarding.new_run import new
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.records import Number, Sentence
from auditlib.report.document import compose, to_html
from auditlib.report.reading import in_order, read_results
from auditlib.report.summary import NOT_IMPROVING

DECLARED = {"01_intake": {}, "16_improvement": {}, "03_compensation": {}}


def improving(folder: Path) -> None:
    """Record a notebook whose answer is that scores improve."""
    audit = Audit(run(), company(), notebook="16_improvement", question="Are we improving?", work=folder)
    audit.number(Number("scores", 2, "units"))
    audit.answer(Sentence("Scores of 2 units are improving.", ("scores",)), improving=True)
    audit.close()


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        ("03_compensation 16_improvement 01_intake", "01_intake 16_improvement 03_compensation"),
        ("03_compensation 16_improvement", "16_improvement 03_compensation"),
        ("04_integrity 03_compensation 16_improvement", "16_improvement 03_compensation 04_integrity"),
        ("02_benchmark 16_improvement 01_intake", "01_intake 02_benchmark 16_improvement"),
        ("decision 16_improvement 03_compensation", "16_improvement 03_compensation decision"),
        ("00_before 01_intake", "00_before 01_intake"),
        ("11_standards 10_promises", "10_promises 11_standards"),
        ("", ""),
    ],
)
def test_what_the_run_file_does_not_name_follows_what_comes_before_it_by_name(
    names: str, ordered: str
) -> None:
    assert run(notebooks=DECLARED).in_order(names.split()) == tuple(ordered.split())


def test_sections_of_the_report_stand_in_the_order_of_the_run_file(tmp_path: Path) -> None:
    facts = record(tmp_path, notebooks={"16_improvement": {}, "01_intake": {}})
    improving(tmp_path)
    recorded = in_order(read_results(tmp_path), facts.run)
    sections = compose(recorded, facts)["sections"]
    assert [section.notebook for section in sections] == ["16_improvement", "01_intake"]
    assert [section.number for section in sections] == [1, 2]


def test_what_is_said_before_any_exhibit_is_not_said_of_the_data(tmp_path: Path) -> None:
    facts = record(tmp_path)
    audit = Audit(run(), company(), notebook="16_improvement", question="Are we improving?", work=tmp_path)
    audit.answer(Sentence("It is not known."))
    audit.caveat("responses")
    audit.say(Sentence("Published figures are followed by period."))
    audit.close()
    section = compose(read_results(tmp_path), facts)["sections"][1]
    assert len(section.opening) == 1
    (part,) = section.parts
    assert [line.text for block in part.blocks for line in block.lines] == [
        "Published figures are followed by period."
    ]


def test_an_answer_that_scores_improve_stands_on_the_first_page_too(tmp_path: Path) -> None:
    facts = record(tmp_path)
    assert NOT_IMPROVING in " ".join(to_html(compose(read_results(tmp_path), facts)).split())
    improving(tmp_path)
    content = compose(read_results(tmp_path), facts)
    assert [line.text for line in content["first"].improving] == ["Scores of 2 units are improving."]
    assert [line.text for line in content["sections"][1].answer] == ["Scores of 2 units are improving."]
    assert content["sections"][1].parts == ()


def test_a_proposed_run_file_asks_about_change_after_the_comparison(tmp_path: Path) -> None:
    (tmp_path / "params/runs").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    for name in ("01_intake", "02_benchmark", "03_compensation", "12_community", "16_improvement"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    (tmp_path / "units.csv").write_text("unit_id,name\nU1,North\nU2,South\n", encoding="utf-8")
    written = new("tiny", [tmp_path / "units.csv"], start=tmp_path)
    proposed = load(Run, written.run_file.read_text(encoding="utf-8"), name="tiny.yaml")
    assert list(proposed.notebooks) == ["01_intake", "02_benchmark", "16_improvement", "12_community"]
