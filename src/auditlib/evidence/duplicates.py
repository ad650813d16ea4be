"""Copies and contradictions: one id on several rows.

Ids that occur once are found by counting, partition by partition, so that memory does not grow with
the table. Only rows whose id occurs again are compared; that rule runs on any narwhals backend.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from auditlib.evidence.engine import lazy

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
        "CREATE OR REPLACE TEMP TABLE identities (place BIGINT, part UTINYINT, key VARCHAR, content UBIGINT)"
    )


def note(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> None:
    """Add rows: ``place``, ``key`` (text; null where the row has none), ``content`` (hash)."""
    connection.register("identified", rows)
    connection.execute(
        "INSERT INTO identities SELECT place, hash(key) % 256, key, content "
        "FROM identified WHERE key IS NOT NULL"
    )
    connection.unregister("identified")


def repeated(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return, for every row to be quarantined, ``place``, ``key``, ``identical`` and ``first`` (place)."""
    import pyarrow as pa

    found = [
        verdicts(lazy(connection, connection.sql(query))).to_native().to_arrow_table()
        for query in _candidates(connection)
    ]
    return pa.concat_tables(found).sort_by("place")


def _candidates(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield queries for the rows whose id occurs more than once, a share of all ids at a time."""
    total = connection.execute("SELECT count(*) FROM identities").fetchall()[0][0]
    partitions = min(256, 1 + total // _PER_PARTITION)
    for partition in range(partitions):
        chosen = f"part % {partitions} = {partition}"
        twice = f"SELECT key FROM identities WHERE {chosen} GROUP BY key HAVING count(*) > 1"  # noqa: S608 - integers only
        yield f"SELECT place, key, content FROM identities WHERE {chosen} AND key IN ({twice})"  # noqa: S608 - integers only


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
