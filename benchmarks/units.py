"""Who stands out: units that truly differ found, sound ones left alone, ranks that hold.

    python -m benchmarks units                       200 companies a row, some minutes
    python -m benchmarks units --companies 50

The worlds are made here and share nothing with the demo: answers cut from a normal variable, sizes from a
handful to thousands, customers who answer two to six times, one unit that gives most of the answers. A unit
is called out wrongly where its true mean lies within the meaningful difference of the typical unit, and
wrongly said to be like the others where it does not.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from auditlib.benchmark import OutlierStatus, ScoreMeasure, from_cells, judge
from auditlib.benchmark.rank_sets import rank_sets
from auditlib.benchmark.scores import UnitScores
from auditlib.records import Item, Refusal, Scale
from auditlib.statistics.outlier_verdicts import CALLED_OUT
from auditlib.statistics.repeated import RepeatedAnswers, repeated_answers
from auditlib.statistics.types import Floats

Whole = np.ndarray
ITEM = Item("q", "How satisfied?", Scale(1, 5), True)
MEANINGFUL = 0.2


@dataclass(frozen=True, slots=True)
class World:
    """How the companies of a row are made.

    Parameters
    ----------
    units, planted
        Units, and how many of them truly differ.
    shift
        By how many points those do.
    between
        Standard deviation of the true means of the others, about, in points.
    sizes
        Lowest and highest number of answers of a unit.
    giant
        Share of all answers that the first unit gives, one of those planted; 0 where none does.
    alike
        Correlation of the answers of one customer, who then answers two to six times; 0: once.
    satisfied
        Share of fives: 0.5 usual, 0.9 crowded at the top.
    """

    units: int = 40
    planted: int = 4
    shift: float = -0.5
    between: float = 0.12
    sizes: tuple[int, int] = (100, 600)
    giant: float = 0.0
    alike: float = 0.0
    satisfied: float = 0.5


WORLDS = {
    "100 to 600 answers a unit": World(),
    "the same, customers answer 2-6 times, 0.4 alike": World(alike=0.4),
    "the same, 0.5 better": World(shift=0.5),
    "the same, 10 of 40 differ": World(planted=10),
    "the same, sound units are equal": World(between=0.0),
    "1 of 200 differs": World(units=200, planted=1),
    "1 of 8 differs": World(units=8, planted=1),
    "30 to 300 answers a unit": World(sizes=(30, 300)),
    "5 to 5,000 answers a unit": World(sizes=(5, 5000)),
    "one unit gives 62% of the answers and differs": World(planted=1, giant=0.62, shift=-0.4),
    "the same with 9 units": World(units=9, planted=1, giant=0.62, shift=-0.4),
    "1 of 12 differs by 0.3, 30 to 150 answers": World(
        units=12, planted=1, shift=-0.3, between=0.0, sizes=(30, 150)
    ),
    "nobody differs": World(planted=0),
    "90% fives, nobody differs": World(planted=0, satisfied=0.9, between=0.03),
}
EQUAL = {
    "once": World(planted=0, between=0.0, sizes=(60, 400)),
    "2-6 times, 0.3 alike": World(planted=0, between=0.0, sizes=(60, 400), alike=0.3),
    "2-6 times, 0.5 alike": World(planted=0, between=0.0, sizes=(60, 400), alike=0.5),
}


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """One company: true means, and the answers of its units by customer."""

    truth: Floats
    planted: Whole
    unit: Whole
    customer: Whole
    score: Floats

    def scores(self, *, repeated: bool = True) -> UnitScores:
        """Return what units scored, as the suite takes it; without customers as of strangers."""
        ids = np.array([f"U{unit:03}" for unit in range(len(self.truth))])
        cells = (
            pd.DataFrame({"unit_id": ids[self.unit], "score": self.score})
            .value_counts()
            .reset_index(name="n")
        )
        cells = cells.assign(survey_type="contact", item=ITEM.item)
        scores = from_cells(cells, ScoreMeasure("contact", ITEM, "mean"), unit_ids=tuple(ids))
        if isinstance(scores, Refusal):
            raise TypeError(scores.reason)
        return replace(scores, design_effect=self.repeats().design_effect()) if repeated else scores

    def repeats(self) -> RepeatedAnswers:
        """Return who answered how often."""
        return repeated_answers(self.unit, self.customer, self.score, units=len(self.truth))


def company(world: World, rng: np.random.Generator) -> Company:
    """Draw a company."""
    cuts = _cuts(world.satisfied)
    level = rng.normal(0, 1, world.units) * world.between / _slope(cuts)
    planted = np.arange(world.planted)
    level[planted] = _shifted(cuts, world.shift)
    low, high = np.log(world.sizes)
    n = np.exp(rng.uniform(low, high, world.units)).astype(int)
    if world.giant:
        n[0] = int(world.giant / (1 - world.giant) * n[1:].sum())
    unit, customer = _answering(n, world.alike, rng)
    common = rng.normal(size=customer.max() + 1)[customer]
    latent = (
        level[unit] + np.sqrt(world.alike) * common + np.sqrt(1 - world.alike) * rng.normal(size=len(unit))
    )
    return Company(_mean(cuts, level), planted, unit, customer, 1.0 + np.searchsorted(cuts, latent))


def _answering(n: Whole, alike: float, rng: np.random.Generator) -> tuple[Whole, Whole]:
    """Return the unit and the customer of each answer."""
    if not alike:
        return np.repeat(np.arange(len(n)), n), np.arange(n.sum())
    customers = np.maximum(2, np.round(n / 4).astype(int))
    times = rng.integers(2, 7, size=customers.sum())
    customer = np.repeat(np.arange(len(times)), times)
    return np.repeat(np.arange(len(n)), customers)[customer], customer


def _cuts(satisfied: float) -> Floats:
    """Return where answers change on the latent scale, for a share of fives."""
    shares = (1 - satisfied) * np.array([0.1, 0.2, 0.4, 1.0])
    return np.asarray(stats.norm.ppf(shares))


def _mean(cuts: Floats, level: Floats) -> Floats:
    """Return the expected answer at a level."""
    return np.asarray(1 + stats.norm.sf(cuts[None, :] - np.asarray(level)[:, None]).sum(axis=1))


def _slope(cuts: Floats) -> float:
    return float(stats.norm.pdf(cuts).sum())


def _shifted(cuts: Floats, shift: float) -> float:
    """Return the level at which the expected answer lies `shift` points from that at 0."""
    tried = np.linspace(-4, 4, 4001)
    means = _mean(cuts, tried)
    return float(np.interp(_mean(cuts, np.zeros(1))[0] + shift, means, tried))


@dataclass(frozen=True, slots=True)
class Called:
    """What became of the units of one company."""

    planted: int
    found: int
    called: int
    wrong: int
    sound: int
    apart: int
    acquitted: int


def called(drawn: Company) -> Called:
    """Judge the units of a company, and count."""
    scores = drawn.scores()
    chosen = scores.n >= 30
    judged = judge(scores, chosen, confidence=0.95, meaningful=MEANINGFUL)
    if isinstance(judged, Refusal):
        raise TypeError(judged.reason)
    verdicts = np.full(len(chosen), OutlierStatus.NONE.value, dtype=object)
    verdicts[chosen] = [verdict.value for verdict in judged.verdicts()]
    out = np.isin(verdicts, [side.value for side in CALLED_OUT])
    side = np.where(verdicts == OutlierStatus.HIGHER.value, 1, -1)
    apart = drawn.truth - np.median(drawn.truth)
    within = chosen & (side * apart < MEANINGFUL)
    planted = np.isin(np.arange(len(chosen)), drawn.planted) & chosen
    return Called(
        int(planted.sum()),
        int((planted & out & ~within).sum()),
        int(out.sum()),
        int((out & within).sum()),
        int(((np.abs(apart) < MEANINGFUL) & chosen).sum()),
        int(((np.abs(apart) >= MEANINGFUL) & chosen).sum()),
        int(((np.abs(apart) >= MEANINGFUL) & (verdicts == OutlierStatus.ALIKE.value)).sum()),
    )


def standing_row(world: World, *, companies: int, seed: int) -> dict[str, float]:
    """Return shares found, of sound units called out, of wrong calls, and of units apart said to be alike."""
    results = [called(company(world, np.random.default_rng([seed, number]))) for number in range(companies)]
    total = {name: sum(getattr(entry, name) for entry in results) for name in Called.__slots__}
    return {
        "found": total["found"] / total["planted"] if total["planted"] else np.nan,
        "sound called": total["wrong"] / total["sound"],
        "calls wrong": total["wrong"] / total["called"] if total["called"] else np.nan,
        "companies with a wrong call": sum(entry.wrong > 0 for entry in results) / companies,
        "apart acquitted": total["acquitted"] / total["apart"] if total["apart"] else np.nan,
    }


def ranks_row(world: World, *, companies: int, seed: int, repeated: bool) -> dict[str, float]:
    """Return how often the rank sets of equal units hold: any rank may be that of any of them."""
    joint, marginal = [], []
    for number in range(companies):
        scores = company(world, np.random.default_rng([seed, number])).scores(repeated=repeated)
        judged = judge(scores, scores.n >= 30, confidence=0.95)
        if isinstance(judged, Refusal):
            raise TypeError(judged.reason)
        sets = rank_sets(scores, judged, confidence=0.95, seed=number, draws=1000)
        if isinstance(sets, Refusal):
            raise TypeError(sets.reason)
        units = len(judged.z)
        joint.append(bool(((sets.joint.low == 1) & (sets.joint.high == units)).all()))
        marginal.append(((sets.marginal.low == 1) & (sets.marginal.high == units)).mean())
    return {"joint": float(np.mean(joint)), "marginal": float(np.mean(marginal))}


def moved_ends(*, draws: int, starts: int = 6, seed: int = 3) -> float:
    """Return the share of ends of rank sets, likely ones included, that another start moves."""
    scores = company(World(), np.random.default_rng(seed)).scores()
    judged = judge(scores, scores.n >= 30, confidence=0.95)
    if isinstance(judged, Refusal):
        raise TypeError(judged.reason)
    ends = []
    for start in range(starts):
        sets = rank_sets(scores, judged, confidence=0.95, seed=start, draws=draws)
        if isinstance(sets, Refusal) or isinstance(sets.likely, Refusal):
            raise TypeError("sets of ranks are refused")
        parts = (sets.marginal, sets.joint, sets.likely)
        ends.append(np.concatenate([end for part in parts for end in (part.low, part.high)]))
    return float((np.array(ends) != ends[0]).any(axis=0).mean())


def main(argv: list[str]) -> None:
    """Print who is found and who is called out wrongly, and how often sets of ranks hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks units")
    parser.add_argument("--companies", type=int, default=200, help="companies per row")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    for line in _lines(given.companies, given.seed):
        print(line, flush=True)


