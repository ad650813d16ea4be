"""What the event log of a help desk comes to: its own flag, the re-performed clocks, and where they part."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.escalation.incident_policy import IncidentPolicy
from auditlib.escalation.rates import Rates, rates
from auditlib.obligations import Status
from auditlib.records import Basis, Interval, Number, Sentence, counted

if TYPE_CHECKING:
    import pandas as pd

LOG = Basis("incident_events", (("in_period", True),))
AGREE = "agree"
REASONS = (
    "in time because waiting for the customer does not count",
    "resolved in time; the system's clock ran on until closing",
    "resolved and closed in time; the system's limit must be shorter",
    "never resolved; the system counts closing",
    "resolved too late; the system's limit must be longer",
)
"""Why a flag and a clock part: three where only the clock finds the case in time, two where only the flag."""


@dataclass(frozen=True, slots=True)
class Oddities:
    """What an auditor should know of the log.

    Parameters
    ----------
    events, events_met
        Events of the period, and those at which the flag was still true.
    unknown_states
        States that are not listed, with their events.
    rewritten
        Cases whose field "resolved" differs from the entry into the state.
    field_empty
        Cases that were resolved by the log but whose field is empty.
    never_resolved
        Cases closed without ever being resolved, or open.
    closed_automatically
        Cases closed by the system after its waiting time.
    """

    events: int
    events_met: int
    unknown_states: Mapping[str, int]
    rewritten: int
    field_empty: int
    never_resolved: int
    closed_automatically: int


@dataclass(frozen=True)
class IncidentResult:
    """Every incident with its flag and its re-performed statuses.

    Parameters
    ----------
    cases
        One row per case; see `incident_cases.cases_of`, with ``due:<clock>`` and ``status:<clock>`` for
        every rule of the policy.
    implied
        Clocks and limits that would reproduce the flag; see `implied.implied`.
    policy, as_of
        What the cases were judged by.
    oddities
        What an auditor should know of the log.
    minimum_cell
        Fewest cases of which a share is stated.
    """

    cases: pd.DataFrame
    implied: pd.DataFrame
    policy: IncidentPolicy
    as_of: int
    oddities: Oddities
    minimum_cell: int = 1

    @property
    def clocks(self) -> tuple[str, ...]:
        """Duties of the policy, each one clock."""
        return tuple(rule.duty for rule in self.policy.rules)

    def to_frame(self) -> pd.DataFrame:
        """Return by priority: incidents, share the flag calls met, share each clock finds met."""
        import pandas as pd

        groups = [(str(name), part) for name, part in self.cases.groupby("priority", sort=False)]
        groups.append(("all", self.cases))
        order = {name: turn for turn, name in enumerate((*self._priorities, "all"))}
        rows = [
            {
                "priority": name,
                "n": len(part),
                "flag": float(part["flag"].fillna(value=False).mean()),
                **{
                    clock: float((part[f"status:{clock}"] == Status.MET.value).mean())
                    for clock in self.clocks
                },
            }
            for name, part in groups
        ]
        return pd.DataFrame(rows).sort_values(
            "priority", key=lambda names: names.map(order), ignore_index=True
        )

    @property
    def _priorities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for rule in self.policy.rules for name in rule.within))

    def rates(self) -> Rates:
        """Return the statuses by clock and priority."""
        import pandas as pd

        long = pd.concat(
            [
                self.cases[["priority"]].assign(duty=clock, status=self.cases[f"status:{clock}"])
                for clock in self.clocks
            ]
        )
        return rates(long[long["status"].notna()], by=("duty", "priority"))

    def reconciliation(self, clock: str) -> pd.DataFrame:
        """Return flag by re-performed status: cases, and the reason where they part."""
        told = self.cases.assign(status=self.cases[f"status:{clock}"], reason=self.reasons(clock))
        told["flag"] = told["flag"].map({True: "met", False: "breached"}).astype(object).fillna("none")
        counted = told.groupby(["flag", "status", "reason"], sort=True).size().rename("cases").reset_index()
        return counted.assign(share=counted["cases"] / len(told))

    def reasons(self, clock: str) -> pd.Series:
        """Return for every case why flag and clock part; ``agree`` where they do not."""
        import numpy as np
        import pandas as pd

        cases = self.cases
        met = (cases[f"status:{clock}"] == Status.MET.value).to_numpy(bool)
        flag = cases["flag"].fillna(value=False).to_numpy(bool)
        unpaused = cases[f"unpaused:{clock}"]
        paused = (cases["done_at"] > unpaused).fillna(value=False).to_numpy(bool)
        after = (cases["closed_at"] > unpaused).fillna(value=False).to_numpy(bool)
        unresolved = cases["done_at"].isna().to_numpy(bool)
        reasons = np.select(
            [flag == met, ~flag & paused, ~flag & after, ~flag, unresolved], [AGREE, *REASONS[:4]], REASONS[4]
        )
        return pd.Series(reasons, index=cases.index)

    def numbers(self) -> tuple[Number, ...]:
        """Return the flag's shares, those of the clocks, and the oddities of the log."""
        odd, n = self.oddities, len(self.cases)
        counts = {
            "events": odd.events,
            "unknown_state_events": sum(odd.unknown_states.values()),
            "resolved_field_rewritten": odd.rewritten,
            "resolved_field_empty": odd.field_empty,
            "never_resolved": odd.never_resolved,
            "closed_automatically": odd.closed_automatically,
        }
        shares = [number for row in self.to_frame().to_dict("records") for number in self._shares(row)]
        events = Number(
            "flag_share_of_events", odd.events_met / odd.events, "share", odd.events, basis=(LOG,)
        )
        parted = [
            Number(f"parted:{clock}", int((self.reasons(clock) != AGREE).sum()), "count", n, basis=(LOG,))
            for clock in self.clocks
        ]
        agreement = [
            Number(f"flag_agreement:{end}", value, "share", n, basis=(LOG,))
            for end, value in self.agreement().items()
        ]
        listed = [Number(name, value, "count", basis=(LOG,)) for name, value in counts.items()]
        return (*listed, *self._closing(), events, *shares, *parted, *agreement)

    def _closing(self) -> tuple[Number, Number]:
        share = self.oddities.closed_automatically / len(self.cases)
        return (
            Number("closed_automatically_share", share, "share", len(self.cases), basis=(LOG,)),
            Number("automatic_closing", self.policy.automatic_closing.days, "days", reason="Declared."),
        )

    def _shares(self, row: Mapping[Hashable, Any]) -> list[Number]:
        from auditlib.statistics.intervals import wilson

        n, found = int(row["n"]), []
        for column in ("flag", *self.clocks):
            share = float(row[column])
            limits = wilson(round(share * n), n)
            interval = Interval(float(limits.low), float(limits.high), 0.95, "Wilson")
            found.append(Number(f"{column}:{row['priority']}", share, "share", n, interval, (LOG,)))
        return found

    def agreement(self) -> dict[str, float]:
        """Return the best share of cases the flag agrees in, for a clock until resolution and until closing.

        One calendar for all priorities, one limit per priority.
        """
        found: dict[str, float] = {}
        for end, part in self.implied.groupby("clock_until"):
            by = part.groupby("calendar")[["disagree", "n"]].sum()
            found[str(end)] = float((1 - by["disagree"] / by["n"]).max())
        return found

    def summary(self) -> tuple[Sentence, ...]:
        """Return what the flag says, what the clocks say, and why they part."""
        if len(self.cases) < self.minimum_cell:
            return (Sentence("The log holds too few incidents for a share to be shown."),)
        return (self._flagged(), self._clocked(), self._why())

    def notes(self) -> tuple[Sentence, ...]:
        """Return what an auditor should know of the log."""
        odd = self.oddities
        strange = ", ".join(f"'{state}'" for state in odd.unknown_states) or "none"
        return (
            Sentence(
                f"{counted(sum(odd.unknown_states.values()), 'event carries', 'events carry')} a state "
                f"that is not listed ({strange}); "
                f"what was true before them holds on. In {counted(odd.rewritten, 'case')} the field "
                "'resolved' was "
                f"overwritten after the resolution, in {odd.field_empty:,} it is empty although the log "
                "shows the resolution; the log was followed.",
                ("unknown_state_events", "resolved_field_rewritten", "resolved_field_empty"),
            ),
        )

    def _flagged(self) -> Sentence:
        frame, odd = self.to_frame(), self.oddities
        shown = frame.iloc[:-1][frame["n"].iloc[:-1] >= self.minimum_cell]
        by = ", ".join(f"{row['priority']} {row['flag']:.1%}" for row in shown.to_dict("records"))
        return Sentence(
            f"The desk's own flag calls {frame.iloc[-1]['flag']:.1%} of "
            f"{counted(len(self.cases), 'incident')} met"
            f"{f' ({by})' * bool(by)}. Counted by lines of the log it would be "
            f"{odd.events_met / odd.events:.1%}, which is no "
            "share of incidents.",
            ("flag:all", *(f"flag:{name}" for name in shown["priority"]), "flag_share_of_events"),
        )

    def _clocked(self) -> Sentence:
        row = self.to_frame().iloc[-1]
        told = " and ".join(f"{row[clock]:.1%} ({clock.replace('_', ' ')})" for clock in self.clocks)
        return Sentence(
            f"Re-performed from the events under the declared targets, {told} were resolved in "
            f"time; {counted(self.oddities.never_resolved, 'case was', 'cases were')} closed but never "
            "resolved, "
            "which is a breach.",
            (*(f"{clock}:all" for clock in self.clocks), "never_resolved"),
        )

    def _why(self) -> Sentence:
        found, odd = self.agreement(), self.oddities
        until = max(found, key=lambda end: found[end]) if found else ""
        share = odd.closed_automatically / len(self.cases)
        return Sentence(
            f"The flag fits a clock that runs until {until} best: one limit per priority agrees with it in "
            f"{found.get('closing', 0):.1%} of cases if the clock runs until closing, in "
            f"{found.get('resolution', 0):.1%} if it stops at resolution; the system closed {share:.1%} "
            f"of cases about {_days(self.policy.automatic_closing.days)} after resolution, which is no work.",
            (*(f"flag_agreement:{end}" for end in found), "closed_automatically_share", "automatic_closing"),
        )


def _days(days: float) -> str:
    return f"{days:g} day{'' if days == 1 else 's'}"
