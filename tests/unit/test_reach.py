"""Channels: open time that outages take, parity within kinds of matter, matters that come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, stdtrit
from small_company import Evidence, rows, run

from auditlib.audit.numerals import orphans
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.engagement import Engagement
from auditlib.records import Refusal
from auditlib.service_levels import reachable
from auditlib.service_levels.reach import ReachAnswer
from auditlib.service_levels.reach.availability import Availability, hours_in
from auditlib.service_levels.reach.contact_counts import Count, Trait
from auditlib.service_levels.reach.downtime import TimeSpan, lost, lost_one
from auditlib.service_levels.reach.episodes import Episodes, episodes
from auditlib.service_levels.reach.parity import Turn
from auditlib.service_levels.reach.same_mix import Side
from auditlib.service_levels.reach.statements import kinds_title
from auditlib.time.epoch import DAY, SECOND
from auditlib.time.timetable import timetable
from auditlib.time.zones import local_day, zone

HOUR = 3_600 * SECOND
ROOT = Path(__file__).parents[2]
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
OFFICE = "calendar: office\ntitle: Office\ntime_zone: unit\nwindows:\n" + "".join(
    f"  {day}: ['09:00-17:00']\n" for day in WEEK
)
HALF_SATURDAYS = OFFICE.replace("office", "loja") + "  saturday: ['09:00-13:00']\nholidays: {country: unit}\n"
ALWAYS = (ROOT / "params" / "calendars" / "24x7.yaml").read_text("utf-8")


def registry(**channels: str) -> str:
    """Return a registry; of each channel the calendar, with ``!`` where a customer can leave it."""
    lines = [
        f"  {name}: {{title: {name.replace('_', ' ')}, calendar: {calendar.rstrip('!')}, live: "
        f"{str('!' in calendar).lower()}, can_leave: {str('!' in calendar).lower()}}}\n"
        for name, calendar in channels.items()
    ]
    return "policy: channels\nedition: '2025'\ntitle: Ours\nchannels:\n" + "".join(lines)


class Held(Evidence):
    """Evidence to which small tables can be joined."""

    def lazy_of(self, columns: Mapping[str, Any]) -> Any:
        return nw.from_native(self.connection.from_arrow(pa.table(dict(columns))))


def ask(
    tables: dict[str, Sequence[dict[str, Any]]],
    policy: str = "",
    *,
    drop: Sequence[str] = (),
    units: Sequence[dict[str, Any]] = ({"unit_id": "U1", "time_zone": "Europe/Berlin", "country": "DE"},),
    **chosen: Any,
) -> ReachAnswer:
    """Put the question to tables; `drop` leaves columns of contacts out."""
    held = {name: rows(name, *each) for name, each in ({"units": units} | tables).items()}
    if drop:
        held["interactions"] = held["interactions"].drop_columns(list(drop))
    texts = {
        "policies/channels.yaml": policy,
        "calendars/office.yaml": OFFICE,
        "calendars/loja.yaml": HALF_SATURDAYS,
        "calendars/24x7.yaml": ALWAYS,
    }
    policies = ["channels@2025"] if policy else []
    return reachable(Engagement(run(policies=policies, **chosen), Held(held, ()), texts))


def at(text: str, place: str = "Europe/Berlin") -> int:
    """Return the instant of a wall clock, in UTC microseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(place)).timestamp() * SECOND)


def outage(
    start: str, end: str | None, *, channel: str = "phone", unit: str | None = None, **more: Any
) -> dict[str, Any]:
    row = {
        "outage_id": f"{channel} {start}", "unit_id": unit, "channel": channel, "started_at": at(start),
        "started_second": 0, "ended_at": None if end is None else at(end), "ended_second": 0,
        "started_day": at(start) // DAY, "ended_day": None if end is None else at(end) // DAY,
    }  # fmt: skip
    return row | more


def contact(number: int, channel: str = "phone", **more: Any) -> dict[str, Any]:
    """Return a contact, one of twenty of its day, answered after half a minute and resolved at once."""
    offered = at("2024-01-08T10:00") + number // 20 * DAY % (40 * DAY) + number % 20 * 60 * SECOND
    day = local_day(zone("Europe/Berlin"), offered)
    row = {
        "interaction_id": f"T{number:06d}", "unit_id": "U1", "channel": channel, "offered_at": offered,
        "offered_day": day, "offered_second": 0, "answered_at": offered + 30 * SECOND, "answered_second": 0,
        "ended_at": offered + 90 * SECOND, "abandoned": False, "resolved_first": True, "matter": "invoice",
        "customer_id": f"C{number}", "handed_over": False, "preferred_channel": channel,
    }  # fmt: skip
    return row | more


