"""What drivers of dissatisfaction there are, in sentences. Association is called association."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditlib.disclosure import MinimumFrequency
from auditlib.drivers.causes import Cause, Causes
from auditlib.drivers.coverage import Fix
from auditlib.drivers.following import Followed
from auditlib.drivers.questions import Survey
from auditlib.drivers.result import DriversResult
from auditlib.records import Sentence
from auditlib.statements import Facts, listed, say

VOICES = "complaint or follow-up contact|complaints and follow-up contacts"
"""Complaints and follow-up contacts, both together, after their number."""


def plain(code: str) -> str:
    """Return a code of a cause or question in words; as it stands where a word of it is a number.

    Examples
    --------
    >>> plain("q_speed_of_answer"), plain("late_2nd_visit"), plain("4711")
    ('speed of answer', 'late_2nd_visit', "'4711'")
    """
    words = code.removeprefix("q_").replace("_", " ")
    if not any(word[0].isdigit() for word in words.split()):
        return words
    return f"'{code}'" if code[0].isdigit() else code


def summary(result: DriversResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what goes with dissatisfaction, and which of it no action covers."""
    if result.not_assessable is not None:
        why = f"{result.not_assessable.reason} {result.not_assessable.remedy}".strip()
        yield Sentence(f"Not assessable: {why}", ("drivers",))
        return
    yield _causes(result.causes, facts, top=result.policy.top)
    yield _actions(result, facts)
    for survey in result.surveys:
        yield _survey(survey, facts)


def _causes(causes: Causes, facts: Facts, *, top: int) -> Sentence:
    if causes.refusal is not None:
        text = f"What customers themselves name as causes: not assessable. {causes.refusal.reason}"
        return Sentence(f"{text} {causes.refusal.remedy}".strip(), ("voices",))
    main = causes.causes[:top]
    # Those held back come last, in order of their codes: their place would tell how often they are named.
    unseen = sorted((cause for cause in main if cause.code in causes.unseen), key=lambda cause: cause.code)
    ordered = [*(cause for cause in main if cause.code not in causes.unseen), *unseen]
    shares = [say("{cause} ({share})", facts.about(cause.code), cause=plain(cause.code)) for cause in ordered]
    return say(
        f"Of {{voices|{VOICES}}} with a coded cause, most name {{causes}}{{unsure}}.",
        facts,
        causes=shares,
        unsure=_unsure(causes.causes, facts, top=top),
    )


def _unsure(causes: Sequence[Cause], facts: Facts, *, top: int) -> Sentence:
    """Say which other causes might belong to the main ones, chance being what it is."""
    near = [plain(cause.code) for cause in causes[top:] if cause.best <= top]
    if not near:
        return say("; no other cause can be among the first {top} by chance alone", facts)
    return say("; {near} cannot be told from the last of these", facts, near=near)


def _actions(result: DriversResult, facts: Facts) -> Sentence:
    """Say which main causes no action covers."""
    if not result.main_causes:
        text = "No cause could be ranked, so that no action can be held against one."
        return Sentence(text, ("drivers",))
    if result.fixes is None:
        text = "Whether actions cover them cannot be said: the evidence has no register of fixes."
        return Sentence(text, ("drivers",))
    if not result.uncovered:
        return say("Each of these {drivers} is covered by an owned action in the register of fixes.", facts)
    covered = "{covered} of these {drivers|main cause|main causes} {covered~is|are}"
    return say(
        "{of_these} covered for every unit by an action in the register of fixes; not covered: {names}.",
        facts,
        of_these=say(covered, facts) if facts["covered"].value else "None of these is",
        names=[plain(cause.name) for cause in result.uncovered],
    )


def _survey(survey: Survey, facts: Facts) -> Sentence:
    """Say which low answers go with bad overall answers most."""
    name = survey.survey_type
    if survey.refusal is not None:
        text = f"Questions of the {name} survey cannot be ranked: {survey.refusal.reason}"
        return Sentence(f"{text} {survey.refusal.remedy}".strip(), (f"questions:{name}",))
    if not survey.questions:
        return Sentence(f"Which low answers go with bad overall answers to the {name} survey is held back.")
    first, *lower_ranked = survey.questions
    near = [question.item.quoted for question in lower_ranked if question.best <= 1]
    return say(
        "{low} {question} go with the most bad overall answers to the {survey} survey: they are given in "
        "{low_share} of responses, and a bad overall answer is then {penalty} percentage points more "
        "frequent, the other questions held equal, within units{tied}.",
        facts.about(f"{name}:{first.name}"),
        low="Of what is shown, low answers to" if survey.left_out else "Low answers to",
        question=first.item.quoted,
        survey=name,
        tied=f", though {listed(near)} cannot be told from it" if near else "",
    )


