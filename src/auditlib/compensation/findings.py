"""Findings: effects of linked pay that may not be claimed."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.compensation.register import NOUNS, Role
from auditlib.compensation.result import PayEffects, RoleEffect, Unidentified
from auditlib.records import Finding, Grade, Refusal


def findings_of(result: PayEffects) -> Iterator[Finding]:
    """Yield one finding for each role of which no effect may be claimed because none can be told."""
    if result.unidentified is not None:
        compared = bool(result.comparisons)
        yield _unidentified(result.unidentified, compared=compared)
    for role, refusal in result.refusals:
        if role in result.linked_roles:
            yield _untestable(role, refusal.reason, refusal.remedy)
    for effect in result.roles:
        if isinstance(effect.inference.method, Refusal):
            yield _too_few(effect)


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
