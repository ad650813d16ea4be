"""Files written byte for byte the same every time: CSV with line numbers, Excel, Parquet."""

from __future__ import annotations

import codecs
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from company.layouts import QUALTRICS, Layout

_MARKS = ("_reason", "_note", "_shape")
_FIXED = (2026, 1, 5, 0, 0, 0)


def write_csv(rows: pd.DataFrame, layout: Layout, path: Path) -> list[int]:
    """Write `rows` and return the physical line on which each record starts, counted from 1."""
    cells = rows[list(layout.columns)]
    header = list(layout.columns.values())
    lines = [_record(header, layout)]
    if layout.file == QUALTRICS:
        lines += [_record(list(extra), layout) for extra in _qualtrics(layout)]
    starts: list[int] = []
    at = len(lines) + 1
    for values, shape in zip(cells.itertuples(index=False), rows["_shape"], strict=True):
        line = _shaped(list(values), shape, layout)
        starts.append(at)
        at += line.count("\n") + 1
        lines.append(line)
    end = "" if rows["_shape"].eq("unclosed").any() else "\r\n"
    path.write_bytes(_encoded("\r\n".join(lines) + end, layout.encoding))
    return starts


def _encoded(text: str, encoding: str) -> bytes:
    """Encode; UTF-16 always little-endian with its mark, whatever machine writes it."""
    if encoding == "utf-16":
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return text.encode(encoding)


def _record(values: Sequence[Any], layout: Layout) -> str:
    return layout.delimiter.join(_quoted(str(value), layout.delimiter) for value in values)


def _quoted(cell: str, delimiter: str) -> str:
    if delimiter in cell or '"' in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _shaped(values: list[Any], shape: str, layout: Layout) -> str:
    """Write one record: whole, with fields lacking, with one too many, or with a quote left open."""
    if shape == "short":
        return _record(values[: max(2, len(values) // 2)], layout)
    if shape == "long":
        return _record([*values, "surplus"], layout)
    if shape == "unclosed":
        at = list(layout.columns).index("comment")
        return _record(values[:at], layout) + layout.delimiter + '"The line breaks off'
    return _record(values, layout)


def _qualtrics(layout: Layout) -> tuple[list[str], list[str]]:
    """Return the second and third header row: what was asked, and the survey tool's import ids."""
    texts = {
        "submitted": "Recorded Date",
        "response_id": "Response ID",
        "invitation_id": "External Data Reference",
        "q_satisfaction": "All in all, how satisfied are you with us?",
        "q_value": "How fair is the price for what you get?",
        "q_communication": "How well do we keep you informed?",
        "q_reliability": "How far can you rely on us?",
        "q_recommend": 'How likely are you to recommend us? "0" not at all, "10" certainly',
        "comment": "What should we do better?",
    }
    asked = [texts.get(name, header) for name, header in layout.columns.items()]
    ids = [
        json.dumps(
            {"ImportId": "recordedDate", "timeZone": layout.zone}
            if name == "submitted"
            else {"ImportId": f"QID{index}" if name.startswith(("q_", "comment")) else layout.columns[name]},
            separators=(",", ":"),
        )
        for index, name in enumerate(layout.columns)
    ]
    return asked, ids


def write_parquet(rows: pd.DataFrame, layout: Layout, path: Path) -> list[int]:
    """Write `rows` without library metadata; return row numbers, counted from 1."""
    import pyarrow as pa
    from pyarrow import parquet

    frame = rows.drop(columns=list(_MARKS)).rename(columns=dict(layout.columns))
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    parquet.write_table(
        table,
        path,
        compression="zstd",
        compression_level=9,
        write_page_checksum=True,
        store_schema=False,
        version="2.6",
    )
    return list(range(1, len(rows) + 1))


def write_workbook(sheets: Mapping[str, tuple[pd.DataFrame, Layout]], path: Path) -> dict[str, list[int]]:
    """Write one worksheet per entry; return the sheet row of each record."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(*_FIXED)})  # noqa: DTZ001  # the format knows no zones
    form = book.add_format({"num_format": "dd.mm.yyyy"})
    lines: dict[str, list[int]] = {}
    for name, (rows, layout) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, list(layout.columns.values()))
        for at, values in enumerate(rows[list(layout.columns)].itertuples(index=False), start=1):
            for column, value in enumerate(values):
                _write_cell(sheet, at, column, value, form)
        lines[name] = list(range(2, len(rows) + 2))
    book.close()
    path.write_bytes(_stored(buffer.getvalue()))
    return lines


def _write_cell(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001
    elif isinstance(value, float):
        sheet.write_number(row, column, value)
    elif value not in ("", None):
        sheet.write_string(row, column, str(value))


def _stored(workbook: bytes) -> bytes:
    """Repack a workbook without compression and with fixed dates, so that no library changes its bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(target, "w") as packed:
        for member in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(member, date_time=_FIXED)
            entry.create_system = 0
            packed.writestr(entry, source.read(member))
    return target.getvalue()
