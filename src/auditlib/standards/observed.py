"""Counts into measurements: the few forms that measures return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.records import Basis, EvidenceLevel, Measurement, Statistic
from auditlib.standards.measure import nothing
from auditlib.standards.unknown import span
from auditlib.statements import counted

if TYPE_CHECKING:
    import narwhals as nw

IN_PERIOD: tuple[tuple[str, str | int | float | bool], ...] = (("in_period", True),)


def share_of(
    successes: int,
    n: int,
    *,
    confidence: float,
    basis: Sequence[Basis],
    none: str,
    level: EvidenceLevel = EvidenceLevel.RESPONSES,
    excused: int = 0,
    unknown: int = 0,
    design_effect: float = 1.0,
    reason: str = "",
) -> Measurement:
    """Return a share with its Wilson interval, widened by what its unknown cases may be.

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
    unknown
        Further cases of which it is not known whether they count.
    design_effect
        Observations that are worth one independent observation.
    reason
        What limits the share.
    """
    if n == 0:
        return nothing(none)
    interval = span(successes, n, unknown, level=confidence, design_effect=design_effect)
    return Measurement(
        "",
        successes / n,
        n,
        Statistic.SHARE,
        interval=interval,
        successes=successes,
        excused=excused,
        unknown=unknown,
        design_effect=design_effect,
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
    unknown: int = 0,
    bounds: tuple[float, float] | None = None,
    reason: str = "",
) -> Measurement:
    """Return a count, or another plain value of a whole register; it has no interval.

    Parameters
    ----------
    unknown, bounds
        Cases of which it is not known whether they count, and the values they allow.
    """
    if n == 0:
        return nothing(none)
    return Measurement(
        "",
        value,
        n,
        Statistic.COUNT,
        unknown=unknown,
        bounds=bounds if unknown else None,
        level=level,
        basis=tuple(basis),
        reason=reason,
    )


@dataclass(frozen=True, slots=True)
class KnownRows:
    """Rows by a condition: those that meet it, those of which it is known, those of which it is not."""

    meeting: int
    n: int
    unknown: int


def known(frame: nw.LazyFrame[Any], condition: nw.Expr) -> KnownRows:
    """Count the rows of `frame` by a condition; a row for which it is unknown is on neither side."""
    import narwhals as nw

    row = (
        frame.select(condition=condition)
        .select(
            rows=nw.len(), n=nw.col("condition").count(), meeting=nw.col("condition").cast(nw.Int64).sum()
        )
        .collect()
        .rows(named=True)[0]
    )
    n = int(row["n"])
    return KnownRows(int(row["meeting"] or 0), n, int(row["rows"]) - n)


def share_known(
    rows: KnownRows,
    *,
    confidence: float,
    basis: Sequence[Basis],
    none: str,
    level: EvidenceLevel = EvidenceLevel.RESPONSES,
    excused: int = 0,
    unsaid: str = "",
    design_effect: float = 1.0,
    reason: str = "",
) -> Measurement:
    """Return the share that meets a condition, of the rows for which it is known.

    Parameters
    ----------
    excused
        Rows outside the limit with a valid recorded deviation.
    unsaid
        What the other rows do not say; their number is told with it.
    design_effect
        Rows that are worth one independent row.
    """
    notes = [reason] if reason else []
    if rows.unknown and unsaid:
        all_rows = counted(rows.n + rows.unknown, "row")
        notes.append(f"of {all_rows}, {rows.unknown:,} left open {unsaid}")
    return share_of(
        rows.meeting,
        rows.n,
        confidence=confidence,
        basis=basis,
        none=none,
        level=level,
        excused=excused,
        unknown=rows.unknown,
        design_effect=design_effect,
        reason="; ".join(notes),
    )


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


def answered_invitations(invitations: nw.LazyFrame[Any], responses: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return `invitations` with ``answered``: whether any kept response names them.

    The numerator of every response rate: an invitation answered twice is answered once.
    """
    import narwhals as nw

    named = responses.filter(~nw.col("invitation_id").is_null()).select("invitation_id").unique()
    joined = invitations.join(named.with_columns(answered=nw.lit(value=True)), on="invitation_id", how="left")
    return joined.with_columns(answered=nw.col("answered").fill_null(value=False))
