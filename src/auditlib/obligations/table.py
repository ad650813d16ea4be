"""The law of obligations as one table expression, for any engine; held to `assess_one` by tests."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from auditlib.obligations.law import Status
from auditlib.obligations.policy import Kind

Frame = Any
"""A narwhals frame, eager or lazy."""

COLUMNS = ("due_at", "done_at", "right_party", "excused_at", "deviation_at", "deviation_listed")
"""What a frame of obligations may hold besides its own columns; see `law.Case`. Only `due_at` and
`done_at` are needed: without the others every party is right and nothing excuses."""


def assess(
    frame: Frame, *, as_of: int, kind: Kind = Kind.RIGID, recorded_within: int = 0, into: str = "status"
) -> Frame:
    """Add column `into`: the status of every obligation in `frame`, seen from `as_of`.

    Parameters
    ----------
    frame
        One row per obligation with the columns of `COLUMNS`; instants in UTC microseconds, empty where
        there is none.
    as_of, kind, recorded_within
        As in `assess_one`.
    """
    present = set(frame.collect_schema().names())
    done = _known("done_at", as_of)
    in_time = done & (nw.col("done_at") <= nw.col("due_at")).fill_null(value=False)
    status = nw.when(done).then(nw.lit(Status.LATE.value)).otherwise(nw.lit(Status.MISSING.value))
    if kind is Kind.FLEXIBLE and "deviation_at" in present:
        counts = _deviation_counts(as_of, recorded_within)
        status = nw.when(counts).then(nw.lit(Status.EXCUSED.value)).otherwise(status)
    open_yet = ~done & (nw.col("due_at") >= as_of).fill_null(value=False)
    status = nw.when(open_yet).then(nw.lit(Status.PENDING.value)).otherwise(status)
    status = nw.when(in_time).then(nw.lit(Status.MET.value)).otherwise(status)
    timeless = nw.col("due_at").is_null() | nw.lit(kind is Kind.DISCRETIONARY)
    untimed = nw.when(done).then(nw.lit(Status.MET.value)).otherwise(nw.lit(Status.PENDING.value))
    status = nw.when(timeless).then(untimed).otherwise(status)
    if "right_party" in present:
        wrong = done & ~nw.col("right_party").fill_null(value=True)
        status = nw.when(wrong).then(nw.lit(Status.WRONG_PARTY.value)).otherwise(status)
    if "excused_at" in present:
        status = nw.when(_released(done, as_of)).then(nw.lit(Status.EXCUSED.value)).otherwise(status)
    return frame.with_columns(status.alias(into))


def _known(column: str, as_of: int) -> nw.Expr:
    return (nw.col(column) <= as_of).fill_null(value=False)


def _released(done: nw.Expr, as_of: int) -> nw.Expr:
    excused, due = nw.col("excused_at"), nw.col("due_at")
    in_time = (excused <= due).fill_null(value=False) | due.is_null()
    before = ~(done & (nw.col("done_at") <= excused).fill_null(value=False))
    return _known("excused_at", as_of) & in_time & before


def _deviation_counts(as_of: int, recorded_within: int) -> nw.Expr:
    recorded = nw.col("deviation_at")
    at_the_time = (recorded <= nw.col("due_at") + recorded_within).fill_null(value=False)
    listed = nw.col("deviation_listed").fill_null(value=False)
    return _known("deviation_at", as_of) & at_the_time & listed
