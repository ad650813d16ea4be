"""A headline is kept on its way to the report, and the worst of several speaks for all."""

from __future__ import annotations

from dataclasses import asdict, replace

from auditlib.audit.schema import FindingModel, finding_of
from auditlib.records import Finding, Grade
from auditlib.standards.merging import _headline

FOUND = Finding("D: demand", "Found.", "Why.", "So what.", "Do.", Grade.MINOR, "x", fingerprint="a" * 64)


def test_a_recorded_finding_is_the_value_it_was_made_from() -> None:
    whole = replace(FOUND, headline="30% of 500; 80% is demanded", shortfall=0.6, metric="m")
    content = {**asdict(whole), "grade": whole.grade.value, "evidence": [], "cases": []}
    assert finding_of(FindingModel.model_validate(content)) == whole


def test_the_worst_of_several_speaks_for_all() -> None:
    one = replace(FOUND, headline="10% of 5", shortfall=0.1)
    other = replace(FOUND, headline="90% of 5", shortfall=0.9)
    assert _headline([one, other, FOUND]) == "90% of 5; others alike"
    assert _headline([FOUND, FOUND]) == ""
