"""Whether a cause called fixed comes back less often than before (A11, C8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditlib.records import Basis, Interval, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, nothing
from auditlib.standards.observed import IN_PERIOD
from auditlib.statements import counted
from auditlib.statistics.intervals import clopper_pearson
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    import pandas as pd


def recurrence_of(tables: Tables, context: Context, *, window_days: int) -> Measurement:
    """Return the ratio of the weakest fix that can be compared; see `measures.recurrence_ratio`."""
    kind = [name for name in ("action_type",) if name in tables.lazy("fixes").collect_schema().names()]
    register = tables.frame("fixes", columns=["cause_code", "unit_id", "implemented_on", *kind])
    received = tables.frame("complaints", columns=["cause_code", "unit_id", "received_day"], where=IN_PERIOD)
    effective = _fixes(register[register["implemented_on"].notna()])
    if not effective:
        return nothing("no fix of the register has taken effect")
    compared = [_compared(fix, received, context, window_days=window_days) for fix in effective]
    measured = [ratio for ratio in compared if ratio.interval is not None]
    left_out = sorted({ratio.metric for ratio in compared if ratio.interval is None})
    if not measured:
        return nothing("a fix has no complaint of its cause before it in the period: nothing to compare")
    weakest = max(measured, key=lambda ratio: ratio.interval.high if ratio.interval else 0.0)
    return _with_reason(weakest, left_out, int(received["cause_code"].isna().sum()))


@dataclass(frozen=True, slots=True)
class _Fix:
    """What was done about a cause on one day, wherever it was.

    Parameters
    ----------
    units
        Units it was made in; empty for all.
    """

    cause: str
    day: int
    units: tuple[str, ...]


def _fixes(register: pd.DataFrame) -> list[_Fix]:
    """Return the fixes of a register: rows of one cause, day and kind of action are one, made in many units.

    Cut by unit, a fix is compared on a few complaints of each, where all of them together say what it did.
    """
    keys = [name for name in ("cause_code", "implemented_on", "action_type") if name in register]
    return [
        _Fix(
            str(group["cause_code"].iloc[0]),
            int(group["implemented_on"].iloc[0]),
            () if group["unit_id"].isna().any() else tuple(sorted(set(group["unit_id"].astype(str)))),
        )
        for _, group in register.groupby(keys, dropna=False, sort=True)
    ]


def _compared(fix: _Fix, received: pd.DataFrame, context: Context, *, window_days: int) -> Measurement:
    """Return complaints after over before one fix under its cause's name; no value where none came before."""
    first, last = (day_number(day) for day in (context.run.period.start, context.run.period.end))
    day, cause = fix.day, fix.cause
    of_cause = (received["cause_code"] == cause).fillna(value=False).astype(bool)
    if fix.units:
        of_cause &= received["unit_id"].isin(fix.units)
    apart = received.loc[of_cause, "received_day"] - day
    width = min(window_days, day - first, last - day)
    after, before = int(apart.between(1, width).sum()), int(apart.between(-width, -1).sum())
    if not before:
        return Measurement(cause, None, 0, Statistic.RATIO)
    return _ratio(after, before, cause, level=context.confidence)


def _ratio(after: int, before: int, cause: str, *, level: float) -> Measurement:
    share = clopper_pearson(after, after + before, level=level)
    low, high = (float(limit) / (1 - float(limit)) for limit in (share.low, share.high))
    interval = Interval(low, high, level, "conditional exact")
    basis = (Basis("fixes"), Basis("complaints", (*IN_PERIOD, ("cause_code", cause))))
    return Measurement(cause, after / before, after + before, Statistic.RATIO, interval=interval, basis=basis)


def _with_reason(weakest: Measurement, left_out: list[str], uncoded: int) -> Measurement:
    """Return the measurement with what it is about, and which fixes and complaints it leaves out."""
    parts = [f"the fix of {weakest.metric}, the weakest of them"]
    if left_out:
        parts.append(f"left out, without a complaint of their cause before them: {', '.join(left_out)}")
    if uncoded:
        parts.append(f"{counted(uncoded, 'complaint')} of the period named no cause and could not be placed")
    return replace(weakest, reason="; ".join(parts))
