"""Signs of managed scores, on companies in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditlib.audit.numerals import orphans
from auditlib.errors import ParameterError
from auditlib.integrity import (
    DETECTORS,
    FAULTS,
    IntegrityAnswer,
    IntegrityPolicy,
    IntegrityResult,
    SignStrength,
    estimate,
    policy_of,
)
from auditlib.integrity.detectors import PATTERNS
from auditlib.integrity.groups import calendar_of, groups_of
from auditlib.integrity.observed import words_pattern
from auditlib.integrity.statements import score_moved
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from company import Scenario, SurveyTables, survey_tables

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
    return company(1000, suppress=0.8, complainants_unasked=0.8)


@cache
def result() -> IntegrityResult:
    return estimate(suppressed(), run(), policy(), draw=True)


def answer() -> IntegrityAnswer:
    return IntegrityAnswer(result())


def of(found: IntegrityResult, detector: str, group: str = GAMED) -> Any:
    return next(e for e in found.detections if e.detector.key == detector and e.group.name == group)


def test_every_detector_runs_on_every_group() -> None:
    assert len(result().groups) == 5
    assert len(result().detections) == 5 * len(DETECTORS)
    assert {key for kind in PATTERNS for key in kind.detectors} == {each.key for each in DETECTORS}
    for each in result().detections:
        assert (each.contrast is None) is (each.sign is SignStrength.NOT_RUN) is bool(each.reason)
    assert sum(each.contrast is not None for each in result().detections) >= 50


def test_planted_suppression_is_found_where_it_is_and_nowhere_else() -> None:
    assert [(each.group.name, each.pattern.key) for each in result().alarms] == [(GAMED, "who_is_heard")]
    assert {each.detector.key for each in result().alarms[0].carried_by} >= {
        "low_scores_missing", "invitations_fall",
    }  # fmt: skip
    assert result().alarms[0].strongest.detector.alone
    (finding,) = answer().findings()
    assert "consistent with" in finding.cause
    assert "proves no intent" in finding.cause
    clearest = min(result().alarms[0].carried_by, key=lambda each: each.p_value)
    assert clearest.detector.looks_at in finding.headline
    assert len(finding.cases) == len({case.id for case in finding.cases}) == result().alarms[0].linked
    assert {(case.table, case.words) for case in finding.cases} == {("units", "linked on 1 July 2024")}
    assert GAMED not in " ".join(str(said) for said in (*answer().advice(), *answer().reversals()))
    assert finding.shortfall is not None
    assert finding.shortfall > 0


FORMS: dict[str, dict[str, float]] = {
    "late": {"month_end": 0.4, "one_device": 0.15, "begging": 0.3},
    "invented": {"filled_in": 0.3},
    "straight": {"straight": 0.4},
    "discouraged": {"discouraged": 0.8},
    "not asked": {"not_again": 0.6, "not_after_complaint": 0.8},
    "lifted": {"lifted": 1.0},
}


@cache
def gamed(form: str) -> IntegrityResult:
    return estimate(company(1001, **FORMS[form]), run(), policy())


@pytest.mark.parametrize(
    ("form", "detector"),
    [
        ("late", "month_end"),
        ("late", "shared_device"),
        ("late", "begging"),
        ("invented", "silent_tops"),
        ("invented", "perfect_answers"),
        ("straight", "straight_lines"),
        ("discouraged", "response_rate"),
        ("discouraged", "low_scores_missing"),
        ("not asked", "unhappy_not_asked"),
        ("not asked", "complainants_not_asked"),
        ("lifted", "heaping"),
    ],
)
def test_each_planted_form_moves_its_own_detector(form: str, detector: str) -> None:
    detection = of(gamed(form), detector)
    assert detection.sign in (SignStrength.ALARM, SignStrength.WATCH)
    assert detection.p_value <= 0.05


def test_a_planted_share_is_recovered_within_its_interval() -> None:
    effect = of(gamed("not asked"), "unhappy_not_asked").effect
    assert effect[1] <= -60 <= effect[2]
    effect = of(gamed("lifted"), "heaping").effect
    assert effect[1] <= 100 <= effect[2]


def test_nothing_is_planted_by_default() -> None:
    quiet, plain = scenario(5), scenario(5).model_copy(update={"gaming": None})
    left, right = (survey_tables(each, np.random.default_rng(5)) for each in (quiet, plain))
    pd.testing.assert_frame_equal(left.held["responses"], right.held["responses"])
    pd.testing.assert_frame_equal(left.held["invitations"], right.held["invitations"])


def test_no_register_is_not_known_and_nothing_linked_is_not_applicable() -> None:
    company = suppressed()
    unknown = estimate(company.without("pay_links"), run(), policy())
    assert str(IntegrityAnswer(unknown).summary()[0]).startswith(
        "Not assessable: There is no register of pay links"
    )
    register = company.held["pay_links"].assign(weight=0.0)
    found = estimate(replace(company, held={**company.held, "pay_links": register}), run(), policy())
    assert not found.detections
    assert str(IntegrityAnswer(found).summary()[0]).startswith("Not applicable: No pay is linked")
    assert IntegrityAnswer(found).numbers()[0].value is None
    assert not IntegrityAnswer(found).findings()
    assert not IntegrityAnswer(found).advice()


def test_only_aggregates_are_not_assessable() -> None:
    found = estimate(suppressed().without("responses", "invitations", "complaints"), run(), policy())
    assert {each.sign for each in found.detections} == {SignStrength.NOT_RUN}
    assert "Not assessable" in str(IntegrityAnswer(found).summary()[0])
    assert "only aggregates" in found.untested[0].reason


def refused(found: IntegrityResult) -> set[str]:
    own = [each for each in found.detections if each.group.name == GAMED]
    return {each.detector.key for each in own if each.sign is SignStrength.NOT_RUN}


def test_missing_tables_take_only_their_detectors_away() -> None:
    found = estimate(suppressed().without("invitations", "complaints"), run(), policy())
    assert refused(found) == refused(result()) | {
        "invitations_fall", "unhappy_not_asked", "complainants_not_asked", "complaints_diverge",
        "response_rate", "complainants_not_invited", "reopened_not_invited",
    }  # fmt: skip
    assert "the evidence has no invitations" in of(found, "response_rate").reason.lower()


def test_without_words_begging_cannot_be_tested() -> None:
    found = estimate(suppressed(), run(), policy().model_copy(update={"words": {}}))
    assert of(found, "begging").sign is SignStrength.NOT_RUN
    assert "list of words" in of(found, "begging").reason


def changed(**columns: Any) -> SurveyTables:
    held = dict(suppressed().held)
    return SurveyTables(held | {"pay_links": held["pay_links"].assign(**columns)})


def test_a_metric_that_is_not_audited_is_refused() -> None:
    found = estimate(changed(metric="exit:q_overall:mean"), run(), policy())
    assert {each.sign for each in found.detections} == {SignStrength.NOT_RUN}
    assert "no question of an audited survey" in found.detections[0].reason


def test_without_threshold_no_heaping() -> None:
    found = estimate(changed(threshold=np.nan), run(), policy())
    assert of(found, "heaping").sign is SignStrength.NOT_RUN
    assert of(found, "response_rate").sign is not SignStrength.NOT_RUN


def test_a_weight_of_nought_is_no_link() -> None:
    found = estimate(changed(weight=0.0), run(), policy())
    assert str(IntegrityAnswer(found).summary()[0]).startswith("Not applicable: No pay is linked")


def test_too_few_months_near_the_threshold_are_said_to_be_too_few() -> None:
    heaping = of(estimate(changed(threshold=4.9), run(), policy()), "heaping")
    assert heaping.sign is SignStrength.NOT_RUN
    assert "expected just below the threshold" in heaping.reason or "linked units" in heaping.reason


def test_scores_are_told_beside_an_alarm() -> None:
    (told,) = [each for each in result().scores if each.group.name == GAMED]
    assert told.key in answer().summary()[0].keys
    assert score_moved(told, 0.95).text in str(answer().summary()[0])
    assert 0 < told.contrast.estimate < 0.6


def test_a_group_that_shares_units_with_an_alarmed_one_is_told() -> None:
    (exhibit,) = answer().scores()
    table = exhibit.frame.set_index("group")["reading"]
    assert "not to be relied on" in table[GAMED]
    shared = [
        each.group.name
        for each in result().scores
        if each.group.name != GAMED and (each.group.linked & result().alarms[0].group.linked).any()
    ]
    assert shared
    assert all("also belong" in table[name] for name in shared)


def test_what_could_not_be_seen_leads_and_silence_is_for_what_would_have_been() -> None:
    quiet = estimate(company(5002), run(), policy(), draw=True)
    assert not quiet.alarms
    said = [str(sentence) for sentence in IntegrityAnswer(quiet).summary()]
    assert said[0].startswith(f"Of {len(FAULTS)} ways in which linked units could manage their scores")
    for sentence, clear in ((said[0], True), (next(each for each in said if each.startswith("No ")), False)):
        assert not any(reach.fault.words in sentence for reach in quiet.reach if bool(reach.clear) is clear)
    assert len(quiet.reach) == len(FAULTS)
    assert unfounded(quiet) == []


def test_few_units_are_refused_with_the_reason() -> None:
    strict = policy().model_copy(update={"least_units": 8})
    found = estimate(suppressed(), run(), strict)
    assert {each.sign for each in found.detections} == {SignStrength.NOT_RUN}
    assert "8 are needed" in found.detections[0].reason
    assert unfounded(found) == []


def test_units_that_groups_share_are_recorded() -> None:
    alarmed = replace(result(), patterns=tuple(replace(each, alarm=True) for each in result().patterns))
    assert "of these units also belong to the units whose" in str(IntegrityAnswer(alarmed).summary()[0])
    assert unfounded(alarmed) == []


def unfounded(found: IntegrityResult) -> list[str]:
    """Return the sentences of the answer that state a number none of their keys has."""
    words = IntegrityAnswer(found)
    numbers = {number.key: number for number in words.numbers()}
    return [told.text for told in words.summary() if orphans(told.text, [numbers[key] for key in told.keys])]


@pytest.mark.parametrize(("least", "refused"), [(17, False), (18, False), (19, True)])
def test_months_after_the_link_just_enough(least: int, refused: bool) -> None:
    rules = policy().model_copy(update={"least_months": least, "leave_out_months": 0, "window_months": 30})
    held = suppressed().held
    calendar = calendar_of(run(), list(held["units"]["unit_id"]))
    group = next(each for each in groups_of(held["pay_links"], calendar, rules) if each.name == GAMED)
    assert (group.before.sum(), group.after.sum()) == (18, 18)
    assert (group.refusal is not None) is refused


@pytest.mark.parametrize("window", [6, 7, 12])
def test_a_window_is_as_long_as_the_policy_says_on_either_side(window: int) -> None:
    rules = policy().model_copy(update={"window_months": window, "least_months": 2})
    held = suppressed().held
    calendar = calendar_of(run(), list(held["units"]["unit_id"]))
    group = next(group for group in groups_of(held["pay_links"], calendar, rules) if group.name == GAMED)
    assert (group.before.sum(), group.after.sum()) == (window, window)
    assert np.flatnonzero(group.after)[0] == calendar.index(date(2024, 7, 1))


def test_groups_are_those_of_the_register() -> None:
    held = suppressed().held
    calendar = calendar_of(run(), list(held["units"]["unit_id"]))
    groups = groups_of(held["pay_links"], calendar, policy())
    linked = set(held["pay_links"]["unit_id"])
    for group in groups:
        assert not set(np.array(calendar.units)[group.comparison]) & linked
        assert not (group.before & group.after).any()
        gap = int(np.flatnonzero(group.after)[0] - np.flatnonzero(group.before)[-1] - 1)
        assert gap == policy().leave_out_months
    assert groups[1].starts_on == date(2024, 7, 1)


def test_the_same_seed_gives_the_same_numbers() -> None:
    again = estimate(suppressed(), run(), policy(), draw=True)
    assert IntegrityAnswer(again).numbers() == answer().numbers()


def test_every_sentence_refers_to_numbers_that_exist() -> None:
    known = {number.key for number in answer().numbers()}
    said = (*answer().summary(), *answer().reversals(), *answer().advice(), *answer().limits())
    assert {key for sentence in said for key in sentence.keys} <= known


def test_nothing_accuses() -> None:
    said = (*answer().summary(), *answer().reversals(), *answer().advice(), *answer().limits())
    words = " ".join(str(each) for each in said) + " ".join(
        e.cause + e.condition for e in answer().findings()
    )
    assert not {"cheat", "fraud", "manipulated", "guilty", "liar"} & set(words.lower().split())
    assert "proves nothing" in words


def test_words_match_whatever_the_spacing_and_case() -> None:
    comments = pd.Series(["Er hat  UM eine gute\nBewertung gebeten!", "gute Bewertung", None]).str.lower()
    rules = IntegrityPolicy(words={"de": ("um eine gute bewertung gebeten",)})
    assert comments.str.contains(words_pattern(rules)).tolist()[:2] == [True, False]
    assert words_pattern(IntegrityPolicy()) == ""


def test_policy_is_the_one_the_run_names() -> None:
    texts = {"policies/integrity.yaml": text("policies/integrity.yaml")}
    assert policy_of(run(), texts).words
    assert policy_of(run().model_copy(update={"policies": ()}), texts) == IntegrityPolicy()
    with pytest.raises(ParameterError, match="edition 2025"):
        policy_of(run().model_copy(update={"policies": ("integrity@2031",)}), texts)
    with pytest.raises(ParameterError, match=r"no params/policies/integrity.yaml"):
        policy_of(run(), {})
