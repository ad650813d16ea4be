"""The questions of the benchmark as a notebook puts them: to a whole engagement, one building on another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from surveyed_units import (
    SURVEYS,
    Memory,
    compared,
    contacts,
    counted,
    engaged,
    published,
    responses,
    unfounded,
)

from auditlib import benchmark
from auditlib.benchmark.groups import compare_groups
from auditlib.records import Refusal
from auditlib.statements import Unanswered


def test_what_the_run_chose_is_not_asked_for_again() -> None:
    chosen = compared().result.choices
    assert (chosen.minimum_n, chosen.disclosure.least, chosen.confidence, chosen.seed) == (40, 6, 0.9, 11)
    assert benchmark.compare(contacts(), minimum_n=100).result.choices.minimum_n == 100


def test_a_second_comparison_differs_in_what_it_names_alone() -> None:
    by_mean = benchmark.agreement(contacts(), compared(), label="by mean", statistic="mean").result
    assert by_mean.second.choices.statistic == "mean"
    assert by_mean.second.choices.minimum_n == by_mean.first.choices.minimum_n == 40
    assert by_mean.parts("contact")["both"]["unit_id"].tolist() == ["U13"]


def test_the_mean_is_checked_by_the_share_satisfied_and_a_share_by_what_there_is() -> None:
    by_share = benchmark.agreement(contacts(), compared(), statistic="")
    assert (by_share.result.second.choices.statistic, by_share.result.label) == (
        "top_box",
        "by top-box share",
    )
    shares = published(0.0)
    compared_shares = benchmark.compare(shares)
    assert compared_shares.result.choices.statistic == "top_box"
    again = benchmark.agreement(shares, compared_shares, statistic="")
    assert again.result.second.choices.statistic == "bottom_box"


def test_too_few_units_have_no_verdict_either_way_and_say_how_many_they_are() -> None:
    rows = responses()
    few = rows[rows["unit_id"].isin(["U00", "U01", "U13"])]
    units = pd.DataFrame({"unit_id": ["U00", "U01", "U13"]})
    apart = engaged(Memory({"contact": SURVEYS["contact"]}, responses=few, units=units, cells=counted(few)))
    compared_units = benchmark.compare(apart)
    assert "none gets a verdict, which is no sign that they are alike" in str(compared_units)
    answer = benchmark.agreement(apart, compared_units, statistic="")
    assert "no verdict either way. 3 units are too few" in str(answer)
    assert unfounded(answer) == unfounded(compared_units) == []


def test_more_low_answers_are_the_same_verdict_as_fewer_good_ones() -> None:
    shares = benchmark.compare(contacts(), statistic="top_box")
    assert shares.result.comparisons[0].called_out["unit_id"].tolist() == ["U13"]
    parts = benchmark.agreement(contacts(), shares, statistic="bottom_box").result.parts("contact")
    assert {name: rows["unit_id"].tolist() for name, rows in parts.items()} == {
        "both": ["U13"],
        "lost": [],
        "untold": [],
        "gained": [],
        "reversed": [],
    }


def test_values_adjusted_for_the_mix_stand_beside_those_as_answered() -> None:
    by_mix = benchmark.agreement(contacts(), compared(), label="by mix", adjust_for=("channel",))
    values = by_mix.values()["contact"]
    assert {"raw", "adjusted", "adjusted_verdict"} <= set(values.frame)
    assert values.units["adjusted"] == "points"


def test_columns_that_are_not_there_give_no_mix_to_adjust_for() -> None:
    answer = benchmark.agreement(contacts(), compared(), label="by mix", adjust_for=("colour",))
    assert "no column colour" in str(answer)


def test_a_question_says_only_what_it_records() -> None:
    (answer,) = benchmark.groups(contacts(), compared())
    assert unfounded(answer) == []
    assert repr(answer) == " ".join(sentence.text for sentence in answer.summary())


def test_a_worse_channel_is_said_to_be_worse_within_units() -> None:
    (answer,) = benchmark.subgroups(contacts(), compared(), by=["channel"])
    assert "compared with in person (" in str(answer)
    assert "1 differs: mail \N{MINUS SIGN}" in str(answer)
    assert unfounded(answer) == []


def test_published_figures_have_no_subgroups() -> None:
    engagement = published(0.0)
    (refused,) = benchmark.subgroups(engagement, benchmark.compare(engagement), by=["channel"])
    assert isinstance(refused, Unanswered)


def test_too_few_peers_are_no_answer_but_a_reason_under_a_key() -> None:
    evidence: Any = contacts().evidence
    units = evidence.frame("units")
    units = units.assign(region=[f"Region {place % 4}" for place in range(len(units))])
    apart = engaged(Memory(evidence.instruments, responses=evidence.frame("responses"), units=units))
    (answer,) = benchmark.peers(apart, compared(), by="region")
    assert isinstance(answer, Unanswered)
    assert "No group by region has 5 units to compare" in str(answer.summary()[0])
    assert [number.key for number in answer.numbers()] == ["unanswered:peers:contact:q_overall"]


def test_one_survey_cannot_contradict_itself() -> None:
    (answer,) = benchmark.contradictions(contacts())
    assert answer.result.refusal is not None
    assert [number.value for number in answer.numbers()] == [None]


def test_two_surveys_are_held_against_each_other_on_their_accounts() -> None:
    answers = responses()
    yearly = answers.assign(survey_type="yearly", q_overall=np.where(answers["q_overall"] > 3, 2.0, 5.0))
    evidence = Memory(
        SURVEYS, responses=pd.concat([answers, yearly]), cells=counted(pd.concat([answers, yearly]))
    )
    (answer,) = benchmark.contradictions(engaged(evidence))
    assert answer.result.compared == 56
    assert len(answer.result.frame) > 40
    assert unfounded(answer) == []


def test_without_a_register_units_are_those_that_answered() -> None:
    answers = responses()
    evidence = Memory({"contact": SURVEYS["contact"]}, responses=answers, cells=counted(answers))
    (comparison,) = benchmark.compare(engaged(evidence)).result
    assert len(comparison.frame) == 14
    assert benchmark.groups(engaged(evidence), benchmark.compare(engaged(evidence))) == ()


def test_too_few_groups_say_what_counts_as_a_unit() -> None:
    engagement, (comparison,) = contacts(), compared().result.comparisons
    units = engagement.evidence.frame("units")
    refused = compare_groups(comparison, units, by="region", fewest_units=8)
    assert isinstance(refused, Refusal)
    assert refused.reason == "By region there are fewer than 2 groups of at least 8 units with a verdict."
