"""The sentences of a comparison: what each unit's verdict rests on, in words an auditor can read aloud."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from auditlib.benchmark.outliers import OutlierJudgement
from auditlib.benchmark.result import BenchmarkResult, Comparison
from auditlib.benchmark.scores import UnitScores
from auditlib.benchmark.words import (
    as_distance,
    as_level,
    as_probability,
    as_score,
    readable,
    shortlist,
    stated,
    title_of,
)
from auditlib.disclosure import MinimumFrequency
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, counted, say, spanned
from auditlib.statistics.outlier_verdicts import CALLED_OUT, OutlierStatus


def summary(comparison: Comparison, facts: Facts) -> Iterator[Sentence]:
    """Yield what the comparison shows: who stands out, who has no verdict, how much is more than chance."""
    about = facts.about(comparison.key)
    yield standing_out(comparison, about)
    if not isinstance(comparison.judgement.dispersion, Refusal):
        yield _dispersion(comparison, about)
    yield _ranks(comparison, about)
    yield _reliability(comparison, about)
    if facts[f"silent:{comparison.key}"].value:
        yield say(
            "{survey}: {silent|unit|units} {silent~has|have} no verdict, because fewer than "
            "{minimum_n|answer is|answers are} certain, or no value is known; the reasons are counted below.",
            about,
            survey=comparison.measure.survey,
        )
    if grounds := _grounds(comparison.scores):
        yield Sentence(grounds)


def standing_out(comparison: Comparison, facts: Facts) -> Sentence:
    """Say which units stand out.

    Parameters
    ----------
    comparison
        What was compared.
    facts
        Its numbers, about its key.
    """
    measure, standing = comparison.measure, comparison.judgement.standing
    start = say(
        "{title}: {compared|unit is|units are|no unit is} compared with the typical unit, which scores "
        "{typical}{when}",
        facts,
        title=title_of(measure),
        typical=stated(facts["typical"], as_score, measure.statistic),
        when=" over the whole period" if comparison.scores.table == "responses" else "",
    )
    if isinstance(standing, Refusal):
        text = "{start}; none gets a verdict, which is no sign that they are alike. {why} {remedy}"
        why = Sentence(standing.reason, (f"standing:{comparison.key}",))
        return say(text, facts, start=start, why=why, remedy=standing.remedy)
    return say("{start}. {called}", facts, start=start, called=_called_out(comparison, facts))


def _called_out(comparison: Comparison, facts: Facts) -> Sentence:
    higher, lower = (comparison.units(side) for side in (OutlierStatus.HIGHER, OutlierStatus.LOWER))
    names = {"above": _names(higher, comparison), "below": _names(lower, comparison)}
    far = stated(facts["meaningful"], as_distance, comparison.measure.statistic)
    if higher.empty and lower.empty:
        none = say("None is shown to differ from it by more than {far}", facts, far=far)
        keys = (f"higher:{comparison.key}", f"lower:{comparison.key}")
        called = Sentence(none.text, (*none.keys, *keys))
    elif lower.empty or higher.empty:
        side, named = ("higher", "above") if lower.empty else ("lower", "below")
        other = "lower" if lower.empty else "higher"
        called = say(
            f"{{{side}}} ({{{named}}}) surely {{{side}~lies|lie}} {side} by more than {{far}}, and none is "
            "shown to lie {other}",
            facts,
            **names,
            far=far,
            other=Sentence(other, (f"{other}:{comparison.key}",)),
        )
    else:
        text = (
            "{higher} ({above}) surely {higher~lies|lie} higher by more than {far}, and {lower} ({below}) "
            "lower"
        )
        called = say(text, facts, **names, far=far)
    return say("{called}. {rest}", facts, called=called, rest=_the_others(far, facts))


def _the_others(far: Sentence, facts: Facts) -> Sentence:
    """Say of how many units it is shown that they are alike, and of how many it cannot be told."""
    shown = say(
        "{alike|unit is shown by its|units are shown by their|No unit is shown by its} own answers to lie "
        "within {far} of it",
        facts,
        far=far,
    )
    if not facts["unclear"].value:
        return say("{shown}.", facts, shown=shown)
    text = "{shown}; of {unclear|unit|units} it cannot be told with the answers there are."
    return say(text, facts, shown=shown)


def _names(rows: pd.DataFrame, comparison: Comparison) -> list[str | Sentence]:
    """Return units by name, each with the key of its value: where that is held back, so is the name."""
    names: list[str | Sentence] = [
        Sentence(readable(str(name)), (comparison.number_key(str(unit)),))
        for name, unit in zip(rows["name"], rows["unit_id"], strict=True)
    ]
    return shortlist(names)


def _dispersion(comparison: Comparison, facts: Facts) -> Sentence:
    survey, dispersion = comparison.measure.survey, comparison.judgement.dispersion
    if not isinstance(dispersion, Refusal) and dispersion.tau2 == 0:
        text = (
            "{survey}: no difference between units is shown beyond what chance alone would make "
            "(over-dispersion {phi|.2f})."
        )
        if not comparison.called_out.empty:  # its tails are drawn in before over-dispersion is measured
            text = (
                "{survey}: but for {called|unit|units} called out, units differ no more than chance alone "
                "would make them (over-dispersion {phi|.2f})."
            )
        return say(text, facts, survey=survey)
    return say(
        "{survey}: units differ {times_chance|.1f} times as much as chance alone would make them "
        "(over-dispersion {phi|.1f}); limits for chance alone would call out {chance_only}, and {called} "
        "{called~is|are} called out here.",
        facts,
        survey=survey,
    )


def _ranks(comparison: Comparison, facts: Facts) -> Sentence:
    likely = comparison.ranks.likely_span
    if isinstance(likely, Refusal):
        keys = (f"likely_span:{comparison.key}", f"compared:{comparison.key}")
        roughly = Sentence(likely.reason, keys)
    else:
        roughly = say(
            "the middle unit stands somewhere among {likely_span|,.0f} of {compared|place|places} (such "
            "intervals hold for {level} of units).",
            facts,
            level=as_level(comparison.confidence),
        )
    return say(
        "{survey}, ranks: {roughly} Taking nothing for granted about how units differ, {rank_span|,.0f} "
        "{rank_span~place|places} cannot be ruled out for it; {upper_half|unit|units|no unit} can be placed "
        "in the upper half for sure, and {lower_half|unit|units|no unit} in the lower half.",
        facts,
        survey=comparison.measure.survey,
        roughly=roughly,
    )


def _reliability(comparison: Comparison, facts: Facts) -> Sentence:
    shrunk = comparison.judgement.shrunk
    if isinstance(shrunk, Refusal):
        return Sentence(shrunk.reason, (f"tau:{comparison.key}", f"compared:{comparison.key}"))
    return say(
        "{survey}: reliability reaches {sufficient_reliability|.1f} in {reliable} of {compared|unit|units}; "
        "{needed}.",
        facts,
        survey=comparison.measure.survey,
        needed=_needed(comparison, facts),
    )


def _needed(comparison: Comparison, facts: Facts) -> Sentence:
    """Say from how many answers to how many it takes, as far as the units allow that to be said."""
    least, most = comparison.needed
    ends = facts["needed_least"].key, facts["needed_most"].key
    if most is None:
        at_least = "" if least is None else say(" (at least {needed_least|answer|answers})", facts)
        text = "how many answers a unit it takes, these units do not allow to be said{at_least}"
        said = say(text, facts, at_least=at_least)
        return Sentence(said.text, ends)
    span = spanned(
        say("{needed_least|,.0f}", facts),
        say("{needed_most|,.0f}", facts),
        apart="{low} to {high}",
        same="{low}",
    )
    return say("it takes about {span} {needed_most~answer|answers} a unit", facts, span=span)


def _grounds(scores: UnitScores) -> str:
    if not scores.banded:
        return scores.note
    text = (
        "Standard errors rest on banded n: the lower end of each published band is used, so that limits "
        "are wider than they need be for units with more surveys."
    )
    return f"{text} {scores.note}".strip()


def certainty(result: BenchmarkResult, facts: Facts) -> Sentence:
    """Say how sure the order of units is, in each survey."""
    spans: list[str | Sentence] = [_span(comparison, facts.about(comparison.key)) for comparison in result]
    return say("How sure is the order of units: the middle one {spans}.", facts, spans=shortlist(spans))


def _span(comparison: Comparison, facts: Facts) -> Sentence:
    """Say among how many places the middle unit probably stands, or else among how many it surely does."""
    likely = comparison.ranks.likely_span
    name, how = ("rank_span", "surely") if isinstance(likely, Refusal) else ("likely_span", "probably")
    survey = comparison.measure.survey_type
    if float(facts[name].value or 0) >= int(facts["compared"].value or 0):
        return say("may hold any of {compared|place|places} in the {survey} survey", facts, survey=survey)
    text = f"{{how}} holds one of {{{name}|,.0f}} of {{compared|place|places}} in the {{survey}} survey"
    return say(text, facts, how=how, survey=survey)


def refused(result: BenchmarkResult) -> Iterator[Sentence]:
    """Yield why a survey could not be compared."""
    for survey_type, why in result.refusals:
        text = f"{survey_type.capitalize()} survey: no comparison. {why.reason} {why.remedy}".strip()
        yield Sentence(text, (f"refused:{survey_type}",))


def judged(result: BenchmarkResult, facts: Facts) -> Iterator[Sentence]:
    """Yield on how many units there is a verdict, per survey type."""
    for comparison in result:
        text, about = (
            "{survey}: {compared} of {units|unit|units} can be compared.",
            facts.about(comparison.key),
        )
        yield say(text, about, survey=comparison.measure.survey)


def limits(result: BenchmarkResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what bounds every statement made from these comparisons, each once; then what is missing."""
    bounds = (_limit(comparison, facts.about(comparison.key)) for comparison in result)
    yield from dict.fromkeys(bounds)
    yield from refused(result)