def _lines(companies: int, seed: int) -> Iterator[str]:
    yield f"\nUnits 0.5 points away (the one of most answers 0.4), in per cent; {companies} companies a row"
    heads = f"{'found':>8}{'sound called':>14}{'calls wrong':>13}{'any wrong call':>16}{'said alike':>12}"
    yield f"{'':>50}{heads}"
    for name, world in WORLDS.items():
        found, sound, wrong, any_wrong, alike = standing_row(world, companies=companies, seed=seed).values()
        yield (
            f"{name:>50}{100 * found:>8.1f}{100 * sound:>14.2f}{100 * wrong:>13.1f}{100 * any_wrong:>16.1f}"
            f"{100 * alike:>12.1f}"
        )
    yield "\nRank sets of 40 equal units that hold, in per cent (nominal at least 95)"
    yield f"{'customers answer':>50}{'joint':>8}{'marginal':>10}{'taken for strangers':>21}"
    for name, world in EQUAL.items():
        allowed, not_allowed = (
            ranks_row(world, companies=companies, seed=seed, repeated=repeated) for repeated in (True, False)
        )
        yield (
            f"{name:>50}{100 * allowed['joint']:>8.1f}{100 * allowed['marginal']:>10.1f}"
            f"{100 * not_allowed['joint']:>21.1f}"
        )
    yield "\nEnds of rank sets of 40 units that one of six starts moves, in per cent, by samples"
    yield "".join(f"{draws:>10,}: {100 * moved_ends(draws=draws):.1f}" for draws in (1000, 20_000))
