"""Days that stand for an unknown one, such as 1900-01-01: counted, and read as empty cells."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from auditlib.evidence.plan import SourcePlan
from auditlib.evidence.unknown_days import dated, placeholder_mark
from auditlib.statements import counted

if TYPE_CHECKING:
    import pyarrow as pa


class Placeholders:
    """Counts the cells of one source that stand for an unknown time, and leaves out rows that need one.

    A row is kept for holding a value in a column: a day that stands for an unknown one is none.
    """

    def __init__(self, plan: SourcePlan) -> None:
        self._fields = dated(plan)
        self._seen = dict.fromkeys(self._fields, 0)
        tests = {test.column: test.words for test in plan.kept if test.filled}
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
        held = f"{counted(cells, 'cell')} of column {column!r} name a day that stands for an unknown one"
        says = f", which says {empty!r}" if empty else ""
        return f"{held}, and count as empty{says}."
