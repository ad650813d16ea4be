"""First contacts counted in one pass over contacts: by unit and day, and by channel and matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.contracts.frames import batches
from auditlib.service_levels.coded_sums import CodedSums, NameCodes, Pairs, Whole
from auditlib.service_levels.first_contact.matters import RecordedContacts, identified
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.first_contact.silences import NONE, contacts_with_silences
from auditlib.service_levels.first_contact.state_counts import StateCounts
from auditlib.service_levels.first_contact.window_parts import parts
from auditlib.service_levels.first_contact.window_states import (
    UNSAID,
    WindowStates,
    answered_in,
    codes_of,
    known_of,
)
from auditlib.service_levels.first_contact.windows import FirstContactCounts
from auditlib.statistics.clustered_share import ClusteredShare, pooled_share

if TYPE_CHECKING:
    import narwhals as nw
    import pyarrow as pa

_BEFORE = -1
_COLUMNS = ("unit_id", "day", "offered_at", "starts_at", "in_period")
_SILENCES = ("since", "until_next")


@dataclass(frozen=True, slots=True, eq=False)
class CountedContacts:
    """What became of first contacts.

    Parameters
    ----------
    counts
        Of every window, by unit and day.
    shares
        The share resolved under the window that is shown in detail, by column and each of its names; a
        missing name is empty.
    """

    counts: FirstContactCounts
    shares: Mapping[tuple[str, str], ClusteredShare]


def counted_contacts(
    contacts: nw.LazyFrame[Any],
    recorded: RecordedContacts,
    *,
    rule: RepeatRule,
    until: int,
    columns: Sequence[str],
) -> CountedContacts:
    """Count what became of first contacts.

    Parameters
    ----------
    contacts
        See `matters.whole_contacts`; and ``said``: whether the customer calls the matter resolved.
    recorded
        What contacts say.
    until
        Last instant of the evidence.
    columns
        What shares are given by, beside the counts.
    """
    by_day = _ByDay(rule, rule.every_window, until=until, first=recorded.first)
    by_column = {column: _Shares(by_day.flags, rule.days) for column in columns}
    for rows in _with_silences(contacts, recorded, columns):
        place, state = by_day.placed(rows)
        by_day.add(place, state, rows["known"].to_numpy())
        for column, part in by_column.items():
            part.add(rows[column], place, state)
    shares = {
        (column, name): share
        for column, part in by_column.items()
        for name, share in part.by_name(by_day.unit)
    }
    return CountedContacts(by_day.counts(), shares)


def first_contact_counts(
    contacts: nw.LazyFrame[Any], *, rule: RepeatRule, windows: Sequence[int], until: int, first: int
) -> FirstContactCounts:
    """Count what became of first contacts.

    Parameters
    ----------
    contacts
        With their silences, and ``said``: whether the customer calls the matter resolved.
    until, first
        Last instant of the evidence, and when its first contact was offered.
    """
    import narwhals as nw

    silences = (nw.col(name).fill_null(NONE).cast(nw.Int64) for name in _SILENCES)
    by_day = _ByDay(rule, windows, until=until, first=first)
    coded = contacts.filter(nw.col("in_period")).select(
        *_COLUMNS, "vague", *silences, known=known_of(_coded())
    )
    for rows in batches(coded):
        by_day.add(*by_day.placed(rows), rows["known"].to_numpy())
    return by_day.counts()


def _with_silences(
    contacts: nw.LazyFrame[Any], recorded: RecordedContacts, columns: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield contacts of the period with their silences; where no matter is known, those of the customer."""
    import narwhals as nw
    import pyarrow.compute as pc

    by = ("customer_id", "matter") if recorded.by_matter else ("customer_id",)
    read = dict.fromkeys((*by, "interaction_id", *_COLUMNS, *columns))
    coded = contacts.select(*read, known=known_of(_coded()), vague=nw.lit(value=False))
    named = coded.filter(identified(by_matter=recorded.by_matter))
    certain = contacts_with_silences(named, by, rows=recorded.contacts)
    wanted = [*_COLUMNS, *columns, *_SILENCES, "known", "vague"]
    for rows in certain:
        yield _filtered(rows.select(wanted), rows["in_period"])
    if recorded.by_matter and recorded.matters < recorded.contacts:
        vague = coded.filter(identified(by_matter=False)).with_columns(vague=nw.col("matter").is_null())
        for rows in contacts_with_silences(vague, by[:1], rows=recorded.contacts):
            yield _filtered(rows.select(wanted), pc.and_(rows["in_period"], rows["vague"]))


