"""Contacts by how they left the queue, and the share that a definition makes of them.

Evidence does not always tell dispositions apart: interval counts seldom say how many of the abandoned were
short. Contacts are then counted under all the dispositions they may have, and the share has bounds: the least
and the most it can be. Where a definition treats all of them alike, the bounds are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditlib.service_levels.definitions import Disposition, ShareDefinition, Treatment

Possible = frozenset[Disposition]
"""Dispositions that a contact may have, as far as the evidence says."""


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
        return self.meeting / self.counted if self.counted else None


@dataclass(frozen=True, slots=True)
class ShareBounds:
    """The least and the most that a share can be with what the evidence tells apart."""

    least: Met
    most: Met

    @property
    def exact(self) -> bool:
        """Whether the evidence tells the share."""
        return self.least == self.most


def share_under(tally: Mapping[Possible, int], definition: ShareDefinition) -> ShareBounds:
    """Return the share of contacts that a definition makes of a tally.

    Parameters
    ----------
    tally
        Contacts by the dispositions they may have.

    Examples
    --------
    >>> in_time, late = Disposition.ANSWERED_IN_TIME, Disposition.ANSWERED_LATE
    >>> answered = ShareDefinition(
    ...     title="", source="", dated="2026-01-01", meets=["answered_in_time"], misses=["answered_late"]
    ... )
    >>> share_under({frozenset({in_time}): 860, frozenset({late}): 140}, answered).least.share
    0.86
    """
    treated = [
        (frozenset(definition.treatment(disposition) for disposition in possible), count)
        for possible, count in tally.items()
    ]
    return ShareBounds(_met(treated, _WORST), _met(treated, _BEST))


_WORST = (Treatment.MISSES, Treatment.LEFT_OUT, Treatment.MEETS)
_BEST = (Treatment.MEETS, Treatment.LEFT_OUT, Treatment.MISSES)


def _met(treated: Iterable[tuple[frozenset[Treatment], int]], preferred: tuple[Treatment, ...]) -> Met:
    """Count contacts, each under the first of the preferred treatments it may have."""
    # A contact that meets never lowers a share and one that misses never raises it, so that choosing for each
    # contact alone gives the extreme of all.
    counts = dict.fromkeys(Treatment, 0)
    for possible, count in treated:
        counts[next(treatment for treatment in preferred if treatment in possible)] += count
    return Met(counts[Treatment.MEETS], counts[Treatment.MEETS] + counts[Treatment.MISSES])
