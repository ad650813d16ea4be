"""Cells of any type as the text they would be in a file, and the blanks around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditlib.evidence.plan import SourcePlan

if TYPE_CHECKING:
    import pyarrow as pa


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


_SPACE, _DELETE = 32, 127


def trimmed(records: pa.Table, plan: SourcePlan) -> pa.Table:
    """Return the records without blanks around the cells that are not free text.

    A dictionary is trimmed once per distinct cell; a column without blanks at any edge is left as it is.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in plan.trimmed:
        place = records.schema.get_field_index(name)
        column = records.column(place)
        if pa.types.is_string(column.type):
            if any(map(may_be_padded, column.chunks)):
                records = records.set_column(place, name, pc.utf8_trim_whitespace(column))
        elif pa.types.is_dictionary(column.type):
            chunks = [
                pa.DictionaryArray.from_arrays(chunk.indices, pc.utf8_trim_whitespace(chunk.dictionary))
                for chunk in column.chunks
            ]
            records = records.set_column(place, name, pa.chunked_array(chunks))
    return records


def may_be_padded(cells: pa.Array) -> bool:
    """Whether a cell may begin or end with a blank: none does where all edges are visible ASCII."""
    _, places, text = cells.buffers()
    if text is None or not len(cells):
        return False
    offsets = np.frombuffer(places, dtype=np.int32)[cells.offset : cells.offset + len(cells) + 1]
    body = np.frombuffer(text, dtype=np.uint8)
    begin, end = offsets[:-1], offsets[1:]
    if not (begin < end).all():
        filled = begin < end
        begin, end = begin[filled], end[filled]
    edges = np.concatenate((body[begin], body[end - 1]))
    return not bool(((edges > _SPACE) & (edges < _DELETE)).all())
