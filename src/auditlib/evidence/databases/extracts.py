"""Rows of databases, copied once in one snapshot; intake reads the copy as it reads a client's Parquet file.

A copy is made because a hash of what was read must be known before evidence gets its name, and because a
client's database should be asked for as short a time as can be. It holds the mapped columns alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.errors import DataError, Problem
from auditlib.evidence.blocks import Block, BrokenRecord
from auditlib.evidence.cell_text import as_text
from auditlib.evidence.columnar import columnar_blocks
from auditlib.evidence.databases.addresses import address_of
from auditlib.evidence.databases.columns import ExtractRequest, Offered, columns_of
from auditlib.evidence.databases.rows import MESSAGE, VALUE, gathered, place, row_schema, rows_of
from auditlib.evidence.databases.snapshots import Snapshot, snapshot
from auditlib.evidence.drafts import draft
from auditlib.statements import counted

if TYPE_CHECKING:
    import pyarrow as pa

    from auditlib.evidence.plan import SourcePlan


@dataclass(frozen=True, slots=True)
class Extract:
    """What was read from one table, view or query.

    Parameters
    ----------
    path
        The copy.
    connection
        The environment variable that held the address.
    engine
        Name and version of the database.
    statement
        The query that was read.
    rows, size, sha256
        Rows, and bytes and hash of their lines.
    steady
        Whether nothing that was written meanwhile can be among them.
    """

    path: Path
    connection: str
    engine: str
    statement: str
    rows: int
    size: int
    sha256: str
    steady: bool

    def described(self, name: str) -> dict[str, Any]:
        """Return what the description of the evidence holds of it."""
        return {
            "source": name,
            "connection": self.connection,
            "engine": self.engine,
            "statement": self.statement,
            "rows": self.rows,
            "sha256": self.sha256,
            "time_zone": "UTC",
            "snapshot": self.steady,
        }


@contextmanager
def extracts(
    plans: Sequence[SourcePlan], names: Sequence[str], *, store: Path, progress: Callable[[str], None]
) -> Iterator[dict[int, Extract]]:
    """Copy what the sources in databases hold; all tables of one connection as they are at one moment.

    Yields the copies by the number of their source; they vanish on leaving.

    Raises
    ------
    ParameterError
        When an environment variable is not set, or holds no address.
    DataError
        With everything the databases refuse.
    """
    requests: dict[str, dict[int, ExtractRequest]] = {}
    for plan in plans:
        if plan.source.database is not None:
            request = ExtractRequest(plan.source.database, names[plan.number], plan.read)
            requests.setdefault(plan.source.database.connection, {})[plan.number] = request
    if not requests:
        yield {}
        return
    with draft(store, "extract") as folder:
        copies: dict[int, Extract] = {}
        for of_one in requests.values():
            copies |= _of_one_database(of_one, folder, progress)
        yield copies


def _of_one_database(
    requests: dict[int, ExtractRequest], folder: Path, progress: Callable[[str], None]
) -> dict[int, Extract]:
    longest = max(request.database.time_out for request in requests.values())
    address = address_of(next(iter(requests.values())).database.connection)
    with closing(snapshot(address, time_out=longest)) as shot:
        columns = _all_columns(shot, requests)
        copies = {}
        for number, request in requests.items():
            copies[number] = _copied(shot, request, columns[number], folder / f"{number}.parquet")
            progress(f"{request.label}: {counted(copies[number].rows, 'row')} read from {shot.engine}")
    return copies


def _all_columns(shot: Snapshot, requests: dict[int, ExtractRequest]) -> dict[int, dict[str, Offered]]:
    """Return the columns of every source before a row is read; all that is wrong is said at once."""
    columns, problems = {}, list[Problem]()
    for number, request in requests.items():
        try:
            columns[number] = columns_of(request, shot.offered(request))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems)
    return columns


def _copied(shot: Snapshot, request: ExtractRequest, columns: dict[str, Offered], path: Path) -> Extract:
    from pyarrow import parquet

    wanted = [columns[name] for name in request.wanted]
    statement = shot.statement(request, columns)
    digest, rows, size = hashlib.sha256(), 0, 0
    with (
        closing(gathered(shot.lines(request, statement))) as pieces,
        parquet.ParquetWriter(path, row_schema(wanted), compression="zstd", compression_level=1,
                              write_page_checksum=True) as writer,
    ):  # fmt: skip
        for piece, count in pieces:
            digest.update(piece)
            writer.write_table(rows_of(piece, wanted, expected=count))
            rows, size = rows + count, size + len(piece)
    connection, steady = request.database.connection, shot.steady(request)
    return Extract(path, connection, shot.engine, statement, rows, size, digest.hexdigest(), steady)


def extract_blocks(
    path: Path, *, name: str, wanted: Sequence[str], repetitive: frozenset[str], threads: int
) -> Iterator[Block]:
    """Yield the rows of a copy; those with a cell that its type cannot hold are broken records."""
    places = [place(index) for index in range(len(wanted))]
    often = frozenset(at for at, column in zip(places, wanted, strict=True) if column in repetitive)
    blocks = columnar_blocks(
        path, name=name, wanted=[*places, VALUE, MESSAGE], repetitive=often, threads=threads
    )
    for block in blocks:
        yield _split(block.records, wanted)


def _split(records: pa.Table, wanted: Sequence[str]) -> Block:
    import pyarrow.compute as pc

    whole = records.drop_columns([VALUE, MESSAGE]).rename_columns([*wanted, "source_line"])
    at_fault = records[MESSAGE].is_valid()
    if not pc.any(at_fault).as_py():
        return Block(whole)
    rows = records.filter(at_fault).select(["source_line", VALUE, MESSAGE]).to_pylist()
    faulty = whole.filter(at_fault).select(list(wanted))
    # A cell that its type cannot hold is empty here, so that an empty one may be any.
    cells = [
        {name: text for name, text in zip(wanted, texts, strict=True) if text}
        for texts in zip(*(as_text(column).to_pylist() for column in faulty.columns), strict=True)
    ]
    broken = tuple(
        BrokenRecord(row["source_line"], row[VALUE], row[MESSAGE], read)
        for row, read in zip(rows, cells, strict=True)
    )
    return Block(whole.filter(records[MESSAGE].is_null()), broken)
