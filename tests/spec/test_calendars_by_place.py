"""Windows and holidays follow the unit's place, by hand: regions too, and one calendar per kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from escalation_world import PARAMS, World, at, context, day
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.errors import ParameterError
from auditlib.escalation import EscalationAnswer, EscalationPolicy, EscalationResult, reperform
from auditlib.obligations import CalendarChoice, UnitPlace, calendars_of, hours_of_rule, working_hours
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import load
from auditlib.records import Refusal
from auditlib.time.clause import deadline_one

LONDON, BERLIN = "Europe/London", "Europe/Berlin"
PLACES = (
    UnitPlace("EDI", LONDON, "GB", "GB-SCT", unit_type="branch"),
    UnitPlace("LON", LONDON, "GB", "ENG", unit_type="contact_centre"),
    UnitPlace("MUC", BERLIN, "DE", "DE-BY", unit_type="branch"),
    UnitPlace("BER", BERLIN, "DE", "BE", unit_type="contact_centre"),
)
HOUR = 3_600_000_000
REACHED = {"reached": True, "declined": False}
OTHERS = {"follow_up_id": "F9", "response_id": "R9", "held_at": 0} | REACHED
"""A contact after a response that is not in the evidence: the table holds a row."""


def calendar(name: str) -> CalendarFile:
    path = PARAMS / "calendars" / f"{name}.yaml"
    return load(CalendarFile, path.read_text(encoding="utf-8"), name=name)


@pytest.mark.parametrize(
    ("unit", "zone", "start", "due"),
    [
        # 2 January is a holiday in Scotland alone; 1 January 2025 is a Wednesday.
        ("LON", LONDON, "2024-12-31 16:00", "2025-01-02 16:00"),
        ("EDI", LONDON, "2024-12-31 16:00", "2025-01-03 16:00"),
        # 26 December is one in both; in 2025 it is a Friday.
        ("LON", LONDON, "2025-12-24 16:00", "2025-12-29 16:00"),
        ("EDI", LONDON, "2025-12-24 16:00", "2025-12-29 16:00"),
        # St Andrew's, 30 November, is a Sunday in 2025: Scotland has the Monday off.
        ("LON", LONDON, "2025-11-28 16:00", "2025-12-01 16:00"),
        ("EDI", LONDON, "2025-11-28 16:00", "2025-12-02 16:00"),
        # Epiphany, a Monday in 2025, is a holiday in Bavaria and none in Berlin.
        ("BER", BERLIN, "2025-01-03 16:00", "2025-01-06 16:00"),
        ("MUC", BERLIN, "2025-01-03 16:00", "2025-01-07 16:00"),
        # Corpus Christi, Thursday 19 June 2025, likewise.
        ("BER", BERLIN, "2025-06-18 16:00", "2025-06-19 16:00"),
        ("MUC", BERLIN, "2025-06-18 16:00", "2025-06-20 16:00"),
    ],
)
def test_eight_business_hours_by_hand(unit: str, zone: str, start: str, due: str) -> None:
    hours = working_hours(calendar("business"), PLACES, years=range(2024, 2027))
    clock = hours.calendars[hours.of_unit[unit]]
    assert deadline_one(clock, at(start, zone=zone), 8 * HOUR) == at(due, zone=zone)


@pytest.mark.parametrize(("code", "area"), [("GB-SCT", "GB-SCT"), ("SCT", "GB-SCT"), ("", "GB")])
def test_a_subdivision_is_read_with_and_without_its_country(code: str, area: str) -> None:
    hours = working_hours(calendar("business"), [UnitPlace("U", LONDON, "GB", code)], years=[2025])
    assert hours.of_unit == {"U": f"business/Europe/London/{area}"}


@pytest.mark.parametrize("code", ["GB-XXX", "XXX", "DE-BY", "scotland"])
def test_an_unknown_subdivision_is_refused_with_the_unit_and_those_that_are_known(code: str) -> None:
    with pytest.raises(ParameterError, match=f"unit U: '{code}'") as caught:
        working_hours(calendar("business"), [UnitPlace("U", LONDON, "GB", code)], years=[2025])
    assert "ENG, NIR, SCT, WLS" in caught.value.problems[0].remedy


def policy(**choice: Any) -> str:
    text = (PARAMS / "policies" / "escalation.yaml").read_text(encoding="utf-8")
    named = ", ".join(f"{key}: {value}" for key, value in choice["of"].items())
    otherwise = f", otherwise: {choice['otherwise']}" if "otherwise" in choice else ""
    new = f"calendars: {{by: {choice['by']}, of: {{{named}}}{otherwise}}}"
    return text.replace("calendar: business", new, 1)


def contacts(unit: str, held: str, text: str, **more: Any) -> tuple[str, str]:
    sent = "2025-06-18 16:00"
    world = World(
        {
            "responses": [
                {
                    "response_id": "R1",
                    "survey_type": "visit",
                    "unit_id": unit,
                    "submitted_at": at(sent),
                    "submitted_day": day("2025-06-18"),
                    "anonymous": False,
                    "q_overall": 2.0,
                }
            ],
            "follow_ups": [{"follow_up_id": "F1", "response_id": "R1", "held_at": at(held)} | REACHED | more],
        }
    )
    found = reperform(world, context(as_of="2025-12-01 12:00", policy=text, units=PLACES))
    assert isinstance(found, EscalationResult)
    (row,) = found.rows[found.rows["duty"] == "contact"].itertuples()
    return row.status, row.detail


@pytest.mark.parametrize(
    ("unit", "held", "status"),
    [
        # The contact centres work day and night, on Corpus Christi too; branches keep business hours.
        ("BER", "2025-06-19 00:00", "met"),
        ("BER", "2025-06-19 00:00:00.000001", "late"),
        ("MUC", "2025-06-20 16:00", "met"),
        ("MUC", "2025-06-20 16:00:00.000001", "late"),
    ],
)
def test_a_policy_names_a_calendar_for_each_type_of_unit(unit: str, held: str, status: str) -> None:
    text = policy(by="unit_type", of={"contact_centre": "24x7", "branch": "business"})
    assert contacts(unit, held, text)[0] == status


def test_by_subdivision_the_policy_may_write_the_country_or_leave_it_out() -> None:
    for code in ("DE-BY", "BY"):
        text = policy(by="subdivision", of={code: "24x7"}, otherwise="business")
        assert contacts("MUC", "2025-06-19 00:00:00.000001", text)[0] == "late"
        assert contacts("BER", "2025-06-19 16:00", text)[0] == "met"


def test_a_unit_that_no_calendar_is_named_for_is_judged_on_neither_side() -> None:
    text = policy(by="unit_type", of={"branch": "business"})
    assert contacts("BER", "2025-06-18 17:00", text) == ("unknown", "no calendar for the unit")
    assert contacts("BER", "2025-11-18 17:00", text) == ("unknown", "no calendar for the unit")
    assert contacts("MUC", "2025-06-18 17:00", text)[0] == "met"
    with_default = policy(by="unit_type", of={"branch": "business"}, otherwise="business")
    assert contacts("BER", "2025-06-18 17:00", with_default)[0] == "met"


def test_units_without_a_calendar_are_counted_and_named() -> None:
    text = policy(by="unit_type", of={"branch": "business"})
    used = context(as_of="2025-12-01 12:00", policy=text, units=PLACES)
    assert not isinstance(used, Refusal)
    world = World({"responses": [_unhappy("R1", "BER"), _unhappy("R2", "EDI")], "follow_ups": [OTHERS]})
    found = reperform(world, used)
    assert isinstance(found, EscalationResult)
    assert found.undecided == {"no calendar for the unit": 2}  # the contact, and writing it down
    assert any(
        "2 duties count on neither side" in sentence.text for sentence in EscalationAnswer(found).summary()
    )
    told = [sentence.text for sentence in calendars_of(EscalationAnswer(found))[0].summary()]
    assert "2 units have no calendar: the policy names none for LON and BER." in told
    assert found.of("contact").to_frame().iloc[0][["judged", "unknown"]].tolist() == [1, 1]


def _unhappy(name: str, unit: str) -> dict[str, Any]:
    sent = {"submitted_at": at("2025-06-18 16:00"), "submitted_day": day("2025-06-18")}
    given_ = {"response_id": name, "survey_type": "visit", "unit_id": unit}
    return given_ | sent | {"anonymous": False, "q_overall": 2.0}


def test_each_calendar_names_its_units_and_one_for_all_is_said(tmp_path: Path) -> None:
    own = context(as_of="2025-12-01 12:00", units=PLACES)
    world = World({"responses": [_unhappy("R1", "BER")], "follow_ups": [OTHERS]})
    found = reperform(world, own)
    assert isinstance(found, EscalationResult)
    frame = found.calendars().to_frame().set_index("calendar")
    assert frame.loc["business/Europe/London/GB-SCT", "used_by"] == "EDI"
    assert frame.loc["24x7", "units"] == 4
    assert not [
        s for s in calendars_of(EscalationAnswer(found))[0].summary() if "One calendar for all" in s.text
    ]
    text = (PARAMS / "policies" / "escalation.yaml").read_text(encoding="utf-8")
    shared = context(
        as_of="2025-12-01 12:00", policy=text.replace("calendar: business", "calendar: desk"), units=PLACES
    )
    said = reperform(world, shared)
    assert isinstance(said, EscalationResult)
    (sentence,) = calendars_of(EscalationAnswer(said))[0].summary()
    assert sentence.text == (
        "One calendar for all: every clock of desk runs on the same hours and holidays, although the units "
        "stand in DE-BE, DE-BY, GB-ENG and GB-SCT."
    )


def test_a_country_whose_parts_have_their_own_holidays_is_said_where_no_unit_names_one() -> None:
    plain = [UnitPlace("U1", BERLIN, "DE"), UnitPlace("U2", BERLIN, "DE", "BY")]
    found = reperform(
        World({"responses": [_unhappy("R1", "U1")], "follow_ups": [OTHERS]}),
        context(as_of="2025-12-01 12:00", units=plain),
    )
    assert isinstance(found, EscalationResult)
    (sentence,) = calendars_of(EscalationAnswer(found))[0].summary()
    assert sentence.text == (
        "1 unit names no subdivision and is closed on the holidays of the whole country alone; "
        "there are parts of DE with holidays of their own."
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "calendar: business",
            "calendar: business\n    calendars: {by: country, of: {DE: desk}}",
            "one calendar",
        ),
        ("calendar: business", "calendars: {by: colour, of: {DE: desk}}", "by"),
        ("calendar: business", "calendars: {by: country, of: {}}", "of"),
    ],
)
def test_a_choice_of_calendars_that_makes_no_sense_is_refused(old: str, new: str, message: str) -> None:
    text = (PARAMS / "policies" / "escalation.yaml").read_text(encoding="utf-8").replace(old, new, 1)
    with pytest.raises(ParameterError, match=message):
        load(EscalationPolicy, text, name="escalation.yaml")


@given(
    unit=st.sampled_from(PLACES),
    minutes=st.integers(0, 500_000),
    limit=st.sampled_from([8, 24]),
    choice=st.sampled_from(
        [("unit_type", "branch"), ("country", "GB"), ("subdivision", "BY"), ("unit_id", "BER")]
    ),
)
@settings(max_examples=25, deadline=None)
def test_the_table_gives_every_unit_the_deadline_of_the_clause(
    unit: UnitPlace, minutes: int, limit: int, choice: tuple[str, str]
) -> None:
    by, value = choice
    text = policy(by=by, of={value: "weekdays"}, otherwise="business")
    sent = at("2025-01-01 00:00") + minutes * 60_000_000
    response = _unhappy("R1", unit.unit_id) | {"submitted_at": sent, "q_overall": 2.0 if limit == 8 else 3.0}
    world = World({"responses": [response], "follow_ups": [OTHERS]})
    law = context(as_of="2026-06-01 12:00", policy=text, units=PLACES)
    found = reperform(world, law)
    assert isinstance(found, EscalationResult)
    due = found.rows.set_index("duty").loc["contact", "due_at"]
    rule = law.policy.rule("contact")
    assert rule is not None
    named = CalendarChoice(by=by, of={value: "weekdays"}, otherwise="business").calendar_of(unit)
    one = working_hours(calendar(named), [unit], years=range(2024, 2028))
    assert due == deadline_one(one.calendars[one.of_unit[unit.unit_id]], sent, limit * HOUR)
    both = hours_of_rule(
        rule, {name: calendar(name) for name in rule.calendar_files}, PLACES, years=range(2024, 2028)
    )
    assert both.calendars[both.of_unit[unit.unit_id]].week == one.calendars[one.of_unit[unit.unit_id]].week
