"""Whether every unit stands where the calendars of its duties know the holidays.

A clock that stops on the holidays of a unit's own country cannot run for a unit that names none: its duties
are not assessable, and the run says so. A code that is no country's, or no subdivision's with holidays, is a
mistake that stops a run before its first notebook. Both are found here, and told by `check` as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditlib.audit.standard import texts
from auditlib.errors import ParameterError, Problem
from auditlib.escalation import EscalationPolicy
from auditlib.evidence import Evidence
from auditlib.obligations import DutyRule, ObligationPolicy, UnitPlace, calendar_file, unit_places
from auditlib.parameters.policy import policy_named
from auditlib.parameters.run import Run, Source
from auditlib.parameters.strict_yaml import Document
from auditlib.promises import ServicePromises
from auditlib.service_desk import COMPLAINT, INCIDENT, IncidentPolicy
from auditlib.statements import counted
from auditlib.time.public_holidays import subdivision_of, subdivisions

if TYPE_CHECKING:
    import pandas as pd

MOST = 8
"""Units that are named in one question."""
_POLICIES: tuple[tuple[str, type[ObligationPolicy]], ...] = (
    ("escalation", EscalationPolicy),
    ("service_promises", ServicePromises),
    (INCIDENT, IncidentPolicy),
    (COMPLAINT, IncidentPolicy),
)


class _Fault(NamedTuple):
    """What is wrong with the place of a unit: in which column, and what to write there."""

    column: str
    message: str
    remedy: str


def misplaced(run: Run, document: Document, evidence: Evidence, *, root: Path) -> tuple[Problem, ...]:
    """Return a problem for each wrong place on whose holidays a clock of the run depends; see `_problems`."""
    return _problems(run, document, evidence, root=root, has_country=True)


def unplaced(run: Run, document: Document, evidence: Evidence, *, root: Path) -> tuple[Problem, ...]:
    """Return what is to be told of units that name no country, so that a clock of the run stands still."""
    return _problems(run, document, evidence, root=root, has_country=False)


def _problems(
    run: Run, document: Document, evidence: Evidence, *, root: Path, has_country: bool
) -> tuple[Problem, ...]:
    """Return a problem for each place on whose holidays a clock depends and that does not say them.

    Parameters
    ----------
    run, document
        The run file, whose policies and calendars are sound, and its text with places.
    evidence
        The register of units.
    root
        The project: the folder that holds params/.
    has_country
        Whether places whose codes are wrong are meant, or those that name no country.
    """
    law = texts(run, root=root)
    units = unit_places(evidence)
    clocks = _clocks(run, units, law)
    faults = [
        (_fault(unit, clocks[unit.unit_id]), unit.unit_id)
        for unit in units
        if unit.unit_id in clocks and bool(unit.country) is has_country
    ]
    wrong = sorted((fault, unit) for fault, unit in faults if fault)
    return tuple(
        _problem(fault, [unit for _, unit in group], run, document, evidence)
        for fault, group in groupby(wrong, key=lambda pair: pair[0])
    )


def _clocks(run: Run, units: Sequence[UnitPlace], law: Mapping[str, str]) -> dict[str, str]:
    """Return for each unit the first calendar of its duties that stops on the unit's own holidays.

    A calendar that a desk's own flag is only tried on leaves out units of no known country, so that it asks
    for the place of the others alone.
    """
    first: dict[str, str] = {}
    chosen = (policy_named(stem, model, run, law) for stem, model in _POLICIES)
    policies = [policy for policy in chosen if policy is not None]
    for rule in _rules(policies):
        local_calendars = _own_holidays(rule.calendar_files, law)
        for unit in units if local_calendars else ():
            name = rule.calendar if rule.calendars is None else rule.calendars.calendar_of(unit)
            if name in local_calendars:
                first.setdefault(unit.unit_id, name)
    for name in _own_holidays(_tried(policies), law):
        for unit in units:
            if unit.country:
                first.setdefault(unit.unit_id, name)
    return first


def _own_holidays(names: Sequence[str], law: Mapping[str, str]) -> tuple[str, ...]:
    """Return those of the calendars that stop on the holidays of each unit's own country."""
    return tuple(name for name in names if calendar_file(name, law).holidays.country == "unit")


def _rules(policies: Iterable[ObligationPolicy]) -> Iterator[DutyRule]:
    """Yield the rules with a limit of their own of the policies that the run names."""
    for policy in policies:
        yield from (rule for rule in policy.rules if rule.within)


def _tried(policies: Iterable[ObligationPolicy]) -> tuple[str, ...]:
    """Return the calendars that flags of desks are tried on."""
    desks = (policy for policy in policies if isinstance(policy, IncidentPolicy))
    return tuple(dict.fromkeys(name for policy in desks for name in policy.probe))


def _fault(place: UnitPlace, calendar: str) -> _Fault | None:
    """Return what is wrong with the place of a unit, of whose duties one runs on `calendar`."""
    if not place.country:
        message = (
            f"no country, and calendar {calendar!r}, which stops on each unit's own holidays, needs it: "
        )
        message += "what is owed there will not be judged."
        return _Fault("country", message, "Write its ISO 3166 alpha-2 code, such as DE.")
    column = "country"
    try:
        subdivisions(place.country)
        column = "subdivision"
        if place.subdivision:
            subdivision_of(place.country, place.subdivision)
    except ParameterError as error:
        (problem,) = error.problems
        return _Fault(column, problem.message, problem.remedy)
    return None


def _problem(
    fault: _Fault, units: Sequence[str], run: Run, document: Document, evidence: Evidence
) -> Problem:
    register = evidence.frame("units", columns=("unit_id", "source_file", "source_line"))
    rows = register[register["unit_id"].isin(units)].sort_values(["source_file", "source_line"])
    index, source = _source(run, str(rows["source_file"].iloc[0]))
    listed = _units_with_lines(rows)
    message = f"{counted(len(rows), 'unit')} ({listed}): {fault.message}"
    if fault.column in source.constants:
        place = ("sources", index, "constants", fault.column)
        return document.problem(place, message, remedy=fault.remedy)
    for number, further in enumerate(run.sources):
        if further.fills and fault.column in {*further.columns, *further.constants}:
            block = "columns" if fault.column in further.columns else "constants"
            path = ("sources", number, block, fault.column)
            return document.problem(path, message, remedy=fault.remedy)
    if fault.column not in source.columns:
        remedy = f"Map {fault.column} to a column of the register of units, or give it under 'constants'."
        return document.problem(("sources", index, "columns"), message, remedy=remedy)
    first = rows.iloc[0]
    column = source.label(fault.column)
    return Problem(message, str(first["source_file"]), int(first["source_line"]), column, fault.remedy)


def _units_with_lines(rows: pd.DataFrame) -> str:
    listed = [
        f"{unit} in line {line}" for unit, line in zip(rows["unit_id"], rows["source_line"], strict=True)
    ]
    return ", ".join(listed[:MOST]) + (", ..." if len(listed) > MOST else "")


def _source(run: Run, file: str) -> tuple[int, Source]:
    """Return the source of the units that a file was read by, with its place in the run file."""
    registers = [(at, source) for at, source in enumerate(run.sources) if source.table == "units"]
    return next((entry for entry in registers if entry[1].file == file), registers[0])
