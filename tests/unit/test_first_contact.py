"""First-contact resolution: the rule by hand, as a clause and as a table; three sources; what is unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_company import Evidence, company, engaged, rows, run, source
from test_outlying import EDITION

from auditlib.audit.numerals import orphans
from auditlib.audit.session import Audit
from auditlib.figures.first_contact import by_window
from auditlib.records import Scale
from auditlib.service_levels.first_contact import (
    FirstContactAnswer,
    RepeatRule,
    first_contact,
    silences,
)
from auditlib.service_levels.first_contact.compare import window_of
from auditlib.service_levels.first_contact.counted_contacts import first_contact_counts
from auditlib.service_levels.first_contact.matters import (
    RecordedContacts,
    identified,
    with_silences,
    with_vague,
)
from auditlib.service_levels.first_contact.result import Disagreement, ResolutionWindow, Witness
from auditlib.service_levels.first_contact.rule import WINDOWS, CustomerContact, first_contacts_one
from auditlib.service_levels.first_contact.silences import NONE, contacts_with_silences
from auditlib.service_levels.first_contact.surveyed import resolved_from
from auditlib.service_levels.first_contact.unknown_contacts import least_and_most
from auditlib.service_levels.first_contact.window_parts import in_base, within_window
from auditlib.service_levels.first_contact.windows import FirstContactCounts, undecided_counts
from auditlib.service_levels.name_numbers import numbers_of
from auditlib.standards.profile import Demands
from auditlib.time.epoch import DAY, SECOND

START = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * SECOND
END = int(datetime(2024, 3, 1, tzinfo=UTC).timestamp()) * SECOND - 1
"""First and last instant of the period of the small company."""
SURVEY = {"transactional": {"items": {"q_solved": {"wording": "Solved?", "scale": {"low": 0, "high": 1}}}}}
CONNECTION = duckdb.connect()


def call(name: str, day: float, *, lasts: int = 300, **more: Any) -> dict[str, Any]:
    """Return a contact offered so many days after the period began, answered at once."""
    at = START + round(day * DAY)
    row = {
        "interaction_id": name, "unit_id": "U1", "channel": "phone", "customer_id": "K1", "matter": "bill",
        "offered_at": at, "offered_day": at // DAY, "offered_second": at % DAY // SECOND, "answered_at": at,
        "answered_second": 0, "ended_at": at + lasts * SECOND, "ended_second": 0, "abandoned": False,
        "first_level": True, "source_file": "calls.csv", "source_line": 2,
    }  # fmt: skip
    return row | more


def asked(*calls: dict[str, Any], without: tuple[str, ...] = (), **how: Any) -> Any:
    held = {"interactions": rows("interactions", *calls).drop_columns(list(without))}
    item = how.get("resolved_item", "")
    answers = how.pop("answers", ())
    if answers:
        table = rows("responses", *answers).append_column(item, [[row[item] for row in answers]])
        held["responses"] = table
    totals = how.pop("totals", ())
    chosen = run(instruments=SURVEY)
    return first_contact(engaged(Evidence(held, totals), chosen), **how)


def window(given_answer: FirstContactAnswer, days: int = 7) -> ResolutionWindow:
    return next(entry for entry in given_answer.result.windows if entry.days == days)


def share(given_answer: FirstContactAnswer, witness: Witness = Witness.CONTACTS, days: int = 7) -> Any:
    shares = window(given_answer, days).of(witness)
    assert shares is not None
    return shares


def unfounded(given_answer: Any) -> list[str]:
    numbers = {number.key: number for number in given_answer.numbers()}
    more = (
        (*given_answer.contradicted(), *given_answer.by_group()) if hasattr(given_answer, "by_group") else ()
    )
    return [
        orphan
        for sentence in (*given_answer.summary(), *given_answer.limits(), *more)
        for orphan in orphans(sentence.text, [numbers[key] for key in sentence.keys])
    ]


def test_sqm_280_of_400_is_70_percent():
    """SQM Group: 280 of 400 resolved at first contact. 120 customers come back the day after."""
    first = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}") for n in range(400)]
    again = [call(f"B{n}", 2 + n / 100, customer_id=f"K{n}") for n in range(120)]
    gross = share(asked(*first, *again)).gross
    assert (gross.value, gross.n) == (0.7, 400)


def test_net_leaves_what_the_first_level_cannot_resolve_out_of_both():
    """MetricNet: of 100, 10 cannot be resolved at level 1; 63 resolved are 63% gross and 70% net."""
    level = [{"first_level": n < 90} for n in range(100)]
    first = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}", **level[n]) for n in range(100)]
    again = [call(f"B{n}", 2 + n / 100, customer_id=f"K{n}") for n in range(63, 100)]
    both = share(asked(*first, *again))
    assert (both.gross.value, both.gross.n) == (0.63, 100)
    assert (both.net.value, both.net.n) == (0.7, 90)


@pytest.mark.parametrize(("beyond", "repeats"), [(-1, True), (0, True), (1, False)])
def test_the_bound_is_inclusive_and_runs_from_the_end(beyond: int, repeats: bool):
    late = call("B", 1) | {"offered_at": START + DAY + 300 * SECOND + 7 * DAY + beyond}
    answer = asked(call("A", 1), late)
    assert window(answer).base == (1 if repeats else 2)
    assert share(answer).gross.value == (0 if repeats else 1)


@pytest.mark.parametrize(
    ("rule", "base"),
    [
        (RepeatRule(), 1),
        (RepeatRule(inclusive=False), 2),
        (RepeatRule(from_end=False), 2),
        (RepeatRule(days=8), 1),
    ],
)
def test_each_rule_is_a_choice(rule: RepeatRule, base: int):
    at_bound = call("B", 1) | {"offered_at": START + DAY + 300 * SECOND + 7 * DAY}
    assert window(asked(call("A", 1), at_bound, rule=rule)).base == base


@pytest.mark.parametrize(("beyond", "censored"), [(-1, 0), (0, 0), (1, 1)])
def test_a_window_that_is_not_over_when_the_evidence_ends_is_left_out(beyond: int, censored: int):
    last = call("A", 0) | {"ended_at": END - 7 * DAY + beyond}
    answer = asked(last, call("B", 1, customer_id="K2"))
    assert window(answer).censored == censored
    assert window(answer).base == 2 - censored


def test_days_after_the_period_count_as_evidence_until_one_has_no_contact():
    late = [call(f"X{day}", day, customer_id=f"L{day}", in_period=False) for day in (60, 61, 62, 64)]
    answer = asked(call("A", 54.9), *late)
    assert window(answer).base == 1, "until day 62 the evidence goes on: more than 7 days follow it"
    assert window(asked(call("A", 56), *late[:3], call("B", 1, customer_id="K2"))).censored == 1


def test_a_contact_outside_the_period_is_no_first_contact_and_can_be_a_repeat():
    before = call("A", -2, in_period=False)
    answer = asked(before, call("B", 1), call("C", 20))
    assert window(answer).base == 1


def test_given_up_is_a_repeat_and_no_resolution():
    lost = {"answered_at": None, "abandoned": True}
    first, second = call("A", 1), call("B", 2, **lost)
    alone = call("C", 1, customer_id="K2", **lost)
    answer = asked(first, second, alone)
    assert (share(answer).gross.value, window(answer).base, window(answer).unanswered) == (0, 2, 1)
    without = asked(first, second, alone, rule=RepeatRule(abandoned_count=False))
    assert (share(without).gross.value, window(without).base) == (1, 1)


@pytest.mark.parametrize("back", [True, False])
def test_said_to_be_both_answered_and_given_up_it_is_resolved_or_not(back: bool):
    """Where the customer came back it is not resolved, whichever it was; else nobody knows."""
    plain = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}", resolved_first=True) for n in range(8)]
    plain[0] |= {"answered_at": None, "abandoned": True}
    both = [call(f"B{n}", 2, customer_id=f"L{n}", abandoned=True) for n in range(2)]
    repeats = [call(f"C{n}", 3, customer_id=f"L{n}") for n in range(2)] if back else []
    answer = asked(*plain, *both, *repeats)
    gross = share(answer).gross
    assert (window(answer).base, window(answer).undecided) == (10, 0 if back else 2)
    assert (gross.value, gross.n) == ((0.7, 10) if back else (7 / 8, 8))
    assert (gross.least, gross.most) == ((0.7, 0.7) if back else (0.7, 0.9))
    net = share(answer).net
    assert (net.value, net.least, net.most) == (gross.value, gross.least, gross.most)
    assert (
        "2 first contacts said to be both answered and given up may be resolved or not" in str(answer)
    ) is (not back)
    group = next(entry for entry in answer.result.groups if entry.kind == "channel")
    assert (group.share.value, group.share.n) == (gross.value, gross.n)
    assert unfounded(answer) == []


def test_legs_of_one_contact_are_no_repeats():
    legs = [call("A", 1), call("B", 1.01, contact_id="A", resolved_first=True), call("C", 20)]
    legs[0] |= {"contact_id": "A", "resolved_first": False}
    answer = asked(*legs)
    assert window(answer).base == 2
    assert share(answer).gross.value == 1
    assert share(answer, Witness.MARK).gross.value == 1, "the mark of its last leg"
    apart = asked(*legs, without=("contact_id",))
    assert share(apart).gross.value == 0.5


def test_what_says_no_customer_or_matter_makes_the_share_a_range():
    base = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}") for n in range(100)]
    silent = [call(f"S{n}", 3, customer_id=None) for n in range(2)]
    vague = [call(f"V{n}", 3, customer_id=f"K{n}", matter=None) for n in range(3)]
    answer = asked(*base, *silent, *vague)
    gross = share(answer).gross
    assert window(answer).unknown == 5
    assert (gross.value, gross.n, gross.least, gross.most) == (1, 100, 90 / 95, 1)
    assert "5 contacts without a customer, in quarantine, or near another" in str(answer)
    assert "says nothing" not in str(answer)
    assert unfounded(answer) == []


@pytest.mark.parametrize(("day", "unknown", "base"), [(8.9, 0, 2), (8.0, 1, 1), (1, 1, 1)])
def test_a_contact_without_its_matter_that_stands_alone_is_a_first_contact(day, unknown, base):
    """Whatever it was about: the customer has no other contact within the window, before or after."""
    answer = asked(call("A", 1), call("V", day, matter=None))
    assert (window(answer).unknown, window(answer).base) == (unknown, base)
    lost = asked(call("A", 1), call("V", 20, matter=None, answered_at=None))
    assert share(lost).gross.value == 0.5
    before = asked(call("V", 1, matter=None), call("A", 1.5))
    assert (window(before).unknown, window(before).base) == (1, 1)


def test_units_that_name_no_customer_are_named_and_the_share_of_the_others_stands_beside():
    """Ten first contacts of U1, two repeated; thirty of U2 and U3 without a customer, and one of U1."""
    first = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}") for n in range(10)]
    again = [call(f"B{n}", 2 + n / 100, customer_id=f"K{n}") for n in range(2)]
    silent = [call(f"S{n}", 3, customer_id=None, unit_id=f"U{2 + n % 2}") for n in range(30)]
    answer = asked(*first, *again, *silent, call("T", 3, customer_id=None))
    assert answer.result.nameless.unit_ids == ("U2", "U3")
    assert window(answer).unknown == 31
    assert window(answer).named_ends == pytest.approx((6 / 9, 8 / 9))
    assert (
        "No contact of 'U2' or 'U3' names its customer (30 contacts). The share of 80.0% is that of the 10 "
        "first contacts of the units whose contacts do; if none of their customers came back through 'U2' or "
        "'U3', it lies between 66.7% and 88.9%." in str(answer)
    )
    assert unfounded(answer) == []
    alone = asked(*first, *silent)
    assert "if none of their customers came back through 'U2' or 'U3', it holds." in str(alone)
    assert unfounded(alone) == []
    assert "names its customer" not in str(asked(*first, *again, call("T", 3, customer_id=None)))
    many = [call(f"S{n}", 3, customer_id=None, unit_id=f"V{n}") for n in range(6)]
    crowded = asked(*first, *many)
    assert "No contact of 'V0', 'V1', 'V2', 'V3' or others names" in str(crowded)
    assert unfounded(crowded) == []


def test_a_range_over_half_the_scale_is_said_to_say_nothing():
    base = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}") for n in range(20)]
    answer = asked(*base, *(call(f"S{n}", 3, customer_id=None) for n in range(8)))
    assert "from 33.3% to 100.0%: that range says nothing." in str(answer)


def test_contacts_in_quarantine_may_be_repeats_but_copies_are_not():
    reasons = {"identical": 3, "time": 2, "future": 1}
    held = source("interactions", 16, 6, reasons=reasons)
    base = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}") for n in range(10)]
    assert window(asked(*base, totals=(held,))).unknown == 2


def test_without_matters_every_further_contact_of_the_customer_counts():
    calls = [call("A", 1, matter="bill"), call("B", 2, matter="move")]
    assert share(asked(*calls)).gross.value == 1
    answer = asked(*calls, without=("matter",))
    assert share(answer).gross.value == 0
    assert "the matter is not recorded, so that every further contact" in str(answer)
    assert unfounded(answer) == []


def test_without_the_level_there_is_no_net_share():
    answer = asked(call("A", 1), without=("first_level",))
    assert share(answer).net is None
    assert "a net share cannot be said" in str(answer)
    assert "map the answer as first_level" in " ".join(map(str, answer.limits()))
    assert unfounded(answer) == []


def test_a_level_that_is_unsaid_makes_the_net_share_a_range():
    calls = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}") for n in range(10)]
    calls[0]["first_level"] = calls[1]["first_level"] = None
    calls.append(call("B", 2, customer_id="K1"))
    net = share(asked(*calls)).net
    assert (net.value, net.n, net.least, net.most) == (1, 8, 8 / 9, 1)


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ((), "The evidence has neither single contacts nor interval counts."),
        ((call("A", 1, customer_id=None),), "which customer it was with"),
        ((call("A", 58),), "No first contact of the period has a window that is over"),
    ],
)
def test_what_cannot_be_answered_says_what_to_ask_for(calls: tuple[Any, ...], words: str):
    rule = RepeatRule(windows=(7, 14))
    answer = asked(*calls, rule=rule)
    assert not answer.answered
    assert words in answer.summary()[0].text
    assert "Ask for" in answer.summary()[0].text


def test_without_a_table_of_contacts_it_is_refused():
    answer = first_contact(engaged(Evidence({}, ())))
    assert answer.summary()[0].text.startswith("First-contact resolution re-performed: not assessable.")


def response(contact: str, solved: float | None, **more: Any) -> dict[str, Any]:
    return {"response_id": f"R{contact}", "survey_type": "transactional", "unit_id": "U1",
            "interaction_id": contact, "submitted_at": START, "q_solved": solved} | more  # fmt: skip


def three_sources(**how: Any) -> Any:
    """Return 40 marked contacts, 10 of them followed by another; 5 unmarked; the customer denies 12 marks."""
    first = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}", resolved_first=n < 40) for n in range(45)]
    again = [call(f"B{n}", 2 + n / 100, customer_id=f"K{n}") for n in range(10)]
    answers = [response(f"A{n}", float(n >= 12)) for n in range(40)]
    return asked(*first, *again, answers=answers, resolved_item="q_solved", **how)


def test_three_numbers_of_the_same_first_contacts():
    answer = three_sources()
    assert share(answer).gross.value == 35 / 45
    assert share(answer, Witness.MARK).gross.value == 40 / 45
    assert (share(answer, Witness.CUSTOMERS).gross.value, share(answer, Witness.CUSTOMERS).gross.n) == (
        0.7,
        40,
    )
    counts = {entry.kind: (entry.contacts, entry.of) for entry in window(answer).disagreements}
    assert counts == {
        Disagreement.MARKED_RETURNED: (10, 40),
        Disagreement.UNMARKED_SILENT: (5, 5),
        Disagreement.MARKED_DENIED: (12, 40),
    }
    assert unfounded(answer) == []


def test_who_did_not_come_back_is_said_with_the_days_it_is_known_for():
    """A customer may come back later: silence is that of the window, and no more."""
    later = asked(call("A", 1, resolved_first=False), call("B", 30, resolved_first=True))
    words = "not marked as resolved, and the customer did not come back within 7 days"
    assert words in set(later.cases(3).frame["contradiction"])
    assert "within 14 days" in " ".join(later.contradictions().frame["title"])
    assert "never came back" not in str(later)


def test_cases_are_listed_soonest_first_and_found_again():
    table = three_sources().cases(3).frame
    assert list(table["interaction_id"][:3]) == ["A0", "A1", "A2"]
    assert table["source"][0] == "calls.csv:2"
    assert len(table) == 9


def overlapped() -> Any:
    """Return sixty marked contacts: twenty called again days after, and twenty before theirs was over."""
    first = [call(f"A{n}", 1 + n / 4, customer_id=f"K{n}", resolved_first=True, lasts=DAY // SECOND // 2)
             for n in range(60)]  # fmt: skip
    after = [call(f"B{n}", 3 + n / 4, customer_id=f"K{n}") for n in range(20)]
    within = [call(f"C{n}", 1.25 + n / 4 - n / 1000, customer_id=f"K{n}") for n in range(20, 40)]
    return asked(*first, *after, *within)


def test_who_came_again_before_the_contact_was_over_is_listed_last_in_words_of_its_own():
    answer = overlapped()
    table = answer.cases(60).frame
    assert list(table["interaction_id"]) == [f"A{n}" for n in range(40)]
    assert set(table["back_after_hours"][:20].round(6)) == {36.0}
    assert table["back_after_hours"][20:].isna().all()
    assert table["before_end_hours"][:20].isna().all()
    assert list(table["before_end_hours"][20:].round(2)) == [round(6 + 0.024 * n, 2) for n in range(20, 40)]
    words = [entry.words for entry in answer.findings()[0].cases]
    assert words[0] == "marked as resolved, and the customer came back after 36.0 hours"
    assert words[20] == (
        "marked as resolved, and the customer came again before the first contact was over, "
        "6.5 hours before its end"
    )
    assert words[20].startswith(table["contradiction"][20])
    assert "before_end_hours" not in three_sources().cases(3).frame
    soon = [call(f"D{n}", n / 2, customer_id=f"L{n}", resolved_first=True) for n in range(60)]
    at_once = [call(f"E{n}", n / 2 + (310 + 60 * (n % 2)) / 86_400, customer_id=f"L{n}") for n in range(40)]
    spelt = {entry.words for entry in asked(*soon, *at_once).findings()[0].cases}
    came = "marked as resolved, and the customer came back after "
    assert spelt == {f"{came}less than a minute", f"{came}1 minute"}


def test_contradicted_marks_are_findings_with_their_cases():
    first = [
        call(f"A{n}", n % 50, customer_id=f"K{n}", resolved_first=True, unit_id=f"U{n % 3}")
        for n in range(300)
    ]
    again = [call(f"B{n}", n % 50 + 2, customer_id=f"K{n}", resolved_first=True) for n in range(60)]
    answers = [response(f"A{n}", float(n >= 90)) for n in range(0, 300, 2)]
    answer = asked(*first, *again, answers=answers, resolved_item="q_solved")
    returned, denied = answer.findings()
    watched = [n for n in range(300) if n % 50 + 7 < 60 and n < 60]
    assert (len(returned.cases), len(denied.cases)) == (len(watched), 45)
    assert returned.cases[0].words.endswith("came back after 47.9 hours")
    assert "New matters explain 0.0%" in returned.condition
    assert (
        returned.headline
        == f"Marked as resolved and back within 7 days: {len(watched)} of 300 first contacts"
    )
    assert denied.headline.startswith("Marked as resolved and denied by the customer: 45 of ")
    share = f"{len(watched) / 300:.1%}"
    assert returned.condition.count(share) == 1
    numbers = {f"07_service_levels/{number.key}": number for number in answer.numbers()}
    for finding in answer.findings():
        assert orphans(finding.condition, [numbers[key] for key in finding.evidence]) == ()


def generated(seed: int, *, parties: int, contacts: int, days: int, again: float) -> pd.DataFrame:
    """Return contacts of customers who call at random, and of whom a share calls again soon."""
    rng = np.random.default_rng(seed)
    n = parties * contacts
    party = np.repeat(np.arange(parties), contacts)
    frame = pd.DataFrame(
        {
            "unit_id": [f"U{number}" for number in party],
            "customer_id": [
                f"K{p}-{k}" for p, k in zip(party, rng.integers(0, contacts // 5, n), strict=True)
            ],
            "matter": rng.choice(["bill", "move", "fault"], n),
            "offered_at": START + (rng.uniform(0, days, n) * DAY).astype("int64"),
        }
    )
    soon = frame.sample(frac=again, random_state=seed)
    soon["offered_at"] += (rng.exponential(2, len(soon)) * DAY).astype("int64")
    frame = pd.concat([frame, soon]).sort_values("offered_at", ignore_index=True)
    answered = rng.random(len(frame)) > 0.06
    frame["interaction_id"] = [f"C{number:07}" for number in range(len(frame))]
    frame["channel"] = rng.choice(["phone", "mail"], len(frame))
    frame["day"] = frame["offered_at"] // DAY
    frame["starts_at"] = frame["offered_at"] + rng.integers(0, 3600, len(frame)) * SECOND
    frame["answered"], frame["mark"] = answered, answered & (rng.random(len(frame)) < 0.8)
    frame["first_level"], frame["said"] = rng.random(len(frame)) < 0.9, None
    return frame.astype({"said": "boolean"}).assign(in_period=frame["offered_at"] <= END)


def flags_of(frame: pd.DataFrame, rule: RepeatRule) -> FirstContactCounts:
    lazily: Any = nw.from_native(CONNECTION.from_arrow(pa.Table.from_pandas(frame, preserve_index=False)))
    silences = with_silences(lazily, by_matter=True).with_columns(vague=nw.lit(value=False))
    return first_contact_counts(silences, rule=rule, windows=rule.every_window, until=END, first=START)


def test_customers_who_call_at_random_are_explained_by_chance():
    """New matters of the same kind at a steady rate: of 300 parties few are said to mark wrongly."""
    flags = flags_of(generated(3, parties=300, contacts=400, days=60, again=0), RepeatRule((7,)))
    said = []
    for unit in np.unique(flags.unit):
        own = flags.only(flags.unit == unit)
        said.append(window_of(own, 7, unknown=0, level=0.95).returned.shown)
    assert 0 < sum(said) <= 15, "2.5% of 300 are 7.5; more than 15 come by chance once in 200"


def test_those_who_call_again_soon_are_not_explained_by_chance():
    flags = flags_of(generated(3, parties=1, contacts=4000, days=60, again=0.1), RepeatRule((7,)))
    beyond = window_of(flags, 7, unknown=0, level=0.95).returned
    assert beyond.shown
    assert 0.05 < beyond.share - beyond.by_chance < 0.12


def test_twenty_thousand_contacts_by_a_plain_script():
    frame = generated(5, parties=4, contacts=4400, days=60, again=0.15)
    assert len(frame) > 20_000
    flags = flags_of(frame, RepeatRule())
    plain = frame.sort_values(["customer_id", "matter", "offered_at", "interaction_id"])
    groups = plain.groupby(["customer_id", "matter"])
    past = groups["starts_at"].cummax().groupby([plain["customer_id"], plain["matter"]]).shift(1)
    following = groups["offered_at"].shift(-1)
    for days in WINDOWS:
        first = ~((plain["offered_at"] - past) <= days * DAY) & plain["in_period"]
        back = (following - plain["starts_at"]) <= days * DAY
        base = first & (plain["starts_at"] + days * DAY <= END)
        assert flags.total("base", days) == base.sum()
        assert flags.total("censored", days) == (first & ~base).sum()
        assert flags.total("resolved", days) == (base & plain["answered"] & ~back).sum()
        assert (
            flags.total("net_resolved", days)
            == (base & plain["answered"] & ~back & plain["first_level"]).sum()
        )
        assert flags.total("marked_returned", days) == (base & plain["mark"] & back).sum()


def test_an_audit_records_every_exhibit(tmp_path: Path):
    answer = three_sources()
    audit = Audit(run(), company(), notebook="07_service_levels", question="Q", work=tmp_path)
    for name, exhibit in (("a", answer.shares()), ("b", answer.contradictions()), ("c", answer.groups()),
                          ("d", answer.cases(5))):  # fmt: skip
        audit.table(name, exhibit)
    audit.figure("e", by_window, answer, title="By window")
    audit.finding(*answer.findings())
    for part in (answer.summary(), answer.contradicted(), answer.by_group()):
        audit.say(*part)
    audit.close()
    assert (tmp_path / "results" / "07_service_levels.json").is_file()


def test_two_answers_mean_the_higher_is_yes():
    assert [resolved_from(scale) for scale in (Scale(0, 1), Scale(1, 5), Scale(0, 1, top=0))] == [1, 4, 0]


def test_without_a_declared_item_the_survey_is_refused():
    linked = asked(call("A", 1), answers=[response("A", 1.0)], resolved_item="q_solved")
    assert share(linked, Witness.CUSTOMERS).gross.n == 1
    bare = asked(call("A", 1))
    assert "Ask for the id of the contact beside each response" in str(bare)
    strange = asked(call("A", 1), answers=[response("A", 1.0) | {"q_x": 1.0}], resolved_item="q_x")
    assert "No survey of the run asks 'q_x'." in str(strange)


def test_the_mark_of_contacts_said_to_be_both_answered_and_given_up_is_unknown():
    """Of ten, six are marked, two not, and two said to be both: one of these is marked and one is not."""
    calls = [
        call(f"A{n}", 1 + n / 10, customer_id=f"K{n}", resolved_first=n not in (0, 1, 9), abandoned=n > 7)
        for n in range(10)
    ]
    answer = asked(*calls)
    both = share(answer, Witness.MARK)
    assert (both.gross.value, both.gross.n) == (6 / 8, 8)
    assert (both.gross.least, both.gross.most) == (0.6, 0.8)
    assert (both.net.least, both.net.most) == (0.6, 0.8)
    assert (
        "answered ones without a mark, or said to be both answered and given up, leave open 60.0% to 80.0%"
        in str(answer)
    )
    assert {entry.kind: entry.of for entry in window(answer).disagreements}[Disagreement.MARKED_RETURNED] == 6
    assert unfounded(answer) == []


def test_the_number_beside_a_share_is_that_of_the_contacts_it_is_of():
    """Of ten, two are said to be both answered and given up: the share is of eight, under every window."""
    calls = [call(f"A{n}", 1 + n / 10, customer_id=f"K{n}", abandoned=n > 7) for n in range(10)]
    said = str(asked(*calls))
    assert "Of 8 first contacts of a matter whose window of 7 days is over, and of which it is known" in said
    assert "100.0% were resolved" in said
    assert "first contacts of its own (8 and 8)" in said
    certain = str(asked(*calls[:8]))
    assert "Of 8 first contacts of a matter whose window of 7 days is over, 100.0%" in certain


def test_contacts_without_a_mark_leave_the_mark_open():
    calls = [call(f"A{n}", 1, customer_id=f"K{n}", resolved_first=n < 8 or None) for n in range(10)]
    gross = share(asked(*calls), Witness.MARK).gross
    assert (gross.value, gross.n, gross.least, gross.most) == (1, 8, 0.8, 1)


def test_who_was_never_answered_bears_no_mark():
    """Of ten, six are marked as resolved, two as not, and two were never answered."""
    lost = {"answered_at": None, "abandoned": True}
    calls = [
        call(f"A{n}", 1 + n / 10, customer_id=f"K{n}", resolved_first=n < 6 if n < 8 else None)
        | (lost if n >= 8 else {})
        for n in range(10)
    ]
    answer = asked(*calls, demands=Demands(EDITION))
    gross = share(answer, Witness.MARK).gross
    assert (gross.value, gross.n, gross.exact) == (0.75, 8, True)
    assert share(answer, Witness.MARK).net.n == 8
    assert "of 8 of them that bear one, and 2 that were never answered bear none." in str(answer)
    assert "75.0% of 8 are marked as resolved; by the same mark 75.0% of 8 first" in str(answer)
    assert unfounded(answer) == []
    assert "bear" not in str(asked(*calls[:8], demands=Demands(EDITION)))


def test_the_mark_as_the_standard_judges_it_stands_beside_that_of_first_contacts():
    """Four matters, three of them not marked at first; six repeats the day after are marked."""
    first = [call(f"A{n}", 1, customer_id=f"K{n}", resolved_first=n == 0) for n in range(4)]
    again = [
        call(f"B{n}-{day}", day, customer_id=f"K{n}", resolved_first=True) for n in range(3) for day in (2, 3)
    ]
    answer = asked(*first, *again, demands=Demands(EDITION))
    assert (
        "IM-03 counts every marked contact, repeats included: 70.0% of 10 are marked as resolved; by the "
        "same mark 25.0% of 4 first contacts of matters are." in str(answer)
    )
    assert unfounded(answer) == []
    assert "IM-03" not in str(asked(*first, *again))
    unmarked = [row | {"resolved_first": None} for row in first]
    assert "IM-03" not in str(asked(*unmarked, demands=Demands(EDITION)))


def test_what_is_held_back_is_neither_drawn_nor_left_in():
    left, lost = three_sources().result.without(lambda key, n=None: key == "share:7:mark")
    assert lost == 1
    assert left is not None
    assert next(entry for entry in left.windows if entry.days == 7).of(Witness.MARK).gross is None
    assert three_sources().result.without(lambda key, n=None: True)[0] is None


def test_few_days_without_times_count_against_the_party():
    first, again = call("A", 1), call("B", 8.5)
    assert window(asked(first, again)).base == 2
    vague = first | {"ended_at": first["offered_day"] * DAY, "ended_second": -1}
    answer = asked(vague, again)
    assert window(answer).base == 1, "it may have ended late on its day, less than 7 days before the next"
    assert "whatever may be a repeat counts as one" in " ".join(map(str, answer.limits()))


CONTACTS = st.lists(
    st.tuples(
        st.sampled_from(["K1", "K2"]), st.sampled_from(["bill", "move"]), st.integers(0, 40),
        st.integers(0, 6), st.booleans(),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


@given(CONTACTS, st.integers(1, 6), st.integers(0, 45), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("engine", ["duckdb", "pandas"])
def test_clause_and_table_agree(engine, contacts, days, until, from_end, inclusive, abandoned_count):
    rule = RepeatRule((days,), days, from_end, inclusive, abandoned_count)
    ordered = sorted(contacts, key=lambda entry: entry[2])
    frame = pd.DataFrame(
        [
            (f"C{n:03}", customer, matter, at * DAY, (at + lasts) * DAY if from_end else at * DAY, answered)
            for n, (customer, matter, at, lasts, answered) in enumerate(ordered)
        ],
        columns=["interaction_id", "customer_id", "matter", "offered_at", "starts_at", "answered"],
    )
    lazily: Any = nw.from_native(CONNECTION.from_df(frame) if engine == "duckdb" else frame).lazy()
    counting = lazily if abandoned_count else lazily.filter(nw.col("answered"))
    silences = with_silences(counting, by_matter=True).with_columns(vague=nw.lit(value=False))
    base, returned = in_base(rule, days, until=until * DAY), within_window(rule, days)
    table = {
        row["interaction_id"]: (row["returned"], row["resolved"])
        for row in silences.filter(base)
        .select("interaction_id", returned=returned, resolved=nw.col("answered") & ~returned)
        .collect()
        .rows(named=True)
    }
    clause = {}
    for customer in ("K1", "K2"):
        mine = [(n, entry) for n, entry in enumerate(ordered) if entry[0] == customer]
        whole = [
            CustomerContact(matter, at * DAY, (at + lasts) * DAY, answered)
            for _, (_, matter, at, lasts, answered) in mine
        ]
        judged = first_contacts_one(whole, days=days, until=until * DAY, rule=rule)
        clause |= {
            f"C{n:03}": (entry.returned, entry.resolved)
            for (n, _), entry in zip(mine, judged, strict=True)
            if entry is not None and entry.over
        }
    assert table == clause


MANY = st.lists(
    st.tuples(
        st.sampled_from(["K", "K1", "K2", "K of a long name", "K of a long nane", "K of a long name 2", "ü"]),
        st.sampled_from(["bill", "move", "a removal abroad"]), st.integers(0, 40), st.integers(0, 6),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


@given(MANY, st.integers(1, 4), st.booleans(), st.sampled_from([1 << 24, 5, 1]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_silences_by_numbers_of_names_are_those_of_the_table(contacts, rows, by_matter, turn, collide):
    """However batches cut through contacts, in turns, and where all names have one number."""
    frame = pd.DataFrame(
        [
            (f"C{n * 7 % 15:03}", customer, matter, at * DAY, (at + lasts) * DAY)
            for n, (customer, matter, at, lasts) in enumerate(contacts)
        ],
        columns=["interaction_id", "customer_id", "matter", "offered_at", "starts_at"],
    )
    lazily: Any = nw.from_native(CONNECTION.from_df(frame))

    def cut(ordered):
        whole = nw.to_native(ordered).to_arrow_table()
        yield from (whole.slice(start, rows) for start in range(0, whole.num_rows, rows))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(silences, "batches", cut)
        patch.setattr(silences, "TURN", turn)
        if collide:
            patch.setattr(silences, "numbers_of", lambda names: 0 * numbers_of(names))
            patch.setattr(silences, "mixed", lambda numbers: 0 * numbers)
        by = ("customer_id", "matter")[: 1 + by_matter]
        parts = [part.to_pylist() for part in contacts_with_silences(lazily, by, rows=len(contacts))]
    ordered = {row["interaction_id"]: (row["since"], row["until_next"]) for part in parts for row in part}
    assert sum(map(len, parts)) == len(contacts)
    table = with_silences(lazily, by_matter=by_matter).collect().rows(named=True)
    assert ordered == {
        row["interaction_id"]: tuple(
            NONE if row[name] is None else row[name] for name in ("since", "until_next")
        )
        for row in table
    }


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12)), min_size=1, max_size=4),
    st.lists(st.integers(0, 12), min_size=1, max_size=2),
    st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_no_identity_of_unknown_contacts_leaves_the_range(known, unknown, days):
    def counts(contacts):
        judged = []
        for customer in {name for name, _ in contacts}:
            mine = sorted(at for name, at in contacts if name == customer)
            whole = [CustomerContact("m", at * DAY, at * DAY) for at in mine]
            judged += first_contacts_one(whole, days=days, until=100 * DAY, rule=RepeatRule())
        first = [entry for entry in judged if entry is not None]
        return sum(entry.resolved for entry in first), len(first)

    least, most = least_and_most(*counts(known), len(unknown))
    for names in product("abxy", repeat=len(unknown)):
        resolved, base = counts([*known, *zip(names, unknown, strict=True)])
        assert least - 1e-9 <= resolved / base <= most + 1e-9


VAGUE = st.lists(
    st.tuples(st.sampled_from(["K1", "K2"]), st.sampled_from(["bill", "move", None]), st.integers(0, 20)),
    min_size=2,
    max_size=6,
).filter(lambda contacts: {None} < {matter for _, matter, _ in contacts})


@given(VAGUE, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_whatever_a_contact_without_its_matter_was_about_the_share_stays_within_the_range(contacts, days):
    ordered = sorted(contacts, key=lambda entry: entry[2])
    frame = pd.DataFrame(
        [(f"C{n}", name, matter, at * DAY, at * DAY, True) for n, (name, matter, at) in enumerate(ordered)],
        columns=["interaction_id", "customer_id", "matter", "offered_at", "starts_at", "answered"],
    )
    offered: Any = nw.from_native(CONNECTION.from_df(frame))
    rule = RepeatRule((days,), days)
    certain = with_silences(offered.filter(identified(by_matter=True)), by_matter=True)
    recorded = RecordedContacts(len(frame), len(frame), int(frame["matter"].count()), 1, 1, 1, 0, 0, 0, 0)
    silences = with_vague(certain, offered, recorded)
    base = silences.filter(in_base(rule, days, until=100 * DAY)).with_columns(back=within_window(rule, days))
    back = base.select("back").collect().get_column("back").to_list()
    unknown = undecided_counts(silences, rule=rule, windows=(days,))[days]
    least, most = least_and_most(len(back) - sum(back), len(back), unknown)
    vague = [n for n, entry in enumerate(ordered) if entry[1] is None]
    for named in product(["bill", "move", "fault"], repeat=len(vague)):
        matters = dict(zip(vague, named, strict=True))
        judged = []
        for customer in ("K1", "K2"):
            mine = [(n, at) for n, (name, _, at) in enumerate(ordered) if name == customer]
            whole = [
                CustomerContact(matters.get(n) or str(ordered[n][1]), at * DAY, at * DAY) for n, at in mine
            ]
            judged += first_contacts_one(whole, days=days, until=100 * DAY, rule=rule)
        first = [entry for entry in judged if entry is not None]
        resolved = sum(entry.resolved for entry in first)
        assert least - 1e-9 <= resolved / len(first) <= most + 1e-9


@pytest.mark.parametrize(
    "column",
    ["customer_id", "matter", "first_level", "resolved_first", "answered_at", "ended_at", "channel",
     "abandoned", "source_file"],
)  # fmt: skip
def test_a_column_that_says_nothing_stops_nothing_and_invents_nothing(column: str):
    first = [call(f"A{n}", 1 + n / 100, customer_id=f"K{n}", resolved_first=n < 40) for n in range(45)]
    again = [call(f"B{n}", 2 + n / 100, customer_id=f"K{n}") for n in range(10)]
    answer = asked(*({**row, column: None} for row in (*first, *again)))
    if column == "customer_id":
        assert not answer.answered
        return
    assert unfounded(answer) == []
    whole = share(asked(*first, *again))
    assert share(answer).gross.value <= whole.gross.value
    assert len(answer.groups().frame) > 0
    assert len(answer.cases(3).frame) == (0 if column == "resolved_first" else 6)


def test_a_world_of_another_make():
    """Bank branches in Auckland: names of its own, one unit, several months, no level, marks never set."""
    place = {"unit_id": "Queen St", "channel": "kanohi ki te kanohi", "matter": "mōkete", "first_level": None}
    calls = [call(f"{n:05}", n / 4, customer_id=f"{n % 50:03}", lasts=4000, **place) for n in range(200)]
    answer = asked(*calls, rule=RepeatRule((5, 13)))
    # Everyone comes every 12.5 days: with 5 days each visit is a matter, with 13 each customer has one.
    assert (window(answer, 5).base, window(answer, 13).base) == (200, 50)
    assert share(answer, days=5).gross.value == 1
    assert share(answer, days=13).gross.value == 0
    assert "No contact carries the party's own mark" in str(answer)
    assert unfounded(answer) == []
