"""The findings as the first page names them: what failed and by how much, the worst first, within limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditlib.report.findings import Reported
from auditlib.report.references import runs_of
from auditlib.report.words import NO_NAMES, sentence_of, with_labels
from auditlib.standards.decision import RECORDED
from auditlib.standards.merging import ALIKE
from auditlib.statements import counted

_TITLES = {
    "major": "not met: to be fixed, and the fix verified",
    "minor": "not met: to be closed by an accepted plan",
    "opportunity": "could be better",
}
MOST_LINES = {"major": 9, "minor": 5, "opportunity": 2}
LONGEST_LINE = 150
"""Lines of each grade, and characters of each, that the first page has room for."""
JUDGED = ("11_standards", RECORDED)
"""Where the findings on criteria of the standard, and on its rule, are raised."""
_CLAUSE = re.compile(r"[.;](?=\s)")
_BETWEEN_WORDS = re.compile(r"(?<!\d)\s(?!\d)")


@dataclass(frozen=True, slots=True)
class BriefLine:
    """What failed on the first page: the worst finding under its demand, the numbers of all, the others."""

    first: int
    label: str
    words: str
    further_subjects: str


@dataclass(frozen=True, slots=True)
class Brief:
    """The findings of one grade on the first page; `count` of them there are, `printed` have their line."""

    grade: str
    title: str
    lines: tuple[BriefLine, ...]
    count: int
    printed: int

    @property
    def in_full(self) -> bool:
        """Whether each has a line of its own; lighter grades run on."""
        return self.grade == "major"

    @property
    def counted(self) -> str:
        """How many there are, and how many of them are shown where that is not all."""
        many = counted(self.count, "finding")
        return many if self.printed == self.count else f"{self.printed} of {many} shown"


def brief(findings: Sequence[Reported], items: Mapping[str, str] = NO_NAMES) -> tuple[Brief, ...]:
    """Return the findings of each grade as the first page names them: one line per demand, within limits.

    Parameters
    ----------
    items
        Wording of each item, which stands for its code.
    """
    briefs = []
    for grade, title in _TITLES.items():
        groups = _by_demand(findings, grade)
        printed = groups[: MOST_LINES[grade]]
        if groups:
            lines = tuple(_line(group, items) for group in printed)
            briefs.append(Brief(grade, title, lines, sum(map(len, groups)), sum(map(len, printed))))
    return tuple(briefs)


def totals(findings: Sequence[Reported]) -> str:
    """Return how many findings there are, and how many of them come from the standard's criteria."""
    if not findings:
        return ""
    judged = sum(finding.notebook in JUDGED for finding in findings)
    further = len(findings) - judged
    where = f"{judged} on criteria of the standard" if judged else ""
    if further:
        where = (
            f"{where}, {further} on other questions of the audit" if judged else "none of them by a standard"
        )
    return f"{counted(len(findings), 'finding')}, the worst first: {where}."


def _line(group: Sequence[Reported], items: Mapping[str, str]) -> BriefLine:
    worst = group[0]
    further = "; ".join(finding.own_subject for finding in group[1:] if finding.own_subject)
    return BriefLine(worst.number, _numbers(group), words_of(worst, items), shortened(further))


def words_of(reported: Reported, items: Mapping[str, str]) -> str:
    """Return what failed: the headline of a finding, otherwise its condition."""
    text = reported.finding.headline or reported.finding.condition
    words = sentence_of(with_labels(text, items))
    tail = ALIKE if words.endswith(ALIKE) else ""  # that there are others is told whatever is cut
    return f"{shortened(words.removesuffix(tail), longest=LONGEST_LINE - len(tail))}{tail}"


def shortened(text: str, *, longest: int = LONGEST_LINE) -> str:
    """Return `text` without its full stop, ended after a whole clause where it would take too much room.

    It is never cut inside a number or a word, and no number is parted from what it counts.
    """
    whole = text.strip().rstrip(".")
    if len(whole) <= longest:
        return whole
    clauses = [match.start() for match in _CLAUSE.finditer(whole) if match.start() <= longest]
    if clauses:
        return whole[: clauses[-1]]
    words = [match.start() for match in _BETWEEN_WORDS.finditer(whole) if match.start() <= longest]
    return f"{whole[: words[-1] if words else len(whole)]} \N{HORIZONTAL ELLIPSIS}"


def _by_demand(findings: Iterable[Reported], grade: str) -> list[list[Reported]]:
    by_demand: dict[str, list[Reported]] = {}
    for finding in findings:
        if finding.finding.grade == grade:
            by_demand.setdefault(finding.demand, []).append(finding)
    return list(by_demand.values())


def _numbers(findings: Iterable[Reported]) -> str:
    return ", ".join(label for label, _ in runs_of([finding.number for finding in findings]))
