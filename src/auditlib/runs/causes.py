"""Why a notebook stopped, in one line and in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from auditlib.errors.values import printable

_HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
_STEERING = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.")
"""What a terminal takes as a command: colours and places, titles and links, and the rest."""
_LONGEST = 400
_MOST_READ = 100_000
"""Characters of a message that are looked at, so that one of megabytes takes no time."""


def section_of(cells: Sequence[Mapping[str, Any]], index: int) -> str:
    """Return the heading that cell `index` stands under, or ''."""
    for cell in reversed(cells[: index + 1]):
        headings = _HEADING.findall(cell["source"]) if cell["cell_type"] == "markdown" else []
        if headings:
            return _legible(headings[-1].rstrip("# \t"))
    return ""


def cause_of_error(error: Any) -> str:
    """Return what a cell raised; `error` is papermill's PapermillExecutionError."""
    return plain(error.ename, error.evalue)


def plain(name: str, value: str) -> str:
    """Return an exception's name and message as one line."""
    message = value[:_MOST_READ]
    return _legible(f"{name}: {message}" if message.strip() else name)[:_LONGEST]


def _legible(text: str) -> str:
    """Return `text` as one line without anything that steers a terminal or turns letters round."""
    return " ".join(printable(_STEERING.sub("", text)).split())


def too_long(seconds: float) -> str:
    """Return why a cell was ended that would not end."""
    return f"it took longer than the seconds allowed: {seconds:g}"


def cause_of_exception(error: Exception, *, timeout: float) -> str:
    """Return why executing itself ended: a timeout, a dead kernel, or something unexpected."""
    name = type(error).__name__
    if name == "CellTimeoutError":
        return too_long(timeout)
    if name == "DeadKernelError":
        return "its Python process died; the usual reason is too little memory"
    return plain(name, str(error))
