"""How far an effect can be claimed, in words: the highest rung it reaches, and the first that fails."""

from __future__ import annotations

from collections.abc import Mapping

from auditlib.compensation.claim_ladder import RARE, Rung, RungName
from auditlib.compensation.result import RoleEffect
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, say

REACHED: Mapping[RungName, str] = {
    RungName.TEST: "chance alone would rarely give as much",
    RungName.PLACEBOS: "links that never happened rarely look as strong",
    RungName.DEPARTURES: "it would survive a departure half as large as any before the link",
    RungName.ALARMED: "it is still there without units that integrity checks raised an alarm for",
    RungName.DRIFT: "it is larger than what a drift too small to be noticed would have added",
    RungName.CHOICES: "the other defensible ways to compute it show it too, taken together",
}
"""What an effect bears once it has reached a rung."""
ASKED: Mapping[RungName, str] = {
    RungName.TEST: "Would chance alone give as much?",
    RungName.PLACEBOS: "Do links that never happened look as strong?",
    RungName.DEPARTURES: "Does it survive a departure half as large as any before the link?",
    RungName.ALARMED: "Is it there without the units integrity checks raised an alarm for?",
    RungName.DRIFT: "Is it larger than what a drift too small to be noticed would have added?",
    RungName.CHOICES: "Do other defensible ways to compute it show it, taken together?",
}
"""What each rung asks."""


BEHIND: Mapping[RungName, str] = {
    RungName.TEST: "claim",
    RungName.PLACEBOS: "placebo:rate",
    RungName.DEPARTURES: "honest:effect",
    RungName.ALARMED: "alarmed",
    RungName.DRIFT: "drift",
    RungName.CHOICES: "choices:p",
}
"""Fact that says why a rung could not be tried."""


def climbed(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say the highest rung an effect reaches, and the first it does not."""
    ladder = effect.ladder
    if ladder.failing is None:
        return say("It bears all that is asked of it, {ladder:steps} steps of {ladder:steps}", facts)
    template = "It bears {ladder:reached} of {ladder:steps} steps: {reached}. The next {fails}: {failing}"
    return say(
        template,
        facts,
        reached=REACHED[ladder.reached or RungName.TEST],
        fails="fails" if ladder.failing.holds is False else "could not be tried",
        failing=failing(effect, ladder.failing, facts),
    )


def failing(effect: RoleEffect, rung: Rung, facts: Facts) -> Sentence:
    """Say why a rung does not hold, with the number that decides."""
    if rung.holds is None:
        return Sentence(_joined(rung.why), (facts[BEHIND[rung.name]].key,))
    if rung.name is RungName.ALARMED:
        return say(_alarmed(effect), facts)
    if rung.name is RungName.DRIFT and _drifted(effect):
        drifted = "units to be linked had drifted from the others before, by {drift|size} points a year"
        return say(drifted, facts)
    return say(_FAILING[rung.name], facts)


def _drifted(effect: RoleEffect) -> bool:
    return not isinstance(effect.drift, Refusal) and effect.drift.p_value < RARE


_FAILING = {
    RungName.TEST: "chance alone would often give as much",
    RungName.PLACEBOS: "{placebo:as_strong} of {placebo:count|link|links} that never happened look as strong",
    RungName.DEPARTURES: (
        "it would be gone if linked units had departed from the others by {honest:relative} times their "
        "largest departure before, where {honest:needed} times is asked"
    ),
    RungName.DRIFT: (
        "a drift before the link too small to be noticed would have added {drift:carried|.2f} points"
    ),
    RungName.CHOICES: (
        "taken together, the other defensible ways to compute it show no such effect; {choices:straddling} "
        "of {choices:total} do not show it by themselves"
    ),
}


def _alarmed(effect: RoleEffect) -> str:
    clean = effect.unalarmed
    left = "without the {alarmed:units|unit|units} that integrity checks raised an alarm for "
    if clean is None or isinstance(clean, Refusal) or clean.estimate is None:
        return left + "nothing is left to estimate"
    return left + "it is {alarmed|signed} and no longer shown"


def without_alarmed(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what the effect is without alarmed units."""
    clean, words = effect.unalarmed, {"Role": effect.noun.capitalize()}
    if isinstance(clean, Refusal):
        return Sentence(f"{words['Role']}: {clean.reason}", (facts["claim"].key,))
    if clean is None:
        return say("{Role}: integrity checks raised no alarm for a linked unit.", facts, **words)
    head = "{Role}: integrity checks raised an alarm for {alarmed:units|linked unit|linked units}; "
    if clean.estimate is None:
        return say(head + "without {alarmed:units~it|them} nothing is left to estimate.", facts, **words)
    tail = "without {alarmed:units~it|them} the effect is {alarmed|signed}{limits}."
    limits = Sentence("")
    if clean.low is not None and clean.high is not None:
        limits = say(" ({alarmed[low]|signed} to {alarmed[high]|signed})", facts)
    return say(head + tail, facts, limits=limits, **words)


def _joined(reason: str) -> str:
    """Return a reason as the rest of a sentence."""
    return reason[:1].lower() + reason[1:].rstrip(".")
