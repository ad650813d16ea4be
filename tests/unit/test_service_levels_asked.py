"""07 asked: whether verdicts survive every definition, in words that name the numbers they state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_company import Evidence, rows
from test_interval_measures import contact, span

from auditlib import service_levels
from auditlib.audit.numerals import orphans
from auditlib.audit.standard import read_edition
from auditlib.figures.service_levels import definitions as drawn
from auditlib.parameters.engagement import Engagement
from auditlib.records import Outcome
from auditlib.service_levels import ServiceLevelsAnswer
from auditlib.service_levels.examine import estimate, families
from auditlib.standards.profile import Demands

ROOT = Path(__file__).parents[2]
EDITION = read_edition("service-excellence@2026", root=ROOT)
TEXTS = {
    f"definitions/{path.name}": path.read_text(encoding="utf-8")
    for path in (ROOT / "params" / "definitions").glob("*.yaml")
}
MORE = {"abandoned_in_time": 20, "abandoned_short": 10, "short_seconds": 5, "flowed_out": 0}


def criteria(*, target: float, seconds: int = 20) -> list[Any]:
    """Return the service level of calls with another target and limit."""
    criterion = EDITION.criterion("IM-01")
    wished = replace(criterion.target, value=target, loosest=0.1)
    return [replace(criterion, options={"channel": "phone", "seconds": seconds}, target=wished)]


def answer(*counts: dict[str, Any], target: float = 0.82, contacts: Any = ()) -> ServiceLevelsAnswer:
    held = {"interval_counts": rows("interval_counts", *counts)} if counts else {}
    if contacts:
        held["interactions"] = rows("interactions", *contacts)
    level, mode = 0.95, EDITION.rule.mode
    asked = criteria(target=target)
    return ServiceLevelsAnswer(estimate(Evidence(held, ()), asked, families(TEXTS), level=level, mode=mode))


def half_hours(many: int, **more: Any) -> list[dict[str, Any]]:
    """Return so many half hours of a day each, all of the published example."""
    return [span(48 * day, 1060, 1000, 860, 60, **{**MORE, **more}) for day in range(many)]


def unfounded(given: ServiceLevelsAnswer) -> list[str]:
    numbers = {number.key: number for number in given.numbers()}
    return [
        orphan
        for sentence in (*given.summary(), *given.limits())
        for orphan in orphans(sentence.text, [numbers[key] for key in sentence.keys])
    ]


def test_the_published_example_splits_at_82_percent_and_its_verdict_hangs_on_the_definition():
    given = answer(*half_hours(60))
    (entry,) = given.result.criteria
    assert not entry.robust
    met = {judged.definition for judged in entry.exact if judged.outcome is Outcome.MET}
    missed = {judged.definition for judged in entry.exact if judged.outcome is Outcome.NOT_MET}
    assert {"over_answered", "over_ended_abandoned_in_time_met"} <= met
    assert {"over_ended", "over_offered"} <= missed
    said = str(given)
    assert "give 81.1% (answered within the limit, over all answered or given up" in said
    assert "to 86.0% (answered within the limit, over all answered, all contacts together)" in said
    assert "The verdict hangs on the definition: met by" in said
    assert unfounded(given) == []


@pytest.mark.parametrize(("target", "outcome"), [(0.7, "met"), (0.95, "not met")])
def test_a_verdict_that_every_definition_shares_survives(target, outcome):
    given = answer(*half_hours(60), target=target)
    assert given.result.criteria[0].robust
    assert f"By each of the 30 the verdict is the same: {outcome}." in str(given)


def test_what_counts_do_not_tell_apart_is_counted_as_open_and_is_no_verdict():
    told = dict.fromkeys(MORE)
    given = answer(*half_hours(60, **told))
    (entry,) = given.result.criteria
    assert entry.open
    assert "further ways of counting the evidence tells bounds alone" in str(given)
    assert unfounded(given) == []


def test_without_contacts_nothing_can_be_said_and_it_is_no_stop():
    given = answer()
    assert str(given) == (
        "Phone contacts answered in time (IM-01): not assessable. The evidence has neither single contacts "
        "nor interval counts. Ask for the contacts of the period, or for counts by interval."
    )
    assert unfounded(given) == []


def test_channels_that_the_evidence_says_nothing_of_are_spoken_of_once():
    """Contacts came by web form alone: phone is asked about twice and chat once, and one sentence says it."""
    held = Evidence({"interactions": rows("interactions", contact(0, 10, channel="web_form"))}, ())
    ours = [EDITION.criterion(name) for name in ("IM-01", "IM-02", "IM-04")]
    given = ServiceLevelsAnswer(estimate(held, ours, families(TEXTS), level=0.95, mode=EDITION.rule.mode))
    assert str(given) == (
        "Phone contacts answered in time (IM-01), phone contacts given up (IM-02) and chat contacts answered "
        "in time (IM-04): not assessable. No contact of the period by phone or chat says enough. Ask for the "
        "contacts of the period by phone and chat."
    )
    assert unfounded(given) == []
    assert set(given.summary()[0].keys) == {"variants:IM-01", "variants:IM-02", "variants:IM-04"}


def test_a_channel_that_says_something_keeps_its_own_sentence():
    held = Evidence({"interactions": rows("interactions", *(contact(at, 10) for at in range(40)))}, ())
    ours = [EDITION.criterion(name) for name in ("IM-01", "IM-04")]
    given = ServiceLevelsAnswer(estimate(held, ours, families(TEXTS), level=0.95, mode=EDITION.rule.mode))
    first, second = given.summary()
    assert first.text.startswith("Phone contacts answered in time (IM-01, at least")
    assert "No contact of the period by chat says enough." in second.text


def test_an_edition_without_such_a_criterion_is_told_so():
    level, mode = 0.95, EDITION.rule.mode
    none = ServiceLevelsAnswer(estimate(Evidence({}, ()), (), families(TEXTS), level=level, mode=mode))
    assert "No criterion of the standard asks for a share" in str(none)


def test_single_contacts_of_another_channel_are_not_among_them():
    calls = [contact(start, 10) for start in range(40)]
    chats = [contact(start, 90, channel="chat") for start in range(40)]
    given = answer(contacts=(*calls, *chats))
    assert given.facts["smallest:IM-01"].value == 1.0


def test_the_question_reads_the_definitions_of_the_project_and_the_demands_of_the_audit():
    class Asked:
        confidence = 0.95

    run: Any = type("Run", (), {"thresholds": Asked, "sources": ()})
    evidence: Any = Evidence({"interval_counts": rows("interval_counts", *half_hours(40))}, ())
    given = service_levels.examine(Engagement(run, evidence, TEXTS), demands=Demands(EDITION))
    assert {entry.criterion.id for entry in given.result.criteria} == {"IM-01", "IM-02"}
    assert {criterion.id for criterion, _ in given.result.refusals} == {"IM-04"}


def test_each_criterion_has_its_table_and_its_figure():
    (part,) = answer(*half_hours(40)).parts()
    table = part.variants()
    assert list(table.frame["definition"])[:2] == ["over_ended_abandoned_in_time_met", "over_answered"]
    assert table.frame.loc[1, "least_pooled"] == pytest.approx(0.86)
    labels = [label.get_text().replace("\n", " ") for label in drawn(part.result).get_yticklabels()]
    assert labels[1] == "answered within the limit, over all answered"


def test_a_share_that_is_held_back_is_neither_drawn_nor_left_in():
    (part,) = answer(*half_hours(40)).parts()
    left, lost = part.result.without(lambda key, n=None: key.endswith(":over_answered"))
    assert lost == 3
    assert left is not None
    assert "over_answered" not in {entry.definition for entry in left.criteria[0].variants}
    assert part.result.without(lambda key, n=None: True) == (None, len(part.result.criteria[0].variants))


def test_units_with_contacts_on_a_single_day_are_named():
    """Of Bern and 017 all contacts are of one day, single ones and counts together; A has sixty days."""
    single = [span(48 * 3, 1060, 1000, 860, 60, **MORE, unit_id=unit) for unit in ("Bern", "017")]
    beside = contact(48 * 3, 5, interaction_id="c1", unit_id="Bern")
    given = answer(*half_hours(60), *single, contacts=[beside])
    said = " ".join(line.text for line in given.limits())
    assert "'017' and Bern had each all contacts by phone on a single day: no interval" in said
    assert unfounded(given) == []
    later = contact(48 * 9, 5, interaction_id="c1", unit_id="Bern")
    elsewhere = answer(*half_hours(60), single[0], contacts=[later])
    assert "single day" not in " ".join(line.text for line in elsewhere.limits())


def test_the_verdict_that_hangs_on_the_definition_comes_first():
    asked = [
        replace(criterion, id=name)
        for name, target in (("IM-91", 0.7), ("IM-92", 0.82))
        for criterion in criteria(target=target)
    ]
    held: Any = Evidence({"interval_counts": rows("interval_counts", *half_hours(60))}, ())
    level, mode = 0.95, EDITION.rule.mode
    given = ServiceLevelsAnswer(estimate(held, asked, families(TEXTS), level=level, mode=mode))
    assert ["IM-92" in sentence.text for sentence in given.summary()] == [True, False]


def test_a_verdict_that_some_ways_leave_open_is_not_said_of_all():
    """Of rounded shares given up alone, over all offered is told and after a short wait is not."""
    alone = {"answered": None, "answered_in_time": None, "abandoned": None, "abandoned_share": 0.17}
    counts = [span(48 * day, 1000, None, None, None) | alone for day in range(60)]
    level, mode = 0.95, EDITION.rule.mode
    held: Any = Evidence({"interval_counts": rows("interval_counts", *counts)}, ())
    given = ServiceLevelsAnswer(
        estimate(held, [EDITION.criterion("IM-02")], families(TEXTS), level=level, mode=mode)
    )
    (entry,) = given.result.criteria
    assert not entry.robust
    assert "by 12 ways of counting in use the evidence tells bounds alone." in str(given)
    assert "The verdict is not met by 6 of them, and 6 leave it open." in str(given)
    assert unfounded(given) == []


def test_verdicts_are_counted_of_all_ways_where_only_some_have_a_share():
    """Who gave up after a short wait is not counted: half of the ways have bounds alone."""
    counts = [span(48 * day, 1000, 830, 700, 170) | dict.fromkeys(MORE) for day in range(60)]
    held: Any = Evidence({"interval_counts": rows("interval_counts", *counts)}, ())
    given = ServiceLevelsAnswer(
        estimate(held, [EDITION.criterion("IM-02")], families(TEXTS), level=0.95, mode=EDITION.rule.mode)
    )
    (entry,) = given.result.criteria
    assert (len(entry.exact), len(entry.open), len(entry.undecided)) == (6, 6, 6)
    assert "6 of 12 ways of counting in use give 17.0%" in str(given)
    assert "The verdict is not met by 6 of the 12, and 6 leave it open." in str(given)
    assert unfounded(given) == []


def test_where_some_ways_have_bounds_the_table_shows_the_most_of_every_way():
    """A cell is what its number was recorded as, also of a way whose share is told exactly."""
    (part,) = answer(*half_hours(60)).parts()
    assert part.result.criteria[0].open
    frame = part.variants().frame
    for column in ("least_pooled", "most_pooled"):
        stem = column.partition("_")[0]
        for _, row in frame.iterrows():
            number = part.facts[f"{stem}_pooled:IM-01:{row['definition']}"]
            assert row[column] == number.value


def test_a_channel_that_no_criterion_asks_about_is_named():
    given = answer(*half_hours(40), *(span(48 * day, 9, 9, 9, 0, channel="visit") for day in range(3)))
    assert given.result.unasked == ("visit",)
    assert "asks about contacts by visit: nothing is judged of them." in str(given.limits()[0].text)
    assert "No criterion" not in " ".join(sentence.text for sentence in answer(*half_hours(40)).limits())


def test_counts_that_cannot_be_true_are_refused_and_stop_nothing():
    """Columns of answered and offered changed places: more were answered than ever came."""
    swapped = [row | {"offered": row["answered"], "answered": row["offered"]} for row in half_hours(60)]
    told = answer(*[row | {"answered": 5 * row["answered"]} for row in swapped])
    assert told.result.criteria == ()
    assert "the interval counts contradict themselves" in str(told).lower()
    assert "Ask which column counts what" in str(told)
    assert unfounded(told) == []


def test_an_interval_is_of_one_queue_and_every_queue_has_its_share():
    """Sales answers 90 of 100 in time, and service 10 of 50: of contacts 2/3, of intervals .55."""
    counts = [
        span(48 * day, offered, offered, quick, 0, queue=queue)
        for day in range(40)
        for queue, offered, quick in (("Sales", 100, 90), ("Service", 50, 10))
    ]
    given = answer(*counts)
    (entry,) = given.result.criteria
    shares = {
        str(judged.share.variant.aggregation): judged.share.least
        for judged in entry.variants
        if judged.definition == "over_offered"
    }
    assert shares["pooled"] == pytest.approx(100 / 150)
    assert shares["mean_of_intervals"] == pytest.approx((0.9 + 0.2) / 2)
    by_queue = {part.queue: (part.share.least, part.share.contacts) for part in entry.queues}
    assert by_queue == {"Sales": (0.9, 4_000), "Service": (0.2, 2_000)}
    assert given.queues().frame["least_of_queue"].tolist() == [0.9, 0.2]
    assert given.facts["least_of_queue:IM-01:Sales"].basis[0].where[-1] == ("queue", "Sales")
    assert given.result.without(lambda _, cases: cases < 3_000)[1] == 1


def test_a_single_queue_is_the_channel_and_has_no_table_of_its_own():
    (entry,) = answer(*half_hours(3, queue="All")).result.criteria
    assert entry.queues == ()


def test_single_contacts_of_queues_say_what_counts_of_these_queues_say():
    calls = [
        contact(start, wait, queue=queue)
        for start in range(0, 48 * 20, 48)
        for queue, waits in (("Sales", (5, 5, 5, 90)), ("Service", (90, 5)))
        for wait in waits
    ]
    counts = [
        span(start, offered, offered, quick, 0, queue=queue)
        for start in range(0, 48 * 20, 48)
        for queue, offered, quick in (("Sales", 4, 3), ("Service", 2, 1))
    ]
    of_contacts, of_counts = (given.result.criteria[0] for given in (answer(contacts=calls), answer(*counts)))
    shares = [
        {
            (judged.definition, str(judged.share.variant.aggregation)): judged.share.least
            for judged in entry.variants
            if judged.definition == "over_answered"
        }
        for entry in (of_contacts, of_counts)
    ]
    assert shares[0] == pytest.approx(shares[1])
    assert shares[0]["over_answered", "mean_of_intervals"] == pytest.approx((0.75 + 0.5) / 2)
    assert [part.share.least for part in of_contacts.queues] == [0.75, 0.5]
