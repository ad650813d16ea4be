"""The world behind the data: units, latent satisfaction by month, and whose pay gets linked when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from company.places import PLACES, Place
from company.scenario import Cohort, Links, Scenario
from company.streams import stream

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Link:
    """Pay of one role tied to satisfaction in one unit.

    Parameters
    ----------
    role
        ``"manager"`` or ``"staff"``.
    unit
        Index of the unit.
    starts_on
        First day of the link.
    weight
        Share of variable pay.
    last_quarter
        Observed satisfaction over the three months before, on which the choice was made; latent points.
    gamed
        Whether the unit begins to choose whom it invites.
    """

    role: Literal["manager", "staff"]
    unit: int
    starts_on: date
    weight: float
    last_quarter: float
    gamed: bool


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is true before the first transaction.

    Parameters
    ----------
    unit_ids, places
        The register.
    size
        Activity of each unit against the average, mean 1; shape (units,).
    answers
        Probability that an invitation is answered; shape (units,).
    base
        Lasting distance of each unit from the level; latent points, shape (units,).
    path
        Latent satisfaction; shape (units, months), links included.
    effect
        The part of `path` that the links caused; same shape.
    suppressed
        Share of unhappy customers not invited; same shape.
    links
        The links, by role and start.
    """

    unit_ids: tuple[str, ...]
    places: tuple[Place, ...]
    size: Floats
    answers: Floats
    base: Floats
    path: Floats
    effect: Floats
    suppressed: Floats
    links: tuple[Link, ...]

    @property
    def zones(self) -> npt.NDArray[Any]:
        """IANA zone of each unit."""
        return np.array([place.zone for place in self.places])


def world(scenario: Scenario, rng: np.random.Generator) -> World:
    """Draw the world of `scenario`; `rng` is not advanced."""
    places = PLACES[: scenario.units]
    ids = scenario.unit_ids
    size = _sizes(scenario, stream(rng, "size"))
    base = _bases(scenario, ids, stream(rng, "base"))
    untouched = base[:, None] + _movement(scenario, stream(rng, "movement"))
    links = _links(scenario, untouched, size, stream(rng, "links"))
    effect = _effects(scenario, links)
    return World(
        unit_ids=ids,
        places=places,
        size=size,
        answers=_answer_rates(scenario, stream(rng, "answers")),
        base=base,
        path=scenario.scores.level + untouched + effect,
        effect=effect,
        suppressed=_suppression(scenario, links),
        links=links,
    )


def _sizes(scenario: Scenario, rng: np.random.Generator) -> Floats:
    size = np.exp(rng.normal(0.0, scenario.volume.size_spread, scenario.units))
    return np.asarray(size / size.mean())


def _bases(scenario: Scenario, ids: Sequence[str], rng: np.random.Generator) -> Floats:
    base = rng.normal(0.0, scenario.scores.unit_sd, scenario.units)
    for index, unit_id in enumerate(ids):
        base[index] = scenario.scores.outliers.get(unit_id, base[index])
    return base


def _movement(scenario: Scenario, rng: np.random.Generator) -> Floats:
    """Return season, drift and autocorrelated noise in latent points; shape (units, months)."""
    scores, months = scenario.scores, np.arange(scenario.months)
    season = scores.season * np.cos(2 * np.pi * (months + scenario.start.month - 6) / 12)
    shared = season + scores.trend_per_year * months / 12 + rng.normal(0.0, scores.month_sd, len(months))
    shocks = rng.normal(0.0, scores.noise_sd, (scenario.units, len(months)))
    noise = np.empty_like(shocks)
    noise[:, 0] = shocks[:, 0]
    fresh = np.sqrt(1 - scores.noise_memory**2)
    for month in range(1, len(months)):
        noise[:, month] = scores.noise_memory * noise[:, month - 1] + fresh * shocks[:, month]
    return np.asarray(shared + noise)


def _answer_rates(scenario: Scenario, rng: np.random.Generator) -> Floats:
    rate = np.clip(scenario.volume.response_rate, 1e-6, 1 - 1e-6)
    logit = np.log(rate / (1 - rate)) + rng.normal(0.0, scenario.volume.response_rate_spread, scenario.units)
    return np.asarray(1 / (1 + np.exp(-logit)))


def _links(scenario: Scenario, untouched: Floats, size: Floats, rng: np.random.Generator) -> tuple[Link, ...]:
    found: list[Link] = []
    for role, links in scenario.links:
        free = np.ones(scenario.units, dtype=bool)
        for cohort in links.cohorts:
            chosen = _cohort(
                scenario, links, role, cohort, untouched=untouched, size=size, free=free, rng=rng
            )
            free[[link.unit for link in chosen]] = False
            found += chosen
    return tuple(found)


def _cohort(
    scenario: Scenario,
    links: Links,
    role: Literal["manager", "staff"],
    cohort: Cohort,
    *,
    untouched: Floats,
    size: Floats,
    free: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[Link]:
    """Choose the units of one cohort: those that looked worst in the quarter before come first."""
    start = scenario.month_index(cohort.starts_on)
    before = untouched[:, max(start - 3, 0) : max(start, 1)]
    answers = scenario.volume.transactions_per_month * scenario.volume.response_rate * 3 * size
    luck = rng.normal(0.0, 1.0, scenario.units) * scenario.scores.person_sd / np.sqrt(np.maximum(answers, 1))
    observed = before.mean(axis=1) + luck
    spread = float(observed.std()) or 1.0
    low = links.low_scores_first
    order = low * observed / spread + (1 - low) * rng.normal(0.0, 1.0, scenario.units)
    chosen = np.argsort(np.where(free, order, np.inf), kind="stable")[: min(cohort.units, int(free.sum()))]
    weights = np.round(rng.uniform(*links.weight, scenario.units) * 40) / 40
    gaming = scenario.gaming
    gamed = gaming is not None and (gaming.role, gaming.starts_on) == (role, cohort.starts_on)
    level = scenario.scores.level
    return [
        Link(role, int(unit), cohort.starts_on, float(weights[unit]), float(level + observed[unit]), gamed)
        for unit in sorted(chosen)
    ]


def _effects(scenario: Scenario, links: Sequence[Link]) -> Floats:
    effect = np.zeros((scenario.units, scenario.months))
    months = np.arange(scenario.months)
    for link in links:
        rule = dict(scenario.links)[link.role]
        since = months - scenario.month_index(link.starts_on) + 1
        effect[link.unit] += rule.effect * np.clip(since / rule.phase_in_months, 0, 1)
    return effect


def _suppression(scenario: Scenario, links: Sequence[Link]) -> Floats:
    share = np.zeros((scenario.units, scenario.months))
    for link in links:
        if link.gamed and scenario.gaming is not None:
            share[link.unit, scenario.month_index(link.starts_on) :] = scenario.gaming.suppress
    return share
