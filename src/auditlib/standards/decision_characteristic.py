"""The operating characteristic of the whole decision: how often an audit decides which way, by what is true.

Conventions
-----------
- What is true moves along one path for all criteria at once. *Position* 0 is every target exactly, 1 the
  tightest value that the catalogue lets a party choose, -1 the loosest, straight lines between them. Where a
  quantile is demanded, cases are taken to fall off exponentially, as waits do.
- A rigid demand has no better and no worse target: of its cases the share *slip* is outside the limit.
- Outcomes of criteria are drawn from their own characteristics, independently of each other, and `decide` is
  asked of every audit drawn. The same draws serve every point, so that curves are smooth.
- No other notebook raises a finding. A minor has a plan that the register accepts, or no minor has one.
- What an edition alone cannot say of a criterion is taken to be known exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from auditlib.records import Grade, Judgement, Kind, Outcome
from auditlib.standards.characteristic import (
    QUANTILE,
    CertainCurve,
    Characteristic,
    CountedCurve,
    characteristic,
)
from auditlib.standards.decision import decide
from auditlib.standards.profile import Demands
from auditlib.standards.scoring import JUDGED
from auditlib.standards.verdict import Verdict
from auditlib.statistics.types import Floats

DRAWN = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true of an operation, for all criteria at once.

    Parameters
    ----------
    position
        From -1, every value at the loosest end of its catalogue, over 0, on every target, to 1, the tightest.
    slip
        Share of the cases of every rigid demand that are outside the limit.
    """

    position: float
    slip: float = 0.0


@dataclass(frozen=True, slots=True)
class DecisionChances:
    """How often the decision falls which way in one situation.

    Parameters
    ----------
    situation
        What is true.
    plans
        Whether every minor has an accepted plan.
    met, not_met, not_demonstrated
        Shares of the audits drawn.
    audits
        How many were drawn.
    """

    situation: Situation
    plans: bool
    met: float
    not_met: float
    not_demonstrated: float
    audits: int


@dataclass(frozen=True)
class Criteria:
    """What a decision is drawn of.

    Parameters
    ----------
    demands
        The edition in force.
    judgements
        One for each criterion; those without a value, or set aside, stay as they are in every audit drawn.
    characteristics
        One for each criterion.
    """

    demands: Demands
    judgements: tuple[Judgement, ...]
    characteristics: tuple[Characteristic, ...]

    @cached_property
    def ways(self) -> tuple[tuple[Judgement, ...], ...]:
        """Each judgement as each outcome in the order of `DRAWN`, and last as it is."""
        return tuple(
            (*(replace(entry, outcome=outcome) for outcome in DRAWN), entry) for entry in self.judgements
        )

    @property
    def minors(self) -> tuple[str, ...]:
        """Ids of the criteria that raise a minor."""
        return tuple(
            entry.criterion.id for entry in self.judgements if entry.criterion.severity is Grade.MINOR
        )


def criteria_of(verdict: Verdict) -> Criteria:
    """Return the criteria of a verdict with their characteristics, each at the size of its measurement."""
    rule = verdict.demands.edition.rule
    known = tuple(
        characteristic(entry.criterion, entry.measurement, rule=rule) for entry in verdict.judgements
    )
    return Criteria(verdict.demands, verdict.judgements, known)


def decision_chances(
    criteria: Criteria, situations: Sequence[Situation], *, audits: int, rng: np.random.Generator
) -> tuple[DecisionChances, ...]:
    """Return the chances of the decision in each situation, with plans for every minor and without.

    Parameters
    ----------
    criteria
        What is judged, at which sizes.
    audits
        How many are drawn; a chance has a standard error of at most 1 / (2 sqrt(audits)).
    rng
        Where chance comes from.
    """
    luck = rng.random((audits, len(criteria.judgements)))
    return tuple(
        _decided(criteria, situation, luck, plans=plans)
        for plans in (True, False)
        for situation in situations
    )


def true_value(known: Characteristic, situation: Situation) -> float:
    """Return the true value of one criterion in a situation, in the unit of its characteristic."""
    target = known.criterion.target
    if known.criterion.kind is Kind.RIGID and isinstance(known.curve, CountedCurve):
        return target.value - situation.slip if known.curve.good else target.value + situation.slip
    end = target.tightest if situation.position >= 0 else target.loosest
    value = target.value + abs(situation.position) * (end - target.value)
    share = known.criterion.options.get(QUANTILE)
    if isinstance(known.curve, CountedCurve) and known.unit == "share" and isinstance(share, float):
        return float(1 - (1 - share) ** (target.value / value))
    return value


def _decided(criteria: Criteria, situation: Situation, luck: Floats, *, plans: bool) -> DecisionChances:
    patterns, times = np.unique(_drawn(criteria, situation, luck), axis=0, return_counts=True)
    closed = criteria.minors if plans else ()
    counts = dict.fromkeys(Outcome, 0)
    for pattern, count in zip(patterns.tolist(), times.tolist(), strict=True):
        judgements = [ways[place] for ways, place in zip(criteria.ways, pattern, strict=True)]
        counts[decide(criteria.demands, judgements, findings=(), closed=closed).compared] += count
    met, not_met, open_ = (counts[outcome] / len(luck) for outcome in DRAWN)
    return DecisionChances(situation, plans, met, not_met, open_, len(luck))


def _drawn(criteria: Criteria, situation: Situation, luck: Floats) -> NDArray[np.int8]:
    """Return the outcomes drawn as places in `DRAWN`, -1 where none is; shape (audits, criteria)."""
    drawn = np.full(luck.shape, -1, dtype=np.int8)
    for place, (known, judgement) in enumerate(
        zip(criteria.characteristics, criteria.judgements, strict=True)
    ):
        if judgement.measurement.value is None or judgement.outcome not in JUDGED:
            continue
        curve = known.curve or CertainCurve(known.criterion.target)
        met, not_met, _ = (float(chance) for chance in curve.chances(true_value(known, situation)))
        drawn[:, place] = np.searchsorted([met, met + not_met], luck[:, place], side="right")
    return drawn
