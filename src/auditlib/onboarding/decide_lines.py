"""The lines of a run file that are still to be decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditlib.errors import Problem
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.strict_yaml import Document

_LONGEST = 100


def open_lines(text: str, document: Document) -> tuple[Problem, ...]:
    """Return each line marked `DECIDE`, with its number, what it asks and the line it is about.

    Parameters
    ----------
    text
        The run file.
    document
        The same, read: what stands in its values is no mark.
    """
    return tuple(_open(text.splitlines(), document))


def _open(lines: Sequence[str], document: Document) -> Iterator[Problem]:
    quoted = _lines_of_values(lines, document)
    for number, line in enumerate(lines, start=1):
        before, mark, question = line.partition(DECIDE)
        if mark and number not in quoted:
            about = before.strip() or _below(lines[number:])
            remedy = f"It is about: {_cut(about)}" if about else ""
            yield Problem(question.strip(), document.name, number, remedy=remedy)


def _lines_of_values(lines: Sequence[str], document: Document) -> set[int]:
    """Return the lines on which the mark stands inside quotes, as part of a value."""
    return {
        mark.line
        for path, mark in document.values.items()
        if path not in document.plain and _in_quotes(lines[mark.line - 1][mark.column - 1 :])
    }


def _in_quotes(rest: str) -> bool:
    """Return whether the quoted text that `rest` begins with holds the mark."""
    sign = rest[:1]
    if sign not in ("'", '"'):
        return False
    end = rest.find(sign, 1)
    return DECIDE in rest[: end if end > 0 else None]


def _below(lines: Sequence[str]) -> str:
    """Return the first line that is no remark: what a question above it is about."""
    return next((line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")), "")


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
