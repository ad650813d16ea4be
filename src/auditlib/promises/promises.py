"""Call-backs that customers were promised, judged by the three kinds of standard (B2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np

from auditlib.contracts import WHOLE_DAY, CanonicalTables
from auditlib.contracts.frames import month_of, to_pandas
from auditlib.obligations import EVERY, FAILED, NEVER, Status, WorkingHours
from auditlib.obligations import assess as judge
from auditlib.obligations.calendar_use import by_calendar
from auditlib.obligations.deviations import DeviationWorth, verdict_one
from auditlib.obligations.hours import LONGEST_DAY
from auditlib.parameters.engagement import Engagement
from auditlib.promises.answer import PromisesAnswer
from auditlib.promises.context import PromiseContext, context_of
from auditlib.promises.policy import PromiseRule, ServicePromises
from auditlib.promises.result import PromiseResult, Satisfaction
from auditlib.records import Interval, Kind, Refusal
from auditlib.statements import Unanswered
from auditlib.statistics.intervals import wilson
from auditlib.time.epoch import day_number
from auditlib.time.timetable import deadline, timetable
from auditlib.time.zones import reached

if TYPE_CHECKING:
    import pandas as pd

CASES, DEVIATIONS = "call_backs", "deviations"
_OWN = ("call_back_id", "unit_id", "transaction_type", "source_file", "source_line")
_STEMS = ("requested", "due", "called")


def promises(engagement: Engagement) -> PromisesAnswer | Unanswered:
    """Answer whether every promised call was made as promised, each by the kind of its standard."""
    context = context_of(engagement)
    result = context if isinstance(context, Refusal) else judge_promises(engagement.evidence, context)
    if isinstance(result, Refusal):
        return Unanswered.not_assessable("promised calls", result)
    return PromisesAnswer(result)


def judge_promises(tables: CanonicalTables, context: PromiseContext) -> PromiseResult | Refusal:
    """Judge every promised call of the period by its rule, and every deviation that was written down.

    Parameters
    ----------
    tables
        The evidence: call-backs, and the deviations recorded for them.
    context
        Policy, calendars and the instant to look from.
    """
    import pandas as pd

    if CASES not in tables.tables:
        return Refusal("There is no table of call-backs.", "Ask for the calls promised, one row each.")
    cases = _cases(tables, context)
    if cases.empty:
        return Refusal("No call-back of the period is known.", "Check the period and the mapping.")
    recorded, rules = _recorded(tables, context), context.policy.rules
    parts = [_judged(cases[cases["duty"] == rule.duty], rule, recorded, context) for rule in rules]
    rows = pd.concat([part for part in parts if len(part)] or [cases], ignore_index=True)
    rows = _unless_departed(rows, tables)
    return PromiseResult(
        rows.sort_values("call_back_id", ignore_index=True),
        _verdicts(recorded, rows, context.policy),
        context.policy,
        {rule.duty: _satisfaction(rule, tables, context) for rule in rules if rule.survey_type},
        int((cases["duty"] == "").sum()),
        context.disclosure,
    )


def _unless_departed(rows: pd.DataFrame, tables: CanonicalTables) -> pd.DataFrame:
    """Return rows with those failed unknown of which a deviation, which may excuse, is in quarantine."""
    if "kind" not in rows or DEVIATIONS not in tables.tables:
        return rows
    lost = rows["call_back_id"].isin(tables.in_quarantine(DEVIATIONS, "case_id"))
    unclear = (rows["kind"] == Kind.FLEXIBLE.value) & rows["status"].isin(FAILED) & lost
    return rows.assign(status=rows["status"].mask(unclear, Status.UNKNOWN.value))


def rule_of(policy: ServicePromises, *, transaction_type: str, promised: bool) -> PromiseRule | None:
    """Return the rule a case belongs to: the one that names its type, before the one for all others.

    Of two that fit so, the one for promised times comes first where a time was promised.
    """
    for names in ((transaction_type,), ()):
        for with_time in (True, False) if promised else (False,):
            for rule in policy.rules:
                fits = transaction_type in rule.transaction_types if names else not rule.transaction_types
                if fits and rule.promised_time == with_time:
                    return rule
    return None


def _cases(tables: CanonicalTables, context: PromiseContext) -> pd.DataFrame:
    """Return the call-backs of the period, each with its duty, and the spans of what is known by its day."""
    names = [*_OWN, *(f"{stem}_{part}" for stem in _STEMS for part in ("at", "day", "second"))]
    frame = to_pandas(tables.lazy(CASES).filter(nw.col("in_period")).select(*names))
    frame = frame.assign(transaction_type=frame["transaction_type"].astype(object).fillna(""))
    rules = [
        rule_of(context.policy, transaction_type=str(kind), promised=bool(promised))
        for kind, promised in zip(frame["transaction_type"], frame["due_at"].notna(), strict=True)
    ]
    since = {rule.duty: day_number(rule.since) for rule in context.policy.rules}
    duties = [
        rule.duty if rule is not None and day >= since[rule.duty] else ""
        for rule, day in zip(rules, frame["requested_day"], strict=True)
    ]
    for stem in _STEMS:
        frame = _with_until(frame, stem, zones=context.zones, as_of=NEVER if stem == "due" else context.as_of)
    return frame.assign(duty=duties, month=month_of(frame["requested_day"]))


def _with_until(frame: pd.DataFrame, stem: str, *, zones: Mapping[str, str], as_of: int) -> pd.DataFrame:
    """Add ``<stem>_until``: the last instant of the day where only the day is known."""
    at, until = frame[f"{stem}_at"].astype("Int64"), frame[f"{stem}_at"].astype("Int64").copy()
    for place in np.flatnonzero((frame[f"{stem}_second"] == WHOLE_DAY).fillna(value=False).to_numpy(bool)):
        row = int(place)
        zone = ZoneInfo(zones.get(str(frame["unit_id"].iloc[row]), "UTC"))
        last = reached(zone, int(frame[f"{stem}_day"].iloc[row]) + 1, 0) - 1
        until.iloc[row] = max(int(at.iloc[row]), min(last, as_of))
    return frame.assign(**{f"{stem}_at": at, f"{stem}_until": until})


def _judged(
    cases: pd.DataFrame, rule: PromiseRule, recorded: pd.DataFrame, context: PromiseContext
) -> pd.DataFrame:
    """Return the cases of one rule with deadline, deviation and status."""
    if cases.empty:
        return cases
    dated = _with_due(cases, rule, context).assign(
        done_at=cases["called_at"], done_until=cases["called_until"]
    )
    frame = dated.merge(_best(recorded, dated, rule), on="call_back_id", how="left")
    allowed = rule.deviations
    within = allowed.recorded_within.microseconds if allowed and allowed.recorded_within else 0
    columns = ["due_at", "due_until", "done_at", "done_until", "deviation_at", "deviation_until"]
    ready = (
        frame[columns]
        .astype("Int64")
        .assign(deviation_listed=frame["deviation_listed"].astype("boolean").fillna(value=False).astype(bool))
    )
    status = judge(
        nw.from_native(ready, eager_only=True), as_of=context.as_of, kind=rule.kind, recorded_within=within
    )
    return frame.assign(kind=rule.kind.value, status=status.to_native()["status"].astype(object).to_numpy())


def _with_due(cases: pd.DataFrame, rule: PromiseRule, context: PromiseContext) -> pd.DataFrame:
    """Add ``due_at`` and ``due_until``: the time promised, or the end of the span; none where it is free."""
    import pandas as pd

    if rule.kind is Kind.DISCRETIONARY:
        none = pd.array([pd.NA] * len(cases), dtype="Int64")
        return cases.assign(due_at=none, due_until=none)
    if rule.promised_time:
        return cases.assign(due_at=cases["due_until"])  # what is promised for a day is due at its end
    hours, limit = context.hours[rule.clock], rule.within[EVERY].microseconds
    ends = {
        name: _deadlines(cases, start, limit, hours)
        for name, start in (("due_at", "requested_at"), ("due_until", "requested_until"))
    }
    return cases.assign(**ends)


def _deadlines(cases: pd.DataFrame, start: str, limit: int, hours: WorkingHours) -> pd.Series:
    """Return when `limit` is used up from `start`; any time at all for a unit without a calendar."""
    import pandas as pd

    due = pd.Series(
        np.where(start == "requested_until", NEVER, cases["requested_at"].astype("int64")),
        index=cases.index,
        dtype="Int64",
    )
    for calendar, on_it in by_calendar(cases["unit_id"], hours):
        starts = cases.loc[on_it, start].to_numpy(np.int64)
        table = timetable(calendar, int(starts.min()), int(starts.max()) + LONGEST_DAY, longest=limit)
        due.loc[on_it] = deadline(table, starts, np.full(len(starts), limit, dtype=np.int64))
    return due


def _recorded(tables: CanonicalTables, context: PromiseContext) -> pd.DataFrame:
    """Return the deviations recorded by `as_of`, with the spans of those known by their day."""
    import pandas as pd

    names = ["deviation_id", "duty", "case_id", "unit_id", "reason", "source_file", "source_line"]
    parts = [f"recorded_{part}" for part in ("at", "day", "second")]
    if DEVIATIONS not in tables.tables:
        return pd.DataFrame(columns=[*names, *parts, "recorded_until"])
    frame = to_pandas(tables.lazy(DEVIATIONS).select(*names, *parts))
    frame = frame[(frame["recorded_at"] <= context.as_of).fillna(value=False)].reset_index(drop=True)
    deviations = frame.assign(reason=frame["reason"].fillna(""))
    return _with_until(deviations, "recorded", zones=context.zones, as_of=context.as_of)


def _best(recorded: pd.DataFrame, cases: pd.DataFrame, rule: PromiseRule) -> pd.DataFrame:
    """Return for each case the deviation that may count: the first with a listed reason, else the first."""
    listed = recorded["reason"].isin(rule.deviations.reasons if rule.deviations else ())
    of_cases = recorded[(recorded["duty"] == rule.duty) & recorded["case_id"].isin(cases["call_back_id"])]
    chosen = of_cases.assign(deviation_listed=listed.loc[of_cases.index]).sort_values(
        ["deviation_listed", "recorded_until", "deviation_id"], ascending=[False, True, True]
    )
    first = chosen.drop_duplicates("case_id").rename(
        columns={
            "case_id": "call_back_id",
            "recorded_at": "deviation_at",
            "recorded_until": "deviation_until",
        }
    )
    return first[["call_back_id", "deviation_at", "deviation_until", "deviation_listed", "reason"]]


def _verdicts(recorded: pd.DataFrame, rows: pd.DataFrame, policy: ServicePromises) -> pd.DataFrame:
    """Return every recorded deviation of these duties with its unit, its verdict and its case's deadline."""
    deviations = recorded[recorded["duty"].isin([rule.duty for rule in policy.rules])]
    cases = {str(row["call_back_id"]): row for row in rows.to_dict("records")}
    verdicts = [
        _verdict(entry, cases.get(str(entry["case_id"])), policy) for entry in deviations.to_dict("records")
    ]
    units = [
        cases[case]["unit_id"] if case in cases else unit
        for case, unit in zip(deviations["case_id"], deviations["unit_id"].fillna(""), strict=True)
    ]
    return deviations.assign(unit_id=units, verdict=[verdict.value for verdict in verdicts]).reset_index(
        drop=True
    )


