"""Which ranks each unit may hold: for sure, and probably."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.benchmark.outliers import OutlierJudgement
from auditlib.benchmark.scores import UnitScores
from auditlib.records import Refusal
from auditlib.statistics import ranks
from auditlib.statistics.likely_ranks import LikelyRanks, likely_ranks
from auditlib.statistics.ranks import RankSets
from auditlib.statistics.types import Floats

_DRAWN = 800_000
FEWEST_DRAWS = 1000
STEADYING = 30.0
"""Answers that the variance pooled over all units counts for in that of each."""


@dataclass(frozen=True, slots=True)
class ComparedRanks:
    """Ranks of the compared units; rank 1 is the highest value.

    Parameters
    ----------
    marginal
        Sets that each hold their own unit's rank, at the least with the confidence of the comparison.
    joint
        Sets that hold all ranks at once, at the least with that confidence: what can be told apart.
    likely
        Intervals that hold for that share of the units: roughly where each stands; or why there are none.
    """

    marginal: RankSets
    joint: RankSets
    likely: LikelyRanks | Refusal

    @property
    def span(self) -> float:
        """Median number of places that cannot be ruled out for a unit."""
        return float(np.median(self.marginal.high - self.marginal.low + 1))

    @property
    def likely_span(self) -> float | Refusal:
        """Median number of places a unit probably holds one of."""
        if isinstance(self.likely, Refusal):
            return self.likely
        return float(np.median(self.likely.high - self.likely.low + 1))

    @property
    def upper_half(self) -> int:
        """How many units surely belong to the upper half, all at once."""
        return int((self.joint.high <= len(self.joint.high) // 2).sum())

    @property
    def lower_half(self) -> int:
        """How many units surely belong to the lower half, all at once."""
        return int((self.joint.low > (len(self.joint.low) + 1) // 2).sum())


def draws_for(units: int) -> int:
    """Return how many samples to simulate: with 40 units 20,000, so that another start moves few ends.

    Of the ends of sets of 40 units few then move, by one place (``python -m benchmarks units``); of 1,000
    samples one in three, by up to three. With hundreds of units one place is little, and time is not.
    """
    return max(FEWEST_DRAWS, _DRAWN // max(1, units))


def rank_sets(
    scores: UnitScores, judgement: OutlierJudgement, *, confidence: float, seed: int, draws: int
) -> ComparedRanks | Refusal:
    """Return the ranks of the compared units, from `draws` simulated samples started at `seed`."""
    value, errors = scores.value[judgement.chosen], _errors(scores, judgement)
    rng = np.random.default_rng(seed)
    marginal = ranks.marginal(value, errors, rng=rng, level=confidence, draws=draws)
    joint = ranks.simultaneous(value, errors, rng=rng, level=confidence, draws=draws)
    if isinstance(marginal, Refusal):
        return marginal
    if isinstance(joint, Refusal):
        return joint
    if not scores.adjusted_for:  # ranks are the same on the funnel's scale, where errors depend on n alone
        value, errors = judgement.deviations, judgement.errors
    return ComparedRanks(marginal, joint, likely_ranks(value, errors, rng=rng, level=confidence, draws=draws))


def _errors(scores: UnitScores, judgement: OutlierJudgement) -> Floats:
    """Return each unit's own standard error, steadied by that of all.

    A share of 0 or 1 has no plug-in error: two successes and two failures are added (Agresti and Coull 1998,
    The American Statistician 52:119-126). The variance of other statistics is averaged with the one pooled
    over units as if that rested on `STEADYING` answers more (Smyth 2004, Statistical Applications in Genetics
    and Molecular Biology 3:3): the extremes of many units are else those whose variance happens to be small.
    """
    n = scores.effective_n[judgement.chosen]
    if scores.measure.is_share and not scores.adjusted_for:
        share = (scores.value[judgement.chosen] * n + 2) / (n + 4)
        return np.asarray(np.sqrt(share * (1 - share) / n))
    own = scores.variance[judgement.chosen]
    return np.sqrt((STEADYING * judgement.sigma2 + (n - 1) * own) / (STEADYING + n - 1) / n)
