"""How often intervals and ranks hold the truth, in simulated companies whose truth is known.

A trial simulates one company and returns how many true values its intervals held, and of how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from auditlib.records import Refusal
from auditlib.statistics import case_mix, intervals, likely_ranks, ranks, shrinkage
from auditlib.statistics.types import Floats

RELIABILITIES = (0.5, 0.7, 0.9)
EQUAL = 0.0
"""Reliability where all units are equal."""
UNITS = (10, 20, 40, 200)
ANSWERS = 200
"""Answers of the typical unit, for shares."""

Held = tuple[int, int]
Trial = Callable[[np.random.Generator, int, float], Held]


def held(rng: np.random.Generator, trial: Trial, *, units: int, reliability: float, companies: int) -> float:
    """Return the share of true values held over `companies` of `units` each."""
    found = np.array([trial(rng, units, reliability) for _ in range(companies)]).sum(axis=0)
    return float(found[0] / found[1])


def print_coverage(rng: np.random.Generator, *, companies: int) -> None:
    """Print how often intervals and rank sets hold the truth, by number and reliability of units."""
    print("\nTrue values held, in per cent (nominal 95), by the reliability of the typical unit")
    _print(rng, INTERVALS, units=UNITS, settings=RELIABILITIES, companies=companies)
    print("\nThe same for likely ranks where true values do not scatter normally, as they take for granted")
    _print(rng, NOT_NORMAL, units=UNITS, settings=RELIABILITIES, companies=companies)
    print("\nRank sets: at least 95 is promised, and 95 where all units are equal, the least favourable case")
    _print(rng, RANK_SETS, units=UNITS[:3], settings=(EQUAL,), companies=10 * companies)
    _print(rng, RANK_SETS, units=UNITS[:3], settings=RELIABILITIES, companies=companies)


def _print(
    rng: np.random.Generator,
    rows: tuple[tuple[str, Trial], ...],
    *,
    units: tuple[int, ...],
    settings: tuple[float, ...],
    companies: int,
) -> None:
    heads = "".join(f"{'equal' if setting == EQUAL else setting:>8}" for setting in settings)
    print(f"{'':<40}{'units':>7}{heads}")
    for name, trial in rows:
        for count in units:
            many = max(4, companies * 10 // count)
            shares = [held(rng, trial, units=count, reliability=part, companies=many) for part in settings]
            print(f"{name:<40}{count:>7}" + "".join(f"{100 * share:>8.1f}" for share in shares))


def _inside(low: Iterable[float], high: Iterable[float], truth: Floats) -> Held:
    return int(((np.asarray(low) <= truth) & (truth <= np.asarray(high))).sum()), len(truth)


def _company(
    rng: np.random.Generator, units: int, reliability: float, scatter: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """Return true values, estimates and errors; the typical error is 1 and errors differ as sizes do."""
    errors = np.exp(rng.normal(0, 0.4, units))
    standard = rng.standard_normal(units) if scatter is None else scatter
    truth = np.sqrt(reliability / (1 - reliability)) * standard
    return truth, rng.normal(truth, errors), errors


def _shares(rng: np.random.Generator, units: int, reliability: float) -> tuple[Floats, Floats, Floats]:
    """Return true shares around 0.8, successes and answers."""
    n = rng.integers(ANSWERS // 4, 2 * ANSWERS, units)
    precision = ANSWERS * (1 - reliability) / reliability
    truth = rng.beta(0.8 * precision, 0.2 * precision, units)
    return truth, rng.binomial(n, truth).astype(np.float64), n.astype(np.float64)


def wilson(rng: np.random.Generator, units: int, reliability: float) -> Held:
    """Wilson's interval of each share."""
    truth, successes, n = _shares(rng, units, reliability)
    limits = intervals.wilson(successes, n)
    return _inside(limits.low, limits.high, truth)


def shrunk_means(rng: np.random.Generator, units: int, reliability: float) -> Held:
    """Limits of shrunk means."""
    truth, estimates, errors = _company(rng, units, reliability)
    found = shrinkage.normal(estimates, errors**2)
    return (0, units) if isinstance(found, Refusal) else _inside(found.low, found.high, truth)