def given_up(number: int, channel: str = "phone", **more: Any) -> dict[str, Any]:
    nobody = {"answered_at": None, "answered_second": None, "abandoned": True, "resolved_first": None}
    return contact(number, channel, **nobody, handed_over=None, **more)


def unfounded(answer: ReachAnswer) -> list[str]:
    numbers = {number.key: number for number in answer.numbers()}
    said = (*answer.summary(), *answer.limits())
    return [orphan for line in said for orphan in orphans(line.text, [numbers[key] for key in line.keys])]


def texts(answer: ReachAnswer) -> str:
    return " ".join(line.text for line in (*answer.summary(), *answer.limits()))


# ---- open time that outages take

CLOCKS = {
    "Europe/Berlin": at("2024-03-30T00:00"),
    "America/Sao_Paulo": at("2018-11-03T00:00", "America/Sao_Paulo"),
    "Australia/Lord_Howe": at("2024-04-06T00:00", "Australia/Lord_Howe"),
}
"""A day and a half before each zone changes its clocks."""
WINDOWS = (
    {"monday": ["09:00-17:00"], "saturday": ["09:00-13:00"], "sunday": ["00:00-24:00"]},
    {day: ["00:00-24:00"] for day in (*WEEK, "saturday", "sunday")},
    {"saturday": ["22:00-06:00"], "sunday": ["08:00-12:00", "13:00-18:00"]},
)
MINUTES = st.integers(-600, 6_000).map(lambda minutes: minutes * 60 * SECOND)


@settings(deadline=None, max_examples=60)
@given(
    place=st.sampled_from(sorted(CLOCKS)),
    windows=st.sampled_from(WINDOWS),
    ends=st.lists(st.tuples(MINUTES, MINUTES), max_size=6),
)
def test_open_time_lost_on_a_timetable_is_what_the_scalar_reference_says(place, windows, ends) -> None:
    start = CLOCKS[place]
    calendar = CalendarFile(calendar="ours", title="Ours", time_zone=place, windows=windows).resolve(
        years=[2024]
    )
    within = TimeSpan(start, start + 4 * DAY)
    outages = [TimeSpan(start + first, start + last) for first, last in ends]
    table = timetable(calendar, *within)
    arrays = (np.array([end[place] for end in outages], dtype=np.int64) for place in (0, 1))
    assert lost(table, *arrays, within=within) == lost_one(calendar, outages, within=within)


def test_outages_count_once_and_in_opening_hours_alone() -> None:
    # 23 + 21 weekdays of January and February 2024: 352 hours open. Lost: Wednesday 16-17 and Thursday 9-10;
    # then 10-15 by two that overlap; 5 by the one without an end, until the period is over; nothing at
    # weekends, before 9 and after 17.
    outages = [
        outage("2024-01-10T16:00", "2024-01-11T10:00"),
        outage("2024-01-16T10:00", "2024-01-16T13:00"),
        outage("2024-01-16T12:00", "2024-01-16T15:00", unit="U1"),
        outage("2024-01-20T00:00", "2024-01-22T09:00"),
        outage("2024-01-23T17:00", "2024-01-24T09:00"),
        outage("2024-02-29T12:00", None),
        outage("2024-02-01T10:00", "2024-02-01T11:00", channel="fax"),
    ]
    answer = ask(
        {"outages": outages, "interactions": [contact(1)]}, registry(phone="office!", chat="office!")
    )
    up = answer.result.availability
    assert isinstance(up, Availability)
    (phone,) = up.channels
    assert (hours_in(phone.open_time), [hours_in(part) for part in phone.lost]) == (352, [12, 12])
    assert (phone.outages, phone.idle, phone.endless) == (4, 2, 1)
    assert up.unentered == ("chat",)
    assert [entry.outage_id for entry in up.endless] == ["phone 2024-02-29T12:00"]
    assert up.unregistered == 1
    assert answer.facts["available:phone"].value == pytest.approx(1 - 12 / 352)
    (endless,) = (one for one in answer.findings() if one.subject == "outages:endless")
    assert [case.id for case in endless.cases] == ["phone 2024-02-29T12:00"]
    assert "chat is promised, and no contact came" in " ".join(
        one.headline.lower() for one in answer.findings()
    )
    assert unfounded(answer) == []


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2024-03-31T01:00", "2024-03-31T04:00", 2),
        ("2023-10-29T01:00", "2023-10-29T04:00", 4),
        ("2024-03-30T22:30", "2024-03-31T03:30", 4),
    ],
)
def test_an_outage_across_a_clock_change_lasts_the_seconds_that_pass(
    start: str, end: str, hours: int
) -> None:
    answer = ask(
        {"outages": [outage(start, end)]},
        registry(phone="24x7!"),
        period={"start": "2023-10-01", "end": "2024-03-31"},
        as_of="2024-04-15T12:00:00Z",
    )
    (phone,) = answer.result.availability.channels
    assert [hours_in(part) for part in phone.lost] == [hours, hours]
    assert hours_in(phone.open_time) == 183 * 24  # an hour more in October, an hour less in March


