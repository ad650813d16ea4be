"""What pay was assigned by: said by the register, or shown by who is linked; and what follows for a test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation
from auditlib.audit.numerals import orphans
from auditlib.compensation.assigned import AssignedBy, AssignmentSource, assigned_by, groupings
from auditlib.compensation.register import role_links
from auditlib.records import Refusal
from auditlib.statistics.coincidence import coarsest, coincidence
from auditlib.time.months import months_from
from benchmarks._answering_company import Company, World, company

REGION = np.repeat(np.arange(4), 5)
NEVER = 12


def linked(*regions: int, date: int = 6) -> np.ndarray:
    return np.where(np.isin(REGION, regions), date, NEVER)


class TestCoincidence:
    def test_whole_groups_and_none_of_the_others(self) -> None:
        assert coincidence(REGION, linked(0, 1), never=NEVER) is not None

    def test_dates_within_a_linked_group_may_differ(self) -> None:
        dates = linked(0, 1)
        dates[dates < NEVER] = np.resize([4, 5, 6, 7], 10)
        assert coincidence(REGION, dates, never=NEVER) is not None

    def test_all_groups_one_after_another(self) -> None:
        assert coincidence(REGION, 3 + 2 * REGION, never=NEVER) is not None

    @pytest.mark.parametrize(("strays", "goes_together"), [(1, True), (2, False)])
    def test_nearly_all_is_nine_of_ten(self, strays: int, goes_together: bool) -> None:
        dates = linked(0, 1)
        dates[:strays] = NEVER
        assert (coincidence(REGION, dates, never=NEVER) is not None) is goes_together

    def test_units_by_themselves_are_no_groups(self) -> None:
        assert coincidence(np.arange(20), linked(0, 1), never=NEVER) is None

    def test_groups_of_which_one_unit_each_is_linked_are_no_groups(self) -> None:
        group = np.array([0, 1, 2, *[3] * 3, *[4] * 6])
        assert coincidence(group, np.r_[[6] * 3, [NEVER] * 9], never=NEVER) is None
        assert coincidence(group, np.r_[[NEVER] * 3, [6] * 3, [NEVER] * 6], never=NEVER) is not None

    def test_the_coarsest_of_those_that_coincide(self) -> None:
        known = {"region": REGION, "half": REGION // 2, "unit": np.arange(20)}
        assert coarsest(known, linked(0, 1), never=NEVER) == "half"
        assert coarsest(known, linked(1, 2), never=NEVER) == "region"
        assert coarsest(known, np.resize([6, NEVER], 20), never=NEVER) is None

    def test_what_chance_would_do_as_well_is_none(self) -> None:
        dates = np.full(20, NEVER)
        dates[0] = 6
        assert coincidence(np.minimum(np.arange(20), 4), dates, never=NEVER) is None

    def test_units_dealt_by_lot_rarely_coincide(self) -> None:
        rng = np.random.default_rng(3)
        deals = (rng.permutation(linked(0, 1)) for _ in range(60))
        assert sum(coincidence(REGION, dates, never=NEVER) is not None for dates in deals) <= 1


UNITS = tuple(f"U{unit:02d}" for unit in range(20))
BY_REGION = {unit: f"R{region}" for unit, region in zip(UNITS, REGION, strict=True)}
BY_COUNTRY = {unit: f"C{region // 2}" for unit, region in zip(UNITS, REGION, strict=True)}


def level(
    dates: np.ndarray, known: dict[str, dict[str, str]], declared: str | None = None
) -> AssignedBy | Refusal:
    months = months_from(202401, 202412)
    shape = (20, 12)
    panel = compensation.Panel("t", "q", "mean", UNITS, months, np.ones(shape), np.ones(shape), 1.0)
    starts = [19723 + 31 * int(date) for date in dates]
    register = pd.DataFrame(
        [("staff", unit, 0.1, start, np.nan, declared)
         for unit, start, date in zip(UNITS, starts, dates, strict=True) if date < NEVER],
        columns=["role", "unit_id", "weight", "starts_on", "ends_on", "assigned_by"],
    )  # fmt: skip
    if declared is None:
        register = register.drop(columns="assigned_by")
    links = role_links(register, panel, role="staff")
    return assigned_by(register, links, UNITS, known, months=12)


def known_level(*arguments: object, **more: object) -> AssignedBy:
    found = level(*arguments, **more)  # type: ignore[arg-type]
    assert isinstance(found, AssignedBy)
    return found


class TestLevel:
    def test_silent_and_scattered_is_unit_by_unit(self) -> None:
        found = known_level(np.resize([6, 12], 20), {"region": BY_REGION})
        assert (found.name, found.source, found.groups, found.linked) == (
            "unit",
            AssignmentSource.ASSUMED,
            20,
            10,
        )

    def test_silent_and_whole_regions_is_by_region(self) -> None:
        found = known_level(linked(1, 2), {"region": BY_REGION})
        assert (found.name, found.source, found.groups, found.linked) == (
            "region",
            AssignmentSource.COINCIDES,
            4,
            2,
        )
        assert found.exact
        assert found.cluster.tolist() == REGION.tolist()

    def test_the_coarsest_grouping_counts(self) -> None:
        found = known_level(linked(0, 1), {"region": BY_REGION, "country": BY_COUNTRY})
        assert (found.name, found.groups, found.linked) == ("country", 2, 1)

    def test_the_register_is_believed(self) -> None:
        found = known_level(np.resize([6, 12], 20), {"region": BY_REGION}, "Region")
        assert (found.name, found.source, found.groups) == ("region", AssignmentSource.DECLARED, 4)

    def test_a_finer_word_than_the_links_show_is_not_believed(self) -> None:
        found = known_level(linked(1, 2), {"region": BY_REGION}, "unit")
        assert (found.name, found.source, found.declared) == ("region", AssignmentSource.COINCIDES, "unit")

    def test_units_without_a_region_are_taken_together(self) -> None:
        named = {unit: region for unit, region in BY_REGION.items() if region != "R3"}
        assert known_level(linked(0, 1), {"region": named}).groups == 4

    @pytest.mark.parametrize(
        ("known", "declared", "words"),
        [
            ({}, "district", "assigned by 'district'"),
            ({"country": dict.fromkeys(UNITS, "NL")}, "country", "all units belong to one"),
        ],
    )
    def test_a_level_that_cannot_be_worked_with_is_refused(
        self, known: dict[str, dict[str, str]], declared: str, words: str
    ) -> None:
        found = level(linked(0), known, declared)
        assert isinstance(found, Refusal)
        assert words in found.reason


def audited(drawn: Company, **changes: object) -> compensation.PayAnswer:
    register = drawn.register.assign(**changes)
    known = {"region": drawn.region}
    found = compensation.estimate(drawn.panel, register, known=known, placebo_adoptions=60, draws=199)
    return compensation.PayAnswer(found)


class TestRegionalPay:
    """Two of four regions are linked, and regions move by themselves."""

    @pytest.mark.parametrize("effect", [0.0, 0.4])
    def test_two_of_four_regions_cannot_be_tested_whatever_happened(self, effect: float) -> None:
        answer = audited(company(World(effect=effect), 5))
        assert list(answer.to_frame()["claim"]) == ["cannot be tested"]
        assert answer.result.roles[0].inference.design.clusters == 4
        said = " ".join(sentence.text for sentence in (*answer.summary(), *answer.assignment()))
        assert "cannot be tested: it was linked in 2 of 4 regions" in said
        assert "linked units are exactly those of 2 of 4 regions" in said
        assert "cluster" not in said

    def test_a_planted_effect_in_many_regions_is_tested_by_region(self) -> None:
        world = World(units=48, regions=12, linked=6, dates=(12, 18), effect=0.5)
        (effect,) = audited(company(world, 2)).result.roles
        assert (effect.assigned.name, effect.inference.design.clusters) == ("region", 12)
        assert effect.inference.p_value is not None
        assert effect.inference.p_value < 0.05

    def test_what_the_register_says_goes_into_the_answer(self) -> None:
        answer = audited(company(World(by_region=False, linked=20), 2), assigned_by="region")
        assert answer.result.roles[0].inference.design.clusters == 4
        assert "the register of links says that pay was assigned by region" in answer.assignment()[0].text

    def test_an_unknown_level_stops_nothing(self) -> None:
        answer = audited(company(World(), 2), assigned_by="district")
        assert not answer.result.roles
        assert "Nothing can be said about managers" in answer.summary()[0].text
        assert answer.findings()

    def test_every_number_of_it_has_a_key(self) -> None:
        answer = audited(company(World(), 7))
        numbers = {number.key: number for number in answer.numbers()}
        for sentence in (*answer.summary(), *answer.assignment(), *answer.tests()):
            assert not orphans(sentence.text, [numbers[key] for key in sentence.keys])
        (untestable,) = (found for found in answer.findings() if "managers" in found.condition)
        assert not orphans(untestable.cause, [numbers[key] for key in untestable.evidence])


def test_a_manager_of_several_units_is_one_assignment() -> None:
    """Links that name one person for ten units are not ten decisions."""
    drawn = company(World(by_region=False, linked=20), 4)
    tables: Any = NamedPersons(drawn.register)
    found = groupings(tables, tables.frame("pay_links"))
    assert set(found) == {"manager"}
    shown = compensation.estimate(
        drawn.panel, tables.frame("pay_links"), known=found, placebo_adoptions=60, draws=99
    )
    assert shown.roles[0].assigned.name == "manager"
    assert shown.roles[0].inference.design.treated == 2


class NamedPersons:
    """Evidence with a register of links alone, in which two persons hold ten units each."""

    tables = ("pay_links",)

    def __init__(self, register: pd.DataFrame) -> None:
        self.register = register.assign(person_id=np.repeat(["P1", "P2"], len(register) // 2))

    def frame(self, table: str, **_: object) -> pd.DataFrame:
        return self.register
