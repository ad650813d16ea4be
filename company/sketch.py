"""The fast path: unit-month cells of a company straight from its world, without any row.

For calibration on hundreds of companies. The same world, the same distribution of scores as `company`
draws response by response; case mix, walk-in responses and the edges of the period are averaged over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from company.instruments import QUESTIONS, RELATIONSHIP, TRANSACTIONAL, Question
from company.places import CHANNELS, SEGMENTS
from company.scenario import Scenario
from company.streams import stream
from company.surveys import REVIEW_LIFT, willingness
from company.world import Floats, World, world

_GRID = np.arange(-4.0, 3.5, 0.05)
"""Distance of one customer's latent satisfaction from the unit's path, in points."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Cells of one generated company with the world behind them.

    Parameters
    ----------
    world
        Units, links, true effects.
    cells
        unit_id, month (year * 100 + month), survey_type, item, score, n.
    panel
        unit_id, month, survey_type, invitations, responses.
    """

    world: World
    cells: pd.DataFrame
    panel: pd.DataFrame


def cells(
    scenario: Scenario,
    rng: np.random.Generator,
    *,
    survey_types: tuple[str, ...] = (TRANSACTIONAL, RELATIONSHIP),
) -> Sketch:
    """Draw unit-month counts of each survey type's first item; `rng` is not advanced.

    Milliseconds per company. Counts are Poisson in the number invited, binomial in who answers,
    multinomial in the scores.
    """
    place = world(scenario, rng)
    drawn = [_one_type(scenario, place, kind, stream(rng, f"cells {kind}")) for kind in survey_types]
    return Sketch(
        place,
        pd.concat([part for part, _ in drawn], ignore_index=True),
        pd.concat([part for _, part in drawn], ignore_index=True),
    )


def _one_type(
    scenario: Scenario, place: World, survey_type: str, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    question = QUESTIONS[survey_type][0]
    transactional = survey_type == TRANSACTIONAL
    volume = scenario.volume
    level = volume.transactions_per_month if transactional else volume.accounts_per_month
    season = 1 + 0.12 * np.cos(2 * np.pi * (np.arange(scenario.months) + scenario.start.month - 11) / 12)
    path, gamed = place.path.ravel(), place.suppressed.ravel()
    answers = np.repeat(place.answers, scenario.months)
    asked, answered, scores = _chances(
        scenario,
        path,
        gamed,
        answers,
        question,
        channels=transactional,
        lift=1.0 if transactional else REVIEW_LIFT,
    )
    invited = rng.poisson((level * place.size[:, None] * season).ravel() * asked)
    responses = rng.binomial(invited, answered)
    valid = rng.binomial(
        responses, (1 - scenario.scores.not_applicable) * (1 - scenario.scores.not_applicable / 8)
    )
    counts = rng.multinomial(valid, scores)
    return _frames(
        scenario, place, survey_type, question, invited=invited, responses=responses, counts=counts
    )


def _frames(
    scenario: Scenario,
    place: World,
    survey_type: str,
    question: Question,
    *,
    invited: npt.NDArray[np.int64],
    responses: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    days = [scenario.month(index) for index in range(scenario.months)]
    months = np.tile([day.year * 100 + day.month for day in days], scenario.units)
    units = np.repeat(np.array(place.unit_ids), scenario.months)
    row, column = np.nonzero(counts)
    found = pd.DataFrame(
        {
            "unit_id": units[row],
            "month": months[row],
            "survey_type": survey_type,
            "item": question.item,
            "score": _native(question)[column],
            "n": counts[row, column],
        }
    )
    panel = pd.DataFrame(
        {
            "unit_id": units,
            "month": months,
            "survey_type": survey_type,
            "invitations": invited,
            "responses": responses,
        }
    )
    return found, panel


def _native(question: Question) -> Floats:
    step = 0.5 if question.half_points else 1.0
    return np.arange(question.low, question.high + step / 2, step)


def _density(scenario: Scenario, *, channels: bool) -> Floats:
    """Return the distribution of customers on the grid, case mix and bad experiences included."""
    scores = scenario.scores
    shifts = CHANNELS.values() if channels else ((1.0, 0.0),)
    total = np.zeros(len(_GRID))
    for channel_share, channel_shift in shifts:
        for segment_share, segment_shift in SEGMENTS.values():
            for share, drop in ((1 - scores.bad_share, 0.0), (scores.bad_share, scores.bad_drop)):
                z = (_GRID - channel_shift - segment_shift + drop) / scores.person_sd
                total += channel_share * segment_share * share * np.exp(-z * z / 2)
    return np.asarray(total / total.sum())


def _chances(
    scenario: Scenario,
    path: Floats,
    gamed: Floats,
    answers: Floats,
    question: Question,
    *,
    channels: bool,
    lift: float = 1.0,
) -> tuple[Floats, Floats, Floats]:
    """Return, per unit-month, the share invited, the share of those answering, and the score shares.

    Integrates over customers: a gamed unit does not invite some of the unhappy, and the unhappy and the
    delighted answer more often.
    """
    latent = path[:, None] + _GRID
    below = -np.inf if scenario.gaming is None else scenario.gaming.below
    weight = _density(scenario, channels=channels) * (1 - gamed[:, None] * (latent < below))
    asked = weight.sum(axis=1)
    weight = weight * np.minimum(willingness(answers[:, None], latent) * lift, 0.95)
    answered = weight.sum(axis=1)
    table, knots = _score_table(scenario, question)
    at = np.clip(np.rint((latent - knots[0]) / (knots[1] - knots[0])), 0, len(knots) - 1).astype(np.int64)
    shares = np.stack([(weight * column[at]).sum(axis=1) for column in table.T], axis=1)
    return asked, answered / asked, shares / shares.sum(axis=1, keepdims=True)


def _score_table(scenario: Scenario, question: Question) -> tuple[Floats, Floats]:
    """Return the chance of each native score at fine knots of latent satisfaction; rows sum to 1."""
    knots = np.arange(-1.0, 9.0, 0.01)
    whole = _rounded(knots, question, scenario.scores.item_sd, step=1.0)
    if not question.half_points:
        return whole, knots
    fine = _rounded(knots, question, scenario.scores.item_sd, step=0.5)
    share = scenario.scores.half_points
    fine = share * fine
    fine[:, ::2] += (1 - share) * whole
    return fine, knots


def _rounded(knots: Floats, question: Question, spread: float, *, step: float) -> Floats:
    scale = (question.high - question.low) / 4
    centre = question.low + (knots + question.shift - 1) * scale
    edges = np.arange(question.low + step / 2, question.high, step)
    below = ndtr((edges[None, :] - centre[:, None]) / (spread * scale))
    ends = np.ones((len(knots), 1))
    return np.asarray(np.diff(np.concatenate([0 * ends, below, ends], axis=1), axis=1))


def expected_mean(scenario: Scenario, path: Floats) -> Floats:
    """Return the expected mean of the transactional headline at latent paths; shape as `path`."""
    question = QUESTIONS[TRANSACTIONAL][0]
    answers = np.full(len(path), scenario.volume.response_rate)
    _, _, shares = _chances(scenario, path, np.zeros(len(path)), answers, question, channels=True)
    return np.asarray(shares @ _native(question))
