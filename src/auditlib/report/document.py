"""The report put together: sections, numbered exhibits, findings, limits, register, provenance."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from auditlib.audit.formats import LABEL_UNITS
from auditlib.audit.recorder import LIMITS
from auditlib.audit.schema import (
    ColumnModel,
    FigureModel,
    FindingModel,
    NumberModel,
    SaidModel,
    SentenceModel,
    TableModel,
)
from auditlib.errors import Problem, VerificationFailed
from auditlib.report.facts import Facts
from auditlib.report.reading import Recorded
from auditlib.report.references import Mark, Register, patterns, unreferenced
from auditlib.report.svg import inline_svg
from auditlib.report.words import basis_of, day, instant, interval_of, value_of

LONGEST_WORD, SHORT, LONGEST_CELL = 22, 11, 320
"""Characters: a word that a column can hold, a text that stays on one line, a text that fits a cell."""

_GRADES = ("major", "minor", "opportunity")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with the marks of its numbers."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Cell:
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
        return "whole" if len(self.text) <= SHORT else ""

    @property
    def shown(self) -> str:
        """Its text, cut where it would fill a page; the results file holds all of it."""
        if len(self.text) <= LONGEST_CELL:
            return self.text
        return f"{self.text[:LONGEST_CELL].rstrip()} … (the results file holds all of it)"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table or figure with its number, and the sentences that read it."""

    label: str
    anchor: str
    title: str
    caption: str
    lines: tuple[Line, ...]
    references: tuple[str, ...]
    columns: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    left_out: int = 0
    svg: str = ""

    @property
    def measure(self) -> str:
        """How much of the page a table takes: few columns stand close together, many in small type."""
        return "wide" if len(self.columns) > 7 else "narrow" if len(self.columns) < 5 else ""


@dataclass(frozen=True, slots=True)
class Section:
    """One notebook: its question, its answer and its exhibits."""

    number: int
    notebook: str
    question: str
    answer: tuple[Line, ...]
    opening: tuple[Line, ...]
    exhibits: tuple[Exhibit, ...]
    limits: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding as printed."""

    number: int
    finding: FindingModel
    criterion: str
    demand: str
    notebook: str
    marks: tuple[Mark, ...]

    @property
    def verdict(self) -> str:
        """What its heading says of the demand, so that no one takes the demand for the condition."""
        return "Could be better" if self.finding.grade == "opportunity" else "Not met"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register of numbers."""

    number: int
    reference: str
    value: str
    n: str
    interval: str
    basis: str


def compose(recorded: Sequence[Recorded], facts: Facts) -> dict[str, Any]:
    """Return everything the page shows, in reading order."""
    known = {
        f"{one.results.notebook}/{key}": number for one in recorded for key, number in one.numbers.items()
    }
    register = Register(known)
    sections = tuple(_section(number, one, register) for number, one in enumerate(recorded, start=1))
    return {
        "facts": facts,
        "run": facts.run,
        "title": facts.run.title or f"Audit of customer service at {facts.run.party.name}",
        "period": f"{day(facts.run.period.start)} to {day(facts.run.period.end)}",
        "as_of": instant(facts.run.as_of),
        "sections": sections,
        "unanswered": sorted(set(facts.run.notebooks) - {section.notebook for section in sections}),
        "findings": _findings(recorded, register),
        "recorded": recorded,
        "entries": [_entry(number, name, known[name]) for name, number in register.entries.items()],
        "example": next(iter(register.entries), ""),
    }


