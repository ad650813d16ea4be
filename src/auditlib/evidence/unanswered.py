"""Which rows of a survey are responses: those in which the customer answered anything.

Survey tools export a row for everybody who opened the questionnaire. A row without a single valid answer
and without a comment is no response in any room: it counts in no rate, opens no duty and reaches no
minimum. Such rows are kept apart, with their number, in the table ``unanswered``. Where a source maps no
question at all, nothing can be told apart and every row stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.contracts import ColumnKind
from auditlib.evidence.plan import SourcePlan

if TYPE_CHECKING:
    import pyarrow as pa

RESPONSES = "responses"
COMMENT = "comment"


def split(rows: pa.Table, plan: SourcePlan) -> tuple[pa.Table, pa.Table]:
    """Return the responses among the canonical rows of a source, and the rows that answer nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mapped = {field.column.name: field.column.kind for field in plan.fields if field.origin}
    questions = [name for name, kind in mapped.items() if kind is ColumnKind.SCORE]
    if plan.target.name != RESPONSES or not questions or not rows.num_rows:
        return rows, rows.slice(0, 0)
    answering = pa.chunked_array([pa.repeat(pa.scalar(value=False), rows.num_rows)])
    for name in questions:
        answering = pc.or_(answering, pc.is_valid(rows[name]))
    if COMMENT in mapped:
        answering = pc.or_(answering, _written(rows[COMMENT]))
    if pc.all(answering).as_py():
        return rows, rows.slice(0, 0)
    return rows.filter(answering), rows.filter(pc.invert(answering))


def _written(comments: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return whether each comment holds more than blanks."""
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(comments.cast(pa.string()))
    return pc.fill_null(pc.greater(pc.utf8_length(trimmed), 0), fill_value=False)
