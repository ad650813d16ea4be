"""The reader that fits the form of a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.evidence.blocks import Block
from auditlib.evidence.file_signatures import check_content

if TYPE_CHECKING:
    from auditlib.parameters.origins import Reference
    from auditlib.parameters.run import Source


def source_blocks(
    source: Source,
    path: Path,
    *,
    name: str,
    wanted: Sequence[str],
    references: Mapping[str, Reference],
    repetitive: frozenset[str] = frozenset(),
    ids: frozenset[str] = frozenset(),
    threads: int,
) -> Iterator[Block]:
    """Yield the records of a source, `wanted` columns only; `repetitive` ones may come as dictionaries.

    What cells of `ids` lost before they came into a worksheet is noted.

    What a label of `wanted` stands for, where it is no name, is in `references`.

    Raises
    ------
    DataError
        When the source cannot be read as declared.
    """
    if source.file is not None:
        check_content(path, form=source.form, name=name)
    if source.form == "csv":
        from auditlib.evidence.delimited import delimited_blocks

        return delimited_blocks(
            path,
            name=name,
            dialect=source.dialect,
            wanted=wanted,
            references=references,
            repetitive=repetitive,
            threads=threads,
        )
    if source.form == "excel":
        from auditlib.evidence.spreadsheets import spreadsheet_blocks

        return spreadsheet_blocks(
            path,
            name=name,
            sheet=source.sheet,
            dialect=source.dialect,
            wanted=wanted,
            references=references,
            missing=frozenset(code.strip() for code in source.missing),
            ids=ids,
        )
    if source.form == "parquet":
        from auditlib.evidence.columnar import columnar_blocks

        return columnar_blocks(
            path, name=name, wanted=wanted, references=references, repetitive=repetitive, threads=threads
        )
    from auditlib.evidence.databases.extracts import extract_blocks

    return extract_blocks(path, name=name, wanted=wanted, repetitive=repetitive, threads=threads)
