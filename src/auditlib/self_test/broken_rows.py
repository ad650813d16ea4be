"""Broken rows: a few of the client's rows are written as a file again, spoilt, and taken in as a source is.

Rows are written from the canonical tables, whatever form the client's files have, into a folder that is gone
afterwards. They hold no word that anybody wrote and no id of a person or case: ids are numbered anew.
What must happen is known beforehand: every spoilt row stands in quarantine, and no sound one.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.contracts import TABLES, ColumnKind, Table
from auditlib.evidence import prepare
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run, Source
from auditlib.self_test.copied_tables import read
from auditlib.self_test.result import FaultTrial, Flaw

if TYPE_CHECKING:
    import pandas as pd

SOUND, SPOILT = 60, 10
"""Rows of a table that are written as they are, and spoilt in each way, at most."""
WRITTEN, MOST = ("responses", "follow_ups", "complaints", "incident_events", "interactions", "aggregates"), 3
"""Tables of which rows are written: the first that the evidence has, so many of them."""
Cells = list[str]


@dataclass(frozen=True, slots=True)
class Breakage:
    """A way to break a row.

    Parameters
    ----------
    fault
        What is planted.
    spoil
        Takes the cells of a row, the table and its columns, and the run; returns the cells spoilt, or None
        where the table has nothing to spoil in this way.
    """

    fault: Flaw
    spoil: Callable[[Cells, Table, list[str], Run], Cells | None]


def _in_unit(cells: Cells, _table: Table, columns: list[str], _run: Run) -> Cells | None:
    return _with(cells, columns, "unit_id", "no-such-unit") if "unit_id" in columns else None


def _in_time(cells: Cells, table: Table, columns: list[str], _run: Run) -> Cells | None:
    stem = _instant(table)
    return _with(cells, columns, stem, "2025-13-45 25:61") if stem else None


def _in_the_future(cells: Cells, table: Table, columns: list[str], run: Run) -> Cells | None:
    stem, later = _instant(table), run.as_of.astimezone(dt.UTC) + dt.timedelta(days=2)
    return _with(cells, columns, stem, later.strftime(_INSTANT)) if stem else None


def _off_scale(cells: Cells, _table: Table, columns: list[str], run: Run) -> Cells | None:
    items = [item for kind in run.instruments for item in run.instruments[kind].items if item in columns]
    answered = [item for item in items if cells[columns.index(item)]]
    return _with(cells, columns, answered[0], "99999") if answered else None


def _without_key(cells: Cells, table: Table, columns: list[str], _run: Run) -> Cells | None:
    return _with(cells, columns, table.key[0], "")


def _one_field_too_many(cells: Cells, _table: Table, _columns: list[str], _run: Run) -> Cells | None:
    return [*cells, "shifted"]


def _with(cells: Cells, columns: list[str], name: str, cell: str) -> Cells:
    return [cell if column == name else own for column, own in zip(columns, cells, strict=True)]


def _instant(table: Table) -> str:
    """Return the instant without which a row of the table is none; empty where it has none."""
    required = (column for column in table.columns if column.kind is ColumnKind.INSTANT and column.required)
    return next((column.name for column in required), "")


def _broken(key: str, what: str) -> Flaw:
    return Flaw(f"row_{key}", what, "broken rows are put in quarantine", "rows")


COPIED = _broken("identical", "rows written twice")
BREAKAGES: tuple[Breakage, ...] = (
    Breakage(_broken("field_count", "rows with one field too many"), _one_field_too_many),
    Breakage(_broken("unit", "rows of a unit that no register names"), _in_unit),
    Breakage(_broken("time", "rows with an impossible time"), _in_time),
    Breakage(_broken("future", "rows dated after the audit"), _in_the_future),
    Breakage(_broken("scale", "rows with a score off its scale"), _off_scale),
    Breakage(_broken("key", "rows without an id"), _without_key),
)
_WITHOUT_REGISTER = tuple(breakage for breakage in BREAKAGES if breakage.spoil is not _in_unit)
"""Where there is no register of units, no unit is a wrong one."""
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A file of rows, sound and spoilt, and what must become of them.

    Parameters
    ----------
    table, columns, lines
        The canonical table, its columns, and the cells of each row in the order of the file.
    planted
        For each fault, the lines of the file that must be in quarantine.
    """

    table: str
    columns: list[str]
    lines: list[Cells]
    planted: Mapping[str, set[int]]

    def text(self) -> str:
        """Return the file."""
        out = StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.columns, *self.lines])
        return out.getvalue()

    @property
    def spoilt(self) -> set[int]:
        """All lines that must be in quarantine."""
        return set().union(*self.planted.values())


def try_broken_rows(engagement: Engagement, *, rng: np.random.Generator) -> Iterator[FaultTrial]:
    """Yield, for each way to break a row, how many of the rows broken so intake puts into quarantine.

    Parameters
    ----------
    rng
        Chooses the rows.
    """
    present = [name for name in WRITTEN if name in engagement.evidence.tables]
    written = [_written(engagement, name, rng) for name in present[:MOST]]
    aside = _taken_in(engagement, written)
    faults = [*(breakage.fault for breakage in BREAKAGES), COPIED]
    for fault in faults:
        planted = {file.table: file.planted.get(fault.key, set()) for file in written}
        count = sum(len(lines) for lines in planted.values())
        if not count:
            yield FaultTrial(fault, reason="no table of this evidence holds what could be broken so")
            continue
        found = sum(len(lines & aside.get(name, set())) for name, lines in planted.items())
        sound = sum(len(file.lines) - len(file.spoilt) for file in written)
        newly = sum(len(aside.get(file.table, set()) - file.spoilt) for file in written)
        yield FaultTrial(fault, planted=count, found=found, untouched=sound, newly=newly)


