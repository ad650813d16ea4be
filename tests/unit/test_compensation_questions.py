"""The questions of 03 put to evidence that lacks something, and a question on links as one value."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation
from auditlib.compensation.procedure import effects, split
from auditlib.compensation.register import linked_from
from auditlib.errors import ParameterError
from auditlib.records import Instrument, Item, Scale
from auditlib.statistics.imputation import Imputation

METRIC = "transactional:q_overall:mean"
SURVEY = Instrument("transactional", (Item("q_overall", "How was it?", Scale(1, 5), headline=True),))
COLUMNS = ["role", "unit_id", "metric", "weight", "starts_on", "ends_on"]
CELLS = pd.DataFrame(columns=["unit_id", "month", "survey_type", "item", "score", "n"])


def engagement(*rows: tuple[str, float], **tables: pd.DataFrame) -> Any:
    """Return an audit whose register has a row for each metric and weight given, and those tables."""
    entries = [("staff", "U1", metric, weight, 19723, np.nan) for metric, weight in rows]
    frames = {"pay_links": pd.DataFrame(entries, columns=COLUMNS), **tables} if rows else dict(tables)
    evidence = SimpleNamespace(
        tables=tuple(frames),
        instruments={"transactional": SURVEY},
        frame=lambda table, **_: frames[table],
        cells=lambda: CELLS,
    )
    thresholds = SimpleNamespace(confidence=0.95, minimum_n=30)
    run = SimpleNamespace(thresholds=thresholds, seed=1, instruments={})
    return SimpleNamespace(run=run, evidence=evidence, texts={})


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        (engagement(), "There is no register of pay links"),
        (engagement((METRIC, 0.0)), "names no link with a weight"),
        (engagement(("profit", 0.1)), "names a survey type and item of this audit"),
        (engagement((METRIC, 0.1)), "neither a table of responses nor one of aggregates"),
        (engagement((METRIC, 0.1), aggregates=pd.DataFrame()), "no register of units"),
        (engagement((METRIC, 0.1), responses=pd.DataFrame()), "holds no answer of the period"),
    ],
)
def test_what_the_evidence_cannot_answer_is_refused_with_its_reason(lacking: Any, words: str) -> None:
    answer = compensation.effect(lacking)
    (sentence,) = answer.summary()
    assert sentence.text.startswith("What linking pay to satisfaction did to the scores is not assessable: ")
    assert words in sentence.text
    assert set(sentence.keys) == {number.key for number in answer.numbers()}
    assert set(answer.to_frame()["claim"]) == {"not assessable"}
    assert answer.advice()
    assert "no sign that there was none" in answer.limits()[0].text


def test_an_unanswered_question_has_no_exhibit_but_its_reason_and_no_finding() -> None:
    answer = compensation.effect(engagement())
    assert answer.adoption() == answer.differences() == answer.moved() == answer.by_choice() == ()
    assert answer.by_role() == answer.comparisons() == answer.findings() == ()
    assert answer.naive() == answer.outcomes() == answer.tests() == ()
    assert answer.basis.table == "pay_links"
    assert list(answer.effects().frame["role"]) == ["manager", "staff"]


def test_fairness_without_a_register_or_a_survey_says_why() -> None:
    for lacking, words in (
        (engagement(), "no register of pay links"),
        (engagement((METRIC, 0.1), responses=pd.DataFrame()), "no survey that pay could follow"),
    ):
        fair = compensation.fairness(lacking, compensation.effect(lacking))
        (sentence,) = fair.summary()
        assert words in sentence.text
        assert sentence.keys == tuple(number.key for number in fair.numbers())
        assert (fair.findings(), fair.definitions()) == ((), ())
        assert list(fair.links().frame["claim"]) == ["not assessable"] * 2


@pytest.mark.parametrize("choices", [{"weighting": "x"}, {"anticipation": -1}, {"placebo_adoptions": -1}])
def test_choices_that_mean_nothing_are_an_error(choices: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        compensation.effect(engagement((METRIC, 0.1)), **choices)


def question(**changes: Any) -> compensation.PayQuestion:
    """Ask about managers in three of eight units, and staff in two others, over twelve months."""
    months = tuple(range(202401, 202413))
    value = 4 + np.random.default_rng(2).normal(0, 0.1, (8, 12))
    panel = compensation.Panel(
        "t", "q", "mean", tuple(f"U{unit}" for unit in range(8)), months, value, np.full((8, 12), 20.0), 0.8
    )
    starts = {"manager": [6, 6, 8, 12, 12, 12, 12, 12], "staff": [12, 12, 10, 7, 12, 12, 12, 12]}
    links = (
        linked_from("manager", np.array(starts["manager"]), months=12),
        linked_from("staff", np.array(starts["staff"]), months=12),
    )
    return compensation.PayQuestion(panel, links, **{"role": "manager"} | changes)


class TestPayQuestion:
    def test_the_role_says_which_effect_is_meant(self) -> None:
        asked = question()
        assert (asked.place, asked.of("staff").place) == (0, 1)
        assert asked.of("staff").role_links.role == "staff"

    def test_the_unit_is_the_cluster_unless_another_is_named(self) -> None:
        pairs = np.arange(8) // 2
        assert (question().clusters, question(cluster=pairs).clusters) == (8, 4)
        assert question(cluster=pairs).by_unit().clusters == 8

    def test_without_units_the_others_stay_as_they_are(self) -> None:
        rest = question().without(np.arange(8) == 3)
        assert rest.panel.n.sum(axis=1).tolist() == [240, 240, 240, 0, 240, 240, 240, 240]
        assert isinstance(effects(rest), Imputation)

    def test_alone_it_loses_the_months_of_the_other_role_and_its_links(self) -> None:
        alone = question().alone()
        assert [links.role for links in alone.links] == ["manager"]
        assert alone.panel.n[2].tolist() == [20.0] * 10 + [0.0] * 2
        assert alone.panel.n[3].tolist() == [20.0] * 7 + [0.0] * 5

    @pytest.mark.parametrize("months", [0, 2])
    def test_months_of_anticipation_are_set_aside(self, months: int) -> None:
        weight = split(question().anticipating(months)).weight
        assert np.flatnonzero(weight[0] == 0).tolist() == list(range(6 - months, 6))
