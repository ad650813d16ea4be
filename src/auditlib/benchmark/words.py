"""How scores, questions, names and levels are said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from auditlib.benchmark.scores import ScoreMeasure
from auditlib.records import Number, Sentence
from auditlib.statements import counted, with_sign

NAMES = {
    "mean": "mean score",
    "top_box": "top-box share",
    "bottom_box": "bottom-box share",
    "nps": "net promoter score",
}


def as_score(value: float, statistic: str) -> str:
    """Return a value of `statistic` as printed.

    Examples
    --------
    >>> as_score(4.126, "mean"), as_score(0.8126, "top_box"), as_score(0.31, "nps")
    ('4.13', '81.3%', '+31')
    """
    if statistic == "mean":
        return f"{value:.2f}"
    return with_sign(100 * value, decimals=0) if statistic == "nps" else f"{100 * value:.1f}%"


def as_signed(difference: float, statistic: str) -> str:
    """Return a difference as printed, without its unit: +2.1; of a mean in points of its scale."""
    if statistic == "mean":
        return with_sign(difference, decimals=2)
    return with_sign(100 * difference, decimals=1)


def as_difference(difference: float, statistic: str) -> str:
    """Return a difference as printed: +2.1 points; of a mean in points of its scale."""
    return f"{as_signed(difference, statistic)}{'' if statistic == 'mean' else ' points'}"


_POINTS = " points"
"""Decimals have a plural: 1.0 points."""


def as_distance(difference: float, statistic: str) -> str:
    """Return how far two values lie apart, whichever is higher.

    Examples
    --------
    >>> as_distance(0.17, "mean"), as_distance(0.077, "top_box"), as_distance(0.15, "nps")
    ('0.17 points', '7.7 points', '15 points')
    """
    if statistic == "nps":
        return counted(round(100 * difference), "point")
    number = f"{difference:.2f}" if statistic == "mean" else f"{100 * difference:.1f}"
    return f"{number}{_POINTS}"


def as_probability(probability: float) -> str:
    """Return a probability as printed; what is nearly sure is not printed as sure.

    Examples
    --------
    >>> as_probability(0.9712), as_probability(0.99996)
    ('97%', 'over 99%')
    """
    return "over 99%" if probability > 0.99 else f"{100 * probability:.0f}%"


def stated(fact: Number, form: Callable[[float, str], str], statistic: str) -> Sentence:
    """Return `fact` in a form above, with its key: no unit of numbers prints shares as points."""
    return Sentence(form(float(fact.value or 0.0), statistic), (fact.key,))


def as_level(level: float) -> str:
    """Return a level with as many digits as it has.

    Examples
    --------
    >>> as_level(0.95), as_level(0.998)
    ('95%', '99.8%')
    """
    return f"{100 * level:.4g}%"


def as_band(low: int, high: int) -> str:
    """Return a band of n as printed; `high` below 0 is open."""
    if high < 0:
        return f"{low:,} or more" if low else "not published"
    return f"{low:,}" if high == low else f"{low:,} to {high:,}"


def measured(measure: ScoreMeasure) -> str:
    """Return what is compared: statistic, where its box begins, and the question."""
    scale = measure.item.scale
    boxes = {"top_box": f" ({scale.top_box:g} or more)", "bottom_box": f" ({scale.bottom_box:g} or less)"}
    return f"{NAMES[measure.statistic]}{boxes.get(measure.statistic, '')} of {measure.item.quoted}"


def title_of(measure: ScoreMeasure) -> str:
    """Return survey and what is compared."""
    return f"{measure.survey}, {measured(measure)}"


def readable(name: str) -> str:
    """Return a name written all in capitals in capitals and small letters; any other as it is.

    Examples
    --------
    >>> readable("NORTH DESK OF THE BAY II"), readable("McAllen"), readable("SD")
    ('North Desk of the Bay II', 'McAllen', 'SD')
    """
    if not name.isupper() or len(name) <= 4:
        return name
    return re.sub(r"[A-Z]+(?:'[A-Z]+)?", lambda word: _cased(word.group(), first=not word.start()), name)


_SMALL = frozenset({"AND", "AT", "FOR", "IN", "OF", "ON", "THE", "TO"})
_CAPITAL = frozenset(
    {"II", "III", "IV", "LLC", "LLP", "LP", "NE", "NW", "SE", "SW", "US", "USA", "VA"}
    | {"BIC", "CNPJ", "CPF", "DNI", "IBAN", "IP", "NIE", "NIF", "NIPC", "SSN"}
)


def _cased(word: str, *, first: bool) -> str:
    if word in _CAPITAL:
        return word
    return word.lower() if word in _SMALL and not first else word.capitalize()


def spoken(code: object) -> str:
    """Return a code of the client as it is read aloud: ``in_person`` is in person."""
    return readable(str(code).replace("_", " "))


def shortlist(names: Sequence[Any], *, most: int = 6) -> list[Any]:
    """Return all of up to `most` names, otherwise half as many and that there are others.

    Examples
    --------
    >>> shortlist(["A", "B", "C", "D", "E"], most=4)
    ['A', 'B', 'others']
    """
    return list(names) if len(names) <= most else [*names[: most // 2], "others"]


def joined(phrases: Sequence[Sentence], separator: str) -> Sentence:
    """Return phrases with `separator` between them, and all they state."""
    keys = dict.fromkeys(key for phrase in phrases for key in phrase.keys)
    return Sentence(separator.join(phrase.text for phrase in phrases), tuple(keys))
