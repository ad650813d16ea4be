"""The share of contacts that a definition makes of waits, with the least and the most it can be.

Evidence does not always tell dispositions apart: interval counts seldom say how many of the abandoned were
short. Such a contact has several possible dispositions, and the share has bounds. Where a definition treats
all of them alike, the bounds are one. The rule stands twice: `treatments` reads as definitions do, for one
contact; `sums` is the same over a table.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.service_levels.definitions import Disposition, Left, ShareDefinition, Treatment
from auditlib.service_levels.waits import FOREVER, LEFT_BITS, SECOND

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class Met:
    """Contacts that meet, of those that count.

    Examples
    --------
    >>> Met(3, 4).share
    0.75
    """

    meeting: int
    counted: int

    @property
    def share(self) -> float | None:
        """What meets over what counts; None where nothing counts."""
        return self.meeting / self.counted if self.counted > 0 else None


@dataclass(frozen=True, slots=True)
class ShareBounds:
    """The least and the most that a share can be with what the evidence tells apart."""

    least: Met
    most: Met

    @property
    def exact(self) -> bool:
        """Whether the evidence tells the share."""
        return self.least == self.most


def treatments(
    definition: ShareDefinition, lefts: Collection[Left], least: int, most: int, *, limit: int
) -> frozenset[Treatment]:
    """Return what a definition may do with a contact of which so much is known: the scalar reference.

    Parameters
    ----------
    lefts
        What may have become of it.
    least, most
        Microseconds it waited at least and at most.
    limit
        Seconds of the service level.
    """
    # The disposition changes only at the bounds of the definition and right behind them.
    bounds = (limit,) if definition.short is None else (limit, definition.short)
    near = {bound * SECOND + step for bound in bounds for step in (-1, 0, 1)}
    waits = {least, most, *(wait for wait in near if least <= wait <= most)}
    possible = {definition.disposition(left, wait / SECOND, limit=limit) for left in lefts for wait in waits}
    return frozenset(definition.treatment(disposition) for disposition in possible)


def sums(definition: ShareDefinition, *, limit: int) -> dict[str, nw.Expr]:
    """Return what contacts add to a share, as expressions over waits.

    Parameters
    ----------
    limit
        Seconds of the service level.

    Returns
    -------
    dict
        ``least_meeting``, ``least_counted``, ``most_meeting``, ``most_counted``: each to be summed.
    """
    import narwhals as nw

    meets, misses, left_out = (_may(definition, treatment, limit=limit) for treatment in Treatment)
    # What meets never lowers a share and what misses never raises it, so that choosing for each contact
    # alone gives the extreme of all.
    surely_meets, surely_misses = meets & ~misses & ~left_out, misses & ~meets & ~left_out
    chosen = {
        "least_meeting": surely_meets,
        "least_counted": misses | surely_meets,
        "most_meeting": meets,
        "most_counted": meets | surely_misses,
    }
    contacts = nw.col("contacts")
    return {name: nw.when(which).then(contacts).otherwise(nw.lit(0)) for name, which in chosen.items()}


def _may(definition: ShareDefinition, treatment: Treatment, *, limit: int) -> nw.Expr:
    """Return whether a definition may treat contacts so."""
    import narwhals as nw

    treated = (possible for possible in Disposition if definition.treatment(possible) is treatment)
    may = [_possible(definition, disposition, limit=limit) for disposition in treated]
    return nw.any_horizontal(*may, ignore_nulls=False) if may else nw.lit(value=False)


def _possible(definition: ShareDefinition, disposition: Disposition, *, limit: int) -> nw.Expr:
    """Return whether contacts may have left the queue so: what became of them, and their wait, allow it."""
    import narwhals as nw

    first, last = _waits(definition, disposition, limit=limit)
    bit = LEFT_BITS[disposition.left]
    became = (nw.col("left") // bit) % 2 == 1
    return became & (nw.col("least") <= last) & (nw.col("most") >= first)


def _waits(definition: ShareDefinition, disposition: Disposition, *, limit: int) -> tuple[int, int]:
    """Return the shortest and the longest wait of a disposition, in microseconds."""
    in_time = limit * SECOND - (not definition.within_inclusive)
    short = -1
    if definition.short is not None:
        short = definition.short * SECOND - (not definition.short_inclusive)
    return {
        Disposition.ANSWERED_IN_TIME: (0, in_time),
        Disposition.ANSWERED_LATE: (in_time + 1, FOREVER),
        Disposition.ABANDONED_SHORT: (0, short),
        Disposition.ABANDONED_IN_TIME: (short + 1, in_time),
        Disposition.ABANDONED_LATE: (max(short, in_time) + 1, FOREVER),
    }.get(disposition, (0, FOREVER))
