"""Registers that an export names row by row: each key is kept where it is first named.

The rows of an export name the same places over and over. Taken as a register they are no copies and do not
contradict each other: the first sound row of a key stands for it, later ones only name it again. A register
of its own, in another source of the table, goes before what an export names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditlib.evidence.duplicates import PLACES, Identities
from auditlib.evidence.engine import Inbox
from auditlib.evidence.rules import SOUND

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from numpy.typing import NDArray


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Start the list of keys that exports name in one table."""
    connection.execute("CREATE OR REPLACE TEMP TABLE named (place BIGINT, key VARCHAR)")


class Naming:
    """Follows the keys that the rows of one source name.

    Parameters
    ----------
    number
        The source.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, number: int) -> None:
        self._named = Inbox(connection, "INSERT INTO named SELECT * FROM arrived")
        self._number = number
        self.again = 0
        self.nameless = 0

    def first(self, tested: pa.Table) -> NDArray[np.bool_]:
        """Return which of the judged rows go on: the faulty ones, and the first of each key.

        Rows without a key name nothing. Keys of several blocks are settled by `named_again`.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = tested["row__key"]
        nameless = pc.is_null(keys).to_numpy()
        sound = (tested["fault"].to_numpy() == SOUND) & ~nameless
        rows = np.flatnonzero(sound)
        codes = keys.take(pa.array(rows)).combine_chunks().dictionary_encode().indices.to_numpy()
        first = rows[np.unique(codes, return_index=True)[1]]
        going: NDArray[np.bool_] = ~sound & ~nameless
        going[first] = True
        self.nameless += int(nameless.sum())
        self.again += len(rows) - len(first)
        lines = tested["source_line"].take(pa.array(np.sort(first)))
        places = pc.add(lines, pa.scalar(self._number * PLACES, pa.int64()))
        self._named.add(pa.table({"place": places, "key": keys.take(pa.array(np.sort(first)))}))
        return going

    def close(self) -> None:
        """Hand over what is waiting."""
        self._named.flush()


def named_again(connection: duckdb.DuckDBPyConnection, register: Identities) -> pa.ChunkedArray:
    """Return the places of rows whose key an earlier row names, or a register of its own holds."""
    if not connection.execute("SELECT count(*) FROM named").fetchall()[0][0]:
        return _nowhere()
    connection.register("registered", register.keys())
    again = connection.sql(
        "SELECT place FROM (SELECT place, key, row_number() OVER (PARTITION BY key ORDER BY place) AS nth "
        "FROM named) WHERE nth > 1 OR key IN (SELECT key FROM registered) ORDER BY place"
    ).to_arrow_table()["place"]
    connection.unregister("registered")
    return again


def _nowhere() -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array([], pa.int64())
