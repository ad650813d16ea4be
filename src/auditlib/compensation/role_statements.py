"""What is said of the effect of one role's links, with what would take it away.

Facts come with those of the role named without it; see `facts.of_role`.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditlib.compensation.assigned_statements import untested
from auditlib.compensation.claim_ladder import RARE
from auditlib.compensation.facts import TESTS
from auditlib.compensation.inference import EffectClaim, unchecked
from auditlib.compensation.ladder_statements import climbed
from auditlib.compensation.result import RoleEffect
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, percent, say, spanned
from auditlib.statements.template import Word
from auditlib.statistics.few_clusters import Method
from auditlib.statistics.joint_choices import JointTest

DISAGREE = 0.1
"""Distance between the bootstraps' p-values from which few linked clusters are named as the reason."""


def joined(parts: Iterable[Sentence], between: str) -> Sentence:
    """Return phrases as one, with the keys of all."""
    phrases = list(parts)
    keys = dict.fromkeys(key for phrase in phrases for key in phrase.keys)
    return Sentence(between.join(phrase.text for phrase in phrases), tuple(keys))


def say_of(template: str, effect: RoleEffect, facts: Facts, **words: Word) -> Sentence:
    """Say something of a role; a template names it as ``{role}``, or ``{Role}`` where it begins with it."""
    return say(template, facts, role=effect.noun, Role=effect.noun.capitalize(), **words)


def conclusion(effect: RoleEffect, facts: Facts, *, name: str) -> Sentence:
    """Say what changed, how sure that is, and how far that can be claimed; or that no effect is shown.

    Parameters
    ----------
    name
        What the effect is on, in words.
    """
    if isinstance(effect.inference.method, Refusal):
        template = "Whether linking the pay of {role} changed the scores cannot be tested: {why}."
        return say_of(template, effect, facts, why=untested(effect, facts))
    where = say("the {name} of the {effect:units|unit|units} where it was linked", facts, name=name)
    if effect.shown:
        return say_of(
            "With the pay of {role} linked, {where} was {effect|size} points {way} than it would have been "
            "({interval}, {linked}). {climbed}.",
            effect,
            facts,
            where=where,
            way="higher" if effect.estimate > 0 else "lower",
            interval=_interval(effect, facts),
            linked=_linked(effect, facts),
            climbed=climbed(effect, facts),
        )
    if effect.supported is EffectClaim.DISPUTED:
        how, interval = say(" is claimed: {effect|signed}", facts), _interval(effect, facts)
    else:
        how = joined((Sentence(" is shown"), _left_open(effect, facts)), "")
        interval = _interval(effect, facts, ends=False)
    return say_of(
        "No effect of linking the pay of {role} on {where}{how} ({interval}, {linked}).{disputed}{sight}",
        effect,
        facts,
        where=where,
        how=how,
        interval=interval,
        linked=_linked(effect, facts),
        disputed=_disputed(effect, facts),
        sight=_sight(effect, facts),
    )