def _verdict(
    entry: Mapping[Any, Any], case: Mapping[Any, Any] | None, policy: ServicePromises
) -> DeviationWorth:
    import pandas as pd

    rule = policy.rule(str(entry["duty"]))
    if rule is None or case is None or case["duty"] != rule.duty:
        return DeviationWorth.NO_CASE
    return verdict_one(
        rule.deviations,
        reason=str(entry["reason"]),
        recorded_at=int(entry["recorded_at"]),
        recorded_until=int(entry["recorded_until"]),
        due_at=NEVER if pd.isna(case["due_at"]) else int(case["due_at"]),
    )


def _satisfaction(
    rule: PromiseRule, tables: CanonicalTables, context: PromiseContext
) -> Satisfaction | Refusal:
    """Return the share of satisfied customers among those of the rule's types of transaction."""
    instrument = context.instruments.get(rule.survey_type)
    if instrument is None or "responses" not in tables.tables:
        return Refusal(f"No survey of the type {rule.survey_type} is in the evidence.")
    item = instrument.headline
    answers = tables.lazy("responses").filter(
        nw.col("in_period"),
        nw.col("survey_type") == rule.survey_type,
        nw.col("transaction_type").is_in(list(rule.transaction_types)),
    )
    scores = to_pandas(answers.select(item.item))[item.item].dropna()
    if not context.disclosure.shows(len(scores)):
        return Refusal("Too few customers of this type of transaction were asked how satisfied they are.")
    satisfied, n = int((scores >= item.scale.top_box).sum()), len(scores)
    limits = wilson(satisfied, n, level=context.confidence)
    interval = Interval(float(limits.low), float(limits.high), context.confidence, "Wilson")
    return Satisfaction(rule.survey_type, satisfied / n, n, interval)
