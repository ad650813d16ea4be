"""Published numbers for benchmarking units."""

import csv

import numpy as np
import pytest

from auditlib.statistics import control_charts, funnel, ranks, shrinkage
from auditlib.statistics.types import normal_quantile


@pytest.fixture(scope="module")
def batters(shared_data):
    """Efron and Morris (1975), JASA 70:311-319, table 1; file efron_morris_1970.csv."""
    with (shared_data / "reference" / "efron_morris_1970.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return np.array([float(row["r"]) for row in rows]) / 45


def test_batting_averages_are_shrunk_as_published(batters):
    centre = batters.mean()
    shrunk = shrinkage.normal(batters, np.full(18, centre * (1 - centre) / 45))
    assert round(float(shrunk.factor[0]), 3) == 0.212
    assert round(float(shrunk.value[0]), 3) == 0.294  # Clemente
    assert round(float(shrunk.value[-1]), 3) == 0.242  # Alvis


OBSERVED = np.array([100, 150, 180, 80, 120, 225.0])
EXPECTED = np.array([108, 112, 165, 95, 100, 220.0])


def test_over_dispersion_of_six_units():
    # Spiegelhalter (2005), Quality and Safety in Health Care 14:347-351, formulas for sqrt(O / E)
    deviations, errors = np.sqrt(OBSERVED / EXPECTED) - 1, 1 / (2 * np.sqrt(EXPECTED))
    found = funnel.over_dispersion(deviations, errors)
    assert round(found.phi, 5) == 2.32718
    assert round(found.tau2, 6) == 0.003440
    z = funnel.adjusted_z(deviations, errors, tau2=found.tau2)
    assert np.round(z, 4).tolist() == [-0.4976, 2.0883, 0.6317, -1.0567, 1.2384, 0.1670]


def test_of_six_units_none_lies_in_a_tail_by_rank():
    # NHS Digital, SHMI methodology, log(O / E): deciles of ranks 0 and 9 are dropped, and hold none of six
    deviations, errors = np.log(OBSERVED / EXPECTED), 1 / np.sqrt(EXPECTED)
    trimmed = funnel.over_dispersion(deviations, errors, variant="trimmed")
    assert (trimmed.units, round(trimmed.phi, 5), round(trimmed.tau2, 6)) == (6, 2.94803, 0.019478)


def test_limits_of_a_funnel_are_exact_quantiles():
    assert round(normal_quantile(0.95), 6) == 1.959964
    assert round(normal_quantile(0.998), 6) == 3.090232


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twelve_countries_may_be_among_the_five_best_in_mathematics(shared_data, seed):
    # Mogstad, Romano, Shaikh and Wilhelm (2024), doi 10.1093/restud/rdad006; OECD PISA 2018 (pisa_2018.csv)
    with (shared_data / "reference" / "pisa_2018.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    score = np.array([float(row["math_score"]) for row in rows])
    error = np.array([float(row["math_se"]) for row in rows])
    sets = ranks.simultaneous(score, error, rng=np.random.default_rng(seed), draws=2000)
    assert len(rows) == 37
    assert int(sets.among_best(5).sum()) == 12


def test_constants_of_the_individuals_chart():
    # Wheeler (1993); three standard deviations over d2 = 1.128, and D4
    chart = control_charts.xmr([10.0, 12.0, 11.0, 13.0, 12.0, 11.0])
    step = (2 + 1 + 2 + 1 + 1) / 5
    assert chart.high[0] == pytest.approx(11.5 + 2.66 * step)
    assert chart.range_limit == pytest.approx(3.268 * step)