def test_an_outage_known_by_its_day_alone_leaves_availability_open() -> None:
    whole = {"started_second": -1, "ended_second": -1}
    day = outage("2024-01-16T00:00", "2024-01-16T00:00", **whole)
    answer = ask({"outages": [day]}, registry(phone="office!"))
    (phone,) = answer.result.availability.channels
    assert [hours_in(part) for part in phone.lost] == [0, 8]
    assert "97.7% to 100.0% of its opening hours" in texts(answer)


def test_months_without_an_entry_are_named_and_availability_is_said_without_them_too() -> None:
    """January has 23 working days of 8 hours and one outage of 8; February has no entry."""
    policy = registry(phone="office!", chat="office!")
    night = outage("2024-01-10T20:00", "2024-01-10T21:00", channel="chat")
    answer = ask({"outages": [night, outage("2024-01-10T09:00", "2024-01-10T17:00")]}, policy)
    phone, chat = answer.result.availability.channels
    assert phone.shares == (pytest.approx(1 - 8 / 352),) * 2
    assert phone.shares_entered == (pytest.approx(1 - 8 / 184),) * 2
    assert chat.shares_entered == (1, 1)
    said = texts(answer)
    assert "has no entry in 1 month of the period (2024-02)" in said
    assert (
        "kept in the others alone (2024-01), channels could be reached from 95.7% (phone) to 100.0%" in said
    )
    assert "Ask whether the register was kept in every month." in said
    assert answer.channels()[0].frame["available_entered"].tolist() == pytest.approx([1 - 8 / 184, 1])
    assert unfounded(answer) == []
    later = outage("2024-02-10T09:00", "2024-02-10T10:00", channel="fax")
    whole = ask({"outages": [outage("2024-01-10T09:00", "2024-01-10T17:00"), night, later]}, policy)
    assert "has no entry" not in texts(whole)
    assert whole.result.availability.channels[0].shares_entered is None


def test_a_channel_without_an_entry_in_the_register_is_not_told_to_be_available() -> None:
    """Of chat nobody wrote an outage down, whether it has contacts or none: unknown is never good."""
    policy = registry(phone="office!", chat="office!", post="office")
    held = {"outages": [outage("2024-01-10T16:00", "2024-01-10T17:00")], "interactions": [contact(1, "chat")]}
    answer = ask(held, policy)
    assert answer.result.availability.unentered == ("chat", "post")
    assert not {"available:chat", "available:post"} & set(answer.facts)
    said = texts(answer)
    assert "Phone could be reached in 99.7% of its opening hours." in said
    assert (
        "For 2 channels the register has no entry (chat and post): whether they could always be reached or "
        "nobody wrote anything down, it leaves open."
    ) in said
    assert "100.0% (" not in said
    assert answer.channels()[0].frame["available"].isna().tolist() == [False, True, True]
    assert unfounded(answer) == []


def test_where_no_answered_contact_says_a_trait_nothing_is_said_of_it_and_nothing_stops() -> None:
    """Who gave up waiting is said to be handed over or not, and nobody was answered."""
    contacts = [contact(number, answered_at=None, abandoned=True, handed_over=False) for number in range(40)]
    answer = ask({"interactions": contacts}, registry(phone="office!"))
    assert answer.facts["handed_over"].value is None
    assert "Contacts handed over: not assessable. No contact says whether it was handed over." in texts(
        answer
    )
    assert unfounded(answer) == []


def test_a_register_of_no_promised_channel_says_nothing_of_them() -> None:
    fax = outage("2024-01-10T16:00", "2024-01-10T17:00", channel="fax")
    answer = ask({"outages": [fax]}, registry(phone="office!"))
    assert "has no entry for a promised channel" in answer.result.availability.reason


