"""What a rule is: when it is broken, by which column, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.records import Reason

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class QuarantineRule:
    """One rule: when `broken` is true of a row, it goes to quarantine.

    Parameters
    ----------
    reason
        The reason given.
    column
        Canonical column at fault.
    broken
        Boolean expression over the typed columns.
    message
        What is wrong, for an auditor.
    beside
        Canonical column of the same row that the cell contradicts; empty where it is wrong by itself.
    """

    reason: Reason
    column: str
    broken: nw.Expr
    message: str
    beside: str = ""
