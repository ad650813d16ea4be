"""A file that no table fits, as remarks of a run file: its columns, and what the nearest tables want."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditlib.contracts import TABLES, Table
from auditlib.contracts.listing import listed_columns
from auditlib.onboarding.column_matching import nearest_tables
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.looks_like import looks_like
from auditlib.onboarding.proposal import SourceProposal
from auditlib.onboarding.source_text import dialect_lines
from auditlib.onboarding.yaml_text import DECIDE, commented, origin_text, quoted

_NEAREST = 2
"""Tables whose columns are written out; the remaining are named."""


def unplaced_lines(looks: Sequence[FileLook]) -> Iterator[str]:
    """Yield remarks for files that no table fits: an entry to fill in for each, and what tables want."""
    nearest: dict[str, Table] = {}
    for look in looks:
        tables = nearest_tables(look, most=_NEAREST)
        nearest |= {table.name: table for table in tables}
        yield from _entry(look, tables)
        yield ""
    for table in nearest.values():
        yield from _wanted(table)
    if looks:
        remaining = ", ".join(name for name in TABLES if name not in nearest)
        yield f"  # Other tables: {remaining}."
        yield "  # What each wants: auditlib columns TABLE"
        yield ""


def _entry(look: FileLook, tables: Sequence[Table]) -> Iterator[str]:
    """Yield an entry of 'sources' to be filled in: the file and its columns, each to be decided."""
    near = " or ".join(table.name for table in tables)
    where = commented(look.where)
    yield f"  {DECIDE} no canonical table fits {where}. Is it one? Nearest: {near}; all: auditlib columns"
    yield "  # - table: ..."
    yield f"  #   form: {look.form}"
    if look.connection:
        yield f"  #   database: {{connection: {look.connection}, relation: {look.file}}}"
    else:
        yield f"  #   file: {quoted(look.file)}"
    if look.sheet:
        yield f"  #   sheet: {quoted(look.sheet)}"
    yield from (f"  # {line[2:]}" for line in dialect_lines(SourceProposal(look, tables[0], ())))
    yield "  #   columns:"
    for facts in look.columns:
        if facts.name:
            example = f", such as {facts.example!r}" if facts.example else ""
            holds = commented(looks_like(facts) + example)
            yield f"  #     ...: {origin_text(look.origin(facts))}   {DECIDE} or not? {holds}"


def _wanted(table: Table) -> Iterator[str]:
    yield f"  # The table {table.name} ({table.purpose}) wants:"
    for column in listed_columns(table):
        needed = ", required" if column.required else ""
        yield f"  #   {column.name} ({column.holds}{needed}): {column.meaning}"
