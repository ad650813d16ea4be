"""Contacts counted by their state are those counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.service_levels.first_contact import state_counts
from auditlib.service_levels.first_contact.state_counts import StateCounts

FLAGS = {"even": np.arange(6) % 2 == 0, "low": np.arange(6) < 2, "none": np.zeros(6, dtype=bool)}
BATCHES = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=8), min_size=1, max_size=4
)


@given(BATCHES, st.sampled_from([1, 2, 15]))
@settings(max_examples=200, deadline=None)
def test_frequent_and_seldom_states_are_added_up_alike(batches, frequent):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state_counts, "FREQUENT", frequent)
        counts = StateCounts(FLAGS)
        for batch in batches:
            codes, states = np.array(batch, np.int64).reshape(-1, 2).T
            counts.add(codes, states)
        sums = {name: column.tolist() for name, column in counts.sums().items()}
    rows = [row for batch in batches for row in batch]
    most = max((code for code, _ in rows), default=-1) + 1
    assert sums == {
        name: [sum(bool(flag[state]) for code, state in rows if code == wanted) for wanted in range(most)]
        for name, flag in FLAGS.items()
    }
