"""A number with its noun, as it is said."""

from __future__ import annotations


def counted(n: int, one: str, many: str = "") -> str:
    """Return ``1 row`` or ``1,200 rows``.

    Parameters
    ----------
    n
        How many.
    one, many
        What there is one of, and several of; `many` is `one` with an s unless it is given.
    """
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"
