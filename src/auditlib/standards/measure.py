"""How a metric becomes a measurement: one function, marked with `measure`.

A domain room writes such functions in its ``measures.py``; `audit` collects them. A criterion names
the metric and its options in YAML. Nothing registers itself anywhere: a measure is a value, and
`collect` finds the measures a module holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from inspect import Parameter, getdoc, signature
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, get_type_hints

from auditlib.parameters.run import Run
from auditlib.records import Criterion, EvidenceLevel, Measurement, SourceTotals, Statistic
from auditlib.standards.planned import PLANNED
from auditlib.standards.supplied import NO_TIME, Supplied, lacking, placed_by, stood_in

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

Option = str | int | float | bool


class Tables(Protocol):
    """What a measure may ask of the evidence; `evidence.Evidence` offers it."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the canonical tables there are."""

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals, one for each source of the run, in its order; none where rows came otherwise."""

    def frame(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: Sequence[tuple[str, Option]] = (),
    ) -> pd.DataFrame:
        """Return rows of one table, or of ``cells``: counts per unit, month, survey type, item and score."""

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return one table without reading it yet."""

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        """Return the cases that quarantined rows of `table` name in column `link`, each with the reason."""


class Taken:
    """Measurements taken of one evidence: another edition or profile asks for most of them again."""

    def __init__(self) -> None:
        self._tables: Tables | None = None
        self._measurements: dict[tuple[object, ...], Measurement] = {}

    def once(self, tables: Tables, key: tuple[object, ...], take: Callable[[], Measurement]) -> Measurement:
        """Return what was measured under `key` on these very tables, or measure it now."""
        if tables is not self._tables:
            self._tables, self._measurements = tables, {}
        if key not in self._measurements:
            self._measurements[key] = take()
        return self._measurements[key]


