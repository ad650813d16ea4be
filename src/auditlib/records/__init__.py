"""The audit vocabulary as frozen values; GLOSSARY.md explains each word.

Nothing here imports a data-frame library, reads a file or asks the time.
"""

from auditlib.records.decision import Decision, GatheredMinors, Scope, Score, Step, WeighedFinding
from auditlib.records.evidence import (
    Cell,
    Reason,
    Reliability,
    SourceTotals,
    TableReliability,
)
from auditlib.records.held import Held, Ungrouped
from auditlib.records.instrument import DETRACTOR, PROMOTER, Instrument, Item, Scale
from auditlib.records.result import (
    ActionType,
    Basis,
    CaseReference,
    Finding,
    Grade,
    Interval,
    Number,
    Refusal,
    Sentence,
)
from auditlib.records.standard import (
    Aspect,
    Cases,
    Criterion,
    DecisionMode,
    Direction,
    EvidenceLevel,
    Judgement,
    Kind,
    Measurement,
    Outcome,
    Statistic,
    Target,
    metric_text,
)

__all__ = [
    "DETRACTOR",
    "PROMOTER",
    "ActionType",
    "Aspect",
    "Basis",
    "CaseReference",
    "Cases",
    "Cell",
    "Criterion",
    "Decision",
    "DecisionMode",
    "Direction",
    "EvidenceLevel",
    "Finding",
    "GatheredMinors",
    "Grade",
    "Held",
    "Instrument",
    "Interval",
    "Item",
    "Judgement",
    "Kind",
    "Measurement",
    "Number",
    "Outcome",
    "Reason",
    "Refusal",
    "Reliability",
    "Scale",
    "Scope",
    "Score",
    "Sentence",
    "SourceTotals",
    "Statistic",
    "Step",
    "TableReliability",
    "Target",
    "Ungrouped",
    "WeighedFinding",
    "metric_text",
]
