"""The clocks of a policy on the cases of a log: limit by class of case, deadline, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from auditlib.obligations import Limit, WorkingHours, assess
from auditlib.obligations.calendar_use import by_calendar
from auditlib.records import Refusal
from auditlib.service_desk.cases import cases_of, pauses_of
from auditlib.service_desk.policy import CONTACT, ESCALATE, RESOLVE, IncidentRule, LogStates
from auditlib.time.pauses import Pauses, deadline_paused
from auditlib.time.timetable import deadline, timetable

if TYPE_CHECKING:
    import pandas as pd

DONE: Mapping[str, str] = {RESOLVE: "done_at", CONTACT: "contacted_at", ESCALATE: "escalated_at"}
"""By stage the column of the cases that says when it was done."""


class Stillness(NamedTuple):
    """When each case's clock stood still: at least, and at most where days are known without times."""

    least: Pauses
    most: Pauses


def clocked(
    cases: pd.DataFrame,
    rule: IncidentRule,
    still: Stillness,
    *,
    hours: WorkingHours,
    as_of: int,
    every: Limit | None = None,
) -> pd.DataFrame:
    """Add what `rule` comes to in every case.

    A case without a limit, with an unclear end, or of a unit without a calendar has no status.

    A day without a time is a day: where its instants give more than one status, it is unknown.

    Parameters
    ----------
    cases
        See `cases.cases_of`.
    still
        When each case's clock stood still.
    hours
        The calendar of each unit.
    every
        The limit of all cases, whatever their class.

    Returns
    -------
    DataFrame
        With ``limit:<duty>`` (microseconds), ``due:<duty>``, ``unpaused:<duty>`` (had nothing stopped the
        clock), ``done:<duty>`` and ``status:<duty>``.
    """
    limits = limits_of(cases, rule, every=every)
    ends = _deadlines(cases, limits, still, hours)
    done = DONE[rule.stage]
    judged = cases[[done, until_of(done)]].set_axis(["done_at", "done_until"], axis=1)
    judged = judged.assign(
        due_at=ends.due.fillna(0).astype("int64"), due_until=ends.latest.fillna(0).astype("int64")
    )
    if rule.stage == ESCALATE:  # what is resolved in time need not be escalated
        judged = judged.assign(excused_at=cases["done_at"], excused_until=cases["done_until"])
    decidable = (limits.notna() & ends.due.notna() & ~cases["unclear"]).to_numpy(bool)
    frame = nw.from_native(judged, eager_only=True)
    status = assess(frame, as_of=as_of, kind=rule.kind).to_native()["status"].astype(object)
    columns = {
        f"limit:{rule.duty}": limits,
        f"due:{rule.duty}": ends.due,
        f"unpaused:{rule.duty}": ends.unpaused,
        f"done:{rule.duty}": judged["done_at"].to_numpy(),
        f"status:{rule.duty}": status.where(decidable, None).to_numpy(),
    }
    return cases.assign(**columns)


def until_of(column: str) -> str:
    """Return the column with the end of what is known of an instant."""
    return f"{column.removesuffix('_at')}_until"


class _Ends(NamedTuple):
    """When each limit is used up: at the earliest and at the latest, and had nothing stopped the clock.

    Missing for a unit without a calendar.
    """

    due: pd.Series
    latest: pd.Series
    unpaused: pd.Series


def _deadlines(cases: pd.DataFrame, limits: pd.Series, still: Stillness, hours: WorkingHours) -> _Ends:
    import pandas as pd

    start, allowed = cases["opened_at"].to_numpy(np.int64), limits.fillna(0).to_numpy(np.int64)
    latest = cases["opened_until"].to_numpy(np.int64)
    ends = np.zeros((3, len(cases)), dtype=np.int64)
    on_calendar = np.zeros(len(cases), dtype=bool)
    for calendar, on_it in by_calendar(cases["unit_id"], hours):
        least, most = (_of_cases(pauses, on_it) for pauses in still)
        on_calendar[on_it] = True
        # A pause lengthens a clock by no more than itself.
        longest = int(allowed[on_it].max()) + _longest(most)
        last = int(max(latest[on_it].max(), most.resumes.max(initial=0)))
        table = timetable(calendar, int(start[on_it].min()), last, longest=longest)
        ends[0, on_it] = deadline_paused(table, start[on_it], allowed[on_it], paused=least)
        ends[1, on_it] = deadline_paused(table, latest[on_it], allowed[on_it], paused=most)
        ends[2, on_it] = deadline(table, start[on_it], allowed[on_it])
    ends[1] = np.maximum(ends[0], ends[1])
    return _Ends(*(pd.Series(end, index=cases.index, dtype="Int64").where(on_calendar) for end in ends))


def _of_cases(still: Pauses, marked: NDArray[np.bool_]) -> Pauses:
    """Return the pauses of the cases that are marked, numbered among these."""
    place, chosen = np.cumsum(marked) - 1, marked[still.case]
    return Pauses(place[still.case[chosen]], still.stops[chosen], still.resumes[chosen])


