"""Findings: effects of linked pay that may not be claimed."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.compensation.register import NOUNS, Role
from auditlib.compensation.result import PayEffects, Unidentified
from auditlib.records import Finding, Grade, Refusal


def findings_of(result: PayEffects) -> Iterator[Finding]:
    """Yield one finding for each role of which no effect may be claimed because none can be told."""
    if result.unidentified is not None:
        compared = bool(result.comparisons)
        yield _unidentified(result.unidentified, compared=compared)
    for role, refusal in result.refusals:
        if role in result.linked_roles:
            yield _untestable(role, refusal)
    for effect in result.roles:
        if isinstance(effect.inference.method, Refusal):
            yield _untestable(effect.role, effect.inference.method)


def _untestable(role: Role, refusal: Refusal) -> Finding:
    return Finding(
        criterion="A12: an effect of linking pay is claimed only where it can be tested",
        condition=f"Whether linking the pay of {NOUNS[role]} changed the scores cannot be told.",
        cause=refusal.reason,
        effect="A change credited to the link, or blamed on it, would have no evidence behind it.",
        recommendation=refusal.remedy or "Link further units by lot and at different dates.",
        grade=Grade.OPPORTUNITY,
        subject=f"effect of the link, {NOUNS[role]}",
        evidence=(f"claim:{role}",),
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
