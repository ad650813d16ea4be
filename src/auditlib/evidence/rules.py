"""The rules a row must satisfy, as table expressions that run on any narwhals backend.

Each rule is one line that reads like the clause; the first that is true names the reason, in the
order of `records.Reason`. Field counts are tested while reading and copies by `duplicates`, because
neither can be seen from one row alone.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from auditlib.contracts import WHOLE_DAY, Column, ColumnKind, Table
from auditlib.evidence.interval_rules import counted_rules
from auditlib.evidence.quarantine_rule import QuarantineRule
from auditlib.evidence.reading import TEXTUAL
from auditlib.evidence.unit_names import UNKNOWN
from auditlib.records import Instrument, Reason
from auditlib.time.zones import zone_names

if TYPE_CHECKING:
    import narwhals as nw


_HALF_A_DECIMAL = 5e-10
SOUND = -1
"""What stands in ``fault`` where a row breaks no rule."""


_WRITTEN = {"clock": "on a clock (h:mm:ss)", "mm:ss": "written mm:ss", "hh:mm": "written hh:mm"}
_CLOCK_CHANGES = {
    "skipped": "clocks were put forward: this local time does not exist; 'nonexistent' can move it",
    "twice": "clocks were put back: this local time came twice; 'ambiguous' can say which is meant",
}


@dataclass(frozen=True, slots=True)
class Parent:
    """A table that rows refer to, whose own instant must not lie later.

    Parameters
    ----------
    link
        Column of the row that names the parent.
    table
        The parent's table.
    """

    link: str
    table: str

    @property
    def stem(self) -> str:
        """Stem, after the join, of the parent's instant: its UTC microseconds, day and second."""
        return f"parent__{self.link}"


def rules(
    contract: Table,
    *,
    instruments: Mapping[str, Instrument],
    parents: Sequence[Parent],
    as_of: int,
    register: bool,
    units_by: str = "id",
    bands: Sequence[str] = (),
    durations: Mapping[str, str] = MappingProxyType({}),
    dated: Sequence[str] = (),
) -> tuple[QuarantineRule, ...]:
    """Return the rules of a table in the order in which they are tested.

    Parameters
    ----------
    contract
        The table, items included.
    instruments
        Declared instruments by survey type.
    parents
        Tables whose instant must not lie after the row's.
    as_of
        UTC microseconds; nothing can have happened later.
    register
        Whether there is a register of units to check against.
    units_by
        How rows name their units.
    bands
        Published bands of survey counts, for a wide file.
    durations
        Instants given as durations, with their unit.
    dated
        Days and instants of which it is known whether they are placeholders.
    """
    unordered = [
        *counted_rules(contract, as_of),
        *(_unit_rules(contract, units_by) if register else ()),
        *_placeholder_rules(contract, dated),
        *_time_rules(contract, parents, durations),
        *_future_rules(contract, as_of),
        *_scale_rules(contract, instruments),
        *_listed_rules(contract, bands),
        *_key_rules(contract),
    ]
    order = list(Reason)
    return tuple(sorted(unordered, key=lambda rule: order.index(rule.reason)))


def with_fault(frame: nw.LazyFrame[Any], tested: Sequence[QuarantineRule]) -> nw.LazyFrame[Any]:
    """Add ``fault``: the position in `tested` of the first rule that a row breaks; `SOUND` for none."""
    import narwhals as nw

    fault = nw.lit(SOUND)
    for position in reversed(range(len(tested))):
        broken = tested[position].broken.fill_null(value=False)
        fault = nw.when(broken).then(nw.lit(position)).otherwise(fault)
    return frame.with_columns(fault=fault)


def _unit_rules(contract: Table, units_by: str) -> Iterator[QuarantineRule]:
    import narwhals as nw

    for column in contract.columns:
        if column.references == "units":
            unknown = nw.col("unit__zone__known").is_null()
            absent = nw.col(column.name).is_null()
            if column.required:
                yield QuarantineRule(Reason.UNIT, column.name, absent, "the row names no unit")
            yield QuarantineRule(Reason.UNIT, column.name, unknown & ~absent, UNKNOWN[units_by])


