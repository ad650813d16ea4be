"""What linking pay did to scores: the register on months, refusals, planted effects, and what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation
from auditlib.audit.numerals import orphans
from auditlib.compensation.placebo import Placebos, placebos
from auditlib.compensation.plan import DetectableEffect, LinkDesign, plan
from auditlib.compensation.procedure import Choices, PayQuestion, effects, split
from auditlib.compensation.register import ROLES, before, role_links
from auditlib.compensation.specification_curve import quarterly, specification_curve
from auditlib.disclosure import MinimumFrequency, without_small
from auditlib.parameters.load import load
from auditlib.records import Grade, Refusal, Sentence
from auditlib.statistics.clustered import critical
from auditlib.statistics.imputation import Imputation
from company import Scenario, cells
from company.scenario import Links
from company.sketch import Sketch

DEMO = Path(__file__).parents[2] / "params" / "scenarios" / "demo.yaml"
EPOCH = date(1970, 1, 1)
METRIC = "transactional:q_overall:mean"
AUDITED = (compensation.Definition("transactional", "q_overall", "mean"),)


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def register(*rows: tuple[str, str, str, str, float]) -> pd.DataFrame:
    """Rows of role, unit, start, end (empty while it runs), weight."""
    return pd.DataFrame(
        [
            {
                "role": role, "unit_id": unit, "metric": METRIC, "weight": weight, "starts_on": day(start),
                "ends_on": float(day(end)) if end else np.nan,
            }
            for role, unit, start, end, weight in rows
        ],
        columns=["role", "unit_id", "metric", "weight", "starts_on", "ends_on"],
    )  # fmt: skip


def year(*units: str, value: float = 4.0, n: float = 20, months: int = 12) -> compensation.Panel:
    named = tuple(202401 + 100 * (month // 12) + month % 12 for month in range(months))
    shape = (len(units), months)
    return compensation.Panel(
        "transactional", "q_overall", "mean", units, named, np.full(shape, value), np.full(shape, n), 0.8
    )


class TestPanel:
    CELLS = pd.DataFrame(
        {
            "unit_id": ["A", "A", "A", "B", "A"], "month": [202312, 202312, 202402, 202312, 202312],
            "survey_type": ["transactional"] * 4 + ["relationship"], "item": ["q_overall"] * 5,
            "score": [5.0, 2.0, 3.5, 4.0, 1.0], "n": [3, 1, 2, 5, 9],
        }
    )  # fmt: skip

    def test_means_counts_and_every_month(self) -> None:
        found = compensation.panel(self.CELLS, survey_type="transactional", item="q_overall")
        assert found.units == ("A", "B")
        assert found.months == (202312, 202401, 202402)
        assert found.n.tolist() == [[4, 0, 2], [5, 0, 0]]
        assert found.value.tolist() == [[4.25, 0, 3.5], [4, 0, 0]]
        assert found.answers == 11

    def test_variance_of_single_answers(self) -> None:
        found = compensation.panel(self.CELLS, survey_type="transactional", item="q_overall")
        assert found.variance == pytest.approx(6.75 / 8)

    @pytest.mark.parametrize(("top", "share"), [(4.99, 0.75), (5.0, 0.75), (5.01, 0.0)])
    def test_top_box(self, top: float, share: float) -> None:
        found = compensation.panel(
            self.CELLS, survey_type="transactional", item="q_overall", statistic="top_box", top=top
        )
        assert found.value[0, 0] == share


class TestRegister:
    def test_a_link_counts_from_its_first_whole_month(self) -> None:
        links = role_links(
            register(("manager", "A", "2024-05-01", "", 0.1), ("manager", "B", "2024-05-02", "", 0.1)),
            year("A", "B", "C"),
            role="manager",
        )
        assert links.adopted.tolist() == [4, 5, 12]
        assert links.touched[:, 4].tolist() == [True, True, False]
        assert links.units == 2

    @pytest.mark.parametrize(("end", "last"), [("2024-08-30", 6), ("2024-08-31", 7), ("2024-09-01", 7)])
    def test_after_its_end_a_month_is_neither_linked_nor_clean(self, end: str, last: int) -> None:
        shown = year("A", "B")
        links = role_links(register(("staff", "A", "2024-05-01", end, 0.1)), shown, role="staff")
        assert np.flatnonzero(links.linked[0]).max() == last
        parts = split(PayQuestion(shown, (links,), "staff", Choices(anticipation=0)))
        assert not parts.clean[0, last + 1 :].any()
        assert (parts.weight[0, last + 1 :] == 0).all()

    def test_weights_of_links_add(self) -> None:
        links = role_links(
            register(("staff", "A", "2024-05-01", "", 0.1), ("staff", "A", "2024-07-01", "", 0.05)),
            year("A"),
            role="staff",
        )
        assert links.dose[0, [3, 4, 6]] == pytest.approx([0.0, 0.1, 0.15])

    def test_a_panel_without_a_month_has_no_linked_month(self) -> None:
        """A company of which nobody answered."""
        none = np.zeros((1, 0))
        empty = replace(year("A"), months=(), value=none, n=none)
        links = role_links(register(("staff", "A", "2024-05-01", "", 0.1)), empty, role="staff")
        assert (links.units, links.adopted.tolist()) == (0, [0])
        assert before(links, months=3).shape == (1, 0)

    def test_units_outside_the_panel_are_left_out(self) -> None:
        links = role_links(register(("staff", "Z", "2024-05-01", "", 0.1)), year("A"), role="staff")
        assert links.units == 0

    @pytest.mark.parametrize(("months", "wanted"), [(0, []), (1, [3]), (3, [1, 2, 3]), (9, [0, 1, 2, 3])])
    def test_months_set_aside_end_with_the_link(self, months: int, wanted: list[int]) -> None:
        links = role_links(register(("staff", "A", "2024-05-01", "", 0.1)), year("A", "B"), role="staff")
        aside = before(links, months=months)
        assert np.flatnonzero(aside[0]).tolist() == wanted
        assert not aside[1].any()


class TestQuarters:
    def test_a_quarter_linked_in_part_is_left_out(self) -> None:
        shown = year("A", "B")
        links = role_links(register(("staff", "A", "2024-05-01", "", 0.1)), shown, role="staff")
        quarters = quarterly(PayQuestion(shown, (links,), "staff"))
        assert quarters.adopted.tolist() == [2, 4]
        assert quarters.weight[0].tolist() == [60, 20, 60, 60]


class TestRefusals:
    def test_no_month_before_the_link(self) -> None:
        shown = year(*"ABCD")
        always = register(*(("manager", unit, "2023-01-01", "", 0.1) for unit in "AB"))
        found = compensation.estimate(shown, always, placebo_adoptions=5, draws=99)
        assert found.roles == ()
        assert dict(found.refusals).keys() == {"manager", "staff"}
        assert "untreated" in dict(found.refusals)["manager"].reason

    def test_everyone_linked_at_once(self) -> None:
        shown = year(*"ABCD")
        together = register(*(("staff", unit, "2024-06-01", "", 0.1) for unit in "ABCD"))
        found = compensation.estimate(shown, together, placebo_adoptions=5, draws=99)
        assert found.roles == ()
        assert all(
            sentence.text.startswith("Nothing can be said")
            for sentence in compensation.PayAnswer(found).summary()
        )

    def test_an_empty_register(self) -> None:
        found = compensation.estimate(year("A", "B"), register(), placebo_adoptions=5, draws=99)
        assert len(found.refusals) == 2

    def test_one_linked_of_twenty_cannot_be_tested(self, rng: np.random.Generator) -> None:
        shown = noisy(rng, units=20)
        found = compensation.estimate(
            shown, register(("manager", "U00", "2024-08-01", "", 0.1)), placebo_adoptions=60, draws=199
        )
        effect = found.role("manager")
        assert effect is not None
        assert isinstance(effect.inference.method, Refusal)
        assert (effect.inference.low, effect.inference.p_value) == (None, None)
        assert "cannot be tested" in compensation.PayAnswer(found).summary()[0].text
        assert not effect.shown
        assert "do not credit" in compensation.PayAnswer(found).advice()[0].text
        assert unfounded(found) == []

    @pytest.mark.parametrize(
        ("effect", "words"),
        [(0.0, " is shown; \N{MINUS SIGN}"), (1.0, ". It bears ")],
        ids=["not shown", "shown"],
    )
    def test_what_is_open_or_weak_stands_beside_the_effect(
        self, rng: np.random.Generator, effect: float, words: str
    ) -> None:
        without = noisy(rng, units=20, months=24)
        value = without.value.copy()
        value[:10, 12:] += effect
        shown = replace(without, value=value)
        links = (("manager", f"U{unit:02d}", "2025-01-01", "", 0.1) for unit in range(10))
        found = compensation.estimate(shown, register(*links), placebo_adoptions=60, draws=199)
        text = compensation.PayAnswer(found).summary()[0].text
        assert words in text
        assert ("is not ruled out" in text) is (effect == 0)
        assert unfounded(found) == []

    def test_an_effect_that_placebos_show_as_often_is_not_claimed(self, rng: np.random.Generator) -> None:
        without = noisy(rng, units=20, months=24)
        value = without.value.copy()
        value[:10, 12:] += 1.0
        links = (("manager", f"U{unit:02d}", "2025-01-01", "", 0.1) for unit in range(10))
        whole = compensation.estimate(
            replace(without, value=value), register(*links), placebo_adoptions=60, draws=199
        )
        effect = whole.role("manager")
        assert effect is not None
        assert isinstance(effect.placebo, Placebos)
        strong = replace(effect.placebo, statistic=np.full(60, 1e6))
        found = replace(whole, roles=(replace(effect, placebo=strong),))
        text = compensation.PayAnswer(found).summary()[0].text
        assert f"is claimed: +{effect.estimate:.2f} (95% interval " in text
        assert "but 60 of 60 placebo links look as strong (calibrated on them, p = 1.000)." in text
        assert "claim nothing" in compensation.PayAnswer(found).advice()[0].text
        assert unfounded(found) == []


def sentences(found: compensation.PayEffects) -> list[Sentence]:
    """Return all that is said of a result."""
    answer = compensation.PayAnswer(found)
    said = [*answer.summary(), *answer.limits(), *answer.advice(), *answer.tests(), *answer.placebos()]
    said += [*answer.drift(), *answer.departures(), *answer.left_out(), *answer.choices()]
    return [*said, *answer.naive(), *answer.outcomes()]


def unfounded(found: compensation.PayEffects) -> list[str]:
    """Return what is said with a number that none of its keys has once small cells are held back."""
    numbers = {
        number.key: without_small(number, minimum=MinimumFrequency(5))
        for number in compensation.PayAnswer(found).numbers()
    }
    said = sentences(found)
    return [told.text for told in said if orphans(told.text, [numbers[key] for key in told.keys])]


def noisy(rng: np.random.Generator, *, units: int, months: int = 12) -> compensation.Panel:
    shown = year(*(f"U{unit:02d}" for unit in range(units)), months=months)
    value = 4 + rng.normal(0, 0.1, (units, 1)) + rng.normal(0, 0.15, (units, months))
    return compensation.Panel(
        shown.survey_type, shown.item, "mean", shown.units, shown.months, value, shown.n, shown.variance
    )


def answered(rows: pd.DataFrame, shown: compensation.Panel, *, minimum: int) -> compensation.FairPayAnswer:
    return compensation.FairPayAnswer(compensation.fair_pay(rows, shown, AUDITED, minimum=minimum))


class TestFairPay:
    def test_what_is_counted(self, rng: np.random.Generator) -> None:
        shown = noisy(rng, units=6)
        rows = register(("manager", "U00", "2024-04-01", "", 0.1), ("manager", "U01", "2024-04-01", "", 0.1))
        rows.loc[1, "metric"] = "transactional:q_other:mean"
        frame = compensation.fair_pay(rows, shown, AUDITED, minimum=61).to_frame().set_index("role")
        assert frame.loc["manager", ["links", "same", "short"]].tolist() == [2, 1, 2]
        assert frame.loc["staff", "links"] == 0

    @pytest.mark.parametrize(("minimum", "short"), [(59, 0), (60, 0), (61, 1)])
    def test_the_minimum_itself_is_enough(self, rng: np.random.Generator, minimum: int, short: int) -> None:
        shown = noisy(rng, units=6)
        rows = register(("manager", "U00", "2024-04-01", "", 0.1), ("staff", "U00", "2024-04-01", "", 0.1))
        fair = answered(rows, shown, minimum=minimum)
        assert fair.to_frame()["short"].tolist() == [short, short]
        assert len(fair.findings()) == 2 * short

    def test_a_role_without_link_is_a_major_finding(self, rng: np.random.Generator) -> None:
        shown = noisy(rng, units=6)
        rows = register(("manager", "U00", "2024-04-01", "", 0.1))
        fair = answered(rows, shown, minimum=1)
        (finding,) = fair.findings()
        assert (finding.grade, finding.evidence) == (Grade.MAJOR, ("fair:staff:links",))

    def test_units_are_counted_whole_where_the_other_role_has_none(self, rng: np.random.Generator) -> None:
        """The staff's link runs in other months, so that the column has a gap."""
        rows = register(("manager", "U00", "2024-04-01", "", 0.1), ("staff", "U00", "2031-01-01", "", 0.1))
        fair = answered(rows, noisy(rng, units=6), minimum=61)
        (found,) = fair.findings()
        assert found.condition.startswith("For 1 of 1 unit with linked pay of managers the typical")
        assert found.condition.endswith("has fewer than 61 answers.")
        assert "for 1 of 1 unit with linked pay" in " ".join(said.text for said in fair.summary())

    def test_luck_is_all_where_units_do_not_differ(self) -> None:
        rows = register(("manager", "A", "2024-04-01", "", 0.1), ("manager", "B", "2024-04-01", "", 0.1))
        shown = year("A", "B", "C")
        frame = compensation.fair_pay(rows, shown, AUDITED).to_frame().set_index("role")
        assert frame.loc["manager", "luck"] == 1


