"""Units that a source names otherwise than the register does: by their number, or by their name.

Which way a source names them is declared; nothing is read so that it fits. What several units of the register
share names none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditlib.evidence.engine import memory, quoted

if TYPE_CHECKING:
    import duckdb

    from auditlib.evidence.plan import SourcePlan

UNKNOWN: Mapping[str, str] = MappingProxyType(
    {
        "id": "this unit is not in the register of units",
        "number": "no unit of the register has this number, leading zeros aside, or several have",
        "name": "no unit of the register has this name, or several have",
    }
)
"""What is said of a unit that is not found, by the way it is named."""
_FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "number": ("unit_id", r"regexp_replace({}, '^0*([0-9]+)([.]0+)?$', '\1')"),
        "name": ("name", "lower(trim(regexp_replace({}, '[[:space:]]+', ' ', 'g')))"),
    }
)
"""Column of the register that a unit is found by, and the form in which cells are compared."""
_NO_UNIT = "chr(31)"
"""Before a cell that names no unit: no id of a register begins with it."""


def create(connection: duckdb.DuckDBPyConnection, units: Sequence[str], names: Sequence[str | None]) -> None:
    """Fill a table for each way to name a unit: the form that is compared, and the unit it belongs to."""
    import pyarrow as pa

    register = pa.table({"unit_id": pa.array(units, pa.string()), "name": pa.array(names, pa.string())})
    connection.register("registered", register)
    for way, (column, form) in _FORMS.items():
        connection.execute(
            f"CREATE OR REPLACE TABLE units_by_{way} AS SELECT {form.format(column)} AS named, "  # noqa: S608 - own names only
            "min(unit_id) AS unit FROM registered WHERE named IS NOT NULL GROUP BY named HAVING count(*) = 1"
        )
    connection.unregister("registered")


def readings(cells: Collection[str], register: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return how many of some cells name one unit, by each way to name them, as the intake would find them.

    Parameters
    ----------
    cells
        Different cells.
    register
        Id and name of each unit; the name may be empty.

    Examples
    --------
    >>> readings(["7", "York"], [("007", "York"), ("008", "Leeds")])
    {'id': 0, 'number': 1, 'name': 1}
    """
    import pyarrow as pa

    units = list(register)
    ids = Counter(unit for unit, _ in units)
    counts = {"id": sum(ids[cell] == 1 for cell in cells)}
    with closing(memory(threads=1)) as connection:
        create(connection, [unit for unit, _ in units], [name or None for _, name in units])
        connection.register("cells", pa.table({"cell": pa.array(cells, pa.string())}))
        for way, (_, form) in _FORMS.items():
            query = f"SELECT count(*) FROM cells JOIN units_by_{way} ON named = {form.format('cell')}"  # noqa: S608 - own names only
            (counts[way],) = connection.sql(query).fetchall()[0]
    return counts


def with_units(query: str, plan: SourcePlan) -> str:
    """Return the query for the texts of a source, its units by the ids of the register.

    Parameters
    ----------
    query
        SELECT of the texts as written, ``t__<column>`` each.
    """
    way = plan.source.units_by
    if way == "id":
        return query
    for field in plan.fields:
        if field.column.references == "units" and field.fed:
            text = quoted(f"t__{field.column.name}")
            form = _FORMS[way][1].format(text)
            query = (
                f"SELECT * EXCLUDE (named, unit) REPLACE (coalesce(unit, {_NO_UNIT} || {text}) AS {text}) "  # noqa: S608 - every part is quoted where it is made
                f"FROM ({query}) LEFT JOIN units_by_{way} ON named = {form}"
            )
    return query
