"""What customers say of the wait against the wait measured: the question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.records import Criterion, Instrument, Interval, Refusal
from auditlib.service_levels.first_contact.compare import METHOD
from auditlib.service_levels.first_contact.spoken_waits import (
    LinkedAnswers,
    ScoresOfItem,
    WaitScores,
    linked_answers,
    wait_scores,
)
from auditlib.service_levels.first_contact.surveyed import NO_LINKS, links_lacking
from auditlib.service_levels.first_contact.voice_answer import VoiceAnswer
from auditlib.service_levels.first_contact.voice_result import (
    LimitInForce,
    TurningWait,
    VoiceAgainstClock,
    WaitBand,
)
from auditlib.standards.profile import Demands
from auditlib.statements import Unanswered
from auditlib.statistics.clustered_share import pooled_share
from auditlib.statistics.falling_point import CountedAlong, FallingPoint, falling_point

ABOUT = "what customers say of the wait that was measured"
LEAST_ANSWERS, LEAST_DAYS = 100, 20
"""Answers, and days of units with answers, below which no fall is looked for: the test needs clusters."""
BANDS = 5
"""Bands of as many answers each, where no bounds are declared."""


def voice_against_clock(
    engagement: Engagement,
    *,
    demands: Demands | None = None,
    channel: str = "",
    speed_item: str = "",
    band_seconds: str = "",
) -> VoiceAnswer | Unanswered:
    """Answer how satisfaction goes with the wait, and from which wait on fewer are satisfied.

    Parameters
    ----------
    demands
        What the party is judged by: its limits for waits are held against what customers say.
    channel
        Whose waits; the channel that most responses are about where empty.
    speed_item
        Item about speed; empty where none is declared.
    band_seconds
        Upper bounds of the bands, such as ``20, 60, 180``; bands of equally many answers where empty.

    Raises
    ------
    ParameterError
        Where `band_seconds` holds what is no ascending list of seconds.
    """
    bounds = _bounds(band_seconds)
    lacking = links_lacking(engagement.evidence)
    if lacking is not None:
        return Unanswered.not_assessable(ABOUT, lacking)
    links = linked_answers(engagement.evidence)
    chosen = links.most(channel)
    if chosen is None:
        return Unanswered.not_assessable(ABOUT, _none_linked(channel))
    survey = engagement.run.instrument(chosen[0])
    scores = _scores(engagement, survey, chosen[1], speed_item)
    if scores is None or not scores.headline.answers.any():
        return Unanswered.not_assessable(ABOUT, _none_linked(chosen[1]))
    level = engagement.run.thresholds.confidence
    bands = tuple(_bands(scores, bounds or _quantiles(scores), level=level))
    result = _result(links, scores, survey, chosen[1], bands)
    return VoiceAnswer(_with_turn(result, scores, engagement.run, demands))


def _result(
    links: LinkedAnswers, scores: WaitScores, survey: Instrument, channel: str, bands: tuple[WaitBand, ...]
) -> VoiceAgainstClock:
    return VoiceAgainstClock(
        survey.survey_type,
        channel,
        survey.headline,
        None if scores.speed is None else scores.speed.item,
        links.responses,
        links.contacts,
        int(scores.headline.answers.sum()),
        scores.unanswered,
        scores.vague,
        bands,
        contradictory=scores.contradictory,
    )


def _none_linked(channel: str) -> Refusal:
    where = f" of the channel '{channel}'" if channel else " with a channel"
    return Refusal(f"No answered response names an answered contact{where}.", NO_LINKS.remedy)


def _bounds(text: str) -> tuple[int, ...]:
    """Return declared bounds; none where the text is empty."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    bounds = tuple(int(part) for part in parts if part.isdigit())
    if len(bounds) < len(parts) or list(bounds) != sorted(set(bounds)):
        raise ParameterError(
            Problem(
                f"'{text}' is no ascending list of whole seconds",
                "band_seconds",
                remedy="Write the upper bounds of the bands, such as 20, 60, 180.",
            )
        )
    return bounds


def _scores(engagement: Engagement, survey: Instrument, channel: str, speed_item: str) -> WaitScores | None:
    """Return answers by wait; None where the headline item was answered nowhere."""
    columns = engagement.evidence.lazy("responses").collect_schema().names()
    if survey.headline.item not in columns:
        return None
    about_speed = (item for item in survey.items if item.item == speed_item and item.item in columns)
    return wait_scores(
        engagement.evidence,
        survey_type=survey.survey_type,
        channel=channel,
        headline=survey.headline,
        speed=next(about_speed, None),
    )


def _quantiles(scores: WaitScores) -> tuple[int, ...]:
    """Return upper bounds of bands of about as many answers each."""
    order = np.argsort(scores.seconds, kind="stable")
    up_to = np.cumsum(scores.headline.answers[order])
    wanted = up_to[-1] * np.arange(1, BANDS) / BANDS
    bounds = np.unique(scores.seconds[order][np.searchsorted(up_to, wanted)])
    return tuple(int(bound) for bound in bounds if bound < scores.seconds.max())


