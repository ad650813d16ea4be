"""Whether two pieces of evidence hold the same rows, whatever wrote their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.errors import Problem
from auditlib.evidence.evidence import Evidence
from auditlib.evidence.parquet_files import read_pieces
from auditlib.files import hash_file
from auditlib.statements import counted

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 65_536


def unlike(stored: Evidence, again: Evidence) -> Iterator[Problem]:
    """Yield every table in which stored evidence is not what the client's files gave again.

    Of a table, the first row that differs is named by file and line with its columns, and how many differ.
    """
    for part in ("tables", "totals", "instruments", "notes"):
        if getattr(stored, part) != getattr(again, part):
            yield Problem(
                f"the {part} of the evidence are not those that the client's files give.", "evidence"
            )
    then, now = (
        {path.name: path for path in evidence.directory.glob("*.parquet")} for evidence in (stored, again)
    )
    for name in sorted({*then, *now}):
        if name not in then or name not in now:
            state = "is no table of" if name in then else "is missing in the evidence, and a table of"
            yield Problem(f"{state} what the client's files give.", f"evidence/{name}")
        elif hash_file(then[name]) != hash_file(now[name]):
            yield from _table(then[name], now[name])


def _table(stored: Path, again: Path) -> Iterator[Problem]:
    name, first, differing = f"evidence/{stored.name}", "", 0
    lengths = [0, 0]
    for then, now in _side_by_side(stored, again):
        lengths = [lengths[0] + then.num_rows, lengths[1] + now.num_rows]
        if then.equals(now):
            continue
        if then.column_names != now.column_names:
            yield Problem("has other columns than the client's files give.", name)
            return
        for row, counterpart in zip(then.to_pylist(), now.to_pylist(), strict=False):
            columns = [column for column in row if _differ(row[column], counterpart[column])]
            differing += bool(columns)
            if columns and not first:
                first = f"first {_line(counterpart)}: {', '.join(columns)}"
    if differing:
        rows = counted(differing, "row is", "rows are")
        yield Problem(f"{rows} not what the client's files hold, {first}.", name)
    if lengths[0] != lengths[1]:
        yield Problem(f"holds {counted(lengths[0], 'row')}, the client's files give {lengths[1]}.", name)


def _differ(cell: object, counterpart: object) -> bool:
    return cell != counterpart and not (cell != cell and counterpart != counterpart)  # noqa: PLR0124 - no number is one


def _line(row: dict[str, object]) -> str:
    file, line = (row.get(f"source_{part}", row.get(part)) for part in ("file", "line"))
    return f"{file} line {line}" if file is not None else "row without a line of its own"


def _side_by_side(stored: Path, again: Path) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Yield blocks of two tables that stand at the same rows; an ended one yields empty blocks."""
    sides = [_blocks(path) for path in (stored, again)]
    while True:
        then, now = (next(side, None) for side in sides)
        if then is None and now is None:
            return
        full = then if then is not None else now
        assert full is not None  # noqa: S101 - the line above, for the type checker
        yield (full.slice(0, 0) if then is None else then), (full.slice(0, 0) if now is None else now)


def _blocks(path: Path) -> Iterator[pa.Table]:
    """Yield a stored table in blocks of one length, wherever its pieces end."""
    import pyarrow as pa

    remainder: pa.Table | None = None
    for piece in read_pieces(path):
        remainder = piece if remainder is None else pa.concat_tables([remainder, piece])
        while remainder.num_rows >= _ROWS:
            yield remainder.slice(0, _ROWS)
            remainder = remainder.slice(_ROWS)
    if remainder is not None and remainder.num_rows:
        yield remainder
