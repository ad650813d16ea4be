"""The law of obligations: what each status means, and that the table expression follows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace
from itertools import product
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.obligations import (
    COLUMNS,
    Case,
    Deviations,
    DutyRule,
    Limit,
    Status,
    assess,
    assess_one,
)
from auditlib.records import Kind

DUE = 1_000


@pytest.mark.parametrize(
    ("case", "as_of", "status"),
    [
        (Case(DUE), DUE - 1, Status.PENDING),
        (Case(DUE), DUE, Status.PENDING),
        (Case(DUE), DUE + 1, Status.MISSING),
        (Case(DUE, DUE - 1), DUE + 9, Status.MET),
        (Case(DUE, DUE), DUE + 9, Status.MET),
        (Case(DUE, DUE + 1), DUE + 9, Status.LATE),
        (Case(DUE, DUE + 10), DUE + 9, Status.MISSING),
        (Case(DUE, DUE - 1), DUE - 2, Status.PENDING),
        (Case(DUE, DUE - 1, right_party=False), DUE + 9, Status.WRONG_PARTY),
        (Case(DUE, DUE + 1, right_party=False), DUE + 9, Status.WRONG_PARTY),
        (Case(DUE, None, right_party=False), DUE + 9, Status.MISSING),
        (Case(DUE, excused_at=DUE - 1), DUE + 9, Status.EXCUSED),
        (Case(DUE, excused_at=DUE), DUE + 9, Status.EXCUSED),
        (Case(DUE, excused_at=DUE + 1), DUE + 9, Status.MISSING),
        (Case(DUE, excused_at=DUE - 5), DUE - 6, Status.PENDING),
        (Case(DUE, DUE - 3, excused_at=DUE - 1), DUE + 9, Status.MET),
        (Case(DUE, DUE + 3, excused_at=DUE - 1), DUE + 9, Status.EXCUSED),
        (Case(None, None), DUE, Status.PENDING),
        (Case(None, 5), DUE, Status.MET),
    ],
)
def test_a_status_just_before_on_and_just_after(case: Case, as_of: int, status: Status) -> None:
    assert assess_one(case, as_of=as_of) is status


@pytest.mark.parametrize(
    ("recorded", "listed", "kind", "status"),
    [
        (DUE, True, Kind.FLEXIBLE, Status.EXCUSED),
        (DUE + 60, True, Kind.FLEXIBLE, Status.EXCUSED),
        (DUE + 61, True, Kind.FLEXIBLE, Status.LATE),
        (DUE, False, Kind.FLEXIBLE, Status.LATE),
        (DUE, True, Kind.RIGID, Status.LATE),
        (DUE, False, Kind.DISCRETIONARY, Status.MET),
    ],
)
def test_only_a_listed_deviation_recorded_at_the_time_excuses(
    recorded: int, listed: bool, kind: Kind, status: Status
) -> None:
    case = Case(DUE, DUE + 500, deviation_at=recorded, deviation_listed=listed)
    assert assess_one(case, as_of=DUE + 900, kind=kind, recorded_within=60) is status


instant = st.one_of(st.none(), st.integers(0, 12))
spans = [st.one_of(st.none(), st.integers(0, 4)) for _ in range(4)]


def spanned(case: Case, widths: tuple[int | None, ...]) -> Case:
    """Return the case with as many instants known by a span as `widths` are given."""
    names = ("due", "done", "excused", "deviation")
    ends = {
        f"{name}_until": at + width
        for name, width in zip(names, widths, strict=True)
        if (at := getattr(case, f"{name}_at")) is not None and width is not None
    }
    return replace(case, **ends)


known = st.builds(Case, instant, instant, st.booleans(), instant, instant, st.booleans())
cases = st.builds(spanned, known, st.tuples(*spans))
ENGINES: dict[str, Callable[[pa.Table], Any]] = {
    "duckdb": lambda table: nw.from_native(duckdb.connect().from_arrow(table)),
    "pyarrow": nw.from_native,
    "pandas": lambda table: nw.from_native(table.to_pandas()),
}


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(
    rows=st.lists(cases, min_size=1, max_size=30),
    as_of=st.integers(0, 12),
    kind=st.sampled_from(Kind),
    grace=st.integers(0, 3),
)
@settings(max_examples=40, deadline=None)
def test_the_table_expression_follows_the_law(
    engine: str, rows: list[Case], as_of: int, kind: Kind, grace: int
) -> None:
    types = [pa.int64(), pa.int64(), pa.bool_(), pa.int64(), pa.int64(), pa.bool_(), *[pa.int64()] * 4]
    columns = [
        pa.array(values, kind_)
        for values, kind_ in zip(zip(*map(astuple, rows), strict=True), types, strict=True)
    ]
    table = pa.table([pa.array(range(len(rows))), *columns], names=["row", *COLUMNS])
    judged = assess(ENGINES[engine](table), as_of=as_of, kind=kind, recorded_within=grace)
    eager = judged.collect() if isinstance(judged, nw.LazyFrame) else judged
    expected = [assess_one(case, as_of=as_of, kind=kind, recorded_within=grace).value for case in rows]
    assert [value for _, value in eager.select("row", "status").sort("row").rows()] == expected


@given(case=cases, as_of=st.integers(0, 12), kind=st.sampled_from(Kind), grace=st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_a_status_is_told_only_where_every_instant_of_the_day_gives_it(
    case: Case, as_of: int, kind: Kind, grace: int
) -> None:
    ranges = []
    for name in ("due", "done", "excused", "deviation"):
        first, last = getattr(case, f"{name}_at"), getattr(case, f"{name}_until")
        ranges.append([first] if first is None or last is None else range(first, last + 1))
    every = {
        assess_one(
            Case(due, done, case.right_party, excused, deviation, case.deviation_listed),
            as_of=as_of, kind=kind, recorded_within=grace,
        )
        for due, done, excused, deviation in product(*ranges)
    }  # fmt: skip
    told = assess_one(case, as_of=as_of, kind=kind, recorded_within=grace)
    assert told is (every.pop() if len(every) == 1 else Status.UNKNOWN)


@pytest.mark.parametrize(
    ("case", "status"),
    [
        (Case(DUE, DUE - 9, done_until=DUE), Status.MET),
        (Case(DUE, DUE - 9, done_until=DUE + 1), Status.UNKNOWN),
        (Case(DUE, DUE + 1, done_until=DUE + 9), Status.LATE),
        (Case(DUE, DUE - 9, done_until=DUE + 1, right_party=False), Status.WRONG_PARTY),
        (Case(DUE, due_until=10**9), Status.UNKNOWN),
        (Case(DUE, DUE - 1, due_until=10**9), Status.MET),
        (Case(DUE, DUE + 1, due_until=10**9), Status.UNKNOWN),
    ],
)
def test_a_day_is_judged_by_its_beginning_and_its_end(case: Case, status: Status) -> None:
    assert assess_one(case, as_of=DUE + 90) is status


def rule(kind: Kind, **more: Any) -> DutyRule:
    return DutyRule(duty="answer", clause="Answer.", cites=("B2",), since="2025-01-01", kind=kind, **more)


LISTED = Deviations(reasons=("storm",), most=0.1)


def test_a_rule_says_what_its_kind_needs_and_no_more() -> None:
    for kind, more in [
        (Kind.RIGID, {"deviations": LISTED}),
        (Kind.FLEXIBLE, {}),
        (Kind.DISCRETIONARY, {}),
        (Kind.RIGID, {"satisfaction": 4.0}),
        (Kind.DISCRETIONARY, {"satisfaction": 4.0, "within": {"every": Limit(hours=1)}}),
    ]:
        with pytest.raises(ValueError, match="rule"):
            rule(kind, **more)
