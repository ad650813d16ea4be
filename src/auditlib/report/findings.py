"""Findings as printed: numbered, in words, with their state against the audit before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditlib.audit.schema import FindingModel
from auditlib.report.references import Mark, Register, runs_of
from auditlib.report.words import WHOLE, sentence_of, subject_of

_TITLES = {
    "major": "not met: to be fixed, and the fix verified",
    "minor": "not met: to be closed by an accepted plan",
    "opportunity": "could be better",
}
MOST_LINES = {"major": 8, "minor": 10, "opportunity": 4}
CASES_LISTED = 10
"""Cases of a finding that are printed beneath it; the work papers list more."""
LONGEST_LINE = 110
"""Demands of each grade, and characters of each, that the first page has room for."""
_PAST = {"resolved": "resolved", "not_examined": "not examined now"}


@dataclass(frozen=True, slots=True)
class Past:
    """A finding of the audit before that was not raised now."""

    demand: str
    subject: str
    grade: str
    state: str


@dataclass(frozen=True, slots=True)
class States:
    """What became of findings since the audit before.

    Parameters
    ----------
    previous
        Its id; empty where none was named.
    current
        State of each finding of this audit, by fingerprint.
    past
        Findings of that audit which were not raised now.
    """

    previous: str = ""
    current: Mapping[str, str] = field(default_factory=dict)
    past: tuple[Past, ...] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding as printed."""

    number: int
    finding: FindingModel
    criterion: str
    demand: str
    subject: str
    notebook: str
    marks: tuple[Mark, ...]
    state: str

    cases_listed = CASES_LISTED

    @property
    def own_subject(self) -> str:
        """Its subject; empty where that is the operation as a whole."""
        return "" if self.subject == WHOLE else self.subject

    @property
    def verdict(self) -> str:
        """What its heading says of the demand, so that no one takes the demand for the condition."""
        return "Could be better" if self.finding.grade == "opportunity" else "Not met"


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One demand on the first page: its first finding, the numbers of all, and their subjects."""

    first: int
    label: str
    demand: str
    subjects: str


@dataclass(frozen=True, slots=True)
class Brief:
    """The findings of one grade on the first page; `more` of them are left to the body of the report."""

    grade: str
    title: str
    lines: tuple[BriefLine, ...]
    more: int

    @property
    def in_full(self) -> bool:
        """Whether each has a line of its own; lighter grades run on."""
        return self.grade == "major"


def read_states(directory: Path, *, items: Mapping[str, str]) -> States:
    """Return what ``findings.json`` in `directory` says of each finding's state."""
    path = directory / "findings.json"
    if not path.is_file():
        return States()
    document = json.loads(path.read_text(encoding="utf-8"))
    previous = document.get("previous")
    if not previous:
        return States()
    every = document["findings"]
    return States(
        previous["audit"],
        {one["fingerprint"]: one["state"] for one in every if one["state"] not in _PAST},
        tuple(
            Past(
                criterion_of(one["criterion"])[1],
                subject_of(one["subject"], items),
                one["grade"],
                _PAST[one["state"]],
            )
            for one in every
            if one["state"] in _PAST
        ),
    )


def findings_of(
    found: Sequence[tuple[FindingModel, str]],
    register: Register,
    states: States,
    *,
    items: Mapping[str, str],
) -> tuple[Reported, ...]:
    """Return all findings as printed; `found` holds each with its notebook, heaviest first."""
    for finding, notebook in found:
        _refuse_orphans(finding, notebook, register)
    return tuple(
        Reported(
            number,
            finding,
            *criterion_of(finding.criterion),
            subject_of(finding.subject, items),
            notebook,
            register.mark(finding.evidence),
            states.current.get(finding.fingerprint, ""),
        )
        for number, (finding, notebook) in enumerate(found, start=1)
    )


def _refuse_orphans(finding: FindingModel, notebook: str, register: Register) -> None:
    said = (finding.criterion, finding.condition, finding.cause, finding.effect, finding.recommendation)
    for text in said:
        register.refuse_orphans(text, finding.evidence, notebook=notebook)


def brief(findings: Sequence[Reported]) -> tuple[Brief, ...]:
    """Return the findings of each grade as the first page names them: one line per demand, within limits."""
    found = []
    for grade, title in _TITLES.items():
        same = [group for _, group in _by_demand(findings, grade)]
        lines = tuple(
            BriefLine(group[0].number, _numbers(group), _short(group[0].demand), _short(_subjects(group)))
            for group in same[: MOST_LINES[grade]]
        )
        more = sum(len(group) for group in same[MOST_LINES[grade] :])
        if lines:
            found.append(Brief(grade, title, lines, more))
    return tuple(found)


def _short(text: str) -> str:
    """Return `text` cut at a word where it would take more than a line or two of the first page."""
    if len(text) <= LONGEST_LINE:
        return text
    return f"{text[:LONGEST_LINE].rsplit(maxsplit=1)[0]} \N{HORIZONTAL ELLIPSIS}"


def _by_demand(findings: Iterable[Reported], grade: str) -> Iterable[tuple[str, list[Reported]]]:
    found: dict[str, list[Reported]] = {}
    for one in findings:
        if one.finding.grade == grade:
            found.setdefault(one.demand, []).append(one)
    return found.items()


def _numbers(findings: Iterable[Reported]) -> str:
    return ", ".join(label for label, _ in runs_of([one.number for one in findings]))


def _subjects(findings: Iterable[Reported]) -> str:
    return "; ".join(one.own_subject for one in findings if one.own_subject)


def criterion_of(text: str) -> tuple[str, str]:
    """Return the id of a criterion and what it demands; the id is empty where the text names none."""
    identifier, colon, demand = text.partition(":")
    if not colon:
        return ("", text)
    demand = demand.strip().rstrip(".")
    return (identifier.strip(), sentence_of(demand[:1].upper() + demand[1:]))
