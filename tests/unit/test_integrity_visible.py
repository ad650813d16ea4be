"""What would have been seen: companies drawn anew, faults planted in them, and what is said of silence."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from auditlib.integrity import DETECTORS, FAULTS, IntegrityAnswer, IntegrityPolicy, IntegrityResult, estimate
from auditlib.integrity.assignment import assignment_of, places_of
from auditlib.integrity.detection import Detection, GroupData, detect, group_data
from auditlib.integrity.detectors import PATTERNS
from auditlib.integrity.directions import Directions, along, directions
from auditlib.integrity.faults import STRIKES, struck
from auditlib.integrity.groups import calendar_of, groups_of
from auditlib.integrity.observed import observe
from auditlib.integrity.paid_question import PaidQuestion
from auditlib.integrity.redrawn import redrawn
from auditlib.integrity.result import Reach
from auditlib.integrity.sides import Sides
from auditlib.integrity.silence import NOT_TESTED, SOME, WOULD_NOT, WOULD_SHOW, reading, silence
from auditlib.integrity.visibility import Visibility, companies_for, visibility
from benchmarks._gamed_companies import World, tables
from benchmarks.integrity import policy, run_of

SMALL = World(units=20, linked=8, answers=(200, 2000))
COMPANIES = 60


@cache
def data() -> GroupData:
    """One company in which nobody games, counted."""
    evidence: Any = tables(SMALL, 3)
    run, rules = run_of(SMALL), policy().model_copy(update={"draws": 499, "companies": COMPANIES})
    calendar = calendar_of(run, list(evidence.held["units"]["unit_id"]))
    (group,) = groups_of(evidence.held["pay_links"], calendar, rules)
    counted = observe(PaidQuestion(evidence, run.instrument(group.survey_type), group.item, calendar, rules))
    assignment = assignment_of(group, calendar, places_of(evidence, calendar))
    rng = np.random.default_rng(1)
    return group_data(group, counted, calendar, rules, assignment=assignment, level=0.95, rng=rng)


@cache
def drawn() -> Sides:
    return redrawn(data(), companies=COMPANIES, rng=np.random.default_rng(2))


@cache
def detections() -> tuple[Detection, ...]:
    return tuple(detect(detector, data()) for detector in DETECTORS)


COUNTS = ("invited", "answered", "answers", "low", "top", "perfect", "complainants", "complainants_invited")


@pytest.mark.parametrize("name", COUNTS)
def test_companies_are_drawn_in_whole_numbers_of_the_clients_own_size(name: str) -> None:
    before, after = drawn().before[name], drawn().after[name]
    assert (before == np.rint(before)).all()
    assert before.shape == (COMPANIES, SMALL.units)
    actual = data().sides.before[name] + data().sides.after[name]
    mean = (before + after).mean(axis=0)
    assert np.abs(mean.sum() / actual.sum() - 1) < 0.06
    assert np.corrcoef(mean, actual)[0, 1] > 0.98


def test_parts_stay_parts() -> None:
    for side in (drawn().before, drawn().after):
        for part, whole in (("answered", "invited"), ("low", "answers"), ("top", "answers")):
            assert (side[part] <= side[whole]).all()


def test_what_linked_units_did_in_common_is_left_out_of_what_is_drawn() -> None:
    sides = data().sides
    fallen = {**sides.after, "invited": np.where(sides.group.linked, 0.5, 1.0) * sides.after["invited"]}
    moved = replace(data(), sides=replace(sides, after=fallen))
    again = redrawn(moved, companies=COMPANIES, rng=np.random.default_rng(2))
    ratio = again.after["invited"].sum(axis=0) / again.before["invited"].sum(axis=0)
    assert ratio[sides.group.linked].mean() == pytest.approx(ratio[~sides.group.linked].mean(), abs=0.12)
    assert spread(again) < 1.3 * spread(drawn())


def spread(sides: Sides) -> float:
    """How much units change from company to company."""
    change = np.log((sides.after["invited"] + 1) / (sides.before["invited"] + 1))
    return float(change[:, data().chosen].std())


def planted(fault: str, share: float) -> Sides:
    rng = np.random.default_rng(4)
    return struck(drawn(), data().sides, fault, share, policy=data().policy, rng=rng)


TOUCHED = [
    ("uninvited", "low", 0.4),
    ("discouraged", "low", 0.4),
    ("not_again", "unhappy_asked", 0.4),
    ("not_after_complaint", "complained_asked", 0.4),
    ("lifted", "heap_below", 0.4),
]


@pytest.mark.parametrize(("fault", "name", "left"), TOUCHED)
def test_a_fault_takes_its_share_in_linked_units_after_the_link_alone(
    fault: str, name: str, left: float
) -> None:
    linked, sides = data().group.linked, planted(fault, 0.6)
    assert (sides.before[name] == drawn().before[name]).all()
    assert (sides.after[name][:, ~linked] == drawn().after[name][:, ~linked]).all()
    ratio = sides.after[name][:, linked].sum() / drawn().after[name][:, linked].sum()
    assert ratio == pytest.approx(left, abs=0.04)


@pytest.mark.parametrize(
    ("fault", "name", "of"),
    [("begging", "begging", "comments"), ("month_end", "late_top", "top"), ("straight", "straight", "lines")],
)
def test_a_fault_marks_its_share_of_those_not_marked_before(fault: str, name: str, of: str) -> None:
    linked, sides = data().group.linked, planted(fault, 0.25)
    rest = (drawn().after[of] - drawn().after[name])[:, linked].sum()
    marked = (sides.after[name] - drawn().after[name])[:, linked].sum()
    assert marked / rest == pytest.approx(0.25, abs=0.03)


def test_customers_left_out_are_missing_among_invitations_by_as_many_as_are_unhappy() -> None:
    linked, after = data().group.linked, drawn().after
    missing = (after["invited"] - planted("uninvited", 1.0).after["invited"])[:, linked].sum()
    unhappy = (after["invited"] * after["low"] / np.maximum(after["answers"], 1))[:, linked].sum()
    assert missing == pytest.approx(unhappy, rel=0.05)


def test_every_fault_has_a_way_to_strike_and_moves_detectors_of_its_kind() -> None:
    assert {fault.key for fault in FAULTS} == STRIKES.keys()
    kinds = {pattern.key: set(pattern.detectors) for pattern in PATTERNS}
    assert all(set(fault.moves) & kinds[fault.kind] for fault in FAULTS)
    reached = {key for fault in FAULTS for key in fault.moves}
    assert reached == {detector.key for detector in DETECTORS}


@cache
def weights() -> Directions:
    return directions(data(), detections(), rng=np.random.default_rng(7))


def test_detectors_are_weighed_by_what_a_fault_moves_at_this_size() -> None:
    assert weights().keys() == {"uninvited", "discouraged"}
    assert weights()["uninvited"]["complainants_not_invited"] > weights()["uninvited"]["response_rate"]
    assert weights()["discouraged"]["response_rate"] > 0
    assert all(weight >= 0 for fault in weights().values() for weight in fault.values())
    assert not {"low_scores_missing"} & {key for fault in weights().values() for key in fault}


def test_along_its_weights_a_fault_stands_out_more_than_in_any_single_detector() -> None:
    t = {"a": np.array([2.0, 0.0, 2.5, 0.0]), "b": np.array([2.0, 2.5, 0.0, 0.0])}
    strongest = along(t, {"fault": {"a": 1.0, "b": 1.0}})
    assert strongest.argmax() == 0
    assert along(t, {"fault": {"a": 1.0, "b": 0.0}}).argmax() == 2
    assert (along(t, {"one": {"a": 1.0}, "two": {"b": 3.0}}) == [2.0, 2.5, 2.5, 0.0]).all()


@cache
def seen() -> dict[str, Visibility]:
    entries = visibility(data(), detections(), weights=weights(), groups=1, rng=np.random.default_rng(5))
    return {"nothing" if entry.fault is None else entry.fault.key: entry for entry in entries}


def test_faults_raise_alarms_and_nothing_raises_few() -> None:
    assert seen()["nothing"].limits[0] <= data().policy.error
    assert seen()["uninvited"].share > seen()["nothing"].limits[1]
    assert seen()["month_end"].share > 0.8
    assert seen()["one_device"].companies == 0
    assert "No answer names a device" in seen()["one_device"].reason


def test_more_groups_to_look_at_make_each_fault_harder_to_see() -> None:
    entries = visibility(data(), detections(), weights=weights(), groups=12, rng=np.random.default_rng(5))
    shares = {entry.fault.key: entry.share for entry in entries if entry.fault is not None}
    assert sum(shares.values()) < sum(entry.share for entry in seen().values() if entry.fault is not None)


@pytest.mark.parametrize(("groups", "companies"), [(1, 100), (5, 100), (6, 83), (10, 50), (25, 20), (99, 20)])
def test_many_groups_share_the_companies_that_time_allows(groups: int, companies: int) -> None:
    assert companies_for(IntegrityPolicy(), groups=groups) == companies


def reach(*shares: float | None, fault: int = 0) -> Reach:
    """How far a fault shows in groups; None where it could not be looked for."""
    groups = tuple(
        Visibility(data().group, FAULTS[fault], share or 0.0, 0 if share is None else 100) for share in shares
    )
    return Reach(FAULTS[fault], groups, IntegrityPolicy(), len(groups))


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((0.80, 0.95), WOULD_SHOW),
        ((0.79, 0.95), SOME),
        ((None, 0.95), SOME),
        ((0.79, 0.5), WOULD_NOT),
        ((None, None), NOT_TESTED),
    ],
)
def test_silence_is_worth_a_word_from_four_in_five_on(shares: tuple[float | None, ...], said: str) -> None:
    assert reading(reach(*shares), alarmed=False) == said


@cache
def result() -> IntegrityResult:
    evidence: Any = tables(SMALL, 3)
    return estimate(evidence, run_of(SMALL), policy().model_copy(update={"draws": 499}))


def quiet(*entries: Visibility) -> list[str]:
    """What the answer says of silence, where these are the shares."""
    shown = replace(result(), visible=entries)
    return [str(said) for said in silence(shown, IntegrityAnswer(shown).facts)]


def test_what_cannot_be_looked_for_comes_first_and_no_sign_last() -> None:
    reaches = [reach(share, fault=place) for place, share in enumerate((None, 0.5, 0.9))]
    blind, clear = quiet(*(part for each in reaches for part in each.groups))
    assert blind.startswith("Of 3 ways in which linked units could manage their scores, 2 would not")
    assert clear.startswith("No sign is shown where a sign would have been seen")
    for fault, hidden in zip(FAULTS[:3], (True, True, False), strict=True):
        assert (fault.words in blind, fault.words in clear) == (hidden, not hidden)
    assert "(in 1 of 1 group)" in clear


def test_where_nothing_would_show_there_is_no_word_of_no_sign() -> None:
    said = quiet(*reach(0.5).groups)
    assert not any(text.startswith("No sign") for text in said)
    assert "no sign of honest scores either" in said[-1]


def test_a_company_of_usual_size_is_drawn_within_its_time() -> None:
    """A generous bound: on an idle core it is a tenth of this."""
    from time import process_time

    start = process_time()
    visibility(data(), detections(), weights=weights(), groups=1, rng=np.random.default_rng(6))
    assert process_time() - start < 10
