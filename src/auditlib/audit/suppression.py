"""What an audit knows and does not show, so that nobody can be read off a report.

Small counts are held back as they are recorded. What has to be held back besides is known once all notebooks
of a run have been executed (`auditlib.disclosure`); those that state it are then executed again and told. The
true numbers stand beside the evidence, for those who may see the rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from auditlib.audit.agreement import Edit, edited, plural
from auditlib.audit.numerals import Numeral, placed
from auditlib.disclosure import (
    COUNTS,
    DECLARED,
    HELD_BACK,
    SIZE,
    MinimumFrequency,
    is_held_back,
    small_count,
    without_small,
)
from auditlib.files import canonical
from auditlib.records import Number
from auditlib.statements.formats import SUPPRESSED, format_value

WITHHELD = "withheld.json"
"""What is held back besides; in the folder of a notebook that is executed, and beside a run's evidence."""
HELD_BACK_FOLDER = "held_back"
"""Beside the evidence of a run: the true numbers of what its notebooks held back."""
_VOICE = "held back"
_PEOPLE = re.compile(
    r" (?:[a-z-]+ )?(?:responses?|answers?|cases?|complaints?|customers?|invitations?|people|persons?"
    r"|contacts?|calls?|accounts?|surveys?|follow-ups?|visits?)\b"
)
"""What follows a count of people."""


