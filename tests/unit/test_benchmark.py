"""Comparing units: exact values, thresholds, reasons, and sentences that never rank."""

import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from compared_units import compare
from hypothesis import given, settings
from hypothesis import strategies as st
from surveyed_units import unfounded

from auditlib import benchmark
from auditlib.benchmark import OutlierStatus
from auditlib.benchmark.agreement import AgreementAnswer, agree
from auditlib.benchmark.contradiction import ContradictionAnswer, contradicting
from auditlib.benchmark.mix import count_mix
from auditlib.benchmark.words import readable
from auditlib.disclosure import MinimumFrequency
from auditlib.errors import ParameterError
from auditlib.records import Instrument, Item, Refusal, Scale

HALF = Item("q_overall", "How satisfied?", Scale(1, 5, 0.5), True)
TEN = Item("q_recommend", "Would you recommend us?", Scale(0, 10, 1, 9, 6), True)
CONTACT = Instrument("transactional", (HALF,))
YEARLY = Instrument("relationship", (TEN,))


def cells_of(counts, *, item="q_overall", survey_type="transactional"):
    """Return cells from {unit: {score: n}}."""
    rows = [
        (unit, 202401, survey_type, item, float(score), n)
        for unit, scores in counts.items()
        for score, n in scores.items()
    ]
    return pd.DataFrame(rows, columns=["unit_id", "month", "survey_type", "item", "score", "n"])


def units_of(*ids):
    return pd.DataFrame({"unit_id": list(ids), "name": [f"Unit {unit}" for unit in ids]})


def company(*, units=20, n=200, shift=None, seed=4):
    """Return the cells of units that differ by chance only, apart from those in `shift`."""
    rng = np.random.default_rng(seed)
    counts = {}
    for index in range(units):
        mean = 4.0 + (shift or {}).get(f"U{index:02d}", 0.0)
        scores = np.clip(np.round(rng.normal(mean, 0.8, n) * 2) / 2, 1, 5)
        counts[f"U{index:02d}"] = dict(zip(*np.unique(scores, return_counts=True), strict=True))
    return cells_of(counts), units_of(*counts)


def only(answer):
    (comparison,) = answer.result
    return comparison


def sentences_of(answer):
    (comparison,) = answer
    return [str(sentence) for sentence in comparison.summary()]


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.sampled_from(HALF.scale.scores), st.integers(1, 10**6), min_size=1))
def test_a_mean_is_the_exact_quotient_rounded_once(scores):
    measure = benchmark.ScoreMeasure("transactional", HALF, "mean")
    found = benchmark.from_cells(cells_of({"A": scores}), measure, unit_ids=("A",))
    exact = sum(Fraction(score) * n for score, n in scores.items()) / sum(scores.values())
    assert found.value[0] == float(exact)


def test_variance_agrees_with_numpy():
    measure = benchmark.ScoreMeasure("transactional", HALF, "mean")
    found = benchmark.from_cells(cells_of({"A": {1: 2, 2.5: 3, 5: 4}}), measure, unit_ids=("A",))
    answers = np.repeat([1, 2.5, 5], [2, 3, 4])
    assert found.variance[0] == pytest.approx(answers.var(ddof=1))


@pytest.mark.parametrize(
    ("statistic", "value"), [("mean", 3.65), ("top_box", 0.5), ("bottom_box", 0.2)], ids=str
)
def test_boxes_include_their_edges(statistic, value):
    # 2 is in the bottom box, 4 in the top box, 2.5 and 3.5 in neither
    measure = benchmark.ScoreMeasure("transactional", HALF, statistic)
    cells = cells_of({"A": {2: 2, 2.5: 1, 3.5: 1, 4: 1, 4.5: 1, 5: 3, 3: 1}})
    found = benchmark.from_cells(cells, measure, unit_ids=("A",))
    assert found.value[0] == pytest.approx(value)
    assert found.n[0] == 10


