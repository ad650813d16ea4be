"""The fast path: cells without rows have the distribution of cells counted from rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from simulated import small

from company import Sketch, cells, company
from company.scenario import Scenario, Volume
from company.sketch import expected_mean

BUSY = Volume(transactions_per_month=900, customers_per_unit=60, size_spread=0.2, response_rate=0.35)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small(volume=BUSY)


@pytest.fixture(scope="module")
def drawn(scenario: Scenario) -> Sketch:
    return cells(scenario, np.random.default_rng(7))


def counted(scenario: Scenario) -> pd.DataFrame:
    rows = company(scenario, np.random.default_rng(7)).tables["responses"]
    own = rows[rows["in_period"]].dropna(subset=["q_overall"])
    return own.rename(columns={"q_overall": "score"}).assign(n=1)[["unit_id", "score", "n"]]


def test_cells_are_counts_on_the_native_scale(drawn: Sketch) -> None:
    assert list(drawn.cells.columns) == ["unit_id", "month", "survey_type", "item", "score", "n"]
    assert (drawn.cells["n"] > 0).all()
    overall = drawn.cells[drawn.cells["item"] == "q_overall"]
    assert set(overall["score"]) <= set(np.arange(1, 5.5, 0.5))
    assert overall["month"].between(202301, 202312).all()
    assert not drawn.cells.duplicated(["unit_id", "month", "item", "score"]).any()


def test_cells_agree_with_rows_of_the_same_company(scenario: Scenario, drawn: Sketch) -> None:
    fast = drawn.cells[drawn.cells["item"] == "q_overall"]
    slow = counted(scenario)
    for frame in (fast, slow):
        assert frame["n"].sum() > 15_000
    shares = [frame.groupby("score")["n"].sum() / frame["n"].sum() for frame in (fast, slow)]
    assert (shares[0] - shares[1]).abs().max() < 0.012
    means = [
        (frame["score"] * frame["n"]).groupby(frame["unit_id"]).sum() / frame.groupby("unit_id")["n"].sum()
        for frame in (fast, slow)
    ]
    assert (means[0] - means[1]).abs().max() < 0.06


def test_answers_come_from_invitations(drawn: Sketch) -> None:
    assert (drawn.panel["responses"] <= drawn.panel["invitations"]).all()
    rate = drawn.panel["responses"].sum() / drawn.panel["invitations"].sum()
    assert 0.3 < rate < 0.42


def test_suppression_raises_scores_and_lowers_invitations(scenario: Scenario, drawn: Sketch) -> None:
    honest = cells(scenario.model_copy(update={"gaming": None}), np.random.default_rng(7))
    gamed = [drawn.world.unit_ids[link.unit] for link in drawn.world.links if link.gamed]

    def late(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["unit_id"].isin(gamed) & (frame["month"] >= 202307)]

    def mean(sketch: Sketch) -> float:
        rows = late(sketch.cells[sketch.cells["item"] == "q_overall"])
        return float((rows["score"] * rows["n"]).sum() / rows["n"].sum())

    assert mean(drawn) > mean(honest) + 0.05
    assert late(drawn.panel)["invitations"].sum() < 0.97 * late(honest.panel)["invitations"].sum()


def test_same_seed_same_cells(scenario: Scenario, drawn: Sketch) -> None:
    again = cells(scenario, np.random.default_rng(7))
    pd.testing.assert_frame_equal(again.cells, drawn.cells)
    assert not cells(scenario, np.random.default_rng(8)).cells.equals(drawn.cells)


def test_one_survey_type_can_be_drawn_alone(scenario: Scenario, drawn: Sketch) -> None:
    alone = cells(scenario, np.random.default_rng(7), survey_types=("transactional",))
    both = drawn.cells[drawn.cells["survey_type"] == "transactional"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.cells, both)


def test_expected_mean_rises_with_latent_satisfaction_and_flattens_at_the_top(scenario: Scenario) -> None:
    means = expected_mean(scenario, np.array([2.0, 3.0, 4.0, 5.0, 6.0]))
    steps = np.diff(means)
    assert (steps > 0).all()
    assert steps[0] > steps[-1]
    assert means[0] > 1
    assert means[-1] <= 5
