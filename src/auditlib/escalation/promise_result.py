"""What promised calls come to, by the kind of their standard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from auditlib.escalation.promise_findings import NOTEBOOK, broken, dissatisfied, named, too_often
from auditlib.escalation.promise_policy import PromiseRule, ServicePromises
from auditlib.escalation.rates import FAILED
from auditlib.obligations import Status
from auditlib.obligations.deviations import INVALID
from auditlib.obligations.worthless import recorded_key, worthless
from auditlib.records import Basis, Finding, Held, Interval, Kind, Number, Refusal, Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

CALL_BACKS = Basis("call_backs", (("in_period", True),))
DEVIATIONS = Basis("deviations")
MET, NOT_MET, OPEN = "met", "not met", "open"
_HOURS = 3_600_000_000


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
    as_of, minimum_cell, confidence
        What it was judged with.
    """

    rows: pd.DataFrame
    deviations: pd.DataFrame
    policy: ServicePromises
    satisfaction: Mapping[str, Satisfaction | Refusal]
    unruled: int
    as_of: int
    minimum_cell: int = 1
    confidence: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return one row per rule: its cases by status, what excuses them, and what it comes to."""
        import pandas as pd

        return pd.DataFrame([self._row(rule) for rule in self.policy.rules])

    def verdict(self, rule: PromiseRule) -> str:
        """Return whether a rule is met; open where what is known does not decide it."""
        if rule.kind is Kind.DISCRETIONARY:
            return _by_satisfaction(rule, self.satisfaction[rule.duty])
        counts = self._counts(rule)
        failed, excused = sum(counts[status] for status in FAILED), counts[Status.EXCUSED.value]
        if failed or (rule.deviations and self._share(excused, rule) > rule.deviations.most):
            return NOT_MET
        return MET if counts[Status.MET.value] and not counts[Status.UNKNOWN.value] else OPEN

    def excused_by_month(self) -> pd.DataFrame:
        """Return ``duty, month, settled, excused, share, limit`` of the flexible rules."""
        flexible = {rule.duty: rule.deviations.most for rule in self.policy.rules if rule.deviations}
        settled = self.rows[
            self.rows["duty"].isin(flexible)
            & self.rows["status"].isin((*FAILED, Status.MET.value, Status.EXCUSED.value))
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
        kept = self.rows[~self.rows["duty"].isin(rules) & ~self.rows["month"].isin(months)]
        left_out = len(rules) + len(months)
        return (None if left_out == len(rules) + len(settled) else replace(self, rows=kept)), left_out

    @property
    def flexible(self) -> tuple[PromiseResult, ...]:
        """Itself where some settled case may be excused, to be drawn; else nothing."""
        return () if self.excused_by_month().empty else (self,)

    def excused_words(self) -> tuple[Sentence, ...]:
        """Return for each flexible rule how much is excused, beside what may be."""
        flexible = [rule for rule in self.policy.rules if rule.deviations and self._settled(rule)]
        return tuple(self._excused(rule) for rule in flexible)

    def _excused(self, rule: PromiseRule) -> Sentence:
        share = self._share(self._counts(rule)[Status.EXCUSED.value], rule)
        limit = rule.deviations.most if rule.deviations else 0.0
        cases = counted(self._settled(rule), "settled case")
        text = (
            f"{named(rule).capitalize()}: {share:.1%} of {cases} excused, where at most {limit:.1%} may be."
        )
        keys = ("excused_share", "settled", "excused_limit")
        return Sentence(text, tuple(f"{name}:{rule.duty}" for name in keys))

    def invalid(self) -> pd.DataFrame:
        """Return ``duty, verdict, reason, deviations``: how often deviations count for nothing, and why."""
        bad = self.deviations[self.deviations["verdict"].isin([verdict.value for verdict in INVALID])]
        counted_ = bad.groupby(["duty", "verdict", "reason"], sort=True).size()
        return counted_.rename("deviations").reset_index()

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts and shares of every rule, and the deviations by their verdict."""
        of_rules = (number for rule in self.policy.rules for number in self._numbers(rule))
        of_deviations = (
            Number(recorded_key(str(duty), str(verdict)), len(rows), "count", basis=(DEVIATIONS,))
            for (duty, verdict), rows in self.deviations.groupby(["duty", "verdict"], sort=True)
        )
        unruled = Number("unruled", self.unruled, "count", basis=(CALL_BACKS,))
        return (*of_rules, *of_deviations, unruled)

    def summary(self) -> tuple[Sentence, ...]:
        """Return what each rule comes to, by its kind."""
        return tuple(self._sentences())

    def findings(self) -> tuple[Finding, ...]:
        """Return the rules that are not met, and the deviations that count for nothing."""
        return (*self._breaches(), *self._invalid())

    def _counts(self, rule: PromiseRule) -> dict[str, int]:
        found = self.rows.loc[self.rows["duty"] == rule.duty, "status"].value_counts()
        return {status.value: int(found.get(status.value, 0)) for status in Status}

    def _share(self, excused: int, rule: PromiseRule) -> float:
        settled = self._settled(rule)
        return excused / settled if settled else 0.0

    def _settled(self, rule: PromiseRule) -> int:
        counts = self._counts(rule)
        return sum(counts[status] for status in (*FAILED, Status.MET.value, Status.EXCUSED.value))

    def _hours(self, rule: PromiseRule) -> float | None:
        """Return the hours by the wall clock within which half of the calls were made: information alone."""
        own = self.rows[(self.rows["duty"] == rule.duty) & self.rows["done_at"].notna()]
        if len(own) < max(1, self.minimum_cell):
            return None
        return float((own["done_at"] - own["requested_at"]).clip(lower=0).astype("int64").median() / _HOURS)

    def _row(self, rule: PromiseRule) -> dict[str, Any]:
        counts, judged = self._counts(rule), rule.satisfaction is None
        satisfied = self.satisfaction.get(rule.duty)
        known = satisfied if isinstance(satisfied, Satisfaction) else None
        excused = counts[Status.EXCUSED.value]
        return {
            "duty": rule.duty,
            "kind": rule.kind.value,
            "outcome": self.verdict(rule),
            "settled": self._settled(rule),
            "failed": sum(counts[status] for status in FAILED) if judged else None,
            "unknown": counts[Status.UNKNOWN.value],
            "pending": counts[Status.PENDING.value],
            "excused": excused if rule.deviations else None,
            "excused_share": self._share(excused, rule) if rule.deviations else None,
            "excused_limit": rule.deviations.most if rule.deviations else None,
            "satisfaction": known.share if known else None,
            "target": rule.satisfaction,
            "half_within_hours": self._hours(rule),
        }

    def _numbers(self, rule: PromiseRule) -> Iterator[Number]:
        row = self._row(rule)
        for column in ("settled", "failed", "unknown", "pending", "excused"):
            if row[column] is not None:
                yield Number(f"{column}:{rule.duty}", row[column], "count", basis=(CALL_BACKS,))
        if rule.deviations:
            share, settled = row["excused_share"], row["settled"]
            yield Number(f"excused_share:{rule.duty}", share, "share", settled, basis=(CALL_BACKS,))
            yield Number(f"excused_limit:{rule.duty}", rule.deviations.most, "share", reason=_DECLARED)
        if rule.satisfaction is not None:
            yield _satisfaction_number(rule, self.satisfaction[rule.duty])
            yield Number(f"target:{rule.duty}", rule.satisfaction, "share", reason=_DECLARED)
        if row["half_within_hours"] is not None:
            n = row["settled"]
            yield Number(
                f"half_within_hours:{rule.duty}", row["half_within_hours"], "hours", n, basis=(CALL_BACKS,)
            )

    def _sentences(self) -> Iterator[Sentence]:
        for rule in self.policy.rules:
            if not (self.rows["duty"] == rule.duty).any():
                yield Sentence(f"No case of the period falls under {named(rule)}.")
            elif rule.kind is Kind.DISCRETIONARY:
                yield _by_customers(rule, self.satisfaction[rule.duty], self._hours(rule))
            else:
                yield self._by_the_clock(rule)
        if self.unruled:
            many = counted(self.unruled, "call of the period falls", "calls of the period fall")
            yield Sentence(f"{many} under no rule.", ("unruled",))

    def _by_the_clock(self, rule: PromiseRule) -> Sentence:
        counts, settled = self._counts(rule), self._settled(rule)
        if not settled:
            return Sentence(f"No case of {named(rule)} is settled yet.")
        failed = sum(counts[status] for status in FAILED)
        keys = [f"settled:{rule.duty}", f"failed:{rule.duty}"]
        text = f"{named(rule).capitalize()} ({rule.kind.value}) is {self.verdict(rule)}: "
        text += f"{failed:,} of {counted(settled, 'settled case')} outside the limit"
        if rule.deviations:
            excused = counts[Status.EXCUSED.value]
            text += (
                f", and {excused:,} ({self._share(excused, rule):.1%}) excused by a deviation that counts, "
                f"where at most {rule.deviations.most:.1%} may be"
            )
            keys += [f"{name}:{rule.duty}" for name in ("excused", "excused_share", "excused_limit")]
        if counts[Status.UNKNOWN.value]:
            text += f"; {counts[Status.UNKNOWN.value]:,} cannot be told"
            keys.append(f"unknown:{rule.duty}")
        return Sentence(f"{text}.", tuple(keys))

    def _breaches(self) -> Iterator[Finding]:
        for rule in self.policy.rules:
            if self.verdict(rule) != NOT_MET:
                continue
            if rule.kind is Kind.DISCRETIONARY:
                satisfied = self.satisfaction[rule.duty]
                yield dissatisfied(rule, satisfied.share if isinstance(satisfied, Satisfaction) else 0.0)
                continue
            failed = self.rows[(self.rows["duty"] == rule.duty) & self.rows["status"].isin(FAILED)]
            if len(failed):
                yield broken(rule, failed, self._settled(rule))
            excused = self._counts(rule)[Status.EXCUSED.value]
            if rule.deviations and self._share(excused, rule) > rule.deviations.most:
                yield too_often(rule, self.rows, self._share(excused, rule))

    def _invalid(self) -> Iterator[Finding]:
        bad = self.deviations[self.deviations["verdict"].isin([verdict.value for verdict in INVALID])]
        for (duty, verdict), rows in bad.groupby(["duty", "verdict"], sort=True):
            yield worthless(str(duty), str(verdict), rows, notebook=NOTEBOOK)