def _time_rules(
    contract: Table, parents: Sequence[Parent], durations: Mapping[str, str]
) -> Iterator[QuarantineRule]:
    import narwhals as nw

    instants = [column for column in contract.columns if column.kind is ColumnKind.INSTANT]
    for column in contract.columns:
        if column.kind in (ColumnKind.DAY, ColumnKind.INSTANT):
            yield from _readable(column, durations.get(column.name, ""))
    for column in instants:
        for flag, message in _CLOCK_CHANGES.items():
            yield QuarantineRule(Reason.TIME, column.name, nw.col(f"{column.name}__{flag}"), message)
        if column.after:
            early = before(column.name, column.after)
            yield QuarantineRule(
                Reason.TIME, column.name, early, f"it lies before {column.after!r} of the same row"
            )
        for parent in parents:
            early = before(column.name, parent.stem)
            message = f"it lies before its trigger in {parent.table} ({parent.link})"
            yield QuarantineRule(Reason.TIME, column.name, early, message)


def _placeholder_rules(contract: Table, dated: Sequence[str]) -> Iterator[QuarantineRule]:
    import narwhals as nw

    for column in contract.columns:
        if column.required and column.name in dated:
            message = "this day stands for an unknown one, and the row needs it"
            yield QuarantineRule(Reason.TIME, column.name, nw.col(f"{column.name}__placeholder"), message)


def _readable(column: Column, unit: str) -> Iterator[QuarantineRule]:
    import narwhals as nw

    noun = "day" if column.kind is ColumnKind.DAY else "instant"
    message = f"this is no {noun} in any declared format, or it does not exist in the calendar"
    if unit:
        message = (
            f"this is no duration {_WRITTEN.get(unit, f'in {unit}')}, or what it runs from has no time of day"
        )
    yield QuarantineRule(Reason.TIME, column.name, nw.col(f"{column.name}__unread"), message)
    if column.required:
        yield QuarantineRule(
            Reason.TIME, column.name, ~nw.col(f"{column.name}__given"), f"the row has no {noun}"
        )


def _future_rules(contract: Table, as_of: int) -> Iterator[QuarantineRule]:
    for column in contract.columns:
        if column.kind is ColumnKind.INSTANT:
            yield QuarantineRule(
                Reason.FUTURE, column.name, _at(column.name) > as_of, "it lies after the instant of the audit"
            )


def _scale_rules(contract: Table, instruments: Mapping[str, Instrument]) -> Iterator[QuarantineRule]:
    import narwhals as nw

    for column in contract.columns:
        cell = nw.col(column.name)
        if column.kind in (ColumnKind.NUMBER, ColumnKind.SHARE, ColumnKind.COUNT, ColumnKind.FLAG):
            yield QuarantineRule(
                Reason.SCALE, column.name, nw.col(f"{column.name}__unread"), f"this is no {_words(column)}"
            )
        if column.kind is ColumnKind.SHARE:
            outside = (cell < 0.0) | (cell > 1.0)
            yield QuarantineRule(
                Reason.SCALE, column.name, outside, "a share lies between 0 and 1 (0% and 100%)"
            )
        if column.codes:
            foreign = ~cell.is_null() & ~one_of(cell, column.codes)
            yield QuarantineRule(
                Reason.SCALE, column.name, foreign, f"the allowed codes are {', '.join(column.codes)}"
            )
        if column.required and column.kind in (
            ColumnKind.CODE,
            ColumnKind.NUMBER,
            ColumnKind.SHARE,
            ColumnKind.COUNT,
            ColumnKind.FLAG,
        ):
            yield QuarantineRule(Reason.SCALE, column.name, cell.is_null(), "a value is required here")
        if column.name == "survey_type" and instruments:
            foreign = ~cell.is_null() & ~one_of(cell, list(instruments))
            yield QuarantineRule(
                Reason.SCALE, column.name, foreign, "no instrument is declared for this survey type"
            )
        if column.kind is ColumnKind.SCORE:
            yield from _score_rules(column, instruments)
    if contract.name == "aggregates":
        yield from _aggregate_rules(contract)


