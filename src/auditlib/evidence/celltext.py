"""Cells of any type as the text they would be in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
