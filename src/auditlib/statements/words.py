"""Counts, signs and lists as they are said."""

from __future__ import annotations

from collections.abc import Sequence


def counted(n: int, noun: str, plural: str = "", *, none: str = "") -> str:
    """Return a count with its noun.

    Parameters
    ----------
    n
        How many.
    noun, plural
        What there is one of, and several of; `plural` is `noun` with an s unless it is given.
    none
        What is said where there is none, if not the digit.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row"), counted(0, "category", "categories")
    ('1 row', '1,200 rows', '0 categories')
    >>> counted(0, "unit", none="no unit")
    'no unit'
    """
    if none and not n:
        return none
    return f"{n:,} {agreeing(n, noun, plural or f'{noun}s')}"


def percent(share: float, *, decimals: int = 1) -> str:
    """Return a share in percent.

    Examples
    --------
    >>> percent(0.125), percent(0.95, decimals=0)
    ('12.5%', '95%')
    """
    return f"{100 * share:.{decimals}f}%"


def agreeing(n: float, singular: str, plural: str) -> str:
    """Return the word that agrees with `n`.

    Examples
    --------
    >>> agreeing(1, "is", "are"), agreeing(0, "is", "are")
    ('is', 'are')
    """
    return singular if n == 1 else plural


def listed(
    words: Sequence[str], *, conjunction: str = "and", separator: str = ", ", most: int | None = None
) -> str:
    """Return words as a list in a sentence; nothing where there are none.

    Parameters
    ----------
    words
        What is listed, in the order it is said.
    conjunction, separator
        What stands before the last, and between the others.
    most
        Words from which on there are only "others"; None lists all.

    Examples
    --------
    >>> listed(["phone", "chat", "mail"]), listed(["phone", "chat"], conjunction="or"), listed([])
    ('phone, chat and mail', 'phone or chat', '')
    >>> listed(["phone", "chat", "mail"], most=1)
    'phone and others'
    """
    named = list(words) if most is None or len(words) <= most else [*words[:most], "others"]
    *first, last = named or [""]
    return f"{separator.join(first)} {conjunction} {last}" if first else last


def spoken_share(share: float) -> str:
    """Return a share in percent as it is said, never 0.0% or 100.0% where it is neither.

    Examples
    --------
    >>> spoken_share(0.0001), spoken_share(0.5), spoken_share(0.9999), spoken_share(1)
    ('under 0.1%', '50.0%', 'over 99.9%', '100.0%')
    """
    if 0 < share < 0.0005:
        return "under 0.1%"
    return "over 99.9%" if 0.9995 <= share < 1 else percent(share)


def with_sign(value: float, *, decimals: int) -> str:
    """Return a value with its sign; minus is no hyphen, and what rounds to nothing has none.

    Examples
    --------
    >>> with_sign(0.25, decimals=2), with_sign(-0.001, decimals=2)
    ('+0.25', '0.00')
    """
    text = f"{value:+.{decimals}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text[1:]
