"""Findings as printed: numbered, in words, with their state against the audit before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditlib.records import Finding
from auditlib.report.references import ReferenceMark, Register
from auditlib.report.words import NO_NAMES, WHOLE, sentence_of, subject_of

_GRADES = ("major", "minor", "opportunity")
CASES_LISTED = 10
"""Cases of a finding that are printed beneath it; the work papers list more."""
LONG = 900
"""Characters of a condition from which a finding is not kept on one page."""
_PAST = {"resolved": "resolved", "not_examined": "not examined now"}


@dataclass(frozen=True, slots=True)
class Past:
    """A finding of the audit before that was not raised now."""

    demand: str
    subject: str
    grade: str
    state: str


@dataclass(frozen=True, slots=True)
class FindingStates:
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
    finding: Finding
    criterion: str
    demand: str
    subject: str
    notebook: str
    marks: tuple[ReferenceMark, ...]
    state: str
    units: Mapping[str, str] = field(default_factory=dict)

    cases_listed = CASES_LISTED

    def unit_name(self, unit: str) -> str:
        """Return what a unit is called."""
        return self.units.get(unit, unit)

    @property
    def cases_beyond(self) -> int:
        """Cases it rests on beyond those that are printed."""
        return max(0, max(self.finding.cases_in_all, len(self.finding.cases)) - self.cases_listed)

    @property
    def own_subject(self) -> str:
        """Its subject; empty where that is the operation as a whole."""
        return "" if self.subject == WHOLE else self.subject

    @property
    def long(self) -> bool:
        """Whether it may run over the end of a column, which would otherwise stand empty."""
        return len(self.finding.condition) > LONG

    @property
    def verdict(self) -> str:
        """What its heading says of the demand, so that no one takes the demand for the condition."""
        return "Could be better" if self.finding.grade == "opportunity" else "Not met"


def read_states(directory: Path, *, items: Mapping[str, str]) -> FindingStates:
    """Return what ``findings.json`` in `directory` says of each finding's state."""
    path = directory / "findings.json"
    if not path.is_file():
        return FindingStates()
    document = json.loads(path.read_text(encoding="utf-8"))
    previous = document.get("previous")
    if not previous:
        return FindingStates()
    every = document["findings"]
    return FindingStates(
        previous["audit"],
        {entry["fingerprint"]: entry["state"] for entry in every if entry["state"] not in _PAST},
        tuple(
            Past(
                criterion_of(entry["criterion"])[1],
                subject_of(entry["subject"], items),
                entry["grade"],
                _PAST[entry["state"]],
            )
            for entry in every
            if entry["state"] in _PAST
        ),
    )


def findings_of(
    raised: Sequence[tuple[Finding, str]],
    register: Register,
    states: FindingStates,
    *,
    items: Mapping[str, str],
    units: Mapping[str, str] = NO_NAMES,
) -> tuple[Reported, ...]:
    """Return all findings as printed, the heaviest first; of one grade those that fall short the most.

    Parameters
    ----------
    raised
        Each finding with the notebook that raised it.
    items, units
        Wording of each item, and name of each unit.
    """
    raised = sorted(raised, key=lambda pair: _worst_first(pair[0]))
    for finding, notebook in raised:
        _refuse_orphans(finding, notebook, register)
    return tuple(
        Reported(
            number,
            finding,
            *criterion_of(finding.criterion),
            subject_of(finding.subject, items, units),
            notebook,
            register.mark(finding.evidence),
            states.current.get(finding.fingerprint, ""),
            units,
        )
        for number, (finding, notebook) in enumerate(raised, start=1)
    )


def _worst_first(finding: Finding) -> tuple[int, float, str, str]:
    """Order by grade, then by the size of the gap; what has no measured gap comes last."""
    gap = -1.0 if finding.shortfall is None else finding.shortfall
    return (_GRADES.index(finding.grade), -gap, finding.criterion, finding.subject)


def _refuse_orphans(finding: Finding, notebook: str, register: Register) -> None:
    texts = (finding.criterion, finding.condition, finding.cause, finding.effect, finding.recommendation)
    for text in (*texts, finding.headline):
        register.refuse_orphans(text, finding.evidence, notebook=notebook)


def criterion_of(text: str) -> tuple[str, str]:
    """Return the id of a criterion and what it demands; the id is empty where the text names none."""
    identifier, colon, demand = text.partition(":")
    if not colon:
        return ("", text)
    demand = demand.strip().rstrip(".")
    return (identifier.strip(), sentence_of(demand[:1].upper() + demand[1:]))
