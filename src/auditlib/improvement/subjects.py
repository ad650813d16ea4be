"""The same question of each subject: does it become better, and what may be said of it every month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from auditlib.benchmark import BenchmarkAnswer
from auditlib.disclosure import MinimumFrequency
from auditlib.escalation import assess
from auditlib.improvement.charted import Charted, charted
from auditlib.improvement.monthly import (
    MonthlyShares,
    by_grain,
    criteria_of,
    of_answers,
    of_criterion,
    of_follow_ups,
)
from auditlib.parameters.engagement import Engagement
from auditlib.records import Criterion, Direction, Held, Interval, Kind, Number, Refusal, Sentence
from auditlib.standards.measure import Context, Measure
from auditlib.statements import Answer, Facts, Unanswered, say
from auditlib.statistics import anytime
from auditlib.statistics.lasting_change import Shape
from auditlib.statistics.types import Limits
from auditlib.time.months import YEAR, month_text

MEASURED = {"Complaints": "complaints_resolved", "Service levels": "answered_within"}
"""Subjects that are measured as a criterion of the edition says, and its metric."""
TOPIC = "whether it improves"


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One subject over time.

    Parameters
    ----------
    shares
        By step.
    charted
        What changed for good and which steps are out of line; or why that cannot be told.
    so_far
        Limits of the share of all cases so far, which hold at every step together.
    level
        Their coverage.
    """

    shares: MonthlyShares
    charted: Charted | Refusal
    so_far: Limits
    level: float

    @property
    def target(self) -> float | None:
        """What is demanded of the share; None where nothing is, or every case counts by itself."""
        criterion = self.shares.criterion
        return None if criterion is None or criterion.kind is Kind.RIGID else criterion.target.value

    @property
    def better(self) -> int:
        """Whether the share becomes better for good (1), worse (-1), or neither is shown (0)."""
        if isinstance(self.charted, Refusal) or self.charted.shape is Shape.NONE:
            return 0
        change = self.charted.chart.change
        side = int(change.low > 0) - int(change.high < 0)
        wanted = self.shares.criterion
        return -side if wanted is not None and wanted.target.direction is Direction.AT_MOST else side

    @property
    def first_beyond(self) -> tuple[int, int] | None:
        """First step at which the share so far lies beyond the target for sure, and the side."""
        return None if self.target is None else anytime.first_beyond(self.so_far, self.target)

    def without(self, held: Held) -> tuple[Subject | None, int]:
        """Return it, or nothing where its share is held back."""
        lost = held(f"share:{self.shares.key}")
        return (None if lost else self), int(lost)


def subject_of(months: MonthlyShares, *, level: float, seed: int) -> Subject:
    """Return what a share by step shows.

    Parameters
    ----------
    level
        Chance that an unchanging share shows no change, and that all limits so far hold.
    seed
        Of the unchanging series it is held against.
    """
    n = months.n.astype(np.float64)
    share = float(months.met.sum() / n.sum())
    chart = charted(
        months.met / n,
        n,
        share * (1 - share),
        steps=months.steps,
        grain=months.grain,
        statistic="top_box",
        key=months.key,
        level=level,
        rng=np.random.default_rng(seed),
    )
    counts = np.column_stack([months.n - months.met, months.met]).cumsum(axis=0)
    return Subject(months, chart, anytime.limits(counts, [0.0, 1.0], level=level), level)


class SubjectAnswer(Answer[Subject]):
    """Whether a subject becomes better, and what may be said of it every month."""

    drawn = True

    @property
    def title(self) -> str:
        """What is followed, in words."""
        return f"{self.result.shares.subject}: {self.result.shares.words}"

    @property
    def alt(self) -> str:
        """What a reader who cannot see the figure must know."""
        return str(self)

    def numbers(self) -> tuple[Number, ...]:
        """Return the share, first and last, the change and what may be said so far."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return whether it becomes better, and how it stands to its target."""
        about = self.facts.about(self.result.shares.key)
        return _course(self.result, about), _standing(self.result, about)


