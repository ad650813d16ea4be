"""Whether scores improve: two spans held against each other, and the trend that bears it out or does not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from compared_units import compare

from auditlib import benchmark, improvement
from auditlib.audit.numerals import orphans
from auditlib.benchmark.scores import ScoreMeasure, from_aggregates
from auditlib.improvement import Course, Improving, ImprovingAnswer
from auditlib.improvement.latest_periods import latest_periods
from auditlib.improvement.matched_change import PERIOD, change_of_answers, change_of_published
from auditlib.records import Instrument, Item, Refusal, Scale
from auditlib.statistics.trend import Trend

ITEM = Item("q_overall", "How satisfied?", Scale(1, 5), True)
PERIODS = ("2024", "2025")


def compared(cells, *, statistic="top_box"):
    units = pd.DataFrame({"unit_id": sorted(set(cells["unit_id"]))})
    (comparison,) = compare(
        cells, Instrument("contact", (ITEM,)), units=units, statistic=statistic, draws=50
    ).result
    return comparison


def answers(*, units=12, channels=("phone",), shares=None, n=100, seed=1):
    """Return counts by span and channel; `shares` gives the share of fives by (span, channel)."""
    rng, rows = np.random.default_rng(seed), []
    for unit in range(units):
        for span in ("earlier", "later"):
            for channel in channels:
                count = n[span, channel] if isinstance(n, dict) else n
                tops = int(rng.binomial(count, shares[span, channel]))
                key = (f"U{unit:02d}", span, channel, "contact", "q_overall")
                rows += [(*key, 5.0, tops), (*key, 2.0, count - tops)]
    columns = ["unit_id", PERIOD, "channel", "survey_type", "item", "score", "n"]
    return pd.DataFrame(rows, columns=columns)


def test_a_true_rise_lies_within_the_limits_and_no_change_does_not_pass_for_one():
    mix = answers(shares={("earlier", "phone"): 0.7, ("later", "phone"): 0.8}, n=1000, seed=2)
    change = change_of_answers(mix, compared(mix), periods=PERIODS)
    assert change.low < 0.1 < change.high
    assert change.low > 0
    assert change.scored == pytest.approx((0.7, 0.8), abs=0.03)
    assert change.adjusted_for == ()


def test_another_mix_of_channels_is_not_a_change():
    shares = {(span, channel): share for span in ("earlier", "later")
              for channel, share in (("phone", 0.9), ("mail", 0.5))}  # fmt: skip
    n = {("earlier", "phone"): 150, ("earlier", "mail"): 50, ("later", "phone"): 50, ("later", "mail"): 150}
    mix = answers(channels=("phone", "mail"), shares=shares, n=n)
    change = change_of_answers(mix, compared(mix), periods=PERIODS)
    assert change.scored[1] < change.scored[0] - 0.15
    assert change.low < 0 < change.high
    assert change.adjusted_for == ("channel",)


def test_only_units_with_answers_in_both_spans_are_held_against_each_other():
    mix = answers(shares={("earlier", "phone"): 0.7, ("later", "phone"): 0.7})
    gone = mix[(mix["unit_id"] != "U03") | (mix[PERIOD] == "earlier")]
    assert change_of_answers(gone, compared(mix), periods=PERIODS).units == 11


@pytest.mark.parametrize(("units", "refused"), [(4, True), (5, False), (6, False)])
def test_a_change_needs_five_units(units, refused):
    mix = answers(shares={("earlier", "phone"): 0.7, ("later", "phone"): 0.7})
    few = mix[mix["unit_id"] < f"U{units:02d}"]
    change = change_of_answers(few, compared(mix), periods=PERIODS)
    assert isinstance(change, Refusal) is refused


@pytest.mark.parametrize(("most", "refused"), [(500, False), (800, False), (900, True), (2000, True)])
def test_a_change_is_refused_where_nearly_all_answers_are_of_one_unit(most, refused):
    """Six units, of which one has 50, 62, 64 and 80% of the answers: two degrees of freedom are at 64%."""
    mix = answers(units=6, shares={("earlier", "phone"): 0.7, ("later", "phone"): 0.7}, n=100)
    scale = np.where(mix["unit_id"] == "U00", most / 100, 1.0)
    heavy = mix.assign(n=(mix["n"] * scale).round().astype(int))
    change = change_of_answers(heavy, compared(mix), periods=PERIODS)
    assert isinstance(change, Refusal) is refused
    if refused:
        assert f"{most / (most + 500):.0%} of the answers are of one unit" in change.reason


def test_limits_of_a_change_hold_the_truth_as_often_as_they_say():
    covered, rounds = 0, 120
    every = answers(units=20, shares={("earlier", "phone"): 0.7, ("later", "phone"): 0.7})
    comparison = compared(every)
    for seed in range(rounds):
        mix = answers(units=20, shares={("earlier", "phone"): 0.7, ("later", "phone"): 0.73}, seed=seed)
        change = change_of_answers(mix, comparison, periods=PERIODS)
        covered += change.low <= 0.03 <= change.high
    assert 0.90 <= covered / rounds <= 0.99


def published(shares, *, n=400):
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
    rows = [(f"U{unit:02d}", "contact", "q_overall", "top", 0, 364, share, n, n)
            for unit, share in enumerate(shares)]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def test_published_periods_are_compared_unit_by_unit():
    base = np.linspace(0.6, 0.9, 12)
    measure = ScoreMeasure("contact", ITEM, "top_box")
    ids = tuple(f"U{unit:02d}" for unit in range(12))
    steps = np.array([0.01, 0.03] * 6)
    earlier, later = (
        from_aggregates(published(values), measure, unit_ids=ids) for values in (base, base + steps)
    )
    mix = answers(shares={("earlier", "phone"): 0.7, ("later", "phone"): 0.7})
    change = change_of_published(earlier, later, compared(mix), periods=PERIODS)
    assert change.difference == pytest.approx(0.02)
    # twelve differences of 0.01 and 0.03: t(11) 2.201 times sd 0.010445 / sqrt(12)
    assert change.high - change.difference == pytest.approx(2.200985 * 0.0104447 / np.sqrt(12), rel=1e-4)


def improving(low, high, trend, *, statistic="top_box"):
    mix = answers(shares={("earlier", "phone"): 0.7, ("later", "phone"): 0.7})
    comparison = compared(mix, statistic=statistic)
    change = change_of_answers(mix, comparison, periods=PERIODS)
    moved = type(change)(PERIODS, (0.7, 0.8), (low + high) / 2, low, high, 12, 2400, (), "by hand")
    return Improving(comparison, moved, trend, "quarter", 4.0)


def line(low, high):
    return Trend((low + high) / 2, low, high, 0.2, 12, 0.5)


@pytest.mark.parametrize(
    ("change", "trend", "statistic", "course"),
    [
        ((0.01, 0.1), line(0.01, 0.1), "top_box", Course.BETTER),
        ((0.01, 0.1), line(0.01, 0.1), "bottom_box", Course.WORSE),
        ((-0.1, -0.01), line(-0.1, -0.01), "top_box", Course.WORSE),
        ((0.01, 0.1), line(-0.01, 0.1), "top_box", Course.UNCONFIRMED),
        ((0.01, 0.1), line(-0.1, -0.01), "top_box", Course.UNCONFIRMED),
        ((-0.01, 0.1), line(0.01, 0.1), "top_box", Course.UNCONFIRMED),
        ((-0.01, 0.1), line(-0.01, 0.1), "top_box", Course.STEADY),
        ((0.01, 0.1), Refusal("short."), "top_box", Course.AHEAD),
        ((0.01, 0.1), Refusal("short."), "bottom_box", Course.BEHIND),
        ((-0.01, 0.1), Refusal("short."), "top_box", Course.STEADY),
    ],
)
def test_only_what_the_trend_bears_out_is_called_improving(change, trend, statistic, course):
    assert improving(*change, trend, statistic=statistic).course is course


def test_every_number_of_the_sentence_is_recorded():
    answer = ImprovingAnswer(improving(0.01, 0.1, line(-0.01, 0.03)))
    (sentence,) = answer.summary()
    assert set(sentence.keys) == {number.key for number in answer.numbers()}
    assert (
        "+5.5 points (+1.0 to +10.0), beyond chance. But the trend over all 12 quarters is +4.0 points a "
        "year; \N{MINUS SIGN}4.0 to +12.0 is not ruled out." in str(sentence)
    )


@pytest.mark.parametrize(
    ("months", "earlier", "later", "note"),
    [
        (36, "2024-01 to 2024-12", "2025-01 to 2025-12", False),
        (24, "2023-01 to 2023-12", "2024-01 to 2024-12", False),
        (23, "2023-02 to 2023-12", "2024-01 to 2024-11", True),
        (2, "2023-01", "2023-02", True),
    ],
)
def test_periods_are_years_where_there_are_two(months, earlier, later, note):
    numbers = [(2023 * 12 + step) // 12 * 100 + step % 12 + 1 for step in range(months)]
    pair = latest_periods(dict.fromkeys(numbers, 10), audited=(numbers[0], numbers[-1]))
    assert (pair.earlier.words, pair.later.words) == (earlier, later)
    assert bool(pair.note) is note
    assert pair.later.spans[0][0] == pair.earlier.spans[0][1] + 1
    assert pair.neither == 10 * (months - 24 if months > 24 else months % 2)


@pytest.mark.parametrize(
    ("neither", "words"),
    [(0, "Every answer lies in one of the two."), (1, "1 answer lies in neither."), (197, "197 answers lie")],
)
def test_what_lies_in_neither_period_is_always_said(neither, words):
    moved = improving(0.01, 0.1, line(0.01, 0.1))
    waves = ("2024-05 and 2024-11", "2025-05 and 2025-11")
    answer = ImprovingAnswer(replace(moved, change=replace(moved.change, periods=waves, neither=neither)))
    assert words in str(answer.summary()[0])
    numbers = {number.key: number for number in answer.numbers()}
    for sentence in answer.summary():
        assert not orphans(sentence.text, [numbers[key] for key in sentence.keys]), sentence.text


def test_one_month_has_no_change():
    assert isinstance(latest_periods({202403: 4}, audited=(202401, 202512)), Refusal)


WAVES = {202405: 197, 202411: 216, 202505: 220, 202511: 233}
YEARS = (202401, 202512)


@pytest.mark.parametrize(
    ("answers", "audited", "earlier", "later", "neither", "note"),
    [
        (WAVES, YEARS, "2024-05 and 2024-11", "2025-05 and 2025-11", 0, False),
        # the first wave is of no year that has another like it
        ({202411: 216, 202505: 220, 202511: 233}, (202411, 202512), "2024-11", "2025-11", 220, False),
        # a wave a month later in its year is the same wave, and one over the turn of the month is one
        (
            {202405: 9, 202406: 9, 202411: 9, 202506: 9, 202511: 9}, YEARS,
            "2024-05 to 2024-06 and 2024-11", "2025-06 and 2025-11", 0, False,
        ),
        ({202405: 9, 202502: 9, 202505: 9}, YEARS, "2024-05", "2025-05", 9, False),
        # no wave is like another: as many whole ones of each side, and it is said
        ({202405: 7, 202411: 8, 202502: 9}, (202405, 202503), "2024-11", "2025-02", 7, True),
        # two years, and a quarter that was not asked in the first: the months both have
        (
            {**dict.fromkeys(range(202404, 202413), 5), **dict.fromkeys(range(202501, 202513), 5)}, YEARS,
            "2024-04 to 2024-12", "2025-04 to 2025-12", 15, False,
        ),
        # the last month of the period is not in yet
        (
            {**dict.fromkeys(range(202401, 202413), 5), **dict.fromkeys(range(202501, 202512), 5)}, YEARS,
            "2024-01 to 2024-11", "2025-01 to 2025-11", 5, False,
        ),
    ],
)  # fmt: skip
def test_like_is_held_against_like_and_what_lies_in_neither_is_counted(
    answers, audited, earlier, later, neither, note
):
    pair = latest_periods(answers, audited=audited)
    assert (pair.earlier.words, pair.later.words) == (earlier, later)
    assert (pair.neither, bool(pair.note)) == (neither, note)


def test_without_a_survey_there_is_a_reason():
    comparison = compare(pd.DataFrame(), (), units=pd.DataFrame())
    assert "No survey is declared" in str(comparison.summary()[0])


def test_a_survey_that_cannot_be_compared_is_not_said_to_improve():
    nothing = compare(pd.DataFrame(), (), units=pd.DataFrame())
    (answer,) = improvement.improving(None, nothing, ())
    assert "Any survey, whether it improves: No survey is declared" in str(answer.summary()[0])
    assert [number.value for number in answer.numbers()] == [None]


def test_groups_and_peers_of_nothing_are_none():
    nothing = compare(pd.DataFrame(), (), units=pd.DataFrame())
    assert benchmark.groups(None, nothing) == ()
    assert benchmark.peers(None, nothing, by="region") == ()