class TestPlan:
    def test_more_answers_show_smaller_effects(self) -> None:
        few, many = (plan(LinkDesign(30, 15, 24, 12, n), draws=60) for n in (5, 80))
        assert isinstance(few, DetectableEffect)
        assert isinstance(many, DetectableEffect)
        assert isinstance(few.detectable, float)
        assert isinstance(many.detectable, float)
        assert many.detectable < few.detectable

    @pytest.mark.parametrize(("units", "linked"), [(20, 1), (6, 3)])
    def test_some_designs_show_nothing(self, units: int, linked: int) -> None:
        found = plan(LinkDesign(units, linked, 24, 12, 10), draws=5)
        assert isinstance(found, DetectableEffect)
        assert isinstance(found.detectable, Refusal)
        assert "cannot be tested" in found.summary()[0].text

    @pytest.mark.parametrize(("linked", "before"), [(0, 12), (20, 12), (10, 0), (10, 24)])
    def test_a_design_without_comparison_is_refused(self, linked: int, before: int) -> None:
        assert isinstance(plan(LinkDesign(20, linked, 24, before, 10)), Refusal)


@pytest.fixture(scope="module")
def demo() -> Scenario:
    scenario = load(Scenario, DEMO.read_text("utf-8"), name="demo.yaml")
    return scenario.model_copy(update={"gaming": None})


