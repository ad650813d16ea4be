"""What promised calls come to, by the kind of their standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.obligations import FAILED, SETTLED, Status
from auditlib.obligations.deviations import INVALID
from auditlib.promises.policy import PromiseRule, ServicePromises
from auditlib.records import Held, Interval, Kind, Refusal
from auditlib.time.epoch import HOUR

if TYPE_CHECKING:
    import pandas as pd

MET, NOT_MET, OPEN = "met", "not met", "open"


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The share of satisfied customers with a type of transaction, of `n` who answered `survey_type`."""

    survey_type: str
    share: float
    n: int
    interval: Interval


@dataclass(frozen=True)
class PromiseResult:
    """Every promised call of the period, and every deviation written down for one.

    Parameters
    ----------
    rows
        One row per call of a rule: ``call_back_id, unit_id, transaction_type, duty, kind, month,
        requested_at, due_at, done_at, deviation_at, reason, status, source_file, source_line``.
    deviations
        One row per recorded deviation of these duties, with its ``verdict``.
    policy
        The rules.
    satisfaction
        Duty → how satisfied customers are, for the discretionary rules.
    unruled
        Calls that no rule holds for.
    disclosure
        Of how few cases nothing is stated.
    """

    rows: pd.DataFrame
    deviations: pd.DataFrame
    policy: ServicePromises
    satisfaction: Mapping[str, Satisfaction | Refusal]
    unruled: int
    disclosure: MinimumFrequency = UNRESTRICTED

    def to_frame(self) -> pd.DataFrame:
        """Return one row per rule: its cases by status, what excuses them, and what it comes to."""
        import pandas as pd

        return pd.DataFrame([self.row(rule) for rule in self.policy.rules])

    def verdict(self, rule: PromiseRule) -> str:
        """Return whether a rule is met; open where what is known does not decide it."""
        if rule.kind is Kind.DISCRETIONARY:
            return _by_satisfaction(rule, self.satisfaction[rule.duty])
        counts = self.counts(rule)
        if self.failed(rule) or self.excused_too_often(rule):
            return NOT_MET
        return MET if counts[Status.MET.value] and not counts[Status.UNKNOWN.value] else OPEN

    def excused_by_month(self) -> pd.DataFrame:
        """Return ``duty, month, settled, excused, share, limit`` of the flexible rules."""
        flexible = {rule.duty: rule.deviations.most for rule in self.policy.rules if rule.deviations}
        settled = self.rows[
            self.rows["duty"].isin(flexible) & self.rows["status"].isin((*SETTLED, Status.EXCUSED.value))
        ]
        marked = settled.assign(excused=settled["status"] == Status.EXCUSED.value)
        grouped = marked.groupby(["duty", "month"], sort=True)["excused"].agg(["size", "sum"]).reset_index()
        frame = grouped.rename(columns={"size": "settled", "sum": "excused"})
        return frame.assign(share=frame["excused"] / frame["settled"], limit=frame["duty"].map(flexible))

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the rules and months that are held back, and how many they are."""
        frame = self.excused_by_month()
        rules = {duty for duty in frame["duty"] if held(f"excused_share:{duty}") or held(f"excused:{duty}")}
        settled = frame[~frame["duty"].isin(rules)].groupby("month")["settled"].sum()
        months = {month for month, n in settled.items() if held("", int(n))}
        rows = self.rows[~self.rows["duty"].isin(rules) & ~self.rows["month"].isin(months)]
        left_out = len(rules) + len(months)
        return (None if left_out == len(rules) + len(settled) else replace(self, rows=rows)), left_out

    @property
    def flexible(self) -> tuple[PromiseResult, ...]:
        """Itself where some settled case may be excused, to be drawn; else nothing."""
        return () if self.excused_by_month().empty else (self,)

    def invalid(self) -> pd.DataFrame:
        """Return ``duty, verdict, reason, deviations``: how often deviations count for nothing, and why."""
        bad = self.deviations[self.deviations["verdict"].isin([verdict.value for verdict in INVALID])]
        return bad.groupby(["duty", "verdict", "reason"], sort=True).size().rename("deviations").reset_index()

    def of(self, rule: PromiseRule) -> pd.DataFrame:
        """Return the cases of a rule."""
        return self.rows[self.rows["duty"] == rule.duty]

    def counts(self, rule: PromiseRule) -> dict[str, int]:
        """Return the cases of a rule by status."""
        statuses = self.of(rule)["status"].value_counts()
        return {status.value: int(statuses.get(status.value, 0)) for status in Status}

    def failed(self, rule: PromiseRule) -> int:
        """Return how many cases of a rule were outside its limit and not excused."""
        return int(self.of(rule)["status"].isin(FAILED).sum())

    def excused_too_often(self, rule: PromiseRule) -> bool:
        """Tell whether more cases of a rule were excused than may be."""
        return rule.deviations is not None and self.excused_share(rule) > rule.deviations.most

    def excused_share(self, rule: PromiseRule) -> float:
        """Return the share of the settled cases of a rule that a deviation excused."""
        settled = self.settled(rule)
        return self.counts(rule)[Status.EXCUSED.value] / settled if settled else 0.0

    def settled(self, rule: PromiseRule) -> int:
        """Return how many cases of a rule are settled."""
        counts = self.counts(rule)
        return sum(counts[status] for status in (*SETTLED, Status.EXCUSED.value))

    def hours(self, rule: PromiseRule) -> float | None:
        """Return the hours by the wall clock within which half of the calls were made: information alone."""
        own = self.rows[(self.rows["duty"] == rule.duty) & self.rows["done_at"].notna()]
        if not self.disclosure.shows(len(own)):
            return None
        return float((own["done_at"] - own["requested_at"]).clip(lower=0).astype("int64").median() / HOUR)

    def row(self, rule: PromiseRule) -> dict[str, Any]:
        """Return what one rule comes to."""
        counts, judged = self.counts(rule), rule.satisfaction is None
        satisfied = self.satisfaction.get(rule.duty)
        measured = satisfied if isinstance(satisfied, Satisfaction) else None
        return {
            "duty": rule.duty,
            "kind": rule.kind.value,
            "outcome": self.verdict(rule),
            "settled": self.settled(rule),
            "failed": self.failed(rule) if judged else None,
            "unknown": counts[Status.UNKNOWN.value],
            "pending": counts[Status.PENDING.value],
            "excused": counts[Status.EXCUSED.value] if rule.deviations else None,
            "excused_share": self.excused_share(rule) if rule.deviations else None,
            "excused_limit": rule.deviations.most if rule.deviations else None,
            "satisfaction": measured.share if measured else None,
            "target": rule.satisfaction,
            "half_within_hours": self.hours(rule),
        }


def _by_satisfaction(rule: PromiseRule, satisfied: Satisfaction | Refusal) -> str:
    """Return met only where the whole interval reaches the target, and not met where it lies below."""
    if isinstance(satisfied, Refusal) or rule.satisfaction is None:
        return OPEN
    if satisfied.interval.low >= rule.satisfaction:
        return MET
    return NOT_MET if satisfied.interval.high < rule.satisfaction else OPEN
