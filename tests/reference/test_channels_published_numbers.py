"""Numbers that others published about service levels, computed again to the printed digit."""

from __future__ import annotations

import pytest

from auditlib.service_levels.reach.contact_counts import Count
from auditlib.service_levels.reach.same_mix import Weighting, difference
from auditlib.statistics.strata import NO_SPREAD


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_limits_of_the_difference_of_two_channels_are_newcombes(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10."""
    way = Weighting({"": 1.0}, {"": Count(*first, 0)}, {"": Count(*second, 0)})
    ends = difference(way, NO_SPREAD, NO_SPREAD, level=0.95, margin=0.01).interval
    assert (round(ends.low, 4), round(ends.high, 4)) == (low, high)
