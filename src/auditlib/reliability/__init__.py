"""Whether data can be relied on for its purpose: three-way answers, coverage, response rates."""

from auditlib.reliability.assessment import Assessment, assess, caveat
from auditlib.reliability.coverage import Coverage, ItemCoverage, MonthCoverage, coverage
from auditlib.reliability.declared import DeclaredStandIns, declared
from auditlib.reliability.facts import TableFacts, gather
from auditlib.reliability.judge import judge
from auditlib.reliability.left_out import LeftOut, left_out
from auditlib.reliability.limits import limits
from auditlib.reliability.rates import PublishedRates, Rates, ResponseRates, response_rates
from auditlib.reliability.source import EvidenceLike
from auditlib.reliability.totals import Quarantine, Reconciliation, examples, quarantine, reconcile
from auditlib.reliability.unanswered import answered

__all__ = [
    "Assessment",
    "Coverage",
    "DeclaredStandIns",
    "EvidenceLike",
    "ItemCoverage",
    "LeftOut",
    "MonthCoverage",
    "PublishedRates",
    "Quarantine",
    "Rates",
    "Reconciliation",
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
    "limits",
    "quarantine",
    "reconcile",
    "response_rates",
]
