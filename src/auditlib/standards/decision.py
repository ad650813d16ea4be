"""From judgements to a decision: the rule of A15, with process and results apart (A6).

Conventions
-----------
- A met criterion earns its weight. A criterion that is not demonstrated or not assessable is *open*:
  it earns nothing, and the highest score still possible counts it in full. Criteria that are waived or
  not applicable leave the score.
- Process and results are scored apart and combined by the declared weight; where an edition judges
  only one of the two, the score is that one.
- A step of the rule is ``met``, ``not_met``, or ``not_demonstrated`` where open criteria decide it.
- A criterion not met is an open finding of its grade. A stated cause with a verified fix closes a
  major or a minor; an accepted plan closes a minor. So many open minors in one category as the edition
  declares count as one major.
- The standard is met only if every step is; it is not met as soon as one step is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from auditlib.records import (
    Aspect,
    Decision,
    Grade,
    Judgement,
    Outcome,
    Score,
    Step,
    counted,
)
from auditlib.standards.edition import Rule
from auditlib.standards.profile import Demands

OPEN = (Outcome.NOT_DEMONSTRATED, Outcome.NOT_ASSESSABLE)
_DIGITS = 12  # so that a score of exactly the pass mark reaches it
JUDGED = (Outcome.MET, Outcome.NOT_MET, *OPEN)


def decide(demands: Demands, judgements: Sequence[Judgement]) -> Decision:
    """Return whether the operation meets the standard, with every step of the rule.

    Parameters
    ----------
    demands
        The edition in force for this party, with its plans and fixes.
    judgements
        One for each of its criteria.
    """
    rule = demands.edition.rule
    process, results = (score(judgements, aspect) for aspect in (Aspect.PROCESS, Aspect.RESULT))
    total = combined(process, results, process_weight=rule.process_weight)
    majors, minors = open_findings(demands, judgements)
    gathered = gathered_minors(minors, judgements, limit=rule.minors_make_major)
    steps = (
        _must_pass(judgements),
        _score_step(total, process, results, rule),
        _majors_step(majors, judgements),
        _minors_step(gathered, minors, judgements, rule),
    )
    return Decision(
        demands.edition.name,
        _overall(steps, judgements),
        total,
        process,
        results,
        (*majors, *_as_majors(gathered, demands)),
        minors,
        mismatch(judgements, gap=rule.mismatch),
        steps,
    )


def score(judgements: Sequence[Judgement], aspect: Aspect) -> Score | None:
    """Return the weighted score of one aspect; None where nothing of it is judged."""
    judged = [entry for entry in judgements if entry.criterion.aspect is aspect and entry.outcome in JUDGED]
    weight = sum(entry.criterion.weight for entry in judged)
    if weight == 0:
        return None
    met = sum(entry.criterion.weight for entry in judged if entry.outcome is Outcome.MET)
    still = sum(entry.criterion.weight for entry in judged if entry.outcome in OPEN)
    return Score(round(met / weight, _DIGITS), round((met + still) / weight, _DIGITS), weight)


def combined(process: Score | None, results: Score | None, *, process_weight: float) -> Score:
    """Return the score of the whole by the declared weight of process."""
    if process is None or results is None:
        return process or results or Score(0.0, 0.0, 0.0)
    share = process_weight
    return Score(
        round(share * process.low + (1 - share) * results.low, _DIGITS),
        round(share * process.high + (1 - share) * results.high, _DIGITS),
        process.weight + results.weight,
    )


def open_findings(
    demands: Demands, judgements: Sequence[Judgement]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of criteria with an open major, and with an open minor."""
    failed = [
        entry.criterion
        for entry in judgements
        if entry.outcome is Outcome.NOT_MET and entry.criterion.id not in demands.fixed
    ]
    majors = tuple(entry.id for entry in failed if entry.severity is Grade.MAJOR)
    minors = tuple(
        entry.id for entry in failed if entry.severity is Grade.MINOR and entry.id not in demands.planned
    )
    return majors, minors


def gathered_minors(
    minors: Sequence[str], judgements: Sequence[Judgement], *, limit: int
) -> dict[str, tuple[str, ...]]:
    """Return, by category, the open minors that together count as one major."""
    category = {entry.criterion.id: entry.criterion.category for entry in judgements}
    counts = Counter(category[identifier] for identifier in minors)
    return {
        name: tuple(identifier for identifier in minors if category[identifier] == name)
        for name, count in counts.items()
        if count >= limit
    }


def _as_majors(gathered: Mapping[str, tuple[str, ...]], demands: Demands) -> tuple[str, ...]:
    titles = demands.edition.categories
    return tuple(f"{len(ids)} minors in '{titles[category]}'" for category, ids in gathered.items())


