"""Criterion and measurement to outcome, one at a time: the law as it reads.

Conventions
-----------
- No evidence is never a pass: without a value, or with n = 0, the outcome is ``not_assessable``.
- Exactly on the target is met.
- *Rigid*: every case is within the limit, or it is not met. The whole population is re-performed, so
  there is no interval; a sample without a breach demonstrates nothing.
- *Flexible*: a case excused by a valid recorded deviation counts as within the limit, if the criterion
  allows deviations at all; the share excused has its own limit, judged as it stands.
- *Discretionary*: satisfaction is judged, and nothing else; a time would only be information.
- Mode ``interval``: met if the whole interval is on the good side, not met if the whole interval is on
  the bad side, otherwise not demonstrated. Mode ``probability``: met if the posterior probability that
  the true value reaches the target is at least the one required, not met if it is at most one minus
  that. Shares have a Beta posterior under Jeffreys' prior, Beta(k + 1/2, n - k + 1/2) (Jeffreys 1946);
  everything else a normal one under a flat prior, its spread taken from the interval. Mode ``point``:
  the value as it stands.
- Counts of the whole carry no interval and are judged as they stand in every mode. So are the shares of a
  population, all of whose cases are known: a criterion says ``cases: population`` or ``process``, and
  where it says neither a complete register is a population.
- Cases of which it is not known whether they count are on neither side of the value. The outcome must be
  the same with all of them against it and with all of them for it (worst-case bounds: Manski 2003,
  Partial Identification of Probability Distributions, chapter 1); otherwise it is not demonstrated.
- Fewer observations than the criterion asks for: not demonstrated, whatever they say, except that a
  single breach of a rigid demand is a breach.
"""

from __future__ import annotations

from dataclasses import replace

from auditlib.errors import ParameterError, Problem
from auditlib.records import (
    Cases,
    Criterion,
    DecisionMode,
    Direction,
    EvidenceLevel,
    Interval,
    Judgement,
    Kind,
    Measurement,
    Outcome,
    Statistic,
    Target,
)
from auditlib.standards.needed import n_needed
from auditlib.standards.profile import Exemption
from auditlib.standards.unknown import ends, unclear
from auditlib.standards.words import amount, demanded
from auditlib.statements import counted, spanned
from auditlib.statistics.intervals import wilson
from auditlib.statistics.types import normal_quantile

_JUDGED = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)


def judge_one(
    criterion: Criterion,
    measurement: Measurement,
    *,
    mode: DecisionMode = DecisionMode.INTERVAL,
    required_probability: float = 0.95,
    exemption: Exemption | None = None,
) -> Judgement:
    """Return what `measurement` says about `criterion`.

    Parameters
    ----------
    criterion, measurement
        The demand, and what was found for its metric.
    mode
        How sure the audit must be.
    required_probability
        For mode ``probability``, between 0.5 and 1.
    exemption
        Why the criterion is not judged at all, where a profile says so.

    Raises
    ------
    ParameterError
        If a rigid criterion is waived.
    """
    if exemption is not None:
        return _exempted(criterion, measurement, exemption)
    if measurement.value is None or (measurement.n == 0 and measurement.bounds is None):
        reason = measurement.reason or "there is no usable evidence: 0 of 0 is not a pass"
        return Judgement(criterion, measurement, Outcome.NOT_ASSESSABLE, reason)
    if is_population(criterion, measurement):
        measurement = replace(measurement, interval=None)
    judged = _either_way if measurement.unknown else _judged
    return _noted(judged(criterion, measurement, mode, required_probability))


def is_population(criterion: Criterion, measurement: Measurement) -> bool:
    """Return whether the cases are all there are, so that the share is exact."""
    register = measurement.level is EvidenceLevel.REGISTER
    whole = register if criterion.cases is None else criterion.cases is Cases.POPULATION
    return whole and measurement.complete


def _judged(criterion: Criterion, measurement: Measurement, mode: DecisionMode, required: float) -> Judgement:
    if criterion.kind is Kind.RIGID:
        return _rigid(criterion, measurement, measurement.value or 0.0)
    if criterion.kind is Kind.FLEXIBLE:
        return _flexible(criterion, measurement, mode, required)
    return _demonstrated(criterion, measurement, measurement.value or 0.0, mode, required)


def _either_way(
    criterion: Criterion, measurement: Measurement, mode: DecisionMode, required: float
) -> Judgement:
    """Judge with the unknown cases on either side; too few known cases stay too few."""
    few = measurement.n < criterion.minimum_n
    asked = replace(criterion, minimum_n=measurement.n + measurement.unknown + 1) if few else criterion
    low, high = (_judged(asked, end, mode, required) for end in ends(measurement))
    margin = _judged(asked, measurement, mode, required).margin or 0.0
    if few and Outcome.NOT_MET not in (low.outcome, high.outcome):
        return _too_few(criterion, measurement, margin)
    outcome = low.outcome if low.outcome is high.outcome else Outcome.NOT_DEMONSTRATED
    reason = f"{_range(measurement)}, {demanded(criterion, measurement.unit)}; {unclear(measurement)}"
    return Judgement(criterion, measurement, outcome, reason, margin)


