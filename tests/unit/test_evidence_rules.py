"""The same rules on other engines: what the embedded database decides, Arrow and pandas decide too."""

from __future__ import annotations

from time import process_time

import narwhals as nw
import pyarrow as pa
import pytest

from auditlib.contracts import TABLES, WHOLE_DAY, with_items
from auditlib.evidence.cells import item_cells, months
from auditlib.evidence.duplicates import verdicts
from auditlib.evidence.engine import lazy, memory
from auditlib.evidence.rules import SOUND, Parent, on_scale, rules, with_fault
from auditlib.records import Instrument, Item, Scale

AS_OF = 1_000_000
CONTRACT = with_items(TABLES["responses"], ["q_overall"])
INSTRUMENTS = {
    "transactional": Instrument("transactional", (Item("q_overall", "Overall", Scale(1, 5, 0.5)),)),
    "relationship": Instrument("relationship", (Item("q_overall", "Overall", Scale(0, 10)),)),
    "exit": Instrument("exit", (Item("q_other", "Other", Scale(0, 10)),)),
}
TESTED = rules(
    CONTRACT,
    instruments=INSTRUMENTS,
    parents=(Parent("invitation_id", "invitations"),),
    as_of=AS_OF,
    register=True,
)
GOOD = {
    "response_id": "R", "survey_type": "transactional", "unit_id": "U", "unit__zone__known": 0,
    "submitted_at": 500, "submitted__given": True, "submitted__unread": False, "submitted__skipped": False,
    "submitted__twice": False,
    "submitted_day": 9, "submitted_second": 0, "parent__invitation_id_at": 400,
    "parent__invitation_id_day": 9, "parent__invitation_id_second": 0,
    "anonymous": None, "anonymous__unread": False,
    "q_overall": 4.0, "q_overall__unread": False,
}  # fmt: skip
CASES = [
    ({}, None),
    ({"unit__zone__known": None}, ("unit", "unit_id")),
    ({"unit_id": None, "unit__zone__known": None}, ("unit", "unit_id")),
    ({"submitted__unread": True, "submitted_at": None}, ("time", "submitted")),
    ({"submitted__given": False, "submitted_at": None}, ("time", "submitted")),
    ({"submitted__skipped": True}, ("time", "submitted")),
    ({"submitted__twice": True}, ("time", "submitted")),
    ({"parent__invitation_id_at": 499}, None),
    ({"parent__invitation_id_at": 500}, None),
    ({"parent__invitation_id_at": 501}, ("time", "submitted")),
    ({"parent__invitation_id_at": 501, "submitted_second": WHOLE_DAY}, None),
    ({"parent__invitation_id_at": 501, "parent__invitation_id_second": WHOLE_DAY}, None),
    ({"parent__invitation_id_day": 10, "submitted_second": WHOLE_DAY}, ("time", "submitted")),
    ({"submitted_at": AS_OF - 1}, None),
    ({"submitted_at": AS_OF}, None),
    ({"submitted_at": AS_OF + 1}, ("future", "submitted")),
    ({"q_overall": 0.5}, ("scale", "q_overall")),
    ({"q_overall": 1.0}, None),
    ({"q_overall": 4.5}, None),
    ({"q_overall": 4.25}, ("scale", "q_overall")),
    ({"q_overall": 5.0}, None),
    ({"q_overall": 5.5}, ("scale", "q_overall")),
    ({"q_overall": 9.0, "survey_type": "relationship"}, None),
    ({"q_overall": 9.0, "survey_type": "exit"}, ("scale", "q_overall")),
    ({"q_overall": None, "survey_type": "exit"}, None),
    ({"survey_type": "unheard of"}, ("scale", "survey_type")),
    ({"anonymous__unread": True}, ("scale", "anonymous")),
    ({"response_id": None}, ("key", "response_id")),
    ({"response_id": None, "q_overall": 99.0, "submitted_at": AS_OF + 1}, ("future", "submitted")),
]
SCHEMA = pa.schema(
    [("place", pa.int64())]
    + [
        (name, pa.bool_() if isinstance(value, bool) else pa.float64() if isinstance(value, float)
         else pa.int64() if isinstance(value, int) else pa.bool_() if name == "anonymous" else pa.string())
        for name, value in GOOD.items()
    ]
)  # fmt: skip
ENGINES = ["duckdb", "pyarrow", "pandas"]