def test_a_gap_between_months_with_entries_is_left_out_of_both_sides() -> None:
    outages = [outage("2024-01-31T09:00", "2024-01-31T17:00"), outage("2024-03-01T09:00", "2024-03-01T17:00")]
    period, as_of = {"start": "2024-01-01", "end": "2024-03-31"}, "2024-04-15T12:00:00Z"
    answer = ask({"outages": outages}, registry(phone="office!"), period=period, as_of=as_of)
    (phone,) = answer.result.availability.channels
    assert phone.shares_entered == (pytest.approx(1 - 16 / (8 * (23 + 21))),) * 2


@pytest.mark.parametrize(
    ("tables", "policy", "reason"),
    [
        ({}, registry(phone="office!"), "no register of outages"),
        ({"outages": []}, registry(phone="office!"), "has no entry"),
        ({"outages": [outage("2024-01-10T16:00", None)]}, "", "names no registry"),
    ],
)
def test_without_a_register_or_a_registry_availability_is_refused(tables, policy, reason) -> None:
    answer = ask({"interactions": [contact(1)], **tables}, policy)
    assert isinstance(answer.result.availability, Refusal)
    assert reason in texts(answer)
    assert answer.facts["available"].value is None
    assert unfounded(answer) == []


def test_units_of_no_known_country_are_left_out_and_counted() -> None:
    units = ({"unit_id": "U1", "time_zone": "Europe/Lisbon", "country": "PT"}, {"unit_id": "U2"})
    answer = ask({"outages": [outage("2024-01-10T16:00", None)]}, registry(phone="loja!"), units=units)
    (phone,) = answer.result.availability.channels
    assert [unit.unit_id for unit in phone.units] == ["U1"]
    assert "1 unit has no known opening hours" in texts(answer)


# ---- parity


def simpson() -> list[dict[str, Any]]:
    """Return contacts of which phone resolves more of each kind of matter, and fewer of all.

    Phone: 600 of 1,000 hard and 190 of 200 easy ones, 65.8%; chat: 100 of 200 hard and 850 of 1,000 easy
    ones, 79.2%.
    """
    cells = (
        ("phone", "defect", 600, 1000), ("phone", "password", 190, 200),
        ("chat", "defect", 100, 200), ("chat", "password", 850, 1000),
    )  # fmt: skip
    kinds = [
        (channel, matter, place < resolved)
        for channel, matter, resolved, size in cells
        for place in range(size)
    ]
    order = np.random.default_rng(3).permutation(len(kinds))
    return [
        contact(number, kinds[place][0], matter=kinds[place][1], resolved_first=kinds[place][2])
        for number, place in enumerate(order)
    ]


def test_a_comparison_that_the_mix_of_matters_reverses_is_said_to_be_reversed() -> None:
    answer = ask({"interactions": simpson()}, registry(phone="office!", chat="office!"))
    parity = answer.result.parity(Trait.AT_ONCE)
    assert parity is not None
    phone = next(entry for entry in parity.channels if entry.channel == "phone")
    assert phone.within is not None
    assert (phone.whole.side, phone.within.side, phone.turn) == (Side.LOWER, Side.HIGHER, Turn.REVERSED)
    assert phone.whole.share == pytest.approx(790 / 1200)
    # both kinds have 1,200 contacts: the common mix is one half each
    assert phone.within.share == pytest.approx((0.6 + 0.95) / 2)
    assert phone.within.others == pytest.approx((0.5 + 0.85) / 2)
    assert "The mix of matters turns the comparison round: of contacts by phone 65.8%" in texts(answer)
    for part in answer.parts():
        assert {number.key: number for number in part.numbers()}.items() <= {
            number.key: number for number in answer.numbers()
        }.items()
    table = answer.parts()[0].beside().frame.set_index("channel")
    assert (table.loc["phone", "side"], table.loc["phone", "side_within"]) == ("lower", "higher")
    assert unfounded(answer) == []


def wilson_ends(share: float, worth: float, z: float) -> tuple[float, float]:
    """Return Wilson's limits as his paper writes them."""
    centre = (share + z * z / (2 * worth)) / (1 + z * z / worth)
    half = z / (1 + z * z / worth) * (share * (1 - share) / worth + z * z / (4 * worth * worth)) ** 0.5
    return centre - half, centre + half