def to_html(content: dict[str, Any]) -> str:
    """Return the page of `content`: escaped, self-contained, allowed to run and load nothing."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("auditlib.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    sheet = _sheet(f"{content['run'].party.name}, {content['period']}")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(**content, sheet=sheet, sheet_digest=digest)


def _sheet(heading: str) -> str:
    """Return the style sheet, with `heading` at the top of every printed page."""
    sheet = files("auditlib.report").joinpath("templates/style.css").read_text(encoding="utf-8")
    quoted = "".join(
        character if character.isascii() and character.isalnum() else f"\\{ord(character):x} "
        for character in heading
    )
    return sheet.replace("running heading", quoted)


def _section(number: int, recorded: Recorded, register: Register) -> Section:
    results = recorded.results
    answer = _lines(results.answer, results.notebook, register)
    opening = _lines(_about("", results.sentences), results.notebook, register)
    counts = {"table": 0, "figure": 0}
    exhibits = []
    for exhibit in results.exhibits:
        counts[exhibit.kind] += 1
        label = f"{exhibit.kind.capitalize()} {number}.{counts[exhibit.kind]}"
        exhibits.append(_exhibit(label, exhibit, recorded, register))
    limits = _lines(_about(LIMITS, results.sentences), results.notebook, register)
    return Section(number, results.notebook, results.question, answer, opening, tuple(exhibits), limits)


def _about(section: str, sentences: Iterable[SentenceModel]) -> list[SentenceModel]:
    return [sentence for sentence in sentences if sentence.section == section]


def _lines(said: Iterable[SaidModel], notebook: str, register: Register) -> tuple[Line, ...]:
    return tuple(Line(one.text, register.mark(f"{notebook}/{key}" for key in one.keys)) for one in said)


def _exhibit(
    label: str, exhibit: TableModel | FigureModel, recorded: Recorded, register: Register
) -> Exhibit:
    notebook = recorded.results.notebook
    anchor = f"{notebook}-{exhibit.id}"
    common: dict[str, Any] = {
        "label": label,
        "anchor": anchor,
        "title": exhibit.title,
        "caption": exhibit.caption,
        "lines": _lines(_about(exhibit.id, recorded.results.sentences), notebook, register),
        "references": patterns(notebook, exhibit.keys),
    }
    if isinstance(exhibit, FigureModel):
        svg = inline_svg(
            recorded.figures[exhibit.id], name=anchor, title=exhibit.title, description=exhibit.alt
        )
        return Exhibit(**common, svg=svg)
    return Exhibit(**common, **_table(exhibit, notebook))


def _table(exhibit: TableModel, notebook: str) -> dict[str, Any]:
    orphans = unreferenced(exhibit)
    if orphans:
        raise VerificationFailed(
            Problem(
                f"{notebook}/{exhibit.id} shows numbers without a reference in {', '.join(orphans)}",
                remedy="Record them through the audit.",
            )
        )
    columns = tuple(Cell(column.heading, "", _counts(column)) for column in exhibit.columns)
    rows = tuple(
        tuple(
            Cell(text, f"{notebook}/{key}" if key else "", _counts(column))
            for text, key, column in zip(row, keys, exhibit.columns, strict=True)
        )
        for row, keys in zip(exhibit.rows, exhibit.references, strict=True)
    )
    return {"columns": columns, "rows": rows, "left_out": exhibit.left_out}


def _counts(column: ColumnModel) -> bool:
    return column.numeric and column.unit not in LABEL_UNITS


def _findings(recorded: Iterable[Recorded], register: Register) -> tuple[Reported, ...]:
    found = [(finding, one.results.notebook) for one in recorded for finding in one.results.findings]
    found.sort(key=lambda pair: (_GRADES.index(pair[0].grade), pair[0].criterion, pair[0].subject))
    return tuple(
        Reported(
            number,
            finding,
            *_criterion(finding.criterion),
            notebook,
            register.mark(finding.evidence),
        )
        for number, (finding, notebook) in enumerate(found, start=1)
    )


def _criterion(text: str) -> tuple[str, str]:
    identifier, colon, demand = text.partition(":")
    if not colon:
        return ("", text)
    demand = demand.strip()
    return (identifier.strip(), demand[:1].upper() + demand[1:])


def _entry(number: int, reference: str, recorded: NumberModel) -> Entry:
    return Entry(
        number,
        reference,
        value_of(recorded),
        "" if recorded.n is None else f"{recorded.n:,}",
        interval_of(recorded),
        basis_of(recorded),
    )