@pytest.mark.parametrize(("score", "value"), [(6, -1.0), (7, 0.0), (8, 0.0), (9, 1.0)])
def test_promoters_begin_at_nine_and_detractors_end_at_six(score, value):
    measure = benchmark.ScoreMeasure("relationship", TEN, "nps")
    cells = cells_of({"A": {score: 5}}, item="q_recommend", survey_type="relationship")
    assert benchmark.from_cells(cells, measure, unit_ids=("A",)).value[0] == value


def test_a_net_promoter_score_on_another_scale_is_refused():
    cells, units = company()
    result = compare(cells, CONTACT, units=units, statistic="nps")
    assert result.result.comparisons == ()
    ((survey_type, refusal),) = result.result.refusals
    assert survey_type == "transactional"
    assert "0 to 10" in refusal.reason
    assert "no comparison" in str(result.summary()[0])


@pytest.mark.parametrize(
    ("n", "verdict"), [(29, "no verdict"), (30, "like the others"), (31, "like the others")]
)
def test_a_unit_needs_the_minimum_n(n, verdict):
    cells, units = company()
    small = cells_of({"small": {4: n - 10, 3.5: 5, 4.5: 5}})
    result = compare(
        pd.concat([cells, small]), CONTACT, units=pd.concat([units, units_of("small")]), minimum_n=30
    )
    row = only(result).frame.set_index("unit_id").loc["small"]
    assert row["verdict"] == verdict
    if n < 30:
        assert row["why"] == "29 responses; a verdict needs 30."
        assert row["value"] > 0


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True), (6, True)])
def test_a_value_below_the_minimum_cell_is_suppressed(n, shown):
    cells, units = company()
    small = cells_of({"small": {4: n - 1, 5: 1}})
    result = compare(
        pd.concat([cells, small]),
        CONTACT,
        units=pd.concat([units, units_of("small")]),
        disclosure=MinimumFrequency(5),
    )
    row = only(result).frame.set_index("unit_id").loc["small"]
    assert bool(pd.notna(row["value"])) is shown
    assert ("suppressed" in row["why"]) is not shown
    (number,) = [number for number in result.numbers() if number.key == "mean:small:transactional:q_overall"]
    assert (number.value is not None) is shown


def test_a_unit_without_responses_says_so():
    cells, units = company()
    result = compare(cells, CONTACT, units=pd.concat([units, units_of("empty")]))
    row = only(result).frame.set_index("unit_id").loc["empty"]
    assert (row["verdict"], row["why"], row["n"]) == ("no verdict", "No responses.", 0)


@pytest.mark.parametrize(("units", "judged"), [(4, False), (5, True), (6, True)])
def test_too_few_units_get_no_verdict(units, judged):
    cells, register = company(units=units)
    answer = compare(cells, CONTACT, units=register)
    comparison = only(answer)
    assert (set(comparison.frame["verdict"]) != {"no verdict"}) is judged
    if not judged:
        assert comparison.frame["why"].str.contains("4 units are too few to say how much").all()
        assert "none gets a verdict, which is no sign that they are alike" in sentences_of(answer)[0]


def test_units_that_stand_out_are_called_out_by_name():
    cells, units = company(shift={"U03": -0.9, "U11": 0.7})
    answer = compare(cells, CONTACT, units=units)
    comparison = only(answer)
    assert comparison.units(OutlierStatus.LOWER)["unit_id"].tolist() == ["U03"]
    assert comparison.units(OutlierStatus.HIGHER)["unit_id"].tolist() == ["U11"]
    text = sentences_of(answer)[0]
    assert "1 (Unit U11) surely lies higher by more than 0.15 points, and 1 (Unit U03) lower." in text
    assert text.endswith(
        "11 units are shown by their own answers to lie within 0.15 points of it; of 7 units it cannot be "
        "told with the answers there are."
    )


