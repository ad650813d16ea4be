"""The audit vocabulary as frozen values; GLOSSARY.md explains each word.

Nothing here imports a data-frame library, reads a file or asks the time.
"""

from auditlib.records.evidence import (
    Cell,
    QuarantinedRow,
    Reason,
    Reliability,
    SourceTotals,
    TableReliability,
)
from auditlib.records.instrument import Instrument, Item, Scale
from auditlib.records.result import Basis, CaseReference, Finding, Grade, Interval, Number, Refusal, Sentence
from auditlib.records.standard import (
    Aspect,
    Criterion,
    Decision,
    DecisionMode,
    Direction,
    EvidenceLevel,
    Judgement,
    Kind,
    Measurement,
    Outcome,
    Score,
    Statistic,
    Step,
    Target,
)
from auditlib.records.wording import counted, with_sign

__all__ = [
    "Aspect",
    "Basis",
    "CaseReference",
    "Cell",
    "Criterion",
    "Decision",
    "DecisionMode",
    "Direction",
    "EvidenceLevel",
    "Finding",
    "Grade",
    "Instrument",
    "Interval",
    "Item",
    "Judgement",
    "Kind",
    "Measurement",
    "Number",
    "Outcome",
    "QuarantinedRow",
    "Reason",
    "Refusal",
    "Reliability",
    "Scale",
    "Score",
    "Sentence",
    "SourceTotals",
    "Statistic",
    "Step",
    "TableReliability",
    "Target",
    "counted",
    "with_sign",
]