def plain_ends(contacts: Sequence[dict[str, Any]], channel: str, z: float) -> tuple[float, float]:
    """Return the limits of a channel's share at the mix of one half each, a contact after the other."""
    ours = [row for row in contacts if row["channel"] == channel]
    share, days, alone = 0.0, dict[int, float](), 0.0
    for matter in ("defect", "password"):
        own = [row for row in ours if row["matter"] == matter]
        met = sum(row["resolved_first"] for row in own) / len(own)
        share += met / 2
        alone += 0.25 / len(own)
        for row in own:
            days[row["offered_day"]] = days.get(row["offered_day"], 0.0) + (row["resolved_first"] - met) / (
                2 * len(own)
            )
    every = len(days)
    variance = sum(part**2 for part in days.values()) * every / (every - 1)
    assert variance > share * (1 - share) * alone  # days go together
    surely = (z / float(stdtrit(every - 1, ndtr(z)))) ** 2  # Korn and Graubard
    return wilson_ends(share, share * (1 - share) / variance * surely, z)


def test_the_error_of_a_difference_is_that_of_a_plain_sum_over_unit_days() -> None:
    contacts = simpson()
    bad_days = {row["offered_day"] for row in contacts[::240]}
    contacts = [
        {**row, "resolved_first": row["resolved_first"] and row["offered_day"] not in bad_days}
        for row in contacts
    ]
    parity = ask({"interactions": contacts}, registry(phone="24x7!")).result.parity(Trait.AT_ONCE)
    (entry,) = (one for one in parity.channels if one.channel == "phone")
    assert entry.within is not None
    z = 2.241402727604947  # two channels share 5%: 97.5% each
    (low, high), (below, above) = (plain_ends(contacts, name, z) for name in ("phone", "chat"))
    share, others, apart = entry.within.share, entry.within.others, entry.within.value
    ends = entry.within.interval
    assert ends.low == pytest.approx(apart - ((share - low) ** 2 + (above - others) ** 2) ** 0.5, abs=1e-9)
    assert ends.high == pytest.approx(apart + ((high - share) ** 2 + (others - below) ** 2) ** 0.5, abs=1e-9)


def test_chance_alone_sets_no_channel_apart_more_often_than_is_said() -> None:
    apart = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        contacts = [
            contact(number, ("phone", "chat", "app")[number % 3], resolved_first=bool(rng.random() < 0.7),
                    matter=("a", "b")[int(rng.random() < 0.4)])
            for number in range(900)
        ]  # fmt: skip
        parity = ask({"interactions": contacts}).result.parity(Trait.AT_ONCE)
        apart += any(entry.whole.side in (Side.HIGHER, Side.LOWER) or entry.turn for entry in parity.channels)
    assert apart <= 2


def test_a_log_that_holds_nobody_who_gave_up_is_a_finding_and_compared_with_nothing() -> None:
    phone = [given_up(number) if number % 5 == 0 else contact(number) for number in range(300)]
    chat = [contact(number, "chat") for number in range(300, 600)]
    app = [contact(number, "app") for number in range(600, 900)]
    desk = [
        given_up(number, "desk") if number % 9 == 0 else contact(number, "desk")
        for number in range(900, 1200)
    ]
    policy = registry(phone="office!", chat="office!", app="24x7", desk="office!")
    answer = ask({"interactions": phone + chat + app + desk}, policy)
    parity = answer.result.parity(Trait.GIVEN_UP)
    assert parity is not None
    assert parity.silent == (("chat", 300),)
    assert {entry.channel for entry in parity.channels} == {"phone", "desk"}
    assert [one.subject for one in answer.findings()] == ["silent:chat"]
    assert "The log of chat holds nobody who gave up, in 300 contacts" in texts(answer)
    assert unfounded(answer) == []
    spoken = [replace_with_one_leaver(row) for row in phone + chat + app + desk]
    loud = ask({"interactions": spoken}, policy)
    assert loud.result.parity(Trait.GIVEN_UP).silent == ()
    assert loud.findings() == ()


def replace_with_one_leaver(row: dict[str, Any]) -> dict[str, Any]:
    """Return a contact; the one of the number 400 is given up."""
    return given_up(400, "chat") if row["interaction_id"] == "T000400" else row


def test_contacts_of_which_it_is_not_known_take_a_difference_back() -> None:
    sure = [contact(number, "phone", resolved_first=number % 10 < 9) for number in range(400)]
    sure += [contact(number, "chat", resolved_first=number % 10 < 6) for number in range(400, 800)]
    sides = [entry.whole.side for entry in ask({"interactions": sure}).result.parity(Trait.AT_ONCE).channels]
    assert sorted(sides) == [Side.HIGHER, Side.LOWER]
    silent = [contact(number, "chat", resolved_first=None) for number in range(800, 2000)]
    parity = ask({"interactions": sure + silent}).result.parity(Trait.AT_ONCE)
    assert [entry.whole.side for entry in parity.channels] == [Side.OPEN, Side.OPEN]
    assert next(entry.count for entry in parity.channels if entry.channel == "chat").unknown == 1200


