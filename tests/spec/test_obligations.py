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
from law_page import CaseTable, LawPage, Row

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

LAW = LawPage(
    "Statuses",
    """
    An obligation is what is owed after a trigger. Its status, seen from an instant, is *met*, *late*,
    *missing*, *wrong_party*, *pending*, *excused* or *unknown*: met is done by the right party no later
    than the deadline, on it included; what happens after the instant it is seen from is not known yet.
    Deadlines, parties and kinds stand in `params/policies`; what each status means is the law of
    `src/auditlib/obligations` (requirements B2 and E1 to E7). It is written twice, for one case and as a
    table expression, and both are held to these cases. Times are of one day; "just before" and "just after"
    are a microsecond away.
    """,
)
IN_TIME = LAW.table(
    "In time, late, missing or pending",
    """
    The deadline is the last instant at which it may be done.

    due   | done              | seen from         | status  | because
    ------+-------------------+-------------------+---------+------------------------------------
    12:00 | -                 | just before 12:00 | pending | there is time yet
    12:00 | -                 | 12:00             | pending | it may be done at this very instant
    12:00 | -                 | just after 12:00  | missing | the deadline has passed
    12:00 | just before 12:00 | 18:00             | met     | done before the deadline
    12:00 | 12:00             | 18:00             | met     | done on the deadline
    12:00 | just after 12:00  | 18:00             | late    | done after the deadline
    12:00 | 18:00             | 18:00             | late    | known at this very instant
    12:00 | just after 18:00  | 18:00             | missing | not known yet
    12:00 | 11:00             | 10:00             | pending | not known yet
    -     | -                 | 18:00             | pending | there is no deadline to pass
    -     | 09:00             | 18:00             | met     | there is no deadline to miss
    """,
)
PARTIES = LAW.table(
    "By whom it was done",
    """
    Done by, or in the presence of, the wrong people is not done in time, and not late either.

    due   | done              | right party | seen from | status      | because
    ------+-------------------+-------------+-----------+-------------+-------------------------------
    12:00 | just before 12:00 | no          | 18:00     | wrong_party | in time and by the wrong party
    12:00 | just after 12:00  | no          | 18:00     | wrong_party | who comes before when
    -     | 09:00             | no          | 18:00     | wrong_party | nor does it need a deadline
    12:00 | -                 | no          | 18:00     | missing     | nobody did it
    12:00 | -                 | no          | 10:00     | pending     | nobody had to yet
    12:00 | 08:00 to 15:00    | no          | 18:00     | wrong_party | whenever it was
    12:00 | 11:00             | unknown     | 18:00     | unknown     | unknown is not right
    12:00 | 13:00             | unknown     | 18:00     | unknown     | late or by the wrong party
    12:00 | -                 | unknown     | 18:00     | missing     | nobody did it, whoever had to
    12:00 | -                 | unknown     | 10:00     | pending     | nobody had to yet
    """,
)
RELEASED = LAW.table(
    "Released by the customer",
    """
    A customer who declines in time, and before it was done, releases the party.

    due   | done             | released          | seen from | status  | because
    ------+------------------+-------------------+-----------+---------+-------------------------------
    12:00 | -                | just before 12:00 | 18:00     | excused | in time
    12:00 | -                | 12:00             | 18:00     | excused | on the deadline is in time
    12:00 | -                | just after 12:00  | 18:00     | missing | it was missing by then
    12:00 | -                | 11:00             | 10:00     | pending | not known yet
    12:00 | -                | 11:00             | 11:00     | excused | known at this very instant
    12:00 | 10:00            | 11:00             | 18:00     | met     | it was done before the release
    12:00 | 11:00            | 11:00             | 18:00     | met     | done at the same instant
    12:00 | just after 11:00 | 11:00             | 18:00     | excused | released before it was done
    12:00 | 13:00            | 11:00             | 18:00     | excused | no longer owed, so not late
    -     | -                | 11:00             | 18:00     | excused | no deadline: always in time
    """,
)
DEVIATIONS = LAW.table(
    "A deviation that counts",
    """
    A flexible standard is departed from for a listed reason, recorded at the time: here until an hour after
    the deadline. A rigid one is not departed from; a discretionary one has no time test.

    kind          | due   | done  | recorded          | listed  | seen from | status  | because
    --------------+-------+-------+-------------------+---------+-----------+---------+----------------------
    flexible      | 12:00 | 15:00 | 12:00             | yes     | 18:00     | excused | recorded at the time
    flexible      | 12:00 | -     | 12:00             | yes     | 18:00     | excused | done or not
    flexible      | 12:00 | 15:00 | just before 13:00 | yes     | 18:00     | excused | just within the hour
    flexible      | 12:00 | 15:00 | 13:00             | yes     | 18:00     | excused | on the hour
    flexible      | 12:00 | 15:00 | just after 13:00  | yes     | 18:00     | late    | after the hour
    flexible      | 12:00 | 15:00 | 12:00             | no      | 18:00     | late    | on no list
    flexible      | 12:00 | 15:00 | 12:00             | unknown | 18:00     | late    | listed or not?
    flexible      | 12:00 | -     | -                 | no      | 18:00     | missing | nothing was recorded
    flexible      | 12:00 | -     | 12:30             | yes     | 12:15     | missing | not recorded yet
    flexible      | 12:00 | 11:00 | 12:00             | yes     | 18:00     | met     | done in time
    rigid         | 12:00 | 15:00 | 12:00             | yes     | 18:00     | late    | nothing excuses
    discretionary | 12:00 | 15:00 | -                 | no      | 18:00     | met     | there is no time test
    discretionary | 12:00 | -     | -                 | no      | 18:00     | pending | nor does it ever pass
    """,
)
BY_DAY = LAW.table(
    "Where only a span is known",
    """
    Of some events only the day is known. The status is the one that every instant of the span gives; where
    they give several it is unknown, and counts on neither side.

    due            | done                      | seen from | status  | because
    ---------------+---------------------------+-----------+---------+------------------------
    12:00          | 08:00 to 12:00            | 18:00     | met     | in time at the latest
    12:00          | 08:00 to just after 12:00 | 18:00     | unknown | in time, or late
    12:00          | just after 12:00 to 15:00 | 18:00     | late    | late at the earliest
    12:00          | 08:00 to 15:00            | 10:00     | unknown | done, or to be done yet
    12:00 to 20:00 | -                         | 18:00     | unknown | missing, or pending
    12:00 to 17:00 | -                         | 18:00     | missing | the deadline has passed
    12:00 to 17:00 | 11:00                     | 18:00     | met     | before all deadlines
    12:00 to 17:00 | 14:00                     | 18:00     | unknown | in time for some
    12:00 to 17:00 | 17:30                     | 18:00     | late    | after all deadlines
    """,
)
BY_DAY_EXCUSED = LAW.table(
    "Where only the span of what excuses is known",
    """
    The same holds for releases and deviations.

    kind     | due   | done  | released       | recorded       | listed | seen from | status  | because
    ---------+-------+-------+----------------+----------------+--------+-----------+---------+---------------
    flexible | 12:00 | -     | 08:00 to 12:00 | -              | no     | 18:00     | excused | in time
    flexible | 12:00 | -     | 08:00 to 13:00 | -              | no     | 18:00     | unknown | in time or not
    flexible | 12:00 | 15:00 | -              | 08:00 to 13:00 | yes    | 18:00     | excused | in time
    flexible | 12:00 | 15:00 | -              | 08:00 to 14:00 | yes    | 18:00     | unknown | then or not
    rigid    | 12:00 | 15:00 | -              | 08:00 to 14:00 | yes    | 18:00     | late    | none counts
    """,
)
HOUR = 3_600_000_000
NEXT = {"just before ": -1, "just after ": 1}


