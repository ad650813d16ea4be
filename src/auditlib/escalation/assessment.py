"""Every clock after a survey response, re-performed for the whole population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from auditlib.errors import ParameterError, Problem
from auditlib.escalation.bands import with_band
from auditlib.escalation.contacts import true, with_acknowledgement, with_contact, with_contact_id
from auditlib.escalation.duties import COMMON, obligations, with_acknowledgement_due, with_contact_due
from auditlib.escalation.matrix import with_attendance
from auditlib.escalation.policy import DUTIES, EscalationPolicy
from auditlib.escalation.precision import EVENTS, Days, day_only, with_until
from auditlib.escalation.recorded import EVERY, NEEDED, with_unrecorded
from auditlib.escalation.reports import with_report
from auditlib.escalation.result import EscalationResult
from auditlib.escalation.sources import EventTables, Frame
from auditlib.obligations import DutyRule, WorkingHours
from auditlib.records import Instrument, Refusal
from auditlib.time.calendar import ALWAYS
from auditlib.time.clock_tables import ClockTables, clock_tables
from auditlib.time.epoch import HOUR
from auditlib.time.local_days import with_local_day, zone_tables
from auditlib.time.timetable import timetable

if TYPE_CHECKING:
    import pandas as pd

LONGEST_DAY = 26 * HOUR
"""No local day has been longer."""
CASE_COLUMNS = ("unit_id", "transaction_type", "band", "zone")
"""What the matrix and the reports ask of the response behind a contact."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the evidence is judged by.

    Parameters
    ----------
    policy
        Rules, bands, attendees.
    hours
        ``rule.clock`` → working hours, for every rule of the policy with a limit of its own.
    instruments
        Survey type → its items and their scales.
    zones
        Unit → IANA zone that its days are local to.
    as_of
        UTC microseconds.
    minimum_cell
        Fewest cases of which a share is stated.
    unsaid
        Duty → why the evidence says nothing about it; see `recorded.unsaid`. A table without a row refuses
        its duties in any case.
    silent
        Columns of the responsibility matrix that say nothing; see `recorded.silent_in_matrix`.
    """

    policy: EscalationPolicy
    hours: Mapping[str, WorkingHours]
    instruments: Mapping[str, Instrument]
    zones: Mapping[str, str]
    as_of: int
    minimum_cell: int = 1
    unsaid: Mapping[str, str] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


def assess(tables: EventTables, terms: Terms | Refusal) -> EscalationResult | Refusal:
    """Derive what was owed after every response of the period, and what became of it.

    Parameters
    ----------
    tables
        The evidence: responses, and the events after them.
    terms
        Policy, calendars, instruments and the instant to look from; a refusal is handed on.

    Returns
    -------
    EscalationResult
        One row per response and duty; or a `Refusal` where there are no responses to judge.
    """
    if isinstance(terms, Refusal):
        return terms
    if "responses" not in tables.tables:
        return Refusal("There is no table of responses.", "Ask for the responses one row each.")
    asked = tuple(duty for duty in DUTIES if terms.policy.rule(duty))
    refused = {duty: why for duty in asked if (why := _refusal(duty, tables, terms))}
    judged = tuple(duty for duty in asked if duty not in refused)
    extent = _extent(tables)
    if extent is None:
        return Refusal("There is no response of the period.", "Ask for the responses one row each.")
    if not judged:
        reasons = " ".join(dict.fromkeys(why.reason for why in refused.values()))
        every = _sentence(terms.unsaid[EVERY]) if EVERY in terms.unsaid else reasons
        return Refusal(f"No duty can be judged. {every}", "Supply and map what is named here.")
    population = responses(tables, terms, extent=extent)
    facts = _facts(population, tables, terms, judged=judged, extent=extent)
    named = tables.lazy_of({"duty": list(judged)})
    rows = obligations(facts, named, policy=terms.policy, duties=judged, as_of=terms.as_of)
    return EscalationResult(
        with_unrecorded(_frame(rows, judged), tables, terms.policy, silent=terms.silent),
        _population(population),
        terms.policy,
        terms.hours,
        terms.as_of,
        refused,
        terms.minimum_cell,
    )


def responses(tables: EventTables, terms: Terms, *, extent: tuple[int, int]) -> Frame:
    """Return the responses of the period with their band, calendar and zone."""
    items = [item.item for instrument in terms.instruments.values() for item in instrument.items]
    found = tables.lazy("responses")
    present = set(found.collect_schema().names())
    own = [name for name in COMMON if name not in ("lowest", "band")]
    columns = [*own, "anonymous", *dict.fromkeys(item for item in items if item in present)]
    kept = found.filter(nw.col("in_period")).select(columns).with_columns(true("anonymous"))
    banded = with_band(kept, terms.instruments, policy=terms.policy).select(*COMMON, "anonymous")
    return banded.join(tables.lazy_of(_places(terms)), on="unit_id", how="left")


def _places(terms: Terms) -> dict[str, list[str]]:
    """Return unit → zone, and unit → key of each calendar that has to be joined."""
    columns = {"unit_id": list(terms.zones), "zone": list(terms.zones.values())}
    for name, hours in terms.hours.items():
        if not hours.never_stops:
            columns[f"calendar_{name}"] = [hours.of_unit.get(unit, "") for unit in terms.zones]
    return columns


def _facts(
    population: Frame, tables: EventTables, terms: Terms, *, judged: tuple[str, ...], extent: tuple[int, int]
) -> Frame:
    """Return one row per response with everything that happened after it."""
    policy, as_of = terms.policy, terms.as_of
    days = _days(tables, terms, extent=extent)
    facts = population if days is None else _with_submitted(population, tables, days)
    triggers = _triggers(tables) if days is None else _dated_triggers(facts)
    if "acknowledgement" in judged:
        rule = _rule(policy, "acknowledgement")
        facts = with_acknowledgement_due(*_clocked(facts, rule, tables, terms, extent))
        sent = tables.lazy("acknowledgements")
        facts = with_acknowledgement(facts, triggers, sent, policy=policy, as_of=as_of, days=days)
    if "contact" not in judged:
        return facts
    facts = with_contact_due(*_clocked(facts, _rule(policy, "contact"), tables, terms, extent))
    held = tables.lazy("follow_ups")
    facts = with_contact(facts, triggers, held, policy=policy, as_of=as_of, days=days)
    if {"attendance", "report"}.isdisjoint(judged):
        return facts
    zones = zone_tables(terms.zones.values(), extent[0], _last_day(terms), frame_of=tables.lazy_of)
    facts = with_local_day(facts, zones, at="contact_at", zone="zone", into="contact_day")
    contacts = _contacts(facts, tables, policy)
    if "attendance" in judged:
        facts = with_attendance(facts, contacts, tables, policy=policy)
    if "report" in judged:
        facts = with_report(facts, contacts, tables, policy=policy, zones=zones, as_of=as_of, days=days)
    return facts


def _days(tables: EventTables, terms: Terms, *, extent: tuple[int, int]) -> Days | None:
    """Return what is needed where a status may stay open; None where every instant is known."""
    if not day_only(tables) and not any(hours.without for hours in terms.hours.values()):
        return None
    zones = zone_tables(terms.zones.values(), extent[0], _last_day(terms), frame_of=tables.lazy_of)
    return Days(zones, terms.as_of)


def _with_submitted(population: Frame, tables: EventTables, days: Days) -> Frame:
    """Add ``submitted_second`` and ``submitted_until`` to the responses."""
    seconds = tables.lazy("responses").select("response_id", "submitted_second")
    return with_until(population.join(seconds, on="response_id", how="left"), days, stem="submitted")


def _dated_triggers(facts: Frame) -> Frame:
    """Return when each response was submitted, with its day and the zone it is local to."""
    names = ("submitted_at", "submitted_day", "submitted_second", "zone")
    return facts.select("response_id", *names)


def _triggers(tables: EventTables) -> Frame:
    """Return when each response of the period was submitted."""
    return tables.lazy("responses").filter(nw.col("in_period")).select("response_id", "submitted_at")


def _contacts(facts: Frame, tables: EventTables, policy: EscalationPolicy) -> Frame:
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


def _apart(frame: Frame, tables: EventTables) -> Frame:
    """Return `frame` computed, as a table of the same engine."""
    arrow = collected(frame).to_arrow()
    return tables.lazy_of({name: arrow.column(name) for name in arrow.column_names})


def _clocked(
    facts: Frame, rule: DutyRule, tables: EventTables, terms: Terms, extent: tuple[int, int]
) -> tuple[Frame, DutyRule, ClockTables | None]:
    """Return the arguments of a deadline: facts that name their calendar, the rule, the calendar tables."""
    if rule.clock not in terms.hours:
        raise ParameterError(
            Problem(
                f"rule {rule.duty!r} runs on {rule.clock!r}, which was not resolved.",
                remedy="Resolve the hours of every rule of the policy.",
            )
        )
    hours = terms.hours[rule.clock]
    if hours.never_stops:
        return facts, rule, None
    longest = max(limit.microseconds for limit in rule.within.values())
    first, last = extent[0], extent[1] + LONGEST_DAY  # a response known by its day may be as late
    calendars = hours.calendars or {"": ALWAYS}  # where no unit has any, every look-up stays empty
    laid_out = {key: timetable(calendar, first, last, longest=longest) for key, calendar in calendars.items()}
    named = facts.with_columns(nw.col(f"calendar_{rule.clock}").alias("calendar"))
    return named, rule, clock_tables(laid_out, frame_of=tables.lazy_of)


def _extent(tables: EventTables) -> tuple[int, int] | None:
    """Return the first and last instant of a response of the period."""
    at = nw.col("submitted_at")
    found = tables.lazy("responses").filter(nw.col("in_period"))
    row = collected(found.select(at.min().alias("first"), at.max().alias("last"))).rows()[0]
    return None if row[0] is None else (int(row[0]), int(row[1]))


def _last_day(terms: Terms) -> int:
    """Return an instant that no due day of a report lies behind in practice: two years after `as_of`."""
    return terms.as_of + 2 * 366 * 86_400 * 1_000_000


def _rule(policy: EscalationPolicy, duty: str) -> DutyRule:
    return next(rule for rule in policy.rules if rule.duty == duty)


def _refusal(duty: str, tables: EventTables, terms: Terms) -> Refusal | None:
    """Return why a duty cannot be judged, all of it at once; None where it can."""
    absent = [table for table in NEEDED[duty] if table not in tables.tables]
    empty = [table for table in NEEDED[duty] if table not in absent and not _any_row(tables, table)]
    remedy = f"Ask for {', '.join((*absent, *empty))}, one row each." if absent or empty else ""
    if duty in terms.unsaid:
        return Refusal(_sentence(terms.unsaid[duty]), remedy)
    if absent:
        return Refusal(f"The evidence holds no {', '.join(absent)}.", remedy)
    if empty:
        return Refusal(f"The table {', '.join(empty)} holds no row.", remedy)
    return None


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _any_row(tables: EventTables, table: str) -> bool:
    return bool(collected(tables.lazy(table).head(1)).shape[0])


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
    counted = to_pandas(population.group_by(*keys).agg(nw.len().alias("responses")))
    return counted.sort_values(keys, ignore_index=True)


def month_of(days: pd.Series) -> pd.Series:
    """Return the month of local days (since 1970-01-01) as year times 100 plus month."""
    import pandas as pd

    dates = pd.to_datetime(days.astype("int64"), unit="D")
    return dates.dt.year * 100 + dates.dt.month


def collected(frame: Frame) -> nw.DataFrame[Any]:
    """Return `frame` computed; an eager one already is."""
    found: nw.DataFrame[Any] = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return found


def to_pandas(frame: Frame) -> pd.DataFrame:
    """Collect a frame; integer columns with gaps stay integers."""
    import pandas as pd
    import pyarrow as pa

    whole = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
    pandas: pd.DataFrame = collected(frame).to_arrow().to_pandas(types_mapper=whole.get)
    return pandas
