"""The clock of an incident runs in the hours and holidays of the place of its own desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escalation_world import PARAMS, World, at

from auditlib.audit.opening import read_run
from auditlib.audit.standard import texts
from auditlib.obligations import calendars_of
from auditlib.parameters.engagement import Engagement
from auditlib.service_desk import ClocksAnswer, DeskContext, IncidentResult, context_of, reperform

ROOT = PARAMS.parent
RUN = read_run("params/runs/uci.yaml", root=ROOT)
POLICY = "policies/incident_resolution.yaml"
LONDON = "Europe/London"
UNITS = (
    {"unit_id": "EDI", "country": "GB", "subdivision": "SCT", "time_zone": LONDON},
    {"unit_id": "LON", "country": "GB", "subdivision": "ENG", "time_zone": LONDON},
    {"unit_id": "SEA", "time_zone": LONDON},
)


def law(clock: str) -> Mapping[str, str]:
    shipped = texts(RUN, root=ROOT)
    business = (PARAMS / "calendars" / "business.yaml").read_text(encoding="utf-8")
    policy = shipped[POLICY].replace("calendar: desk", clock)
    return {**shipped, POLICY: policy, "calendars/business.yaml": business}


def case(unit: str | None, opened: str, resolved: str) -> list[dict[str, Any]]:
    """Return the events of a case of high priority: eight hours are allowed."""
    name = f"{unit} {opened} {resolved}"
    same = {"case_id": name, "unit_id": unit, "priority": "high", "opened_at": at(opened, zone=LONDON)}
    steps = ((opened, "New"), (resolved, "Resolved"))
    return [
        same | {"state": state, "updated_at": at(moment, zone=LONDON), "source_line": line}
        for line, (moment, state) in enumerate(steps, start=2)
    ]


def judged(*cases: list[dict[str, Any]], clock: str = "calendar: business") -> IncidentResult:
    world = World({"units": list(UNITS), "incident_events": [row for events in cases for row in events]})
    context = context_of(Engagement(RUN, world, law(clock)))
    assert isinstance(context, DeskContext)
    result = reperform(world, context)
    assert isinstance(result, IncidentResult)
    return result


def status(result: IncidentResult, unit: str) -> Any:
    return result.cases.set_index("unit_id")["status:resolution_business"].fillna("").get(unit)


def test_a_holiday_of_one_place_stops_the_clock_there_alone() -> None:
    """Easter Monday 2016 is a holiday in England, not in Scotland."""
    opened, resolved = "2016-03-28 10:00", "2016-03-29 16:59"
    result = judged(case("EDI", opened, resolved), case("LON", opened, resolved))
    assert (status(result, "EDI"), status(result, "LON")) == ("late", "met")
    names = result.calendars().to_frame().set_index("calendar")["used_by"].to_dict()
    assert names["business/Europe/London/GB-SCT"] == "EDI"
    assert "SEA" not in " ".join(names.values())  # it had no case


def test_a_unit_without_a_country_counts_on_neither_side_and_is_named() -> None:
    opened, resolved = "2016-06-06 10:00", "2016-06-06 17:00"
    result = judged(case("SEA", opened, resolved), case("EDI", opened, resolved))
    assert (status(result, "SEA"), status(result, "EDI")) == ("", "met")
    assert list(result.cases["status:resolution_24x7"]) == ["met", "met"]
    assert result.counts("all")["resolution_business"] == 1
    told = " ".join(sentence.text for sentence in ClocksAnswer(result).summary())
    assert "1 incident counts on neither side of a clock" in told
    (used,) = calendars_of(ClocksAnswer(result))
    assert any(
        "1 unit has no calendar: the register names no country for SEA" in s.text for s in used.summary()
    )


def test_a_policy_may_name_the_calendar_by_unit_and_a_case_of_no_unit_has_the_other() -> None:
    clock = "calendars: {by: unit_id, of: {EDI: 24x7}, otherwise: weekdays}"
    opened, resolved = "2016-06-03 18:00", "2016-06-04 03:00"  # Friday to Saturday: nine hours by the wall
    cases = [case(unit, opened, resolved) for unit in ("EDI", "LON", None, "NEW")]
    result = judged(*cases, clock=clock)
    assert {unit: status(result, unit) for unit in ("EDI", "LON", "NEW")} == {
        "EDI": "late", "LON": "met", "NEW": "met",
    }  # fmt: skip
    assert result.cases["status:resolution_business"].notna().all()