def instant_of(text: str) -> int:
    """Return the microsecond of the day at, just before or just after a time of day."""
    word = next((word for word in NEXT if text.startswith(word)), "")
    hours, minutes = map(int, text.removeprefix(word).split(":"))
    return (hours * 60 + minutes) * 60_000_000 + NEXT.get(word, 0)


def span_of(cell: str) -> tuple[int | None, int | None]:
    """Return an instant, or first and last where only a span is known; nothing where there is a dash."""
    first, _, last = cell.partition(" to ")
    return (None if cell == "-" else instant_of(first)), (instant_of(last) if last else None)


ANSWERS = {"yes": True, "no": False, "unknown": None}
INSTANTS = {"due": "due", "done": "done", "released": "excused", "recorded": "deviation"}
FLAGS = {"right party": "right_party", "listed": "deviation_listed"}


def columns_of(row: Row) -> dict[str, Any]:
    """Return what a row says of its case, as columns of the table form."""
    known: dict[str, Any] = {FLAGS[name]: ANSWERS[row[name]] for name in FLAGS if name in row}
    for name, stem in INSTANTS.items():
        if name in row:
            known[f"{stem}_at"], known[f"{stem}_until"] = span_of(row[name])
    return known


def case_of(row: Row) -> Case:
    """Return the case of a row; an instant that is not known is none."""
    known = {
        name: value for name, value in columns_of(row).items() if value is not None or name == "right_party"
    }
    return Case(**{"due_at": None, **known})


