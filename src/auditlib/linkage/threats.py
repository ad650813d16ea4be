"""What else could have moved the scores of linked units: who was asked, who answered, what came at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlib.linkage.panel import Panel, counts
from auditlib.linkage.procedure import Choices, effects
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.types import Floats


@dataclass(frozen=True, slots=True)
class Shift:
    """How a link moved something other than the score, by the same procedure.

    Parameters
    ----------
    role, name, unit
        Whose link, what moved, and in what it is counted.
    estimate, low, high, p_value
        Of the shift.
    meaning
        What it would do to the score.
    """

    role: str
    name: str
    unit: str
    estimate: float
    low: float
    high: float
    p_value: float
    meaning: str


def shifts(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    *,
    invitations: pd.DataFrame | None,
    responses: pd.DataFrame | None,
    mix: pd.DataFrame | None,
    choices: Choices,
    cluster: Ints,
    level: float,
) -> tuple[Shift, ...]:
    """Put other outcomes through the default procedure.

    Parameters
    ----------
    invitations, responses
        Counts of the paid survey: unit_id, month, n.
    mix
        unit_id, month, n, value: mean score that respondents of that mix (channel, type of transaction) give
        across the party. It moves only when other customers answer.
    """
    found: list[Shift] = []
    if invitations is not None:
        sent = counts(invitations, panel)
        shown = _like(panel, np.log(np.maximum(sent, 1)), (sent > 0).astype(np.float64))
        found += _shift(
            shown, links, "invitations sent", "share", "unhappy customers may no longer be asked",
            choices=choices, cluster=cluster, level=level, proportional=True,
        )  # fmt: skip
        if responses is not None:
            answered = counts(responses, panel)
            rate = np.minimum(answered / np.maximum(sent, 1), 1)
            found += _shift(
                _like(panel, rate, sent), links, "response rate", "share", "others may answer than before",
                choices=choices, cluster=cluster, level=level,
            )  # fmt: skip
    if mix is not None and not mix.empty:
        total = counts(mix, panel)
        value = counts(mix.assign(n=mix["n"] * mix["value"]), panel) / np.maximum(total, 1)
        found += _shift(
            _like(panel, value, total), links, "score expected from who answered", "points",
            "the effect would hold this much of a change of respondents",
            choices=choices, cluster=cluster, level=level,
        )  # fmt: skip
    return tuple(found)


def _like(panel: Panel, value: Floats, weight: Floats) -> Panel:
    return Panel(
        panel.survey_type, panel.item, panel.statistic, panel.units, panel.months,
        value * (weight > 0), weight, 0.0,
    )  # fmt: skip


def _shift(
    shown: Panel,
    links: tuple[RoleLinks, ...],
    name: str,
    unit: str,
    meaning: str,
    *,
    choices: Choices,
    cluster: Ints,
    level: float,
    proportional: bool = False,
) -> list[Shift]:
    found = effects(shown, links, choices=choices, cluster=cluster)
    if isinstance(found, Refusal) or found.jackknife is None:
        return []
    degrees = int(cluster.max())
    rows = []
    for place, one in enumerate(links):
        value, error = float(found.coefficient[place]), float(found.jackknife[place])
        half = critical(level, degrees) * error
        ends = (value, value - half, value + half)
        middle, low, high = (float(np.expm1(end)) for end in ends) if proportional else ends
        p_value = two_sided(value / error, degrees)
        rows.append(Shift(one.role, name, unit, middle, low, high, p_value, meaning))
    return rows


def concurrent(links: tuple[RoleLinks, ...], *, months: int) -> dict[str, int]:
    """Count units of each role whose other role was linked within `months` of it."""
    found: dict[str, int] = {}
    for one in links:
        near = np.zeros(len(one.adopted), dtype=bool)
        for other in links:
            if other.role != one.role:
                both = one.linked.any(axis=1) & other.linked.any(axis=1)
                near |= both & (np.abs(one.adopted - other.adopted) <= months)
        found[one.role] = int(near.sum())
    return found
