"""Interval counts that count one time twice: totals beside their parts, repeated and overlapping intervals.

Two intervals overlap where they do so both as instants and on the clock on the wall: the days on which clocks
change are shorter or longer than their reports say, and an hour that comes twice is two hours.

A row is a total where the shorter intervals inside it, or the queues beside it, add up to it: it alone is
quarantined. Where what overlaps does not add up, nobody can tell what holds, and all of it is. What was
exported on another day restates the past and overlaps nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditlib.contracts import WHOLE_DAY
from auditlib.evidence.duplicates import PLACES
from auditlib.evidence.quarantine import rows_of
from auditlib.records import Reason
from auditlib.time.epoch import DAY, DAY_SECONDS, SECOND

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

TABLE = "interval_counts"
"""The table that is looked through."""
_COLUMNS = ("source_line", "unit_id", "channel", "queue", "starts_at", "starts_day", "starts_second",
            "ended_at", "ended_day", "ended_second", "length", "offered", "exported_on")  # fmt: skip
_TOTAL = "What it counts is counted in shorter intervals too, from {first} on: a row of totals."
_ALL_QUEUES = "What it counts is counted by queue too, from {first} on: a row of totals."
_OVERLAP = "Its time is counted by another row too, first by {first}, and the two do not add up."


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Start the list of intervals."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE spans (place BIGINT, unit VARCHAR, channel VARCHAR, queue VARCHAR, "
        "starts BIGINT, ends BIGINT, wall_starts BIGINT, wall_ends BIGINT, offered BIGINT, "
        "exported BIGINT)"
    )


def note(connection: duckdb.DuckDBPyConnection, rows: pa.Table, number: int) -> None:
    """Add sound rows of source `number`."""
    if not rows.num_rows:
        return
    connection.register("arrived", rows.select(list(_COLUMNS)))
    whole = f"ended_second = {WHOLE_DAY}"
    wall = f"CAST(starts_day AS BIGINT) * {DAY_SECONDS} + greatest(starts_second, 0)"
    until = f"CASE WHEN {whole} THEN {DAY_SECONDS} ELSE ended_second END"
    last = f"CAST(ended_day AS BIGINT) * {DAY_SECONDS} + {until}"
    ended = f"ended_at + CASE WHEN {whole} THEN {DAY} ELSE 0 END"
    connection.execute(
        f"INSERT INTO spans SELECT source_line + {number * PLACES}, unit_id, channel, "  # noqa: S608 - numbers and own names only
        f"coalesce(queue, ''), starts_at, coalesce({ended}, starts_at + length * {SECOND}), {wall}, "
        f"coalesce({last}, {wall} + length), offered, coalesce(exported_on, -1) FROM arrived"
    )
    connection.unregister("arrived")


def doubled(
    connection: duckdb.DuckDBPyConnection, gone: NDArray[np.int64], *, names: Sequence[str]
) -> pa.Table:
    """Return quarantine rows for what counts a time twice; see `quarantine.rows_of`.

    Parameters
    ----------
    gone
        Places of rows that do not stay for another reason.
    names
        Reported name of each source, by its number.
    """
    import pyarrow as pa

    if not connection.execute("SELECT count(*) FROM spans").fetchall()[0][0]:
        return rows_of(())
    connection.register("elsewhere", pa.table({"place": gone}))
    connection.execute("DELETE FROM spans WHERE place IN (SELECT place FROM elsewhere)")
    connection.unregister("elsewhere")
    overlapping = _overlapping("unit, channel, queue, exported")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE beside AS {overlapping}")
    excluded = _taken_out(connection, _totals(), _TOTAL, names)
    beside = f"SELECT place, first FROM ({overlapping})"  # noqa: S608 - own names only
    excluded += _taken_out(connection, beside, _OVERLAP, names)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE across AS {_across()}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE split AS {_BY_QUEUE}")
    excluded += _taken_out(connection, "SELECT place, first FROM split WHERE adds_up", _ALL_QUEUES, names)
    not_adding_up = (
        "SELECT place, first FROM split WHERE NOT adds_up UNION ALL SELECT part, min(across.place) "
        "FROM across JOIN split USING (place) WHERE NOT adds_up GROUP BY part"
    )
    excluded += _taken_out(connection, not_adding_up, _OVERLAP, names)
    return rows_of(excluded)


_Row = tuple[int, str, str, str, str]


def _taken_out(
    connection: duckdb.DuckDBPyConnection, query: str, message: str, names: Sequence[str]
) -> list[_Row]:
    """Return the rows that a query names by place and by the first row beside; they count no more."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE gone AS {query}")
    interval = "strftime(make_timestamp(starts), '%Y-%m-%dT%H:%M:%SZ')"
    rows = connection.execute(
        f"SELECT place, first, concat_ws(' ', unit, channel, nullif(queue, ''), {interval}) "  # noqa: S608 - own names only
        "FROM gone JOIN spans USING (place) ORDER BY place"
    ).fetchall()
    connection.execute("DELETE FROM spans WHERE place IN (SELECT place FROM gone)")
    return [(place, "starts", Reason.OVERLAP.value, value, message.format(first=_where(first, names)))
            for place, first, value in rows]  # fmt: skip


