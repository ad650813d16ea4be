"""Interval counts: what contradicts itself within a row, and rows of totals and averages among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditlib.contracts import WHOLE_DAY, ColumnKind, Table
from auditlib.evidence.engine import literal
from auditlib.evidence.quarantine_rule import QuarantineRule
from auditlib.records import Reason
from auditlib.time.epoch import DAY_SECONDS, SECOND

if TYPE_CHECKING:
    import narwhals as nw


_NAMES = (
    "((grand|sub|overall|daily|weekly|monthly|report)[ -]?)?totals?",
    "total (general|général|gesamt|all)",
    "sous-total|subtotaal|totaal|totale|somme|suma|razem|og(ó|o)(ł|l)em|(ł|l)(ą|a)cznie",
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


_PARTS = (
    ("answered_in_time", "answered", "more were answered in time than answered"),
    ("abandoned_in_time", "abandoned", "more were given up in time than given up"),
    ("abandoned_short", "abandoned", "more were given up after a short wait than given up"),
)
"""Counts that are part of another, and what it means where one is more."""


def counted_rules(contract: Table, as_of: int) -> Iterator[QuarantineRule]:
    """Yield the rules of a table of interval counts; none for another table."""
    import narwhals as nw

    for name in totals_in(contract):
        message = "this names a row of totals or averages, which the other rows already say"
        yield QuarantineRule(Reason.OVERLAP, name, nw.col(f"{name}__total"), message)
    if contract.name != "interval_counts":
        return
    names = {column.name for column in contract.columns}
    for part, whole, message in _PARTS:
        if part in names:
            exceeds = nw.col(part) > nw.col(whole)
            yield QuarantineRule(Reason.CONTRADICTION, part, exceeds, message, beside=whole)
    yield from _length_rules(as_of)


def _length_rules(as_of: int) -> Iterator[QuarantineRule]:
    import narwhals as nw

    no_end, no_length = nw.col("ended_at").is_null(), nw.col("length").is_null()
    unsaid = "neither the end nor the length of the interval is said"
    yield QuarantineRule(Reason.TIME, "starts", no_end & no_length, unsaid)
    yield QuarantineRule(Reason.TIME, "length", nw.col("length") == 0, "an interval has a length above zero")
    lasted = seconds_until_end()
    yield QuarantineRule(Reason.TIME, "ended", lasted == 0, "the interval ends when it starts")
    # Reports write the end of a half hour as 09:30:00 or as 09:29:59.
    missing = nw.col("length") - lasted
    cut = "the interval was cut short: it ends before its length is over"
    yield QuarantineRule(Reason.TIME, "ended", missing > 1, cut)
    yield QuarantineRule(Reason.TIME, "ended", missing < 0, "the interval is longer than its length")
    unfinished = "the interval was cut short: it was not over at the instant of the audit"
    ends = nw.when(no_end).then(nw.col("starts_at") + nw.col("length") * SECOND).otherwise(nw.col("ended_at"))
    yield QuarantineRule(Reason.FUTURE, "starts", ends > as_of, unfinished)


def seconds_until_end() -> nw.Expr:
    """Return the seconds from the start of an interval to its end; an end that is a day is included."""
    import narwhals as nw

    days = (nw.col("ended_day") - nw.col("starts_day") + 1).cast(nw.Int64) * DAY_SECONDS
    apart = (nw.col("ended_at") - nw.col("starts_at")) // SECOND
    return nw.when(nw.col("ended_second") == WHOLE_DAY).then(days).otherwise(apart)
