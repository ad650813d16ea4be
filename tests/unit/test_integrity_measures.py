"""How single detectors measure: heaps, waits, tails, baselines and what can alarm at all, by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from auditlib.integrity.heaping import BonusRule, _chances, moved_months
from auditlib.integrity.patterns import _able
from auditlib.integrity.reinvitations import asked_after
from auditlib.integrity.tail_odds import Counts, odds_beyond, slope_of
from auditlib.integrity.unit_changes import beyond_baseline

FIVE = np.array([1.0, 2, 3, 4, 5])
DAY = 86_400_000_000


@pytest.mark.parametrize(("threshold", "width"), [(4.0, 0.1), (3.5, 0.5), (4.2, 0.4)])
def test_chances_of_a_month_are_those_of_every_way_to_answer(threshold: float, width: float) -> None:
    total, n = np.array([1.0, 2, 4, 8, 5]), 4
    share = total / total.sum()
    reach = max(width, 1 / n)
    ways = list(product(range(5), repeat=n))
    weight = np.array([np.prod(share[list(way)]) for way in ways])
    mean = np.array([FIVE[list(way)].mean() for way in ways])
    above = weight[(mean >= threshold - 1e-9) & (mean < threshold + reach - 1e-9)].sum()
    below = weight[(mean < threshold - 1e-9) & (mean >= threshold - width - 1e-9)].sum()
    found = _chances(
        total,
        FIVE,
        np.array([n, n]),
        reach=np.array([reach, reach]),
        rule=BonusRule(threshold, width, "mean"),
        drift=0.0,
    )
    assert np.allclose(found, [[above, above], [below, below]])


def test_many_answers_are_as_good_as_normal() -> None:
    total, rule = np.array([1.0, 2, 4, 8, 5]), BonusRule(3.75, 0.05, "mean")
    exact, normal = (
        _chances(total, FIVE, np.array([n]), reach=np.array([0.05]), rule=rule, drift=0.05)
        for n in (400.0, 401.0)
    )
    assert np.allclose(exact, normal, atol=4e-3)


def months(*rows: tuple[int, ...]) -> np.ndarray:
    return np.array([rows], dtype=float)


def test_months_on_the_threshold_are_a_heap_and_months_below_are_none() -> None:
    given = months(*[(0, 0, 0, 8, 2)] * 4)
    on, under = (moved_months(given, FIVE, [BonusRule(at, 0.1, "mean")]) for at in (4.2, 4.25))
    assert on.share[0] > 1
    assert under.share[0] < -0.3
    assert on.variance[0] > 0


def test_without_anything_near_the_threshold_there_is_nothing_to_move() -> None:
    found = moved_months(months((0, 0, 0, 0, 9), (0, 0, 0, 0, 0)), FIVE, [BonusRule(3.0, 0.1, "mean")])
    assert found.months[0] == 0
    assert np.isinf(found.variance[0])


def test_months_drawn_from_ones_own_scores_are_no_heap() -> None:
    rng = np.random.default_rng(20)
    drawn = rng.multinomial(12, [0.05, 0.05, 0.1, 0.4, 0.4], size=(400, 18)).astype(float)
    found = moved_months(drawn, FIVE, [BonusRule(4.0, 0.1, "mean")] * 400)
    assert abs(found.share.mean()) < 3 * np.sqrt((found.variance / 400).mean())
    assert found.share.var() == pytest.approx(found.variance.mean(), rel=0.25)


def test_top_box_moves_by_whole_answers() -> None:
    given = months(*[(0, 0, 0, 5, 5)] * 6)
    assert moved_months(given, FIVE, [BonusRule(0.5, 0.1, "top_box", 5)]).share[0] > 0.5


def known(kind: str, *rows: tuple[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [name for name, _ in rows],
            "unit_id": "U",
            "day": [at for _, at in rows],
            "at": [at * DAY for _, at in rows],
            "known": kind,
        }
    )


def asked(*rows: tuple[str, int]) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": [n for n, _ in rows], "sent_at": [at * DAY for _, at in rows]})


def test_waits_end_with_newer_knowledge_the_window_or_the_log() -> None:
    found = asked_after(
        [known("unhappy", ("a", 0), ("b", 0)), known("happy", ("a", 30), ("c", 190))],
        asked(("a", 10), ("a", 40), ("b", 89), ("b", 91), ("c", 200)),
        window_days=90,
    )
    assert found["unhappy_days"].tolist() == [30, 90, 0, 0]
    assert found["unhappy_asked"].tolist() == [1, 1, 0, 0]
    assert found["happy_days"].tolist() == [0, 0, 90, 10]
    assert found["happy_asked"].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("at", "counted"), [(0, 0), (1, 1), (90, 1), (91, 0)])
def test_an_invitation_counts_after_the_answer_and_within_the_window(at: int, counted: int) -> None:
    found = asked_after([known("unhappy", ("a", 0))], asked(("a", at), ("z", 400)), window_days=90)
    assert found["unhappy_asked"].sum() == counted


def test_a_baseline_is_subtracted_as_far_as_units_differ_lastingly() -> None:
    rng = np.random.default_rng(5)
    noise = np.full(200, 0.01)
    habit, chance = rng.normal(0, 1, 200), rng.normal(0, 0.1, (2, 200))
    lasting, _ = beyond_baseline((habit + chance[0], noise), (habit + chance[1], noise))
    fleeting, variance = beyond_baseline((chance[0], noise), (chance[1], noise))
    assert lasting.std() == pytest.approx(np.sqrt(0.02), rel=0.15)
    assert fleeting.std() == pytest.approx(0.1, rel=0.15)
    assert variance.mean() < 0.013
    absent, _ = beyond_baseline((habit, np.full(200, np.inf)), (habit, noise))
    assert absent.tolist() == habit.tolist()


def normal_answers(level: float, n: int, rng: np.random.Generator, *, kept: float = 1.0) -> np.ndarray:
    """Return n, tail, rest and rest_squares of answers on a normal curve, tail below 3.5."""
    answers = rng.normal(level, 0.7, n)
    answers = answers[(answers >= 3.5) | (rng.random(n) < kept)]
    rest = np.rint(answers[answers >= 3.5] * 1000)
    return np.array([len(answers), (answers < 3.5).sum(), rest.sum(), (rest**2).sum()], dtype=float)


def test_a_general_rise_takes_no_low_answers_away_and_suppression_does() -> None:
    rng = np.random.default_rng(11)
    levels = rng.normal(4.2, 0.15, 60)
    before = np.array([[normal_answers(level, 300, rng) for _ in range(6)] for level in levels])
    slope = slope_of(before.transpose(2, 0, 1), side=-1)
    assert -6 < slope < -2
    risen = np.array([normal_answers(level + 0.2, 1800, rng) for level in levels])
    kept = np.array([normal_answers(level + 0.2, 1800, rng, kept=0.5) for level in levels])
    start = Counts(*before.sum(axis=1).T)
    rise, taken = (odds_beyond(start, Counts(*part.T), slope)[0].mean() for part in (risen, kept))
    assert abs(rise) < 0.08
    assert taken == pytest.approx(np.log(0.5), abs=0.12)


def test_without_differences_the_slope_is_that_of_a_normal_curve() -> None:
    rng = np.random.default_rng(12)
    alike = np.array([[normal_answers(4.2, 40, rng)] for _ in range(3)]).transpose(2, 0, 1)
    assert slope_of(alike[:, :1], side=-1) == pytest.approx(-4.2, abs=1.2)
    assert slope_of(alike, side=-1) <= 0 <= slope_of(alike, side=1)


@pytest.mark.parametrize(
    ("smallest", "able"),
    [
        ([0.001, 0.001], [0, 1]),
        ([0.001, 0.025], [0, 1]),
        ([0.001, 0.026], [0]),
        ([0.04, 0.04, 0.04], []),
        ([0.06], []),
    ],
)
def test_groups_that_cannot_alarm_do_not_count(smallest: list[float], able: list[int]) -> None:
    assert _able(dict(enumerate(smallest)), 0.05) == able
