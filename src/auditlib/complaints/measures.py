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
- A log with a state that the clock does not know says nothing about any clock, and neither does one that
  records closings and not a single resolution, or whose sources can only ever say other states.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditlib.complaints.deviations import excused
from auditlib.complaints.recurrence import recurrence_of
from auditlib.contracts import TABLES
from auditlib.contracts.frames import rows_in
from auditlib.records import Basis, EvidenceLevel, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import IN_PERIOD, KnownRows, known, share_known, whole_of
from auditlib.standards.supplied import only_words
from auditlib.standards.whole_days import BY_DAYS, beyond, holds_days, repeated, whole_day
from auditlib.standards.whole_days import within as kept_to
from auditlib.statements import counted
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import narwhals as nw

_RECEIVED = "complaints.received"
_ENDS = ("complaint_events.occurred", "deviations.recorded")
WAITING = "waiting_customer"
RESOLVED = ("resolved", "accepted")
REOPENED = "reopened"
CLOSED = "closed"


@measure("complaints_resolved", needs=("complaints", "complaint_events"), starts=(_RECEIVED,), dates=_ENDS)
def complaints_resolved(
    tables: Tables, context: Context, *, within_days: int, severity: str = ""
) -> Measurement:
    """Complaints of the period resolved within the limit, over those resolved or past the limit.

    Time waiting for the customer, and time resolved, is left out; the last resolution counts.
    """
    import narwhals as nw

    unreadable = _unreadable(tables, context) or _unclear_severity(tables, context, severity)
    if unreadable:
        return nothing(unreadable)
    limit = within_days * DAY
    lives, on_time = _of_period(clocks(tables, context)), _as_recorded(within(limit), tables)
    due = lives.filter(nw.col("resolved") | (nw.col("longest") > limit))
    in_time = known(*_graded(due, severity, on_time))
    waiting = known(*_graded(lives.filter(~nw.col("resolved")), severity, nw.col("longest") <= limit)).meeting
    unclear = known(*_graded(due, severity, on_time.is_null())).meeting
    late, condition = _graded(due, severity, ~on_time)
    return share_known(
        in_time,
        confidence=context.confidence,
        basis=[_basis(severity)],
        none="no complaint of the period is resolved or past its limit",
        excused=excused(
            tables,
            late.filter(condition),
            states_entered(tables, context),
            reasons=context.reasons,
            limit=limit,
        ),
        unsaid="how severe the complaint is, or enough of its times" if severity else "",
        reason=_left_out(pending=waiting, unclear=unclear, lost=bool(_lost(tables))),
    )


def _lost(tables: Tables) -> list[str]:
    """Return the complaints of which an event is in quarantine: whatever they lack may have happened."""
    return list(tables.in_quarantine("complaint_events", "complaint_id"))


def _as_recorded(on_time: nw.Expr, tables: Tables) -> nw.Expr:
    """Return whether a clock kept to its limit, empty where it did not and an event is in quarantine."""
    import narwhals as nw

    lost = _lost(tables)
    if not lost:
        return on_time
    late = (~on_time & nw.col("complaint_id").is_in(lost)).fill_null(value=False)
    return nw.when(~late).then(on_time)


def _left_out(*, pending: int, unclear: int, lost: bool) -> str:
    """Return which complaints are not counted, and why."""
    reasons = []
    if pending:
        reasons.append(f"still within their limit: {pending:,} open")
    if unclear:
        events = ", or by an event in quarantine" if lost else ""
        reasons.append(f"in time or late by their days alone{events}: {unclear:,}")
    return f"not counted, because {'; '.join(reasons)}" if reasons else ""


@measure("complaints_overdue", needs=("complaints", "complaint_events"), starts=(_RECEIVED,), dates=_ENDS[:1])
def complaints_overdue(tables: Tables, context: Context, *, within_days: int) -> Measurement:
    """Complaints of the period that are open and past the limit, over all that are open.

    Where the log shows of every complaint that it is resolved, none is past the limit: that is no want of
    evidence, and needs no interval.
    """
    import narwhals as nw

    unreadable = _unreadable(tables, context)
    if unreadable:
        return nothing(unreadable)
    all_of_them = _of_period(clocks(tables, context))
    still = all_of_them.filter(~nw.col("resolved"))
    late = known(still, ~_as_recorded(within(within_days * DAY), tables))
    if not late.n + late.unknown:
        return _none_open(rows_in(all_of_them), context)
    reason = _left_out(pending=0, unclear=late.unknown, lost=bool(_lost(tables)))
    return _share(late, context, none="of no open complaint is it known whether it is late", reason=reason)


