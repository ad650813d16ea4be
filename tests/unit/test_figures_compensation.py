"""Figures of linked pay: drawn from a result, the same every time, and honest where there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from auditlib import compensation, figures
from auditlib.compensation.figure_texts import alt
from auditlib.records import Refusal

DRAWN = {
    "events": figures.event_study,
    "choices": figures.specification_curve,
    "placebo": figures.placebo_distribution,
    "departures": figures.departures,
}


@pytest.fixture(scope="module")
def effect() -> compensation.RoleEffect:
    rng = np.random.default_rng(2)
    units = tuple(f"U{unit:02d}" for unit in range(24))
    months = tuple(year * 100 + month for year in (2023, 2024) for month in range(1, 13))
    value = 4 + rng.normal(0, 0.1, (24, 24))
    panel = compensation.Panel(
        "transactional", "q", "mean", units, months, value, np.full((24, 24), 20.0), 0.8
    )
    register = pd.DataFrame(
        {
            "role": "manager", "unit_id": units[:10], "metric": "transactional:q:mean", "weight": 0.1,
            "starts_on": 19723, "ends_on": np.nan,
        }
    )  # fmt: skip
    found = compensation.estimate(panel, register, placebo_adoptions=60, draws=99).role("manager")
    assert found is not None
    return found


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_drawn_the_same_every_time(name: str, effect: compensation.RoleEffect) -> None:
    draw: Callable[[compensation.RoleEffect], Axes] = DRAWN[name]
    first, second = figures.svg_of(draw(effect)), figures.svg_of(draw(effect))
    assert first == second
    assert "Linking the pay of managers" in first


@pytest.mark.parametrize("name", DRAWN)
def test_a_reader_who_cannot_see_it_is_told(name: str, effect: compensation.RoleEffect) -> None:
    assert "nothing to draw" not in alt(effect, name)


@pytest.mark.parametrize(
    ("field", "name"), [("events", "events"), ("placebo", "placebo"), ("sensitivity", "departures")]
)
def test_where_there_is_nothing_it_says_why(field: str, name: str, effect: compensation.RoleEffect) -> None:
    bare = replace(effect, **{field: Refusal("Too few units.")})  # type: ignore[arg-type]
    assert "Too few units." in figures.svg_of(DRAWN[name](bare))
    assert "nothing to draw" in alt(bare, name)
