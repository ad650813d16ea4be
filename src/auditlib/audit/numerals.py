"""What counts as a number in text, and which recorded number it repeats.

A number is a run of digits with its sign, separators and decimals. Digits that name something are none:
a name is of one of the kinds in `NAMES`, each with its form; what stands in quotation marks others said.
Numbers in words ("two of them") name no value a reader would look up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from auditlib.disclosure.small import COUNTS
from auditlib.statements.formats import format_value

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "quotation": '"[^"]*"|\N{LEFT DOUBLE QUOTATION MARK}[^\N{RIGHT DOUBLE QUOTATION MARK}]*'
        "\N{RIGHT DOUBLE QUOTATION MARK}|(?<!\\w)'[^']*'(?!\\w)",
        "instant": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?",
        "day": rf"\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}} (?:{_MONTHS}) \d{{4}}|\d{{1,2}} (?:{_MONTHS})\b",
        "month": rf"\d{{4}}-\d{{2}}(?!\d)|(?:{_MONTHS}) \d{{4}}|\d{{4}}-?Q[1-4]|Q[1-4] \d{{4}}",
        "time of day": r"\d{1,2}:\d{2}(?::\d{2})?",
        "place": r"\b(?:[Ll]ines?|[Ss]teps?|[Ff]indings?|[Tt]ables?|[Ff]igures?|[Ss]ections?|[Cc]lauses?"
        r"|[Pp]ages?|[Ss]heets?|[Ee]ditions?|[Pp]riority) \d[\d.]*(?:(?:, | and |\N{EN DASH})\d[\d.]*)*",
        "bound of a format": r"(?:under|<) ?0\.1 ?%|(?:over|>) ?99\.9 ?%|< ?0\.001",
        "score of a scale": r"\(-?\d+(?:\.\d+)? or (?:more|less)\)",
        "work cited": r"\b[A-Z][\w\u2019'-]+(?: (?:and|et al\.) ?[\w\u2019'-]*)?,? \(?(?:19|20)\d{2}\b",
        "identifier": r"(?:[^\W\d][\w]*|\d+[^\W\d])[\w]*(?:[-_.:/@][\w]+)*|\d+_\w+|[\w.]+@\d+",
    }
)
"""Kinds of names that hold digits, in the order in which they are looked for, each with its form."""
_NAMED = re.compile("|".join(f"(?:{form})" for form in NAMES.values()))
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Valued(Protocol):
    """As much of a recorded number as a text can repeat."""

    @property
    def value(self) -> float | str | None: ...  # noqa: D102 - said by the class
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def n(self) -> int | None: ...  # noqa: D102


class Keyed(Valued, Protocol):
    """A recorded number with its key, and why it has no value or what it rests on."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as a text states it."""

    text: str

    @property
    def value(self) -> float:
        """What it says."""
        return float(self.text.replace(",", ""))

    @property
    def tolerance(self) -> float:
        """Half of its last digit."""
        return 0.5 * 10.0 ** -len(self.text.partition(".")[2])


BESIDE = " + "
"""Between the keys of a cell that states several numbers."""


def keys_of(reference: str) -> tuple[str, ...]:
    """Return the keys that the reference of a cell names; none where it is empty."""
    return tuple(reference.split(BESIDE)) if reference else ()


def keys_stated(text: str, numbers: Sequence[Keyed]) -> tuple[str, ...]:
    """Return the keys of those `numbers` that `text` states, the first that fits each of its numerals.

    Where it repeats reasons, the number with the longest stands for them: others may be a part of it.
    """
    repeated = [number for number in numbers if number.reason and number.reason in text]
    whole = tuple(
        candidate.key for candidate in sorted(repeated, key=lambda candidate: -len(candidate.reason))[:1]
    )
    remaining = _without_reasons(text, numbers)
    stated = (
        next((number.key for number in numbers if repeats(part, number)), "") for part in numerals(remaining)
    )
    return tuple(dict.fromkeys((*whole, *(key for key in stated if key))))


def numerals(text: str) -> tuple[Numeral, ...]:
    """Return the numbers that `text` states, in their order."""
    return tuple(numeral for _, _, numeral in placed(text))


def placed(text: str) -> tuple[tuple[int, int, Numeral], ...]:
    """Return the numbers that `text` states, each with where it begins and ends."""
    bare = _NAMED.sub(lambda name: " " * len(name[0]), text)
    spans = ((match.start(), match[0].rstrip(",")) for match in _NUMBER.finditer(bare))
    return tuple((start, start + len(digits), Numeral(digits)) for start, digits in spans)


def orphans(text: str, numbers: Iterable[Valued]) -> tuple[str, ...]:
    """Return the numbers `text` states that are the rounding of none of `numbers`.

    A number may be stated in any rounding, as a share or in per cent, and without its sign; beside the
    value, its n, the limits of its interval and their level may be stated, and of a count its share of n.
    The reason that stands with a number may be repeated.
    """
    valued = tuple(numbers)
    remaining = _without_reasons(text, valued)
    return tuple(
        numeral.text
        for numeral in numerals(remaining)
        if not any(repeats(numeral, number) for number in valued)
    )


def _without_reasons(text: str, numbers: Iterable[Valued]) -> str:
    """Return `text` without the reasons it repeats word for word, perhaps to begin a sentence."""
    reasons = {getattr(number, "reason", "") for number in numbers}
    for reason in sorted(reasons, key=len, reverse=True):  # one may be a part of another
        if reason and any(map(str.isdigit, reason)):
            text = text.replace(reason, " ").replace(reason[:1].upper() + reason[1:], " ")
    return text


def repeats(numeral: Numeral, number: Valued) -> bool:
    """Tell whether `numeral` is what `number` says, in some rounding."""
    value = number.value
    if isinstance(value, str):
        return numeral.text in value
    if any(_rounds_to(numeral, recorded) for recorded in _values(number)):
        return True
    printed = format_value(value, number.unit)
    return numeral.text in _NUMBER.findall(printed)


def _values(number: Valued) -> Iterator[float]:
    if number.value is not None and not isinstance(number.value, str):
        yield float(number.value)
    if number.n is not None:
        yield float(number.n)
        if number.n and number.unit in COUNTS and not isinstance(number.value, str | None):
            yield number.value / number.n
    interval = getattr(number, "interval", None)
    if interval is not None:
        yield from (interval.low, interval.high, interval.level)


def _rounds_to(numeral: Numeral, value: float) -> bool:
    room = numeral.tolerance * (1 + 1e-9)
    return any(abs(numeral.value - abs(value) * scale) <= room for scale in (1.0, 100.0))
