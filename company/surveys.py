"""Transactions, who gets invited, who answers, and what they score."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from company.clock import DAY, Ints, clear_of_changes, day_number, to_local, to_utc
from company.comments import comments
from company.instruments import QUESTIONS, RELATIONSHIP, TRANSACTIONAL, answer, on_five_points
from company.people import People
from company.places import CHANNELS, HEADQUARTERS, REVIEW, SEGMENTS, TRANSACTION_TYPES
from company.scenario import Scenario
from company.streams import stream
from company.world import Floats, World

_HOUR = 3_600
REVIEW_LIFT = 1.12
"""How much likelier a relationship invitation is answered than a transactional one."""
_EDGE = 0.04  # activity kept from the months on either side of the period


@dataclass(frozen=True, slots=True)
class Surveys:
    """Invitations and responses; instants as UTC seconds in columns of the canonical stem.

    `responses` carries three columns more than its canonical table: ``unit`` (index), ``lowest`` (lowest
    valid item on the 1-to-5 scale, missing where none) and ``in_period``. So does `invitations` with
    ``unit`` and ``in_period``.
    """

    invitations: pd.DataFrame
    responses: pd.DataFrame


def surveys(scenario: Scenario, world: World, people: People, rng: np.random.Generator) -> Surveys:
    """Draw invitations and responses; `rng` is not advanced."""
    asked = pd.concat(
        [
            _candidates(scenario, world, people, survey_type, stream(rng, f"candidates {survey_type}"))
            for survey_type in (TRANSACTIONAL, RELATIONSHIP)
        ],
        ignore_index=True,
    )
    asked = asked.sort_values(["sent", "survey_type", "unit"], kind="stable", ignore_index=True)
    asked.insert(0, "invitation_id", [f"I{index + 1:06d}" for index in range(len(asked))])
    responses = _responses(scenario, world, asked, stream(rng, "responses"))
    return Surveys(asked.drop(columns="latent"), responses)


def _candidates(
    scenario: Scenario, world: World, people: People, survey_type: str, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the invitations of one survey type, with the latent satisfaction of each customer."""
    unit, month = _activity(scenario, world, survey_type, rng)
    n = len(unit)
    customer = _pick(people.customers_of, unit, rng)
    segments = people.customers["segment"].to_numpy()[customer]
    transactional = survey_type == TRANSACTIONAL
    channel = rng.choice(list(CHANNELS), n, p=[share for share, _ in CHANNELS.values()])
    kind = rng.choice(list(TRANSACTION_TYPES), n, p=list(TRANSACTION_TYPES.values()))
    ended = to_utc(_when(scenario, month, rng), world.zones[unit])
    sent = ended + rng.integers(_HOUR, 26 * _HOUR, n) if transactional else ended
    sent = _writable(sent, world.zones[unit])
    path = world.path[unit, np.clip(month, 0, scenario.months - 1)]
    latent = path + _shift(SEGMENTS, segments) + (_shift(CHANNELS, channel) if transactional else 0.0)
    latent += _person(scenario, people.tastes[customer], rng)
    frame = pd.DataFrame(
        {
            "survey_type": survey_type,
            "unit": unit,
            "unit_id": np.array(world.unit_ids)[unit],
            "customer_id": people.customers["customer_id"].to_numpy()[customer],
            "account_id": people.customers["account_id"].to_numpy()[customer],
            "channel": channel if transactional else None,
            "transaction_type": kind if transactional else REVIEW,
            "transaction": pd.array(ended if transactional else [None] * n, dtype="Int64"),
            "sent": sent,
            "sender": rng.choice(["crm", "contact_centre"], n, p=[0.8, 0.2])
            if transactional
            else "marketing",
            "in_period": _in_period(scenario, to_local(sent, world.zones[unit])),
            "latent": latent,
        }
    )
    now = int(scenario.as_of.timestamp())
    return frame[(sent < now - _HOUR) & ~_suppressed(scenario, world, frame, month, rng)]