def movement(result: DriversResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what became of each cause after the action on it; of too few complaints, nothing."""
    for followed in result.followed:
        yield _movement(followed, facts, disclosure=result.disclosure)
    if not result.followed:
        none = "there is none, or no complaint to count"
        why = none if result.fixes is None else "no action in it took effect"
        yield Sentence(f"No cause can be followed after an action in the register of fixes: {why}.")


def _movement(followed: Followed, facts: Facts, *, disclosure: MinimumFrequency) -> Sentence:
    name, fix = _named(followed.fix), followed.fix.fix_id
    if followed.ratio is None or followed.interval is None:
        why = followed.refusal.reason if followed.refusal else ""
        return Sentence(f"After {name}, nothing can be said: {why}", (f"ratio:{fix}",))
    if not disclosure.shows(followed.before + followed.after):
        text = f"After {name}, nothing can be said: there are too few complaints of its cause."
        return Sentence(text, (f"ratio:{fix}",))
    if followed.interval.low <= 1 <= followed.interval.high:
        moved = "no change in complaints of {cause} is shown: {ratio} times as many ({limits} not ruled out)"
    else:
        moved = "complaints of {cause} were {direction} than before: {ratio} times as many ({limits})"
    return say(
        f"After {{fix}}, {moved}, {{against}}.",
        facts.about(fix),
        fix=name,
        cause=plain(followed.fix.cause),
        direction="fewer" if followed.interval.high < 1 else "more",
        limits=say("{ratio[low]} to {ratio[high]}", facts.about(fix)),
        against="against units without it" if followed.compared else "with nothing to compare with",
    )


def _named(fix: Fix) -> str:
    """Name an action by the rows of the register that it is."""
    if not fix.like:
        return fix.spoken_id
    further = [replace(fix, fix_id=fix_id).spoken_id for fix_id, _ in fix.like]
    return f"{fix.spoken_id} with {listed(further)} (the same action, on the same day)"


def limits(result: DriversResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what cannot be said."""
    if result.not_assessable is not None:
        return
    yield Sentence(
        "This is association, not effect: who was treated badly in one respect may answer every "
        "question low, and questions that measure the same experience share its weight. Raising one "
        "score need not raise the overall one by its penalty; only following an action can show that."
    )
    left_out = "{incomplete|response|responses} to the {survey} survey with a question left out are"
    for survey in result.ranked:
        if survey.incomplete:
            yield say(
                f"{left_out} not counted here.", facts.about(survey.survey_type), survey=survey.survey_type
            )
    if result.causes.causes:
        yield _uncoded(facts)
    items = {item.item: item.quoted for survey in result.ranked for item in survey.instrument.items}
    for item, why in result.policy.not_drivers.items():
        if item in items:
            yield Sentence(f"Left out of the questions: {items[item]}, {why}.")
    yield from _undeclared(result)


def _uncoded(facts: Facts) -> Sentence:
    """Say what becomes of those without a cause."""
    left_out = f"{{uncoded|{VOICES}}} without a coded cause {{uncoded~is|are}} left out"
    none = "No complaint or follow-up contact is without a coded cause"
    return say(
        "{uncoded_are}; those who complain, and those who were reached, are not all who were dissatisfied. "
        "The cause is what staff coded.",
        facts,
        uncoded_are=say(left_out, facts) if facts["uncoded"].value else Sentence(none, ("uncoded",)),
    )


def _undeclared(result: DriversResult) -> Iterator[Sentence]:
    items = [question.item for survey in result.surveys for question in survey.questions]
    silent = [item.quoted for item in items if not result.policy.causes.get(item.item)]
    if silent:
        why = "no action can be held against them"
        yield Sentence(f"The policy declares no cause for the questions {listed(silent)}: {why}.")
