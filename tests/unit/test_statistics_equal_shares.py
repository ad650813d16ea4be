"""Whether shares of groups differ by more than chance, with persons who are counted again."""

from __future__ import annotations

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from auditlib.reliability.answering_again import answered_alike
from auditlib.statistics.equal_shares import equal_shares


def test_as_scipy_computes_it() -> None:
    answered, invited = np.array([20, 41, 9]), np.array([61, 90, 23])
    table = np.stack([answered, invited - answered])
    assert equal_shares(answered, invited) == pytest.approx(stats.chi2_contingency(table).pvalue)


@pytest.mark.parametrize("answered", [0, 40])
def test_where_all_or_none_answered_nothing_differs(answered: int) -> None:
    assert equal_shares([answered, answered], [40, 40]) == 1.0


def invitations(rng: np.random.Generator, *, times: int, alike: float) -> pd.DataFrame:
    """Return invitations of ten equal units to 40 customers each, who answer alike every time."""
    customer = np.repeat(np.arange(400), times)
    habit, mood = rng.random(400)[customer] < 0.35, rng.random(len(customer)) < 0.35
    answered = np.where(rng.random(400)[customer] < alike, habit, mood)
    return pd.DataFrame({"unit_id": customer // 40, "customer_id": customer, "answered": answered})


def effect(rows: pd.DataFrame) -> float:
    return answered_alike(nw.from_native(duckdb.connect().from_df(rows)))


@pytest.mark.parametrize(("alike", "least", "most"), [(0.0, 1.0, 1.2), (1.0, 5.8, 6.2)])
def test_who_answers_every_time_counts_once(alike: float, least: float, most: float) -> None:
    assert least <= effect(invitations(np.random.default_rng(1), times=6, alike=alike)) <= most


def test_nobody_known_is_a_stranger() -> None:
    rows = invitations(np.random.default_rng(1), times=6, alike=1.0)
    assert effect(rows.drop(columns="customer_id")) == 1.0
    assert effect(rows.assign(customer_id=None).astype({"customer_id": "string"})) == 1.0


def test_equal_units_are_said_to_differ_as_rarely_as_declared() -> None:
    wrong = {True: 0, False: 0}
    for seed in range(200):
        rows = invitations(np.random.default_rng(seed), times=4, alike=0.7)
        sums = rows.groupby("unit_id")["answered"].agg(["sum", "size"])
        for allowed in wrong:
            worth = effect(rows) if allowed else 1.0
            wrong[allowed] += equal_shares(sums["sum"], sums["size"], design_effect=worth) <= 0.05
    assert wrong[True] / 200 <= 0.09
    assert wrong[False] / 200 > 0.3
