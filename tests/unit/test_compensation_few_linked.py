"""Few linked units against weighted others: a published number, planted truth, and refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation
from auditlib.audit.numerals import orphans
from auditlib.compensation.few_linked import few_linked
from auditlib.compensation.procedure import PayQuestion
from auditlib.compensation.register import role_links
from auditlib.records import Refusal
from auditlib.statistics.synthetic import SyntheticDifference, synthetic_difference
from benchmarks._answering_company import World, company

CALIFORNIA = Path(__file__).parents[1] / "reference" / "california_prop99.csv"


def test_cigarettes_in_california() -> None:
    """Arkhangelsky et al. (2021), table 1: -15.6; the authors' R package prints -15.6038, 16.4 of 38 and 2.8.

    Packs per head in 39 states, 1970 to 2000, California's law from 1989 (Abadie, Diamond, Hainmueller 2010).
    The package stops its search at a small step, so that it agrees to three digits.
    """
    packs = pd.read_csv(CALIFORNIA, index_col="State")
    law = (packs.index == "California").astype(bool)
    rng = np.random.default_rng(1)
    found = synthetic_difference(packs.to_numpy(), law, packs.columns.get_loc("1989"), draws=99, rng=rng)
    assert isinstance(found, SyntheticDifference)
    assert found.estimate == pytest.approx(-15.6038, abs=0.003)
    assert 1 / (found.unit_weight**2).sum() == pytest.approx(16.4, abs=0.05)
    assert 1 / (found.period_weight**2).sum() == pytest.approx(2.8, abs=0.05)
    assert found.unit_weight.sum() == pytest.approx(1)
    assert 7 < found.error < 12


def noise(seed: int, *, effect: float = 0.0) -> SyntheticDifference:
    rng = np.random.default_rng(seed)
    outcome = rng.normal(size=(30, 1)) + np.cumsum(0.2 * rng.normal(size=(30, 14)), axis=1)
    outcome[:2, 8:] += effect
    found = synthetic_difference(outcome, np.arange(30) < 2, 8, draws=99, rng=rng)
    assert isinstance(found, SyntheticDifference)
    return found


def test_a_true_null_is_rejected_as_often_as_stated() -> None:
    rejected = sum(noise(seed).p_value <= 0.05 for seed in range(120))
    assert 1 <= rejected <= 13


def test_a_planted_effect_is_met() -> None:
    found = [noise(seed, effect=2.0) for seed in range(12)]
    assert np.mean([one.estimate for one in found]) == pytest.approx(2.0, abs=0.3)
    assert np.mean([one.p_value <= 0.05 for one in found]) > 0.9


@pytest.mark.parametrize(("units", "first", "words"), [(19, 8, "18 units without it"), (30, 3, "Fewer than")])
def test_what_is_too_small_is_refused(units: int, first: int, words: str) -> None:
    found = synthetic_difference(
        np.zeros((units, 14)), np.arange(units) < 1, first, rng=np.random.default_rng(0)
    )
    assert isinstance(found, Refusal)
    assert words in found.reason


def asked(world: World) -> PayQuestion:
    drawn = company(world, 2)
    links = role_links(drawn.register, drawn.panel, role="manager")
    return PayQuestion(drawn.panel, (links,), "manager")


@pytest.mark.parametrize(("linked", "weighted"), [(1, True), (3, True), (4, False)])
def test_it_is_asked_of_one_to_three_linked_units(linked: int, weighted: bool) -> None:
    found = few_linked(asked(World(by_region=False, linked=linked, answers=40)), seed=1)
    assert isinstance(found, SyntheticDifference) is weighted
    assert (found is None) is not weighted


def test_units_linked_in_different_quarters_are_refused() -> None:
    found = few_linked(asked(World(by_region=False, linked=2, dates=(12, 18))), seed=1)
    assert isinstance(found, Refusal)


def test_it_stands_beside_a_refusal_and_claims_nothing() -> None:
    drawn = company(World(by_region=False, linked=1, answers=40, effect=1.0), 2)
    found = compensation.estimate(drawn.panel, drawn.register, placebo_adoptions=20, draws=99)
    answer = compensation.PayAnswer(found)
    sentence = answer.tests()[-1]
    numbers = {number.key: number for number in answer.numbers()}
    assert "against other units weighted to be like the few linked ones" in sentence.text
    assert not orphans(sentence.text, [numbers[key] for key in sentence.keys])
    assert found.roles[0].claim == "cannot be tested"
