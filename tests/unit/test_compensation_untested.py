"""Where no test can be believed no size of an effect is stated; and what is said where none is shown."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation
from auditlib.audit.numerals import orphans
from auditlib.compensation.definition import Definition
from auditlib.compensation.fair_pay import fair_pay
from auditlib.compensation.fair_pay_answer import FairPayAnswer
from auditlib.compensation.placebo_outcomes import PlaceboOutcome, tally
from auditlib.compensation.result import UNSIZED
from auditlib.figures.compensation import placebo_distribution
from auditlib.records import Refusal
from benchmarks._answering_company import World, company


@cache
def of(world: World, seed: int) -> compensation.PayAnswer:
    drawn = company(world, seed)
    known = {"region": drawn.region}
    effects = compensation.estimate(drawn.panel, drawn.register, known=known, placebo_adoptions=60, draws=199)
    return compensation.PayAnswer(effects)


def untested() -> compensation.PayAnswer:
    """Two of four regions are linked."""
    return of(World(effect=0.4), 5)


def not_shown() -> compensation.PayAnswer:
    """Half of the regions are linked, which did nothing."""
    return of(World(units=48, regions=12, linked=6, dates=(12, 18), effect=0.0), 2)


def test_the_table_says_why_there_is_no_size() -> None:
    (row,) = untested().effects().frame.to_dict("records")
    assert row["why"] == UNSIZED
    for name in ("estimate", "low", "high", "p", "p_placebo", "detectable"):
        assert pd.isna(row[name]), name


def test_no_number_of_the_audit_is_its_size() -> None:
    numbers = {number.key: number for number in untested().numbers()}
    (role,) = (effect.role for effect in untested().result.roles)
    assert numbers[f"effect:{role}"].value is None
    assert "cannot be tested" in numbers[f"claim:{role}"].value  # type: ignore[operator]
    assert not any(key.startswith(f"without:{role}:") for key in numbers)


def test_no_sentence_states_a_size_and_each_says_why() -> None:
    answer = untested()
    for sentences in (answer.left_out(), answer.course(), answer.departures(), answer.alarmed()):
        assert all(sentence.text.endswith(UNSIZED) for sentence in sentences), sentences
    assert "they lie between" not in str(answer.choices())


def test_no_table_beside_states_one() -> None:
    answer = untested()
    (role,) = answer.by_role()
    apart = role.apart().frame
    assert apart["estimate"].isna().all()
    assert (apart["why"] == UNSIZED).all()
    drifted = (
        role.ladder()
        .frame.set_index("step")
        .loc["Is it larger than what a drift too small to be noticed would have added?"]
    )
    assert pd.isna(drifted["limit"])
    for simple in answer.differences():
        assert not simple.frame["reading"].str.startswith("estimated here").any()


def test_no_figure_draws_one() -> None:
    (effect,) = untested().result.roles
    assert isinstance(effect.events, Refusal)
    (tested,) = not_shown().result.roles
    assert any("actual links" in text.get_text() for text in placebo_distribution(tested).texts)
    inference = replace(tested.inference, method=Refusal("Too few."))
    drawn = placebo_distribution(replace(tested, inference=inference))
    assert not any("actual links" in text.get_text() for text in drawn.texts)


def test_a_tested_effect_keeps_its_size() -> None:
    answer = not_shown()
    (row,) = answer.effects().frame.to_dict("records")
    assert "why" not in row
    assert math.isfinite(row["estimate"])
    assert answer.result.roles[0].tested


def test_sizes_that_are_not_ruled_out_are_named() -> None:
    answer = not_shown()
    (effect,) = answer.result.roles
    assert not effect.shown
    (advised,) = answer.advice()
    assert effect.inference.low is not None
    low = f"{abs(effect.inference.low):.2f}"
    assert "the data neither show an effect nor rule out one from" in advised.text
    assert low in advised.text
    assert "small one" not in advised.text
    numbers = {number.key: number for number in answer.numbers()}
    assert not orphans(advised.text, [numbers[key] for key in advised.keys])


def register(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["role", "unit_id", "metric"])
    return frame.assign(weight=0.1, starts_on=19_000, ends_on=np.nan)


@pytest.mark.parametrize("minimum", [5])
def test_whose_pay_follows_a_metric_in_how_many_units(minimum: int) -> None:
    """Three links are no three people, and few of them give nobody away."""
    own = "transactional:q_overall:mean"
    rows = [*(("manager", unit, own) for unit in "ABC"), ("staff", "A", own), ("staff", "B", "t:q_x:mean")]
    fair = fair_pay(register(*rows), None, (Definition("transactional", "q_overall", "mean", 30),))
    answer = FairPayAnswer(fair)
    said = str(answer)
    assert "The pay of managers in 3 units and staff in 1 unit follows transactional:q_overall:mean" in said
    assert "The pay of staff in 1 unit follows t:q_x:mean, which is not the audited metric" in said
    numbers = {number.key: number for number in answer.numbers()}
    defined = [number for key, number in numbers.items() if key.startswith("definition:")]
    assert all(number.n is None or number.n >= minimum for number in defined)
    for sentence in answer.summary():
        assert not orphans(sentence.text, [numbers[key] for key in sentence.keys])


def test_a_single_quarter_lies_at_one_value() -> None:
    (effect,) = not_shown().result.roles
    course = effect.long_differences
    assert not isinstance(course, Refusal)
    linked = course.frame[course.frame["phase"] == "linked"]
    for quarters, words in ((1, "which lies at"), (2, "which lie between")):
        few = replace(course, frame=linked.iloc[:quarters])
        result = replace(not_shown().result, roles=(replace(effect, long_differences=few),))
        (said,) = compensation.PayAnswer(result).course()
        assert words in said.text


def test_what_chance_alone_would_move_is_no_whole_number() -> None:
    moved = PlaceboOutcome("manager", "invitations sent", "%", 1.0, 0.5, 1.5, 0.01, "others are asked")
    assert tally((moved,) * 5, level=0.95).chance == pytest.approx(0.25)
    result = replace(not_shown().result, outcomes=(moved,) * 5)
    assert "chance alone would move about 0.3" in str(compensation.PayAnswer(result).outcomes()[0])
