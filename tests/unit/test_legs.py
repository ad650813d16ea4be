"""Legs of one contact: offered first, answered first, ended last, given up where nobody ever answered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import Evidence, rows

from auditlib.service_levels.channels import waits_by_clock
from auditlib.service_levels.definitions import ClockStart
from auditlib.service_levels.legs import joined_legs

SECOND = 1_000_000


def leg(
    name: str, contact: str | None, offered: int, answered: int | None = None, **more: Any
) -> dict[str, Any]:
    """Return a leg; times are seconds of the first day."""
    ended = more.pop("ended", None)
    times = {"offered": offered, "answered": answered, "ended": ended}
    placed = {
        f"{stem}_{part}": None if at is None else {"at": at * SECOND, "day": 0, "second": at}[part]
        for stem, at in times.items()
        for part in ("at", "day", "second")
    }
    whole = {"interaction_id": name, "unit_id": "A", "channel": "phone", "contact_id": contact}
    return {**whole, "abandoned": False, "in_period": True, **placed, **more}


def joined(*legs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    frame = joined_legs(Evidence({"interactions": rows("interactions", *legs)}, ()).lazy("interactions"))
    return {row["interaction_id"]: row for row in frame.collect().rows(named=True)}


def reference(legs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the convention says of the legs of one contact."""
    ordered = sorted(legs, key=lambda row: (row["offered_at"], row["interaction_id"]))
    answers = [row["answered_at"] for row in ordered if row["answered_at"] is not None]
    ends = [row["ended_at"] for row in ordered if row["ended_at"] is not None]
    both = any(row["answered_at"] is not None and row["abandoned"] for row in ordered)
    marks = [row["resolved_first"] for row in ordered if row["resolved_first"] is not None]
    matters = [row["matter"] for row in ordered if row["matter"] is not None]
    levels = [row["first_level"] for row in ordered if row["first_level"] is not None]
    answering = next((place for place, row in enumerate(ordered) if row["answered_at"] is not None), None)
    handed = [row["handed_over"] for row in ordered if row["answered_at"] is not None
              and row["handed_over"] is not None]  # fmt: skip
    return {
        "resolved_first": marks[-1] if marks else None,
        "matter": matters[0] if matters else None,
        "first_level": all(levels) if levels else None,
        "interaction_id": ordered[0]["interaction_id"],
        "offered_at": ordered[0]["offered_at"],
        "answered_at": min(answers, default=None),
        "ended_at": None if ordered[-1]["ended_at"] is None else max(ends),
        "abandoned": True if both else False if answers else ordered[-1]["abandoned"],
        "handed_over": any(handed) if handed else None,
        "hand_overs": len(ordered) - 1 - answering if answering is not None else 0,
    }


def test_a_call_passed_on_twice_is_one_contact_answered_by_its_second_leg():
    found = joined(
        leg("L1", "C", 10, ended=30),
        leg("L2", "C", 30, 45, ended=100, unit_id="B", channel="chat"),
        leg("L3", "C", 100, 130, ended=200),
        leg("L4", None, 50, 55, ended=60),
    )
    assert set(found) == {"L1", "L4"}
    whole = found["L1"]
    assert (whole["unit_id"], whole["channel"], whole["hand_overs"]) == ("A", "phone", 1)
    assert [whole[f"{stem}_second"] for stem in ("offered", "answered", "ended")] == [10, 45, 200]
    assert found["L4"]["hand_overs"] == 0


@pytest.mark.parametrize(
    ("answered", "given_up", "expected"), [(None, True, True), (None, False, False), (20, True, False)]
)
def test_a_contact_is_given_up_where_no_leg_was_answered_and_the_last_was_given_up(
    answered, given_up, expected
):
    found = joined(leg("L1", "C", 10, answered), leg("L2", "C", 30, abandoned=given_up))
    assert found["L1"]["abandoned"] is expected


def test_a_contact_with_a_leg_that_is_said_to_be_both_is_said_to_be_both():
    found = joined(leg("L1", "C", 10, 20, abandoned=True), leg("L2", "C", 30, 40))
    assert (found["L1"]["abandoned"], found["L1"]["answered_second"]) == (True, 20)


def test_the_mark_is_that_of_the_last_leg_that_has_one():
    """Who took a matter over marks it; a leg on which nobody set a mark takes none back."""
    marks = (False, True, None)
    legs = [leg(f"L{n}", "C", 10 + n, resolved_first=mark) for n, mark in enumerate(marks)]
    assert joined(*legs)["L0"]["resolved_first"] is True


def test_the_end_is_unknown_where_that_of_the_last_leg_is():
    assert joined(leg("L1", "C", 10, ended=30), leg("L2", "C", 30, 45))["L1"]["ended_at"] is None


moments = st.integers(0, 40)
legs_of_contacts = st.lists(
    st.builds(
        lambda *parts: parts,
        st.sampled_from(["C1", "C2", "C3"]),
        moments,
        st.none() | moments,
        st.none() | moments,
        st.sampled_from([True, False, None]),
        st.sampled_from([True, False, None]),
        st.sampled_from(["bill", "move", None]),
        st.sampled_from([True, False, None]),
    ),
    min_size=1,
    max_size=12,
)


@given(legs_of_contacts)
@settings(max_examples=25, deadline=None)
def test_legs_are_joined_as_the_convention_says(drawn):
    legs = [
        leg(
            f"L{place:02d}", contact, offered,
            None if wait is None else offered + wait,
            ended=None if lasts is None else offered + (wait or 0) + lasts,
            abandoned=gave_up, resolved_first=mark, first_level=mark, matter=matter,
            handed_over=handed,
        )
        for place, (contact, offered, wait, lasts, gave_up, mark, matter, handed) in enumerate(drawn)
    ]  # fmt: skip
    found = joined(*legs)
    for contact in {row["contact_id"] for row in legs}:
        expected = reference([row for row in legs if row["contact_id"] == contact])
        whole = found.pop(expected["interaction_id"])
        assert {name: whole[name] for name in expected} == expected
    assert not found


def test_without_the_column_nothing_changes():
    table = rows("interactions", leg("L1", "C", 10), leg("L2", "C", 30, 45)).drop_columns(["contact_id"])
    frame = Evidence({"interactions": table}, ()).lazy("interactions")
    assert joined_legs(frame).collect().rows() == frame.collect().rows()


def test_shares_by_definition_count_contacts_and_not_legs():
    held = Evidence(
        {
            "interactions": rows(
                "interactions", leg("L1", "C", 10, ended=30), leg("L2", "C", 30, 45, channel="chat")
            )
        },
        (),
    )
    waits = waits_by_clock(held, "phone")[0][ClockStart.OFFERED].parts[0].collect().rows(named=True)
    assert [row["least"] // SECOND for row in waits] == [35]
    assert waits_by_clock(held, "chat")[0][ClockStart.OFFERED].parts[0].collect().rows() == []