def _filtered(rows: pa.Table, wanted: pa.ChunkedArray) -> pa.Table:
    """Return the rows that are wanted: nearly always all, so that they need not be copied."""
    import pyarrow.compute as pc

    return rows if pc.all(wanted).as_py() else rows.filter(wanted)


class _ByDay:
    """First contacts by unit, day and what is known of them, as batches are added."""

    def __init__(self, rule: RepeatRule, windows: Sequence[int], *, until: int, first: int) -> None:
        self.states = WindowStates.of(rule, windows, until=until, first=first)
        self.flags = _flags(self.states, rule, windows, until=until, first=first)
        self._units, self._days, self._unit_days, self._rows = NameCodes(), NameCodes(), Pairs(), Pairs()
        self._counts = StateCounts(self.flags)

    def placed(self, rows: pa.Table) -> tuple[Whole, Whole]:
        """Return the code of the unit and day, and the state of each contact."""
        unit, day = self._units.codes(rows["unit_id"]), self._days.codes(rows["day"])
        return self._unit_days.codes(unit, day), self.states.of_rows(rows)

    @property
    def unit(self) -> Whole:
        """Code of the unit of each place, shape (places,)."""
        return self._unit_days.first

    def add(self, place: Whole, state: Whole, code: Whole) -> None:
        begun = self.states.begun(state)
        state, row = state[begun], self._rows.codes(place[begun], code[begun])
        self._counts.add(row, state)

    def counts(self) -> FirstContactCounts:
        place, codes = self._rows.first, codes_of(self._rows.second)
        unit = self._units.names.astype(str)[self._unit_days.first[place]]
        day = self._days.names.astype(np.int64)[self._unit_days.second[place]]
        order = np.lexsort([*reversed(codes.values()), day, unit])
        changes = np.diff(place[order], prepend=_BEFORE) != 0
        return FirstContactCounts(
            unit[order],
            np.cumsum(changes) - 1,
            {name: code[order] for name, code in codes.items()},
            {name: sums[order].astype(np.float64) for name, sums in self._counts.sums().items()},
        )


class _Shares:
    """Contacts judged and those resolved, of the base of one window, by name, unit and day."""

    def __init__(self, flags: Mapping[str, NDArray[np.bool_]], days: int) -> None:
        self._base, self._judged, silent = (flags[f"{part}_{days}"] for part in ("base", "judged", "silent"))
        self._resolved = silent & (answered_in(np.arange(len(silent))) == 1)
        self._names, self._rows, self._sums = NameCodes(), Pairs(), CodedSums(2)

    def add(self, names: pa.ChunkedArray, place: Whole, state: Whole) -> None:
        base = self._base[state]
        state, row = state[base], self._rows.codes(self._names.codes(names)[base], place[base])
        self._sums.count(row, (self._resolved[state], self._judged[state]))

    def by_name(self, unit: Whole) -> Iterator[tuple[str, ClusteredShare]]:
        """Yield the share resolved of each name.

        Parameters
        ----------
        unit
            Code of the unit of each place, shape (places,).
        """
        resolved, judged = self._sums.sums.astype(np.float64)
        for code, name in enumerate(self._names.names):
            rows = self._rows.first == code
            if judged[rows].any():
                of_rows = unit[self._rows.second[rows]]
                yield name or "", pooled_share(resolved[rows], judged[rows], of_rows)


def _flags(
    states: WindowStates, rule: RepeatRule, windows: Sequence[int], *, until: int, first: int
) -> dict[str, NDArray[np.bool_]]:
    """Return for each part of `parts` and window, as ``part_days``, which states are counted in it."""
    flags = {
        f"{name}_{days}": part.fill_null(value=False)
        for days in windows
        for name, part in parts(rule, days, until=until, first=first).items()
    }
    by_state = states.contacts().select(**flags)
    return {name: by_state.get_column(name).to_numpy() for name in flags}


def _coded() -> dict[str, nw.Expr]:
    """Return what is known of contacts as codes."""
    import narwhals as nw

    flags = {
        "answered": nw.col("answered"),
        "mark": nw.col("mark"),
        "level": nw.col("first_level"),
        "said": nw.col("said"),
    }
    return {name: flag.cast(nw.Int64).fill_null(UNSAID) for name, flag in flags.items()}
