"""What the event log of a desk comes to: its own flag, the re-performed clocks, and where they part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from auditlib.disclosure import MinimumFrequency
from auditlib.obligations import (
    FAILED,
    SETTLED,
    CalendarUse,
    Rates,
    Status,
    WorkingHours,
    rates,
    register_rows,
)
from auditlib.obligations.calendar_use import uncalendared, used
from auditlib.records import Basis, Held, Refusal
from auditlib.service_desk.context import DeskContext
from auditlib.service_desk.policy import RESOLVE, IncidentPolicy, IncidentRule

if TYPE_CHECKING:
    import pandas as pd

AGREE = "agree"
NO_FLAG, NO_STATUS = "no flag", "no status"
REASONS = (
    "in time because waiting for the customer does not count",
    "resolved in time; the system's clock ran on until closing",
    "resolved and closed in time; the system's limit must be shorter",
    "never resolved; the system counts closing",
    "resolved too late; the system's limit must be longer",
)
"""Why a flag and a clock part: three where only the clock finds the case in time, two where only the flag."""
UNKNOWN = Status.UNKNOWN.value
DAYS, CLASS, LOST = "days", "class", "quarantine"
"""Why a status is unknown: days without times, a class that is not known, an event in quarantine."""
ALL, NO_PRIORITY = "all", "none"


@dataclass(frozen=True, slots=True)
class Oddities:
    """What an auditor should know of the log.

    Parameters
    ----------
    events, events_flagged, events_met
        Events of the cases of the period, those that carry the flag, and those at which it was still true.
    unknown_states
        States that are not listed, with their events.
    rewritten
        Cases whose field "resolved" differs from the entry into the state.
    field_empty, field_known
        Cases that were resolved by the log but whose field is empty; whether any event fills it.
    never_resolved, unclear
        Cases closed without ever being resolved, or open; and those whose status depends on what a state
        means that is not listed.
    closed_automatically
        Cases closed by the system after its waiting time.
    """

    events: int
    events_flagged: int
    events_met: int
    unknown_states: Mapping[str, int]
    rewritten: int
    field_empty: int
    field_known: bool
    never_resolved: int
    unclear: int
    closed_automatically: int


@dataclass(frozen=True)
class IncidentResult:
    """Every case with its flag and its re-performed statuses.

    Parameters
    ----------
    cases
        One row per case; see `cases.cases_of`, with the columns of `clocks.clocked` for every rule of the
        policy.
    implied
        Clocks and limits that would reproduce the flag; see `implied_sla.implied_slas`.
    context
        What the cases were judged by.
    oddities
        What an auditor should know of the log.
    refused
        Clocks of the policy that this log cannot show, with the reason.
    left_out
        Priorities that are not drawn.
    """

    cases: pd.DataFrame
    implied: pd.DataFrame
    context: DeskContext
    oddities: Oddities
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    @property
    def policy(self) -> IncidentPolicy:
        """What the desk promised."""
        return self.context.policy

    @property
    def hours(self) -> Mapping[str, WorkingHours]:
        """What each rule's clock is called → the calendar of each unit; those only tried are left out."""
        return {rule.clock: self.context.hours[rule.clock] for rule in self.policy.rules}

    @property
    def disclosure(self) -> MinimumFrequency:
        """Of how few cases nothing is stated."""
        return self.context.disclosure

    @property
    def table(self) -> str:
        """The table whose rows are the cases."""
        return self.basis[0].table

    @property
    def basis(self) -> tuple[Basis, ...]:
        """The rows the numbers rest on: a case that an event of the period touched is read to its end."""
        events = Basis(self.policy.log)
        received = Basis("complaints", (("in_period", True),))
        return (received, events) if self.policy.log == "complaint_events" else (events,)

    @property
    def events(self) -> Basis:
        """All events of the log, which the tables of its flag rest on."""
        return self.basis[-1]

    def basis_of(self, priority: str) -> tuple[Basis, ...]:
        """Return the rows that the numbers of a priority rest on: a complaint has one severity throughout."""
        first, *further = self.basis
        if first.table == "complaints" and priority not in (ALL, NO_PRIORITY):
            first = replace(first, where=(*first.where, ("severity", priority)))
        return (first, *further)

    @property
    def clocks(self) -> tuple[str, ...]:
        """Duties of the policy that were judged, each one clock."""
        return tuple(rule.duty for rule in self.policy.rules if rule.duty not in self.refused)

    @property
    def flagged(self) -> int:
        """Cases whose last event carries the system's own flag."""
        return int(self.cases["flag"].notna().sum())

    @property
    def reconciled(self) -> tuple[str, ...]:
        """Clocks the flag can be held against: those until resolution, where there is a flag."""
        stages = {rule.duty: rule.stage for rule in self.policy.rules}
        return tuple(clock for clock in self.clocks if stages[clock] == RESOLVE) if self.flagged else ()

    @property
    def fitted(self) -> tuple[pd.DataFrame, ...]:
        """Clocks and limits that fit the flag, once; nothing where no clock could be tried."""
        return (self.implied,) if len(self.implied) else ()

    def to_frame(self) -> pd.DataFrame:
        """Return by priority: cases, the share the flag calls met, the share each clock finds met.

        The flag's share is of the cases that carry it, a clock's of those that are settled.
        """
        import pandas as pd

        names = self.cases["priority"].fillna(NO_PRIORITY)
        groups = [(str(name), part) for name, part in self.cases.groupby(names, sort=False)]
        groups.append((ALL, self.cases))
        rows = [
            {"priority": name, "n": len(part), "flag": _mean(part["flag"].dropna())}
            | {clock: _mean(_met(part, clock)) for clock in self.clocks}
            for name, part in groups
            if name not in self.left_out
        ]
        order = {name: turn for turn, name in enumerate((*self._priorities, NO_PRIORITY, ALL))}
        frame = pd.DataFrame(rows)
        return frame.sort_values("priority", key=lambda column: column.map(order), ignore_index=True)

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the priorities of which a number is held back, and how many they are."""
        every = self.to_frame()[["priority", "n"]].itertuples(index=False)
        lost = frozenset(name for name, n in every if held(f"flag.n:{name}", n) or self._held(name, held))
        left = set(self.to_frame()["priority"]) - lost
        return (replace(self, left_out=lost) if left else None), len(lost)

    def _held(self, priority: str, held: Held) -> bool:
        return any(held(f"{column}:{priority}", n) for column, n in self.counts(priority).items())

    def counts(self, priority: str) -> dict[str, int]:
        """Return by column of `to_frame` how many cases its share is of."""
        mine = self.cases if priority == ALL else self.cases[self._of_priority(priority)]
        return {"flag": int(mine["flag"].notna().sum())} | {
            clock: len(_met(mine, clock)) for clock in self.clocks
        }

    def _of_priority(self, priority: str) -> pd.Series:
        return self.cases["priority"].fillna(NO_PRIORITY) == priority

    @property
    def _priorities(self) -> tuple[str, ...]:
        every = (name.partition("/")[0] for rule in self.policy.rules for name in rule.within)
        return tuple(dict.fromkeys(every))

    def statuses(self) -> pd.DataFrame:
        """Return one row per case and clock judged.

        Columns: ``duty, case_id, unit_id, priority, tier, opened_at, due_at, done_at, status, source_file,
        source_line``; instants in UTC microseconds.
        """
        import pandas as pd

        columns = ["case_id", "unit_id", "priority", "tier", "opened_at", "source_file", "source_line"]
        parts = [
            self.cases[columns].assign(
                duty=clock,
                due_at=self.cases[f"due:{clock}"],
                done_at=self.cases[f"done:{clock}"],
                status=self.cases[f"status:{clock}"],
            )
            for clock in self.clocks
        ]
        long = pd.concat(parts, ignore_index=True) if parts else self.cases[columns].head(0)
        return long.reindex(columns=["duty", *columns, "due_at", "done_at", "status"]).dropna(
            subset=["status"]
        )

    def rates(self) -> Rates:
        """Return the statuses by clock and priority."""
        long = self.statuses()
        by_priority = long.assign(priority=long["priority"].fillna(NO_PRIORITY))
        bases = {priority: self.basis_of(priority) for priority in by_priority["priority"].unique()}
        return rates(by_priority, by=("duty", "priority"), disclosure=self.disclosure, bases=bases)

    def register_rows(self) -> pd.DataFrame:
        """Return every duty judged as a row of the register; its class is priority and tier."""
        rows = self.statuses()
        tier = rows["tier"].fillna("").astype(str)
        case_class = rows["priority"].fillna("").astype(str) + tier.where(tier == "", "/" + tier)
        classed = rows.assign(case_class=case_class)
        return register_rows(classed, table=self.table, trigger="opened_at", detail="")

    def calendars(self) -> CalendarUse:
        """Return on which calendars the clocks ran, for the units that had a case."""
        return CalendarUse({name: used(self.cases["unit_id"], hours) for name, hours in self.hours.items()})

    @property
    def without_calendar(self) -> int:
        """Cases that some clock does not judge, because nothing says on which calendar it runs for them."""
        units = self.cases["unit_id"]
        lacking = [uncalendared(units, hours) for hours in self.hours.values()]
        return int(np.logical_or.reduce(lacking).sum()) if lacking else 0

    def undecided(self, clock: str) -> int:
        """Return how many cases of a clock cannot be told."""
        return int((self.cases[f"status:{clock}"] == UNKNOWN).sum())

    def undecided_by(self, clock: str) -> dict[str, int]:
        """Return how many cases of a clock cannot be told, by the reason."""
        doubts = self.cases.loc[self.cases[f"status:{clock}"] == UNKNOWN, f"doubt:{clock}"]
        return {doubt: n for doubt in (CLASS, LOST, DAYS) if (n := int((doubts == doubt).sum()))}

    def met(self, clock: str) -> int:
        """Return how many cases of a clock were done in time."""
        return int((self.cases[f"status:{clock}"] == Status.MET.value).sum())

    def rule(self, clock: str) -> IncidentRule:
        """Return the rule of a clock; StopIteration where the policy has none."""
        return next(rule for rule in self.policy.rules if rule.duty == clock)

    def reconciliation(self, clock: str) -> pd.DataFrame:
        """Return flag by re-performed status: cases, and the reason where they part."""
        status = self.cases[f"status:{clock}"].fillna("unknown")
        joined = self.cases.assign(status=status, reason=self.reasons(clock))
        joined["flag"] = joined["flag"].map({True: "met", False: "breached"}).astype(object).fillna("none")
        counts = joined.groupby(["flag", "status", "reason"], sort=True).size().rename("cases").reset_index()
        return counts.assign(share=counts["cases"] / len(joined))

    def reasons(self, clock: str) -> pd.Series:
        """Return for every case why flag and clock part; ``agree`` where they do not."""
        import pandas as pd

        cases = self.cases
        met = (cases[f"status:{clock}"] == Status.MET.value).to_numpy(bool)
        unknown = cases[f"status:{clock}"].fillna(UNKNOWN).eq(UNKNOWN).to_numpy(bool)
        flag, flagless = cases["flag"].fillna(value=False).to_numpy(bool), cases["flag"].isna().to_numpy(bool)
        unpaused = cases[f"unpaused:{clock}"]
        paused = (cases["done_at"] > unpaused).fillna(value=False).to_numpy(bool)
        after = (cases["closed_at"] > unpaused).fillna(value=False).to_numpy(bool)
        unresolved = cases["done_at"].isna().to_numpy(bool)
        reasons = np.select(
            [flagless, unknown, flag == met, ~flag & paused, ~flag & after, ~flag, unresolved],
            [NO_FLAG, NO_STATUS, AGREE, *REASONS[:4]],
            REASONS[4],
        )
        return pd.Series(reasons, index=cases.index)

    def parted(self, clock: str) -> int:
        """Return in how many cases flag and clock part."""
        return int((~self.reasons(clock).isin((AGREE, NO_FLAG, NO_STATUS))).sum())

    def agreement(self) -> dict[str, float]:
        """Return the best share of cases the flag agrees in, for a clock until resolution and until closing.

        One calendar for all priorities, one limit per priority. Nothing where no clock could be tried.
        """
        best: dict[str, float] = {}
        for end, part in self.implied.groupby("clock_until"):
            by = part.groupby("calendar")[["disagree", "n"]].sum()
            best[str(end)] = float((1 - by["disagree"] / by["n"]).max())
        return best

    @property
    def unvarying(self) -> bool:
        """Whether the flag says the same of every case: then it tells nothing of the clock behind it."""
        return len(set(self.cases["flag"].dropna())) == 1

    def breaches(self, clock: str) -> pd.DataFrame:
        """Return the cases of `clock` that failed, those overdue longest first; see `statuses`."""
        long = self.statuses()
        bad = long[(long["duty"] == clock) & long["status"].isin(FAILED)]
        over = bad["done_at"].fillna(self.context.as_of).clip(upper=self.context.as_of) - bad["due_at"]
        return bad.assign(overdue=over).sort_values(
            ["overdue", "case_id"], ascending=[False, True], ignore_index=True
        )


def _mean(values: pd.Series) -> float:
    return float(values.astype(float).mean()) if len(values) else float("nan")


def _met(cases: pd.DataFrame, clock: str) -> pd.Series:
    settled = cases.loc[cases[f"status:{clock}"].isin(SETTLED), f"status:{clock}"]
    return settled == Status.MET.value
