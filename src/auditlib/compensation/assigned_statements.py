"""What is said of how pay was assigned, and of a design that is too small to be tested."""

from __future__ import annotations

from auditlib.compensation.assigned import AssignedBy, AssignmentSource
from auditlib.compensation.concentrated import Concentration
from auditlib.compensation.register import NOUNS
from auditlib.compensation.result import RoleEffect
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, say


def assignment_of(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what the pay of one role was assigned by, and how that is known."""
    assigned = effect.assigned
    return say(
        _shown(assigned) if assigned.source is AssignmentSource.COINCIDES else _TEMPLATES[assigned.source],
        facts,
        role=effect.noun,
        Role=effect.noun.capitalize(),
        noun=assigned.noun,
        nouns=assigned.nouns,
        says=f", although the register of links says by {assigned.declared}" if assigned.declared else "",
    )


def concentrated(effect: RoleEffect, facts: Facts) -> Sentence | None:
    """Say that linked units mostly lie in one group, and what else was linked there; None where not."""
    mostly = effect.concentrated
    if mostly is None:
        return None
    lie = (
        "{Role}: {concentrated:inside} of {concentrated:linked|linked unit|linked units} lie in the {noun} "
        "{label}, which has {concentrated:held} of {concentrated:units|unit|units}{second}. Whatever else "
        "happened there{or_that} would look like the effect of this link; at most a part of a change can be "
        "put down to it."
    )
    return say(
        lie,
        facts,
        Role=effect.noun.capitalize(),
        noun=mostly.noun,
        label=Sentence(f'"{mostly.label}"', (facts["concentrated:inside"].key,)),
        second=_second(mostly, facts),
        or_that="" if mostly.second is None else ", and what that link did,",
    )


def _second(mostly: Concentration, facts: Facts) -> Sentence:
    """Say when another role was linked in the same group."""
    if mostly.second is None or mostly.apart is None:
        return Sentence("")
    when = "{concentrated:apart|month|months} " + ("later" if mostly.apart > 0 else "earlier")
    template = f", and where the pay of {{second}} was linked {when if mostly.apart else 'in the same month'}"
    return say(template, facts, second=NOUNS[mostly.second])


_TEMPLATES = {
    AssignmentSource.DECLARED: (
        "{Role}: the register of links says that pay was assigned by {noun}; it was linked in "
        "{assigned:linked} of {assigned:groups} {nouns}."
    ),
    AssignmentSource.ASSUMED: (
        "{Role}: pay is taken as assigned unit by unit, {assigned:linked} of {assigned:groups} {nouns}; the "
        "register of links does not say, and linked units are not simply all those of a region, a kind, a "
        "country or a manager."
    ),
}


def _shown(assigned: AssignedBy) -> str:
    """Return the template for links that coincide with a grouping."""
    head = "{Role}: linked units are {exactly} those of {assigned:linked} of {assigned:groups} {nouns}"
    if assigned.linked == assigned.groups:
        head = "{Role}: links came to all {assigned:groups} {nouns}, {noun} by {noun}"
    head = head.replace("{exactly}", "exactly" if assigned.exact else "nearly all, and nearly only,")
    return head + ", so pay is taken as assigned by {noun}{says}: what is compared is {nouns}, not units."


def against_weighted(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what one to three linked units show against other units weighted to be like them."""
    if isinstance(effect.few_linked, Refusal):
        why = f"other units could not be weighted to be like the linked ones. {effect.few_linked.reason}"
        return Sentence(f"{effect.noun.capitalize()}: {why}", (facts["weighted"].key,))
    return say(
        "{Role}: against other units weighted to be like the few linked ones, the difference is "
        "{weighted|signed} (p = {weighted:p} among {weighted:placebos} sets of other units taken as if "
        "linked). It claims nothing by itself.",
        facts,
        Role=effect.noun.capitalize(),
    )


def untested(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say why no test can be believed, for those who know none."""
    return say(
        "it was linked in {effect:treated} of {effect:clusters} {nouns}, and whatever else happened in so "
        "few of them, or in so few of the others, would look like the link",
        facts,
        nouns=effect.assigned.nouns,
    )
