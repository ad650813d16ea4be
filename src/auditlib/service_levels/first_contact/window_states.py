"""What windows tell apart of contacts, as one number: contacts of one state are the same to every window.

The time since the last contact, the time until the next, when a window starts and when a contact was offered
matter only by which limits of the windows they exceed. So what
windows make of contacts (`window_parts.parts`) is worked out once for each state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.service_levels.coded_sums import Whole
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import narwhals as nw
    import pyarrow as pa

UNSAID = -1
"""Code of what a contact does not say; 0 is no, and 1 is yes."""
CODES = ("answered", "mark", "level", "said")
"""What is known of contacts, as codes."""
CODE_SIZES = (3,) * len(CODES)
"""Codes of each, in states counted from `UNSAID`."""
KNOWN = 3 ** len(CODES)
"""Ways in which all of it may be known."""
_BESIDE = KNOWN // CODE_SIZES[0]
"""The same of what is known beside the answer, which alone changes what windows make of a contact."""


@dataclass(frozen=True, slots=True)
class WindowStates:
    """The states that windows tell apart.

    Parameters
    ----------
    limits
        For each column, in ascending order what it is held against: as much as a limit does not exceed it.
    """

    limits: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, rule: RepeatRule, windows: Sequence[int], *, until: int, first: int) -> WindowStates:
        """Return the states that windows of so many days tell apart; see `counted_contacts`."""
        reach = [rule.reach(days) for days in windows]
        twice = [2 * days * DAY for days in windows]
        limits = {
            "since": reach,
            "until_next": [*reach, *twice],
            "starts_at": [until - length for length in (*reach, *twice)],
            "offered_at": [first + length for length in reach],
        }
        return cls({name: tuple(sorted(set(values))) for name, values in limits.items()})

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many codes each part of a state has: of the limits, whether it is vague, and was answered."""
        return (*(len(limits) + 1 for limits in self.limits.values()), 2, CODE_SIZES[0])

    @property
    def states(self) -> int:
        """How many states there may be."""
        return int(np.prod(self.sizes))

    def of_rows(self, rows: pa.Table) -> Whole:
        """Return the state of each contact, shape (rows,).

        Parameters
        ----------
        rows
            With the columns of the limits, ``vague``, and ``known``: see `known_of`.
        """
        state = np.zeros(rows.num_rows, np.int64)
        for (name, limits), size in zip(self.limits.items(), self.sizes, strict=False):
            state = state * size + np.searchsorted(limits, rows[name].to_numpy())
        vague, code = (rows[name].to_numpy() for name in ("vague", "known"))
        return np.asarray((state * 2 + vague) * CODE_SIZES[0] + code // _BESIDE, np.int64)

    def begun(self, state: Whole) -> NDArray[np.bool_]:
        """Return of which states any window takes contacts for first ones."""
        return state >= self.states // self.sizes[0]

    def contacts(self) -> nw.DataFrame[Any]:
        """Return a contact of each state, in the order of the states."""
        import narwhals as nw
        import pyarrow as pa

        *exceeded, vague, answered = np.unravel_index(np.arange(self.states), self.sizes)
        columns: dict[str, Any] = {
            name: _standing_for(limits)[code]
            for (name, limits), code in zip(self.limits.items(), exceeded, strict=True)
        }
        columns["vague"] = vague.astype(bool)
        answer = answered + UNSAID
        columns["answered"] = pa.array(answer == 1, mask=answer == UNSAID)
        return nw.from_native(pa.table(columns), eager_only=True)


def answered_in(state: Whole) -> Whole:
    """Return whether contacts of states were answered, as a code."""
    return state % CODE_SIZES[0] + UNSAID


def codes_of(number: Whole) -> dict[str, Whole]:
    """Return what is known of contacts, by `CODES`, from one number; see `known_of`."""
    codes = np.unravel_index(number, CODE_SIZES)
    return {name: code + UNSAID for name, code in zip(CODES, codes, strict=True)}


def known_of(codes: Mapping[str, nw.Expr]) -> nw.Expr:
    """Return what is known of a contact, by `CODES`, as one number below `KNOWN`."""
    import narwhals as nw

    number = nw.lit(0)
    for name, size in zip(CODES, CODE_SIZES, strict=True):
        number = number * size + (codes[name] - UNSAID)
    return number.cast(nw.Int64)


def _standing_for(limits: Sequence[int]) -> NDArray[np.int64]:
    """Return a number that exceeds none of the limits, one that exceeds the first alone, and so on."""
    return np.array([*limits, limits[-1] + 1], dtype=np.int64)
