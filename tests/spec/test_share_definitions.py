"""Definitions of service level and abandonment: published figures, bounds, and the rule written twice."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement
from pathlib import Path

import duckdb
import narwhals as nw
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.errors import ParameterError
from auditlib.parameters.load import load
from auditlib.service_levels.definitions import (
    DefinitionPolicy,
    Disposition,
    Left,
    ShareDefinition,
    Treatment,
)
from auditlib.service_levels.tally import PREFERRED, Boundaries, Counting, treatments
from auditlib.service_levels.waits import FOREVER, LEFT_BITS, SECOND

FOLDER = Path(__file__).parents[2] / "params" / "definitions"
FAMILIES = {
    path.stem: load(DefinitionPolicy, path.read_text(encoding="utf-8"), name=path.name).definitions
    for path in sorted(FOLDER.glob("*.yaml"))
}
LEVEL, ABANDONMENT = FAMILIES["service_level"], FAMILIES["abandonment"]
CONNECTION = duckdb.connect()


def kinds_of(frame: pd.DataFrame | duckdb.DuckDBPyRelation, *, limit: int):
    """Return the kinds of contacts by all boundaries, row by row, and what is known of each."""
    every = [*LEVEL.values(), *ABANDONMENT.values()]
    boundaries = Boundaries.of((entry, limit) for entry in every)
    held = nw.from_native(frame).with_columns(kind=boundaries.kind()).select("kind", "contacts")
    rows = (held.collect() if isinstance(held, nw.LazyFrame) else held).rows()
    return rows, {kind: boundaries.known(kind) for kind, _ in rows}


def shares(definition: ShareDefinition, rows: list[tuple[set[Left], int, int, int]], *, limit: int):
    """Return the least and the most share of contacts: (what became of them, least, most, how many)."""
    frame = pd.DataFrame(
        [
            {"left": sum(LEFT_BITS[left] for left in lefts), "least": least, "most": most, "contacts": many}
            for lefts, least, most, many in rows
        ]
    )
    counted, known = kinds_of(CONNECTION.from_df(frame), limit=limit)
    ends = (Counting.of(definition, known, limit=limit, end=end) for end in PREFERRED)
    return tuple(
        sum(many for kind, many in counted if kind in counting.meeting)
        / sum(many for kind, many in counted if kind in counting.counted)
        for counting in ends
    )


def waited(left: Left, seconds: float, many: int = 1) -> tuple[set[Left], int, int, int]:
    microseconds = round(seconds * SECOND)
    return {left}, microseconds, microseconds, many


EXAMPLE = [
    waited(Left.ANSWERED, 10, 860), waited(Left.ANSWERED, 25, 140), waited(Left.ABANDONED, 5, 10),
    waited(Left.ABANDONED, 15, 10), waited(Left.ABANDONED, 25, 40),
]  # fmt: skip
"""Call Centre Helper, Service level, threshold calculations (206890)."""


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("over_ended_abandoned_in_time_met", 83.02),
        ("over_answered", 86.00),
        ("over_ended", 81.13),
        ("over_ended_without_abandoned_in_time", 82.69),
        ("over_ended_short_met", 82.08),
        ("over_ended_without_short", 81.90),
    ],
)
def test_one_example_by_the_published_formulae(name, percent):
    least, most = shares(LEVEL[name], EXAMPLE, limit=20)
    assert least == most == pytest.approx(percent / 100, abs=5e-5)


def test_at_a_target_of_82_percent_the_six_formulae_split_four_to_two():
    named = list(LEVEL)[:6]
    reached = [shares(LEVEL[name], EXAMPLE, limit=20)[0] >= 0.82 for name in named]
    assert (reached.count(True), reached.count(False)) == (4, 2)


def test_the_stat_server_leaves_out_who_gives_up_before_ten_seconds():
    """Genesys (sggu.com, topic 83): 200 / (300 + 100 - 50) = 57.14 %."""
    rows = [
        waited(Left.ANSWERED, 20, 200), waited(Left.ANSWERED, 20.001, 100),
        waited(Left.ABANDONED, 9.999, 50), waited(Left.ABANDONED, 10, 50),
    ]  # fmt: skip
    assert shares(LEVEL["stat_server"], rows, limit=20)[0] == pytest.approx(0.5714, abs=5e-5)


def test_nhs_111_of_december_2016_by_its_two_definitions_and_over_all_offered():
    """England: 1,476,826 offered, 1,351,761 answered, 86.0 % in 60 s, 3.8 % given up after 30 s."""
    answered, offered, long = 1_351_761, 1_476_826, round(0.038 * 1_476_826)
    quick = round(0.86 * answered)
    rows = [
        waited(Left.ANSWERED, 60, quick), waited(Left.ANSWERED, 61, answered - quick),
        waited(Left.ABANDONED, 31, long), waited(Left.ABANDONED, 30, offered - answered - long),
    ]  # fmt: skip
    assert shares(LEVEL["over_answered"], rows, limit=60)[0] == pytest.approx(0.860, abs=5e-4)
    assert shares(LEVEL["over_offered"], rows, limit=60)[0] == pytest.approx(0.787, abs=5e-4)
    assert shares(ABANDONMENT["long_over_offered"], rows, limit=60)[0] == pytest.approx(0.038, abs=5e-5)
    assert shares(ABANDONMENT["over_offered"], rows, limit=60)[0] == pytest.approx(0.0847, abs=5e-5)


BOUNDS = [
    # definition, left, seconds, limit, disposition
    ("over_ended", Left.ANSWERED, 19.999, 20, Disposition.ANSWERED_IN_TIME),
    ("over_ended", Left.ANSWERED, 20, 20, Disposition.ANSWERED_IN_TIME),
    ("over_ended", Left.ANSWERED, 20.001, 20, Disposition.ANSWERED_LATE),
    ("over_ended_short_met", Left.ABANDONED, 4.999, 20, Disposition.ABANDONED_SHORT),
    ("over_ended_short_met", Left.ABANDONED, 5, 20, Disposition.ABANDONED_SHORT),
    ("over_ended_short_met", Left.ABANDONED, 5.001, 20, Disposition.ABANDONED_IN_TIME),
    ("over_ended_short_met", Left.ABANDONED, 20, 20, Disposition.ABANDONED_IN_TIME),
    ("over_ended_short_met", Left.ABANDONED, 20.001, 20, Disposition.ABANDONED_LATE),
    ("stat_server", Left.ABANDONED, 9.999, 20, Disposition.ABANDONED_SHORT),
    ("stat_server", Left.ABANDONED, 10, 20, Disposition.ABANDONED_IN_TIME),
    ("over_ended", Left.FLOWED_OUT, 3, 20, Disposition.FLOWED_OUT),
    ("over_ended", Left.WAITING, 3, 20, Disposition.WAITING),
]


@pytest.mark.parametrize(("name", "left", "seconds", "limit", "disposition"), BOUNDS)
def test_just_below_on_and_just_above_each_bound(name, left, seconds, limit, disposition):
    assert LEVEL[name].disposition(left, seconds, limit=limit) is disposition


_NEAR = (0, *(bound * SECOND + step for bound in (5, 10, 20, 30) for step in (-1, 0, 1)), FOREVER)
_LEFTS = [set(chosen) for many in range(1, 5) for chosen in combinations(Left, many)]


def _by_hand(definition, lefts, least, most, *, limit):
    """Return what a contact adds to the least and to the most share: whether it meets, whether it counts."""
    possible = treatments(definition, lefts, least, most, limit=limit)
    added = []
    for order in PREFERRED.values():
        chosen = next(entry for entry in order if entry in possible)
        added += [int(chosen is Treatment.MEETS), int(chosen is not Treatment.LEFT_OUT)]
    return tuple(added)


def _in_the_table(definition, waits, *, limit):
    """Return what each contact adds, by the rule as a table expression."""
    frame = pd.DataFrame(
        [
            {"left": sum(LEFT_BITS[left] for left in lefts), "least": least, "most": most, "contacts": 1}
            for lefts, least, most in waits
        ]
    )
    # Frames of pandas: a second engine beside that of the other tests.
    rows, known = kinds_of(frame, limit=limit)
    ends = [Counting.of(definition, known, limit=limit, end=end) for end in PREFERRED]
    return [
        tuple(int(kind in part) for counting in ends for part in (counting.meeting, counting.counted))
        for kind, _ in rows
    ]


@pytest.mark.parametrize("limit", [5, 20])
@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(entry, id=f"{family}.{name}")
        for family in FAMILIES
        for name, entry in FAMILIES[family].items()
    ],
)
def test_the_table_treats_contacts_at_every_bound_as_the_definition_reads(definition, limit):
    pairs = combinations_with_replacement(_NEAR, 2)
    waits = [(lefts, least, most) for least, most in pairs for lefts in _LEFTS]
    by_hand = [_by_hand(definition, *wait, limit=limit) for wait in waits]
    assert _in_the_table(definition, waits, limit=limit) == by_hand


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(list(Left)), min_size=1),
            st.integers(0, 60 * SECOND),
            st.integers(0, 60 * SECOND),
        ),
        min_size=1,
    ),
    st.sampled_from(sorted(LEVEL)),
    st.integers(0, 60),
)
def test_the_table_treats_any_contact_as_the_definition_reads(rows, name, limit):
    waits = [(lefts, min(first, second), max(first, second)) for lefts, first, second in rows]
    by_hand = [_by_hand(LEVEL[name], *wait, limit=limit) for wait in waits]
    assert _in_the_table(LEVEL[name], waits, limit=limit) == by_hand


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=20), st.integers(0, 59))
def test_a_longer_limit_never_lowers_a_service_level(seconds, limit):
    waits = [({Left.ANSWERED}, wait * SECOND, wait * SECOND) for wait in seconds]
    shorter, longer = (
        sum(added[0] for added in _in_the_table(LEVEL["over_answered"], waits, limit=bound))
        for bound in (limit, limit + 1)
    )
    assert shorter <= longer


def test_every_definition_names_its_source_and_all_formulae_differ():
    for definitions in FAMILIES.values():
        values = [
            (entry.meets, entry.misses, entry.short, entry.short_inclusive) for entry in definitions.values()
        ]
        assert len(set(values)) == len(values)
        assert all(entry.source and entry.title for entry in definitions.values())


_MISTAKEN = {
    "both": ("meets: [answered_in_time]\n    misses: [answered_in_time]", "not both: answered_in_time"),
    "no short": (
        "meets: [answered_in_time]\n    misses: [answered_late, abandoned_short]",
        "short contacts are treated apart",
    ),
}


@pytest.mark.parametrize("mistake", _MISTAKEN)
def test_a_definition_that_contradicts_itself_is_refused(mistake):
    lists, message = _MISTAKEN[mistake]
    text = f"""edition: "2026"
title: t
definitions:
  d:
    title: t
    source: s
    dated: 2026-01-01
    {lists}
"""
    with pytest.raises(ParameterError, match=message):
        load(DefinitionPolicy, text, name="params/definitions/d.yaml")
