"""The operating characteristic of a criterion: the chance of each outcome, by what is true.

Conventions
-----------
- The law is asked, never copied: `judge_one` says of every count what the outcome would be, and where it
  turns are two acceptance numbers. The chances are then binomial sums (Montgomery, Introduction to
  Statistical Quality Control, 15.2).
- A share is the share of cases that count. What a measure adds to its Wilson interval, for unknown or for
  repeated cases, is added for every count.
- A quantile is decided by how many cases lie on the good side of the target; its true value is their share.
- A mean, a net promoter score, a difference and a ratio vary as a normal value does (a ratio: its logarithm),
  with the error that their interval says. An edition alone does not know that error: it gives the reason.
- What is judged as it stands has no chance in it: a register that holds every case, or a count.
- Cases are independent of each other; where a measure says that they are not, as many as they are worth are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf, log
from typing import NamedTuple, Protocol

import numpy as np

from auditlib.records import (
    Criterion,
    DecisionMode,
    Direction,
    Interval,
    Kind,
    Measurement,
    Outcome,
    Statistic,
    Target,
)
from auditlib.standards.edition import DecisionRule
from auditlib.standards.judge import is_population, judge_one
from auditlib.standards.needed import half_towards
from auditlib.standards.unknown import span
from auditlib.statistics.acceptance import AcceptanceNumbers, acceptance_numbers
from auditlib.statistics.intervals import quantile_ranks
from auditlib.statistics.types import Floats, Numbers, as_floats, normal_quantile

QUANTILE = "share"
"""Option by which the measure of a quantile is told which."""


class Reckoning(StrEnum):
    """How chances are computed."""

    EXACT = "exact"
    APPROXIMATE = "approximate"
    CERTAIN = "judged as it stands"


class OutcomeChances(NamedTuple):
    """Chances of the three outcomes, one of each per true value; they add up to 1."""

    met: Floats
    not_met: Floats
    not_demonstrated: Floats


class Curve(Protocol):
    """The chances of the outcomes by the true value."""

    def chances(self, true: Numbers) -> OutcomeChances:
        """Return the chances at true values."""

    def value_for(self, outcome: Outcome, chance: float) -> float | None:
        """Return the true value at which ``met`` or ``not_met`` has `chance`; None where there is none."""


@dataclass(frozen=True, slots=True)
class CountedCurve:
    """An outcome that a count of cases decides.

    Parameters
    ----------
    numbers
        From which counts on it is decided.
    good
        Whether the cases counted are those on the good side.
    """

    numbers: AcceptanceNumbers
    good: bool

    def chances(self, true: Numbers) -> OutcomeChances:
        """Return the chances at true shares."""
        few, straddling, many = self.numbers.chances(true)
        return OutcomeChances(many, few, straddling) if self.good else OutcomeChances(few, many, straddling)

    def value_for(self, outcome: Outcome, chance: float) -> float | None:
        """Return the true share at which `outcome` has `chance`."""
        if (outcome is Outcome.MET) is self.good:
            return self.numbers.share_for_many(chance)
        return self.numbers.share_for_few(chance)


@dataclass(frozen=True, slots=True)
class NormalCurve:
    """An outcome that a value with a normal error decides.

    Parameters
    ----------
    target
        The value demanded.
    error
        Standard error of the value, or of its logarithm.
    errors_apart
        How many standard errors from the target the value must lie for an outcome.
    ratio
        Whether the logarithm of the value is what is normal.
    """

    target: Target
    error: float
    errors_apart: float
    ratio: bool = False

    def chances(self, true: Numbers) -> OutcomeChances:
        """Return the chances at true values."""
        from scipy.special import ndtr

        values = as_floats(true)
        distance = np.log(values) - log(self.target.value) if self.ratio else values - self.target.value
        ahead = self._sign * distance / self.error
        met, missed = ndtr(ahead - self.errors_apart), ndtr(-ahead - self.errors_apart)
        return OutcomeChances(met, missed, (1 - met - missed).clip(0, 1))

    def value_for(self, outcome: Outcome, chance: float) -> float | None:
        """Return the true value at which `outcome` has `chance`."""
        from scipy.special import ndtri

        side = self._sign if outcome is Outcome.MET else -self._sign
        move = side * (self.errors_apart + float(ndtri(chance))) * self.error
        return self.target.value * float(np.exp(move)) if self.ratio else self.target.value + move

    @property
    def _sign(self) -> int:
        return 1 if self.target.direction is Direction.AT_LEAST else -1


@dataclass(frozen=True, slots=True)
class CertainCurve:
    """An outcome in which there is no chance.

    Parameters
    ----------
    target
        The value demanded.
    reached, missed
        The outcome where the true value reaches it, and where it does not.
    """

    target: Target
    reached: Outcome = Outcome.MET
    missed: Outcome = Outcome.NOT_MET

    def chances(self, true: Numbers) -> OutcomeChances:
        """Return the chances, each 0 or 1."""
        values = as_floats(true)
        at_least = self.target.direction is Direction.AT_LEAST
        good = values >= self.target.value if at_least else values <= self.target.value
        met, missed, straddling = (
            np.where(good, self.reached is outcome, self.missed is outcome).astype(np.float64)
            for outcome in (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)
        )
        return OutcomeChances(met, missed, straddling)

    def value_for(self, outcome: Outcome, chance: float) -> float | None:
        """Return the target: on one side of it the outcome is certain; None where it never comes."""
        return self.target.value if outcome in (self.reached, self.missed) else None


@dataclass(frozen=True, slots=True)
class Characteristic:
    """How likely each outcome of a criterion is, by what is true.

    Parameters
    ----------
    criterion
        The demand.
    n
        Cases looked at.
    curve
        The chances; None where they cannot be said.
    reckoning
        How the chances are computed.
    unit
        Of the true value: ``share``, also where a quantile is decided by a share of cases.
    on_target
        The true value that lies exactly on the target.
    reason
        Why there is no curve.
    """

    criterion: Criterion
    n: int
    curve: Curve | None
    reckoning: Reckoning = Reckoning.CERTAIN
    unit: str = "share"
    on_target: float = 0.0
    reason: str = ""

    @property
    def by_chance(self) -> bool:
        """Whether chance has a part in the outcome."""
        return self.curve is not None and self.reckoning is not Reckoning.CERTAIN


def characteristic(criterion: Criterion, measurement: Measurement, *, rule: DecisionRule) -> Characteristic:
    """Return the operating characteristic of `criterion` at the size of `measurement`.

    Parameters
    ----------
    measurement
        What was found, or what might be: its n, how it is summed up, its interval; its value is not used but
        for how far the interval reaches.
    rule
        How sure the edition wants to be.
    """
    target, n = criterion.target, measurement.n
    if measurement.value is None or n == 0:
        return Characteristic(criterion, n, None, unit=measurement.unit, reason=measurement.reason)
    certain = Characteristic(criterion, n, None, Reckoning.CERTAIN, measurement.unit, target.value)
    if measurement.statistic is Statistic.COUNT or is_population(criterion, measurement):
        return replace(certain, curve=_as_it_stands(criterion, measurement, rule))
    if measurement.statistic is Statistic.SHARE:
        return _shared(certain, measurement, rule)
    if measurement.statistic is Statistic.QUANTILE:
        return _of_quantile(certain, measurement, rule)
    return _of_value(certain, measurement, rule)


def _outcome(criterion: Criterion, measurement: Measurement, rule: DecisionRule) -> Outcome:
    required = rule.required_probability
    return judge_one(criterion, measurement, mode=rule.mode, required_probability=required).outcome


def _as_it_stands(criterion: Criterion, measurement: Measurement, rule: DecisionRule) -> CertainCurve:
    """Ask the law for a value on the target, and for one just beyond it."""
    target = criterion.target
    worse = -inf if target.direction is Direction.AT_LEAST else inf
    plain = replace(measurement, statistic=Statistic.COUNT, successes=None, excused=0, unknown=0, bounds=None)
    reached, missed = (
        _outcome(criterion, replace(plain, value=value), rule)
        for value in (target.value, float(np.nextafter(target.value, worse)))
    )
    return CertainCurve(target, reached, missed)


def _shared(certain: Characteristic, measurement: Measurement, rule: DecisionRule) -> Characteristic:
    """Return the chances of a share; cases that are alike are so many fewer independent ones."""
    alike, criterion = measurement.design_effect, certain.criterion
    if alike == 1:
        curve = _of_share(criterion, measurement, rule)
        return replace(certain, curve=curve, reckoning=_how(measurement))
    n, successes, excused, unknown = (
        round((number or 0) / alike)
        for number in (measurement.n, measurement.successes, measurement.excused, measurement.unknown)
    )
    independent = replace(
        measurement, n=n, successes=successes, excused=excused, unknown=unknown, design_effect=1.0
    )
    if measurement.n >= criterion.minimum_n:  # what is demanded is answers, alike or not
        criterion = replace(criterion, minimum_n=min(criterion.minimum_n, n))
    return replace(certain, curve=_of_share(criterion, independent, rule), reckoning=Reckoning.APPROXIMATE)


def _of_share(criterion: Criterion, measurement: Measurement, rule: DecisionRule) -> CountedCurve:
    good = criterion.target.direction is Direction.AT_LEAST
    wider = _wider(measurement)
    return _counted(
        measurement.n,
        lambda count: _outcome(criterion, _with_count(measurement, count, wider), rule),
        good=good,
    )


def _counted(n: int, outcome: Callable[[int], Outcome], *, good: bool) -> CountedCurve:
    many, few = (Outcome.MET, Outcome.NOT_MET) if good else (Outcome.NOT_MET, Outcome.MET)
    numbers = acceptance_numbers(
        n, few=lambda count: outcome(count) is few, many=lambda count: outcome(count) is many
    )
    return CountedCurve(numbers, good)


def _wider(measurement: Measurement) -> tuple[float, float]:
    """Return by how much the interval of a measure is wider, below and above, than that of its count."""
    if measurement.interval is None or measurement.value is None:
        return 0.0, 0.0
    count = round(measurement.value * measurement.n)
    plain = span(count, measurement.n, measurement.unknown, level=measurement.interval.level)
    low, high = plain.low - measurement.interval.low, measurement.interval.high - plain.high
    return (low if abs(low) > _LAST_BITS else 0.0), (high if abs(high) > _LAST_BITS else 0.0)


_LAST_BITS = 1e-9


def _how(measurement: Measurement) -> Reckoning:
    return Reckoning.APPROXIMATE if any(_wider(measurement)) else Reckoning.EXACT


def _with_count(measurement: Measurement, count: int, wider: tuple[float, float]) -> Measurement:
    """Return the measurement as it would be with `count` cases that count, the excused among them."""
    n, excused = measurement.n, min(measurement.excused, count)
    successes, interval = count - excused, None
    if measurement.interval is not None:
        plain = span(successes, n, measurement.unknown, level=measurement.interval.level)
        interval = Interval(plain.low - wider[0], plain.high + wider[1], plain.level, plain.method)
    return replace(measurement, value=successes / n, successes=successes, excused=excused, interval=interval)


def _of_quantile(certain: Characteristic, measurement: Measurement, rule: DecisionRule) -> Characteristic:
    criterion, interval, share = (
        certain.criterion,
        measurement.interval,
        certain.criterion.options.get(QUANTILE),
    )
    at_most = criterion.target.direction is Direction.AT_MOST
    if (
        not isinstance(share, float)
        or interval is None
        or not at_most
        or rule.mode is DecisionMode.PROBABILITY
    ):
        return replace(certain, reason="the chances of this quantile are not known for this rule of proof")
    n = round(
        certain.n / measurement.design_effect
    )  # waits that are alike are so many fewer independent ones
    ranks = quantile_ranks(n, share, level=interval.level)

    def outcome(count: int) -> Outcome:
        return _outcome(criterion, _with_good(measurement, criterion.target.value, count, ranks), rule)

    curve = _counted(n, outcome, good=True)
    how = Reckoning.EXACT if n == certain.n else Reckoning.APPROXIMATE
    return replace(certain, curve=curve, reckoning=how, unit="share", on_target=share)


def _with_good(
    measurement: Measurement, target: float, count: int, ranks: tuple[int, int, int]
) -> Measurement:
    """Return the measurement as it would be with `count` cases up to the target, the others beyond it."""
    low, value, high = (target if count >= rank else target + 1 for rank in ranks)
    return replace(measurement, value=value, interval=Interval(low, high), unknown=0, bounds=None)


def _of_value(certain: Characteristic, measurement: Measurement, rule: DecisionRule) -> Characteristic:
    """Return the characteristic of a mean, score, difference or ratio, from how far its interval reaches."""
    value, interval, target = measurement.value or 0.0, measurement.interval, certain.criterion.target
    if certain.n < certain.criterion.minimum_n:
        open_either_way = CertainCurve(target, Outcome.NOT_DEMONSTRATED, Outcome.NOT_DEMONSTRATED)
        return replace(certain, curve=open_either_way)
    ratio = measurement.statistic is Statistic.RATIO
    half = 0.0 if interval is None else _half(value, interval, target, ratio=ratio)
    if interval is None or half <= 0:
        return replace(certain, reason=UNKNOWN_ERROR)
    error, level = half / normal_quantile(interval.level), interval.level
    curve = NormalCurve(target, error, _errors_apart(certain.criterion, rule, level), ratio)
    return replace(certain, curve=curve, reckoning=Reckoning.APPROXIMATE)


UNKNOWN_ERROR = "how far chance moves the value is known in an audit alone, from its own interval"


def _half(value: float, interval: Interval, target: Target, *, ratio: bool) -> float:
    """Return how far the interval reaches, of a ratio its logarithm; 0 where that cannot be said."""
    if not ratio:
        return half_towards(value, interval, target.direction)
    if min(value, interval.low, target.value) <= 0:
        return 0.0
    logs = Interval(log(interval.low), log(interval.high), interval.level)
    return half_towards(log(value), logs, target.direction)


def _errors_apart(criterion: Criterion, rule: DecisionRule, level: float) -> float:
    """Return how many standard errors from the target a value must lie to decide."""
    if rule.mode is DecisionMode.POINT or criterion.kind is Kind.RIGID:
        return 0.0
    if rule.mode is DecisionMode.INTERVAL:
        return normal_quantile(level)
    return normal_quantile(2 * rule.required_probability - 1)
