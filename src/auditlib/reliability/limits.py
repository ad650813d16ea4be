"""What the intake of an audit cannot say, depending on what was supplied."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Sentence
from auditlib.reliability.assessment import Assessment
from auditlib.reliability.coverage import Coverage, ItemCoverage, MonthCoverage
from auditlib.reliability.rates import PublishedRates, Rates, ResponseRates
from auditlib.reliability.words import listed


def limits(assessment: Assessment, coverage: Coverage, rates: Rates) -> tuple[Sentence, ...]:
    """Return the limits that hold for this evidence."""
    return tuple(_limits(assessment, coverage, rates))


def _limits(assessment: Assessment, coverage: Coverage, rates: Rates) -> Iterator[Sentence]:
    yield Sentence(
        "Reliability is judged from the files alone: rows that never reached an export leave no trace in it."
    )
    untold = assessment.without_own_total
    if len(untold) == len(assessment.tables):
        yield Sentence("The client gave no totals of its own; completeness is not tested against them.")
    elif untold:
        yield Sentence(
            f"The client gave no total of its own for {listed(untold)}; completeness is not tested there.",
            ("tables:without_own_total",),
        )
    if isinstance(coverage, MonthCoverage):
        yield Sentence("A unit that was closed for a month looks the same as one whose rows are missing.")
    if isinstance(coverage, ItemCoverage):
        yield Sentence(
            "Aggregated values are taken as published: single answers and their rules cannot be examined."
        )
    if isinstance(rates, ResponseRates):
        yield Sentence("A response rate says how many answered, not whether those who did are like the rest.")
    if isinstance(rates, PublishedRates):
        yield Sentence("Published response rates rest on the source's own definition.")
