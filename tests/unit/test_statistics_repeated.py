"""Customers who answer again: what their answers are worth, and errors that allow for it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.statistics.repeated import RepeatedAnswers, repeated_answers


def rows(seed: int, *, units: int = 3, customers: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), customers)
    times = rng.integers(1, 6, size=len(unit))
    alike = rng.normal(size=len(unit))
    who = np.repeat(np.arange(len(unit)), times)
    return unit[who], who, alike[who] + rng.normal(size=len(who))


def of(seed: int, **world: int) -> RepeatedAnswers:
    unit, customer, score = rows(seed, **world)
    return repeated_answers(unit, customer, score, units=int(unit.max()) + 1)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_the_error_is_that_of_the_matrices_it_is_the_closed_form_of(seed):
    unit, customer, score = rows(seed, units=2)
    variance, degrees = repeated_answers(unit, customer, score, units=2).mean_variance()
    for place in range(2):
        expected = by_matrices(score[unit == place], customer[unit == place])
        assert (variance[place], degrees[place]) == pytest.approx(expected)


def by_matrices(score: np.ndarray, customer: np.ndarray) -> tuple[float, float]:
    """Return CR2 and its degrees of freedom for a constant, as Bell and McCaffrey (2002) write them."""
    n = len(score)
    rest = np.eye(n) - np.ones((n, n)) / n
    total, columns = 0.0, []
    for who in np.unique(customer):
        own = customer == who
        values, vectors = np.linalg.eigh(rest[np.ix_(own, own)])
        adjusted = vectors @ np.diag(values**-0.5) @ vectors.T @ np.ones(own.sum()) / n
        total += float(adjusted @ (score - score.mean())[own]) ** 2
        columns.append(rest[:, own] @ adjusted)
    inner = np.array(columns) @ np.array(columns).T
    return total, float(np.trace(inner) ** 2 / (inner**2).sum())


def test_with_one_answer_each_it_is_the_usual_error():
    score = np.array([1.0, 2, 4, 5, 5])
    variance, degrees = repeated_answers(np.zeros(5, dtype=int), np.arange(5), score, units=1).mean_variance()
    assert (variance[0], degrees[0]) == pytest.approx((score.var(ddof=1) / 5, 4))


def test_one_customer_alone_has_no_error():
    variance, degrees = repeated_answers(
        np.zeros(4, dtype=int), np.zeros(4, dtype=int), np.arange(4.0), units=1
    ).mean_variance()
    assert np.isnan(variance[0])
    assert np.isnan(degrees[0])


def test_who_always_answers_the_same_counts_once():
    unit = np.repeat([0, 1], 60)
    customer = np.repeat(np.arange(30), 4)
    score = np.repeat(np.random.default_rng(1).normal(size=30), 4)
    again = repeated_answers(unit, customer, score, units=2)
    assert again.intraclass() == pytest.approx(1.0)
    assert again.effective() == pytest.approx([15.0, 15.0])


def test_who_answers_once_counts_once():
    once = repeated_answers(np.repeat([0, 1], 5), np.arange(10), np.arange(10.0), units=2)
    assert once.intraclass() == 0.0
    assert once.effective().tolist() == [5.0, 5.0]


def test_strangers_answers_are_worth_what_they_are():
    rng = np.random.default_rng(3)
    unit, customer = np.repeat(np.arange(20), 200), np.repeat(np.arange(1000), 4)
    strangers = repeated_answers(unit, customer, rng.normal(size=4000), units=20)
    assert strangers.intraclass() < 0.03
    assert (strangers.effective() > 180).all()


def test_differences_between_units_are_not_taken_for_likeness_of_customers():
    rng = np.random.default_rng(3)
    unit, customer = np.repeat(np.arange(20), 200), np.repeat(np.arange(1000), 4)
    score = 3.0 * unit + rng.normal(size=4000)
    assert repeated_answers(unit, customer, score, units=20).intraclass() < 0.03


def test_a_unit_without_answers_is_worth_none():
    again = repeated_answers(np.array([0, 0, 2]), np.array([1, 1, 1]), np.array([1.0, 2, 3]), units=3)
    assert again.effective().tolist()[1] == 0.0
    assert again.design_effect().tolist()[1] == 1.0


def test_likeness_is_estimated_without_bias():
    rng = np.random.default_rng(9)
    likeness = []
    for _ in range(60):
        who = np.repeat(np.arange(600), rng.integers(2, 7, size=600))
        unit = who // 30
        score = rng.normal(size=600)[who] * np.sqrt(0.4) + rng.normal(size=len(who)) * np.sqrt(0.6)
        likeness.append(repeated_answers(unit, who, score, units=20).intraclass())
    assert np.mean(likeness) == pytest.approx(0.4, abs=0.015)
