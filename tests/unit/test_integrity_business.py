"""Fewer invitations are held against the transactions in the evidence before business is blamed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from test_integrity import GAMED, policy, run, suppressed

from auditlib.audit.numerals import orphans
from auditlib.integrity import IntegrityAnswer, IntegrityResult, estimate
from auditlib.integrity.business import BusinessChange
from auditlib.time.epoch import day_number
from company import SurveyTables

LINK = day_number(pd.Timestamp("2024-07-01").date())
FIRST = day_number(pd.Timestamp("2023-01-01").date())
LAST = day_number(pd.Timestamp("2025-12-31").date())


def log(left: float) -> pd.DataFrame:
    """Two events of a case each fourth day; after the link, linked units have so much of it left."""
    held = suppressed().held
    units = sorted(held["units"]["unit_id"].astype(str))
    register = held["pay_links"]
    linked = set(register.loc[register["role"] == "manager", "unit_id"].astype(str))
    rng, rows = np.random.default_rng(2), []
    for unit in units:
        for day in range(FIRST, LAST, 4):
            if unit in linked and day >= LINK and rng.random() > left:
                continue
            rows += [(f"C{unit}:{day}", unit, day + again) for again in (0, 0)]
    return pd.DataFrame(rows, columns=["case_id", "unit_id", "opened_day"])


@cache
def beside(left: float, table: str = "incident_events") -> IntegrityResult:
    rows = log(left)
    if table == "interactions":
        rows = rows.rename(columns={"case_id": "interaction_id", "opened_day": "offered_day"})
    return estimate(SurveyTables(dict(suppressed().held) | {table: rows}), run(), policy())


def said(result: IntegrityResult) -> str:
    answer = IntegrityAnswer(result)
    (finding,) = answer.findings()
    return " ".join(
        [finding.cause, finding.recommendation, *map(str, (*answer.reversals(), *answer.advice()))]
    )


@pytest.mark.parametrize("table", ["incident_events", "interactions"])
def test_business_that_went_on_rules_itself_out(table: str) -> None:
    result = beside(0.97, table)
    words = said(result)
    assert "Less business is ruled out as all of it:" in words
    assert "Less business, or another way" not in words
    (change,) = result.business
    assert change.group.name == GAMED
    assert change.linked == pytest.approx(-0.03, abs=0.02)
    assert abs(change.others) < 0.02


def test_a_list_in_hand_is_not_asked_for() -> None:
    assert "the list of all transactions" not in said(beside(0.97))
    assert "from the transactions in the evidence" in said(beside(0.97))


def test_business_that_became_less_stays_an_explanation_with_its_size() -> None:
    words = said(beside(0.3))
    assert "Less business, or another way of drawing invitations. How business went: cases opened" in words
    assert "ruled out" not in words


def test_without_transactions_the_list_is_asked_for() -> None:
    result = estimate(suppressed(), run(), policy())
    assert result.business == ()
    assert "the list of all transactions" in said(result)
    assert "Less business, or another way" in said(result)


def test_events_of_one_case_count_once() -> None:
    (change,) = beside(0.97).business
    units = suppressed().held["units"]["unit_id"].nunique()
    assert change.n < units * (LAST - FIRST) / 4


@pytest.mark.parametrize(("most", "ruled_out"), [(0.89, True), (0.9, False), (0.91, False)])
def test_business_is_ruled_out_where_it_fell_less_than_invitations_surely_did(
    most: float, *, ruled_out: bool
) -> None:
    group = beside(0.97).business[0].group
    assert BusinessChange(group, "interactions", -0.1, 0.0, 900).rules_out(most) is ruled_out


def test_every_number_said_is_recorded() -> None:
    answer = IntegrityAnswer(beside(0.97))
    numbers = {number.key: number for number in answer.numbers()}
    for sentence in (*answer.summary(), *answer.reversals(), *answer.advice()):
        assert not orphans(sentence.text, [numbers[key] for key in sentence.keys])
    (finding,) = answer.findings()
    assert not orphans(finding.cause, [numbers[key] for key in finding.evidence])
