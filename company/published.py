"""What the company published of its service levels: right, flattering, made up, and changed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from company.clock import DAY, day_number, to_local
from company.scenario import Scenario
from company.world import World

CHANNEL, LIMIT = "phone", 60
"""Channel that is published, and the limit of the standard, in seconds."""
FITTING, FLATTERING = "over_ended", "over_answered"
"""Definitions of params/definitions: that of the standard, and the one that leaves out who gave up."""
_MADE_UP = 0.13
_Figure = tuple[str, str, str, int, int]


@dataclass(frozen=True, slots=True)
class Published:
    """Published figures, and the definition that gives each.

    Parameters
    ----------
    figures
        Canonical table.
    cases
        figure_id, case, the definition that gives it (empty where none does), and the unrounded share.
    """

    figures: pd.DataFrame
    cases: pd.DataFrame


def published(scenario: Scenario, world: World, queued: pd.DataFrame) -> Published:
    """Return what was published about the contacts; nothing is drawn."""
    own = queued[queued["channel"] == CHANNEL]
    zones = own["unit_id"].map(dict(zip(world.unit_ids, world.zones, strict=True))).to_numpy()
    day = to_local(own["offered"].to_numpy(dtype=np.int64), zones) // DAY
    rows = [_row(scenario, own, day, figure) for figure in _figures(scenario)]
    frame = pd.DataFrame(rows)
    frame.insert(0, "figure_id", [f"F{index + 1:03d}" for index in range(len(frame))])
    frame = frame.astype({"limit_seconds": "Int64"})
    return Published(
        frame.drop(columns=["case", "true_definition", "share"]),
        frame[["figure_id", "case", "true_definition", "share"]],
    )


def _figures(scenario: Scenario) -> Iterator[_Figure]:
    """Yield measure, case, definition and months (first, one after the last) of each figure."""
    latest, before, earliest = (_year(scenario, back) for back in range(3))
    yield "answered_within", "made_up", "", *earliest
    yield "answered_within", "flattering", FLATTERING, *before
    yield "answered_within", "fitting", FITTING, *latest
    yield "abandoned", "fitting", FITTING, *latest
    first, after = latest
    for month in range(first, after):
        definition = FITTING if month < (first + after) // 2 else FLATTERING
        yield "answered_within", "changed", definition, month, month + 1


def _year(scenario: Scenario, back: int) -> tuple[int, int]:
    """Return the months of a year counted back from the end; the whole period where it is too short."""
    after = scenario.months - 12 * back
    return (max(after - 12, 0), after) if after > 0 else (0, scenario.months)


def _row(
    scenario: Scenario, own: pd.DataFrame, day: np.ndarray[tuple[int], np.dtype[np.int64]], figure: _Figure
) -> dict[str, object]:
    measure, case, definition, first, after = figure
    start, end = scenario.month(first), scenario.month(after) - timedelta(days=1)
    share = _share(own[(day >= day_number(start)) & (day <= day_number(end))], measure, definition)
    return {
        "unit_id": None,
        "channel": CHANNEL,
        "measure": measure,
        "value": min(round(share + _MADE_UP * (case == "made_up"), 3), 0.995),
        "rounded_to": 0.001,
        "limit_seconds": None,
        "definition": None,
        "period_start": day_number(start),
        "period_end": day_number(end),
        "published_on": day_number(_shown(scenario, end)),
        "place": "Monthly report" if case == "changed" else "Annual report",
        "case": case,
        "true_definition": definition,
        "share": None if case == "made_up" else share,
    }


def _share(contacts: pd.DataFrame, measure: str, definition: str) -> float:
    """Return the share by its definition; that of a figure made up is the flattering one."""
    answered = contacts["answered"].notna()
    if measure == "abandoned":
        return float((~answered).mean())
    in_time = (contacts["answered"] - contacts["offered"]) <= LIMIT
    whole = len(contacts) if definition == FITTING else int(answered.sum())
    return float(in_time.fillna(value=False).sum()) / max(whole, 1)


def _shown(scenario: Scenario, end: date) -> date:
    """Return the day of publication: ten days after the end, or the last before the audit looks."""
    return min(end + timedelta(days=10), scenario.as_of.date())
