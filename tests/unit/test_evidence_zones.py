"""Zone tables and clock arithmetic against the scalar law of the standard library."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import narwhals as nw
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.errors import ParameterError
from auditlib.evidence.instants import ClockRule, with_instant
from auditlib.time.local_days import local_days, utc_days
from auditlib.time.zones import OffsetChange, changes, offset_at, zone, zone_names

ZONES = ("America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "UTC")
LAST = 20_500
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - local wall time has no zone
LOCAL = nw.from_native(pa.table(local_days(ZONES, LAST))).lazy()
UTC = nw.from_native(pa.table(utc_days(ZONES, LAST))).lazy()


def scalar(local: dt.datetime, name: str, *, later: bool) -> tuple[int, bool, bool]:
    """Return the UTC seconds of a local time, whether it is skipped and whether it exists twice."""
    first = local.replace(tzinfo=zone(name), fold=0)
    second = local.replace(tzinfo=zone(name), fold=1)
    back = first.astimezone(dt.UTC).astimezone(zone(name)).replace(tzinfo=None)
    skipped = back != local
    twice = not skipped and first.utcoffset() != second.utcoffset()
    chosen = second if later and twice else first
    return round((chosen - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds()), skipped, twice


def near_a_change() -> st.SearchStrategy[tuple[str, int]]:
    """Draw a zone and a local second, often within two hours of a change of clocks."""

    def around(name: str) -> st.SearchStrategy[tuple[str, int]]:
        anywhere = st.integers(0, (LAST - 1) * 86_400)
        walls = [change.at + change.before for change in changes(name, LAST - 2) if change.at > 86_400]
        if not walls:
            return st.tuples(st.just(name), anywhere)
        close = st.builds(int.__add__, st.sampled_from(walls), st.integers(-7200, 7200))
        return st.tuples(st.just(name), st.one_of(close, anywhere))

    return st.sampled_from(ZONES).flatmap(around)


@settings(max_examples=40, deadline=None)
@given(
    drawn=st.lists(near_a_change(), min_size=1, max_size=60),
    ambiguous=st.sampled_from(["earlier", "later", "quarantine"]),
    nonexistent=st.sampled_from(["forward", "quarantine"]),
)
def test_table_expression_agrees_with_the_scalar_law(drawn, ambiguous, nonexistent):
    rows = pa.table(
        {
            "row": range(len(drawn)),
            "at__local": pa.array([second * 1_000_000 for _, second in drawn], pa.int64()),
            "at__utc": pa.nulls(len(drawn), pa.int64()),
            "at__whole": [False] * len(drawn),
            "unit__zone": pa.array([ZONES.index(name) for name, _ in drawn], pa.int64()),
        }
    )
    rule = ClockRule(None, ambiguous, nonexistent, LAST)
    frame = with_instant(nw.from_native(rows).lazy(), "at", rule=rule, local_days=LOCAL, utc_days=UTC)
    found = frame.collect().to_native().sort_by("row").to_pylist()
    for (name, second), row in zip(drawn, found, strict=True):
        local = EPOCH + dt.timedelta(seconds=second)
        utc, skipped, twice = scalar(local, name, later=ambiguous == "later")
        lost = (skipped and nonexistent == "quarantine") or (twice and ambiguous == "quarantine")
        assert (row["at__skipped"] or row["at__twice"]) == lost, (name, local)
        if not lost:
            assert row["at_at"] == utc * 1_000_000, (name, local)
            there = dt.datetime.fromtimestamp(utc, zone(name))
            day = (there.date() - dt.date(1970, 1, 1)).days
            assert (row["at_day"], row["at_second"]) == (
                day,
                there.hour * 3600 + there.minute * 60 + there.second,
            )


def test_an_absolute_instant_needs_no_zone_and_keeps_its_microseconds():
    rows = pa.table(
        {
            "at__local": pa.array([None], pa.int64()),
            "at__utc": pa.array([1_709_164_800_000_001], pa.int64()),
            "at__whole": [False],
            "unit__zone": pa.array([ZONES.index("America/New_York")], pa.int64()),
        }
    )
    rule = ClockRule(None, "quarantine", "quarantine", LAST)
    frame = with_instant(nw.from_native(rows).lazy(), "at", rule=rule, local_days=LOCAL, utc_days=UTC)
    row = frame.collect().to_native().to_pylist()[0]
    assert row["at_at"] == 1_709_164_800_000_001
    assert (row["at_day"], row["at_second"], row["at__skipped"]) == (19_781, 19 * 3600, False)


def test_a_change_is_found_to_the_second():
    last = changes("Europe/Berlin", LAST)[-1]
    assert OffsetChange(last.at, last.before, last.after) == last
    assert offset_at("Europe/Berlin", last.at - 1) == last.before
    assert offset_at("Europe/Berlin", last.at) == last.after


@pytest.mark.parametrize(
    "name", ["", "Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", "UTC+1"]
)
def test_what_is_no_zone_is_refused(name):
    assert name not in zone_names()
    with pytest.raises(ParameterError, match="no time zone"):
        zone(name)


@pytest.mark.parametrize("name", ["Africa/Casablanca", "Africa/Cairo", "Asia/Gaza", "America/Sao_Paulo"])
def test_looking_once_a_week_misses_no_change(name):
    found = {change.at for change in changes(name, LAST)}
    daily = [offset_at(name, day * 86_400) for day in range(LAST)]
    inside = [at for at in found if 0 < at <= (LAST - 1) * 86_400]
    assert sum(before != after for before, after in pairwise(daily)) == len(inside)
