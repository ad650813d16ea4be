"""The sentences on whether scores improve: where they go, by how much, and what bears it out."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.benchmark.words import as_difference, as_score, as_signed, stated
from auditlib.improvement.result import Course, Improving, side_of_none
from auditlib.improvement.words import as_change_a_year
from auditlib.records import Refusal, Sentence
from auditlib.statements import Facts, listed, say


def summary(result: Improving, facts: Facts) -> Iterator[Sentence]:
    """Yield where scores go, by how much, and whether a trend bears it out."""
    about = facts.about(result.comparison.key)
    yield say("{change} {trend}", about, change=_change(result, about), trend=_trend(result, about))
    if result.course in (Course.BETTER, Course.AHEAD):
        survey = result.comparison.measure.survey
        yield Sentence(
            f"{survey}: where pay depends on these scores, read the rise with 04_integrity; it counts only "
            "as far as no sign of managed scores stands against it."
        )


def _change(result: Improving, facts: Facts) -> Sentence:
    change, measure = result.change, result.comparison.measure
    statistic = measure.statistic
    return say(
        "{survey}: {course}. From {earlier} ({before}) to {later} ({after}); within the same "
        "{improving_units|unit|units|no unit}{mix} the difference is {difference}{sure}.{neither}{note}",
        facts,
        survey=measure.survey,
        course=result.course.value,
        earlier=stated(facts["improving_earlier"], as_score, statistic),
        before=change.periods[0],
        later=stated(facts["improving_later"], as_score, statistic),
        after=change.periods[1],
        mix=f" and at the same mix of {listed(change.adjusted_for)}" if change.adjusted_for else "",
        difference=stated(facts["improving_change"], as_difference, statistic),
        sure=_sure(change.low, change.high, statistic),
        neither="" if change.neither is None else _neither(change.neither, facts),
        note=f" {change.note}" if change.note else "",
    )


def _neither(answers: int, facts: Facts) -> Sentence:
    """Say how many answers lie in neither of the two periods."""
    if not answers:
        return Sentence(" Every answer lies in one of the two.", (facts["improving_neither"].key,))
    return say(" {improving_neither|answer lies|answers lie} in neither.", facts)


def _trend(result: Improving, facts: Facts) -> Sentence:
    line, change = result.yearly, result.change
    if isinstance(line, Refusal):
        return Sentence(_no_line(result, line), (facts["improving_trend"].key,))
    statistic = result.comparison.measure.statistic
    agrees = side_of_none(line.low, line.high) == side_of_none(change.low, change.high)
    return say(
        "{start} trend over all {improving_trend[n]} {grain}s is {slope}{sure}.",
        facts,
        start="The" if agrees else "But the",
        grain=result.grain,
        slope=stated(facts["improving_trend"], as_change_a_year, statistic),
        sure=_sure(line.low, line.high, statistic),
    )


def _no_line(result: Improving, why: Refusal) -> str:
    """Say that no straight line can be tested; a lasting step or slope is looked for apart from that."""
    text = f"Whether it goes on year by year, along a straight line, cannot be tested: {why.reason}"
    if result.comparison.scores.table == "aggregates":
        return text
    return f"{text} Whether and when it moved for good takes no such line: the charts of all units say it."


def _sure(low: float, high: float, statistic: str) -> str:
    """Return the limits of a change; where they hold no change, that none between them is ruled out."""
    ends = f"{as_signed(low, statistic)} to {as_signed(high, statistic)}"
    return f" ({ends}), beyond chance" if side_of_none(low, high) else f"; {ends} is not ruled out"


def limits(result: Improving) -> Iterator[Sentence]:
    """Yield what the answer cannot say."""
    survey = result.comparison.measure.survey_type
    yield Sentence(
        f"The {survey} survey speaks for those who answered; where others answer than before in the same "
        "units, part of a change is theirs."
    )
