"""What is no reason to set a row aside: a share of all, a promise that is still open."""

from __future__ import annotations

import narwhals as nw
import pyarrow as pa
import pytest

from auditlib.contracts import TABLES, ColumnKind
from auditlib.evidence.rules import rules


@pytest.mark.parametrize(
    ("value", "broken"),
    [(-0.0001, True), (0.0, False), (0.5, False), (1.0, False), (1.0001, True)],
)
def test_a_share_lies_between_none_and_all(value: float, broken: bool) -> None:
    tables = [
        contract
        for contract in TABLES.values()
        if any(column.kind is ColumnKind.SHARE for column in contract.columns)
    ]
    assert tables
    for contract in tables:
        for rule in rules(contract, instruments={}, parents=(), as_of=0, register=False):
            if rule.message.startswith("a share lies between 0 and 1 (") and rule.column != "box":
                frame = nw.from_native(pa.table({rule.column: [value]}))
                assert frame.select(rule.broken).rows() == [(broken,)]


def test_what_is_still_open_needs_no_end() -> None:
    """An empty cell that says something is no reason to set its row aside."""
    open_ones = [
        (contract.name, column.name)
        for contract in TABLES.values()
        for column in contract.columns
        if column.required and column.empty
    ]
    assert open_ones == []
    assert not next(column for column in TABLES["commitments"].columns if column.name == "done_on").required
