"""Limits of each unit's own value: on the scale, never without width, and covering what they say."""

import numpy as np
import pandas as pd
import pytest
from compared_units import compare

from auditlib.benchmark.scores import ScoreMeasure, from_aggregates, from_cells, interval
from auditlib.disclosure import MinimumFrequency
from auditlib.records import Instrument, Item, Scale

FIVE = Item("q_overall", "How satisfied?", Scale(1, 5), True)
TEN = Item("q_recommend", "Would you recommend us?", Scale(0, 10, 1, 9, 6), True)
CROWDED = {1: 0.02, 2: 0.02, 3: 0.02, 4: 0.04, 5: 0.90}
PROMOTED = {3: 0.03, 8: 0.02, 10: 0.95}


def cells_of(item, survey_type, shares, *, n, units=40, seed=1):
    """Return the cells of units that all answer alike."""
    answered = np.random.default_rng(seed).multinomial(n, list(shares.values()), size=units)
    rows = [
        (f"U{place:02d}", 202401, survey_type, item.item, float(score), int(count))
        for place, counts in enumerate(answered)
        for score, count in zip(shares, counts, strict=True)
    ]
    return pd.DataFrame(rows, columns=["unit_id", "month", "survey_type", "item", "score", "n"])


def frame_of(item, shares, statistic, *, n, seed=1):
    cells = cells_of(item, "transactional", shares, n=n, seed=seed)
    units = pd.DataFrame({"unit_id": sorted(cells["unit_id"].unique())})
    answer = compare(cells, Instrument("transactional", (item,)), units=units, statistic=statistic)
    (comparison,) = answer.result
    return answer, comparison.frame


@pytest.mark.parametrize(
    ("item", "shares", "statistic", "ends"),
    [(FIVE, CROWDED, "mean", (1, 5)), (TEN, PROMOTED, "nps", (-1, 1))],
    ids=["mean", "nps"],
)
@pytest.mark.parametrize("n", [30, 100])
def test_where_nearly_all_answer_the_best_limits_still_hold(item, shares, statistic, ends, n):
    measure = ScoreMeasure("transactional", item, statistic)
    codes = [1 if score >= 9 else -1 if score <= 6 else 0 for score in shares]
    counted = codes if statistic == "nps" else list(shares)
    true, covered, narrow = float(np.dot(counted, list(shares.values()))), 0, 0
    units = tuple(f"U{place:02d}" for place in range(40))
    for seed in range(25):
        cells = cells_of(item, "transactional", shares, n=n, seed=seed)
        scores = from_cells(cells, measure, unit_ids=units)
        limits = interval(scores, scores.has_value, level=0.95)
        assert ends[0] <= limits.low.min() <= limits.high.max() <= ends[1]
        covered += int(((limits.low <= true) & (true <= limits.high)).sum())
        narrow += int((limits.high - limits.low < 1e-6).sum())
    assert narrow == 0
    assert 0.93 < covered / 1000 < 0.999


def test_a_unit_of_fives_alone_has_limits_and_they_are_named():
    answer, frame = frame_of(FIVE, CROWDED, "mean", n=30)
    perfect = frame[frame["value"] == 5].iloc[0]
    assert perfect["low"] < 5 == perfect["high"]
    numbers = {number.key: number for number in answer.numbers()}
    limits = numbers[f"mean:{perfect['unit_id']}:transactional:q_overall"].interval
    assert (limits.method, limits.low, limits.high) == ("Dirichlet", perfect["low"], perfect["high"])


@pytest.mark.parametrize(("least", "limited"), [(30, 40), (31, 0)])
def test_values_too_small_to_be_shown_have_no_limits_and_stop_nothing(least, limited):
    """Units may be judged on fewer answers than are shown: then no unit at all has limits."""
    cells = cells_of(FIVE, "transactional", CROWDED, n=30)
    units = pd.DataFrame({"unit_id": sorted(cells["unit_id"].unique())})
    answer = compare(
        cells, Instrument("transactional", (FIVE,)), units=units, statistic="mean", minimum_n=10,
        disclosure=MinimumFrequency(least),
    )  # fmt: skip
    (comparison,) = answer.result
    assert int(comparison.frame["low"].notna().sum()) == limited


def test_an_answer_nobody_gave_still_stands_at_the_end_of_the_scale():
    cells = cells_of(FIVE, "transactional", {4: 0.3, 5: 0.7}, n=50, units=2)
    scores = from_cells(cells, ScoreMeasure("transactional", FIVE, "mean"), unit_ids=("U00", "U01"))
    assert scores.answers.scores.tolist() == [1, 4, 5]
    assert scores.answers.counts.sum(axis=1).tolist() == [50, 50]


def test_published_promoters_and_detractors_give_the_limits_of_the_answers_behind_them():
    cells = cells_of(TEN, "relationship", {2: 0.2, 7: 0.3, 10: 0.5}, n=200, units=3)
    measure = ScoreMeasure("relationship", TEN, "nps")
    units = ("U00", "U01", "U02")
    answered = from_cells(cells, measure, unit_ids=units)
    rows = [
        (unit, box, float(count) / 200)
        for unit, (low, _, high) in zip(units, answered.answers.counts, strict=True)
        for box, count in (("bottom", low), ("top", high))
    ]
    published = pd.DataFrame(rows, columns=["unit_id", "box", "value"]).assign(
        survey_type="relationship", item="q_recommend", period_start=0, n_low=200, n_high=200
    )
    of_shares = from_aggregates(published, measure, unit_ids=units)
    theirs, ours = (interval(scores, scores.has_value, level=0.9) for scores in (of_shares, answered))
    assert of_shares.answers is None
    assert theirs.low == pytest.approx(ours.low)
    assert theirs.high == pytest.approx(ours.high)
