"""Of how few people nothing is shown: just below the smallest cell of the run, on it, and above."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.parameters.run import Thresholds

FIVE = MinimumFrequency(5)


@pytest.mark.parametrize(
    ("n", "shows", "hides"),
    [(0, False, False), (1, False, True), (4, False, True), (5, True, False), (6, True, False)],
)
def test_below_it_nothing_is_shown_and_of_nobody_nothing_is_hidden(n: int, shows: bool, hides: bool) -> None:
    assert FIVE.shows(n) is shows
    assert FIVE.hides(n) is hides


def test_a_group_of_no_size_is_not_hidden() -> None:
    assert FIVE.hides(None) is False


def test_a_column_is_shown_by_its_rows() -> None:
    sizes = [0, 4, 5, 6]
    assert FIVE.shows(np.array(sizes)).tolist() == [False, False, True, True]
    shown = FIVE.shows(pd.Series(sizes, index=list("abcd")))
    assert list(shown.index[shown]) == ["c", "d"]


@pytest.mark.parametrize(("n", "shows"), [(0, False), (1, True), (2, True)])
def test_without_a_restriction_whatever_rests_on_anybody_is_shown(n: int, shows: bool) -> None:
    assert UNRESTRICTED.shows(n) is shows
    assert UNRESTRICTED.hides(n) is False


@pytest.mark.parametrize(("declared", "needed", "least"), [(1, 2, 2), (2, 2, 2), (3, 2, 3)])
def test_what_is_needed_besides_makes_it_stricter_and_never_laxer(
    declared: int, needed: int, least: int
) -> None:
    assert MinimumFrequency(declared).at_least(needed) == MinimumFrequency(least)


@pytest.mark.parametrize(("n", "told"), [(0, 5), (4, 5), (5, 10), (6, 10)])
def test_a_count_is_told_as_the_multiple_above_it(n: int, told: int) -> None:
    assert FIVE.rounded_up(n) == told


def test_it_is_what_the_run_declares() -> None:
    assert MinimumFrequency.of(Thresholds(minimum_cell=7)).least == 7
