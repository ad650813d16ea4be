"""Counts into measurements: the few forms that measures return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from auditlib.records import Basis, EvidenceLevel, Interval, Measurement, Statistic
from auditlib.standards.measure import nothing
from auditlib.statistics.intervals import wilson

if TYPE_CHECKING:
    import narwhals as nw

IN_PERIOD: tuple[tuple[str, str | int | float | bool], ...] = (("in_period", True),)
DAY_MICROSECONDS = 86_400_000_000


def share_of(
    successes: int,
    n: int,
    *,
    confidence: float,
    basis: Sequence[Basis],
    none: str,
    level: EvidenceLevel = EvidenceLevel.RESPONSES,
    excused: int = 0,
    reason: str = "",
) -> Measurement:
    """Return a share with its Wilson interval.

    Parameters
    ----------
    successes, n
        Observations that count, and all of them.
    confidence
        Coverage of the interval.
    basis
        The rows `n` counts.
    none
        Why there is no share, where `n` is 0.
    excused
        Observations outside the limit with a valid recorded deviation.
    reason
        What limits the share.
    """
    if n == 0:
        return nothing(none)
    limits = wilson(successes, n, level=confidence)
    interval = Interval(float(limits.low), float(limits.high), confidence, "Wilson")
    return Measurement(
        "",
        successes / n,
        n,
        Statistic.SHARE,
        interval=interval,
        successes=successes,
        excused=excused,
        level=level,
        basis=tuple(basis),
        reason=reason,
    )


def whole_of(
    value: float,
    n: int,
    *,
    basis: Sequence[Basis],
    none: str,
    level: EvidenceLevel = EvidenceLevel.RESPONSES,
    reason: str = "",
) -> Measurement:
    """Return a count, or another plain value of a whole register; it has no interval."""
    if n == 0:
        return nothing(none)
    return Measurement("", value, n, Statistic.COUNT, level=level, basis=tuple(basis), reason=reason)


def counted(frame: nw.LazyFrame[Any], **conditions: nw.Expr) -> dict[str, int]:
    """Return how many rows of `frame` there are (``n``) and how many meet each condition.

    A condition that is unknown for a row does not hold for it.
    """
    import narwhals as nw

    sums = {name: condition.cast(nw.Int64).sum() for name, condition in conditions.items()}
    row = frame.select(n=nw.len(), **sums).collect().rows(named=True)[0]
    return {name: int(value or 0) for name, value in row.items()}


def counts_by(frame: nw.LazyFrame[Any], *columns: str) -> dict[tuple[Any, ...], int]:
    """Return how many rows of `frame` have each combination of values of `columns`."""
    import narwhals as nw

    rows = frame.group_by(*columns).agg(rows_counted=nw.len()).collect().rows()
    return {tuple(row[:-1]): int(row[-1]) for row in rows}


def answers_to(responses: nw.LazyFrame[Any], survey_type: str, item: str) -> nw.LazyFrame[Any]:
    """Return the responses of the period to one survey type that answer `item`; none if nobody was asked."""
    import narwhals as nw

    asked = responses.filter(nw.col("in_period"), nw.col("survey_type") == survey_type)
    if item not in asked.collect_schema().names():
        asked = asked.with_columns(nw.lit(None, dtype=nw.Float64).alias(item))
    return asked.filter(~nw.col(item).is_null())


def day_number(day: date) -> int:
    """Return `day` as the evidence stores it: days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()
