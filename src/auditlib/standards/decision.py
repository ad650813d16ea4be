"""From judgements and findings to one decision: the rule of A15.

Conventions
-----------
- A criterion not met is a finding of its grade; findings of other notebooks stand beside it. All that are
  not closed are open. So many open minors in one category as the edition declares count as one major.
  Opportunities never stop a decision.
- A minor that is open has no accepted plan: it withholds the certificate until the register of actions holds
  one. The criteria alone do not show the register: there, minors leave the decision undecided. A criterion
  of this grade without evidence leaves it undecided too: what is held back must not fare better than what
  shows a minor. One that is shown and not demonstrated earns no score, and withholds nothing.
- What closes a finding is decided elsewhere (`actions.closing`): the decision is told.
- A criterion this suite does not measure is outside the certified scope: it opens nothing and scores nothing.
- A step of the rule is ``met``, ``not_met``, or ``not_demonstrated`` where open criteria decide it.
- The standard is met only if every step is; it is not met as soon as one step is not. An edition that is
  neither in effect nor in transition at the end of the period compares and certifies nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from auditlib.records import (
    Aspect,
    Decision,
    GatheredMinors,
    Grade,
    Judgement,
    Outcome,
    Score,
    Step,
    WeighedFinding,
)
from auditlib.standards.edition import DecisionRule
from auditlib.standards.profile import Demands
from auditlib.standards.scoring import OPEN, combined, in_scope, mismatch, scope_of, score
from auditlib.standards.weighing import each_once, gathered_minors, weighed_criterion
from auditlib.statements import counted

RECORDED = "decision"
"""Under this name the decision over all findings is recorded, as a notebook's results are."""


def decide(
    demands: Demands,
    judgements: Sequence[Judgement],
    *,
    findings: Sequence[WeighedFinding] | None = None,
    closed: Collection[str] = (),
) -> Decision:
    """Return whether the operation meets the standard, with every step of the rule.

    Parameters
    ----------
    demands
        The edition in force for this party.
    judgements
        One for each of its criteria.
    findings
        Those of other notebooks, each failing once; None where only the criteria are seen yet.
    closed
        Keys of the findings that the register of actions closes.
    """
    rule, titles = demands.edition.rule, demands.edition.categories
    process, results = (score(judgements, aspect) for aspect in (Aspect.PROCESS, Aspect.RESULT))
    total = combined(process, results, process_weight=rule.process_weight)
    failed = [weighed_criterion(entry) for entry in in_scope(judgements, Outcome.NOT_MET)]
    heavy = [finding for finding in (*failed, *(findings or ())) if finding.grade is not Grade.OPPORTUNITY]
    standing = [finding for finding in heavy if finding.key not in closed]
    majors = _names(standing, Grade.MAJOR)
    minors = [finding for finding in standing if finding.grade is Grade.MINOR]
    gathered = gathered_minors(minors, limit=rule.minors_make_major, titles=titles)
    steps = (
        _must_pass(judgements),
        _score_step(total, process, results, rule),
        _majors_step(majors, judgements),
        _minors_step(gathered, minors, judgements, demands),
        _plans_step(minors, judgements, whole=findings is not None),
    )
    compared = _overall(steps, judgements)
    return Decision(
        standard=demands.edition.name,
        outcome=compared if demands.certifies else _compared_only(compared),
        compared=compared,
        whole=findings is not None,
        score=total,
        process=process,
        results=results,
        open_majors=(*majors, *(_as_major(group) for group in gathered)),
        open_minors=_names(minors, Grade.MINOR),
        closed=tuple(finding.name for finding in heavy if finding.key in closed),
        gathered=gathered,
        scope=scope_of(judgements),
        mismatch=mismatch(judgements, gap=rule.mismatch),
        trace=(*steps, *_window_step(demands)),
    )


def _names(findings: Sequence[WeighedFinding], grade: Grade) -> tuple[str, ...]:
    return tuple(finding.name for finding in findings if finding.grade is grade)


def _as_major(group: GatheredMinors) -> str:
    return f"{counted(len(group.names), 'minor')} in '{group.title}'"


def _must_pass(judgements: Sequence[Judgement]) -> Step:
    judged = [entry for entry in in_scope(judgements) if entry.criterion.must_pass]
    failed = _ids(judged, Outcome.NOT_MET)
    still = _ids(judged, *OPEN)
    met = len(judged) - len(failed) - len(still)
    counts = f"{met} of {len(judged)} met, {len(failed)} not met, {len(still)} open"
    return Step("every must-pass criterion is met", counts, _three(failed, still), failed or still)


