"""A figure of any name is a figure: no sign in it stops the report, and none turns letters round."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.figures import escalation
from auditlib.figures.style import new_axes
from auditlib.figures.svg import png_of, svg_of
from auditlib.obligations.rates import rates
from auditlib.report.svg import inline_svg

UNSEEN = "\x00\x01\x0b\x1b\x7f\x85\x9b\u202e\u2066\ufffe\uffff"


def drawn(name: str) -> Axes:
    ax = new_axes()
    ax.set_title(name)
    ax.set_xticks([0.5], [name])
    ax.text(0.5, 0.5, name)
    return ax


@pytest.mark.parametrize("name", [f"a{UNSEEN}b", "客服", "a--b-->]]>&<b>"])
def test_no_sign_stops_a_figure_or_is_printed_raw(name: str) -> None:
    svg = svg_of(drawn(name))
    ET.fromstring(svg)  # noqa: S314 - made a line above
    shown = inline_svg(svg, name="n", title=name, description=name)
    ET.fromstring(shown)  # noqa: S314
    assert not set(UNSEEN) & {*svg, *shown}
    assert png_of(drawn(name))


@pytest.mark.parametrize("name", ["$\\foo$", "$x$ and $", "50 $ to 60 $"])
def test_what_looks_like_a_formula_is_a_name(name: str) -> None:
    figure = Figure()  # as a notebook draws by itself, out of the style of the house
    figure.subplots().set_title(name)
    for one in (figure, drawn(name)):
        assert name in svg_of(one)


def test_a_figure_that_was_kept_with_a_control_character_is_shown() -> None:
    kept = svg_of(drawn("a|b")).replace("a|b", "a\x01b")
    assert "a\N{REPLACEMENT CHARACTER}b" in inline_svg(kept, name="n", title="T", description="D")


def test_where_no_duty_has_a_case_the_figure_of_failures_is_empty_and_no_error() -> None:
    """Every response is anonymous, and nothing was owed that could be judged."""
    none = pd.DataFrame({"duty": [], "status": []}, dtype=object)
    axes = escalation.failures(rates(none, by=("duty",)))
    assert not axes.patches
    assert axes.get_xlim()[1] > 0
