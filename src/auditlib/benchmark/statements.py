"""The sentences of a comparison: what each unit's verdict rests on, in words an auditor can read aloud."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from auditlib.benchmark.outliers import ALARM, OutlierJudgement, OutlierStatus
from auditlib.benchmark.result import BenchmarkResult, Comparison
from auditlib.benchmark.scores import UnitScores
from auditlib.benchmark.words import as_level, as_score, readable, shortlist, stated, title_of
from auditlib.disclosure import MinimumFrequency
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, counted, say, with_sign
from auditlib.statistics.reliability import SUFFICIENT


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
    measure, dispersion = comparison.measure, comparison.judgement.dispersion
    start = say(
        "{title}: {compared|unit is|units are|no unit is} compared with their pooled value of {pooled}{when}",
        facts,
        title=title_of(measure),
        pooled=stated(facts[f"{measure.statistic}:pooled"], as_score, measure.statistic),
        when=" over the whole period" if comparison.scores.table == "responses" else "",
    )
    if isinstance(dispersion, Refusal):
        why = Sentence(dispersion.reason, (f"phi:{comparison.key}",))
        return say("{start}; none gets a verdict. {why}", facts, start=start, why=why)
    return say("{start}. {called}", facts, start=start, called=_called_out(comparison, facts))


def _called_out(comparison: Comparison, facts: Facts) -> Sentence:
    higher, lower = (comparison.units(side) for side in (OutlierStatus.HIGHER, OutlierStatus.LOWER))
    names = {"above": _names(higher, comparison), "below": _names(lower, comparison)}
    explain = "than chance and over-dispersion could explain"
    if higher.empty and lower.empty:
        none = (
            "None is shown to lie higher or lower: all are within the outer limits for chance "
            "and over-dispersion."
        )
        return Sentence(none, (f"higher:{comparison.key}", f"lower:{comparison.key}"))
    if lower.empty:
        text = f"{{higher}} ({{above}}) {{higher~lies|lie}} higher {explain}; none is shown to lie {{other}}."
        return say(text, facts, **names, other=Sentence("lower", (f"lower:{comparison.key}",)))
    if higher.empty:
        text = f"{{lower}} ({{below}}) {{lower~lies|lie}} lower {explain}; none is shown to lie {{other}}."
        return say(text, facts, **names, other=Sentence("higher", (f"higher:{comparison.key}",)))
    text = f"{{higher}} ({{above}}) {{higher~lies|lie}} higher {explain}, and {{lower}} ({{below}}) lower."
    return say(text, facts, **names)


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
        return say(text, facts, survey=survey)
    return say(
        "{survey}: units differ {times_chance|.1f} times as much as chance alone would make them "
        "(over-dispersion {phi|.1f}); limits for chance alone would call out {chance_only}, these call out "
        "{called}.",
        facts,
        survey=survey,
    )


def _ranks(comparison: Comparison, facts: Facts) -> Sentence:
    likely = comparison.ranks.likely_span
    if isinstance(likely, Refusal):
        roughly = Sentence(likely.reason, (f"likely_span:{comparison.key}",))
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
    shrunk, needed = comparison.judgement.shrunk, comparison.needed
    if isinstance(shrunk, Refusal):
        return Sentence(shrunk.reason, (f"tau:{comparison.key}",))
    if isinstance(needed, Refusal):
        return Sentence(needed.reason, (f"needed:{comparison.key}",))
    return say(
        "{survey}: reliability reaches {sufficient_reliability|.1f} in {reliable} of {compared|unit|units}; "
        "it takes about {needed|answer|answers|no answer} a unit.",
        facts,
        survey=comparison.measure.survey,
    )


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
    compared = iter(zip(judgement.verdicts(), judgement.z, judgement.q, judgement.reliability, strict=True))
    rows: list[tuple[OutlierStatus, str]] = []
    for index, chosen in enumerate(judgement.chosen):
        if chosen:
            verdict, z, q, reliable = next(compared)
            why = _reason(verdict, judgement, z=float(z), q=float(q), reliable=float(reliable))
        else:
            verdict = OutlierStatus.NONE
            why = _no_verdict(scores, index, minimum_n=minimum_n, disclosure=disclosure)
        rows.append((verdict, why))
    return rows


def _reason(
    verdict: OutlierStatus, judgement: OutlierJudgement, *, z: float, q: float, reliable: float
) -> str:
    """Say what the verdict on a compared unit rests on."""
    if isinstance(judgement.dispersion, Refusal):
        return judgement.dispersion.reason
    weak = "" if reliable >= SUFFICIENT else f" Reliability {reliable:.2f} is below {SUFFICIENT:.1f}."
    distance, side = f"z = {with_sign(z, decimals=2)}", "above" if z > 0 else "below"
    if verdict is OutlierStatus.WITHIN:
        return f"No difference is shown: within the limits for chance and over-dispersion ({distance}).{weak}"
    if verdict in (OutlierStatus.HIGHER, OutlierStatus.LOWER):
        return (
            f"Lies {side} the {as_level(ALARM)} limits for chance and over-dispersion ({distance}, "
            f"false discovery rate {q:.3f}).{weak}"
        )
    inner, chance = as_level(judgement.inner), as_level(1 - judgement.inner)
    return f"Lies {side} the {inner} limits only, as {chance} of units do by chance ({distance}).{weak}"


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
