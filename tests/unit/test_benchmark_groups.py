"""Groups of units, peers, subgroups of answers, values side by side; the band of n, and reasons counted."""

import numpy as np
import pandas as pd
import pytest
from compared_units import compare
from surveyed_units import unfounded

from auditlib import figures
from auditlib.benchmark import ComparisonAnswer, ScoreMeasure
from auditlib.benchmark.groups import GroupsAnswer, _widened, compare_groups
from auditlib.benchmark.peers import PeersAnswer, compare_peers
from auditlib.benchmark.subgroups import SubgroupsAnswer, compare_subgroups
from auditlib.disclosure import MinimumFrequency
from auditlib.records import Instrument, Item, Refusal, Scale
from auditlib.statistics import ranks

ITEM = Item("q_overall", "How satisfied?", Scale(1, 5), True)
CONTACT = Instrument("transactional", (ITEM,))


def company(groups, *, n=200, seed=5):
    """Return cells and register of units with the top-box shares in {group: [shares]}."""
    rng = np.random.default_rng(seed)
    rows, register = [], []
    for group, shares in groups.items():
        for place, share in enumerate(shares):
            unit = f"{group}{place:02d}"
            tops = int(rng.binomial(n, share))
            rows += [
                (unit, "transactional", "q_overall", 5.0, tops),
                (unit, "transactional", "q_overall", 2.0, n - tops),
            ]
            register.append((unit, f"Unit {unit}", group))
    cells = pd.DataFrame(rows, columns=["unit_id", "survey_type", "item", "score", "n"])
    return cells, pd.DataFrame(register, columns=["unit_id", "name", "region"])


def compared(cells, units, **choices):
    settings = {"statistic": "top_box", "draws": 100} | choices
    (comparison,) = compare(cells, CONTACT, units=units, **settings).result
    return comparison


@pytest.fixture(scope="module")
def regions():
    cells, units = company({"N": [0.85] * 12, "S": [0.65] * 12, "W": [0.75] * 12})
    return compared(cells, units), units


def test_groups_that_differ_are_called_and_placed(regions):
    found = compare_groups(*regions, by="region")
    assert found.frame["region"].tolist() == ["N", "W", "S"]
    assert found.frame["verdict"].tolist() == ["higher", "within limits", "lower"]
    assert found.frame["rank_low"].tolist() == found.frame["rank_high"].tolist() == [1, 2, 3]
    assert found.between > 0.8
    answer = GroupsAnswer(found)
    known = {number.key for number in answer.numbers()}
    assert all(key in known for sentence in answer.summary() for key in sentence.keys)


def test_groups_alike_are_not_called():
    cells, units = company({"N": [0.7, 0.8] * 8, "S": [0.8, 0.7] * 8}, seed=11)
    found = compare_groups(compared(cells, units), units, by="region")
    assert set(found.frame["verdict"]) == {"within limits"}
    assert found.between < 0.15


def test_a_groups_mean_counts_each_unit_once(regions):
    comparison, units = regions
    found = compare_groups(comparison, units, by="region").frame.set_index("region")
    rows = comparison.frame[comparison.frame["region"] == "S"]
    assert found.loc["S", "value"] == pytest.approx(rows["value"].mean())


@pytest.mark.parametrize(("size", "kept"), [(4, False), (5, True), (6, True)])
def test_a_group_of_fewer_units_than_the_minimum_is_left_out(size, kept):
    cells, units = company({"N": [0.8] * 10, "S": [0.7] * 10, "X": [0.75] * size})
    found = compare_groups(compared(cells, units), units, by="region", fewest_units=5)
    assert ("X" in set(found.frame["region"])) is kept
    assert found.left_out == ((0, 0) if kept else (1, size))
    assert ("fewer than 5 units" in str(GroupsAnswer(found).summary()[1])) is not kept


def test_one_group_or_no_column_is_refused(regions):
    comparison, units = regions
    assert isinstance(compare_groups(comparison, units.assign(region="N"), by="region"), Refusal)
    assert isinstance(compare_groups(comparison, units, by="ownership"), Refusal)


def test_where_units_scatter_by_chance_alone_no_share_of_it_lies_between_groups():
    cells, units = company({"N": [0.7] * 12, "S": [0.7] * 12}, seed=6)
    answer = GroupsAnswer(compare_groups(compared(cells, units), units, by="region"))
    assert "units scatter no more than by chance" in str(answer)
    assert "of the true differences" not in str(answer)
    assert unfounded(answer) == []


def test_the_figure_of_groups_names_each(regions):
    found = compare_groups(*regions, by="region")
    labels = [label.get_text() for label in figures.groups(found).get_yticklabels()]
    assert labels == ["S", "W", "N"]
    assert GroupsAnswer(found).drawn


def test_peers_are_those_of_ones_own_group():
    cells, units = company({"N": [0.9] * 15, "S": [0.6] * 14 + [0.9]}, seed=2)
    found = compare_peers(compared(cells, units), units, by="region")
    assert found.parts()["called"]["unit_id"].tolist() == ["S14"]
    assert found.too_few == 0


