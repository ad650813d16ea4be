"""Rows of totals and averages at the foot of a report, told by what they call themselves."""

from __future__ import annotations

import re

from auditlib.contracts import ColumnKind, Table
from auditlib.evidence.engine import literal

_NAMES = (
    "((grand|sub|overall|daily|weekly|monthly|report)[ -]?)?totals?",
    "total (general|général|gesamt|all)",
    "sous-total|subtotaal|totaal|totale|somme|suma",
    "gesamt(summe|ergebnis)?|zwischensumme|summe|insgesamt",
    "summary|averages?|mittelwert|durchschnitt|promedio|moyenne|gemiddelde",
)
_PATTERN = f"^({'|'.join(_NAMES)})[ :]*$"


def totals_in(contract: Table) -> tuple[str, ...]:
    """Return the columns in which a row of totals would name itself; none where rows are no counts."""
    if contract.name != "interval_counts":
        return ()
    kinds = (ColumnKind.ID, ColumnKind.CODE, ColumnKind.INSTANT)
    return tuple(column.name for column in contract.columns if column.kind in kinds)


def names_total(text: str) -> str:
    """Return whether a cell of text names totals or averages, as an expression of the database."""
    return f"coalesce(regexp_matches(lower(trim({text})), {literal(_PATTERN)}), FALSE)"


def is_total(text: str) -> bool:
    """Return whether a text names totals or averages."""
    return re.fullmatch(_PATTERN, text.strip().lower()) is not None