@pytest.mark.parametrize(("n", "verdict"), [(40, "cannot be told"), (2000, "like the others")])
@pytest.mark.parametrize("statistic", ["mean", "top_box"])
def test_equal_neighbours_do_not_acquit_a_unit_of_few_answers(n, verdict, statistic):
    cells, units = company(n=1000)
    scores = {3: 3 * n // 8, 4: 3 * n // 8, 5: n // 4}
    both = pd.concat([cells, cells_of({"few": scores})])
    answer = compare(both, CONTACT, units=pd.concat([units, units_of("few")]), statistic=statistic)
    row = only(answer).frame.set_index("unit_id").loc["few"]
    assert 1 - row["below"] - row["above"] > 0.95  # what the others are like makes it probable
    assert row["verdict"] == verdict
    assert ("its own answers leave a larger difference open" in row["why"]) == (n == 40)
    band = only(answer).judgement
    own = row["low"] >= band.target - band.meaningful and row["high"] <= band.target + band.meaningful
    assert own == (n == 2000)


@pytest.mark.parametrize(
    ("statistic", "meaningful", "compared"),
    [
        ("mean", 3.9, True),
        ("mean", 4, False),
        ("top_box", 0.99, True),
        ("top_box", 1, False),
        ("top_box", 5, False),
    ],
)
def test_a_difference_no_two_units_could_have_is_not_meant(statistic, meaningful, compared):
    cells, units = company(shift={"U03": -0.9})
    answer = compare(cells, CONTACT, units=units, statistic=statistic, meaningful=meaningful)
    assert bool(answer.result.comparisons) is compared
    if not compared:
        ((_, refusal),) = answer.result.refusals
        assert "every unit would be like the others" in refusal.reason
        assert "0.05" in refusal.remedy


def test_equal_units_beside_one_called_out_are_not_said_to_be_all_alike():
    cells, units = company(shift={"U03": -0.9})
    answer = compare(cells, CONTACT, units=units)
    assert only(answer).judgement.dispersion.tau2 == 0
    said = " ".join(sentences_of(answer))
    assert "no difference between units is shown" not in said


def test_answers_needed_are_said_as_far_as_the_units_allow():
    def said(shift, **choices):
        cells, units = company(**choices, shift={f"U{unit:02d}": by for unit, by in shift.items()})
        answer = compare(cells, CONTACT, units=units)
        assert not [text for text in unfounded(*answer) if "reliability reaches" in text]
        (text,) = (text for text in sentences_of(answer) if "reliability reaches" in text)
        return text

    equal = said({}, units=9)
    assert "do not allow to be said" in equal
    assert re.search(r"\(at least [1-9][0-9]0* answers\)", equal.replace(",", ""))
    differing = said({unit: 0.3 * (unit % 3 - 1) for unit in range(20)})
    assert re.search(r"it takes about [1-9][0-9]?0* to [1-9][0-9]?0* answers a unit\.", differing)


def test_units_alike_are_not_called_out():
    cells, units = company()
    answer = compare(cells, CONTACT, units=units)
    assert only(answer).called_out.empty
    assert "None is shown to differ from it by more than 0.15 points." in sentences_of(answer)[0]


def test_no_sentence_ranks_units():
    cells, units = company(shift={"U03": -0.9})
    text = " ".join(sentences_of(compare(cells, CONTACT, units=units))).lower()
    assert not any(word in text for word in ("best", "worst", "top performer", "first place", "league"))


def test_every_key_a_sentence_names_is_a_number():
    cells, units = company(shift={"U03": -0.9})
    for statistic in benchmark.STATISTICS:
        result = compare(cells, CONTACT, units=units, statistic=statistic)
        keys = {number.key for number in result.numbers()}
        sentences = (*result.summary(), *result.details(), *result.limits())
        assert {key for sentence in sentences for key in sentence.keys} <= keys
        assert all(sentence.keys for sentence in sentences if any(sign.isdigit() for sign in sentence.text))


def test_each_unit_is_traced_to_its_response_rows():
    cells, units = company()
    numbers = {number.key: number for number in compare(cells, CONTACT, units=units).numbers()}
    (basis,) = numbers["mean:U07:transactional:q_overall"].basis
    assert basis.table == "responses"
    assert dict(basis.where) == {"unit_id": "U07", "survey_type": "transactional", "in_period": True}
    assert (basis.column, basis.rows) == ("q_overall", 200)
    pooled = numbers["mean:pooled:transactional:q_overall"]
    assert sum(basis.rows for basis in pooled.basis) == pooled.n == 4000


def test_survey_types_are_compared_apart():
    cells, units = company()
    yearly = cells_of(
        {unit: {8: 60, 9: 40} for unit in units["unit_id"]}, item="q_recommend", survey_type="relationship"
    )
    yearly.loc[0, "n"] = 90
    result = compare(pd.concat([cells, yearly]), (CONTACT, YEARLY), units=units)
    assert [comparison.survey_type for comparison in result] == ["transactional", "relationship"]
    assert len(result.to_frame()) == 40


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"statistic": "median"}, "mean, top_box"),
        ({"survey_type": "x"}, "transactional"),
        ({"item": "q_x"}, "q_overall"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused_with_those_that_do(choice, message):
    cells, units = company()
    with pytest.raises(ParameterError, match=message):
        compare(cells, CONTACT, units=units, **choice)


def test_the_arguments_are_left_as_they_were():
    cells, units = company()
    before = cells.copy(), units.copy()
    compare(cells, CONTACT, units=units)
    pd.testing.assert_frame_equal(cells, before[0])
    pd.testing.assert_frame_equal(units, before[1])


def test_the_order_of_cells_does_not_matter():
    cells, units = company()
    one = compare(cells, CONTACT, units=units)
    other = compare(cells.iloc[::-1], CONTACT, units=units.iloc[::-1])
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())


