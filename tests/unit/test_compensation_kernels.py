"""Kernels of staggered adoption and their inference: gaps, weights, few clusters, error rates."""

from __future__ import annotations

import numpy as np
import pytest

from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, adoption_panel
from auditlib.statistics.bands import uniform_band
from auditlib.statistics.clustered import ClusterScores, jackknife_error, two_sided
from auditlib.statistics.decomposition import goodman_bacon
from auditlib.statistics.few_clusters import Method, design_of, recommend
from auditlib.statistics.group_time import Average, GroupTime, average, group_time
from auditlib.statistics.imputation import Imputation, cluster_scores, impute
from auditlib.statistics.randomisation import (
    assignments,
    permutations,
    randomisation,
    smallest_p,
    two_way_statistics,
)
from auditlib.statistics.relative_magnitudes import relative_magnitudes
from auditlib.statistics.smoothness import smoothness
from auditlib.statistics.two_way import Regression, demeaned, regress, sun_abraham, two_way_effect
from auditlib.statistics.types import Floats
from auditlib.statistics.wild_bootstrap import wild_bootstrap


def autocorrelated(units: int, periods: int, rng: np.random.Generator, *, memory: float = 0.6) -> Floats:
    noise = rng.normal(size=(units, periods))
    for period in range(1, periods):
        fresh = np.sqrt(1 - memory**2) * noise[:, period]
        noise[:, period] = memory * noise[:, period - 1] + fresh
    return noise


def staggered(
    rng: np.random.Generator, *, units: int = 30, periods: int = 12, effect: float = 0.0
) -> AdoptionPanel:
    """A third adopts at 4, a third at 8, a third never; effects grow with time since adoption."""
    adopted = np.resize([4, 8, 99], units)
    since = np.arange(periods)[None, :] - adopted[:, None]
    outcome = (
        rng.normal(size=(units, 1)) + np.sin(np.arange(periods)) + 0.3 * autocorrelated(units, periods, rng)
    )
    return adoption_panel(outcome + effect * (since >= 0) * (1 + since.clip(0)), adopted)


def imputed(panel: AdoptionPanel) -> Imputation:
    found = impute(
        panel.outcome, panel.weight, ~panel.treated, panel.treated[None].astype(float), cluster=panel.cluster
    )
    assert isinstance(found, Imputation)
    return found


