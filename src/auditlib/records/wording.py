"""Numbers as they are said."""

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


def with_sign(value: float, *, decimals: int) -> str:
    """Return ``+0.25``, or with a minus sign, which is no hyphen; what rounds to nothing has none."""
    text = f"{value:+.{decimals}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text[1:]
