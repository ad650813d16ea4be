"""Whether satisfaction, follow-up, complaints and service levels become better, on planted truth."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from small_company import Evidence, day, rows, run
from surveyed_units import compared, contacts, unfounded

from auditlib import figures, improvement
from auditlib.disclosure import MinimumFrequency
from auditlib.improvement.monthly import MonthlyShares, MonthWindow, by_grain, of_criterion
from auditlib.improvement.subject import subject_of
from auditlib.improvement.subject_answers import StandingAnswer, SubjectAnswer
from auditlib.records import Aspect, Basis, Criterion, Direction, Grade, Kind, Refusal, Target
from auditlib.service_levels.measures import answered_within
from auditlib.standards.measure import Context
from auditlib.statements import Unanswered
from auditlib.time.months import months_from

SECOND = 1_000_000


def criterion(target=0.8, direction=Direction.AT_LEAST, *, kind=Kind.FLEXIBLE, metric="answered_within"):
    options = {"channel": "phone", "seconds": 45} if metric == "answered_within" else {}
    return Criterion(
        "SL-01", "service_levels", "A demand.", ("B1",), metric, Target(target, direction, target, target),
        kind, Grade.MAJOR, 1.0, Aspect.RESULT, "evidence", "because", "own", options,
    )  # fmt: skip


def monthly(share, *, n=400, seed=1, demanded=None, months=36):
    """Return `months` shares drawn around `share`, a value or one for each month."""
    steps = months_from(202301, 202301 + 100 * (months // 12) - 100 + 11)
    rng = np.random.default_rng(seed)
    met = rng.binomial(n, np.broadcast_to(share, len(steps)))
    basis = (Basis("interactions", (("in_period", True),)),)
    return MonthlyShares(
        "Service levels", "calls answered in time", "SL-01", "month", steps, met, np.full(len(steps), n),
        demanded, basis,
    )  # fmt: skip


def answer(months):
    return SubjectAnswer(subject_of(months, level=0.95, seed=3))


def standing(months):
    return StandingAnswer(answer(months).result)


RISING = np.where(np.arange(36) >= 20, 0.84, 0.74)


def test_a_planted_step_up_is_better_dated_and_measured():
    better = answer(monthly(RISING, demanded=criterion()))
    assert better.result.better == 1
    assert "(calls answered in time): better for good, 7" in str(better)
    assert "Over all 36 months: rose " in str(better)
    assert "most likely in 2024-09" in str(better) or "in one step in 2024-09" in str(better)
    assert unfounded(better) == []


def test_what_shall_be_small_becomes_worse_by_the_same_step():
    worse = answer(monthly(RISING, demanded=criterion(0.3, Direction.AT_MOST)))
    assert worse.result.better == -1
    assert "(calls answered in time): worse for good, " in str(worse)


def test_a_steady_share_is_neither_better_nor_worse():
    steady = answer(monthly(0.8))
    assert steady.result.better == 0
    assert "no lasting change for the better or the worse is shown" in str(steady)
    assert unfounded(steady) == []


def test_limits_that_hold_no_change_are_never_called_better():
    """A change that is shown, of which not even the direction is sure, is no improvement."""
    subject = answer(monthly(RISING)).result
    chart = subject.charted.chart
    unsure = replace(chart, change=replace(chart.change, low=-0.01))
    doubtful = SubjectAnswer(replace(subject, charted=replace(subject.charted, chart=unsure)))
    assert doubtful.result.better == 0
    assert "no lasting change for the better or the worse is shown" in str(doubtful)
    assert "rose" not in str(doubtful)


@pytest.mark.parametrize(("target", "words"), [(0.9, "below"), (0.5, "above")])
def test_a_share_beyond_the_target_says_since_when_that_could_be_said(target, words):
    said = standing(monthly(0.8, demanded=criterion(target)))
    assert f", {words} the target of {target:.0%}, as could be said first in 2023-0" in str(said)
    assert unfounded(said) == []


def test_a_share_at_its_target_says_nothing_yet():
    assert "leaves open whether the target of 80% is met" in str(standing(monthly(0.8, demanded=criterion())))


def test_where_every_case_counts_by_itself_there_is_no_target_of_a_share():
    rigid = standing(monthly(0.95, demanded=criterion(1.0, kind=Kind.RIGID)))
    assert rigid.result.target is None
    assert "target" not in str(rigid)


def test_too_few_months_say_how_things_stand_and_not_whether_they_change():
    short = answer(replace(monthly(0.8), steps=months_from(202301, 202306), met=np.full(6, 80),
                           n=np.full(6, 100)))  # fmt: skip
    assert "whether it changes for good cannot be told, 80.0% in the first half" in str(short)
    assert unfounded(short) == []


@pytest.mark.parametrize(("n", "grain", "steps"), [(5, "month", 36), (4, "quarter", 12)])
def test_thin_months_are_taken_together(n, grain, steps):
    grouped = by_grain(monthly(0.5, n=n), MinimumFrequency(5))
    assert (grouped.grain, len(grouped.steps)) == (grain, steps)
    assert grouped.n.sum() == 36 * n
    assert grouped.steps[1] == (202302 if grain == "month" else 202304)


def test_quarters_that_are_thin_as_well_are_refused():
    assert isinstance(by_grain(monthly(0.5, n=1), MinimumFrequency(5)), Refusal)


@pytest.mark.parametrize(
    ("every", "words"),
    [(6, "Its cases come in 6 waves with empty months between"), (1, "There is a quarter")],
)
def test_months_that_are_empty_by_design_are_no_gap(every, words):
    whole = monthly(0.5, n=3 if every == 1 else 200)
    asked = np.arange(36) % every == 0
    asked[3:9] &= every > 1
    refused = by_grain(replace(whole, n=whole.n * asked, met=whole.met * asked), MinimumFrequency(5))
    assert isinstance(refused, Refusal)
    assert refused.reason.startswith(words)


def test_a_survey_that_cannot_be_followed_is_named():
    title = "Satisfaction (visit survey), whether it improves"
    refused = Unanswered(title, Refusal("Why."), "unanswered:x")
    assert "Satisfaction (visit survey), whether it improves: Why." in str(refused.summary()[0])
    assert improvement.together([refused]).result == (), "satisfaction has an answer of its own"


def test_a_share_that_is_held_back_is_not_drawn():
    subject = standing(monthly(0.8))
    assert subject.without(lambda key, n=None: key == "share:SL-01") == (None, 1)
    assert subject.without(lambda key, n=None: False)[0].result is subject.result


def test_the_figure_shows_the_target_where_there_is_one():
    with_target = figures.svg_of(figures.so_far(answer(monthly(0.8, demanded=criterion())).result))
    without = figures.svg_of(figures.so_far(answer(monthly(0.8)).result))
    assert "target" in with_target
    assert "target" not in without


def calls():
    """Return calls of two months: in January 1 of 2 answered within 45 seconds, in February 3 of 4.

    The last of one month and the first of the next are among them.
    """
    waits = [(1, 31, 10), (1, 1, 90), (2, 1, 10), (2, 29, 20), (2, 5, 45), (2, 6, 46)]
    return Evidence(
        {
            "interactions": rows(
                "interactions",
                *(
                    {
                        "interaction_id": f"I{place}", "unit_id": "U1", "channel": "phone",
                        "offered_at": place * 3600 * SECOND, "offered_day": day(2024, month, number),
                        "offered_second": 0, "answered_at": (place * 3600 + wait) * SECOND,
                        "answered_day": day(2024, month, number), "answered_second": 0, "abandoned": False,
                    }
                    for place, (month, number, wait) in enumerate(waits)
                ),
            )
        },
        (),
    )  # fmt: skip


def test_a_criterion_is_measured_month_by_month_by_its_own_function():
    months = of_criterion("Service levels", criterion(), answered_within, calls(), Context(run(), {}))
    assert months.words == "phone contacts answered within the limit"
    assert months.steps == (202401, 202402)
    assert (months.met.tolist(), months.n.tolist()) == ([1, 3], [2, 4])
    whole = answered_within.take(calls(), Context(run(), {}), criterion().options)
    assert (whole.successes, whole.n) == (months.met.sum(), months.n.sum())
    assert [basis.rows for basis in months.basis] == [None] * len(months.basis)


def test_a_window_holds_one_month_of_the_period():
    february = MonthWindow(calls(), 202402).frame("interactions", columns=["interaction_id"],
                                             where=(("in_period", True),))  # fmt: skip
    assert february["interaction_id"].tolist() == ["I2", "I3", "I4", "I5"]


def test_without_evidence_a_criterion_says_what_is_missing():
    refused = of_criterion(
        "Service levels", criterion(), answered_within, Evidence({}, ()), Context(run(), {})
    )
    assert "interactions" in refused.reason


def test_every_subject_is_asked_about_and_what_has_no_evidence_says_why():
    unpolicied = replace(contacts(), run=SimpleNamespace(**vars(contacts().run), policies=[]))
    answers = improvement.subjects(
        unpolicied, compared(), criteria=[criterion(0.6, metric="other")], measures={}
    )
    (satisfaction,) = [entry for entry in answers if entry.answered]
    assert "Satisfaction (satisfied answers of the contact survey)" in str(satisfaction)
    assert unfounded(satisfaction) == []
    refused = [entry for entry in answers if isinstance(entry, Unanswered)]
    assert [entry.title.partition(",")[0] for entry in refused] == [
        "Follow-up",
        "Complaints",
        "Service levels",
    ]
    assert len({entry.key for entry in refused}) == 3
    together = improvement.together(answers)
    assert "Satisfaction" not in str(together)
    assert str(together).count("whether it improves: ") == 3
    assert unfounded(together) == []
    assert [entry.result for entry in improvement.standings(answers)] == [satisfaction.result]


def test_all_subjects_but_satisfaction_stand_in_one_sentence():
    calls_answer, complaints = (
        answer(monthly(RISING)),
        replace(monthly(0.8), subject="Complaints", key="CM-01"),
    )
    (sentence,) = improvement.together((calls_answer, answer(complaints))).summary()
    assert sentence.text.startswith("Service levels (calls answered in time): better for good, ")
    assert "; Complaints (calls answered in time): no lasting change" in sentence.text
    assert improvement.together((calls_answer,)).tables == ("interactions",)
    assert improvement.together(()).tables == ()


def test_two_bad_answers_of_thirty_are_no_signal_where_few_are_bad():
    met = np.full(36, 30)
    met[::7] -= 1
    met[20] -= 2
    rare = answer(replace(monthly(0.99), met=met, n=np.full(36, 30)))
    chart = rare.result.charted.chart
    assert chart.values[20] == pytest.approx(28 / 30)
    assert not chart.signal.any()
    met[20] = 25
    assert np.flatnonzero(
        answer(replace(monthly(0.99), met=met, n=np.full(36, 30))).result.charted.chart.signal
    ) == [20]
