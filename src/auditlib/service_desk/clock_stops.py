"""Are clocks stopped to keep a limit, rather than because the customer is awaited: three signs (C7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.obligations import WorkingHours
from auditlib.obligations.calendar_use import by_calendar
from auditlib.parameters.engagement import Engagement
from auditlib.records import Refusal
from auditlib.service_desk.answer import ABOUT, ClocksAnswer, ClockStopsAnswer, DeskAnswer
from auditlib.service_desk.cases import cases_of, moves_of
from auditlib.service_desk.clocks import limits_of
from auditlib.service_desk.context import DeskContext
from auditlib.service_desk.log import log_of
from auditlib.service_desk.policy import RESOLVE, IncidentPolicy, StopTerms
from auditlib.service_desk.stop_signs import ALL, CAUSES, NEAR, PEERS, ClockStops, Reading, tested
from auditlib.statements import Unanswered, counted
from auditlib.statistics.above_peers import above_peers
from auditlib.statistics.multiplicity import holm
from auditlib.statistics.near_limit import near_limit
from auditlib.time.calendar import Calendar
from auditlib.time.epoch import HOUR
from auditlib.time.timetable import elapsed, timetable

if TYPE_CHECKING:
    import pandas as pd


class _Drafted(NamedTuple):
    """A reading before the correction for all tests."""

    reading: Reading
    p_value: float | None


def incident_stops(engagement: Engagement, desk: DeskAnswer | Unanswered) -> ClockStopsAnswer | Unanswered:
    """Answer whether a desk stops its clocks to keep their limits; `desk` is the answer on these clocks."""
    return _stops(ABOUT["incident_events"], engagement, desk)


def complaint_stops(
    engagement: Engagement, complained: ClocksAnswer | Unanswered
) -> ClockStopsAnswer | Unanswered:
    """Answer whether clocks of complaints are stopped to keep their limits; see `incident_stops`."""
    return _stops(ABOUT["complaint_events"], engagement, complained)


def _stops(
    about: str, engagement: Engagement, clocks: ClocksAnswer | Unanswered
) -> ClockStopsAnswer | Unanswered:
    if isinstance(clocks, Unanswered):
        return Unanswered.not_assessable(about, clocks.refusal)
    stops = clock_stops(engagement.evidence, clocks.result.context)
    if isinstance(stops, Refusal):
        return Unanswered.not_assessable(about, stops)
    return ClockStopsAnswer(stops)


def clock_stops(tables: CanonicalTables, context: DeskContext) -> ClockStops | Refusal:
    """Look for signs that the clocks of a log are stopped to keep their limits.

    Parameters
    ----------
    tables
        The evidence, with the table of events the policy names.
    context
        As the log is judged by; `policy.stops` says what a sign is.

    Returns
    -------
    ClockStops
        Every sign with its test, or why it could not be tested; tests are corrected together (Holm 1979).
    """
    policy = context.policy
    log = log_of(tables, policy.log, as_of=context.as_of)
    if isinstance(log, Refusal):
        return log
    cases = cases_of(log, states=policy.states).set_index("case_id")
    moves = moves_of(log, states=policy.states).reset_index(drop=True)
    moves = moves.assign(unit_id=cases["unit_id"].reindex(moves["case_id"]).to_numpy())
    stops = moves[moves["state"].isin(policy.states.waiting_for_customer)]
    if stops.empty:
        return Refusal(
            "No event of the log stops a clock to wait for the customer.",
            "Ask whether the desk records it, and list the state in the policy.",
        )
    drafted = [*_near(moves, cases, context), *_peers(stops, context)]
    readings = (*_corrected(drafted, error=policy.stops.error), _causes(stops, policy))
    return ClockStops(readings, policy, stops, len(cases), context.disclosure)


def _corrected(drafted: list[_Drafted], *, error: float) -> Iterator[Reading]:
    """Yield the readings with their p-values corrected for all that were tested."""
    p_values = [draft.p_value for draft in drafted if draft.p_value is not None]
    adjusted = iter(holm(p_values).tolist() if p_values else [])
    for draft in drafted:
        yield (
            draft.reading
            if draft.p_value is None
            else tested(draft.reading, p_value=draft.p_value, p_adjusted=float(next(adjusted)), error=error)
        )


def _near(moves: pd.DataFrame, cases: pd.DataFrame, context: DeskContext) -> Iterator[_Drafted]:
    """Yield, by clock and unit, whether stops heap just before the limit."""
    waiting, running = context.policy.states.waiting_for_customer, context.policy.states.running
    first = ~moves["case_id"].duplicated()
    # Resuming a clock is no work that the hour brings about: it lies where the stop did.
    is_work = moves["state"].isin(running) & ~moves["resumes"] & ~first
    for rule in context.policy.rules:
        if rule.stage != RESOLVE:
            continue
        limits = limits_of(cases.reset_index(), rule).set_axis(cases.index)
        placed = moves.assign(left=_left_by_place(moves, cases, limits, context.hours[rule.clock]))
        stops, work = placed[placed["state"].isin(waiting)], placed[is_work]
        drafted = [_heap(stops, work, rule.duty, ALL, context.policy.stops)]
        groups = dict(iter(stops.groupby("unit_id")))
        if len(groups) > 1:  # one unit alone is all of them
            beside = dict(iter(work.groupby("unit_id")))
            drafted += [
                _heap(part, beside.get(unit, work.head(0)), rule.duty, str(unit), context.policy.stops)
                for unit, part in groups.items()
            ]
        yield drafted[0]
        yield from (draft for draft in drafted[1:] if draft.p_value is not None)


def _heap(stops: pd.DataFrame, work: pd.DataFrame, clock: str, group: str, how: StopTerms) -> _Drafted:
    mine, beside = _first_in_stretch(stops, how), _first_in_stretch(work, how)
    heap = near_limit(
        mine["left"].to_numpy(float),
        width=how.near,
        reference=how.beside,
        others=beside["left"].to_numpy(float),
        least=how.least_cases,
    )
    if heap.stretch < how.least_cases:
        least = counted(how.least_cases, "case")
        why = f"The last {how.beside:.0%} of the limit saw the stops of fewer than {least}."
        return _Drafted(Reading(NEAR, clock, group, heap.stretch, reason=why), None)
    chosen = mine.sort_values(["left", "case_id"])
    near = tuple(chosen.loc[chosen["left"] <= how.near, "case_id"].astype(str))
    reading = Reading(NEAR, clock, group, heap.stretch, heap.near, heap.share, heap.expected, near)
    return _Drafted(reading, heap.p_value)


def _first_in_stretch(events: pd.DataFrame, how: StopTerms) -> pd.DataFrame:
    """Return the first event of each case in the stretch: a case speaks once, however often it is moved."""
    inside = events[(events["left"] > 0) & (events["left"] <= how.beside)]
    return inside.drop_duplicates("case_id")


def _left_by_place(
    moves: pd.DataFrame, cases: pd.DataFrame, limits: pd.Series, hours: WorkingHours
) -> np.ndarray:
    """Return `left_of_limit` on the calendar of each unit; missing for a unit without one."""
    left = np.full(len(moves), np.nan)
    for calendar, on_it in by_calendar(moves["unit_id"], hours):
        left[on_it] = left_of_limit(moves[on_it], cases, limits, calendar)
    return left


def left_of_limit(
    moves: pd.DataFrame, cases: pd.DataFrame, limits: pd.Series, calendar: Calendar
) -> np.ndarray:
    """Return what was left of its limit at each event of a case, as a share; missing without a limit.

    Time a clock stood still before does not count as used up. Negative once the limit has passed. Missing
    too where only the day of an instant of the case is known.
    """
    opened = cases["opened_at"].reindex(moves["case_id"]).to_numpy(np.int64)
    at = moves["updated_at"].to_numpy(np.int64)
    until = moves["resumed_at"].where(moves["stopped"]).fillna(moves["updated_at"]).to_numpy(np.int64)
    low, high = int(min(opened.min(), at.min())), int(max(at.max(), until.max()))
    table = timetable(calendar, low, high)
    still = moves.assign(still=elapsed(table, at, until)).groupby("case_id")["still"]
    before = (still.cumsum() - elapsed(table, at, until)).to_numpy(np.int64)
    used = elapsed(table, opened, at) - before
    limit = limits.reindex(moves["case_id"]).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    left: np.ndarray = (limit - used) / limit  # a difference first: whole microseconds are exact
    left[_by_days(moves)] = np.nan
    return left


def _by_days(moves: pd.DataFrame) -> np.ndarray:
    """Return the events of cases of which some instant is known by its day alone: none lies near a limit."""
    days = (moves["updated_until"] > moves["updated_at"]) | (moves["opened_until"] > moves["opened_at"])
    return days.fillna(value=False).groupby(moves["case_id"]).transform("any").to_numpy(bool)


def _causes(stops: pd.DataFrame, policy: IncidentPolicy) -> Reading:
    """Return the stops whose state needs a cause and that give none, or none on the list."""
    how = policy.stops
    if not how.cause_required:
        return Reading(CAUSES, "", ALL, reason="The policy names no state whose stop needs a cause.")
    needing_cause = stops[stops["state"].isin(how.cause_required)]
    if not needing_cause["reason"].notna().any():
        why = "The log gives no cause of any stop: the column reason was never mapped or is empty."
        return Reading(CAUSES, "", ALL, len(needing_cause), reason=why)
    unlisted = ~needing_cause["reason"].isin(how.causes) if how.causes else needing_cause["reason"].isna()
    bad = needing_cause[unlisted]
    cases = tuple(dict.fromkeys(bad["case_id"].astype(str)))
    reading = Reading(
        CAUSES, "", ALL, len(needing_cause), len(bad), len(bad) / len(needing_cause), 0.0, cases
    )
    return tested(reading, p_value=None, p_adjusted=None, error=how.error) if len(bad) else reading


def _peers(stops: pd.DataFrame, context: DeskContext) -> Iterator[_Drafted]:
    """Yield, by unit and by person, who stops clocks for longer than the others."""
    until = stops["resumed_at"].fillna(context.as_of)
    hours = (until - stops["updated_at"]).astype(float) / HOUR
    spent = stops.assign(hours=np.log1p(hours.clip(lower=0)))
    for by, column in (("unit", "unit_id"), ("person", "person_id")):
        if spent[column].notna().any():
            yield from _above(spent, column, by, context.policy.stops)
        else:
            why = f"The log names no {by} ({column}) who stopped a clock."
            yield _Drafted(Reading(PEERS, "", by, reason=why), None)


def _above(spent: pd.DataFrame, column: str, by: str, how: StopTerms) -> Iterator[_Drafted]:
    """Yield each group's mean logarithm of time stopped per case against the other groups."""
    per_case = spent.groupby([column, "case_id"])["hours"].sum().reset_index()
    grouped = per_case.groupby(column)["hours"]
    table = grouped.agg(["mean", "size"])
    table = table[table["size"] >= how.least_cases]
    pooled = float(np.sqrt(grouped.var(ddof=1).reindex(table.index).mean())) if len(table) else 0.0
    if not pooled > 0:
        why = f"No {by} stopped the clocks of {counted(how.least_cases, 'case')}, or all for equally long."
        yield _Drafted(Reading(PEERS, "", by, reason=why), None)
        return
    errors = pooled / np.sqrt(table["size"].to_numpy(float))
    peers = above_peers(table["mean"].to_numpy(float), errors, least=how.least_groups)
    if isinstance(peers, Refusal):
        yield _Drafted(Reading(PEERS, "", by, reason=peers.reason), None)
        return
    for place, (name, row) in enumerate(table.iterrows()):
        mine = per_case[per_case[column] == name].sort_values("hours", ascending=False)
        typical, usual = float(np.expm1(row["mean"])), float(np.expm1(peers.target))
        cases = tuple(mine["case_id"].astype(str))
        reading = Reading(PEERS, "", f"{by} {name}", int(row["size"]), None, typical, usual, cases)
        yield _Drafted(reading, float(peers.p_value[place]))
