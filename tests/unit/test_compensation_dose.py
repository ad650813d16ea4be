"""The effect per ten per cent of variable pay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from auditlib import compensation

MONTHS = tuple(202301 + 100 * (month // 12) + month % 12 for month in range(24))
STARTS_ON = 19723  # 2024-01-01, the thirteenth month


def answer(weights: list[float], effects: list[float], *, noise: float = 0.02) -> compensation.PayAnswer:
    """Return what is said of linked units with these weights and effects, beside twelve others."""
    rng = np.random.default_rng(3)
    count = len(weights) + 12
    names = tuple(f"U{unit:02d}" for unit in range(count))
    value = 4 + rng.normal(0, 0.2, (count, 1)) + rng.normal(0, 0.1, 24) + noise * rng.normal(size=(count, 24))
    value[: len(weights), 12:] += np.array(effects)[:, None]
    panel = compensation.Panel(
        "transactional", "q", "mean", names, MONTHS, value, np.full(value.shape, 20.0), 0.8
    )
    register = pd.DataFrame(
        {
            "role": "manager", "unit_id": names[: len(weights)], "metric": "transactional:q:mean",
            "weight": weights, "starts_on": STARTS_ON, "ends_on": np.nan,
        }
    )  # fmt: skip
    return compensation.PayAnswer(compensation.estimate(panel, register, placebo_adoptions=20, draws=99))


def test_an_effect_in_proportion_is_met() -> None:
    (effect,) = answer([0.1] * 5 + [0.3] * 5, [0.2] * 5 + [0.6] * 5).result.roles
    assert isinstance(effect.per_tenth_linked, tuple)
    assert effect.per_tenth_linked == pytest.approx((0.2, 0.2, 0.2), abs=0.015)


def test_no_link_counts_against_another() -> None:
    """All gain, those with more weight less: a line through the weights says that weight does harm."""
    (effect,) = answer([0.1] * 5 + [0.3] * 5, [0.6] * 5 + [0.2] * 5).result.roles
    assert isinstance(effect.per_tenth_linked, tuple)
    assert effect.per_tenth_linked[0] == pytest.approx(0.4 / 2, abs=0.015)


def test_it_stands_where_all_weights_are_the_same() -> None:
    answered = answer([0.2] * 10, [0.4] * 10, noise=0.1)
    (effect,) = answered.result.roles
    assert isinstance(effect.per_tenth_linked, tuple)
    value, low, high = effect.per_tenth_linked
    assert value == pytest.approx(effect.estimate / 2)
    assert effect.inference.low == pytest.approx(2 * low)
    assert effect.inference.high == pytest.approx(2 * high)
    table = answered.by_role()[0].apart()
    assert "per ten per cent of variable pay" in set(table.frame["how"])
    numbers = {number.key: number for number in answered.numbers()}
    assert numbers["effect:manager:per_tenth"].value == value
