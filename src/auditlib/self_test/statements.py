"""Planted and found, in words."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Sentence
from auditlib.self_test.result import FaultTrial, SelfTest
from auditlib.statements import Facts, say


def summary(result: SelfTest, facts: Facts) -> Iterator[Sentence]:
    """Yield how much of what was planted was found, what stays unseen, and what was called wrong besides."""
    if not result.planted:
        yield Sentence(
            "Nothing could be planted in a copy of this evidence: no check was tried.", ("faults",)
        )
        return
    yield say(
        "{planted|fault was|faults were} planted in a copy of these records, of {faults|kind|kinds}; the "
        "checks of this audit found {found} of them.",
        facts,
    )
    yield from _missed(result, facts)
    yield say(
        "Of {untouched|case|cases} left as they are in the copy, {newly} {newly~was|were} newly called "
        "wrong.",
        facts,
    )


def _missed(result: SelfTest, facts: Facts) -> Iterator[Sentence]:
    """Yield what checks miss; where they miss nothing, one of them as an example."""
    for trial in result.missed or result.planted[-1:]:
        about = facts.about(trial.fault.what)
        form = "Of {planted} {what}, the check found {found}{rest}."
        yield say(form, about, what=trial.fault.what, rest=_acquitted(trial, about))


def _acquitted(trial: FaultTrial, facts: Facts) -> Sentence:
    """Return how many of those missed are said to be sound: what is not found must not be called sound."""
    if trial.acquitted is None or trial.found == trial.planted:
        return Sentence("")
    if not trial.acquitted:
        return Sentence("; of what it missed, none is said to be like the others", (facts["acquitted"].key,))
    return say("; of what it missed, {acquitted} {acquitted~is|are} said to be like the others", facts)


def left_out(result: SelfTest) -> Iterator[Sentence]:
    """Yield what could not be planted, and why; what has the same reason stands together."""
    by_reason: dict[str, list[str]] = {}
    for trial in result.left_out:
        by_reason.setdefault(trial.reason, []).append(trial.fault.what)
    for reason, faults in by_reason.items():
        keys = tuple(f"planted:{what}" for what in faults)
        yield Sentence(f"Not planted, because {reason}: {'; '.join(faults)}.", keys)


def limits(result: SelfTest) -> Iterator[Sentence]:
    """Yield what the self-test cannot say."""
    if result.planted:
        yield Sentence(
            "A check that finds what was planted would find the same fault in the records. It need not find "
            "a fault of another kind, nor what the records do not hold. The evidence was only copied, and no "
            "other result of this audit rests on it."
        )
