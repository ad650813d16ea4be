"""Findings: effects of linked pay that may not be claimed."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.compensation.claim_ladder import Rung
from auditlib.compensation.facts import of_role
from auditlib.compensation.ladder_statements import failing
from auditlib.compensation.register import NOUNS, Role
from auditlib.compensation.result import PayEffects, RoleEffect, Unidentified
from auditlib.records import Finding, Grade, Refusal
from auditlib.statements import Facts, say


def findings_of(result: PayEffects, facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each role of which no effect can be told, or one that does not bear all."""
    if result.unidentified is not None:
        compared = bool(result.comparisons)
        yield _unidentified(result.unidentified, compared=compared)
    for role, refusal in result.refusals:
        if role in result.linked_roles:
            yield _untestable(role, refusal.reason, refusal.remedy)
    for effect in result.roles:
        if isinstance(effect.inference.method, Refusal):
            yield _too_few(effect)
        elif effect.shown and (rung := effect.ladder.failing) is not None:
            yield _not_borne(effect, rung, of_role(facts, effect.role))


def _not_borne(effect: RoleEffect, rung: Rung, facts: Facts) -> Finding:
    """Return the finding of an effect that test and placebos show and a further step takes away."""
    why = failing(effect, rung, facts)
    height = say("bears {ladder:reached} of {ladder:steps} steps", facts)
    cause = f"{why.text[:1].upper()}{why.text[1:]}."
    return Finding(
        criterion="A12: an effect of linking pay is claimed as far as it bears what is asked of it",
        condition=f"The effect of linking the pay of {effect.noun} {height}: it is open, not established.",
        cause=cause,
        effect="Whoever credits the link with the whole of it says more than the evidence bears.",
        recommendation="Link further units by lot and at different dates, so that the next audit can decide.",
        grade=Grade.OPPORTUNITY,
        subject=f"effect of the link, {effect.noun}",
        evidence=tuple(dict.fromkeys((f"claim:{effect.role}", *height.keys, *why.keys))),
    )


def _too_few(effect: RoleEffect) -> Finding:
    """Return the finding of a design in which too little was linked as one for any test."""
    assigned, design = effect.assigned, effect.inference.design
    cause = (
        f"Pay was assigned by {assigned.noun} and linked in {design.treated} of {design.clusters} "
        f"{assigned.nouns}: whatever else happened in so few would look like the link."
    )
    remedy = f"Link further {assigned.nouns} by lot and at different dates, or single units instead."
    keys = (f"effect:{effect.role}:treated", f"effect:{effect.role}:clusters")
    return _untestable(effect.role, cause, remedy, keys)


def _untestable(role: Role, cause: str, remedy: str, keys: tuple[str, ...] = ()) -> Finding:
    return Finding(
        criterion="A12: an effect of linking pay is claimed only where it can be tested",
        condition=f"Whether linking the pay of {NOUNS[role]} changed the scores cannot be told.",
        cause=cause,
        effect="A change credited to the link, or blamed on it, would have no evidence behind it.",
        recommendation=remedy or "Link further units by lot and at different dates.",
        grade=Grade.OPPORTUNITY,
        subject=f"effect of the link, {NOUNS[role]}",
        evidence=(f"claim:{role}", *keys),
    )


def _unidentified(lacking: Unidentified, *, compared: bool) -> Finding:
    keys = [f"claim:{lacking.role}", f"periods:{lacking.role}:before"]
    keys += [f"readings:{lacking.role}:{name}" for name in ("total", "up", "down") if compared]
    return Finding(
        criterion="A12: an effect of linking pay is claimed only where it is identified",
        condition=f"The effect of linking the pay of {lacking.noun} is not identified: no claim is "
        "supported.",
        cause=lacking.why,
        effect="A rise or a fall quoted from these figures would be a matter of choice, not of evidence.",
        recommendation="Obtain figures from before the link, or link further units by lot at different "
        "dates.",
        grade=Grade.OPPORTUNITY,
        subject=f"effect of the link, {lacking.noun}",
        evidence=tuple(keys),
    )