def _limit(comparison: Comparison, facts: Facts) -> Sentence:
    if comparison.scores.banded:
        return Sentence(_grounds(comparison.scores))
    return say(
        "The {survey} survey speaks for those who answered; a unit needs {minimum_n|answer|answers} for a "
        "verdict.",
        facts,
        survey=comparison.measure.survey_type,
    )


def reasons(
    scores: UnitScores, judgement: OutlierJudgement, *, minimum_n: int, disclosure: MinimumFrequency
) -> list[tuple[OutlierStatus, str]]:
    """Return the verdict on each unit and what it rests on.

    Parameters
    ----------
    scores, judgement
        What each unit scored, and what was found of those compared.
    minimum_n, disclosure
        Answers needed for a verdict; of how few no value is shown.
    """
    compared = iter(_compared_reasons(judgement, scores.measure.statistic))
    return [
        next(compared)
        if chosen
        else (OutlierStatus.NONE, _no_verdict(scores, index, minimum_n=minimum_n, disclosure=disclosure))
        for index, chosen in enumerate(judgement.chosen)
    ]


def _compared_reasons(judgement: OutlierJudgement, statistic: str) -> Iterator[tuple[OutlierStatus, str]]:
    """Yield the verdict on each compared unit and what it rests on."""
    standing, verdicts = judgement.standing, judgement.verdicts()
    if isinstance(standing, Refusal):
        yield from ((verdict, standing.reason) for verdict in verdicts)
        return
    far = as_distance(judgement.meaningful, statistic)
    parts = zip(verdicts, standing.below, standing.above, standing.alike, strict=True)
    for verdict, below, above, alike in parts:
        text = _reason(verdict, far, below=float(below), above=float(above), alike=float(alike))
        borrowed = verdict is OutlierStatus.UNCLEAR and alike >= judgement.inner
        yield verdict, f"{text.removesuffix('.')}{_BORROWED}" if borrowed else text


