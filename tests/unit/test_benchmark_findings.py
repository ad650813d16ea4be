"""Units called out lead to findings; units that chance could explain do not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest
from compared_units import compare
from test_benchmark import CONTACT, company, only

from auditlib import benchmark
from auditlib.audit.numerals import orphans
from auditlib.benchmark.facts import MOST_ALONE
from auditlib.benchmark.statements import _span
from auditlib.records import Grade, Number
from auditlib.standards.merging import RaisedFinding, brought_together
from auditlib.statements import Facts


def findings(**shift: Any) -> tuple[Any, Any]:
    more = {name: shift.pop(name) for name in ("units", "n", "statistic") if name in shift}
    cells, units = company(shift=shift, **{name: more[name] for name in ("units", "n") if name in more})
    found = compare(cells, CONTACT, units=units, statistic=more.get("statistic", "mean"))
    return found, found.findings()


def test_a_unit_on_the_worse_side_is_a_minor_with_its_case() -> None:
    found, (finding,) = findings(U03=-0.9)
    row = only(found).frame.set_index("unit_id").loc["U03"]
    assert finding.grade is Grade.MINOR
    assert finding.subject == "U03:transactional"
    assert finding.headline.startswith(
        f"Unit U03: {row['value']:.2f} of 200 answers in the transactional survey"
    )
    assert "lower by more than 0.15 points" in finding.headline
    assert f"(95% interval {row['low']:.2f} to {row['high']:.2f})" in finding.condition
    assert [(case.table, case.id, case.unit) for case in finding.cases] == [("units", "U03", "U03")]
    whole = only(found).judgement.target
    assert finding.shortfall == pytest.approx((whole - row["value"]) / whole)


def test_a_unit_on_the_better_side_is_an_opportunity_to_learn() -> None:
    _, (finding,) = findings(U11=0.7)
    assert (finding.grade, finding.shortfall) == (Grade.OPPORTUNITY, None)
    assert "higher by more than 0.15 points" in finding.headline


def test_more_low_answers_are_the_worse_side() -> None:
    _, found = findings(U03=-0.9, statistic="bottom_box")
    assert [(one.grade, "higher" in one.headline) for one in found] == [(Grade.MINOR, True)]


def test_units_that_are_like_the_others_raise_nothing() -> None:
    assert findings()[1] == ()


def test_every_number_a_finding_states_is_recorded() -> None:
    found, raised = findings(U03=-0.9, U11=0.7)
    numbers = {number.key: number for number in found.numbers()}
    for finding in raised:
        given = [numbers[key] for key in finding.evidence]
        for text in (finding.condition, finding.headline, finding.criterion, finding.recommendation):
            assert orphans(text, given) == ()


def test_beyond_a_page_of_them_units_share_a_finding_that_lists_them() -> None:
    low = {f"U{number:02}": -0.9 for number in range(MOST_ALONE + 2)}
    found, raised = findings(units=400, n=400, **low)
    minors = [one for one in raised if one.grade is Grade.MINOR]
    called = len(only(found).units(benchmark.OutlierStatus.LOWER))
    assert called > MOST_ALONE
    assert len(minors) == MOST_ALONE + 1
    assert len(minors[-1].cases) == called - MOST_ALONE
    numbers = {number.key: number for number in found.numbers()}
    assert orphans(minors[-1].condition, [numbers[key] for key in minors[-1].evidence]) == ()
    assert pd.Series([case.id for one in minors for case in one.cases]).is_unique


@pytest.mark.parametrize("many", [10, MOST_ALONE + 2])
def test_units_called_out_are_one_minor_of_the_audit_with_a_case_for_each(many: int) -> None:
    low = {f"U{number:02}": -0.9 for number in range(many)}
    found, raised = findings(units=400, n=400, **low)
    minors = [RaisedFinding(one, "02_benchmark") for one in raised if one.grade is Grade.MINOR]
    called = len(only(found).units(benchmark.OutlierStatus.LOWER))
    assert len(minors) > 1
    (together,) = brought_together(minors, failed={}, judge="11_standards")
    assert len(together.finding.cases) == called >= many
    assert together.finding.headline == f"{minors[0].finding.headline}; others alike"


@pytest.mark.parametrize(
    ("among", "said"),
    [
        (4, "may hold any of 4 places in the visit survey"),
        (3, "probably holds one of 3 of 4 places in the visit survey"),
    ],
)
def test_a_middle_unit_that_may_stand_anywhere_is_not_placed(among: float, said: str) -> None:
    ranks, measure = SimpleNamespace(likely_span=among), SimpleNamespace(survey_type="visit")
    facts = Facts.of([Number("likely_span", among, "places"), Number("compared", 4, "units")])
    comparison = cast("Any", SimpleNamespace(ranks=ranks, measure=measure))
    assert _span(comparison, facts).text == said
