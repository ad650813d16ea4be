"""Times at which a channel could not be reached, some of them planted with a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from company.clock import DAY, day_number, to_utc
from company.places import CHANNELS
from company.scenario import Scenario
from company.streams import stream
from company.world import World

_HOUR = 3_600
_PER_UNIT_AND_YEAR = 1.5


@dataclass(frozen=True, slots=True)
class Outages:
    """The outages (instants in UTC seconds), and what is planted in them.

    Parameters
    ----------
    outages
        Canonical table.
    cases
        outage_id, case, real seconds up to its end or the audit.
    """

    outages: pd.DataFrame
    cases: pd.DataFrame


def outages(scenario: Scenario, world: World, rng: np.random.Generator) -> Outages:
    """Draw the outages of `scenario`; `rng` is not advanced."""
    rng = stream(rng, "outages")
    rows = pd.concat([_drawn(scenario, world, rng), _planted(scenario, world)], ignore_index=True)
    rows = rows[rows["started"] < int(scenario.as_of.timestamp())]
    rows = rows.sort_values(["started", "channel", "case"], kind="stable", ignore_index=True)
    rows.insert(0, "outage_id", [f"O{index + 1:04d}" for index in range(len(rows))])
    until = rows["ended"].fillna(int(scenario.as_of.timestamp()))
    return Outages(
        rows[["outage_id", "unit_id", "channel", "started", "ended"]],
        rows[["outage_id", "case"]].assign(seconds=(until - rows["started"]).astype("int64")),
    )


def _drawn(scenario: Scenario, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return outages of an hour or two, now and then of a day; a quarter of them hold for every unit."""
    n = max(4, round(_PER_UNIT_AND_YEAR * scenario.units * scenario.months / 12))
    first, after = (day_number(scenario.month(index)) * DAY for index in (0, scenario.months))
    started = rng.integers(first + DAY, after - 3 * DAY, n)
    lasted = np.minimum(rng.lognormal(np.log(1.5 * _HOUR), 0.9, n), 20 * _HOUR).astype(np.int64) + 60
    unit = np.array([*world.unit_ids], dtype=object)[rng.integers(0, scenario.units, n)]
    return pd.DataFrame(
        {
            "unit_id": pd.Series(unit).where(rng.random(n) >= 0.25, None),
            "channel": rng.choice(list(CHANNELS), n, p=[share for share, _ in CHANNELS.values()]),
            "started": started,
            "ended": pd.Series(started + lasted, dtype="Int64"),
            "case": "",
        }
    )


def _planted(scenario: Scenario, world: World) -> pd.DataFrame:
    """Return one outage of each kind that is easily counted wrongly, on the clock of its unit."""
    last, early = scenario.months - 1, _clock_change(scenario)
    near_end = scenario.month(last) + timedelta(days=28)
    weekday, sunday = _weekday(scenario.month(last // 2), 2), _weekday(scenario.month(last // 2), 6)
    rows = (
        ("open_end", 3, "video", near_end, 10.0, None),
        ("across_midnight", -1, "phone", weekday, 22.5, 27.5),
        ("overlapping", 0, "chat", weekday, 10.0, 13.0),
        ("overlapping", 0, "chat", weekday, 12.0, 15.0),
        ("outside_hours", 0, "phone", sunday, 2.0, 4.0),
        ("across_clock_change", 0, "email", early, 1.0, 4.0),
    )
    zones = np.array([str(world.zones[max(row[1], 0)]) for row in rows])
    midnight = np.array([day_number(row[3]) * DAY for row in rows])
    ends = np.array([row[5] or 0.0 for row in rows])
    ended = to_utc(midnight + (ends * _HOUR).astype(np.int64), zones)
    starts = np.array([int(row[4] * _HOUR) for row in rows])
    return pd.DataFrame(
        {
            "unit_id": [None if row[1] < 0 else world.unit_ids[row[1]] for row in rows],
            "channel": [row[2] for row in rows],
            "started": to_utc(midnight + starts, zones),
            "ended": pd.Series(ended, dtype="Int64").where(ends > 0, None),
            "case": [row[0] for row in rows],
        }
    )


def _clock_change(scenario: Scenario) -> date:
    """Return the last Sunday of the first March of the period, when clocks go forward in Europe."""
    march = next(
        scenario.month(index) for index in range(scenario.months + 12) if scenario.month(index).month == 3
    )
    last = date(march.year, 3, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _weekday(month: date, weekday: int) -> date:
    """Return the second `weekday` of a month, Monday being 0."""
    return month + timedelta(days=(weekday - month.weekday()) % 7 + 7)
