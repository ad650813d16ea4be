"""What promised calls come to, in sentences: each rule by its kind."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.obligations import Status
from auditlib.promises.policy import PromiseRule
from auditlib.promises.result import PromiseResult
from auditlib.records import Kind, Refusal, Sentence
from auditlib.statements import Facts, say

LIMITS = Sentence(
    "A deviation is judged by its reason as written and by when it was recorded: whether the reason is true "
    "is asked of the files, and a call that was made may not have helped."
)


def spoken(rule: PromiseRule) -> str:
    """Return a rule as a sentence names it."""
    return f"the promise '{rule.duty.replace('_', ' ')}'"


def summary(result: PromiseResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what each rule comes to, by its kind."""
    for rule in result.policy.rules:
        if result.of(rule).empty:
            yield Sentence(f"No case of the period falls under {spoken(rule)}.")
        elif rule.kind is Kind.DISCRETIONARY:
            yield _by_customers(result, rule, facts.about(rule.duty))
        else:
            yield _by_the_clock(result, rule, facts.about(rule.duty))
    if result.unruled:
        yield say(
            "{unruled|call of the period falls|calls of the period fall} under no rule.",
            facts,
        )


def _by_the_clock(result: PromiseResult, rule: PromiseRule, facts: Facts) -> Sentence:
    if not result.settled(rule):
        return Sentence(f"No case of {spoken(rule)} is settled yet.")
    excused = (
        ", and {excused} ({excused_share|.1%}) excused by a deviation that counts, where at most "
        "{excused_limit|.1%} may be"
    )
    unknown = "; {unknown} cannot be told" if result.counts(rule)[Status.UNKNOWN.value] else ""
    return say(
        "{name} ({kind}) is {verdict}: {failed} of {settled|settled case|settled cases} outside the limit"
        f"{excused if rule.deviations else ''}{unknown}.",
        facts,
        name=spoken(rule).capitalize(),
        kind=rule.kind.value,
        verdict=result.verdict(rule),
    )


def _by_customers(result: PromiseResult, rule: PromiseRule, facts: Facts) -> Sentence:
    name, satisfied = spoken(rule).capitalize(), result.satisfaction[rule.duty]
    if isinstance(satisfied, Refusal):
        keys = (f"satisfaction:{rule.duty}",)
        return Sentence(f"{name} (discretionary) is open: {satisfied.reason}", keys)
    within = "; half of the calls were made within {half_within_hours} hours, which decides nothing"
    return say(
        "{name} (discretionary) is {verdict}: {satisfaction|.1%} of "
        "{satisfaction[n]|customer was|customers were} satisfied (interval {satisfaction[low]|.1%} to "
        "{satisfaction[high]|.1%}), where {target|.1%} is demanded"
        f"{within if 'half_within_hours' in facts else ''}.",
        facts,
        name=name,
        verdict=result.verdict(rule),
    )


def excused(result: PromiseResult, facts: Facts) -> Iterator[Sentence]:
    """Yield for each flexible rule how much is excused, beside what may be."""
    for rule in result.policy.rules:
        if rule.deviations and result.settled(rule):
            yield say(
                "{name}: {excused_share|.1%} of {settled|settled case|settled cases} excused, where at most "
                "{excused_limit|.1%} may be.",
                facts.about(rule.duty),
                name=spoken(rule).capitalize(),
            )
