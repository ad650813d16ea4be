"""Linked pay on simulated truth: rejections of a true null, bias, coverage of bands, and time.

python -m benchmarks compensation                  all tables, a few minutes
python -m benchmarks compensation --panels 1000    as in docs/compensation.md: a quarter of an hour
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from auditlib.compensation.event_study import FEWEST_CLUSTERS
from auditlib.compensation.placebo import placebos
from auditlib.compensation.procedure import PayQuestion
from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, adoption_panel
from auditlib.statistics.bands import UniformBand, band_by_chance, uniform_band
from auditlib.statistics.chance import chance_statistics
from auditlib.statistics.clustered import two_sided
from auditlib.statistics.few_clusters import Method, design_of, recommend
from auditlib.statistics.group_time import Average, GroupTime, average, group_time
from auditlib.statistics.imputation import Imputation, cluster_scores, impute
from auditlib.statistics.randomisation import randomisation, two_way_statistics
from auditlib.statistics.two_way import Interactions, Regression, sun_abraham, two_way_effect
from auditlib.statistics.types import Floats
from auditlib.statistics.wild_bootstrap import wild_bootstrap
from benchmarks.linked_companies import company, demo_scenario

DESIGNS = (
    (6, 3, (12,)), (6, 4, (8, 16)), (8, 4, (12,)), (8, 4, (8, 16)), (9, 3, (12,)), (10, 4, (8, 16)),
    (12, 4, (12,)), (12, 5, (12,)), (12, 6, (8, 16)), (13, 5, (12,)), (20, 1, (12,)), (20, 2, (12,)),
    (20, 5, (12,)), (20, 8, (12,)), (20, 10, (6, 12, 18)), (20, 15, (8, 16)), (30, 12, (8, 16)),
    (50, 3, (12,)), (50, 6, (12,)), (50, 8, (12,)), (50, 25, (6, 12, 18)), (50, 44, (8, 16)),
)  # fmt: skip
"""Clusters, clusters that adopt, and their dates in 24 periods."""
BANDS = (
    (6, 3, (12,)), (8, 4, (12,)), (10, 4, (8, 16)), (12, 3, (12,)), (12, 4, (12,)), (12, 6, (8, 16)),
    (12, 8, (8, 16)), (20, 2, (12,)), (20, 4, (12,)), (20, 10, (6, 12, 18)), (20, 16, (8, 16)),
    (30, 12, (8, 16)), (50, 4, (12,)), (50, 6, (12,)), (50, 25, (6, 12, 18)),
)  # fmt: skip
SIZES = 5
"""Draws of unequal sizes per design of bands."""
PERIODS, MEMORY = 24, 0.6
DEALS = 39
"""Other assignments a panel is compared with: with the actual one 40, of which two are 5% exactly."""


def main(argv: list[str]) -> None:
    """Simulate, measure and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks compensation")
    parser.add_argument("--panels", type=int, default=300, help="simulated panels per row")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    rejections(panels=arguments.panels, seed=arguments.seed)
    bias(panels=max(50, arguments.panels // 5), seed=arguments.seed)
    bands(panels=arguments.panels, seed=arguments.seed)
    speed(seed=arguments.seed)


def autocorrelated(units: int, periods: int, rng: np.random.Generator) -> Floats:
    """Draw noise of variance 1 whose neighbouring periods correlate."""
    noise = rng.normal(size=(units, periods))
    for period in range(1, periods):
        noise[:, period] = MEMORY * noise[:, period - 1] + np.sqrt(1 - MEMORY**2) * noise[:, period]
    return noise


def null_panel(
    clusters: int, treated: int, dates: tuple[int, ...], rng: np.random.Generator, *, unequal: bool
) -> AdoptionPanel:
    """Draw a panel without effect; unequal clusters differ in size as the demo company's units do."""
    adopted = np.full(clusters, PERIODS)
    adopted[rng.permutation(clusters)[:treated]] = np.resize(dates, treated)
    noise = autocorrelated(clusters, PERIODS, rng)
    weight = np.ones(noise.shape)
    if unequal:
        size = np.exp(0.85 * rng.normal(size=clusters))[:, None]
        noise = 0.12 * noise + 0.9 / np.sqrt(13 * size) * rng.normal(size=noise.shape)
        weight = weight * size
    return adoption_panel(noise, adopted, weight=weight)


def imputed(panel: AdoptionPanel) -> Imputation | Refusal:
    """Return the average effect by imputation."""
    treated = panel.treated
    return impute(panel.outcome, panel.weight, ~treated, treated[None].astype(float), cluster=panel.cluster)


def p_value(panel: AdoptionPanel, method: Method, rng: np.random.Generator) -> float:
    """Return the p-value of a recommended test."""
    found = imputed(panel)
    if isinstance(found, Refusal):
        return 1.0
    if method is Method.JACKKNIFE:
        error = found.jackknife
        return 1.0 if error is None else two_sided(found.coefficient[0] / error[0], panel.clusters - 1)
    if method is Method.BOOTSTRAP:
        return wild_bootstrap(cluster_scores(found), draws=399, rng=rng).p_value

    def statistic(dealt: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
        return np.array([_t(AdoptionPanel(panel.outcome, panel.weight, row, panel.cluster)) for row in dealt])

    return randomisation(panel.adopted, statistic, actual=_t(panel), draws=DEALS, rng=rng).p_value


def _t(panel: AdoptionPanel) -> float:
    found = imputed(panel)
    return (
        float("nan") if isinstance(found, Refusal) else float(found.coefficient[0] / found.standard_error[0])
    )


def rejections(*, panels: int, seed: int) -> None:
    """Print how often the recommended test rejects a true null at nominal 5 %."""
    print(f"\nRejections of a true null at 5%, {panels} panels of 24 periods, autocorrelation {MEMORY}")
    print("clusters  adopt  dates  sizes    recommended       rejects   clustered errors reject")
    for clusters, treated, dates in DESIGNS:
        for unequal in (False, True):
            pattern = np.concatenate([np.resize(dates, treated), np.full(clusters - treated, PERIODS)])
            method = recommend(design_of(pattern, never=PERIODS))
            rng = np.random.default_rng([seed, clusters, treated, unequal])
            hits = naive = 0
            for _ in range(panels):
                panel = null_panel(clusters, treated, dates, rng, unequal=unequal)
                naive += two_sided(_t(panel), clusters - 1) < 0.05
                hits += not isinstance(method, Refusal) and p_value(panel, method, rng) <= 0.05
            name = "cannot be tested" if isinstance(method, Refusal) else str(method)
            rate = "      " if isinstance(method, Refusal) else f"{100 * hits / panels:5.1f}%"
            sizes = "unequal" if unequal else "equal"
            print(
                f"{clusters:8d} {treated:6d} {len(dates):6d}  {sizes:8s} {name:17s} {rate}"
                f" {100 * naive / panels:12.1f}%"
            )


def growing(rng: np.random.Generator, *, units: int, effect: float) -> tuple[AdoptionPanel, float]:
    """Draw a panel whose effect grows with time since adoption, and return the true average."""
    adopted = np.resize([4, 8, 99], units)
    since = np.arange(12)[None, :] - adopted[:, None]
    true = effect * (since >= 0) * (1 + since.clip(0))
    outcome = rng.normal(size=(units, 1)) + np.sin(np.arange(12)) + 0.3 * autocorrelated(units, 12, rng)
    return adoption_panel(outcome + true, adopted), float(true[since >= 0].mean())


def bias(*, panels: int, seed: int) -> None:
    """Print the bias of each estimator where effects grow."""
    rng, rows = np.random.default_rng(seed), []
    for _ in range(panels):
        panel, truth = growing(rng, units=60, effect=0.2)
        rows.append([value - truth for value in _estimates(panel)])
    names = ("never treated", "not yet treated", "imputation", "interactions", "two-way regression")
    print(f"\nBias where effects grow (true average {truth:.2f}), {panels} panels")
    for name, mean, error in zip(
        names, np.mean(rows, axis=0), np.std(rows, axis=0) / np.sqrt(panels), strict=True
    ):
        print(f"{name:20s} {mean:+.3f}  (simulation error {error:.3f})")


def _estimates(panel: AdoptionPanel) -> list[float]:
    found = []
    for effects_of in (group_time(panel), group_time(panel, comparison="not_yet")):
        simple = average(effects_of) if isinstance(effects_of, GroupTime) else effects_of
        found.append(simple.estimate if isinstance(simple, Average) else np.nan)
    filled, interacted, two_way = imputed(panel), sun_abraham(panel), two_way_effect(panel)
    found.append(float(filled.coefficient[0]) if isinstance(filled, Imputation) else np.nan)
    found.append(interacted.overall if isinstance(interacted, Interactions) else np.nan)
    found.append(float(two_way.coefficient[0]) if isinstance(two_way, Regression) else np.nan)
    return found


def bands(*, panels: int, seed: int) -> None:
    """Print how often a uniform band covers three quarters after adoption together, where nothing happens."""
    print(f"\nCoverage of 95% uniform bands over three quarters, {panels} panels of 24 months")
    print("clusters  adopt  dates  sizes     band of the suite  critical   multiplier bootstrap")
    for clusters, treated, dates in BANDS:
        for unequal in (False, True):
            rng = np.random.default_rng([seed, clusters, treated, unequal])
            design, times = (clusters, treated, dates), SIZES if unequal else 1
            rows = [
                row
                for _ in range(times)
                for row in _banded(design, rng, unequal=unequal, panels=panels // times)
            ]
            mine, crossing, multiplier = np.mean(rows, axis=0)
            few = min(treated, clusters - treated) < FEWEST_CLUSTERS
            sizes = "unequal" if unequal else "equal"
            rate = f"{100 * mine:5.1f}%"
            shown = f"no band ({rate.strip()})" if few else rate
            print(
                f"{clusters:8d} {treated:6d} {len(dates):6d}  {sizes:8s} {shown:>18s} {crossing:9.2f}"
                f" {100 * multiplier:21.1f}%"
            )


def _banded(
    design: tuple[int, int, tuple[int, ...]], rng: np.random.Generator, *, unequal: bool, panels: int
) -> list[tuple[bool, float, bool]]:
    """Return for each panel of one design: covered, critical value, covered by the multiplier bootstrap."""
    clusters, treated, dates = design
    size = np.exp(0.85 * rng.normal(size=(clusters, 1))) if unequal else np.ones((clusters, 1))
    adopted = np.full(clusters, PERIODS)
    adopted[:treated] = np.resize(dates, treated)
    drawn, rows = None, []
    for _ in range(panels):
        outcome = autocorrelated(clusters, PERIODS, rng)
        if unequal:
            outcome = 0.12 * outcome + 0.9 / np.sqrt(13 * size) * rng.normal(size=outcome.shape)
        found = _by_quarter(adoption_panel(outcome, adopted, weight=np.broadcast_to(size, outcome.shape)))
        if drawn is None:
            drawn = chance_statistics([(found, place) for place in range(3)], rng=rng)
        band = band_by_chance(found.coefficient, np.asarray(found.jackknife), drawn)
        plain = uniform_band(found.coefficient, found.jackknife_scores, draws=499, rng=rng)
        rows.append((_covers(band), band.critical, _covers(plain)))
    return rows


def _by_quarter(panel: AdoptionPanel) -> Imputation:
    design = np.stack([panel.since // 3 == quarter for quarter in range(3)]).astype(float)
    weight = panel.weight * (panel.since < 9)
    found = impute(panel.outcome, weight, ~panel.treated, design, cluster=panel.cluster)
    if isinstance(found, Refusal):
        raise TypeError(found.reason)
    return found


def _covers(band: UniformBand) -> bool:
    return bool(((band.low <= 0) & (band.high >= 0)).all())


def speed(*, seed: int) -> None:
    """Print the time of the estimators and of their inference."""
    rng = np.random.default_rng(seed)
    print("\nTime in seconds, best of three; wanted below 0.5 for 9,999 draws, below 30 for 1,000 placebos")
    for units, periods in ((500, 24), (500, 36), (2000, 24)):
        adopted = np.where(rng.random(units) < 0.5, rng.integers(8, periods - 4, units), periods)
        panel = adoption_panel(rng.normal(size=(units, periods)), adopted)
        _timed(f"group-time effects, {units} x {periods}", partial(group_time, panel))
        _timed(f"imputation with jackknife, {units} x {periods}", partial(imputed, panel))
        if (units, periods) == (500, 36):
            _inference(panel, rng)
    shown, links, _ = company(demo_scenario(), seed)
    question = PayQuestion(shown, links, links[0].role)
    _timed(
        "1,000 placebos of the default procedure, 40 x 36", lambda: placebos(question, count=1000, rng=rng)
    )


def _inference(panel: AdoptionPanel, rng: np.random.Generator) -> None:
    weight = rng.uniform(1, 30, panel.outcome.shape)
    found = imputed(AdoptionPanel(panel.outcome, weight, panel.adopted, panel.cluster))
    assert isinstance(found, Imputation)  # noqa: S101 - half of the units never adopt
    _timed("9,999 weighted bootstrap draws, 500 x 36", lambda: wild_bootstrap(cluster_scores(found), rng=rng))
    dates, statistic = two_way_statistics(panel)
    actual = float(statistic(dates[None, :])[0])
    _timed("9,999 permutations, 500 x 36", lambda: randomisation(dates, statistic, actual=actual, rng=rng))


def _timed(name: str, work: Callable[[], object]) -> None:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(f"{name:52s} {min(times):8.3f}")
