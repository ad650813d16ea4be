"""Independent random streams by name, so that adding a table never changes another one."""

from __future__ import annotations

import zlib

import numpy as np


def stream(rng: np.random.Generator, name: str) -> np.random.Generator:
    """Return the child stream `name` of `rng`; `rng` itself is not advanced.

    The child depends only on the seed behind `rng` and on `name`: the same two give the same numbers,
    whatever other streams exist.

    Raises
    ------
    TypeError
        If `rng` was not built from a seed sequence (``numpy.random.default_rng`` always is).
    """
    parent = rng.bit_generator.seed_seq
    if not isinstance(parent, np.random.SeedSequence):
        raise TypeError("the generator needs a SeedSequence; make it with numpy.random.default_rng(seed)")
    key = (*parent.spawn_key, zlib.crc32(name.encode()))
    return np.random.default_rng(np.random.SeedSequence(parent.entropy, spawn_key=key))
