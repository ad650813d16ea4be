"""Figures of drivers: importance against performance, question by question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from auditlib.drivers import DriverQuestion, DriversResult, Survey
from auditlib.drivers.statements import plain
from auditlib.figures.labels import place
from auditlib.figures.style import FAINT, HIGHER, LOWER, PAPER, QUIET, WIDTH, figure_of, style
from auditlib.figures.texts import note
from auditlib.figures.ticks import share_ticks
from auditlib.statements import counted

_HUNDRED = 100
_STEPS = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16)
"""Products of impact and frequency that curves are drawn for, as shares of all responses."""


def importance_and_performance(result: DriversResult) -> Figure:
    """Draw each question by how often it is answered low and what goes with it, one panel per survey.

    Along a curve the product of both is the same. Importance-performance analysis after Martilla and James
    (1977), Journal of Marketing 41:77-79, with the performance as share of low answers.
    """
    if not result.ranked:
        return figure_of(note("no question may be shown"))
    with style():
        figure = Figure(figsize=(WIDTH, 4.0), layout="constrained")
        FigureCanvasAgg(figure)
        surveys = result.ranked
        panels = figure.subplots(1, len(surveys), sharey=True, squeeze=False)[0]
        highest = 1.12 * max(
            question.penalty.interval.high for survey in surveys for question in survey.questions
        )
        for panel, survey in zip(panels, surveys, strict=True):
            _panel(panel, survey, top=result.policy.top, highest=_HUNDRED * highest)
        panels[0].set_ylabel(
            "how many more overall answers are bad where\nthis one is low (percentage points)"
        )
    return figure


def _panel(panel: Axes, survey: Survey, *, top: int, highest: float) -> None:
    reach = 1.25 * max(question.low_share for question in survey.questions)
    panel.set_xlim(0, reach)
    panel.set_ylim(0, highest)
    _curves(panel, reach, highest)
    for main in (True, False):
        questions = survey.questions[:top] if main else survey.questions[top:]
        if questions:
            _marks(panel, questions, main=main)
    _names(panel, survey.questions)
    share_ticks(panel.xaxis)
    panel.set_xlabel("answers in the bottom box")
    panel.set_title(f"{survey.survey_type.capitalize()}: {counted(survey.n, 'complete response')}")


def _names(panel: Axes, questions: Sequence[DriverQuestion]) -> None:
    """Name each question at the upper end of its interval, or where that is crowded at the lower one."""
    bars = {plain(question.item.item): _bar(question) for question in questions}
    avoid = [point for bar in bars.values() for point in bar]
    written = place(panel, list(bars), [bar[-1] for bar in bars.values()], avoid=avoid, size=8.5)
    missing = {name: bar for name, bar in bars.items() if name not in {label.get_text() for label in written}}
    place(panel, list(missing), [bar[0] for bar in missing.values()], avoid=avoid, size=8.5)


def _bar(question: DriverQuestion) -> list[tuple[float, float]]:
    """Return points along the interval of a question, so that no name is written across it."""
    limits = question.penalty.interval
    return [(question.low_share, _HUNDRED * y) for y in np.linspace(limits.low, limits.high, 60)]


def _curves(panel: Axes, reach: float, highest: float) -> None:
    x = np.linspace(reach / 400, reach, 400)
    for product in _STEPS:
        y = _HUNDRED * product / x
        if y[-1] < 0.93 * highest and (y < highest).any():
            panel.plot(x, np.where(y < highest, y, np.nan), color=FAINT, lw=0.7, ls=(0, (4, 3)), zorder=1)
            panel.annotate(
                f"{_HUNDRED * product:g}%", (reach, y[-1]), (-2, 2), textcoords="offset points", ha="right",
                va="bottom", fontsize=7.5, color=QUIET,
            )  # fmt: skip


def _marks(panel: Axes, questions: Sequence[DriverQuestion], *, main: bool) -> None:
    y = np.array([_HUNDRED * question.penalty.value for question in questions])
    low = np.array([_HUNDRED * question.penalty.interval.low for question in questions])
    high = np.array([_HUNDRED * question.penalty.interval.high for question in questions])
    colour = LOWER if main else HIGHER
    panel.errorbar(
        [question.low_share for question in questions],
        y,
        yerr=[y - low, high - y],
        fmt="D" if main else "o",
        ms=6,
        mfc=colour if main else PAPER,
        mec=colour,
        ecolor=colour,
        elinewidth=1.0,
        zorder=3,
    )
