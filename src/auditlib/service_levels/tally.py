"""The share of contacts that a definition makes of waits, with the least and the most it can be.

Evidence does not always tell dispositions apart: interval counts seldom say how many of the abandoned were
short. Such a contact has several possible dispositions, and the share has bounds. Where a definition treats
all of them alike, the bounds are one. The rule stands twice: `treatments` reads as definitions do, for one
contact; `possible` and `sums` are the same over a table.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from auditlib.service_levels.definitions import Disposition, Left, ShareDefinition, Treatment
from auditlib.service_levels.waits import FOREVER, LEFT_BITS, SECOND

if TYPE_CHECKING:
    import narwhals as nw


DISPOSITION_BITS = MappingProxyType({held: 1 << place for place, held in enumerate(Disposition)})
PREFERRED = MappingProxyType(
    {
        "least": (Treatment.MISSES, Treatment.LEFT_OUT, Treatment.MEETS),
        "most": (Treatment.MEETS, Treatment.LEFT_OUT, Treatment.MISSES),
    }
)
"""Which of the treatments that a contact may have makes a share least, and which makes it most."""


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


@dataclass(frozen=True, slots=True)
class Bounds:
    """The longest wait, in microseconds, that is still in time, and that is still short.

    Examples
    --------
    >>> Bounds.of(
    ...     ShareDefinition(title="", source="", dated="2026-01-01", meets=["answered_in_time"],
    ...                     misses=["answered_late"], within_inclusive=False),
    ...     limit=20,
    ... )
    Bounds(in_time=19999999, short=-1)
    """

    in_time: int
    short: int

    @classmethod
    def of(cls, definition: ShareDefinition, *, limit: int) -> Self:
        """Return the bounds of a definition at a limit in seconds; without short contacts none is short."""
        in_time = limit * SECOND - (not definition.within_inclusive)
        if definition.short is None:
            return cls(in_time, -1)
        return cls(in_time, definition.short * SECOND - (not definition.short_inclusive))

    def waits(self, disposition: Disposition) -> tuple[int, int]:
        """Return the shortest and the longest wait of a disposition, in microseconds."""
        return {
            Disposition.ANSWERED_IN_TIME: (0, self.in_time),
            Disposition.ANSWERED_LATE: (self.in_time + 1, FOREVER),
            Disposition.ABANDONED_SHORT: (0, self.short),
            Disposition.ABANDONED_IN_TIME: (self.short + 1, self.in_time),
            Disposition.ABANDONED_LATE: (max(self.short, self.in_time) + 1, FOREVER),
        }.get(disposition, (0, FOREVER))


def possible(bounds: Bounds) -> nw.Expr:
    """Return all the dispositions that contacts may have, as a sum of `DISPOSITION_BITS`."""
    import narwhals as nw

    dispositions = nw.lit(0)
    for disposition, bit in DISPOSITION_BITS.items():
        first, last = bounds.waits(disposition)
        became = (nw.col("left") // LEFT_BITS[disposition.left]) % 2 == 1
        may = became & (nw.col("least") <= last) & (nw.col("most") >= first)
        dispositions = dispositions + nw.when(may).then(nw.lit(bit)).otherwise(nw.lit(0))
    return dispositions


def sums(definition: ShareDefinition, dispositions: str) -> dict[str, nw.Expr]:
    """Return what contacts add to a share, as expressions over `contacts`: each to be summed.

    Parameters
    ----------
    dispositions
        The column that holds the `possible` dispositions by the bounds of the definition.

    Returns
    -------
    dict
        ``least_meeting``, ``least_counted``, ``most_meeting``, ``most_counted``.
    """
    import narwhals as nw

    contacts, held = nw.col("contacts"), nw.col(dispositions)
    return {
        f"{end}_{part}": nw.when(held.is_in(chosen)).then(contacts).otherwise(nw.lit(0))
        for end, preferred in PREFERRED.items()
        for part, chosen in _chosen(definition, preferred).items()
    }


def _chosen(definition: ShareDefinition, preferred: tuple[Treatment, ...]) -> dict[str, list[int]]:
    """Return the sums of bits under which a contact meets, and under which it counts."""
    # What meets never lowers a share and what misses never raises it, so that choosing for each contact
    # alone gives the extreme of all.
    chosen: dict[str, list[int]] = {"meeting": [], "counted": []}
    for bits in range(1, 1 << len(DISPOSITION_BITS)):
        may = {
            definition.treatment(disposition) for disposition, bit in DISPOSITION_BITS.items() if bits & bit
        }
        treatment = next(entry for entry in preferred if entry in may)
        if treatment is Treatment.MEETS:
            chosen["meeting"].append(bits)
        if treatment is not Treatment.LEFT_OUT:
            chosen["counted"].append(bits)
    return chosen
