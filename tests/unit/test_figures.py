"""Figures: same bytes every time, names that cover nothing, the look of the house."""

import numpy as np
import pandas as pd
import pytest
from compared_units import compare
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from auditlib import figures
from auditlib.figures import labels
from auditlib.figures.style import BAND, HIGHER, LOWER, new_axes
from auditlib.figures.ticks import share_ticks
from auditlib.records import Instrument, Item, Scale

INSTRUMENT = Instrument("transactional", (Item("q_overall", "How satisfied?", Scale(1, 5), True),))


def _comparison(units, *, size=None):
    rng = np.random.default_rng(6)
    rows = []
    for index in range(units):
        n = size or int(rng.integers(40, 900))
        mean = 4 + rng.normal(0, 0.1) + (1.0 if index % 17 == 3 else 0)
        scores, counts = np.unique(np.clip(np.round(rng.normal(mean, 0.9, n)), 1, 5), return_counts=True)
        rows += [
            (f"U{index:04d}", "transactional", "q_overall", score, count)
            for score, count in zip(scores, counts, strict=True)
        ]
    cells = pd.DataFrame(rows, columns=["unit_id", "survey_type", "item", "score", "n"])
    register = pd.DataFrame({"unit_id": sorted(set(cells["unit_id"]))})
    (comparison,) = compare(cells, INSTRUMENT, units=register, statistic="top_box", draws=100).result
    return comparison


@pytest.fixture(scope="module")
def few():
    return _comparison(34)


@pytest.fixture(scope="module")
def many():
    return _comparison(200, size=120)


DRAWINGS = [figures.funnel, figures.caterpillar, figures.ranks]


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("which", ["few", "many"])
def test_a_figure_is_the_same_text_every_time(draw, which, request):
    comparison = request.getfixturevalue(which)
    one, other = figures.svg_of(draw(comparison)), figures.svg_of(draw(comparison))
    assert one == other
    assert "<dc:date>" not in one
    assert "<script" not in one


@pytest.mark.parametrize("draw", DRAWINGS)
def test_a_figure_draws_on_the_axes_it_is_given(draw, few):
    axes = figures.new_axes()
    assert draw(few, axes) is axes


@pytest.mark.parametrize("draw", DRAWINGS)
def test_a_picture_is_the_same_bytes_every_time_and_small(draw, few):
    one, other = figures.png_of(draw(few)), figures.png_of(draw(few))
    assert one == other
    assert one.startswith(b"\x89PNG")
    assert len(one) < 40_000
    assert b"Software" not in one
    assert b"tIME" not in one


def test_few_small_marks_keep_their_colour():
    from io import BytesIO

    from PIL import Image

    drawn = figures.new_axes()
    drawn.axhspan(0, 0.5, color=BAND)
    drawn.scatter([0.5, 0.6], [0.2, 0.8], color=[LOWER, HIGHER], s=6)
    pixels = np.asarray(Image.open(BytesIO(figures.png_of(drawn))).convert("RGB")).reshape(-1, 3).astype(int)
    for colour in (LOWER, HIGHER, BAND):
        wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
        assert np.abs(pixels - wanted).max(axis=1).min() <= 8


def test_taking_a_picture_does_not_change_the_figure(few):
    drawn = figures.funnel(few)
    before = figures.svg_of(drawn)
    figures.png_of(drawn)
    assert figures.svg_of(drawn) == before


def test_figures_leave_the_readers_settings_alone(few):
    import matplotlib as mpl

    before = mpl.rcParams.copy()
    figures.svg_of(figures.funnel(few))
    assert dict(mpl.rcParams) == dict(before)


def test_text_stays_text(few):
    text = figures.svg_of(figures.caterpillar(few))
    assert "U0003" in text


def test_only_units_outside_the_limits_are_named(few):
    drawn = figures.funnel(few)
    named = {text.get_text() for text in drawn.texts if isinstance(text, Annotation)}
    outside = few.frame[~few.frame["verdict"].isin(["within limits", "no verdict"])]
    assert named
    assert named <= set(outside["name"])


def test_names_cover_neither_marks_nor_each_other():
    rng = np.random.default_rng(2)
    axes = figures.new_axes()
    points = rng.uniform(size=(150, 2))
    axes.scatter(points[:, 0], points[:, 1])
    written = labels.place(
        axes, [f"Unit {index}" for index in range(150)], points.tolist(), avoid=points.tolist()
    )
    boxes = [text.get_window_extent() for text in written]
    marks = axes.transData.transform(points)
    assert 0 < len(written) < 150
    assert not any(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[:at])
    assert not any(box.contains(x, y) for box in boxes for x, y in marks)


def test_marks_differ_in_grey(few):
    from auditlib.figures.style import FAINT, HIGHER, LOWER, PAPER

    def lightness(colour):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    shades = sorted(lightness(colour) for colour in (HIGHER, LOWER, FAINT, PAPER))
    assert min(np.diff(shades)) > 25


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ST MARY'S HOSPITAL (SOUTH)", "St Mary's Hospital (South)"),
        ("U014", "U014"),
        ("Bergen", "Bergen"),
        ("A" * 40, "A" + "a" * 30 + "…"),
    ],
)
def test_names_are_written_to_be_read(name, written):
    assert labels.shortened(name) == written


def test_axes_are_returned_for_every_size(many):
    for draw in DRAWINGS:
        assert isinstance(draw(many), Axes)


@pytest.mark.parametrize(("most", "second"), [(1.0, "20%"), (0.06, "1%"), (0.012, "0.2%"), (0.0012, "0.02%")])
def test_no_two_ticks_of_an_axis_of_shares_read_the_same(most: float, second: str) -> None:
    ax = new_axes()
    ax.set_xlim(0, most)
    share_ticks(ax.xaxis)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert len(set(labels)) == len(labels)
    assert second in labels
