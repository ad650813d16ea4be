"""Bands by the lowest valid item: every boundary, every scale, and the table expression beside the law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law_page import CaseTable, LawPage

from auditlib.escalation import EscalationPolicy, band_one, lowest_one, with_band
from auditlib.parameters.load import load
from auditlib.records import Instrument, Item, Scale

FILE = Path(__file__).parents[2] / "params" / "policies" / "escalation.yaml"
TEXT = FILE.read_text(encoding="utf-8")
POLICY = load(EscalationPolicy, TEXT, name=FILE.name)
ALONE = load(EscalationPolicy, TEXT.replace("conversion: linear", "conversion: none"), name="alone.yaml")
STRICT = load(
    EscalationPolicy, TEXT.replace("below: 3", "below: 2").replace("below: 4", "below: 3"), name="other.yaml"
)

ENDS_OF_BANDS = ", ".join(f"*{band.band}* below {band.below:g}" for band in POLICY.bands)

LAW = LawPage(
    "Bands",
    f"""
    A response is banded by its lowest valid answer, converted linearly to a scale of
    {POLICY.scale.low:g} to {POLICY.scale.high:g}: {ENDS_OF_BANDS},
    else *none*, and *unscored* where no answer is valid. The band says who is owed a follow-up and how soon.
    The law stands in `params/policies/escalation.yaml`, edition {POLICY.edition}; its source: {POLICY.source}
    It is written twice, for one response and as a table expression, and both are held to these cases.
    """,
)
ENDS = LAW.table(
    "Where each band ends",
    """
    A band runs up to its end, which belongs to the next.

    scales | answers | lowest | band      | because
    -------+---------+--------+-----------+-----------------------------
    1 to 5 | 1       | 1      | executive | the lowest score there is
    1 to 5 | 2       | 2      | executive | below 3
    1 to 5 | 2.9     | 2.9    | executive | just below 3
    1 to 5 | 3       | 3      | service   | on 3: no longer executive
    1 to 5 | 3.1     | 3.1    | service   | just above 3
    1 to 5 | 3.9     | 3.9    | service   | just below 4
    1 to 5 | 4       | 4      | none      | on 4: nothing is owed
    1 to 5 | 4.1     | 4.1    | none      | just above 4
    1 to 5 | 5       | 5      | none      | the highest score there is
    1 to 5 | -       | -      | unscored  | not applicable, or not given
    """,
)
LOWEST = LAW.table(
    "The lowest valid answer decides",
    """
    Answers that do not apply, or were not given, are passed over.

    scales                 | answers | lowest | band      | because
    -----------------------+---------+--------+-----------+-----------------------------------
    1 to 5, 1 to 5, 1 to 5 | 5, -, 4 | 4      | none      | what does not apply is passed over
    1 to 5, 1 to 5, 1 to 5 | 5, 3, 4 | 3      | service   | one answer of three is enough
    1 to 5, 1 to 5, 1 to 5 | 2, 3, 1 | 1      | executive | the lowest, wherever it stands
    1 to 5, 1 to 5, 1 to 5 | -, -, - | -      | unscored  | no answer is valid
    """,
)
CONVERTED = LAW.table(
    "Other scales are converted",
    """
    Linearly: ends become ends, and the middle of a scale is 3.

    scales          | answers | lowest | band      | because
    ----------------+---------+--------+-----------+----------------------------------
    0 to 10         | 4.9     | 2.96   | executive | just below the middle
    0 to 10         | 5       | 3      | service   | the middle, exactly
    0 to 10         | 5.1     | 3.04   | service   | just above the middle
    0 to 10         | 7       | 3.8    | service   | below 4
    0 to 10         | 7.5     | 4      | none      | three quarters, exactly
    0 to 10         | 8       | 4.2    | none      | above 4
    1 to 7          | 3       | 2.3333 | executive | below the middle
    1 to 7          | 4       | 3      | service   | the middle, exactly
    1 to 7          | 5       | 3.6667 | service   | below 4
    1 to 7          | 6       | 4.3333 | none      | above 4
    0 to 100        | 25      | 2      | executive | a quarter
    0 to 100        | 50      | 3      | service   | the middle, exactly
    0 to 100        | 75      | 4      | none      | three quarters, exactly
    1 to 5, 0 to 10 | 5, 0    | 1      | executive | the second answer, converted
    1 to 5, 0 to 10 | 3, 10   | 3      | service   | the first answer is the lower one
    """,
)
APART = LAW.table(
    "Where a party keeps other scales out",
    """
    Under `conversion: none` answers on another scale than that of the bands take no part.

    scales          | answers | lowest | band      | because
    ----------------+---------+--------+-----------+----------------------------------
    1 to 5, 0 to 10 | 5, 0    | 5      | none      | the second answer takes no part
    1 to 5, 0 to 10 | 2, 10   | 2      | executive | the first one takes part as it is
    1 to 5, 0 to 10 | -, 0    | -      | unscored  | none that takes part was given
    """,
)
OTHERS = LAW.table(
    "Where a party declares other bands",
    """
    Here *executive* is below 2 and *service* below 3.

    scales | answers | lowest | band      | because
    -------+---------+--------+-----------+-------------
    1 to 5 | 1.9     | 1.9    | executive | just below 2
    1 to 5 | 2       | 2      | service   | on 2
    1 to 5 | 2.9     | 2.9    | service   | just below 3
    1 to 5 | 3       | 3      | none      | on 3
    """,
)
TABLES = [
    pytest.param(table, policy, id=table.title)
    for table, policy in (
        (ENDS, POLICY),
        (LOWEST, POLICY),
        (CONVERTED, POLICY),
        (APART, ALONE),
        (OTHERS, STRICT),
    )
]


def scores(cell: str) -> dict[str, float | None]:
    """Return what was answered to each item; a dash is no answer."""
    return {f"q_{i}": None if text == "-" else float(text) for i, text in enumerate(cell.split(", "))}


def scales(cell: str) -> Instrument:
    """Return the questions, each on its scale."""
    ends = (text.split(" to ") for text in cell.split(", "))
    return instrument(*(Scale(float(low), float(high), 0.1) for low, high in ends))


def instrument(*scales: Scale) -> Instrument:
    return Instrument("visit", tuple(Item(f"q_{i}", "?", scale) for i, scale in enumerate(scales)))


def lowest_of(cell: str) -> Any:
    return None if cell == "-" else pytest.approx(float(cell), abs=5e-5)


@pytest.mark.parametrize(("table", "policy"), TABLES)
def test_the_law_says_what_the_table_says(table: CaseTable, policy: EscalationPolicy) -> None:
    cases = [(scores(row["answers"]), scales(row["scales"])) for row in table.rows]
    assert [band_one(*case, policy=policy) for case in cases] == table["band"]
    lowest = [lowest_one(*case, scale=policy.scale) for case in cases]
    assert lowest == [lowest_of(cell) for cell in table["lowest"]]


ENGINES: dict[str, Callable[[pa.Table], Any]] = {
    "duckdb": lambda table: nw.from_native(duckdb.connect().from_arrow(table)),
    "pyarrow": nw.from_native,
    "pandas": lambda table: nw.from_native(table.to_pandas()),
}


def banded(
    engine: str, cases: list[tuple[str, dict[str, float | None]]], instruments: Mapping[str, Instrument],
    *, policy: EscalationPolicy,
) -> list[tuple[Any, str]]:  # fmt: skip
    """Return lowest and band of each response, by the table expression on an engine."""
    items = sorted({item for _, answers in cases for item in answers})
    columns = {item: pa.array([answers.get(item) for _, answers in cases], pa.float64()) for item in items}
    table = pa.table({"row": range(len(cases)), "survey_type": [kind for kind, _ in cases], **columns})
    found = with_band(ENGINES[engine](table), instruments, policy=policy).select("row", "lowest", "band")
    ordered = found.sort("row")
    eager = ordered.collect() if isinstance(ordered, nw.LazyFrame) else ordered
    return [
        (None if lowest is None or lowest != lowest else lowest, band) for _, lowest, band in eager.rows()
    ]


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize(("table", "policy"), TABLES)
def test_the_table_expression_says_what_the_table_says(
    engine: str, table: CaseTable, policy: EscalationPolicy
) -> None:
    cases = [(row["scales"], scores(row["answers"])) for row in table.rows]
    found = banded(engine, cases, {cell: scales(cell) for cell in table["scales"]}, policy=policy)
    assert [band for _, band in found] == table["band"]
    assert [lowest for lowest, _ in found] == [lowest_of(cell) for cell in table["lowest"]]


FIVE, HALVES, TEN, SEVEN = Scale(1, 5), Scale(1, 5, 0.5), Scale(0, 10), Scale(1, 7)
INSTRUMENTS = {"visit": instrument(HALVES, TEN), "review": instrument(TEN, SEVEN, FIVE)}


def score_of(scale: Scale) -> st.SearchStrategy[float | None]:
    return st.one_of(st.none(), st.sampled_from(scale.scores))


rows_of = st.one_of(
    *[
        st.tuples(st.just(kind), *[score_of(item.scale) for item in questions.items]).map(
            lambda row: (row[0], {f"q_{i}": score for i, score in enumerate(row[1:])})
        )
        for kind, questions in INSTRUMENTS.items()
    ]
)


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(cases=st.lists(rows_of, min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_the_table_expression_follows_the_law(
    engine: str, cases: list[tuple[str, dict[str, float | None]]]
) -> None:
    expected = [
        (lowest_one(answers, INSTRUMENTS[kind], scale=POLICY.scale),
         band_one(answers, INSTRUMENTS[kind], policy=POLICY))
        for kind, answers in cases
    ]  # fmt: skip
    assert banded(engine, cases, INSTRUMENTS, policy=POLICY) == expected
