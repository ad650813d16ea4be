"""Names as numbers: equal names have one number, whatever stands beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.service_levels.name_numbers import numbers_of

NAMES = st.lists(st.text(max_size=20), max_size=12)


def numbers(names: Any) -> list[int]:
    return numbers_of(pa.array(names, pa.string())).tolist()


@given(NAMES, st.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_a_number_is_that_of_the_name_alone(names, before):
    alone = [number for name in names for number in numbers([name])]
    assert numbers(names) == alone
    assert numbers_of(pa.array(names, pa.string()).slice(before)).tolist() == alone[before:]
    assert len(set(alone)) == len(set(names))


def test_ids_that_differ_little_have_numbers_that_differ_in_every_bit():
    ids = [f"C{number:07d}" for number in range(200_000)]
    many = np.array(numbers(ids), np.uint64)
    assert len(np.unique(many)) == len(ids)
    # The upper half alone tells them apart as well as chance does: some five pairs of 2e10 are alike.
    assert len(ids) - len(np.unique(many >> np.uint64(32))) < 20
    bits = (many[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    assert np.allclose(bits.mean(axis=0), 0.5, atol=0.01)
