"""The questions of the benchmark as a notebook puts them: to a whole engagement, one building on another."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from auditlib import benchmark
from auditlib.audit.numerals import orphans
from auditlib.benchmark import BenchmarkAnswer
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Thresholds
from auditlib.records import Instrument, Item, Scale
from auditlib.statements import Unanswered

OVERALL = Item("q_overall", "How satisfied?", Scale(1, 5), True)
SURVEYS = {name: Instrument(name, (OVERALL,)) for name in ("contact", "yearly")}


class Held:
    """Evidence in memory."""

    def __init__(self, instruments: dict[str, Instrument], **tables: pd.DataFrame) -> None:
        self.instruments, self._held = instruments, tables
        self.tables = tuple(name for name in tables if name != "cells")

    def lazy(self, table: str) -> Any:
        return nw.from_native(duckdb.connect().from_df(self._held[table]))

    def frame(self, table: str) -> pd.DataFrame:
        return self._held[table]

    def cells(self) -> pd.DataFrame:
        return self._held.get("cells", pd.DataFrame(columns=["unit_id", "survey_type", "item", "score", "n"]))


def responses() -> pd.DataFrame:
    """Return two years of contacts in 14 units, of which U13 is worse and mail is worse in each."""
    rng, parts = np.random.default_rng(8), []
    for unit in range(14):
        for step in range(24):
            channel = np.where(rng.random(12) < 0.4, "mail", "in_person")
            share = (0.35 if unit == 13 else 0.75) - 0.2 * (channel == "mail")
            parts.append(
                pd.DataFrame(
                    {
                        "unit_id": f"U{unit:02d}",
                        "month": (2023 + step // 12) * 100 + step % 12 + 1,
                        "submitted_day": 19_358 + 30 * step + 10,
                        "channel": channel,
                        "account_id": [f"K{unit}{number % 4}" for number in range(12)],
                        "q_overall": np.where(rng.random(12) < share, 5.0, 2.0),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True).assign(survey_type="contact", in_period=True)


def counted(answers: pd.DataFrame) -> pd.DataFrame:
    keys = ["unit_id", "month", "survey_type", "q_overall"]
    cells = answers.groupby(keys, as_index=False).size().rename(columns={"q_overall": "score", "size": "n"})
    return cells.assign(item="q_overall")


@cache
def contacts() -> Engagement:
    answers = responses()
    units = pd.DataFrame({"unit_id": sorted(set(answers["unit_id"]))})
    units["region"] = np.where(units.index % 2 == 0, "North", "South")
    held = Held({"contact": SURVEYS["contact"]}, responses=answers, units=units, cells=counted(answers))
    return engaged(held)


def published(*periods: float) -> Engagement:
    """Return an engagement on shares published for some periods; `periods` is how far each lies above 0.7."""
    rows = [
        (f"H{unit:02d}", box, 15_000 + 365 * place, 15_364 + 365 * place, share, 300, 300)
        for place, rise in enumerate(periods)
        for unit in range(14)
        for box, share in (("top", 0.7 + rise + 0.01 * (unit % 3)), ("bottom", 0.1))
    ]
    columns = ["unit_id", "box", "period_start", "period_end", "value", "n_low", "n_high"]
    table = pd.DataFrame(rows, columns=columns).assign(survey_type="yearly", item="q_overall")
    return engaged(Held({"yearly": SURVEYS["yearly"]}, aggregates=table))


def engaged(held: Held) -> Engagement:
    run: Any = SimpleNamespace(thresholds=Thresholds(minimum_n=40, minimum_cell=6, confidence=0.9), seed=11)
    evidence: Any = held
    return Engagement(run, evidence)


@cache
def compared() -> BenchmarkAnswer:
    return benchmark.compare(contacts())


def unfounded(answer: Any) -> list[str]:
    """Return the sentences of an answer that state a number none of their keys has."""
    numbers = {number.key: number for number in answer.numbers()}
    return [
        sentence.text
        for sentence in answer.summary()
        if orphans(sentence.text, [numbers[key] for key in sentence.keys])
    ]


def test_what_the_run_chose_is_not_asked_for_again() -> None:
    chosen = compared().result.choices
    assert (chosen.minimum_n, chosen.disclosure.least, chosen.confidence, chosen.seed) == (40, 6, 0.9, 11)
    assert benchmark.compare(contacts(), minimum_n=100).result.choices.minimum_n == 100


def test_a_second_comparison_differs_in_what_it_names_alone() -> None:
    by_mean = benchmark.agreement(contacts(), compared(), label="by mean", statistic="mean").result
    assert by_mean.second.choices.statistic == "mean"
    assert by_mean.second.choices.minimum_n == by_mean.first.choices.minimum_n == 40
    assert by_mean.parts("contact")["both"]["unit_id"].tolist() == ["U13"]


def test_values_adjusted_for_the_mix_stand_beside_those_as_answered() -> None:
    by_mix = benchmark.agreement(contacts(), compared(), label="by mix", adjust_for=("channel",))
    values = by_mix.values()["contact"]
    assert {"raw", "adjusted", "adjusted_verdict"} <= set(values.frame)
    assert values.units["adjusted"] == "share"


def test_columns_that_are_not_there_give_no_mix_to_adjust_for() -> None:
    answer = benchmark.agreement(contacts(), compared(), label="by mix", adjust_for=("colour",))
    assert "no column colour" in str(answer)


@pytest.mark.parametrize("question", ["changes", "outliers_followed", "groups"])
def test_each_question_says_only_what_it_records(question: str) -> None:
    (answer,) = getattr(benchmark, question)(contacts(), compared())
    assert unfounded(answer) == []
    assert repr(answer) == " ".join(sentence.text for sentence in answer.summary())


def test_a_worse_channel_is_said_to_be_worse_within_units() -> None:
    (answer,) = benchmark.subgroups(contacts(), compared(), by=["channel"])
    assert "compared with in person (" in str(answer)
    assert "1 differs: mail \N{MINUS SIGN}" in str(answer)
    assert unfounded(answer) == []


def test_whether_it_improves_holds_the_second_year_against_the_first() -> None:
    changes = benchmark.changes(contacts(), compared())
    (answer,) = benchmark.improving(contacts(), compared(), changes, adjust_for=["channel"])
    assert "(2023-01 to 2023-12)" in str(answer)
    assert "at the same mix of channel" in str(answer)
    assert unfounded(answer) == []


def test_too_few_peers_are_no_answer_but_a_reason_under_a_key() -> None:
    (answer,) = benchmark.peers(contacts(), compared(), by="region")
    assert isinstance(answer, Unanswered)
    assert str(answer.summary()[0]).startswith("Contact survey, peers: No group by region has 10 units")
    assert [number.key for number in answer.numbers()] == ["unanswered:peers:contact:q_overall"]


def test_published_figures_are_followed_by_period_and_answer_nothing_else() -> None:
    engagement = published(0.0, 0.05)
    answer = benchmark.compare(engagement)
    (improving,) = benchmark.improving(engagement, answer, benchmark.changes(engagement, answer))
    assert "Yearly survey: better than before." in str(improving)
    assert "2 published periods are too few" in str(improving)
    (followed,) = benchmark.outliers_followed(engagement, answer)
    assert "no unit is called out in 2011-01 to 2012-01" in str(followed)
    for refused in (
        *benchmark.changes(engagement, answer),
        *benchmark.subgroups(engagement, answer, by=["channel"]),
    ):
        assert isinstance(refused, Unanswered)


def test_a_single_published_period_is_no_change() -> None:
    engagement = published(0.0)
    answer = benchmark.compare(engagement)
    (improving,) = benchmark.improving(engagement, answer, ())
    assert "a change takes a second" in str(improving.summary()[0])


def test_one_survey_cannot_contradict_itself() -> None:
    (answer,) = benchmark.contradictions(contacts())
    assert answer.result.refusal is not None
    assert [number.value for number in answer.numbers()] == [None]


def test_two_surveys_are_held_against_each_other_on_their_accounts() -> None:
    answers = responses()
    yearly = answers.assign(survey_type="yearly", q_overall=np.where(answers["q_overall"] > 3, 2.0, 5.0))
    held = Held(SURVEYS, responses=pd.concat([answers, yearly]), cells=counted(pd.concat([answers, yearly])))
    (answer,) = benchmark.contradictions(engaged(held))
    assert answer.result.compared == 56
    assert len(answer.result.frame) > 40
    assert unfounded(answer) == []


def test_without_a_register_units_are_those_that_answered() -> None:
    answers = responses()
    held = Held({"contact": SURVEYS["contact"]}, responses=answers, cells=counted(answers))
    (comparison,) = benchmark.compare(engaged(held)).result
    assert len(comparison.frame) == 14
    assert benchmark.groups(engaged(held), benchmark.compare(engaged(held))) == ()
