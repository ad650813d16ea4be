"""The effect at the same mix of customers: published numbers, a planted change of mix, and refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation
from auditlib.compensation.mix_adjusted import mix_adjusted
from auditlib.compensation.procedure import PayQuestion, effects
from auditlib.compensation.register import linked_from
from auditlib.records import Refusal
from auditlib.statistics.doubly_robust import DoublyRobust, doubly_robust
from auditlib.statistics.imputation import Imputation

MONTHS = tuple(202301 + 100 * (month // 12) + month % 12 for month in range(24))
UNITS = tuple(f"U{unit:02d}" for unit in range(32))


@pytest.mark.parametrize(
    ("cohort", "before", "year", "published"),
    [
        (2004, 2003, 2004, -0.0145), (2004, 2003, 2005, -0.0764), (2004, 2003, 2006, -0.1404),
        (2004, 2003, 2007, -0.1069), (2006, 2005, 2007, -0.0413), (2007, 2006, 2007, -0.0288),
    ],
)  # fmt: skip
def test_teen_employment_at_the_same_population(
    shared_data: Path, cohort: int, before: int, year: int, published: float
) -> None:
    """R package did, vignette "Getting started": att_gt with xformla = ~lpop, doubly robust."""
    rows = pd.read_csv(shared_data / "mpdta" / "mpdta.csv.gz")
    wide = rows.pivot_table(index="countyreal", columns="year", values="lemp")
    first, size = (rows.groupby("countyreal")[name].first() for name in ("first.treat", "lpop"))
    used = ((first == cohort) | (first == 0)).to_numpy()
    change = (wide[year] - wide[before]).to_numpy()[used]
    found = doubly_robust(change, (first == cohort).to_numpy()[used], size.to_numpy()[used, None])
    assert isinstance(found, DoublyRobust)
    assert found.estimate == pytest.approx(published, abs=5e-5)


def company(*, effect: float, shift: float) -> tuple[PayQuestion, pd.DataFrame]:
    """Link 14 of 32 units; from then on easier customers answer there, worth `shift` points."""
    rng = np.random.default_rng(6)
    linked = (np.arange(32) < 14)[:, None] & (np.arange(24) >= 12)[None, :]
    expected = 4 + 0.1 * rng.normal(size=(32, 1)) + 0.02 * rng.normal(size=(32, 24)) + shift * linked
    value = expected + 0.2 * rng.normal(size=(32, 1)) + 0.05 * rng.normal(size=(32, 24)) + effect * linked
    panel = compensation.Panel("t", "q", "mean", UNITS, MONTHS, value, np.full((32, 24), 20.0), 0.8)
    links = linked_from("staff", np.where(np.arange(32) < 14, 12, 24), months=24)
    rows = [(unit, month, 20.0, expected[at, when])
            for at, unit in enumerate(UNITS) for when, month in enumerate(MONTHS)]  # fmt: skip
    mix = pd.DataFrame(rows, columns=["unit_id", "month", "n", "value"])
    return PayQuestion(panel, (links,), "staff"), mix


def test_a_rise_that_is_other_customers_is_gone() -> None:
    question, mix = company(effect=0.0, shift=0.3)
    whole, held = effects(question), mix_adjusted(question, mix)
    assert isinstance(whole, Imputation)
    assert isinstance(held, tuple)
    assert whole.coefficient[0] > 0.25
    assert held[1] < 0 < held[2]
    assert abs(held[0]) < 0.04


def test_an_effect_at_the_same_mix_is_met() -> None:
    held = mix_adjusted(*company(effect=0.25, shift=0.3))
    assert isinstance(held, tuple)
    assert held[0] == pytest.approx(0.25, abs=0.04)
    assert held[1] > 0


def test_without_a_mix_or_with_few_units_it_is_refused() -> None:
    question, mix = company(effect=0.0, shift=0.0)
    assert isinstance(mix_adjusted(question, None), Refusal)
    few = linked_from("staff", np.where(np.arange(32) < 4, 12, 24), months=24)
    refused = mix_adjusted(PayQuestion(question.panel, (few,), "staff"), mix)
    assert isinstance(refused, Refusal)
    assert "4 linked units" in refused.reason


def test_intervals_hold_their_coverage() -> None:
    rng, covered = np.random.default_rng(5), 0
    for _ in range(150):
        x = rng.normal(size=(60, 1))
        treated = rng.random(60) < 1 / (1 + np.exp(-0.7 * x[:, 0]))
        change = 0.5 * x[:, 0] + 0.3 * rng.normal(size=60)
        found = doubly_robust(change, treated, x)
        assert isinstance(found, DoublyRobust)
        covered += abs(found.estimate) < 2 * np.sqrt((found.influence**2).sum())
    assert 0.88 <= covered / 150 <= 0.99
