"""Ticks of shares: no two of them read alike, and none has more decimals than it needs."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from auditlib.figures.marks import set_scale
from auditlib.figures.ticks import readable_on_log, share_ticks

mpl.use("agg")


def written(places: list[float], *, sign: str = "%") -> list[str]:
    axes = Figure().add_subplot()
    axes.set_xticks(places)
    share_ticks(axes.xaxis, sign=sign)
    return [label.get_text() for label in axes.get_xticklabels()]


@pytest.mark.parametrize(
    ("places", "labels"),
    [
        ([0, 0.5, 1], ["0%", "50%", "100%"]),
        ([0, 0.01, 0.02], ["0%", "1%", "2%"]),
        ([0, 0.005, 0.01], ["0.0%", "0.5%", "1.0%"]),
        ([0, 0.0025, 0.005], ["0.00%", "0.25%", "0.50%"]),
        ([0.07, 0.14, 0.29], ["7%", "14%", "29%"]),
    ],
)
def test_ticks_have_as_many_decimals_as_tell_them_apart(places: list[float], labels: list[str]) -> None:
    assert written(places) == labels


def test_the_scale_of_a_narrow_comparison_repeats_no_tick() -> None:
    axes = Figure().add_subplot()
    axes.set_xlim(0.895, 0.905)
    set_scale(axes.xaxis, "top_box")
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert len(set(labels)) == len(labels)
    assert written([-0.1, 0.1], sign="") == ["-10", "10"]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (90, 600, [100, 200, 500]),
        (150, 600, [200, 500]),
        (230, 490, [300, 400]),
        (228, 252, [230, 235, 240, 245, 250]),
    ],
)
def test_a_short_logarithmic_axis_has_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert readable_on_log([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], low, high) == ticks