def _score_step(total: Score, process: Score | None, results: Score | None, rule: DecisionRule) -> Step:
    outcome = Outcome.NOT_DEMONSTRATED
    if total.weight and total.low >= rule.pass_mark:
        outcome = Outcome.MET
    elif total.high < rule.pass_mark:
        outcome = Outcome.NOT_MET
    scores = (
        f"{_range(total)} (process {_range(process)}, results {_range(results)}, "
        f"process counts {rule.process_weight:.0%})"
    )
    return Step(f"the weighted score reaches the pass mark of {rule.pass_mark:.0%}", scores, outcome)


def _range(earned: Score | None) -> str:
    if earned is None:
        return "not judged"
    if earned.low == earned.high:
        return f"{earned.low:.1%}"
    return f"{earned.low:.1%}, up to {earned.high:.1%} if all open criteria were met"


def _majors_step(majors: tuple[str, ...], judgements: Sequence[Judgement]) -> Step:
    still = tuple(entry.criterion.id for entry in _undecided(judgements, Grade.MAJOR))
    counts = f"{len(majors)} open, {_could_raise(still)}"
    return Step("no major is open", counts, _three(majors, still), each_once(majors) or still)


def _minors_step(
    gathered: Sequence[GatheredMinors],
    minors: Sequence[WeighedFinding],
    judgements: Sequence[Judgement],
    demands: Demands,
) -> Step:
    limit = demands.edition.rule.minors_make_major
    possible = (weighed_criterion(entry) for entry in _undecided(judgements, Grade.MINOR))
    worst = gathered_minors((*minors, *possible), limit=limit, titles=demands.edition.categories)
    failed, still = (
        each_once(name for group in groups for name in group.names) for groups in (gathered, worst)
    )
    category, many = "category", "categories"
    counts = f"{counted(len(minors), 'open minor')}, {counted(len(gathered), category, many)} with too many"
    rule_words = f"no category has {limit} open minors, which count as a major"
    return Step(rule_words, counts, _three(failed, still), failed or still)


def _plans_step(minors: Sequence[WeighedFinding], judgements: Sequence[Judgement], *, whole: bool) -> Step:
    """Hold every minor against the register; a criterion left open may hide one, which no plan can cover."""
    rule = "every minor has an accepted plan that is not overdue"
    names = each_once(minor.name for minor in minors)
    unseen = in_scope(judgements, Outcome.NOT_ASSESSABLE)
    still = tuple(entry.criterion.id for entry in unseen if entry.criterion.severity is Grade.MINOR)
    failed, ending = (
        (names, " without an accepted plan") if whole else ((), "; plans are read when the run is assembled")
    )
    could, coulds = "criterion that could raise one has", "criteria that could raise one have"
    hidden = f", {counted(len(still), could, coulds)} no evidence" if still else ""
    counts = f"{counted(len(minors), 'minor')}{ending}{hidden}"
    return Step(rule, counts, _three(failed, (*names, *still)), (*names, *still))


def _undecided(judgements: Sequence[Judgement], grade: Grade) -> list[Judgement]:
    return [entry for entry in in_scope(judgements, *OPEN) if entry.criterion.severity is grade]


def _could_raise(criteria: Sequence[str]) -> str:
    could, coulds = "criterion that could raise one is", "criteria that could raise one are"
    return f"{counted(len(criteria), could, coulds)} undecided"


def _window_step(demands: Demands) -> tuple[Step, ...]:
    """Return the step that says why nothing is certified; none where the edition may certify."""
    if demands.certifies:
        return ()
    rule = "the edition is in effect, or in transition, on the last day of the period"
    return (Step(rule, "it is not: the verdict compares, and certifies nothing", Outcome.NOT_APPLICABLE),)


def _three(failed: Sequence[str], still: Sequence[str]) -> Outcome:
    if failed:
        return Outcome.NOT_MET
    return Outcome.NOT_DEMONSTRATED if still else Outcome.MET


def _ids(judgements: Sequence[Judgement], *outcomes: Outcome) -> tuple[str, ...]:
    return tuple(entry.criterion.id for entry in judgements if entry.outcome in outcomes)


def _overall(steps: Sequence[Step], judgements: Sequence[Judgement]) -> Outcome:
    if not in_scope(judgements, Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED):
        return Outcome.NOT_ASSESSABLE
    outcomes = {step.outcome for step in steps}
    for outcome in (Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED):
        if outcome in outcomes:
            return outcome
    return Outcome.MET


def _compared_only(compared: Outcome) -> Outcome:
    return Outcome.NOT_APPLICABLE if compared is Outcome.MET else compared
