"""Latencies and what was known when, where the evidence knows days without times."""

from __future__ import annotations

from typing import Any

import pytest
from standards_tables import DAY, START, small_tables

from auditlib.contracts import WHOLE_DAY
from auditlib.escalation.latency import _before
from auditlib.integrity.invited import known_events
from auditlib.statistics.durations import Survival, quantile

NINE = 9 * 3600


def instant(stem: str, second: int | None) -> dict[str, int]:
    at = START + (second or 0) * 1_000_000
    return {f"{stem}_at": at, f"{stem}_second": WHOLE_DAY if second is None else second}


@pytest.mark.parametrize(("answered", "hours"), [(NINE + 3600, 1.0), (None, 15.0)])
def test_an_answer_of_which_only_the_day_is_known_came_by_its_end_and_not_at_once(
    answered: int | None, hours: float
) -> None:
    sent: dict[str, Any] = {"invitation_id": "I1", "transaction_at": START, "in_period": True}
    tables = small_tables(
        invitations=[sent | instant("sent", NINE)],
        responses=[{"invitation_id": "I1"} | instant("submitted", answered)],
    )
    curves = {stage.stage: stage.curve for stage in _before(tables, as_of=START + 30 * DAY)}
    response, invitation = curves["response"], curves["invitation"]
    assert isinstance(response, Survival)
    assert isinstance(invitation, Survival)
    assert quantile(response, 0.5) == pytest.approx(hours)
    assert quantile(invitation, 0.5) == pytest.approx(9.0)


@pytest.mark.parametrize(("second", "wanted"), [(NINE, NINE * 1_000_000), (None, DAY - 1)])
def test_what_is_known_by_its_day_is_known_by_the_end_of_it(second: int | None, wanted: int) -> None:
    row = {"customer_id": "C1", "unit_id": "U1", "submitted_day": START // DAY} | instant("submitted", second)
    known = known_events(small_tables(responses=[row]).lazy("responses"), "submitted")
    assert known["at"].tolist() == [START + wanted]
