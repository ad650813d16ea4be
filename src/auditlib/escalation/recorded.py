"""What must be recorded before a duty can be judged, and where it is not recorded case by case."""

from __future__ import annotations

from collections.abc import Iterable

import narwhals as nw

from auditlib.escalation.policy import EscalationPolicy
from auditlib.standards.measure import Tables

_FOLLOWED = ("responses.anonymous", "follow_ups.reached", "follow_ups.declined")


def needed(duty: str, policy: EscalationPolicy, tables: Tables) -> tuple[str, ...]:
    """Return the columns without which nothing can be said about `duty`, as ``table.column``."""
    if duty == "acknowledgement":
        return tuple(f"acknowledgements.{column}" for column in policy.acknowledgement_states)
    if duty == "documentation":
        return (*_FOLLOWED, *(f"follow_ups.{column}" for column in policy.context))
    if duty == "report":
        promised = ("due_on", "produced", "presented")
        actions = ("owner_id", "due_on") if policy.report.actions else ()
        return (
            *_FOLLOWED,
            *(f"follow_up_reports.{column}" for column in promised),
            *(f"report_actions.{column}" for column in actions),
        )
    if duty == "attendance":
        held = ("unit_id", "transaction_type", "person_id", "delegate_id", "valid_to")
        typed = ("responses.transaction_type",) if _by_type(tables) else ()
        return (*_FOLLOWED, *(f"responsibilities.{column}" for column in held), *typed)
    return _FOLLOWED


def unclear_responses(duty: str, tables: Tables, policy: EscalationPolicy) -> set[str]:
    """Return the responses of which it is not recorded what `duty` turns on."""
    if duty == "acknowledgement":
        return _silent(tables, "acknowledgements", policy.acknowledgement_states)
    asked = ["anonymous"]
    if duty == "attendance" and _by_type(tables):
        asked.append("transaction_type")
    return _silent(tables, "responses", asked) | _silent(tables, "follow_ups", ("reached", "declined"))


def _silent(tables: Tables, table: str, columns: Iterable[str]) -> set[str]:
    """Return the responses of which a row leaves one of `columns` empty."""
    empty = nw.any_horizontal(*(nw.col(column).is_null() for column in columns), ignore_nulls=False)
    rows = tables.lazy(table).filter(empty).select("response_id").unique().collect().rows()
    return {str(response) for (response,) in rows}


def _by_type(tables: Tables) -> bool:
    """Return whether the matrix tells types of transaction apart."""
    if "responsibilities" not in tables.tables:
        return False
    typed = tables.lazy("responsibilities").filter(~nw.col("transaction_type").is_null())
    return bool(typed.head(1).collect().shape[0])
