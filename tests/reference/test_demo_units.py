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


def test_planted_units_are_called_out_and_no_sound_unit_is(evidence, run):
    # of four units planted at -0.6, -0.5, 0.42 and 0.5 points; the one at 0.42 is likely to be missed
    planted = {row["unit_id"]: row["direction"] for row in _rows("outliers.csv")}
    result = _compared(evidence, run)
    comparison = next(entry for entry in result.result if entry.measure.survey_type == "transactional")
    assert comparison.measure.statistic == "mean"
    called = {
        unit: "high" if verdict == OutlierStatus.HIGHER.value else "low"
        for unit, verdict in zip(
            comparison.called_out["unit_id"], comparison.called_out["verdict"], strict=True
        )
    }
    assert len(called) >= 3
    assert called.items() <= planted.items()
    value = comparison.frame.set_index("unit_id")["value"]
    target = comparison.judgement.target
    assert all(
        value[unit] > target if side == "high" else value[unit] < target for unit, side in planted.items()
    )


def test_no_sound_unit_is_called_out_in_either_survey(evidence, run):
    planted = {row["unit_id"] for row in _rows("outliers.csv")}
    for comparison in _compared(evidence, run).result:
        assert set(comparison.called_out["unit_id"]) <= planted


def test_customers_of_the_demo_answer_again_and_much_the_same(evidence, run):
    for comparison in _compared(evidence, run).result:
        assert comparison.judgement.design_effect > 1.03


def test_each_basis_counts_as_many_rows_as_its_number_says(evidence, run):
    result = _compared(evidence, run)
    numbers = [number for number in result.numbers() if number.key.startswith("mean:U0")]
    assert len(numbers) > 20
    for number in numbers[::7]:
        (basis,) = number.basis
        assert evidence.count(basis) == basis.rows == number.n