_BORROWED = ", but only by what the others are like: its own answers leave a larger difference open."
"""Why a unit that is probably like the others is not said to be."""


def _reason(verdict: OutlierStatus, far: str, *, below: float, above: float, alike: float) -> str:
    """Say what the verdict on a compared unit rests on."""
    side, sure = ("above", as_probability(above)) if above > below else ("below", as_probability(below))
    if verdict in CALLED_OUT:
        return f"Lies more than {far} {side} the others, with a probability of {sure}."
    if verdict is OutlierStatus.ALIKE:
        return (
            f"Lies within {far} of the others, with a probability of {as_probability(alike)}; its own "
            "answers alone leave no larger difference open."
        )
    if verdict is OutlierStatus.UNCLEAR:
        return f"It cannot be told: within {far} of the others with a probability of {as_probability(alike)}."
    return f"Lies more than {far} {side} the others with a probability of {sure}: not surely enough."


def _no_verdict(scores: UnitScores, index: int, *, minimum_n: int, disclosure: MinimumFrequency) -> str:
    """Say why a unit was not compared."""
    n, n_high = int(scores.n[index]), int(scores.n_high[index])
    if not scores.has_value[index]:
        return "No value is published." if scores.table == "aggregates" else "No responses."
    if scores.table == "aggregates" and n_high != n:
        if n_high < 0 and n == 0:
            return "The number of surveys is not published."
        surveys = counted(n_high, "survey", none="no survey")
        return f"Between {n} and {surveys}; the band reaches below the minimum of {minimum_n}."
    hidden = "" if disclosure.shows(n) else f" The value is suppressed below {disclosure.least}."
    return f"{counted(n, 'response', none='no response')}; a verdict needs {minimum_n}.{hidden}"
