"""Counts of few people, and numbers that rest on few: never shown (primary suppression)."""

from __future__ import annotations

from dataclasses import replace

from auditlib.contracts import TABLES
from auditlib.disclosure.minimum_frequency import MinimumFrequency
from auditlib.records import Basis, Number
from auditlib.statements import counted

HELD_BACK = "Suppressed"
"""How the reason of a number begins that is known and not shown."""
BOUNDED = f"{HELD_BACK}: fewer than"
"""How it begins where it tells that few were counted."""
COUNTS = frozenset(
    {
        "rows",
        "count",
        "responses",
        "invitations",
        "answers",
        "accounts",
        "cases",
        "units",
        "months",
        "bytes",
        "rank",
    }
)
"""Units of plain counts: how many of something, resting on no sample."""
_OF_THINGS = frozenset({"units", "months", "bytes", "rank"})
_BESIDE = frozenset({"cells", "unanswered"})
"""Tables that intake derives from those of people."""


def about_people(table: str) -> bool:
    """Tell whether a row of `table` is about a customer or a member of staff."""
    return table in _BESIDE or (table in TABLES and TABLES[table].people)


def counted_rows(table: str) -> bool:
    """Tell whether the rows of `table` are people; a cell of scores is a row for many."""
    return table != "cells" and about_people(table)


def counts_people(number: Number) -> bool:
    """Tell whether the value of `number` is a count of people, rather than of units, months or criteria."""
    if not number.basis or number.unit not in COUNTS - _OF_THINGS:
        return False
    if number.unit == "count" and number.n is None and not _named_n(number.key):
        return False  # a count that names no n counts units, choices or tests
    return about_people(number.basis[0].table)


def _named_n(key: str) -> bool:
    """Tell whether `key` is that of a column of group sizes (``values.n:U014``)."""
    return key.partition(":")[0].rpartition(".")[2] == "n"


def small_count(number: Number, *, minimum: MinimumFrequency) -> bool:
    """Tell whether `number` says how many people a group has that `minimum` hides."""
    if isinstance(number.value, str | None) or not counts_people(number):
        return False
    return minimum.hides(int(number.value))


def without_small(number: Number, *, minimum: MinimumFrequency) -> Number:
    """Return `number` as it may be shown: no value on a small group, no count and no size of one."""
    if minimum.hides(number.n):
        bare = held_back(number, minimum=minimum)
        return replace(bare, n=None)
    safe = held_back(number, minimum=minimum) if small_count(number, minimum=minimum) else number
    return replace(safe, basis=tuple(_without_size(basis, minimum=minimum) for basis in safe.basis))


def held_back(number: Number, *, minimum: MinimumFrequency) -> Number:
    """Return `number` without value and interval, and without the sizes that tell a small group's."""
    if number.value is None:
        return number
    reason = f"{BOUNDED} {counted(minimum.least, 'observation')}."
    bases = tuple(_without_size(basis, minimum=minimum) for basis in number.basis)
    return replace(number, value=None, interval=None, basis=bases, reason=reason)


def _without_size(basis: Basis, *, minimum: MinimumFrequency) -> Basis:
    if counted_rows(basis.table) and minimum.hides(basis.rows):
        return replace(basis, rows=None)
    return basis


def is_held_back(number: Number) -> bool:
    """Tell whether `number` is known and not shown."""
    return number.value is None and number.reason.startswith(HELD_BACK)


def is_bounded(number: Number) -> bool:
    """Tell whether `number` is held back and a reader is told that it is small."""
    return number.value is None and number.reason.startswith(BOUNDED)
