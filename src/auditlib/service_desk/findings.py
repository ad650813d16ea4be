"""Clocks of a desk that were not kept, and signs that they are stopped, as findings with every case."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditlib.obligations.statements import FAILURES, FEW
from auditlib.records import CaseReference, Finding
from auditlib.service_desk.facts import DECLARED, of_stops
from auditlib.service_desk.policy import CONTACT, ESCALATE, RESOLVE, IncidentRule, Stage
from auditlib.service_desk.result import IncidentResult
from auditlib.service_desk.statements import CASE, spoken
from auditlib.service_desk.stop_signs import ALL, CAUSES, NEAR, PEERS, SIGNS, ClockStops, Reading
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

NOTEBOOK = "05_escalation"
_DEMANDED: Mapping[Stage, str] = MappingProxyType(
    {
        CONTACT: "whoever reports a case is contacted within the limit of its class",
        ESCALATE: "a case not resolved by then is escalated within the limit of its class",
        RESOLVE: "every case is resolved within the limit of its class",
    }
)
"""What each stage demands: without the limits, which stand in the policy and have no key."""


def of_clocks(result: IncidentResult) -> tuple[Finding, ...]:
    """Return one finding for every judged clock with a case outside its limit, the longest overdue first."""
    rules = [rule for rule in result.policy.rules if rule.duty in result.clocks]
    broken = [(rule, result.breaches(rule.duty)) for rule in rules]
    return tuple(_breach(result, rule, bad) for rule, bad in broken if len(bad))


def _breach(result: IncidentResult, rule: IncidentRule, bad: pd.DataFrame) -> Finding:
    judged, clock = result.counts("all")[rule.duty], spoken(rule.duty)
    condition, headline = FEW, ""
    if result.disclosure.shows(judged):
        many = counted(len(bad), "case was", "cases were")
        more = _unknown(result, rule.duty)
        settled = f"of {judged:,} that are settled; every one is owed{more}"
        condition = f"{many} outside the limit of their class, {settled}."
        verb, of = "was" if len(bad) == 1 else "were", counted(judged, *CASE[result.policy.log])
        headline = f"{len(bad):,} of {of} {verb} not in time (clock {clock}); every one is owed{more}"
    rows = zip(bad["case_id"], bad["unit_id"].fillna("").astype(str), bad["status"], strict=True)
    return Finding(
        criterion=f"{rule.cites[0]}: {_DEMANDED[rule.stage]} (clock {clock})",
        condition=condition,
        cause="Not established: the log shows that the limit passed, and not why.",
        effect="Customers waited longer than the limit that was set for cases as grave as theirs.",
        recommendation="Look the cases up, longest overdue first, and remove what they share.",
        grade=rule.severity,
        subject=f"clock:{rule.duty}",
        evidence=tuple(f"{NOTEBOOK}/{name}:{rule.duty}" for name in _names(result, rule.duty)),
        cases=tuple(
            CaseReference(result.table, str(case), unit, FAILURES[status]) for case, unit, status in rows
        ),
        shortfall=len(bad) / max(1, judged),
        headline=headline,
    )


def _names(result: IncidentResult, clock: str) -> tuple[str, ...]:
    undecided = ("undecided",) if result.undecided(clock) else ()
    return ("breaches", "settled", *undecided)


def _unknown(result: IncidentResult, clock: str) -> str:
    """Say that some cases are unknown; their number where so many may be told."""
    unknown = result.undecided(clock)
    if not unknown:
        return ""
    many = f"of {unknown:,} more" if result.disclosure.shows(unknown) else "of a few more"
    return f", and {many} it is unknown"


def of_signs(stops: ClockStops) -> tuple[Finding, ...]:
    """Return one finding for every sign that clocks are stopped to keep their limits.

    What all units together show is no finding of its own where it is the cases of units that have one.
    """
    return tuple(_sign(stops, alarm) for alarm in stops.alarms if not stops.explained_by_units(alarm))


def _sign(stops: ClockStops, reading: Reading) -> Finding:
    units = stops.stops.drop_duplicates("case_id").set_index("case_id")["unit_id"].fillna("").astype(str)
    table = "complaints" if stops.policy.log == "complaint_events" else stops.policy.log
    ends = ("", "_expected", "_n", "_count", "_p", "_p_adjusted")
    keys = {number.key for number in of_stops(stops)}
    evidence = (
        *(f"{stops.start}{end}:{reading.key}" for end in ends),
        *(f"{stops.start}:{name}" for name in DECLARED),
    )
    return Finding(
        criterion="C7: clocks stop only while the customer is awaited, with the cause recorded.",
        condition=_condition(stops, reading),
        cause=f"Not established. Innocent explanation: {SIGNS[reading.sign].innocent}.",
        effect="A limit that is met because its clock was stopped is not kept for the customer.",
        recommendation="Look the cases up and ask the customers whether anything was asked of them then.",
        grade=stops.policy.stops.severity,
        subject=f"clock {stops.start}:{reading.sign}:{reading.clock}:{reading.group}".replace("::", ":"),
        evidence=tuple(f"{NOTEBOOK}/{key}" for key in evidence if key in keys),
        headline=_headline(stops, reading),
        cases=tuple(
            CaseReference(table, case, str(units.get(case, "")), f"stopped {reading.sign}")
            for case in reading.cases
        ),
    )


def _headline(stops: ClockStops, reading: Reading) -> str:
    if not stops.disclosure.shows(reading.n) or reading.sign != NEAR:
        return ""
    many = counted(reading.n, "case")
    return f"{reading.count:,} of {many}{_of(reading)} stopped late in the limit were stopped at its very end"


def _of(reading: Reading) -> str:
    return "" if reading.group == ALL else f" of {reading.group}"


def _condition(stops: ClockStops, reading: Reading) -> str:
    if not stops.disclosure.shows(reading.n):
        return f"Clocks were stopped {reading.sign}, in too few cases for their number to be shown."
    if reading.sign == CAUSES:
        return f"{reading.count:,} of {counted(reading.n, 'stop')} that need a cause give none of the list."
    if reading.sign == PEERS:
        return (
            f"A typical case{_of(reading)} was stopped for {reading.observed:,.1f} hours, that of the median "
            f"group for {reading.expected:,.1f} ({_chance(reading)} with all tests allowed for)."
        )
    how = stops.policy.stops
    return (
        f"{reading.count:,} of {counted(reading.n, 'case')}{_of(reading)} stopped in the last "
        f"{how.beside:.0%} of the limit ({spoken(reading.clock)}) were stopped in its last {how.near:.0%}, "
        f"where {reading.expected:.0%} would be expected ({_chance(reading)} with all tests allowed for)."
    )


def _chance(reading: Reading) -> str:
    """Return the corrected p-value as it is written."""
    value = 1.0 if reading.p_adjusted is None else reading.p_adjusted
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
