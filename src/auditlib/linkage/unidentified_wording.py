"""What is said where the effect of a link is not identified: the refusal, and nothing to undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.linkage.readings import DESIGNS, NAIVE
from auditlib.linkage.wording import points
from auditlib.linkage.wording_whole import shifted
from auditlib.records import Finding, Grade, Refusal, Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.linkage.unidentified import PublishedLinkage


def reason(result: PublishedLinkage) -> str:
    """Return in one sentence why no comparison is the effect."""
    if isinstance(result.compared, Refusal):
        return result.compared.reason
    if not result.before:
        return "No period lies before the link, so what linked units did without it was never seen."
    if result.before == 1:
        return (
            "One period lies before the link: whether linked units moved like the others without it cannot "
            "be tested."
        )
    return (
        f"Figures of {counted(result.before, 'period')} before the link are too few and too coarse to "
        "show that linked "
        "units moved like the others without it."
    )


def conclusion(result: PublishedLinkage) -> tuple[Sentence, ...]:
    """Return the refusal, how far comparisons disagree, and what would settle it."""
    role = result.role
    first = (
        f"Whether linking the pay of {result.noun} changed the {result.panel.name} is not identified, and no "
        f"change may be credited to it. {reason(result)} {_not_by_lot(result)}"
    )
    keys = (f"claim:{role}", f"periods:{role}:before", *_lot_keys(result))
    return (Sentence(first, keys), *_disagreement(result), _settle(result))


def _not_by_lot(result: PublishedLinkage) -> str:
    own, others = (100 * share for share in result.kind_shares)
    return (
        f"Who was linked was not left to chance: {own:.0f}% of the "
        f"{counted(result.units, 'linked unit is', 'linked units are')} "
        f"{result.kind}, against {others:.0f}% of those never linked."
    )


def _lot_keys(result: PublishedLinkage) -> tuple[str, ...]:
    return tuple(f"link:{result.role}:{name}" for name in ("units", "kind", "kind_others"))


def _settle(result: PublishedLinkage) -> Sentence:
    text = (
        f"What would settle it: figures of at least two periods before {result.began:%B %Y} for linked and "
        "never-linked units, so that it can be seen whether they moved alike; for the next link, dates that "
        "differ between units and are drawn by lot."
    )
    return Sentence(text, (f"link:{result.role}:began",))


def said(result: PublishedLinkage, subject: str) -> tuple[Sentence, ...]:
    """Return sentences on ``readings`` or ``simple``."""
    if subject == "simple":
        return (_sides(result),)
    if subject == "shifts":
        return (shifted(result.shifts, level=result.confidence),)
    if subject != "readings" or isinstance(result.compared, Refusal):
        return ()
    return _false_alarms(result)


def _disagreement(result: PublishedLinkage) -> tuple[Sentence, ...]:
    return () if isinstance(result.compared, Refusal) else (_disagree(result),)


def _disagree(result: PublishedLinkage) -> Sentence:
    one, role = result.readings[0], result.role
    count = one.split()
    estimates = one.estimated["estimate"]
    text = (
        f"Simple comparisons {_contradict(count)}: of {counted(count['total'], 'defensible one')}, linked "
        f"units rose more than never-linked ones in {count['up']} and less in {count['down']}, from "
        f"{points(estimates.min())} to {points(estimates.max())} {result.panel.points}; zero is excluded "
        f"upwards in {count['up_called']} and downwards in {count['down_called']}{_by_choosing(count)}."
    )
    names = ("total", "up", "down", "up_called", "down_called", "least", "most")
    return Sentence(text, tuple(f"readings:{role}:{name}" for name in names))


def _contradict(count: dict[str, int]) -> str:
    return (
        "contradict one another"
        if count["up"] and count["down"]
        else "agree on the sign, which proves little"
    )


def _by_choosing(count: dict[str, int]) -> str:
    either = count["up_called"] and count["down_called"]
    return ", so that either answer could be had by choosing" if either else ""


def _false_alarms(result: PublishedLinkage) -> tuple[Sentence, ...]:
    found, key = result.readings[0].dealt, f"placebo:{result.role}"
    naive = result.readings[0].naive
    head = (
        f"The one most would choose ({DESIGNS[NAIVE]}, against {naive['others']}) gives "
        f"{points(naive['estimate'])} ({points(naive['low'])} to {points(naive['high'])})"
    )
    keys = [f"reading:{result.role}:both", "confidence", "nominal"]
    if isinstance(found, Refusal):
        return (Sentence(f"{head}. How often it errs could not be measured: {found.reason}", tuple(keys)),)
    text = (
        f"{head}. Where nothing was linked, with half of the regions called linked by lot, it raised a false "
        f"alarm in {100 * found.rate:.1f}% of {counted(len(found.estimate), 'case')} against a nominal "
        f"{100 * (1 - result.confidence):.3g}%: units of one region move together, which its error ignores."
    )
    return (Sentence(text, (*keys, f"{key}:rate", f"{key}:count")),)


def _sides(result: PublishedLinkage) -> Sentence:
    row = result.sides.set_index("key")["estimate"]
    unit = result.panel.points
    text = (
        f"Before and after alone would credit the link with {points(row['before_after'])} {unit}; the level "
        f"of linked against never-linked units would blame it for {points(row['with_without'])}; the change "
        f"of one against the other is {points(row['both'])}. None of the three is the effect."
    )
    return Sentence(text, tuple(f"reading:{result.role}:{name}" for name in row.index))


def advice(result: PublishedLinkage) -> tuple[Sentence, ...]:
    """Return what to do."""
    text = (
        "Do not state that the link raised or lowered satisfaction, in either direction and at any size. "
        f"Obtain the figures from before {result.began:%B %Y}; until then justify or end the link on other "
        "grounds, such as what it costs and what else it makes people do."
    )
    return (Sentence(text, (f"claim:{result.role}", f"link:{result.role}:began")),)


def limits(result: PublishedLinkage) -> tuple[Sentence, ...]:
    """Return what is not identified, and why."""
    role = result.role
    clean = (
        "No period is untouched: scores counted for pay from the first published day on, so the first period "
        "holds part of any effect already, and a comparison with it shows at most how the effect grew."
        if not result.before
        else "Earlier periods are too few to show how linked and never-linked units moved without the link."
    )
    gap = (
        f"{_not_by_lot(result)} In the first period their figure differed by {points(result.first_gap)} "
        f"{result.panel.points}; no choice of comparison group undoes such differences."
    )
    return (
        Sentence(clean, (f"periods:{role}:before",)),
        Sentence(
            "A link that is announced is answered before it begins, and one that is phased in is answered "
            "late: figures by period cannot place either."
        ),
        Sentence(gap, (*_lot_keys(result), f"link:{role}:first_gap")),
        Sentence(
            "Holding the first score equal exchanges one bias for another: first scores of small units are "
            "noisier and fall back by themselves."
        ),
        Sentence(
            f"The register says that the pay of {result.noun} is linked; what was then done inside, and for "
            "whom, it does not say."
        ),
    )


def findings(result: PublishedLinkage, *, notebook: str) -> tuple[Finding, ...]:
    """Return that no effect may be claimed."""
    role = result.role
    keys = [f"claim:{role}", f"periods:{role}:before"]
    keys += [f"readings:{role}:{name}" for name in ("total", "up", "down")] if result.readings else []
    return (
        Finding(
            "A12: an effect of linking pay is claimed only where it is identified",
            f"The effect of linking the pay of {result.noun} is not identified: no claim is supported.",
            reason(result),
            "A rise or a fall quoted from these figures would be a matter of choice, not of evidence.",
            "Obtain figures from before the link, or link further units by lot at different dates.",
            Grade.OPPORTUNITY,
            f"effect of the link, {result.noun}",
            tuple(f"{notebook}/{key}" for key in keys),
        ),
    )
