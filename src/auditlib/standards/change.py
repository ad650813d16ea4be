"""What would change a verdict: other targets, another mode, more evidence, a criterion met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from auditlib.records import Criterion, Decision, DecisionMode, Grade, Judgement, Number, Outcome
from auditlib.standards.decision import decide
from auditlib.standards.profile import Demands
from auditlib.standards.scoring import OPEN
from auditlib.standards.verdict import Verdict, verdict_of
from auditlib.standards.words import amount, limit, said
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd


COUNTED = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)
"""Outcomes that depend on the mode."""


def what_if(verdict: Verdict, *, targets: Mapping[str, float]) -> Verdict:
    """Return the verdict on the same measurements under other targets."""
    return _again(verdict, replace(verdict.demands, edition=verdict.demands.edition.with_targets(targets)))


def under_mode(verdict: Verdict, mode: DecisionMode) -> Verdict:
    """Return the verdict on the same measurements in another decision mode."""
    return _again(verdict, verdict.demands, mode=mode)


def _again(verdict: Verdict, demands: Demands, *, mode: DecisionMode | None = None) -> Verdict:
    """Judge the same measurements by other demands.

    What has no value is not judged again: a breach among too few cases to be told stays one.
    """
    other = verdict_of(demands, [entry.measurement for entry in verdict.judgements], mode=mode)
    judgements = tuple(
        replace(was, criterion=now.criterion) if was.measurement.value is None else now
        for was, now in zip(verdict.judgements, other.judgements, strict=True)
    )
    return Verdict(demands, judgements, decide(demands, judgements))


def by_mode(verdict: Verdict) -> pd.DataFrame:
    """Return the decision in each decision mode, one row each, beside how many criteria are met."""
    import pandas as pd

    rows = []
    for mode in DecisionMode:
        other = under_mode(verdict, mode)
        counts = (str(other.count(outcome)) for outcome in COUNTED)
        rows.append((mode.value, *counts, f"{other.decision.score.low:.1%}", said(other.decision.outcome)))
    columns = ["mode", "met", "not_met", "not_demonstrated", "score", "decision"]
    return pd.DataFrame(rows, columns=columns)


def numbers(verdict: Verdict) -> tuple[Number, ...]:
    """Return what `by_mode` and `blocking` state: counts by mode, scores by mode and if met."""
    return (*_by_mode(verdict), *_if_met_numbers(verdict))


def _by_mode(verdict: Verdict) -> Iterator[Number]:
    for mode in DecisionMode:
        other, reason = under_mode(verdict, mode), f"judged by {mode.value}"
        for outcome in COUNTED:
            yield Number(f"{outcome.value}:{mode.value}", other.count(outcome), "count", reason=reason)
        yield Number(f"score:{mode.value}", other.decision.score.low, "share", reason=reason)


def _if_met_numbers(verdict: Verdict) -> Iterator[Number]:
    reason = "the score that is certain if this criterion alone were met"
    for entry in _in_the_way(verdict):
        score = _if_met(verdict, entry).score.low
        yield Number(f"score_if_met:{entry.criterion.id}", score, "share", reason=reason)


def _in_the_way(verdict: Verdict) -> list[Judgement]:
    return [entry for entry in verdict.judgements if entry.outcome in (Outcome.NOT_MET, *OPEN)]


def blocking(verdict: Verdict) -> pd.DataFrame:
    """Return what stands between the operation and the standard, one row per criterion.

    Columns: ``criterion``, ``outcome``, ``weighs``, ``needed`` in words, and ``score_if_met``: the
    score that is certain if this criterion alone were met.
    """
    import pandas as pd

    columns = ["criterion", "outcome", "weighs", "needed", "score_if_met"]
    rows = [
        (
            entry.criterion.id,
            said(entry.outcome),
            _weighs(entry.criterion),
            needed(entry),
            f"{_if_met(verdict, entry).score.low:.1%}",
        )
        for entry in sorted(_in_the_way(verdict), key=_heaviest)
    ]
    return pd.DataFrame(rows, columns=columns)


def needed(judgement: Judgement) -> str:
    """Return in words what it would take for a criterion to be met."""
    measurement, target = judgement.measurement, judgement.criterion.target
    if not measurement.built:
        return f"a measure: {measurement.reason}"
    if judgement.outcome is Outcome.NOT_ASSESSABLE:
        return f"evidence: {measurement.reason or judgement.reason}"
    if judgement.outcome is Outcome.NOT_DEMONSTRATED and judgement.n_missing:
        return f"{counted(judgement.n_missing, 'more observation')} with the same result"
    if measurement.value is None:
        return limit(target, measurement.unit)
    return f"{limit(target, measurement.unit)}, found {amount(measurement.value, measurement.unit)}"


def _if_met(verdict: Verdict, judgement: Judgement) -> Decision:
    other = tuple(
        replace(entry, outcome=Outcome.MET) if entry is judgement else entry for entry in verdict.judgements
    )
    return decide(verdict.demands, other)


def _weighs(criterion: Criterion) -> str:
    return f"must-pass, {criterion.severity}" if criterion.must_pass else criterion.severity.value


def _heaviest(judgement: Judgement) -> tuple[bool, bool, bool, float]:
    criterion = judgement.criterion
    return (
        not criterion.must_pass,
        criterion.severity is not Grade.MAJOR,
        judgement.outcome is not Outcome.NOT_MET,
        -criterion.weight,
    )
