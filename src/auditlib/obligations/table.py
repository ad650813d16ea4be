"""The law of obligations as one table expression, for any engine; held to `assess_one` by tests."""

from __future__ import annotations

from itertools import product

import narwhals as nw

from auditlib.contracts.frames import Frame
from auditlib.obligations.law import SPANS, Status
from auditlib.records import Kind

COLUMNS = (
    "due_at",
    "done_at",
    "right_party",
    "excused_at",
    "deviation_at",
    "deviation_listed",
    *(f"{name}_until" for name in SPANS),
)
"""What a frame of obligations may hold besides its own columns; see `law.Case`. Only `due_at` and
`done_at` are needed: without the others every party is right, nothing excuses, every instant is known."""


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
    spans = [name for name in SPANS if f"{name}_until" in present and _matters(name, present, kind)]
    lasts = {name: f"{into}__{name}_last" for name in spans}
    ends = [(f"{name}_at", lasts[name]) if name in lasts else (f"{name}_at",) for name in SPANS]
    statuses = [
        _status(
            {name: nw.col(end) for name, end in zip(SPANS, possible, strict=True)},
            present,
            as_of=as_of,
            kind=kind,
            recorded_within=recorded_within,
        )
        for possible in product(*ends)
    ]
    if len(statuses) == 1:
        return frame.with_columns(statuses[0].alias(into))
    # every status asks for them several times over, so they are worked out before, and once
    with_lasts = frame.with_columns(*[_last(name).alias(column) for name, column in lasts.items()])
    columns = [f"{into}__{number}" for number in range(len(statuses))]
    judged = with_lasts.with_columns(
        *[value.alias(name) for name, value in zip(columns, statuses, strict=True)]
    )
    agreed = nw.all_horizontal(
        *[nw.col(columns[0]) == nw.col(name) for name in columns[1:]], ignore_nulls=False
    )
    status = nw.when(agreed).then(nw.col(columns[0])).otherwise(nw.lit(Status.UNKNOWN.value))
    return judged.with_columns(status.alias(into)).drop(*columns, *lasts.values())


def _matters(name: str, present: set[str], kind: Kind) -> bool:
    """Return whether a status asks when `name` was at all; see `_status`."""
    relevant = {
        "excused": "excused_at" in present,
        "deviation": kind is Kind.FLEXIBLE and "deviation_at" in present,
    }
    return relevant.get(name, True)


def _last(name: str) -> nw.Expr:
    """Return the last instant it may have been; where none is given, the instant itself."""
    at, until = nw.col(f"{name}_at"), nw.col(f"{name}_until")
    return nw.when(at.is_null() | until.is_null()).then(at).otherwise(until)


def _status(
    instants: dict[str, nw.Expr], present: set[str], *, as_of: int, kind: Kind, recorded_within: int
) -> nw.Expr:
    """Return the status of cases whose every instant is known."""
    due, done_at = instants["due"], instants["done"]
    fulfilled = _happened(done_at, as_of)
    in_time = fulfilled & (done_at <= due).fill_null(value=False)
    status = nw.when(fulfilled).then(nw.lit(Status.LATE.value)).otherwise(nw.lit(Status.MISSING.value))
    if kind is Kind.FLEXIBLE and "deviation_at" in present:
        counts = _deviation_counts(instants["deviation"], due, as_of, recorded_within)
        status = nw.when(counts).then(nw.lit(Status.EXCUSED.value)).otherwise(status)
    open_yet = ~fulfilled & (due >= as_of).fill_null(value=False)
    status = nw.when(open_yet).then(nw.lit(Status.PENDING.value)).otherwise(status)
    status = nw.when(in_time).then(nw.lit(Status.MET.value)).otherwise(status)
    timeless = due.is_null() | nw.lit(kind is Kind.DISCRETIONARY)
    untimed = nw.when(fulfilled).then(nw.lit(Status.MET.value)).otherwise(nw.lit(Status.PENDING.value))
    status = nw.when(timeless).then(untimed).otherwise(status)
    if "right_party" in present:
        right = nw.col("right_party")
        wrong = fulfilled & (right == nw.lit(value=False)).fill_null(value=False)
        status = nw.when(wrong).then(nw.lit(Status.WRONG_PARTY.value)).otherwise(status)
        unsaid = fulfilled & right.is_null()
        status = nw.when(unsaid).then(nw.lit(Status.UNKNOWN.value)).otherwise(status)
    if "excused_at" in present:
        released = _released(instants["excused"], due, done_at, fulfilled=fulfilled, as_of=as_of)
        status = nw.when(released).then(nw.lit(Status.EXCUSED.value)).otherwise(status)
    return status


def _happened(instant: nw.Expr, as_of: int) -> nw.Expr:
    return (instant <= as_of).fill_null(value=False)


def _released(excused: nw.Expr, due: nw.Expr, done_at: nw.Expr, *, fulfilled: nw.Expr, as_of: int) -> nw.Expr:
    in_time = (excused <= due).fill_null(value=False) | due.is_null()
    before = ~(fulfilled & (done_at <= excused).fill_null(value=False))
    return _happened(excused, as_of) & in_time & before


def _deviation_counts(recorded: nw.Expr, due: nw.Expr, as_of: int, recorded_within: int) -> nw.Expr:
    at_the_time = (recorded <= due + recorded_within).fill_null(value=False)
    listed = nw.col("deviation_listed").fill_null(value=False)
    return _happened(recorded, as_of) & at_the_time & listed