def on(engine: str, table: pa.Table) -> nw.LazyFrame:
    """Return a table as a lazy frame of an engine."""
    if engine == "duckdb":
        return lazy(memory(threads=2), table)
    native = (
        table if engine == "pyarrow" else table.to_pandas().convert_dtypes(dtype_backend="numpy_nullable")
    )
    return nw.from_native(native).lazy()


def rows_of(frame: nw.LazyFrame, *order: str) -> list[tuple]:
    """Return the rows of a lazy frame in a fixed order, missing values as None."""
    table = frame.collect().to_arrow()
    return sorted(zip(*(table[name].to_pylist() for name in table.column_names), strict=True), key=repr)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_rule_decides_alike_on_every_engine(engine):
    table = pa.Table.from_pylist([{"place": i, **GOOD, **case} for i, (case, _) in enumerate(CASES)], SCHEMA)
    found = with_fault(on(engine, table), TESTED).select("place", "fault").collect().to_arrow()
    faults = dict(zip(found["place"].to_pylist(), found["fault"].to_pylist(), strict=True))
    for place, (case, expected) in enumerate(CASES):
        fault = faults[place]
        named = None if fault == SOUND else (TESTED[int(fault)].reason.value, TESTED[int(fault)].column)
        assert named == expected, case


@pytest.mark.parametrize("engine", ENGINES)
def test_copies_are_told_from_contradictions_alike(engine):
    rows = [(1, "a", 7), (2, "a", 7), (3, "b", 7), (4, "b", 8), (5, "b", 8), (9, "a", 7)]
    table = pa.table(
        {
            "place": [row[0] for row in rows],
            "key": [row[1] for row in rows],
            "content": pa.array([row[2] for row in rows], pa.uint64()),
        }
    )
    found = rows_of(verdicts(on(engine, table)).select("place", "identical", "first"))
    assert found == [(2, True, 1), (3, False, 3), (4, False, 3), (5, True, 4), (9, True, 1)]


@pytest.mark.parametrize("engine", ENGINES)
def test_cells_are_counted_alike(engine):
    import datetime as dt

    start, end = dt.date(2024, 1, 30), dt.date(2024, 3, 1)
    first = (start - dt.date(1970, 1, 1)).days
    days = [first - 1, first, first + 1, first + 2, first + 31, first + 32, first]
    table = pa.table(
        {
            "unit_id": ["U"] * 7,
            "submitted_day": pa.array(days, pa.int32()),
            "survey_type": ["t"] * 7,
            "q_overall": [4.0, 4.0, 4.0, 4.5, 4.0, 4.0, None],
        }
    )
    frame = on(engine, table)
    calendar = on(engine, months(start, end)) if engine != "duckdb" else None
    if calendar is None:
        connection = memory(threads=2)
        frame, calendar = lazy(connection, table), lazy(connection, months(start, end))
    assert rows_of(item_cells(frame, "q_overall", calendar=calendar)) == [
        ("U", 202401, "t", "q_overall", 4.0, 2),
        ("U", 202402, "t", "q_overall", 4.5, 1),
        ("U", 202403, "t", "q_overall", 4.0, 1),
    ]


@pytest.mark.parametrize(
    ("low", "high", "step", "inside", "outside"),
    [
        (1, 5, 1, [1.0, 3.0, 5.0], [0.0, 0.999999999, 1.5, 5.000000001, 6.0]),
        (1, 5, 0.5, [1.0, 4.5], [4.25, 5.5]),
        (0, 1, 0.1, [0.0, 0.1, 0.3, 0.7, 1.0], [0.15, 1.1, -0.1, 0.300000001]),
        (-1, 1, 0.3, [-1.0, -0.7, 0.2, 0.8], [-0.9, 0.9, 1.0]),
        (0, 1000, 0.0001, [0.0, 0.1234, 333.3333, 999.9999, 1000.0], [0.00005, 333.33333, 1000.0001]),
    ],
)
def test_a_score_stands_on_its_scale_or_not(low, high, step, inside, outside):
    frame = on("pyarrow", pa.table({"score": [*inside, *outside]}))
    began = process_time()
    found = frame.select(on_scale(nw.col("score"), low, high, step)).collect().to_arrow()
    assert process_time() - began < 1
    assert found["score"].to_pylist() == [True] * len(inside) + [False] * len(outside)