def _range(measurement: Measurement) -> str:
    """Return a value as it is said; a share with bounds as these: what is known is no share of all."""
    if measurement.bounds is None or measurement.statistic is not Statistic.SHARE:
        return amount(measurement.value or 0.0, measurement.unit)
    low, high = (amount(end.value or 0.0, measurement.unit) for end in ends(measurement))
    return spanned(low, high, apart="{low} to {high}", same="{low}").text


def _noted(judgement: Judgement) -> Judgement:
    """Return the judgement with what limits its measurement, where it does not say so already."""
    note = judgement.measurement.reason
    if not note or note in judgement.reason:
        return judgement
    return replace(judgement, reason=f"{judgement.reason}; {note}")


def _exempted(criterion: Criterion, measurement: Measurement, exemption: Exemption) -> Judgement:
    if criterion.kind is Kind.RIGID and exemption.outcome is Outcome.WAIVED:
        raise ParameterError(
            Problem(f"{criterion.id} is rigid: a waiver is refused.", remedy="Remove the waiver.")
        )
    return Judgement(criterion, measurement, exemption.outcome, exemption.reason)


def _rigid(criterion: Criterion, measurement: Measurement, value: float) -> Judgement:
    margin = margin_of(criterion.target, value)
    if margin < 0:
        return Judgement(criterion, measurement, Outcome.NOT_MET, _breached(criterion, measurement), margin)
    if measurement.n < criterion.minimum_n:
        return _too_few(criterion, measurement, margin)
    if not measurement.complete:
        reason = "a sample without a breach does not show that there is none: every case must be looked at"
        return Judgement(criterion, measurement, Outcome.NOT_DEMONSTRATED, reason, margin)
    reason = f"{amount(value, measurement.unit)}, {demanded(criterion, measurement.unit)}"
    return Judgement(criterion, measurement, Outcome.MET, reason, margin)


def _breached(criterion: Criterion, measurement: Measurement) -> str:
    if measurement.successes is None or measurement.value is None:
        value = amount(measurement.value or 0.0, measurement.unit)
        return f"{value}, {demanded(criterion, measurement.unit)}"
    outside = measurement.successes
    if criterion.target.direction is Direction.AT_LEAST:
        outside = measurement.n - measurement.successes
    cases = f"{outside:,} of {counted(measurement.n, 'case')} {'is' if outside == 1 else 'are'}"
    return f"{cases} outside the limit; a rigid demand allows none"


def _flexible(
    criterion: Criterion, measurement: Measurement, mode: DecisionMode, required: float
) -> Judgement:
    limit = criterion.excused_limit
    if limit is None or not measurement.excused:
        return _demonstrated(criterion, measurement, measurement.value or 0.0, mode, required)
    excused = measurement.excused / measurement.n
    counted = with_excused(measurement)
    if excused > limit:
        reason = f"{excused:.1%} of the cases are excused by recorded deviations; at most {limit:.1%} may be"
        margin = margin_of(criterion.target, counted.value or 0.0)
        return Judgement(criterion, measurement, Outcome.NOT_MET, reason, margin)
    judged = _demonstrated(criterion, counted, counted.value or 0.0, mode, required)
    reason = f"{judged.reason}; {excused:.1%} excused by recorded deviations, at most {limit:.1%} may be"
    return replace(judged, measurement=measurement, reason=reason)


def with_excused(measurement: Measurement) -> Measurement:
    """Return the share of cases within the limit *or* validly excused, with its Wilson interval."""
    if measurement.successes is None:
        raise ValueError("excused cases need the number of cases within the limit")
    count = measurement.successes + measurement.excused
    level = 0.95 if measurement.interval is None else measurement.interval.level
    alike = measurement.design_effect
    limits = wilson(count / alike, measurement.n / alike, level=level)
    interval = Interval(float(limits.low), float(limits.high), level, "Wilson")
    return replace(measurement, value=count / measurement.n, successes=count, interval=interval)


