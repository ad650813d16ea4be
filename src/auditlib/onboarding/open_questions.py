"""The open questions of a proposed run file: listed with their lines, or asked one after another.

Every question stands as DECIDE at the line it is about, or above it. An answer confirms that line, changes
its value, drops it, or leaves the question open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditlib.errors import Problem
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.yaml_text import DECIDE, commented, quoted
from auditlib.parameters.strict_yaml import Document

LEAVE, DROP = "?", "-"
_VALUE = re.compile(r"( *(?:- )?)([^\s:#{]+): (.*)")
_MISSING = re.compile(r"which column is ([a-z_]+)\?")
_DATES = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\W+(?:\w+\W+)?([0-9]{4}-[0-9]{2}-[0-9]{2})")
_ZONE = re.compile(r"time_zone: [^,}]+")
_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One open question.

    Parameters
    ----------
    number, of
        Which of how many it is.
    question
        What has to be decided.
    line
        The line of the run file it is about, without remarks; empty where there is none.
    samples
        What the column it is about holds.
    """

    number: int
    of: int
    question: str
    line: str
    samples: str


def walk(text: str, looks: Sequence[FileLook], *, ask: Callable[[OpenQuestion], str]) -> str:
    """Return a proposed run file with the answers to its open questions.

    Parameters
    ----------
    text
        The proposed run file.
    looks
        What was seen of the client's files.
    ask
        Shows a question and returns the answer: empty to take the line as it stands, `LEAVE` to leave the
        question open, `DROP` to take the line out, anything else as the line's value.
    """
    lines: list[str] = text.splitlines()
    places = [place for place, line in enumerate(lines) if DECIDE in line]
    samples = _samples(looks)
    dropped: set[int] = set()
    for number, place in enumerate(places, start=1):
        before, _, question = lines[place].partition(DECIDE)
        target = place if before.strip() else _below(lines, place)
        bare = _bare(lines[target]) if target is not None else ""
        sample = samples.get(bare.partition(": ")[2], "")
        answer = ask(OpenQuestion(number, len(places), question.strip(), bare.strip(), sample)).strip()
        if answer == LEAVE:
            continue
        missing = _MISSING.search(question)
        if missing and answer not in ("", DROP):
            lines[place] = f"{before}{missing[1]}: {quoted(answer)}"
            continue
        _settle(lines, dropped, place, target, answer)
    return "\n".join(line for place, line in enumerate(lines) if place not in dropped) + "\n"


def _settle(lines: list[str], dropped: set[int], place: int, target: int | None, answer: str) -> None:
    """Write an answer into the line it is about, and take the remark away."""
    if place == target:
        lines[place] = _bare(lines[place])
    else:
        dropped.add(place)
    if target is None or not answer:
        return
    if answer == DROP:
        dropped.add(target)
    else:
        lines[target] = _with_value(lines[target], answer)


def _bare(line: str) -> str:
    return line.partition(DECIDE)[0].rstrip()


def _below(lines: Sequence[str], place: int) -> int | None:
    """Return the next line that is no remark: what a question above it is about."""
    for below in range(place + 1, len(lines)):
        if lines[below].strip() and not lines[below].lstrip().startswith("#"):
            return below
    return None


def _with_value(line: str, answer: str) -> str:
    """Return a line with another value, in the form its key has."""
    remark = line[line.index(DECIDE) :] if DECIDE in line else ""
    bare = _bare(line)
    match = _VALUE.fullmatch(bare)
    if match is None:
        return line
    indent, key, before = match.groups()
    return f"{indent}{key}: {_value(key, answer, before=before)}" + (f"   {remark}" if remark else "")


def _value(key: str, answer: str, *, before: str) -> str:
    if key == "dates" and not answer.startswith("{"):
        return _ZONE.sub(f"time_zone: {answer}", before)
    if key == "party":
        return f"{{name: {quoted(answer)}}}"
    days = _DATES.search(answer) if key == "period" else None
    if days is not None:
        return f"{{start: {days[1]}, end: {days[2]}}}"
    if key in ("as_of", "scale", "period", "dates", "dialect", "policies") or answer.startswith(("{", "[")):
        return answer
    return quoted(answer)


def _samples(looks: Sequence[FileLook]) -> Mapping[str, str]:
    """Return for each column what it holds, by its name as the run file writes it."""
    samples: dict[str, str] = {}
    for look in looks:
        for facts in look.columns:
            cells = ", ".join(f"{cell!r} ({count})" for cell, count in facts.distinct.most_common(_SAMPLES))
            if facts.name and cells:
                samples.setdefault(quoted(facts.name), commented(cells))
    return samples


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
    in_values = _lines_in_quotes(lines, document)
    for number, line in enumerate(lines, start=1):
        before, mark, question = line.partition(DECIDE)
        if mark and number not in in_values:
            below = _below(lines, number - 1)
            about = before.strip() or (lines[below].strip() if below is not None else "")
            remedy = f"It is about: {_cut(about)}" if about else ""
            yield Problem(question.strip(), document.name, number, remedy=remedy)


def _lines_in_quotes(lines: Sequence[str], document: Document) -> set[int]:
    """Return the lines on which the mark stands inside quotes, as part of a value."""
    return {
        mark.line
        for path, mark in document.values.items()
        if path not in document.plain and _in_quotes(lines[mark.line - 1][mark.column - 1 :])
    }


def _in_quotes(text: str) -> bool:
    """Return whether the quoted text that `text` begins with holds the mark."""
    sign = text[:1]
    if sign not in ("'", '"'):
        return False
    end = text.find(sign, 1)
    return DECIDE in text[: end if end > 0 else None]


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
