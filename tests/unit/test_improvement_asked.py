"""The questions of improvement as a notebook puts them: to a whole engagement, building on the comparison."""

from __future__ import annotations

from dataclasses import replace

import pytest
from surveyed_units import compared, contacts, published, unfounded

from auditlib import benchmark, improvement
from auditlib.records import Refusal
from auditlib.statements import Unanswered


@pytest.mark.parametrize("question", ["changes", "outliers_followed"])
def test_each_question_says_only_what_it_records(question: str) -> None:
    (answer,) = getattr(improvement, question)(contacts(), compared())
    assert unfounded(answer) == []
    assert repr(answer) == " ".join(sentence.text for sentence in answer.summary())


@pytest.mark.parametrize("question", ["changes", "outliers_followed"])
def test_what_is_drawn_is_recorded_so_that_it_can_be_held_back(question: str) -> None:
    """What is held back is told by notebook: a value that this one does not record would be drawn."""
    (answer,) = getattr(improvement, question)(contacts(), compared())
    sought: list[str] = []

    def held(key: str, n: int | None = None) -> bool:
        sought.append(key)
        return False

    answer.without(held)
    recorded = {number.key: number for number in answer.numbers()}
    assert "mean:U13:contact:q_overall" in sought
    assert set(sought) <= set(recorded)
    of_comparison = {number.key: number for number in compared().numbers()}
    assert all(recorded[key] == of_comparison.get(key, recorded[key]) for key in sought)


def test_whether_it_improves_holds_the_second_year_against_the_first() -> None:
    changes = improvement.changes(contacts(), compared())
    (answer,) = improvement.improving(contacts(), compared(), changes, adjust_for=["channel"])
    assert "(2023-01 to 2023-12)" in str(answer)
    assert "at the same mix of channel" in str(answer)
    assert unfounded(answer) == []


def test_published_figures_are_followed_by_period_and_answer_nothing_else() -> None:
    engagement = published(0.0, 0.05)
    answer = benchmark.compare(engagement)
    (improving,) = improvement.improving(engagement, answer, improvement.changes(engagement, answer))
    assert "Yearly survey: better than before." in str(improving)
    assert "2 published periods are too few" in str(improving)
    assert "charts of all units" not in str(improving)
    (followed,) = improvement.outliers_followed(engagement, answer)
    assert "no unit is called out in 2011-01 to 2012-01" in str(followed)
    (refused,) = improvement.changes(engagement, answer)
    assert isinstance(refused, Unanswered)


def test_a_single_published_period_is_no_change() -> None:
    engagement = published(0.0)
    answer = benchmark.compare(engagement)
    (improving,) = improvement.improving(engagement, answer, ())
    assert "a change takes a second" in str(improving.summary()[0])


def test_what_the_answer_cannot_say_names_the_survey() -> None:
    changes = improvement.changes(contacts(), compared())
    (answer,) = improvement.improving(contacts(), compared(), changes)
    (limit,) = answer.limits()
    assert limit.text.startswith("The contact survey speaks for those who answered")


def without_line(low: float, high: float) -> improvement.ImprovingAnswer:
    """The second year against the first of 14 units, where no straight line can be drawn."""
    changes = improvement.changes(contacts(), compared())
    (answer,) = improvement.improving(contacts(), compared(), changes)
    assert isinstance(answer, improvement.ImprovingAnswer)
    change = replace(answer.result.change, low=low, high=high)
    trend = Refusal("8 points are too few for a trend.")
    return improvement.ImprovingAnswer(replace(answer.result, change=change, trend=trend))


def test_without_a_line_it_is_said_where_lasting_changes_are_told() -> None:
    answer = without_line(0.01, 0.05)
    assert "better than before" in str(answer)
    assert "along a straight line, cannot be tested: 8 points are too few" in str(answer)
    assert "moved for good takes no such line: the charts of all units say it" in str(answer)
    assert "Whether it is a trend cannot be tested" not in str(answer)
    assert unfounded(answer) == []


@pytest.mark.parametrize(
    ("low", "high", "pointed"), [(0.01, 0.05, True), (-0.05, -0.01, False), (-0.01, 0.01, False)]
)
def test_a_rise_points_to_the_signs_of_managed_scores(low: float, high: float, *, pointed: bool) -> None:
    assert ("read the rise with 04_integrity" in str(without_line(low, high))) is pointed
