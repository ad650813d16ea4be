"""Sections of the report: one notebook each, under its own headings, in its own order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditlib.audit.recorder import CAVEAT, LIMITS
from auditlib.audit.schema import SectionSentence
from auditlib.report.exhibits import PrintedExhibit, printed
from auditlib.report.lines import Line, lines_of
from auditlib.report.reading import RecordedNotebook
from auditlib.report.references import Register


@dataclass(frozen=True, slots=True)
class ExhibitBlock:
    """An exhibit, or two narrow figures abreast, and the sentences that read them; or sentences alone."""

    exhibits: tuple[PrintedExhibit, ...]
    lines: tuple[Line, ...]

    @property
    def on_paper(self) -> bool:
        """Whether paper shows any of it."""
        return bool(self.lines) or any(not exhibit.detail for exhibit in self.exhibits)


@dataclass(frozen=True, slots=True)
class ReportPart:
    """What stands under one heading of a notebook."""

    heading: str
    anchor: str
    blocks: tuple[ExhibitBlock, ...]

    @property
    def on_paper(self) -> bool:
        """Whether paper shows any of it."""
        return any(block.on_paper for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Section:
    """One notebook: its question, its answer and its exhibits."""

    number: int
    notebook: str
    question: str
    answer: tuple[Line, ...]
    opening: tuple[Line, ...]
    parts: tuple[ReportPart, ...]
    limits: tuple[Line, ...]
    empty: tuple[PrintedExhibit, ...] = ()

    @property
    def exhibits(self) -> tuple[PrintedExhibit, ...]:
        """Every exhibit that shows something, in its order."""
        return tuple(exhibit for part in self.parts for block in part.blocks for exhibit in block.exhibits)

    @property
    def details(self) -> tuple[PrintedExhibit, ...]:
        """Exhibits that paper only names."""
        return tuple(exhibit for exhibit in self.exhibits if exhibit.detail)


def section_of(number: int, recorded: RecordedNotebook, register: Register) -> Section:
    """Return the section of a notebook; its numbers are entered in the register as a reader meets them."""
    results = recorded.results
    name = results.notebook
    exhibits = dict(
        zip((exhibit.id for exhibit in results.exhibits), _numbered(number, recorded), strict=True)
    )
    return Section(
        number,
        name,
        results.question,
        lines_of(results.answer, name, register),
        lines_of(_about(CAVEAT, results.sentences), name, register),
        _parts(exhibits, recorded, register),
        lines_of(_about(LIMITS, results.sentences), name, register),
        tuple(exhibit for exhibit in exhibits.values() if exhibit.empty),
    )


def _numbered(number: int, recorded: RecordedNotebook) -> Iterator[PrintedExhibit]:
    counts = {"table": 0, "figure": 0}
    for exhibit in recorded.results.exhibits:
        counts[exhibit.kind] += 1
        label = f"{exhibit.kind.capitalize()} {number}.{counts[exhibit.kind]}"
        yield printed(label, exhibit, recorded)


def _parts(
    exhibits: dict[str, PrintedExhibit], recorded: RecordedNotebook, register: Register
) -> tuple[ReportPart, ...]:
    """Return exhibits and sentences under the headings of their notebook, in its order."""
    results, outline = recorded.results, recorded.outline
    titles = outline.of_exhibits([exhibit.title for exhibit in results.exhibits])
    of_exhibit = dict(zip(exhibits, titles, strict=True))
    answered = {answer.text for answer in results.answer}
    under = [
        (outline.of_sentence(sentence.text) or of_exhibit.get(sentence.section, ""), sentence)
        for sentence in results.sentences
        if sentence.section not in (CAVEAT, LIMITS) and sentence.text not in answered
    ]
    parts: list[ReportPart] = []
    for heading in dict.fromkeys(["", *outline.headings]):
        sentences = [sentence for place, sentence in under if place == heading]
        names = [name for name, place in of_exhibit.items() if place == heading]
        blocks = [
            ExhibitBlock((exhibits[name],), lines_of(_about(name, sentences), results.notebook, register))
            for name in names
        ]
        loose = [sentence for sentence in sentences if sentence.section not in names]
        if loose:
            blocks.append(ExhibitBlock((), lines_of(loose, results.notebook, register)))
        filled = _abreast([_without_empty(block) for block in blocks])
        if filled:
            parts.append(ReportPart(heading, f"{results.notebook}-part-{len(parts) + 1}", filled))
    return tuple(parts)


def _without_empty(block: ExhibitBlock) -> ExhibitBlock:
    return ExhibitBlock(tuple(exhibit for exhibit in block.exhibits if not exhibit.empty), block.lines)


def _abreast(blocks: Sequence[ExhibitBlock]) -> tuple[ExhibitBlock, ...]:
    """Set narrow figures that follow one another side by side, two and two."""
    paired: list[ExhibitBlock] = []
    for block in blocks:
        if paired and _pair(paired[-1], block):
            paired[-1] = ExhibitBlock((*paired[-1].exhibits, *block.exhibits), block.lines)
        elif block.exhibits or block.lines:
            paired.append(block)
    return tuple(paired)


def _pair(first: ExhibitBlock, second: ExhibitBlock) -> bool:
    exhibits = (*first.exhibits, *second.exhibits)
    alone = len(first.exhibits) == len(second.exhibits) == 1 and not first.lines
    return alone and all(block.half for block in exhibits) and exhibits[0].detail == exhibits[1].detail


def _about(section: str, sentences: Iterable[SectionSentence]) -> list[SectionSentence]:
    return [sentence for sentence in sentences if sentence.section == section]
