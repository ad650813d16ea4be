"""What was found, in sentences. Association is called association."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditlib.drivers.causes import Cause, Causes
from auditlib.drivers.following import Followed
from auditlib.drivers.policy import DriversPolicy
from auditlib.drivers.questions import Survey
from auditlib.records import Interval, Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.drivers.result import Driver


def plain(code: str) -> str:
    """Return a code of a cause or question in words; as it stands where a word of it is a number."""
    words = code.removeprefix("q_").replace("_", " ")
    if not any(word[0].isdigit() for word in words.split()):
        return words
    return f"'{code}'" if code[0].isdigit() else code


def percent(value: float) -> str:
    """Return a share as printed."""
    return f"{100 * value:.1f}%"


def listed(words: Sequence[str]) -> str:
    """Join words as in a sentence."""
    parts = list(words)
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)


def voices(n: int) -> str:
    """Return how many complaints and follow-up contacts there are, both together."""
    return counted(n, "complaint or follow-up contact", "complaints and follow-up contacts")


def _uncoded(n: int) -> str:
    """Return what becomes of those without a cause."""
    if not n:
        return "No complaint or follow-up contact is without a coded cause"
    return f"{voices(n)} without a coded cause {'is' if n == 1 else 'are'} left out"


def cause_sentence(causes: Causes, top: int) -> Sentence:
    """Say what customers name most often."""
    if causes.refusal is not None:
        text = f"What customers themselves name as causes: not assessable. {causes.refusal.reason}"
        return Sentence(f"{text} {causes.refusal.remedy}".strip(), ("voices",))
    main = causes.causes[:top]
    lost = sorted((each for each in main if each.code in causes.unseen), key=lambda each: each.code)
    shown = [*(each for each in main if each.code not in causes.unseen), *lost]
    told = listed([f"{plain(each.code)} ({percent(each.share.value)})" for each in shown])
    return Sentence(
        f"Of {voices(causes.n)} with a coded cause, most name {told}{_unsure(main, causes.causes, top)}.",
        ("voices", *(f"share:{each.code}" for each in main), "top"),
    )


def _unsure(main: Sequence[Cause], every: Sequence[Cause], top: int) -> str:
    """Say which other causes might belong to the main ones, chance being what it is."""
    near = [each for each in every[len(main) :] if each.best <= top]
    if not near:
        return f"; no other cause can be among the first {top} by chance alone"
    return f"; {listed([plain(each.code) for each in near])} cannot be told from the last of these"


def actions_sentence(main: Sequence[Driver], uncovered: Sequence[Driver], *, register: bool) -> Sentence:
    """Say which main causes no action covers."""
    if not main:
        return Sentence("No cause could be ranked, so that no action can be held against one.", ("drivers",))
    if not register:
        return Sentence(
            "Whether actions cover them cannot be said: the evidence has no register of fixes.", ("drivers",)
        )
    if not uncovered:
        text = f"Each of these {len(main)} is covered by an owned action in the register of fixes."
        return Sentence(text, ("drivers", "uncovered"))
    names = listed([plain(each.name) for each in uncovered])
    count = len(main) - len(uncovered)
    some = (
        f"{count} of these {counted(len(main), 'main cause')} {'is' if count == 1 else 'are'}"
        if count
        else "None of these is"
    )
    return Sentence(
        f"{some} covered for every unit by an action in the register of fixes; not covered: {names}.",
        ("drivers", "covered", "uncovered", *(f"actions:{each.key}" for each in uncovered)),
    )


def survey_sentence(survey: Survey, top: int) -> Sentence:
    """Say which low answers go with bad overall answers most."""
    name = survey.survey_type
    if survey.refusal is not None:
        text = f"Questions of the {name} survey cannot be ranked: {survey.refusal.reason}"
        return Sentence(f"{text} {survey.refusal.remedy}".strip(), (f"questions:{name}",))
    if not survey.questions:
        return Sentence(f"Which low answers go with bad overall answers to the {name} survey is held back.")
    first = survey.questions[0]
    low = "Of what is shown, low answers on" if survey.left_out else "Low answers on"
    apart = [question for question in survey.questions[1:] if question.best <= 1]
    row = f"{name}:{first.name}"
    tied = (
        f", though {listed([plain(each.item.item) for each in apart])} cannot be told from it"
        if apart
        else ""
    )
    return Sentence(
        f"{low} {plain(first.item.item)} go with the most bad overall answers to the {name} survey: "
        f"they are given in {percent(first.low_share)} of responses, and a bad overall answer is then "
        f"{100 * first.penalty.value:.1f} percentage points more frequent, the other questions held equal, "
        f"within units{tied}.",
        (f"contribution:{row}", f"low_share:{row}", f"penalty:{row}"),
    )


def movement_sentences(
    followed: Sequence[Followed], *, register: bool, minimum: int = 1
) -> tuple[Sentence, ...]:
    """Say what became of each cause after the action on it; of fewer complaints than `minimum`, nothing."""
    if followed:
        return tuple(_movement(each, minimum) for each in followed)
    why = "no action in it took effect" if register else "there is none, or no complaint to count"
    return (Sentence(f"No cause can be followed after an action in the register of fixes: {why}."),)


def _movement(each: Followed, minimum: int) -> Sentence:
    name, keys = f"After {each.fix.named}", (f"ratio:{each.fix.fix_id}",)
    if each.ratio is None or each.interval is None:
        return Sentence(f"{name}, nothing can be said: {each.refusal.reason if each.refusal else ''}", keys)
    if each.before + each.after < minimum:
        return Sentence(f"{name}, nothing can be said: there are too few complaints of its cause.", keys)
    against = "against units without it" if each.compared else "with nothing to compare with"
    return Sentence(
        f"{name}, {_moved(plain(each.fix.cause), each.ratio, each.interval)}, {against}.",
        keys,
    )


def _moved(cause: str, ratio: float, interval: Interval) -> str:
    ends = f"{interval.low:.2f} to {interval.high:.2f}"
    if interval.low <= 1 <= interval.high:
        return (
            f"no change in complaints of {cause} is shown: {ratio:.2f} times as many ({ends} not ruled out)"
        )
    moved = "fewer" if interval.high < 1 else "more"
    return f"complaints of {cause} were {moved} than before: {ratio:.2f} times as many ({ends})"


def limit_sentences(surveys: Sequence[Survey], causes: Causes, policy: DriversPolicy) -> tuple[Sentence, ...]:
    """Return what cannot be said."""
    told = [
        Sentence(
            "This is association, not effect: who was treated badly in one respect may answer every "
            "question low, and questions that measure the same experience share its weight. Raising one "
            "score need not raise the overall one by its penalty; only following an action can show that."
        )
    ]
    left = [survey for survey in surveys if survey.questions and survey.incomplete]
    told += [
        Sentence(
            f"{counted(each.incomplete, 'response')} to the {each.survey_type} survey with a question "
            "left out are "
            "not counted here.",
            (f"incomplete:{each.survey_type}",),
        )
        for each in left
    ]
    if causes.causes:
        told.append(
            Sentence(
                f"{_uncoded(causes.uncoded)}; those who complain, and "
                "those who were reached, are not all who were dissatisfied. The cause is what staff coded.",
                ("uncoded",),
            )
        )
    told += [
        Sentence(f"Left out of the questions: {plain(item)}, {why}.")
        for item, why in _left_out(surveys, policy)
    ]
    return (*told, *_undeclared(surveys, policy))


def _left_out(surveys: Sequence[Survey], policy: DriversPolicy) -> list[tuple[str, str]]:
    asked = {item.item for survey in surveys if survey.questions for item in survey.instrument.items}
    return [(item, why) for item, why in policy.not_drivers.items() if item in asked]


def _undeclared(surveys: Sequence[Survey], policy: DriversPolicy) -> tuple[Sentence, ...]:
    silent = [
        plain(question.item.item)
        for survey in surveys
        for question in survey.questions
        if not policy.causes.get(question.item.item)
    ]
    if not silent:
        return ()
    text = f"The policy declares no cause for the questions on {listed(silent)}"
    return (Sentence(f"{text}: no action can be held against them."),)