_DECLARED = "declared by the policy"


def _by_satisfaction(rule: PromiseRule, satisfied: Satisfaction | Refusal) -> str:
    """Return met only where the whole interval reaches the target, and not met where it lies below."""
    if isinstance(satisfied, Refusal) or rule.satisfaction is None:
        return OPEN
    if satisfied.interval.low >= rule.satisfaction:
        return MET
    return NOT_MET if satisfied.interval.high < rule.satisfaction else OPEN


def _satisfaction_number(rule: PromiseRule, satisfied: Satisfaction | Refusal) -> Number:
    key = f"satisfaction:{rule.duty}"
    if isinstance(satisfied, Refusal):
        return Number(key, None, "share", reason=satisfied.reason)
    basis = Basis("responses", (("in_period", True), ("survey_type", satisfied.survey_type)))
    return Number(key, satisfied.share, "share", satisfied.n, satisfied.interval, (basis,))


def _by_customers(rule: PromiseRule, satisfied: Satisfaction | Refusal, hours: float | None) -> Sentence:
    name = f"{named(rule).capitalize()} (discretionary)"
    if isinstance(satisfied, Refusal):
        return Sentence(f"{name} is open: {satisfied.reason}", (f"satisfaction:{rule.duty}",))
    keys = [f"satisfaction:{rule.duty}", f"target:{rule.duty}"]
    text = (
        f"{name} is {_by_satisfaction(rule, satisfied)}: {satisfied.share:.1%} of "
        f"{counted(satisfied.n, 'customer was', 'customers were')} satisfied "
        f"(interval {satisfied.interval.low:.1%} to {satisfied.interval.high:.1%}), where "
        f"{rule.satisfaction or 0:.1%} is demanded"
    )
    if hours is not None:
        text += f"; half of the calls were made within {hours:,.1f} hours, which decides nothing"
        keys.append(f"half_within_hours:{rule.duty}")
    return Sentence(f"{text}.", tuple(keys))


def promise_limits() -> tuple[Sentence, ...]:
    """Return what the judgement of promises cannot say."""
    return (
        Sentence(
            "A deviation is judged by its reason as written and by when it was recorded: whether the reason "
            "is true is asked of the files, and a call that was made may not have helped."
        ),
    )
