"""Units linked by lot that mostly lie in one region, where something else was linked: what is said of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation
from auditlib.audit.numerals import orphans
from auditlib.compensation.concentrated import Concentration, concentration
from auditlib.compensation.register import RoleLinks, linked_from
from auditlib.time.months import months_from

UNITS = tuple(f"U{unit:02d}" for unit in range(15))
REGION = {unit: ("North", "South", "West")[place // 5] for place, unit in enumerate(UNITS)}
MONTHS = 24


def links(role: str, starts: dict[int, int]) -> RoleLinks:
    adopted = np.array([starts.get(unit, MONTHS) for unit in range(len(UNITS))], dtype=np.int64)
    return linked_from(role, adopted, months=MONTHS)  # type: ignore[arg-type]


def mostly(
    managers: tuple[int, ...], staff: tuple[int, ...] = (), *, apart: int = 1, by: str = "unit"
) -> Concentration | None:
    own = links("manager", dict.fromkeys(managers, 12))
    second = links("staff", dict.fromkeys(staff, 12 + apart))
    return concentration(own, (own, second), UNITS, {"region": REGION}, by=by)


NORTH = (0, 1, 2, 3, 4)


def test_four_of_six_in_a_region_of_five_where_staff_were_linked_a_month_later() -> None:
    expected = Concentration("region", "North", 4, 6, 5, 15, "staff", 1)
    assert mostly((0, 1, 2, 3, 6, 11), NORTH) == expected


@pytest.mark.parametrize(
    ("apart", "second"), [(6, "staff"), (7, None), (-6, "staff"), (-7, None), (0, "staff")]
)
def test_near_is_half_a_year(apart: int, second: str | None) -> None:
    place = mostly((0, 1, 2, 3, 6, 11), NORTH, apart=apart)
    assert place is not None
    assert (place.second, place.apart) == (second, apart if second else None)


@pytest.mark.parametrize(("inside", "said"), [(4, True), (3, False)])
def test_mostly_is_more_than_half(inside: int, *, said: bool) -> None:
    outside = (5, 6, 7, 10, 11)[: 6 - inside]
    assert (mostly((*NORTH[:inside], *outside)) is not None) is said


def test_most_of_the_party_is_no_concentration() -> None:
    own = links("manager", dict.fromkeys((0, 1, 2), 12))
    large = {unit: "North" if place < 8 else "South" for place, unit in enumerate(UNITS)}
    assert concentration(own, (own,), UNITS, {"region": large}, by="unit") is None


def test_a_second_role_in_few_units_of_the_region_is_not_named() -> None:
    place = mostly((0, 1, 2, 3, 6, 11), (0, 1))
    assert place is not None
    assert place.second is None


def test_what_pay_was_assigned_by_is_no_concentration() -> None:
    assert mostly((0, 1, 2, 3), NORTH, by="region") is None


def test_nobody_is_named() -> None:
    own = links("manager", dict.fromkeys((0, 1, 2, 3, 6, 11), 12))
    persons = {unit: "P1" if place < 5 else f"P{place}" for place, unit in enumerate(UNITS)}
    assert concentration(own, (own,), UNITS, {"manager": persons}, by="unit") is None


def test_two_units_lie_nowhere_mostly() -> None:
    assert mostly((0, 1)) is None


@cache
def answer() -> compensation.PayAnswer:
    rng = np.random.default_rng(4)
    months = months_from(202401, 202512)
    value = 4 + rng.normal(0, 0.1, (15, MONTHS))
    panel = compensation.Panel("t", "q", "mean", UNITS, months, value, np.full((15, MONTHS), 40.0), 0.8)
    start = (pd.Timestamp("2025-01-01") - pd.Timestamp("1970-01-01")).days
    rows = [("manager", UNITS[unit], start) for unit in (0, 1, 2, 3, 6, 11)]
    rows += [("staff", UNITS[unit], start + 31) for unit in NORTH]
    register = pd.DataFrame(rows, columns=["role", "unit_id", "starts_on"])
    register = register.assign(weight=0.1, ends_on=np.nan, metric="t:q:mean")
    effects = compensation.estimate(panel, register, known={"region": REGION}, placebo_adoptions=40, draws=99)
    return compensation.PayAnswer(effects)


def test_the_answer_warns_of_it() -> None:
    (said,) = [sentence for sentence in answer().assignment() if "North" in sentence.text]
    assert said.text.startswith(
        'Managers: 4 of 6 linked units lie in the region "North", which has 5 of 15 units, and where the pay '
        "of staff was linked 1 month later. Whatever else happened there, and what that link did, would look"
    )
    numbers = {number.key: number for number in answer().numbers()}
    assert not orphans(said.text, [numbers[key] for key in said.keys])
    assert any("North" in sentence.text for sentence in answer().limits())