def _demonstrated(
    criterion: Criterion, measurement: Measurement, value: float, mode: DecisionMode, required: float
) -> Judgement:
    margin = margin_of(criterion.target, value)
    if measurement.n < criterion.minimum_n:
        return _too_few(criterion, measurement, margin)
    reached = f"{amount(value, measurement.unit)}, {demanded(criterion, measurement.unit)}"
    whole = measurement.statistic is Statistic.COUNT or is_population(criterion, measurement)
    if mode is DecisionMode.POINT or whole:
        outcome = Outcome.MET if margin >= 0 else Outcome.NOT_MET
        return Judgement(criterion, measurement, outcome, reached, margin)
    if measurement.interval is None:
        reason = f"{reached}; there is no interval, so that it demonstrates nothing: {_why(measurement)}"
        return Judgement(criterion, measurement, Outcome.NOT_DEMONSTRATED, reason, margin)
    if mode is DecisionMode.INTERVAL:
        outcome, words = _by_interval(criterion.target, measurement.interval, measurement.unit)
    else:
        outcome, words = _by_probability(criterion.target, measurement, measurement.interval, required)
    if outcome is not Outcome.NOT_DEMONSTRATED:
        return Judgement(criterion, measurement, outcome, f"{reached}; {words}", margin)
    needed = n_needed(criterion.target, measurement)
    reason = f"{reached}; {words}; {_still(needed, measurement)}"
    return Judgement(criterion, measurement, outcome, reason, margin, needed)


def chance_of(judgement: Judgement) -> float | None:
    """Return the probability a judgement in mode ``probability`` rests on; None where it rests on none."""
    criterion, measured = judgement.criterion, judgement.measurement
    if measured.value is None or measured.n == 0 or measured.interval is None or criterion.kind is Kind.RIGID:
        return None
    if measured.statistic is Statistic.COUNT or judgement.outcome not in _JUDGED:
        return None
    if criterion.kind is Kind.FLEXIBLE and criterion.excused_limit is not None and measured.excused:
        measured = with_excused(measured)
    return (
        None
        if measured.interval is None
        else probability_reached(criterion.target, measured, measured.interval)
    )


def margin_of(target: Target, value: float) -> float:
    """Return the distance of `value` from the target, positive on the good side."""
    return value - target.value if target.direction is Direction.AT_LEAST else target.value - value


def _too_few(criterion: Criterion, measurement: Measurement, margin: float) -> Judgement:
    known = n_needed(criterion.target, measurement) if criterion.kind is not Kind.RIGID else None
    needed = max(criterion.minimum_n, known or 0)
    missing = needed - measurement.n
    asked = f"at least {criterion.minimum_n:,} are asked for"
    reason = f"{counted(measurement.n, 'observation')}, {asked}; {missing:,} more needed"
    return Judgement(criterion, measurement, Outcome.NOT_DEMONSTRATED, reason, margin, needed)


def _by_interval(target: Target, interval: Interval, unit: str) -> tuple[Outcome, str]:
    limits = f"{amount(interval.low, unit)} to {amount(interval.high, unit)}"
    worst, best = interval.low, interval.high
    if target.direction is Direction.AT_MOST:
        worst, best = interval.high, interval.low
    if target.reached_by(worst):
        return Outcome.MET, f"the whole interval, {limits}, is on the good side"
    if not target.reached_by(best):
        return Outcome.NOT_MET, f"the whole interval, {limits}, is on the bad side"
    return Outcome.NOT_DEMONSTRATED, f"the interval, {limits}, straddles the target"


def _by_probability(
    target: Target, measurement: Measurement, interval: Interval, required: float
) -> tuple[Outcome, str]:
    chance = probability_reached(target, measurement, interval)
    words = f"the probability that the target is reached is {chance:.3f}, {required:.3f} is required"
    if chance >= required:
        return Outcome.MET, words
    if chance <= 1 - required:
        return Outcome.NOT_MET, words
    return Outcome.NOT_DEMONSTRATED, words


def probability_reached(target: Target, measurement: Measurement, interval: Interval) -> float:
    """Return the posterior probability that the true value reaches the target, between 0 and 1."""
    from scipy.special import betainc, ndtr

    value = measurement.value or 0.0
    if measurement.statistic is Statistic.SHARE and measurement.successes is not None:
        count, n = (number / measurement.design_effect for number in (measurement.successes, measurement.n))
        below = float(betainc(count + 0.5, n - count + 0.5, min(1.0, max(0.0, target.value))))
    else:
        spread = (interval.high - interval.low) / 2 / normal_quantile(interval.level)
        if spread == 0:
            return float(target.reached_by(value))
        below = float(ndtr((target.value - value) / spread))
    return 1 - below if target.direction is Direction.AT_LEAST else below


def _why(measurement: Measurement) -> str:
    return measurement.reason or "the evidence does not carry one"


def _still(needed: int | None, measurement: Measurement) -> str:
    if needed is None:
        return "at this value no number of observations would demonstrate it"
    more = max(0, needed - measurement.n)
    return (
        f"{counted(needed, 'observation')} with the same result would demonstrate it, {more:,} more "
        "than there are"
    )
