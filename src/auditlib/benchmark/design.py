"""How many answers each unit needs before a comparison can say what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from auditlib.benchmark.result import Comparison
from auditlib.benchmark.words import title_of
from auditlib.records import Number, Refusal, Sentence
from auditlib.statements import counted, spanned
from auditlib.statistics import ranks
from auditlib.statistics.reliability import n_for_gap, n_for_reliability
from auditlib.statistics.types import Floats, normal_quantile

MOST_SIMULATED = 60
"""Units up to which rank sets are simulated; with more an approximation is near enough."""
MOST_ANSWERS = 1_000_000
"""More answers a unit than this are out of reach."""
_REPLICATIONS, _DRAWS = 6, 200


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the next survey should be able to tell.

    Parameters
    ----------
    reliability
        Share of the differences between units that is not chance, between 0 and 1.
    gap
        True difference between two units, in points of the scale; of a share between 0 and 1.
    power
        Chance to show that gap.
    places
        Places the middle unit may hold at most.
    confidence
        Level of intervals and rank sets.
    """

    reliability: float = 0.7
    gap: float = 0.1
    power: float = 0.8
    places: int = 5
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class SampleSizes:
    """Answers each unit needs, wish by wish.

    Parameters
    ----------
    measured
        What is measured, in words.
    sigma, tau
        Standard deviation of answers within units, and of true values between units.
    units
        Units compared.
    has
        Answers the middle unit has now; 0 where nothing is known.
    needed
        Wish in words and answers per unit, or why no number of answers will do.
    reliable
        From how many answers to how many reliability takes, as far as the units compared tell how much they
        differ; None where that was declared.
    """

    measured: str
    sigma: float
    tau: float
    units: int
    has: int
    needed: tuple[tuple[str, int | Refusal], ...]
    reliable: tuple[int | None, int | None] | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return one row per wish: answers per unit, answers of all units, why not."""
        rows = [
            {
                "to": wish,
                "per_unit": None if isinstance(n, Refusal) else n,
                "all_units": None if isinstance(n, Refusal) else n * self.units,
                "why": n.reason if isinstance(n, Refusal) else "",
            }
            for wish, n in self.needed
        ]
        return pd.DataFrame(rows)

    def summary(self) -> tuple[Sentence, ...]:
        """Return what it takes, in a sentence."""
        possible = [(wish, n) for wish, n in self.needed if not isinstance(n, Refusal)]
        parts = [f"{counted(n, 'answer')} a unit to {wish}" for wish, n in possible]
        refused = [
            f"No number of answers will do to {wish}: {n.reason}"
            for wish, n in self.needed
            if isinstance(n, Refusal)
        ]
        now = f" The middle unit has {self.has:,}." if self.has else ""
        text = f"It takes {'; '.join(parts)}.{now}" if parts else now.strip()
        refused += [self._open()] if self.reliable else []
        return (Sentence(" ".join((text, *refused)).strip(), tuple(n.key for n in self.numbers())),)

    def _open(self) -> str:
        """Say how far the units themselves leave open how much they differ."""
        least, most = self.reliable or (None, None)
        units = counted(self.units, "unit")
        if most is None:
            at_least = "" if least is None else f": at least {counted(least, 'answer')}"
            return f"How many answers that reliability takes, {units} do not allow to be said{at_least}."
        span = spanned(
            f"{least:,}", f"{most:,}", apart="from {low} to {high} answers", same="{low} answers"
        ).text
        return f"How much units differ is known of {units} only: that reliability may take {span}."

    def numbers(self) -> tuple[Number, ...]:
        """Return the answers per unit for each wish, and between which the first may lie."""
        ends = zip(("least", "most"), self.reliable or (), strict=False)
        why = "Limits of how much units differ."
        wishes = (
            Number(f"plan:{place}", None, "answers", reason=n.reason)
            if isinstance(n, Refusal)
            else Number(f"plan:{place}", n, "answers", reason=wish)
            for place, (wish, n) in enumerate(self.needed, start=1)
        )
        open_ = (Number(f"plan:reliable_{end}", answers, "answers", reason=why) for end, answers in ends)
        return (*wishes, *open_)


def design(
    sigma: float,
    tau: float,
    *,
    units: int,
    wishes: Wishes | None = None,
    measured: str = "",
    has: int = 0,
    seed: int = 0,
) -> SampleSizes:
    """Return the answers each of `units` needs for each wish.

    Parameters
    ----------
    sigma, tau
        Standard deviation of answers within units (> 0) and of true values between units (>= 0).
    """
    targets = wishes or Wishes()
    level, power = targets.confidence, targets.power
    needed: Sequence[tuple[str, int | Refusal]] = (
        (
            f"compare units with reliability {targets.reliability:g}",
            n_for_reliability(tau**2, sigma**2, target=targets.reliability),
        ),
        (
            f"show a true gap of {targets.gap:g} between two units with power {power:.0%}",
            n_for_gap(sigma**2, targets.gap, level=level, power=power),
        ),
        (
            f"place the middle of {counted(units, 'unit')} within {counted(targets.places, 'place')}",
            n_for_places(sigma, tau, units=units, places=targets.places, level=level, seed=seed),
        ),
    )
    return SampleSizes(measured, sigma, tau, units, has, tuple(needed))


def design_of(
    comparison: Comparison, *, wishes: Wishes | None = None, seed: int = 0
) -> SampleSizes | Refusal:
    """Return the design that the spread found in `comparison` asks for."""
    shrunk = comparison.judgement.shrunk
    if isinstance(shrunk, Refusal):
        return shrunk
    chosen = comparison.judgement.chosen
    middle = int(np.median(comparison.scores.n[chosen]))
    sigma, tau = float(np.sqrt(comparison.judgement.answer_variance)), float(np.sqrt(shrunk.tau2))
    count = int(chosen.sum())
    planned = design(
        sigma, tau, units=count, wishes=wishes, measured=title_of(comparison.measure), has=middle, seed=seed
    )
    return replace(planned, reliable=comparison.needed_for((wishes or Wishes()).reliability))


def n_for_places(
    sigma: float, tau: float, *, units: int, places: int, level: float = 0.95, seed: int = 0
) -> int | Refusal:
    """Return the answers each unit needs for the middle unit's rank set to span at most `places`.

    Notes
    -----
    True values lie at the normal quantiles of (i - 1/2) / units times `tau`. Up to `MOST_SIMULATED` units the
    marginal rank sets of Mogstad, Romano, Shaikh and Wilhelm are simulated and n found by halving the range,
    for the median span. Beyond, a set reaches c sqrt(2) sigma / sqrt(n) to either side, c being the normal
    quantile for units - 1 two-sided comparisons; the unit of median span lies at the quartile, where
    neighbours are tau / (units phi(0.6745)) apart; (places + 1) / 2 of them must be out of reach.
    """
    if tau <= 0:
        return Refusal("units scatter no more than by chance, so that there is no order to find.")
    if places >= units:
        return 2
    if units > MOST_SIMULATED:
        return _within_reach(_approximate(sigma, tau, units=units, places=places, level=level))
    truth = tau * _scores(units)
    low, high = 2, MOST_ANSWERS
    if _span(truth, sigma / np.sqrt(high), level=level, seed=seed) > places:
        return _within_reach(high + 1)
    while high > low + max(1, low // 50):
        middle = int(np.sqrt(low * high))
        if middle in (low, high):
            break
        if _span(truth, sigma / np.sqrt(middle), level=level, seed=seed) > places:
            low = middle
        else:
            high = middle
    return high


def _within_reach(n: int) -> int | Refusal:
    if n > MOST_ANSWERS:
        return Refusal(f"it would take more than {MOST_ANSWERS:,} answers a unit.")
    return n


def _scores(units: int) -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri((np.arange(units) + 0.5) / units), dtype=np.float64)


def _span(truth: Floats, error: float, *, level: float, seed: int) -> float:
    """Return the median span of rank sets, over simulated surveys of units with the true values given."""
    rng = np.random.default_rng(seed)
    spans = []
    for _ in range(_REPLICATIONS):
        estimates = truth + rng.normal(scale=error, size=len(truth))
        sets = ranks.marginal(estimates, np.full(len(truth), error), rng=rng, level=level, draws=_DRAWS)
        if not isinstance(sets, Refusal):
            spans.append(float(np.median(sets.high - sets.low + 1)))
    return float(np.mean(spans))


def _approximate(sigma: float, tau: float, *, units: int, places: int, level: float) -> int:
    critical = normal_quantile(1 - (1 - level) / (units - 1))
    quartile = normal_quantile(0.5)
    density = np.exp(-(quartile**2) / 2) / np.sqrt(2 * np.pi)
    reach = (places + 1) / 2 * tau / (units * density)
    return int(np.ceil((critical * np.sqrt(2) * sigma / reach) ** 2))
