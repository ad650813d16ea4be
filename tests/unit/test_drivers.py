"""What goes with dissatisfaction is found where it was planted, and what covers it is counted by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from standards_tables import SmallTables, context, small_tables

from auditlib.drivers import Covered, DriversAnswer, DriversPolicy, DriversResult
from auditlib.drivers.coverage import Fix, covered
from auditlib.drivers.examine import estimate
from auditlib.drivers.measures import drivers_covered
from auditlib.drivers.policy import policy_of
from auditlib.errors import ParameterError
from auditlib.figures.drivers import importance_and_performance
from auditlib.records import Grade
from auditlib.statistics.redrawn import cluster_weights, spread_of
from auditlib.statistics.within import centred, slopes

SCALE = {"low": 1, "high": 5}
ITEMS = {
    "q_overall": {"wording": "All in all?", "scale": SCALE, "headline": True},
    "q_speed": {"wording": "How fast?", "scale": SCALE},
    "q_manner": {"wording": "How polite?", "scale": SCALE},
    "q_recommend": {"wording": "Recommend?", "scale": SCALE},
}
POLICY = DriversPolicy(
    top=2, draws=199, least_units=10, least_answers=200, not_drivers={"q_recommend": "follows from it"},
    causes={"q_speed": ("slow", "late")},
)  # fmt: skip
IMPACT = {"q_speed": 0.4, "q_manner": 0.1}
"""Planted: how much more often the overall answer is bad where this one is."""


def run(**more: Any) -> Any:
    return context(instruments={"transactional": {"items": ITEMS}}, **more).run


def responses(*, units: int = 20, each: int = 100, seed: int = 1) -> pd.DataFrame:
    """Return answers in which bad units also give many low answers: only within units is it fair."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), each)
    low = {item: rng.random(len(unit)) < 0.05 + 0.2 * unit / units for item in IMPACT}
    bad = 0.02 + 0.3 * unit / units + sum(IMPACT[item] * low[item] for item in IMPACT)
    answers = {item: np.where(low[item], 2.0, 4.0) for item in IMPACT}
    return pd.DataFrame(
        {
            "response_id": [f"R{n}" for n in range(len(unit))],
            "survey_type": "transactional",
            "unit_id": [f"U{n:02d}" for n in unit],
            "in_period": True,
            "q_overall": np.where(rng.random(len(unit)) < bad, 1.0, 5.0),
            "q_recommend": 3.0,
        }
        | answers
    )


def complaints(counts: dict[str, int], *, units: int = 10) -> list[dict[str, Any]]:
    return [
        {"unit_id": f"U{unit:02d}", "cause_code": cause, "received_day": 20_100, "in_period": True}
        for unit in range(units)
        for cause, count in counts.items()
        for _ in range(count)
    ]


def fix(number: int, cause: str, **more: Any) -> dict[str, Any]:
    row = {"fix_id": f"Y{number}", "cause_code": cause, "unit_id": None, "owner_id": "P1"}
    return row | {"action_type": "system", "implemented_on": 20_120} | more


def tables(frame: pd.DataFrame | None = None, **more: Any) -> SmallTables:
    made = small_tables(**more)
    return made if frame is None else SmallTables(made.frames | {"responses": frame}, made.counts)


@pytest.fixture(scope="module")
def examined() -> DriversAnswer:
    more = {"complaints": complaints({"slow": 3, "late": 2, "rude": 1}), "fixes": [fix(1, "late")]}
    return DriversAnswer(estimate(tables(responses(), **more), run(), POLICY))


def test_planted_impacts_lie_in_their_intervals_although_bad_units_are_low_in_all(
    examined: DriversAnswer,
) -> None:
    (survey,) = examined.result.ranked
    assert [each.item.item for each in survey.questions] == ["q_speed", "q_manner"]
    for each in survey.questions:
        limits = each.penalty.interval
        assert limits.low <= IMPACT[each.item.item] <= limits.high
        assert each.contribution.value == pytest.approx(each.penalty.value * each.low_share)
    assert [(each.best, each.worst) for each in survey.questions] == [(1, 1), (2, 2)]


def test_shares_of_the_relative_importance_add_up_to_one(examined: DriversAnswer) -> None:
    assert sum(each.weight.value for each in examined.result.ranked[0].questions) == pytest.approx(1)


