"""What the first page says of a rise where the scores themselves are in doubt, and how it names units."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_company import company, run
from small_report import record

from auditlib.audit.session import Audit
from auditlib.records import CaseReference, Finding, Grade, Number, Sentence
from auditlib.report.document import compose, to_html
from auditlib.report.reading import read_results
from auditlib.report.summary import DOUBTED


def written(folder: Path, *, alarms: int, improving: bool = True) -> str:
    """Return a report in which scores rise, beside so many signs that they are managed."""
    facts = replace(record(folder), units={"U1": "Desk U1", "U2": "Desk U2"})
    for notebook in ("04_integrity", "16_improvement"):
        audit = Audit(run(), company(), notebook=notebook, question="What else?", work=folder)
        audit.number(Number("alarms", alarms, "count"))
        audit.answer(Sentence("It is answered.", ("alarms",)))
        if notebook == "16_improvement" and improving:
            audit.improving(Sentence("Scores are improving.", ("alarms",)))
        if notebook == "04_integrity" and alarms:
            audit.finding(_finding())
        audit.close()
    return " ".join(to_html(compose(read_results(folder), facts)).split())


def _finding() -> Finding:
    linked = (
        CaseReference("units", "U2", "U2", "linked on 1 July 2024"),
        CaseReference("visits", "V1", "U1"),
    )
    return Finding(
        "A12: scores can be trusted", "It changed.", "A cause.", "An effect.", "Ask.", Grade.MAJOR,
        "manager 2024-07-01: Who is heard", ("alarms",), cases=linked,
    )  # fmt: skip


@pytest.mark.parametrize(("alarms", "doubted"), [(0, False), (1, True), (2, True)])
def test_a_rise_of_scores_in_doubt_is_not_told_alone(alarms: int, doubted: bool, tmp_path: Path) -> None:
    page = written(tmp_path, alarms=alarms)
    assert (DOUBTED in page) is doubted
    if doubted:
        assert page.index(DOUBTED) < page.index("Scores are improving.")


def test_without_a_word_on_change_nothing_is_doubted(tmp_path: Path) -> None:
    assert DOUBTED not in written(tmp_path, alarms=1, improving=False)


def test_units_of_cases_and_linked_groups_are_called_by_their_names(tmp_path: Path) -> None:
    page = written(tmp_path, alarms=1)
    assert "<dd>Desk U2 linked on 1 July 2024; <code>V1</code> (Desk U1).</dd>" in page
    assert "Managers linked on 1 July 2024: Who is heard" in page
