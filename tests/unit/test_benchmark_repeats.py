"""Who answered how often, counted where the responses are stored, and what it does to a comparison."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from surveyed_units import OVERALL, SURVEYS, Memory, counted, engaged

from auditlib import benchmark
from auditlib.benchmark.repeats import repeated_answers_of
from auditlib.benchmark.scores import ScoreMeasure, from_cells, interval
from auditlib.records import Item, Refusal, Scale
from auditlib.statistics.repeated import repeated_answers

UNITS = tuple(f"U{unit}" for unit in range(6))


def answers(*, seed: int = 3, customers: int = 40, alike: float = 0.6) -> pd.DataFrame:
    """Return answers of customers who answer one to six times, some of them of nobody known."""
    rng = np.random.default_rng(seed)
    times = rng.integers(1, 7, size=len(UNITS) * customers)
    who = np.repeat(np.arange(len(times)), times)
    latent = np.sqrt(alike) * rng.normal(size=len(times))[who] + np.sqrt(1 - alike) * rng.normal(
        size=len(who)
    )
    frame = pd.DataFrame(
        {
            "unit_id": np.array(UNITS)[who // customers],
            "month": 202401,
            "customer_id": pd.Series([f"C{number}" for number in who], dtype=object),
            "account_id": pd.Series([f"A{number // 4}" for number in who], dtype=object),
            "q_overall": np.clip(np.round(4 + latent), 1, 5),
            "survey_type": "contact",
            "in_period": True,
        }
    )
    frame.loc[rng.random(len(frame)) < 0.05, ["customer_id", "account_id"]] = None
    return frame


def evidence(rows: pd.DataFrame) -> Memory:
    units = pd.DataFrame({"unit_id": list(UNITS)})
    return Memory({"contact": SURVEYS["contact"]}, responses=rows, units=units, cells=counted(rows))


def by_rows(rows: pd.DataFrame, column: str, code: np.ndarray) -> list[float]:
    """Return the design effects from single rows; a row of nobody known is somebody of its own."""
    who = rows[column].where(rows[column].notna(), [f"nobody {place}" for place in range(len(rows))])
    unit = rows["unit_id"].map({name: place for place, name in enumerate(UNITS)}).to_numpy()
    effects = repeated_answers(unit, pd.factorize(who)[0], code, units=len(UNITS)).design_effect()
    return [float(effect) for effect in effects]


@pytest.mark.parametrize(
    ("statistic", "code"),
    [
        ("mean", lambda score: score),
        ("top_box", lambda score: score >= 4),
        ("bottom_box", lambda score: score <= 2),
    ],
)
def test_counted_where_they_are_stored_they_are_those_of_the_rows(statistic, code):
    rows = answers()
    repeats = repeated_answers_of(evidence(rows), ScoreMeasure("contact", OVERALL, statistic), unit_ids=UNITS)
    assert repeats is not None
    expected = by_rows(rows, "customer_id", code(rows["q_overall"].to_numpy()).astype(float))
    assert repeats.design_effect() == pytest.approx(expected)
    assert repeats.n.tolist() == rows.groupby("unit_id").size().tolist()


def test_net_promoters_count_for_and_against():
    rows = answers()
    rows["q_overall"] = 2 * rows["q_overall"]
    item = Item("q_overall", "Would you recommend us?", Scale(0, 10), True)
    repeats = repeated_answers_of(evidence(rows), ScoreMeasure("contact", item, "nps"), unit_ids=UNITS)
    assert repeats is not None
    score = rows["q_overall"].to_numpy()
    expected = by_rows(rows, "customer_id", (score >= 9).astype(float) - (score <= 6))
    assert repeats.design_effect() == pytest.approx(expected)


def test_half_points_count_by_their_steps():
    rows = answers()
    rows["q_overall"] = 1 + (rows["q_overall"] - 1) / 2
    item = replace(OVERALL, scale=Scale(1, 5, 0.5))
    repeats = repeated_answers_of(evidence(rows), ScoreMeasure("contact", item, "mean"), unit_ids=UNITS)
    assert repeats is not None
    assert repeats.design_effect() == pytest.approx(
        by_rows(rows, "customer_id", rows["q_overall"].to_numpy())
    )


def test_where_no_row_names_a_customer_accounts_tell_who_answered():
    rows = answers()
    measure = ScoreMeasure("contact", OVERALL, "mean")
    expected = by_rows(rows, "account_id", rows["q_overall"].to_numpy())
    for without in (rows.assign(customer_id=None), rows.drop(columns="customer_id")):
        repeats = repeated_answers_of(evidence(without), measure, unit_ids=UNITS)
        assert repeats is not None
        assert repeats.design_effect() == pytest.approx(expected)


def test_where_nobody_is_named_nothing_is_known_of_it():
    rows = answers().assign(customer_id=None, account_id=None)
    measure = ScoreMeasure("contact", OVERALL, "mean")
    assert repeated_answers_of(evidence(rows), measure, unit_ids=UNITS) is None
    assert repeated_answers_of(Memory({}), measure, unit_ids=UNITS) is None


def test_answers_outside_of_the_period_or_question_do_not_count():
    rows = answers()
    outside = pd.concat(
        [
            rows,
            rows.assign(in_period=False),
            rows.assign(survey_type="yearly"),
            rows.assign(q_overall=np.nan),
        ],
        ignore_index=True,
    )
    measure = ScoreMeasure("contact", OVERALL, "mean")
    both = [repeated_answers_of(evidence(frame), measure, unit_ids=UNITS) for frame in (rows, outside)]
    assert both[0] is not None
    assert both[1] is not None
    assert both[1].design_effect().tolist() == both[0].design_effect().tolist()


def test_who_answers_again_widens_limits_and_counts_for_less():
    rows = answers(alike=0.9)
    engagement = engaged(evidence(rows))
    (repeated,) = benchmark.compare(engagement).result
    alone = engaged(evidence(rows.assign(customer_id=None, account_id=None)))
    (strangers,) = benchmark.compare(alone).result
    width, usual = (entry.frame["high"] - entry.frame["low"] for entry in (repeated, strangers))
    assert (width > 1.2 * usual).all()
    assert (repeated.frame["effective_n"] < 0.7 * repeated.frame["n"]).all()
    assert strangers.frame["effective_n"].tolist() == strangers.frame["n"].tolist()
    assert (repeated.judgement.reliability <= strangers.judgement.reliability).all()
    assert (repeated.ranks.marginal.high >= strangers.ranks.marginal.high).all()
    assert repeated.judgement.answer_variance > 1.2 * strangers.judgement.answer_variance


@pytest.mark.parametrize("statistic", ["mean", "top_box"])
def test_limits_are_those_of_as_many_independent_answers(statistic):
    rows = answers()
    scores = from_cells(counted(rows), ScoreMeasure("contact", OVERALL, statistic), unit_ids=UNITS)
    assert not isinstance(scores, Refusal)
    chosen = np.ones(len(UNITS), dtype=bool)
    halved = interval(replace(scores, design_effect=np.full(len(UNITS), 2.0)), chosen, level=0.95)
    fewer = replace(scores, n=scores.n, answers=scores.answers, design_effect=None)
    whole = interval(fewer, chosen, level=0.95)
    ratio = (halved.high - halved.low) / (whole.high - whole.low)
    assert ((ratio > 1.35) & (ratio < 1.45)).all()
