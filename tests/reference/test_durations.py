"""Durations against published numbers and counted by hand: the 6-MP trial of Freireich et al. (1963)."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.hazard_regression import PHReg

from auditlib.records import Refusal
from auditlib.statistics.durations import (
    Survival,
    done_by,
    quantile,
    survival,
)

# Weeks in remission, 21 patients each; 0 where still in remission when last seen.
DRUG = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
DRUG_ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TIMES = np.array(DRUG + PLACEBO, dtype=float)
ENDED = np.array(DRUG_ENDED + [1] * 21)
GROUP = np.array([0] * 21 + [1] * 21)


def curve(times: list[int], ended: list[int]) -> Survival:
    found = survival(times, np.array(ended, dtype=bool))
    assert isinstance(found, Survival)
    return found


def test_median_remission_under_6_mp_is_23_weeks_and_8_under_placebo() -> None:
    assert quantile(curve(DRUG, DRUG_ENDED), 0.5) == 23
    assert quantile(curve(PLACEBO, [1] * 21), 0.5) == 8


def test_the_curve_of_6_mp_as_printed() -> None:
    found = curve(DRUG, DRUG_ENDED)
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert (found.n, found.censored) == (21, 12)


@pytest.mark.parametrize(("ties", "coefficient"), [("breslow", 1.50919), ("efron", 1.57213)])
def test_cox_of_the_trial(ties: str, coefficient: float) -> None:
    fit = PHReg(TIMES, GROUP[:, None], status=ENDED, ties=ties).fit()
    assert fit.params[0] == pytest.approx(coefficient, abs=5e-6)


def test_an_open_case_is_not_dropped() -> None:
    with_open, without = curve([1, 2, 3, 9, 9, 9], [1, 1, 1, 0, 0, 0]), curve([1, 2, 3], [1, 1, 1])
    assert quantile(with_open, 0.5) == 3
    assert quantile(without, 0.5) == 2
    assert quantile(with_open, 0.9) is None
    assert done_by(with_open, 0.5) == 0
    assert done_by(with_open, 2) == pytest.approx(1 / 3)


def test_where_nothing_was_done_there_is_a_reason_and_no_number() -> None:
    assert isinstance(survival([3.0, 4.0], [False, False]), Refusal)


drawn = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=40)


@given(drawn.filter(lambda rows: any(ended for _, ended in rows)))
@settings(max_examples=60, deadline=None)
def test_the_curve_is_the_product_over_the_cases_still_open(rows: list[tuple[int, bool]]) -> None:
    times, ended = (np.array(column) for column in zip(*rows, strict=True))
    found = survival(times, ended)
    assert isinstance(found, Survival)
    open_yet, variance = Fraction(1), Fraction(0)
    for place, time in enumerate(sorted({time for time, done in rows if done})):
        at_risk, done = sum(other >= time for other, _ in rows), rows.count((time, True))
        open_yet *= Fraction(at_risk - done, at_risk)
        assert (found.times[place], found.at_risk[place], found.completed[place]) == (time, at_risk, done)
        assert found.share[place] == pytest.approx(float(open_yet), abs=1e-12)
        if open_yet:
            variance += Fraction(done, at_risk * (at_risk - done))
            reach = 1.959964 * math.sqrt(variance) / abs(math.log(open_yet))
            assert found.limits.low[place] == pytest.approx(float(open_yet) ** math.exp(reach), abs=1e-7)
            assert found.limits.high[place] == pytest.approx(float(open_yet) ** math.exp(-reach), abs=1e-7)
