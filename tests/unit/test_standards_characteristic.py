"""Operating characteristics: held against enumeration, simulation and the law itself."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from auditlib.audit.standard import characteristic_file, measures, read_edition
from auditlib.figures import characteristic as pictures
from auditlib.figures.svg import svg_of
from auditlib.records import Criterion, DecisionMode, Grade, Interval, Measurement, Outcome, Statistic
from auditlib.service_levels.unit_days import order_statistics
from auditlib.standards.characteristic import Reckoning, characteristic
from auditlib.standards.characteristic_answer import CharacteristicAnswer, OperatingCharacteristic
from auditlib.standards.decision_characteristic import Situation, criteria_of, decision_chances
from auditlib.standards.edition import Edition
from auditlib.standards.edition_characteristic import stored_text, supposed
from auditlib.standards.judge import judge_one
from auditlib.standards.observed import share_of
from auditlib.standards.profile import Demands
from auditlib.standards.verdict import verdict_of
from auditlib.statistics.clustered_times import CountedTimes
from auditlib.statistics.intervals import mean_t

ROOT = Path(__file__).parents[2]
EDITION = read_edition("service-excellence@2026", root=ROOT)
OUTCOMES = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)


def share(n: int, successes: int | None = None, **more: Any) -> Measurement:
    return share_of(n // 2 if successes is None else successes, n, confidence=0.95, basis=[], none="", **more)


def enumerated(criterion: Criterion, n: int, true: float, rule: Any, **more: Any) -> list[float]:
    """Judge every count there can be, and weigh it by how likely it is."""
    chances = dict.fromkeys(OUTCOMES, 0.0)
    for count in range(n + 1):
        judged = judge_one(
            criterion, share(n, count, **more), mode=rule.mode, required_probability=rule.required_probability
        )
        chances[judged.outcome] += float(binom.pmf(count, n, true))
    return [chances[outcome] for outcome in OUTCOMES]


@pytest.mark.parametrize("mode", list(DecisionMode))
@pytest.mark.parametrize(
    ("name", "n", "more"),
    [
        ("CF-04", 120, {}), ("CF-04", 99, {}), ("CF-13", 230, {}), ("CF-09", 60, {}), ("CO-02", 78, {}),
        ("CO-03", 90, {"unknown": 4}), ("CF-05", 130, {"unknown": 7}),
    ],
)  # fmt: skip
def test_a_share_is_what_enumeration_says(
    name: str, n: int, more: dict[str, int], mode: DecisionMode
) -> None:
    criterion, rule = EDITION.criterion(name), replace(EDITION.rule, mode=mode)
    known = characteristic(criterion, share(n, **more), rule=rule)
    assert known.curve is not None
    for true in (0.02, 0.05, 0.3, criterion.target.value, 0.72, 0.95, 0.999):
        expected = enumerated(criterion, n, true, rule, **more)
        assert [float(part) for part in known.curve.chances(true)] == pytest.approx(expected, abs=1e-12)


def test_a_rigid_demand_is_met_only_without_a_slip() -> None:
    known = characteristic(EDITION.criterion("CF-09"), share(200), rule=EDITION.rule)
    assert known.curve is not None
    assert known.curve.chances(0.999).met == pytest.approx(0.999**200)
    assert known.curve.chances(1.0).met == 1.0


def test_a_true_value_that_is_surely_met_is_met_so_often() -> None:
    for name in ("CF-04", "CF-13"):
        known = characteristic(EDITION.criterion(name), share(300), rule=EDITION.rule)
        assert known.curve is not None
        for outcome, place in ((Outcome.MET, 0), (Outcome.NOT_MET, 1)):
            value = known.curve.value_for(outcome, 0.95)
            assert value is not None
            assert float(known.curve.chances(value)[place]) == pytest.approx(0.95, abs=1e-9)


def test_too_few_cases_decide_nothing_whatever_is_true() -> None:
    known = characteristic(EDITION.criterion("CF-04"), share(99), rule=EDITION.rule)
    assert known.curve is not None
    assert float(known.curve.chances(1.0).not_demonstrated) == 1.0
    assert known.curve.value_for(Outcome.MET, 0.95) is None


def test_a_register_is_judged_as_it_stands() -> None:
    found = Measurement("m", 0.9, 40, Statistic.COUNT)
    known = characteristic(EDITION.criterion("CF-07"), found, rule=EDITION.rule)
    assert known.curve is not None
    assert not known.by_chance
    assert known.curve.chances([0.8999, 0.9, 0.95]).met.tolist() == [0.0, 1.0, 1.0]


def test_excused_cases_count_as_the_law_counts_them() -> None:
    criterion, excused = EDITION.criterion("CO-01"), 3
    known = characteristic(criterion, share(100, 90, excused=excused), rule=EDITION.rule)
    assert known.curve is not None
    least = next(
        count
        for count in range(101)
        if judge_one(criterion, share(100, count, excused=excused)).outcome is Outcome.MET
    )
    assert known.curve.chances(0.98).met == pytest.approx(float(binom.sf(least + excused - 1, 100, 0.98)))


def test_more_excused_than_may_be_is_not_met_whatever_is_true() -> None:
    known = characteristic(EDITION.criterion("CO-01"), share(100, 80, excused=10), rule=EDITION.rule)
    assert known.curve is not None
    assert float(known.curve.chances(0.999).not_met) == pytest.approx(1.0)


def drawn_waits(rng: np.random.Generator, n: int, within: float) -> CountedTimes:
    """Return waits of which `within` do not exceed the target of 180 seconds, with their counts."""
    seconds = np.where(rng.random(n) < within, rng.integers(0, 181, n), rng.integers(181, 900, n))
    values, counts = np.unique(seconds, return_counts=True)
    return CountedTimes(values.astype(np.float64), counts.astype(np.float64))


@pytest.mark.parametrize("within", [0.87, 0.9, 0.925])
def test_a_quantile_is_what_simulation_says(within: float) -> None:
    criterion, n, rng = EDITION.criterion("IM-06"), 600, np.random.default_rng(7)

    def judged() -> Outcome:
        waits = drawn_waits(rng, n, within)
        limits = order_statistics(waits, 0.9, level=0.95)
        found = Measurement("m", waits.quantile(0.9), n, Statistic.QUANTILE, "seconds", limits)
        return judge_one(criterion, found).outcome

    found = Measurement("m", 150.0, n, Statistic.QUANTILE, "seconds", Interval(140.0, 160.0))
    known = characteristic(criterion, found, rule=EDITION.rule)
    outcomes = [judged() for _ in range(1500)]
    assert known.curve is not None
    for outcome, chance in zip(OUTCOMES, known.curve.chances(within), strict=True):
        assert outcomes.count(outcome) / 1500 == pytest.approx(float(chance), abs=0.04)


@pytest.mark.parametrize("true", [3.7, 3.8, 3.95])
def test_a_mean_is_what_simulation_says(true: float) -> None:
    edition = read_edition("service-excellence@2025", root=ROOT)
    criterion, n, rng = edition.criterion("CF-06"), 400, np.random.default_rng(11)

    def measured() -> Measurement:
        answers = 1 + rng.binomial(4, (true - 1) / 4, n)
        limits = mean_t(answers.mean(), answers.var(ddof=1), n)
        interval = Interval(float(limits.low), float(limits.high))
        return Measurement("m", float(answers.mean()), n, Statistic.MEAN, "points", interval)

    known = characteristic(criterion, measured(), rule=edition.rule)
    outcomes = [judge_one(criterion, measured()).outcome for _ in range(1500)]
    assert known.reckoning is Reckoning.APPROXIMATE
    assert known.curve is not None
    for outcome, chance in zip(OUTCOMES, known.curve.chances(true), strict=True):
        assert outcomes.count(outcome) / 1500 == pytest.approx(float(chance), abs=0.05)


def small_edition(*names: str) -> Edition:
    return replace(EDITION, criteria=tuple(EDITION.criterion(name) for name in names))


def test_the_decision_is_the_product_of_its_must_passes() -> None:
    """Two majors that must both be met: the certificate is as likely as both together."""
    edition = small_edition("CF-04", "CF-05")
    assert all(entry.severity is Grade.MAJOR for entry in edition.criteria)
    criteria = criteria_of(verdict_of(Demands(edition), [share(400), share(400)]))
    situation = Situation(0.25)
    (chances, _) = decision_chances(criteria, [situation], audits=20_000, rng=np.random.default_rng(3))
    one, other = (known.curve for known in criteria.characteristics)
    assert one is not None
    assert other is not None
    both = float(one.chances(0.68 + 0.25 * 0.27).met) * float(other.chances(0.60 + 0.25 * 0.35).met)
    assert 0.2 < both < 0.99
    assert chances.met == pytest.approx(both, abs=0.015)


def test_what_has_no_evidence_stays_without_it_whatever_is_true() -> None:
    edition = small_edition("CF-04", "CF-02")
    nothing = Measurement("m", None, 0, Statistic.COUNT, reason="no log")
    criteria = criteria_of(verdict_of(Demands(edition), [share(5000), nothing]))
    chances = decision_chances(criteria, [Situation(1.0)], audits=50, rng=np.random.default_rng(3))
    assert [part.met for part in chances] == [0.0, 0.0]
    answer = CharacteristicAnswer(OperatingCharacteristic(criteria, chances))
    assert answer.decision()[0].text.endswith("in 0.0% of cases: CF-02 has no evidence.")


def test_without_plans_a_minor_stands_in_the_way() -> None:
    edition = small_edition("CF-04", "CF-17")
    edition = replace(edition, rule=replace(edition.rule, pass_mark=0.0))
    criteria = criteria_of(verdict_of(Demands(edition), [share(5000), share(200)]))
    rng = np.random.default_rng(3)
    planned, alone = decision_chances(criteria, [Situation(0.0)], audits=4000, rng=rng)
    major, minor = (known.curve for known in criteria.characteristics)
    assert major is not None
    assert minor is not None
    missed = [float(major.chances(0.68).not_met), float(minor.chances(0.8).not_met)]
    assert (planned.plans, alone.plans) == (True, False)
    assert planned.not_met == pytest.approx(missed[0], abs=0.008)
    assert alone.not_met == pytest.approx(1 - (1 - missed[0]) * (1 - missed[1]), abs=0.01)


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_stored_file_is_that_of_the_edition(year: int) -> None:
    name = f"service-excellence@{year}"
    stored = (ROOT / characteristic_file(name)).read_text("utf-8")
    made = stored_text(read_edition(name, root=ROOT), measures())
    assert made == stored, "make it again: auditlib standards characteristic"


def test_another_target_is_another_file() -> None:
    edition = small_edition("CF-04", "CF-09")
    moved = edition.with_targets({"CF-04": 0.70})
    before, after = (supposed(entry, measures(), n=400).characteristics for entry in (edition, moved))
    assert before[0].curve != after[0].curve
    assert before[1].curve == after[1].curve
    assert stored_text(edition, measures()) != stored_text(moved, measures())


def test_the_words_name_the_bluntest_criterion_with_its_chances() -> None:
    edition = small_edition("CF-04", "CO-02")
    criteria = criteria_of(verdict_of(Demands(edition), [share(20_000), share(78, 70)]))
    path = [Situation(0.0), Situation(1.0)]
    drawn = decision_chances(criteria, path, audits=200, rng=np.random.default_rng(5))
    answer = CharacteristicAnswer(OperatingCharacteristic(criteria, drawn))
    first, second = answer.summary()
    assert first.text.startswith(
        "If the truth lay exactly on the target of CO-02, 90.0%, then of all audits of 78"
    )
    assert "98.9%" in second.text
    row = answer.to_frame().set_index("criterion").loc["CO-02"]
    assert (row["surely_met"], row["demanded"]) == ("98.9%", "at least 90.0%")


PAGE = """
| certified although every value lies exactly on its target | 0.0 | 1.0 |
| certified where values lie half the way to the tightest ones | 0.5 | 1.0 |
| certified at the tightest values | 1.0 | 1.0 |
| the same, and one case in a thousand of every rigid demand slips | 1.0 | 0.999 |
"""
"""Lines of the page about the edition 2026, with position and share within the limits of rigid demands."""


@pytest.mark.parametrize("line", PAGE.strip().splitlines())
def test_the_page_says_what_the_file_says(line: str) -> None:
    words, position, within = (cell.strip() for cell in line.strip("|").split("|"))
    rows = csv.DictReader((ROOT / characteristic_file(EDITION.name)).read_text("utf-8").splitlines())
    met = {
        row["n"]: f"{float(row['met']):.0%}"
        for row in rows
        if (row["subject"], row["plans"]) == ("decision", "yes")
        if (row["position"], row["true"]) == (position, within)
    }
    page = (ROOT / "docs/characteristic.md").read_text("utf-8")
    assert f"| {words} | {met['100']} | {met['400']} | {met['1600']} |" in page


def drawn() -> OperatingCharacteristic:
    edition = small_edition("CF-04", "CF-09", "CF-13", "IM-06")
    criteria = supposed(edition, measures(), n=400)
    path = [Situation(position) for position in (0.0, 0.5, 1.0)]
    chances = decision_chances(criteria, path, audits=100, rng=np.random.default_rng(5))
    return OperatingCharacteristic(criteria, chances)


def test_every_criterion_judged_by_chance_is_drawn_with_its_size() -> None:
    result = drawn()
    svg = svg_of(pictures.criteria(result))
    assert [name for name in ("CF-04", "CF-13", "IM-06") if f"{name}, n = " in svg] == [
        "CF-04",
        "CF-13",
        "IM-06",
    ]
    assert "CF-09" not in svg, "of a rigid demand a single case decides"
    assert all(words in svg for words in ("not met", "not demonstrated", "met"))
    assert svg == svg_of(pictures.criteria(result))


def test_the_decision_is_drawn_from_the_targets_to_the_tightest_values() -> None:
    svg = svg_of(pictures.decision(drawn()))
    assert ">0%<" in svg
    assert ">100%<" in svg
    said = CharacteristicAnswer(drawn())
    assert "CF-13" in said.drawn_criteria()
    assert "at 50.0%" in said.drawn_decision()


def test_nothing_judged_by_chance_is_said_and_drawn_so() -> None:
    criteria = supposed(small_edition("CF-09"), measures(), n=400)
    answer = CharacteristicAnswer(OperatingCharacteristic(criteria, ()))
    assert answer.summary()[0].text.startswith("No criterion of this audit is judged by chance")
    assert "No criterion is judged by chance." in svg_of(pictures.criteria(answer.result))
