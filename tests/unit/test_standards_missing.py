"""What is said of findings brought together, and of what there is no evidence for."""

from __future__ import annotations

from typing import Any

import pytest
from standards_tables import context, mapped, small_tables

from auditlib.records import (
    CaseReference,
    Finding,
    Measurement,
    Statistic,
)
from auditlib.records import Grade as Weight
from auditlib.standards.measure import Measure, measure
from auditlib.standards.merging import RaisedFinding, brought_together
from auditlib.standards.supplied import placed_by

BLIND = Measurement("m", None, 0, Statistic.COUNT, reason="the evidence has no responses")


def raised(unit: str, cases: int, in_all: int = 0) -> RaisedFinding:
    """Return a finding on one unit that lists so many cases, of so many there are."""
    listed = tuple(CaseReference("complaints", f"{unit}-{place}", unit, "late") for place in range(cases))
    found = Finding(
        "C7: in time",
        f"{unit} was late.",
        "c",
        "e",
        "r",
        Weight.MINOR,
        unit,
        cases=listed,
        cases_in_all=in_all,
    )
    return RaisedFinding(found, "06_complaints")


@pytest.mark.parametrize(
    ("group", "listed", "in_all"),
    [
        ((raised("U1", 2), raised("U2", 1)), 3, 0),  # all are listed
        ((raised("U1", 2, 40), raised("U2", 1)), 3, 41),
        ((raised("U1", 2, 40), raised("U2", 0)), 3, 41),  # one that lists none is a case itself
        ((raised("U1", 2, 40), raised("U2", 3, 7)), 5, 47),
    ],
)
def test_findings_brought_together_count_the_cases_of_each(
    group: tuple[RaisedFinding, ...], listed: int, in_all: int
) -> None:
    (entry,) = brought_together(group, failed={}, judge="")
    assert (len(entry.finding.cases), entry.finding.cases_in_all) == (listed, in_all)


def counting(needs: tuple[str, ...], instead: tuple[str, ...]) -> Measure:
    def counted(_tables: Any, _context: Any) -> Measurement:
        """Contacts."""
        return BLIND

    return measure("contacts", needs=needs, instead=instead)(counted)


COUNTS = ("interval_counts", "interval_counts.abandoned")


@pytest.mark.parametrize(
    ("instead", "without", "words"),
    [
        (COUNTS, "", ""),
        (COUNTS, "abandoned", "the evidence has no interactions; "),
        ((), "", "the evidence has interval counts and no interactions: this cannot be answered from counts"),
    ],
)
def test_what_is_missing_is_said_of_both_ways_to_measure(
    instead: tuple[str, ...], without: str, words: str
) -> None:
    row = {"offered": 3, "abandoned": 1}
    held = small_tables(interval_counts=[{name: count for name, count in row.items() if name != without}])
    run = context(sources=[mapped("interval_counts", without=without)]).run
    missing = counting(("interactions",), instead).missing(held, run, {})
    assert missing.startswith(words)
    assert bool(missing) is bool(words)
    assert (without in missing) is (bool(words) or not without)


def test_what_only_stands_in_is_said_in_the_words_of_the_client() -> None:
    source = mapped("complaints") | {"stands_for": {"received": "creation of the ticket"}}
    run = context(sources=[source]).run
    assert placed_by(["complaints", "nowhere"], run) == (
        "received of complaints only stands in for what it is called (creation of the ticket), "
        "and it alone says which rows are of the period"
    )
    assert placed_by(["complaints"], context(sources=[mapped("complaints")]).run) == ""
