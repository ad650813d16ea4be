"""Whole numbers added up by codes, batch after batch, are those of all rows at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.service_levels import coded_sums
from auditlib.service_levels.coded_sums import CodedSums, CountedNumbers, NameCodes, Pairs

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["north", "south", None]), st.sampled_from(["a", "b", "c"]), st.integers(0, 1 << 35)
    ),
    max_size=12,
)
BATCHES = st.lists(ROWS, min_size=1, max_size=4)


def columns(batch: list[tuple[Any, ...]]) -> tuple[pa.ChunkedArray, pa.ChunkedArray, Any]:
    first, second, numbers = zip(*batch, strict=True) if batch else ((), (), ())
    half = len(first) // 2
    chunks = [pa.array(first[:half], pa.string()), pa.array(first[half:], pa.string())]
    return pa.chunked_array(chunks), pa.chunked_array([pa.array(second, pa.string())]), np.array(numbers, int)


@given(BATCHES)
@settings(max_examples=100, deadline=None)
def test_sums_and_counts_by_pairs_of_names_are_those_of_all_rows(batches):
    firsts, seconds, pairs = NameCodes(), NameCodes(["c"]), Pairs()
    sums, counts, each = CodedSums(2), CodedSums(1), CodedSums(3)
    for batch in batches:
        first, second, numbers = columns(batch)
        code = pairs.codes(firsts.codes(first), seconds.codes(second))
        sums.add(code, [numbers, np.ones(len(numbers), int)])
        counts.count(code, [numbers % 2 == 0])
        each.count_each(code, numbers % 3)
    rows = [row for batch in batches for row in batch]
    names = list(zip(firsts.names[pairs.first], seconds.names[pairs.second], strict=True))
    added, cases, even, thirds = Counter(), Counter(), Counter(), Counter()
    for first, second, number in rows:
        added[first, second] += number
        cases[first, second] += 1
        even[first, second] += number % 2 == 0
        thirds[first, second, number % 3] += 1
    assert len(set(names)) == len(names)
    assert dict(zip(names, zip(*sums.sums.tolist(), strict=True), strict=True)) == {
        name: (added[name], cases[name]) for name in cases
    }
    assert dict(zip(names, counts.sums[0].tolist(), strict=True)) == even
    assert each.sums.T.tolist() == [[thirds[*name, third] for third in range(3)] for name in names]


@given(BATCHES)
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("dense", [1 << 23, 1])
@pytest.mark.parametrize("waiting", [1 << 22, 0])
def test_numbers_are_counted_alike_by_place_and_by_sorting(waiting, dense, batches):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coded_sums, "_DENSE", dense)
        patch.setattr(coded_sums, "_WAITING", waiting)
        counted = CountedNumbers()
        for batch in batches:
            numbers = np.array([number % 1000 for *_, number in batch], int)
            counted.add(numbers % 3, numbers)
        codes, numbers, cases = (part.tolist() for part in counted.counted())
    whole = Counter(number % 1000 for batch in batches for *_, number in batch)
    assert dict(zip(numbers, cases, strict=True)) == whole
    assert [number % 3 for number in numbers] == codes
    assert sorted(zip(codes, numbers, strict=True)) == list(zip(codes, numbers, strict=True))


def test_many_rows_of_few_codes_are_counted_as_few_rows_are():
    few, many = CodedSums(2), CodedSums(2)
    codes, kinds = np.arange(6) % 3, np.arange(6) % 2
    for code, kind in zip(codes, kinds, strict=True):
        few.count_each(np.array([code]), np.array([kind]))
    many.count_each(codes, kinds)
    assert few.sums.tolist() == many.sums.tolist() == [[1, 1, 1], [1, 1, 1]]
