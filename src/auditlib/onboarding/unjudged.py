"""The criteria that a run will not be able to judge, and what evidence they wait for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditlib.audit.law import JUDGE
from auditlib.audit.standard import editions, measures, read_edition
from auditlib.evidence import Evidence
from auditlib.parameters.run import Run
from auditlib.records import Criterion
from auditlib.runs.plan import planned_names
from auditlib.standards.measure import Measure


@dataclass(frozen=True, slots=True)
class UnjudgedCriterion:
    """A criterion that will be not assessable.

    Parameters
    ----------
    id
        The criterion.
    why
        All that is lacking, in words.
    lacks
        The tables that are not there; where all are, `why`.
    """

    id: str
    why: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AwaitedEvidence:
    """What criteria wait for.

    Parameters
    ----------
    lacking
        A table that is not there, or what else is lacking, in words.
    criteria
        Those that cannot be judged without it.
    alone
        How many of them lack nothing else.
    """

    lacking: str
    criteria: tuple[str, ...]
    alone: int


def unjudged(run: Run, evidence: Evidence, *, root: Path) -> tuple[UnjudgedCriterion, ...]:
    """Return the criteria of the run's standard for which there will be no measurement."""
    if JUDGE not in planned_names(run) or run.standard not in editions(root=root):
        return ()
    return tuple(_unjudged(run, evidence, root))


def _unjudged(run: Run, evidence: Evidence, root: Path) -> Iterator[UnjudgedCriterion]:
    for criterion in read_edition(run.standard, root=root).criteria:
        measure = measures().get(criterion.metric)
        why = _unmeasured(measure, criterion, run, evidence) if measure else ""
        if measure and why:
            tables = dict.fromkeys(need.partition(".")[0] for need in measure.needs)
            absent = tuple(table for table in tables if table not in evidence.tables)
            instead = bool(measure.instead) and measure.instead[0] in evidence.tables
            yield UnjudgedCriterion(criterion.id, why, (why,) if instead or not absent else absent)


def _unmeasured(measure: Measure, criterion: Criterion, run: Run, evidence: Evidence) -> str:
    """Return why `measure` will find nothing for `criterion`, as far as can be told without measuring."""
    kind = criterion.options.get("survey_type")
    if measure.satisfaction and kind and kind not in run.instruments:
        return f"no {kind} survey is declared"
    return measure.missing(evidence, run, criterion.options)


def awaited(criteria: Sequence[UnjudgedCriterion]) -> tuple[AwaitedEvidence, ...]:
    """Return what criteria wait for, that first which would let most of them be judged.

    Examples
    --------
    >>> awaited([UnjudgedCriterion("A", "", ("x", "y")), UnjudgedCriterion("B", "", ("y",))])[0]
    AwaitedEvidence(lacking='y', criteria=('A', 'B'), alone=1)
    """
    everything = dict.fromkeys(lack for criterion in criteria for lack in criterion.lacks)
    entries = (
        AwaitedEvidence(
            lack,
            tuple(criterion.id for criterion in criteria if lack in criterion.lacks),
            sum(criterion.lacks == (lack,) for criterion in criteria),
        )
        for lack in everything
    )
    return tuple(sorted(entries, key=lambda entry: (-entry.alone, -len(entry.criteria), entry.lacking)))


def unjudged_sentences(criteria: Sequence[UnjudgedCriterion]) -> Iterator[str]:
    """Yield, for each thing the evidence lacks, the criteria that cannot be judged without it."""
    without: dict[str, list[str]] = {}
    for criterion in criteria:
        without.setdefault(criterion.why, []).append(criterion.id)
    for why, ids in without.items():
        yield f"{JUDGE} will answer 'not assessable' for {', '.join(ids)}, because {why}."
