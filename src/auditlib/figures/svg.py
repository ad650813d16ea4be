"""A figure as text or picture, the same bytes on every run."""

from __future__ import annotations

from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from auditlib.figures.style import figure_of, style


def svg_of(drawn: Axes | Figure) -> str:
    """Return the figure as SVG text: no date, stable ids, the same bytes on every run."""
    buffer = BytesIO()
    with style():
        figure_of(drawn).savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().decode("utf-8")


def png_of(drawn: Axes | Figure, *, dpi: int = 144) -> bytes:
    """Return the figure as PNG bytes at `dpi` dots per inch."""
    buffer = BytesIO()
    with style():
        figure_of(drawn).savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()
