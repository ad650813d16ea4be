"""Planted gaming is found, and clean companies are left alone, as often as the register says.

The register is measured on hundreds of companies; here on a few others, with limits that a correct register
would break once in a thousand tries.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from auditlib.integrity import IntegrityPolicy, IntegrityResult, estimate, performance
from auditlib.integrity.performance import MEANT_FOR
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from company import Scenario, survey_tables

ROOT = Path(__file__).parents[2]
CLEAN = range(5000, 5008)
GAMED = range(6000, 6004)
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
    assert {each.pattern.key for each in found.alarms} == {"who_is_heard"}
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


def test_companies_gamed_like_the_demo_are_found_as_often_as_the_register_says() -> None:
    scenario = given()[2]
    _, main = performance().main
    found = 0
    for seed in GAMED:
        alarms = examined(scenario.model_copy(update={"seed": seed}), draws=499).alarms
        found += any(each.group.name == "manager 2024-07-01" for each in alarms)
    low, _ = performance().limits(main.any, main.companies)
    assert found >= binom.ppf(DOUBT, len(GAMED), low)


def test_the_register_keeps_what_the_policy_promises() -> None:
    known, policy = performance(), given()[1]
    assert known.companies >= 200
    assert known.limits(known.any_alarm, known.companies)[0] <= policy.error
    for key, rates in known.clean.items():
        assert known.limits(rates.alone, rates.tests // ALIKE)[0] <= policy.error, key
        assert rates.alarms <= known.any_alarm


@pytest.mark.parametrize("detector", sorted(MEANT_FOR))
def test_every_detector_was_tried_on_the_form_it_is_meant_for(detector: str) -> None:
    form, found = performance().meant_for(detector)
    assert form.companies >= 20
    assert 0 <= found <= form.any


def test_what_is_feared_most_is_found_in_most_companies() -> None:
    _, main = performance().main
    assert performance().limits(main.any, main.companies)[0] >= 0.7
