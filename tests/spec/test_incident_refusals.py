"""What a desk's log does not show is not assessable, with the reason; it is no breach and stops nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from escalation_world import PARAMS, World, at

from auditlib.audit.opening import read_run
from auditlib.audit.rounding import plain
from auditlib.audit.standard import texts
from auditlib.disclosure import UNRESTRICTED
from auditlib.parameters.engagement import Engagement
from auditlib.service_desk import DeskAnswer, DeskContext, IncidentResult, context_of, reperform

ROOT = PARAMS.parent
RUN = read_run("params/runs/uci.yaml", root=ROOT)
AS_OF = at("2016-07-01 00:00", zone="UTC")


@pytest.fixture(scope="module")
def context() -> DeskContext:
    found = context_of(Engagement(RUN, World({}), texts(RUN, root=ROOT)))
    assert isinstance(found, DeskContext)
    return replace(found, as_of=AS_OF, disclosure=UNRESTRICTED)


def case(number: int, *steps: tuple[str, str], met: bool | None = None, **more: Any) -> list[dict[str, Any]]:
    """Return the events of one case, opened at its first step on 6 June 2016, a Monday."""
    instants = [(at(f"2016-06-{moment}", zone="UTC"), state) for moment, state in steps]
    return [
        {
            "event_id": f"{number}-{turn}", "case_id": f"INC{number}", "state": state, "sla_met": met,
            "opened_at": instants[0][0], "updated_at": instant, "source_line": 10 * number + turn,
            "closed_at": instant if state == "Closed" else None,
        } | {"priority": "critical"} | more
        for turn, (instant, state) in enumerate(instants)
    ]  # fmt: skip


def result_of(context: DeskContext, *cases: list[dict[str, Any]]) -> IncidentResult:
    found = reperform(World({"incident_events": [row for rows in cases for row in rows]}), context)
    assert isinstance(found, IncidentResult)
    return found


def told(result: IncidentResult) -> str:
    """Return all that is said of a log, having stored every number as a run would."""
    answer = DeskAnswer(result)
    for number in answer.numbers():
        assert plain(number.value) is not None or number.reason, number.key
    said = (*answer.summary(), *answer.notes(), *answer.unreconciled())
    known = {number.key for number in answer.numbers()}
    assert {key for sentence in said for key in sentence.keys} <= known
    for clock in result.clocks:
        assert result.reconciliation(clock)["cases"].sum() == len(result.cases)
    return " ".join(sentence.text for sentence in said)


IN_TIME = case(1, ("06 10:00", "New"), ("06 11:00", "Resolved"))
LATE = case(9, ("06 10:00", "New"), ("06 18:00", "Resolved"))


def test_without_a_flag_the_clocks_are_judged_and_the_flag_is_not(context: DeskContext) -> None:
    result = result_of(context, IN_TIME, LATE)
    assert list(result.cases["status:resolution_24x7"]) == ["met", "late"]
    frame = result.to_frame().set_index("priority")
    assert pd.isna(frame.loc["all", "flag"])
    assert frame.loc["all", "resolution_24x7"] == 0.5
    text = told(result)
    assert "The desk's own flag: not assessable. The log carries no flag of its own (sla_met)" in text
    assert result.reconciled == ()
    assert result.fitted == ()
    assert "flag_agreement:closing" not in {number.key for number in DeskAnswer(result).numbers()}


@pytest.mark.parametrize("flag", [True, False])
def test_a_flag_that_never_varies_fits_every_clock_and_is_no_number(context: DeskContext, flag: bool) -> None:
    cases = [
        case(n, ("06 10:00", "New"), (f"06 {10 + n}:00", "Resolved"), ("09 10:00", "Closed"), met=flag)
        for n in range(1, 5)
    ]
    result = result_of(context, *cases)
    plain(result.implied.astype(object).where(result.implied.notna(), None).to_dict("records"))
    assert result.implied["limit_to_hours"].isna().any() == flag
    assert "Which clock would reproduce the flag: not assessable. The flag says the same" in told(result)


def test_a_flag_on_some_cases_is_a_share_of_those(context: DeskContext) -> None:
    flagged = case(3, ("06 10:00", "New"), ("06 11:00", "Resolved"), met=True)
    result = result_of(context, IN_TIME, LATE, flagged)
    assert result.to_frame().set_index("priority").loc["all", "flag"] == 1.0
    assert result.counts("all")["flag"] == 1
    assert (result.reasons("resolution_24x7") == "no flag").sum() == 2
    told(result)


def test_closings_alone_say_nothing_of_resolving(context: DeskContext) -> None:
    result = result_of(context, case(1, ("06 10:00", "New"), ("06 11:00", "Closed")))
    assert result.clocks == ()
    assert "No event of the log enters a state that shows 'resolve' (Resolved)" in told(result)
    beside = result_of(context, case(1, ("06 10:00", "New"), ("06 11:00", "Closed")), IN_TIME[:1], LATE)
    assert beside.cases.set_index("case_id").loc["INC1", "status:resolution_24x7"] == "missing"


def test_states_in_other_words_are_asked_about_and_no_breach(context: DeskContext) -> None:
    other = [case(n, ("06 10:00", "New"), ("06 11:00", "solved"), ("09 10:00", "Closed")) for n in (1, 2)]
    result = result_of(context, *other)
    assert result.clocks == ()
    assert "'solved'" in told(result)
    mixed = result_of(context, *other, case(3, ("06 10:00", "New"), ("06 11:00", "Resolved")))
    assert mixed.to_frame().set_index("priority").loc["all", "resolution_24x7"] == 1.0
    assert mixed.counts("all")["resolution_24x7"] == 1
    assert "2 incidents depend on what it means and count on neither side" in told(mixed)


@pytest.mark.parametrize("priority", [None, "urgent"])
def test_a_priority_nobody_mapped_or_limited_is_no_breach(context: DeskContext, priority: str | None) -> None:
    rows = case(1, ("06 10:00", "New"), ("06 11:00", "Resolved"), priority=priority)
    result = result_of(context, rows)
    assert set(result.refused) == {"resolution_24x7", "resolution_business"}
    assert "No case carries a priority" in told(result)
    assert result.counts("all") == {"flag": 0}
    beside = result_of(context, rows, case(2, ("06 10:00", "New"), ("06 11:00", "Resolved")))
    assert beside.counts("all")["resolution_24x7"] == 1


def test_a_case_that_waits_for_its_customer_is_pending_and_closing_is_nothing(context: DeskContext) -> None:
    """The clock stands still from 11:00 on; that the system closed the case five days later is no event."""
    waits = case(1, ("06 10:00", "New"), ("06 11:00", "Awaiting User Info"))
    closed = case(2, ("06 10:00", "New"), ("06 11:00", "Awaiting User Info"), ("11 11:00", "Closed"))
    result = result_of(context, waits, closed, LATE)
    assert list(result.cases["status:resolution_24x7"]) == ["pending", "pending", "late"]
    assert result.counts("all")["resolution_24x7"] == 1


def test_a_log_that_can_only_say_that_cases_were_opened_shows_no_case_late(context: DeskContext) -> None:
    opened = case(1, ("06 10:00", "New"))
    for sayable, timed, status in (
        (frozenset({"New"}), True, None),
        (frozenset({"New", "Resolved"}), False, "missing"),
        (None, True, "missing"),
        (None, False, None),
    ):
        result = result_of(replace(context, sayable=sayable, times_resolution=timed), opened)
        assert result.cases.loc[0, "status:resolution_24x7"] == status
        assert ("No event of the log enters a state that shows 'resolve'" in told(result)) is (status is None)


def test_what_a_log_can_say_is_read_off_its_sources() -> None:
    sources = [
        source.model_copy(update={"columns": {}, "constants": {"state": "New"}}) for source in RUN.sources
    ]
    run = RUN.model_copy(update={"sources": tuple(sources)})
    found = context_of(Engagement(run, World({}), texts(RUN, root=ROOT)))
    assert isinstance(found, DeskContext)
    assert found.sayable == {"New"}
    assert context_of(Engagement(RUN, World({}), texts(RUN, root=ROOT))).sayable is None


def test_whether_a_log_times_resolution_is_read_off_its_columns(context: DeskContext) -> None:
    assert context.times_resolution
    bare = [
        source.model_copy(update={"columns": {k: v for k, v in source.columns.items() if k != "resolved"}})
        for source in RUN.sources
    ]
    run = RUN.model_copy(update={"sources": tuple(bare)})
    found = context_of(Engagement(run, World({}), texts(RUN, root=ROOT)))
    assert isinstance(found, DeskContext)
    assert not found.times_resolution


def test_a_case_resolved_after_the_period_is_resolved(context: DeskContext) -> None:
    """What was seen until the audit looked counts for the cases of the period, and brings in no others."""
    after = case(1, ("06 10:00", "New"), ("06 11:00", "Resolved"))
    after[1]["in_period"] = False
    before = case(2, ("05 22:00", "New"), ("06 01:00", "Resolved"))
    before[0]["in_period"] = False
    elsewhere = case(3, ("06 10:00", "New"), in_period=False)
    result = result_of(context, after, before, elsewhere)
    assert list(result.cases["case_id"]) == ["INC1", "INC2"]
    assert list(result.cases["status:resolution_24x7"]) == ["met", "met"]
    assert result.oddities.never_resolved == 0


def test_closing_neither_stops_nor_starts_the_clock_of_a_reopened_case(context: DeskContext) -> None:
    """Resolved after three hours, closed by the system, taken back after days: an hour is left then."""
    steps = ("06 10:00", "New"), ("06 13:00", "Resolved"), ("11 13:00", "Closed"), ("12 09:00", "Active")
    for end, status in (("10:00", "met"), ("10:01", "late")):
        result = result_of(context, case(1, *steps, (f"12 {end}", "Resolved")))
        assert result.cases.loc[0, "status:resolution_24x7"] == status


def test_the_field_case_without_a_flag(shared_field: Any, tmp_path: Any) -> None:
    from auditlib.evidence import prepare
    from auditlib.parameters.load import load
    from auditlib.parameters.run import Run

    folder = shared_field / "06-incidents-without-flag"
    run = load(Run, (folder / "run.yaml").read_text(encoding="utf-8"), name="run.yaml")
    found = context_of(Engagement(run, World({}), texts(run, root=ROOT)))
    result = reperform(prepare(run, folder, tmp_path), found)
    assert isinstance(result, IncidentResult)
    assert list(result.cases["case_id"]) == ["INC1", "INC2"]
    for clock in ("resolution_24x7", "resolution_business"):
        assert list(result.cases[f"status:{clock}"]) == ["met", "met"]
    assert "not assessable" in told(result)