def test_a_consequence_is_no_driver_and_that_is_said(examined: DriversAnswer) -> None:
    told = " ".join(sentence.text for sentence in examined.limits())
    assert 'Left out of the questions: "Recommend?", follows from it.' in told
    assert "association, not effect" in told
    assert 'no cause for the questions "How polite?"' in told


def test_causes_are_ranked_by_how_often_they_are_named(examined: DriversAnswer) -> None:
    assert [(each.code, each.n, each.share.value) for each in examined.result.causes.causes] == [
        ("slow", 30, 0.5),
        ("late", 20, pytest.approx(1 / 3)),
        ("rude", 10, pytest.approx(1 / 6)),
    ]


def test_a_main_cause_without_an_action_is_a_finding_and_a_covered_is_not(
    examined: DriversAnswer,
) -> None:
    (finding,) = examined.findings()
    assert (finding.subject, finding.grade) == ("cause:slow", Grade.MINOR)
    assert "named in 30 complaints and follow-up contacts with a coded cause" in finding.condition
    assert "no action in the register of fixes is about it" in finding.condition
    known = {number.key for number in examined.numbers()}
    assert set(finding.evidence) <= known


def test_a_question_is_covered_in_part_where_one_of_its_causes_is(examined: DriversAnswer) -> None:
    states = {each.name: each.covered for each in examined.result.main}
    assert states == {
        "slow": Covered.NO,
        "late": Covered.YES,
        "transactional:speed": Covered.PART,
        "transactional:manner": Covered.UNKNOWN,
    }


def test_every_sentence_states_numbers_that_are_recorded(examined: DriversAnswer) -> None:
    known = {number.key for number in examined.numbers()}
    for sentence in (*examined.summary(), *examined.limits(), *examined.movement()):
        assert set(sentence.keys) <= known, sentence


def test_every_printed_estimate_is_a_recorded_number(examined: DriversAnswer) -> None:
    known = {number.key: number.value for number in examined.numbers()}
    (table,) = examined.questions()
    for row in table.to_frame().to_dict("records"):
        name = f"{row['survey_type']}:{row['question']}"
        for column in ("low_share", "penalty", "contribution", "weight", "best", "worst"):
            assert known[f"{column}:{name}"] == row[column]


def test_the_same_seed_gives_the_same_result() -> None:
    first, second = (estimate(tables(responses()), run(seed=7), POLICY) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("each", "ranked"), [(19, False), (20, True), (21, True)])
def test_fewer_answers_than_needed_are_refused(each: int, ranked: bool) -> None:
    (survey,) = estimate(tables(responses(units=10, each=each)), run(), POLICY).surveys
    assert bool(survey.questions) is ranked
    assert (survey.refusal is None) is ranked
    if not ranked:
        assert "190 responses answer every question, and 200 are needed" in survey.refusal.reason  # type: ignore[union-attr]


@pytest.mark.parametrize(("units", "ranked"), [(9, False), (10, True), (11, True)])
def test_fewer_units_than_needed_are_refused(units: int, ranked: bool) -> None:
    more = {"complaints": complaints({"slow": 2}, units=units)}
    result = estimate(tables(responses(units=units, each=40), **more), run(), POLICY)
    assert bool(result.ranked) is ranked
    assert bool(result.causes.causes) is ranked


def test_a_response_that_leaves_a_question_out_is_counted_as_such() -> None:
    frame = responses()
    frame.loc[:4, "q_manner"] = None
    (survey,) = estimate(tables(frame), run(), POLICY).surveys
    assert (survey.n, survey.incomplete) == (1995, 5)
    assert "5 responses to the transactional survey with a question left out" in str(
        [str(limit) for limit in DriversAnswer(estimate(tables(frame), run(), POLICY)).limits()]
    )


def test_a_question_nobody_answers_low_is_refused_with_the_reason() -> None:
    (survey,) = estimate(tables(responses().assign(q_manner=4.0)), run(), POLICY).surveys
    assert survey.refusal is not None
    assert "never got a bad answer" in survey.refusal.reason


def test_a_survey_of_one_question_has_no_drivers() -> None:
    own = context(instruments={"transactional": {"items": {"q_overall": ITEMS["q_overall"]}}}).run
    (survey,) = estimate(tables(responses()), own, POLICY).surveys
    assert survey.refusal is not None


