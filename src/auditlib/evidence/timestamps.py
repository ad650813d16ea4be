"""Dates, instants and durations in cells of text, as expressions of the database.

Written dates are read by strptime formats; counted ones (`NUMERIC_DATES`) have so many digits each that no
cell fits two of them. Whatever a cell says, an offset is taken at its word, and the zone of the machine is
never asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from auditlib.evidence.engine import literal
from auditlib.parameters.source import NUMERIC_DATES

_EARLIEST = "TIMESTAMP '1000-01-01 00:00:00'"  # a year of two digits read as four lies before it
_SECONDS, _MILLISECONDS, _SERIAL = NUMERIC_DATES
_COUNTED = {
    _SECONDS: ("^[0-9]{9,10}([.][0-9]{1,6})?$", "DECIMAL(38, 6)", 1_000_000),
    _MILLISECONDS: ("^[0-9]{11,14}([.][0-9]{1,3})?$", "DECIMAL(38, 3)", 1_000),
}
PLACEHOLDERS = ("1900-01-01", "1970-01-01", "9999-12-31")
"""Days that systems write where they know none; see also what a source declares."""
_NO_SERIAL = 61
"""Serials below it are shifted by the day that 1900 did not have."""
_UNITS = {
    "milliseconds": 1_000,
    "seconds": 1_000_000,
    "minutes": 60_000_000,
    "hours": 3_600_000_000,
    "days": 86_400_000_000,
}
_CLOCK = "^([0-9]{1,5}[.])?[0-9]{1,6}:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?$"
_TWO_PARTS = {"mm:ss": ("minutes", "seconds"), "hh:mm": ("hours", "minutes")}
_PAIR = "^[0-9]{1,6}:[0-5][0-9]([.][0-9]{1,6})?$"


@dataclass(frozen=True, slots=True)
class Stamps:
    """How the dates of one column are written.

    Parameters
    ----------
    formats
        In the order in which they are tried.
    of_month
        Which of its days is meant where a cell names a month: first or last; empty where it names none.
    """

    formats: tuple[str, ...]
    of_month: str = ""

    def local(self, text: str) -> str:
        """Return the local timestamp of a cell; null where no format without an offset fits."""
        timed = _first(text, [form for form in self.formats if is_timed(form) and not is_absolute(form)])
        days = [form for form in self.formats if not is_timed(form) or form == _SERIAL]
        if self.of_month:
            return f"CAST({self.day(text)} AS TIMESTAMP)"
        return f"coalesce({timed}, {_first(text, days, whole=True)})" if days else timed

    def utc(self, text: str) -> str:
        """Return the timestamp in UTC of a cell that says which instant is meant."""
        forms = [] if self.of_month else self.formats
        return _first(text, [form for form in forms if is_timed(form) and is_absolute(form)])

    def day(self, text: str) -> str:
        """Return the date of a cell, with or without a time."""
        naive = [form for form in self.formats if not is_absolute(form)]
        absolute = _first(text, [form for form in self.formats if is_absolute(form)])
        whole = f", {_first(text, [_SERIAL], whole=True)}" if _SERIAL in naive else ""
        day = f"CAST(coalesce({_first(text, naive)}{whole}, {absolute}) AS DATE)"
        meant = {"first": f"CAST(date_trunc('month', {day}) AS DATE)", "last": f"last_day({day})"}
        return meant.get(self.of_month, day)

    def whole(self, text: str) -> str:
        """Return whether a cell that was read is a day without a time: no format with one fits it."""
        if self.of_month:
            return "TRUE"
        if all(is_timed(form) and form != _SERIAL for form in self.formats):
            return "FALSE"
        timed = [form for form in self.formats if is_timed(form)]
        groups = [[f for f in timed if not is_absolute(f)], [f for f in timed if is_absolute(f)]]
        return " AND ".join(f"({_first(text, group)}) IS NULL" for group in groups if group) or "TRUE"


def is_timed(form: str) -> bool:
    """Whether a format holds a time of day."""
    return form in NUMERIC_DATES or bool(re.search("%-?[HIcXTR]", form))


def is_absolute(form: str) -> bool:
    """Whether a format says which instant is meant, whatever the zone: ``Z`` at its end, ``%z``, an epoch."""
    return form.endswith("Z") or "%z" in form or form in _COUNTED


def _first(text: str, formats: Sequence[str], *, whole: bool = False) -> str:
    """Return the timestamp that the first fitting format gives."""
    if not formats:
        return "CAST(NULL AS TIMESTAMP)"
    listed = [_stamp(text, form, whole=whole) for form in formats]
    stamp = listed[0] if len(listed) == 1 else f"coalesce({', '.join(listed)})"
    return f"CASE WHEN {stamp} >= {_EARLIEST} THEN {stamp} END"


def _stamp(text: str, form: str, *, whole: bool) -> str:
    if form in _COUNTED:
        pattern, sql_type, micros = _COUNTED[form]
        number = f"CAST(TRY_CAST({text} AS {sql_type}) * {micros} AS BIGINT)"
        return f"CASE WHEN regexp_matches({text}, {literal(pattern)}) THEN make_timestamp({number}) END"
    if form == _SERIAL:
        return _serial(text, whole=whole)
    if "%z" in form:
        cell = f"regexp_replace({text}, '[Zz]$', '+00:00')"
        return f"make_timestamp(epoch_us(try_strptime({cell}, {literal(form)})))"
    return f"CAST(try_strptime({text}, {literal(form)}) AS TIMESTAMP)"


def _serial(text: str, *, whole: bool) -> str:
    """Return the timestamp of a day number of a worksheet, to the millisecond; a whole one is a day."""
    cell = f"replace({text}, ',', '.')"
    pattern = "^[0-9]{1,5}([.]0*)?$" if whole else "^[0-9]{1,5}[.][0-9]*[1-9][0-9]*$"
    days = f"TRY_CAST(left({cell}, 16) AS DECIMAL(38, 10))"
    micros = f"CAST(round({days} * 86400000) AS BIGINT) * 1000"
    fits = f"regexp_matches({cell}, {literal(pattern)}) AND {days} >= {_NO_SERIAL}"
    return f"CASE WHEN {fits} THEN TIMESTAMP '1899-12-30 00:00:00' + to_microseconds({micros}) END"


def duration(text: str, unit: str) -> str:
    """Return the microseconds of a duration given in `unit`; null where the cell is none."""
    if unit == "clock":
        return f"CASE WHEN regexp_matches({text}, {literal(_CLOCK)}) THEN {_clock(text)} END"
    if unit in _TWO_PARTS:
        return _two_parts(text, *_TWO_PARTS[unit])
    pattern = literal("^[0-9]{1,12}([.][0-9]{1,9})?$")
    micros = f"TRY_CAST(round(TRY_CAST({text} AS DECIMAL(38, 9)) * {_UNITS[unit]}) AS BIGINT)"
    return f"CASE WHEN regexp_matches({text}, {pattern}) AND {micros} < 1000000000000000 THEN {micros} END"


def _two_parts(text: str, larger: str, smaller: str) -> str:
    """Return the microseconds of a duration such as 07:49; the first part may be as long as it wants."""
    terms = [
        f"TRY_CAST(split_part({text}, ':', {place}) AS DECIMAL(38, 6)) * {_UNITS[part]}"
        for place, part in enumerate((larger, smaller), 1)
    ]
    fits = f"regexp_matches({text}, {literal(_PAIR)})"
    return f"CASE WHEN {fits} THEN CAST({' + '.join(terms)} AS BIGINT) END"


def _clock(text: str) -> str:
    parts = (
        (r"^([0-9]+)[.][0-9]+:", "days"),
        ("([0-9]+):[0-5][0-9]:[0-5][0-9]", "hours"),
        (":([0-5][0-9]):", "minutes"),
        (":([0-5][0-9](?:[.][0-9]+)?)$", "seconds"),
    )
    units = ((f"regexp_extract({text}, {literal(pattern)}, 1)", unit) for pattern, unit in parts)
    terms = [f"coalesce(TRY_CAST({part} AS DECIMAL(38, 6)), 0) * {_UNITS[unit]}" for part, unit in units]
    return f"CAST({' + '.join(terms)} AS BIGINT)"