class TestGroupTime:
    def test_exact_without_noise(self) -> None:
        adopted = np.array([2, 2, 3, 9, 9])
        since = np.arange(5)[None, :] - adopted[:, None]
        outcome = np.arange(5.0)[:, None] + np.arange(5.0) ** 2 + 0.5 * (since >= 0) * (1 + since.clip(0))
        for comparison in ("never", "not_yet"):
            found = group_time(adoption_panel(outcome, adopted), comparison=comparison)
            assert isinstance(found, GroupTime)
            wanted = np.where(found.since >= 0, 0.5 * (1 + found.since), 0.0)
            assert found.effect == pytest.approx(wanted, abs=1e-12)

    def test_a_gap_costs_only_the_comparisons_it_belongs_to(self, rng: np.random.Generator) -> None:
        panel = staggered(rng)
        holed = panel.outcome.copy()
        holed[0, 6] = np.nan
        whole, partial = (group_time(adoption_panel(y, panel.adopted)) for y in (panel.outcome, holed))
        assert isinstance(whole, GroupTime)
        assert isinstance(partial, GroupTime)
        changed = {
            (int(g), int(t))
            for g, t, moved in zip(whole.cohort, whole.period, whole.effect != partial.effect, strict=True)
            if moved
        }
        assert changed == {(4, 6)}

    def test_no_earlier_period_is_named_as_missing(self) -> None:
        found = group_time(adoption_panel(np.zeros((3, 3)), [0, 2, 9]))
        assert isinstance(found, GroupTime)
        assert {cohort for cohort, _ in found.missing} == {0}

    def test_nobody_to_compare_with_is_refused(self) -> None:
        found = group_time(adoption_panel(np.zeros((2, 3)), [1, 1]))
        assert isinstance(found, Refusal)

    def test_not_yet_needs_no_unit_that_never_adopts(self) -> None:
        panel = adoption_panel(np.zeros((2, 3)), [1, 2])
        assert isinstance(group_time(panel), Refusal)
        assert isinstance(group_time(panel, comparison="not_yet"), GroupTime)

    def test_weights_of_responses_shift_towards_large_units(self) -> None:
        outcome = np.array([[0.0, 1.0], [0.0, 3.0], [0.0, 0.0]])
        weight = np.array([[1.0, 1.0], [3.0, 3.0], [1.0, 1.0]])
        found = group_time(adoption_panel(outcome, [1, 1, 9], weight=weight))
        assert isinstance(found, GroupTime)
        assert found.effect[found.since == 0] == pytest.approx([2.5])

    def test_clusters_of_one_unit_are_the_units(self, rng: np.random.Generator) -> None:
        panel = staggered(rng)
        paired = adoption_panel(panel.outcome, panel.adopted, cluster=np.arange(30) // 3)
        alone, together = group_time(panel), group_time(paired)
        assert isinstance(alone, GroupTime)
        assert isinstance(together, GroupTime)
        assert (alone.effect == together.effect).all()
        assert (alone.standard_error != together.standard_error).any()

    def test_last_cuts_the_horizon(self, rng: np.random.Generator) -> None:
        effects = group_time(staggered(rng, effect=0.5))
        assert isinstance(effects, GroupTime)
        cut, whole = average(effects, last=0), average(effects)
        assert isinstance(cut, Average)
        assert isinstance(whole, Average)
        assert cut.estimate < whole.estimate


class TestHeterogeneousEffects:
    """Effects that grow: every estimator but the two-way regression is right on average."""

    def test_bias_of_each_estimator(self) -> None:
        rng = np.random.default_rng(3)
        found: list[list[float]] = []
        for _ in range(60):
            panel = staggered(rng, effect=0.2)
            effects, interacted, two_way = group_time(panel), sun_abraham(panel), two_way_effect(panel)
            assert isinstance(effects, GroupTime)
            simple = average(effects)
            assert isinstance(simple, Average)
            assert not isinstance(interacted, Refusal)
            assert isinstance(two_way, Regression)
            found.append(
                [simple.estimate, imputed(panel).coefficient[0], interacted.overall, two_way.coefficient[0]]
            )
        since = staggered(rng).since
        truth = float((0.2 * (1 + since))[since >= 0].mean())
        bias = np.array(found).mean(axis=0) - truth
        assert np.abs(bias[:3]).max() < 0.04
        assert bias[3] < -0.1


class TestImputation:
    def test_weights_reproduce_the_estimate(self, rng: np.random.Generator) -> None:
        panel = staggered(rng, effect=0.3)
        found = imputed(panel)
        assert float((found.weights[0] * panel.outcome).sum()) == pytest.approx(found.coefficient[0])
        assert np.abs(found.weights[0].sum(axis=0)).max() < 1e-9
        assert np.abs(found.weights[0].sum(axis=1)).max() < 1e-9

    def test_leaving_a_cluster_out_is_estimating_without_it(self, rng: np.random.Generator) -> None:
        panel = staggered(rng, effect=0.3)
        found = imputed(panel)
        assert found.left_out is not None
        keep = np.arange(30) != 7
        less = imputed(adoption_panel(panel.outcome[keep], panel.adopted[keep]))
        assert found.left_out[7, 0] == pytest.approx(less.coefficient[0])

    def test_two_treatments_are_told_apart(self) -> None:
        rng = np.random.default_rng(5)
        one, two = (rng.integers(3, 14, 60) for _ in range(2))
        time = np.arange(12)[None, :]
        first, second = time >= one[:, None], time >= two[:, None]
        outcome = rng.normal(size=(60, 1)) + time / 10 + 0.3 * first - 0.2 * second
        design = np.stack([first, second]).astype(float)
        found = impute(outcome, np.ones((60, 12)), ~(first | second), design, cluster=np.arange(60))
        assert isinstance(found, Imputation)
        assert found.coefficient == pytest.approx([0.3, -0.2])

    def test_treatments_that_always_go_together_are_refused(self, rng: np.random.Generator) -> None:
        panel = staggered(rng)
        design = np.stack([panel.treated, panel.treated]).astype(float)
        found = impute(panel.outcome, panel.weight, ~panel.treated, design, cluster=panel.cluster)
        assert isinstance(found, Refusal)

    @pytest.mark.parametrize("adopted", [[0, 0, 9], [1, 1, 1]])
    def test_no_month_before_or_nobody_beside_is_refused(self, adopted: list[int]) -> None:
        panel = adoption_panel(np.zeros((3, 3)), adopted)
        treated = panel.treated
        clean = ~treated & (np.array(adopted) < 9)[:, None]
        found = impute(panel.outcome, panel.weight, clean, treated[None].astype(float), cluster=panel.cluster)
        assert isinstance(found, Refusal)

    def test_units_that_no_untreated_month_connects_are_refused(self) -> None:
        clean = np.array([[True, False, False], [False, True, True]])
        design = ~clean & np.array([[False, True, True], [True, False, False]])
        found = impute(
            np.zeros((2, 3)), np.ones((2, 3)), clean, design[None].astype(float), cluster=np.arange(2)
        )
        assert isinstance(found, Refusal)


class TestTwoWay:
    def test_demeaning_leaves_nothing_of_unit_and_period(self, rng: np.random.Generator) -> None:
        weight = rng.random((6, 5)) * (rng.random((6, 5)) > 0.2)
        left = demeaned(rng.normal(size=(6, 1)) + rng.normal(size=5), weight)
        assert np.abs(left).max() < 1e-9

    def test_collinear_design_is_refused(self, rng: np.random.Generator) -> None:
        panel = staggered(rng)
        design = np.broadcast_to(np.arange(12.0), (1, 30, 12))
        assert isinstance(regress(panel, design), Refusal)

    def test_gaps_have_no_decomposition(self) -> None:
        outcome = np.array([[1.0, np.nan], [0.0, 0.0]])
        assert isinstance(goodman_bacon(adoption_panel(outcome, [1, 9])), Refusal)


class TestBootstrap:
    def test_scores_add_up_to_the_estimate(self, rng: np.random.Generator) -> None:
        found = imputed(staggered(rng, effect=0.2))
        scores = cluster_scores(found)
        assert scores.direct.sum() == pytest.approx(scores.estimate)
        free = cluster_scores(found, restricted=False)
        assert free.direct.sum() == pytest.approx(0, abs=1e-9)
        spread = free.direct - free.first_factor @ free.second_factor.sum(axis=1)
        assert spread == pytest.approx(free.scores)

    def test_a_draw_is_an_estimate_on_flipped_residuals(self, rng: np.random.Generator) -> None:
        panel = staggered(rng, effect=0.2)
        found = imputed(panel)
        scores = cluster_scores(found)
        sign = rng.choice([-1.0, 1.0], size=30)
        residual = demeaned(panel.outcome, panel.weight)
        again = imputed(adoption_panel(residual * sign[:, None], panel.adopted))
        assert float(scores.direct @ sign) == pytest.approx(again.coefficient[0])
        spread = scores.direct * sign - scores.first_factor @ (scores.second_factor @ sign)
        assert spread == pytest.approx(again.scores[:, 0])

    def test_every_pattern_is_used_where_there_are_few(self, rng: np.random.Generator) -> None:
        found = wild_bootstrap(scores_of(rng.normal(size=12)), draws=9999, rng=rng)
        assert (found.enumerated, found.draws, found.smallest) == (True, 4096, 2 / 4096)

    @pytest.mark.parametrize(("clusters", "kind"), [(11, "webb"), (12, "rademacher"), (13, "rademacher")])
    def test_six_points_below_twelve_clusters(
        self, rng: np.random.Generator, clusters: int, kind: str
    ) -> None:
        assert wild_bootstrap(scores_of(rng.normal(size=clusters)), draws=99, rng=rng).weights == kind

    def test_no_p_value_of_zero(self, rng: np.random.Generator) -> None:
        found = wild_bootstrap(scores_of(10 + rng.normal(size=40)), draws=99, rng=rng)
        assert found.p_value == pytest.approx(0.01)


def scores_of(values: Floats) -> ClusterScores:
    """Scores of a mean: refitting takes the mean of the residuals off each cluster."""
    count = len(values)
    own = values / count
    estimate = float(own.sum())
    left, right = np.full((count, 1), 1 / count), own[None, :]
    return ClusterScores(estimate, own - estimate / count, own, left, right)


class TestRandomisation:
    def test_assignments_are_counted(self) -> None:
        assert assignments(np.array([0, 0, 0, 9, 9, 9])) == 20
        assert assignments(np.array([0, 5, 9, 9])) == 12

    def test_smallest_p_counts_mirror_images(self) -> None:
        assert smallest_p(np.array([0, 0, 0, 9, 9, 9])) == pytest.approx(0.1)
        assert smallest_p(np.array([0] + [9] * 19)) == pytest.approx(0.05)
        assert smallest_p(np.array([0, 0, 5, 5, 9, 9])) == pytest.approx(1 / 90)

    def test_all_assignments_are_used_where_there_are_few(self, rng: np.random.Generator) -> None:
        others = permutations(np.array([0, 0, 9, 9]), draws=99, rng=rng)
        assert others.shape == (5, 4)
        assert len({tuple(row) for row in others.tolist()}) == 5

    def test_few_assignments_are_drawn_without_putting_back(self, rng: np.random.Generator) -> None:
        pattern = np.array([0, 0, 9, 9, 9, 9, 9, 9])
        others = permutations(pattern, draws=20, rng=rng)
        assert others.shape == (20, 8)
        assert len({tuple(row) for row in others.tolist()} - {tuple(pattern.tolist())}) == 20
        assert (np.sort(others, axis=1) == np.sort(pattern)).all()

    def test_permuted_scores_are_regressions_on_permuted_dates(self, rng: np.random.Generator) -> None:
        panel = staggered(rng)
        dates, statistic = two_way_statistics(panel)
        dealt = permutations(dates, draws=3, rng=rng)
        for row, value in zip(dealt, statistic(dealt), strict=True):
            fitted = two_way_effect(AdoptionPanel(panel.outcome, panel.weight, row, panel.cluster))
            assert isinstance(fitted, Regression)
            plain = np.sqrt((fitted.scores**2).sum() * 30 / 29)
            assert value == pytest.approx(fitted.coefficient[0] / plain)

    def test_a_statistic_that_is_missing_counts_against_the_effect(self, rng: np.random.Generator) -> None:
        found = randomisation(
            np.array([0, 0, 9, 9]), lambda dealt: np.full(len(dealt), np.nan), actual=3.0, rng=rng
        )
        assert found.p_value == 1.0


class TestWhichTestIsBelieved:
    @pytest.mark.parametrize(("clusters", "treated"), [(20, 1), (6, 3), (5, 2), (2, 1), (50, 0), (50, 50)])
    def test_some_designs_cannot_be_tested(self, clusters: int, treated: int) -> None:
        found = recommend(design_of(np.where(np.arange(clusters) < treated, 5, 99), never=12))
        assert isinstance(found, Refusal)
        assert "cannot be tested" in found.reason

    @pytest.mark.parametrize(
        ("clusters", "treated", "method"),
        [
            (40, 18, Method.JACKKNIFE), (16, 8, Method.JACKKNIFE), (8, 4, Method.JACKKNIFE),
            (20, 8, Method.JACKKNIFE), (50, 20, Method.JACKKNIFE), (100, 20, Method.JACKKNIFE),
            (100, 19, Method.BOOTSTRAP), (50, 8, Method.BOOTSTRAP), (20, 7, Method.BOOTSTRAP),
            (40, 7, Method.BOOTSTRAP), (20, 5, Method.BOOTSTRAP), (20, 4, Method.RANDOMISATION),
            (20, 2, Method.RANDOMISATION), (9, 3, Method.RANDOMISATION),
        ],
    )  # fmt: skip
    def test_others_have_one(self, clusters: int, treated: int, method: Method) -> None:
        assert recommend(design_of(np.where(np.arange(clusters) < treated, 5, 99), never=12)) is method

    def test_one_treated_of_twenty(self) -> None:
        """Clustered errors reject a true null most of the time, the restricted bootstrap never."""
        rng = np.random.default_rng(11)
        clustered = restricted = unrestricted = 0
        for _ in range(60):
            panel = adoption_panel(autocorrelated(20, 12, rng), [6] + [99] * 19)
            found = imputed(panel)
            clustered += two_sided(found.coefficient[0] / found.standard_error[0], 19) < 0.05
            restricted += wild_bootstrap(cluster_scores(found), draws=199, rng=rng).p_value < 0.05
            free = cluster_scores(found, restricted=False)
            unrestricted += wild_bootstrap(free, draws=199, rng=rng).p_value < 0.05
        assert clustered > 30
        assert restricted == 0
        assert unrestricted > 30


class TestErrorRates:
    """A small version; ``python -m benchmarks compensation`` has the table."""

    @pytest.mark.parametrize(("clusters", "treated"), [(8, 4), (20, 8), (40, 16)])
    def test_jackknife_holds_its_level(self, clusters: int, treated: int) -> None:
        rng = np.random.default_rng(clusters)
        runs = 300
        rejected = 0
        for _ in range(runs):
            adopted = np.where(np.arange(clusters) < treated, rng.choice([8, 14], clusters), 99)
            found = imputed(adoption_panel(autocorrelated(clusters, 24, rng), adopted))
            assert found.jackknife is not None
            rejected += two_sided(found.coefficient[0] / found.jackknife[0], clusters - 1) < 0.05
        assert 0.02 <= rejected / runs <= 0.085

    def test_uniform_bands_cover_all_quarters_together(self) -> None:
        rng = np.random.default_rng(1)
        covered = 0
        for _ in range(150):
            panel = staggered(rng)
            design = np.stack([panel.since == since for since in range(6)]).astype(float)
            found = impute(panel.outcome, panel.weight, ~panel.treated, design, cluster=panel.cluster)
            assert isinstance(found, Imputation)
            band = uniform_band(found.coefficient, found.jackknife_scores, draws=499, rng=rng)
            covered += bool(((band.low <= 0) & (band.high >= 0)).all())
        assert 0.9 < covered / 150 < 0.99

    def test_uniform_bands_of_group_time_effects_need_more_units(self) -> None:
        rng = np.random.default_rng(2)
        covered = 0
        for _ in range(100):
            effects = group_time(staggered(rng, units=90), base="universal")
            assert isinstance(effects, GroupTime)
            parts = average(effects, kind="dynamic")
            assert isinstance(parts, Average)
            band = uniform_band(parts.part, parts.part_influence, cluster=parts.cluster, draws=499, rng=rng)
            covered += bool(((band.low <= 0) & (band.high >= 0)).all())
        assert covered / 100 >= 0.88

    def test_a_band_is_wider_than_an_interval(self, rng: np.random.Generator) -> None:
        scores = rng.normal(size=(40, 6))
        band = uniform_band(np.zeros(6), scores, rng=rng)
        assert 2.3 < band.critical < 3.5


class TestDepartures:
    ESTIMATE = np.array([0.0, 0.01, 0.2, 0.2])
    COVARIANCE = 0.0004 * (np.eye(4) + 0.3)
    WEIGHTS = np.array([0.5, 0.5])

    def ends(self, bound: float) -> tuple[float, float]:
        found = relative_magnitudes(
            self.ESTIMATE, self.COVARIANCE, before=2, weights=self.WEIGHTS, bound=bound
        )
        return float(found.low), float(found.high)

    def test_without_departures_it_is_about_the_usual_interval(self) -> None:
        low, high = self.ends(0.0)
        error = np.sqrt(self.WEIGHTS @ self.COVARIANCE[2:, 2:] @ self.WEIGHTS)
        assert low == pytest.approx(0.2 - 1.96 * error, abs=0.006)
        assert high == pytest.approx(0.2 + 1.96 * error, abs=0.006)

    def test_it_widens_with_what_is_allowed(self) -> None:
        narrow, middle, wide = (self.ends(bound) for bound in (0.0, 1.0, 3.0))
        assert wide[0] < middle[0] < narrow[0]
        assert narrow[1] < middle[1] < wide[1]

    def test_bends_widen_too(self) -> None:
        widths = [
            float(found.high - found.low)
            for bend in (0.0, 0.01, 0.05)
            if (found := smoothness(
                self.ESTIMATE, self.COVARIANCE, before=2, weights=self.WEIGHTS, bend=bend
            ))
        ]  # fmt: skip
        assert widths == sorted(widths)
        assert widths[0] < widths[2]

    def test_a_straight_drift_is_taken_out(self) -> None:
        drift = np.array([-2.0, -1.0, 1.0, 2.0])
        covariance = 1e-8 * np.eye(4)
        found = smoothness(drift, covariance, before=2, weights=self.WEIGHTS, bend=0.0)
        assert float(found.low + found.high) / 2 == pytest.approx(0, abs=1e-6)


def test_jackknife_of_a_mean_is_its_standard_error(rng: np.random.Generator) -> None:
    values = rng.normal(size=25)
    left_out = (values.sum() - values) / 24
    assert float(jackknife_error(left_out)) == pytest.approx(values.std(ddof=1) / 5)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
