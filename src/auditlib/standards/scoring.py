"""The weighted score of a standard, process and results apart (A6).

Conventions
-----------
- A met criterion earns its weight. A criterion that is not demonstrated or not assessable is *open*: it
  earns nothing, and the highest score still possible counts it in full.
- Criteria that are waived or not applicable, and those this suite does not measure, leave the score.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.records import Aspect, Judgement, Outcome, Scope, Score

OPEN = (Outcome.NOT_DEMONSTRATED, Outcome.NOT_ASSESSABLE)
JUDGED = (Outcome.MET, Outcome.NOT_MET, *OPEN)
LEAST_DECIDED = 0.5
"""Share of the weight of process, and of results, that must be met or not met before the two are compared;
and share of what is decided of the stronger that must be met for it to be called strong. A house rule."""
_DIGITS = 12  # so that exactly the pass mark reaches it, and exactly the gap is one


def outside(judgement: Judgement) -> bool:
    """Return whether a criterion is outside the certified scope: this suite has no measure for it.

    What the party could give evidence for and did not is inside, and stays open.
    """
    return not judgement.measurement.built and judgement.outcome in JUDGED


def in_scope(judgements: Sequence[Judgement], *outcomes: Outcome) -> list[Judgement]:
    """Return the judgements a certificate speaks of that have one of `outcomes`; none given: judged ones."""
    wanted = outcomes or JUDGED
    return [entry for entry in judgements if entry.outcome in wanted and not outside(entry)]


def scope_of(judgements: Sequence[Judgement]) -> Scope:
    """Return what is outside the certified scope, with its share of the weight."""
    beyond = [entry.criterion for entry in judgements if outside(entry)]
    return Scope(
        tuple(criterion.id for criterion in beyond),
        sum(criterion.weight for criterion in beyond),
        sum(entry.criterion.weight for entry in judgements),
    )


def score(judgements: Sequence[Judgement], aspect: Aspect) -> Score | None:
    """Return the weighted score of one aspect; None where nothing of it is judged."""
    judged = [entry for entry in in_scope(judgements) if entry.criterion.aspect is aspect]
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


def mismatch(judgements: Sequence[Judgement], *, gap: float) -> str:
    """Return a sentence where process and results part by `gap` or more, otherwise nothing.

    Only criteria that were met or not met enter: what is open says nothing about strength. Nothing is said
    where too little is decided of either (`LEAST_DECIDED`), nor of what is stronger and yet mostly not met.
    """
    if not comparable(judgements):
        return ""
    process, results = (decided_share(judgements, aspect) for aspect in (Aspect.PROCESS, Aspect.RESULT))
    if process is None or results is None or round(abs(process - results), _DIGITS) < gap:
        return ""
    if max(process, results) < LEAST_DECIDED:
        return ""
    shares = f"{process:.0%} of the decided process weight is met and {results:.0%} of the results"
    if process > results:
        return f"Strong process, weak results: {shares}. The work is done as described and does not help."
    return f"Weak process, strong results: {shares}. Results may not last, or the process is not the cause."


def comparable(judgements: Sequence[Judgement]) -> bool:
    """Return whether enough of the weight of both process and results was met or not met."""
    return all(known_share(judgements, aspect) >= LEAST_DECIDED for aspect in (Aspect.PROCESS, Aspect.RESULT))


def known_share(judgements: Sequence[Judgement], aspect: Aspect) -> float:
    """Return the share of the weight of an aspect, this suite's or not, that was met or not met."""
    mine = [entry for entry in judgements if entry.criterion.aspect is aspect and entry.outcome in JUDGED]
    known = [entry for entry in mine if entry.outcome not in OPEN]
    weights = (sum(entry.criterion.weight for entry in part) for part in (known, mine))
    return round(next(weights) / (next(weights) or 1.0), _DIGITS)


def decided_share(judgements: Sequence[Judgement], aspect: Aspect) -> float | None:
    """Return the share of the weight met among criteria that were met or not met; None where none was."""
    decided = score(in_scope(judgements, Outcome.MET, Outcome.NOT_MET), aspect)
    return None if decided is None else decided.low
