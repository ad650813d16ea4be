"""The shipped editions, profiles, their linter, differences and restatement."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditlib.audit.standard import measures
from auditlib.disclosure import MinimumFrequency
from auditlib.errors import ParameterError
from auditlib.records import DecisionMode, Direction, Grade, Kind, Measurement, Outcome, Statistic
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.change import blocking, under_mode, what_if
from auditlib.standards.difference import CriterionChange, difference
from auditlib.standards.document import verdict_document, verdict_schema
from auditlib.standards.edition import Edition, load_edition
from auditlib.standards.findings import findings, gathered_findings
from auditlib.standards.judge import judge_one
from auditlib.standards.lint import check_edition, check_profile
from auditlib.standards.observed import share_of, whole_of
from auditlib.standards.profile import demands_on, load_profile
from auditlib.standards.restate import ABSENT, Restatement
from auditlib.standards.rule_changes import rule_difference
from auditlib.standards.supposed import Suppositions, suppose
from auditlib.standards.verdict import Verdict, verdict_of

ROOT = Path(__file__).parents[2]
FILES = {year: ROOT / f"params/standards/service-excellence/{year}.yaml" for year in (2025, 2026)}
TEXT = {year: path.read_text("utf-8") for year, path in FILES.items()}
DAY = date(2025, 12, 31)
LEAST = "    target: {at_least: 0.15, tightest: 0.40, loosest: 0.08}\n    kind: flexible\n"
MOST = "    target: {at_most: 0.15, tightest: 0.08, loosest: 0.40}\n    kind: flexible\n"
EXCUSES = "    excused_limit: 0.1\n    reasons: [fire]\n"
WHOLE = "{at_least: 1.0, tightest: 1.0, loosest: 1.0}\n    kind: rigid"


@pytest.fixture(scope="module")
def old() -> Edition:
    return load_edition(TEXT[2025], name="2025.yaml")


@pytest.fixture(scope="module")
def new() -> Edition:
    return load_edition(TEXT[2026], name="2026.yaml")


def problems(text: str, *, before: Edition | None = None) -> list[str]:
    return [str(each) for each in check_edition(text, name="x.yaml", measures=measures(), before=before)]


def changed(before: str, after: str, *, year: int = 2025) -> str:
    assert before in TEXT[year]
    return TEXT[year].replace(before, after, 1)


def test_the_shipped_editions_are_sound(old: Edition) -> None:
    assert problems(TEXT[2025]) == []
    assert problems(TEXT[2026], before=old) == []


def test_about_forty_criteria_over_all_categories(old: Edition, new: Edition) -> None:
    for edition in (old, new):
        assert 38 <= len(edition.criteria) <= 48
        assert {one.category for one in edition.criteria} == set(edition.categories)
        assert {one.kind for one in edition.criteria} == set(Kind)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("metric: survey_types_in_use", "metric: survey_types_used", "Did you mean 'survey_types_in_use'"),
        ("options: {survey_type: transactional}", "options: {survey: transactional}", "no option 'survey'"),
        ("options: {survey_type: transactional}", "options: {survey_type: 4}", "must be of type str"),
        ("options: {survey_type: transactional}\n", "options: {}\n", "needs the option 'survey_type'"),
        ("at_least: 0.15, tightest: 0.40", "at_least: 0.45, tightest: 0.40", "outside its bounds"),
        ("tightest: 0.40, loosest: 0.08", "tightest: 0.08, loosest: 0.40", "looser than the loosest"),
        ("total_weight: 84", "total_weight: 85", "the weights add up to 84"),
        ("category: customer_feedback", "category: customer_feedbak", "there is no category"),
        ("kind: rigid", "kind: rigid\n    excused_limit: 0.1\n    reasons: [other]", "allows no deviations"),
        ("    reasons: [third_party, customer_request, legal_hold]\n", "", "both a list of reasons"),
        ("severity: major\n    weight: 3", "severity: opportunity\n    weight: 3", "an opportunity cannot"),
        ("effective_to: 2025-12-31", "effective_to: 2024-12-31", "ends before it takes effect"),
        ("metric: satisfaction_mean", "metric: response_rate", "rests on satisfaction"),
        ("CF-02:", "CF-01:", "CF-01"),
        ("effective_to: 2025-12-31", "effective_to: 2025-12-31\ntransition_until: 2026-01-01", "outside the"),
        ("categories:\n", "categories:\n  weather: What nobody can help\n", "no criterion belongs to"),
        ("total_weight: 84", "removed: {CF-01: It says too little.}\ntotal_weight: 84", "is called removed"),
        ("    metric: resp", "    effective_from: 2026-01-01\n    metric: resp", "2026-01-01 lies outside"),
        ("    metric: resp", "    cases: population\n    metric: resp", "its cases are no population"),
        (LEAST, MOST + EXCUSES, "deviations excuse cases only where the target is 'at_least'"),
        (WHOLE, WHOLE.replace("1.0", "0.9"), "a rigid demand holds for every case: its target is 1."),
        (WHOLE, WHOLE.replace("at_least: 1.0", "at_most: 0.1"), "its target is 0."),
        (WHOLE.replace("\n    kind: rigid", ""), "{tightest: 1.0, loosest: 1.0}", "a target has one side"),
        ("    rationale: This is what the operation exists for.\n", "", "rationale"),
        ("weight: 3", "weight: heavy", "weight"),
    ],
)  # fmt: skip
def test_the_linter_finds_it_and_says_where(before: str, after: str, said: str) -> None:
    found = problems(changed(before, after))
    assert any(said in each for each in found), found
    assert all("x.yaml, line " in each and "column " in each for each in found)


def test_the_linter_names_every_problem_at_once_in_the_order_of_the_file() -> None:
    text = changed("total_weight: 84", "total_weight: 80").replace("response_rate", "responserate")
    found = check_edition(text, name="x.yaml", measures=measures())
    assert len(found) == 3
    lines = [each.line or 0 for each in found]
    assert lines == sorted(lines)
    assert "total_weight" in text.splitlines()[lines[0] - 1]


def test_a_new_edition_starts_after_the_old_one_and_gives_its_reasons(old: Edition) -> None:
    overlap = changed("effective_from: 2026-01-01", "effective_from: 2025-12-31", year=2026)
    assert any("overlap with service-excellence@2025" in each for each in problems(overlap, before=old))
    rule = TEXT[2026].partition("  change:\n    pass_mark:")[2].partition("\n")[0]
    unsaid = changed("  change:\n    pass_mark:" + rule + "\n", "", year=2026)
    (found,) = problems(unsaid, before=old)
    assert (
        "line 21, column 14: pass_mark is stricter against service-excellence@2025 without a reason." in found
    )
    assert "Give it as 'change: {pass_mark: ...}' under 'rule'." in found
    metric = "    metric: survey_types_in_use"
    silent = changed(metric, f"    minimum_n: 7\n{metric}", year=2026)
    (found,) = problems(silent, before=old)
    assert "CF-01 is stricter against" in found
    assert "Give it as 'change: ...' in CF-01." in found


def test_differences_between_the_editions(old: Edition, new: Edition) -> None:
    found = {each.criterion: each for each in difference(old, new)}
    assert {name: each.change.value for name, each in found.items()} == {
        "CF-04": "stricter",
        "CF-06": "removed",
        "CF-08": "stricter",
        "CF-11": "reworded",
        "CF-13": "stricter",
        "CF-17": "added",
        "CF-18": "added",
        "CO-01": "stricter",
        "CO-03": "looser",
        "CO-08": "added",
        "IM-01": "redefined",
        "IM-05": "stricter",
        "KM-01": "looser",
        "PE-08": "added",
        "PE-09": "added",
    }
    assert all(each.reason for each in found.values())
    assert found["CF-13"].before == "target 0.05"
    assert difference(old, old) == ()
    assert rule_difference(old, old) == ()
    (mark,) = rule_difference(old, new)
    assert (mark.criterion, mark.change, mark.before, mark.after) == (
        "rule pass_mark",
        "stricter",
        "0.8",
        "0.82",
    )
    assert mark.reason


@pytest.mark.parametrize(
    ("value", "other", "change"),
    [
        ("pass_mark", 0.79, "looser"),
        ("pass_mark", 0.81, "stricter"),
        ("required_probability", 0.9, "looser"),
        ("required_probability", 0.99, "stricter"),
        ("minors_make_major", 5, "looser"),
        ("minors_make_major", 3, "stricter"),
        ("mismatch", 0.31, "looser"),
        ("mismatch", 0.29, "stricter"),
        ("process_weight", 0.6, "reweighted"),
        ("mode", DecisionMode.POINT, "looser"),
        ("mode", DecisionMode.PROBABILITY, "redefined"),
    ],
)
def test_a_value_of_the_rule_that_moves_is_told(
    old: Edition, value: str, other: float | DecisionMode, change: str
) -> None:
    moved = replace(old, rule=replace(old.rule, **{value: other}))  # type: ignore[arg-type]
    (found,) = rule_difference(old, moved)
    assert (found.criterion, found.change) == (f"rule {value}", change)
    assert found.before != found.after


def test_titles_of_categories_stand_in_the_difference(old: Edition) -> None:
    titles = dict(old.categories)
    titles["people"] = "People who serve"
    titles["weather"] = "What nobody can help"
    found = {each.criterion: each.change for each in rule_difference(old, replace(old, categories=titles))}
    assert found == {"category people": "reworded", "category weather": "added"}


@pytest.mark.parametrize(
    ("parts", "change"),
    [
        ({"target": {"loosest": 0.07}}, "looser"),
        ({"target": {"loosest": 0.09}}, "stricter"),
        ({"reasons": ("fire",)}, "looser"),
        ({"effective_from": date(2026, 2, 1)}, "looser"),
        ({"category": "people"}, "reweighted"),
    ],
)
def test_whatever_makes_a_criterion_easier_is_told(old: Edition, parts: dict[str, Any], change: str) -> None:
    first = old.criterion("CF-02")
    target = replace(first.target, **parts.pop("target", {}))
    moved = replace(first, target=target, **parts)
    criteria = tuple(moved if each is first else each for each in old.criteria)
    (found,) = difference(old, replace(old, criteria=criteria))
    assert (found.criterion, found.change) == ("CF-02", change)


def test_a_difference_that_is_stricter_and_looser_is_mixed(old: Edition) -> None:
    first = old.criteria[1]
    moved = replace(first, target=replace(first.target, value=0.3), minimum_n=10)
    (found,) = difference(old, replace(old, criteria=(old.criteria[0], moved, *old.criteria[2:])))
    assert found.change is CriterionChange.MIXED


PROFILE = """\
profile: acme
standard: service-excellence@2025
title: Profile of the Acme service desk
overrides:
  CF-02:
    target: 0.10
    because: expectation
    rationale: Business customers are asked by their own purchasing department too.
  IM-01:
    target: 0.85
    because: strategy
    rationale: Short waits are what Acme promises in its contracts.
