"""Published figures of a few periods, paid definitions, and what else moved."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation
from auditlib.compensation.definition import (
    completed,
    differences,
    is_audited,
    nearest,
    same_question,
    written,
)
from auditlib.compensation.naive_comparisons import NaiveComparisons
from auditlib.compensation.naive_differences import naive_differences
from auditlib.compensation.paid import paid_scores
from auditlib.compensation.placebo_outcomes import spill_over
from auditlib.compensation.procedure import PayQuestion
from auditlib.compensation.published import Published, monthly, published
from auditlib.compensation.register import role_links, roles_in
from auditlib.compensation.unidentified import compare_published
from auditlib.records import Refusal
from auditlib.statistics.two_groups import difference, within_strata

EPOCH = date(1970, 1, 1)


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def register(units: list[str], start: str, *, role: str = "unit", weight: float = 0.3) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "role": role, "unit_id": units, "metric": "inpatient:q_rating:top_box", "weight": weight,
            "starts_on": day(start), "ends_on": np.nan,
        }
    )  # fmt: skip


def figures(shift: float = 0.0, *, years: int = 3, seed: int = 0, regions: int = 30) -> Published:
    """80 linked units and 80 others; linked ones gain `shift` from the second year on."""
    rng = np.random.default_rng(seed)
    units = tuple(f"U{place:03d}" for place in range(160))
    value = 70 + rng.normal(0, 5, (160, 1)) + rng.normal(0, 2, (160, years))
    value[:80, 1:] += shift
    edges = [day(f"{2010 + year}-01-01") for year in range(years + 1)]
    periods = tuple((first, after - 1) for first, after in pairwise(edges))
    n = np.tile([[50.0], [200.0], [900.0], [900.0]], (40, years))
    region = tuple(f"R{place % regions:02d}" for place in range(160))
    kind = ("acute",) * 80 + ("rural",) * 80
    return Published(
        "inpatient", "q_rating", "top_box", units, periods, value, n, np.full(value.shape, 30.0), kind, region
    )


def compared(shown: Published, start: str) -> compensation.PayAnswer:
    return asked(shown, register(list(shown.units[:80]), start))


def asked(shown: Published, rows: pd.DataFrame) -> compensation.PayAnswer:
    return compensation.PayAnswer(compare_published(shown, rows, {}, minimum=100, level=0.95, seed=1))


def comparisons(answer: compensation.PayAnswer) -> NaiveComparisons:
    (found,) = answer.comparisons()
    return found


class TestPublished:
    ROWS = pd.DataFrame(
        {
            "unit_id": ["A", "A", "B", "A"], "survey_type": "inpatient",
            "item": ["q_rating", "q_rating", "q_rating", "q_other"], "box": "top",
            "period_start": [day("2024-01-01"), day("2024-03-01"), day("2024-01-01"), day("2024-01-01")],
            "period_end": [day("2024-01-31"), day("2024-03-31"), day("2024-01-31"), day("2024-01-31")],
            "value": [0.7, 0.8, 0.6, 0.1], "n_low": [100.0, np.nan, 300.0, 5.0],
            "response_rate": [0.3, np.nan, 0.2, 0.1],
        }
    )  # fmt: skip
    UNITS = pd.DataFrame({"unit_id": ["A", "B"], "unit_type": ["acute", None]})

    def arranged(self) -> Published:
        found = published(
            self.ROWS, self.UNITS, survey_type="inpatient", item="q_rating", statistic="top_box"
        )
        assert isinstance(found, Published)
        return found

    def test_by_unit_and_period(self) -> None:
        found = self.arranged()
        assert (found.units, found.kind, found.region) == (("A", "B"), ("acute", ""), ("", ""))
        assert found.value[0] == pytest.approx([70, 80])
        assert np.isnan(found.value[1, 1])
        assert found.n.tolist() == [[100, 0], [300, 0]]

    def test_what_is_not_published_is_refused(self) -> None:
        found = published(self.ROWS, self.UNITS, survey_type="inpatient", item="q_x", statistic="mean")
        assert isinstance(found, Refusal)
        assert "q_x" in found.reason

    def test_figures_by_month_become_a_panel_without_gaps(self) -> None:
        found = monthly(self.arranged())
        assert found is not None
        assert found.months == (202401, 202402, 202403)
        assert found.value[0] == pytest.approx([0.7, 0, 0.8])
        assert found.n.tolist() == [[100, 0, 1], [300, 0, 0]]
        result = compensation.estimate(found, register(["A"], "2024-02-01"), placebo_adoptions=5, draws=99)
        basis = compensation.PayAnswer(result).basis
        assert (basis.table, basis.rows) == ("aggregates", 3)

    def test_longer_periods_do_not(self) -> None:
        assert monthly(figures()) is None


class TestWhatIsClaimed:
    @pytest.mark.parametrize(
        ("start", "before", "words"),
        [
            ("2010-01-01", 0, "No period lies before the link"),
            ("2010-12-31", 0, "No period lies before the link"),
            ("2011-01-01", 1, "One period lies before the link"),
            ("2012-01-01", 2, "2 periods before the link are too few"),
        ],
    )
    def test_by_the_periods_before_the_link(self, start: str, before: int, words: str) -> None:
        found = compared(figures(), start)
        assert found.result.unidentified is not None
        assert found.result.unidentified.before == before
        assert words in found.summary()[0].text
        assert found.to_frame()["claim"].tolist() == ["not identified"]

    def test_a_planted_change_is_seen_and_still_not_claimed(self) -> None:
        found = compared(figures(3.0), "2011-01-01")
        naive = comparisons(found).naive
        assert naive["low"] > 2
        assert "agree on the sign, which proves little" in found.summary()[1].text
        assert "no change may be credited" in found.summary()[0].text

    def test_without_a_change_few_comparisons_see_one(self) -> None:
        called = [comparisons(compared(figures(seed=seed), "2010-01-01")).naive for seed in range(60)]
        alarms = sum(bool(one["low"] > 0 or one["high"] < 0) for one in called)
        assert alarms <= 8  # of 60 at 5 %: more with probability 0.01

    def test_links_of_several_periods_are_not_compared(self) -> None:
        shown = figures()
        rows = pd.concat(
            [register(list(shown.units[:40]), "2011-01-01"), register(list(shown.units[40:80]), "2012-01-01")]
        )
        found = asked(shown, rows)
        assert found.comparisons() == ()
        assert "2 periods" in found.summary()[0].text

    def test_everyone_linked_leaves_nobody_to_compare_with(self) -> None:
        shown = figures()
        found = asked(shown, register(list(shown.units), "2011-01-01"))
        assert "with and without a link" in found.summary()[0].text
        assert {number.value for number in found.numbers() if number.key == "claim:unit"} == {
            "not identified"
        }

    @pytest.mark.parametrize(("regions", "refused"), [(19, True), (20, False), (21, False)])
    def test_placebos_need_regions(self, regions: int, *, refused: bool) -> None:
        placebo = comparisons(compared(figures(regions=regions), "2010-01-01")).placebo
        assert isinstance(placebo, Refusal) == refused


class TestRegister:
    def test_a_weight_of_zero_is_no_link(self) -> None:
        shown = compensation.Panel(
            "t", "q", "mean", ("A", "B"), (202401, 202402), np.ones((2, 2)), np.ones((2, 2)), 1.0
        )
        rows = register(["A", "B"], "2024-01-01", role="manager")
        rows.loc[1, "weight"] = 0.0
        links = role_links(rows, shown, role="manager")
        assert links.linked.any(axis=1).tolist() == [True, False]
        assert links.touched.any(axis=1).tolist() == [True, False]

    @pytest.mark.parametrize(
        ("roles", "wanted"),
        [
            ([], ("manager", "staff")),
            (["staff"], ("manager", "staff")),
            (["unit"], ("unit",)),
            (["unit", "staff"], ("staff", "unit")),
        ],
    )
    def test_roles_to_answer_for(self, roles: list[str], wanted: tuple[str, ...]) -> None:
        rows = [register(["A"], "2024-01-01", role=role) for role in roles]
        empty = register([], "2024-01-01")
        assert roles_in(pd.concat([empty, *rows]) if rows else empty) == wanted


class TestDefinition:
    KNOWN = (
        compensation.Definition("transactional", "q_overall", "mean", 30),
        compensation.Definition("transactional", "q_overall", "top_box", 30),
        compensation.Definition("relationship", "q_satisfaction", "mean", 30),
    )

    def test_the_canonical_form_and_its_hash(self) -> None:
        """SHA-256 of the text below, by `sha256sum`."""
        one = compensation.Definition("t", "q_x", "mean", 30, ("channel",))
        assert one.canonical == (
            '{"adjusted_for":["channel"],"item":"q_x","minimum_n":30,"statistic":"mean","survey_type":"t"}'
        )
        assert one.hash == "a98e94b7f9f05770ed773bae01afa00db04b9455c6dd5807f13c71b370703c66"

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("t:q:mean", ("t", "q", "mean", 0, ())),
            ("t:q", ("t", "q", "", 0, ())),
            ("t:q:top_box:n>=25", ("t", "q", "top_box", 25, ())),
            ("t:q:mean:adjusted(region+channel):n>=5", ("t", "q", "mean", 5, ("channel", "region"))),
        ],
    )
    def test_what_a_register_writes(self, text: str, wanted: tuple[object, ...]) -> None:
        assert written(text) == compensation.Definition(*wanted)  # type: ignore[arg-type]

    @pytest.mark.parametrize("text", ["", "satisfaction", "t:"])
    def test_what_names_no_question(self, text: str) -> None:
        assert written(text) is None

    @pytest.mark.parametrize(
        ("metric", "same", "words"),
        [
            ("transactional:q_overall:mean:n>=30", True, ()),
            ("transactional:q_overall:mean:n>=29", True, ("from 29 answers, the audit from 30 answers",)),
            ("transactional:q_overall:mean", True, ()),
            ("transactional:q_overall:bottom_box:n>=30", False, ("bottom-box share",)),
            ("transactional:q_speed:mean:n>=30", False, ("pay follows q_speed, the audit q_overall",)),
            ("transactional:q_overall:mean:n>=30:adjusted(region)", True, ("adjusts for region",)),
            ("loyalty:q_overall:mean:n>=30", False, ("the loyalty survey",)),
        ],
    )
    def test_what_differs_in_words(self, metric: str, words: tuple[str, ...], *, same: bool) -> None:
        paid = written(metric)
        assert paid is not None
        near = nearest(paid, self.KNOWN)
        said = differences(paid, near)
        assert len(said) == len(words)
        assert all(part in text for part, text in zip(words, said, strict=True))
        assert same_question(paid, near) == same
        assert (completed(paid, near).hash == near.hash) == (not words)
        assert is_audited(metric, self.KNOWN) == (not words)


class TestPaid:
    def panel(self) -> compensation.Panel:
        months = tuple(202401 + month for month in range(12))
        n = np.full((3, 12), 5.0)
        return compensation.Panel("t", "q", "mean", ("A", "B", "C"), months, np.full((3, 12), 4.0), n, 0.8)

    def rows(self, **columns: object) -> pd.DataFrame:
        return register(["A", "B", "C"], "2024-01-01", role="staff").assign(**columns)

    @pytest.mark.parametrize(
        ("period", "answers", "named"),
        [(None, 15, False), ("month", 5, True), ("quarter", 15, True), ("half_year", 30, True)],
    )
    def test_answers_are_those_of_a_pay_period(
        self, period: str | None, answers: int, *, named: bool
    ) -> None:
        found = paid_scores(self.rows(pay_period=period), self.panel(), role="staff")
        assert found is not None
        assert found.typical().tolist() == [answers] * 3
        assert (found.period_named, found.by) == (named, "unit")

    def test_a_person_paid_on_two_units_has_the_answers_of_both(self) -> None:
        found = paid_scores(self.rows(person_id=["P1", "P1", "P2"]), self.panel(), role="staff")
        assert found is not None
        assert found.by == "person"
        assert found.typical().tolist() == [30, 15]

    def test_a_bonus_at_the_threshold_is_a_coin(self) -> None:
        found = paid_scores(self.rows(), self.panel(), role="staff")
        assert found is not None
        assert found.flip_rate(4.0) == pytest.approx(0.5)
        assert found.flip_rate(3.0) < 0.01
        assert found.flip_rate(4.2) == pytest.approx(found.flip_rate(3.8))


class TestPlaceboOutcomes:
    def spilling(self, size: float) -> tuple[compensation.Panel, pd.DataFrame, dict[str, str]]:
        """Half of each of three regions is linked, in different months; the rest moves with its region."""
        rng = np.random.default_rng(4)
        units = tuple(f"U{place:02d}" for place in range(48))
        region = {unit: f"R{place % 3}" for place, unit in enumerate(units)}
        months = tuple(year * 100 + month for year in (2023, 2024) for month in range(1, 13))
        start = np.array([6, 12, 18])[np.arange(48) % 3]
        value = 4 + rng.normal(0, 0.1, (48, 24))
        value[24:] += size * (np.arange(24)[None, :] >= start[24:, None])
        rows = pd.concat(
            [
                register([unit], f"{months[begin] // 100}-{months[begin] % 100:02d}-01", role="staff")
                for unit, begin in zip(units[:24], start[:24], strict=True)
            ]
        )
        shown = compensation.Panel("t", "q", "mean", units, months, value, np.full((48, 24), 20.0), 0.8)
        return shown, rows, region

    @pytest.mark.parametrize("size", [0.0, 0.2])
    def test_spill_over_is_found_where_it_is(self, size: float) -> None:
        shown, rows, region = self.spilling(size)
        links = (role_links(rows, shown, role="staff"),)
        found = spill_over(PayQuestion(shown, links, "staff"), region)
        assert found.estimate is not None
        assert found.low is not None
        assert found.high is not None
        share = 8 / 15  # of the other units of a region, as an unlinked one sees them
        assert found.low < size / share * (1 - 0.05) + 0.05
        assert found.moved == (size > 0)
        assert found.low <= size / share <= found.high

    def test_without_regions_it_cannot_be_assessed(self) -> None:
        shown, rows, _ = self.spilling(0.2)
        links = (role_links(rows, shown, role="staff"),)
        found = spill_over(PayQuestion(shown, links, "staff"), {})
        assert found.estimate is None
        assert found.meaning.startswith("Not assessable: ")

    def test_before_and_after_alone_credits_a_trend(self) -> None:
        shown, rows, _ = self.spilling(0.0)
        value = shown.value + 0.05 * np.arange(24)[None, :]
        rising = compensation.Panel("t", "q", "mean", shown.units, shown.months, value, shown.n, 0.8)
        links = (role_links(rows, rising, role="staff"),)
        found = naive_differences((PayQuestion(rising, links, "staff"),))
        sides = found.set_index("key")["estimate"]
        assert sides["before_after"] > 0.4
        assert abs(sides["with_without"]) < 0.1


class TestTwoGroups:
    def test_two_means(self) -> None:
        rng = np.random.default_rng(1)
        outcome, focal = rng.normal(size=50), np.repeat([1.0, 0.0], [20, 30])
        found = difference(outcome, focal, np.ones((50, 1)), cluster=np.arange(50))
        assert not isinstance(found, Refusal)
        assert found.estimate == pytest.approx(outcome[:20].mean() - outcome[20:].mean())
        residual = outcome - np.where(focal == 1, outcome[:20].mean(), outcome[20:].mean())
        by_hand = sum(
            (residual[part] ** 2).sum() / size**2 for part, size in ((slice(20), 20), (slice(20, 50), 30))
        )
        assert found.error == pytest.approx(np.sqrt(by_hand * 50 / 48))

    def test_groups_that_are_one_are_refused(self) -> None:
        assert isinstance(difference(np.ones(9), np.ones(9), np.ones((9, 1)), cluster=np.arange(9)), Refusal)

    def test_strata_weigh_by_the_first_group_and_lone_ones_are_left_out(self) -> None:
        outcome = np.array([1.0, 3.0, 0.0, 0.0, 10.0, 10.0, 5.0, 7.0, 99.0])
        focal = np.array([1, 1, 0, 0, 1, 1, 0, 0, 1], dtype=bool)
        stratum = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2])
        found = within_strata(outcome, focal, stratum)
        assert not isinstance(found, Refusal)
        assert found.estimate == pytest.approx((2 * 2 + 2 * 4) / 4)