def setting(row: Row) -> tuple[int, Kind]:
    return instant_of(row["seen from"]), Kind(row.get("kind", "rigid"))


@pytest.mark.parametrize("table", LAW.tables, ids=lambda table: table.title)
def test_the_law_says_what_the_table_says(table: CaseTable) -> None:
    found = []
    for row in table.rows:
        as_of, kind = setting(row)
        found.append(assess_one(case_of(row), as_of=as_of, kind=kind, recorded_within=HOUR))
    assert found == table["status"]


@pytest.mark.parametrize("engine", ["duckdb", "pyarrow", "pandas"])
@pytest.mark.parametrize("table", LAW.tables, ids=lambda table: table.title)
def test_the_table_expression_says_what_the_table_says(engine: str, table: CaseTable) -> None:
    """Every line stands in one frame; a frame is judged from one instant and by one kind."""
    frame = pa.table({"row": range(len(table.rows))} | arrow_columns([columns_of(row) for row in table.rows]))
    for as_of, kind in dict.fromkeys(map(setting, table.rows)):
        told = judged(engine, frame, as_of=as_of, kind=kind, recorded_within=HOUR)
        for row, status in zip(table.rows, told, strict=True):
            if setting(row) == (as_of, kind):
                assert status == row["status"], row


def arrow_columns(cases: list[dict[str, Any]]) -> dict[str, pa.Array]:
    return {
        name: pa.array(
            [case[name] for case in cases], pa.int64() if "_at" in name or "_until" in name else pa.bool_()
        )
        for name in cases[0]
    }


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


known = st.builds(
    Case, instant, instant, st.one_of(st.none(), st.booleans()), instant, instant, st.booleans()
)
cases = st.builds(spanned, known, st.tuples(*spans))
ENGINES: dict[str, Callable[[pa.Table], Any]] = {
    "duckdb": lambda table: nw.from_native(duckdb.connect().from_arrow(table)),
    "pyarrow": nw.from_native,
    "pandas": lambda table: nw.from_native(table.to_pandas()),
}


def judged(engine: str, table: pa.Table, **how: Any) -> list[str]:
    """Return the statuses of the rows of `table`, by the table expression on an engine."""
    found = assess(ENGINES[engine](table), **how)
    eager = found.collect() if isinstance(found, nw.LazyFrame) else found
    return [status for _, status in eager.select("row", "status").sort("row").rows()]


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
    expected = [assess_one(case, as_of=as_of, kind=kind, recorded_within=grace) for case in rows]
    assert judged(engine, table, as_of=as_of, kind=kind, recorded_within=grace) == expected


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
