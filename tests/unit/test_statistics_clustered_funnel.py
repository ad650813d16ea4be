"""Units compared on clustered shares: false alarms at their rate, planted units, days allowed for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from auditlib.records import Refusal
from auditlib.statistics.clustered_funnel import ClusteredFunnel, clustered_funnel, design_effect
from auditlib.statistics.outlier_verdicts import CALLED_OUT, OutlierStatus

UNITS, DAYS = 30, 50
Clusters = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


def simulated(
    rng: np.random.Generator, *, apart: float = 0.0, between: float = 0.0, within: float = 1.0
) -> Clusters:
    """Return days of units of 8 contacts each.

    Parameters
    ----------
    apart
        By how much the share of the first unit is lower than that of the others.
    between, within
        Standard deviation between units, and between days of a unit, of the logit.
    """
    unit = np.repeat(np.arange(UNITS), DAYS)
    logit = 0.8 + between * rng.normal(size=UNITS)[unit] + within * rng.normal(size=len(unit))
    share = np.clip(1 / (1 + np.exp(-logit)) - apart * (unit == 0), 0, 1)
    cases = np.full(len(unit), 8.0)
    return unit, rng.binomial(8, share).astype(np.float64), cases


def compared(clusters: Clusters) -> ClusteredFunnel:
    funnel = clustered_funnel(*clusters, level=0.95)
    assert isinstance(funnel, ClusteredFunnel)
    return funnel


def called(funnel: ClusteredFunnel) -> list[int]:
    return [place for place, verdict in enumerate(funnel.verdicts) if verdict in CALLED_OUT]


@pytest.mark.parametrize("between", [0.0, 0.1])
def test_where_no_unit_is_apart_next_to_none_is_called_out(between):
    """Units that differ by 2 points lie within the meaningful difference, of some 8, of the others."""
    rng = np.random.default_rng(11)
    alarms = [len(called(compared(simulated(rng, between=between)))) for _ in range(40)]
    assert np.mean([count > 0 for count in alarms]) <= 0.05


def test_a_unit_far_below_the_others_is_called_out_and_no_other():
    rng = np.random.default_rng(12)
    for _ in range(10):
        funnel = compared(simulated(rng, apart=0.35))
        assert called(funnel) == [0]
        assert funnel.verdicts[0] is OutlierStatus.LOWER


def test_days_that_go_together_are_allowed_for():
    clusters = simulated(np.random.default_rng(13), within=1.0)
    funnel = compared(clusters)
    assert funnel.design_effect > 1.5
    independent = compared(simulated(np.random.default_rng(13), within=0.0))
    assert independent.design_effect == pytest.approx(1.0, abs=0.1)
    assert (funnel.own.high - funnel.own.low).mean() > 1.2 * (
        independent.own.high - independent.own.low
    ).mean()


def test_limits_hold_the_announced_share_of_units_that_differ_beyond_chance():
    rng, inside = np.random.default_rng(14), []
    for _ in range(40):
        funnel = compared(simulated(rng, between=0.2))
        limits = funnel.limits(funnel.cases, level=0.95)
        inside.append(((funnel.share >= limits.low) & (funnel.share <= limits.high)).mean())
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def test_a_day_by_itself_says_nothing_of_how_days_differ():
    unit, cases = np.arange(3), np.full(3, 10.0)
    assert design_effect(unit, np.array([1.0, 5.0, 9.0]), cases) == 1.0


@pytest.mark.parametrize(
    ("units", "why"), [(4, "4 units have enough contacts, and of fewer than 5"), (5, "fared the same")]
)
def test_too_few_units_or_no_differences_are_refused(units, why):
    unit = np.repeat(np.arange(units), 3)
    refusal = clustered_funnel(unit, np.full(len(unit), 8.0), np.full(len(unit), 8.0), level=0.95)
    assert isinstance(refusal, Refusal)
    assert why in refusal.reason
