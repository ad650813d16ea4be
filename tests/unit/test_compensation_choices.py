"""Many choices judged together, and each as its own design calls for."""

from __future__ import annotations

import numpy as np
import pytest

from auditlib.compensation.procedure import Choices, PayQuestion
from auditlib.compensation.register import role_links
from auditlib.compensation.specification import EffectEstimate, specified
from auditlib.compensation.specification_curve import SpecificationCurve, specification_curve
from auditlib.records import Refusal
from auditlib.statistics.clustered import critical
from auditlib.statistics.few_clusters import FEWEST
from auditlib.statistics.joint_choices import JointTest, joint_test
from benchmarks._answering_company import World, company

LIMIT = np.full(4, 2.0)


class TestJointTest:
    def test_by_hand(self) -> None:
        estimate = np.array([[0.1, 0.2, 0.3, -0.1], [0.1, 0.1, 0.1, 0.1], [-0.4, -0.4, -0.4, -0.4]])
        statistic = np.array([[1.0, 2.0, 3.0, -1.0], [1.0, 1.0, 1.0, 1.0], [-4.0, -4.0, -1.0, -4.0]])
        found = joint_test(estimate, statistic, LIMIT)
        assert found.median.value == pytest.approx(0.15)
        assert found.share.value == pytest.approx(0.5)
        assert found.combined.value == pytest.approx(2.5)
        assert (found.median.as_extreme, found.share.as_extreme, found.combined.as_extreme) == (1, 1, 1)
        assert found.p_value == pytest.approx(2 / 3)

    def test_the_sign_of_a_dealt_curve_does_not_matter(self) -> None:
        ones = np.ones((2, 4)) * np.array([[1.0], [-1.0]])
        assert joint_test(ones, ones, LIMIT).p_value == 1

    def test_a_choice_without_an_estimate_counts_for_nothing(self) -> None:
        values = np.array([[1.0, 2.0, 3.0, np.nan], [0.0, 0.0, 0.0, np.nan]])
        assert joint_test(values, values, LIMIT).combined.value == pytest.approx(6 / np.sqrt(3))

    def test_it_has_its_level_however_alike_the_choices_are(self) -> None:
        """One company in twenty, where some choice stands out three times as often."""
        rng, called, some = np.random.default_rng(8), 0, 0
        for _ in range(600):
            shared = rng.normal(size=(20, 1))
            values = 0.8 * shared + 0.6 * rng.normal(size=(20, 12))
            called += joint_test(values, values, np.full(12, 1.96)).p_value <= 0.05
            some += bool((np.abs(values[0]) > 1.96).any())
        assert 0.025 <= called / 600 <= 0.08
        assert some / 600 > 0.15


def question(world: World, seed: int = 1) -> PayQuestion:
    drawn = company(world, seed)
    links = role_links(drawn.register, drawn.panel, role="manager")
    return PayQuestion(drawn.panel, (links,), "manager")


def curve(world: World, *, deals: int = 19, seed: int = 1) -> SpecificationCurve:
    return specification_curve(question(world, seed), deals=deals, rng=np.random.default_rng(seed))


SMALL = World(units=24, months=24, dates=(12,), by_region=False, spread=0.4)
FEW = World(units=24, months=24, dates=(12,), by_region=False, spread=0.4, linked=FEWEST - 1)
UNEVEN = World(units=24, months=24, dates=(12,), by_region=False, spread=0.4, linked=6)


class TestCurve:
    def test_a_strong_effect_is_shown_by_all_taken_together(self) -> None:
        found = curve(World(units=24, months=24, dates=(12,), by_region=False, linked=10, effect=0.8))
        assert isinstance(found.joint, JointTest)
        assert found.joint.p_value == pytest.approx(1 / 20)
        assert found.supports(0.3, level=0.95) is True
        assert found.supports(-0.3, level=0.95) is False

    def test_fewer_than_four_linked_are_not_estimable(self) -> None:
        found = curve(FEW, deals=0)
        assert found.defensible.empty
        assert found.inestimable == found.frame["trusted"].sum()
        assert "Not estimable: it rests on 3 linked groups, and needs 4." in set(found.frame["why"])
        assert found.frame["why"].str.startswith("Not estimable").all()
        assert isinstance(found.joint, Refusal)

    def test_an_even_design_goes_by_t_and_an_uneven_by_links_dealt_anew(self) -> None:
        even, uneven = (
            curve(World(units=24, months=24, dates=(12,), by_region=False, linked=12)),
            curve(UNEVEN),
        )
        assert set(even.defensible["test"]) == {"jackknife"}
        degrees = even.defensible["clusters"] - 1
        wanted = [critical(0.95, int(count)) for count in degrees]
        assert even.defensible["critical"].tolist() == pytest.approx(wanted)
        assert "wild_bootstrap" in set(uneven.defensible["test"])
        dealt = uneven.defensible[uneven.defensible["test"] == "wild_bootstrap"]
        assert (20 * dealt["p_value"]).round(6).isin(range(1, 21)).all()

    def test_limits_and_p_value_agree(self) -> None:
        frame = curve(UNEVEN).defensible
        beyond = (frame["low"] > 0) | (frame["high"] < 0)
        assert (beyond == (frame["p_value"] <= 0.05)).all()

    def test_without_deals_an_uneven_design_has_no_limits_and_no_verdict(self) -> None:
        found = curve(UNEVEN, deals=0)
        assert found.defensible["low"].isna().any()
        assert isinstance(found.joint, Refusal)


class TestBench:
    """What the lab shows is held to the same limits."""

    def bench(self, world: World, estimator: str) -> EffectEstimate:
        drawn = company(world, 1)
        known = {"region": drawn.region}
        found = specified(
            drawn.panel, drawn.register, role="manager", estimator=estimator, known=known, choices=Choices()
        )
        assert isinstance(found, EffectEstimate)
        return found

    @pytest.mark.parametrize("estimator", ["imputation", "never", "not_yet", "sun_abraham", "two_way"])
    def test_too_few_linked_are_not_estimable_by_any_estimator(self, estimator: str) -> None:
        found = self.bench(FEW, estimator)
        assert found.estimate is None
        assert "Not estimable" in found.summary()[0].text
        assert isinstance(found.events, Refusal)

    def test_links_by_region_are_judged_by_region(self) -> None:
        found = self.bench(World(months=24, dates=(12,)), "never")
        assert "rests on 2 linked groups" in found.why

    def test_an_uneven_design_has_the_limits_of_its_own_test(self) -> None:
        found = self.bench(UNEVEN, "imputation")
        assert found.low is not None
        assert found.estimate is not None
        assert found.low < found.estimate
        assert "without limits" in self.bench(UNEVEN, "never").summary()[0].text
