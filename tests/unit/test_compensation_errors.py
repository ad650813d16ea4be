"""How sure the numbers about pay are: the factor of few clusters, placebos, bonuses that luck would turn."""

from __future__ import annotations

import numpy as np
import pytest

from auditlib.compensation.inference import _products
from auditlib.compensation.paid import Paid
from auditlib.compensation.placebo import _ranked
from auditlib.compensation.specification_curve import _few
from auditlib.statistics.adoption import adoption_panel
from auditlib.statistics.imputation import Imputation, impute


def imputed(units: int) -> Imputation:
    rng = np.random.default_rng(units)
    panel = adoption_panel(rng.normal(size=(units, 8)), np.resize([4, 99], units))
    found = impute(
        panel.outcome, panel.weight, ~panel.treated, panel.treated[None].astype(float), cluster=panel.cluster
    )
    assert isinstance(found, Imputation)
    return found


@pytest.mark.parametrize(("units", "factor"), [(2, 2.0), (4, 4 / 3), (30, 30 / 29)])
def test_few_clusters_widen_what_stands_on_the_curve(units: int, factor: float) -> None:
    outcome = np.random.default_rng(1).normal(size=(units, 6))
    panel = adoption_panel(outcome, np.resize([3, 99], units))
    assert _few(panel) ** 2 == pytest.approx(factor)


def test_a_cluster_without_observations_is_none() -> None:
    outcome = np.random.default_rng(1).normal(size=(4, 6))
    weight = np.ones((4, 6))
    weight[0] = 0
    assert _few(adoption_panel(outcome, np.array([3, 3, 99, 99]), weight=weight)) ** 2 == pytest.approx(3 / 2)


@pytest.mark.parametrize("units", [4, 5, 30])
def test_the_products_of_a_ratio_are_those_of_the_covariance(units: int) -> None:
    found = imputed(units)
    estimate, same, *squares = _products((found, found), 0)
    assert estimate == same == found.coefficient[0]
    assert squares == pytest.approx([found.covariance[0, 0]] * 3)
    scores = found.scores[:, 0]
    assert found.covariance[0, 0] == pytest.approx((scores**2).sum() * units / (units - 1))
    assert found.standard_error[0] == pytest.approx(np.sqrt((scores**2).sum() * units / (units - 1)))


@pytest.mark.parametrize(
    ("statistic", "p_value"),
    [(3.1, 1 / 5), (-3.1, 1 / 5), (3.0, 2 / 5), (2.9, 2 / 5), (0.5, 1.0), (0.0, 1.0)],
)
def test_a_link_is_ranked_among_its_placebos_itself_included(statistic: float, p_value: float) -> None:
    reference = np.array([0.5, -1.0, 2.0, -3.0])
    assert _ranked(np.array([statistic]), reference).tolist() == pytest.approx([p_value])


def paid(value: float, n: float) -> Paid:
    """One unit, one pay period, yes-or-no bonus; one answer varies by one."""
    one = np.full((1, 1), 1.0)
    return Paid(
        value * one, n * one, one, one.astype(bool), one.astype(bool), "unit", "quarter", period_named=True
    )


@pytest.mark.parametrize(
    ("value", "turned"),
    [
        # both draws have an error of 1 / 10, so their difference has one of sqrt(2) / 10
        (4.0, 0.5),
        (4.0 + np.sqrt(2) / 10, 0.158655),
        (4.0 - np.sqrt(2) / 10, 0.158655),
        (4.0 + 2 * np.sqrt(2) / 10, 0.022750),
    ],
)
def test_another_draw_turns_a_bonus_by_the_errors_of_both(value: float, turned: float) -> None:
    assert paid(value, 100).flip_rate(4.0) == pytest.approx(turned, abs=1e-6)
