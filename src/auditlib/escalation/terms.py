"""From run file, policy and calendars to what the evidence is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from auditlib.errors import ParameterError, Problem
from auditlib.escalation.assessment import Terms, to_pandas
from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.sources import Tables
from auditlib.obligations import Policy, WorkingHours, working_hours
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.records import Refusal

if TYPE_CHECKING:
    import pandas as pd

Law = TypeVar("Law", bound=Policy)


def terms_of(run: Run, tables: Tables, texts: Mapping[str, str]) -> Terms | Refusal:
    """Return the terms of an audit, or why there are none.

    Parameters
    ----------
    run
        The run file: period, `as_of`, instruments, policies, zone of units that name none.
    tables
        The evidence; the register of units says where each unit is.
    texts
        Policies and calendars as text, by their path in params/.

    Raises
    ------
    ParameterError
        Where a policy or calendar is absent or wrong.
    """
    law = policy_of(EscalationPolicy, "escalation", run, texts)
    if isinstance(law, Refusal):
        return law
    units = places(run, tables)
    if not units:
        return Refusal(
            "There is no register of units, so no clock can be placed on a calendar.",
            "Ask for the register of units, each with its time zone and country.",
        )
    hours = {name: hours_of(name, texts, run, units) for name in law.calendars}
    instruments = {name: run.instrument(name) for name in run.instruments}
    zones = {unit: zone or run.time_zone for unit, zone, _ in units}
    as_of = round(run.as_of.timestamp() * 1_000_000)
    return Terms(law, hours, instruments, zones, as_of, run.thresholds.minimum_cell)


def policy_of(model: type[Law], stem: str, run: Run, texts: Mapping[str, str]) -> Law | Refusal:
    """Return the policy of `run` whose name begins with `stem`, in the edition the run names.

    Raises
    ------
    ParameterError
        Where the file is absent or wrong, or is another edition.
    """
    chosen = next((name for name in run.policies if name.startswith(stem)), None)
    if chosen is None:
        return Refusal(f"The run names no {stem} policy.", "Name one under 'policies' in the run file.")
    name, _, edition = chosen.partition("@")
    file = f"policies/{name}.yaml"
    law = load(model, text_of(texts, file), name=f"params/{file}")
    if edition and edition != law.edition:
        raise ParameterError(
            Problem(
                f"the run names {chosen}, but the file is edition {law.edition}.",
                f"params/{file}",
                remedy=f"Name {name}@{law.edition}, or put the other edition there.",
            )
        )
    return law


def hours_of(
    name: str, texts: Mapping[str, str], run: Run, units: list[tuple[str, str, str]]
) -> WorkingHours:
    """Return calendar `name` for `units`, holidays resolved for the years the clocks may run through."""
    path = f"calendars/{name}.yaml"
    file = load(CalendarFile, text_of(texts, path), name=f"params/{path}")
    years = range(run.period.start.year - 1, run.as_of.year + 3)
    return working_hours(file, units, years=years, time_zone=run.time_zone)


def places(run: Run, tables: Tables) -> list[tuple[str, str, str]]:
    """Return (unit, zone, country) of every unit, in order; empty where the register says nothing."""
    if "units" not in tables.tables:
        return []
    frame: pd.DataFrame = to_pandas(tables.lazy("units").select("unit_id", "time_zone", "country"))
    known = frame.fillna("").sort_values("unit_id")
    return [(str(unit), str(zone), str(country)) for unit, zone, country in known.itertuples(index=False)]


def text_of(texts: Mapping[str, str], path: str) -> str:
    """Return the text at `path` in params/."""
    if path not in texts:
        known = ", ".join(sorted(texts)) or "none"
        raise ParameterError(Problem(f"there is no params/{path}.", remedy=f"Read were: {known}."))
    return texts[path]
