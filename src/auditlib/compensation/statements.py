"""What is said of linked pay: the answer, what else moved, what to do, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.compensation import advice_statements, role_statements, unidentified_statements
from auditlib.compensation.assigned_statements import concentrated
from auditlib.compensation.facts import KEY, of_role
from auditlib.compensation.placebo_outcomes import PlaceboOutcome
from auditlib.compensation.register import NOUNS
from auditlib.compensation.result import PayEffects, RoleEffect
from auditlib.compensation.role_statements import joined
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, say, with_sign

WHAT_MOVED = {
    "invitations sent": "invitations to customers",
    "response rate": "the response rate",
    "share of the commonest channel": "the share of the commonest channel",
    "answers between whole scores": "the share of answers between whole scores",
}


def summary(result: PayEffects, facts: Facts) -> Iterator[Sentence]:
    """Yield what changed per role, how sure that is, and what would reverse it; or why it is not known."""
    if result.not_assessable is not None:
        text = "What linking pay to satisfaction did to the scores is not assessable:"
        yield Sentence(f"{text} {_why(result.not_assessable)}", (KEY,))
    elif (lacking := result.unidentified) is not None:
        yield from unidentified_statements.summary(lacking, of_role(facts, lacking.role))
    else:
        name = "" if result.panel is None else result.panel.name
        for effect in result.roles:
            yield role_statements.conclusion(effect, of_role(facts, effect.role), name=name)
        for role, refusal in result.refusals:
            text = f"Nothing can be said about {NOUNS[role]}: {_why(refusal)}"
            yield Sentence(text, (f"claim:{role}",))
        if any(not isinstance(effect.inference.method, Refusal) for effect in result.roles):
            yield _reversal(result, facts)


def _why(refusal: Refusal) -> str:
    return f"{refusal.reason} {refusal.remedy}".strip()


def _reversal(result: PayEffects, facts: Facts) -> Sentence:
    reversals = joined(
        (
            role_statements.reversal(effect, of_role(facts, effect.role))
            for effect in result.roles
            if not isinstance(effect.inference.method, Refusal)
        ),
        "; ",
    )
    invitations = joined(
        (_who_was_asked(outcome) for outcome in result.outcomes if _is_who_was_asked(outcome)), ""
    )
    return say("What would reverse this: {reversals}{asked}.", facts, reversals=reversals, asked=invitations)


def _is_who_was_asked(outcome: PlaceboOutcome) -> bool:
    return outcome.unit == "share" and outcome.moved and outcome.estimate is not None


def _who_was_asked(outcome: PlaceboOutcome) -> Sentence:
    by = with_sign(100 * (outcome.estimate or 0.0), decimals=2)
    unit = "%" if outcome.name == "invitations sent" else " percentage points"
    text = (
        f"; {WHAT_MOVED.get(outcome.name, outcome.name)} of units with linked {NOUNS[outcome.role]} moved by "
        f"{by}{unit}, so that part of the effect may be who was asked"
    )
    return Sentence(text, (f"shift:{outcome.role}:{outcome.name}",))


def differences(result: PayEffects, facts: Facts) -> Iterator[Sentence]:
    """Yield what others would state without much thought, beside the estimate."""
    if (lacking := result.unidentified) is not None:
        yield unidentified_statements.differences(lacking, of_role(facts, lacking.role))
    for effect in result.roles:
        yield from _differences(effect, of_role(facts, effect.role))


def _differences(effect: RoleEffect, facts: Facts) -> Iterator[Sentence]:
    if facts["reading:before_after"].value is None or facts["reading:with_without"].value is None:
        return
    yield say(
        "{role}: before and after alone would say {reading:before_after|signed}, linked against other units "
        "{reading:with_without|signed}; the estimate is {effect|signed}.",
        facts,
        role=effect.noun.capitalize(),
    )


def outcomes(result: PayEffects, facts: Facts) -> Iterator[Sentence]:
    """Yield how many other things moved, how many would by chance, and how many cannot be assessed."""
    if not result.outcomes:
        return
    moved = [outcome for outcome in result.outcomes if outcome.moved]
    yield say(
        "Of {shifts:looked|other thing|other things} looked at, {shifts:moved|moved|moved|none moved} at "
        "{nominal|level}, where chance alone would move about {shifts:chance|.1f}{names}. {shifts:unknown} "
        "more cannot be assessed from this evidence; the table says why.",
        facts,
        names="".join(f"; {outcome.name} ({NOUNS.get(outcome.role, 'all')})" for outcome in moved),
    )


def advice(result: PayEffects, facts: Facts) -> Iterator[Sentence]:
    """Yield what to do, role by role."""
    if result.not_assessable is not None:
        if result.not_assessable.remedy:
            yield Sentence(result.not_assessable.remedy)
    elif (lacking := result.unidentified) is not None:
        yield unidentified_statements.advice(lacking, of_role(facts, lacking.role))
    for effect in result.roles:
        yield advice_statements.advice(effect, of_role(facts, effect.role))


def limits(result: PayEffects, facts: Facts) -> Iterator[Sentence]:
    """Yield what the answer cannot say."""
    if result.not_assessable is not None:
        yield Sentence(
            "That no effect is stated here is no sign that there was none, and no sign that there was one."
        )
        return
    if (lacking := result.unidentified) is not None:
        yield from unidentified_statements.limits(lacking, of_role(facts, lacking.role))
        return
    weighted = "answer" if result.choices.weighting == "response" else "unit and month"
    yield Sentence(
        f"The estimate is the average effect over linked months in which every {weighted} counts the same; "
        "it says nothing about units that were never linked."
    )
    yield Sentence("A programme that came to the same units at the same date cannot be told from the link.")
    yield Sentence("A higher score is not yet a happier customer: read this beside the integrity checks.")
    if result.elsewhere:
        elsewhere = "{links:elsewhere|link|links} pay another question"
        yield say(f"{elsewhere}; their units count as linked here all the same.", facts)
    yield from _at_once(result, facts)
    for effect in result.roles:
        if (mostly := concentrated(effect, of_role(facts, effect.role))) is not None:
            yield mostly


def _at_once(result: PayEffects, facts: Facts) -> Iterator[Sentence]:
    """Say in how many units both roles were linked at about the same time."""
    counts = {role: count for role, count in result.concurrent.items() if count}
    if not counts:
        return
    by_role = [say("{concurrent} for {role}", of_role(facts, role), role=NOUNS[role]) for role in counts]
    shared = Sentence(str(next(iter(counts.values()))), joined(by_role, "").keys)
    yield say(
        "Units where both roles were linked at about the same time: {counts}. There the two effects are "
        "told apart only by assuming that they add.",
        facts,
        counts=shared if len(set(counts.values())) == 1 else by_role,
    )