def published(*, units=30, low=300, high=None):
    """Return aggregates of hospitals: shares in whole per cent and bands of n."""
    rng = np.random.default_rng(1)
    rows = [
        (f"H{index:02d}", "relationship", "q_recommend", box, 15_000, 15_365, value, low, high)
        for index in range(units)
        for box, value in (("top", round(rng.normal(0.7, 0.03), 2)), ("bottom", 0.1))
    ]
    columns = [
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
    frame = pd.DataFrame(rows, columns=columns)
    frame[["n_low", "n_high"]] = frame[["n_low", "n_high"]].astype("Int64")
    return frame


NO_CELLS = cells_of({}).astype({"n": "int64", "score": "float64"})


def compare_published(aggregates, *, statistic="top_box", minimum_n=100):
    units = units_of(*sorted(set(aggregates["unit_id"])))
    return compare(
        NO_CELLS, YEARLY, units=units, aggregates=aggregates, statistic=statistic, minimum_n=minimum_n
    )


def test_published_shares_rest_on_the_low_end_of_their_band():
    result = compare_published(published())
    comparison = only(result)
    assert comparison.scores.table == "aggregates"
    assert set(comparison.frame["n"]) == {300}
    assert any("banded n" in sentence for sentence in sentences_of(result))
    (basis,) = result.numbers()[-1].basis
    assert basis.table == "aggregates"
    assert dict(basis.where)["box"] == "top"


@pytest.mark.parametrize(("low", "judged"), [(99, False), (100, True), (101, True)])
def test_a_band_that_may_hold_too_few_gives_no_verdict(low, judged):
    aggregates = published()
    first = aggregates["unit_id"] == "H00"
    aggregates.loc[first, ["n_low", "n_high"]] = [low, 150]
    row = only(compare_published(aggregates)).frame.set_index("unit_id").loc["H00"]
    assert (row["verdict"] != "no verdict") is judged
    if not judged:
        assert row["why"] == "Between 99 and 150 surveys; the band reaches below the minimum of 100."


def test_a_unit_whose_n_is_not_published_gets_no_verdict():
    aggregates = published()
    aggregates.loc[aggregates["unit_id"] == "H00", ["n_low", "n_high"]] = [pd.NA, pd.NA]
    row = only(compare_published(aggregates)).frame.set_index("unit_id").loc["H00"]
    assert (row["verdict"], row["why"]) == ("no verdict", "The number of surveys is not published.")


def test_exact_n_is_not_called_banded():
    assert not any("banded" in sentence for sentence in sentences_of(compare_published(published(high=300))))


def test_a_mean_cannot_be_had_from_shares():
    result = compare_published(published(), statistic="mean")
    assert result.result.comparisons == ()
    assert "published as shares" in str(result.summary()[0])
    assert "published as shares" in result.overview().frame["why"].iloc[0]


def test_a_net_promoter_score_can_be_had_from_its_two_boxes():
    comparison = only(compare_published(published(), statistic="nps"))
    top = published().query("box == 'top'")["value"].to_numpy()
    assert comparison.frame["value"].to_numpy() == pytest.approx(top - 0.1)


@pytest.mark.parametrize(
    ("n", "said", "counts"),
    [(400, "2 no longer", [0, 2, 0]), (40, "2 that cannot be told this way", [0, 0, 2])],
)
def test_agreement_names_units_that_only_one_comparison_calls_out(n, said, counts):
    cells, units = company(shift={"U03": -0.9, "U11": 0.7})
    plain, _ = company(n=n)
    first = compare(cells, CONTACT, units=units)
    second = compare(plain, CONTACT, units=units)
    found = AgreementAnswer(agree(first.result, second.result, label="with other answers"))
    assert sorted(found.result.frame["unit_id"]) == ["U03", "U11"]
    assert f"{said} (Unit U03 and Unit U11)" in str(found.summary()[0])
    assert {key for sentence in found.summary() for key in sentence.keys} <= {
        number.key for number in found.numbers()
    }
    assert [number.value for number in found.numbers()] == [*counts, 0, 0]


def test_nothing_to_compare_is_refused_and_not_passed():
    result = compare(NO_CELLS, CONTACT, units=units_of("A", "B"))
    assert result.result.comparisons == ()
    assert isinstance(result.result.refusals[0][1], Refusal)
    assert "No transactional response" in result.result.refusals[0][1].reason


def test_answers_that_are_all_the_same_are_refused():
    cells = cells_of({f"U{index}": {5: 50} for index in range(12)})
    result = compare(cells, CONTACT, units=units_of(*(f"U{index}" for index in range(12))))
    assert "same" in result.result.refusals[0][1].reason


def _responses(answers):
    """Return responses as a lazy table from (account, survey type, q_overall, q_recommend) rows."""
    import duckdb
    import narwhals as nw

    columns = ["account_id", "survey_type", "q_overall", "q_recommend"]
    frame = pd.DataFrame(answers, columns=columns).assign(in_period=True)
    return nw.from_native(duckdb.connect().from_df(frame))


@pytest.mark.parametrize(
    ("yearly", "contradicts"),
    [([6, 6], True), ([6, 7], False), ([9, 9], False), ([6, 6, 10], True), ([6, 6, 10, 10], False)],
)
def test_an_account_contradicts_itself_where_most_answers_are_opposed(yearly, contradicts):
    answers = [("K1", "transactional", 5.0, None), ("K1", "transactional", 4.0, None)]
    answers += [("K1", "relationship", None, float(score)) for score in yearly]
    (found,) = contradicting(_responses(answers), (CONTACT, YEARLY))
    assert found.compared == 1
    assert (len(found.frame) == 1) is contradicts


@pytest.mark.parametrize(("answers", "compared"), [(1, False), (2, True), (3, True)])
def test_an_account_needs_two_answers_to_each_survey(answers, compared):
    rows = [("K1", "transactional", 5.0, None)] * 2 + [("K1", "relationship", None, 3.0)] * answers
    (found,) = contradicting(_responses(rows), (CONTACT, YEARLY))
    assert (found.refusal is None) is compared
    answer = ContradictionAnswer(found)
    assert {key for sentence in answer.summary() for key in sentence.keys} <= {
        number.key for number in answer.numbers()
    }


@pytest.mark.parametrize(("accounts", "told"), [(4, False), (5, True), (6, True)])
def test_nothing_is_said_of_fewer_accounts_than_the_minimum_cell(accounts, told):
    rows = []
    for account in range(accounts):
        rows += [(f"K{account}", "transactional", 5.0, None)] * 2
        rows += [(f"K{account}", "relationship", None, 3.0)] * 2
    (found,) = contradicting(_responses(rows), (CONTACT, YEARLY), disclosure=MinimumFrequency(5))
    assert (found.refusal is None) is told
    assert len(found.frame) == (accounts if told else 0)


def test_answers_without_an_account_are_left_out():
    rows = [(None, "transactional", 5.0, None)] * 4 + [(None, "relationship", None, 3.0)] * 4
    (found,) = contradicting(_responses(rows), (CONTACT, YEARLY))
    assert found.refusal is not None


def test_reasons_are_counted_over_units():
    cells, units = company()
    small = cells_of({"A": {4: 1}, "B": {4: 12}, "C": {4: 29}})
    result = compare(
        pd.concat([cells, small]), CONTACT, units=pd.concat([units, units_of("A", "B", "C", "D")])
    )
    counts = result.reasons()["transactional"].frame.set_index("why")["units"].to_dict()
    assert counts["Fewer responses than a verdict needs."] == 2
    assert counts["No responses."] == 1
    assert sum(counts.values()) == 4


def _mixed_company(*, effect):
    """Return responses of 16 equal units; telephone answers are lower by `effect`, and U00 has only those."""
    rng = np.random.default_rng(3)
    frames = []
    for index in range(16):
        channel = np.where(rng.uniform(size=300) < (0.95 if index == 0 else 0.3), "telephone", "mail")
        scores = np.clip(np.round(rng.normal(4.0 - effect * (channel == "telephone"), 0.6) * 2) / 2, 1, 5)
        unit = f"U{index:02d}"
        frames.append(pd.DataFrame({"unit_id": unit, "channel": channel, "q_overall": scores}))
    return pd.concat(frames, ignore_index=True).assign(survey_type="transactional", in_period=True)


def _compared_with_mix(responses, *, adjusters):
    import duckdb
    import narwhals as nw

    lazy = nw.from_native(duckdb.connect().from_df(responses))
    mix = count_mix(lazy, (CONTACT,), adjusters=adjusters)
    cells = mix.groupby(["unit_id", "survey_type", "item", "score"], as_index=False)["n"].sum()
    units = units_of(*sorted(set(responses["unit_id"])))
    raw = compare(cells, CONTACT, units=units)
    return only(raw), compare(cells, CONTACT, units=units, mix=mix)


def test_a_unit_is_not_called_out_for_its_case_mix():
    raw, adjusted = _compared_with_mix(_mixed_company(effect=0.8), adjusters=["channel"])
    assert raw.units(OutlierStatus.LOWER)["unit_id"].tolist() == ["U00"]
    assert only(adjusted).units(OutlierStatus.HIGHER, OutlierStatus.LOWER).empty
    assert only(adjusted).scores.adjusted_for == ("channel",)


def test_one_category_leaves_nothing_to_adjust_for():
    responses = _mixed_company(effect=0.0).assign(channel="mail")
    _, adjusted = _compared_with_mix(responses, adjusters=["channel"])
    assert "nothing to adjust for" in adjusted.result.refusals[0][1].reason


def test_published_figures_cannot_be_adjusted():
    aggregates = published()
    result = compare(
        NO_CELLS,
        YEARLY,
        units=units_of(*sorted(set(aggregates["unit_id"]))),
        aggregates=aggregates,
        mix=pd.DataFrame(),
        statistic="top_box",
    )
    assert "needs the responses" in result.result.refusals[0][1].reason


@pytest.mark.parametrize(("n", "judged"), [(1, False), (2, True), (3, True)])
def test_one_answer_never_gives_a_verdict(n, judged):
    cells, units = company()
    small = cells_of({"small": {4: 1, 5: n - 1}})
    result = compare(
        pd.concat([cells, small]),
        CONTACT,
        units=pd.concat([units, units_of("small")]),
        minimum_n=1,
        disclosure=MinimumFrequency(1),
    )
    row = only(result).frame.set_index("unit_id").loc["small"]
    assert (row["verdict"] != "no verdict") is judged
    if not judged:
        assert row["why"] == "1 response; a verdict needs 2. The value is suppressed below 2."


def test_a_name_in_capitals_is_read_with_small_letters_but_for_what_is_an_abbreviation() -> None:
    assert readable("NORTH DESK OF THE BAY II") == "North Desk of the Bay II"
    assert readable("DESK NIF [number removed]") == "DESK NIF [number removed]"
    assert readable("NIF 245796312 IBAN PT50") == "NIF 245796312 IBAN Pt50"
