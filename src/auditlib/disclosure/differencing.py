"""What two editions of the same numbers tell together: who came in between.

A report of January and one of February may each hold back what is small; where the second counts two
responses more than the first, a reader of both knows of a group of two, and of their answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditlib.disclosure.minimum_frequency import MinimumFrequency
from auditlib.disclosure.small import about_people, counts_people
from auditlib.records import Number


@dataclass(frozen=True, slots=True)
class CountDifference:
    """A count of people that two editions give, and that differs by few."""

    notebook: str
    key: str
    part: str
    first: int
    second: int


def differences(
    first: Mapping[str, Mapping[str, Number]],
    second: Mapping[str, Mapping[str, Number]],
    *,
    minimum: MinimumFrequency,
) -> Iterator[CountDifference]:
    """Yield the counts of people that differ by few between two editions, and not by none.

    Parameters
    ----------
    first, second
        Numbers as shown, by notebook and key.
    minimum
        Counts it hides are small.

    Examples
    --------
    >>> from auditlib.records import Basis, Number
    >>> minimum = MinimumFrequency(5)
    >>> def edition(rows):
    ...     return {"01_intake": {"rows": Number("rows", rows, "responses", basis=(Basis("responses"),))}}
    >>> [one.key for one in differences(edition(40), edition(42), minimum=minimum)]
    ['rows']
    >>> list(differences(edition(40), edition(45), minimum=minimum))
    []
    """
    for notebook in sorted(first.keys() & second.keys()):
        for key in sorted(first[notebook].keys() & second[notebook].keys()):
            before, after = _counts(first[notebook][key]), _counts(second[notebook][key])
            for part in sorted(before.keys() & after.keys()):
                if minimum.hides(abs(after[part] - before[part])):
                    yield CountDifference(notebook, key, part, before[part], after[part])


def _counts(number: Number) -> dict[str, int]:
    """Return the counts of people that a number shows: its value where it is one, and its n."""
    counts: dict[str, int] = {}
    if counts_people(number) and isinstance(number.value, int):
        counts["value"] = number.value
    if number.basis and about_people(number.basis[0].table) and number.n is not None:
        counts["n"] = number.n
    return counts
