"""Planted gaming is found in the demo company, and clean companies are left alone at the stated rate."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from auditlib.integrity import IntegrityPolicy, examine, performance
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.simulate import Scenario, survey_tables

ROOT = Path(__file__).parents[2]
CLEAN_COMPANIES = 10
TESTS_EACH = 45
"""At the least; small units leave a detector or two without enough observations."""


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def given(draws: int) -> tuple[Run, IntegrityPolicy, Scenario]:
    run = load(Run, text("params/runs/demo.yaml"), name="demo.yaml")
    policy = load(IntegrityPolicy, text("params/policies/integrity.yaml"), name="integrity.yaml")
    scenario = load(Scenario, text("params/scenarios/demo.yaml"), name="demo.yaml")
    return run, policy.model_copy(update={"draws": draws}), scenario


def test_the_gamed_cohort_of_the_demo_company_is_found_and_no_other() -> None:
    run, policy, scenario = given(draws=9999)
    truth = json.loads(text("data/demo/truth/effects.json"))
    found = examine(survey_tables(scenario, np.random.default_rng(scenario.seed)), run, policy)
    assert {each.pattern.key for each in found.alarms} == {"who_is_asked"}
    named = {
        unit.unit_id for each in found.alarms for d in each.detections for unit in d.units if unit.linked
    }
    assert named == set(truth["gamed_units"])


def test_clean_companies_are_left_alone_at_the_stated_rate() -> None:
    run, policy, scenario = given(draws=499)
    alarmed, p_values = 0, []
    for seed in range(5000, 5000 + CLEAN_COMPANIES):
        clean = scenario.model_copy(update={"seed": seed, "gaming": None})
        found = examine(survey_tables(clean, np.random.default_rng(seed)), run, policy)
        tested = [each for each in found.detections if each.contrast is not None]
        assert len(tested) >= TESTS_EACH
        alarmed += bool(found.alarms)
        p_values += [each.p_value for each in tested if each.eventful]
    # Ten companies at 5 % give more than three alarms once in a thousand; the full measure is the register.
    assert alarmed <= 3
    assert 0.02 <= np.mean(np.array(p_values) <= policy.error) <= 0.09
    assert performance().any_alarm <= 0.1
    assert performance().main[1].any >= 0.85
