"""Every number of a verdict under its key: values measured, outcomes, scores, counts, limits declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from auditlib.records import (
    Aspect,
    Decision,
    DecisionMode,
    Direction,
    Grade,
    Judgement,
    Kind,
    Number,
    Outcome,
)
from auditlib.standards.closed import gives_nobody_away
from auditlib.standards.counted_otherwise import own_limit
from auditlib.standards.judge import chance_of, with_excused
from auditlib.standards.scoring import LEAST_DECIDED, OPEN, decided_share, in_scope, known_share
from auditlib.standards.unknown import ends
from auditlib.standards.verdict import Verdict
from auditlib.standards.words import said

DECIDING = (
    "must_pass", "must_pass:met", "must_pass:not_met", "must_pass:open", "rule:pass_mark", "score:low",
    "score:high", "process:low", "process:high", "results:low", "results:high", "rule:process_weight",
    "majors:failed", "majors:undecided", "rule:minors_make_major", "minors:open", "minors:gathered",
    "minors:undecided", "minors:without_evidence", "findings:closed", "scope:outside",
    "scope:weight_outside", "scope:weight",
)  # fmt: skip
"""Keys of the numbers that the steps of the decision rule state."""


def deciding(verdict: Verdict) -> tuple[str, ...]:
    """Return the keys of the numbers that the steps of the decision rule of `verdict` state."""
    scores = {"process:high": verdict.decision.process, "results:high": verdict.decision.results}
    return tuple(key for key in DECIDING if key not in scores or scores[key] is not None)


_COUNTED = "counted from the outcomes of the criteria"
_DECLARED = "declared by the edition"


def facts(verdict: Verdict) -> Iterator[Number]:
    """Yield every measured value with its basis, the outcomes, the scores, and what words count.

    Keys: ``criteria`` and ``criteria:<outcome>``, ``majors:…``, ``minors:…``, ``must_pass:…``, ``rule:…``;
    for each criterion ``outcome:<id>``, ``found:<id>``, ``observations:<id>``, ``still_needed:<id>``,
    ``target:<id>``, ``minimum_n:<id>``, where it is rigid ``outside:<id>``, where more observations would
    help ``needed:<id>``, where cases are excused ``excused:<id>``, ``excused_limit:<id>`` and
    ``with_excused:<id>``, where cases are unknown ``unknown:<id>``, ``lowest:<id>`` and ``highest:<id>``,
    where a probability is required ``probability:<id>`` and ``required:<id>``, where counts were made at
    another limit ``limit:<id>``; for each category ``<outcome>:<category>``.
    """
    for judgement in verdict.judgements:
        yield from _measured(judgement)
    yield from deciding_numbers(verdict)
    for judgement in verdict.judgements:
        yield from _demands(judgement)
    yield from _categories(verdict)
    yield from _probabilities(verdict)
    yield verdict.aside.number()


def deciding_numbers(verdict: Verdict) -> tuple[Number, ...]:
    """Return what the decision and its sentences state: decision, scores, counts, scope and rule."""
    return (
        *_scores(verdict.decision),
        *_criteria(verdict),
        *_must_pass(verdict),
        *_gathered(verdict),
        *_scope(verdict.decision),
        *_rule(verdict),
        *_decided(verdict),
    )


def _measured(judgement: Judgement) -> Iterator[Number]:
    name, measured = judgement.criterion.id, judgement.measurement
    basis, reason, missing = measured.basis, measured.reason, judgement.n_missing
    n = None if gives_nobody_away(measured) or measured.value is None else measured.n
    waits = "" if missing is not None else "the outcome does not wait for more observations"
    yield Number(f"outcome:{name}", judgement.outcome.value, "", n, basis=basis, reason=judgement.reason)
    yield Number(f"found:{name}", measured.value, measured.unit, n, measured.interval, basis, reason)
    yield Number(f"observations:{name}", measured.n, "cases", basis=basis, reason=reason)
    yield Number(f"still_needed:{name}", missing, "count", basis=basis, reason=waits)
    if (seconds := own_limit(judgement)) is not None:
        yield Number(f"limit:{name}", seconds, "seconds", reason=_DECLARED)


def _count(key: str, value: int) -> Number:
    return Number(key, value, "count", reason=_COUNTED)


def _criteria(verdict: Verdict) -> Iterator[Number]:
    still = in_scope(verdict.judgements, *OPEN)
    unbuilt = sum(not judgement.measurement.built for judgement in verdict.judgements)
    short = sum(judgement.outcome is Outcome.NOT_DEMONSTRATED for judgement in still)
    yield _count("criteria", len(verdict.judgements))
    for outcome in Outcome:
        yield _count(f"criteria:{outcome.value}", verdict.count(outcome))
    yield _count("criteria:open", len(still))
    yield _count("criteria:unmeasured", unbuilt)
    yield _count("criteria:without_evidence", len(still) - short)


def _must_pass(verdict: Verdict) -> Iterator[Number]:
    judged = [judgement for judgement in in_scope(verdict.judgements) if judgement.criterion.must_pass]
    outcomes = Counter(judgement.outcome for judgement in judged)
    yield _count("must_pass", len(judged))
    yield _count("must_pass:met", outcomes[Outcome.MET])
    yield _count("must_pass:not_met", outcomes[Outcome.NOT_MET])
    yield _count("must_pass:open", sum(outcomes[outcome] for outcome in OPEN))


def _gathered(verdict: Verdict) -> Iterator[Number]:
    decision = verdict.decision
    still = in_scope(verdict.judgements, *OPEN)
    majors = len(decision.open_majors)
    yield _raised("majors:open", majors)
    yield _raised("majors:failed", majors - len(decision.gathered))
    yield _count("majors:undecided", sum(judgement.criterion.severity is Grade.MAJOR for judgement in still))
    yield _raised("minors:open", len(decision.open_minors))
    yield _raised("minors:gathered", len(decision.gathered))
    yield _count("minors:undecided", sum(judgement.criterion.severity is Grade.MINOR for judgement in still))
    unseen = in_scope(verdict.judgements, Outcome.NOT_ASSESSABLE)
    yield _count(
        "minors:without_evidence", sum(judgement.criterion.severity is Grade.MINOR for judgement in unseen)
    )
    yield _raised("findings:closed", len(decision.closed))
    for group in decision.gathered:
        yield _raised(f"minors:gathered:{group.category}", len(group.names))


def _raised(key: str, value: int) -> Number:
    return Number(key, value, "count", reason="counted from the findings")


def _scope(decision: Decision) -> Iterator[Number]:
    scope, reason = decision.scope, "weights declared by the edition"
    yield _count("scope:outside", len(scope.outside))
    yield Number("scope:weight_outside", scope.weight_outside, reason=reason)
    yield Number("scope:weight", scope.weight, reason=reason)


def _scores(decision: Decision) -> Iterator[Number]:
    rest = "share of the weight judged"
    yield Number("decision", decision.outcome.value)
    scores = {"score": decision.score, "process": decision.process, "results": decision.results}
    for key, score in scores.items():
        if score is None:
            yield Number(f"{key}:low", None, "share", reason="nothing of it is judged")
        else:
            yield Number(f"{key}:low", score.low, "share", reason=rest)
            yield Number(f"{key}:high", score.high, "share", reason=f"{rest}, open criteria met")


def _rule(verdict: Verdict) -> Iterator[Number]:
    rule = verdict.demands.edition.rule
    yield Number("rule:pass_mark", rule.pass_mark, "share", reason=_DECLARED)
    yield Number("rule:process_weight", rule.process_weight, "share", reason=_DECLARED)
    yield Number("rule:minors_make_major", rule.minors_make_major, "count", reason=_DECLARED)


def _decided(verdict: Verdict) -> Iterator[Number]:
    for name, aspect in (("process", Aspect.PROCESS), ("results", Aspect.RESULT)):
        share = decided_share(verdict.judgements, aspect)
        reason = (
            "share of the weight of criteria met or not met" if share is not None else "nothing is decided"
        )
        yield Number(f"{name}:decided", share, "share", reason=reason)
        known = known_share(verdict.judgements, aspect)
        yield Number(f"{name}:known", known, "share", reason="weight of criteria met or not met")
    yield Number("known:least", LEAST_DECIDED, "share", reason=_DECLARED)


def _demands(judgement: Judgement) -> Iterator[Number]:
    criterion, measured = judgement.criterion, judgement.measurement
    yield Number(f"target:{criterion.id}", criterion.target.value, measured.unit, reason=_DECLARED)
    yield Number(f"minimum_n:{criterion.id}", criterion.minimum_n, "count", reason=_DECLARED)
    if criterion.kind is Kind.RIGID and measured.successes is not None:
        at_least = criterion.target.direction is Direction.AT_LEAST
        outside = measured.n - measured.successes if at_least else measured.successes
        yield Number(f"outside:{criterion.id}", outside, "count", measured.n, basis=measured.basis)
    if judgement.n_needed is not None:
        reason = "observations at which the same result would demonstrate the target"
        yield Number(
            f"needed:{criterion.id}", judgement.n_needed, "count", basis=measured.basis, reason=reason
        )
    yield from _excused(judgement)
    yield from _unknown(judgement)


def _unknown(judgement: Judgement) -> Iterator[Number]:
    """Yield how many cases are unknown, and the values they leave possible; where none is, nothing."""
    measured, name = judgement.measurement, judgement.criterion.id
    if not measured.unknown or measured.value is None:
        return
    low, high = ends(measured)
    every = measured.n + measured.unknown
    yield Number(f"unknown:{name}", measured.unknown, "count", every, basis=measured.basis)
    for key, end in (("lowest", low), ("highest", high)):
        reason = "with no unknown case counted" if end is low else "with every unknown case counted"
        yield Number(f"{key}:{name}", end.value, measured.unit, every, basis=measured.basis, reason=reason)


def _excused(judgement: Judgement) -> Iterator[Number]:
    """Yield the share excused, its limit, and the share that counts with it; where none is, nothing."""
    criterion, measured = judgement.criterion, judgement.measurement
    if criterion.excused_limit is None or not measured.excused or measured.successes is None:
        return
    name, counted = criterion.id, with_excused(measured)
    share, reason = measured.excused / measured.n, "excused by recorded deviations"
    yield Number(f"excused:{name}", share, "share", measured.n, basis=measured.basis, reason=reason)
    yield Number(f"excused_limit:{name}", criterion.excused_limit, "share", reason=_DECLARED)
    reason = "within the limit or excused"
    yield Number(
        f"with_excused:{name}", counted.value, "share", measured.n, counted.interval, measured.basis, reason
    )


def _probabilities(verdict: Verdict) -> Iterator[Number]:
    """Yield, where the edition asks for a probability, what was found and what is required, by criterion."""
    rule = verdict.demands.edition.rule
    if rule.mode is not DecisionMode.PROBABILITY:
        return
    for judgement in verdict.judgements:
        name, chance = judgement.criterion.id, chance_of(judgement)
        if chance is not None:
            n, basis = judgement.measurement.n, judgement.measurement.basis
            yield Number(f"probability:{name}", chance, "", n, basis=basis, reason="the target is reached")
            yield Number(f"required:{name}", rule.required_probability, "", reason=_DECLARED)


def _categories(verdict: Verdict) -> Iterator[Number]:
    counts = Counter((judgement.criterion.category, judgement.outcome) for judgement in verdict.judgements)
    for name, title in verdict.demands.edition.categories.items():
        for outcome in Outcome:
            yield _count(f"{said(outcome)}:{title}", counts[name, outcome])
