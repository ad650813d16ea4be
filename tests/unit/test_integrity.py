"""Signs of managed scores, on companies in memory."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditlib.errors import ParameterError
from auditlib.integrity import (
    DETECTORS,
    IntegrityPolicy,
    IntegrityResult,
    Sign,
    examine,
    performance,
    policy_of,
)
from auditlib.integrity.groups import calendar_of, groups_of
from auditlib.integrity.heaping import moved_months
from auditlib.integrity.observed import words_pattern
from auditlib.integrity.patterns import PATTERNS
from auditlib.integrity.performance import fingerprint
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.simulate import Scenario, SurveyTables, survey_tables

ROOT = Path(__file__).parents[2]
GAMED = "manager 2024-07-01"


def text(path: str) -> str:
    return (ROOT / "params" / path).read_text(encoding="utf-8")


@cache
def run() -> Run:
    return load(Run, text("runs/demo.yaml"), name="demo.yaml")


@cache
def policy() -> IntegrityPolicy:
    return load(IntegrityPolicy, text("policies/integrity.yaml"), name="p").model_copy(update={"draws": 999})


def scenario(seed: int, **gaming: Any) -> Scenario:
    base = load(Scenario, text("scenarios/demo.yaml"), name="demo.yaml").model_dump(mode="json")
    suppress = gaming.pop("suppress", 0.0)
    planted = {"role": "manager", "starts_on": "2024-07-01", "suppress": suppress, "forms": gaming}
    return Scenario.model_validate(base | {"seed": seed, "gaming": planted})


def company(seed: int, **gaming: Any) -> SurveyTables:
    return survey_tables(scenario(seed, **gaming), np.random.default_rng(seed))


@cache
def suppressed() -> SurveyTables:
    return company(1000, suppress=0.6)


@cache
def result() -> IntegrityResult:
    return examine(suppressed(), run(), policy(), performance=performance())


def of(found: IntegrityResult, detector: str, group: str = GAMED) -> Any:
    return next(e for e in found.detections if e.detector.key == detector and e.group.name == group)


def test_every_detector_runs_on_every_group() -> None:
    assert len(result().groups) == 5
    assert len(result().detections) == 5 * len(DETECTORS)
    assert {key for kind in PATTERNS for key in kind.detectors} == {each.key for each in DETECTORS}
    for each in result().detections:
        assert (each.contrast is None) is (each.sign is Sign.NOT_RUN) is bool(each.reason)
    assert sum(each.contrast is not None for each in result().detections) >= 50


def test_planted_suppression_is_found_where_it_is_and_nowhere_else() -> None:
    assert [(each.group.name, each.pattern.key) for each in result().alarms] == [(GAMED, "who_is_asked")]
    assert {each.detector.key for each in result().alarms[0].carried_by} >= {
        "low_scores_missing", "invitations_fall", "complaints_diverge",
    }  # fmt: skip
    (finding,) = result().findings()
    assert "consistent with" in finding.cause
    assert "proves no intent" in finding.cause


@pytest.mark.parametrize(
    ("form", "detector"),
    [
        ({"month_end": 0.4}, "month_end"),
        ({"filled_in": 0.3}, "silent_tops"),
        ({"one_device": 0.15}, "shared_device"),
        ({"begging": 0.3}, "begging"),
        ({"straight": 0.4}, "straight_lines"),
        ({"discouraged": 0.8}, "response_rate"),
        ({"not_again": 0.9}, "unhappy_not_asked"),
        ({"lifted": 1.0}, "heaping"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_planted_form_moves_its_own_detector(form: dict[str, float], detector: str) -> None:
    detection = of(examine(company(1001, **form), run(), policy()), detector)
    assert detection.sign in (Sign.ALARM, Sign.WATCH)
    assert detection.p_value <= 0.05


def test_nothing_is_planted_by_default() -> None:
    quiet, plain = scenario(5), scenario(5).model_copy(update={"gaming": None})
    left, right = (survey_tables(each, np.random.default_rng(5)) for each in (quiet, plain))
    pd.testing.assert_frame_equal(left.held["responses"], right.held["responses"])
    pd.testing.assert_frame_equal(left.held["invitations"], right.held["invitations"])


def test_no_link_is_not_applicable() -> None:
    found = examine(suppressed().without("pay_links"), run(), policy())
    assert not found.detections
    assert str(found.summary()[0]).startswith("Not applicable: No pay is linked")
    assert found.numbers()[0].value is None
    assert not found.findings()
    assert not found.advice()


def test_only_aggregates_are_not_assessable() -> None:
    found = examine(suppressed().without("responses", "invitations", "complaints"), run(), policy())
    assert {each.sign for each in found.detections} == {Sign.NOT_RUN}
    assert "Not assessable" in str(found.summary()[0])
    assert "only aggregates" in found.untested()["reason"].iloc[0]


def test_missing_tables_take_only_their_detectors_away() -> None:
    found = examine(suppressed().without("invitations", "complaints"), run(), policy())
    refused = {each.detector.key for each in found.detections if each.sign is Sign.NOT_RUN}
    assert refused == {"invitations_fall", "unhappy_not_asked", "complaints_diverge", "response_rate"}
    assert "the evidence has no invitations" in of(found, "response_rate").reason.lower()


def test_without_words_begging_cannot_be_tested() -> None:
    found = examine(suppressed(), run(), policy().model_copy(update={"words": {}}))
    assert of(found, "begging").sign is Sign.NOT_RUN
    assert "list of words" in of(found, "begging").reason


def changed(**columns: Any) -> SurveyTables:
    held = dict(suppressed().held)
    return SurveyTables(held | {"pay_links": held["pay_links"].assign(**columns)})


def test_a_metric_that_is_not_audited_is_refused() -> None:
    found = examine(changed(metric="exit:q_overall:mean"), run(), policy())
    assert {each.sign for each in found.detections} == {Sign.NOT_RUN}
    assert "no question of an audited survey" in found.detections[0].reason


def test_without_threshold_no_heaping() -> None:
    found = examine(changed(threshold=np.nan), run(), policy())
    assert of(found, "heaping").sign is Sign.NOT_RUN
    assert of(found, "response_rate").sign is not Sign.NOT_RUN


def test_few_units_are_refused_with_the_reason() -> None:
    strict = policy().model_copy(update={"least_units": 8})
    found = examine(suppressed(), run(), strict)
    assert {each.sign for each in found.detections} == {Sign.NOT_RUN}
    assert "8 are needed" in found.detections[0].reason


@pytest.mark.parametrize(("least", "refused"), [(17, False), (18, False), (19, True)])
def test_months_after_the_link_just_enough(least: int, refused: bool) -> None:
    rules = policy().model_copy(update={"least_months": least, "leave_out_months": 0, "window_months": 30})
    held = suppressed().held
    calendar = calendar_of(run(), list(held["units"]["unit_id"]))
    group = next(each for each in groups_of(held["pay_links"], calendar, rules) if each.name == GAMED)
    assert (group.before.sum(), group.after.sum()) == (18, 18)
    assert (group.refusal is not None) is refused


def test_groups_are_those_of_the_register() -> None:
    held = suppressed().held
    calendar = calendar_of(run(), list(held["units"]["unit_id"]))
    groups = groups_of(held["pay_links"], calendar, policy())
    linked = set(held["pay_links"]["unit_id"])
    for group in groups:
        assert not set(np.array(calendar.units)[group.others]) & linked
        assert not (group.before & group.after).any()
        gap = int(np.flatnonzero(group.after)[0] - np.flatnonzero(group.before)[-1] - 1)
        assert gap == policy().leave_out_months
    assert groups[1].starts_on == date(2024, 7, 1)


def test_the_same_seed_gives_the_same_numbers() -> None:
    again = examine(suppressed(), run(), policy(), performance=performance())
    assert again.numbers() == result().numbers()


def test_every_sentence_refers_to_numbers_that_exist() -> None:
    known = {number.key for number in result().numbers()}
    said = (*result().summary(), *result().reversals(), *result().advice(), *result().limits())
    assert {key for sentence in said for key in sentence.keys} <= known


def test_nothing_accuses() -> None:
    said = (*result().summary(), *result().reversals(), *result().advice(), *result().limits())
    words = " ".join(str(each) for each in said) + " ".join(
        e.cause + e.condition for e in result().findings()
    )
    assert not {"cheat", "fraud", "manipulated", "guilty", "liar"} & set(words.lower().split())
    assert "no proof" in words


def test_words_match_whatever_the_spacing_and_case() -> None:
    comments = pd.Series(["Er hat  UM eine gute\nBewertung gebeten!", "gute Bewertung", None]).str.lower()
    rules = IntegrityPolicy(words={"de": ("um eine gute bewertung gebeten",)})
    assert comments.str.contains(words_pattern(rules)).tolist()[:2] == [True, False]
    assert words_pattern(IntegrityPolicy()) == ""


def test_heaping_by_hand() -> None:
    values = np.array([1.0, 2, 3, 4, 5])
    scores = np.zeros((1, 4, 5))
    scores[0, :, 3], scores[0, :, 4] = 8, 2
    found = moved_months(
        scores, values, threshold=4.2, width=0.1, statistic="mean", rng=np.random.default_rng(1)
    )
    assert found.months.tolist() == [4]
    assert 0.5 < found.excess[0] < 1.1
    below = moved_months(
        scores, values, threshold=4.21, width=0.1, statistic="mean", rng=np.random.default_rng(1)
    )
    assert below.excess[0] < -0.3


def test_policy_is_the_one_the_run_names() -> None:
    texts = {"policies/integrity.yaml": text("policies/integrity.yaml")}
    assert policy_of(run(), texts).words
    assert policy_of(run().model_copy(update={"policies": ()}), texts) == IntegrityPolicy()
    with pytest.raises(ParameterError, match="edition 2025"):
        policy_of(run().model_copy(update={"policies": ("integrity@2031",)}), texts)
    with pytest.raises(ParameterError, match=r"no params/policies/integrity.yaml"):
        policy_of(run(), {})


def test_the_register_was_measured_with_the_shipped_settings() -> None:
    known = performance()
    assert known.fits(policy())
    assert set(known.clean) == {each.key for each in DETECTORS}
    assert not known.fits(policy().model_copy(update={"window_months": 12}))
    assert fingerprint(policy()) == fingerprint(IntegrityPolicy())
