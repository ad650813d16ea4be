"""The same question of each subject: satisfaction, follow-up, complaints and service levels over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditlib.benchmark import BenchmarkAnswer
from auditlib.disclosure import MinimumFrequency
from auditlib.escalation import assess
from auditlib.improvement.monthly import (
    MonthlyShares,
    by_grain,
    cases_of,
    criteria_of,
    of_answers,
    of_criterion,
    of_follow_ups,
)
from auditlib.improvement.subject import subject_of
from auditlib.improvement.subject_answers import StandingAnswer, SubjectAnswer, TogetherAnswer
from auditlib.parameters.engagement import Engagement
from auditlib.records import Criterion, Refusal
from auditlib.standards.measure import Context, Measure
from auditlib.statements import Unanswered

SATISFACTION = "Satisfaction"
MEASURED = {"Complaints": "complaints_resolved", "Service levels": "answered_within"}
"""Subjects that are measured as a criterion of the edition says, and its metric."""
TOPIC = "whether it improves"


def subjects(
    engagement: Engagement,
    compared: BenchmarkAnswer,
    *,
    criteria: Sequence[Criterion],
    measures: Mapping[str, Measure],
) -> tuple[SubjectAnswer | Unanswered, ...]:
    """Answer for satisfaction, follow-up, complaints and service levels whether they become better.

    Parameters
    ----------
    compared
        The answer of `benchmark.compare`: its surveys are followed.
    criteria
        What the edition demands.
    measures
        Every measure of the suite, by metric.
    """
    answers: list[SubjectAnswer | Unanswered] = []
    thresholds, seed = engagement.run.thresholds, engagement.run.seed
    for place, (name, months) in enumerate(_by_month(engagement, compared, criteria, measures)):
        steps = months if isinstance(months, Refusal) else by_grain(months, MinimumFrequency.of(thresholds))
        if isinstance(steps, Refusal):
            key = f"unanswered:{name.partition(' (')[0].lower().replace(' ', '_')}:{place}"
            answers.append(Unanswered(f"{name}, {TOPIC}", steps, key))
            continue
        level = thresholds.confidence
        answers.append(SubjectAnswer(subject_of(steps, level=level, seed=seed + place)))
    return tuple(answers)


def _by_month(
    engagement: Engagement,
    compared: BenchmarkAnswer,
    criteria: Sequence[Criterion],
    measures: Mapping[str, Measure],
) -> Iterator[tuple[str, MonthlyShares | Refusal]]:
    """Yield each subject with its shares by month, or why there are none."""
    yield from _satisfaction(engagement, compared, criteria)
    followed = assess(engagement)
    if isinstance(followed, Unanswered):
        yield "Follow-up", followed.refusal
    else:
        yield "Follow-up", of_follow_ups(followed, criteria)
    context = Context(engagement.run, engagement.texts)
    for subject, metric in MEASURED.items():
        demanded = list(criteria_of(criteria, metric))
        if not demanded or metric not in measures:
            yield subject, Refusal("The edition demands nothing that is measured of it.")
        for criterion in demanded:
            name = f"{subject} ({cases_of(criterion)})"
            yield name, of_criterion(subject, criterion, measures[metric], engagement.evidence, context)


def _satisfaction(
    engagement: Engagement, compared: BenchmarkAnswer, criteria: Sequence[Criterion]
) -> Iterator[tuple[str, MonthlyShares | Refusal]]:
    dated = [entry for entry in compared.result if entry.scores.table == "responses"]
    if not dated:
        yield SATISFACTION, Refusal("There are no dated answers; published figures are followed by period.")
        return
    cells = engagement.evidence.cells()
    for comparison in dated:
        survey = f"{SATISFACTION} ({comparison.measure.survey_type} survey)"
        yield survey, of_answers(cells, comparison, criteria)


def together(answers: Sequence[SubjectAnswer | Unanswered]) -> TogetherAnswer:
    """Answer for all subjects but satisfaction, which has an answer of its own, in one sentence.

    Parameters
    ----------
    answers
        Those of `subjects`.
    """
    return TogetherAnswer(tuple(part for part in answers if _subject(part) != SATISFACTION))


def _subject(part: SubjectAnswer | Unanswered) -> str:
    if isinstance(part, Unanswered):
        return part.title.partition(",")[0].partition(" (")[0]
    return part.result.shares.subject


def standings(answers: Sequence[SubjectAnswer | Unanswered]) -> tuple[StandingAnswer, ...]:
    """Answer for each subject that is answered what may be said of it every month.

    Parameters
    ----------
    answers
        Those of `subjects`.
    """
    return tuple(StandingAnswer(part.result) for part in answers if isinstance(part, SubjectAnswer))
