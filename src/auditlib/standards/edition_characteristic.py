"""The operating characteristic that an edition has before any audit, at stated sizes; stored beside it.

One row a criterion, size and true value, and one a decision, size and situation, in a form that a spreadsheet
opens: the file is made again by ``auditlib standards characteristic``, and a test holds it and the edition
together.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import StringIO

import numpy as np

from auditlib.records import Criterion, Direction, EvidenceLevel, Interval, Kind, Measurement, Statistic
from auditlib.standards.characteristic import Characteristic
from auditlib.standards.characteristic_answer import OperatingCharacteristic
from auditlib.standards.decision_characteristic import (
    Criteria,
    DecisionChances,
    Situation,
    criteria_of,
    decision_chances,
)
from auditlib.standards.edition import Edition
from auditlib.standards.measure import Measure, nothing
from auditlib.standards.planned import PLANNED
from auditlib.standards.profile import Demands
from auditlib.standards.unknown import span
from auditlib.standards.verdict import verdict_of
from auditlib.statements import counted

SIZES = (100, 400, 1600)
"""Cases a criterion is judged on; where it asks for more, as many as it asks for."""
LEVEL = 0.95
"""Coverage of intervals, where a run declares no other."""
STEPS = tuple(step / 50 for step in range(-8, 9))
"""How far true values lie from the target: up to 16 points either way, by 2."""
SLIPS = (0.0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Shares of cases outside the limit of a rigid demand."""
POSITIONS = tuple(step / 8 for step in range(-1, 9))
AUDITS, SEED = 1000, 20260101
COLUMNS = ("subject", "how", "n", "position", "plans", "true", "met", "not_met", "not_demonstrated")
DECISION = "decision"
_DECIMALS = 4


def situations() -> tuple[Situation, ...]:
    """Return the situations a decision is drawn for: along the targets, then along the slips."""
    along = [Situation(position) for position in POSITIONS]
    return (*along, *(Situation(1.0, slip) for slip in SLIPS[1:]))


def supposed_measurement(criterion: Criterion, measure: Measure | None, *, n: int) -> Measurement:
    """Return a measurement exactly on the target, as the measure of `criterion` would give it of `n` cases.

    Parameters
    ----------
    measure
        None where this suite does not measure the metric.
    """
    if measure is None:
        what = PLANNED.get(criterion.metric, criterion.metric)
        return replace(nothing(f"this suite does not yet measure {what}"), built=False)
    value = criterion.target.value
    level = EvidenceLevel.REGISTER if measure.register else EvidenceLevel.RESPONSES
    plain = Measurement(criterion.metric, value, n, measure.statistic, measure.unit, level=level)
    if measure.statistic is Statistic.SHARE:
        successes = round(value * n)
        interval = span(successes, n, 0, level=LEVEL)
        return replace(plain, value=successes / n, successes=successes, interval=interval)
    if measure.statistic is Statistic.QUANTILE:
        return replace(plain, interval=Interval(value, value, LEVEL))
    return plain


def supposed(edition: Edition, measures: Mapping[str, Measure], *, n: int) -> Criteria:
    """Return the criteria of an edition with `n` cases each, or as many as a criterion asks for at least."""
    measurements = [
        supposed_measurement(criterion, measures.get(criterion.metric), n=max(n, criterion.minimum_n))
        for criterion in edition.criteria
    ]
    return criteria_of(verdict_of(Demands(edition), measurements))


def edition_characteristic(
    edition: Edition, measures: Mapping[str, Measure], *, n: int
) -> OperatingCharacteristic:
    """Return how likely each outcome of an edition is with `n` cases for every criterion."""
    return _characteristic(supposed(edition, measures, n=n))


def _characteristic(criteria: Criteria) -> OperatingCharacteristic:
    rng = np.random.default_rng(SEED)
    drawn = decision_chances(criteria, situations(), audits=AUDITS, rng=rng)
    return OperatingCharacteristic(criteria, drawn)


def stored_text(edition: Edition, measures: Mapping[str, Measure]) -> str:
    """Return the file that stands beside an edition, as CSV; the same bytes whenever it is made.

    Parameters
    ----------
    measures
        What this suite measures, by metric.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(edition, measures))
    return out.getvalue()


Row = tuple[str | int | float, ...]


def _rows(edition: Edition, measures: Mapping[str, Measure]) -> Iterator[Row]:
    by_size = {n: supposed(edition, measures, n=n) for n in SIZES}
    told: set[tuple[str, int]] = set()
    for criteria in by_size.values():
        for known in criteria.characteristics:
            if (known.criterion.id, known.n) not in told:
                told |= {(known.criterion.id, known.n), *_without_size(known)}
                yield from _criterion_rows(known)
    for n, criteria in by_size.items():
        for chances in _characteristic(criteria).decisions:
            yield _decision_row(n, chances)


def _decision_row(n: int, chances: DecisionChances) -> Row:
    situation, shares = chances.situation, (chances.met, chances.not_met, chances.not_demonstrated)
    rounded = (round(share, _DECIMALS) for share in shares)
    plans = "yes" if chances.plans else "no"
    how = f"drawn {counted(chances.audits, 'time')}"
    return DECISION, how, n, situation.position, plans, round(1 - situation.slip, _DECIMALS), *rounded


def _without_size(known: Characteristic) -> set[tuple[str, int]]:
    """Return the sizes that need no rows of their own, because chance has no part at any."""
    return set() if known.by_chance else {(known.criterion.id, n) for n in (0, *SIZES)}


def _criterion_rows(known: Characteristic) -> Iterator[Row]:
    name = known.criterion.id
    if known.curve is None or not known.by_chance:
        yield (name, known.reason or known.reckoning.value, *[""] * (len(COLUMNS) - 2))
        return
    for true in true_values(known):
        chances = (round(float(chance), _DECIMALS) for chance in known.curve.chances(true))
        yield name, known.reckoning.value, known.n, "", "", round(true, 6), *chances


def true_values(known: Characteristic) -> tuple[float, ...]:
    """Return the true shares it is told at: about its target, for a rigid demand short of every case."""
    target = known.on_target
    if known.criterion.kind is Kind.RIGID:
        sign = -1 if known.criterion.target.direction is Direction.AT_LEAST else 1
        return tuple(target + sign * slip for slip in SLIPS)
    return tuple(target + step for step in STEPS if 0 <= target + step <= 1)
