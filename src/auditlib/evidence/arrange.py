"""What stands between a reader and the intake: rows that are not of this table left out, columns joined.

Readers yield the columns of a file; a plan may want several of them as one, and not every row. Both are
settled here, block by block and before anything is judged, so that rules see records of one table only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from auditlib.evidence.blocks import BrokenRecord
from auditlib.evidence.cell_text import as_text
from auditlib.evidence.plan import Join, RowTest, SourcePlan
from auditlib.evidence.sums import EMPTY

if TYPE_CHECKING:
    import pyarrow as pa


_MOST = 1000
"""Cells remembered for which rows of a source were left out."""


class Arrangement:
    """Turns blocks of one source into records of its table, and counts what it leaves out.

    Parameters
    ----------
    plan
        The source, with the rows to keep and the columns to join.
    """

    def __init__(self, plan: SourcePlan) -> None:
        self._plan = plan
        self._missing = plan.missing
        self.left_out: dict[str, int] = {test.words: 0 for test in plan.filters}
        self._others: dict[str, set[str]] = {test.words: set() for test in plan.filters}

    def staying(self, broken: Sequence[BrokenRecord]) -> tuple[BrokenRecord, ...]:
        """Return the broken records that may be of this table; the others are left out and counted.

        A record of which it is not certain what stands where is left out only for a cell that says so by
        itself: one that is listed to be left out, or one for which sound rows were left out.
        """
        return tuple(record for record in broken if not self._fails(record))

    def _fails(self, record: BrokenRecord) -> bool:
        for test in self._plan.filters:
            cell = record.cells.get(test.column)
            if cell is None or self._holds(test, cell.strip(), placed=record.placed):
                continue
            self.left_out[test.words] += 1
            return True
        return False

    def _holds(self, test: RowTest, cell: str, *, placed: bool) -> bool:
        """Return whether a cell passes a test, or whether it passes can not be told."""
        if test.filled is not None:
            return not placed or (cell not in self._missing) == test.filled
        listed = cell in {cell.strip() for cell in test.cells}
        if not test.among:
            return not listed
        return listed or (not placed and cell not in self._others[test.words])

    def arranged(self, records: pa.Table) -> pa.Table:
        """Return the records to be judged: the columns that are wanted, then ``source_line``."""
        import pyarrow.compute as pc

        if not self._plan.filters and not self._plan.joins and self._plan.arranged:
            return records  # where no column is wanted, as in a register of one unit, a file is read whole
        for test in self._plan.filters:
            before = records.num_rows
            passed = self._passes(records, test)
            if test.among:
                self._note_others(records[test.column].filter(pc.invert(passed)), test)
            records = records.filter(passed)
            self.left_out[test.words] += before - records.num_rows
        for join in self._plan.joins:
            records = records.append_column(join.label, self._joined(records, join))
        return records.select([*self._plan.arranged, "source_line"])

    def _note_others(self, cells: pa.ChunkedArray, test: RowTest) -> None:
        """Remember some of the cells for which rows are left out."""
        examples = self._others[test.words]
        if len(examples) < _MOST and len(cells):
            import pyarrow.compute as pc

            examples.update(pc.unique(as_text(cells)).to_pylist()[:_MOST])

    def _passes(self, records: pa.Table, test: RowTest) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = as_text(records[test.column])
        if test.filled is not None:
            empty = pc.is_in(cells, value_set=pa.array(self._missing))
            return pc.invert(empty) if test.filled else empty
        listed = pc.is_in(cells, value_set=pa.array([cell.strip() for cell in test.cells]))
        return listed if test.among else pc.invert(listed)

    def _joined(self, records: pa.Table, join: Join) -> pa.ChunkedArray:
        import pyarrow as pa
        import pyarrow.compute as pc

        parts = [as_text(records[name]) for name in join.parts]
        if join.summed:
            filled = [pc.if_else(pc.equal(cells, ""), EMPTY, cells) for cells in parts]
            return pc.binary_join_element_wise(*filled, join.between)
        absent = pa.array(self._missing)
        parts = [pc.if_else(pc.is_in(cells, value_set=absent), "", cells) for cells in parts]
        nothing = reduce(pc.and_, [pc.equal(cells, "") for cells in parts])
        return pc.if_else(nothing, "", pc.binary_join_element_wise(*parts, join.between))
