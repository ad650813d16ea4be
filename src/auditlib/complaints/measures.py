"""What standards ask about complaints.

Conventions
-----------
- A complaint's clock starts when it is received and stops while it waits for the customer, and while it
  is resolved or accepted. The last resolution counts. Closing is nothing: it neither stops nor starts
  the clock. Days are 24 hours.
- A complaint that is still open is late once its clock has passed the limit; before that it is pending
  and not counted yet.
- A day without a time is a day: where the clock may or may not have passed the limit within it, the complaint
  counts on neither side.
- A complaint past the limit is excused by a deviation with a reason that the criterion lists, recorded before
  its clock passed the limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.complaints.deviations import excused
from auditlib.contracts import WHOLE_DAY
from auditlib.records import Basis, EvidenceLevel, Interval, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import DAY_MICROSECONDS, IN_PERIOD, counted, day_number, share_of, whole_of
from auditlib.statistics.intervals import clopper_pearson

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

WAITING = "waiting_customer"
RESOLVED = ("resolved", "accepted")
REOPENED = "reopened"
CLOSED = "closed"


@measure("complaints_resolved", needs=("complaints", "complaint_events"))
def complaints_resolved(
    tables: Tables, context: Context, *, within_days: int, severity: str = ""
) -> Measurement:
    """Complaints of the period resolved within the limit, over those resolved or past the limit.

    Time waiting for the customer, and time resolved, is left out; the last resolution counts.
    """
    import narwhals as nw

    limit = within_days * DAY_MICROSECONDS
    lives = _of_period(clocks(tables, context), severity)
    due = lives.filter(nw.col("resolved") | (nw.col("longest") > limit))
    found = counted(due, on_time=within(limit), late=~within(limit))
    settled = found["on_time"] + found["late"]
    late, states = due.filter(~within(limit)), _states(tables, context)
    return share_of(
        found["on_time"],
        settled,
        confidence=context.confidence,
        basis=[_basis(severity)],
        none="no complaint of the period is resolved or past its limit",
        excused=excused(tables, late, states, reasons=context.reasons, limit=limit),
        reason=_left_out(pending=counted(lives)["n"] - found["n"], unclear=found["n"] - settled),
    )


def _left_out(*, pending: int, unclear: int) -> str:
    """Return which complaints are not counted, and why."""
    told = []
    if pending:
        told.append(f"still within their limit: {pending:,} open")
    if unclear:
        told.append(f"in time or late by their days alone: {unclear:,}")
    return f"not counted, because {'; '.join(told)}" if told else ""


@measure("complaints_overdue", needs=("complaints", "complaint_events"))
def complaints_overdue(tables: Tables, context: Context, *, within_days: int) -> Measurement:
    """Complaints of the period that are open and past the limit, over all that are open."""
    import narwhals as nw

    still = _of_period(clocks(tables, context), "").filter(~nw.col("resolved"))
    limit = within_days * DAY_MICROSECONDS
    found = counted(still, late=~within(limit), on_time=within(limit))
    none, known = "no complaint of the period is open", found["late"] + found["on_time"]
    reason = _left_out(pending=0, unclear=found["n"] - known)
    level, basis = context.confidence, [_basis("")]
    return share_of(found["late"], known, confidence=level, basis=basis, none=none, reason=reason)


@measure("complaints_reopened", needs=("complaints", "complaint_events"))
def complaints_reopened(tables: Tables, context: Context) -> Measurement:
    """Complaints of the period that were opened again, over those resolved at least once."""
    import narwhals as nw

    ever = _of_period(clocks(tables, context), "").filter(nw.col("resolutions") > 0)
    found = counted(ever, again=nw.col("reopenings") > 0)
    none = "no complaint of the period was resolved"
    return share_of(found["again"], found["n"], confidence=context.confidence, basis=[_basis("")], none=none)


@measure("complaints_repeated", needs=("complaints",))
def complaints_repeated(tables: Tables, context: Context, *, within_days: int) -> Measurement:
    """Complaints received within the limit after the same customer complained of the same cause.

    Over all complaints of the period that name a customer and a cause.
    """
    import narwhals as nw

    coded = tables.lazy("complaints").filter(
        ~nw.col("customer_id").is_null(), ~nw.col("cause_code").is_null()
    )
    last = (
        nw.col("received_at")
        .shift(1)
        .over("customer_id", "cause_code", order_by=["received_at", "complaint_id"])
    )
    spaced = coded.with_columns(since=nw.col("received_at") - last).filter(nw.col("in_period"))
    found = counted(spaced, again=nw.col("since") <= within_days * DAY_MICROSECONDS)
    none = "no complaint of the period names a customer and a cause"
    return share_of(found["again"], found["n"], confidence=context.confidence, basis=[_basis("")], none=none)


@measure("complaints_coded", needs=("complaints",))
def complaints_coded(tables: Tables, context: Context) -> Measurement:
    """Complaints of the period with a coded cause, over all of the period."""
    import narwhals as nw

    found = counted(
        tables.lazy("complaints").filter(nw.col("in_period")), coded=~nw.col("cause_code").is_null()
    )
    none = "there is no complaint in the period"
    return share_of(found["coded"], found["n"], confidence=context.confidence, basis=[_basis("")], none=none)


@measure("fixes_owned", needs=("fixes",), statistic=Statistic.COUNT)
def fixes_owned(tables: Tables, _context: Context) -> Measurement:
    """Share of the registered fixes with an owner and a type of action, over all of them."""
    import narwhals as nw

    owned = ~nw.col("owner_id").is_null() & ~nw.col("action_type").is_null()
    found = counted(tables.lazy("fixes"), owned=owned)
    return whole_of(
        found["owned"] / max(1, found["n"]),
        found["n"],
        basis=[Basis("fixes", rows=found["n"])],
        none="the register of fixes is empty",
        level=EvidenceLevel.REGISTER,
    )


@measure("recurrence_ratio", needs=("complaints", "fixes"), statistic=Statistic.RATIO, unit="times")
def recurrence_ratio(tables: Tables, context: Context, *, window_days: int) -> Measurement:
    """Complaints with a fixed cause after its fix, over those before it, for the weakest fix.

    The weakest is the one whose upper limit is highest: only if it lies on the good side do all of them
    (intersection-union, Berger 1982, Technometrics 24:295-300). The windows before and after a fix are of
    equal length, cut to what the period shows on both sides; the day of the fix belongs to neither. The
    interval is exact, conditional on the number of complaints: with equal exposure the share that come
    after is binomial (Przyborowski and Wilenski 1940, Biometrika 31:313-323).
    """
    from pandas import isna

    register = tables.frame("fixes", columns=["cause_code", "unit_id", "implemented_on"])
    received = tables.frame("complaints", columns=["cause_code", "unit_id", "received_day"], where=IN_PERIOD)
    first, last = (day_number(day) for day in (context.run.period.start, context.run.period.end))
    found = []
    for fix in register[register["implemented_on"].notna()].to_dict("records"):
        day = int(fix["implemented_on"])
        same = received["cause_code"] == fix["cause_code"]
        same &= isna(fix["unit_id"]) | (received["unit_id"] == fix["unit_id"])
        width = min(window_days, day - first, last - day)
        counts = _around(received.loc[same, "received_day"] - day, width=width)
        found.append(_ratio(*counts, str(fix["cause_code"]), level=context.confidence))
    measured = [each for each in found if each.interval is not None]
    if not measured or len(measured) < len(found):
        return nothing("a fix has no complaint of its cause before it in the period: nothing to compare")
    return max(measured, key=lambda each: each.interval.high if each.interval else 0.0)


def _around(apart: pd.Series[int], *, width: int) -> tuple[int, int]:
    """Return how many of these days lie up to `width` after the fix, and up to `width` before it."""
    return int(apart.between(1, width).sum()), int(apart.between(-width, -1).sum())


def _ratio(after: int, before: int, cause: str, *, level: float) -> Measurement:
    if before == 0:
        return nothing(f"no complaint of {cause} came before its fix")
    share = clopper_pearson(after, after + before, level=level)
    low, high = (float(limit) / (1 - float(limit)) for limit in (share.low, share.high))
    interval = Interval(low, high, level, "conditional exact")
    basis = (Basis("fixes"), Basis("complaints", (*IN_PERIOD, ("cause_code", cause))))
    return Measurement(
        "",
        after / before,
        after + before,
        Statistic.RATIO,
        interval=interval,
        basis=basis,
        reason=f"the fix of {cause}, the weakest of them",
    )


def clocks(tables: Tables, context: Context) -> nw.LazyFrame[Any]:
    """Return each complaint with its clock at `as_of`.

    Columns added to `complaints`: ``elapsed`` (microseconds the clock ran), ``shortest`` and ``longest`` (the
    least and the most it may have run, where days are known without times), ``resolved`` (whether it stands
    resolved), ``resolutions`` and ``reopenings`` (how often each happened).
    """
    import narwhals as nw

    lives = (
        _states(tables, context)
        .group_by("complaint_id")
        .agg(
            ran=nw.col("ran").sum().cast(nw.Int64),
            more=nw.col("more").sum().cast(nw.Int64),
            less=nw.col("less").sum().cast(nw.Int64),
            started=nw.col("occurred_at").min(),
            resolutions=nw.col("is_resolution").sum().cast(nw.Int64),
            reopenings=nw.col("is_reopening").sum().cast(nw.Int64),
            standing=nw.col("stands_resolved").max(),
        )
    )
    joined = tables.lazy("complaints").join(lives, on="complaint_id", how="left")
    waited = nw.col("started").fill_null(context.as_of_at) - nw.col("received_at")
    began = _day_without_time(joined, "received")
    return joined.with_columns(elapsed=waited + nw.col("ran").fill_null(0)).with_columns(
        shortest=nw.col("elapsed") - nw.col("less").fill_null(0) - began,
        longest=nw.col("elapsed") + nw.col("more").fill_null(0),
        resolved=nw.col("standing").fill_null(0) == 1,
        resolutions=nw.col("resolutions").fill_null(0),
        reopenings=nw.col("reopenings").fill_null(0),
    )


def within(limit: int) -> nw.Expr:
    """Return whether a clock kept to a limit; empty where its days leave that open."""
    import narwhals as nw

    surely = nw.when(nw.col("longest") <= limit).then(nw.lit(value=True))
    return surely.when(nw.col("shortest") > limit).then(nw.lit(value=False))


def _day_without_time(frame: nw.LazyFrame[Any], stem: str) -> nw.Expr:
    """Return by how much an instant may lie later: up to a day where no time is known, else nothing."""
    import narwhals as nw

    if f"{stem}_second" not in frame.collect_schema().names():
        return nw.lit(0)
    whole = (nw.col(f"{stem}_second") == WHOLE_DAY).fill_null(value=False)
    return nw.when(whole).then(nw.lit(DAY_MICROSECONDS - 1)).otherwise(nw.lit(0))


def _states(tables: Tables, context: Context) -> nw.LazyFrame[Any]:
    """Return every state entered, with how long the clock ran in it.

    ``more`` and ``less`` say by how much the whole clock may be longer and shorter, where only the day is
    known on which the state was entered: a clock that stops then ran longer, one that starts then shorter.
    """
    import narwhals as nw

    entered = tables.lazy("complaint_events").filter(nw.col("state") != CLOSED)
    following = nw.col("occurred_at").shift(-1).over("complaint_id", order_by=["occurred_at", "event_id"])
    runs = (~nw.col("state").is_in([WAITING, *RESOLVED])).cast(nw.Int64)
    last = nw.col("until").is_null()
    ordered = entered.with_columns(until=following, runs=runs)
    before = nw.col("runs").shift(1).over("complaint_id", order_by=["occurred_at", "event_id"]).fill_null(1)
    later = _day_without_time(entered, "occurred")
    return ordered.with_columns(
        ran=(nw.col("until").fill_null(context.as_of_at) - nw.col("occurred_at")) * nw.col("runs"),
        more=nw.when(before > nw.col("runs")).then(later).otherwise(nw.lit(0)),
        less=nw.when(before < nw.col("runs")).then(later).otherwise(nw.lit(0)),
        is_resolution=(nw.col("state") == RESOLVED[0]).cast(nw.Int64),
        is_reopening=(nw.col("state") == REOPENED).cast(nw.Int64),
        stands_resolved=(last & nw.col("state").is_in(list(RESOLVED))).cast(nw.Int64),
    )


def _of_period(lives: nw.LazyFrame[Any], severity: str) -> nw.LazyFrame[Any]:
    import narwhals as nw

    chosen = lives.filter(nw.col("in_period"))
    return chosen.filter(nw.col("severity") == severity) if severity else chosen


def _basis(severity: str) -> Basis:
    chosen = (("severity", severity),) if severity else ()
    return Basis("complaints", (*IN_PERIOD, *chosen))
