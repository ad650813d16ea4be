"""The numbers of a desk's log, each with the rows it rests on, or the reason why it cannot be had."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from auditlib.obligations.facts import UNSETTLED
from auditlib.records import Interval, Number
from auditlib.service_desk.result import IncidentResult
from auditlib.service_desk.stop_signs import ClockStops, Reading
from auditlib.statistics.intervals import wilson

FLAGLESS = "The log carries no flag of its own (sla_met): what the desk's system says is not known."
UNVARYING = "The flag says the same of every case and tells nothing of the clock behind it."
DECLARED = ("near", "beside", "error", "least_cases", "least_groups")
"""Values of the policy that sentences about stops state."""


def facts(result: IncidentResult) -> Iterator[Number]:
    """Yield every number that the sentences and tables on a log state."""
    odd, basis = result.oddities, result.basis
    counts = {
        "cases": len(result.cases),
        "events": odd.events,
        "unknown_state_events": sum(odd.unknown_states.values()),
        "resolved_field_rewritten": odd.rewritten,
        "resolved_field_empty": odd.field_empty,
        "never_resolved": odd.never_resolved,
        "unclear_cases": odd.unclear,
        "closed_automatically": odd.closed_automatically,
    }
    for name, value in counts.items():
        yield Number(name, value, "count", basis=basis)
    n = len(result.cases)
    yield Number("closed_automatically_share", odd.closed_automatically / n, "share", n, basis=basis)
    yield Number("automatic_closing", result.policy.automatic_closing.days, "days", reason="Declared.")
    yield from _flag(result)
    for row in result.to_frame().to_dict("records"):
        yield from _shares(result, row)
    yield from of_clocks(result)


def of_clocks(result: IncidentResult) -> Iterator[Number]:
    """Yield the breaches of every clock, and why a clock could not be judged."""
    basis = result.basis
    for duty, refusal in result.refused.items():
        why = f"{refusal.reason} {refusal.remedy}".strip()
        yield Number(f"share:{duty}", None, "share", reason=why)
    yield Number("cases_without_calendar", result.without_calendar, "count", basis=basis)
    for clock in result.clocks:
        settled = result.counts("all")[clock]
        yield Number(f"breaches:{clock}", len(result.breaches(clock)), "count", settled, basis=basis)
        yield Number(f"settled:{clock}", settled, "count", settled, basis=basis)
        if result.undecided(clock):
            yield Number(f"undecided:{clock}", result.undecided(clock), "cases", basis=basis)
            yield from _bounds(result, clock, settled)


def _bounds(result: IncidentResult, clock: str, settled: int) -> Iterator[Number]:
    """Yield the cases of a clock that cannot be told, by reason, and what they could make of its share."""
    basis, unknown = result.basis, result.undecided(clock)
    for doubt, cases in result.undecided_by(clock).items():
        yield Number(f"undecided_{doubt}:{clock}", cases, "cases", basis=basis)
    if not result.disclosure.shows(unknown):  # the settled ones stand beside it
        return
    n, met = settled + unknown, result.met(clock)
    yield Number(f"worst:{clock}", met / n, "share", n, basis=basis)
    yield Number(f"best:{clock}", (met + unknown) / n, "share", n, basis=basis)


def _flag(result: IncidentResult) -> Iterator[Number]:
    odd, basis = result.oddities, result.basis
    if not result.flagged:
        yield Number("flag_share_of_events", None, "share", 0, basis=basis, reason=FLAGLESS)
    else:
        share = odd.events_met / max(1, odd.events_flagged)
        yield Number("flag_share_of_events", share, "share", odd.events_flagged, basis=basis)
    for clock in result.reconciled:
        n = int((result.cases["flag"].notna() & result.cases[f"status:{clock}"].notna()).sum())
        yield Number(f"parted:{clock}", result.parted(clock), "count", n, basis=basis)
    why = UNVARYING if result.unvarying else ""
    for end, value in result.agreement().items():
        yield Number(f"flag_agreement:{end}", value, "share", result.flagged, basis=basis, reason=why)


def _shares(result: IncidentResult, row: Mapping[Hashable, Any]) -> Iterator[Number]:
    basis = result.basis_of(str(row["priority"]))
    for column, n in result.counts(str(row["priority"])).items():
        key, share = f"{column}:{row['priority']}", row[column]
        if pd.isna(share):
            why = FLAGLESS if column == "flag" and not result.flagged else UNSETTLED
            yield Number(key, None, "share", 0, basis=basis, reason=why)
            continue
        limits = wilson(round(share * n), n)
        interval = Interval(float(limits.low), float(limits.high), 0.95, "Wilson")
        yield Number(key, float(share), "share", n, interval, basis)


def of_stops(stops: ClockStops) -> Iterator[Number]:
    """Yield counts, shares and p-values of every sign that clocks are stopped, or why there are none."""
    start, basis = stops.start, (stops.basis,)
    yield Number(f"{start}:all", len(stops.stops), "count", basis=basis)
    yield Number(f"{start}:alarms", len(stops.alarms), "count", basis=basis)
    for name in DECLARED:
        value = getattr(stops.policy.stops, name)
        unit = "count" if isinstance(value, int) else "share"
        yield Number(f"{start}:{name}", value, unit, reason="Declared.")
    for reading in stops.readings:
        yield from _reading(stops, reading)


def _reading(stops: ClockStops, reading: Reading) -> Iterator[Number]:
    basis, start, key, n = (stops.basis,), stops.start, reading.key, reading.n
    if reading.reason:
        yield Number(f"{start}:{key}", None, reading.unit, n, basis=basis, reason=reading.reason)
        return
    yield Number(f"{start}:{key}", reading.observed, reading.unit, n, basis=basis)
    if_null = "If the null model holds."
    yield Number(f"{start}_expected:{key}", reading.expected, reading.unit, reason=if_null)
    yield Number(f"{start}_n:{key}", n, "count", n, basis=basis)
    if reading.count is not None:
        yield Number(f"{start}_count:{key}", reading.count, "count", n, basis=basis)
    for name, value in (("p", reading.p_value), ("p_adjusted", reading.p_adjusted)):
        if value is not None:
            yield Number(f"{start}_{name}:{key}", value, "probability", n, basis=basis)
