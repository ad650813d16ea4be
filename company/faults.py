"""Which duties go wrong: one planted fault per response, drawn by rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from company.clock import DAY, Bools
from company.scenario import Scenario


def assign(rates: Mapping[str, float], eligible: Bools, rng: np.random.Generator) -> npt.NDArray[Any]:
    """Return a fault's name or an empty text for each response; at most one each.

    Parameters
    ----------
    rates
        Probability of each fault; together at most 1.
    eligible
        Which responses may go wrong.
    """
    names = np.array([*rates, ""], dtype=object)
    limits = np.cumsum(list(rates.values()))
    drawn = np.searchsorted(limits, rng.random(len(eligible)), side="right")
    return np.asarray(np.where(eligible, names[drawn], ""), dtype=object)


def boundary_rows(eligible: Bools, count: int, rng: np.random.Generator) -> Bools:
    """Return a mask that marks `count` of the eligible responses, or all where there are fewer."""
    rows = np.flatnonzero(eligible)
    chosen = rng.choice(rows, min(count, len(rows)), replace=False)
    return np.asarray(np.isin(np.arange(len(eligible)), chosen))


def settled_before(scenario: Scenario, responses: pd.DataFrame, *, days: int) -> Bools:
    """Return which responses came in at least `days` before the audit looks."""
    now = int(scenario.as_of.timestamp())
    return np.asarray(responses["submitted"].to_numpy() < now - days * DAY)