class Suppression:
    """What one notebook holds back.

    Parameters
    ----------
    minimum
        Counts it hides, and what rests on so few, are small.
    withheld
        By key, the parts of a number that are held back besides: its value, its n, the rows of a basis.
    """

    def __init__(
        self, *, minimum: MinimumFrequency, withheld: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.minimum = minimum
        self._withheld = dict(withheld or {})
        self.true: dict[str, Number] = {}

    def disclosed(self, number: Number) -> Number:
        """Return `number` as it may be shown, and remember it where that is less than is known."""
        safe = without_small(number, minimum=self.minimum)
        safe = self._without(safe, self._withheld.get(number.key, ()))
        if safe != number and not is_held_back(number):
            self.true.setdefault(number.key, number)
        return safe

    def _without(self, number: Number, parts: Sequence[str]) -> Number:
        """Return `number` without `parts`; where the size of a group goes, its value goes too."""
        if not parts:
            return number
        bases = tuple(
            replace(basis, rows=None) if f"rows {place}" in parts else basis
            for place, basis in enumerate(number.basis)
        )
        number = replace(number, basis=bases, n=None if "n" in parts else number.n)
        reason = f"{HELD_BACK}: small counts could be worked out from it, or it is one."
        if SIZE in parts and is_held_back(number):
            return replace(number, reason=reason)
        if not isinstance(number.value, int | float) or not {"value", "share", "n"} & set(parts):
            return number
        return replace(number, value=None, interval=None, reason=reason)

    def tells(self, key: str) -> bool:
        """Tell whether a drawing of the number of `key` would tell what is held back."""
        true = self.true[key]
        return self._lost(true) or small_count(true, minimum=self.minimum)

    def holds(self, key: str, number: Number | None) -> bool:
        """Tell whether any part of what `key` names is held back: a number recorded, or still to be."""
        true = self.true.get(key, number)
        if self._withheld.get(key) or true is None:
            return key in self._withheld
        return self.minimum.hides(true.n) or small_count(true, minimum=self.minimum)

    def measure_held(self, key: str) -> bool:
        """Tell whether the number of `key` was measured on a group, and is held back."""
        true = self.true.get(key)
        return true is not None and true.unit not in COUNTS and true.value is not None and self._lost(true)

    def _lost(self, true: Number) -> bool:
        small = self.minimum.hides(true.n)
        return small or bool({"value", "share", "n"} & set(self._withheld.get(true.key, ())))

    def cell(self, key: str) -> str:
        """Return what stands in the place of the number of `key`."""
        true = self.true.get(key)
        small = true is not None and self._bounded(true) and small_count(true, minimum=self.minimum)
        return f"< {self.minimum.least}" if small else SUPPRESSED

    def _bounded(self, number: Number) -> bool:
        """Tell whether a reader may learn that `number` is small."""
        return SIZE not in self._withheld.get(number.key, ())

    def text(self, text: str, keys: Iterable[str]) -> tuple[str, tuple[str, ...]]:
        """Return `text` without the numbers of `keys` that are held back, and the keys it then needs too."""
        hidden = [self._hidden(key) for key in dict.fromkeys(keys) if key in self.true]
        return self._masked(text, lambda numeral, end: _first(text, end, numeral, hidden) if hidden else None)

    def unkeyed(self, text: str) -> str:
        """Return a text that names no keys without any number that is held back.

        Of a whole number only what follows can tell what it counts: units and months stay.
        """
        hidden = [self._hidden(key) for key in self.true]

        def of(numeral: Numeral, end: int) -> Number | None:
            counts = "." not in numeral.text and text[end : end + 1] != "%"
            return None if counts and not _PEOPLE.match(text, end) else _first(text, end, numeral, hidden)

        return self._masked(text, of)[0]

    def _hidden(self, key: str) -> Number:
        """Return as much of the number of `key` as is held back."""
        true = self.true[key]
        small = self.minimum.hides(true.n)
        n = true.n if small or "n" in self._withheld.get(key, ()) else None
        if self.tells(key):
            return replace(true, n=n)
        return replace(true, value=None, interval=None, n=n)

    def _masked(
        self, text: str, hidden: Callable[[Numeral, int], Number | None]
    ) -> tuple[str, tuple[str, ...]]:
        edits: list[Edit] = []
        for start, end, numeral in placed(text):
            number = hidden(numeral, end)
            if number is None:
                continue
            size = int(numeral.value) if numeral.value in (number.value, number.n) else 0
            until = end + (text[end : end + 1] == "%")
            edits.append((start, until, self._phrase(number, size)))
            edits += plural(text, end) if size == 1 and until == end else ()
        masked = edited(text, edits)
        return masked, (DECLARED,) if masked != text else ()

    def explained(self, number: Number) -> Number:
        """Return `number` with a reason that states nothing its row holds back."""
        row = self._row(number.key.partition(":")[2])
        return replace(number, reason=self.text(number.reason, row)[0]) if row else number

    def _row(self, label: str) -> list[str]:
        """Return the keys of what is held back in the row of `label`; a number of no row has none."""
        return [key for key in self.true if label and key.partition(":")[2] == label]

    def verdict(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return a verdict without the values, numbers of cases and reasons that give few people away."""
        criteria = [self._criterion(criterion) for criterion in document["criteria"]]
        return {**document, "criteria": criteria}

    def _criterion(self, criterion: Mapping[str, Any]) -> dict[str, Any]:
        row = self._row(criterion["id"])
        bare: dict[str, Any] = {"reason": self.text(criterion["reason"], row)[0]}
        if f"found:{criterion['id']}" in row:
            bare |= {"value": None, "interval": None, "margin": None}
        if f"observations:{criterion['id']}" in row:
            bare |= {"n": None}
        return {**criterion, **bare}

    def _phrase(self, number: Number, size: int) -> str:
        """Return what is said instead of a number."""
        if not self.minimum.hides(size) or not self._bounded(number):
            return f"({_VOICE})"
        return f"fewer than {self.minimum.least}"


def _first(text: str, end: int, numeral: Numeral, hidden: Sequence[Number]) -> Number | None:
    return next((number for number in hidden if _states(text, end, numeral, number)), None)


def _states(text: str, end: int, numeral: Numeral, number: Number) -> bool:
    """Tell whether `numeral` is what `number` says, so exactly that it must not stand."""
    percent, decimals = text[end : end + 1] == "%", "." in numeral.text
    measured = (number.value,) if number.unit not in COUNTS else ()
    # What is counted is stated without decimals: "2.0 minutes" is no 2 contacts.
    may_be = measured if decimals and not percent else (number.value, number.n)
    exact = [value for value in may_be if isinstance(value, int | float)]
    if not percent and any(numeral.value == abs(value) for value in exact):
        return True
    if exact and numeral.text in format_value(number.value, number.unit) and (percent or decimals):
        return True
    limits = (number.interval.low, number.interval.high) if number.interval else ()
    scale = 100.0 if percent else 1.0
    rounded = (
        abs(numeral.value - abs(float(value)) * scale) <= numeral.tolerance for value in (*exact, *limits)
    )
    return (percent or decimals) and any(rounded)


def withheld_from(folder: Path, *, notebook: str) -> dict[str, tuple[str, ...]]:
    """Return what a run told `notebook` to hold back besides; nothing where it is opened by hand."""
    for path in (folder / WITHHELD, folder / "evidence" / WITHHELD):
        if path.is_file():
            withheld = json.loads(path.read_text(encoding="utf-8")).get(notebook, {})
            return {key: tuple(parts) for key, parts in withheld.items()}
    return {}


def held_document(notebook: str, numbers: Iterable[Number]) -> str:
    """Return the true numbers of what was held back, as they are stored beside the evidence."""
    content = {
        "notebook": notebook,
        "numbers": [asdict(number) for number in sorted(numbers, key=lambda number: number.key)],
    }
    return canonical(content)