def drawn(scenario: Scenario, seed: int) -> tuple[compensation.Panel, pd.DataFrame, Sketch]:
    company = cells(scenario, np.random.default_rng(seed), survey_types=("transactional",))
    rows = pd.DataFrame(
        {
            "role": link.role, "unit_id": company.world.unit_ids[link.unit], "metric": METRIC,
            "weight": link.weight, "starts_on": (link.starts_on - EPOCH).days, "ends_on": np.nan,
        }
        for link in company.world.links
    )  # fmt: skip
    return compensation.panel(company.cells, survey_type="transactional", item="q_overall"), rows, company


class TestPlantedEffects:
    """A small version of the table of ``python -m benchmarks compensation``."""

    SLOPE = 0.9
    """Change of the mean per latent point, between 4.3 and 4.5."""

    def test_manager_and_staff_effects_are_recovered(self, demo: Scenario) -> None:
        covered = np.zeros(2)
        misses = []
        for seed in range(25):
            shown, rows, company = drawn(demo, seed)
            links = tuple(role_links(rows, shown, role=role) for role in ROLES)
            found = effects(PayQuestion(shown, links, links[0].role))
            assert isinstance(found, Imputation)
            assert found.jackknife is not None
            place = [company.world.unit_ids.index(unit) for unit in shown.units]
            truth = (found.weights * (self.SLOPE * company.world.effect[place])).sum(axis=(1, 2))
            covered += np.abs(found.coefficient - truth) <= critical(0.95, 39) * found.jackknife
            misses.append(found.coefficient - truth)
        assert (covered >= 20).all()
        assert np.abs(np.mean(misses, axis=0)).max() < 0.035

    def test_regression_to_the_mean_alone_is_no_effect(self, demo: Scenario) -> None:
        chosen = {"effect": 0.0, "low_scores_first": 1.0}
        managers = demo.manager_links.model_copy(update=chosen)
        nothing = demo.model_copy(update={"manager_links": managers, "staff_links": Links()})
        found: dict[int, list[float]] = {0: [], 3: []}
        for seed in range(25):
            shown, rows, _ = drawn(nothing, seed)
            links = (role_links(rows, shown, role="manager"),)
            for months, values in found.items():
                fitted = effects(PayQuestion(shown, links, links[0].role, Choices(anticipation=months)))
                assert isinstance(fitted, Imputation)
                values.append(float(fitted.coefficient[0]))
        assert np.mean(found[0]) > 0.005
        assert abs(np.mean(found[3])) < np.mean(found[0]) + 0.02
        assert abs(np.mean(found[3])) < 0.03

    def test_placebos_raise_few_alarms_and_see_chosen_low_units(self, demo: Scenario) -> None:
        shown, rows, _ = drawn(demo, 4)
        links = tuple(role_links(rows, shown, role=role) for role in ROLES)
        found = [
            placebos(
                PayQuestion(shown, links, "manager", Choices(anticipation=months)),
                count=250,
                low_first=low,
                rng=np.random.default_rng(1),
            )
            for months, low in ((3, False), (0, True))
        ]  # fmt: skip
        fair, low = found
        assert isinstance(fair, Placebos)
        assert isinstance(low, Placebos)
        assert fair.rate < 0.13
        assert abs(fair.mean) < 0.02 < low.mean
        assert 0 < fair.detectable(0.04, crossing=2.02) < 0.25

    def test_every_choice_is_estimated_or_says_why_not(self, demo: Scenario) -> None:
        shown, rows, _ = drawn(demo, 2)
        links = tuple(role_links(rows, shown, role=role) for role in ROLES)
        curve = specification_curve(PayQuestion(shown, links, "manager"))
        frame = curve.frame
        assert frame["default"].sum() == 1
        assert ((frame["why"] == "") == frame["estimate"].notna()).all()
        assert not set(curve.defensible["estimator"]) & {"two_way"}
        assert {"imputation", "never", "not_yet", "sun_abraham"} <= set(curve.defensible["estimator"])


