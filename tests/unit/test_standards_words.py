"""What an answer says and shows of a verdict, whatever its outcomes are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from test_standards_editions import DAY, TEXT, measured

from auditlib.records import (
    Basis,
    Cases,
    DecisionMode,
    EvidenceLevel,
    Measurement,
    Outcome,
    Sentence,
    Statistic,
    WeighedFinding,
)
from auditlib.records import Grade as Weight
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.change import by_mode, needed
from auditlib.standards.decision import decide
from auditlib.standards.difference import difference
from auditlib.standards.document import profile_schema, standard_schema
from auditlib.standards.edition import Edition, load_edition
from auditlib.standards.findings import findings
from auditlib.standards.judge import chance_of, judge_one, probability_reached, with_excused
from auditlib.standards.measure import collect, measure
from auditlib.standards.observed import share_of, whole_of
from auditlib.standards.profile import Exemption, demands_on, is_looser
from auditlib.standards.restate import Restatement
from auditlib.standards.supposed import ABSENT, Suppositions, suppose
from auditlib.standards.verdict import Verdict, verdict_of
from auditlib.standards.words import amount, briefly, in_full

BLIND = Measurement("m", None, 0, Statistic.COUNT, reason="the evidence has no responses")


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(TEXT[2025], name="2025.yaml")


@pytest.fixture
def verdict(edition: Edition) -> Verdict:
    """At least one criterion of each outcome."""
    demands = demands_on(edition, DAY)
    aside = {
        "IM-04": Exemption(Outcome.NOT_APPLICABLE, "no chat"),
        "CF-15": Exemption(Outcome.WAIVED, "agreed"),
    }
    entries = dict(zip(edition.ids, measured(edition), strict=True))
    entries |= {
        "CF-04": share_of(1, 1000, confidence=0.95, basis=[Basis("cells"), Basis("responses")], none=""),
        "CF-05": share_of(62, 101, confidence=0.95, basis=[Basis("responses")], none=""),
        "CF-02": BLIND,
        "CF-03": replace(BLIND, built=False, reason="this suite has no measure for it"),
    }
    return verdict_of(replace(demands, exemptions=aside), list(entries.values()))


def row(frame: Any, name: str, column: str = "criterion") -> dict[str, Any]:
    return dict(frame.set_index(column).loc[name])


def test_every_criterion_stands_in_the_table_in_words(verdict: Verdict) -> None:
    frame = VerdictAnswer(verdict).criteria().frame
    assert list(frame["criterion"]) == list(verdict.demands.edition.ids)
    failed, blind = row(frame, "CF-04"), row(frame, "CF-02")
    assert (failed["outcome"], failed["demanded"], failed["found"]) == ("not met", "at least 65.0%", "0.1%")
    assert failed["interval"] == "0.0% to 0.6%"
    assert failed["stands_on"] == "cells and responses"
    assert failed["reason"].startswith("the whole interval")
    assert (blind["demanded"], blind["found"], blind["interval"], blind["stands_on"]) == (
        "",
        "",
        "",
        "responses",
    )
    assert blind["reason"] == "the evidence has no responses"
    assert row(frame, "CF-01")["reason"] == "judged as it stands"


def test_a_rigid_criterion_shows_no_interval(edition: Edition) -> None:
    entries = [
        share_of(990, 1000, confidence=0.95, basis=[], none="") if one.id == "CF-07" else BLIND
        for one in edition.criteria
    ]
    frame = VerdictAnswer(verdict_of(demands_on(edition, DAY), entries)).to_frame()
    assert row(frame, "CF-07")["interval"] == ""


def test_categories_count_every_criterion_once(verdict: Verdict) -> None:
    frame = VerdictAnswer(verdict).categories().frame
    assert list(frame["category"]) == list(verdict.demands.edition.categories.values())
    counts = frame.drop(columns="category").astype(int)
    assert int(counts.to_numpy().sum()) == len(verdict.judgements)
    assert counts["waived"].sum() == counts["not applicable"].sum() == 1


def test_the_trace_is_a_table_of_steps_and_names_none_where_none_decided(verdict: Verdict) -> None:
    exhibit = VerdictAnswer(verdict).trace()
    assert list(exhibit.frame["step"]) == [f"step {place}" for place in range(1, 6)]
    assert "CF-04" in exhibit.frame["decided_by"].iloc[0]
    assert exhibit.frame["decided_by"].iloc[1] == "none"


def test_each_mode_has_its_row_and_its_numbers(verdict: Verdict) -> None:
    answer = VerdictAnswer(verdict)
    frame = answer.modes().frame
    assert list(frame["mode"]) == [mode.value for mode in DecisionMode]
    assert frame.equals(by_mode(verdict))
    facts = {number.key: number.value for number in answer.change().facts}
    for mode in DecisionMode:
        shown = row(frame, mode.value, "mode")
        for outcome in ("met", "not_met", "not_demonstrated"):
            assert facts[f"{outcome}:{mode.value}"] == int(shown[outcome])
        assert shown["score"] == f"{facts[f'score:{mode.value}']:.1%}"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CF-02", "evidence: the evidence has no responses"),
        ("CF-03", "a measure: this suite has no measure for it"),
        ("CF-04", "at least 65.0%, found 0.1%"),
    ],
)
def test_what_is_needed_is_said(verdict: Verdict, name: str, words: str) -> None:
    assert needed(verdict.judgement(name)) == words


def test_what_is_needed_where_the_value_is_too_small_to_be_told_is_the_target(verdict: Verdict) -> None:
    entry = verdict.judgement("CF-04")
    told = replace(entry, measurement=replace(entry.measurement, value=None))
    assert needed(told) == "at least 65.0%"


def test_an_answer_shows_its_verdict_without_what_is_held_back(verdict: Verdict) -> None:
    shown, lost = verdict.without(lambda key: key == "found:CF-04")
    assert lost == 0
    assert shown.judgement("CF-04").measurement.value is None
    assert shown.judgement("CF-05") == verdict.judgement("CF-05")
    assert verdict.tables == ("responses",)
    with pytest.raises(KeyError, match="CF-99"):
        verdict.judgement("CF-99")
    with pytest.raises(KeyError, match="CF-99"):
        verdict.demands.edition.criterion("CF-99")


def texts(sentences: tuple[Sentence, ...]) -> str:
    return " ".join(sentence.text for sentence in sentences)


def test_what_actions_close_is_said_beside_what_is_open(verdict: Verdict) -> None:
    other = [WeighedFinding("f1", "A12 (04_integrity)", Weight.MAJOR, "people")]
    decision = decide(verdict.demands, verdict.judgements, findings=other, closed={"CF-04"})
    said = texts(VerdictAnswer(replace(verdict, decision=decision)).summary())
    assert "the register of actions closes 1 finding: CF-04" in said
    assert "the open major: A12 (04_integrity)" in said
    assert said.startswith("The operation does not meet")
    assert "when the run is assembled" not in said


def test_what_stands_in_the_way_is_a_finding(verdict: Verdict) -> None:
    raised = VerdictAnswer(verdict).findings()
    assert raised == findings(verdict)
    assert any(finding.criterion.startswith("CF-04:") for finding in raised)


def test_an_edition_outside_of_its_dates_says_so_among_its_limits(edition: Edition) -> None:
    late = verdict_of(demands_on(edition, date(2026, 3, 1)), measured(edition))
    first = VerdictAnswer(late).limits()[0]
    assert first.text.startswith(f"{edition.title} is in effect from 2025-01-01 to 2025-12-31")
    assert first.keys == ("decision",)


def test_where_nothing_is_open_it_is_said(edition: Edition) -> None:
    said = texts(VerdictAnswer(verdict_of(demands_on(edition, DAY), measured(edition))).summary())
    assert "No criterion is open." in said


def test_where_one_aspect_is_judged_alone_it_is_said(edition: Edition) -> None:
    entries = [
        entry if criterion.aspect == "process" else BLIND
        for criterion, entry in zip(edition.criteria, measured(edition), strict=True)
    ]
    aside = {
        one.id: Exemption(Outcome.NOT_APPLICABLE, "none")
        for one in edition.criteria
        if one.aspect == "result"
    }
    demands = replace(demands_on(edition, DAY), exemptions=aside)
    answer = VerdictAnswer(verdict_of(demands, entries))
    assert texts(answer.aspects()) == "Only one of process and results is judged by this edition."
    assert answer.facts["results:low"].value is None


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.8549, "share", "85.5%"),
        (1234.0, "count", "1,234"),
        (3.0, "rows", "3"),
        (1.0, "seconds", "1 second"),
        (20.4, "seconds", "20 seconds"),
        (4.126, "points", "4.13 points"),
        (4.126, "", "4.13"),
    ],
)
def test_an_amount_is_read_aloud(value: float, unit: str, words: str) -> None:
    assert amount(value, unit) == words


def test_a_criterion_is_told_briefly_and_in_full(edition: Edition) -> None:
    plain, deviating = edition.criterion("CF-01"), edition.criterion("CO-01")
    assert briefly(plain) == ("CF-01", plain.demand, "at least 2", "rigid", "major, must-pass", "3")
    assert briefly(edition.criterion("CF-02"))[4] == "minor"
    full = dict(in_full(plain))
    assert full["metric"] == "survey_types_in_use (minimum_responses 30)"
    assert full["target"] == "at least 2; a profile may choose 2 to 4"
    assert full["weighs"] == "3, major, must-pass"
    assert full["cases"].startswith("a complete register")
    assert not full.keys() & {"deviations", "in effect", "change"}
    more = replace(
        deviating, excused_limit=0.1, reasons=("fire", "flood"), effective_from=date(2025, 2, 1),
        change="Because.", cases=Cases.PROCESS,
    )  # fmt: skip
    full = dict(in_full(more))
    assert full["deviations"] == "at most 10.0% of cases, for fire, flood"
    assert (full["in effect"], full["change"]) == ("from 2025-02-01", "Because.")
    assert full["cases"].startswith("a sample")


@pytest.mark.parametrize(
    ("parts", "change", "after"),
    [
        ({"cases": Cases.PROCESS}, "redefined", "cases process"),
        ({"demand": "Another demand in other words."}, "reworded", "Another demand in other words."),
        ({"metric": "topbox"}, "redefined", "topbox (survey_type transactional)"),
        ({"options": {}}, "redefined", "response_rate"),
        ({"weight": 7.0}, "reweighted", "weight 7"),
    ],
)
def test_a_difference_names_what_is_now(
    edition: Edition, parts: dict[str, Any], change: str, after: str
) -> None:
    first = edition.criterion("CF-02")
    criteria = tuple(replace(each, **parts) if each is first else each for each in edition.criteria)
    (found,) = difference(edition, replace(edition, criteria=criteria))
    assert (found.criterion, found.change, found.after) == ("CF-02", change, after)


def test_another_edition_may_be_supposed(edition: Edition) -> None:
    new = load_edition(TEXT[2026], name="2026.yaml")
    before = verdict_of(demands_on(edition, DAY), measured(edition))
    after = verdict_of(demands_on(new, date(2026, 1, 1)), measured(new))
    supposed = suppose(before, after, Suppositions({}))
    lines = supposed.lines()
    assert lines[0] == f"What if: {new.title} were in force instead of {edition.title}."
    assert f"What if: CF-17 would be met; it is {ABSENT}." in lines
    assert f"What if: CF-06 would be {ABSENT}; it is met." in lines
    assert "CF-06" in supposed.moved()
    differing = Restatement(before, after).differing()
    assert set(differing["criterion"]) >= {"CF-06", "CF-13", "CF-17"}
    assert "CF-01" not in set(differing["criterion"])
    assert Restatement(before, after).exhibit().frame.equals(differing)


def test_schemas_for_editors_name_what_they_are_of() -> None:
    assert standard_schema()["title"] == "An edition of a standard"
    assert profile_schema()["title"] == "A profile of a party"


def test_excused_cases_need_the_number_of_cases(edition: Edition) -> None:
    with pytest.raises(ValueError, match="number of cases within the limit"):
        with_excused(Measurement("m", 0.5, 10, Statistic.SHARE, excused=1))


def test_the_chance_is_that_of_the_judgement(edition: Edition) -> None:
    criterion = edition.criterion("CF-02")
    share = share_of(300, 1000, confidence=0.95, basis=[], none="")
    counted = whole_of(0.3, 1000, basis=[], none="")
    assert chance_of(judge_one(criterion, share)) == pytest.approx(1.0)
    assert chance_of(judge_one(criterion, counted)) is None  # no interval
    with_interval = replace(counted, interval=share.interval)
    assert chance_of(judge_one(criterion, with_interval)) is None  # a count is judged as it stands
    waived = judge_one(criterion, share, exemption=Exemption(Outcome.WAIVED, "agreed"))
    assert chance_of(waived) is None


@pytest.mark.parametrize(("value", "chance"), [(0.1499, 0.0), (0.15, 1.0), (0.1501, 1.0)])
def test_without_spread_a_value_is_certain(edition: Edition, value: float, chance: float) -> None:
    exact = Measurement("m", value, 9, Statistic.MEAN)
    share = share_of(1, 9, confidence=0.95, basis=[], none="").interval
    assert share is not None
    point = replace(share, low=value, high=value)
    assert probability_reached(edition.criterion("CF-02").target, exact, point) == chance


def test_two_functions_for_one_metric_are_refused_and_one_named_twice_is_not() -> None:
    def first(_tables: Any, _context: Any) -> Measurement:
        """Nothing."""
        return BLIND

    def second(_tables: Any, _context: Any) -> Measurement:
        """Nothing else."""
        return BLIND

    one, other, again = ModuleType("one"), ModuleType("other"), ModuleType("again")
    one.__dict__["first"] = again.__dict__["first"] = measure("m", needs=("responses",))(first)
    other.__dict__["second"] = measure("m", needs=("responses",))(second)
    assert list(collect([one, again])) == ["m"]
    with pytest.raises(ValueError, match="two functions measure 'm'"):
        collect([one, other])


def test_looser_is_more_where_the_target_is_a_most(edition: Edition) -> None:
    base = edition.criterion("CF-13")
    looser = replace(base, target=replace(base.target, value=base.target.value + 0.01))
    assert (is_looser(base, looser), is_looser(looser, base), is_looser(base, base)) == (True, False, False)


def test_a_whole_of_nothing_says_that_there_is_none() -> None:
    nothing = whole_of(1, 0, basis=[], none="no response", level=EvidenceLevel.REGISTER)
    assert (nothing.value, nothing.n, nothing.reason) == (None, 0, "no response")