def test_ones_own_answers_are_left_out_of_the_peers():
    cells, units = company({"N": [0.7] * 12})
    found = compare_peers(compared(cells, units), units, by="region").frame.set_index("unit_id")
    much_better = cells.assign(n=cells["n"].where((cells["unit_id"] != "N03") | (cells["score"] >= 4), 0))
    again = compare_peers(compared(much_better, units), units, by="region").frame.set_index("unit_id")
    assert again.loc["N03", "value"] > found.loc["N03", "value"]
    assert again.loc["N03", "peer_value"] == pytest.approx(found.loc["N03", "peer_value"], abs=0.002)


@pytest.mark.parametrize(("size", "judged"), [(4, 0), (5, 5), (6, 6)])
def test_too_few_peers_give_no_verdict(size, judged):
    cells, units = company({"N": [0.7] * 12, "S": [0.7] * size})
    found = compare_peers(compared(cells, units), units, by="region")
    assert len(found.frame) == 12 + judged
    assert found.too_few == size - judged


@pytest.mark.parametrize(
    ("size", "shares", "n", "said"),
    [
        (5, [0.68] * 4, 400, "1 of them called out among all units (Unit S00 among 4 peers)"),
        (5, [0.5] * 4, 4000, "5 no longer, shown to be like their peers (Unit S00, Unit S01 and"),
        (4, [0.68] * 3, 400, "1 unit called out among all units has too few peers (Unit S00)."),
    ],
)
def test_only_who_is_shown_to_be_like_its_peers_is_no_longer_called_out(size, shares, n, said):
    """With four peers nobody is told apart; that is no defence of the unit called out among all."""
    cells, units = company({"N": [0.7] * 40, "S": [0.5, *shares]}, n=n)
    found = compare_peers(compared(cells, units, meaningful=0.1), units, by="region")
    assert "S00" in set(found.comparison.called_out["unit_id"])
    answer = PeersAnswer(found)
    assert said in str(answer)
    assert ("no longer" in str(answer)) == (n == 4000)
    assert ("that is no sign that all is well" in str(answer)) == (said.startswith("1 of"))
    assert unfounded(answer) == []


def test_sound_units_are_rarely_called_out_among_peers():
    called = total = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        cells, units = company({"N": rng.normal(0.7, 0.04, 40), "S": rng.normal(0.6, 0.04, 40)}, seed=seed)
        found = compare_peers(compared(cells, units), units, by="region")
        called, total = called + len(found.parts()["called"]), total + len(found.frame)
    assert called / total < 0.006  # nominal 0.002; 2,400 units


def _mix(*, channel_effect):
    """Return counts in which units that use chat more are better, and chat itself adds `channel_effect`."""
    rows = []
    for place in range(20):
        good = 0.55 + 0.015 * place
        chat = 20 + 8 * place
        for channel, n, share in (("chat", chat, good + channel_effect), ("phone", 400 - chat, good)):
            tops = round(n * share)
            rows += [(f"U{place:02d}", channel, 5.0, tops), (f"U{place:02d}", channel, 2.0, n - tops)]
    frame = pd.DataFrame(rows, columns=["unit_id", "channel", "score", "n"])
    return frame.assign(survey_type="transactional", item="q_overall")


@pytest.mark.parametrize("effect", [0.0, 0.1])
def test_a_channel_is_not_credited_with_the_units_that_use_it(effect):
    measure = ScoreMeasure("transactional", ITEM, "top_box")
    found = compare_subgroups(_mix(channel_effect=effect), measure, by="channel")
    rows = found.frame.set_index("channel")
    assert rows.loc["chat", "value"] - rows.loc["phone", "value"] > effect + 0.03
    assert rows.loc["chat", "within"] == pytest.approx(effect, abs=0.004)
    answer = SubgroupsAnswer(found)
    known = {number.key for number in answer.numbers()}
    assert all(key in known for sentence in answer.summary() for key in sentence.keys)


@pytest.mark.parametrize(("n", "kinds"), [(4, 2), (5, 3)])
def test_a_subgroup_with_fewer_answers_than_the_minimum_is_hidden(n, kinds):
    mix = _mix(channel_effect=0.0)
    rare = pd.DataFrame(
        {"unit_id": ["U00"], "channel": ["fax"], "score": [5.0], "n": [n], "survey_type": ["transactional"],
         "item": ["q_overall"]}
    )  # fmt: skip
    measure = ScoreMeasure("transactional", ITEM, "top_box")
    found = compare_subgroups(pd.concat([mix, rare]), measure, by="channel", disclosure=MinimumFrequency(5))
    assert len(found.frame) == kinds
    assert found.hidden == 3 - kinds