def _linked(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say in how much of the party the estimate finds pay linked."""
    return say("{effect:treated} of {effect:clusters} {nouns}", facts, nouns=effect.assigned.nouns)


def _left_open(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say which effects an estimate that shows none leaves open."""
    if effect.inference.low is None or effect.inference.high is None:
        return Sentence("")
    return say("; {effect[low]|signed} to {effect[high]|signed} is not ruled out", facts)


def _interval(effect: RoleEffect, facts: Facts, *, ends: bool = True) -> Sentence:
    """Return interval and p-value; without its `ends` where they stand in the sentence already."""
    inference = effect.inference
    p_value = Sentence("no p-value")
    if inference.p_value is not None:
        p_value = _p_value("effect:p", facts)
    if inference.low is None or inference.high is None:
        why = f": {inference.no_interval}" if inference.no_interval else ""
        estimate = "" if ends else say(", estimate {effect|signed}", facts)
        return say("no interval{why}{estimate}, {p}", facts, why=why, estimate=estimate, p=p_value)
    between = " {effect[low]|signed} to {effect[high]|signed}" if ends else ", estimate {effect|signed}"
    return say(
        f"{{confidence|level}} interval{{kind}}{between}, {{p}}",
        facts,
        kind=" of constant effects by randomisation" if inference.method is Method.RANDOMISATION else "",
        p=p_value,
    )


def _p_value(name: str, facts: Facts) -> Sentence:
    """Return a p-value; one that is too small to be printed is less than something, not equal to it."""
    small = float(facts[name].value or 0) < 0.001
    return say(f"p {{{name}}}" if small else f"p = {{{name}}}", facts)


def _disputed(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say that the test and the placebos disagree, or that there are none to agree with."""
    why = unchecked(effect.estimate, effect.inference, effect.placebo, level=effect.level)
    if why:
        text = f" The test calls it an effect, and nothing says how often the test is wrong here: {why}"
        return Sentence(text, (facts["placebo:rate"].key,))
    if effect.supported is not EffectClaim.DISPUTED:
        return Sentence("")
    return say(
        " The test calls it an effect, but {placebo:as_strong} of "
        "{placebo:count|placebo link looks|placebo links look} as strong (calibrated on them, {p}).",
        facts,
        p=_p_value("effect:p_placebo", facts),
    )


def _sight(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say which effects would go unnoticed where none is shown."""
    if effect.shown or "placebo:detectable" not in facts:
        return Sentence("")
    return say(
        " Links that never happened were called an effect in {placebo:rate|.1%} ({nominal_rate}); effects "
        "below {placebo:detectable} would often go unnoticed.",
        facts,
        nominal_rate=_nominal(effect, facts),
    )


def _nominal(effect: RoleEffect, facts: Facts) -> Sentence:
    dealt = not isinstance(effect.placebo, Refusal) and effect.placebo.method is Method.RANDOMISATION
    by_construction = ", which dealing dates keeps by construction" if dealt else ""
    return say("nominal {nominal|level}{why}", facts, why=by_construction)


def turned(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what all defensible choices show together, or how many turn an effect around that is shown."""
    joint = effect.curve.joint
    if isinstance(joint, Refusal):
        why = Sentence(joint.reason[:1].lower() + joint.reason[1:].rstrip("."), (facts["choices:total"].key,))
        return say_of("for {role}, the choices cannot be judged together: {why}", effect, facts, why=why)
    if effect.shown:
        return say_of(
            "for {role}, of {choices:total|defensible choice|defensible choices} "
            "{choices:reversing|turns|turn|none turns} the sign around and "
            "{choices:straddling|no longer shows it|no longer show it|none fails to show it}",
            effect,
            facts,
        )
    return say_of(_TOGETHER[joint.p_value <= 1 - effect.level], effect, facts, way=_way(joint))


_TOGETHER = {
    True: (
        "for {role}, the {choices:total|defensible choice|defensible choices} taken together show a {way}: "
        "of {choices:curves} sets of links dealt anew, {choices:as_extreme|gives|give|none gives} as strong "
        "a picture"
    ),
    False: (
        "for {role}, the {choices:total|defensible choice|defensible choices} taken together show neither a "
        "rise nor a fall: {choices:as_extreme} of {choices:curves} sets of links dealt anew give as strong a "
        "picture"
    ),
}


def _way(joint: JointTest) -> str:
    return "rise" if joint.combined.value > 0 else "fall"


def reversal(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what would turn the answer around: choices, and departures from parallel trends."""
    if not effect.shown or isinstance(effect.sensitivity, Refusal):
        return turned(effect, facts)
    departures = say(
        ", and the effect is no longer shown if linked units could have departed from the others by more "
        "than {honest:relative} times their largest departure before",
        facts,
    )
    return joined((turned(effect, facts), departures), "")


def test(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say which test is believed and why, and what the gap between bootstraps means."""
    inference = effect.inference
    if isinstance(inference.method, Refusal):
        return say_of(
            "{Role}: {linked} were linked. No test is believed: dealing the links anew to so few cannot give "
            "a p-value below {effect:smallest_p}.",
            effect,
            facts,
            linked=_linked(effect, facts),
        )
    gap = "agree, so that how many are linked is no concern"
    if abs(inference.gap) > DISAGREE:
        gap = "disagree, which is the mark of too few being linked"
    return say_of(
        "{Role}: {linked} were linked; the test used is "
        "{test}. The restricted and the unrestricted bootstrap {gap}.",
        effect,
        facts,
        linked=_linked(effect, facts),
        test=TESTS[str(inference.method)],
        gap=gap,
    )


def placebo(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what the procedure finds where there is nothing, and what choosing low units does to it."""
    rates = effect.placebo
    if isinstance(rates, Refusal):
        return _refused(effect, rates, facts["placebo:rate"].key)
    limits = f"{100 * rates.low:.1f} to {percent(rates.high)}"
    return say_of(
        "{Role}: of {placebo:count|placebo link|placebo links}, {placebo:rate|.1%} were called an effect "
        "({limits}; {nominal_rate}).{strong}{low_first}",
        effect,
        facts,
        limits=Sentence(limits, (facts["placebo:rate"].key,)),
        nominal_rate=_nominal(effect, facts),
        strong=_as_strong(facts),
        low_first=_low_first(effect, facts),
    )


def _as_strong(facts: Facts) -> Sentence:
    if "placebo:as_strong" not in facts:
        return Sentence("")
    of_them = "of them looked|of them looked|None of them looked"
    return say(f" {{placebo:as_strong|{of_them}}} as strong as the actual links.", facts)


def _low_first(effect: RoleEffect, facts: Facts) -> Sentence:
    if isinstance(effect.low_first, Refusal) or isinstance(effect.low_first_aside, Refusal):
        return Sentence("")
    return say(
        " Where units with a low last quarter are linked first, scores move by {placebo:low_first|signed} "
        "by regression to the mean alone if the months before the link count, and by "
        "{placebo:low_first_kept|signed} with these months set aside, as here.",
        facts,
    )


def drift(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say whether linked units moved differently before, and what could have hidden."""
    if isinstance(effect.drift, Refusal):
        return _refused(effect, effect.drift, facts["drift"].key)
    return say_of(
        "{Role}: before the link, units to be linked {did} drift away from the others ({drift|signed} a "
        "year, {drift[low]|signed} to {drift[high]|signed}); a drift of {drift:unseen|.2f} a year would "
        "have been missed in one of five audits, and would move the estimate by {drift:carried|.2f} if it "
        "went on.",
        effect,
        facts,
        did="did" if effect.drift.p_value < RARE else "did not demonstrably",
    )


def course(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what quarters show once those before and after are measured against the same one."""
    if isinstance(effect.long_differences, Refusal):
        return _refused(effect, effect.long_differences, facts["course"].key)
    before = Sentence("no quarter before it can be measured so")
    if "course:before:clear" in facts:
        before = say(
            "{course:before:clear} of {course:before:quarters|quarter|quarters} before it "
            "{course:before:clear~differs|differ} from zero",
            facts,
        )
    return say_of(
        "{Role}: with every quarter measured against the last one before the link, {before}, and "
        "{course:linked:clear} of {course:linked:quarters|quarter|quarters} after it, which "
        "{course:linked:quarters~lies|lie} {where}.",
        effect,
        facts,
        before=before,
        where=_span("course:linked:low", "course:linked:high", facts),
    )


def departures(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say up to which departure from parallel trends the effect survives."""
    robust = effect.sensitivity
    if isinstance(robust, Refusal):
        return _refused(effect, robust, facts["honest:effect"].key)
    template = (
        "the mean effect over the first quarters ({honest:effect|signed}) stays shown up to departures of "
        "{honest:relative} times the largest one before the link, and up to a bend of {honest:bend|.3f} a "
        "quarter in the trend."
    )
    if not effect.shown:
        template = "no effect is shown, so there is none for a departure to take away."
    elif robust.relative == 0 and robust.bend == 0:
        template = "over the first quarters by themselves no effect is shown even on parallel trends."
    return say_of(f"{{Role}}: {template}", effect, facts)


def choices(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say what the choices show together, how far they lie apart, and how many have no estimate."""
    around = turned(effect, facts)
    start = Sentence(around.text[0].upper() + around.text[1:], around.keys)
    apart, missing = Sentence(""), Sentence("")
    if len(effect.curve.defensible) and effect.tested:
        apart = say("; they lie {where}", facts, where=_span("choices:least", "choices:most", facts))
    if effect.curve.inestimable:
        missing = say(
            " {choices:inestimable|choice is|choices are} not estimable: fewer than {choices:fewest} linked "
            "{nouns} are behind each.",
            facts,
            nouns=effect.assigned.nouns,
        )
    return say("{start}{apart}.{missing}", facts, start=start, apart=apart, missing=missing)


def left_out(effect: RoleEffect, facts: Facts) -> Sentence:
    """Say how far the effect hangs on one cohort or one unit."""
    if isinstance(effect.cohorts, Refusal):
        return _refused(effect, effect.cohorts, facts["without"].key)
    kinds = sorted(set(effect.cohorts["what"]))
    spans = (
        say(
            "without any one {kind} it lies {where}",
            facts,
            kind=kind,
            where=_span(f"without:{kind}:low", f"without:{kind}:high", facts),
        )
        for kind in kinds
    )
    return say_of("{Role}: {spans}.", effect, facts, spans=joined(spans, "; "))


def _span(low: str, high: str, facts: Facts) -> Sentence:
    """Return the range of two facts, each with its sign."""
    return spanned(say(f"{{{low}|signed}}", facts), say(f"{{{high}|signed}}", facts))


def _refused(effect: RoleEffect, refusal: Refusal, key: str) -> Sentence:
    return Sentence(f"{effect.noun.capitalize()}: {refusal.reason}", (key,))
