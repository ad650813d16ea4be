"""Dates, bases and values as they are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from auditlib.compensation.register import NOUNS
from auditlib.records import Basis, Number
from auditlib.standards.merging import BETWEEN
from auditlib.statements import counted
from auditlib.statements.formats import format_value

MOST_SELECTIONS = 3
"""Selections of rows that are spelled out; where a number rests on more, `trace` lists them."""


def day(value: date) -> str:
    """Return a day as ``3 March 2025``."""
    return f"{value.day} {value:%B %Y}"


def instant(value: datetime) -> str:
    """Return an instant as ``3 March 2025, 18:00 UTC`` with its offset."""
    offset = value.strftime("%z")
    zone = "UTC" if offset in ("+0000", "") else f"UTC{offset[:3]}:{offset[3:]}"
    return f"{value.day} {value:%B %Y, %H:%M} {zone}"


WHOLE = "the operation as a whole"
NO_NAMES: Mapping[str, str] = MappingProxyType({})
_METRIC = re.compile(r"(\w+):(q_\w+):(\w+)")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_LINKED = re.compile(rf"({'|'.join(NOUNS)}) (\d{{4}}-\d{{2}}-\d{{2}})")
"""How a group of units is labelled whose pay was linked on one day."""
_NAME_WITHIN = re.compile(r"(?<![\w./:=@-])(?!q_)[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?!\w|[.:/]\w|=|: q_)")
"""A name of this suite in a sentence; a key of a run file with its item stays as it is to be written."""


def in_words(name: str) -> str:
    """Return a name of this suite as words: ``follow_up_reports`` becomes ``follow-up reports``."""
    return name.replace("_", " ").replace("follow up", "follow-up") if _NAME.fullmatch(name) else name


def subject_of(subject: str, items: Mapping[str, str], units: Mapping[str, str] = NO_NAMES) -> str:
    """Return the subject of a finding in words.

    Parameters
    ----------
    subject
        As recorded, for example ``responsibilities:U007:client_manager``; several where findings are one.
    items
        Wording of each item.
    units
        Name of each unit.
    """
    return BETWEEN.join(_subject_of(part, items, units) for part in subject.split(BETWEEN))


def _subject_of(subject: str, items: Mapping[str, str], units: Mapping[str, str]) -> str:
    if subject == "operation":
        return WHOLE
    wordings = {
        item: f"\N{LEFT DOUBLE QUOTATION MARK}{words}\N{RIGHT DOUBLE QUOTATION MARK}"
        for item, words in items.items()
    }
    labels = {**units, **wordings}
    parts = map(str.strip, subject.split(":"))
    words = [labels.get(part, _LINKED.sub(_linked, in_words(part))) for part in parts]
    return f"{words[0]}: {', '.join(words[1:])}" if len(words) > 1 else words[0]


def _linked(match: re.Match[str]) -> str:
    role, starts_on = match.groups()
    return f"{NOUNS[role]} linked on {day(date.fromisoformat(starts_on))}"


def sentence_of(text: str) -> str:
    """Return `text` with names of this suite as words, and with spaces that must not end a line."""
    words = _NAME_WITHIN.sub(lambda match: in_words(match.group()), text)
    return re.sub(r"(?<=\d) (?=%)", "\N{NO-BREAK SPACE}", words)


def with_labels(text: str, items: Mapping[str, str]) -> str:
    """Return `text` with the wording of a question for its code: as in ``contact:q_overall:mean``."""

    def label(match: re.Match[str]) -> str:
        survey, item, statistic = match.groups()
        if item not in items:
            return match.group()
        quoted = f"\N{LEFT DOUBLE QUOTATION MARK}{items[item]}\N{RIGHT DOUBLE QUOTATION MARK}"
        return f"{statistic.replace('_', ' ')} of {quoted} ({survey.replace('_', ' ')} survey)"

    return _METRIC.sub(label, text)


def value_of(number: Number) -> str:
    """Return the value of `number` as tables print it."""
    return format_value(number.value, number.unit)


def interval_of(number: Number) -> str:
    """Return the interval of `number` and its level; empty where it has none."""
    interval = number.interval
    if interval is None:
        return ""
    low, high = (format_value(limit, number.unit) for limit in (interval.low, interval.high))
    return f"{low} to {high}, {interval.level:.0%}"


def basis_of(number: Number) -> str:
    """Return what `number` rests on, in words."""
    if len(number.basis) > MOST_SELECTIONS:
        tables = ", ".join(dict.fromkeys(basis.table for basis in number.basis))
        return f"{counted(len(number.basis), 'selection')} of {tables}; trace lists them"
    return "; ".join(_basis(basis) for basis in number.basis) or number.reason or "derived from other numbers"


def _basis(basis: Basis) -> str:
    conditions = " and ".join(f"{column} = {_written(value)}" for column, value in basis.where)
    words = [
        basis.table,
        f"where {conditions}" if conditions else "",
        f"column {basis.column}" if basis.column else "",
    ]
    rows = "" if basis.rows is None else f"({basis.rows:,} row{'' if basis.rows == 1 else 's'})"
    return " ".join(word for word in [*words, rows] if word)


def _written(value: bool | float | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
