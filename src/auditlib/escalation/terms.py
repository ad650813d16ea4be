"""From run file, policy and calendars to what the evidence is judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from auditlib.errors import ParameterError, Problem
from auditlib.escalation.assessment import Terms, to_pandas
from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.recorded import silent_in_matrix, unsaid
from auditlib.escalation.sources import EventTables
from auditlib.obligations import ObligationPolicy, UnitPlace, WorkingHours, hours_of_rule, working_hours
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.records import Refusal

if TYPE_CHECKING:
    import pandas as pd

Law = TypeVar("Law", bound=ObligationPolicy)


def terms_of(run: Run, tables: EventTables, texts: Mapping[str, str]) -> Terms | Refusal:
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
    files = {name: calendar_file(name, texts) for name in law.calendars}
    hours = {
        rule.clock: hours_of_rule(rule, files, units, years=years_of(run), time_zone=run.time_zone)
        for rule in law.rules
        if rule.within  # the others run on no clock of their own
    }
    instruments = {name: run.instrument(name) for name in run.instruments}
    zones = {unit.unit_id: unit.time_zone or run.time_zone for unit in units}
    as_of = round(run.as_of.timestamp() * 1_000_000)
    refused, silent = unsaid(law, tables, run), silent_in_matrix(tables, run)
    return Terms(law, hours, instruments, zones, as_of, run.thresholds.minimum_cell, refused, silent)


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


def hours_of(name: str, texts: Mapping[str, str], run: Run, units: Iterable[tuple[str, ...]]) -> WorkingHours:
    """Return calendar `name` for `units`, holidays resolved for the years the clocks may run through."""
    return working_hours(calendar_file(name, texts), units, years=years_of(run), time_zone=run.time_zone)


def calendar_file(name: str, texts: Mapping[str, str]) -> CalendarFile:
    """Return the calendar file called `name`."""
    path = f"calendars/{name}.yaml"
    return load(CalendarFile, text_of(texts, path), name=f"params/{path}")


def years_of(run: Run) -> range:
    """Return the years that the clocks of a run may run through."""
    return range(run.period.start.year - 1, run.as_of.year + 3)


def places(_run: Run, tables: EventTables) -> list[UnitPlace]:
    """Return where every unit stands, in order; what the register does not say is empty."""
    if "units" not in tables.tables:
        return []
    register = tables.lazy("units")
    present = set(register.collect_schema().names())
    frame: pd.DataFrame = to_pandas(register.select(*[name for name in UnitPlace._fields if name in present]))
    known = frame.reindex(columns=list(UnitPlace._fields)).fillna("").astype(str).sort_values("unit_id")
    return [UnitPlace(*map(str, row)) for row in known.itertuples(index=False)]


def text_of(texts: Mapping[str, str], path: str) -> str:
    """Return the text at `path` in params/."""
    if path not in texts:
        known = ", ".join(sorted(texts)) or "none"
        raise ParameterError(Problem(f"there is no params/{path}.", remedy=f"Read were: {known}."))
    return texts[path]
