"""Copies and contradictions: one id on several rows.

Ids that occur once are found by their hashes, a range of hashes at a time, so that memory does not grow
with the table: everything waits on the disk. Only rows whose hash occurs again are compared, by the ids
themselves; that rule runs on any narwhals backend.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.evidence.engine import PreparedQuery, lazy
from auditlib.evidence.reading import content_hash

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    import pyarrow as pa
    from numpy.typing import NDArray
    from pyarrow import ipc

_PER_PARTITION = 4_000_000
_AT_ONCE = 1 << 20
_SIEVE = 1 << 16
PLACES = 1 << 40
"""More lines than a file can have: ``source * PLACES + line`` orders rows as they were given."""


class Identities:
    """The identities of the rows of one table, on the disk: where each stands, its id, what is in it.

    Whoever makes one closes it.

    Parameters
    ----------
    connection
        The database.
    folder
        Where the files are; they do not outlive the intake.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._marks_file, self._rows_file = folder / "marks", folder / "identities.arrow"
        self._marks = self._marks_file.open("wb")
        self._writer: ipc.RecordBatchFileWriter | None = None
        self._counts: list[int] = []

    def add(self, rows: pa.Table) -> None:
        """Add rows: ``place``, ``key`` (text; null where there is none), ``mark``, ``content`` (hashes)."""
        from pyarrow import ipc

        if rows["key"].null_count:
            rows = rows.filter(rows["key"].is_valid())
        if not rows.num_rows:
            return
        self._marks.write(rows["mark"].to_numpy().tobytes())
        stored = rows.select(["place", "key", "content"]).combine_chunks()
        if self._writer is None:
            self._writer = ipc.new_file(self._rows_file, stored.schema)
        self._writer.write_table(stored)
        self._counts.append(rows.num_rows)

    def close(self) -> None:
        """Forget the rows."""
        with self._marks:
            self._complete()
        self._marks_file.unlink()
        self._rows_file.unlink(missing_ok=True)

    def _complete(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def keys(self) -> pa.RecordBatchReader:
        """Return all ids, as ``key``; from now on there are no more rows to add."""
        import pyarrow as pa

        schema = pa.schema([("key", pa.string())])
        batches = (self._batch(number).select(["key"]) for number in range(len(self._counts)))
        return pa.RecordBatchReader.from_batches(schema, batches)

    def repeated(self) -> pa.Table:
        """Return, per row to be quarantined, ``place``, ``key``, ``identical`` and ``first`` (a place)."""
        import pyarrow as pa

        self._marks.flush()
        compared = [
            verdicts(lazy(self._connection, rows)).to_native().to_arrow_table() for rows in self._candidates()
        ]
        return pa.concat_tables(compared).sort_by("place")

    def _candidates(self) -> Iterator[pa.Table]:
        """Yield the rows whose id may occur more than once; nothing but columns where there are none."""
        yield _nothing()
        for again in self._occurring_again():
            if len(again):
                yield self._rows_with(again)

    def _occurring_again(self) -> Iterator[NDArray[np.uint64]]:
        """Yield the hashes that occur more than once, in ranges that share the hashes among them."""
        ranges = 1 << max(0, (sum(self._counts) // _PER_PARTITION).bit_length())
        shift = np.uint64(64 - (ranges.bit_length() - 1))
        for number in range(ranges):
            chosen = [
                marks if ranges == 1 else marks[marks >> shift == number] for marks in self._all_marks()
            ]
            ordered = np.concatenate([*chosen, np.empty(0, dtype=np.uint64)])
            chosen.clear()
            ordered.sort()
            yield np.unique(ordered[1:][ordered[1:] == ordered[:-1]])

    def _all_marks(self) -> Iterator[NDArray[np.uint64]]:
        with self._marks_file.open("rb") as stream:
            while len(marks := np.fromfile(stream, dtype=np.uint64, count=_AT_ONCE)):
                yield marks

    def _rows_with(self, again: NDArray[np.uint64]) -> pa.Table:
        """Return ``place``, ``key`` and ``content`` of the rows with one of these hashes."""
        import pyarrow as pa

        sieve = np.zeros(_SIEVE, dtype=bool)
        sieve[again % _SIEVE] = True
        chosen = []
        with self._marks_file.open("rb") as stream:
            for number, count in enumerate(self._counts):
                marks = np.fromfile(stream, dtype=np.uint64, count=count)
                likely = np.flatnonzero(sieve[marks % _SIEVE])
                places = likely[np.isin(marks[likely], again)]
                if len(places):
                    chosen.append(self._batch(number).take(pa.array(places)))
        return pa.Table.from_batches(chosen)

    def _batch(self, number: int) -> pa.RecordBatch:
        """Return some rows as they were added; the file is complete once the first are asked for."""
        import pyarrow as pa
        from pyarrow import ipc

        self._complete()
        with pa.OSFile(str(self._rows_file)) as file:
            return ipc.open_file(file).get_batch(number)


class Marker:
    """Hashes the rows of a source that were judged by look-up as the exact query hashes them.

    Parameters
    ----------
    number
        The source.
    columns
        How many cells of a row seldom repeat (``s0``, ``s1`` ...).
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, number: int, columns: int) -> None:
        self._connection, self._number = connection, number
        content = content_hash([f"s{column}" for column in range(columns)], "combined")
        self._query = f"SELECT hash(key) AS mark, {content} AS content, source_line FROM noted"  # noqa: S608 - own names only
        self._prepared: PreparedQuery | None = None

    def marked(self, rows: pa.Table) -> pa.Table:
        """Return identities of rows: ``source_line``, ``key``, ``s0`` ... and ``combined``."""
        if self._prepared is None:
            self._prepared = PreparedQuery(self._connection, self._query, view="noted", records=rows)
        hashes = self._prepared.run(rows)
        if not hashes["source_line"].equals(rows["source_line"]):
            hashes = hashes.sort_by("source_line")  # the database keeps the order as a rule, not by promise
        return identities(self._number, rows["source_line"], rows["key"], hashes)

    def close(self) -> None:
        """Forget the prepared query."""
        if self._prepared is not None:
            self._prepared.close()


def identities(number: int, lines: pa.ChunkedArray, keys: pa.ChunkedArray, hashes: pa.Table) -> pa.Table:
    """Return rows for `Identities`, of the source `number`; `hashes` has ``mark`` and ``content``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = pc.add(lines, pa.scalar(number * PLACES, pa.int64()))
    columns = {"place": place, "key": keys, "mark": hashes["mark"], "content": hashes["content"]}
    return pa.table(columns)


def _nothing() -> pa.Table:
    import pyarrow as pa

    kinds = [("place", pa.int64()), ("key", pa.string()), ("content", pa.uint64())]
    return pa.schema(kinds).empty_table()


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
