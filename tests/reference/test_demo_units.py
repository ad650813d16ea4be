"""The demo company: recorded unit means equal the planted truth, and planted outliers are found."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from auditlib import benchmark
from auditlib.audit.opening import read_run
from auditlib.benchmark import ComparisonChoices, OutlierStatus
from auditlib.disclosure import MinimumFrequency
from auditlib.parameters.engagement import Engagement

ROOT = Path(__file__).resolve().parents[2]
TRUTH = ROOT / "data" / "demo" / "truth"


def _rows(name):
    with (TRUTH / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def run():
    return read_run("params/runs/demo.yaml", root=ROOT)


@pytest.fixture(scope="module")
def evidence(demo_evidence):
    return demo_evidence


def _compared(evidence, run, **choices):
    return benchmark.compare(Engagement(run, evidence), **choices)


def test_unit_means_equal_the_truth_exactly(evidence, run):
    truth = _rows("unit_means.csv")
    assert truth
    found = {}
    for survey_type, item in {(row["survey_type"], row["item"]) for row in truth}:
        (comparison,) = benchmark.compare_units(
            evidence.cells(),
            (evidence.instruments[survey_type],),
            ComparisonChoices(item=item, minimum_n=2, disclosure=MinimumFrequency(2), draws=10),
            units=evidence.frame("units"),
        )
        scores = comparison.scores
        for unit, n, value in zip(scores.unit_id, scores.n, scores.value, strict=True):
            found[unit, survey_type, item] = int(n), float(value)
    for row in truth:
        n, value = found.pop((row["unit_id"], row["survey_type"], row["item"]))
        assert n == int(row["n"])
        assert value == float(Fraction(int(row["sum_half_points"]), 2 * n))
    assert all(n == 0 for n, _ in found.values())


POWER = {0.4: 0.11, 0.5: 0.41}
"""Chance that a comparison of means calls out a unit planted that far from the others, in companies like the
demo: 120 of them with four planted units each (`python -m benchmarks power --companies 120`); of sound units
it calls out 0.00 to 0.05%. Shares satisfied find 0.06 and 0.28."""


def test_planted_outliers_are_called_out_and_no_sound_unit_is(evidence, run):
    # planted: -0.5, -0.45, 0.42 and 0.5 points; each rounded down to a size whose power is known
    expected = sum(POWER[0.5 if abs(float(row["effect"])) >= 0.5 else 0.4] for row in _rows("outliers.csv"))
    assert expected == pytest.approx(1.04)  # to find all four would be luck
    planted = {row["unit_id"]: row["direction"] for row in _rows("outliers.csv")}
    result = _compared(evidence, run, statistic="mean")
    (comparison,) = [entry for entry in result.result if entry.measure.survey_type == "transactional"]
    higher = set(comparison.units(OutlierStatus.HIGHER)["unit_id"])
    lower = set(comparison.units(OutlierStatus.LOWER)["unit_id"])
    assert {unit for unit in higher | lower if unit not in planted} == set()
    assert {planted[unit] for unit in higher} <= {"high"}
    assert {planted[unit] for unit in lower} <= {"low"}
    assert len(higher | lower) == round(expected)
    # those not called out lie on their side of the mean and are at the least unusual, but for one
    z = comparison.frame.set_index("unit_id")["z"]
    assert all(z[unit] > 0 if side == "high" else z[unit] < 0 for unit, side in planted.items())
    assert sum(abs(z[unit]) > 1.959964 for unit in planted) >= 3


def test_each_basis_counts_as_many_rows_as_its_number_says(evidence, run):
    result = _compared(evidence, run)
    numbers = [number for number in result.numbers() if number.key.startswith("top_box:U0")]
    assert len(numbers) > 20
    for number in numbers[::7]:
        (basis,) = number.basis
        assert evidence.count(basis) == basis.rows == number.n
