"""A worksheet as a reviewer prints it: widths, wrapped text, a heading that repeats, cells to fill in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from auditlib.report.spreadsheet_cells import Value, cell_of

A4 = 9
FONT = {"font_name": "Arial", "font_size": 9, "valign": "top"}
_LINE = 12.0
"""Points of one line of text."""
_PER_WIDTH = 1.24
"""Characters of this font to one unit of a column's width, which is measured in a larger one."""
_LARGEST_ROW = 400.0
_LEFT = {"align": "left", "indent": 1}
_FREE = {"bg_color": "#FFF8E1", "border": 1, "border_color": "#D9CFA8"}
_RULED = {"bottom": 1, "bottom_color": "#DDE2E6"}
_LONGEST_SHEET_NAME = 31
_PLAIN = re.compile(
    r"(?P<sign>[-\N{MINUS SIGN}]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?(?P<percent>%?)"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A number that was printed, as a cell holds it: its value, and the format that prints it the same."""

    value: float
    number_format: str


def printed(text: str) -> Printed | None:
    """Return what `text` prints, where it is one plain number; None where it is anything else.

    ``1,234`` is 1234 shown with thousands, ``22.5%`` is 0.225 shown as a share.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    digits = match["whole"].replace(",", "") + (match["part"] or "")
    places = max(len(match["part"] or "") - 1, 0)
    percent = bool(match["percent"])
    value = round(float(digits) / 100, places + 2) if percent else float(digits)
    form = ("#,##0" if "," in match["whole"] else "0") + (f".{'0' * places}" if places else "")
    return Printed(-value if match["sign"] else value, form + match["percent"])


class Book:
    """A workbook whose sheets look alike."""

    def __init__(self, book: Any, *, footer: str) -> None:
        self.book = book
        self._footer = footer
        self._formats: dict[str, Any] = {}

    def style(self, **options: Any) -> Any:
        """Return a format, the same one each time it is asked for."""
        name = repr(sorted(options.items()))
        if name not in self._formats:
            self._formats[name] = self.book.add_format(FONT | {"text_wrap": True} | options)
        return self._formats[name]

    def sheet(self, name: str, widths: Sequence[float]) -> Worksheet:
        """Return a new sheet with columns of `widths` (characters), set up to print on A4 across."""
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L&8{self._footer}&C&8&A&R&8&P / &N")
        sheet.hide_gridlines(2)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        return Worksheet(self, sheet, tuple(widths))


@dataclass(slots=True)
class Worksheet:
    """A worksheet that is filled from top to bottom."""

    book: Book
    sheet: Any
    widths: tuple[float, ...]
    row: int = 0

    def title(self, text: str) -> None:
        """Write a heading that may run over the columns beside it."""
        style = self.book.style(bold=True, font_size=12, text_wrap=False)
        self.sheet.write_string(self.row, 0, str(cell_of(text)), style)
        self.sheet.set_row(self.row, 20)
        self.row += 1

    def line(self, text: str, *, bold: bool = False) -> None:
        """Write a sentence across all columns."""
        cell, style = str(cell_of(text)), self.book.style(bold=True) if bold else self.book.style()
        if len(self.widths) > 1:
            self.sheet.merge_range(self.row, 0, self.row, len(self.widths) - 1, cell, style)
        else:
            self.sheet.write_string(self.row, 0, cell, style)
        self._height(ceil(len(cell) / (_PER_WIDTH * sum(self.widths))))

    def heading(self, *cells: str, repeat: bool = False, right: Collection[int] = ()) -> None:
        """Write the heading of a table.

        Parameters
        ----------
        repeat
            Whether it stays in sight and is printed on every page.
        right
            Columns of numbers, whose headings stand right as they do.
        """
        for column, text in enumerate(cells):
            placed = {"align": "right"} if column in right else _LEFT
            style = self.book.style(bold=True, bg_color="#E7EBEE", bottom=1, **placed)
            self.sheet.write_string(self.row, column, str(cell_of(text)), style)
        if repeat:
            self.sheet.freeze_panes(self.row + 1, 1)
            self.sheet.repeat_rows(self.row)
        self._height(max((self._lines(column, text) for column, text in enumerate(cells)), default=1))

    def write(self, *cells: Value | Printed) -> None:
        """Write a row: numbers as numbers, text wrapped in its column."""
        for column, value in enumerate(cells):
            self._cell(column, value)
        texts = [(column, value) for column, value in enumerate(cells) if isinstance(value, str)]
        self._height(max((self._lines(column, text) for column, text in texts), default=1))

    def texts(self, *cells: str, shaded_from: int) -> None:
        """Write a row of texts as they stand; from column `shaded_from` on a person fills them in."""
        for column, text in enumerate(cells):
            style = self.book.style(**_LEFT, **(_FREE if column >= shaded_from else _RULED))
            if text:
                self.sheet.write_string(self.row, column, text, style)
            else:
                self.sheet.write_blank(self.row, column, None, style)
        self._height(max((self._lines(column, text) for column, text in enumerate(cells)), default=1))

    def to_fill(self, *columns: int) -> None:
        """Mark cells of the row just written as those that a person fills."""
        style = self.book.style(**_FREE)
        for column in columns:
            self.sheet.write_blank(self.row - 1, column, None, style)

    def link(self, column: int, name: str) -> None:
        """Lead from a cell of the row just written to the sheet called `name`."""
        style = self.book.style(underline=1, font_color="#1B4F86", **_LEFT, **_RULED)
        self.sheet.write_url(self.row - 1, column, f"internal:'{name}'!A1", style, string=name)

    def choices(self, column: int, values: Iterable[str]) -> None:
        """Offer `values` in a cell of the row just written."""
        rule = {"validate": "list", "source": list(values), "ignore_blank": True}
        self.sheet.data_validation(self.row - 1, column, self.row - 1, column, rule)

    def _cell(self, column: int, value: Value | Printed) -> None:
        if isinstance(value, Printed):
            style = self.book.style(num_format=value.number_format, align="right", **_RULED)
            self.sheet.write_number(self.row, column, value.value, style)
            return
        written = cell_of(value)
        if isinstance(written, bool):
            self.sheet.write_boolean(self.row, column, written, self.book.style(align="right", **_RULED))
        elif isinstance(written, int | float):
            self.sheet.write_number(self.row, column, written, self.book.style(align="right", **_RULED))
        elif written:
            self.sheet.write_string(self.row, column, written, self.book.style(**_LEFT, **_RULED))
        else:
            self.sheet.write_blank(self.row, column, None, self.book.style(**_RULED))

    def _lines(self, column: int, text: str) -> int:
        width = self.widths[column] if column < len(self.widths) else self.widths[-1]
        lines = max(1, ceil((len(text) + 1) / (_PER_WIDTH * width)))
        broken = lines > 1 and " " not in text
        return lines + 1 if broken else lines  # without spaces it breaks early, at a sign

    def _height(self, lines: int) -> None:
        """Set the height of the row just written, for programs that do not fit it themselves."""
        self.sheet.set_row(self.row, min(_LARGEST_ROW, _LINE * lines + 2))
        self.row += 1


def sheet_names(notebooks: Iterable[str], *, ending: str = "") -> dict[str, str]:
    """Return the name of each notebook's sheet: its id, cut to what a workbook allows, each once."""
    names: dict[str, str] = {}
    longest = _LONGEST_SHEET_NAME - len(ending)
    for number, notebook in enumerate(notebooks, start=1):
        fits = len(notebook) <= longest
        names[notebook] = (notebook if fits else f"{notebook[: longest - 3]}~{number:02d}") + ending
    return names
