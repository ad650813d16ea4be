"""Silences around contacts, from numbers of customers and matters: `matters.with_silences` at a low price.

Most contacts are the only one about their matter, and need no order. So the numbers of customers and matters
are sorted, each with its row; contacts next to one of the same number are compared by name, and only these
are put in order. A test holds both to the same silences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.contracts.frames import batches
from auditlib.service_levels.coded_sums import NameCodes, Whole, in_dictionary
from auditlib.service_levels.name_numbers import Numbers, mixed, numbers_of
from auditlib.time.epoch import SECOND

if TYPE_CHECKING:
    import narwhals as nw
    import pyarrow as pa

NONE = 1 << 60
"""Silence where there is no contact before, or none after: it exceeds any other."""
TURN = 12_000_000
"""Contacts that are held in memory at a time, about; those of some customers, and then those of others."""
_SAMPLED = 1 << 16
_REPEATING = ("unit_id", "channel")
"""Columns of few distinct names, which are held once."""
_ID = "interaction_id"


def contacts_with_silences(
    contacts: nw.LazyFrame[Any], by: Sequence[str], *, rows: int
) -> Iterator[pa.Table]:
    """Yield contacts with ``since`` and ``until_next``, some at a time; `NONE` where there is no other.

    Parameters
    ----------
    contacts
        With the columns of `by`, none of them missing, ``offered_at``, ``starts_at`` and ``interaction_id``.
    by
        What contacts about the same matter have in common: the customer, and what else.
    rows
        How many contacts there are at most.
    """
    for turn in _in_turns(contacts, by[0], rows=rows):
        held = _Held(by)
        for part in batches(turn):
            held.add(part)
        yield from held.with_silences()


def _in_turns(contacts: nw.LazyFrame[Any], name: str, *, rows: int) -> Iterator[nw.LazyFrame[Any]]:
    """Yield the contacts of some customers after those of others, so that memory does not grow with them."""
    import narwhals as nw

    turns = -(-rows // TURN)
    if turns <= 1:
        yield contacts
        return
    bounds = _between(contacts, name, turns=turns, step=max(rows // _SAMPLED, 1))
    for low, high in zip([None, *bounds], [*bounds, None], strict=True):
        chosen = contacts if low is None else contacts.filter(nw.col(name) >= low)
        yield chosen if high is None else chosen.filter(nw.col(name) < high)


def _between(contacts: nw.LazyFrame[Any], name: str, *, turns: int, step: int) -> list[str]:
    """Return names between which there are about equally many contacts, by some of these."""
    sample: list[str] = []
    for part in batches(contacts.select(name)):
        sample += part[name].take(np.arange(0, part.num_rows, step)).to_pylist()
    sample.sort()
    return sorted({sample[turn * len(sample) // turns] for turn in range(1, turns)})


class _Held:
    """Contacts held in memory, as batches are added.

    Parameters
    ----------
    by
        See `contacts_with_silences`.
    """

    def __init__(self, by: Sequence[str]) -> None:
        self._customer, self._beside = by[0], {name: NameCodes() for name in by[1:]}
        self._parts: list[pa.Table] = []
        self._numbers: list[Numbers] = []
        self._codes: list[list[Whole]] = [[] for _ in self._beside]

    def add(self, rows: pa.Table) -> None:
        """Add contacts."""
        numbers = np.concatenate([numbers_of(chunk) for chunk in rows[self._customer].chunks])
        for name in {*self._beside, *_REPEATING} & {*rows.column_names}:
            at = rows.column_names.index(name)
            rows = rows.set_column(at, name, [in_dictionary(chunk) for chunk in rows[name].chunks])
        for (name, names), codes in zip(self._beside.items(), self._codes, strict=True):
            code = names.codes(rows[name])
            codes.append(code.astype(np.int32))
            numbers = mixed(numbers ^ mixed(code.astype(np.uint64)))
        self._parts.append(rows)
        self._numbers.append(numbers)

    def with_silences(self) -> Iterator[pa.Table]:
        """Yield the contacts with their silences."""
        if not self._parts:
            return
        before, silences = 0, self._silences()
        for part in self._parts:
            since, until_next = (column[before : before + part.num_rows] for column in silences)
            before += part.num_rows
            yield part.append_column("since", [since]).append_column("until_next", [until_next])

    def _silences(self) -> tuple[Whole, Whole]:
        """Return silences before and after each contact, shape (contacts,)."""
        offered, starts = (self._column(name) for name in ("offered_at", "starts_at"))
        since, until_next = (np.full(len(offered), NONE) for _ in range(2))
        row, matter = self._repeated()
        order = self._by_offer(row, matter, offered[row])
        row, matter = row[order], matter[order]
        begins = np.diff(matter, prepend=-1) != 0
        latest = _latest(starts[row], begins)
        again = np.flatnonzero(~begins)
        since[row[again]] = offered[row[again]] - latest[again - 1]
        until_next[row[again - 1]] = offered[row[again]] - starts[row[again - 1]]
        return since, until_next

    def _repeated(self) -> tuple[Whole, Whole]:
        """Return contacts that are not the only one about their matter, and the matter of each."""
        row, matter = _alike(np.concatenate(self._numbers))
        unlike = matter[1:][(matter[1:] == matter[:-1]) & ~self._same(row)]
        return row, self._told_apart(row, matter, unlike) if len(unlike) else matter

    def _same(self, row: Whole) -> NDArray[np.bool_]:
        """Return which contacts but the first say the customer and the matter of the one before."""
        import pyarrow.compute as pc

        names = self._text(self._customer, row)
        same: NDArray[np.bool_] = pc.equal(names[1:], names[:-1]).to_numpy(zero_copy_only=False)
        for codes in self._codes:
            code = np.concatenate(codes)[row]
            same &= code[1:] == code[:-1]
        return same

    def _told_apart(self, row: Whole, matter: Whole, mixed_up: Whole) -> Whole:
        """Return the matters of contacts where several matters happen to have one number."""
        told = matter.copy()
        places = np.flatnonzero(np.isin(matter, mixed_up))
        codes = [np.concatenate(codes)[row[places]].tolist() for codes in self._codes]
        named: dict[tuple[Any, ...], int] = {}
        first = int(matter[-1]) + 1
        for place, *name in zip(
            places, self._text(self._customer, row[places]).to_pylist(), *codes, strict=True
        ):
            told[place] = first + named.setdefault(tuple(name), len(named))
        return told

    def _by_offer(self, row: Whole, matter: Whole, offered: Whole) -> Whole:
        """Return the order of contacts by matter, offer and id."""
        second = (offered - offered.min(initial=NONE)) // SECOND
        key = matter << int(second.max(initial=0)).bit_length() | second
        order = np.argsort(key)
        tied = np.flatnonzero(_touching(np.diff(key[order], prepend=-1) != 0))
        among = order[tied]
        ids = np.array(self._text(_ID, row[among]).to_pylist(), dtype=str)
        order[tied] = among[np.lexsort((ids, offered[among], key[among]))]
        return order

    def _column(self, name: str) -> Whole:
        return np.concatenate([part[name].to_numpy() for part in self._parts])

    def _text(self, name: str, rows: Whole) -> pa.Array:
        import pyarrow as pa

        chunks = [chunk for part in self._parts for chunk in part[name].chunks]
        return pa.chunked_array(chunks).take(rows).combine_chunks()


def _alike(numbers: Numbers) -> tuple[Whole, Whole]:
    """Return the rows of numbers that several share, or nearly, and the place of the number of each."""
    bits = np.uint64(len(numbers).bit_length())
    # A number and its row in one, so that to sort them is to sort whole numbers.
    packed = numbers >> bits << bits | np.arange(len(numbers), dtype=np.uint64)
    packed.sort()
    begins = np.diff(packed >> bits, prepend=np.uint64(0)) != 0
    begins[:1] = True
    several = _touching(begins)
    row = (packed[several] & (np.uint64(1) << bits) - np.uint64(1)).astype(np.int64)
    return row, np.cumsum(begins[several])


def _touching(begins: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which rows are of a group of several."""
    several = ~begins
    several[:-1] |= several[1:]
    return several


def _latest(starts: Whole, begins: NDArray[np.bool_]) -> Whole:
    """Return the latest start among a contact and those before it about the same matter."""
    place = np.arange(len(starts))
    place -= np.maximum.accumulate(np.where(begins, place, 0))
    latest, step = starts.copy(), 1
    behind = np.flatnonzero(place >= step)
    while len(behind):
        # Each holds the latest of `step` contacts up to itself; twice as many with those before them.
        latest[behind] = np.maximum(latest[behind], latest[behind - step])
        step *= 2
        behind = behind[place[behind] >= step]
    return latest
