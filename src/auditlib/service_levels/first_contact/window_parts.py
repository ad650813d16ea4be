"""What windows make of single contacts with their silences, as expressions of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import narwhals as nw


def begins(rule: RepeatRule, days: int) -> nw.Expr:
    """Return whether a contact is the first of its matter; a vague one is where it stands alone."""
    import narwhals as nw

    return after_silence(rule, days) & ~(nw.col("vague") & within_window(rule, days))


def after_silence(rule: RepeatRule, days: int) -> nw.Expr:
    """Return whether nobody was in contact about the matter for so long before."""
    import narwhals as nw

    return nw.col("since").is_null() | (nw.col("since") > rule.reach(days)).fill_null(value=False)


def within_window(rule: RepeatRule, days: int) -> nw.Expr:
    """Return whether the customer came back with the matter within the window."""
    import narwhals as nw

    return (nw.col("until_next") <= rule.reach(days)).fill_null(value=False)


def in_base(rule: RepeatRule, days: int, *, until: int) -> nw.Expr:
    """Return whether a contact is the first of its matter and its window is over."""
    import narwhals as nw

    return begins(rule, days) & (nw.col("starts_at") <= until - rule.reach(days))


def parts(rule: RepeatRule, days: int, *, until: int, first: int) -> dict[str, nw.Expr]:
    """Return which first contacts are counted under one window, by name.

    A customer may come back with a matter of the same kind that is another. As many as came back in a second
    window that follows the first, of those who had not before, would come by that in the first: ``watched``
    are those of whom both windows are over. ``judged`` are those of whom it is known whether they were
    resolved: of a contact said to be both answered and given up, where the customer came back.
    """
    import narwhals as nw

    start, base, returned = begins(rule, days), in_base(rule, days, until=until), within_window(rule, days)
    twice = 2 * days * DAY
    watched = start & ~nw.col("vague") & (nw.col("starts_at") <= until - twice)
    late = (nw.col("until_next") <= twice).fill_null(value=False)
    return {
        "base": base,
        "judged": base & (returned | ~nw.col("answered").is_null()),
        "returned": base & returned,
        "silent": base & ~returned,
        "censored": start & (nw.col("starts_at") > until - rule.reach(days)),
        "early": base & (nw.col("offered_at") <= first + rule.reach(days)),
        "watched": watched,
        "watched_returned": watched & returned,
        "watched_late": watched & late & ~returned,
    }
