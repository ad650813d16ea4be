"""Database tables as blocks of records; the address comes from a named environment variable."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from auditlib.errors import DataError, ParameterError, Problem
from auditlib.evidence.blocks import Block
from auditlib.evidence.headers import checked_header
from auditlib.evidence.spreadsheets import cell_text

if TYPE_CHECKING:
    from auditlib.parameters.run import Database

_BLOCK_ROWS = 50_000


def database_file(database: Database) -> Path:
    """Return the SQLite file that the named environment variable points to.

    Raises
    ------
    ParameterError
        When the variable is not set.
    DataError
        When the address is of a database this installation cannot read, or the file does not exist.
    """
    address = os.environ.get(database.connection, "")
    if not address:
        raise ParameterError(
            Problem(
                f"the environment variable {database.connection} is not set.",
                remedy="Set it to the address of the database, for example sqlite:///client.db.",
            )
        )
    scheme, _, rest = address.partition(":")
    if scheme != "sqlite":
        raise DataError(
            Problem(
                f"{database.connection} holds a {scheme!r} address, which needs the 'postgres' extra.",
                remedy="Use a sqlite: address, or export the table to CSV or Parquet.",
            )
        )
    path = Path(rest[3:] if rest.startswith("///") else rest)
    if not path.is_file():
        raise DataError(
            Problem(
                f"the database named by {database.connection} does not exist.", remedy="Correct the address."
            )
        )
    return path


def database_blocks(path: Path, *, relation: str, name: str, wanted: Sequence[str]) -> Iterator[Block]:
    """Yield the records of one table or view, as text, in the order of all their columns.

    Raises
    ------
    DataError
        When the relation cannot be read or lacks a wanted column.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            yield from _blocks(connection, relation=relation, name=name, wanted=wanted)
    except sqlite3.Error as error:
        raise DataError(
            Problem(
                f"the table cannot be read ({error}).", file=name, remedy="Correct 'relation' or the address."
            )
        ) from error


def _blocks(
    connection: sqlite3.Connection, *, relation: str, name: str, wanted: Sequence[str]
) -> Iterator[Block]:
    import pyarrow as pa

    source = ".".join(_quoted(part) for part in relation.split("."))
    probe = connection.execute(f"SELECT * FROM {source} LIMIT 0")  # noqa: S608 - identifiers are quoted
    header = checked_header([column[0] for column in probe.description], wanted, file=name)
    columns = list(dict.fromkeys(wanted))
    order = ", ".join(str(position) for position in range(1, len(header) + 1))
    cursor = connection.execute(f"SELECT * FROM {source} ORDER BY {order}")  # noqa: S608 - identifiers are quoted
    places = [header.index(column) for column in columns]
    line = 1
    while rows := cursor.fetchmany(_BLOCK_ROWS):
        arrays = [pa.array([cell_text(row[place]) for row in rows], pa.string()) for place in places]
        table = pa.table(dict(zip(columns, arrays, strict=True)))
        yield Block(table.append_column("source_line", pa.array(range(line, line + len(rows)), pa.int64())))
        line += len(rows)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