def test_contacts_said_to_be_both_answered_and_given_up_are_known_of_nothing() -> None:
    sure = [contact(number, "phone" if number % 2 else "chat") for number in range(600)]
    sure[1::20] = [given_up(number) for number in range(1, 600, 20)]
    both = [contact(number, "chat", abandoned=True) for number in range(600, 700)]
    policy = registry(phone="office!", chat="office!")
    answer = ask({"interactions": sure + both}, policy)
    for trait in (Trait.AT_ONCE, Trait.HANDED_OVER, Trait.BY_CHOICE):
        assert answer.result.trait(trait).total.unknown == 100
    given = answer.result.parity(Trait.GIVEN_UP)
    assert [entry.count.unknown for entry in given.channels if entry.channel == "chat"] == [100]
    assert "100 contacts are said to be both answered and given up, and count as neither." in texts(answer)
    assert answer.result.medians["chat"][1] == 300
    assert unfounded(answer) == []
    assert "said to be both" not in texts(ask({"interactions": sure}, policy))


OPTIONAL = ("matter", "customer_id", "handed_over", "preferred_channel", "resolved_first", "abandoned")


@pytest.mark.parametrize("column", OPTIONAL)
def test_without_a_column_no_answer_gets_better_and_what_to_ask_for_is_said(column: str) -> None:
    policy = registry(phone="office!", chat="office!")
    whole = ask({"interactions": simpson()}, policy)
    silent = [{**row, column: None} for row in simpson()]
    answers = [ask({"interactions": silent}, policy)]
    if column not in ("resolved_first", "abandoned"):  # these are stored in any case
        answers.append(ask({"interactions": simpson()}, policy, drop=[column]))
    for answer in answers:
        named = {
            (parity.trait, entry.channel, entry.whole.side)
            for parity in answer.result.parities
            for entry in parity.channels
            if entry.whole.side is not Side.OPEN
        }
        before = {
            (parity.trait, entry.channel, entry.whole.side)
            for parity in whole.result.parities
            for entry in parity.channels
        }
        assert named <= before
        assert "Ask " in texts(answer)
        assert unfounded(answer) == []


def test_contacts_and_channels_that_are_not_named_are_counted() -> None:
    contacts = [contact(1), contact(2, None), contact(3, "fax"), contact(4, "fax")]
    answer = ask({"interactions": contacts}, registry(phone="office!", post="office"))
    assert answer.result.silent_channels == ("post",)
    assert answer.result.unregistered == {"fax": 2}
    assert answer.facts["unnamed"].value == 1
    said = texts(answer)
    assert "2 channels are promised. No contact of the period came by post." in said
    assert "2 contacts came by fax, which the registry does not name." in said
    assert {one.subject for one in answer.findings()} == {"channel:post", "unregistered:fax"}
    assert unfounded(answer) == []


def test_without_contacts_nothing_is_promised_to_be_silent() -> None:
    answer = ask({}, registry(phone="office!"))
    assert answer.result.silent_channels == ()
    assert answer.findings() == ()
    assert "The evidence has neither single contacts nor interval counts." in texts(answer)
    assert unfounded(answer) == []


# ---- matters


def plainly(log: Sequence[tuple[str, int, int]], *, until: int, silence: int) -> tuple[int, int, int]:
    """Return matters, those that came back and their contacts, a contact after the other."""
    by_customer: dict[str, list[tuple[int, int]]] = {}
    for who, offered, ended in sorted(log, key=lambda entry: entry[1]):
        by_customer.setdefault(who, []).append((offered, ended))
    first = min(offered for _, offered, _ in log)
    spans: list[list[int]] = []
    for calls in by_customer.values():
        reach = None
        for offered, ended in calls:
            if reach is None or offered - reach > silence:
                spans.append([offered, 0])
                reach = ended
            reach = max(reach, ended)
            spans[-1][1] += 1
    inside = [count for began, count in spans if first + silence <= began <= until - 2 * silence]
    return len(inside), sum(count > 1 for count in inside), sum(inside)


