"""Interval counts that contradict themselves, in ways that intake lets pass: never a stop, never a share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_company import Evidence, rows
from small_company import run as small_run
from test_interval_measures import found, span
from test_published_figures import asked, figure
from test_service_level_variants import shares
from test_service_levels_asked import EDITION, TEXTS

from auditlib import service_levels
from auditlib.parameters.engagement import Engagement
from auditlib.records import Refusal
from auditlib.service_levels.channels import MORE_THAN_CAME
from auditlib.service_levels.completed import completed
from auditlib.service_levels.published.matching import GivenBy
from auditlib.service_levels.waiting.unit_shares import UnitShare, by_unit_and_day
from auditlib.service_levels.waits import waits_of_counts
from auditlib.standards.profile import Demands
from auditlib.statements import Answer

DAYS = range(40)
DEMANDS = Demands(EDITION)
WORLDS = {
    "more late than answered": [span(48 * day, 100, 90, None, 10, answered_late=150) for day in DAYS],
    "more in time than answered": [span(48 * day, 100, 50, 80, 10) for day in DAYS],
    "more after a short wait than in time": [
        span(48 * day, 100, 80, 70, 15, abandoned_short=12, abandoned_in_time=2, short_seconds=5)
        for day in DAYS
    ],
    "more in a short wait than shares allow": [
        span(48 * day, 100, 80, 70, None, abandoned_share=0.05, abandoned_short=50, short_seconds=5)
        for day in DAYS
    ],
    "one unit ends what others never had": [
        *(span(48 * day, 100, 90, 80, 10) for day in DAYS), span(48 * 50, 10, 60, 50, 0, unit_id="B"),
        span(48 * 51, 60, 0, 0, 0, unit_id="B"), span(48 * 85, 1, 40, 30, 0, unit_id="B"),
    ],
    "more than came on few days": [span(0, 100, 10, 0, 0), span(48, 1, 100, 100, 0)],
}  # fmt: skip
QUESTIONS: dict[str, Callable[[Engagement], Answer[Any]]] = {
    "examine": lambda engagement: service_levels.examine(engagement, demands=DEMANDS),
    "monthly_shares": lambda engagement: service_levels.monthly_shares(engagement, demands=DEMANDS),
    "standing_out": lambda engagement: service_levels.standing_out(engagement, demands=DEMANDS),
    "waited": service_levels.waited,
}


def engaged(counts: list[dict[str, Any]]) -> Engagement:
    run = small_run(period={"start": "2025-01-01", "end": "2025-12-31"}, as_of="2026-01-15T12:00:00Z")
    return Engagement(run, Evidence({"interval_counts": rows("interval_counts", *counts)}, ()), TEXTS)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("world", WORLDS)
def test_no_question_stops(world, question):
    assert str(QUESTIONS[question](engaged(WORLDS[world])))


@pytest.mark.parametrize("world", list(WORLDS)[:4])
def test_of_an_interval_that_contradicts_itself_only_the_offer_is_known(world):
    lazy = Evidence({"interval_counts": rows("interval_counts", *WORLDS[world])}, ()).lazy("interval_counts")
    marked = completed(lazy).collect().rows(named=True)
    assert all(row["contradicting"] for row in marked)
    unknown = ("answered", "answered_in_time", "abandoned", "abandoned_least", "abandoned_most")
    assert {row[name] for row in marked for name in unknown} == {None}
    for share in shares(waits_of_counts(lazy), limit=20).values():
        assert (share.least, share.most) in [(0.0, 1.0), (None, None)]


def test_what_says_the_same_without_contradiction_is_believed():
    counts = [
        span(0, 100, 90, None, 10, answered_late=90),
        span(1, 100, 80, 70, 15, abandoned_short=2, abandoned_in_time=2, short_seconds=5),
        span(2, 100, 80, 80, 15, abandoned_short=15, abandoned_in_time=2, short_seconds=50),
        span(3, 100, None, 80, 15, abandoned_short=15, short_seconds=5),
    ]
    lazy = Evidence({"interval_counts": rows("interval_counts", *counts)}, ()).lazy("interval_counts")
    assert not any(row["contradicting"] for row in completed(lazy).collect().rows(named=True))


def test_the_measurement_says_how_many_intervals_contradict_themselves():
    held = {"interval_counts": [*WORLDS["more late than answered"], span(48 * 60, 100, 90, 80, 10)]}
    measured = found("answered_within", held, seconds=20)
    assert measured.value == 0.8
    assert measured.unknown == 4000
    assert (
        "in 40 intervals a part is more than its whole, so that nothing is known of them" in measured.reason
    )


def test_a_share_that_would_be_more_than_the_whole_is_refused_with_its_reason():
    """On the second day 100 are in time of 1 that came: of those answered it is a share, of that none."""
    held = {"interval_counts": [span(0, 100, 0, 0, 0), span(48, 1, 101, 101, 0), span(96, 1, 1, 1, 0)]}
    assert found("answered_within", held, seconds=20).value == 1.0
    measured = found("answered_within", {"interval_counts": WORLDS["more than came on few days"]}, seconds=20)
    assert measured.value == pytest.approx(100 / 101)
    answer = asked([figure(0.5, first=1, days=1)], WORLDS["more than came on few days"])
    (entry,) = answer.result.figures
    assert entry.given is not GivenBy.OPEN
    assert all(0 <= way.least <= way.most <= 1 for way in entry.ways)
    assert not any(way.variant.name == "over_offered" for way in entry.ways)


def test_where_no_way_of_counting_gives_a_share_the_reason_is_no_lack_of_contacts():
    over = [span(0, 100, 0, 0, 0), span(48, 1, 0, 0, 90)]
    answer = asked([figure(0.5, measure="abandoned", first=1, days=1)], over)
    (entry,) = answer.result.figures
    assert entry.open in (None, MORE_THAN_CAME)
    assert all(0 <= way.least <= way.most <= 1 for way in entry.ways)


def test_a_month_of_a_unit_in_which_more_were_in_time_than_came_is_unknown():
    counts = [span(48 * day, 100, 90, 80, 10) for day in DAYS]
    counts += [span(48 * 35, 10, 0, 0, 0, unit_id="B"), span(48 * 65, 5, 8, 8, 0, unit_id="B")]
    share = UnitShare("answered_within", "phone", 20, EDITION.criteria[0].target.direction)
    told = by_unit_and_day(engaged(counts).evidence, None, share)
    assert not isinstance(told, Refusal)
    days = told[1].set_index(["unit_id", "day"])
    assert days.loc["A", "unknown"].sum() == 0
    assert days.loc["B", ["meeting", "cases", "unknown"]].to_numpy().tolist() == [[0, 10, 0], [0, 0, 5]]


numbers = st.one_of(st.none(), st.integers(0, 30))


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.tuples(st.integers(0, 30), *[numbers] * 6, st.sampled_from("AB")), min_size=1, max_size=6))
def test_whatever_counts_say_a_share_is_a_share(drawn):
    counts = [
        span(48 * place, offered, answered, quick, lost, answered_late=late, abandoned_in_time=soon,
             abandoned_short=brief, short_seconds=5, unit_id=unit)
        for place, (offered, answered, quick, lost, late, soon, brief, unit) in enumerate(drawn)
    ]  # fmt: skip
    lazy = Evidence({"interval_counts": rows("interval_counts", *counts)}, ()).lazy("interval_counts")
    for share in shares(waits_of_counts(lazy), limit=20).values():
        assert share.least is None or 0 <= share.least <= share.most <= 1
