"""Companies of another make than the demo's: answers on five steps, regional shocks, unequal units.

A unit's quality is a level of its own, a slow wander of its own and one of its region; a customer answers
1 to 5 by where a draw around it falls between fixed steps, most of them at the top. Who is linked is dealt
unit by unit or region by region; what the link does is added to the quality.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from auditlib.compensation import Panel
from auditlib.statistics.types import Floats
from auditlib.time.epoch import day_number
from auditlib.time.months import at_ordinal, first_day, ordinal

STEPS = np.array([-2.1, -1.5, -0.9, 0.1])
"""Between which answers of 1 to 5 lie; with quality 0 about half are fives and a fifth is below four."""
FIRST = 202301
METRIC = "transactional:q_overall:mean"


@dataclass(frozen=True, slots=True)
class World:
    """How a company is drawn.

    Parameters
    ----------
    units, regions, months
        Units, dealt evenly to regions, and months.
    answers, spread
        Median answers of a unit in a month, and the standard deviation of its logarithm over units.
    unit_sd, region_sd, memory
        How far units and regions wander, and how much of it stays a month later.
    by_region
        Whether whole regions are linked.
    linked
        Regions, or units, that are linked.
    dates
        Months (positions) of the links, dealt in turn.
    effect
        What the link adds to quality; a quality of 1 is about one point of score at the middle of the scale.
    """

    units: int = 40
    regions: int = 4
    months: int = 36
    answers: float = 10.0
    spread: float = 0.9
    unit_sd: float = 0.12
    region_sd: float = 0.15
    memory: float = 0.8
    by_region: bool = True
    linked: int = 2
    dates: tuple[int, ...] = (15,)
    effect: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """What an audit would have of it: the panel, the register of links, and the region of each unit."""

    panel: Panel
    register: pd.DataFrame
    region: dict[str, str]


def company(world: World, seed: int) -> Company:
    """Draw one company."""
    rng = np.random.default_rng([seed, world.units, world.regions, world.linked])
    names = tuple(f"U{unit:03d}" for unit in range(world.units))
    region = np.arange(world.units) % world.regions
    adopted = _adopted(world, region, rng)
    quality = 0.25 * rng.normal(size=(world.units, 1)) + 0.1 * rng.normal(size=world.months)
    quality = quality + world.unit_sd * wander(world.units, world.months, world.memory, rng)
    quality = quality + world.region_sd * wander(world.regions, world.months, world.memory, rng)[region]
    quality = quality + world.effect * (np.arange(world.months)[None, :] >= adopted[:, None])
    size = world.answers * np.exp(world.spread * rng.normal(size=world.units))
    n = rng.poisson(np.broadcast_to(size[:, None], quality.shape))
    mean, variance = _answered(quality, n, rng)
    months = tuple(at_ordinal(ordinal(FIRST) + month) for month in range(world.months))
    panel = Panel("transactional", "q_overall", "mean", names, months, mean, n.astype(float), variance)
    labels = {name: f"R{label}" for name, label in zip(names, region, strict=True)}
    return Company(panel, _register(names, adopted, months), labels)


def _adopted(world: World, region: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    dates = np.full(world.regions if world.by_region else world.units, world.months)
    chosen = rng.permutation(len(dates))[: world.linked]
    dates[chosen] = np.resize(world.dates, world.linked)
    return dates[region] if world.by_region else dates


def wander(rows: int, months: int, memory: float, rng: np.random.Generator) -> Floats:
    """Draw paths of variance 1 whose neighbouring months correlate by `memory`."""
    path = rng.normal(size=(rows, months))
    for month in range(1, months):
        path[:, month] = memory * path[:, month - 1] + np.sqrt(1 - memory**2) * path[:, month]
    return path


def _answered(quality: Floats, n: np.ndarray, rng: np.random.Generator) -> tuple[Floats, float]:
    """Draw `n` answers of each unit and month; return their mean, and the variance of single answers."""
    total, square = np.zeros(n.shape), np.zeros(n.shape)
    for unit, month in np.argwhere(n > 0):
        draws = quality[unit, month] + rng.logistic(scale=0.6, size=n[unit, month])
        scores = 1 + np.searchsorted(STEPS, draws)
        total[unit, month], square[unit, month] = scores.sum(), (scores**2).sum()
    mean = total / np.maximum(n, 1)
    spread = (square - n * mean**2).sum() / max(1.0, float((n - (n > 0)).sum()))
    return mean, float(spread)


def _register(names: tuple[str, ...], adopted: np.ndarray, months: tuple[int, ...]) -> pd.DataFrame:
    rows = [
        ("manager", name, METRIC, 0.1, day_number(first_day(months[date])), np.nan)
        for name, date in zip(names, adopted, strict=True)
        if date < len(months)
    ]
    return pd.DataFrame(rows, columns=["role", "unit_id", "metric", "weight", "starts_on", "ends_on"])


def without_effect(world: World) -> World:
    """Return the same world in which the link does nothing."""
    return replace(world, effect=0.0)