def _listed_rules(contract: Table, bands: Sequence[str]) -> Iterator[QuarantineRule]:
    """Yield the rules for cells that must stand in a list outside the contract."""
    import narwhals as nw

    names = [column.name for column in contract.columns]
    if contract.name == "units":
        cell = nw.col("time_zone")
        message = "this is no IANA time zone, such as Europe/Berlin"
        foreign = ~cell.is_null() & ~cell.is_in(list(zone_names()))
        yield QuarantineRule(Reason.SCALE, "time_zone", foreign, message)
    if "w__n" in names:
        cell = nw.col("w__n")
        listed = cell.str.contains("^[0-9]{1,9}$")
        listed = listed | one_of(cell, bands) if bands else listed
        message = "this is neither a whole number nor a declared band of surveys"
        yield QuarantineRule(Reason.SCALE, "w__n", ~cell.is_null() & ~listed, message)


def _score_rules(column: Column, instruments: Mapping[str, Instrument]) -> Iterator[QuarantineRule]:
    """Yield one rule per distinct scale that the item is declared on, and one where it is not asked."""
    import narwhals as nw

    cell = nw.col(column.name)
    unread = nw.col(f"{column.name}__unread")
    yield QuarantineRule(Reason.SCALE, column.name, unread, "this is neither a number nor a declared label")
    scales = {name: _scale_of(instrument, column.name) for name, instrument in instruments.items()}
    for bounds in dict.fromkeys(scales.values()):
        types = [name for name, scale in scales.items() if scale == bounds]
        ours = one_of(nw.col("survey_type"), types) & ~cell.is_null()
        if bounds is None:
            message = f"the {' and '.join(types)} survey does not ask {column.name}"
            yield QuarantineRule(Reason.SCALE, column.name, ours, message)
        else:
            message = "the declared scale runs from {:g} to {:g} in steps of {:g}".format(*bounds)
            yield QuarantineRule(Reason.SCALE, column.name, ours & ~on_scale(cell, *bounds), message)


def _scale_of(instrument: Instrument, item: str) -> tuple[float, float, float] | None:
    scale = next((question.scale for question in instrument.items if question.item == item), None)
    return None if scale is None else (scale.low, scale.high, scale.step)


def on_scale(score: nw.Expr, low: float, high: float, step: float) -> nw.Expr:
    """Return whether a score is one that a scale allows.

    Where the step is a binary fraction (1, 0.5, 0.25) the remainder is exact; otherwise a score is the
    multiple of the step nearest to it, to nine decimals.
    """
    inside = (score >= low) & (score <= high)
    if float(step * 1024).is_integer() and float(low * 1024).is_integer():
        return inside & ((score - low) % step == 0.0)
    nearest = ((score - low) / step).round(0) * step + low
    return inside & ((score - nearest).abs() < _HALF_A_DECIMAL)


def one_of(column: nw.Expr, values: Sequence[str]) -> nw.Expr:
    """Return whether a column holds one of a few values, by comparison: a list becomes a costly join."""
    return reduce(operator.or_, [column == value for value in values])


def _aggregate_rules(contract: Table) -> Iterator[QuarantineRule]:
    import narwhals as nw

    names = [column.name for column in contract.columns]
    if "box" in names and "value" in names:
        outside = (nw.col("box") != "mean") & ((nw.col("value") < 0.0) | (nw.col("value") > 1.0))
        yield QuarantineRule(Reason.SCALE, "value", outside, "a share lies between 0 and 1")


def _key_rules(contract: Table) -> Iterator[QuarantineRule]:
    import narwhals as nw

    for column in contract.columns:
        needed = column.required and column.kind is ColumnKind.ID and column.references != "units"
        if needed or (column.name in contract.key and column.kind in TEXTUAL and not column.empty):
            yield QuarantineRule(
                Reason.KEY, column.name, nw.col(column.name).is_null(), "the row has no id here"
            )


def before(stem: str, reference: str) -> nw.Expr:
    """Return whether an instant lies before another.

    A day without a time is not before anything of the same day.
    """
    import narwhals as nw

    whole = (nw.col(f"{stem}_second") == WHOLE_DAY) | (nw.col(f"{reference}_second") == WHOLE_DAY)
    by_day = nw.col(f"{stem}_day") < nw.col(f"{reference}_day")
    return nw.when(whole).then(by_day).otherwise(_at(stem) < _at(reference))


def _at(stem: str) -> nw.Expr:
    import narwhals as nw

    return nw.col(f"{stem}_at")


def _words(column: Column) -> str:
    return {ColumnKind.COUNT: "whole number of zero or more", ColumnKind.FLAG: "yes or no"}.get(
        column.kind, "number"
    )
