"""Where counts were made at another limit than the criterion's, counts at its own are asked for too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_company import Evidence, rows
from standards_tables import DAY, START, context, mapped

from auditlib.audit.numerals import orphans
from auditlib.audit.standard import verdict_on
from auditlib.records import Finding, Outcome
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.counted_otherwise import own_limit
from auditlib.standards.findings import findings
from auditlib.standards.verdict import Verdict

ROOT = Path(__file__).parents[2]
SECOND = 1_000_000


def half_hour(start: int, *, limit: int) -> dict[str, object]:
    at = START + start * 1800 * SECOND
    return {
        "unit_id": "A", "channel": "phone", "queue": None, "starts_at": at, "starts_day": at // DAY,
        "starts_second": at % DAY // SECOND, "ended_at": None, "ended_day": None, "ended_second": None,
        "length": 1800, "offered": 20, "answered": 18, "answered_in_time": 15, "within_seconds": limit,
        "abandoned": 2, "in_period": True,
    }  # fmt: skip


def judged(*limits: int) -> Verdict:
    """Return the verdict on eighty half hours, counted at each of the limits in turn."""
    counts = rows("interval_counts", *(half_hour(at, limit=limits[at % len(limits)]) for at in range(80)))
    held = Evidence({"interval_counts": counts}, ())
    return verdict_on(held, context(sources=[mapped("interval_counts")]).run, root=ROOT)


def finding(verdict: Verdict) -> Finding:
    return next(each for each in findings(verdict) if each.criterion.startswith("IM-01:"))


@pytest.mark.parametrize(
    "limits",
    # Counts of a shorter limit still bound the share: nothing is shown by them, but neither is nothing said.
    [(30,), (30, 60)],
)
def test_counts_at_another_limit_are_asked_for_at_the_criterion_s_own(
    limits: tuple[int, ...],
) -> None:
    verdict = judged(*limits)
    (judgement,) = (entry for entry in verdict.judgements if entry.criterion.id == "IM-01")
    assert judgement.outcome is Outcome.NOT_DEMONSTRATED
    raised = finding(verdict)
    assert ", or counts by interval at 60 seconds," in raised.recommendation
    numbers = {number.key: number for number in VerdictAnswer(verdict).numbers()}
    keys = [key.rpartition("/")[2] for key in raised.evidence]
    assert orphans(raised.recommendation, [numbers[key] for key in keys]) == ()


def test_counts_at_the_criterion_s_own_limit_ask_for_nothing_else() -> None:
    judgements = {entry.criterion.id: entry for entry in judged(60).judgements}
    assert judgements["IM-01"].measurement.value == pytest.approx(0.75)
    assert not any("counts by interval" in each.recommendation for each in findings(judged(60)))


@pytest.mark.parametrize(("limits", "counted_at"), [((30, 50), (30, 50)), ((60,), ())])
def test_the_limits_counts_were_made_at_are_carried_and_not_read_from_words(
    limits: tuple[int, ...], counted_at: tuple[int, ...]
) -> None:
    (judgement,) = (entry for entry in judged(*limits).judgements if entry.criterion.id == "IM-01")
    assert judgement.measurement.counted_at == counted_at
    silent = replace(judgement, measurement=replace(judgement.measurement, reason=""))
    assert own_limit(silent) == (60 if counted_at else None)
