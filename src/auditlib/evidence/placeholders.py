"""Days that stand for an unknown one, such as 1900-01-01: told apart, counted, and read as empty cells."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from auditlib.contracts import ColumnKind
from auditlib.evidence.engine import quoted
from auditlib.evidence.plan import Field, SourcePlan
from auditlib.evidence.timestamps import PLACEHOLDERS
from auditlib.statements import counted

if TYPE_CHECKING:
    import pyarrow as pa


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
        filled = quoted(f"{name}__given")
        replaced += [f"CASE WHEN NOT {stands} THEN {part} END AS {part}" for part in parts]
        replaced.append(f"{filled} AND NOT {stands} AS {filled}")
        marks.append(f"{stands} AS {quoted(placeholder_mark(field))}")
    return ", ".join([f"* REPLACE ({', '.join(replaced)})", *marks]) if replaced else "*"


class Placeholders:
    """Counts the cells of one source that stand for an unknown time, and leaves out rows that need one.

    A row is kept for holding a value in a column: a day that stands for an unknown one is none.
    """

    def __init__(self, plan: SourcePlan) -> None:
        self._fields = dated(plan)
        self._seen = dict.fromkeys(self._fields, 0)
        tests = {test.column: test.words for test in plan.filters if test.filled}
        self._needed = {field: tests[field.origin] for field in self._fields if field.origin in tests}
        self.left_out: Counter[str] = Counter()

    def count(self, tested: pa.Table) -> None:
        """Count the cells among judged rows."""
        import pyarrow.compute as pc

        for field in self._fields:
            self._seen[field] += pc.sum(tested[placeholder_mark(field)]).as_py() or 0

    def holding(self, tested: pa.Table, records: pa.Table) -> tuple[pa.Table, pa.Table]:
        """Return judged rows and their records without those that hold no value where one is asked for."""
        import pyarrow.compute as pc

        for field, words in self._needed.items():
            stands = tested[placeholder_mark(field)]
            if many := pc.sum(stands).as_py():
                self.left_out[words] += many
                tested, records = (rows.filter(pc.invert(stands)) for rows in (tested, records))
        return tested, records

    def notes(self) -> list[str]:
        """Return one sentence for each column in which there are any."""
        return [
            self._note(field.origin, field.column.empty, cells)
            for field, cells in self._seen.items()
            if cells
        ]

    def _note(self, column: str, empty: str, cells: int) -> str:
        cells_named = (
            f"{counted(cells, 'cell')} of column {column!r} name a day that stands for an unknown one"
        )
        says = f", which says {empty!r}" if empty else ""
        return f"{cells_named}, and count as empty{says}."
