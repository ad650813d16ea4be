"""Contacts counted by their state: a few states hold most contacts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from auditlib.service_levels.coded_sums import CodedSums, Whole

FREQUENT = 15
"""States that are counted as such; contacts of others are counted in all that they are parts of."""


class StateCounts:
    """What contacts are parts of, by code, as batches are added.

    Parameters
    ----------
    flags
        By name, which states are parts of it, shape (states,).

    Notes
    -----
    Nearly all contacts are of a few states. To count these once for each state, and to add up at the end what
    they are parts of, takes a fraction of the time of counting every contact in each of its parts.
    """

    def __init__(self, flags: Mapping[str, NDArray[np.bool_]]) -> None:
        self._flags = flags
        self._column = np.zeros(0, np.int64)
        self._often, self._seldom = CodedSums(FREQUENT + 1), CodedSums(len(flags))

    def add(self, codes: Whole, states: Whole) -> None:
        """Count contacts by their code and state, each shape (contacts,)."""
        if not len(self._column):
            self._column = self._columns(states)
        column = self._column[states]
        self._often.count_each(codes, column)
        seldom = np.flatnonzero(column == FREQUENT)
        states = states[seldom]
        # Those of the last code may all be frequent: the sums of both have to be of as many codes.
        self._seldom.reach(self._often)
        self._seldom.count(codes[seldom], (flag[states] for flag in self._flags.values()))

    def _columns(self, states: Whole) -> Whole:
        """Return the column of each state: those most frequent in a batch have their own, all others one."""
        cases = np.bincount(states, minlength=len(next(iter(self._flags.values()))))
        columns = np.full(len(cases), FREQUENT)
        columns[np.argsort(-cases, kind="stable")[:FREQUENT]] = np.arange(min(FREQUENT, len(cases)))
        return columns

    def sums(self) -> dict[str, Whole]:
        """Return by name how many contacts of each code are parts of it, shape (codes,)."""
        frequent = np.flatnonzero(self._column < FREQUENT)
        own = self._often.sums[self._column[frequent]]
        return {
            name: seldom + flag[frequent].astype(np.int64) @ own
            for (name, flag), seldom in zip(self._flags.items(), self._seldom.sums, strict=True)
        }