@pytest.mark.parametrize(
    ("table", "words"), [("aggregates", "only aggregates"), ("incident_events", "neither")]
)
def test_evidence_without_single_answers_is_not_assessable_and_says_why(table: str, words: str) -> None:
    answer = DriversAnswer(estimate(small_tables(**{table: [{"unit_id": "U1"}]}), run(), POLICY))
    (sentence,) = answer.summary()
    assert sentence.text.startswith("Not assessable: ")
    assert words in sentence.text
    assert answer.findings() == answer.result.ranked == answer.limits() == ()
    assert answer.coverage() == answer.questions() == answer.causes() == answer.followed() == ()
    assert "there is none" in answer.movement()[0].text
    assert set(sentence.keys) <= {number.key for number in answer.numbers()}


def test_a_contact_that_names_one_cause_twice_is_one_voice() -> None:
    held = [
        {"response_id": f"R{n}", "cause_code": cause, "reached": True}
        for n in range(0, 2000, 10)
        for cause in ("slow", "slow", None)
    ]
    missed = [{"response_id": "R5", "cause_code": "late", "reached": False}]
    result = estimate(tables(responses(), follow_ups=[*held, *missed]), run(), POLICY)
    assert [(each.code, each.follow_ups) for each in result.causes.causes] == [("slow", 200)]
    assert result.causes.uncoded == 0


ALL = Fix("Y1", "slow", "", "P1", "system", 1)


@pytest.mark.parametrize(
    ("fixes", "state"),
    [
        (None, Covered.UNKNOWN),
        ((), Covered.NO),
        ((ALL,), Covered.YES),
        ((Fix("Y1", "slow", "", "P1", "system", None),), Covered.YES),
        ((Fix("Y1", "slow", "U1", "P1", "system", 1),), Covered.PART),
        ((Fix("Y1", "slow", "", "", "system", 1),), Covered.NO),
        ((Fix("Y1", "slow", "", "P1", "other", 1),), Covered.NO),
        ((Fix("Y1", "slow", "", "P1", "", 1),), Covered.NO),
        ((Fix("Y1", "late", "", "P1", "policy", 1),), Covered.NO),
    ],
)
def test_an_action_covers_a_cause_with_owner_and_type_for_every_unit(
    fixes: tuple[Fix, ...] | None, state: Covered
) -> None:
    assert covered(["slow"], fixes) is state


def test_several_causes_are_covered_only_together() -> None:
    assert covered(["slow", "late"], (ALL,)) is Covered.PART
    assert covered(["slow", "late"], (ALL, Fix("Y2", "late", "", "P1", "policy", 1))) is Covered.YES
    assert covered([], (ALL,)) is Covered.UNKNOWN


@pytest.mark.parametrize(("top", "share"), [(1, 1.0), (2, 0.5), (3, 1 / 3)])
def test_the_criterion_counts_the_first_causes(top: int, share: float) -> None:
    more = {"complaints": complaints({"slow": 3, "late": 2, "rude": 1}), "fixes": [fix(1, "slow")]}
    measured = drivers_covered.take(small_tables(**more), context(), {"top": top})
    assert measured.value == pytest.approx(share)
    assert measured.n == top
    assert ("late" in measured.reason) is (top > 1)


def test_the_criterion_is_not_assessable_without_a_coded_cause_or_a_register() -> None:
    uncoded = [{"unit_id": "U1", "cause_code": None, "in_period": True}]
    without = drivers_covered.take(small_tables(complaints=uncoded), context(), {"top": 3})
    assert (without.value, without.reason) == (None, "the evidence has no fixes")
    silent = drivers_covered.take(
        small_tables(complaints=uncoded, fixes=[fix(1, "a")]), context(), {"top": 3}
    )
    assert silent.value is None
    assert "no complaint" in silent.reason


def after(fixes: list[dict[str, Any]], days: dict[str, list[int]]) -> DriversResult:
    """Follow an action on day 20,120: complaints of `slow` by unit and distance from it."""
    rows = [
        {"unit_id": unit, "cause_code": "slow", "received_day": 20_120 + day, "in_period": True}
        for unit, own in days.items()
        for day in own
    ]
    return estimate(
        small_tables(complaints=rows, fixes=fixes), run(), POLICY.model_copy(update={"window_days": 30})
    )