@pytest.fixture(scope="module")
def whole(demo: Scenario) -> compensation.PayEffects:
    shown, rows, company = drawn(demo, 8)
    answered = company.panel.rename(columns={"responses": "n"})[["unit_id", "month", "n"]]
    asked = company.panel.rename(columns={"invitations": "n"})[["unit_id", "month", "n"]]
    return compensation.estimate(
        shown, rows, placebo_adoptions=120, draws=499, seed=3,
        covariates=compensation.Covariates(invitations=asked, responses=answered),
    )  # fmt: skip


class TestResult:
    def test_sentences_name_recorded_numbers(self, whole: compensation.PayEffects) -> None:
        numbers = compensation.PayAnswer(whole).numbers()
        keys = {number.key for number in numbers}
        assert not {key for sentence in sentences(whole) for key in sentence.keys} - keys
        assert len(keys) == len(numbers)

    def test_sentences_state_numbers_of_their_keys(self, whole: compensation.PayEffects) -> None:
        assert unfounded(whole) == []

    def test_the_answer_says_what_would_reverse_it(self, whole: compensation.PayEffects) -> None:
        assert compensation.PayAnswer(whole).summary()[-1].text.startswith("What would reverse this")
        assert {one.role for one in whole.roles} == {"manager", "staff"}

    def test_the_frame_holds_what_the_numbers_hold(self, whole: compensation.PayEffects) -> None:
        frame = whole.to_frame().set_index("role")
        values = {number.key: number.value for number in compensation.PayAnswer(whole).numbers()}
        assert frame.loc["manager", "estimate"] == values["effect:manager"]
        assert frame.loc["staff", "low"] < frame.loc["staff", "estimate"] < frame.loc["staff", "high"]

    def test_nothing_else_moved(self, whole: compensation.PayEffects) -> None:
        found = [one for one in whole.outcomes if one.estimate is not None]
        assert {one.name for one in found} == {"invitations sent", "response rate"}
        assert all(one.low < one.estimate < one.high for one in found)

    def test_what_cannot_be_assessed_says_why(self, whole: compensation.PayEffects) -> None:
        silent = {one.name: one.meaning for one in whole.outcomes if one.estimate is None}
        assert all(text.startswith("Not assessable: ") for text in silent.values())
        assert {"survey mode", "use of the scale", "other programmes"} < set(silent)
        assert "names no region" in silent["unlinked units where neighbours are linked"]

    def test_the_same_seed_says_the_same(self, demo: Scenario, whole: compensation.PayEffects) -> None:
        shown, rows, _ = drawn(demo, 8)
        again = compensation.estimate(shown, rows, placebo_adoptions=120, draws=499, seed=3)
        assert again.to_frame().equals(whole.to_frame())
        first, second = whole.role("manager"), again.role("manager")
        assert first is not None
        assert second is not None
        assert isinstance(first.placebo, Placebos)
        assert isinstance(second.placebo, Placebos)
        assert (first.placebo.estimate == second.placebo.estimate).all()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


