"""Sentences where there is none of a kind, or where all units are alike."""

from __future__ import annotations

import pandas as pd
import pytest
from surveyed_units import unfounded

from auditlib.drivers.statements import _uncoded
from auditlib.escalation import LatenciesAnswer
from auditlib.escalation.latency import Latencies, Stage
from auditlib.integrity.refusals import _to_compare
from auditlib.obligations import RatesAnswer, rates
from auditlib.records import Interval, Number
from auditlib.reliability.rates import Rate, ResponseRates
from auditlib.statements import Facts
from auditlib.statistics.durations import Survival, survival


def response_rates(*answered: int, invited: int = 100, design_effect: float = 1.0) -> str:
    limits = Interval(0.1, 0.9, 0.95, "Wilson")
    large = [Rate(f"U{place}", "", invited, n, limits) for place, n in enumerate(answered)]
    units = (*large, Rate("small", "", 23, 12, limits), Rate("smaller", "", 5, 0, limits))
    total = Rate("all", "", invited * len(large) + 28, sum(answered) + 12, limits)
    rates = ResponseRates(units, (), (), total, fewest=30, design_effect=design_effect)
    assert unfounded(rates) == []
    return rates.summary()[0].text


def test_units_that_all_answer_alike_are_not_told_as_a_range() -> None:
    assert response_rates(41, 41).endswith("by unit 41.0% throughout.")
    assert response_rates(41, 42).endswith("; no difference between 2 units beyond chance is shown.")
    apart = (
        "; units differ by more than chance, from 41.0% in U0 to 80.0% in U1 among those with "
        "30 invitations or more."
    )
    assert response_rates(41, 80).endswith(apart)
    assert response_rates(41, 80, design_effect=20).endswith("beyond chance is shown.")


def test_the_smallest_units_carry_no_headline() -> None:
    assert "small" not in response_rates(41, 80)
    few = "; too few units have the 30 invitations it takes to compare them."
    assert response_rates(12, 3, invited=29).endswith(few)


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (0, "By unit, the share met is 100.0% throughout."),
        (1, "The share met runs from 50.0% of 2 (B) to 100.0% of 2 (A)."),
    ],
)
def test_shares_that_are_all_the_same_are_said_once(late: int, words: str) -> None:
    rows = pd.DataFrame({"unit_id": ["A", "A", "B", "B"], "status": ["met"] * (4 - late) + ["late"] * late})
    (said,) = RatesAnswer(rates(rows, by=("unit_id",))).summary()
    assert said.text == words
    assert len(said.keys) == 2


@pytest.mark.parametrize(
    ("open_", "tail"),
    [
        (0, "by the wall clock."),
        (1, "by the wall clock; 1 had not been when last seen, and counts."),
        (2, "by the wall clock; 2 had not been when last seen, and count."),
    ],
)
def test_who_is_still_open_is_told_only_where_anybody_is(open_: int, tail: str) -> None:
    curve = survival([1.0] * 10 + [5.0] * open_, [True] * 10 + [False] * open_)
    assert isinstance(curve, Survival)
    (sentence,) = LatenciesAnswer(Latencies((Stage("contact", "all", curve, "follow_ups"),))).summary()
    assert sentence.text.endswith(tail)


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "There is no unit without a link to compare with"),
        (1, "1 unit is not linked to compare with"),
        (2, "2 units are not linked to compare with"),
    ],
)
def test_units_to_compare_with(n: int, words: str) -> None:
    assert _to_compare(n) == words


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "No complaint or follow-up contact is without a coded cause"),
        (1, "1 complaint or follow-up contact without a coded cause is left out"),
        (2, "2 complaints and follow-up contacts without a coded cause are left out"),
    ],
)
def test_causes_that_are_not_coded(n: int, words: str) -> None:
    assert _uncoded(Facts.of([Number("uncoded", n)])).text.startswith(words)
