"""Draws that anyone can repeat and nobody can steer; conclusions that say what they rest on."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.errors import ParameterError
from auditlib.records import Refusal
from auditlib.sampling.attributes import allocate, plan_attributes, upper_limit
from auditlib.sampling.drawn import Drawn, DrawnCase, as_document, draw_cases, from_document, shuffled
from auditlib.sampling.evaluation import CaseAnswer, SampleDesign, evaluate
from auditlib.sampling.sites import Programme, draw_sites

SLACK = Fraction(1, 10**8)
"""Room for a confidence that is no binary fraction."""
SITES = [f"U{number:03d}" for number in range(40)]


def cases(count: int, strata: int = 1) -> list[DrawnCase]:
    return [DrawnCase(f"t:f.csv:{line}", str(line % strata), (str(line),)) for line in range(2, count + 2)]


def test_the_order_of_the_register_does_not_matter() -> None:
    mixed = SITES.copy()
    mixed.reverse()
    drawn = [draw_sites(frame, programme=Programme.INITIAL, seed=7) for frame in (SITES, mixed)]
    assert drawn[0] == drawn[1]
    assert draw_sites(SITES, programme=Programme.INITIAL, seed=8) != drawn[0]


def test_a_key_that_occurs_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        shuffled(["a", "a"], seed=1, purpose="x")


def test_every_key_is_drawn_equally_often() -> None:
    first = Counter(shuffled("abcde", seed=seed, purpose="x")[0] for seed in range(5000))
    assert all(abs(count - 1000) < 4 * (5000 * 0.2 * 0.8) ** 0.5 for count in first.values())


def test_the_central_function_is_always_visited_and_counts_extra() -> None:
    for seed in range(20):
        drawn = draw_sites(SITES, programme=Programme.SURVEILLANCE, seed=seed, central="U005")
        assert drawn[0].key == "U005"
        assert len(drawn) == 1 + 4  # ceil(0.6 * sqrt(39))
        assert "U005" not in [site.key for site in drawn[1:]]


def test_at_least_a_quarter_is_drawn() -> None:
    # 40 sites: 7 visited, of them 2 at random, so 5 may be chosen and 6 may not
    drawn = draw_sites(SITES, programme=Programme.INITIAL, seed=1, chosen=SITES[:5])
    assert Counter(site.why for site in drawn) == {"chosen by the auditor": 5, "drawn at random": 2}
    with pytest.raises(ParameterError, match="Choose at most 5"):
        draw_sites(SITES, programme=Programme.INITIAL, seed=1, chosen=SITES[:6])


def test_an_unknown_site_is_named() -> None:
    with pytest.raises(ParameterError, match="'U999'"):
        draw_sites(SITES, programme=Programme.INITIAL, seed=1, chosen=["U999"])


@given(
    st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 500), min_size=1, max_size=8), st.data()
)
def test_strata_give_their_share_rounded_up(strata: dict[str, int], data: st.DataObject) -> None:
    total = sum(strata.values())
    size = data.draw(st.integers(1, total))
    given_ = allocate(strata, size=size)
    assert size <= sum(given_.values()) < size + len(strata)
    assert all(1 <= given_[name] <= strata[name] for name in strata)


def so_few(deviations: int, examined: int, wrong: int, population: int) -> Fraction:
    """Return the exact probability of at most `deviations` where `wrong` of all cases deviate."""
    sound = population - wrong
    ways = sum(comb(wrong, seen) * comb(sound, examined - seen) for seen in range(deviations + 1))
    return Fraction(ways, comb(population, examined))


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 200))
def test_the_finite_limit_is_the_largest_number_that_is_not_ruled_out(
    examined: int, deviations: int, more: int
) -> None:
    deviations, population, risk = min(deviations, examined), examined + more, Fraction(1, 10)
    limit = round(upper_limit(deviations, examined, confidence=0.9, population=population) * population)
    most = population - (examined - deviations)
    assert deviations <= limit <= most
    if limit < most:
        assert so_few(deviations, examined, limit + 1, population) <= risk * (1 + SLACK)
    assert limit == deviations or so_few(deviations, examined, limit, population) > risk * (1 - SLACK)


@given(st.integers(1, 60), st.integers(0, 59), st.integers(0, 400))
def test_the_finite_limit_is_not_above_the_binomial_where_drawing_without_replacement_is_narrower(
    examined: int, deviations: int, more: int
) -> None:
    """Below their mean few deviations are rarer without replacement; near all of the sample they are not.

    Uhlmann (1966), Metrika 10:145-158: the hypergeometric probability of at most k deviations among n drawn
    from N is below the binomial one at the same rate p where p >= (k N / (n - 1) + 1) / (N + 1). Where the
    binomial limit lies there, every larger rate is ruled out in the finite population too.
    """
    if deviations >= examined:
        return
    population = examined + more
    finite = upper_limit(deviations, examined, confidence=0.9, population=population)
    binomial = upper_limit(deviations, examined, confidence=0.9)
    turn = (deviations * population / max(examined - 1, 1) + 1) / (population + 1)
    if binomial >= turn:
        assert finite <= binomial + 1e-12


def test_the_finite_limit_can_be_above_the_binomial() -> None:
    # all but one of 20 deviate: the 20 drawn of 191 hold the one sound case with 20/191 = 10.5 % if it is the
    # only one, so 190 of 191 are not ruled out; with replacement the limit is the 20th root of 0.9
    assert upper_limit(19, 20, confidence=0.9, population=191) == 190 / 191
    assert upper_limit(19, 20, confidence=0.9) == pytest.approx(0.9 ** (1 / 20), abs=1e-12)
    assert 190 / 191 > 0.9 ** (1 / 20)


@given(st.integers(1, 40), st.integers(0, 40))
def test_in_a_vast_population_the_limits_are_one(examined: int, deviations: int) -> None:
    deviations = min(deviations, examined)
    vast = upper_limit(deviations, examined, confidence=0.9, population=10**8)
    assert vast == pytest.approx(upper_limit(deviations, examined, confidence=0.9), abs=1e-5)


def test_limits_cover_at_their_level_in_a_finite_population() -> None:
    generator = np.random.default_rng(5)
    for wrong in (0, 3, 10, 40):
        found = generator.hypergeometric(wrong, 200 - wrong, 50, size=400)
        covered = [upper_limit(int(one), 50, confidence=0.9, population=200) * 200 >= wrong for one in found]
        assert np.mean(covered) > 0.85


def test_a_stratified_limit_covers_although_strata_differ() -> None:
    generator = np.random.default_rng(6)
    counts, wrong = {"a": 300, "b": 100}, {"a": 5, "b": 25}
    design = SampleDesign(0.9, 0.2, 0.0, 0, counts)
    given_ = allocate(counts, size=40)
    truth = sum(wrong.values()) / 400
    covered = 0
    for _ in range(300):
        answers = []
        for name, size in given_.items():
            bad = int(generator.hypergeometric(wrong[name], counts[name] - wrong[name], size))
            answers += [(name, CaseAnswer.DEVIATION)] * bad + [(name, CaseAnswer.IN_ORDER)] * (size - bad)
        covered += evaluate(answers, design).upper >= truth
    assert covered / 300 > 0.9


def test_a_plan_that_finds_what_it_accepts_is_supported_and_one_more_is_not() -> None:
    population = cases(4000)
    drawn = draw_cases(population, confidence=0.95, tolerable=0.05, expected=0.01, seed=1, purpose="x")
    assert not isinstance(drawn, Refusal)
    chosen, design = drawn
    for wrong, supported in ((design.acceptable, True), (design.acceptable + 1, False)):
        answers = [
            ("0", CaseAnswer.DEVIATION if i < wrong else CaseAnswer.IN_ORDER) for i in range(len(chosen))
        ]
        assert evaluate(answers, design).supported is supported


def test_a_case_that_cannot_be_examined_counts_as_a_deviation() -> None:
    design = SampleDesign(0.95, 0.05, 0.0, 0, {"": 1000})
    wrong = [("", CaseAnswer.NOT_EXAMINED)] + [("", CaseAnswer.IN_ORDER)] * 58
    found = evaluate(wrong, design)
    assert (found.deviations, found.not_examined, found.supported) == (1, 1, False)
    assert found.projection == pytest.approx(1000 / 59)
    assert "could not be examined" in found.summary()[0]


def test_a_stratum_without_a_case_is_no_sample() -> None:
    with pytest.raises(ValueError, match="stratum"):
        evaluate([("a", CaseAnswer.IN_ORDER)], SampleDesign(0.95, 0.05, 0.0, 0, {"a": 5, "b": 5}))


def test_every_stratum_is_drawn_from() -> None:
    drawn = draw_cases(
        cases(900, strata=3), confidence=0.95, tolerable=0.05, expected=0.0, seed=1, purpose="x"
    )
    assert not isinstance(drawn, Refusal)
    assert Counter(case.stratum for case in drawn[0]) == {"0": 20, "1": 20, "2": 20}


def test_too_few_cases_are_refused() -> None:
    for population in ([], cases(30, strata=2)):
        found = draw_cases(population, confidence=0.95, tolerable=0.05, expected=0.0, seed=1, purpose="x")
        assert isinstance(found, Refusal)
    # five cases can all be examined
    small = draw_cases(cases(5), confidence=0.95, tolerable=0.05, expected=0.0, seed=1, purpose="x")
    assert not isinstance(small, Refusal)
    assert len(small[0]) == 5


def test_rates_that_make_no_sense_are_refused() -> None:
    for tolerable, expected in ((0.05, 0.05), (0.0, 0.0), (1.0, 0.1)):
        with pytest.raises(ValueError, match="rates"):
            plan_attributes(confidence=0.95, tolerable=tolerable, expected=expected)


def test_a_sample_survives_its_document() -> None:
    drawn = Drawn(
        "T",
        "Q?",
        ("A",),
        (DrawnCase("k", "", ("v",)),),
        {"seed": "1"},
        SampleDesign(0.95, 0.05, 0.0, 0, {"": 9}),
    )
    assert from_document(as_document(drawn)) == drawn
