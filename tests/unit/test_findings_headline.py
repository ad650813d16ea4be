"""A headline is kept on its way to the report, and the worst of several speaks for all."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from auditlib.audit.numerals import numerals
from auditlib.audit.schema import recorded_finding
from auditlib.records import Finding, Grade
from auditlib.report.brief import LONGEST_LINE, words_of
from auditlib.report.findings import Reported
from auditlib.standards.merging import ALIKE, _headline
from auditlib.standards.weighing import each_once, weighed_finding

FOUND = Finding("D: demand", "Found.", "Why.", "So what.", "Do.", Grade.MINOR, "x", fingerprint="a" * 64)


def test_a_recorded_finding_is_the_value_it_was_made_from() -> None:
    whole = replace(FOUND, headline="30% of 500; 80% is demanded", shortfall=0.6, metric="m")
    content = {**asdict(whole), "grade": whole.grade.value, "evidence": [], "cases": []}
    assert recorded_finding(content) == whole


def test_the_worst_of_several_speaks_for_all() -> None:
    one = replace(FOUND, headline="10% of 5", shortfall=0.1)
    other = replace(FOUND, headline="90% of 5", shortfall=0.9)
    assert _headline([one, other, FOUND]) == "90% of 5; others alike"
    assert _headline([FOUND, FOUND]) == ""


def test_that_there_are_others_is_told_whatever_is_cut() -> None:
    for body in ("w" * 20, "Clause one is here; " + "words " * 40, "words " * 60):
        content = {**asdict(replace(FOUND, headline=f"{body.strip()}{ALIKE}")), "grade": "minor"}
        model = recorded_finding({**content, "evidence": [], "cases": []})
        words = words_of(Reported(1, model, "D", "demand", "x", "01_intake", (), ""), {})
        assert words.endswith(ALIKE)
        assert len(words) <= LONGEST_LINE + 2


def test_findings_of_one_name_are_listed_once_with_how_often() -> None:
    assert each_once(["CF-08", "B2 (10_promises)", "E4", "B2 (10_promises)"]) == (
        "CF-08",
        "B2 (10_promises) twice",
        "E4",
    )
    assert each_once(["B2"] * 6) == ("B2 six times",)
    assert each_once(["B2"] * 7) == ("B2 many times",)
    assert each_once([]) == ()


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("follow_ups", "A7 of follow_ups (01_intake)"),
        ("clock:resolution_24x7", "A7 of clock resolution_24x7 (01_intake)"),
        ("duty:contact", "A7 of duty contact (01_intake)"),
        ("responsibilities:12:manager", "A7 (01_intake)"),
        ("4711", "A7 (01_intake)"),
        ("responses; invitations", "A7 (01_intake)"),
    ],
)
def test_a_finding_is_named_with_its_table_or_clock_and_never_with_what_a_party_calls_its_units(
    subject: str, name: str
) -> None:
    found = replace(FOUND, criterion="A7: tables are reliable", subject=subject)
    weighed = weighed_finding(found, (), notebook="01_intake")
    sample = replace(FOUND, criterion="sample.units: few deviate", subject="units")
    assert weighed_finding(sample, (), notebook="samples").name == "sample.units (samples)"
    assert weighed.name == name
    assert not numerals(name.removeprefix("A7"))
