"""The demo company in a database: every file as a table, and the run file that reads the tables.

Records without the right number of fields cannot stand in a table, so the files are copied without them, and
a decimal comma is none there. Whatever else is wrong with a cell stays wrong.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import database_servers as servers
import pyarrow as pa
import yaml
from pyarrow import parquet

from auditlib.evidence.blocks import Block
from auditlib.evidence.plan import SourcePlan, plans
from auditlib.evidence.sources import source_blocks
from auditlib.parameters.load import validate
from auditlib.parameters.run import Run, Source
from auditlib.parameters.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]
VARIABLE = "DEMO_DB"
_KINDS = (
    (pa.types.is_boolean, "boolean"), (pa.types.is_integer, "bigint"), (pa.types.is_floating, "float8"),
    (pa.types.is_date, "date"),
)  # fmt: skip


@dataclass(frozen=True)
class Moved:
    """The demo company twice.

    Parameters
    ----------
    run
        The run that reads the tables.
    files
        A folder with what the tables hold as files, which the demo's own run reads.
    lines
        By file: the lines of the rows of its table, in their order.
    """

    run: Run
    files: Path
    lines: dict[str, list[int]]


def demo_run() -> Run:
    path = ROOT / "params" / "runs" / "demo.yaml"
    return validate(Run, read_yaml(path.read_text("utf-8"), name=path.name))


def written(run: Run, folder: Path) -> Path:
    """Write a run as a run file called as the demo's is."""
    path = folder / "demo.yaml"
    path.write_text(yaml.safe_dump(run.model_dump(mode="json", exclude_unset=True), sort_keys=False), "utf-8")
    return path


def moved(server: servers.Server, run: Run, files: Path, *, variable: str = VARIABLE) -> Moved:
    """Load every source of the demo company into a table of its own; write what they hold to `files`."""
    sources, lines = list(run.sources), dict[str, list[int]]()
    shutil.copytree(ROOT / "data" / "demo", files, dirs_exist_ok=True)
    with server.owner() as connection:
        for plan in plans(run):
            name, table = plan.source.file or "", _table(plan.source)
            _without_broken(plan, files / name)
            blocks = list(_blocks(plan, files / name))
            loaded = _load(connection, table, plan, blocks)
            lines[name] = max(loaded, lines.get(name, []), key=len)  # of sheets all begin alike
            database = {"connection": variable, "relation": table, "name": name, "order": ["row_no"]}
            changed = {"form": "database", "file": None, "sheet": None, "database": database}
            given = plan.source.model_dump(exclude_unset=True) | changed
            sources[plan.number] = Source.model_validate({**given, "dialect": {}})
    return Moved(run.model_copy(update={"sources": tuple(sources)}), files, lines)


def as_filed(text: str, lines: Mapping[str, list[int]]) -> str:
    """Return what was written of tables with the lines of the files in place of the numbers of the rows."""
    for name, numbers in lines.items():
        file = re.escape(name)
        for shape in (rf'({file}:|"{file}",\s*")(\d+)', rf"(line )(\d+)(?= of {file})"):
            text = re.sub(shape, lambda found, of=numbers: found[1] + str(of[int(found[2]) - 1]), text)
    return text


def with_lines(path: Path, lines: Mapping[str, list[int]]) -> pa.Table:
    """Return a table with the lines of the files that its rows came from, in place of their numbers."""
    rows = parquet.read_table(path)
    if "source_line" not in rows.column_names:
        return rows
    at = rows.column_names.index("source_line")
    pairs = zip(rows["source_file"].to_pylist(), rows["source_line"].to_pylist(), strict=True)
    known = [lines[file][number - 1] for file, number in pairs]
    return rows.set_column(at, rows.schema.field(at), pa.array(known, rows.schema.field(at).type))


def parted(ours: Path, theirs: Path, lines: Mapping[str, list[int]]) -> list[str]:
    """Return the names of files that differ between two folders in more than the numbers of rows."""
    names = {path.relative_to(folder).as_posix() for folder in (ours, theirs)
             for path in folder.rglob("*") if path.is_file()}  # fmt: skip
    return sorted(name for name in names if not _same(ours / name, theirs / name, lines))


def _same(ours: Path, theirs: Path, lines: Mapping[str, list[int]]) -> bool:
    if not (ours.is_file() and theirs.is_file()):
        return False
    if ours.suffix == ".parquet":
        return with_lines(ours, lines).equals(parquet.read_table(theirs))
    if ours.suffix == ".json":
        return as_filed(ours.read_text("utf-8"), lines) == theirs.read_text("utf-8")
    return ours.read_bytes() == theirs.read_bytes()


def _table(source: Source) -> str:
    return "_".join(re.findall("[a-z]+", f"{Path(source.file or '').stem} {source.sheet or ''}".lower()))


def _blocks(plan: SourcePlan, path: Path) -> Any:
    return source_blocks(
        plan.source, path, name=path.name, wanted=plan.read, references=plan.references, threads=1
    )


def _load(connection: Any, table: str, plan: SourcePlan, blocks: list[Block]) -> list[int]:
    """Make and fill a table; return the lines of its rows."""
    schema = blocks[0].records.schema
    columns = ", ".join(f'"{name}" {_kind(schema.field(name).type)}' for name in plan.read)
    connection.execute(f"CREATE TABLE {table} (row_no int, {columns})")
    lines = [line for block in blocks for line in block.records["source_line"].to_pylist()]
    rows = (row for block in blocks for row in block.records.select(plan.read).to_pylist())
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for place, row in enumerate(rows, start=1):
            copy.write_row([place, *(_point(plan.source, cell) for cell in row.values())])
    connection.execute(f"GRANT SELECT ON {table} TO {servers.READER}")
    return lines


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    return next((name for fits, name in _KINDS if fits(kind)), "text")


def _point(source: Source, cell: Any) -> Any:
    comma = source.dialect.decimal == "," and isinstance(cell, str) and re.fullmatch("[0-9]+,[0-9]+", cell)
    return cell.replace(",", ".") if comma else cell


def _without_broken(plan: SourcePlan, path: Path) -> None:
    """Take the records that no table holds out of a file of text."""
    blocks = list(_blocks(plan, path))
    broken = {record.line for block in blocks for record in block.broken}
    if not broken:
        return
    kept = [line for block in blocks for line in block.records["source_line"].to_pylist()]
    starts = sorted(broken.union(kept))
    ends = dict(zip(starts, [*starts[1:], None], strict=True))
    lines = re.findall("[^\n]*\n|[^\n]+$", path.read_bytes().decode(plan.source.dialect.encoding))
    for begin in sorted(broken, reverse=True):
        end = ends[begin]
        del lines[begin - 1 : None if end is None else end - 1]
    path.write_bytes("".join(lines).encode(plan.source.dialect.encoding))
