"""Companies with linked pay that share nothing with the demo's.

Ordinal answers crowded at the top, customers who come again, units of 5 to 5,000 answers, regional shocks,
honest fixes, and customers left out. Every transaction is a row: who, when, whether something went wrong,
whether an invitation was sent, answered, and followed by a complaint. Nothing here knows the detectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from company.calibration import SurveyTables

Floats = npt.NDArray[np.float64]
Assigned = Literal["lot", "leaning", "region"]
ITEMS = ("q_overall", "q_staff", "q_speed", "q_result")
SURVEY = "transactional"
FIRST = np.datetime64("2023-01")
_DAY = 86_400_000_000
_INVITED, _ANSWERS = 0.7, 0.35
_UNHAPPY = 3.5
_COMPLAINS = (0.01, 0.16)
"""Chance to complain where all went well, and where something went wrong."""
_THRESHOLDS = np.array([-3.1, -2.5, -1.8, -0.55])
"""Latent values at which an answer of 1 to 5 rises by one: 65 of 100 customers of good service answer 5."""


@dataclass(frozen=True)
class World:
    """What a company is like.

    Parameters
    ----------
    units, months, regions, linked
        How many; `linked` units are linked together after half of the months.
    answers
        Fewest and most answers of a unit over all months; log-uniform between them.
    assigned
        Links dealt by lot, leaning towards half of the regions, or to whole regions.
    shocks
        Standard deviation of what befalls a region for a month and lasts (latent points).
    fix
        Share of what goes wrong that an honest fix in linked units removes.
    uninvited
        Share of customers of linked units whose transaction went wrong who are not invited.
    discouraged
        Share of those whose answers would average less than 3.5 of 5 who are kept from answering.
    """

    units: int = 40
    months: int = 24
    regions: int = 5
    linked: int = 12
    answers: tuple[float, float] = (5, 5000)
    assigned: Assigned = "lot"
    shocks: float = 0.0
    fix: float = 0.0
    uninvited: float = 0.0
    discouraged: float = 0.0

    @property
    def start(self) -> int:
        """Index of the first linked month."""
        return self.months // 2


def tables(world: World, seed: int) -> SurveyTables:
    """Draw one company as the canonical tables an audit reads."""
    rng = np.random.default_rng([seed, 77])
    region = rng.permutation(np.arange(world.units) % world.regions)
    linked = _linked(world, region, rng)
    rows = _transactions(world, region, linked, rng)
    asked = rows[rows["invited"]]
    answered = asked[asked["answered"]]
    held = {
        "units": pd.DataFrame({"unit_id": _ids(world), "region": [f"R{place}" for place in region]}),
        "pay_links": _register(world, linked),
        "invitations": _invitations(asked),
        "responses": _responses(answered),
        "complaints": _complaints(rows[rows["complained"]], rng),
    }
    return SurveyTables(held | {"cells": _cells(held["responses"])})


def _ids(world: World) -> list[str]:
    return [f"N{unit:03d}" for unit in range(world.units)]


def _linked(world: World, region: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    if world.assigned == "region":
        return np.isin(region, rng.permutation(world.regions)[: world.regions // 2])
    lean = 2.0 * (region < world.regions / 2) if world.assigned == "leaning" else 0.0
    order = np.argsort(-(lean + rng.gumbel(size=world.units)))
    return np.isin(np.arange(world.units), order[: world.linked])


def _drift(shape: tuple[int, int], spread: float, rng: np.random.Generator) -> Floats:
    """Return autocorrelated noise with standard deviation `spread`; shape (places, months)."""
    drawn = rng.normal(0, spread, shape)
    for month in range(1, shape[1]):
        drawn[:, month] = 0.7 * drawn[:, month - 1] + np.sqrt(1 - 0.49) * drawn[:, month]
    return drawn


def _transactions(
    world: World, region: npt.NDArray[np.int64], linked: npt.NDArray[np.bool_], rng: np.random.Generator
) -> pd.DataFrame:
    low, high = np.log(world.answers)
    monthly = np.exp(rng.uniform(low, high, world.units)) / world.months / _INVITED / _ANSWERS
    regional = _drift((world.regions, world.months), world.shocks, rng)[region]
    busy = _drift((world.regions, world.months), world.shocks / 2, rng)[region]
    volume = monthly[:, None] * np.exp(_drift((world.units, world.months), 0.12, rng) + busy)
    counts = rng.poisson(volume)
    unit, month = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    n = len(unit)
    customers = np.maximum(3, (counts.sum(axis=1) / 4).astype(int))
    person = (rng.random(n) ** 1.5 * customers[unit]).astype(int)
    firsts = np.r_[0, np.cumsum(customers)][:-1]
    customer = firsts[unit] + person
    mood = rng.normal(0, 0.5, customers.sum())[customer]
    unit_level = rng.normal(0, 0.35, world.units)[:, None] + _drift((world.units, world.months), 0.1, rng)
    level = (unit_level + regional)[unit, month] + mood
    wrong = rng.random(n) < 1 / (1 + np.exp(2.1 + 0.8 * level))
    after = linked[unit] & (month >= world.start)
    wrong &= ~(after & (rng.random(n) < world.fix))
    latent = level - 2.2 * wrong
    invited = (rng.random(n) < _INVITED) & ~(after & wrong & (rng.random(n) < world.uninvited))
    willing = np.exp(rng.normal(0, 0.15, world.units))[unit] * np.where(wrong, 0.8, 1.0) * _ANSWERS
    willing = (
        willing * np.exp(_drift((world.regions, world.months), world.shocks / 4, rng)[region])[unit, month]
    )
    answered = rng.random(n) < willing
    return pd.DataFrame(
        {
            "unit_id": np.array(_ids(world))[unit],
            "customer_id": np.char.add("K", customer.astype(str)),
            "day": _days(month, rng.random(n)),
            "latent": latent,
            "invited": invited,
            "answered": answered,
            "discouraged": after & (rng.random(n) < world.discouraged),
            "complained": rng.random(n) < np.where(wrong, _COMPLAINS[1], _COMPLAINS[0]),
        }
    ).pipe(_answers, rng)


def _days(month: npt.NDArray[np.int64], at: Floats) -> npt.NDArray[np.int64]:
    """Return local days since 1970, up to the 26th, so that an answer falls into the same month."""
    first = (FIRST + month.astype("timedelta64[M]")).astype("datetime64[D]").astype(np.int64)
    return np.asarray(first + (at * 26).astype(np.int64))


def _answers(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    taste = rng.normal(0, 0.8, len(rows))
    scores = {
        item: 1.0 + np.searchsorted(_THRESHOLDS, rows["latent"] + taste + rng.normal(0, 0.6, len(rows)))
        for item in ITEMS
    }
    unhappy = np.mean(list(scores.values()), axis=0) < _UNHAPPY
    return rows.assign(**scores, answered=rows["answered"] & ~(rows["discouraged"] & unhappy))


def _register(world: World, linked: npt.NDArray[np.bool_]) -> pd.DataFrame:
    starts = (FIRST + np.timedelta64(world.start, "M")).astype("datetime64[D]").astype(int)
    units = np.array(_ids(world))[linked]
    return pd.DataFrame(
        {
            "link_id": [str(row) for row in range(len(units))],
            "role": "manager",
            "unit_id": units,
            "metric": f"{SURVEY}:{ITEMS[0]}:mean",
            "weight": 0.2,
            "threshold": 4.4,
            "starts_on": int(starts),
            "ends_on": np.nan,
        }
    )


def _invitations(asked: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "invitation_id": np.char.add("I", asked.index.to_numpy().astype(str)),
            "survey_type": SURVEY,
            "unit_id": asked["unit_id"].to_numpy(),
            "customer_id": asked["customer_id"].to_numpy(),
            "transaction_at": (asked["day"] * _DAY).to_numpy(),
            "sent_at": (asked["day"] * _DAY + _DAY // 2).to_numpy(),
            "sent_day": asked["day"].to_numpy(),
            "in_period": True,
        }
    )


def _responses(answered: pd.DataFrame) -> pd.DataFrame:
    names = answered.index.to_numpy().astype(str)
    day = answered["day"].to_numpy() + 2
    return pd.DataFrame(
        {
            "response_id": np.char.add("A", names),
            "invitation_id": np.char.add("I", names),
            "survey_type": SURVEY,
            "unit_id": answered["unit_id"].to_numpy(),
            "customer_id": answered["customer_id"].to_numpy(),
            "submitted_at": day * _DAY,
            "submitted_day": day,
            "device_id": None,
            "comment": pd.Series("It was as it was.", answered.index)
            .where(answered.index.to_numpy() % 3 == 0)
            .to_numpy(),
            "in_period": True,
            **{item: answered[item].to_numpy() for item in ITEMS},
        }
    ).astype({"device_id": object})


def _complaints(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    day = rows["day"].to_numpy() + rng.integers(0, 10, len(rows))
    return pd.DataFrame(
        {
            "complaint_id": np.char.add("C", rows.index.to_numpy().astype(str)),
            "unit_id": rows["unit_id"].to_numpy(),
            "customer_id": rows["customer_id"].to_numpy(),
            "received_at": day * _DAY,
            "received_day": day,
            "in_period": True,
        }
    )


def _cells(responses: pd.DataFrame) -> pd.DataFrame:
    days = pd.to_datetime(responses["submitted_day"], unit="D")
    keys: dict[str, Any] = {
        "unit_id": responses["unit_id"],
        "month": days.dt.year * 100 + days.dt.month,
        "survey_type": SURVEY,
        "item": ITEMS[0],
        "score": responses[ITEMS[0]],
    }
    return pd.DataFrame(keys).groupby(list(keys), as_index=False).size().rename(columns={"size": "n"})
