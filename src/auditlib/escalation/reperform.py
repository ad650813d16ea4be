"""Every clock after a survey response, re-performed for the whole population."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import Frame, any_row, collected, month_of, to_pandas
from auditlib.errors import ParameterError, Problem
from auditlib.escalation.assessability import EVERY, NEEDED, with_unrecorded
from auditlib.escalation.bands import with_band
from auditlib.escalation.contacts import true, with_acknowledgement, with_contact, with_contact_id
from auditlib.escalation.context import EscalationContext
from auditlib.escalation.duties import COMMON, obligations, with_acknowledgement_due, with_contact_due
from auditlib.escalation.matrix import with_attendance
from auditlib.escalation.policy import DUTIES, EscalationPolicy
from auditlib.escalation.precision import EVENTS, Days, day_only, with_until
from auditlib.escalation.quarantined import with_unusable
from auditlib.escalation.reports import with_report
from auditlib.escalation.result import EscalationResult
from auditlib.obligations import DutyRule
from auditlib.obligations.hours import LONGEST_DAY
from auditlib.records import Refusal
from auditlib.time.calendar import ALWAYS
from auditlib.time.clock_tables import ClockTables, clock_tables
from auditlib.time.local_days import with_local_day, zone_tables
from auditlib.time.timetable import timetable

if TYPE_CHECKING:
    import pandas as pd

CASE_COLUMNS = ("unit_id", "transaction_type", "band", "zone")
"""What the matrix and the reports ask of the response behind a contact."""


def reperform(tables: CanonicalTables, context: EscalationContext) -> EscalationResult | Refusal:
    """Derive what was owed after every response of the period, and what became of it.

    Parameters
    ----------
    tables
        The evidence: responses, and the events after them.
    context
        Policy, calendars, instruments and the instant to look from.

    Returns
    -------
    EscalationResult
        One row per response and duty; or a `Refusal` where there are no responses to judge.
    """
    if "responses" not in tables.tables:
        return Refusal("There is no table of responses.", "Ask for the responses one row each.")
    duties = tuple(duty for duty in DUTIES if context.policy.rule(duty))
    refused = {duty: why for duty in duties if (why := _refusal(duty, tables, context))}
    judged = tuple(duty for duty in duties if duty not in refused)
    extent = _extent(tables)
    if extent is None:
        return Refusal("There is no response of the period.", "Ask for the responses one row each.")
    if not judged:
        reasons = " ".join(dict.fromkeys(why.reason for why in refused.values()))
        every = _sentence(context.unsaid[EVERY]) if EVERY in context.unsaid else reasons
        return Refusal(f"No duty can be judged. {every}", "Supply and map what is named here.")
    population = responses(tables, context, extent=extent)
    facts = _facts(population, tables, context, judged=judged, extent=extent)
    judged_duties = tables.lazy_of({"duty": list(judged)})
    rows = obligations(facts, judged_duties, policy=context.policy, duties=judged, as_of=context.as_of)
    recorded = with_unrecorded(_frame(rows, judged), tables, context.policy, silent=context.silent)
    return EscalationResult(
        with_unusable(recorded, tables),
        _population(population),
        context,
        refused,
    )


def responses(tables: CanonicalTables, context: EscalationContext, *, extent: tuple[int, int]) -> Frame:
    """Return the responses of the period with their band, calendar and zone."""
    items = [item.item for instrument in context.instruments.values() for item in instrument.items]
    stored = tables.lazy("responses")
    present = set(stored.collect_schema().names())
    common = [name for name in COMMON if name not in ("lowest", "band")]
    columns = [*common, "anonymous", *dict.fromkeys(item for item in items if item in present)]
    of_period = stored.filter(nw.col("in_period")).select(columns).with_columns(true("anonymous"))
    banded = with_band(of_period, context.instruments, policy=context.policy).select(*COMMON, "anonymous")
    return banded.join(tables.lazy_of(_places(context)), on="unit_id", how="left")


def _places(context: EscalationContext) -> dict[str, list[str]]:
    """Return unit → zone, and unit → key of each calendar that has to be joined."""
    columns = {"unit_id": list(context.zones), "zone": list(context.zones.values())}
    for name, hours in context.hours.items():
        if not hours.never_stops:
            columns[f"calendar_{name}"] = [hours.of_unit.get(unit, "") for unit in context.zones]
    return columns


def _facts(
    population: Frame,
    tables: CanonicalTables,
    context: EscalationContext,
    *,
    judged: tuple[str, ...],
    extent: tuple[int, int],
) -> Frame:
    """Return one row per response with everything that happened after it."""
    policy, as_of = context.policy, context.as_of
    days = _days(tables, context, extent=extent)
    facts = population if days is None else _with_submitted(population, tables, days)
    triggers = _triggers(tables) if days is None else _dated_triggers(facts)
    if "acknowledgement" in judged:
        rule = _rule(policy, "acknowledgement")
        facts = with_acknowledgement_due(*_clocked(facts, rule, tables, context, extent))
        sent = tables.lazy("acknowledgements")
        facts = with_acknowledgement(facts, triggers, sent, policy=policy, as_of=as_of, days=days)
    if "contact" not in judged:
        return facts
    facts = with_contact_due(*_clocked(facts, _rule(policy, "contact"), tables, context, extent))
    held = tables.lazy("follow_ups")
    facts = with_contact(facts, triggers, held, policy=policy, as_of=as_of, days=days)
    if {"attendance", "report"}.isdisjoint(judged):
        return facts
    zones = zone_tables(context.zones.values(), extent[0], _last_day(context), frame_of=tables.lazy_of)
    facts = with_local_day(facts, zones, at="contact_at", zone="zone", into="contact_day")
    contacts = _contacts(facts, tables, policy)
    if "attendance" in judged:
        facts = with_attendance(facts, contacts, tables, policy=policy)
    if "report" in judged:
        facts = with_report(facts, contacts, tables, policy=policy, zones=zones, as_of=as_of, days=days)
    return facts


def _days(tables: CanonicalTables, context: EscalationContext, *, extent: tuple[int, int]) -> Days | None:
    """Return what is needed where a status may stay open; None where every instant is known."""
    if not day_only(tables) and not any(hours.without for hours in context.hours.values()):
        return None
    zones = zone_tables(context.zones.values(), extent[0], _last_day(context), frame_of=tables.lazy_of)
    return Days(zones, context.as_of)


def _with_submitted(population: Frame, tables: CanonicalTables, days: Days) -> Frame:
    """Add ``submitted_second`` and ``submitted_until`` to the responses."""
    seconds = tables.lazy("responses").select("response_id", "submitted_second")
    return with_until(population.join(seconds, on="response_id", how="left"), days, stem="submitted")


def _dated_triggers(facts: Frame) -> Frame:
    """Return when each response was submitted, with its day and the zone it is local to."""
    names = ("submitted_at", "submitted_day", "submitted_second", "zone")
    return facts.select("response_id", *names)


def _triggers(tables: CanonicalTables) -> Frame:
    """Return when each response of the period was submitted."""
    return tables.lazy("responses").filter(nw.col("in_period")).select("response_id", "submitted_at")


def _contacts(facts: Frame, tables: CanonicalTables, policy: EscalationPolicy) -> Frame:
    """Return the contacts as a table of their own: few rows, asked of several times, derived once."""
    names = ("response_id", "contact_rank", "contact_at", "contact_day", *CASE_COLUMNS)
    held = _apart(facts.filter(~nw.col("contact_at").is_null()).select(*names), tables)
    follow_ups = tables.lazy("follow_ups")
    contacts = with_contact_id(held, follow_ups, policy=policy)
    if f"{EVENTS['follow_ups']}_second" in follow_ups.collect_schema().names():
        precision = follow_ups.select(
            nw.col("follow_up_id").alias("contact_id"), nw.col("held_second").alias("contact_second")
        )
        contacts = contacts.join(precision, on="contact_id", how="left")
    return _apart(contacts, tables)


def _apart(frame: Frame, tables: CanonicalTables) -> Frame:
    """Return `frame` computed, as a table of the same engine."""
    arrow = collected(frame).to_arrow()
    return tables.lazy_of({name: arrow.column(name) for name in arrow.column_names})


def _clocked(
    facts: Frame, rule: DutyRule, tables: CanonicalTables, context: EscalationContext, extent: tuple[int, int]
) -> tuple[Frame, DutyRule, ClockTables | None]:
    """Return the arguments of a deadline: facts that name their calendar, the rule, the calendar tables."""
    if rule.clock not in context.hours:
        raise ParameterError(
            Problem(
                f"rule {rule.duty!r} runs on {rule.clock!r}, which was not resolved.",
                remedy="Resolve the hours of every rule of the policy.",
            )
        )
    hours = context.hours[rule.clock]
    if hours.never_stops:
        return facts, rule, None
    longest = max(limit.microseconds for limit in rule.within.values())
    first, last = extent[0], extent[1] + LONGEST_DAY  # a response known by its day may be as late
    calendars = hours.calendars or {"": ALWAYS}  # where no unit has any, every look-up stays empty
    laid_out = {key: timetable(calendar, first, last, longest=longest) for key, calendar in calendars.items()}
    placed = facts.with_columns(nw.col(f"calendar_{rule.clock}").alias("calendar"))
    return placed, rule, clock_tables(laid_out, frame_of=tables.lazy_of)


def _extent(tables: CanonicalTables) -> tuple[int, int] | None:
    """Return the first and last instant of a response of the period."""
    at = nw.col("submitted_at")
    of_period = tables.lazy("responses").filter(nw.col("in_period"))
    row = collected(of_period.select(at.min().alias("first"), at.max().alias("last"))).rows()[0]
    return None if row[0] is None else (int(row[0]), int(row[1]))


def _last_day(context: EscalationContext) -> int:
    """Return an instant that no due day of a report lies behind in practice: two years after `as_of`."""
    return context.as_of + 2 * 366 * 86_400 * 1_000_000


def _rule(policy: EscalationPolicy, duty: str) -> DutyRule:
    return next(rule for rule in policy.rules if rule.duty == duty)


def _refusal(duty: str, tables: CanonicalTables, context: EscalationContext) -> Refusal | None:
    """Return why a duty cannot be judged, all of it at once; None where it can."""
    absent = [table for table in NEEDED[duty] if table not in tables.tables]
    empty = [table for table in NEEDED[duty] if table not in absent and not any_row(tables.lazy(table))]
    remedy = f"Ask for {', '.join((*absent, *empty))}, one row each." if absent or empty else ""
    if duty in context.unsaid:
        return Refusal(_sentence(context.unsaid[duty]), remedy)
    if absent:
        return Refusal(f"The evidence holds no {', '.join(absent)}.", remedy)
    if empty:
        return Refusal(f"The table {', '.join(empty)} holds no row.", remedy)
    return None


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _frame(rows: Frame, duties: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows as pandas, integers kept whole, in a fixed order."""
    frame = to_pandas(rows)
    order = {duty: turn for turn, duty in enumerate(duties)}
    turns, month = frame["duty"].map(order), month_of(frame["submitted_day"])
    return (
        frame.assign(turn=turns, month=month)
        .sort_values(["response_id", "turn"], ignore_index=True)
        .drop(columns="turn")
    )


def _population(population: Frame) -> pd.DataFrame:
    """Return how many responses each unit, survey type and band has, named and anonymous."""
    keys = ["unit_id", "survey_type", "band", "anonymous"]
    counts = to_pandas(population.group_by(*keys).agg(nw.len().alias("responses")))
    return counts.sort_values(keys, ignore_index=True)
