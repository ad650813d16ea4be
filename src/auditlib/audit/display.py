"""What a cell of a notebook shows: the same text and HTML on every execution, escaped throughout."""

from __future__ import annotations

import sys
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from typing import Any

from auditlib.audit.tables import Tabulated
from auditlib.records import Finding, Sentence
from auditlib.statements import counted


@dataclass(frozen=True, slots=True)
class SentencesView:
    """Sentences, one paragraph each."""

    sentences: tuple[Sentence, ...]

    def __repr__(self) -> str:
        return "\n".join(sentence.text for sentence in self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence.text)}</p>" for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class TableView:
    """A table with its title and caption."""

    title: str
    caption: str
    table: Tabulated

    def __repr__(self) -> str:
        grid = [tuple(column.heading for column in self.table.columns), *self.table.rows]
        widths = [max(len(row[index]) for row in grid) for index in range(len(self.table.columns))]
        aligned = [
            "  ".join(
                cell.rjust(width) if column.counts else cell.ljust(width)
                for cell, width, column in zip(row, widths, self.table.columns, strict=True)
            ).rstrip()
            for row in grid
        ]
        return "\n".join(part for part in (self.title, *aligned, self._omitted, self.caption) if part)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(column.heading)}</th>' for column in self.table.columns)
        body = "".join(f"<tr>{self._cells(row)}</tr>" for row in self.table.rows)
        notes = "".join(
            f"<p><small>{escape(note)}</small></p>" for note in (self._omitted, self.caption) if note
        )
        caption = f"<caption><b>{escape(self.title)}</b></caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _cells(self, row: tuple[str, ...]) -> str:
        return "".join(
            f'<td style="text-align:{"right" if column.counts else "left"}">{escape(cell)}</td>'
            for cell, column in zip(row, self.table.columns, strict=True)
        )

    @property
    def _omitted(self) -> str:
        left_out = self.table.left_out
        return f"{left_out:,} more row{'' if left_out == 1 else 's'} not shown." if left_out else ""


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure as SVG and as PNG; in text its title and what a reader who cannot see it must know.

    JupyterLab shows no SVG of a notebook that its reader has not executed: there the PNG stands.
    """

    title: str
    alt: str
    svg: str
    png: bytes

    def __repr__(self) -> str:
        return f"{self.title}\n{self.alt}"

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict[str, str], dict[str, Any]]:
        forms = {
            "text/plain": repr(self),
            "image/svg+xml": self.svg,
            "image/png": b64encode(self.png).decode("ascii"),
        }
        words = {"alt": f"{self.title}. {self.alt}"}
        return forms, {**words, "image/png": words, "image/svg+xml": words}


@dataclass(frozen=True, slots=True)
class FindingsView:
    """Findings, or the statement that there is none."""

    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        lines = (f"{finding.grade.value}: {finding.condition}" for finding in self.findings)
        return "\n".join(lines) or "No finding."

    def _repr_html_(self) -> str:
        if not self.findings:
            return "<p>No finding.</p>"
        items = "".join(
            f"<li><b>{escape(finding.grade.value.capitalize())}</b>: {escape(finding.condition)} "
            f"<i>{escape(finding.recommendation)}</i></li>"
            for finding in self.findings
        )
        return f"<ul>{items}</ul>"


@dataclass(frozen=True, slots=True)
class ClosedView:
    """What was recorded, in one line."""

    numbers: int
    exhibits: int
    findings: int

    def __repr__(self) -> str:
        return (
            f"Recorded: {counted(self.numbers, 'number')}, {counted(self.exhibits, 'exhibit')}, "
            f"{counted(self.findings, 'finding')}."
        )


View = SentencesView | TableView | FigureView | FindingsView | ClosedView


class AlreadyShown:
    """A view that is already on the page of the cell that made it; another cell shows it again."""

    def __init__(self, view: View, *, cell: int) -> None:
        self.view = view
        self._cell = cell

    def __repr__(self) -> str:
        return repr(self.view)

    def _ipython_display_(self) -> None:
        if _cell() != self._cell:
            _display(self.view)


def show(view: View) -> View | AlreadyShown:
    """Put `view` on the page at once, so that a loop shows each of its exhibits.

    Outside a notebook there is no page: the view itself is returned.
    """
    cell = _cell()
    if cell is None:
        return view
    _display(view)
    return AlreadyShown(view, cell=cell)


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _cell() -> int | None:
    shell = _shell()
    return None if shell is None else int(shell.execution_count)


def _display(view: View) -> None:
    from IPython.display import display

    display(view)  # type: ignore[no-untyped-call]  # IPython is partly typed
