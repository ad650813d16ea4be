"""What the evidence lacks of what a measure needs: tables, whole files, columns.

An absent, an empty and a wholly quarantined table say nothing, and neither does a column that was never
mapped or is empty throughout: whether nothing happened or nothing was recorded cannot be told. Where an
empty cell says something (``Column.empty``: a contact *never answered*) it is enough that every source maps
the column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from auditlib.contracts import TABLES, ColumnKind
from auditlib.parameters.run import Run
from auditlib.records import SourceTotals
from auditlib.statements import counted, listed

if TYPE_CHECKING:
    import narwhals as nw

Option = str | int | float | bool
NO_START = "no clock can start from it"
NO_TIME = "no time can be measured by it"
"""What follows where another time only stands in for one a measure rests on."""

_WITHOUT = {("interactions", "answered"): ("abandoned", "true")}
"""Columns that are empty by their nature where another column holds this word: a contact given up was never
answered, so that a source of such contacts alone need not map the answer."""

_FOLLOWS = {
    ("interval_counts", "answered_in_time"): (
        ("answered_late", "answered"),
        ("in_time_of_answered", "answered"),
        ("in_time_of_offered",),
    ),
    ("interval_counts", "answered"): (("answered_late", "answered_in_time"),),
    ("interval_counts", "abandoned"): (("abandoned_share",),),
}
"""Columns that need not be said where all of others say them: who was answered, but not late, was in time."""


class Supplied(Protocol):
    """As much of the evidence as tells what was supplied."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals, one for each source of the run, in its order."""

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return one table."""


class Same:
    """Tables as a key: equal only to themselves, so that what was counted in them once is remembered."""

    def __init__(self, tables: Supplied) -> None:
        self.tables = tables

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.tables is self.tables

    def __hash__(self) -> int:
        return id(self.tables)


def lacking(
    needs: Sequence[str],
    tables: Supplied,
    run: Run,
    options: Mapping[str, Option],
    *,
    final: bool = True,
) -> str:
    """Return why there can be no measurement, all of it at once; empty where everything needed is there.

    Parameters
    ----------
    needs
        Tables (``interactions``) and columns (``interactions.abandoned``).
    options
        Options of the criterion: a source of another survey type than it asks about does not matter to it.
    final
        Whether nothing else answers the question: only then is it said that what there is does not.
    """
    names = tuple(dict.fromkeys(need.partition(".")[0] for need in needs))
    absent = [name for name in names if name not in tables.tables]
    there = [name for name in names if name in tables.tables]
    columns = [need for need in needs if "." in need and need.partition(".")[0] in there]
    reasons = (
        *([_absence(absent, tables, final=final)] if absent else []),
        *(reason for name in there for reason in _rowless(name, tables, run, options)),
        *unsaid(columns, tables, run),
    )
    return "; ".join(reasons)


def only_words(table: str, column: str, run: Run) -> frozenset[str] | None:
    """Return the only words that a column can ever hold, where every source gives it as a constant.

    None where a source maps the column: its cells may say anything.
    """
    sources = [source for source in run.sources if source.table == table]
    if not sources or any(column not in source.constants for source in sources):
        return None
    return frozenset(source.constants[column] for source in sources)


def stood_in(starts: Sequence[str], run: Run, *, so: str = NO_START) -> str:
    """Return why no clock can start where it would; empty where it can.

    Parameters
    ----------
    starts
        Instants, as ``table.column``, for which a source may declare that others only stand in for them.
    so
        What cannot be done with a stand-in.
    """
    times = (start.partition(".") for start in dict.fromkeys(starts))
    stood = (what for table, _, column in times for what in _stand_ins(table, column, run))
    return "; ".join(f"{what}, so {so}" for what in stood)


def placed_by(tables: Sequence[str], run: Run) -> str:
    """Say which rows of some tables are placed in the period by a stand-in; empty where none are."""
    instants = ((name, TABLES[name].instant) for name in dict.fromkeys(tables) if name in TABLES)
    stood = (what for name, column in instants if column for what in _stand_ins(name, column, run))
    return "; ".join(f"{what}, and it alone says which rows are of the period" for what in stood)


def _stand_ins(table: str, column: str, run: Run) -> Iterator[str]:
    """Say what the cells of an instant or a day really are, where a source declares that they stand in."""
    declared = (source.stands_for.get(column) for source in run.sources if source.table == table)
    for words in dict.fromkeys(words for words in declared if words):
        yield f"{column} of {table} only stands in for what it is called ({words})"


def _rowless(table: str, tables: Supplied, run: Run, options: Mapping[str, Option]) -> Iterator[str]:
    """Say which files of a table are as good as not supplied, or that it holds no row at all."""
    yield from (reasons := tuple(set_aside(table, tables, run, options)))
    if not reasons and not _any_row(tables, table):
        yield f"the table {table} holds no row"


def set_aside(table: str, tables: Supplied, run: Run, options: Mapping[str, Option]) -> Iterator[str]:
    """Say which sources of a table have every row in quarantine; such a file is as good as not supplied."""
    sources = run.sources if len(run.sources) == len(tables.totals) else (None,) * len(tables.totals)
    for total, source in zip(tables.totals, sources, strict=True):
        other = source is not None and any(
            options.get(name, value) != value for name, value in source.constants.items()
        )
        if total.table == table and total.empty and not other:
            rows = counted(total.rows_in, "row")
            where = "in quarantine" if total.rows_quarantined else "left out by the run file"
            yield f"every row of {total.file} ({table}, {rows}) is {where}"


def unsaid(needs: Sequence[str], tables: Supplied, run: Run) -> Iterator[str]:
    """Say why columns, written ``table.column``, say nothing: one reason for all columns of a table."""
    silent: dict[tuple[str, str], list[str]] = {}
    for need in dict.fromkeys(needs):
        table, _, name = need.partition(".")
        form = _unsaid(table, name, tables, run)
        if form and not _follows(table, name, tables, run):
            silent.setdefault((form, table), []).append(name)
    for (form, table), names in silent.items():
        reason = form.format(
            table=table, names=listed(names, conjunction="or"), them="it" if len(names) == 1 else "them"
        )
        yield reason + _never_filled(table, names)


def _follows(table: str, name: str, tables: Supplied, run: Run) -> bool:
    """Tell whether other columns, all of them said, say a column."""
    ways = _FOLLOWS.get((table, name), ())
    return any(not any(_unsaid(table, column, tables, run) for column in way) for way in ways)


def _never_filled(table: str, names: Sequence[str]) -> str:
    """Return what helps where a column would be empty in every row because of what an empty cell says."""
    named = [(name, TABLES[table].column(name).empty) for name in names]
    if not all(empty for _, empty in named):
        return ""
    constants = ", ".join(f'{name}: ""' for name, _ in named)
    means = listed([f"{empty!r}" for _, empty in named], conjunction="or")
    return f"; if every row means {means}, say so by constants: {{{constants}}}"


def _unsaid(table: str, name: str, tables: Supplied, run: Run) -> str:
    """Return in which words a column says nothing; empty where it says something."""
    column = TABLES[table].column(name)
    stored = f"{name}_at" if column.kind is ColumnKind.INSTANT else name
    if stored not in tables.lazy(table).collect_schema().names():
        return "the evidence has no {names} of {table}"
    rows, filled = _filled(tables, table, stored)
    sources = [source for source in run.sources if source.table == table]
    unmapped = [source for source in sources if not _maps(source, name) and not _never(source, table, name)]
    mapped = bool(sources) and not unmapped
    if column.empty and unmapped and len(unmapped) < len(sources):
        return "not every source of {table} says {names}: map {them}, or declare a constant"
    if rows and not filled and not (column.empty and mapped):
        return "no row of {table} says {names}: map {them}, or declare a constant"
    return ""


def _maps(source: Any, column: str) -> bool:
    return column in source.columns or column in source.constants


def _never(source: Any, table: str, column: str) -> bool:
    """Tell whether all rows of a source are, as the run file says, of those without such a cell."""
    telling, word = _WITHOUT.get((table, column), ("", ""))
    return bool(telling) and source.constants.get(telling, "").casefold() == word


def _any_row(tables: Supplied, table: str) -> bool:
    return _rows(Same(tables), table) > 0


def _filled(tables: Supplied, table: str, column: str) -> tuple[int, int]:
    """Return how many rows of the period there are, and how many of them say anything in a column."""
    rows, filled = _filled_cells(Same(tables), table)
    return rows, filled[column]


@lru_cache(maxsize=128)
def _rows(same: Same, table: str) -> int:
    import narwhals as nw

    return int(same.tables.lazy(table).select(rows=nw.len()).collect().item())


@lru_cache(maxsize=128)
def _filled_cells(same: Same, table: str) -> tuple[int, Mapping[str, int]]:
    """Return the rows of the period, and of each column how many of them say anything."""
    import narwhals as nw

    frame = same.tables.lazy(table)
    names = frame.collect_schema().names()
    inside = frame.filter(nw.col("in_period")) if "in_period" in names else frame
    counts = inside.select(nw.len(), nw.col(names).count().name.prefix("filled ")).collect().rows()[0]
    return int(counts[0]), dict(zip(names, map(int, counts[1:]), strict=True))


def _absence(absent: Sequence[str], tables: Supplied, *, final: bool) -> str:
    named = listed(absent, conjunction="or")
    if not final:
        return f"the evidence has no {named}"
    if "aggregates" in tables.tables and "responses" in absent:
        return f"the evidence is aggregated and has no {named}: this cannot be answered from aggregates"
    if "interval_counts" in tables.tables and "interactions" in absent:
        return f"the evidence has interval counts and no {named}: this cannot be answered from counts"
    return f"the evidence has no {named}"
