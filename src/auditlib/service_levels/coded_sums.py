"""Contacts added up batch after batch by codes that stand for names, so that only sums stay in memory.

A database groups text and adds up wide rows far more dearly than it reads them. Here names become codes from
0, pairs of codes become codes again, and NumPy adds up by code; whole numbers throughout, so that sums do not
depend on batches.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

Whole = NDArray[np.int64]
_NEW = -1
_DENSE = 1 << 23
"""Keys below it are counted by their place; others are sorted."""
_NUMBER_BITS = 40
_WAITING = 1 << 22
"""Pairs of codes and numbers that are held before they are joined."""


class NameCodes:
    """Names or numbers of one column as codes; what is missing has a code too.

    Parameters
    ----------
    first
        Names that have the first codes, in this order.
    """

    def __init__(self, first: Iterable[str | None] = ()) -> None:
        self._codes: dict[Any, int] = {name: code for code, name in enumerate(first)}

    def codes(self, column: pa.ChunkedArray) -> Whole:
        """Return the code of each row, shape (rows,)."""
        parts = [self._of_chunk(chunk) for chunk in column.chunks]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def _of_chunk(self, chunk: pa.Array) -> Whole:
        encoded = in_dictionary(chunk)
        mine = [self._codes.setdefault(name, len(self._codes)) for name in encoded.dictionary.to_pylist()]
        indices: Whole = encoded.indices.to_numpy(zero_copy_only=False)
        return np.array(mine, np.int64)[indices]

    @property
    def names(self) -> NDArray[np.object_]:
        """The name of each code, shape (codes,)."""
        return np.array([*self._codes, None], dtype=object)[:-1]


def in_dictionary(names: pa.Array) -> pa.DictionaryArray:
    """Return names as places in a list of distinct ones, in which what is missing stands too."""
    import pyarrow as pa

    if isinstance(names, pa.DictionaryArray):
        return names
    return names.dictionary_encode(null_encoding="encode")


class Pairs:
    """Pairs of codes as codes."""

    def __init__(self) -> None:
        self._table = np.full((0, 0), _NEW, np.int32)
        self._pairs = np.zeros((2, 0), np.int64)

    def codes(self, first: Whole, second: Whole) -> Whole:
        """Return the code of each pair, shape (rows,)."""
        self._make_room(first, second)
        width = self._table.shape[1]
        at = first * width
        at += second
        codes: Whole = self._table.ravel().take(at).astype(np.int64)
        # Nearly all batches bring pairs that are known: to look for the least is far cheaper than for all.
        if codes.min(initial=0) == _NEW:
            new = np.flatnonzero(codes == _NEW)
            pairs = _counted(at[new])[0]
            self._table.ravel()[pairs] = np.arange(len(pairs)) + self._pairs.shape[1]
            self._pairs = np.concatenate([self._pairs, np.divmod(pairs, width)], axis=1)
            codes[new] = self._table.ravel().take(at[new])
        return codes

    def _make_room(self, *codes: Whole) -> None:
        wanted = [int(part.max(initial=-1)) + 1 for part in codes]
        sizes = zip(wanted, self._table.shape, strict=True)
        # Twice as many as there were, so that room is seldom made.
        rows, columns = (room if size <= room else max(size, 2 * room) for size, room in sizes)
        if (rows, columns) != self._table.shape:
            table = np.full((rows, columns), _NEW, np.int32)
            table[: self._table.shape[0], : self._table.shape[1]] = self._table
            self._table = table

    @property
    def first(self) -> Whole:
        """The first code of each pair, shape (pairs,)."""
        first: Whole = self._pairs[0]
        return first

    @property
    def second(self) -> Whole:
        """The second code of each pair, shape (pairs,)."""
        second: Whole = self._pairs[1]
        return second


class CodedSums:
    """Whole numbers added up by code.

    Parameters
    ----------
    columns
        How many numbers are added up for each code.
    """

    def __init__(self, columns: int) -> None:
        self._room: Whole = np.zeros((columns, 0), np.int64)
        self._codes = 0

    @property
    def sums(self) -> Whole:
        """The sums of each code, shape (columns, codes)."""
        return self._room[:, : self._codes]

    def add(self, codes: Whole, columns: Iterable[Whole]) -> None:
        """Add rows.

        Parameters
        ----------
        codes
            Shape (rows,).
        columns
            For each column the numbers of the rows, shape (rows,).
        """
        self._make_room(codes)
        for sums, numbers in zip(self._room, columns, strict=True):
            np.add.at(sums, codes, numbers)

    def count(self, codes: Whole, columns: Iterable[NDArray[np.bool_]]) -> None:
        """Count rows.

        Parameters
        ----------
        codes
            Shape (rows,).
        columns
            For each column which of the rows count, shape (rows,).
        """
        self._make_room(codes)
        for place, counts in enumerate(columns):
            self._room[place, : self._codes] += np.bincount(codes[counts], minlength=self._codes)

    def count_each(self, codes: Whole, kinds: Whole) -> None:
        """Count rows of each kind.

        Parameters
        ----------
        codes
            Shape (rows,).
        kinds
            The column in which each row counts, shape (rows,).
        """
        self._make_room(codes)
        columns, room = self._room.shape
        if columns * self._codes > len(codes):
            # To add rows in their places costs less than to go through all places.
            np.add.at(self._room.ravel(), kinds * room + codes, 1)
            return
        cases = np.bincount(codes * columns + kinds, minlength=columns * self._codes)
        self._room[:, : self._codes] += cases.reshape(-1, columns).T

    def reach(self, other: CodedSums) -> None:
        """Have sums of as many codes as others have."""
        self._grow(other._codes)

    def _make_room(self, codes: Whole) -> None:
        self._grow(int(codes.max(initial=-1)) + 1)

    def _grow(self, codes: int) -> None:
        self._codes = max(self._codes, codes)
        columns, room = self._room.shape
        if self._codes > room:
            more = np.zeros((columns, self._codes + room), np.int64)
            more[:, :room] = self._room
            self._room = more


class CountedNumbers:
    """How many rows there are of each code and number, of which there may be very many: seconds, say."""

    def __init__(self) -> None:
        self._keys: list[Whole] = []
        self._cases: list[Whole] = []
        self._waiting = 0

    def add(self, codes: Whole, numbers: Whole) -> None:
        """Count rows by their codes and numbers, which are not negative, each shape (rows,)."""
        width = int(numbers.max(initial=0)) + 1
        distinct, cases = _counted(codes * width + numbers)
        code, number = np.divmod(distinct, width)
        self._keys.append(code << _NUMBER_BITS | number)
        self._cases.append(cases)
        self._waiting += len(distinct)
        # To join them with each batch would sort all of them each time.
        if self._waiting > _WAITING:
            self._join()

    def counted(self) -> tuple[Whole, Whole, Whole]:
        """Return codes, numbers in ascending order within each code, and rows, each shape (pairs,)."""
        keys, cases = self._join()
        return keys >> _NUMBER_BITS, keys & (1 << _NUMBER_BITS) - 1, cases

    def _join(self) -> tuple[Whole, Whole]:
        none = np.zeros(0, np.int64)
        keys, place = np.unique(np.concatenate([none, *self._keys]), return_inverse=True)
        cases = np.zeros(len(keys), np.int64)
        np.add.at(cases, place, np.concatenate([none, *self._cases]))
        self._keys, self._cases, self._waiting = [keys], [cases], 0
        return keys, cases


def _counted(keys: Whole) -> tuple[Whole, Whole]:
    """Return distinct keys, which are not negative, and how many rows have each."""
    if keys.max(initial=0) >= _DENSE:
        return np.unique(keys, return_counts=True)
    cases = np.bincount(keys)
    distinct = np.flatnonzero(cases)
    return distinct, cases[distinct]
