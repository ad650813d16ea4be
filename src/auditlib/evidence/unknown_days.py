"""Days that stand for an unknown one, such as 1900-01-01, as expressions over typed cells."""

from __future__ import annotations

from auditlib.contracts import ColumnKind
from auditlib.evidence.engine import quoted
from auditlib.evidence.plan import Field, SourcePlan
from auditlib.evidence.stamps import PLACEHOLDERS


def dated(plan: SourcePlan) -> tuple[Field, ...]:
    """Return the fields of days and instants that a column of the source feeds."""
    kinds = (ColumnKind.DAY, ColumnKind.INSTANT)
    return tuple(
        field for field in plan.fields if field.column.kind in kinds and field.origin and not field.after
    )


def placeholder_mark(field: Field) -> str:
    """Return the column that says whether a time stands for an unknown one."""
    return f"{field.column.name}__placeholder"


def emptied(plan: SourcePlan) -> str:
    """Return all columns, times that stand for unknown ones emptied, with a mark for each (see above)."""
    days = [*PLACEHOLDERS, *(day.isoformat() for day in plan.source.dates.placeholders)]
    listed = ", ".join(f"DATE '{day}'" for day in dict.fromkeys(days))
    replaced, marks = [], []
    for field in dated(plan):
        name, instant = field.column.name, field.column.kind is ColumnKind.INSTANT
        parts = [quoted(f"{name}__{part}") for part in ("local", "utc")] if instant else [quoted(name)]
        day = (
            f"make_timestamp(coalesce({', '.join(parts)}))" if instant else f"DATE '1970-01-01' + {parts[0]}"
        )
        stands = f"coalesce(CAST({day} AS DATE) IN ({listed}), FALSE)"
        given = quoted(f"{name}__given")
        replaced += [f"CASE WHEN NOT {stands} THEN {part} END AS {part}" for part in parts]
        replaced.append(f"{given} AND NOT {stands} AS {given}")
        marks.append(f"{stands} AS {quoted(placeholder_mark(field))}")
    return ", ".join([f"* REPLACE ({', '.join(replaced)})", *marks]) if replaced else "*"
