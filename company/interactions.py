"""Contacts by customers in the queues: offered, answered, ended, abandoned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from company.clock import DAY, Ints, day_number, to_utc
from company.places import CHANNELS
from company.scenario import Scenario
from company.streams import stream
from company.world import World

_HOUR = 3_600
_WAIT = {
    "phone": 55, "chat": 40, "video": 90, "in_person": 240, "messenger": 900, "app": 1800,
    "email": 9000, "web_form": 12000, "social_media": 5400,
}  # fmt: skip
_HANDLE = {
    "phone": 310, "chat": 520, "video": 700, "in_person": 900, "messenger": 420, "app": 360,
    "email": 480, "web_form": 450, "social_media": 300,
}  # fmt: skip
_PATIENCE = {"phone": 480, "chat": 360, "video": 600, "in_person": 2400}
_PATIENT = 40 * DAY


def interactions(scenario: Scenario, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Draw contacts in the queues, instants in UTC seconds; `rng` is not advanced.

    Waits are longer where satisfaction is low; who runs out of patience first hangs up, a few of them
    within seconds.
    """
    rng = stream(rng, "interactions")
    counts = rng.poisson(
        np.outer(world.size, np.full(scenario.months, scenario.volume.interactions_per_month))
    )
    unit, month = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), scenario.months)
    n = len(unit)
    channel = rng.choice(list(CHANNELS), n, p=[share for share, _ in CHANNELS.values()])
    start = np.array([day_number(scenario.month(index)) for index in range(scenario.months)])
    local = (start[month] + rng.integers(0, 28, n)) * DAY + rng.integers(8 * _HOUR, 18 * _HOUR, n)
    offered = to_utc(local, world.zones[unit])
    load = np.exp(-0.9 * (world.path[unit, month] - scenario.scores.level))
    wait = (rng.exponential(1.0, n) * _of(channel, _WAIT) * load).astype(np.int64) + 1
    patience = (rng.exponential(1.0, n) * _of(channel, _PATIENCE, _PATIENT)).astype(np.int64) + 2
    abandoned = wait > patience
    handled = (rng.lognormal(-0.18, 0.6, n) * _of(channel, _HANDLE)).astype(np.int64) + 5
    answered = offered + wait
    frame = pd.DataFrame(
        {
            "unit_id": np.array(world.unit_ids)[unit],
            "channel": channel,
            "queue": np.where(rng.random(n) < 0.75, "service", "billing"),
            "offered": offered,
            "answered": pd.Series(answered, dtype="Int64").where(~abandoned, None),
            "ended": np.where(abandoned, offered + patience, answered + handled),
            "abandoned": abandoned,
            "resolved_first": pd.Series(rng.random(n) < 0.74, dtype="boolean").where(~abandoned, None),
        }
    )
    return _numbered(frame[frame["ended"] < int(scenario.as_of.timestamp())])


def _of(channel: Any, table: dict[str, int], default: int = 0) -> Ints:
    return np.asarray(pd.Series(channel).map(table).fillna(default), dtype=np.int64)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.sort_values(["offered", "unit_id", "ended"], kind="stable", ignore_index=True)
    frame.insert(0, "interaction_id", [f"T{index + 1:06d}" for index in range(len(frame))])
    return frame