def test_values_stand_side_by_side(regions):
    comparison, _ = regions
    frame = ComparisonAnswer(comparison).values(comparison).frame
    assert list(frame.columns) == [
        "unit_id", "name", "n", "raw", "low", "high", "adjusted", "shrunk", "reliability", "verdict",
        "adjusted_verdict",
    ]  # fmt: skip
    assert len(frame) == 36
    assert (frame["adjusted"] == frame["raw"]).all()
    assert "adjusted" not in ComparisonAnswer(comparison).values().frame


def test_of_many_units_only_those_called_out_stand_side_by_side():
    cells, units = company({"N": [0.7] * 61 + [0.2]})
    assert ComparisonAnswer(compared(cells, units)).values().frame["unit_id"].tolist() == ["N61"]


def _published(low, high):
    rows = [(f"U{place:02d}", 0.6 + 0.01 * (place % 5), 300, 300) for place in range(15)] + [
        ("X", 0.7, low, high)
    ]
    frame = pd.DataFrame(rows, columns=["unit_id", "value", "n_low", "n_high"])
    return frame.assign(
        survey_type="transactional", item="q_overall", box="top", period_start=1000, period_end=1364
    )


def _compared_as_published(low, high):
    table = _published(low, high)
    empty = pd.DataFrame(columns=["unit_id", "month", "survey_type", "item", "score", "n"])
    units = pd.DataFrame({"unit_id": sorted(table["unit_id"])})
    return compared(empty, units, aggregates=table)


def test_a_band_of_surveys_is_shown_as_it_is_published():
    values = ComparisonAnswer(_compared_as_published(100, 299)).values().frame.set_index("unit_id")
    assert values.loc["X", "surveys"] == "100 to 299"
    comparison = _compared_as_published(1, 99)
    number = next(
        entry for entry in ComparisonAnswer(comparison).numbers() if entry.key.startswith("top_box:X:")
    )
    assert number.n is None  # the lower end of a band is not a count of anybody
    assert "Between 1 and 99" in number.reason


def test_reasons_are_counted_and_some_units_named():
    cells, units = company({"N": [0.7] * 20})
    small = pd.DataFrame({"unit_id": [f"S{place:02d}" for place in range(25)]})
    register = pd.concat([units, small], ignore_index=True)
    reasons = ComparisonAnswer(compared(cells, register)).reasons().frame
    assert reasons[["why", "units"]].to_numpy().tolist() == [["No responses.", 25]]
    assert reasons["named"].iloc[0].endswith("and others")


def test_the_pooled_value_rests_on_one_selection_and_says_what_it_leaves_out():
    cells, units = company({"N": [0.7] * 20})
    few = pd.DataFrame([("S", "transactional", "q_overall", 5.0, 12)], columns=cells.columns)
    register = pd.concat([units, pd.DataFrame({"unit_id": ["S"]})], ignore_index=True)
    comparison = compared(pd.concat([cells, few]), register)
    pooled = next(entry for entry in ComparisonAnswer(comparison).numbers() if ":pooled:" in entry.key)
    (basis,) = pooled.basis
    assert basis.where == (("survey_type", "transactional"), ("in_period", True))
    assert (basis.rows, pooled.n) == (4012, 4000)
    assert "12 answers of 1 unit without a verdict" in pooled.reason


@pytest.mark.parametrize(("units", "listed"), [(500, 500), (501, 1)])
def test_many_units_within_limits_have_no_number_of_their_own(units, listed):
    cells, register = company({"N": [0.7] * (units - 1) + [0.1]}, n=50)
    comparison = compared(cells, register, draws=20)
    keys = [
        number.key for number in ComparisonAnswer(comparison).numbers() if number.key.startswith("top_box:N")
    ]
    assert len(keys) <= listed + 30
    assert (len(keys) == units) is (listed == units)
    assert any(key.startswith(f"top_box:N{units - 1:02d}:") for key in keys)


def test_questions_are_titled_by_their_wording():
    cells, units = company({"N": [0.7] * 12})
    comparison = ComparisonAnswer(compared(cells, units))
    assert comparison.title == 'Transactional survey, top-box share (4 or more) of "How satisfied?"'
    text = " ".join(sentence.text for sentence in comparison.summary())
    assert "q_overall" not in text
    assert " %" not in text


def test_rank_sets_of_groups_of_few_units_hold_as_often_as_they_say():
    rng, held, plain = np.random.default_rng(3), 0, 0
    sizes = np.array([5, 5, 6, 8, 20, 60])
    for _ in range(150):
        samples = [rng.normal(size=size) for size in sizes]
        means = np.array([sample.mean() for sample in samples])
        errors = np.array([sample.std(ddof=1) / np.sqrt(len(sample)) for sample in samples])
        for name, scale in (("widened", _widened(sizes)), ("plain", 1.0)):
            sets = ranks.simultaneous(means, errors * scale, rng=rng, draws=200)
            whole = bool(((sets.low == 1) & (sets.high == len(sizes))).all())
            held, plain = held + (name == "widened" and whole), plain + (name == "plain" and whole)
    assert held / 150 >= 0.93
    assert plain / 150 < 0.90
