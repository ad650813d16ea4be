"""Which heading of its notebook each exhibit and sentence stands under, read off the executed notebook."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MARKUP = str.maketrans("", "", "*`")


@dataclass(frozen=True, slots=True)
class NotebookOutput:
    """One output of a notebook: the heading above it and its lines as plain text."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a notebook showed, in reading order; empty where its executed copy is not there."""

    outputs: tuple[NotebookOutput, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading that something stands under, once."""
        return tuple(dict.fromkeys(output.heading for output in self.outputs))

    def of_exhibits(self, titles: Sequence[str]) -> tuple[str, ...]:
        """Return the heading of each exhibit; `titles` are in the order in which they were shown.

        Titles repeat, so each is looked for behind the one before.
        """
        headings, place = [], 0
        for title in titles:
            at = next(
                (
                    index
                    for index in range(place, len(self.outputs))
                    if self.outputs[index].lines[:1] == (title,)
                ),
                None,
            )
            headings.append("" if at is None else self.outputs[at].heading)
            place = place if at is None else at + 1
        return tuple(headings)

    def of_sentence(self, text: str) -> str:
        """Return the heading under which `text` was said first; empty where it was not."""
        return next((output.heading for output in self.outputs if text in output.lines), "")


EMPTY = Outline()


def read_outline(path: Path) -> Outline:
    """Return the outline of the executed notebook at `path`."""
    if not path.is_file():
        return EMPTY
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Outline(tuple(_outputs(notebook)))


def _outputs(notebook: dict[str, Any]) -> Iterator[NotebookOutput]:
    heading = ""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            heading = next(_headings(cell), heading)
        for output in cell.get("outputs", ()):
            text = _text(output.get("data", {}).get("text/plain", ""))
            if text:
                yield NotebookOutput(heading, tuple(text.splitlines()))


def _headings(cell: dict[str, Any]) -> Iterator[str]:
    for line in _text(cell["source"]).splitlines():
        if line.startswith("## "):
            yield line[3:].strip().translate(_MARKUP)


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
