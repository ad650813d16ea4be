"""Intervals counted in several rows: an export repeated on another day restates, and copies nothing."""

from __future__ import annotations

from auditlib.parameters.run import Source
from auditlib.records import Reason

COUNTS = "interval_counts"
REPEATED = (Reason.IDENTICAL.value, Reason.CONFLICTING.value, Reason.OVERLAP.value)
"""Reasons for quarantine that say of a row that another counts the same."""
DAY = "exported_on"
"""The column that says when intervals were exported."""
_OTHERWISE = {
    Reason.IDENTICAL.value: "Otherwise copies take nothing away.",
    Reason.CONFLICTING.value: "Otherwise ask the client which row holds.",
    Reason.OVERLAP.value: (
        "Otherwise leave totals out by name, which takes nothing away, or ask the client which of the rows "
        "holds."
    ),
}


def repeated_counts(reason: str, source: Source, beside: str) -> str:
    """Return what to do about intervals that are counted twice.

    Parameters
    ----------
    reason
        One of `REPEATED`.
    source
        The source of interval counts.
    beside
        Another source that counts them, too; empty where it is the same one.
    """
    column = source.label(DAY) if DAY in source.columns else ""
    day = source.constants.get(DAY, "")
    if column:
        advice = f"Both have the same day of export in {column!r}."
    elif day:
        advice = f"Both are said to be exported on {day}: correct {DAY} where the days differ."
    elif beside:
        advice = (
            f"These intervals are counted by {beside}, too. Where it is an export of another day, say so "
            f'first: write the day of each export under its constants, {DAY}: "YYYY-MM-DD", or map the '
            f"column that says it, columns: {{{DAY}: ...}}. The last export then holds, and what it "
            "restates is told."
        )
    else:
        advice = (
            f"Where the file holds several exports, map the day of each first: columns: {{{DAY}: ...}}. The "
            "last export then holds, and what it restates is told."
        )
    return f"{advice} {_OTHERWISE[reason]}"
