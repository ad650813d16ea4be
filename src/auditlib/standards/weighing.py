"""Findings as the decision weighs them: a name, a grade, and the category in which minors gather."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from auditlib.contracts import TABLES
from auditlib.records import Criterion, Finding, GatheredMinors, Judgement, WeighedFinding

_OWN = frozenset({"clock", "duty", "promise"})
"""How subjects begin that name a rule of a policy."""
_TIMES = ("", "", "twice", "three times", "four times", "five times", "six times")


def each_once(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of findings as a sentence lists them: several of one name once, with how often."""
    return tuple(_with_times(name, count) for name, count in Counter(names).items())


def _with_times(name: str, count: int) -> str:
    times = _TIMES[count] if count < len(_TIMES) else "many times"
    return f"{name} {times}".rstrip()


def weighed_criterion(judgement: Judgement) -> WeighedFinding:
    """Return the finding that a criterion which is not met, or could be missed, stands for."""
    criterion = judgement.criterion
    return WeighedFinding(criterion.id, criterion.id, criterion.severity, criterion.category)


def weighed_finding(finding: Finding, criteria: Sequence[Criterion], *, notebook: str) -> WeighedFinding:
    """Return a finding of a notebook that judges no standard, in the category it belongs to.

    Parameters
    ----------
    finding
        With its fingerprint.
    criteria
        Those of the edition.
    notebook
        Who raised it; findings that no criterion is about gather under its name.
    """
    category = category_of(identifier_of(finding.criterion), criteria) or notebook
    return WeighedFinding(finding.fingerprint, name_of(finding, notebook), finding.grade, category)


def name_of(finding: Finding, where: str) -> str:
    """Return what the trace calls a finding: its demand, the table or clock it is on, and who raised it.

    Only names of this suite are added: what a party calls its units may be numbers, or persons.
    """
    parts, demand = finding.subject.split(":"), identifier_of(finding.criterion)
    named = finding.subject in TABLES and not demand.endswith(finding.subject)
    about = f" of {' '.join(parts)}" if named or parts[0] in _OWN else ""
    return f"{demand}{about} ({where})"


def identifier_of(demand: str) -> str:
    """Return the id that the text of a demand begins with: ``E4`` of ``E4: roles at a contact …``."""
    return demand.partition(":")[0].strip()


def category_of(identifier: str, criteria: Sequence[Criterion]) -> str:
    """Return the category of a criterion, or of the first that serves a requirement; empty for neither."""
    own = (criterion.category for criterion in criteria if criterion.id == identifier)
    serving = (criterion.category for criterion in criteria if identifier in criterion.requirements)
    return next(own, "") or next(serving, "")


def gathered_minors(
    minors: Sequence[WeighedFinding], *, limit: int, titles: Mapping[str, str]
) -> tuple[GatheredMinors, ...]:
    """Return the open minors that together count as one major, by category.

    Parameters
    ----------
    limit
        How many of one category do.
    titles
        Title of each category of the edition.
    """
    names: dict[str, list[str]] = {}
    for minor in minors:
        names.setdefault(minor.category, []).append(minor.name)
    return tuple(
        GatheredMinors(category, titles.get(category, f"beside the standard, {category}"), tuple(group))
        for category, group in names.items()
        if len(group) >= limit
    )
