"""What is known about the evidence: totals per source, quarantined rows, cells, reliability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """Why a row is in quarantine. The first test that is true names the reason, in this order.

    Parameters
    ----------
    code
        As it is stored.
    sentence
        As it is said.
    heading
        The same as the heading of a column, in lower case.
    """

    sentence: str
    heading: str

    def __new__(cls, code: str, sentence: str, heading: str) -> Self:
        """Return the reason with its words."""
        reason = str.__new__(cls, code)
        reason._value_ = code
        reason.sentence, reason.heading = sentence, heading
        return reason

    FIELD_COUNT = (
        "field_count",
        "more or fewer fields than the header, an unclosed quote, or a cell that cannot be read",
        "fields",
    )
    IDENTICAL = "identical", "copy of a row that was kept", "copy"
    CONFLICTING = "conflicting", "one id with different content", "conflict"
    """Every such row is quarantined."""
    OVERLAP = "overlap", "row of totals, or a time counted twice", "overlap"
    UNIT = "unit", "unit not in the register of units", "unit"
    TIME = "time", "date or time unreadable, impossible or before its trigger", "time"
    FUTURE = "future", "later than the date of the audit", "future"
    SCALE = "scale", "score off its scale, or an unknown label or code", "scale"
    """A number that is none, too."""
    CONTRADICTION = "contradiction", "counts that contradict each other", "contradiction"
    KEY = "key", "row without an id", "no id"

    @classmethod
    def of(cls, code: str) -> Reason:
        """Return the reason that is stored as `code`; KeyError where there is none."""
        return {reason.value: reason for reason in cls}[code]


class Reliability(StrEnum):
    """Can this data be relied on for its purpose? The three answers an auditor may give."""

    SUFFICIENT = "sufficiently_reliable"
    NOT_SUFFICIENT = "not_sufficiently_reliable"
    UNDETERMINED = "undetermined"

    @property
    def words(self) -> str:
        """The answer as it is said."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class SourceTotals:
    """Control totals of one source file: rows in = rows kept + rows quarantined + rows left out.

    Parameters
    ----------
    file
        Name as the client gave it, without folder.
    table
        Canonical table it feeds.
    sha256
        Hash of the file's bytes; of a database, of the rows that were read.
    size
        Bytes of the same.
    rows_in, rows_kept, rows_quarantined
        Records in the file after its header rows.
    reasons
        Quarantined rows by `Reason` value.
    rows_out_of_period
        Kept rows whose instant lies outside the audited period (kept, out of scope).
    expected_rows
        The client's own control total, where one was given.
    rows_unanswered
        Kept rows of a survey in which nothing is answered: they are no responses and stand apart. In long
        form, the rows of one response are one.
    left_out
        Rows that the run file leaves out, by the test they fail and its reason.
    rows_named_again
        Rows left out because their key was named before, where each key is wanted once.
    """

    file: str
    table: str
    sha256: str
    size: int
    rows_in: int
    rows_kept: int
    rows_quarantined: int
    reasons: Mapping[str, int]
    rows_out_of_period: int = 0
    expected_rows: int | None = None
    rows_unanswered: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    rows_named_again: int = 0

    @property
    def rows_left_out(self) -> int:
        """Rows that are none of this table, as the run file declares."""
        return sum(self.left_out.values()) + self.rows_named_again

    @property
    def empty(self) -> bool:
        """Whether it adds nothing: no row is kept, and not because all it names was named before."""
        again = self.rows_named_again > 0 and not self.rows_quarantined
        return self.rows_in > 0 and not self.rows_kept and not again

    @property
    def rows_judged(self) -> int:
        """Rows of this table: what the share in quarantine is a share of."""
        return self.rows_in - sum(self.left_out.values())

    @property
    def rows_accounted(self) -> int:
        """Rows kept, in quarantine or left out."""
        return self.rows_kept + self.rows_quarantined + self.rows_left_out

    @property
    def reconciled(self) -> bool:
        """Whether every row is accounted for, the client's own total included."""
        balanced = self.rows_in == self.rows_accounted
        return balanced and self.expected_rows in (None, self.rows_in)


@dataclass(frozen=True, slots=True)
class Cell:
    """How many valid answers a unit got in a month, for one survey type, item and native score."""

    unit_id: str
    month: int
    """Local to the unit, as ``year * 100 + month``."""
    survey_type: str
    item: str
    score: float
    n: int


@dataclass(frozen=True, slots=True)
class TableReliability:
    """The answer for one table, with the grounds for it."""

    table: str
    answer: Reliability
    grounds: tuple[str, ...]
    rows_in: int
    rows_kept: int
    rows_quarantined: int
