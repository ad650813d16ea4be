"""What is said of all roles together: what else moved, what to do, what to report, what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditlib.linkage.claim import EffectClaim
from auditlib.linkage.register import NOUNS
from auditlib.linkage.wording import points
from auditlib.records import Finding, Grade, Refusal, Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.linkage.result import LinkageResult, RoleEffect
    from auditlib.linkage.threats import Shift

WEAK = "shown, not robust"
"""What is claimed where an effect is shown and other defensible choices would not show it."""


def together(result: LinkageResult, subject: str) -> tuple[Sentence, ...]:
    """Return sentences on ``simple`` comparisons or on ``shifts``."""
    if subject == "simple":
        return tuple(found for role in result.roles if (found := _simple(role, result)) is not None)
    return (shifted(result.shifts, level=result.confidence),) if subject == "shifts" and result.shifts else ()


def _simple(one: RoleEffect, result: LinkageResult) -> Sentence | None:
    rows = result.sides[result.sides["role"] == one.role].set_index("key")["estimate"].dropna()
    if not {"before_after", "with_without"} <= set(rows.index):
        return None
    keys = tuple(f"reading:{one.role}:{name}" for name in ("before_after", "with_without"))
    text = (
        f"{one.noun.capitalize()}: before and after alone would say {points(rows['before_after'])}, linked "
        f"against other units {points(rows['with_without'])}; the estimate is {points(one.estimate)}."
    )
    return Sentence(text, (*keys, f"effect:{one.role}"))


def shifted(found: Sequence[Shift], *, level: float) -> Sentence:
    """Say how many other things moved, how many would by chance, and how many cannot be assessed."""
    counts = tally(found, level=level)
    moved = [one for one in found if one.moved]
    named = "".join(f"; {one.name} ({NOUNS.get(one.role, 'all')})" for one in moved)
    text = (
        f"Of {counted(counts['looked'], 'other thing')} looked at, {counts['moved'] or 'none'} moved at "
        f"{100 * (1 - level):.3g}%, where chance alone would move about {counts['chance']}"
        f"{named}. {counts['unknown']} more cannot be assessed from this evidence; the table says why."
    )
    return Sentence(text, (*(f"shifts:{name}" for name in counts), "nominal"))


def tally(found: Sequence[Shift], *, level: float) -> dict[str, int]:
    """Return how many other things were looked at, moved, would by chance, and cannot be assessed."""
    unknown = sum(one.estimate is None for one in found)
    looked = len(found) - unknown
    moved = sum(one.moved for one in found)
    return {"looked": looked, "moved": moved, "chance": round((1 - level) * looked), "unknown": unknown}


def findings(result: LinkageResult, *, notebook: str) -> tuple[Finding, ...]:
    """Return what must be reported: roles of which no effect may be claimed because none can be tested."""
    unanswered = [(role, refusal) for role, refusal in result.refusals if role in result.linked_roles]
    unanswered += [
        (role.role, role.tested.method) for role in result.roles if isinstance(role.tested.method, Refusal)
    ]
    return tuple(
        Finding(
            "A12: an effect of linking pay is claimed only where it can be tested",
            f"Whether linking the pay of {NOUNS[role]} changed the scores cannot be told.",
            refusal.reason,
            "A change credited to the link, or blamed on it, would have no evidence behind it.",
            refusal.remedy or "Link further units by lot and at different dates.",
            Grade.OPPORTUNITY,
            f"effect of the link, {NOUNS[role]}",
            (f"{notebook}/claim:{role}",),
        )
        for role, refusal in unanswered
    )


def advice(result: LinkageResult) -> tuple[Sentence, ...]:
    """Return what to do, role by role."""
    return tuple(_advice(role) for role in result.roles)


def _advice(one: RoleEffect) -> Sentence:
    noun, keys = one.noun, (f"effect:{one.role}",)
    if isinstance(one.tested.method, Refusal):
        text = f"do not credit or blame the link for any change. {one.tested.method.remedy}"
        return Sentence(f"{noun.capitalize()}: {text}", keys)
    if one.claim == WEAK:
        text = (
            "treat the effect as open: too many defensible choices take it away. Neither extend the link nor "
            "end it on this ground; link further units by lot, so that the next audit can decide."
        )
    elif one.supported is EffectClaim.DISPUTED:
        text = (
            "claim nothing: the usual test finds an effect that links which never happened show as often. "
            "Ask again when more months or units are linked."
        )
    elif one.shown and one.estimate > 0:
        text = (
            "the link may be kept; before it is credited with the whole rise, settle with integrity checks "
            "whether customers are happier or others are asked, and link further units by lot, not by low "
            "scores, so that the next audit can be surer."
        )
    elif one.shown:
        text = "the scores fell with the link: suspend it until the cause is known."
    else:
        text = (
            "do not extend the link on the ground that it raises scores; the data neither show an effect nor "
            "rule out a small one. Ask again when more months or units are linked."
        )
    return Sentence(f"{noun.capitalize()}: {text}", keys)


def limits(result: LinkageResult) -> tuple[Sentence, ...]:
    """Return what the result cannot say."""
    weighted = "answer" if result.choices.weighting == "response" else "unit and month"
    said = [
        Sentence(
            f"The estimate is the average effect over linked months in which every {weighted} counts the "
            "same; it says nothing about units that were never linked."
        ),
        Sentence("A programme that came to the same units at the same date cannot be told from the link."),
        Sentence("A higher score is not yet a happier customer: read this beside the integrity checks."),
    ]
    if result.elsewhere:
        text = (
            f"{counted(result.elsewhere, 'link')} pay another question; their units count as linked "
            "here all the same."
        )
        said.append(Sentence(text, ("links:elsewhere",)))
    return (*said, *_at_once(result))


def _at_once(result: LinkageResult) -> tuple[Sentence, ...]:
    """Say in how many units both roles were linked at about the same time."""
    found = {role: count for role, count in result.concurrent.items() if count}
    if not found:
        return ()
    counts = " and ".join(f"{count} for {NOUNS[role]}" for role, count in found.items())
    if len(set(found.values())) == 1:
        counts = str(next(iter(found.values())))
    text = (
        f"Units where both roles were linked at about the same time: {counts}. There the two effects are "
        "told apart only by assuming that they add."
    )
    return (Sentence(text, tuple(f"concurrent:{role}" for role in found)),)
