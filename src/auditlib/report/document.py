"""The report put together: first page, findings, sections, limits, glossary, register, provenance."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from auditlib.parameters.claims import Claim
from auditlib.records import Finding, Number
from auditlib.report.brief import brief, totals
from auditlib.report.facts import Provenance
from auditlib.report.findings import FindingStates, findings_of
from auditlib.report.glossary import words_used
from auditlib.report.plan import plan_of
from auditlib.report.reading import RecordedNotebook, findings_recorded
from auditlib.report.references import Register
from auditlib.report.sections import Section, section_of
from auditlib.report.summary import DECISION, executive
from auditlib.report.words import basis_of, day, instant, interval_of, value_of

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class RegisterEntry:
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


def compose(
    recorded: Sequence[RecordedNotebook],
    facts: Provenance,
    states: FindingStates | None = None,
    *,
    findings: Sequence[tuple[Finding, str]] | None = None,
    actions: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return everything the page shows, in reading order.

    Parameters
    ----------
    recorded
        What each notebook recorded, in their order.
    facts
        Provenance.
    states
        What became of findings since the audit before.
    findings
        Each with its notebook, as the run brought them together; None: as notebooks recorded them.
    actions
        Content of ``actions.json``; None where no register of actions was kept.
    """
    numbers = {
        f"{notebook.results.notebook}/{key}": number
        for notebook in recorded
        for key, number in notebook.numbers.items()
    }
    register, states = Register(numbers), states or FindingStates()
    questions = [notebook for notebook in recorded if notebook.results.notebook != DECISION]
    sections = tuple(
        section_of(number, notebook, register) for number, notebook in enumerate(questions, start=1)
    )
    first = executive(recorded, register)
    raised = findings_recorded(recorded) if findings is None else findings
    reported = findings_of(raised, register, states, items=facts.items, units=facts.units)
    entries = [_entry(number, name, numbers[name]) for name, number in register.entries.items()]
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
        "findings": reported,
        "brief": brief(reported, facts.items),
        "totals": totals(reported),
        "plan": plan_of(actions, reported),
        "claims": quoted_claims(facts.claims, numbers),
        "recorded": recorded,
        "register": [
            (name, tuple(entry for entry in entries if entry.notebook == name))
            for name in (notebook.results.notebook for notebook in recorded)
        ],
        "example": next(iter(register.entries), ""),
    }
    return {**content, "glossary": words_used(_text_of(content))}


def quoted_claims(register: Mapping[str, Claim], keys: Iterable[str]) -> tuple[Claim, ...]:
    """Return the outside figures that a sentence quotes; each left a number under its id."""
    quoted = {reference.partition("/claim:")[2] for reference in keys}
    return tuple(claim for name, claim in sorted(register.items()) if name in quoted)


def _text_of(content: Mapping[str, Any]) -> str:
    """Return the words a reader meets, from which the glossary is chosen."""
    sections: Sequence[Section] = content["sections"]
    texts = [
        line.text for section in sections for line in (*section.answer, *section.opening, *section.limits)
    ]
    for block in (block for section in sections for part in section.parts for block in part.blocks):
        texts += [line.text for line in block.lines]
        for exhibit in block.exhibits:
            cells = (cell.text for row in (exhibit.columns, *exhibit.rows) for cell in row)
            texts += [exhibit.title, exhibit.caption, *cells]
    texts += [str(reported.finding) for reported in content["findings"]]
    return "\n".join(texts)


def to_html(content: dict[str, Any]) -> str:
    """Return the page of `content`: escaped, self-contained, allowed to run and load nothing."""
    sheet, digest = sheet_for(f"{content['run'].party.name}, {content['period']}")
    return environment().get_template("report.html.j2").render(**content, sheet=sheet, sheet_digest=digest)


def environment() -> Environment:
    """Return what fills templates: everything is escaped, and a name that is missing is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("auditlib.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def sheet_for(heading: str) -> tuple[str, str]:
    """Return the style sheet, with `heading` at the top of every printed page, and its digest."""
    sheet = files("auditlib.report").joinpath("templates/style.css").read_text(encoding="utf-8")
    quoted = "".join(
        character if character.isascii() and character.isalnum() else f"\\{ord(character):x} "
        for character in heading
    )
    widths = "".join(f"col.w{share} {{ width: {share}%; }}\n" for share in range(1, 101))
    whole = widths + sheet.replace("running heading", quoted)
    return whole, base64.b64encode(hashlib.sha256(whole.encode()).digest()).decode()


def _entry(number: int, reference: str, recorded: Number) -> RegisterEntry:
    return RegisterEntry(
        number,
        reference,
        value_of(recorded),
        "" if recorded.n is None else f"{recorded.n:,}",
        interval_of(recorded),
        basis_of(recorded),
    )
