"""The sentences of a comparison: what each unit's verdict rests on, in words an auditor can read aloud."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditlib.benchmark.scores import UnitScores
from auditlib.benchmark.verdicts import ALARM, OutlierJudgement, OutlierStatus
from auditlib.records import Item, Refusal
from auditlib.statements import counted as said
from auditlib.statements import with_sign
from auditlib.statistics.reliability import SUFFICIENT

NAMES = {
    "mean": "mean score",
    "top_box": "top-box share",
    "bottom_box": "bottom-box share",
    "nps": "net promoter score",
}


def shown(value: float, statistic: str) -> str:
    """Return a value of `statistic` as printed."""
    if statistic == "mean":
        return f"{value:.2f}"
    return with_sign(100 * value, decimals=0) if statistic == "nps" else f"{100 * value:.1f}%"


def per_year(change: float, statistic: str) -> str:
    """Return a change per year as printed: +2.1 points a year; of a mean in points of its scale."""
    return f"{points(change, statistic)} a year"


def signed(difference: float, statistic: str) -> str:
    """Return a difference as printed, without its unit: +2.1; of a mean in points of its scale."""
    if statistic == "mean":
        return with_sign(difference, decimals=2)
    return with_sign(100 * difference, decimals=1)


def points(difference: float, statistic: str) -> str:
    """Return a difference as printed: +2.1 points; of a mean in points of its scale."""
    return f"{signed(difference, statistic)}{'' if statistic == 'mean' else ' points'}"


def percent(level: float) -> str:
    """Return a level as printed: 95%, 99.8%."""
    return f"{100 * level:.4g}%"


LONGEST_QUESTION = 90
"""A longer wording is cut in titles and sentences."""


def question(item: Item) -> str:
    """Return the wording of an item in quotation marks, cut where it is long."""
    text = " ".join(item.wording.split())
    if len(text) > LONGEST_QUESTION:
        text = f"{text[:LONGEST_QUESTION].rsplit(' ', 1)[0]} ..."
    return f'"{text}"'


def what(statistic: str, item: Item) -> str:
    """Return what is compared: statistic, where its box begins, and the question."""
    boxes = {
        "top_box": f" ({item.scale.top_box:g} or more)",
        "bottom_box": f" ({item.scale.bottom_box:g} or less)",
    }
    return f"{NAMES[statistic]}{boxes.get(statistic, '')} of {question(item)}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: 1 unit, 2 units, no unit."""
    return said(count, one, many) if count else f"no {one}"


def band(low: int, high: int) -> str:
    """Return a band of n as printed; `high` below 0 is open."""
    if high < 0:
        return f"{low:,} or more" if low else "not published"
    return f"{low:,}" if high == low else f"{low:,} to {high:,}"


def readable(name: str) -> str:
    """Return a name written all in capitals in capitals and small letters; any other as it is."""
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


def listed(names: Sequence[str], *, most: int = 6, as_written: bool = False) -> str:
    """Return names as a phrase: all of up to `most`, otherwise half as many and that there are others."""
    head = list(names) if as_written else [readable(name) for name in names]
    if len(head) > most:
        return f"{', '.join(head[: most // 2])} and others"
    return head[0] if len(head) == 1 else f"{', '.join(head[:-1])} and {head[-1]}"


def verdict_reason(
    verdict: OutlierStatus, judgement: OutlierJudgement, *, z: float, q: float, reliable: float
) -> str:
    """Say what the verdict on a compared unit rests on."""
    if isinstance(judgement.dispersion, Refusal):
        return judgement.dispersion.reason
    weak = "" if reliable >= SUFFICIENT else f" Reliability {reliable:.2f} is below {SUFFICIENT:.1f}."
    distance = f"z = {with_sign(z, decimals=2)}"
    if verdict is OutlierStatus.WITHIN:
        return f"No difference is shown: within the limits for chance and over-dispersion ({distance}).{weak}"
    limits = f"{percent(judgement.inner)} limits"
    outer = f"{percent(ALARM)} limits"
    side = "above" if z > 0 else "below"
    if verdict in (OutlierStatus.HIGHER, OutlierStatus.LOWER):
        return (
            f"Lies {side} the {outer} for chance and over-dispersion ({distance}, "
            f"false discovery rate {q:.3f}).{weak}"
        )
    chance = percent(1 - judgement.inner)
    return f"Lies {side} the {limits} only, as {chance} of units do by chance ({distance}).{weak}"


def no_verdict_reason(scores: UnitScores, index: int, *, minimum_n: int, minimum_cell: int) -> str:
    """Say why a unit was not compared."""
    n, n_high = int(scores.n[index]), int(scores.n_high[index])
    if not scores.known[index]:
        return "No value is published." if scores.table == "aggregates" else "No responses."
    if scores.table == "aggregates" and n_high != n:
        if n_high < 0 and n == 0:
            return "The number of surveys is not published."
        return (
            f"Between {n} and {counted(n_high, 'survey')}; the band reaches below the minimum of {minimum_n}."
        )
    hidden = f" The value is suppressed below {minimum_cell}." if n < minimum_cell else ""
    return f"{counted(n, 'response')}; a verdict needs {minimum_n}.{hidden}"
