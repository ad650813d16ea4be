"""What else is known of the units and months of a panel: what threats to the answer are looked for in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from auditlib.linkage.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Counts and figures beside the paid score; what is None was not supplied.

    Parameters
    ----------
    invitations, responses
        Counts of the paid survey: unit_id, month, n.
    mix
        unit_id, month, n, value: mean score that respondents of that mix (channel, type of transaction) give
        across the party. It moves only when other customers answer.
    channel
        unit_id, month, n, value: share of responses from the party's commonest channel.
    between
        unit_id, month, n, value: share of answers between whole scores, where the scale allows them.
    questions
        Panels of questions that are not paid, by item.
    statistic
        The paid question summed up the other way (top-box share for a mean, mean for a share).
    region
        Region of each unit.
    """

    invitations: pd.DataFrame | None = None
    responses: pd.DataFrame | None = None
    mix: pd.DataFrame | None = None
    channel: pd.DataFrame | None = None
    between: pd.DataFrame | None = None
    questions: Mapping[str, Panel] = field(default_factory=dict)
    statistic: Panel | None = None
    region: Mapping[str, str] = field(default_factory=dict)
