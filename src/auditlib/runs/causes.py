"""Why a notebook stopped, in one line and in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LONGEST = 400


def section_of(cells: Sequence[Mapping[str, Any]], index: int) -> str:
    """Return the heading that cell `index` stands under, or ''."""
    for cell in reversed(cells[: index + 1]):
        headings = _HEADING.findall(cell["source"]) if cell["cell_type"] == "markdown" else []
        if headings:
            return str(headings[-1])
    return ""


def cause_of_error(error: Any) -> str:
    """Return what a cell raised; `error` is papermill's PapermillExecutionError."""
    return plain(error.ename, error.evalue)


def plain(name: str, value: str) -> str:
    """Return an exception's name and message as one line."""
    lines = [line.strip() for line in _COLOUR.sub("", value).splitlines() if line.strip()]
    text = " ".join(lines)
    return f"{name}: {text}"[:_LONGEST] if text else name


def cause_of_exception(error: Exception, *, timeout: float) -> str:
    """Return why executing itself ended: a timeout, a dead kernel, or something unexpected."""
    name = type(error).__name__
    if name == "CellTimeoutError":
        return f"it took longer than the {timeout:g} seconds allowed"
    if name == "DeadKernelError":
        return "its Python process died; the usual reason is too little memory"
    return plain(name, str(error))
