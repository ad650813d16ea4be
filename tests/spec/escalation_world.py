"""A small party for tests of follow-up: one dissatisfied response, and whatever is said to follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw
import pyarrow as pa

from auditlib.contracts import ColumnKind, table
from auditlib.escalation import EscalationContext, EscalationPolicy
from auditlib.obligations import UnitPlace, hours_of_rule
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import load
from auditlib.records import Instrument, Item, Scale

PARAMS = Path(__file__).parents[2] / "params"
ZONE = "Europe/Berlin"
_TYPES = {
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.SHARE: pa.float64(),
    ColumnKind.SCORE: pa.float64(),
    ColumnKind.COUNT: pa.int64(),
    ColumnKind.FLAG: pa.bool_(),
    ColumnKind.DAY: pa.int32(),
}


def at(text: str, *, zone: str = ZONE) -> int:
    """Return local time as UTC microseconds."""
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def day(text: str) -> int:
    """Return a date as days since 1970-01-01."""
    return datetime.fromisoformat(text).toordinal() - 719_163


@dataclass
class World:
    """Canonical tables in memory, as the evidence would offer them."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    items: tuple[str, ...] = ("q_overall",)
    totals: tuple[Any, ...] = ()
    connection: Any = None
    """A database; without one the tables are Arrow tables in memory, which is quicker for one case."""
    quarantined: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """By table and column, the cases that rows in quarantine name, each with the reason."""

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(self.rows)

    def lazy(self, name: str) -> Any:
        contract, schema = table(name), []
        for column in contract.columns:
            if column.kind is ColumnKind.INSTANT:
                schema += [(f"{column.name}_{part}", kind) for part, kind in _PARTS]
            else:
                schema.append((column.name, _TYPES.get(column.kind, pa.string())))
        schema += [(item, pa.float64()) for item in self.items if name == "responses"]
        schema += [("source_file", pa.string()), ("source_line", pa.int64()), ("in_period", pa.bool_())]
        known = {key for key, _ in schema}
        rows = [
            {"source_file": f"{name}.csv", "source_line": 2, "in_period": True} | dict(row)
            for row in self.rows[name]
        ]
        assert all(set(row) <= known for row in rows), name
        return self._frame(pa.Table.from_pylist(rows, schema=pa.schema(schema)))

    def lazy_of(self, columns: Mapping[str, Any]) -> Any:
        return self._frame(pa.table(dict(columns)))

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        return self.quarantined.get((table, link), {})

    def _frame(self, arrow: pa.Table) -> Any:
        return nw.from_native(arrow if self.connection is None else self.connection.from_arrow(arrow))


_PARTS = (("at", pa.int64()), ("day", pa.int32()), ("second", pa.int32()))


UNITS = (UnitPlace("U1", ZONE, "DE"), UnitPlace("U2", "America/New_York", "US"))


def context(
    *, as_of: str, policy: str = "", scale: Scale | None = None, units: Sequence[UnitPlace] = UNITS
) -> EscalationContext:
    """Return the shipped policy and calendars for two units, one of them in New York."""
    text = policy or (PARAMS / "policies" / "escalation.yaml").read_text(encoding="utf-8")
    law = load(EscalationPolicy, text, name="escalation.yaml")
    folder = PARAMS / "calendars"
    files = {
        name: load(CalendarFile, (folder / f"{name}.yaml").read_text(encoding="utf-8"), name=name)
        for name in law.calendars
    }
    timed = [rule for rule in law.rules if rule.within]
    hours = {rule.clock: hours_of_rule(rule, files, units, years=range(2024, 2028)) for rule in timed}
    instruments = {"visit": Instrument("visit", (Item("q_overall", "?", scale or Scale(1, 5, 0.5)),))}
    zones = {unit.unit_id: unit.time_zone for unit in units}
    return EscalationContext(law, hours, at(as_of), instruments, zones)