def _where(place: int, names: Sequence[str]) -> str:
    return f"line {place % PLACES} of {names[place // PLACES]}"


def _overlapping(group: str) -> str:
    """Return the query for the rows of a group that overlap, with the first row of their stretch."""
    ordered = f"PARTITION BY {group} ORDER BY starts, place"
    before = f"OVER ({ordered} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    joined = f"starts < max(ends) {before} AND wall_starts < max(wall_ends) {before}"
    fresh = f"SELECT *, CASE WHEN {joined} THEN 0 ELSE 1 END AS fresh FROM spans"  # noqa: S608 - own names only
    stretches = f"SELECT *, sum(fresh) OVER ({ordered}) AS stretch FROM ({fresh})"  # noqa: S608 - own names only
    of = f"PARTITION BY {group}, stretch"
    counted = f"SELECT *, count(*) OVER ({of}) AS many, min(place) OVER ({of}) AS head FROM ({stretches})"  # noqa: S608 - own names only
    every = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
    second = f"nth_value(place, 2) OVER ({of} ORDER BY place {every})"
    first = f"CASE WHEN head = place THEN {second} ELSE head END AS first"
    return f"SELECT *, {first} FROM ({counted}) WHERE many > 1"  # noqa: S608 - own names only


def _by_day(table: str) -> str:
    """Return a query for each row of `table` once for each day that it touches."""
    days = f"range(wall_starts // {DAY_SECONDS}, (wall_ends - 1) // {DAY_SECONDS} + 1)"
    return f"SELECT *, unnest({days}) AS on_day FROM {table}"  # noqa: S608 - own names only


def _totals() -> str:
    """Return the query for rows of which the shorter intervals of one length inside them are the parts."""
    inside = "part.wall_starts >= whole.wall_starts AND part.wall_ends <= whole.wall_ends"
    shorter = "part.wall_ends - part.wall_starts < whole.wall_ends - whole.wall_starts"
    pairs = (
        "SELECT DISTINCT whole.place, whole.offered, part.place AS part, part.offered AS counted, "  # noqa: S608 - own names only
        f"part.wall_ends - part.wall_starts AS size FROM ({_by_day('beside')}) whole "
        f"JOIN ({_by_day('beside')}) part USING (unit, channel, queue, exported, on_day) "
        f"WHERE {inside} AND {shorter}"
    )
    sums = (
        f"SELECT place, any_value(offered) AS offered, sum(counted) AS counted, min(part) AS first "  # noqa: S608 - own names only
        f"FROM ({pairs}) GROUP BY place, size"
    )
    return f"SELECT place, min(first) AS first FROM ({sums}) WHERE counted = offered GROUP BY place"  # noqa: S608 - own names only


def _across() -> str:
    """Return the query for pairs of a row for every queue and a row for one, where they overlap."""
    overlapping = "part.starts < whole.ends AND whole.starts < part.ends"
    on_the_wall = "part.wall_starts < whole.wall_ends AND whole.wall_starts < part.wall_ends"
    every = _by_day("(SELECT * FROM spans WHERE queue = '')")
    queued = _by_day("(SELECT * FROM spans WHERE queue <> '')")
    return (
        "SELECT DISTINCT whole.place, whole.offered, part.place AS part, part.offered AS counted "  # noqa: S608 - own names only
        f"FROM ({every}) whole JOIN ({queued}) part USING (unit, channel, exported, on_day) "
        f"WHERE {overlapping} AND {on_the_wall}"
    )


_BY_QUEUE = (
    "SELECT place, min(part) AS first, sum(counted) = any_value(offered) AS adds_up "
    "FROM across GROUP BY place"
)
