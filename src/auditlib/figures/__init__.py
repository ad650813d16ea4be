"""Results become axes: the only home of matplotlib and seaborn.

Every function takes a result and, optionally, axes to draw on, and returns the axes. Nothing here
computes a statistic. `style` holds the look of the house; `svg_of` writes a figure the same way every time.
"""

from auditlib.figures.benchmark import funnel
from auditlib.figures.benchmark_groups import groups
from auditlib.figures.compensation import departures, event_study, placebo_distribution
from auditlib.figures.compensation_choices import naive_comparisons_curve, specification_curve
from auditlib.figures.improvement import control_charts, outliers_followed, so_far
from auditlib.figures.order import caterpillar, ranks
from auditlib.figures.style import new_axes, style
from auditlib.figures.svg import png_of, svg_of

__all__ = [
    "caterpillar",
    "control_charts",
    "departures",
    "event_study",
    "funnel",
    "groups",
    "naive_comparisons_curve",
    "new_axes",
    "outliers_followed",
    "placebo_distribution",
    "png_of",
    "ranks",
    "so_far",
    "specification_curve",
    "style",
    "svg_of",
]