waivers:
  CO-02:
    reason: The new complaint desk opens in October.
    granted_on: 2025-07-01
    expires_on: 2026-06-30
not_applicable:
  IM-04:
    because: no_contacts_in_channel
    reason: Acme offers no chat to its customers.
"""
ABSENCE = PROFILE.partition("not_applicable:\n")[2].rstrip()


def test_a_sound_profile_moves_targets_and_flags_looser_ones(old: Edition) -> None:
    assert check_profile(PROFILE, name="acme.yaml", edition=old, day=DAY) == []
    demands = demands_on(old, DAY, profile=load_profile(PROFILE, name="acme.yaml"))
    assert demands.edition.criterion("CF-02").target.value == 0.10
    assert demands.looser == ("CF-02",)
    assert demands.tighter == ("IM-01",)
    assert {key: entry.outcome for key, entry in demands.exemptions.items()} == {"CO-02": Outcome.WAIVED}
    assert {key: entry.because for key, entry in demands.absences.items()} == {
        "IM-04": "no_contacts_in_channel"
    }


@pytest.mark.parametrize(
    ("day", "waived"),
    [
        (date(2025, 6, 30), False),
        (date(2025, 7, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_a_waiver_holds_from_its_first_to_its_last_day(old: Edition, day: date, waived: bool) -> None:
    demands = demands_on(old, day, profile=load_profile(PROFILE, name="acme.yaml"))
    assert ("CO-02" in demands.exemptions) is waived


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("target: 0.10", "target: 0.07", "outside the bounds 0.08 to 0.4"),
        ("target: 0.10", "target: 0.15", "is the target already"),
        ("  CO-02:\n    reason", "  CF-01:\n    reason", "CF-01 is rigid: a waiver is refused"),
        ("expires_on: 2026-06-30", "expires_on: 2025-12-30", "expired on 2025-12-30"),
        ("expires_on: 2026-06-30", "expires_on: 2025-06-30", "ends before it is granted"),
        ("  IM-04:", "  IM-44:", "no criterion IM-44"),
        ("  IM-04:", "  CO-02:", "called not applicable too"),
        ("not_applicable:", "remedies: {CO-03: {plan_accepted_on: 2025-12-01}}\nnot_applicable:", "actions"),
        ("  CO-02:\n    reason", "  CF-04:\n    reason", "CF-04 is a must-pass: a waiver is refused"),
        ("  IM-04:", "  CF-01:", "CF-01 is rigid: it applies to everyone"),
        ("  IM-04:", "  CF-04:", "CF-04 is a must-pass: it applies to everyone"),
        ("  IM-04:", "  CF-02:", "No fact leaves CF-02 without a case: remove it"),
        ("  IM-04:", "  CF-15:", "Name no_key_accounts."),
        ("because: no_contacts_in_channel", "because: no_contact", "Did you mean 'no_contacts_in_channel'?"),
        (ABSENCE, "  IM-04: The party does not wish to be judged by this.", "words alone set no criterion"),
        ("@2025", "@2026", "not service-excellence@2025"),
        ("    because: strategy\n", "", "because"),
    ],
)
def test_the_linter_of_profiles(old: Edition, before: str, after: str, said: str) -> None:
    assert before in PROFILE
    found = check_profile(PROFILE.replace(before, after, 1), name="acme.yaml", edition=old, day=DAY)
    assert any(said in str(each) for each in found), found
    assert all(each.line for each in found)


def test_bounds_of_an_override_just_outside_on_and_just_inside(old: Edition) -> None:
    for value, sound in ((0.0799, False), (0.08, True), (0.0801, True), (0.40, True), (0.4001, False)):
        text = PROFILE.replace("target: 0.10", f"target: {value}")
        assert (check_profile(text, name="a.yaml", edition=old, day=DAY) == []) is sound


def test_a_waiver_of_a_year_is_the_longest(old: Edition) -> None:
    for last, sound in (("2026-06-30", True), ("2026-07-01", True), ("2026-07-02", False)):
        text = PROFILE.replace("expires_on: 2026-06-30", f"expires_on: {last}")
        found = check_profile(text, name="a.yaml", edition=old, day=DAY)
        assert (found == []) is sound, last
        assert all("lasts 367 days; 366 are the most" in str(each) for each in found)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("  CO-02:\n    reason", "  CF-01:\n    reason", "CF-01 is rigid"),
        ("  CO-02:\n    reason", "  CF-04:\n    reason", "CF-04 is a must-pass"),
        ("target: 0.10", "target: 0.07", "outside the bounds"),
        ("  IM-04:", "  CF-08:", "CF-08 is rigid"),
        ("  IM-04:", "  CF-02:", "is not about"),
        ("expires_on: 2026-06-30", "expires_on: 2026-07-02", "lasts 367 days"),
    ],
)
def test_nothing_is_bought_even_without_the_linter(old: Edition, before: str, after: str, said: str) -> None:
    text = PROFILE.replace(before, after, 1)
    assert text != PROFILE
    with pytest.raises(ParameterError, match=said):
        demands_on(old, DAY, profile=load_profile(text, name="a.yaml"))


def test_a_date_in_a_profile_closes_nothing_and_the_error_says_where_it_is_entered() -> None:
    text = PROFILE + "remedies:\n  CO-03: {plan_accepted_on: 2025-12-01}\n"
    with pytest.raises(ParameterError, match="'auditlib actions' writes") as error:
        load_profile(text, name="acme.yaml")
    assert (error.value.problems[0].file, error.value.problems[0].line) == ("acme.yaml", 22)


def test_outside_its_dates_an_edition_compares_and_certifies_nothing(old: Edition) -> None:
    assert demands_on(old, DAY).note == ""
    assert "certifies nothing" in demands_on(old, date(2026, 1, 1)).note
    met = verdict_of(demands_on(old, date(2026, 1, 1)), measured(old))
    assert (met.decision.outcome, met.decision.compared) == (Outcome.NOT_APPLICABLE, Outcome.MET)
    assert "only compared" in VerdictAnswer(met).summary()[0].text


@pytest.mark.parametrize(
    ("day", "certifies"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_the_edition_before_may_be_used_until_the_transition_ends(
    old: Edition, new: Edition, day: date, certifies: bool
) -> None:
    assert demands_on(old, day, successor=new).certifies is certifies
    decision = verdict_of(demands_on(old, day, successor=new), measured(old)).decision
    assert (decision.outcome is Outcome.MET) is certifies


def test_in_the_transition_the_new_edition_says_that_the_old_may_be_used_too(new: Edition) -> None:
    inside, after = (demands_on(new, day) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert "until 2026-06-30 the edition before may be used too" in inside.note
    assert (after.note, inside.certifies, after.certifies) == ("", True, True)


def test_a_criterion_is_not_applicable_before_its_own_date(new: Edition) -> None:
    assert "PE-09" in demands_on(new, date(2026, 6, 30)).exemptions
    assert "PE-09" not in demands_on(new, date(2026, 7, 1)).exemptions


def measured(edition: Edition, *, share: float = 0.99) -> list[Measurement]:
    """A measurement for each criterion: all good, at `share` of a thousand cases."""
    found = []
    for one in edition.criteria:
        good = one.target.direction is Direction.AT_LEAST
        if one.kind is Kind.RIGID or one.target.value > 1:
            best = one.target.tightest
            found.append(whole_of(best, 1000, basis=[], none=""))
        else:
            k = round(1000 * share) if good else round(1000 * (1 - share))
            found.append(share_of(k, 1000, confidence=0.95, basis=[], none=""))
    return found


def verdict(edition: Edition, *, share: float = 0.99) -> Verdict:
    return verdict_of(demands_on(edition, DAY), measured(edition, share=share))


def test_an_operation_that_does_everything_meets_the_standard(old: Edition) -> None:
    found = verdict(old)
    assert found.decision.outcome is Outcome.MET
    assert findings(found) == ()
    assert "meets Service excellence, edition 2025" in VerdictAnswer(found).summary()[0].text
    assert blocking(found).empty


def test_what_stands_in_the_way_names_the_heaviest_first(old: Edition) -> None:
    found = verdict(old, share=0.64)
    frame = blocking(found)
    assert frame["weighs"].iloc[0] == "must-pass, major"
    assert set(frame["criterion"]) == {
        one.criterion.id for one in found.judgements if one.outcome is not Outcome.MET
    }


def test_every_key_a_sentence_states_is_a_number(old: Edition) -> None:
    found = verdict(old, share=0.64)
    keys = {number.key for number in VerdictAnswer(found).numbers()}
    assert {key for sentence in VerdictAnswer(found).summary() for key in sentence.keys} <= keys
    assert {key for each in findings(found) for key in each.evidence} <= keys


def test_findings_have_five_parts_and_the_grade_of_their_criterion(old: Edition) -> None:
    found = {each.criterion.split(":")[0]: each for each in findings(verdict(old, share=0.4))}
    assert found["CF-04"].grade is Grade.MAJOR
    assert found["CF-13"].grade is Grade.MINOR
    assert all(
        each.condition and each.cause and each.effect and each.recommendation for each in found.values()
    )
    assert "minors-customer_feedback" not in found or found["minors-customer_feedback"].grade is Grade.MAJOR


def test_minors_that_add_up_are_a_finding_of_their_own(old: Edition) -> None:
    found = verdict(old, share=0.01)
    assert any(name.startswith("4") or "minors in" in name for name in found.decision.open_majors)
    gathered = gathered_findings(found)
    assert len(gathered) == len(found.decision.gathered) > 0
    assert all(each.grade is Grade.MAJOR for each in gathered)


def test_too_few_observations_are_an_opportunity_not_a_failure(old: Edition) -> None:
    entries = measured(old)
    place = old.ids.index("CF-04")
    entries[place] = share_of(70, 101, confidence=0.95, basis=[], none="")
    found = verdict_of(demands_on(old, DAY), entries)
    (only,) = [each for each in findings(found) if each.criterion.startswith("CF-04")]
    assert only.grade is Grade.OPPORTUNITY
    assert "more observations" in only.recommendation


def test_what_this_suite_does_not_measure_is_no_finding_about_the_party(old: Edition) -> None:
    entries = measured(old)
    entries[0] = Measurement(
        "x", None, 0, Statistic.COUNT, reason="this suite does not yet measure x", built=False
    )
    found = verdict_of(demands_on(old, DAY), entries)
    assert found.judgements[0].outcome is Outcome.NOT_ASSESSABLE
    assert findings(found) == ()
    entries[0] = Measurement("x", None, 0, Statistic.COUNT, reason="the evidence has no x")
    assert len(findings(verdict_of(demands_on(old, DAY), entries))) == 1


def test_what_if_changes_only_what_is_asked(old: Edition) -> None:
    found = verdict(old, share=0.9)
    stricter = what_if(found, targets={"CF-02": 0.95})
    assert found.judgement("CF-02").outcome is Outcome.MET
    assert stricter.judgement("CF-02").outcome is Outcome.NOT_MET
    same = [one.outcome for one in found.judgements if one.criterion.id != "CF-02"]
    assert same == [one.outcome for one in stricter.judgements if one.criterion.id != "CF-02"]


def test_what_is_supposed_is_told_line_by_line_and_never_as_a_result(old: Edition) -> None:
    found = verdict(old, share=0.9)
    lines = suppose(found, found, Suppositions({"CF-02": 0.40}, pass_mark=0.95)).lines()
    assert all(line.startswith("What if: ") for line in lines)
    assert lines[0] == "What if: CF-02 asked for at least 40.0%, not at least 15.0%."
    assert lines[1] == "What if: the pass mark were 95.0%, not 80.0%."
    assert "What if: no outcome of a criterion would move." in lines
    assert lines[-1].endswith("certifies nothing; the finished run is as it was.")
    beyond = suppose(found, found, Suppositions({"CF-02": 0.95}, beyond_bounds=True))
    assert beyond.moved() == ("CF-02",)
    assert "What if: CF-02 would be not met; it is met." in beyond.lines()


@pytest.mark.parametrize(
    ("targets", "mark", "said"),
    [
        (
            {"CF-02": 0.41},
            None,
            "CF-02: the target 0.41 lies outside the bounds 0.08 to 0.4 of",
        ),
        ({"CF-02": 0.079}, None, "outside the bounds"),
        ({"CF-91": 0.4}, None, "has no criterion 'CF-91'. Did you mean"),
        ({}, 1.01, "the pass mark 1.01 is no share"),
    ],
)
def test_what_cannot_be_supposed_is_refused(
    old: Edition, targets: dict[str, float], mark: float | None, said: str
) -> None:
    found = verdict(old)
    with pytest.raises(ParameterError, match=re.escape(said)):
        suppose(found, found, Suppositions(targets, mark))


def test_bounds_are_part_of_what_may_be_supposed(old: Edition) -> None:
    found = verdict(old)
    for value in (0.08, 0.40):
        assert suppose(found, found, Suppositions({"CF-02": value})).moved() == ()


def test_a_breach_too_small_to_be_told_stays_one_in_what_if(old: Edition) -> None:
    entries = measured(old)
    place = old.ids.index("CF-09")
    entries[place] = share_of(2, 3, confidence=0.95, basis=[], none="")
    found = verdict_of(demands_on(old, DAY), entries, disclosure=MinimumFrequency(5))
    assert found.judgement("CF-09").outcome is Outcome.NOT_MET
    assert found.judgement("CF-09").measurement.value is None
    for other in (what_if(found, targets={"CF-02": 0.2}), under_mode(found, DecisionMode.POINT)):
        assert other.judgement("CF-09").outcome is Outcome.NOT_MET


def test_another_mode_is_another_verdict_on_the_same_measurements(old: Edition) -> None:
    found = verdict(old)
    modes = {mode: under_mode(found, mode) for mode in ("point", "interval", "probability")}  # type: ignore[arg-type]
    assert all(
        [one.measurement for one in each.judgements] == [one.measurement for one in found.judgements]
        for each in modes.values()
    )


def test_a_restatement_shows_both_outcomes_and_why(old: Edition, new: Edition) -> None:
    entries = measured(old)
    place = old.ids.index("CF-13")
    entries[place] = share_of(450, 10_000, confidence=0.95, basis=[], none="")
    others = measured(new)
    others[new.ids.index("CF-13")] = entries[place]
    found = Restatement(
        verdict_of(demands_on(old, DAY), entries), verdict_of(demands_on(new, date(2026, 1, 1)), others)
    )
    frame = found.to_frame().set_index("criterion")
    assert list(frame.loc["CF-13"]) == [
        "met",
        "not met",
        "yes",
        "stricter",
        "Response rates fell where people were asked often.",
    ]
    assert frame.loc["CF-06", "after"] == ABSENT
    assert frame.loc["PE-08", "before"] == ABSENT
    assert found.moved() == ("CF-13",)
    (sentence,) = found.summary()
    assert "1 outcome moves (CF-13), 5 criteria are added and 1 removed" in sentence.text
    assert set(sentence.keys) <= {number.key for number in found.numbers()}


def test_the_verdict_document_fits_its_schema_and_is_the_same_every_time(old: Edition) -> None:
    import jsonschema

    document = verdict_document(verdict(old, share=0.9))
    jsonschema.validate(document, verdict_schema())
    assert document["schema"] == "auditlib/verdict@2"
    assert len(document["criteria"]) == len(old.criteria)
    again = verdict_document(verdict(old, share=0.9))
    assert json.dumps(document, sort_keys=True) == json.dumps(again, sort_keys=True)
    document["decision"]["outcome"] = "splendid"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, verdict_schema())


def test_a_criterion_may_be_judged_alone(old: Edition) -> None:
    found = judge_one(old.criterion("CF-04"), share_of(450, 500, confidence=0.95, basis=[], none=""))
    assert found.outcome is Outcome.MET