@settings(deadline=None, max_examples=25)
@given(
    calls=st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 2_000), st.integers(0, 200)), min_size=1, max_size=40
    )
)
def test_matters_are_those_that_a_reader_would_count(calls) -> None:
    base, hour = at("2024-01-01T00:00"), HOUR
    log = [(who, base + start * hour + place, base + (start + length) * hour + place)
           for place, (who, start, length) in enumerate(calls)]  # fmt: skip
    contacts = [
        contact(place, customer_id=who, offered_at=offered, answered_at=offered, ended_at=ended)
        for place, (who, offered, ended) in enumerate(log)
    ]
    until = base + 2_400 * hour
    found = episodes(
        Held({"interactions": rows("interactions", *contacts)}, ()).lazy("interactions"),
        silence_days=10,
        until=until,
    )
    plain = plainly(log, until=until, silence=10 * DAY)
    if isinstance(found, Episodes):
        assert (found.total.matters, found.total.again, found.total.contacts) == plain
    else:
        assert plain[0] == 0


@pytest.mark.parametrize(("seconds", "matters"), [(-1, 1), (0, 1), (1, 2)])
def test_silence_of_exactly_so_many_days_does_not_end_a_matter(seconds: int, matters: int) -> None:
    base = at("2024-01-01T00:00")
    old = contact(0, customer_id="old", offered_at=base - 90 * DAY, ended_at=base - 90 * DAY)
    first = contact(1, customer_id="C", offered_at=base, ended_at=base + HOUR)
    second = contact(2, customer_id="C", offered_at=base + HOUR + 30 * DAY + seconds * SECOND)
    log = Held({"interactions": rows("interactions", old, first, second)}, ()).lazy("interactions")
    found = episodes(log, silence_days=30, until=base + 300 * DAY)
    assert isinstance(found, Episodes)
    assert (found.total.matters, found.total.contacts) == (matters, 2)
    assert found.begun_before == 1


def test_a_contact_that_lasts_holds_its_matter_open() -> None:
    base = at("2024-01-01T00:00")
    long = contact(1, customer_id="C", offered_at=base, ended_at=base + 40 * DAY)
    short = contact(2, customer_id="C", offered_at=base + DAY, ended_at=base + 2 * DAY)
    later = contact(3, customer_id="C", offered_at=base + 60 * DAY, ended_at=base + 60 * DAY)
    old = contact(0, customer_id="old", offered_at=base - 90 * DAY, ended_at=base - 90 * DAY)
    log = Held({"interactions": rows("interactions", old, long, short, later)}, ()).lazy("interactions")
    found = episodes(log, silence_days=30, until=base + 300 * DAY)
    assert isinstance(found, Episodes)
    assert (found.total.matters, found.total.contacts) == (1, 3)


@pytest.mark.parametrize("drop", [(), ("handed_over",)])
def test_legs_of_a_contact_are_one_contact_that_was_handed_over(drop: Sequence[str]) -> None:
    """Of 40 contacts ten have a second leg, which a quarter of an hour later somebody else takes."""
    first = [contact(number, contact_id=f"K{number}" if number < 10 else None) for number in range(40)]
    second = [
        leg | {"interaction_id": f"L{number}", "offered_at": leg["offered_at"] + 15 * 60 * SECOND}
        for number, leg in enumerate(first[:10])
    ]
    answer = ask({"interactions": [*first, *second]}, drop=drop)
    found = {number.key: number for number in answer.numbers()}
    assert found["contacts:phone"].value == 40
    assert (found["handed_over:invoice"].value, found["handed_over:invoice"].n) == (0.25, 40)


@pytest.mark.parametrize("drop", [(), ("handed_over",)])
def test_a_contact_that_flowed_on_before_anybody_answered_was_not_handed_over(drop: Sequence[str]) -> None:
    """Of 40 answered contacts ten were passed on by who answered, and ten before anybody did."""
    legs = []
    for number in range(40):
        first = contact(number, contact_id=f"K{number}" if number < 20 else None)
        if number < 20:
            second = first | {"interaction_id": f"L{number}", "offered_at": first["offered_at"] + 60 * SECOND}
            legs.append(second | {"answered_at": second["offered_at"] + 5 * SECOND})
        nobody = {"answered_at": None, "answered_second": None, "ended_at": None, "flowed_out": True}
        legs.append(first | (nobody | {"handed_over": True} if 10 <= number < 20 else {}))
    answer = ask({"interactions": legs}, drop=drop)
    found = {number.key: number for number in answer.numbers()}
    assert (found["handed_over:invoice"].value, found["handed_over:invoice"].n) == (0.25, 40)


def test_where_nobody_was_answered_nothing_is_said_of_those_who_were() -> None:
    answer = ask({"interactions": [given_up(number, contact_id=f"K{number}") for number in range(40)]})
    assert answer.result.trait(Trait.HANDED_OVER) is None
    assert "Contacts handed over: not assessable." in " ".join(line.text for line in answer.matters())


