"""What stands between a reader and the intake: rows that are not of this table left out, columns joined.

Readers yield the columns of a file; a plan may want several of them as one, and not every row. Both are
settled here, block by block and before anything is judged, so that rules see records of one table only.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from auditlib.evidence.plan import Join, Kept, Plan

if TYPE_CHECKING:
    import pyarrow as pa


class Arrangement:
    """Turns blocks of one source into records of its table, and counts what it leaves out.

    Parameters
    ----------
    plan
        The source, with the rows to keep and the columns to join.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._missing = plan.missing
        self.left_out: dict[str, int] = {test.words: 0 for test in plan.kept}

    def arranged(self, records: pa.Table) -> pa.Table:
        """Return the records to be judged: the columns that are wanted, then ``source_line``."""
        if not self._plan.kept and not self._plan.joins:
            return records
        for test in self._plan.kept:
            before = records.num_rows
            records = records.filter(self._passes(records, test))
            self.left_out[test.words] += before - records.num_rows
        for join in self._plan.joins:
            records = records.append_column(join.label, self._joined(records, join))
        return records.select([*self._plan.wanted, "source_line"])

    def _passes(self, records: pa.Table, test: Kept) -> Any:
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

        absent = pa.array(self._missing)
        parts = [as_text(records[name]) for name in join.parts]
        parts = [pc.if_else(pc.is_in(cells, value_set=absent), "", cells) for cells in parts]
        nothing = reduce(pc.and_, [pc.equal(cells, "") for cells in parts])
        return pc.if_else(nothing, "", pc.binary_join_element_wise(*parts, join.between))


def as_text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return cells as text without blanks around them, as they would stand in a file of text.

    Nothing becomes empty text, a whole number has no decimal point, midnight no fraction of a second.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = cells.type
    text = cells.cast(pa.string())
    if pa.types.is_floating(kind):
        whole = pc.and_(pc.equal(cells, pc.floor(cells)), pc.less(pc.abs(cells), float(1 << 53)))
        numbers = pc.if_else(whole, cells, None).cast(pa.int64())
        text = pc.coalesce(numbers.cast(pa.string()), text)
    elif pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
        text = pc.replace_substring_regex(text, r"\.0+(Z?)$", r"\1")
    return pc.utf8_trim_whitespace(pc.fill_null(text, ""))
