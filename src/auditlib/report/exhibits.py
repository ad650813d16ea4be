"""Tables and figures as they are printed, each with its number and the way back to its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditlib.audit.numerals import BESIDE, keys_of
from auditlib.audit.schema import ColumnModel, FigureModel, TableModel
from auditlib.errors import Problem, VerificationFailed
from auditlib.records import Number
from auditlib.report.reading import RecordedNotebook
from auditlib.report.references import patterns, refuse_orphans, unreferenced
from auditlib.report.svg import inline_svg
from auditlib.report.widths import LONGEST_WORD, PLAIN, WHOLE, Fit, fit, looks_numeric
from auditlib.report.words import sentence_of
from auditlib.statements.formats import LABEL_UNITS, NAMING

HALF = 290.0
"""Points of a figure's width up to which two of them stand abreast."""
TALL = 1.2
"""A figure this much higher than wide has a page to itself."""
_SHAPE = re.compile(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"')
_DRAWN = re.compile("<(?:path|use|rect|circle|line|polyline|polygon|image) ")
"""What is drawn; the first is the ground of the figure."""
LONG = 14
"""Rows that a page certainly holds."""
LONGEST_CELL, LONGEST_LIST = 260, 64
"""Characters of a sentence, and of a list of many entries, that fit a cell."""
MANY = 8


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell of a table as printed."""

    text: str
    reference: str
    numeric: bool

    @property
    def kind(self) -> str:
        """How it is set: numbers to the right, short text on one line, overlong words cut anywhere."""
        if self.numeric:
            return "number"
        if any(len(word) > LONGEST_WORD for word in self.text.split()):
            return "breaks"
        return "whole" if len(self.text) <= WHOLE - 6 else ""


@dataclass(frozen=True, slots=True)
class PrintedExhibit:
    """A table or figure with its number."""

    label: str
    anchor: str
    title: str
    caption: str
    references: tuple[str, ...]
    columns: tuple[PrintedCell, ...] = ()
    rows: tuple[tuple[PrintedCell, ...], ...] = ()
    left_out: int = 0
    fit: Fit = PLAIN
    svg: str = ""
    detail: bool = False

    @property
    def beside(self) -> tuple[int, ...]:
        """Columns that stand side by side."""
        return tuple(index for index in range(len(self.columns)) if index not in self.fit.below)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show, or only a word why; the section says so in a line."""
        return not self.rows and len(_DRAWN.findall(self.svg)) <= 1

    @property
    def tall(self) -> bool:
        """Whether a figure fills a page by itself."""
        width, height = self._shape
        return height > TALL * width and not self.half

    @property
    def half(self) -> bool:
        """Whether a figure is drawn for half the width of a page."""
        return 0 < self._shape[0] <= HALF

    @property
    def _shape(self) -> tuple[float, float]:
        shape = _SHAPE.search(self.svg)
        return (float(shape[1]), float(shape[2])) if shape else (0.0, 0.0)

    @property
    def long(self) -> bool:
        """Whether it may run over several pages; its references then stand above it."""
        return len(self.rows) > LONG and not self.fit.twin

    @property
    def halves(self) -> tuple[tuple[tuple[PrintedCell, ...], ...], ...]:
        """Its rows, in the parts that stand side by side."""
        if not self.fit.twin:
            return (self.rows,)
        middle = (len(self.rows) + 1) // 2
        return (self.rows[:middle], self.rows[middle:])


def printed(label: str, exhibit: TableModel | FigureModel, recorded: RecordedNotebook) -> PrintedExhibit:
    """Return `exhibit` as it is printed under `label`.

    Raises
    ------
    VerificationFailed
        Where a table shows a number without a reference, or a figure is no plain SVG.
    """
    notebook = recorded.results.notebook
    anchor = f"{notebook}-{exhibit.id}"
    stated = [recorded.numbers[key] for key in (*exhibit.keys, *recorded.declared) if key in recorded.numbers]
    for text in (exhibit.title, exhibit.caption):
        refuse_orphans(text, stated, where=f"{notebook}/{exhibit.id}")
    common: dict[str, Any] = {
        "label": label,
        "anchor": anchor,
        "title": exhibit.title,
        "caption": exhibit.caption,
        "references": patterns(notebook, exhibit.keys),
        "detail": exhibit.detail,
    }
    if isinstance(exhibit, FigureModel):
        svg = inline_svg(
            recorded.figures[exhibit.id], name=anchor, title=exhibit.title, description=exhibit.alt
        )
        return PrintedExhibit(**common, svg=svg)
    return PrintedExhibit(**common, **_table(exhibit, notebook, recorded.numbers))


def _table(exhibit: TableModel, notebook: str, numbers: Mapping[str, Number]) -> dict[str, Any]:
    orphans = unreferenced(exhibit, numbers)
    if orphans:
        raise VerificationFailed(
            Problem(
                f"{notebook}/{exhibit.id} shows numbers without a reference in {', '.join(orphans)}",
                remedy="Record them through the audit.",
            )
        )
    texts = [
        [_cut(text, column) for text, column in zip(row, exhibit.columns, strict=True)]
        for row in exhibit.rows
    ]
    numeric = [
        _numeric(column, [row[index] for row in texts]) for index, column in enumerate(exhibit.columns)
    ]
    headings = [column.heading for column in exhibit.columns]
    rows = tuple(
        tuple(
            PrintedCell(text, BESIDE.join(f"{notebook}/{part}" for part in keys_of(key)), number)
            for text, key, number in zip(row, keys, numeric, strict=True)
        )
        for row, keys in zip(texts, exhibit.references, strict=True)
    )
    return {
        "columns": tuple(
            PrintedCell(heading, "", number) for heading, number in zip(headings, numeric, strict=True)
        ),
        "rows": rows,
        "left_out": exhibit.left_out,
        "fit": fit(headings, texts, numeric=numeric),
    }


def _cut(text: str, column: ColumnModel) -> str:
    """Return a cell's text, cut where it would fill a page; the results file holds all of it."""
    as_written = column.numeric or column.unit in NAMING
    words = text if as_written else sentence_of(text)
    longest = LONGEST_LIST if words.count(", ") + words.count("; ") > MANY else LONGEST_CELL
    if len(words) <= longest:
        return words
    return f"{words[:longest].rsplit(maxsplit=1)[0]} \N{HORIZONTAL ELLIPSIS} (cut here)"


def _numeric(column: ColumnModel, cells: list[str]) -> bool:
    if column.numeric or column.unit not in LABEL_UNITS:
        return column.unit not in LABEL_UNITS
    return not column.name.endswith("_id") and looks_numeric(cells)