def _bands(scores: WaitScores, bounds: Sequence[int], *, level: float) -> Iterator[WaitBand]:
    for over, up_to in zip((-1, *bounds), (*bounds, None), strict=True):
        rows = (scores.seconds > over) & (scores.seconds <= (np.inf if up_to is None else up_to))
        answers = int(scores.headline.answers[rows].sum())
        if answers:
            top, interval = _top_box(scores, scores.headline, rows, level=level)
            mean = scores.headline.mean(rows) or 0.0
            yield WaitBand(over, up_to, answers, top, interval, mean, *_speed(scores.speed, rows))


def _top_box(
    scores: WaitScores, item: ScoresOfItem, rows: NDArray[np.bool_], *, level: float
) -> tuple[float, Interval]:
    """Return the share in the top box, with days of units as clusters."""
    top, answers = (
        np.bincount(scores.cluster[rows], part[rows]).astype(np.float64) for part in (item.top, item.answers)
    )
    first = np.unique(scores.cluster, return_index=True)[1]
    share = pooled_share(top, answers, scores.unit[first][: len(answers)])
    low, high = share.limits(level=level)
    return share.value, Interval(low, high, level, METHOD)


def _speed(item: ScoresOfItem | None, rows: NDArray[np.bool_]) -> tuple[float | None, float | None, int]:
    answers = 0 if item is None else int(item.answers[rows].sum())
    if item is None or not answers:
        return None, None, 0
    return float(item.top[rows].sum() / answers), item.mean(rows), answers


def _with_turn(
    result: VoiceAgainstClock, scores: WaitScores, run: Run, demands: Demands | None
) -> VoiceAgainstClock:
    """Add where satisfaction turns, and the limits in force beside it."""
    rows = scores.headline.answers > 0
    days = len(np.unique(scores.cluster[rows]))
    if result.used < LEAST_ANSWERS or days < LEAST_DAYS:
        return replace(result, no_turn=TOO_FEW, limits=_limits(demands, result.channel, None))
    level, rng = run.thresholds.confidence, np.random.default_rng(run.seed)
    fall = falling_point(_counted(scores), level=level, rng=rng)
    if fall is None:
        return replace(result, no_turn=ALIKE, limits=_limits(demands, result.channel, None))
    falls = fall.p_value <= (1 - level) / 2
    turn = _turn(scores, fall) if falls and fall.bounded else None
    limits = _limits(demands, result.channel, turn)
    return replace(result, turn=turn, falls=falls, p_value=fall.p_value, limits=limits)


TOO_FEW = Refusal(
    "Too few answers, on too few days, name their contact to look for a wait at which satisfaction turns.",
    "Ask for the id of the contact beside every response.",
)
ALIKE = Refusal("All waits are alike, so that none can be compared with another.")


def _counted(scores: WaitScores) -> CountedAlong:
    rows = scores.headline.answers > 0
    cluster = np.unique(scores.cluster[rows], return_inverse=True)[1].astype(np.int64)
    answers, top = (part[rows].astype(np.float64) for part in (scores.headline.answers, scores.headline.top))
    return CountedAlong(scores.unit[rows], cluster, np.log1p(scores.seconds[rows]), answers, top)


def _turn(scores: WaitScores, fall: FallingPoint) -> TurningWait:
    seconds, low, high = (round(float(np.expm1(end)), 6) for end in (fall.value, fall.low, fall.high))
    short = scores.seconds <= seconds
    answers, top = scores.headline.answers, scores.headline.top
    counts = int(answers[short].sum()), int(answers[~short].sum())
    before, after = top[short].sum() / counts[0], top[~short].sum() / counts[1]
    return TurningWait(seconds, low, high, fall.step, float(before), float(after), *counts, fall)


def _limits(demands: Demands | None, channel: str, turn: TurningWait | None) -> tuple[LimitInForce, ...]:
    """Return the limits for waits that the standard has in force for a channel."""
    criteria = () if demands is None else demands.edition.criteria
    exempted = {} if demands is None else demands.exemptions
    relaxed = () if demands is None else demands.looser
    allowed = [
        (criterion, _allows(criterion, channel)) for criterion in criteria if criterion.id not in exempted
    ]
    return tuple(
        LimitInForce(criterion, seconds, _looser(seconds, turn), criterion.id in relaxed)
        for criterion, seconds in allowed
        if seconds is not None
    )


def _allows(criterion: Criterion, channel: str) -> float | None:
    """Return the seconds that a criterion lets customers of a channel wait; None where it is not about it."""
    if criterion.options.get("channel") != channel:
        return None
    if criterion.metric == "answered_within":
        return float(criterion.options["seconds"])
    return criterion.target.value if criterion.metric == "wait_quantile" else None


def _looser(seconds: float, turn: TurningWait | None) -> bool | None:
    if turn is None or turn.low < seconds <= turn.high:
        return None
    return seconds > turn.high
