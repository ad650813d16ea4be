"""The demo's planted gaming is found, and clean companies like it are left alone at the declared rate.

Limits are such that a correct rate would break them once in a thousand tries.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from scipy.stats import binom

from auditlib.integrity import IntegrityPolicy, IntegrityResult, estimate
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from company import Scenario, survey_tables

ROOT = Path(__file__).parents[2]
CLEAN = range(5000, 5008)
DOUBT = 0.001
ALIKE = 5
"""Tests that count as one: those of one company share units and months."""


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def given() -> tuple[Run, IntegrityPolicy, Scenario]:
    run = load(Run, text("params/runs/demo.yaml"), name="demo.yaml")
    policy = load(IntegrityPolicy, text("params/policies/integrity.yaml"), name="integrity.yaml")
    return run, policy, load(Scenario, text("params/scenarios/demo.yaml"), name="demo.yaml")


def examined(scenario: Scenario, *, draws: int) -> IntegrityResult:
    run, policy, _ = given()
    tables = survey_tables(scenario, np.random.default_rng(scenario.seed))
    return estimate(tables, run, policy.model_copy(update={"draws": draws}))


def test_the_gamed_cohort_of_the_demo_company_is_found_and_no_other() -> None:
    truth = json.loads(text("data/demo/truth/effects.json"))
    found = examined(given()[2], draws=9999)
    assert {each.group.name for each in found.alarms} == {"manager 2024-07-01"}
    assert "who_is_heard" in {each.pattern.key for each in found.alarms}
    named = {
        unit.unit_id for each in found.alarms for d in each.detections for unit in d.units if unit.linked
    }
    assert named == set(truth["gamed_units"])


def test_clean_companies_are_left_alone_at_the_stated_rate() -> None:
    _, policy, scenario = given()
    alarmed, p_values = 0, []
    for seed in CLEAN:
        found = examined(scenario.model_copy(update={"seed": seed, "gaming": None}), draws=499)
        alarmed += bool(found.alarms)
        p_values += [each.p_value for each in found.detections if each.eventful]
    assert alarmed <= binom.ppf(1 - DOUBT, len(CLEAN), policy.error)
    independent, alone = len(p_values) // ALIKE, np.mean(np.array(p_values) <= policy.error)
    assert independent >= 60
    low, high = binom.ppf([DOUBT, 1 - DOUBT], independent, policy.error) / independent
    assert low <= alone <= high
