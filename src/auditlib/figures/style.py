"""The look of the house: quiet, legible in grey, safe for colour-blind readers, the same bytes every time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import fill
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK = "#22272b"
QUIET = "#5c656d"
FAINT = "#aab1b7"
PAPER = "#ffffff"
BAND = "#eef1f3"
BAND_INNER = "#dfe4e8"
HIGHER = "#1b4f86"
LOWER = "#c05a12"
"""Dark blue and mid orange: apart in hue for colour-blind readers and in lightness on a grey printer; marks
differ in shape as well."""

WIDTH, HEIGHT = 7.4, 4.4
"""Inches: the text width of a printed page, at a height that leaves room for its caption."""
LETTERS = 12.4
"""Letters of a title that an inch holds."""
HALF = 3.6
"""Inches: a figure as wide as this stands beside another one."""

RC: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.facecolor": PAPER,
    "axes.grid": False,
    "axes.labelcolor": QUIET,
    "axes.labelsize": 9,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titlepad": 10,
    "figure.facecolor": PAPER,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],  # the first ships with matplotlib
    "font.size": 9,
    "grid.color": "#e3e7ea",
    "grid.linewidth": 0.6,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",  # text stays text: small, searchable, read aloud by a screen reader
    "svg.hashsalt": "auditlib",
    "text.color": INK,
    "text.parse_math": False,  # a unit may be called $x$
    "xtick.color": QUIET,
    "xtick.labelsize": 8.5,
    "xtick.major.size": 3,
    "xtick.minor.size": 0,
    "ytick.color": QUIET,
    "ytick.labelsize": 8.5,
    "ytick.major.size": 0,
    "ytick.minor.size": 0,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the style of the house within this context, whatever the reader's own settings.

    A letter that the font lacks is drawn as a box; the text of the figure has it, so nobody is warned.
    """
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        mpl.rcParams.update(mpl.rcParamsDefault | {"backend": mpl.rcParams["backend"]} | RC)
        yield


def new_axes(*, width: float = WIDTH, height: float = HEIGHT) -> Axes:
    """Return axes on a new figure of `width` by `height` inches, apart from pyplot's global state."""
    with style():
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        return figure.add_subplot()


def fitted(text: str, ax: Axes) -> str:
    """Return a title broken into lines that fit the figure `ax` stands on."""
    return fill(text, width=int(LETTERS * figure_of(ax).get_figwidth()))


def figure_of(drawn: Axes | Figure) -> Figure:
    """Return the figure that axes stand on, or the figure itself."""
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes stand on no figure")
    return figure
