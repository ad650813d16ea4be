"""Every way in which a deadline, what was done, a release and a deviation can meet, as law and as table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from itertools import product
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa
import pytest

from auditlib.obligations import COLUMNS, Case, assess, assess_one
from auditlib.records import Kind

BEFORE, DUE, AFTER = 5, 6, 7
GRACE = 2
CASES = [
    Case(due, done, party, excused, deviation, listed)
    for due, done, party, excused, deviation, listed in product(
        (None, DUE),
        (None, BEFORE, DUE, AFTER),
        (True, False),
        (None, BEFORE, DUE, AFTER),
        (None, DUE, DUE + GRACE, DUE + GRACE + 1),
        (True, False),
    )
]
"""Just before, on and just after: drawn at random, instants that are the same are rare."""
ENGINES: dict[str, Callable[[pa.Table], Any]] = {
    "duckdb": lambda table: nw.from_native(duckdb.connect().from_arrow(table)),
    "pyarrow": nw.from_native,
    "pandas": lambda table: nw.from_native(table.to_pandas()),
}


def as_table() -> pa.Table:
    types = (pa.int64(), pa.int64(), pa.bool_(), pa.int64(), pa.int64(), pa.bool_())
    values = list(zip(*map(astuple, CASES), strict=True))[: len(types)]
    columns = [pa.array(column, kind) for column, kind in zip(values, types, strict=True)]
    return pa.table([pa.array(range(len(CASES))), *columns], names=["row", *COLUMNS[: len(types)]])


@pytest.mark.parametrize("as_of", [BEFORE, DUE, AFTER, DUE + GRACE, DUE + GRACE + 1])
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_the_table_expression_follows_the_law_at_every_boundary(engine: str, kind: Kind, as_of: int) -> None:
    judged = assess(ENGINES[engine](as_table()), as_of=as_of, kind=kind, recorded_within=GRACE)
    eager = judged.collect() if isinstance(judged, nw.LazyFrame) else judged
    told = [status for _, status in eager.select("row", "status").sort("row").rows()]
    for case, status in zip(CASES, told, strict=True):
        law = assess_one(case, as_of=as_of, kind=kind, recorded_within=GRACE)
        assert status == law.value, (case, as_of, kind)
