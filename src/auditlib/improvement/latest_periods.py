"""Two periods of answers that can be held against each other: like with like, by the calendar or by waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditlib.records import Refusal
from auditlib.statements import listed
from auditlib.time.epoch import day_number
from auditlib.time.months import YEAR, at_ordinal, first_day, month_text, ordinal

OTHER_MONTHS = "They are other months of the year, so that seasons are part of it."
EMPTY = 0.25
"""Share of the months, first answer to last, that hold none: from here on answers come in waves."""
_LEAST = YEAR // 2
"""Months of the year that two years must have in common to be compared by the calendar."""


@dataclass(frozen=True, slots=True)
class Months:
    """Whole months, not always one after the other.

    Parameters
    ----------
    words
        They, as printed.
    spans
        First and last day of each run of them, in days since 1970, both included.
    """

    words: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PeriodPair:
    """Two periods, one after the other.

    Parameters
    ----------
    neither
        Answers of the audited period that lie in neither.
    note
        What else parts them, as a sentence.
    """

    earlier: Months
    later: Months
    neither: int
    note: str = ""


def latest_periods(answers: Mapping[int, int], *, audited: tuple[int, int]) -> PeriodPair | Refusal:
    """Return the last two periods of answers that can be held against each other.

    Where answers come in waves, whole waves: those of the last year against the same of the year before.
    Where the audited period holds two years, the months of its last year against the same months of the year
    before; otherwise the two halves of the months with answers.

    Parameters
    ----------
    answers
        Month, as ``year * 100 + month``, to its answers; months of the audited period alone.
    audited
        First and last month of the audited period.
    """
    n = {ordinal(month): many for month, many in answers.items() if many}
    first, end = ordinal(audited[0]), ordinal(audited[1]) + 1
    if len(n) < 2:
        return Refusal("the answers are of one month only; a change takes two spans of time.")
    runs = _runs(sorted(n))
    if len(n) <= (1 - EMPTY) * (max(n) + 1 - min(n)):
        return _pair(_waves(runs, end), n)
    years = _years(n, end) if end - first >= 2 * YEAR else None
    return _pair(years or _halves(n), n)


def _runs(months: Sequence[int]) -> list[tuple[int, ...]]:
    """Return months in runs of those one after the other."""
    runs: list[tuple[int, ...]] = []
    for month in months:
        if runs and runs[-1][-1] == month - 1:
            runs[-1] = (*runs[-1], month)
        else:
            runs.append((month,))
    return runs


_Sides = tuple[tuple[int, ...], tuple[int, ...], bool]
"""Months of the earlier and of the later period, and whether they are the same of the year."""


def _waves(waves: Sequence[tuple[int, ...]], end: int) -> _Sides:
    """Return the waves of the last year and the same of the year before; else halves of whole waves."""
    pairs = [
        (before, wave)
        for wave in waves
        for before in waves
        if wave[0] >= end - YEAR and abs(wave[0] - YEAR - before[0]) <= 1
    ]
    if pairs:
        earlier, later = (tuple(dict.fromkeys(side)) for side in zip(*pairs, strict=True))
    else:
        many = len(waves) // 2
        earlier, later = tuple(waves[-2 * many : -many]), tuple(waves[-many:])
    before, after = (tuple(month for wave in side for month in wave) for side in (earlier, later))
    return before, after, bool(pairs)


def _years(n: Mapping[int, int], end: int) -> _Sides | None:
    """Return the months of the last year that the year before has too, and those; None where they are few."""
    later = tuple(month for month in range(end - YEAR, end) if month in n and month - YEAR in n)
    return (tuple(month - YEAR for month in later), later, True) if len(later) >= _LEAST else None


def _halves(n: Mapping[int, int]) -> _Sides:
    end = max(n) + 1
    half = (end - min(n)) // 2
    return tuple(range(end - 2 * half, end - half)), tuple(range(end - half, end)), half == YEAR


def _pair(sides: _Sides, n: Mapping[int, int]) -> PeriodPair:
    earlier, later, same = sides
    within = sum(many for month, many in n.items() if month in (*earlier, *later))
    note = "" if same else OTHER_MONTHS
    return PeriodPair(_months(earlier), _months(later), sum(n.values()) - within, note)


def _months(months: tuple[int, ...]) -> Months:
    runs = _runs(months)
    return Months(listed([_words(run) for run in runs]), tuple(_span(run) for run in runs))


def _words(run: tuple[int, ...]) -> str:
    names = (month_text(at_ordinal(number)) for number in dict.fromkeys((run[0], run[-1])))
    return " to ".join(names)


def _span(run: tuple[int, ...]) -> tuple[int, int]:
    begins, ends = (day_number(first_day(at_ordinal(number))) for number in (run[0], run[-1] + 1))
    return begins, ends - 1