class TestChoicesOffTheGrid:
    @pytest.mark.parametrize("months", [0, 2, 3, 4])
    def test_any_number_of_months_set_aside_is_marked_among_the_choices(
        self, demo: Scenario, months: int
    ) -> None:
        shown, rows, _ = drawn(demo, 2)
        links = tuple(role_links(rows, shown, role=role) for role in ROLES)
        question = PayQuestion(shown, links, "manager", Choices(anticipation=months))
        curve = specification_curve(question)
        used = curve.frame.loc[curve.frame["default"]]
        assert used["anticipation"].tolist() == [months]
        flipped = np.sign(curve.defensible["estimate"]) != np.sign(used["estimate"].iloc[0])
        assert len(curve.reversing()) == flipped.sum()
        assert curve.called()[0] + curve.called()[1] + len(curve.straddling()) == len(curve.defensible)

    def test_the_other_statistic_and_steady_units_are_among_them(self, demo: Scenario) -> None:
        shown, rows, company = drawn(demo, 2)
        top = compensation.panel(
            company.cells, survey_type="transactional", item="q_overall", statistic="top_box", top=4
        )
        links = tuple(role_links(rows, shown, role=role) for role in ROLES)
        curve = specification_curve(PayQuestion(shown, links, "manager"), other_statistic=top)
        frame = curve.frame
        assert set(frame["statistic"]) == {"mean", "top_box"}
        assert set(frame["units"]) == {"all", "steady"}
        middle = frame[frame["trusted"]].groupby("statistic")["estimate"].median()
        assert 0.5 < middle["top_box"] / middle["mean"] < 2

    def test_links_on_another_question_are_counted(self, rng: np.random.Generator) -> None:
        shown = noisy(rng, units=12)
        rows = register(*(("staff", f"U{unit:02d}", "2024-07-01", "", 0.1) for unit in range(5)))
        rows.loc[[0, 1], "metric"] = ["transactional:q_other:mean", "profit"]
        found = compensation.estimate(shown, rows, placebo_adoptions=5, draws=99)
        assert found.elsewhere == 2
        assert any(
            "2 links pay another question" in sentence.text
            for sentence in compensation.PayAnswer(found).limits()
        )
