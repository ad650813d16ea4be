"""What the re-performance of every follow-up clock comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from auditlib.escalation.context import EscalationContext
from auditlib.escalation.policy import DUTIES, NO_BAND, NO_SCORE
from auditlib.obligations import FAILED, CalendarUse, Rates, Status, rates, register_rows
from auditlib.records import Held, Refusal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class EscalationResult:
    """Every duty owed after a response of the period, and what became of it.

    Parameters
    ----------
    rows
        One row per response and duty: ``response_id, unit_id, survey_type, transaction_type,
        submitted_at, submitted_day, month, lowest, band, source_file, source_line, duty, due_at,
        done_at, right_party, excused_at, detail, status``; instants in UTC microseconds.
    population
        Responses by unit, survey type, band and whether anonymous.
    context
        What they were judged by; its hours hold every holiday as a plain date.
    refused
        Duties of the policy that cannot be assessed, with the reason.
    unseen
        Duties whose share is held back: none of them is called the weakest.
    """

    rows: pd.DataFrame
    population: pd.DataFrame
    context: EscalationContext
    refused: Mapping[str, Refusal]
    unseen: frozenset[str] = frozenset()

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it knowing which duties are held back, and how many they are."""
        unseen = frozenset(duty for duty in self.rates().frame["duty"] if held(f"share:{duty}"))
        return replace(self, unseen=unseen), len(unseen)

    def to_frame(self) -> pd.DataFrame:
        """Return the statuses by duty, with the share met of the cases judged and its interval."""
        return self.rates().frame

    def rates(self, *by: str) -> Rates:
        """Return the statuses by duty and by further columns of `rows` (unit_id, month, band ...)."""
        return self._rates(self.rows, *by)

    def of(self, duty: str, *by: str) -> Rates:
        """Return the statuses of one duty by columns of `rows`."""
        return self._rates(self.rows[self.rows["duty"] == duty], *by)

    def _rates(self, rows: pd.DataFrame, *by: str) -> Rates:
        # In the order in which a case passes through its duties.
        return rates(rows, by=("duty", *by), order=DUTIES, disclosure=self.context.disclosure)

    @property
    def anonymous(self) -> int:
        """Anonymous responses that would have opened a follow-up; nobody can be contacted."""
        return self._responses(anonymous=True)

    @property
    def follow_ups(self) -> int:
        """Responses with a name that opened a follow-up."""
        return self._responses(anonymous=False)

    @property
    def responses(self) -> int:
        """All responses of the period."""
        return int(self.population["responses"].sum())

    def _responses(self, *, anonymous: bool) -> int:
        unhappy = ~self.population["band"].isin((NO_BAND, NO_SCORE))
        chosen = unhappy & (self.population["anonymous"] == anonymous)
        return int(self.population.loc[chosen, "responses"].sum())

    @property
    def fulfilled(self) -> int:
        """Follow-ups in which nothing that was owed failed or is still open, refusals included."""
        owed = self.rows[self.rows["duty"] != "acknowledgement"]
        bad = owed["status"].isin((*FAILED, Status.PENDING.value, Status.UNKNOWN.value))
        return int(owed["response_id"].nunique() - owed.loc[bad, "response_id"].nunique())

    @property
    def unclear(self) -> int:
        """Follow-ups in which nothing is known to have failed, and something cannot be told."""
        owed = self.rows[self.rows["duty"] != "acknowledgement"]
        failed = owed.loc[owed["status"].isin(FAILED), "response_id"]
        unknown = owed.loc[owed["status"] == Status.UNKNOWN.value, "response_id"]
        return len(set(unknown) - set(failed))

    @property
    def told(self) -> int:
        """Follow-ups that a share is stated of: without those that cannot be told, unless these are few.

        Beside a share of the others, and all of them, a few could be worked out.
        """
        few = self.context.disclosure.hides(self.unclear)
        return self.follow_ups if few else self.follow_ups - self.unclear

    @property
    def undecided(self) -> Mapping[str, int]:
        """Duties whose status what is recorded leaves open, by the reason."""
        unknown = self.rows.loc[self.rows["status"] == Status.UNKNOWN.value, "detail"]
        counts = unknown.value_counts()
        return {str(reason): int(counts[reason]) for reason in sorted(counts.index)}

    @property
    def bounded(self) -> pd.DataFrame:
        """The duties of which so many cases are unknown that their number may be stated; see `rates`."""
        frame = self.rates().frame
        return frame[(frame["unknown"] > 0) & self.context.disclosure.shows(frame["unknown"])]

    @property
    def followed_by(self) -> tuple[str, ...]:
        """Duties of a follow-up that are judged, in the order of a case; an acknowledgement is none."""
        owed = (duty for duty in DUTIES if self.context.policy.rule(duty) and duty not in self.refused)
        return tuple(duty for duty in owed if duty != "acknowledgement")

    @property
    def judged(self) -> int:
        """Duties that are settled, of the kinds whose share may be stated."""
        return int(self.rates().stated["judged"].sum())

    def worst(self, limit: int = 25) -> pd.DataFrame:
        """Return the follow-ups with the most failed duties, gravest band first, with their source rows.

        ``overdue_hours`` is wall-clock time from the earliest missed deadline to when it was done, or to
        `as_of`.
        """
        order = {band.band: turn for turn, band in enumerate(self.context.policy.bands)}
        bad = self.rows[self.rows["status"].isin(FAILED) & self.rows["band"].isin(order)]
        until = bad["done_at"].fillna(self.context.as_of).clip(upper=self.context.as_of)
        words = (
            bad["duty"]
            + " "
            + bad["status"]
            + bad["detail"].where(bad["detail"] == "", " (" + bad["detail"] + ")")
        )
        failed = bad.assign(
            failures=words.str.replace("wrong_party", "with the wrong party"),
            overdue_hours=((until - bad["due_at"]) / 3_600_000_000).astype(float).clip(lower=0).round(1),
            turn=bad["band"].map(order),
            line=bad["source_file"] + ":" + bad["source_line"].astype(str),
        )
        keys = ["response_id", "unit_id", "month", "band", "lowest", "turn", "line"]
        grouped = failed.groupby(keys, sort=False).agg(
            failed=("failures", "size"),
            failures=("failures", "; ".join),
            overdue_hours=("overdue_hours", "max"),
        )
        sorted_ = grouped.reset_index().sort_values(
            ["turn", "failed", "overdue_hours", "response_id"], ascending=[True, False, False, True]
        )
        columns = [*keys[:5], "failed", "failures", "overdue_hours", "line"]
        return sorted_[columns].head(limit).reset_index(drop=True).rename(columns={"line": "source"})

    def details(self) -> pd.DataFrame:
        """Return why duties failed: duty, status, detail, cases; most frequent first within a duty."""
        bad = self.rows[self.rows["status"].isin(FAILED)]
        counts = bad.groupby(["duty", "status", "detail"], sort=False).size().rename("cases").reset_index()
        late = counts["status"] == Status.LATE.value
        plain = late.map({True: "done after the deadline", False: "nothing recorded"})
        counts["detail"] = counts["detail"].where(counts["detail"] != "", plain)
        return counts.sort_values(
            ["duty", "cases", "status", "detail"], ascending=[True, False, True, True], ignore_index=True
        )

    def calendars(self) -> CalendarUse:
        """Return every calendar used, by whom, with the holidays it was closed on when this ran."""
        return CalendarUse(self.context.hours)

    def register_rows(self) -> pd.DataFrame:
        """Return every duty as a row of the register; its class is the band of the response."""
        rows = self.rows.rename(columns={"response_id": "case_id", "band": "case_class"})
        return register_rows(rows, table="responses", trigger="submitted_at")
