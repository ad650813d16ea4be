"""Workbooks that somebody filled in, read back within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from auditlib.errors import DataError, Problem

MOST_UNPACKED = 64 << 20
"""Bytes a workbook may unpack to; protects against archives made to fill the memory."""
Row = Sequence[Any]


def sheets_of(content: bytes, name: str) -> dict[str, list[Row]]:
    """Return the rows of every sheet of a workbook that was filled in.

    Parameters
    ----------
    content, name
        The workbook, and how to name it in messages.

    Raises
    ------
    DataError
        Where it is no workbook, or one that was made to fill the memory.
    """
    import python_calamine

    try:
        with ZipFile(BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MOST_UNPACKED:
            message, remedy = (
                f"the workbook unpacks to {size / 2**20:.1f} MB.",
                "Use the file that was written.",
            )
            raise DataError(Problem(message, name, remedy=remedy))
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        return {
            title: list(book.get_sheet_by_name(title).to_python(skip_empty_area=False))
            for title in book.sheet_names
        }
    except (python_calamine.CalamineError, BadZipFile, OSError, ValueError, EOFError) as error:
        message, remedy = f"the workbook cannot be read ({error}).", "Save it as .xlsx, unprotected."
        raise DataError(Problem(message, name, remedy=remedy)) from error
