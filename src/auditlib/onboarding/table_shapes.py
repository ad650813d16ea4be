"""What a file holds, whatever its columns are called, where that tells tables apart."""

from __future__ import annotations

import re

from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.items import is_person
from auditlib.onboarding.vocabulary import meaning, vocabulary

_FEW = 1000
_FEWEST_FIGURES = 200
_NARROW = 8
_FEWEST_COUNTS = 2
_NEARLY_ALL = 0.9
_ON_THE_CLOCK = re.compile(r"(?:^|[ T])[0-9]{1,2}:(?:00|15|30|45)(?::00(?:\.0+)?)?(?:Z|[+-][0-9:]{4,6})?$")
_SPEAKS = 0.1
"""How much the shape of a file speaks for a table, or against it."""


def shape_speaks(look: FileLook, table: str) -> float:
    """Return how much more, or less, likely a table is by what the file holds; 0 where nothing says it."""
    if table == "outages":
        return _SPEAKS if _spans(look) else -_SPEAKS
    if table == "interactions":
        return -_SPEAKS if _spans(look) else 0.0
    if table == "interval_counts":
        return 2 * _SPEAKS if _intervals(look) else 0.0
    if table == "published_figures":
        return _SPEAKS if _figures(look) else -_SPEAKS
    return 0.0


def _spans(look: FileLook) -> bool:
    """Return whether a file says when few things began and ended, and nothing of persons and answers."""
    timed = [facts for facts in look.columns if facts.dates is not None and facts.dates.timed]
    about_people = any(is_person(facts) or _flag(facts) or _measured(facts) for facts in look.columns)
    return len(timed) == 2 and look.rows <= _FEW and len(look.columns) <= _NARROW and not about_people


def _flag(facts: ColumnFacts) -> bool:
    return bool(facts.distinct) and all(meaning(cell, vocabulary().flags) for cell in facts.distinct)


def _measured(facts: ColumnFacts) -> bool:
    """Return whether a column holds numbers that are no id: some value stands in it twice."""
    return facts.numeric > 0.9 and facts.dates is None and not facts.unique


def _intervals(look: FileLook) -> bool:
    """Return whether a file counts by quarters, halves or whole hours: counts beside times on the clock."""
    begins = any(
        facts.filled and all(_ON_THE_CLOCK.search(cell) for cell in facts.distinct) for facts in look.columns
    )
    counts = sum(
        facts.numeric > _NEARLY_ALL and not facts.unique and all(cell.isdecimal() for cell in facts.distinct)
        for facts in look.columns
    )
    return begins and counts >= _FEWEST_COUNTS


def _figures(look: FileLook) -> bool:
    """Return whether a file has few rows, each with a share and with the days it is about."""
    days = sum(facts.dates is not None and not facts.dates.timed for facts in look.columns)
    shares = any(facts.filled and all("%" in cell for cell in facts.distinct) for facts in look.columns)
    return look.rows <= _FEWEST_FIGURES and days >= 2 and shares
