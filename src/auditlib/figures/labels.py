"""Names beside marks, placed so that none covers a mark or another name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from auditlib.benchmark.words import readable
from auditlib.figures.style import INK, figure_of
from auditlib.statistics.types import Floats

_Across = Literal["left", "center", "right"]
_Along = Literal["bottom", "center", "top"]

_SIDES: tuple[tuple[float, float, _Across, _Along], ...] = (
    (7, 0, "left", "center"),
    (-7, 0, "right", "center"),
    (0, 8, "center", "bottom"),
    (0, -8, "center", "top"),
    (7, 9, "left", "bottom"),
    (7, -9, "left", "top"),
    (-7, 9, "right", "bottom"),
    (-7, -9, "right", "top"),
    (7, 19, "left", "bottom"),
    (7, -19, "left", "top"),
    (-7, 19, "right", "bottom"),
    (-7, -19, "right", "top"),
)
"""Where a name may stand, in points from its mark: the natural places first."""


def shortened(name: str, *, most: int = 32) -> str:
    """Return a name that fits beside its mark, and not all in capitals."""
    text = readable(name)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def place(
    ax: Axes,
    names: Sequence[str],
    at: Sequence[tuple[float, float]],
    *,
    avoid: Sequence[tuple[float, float]],
    size: float = 8,
) -> tuple[Annotation, ...]:
    """Write each name beside its point; one that fits nowhere is left out.

    Parameters
    ----------
    names, at
        Names and their points in data coordinates, most important first.
    avoid
        Points of all marks, which no name may cover.

    Notes
    -----
    Greedy and deterministic: each name takes the first free place of a fixed list. Sizes are measured with
    the house font, which is wider than the fonts a browser may put in its place.
    """
    figure = figure_of(ax)
    figure.draw_without_rendering()
    marks = ax.transData.transform(np.asarray(avoid, dtype=float).reshape(-1, 2))
    frame, boxes, written = ax.get_window_extent(), list[Bbox](), list[Annotation]()
    for name, point in zip(names, at, strict=True):
        for side in _SIDES:
            text = _write(ax, name, point, side=side, size=size)
            box = text.get_window_extent().padded(1.5)
            if _free(box, frame, marks, boxes):
                boxes.append(box)
                written.append(text)
                break
            text.remove()
    return tuple(written)


def _write(
    ax: Axes,
    name: str,
    point: tuple[float, float],
    *,
    side: tuple[float, float, _Across, _Along],
    size: float,
) -> Annotation:
    horizontal, vertical = side[2:]
    far = abs(side[1]) > 15
    return ax.annotate(
        name, point, xytext=(side[0], side[1]), textcoords="offset points", ha=horizontal, va=vertical,
        fontsize=size, color=INK, zorder=6,
        arrowprops={"arrowstyle": "-", "lw": 0.5, "color": INK} if far else None,
        annotation_clip=False,
    )  # fmt: skip


def _free(box: Bbox, frame: Bbox, marks: Floats, boxes: Sequence[Bbox]) -> bool:
    inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
    covered = (
        (marks[:, 0] > box.x0) & (marks[:, 0] < box.x1) & (marks[:, 1] > box.y0) & (marks[:, 1] < box.y1)
    )
    return inside and not covered.any() and not any(box.overlaps(written) for written in boxes)
