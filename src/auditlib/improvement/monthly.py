"""What is judged by month: satisfied customers, follow-ups, complaints and contacts, as shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.benchmark import Comparison
from auditlib.contracts import TABLES
from auditlib.contracts.intervals import INTERVAL_COUNTS, QUARANTINED_INTERVALS
from auditlib.disclosure import MinimumFrequency
from auditlib.escalation import EscalationAnswer
from auditlib.improvement.latest_periods import EMPTY
from auditlib.improvement.series import GRAINS
from auditlib.records import Basis, Criterion, Refusal, SourceTotals
from auditlib.standards.headline import CASES
from auditlib.standards.measure import Context, Measure, Option, Tables
from auditlib.statements import counted
from auditlib.time.epoch import day_number
from auditlib.time.months import at_ordinal, first_day, months_between, ordinal

if TYPE_CHECKING:
    from auditlib.contracts import CanonicalTables

CONTACT = "contact"
"""The duty that a follow-up in time is."""


@dataclass(frozen=True, slots=True, eq=False)
class MonthlyShares:
    """A share by month or quarter; arrays have one entry per step.

    Parameters
    ----------
    subject
        What it is about: satisfaction, follow-up, complaints, service levels.
    words
        What is counted, as a sentence says it.
    key
        What the keys of its numbers end with.
    grain, steps
        ``month`` or ``quarter``, and the first month of each.
    met, n
        Cases that count, and all of them.
    criterion
        What the edition demands of it; None where it demands nothing.
    basis
        The rows it rests on.
    """

    subject: str
    words: str
    key: str
    grain: str
    steps: tuple[int, ...]
    met: NDArray[np.int64]
    n: NDArray[np.int64]
    criterion: Criterion | None
    basis: tuple[Basis, ...]


def by_grain(months: MonthlyShares, disclosure: MinimumFrequency) -> MonthlyShares | Refusal:
    """Return shares by month, or by quarter where months hold too few cases to be shown.

    Parameters
    ----------
    months
        By month, in order and without a gap.
    """
    for grain, length in GRAINS.items():
        first = -(-ordinal(months.steps[0]) // length) * length - ordinal(months.steps[0])
        # a period may end before its first whole quarter begins
        whole = max((len(months.steps) - first) // length, 0)
        used = slice(first, first + whole * length)
        met, n = (part[used].reshape(whole, length).sum(axis=1) for part in (months.met, months.n))
        if whole > 0 and bool(disclosure.shows(n).all()):
            return replace(months, grain=grain, steps=months.steps[used][::length], met=met, n=n)
    held = np.flatnonzero(months.n)
    if len(held) and len(held) <= (1 - EMPTY) * (held[-1] + 1 - held[0]):
        waves = counted(1 + int((np.diff(held) > 1).sum()), "wave")
        return Refusal(
            f"Its cases come in {waves} with empty months between, so there is no share by quarter."
        )
    return Refusal(f"There is a quarter with fewer than {counted(disclosure.least, 'case')}.")


def of_answers(cells: pd.DataFrame, comparison: Comparison, criteria: Sequence[Criterion]) -> MonthlyShares:
    """Return the share of satisfied answers by month: at least so many points, as the edition counts them."""
    measure = comparison.measure
    criterion = next(
        (
            entry
            for entry in criteria
            if entry.metric == "satisfaction_top_box"
            and entry.options.get("survey_type") == measure.survey_type
        ),
        None,
    )
    chosen = measure.select(cells)
    top = chosen["score"] >= measure.item.scale.top_box
    by_month = chosen.assign(met=chosen["n"] * top).groupby("month")[["met", "n"]].sum().astype("int64")
    return _filled(
        by_month,
        MonthlyShares(
            "Satisfaction",
            f"satisfied answers of the {measure.survey_type} survey",
            f"satisfaction:{measure.key}",
            "month",
            (),
            np.array([]),
            np.array([]),
            criterion,
            (Basis("responses", (("in_period", True), ("survey_type", measure.survey_type))),),
        ),
    )


def of_follow_ups(followed: EscalationAnswer, criteria: Sequence[Criterion]) -> MonthlyShares | Refusal:
    """Return the share of dissatisfied customers contacted in time, by month of their response."""
    result = followed.result
    if CONTACT in result.refused:
        return result.refused[CONTACT]
    frame = result.of(CONTACT, "month").frame
    judged = frame[frame["judged"] > 0]
    if judged.empty:
        return Refusal("No follow-up is settled.")
    criterion = next((entry for entry in criteria if entry.metric == "contacted_in_time"), None)
    by_month = judged.set_index("month").rename(columns={"judged": "n"})[["met", "n"]].astype("int64")
    return _filled(
        by_month,
        MonthlyShares(
            "Follow-up",
            "dissatisfied customers contacted in time",
            "follow_up",
            "month",
            (),
            np.array([]),
            np.array([]),
            criterion,
            (Basis("responses", (("in_period", True),)),),
        ),
    )


def _filled(by_month: pd.DataFrame, empty: MonthlyShares) -> MonthlyShares:
    """Return `empty` with the counts of every month from the first to the last, none left out."""
    first, last = ordinal(int(by_month.index.min())), ordinal(int(by_month.index.max()))
    steps = tuple(at_ordinal(number) for number in range(first, last + 1))
    counts = by_month.reindex(steps, fill_value=0)
    return replace(empty, steps=steps, met=counts["met"].to_numpy(), n=counts["n"].to_numpy())


def of_criterion(
    subject: str, criterion: Criterion, measure: Measure, evidence: CanonicalTables, context: Context
) -> MonthlyShares | Refusal:
    """Return what a criterion measures, month by month, by the very function that measures the whole period.

    Parameters
    ----------
    subject
        What it is about.
    measure
        That of the criterion.
    context
        Of the audit.
    """
    why = measure.missing(evidence, context.run, criterion.options)
    if why:
        return Refusal(f"{why[:1].upper()}{why[1:]}.")
    period = context.run.period
    rows: dict[int, tuple[int, int]] = {}
    basis: tuple[Basis, ...] = ()
    for month in months_between(period.start, period.end):
        taken = measure.function(MonthWindow(evidence, month), context, **criterion.options)
        if taken.value is not None and taken.successes is not None:
            rows[month], basis = (taken.successes, taken.n), taken.basis
    if not rows:
        return Refusal("No month holds a case that can be judged.")
    by_month = pd.DataFrame.from_dict(rows, orient="index", columns=["met", "n"])
    whole = tuple(replace(entry, rows=None) for entry in basis)
    empty = MonthlyShares(
        subject, cases_of(criterion), criterion.id, "month", (), np.array([]), np.array([]),
        criterion, whole,
    )  # fmt: skip
    return _filled(by_month, empty)


def cases_of(criterion: Criterion) -> str:
    """Return what counts, in words: phone contacts answered within the limit."""
    _, cases, counting = CASES[criterion.metric]
    options = defaultdict(str, {name: str(value) for name, value in criterion.options.items()})
    return " ".join(f"{cases.format_map(options)} {counting}".split())


@dataclass(frozen=True, eq=False)
class MonthWindow(Tables):
    """The evidence as if the audited period were a single month of it.

    Parameters
    ----------
    evidence
        All of it.
    month
        As ``year * 100 + month``.
    """

    evidence: CanonicalTables
    month: int

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables there are."""
        return self.evidence.tables

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals of the whole evidence."""
        return self.evidence.totals

    @property
    def instruments(self) -> Mapping[str, Any]:
        """Its surveys by type."""
        return self.evidence.instruments

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return a table of which the rows of the month alone are in the period."""
        rows = self.evidence.lazy(table)
        contract = TABLES.get(INTERVAL_COUNTS.name if table == QUARANTINED_INTERVALS else table)
        stem = contract.instant if contract is not None else ""
        if not stem:
            return rows
        start, end = (day_number(first_day(at_ordinal(ordinal(self.month) + ahead))) for ahead in (0, 1))
        day = nw.col(f"{stem}_day")
        inside = nw.col("in_period") & (day >= start) & (day < end)
        return rows.with_columns(in_period=inside.fill_null(value=False))

    def lazy_of(self, columns: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        """Return a small table made in memory."""
        return self.evidence.lazy_of(columns)

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        """Return the cases that quarantined rows of the evidence name, each with the reason."""
        return self.evidence.in_quarantine(table, link)

    def frame(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: Sequence[tuple[str, Option]] = (),
    ) -> pd.DataFrame:
        """Return rows of one table."""
        rows = self.lazy(table)
        for name, value in where:
            rows = rows.filter(nw.col(name) == value)
        chosen = rows.select(*columns) if columns else rows
        return pd.DataFrame(chosen.collect().to_pandas())


def criteria_of(criteria: Sequence[Criterion], metric: str) -> Iterator[Criterion]:
    """Yield the criteria on a metric that speak of all its cases, whatever their severity."""
    yield from (entry for entry in criteria if entry.metric == metric and "severity" not in entry.options)