def _suppressed(
    scenario: Scenario, world: World, frame: pd.DataFrame, month: Ints, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return which customers a gamed unit does not invite because they looked unhappy."""
    share = world.suppressed[frame["unit"], np.clip(month, 0, scenario.months - 1)]
    below = -np.inf if scenario.gaming is None else scenario.gaming.below
    return np.asarray((rng.random(len(frame)) < share) & (frame["latent"].to_numpy() < below))


def _activity(
    scenario: Scenario, world: World, survey_type: str, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return unit and month of every transaction; one thin month on either side of the period."""
    months = np.arange(-1, scenario.months + 1)
    volume = scenario.volume
    level = volume.transactions_per_month if survey_type == TRANSACTIONAL else volume.accounts_per_month
    swing = 1 + 0.12 * np.cos(2 * np.pi * (months + scenario.start.month - 11) / 12)
    edge = np.where((months < 0) | (months >= scenario.months), _EDGE, 1.0)
    counts = rng.poisson(level * world.size[:, None] * (swing * edge)[None, :])
    unit, column = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), len(months))
    return unit.astype(np.int64), months[column].astype(np.int64)


def _when(scenario: Scenario, month: Ints, rng: np.random.Generator) -> Ints:
    """Return a local second in each month: fewer at weekends, between 08:00 and 20:00."""
    firsts = [scenario.month(index) for index in range(-1, scenario.months + 1)]
    start = np.array([day_number(day) for day in firsts])[month + 1]
    length = np.array([monthrange(day.year, day.month)[1] for day in firsts])[month + 1]
    length = np.where(month >= scenario.months, 1, length)
    day = start + (rng.random(len(month)) * length).astype(np.int64)
    weekend = ((day + 3) % 7 >= 5) & (rng.random(len(month)) < 0.7)
    earlier = day - ((day + 3) % 7 - 4) * weekend
    day = np.where(earlier >= start, earlier, day)
    return np.asarray(day * DAY + rng.integers(8 * _HOUR, 20 * _HOUR, len(month)))


def _pick(ranges: Ints, unit: Ints, rng: np.random.Generator) -> Ints:
    low, high = ranges[unit, 0], ranges[unit, 1]
    return np.asarray(low + (rng.random(len(unit)) * (high - low)).astype(np.int64))


def _shift(table: dict[str, tuple[float, float]], codes: npt.NDArray[Any]) -> Floats:
    return np.asarray(pd.Series(codes).map({code: shift for code, (_, shift) in table.items()}), dtype=float)


def _person(scenario: Scenario, taste: Floats, rng: np.random.Generator) -> Floats:
    """Return what makes one response differ from its unit: taste, the day, now and then a bad experience."""
    scores, n = scenario.scores, len(taste)
    bad = rng.random(n) < scores.bad_share
    own, day = np.sqrt(scores.customer_share), np.sqrt(1 - scores.customer_share)
    return np.asarray(
        own * scores.person_sd * taste + rng.normal(0.0, day * scores.person_sd, n) - scores.bad_drop * bad
    )


def _writable(utc: Ints, zones: npt.NDArray[Any]) -> Ints:
    """Return instants that survive being written in the unit's zone and at headquarters."""
    return clear_of_changes(utc, zones, np.full(len(utc), HEADQUARTERS))


def _in_period(scenario: Scenario, local: Ints) -> npt.NDArray[np.bool_]:
    day = local // DAY
    first, after = day_number(scenario.start), day_number(scenario.month(scenario.months))
    return np.asarray((day >= first) & (day < after))


def willingness(answers: Floats, latent: Floats) -> Floats:
    """Return the probability of an answer: the unhappy and the delighted answer a little more often."""
    pull = np.log(answers / (1 - answers)) + 0.18 * np.abs(latent - 4.2) - 0.1
    return np.asarray(1 / (1 + np.exp(-pull)))