def test_windows_leave_the_day_of_the_action_out_and_end_together() -> None:
    (one,) = after([fix(1, "slow")], {"U1": [-31, -30, -1, 0, 1, 30, 31]}).followed
    assert (one.days, one.before, one.after, one.ratio) == (30, 2, 2, 1.0)
    assert not one.compared
    assert one.refusal is not None
    assert "every unit" in one.refusal.reason


def test_units_without_the_action_are_compared_with() -> None:
    days = {"U1": [-1] * 40 + [1] * 10, "U2": [-1] * 40 + [1] * 40}
    result = after([fix(1, "slow", unit_id="U1")], days)
    (one,) = result.followed
    assert (one.ratio, one.compared) == (0.25, True)
    assert one.interval is not None
    assert one.interval.low < 0.25 < one.interval.high < 1
    assert "fewer than before" in DriversAnswer(result).movement()[0].text
    everywhere = {unit: [-1] * 40 + [1] * 10 for unit in days}
    (same,) = after([fix(1, "slow", unit_id="U1")], everywhere).followed
    assert same.ratio == 1.0


def test_one_action_in_several_units_is_followed_as_one() -> None:
    days = {"U1": [-1] * 20 + [1] * 5, "U2": [-1] * 20 + [1] * 5, "U3": [-1] * 40 + [1] * 40}
    rows = [fix(1, "slow", unit_id="U1"), fix(2, "slow", unit_id="U2")]
    result = after(rows, days)
    (one,) = result.followed
    assert (one.before, one.after, one.before_others, one.ratio) == (40, 10, 40, 0.25)
    answer = DriversAnswer(result)
    first, second = (str(row["fix_id"]) for row in rows)
    assert answer.movement()[0].text.startswith(
        f"After {first} with {second} (the same action, on the same day), complaints of"
    )
    (table,) = answer.followed()
    assert table.frame["like"].tolist() == [second]
    apart = after([rows[0], fix(2, "slow", unit_id="U2", implemented_on=20_121)], days)
    assert len(apart.followed) == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"implemented_on": 20_089}, "edge of the period"),
        ({"implemented_on": 19_000}, "outside"),
        ({}, "came before"),
    ],
)
def test_an_action_that_cannot_be_followed_says_why(more: dict[str, Any], words: str) -> None:
    result = after([fix(1, "slow", **more)], {"U1": [1, 2]})
    assert result.followed[0].ratio is None
    assert words in DriversAnswer(result).movement()[0].text


def test_a_planned_action_is_not_followed() -> None:
    result = after([fix(1, "slow", implemented_on=None)], {"U1": [1]})
    assert result.followed == ()
    assert "no action in it took effect" in DriversAnswer(result).movement()[0].text


def test_the_policy_is_read_in_the_edition_the_run_names() -> None:
    texts = {"policies/drivers.yaml": 'policy: drivers\nedition: "2025"\ntop: 5\n'}
    assert policy_of(run(policies=["drivers@2025"]), texts).top == 5
    assert policy_of(run(), texts) == DriversPolicy()
    with pytest.raises(ParameterError, match=r"names drivers@2026"):
        policy_of(run(policies=["drivers@2026"]), texts)
    with pytest.raises(ParameterError, match=r"no params/policies/drivers.yaml"):
        policy_of(run(policies=["drivers@2025"]), {})


def test_intervals_of_impacts_hold_the_truth_as_often_as_they_say() -> None:
    rng, held = np.random.default_rng(5), 0
    for _ in range(200):
        low = rng.random((20, 60)) < 0.1
        bad = rng.random((20, 60)) < 0.05 + 0.3 * low + 0.1 * rng.random((20, 1))
        both = np.stack([bad, low], axis=-1).astype(float)
        moments = centred(np.full(20, 60.0), both.sum(axis=1), np.einsum("ugi,ugj->uij", both, both))
        drawn = np.einsum("dg,gij->dij", cluster_weights(20, draws=199, rng=rng), moments)
        limits = spread_of(slopes(moments.sum(axis=0)), slopes(drawn), clusters=20).limits
        held += int(limits.low[0] <= 0.3 <= limits.high[0])
    assert 0.91 <= held / 200 <= 0.99


def test_every_question_is_named_in_the_figure(examined: DriversAnswer) -> None:
    panels = importance_and_performance(examined.result).axes
    assert len(panels) == 1
    assert {"speed", "manner"} <= {text.get_text() for text in panels[0].texts}