def _none_open(complaints: int, context: Context) -> Measurement:
    reason = f"none of {counted(complaints, 'complaint')} of the period is open"
    none_late = KnownRows(0, complaints, 0)
    share = _share(none_late, context, none="there is no complaint in the period", reason=reason)
    return replace(share, level=EvidenceLevel.REGISTER, interval=None) if complaints else share


@measure("complaints_reopened", needs=("complaints", "complaint_events"), dates=_ENDS[:1])
def complaints_reopened(tables: Tables, context: Context) -> Measurement:
    """Complaints of the period that were opened again, over those resolved at least once."""
    import narwhals as nw

    unreadable = _unreadable(tables, context)
    if unreadable:
        return nothing(unreadable)
    ever = _of_period(clocks(tables, context)).filter(nw.col("resolutions") > 0)
    reopened = known(ever, nw.col("reopenings") > 0)
    return _share(reopened, context, none="no complaint of the period was resolved")


@measure(
    "complaints_repeated",
    needs=("complaints", "complaints.customer_id", "complaints.cause_code"),
    starts=(_RECEIVED,),
)
def complaints_repeated(tables: Tables, context: Context, *, within_days: int) -> Measurement:
    """Complaints received within the limit after the same customer complained of the same cause.

    Over all complaints of the period that name a customer and a cause.
    """
    import narwhals as nw

    complaints = tables.lazy("complaints")
    limit, of = within_days * DAY, ("customer_id", "cause_code")
    spaced = repeated(complaints, "received", of=of, key="complaint_id", limit=limit)
    identified = ~nw.col("customer_id").is_null() & ~nw.col("cause_code").is_null()
    again = known(spaced.filter(nw.col("in_period")), nw.when(identified).then(nw.col("again")))
    return share_known(
        again,
        confidence=context.confidence,
        basis=[_basis("")],
        none="no complaint of the period names a customer and a cause",
        unsaid="who complained of what" + BY_DAYS * holds_days(complaints, "received"),
    )


@measure("complaints_coded", needs=("complaints", "complaints.cause_code"))
def complaints_coded(tables: Tables, context: Context) -> Measurement:
    """Complaints of the period with a coded cause, over all of the period."""
    import narwhals as nw

    coded = known(_of_period(tables.lazy("complaints")), ~nw.col("cause_code").is_null())
    return _share(coded, context, none="there is no complaint in the period")


@measure(
    "fixes_owned",
    needs=("fixes", "fixes.owner_id", "fixes.action_type"),
    statistic=Statistic.COUNT,
    register=True,
)
def fixes_owned(tables: Tables, _context: Context) -> Measurement:
    """Share of the registered fixes with an owner and a type of action, over all of them."""
    import narwhals as nw

    owned = ~nw.col("owner_id").is_null() & ~nw.col("action_type").is_null()
    with_owner = known(tables.lazy("fixes"), owned)
    return whole_of(
        with_owner.meeting / max(1, with_owner.n),
        with_owner.n,
        basis=[Basis("fixes", rows=with_owner.n)],
        none="the register of fixes is empty",
        level=EvidenceLevel.REGISTER,
    )


@measure(
    "recurrence_ratio",
    needs=("complaints", "complaints.cause_code", "fixes", "fixes.implemented_on", "fixes.unit_id"),
    dates=(_RECEIVED, "fixes.implemented_on"),
    statistic=Statistic.RATIO,
    unit="times",
)
def recurrence_ratio(tables: Tables, context: Context, *, window_days: int) -> Measurement:
    """Complaints with a fixed cause after its fix, over those before it, for the weakest fix.

    Fixes without a complaint of their cause before them are left out: there is nothing to compare. Rows of
    the register of one cause, day and kind of action are one fix, made in several units.

    The weakest is the one whose upper limit is highest: only if it lies on the good side do all of them
    (intersection-union, Berger 1982, Technometrics 24:295-300). The windows before and after a fix are of
    equal length, cut to what the period shows on both sides; the day of the fix belongs to neither. The
    interval is exact, conditional on the number of complaints: with equal exposure the share that come
    after is binomial (Przyborowski and Wilenski 1940, Biometrika 31:313-323).
    """
    return recurrence_of(tables, context, window_days=window_days)


