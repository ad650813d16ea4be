"""Whether linked units mostly lie in one group of units, and what else was linked there at about that time.

Units may be linked by lot and still lie mostly in one region. Whatever else happens there, and another role's
link above all, then looks like the effect of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from auditlib.compensation.assigned import MANAGER, Groupings
from auditlib.compensation.register import Role, RoleLinks
from auditlib.contracts.pay import GROUPINGS, LEVEL_NOUNS
from auditlib.statistics.adoption import Ints
from auditlib.statistics.changes import Flags

MOSTLY = 0.5
"""Share of linked units in one group, above which they mostly lie there, and of all units, up to which the
group is not simply most of the party."""
NEAR = 6
"""Months from the one link to the other within which what they do is told apart by assumption only."""
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Concentration:
    """Where linked units mostly lie.

    Parameters
    ----------
    by, label
        Grouping and group, such as ``region`` and its name.
    inside, linked
        Linked units in the group, and linked units in all.
    held, units
        Units in the group, and units in all.
    second, apart
        Another role whose pay was linked in most of the group near that time, and how many months later
        (earlier where negative); None where there is none.
    """

    by: str
    label: str
    inside: int
    linked: int
    held: int
    units: int
    second: Role | None = None
    apart: int | None = None

    @property
    def noun(self) -> str:
        """What the group is, in the singular."""
        return LEVEL_NOUNS[self.by][0]


def concentration(
    links: RoleLinks, beside: tuple[RoleLinks, ...], units: tuple[str, ...], known: Groupings, *, by: str
) -> Concentration | None:
    """Return where the linked units of one role mostly lie; None where they are spread.

    Parameters
    ----------
    links, beside
        Links of the role, and those of every role, on the units of the panel.
    known
        See `assigned.groupings`.
    by
        What the pay of the role was assigned by: its own groups are no concentration.

    Notes
    -----
    Of several groups the one in which another role was linked goes first, then the one of most linked units.
    """
    linked: Flags = np.asarray(links.linked.any(axis=1))
    if int(linked.sum()) < _FEWEST:
        return None
    places = _places(linked, units, known, by=by)
    near = [_beside(place, inside, links, beside) for place, inside in places]
    return max(near, key=lambda place: (place.second is not None, place.inside), default=None)


def _places(
    linked: Flags, units: tuple[str, ...], known: Groupings, *, by: str
) -> Iterator[tuple[Concentration, Flags]]:
    """Yield the groups that hold most of the linked units and not most of all units."""
    for name in GROUPINGS:
        if name in {by, MANAGER} or name not in known:  # who manages most of them is a person
            continue
        labels = np.array([known[name].get(unit, "") for unit in units])
        for label in sorted(set(labels[linked]) - {""}):
            inside = labels == label
            there, held = int((inside & linked).sum()), int(inside.sum())
            if there > MOSTLY * linked.sum() and held <= MOSTLY * len(units):
                yield Concentration(name, str(label), there, int(linked.sum()), held, len(units)), inside


def _beside(
    place: Concentration, inside: Flags, links: RoleLinks, beside: tuple[RoleLinks, ...]
) -> Concentration:
    """Return `place` with another role that was linked in most of it at about the same time."""
    own = _typical(links.adopted[inside & links.linked.any(axis=1)])
    for second in beside:
        there = inside & second.linked.any(axis=1)
        if second.role == links.role or there.sum() <= MOSTLY * inside.sum():
            continue
        apart = _typical(second.adopted[there]) - own
        if abs(apart) <= NEAR:
            return replace(place, second=second.role, apart=apart)
    return place


def _typical(months: Ints) -> int:
    return int(np.median(months))
