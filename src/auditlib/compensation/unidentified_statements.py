"""What is said where the effect of a link is not identified: the refusal, and nothing to undo it.

Facts come with those of the role named without it; see `facts.of_role`.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.compensation.naive_comparisons import DESIGNS, NAIVE, NaiveComparisons
from auditlib.compensation.result import Unidentified
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, say


def summary(lacking: Unidentified, facts: Facts) -> Iterator[Sentence]:
    """Yield the refusal, how far comparisons disagree, and what would settle it."""
    yield say(
        "Whether linking the pay of {role} changed the {name} is {claim}, and no change may be credited to "
        "it. {why} {not_by_lot}",
        facts,
        role=lacking.noun,
        name=lacking.figures.name,
        why=Sentence(lacking.why, (facts["periods:before"].key,)),
        not_by_lot=_not_by_lot(lacking, facts),
    )
    if not isinstance(lacking.comparisons, Refusal) and len(lacking.comparisons.estimated):
        yield _disagreement(lacking.comparisons, facts)
    yield say(
        "What would settle it: figures of at least two periods before {began} for linked and never-linked "
        "units, so that it can be seen whether they moved alike; for the next link, dates that differ "
        "between units and are drawn by lot.",
        facts,
        began=_began(lacking, facts),
    )


def _not_by_lot(lacking: Unidentified, facts: Facts) -> Sentence:
    return say(
        "Who was linked was not left to chance: {link:kind|.0%} of the "
        "{link:units|linked unit is|linked units are} {kind}, against {link:kind_others|.0%} of those never "
        "linked.",
        facts,
        kind=lacking.kind,
    )


def _began(lacking: Unidentified, facts: Facts) -> Sentence:
    return Sentence(f"{lacking.began:%B %Y}", (facts["link:began"].key,))


def _disagreement(comparisons: NaiveComparisons, facts: Facts) -> Sentence:
    count = comparisons.split()
    either = count["up_called"] and count["down_called"]
    return say(
        "Simple comparisons {agree}: of {readings:total|defensible one|defensible ones}, linked units rose "
        "more than never-linked ones in {readings:up} and less in {readings:down}, from "
        "{readings:least|signed} to {readings:most|signed} {points}; zero is excluded upwards in "
        "{readings:up_called} and downwards in {readings:down_called}{by_choosing}.",
        facts,
        agree="contradict one another"
        if count["up"] and count["down"]
        else "agree on the sign, which proves little",
        points=comparisons.figures.points,
        by_choosing=", so that either answer could be had by choosing" if either else "",
    )


def comparisons(lacking: Unidentified, facts: Facts) -> Iterator[Sentence]:
    """Yield what the comparison that most would choose gives, and how often it errs where nothing is."""
    naive = lacking.comparisons
    if isinstance(naive, Refusal) or facts["reading:both"].value is None:
        return
    head = say(
        "The one most would choose ({design}, against {others}) gives {reading:both|signed} "
        "({reading:both[low]|signed} to {reading:both[high]|signed})",
        facts,
        design=DESIGNS[NAIVE],
        others=str(naive.naive["others"]),
    )
    if isinstance(naive.placebo, Refusal):
        why = naive.placebo.reason
        yield say("{head}. How often it errs could not be measured: {why}", facts, head=head, why=why)
        return
    yield say(
        "{head}. Where nothing was linked, with half of the regions called linked by lot, it raised a false "
        "alarm in {placebo:rate|.1%} of {placebo:count|case|cases} against a nominal {nominal|level}: units "
        "of one region move together, which its error ignores.",
        facts,
        head=head,
    )


def differences(lacking: Unidentified, facts: Facts) -> Sentence:
    """Say what the three numbers most often quoted would credit the link with."""
    return say(
        "Before and after alone would credit the link with {before_after} {points}; the level of linked "
        "against never-linked units would blame it for {with_without}; the change of one against the other "
        "is {both}. None of the three is the effect.",
        facts,
        points=lacking.figures.points,
        **{key: _if_known(f"reading:{key}", facts) for key in ("before_after", "with_without", "both")},
    )


def _if_known(name: str, facts: Facts) -> Sentence:
    """Return a difference as printed, or that there is none."""
    if facts[name].value is None:
        return Sentence("an unknown amount", (facts[name].key,))
    return say(f"{{{name}|signed}}", facts)


def advice(lacking: Unidentified, facts: Facts) -> Sentence:
    """Say what to do."""
    return say(
        "Do not state that the link raised or lowered satisfaction, in either direction and at any size. "
        "Obtain the figures from before {began}; until then justify or end the link on other grounds, such "
        "as what it costs and what else it makes people do.",
        facts,
        began=_began(lacking, facts),
    )


def limits(lacking: Unidentified, facts: Facts) -> Iterator[Sentence]:
    """Yield what is not identified, and why."""
    untouched = (
        "No period is untouched: scores counted for pay from the first published day on, so the first period "
        "holds part of any effect already, and a comparison with it shows at most how the effect grew."
    )
    if lacking.before:
        untouched = (
            "Earlier periods are too few to show how linked and never-linked units moved without the link."
        )
    yield Sentence(untouched, (facts["periods:before"].key,))
    yield Sentence(
        "A link that is announced is answered before it begins, and one that is phased in is answered late: "
        "figures by period cannot place either."
    )
    yield say(
        "{not_by_lot} In the first period their figure differed by {gap} {points}; no choice of comparison "
        "group undoes such differences.",
        facts,
        not_by_lot=_not_by_lot(lacking, facts),
        gap=_if_known("link:first_gap", facts),
        points=lacking.figures.points,
    )
    yield Sentence(
        "Holding the first score equal exchanges one bias for another: first scores of small units are "
        "noisier and fall back by themselves."
    )
    yield Sentence(
        f"The register says that the pay of {lacking.noun} is linked; what was then done inside, and for "
        "whom, it does not say."
    )
