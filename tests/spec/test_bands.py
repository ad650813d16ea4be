"""Bands by the lowest valid item: every boundary, every scale, and the table expression beside the law."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.escalation import EscalationPolicy, band_one, lowest_one, with_band
from auditlib.parameters.load import load
from auditlib.records import Instrument, Item, Scale

FILE = Path(__file__).parents[2] / "params" / "policies" / "escalation.yaml"
POLICY = load(EscalationPolicy, FILE.read_text(encoding="utf-8"), name=FILE.name)


def instrument(*scales: Scale) -> Instrument:
    return Instrument("visit", tuple(Item(f"q_{i}", "?", scale) for i, scale in enumerate(scales)))


FIVE, HALVES, TEN, SEVEN = Scale(1, 5), Scale(1, 5, 0.5), Scale(0, 10), Scale(1, 7)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (5, "none"),
        (4.5, "none"),
        (4, "none"),
        (3.5, "service"),
        (3, "service"),
        (2.5, "executive"),
        (2, "executive"),
        (1.5, "executive"),
        (1, "executive"),
        (None, "unscored"),
    ],
)
def test_every_boundary(score: float | None, band: str) -> None:
    assert band_one({"q_0": score}, instrument(HALVES), policy=POLICY) == band


def test_the_lowest_valid_item_decides_and_not_applicable_is_ignored() -> None:
    five = instrument(FIVE, FIVE, FIVE)
    assert band_one({"q_0": 5, "q_1": None, "q_2": 4}, five, policy=POLICY) == "none"
    assert band_one({"q_0": 5, "q_1": 3, "q_2": 4}, five, policy=POLICY) == "service"
    assert band_one({"q_0": 2, "q_1": 3, "q_2": 1}, five, policy=POLICY) == "executive"
    assert band_one({}, five, policy=POLICY) == "unscored"


@pytest.mark.parametrize(
    ("scale", "score", "band"),
    [
        (TEN, 5, "service"),  # becomes 3 exactly
        (TEN, 4, "executive"),
        (TEN, 7, "service"),
        (TEN, 8, "none"),
        (SEVEN, 4, "service"),
        (SEVEN, 3, "executive"),
        (SEVEN, 5, "service"),
        (SEVEN, 6, "none"),
        (Scale(0, 100, 25), 50, "service"),
        (Scale(0, 100, 25), 75, "none"),
        (Scale(0, 100, 25), 25, "executive"),
    ],
)
def test_other_scales_are_converted_as_declared(scale: Scale, score: float, band: str) -> None:
    assert band_one({"q_0": score}, instrument(scale), policy=POLICY) == band


def test_a_policy_may_keep_other_scales_out() -> None:
    alone = POLICY.model_copy(update={"scale": POLICY.scale.model_copy(update={"conversion": "none"})})
    mixed = instrument(FIVE, TEN)
    assert band_one({"q_0": 5, "q_1": 0}, mixed, policy=POLICY) == "executive"
    assert band_one({"q_0": 5, "q_1": 0}, mixed, policy=alone) == "none"
    assert band_one({"q_1": 0}, mixed, policy=alone) == "unscored"


def test_a_party_may_declare_other_bands() -> None:
    text = FILE.read_text(encoding="utf-8").replace("below: 3", "below: 2").replace("below: 4", "below: 3")
    strict = load(EscalationPolicy, text, name="other.yaml")
    expected = {1: "executive", 1.5: "executive", 2: "service", 2.5: "service", 3: "none"}
    assert {
        score: band_one({"q_0": score}, instrument(HALVES), policy=strict) for score in expected
    } == expected


ENGINES: dict[str, Callable[[pa.Table], Any]] = {
    "duckdb": lambda table: nw.from_native(duckdb.connect().from_arrow(table)),
    "pyarrow": nw.from_native,
    "pandas": lambda table: nw.from_native(table.to_pandas()),
}
INSTRUMENTS = {"visit": instrument(HALVES, TEN), "review": instrument(TEN, SEVEN, FIVE)}


def score_of(scale: Scale) -> st.SearchStrategy[float | None]:
    return st.one_of(st.none(), st.sampled_from(scale.scores))


rows_of = st.one_of(
    *[
        st.tuples(st.just(kind), *[score_of(item.scale) for item in found.items]).map(
            lambda row: (row[0], *row[1:], *[None] * (4 - len(row)))
        )
        for kind, found in INSTRUMENTS.items()
    ]
)


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(rows=st.lists(rows_of, min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_the_table_expression_follows_the_law(engine: str, rows: list[tuple[Any, ...]]) -> None:
    kinds = [pa.array([row[0] for row in rows])]
    scores = [pa.array([row[i] for row in rows], pa.float64()) for i in (1, 2, 3)]
    table = pa.table(
        [pa.array(range(len(rows))), *kinds, *scores], names=["row", "survey_type", "q_0", "q_1", "q_2"]
    )
    banded = (
        with_band(ENGINES[engine](table), INSTRUMENTS, policy=POLICY)
        .select("row", "lowest", "band")
        .sort("row")
    )
    eager = banded.collect() if isinstance(banded, nw.LazyFrame) else banded
    for (_, lowest, band), (kind, *values) in zip(eager.rows(), rows, strict=True):
        native = dict(zip(("q_0", "q_1", "q_2"), values, strict=True))
        one = lowest_one(native, INSTRUMENTS[kind], scale=POLICY.scale)
        assert band == band_one(native, INSTRUMENTS[kind], policy=POLICY)
        assert (lowest is None or lowest != lowest) if one is None else lowest == one
