"""Units over time and over periods: trends, charts, outliers followed; what stays unanswered and why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from compared_units import compare
from surveyed_units import unfounded

from auditlib import benchmark, figures
from auditlib.audit.numerals import orphans
from auditlib.benchmark.scores import ScoreMeasure, from_cells
from auditlib.disclosure import MinimumFrequency
from auditlib.improvement.over_time import OverTimeAnswer, over_time
from auditlib.improvement.periods import ScoredPeriod
from auditlib.improvement.series import ALL, series
from auditlib.improvement.stability import StabilityAnswer, stability
from auditlib.records import Instrument, Item, Refusal, Scale
from auditlib.statistics.outlier_verdicts import OutlierStatus

ITEM = Item("q_overall", "How satisfied?", Scale(1, 5), True)
CONTACT = Instrument("transactional", (ITEM,))
SHARE = ScoreMeasure("transactional", ITEM, "top_box")


def months_from(start, count):
    return [(start // 100 * 12 + start % 100 - 1 + step) for step in range(count)]


def dated(shares, *, months=36, n=20, start=202301):
    """Return cells of units whose share of fives is `shares[unit](step)`, exactly, out of `n` a month."""
    rows = []
    for unit, share in shares.items():
        for step, number in enumerate(months_from(start, months)):
            month = number // 12 * 100 + number % 12 + 1
            tops = int(share(step))
            rows += [
                (unit, month, "transactional", "q_overall", 5.0, tops),
                (unit, month, "transactional", "q_overall", 2.0, n - tops),
            ]
    return pd.DataFrame(rows, columns=["unit_id", "month", "survey_type", "item", "score", "n"])


def jagged(base, slope=0.0):
    """Return a share of twenty that goes up and down around a line."""
    return lambda step: round(base + slope * step) + (-1, 1, 0)[step % 3]


def compared(cells, **choices):
    units = pd.DataFrame({"unit_id": sorted(set(cells["unit_id"]))})
    settings = {"statistic": "top_box", "draws": 50} | choices
    (comparison,) = compare(cells, CONTACT, units=units, **settings).result
    return comparison


@pytest.fixture(scope="module")
def company():
    shares = {f"U{index:02d}": jagged(13 + index % 3) for index in range(12)}
    shares["U12"] = jagged(8, slope=0.22)
    shares["U13"] = jagged(3)
    return dated(shares)


def test_a_unit_that_rises_is_called_rising_and_steady_ones_are_not(company):
    followed = over_time(company, compared(company))
    assert followed.series.grain == "month"
    assert followed.changing()["unit_id"].tolist() == ["U12"]
    row = followed.frame.set_index("unit_id").loc["U12"]
    assert row["low"] < 12 * 0.22 / 20 < row["high"]
    assert "1 rising (U12 " in str(OverTimeAnswer(followed).summary()[0])


@pytest.mark.parametrize(("changing", "named"), [(1, 1), (4, 4), (5, 2)])
def test_the_sentence_on_trends_names_the_number_of_each_change_it_states(changing, named):
    shares = {f"U{index:02d}": jagged(13 + index % 3) for index in range(12)}
    shares |= {f"V{index}": jagged(5, slope=0.3 + index / 50) for index in range(changing)}
    cells = dated(shares)
    answer = OverTimeAnswer(over_time(cells, compared(cells, confidence=0.9)))
    sentence, numbers = answer.summary()[0], {number.key: number for number in answer.numbers()}
    assert f"{changing} rising" in sentence.text
    assert sum(key.startswith("change:V") for key in sentence.keys) == named
    assert orphans(sentence.text, [numbers[key] for key in sentence.keys]) == ()


def test_charts_are_drawn_of_all_units_and_of_those_called_out(company):
    followed = over_time(company, compared(company))
    assert set(followed.charts) == {ALL, "U13"}
    assert not followed.charts["U13"].chart.signal.any()
    drawn = figures.control_charts(followed)
    assert len(drawn.axes) == 2
    assert figures.svg_of(drawn) == figures.svg_of(figures.control_charts(followed))


@pytest.mark.parametrize(("n", "grain"), [(4, "quarter"), (5, "month"), (6, "month")])
def test_months_are_used_where_they_hold_enough_answers(n, grain):
    cells = dated({f"U{index:02d}": lambda step: step % 3 for index in range(12)}, n=n)
    ids = tuple(f"U{index:02d}" for index in range(12))
    steps = series(cells, SHARE, unit_ids=ids, disclosure=MinimumFrequency(5))
    assert steps.grain == grain
    assert steps.complete.all()
    assert steps.n[0, 0] == 12 * n * (3 if grain == "quarter" else 1)


def test_a_quarter_the_period_covers_in_part_is_left_out():
    cells = dated(
        {f"U{index:02d}": lambda step: step % 3 for index in range(3)}, n=4, start=202302, months=10
    )
    steps = series(cells, SHARE, unit_ids=("U00", "U01", "U02"), disclosure=MinimumFrequency(5))
    assert steps.steps == (202304, 202307)


def test_a_unit_with_a_thin_month_says_so(company):
    few = company[(company["unit_id"] != "U05") | (company["month"] != 202406)]
    followed = over_time(few, compared(few, disclosure=MinimumFrequency(5)))
    row = followed.frame.set_index("unit_id").loc["U05"]
    assert row["why"] == "1 of 36 months hold fewer than 5 answers."
    assert np.isnan(row["change"])


@pytest.mark.parametrize(("wave", "words"), [(6, "its answers come in waves"), (1, "hold fewer than")])
def test_empty_months_between_waves_are_no_thin_ones(company, wave, words):
    """Where one quarter of twelve is without an answer, it is a gap and no wave."""
    ordinals = company["month"] // 100 * 12 + company["month"] % 100
    asked = ordinals % wave == 0 if wave > 1 else ~company["month"].between(202404, 202406)
    cells = company[asked]
    overall = over_time(cells, compared(cells, disclosure=MinimumFrequency(5))).overall
    assert words in overall.reason


def published(periods, *, n=400):
    """Return aggregates from one {unit: top-box share} per period."""
    rows = [
        (unit, "transactional", "q_overall", "top", 1000 * (place + 1), 1000 * (place + 1) + 364, share, n, n)
        for place, shares in enumerate(periods)
        for unit, share in shares.items()
    ]
    names = [
        "unit_id",
        "survey_type",
        "item",
        "box",
        "period_start",
        "period_end",
        "value",
        "n_low",
        "n_high",
    ]
    return pd.DataFrame(rows, columns=names)


def periods_of(periods, *, n=400):
    from auditlib.benchmark.scores import from_aggregates

    table = published(periods, n=n)
    ids = tuple(sorted(set(table["unit_id"])))
    return [
        ScoredPeriod(f"p{place + 1}", from_aggregates(table, SHARE, unit_ids=ids, period_start=start))
        for place, start in enumerate(sorted(set(table["period_start"])))
    ]


def drawn_company(*, seed=3, units=300, tau=0.05, n=100):
    """Return two periods of units whose true shares do not change."""
    rng = np.random.default_rng(seed)
    truth = np.clip(rng.normal(0.7, tau, units), 0.05, 0.95)
    return [
        {f"U{index:03d}": rng.binomial(n, share) / n for index, share in enumerate(truth)} for _ in range(2)
    ]


def test_outliers_fall_back_as_far_as_shrinkage_foretold():
    followed = stability(periods_of(drawn_company(), n=100), {}, minimum_n=30)
    first = followed.judgements[0]
    far = np.abs(first.z) > 1.5
    rows = followed.frame[far]
    sign = np.sign(rows["distance_1"])
    before, after, foretold = (
        (sign * rows[name]).mean() for name in ("distance_1", "distance_2", "expected")
    )
    assert after < 0.85 * before
    assert after == pytest.approx(foretold, rel=0.1)


def test_a_unit_called_out_again_is_counted_again():
    first = {f"U{index:02d}": 0.70 + 0.01 * (index % 3) for index in range(20)} | {"X": 0.2, "Y": 0.2}
    second = dict(first) | {"Y": 0.71}
    followed = stability(periods_of([first, second]), {"X": "Unit X"}, minimum_n=30)
    assert len(followed.still_compared(OutlierStatus.LOWER, 1)) == 2
    assert followed.again(OutlierStatus.LOWER, 1) == 1
    answer = StabilityAnswer(followed)
    assert "of 2 units called lower in p1, 1 of the 2 still compared was called so again in p2" in str(
        answer.summary()[0]
    )
    numbers = {number.key: number.value for number in answer.numbers()}
    assert all(key in numbers for sentence in answer.summary() for key in sentence.keys)
    assert numbers["again:lower:2:transactional:q_overall"] == 1


@pytest.mark.parametrize(
    ("side", "first", "second", "said"),
    [
        ("lower", 0.5, 0.3, ("they moved away by", "would have come with chance alone, and did not")),
        ("higher", 0.9, 0.97, ("they moved away by", "would have come with chance alone, and did not")),
        ("lower", 0.5, 0.5, ("they stayed where they were", "and did not")),
        ("lower", 0.5, 0.66, ("they came back by", "whether the rest is more than chance is not tested")),
        ("lower", 0.5, 0.85, ("on the other side of it: they came back by", "whether the rest")),
        ("higher", 0.9, 0.5, ("on the other side of it: they came back by", "whether the rest")),
    ],
)
def test_what_became_of_units_called_out_is_said_beside_what_chance_let_expect(side, first, second, said):
    rest = {f"U{index:02d}": 0.70 + 0.01 * (index % 3) for index in range(20)}
    followed = stability(periods_of([rest | {"X": first}, rest | {"X": second}], n=200), {}, minimum_n=30)
    answer = StabilityAnswer(followed)
    (fall,) = (text.text for text in answer.summary() if "regression to the mean" in text.text)
    assert f"those called {side} lay" in fall
    assert all(part in fall for part in said)
    assert unfounded(answer) == []


def test_a_unit_that_is_no_longer_compared_is_said_to_be_gone():
    first = {f"U{index:02d}": 0.70 + 0.01 * (index % 3) for index in range(20)} | {"X": 0.2}
    second = {unit: share for unit, share in first.items() if unit != "X"}
    answer = StabilityAnswer(stability(periods_of([first, second]), {}, minimum_n=30))
    assert "none is still compared in p2" in str(answer.summary()[0])
    known = {number.key for number in answer.numbers()}
    assert all(key in known for sentence in answer.summary() for key in sentence.keys)


def test_one_period_cannot_be_followed():
    assert isinstance(stability(periods_of(drawn_company()[:1]), {}, minimum_n=30), Refusal)


def test_each_period_is_traced_to_its_own_rows():
    followed = stability(periods_of(drawn_company(), n=100), {}, minimum_n=30)
    number = next(
        entry for entry in StabilityAnswer(followed).numbers() if entry.key.startswith("correlation")
    )
    assert [dict(basis.where)["period_start"] for basis in number.basis] == [1000, 2000]
    assert [basis.rows for basis in number.basis] == [300, 300]


def test_the_figure_of_followed_outliers_is_the_same_every_time():
    first = {f"U{index:02d}": 0.70 + 0.01 * (index % 3) for index in range(20)} | {"X": 0.2}
    followed = stability(periods_of([first, first, first]), {}, minimum_n=30)
    text = figures.svg_of(figures.outliers_followed(followed))
    assert text == figures.svg_of(figures.outliers_followed(followed))
    assert "X called lower" in text
    assert "called lower again" in text
    axes = figures.new_axes()
    assert figures.outliers_followed(followed, axes) is axes


def test_the_figure_of_outliers_of_whom_none_was_asked_again_says_it_of_the_first_period_alone():
    first = {f"U{index:02d}": 0.70 + 0.01 * (index % 3) for index in range(20)} | {"X": 0.2}
    followed = stability(periods_of([first, first]), {}, minimum_n=30)
    gone = followed.frame.assign(distance_2=np.nan, verdict_2=OutlierStatus.NONE.value)
    text = figures.svg_of(figures.outliers_followed(replace(followed, frame=gone)))
    assert "X called lower" in text
    assert "again" not in text


def test_published_figures_have_no_change_over_time():
    table = published([{f"U{index:02d}": 0.70 + 0.01 * (index % 3) for index in range(20)}])
    cells = dated({"A": jagged(10)}).iloc[:0]
    units = pd.DataFrame({"unit_id": sorted(set(table["unit_id"]))})
    (comparison,) = compare(
        cells, CONTACT, units=units, aggregates=table, statistic="top_box", draws=50
    ).result
    assert isinstance(over_time(cells, comparison), Refusal)


def test_halves_are_scored_like_periods(company):
    scores = from_cells(company[company["month"] < 202407], SHARE, unit_ids=("U00",))
    assert scores.n.tolist() == [18 * 20]


def test_a_figure_without_a_mark_is_not_drawn(company):
    steady = {f"U{index:02d}": 0.70 + 0.01 * (index % 3) for index in range(20)}
    called = steady | {"X": 0.2}
    nobody, somebody = (
        StabilityAnswer(stability(periods_of([first, first]), {}, minimum_n=30)) for first in (steady, called)
    )
    assert "no unit is called out in p1" in str(nobody.summary()[0])
    assert benchmark.pictured((nobody, somebody)) == (somebody,)
    whole = OverTimeAnswer(over_time(company, compared(company)))
    sparse = dated({unit: lambda step: step % 2 for unit in ("U00", "U01")}, months=3, n=1)
    thin = OverTimeAnswer(over_time(sparse, compared(sparse, minimum_n=2)))
    assert benchmark.pictured((whole, thin)) == (whole,)
