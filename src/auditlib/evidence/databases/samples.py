"""The beginning of every table and view of a database, to look at before anything is declared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from pydantic import ValidationError

from auditlib.errors import DataError
from auditlib.evidence.databases.addresses import address_of
from auditlib.evidence.databases.columns import CellType, ExtractRequest, columns_of
from auditlib.evidence.databases.rows import MESSAGE, VALUE, gathered, row_schema, rows_of
from auditlib.evidence.databases.snapshots import Snapshot, snapshot
from auditlib.parameters.database import Database

if TYPE_CHECKING:
    import pyarrow as pa

_TIME_OUT = 120


def samples(variable: str, *, rows: int) -> Iterator[tuple[str, pa.Table]]:
    """Yield the tables and views of the database that an environment variable names, by name.

    Those that the user may not read, and those whose name cannot stand in a run file, are passed over.

    Raises
    ------
    ParameterError, DataError
        When the database cannot be reached.
    """
    with closing(snapshot(address_of(variable), time_out=_TIME_OUT)) as shot:
        for relation in shot.relations():
            try:
                database = Database(connection=variable, relation=relation, time_out=_TIME_OUT)
                yield relation, _sample(shot, ExtractRequest(database, relation, (), most=rows))
            except (ValidationError, DataError):
                continue


def _sample(shot: Snapshot, request: ExtractRequest) -> pa.Table:
    import pyarrow as pa

    readable = [column.name for column in shot.offered(request) if column.cell_type is not CellType.BYTES]
    chosen = ExtractRequest(
        request.database, request.label, tuple(dict.fromkeys(readable)), most=request.most
    )
    columns = columns_of(chosen, shot.offered(chosen))
    wanted = [columns[name] for name in chosen.wanted]
    pieces = gathered(shot.lines(chosen, shot.statement(chosen, columns)))
    tables = [rows_of(piece, wanted, expected=count) for piece, count in pieces]
    whole = pa.concat_tables([row_schema(wanted).empty_table(), *tables])
    return whole.drop_columns([VALUE, MESSAGE]).rename_columns(chosen.wanted)
