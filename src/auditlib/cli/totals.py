"""The table of rows by source, as it fits a narrow terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditlib.cli.messages import columns, plain
from auditlib.records import SourceTotals
from auditlib.statements import counted

_GAP = 2
"""Blanks between two columns."""
_LEGIBLE = 24
"""A file name cut to less than this gets a line of its own."""


def show_totals(totals: Sequence[SourceTotals]) -> None:
    """Print the rows of each source, and below them why some are not among those kept."""
    console = Console(highlight=False, markup=False)
    left_out = any(total.rows_left_out for total in totals)
    headings = ("in", "kept", "quarantined", *(("left\nout",) if left_out else ()), "out of\nperiod")
    counts = [_counts(total, left_out=left_out) for total in totals]
    rows = [headings, *counts]
    wide = sum(max(len(line) for row in rows for line in row[at].split("\n")) for at in range(len(headings)))
    room = console.width - wide - _GAP * len(headings) - _GAP
    beside = room - max(len(total.table) for total in totals) - _GAP
    apart = max(len(total.file) for total in totals) > beside and beside < _LEGIBLE
    short = shortened([plain(total.file) for total in totals], max(room if apart else beside, _LEGIBLE))
    table = Table(
        "file", *(() if apart else ("table",)), box=None, title="Rows by source", title_justify="left"
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for total, cells in zip(totals, columns(counts), strict=True):
        name = short[plain(total.file)]
        table.add_row(*((Text(f"{name}\n  {total.table}"),) if apart else (Text(name), total.table)), *cells)
    console.print(table)
    for total in totals:
        for line in _remarks(total, short[plain(total.file)]):
            console.print(Text(line))


def shortened(names: Iterable[str], width: int) -> Mapping[str, str]:
    """Return each name cut in its middle to `width` letters, no two of them alike.

    Parameters
    ----------
    names
        Names; one that fits stays as it is.
    width
        The most letters, at least 8.
    """
    whole = list(dict.fromkeys(names))
    for tail in sorted(range(width), key=lambda tail: abs(tail - width // 2)):
        short = {name: _cut(name, width, tail) for name in whole}
        if len(set(short.values())) == len(whole):
            return short
    digits = len(str(len(whole))) + 1
    return {
        name: name if len(name) <= width else f"{_cut(name, width - digits, width // 2)}~{number}"
        for number, name in enumerate(whole, start=1)
    }


def _cut(name: str, width: int, tail: int) -> str:
    """Return a name without its middle, so that its last `tail` letters stay."""
    if len(name) <= width:
        return name
    end = min(tail, width - 1)
    return f"{name[: width - 1 - end]}…{name[len(name) - end :]}"


def _counts(totals: SourceTotals, *, left_out: bool) -> tuple[str, ...]:
    aside = (totals.rows_quarantined, *((totals.rows_left_out,) if left_out else ()))
    counts = (totals.rows_in, totals.rows_kept, *aside, totals.rows_out_of_period)
    return tuple(f"{count:,}" for count in counts)


def _remarks(totals: SourceTotals, name: str) -> Iterator[str]:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in totals.reasons.items() if count)
    if reasons:
        yield f"{name} ({totals.table}), in quarantine: {reasons}"
    for words, rows in totals.left_out.items():
        yield plain(f"{name} ({totals.table}), left out: {rows:,}; kept where {words}")
    if totals.rows_named_again:
        again = counted(totals.rows_named_again, "row names", "rows name")
        yield f"{name} ({totals.table}), left out: {again} what was named before"
    if totals.expected_rows not in (None, totals.rows_in):
        counts = (
            f"the client counts {counted(totals.expected_rows, 'row')}, the file holds {totals.rows_in:,}"
        )
        yield f"{name}: {counts}"