def shrunk_shares(rng: np.random.Generator, units: int, reliability: float) -> Held:
    """Limits of shrunk shares."""
    truth, successes, n = _shares(rng, units, reliability)
    found = shrinkage.beta_binomial(successes, n)
    return (0, units) if isinstance(found, Refusal) else _inside(found.low, found.high, truth)


def adjusted_means(rng: np.random.Generator, units: int, reliability: float) -> Held:
    """Intervals of means adjusted for one characteristic of customers that differs between units."""
    n = rng.integers(20, 120, units)
    unit = np.repeat(np.arange(units), n)
    mix = rng.uniform(0.2, 0.8, units)
    x = (rng.uniform(size=len(unit)) < mix[unit]).astype(np.float64)
    effect = rng.normal(4.0, np.sqrt(reliability / (1 - reliability) / 70), units)
    found = case_mix.within_unit(effect[unit] - 0.4 * x + rng.normal(size=len(unit)), x, unit)
    if isinstance(found, Refusal):
        return 0, units
    limits = intervals.mean_t(found.adjusted, found.errors**2 * found.n, found.n)
    return _inside(limits.low, limits.high, effect - 0.4 * float(x.mean()))


def _places(truth: Floats) -> Floats:
    return np.asarray(np.argsort(np.argsort(-truth)) + 1, dtype=np.float64)


def likely(rng: np.random.Generator, units: int, reliability: float, scatter: Floats | None = None) -> Held:
    """Likely ranks by means."""
    truth, estimates, errors = _company(rng, units, reliability, scatter)
    found = likely_ranks.likely_ranks(estimates, errors, rng=rng, draws=500)
    return (0, units) if isinstance(found, Refusal) else _inside(found.low, found.high, _places(truth))


def likely_of_shares(rng: np.random.Generator, units: int, reliability: float) -> Held:
    """Likely ranks by shares, on the scale a comparison takes them on."""
    truth, successes, n = _shares(rng, units, reliability)
    estimates, errors = np.arcsin(np.sqrt(successes / n)), 1 / (2 * np.sqrt(n))
    found = likely_ranks.likely_ranks(estimates, errors, rng=rng, draws=500)
    return (0, units) if isinstance(found, Refusal) else _inside(found.low, found.high, _places(truth))


def likely_heavy(rng: np.random.Generator, units: int, reliability: float) -> Held:
    """Likely ranks by means whose true values have heavy tails."""
    return likely(rng, units, reliability, rng.standard_t(5, size=units) / np.sqrt(5 / 3))


def likely_skewed(rng: np.random.Generator, units: int, reliability: float) -> Held:
    """Likely ranks by means whose true values are strongly skewed."""
    return likely(rng, units, reliability, rng.exponential(size=units) - 1)


def _set_of(method: Callable[..., ranks.RankSets | Refusal], *, joint: bool) -> Trial:
    """Return the trial of rank sets; of equal units they must reach everywhere."""

    def trial(rng: np.random.Generator, units: int, reliability: float) -> Held:
        truth, estimates, errors = _company(rng, units, reliability)
        found = method(estimates, errors, rng=rng, draws=400)
        if isinstance(found, Refusal):
            return 0, units
        equal = reliability == EQUAL
        low, high = (np.ones(units), np.full(units, units)) if equal else (_places(truth), _places(truth))
        count = int(((found.low <= low) & (high <= found.high)).sum())
        return (int(count == units), 1) if joint else (count, units)

    return trial


INTERVALS: tuple[tuple[str, Trial], ...] = (
    ("Wilson interval of a share", wilson),
    ("shrunk mean", shrunk_means),
    ("shrunk share", shrunk_shares),
    ("mean adjusted for case mix", adjusted_means),
    ("likely ranks by means", likely),
    ("likely ranks by shares", likely_of_shares),
)
NOT_NORMAL: tuple[tuple[str, Trial], ...] = (
    ("likely ranks, heavy tails (t, 5)", likely_heavy),
    ("likely ranks, skewed (exponential)", likely_skewed),
)
RANK_SETS: tuple[tuple[str, Trial], ...] = (
    ("rank set of each unit by itself", _set_of(ranks.marginal, joint=False)),
    ("rank sets of all units at once", _set_of(ranks.simultaneous, joint=True)),
)
