"""Contacts under every definition: from single contacts and interval counts, joined three ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_interval_measures import contact, span

from auditlib.contracts.frames import batches
from auditlib.parameters.load import load
from auditlib.service_levels import kind_counts
from auditlib.service_levels.definitions import Aggregation, ClockStart, DefinitionPolicy
from auditlib.service_levels.variants import Variant, VariantShare, measured
from auditlib.service_levels.waits import Waits, waits_of_contacts, waits_of_counts

FOLDER = Path(__file__).parents[2] / "params" / "definitions"
LEVEL, ABANDONMENT = (
    load(DefinitionPolicy, (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), name=name).definitions
    for name in ("service_level", "abandonment")
)
SECOND = 1_000_000
CONNECTION = duckdb.connect()


def given_up(start: int, wait: int | None, **more: Any) -> dict[str, Any]:
    """Return a contact given up so many seconds after its offer; None where nobody recorded when."""
    row = contact(start, None)
    ended = None if wait is None else row["offered_at"] + wait * SECOND
    return row | {"ended_at": ended, "ended_second": 0} | more


def lazily(rows: list[dict[str, Any]]) -> nw.LazyFrame[Any]:
    frame = pd.DataFrame([{"ended_at": None, "ended_second": None, **row} for row in rows])
    instants = [name for name in frame.columns if name.endswith("_at")]
    return nw.from_native(CONNECTION.from_df(frame.astype(dict.fromkeys(instants, "Int64"))))


def counts(*rows: dict[str, Any]) -> nw.LazyFrame[Any]:
    frame = pd.DataFrame(list(rows))
    numbers = ["answered", "answered_in_time", "abandoned", "within_seconds", "offered"]
    more = [name for name in ("abandoned_short", "short_seconds", "flowed_out", "abandoned_in_time")
            if name in frame.columns]  # fmt: skip
    return nw.from_native(CONNECTION.from_df(frame.astype(dict.fromkeys([*numbers, *more], "Int64"))))


def shares(waits: nw.LazyFrame[Any], *, limit: int = 20, **variant: Any) -> dict[str, VariantShare]:
    ways = [Variant(name, definition, limit, **variant) for name, definition in LEVEL.items()]
    return {share.variant.name: share for share in measured(Waits((waits,)), ways, level=0.95)}


def test_counts_by_interval_leave_open_what_they_do_not_tell_apart():
    """860 of 1,000 answered in 20 s, 60 given up: not how many of these before 5 or 20 seconds."""
    told = shares(waits_of_counts(counts(span(0, 1060, 1000, 860, 60))))
    assert {name for name, share in told.items() if share.exact} == {
        "over_answered", "over_ended", "over_ended_and_flowed_out", "over_offered"
    }  # fmt: skip
    assert told["over_ended"].least == pytest.approx(860 / 1060)
    bounds = told["over_ended_abandoned_in_time_met"]
    assert (bounds.least, bounds.most) == pytest.approx((860 / 1060, 920 / 1060))
    assert bounds.interval.low < 860 / 1060 < 920 / 1060 < bounds.interval.high


def test_counts_that_say_who_gave_up_when_tell_every_formula_with_an_inclusive_bound():
    more = {"abandoned_in_time": 20, "abandoned_short": 10, "short_seconds": 5, "flowed_out": 0}
    told = shares(waits_of_counts(counts(span(0, 1060, 1000, 860, 60, **more))))
    percents = {name: round(100 * share.least, 2) for name, share in told.items() if share.exact}
    assert percents == {
        "over_ended_abandoned_in_time_met": 83.02, "over_answered": 86.0, "over_ended": 81.13,
        "over_ended_without_abandoned_in_time": 82.69, "over_ended_short_met": 82.08,
        "over_ended_without_short": 81.9, "over_ended_and_flowed_out": 81.13, "over_offered": 81.13,
        "over_offered_without_short": 81.9,
    }  # fmt: skip


def test_counts_made_at_one_limit_bound_the_share_at_another():
    waits = waits_of_counts(counts(span(0, 100, 100, 80, 0)))
    stricter, looser = (shares(waits, limit=limit)["over_answered"] for limit in (10, 30))
    assert (stricter.least, stricter.most) == (0.0, 0.8)
    assert (looser.least, looser.most) == (0.8, 1.0)


def test_contacts_handed_on_to_the_next_interval_are_counted_once():
    waits = waits_of_counts(counts(span(0, 10, 8, 8, 0), span(1, 10, 12, 10, 0)))
    assert shares(waits)["over_offered"].least == 18 / 20


def test_a_contact_of_no_channel_and_a_wait_without_an_end_leave_the_share_open():
    rows = [contact(0, 10), contact(0, 30), contact(0, 10, channel=None), given_up(0, None)]
    told = shares(waits_of_contacts(lazily(rows)))
    assert (told["over_answered"].least, told["over_answered"].most) == (1 / 3, 2 / 3)
    met = told["over_ended_abandoned_in_time_met"]
    assert (met.least, met.most) == (1 / 4, 3 / 4)


def test_without_a_mark_a_contact_not_answered_may_have_been_given_up_or_passed_on():
    rows = [contact(0, 10), given_up(0, 30, abandoned=None)]
    told = shares(waits_of_contacts(lazily(rows)))
    assert (told["over_ended"].least, told["over_ended"].most) == (0.5, 1.0)
    assert told["over_offered"].exact


def test_from_the_arrival_menus_count_as_waiting():
    rows = [contact(0, 10), contact(0, 15)]
    rows = [row | {"arrived_at": row["offered_at"] - 8 * SECOND, "arrived_second": 0} for row in rows]
    waits = waits_of_contacts(lazily(rows), clock=ClockStart.ARRIVED)
    assert shares(waits, clock=ClockStart.ARRIVED)["over_answered"].least == 0.5


def test_shares_are_joined_over_contacts_units_or_half_hours():
    rows = [contact(0, 10), *(contact(1, 30) for _ in range(3)), contact(2, 10, unit_id="B")]
    waits = waits_of_contacts(lazily(rows))
    joined = {way: shares(waits, aggregation=way)["over_answered"].least for way in Aggregation}
    assert joined == {
        Aggregation.POOLED: 2 / 5,
        Aggregation.MEAN_OF_UNITS: (1 / 4 + 1) / 2,
        Aggregation.MEAN_OF_INTERVALS: (1 + 0 + 1) / 3,
    }


_CONTACT = st.tuples(st.integers(0, 3), st.integers(0, 40), st.booleans(), st.sampled_from("AB"))


@settings(max_examples=15, deadline=None)
@given(st.lists(_CONTACT, min_size=1, max_size=25))
def test_contacts_and_their_counts_by_interval_give_the_same_share(drawn):
    rows = [
        given_up(start, wait, unit_id=unit) if lost else contact(start, wait, unit_id=unit)
        for start, wait, lost, unit in drawn
    ]
    single = shares(waits_of_contacts(lazily(rows)))
    counted = shares(waits_of_counts(counts(*_counted(drawn))))
    for name, share in counted.items():
        if share.exact:
            assert share.least == single[name].least
        elif share.least is not None and single[name].least is not None:
            assert share.least <= single[name].least <= share.most


def _counted(drawn):
    """Return the interval counts of contacts: (half hour, wait, given up, unit)."""
    places = sorted({(start, unit) for start, _, _, unit in drawn})
    for start, unit in places:
        waits = [(wait, lost) for begun, wait, lost, at in drawn if (begun, at) == (start, unit)]
        answered = [wait for wait, lost in waits if not lost]
        lost = [wait for wait, gave_up in waits if gave_up]
        yield span(
            start, len(waits), len(answered), sum(wait <= 20 for wait in answered), len(lost), unit_id=unit,
            flowed_out=0, short_seconds=5, abandoned_short=sum(wait <= 5 for wait in lost),
            abandoned_in_time=sum(wait <= 20 for wait in lost),
        )  # fmt: skip


def test_a_contact_both_answered_and_given_up_may_be_either():
    """Nine answered in time, and one that the log calls answered and given up."""
    rows = [*(contact(0, 10) for _ in range(9)), contact(0, 10) | {"abandoned": True}]
    told = shares(waits_of_contacts(lazily(rows)))["over_offered"]
    assert (told.least, told.most) == (0.9, 1.0)


def test_a_kind_of_contacts_that_the_first_ones_lack_is_counted_all_the_same(monkeypatch):
    """The first batch alone does not say that any gave up."""

    def one_by_one(frame):
        (whole,) = batches(frame)
        yield from (whole.slice(row, 1) for row in range(whole.num_rows))

    monkeypatch.setattr(kind_counts, "batches", one_by_one)
    calls = [contact(0, 5), contact(0, 5), given_up(1, 90), contact(2, 90)]
    assert shares(waits_of_contacts(lazily(calls)))["over_offered"].least == 0.5


@pytest.mark.parametrize(("inclusive", "exact"), [(False, True), (True, False), (None, False)])
def test_counts_say_whether_a_wait_of_exactly_the_limit_is_short(inclusive: bool | None, exact: bool):
    """The stat server leaves out who gave up before 10 seconds: counts of these, not of up to 10, say it."""
    row = span(0, 100, 80, 70, 20, abandoned_short=8, short_seconds=10, short_inclusive=inclusive)
    share = shares(waits_of_counts(counts(row)))["stat_server"]
    assert share.exact == exact
    assert share.least == pytest.approx(70 / 92 if exact else 70 / 100)
