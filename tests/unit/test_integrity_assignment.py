"""At what level pay was linked, and what units are compared within, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditlib.integrity import IntegrityPolicy
from auditlib.integrity.assignment import DealtBy, assignment_of, declared_of, places_of
from auditlib.integrity.groups import Group, MonthGrid, groups_of
from auditlib.statistics.changes import contrast, contrasts, deal
from company import SurveyTables

UNITS = tuple(f"U{place:02d}" for place in range(12))
GRID = MonthGrid(UNITS, date(2023, 1, 1), 24)
REGIONS = np.repeat(["east", "north", "south", "west"], 3)


def register(linked: tuple[int, ...], **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "role": "manager",
            "unit_id": [UNITS[place] for place in linked],
            "starts_on": (date(2024, 1, 1) - date(1970, 1, 1)).days,
            "ends_on": np.nan,
            "metric": "transactional:q_overall:mean",
            "weight": 0.1,
            "threshold": 4.0,
            **columns,
        }
    )


def group(*linked: int) -> Group:
    (only,) = groups_of(register(linked), GRID, IntegrityPolicy(least_units=2))
    return only


def assigned(*linked: int, declared: Any = "", **places: Any) -> DealtBy:
    return assignment_of(group(*linked), GRID, places, declared=declared)


def test_links_within_regions_are_compared_there_and_single_minded_regions_tell_nothing() -> None:
    assignment = assigned(0, 3, 4, 5, region=REGIONS)
    assert assignment.by == "unit"
    # north is linked wholly, south and west not at all: east alone has both
    assert assignment.compared.tolist() == [True] * 3 + [False] * 9
    assert len(set(assignment.block[:3])) == 1


@pytest.mark.parametrize("name", ["region", "unit_type", "country", "manager"])
def test_links_of_whole_groups_are_taken_to_be_dealt_to_groups(name: str) -> None:
    assignment = assigned(0, 1, 2, 6, 7, 8, **{name: REGIONS})
    assert assignment.by == name
    assert len(set(assignment.cluster)) == 4
    assert assignment.compared.all()


@pytest.mark.parametrize(
    "places",
    [
        {},
        {"region": np.array(UNITS)},  # every unit is its own region
        {"region": np.full(12, "one")},
        {"unit_type": REGIONS},  # not coinciding, and types are no neighbours
    ],
)
def test_without_groups_units_are_compared_with_all_units(places: dict[str, Any]) -> None:
    assignment = assigned(0, 3, 4, **places)
    assert assignment.by == "unit"
    assert assignment.compared.all()
    assert not assignment.block.any()


def test_one_linked_unit_in_each_of_several_groups_is_no_assignment_by_groups() -> None:
    types = np.array(["a", "b", "c", "d", "d", "d", "e", "e", "e", "e", "e", "e"])
    assert assigned(0, 1, 2, unit_type=types).by == "unit"
    assert assigned(3, 4, 5, unit_type=types).by == "unit_type"


def test_what_the_register_declares_comes_first() -> None:
    assert assigned(0, 1, 3, declared="region", region=REGIONS).by == "region"
    assert assigned(0, 1, 2, 6, 7, 8, declared="unit", region=REGIONS).by == "unit"
    assert assigned(0, 1, 3, declared="planet", region=REGIONS).by == "unit"
    said = SurveyTables({"pay_links": register((0, 1), assigned_by=["region", "region"])})
    assert declared_of(group(0, 1), said) == "region"  # type: ignore[arg-type]
    torn = SurveyTables({"pay_links": register((0, 1), assigned_by=["region", "unit"])})
    assert declared_of(group(0, 1), torn) == ""  # type: ignore[arg-type]


def test_places_are_read_from_the_registers() -> None:
    held = {
        "units": pd.DataFrame({"unit_id": UNITS[::-1], "region": REGIONS[::-1], "country": None}),
        "employees": pd.DataFrame(
            {"unit_id": UNITS[:2], "person_id": ["P1", "P2"], "role": ["manager", "staff"]}
        ),
    }
    places = places_of(SurveyTables(held), GRID)  # type: ignore[arg-type]
    assert places["region"].tolist() == REGIONS.tolist()
    assert places["manager"].tolist() == ["P1", *UNITS[1:]]
    assert "country" not in places


def test_what_befalls_a_region_is_no_contrast_within_it() -> None:
    rng = np.random.default_rng(3)
    block = np.repeat(np.arange(4), 10)
    linked = np.isin(np.arange(40) % 10, (0, 1, 2)) & (block < 3)
    change = np.array([1.0, -1.0, 3.0, 0.0])[block] + rng.normal(0, 0.1, 40)
    dealt = deal(linked, block, draws=999, rng=rng)
    usable = np.ones(40, dtype=bool)
    within = contrast(change, np.full(40, 0.01), usable, dealt, level=0.95, block=block)
    across = contrast(change, np.full(40, 0.01), usable, dealt, level=0.95)
    assert abs(within.estimate) < 0.1
    assert within.high - within.low < 0.3
    assert across.high - across.low > 1


def test_a_contrast_within_regions_is_the_regression_with_regions() -> None:
    rng = np.random.default_rng(4)
    block, linked = np.repeat(np.arange(3), 6), np.arange(18) % 3 == 0
    change, tiny = rng.normal(size=18) + block, np.full(18, 1e-9)
    dealt = deal(linked, block, draws=99, rng=rng)
    tested = contrast(change, tiny, np.ones(18, dtype=bool), dealt, level=0.95, block=block)
    design = np.column_stack([linked, block == 0, block == 1, block == 2]).astype(float)
    slope, rest, _, _ = np.linalg.lstsq(design, change, rcond=None)
    error = np.sqrt(rest[0] / 14 * np.linalg.inv(design.T @ design)[0, 0])
    assert tested.estimate == pytest.approx(slope[0])
    assert tested.t[0] == pytest.approx(slope[0] / error)


def test_many_sets_at_once_are_each_set_by_itself() -> None:
    rng = np.random.default_rng(5)
    block, linked = np.repeat(np.arange(2), 8), np.arange(16) % 4 == 0
    dealt = deal(linked, block, draws=199, rng=rng)
    change, variance = rng.normal(size=(3, 16)), rng.uniform(0.1, 1, (3, 16))
    variance[1, 5] = np.inf
    together = contrasts(change, variance, dealt, block=block)
    for row in range(3):
        usable = np.isfinite(variance[row])
        single = contrast(change[row], variance[row], usable, dealt, level=0.95, block=block)
        assert together[row] == pytest.approx(single.t)
