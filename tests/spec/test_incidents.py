"""A help desk's clocks: the last resolution counts, waiting stops the clock, closing is nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from escalation_world import PARAMS, World, at
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.audit.opening import read_run
from auditlib.audit.standard import texts
from auditlib.evidence import prepare
from auditlib.obligations import Status
from auditlib.parameters.engagement import Engagement
from auditlib.records import Refusal
from auditlib.service_desk import DeskContext, IncidentResult, context_of, reperform
from auditlib.service_desk.cases import Event, cases_of, resolved_one
from auditlib.service_desk.implied_sla import best_limit

ROOT = PARAMS.parent
RUN = read_run("params/runs/uci.yaml", root=ROOT)


@pytest.fixture(scope="module")
def context() -> DeskContext:
    found = context_of(Engagement(RUN, World({}), texts(RUN, root=ROOT)))
    assert isinstance(found, DeskContext)
    return found


OPENED = "2016-06-06 10:00"  # a Monday


def log(*steps: tuple[str, str], priority: str = "critical", met: bool = True) -> list[dict[str, Any]]:
    return [
        {
            "event_id": str(number),
            "case_id": "C1",
            "state": state,
            "priority": priority,
            "sla_met": met,
            "opened_at": at(OPENED, zone="UTC"),
            "updated_at": at(moment, zone="UTC"),
            "closed_at": at(moment, zone="UTC") if state == "Closed" else None,
            "source_line": number,
        }
        for number, (moment, state) in enumerate(steps, start=2)
    ]


def judged(context: DeskContext, *steps: tuple[str, str], **more: Any) -> tuple[str, str]:
    """Return the statuses by the wall clock and in business hours; another case of the log is resolved."""
    other = [row | {"case_id": "C2"} for row in log((OPENED, "New"), (OPENED, "Resolved"))]
    result = reperform(World({"incident_events": [*log(*steps, **more), *other]}), context)
    assert isinstance(result, IncidentResult)
    row = result.cases.iloc[0]
    return str(row["status:resolution_24x7"]), str(row["status:resolution_business"])


@pytest.mark.parametrize(("resolved", "status"), [("13:59", "met"), ("14:00", "met"), ("14:01", "late")])
def test_resolution_is_due_within_the_limit_of_the_priority(
    context: DeskContext, resolved: str, status: str
) -> None:
    steps = (OPENED, "New"), (f"2016-06-06 {resolved}", "Resolved"), ("2016-06-11 14:00", "Closed")
    assert judged(context, *steps) == (status, status)


def test_nights_count_on_one_clock_and_not_on_the_other(context: DeskContext) -> None:
    # Four hours are used up at 14:00 on Monday by the wall clock; opened at 16:00, at 12:00 on Tuesday.
    steps = (OPENED, "New"), ("2016-06-07 09:30", "Resolved")
    assert judged(context, *steps, priority="high") == ("late", "met")


def test_waiting_for_the_customer_stops_the_clock(context: DeskContext) -> None:
    waited = (
        (OPENED, "New"),
        ("2016-06-06 11:00", "Awaiting User Info"),
        ("2016-06-06 15:00", "Active"),
        ("2016-06-06 16:30", "Resolved"),
    )
    assert judged(context, *waited) == ("met", "met")
    vendor = tuple((moment, state.replace("User Info", "Vendor")) for moment, state in waited)
    assert judged(context, *vendor) == ("late", "late")


def test_the_last_resolution_counts_and_resolved_time_does_not_run(context: DeskContext) -> None:
    again = (
        (OPENED, "New"),
        ("2016-06-06 11:00", "Resolved"),
        ("2016-06-06 15:00", "Active"),
        ("2016-06-06 17:00", "Resolved"),
    )
    assert judged(context, *again)[0] == "met"
    late = (*again[:3], ("2016-06-06 18:01", "Resolved"))
    assert judged(context, *late)[0] == "late"


def test_automatic_closing_is_no_resolution(context: DeskContext) -> None:
    closed = ((OPENED, "New"), ("2016-06-06 11:00", "Closed"))
    assert judged(context, *closed) == ("missing", "missing")
    reopened = ((OPENED, "New"), ("2016-06-06 11:00", "Resolved"), ("2016-06-06 12:00", "Active"))
    assert judged(context, *reopened, ("2016-06-11 12:00", "Closed")) == ("missing", "missing")


def test_an_open_and_overdue_case_is_missing_and_an_unknown_state_is_no_state(context: DeskContext) -> None:
    assert judged(context, (OPENED, "New")) == ("missing", "missing")
    steps = (OPENED, "New"), ("2016-06-06 11:00", "Resolved"), ("2016-06-06 12:00", "-100")
    assert judged(context, *steps) == ("nan", "nan")  # work again, or closed: nobody says


@pytest.mark.parametrize(
    ("resumed", "status"),
    [("2016-06-06 13:59", "met"), ("2016-06-06 14:01", "nan"), ("2016-06-06 22:00", "nan")],
)
def test_a_state_that_may_be_work_or_waiting_is_judged_where_both_say_the_same(
    context: DeskContext, resumed: str, status: str
) -> None:
    """Four hours are allowed: parked from noon, a case may have worked all the time or waited."""
    steps = (OPENED, "New"), ("2016-06-06 12:00", "Parked"), (resumed, "Resolved")
    assert judged(context, *steps)[0] == status
    late = (OPENED, "New"), ("2016-06-06 15:00", "Parked"), ("2016-06-06 16:00", "Active")
    assert judged(context, *late, ("2016-06-06 17:00", "Resolved"))[0] == "late"


def test_without_a_log_or_a_policy_there_is_a_reason(context: DeskContext) -> None:
    assert isinstance(reperform(World({}), context), Refusal)
    assert isinstance(reperform(World({"incident_events": []}), context), Refusal)
    unnamed = RUN.model_copy(update={"policies": ()})
    assert isinstance(context_of(Engagement(unnamed, World({}), {})), Refusal)


states = st.sampled_from(["New", "Active", "Awaiting User Info", "Resolved", "Closed", "-100"])


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), states), min_size=1, max_size=8), min_size=1, max_size=5)
)
@settings(max_examples=60, deadline=None)
def test_the_table_of_cases_follows_the_law(drawn: list[list[tuple[int, str]]]) -> None:
    found = context_of(Engagement(RUN, World({}), texts(RUN, root=ROOT)))
    assert isinstance(found, DeskContext)
    rows = [
        {"case_id": f"C{case}", "state": state, "updated_at": moment, "source_line": line}
        for case, events in enumerate(drawn)
        for line, (moment, state) in enumerate(events)
    ]
    same = {"priority": "low", "unit_id": "D", "tier": None, "sla_met": True, "source_file": "log.csv"}
    frame = pd.DataFrame(rows).assign(**same, opened_at=0, resolved_at=0, closed_at=0)
    cases = cases_of(frame, states=found.policy.states)
    for case, events in enumerate(drawn):
        in_order = [Event(moment, state) for moment, state in sorted(events, key=lambda event: event[0])]
        one = resolved_one(in_order, states=found.policy.states)
        value = cases.set_index("case_id").loc[f"C{case}", "done_at"]
        assert (one is None and pd.isna(value)) or value == one


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=20))
def test_the_best_limit_is_best(rows: list[tuple[int, bool]]) -> None:
    hours, met = (np.array(column) for column in zip(*rows, strict=True))
    low, high, wrong = best_limit(hours.astype(float), met)
    every = [int(((hours <= limit) != met).sum()) for limit in (-1.0, *sorted(set(hours.tolist())))]
    assert wrong == min(every)
    assert low < high or (low, wrong) == (0.0, min(every))


@pytest.fixture(scope="module")
def desk(shared_data: Path, tmp_path_factory: pytest.TempPathFactory, context: DeskContext) -> IncidentResult:
    evidence = prepare(RUN, shared_data, tmp_path_factory.mktemp("uci"))
    result = reperform(evidence, context)
    assert isinstance(result, IncidentResult)
    return result


def test_the_real_desk_flag_is_63_4_per_cent_of_incidents_and_not_of_events(desk: IncidentResult) -> None:
    frame = desk.to_frame().set_index("priority")
    assert frame["n"].to_dict() == {
        "critical": 270,
        "high": 408,
        "moderate": 23_466,
        "low": 774,
        "all": 24_918,
    }
    assert frame["flag"].round(4).to_dict() == {
        "critical": 0.0185,
        "high": 0.0049,
        "moderate": 0.6454,
        "low": 0.8411,
        "all": 0.6342,
    }
    assert desk.oddities.unknown_states == {"-100": 5}
    assert round(desk.oddities.events_met / desk.oddities.events, 3) == 0.935


def test_the_real_desk_flag_runs_until_closing(desk: IncidentResult) -> None:
    agreement = desk.agreement()
    assert agreement["closing"] > 0.99
    assert agreement["resolution"] < 0.92
    assert (desk.oddities.never_resolved, desk.oddities.rewritten, desk.oddities.field_empty) == (
        14,
        295,
        1543,
    )
    for clock in desk.clocks:
        table = desk.reconciliation(clock)
        assert table["cases"].sum() == 24_918
        parted = table[~table["reason"].isin(("agree", "no status"))]
        met = parted["status"] == Status.MET.value
        assert ((parted["flag"] == "met") != met).all()
