"""Which contacts a definition counts, and which of these meet, where evidence does not tell everything.

Evidence does not always tell dispositions apart: interval counts seldom say how many of the abandoned were
short. Such a contact has several possible dispositions, and the share has bounds. Where a definition treats
all of them alike, the bounds are one. The rule stands twice: `treatments` reads as definitions do, for one
contact; `Boundaries.kind` sorts a table into the few kinds of contacts that no definition at hand treats
differently, and `Counting` says of each definition which kinds it counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from auditlib.service_levels.definitions import Left, ShareDefinition, Treatment
from auditlib.service_levels.waits import FOREVER, LEFT_BITS, SECOND

if TYPE_CHECKING:
    import narwhals as nw

PREFERRED = MappingProxyType(
    {
        "least": (Treatment.MISSES, Treatment.LEFT_OUT, Treatment.MEETS),
        "most": (Treatment.MEETS, Treatment.LEFT_OUT, Treatment.MISSES),
    }
)
"""Which of the treatments that a contact may have makes a share least, and which makes it most."""
Known = tuple[tuple[Left, ...], int, int]
"""What may have become of contacts, and their shortest and longest wait in microseconds."""
_LEFTS = 1 << len(LEFT_BITS)


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
class Boundaries:
    """The longest waits, in microseconds, up to which some definition treats contacts in one way.

    Two waits with no boundary between them are the same to every definition.

    Examples
    --------
    >>> quick = ShareDefinition(title="", source="", dated="2026-01-01", meets=["answered_in_time"],
    ...                         misses=["answered_late"], within_inclusive=False)
    >>> Boundaries.of([(quick, 20)])
    Boundaries(waits=(19999999,))
    """

    waits: tuple[int, ...]

    @classmethod
    def of(cls, definitions: Iterable[tuple[ShareDefinition, int]]) -> Self:
        """Return the boundaries of definitions, each with its limit in seconds."""
        waits = set()
        for definition, limit in definitions:
            waits.add(limit * SECOND - (not definition.within_inclusive))
            if definition.short is not None:
                waits.add(definition.short * SECOND - (not definition.short_inclusive))
        return cls(tuple(sorted(waits)))

    def kind(self) -> nw.Expr:
        """Return the kind of contacts: what may have become of them, between which boundaries they waited.

        Contacts of one kind are the same to every definition; `known` reads it.
        """
        import narwhals as nw

        first, last = nw.lit(0), nw.lit(0)
        for wait in self.waits:
            first = first + (nw.col("least") > wait).cast(nw.Int64)
            last = last + (nw.col("most") > wait).cast(nw.Int64)
        return nw.col("left") + _LEFTS * (first + (len(self.waits) + 1) * last)

    def known(self, kind: int) -> Known:
        """Return what may have become of contacts of a kind, and their shortest and longest wait."""
        between, bits = divmod(kind, _LEFTS)
        last, first = divmod(between, len(self.waits) + 1)
        lefts = tuple(left for left, bit in LEFT_BITS.items() if bits & bit)
        least = self.waits[first - 1] + 1 if first else 0
        return lefts, least, self.waits[last] if last < len(self.waits) else FOREVER


@dataclass(frozen=True, slots=True)
class Counting:
    """The kinds of contacts that count in a share, and those that meet, at one end of what is open."""

    meeting: frozenset[int]
    counted: frozenset[int]

    @classmethod
    def of(
        cls,
        definition: ShareDefinition,
        kinds: Mapping[int, Known],
        *,
        limit: int,
        end: str,
    ) -> Self:
        """Return what a definition counts of kinds of contacts.

        Parameters
        ----------
        kinds
            What is known of each kind: what may have become of it, its least and its most wait.
        end
            ``least`` or ``most``.
        """
        # What meets never lowers a share and what misses never raises it, so that choosing for each contact
        # alone gives the extreme of all.
        chosen = {}
        for kind, (lefts, least, most) in kinds.items():
            may = treatments(definition, lefts, least, most, limit=limit)
            chosen[kind] = next(treatment for treatment in PREFERRED[end] if treatment in may)
        return cls(
            frozenset(kind for kind, treatment in chosen.items() if treatment is Treatment.MEETS),
            frozenset(kind for kind, treatment in chosen.items() if treatment is not Treatment.LEFT_OUT),
        )
