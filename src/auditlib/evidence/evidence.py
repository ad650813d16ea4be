"""The evidence of one audit, as every other room reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.contracts import TABLES
from auditlib.contracts.intervals import INTERVAL_COUNTS, QUARANTINED_INTERVALS
from auditlib.errors import ParameterError, Problem
from auditlib.evidence.parquet_files import frame_of, verified_dataset
from auditlib.evidence.pseudonym_key import read_secret
from auditlib.records import Basis, Instrument, SourceTotals

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    import pandas as pd
    from pyarrow import compute

CELLS, QUARANTINE, SOURCES = "cells", "quarantine", "sources"
QUARANTINED_LINKS = "quarantined_links"
"""Cases that rows in quarantine name; see `quarantined_links`."""
UNANSWERED = "unanswered"
"""Rows of surveys in which nothing is answered; see `answered.split`."""

ANSWER_ROWS = "answer_rows"
"""Of files in long form: the lines that each kept response was made of."""


@dataclass(frozen=True)
class Evidence:
    """The canonical tables of one audit, with hashes, row counts and the quarantine.

    Parameters
    ----------
    directory
        Where it is stored.
    key
        Content address: the same inputs and parameters give the same key.
    totals
        Control totals, one entry per source, in the order of the run file.
    tables
        Canonical tables it holds.
    instruments
        Declared instruments by survey type.
    notes
        What an auditor should know about the intake, as sentences.
    threads
        Threads for lazy frames.
    """

    directory: Path
    key: str
    totals: tuple[SourceTotals, ...]
    tables: tuple[str, ...]
    instruments: Mapping[str, Instrument]
    notes: tuple[str, ...] = ()
    threads: int = field(default=2, compare=False)

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return a table as a lazy frame: a canonical one, or what is stored beside them.

        Lazy frames of one evidence stand on one connection, so that they can be joined.
        """
        from auditlib.evidence.engine import lazy

        path = self._path(table)
        if path not in self._frames:
            self._frames[path] = lazy(self._connection, verified_dataset(path))
        return self._frames[path]

    def lazy_of(self, columns: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        """Return a small table made in memory (a calendar, roles), to be joined with `lazy` ones."""
        import pyarrow as pa

        from auditlib.evidence.engine import lazy

        return lazy(self._connection, pa.table(dict(columns)))

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        from auditlib.evidence.engine import memory

        return memory(threads=self.threads)

    @cached_property
    def _frames(self) -> dict[Path, nw.LazyFrame[Any]]:
        """Tables opened before: to open one again takes as long as many a question asked of it."""
        return {}

    def frame(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: Sequence[tuple[str, str | int | float | bool]] = (),
    ) -> pd.DataFrame:
        """Return a table as a pandas frame, in the order of the client's files.

        Parameters
        ----------
        table
            Canonical table, ``cells`` or ``quarantine``.
        columns
            Columns wanted; all where None.
        where
            Equalities the rows must satisfy.
        """
        stored = verified_dataset(self._path(table))
        self._check_columns(table, [*(columns or ()), *(name for name, _ in where)], stored.schema.names)
        chosen = list(columns) if columns is not None else None
        chosen_rows = stored.to_table(columns=chosen, filter=_condition(where), use_threads=False)
        return frame_of(chosen_rows)

    def cells(self) -> pd.DataFrame:
        """Return the cells: ``unit_id, month, survey_type, item, score, n``, inside the period only."""
        return self.frame(CELLS)

    def quarantine(self) -> pd.DataFrame:
        """Return the quarantine: ``table, file, line, column, reason, value, message``."""
        return self.frame(QUARANTINE)

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        """Return the cases that rows of `table` in quarantine name in column `link`, each with the reason."""
        rows = self.frame(QUARANTINED_LINKS, where=(("table", table), ("column", link)))
        return dict(zip(rows["id"], rows["reason"], strict=True))

    def count(self, basis: Basis) -> int:
        """Return how many rows `basis` selects; with a column, those in which it is not empty."""
        if basis.table == SOURCES:
            return len(self._sources(basis.where))
        stored = verified_dataset(self._path(basis.table))
        names = [name for name, _ in basis.where] + ([basis.column] if basis.column else [])
        self._check_columns(basis.table, names, stored.schema.names)
        return int(stored.count_rows(filter=_condition(basis.where, filled=basis.column)))

    def crossed(
        self, table: str, columns: Sequence[str], filled: Sequence[str]
    ) -> Iterator[tuple[tuple[Any, ...], tuple[bool, ...], int]]:
        """Yield how many rows have which values of `columns`, and which of `filled` they have."""
        import narwhals as nw

        tests = [(~nw.col(name).is_null()).alias(f"{name} filled") for name in filled]
        keys = [*columns, *(f"{name} filled" for name in filled)]
        whole, size = self.lazy(table), nw.len().alias("rows")
        counted = whole.select(*columns, *tests).group_by(*keys).agg(size) if keys else whole.select(size)
        for row in counted.collect("pyarrow").rows():
            yield tuple(row[: len(columns)]), tuple(map(bool, row[len(columns) : -1])), int(row[-1])

    def rows(self, basis: Basis, *, limit: int = 50) -> pd.DataFrame:
        """Return the first `limit` rows that `basis` selects, in the order of the client's files."""
        if basis.table == SOURCES:
            return self._sources(basis.where).head(limit)
        stored = verified_dataset(self._path(basis.table))
        names = [name for name, _ in basis.where] + ([basis.column] if basis.column else [])
        self._check_columns(basis.table, names, stored.schema.names)
        first = stored.head(limit, filter=_condition(basis.where, filled=basis.column), use_threads=False)
        return frame_of(first)

    def _sources(self, where: Sequence[tuple[str, Any]]) -> pd.DataFrame:
        import pandas as pd

        names = ("file", "table", "sha256", "size", "rows_in", "rows_kept", "rows_quarantined",
                 "rows_out_of_period", "expected_rows")  # fmt: skip
        frame = pd.DataFrame(
            [[getattr(total, name) for name in names] for total in self.totals], columns=list(names)
        )
        self._check_columns(SOURCES, [name for name, _ in where], names)
        for name, value in where:
            frame = frame[frame[name] == value]
        return frame.reset_index(drop=True)

    @cached_property
    def secret(self) -> bytes | None:
        """Key of the pseudonyms that stand for the client's ids; None where ids are shown as they are."""
        return read_secret(self.directory)

    @property
    def has_answer_rows(self) -> bool:
        """Whether responses were made of several rows each, so that there is a table ``answer_rows``."""
        return (self.directory / f"{ANSWER_ROWS}.parquet").is_file()

    def _path(self, table: str) -> Path:
        besides = {UNANSWERED: "responses", QUARANTINED_INTERVALS: INTERVAL_COUNTS.name}
        if (
            table in (*self.tables, CELLS, QUARANTINE, QUARANTINED_LINKS)
            or besides.get(table) in self.tables
            or (table == ANSWER_ROWS and self.has_answer_rows)
        ):
            return self.directory / f"{table}.parquet"
        reason = "is not among the sources of this audit" if table in TABLES else "is no canonical table"
        raise ParameterError(
            Problem(
                f"{table!r} {reason}.", remedy=f"This evidence holds {', '.join(self.tables) or 'no table'}."
            )
        )

    def _check_columns(self, table: str, wanted: Sequence[str], columns: Sequence[str]) -> None:
        unknown = [name for name in wanted if name not in columns]
        if unknown:
            raise ParameterError(
                Problem(
                    f"table {table} has no column {unknown[0]!r}.", remedy=f"It has {', '.join(columns)}."
                )
            )


def _condition(
    where: Sequence[tuple[str, str | int | float | bool]], *, filled: str = ""
) -> compute.Expression | None:
    import pyarrow.compute as pc

    condition = None
    for name, value in where:
        test = pc.field(name) == pc.scalar(value)
        condition = test if condition is None else condition & test
    if filled:
        test = pc.field(filled).is_valid()
        condition = test if condition is None else condition & test
    return condition
