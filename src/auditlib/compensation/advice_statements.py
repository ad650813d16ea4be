"""What to do about the links of one role, by what is shown of their effect."""

from __future__ import annotations

from auditlib.compensation.inference import EffectClaim
from auditlib.compensation.result import NOT_ROBUST, RoleEffect
from auditlib.compensation.role_statements import say_of
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, say


def advice(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what to do about the link."""
    if effect.tested and not effect.shown and effect.supported is not EffectClaim.DISPUTED:
        return _not_shown(effect, facts)
    return Sentence(f"{effect.noun.capitalize()}: {_advised(effect)}", (facts["effect"].key,))


def _not_shown(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what to do where no effect is shown, and which are not ruled out."""
    left_open = Sentence("and how large one could be is not known", (facts["effect"].key,))
    if effect.inference.low is not None and effect.inference.high is not None:
        between = "nor rule out one from {effect[low]|signed} to {effect[high]|signed} points"
        left_open = say(between, facts)
    neither = "neither show an effect" if left_open.text.startswith("nor") else "show no effect,"
    return say_of(
        "{Role}: do not extend the link on the ground that it raises scores; the data {neither} {left_open}. "
        "Ask again when more months or units are linked.",
        effect,
        facts,
        neither=neither,
        left_open=left_open,
    )


def _advised(effect: RoleEffect) -> str:
    if isinstance(effect.inference.method, Refusal):
        return (
            "do not credit or blame the link for any change. Link further "
            f"{effect.assigned.nouns} by lot and at different dates, or single units instead."
        )
    if effect.claim == NOT_ROBUST:
        return (
            "treat the effect as open: it does not bear all that is asked of it. Neither extend the link nor "
            "end it on this ground; link further units by lot, so that the next audit can decide."
        )
    if effect.supported is EffectClaim.DISPUTED:
        return (
            "claim nothing: the usual test finds an effect that links which never happened show as often. "
            "Ask again when more months or units are linked."
        )
    if effect.shown and effect.estimate > 0:
        return (
            "the link may be kept; before it is credited with the whole rise, settle with integrity checks "
            "whether customers are happier or others are asked, and link further units by lot, not by low "
            "scores, so that the next audit can be surer."
        )
    return "the scores fell with the link: suspend it until the cause is known."