def mismatch(judgements: Sequence[Judgement], *, gap: float) -> str:
    """Return a sentence where process and results part by `gap` or more, otherwise nothing.

    Only criteria that were met or not met enter: what is open says nothing about strength.
    """
    process, results = (decided_share(judgements, aspect) for aspect in (Aspect.PROCESS, Aspect.RESULT))
    if process is None or results is None or abs(process - results) < gap:
        return ""
    shares = f"{process:.0%} of the decided process weight is met and {results:.0%} of the results"
    if process > results:
        return f"Strong process, weak results: {shares}. The work is done as described and does not help."
    return f"Weak process, strong results: {shares}. Results may not last, or the process is not the cause."


def decided_share(judgements: Sequence[Judgement], aspect: Aspect) -> float | None:
    """Return the share of the weight met among criteria that were met or not met; None where none was."""
    decided = [entry for entry in judgements if entry.outcome in (Outcome.MET, Outcome.NOT_MET)]
    found = score(decided, aspect)
    return None if found is None else found.low


def _must_pass(judgements: Sequence[Judgement]) -> Step:
    judged = [entry for entry in judgements if entry.criterion.must_pass and entry.outcome in JUDGED]
    failed = _ids(judged, Outcome.NOT_MET)
    still = _ids(judged, *OPEN)
    met = len(judged) - len(failed) - len(still)
    found = f"{met} of {len(judged)} met, {len(failed)} not met, {len(still)} open"
    return Step("every must-pass criterion is met", found, _three(failed, still), failed or still)


def _score_step(total: Score, process: Score | None, results: Score | None, rule: Rule) -> Step:
    outcome = Outcome.NOT_DEMONSTRATED
    if total.weight and total.low >= rule.pass_mark:
        outcome = Outcome.MET
    elif total.high < rule.pass_mark:
        outcome = Outcome.NOT_MET
    found = (
        f"{_range(total)} (process {_range(process)}, results {_range(results)}, "
        f"process counts {rule.process_weight:.0%})"
    )
    return Step(f"the weighted score reaches the pass mark of {rule.pass_mark:.0%}", found, outcome)


def _range(found: Score | None) -> str:
    if found is None:
        return "not judged"
    if found.low == found.high:
        return f"{found.low:.1%}"
    return f"{found.low:.1%}, up to {found.high:.1%} if all open criteria were met"


def _majors_step(majors: tuple[str, ...], judgements: Sequence[Judgement]) -> Step:
    still = tuple(
        entry.criterion.id
        for entry in judgements
        if entry.outcome in OPEN and entry.criterion.severity is Grade.MAJOR
    )
    could, coulds = "criterion that could raise one is", "criteria that could raise one are"
    found = f"{len(majors)} open, {counted(len(still), could, coulds)} undecided"
    return Step("no major is open", found, _three(majors, still), majors or still)


def _minors_step(
    gathered: dict[str, tuple[str, ...]],
    minors: tuple[str, ...],
    judgements: Sequence[Judgement],
    rule: Rule,
) -> Step:
    possible = [
        entry.criterion.id
        for entry in judgements
        if entry.outcome in OPEN and entry.criterion.severity is Grade.MINOR
    ]
    worst = gathered_minors((*minors, *possible), judgements, limit=rule.minors_make_major)
    failed = tuple(identifier for ids in gathered.values() for identifier in ids)
    still = tuple(identifier for ids in worst.values() for identifier in ids)
    one, many = "category", "categories"
    found = f"{counted(len(minors), 'open minor')}, {counted(len(gathered), one, many)} with too many"
    rule_words = f"no category has {rule.minors_make_major} open minors, which count as a major"
    return Step(rule_words, found, _three(failed, still), failed or still)


def _three(failed: Sequence[str], still: Sequence[str]) -> Outcome:
    if failed:
        return Outcome.NOT_MET
    return Outcome.NOT_DEMONSTRATED if still else Outcome.MET


def _ids(judgements: Sequence[Judgement], *outcomes: Outcome) -> tuple[str, ...]:
    return tuple(entry.criterion.id for entry in judgements if entry.outcome in outcomes)


def _overall(steps: Sequence[Step], judgements: Sequence[Judgement]) -> Outcome:
    if not any(
        entry.outcome in (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED) for entry in judgements
    ):
        return Outcome.NOT_ASSESSABLE
    found = {step.outcome for step in steps}
    for outcome in (Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED):
        if outcome in found:
            return outcome
    return Outcome.MET