def _written(engagement: Engagement, name: str, rng: np.random.Generator) -> WrittenTable:
    """Return a file of some rows of a table, each breakage planted in rows of its own."""
    rows = read(engagement.evidence, name).to_pandas()
    wanted = SOUND + SPOILT * len(BREAKAGES)
    rows = rows.iloc[np.sort(rng.permutation(len(rows))[:wanted])]
    columns, cells = _cells(rows, TABLES[name])
    share = min(SPOILT, len(cells) // (2 * len(BREAKAGES)) or 1)
    planted: dict[str, set[int]] = {}
    lines = list(cells)
    place = 0
    registered = "units" in engagement.evidence.tables
    for breakage in BREAKAGES if registered else _WITHOUT_REGISTER:
        for _ in range(min(share, len(lines) - place)):
            spoilt = breakage.spoil(lines[place], TABLES[name], columns, engagement.run)
            if spoilt is not None:
                lines[place] = spoilt
                planted.setdefault(breakage.fault.key, set()).add(place + 2)
            place += 1
    copies = lines[place : place + share]
    planted[COPIED.key] = set(range(len(lines) + 2, len(lines) + 2 + len(copies)))
    return WrittenTable(name, columns, [*lines, *copies], planted)


def _cells(rows: pd.DataFrame, contract: Table) -> tuple[list[str], list[Cells]]:
    """Return the columns of a file, and the cells of each row as a client would write them."""
    texts = {
        column.name: _numbered(rows[column.name], contract)
        if column.kind is ColumnKind.ID and column.name != "unit_id"
        else _texts(rows, column.name, column.kind)
        for column in contract.columns
        if column.name in rows or f"{column.name}_at" in rows
    }
    items = [name for name in rows if str(name).startswith("q_")]
    texts |= {str(item): _texts(rows, str(item), ColumnKind.SCORE) for item in items}
    return list(texts), [list(row) for row in zip(*texts.values(), strict=True)]


def _numbered(ids: pd.Series, contract: Table) -> list[str]:
    """Return new ids: none of them is the client's, nor names a row of another table."""
    return ["" if _none(value) else f"{contract.name}-{ids.name}-{place}" for place, value in enumerate(ids)]


def _texts(rows: pd.DataFrame, name: str, kind: ColumnKind) -> list[str]:
    if kind is ColumnKind.INSTANT:
        parts = zip(rows[f"{name}_at"], rows[f"{name}_day"], rows[f"{name}_second"], strict=True)
        return ["" if _none(at) else _moment(int(at), int(day), int(second)) for at, day, second in parts]
    if kind is ColumnKind.TEXT:
        return [""] * len(rows)
    write: Callable[[Any], str] = str
    if kind is ColumnKind.DAY:
        write = _day
    elif kind in (ColumnKind.SCORE, ColumnKind.NUMBER, ColumnKind.SHARE, ColumnKind.COUNT):
        write = _number
    elif kind is ColumnKind.FLAG:
        write = _flag
    return ["" if _none(value) else write(value) for value in rows[name]]


def _none(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - only NaN differs from itself


def _moment(at: int, day: int, second: int) -> str:
    """Return an instant in UTC, or the day alone where no more is known."""
    if second < 0:
        return _day(day)
    return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=at)).strftime(_INSTANT)


def _day(day: float) -> str:
    return (dt.date(1970, 1, 1) + dt.timedelta(days=int(day))).isoformat()


def _number(value: float) -> str:
    return f"{value:.12g}"


def _flag(value: object) -> str:
    return "true" if value else "false"


def _taken_in(engagement: Engagement, written: list[WrittenTable]) -> dict[str, set[int]]:
    """Take the files in as sources of the run; return the lines in quarantine, by table."""
    register = _register(engagement)
    files = [*([register] if register else []), *written]
    run = engagement.run.model_copy(update={"sources": tuple(_source(file) for file in files)})
    with TemporaryDirectory(prefix="auditlib-") as folder:
        for file in files:
            (Path(folder) / f"{file.table}.csv").write_text(file.text(), encoding="utf-8")
        aside = prepare(run, Path(folder), Path(folder) / "store").quarantine()
        return {str(name): {int(line) for line in rows["line"]} for name, rows in aside.groupby("table")}


def _register(engagement: Engagement) -> WrittenTable | None:
    """Return the register of units as a file; None where the evidence has none."""
    if "units" not in engagement.evidence.tables:
        return None
    columns, lines = _cells(read(engagement.evidence, "units").to_pandas(), TABLES["units"])
    return WrittenTable("units", columns, lines, {})


def _source(file: WrittenTable) -> Source:
    columns = {name: name for name in file.columns}
    fields = {"table": file.table, "file": f"{file.table}.csv", "form": "csv", "columns": columns}
    return Source.model_validate(fields)
