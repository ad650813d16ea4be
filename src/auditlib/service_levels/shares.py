"""Shares of contacts, from single ones and from interval counts, each contact counted once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from auditlib.records import Basis, EvidenceLevel, Measurement
from auditlib.service_levels.counts import Counted
from auditlib.standards.measure import nothing
from auditlib.standards.observed import IN_PERIOD, KnownRows, share_known, share_of
from auditlib.standards.unknown import span
from auditlib.statements import counted

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class Single:
    """What single contacts say.

    Parameters
    ----------
    rows
        Contacts by whether they meet the condition; None where there are none to be measured.
    why
        Why there are none.
    unsaid
        What some of them leave open.
    """

    rows: KnownRows | None
    why: str
    unsaid: str


def _offered() -> nw.Expr:
    import narwhals as nw

    return nw.col("offered")


def _answered() -> nw.Expr:
    import narwhals as nw

    return nw.col("answered")


def _settled() -> nw.Expr:
    return _answered() + _abandoned()


def _abandoned() -> nw.Expr:
    import narwhals as nw

    return nw.col("abandoned")


WHOLES: Mapping[str, Callable[[], nw.Expr]] = MappingProxyType(
    {"offered": _offered, "answered": _answered, "settled": _settled}
)
"""What shares of contacts are over, in interval counts."""


def among(contacts: nw.LazyFrame[Any], over: str) -> nw.LazyFrame[Any]:
    """Return the single contacts a share is over; one that may have been given up is among the settled."""
    import narwhals as nw

    answered = ~nw.col("answered_at").is_null()
    if over == "answered":
        return contacts.filter(answered)
    return contacts.filter(answered | _abandoned().fill_null(value=True)) if over == "settled" else contacts


def share_from(
    single: Single,
    intervals: Counted | None,
    sums: KnownRows | None,
    *,
    confidence: float,
    channel: str,
    column: str,
    limit: int | None = None,
    rounding: tuple[int, int] = (0, 0),
) -> Measurement:
    """Return the share of the contacts of a channel that meet a condition.

    Parameters
    ----------
    intervals, sums
        Interval counts where there are any, and what those that are used add up to.
    column
        Column of the interval counts that the condition is said by.
    limit
        Limit in seconds that the criterion asks about.
    rounding
        How many fewer and how many more contacts may meet the condition than rounded shares say.
    """
    rests_on = (Basis("interactions", (*IN_PERIOD, ("channel", channel))),)
    none = f"there is no {channel} contact in the period that says enough"
    if intervals is None or sums is None:
        if single.rows is None:
            return nothing(single.why)
        return share_known(
            single.rows, confidence=confidence, basis=rests_on, none=none, unsaid=single.unsaid
        )
    rows = _together(single.rows, sums)
    rounded = "interval counts say only rounded shares of contacts given up" if any(rounding) else ""
    notes = (_left_open(single), intervals.words, _uncounted(intervals, sums, column, limit), rounded)
    remark = "; ".join(note for note in notes if note)
    share = share_of(
        rows.meeting,
        rows.n,
        confidence=confidence,
        basis=(*(rests_on if single.rows is not None else ()), *intervals.basis(channel, column)),
        none=remark or none,
        level=EvidenceLevel.AGGREGATES if single.rows is None else EvidenceLevel.RESPONSES,
        unknown=rows.unknown,
        reason=remark,
    )
    return _with_rounding(share, *rounding, level=confidence) if any(rounding) and share.n else share


def _with_rounding(share: Measurement, fewer: int, more: int, *, level: float) -> Measurement:
    """Return a share with bounds: whatever rounding hides counts as unknown, and moves no value."""
    meeting, cases = share.successes or 0, share.n + share.unknown
    low, high = meeting - fewer, meeting + more + share.unknown
    return replace(
        share,
        successes=None,
        interval=span(low, cases - (high - low), high - low, level=level),
        unknown=share.unknown + fewer + more,
        bounds=(low / cases, high / cases),
    )


def _together(single: KnownRows | None, sums: KnownRows) -> KnownRows:
    first = single or KnownRows(0, 0, 0)
    return KnownRows(first.meeting + sums.meeting, first.n + sums.n, first.unknown + sums.unknown)


def _left_open(single: Single) -> str:
    if single.rows is None or not single.rows.unknown:
        return ""
    rows = counted(single.rows.n + single.rows.unknown, "row")
    return f"of {rows}, {single.rows.unknown:,} left open {single.unsaid}"


def _uncounted(intervals: Counted, sums: KnownRows, column: str, limit: int | None) -> str:
    """Return why contacts of intervals are on neither side; empty where none is."""
    if not sums.unknown:
        return ""
    if intervals.contradicts:
        return ""
    other_limits = [] if limit is None else [seconds for seconds in intervals.limits() if seconds != limit]
    contacts = f"{counted(sums.unknown, 'contact')} of interval counts left open"
    if not other_limits:
        return f"{contacts}: not every interval says {column}"
    limits = " and ".join(counted(seconds, "second") for seconds in other_limits)
    return f"{contacts}: they were counted at a limit of {limits} and cannot be counted again at {limit:,}"
