"""Instruments: the questions of a survey type and the scales they are declared on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PROMOTER, DETRACTOR = 9, 6
"""A promoter answers 9 or 10, a detractor 0 to 6, on a scale of 0 to 10 (Reichheld 2003)."""
LONGEST_QUESTION = 90
"""A longer wording is cut in titles and sentences."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A declared answer scale; scores are declared, never guessed.

    Parameters
    ----------
    low, high
        Lowest and highest native score.
    step
        Distance between neighbouring scores; 0.5 allows half points.
    top
        Scores at or above it count for the top box (top-2-box on 1 to 5: 4).
    bottom
        Scores at or below it count for the bottom box (bottom-2-box on 1 to 5: 2).
    labels
        Answers given as words, with their score.
    not_applicable
        Cells that mean "does not apply to me": valid, no score.
    """

    low: float
    high: float
    step: float = 1.0
    top: float | None = None
    bottom: float | None = None
    labels: Mapping[str, float] = field(default_factory=dict)
    not_applicable: tuple[str, ...] = ()

    @property
    def scores(self) -> tuple[float, ...]:
        """Every score the scale allows, ascending."""
        return tuple(self.low + index * self.step for index in range(self._steps + 1))

    @property
    def _steps(self) -> int:
        return round((self.high - self.low) / self.step)

    @property
    def two_answers(self) -> bool:
        """Whether there are two answers, such as yes and no."""
        # Counted and not listed: a scale that is written wrongly may have a thousand million answers.
        return self._steps == 1

    @property
    def promoter(self) -> bool:
        """Whether a net promoter score can be taken on it: it goes from 0 to 10."""
        return (self.low, self.high) == (0, 10)

    @property
    def top_box(self) -> float:
        """Lowest score of the top box: the upper two of five, the higher of two, unless declared."""
        if self.top is not None:
            return self.top
        return self.high if self.two_answers else self.high - 1

    @property
    def bottom_box(self) -> float:
        """Highest score of the bottom box: the lower two of five, the lower of two, unless declared."""
        if self.bottom is not None:
            return self.bottom
        return self.low if self.two_answers else self.low + 1


@dataclass(frozen=True, slots=True)
class Item:
    """One question: its id (a column of `responses`, starting ``q_``), wording and scale."""

    item: str
    wording: str
    scale: Scale
    headline: bool = False
    """Whether this is the item a survey type is benchmarked on."""

    @property
    def quoted(self) -> str:
        """Its wording in quotation marks, cut where it is long."""
        text = " ".join(self.wording.split())
        if len(text) > LONGEST_QUESTION:
            text = f"{text[:LONGEST_QUESTION].rsplit(' ', 1)[0]} ..."
        return f'"{text}"'


@dataclass(frozen=True, slots=True)
class Instrument:
    """The questions of one survey type."""

    survey_type: str
    items: tuple[Item, ...]

    @property
    def headline(self) -> Item:
        """The item the survey type is benchmarked on: the declared one, otherwise the first."""
        return next((item for item in self.items if item.headline), self.items[0])
