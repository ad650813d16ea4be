"""Clocks stopped to keep their limits are seen, clean logs raise no more alarms than stated (C7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from escalation_world import PARAMS, World, at

from auditlib.audit.numerals import orphans
from auditlib.audit.opening import read_run
from auditlib.audit.standard import texts
from auditlib.disclosure import UNRESTRICTED
from auditlib.parameters.engagement import Engagement
from auditlib.records import Grade, Refusal
from auditlib.service_desk import (
    ClockStops,
    ClockStopsAnswer,
    DeskContext,
    clock_stops,
    context_of,
)
from auditlib.service_desk.stop_signs import EXPLAIN, NEAR, Reading
from auditlib.statistics.above_peers import above_peers
from auditlib.statistics.near_limit import near_limit
from auditlib.time.epoch import HOUR, MINUTE

ROOT = PARAMS.parent
RUN = read_run("params/runs/uci.yaml", root=ROOT)
OPENED = at("2016-06-06 08:00", zone="UTC")
LIMIT = 4 * HOUR  # critical, by the wall clock


@pytest.fixture(scope="module")
def context() -> DeskContext:
    found = context_of(Engagement(RUN, World({}), texts(RUN, root=ROOT)))
    assert isinstance(found, DeskContext)
    only = found.policy.model_copy(update={"rules": (found.policy.rules[0],)})  # the wall clock alone
    return replace(found, policy=only, disclosure=UNRESTRICTED)


def stopped(
    number: int, after: int, *, hours: float = 72, unit: str = "D1", person: str | None = None, **more: Any
) -> list[dict[str, Any]]:
    """Return a case that is stopped `after` microseconds, for some hours, and resolved ten minutes later."""
    stop, resumed = OPENED + after, OPENED + after + round(hours * HOUR)
    steps = ((OPENED, "New"), (stop, "Awaiting User Info"), (resumed, "Active"))
    steps = (*steps, (resumed + min(10 * MINUTE, LIMIT - after), "Resolved"))
    return [
        {
            "event_id": f"{number}-{turn}", "case_id": f"INC{number:03d}", "unit_id": unit, "state": state,
            "priority": "critical", "person_id": person, "opened_at": OPENED, "updated_at": instant,
            "source_line": 10 * number + turn,
        } | more
        for turn, (instant, state) in enumerate(steps)
    ]  # fmt: skip


def looked_at(context: DeskContext, cases: Sequence[list[dict[str, Any]]]) -> ClockStops:
    found = clock_stops(World({"incident_events": [row for rows in cases for row in rows]}), context)
    assert isinstance(found, ClockStops)
    return found


def test_twenty_clocks_stopped_minutes_before_their_limit_for_days_are_a_finding(
    context: DeskContext,
) -> None:
    """Each of them counts as met: this is what the statuses alone do not show."""
    result = looked_at(context, [stopped(n, LIMIT - 5 * MINUTE) for n in range(20)])
    (alarm,) = [one for one in result.alarms if one.sign == "before the limit"]
    assert (alarm.count, alarm.n) == (20, 20)
    assert alarm.p_adjusted == pytest.approx(0.25**20)
    (finding,) = ClockStopsAnswer(result).findings()
    assert len(finding.cases) == 20
    assert finding.grade is Grade.MAJOR
    assert "Innocent explanation: cases are looked at when they are about to be due" in finding.cause


def test_what_findings_and_sentences_state_has_a_number(context: DeskContext) -> None:
    result = looked_at(context, [stopped(n, LIMIT - 5 * MINUTE, reason="") for n in range(20)])
    numbers = {number.key: number for number in ClockStopsAnswer(result).numbers()}
    for said in ClockStopsAnswer(result).summary():
        assert set(said.keys) <= set(numbers)
        assert orphans(said.text, [numbers[key] for key in said.keys]) == ()
    for finding in ClockStopsAnswer(result).findings():
        own = [numbers[key.removeprefix("05_escalation/")] for key in finding.evidence]
        for text in (finding.criterion, finding.condition, finding.cause):
            assert orphans(text, own) == ()


@pytest.mark.parametrize(("minutes", "near"), [(11, True), (12, True), (13, False)])
def test_the_last_twentieth_of_the_limit_includes_its_first_instant(
    context: DeskContext, minutes: int, near: bool
) -> None:
    """Four hours: the last 5 % are twelve minutes."""
    result = looked_at(context, [stopped(n, LIMIT - minutes * MINUTE) for n in range(10)])
    (one,) = [reading for reading in result.readings if reading.sign == "before the limit"]
    assert one.count == (10 if near else 0)
    assert one.alarm == near


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_beside_other_work_alarms_stay_as_rare_as_stated(share: float) -> None:
    """Stops near the limit as often as other work is, evenly or twice as often as evenly."""
    rng = np.random.default_rng(21)

    def drawn(n: int) -> Any:
        near = rng.random(n) < share
        return np.where(near, rng.uniform(0, 0.05, n), rng.uniform(0.05, 0.2, n))

    alarms = sum(
        near_limit(drawn(40), width=0.05, reference=0.2, others=drawn(60)).p_value <= 0.05
        for _ in range(1000)
    )
    assert alarms / 1000 <= 0.05 + 3 * (0.05 * 0.95 / 1000) ** 0.5


def test_time_a_clock_stood_still_before_is_not_used_up(context: DeskContext) -> None:
    """Stopped at one hour for a day, then five minutes before the limit: seen at the second stop."""
    rows = stopped(1, HOUR, hours=24)[:3]
    second = OPENED + 24 * HOUR + LIMIT - 5 * MINUTE
    more = {**rows[2], "event_id": "1-9", "state": "Awaiting User Info", "updated_at": second}
    cases = [
        [{**row, "case_id": f"INC{n:03d}", "event_id": f"{n}-{row['event_id']}"} for row in (*rows, more)]
        for n in range(12)
    ]
    result = looked_at(context, cases)
    (one,) = [reading for reading in result.readings if reading.sign == "before the limit"]
    assert (one.count, one.n) == (12, 12)


def test_clean_logs_raise_no_more_false_alarms_than_stated() -> None:
    """2,000 desks whose stops fall evenly over the limit, 40 in its last fifth on average."""
    rng = np.random.default_rng(11)
    alarms = sum(
        near_limit(rng.uniform(0, 1, rng.poisson(200)), width=0.05, reference=0.2).p_value <= 0.05
        for _ in range(2000)
    )
    assert alarms / 2000 <= 0.05 + 3 * (0.05 * 0.95 / 2000) ** 0.5


@pytest.mark.parametrize(("planted", "least"), [(0.0, 0.0), (0.1, 0.5), (0.25, 0.99)])
def test_the_more_stops_are_planted_the_more_desks_are_seen(planted: float, least: float) -> None:
    rng = np.random.default_rng(12)
    seen = 0
    for _ in range(300):
        honest = rng.uniform(0, 1, 200)
        abused = rng.uniform(0, 0.05, rng.binomial(200, planted))
        seen += near_limit(np.concatenate([honest, abused]), width=0.05, reference=0.2).p_value <= 0.05
    assert seen / 300 >= least
    if not planted:
        assert seen / 300 <= 0.09


def test_stops_spread_over_the_limit_are_no_sign(context: DeskContext) -> None:
    rng = np.random.default_rng(3)
    cases = [stopped(n, int(rng.uniform(0, LIMIT))) for n in range(120)]
    result = looked_at(context, cases)
    assert not [one for one in result.alarms if one.sign == "before the limit"]
    assert "show no sign" in ClockStopsAnswer(result).summary()[0].text


def test_the_rhythm_of_the_day_is_no_sign(context: DeskContext) -> None:
    """All work on cases, stops among it, falls into the hour before the limit: nights lie before it."""
    cases = []
    for n in range(40):
        rows = stopped(n, LIMIT - 5 * MINUTE)
        worked = {**rows[0], "event_id": f"{n}-w", "state": "Active", "case_id": f"INC9{n:03d}"}
        opened = {**worked, "event_id": f"{n}-o", "state": "New"}
        cases += [rows, [opened, {**worked, "updated_at": OPENED + LIMIT - 6 * MINUTE}]]
    result = looked_at(context, cases)
    (one,) = [reading for reading in result.readings if reading.sign == "before the limit"]
    assert (one.count, one.expected) == (40, 1.0)
    assert not one.alarm


def test_a_cause_nobody_recorded_is_not_assessable_and_names_the_column(context: DeskContext) -> None:
    how = context.policy.stops.model_copy(
        update={"cause_required": ("Awaiting User Info",), "causes": ("information_missing",)}
    )
    asking = replace(context, policy=context.policy.model_copy(update={"stops": how}))
    rng = np.random.default_rng(4)
    after = [int(rng.uniform(0, LIMIT)) for _ in range(12)]
    unmapped = looked_at(asking, [stopped(n, at_) for n, at_ in enumerate(after)])
    (one,) = [reading for reading in unmapped.readings if reading.sign == "without a cause"]
    assert "the column reason was never mapped or is empty" in one.reason
    assert not one.alarm
    causes = ["information_missing"] * 10 + ["because", None]
    given = looked_at(asking, [stopped(n, at_, reason=causes[n]) for n, at_ in enumerate(after)])
    (found,) = [reading for reading in given.alarms if reading.sign == "without a cause"]
    assert found.cases == ("INC010", "INC011")
    (finding,) = [one for one in ClockStopsAnswer(given).findings() if "without a cause" in one.subject]
    assert finding.condition == "2 of 12 stops that need a cause give none of the list."


def test_one_person_who_stops_clocks_for_longer_than_the_others_is_seen(context: DeskContext) -> None:
    rng = np.random.default_rng(5)

    def log(longer: float) -> list[list[dict[str, Any]]]:
        people = [f"P{n % 10}" for n in range(200)]
        hours = rng.lognormal(2.0, 0.8, 200) * np.array([longer if p == "P3" else 1.0 for p in people])
        after = rng.uniform(0, LIMIT, 200)
        return [stopped(n, int(after[n]), hours=float(hours[n]), person=people[n]) for n in range(200)]

    planted = looked_at(context, log(8.0))
    assert [one.group for one in planted.alarms if one.sign == "longer than others"] == ["person P3"]
    assert not planted.to_frame()["group"].str.startswith("person ").any()
    clean = looked_at(context, log(1.0))
    assert not [one for one in clean.alarms if one.sign == "longer than others"]


def test_where_nothing_could_be_tested_nothing_is_called_clean(context: DeskContext) -> None:
    result = looked_at(context, [stopped(n, HOUR) for n in range(3)])
    assert "could not be tested" in ClockStopsAnswer(result).summary()[0].text
    assert "no sign" not in " ".join(said.text for said in ClockStopsAnswer(result).summary())


def test_too_few_peers_or_cases_are_refused() -> None:
    assert isinstance(above_peers([1.0, 2.0, 3.0, 9.0], [0.1] * 4), Refusal)


def test_without_a_log_or_a_stop_there_is_a_reason(context: DeskContext) -> None:
    assert isinstance(clock_stops(World({}), context), Refusal)
    never = [row for row in stopped(1, HOUR) if row["state"] != "Awaiting User Info"]
    assert isinstance(clock_stops(World({"incident_events": never}), context), Refusal)


@pytest.mark.parametrize(("others", "findings"), [((), 1), (("INC9",), 2)])
def test_all_units_together_are_no_finding_beside_the_unit_whose_cases_they_are(
    context: DeskContext, others: tuple[str, ...], findings: int
) -> None:
    cases = ("INC1", "INC2")
    how: dict[str, Any] = {"p_value": 1e-12, "p_adjusted": 1e-11, "verdict": EXPLAIN}
    parts = (("all", (*cases, *others)), ("davi", cases))
    readings = tuple(
        Reading(NEAR, "resolution_24x7", group, 20, 20, 1.0, 0.25, shown, **how) for group, shown in parts
    )
    stops = pd.DataFrame({"case_id": [*cases, "INC9"], "unit_id": ["davi", "davi", "ana"]})
    raised = ClockStopsAnswer(ClockStops(readings, context.policy, stops, 120)).findings()
    assert len(raised) == findings
    assert raised[-1].headline.startswith("20 of 20 cases of davi stopped late in the limit")
    assert "p < 0.001" in raised[-1].condition
