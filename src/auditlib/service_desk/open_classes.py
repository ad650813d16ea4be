"""Cases whose limit nobody knows, because what it goes by is not recorded: judged by every limit it may be.

Where all of them come to one status, that is the status; elsewhere it is unknown, and the case counts on
neither side. It is never left out without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from auditlib.obligations import Limit, Status, WorkingHours
from auditlib.service_desk.cases import cases_of
from auditlib.service_desk.clocks import Stillness, classes_of, clocked
from auditlib.service_desk.policy import IncidentPolicy, IncidentRule
from auditlib.statements import counted, listed

if TYPE_CHECKING:
    import pandas as pd

_FIGURES = ("limit", "due", "unpaused", "done", "status")


def open_to_class(cases: pd.DataFrame, rule: IncidentRule) -> NDArray[np.bool_]:
    """Return whether the limit of each case is not known, because its severity or its tier is not."""
    limits = {pair: rule.limits_for(*pair) for pair in set(classes_of(cases))}
    return np.array([len(limits[pair]) > 1 for pair in classes_of(cases)], dtype=bool)


def by_any_class(
    cases: pd.DataFrame, rule: IncidentRule, still: Stillness, *, hours: WorkingHours, as_of: int
) -> pd.DataFrame:
    """Return cases clocked by `rule` with those judged, or unknown, whose limit may be one of several.

    A case that all its limits find the same shows the longest of them.
    """
    import pandas as pd

    unclassed = open_to_class(cases, rule)
    if not unclassed.any():
        return cases
    possible = [rule.limits_for(*pair) for pair in classes_of(cases)]
    names = [f"{figure}:{rule.duty}" for figure in _FIGURES]
    status = names[-1]
    readings = {
        limit: clocked(cases, rule, still, hours=hours, as_of=as_of, every=limit)[names]
        for limit in _longest_first(possible)
    }
    judged = {name: cases[name].astype(object).to_numpy(copy=True) for name in names}
    for row in map(int, np.flatnonzero(unclassed)):
        limits = [limit for limit in readings if limit in possible[row]]
        statuses = {readings[limit][status].iloc[row] for limit in limits}
        statuses |= {None} if None in possible[row] else set()
        if len(statuses) == 1:
            for name in names:
                judged[name][row] = readings[limits[0]][name].iloc[row]
        elif statuses - {None, Status.PENDING.value}:
            judged[status][row] = Status.UNKNOWN.value
    return cases.assign(
        **{
            name: pd.Series(values, index=cases.index, dtype=cases[name].dtype)
            for name, values in judged.items()
        }
    )


def _longest_first(possible: list[tuple[Limit | None, ...]]) -> list[Limit]:
    every = {limit for limits in possible if len(limits) > 1 for limit in limits if limit is not None}
    return sorted(every, key=lambda limit: -limit.microseconds)


def without_class(cases: pd.DataFrame, rule: IncidentRule) -> str:
    """Say why the limit of some cases is not known; empty where that of each is."""
    unclassed = cases[open_to_class(cases, rule)]
    return "; ".join(_reasons(unclassed))


def _reasons(unclassed: pd.DataFrame) -> Iterator[str]:
    by_tier = sorted(unclassed["priority"].dropna().astype(str).unique())
    if by_tier:
        yield f"the limit of {listed(by_tier)} cases goes by the tier of their account, and no tier is known"
    if unclassed["priority"].isna().any():
        yield "the limit goes by how severe a case is, and that is not recorded"


def foreseen(log: pd.DataFrame, policy: IncidentPolicy) -> Iterator[str]:
    """Yield, for each clock of a policy, of how many cases of a log nobody knows the limit, and why."""
    cases = cases_of(log, states=policy.states)
    for rule in policy.rules:
        if n := int(open_to_class(cases, rule).sum()):
            many = counted(n, "case was", "cases were")
            yield f"{many} in time (clock {rule.duty.replace('_', ' ')}): {without_class(cases, rule)}"
