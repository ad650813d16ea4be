"""The conclusion in plain words, with the choices that would reverse it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.linkage.claim import EffectClaim, unchecked
from auditlib.linkage.register import NOUNS
from auditlib.linkage.weakest import RARE, weakest
from auditlib.records import Refusal, Sentence
from auditlib.statements import counted, with_sign
from auditlib.statistics.few_clusters import Method

if TYPE_CHECKING:
    from auditlib.linkage.result import LinkageResult, RoleEffect

WORDS = {
    "jackknife": "t with jackknife errors by cluster",
    "wild_bootstrap": "restricted wild cluster bootstrap",
    "randomisation": "randomisation of link dates",
}
"""Tests by the name of their method."""
SHORT = {"jackknife": "jackknife t", "wild_bootstrap": "bootstrap", "randomisation": "dealt dates"}
"""The same where there is little room."""
WHAT_MOVED = {
    "invitations sent": "invitations to customers",
    "response rate": "the response rate",
    "share of the commonest channel": "the share of the commonest channel",
    "answers between whole scores": "the share of answers between whole scores",
}
DISAGREE = 0.1
"""Distance between the bootstraps' p-values from which few linked clusters are named as the reason."""


def points(value: float) -> str:
    """Return an effect as printed."""
    return with_sign(value, decimals=2)