@dataclass(frozen=True, eq=False)
class Context:
    """What a measure needs beside the tables.

    Parameters
    ----------
    run
        The run file: period, `as_of`, instruments, thresholds.
    texts
        Policies and calendars by the name the run file gives them, as text.
    reasons
        Reasons for which the criterion in question lets a case be excused, where it is recorded.
    taken
        What was measured in this context already.
    """

    run: Run
    texts: Mapping[str, str]
    reasons: tuple[str, ...] = ()
    taken: Taken = field(default_factory=Taken, repr=False)

    @property
    def confidence(self) -> float:
        """Coverage of every interval."""
        return self.run.thresholds.confidence

    @property
    def as_of_at(self) -> int:
        """The instant the audit looks from, in UTC microseconds since 1970."""
        return round(self.run.as_of.timestamp() * 1_000_000)


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric and the function that measures it.

    Parameters
    ----------
    metric
        Id, as criteria name it.
    means
        What is measured, in plain words.
    statistic, unit
        How observations are summed up, and the unit of the value.
    needs
        Tables without which there is no measurement, and columns without which a table says nothing about
        the metric: ``interactions.abandoned``.
    starts
        Instants, as ``table.column``, from which its clock runs: what only stands in for one starts none.
    dates
        Instants and days, as ``table.column``, at which its clocks end, or between which and what else it
        measures: what only stands in for one measures nothing.
    instead
        Tables and columns from which it can be told as well, where it cannot be told from those it needs.
    satisfaction
        Whether it measures satisfaction: only then may a discretionary criterion rest on it (B2).
    register
        Whether its cases are the entries of a register: only then may a criterion call them a population.
    function
        ``(tables, context, **options) -> Measurement``.
    """

    metric: str
    means: str
    statistic: Statistic
    unit: str
    needs: tuple[str, ...]
    starts: tuple[str, ...]
    dates: tuple[str, ...]
    instead: tuple[str, ...]
    satisfaction: bool
    register: bool
    function: Callable[..., Measurement]

    def options(self) -> dict[str, tuple[type, bool]]:
        """Return the options it takes: name, type, and whether a criterion must give it."""
        hints = get_type_hints(self.function, None, _LAZY_NAMES)
        parameters = signature(self.function).parameters.values()
        return {
            entry.name: (hints[entry.name], entry.default is Parameter.empty)
            for entry in parameters
            if entry.kind is Parameter.KEYWORD_ONLY
        }

    def missing(self, tables: Supplied, run: Run, options: Mapping[str, Option]) -> str:
        """Return why there can be no measurement, all of it at once; empty where there can be one."""
        reason = self.lacking(tables, run, options)
        if not reason or not self._has_other(tables):
            return reason
        other = lacking(self.instead, tables, run, options)
        return f"{reason}; {other}" if other else ""

    def _has_other(self, tables: Supplied) -> bool:
        return bool(self.instead) and self.instead[0] in tables.tables

    def lacking(self, tables: Supplied, run: Run, options: Mapping[str, Option]) -> str:
        """Return why it cannot be told from the tables it needs; empty where it can."""
        reasons = (
            lacking(self.needs, tables, run, options, final=not self._has_other(tables)),
            stood_in(self.starts, run),
            stood_in(self.dates, run, so=NO_TIME),
        )
        return "; ".join(reason for reason in reasons if reason)

    def take(self, tables: Tables, context: Context, options: Mapping[str, Option]) -> Measurement:
        """Measure, or say what is missing."""
        missing = self.missing(tables, context.run, options)
        measured = nothing(missing) if missing else self.function(tables, context, **options)
        measured = self._said(measured, context.run)
        return replace(
            measured,
            metric=self.metric,
            statistic=self.statistic,
            unit=self.unit,
            definition_hash=self.definition_hash(options),
        )

    def _said(self, measured: Measurement, run: Run) -> Measurement:
        """Return a measurement that says where a stand-in decides which rows are of the period."""
        rests_on = [need.partition(".")[0] for need in self.needs] + [basis.table for basis in measured.basis]
        placed = placed_by(rests_on, run) if measured.value is not None else ""
        return (
            replace(measured, reason="; ".join(filter(None, (measured.reason, placed))))
            if placed
            else measured
        )

    def definition_hash(self, options: Mapping[str, Option]) -> str:
        """Return a hash of definition and options; only equal hashes are compared (A7)."""
        parts = [self.metric, self.means, self.statistic, self.unit, sorted(options.items())]
        return sha256(json.dumps(parts).encode()).hexdigest()[:16]


_LAZY_NAMES: dict[str, Any] = {"Tables": Tables, "Context": Context, "Measurement": Measurement}


def measure(
    metric: str,
    *,
    needs: tuple[str, ...],
    starts: tuple[str, ...] = (),
    dates: tuple[str, ...] = (),
    instead: tuple[str, ...] = (),
    statistic: Statistic = Statistic.SHARE,
    unit: str = "share",
    satisfaction: bool = False,
    register: bool = False,
) -> Callable[[Callable[..., Measurement]], Measure]:
    """Make a function the measure of `metric`; the first paragraph of its docstring is the definition.

    Parameters
    ----------
    metric
        Id, as criteria name it.
    needs
        Canonical tables and columns without which there is no measurement.
    starts, dates, instead, statistic, unit, satisfaction, register
        See `Measure`.
    """

    def make(function: Callable[..., Measurement]) -> Measure:
        words = (getdoc(function) or "").partition("\n\n")[0]
        means = " ".join(words.split())
        return Measure(
            metric, means, statistic, unit, needs, starts, dates, instead, satisfaction, register, function
        )

    return make


def collect(modules: Iterable[ModuleType]) -> dict[str, Measure]:
    """Return the measures that `modules` hold, by metric.

    Raises
    ------
    ValueError
        If two functions measure one metric.
    """
    by_metric: dict[str, Measure] = {}
    for module in modules:
        for value in vars(module).values():
            if not isinstance(value, Measure):
                continue
            if by_metric.get(value.metric, value) is not value:
                raise ValueError(f"two functions measure {value.metric!r}")
            by_metric[value.metric] = value
    return by_metric


def take(
    criterion: Criterion, measures: Mapping[str, Measure], tables: Tables, context: Context
) -> Measurement:
    """Measure what `criterion` asks for; a metric without a function gives a reason, never silence."""
    known = measures.get(criterion.metric)
    if known is not None:
        # Only where there are reasons: measures remember their tables by the very context.
        asked = replace(context, reasons=criterion.reasons) if criterion.reasons else context
        key = (known.definition_hash(criterion.options), *criterion.reasons)
        return context.taken.once(tables, key, lambda: known.take(tables, asked, criterion.options))
    what = PLANNED.get(criterion.metric, criterion.metric)
    return replace(nothing(f"this suite does not yet measure {what}"), metric=criterion.metric, built=False)


def nothing(reason: str) -> Measurement:
    """Return a measurement without value: why there is none."""
    return Measurement("", None, 0, Statistic.COUNT, level=EvidenceLevel.NONE, reason=reason)
