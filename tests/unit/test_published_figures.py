"""What the party published, held against every way of counting; a restated past; a changed definition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from small_company import Evidence, rows, source
from small_company import run as small_run
from standards_tables import DAY, START
from test_interval_measures import span
from test_service_levels_asked import EDITION, TEXTS, half_hours

from auditlib.audit.numerals import orphans
from auditlib.figures.published import MOST_ROWS, published_ways
from auditlib.figures.style import figure_of
from auditlib.parameters.engagement import Engagement
from auditlib.records import Grade
from auditlib.service_levels.published import PublishedAnswer, published
from auditlib.service_levels.published.claims import PublishedShare
from auditlib.service_levels.published.matching import GivenBy
from auditlib.service_levels.published.result import PublishedAgainstEvidence
from auditlib.standards.profile import Demands

FIRST = START // DAY


def demanding(target: float, *, seconds: int = 20) -> Demands:
    """Return demands with another target and limit for calls answered in time."""
    criteria = tuple(
        replace(entry, options={"channel": "phone", "seconds": seconds},
                target=replace(entry.target, value=target, loosest=0.1))
        if entry.id == "IM-01" else entry
        for entry in EDITION.criteria
    )  # fmt: skip
    return Demands(replace(EDITION, criteria=criteria))


def figure(value: float, *, first: int = 0, days: int = 30, measure: str = "answered_within", **more: Any):
    """Return a published figure about so many days of the period."""
    about = {"period_start": FIRST + first, "period_end": FIRST + first + days - 1, "channel": "phone"}
    return {"figure_id": f"F{first}{value}", "measure": measure, "value": value, **about, **more}


def asked(figures: list[dict[str, Any]], counts: list[dict[str, Any]], *, target: float = 0.82) -> Any:
    held = {"interval_counts": rows("interval_counts", *counts)} if counts else {}
    if figures:
        held["published_figures"] = rows("published_figures", *figures)
    run = small_run(period={"start": "2025-01-01", "end": "2025-12-31"}, as_of="2026-01-15T12:00:00Z")
    return published(Engagement(run, Evidence(held, ()), TEXTS), demands=demanding(target))


def unfounded(answer: PublishedAnswer) -> list[str]:
    numbers = {number.key: number for number in answer.numbers()}
    sentences = [(entry.text, entry.keys) for entry in (*answer.summary(), *answer.limits())]
    sentences += [(entry.condition, entry.evidence) for entry in answer.findings()]
    return [orphan for text, keys in sentences for orphan in orphans(text, [numbers[key] for key in keys])]


def test_the_period_of_these_tests_is_that_of_their_counts():
    assert date.fromordinal(FIRST + date(1970, 1, 1).toordinal()) == date(2025, 1, 1)


def test_an_honest_figure_is_given_by_the_definition_it_claims_and_raises_nothing():
    """860 of 1,060: 81.1 % over all offered, which is the form of the standard."""
    answer = asked([figure(0.811, definition="over_offered")], half_hours(60))
    (entry,) = answer.result.figures
    assert entry.given is GivenBy.BY_CLAIM
    assert answer.findings() == ()
    assert unfounded(answer) == []
    assert str(answer) == "Of 1 published figure, 1 is given by the definition claimed."


def test_a_figure_that_claims_no_definition_is_given_by_the_form_of_the_standard_and_by_no_claim():
    answer = asked([figure(0.811)], half_hours(60))
    (entry,) = answer.result.figures
    assert entry.given is GivenBy.BY_FORM
    assert answer.findings() == ()
    assert unfounded(answer) == []
    said = "Of 1 published figure, 1 names no definition and is given by the form of the standard."
    assert str(answer) == said
    (row,) = answer.exhibit().frame.to_dict("records")
    assert (row["definition"], row["given"]) == ("not said", "the form of the standard")
    published_ways(answer.result)


def test_without_a_claim_no_title_says_that_another_definition_was_claimed():
    answer = asked([figure(0.860)], half_hours(60), target=0.9)
    assert answer.result.figures[0].given is GivenBy.OTHERWISE
    assert answer.title == "Some published figures follow another definition than the form of the standard"


def test_bounds_stand_with_both_ends_in_the_finding_and_in_the_table():
    """Of one of thirty days nobody says who was answered or gave up in time."""
    told = dict.fromkeys(("abandoned_in_time", "abandoned_short", "short_seconds", "answered_in_time"))
    counts = [*half_hours(30)[:29], *half_hours(30, **told)[29:]]
    answer = asked([figure(0.995)], counts)
    (entry,), (finding,), exhibit = answer.result.figures, answer.findings(), answer.exhibit()
    assert not entry.form.exact
    (row,) = exhibit.frame.to_dict("records")
    for key in ("form", "nearest"):
        ends = f"{100 * row[key]:.1f}% to {100 * row[f'most_{key}']:.1f}%"
        assert ends in finding.condition
        assert exhibit.labels[key].endswith(", at least")
        assert exhibit.labels[f"most_{key}"].endswith(", at most")
    assert "better than the form of the standard at best, " in finding.condition
    assert unfounded(answer) == []


def test_shares_that_the_evidence_tells_have_a_single_column():
    columns = asked([figure(0.900)], half_hours(60)).exhibit().frame.columns
    assert not any(name.startswith("most_") for name in columns)


def test_who_published_the_flattering_variant_is_matched_to_it_and_by_how_much():
    """86.0 % is answered over answered, claimed as over all offered: it meets 82 % and the form does not."""
    answer = asked([figure(0.860, definition="over_offered")], half_hours(60))
    (entry,) = answer.result.figures
    assert entry.given is GivenBy.OTHERWISE
    assert {way.variant.name for way in entry.giving} == {"over_answered"}
    assert entry.flatters_by == pytest.approx(0.86 - 860 / 1060)
    (finding,) = answer.findings()
    assert finding.grade is Grade.MAJOR
    assert "answered within the limit, over all answered (all contacts together" in finding.condition
    assert "4.9 percentage points better than the form of the standard, 81.1%" in finding.condition
    assert "it reaches the 82.0% demanded, and that does not" in finding.condition
    assert unfounded(answer) == []


def test_a_figure_that_was_made_up_is_given_by_none_and_the_nearest_way_is_named():
    answer = asked([figure(0.900, definition="over_answered")], half_hours(60))
    (entry,) = answer.result.figures
    assert entry.given is GivenBy.BY_NONE
    (finding,) = answer.findings()
    assert finding.grade is Grade.MAJOR
    assert "the nearest gives 86.0% (answered within the limit, over all answered" in finding.condition
    assert "4.0 percentage points away" in finding.condition
    assert unfounded(answer) == []


@pytest.mark.parametrize(
    ("value", "step", "given"),
    [
        (0.8604, None, GivenBy.BY_CLAIM), (0.8606, None, GivenBy.BY_NONE), (0.8595, None, GivenBy.BY_CLAIM),
        (0.8594, None, GivenBy.BY_NONE), (0.865, 0.01, GivenBy.BY_CLAIM), (0.8651, 0.01, GivenBy.BY_NONE),
    ],
)  # fmt: skip
def test_a_figure_is_given_by_what_is_rounded_to_it_and_by_nothing_beside(value, step, given):
    answer = asked([figure(value, definition="over_answered", rounded_to=step)], half_hours(60))
    assert answer.result.figures[0].given is given


def test_an_openly_flattering_definition_that_turns_the_verdict_is_a_finding_and_another_is_none():
    turning = asked([figure(0.860, definition="over_answered")], half_hours(60))
    assert turning.result.figures[0].given is GivenBy.BY_CLAIM
    (finding,) = turning.findings()
    assert "better side of the form that the standard judges by" in finding.cause
    for target in (0.80, 0.90):
        assert (
            asked([figure(0.860, definition="over_answered")], half_hours(60), target=target).findings() == ()
        )


def test_another_definition_than_claimed_that_is_not_better_is_a_minor_finding():
    answer = asked([figure(0.811, definition="over_answered")], half_hours(60))
    (finding,) = answer.findings()
    assert finding.grade is Grade.MINOR
    assert "The definition claimed gives 86.0%" in finding.condition
    assert unfounded(answer) == []


def test_with_a_wide_step_every_way_that_gives_a_figure_is_named():
    answer = asked([figure(0.83, rounded_to=0.02, definition="over_offered")], half_hours(60))
    (entry,) = answer.result.figures
    named = {way.variant.name for way in entry.giving}
    assert named == {"over_ended_abandoned_in_time_met", "over_ended_without_abandoned_in_time",
                     "over_ended_short_met"}  # fmt: skip
    (finding,) = answer.findings()
    assert "Of 30 ways of counting 9 give it" in finding.condition
    assert unfounded(answer) == []


def test_where_the_evidence_tells_bounds_alone_a_figure_within_them_is_left_open():
    told = dict.fromkeys(("abandoned_in_time", "abandoned_short", "short_seconds"))
    answer = asked([figure(0.83, definition="over_ended_short_met")], half_hours(60, **told))
    assert answer.result.figures[0].given is GivenBy.PERHAPS
    assert answer.findings() == ()
    assert "may be given by one of which the evidence tells bounds alone" in str(answer)
    assert unfounded(answer) == []


UNTOLD = dict.fromkeys(("abandoned_in_time", "abandoned_short", "short_seconds", "answered_in_time"))


@pytest.mark.parametrize(("value", "definition", "said"), [
    (0.815, "over_offered", True), (0.815, "", True), (0.812, "over_offered", False), (0.785, "", False),
])  # fmt: skip
def test_a_figure_that_holds_only_if_nearly_all_in_doubt_went_its_way_is_said_to(value, definition, said):
    """Of the 1,000 answered on one of thirty days nobody knows who was in time: 78.4% to 81.6%."""
    counts = [*half_hours(30)[:29], *half_hours(30, **UNTOLD)[29:]]
    answer = asked([figure(value, definition=definition)], counts, target=0.5)
    (entry,) = answer.result.figures
    assert entry.given is GivenBy.PERHAPS
    assert entry.asks == pytest.approx((value - 0.0005 - 860 * 29 / 31800) / (1000 / 31800))
    held = (
        "holds only if nearly all that the evidence leaves open (1,000 contacts) went the better way"
        in str(answer)
    )
    assert held == said
    assert ("gives 78.4% to 81.6%" in str(answer)) == said
    assert answer.findings() == (), "that it may be so is no fault"
    assert unfounded(answer) == []


@pytest.mark.parametrize(("value", "said"), [(0.0547, True), (0.0566, False)])
def test_of_contacts_given_up_fewer_is_the_better_way(value, said):
    counts = [*half_hours(30)[:29], *half_hours(30, abandoned=None)[29:]]
    answer = asked([figure(value, measure="abandoned", rounded_to=0.0001)], counts)
    assert answer.result.figures[0].given is GivenBy.PERHAPS
    assert ("holds only if nearly all" in str(answer)) == said
    assert unfounded(answer) == []


def test_a_figure_better_than_the_form_that_only_ways_in_doubt_may_give_is_a_minor_finding():
    """The form gives 81.1% exactly; 83% is within the bounds of another, and no definition is named."""
    untold = dict.fromkeys(("abandoned_in_time", "abandoned_short", "short_seconds"))
    answer = asked([figure(0.83)], half_hours(60, **untold), target=0.5)
    (entry,), (finding,) = answer.result.figures, answer.findings()
    assert entry.given is GivenBy.PERHAPS
    assert finding.grade is Grade.MINOR
    assert "given for certain by no definition" in finding.headline
    assert "1.9 percentage points better than the form of the standard, 81.1%" in finding.condition
    assert finding.shortfall == pytest.approx(0.83 - 860 / 1060)
    assert "1.9 percentage points better" in str(answer)
    assert unfounded(answer) == []
    worse = asked([figure(0.79)], half_hours(60, **untold), target=0.5)
    assert all("given for certain by no" not in entry.headline for entry in worse.findings())


def test_a_definition_claimed_that_cannot_give_the_figure_is_a_finding_though_another_may():
    untold = dict.fromkeys(("abandoned_in_time", "abandoned_short", "short_seconds"))
    answer = asked([figure(0.83, definition="over_offered")], half_hours(60, **untold), target=0.5)
    (finding,) = answer.findings()
    assert "The definition claimed gives 81.1%" in finding.condition
    assert unfounded(answer) == []


def test_a_figure_is_held_against_its_own_unit_its_days_and_its_channel():
    ours = [span(48 * day, 100, 100, 60, 0, unit_id="A") for day in range(30)]
    others = [span(48 * day, 100, 100, 90, 0, unit_id="B") for day in range(30)]
    later = [span(48 * day, 100, 100, 20, 0, unit_id="A") for day in range(30, 60)]
    chats = [span(48 * day, 100, 100, 5, 0, channel="chat") for day in range(60)]
    figures = [
        figure(0.60, unit_id="A"), figure(0.75), figure(0.20, first=30, unit_id="A"),
        figure(0.05, channel="chat", limit_seconds=20), figure(0.4, channel=None, limit_seconds=20, days=60),
    ]  # fmt: skip
    answer = asked(figures, [*ours, *others, *later, *chats], target=0.1)
    by_value = {entry.figure.value: entry for entry in answer.result.figures}
    whole = (30 * 60 + 30 * 90 + 30 * 20 + 60 * 5) / (150 * 100)
    assert by_value[0.4].form.least == pytest.approx(whole)
    assert {value: entry.given for value, entry in by_value.items() if value != 0.4} == dict.fromkeys(
        (0.60, 0.75, 0.20, 0.05), GivenBy.BY_FORM
    )
    assert unfounded(answer) == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"first": -1}, "do not all lie in the audited period"),
        ({"first": 200}, "no contact of its channel and unit on its days"),
        ({"unit_id": "Z"}, "no contact of its channel and unit on its days"),
        ({"channel": "fax"}, "Neither the figure nor the standard says within how many seconds"),
    ],
)
def test_what_cannot_be_held_against_the_evidence_says_why(more, reason):
    answer = asked([figure(0.811, **more)], half_hours(60))
    assert answer.result.figures[0].given is GivenBy.OPEN
    assert any(reason in sentence.text for sentence in answer.limits())
    assert answer.findings() == ()
    assert unfounded(answer) == []


def test_abandonment_is_better_where_it_is_less():
    """60 of 1,060 given up are 5.7 %; those after 5 seconds 4.7 % of what is left without the others."""
    answer = asked([figure(0.048, measure="abandoned", definition="over_offered")], half_hours(60))
    (entry,) = answer.result.figures
    assert {way.variant.name for way in entry.giving} == {"long_over_ended_without_short"}
    assert entry.flatters_by == pytest.approx(60 / 1060 - 0.048)
    assert entry.turns_verdict == (entry.criterion.target.value < 60 / 1060)
    assert unfounded(answer) == []


def test_without_figures_or_exports_there_is_nothing_to_hold_and_no_stop():
    answer = asked([], half_hours(3))
    assert not answer.answered
    assert "Ask for the service levels that the party published" in answer.summary()[0].text


def test_a_figure_published_twice_with_another_value_is_restated():
    figures = [figure(0.811, published_on=FIRST + 40), figure(0.860, published_on=FIRST + 70),
               figure(0.811, first=30, published_on=FIRST + 70)]  # fmt: skip
    answer = asked(figures, half_hours(60), target=0.7)
    (again,) = answer.result.restated
    assert (again.before.value, again.after.value) == (0.811, 0.860)
    assert "Published twice (on 2025-02-10 and on 2025-03-12)" in str(answer)
    assert any("replaces the earlier one" in finding.recommendation for finding in answer.findings())
    subjects = [finding.subject for finding in answer.findings()]
    assert len(subjects) == len(set(subjects))
    assert unfounded(answer) == []


MONTHS = [(0, 31), (31, 28), (59, 31), (90, 30), (120, 31), (151, 30)]


def monthly(*values: float) -> list[dict[str, Any]]:
    return [
        figure(value, first=first, days=days) for value, (first, days) in zip(values, MONTHS, strict=True)
    ]


def test_a_definition_that_changed_within_the_period_is_found_with_its_month():
    answer = asked(monthly(*[0.811] * 3, *[0.860] * 3), half_hours(181), target=0.7)
    (change,) = answer.result.changed
    assert change.figures[change.change].figure.month == 202504
    assert {variant.name for variant in change.after} == {"over_answered"}
    said = next(
        sentence.text for sentence in answer.summary() if "no way of counting throughout" in sentence.text
    )
    assert "those from 2025-04 on by answered within the limit, over all answered" in said
    assert [finding.subject for finding in answer.findings() if "definition behind" in finding.headline]
    assert unfounded(answer) == []


@pytest.mark.parametrize(
    "values",
    [[0.811] * 6, [0.811, 0.860] * 3, [0.811, *[0.860] * 5], [0.811, 0.811, 0.5, 0.860, 0.860, 0.860]],
    ids=["same", "to and fro", "one month", "one made up"],
)
def test_no_single_change_explains_what_did_not_change_once(values):
    assert asked(monthly(*values), half_hours(181)).result.changed == ()


def exported(day: int, *counts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**row, "exported_on": FIRST + day} for row in counts]


def test_an_export_that_restates_the_past_is_told_from_late_arrivals():
    first = exported(10, span(0, 100, 90, 50, 10), span(48 * 9, 100, 90, 50, 10), span(48, 70, 70, 70, 0))
    last = exported(40, span(0, 100, 90, 80, 10), span(48 * 9, 105, 94, 50, 11), span(48, 70, 70, 70, 0))
    answer = asked([], [*first, *last])
    (counts,) = answer.result.exports
    assert (counts.exported_twice, counts.late, counts.changed) == (3, 1, 1)
    assert counts.columns == (("answered_in_time", 1),)
    said = str(answer)
    assert "3 intervals of phone were exported on more than one day, and 1 of them say otherwise" in said
    assert "restated, 50.0% were answered in time by the first export and 80.0% by the last" in said
    assert "(of those in all exported twice 63.0% and 72.7%)" in said
    (finding,) = answer.findings()
    assert finding.subject == "exports:phone"
    assert unfounded(answer) == []


def test_what_was_restated_is_not_diluted_by_intervals_that_were_not():
    """One of a hundred intervals says 90 instead of 50 of 100, and 5 given up instead of 10."""
    same = [span(place, 100, 90, 50, 10) for place in range(1, 100)]
    first = exported(40, span(0, 100, 90, 50, 10), *same)
    last = exported(50, span(0, 100, 95, 90, 5), *same)
    answer = asked([], [*first, *last])
    (counts,) = answer.result.exports
    assert {share.measure: share.restated for share in counts.shares} == {
        "answered_within": (0.5, 0.9), "abandoned": (0.1, 0.05)
    }  # fmt: skip
    said = str(answer)
    assert (
        "restated, 50.0% were answered in time by the first export and 90.0% by the last (of those " in said
    )
    assert "restated, 10.0% were given up by the first export and 5.0% by the last" in said
    assert answer.facts["first_restated_abandoned:phone"].n == 100
    assert unfounded(answer) == []


def test_restated_shares_are_of_the_intervals_that_say_them_in_both_exports():
    """B never says who was answered in time, and one interval of A says it in the last export alone."""
    first = exported(10, span(0, 100, 90, 50, 10), span(0, 300, 270, None, 30, unit_id="B"),
                     span(1, 200, 180, None, 20))  # fmt: skip
    last = exported(40, span(0, 100, 90, 80, 10), span(0, 300, 270, None, 15, unit_id="B"),
                    span(1, 200, 180, 180, 20))  # fmt: skip
    answer = asked([], [*first, *last])
    (counts,) = answer.result.exports
    in_time, given_up = counts.shares
    assert (counts.exported_twice, counts.changed) == (3, 2)
    assert (in_time.twice, in_time.restated, in_time.offered) == ((0.5, 0.8), (0.5, 0.8), (100, 100))
    assert (in_time.saying, in_time.restated_saying) == (1, 1)
    assert (given_up.twice, given_up.offered) == ((60 / 600, 45 / 600), (400, 400))
    said = str(answer)
    assert (
        "Of those offered in the 1 restated interval that says it in both exports, 50.0% were answered in "
        "time by the first export and 80.0% by the last (of those in the 1 interval that says it in both "
    ) in said
    assert "restated, 10.0% were given up by the first export and 6.2% by the last (of those in all" in said
    assert unfounded(answer) == []


@pytest.mark.parametrize(("day", "offered", "late", "changed"), [
    (9, 105, 1, 0), (10, 105, 1, 0), (8, 105, 0, 1), (9, 95, 0, 1), (9, 100, 0, 0),
])  # fmt: skip
def test_only_what_grows_on_the_last_day_before_an_export_arrived_late(day, offered, late, changed):
    first = exported(10, span(48 * day, 100, 90, 50, 10))
    last = exported(40, span(48 * day, offered, 90, 50, 10))
    (counts,) = asked([], [*first, *last]).result.exports
    assert (counts.late, counts.changed) == (late, changed)


def test_a_second_export_that_says_the_same_raises_nothing():
    counts = span(0, 100, 90, 50, 10)
    answer = asked([], [*exported(10, counts), *exported(40, counts)])
    assert answer.findings() == ()
    assert "1 interval of phone was exported on more than one day; none changes the past." in str(answer)


def test_a_limit_of_counts_that_changed_within_the_period_is_a_finding():
    counts = [span(48 * day, 100, 90, 50, 10, within_seconds=20 if day < 15 else 30) for day in range(30)]
    other = [span(48 * day, 100, 90, 50, 10, within_seconds=30, unit_id="B") for day in range(30)]
    answer = asked([], [*counts, *other])
    (limit,) = answer.result.changed_limits
    assert (limit.column, limit.limits, limit.queues, limit.day) == (
        "within_seconds",
        (20, 30),
        1,
        FIRST + 15,
    )
    assert "changed within the period, first on 2025-01-16, from 20 seconds to 30 seconds (1 queue)" in str(
        answer
    )
    assert [finding.subject for finding in answer.findings()] == ["within_seconds:phone"]
    assert unfounded(answer) == []


def test_every_figure_stands_in_the_table_and_those_held_back_do_not():
    answer = asked([figure(0.811), figure(0.9, first=30), figure(0.5, first=250)], half_hours(60))
    table = answer.exhibit().frame
    assert table["given"].tolist() == ["the form of the standard", "none", "not assessable"]
    part, lost = answer.without(lambda key, n=None: key == "published:2")
    assert (lost, [entry.figure.number for entry in part.result.figures]) == (1, [1, 3])
    assert answer.without(lambda key, n=None: True)[1] == 2


def test_a_month_is_one_from_its_first_to_its_last_day():
    def of(first: date, last: date) -> int | None:
        return PublishedShare(1, "abandoned", "", "", first, last, 0.1).month

    assert of(date(2024, 12, 1), date(2024, 12, 31)) == 202412
    assert of(date(2024, 2, 1), date(2024, 2, 29)) == 202402
    assert of(date(2023, 2, 1), date(2023, 2, 27)) is None
    assert of(date(2024, 1, 2), date(2024, 1, 31)) is None


def test_two_made_up_figures_about_the_same_are_two_findings():
    answer = asked([figure(0.95, published_on=FIRST + 40), figure(0.96)], half_hours(60))
    subjects = [finding.subject for finding in answer.findings()]
    assert len(subjects) == len(set(subjects)) == 3


def test_a_figure_of_many_published_shares_is_drawn_at_a_size_that_can_be_read():
    """A page has room for so many rows at full size; what does not fit stands in the table."""
    entries = asked([figure(0.86), figure(0.82, first=30)], half_hours(60)).result.figures
    many = tuple(
        replace(entry, figure=replace(entry.figure, number=number))
        for number, entry in enumerate(entries * 8)
    )
    drawn = published_ways(PublishedAgainstEvidence(many, tables=("interactions",)))
    labels = drawn.get_yticklabels()
    assert len(labels) == MOST_ROWS < len(many)
    assert {label.get_fontsize() for label in labels} == {8.5}
    assert figure_of(drawn).get_figheight() < 7
    assert "the others stand in the table" in drawn.get_xlabel()
    few = published_ways(PublishedAgainstEvidence(many[:3], tables=("interactions",)))
    assert few.get_xlabel() == "share of contacts"
    assert figure_of(few).get_figheight() < figure_of(drawn).get_figheight()


def restated_days(*days: int, quick: int = 50, then: int = 80, **more: Any) -> list[dict[str, Any]]:
    """Return thirty days exported on day 40, and one more export on each of `days`, more in time each."""
    ways = [(40, quick), *((day, then + 3 * place) for place, day in enumerate(days))]
    return [
        row
        for day, in_time in ways
        for row in exported(day, *(span(48 * each, 100, 90, in_time, 10, **more) for each in range(30)))
    ]


def test_a_figure_that_the_export_in_force_gives_is_joined_with_the_restatement_and_no_charge_of_its_own():
    answer = asked([figure(0.5, published_on=FIRST + 45)], restated_days(60), target=0.4)
    (entry,), (finding,) = answer.result.figures, answer.findings()
    assert entry.given is GivenBy.BY_EARLIER
    assert finding.subject == "exports:phone"
    assert finding.condition.endswith(
        "1 published figure rests on an earlier export: phone contacts answered in time from 2025-01-01 to "
        "2025-01-30 (50.0%)."
    )
    said = str(answer)
    assert "Of 1 published figure, 1 is given by an earlier export of the same counts." in said
    assert (
        "50.0%. The export of 2025-02-10 gives it by the form of the standard. The export of 2025-03-02 "
        "makes it 80.0%." in said
    )
    assert answer.title == "Some published figures are given by an earlier export alone"
    assert "rests on the latest export, but those that are said to be of an earlier one" in " ".join(
        sentence.text for sentence in answer.limits()
    )
    (row,) = answer.exhibit().frame.to_dict("records")
    assert "nearest" not in row
    assert (row["given"], row["form"], row["later"]) == ("an earlier export", 0.5, 0.8)
    assert unfounded(answer) == []
    published_ways(answer.result)


def test_a_figure_that_the_latest_export_gives_is_held_against_no_other():
    answer = asked([figure(0.8, published_on=FIRST + 45)], restated_days(60), target=0.4)
    (entry,), (finding,) = answer.result.figures, answer.findings()
    assert (entry.given, entry.earlier) == (GivenBy.BY_FORM, None)
    assert "rests on an earlier" not in finding.condition
    assert "later" not in answer.exhibit().frame.columns
    assert answer.facts["resting:phone"].value == 0


@pytest.mark.parametrize(("published_on", "given", "moment"), [
    (39, GivenBy.BY_EARLIER, 40), (40, GivenBy.BY_EARLIER, 40), (59, GivenBy.BY_EARLIER, 40),
    (60, GivenBy.BY_NONE, None), (69, GivenBy.BY_NONE, None), (70, GivenBy.BY_NONE, None),
    (None, GivenBy.BY_EARLIER, 40),
])  # fmt: skip
def test_the_export_in_force_is_the_last_until_publication_and_without_a_day_every_export(
    published_on, given, moment
):
    """Exported on days 40, 60 and 70: 50, 80 and 83 of 100; before the first export that is the nearest."""
    day = None if published_on is None else FIRST + published_on
    (entry,) = asked([figure(0.5, published_on=day)], restated_days(60, 70), target=0.1).result.figures
    assert entry.given is given
    assert (None if entry.earlier is None else entry.earlier.day - FIRST) == moment
    assert entry.earlier is None or entry.earlier.latest == FIRST + 70


def test_an_export_that_only_part_of_the_intervals_had_until_then_is_completed_by_their_first():
    """A was exported on days 40 and 60, B on day 50 alone: on day 45 B counts by what came after."""
    later = exported(50, *(span(48 * day, 100, 90, 70, 10, unit_id="B") for day in range(30)))
    counts = [*restated_days(60), *later]
    (entry,) = asked([figure(0.6, published_on=FIRST + 45)], counts, target=0.4).result.figures
    assert (entry.given, entry.form.least, entry.later.least) == (GivenBy.BY_EARLIER, 0.6, 0.75)
    (entry,) = asked([figure(0.7, published_on=FIRST + 45, unit_id="B")], counts, target=0.4).result.figures
    assert entry.given is GivenBy.BY_FORM


def test_another_way_by_an_earlier_export_is_a_finding_that_names_the_export():
    answer = asked([figure(0.556, published_on=FIRST + 45)], restated_days(60), target=0.1)
    (entry,) = answer.result.figures
    assert entry.given is GivenBy.OTHERWISE
    condition = next(each for each in answer.findings() if "flattering" in each.headline).condition
    assert "By the export of 2025-02-10: Of 30 ways of counting 3 give it: answered within" in condition
    assert "The export of 2025-03-02 makes it 88.9%." in condition
    assert unfounded(answer) == []


def test_a_flattering_definition_claimed_stays_a_finding_though_only_an_earlier_export_gives_it():
    claimed = figure(0.556, definition="over_answered", published_on=FIRST + 45)
    answer = asked([claimed], restated_days(60), target=0.52)
    assert answer.result.figures[0].given is GivenBy.BY_EARLIER
    assert "gives it by the definition claimed" in str(answer)
    assert any("better side of the form" in finding.cause for finding in answer.findings())
    assert unfounded(answer) == []


def test_contacts_that_only_arrived_late_make_an_earlier_figure_no_finding():
    """One day before the first export: 100 then 110 offered, none the worse."""
    first = exported(1, span(0, 100, 90, 50, 10))
    last = exported(40, span(0, 110, 100, 60, 10))
    answer = asked([figure(0.5, days=1, published_on=FIRST + 2)], [*first, *last], target=0.4)
    assert answer.result.figures[0].given is GivenBy.BY_EARLIER
    assert answer.findings() == ()
    assert unfounded(answer) == []


def test_an_export_without_a_day_came_before_all_others():
    counts = [*(row | {"exported_on": None} for row in restated_days()), *restated_days(60)[30:]]
    answer = asked([figure(0.5)], counts, target=0.4)
    assert "The export that says no day gives it by the form of the standard" in str(answer)
    assert unfounded(answer) == []


def test_a_figure_that_rests_on_counts_whose_last_export_is_in_quarantine_is_joined_with_that_finding():
    first = exported(40, *(span(48 * day, 100, 90, 50, 10) for day in range(30)))
    wrong = {"source_file": "counts.csv", "source_line": 7}
    last = exported(60, *(span(48 * day, 100, 90, 95, 10, **wrong) for day in range(30)))
    counts = rows("interval_counts", *first)
    lost = rows("interval_counts", *last)
    for name in ("reason", "rule"):
        lost = lost.append_column(name, pa.array(["contradiction"] * len(last)))
    held = {
        "interval_counts": counts, "quarantined_intervals": lost,
        "published_figures": rows("published_figures", figure(0.5, published_on=FIRST + 45)),
    }  # fmt: skip
    run = small_run(period={"start": "2025-01-01", "end": "2025-12-31"}, as_of="2026-01-15T12:00:00Z")
    evidence = Evidence(held, (source("interval_counts", 60, 30),))
    answer = published(Engagement(run, evidence, TEXTS), demands=demanding(0.4))
    (entry,) = answer.result.figures
    assert entry.given is GivenBy.BY_EARLIER
    (finding,) = answer.findings()
    assert finding.subject == "quarantined_counts:phone"
    assert "1 published figure rests on an earlier export" in finding.condition
    assert unfounded(answer) == []
