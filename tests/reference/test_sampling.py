"""Published numbers for sample sizes and exact limits."""

from __future__ import annotations

import math

import pytest

from auditlib.records import Refusal
from auditlib.sampling.attributes import AttributePlan, plan_attributes, upper_limit
from auditlib.sampling.sites import Programme, random_share_of, site_sample_size


@pytest.mark.parametrize(
    ("tolerable", "expected", "size", "acceptable"),
    # AICPA, Audit Guide: Audit Sampling, table A.1 (5 % risk), computed exactly
    [(0.05, 0.0, 59, 0), (0.05, 0.01, 93, 1), (0.10, 0.0, 29, 0), (0.10, 0.01, 46, 1)],
)
def test_attribute_sample_sizes(tolerable: float, expected: float, size: int, acceptable: int) -> None:
    plan = plan_attributes(confidence=0.95, tolerable=tolerable, expected=expected)
    assert plan == AttributePlan(size, acceptable)


@pytest.mark.parametrize(("deviations", "limit"), [(3, 5.09), (6, 7.74)])
def test_exact_upper_limits(deviations: int, limit: float) -> None:
    assert round(100 * upper_limit(deviations, 150, confidence=0.95), 2) == limit


def test_the_planned_size_is_the_smallest_that_does() -> None:
    # 0.95 ** 59 = 4.85 %, 0.95 ** 58 = 5.10 %
    assert upper_limit(0, 58, confidence=0.95) > 0.05 > upper_limit(0, 59, confidence=0.95)
    assert upper_limit(1, 92, confidence=0.95) > 0.05 > upper_limit(1, 93, confidence=0.95)


def test_no_deviation_has_the_closed_form_limit() -> None:
    assert upper_limit(0, 30, confidence=0.95) == pytest.approx(1 - 0.05 ** (1 / 30), abs=1e-12)
    assert upper_limit(30, 30, confidence=0.95) == 1.0


def test_a_finite_population_counted_out_by_hand() -> None:
    # 10 cases, 5 drawn, none deviates: with 4 deviating P = C(6,5)/C(10,5) = 6/252 = 2.4 %,
    # with 3 P = C(7,5)/C(10,5) = 21/252 = 8.3 %; so at most 3 of 10 at 95 %
    assert upper_limit(0, 5, confidence=0.95, population=10) == 0.3
    assert upper_limit(0, 10, confidence=0.95, population=10) == 0.0
    assert upper_limit(2, 10, confidence=0.95, population=10) == 0.2


def test_a_finite_plan_counted_out_by_hand() -> None:
    # tolerable 40 % of 10 is 4 deviations: 5 drawn give 2.4 %, 4 drawn C(6,4)/C(10,4) = 15/210 = 7.1 %
    assert plan_attributes(confidence=0.95, tolerable=0.4, expected=0.0, population=10) == AttributePlan(5, 0)


def test_a_vast_population_needs_the_binomial_size() -> None:
    assert plan_attributes(confidence=0.95, tolerable=0.05, expected=0.01, population=10**7) == AttributePlan(
        93, 1
    )


def test_a_small_population_needs_fewer() -> None:
    found = plan_attributes(confidence=0.95, tolerable=0.05, expected=0.0, population=200)
    assert isinstance(found, AttributePlan)
    assert found.size < 59
    inside = math.comb(190, found.size) / math.comb(200, found.size)
    before = math.comb(190, found.size - 1) / math.comb(200, found.size - 1)
    assert inside <= 0.05 < before


def test_what_no_sample_can_show_is_refused_with_its_remedy() -> None:
    found = plan_attributes(confidence=0.95, tolerable=0.0500001, expected=0.05)
    assert isinstance(found, Refusal)
    assert found.remedy


@pytest.mark.parametrize(
    ("sites", "initial", "surveillance", "recertification"),
    [
        (1, 1, 1, 1),
        (2, 2, 1, 2),  # the worked example of the rule
        (4, 2, 2, 2),
        (9, 3, 2, 3),
        (10, 4, 2, 3),
        (25, 5, 3, 4),  # exactly 5, 3 and 4: nothing is rounded up
        (26, 6, 4, 5),
        (100, 10, 6, 8),
        (101, 11, 7, 9),
        (3025, 55, 33, 44),
    ],
)
def test_the_square_root_rule(sites: int, initial: int, surveillance: int, recertification: int) -> None:
    sizes = tuple(site_sample_size(sites, programme=programme) for programme in Programme)
    assert sizes == (initial, surveillance, recertification)


def test_the_rule_in_whole_numbers_is_the_rule() -> None:
    for root in range(1, 400):
        for sites, more in ((root * root, 0), (root * root + 1, 1)):
            assert site_sample_size(sites, programme=Programme.INITIAL) == root + more


@pytest.mark.parametrize(("size", "random"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, 3)])
def test_a_quarter_is_random(size: int, random: int) -> None:
    assert random_share_of(size) == random
