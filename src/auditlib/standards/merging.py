"""Findings brought together, so that no failing is told or counted twice.

Conventions
-----------
- Findings of one notebook that are the same but for their subject are one finding with its cases. Roles are
  judged apart (A12): findings on managers and on staff stay two, whatever else they share.
- A finding that breaches the metric of a criterion which is not met is that criterion's own finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from auditlib.contracts.columns import ROLES
from auditlib.records import CaseReference, Finding, Grade

ALIKE = "; others alike"
"""Behind the headline of the worst of several findings that are one."""
_T = TypeVar("_T")
BETWEEN = "; "
"""Between the subjects of findings that are one."""


@dataclass(frozen=True, slots=True)
class Member:
    """A finding that is part of another now: what it was known by, and what it was about."""

    fingerprint: str
    subject: str


@dataclass(frozen=True, slots=True)
class RaisedFinding:
    """A finding, the notebook that raised it, and the findings that are part of it."""

    finding: Finding
    notebook: str
    members: tuple[Member, ...] = ()


def brought_together(
    raised: Sequence[RaisedFinding], *, failed: Mapping[str, str], judge: str
) -> tuple[RaisedFinding, ...]:
    """Return the findings of an audit, each failing once, in their order.

    Parameters
    ----------
    raised
        Findings with their fingerprints.
    failed
        Id of each criterion that is not met, by its metric as `Criterion.metric_text` writes it.
    judge
        The notebook that judged by the standard; empty where none did.
    """
    own = {entry.finding.criterion.partition(":")[0]: entry for entry in raised if entry.notebook == judge}
    taken: dict[str, list[RaisedFinding]] = {}
    rest = []
    for entry in raised:
        name = failed.get(entry.finding.metric, "") if entry.finding.metric else ""
        if entry.notebook != judge and name in own and own[name].finding.grade is not Grade.OPPORTUNITY:
            taken.setdefault(name, []).append(entry)
        else:
            rest.append(entry)
    grown = [
        _grown(entry, taken.get(entry.finding.criterion.partition(":")[0], ()))
        if entry.notebook == judge
        else entry
        for entry in rest
    ]
    return tuple(_joined(group) for group in _alike(grown))


def _grown(own: RaisedFinding, taken: Sequence[RaisedFinding]) -> RaisedFinding:
    """Return a criterion's finding with the cases and evidence of those on the same metric."""
    if not taken:
        return own
    finding = replace(
        own.finding,
        evidence=_once(key for entry in (own, *taken) for key in entry.finding.evidence),
        cases=_once(case for entry in (own, *taken) for case in _cases(entry, alone=entry is own)),
        cases_in_all=max(entry.finding.cases_in_all for entry in (own, *taken)),
    )
    return replace(own, finding=finding, members=tuple(_member(entry) for entry in taken))


def _alike(raised: Iterable[RaisedFinding]) -> Iterable[list[RaisedFinding]]:
    groups: dict[tuple[str, ...], list[RaisedFinding]] = {}
    for entry in raised:
        finding = entry.finding
        words = (finding.cause, finding.effect, finding.recommendation)
        subject = finding.subject
        same = (
            entry.notebook,
            finding.criterion,
            finding.grade.value,
            *_roles(subject),
            *(_unnamed(word, subject) for word in words),
        )
        groups.setdefault(same, []).append(entry)
    return groups.values()


def _roles(subject: str) -> list[str]:
    """Return the roles a subject names, singular or plural, alone or followed by a day."""
    parts = [part.replace(" ", "_") for part in _parts(subject)]
    return [role for role in ROLES if any(re.fullmatch(rf"{role}s?(?:_\d.*)?", part) for part in parts)]


def _parts(subject: str) -> list[str]:
    return [part for part in re.split(r"[:,;]\s*", subject) if part]


def _unnamed(text: str, subject: str) -> str:
    """Return `text` without the names its finding is about."""
    names = sorted(set(_parts(subject)), key=len, reverse=True)
    for name in names:
        for form in {name, name.replace("_", " ")}:
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", "\N{HORIZONTAL ELLIPSIS}", text)
    return text


def _headline(findings: Sequence[Finding]) -> str:
    """Return what the worst of several says in one line, and that there are others."""
    worst = max(findings, key=lambda finding: -1.0 if finding.shortfall is None else finding.shortfall)
    return f"{worst.headline}{ALIKE}" if worst.headline else ""


def _joined(group: Sequence[RaisedFinding]) -> RaisedFinding:
    first, *others = group
    if not others:
        return first
    findings = [entry.finding for entry in group]
    known = [finding.shortfall for finding in findings if finding.shortfall is not None]
    finding = replace(
        first.finding,
        condition=" ".join(_once(finding.condition for finding in findings)),
        recommendation=" ".join(_once(finding.recommendation for finding in findings)),
        effect=" ".join(_once(finding.effect for finding in findings)),
        cause=" ".join(_once(finding.cause for finding in findings)),
        subject=BETWEEN.join(finding.subject for finding in findings),
        evidence=_once(key for finding in findings for key in finding.evidence),
        cases=_once(case for entry in group for case in _cases(entry, alone=False)),
        cases_in_all=_in_all(findings),
        metric=first.finding.metric if len({finding.metric for finding in findings}) == 1 else "",
        shortfall=max(known) if known else None,
        headline=_headline(findings),
    )
    members = (_member(first), *(_member(entry) for entry in others))
    return replace(
        first, finding=finding, members=(*members, *(member for entry in group for member in entry.members))
    )


def _cases(raised: RaisedFinding, *, alone: bool) -> Iterator[CaseReference]:
    """Yield the cases of a finding; one that lists none is a case itself, unless it stands alone."""
    finding = raised.finding
    yield from finding.cases
    if not finding.cases and not alone:
        yield CaseReference("", finding.subject, words=finding.condition)


def _in_all(findings: Sequence[Finding]) -> int:
    """Return how many cases several findings rest on, where one of them does not list all of its own."""
    if not any(finding.cases_in_all for finding in findings):
        return 0
    return sum(max(1, finding.cases_counted) for finding in findings)


def _member(raised: RaisedFinding) -> Member:
    return Member(raised.finding.fingerprint, raised.finding.subject)


def _once(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))
