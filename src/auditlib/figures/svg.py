"""A figure as text and as picture, the same bytes on every run."""

from __future__ import annotations

from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from auditlib.errors.values import printable
from auditlib.figures.style import figure_of, style

DPI = 110
"""Dots per inch of a picture on a screen."""
COLOURS = 128
"""The look of the house has a dozen colours; the others are the edges of letters and lines, and shades."""


def svg_of(drawn: Axes | Figure) -> str:
    """Return the figure as SVG text: no date, stable ids, the same bytes on every run."""
    buffer = BytesIO()
    with style():
        _literal(drawn).savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return printable(buffer.getvalue().decode("utf-8"))


def _literal(drawn: Axes | Figure) -> Figure:
    """Return the figure with every text taken as it stands, also where it looks like a formula."""
    figure = figure_of(drawn)
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    return figure


def png_of(drawn: Axes | Figure, *, dpi: int = DPI) -> bytes:
    """Return the figure as PNG bytes at `dpi` dots per inch, in as few colours as its look needs."""
    from PIL import Image

    buffer, small = BytesIO(), BytesIO()
    with style():
        _literal(drawn).savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    picture = Image.open(buffer).convert("RGB")
    # the usual way to choose colours, by how often they occur, would turn a few small marks grey
    fewer = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    fewer.save(small, format="png", optimize=True)
    return small.getvalue()
