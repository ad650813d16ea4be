"""Staggered adoption held against published numbers and against an independent implementation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, adoption_panel
from auditlib.statistics.decomposition import by_contrast, goodman_bacon
from auditlib.statistics.group_time import Average, GroupTime, Kind, average, group_time
from auditlib.statistics.imputation import Imputation, impute
from auditlib.statistics.relative_magnitudes import relative_magnitudes
from auditlib.statistics.smoothness import smoothness
from auditlib.statistics.two_way import Interactions, Regression, regress, sun_abraham, two_way_effect

POINT, ERROR = 1e-6, 1e-5


@pytest.fixture(scope="module")
def teens(shared_data: Path) -> AdoptionPanel:
    """County teen employment, 500 counties, 2003 to 2007 (R package `did`, Callaway and Sant'Anna 2021)."""
    rows = pd.read_csv(shared_data / "mpdta" / "mpdta.csv.gz")
    wide = rows.pivot_table(index="countyreal", columns="year", values="lemp")
    first = rows.groupby("countyreal")["first.treat"].first()
    return adoption_panel(wide.to_numpy(), np.where(first == 0, 99, first - 2003))


@pytest.fixture(scope="module")
def effects(teens: AdoptionPanel) -> GroupTime:
    found = group_time(teens)
    assert isinstance(found, GroupTime)
    return found


def averaged(effects: GroupTime, kind: Kind) -> Average:
    found = average(effects, kind=kind)
    assert isinstance(found, Average)
    return found


@pytest.mark.parametrize(
    ("kind", "estimate", "error"),
    [
        ("simple", -0.039951, 0.012034),
        ("dynamic", -0.077240, 0.019965),
        ("group", -0.031018, 0.012446),
        ("calendar", -0.041700, 0.015972),
    ],
)
def test_averages_and_analytic_errors(effects: GroupTime, kind: Kind, estimate: float, error: float) -> None:
    """R package did 2.1, att_gt without covariates, never-treated comparison, bstrap = FALSE."""
    found = averaged(effects, kind)
    assert found.estimate == pytest.approx(estimate, abs=POINT)
    assert found.standard_error == pytest.approx(error, abs=ERROR)


def test_event_times(effects: GroupTime) -> None:
    found = averaged(effects, "dynamic")
    assert found.at.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    published = [0.030507, -0.000563, -0.024459, -0.019932, -0.050957, -0.137259, -0.100811]
    assert found.part == pytest.approx(published, abs=POINT)


def test_the_first_cohort_by_year(effects: GroupTime) -> None:
    first = effects.effect[(effects.cohort == 1) & (effects.since >= 0)]
    assert first == pytest.approx([-0.010503, -0.070423, -0.137259, -0.100811], abs=POINT)


def test_two_way_regression(teens: AdoptionPanel) -> None:
    found = two_way_effect(teens)
    assert isinstance(found, Regression)
    assert found.coefficient[0] == pytest.approx(-0.036549, abs=POINT)


def test_what_the_two_way_regression_mixes(teens: AdoptionPanel) -> None:
    """Weights of Goodman-Bacon (2021); the last kind uses counties already treated as comparison."""
    parts = goodman_bacon(teens)
    assert not isinstance(parts, Refusal)
    weights = {kind: weight for kind, (weight, _) in by_contrast(parts).items()}
    assert weights == pytest.approx(
        {
            "adopted against never": 0.8628,
            "earlier against later": 0.0833,
            "later against already adopted": 0.0539,
        },
        abs=5e-5,
    )
    assert sum(part.weight * part.estimate for part in parts) == pytest.approx(-0.036549, abs=POINT)


def test_imputation(teens: AdoptionPanel) -> None:
    """Borusyak, Jaravel and Spiess (2024)."""
    treated = teens.treated
    found = impute(teens.outcome, teens.weight, ~treated, treated[None].astype(float), cluster=teens.cluster)
    assert isinstance(found, Imputation)
    assert found.coefficient[0] == pytest.approx(-0.047710, abs=POINT)
    assert found.dropped == 0


def test_sun_abraham(teens: AdoptionPanel) -> None:
    """On a balanced panel with units never treated it is the simple average of group-time effects."""
    found = sun_abraham(teens)
    assert isinstance(found, Interactions)
    assert found.overall == pytest.approx(-0.039951, abs=POINT)


BEFORE = 5
FIRST = np.array([1.0, 0.0])


@pytest.fixture(scope="module")
def study(shared_data: Path) -> Regression:
    """Health insurance after the Medicaid expansion of 2014 (Rambachan and Roth 2023, R package HonestDiD).

    States that expanded in 2014 against those that had not by 2015, event-study coefficients with 2013 as
    reference, errors by state.
    """
    rows = pd.read_csv(shared_data / "reference" / "medicaid_ehec.csv")
    rows = rows[(rows["year"] < 2016) & (rows["yexp2"] != 2015)]
    wide = rows.pivot_table(index="stfips", columns="year", values="dins")
    expanded = (rows.groupby("stfips")["yexp2"].first() == 2014).to_numpy()
    panel = adoption_panel(wide.to_numpy(), np.where(expanded, 6, 99))
    years = [year for year in range(8) if year != BEFORE]
    design = np.stack([np.outer(expanded, np.arange(8) == year) for year in years]).astype(float)
    found = regress(panel, design)
    assert isinstance(found, Regression)
    return found


@pytest.mark.parametrize(("bound", "low", "high"), [(0.5, 0.0240, 0.0672), (1.0, 0.0170, 0.0720)])
def test_departures_relative_to_earlier_ones(
    study: Regression, bound: float, low: float, high: float
) -> None:
    """The published ends lie on a grid whose step is .0004: 40 errors of the effect over 1,000 points."""
    found = relative_magnitudes(
        study.coefficient, study.covariance, before=BEFORE, weights=FIRST, bound=bound
    )
    assert float(found.low) == pytest.approx(low, abs=4e-4)
    assert float(found.high) == pytest.approx(high, abs=4e-4)


@pytest.mark.parametrize(("bend", "low", "high"), [(0.0, 0.0259, 0.0607), (0.02, 0.00286, 0.0907)])
def test_bends_of_the_trend(study: Regression, bend: float, low: float, high: float) -> None:
    found = smoothness(study.coefficient, study.covariance, before=BEFORE, weights=FIRST, bend=bend)
    assert float(found.low) == pytest.approx(low, abs=1e-4)
    assert float(found.high) == pytest.approx(high, abs=1e-4)


@pytest.fixture(scope="module")
def hospitals(shared_data: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Top-box rating of US hospitals in three periods; pay was tied to it for one group, never for the other.

    Scores counted for pay from July 2011 on, the first month of the first period: there is no period before.
    """
    rows = pd.read_csv(shared_data / "hcahps" / "hospital_panel_2012_2015.csv.gz", dtype={"ccn": str})
    rows = rows[rows["group"].isin(["VBP", "CAH"])]
    wide = rows.pivot_table(index="ccn", columns="period", values="H_HSP_RATING_9_10")
    return wide, rows.groupby("ccn")["group"].first().reindex(wide.index)


def test_hospital_pay_has_no_period_before_and_is_refused(
    hospitals: tuple[pd.DataFrame, pd.Series],
) -> None:
    wide, group = hospitals
    found = group_time(adoption_panel(wide.to_numpy(), np.where(group == "VBP", 0, 99)))
    assert isinstance(found, Refusal)
    assert "earlier period" in found.reason


@pytest.mark.parametrize("balanced", [False, True])
def test_taking_its_first_period_for_one_before_lies_within_the_literature(
    hospitals: tuple[pd.DataFrame, pd.Series], balanced: bool
) -> None:
    """Ryan et al. 2015: -0.30 points, 95 % -0.79 to 0.19. No effect: the first period was paid for too."""
    wide, group = hospitals
    kept = wide.dropna() if balanced else wide
    found = group_time(adoption_panel(kept.to_numpy(), np.where(group.reindex(kept.index) == "VBP", 1, 99)))
    assert isinstance(found, GroupTime)
    assert -0.79 < found.effect[0] < 0.19
