"""Where a sample is just enough and where it is not, counted out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditlib.sampling.attributes import AttributePlan, allocate, plan_attributes, upper_limit
from auditlib.sampling.evaluation import CaseAnswer, SampleDesign, evaluate

OK, WRONG, ABSENT = CaseAnswer.IN_ORDER, CaseAnswer.DEVIATION, CaseAnswer.NOT_EXAMINED


@pytest.mark.parametrize(
    ("population", "tolerable", "size"),
    [
        # of 10 cases so many may deviate: none of the sample does with a chance of at most a tenth
        (10, 0.10, 9),  # 1: C(9, 9) / C(10, 9) = 0.100
        (10, 0.11, 7),  # rounded up, 2: C(8, 7) / C(10, 7) = 0.067, and 0.133 with 6
        (10, 0.15, 7),
        (10, 0.20, 7),
        (10, 0.21, 5),  # 3: C(7, 5) / C(10, 5) = 0.083, and 0.167 with 4
        (None, 0.10, 22),  # 0.9 ** 22 = 0.098, and 0.109 with 21
    ],
)
def test_the_smallest_sample_that_shows_it(population: int | None, tolerable: float, size: int) -> None:
    found = plan_attributes(confidence=0.9, tolerable=tolerable, expected=0.0, population=population)
    assert found == AttributePlan(size, 0)


@pytest.mark.parametrize(
    ("sizes", "size", "given"),
    [
        ({"a": 10, "b": 90}, 10, {"a": 1, "b": 9}),
        ({"a": 9, "b": 91}, 10, {"a": 1, "b": 10}),
        ({"a": 1, "b": 99, "c": 0}, 10, {"a": 1, "b": 10}),
    ],
)
def test_every_stratum_gives_its_share_rounded_up(
    sizes: dict[str, int], size: int, given: dict[str, int]
) -> None:
    assert allocate(sizes, size=size) == given


def design(tolerable: float, cases: dict[str, int]) -> SampleDesign:
    return SampleDesign(confidence=0.9, tolerable=tolerable, expected=0.0, acceptable=0, cases=cases)


def test_a_limit_on_the_tolerable_rate_supports_nothing_and_one_below_it_does() -> None:
    answers = [("a", OK)] * 20
    limit = upper_limit(0, 20, confidence=0.9, population=100)
    for tolerable, supported in ((limit - 1e-9, False), (limit, False), (limit + 1e-9, True)):
        found = evaluate(answers, design(tolerable, {"a": 100}))
        assert (found.upper, found.supported) == (limit, supported)


def test_each_stratum_is_projected_by_its_own_cases() -> None:
    answers = [("a", OK), ("a", WRONG), *[("b", OK)] * 3, ("b", WRONG)]
    found = evaluate(answers, design(0.9, {"a": 10, "b": 40}))
    assert found.projection == pytest.approx(10 / 2 + 40 / 4)


@pytest.mark.parametrize(("answer", "deviations", "absent"), [(OK, 0, 0), (WRONG, 1, 0), (ABSENT, 1, 1)])
def test_what_could_not_be_examined_deviates(answer: CaseAnswer, deviations: int, absent: int) -> None:
    found = evaluate([("a", answer), *[("a", OK)] * 9], design(0.5, {"a": 100}))
    assert (found.deviations, found.not_examined) == (deviations, absent)
    same = evaluate([("a", WRONG if deviations else OK), *[("a", OK)] * 9], design(0.5, {"a": 100}))
    assert replace(found, not_examined=0) == same
