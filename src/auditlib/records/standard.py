"""What a standard demands, what was measured, and what follows from the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from auditlib.records.result import Basis, CaseReference, Grade, Interval


class Outcome(StrEnum):
    """What an audit concludes about one criterion."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_DEMONSTRATED = "not_demonstrated"
    """The interval straddles the target, or there are too few observations."""
    NOT_ASSESSABLE = "not_assessable"
    """There is no usable evidence."""
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


class Kind(StrEnum):
    """How deviations from a demand are treated (B2)."""

    RIGID = "rigid"
    """Met only if every single case is within the limit; no deviation, no waiver."""
    FLEXIBLE = "flexible"
    """A share must be within the limit; a listed reason, recorded at the time, excuses a case."""
    DISCRETIONARY = "discretionary"
    """No time test: met if satisfaction with that type of transaction reaches its target."""


class Direction(StrEnum):
    """Which side of the target is the good one."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Statistic(StrEnum):
    """How a measurement sums up its observations; it decides how the n still needed is found."""

    SHARE = "share"
    MEAN = "mean"
    NPS = "nps"
    QUANTILE = "quantile"
    RATIO = "ratio"
    DIFFERENCE = "difference"
    COUNT = "count"
    """A count, largest value or share of a whole register: it has no interval and is judged as it
    stands."""


class Aspect(StrEnum):
    """Whether a criterion looks at how work is done or at what comes of it (A6)."""

    PROCESS = "process"
    RESULT = "result"


class Cases(StrEnum):
    """What the cases behind a criterion are."""

    POPULATION = "population"
    """All there are, as in a register: the share is exact, has no interval and is judged as it stands."""
    PROCESS = "process"
    """A sample, or what a process that goes on has shown so far: the share has an interval."""


class EvidenceLevel(StrEnum):
    """What a measurement stands on."""

    RESPONSES = "responses"
    """One row for each response, event or contact."""
    AGGREGATES = "aggregates"
    """Shares or means per unit and period, as the client published them."""
    REGISTER = "register"
    """A register kept by the party: units, pay links, responsibilities."""
    NONE = "none"


class DecisionMode(StrEnum):
    """How sure an audit must be before it says ``met``."""

    POINT = "point"
    INTERVAL = "interval"
    PROBABILITY = "probability"


@dataclass(frozen=True, slots=True)
class Target:
    """The value demanded, and how far a profile may move it.

    Parameters
    ----------
    value
        The value demanded, in the unit of the metric.
    direction
        ``at_least`` or ``at_most``.
    tightest, loosest
        The bounds of the catalogue; a profile stays between them.
    """

    value: float
    direction: Direction
    tightest: float
    loosest: float

    def reached_by(self, value: float) -> bool:
        """Return whether `value` is on the good side; exactly on the target is."""
        if self.direction is Direction.AT_LEAST:
            return value >= self.value
        return value <= self.value


@dataclass(frozen=True, slots=True)
class Criterion:
    """One auditable demand of a standard.

    Parameters
    ----------
    id
        Stable over editions, for example ``"CF-03"``.
    category
        One of the categories of the edition.
    demand
        What is demanded, in plain words.
    requirements
        Ids of the requirements it serves, for example ``("A2", "C3")``.
    metric, options
        What is measured, and the options of that measure (survey type, seconds, days).
    target
        The value demanded, with its bounds.
    kind, severity, weight, must_pass, minimum_n, aspect
        How it is judged and what it counts for; `severity` is the grade of the finding it can raise.
    evidence_type
        What an auditor wants to see.
    excused_limit
        Largest share of cases that recorded deviations may excuse; flexible criteria only.
    reasons
        The guideline's list of reasons that excuse a deviation; flexible criteria only.
    rationale, source
        Why it is demanded, and what that rests on.
    cases
        Whether its cases are a whole population or a process that goes on; None leaves it to the
        measurement: a complete register is a population, everything else a process.
    change
        Why it differs from the edition before; empty where it does not.
    effective_from
        First day it is demanded, where that is later than the edition's own.
    """

    id: str
    category: str
    demand: str
    requirements: tuple[str, ...]
    metric: str
    target: Target
    kind: Kind
    severity: Grade
    weight: float
    aspect: Aspect
    evidence_type: str
    rationale: str
    source: str
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    must_pass: bool = False
    minimum_n: int = 1
    cases: Cases | None = None
    excused_limit: float | None = None
    reasons: tuple[str, ...] = ()
    change: str = ""
    effective_from: date | None = None

    @property
    def metric_text(self) -> str:
        """Its metric with the options, as `Finding.metric` names it; see `metric_text`."""
        return metric_text(self.metric, self.options)


def metric_text(metric: str, options: Mapping[str, str | int | float | bool]) -> str:
    """Return a metric with its options in the one form that criteria and findings are matched by.

    >>> metric_text("complaints_resolved", {"within_days": 5.0, "severity": "critical"})
    'complaints_resolved severity=critical within_days=5'
    """
    return " ".join([metric, *(f"{name}={_option(value)}" for name, value in sorted(options.items()))])


def _option(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else f"{value:.12g}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was found for one metric, and what it stands on.

    Parameters
    ----------
    metric
        Metric measured.
    value
        None where it cannot be had; `reason` then says why.
    n
        Observations behind it; 0 where there are none.
    statistic, unit
        How observations were summed up, and the unit of `value`.
    interval
        None for counts, and where the evidence carries none.
    successes
        For shares: the observations that count, ``value == successes / n``.
    excused
        Cases outside the limit with a valid recorded deviation; they are not among `successes`.
    complete
        Whether every case of the period was looked at, rather than a sample.
    unknown
        Further cases of which it is not known whether they count; they are not among `n`, and an outcome
        must hold whichever way they are.
    bounds
        Lowest and highest value that the unknown cases allow; None where there are none, and for shares,
        whose bounds follow from the counts.
    design_effect
        Observations that are worth one independent observation, where they are not independent.
    level
        Responses, aggregates or a register.
    basis
        The rows it rests on.
    definition_hash
        Same definition and options, same hash: only then are two measurements comparable (A7).
    reason
        Why there is no value, or what limits it.
    built
        False where this suite has no measure for the metric yet.
    cases
        The single cases that do not count, worst first, where they can be named; ids and units alone.
    counted_at
        Limits in seconds by which cases were counted that cannot be counted again at the one that is asked.
    """

    metric: str
    value: float | None
    n: int
    statistic: Statistic
    unit: str = "share"
    interval: Interval | None = None
    successes: int | None = None
    excused: int = 0
    complete: bool = True
    unknown: int = 0
    bounds: tuple[float, float] | None = None
    design_effect: float = 1.0
    level: EvidenceLevel = EvidenceLevel.RESPONSES
    basis: tuple[Basis, ...] = ()
    definition_hash: str = ""
    reason: str = ""
    built: bool = True
    cases: tuple[CaseReference, ...] = ()
    counted_at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows from one measurement for one criterion.

    Parameters
    ----------
    outcome
        The conclusion.
    reason
        Why, in words that can be read aloud.
    margin
        Distance from the target in the unit of the metric, positive on the good side; None without value.
    n_needed
        Observations at which the same result would demonstrate the target; None where no number
        would, or where the outcome does not depend on it.
    """

    criterion: Criterion
    measurement: Measurement
    outcome: Outcome
    reason: str
    margin: float | None = None
    n_needed: int | None = None

    @property
    def n_missing(self) -> int | None:
        """How many more observations are needed; None where `n_needed` is."""
        return None if self.n_needed is None else max(0, self.n_needed - self.measurement.n)
