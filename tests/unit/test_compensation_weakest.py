"""The weakest point of an effect is what takes the least to take it away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from auditlib.compensation.weakest import ENOUGH_LINKED, weakest, weaknesses
from auditlib.records import Number, Refusal
from auditlib.statements import Facts, say


def effect(**changes: Any) -> Any:
    """Return an effect that bears everything, apart from `changes`."""
    found = {
        "total": 100, "lost": 0, "turned": 0, "relative": 2.0, "p_drift": 0.5, "carried": 0.0, "rate": 0.05,
        "treated": ENOUGH_LINKED,
    } | changes  # fmt: skip
    curve = SimpleNamespace(
        defensible=range(found["total"]),
        reversing=lambda: range(found["turned"]),
        straddling=lambda: range(found["lost"]),
    )
    drift = SimpleNamespace(slope=-0.12, p_value=found["p_drift"], unseen=0.1, carried=found["carried"])
    return SimpleNamespace(
        role="manager", estimate=0.2, level=0.95, curve=curve, drift=drift,
        sensitivity=SimpleNamespace(relative=found["relative"]), placebo=SimpleNamespace(rate=found["rate"]),
        inference=SimpleNamespace(design=SimpleNamespace(treated=found["treated"], clusters=40)),
    )  # fmt: skip


def said(one: Any) -> str:
    """Return the weakest point in words, from the facts of the effect."""
    values = {
        "choices:total": (len(one.curve.defensible), "count"),
        "choices:straddling": (len(one.curve.straddling()), "count"),
        "choices:reversing": (len(one.curve.reversing()), "count"),
        "honest:relative": (one.sensitivity.relative, "ratio"),
        "drift": (one.drift.slope, "points a year"), "drift:unseen": (one.drift.unseen, "points a year"),
        "drift:carried": (one.drift.carried, "points"), "placebo:rate": (one.placebo.rate, "share"),
        "nominal": (1 - one.level, "share"),
        "effect:treated": (one.inference.design.treated, "count"),
        "effect:clusters": (one.inference.design.clusters, "count"),
    }  # fmt: skip
    facts = Facts.of(Number(key, value, unit) for key, (value, unit) in values.items())
    sentence = say(weakest(one).template, facts)
    assert sentence.keys or "parallel trends" in sentence.text
    return sentence.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"turned": 1}, "of 100 defensible choices, none would not show it and 1 would turn its sign"),
        ({"lost": 60}, "of 100 defensible choices, 60 would not show it and none would turn its sign"),
        ({"relative": 0.25}, "by more than 0.25 times their largest departure before"),
        ({"relative": 0}, "it is not shown even on parallel trends"),
        ({"p_drift": 0.01}, "units to be linked drifted from the others before, by 0.12 points a year"),
        ({"carried": 0.15}, "would have been missed in one of five audits, and would move it by 0.15"),
        ({"rate": 0.20}, "calls an effect in 20.0% of placebo links (nominal 5%)"),
        ({"treated": 3}, "it rests on 3 linked of 40 clusters"),
    ],
)
def test_what_bears_the_least_is_named(changes: dict[str, Any], words: str) -> None:
    assert words in said(effect(**changes))


def test_of_two_the_weaker_is_named() -> None:
    assert "0.10 times" in said(effect(relative=0.1, lost=60))
    assert "60 would not show it" in said(effect(relative=0.5, lost=60))


def test_what_could_not_be_tried_is_left_out() -> None:
    one = effect(lost=10)
    one.sensitivity = one.drift = one.placebo = Refusal("too short.")
    assert len(weaknesses(one)) == 2