def probability(value: float) -> str:
    """Return a p-value as printed."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def conclusion(result: LinkageResult) -> tuple[Sentence, ...]:
    """Return what changed per role, how sure that is, and what would reverse it."""
    found = [_role(role, result) for role in result.roles]
    found += [_refused(role, refusal) for role, refusal in result.refusals]
    if result.roles:
        found.append(_reversal(result))
    return tuple(found)


def _role(one: RoleEffect, result: LinkageResult) -> Sentence:
    tested, key = one.tested, f"effect:{one.role}"
    keys = [key, f"{key}:units", f"{key}:clusters"]
    if isinstance(tested.method, Refusal):
        text = (
            f"Whether linking the pay of {one.noun} changed the scores was not tested. {tested.method.reason}"
        )
        return Sentence(text, (*keys, f"{key}:smallest_p"))
    where = f"the {result.panel.name} of the {counted(one.units, 'unit')} where it was linked"
    return _stated(one, result, where, keys)


def _stated(one: RoleEffect, result: LinkageResult, where: str, keys: list[str]) -> Sentence:
    """State an effect with its weakest point, or that none is shown with what is not ruled out."""
    clusters = counted(one.tested.design.clusters, "cluster")
    if one.shown:
        way = "higher" if one.estimate > 0 else "lower"
        text = (
            f"With the pay of {one.noun} linked, {where} was {abs(one.estimate):.2f} points {way} than it "
            f"would have been ({_interval(one, result)}, {clusters}).{_weakness(one, keys)}"
        )
    elif one.supported is EffectClaim.DISPUTED:
        text = (
            f"No effect of linking the pay of {one.noun} on {where} is claimed: {points(one.estimate)} "
            f"({_interval(one, result)}, {clusters})."
        )
    else:
        text = (
            f"No effect of linking the pay of {one.noun} on {where} is shown{_left_open(one)} "
            f"({_interval(one, result, ends=False)}, {clusters})."
        )
    keys += [f"effect:{one.role}:p", f"confidence:{one.role}"]
    text += _disputed(one, keys) + _sight(one, keys)
    return Sentence(text, tuple(keys))


def _weakness(one: RoleEffect, keys: list[str]) -> str:
    """Say what an effect bears the least."""
    found = weakest(one)
    keys += found.keys
    return f" Its weakest point: {found.words}."


def _left_open(one: RoleEffect) -> str:
    """Say which effects an estimate that shows none leaves open."""
    low, high = one.tested.low, one.tested.high
    return "" if low is None or high is None else f"; {points(low)} to {points(high)} is not ruled out"


def _disputed(one: RoleEffect, keys: list[str]) -> str:
    """Say that the test and the placebos disagree, or that there are none to agree with."""
    why = unchecked(one.estimate, one.tested, one.placebo, level=one.level)
    if why:
        keys.append(f"placebo:{one.role}:rate")
        return f" The test calls it an effect, and nothing says how often the test is wrong here: {why}"
    if (
        one.supported is not EffectClaim.DISPUTED
        or isinstance(one.placebo, Refusal)
        or one.calibrated is None
    ):
        return ""
    keys += [f"placebo:{one.role}:{name}" for name in ("count", "as_strong")]
    keys.append(f"effect:{one.role}:p_placebo")
    strong = one.placebo.as_strong(one.estimate / (one.tested.error or 1.0))
    return (
        f" The test calls it an effect, but {strong:,} of "
        f"{counted(len(one.placebo.statistic), 'placebo link looks', 'placebo links look')} "
        f"as strong (calibrated on them, {probability(one.calibrated)})."
    )


def _interval(one: RoleEffect, result: LinkageResult, *, ends: bool = True) -> str:
    """Return interval and p-value; without its `ends` where they stand in the sentence already."""
    tested = one.tested
    p_value = "no p-value" if tested.p_value is None else probability(tested.p_value)
    if tested.low is None or tested.high is None:
        why = f": {tested.no_interval}" if tested.no_interval else ""
        return f"no interval{why}{'' if ends else f', estimate {points(one.estimate)}'}, {p_value}"
    of = " of constant effects by randomisation" if tested.method is Method.RANDOMISATION else ""
    limits = (
        f" {points(tested.low)} to {points(tested.high)}" if ends else f", estimate {points(one.estimate)}"
    )
    return f"{100 * result.confidence:.4g}% interval{of}{limits}, {p_value}"


def seen(one: RoleEffect, figure: str) -> str:
    """Say what a reader who cannot see a figure must know.

    Parameters
    ----------
    figure
        ``events``, ``choices``, ``placebo`` or ``departures``.
    """
    head = f"Linking the pay of {one.noun}: "
    if figure == "events" and not isinstance(one.events, Refusal):
        frame = one.events.frame
        spans = [
            f"{phase} {points(part.min())} to {points(part.max())}"
            for phase, part in frame.groupby("phase", sort=False)["estimate"]
        ]
        return f"{head}estimates by quarter, in points: {'; '.join(spans)}."
    if figure == "choices":
        values = one.curve.defensible["estimate"]
        return (
            f"{head}estimates of "
            f"{counted(len(values), 'defensible choice lies', 'defensible choices lie')} between "
            f"{points(values.min())} and "
            f"{points(values.max())} points; the one used is {points(one.estimate)}."
        )
    if figure == "placebo" and not isinstance(one.placebo, Refusal):
        spread = float(one.placebo.estimate.std())
        return (
            f"{head}estimates of placebo links scatter around {points(one.placebo.mean)} with a standard "
            f"deviation of {spread:.2f}; the actual links have {points(one.estimate)}."
        )
    if figure == "departures" and not isinstance(one.honest, Refusal):
        until = f"holds zero beyond {one.honest.relative:.2f} times the largest earlier one"
        if not one.honest.relative:
            until = "holds zero even where none is allowed"
        return f"{head}the interval widens with the departures that are allowed, and {until}."
    return f"{head}there is nothing to draw; the figure says why."


def _sight(one: RoleEffect, keys: list[str]) -> str:
    visible = detectable(one)
    if one.shown or isinstance(one.placebo, Refusal) or visible is None:
        return ""  # beside an effect stands its weakest point, which false alarms are where they are many
    keys += [f"placebo:{one.role}:rate", f"placebo:{one.role}:detectable", "nominal"]
    alarms = f"false alarms on placebo links {100 * one.placebo.rate:.1f}% ({_nominal(one)})"
    return f" {alarms[0].upper()}{alarms[1:]}; effects below {visible:.2f} would often go unnoticed."


def detectable(one: RoleEffect) -> float | None:
    """Return the smallest effect that shows in four of five audits; None where it cannot be had.

    Measured by t where the test is one, otherwise by what placebos need to be called an effect.
    """
    from auditlib.statistics.clustered import critical

    if isinstance(one.placebo, Refusal) or one.tested.error is None:
        return None
    crossing = one.placebo.crossing(one.level)
    if one.tested.method is Method.JACKKNIFE:
        crossing = critical(one.level, one.tested.design.clusters - 1)
    return one.placebo.detectable(one.tested.error, crossing=crossing)


def _reversal(result: LinkageResult) -> Sentence:
    parts, keys = [], []
    for role in result.roles:
        part, named = _turned(role)
        keys += [f"choices:{role.role}:{name}" for name in ("total", *named)]
        if role.shown and not isinstance(role.honest, Refusal):
            keys.append(f"honest:{role.role}:relative")
            part += (
                ", and the effect is no longer shown if linked units could have departed from the others by "
                f"more than {role.honest.relative:.2f} times their largest departure before"
            )
        parts.append(part)
    text = "; ".join(parts) + _who_was_asked(result, keys)
    return Sentence(f"What would reverse this: {text}.", tuple(keys))


def _turned(one: RoleEffect) -> tuple[str, tuple[str, ...]]:
    """Say how many defensible choices turn the answer around, and name the numbers that say so."""
    total, flips = len(one.curve.defensible), len(one.curve.reversing())
    head = f"for {one.noun}, of {counted(total, 'defensible choice')}"
    if one.shown:
        lost = len(one.curve.straddling())
        text = f"{head} {_count(flips, 'turns', 'turn')} the sign around and "
        return f"{text}{_count(lost, 'loses', 'lose')} significance", ("reversing", "straddling")
    up, down = one.curve.called()
    text = f"{head} {_count(up, 'shows', 'show')} a rise and {_count(down, 'shows', 'show')} a fall after all"
    return text, ("up", "down")


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'none'} {one if number < 2 else many}"


def _who_was_asked(result: LinkageResult, keys: list[str]) -> str:
    text = ""
    for shift in result.shifts:
        if shift.unit == "share" and shift.moved and shift.estimate is not None:
            keys.append(f"shift:{shift.role}:{shift.name}")
            text += (
                f"; {WHAT_MOVED.get(shift.name, shift.name)} of units with linked {NOUNS[shift.role]} moved "
            )
            by = "%" if shift.name == "invitations sent" else " percentage points"
            text += f"by {points(100 * shift.estimate)}{by}, so that part of the effect may be who was asked"
    return text


def _refused(role: str, refusal: Refusal) -> Sentence:
    text = f"Nothing can be said about {NOUNS[role]}: {refusal.reason} {refusal.remedy}".strip()
    return Sentence(text, (f"claim:{role}",))


def tested_sentences(one: RoleEffect) -> tuple[Sentence, ...]:
    """Say which test is believed and why, and what the gap between bootstraps means."""
    tested, key = one.tested, f"effect:{one.role}"
    keys = (f"{key}:clusters", f"{key}:treated", f"{key}:smallest_p", f"{key}:gap")
    if isinstance(tested.method, Refusal):
        return (Sentence(f"{tested.method.reason} {tested.method.remedy}", keys),)
    gap = "agree, so that the number of linked clusters is no concern"
    if abs(tested.gap) > DISAGREE:
        gap = "disagree, which is the mark of too few linked clusters"
    text = (
        f"{one.noun.capitalize()}: {tested.design.treated} of "
        f"{counted(tested.design.clusters, 'cluster was', 'clusters were')} linked; "
        f"the test used is {WORDS[str(tested.method)]}. The restricted and the unrestricted bootstrap {gap}."
    )
    return (Sentence(text, keys),)


def placebo_sentences(one: RoleEffect) -> tuple[Sentence, ...]:
    """Say what the procedure finds where there is nothing, and what choosing low units does to it."""
    found, key = one.placebo, f"placebo:{one.role}"
    if isinstance(found, Refusal):
        return (Sentence(f"{one.noun.capitalize()}: {found.reason}", (f"{key}:rate",)),)
    text = (
        f"{one.noun.capitalize()}: of {counted(len(found.statistic), 'placebo link')}, "
        f"{100 * found.rate:.1f}% were "
        f"called an effect ({100 * found.low:.1f} to {100 * found.high:.1f}%; {_nominal(one)})."
    )
    keys = [f"{key}:count", f"{key}:rate", "nominal"]
    if one.tested.error:
        keys.append(f"{key}:as_strong")
        strong = found.as_strong(one.estimate / one.tested.error)
        text += f" {strong or 'None'} of them looked as strong as the actual links."
    low, kept = one.chosen_low, one.chosen_low_kept
    if not isinstance(low, Refusal) and not isinstance(kept, Refusal):
        keys += [f"{key}:low_first", f"{key}:low_first_kept"]
        text += (
            f" Where units with a low last quarter are linked first, scores move by {points(low.mean)} "
            "by regression to the mean alone if the months before the link count, and by "
            f"{points(kept.mean)} with these months set aside, as here."
        )
    return (Sentence(text, tuple(keys)),)


def _nominal(one: RoleEffect) -> str:
    rate = f"nominal {100 * (1 - one.level):.3g}%"
    dealt = not isinstance(one.placebo, Refusal) and one.placebo.method is Method.RANDOMISATION
    return f"{rate}, which dealing dates keeps by construction" if dealt else rate


def drift_sentences(one: RoleEffect) -> tuple[Sentence, ...]:
    """Say whether linked units moved differently before, and what could have hidden."""
    if isinstance(one.drift, Refusal):
        return (Sentence(f"{one.noun.capitalize()}: {one.drift.reason}", (f"drift:{one.role}",)),)
    found, key = one.drift, f"drift:{one.role}"
    verdict = "did" if found.p_value < RARE else "did not demonstrably"
    text = (
        f"{one.noun.capitalize()}: before the link, units to be linked {verdict} drift away from the others "
        f"({points(found.slope)} a year, {points(found.low)} to {points(found.high)}); a drift of "
        f"{found.unseen:.2f} a year would have been missed in one of five audits, and would move the "
        f"estimate by {found.carried:.2f} if it went on."
    )
    return (Sentence(text, (key, f"{key}:unseen", f"{key}:carried")),)


def honest_sentences(one: RoleEffect) -> tuple[Sentence, ...]:
    """Say up to which departure from parallel trends the effect survives."""
    if isinstance(one.honest, Refusal):
        return (Sentence(f"{one.noun.capitalize()}: {one.honest.reason}", (f"honest:{one.role}:effect",)),)
    found, key = one.honest, f"honest:{one.role}"
    keys = (f"{key}:effect", f"{key}:relative", f"{key}:bend")
    head = f"{one.noun.capitalize()}: "
    if not one.shown:
        return (Sentence(f"{head}no effect is shown, so there is none for a departure to take away.", keys),)
    if found.relative == 0 and found.bend == 0:
        text = f"{head}over the first quarters by themselves no effect is shown even on parallel trends."
        return (Sentence(text, keys),)
    text = (
        f"{head}the mean effect over the first quarters ({points(found.effect)}) stays shown up to "
        f"departures of {found.relative:.2f} times the largest one before the link, and up to a bend of "
        f"{found.bend:.3f} a quarter in the trend."
    )
    return (Sentence(text, keys),)


def choice_sentences(one: RoleEffect) -> tuple[Sentence, ...]:
    """Say how many defensible choices turn the answer around, and how far they lie apart."""
    text, names = _turned(one)
    values = one.curve.defensible["estimate"]
    spread = f"; they lie between {points(values.min())} and {points(values.max())}."
    keys = tuple(f"choices:{one.role}:{name}" for name in ("total", *names, "least", "most"))
    return (Sentence(f"{text[0].upper()}{text[1:]}{spread}", keys),)


def cohort_sentences(one: RoleEffect) -> tuple[Sentence, ...]:
    """Say how far the effect hangs on one cohort or one unit."""
    if isinstance(one.cohorts, Refusal):
        return (Sentence(f"{one.noun.capitalize()}: {one.cohorts.reason}", (f"without:{one.role}",)),)
    spans = {str(kind): part["estimate"] for kind, part in one.cohorts.groupby("what")}
    text = "; ".join(
        f"without any one {kind} it lies between {points(values.min())} and {points(values.max())}"
        for kind, values in spans.items()
    )
    keys = tuple(f"without:{one.role}:{kind}:{end}" for kind in spans for end in ("low", "high"))
    return (Sentence(f"{one.noun.capitalize()}: {text}.", keys),)
