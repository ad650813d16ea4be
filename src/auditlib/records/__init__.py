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
from auditlib.records.result import Basis, Finding, Grade, Interval, Number, Refusal, Sentence

__all__ = [
    "Basis",
    "Cell",
    "Finding",
    "Grade",
    "Instrument",
    "Interval",
    "Item",
    "Number",
    "QuarantinedRow",
    "Reason",
    "Refusal",
    "Reliability",
    "Scale",
    "Sentence",
    "SourceTotals",
    "TableReliability",
]