def _responses(
    scenario: Scenario, world: World, asked: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    chance = willingness(world.answers[asked["unit"]], asked["latent"].to_numpy())
    relationship = asked["survey_type"].to_numpy() == RELATIONSHIP
    chance = np.minimum(chance * np.where(relationship, REVIEW_LIFT, 1.0), 0.95)
    rows = asked[rng.random(len(asked)) < chance].reset_index(drop=True)
    zones = world.zones[rows["unit"]]
    rows["submitted"] = _submitted(rows, zones, rng)
    same = _in_period(scenario, to_local(rows["submitted"].to_numpy(), zones)) == rows["in_period"]
    rows = rows[same & (rows["submitted"] < int(scenario.as_of.timestamp()) - _HOUR)]
    rows = rows.sort_values(["submitted", "invitation_id"], kind="stable", ignore_index=True)
    scores, lowest = _scores(scenario, rows, rng)
    return _finish(scenario, rows, scores, lowest, rng)


def _submitted(rows: pd.DataFrame, zones: npt.NDArray[Any], rng: np.random.Generator) -> Ints:
    """Return when each was submitted: most within a day, hardly any at night."""
    delay = np.minimum(rng.exponential(30 * _HOUR, len(rows)), 20 * DAY).astype(np.int64) + 300
    utc = rows["sent"].to_numpy() + delay
    local = to_local(utc, zones)
    night = (local % DAY) < 6 * _HOUR
    return _writable(np.where(night, utc + 7 * _HOUR, utc), zones)


def _scores(
    scenario: Scenario, rows: pd.DataFrame, rng: np.random.Generator
) -> tuple[dict[str, Floats], Floats]:
    """Return native scores by item, and the lowest valid one on the 1-to-5 scale."""
    n, kinds = len(rows), rows["survey_type"].to_numpy()
    halves = rng.random(n) < scenario.scores.half_points
    silent = rng.random(n) < scenario.scores.not_applicable / 8
    lowest = np.full(n, np.nan)
    found: dict[str, Floats] = {}
    for survey_type, questions in QUESTIONS.items():
        for question in questions:
            latent = rows["latent"].to_numpy() + rng.normal(0.0, scenario.scores.item_sd, n)
            native = answer(latent, question, halves)
            hidden = (rng.random(n) < scenario.scores.not_applicable) | silent | (kinds != survey_type)
            found[question.item] = np.where(hidden, np.nan, native)
            lowest = np.fmin(lowest, on_five_points(found[question.item], question))
    return found, lowest


def _finish(
    scenario: Scenario,
    rows: pd.DataFrame,
    scores: dict[str, Floats],
    lowest: Floats,
    rng: np.random.Generator,
) -> pd.DataFrame:
    n = len(rows)
    named = rows["survey_type"].to_numpy() == RELATIONSHIP
    anonymous = (rng.random(n) < 0.04) & ~named
    walk_in = (rng.random(n) < 0.01) & ~named
    device = [f"{value:08x}" for value in rng.integers(0, 2**32, n)]
    return pd.DataFrame(
        {
            "response_id": [f"R{index + 1:06d}" for index in range(n)],
            "invitation_id": rows["invitation_id"].where(~(walk_in | anonymous), None),
            "survey_type": rows["survey_type"],
            "unit_id": rows["unit_id"],
            "customer_id": rows["customer_id"].where(~anonymous, None),
            "account_id": rows["account_id"].where(~anonymous, None),
            "channel": rows["channel"],
            "transaction_type": rows["transaction_type"],
            "submitted": rows["submitted"],
            "anonymous": anonymous,
            "device_id": pd.Series(device, dtype=object).where((rng.random(n) < 0.5) & ~named, None),
            "comment": comments(scenario, lowest, rng),
            **scores,
            "unit": rows["unit"],
            "lowest": lowest,
            "in_period": rows["in_period"],
        }
    )
