"""Names of very many rows as numbers that tell nearly all of them apart.

To sort or to code millions of ids as text takes far longer than to read them. Eight bytes of a name at a time
make one number of it: equal names have equal numbers, and unequal ones hardly ever do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = NDArray[np.uint64]
_WORD = 8
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)
"""What of a word belongs to a name of which so many bytes are left."""
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def numbers_of(names: pa.Array) -> Numbers:
    """Return the number of each name, shape (names,).

    Parameters
    ----------
    names
        Text, none of it missing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> first, second, third = numbers_of(pa.array(["K-1", "K-2", "K-1"])).tolist()
    >>> first == third, first == second
    (True, False)
    """
    import pyarrow as pa

    text = names.cast(pa.large_string())
    if not len(text):
        return np.zeros(0, np.uint64)
    _, offsets, data = text.buffers()
    ends = np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1]
    used = np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]]
    # Every byte begins a word, also the last.
    padded = np.concatenate([used, np.zeros(_WORD, np.uint8)])
    words = np.ndarray((len(used) + 1,), "<u8", padded, strides=(1,))
    return _numbers(words, ends[:-1] - ends[0], np.diff(ends))


def _numbers(words: Numbers, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Numbers:
    number = lengths.astype(np.uint64)
    shortest, longest = int(lengths.min()), int(lengths.max())
    for at in range(0, longest, _WORD):
        # Names that are over stay as they are, so that a number does not hang on the names beside it.
        rows = slice(None) if at < shortest else np.flatnonzero(lengths > at)
        word = words[starts[rows] + at]
        if at + _WORD > shortest:
            word &= _MASKS[np.minimum(lengths[rows] - at, _WORD)]
        number[rows] = mixed(number[rows] ^ word)
    return number


def mixed(numbers: Numbers) -> Numbers:
    """Return numbers of which every bit hangs on every bit: the finaliser of SplitMix64 (Vigna 2015)."""
    spread = numbers ^ numbers >> np.uint64(30)
    spread *= _MIX[0]
    spread ^= spread >> np.uint64(27)
    spread *= _MIX[1]
    spread ^= spread >> np.uint64(31)
    return spread
