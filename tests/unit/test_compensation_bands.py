"""Bands with few clusters, placebos dealt where they can be seen, and what may be claimed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from auditlib import compensation
from auditlib.compensation import placebo
from auditlib.compensation.event_study import Drift, EventStudy, drift, event_study
from auditlib.compensation.inference import EffectClaim, Inference, calibrated, claim, infer, unchecked
from auditlib.compensation.placebo import Placebos, placebos
from auditlib.compensation.plan import DetectableEffect, LinkDesign, plan
from auditlib.compensation.procedure import Choices, PayQuestion, effects
from auditlib.compensation.register import RoleLinks
from auditlib.compensation.sensitivity import Sensitivity, sensitivity
from auditlib.compensation.specification_curve import quarterly
from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, adoption_panel
from auditlib.statistics.bands import band_by_chance
from auditlib.statistics.chance import chance_statistics
from auditlib.statistics.clustered import critical
from auditlib.statistics.decomposition import goodman_bacon
from auditlib.statistics.few_clusters import Method, design_of
from auditlib.statistics.imputation import Imputation, impute, refitted
from auditlib.statistics.randomisation import ReassignedOutcomes, constant_effects
from auditlib.statistics.two_way import jackknife, sun_abraham
from auditlib.statistics.types import Floats


def noise(units: int, periods: int, rng: np.random.Generator) -> Floats:
    drawn = rng.normal(size=(units, periods))
    for period in range(1, periods):
        drawn[:, period] = 0.6 * drawn[:, period - 1] + 0.8 * drawn[:, period]
    return drawn


def by_time(panel: AdoptionPanel) -> Imputation:
    design = np.stack([panel.since == since for since in range(4)]).astype(float)
    weight = panel.weight * (panel.since < 4)
    found = impute(panel.outcome, weight, ~panel.treated, design, cluster=panel.cluster)
    assert isinstance(found, Imputation)
    return found


def halved(clusters: int, rng: np.random.Generator) -> AdoptionPanel:
    return adoption_panel(noise(clusters, 16, rng), np.where(np.arange(clusters) < clusters // 2, 8, 99))


class TestBands:
    def test_refitting_the_outcome_itself_gives_the_estimate(self, rng: np.random.Generator) -> None:
        panel = adoption_panel(noise(9, 12, rng), [4] * 4 + [99] * 5, cluster=[0, 0, 1, 2, 3, 3, 4, 5, 6])
        found = by_time(panel)
        whole, without = refitted(found, panel.outcome[:, :, None])
        assert found.left_out is not None
        assert whole[:, 0] == pytest.approx(found.coefficient)
        assert without[:, :, 0] == pytest.approx(found.left_out)

    def test_the_level_of_a_unit_and_a_period_is_no_matter(self, rng: np.random.Generator) -> None:
        panel = adoption_panel(noise(8, 12, rng), [4] * 4 + [99] * 4)
        found = by_time(panel)
        moved = panel.outcome + rng.normal(size=(8, 1)) + rng.normal(size=12)
        both = refitted(found, np.stack([panel.outcome, moved], axis=2))
        assert both[0][:, 0] == pytest.approx(both[0][:, 1])
        assert both[1][..., 0] == pytest.approx(both[1][..., 1])

    @pytest.mark.parametrize(("clusters", "adopting"), [(8, 4), (12, 6), (20, 4)])
    def test_a_band_covers_all_periods_together_with_few_clusters(self, clusters: int, adopting: int) -> None:
        """A small version; ``python -m benchmarks compensation`` has the table."""
        rng, covered, runs = np.random.default_rng([clusters, adopting]), 0, 300
        dates = [8] * adopting + [99] * (clusters - adopting)
        found = by_time(adoption_panel(noise(clusters, 16, rng), dates))
        drawn = chance_statistics([(found, place) for place in range(4)], draws=1999, rng=rng)
        for _ in range(runs):
            found = by_time(adoption_panel(noise(clusters, 16, rng), dates))
            assert found.jackknife is not None
            band = band_by_chance(found.coefficient, found.jackknife, drawn)
            covered += bool(((band.low <= 0) & (band.high >= 0)).all())
        assert 0.915 <= covered / runs <= 0.985

    def test_the_critical_value_comes_down_with_clusters(self, rng: np.random.Generator) -> None:
        few, many = (
            chance_statistics([(by_time(halved(count, rng)), 0)], draws=1999, rng=rng) for count in (8, 60)
        )
        heavy, light = (band_by_chance(np.zeros(1), np.ones(1), one).critical for one in (few, many))
        assert heavy > light
        assert light == pytest.approx(critical(0.95, 59), abs=0.2)


def linked(units: int, adopting: int, rng: np.random.Generator) -> tuple[compensation.Panel, RoleLinks]:
    months = tuple(202300 + 100 * (month // 12) + month % 12 + 1 for month in range(24))
    adopted = np.where(np.arange(units) < adopting, 12, 24)
    on = np.arange(24)[None, :] >= adopted[:, None]
    shown = compensation.Panel(
        "transactional", "q", "mean", tuple(f"U{unit:02}" for unit in range(units)), months,
        4 + 0.1 * noise(units, 24, rng), np.full((units, 24), 30.0), 0.8,
    )  # fmt: skip
    return shown, RoleLinks("manager", adopted.astype(np.int64), on, on, 0.1 * on)


def at_once(shown: compensation.Panel, links: RoleLinks) -> PayQuestion:
    """Ask about links that nobody anticipates: no month before them is set aside."""
    return PayQuestion(shown, (links,), "manager", Choices(anticipation=0))


class TestEventStudy:
    @pytest.mark.parametrize(("units", "adopting"), [(12, 3), (12, 9)])
    def test_no_band_below_four_clusters_on_either_side(
        self, units: int, adopting: int, rng: np.random.Generator
    ) -> None:
        shown, links = linked(units, adopting, rng)
        found = event_study(PayQuestion(shown, (links,), "manager"), rng=rng)
        assert isinstance(found, Refusal) == (min(adopting, units - adopting) < 4)

    @pytest.mark.parametrize("adopting", [4, 8])
    def test_four_are_enough(self, adopting: int, rng: np.random.Generator) -> None:
        shown, links = linked(12, adopting, rng)
        found = event_study(PayQuestion(shown, (links,), "manager"), rng=rng)
        assert isinstance(found, EventStudy)
        assert found.critical > critical(0.95, 11)
        assert not found.hidden
        assert (found.frame["clusters"] == adopting).all()

    def test_units_of_one_cluster_count_once(self, rng: np.random.Generator) -> None:
        shown, links = linked(12, 6, rng)
        pairs = np.arange(12) // 2
        found = event_study(PayQuestion(shown, (links,), "manager", cluster=pairs), rng=rng)
        assert isinstance(found, Refusal)
        assert "3 linked" in found.reason


class TestPlacebos:
    def test_dates_go_where_months_stand_on_either_side(self, rng: np.random.Generator) -> None:
        shown, links = linked(24, 8, rng)
        lender = placebo._lender(at_once(shown, links))
        dealt = placebo._assign(lender, np.full(8, 12), 8, count=40, low_first=False, rng=rng)
        lent = lender.panel.n > 0
        for adopted in dealt:
            for unit in np.flatnonzero(adopted < 24):
                assert lent[unit, : adopted[unit]].sum() >= 3
                assert lent[unit, adopted[unit] :].sum() >= 3
        assert max(int((adopted < 24).sum()) for adopted in dealt) == 8

    def test_clusters_adopt_together(self, rng: np.random.Generator) -> None:
        shown, links = linked(48, 24, rng)
        pairs = np.arange(48) // 2
        found = placebos(replace(at_once(shown, links), cluster=pairs), count=60, rng=rng)
        assert isinstance(found, Placebos)
        assert found.units == (24, 12)

    def test_few_linked_units_are_judged_by_the_test_they_call_for(self, rng: np.random.Generator) -> None:
        shown, links = linked(24, 5, rng)
        found = placebos(at_once(shown, links), count=60, rng=rng)
        assert isinstance(found, Placebos)
        assert found.method is Method.BOOTSTRAP

    def test_dealing_dates_raises_false_alarms_at_the_nominal_rate(self, rng: np.random.Generator) -> None:
        shown, links = linked(24, 3, rng)
        found = placebos(at_once(shown, links), count=99, rng=rng)
        assert isinstance(found, Placebos)
        assert found.method is Method.RANDOMISATION
        assert found.units == (24, 3)
        assert 0.03 <= found.rate <= 0.05

    @pytest.mark.parametrize(
        ("statistic", "p_value"), [(2.1, 0.02), (2.0, 0.04), (-2.0, 0.04), (1.9, 0.04), (0.0, 1.0)]
    )
    def test_the_place_among_placebos(self, statistic: float, p_value: float) -> None:
        assert placed(np.r_[np.zeros(48), 2.0]).p_value(statistic) == pytest.approx(p_value)

    def test_the_critical_value_of_the_placebos(self) -> None:
        assert placed(np.arange(1.0, 100.0)).crossing(0.95) == 95.0


def placed(statistic: Floats) -> Placebos:
    return Placebos(statistic, statistic, 0, 0.0, 0.1, (20, 10), Method.JACKKNIFE)


class TestClaim:
    TESTED = Inference(
        Method.JACKKNIFE, 0.04, 0.1, 2.0, 1.0, design_of(np.r_[[5] * 10, [9] * 10], never=9), ()
    )

    @pytest.mark.parametrize(
        ("stronger", "said"), [(3, EffectClaim.SHOWN), (4, EffectClaim.SHOWN), (5, EffectClaim.DISPUTED)]
    )
    def test_an_effect_is_claimed_where_placebos_agree(self, stronger: int, said: EffectClaim) -> None:
        """Of 99 placebos 4 may be as strong at 5 %."""
        beside = placed(np.r_[np.zeros(99 - stronger), np.full(stronger, 3.0)])
        assert claim(2.5, self.TESTED, beside) is said
        assert calibrated(2.5, self.TESTED, beside) == pytest.approx((1 + stronger) / 100)

    def test_without_placebos_nothing_is_shown(self) -> None:
        none = Refusal("Only 6 units.")
        assert claim(2.5, self.TESTED, none) is EffectClaim.NOT_SHOWN
        assert unchecked(2.5, self.TESTED, none) == "Only 6 units."
        assert calibrated(2.5, self.TESTED, none) is None
        assert unchecked(2.5, self.TESTED, placed(np.zeros(99))) == ""

    def test_an_effect_without_error_has_no_place_among_placebos(self) -> None:
        bare = replace(self.TESTED, error=None)
        assert claim(2.5, bare, placed(np.zeros(99))) is EffectClaim.NOT_SHOWN
        assert "no place among placebo links" in unchecked(2.5, bare, placed(np.zeros(99)))

    @pytest.mark.parametrize(
        ("p_value", "said"),
        [(0.05, EffectClaim.SHOWN), (0.051, EffectClaim.NOT_SHOWN), (None, EffectClaim.UNTESTABLE)],
    )
    def test_placebos_never_make_an_effect(self, p_value: float | None, said: EffectClaim) -> None:
        assert claim(2.5, replace(self.TESTED, p_value=p_value), placed(np.zeros(99))) is said

    def test_what_cannot_be_tested_is_not_claimed(self) -> None:
        untested = replace(self.TESTED, method=Refusal("The effect cannot be tested."))
        assert claim(2.5, untested, placed(np.zeros(99))) is EffectClaim.UNTESTABLE


class TestRandomisationInterval:
    def lines(self, rng: np.random.Generator) -> ReassignedOutcomes:
        """Of 39 other assignments none has a response: t does not move with the effect."""
        ones = np.ones(39)
        return ReassignedOutcomes(rng.normal(size=39), 0 * ones, np.stack([ones, 0 * ones, 0 * ones]))

    def test_it_holds_the_effects_that_are_not_rejected(self, rng: np.random.Generator) -> None:
        """Rejected where at most one of 39 exceeds: the second largest is the half-width."""
        dealt = self.lines(rng)
        found = constant_effects(dealt, estimate=3.0, error=1.0)
        assert not isinstance(found, Refusal)
        second = np.sort(np.abs(dealt.estimate))[-2]
        assert float(found.low) == pytest.approx(3.0 - second, abs=1e-3)
        assert float(found.high) == pytest.approx(3.0 + second, abs=1e-3)

    @pytest.mark.parametrize(("others", "refused"), [(18, True), (19, False), (20, False)])
    def test_too_few_ways_to_deal_give_none(
        self, others: int, refused: bool, rng: np.random.Generator
    ) -> None:
        ones = np.ones(others)
        dealt = ReassignedOutcomes(rng.normal(size=others), 0 * ones, np.stack([ones, 0 * ones, 0 * ones]))
        assert isinstance(constant_effects(dealt, estimate=0.0, error=1.0), Refusal) is refused

    def test_assignments_that_never_exceed_give_no_end(self) -> None:
        """Where a quarter of the assignments are the actual one, no effect is rejected."""
        ones = np.ones(40)
        dealt = ReassignedOutcomes(np.zeros(40), np.r_[np.ones(10), np.zeros(30)], np.stack([0 * ones] * 3))
        assert isinstance(constant_effects(dealt, estimate=0.0, error=1.0), Refusal)

    def test_the_interval_and_the_test_agree(self, rng: np.random.Generator) -> None:
        shown, links = linked(9, 3, rng)
        question = at_once(shown, links)
        found = effects(question)
        assert isinstance(found, Imputation)
        tested = infer(found, question, draws=99, reassignments=0, rng=rng)
        assert tested.method is Method.RANDOMISATION
        assert tested.low is not None
        assert tested.high is not None
        assert tested.p_value is not None
        assert (tested.low <= 0 <= tested.high) == (tested.p_value > 0.05)
        assert tested.low < found.coefficient[0] < tested.high

    def test_what_cannot_be_tested_has_no_interval_and_says_why(self, rng: np.random.Generator) -> None:
        shown, links = linked(20, 1, rng)
        question = PayQuestion(shown, (links,), "manager")
        found = effects(question)
        assert isinstance(found, Imputation)
        tested = infer(found, question, draws=99, reassignments=0, rng=rng)
        assert tested.low is None
        assert "cannot be tested" in tested.no_interval


class TestWhichClustersCount:
    def judged(self, shown: compensation.Panel, links: RoleLinks, rng: np.random.Generator) -> Inference:
        question = at_once(shown, links)
        found = effects(question)
        assert isinstance(found, Imputation)
        return infer(found, question, draws=99, reassignments=0, rng=rng)

    def test_units_nobody_answered_about_change_nothing(self, rng: np.random.Generator) -> None:
        shown, links = linked(12, 6, rng)
        padded, more = linked(14, 6, rng)
        value, n = (np.pad(part, ((0, 2), (0, 0))) for part in (shown.value, shown.n))
        empty = replace(padded, value=value, n=n)
        alone, beside = self.judged(shown, links, rng), self.judged(empty, more, rng)
        assert beside.design == alone.design
        assert beside.error == pytest.approx(alone.error)
        assert beside.low == pytest.approx(alone.low)

    def test_units_linked_from_the_start_do_not_count_as_linked(self, rng: np.random.Generator) -> None:
        """Of ten linked units eight have no month before: two carry the estimate."""
        shown, links = linked(20, 10, rng)
        adopted = np.where(np.arange(20) < 8, 0, links.adopted)
        on = np.arange(24)[None, :] >= adopted[:, None]
        found = self.judged(shown, RoleLinks("manager", adopted, on, on, 0.1 * on), rng)
        assert (found.design.clusters, found.design.treated) == (12, 2)
        assert found.method is Method.RANDOMISATION

    def test_where_all_adopt_the_last_are_the_comparison(self, rng: np.random.Generator) -> None:
        shown, _ = linked(24, 12, rng)
        adopted = np.where(np.arange(24) < 12, 8, 16)
        on = np.arange(24)[None, :] >= adopted[:, None]
        found = self.judged(shown, RoleLinks("manager", adopted, on, on, 0.1 * on), rng)
        assert (found.design.clusters, found.design.treated) == (24, 12)
        assert found.method is Method.JACKKNIFE


class TestInteractions:
    def test_units_adopted_from_the_start_are_left_out(self, rng: np.random.Generator) -> None:
        panel = adoption_panel(noise(12, 8, rng), [0, 0, 3, 3, 3, 5, 5, 5, 9, 9, 9, 9])
        rest = adoption_panel(panel.outcome[2:], panel.adopted[2:])
        with_them, without = sun_abraham(panel), sun_abraham(rest)
        assert not isinstance(with_them, Refusal)
        assert not isinstance(without, Refusal)
        assert with_them.overall == pytest.approx(without.overall)
        assert with_them.overall_error == pytest.approx(without.overall_error)

    @pytest.mark.parametrize("adopted", [[0, 0, 9, 9], [2, 2, 2, 2], [9, 9, 9, 9]])
    def test_nothing_to_mix_is_refused(self, adopted: list[int], rng: np.random.Generator) -> None:
        """Adopted from the start or never, all at once, nobody."""
        assert isinstance(goodman_bacon(adoption_panel(noise(4, 5, rng), adopted)), Refusal)

    def test_all_adopted_from_the_start_is_refused(self, rng: np.random.Generator) -> None:
        assert isinstance(sun_abraham(adoption_panel(noise(4, 5, rng), [0, 0, 9, 9])), Refusal)


class TestBeforeTheLink:
    def test_a_drift_is_judged_by_leaving_clusters_out(self, rng: np.random.Generator) -> None:
        shown, links = linked(12, 6, rng)
        found = drift(PayQuestion(shown, (links,), "manager"))
        assert isinstance(found, Drift)
        since = np.arange(24)[None, :] - np.where(links.adopted < 24, links.adopted, 10**6)[:, None]
        clean = ~links.linked & ~((since < 0) & (since >= -3))
        slope = np.where((links.adopted < 24)[:, None] & clean, since, 0) / 12
        panel = AdoptionPanel(shown.value, shown.n * clean, links.adopted, np.arange(12))
        assert found.error == pytest.approx(float(np.asarray(jackknife(panel, slope[None]))[0]))

    def test_a_drift_of_one_unit_is_no_drift_of_units(self, rng: np.random.Generator) -> None:
        shown, links = linked(12, 1, rng)
        found = drift(PayQuestion(shown, (links,), "manager"))
        assert isinstance(found, Refusal)
        assert "single cluster" in found.reason

    @pytest.mark.parametrize(("before", "refused"), [(2, True), (3, True), (4, False)])
    def test_a_plan_needs_more_months_than_are_set_aside(self, before: int, refused: bool) -> None:
        found = plan(LinkDesign(20, 10, 24, before, 10.0), draws=20)
        assert isinstance(found, Refusal) is refused

    def test_what_is_set_aside_costs_power(self) -> None:
        kept, aside = (
            plan(LinkDesign(20, 10, 24, 6, 10.0, anticipation=months), draws=100) for months in (0, 4)
        )
        assert isinstance(kept, DetectableEffect)
        assert isinstance(aside, DetectableEffect)
        assert aside.error > kept.error

    def test_without_departures_the_honest_interval_is_that_of_t(self, rng: np.random.Generator) -> None:
        shown, links = linked(12, 6, rng)
        found = sensitivity(at_once(shown, links), seed=0)
        assert isinstance(found, Sensitivity)
        quarters = quarterly(at_once(shown, links))
        fitted = sun_abraham(quarters)
        assert not isinstance(fitted, Refusal)
        since, _, covariance = fitted.by_since()
        first = np.flatnonzero((since >= 0) & (since < 4))
        error = float(np.sqrt(covariance[np.ix_(first, first)].mean()))
        none = found.frame[(found.frame["kind"] == "relative") & (found.frame["size"] == 0)].iloc[0]
        assert none["high"] - none["low"] == pytest.approx(2 * critical(0.95, 11) * error, rel=0.05)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
