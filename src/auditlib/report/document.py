"""The report put together: first page, findings, sections, limits, glossary, register, provenance."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from auditlib.audit.recorder import LIMITS
from auditlib.audit.schema import NumberModel, SentenceModel
from auditlib.report.exhibits import Exhibit, printed
from auditlib.report.facts import Facts
from auditlib.report.findings import States, brief, findings_of
from auditlib.report.glossary import words_used
from auditlib.report.lines import Line, lines_of
from auditlib.report.reading import Recorded
from auditlib.report.references import Register
from auditlib.report.summary import executive
from auditlib.report.words import basis_of, day, instant, interval_of, value_of


@dataclass(frozen=True, slots=True)
class Block:
    """An exhibit and the sentences that read it, or sentences alone."""

    exhibit: Exhibit | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading of a notebook."""

    heading: str
    anchor: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One notebook: its question, its answer and its exhibits."""

    number: int
    notebook: str
    question: str
    answer: tuple[Line, ...]
    opening: tuple[Line, ...]
    parts: tuple[Part, ...]
    limits: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register of numbers."""

    number: int
    reference: str
    value: str
    n: str
    interval: str
    basis: str

    @property
    def notebook(self) -> str:
        """The notebook that recorded it."""
        return self.reference.partition("/")[0]

    @property
    def key(self) -> str:
        """What it is called there."""
        return self.reference.partition("/")[2]


def compose(recorded: Sequence[Recorded], facts: Facts, states: States | None = None) -> dict[str, Any]:
    """Return everything the page shows, in reading order."""
    known = {
        f"{one.results.notebook}/{key}": number for one in recorded for key, number in one.numbers.items()
    }
    register, states = Register(known), states or States()
    sections = tuple(_section(number, one, register) for number, one in enumerate(recorded, start=1))
    first = executive(recorded, register)
    findings = findings_of(recorded, register, states, items=facts.items)
    entries = [_entry(number, name, known[name]) for name, number in register.entries.items()]
    content = {
        "facts": facts,
        "run": facts.run,
        "title": facts.run.title or f"Audit of customer service at {facts.run.party.name}",
        "period": f"{day(facts.run.period.start)} to {day(facts.run.period.end)}",
        "as_of": instant(facts.run.as_of),
        "first": first,
        "states": states,
        "sections": sections,
        "unanswered": sorted(set(facts.run.notebooks) - {section.notebook for section in sections}),
        "findings": findings,
        "brief": brief(findings),
        "recorded": recorded,
        "register": [
            (section.notebook, tuple(one for one in entries if one.notebook == section.notebook))
            for section in sections
        ],
        "example": next(iter(register.entries), ""),
    }
    return {**content, "glossary": words_used(_text_of(content))}


def _text_of(content: Mapping[str, Any]) -> str:
    """Return the words a reader meets, from which the glossary is chosen."""
    sections: Sequence[Section] = content["sections"]
    said = [
        line.text for section in sections for line in (*section.answer, *section.opening, *section.limits)
    ]
    for block in (block for section in sections for part in section.parts for block in part.blocks):
        said += [line.text for line in block.lines]
        if block.exhibit:
            cells = (cell.text for row in (block.exhibit.columns, *block.exhibit.rows) for cell in row)
            said += [block.exhibit.title, block.exhibit.caption, *cells]
    said += [str(one.finding) for one in content["findings"]]
    return "\n".join(said)


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
    widths = "".join(f"col.w{share} {{ width: {share}%; }}\n" for share in range(1, 101))
    return widths + sheet.replace("running heading", quoted)


def _section(number: int, recorded: Recorded, register: Register) -> Section:
    results = recorded.results
    name = results.notebook
    return Section(
        number,
        name,
        results.question,
        lines_of(results.answer, name, register),
        lines_of(_about("", results.sentences), name, register),
        _parts(number, recorded, register),
        lines_of(_about(LIMITS, results.sentences), name, register),
    )


def _parts(number: int, recorded: Recorded, register: Register) -> tuple[Part, ...]:
    """Return exhibits and sentences under the headings of their notebook, in its order."""
    results, outline = recorded.results, recorded.outline
    of_exhibit = dict(
        zip(
            (exhibit.id for exhibit in results.exhibits),
            outline.of_exhibits([exhibit.title for exhibit in results.exhibits]),
            strict=True,
        )
    )
    exhibits = dict(zip(of_exhibit, _numbered(number, recorded), strict=True))
    under = [
        (outline.of_sentence(one.text) or of_exhibit.get(one.section, ""), one)
        for one in results.sentences
        if one.section not in ("", LIMITS)
    ]
    parts: list[Part] = []
    for heading in dict.fromkeys(["", *outline.headings]):
        here = [sentence for place, sentence in under if place == heading]
        own = [name for name, place in of_exhibit.items() if place == heading]
        blocks = [
            Block(exhibits[name], lines_of(_about(name, here), results.notebook, register)) for name in own
        ]
        loose = [sentence for sentence in here if sentence.section not in own]
        if loose:
            blocks.append(Block(None, lines_of(loose, results.notebook, register)))
        if blocks:
            parts.append(Part(heading, f"{results.notebook}-part-{len(parts) + 1}", tuple(blocks)))
    return tuple(parts)


def _numbered(number: int, recorded: Recorded) -> Iterable[Exhibit]:
    counts = {"table": 0, "figure": 0}
    for exhibit in recorded.results.exhibits:
        counts[exhibit.kind] += 1
        label = f"{exhibit.kind.capitalize()} {number}.{counts[exhibit.kind]}"
        yield printed(label, exhibit, recorded)


def _about(section: str, sentences: Iterable[SentenceModel]) -> list[SentenceModel]:
    return [sentence for sentence in sentences if sentence.section == section]


def _entry(number: int, reference: str, recorded: NumberModel) -> Entry:
    return Entry(
        number,
        reference,
        value_of(recorded),
        "" if recorded.n is None else f"{recorded.n:,}",
        interval_of(recorded),
        basis_of(recorded),
    )
