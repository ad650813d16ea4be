"""From run file, policy and calendars to what the evidence is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from auditlib.errors import ParameterError, Problem
from auditlib.escalation.assessment import Terms, to_pandas
from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.sources import Tables
from auditlib.obligations import WorkingHours, working_hours
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

if TYPE_CHECKING:
    import pandas as pd


def terms_of(run: Run, tables: Tables, texts: Mapping[str, str], *, policy: str = "escalation") -> Terms:
    """Return the terms of an audit.

    Parameters
    ----------
    run
        The run file: period, `as_of`, instruments, zone of units that name none.
    tables
        The evidence; the register of units says where each unit is.
    texts
        Policies and calendars as text, by name.
    policy
        Name of the escalation policy.

    Raises
    ------
    ParameterError
        Where a text is absent or wrong.
    """
    law = load(EscalationPolicy, text_of(texts, policy), name=f"params/policies/{policy}.yaml")
    units = places(run, tables)
    hours = {name: hours_of(name, texts, run, units) for name in law.calendars}
    instruments = {name: run.instrument(name) for name in run.instruments}
    zones = {unit: zone or run.time_zone for unit, zone, _ in units}
    return Terms(law, hours, instruments, zones, round(run.as_of.timestamp() * 1_000_000))


def hours_of(
    name: str, texts: Mapping[str, str], run: Run, units: list[tuple[str, str, str]]
) -> WorkingHours:
    """Return calendar `name` for `units`, holidays resolved for the years the clocks may run through."""
    file = load(CalendarFile, text_of(texts, name), name=f"params/calendars/{name}.yaml")
    years = range(run.period.start.year - 1, run.as_of.year + 3)
    return working_hours(file, units, years=years, time_zone=run.time_zone)


def places(run: Run, tables: Tables) -> list[tuple[str, str, str]]:
    """Return (unit, zone, country) of every unit, in order; empty where the register says nothing."""
    if "units" not in tables.tables:
        return []
    frame: pd.DataFrame = to_pandas(tables.lazy("units").select("unit_id", "time_zone", "country"))
    known = frame.fillna("").sort_values("unit_id")
    return [(str(unit), str(zone), str(country)) for unit, zone, country in known.itertuples(index=False)]


def text_of(texts: Mapping[str, str], name: str) -> str:
    """Return the text called `name`."""
    if name not in texts:
        known = ", ".join(sorted(texts)) or "none"
        raise ParameterError(
            Problem(f"there is no policy or calendar {name!r}", remedy=f"Given are: {known}.")
        )
    return texts[name]
