"""Texts of a figure, changed before it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.category import StrCategoryFormatter
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, Formatter, FuncFormatter

from auditlib.figures.style import QUIET, figure_of, new_axes, style
from auditlib.statements import counted


def left_out(values: int) -> str:
    """Return the words of how many values are not drawn."""
    return counted(
        values, "value is not drawn: it is held back.", "values are not drawn: they are held back."
    )


def note(text: str, ax: Axes | None = None) -> Axes:
    """Write why there is nothing to draw."""
    if ax is None:
        ax = new_axes(height=0.8)
    with style():
        ax.set_axis_off()
        ax.text(0, 0.5, text, color=QUIET, va="center", transform=ax.transAxes)
    return ax


def note_beneath(drawn: Axes | Figure, text: str) -> None:
    """Write a line beneath a figure, clear of the legend that stands there."""
    figure = figure_of(drawn)
    with style():
        if figure.legends:
            last = figure.axes[-1]
            last.set_xlabel(f"{last.get_xlabel()}\n{text}")
        else:
            figure.supxlabel(text, x=0.008, ha="left", fontsize=8, color=QUIET)


class _Shown(Formatter):
    """Formats ticks as another does, and changes what it gives."""

    def __init__(self, formatter: Formatter, change: Callable[[str], str]) -> None:
        self._given, self._change = formatter, change

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self._change(self._given(x, pos))

    def format_ticks(self, values: list[float]) -> list[str]:
        return [self._change(text) for text in self._given.format_ticks(values)]

    def get_offset(self) -> str:
        return self._given.get_offset()

    def set_locs(self, locs: Any) -> None:
        self._given.set_locs(locs)


def shown_as(drawn: Axes | Figure, change: Callable[[str], str]) -> None:
    """Let every text of a figure be what `change` gives for it; texts that it leaves are not touched."""
    figure = figure_of(drawn)
    for text in figure.findobj(Text):
        assert isinstance(text, Text)  # noqa: S101 - for the type checker
        if (changed := change(text.get_text())) != text.get_text():
            text.set_text(changed)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            formatter = axis.get_major_formatter()
            if isinstance(formatter, FixedFormatter | FuncFormatter | StrCategoryFormatter):
                axis.set_major_formatter(_Shown(formatter, change))
