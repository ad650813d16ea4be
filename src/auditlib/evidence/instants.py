"""Instants: from local wall time to UTC and to the unit's own day and second, by integers only.

The expressions run on any narwhals backend; the day tables of `time.local_days` carry all knowledge of zones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.contracts import WHOLE_DAY
from auditlib.time.epoch import DAY, SECOND
from auditlib.time.local_days import SLOTS

if TYPE_CHECKING:
    import narwhals as nw

_BIAS_DAYS = 1_000_000
"""Added before dividing, so that instants before 1970 round towards the past on every engine."""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How the instants of a source are to be understood.

    Parameters
    ----------
    zone
        Number of the source's zone; None where each unit's own holds.
    ambiguous
        ``earlier``, ``later``, ``in_order`` or ``quarantine``: a local time that exists twice; in order, the
        rows say by ``row__turn`` whether theirs is the first or the second.
    nonexistent
        ``forward`` or ``quarantine``: a local time that is skipped.
    last_day
        Last day of the day tables, as days since 1970.
    """

    zone: int | None
    ambiguous: str
    nonexistent: str
    last_day: int


def with_instant(
    frame: nw.LazyFrame[Any],
    stem: str,
    *,
    rule: ClockRule,
    local_days: nw.LazyFrame[Any],
    utc_days: nw.LazyFrame[Any],
) -> nw.LazyFrame[Any]:
    """Add ``<stem>_at``, ``<stem>_day``, ``<stem>_second`` and what is known of clock changes.

    Expects ``<stem>__local`` and ``<stem>__utc`` (microseconds), ``<stem>__whole`` (a day without a time)
    and ``unit__zone`` (number of the unit's zone). ``__skipped`` is true for a local time that does not
    exist, ``__twice`` for one that exists twice, where the rule quarantines it; ``__double`` for one that
    exists twice, whatever the rule. A day without a time is the
    unit's own, as it is written: it begins with the first instant of that day, and its second is `WHOLE_DAY`.
    """
    import narwhals as nw

    parts = [f"{stem}__{part}" for part in ("local", "utc", "whole")]
    columns = [name for name in frame.collect_schema().names() if name not in parts]
    local, whole = nw.col(f"{stem}__local"), nw.col(f"{stem}__whole")
    unit_zone = nw.col("unit__zone")
    source_zone = (
        unit_zone if rule.zone is None else nw.when(whole).then(unit_zone).otherwise(nw.lit(rule.zone))
    )
    frame = _on_slots(frame, local, source_zone, days=local_days, name="local", last=rule.last_day)
    at = nw.col(f"{stem}_at")
    frame = frame.with_columns(**_utc(stem, rule))
    frame = _on_slots(frame, at, unit_zone, days=utc_days, name="utc", last=rule.last_day)
    offset = (
        nw.when(nw.col("utc__micros") < nw.col("utc__change") * SECOND)
        .then(nw.col("utc__before"))
        .otherwise(nw.col("utc__after"))
    )
    frame = frame.with_columns(unit__local=at + offset * SECOND)
    unit_local = nw.col("unit__local")
    second = (
        nw.when(whole & ~at.is_null()).then(nw.lit(WHOLE_DAY)).otherwise(_micros_of_day(unit_local) // SECOND)
    )
    return frame.select(
        *columns,
        f"{stem}_at",
        _day(unit_local).cast(nw.Int32).alias(f"{stem}_day"),
        second.cast(nw.Int32).alias(f"{stem}_second"),
        f"{stem}__skipped",
        f"{stem}__twice",
        f"{stem}__double",
    )


def _on_slots(
    frame: nw.LazyFrame[Any], micros: nw.Expr, zone: nw.Expr, *, days: nw.LazyFrame[Any], name: str, last: int
) -> nw.LazyFrame[Any]:
    """Add what a table of days says of the day in which an instant lies, and its microseconds of that day.

    The day is a column first: written out wherever it is used, it makes a query that is longer read than run.
    """
    import narwhals as nw

    frame = frame.with_columns(**{f"{name}__day": _day(micros), f"{name}__micros": _micros_of_day(micros)})
    slot = zone * SLOTS + _clamped(nw.col(f"{name}__day"), last)
    return frame.with_columns(slot.alias(f"{name}__slot")).join(days, on=f"{name}__slot", how="left")


def _utc(stem: str, rule: ClockRule) -> dict[str, nw.Expr]:
    """Return the UTC microseconds, and whether the local time is quarantined as skipped or as ambiguous."""
    import narwhals as nw

    micros, before, after = nw.col("local__micros"), nw.col("local__before"), nw.col("local__after")
    ahead = micros < nw.col("local__from") * SECOND
    inside = (~ahead) & (micros < nw.col("local__to") * SECOND)
    skipped, twice = inside & (after > before), inside & (after < before)
    whole = nw.col(f"{stem}__whole")
    # A day begins the first time its midnight comes, and with the change where there is none.
    first = ahead | skipped | (inside & (whole | _of_first(rule)))
    offset = nw.when(first).then(before).otherwise(after)
    utc = nw.col(f"{stem}__local") - offset * SECOND
    absolute = ~nw.col(f"{stem}__utc").is_null()
    double = twice & ~absolute & ~whole
    return {
        f"{stem}_at": nw.when(absolute).then(nw.col(f"{stem}__utc")).otherwise(utc),
        f"{stem}__skipped": _refused(skipped & ~absolute & ~whole, rule.nonexistent),
        f"{stem}__twice": _refused(double, rule.ambiguous),
        f"{stem}__double": double.fill_null(value=False),
    }


def _of_first(rule: ClockRule) -> nw.Expr:
    """Return whether a local time that exists twice is meant as the first of the two."""
    import narwhals as nw

    if rule.ambiguous == "in_order":
        return nw.col("row__turn") == 0
    return nw.lit(value=rule.ambiguous != "later")


def _refused(doubtful: nw.Expr, choice: str) -> nw.Expr:
    import narwhals as nw

    return doubtful.fill_null(value=False) if choice == "quarantine" else nw.lit(value=False)


def _day(micros: nw.Expr) -> nw.Expr:
    return (micros + _BIAS_DAYS * DAY) // DAY - _BIAS_DAYS


def _micros_of_day(micros: nw.Expr) -> nw.Expr:
    return (micros + _BIAS_DAYS * DAY) % DAY


def _clamped(day: nw.Expr, last_day: int) -> nw.Expr:
    import narwhals as nw

    return (
        nw.when(day < 0)
        .then(nw.lit(0))
        .otherwise(nw.when(day > last_day).then(nw.lit(last_day)).otherwise(day))
    )
