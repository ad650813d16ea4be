"""The numbers of a desk's log, each with the rows it rests on, or the reason why it cannot be had."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditlib.records import Interval, Number
from auditlib.statistics.intervals import wilson

if TYPE_CHECKING:
    from auditlib.escalation.incident_result import IncidentResult

FLAGLESS = "The log carries no flag of its own (sla_met): what the desk's system says is not known."
UNSETTLED = "No case is settled."
UNVARYING = "The flag says the same of every case and tells nothing of the clock behind it."
UNTRIED = "No case carries both a flag and an end that a clock could be tried on."


def of(result: IncidentResult) -> Iterator[Number]:
    """Yield every number the sentences and tables of `result` state."""
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
    yield from _closing(result)
    yield from _flag(result)
    for row in result.to_frame().to_dict("records"):
        yield from _shares(result, row)
    yield from of_clocks(result)


def of_clocks(result: IncidentResult) -> Iterator[Number]:
    """Yield the breaches of every clock, and why a clock could not be judged."""
    basis = result.basis
    yield from _refusals(result)
    yield Number("cases_without_calendar", result.without_calendar, "count", basis=basis)
    for clock in result.clocks:
        settled = result.counts("all")[clock]
        yield Number(f"breaches:{clock}", len(result.breaches(clock)), "count", settled, basis=basis)
        yield Number(f"settled:{clock}", settled, "count", settled, basis=basis)
        if result.undecided(clock):
            yield Number(f"undecided:{clock}", result.undecided(clock), "count", basis=basis)


def _refusals(result: IncidentResult) -> Iterator[Number]:
    for duty, refusal in result.refused.items():
        why = f"{refusal.reason} {refusal.remedy}".strip()
        yield Number(f"share:{duty}", None, "share", reason=why)


def _closing(result: IncidentResult) -> Iterator[Number]:
    n = len(result.cases)
    share = result.oddities.closed_automatically / n
    yield Number("closed_automatically_share", share, "share", n, basis=result.basis)
    yield Number("automatic_closing", result.policy.automatic_closing.days, "days", reason="Declared.")


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
    for end, value in result.agreement().items():
        why = UNVARYING if result.unvarying else ""
        yield Number(f"flag_agreement:{end}", value, "share", result.flagged, basis=basis, reason=why)


def _shares(result: IncidentResult, row: Mapping[Hashable, Any]) -> Iterator[Number]:
    basis = result.basis_of(str(row["priority"]))
    for column, n in result.counts(str(row["priority"])).items():
        key, share = f"{column}:{row['priority']}", row[column]
        if pd.isna(share):
            why = (UNSETTLED if result.flagged else FLAGLESS) if column == "flag" else UNSETTLED
            yield Number(key, None, "share", 0, basis=basis, reason=why)
            continue
        limits = wilson(round(share * n), n)
        interval = Interval(float(limits.low), float(limits.high), 0.95, "Wilson")
        yield Number(key, float(share), "share", n, interval, basis)