def _facts(result: Subject) -> Iterator[Number]:
    shares, level = result.shares, result.level
    year = YEAR if shares.grain == "month" else YEAR // 3
    span = min(year, max(1, len(shares.steps) // 2))
    for name, part in (("earlier", slice(None, span)), ("later", slice(-span, None))):
        met, n = int(shares.met[part].sum()), int(shares.n[part].sum())
        yield Number(f"{name}:{shares.key}", met / n, "share", n, basis=shares.basis)
    met, n = int(shares.met.sum()), int(shares.n.sum())
    limits = Interval(
        float(result.so_far.low[-1]), float(result.so_far.high[-1]), level, "betting, at every look"
    )
    yield Number(f"share:{shares.key}", met / n, "share", n, limits, shares.basis)
    yield Number(f"steps:{shares.key}", len(shares.steps), f"{shares.grain}s")
    if result.target is not None:
        yield Number(f"target:{shares.key}", result.target, "share", reason="Declared by the edition.")
    if isinstance(result.charted, Refusal):
        yield Number(f"lasting:{shares.key}", None, "share", reason=result.charted.reason)
    else:
        yield from result.charted.numbers("share", level)


def _course(result: Subject, facts: Facts) -> Sentence:
    shares = result.shares
    course = {
        1: "it has become better over the",
        -1: "it has become worse over the",
        0: "no change for the better or the worse is shown over the",
    }[result.better]
    text = (
        f"{{subject}} ({{words}}): {{course}} {{steps|{shares.grain}|{shares.grain}s}}. "
        "In the first {span} {earlier|.1%}, in the last {later|.1%}; {chart}"
    )
    chart = (
        Sentence(f"whether that lasts cannot be told: {result.charted.reason}", (facts["lasting"].key,))
        if isinstance(result.charted, Refusal)
        else result.charted.sentence(f"over all {shares.grain}s", facts)
    )
    span = "year" if len(shares.steps) >= 2 * (YEAR if shares.grain == "month" else YEAR // 3) else "half"
    return say(text, facts, subject=shares.subject, words=shares.words, course=course, span=span, chart=chart)


def _standing(result: Subject, facts: Facts) -> Sentence:
    shares = result.shares
    so_far = say(
        "all {share[n]|,.0f} cases so far come to {share|.1%}, and the true share lies between "
        "{share[low]|.1%} and {share[high]|.1%}, which holds however often one looks",
        facts,
    )
    start = f"{shares.subject}, looked at every {shares.grain}"
    if result.target is None:
        return say("{start}: {so_far}.", facts, start=start, so_far=so_far)
    return say(
        "{start}: {so_far}. {against}",
        facts,
        start=start,
        so_far=so_far,
        against=_against(result, facts),
    )


def _against(result: Subject, facts: Facts) -> Sentence:
    """Return how the share so far stands to its target, and since when that could be said."""
    shares, beyond = result.shares, result.first_beyond
    now = _side(result, len(shares.steps) - 1)
    if not now:
        return say("Whether the target of {target|.0%} is met cannot be said yet.", facts)
    side = "above" if now > 0 else "below"
    since = month_text(shares.steps[beyond[0]]) if beyond and beyond[1] == now else ""
    return say(
        "That is {side} the target of {target|.0%}{since}.",
        facts,
        side=side,
        since=f", as could be said first in {since}" if since else "",
    )


def _side(result: Subject, step: int) -> int:
    low, high = float(result.so_far.low[step]), float(result.so_far.high[step])
    target = result.target
    return 0 if target is None else int(low > target) - int(high < target)


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
            key = f"unanswered:{name.lower().replace(' ', '_')}:{place}"
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
            yield subject, of_criterion(subject, criterion, measures[metric], engagement.evidence, context)


def _satisfaction(
    engagement: Engagement, compared: BenchmarkAnswer, criteria: Sequence[Criterion]
) -> Iterator[tuple[str, MonthlyShares | Refusal]]:
    dated = [entry for entry in compared.result if entry.scores.table == "responses"]
    if not dated:
        yield "Satisfaction", Refusal("There are no dated answers; published figures are followed by period.")
        return
    cells = engagement.evidence.cells()
    yield from (("Satisfaction", of_answers(cells, comparison, criteria)) for comparison in dated)
