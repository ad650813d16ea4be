"""What the re-performance of every follow-up clock comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from auditlib.escalation.breaches import findings_of_duties
from auditlib.escalation.calendar_use import UNITS, CalendarUse
from auditlib.escalation.findings import findings_of, gaps_of
from auditlib.escalation.policy import NO_BAND, NO_SCORE, EscalationPolicy
from auditlib.escalation.precision import doubt_of
from auditlib.escalation.rates import FAILED, Rates, rates
from auditlib.obligations import Status, WorkingHours
from auditlib.records import Basis, Finding, Held, Number, Refusal, Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RESPONSES", "UNITS", "EscalationResult"]

RESPONSES = Basis("responses", (("in_period", True),))


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
    policy, hours, as_of
        What they were judged by; `hours` holds every holiday as a plain date.
    refused
        Duties of the policy that cannot be assessed, with the reason.
    minimum_cell
        Fewest cases of which a share is stated.
    unseen
        Duties whose share is held back: none of them is called the weakest.
    """

    ranges: ClassVar[bool] = True

    rows: pd.DataFrame
    population: pd.DataFrame
    policy: EscalationPolicy
    hours: Mapping[str, WorkingHours]
    as_of: int
    refused: Mapping[str, Refusal]
    minimum_cell: int = 1
    unseen: frozenset[str] = frozenset()

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it knowing which duties are held back, and how many they are."""
        unseen = frozenset(duty for duty in self.rates().frame["duty"] if held(f"share:{duty}"))
        return replace(self, unseen=unseen), len(unseen)

    def to_frame(self) -> pd.DataFrame:
        """Return the statuses by duty, with the share met of the cases judged and its interval."""
        return self.rates().to_frame()

    def rates(self, *by: str) -> Rates:
        """Return the statuses by duty and by further columns of `rows` (unit_id, month, band ...)."""
        return rates(self.rows, by=("duty", *by), minimum=self.minimum_cell)

    def of(self, duty: str, *by: str) -> Rates:
        """Return the statuses of one duty by columns of `rows`."""
        return rates(self.rows[self.rows["duty"] == duty], by=("duty", *by), minimum=self.minimum_cell)

    @property
    def anonymous(self) -> int:
        """Anonymous responses that would have opened a follow-up; nobody can be contacted."""
        return self._responses(anonymous=True)

    @property
    def named(self) -> int:
        """Named responses that opened a follow-up."""
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
    def kept(self) -> int:
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
    def undecided(self) -> Mapping[str, int]:
        """Duties whose status what is recorded leaves open, by the reason."""
        unknown = self.rows.loc[self.rows["status"] == Status.UNKNOWN.value, "detail"]
        counts = unknown.value_counts()
        return {str(reason): int(counts[reason]) for reason in sorted(counts.index)}

    @property
    def judged(self) -> int:
        """Duties that are settled and can be shown: of kinds with at least `minimum_cell` of them."""
        return int(self.rates().shown["judged"].sum())

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers the sentences and the table by duty state."""
        counts = (
            Number("responses", self.responses, "responses", basis=(RESPONSES,)),
            Number("follow_ups", self.named, "responses", basis=(RESPONSES,)),
            Number("anonymous_follow_ups", self.anonymous, "responses", basis=(RESPONSES,)),
            Number("kept_follow_ups", self.kept, "responses", self.named - self.unclear, basis=(RESPONSES,)),
            Number("unclear_follow_ups", self.unclear, "responses", basis=(RESPONSES,)),
            Number("judged", self.judged, "count", basis=(RESPONSES,)),
        )
        refused = tuple(
            Number(f"share:{duty}", None, "share", reason=refusal.reason)
            for duty, refusal in self.refused.items()
        )
        open_yet = tuple(
            Number(_key_of(reason), n, "count", basis=(RESPONSES,)) for reason, n in self.undecided.items()
        )
        gaps = tuple(Number(gap.key, gap.cases, "count", basis=(RESPONSES,)) for gap in gaps_of(self.rows))
        return (*counts, *refused, *open_yet, *gaps, *self.rates().numbers())

    def findings(self) -> tuple[Finding, ...]:
        """Return the duties that were not met, each with its cases, and what matrix and reports lack."""
        broken = findings_of_duties(self.rows, self.rates(), self.policy, as_of=self.as_of)
        return (*broken, *findings_of(self.rows))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the answer in three sentences."""
        told = (self._promise(), self._weakest(), self._scope(), *self._undecided())
        judged = [sentence for sentence in told if sentence]
        refused = tuple(
            Sentence(
                f"{duty.capitalize()} is not assessable: {refusal.reason} {refusal.remedy}".strip(),
                (f"share:{duty}",),
            )
            for duty, refusal in self.refused.items()
        )
        return (*judged, *refused)

    def _promise(self) -> Sentence | None:
        if not self.named or "contact" in self.refused:
            return None
        if self.named < self.minimum_cell:
            return Sentence("Too few named customers were owed a follow-up for their number to be shown.")
        if self.unclear:
            return self._as_far_as_told()
        every = "every" if self.kept == self.named else "not every"
        begin = f"{self._aside()}{every} dissatisfied customer was followed up as promised"
        return Sentence(
            f"{begin[0].upper()}{begin[1:]}: of {counted(self.named, 'named customer')} owed a follow-up, "
            f"{self.kept:,} ({self.kept / self.named:.1%}) got {self._everything()} that was promised, or "
            "declined in time.",
            ("follow_ups", "kept_follow_ups"),
        )

    @property
    def _untold(self) -> tuple[str, ...]:
        """Duties of a follow-up that cannot be judged: nobody knows whether they were met."""
        return tuple(duty for duty in self.refused if duty != "acknowledgement")

    def _aside(self) -> str:
        untold = " and ".join(self._untold)
        return f"leaving aside {untold}, which cannot be judged, " if untold else ""

    def _everything(self) -> str:
        return "everything else" if self._untold else "everything"

    def _as_far_as_told(self) -> Sentence:
        """Return the promise where what is recorded leaves some follow-ups open: they are on neither side."""
        keys = ("follow_ups", "kept_follow_ups", "unclear_follow_ups")
        owed, told = counted(self.named, "named customer"), self.named - self.unclear
        left = f"for {self.unclear:,} of {owed} owed a follow-up"
        if not told:
            return Sentence(
                f"Whether the dissatisfied customers were followed up as promised cannot be told {left}.",
                keys,
            )
        if self.kept == told:
            begin = "Whether every dissatisfied customer was followed up as promised cannot be told"
        else:
            begin = "Not every dissatisfied customer was followed up as promised, and it cannot be told"
        return Sentence(
            f"{begin} {left}; of the other {told:,}, {self.kept:,} ({self.kept / told:.1%}) got "
            f"{self._everything()} that was promised, or declined in time.",
            keys,
        )

    def _weakest(self) -> Sentence | None:
        rates = self.rates()
        found = rates.shown[~rates.shown["duty"].isin(self.unseen)]
        if found.empty:
            return Sentence(
                "Too few duties are settled for a share to be shown."
                if (rates.frame["judged"] > 0).any()
                else "No duty is settled yet, so there is nothing to judge."
            )
        shown = " that is shown" if self.unseen else ""
        row = found.sort_values(["share", "duty"]).iloc[0]
        failed = int(row["judged"] - row["met"])
        if not failed:
            keys = ("judged", *(f"share:{duty}" for duty in found["duty"]))
            return Sentence(
                f"Every duty judged{shown} was met: {int(found['judged'].sum()):,} of them.", keys
            )
        cases = counted(int(row["judged"]), "case")
        return Sentence(
            f"The weakest duty{shown} is {row['duty']}: met in {row['share']:.1%} of {cases} "
            f"(95% interval {row['low']:.1%} to {row['high']:.1%}); {int(row['missing']):,} missing, "
            f"{int(row['late']):,} late, {int(row['wrong_party']):,} with the wrong party.",
            (
                f"share:{row['duty']}",
                *(f"{status}:{row['duty']}" for status in ("missing", "late", "wrong_party")),
            ),
        )

    def _scope(self) -> Sentence:
        owed = counted(self.responses, "response")
        left_out = "No response below the limit is anonymous"
        if self.anonymous:
            left_out = (
                f"{counted(self.anonymous, 'anonymous response')} below the limit could not be followed up "
                f"and {'is' if self.anonymous == 1 else 'are'} left out"
            )
        return Sentence(
            f"{left_out}; an acknowledgement was owed for "
            f"{'the one response' if self.responses == 1 else f'all {owed}'} of the period.",
            ("anonymous_follow_ups", "responses"),
        )

    def _undecided(self) -> Iterator[Sentence]:
        for reason, n in self.undecided.items():
            many = counted(n, "duty counts", "duties count")
            yield Sentence(f"{many} on neither side: {doubt_of(reason)}.", (_key_of(reason),))

    def worst(self, limit: int = 25) -> pd.DataFrame:
        """Return the follow-ups with the most failed duties, gravest band first, with their source rows.

        ``overdue_hours`` is wall-clock time from the earliest missed deadline to when it was done, or to
        `as_of`.
        """
        order = {band.band: turn for turn, band in enumerate(self.policy.bands)}
        bad = self.rows[self.rows["status"].isin(FAILED) & self.rows["band"].isin(order)]
        until = bad["done_at"].fillna(self.as_of).clip(upper=self.as_of)
        words = (
            bad["duty"]
            + " "
            + bad["status"]
            + bad["detail"].where(bad["detail"] == "", " (" + bad["detail"] + ")")
        )
        told = bad.assign(
            failures=words.str.replace("wrong_party", "with the wrong party"),
            overdue_hours=((until - bad["due_at"]) / 3_600_000_000).astype(float).clip(lower=0).round(1),
            turn=bad["band"].map(order),
            line=bad["source_file"] + ":" + bad["source_line"].astype(str),
        )
        keys = ["response_id", "unit_id", "month", "band", "lowest", "turn", "line"]
        grouped = told.groupby(keys, sort=False).agg(
            failed=("failures", "size"),
            failures=("failures", "; ".join),
            overdue_hours=("overdue_hours", "max"),
        )
        sorted_ = grouped.reset_index().sort_values(
            ["turn", "failed", "overdue_hours", "response_id"], ascending=[True, False, False, True]
        )
        shown = [
            "response_id",
            "unit_id",
            "month",
            "band",
            "lowest",
            "failed",
            "failures",
            "overdue_hours",
            "line",
        ]
        return sorted_[shown].head(limit).reset_index(drop=True).rename(columns={"line": "source"})

    def details(self) -> pd.DataFrame:
        """Return why duties failed: duty, status, detail, cases; most frequent first within a duty."""
        bad = self.rows[self.rows["status"].isin(FAILED)]
        counted = bad.groupby(["duty", "status", "detail"], sort=False).size().rename("cases").reset_index()
        late = counted["status"] == Status.LATE.value
        plain = late.map({True: "done after the deadline", False: "nothing recorded"})
        counted["detail"] = counted["detail"].where(counted["detail"] != "", plain)
        return counted.sort_values(
            ["duty", "cases", "status", "detail"], ascending=[True, False, True, True], ignore_index=True
        )

    def calendars(self) -> CalendarUse:
        """Return every calendar used, by whom, with the holidays it was closed on when this ran."""
        return CalendarUse(self.hours)


def _key_of(doubt: str) -> str:
    return f"unknown_{doubt.replace(': ', ':').replace(' ', '_')}"