def test_shares_by_kind_and_by_the_channel_asked_for_have_ranges_for_the_unknown() -> None:
    contacts = [
        contact(
            number, matter=("invoice", "claim")[number % 2], handed_over=number % 4 == 1 or None,
            preferred_channel=("phone", "chat", None)[number % 3], resolved_first=number % 2 == 0,
        )
        for number in range(240)
    ]  # fmt: skip
    answer = ask({"interactions": contacts}, registry(phone="office!"))
    handed, choice, at_once = (answer.result.trait(trait) for trait in (
        Trait.HANDED_OVER, Trait.BY_CHOICE, Trait.AT_ONCE))  # fmt: skip
    assert handed.total == Count(60, 60, 180)
    assert handed.total.bounds == (0.25, 1.0)
    assert choice.groups == {"chat": Count(0, 80, 0), "phone": Count(80, 80, 0)}
    assert choice.total.bounds == (80 / 240, 160 / 240)
    assert list(at_once.groups) == ["claim", "invoice"]
    assert "so that the share lies between 33.3% and 66.7%" in texts(answer)
    assert unfounded(answer) == []


@pytest.mark.parametrize(("resolved", "apart"), [((78, 80, 82), False), ((78, 80, 99), True)])
def test_kinds_of_matter_are_named_only_where_they_differ_beyond_chance(
    resolved: tuple[int, ...], apart: bool
) -> None:
    """Of a hundred contacts of each of three kinds so many are resolved, in different units and days."""
    kinds = dict(zip(("card_limit", "loan", "pix"), resolved, strict=True))
    contacts = [
        contact(number, unit_id=f"U{number % 2}", matter=kind, resolved_first=37 * number % 100 < met)
        for kind, met in kinds.items()
        for number in range(100)
    ]
    numbered = [row | {"interaction_id": f"C{place}"} for place, row in enumerate(contacts)]
    answer = ask({"interactions": numbered}, registry(phone="office!"))
    title = kinds_title(answer.result)
    if apart:
        assert title == "Least often resolved at once: card limit; most often: pix"
        assert "(pix) are resolved at once, which is more than chance explains" in texts(answer)
    else:
        assert title == "Resolved at once: no kind of matter differs from the others by more than chance"
        assert "which is no more than chance explains" in texts(answer)
    assert unfounded(answer) == []


# ---- a client of another make


def test_a_shop_in_brazil_with_half_saturdays_and_two_channels() -> None:
    """One unit, Monday to Friday 9-17 and Saturday 9-13, closed on holidays; February 2024.

    Weekdays of February 2024: 21; Saturdays: 4. Brazil has no public holiday in February (carnival is none).
    """
    units = ({"unit_id": "Loja", "time_zone": "America/Sao_Paulo", "country": "BR"},)
    place = "America/Sao_Paulo"
    saturday = {
        "outage_id": "Q1", "unit_id": "Loja", "channel": "balcao", "started_second": 0, "ended_second": 0,
        "started_at": at("2024-02-10T12:00", place), "ended_at": at("2024-02-12T09:30", place),
    }  # fmt: skip
    contacts = [contact(number, "balcao", unit_id="Loja", matter=None) for number in range(60)]
    contacts += [contact(number, "whatsapp", unit_id="Loja", matter=None) for number in range(60, 120)]
    answer = ask(
        {"interactions": contacts, "outages": [saturday]},
        registry(balcao="loja!", whatsapp="24x7"),
        units=units,
        period={"start": "2024-02-01", "end": "2024-02-29"},
    )
    (counter,) = answer.result.availability.channels
    assert (hours_in(counter.open_time), hours_in(counter.lost[0])) == (21 * 8 + 4 * 4, 1.5)
    said = texts(answer)
    assert "Balcao could be reached in 99.2% of its opening hours." in said
    assert "the register has no entry (whatsapp)" in said
    assert "Contacts given up: fewer than two channels can be compared" in said
    assert "no contact says what it was about" in said
    assert [one.subject for one in answer.findings()] == ["silent:balcao"]
    assert unfounded(answer) == []


def test_days_between_instants_of_the_world_are_as_they_should_be() -> None:
    assert datetime.fromtimestamp(at("2024-01-08T10:00") / SECOND, UTC) == datetime(2024, 1, 8, 9, tzinfo=UTC)
    assert sum((date(2024, 2, 1) + timedelta(days=place)).weekday() == 5 for place in range(29)) == 4