def stillness(log: pd.DataFrame, cases: pd.DataFrame, *, states: LogStates, as_of: int) -> Stillness:
    """Return when each case's clock stood still; see `cases.pauses_of`."""
    return Stillness(
        *(pauses_of(log, cases, states=states, as_of=as_of, surely=surely) for surely in (True, False))
    )


def open_to_meaning(
    log: pd.DataFrame, rule: IncidentRule, *, states: LogStates, hours: WorkingHours, as_of: int
) -> set[str]:
    """Return the cases in which the status depends on what a state means that is not listed.

    Such a state is read as each thing it may be: work, waiting for the customer, a resolution, and what the
    rule asks for. Where all readings come to the same status, that is the status.
    """
    unlisted = tuple(sorted(set(log["state"].dropna()) - set(states.listed)))
    if not unlisted:
        return set()
    touched = log.loc[log["state"].isin(unlisted), "case_id"]
    part = log[log["case_id"].isin(touched)]
    meanings = dict.fromkeys(("working", "waiting_for_customer", "resolved", _LISTED[rule.stage]))
    readings = []
    for meaning in meanings:
        read = states.model_copy(update={meaning: (*getattr(states, meaning), *unlisted)})
        cases = cases_of(part, states=read)
        still = stillness(part, cases, states=read, as_of=as_of)
        judged = clocked(cases, rule, still, hours=hours, as_of=as_of).set_index("case_id")
        readings.append(judged[f"status:{rule.duty}"].fillna(""))
    first = readings[0]
    apart = np.logical_or.reduce([(first != reading).to_numpy(bool) for reading in readings[1:]])
    return set(first.index[apart].astype(str))


_LISTED: Mapping[str, str] = {RESOLVE: "resolved", CONTACT: "contacted", ESCALATE: "escalated"}
"""By stage the states that show it."""


def classes_of(cases: pd.DataFrame) -> list[tuple[str, str]]:
    """Return severity and tier of every case, empty where unknown."""
    classes = cases[["priority", "tier"]].astype(object)
    return list(classes.where(classes.notna(), "").itertuples(index=False, name=None))


def limits_of(cases: pd.DataFrame, rule: IncidentRule, *, every: Limit | None = None) -> pd.Series:
    """Return the limit of every case in microseconds; missing where its class has none or is unknown."""
    classes = classes_of(cases)
    pairs = {pair: every or rule.limit_for(*pair) for pair in set(classes)}
    spans = [pairs[pair] for pair in classes]
    import pandas as pd

    limits = [None if span is None else span.microseconds for span in spans]
    return pd.Series(limits, index=cases.index, dtype="Int64")


def _longest(still: Pauses) -> int:
    """Return the longest time that one case stood still."""
    if not len(still.case):
        return 0
    return int(np.bincount(still.case, weights=still.resumes - still.stops).max())


def lacking(
    log: pd.DataFrame,
    cases: pd.DataFrame,
    rule: IncidentRule,
    *,
    states: LogStates,
    sayable: frozenset[str] | None = None,
    timed: bool = True,
) -> Refusal | None:
    """Return why `rule` cannot be judged on this log, or None where it can.

    A log that never shows a stage says nothing of it: neither that it was done nor that it was not. That
    nothing was resolved in a log which could say so is a fact about the desk: it has a column of its own for
    when a case was (`timed`), or is declared to say it (`sayable`, the only states it can say). That the
    cells of a column of states might have said it is none.
    """
    listed: tuple[str, ...] = getattr(states, _LISTED[rule.stage])
    if not listed:
        return Refusal(
            f"The policy lists no state that shows '{rule.stage}'.",
            f"List the desk's own under 'states' in the policy, for the clock {rule.duty}.",
        )
    if cases[f"limit:{rule.duty}"].isna().all():
        return Refusal(
            f"No case carries a priority, and a tier where it matters, that {rule.duty} has a limit for.",
            "Map the priority of the log, or add the desk's own to the policy.",
        )
    entered = set(log["state"].dropna())
    if entered.isdisjoint(listed) and not entered.isdisjoint((*states.closed, *_unlisted(entered, states))):
        return Refusal(
            f"No event of the log enters a state that shows '{rule.stage}' ({', '.join(listed)}).",
            "Ask what the desk calls it, and list that state in the policy.",
        )
    silent = not timed if sayable is None else sayable.isdisjoint(listed)
    if entered.isdisjoint(listed) and (rule.stage != RESOLVE or silent):
        return Refusal(
            f"No event of the log enters a state that shows '{rule.stage}' ({', '.join(listed)}).",
            "Ask whether the desk records it, and under which state.",
        )
    return None


def _unlisted(entered: set[str], states: LogStates) -> set[str]:
    return entered - set(states.listed)