def clocks(tables: Tables, context: Context) -> nw.LazyFrame[Any]:
    """Return each complaint with its clock at `as_of`.

    Columns added to `complaints`: ``elapsed`` (microseconds the clock ran), ``shortest`` and ``longest`` (the
    least and the most it may have run, where days are known without times), ``resolved`` (whether it stands
    resolved), ``resolutions`` and ``reopenings`` (how often each happened).
    """
    import narwhals as nw

    lives = (
        states_entered(tables, context)
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
    began = beyond(whole_day(joined, "received"))
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

    return kept_to(nw.col("shortest"), nw.col("longest"), limit=limit)


def states_entered(tables: Tables, context: Context) -> nw.LazyFrame[Any]:
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
    later = beyond(whole_day(entered, "occurred"))
    return ordered.with_columns(
        ran=(nw.col("until").fill_null(context.as_of_at) - nw.col("occurred_at")) * nw.col("runs"),
        more=nw.when(before > nw.col("runs")).then(later).otherwise(nw.lit(0)),
        less=nw.when(before < nw.col("runs")).then(later).otherwise(nw.lit(0)),
        is_resolution=(nw.col("state") == RESOLVED[0]).cast(nw.Int64),
        is_reopening=(nw.col("state") == REOPENED).cast(nw.Int64),
        stands_resolved=(last & nw.col("state").is_in(list(RESOLVED))).cast(nw.Int64),
    )


def _of_period(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    import narwhals as nw

    return frame.filter(nw.col("in_period"))


def _graded(frame: nw.LazyFrame[Any], severity: str, condition: nw.Expr) -> tuple[nw.LazyFrame[Any], nw.Expr]:
    """Return the rows of one severity or of unknown severity, and the condition, unknown for the latter."""
    import narwhals as nw

    if not severity:
        return frame, condition
    unsaid = nw.col("severity").is_null()
    chosen = frame.filter(unsaid | (nw.col("severity") == severity))
    return chosen, nw.when(~unsaid).then(condition)


def _unreadable(tables: Tables, context: Context) -> str:
    """Return why no clock can be read off the log of complaints; empty where one can."""
    states = _words(tables.lazy("complaint_events"), "state")
    strange = sorted(states - _meant(context, "complaint_events", "state"))
    if strange:
        return f"the log has states whose meaning is not declared: {_listed(strange)}"
    if CLOSED in states and states.isdisjoint(RESOLVED):
        return "the log records when complaints were closed and never when one was resolved"
    words = only_words("complaint_events", "state", context.run)
    if words is not None and words.isdisjoint(RESOLVED):
        return (
            f"no source of the log can say that a complaint was resolved: they say {_listed(sorted(words))}"
        )
    return ""


def _unclear_severity(tables: Tables, context: Context, severity: str) -> str:
    """Return why complaints of `severity` cannot be told from others; empty where they can."""
    if not severity:
        return ""
    severities = _words(_of_period(tables.lazy("complaints")), "severity")
    words = _meant(context, "complaints", "severity")
    strange = sorted(severities - words) if severity in words else []
    if strange:
        return f"complaints have severities whose meaning is not declared: {_listed(strange)}"
    return "" if severities else "no complaint of the period names a severity"


def _meant(context: Context, table: str, column: str) -> set[str]:
    """Return the words whose meaning is known: the house's own, and those the run file declares."""
    sources = [source for source in context.run.sources if source.table == table]
    declared = {word for source in sources for word in source.values.get(column, {}).values()}
    return set(TABLES[table].column(column).words) | declared


def _words(frame: nw.LazyFrame[Any], column: str) -> set[str]:
    """Return the codes that stand in a column; none where there is no such column."""
    if column not in frame.collect_schema().names():
        return set()
    rows = frame.select(column).unique().collect().rows()
    return {str(word) for (word,) in rows if word is not None}


def _listed(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _share(rows: KnownRows, context: Context, *, none: str, reason: str = "") -> Measurement:
    level, basis = context.confidence, [_basis("")]
    return share_known(rows, confidence=level, basis=basis, none=none, reason=reason)


def _basis(severity: str) -> Basis:
    chosen = (("severity", severity),) if severity else ()
    return Basis("complaints", (*IN_PERIOD, *chosen))
