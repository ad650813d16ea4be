"""A random order that anyone can repeat: by hash of seed, purpose and key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def shuffled(keys: Iterable[str], *, seed: int, purpose: str) -> tuple[str, ...]:
    """Return `keys` in a random order that depends on nothing but the keys, the seed and the purpose.

    Parameters
    ----------
    keys
        What is drawn from, each once; the order they are given in has no influence.
    seed, purpose
        Another seed, or another purpose under the same seed, gives an unrelated order.

    Notes
    -----
    Keys are sorted by the SHA-256 of seed, purpose and key. Adding or removing a key leaves the order of
    the others as it is, and no library's generator has to be kept.
    """
    distinct = list(keys)
    if len(set(distinct)) != len(distinct):
        raise ValueError("a key occurs twice: it would be drawn twice as often")
    return tuple(sorted(distinct, key=lambda key: (_rank(key, seed=seed, purpose=purpose), key)))


def _rank(key: str, *, seed: int, purpose: str) -> bytes:
    text = f"{seed}\x1f{purpose}\x1f{key}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
