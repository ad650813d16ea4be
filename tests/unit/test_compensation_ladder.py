"""How far an effect is claimed: rung by rung, in order, with the first that fails."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from auditlib import compensation
from auditlib.audit.numerals import orphans
from auditlib.compensation.alarmed import Alarms, Unalarmed, alarms_of, unalarmed
from auditlib.compensation.claim_ladder import HALF, ClaimLadder, Rung, RungName, claim_ladder
from auditlib.compensation.ladder_statements import climbed, without_alarmed
from auditlib.compensation.procedure import PayQuestion, effects
from auditlib.compensation.register import role_links
from auditlib.records import Interval, Number, Refusal
from auditlib.statements import Facts
from auditlib.statistics.imputation import Imputation
from auditlib.statistics.joint_choices import JointMeasure, JointTest
from benchmarks._answering_company import World, company


def joint(as_extreme: int, *, value: float = 20.0) -> JointTest:
    measure = JointMeasure(value, as_extreme, 99)
    return JointTest(measure, measure, measure)


def effect(**changes: Any) -> Any:
    """Return an effect that bears everything, apart from `changes`."""
    values: dict[str, Any] = {
        "p": 0.01, "calibrated": 0.01, "relative": HALF, "unalarmed": None, "p_drift": 0.5, "carried": 0.1,
        "joint": joint(0), "method": "jackknife",
    } | changes  # fmt: skip
    together = values["joint"]
    curve = SimpleNamespace(
        joint=together,
        supports=lambda estimate, level: (
            None
            if isinstance(together, Refusal)
            else together.p_value <= 1 - level and together.combined.value * estimate > 0
        ),
    )
    made = SimpleNamespace(
        role="manager", noun="managers", estimate=0.2, level=0.95, calibrated=values["calibrated"],
        inference=SimpleNamespace(method=values["method"], p_value=values["p"]),
        placebo=SimpleNamespace(), sensitivity=SimpleNamespace(relative=values["relative"]),
        unalarmed=values["unalarmed"], curve=curve,
        drift=SimpleNamespace(p_value=values["p_drift"], carried=values["carried"]),
    )  # fmt: skip
    made.ladder = claim_ladder(made)
    return made


def without(estimate: float, p_value: float | None) -> Unalarmed:
    return Unalarmed(3, estimate, -0.1, 0.3, p_value)


class TestRungs:
    def test_what_bears_everything_tops_the_ladder(self) -> None:
        ladder = effect().ladder
        assert ladder.topped
        assert [rung.name for rung in ladder.rungs] == list(RungName)

    @pytest.mark.parametrize(
        ("changes", "height", "holds"),
        [
            ({"p": 0.051}, 0, False),
            ({"method": Refusal("too few."), "p": None}, 0, None),
            ({"calibrated": 0.051}, 1, False),
            ({"calibrated": None}, 1, None),
            ({"relative": 0.49}, 2, False),
            ({"unalarmed": without(0.1, 0.051)}, 3, False),
            ({"unalarmed": without(-0.1, 0.01)}, 3, False),
            ({"unalarmed": Unalarmed(3, None, why="nothing is left")}, 3, False),
            ({"unalarmed": Refusal("No check.")}, 3, None),
            ({"carried": 0.2}, 4, False),
            ({"p_drift": 0.049}, 4, False),
            ({"joint": joint(5)}, 5, False),
            ({"joint": joint(0, value=-20.0)}, 5, False),
            ({"joint": Refusal("Too few.")}, 5, None),
        ],
    )
    def test_the_first_that_fails_stops_it(
        self, changes: dict[str, Any], height: int, holds: bool | None
    ) -> None:
        ladder = effect(**changes).ladder
        assert (ladder.height, ladder.topped) == (height, False)
        assert ladder.failing is not None
        assert ladder.failing.holds is holds

    @pytest.mark.parametrize(
        "changes",
        [
            {"p": 0.05}, {"calibrated": 0.05}, {"unalarmed": without(0.1, 0.05)}, {"carried": 0.199},
            {"p_drift": 0.05}, {"joint": joint(4)},
        ],
    )  # fmt: skip
    def test_on_the_limit_it_holds(self, changes: dict[str, Any]) -> None:
        assert effect(**changes).ladder.topped

    def test_rungs_after_a_failed_one_lend_nothing(self) -> None:
        ladder = ClaimLadder((Rung(RungName.TEST, False), Rung(RungName.PLACEBOS, True)))
        assert (ladder.height, ladder.reached) == (0, None)


FACTS = Facts.of(
    [
        Number("ladder:reached", 2, "count"), Number("ladder:steps", 6, "count"), Number("claim", "x"),
        Number("honest:relative", 0.11, "ratio"), Number("honest:needed", 0.5, "ratio"),
        Number("alarmed", 0.08, "points", interval=Interval(-0.1, 0.3)), Number("alarmed:units", 3, "count"),
        Number("drift:carried", 0.3, "points"), Number("drift", -0.4, "points a year"),
        Number("placebo:as_strong", 9, "count"), Number("placebo:count", 99, "count"),
        Number("choices:straddling", 7, "count"), Number("choices:total", 8, "count"),
    ]
)  # fmt: skip


class TestWords:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "bears all that is asked"),
            ({"relative": 0.11}, "departed from the others by 0.11 times their largest departure before"),
            ({"unalarmed": without(0.08, 0.3)}, "without the 3 units that integrity checks raised an alarm"),
            ({"carried": 0.3}, "too small to be noticed would have added 0.30 points"),
            ({"p_drift": 0.01}, "had drifted from the others before, by 0.40 points a year"),
            ({"joint": joint(50)}, "7 of 8 do not show it by themselves"),
        ],
    )
    def test_what_fails_is_said_with_its_number(self, changes: dict[str, Any], words: str) -> None:
        assert words in climbed(effect(**changes), FACTS).text

    @pytest.mark.parametrize(
        ("clean", "words"),
        [
            (None, "raised no alarm"),
            (Refusal("No check could be made."), "No check could be made."),
            (without(0.08, 0.3), "without them the effect is +0.08 (\N{MINUS SIGN}0.10 to +0.30)"),
            (Unalarmed(3, None), "without them nothing is left"),
        ],
    )
    def test_the_effect_without_alarmed_units_is_given(self, clean: Any, words: str) -> None:
        assert words in without_alarmed(effect(unalarmed=clean), FACTS).text


@pytest.fixture(scope="module")
def question() -> PayQuestion:
    drawn = company(World(by_region=False, linked=15, months=24, dates=(12,), spread=0.2), 3)
    links = role_links(drawn.register, drawn.panel, role="manager")
    return PayQuestion(drawn.panel, (links,), "manager")


@pytest.fixture(scope="module")
def managed(question: PayQuestion) -> tuple[PayQuestion, Alarms]:
    units = np.flatnonzero(question.role_links.linked.any(axis=1))[:5]
    value = question.panel.value.copy()
    value[units, 12:] += 1.0
    names = frozenset(question.panel.units[unit] for unit in units)
    return question.on(replace(question.panel, value=value)), Alarms(names, tested=True)


class TestAlarmedUnits:
    """A planted rise in five of fifteen linked units alone, of which checks raised an alarm."""

    def test_without_them_the_rise_is_gone(self, managed: tuple[PayQuestion, Alarms]) -> None:
        question, alarms = managed
        whole, clean = effects(question), unalarmed(question, alarms, draws=199, seed=1)
        assert isinstance(whole, Imputation)
        assert isinstance(clean, Unalarmed)
        assert whole.coefficient[0] > 0.2
        assert clean.units == 5
        assert clean.estimate is not None
        assert abs(clean.estimate) < 0.12
        assert clean.p_value is not None
        assert clean.p_value > 0.05

    def test_units_without_a_link_are_no_matter(self, question: PayQuestion) -> None:
        unlinked = question.panel.units[int(np.argmin(question.role_links.linked.any(axis=1)))]
        assert unalarmed(question, Alarms(frozenset({unlinked}), tested=True), draws=99, seed=1) is None

    @pytest.mark.parametrize("alarms", [None, Alarms(frozenset({"U000"}), tested=False)])
    def test_checks_that_were_not_made_are_said(self, question: PayQuestion, alarms: Alarms | None) -> None:
        assert isinstance(unalarmed(question, alarms, draws=99, seed=1), Refusal)

    def test_where_all_linked_units_are_alarmed_nothing_is_left(self, question: PayQuestion) -> None:
        clean = unalarmed(question, Alarms(frozenset(question.panel.units), tested=True), draws=99, seed=1)
        assert isinstance(clean, Unalarmed)
        assert (clean.units, clean.estimate) == (15, None)

    def test_alarms_are_those_of_linked_units(self) -> None:
        units = [SimpleNamespace(unit_id="A", linked=True), SimpleNamespace(unit_id="B", linked=False)]
        alarm = SimpleNamespace(detections=[SimpleNamespace(units=units)])
        signs: Any = SimpleNamespace(alarms=[alarm], tested=[alarm])
        assert alarms_of(signs) == Alarms(frozenset({"A"}), tested=True)


def test_a_rung_that_fails_is_a_finding_with_its_numbers() -> None:
    """A strong effect among units that wander is shown, and does not bear all that is asked of it."""
    drawn = company(World(units=24, months=24, by_region=False, linked=10, dates=(12,), effect=0.8), 1)
    answer = compensation.PayAnswer(
        compensation.estimate(
            drawn.panel,
            drawn.register,
            placebo_adoptions=200,
            draws=199,
            alarms=Alarms(frozenset(), tested=True),
        )
    )
    (effect,) = answer.result.roles
    assert effect.shown
    assert (effect.claim == "shown") is effect.ladder.topped
    numbers = {number.key: number for number in answer.numbers()}
    open_ended = [found for found in answer.findings() if "steps" in found.condition]
    assert len(open_ended) == (not effect.ladder.topped)
    for found in open_ended:
        stated = [numbers[key] for key in found.evidence]
        assert not orphans(f"{found.condition} {found.cause}", stated)
    assert f"bears {effect.ladder.height} of 6" in answer.summary()[0].text or effect.ladder.topped
    table = answer.by_role()[0].ladder().frame
    assert table["holds"].tolist().index("no") == effect.ladder.height
