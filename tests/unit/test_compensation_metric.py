"""Which metrics pay may follow: the question, its statistics, and how a register writes them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from surveyed_units import Memory, engaged

from auditlib.compensation.definition import headlines, is_audited, metrics_taken, statistics_of
from auditlib.compensation.effect import effect, paid_panel, paid_question
from auditlib.compensation.panel import panel
from auditlib.contracts import TABLES
from auditlib.records import Instrument, Item, Refusal, Scale

TEN, FIVE = Scale(0, 10), Scale(1, 5)
RECOMMEND = Item("q_recommend", "Would you recommend us?", TEN, headline=True)
OVERALL = Item("q_overall", "How satisfied?", FIVE, headline=True)
SURVEYS = {
    "transactional": Instrument("transactional", (RECOMMEND,)),
    "relationship": Instrument("relationship", (OVERALL,)),
}
CELLS = pd.DataFrame(
    {
        "unit_id": "A",
        "month": 202401,
        "survey_type": "transactional",
        "item": "q_recommend",
        "score": [10.0, 9.0, 8.0, 7.0, 6.0, 0.0],
        "n": [2, 1, 1, 1, 1, 1],
    }
)


def links(*metrics: str) -> pd.DataFrame:
    return pd.DataFrame({"metric": metrics, "weight": 0.1})


def test_a_net_promoter_score_is_taken_in_points_from_single_scores() -> None:
    """Three of seven answer 9 or 10, two answer 6 or less: 3 / 7 - 2 / 7 in points."""
    score = panel(CELLS, survey_type="transactional", item="q_recommend", statistic="nps")
    assert score.value[0, 0] == pytest.approx(100 / 7)
    codes = np.array([100.0] * 3 + [0.0] * 2 + [-100.0] * 2)
    assert score.variance == pytest.approx(codes.var(ddof=1))
    assert score.name == "NPS of q_recommend (transactional)"


def test_pay_may_follow_it_and_the_effect_is_measured_in_it() -> None:
    register = links("transactional:q_recommend:nps")
    assert paid_question(register, SURVEYS) == ("transactional", "q_recommend", "nps")
    by_month = paid_panel(register, CELLS, SURVEYS)
    assert not isinstance(by_month, Refusal)
    assert by_month.statistic == "nps"


@pytest.mark.parametrize(
    ("metric", "audited"),
    [
        ("transactional:q_recommend:nps", True),
        ("transactional:q_recommend:nps:n>=30", True),
        ("transactional:q_recommend:bottom_box", True),
        ("transactional:q_recommend:mean", True),
        ("transactional:q_recommend:nps:n>=5", False),
        ("relationship:q_overall:nps", False),
        ("relationship:q_overall:top_box", True),
        ("relationship:q_overall:median", False),
    ],
)
def test_each_statistic_of_a_headline_question_is_audited(metric: str, *, audited: bool) -> None:
    assert is_audited(metric, headlines(SURVEYS, minimum_n=30)) is audited


def test_a_net_promoter_score_needs_its_scale() -> None:
    assert statistics_of(RECOMMEND) == ("mean", "top_box", "bottom_box", "nps")
    assert "nps" not in statistics_of(OVERALL)
    refused = paid_question(links("relationship:q_overall:nps"), SURVEYS)
    assert isinstance(refused, Refusal)
    assert "needs a scale of 0 to 10" in refused.reason
    assert "mean, top_box or bottom_box" in refused.remedy


def test_what_is_no_statistic_is_refused_with_those_there_are() -> None:
    refused = paid_question(links("transactional:q_recommend:median"), SURVEYS)
    assert isinstance(refused, Refusal)
    assert "'median' of q_recommend, which is no statistic of this suite" in refused.reason
    assert "mean, top_box, bottom_box or nps" in refused.remedy


def test_answers_are_counted_whatever_the_statistic() -> None:
    by_month = paid_panel(links("transactional:q_recommend:median"), CELLS, SURVEYS, counting=True)
    assert not isinstance(by_month, Refusal)
    assert by_month.answers == 7


def test_a_link_whose_statistic_is_known_goes_before() -> None:
    register = links(*["transactional:q_recommend:median"] * 2, "relationship:q_overall")
    assert paid_question(register, SURVEYS) == ("relationship", "q_overall", "mean")


def test_the_message_names_the_form_and_the_metrics_there_are() -> None:
    refused = paid_question(links("turnover"), SURVEYS)
    assert isinstance(refused, Refusal)
    assert "written survey type:item:statistic" in refused.remedy
    assert "transactional:q_recommend:nps" in refused.remedy
    assert "relationship:q_overall:mean" in metrics_taken(SURVEYS)
    assert "relationship:q_overall:nps" not in metrics_taken(SURVEYS)
    assert metrics_taken({}).endswith("the run declares no survey")


def test_the_contract_tells_how_a_metric_is_written() -> None:
    columns = {column.name: column for column in TABLES["pay_links"].columns}
    assert "survey type:item:statistic" in columns["metric"].meaning
    assert "-100 to 100" in columns["threshold"].meaning


def test_published_boxes_hold_no_net_promoter_score() -> None:
    months = pd.DataFrame({"box": ["top"], "survey_type": "transactional", "item": "q_recommend"})
    register = links("transactional:q_recommend:nps")
    answered = effect(
        engaged(Memory({"transactional": SURVEYS["transactional"]}, aggregates=months, pay_links=register))
    )
    assert "published figures are read as top_box, bottom_box and mean alone" in str(answered)
