"""Whether data can be relied on for its purpose: three-way answers, coverage, response rates."""

from auditlib.reliability.answer import ReliabilityAnswer, reliability
from auditlib.reliability.assessment import Assessment, assess
from auditlib.reliability.counting import TableFacts, gather
from auditlib.reliability.coverage import Coverage, ItemCoverage, MonthCoverage, coverage
from auditlib.reliability.declared import DeclaredStandIns, declared
from auditlib.reliability.judge import judge
from auditlib.reliability.rates import PublishedRates, Rates, ResponseRates, response_rates
from auditlib.reliability.statements import caveat
from auditlib.reliability.totals import (
    LeftOut,
    Quarantine,
    Reconciliation,
    examples,
    left_out,
    quarantine,
    reconcile,
)
from auditlib.reliability.unanswered import answered

__all__ = [
    "Assessment",
    "Coverage",
    "DeclaredStandIns",
    "ItemCoverage",
    "LeftOut",
    "MonthCoverage",
    "PublishedRates",
    "Quarantine",
    "Rates",
    "Reconciliation",
    "ReliabilityAnswer",
    "ResponseRates",
    "TableFacts",
    "answered",
    "assess",
    "caveat",
    "coverage",
    "declared",
    "examples",
    "gather",
    "judge",
    "left_out",
    "quarantine",
    "reconcile",
    "reliability",
    "response_rates",
]
