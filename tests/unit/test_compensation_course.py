"""Quarters before and after a link against the same one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from auditlib import compensation
from auditlib.compensation.event_study import EventStudy, against_last_quarter, event_study
from auditlib.compensation.procedure import PayQuestion
from auditlib.compensation.register import linked_from
from auditlib.records import Refusal

NEVER = 30


def question(value: np.ndarray, starts: list[int]) -> PayQuestion:
    units, months = value.shape
    names = tuple(f"U{unit:02d}" for unit in range(units))
    labels = tuple(202301 + 100 * (month // 12) + month % 12 for month in range(months))
    panel = compensation.Panel("t", "q", "mean", names, labels, value, np.full(value.shape, 20.0), 0.8)
    links = linked_from("staff", np.array(starts), months=months)
    return PayQuestion(panel, (links,), "staff")


STARTS = [15] * 6 + [NEVER] * 10


def drifting(slope: float, *, effect: float = 0.0) -> PayQuestion:
    """Return linked units that drift from the others in a straight line, with a rise at the link."""
    rng = np.random.default_rng(4)
    month, linked = np.arange(30.0), np.array(STARTS)[:, None] < NEVER
    common = rng.normal(0, 0.1, 30) + rng.normal(0, 0.2, (16, 1))
    return question(common + linked * (slope * month + effect * (month >= 15)), STARTS)


def course(asked: PayQuestion) -> EventStudy:
    found = against_last_quarter(asked, rng=np.random.default_rng(0))
    assert isinstance(found, EventStudy)
    return found


def test_a_straight_drift_shows_no_kink_at_the_link() -> None:
    frame = course(drifting(0.02)).frame
    assert frame["quarter"].tolist() == [-4, -3, -1, 0, 1, 2, 3, 4]
    assert frame["estimate"].tolist() == pytest.approx([0.06 * (at + 2) for at in frame["quarter"]])


def test_the_imputation_shows_one_where_there_is_none() -> None:
    """What Roth (2026) warns of: earlier quarters are measured against each other, later ones against all."""
    found = event_study(drifting(0.02), rng=np.random.default_rng(0))
    assert isinstance(found, EventStudy)
    steps = found.frame["estimate"].diff().dropna()
    assert np.ptp(steps) > 0.04


def test_an_effect_is_what_stands_out_from_the_line() -> None:
    frame = course(drifting(0.0, effect=0.3)).frame.set_index("quarter")["estimate"]
    assert frame.loc[[-4, -3, -1]].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    assert frame.loc[0:].tolist() == pytest.approx([0.3] * 5)


def test_without_units_never_linked_there_is_none() -> None:
    asked = drifting(0.0)
    everyone = replace(asked, links=(linked_from("staff", np.array([15] * 8 + [21] * 8), months=30),))
    assert isinstance(against_last_quarter(everyone, rng=np.random.default_rng(0)), Refusal)


def test_three_linked_are_not_estimable() -> None:
    few = replace(drifting(0.0), links=(linked_from("staff", np.array([15] * 3 + [NEVER] * 13), months=30),))
    found = against_last_quarter(few, rng=np.random.default_rng(0))
    assert isinstance(found, Refusal)
    assert "3 linked" in found.reason
