"""Copies and contradictions: one id on several rows.

Ids that occur once are found by counting hashes, partition by partition, so that memory does not grow
with the table. Only rows whose hash occurs again are compared, by the ids themselves; that rule runs on
any narwhals backend.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from auditlib.evidence.engine import Inbox, Prepared, lazy
from auditlib.evidence.reading import content_hash

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    import pyarrow as pa

_PER_PARTITION = 2_000_000
PLACES = 1 << 40
"""More lines than a file can have: ``source * PLACES + line`` orders rows as they were given."""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Start the list of row identities of one table."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE identities (place BIGINT, mark UBIGINT, key VARCHAR, content UBIGINT)"
    )


def inbox(connection: duckdb.DuckDBPyConnection) -> Inbox:
    """Return where to add rows: ``place``, ``key`` (text; null where there is none), ``content`` (hash)."""
    return Inbox(
        connection,
        "INSERT INTO identities SELECT place, hash(key), key, content FROM arrived WHERE key IS NOT NULL",
    )


class Identities:
    """Adds rows judged by look-up, whose contents are hashed here as the exact query hashes them.

    Parameters
    ----------
    number
        The source.
    columns
        How many cells of a row seldom repeat (``s0``, ``s1`` ...).
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, number: int, columns: int) -> None:
        self._connection = connection
        content = content_hash([f"s{column}" for column in range(columns)], "combined")
        place = f"source_line + {number * PLACES}"
        self._query = f"INSERT INTO identities SELECT {place}, hash(key), key, {content} FROM noted"  # noqa: S608 - numbers and own names only
        self._prepared: Prepared | None = None

    def note(self, rows: pa.Table) -> None:
        """Add rows: ``source_line``, ``key``, ``s0`` ... and ``combined``."""
        if self._prepared is None:
            self._prepared = Prepared(self._connection, self._query, view="noted", records=rows)
        self._prepared.act(rows)

    def close(self) -> None:
        """Forget the prepared query."""
        if self._prepared is not None:
            self._prepared.close()


def repeated(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return, for every row to be quarantined, ``place``, ``key``, ``identical`` and ``first`` (place)."""
    import pyarrow as pa

    found = [
        verdicts(lazy(connection, connection.sql(query))).to_native().to_arrow_table()
        for query in _candidates(connection)
    ]
    return pa.concat_tables(found).sort_by("place")


def _candidates(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield queries for the rows whose id may occur more than once, a share of all ids at a time."""
    total = connection.execute("SELECT count(*) FROM identities").fetchall()[0][0]
    partitions = min(256, 1 + total // _PER_PARTITION)
    for partition in range(partitions):
        chosen = f"mark % {partitions} = {partition}"
        twice = f"SELECT mark FROM identities WHERE {chosen} GROUP BY mark HAVING count(*) > 1"  # noqa: S608 - integers only
        yield f"SELECT place, key, content FROM identities WHERE {chosen} AND mark IN ({twice})"  # noqa: S608 - integers only


def verdicts(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the rows that cannot be kept, among rows whose ids occur more than once.

    The first of identical rows is kept, later ones are copies. Where an id has different contents,
    all its rows are quarantined.

    Parameters
    ----------
    rows
        ``place`` (order of the row), ``key``, ``content``.
    """
    import narwhals as nw

    place, content = nw.col("place"), nw.col("content")
    marked = rows.with_columns(
        identical=place > place.min().over("key", "content"),
        conflicting=content.min().over("key") < content.max().over("key"),
        first=place.min().over("key"),
        first_copy=place.min().over("key", "content"),
    )
    chosen = marked.filter(nw.col("identical") | nw.col("conflicting"))
    first = nw.when(nw.col("identical")).then(nw.col("first_copy")).otherwise(nw.col("first"))
    return chosen.select("place", "key", "identical", first=first)
