"""Which columns hold answers to questions, and on which scale they seem to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditlib.onboarding.facts import Facts, number
from auditlib.onboarding.words import closeness, simplified, vocabulary

_SCALES = ((0, 1), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (0, 5), (0, 10), (1, 10), (0, 100))
_ENOUGH = 0.97
_NAMED = 0.6


@dataclass(frozen=True, slots=True)
class ScaleGuess:
    """A proposed scale.

    Parameters
    ----------
    low, high, step
        Its scores.
    labels
        Answers in words, with their score.
    not_applicable
        Cells that mean "does not apply".
    strange
        Cells that are none of these, with how often.
    doubt
        What the auditor must decide.
    """

    low: float
    high: float
    step: float = 1.0
    labels: Mapping[str, int] = field(default_factory=dict)
    not_applicable: tuple[str, ...] = ()
    strange: Mapping[str, int] = field(default_factory=dict)
    doubt: str = ""


def scale_of(facts: Facts) -> ScaleGuess | None:
    """Return the scale the answers of a column seem to be on; None where they are no answers."""
    if not facts.filled or len(facts.distinct) > 110 or facts.leading_zeros or facts.dates is not None:
        return None
    aside = _not_applicable(facts)
    cells = Counter({cell: count for cell, count in facts.distinct.items() if cell not in aside})
    labels = _labels_of(cells)
    read = {cell: score for cell in cells if (score := number(cell)) is not None}
    if sum(cells[cell] for cell in (*labels, *read)) < _ENOUGH * cells.total() or len(cells) < 2:
        return None
    return _scale(cells, read, labels, aside)


def item_id(facts: Facts) -> str:
    """Return a canonical id for the question of a column, from its wording or its name."""
    texts = [text for text in (facts.label, facts.name) if text]
    for text in texts:
        scored = {item: closeness(text, words) for item, words in vocabulary().items.items()}
        best = max(scored, key=lambda item: scored[item])
        if scored[best] >= _NAMED:
            return best
    plain = simplified(facts.name).replace(" ", "_")[:58] or "item"
    return plain if plain.startswith("q_") else f"q_{plain}"


def _not_applicable(facts: Facts) -> tuple[str, ...]:
    words = {simplified(word) for word in vocabulary().not_applicable}
    return tuple(sorted(cell for cell in facts.distinct if simplified(cell) in words))


def _labels_of(cells: Counter[str]) -> dict[str, int]:
    """Return the score of each answer in words, from the declared list that explains most of them."""
    lists = [
        {simplified(answer): score for score, answer in enumerate(answers, start=1)}
        for answers in vocabulary().answers
    ]
    best = max(lists, key=lambda order: sum(simplified(cell) in order for cell in cells))
    found: dict[str, int] = {}
    for order in (best, *(other for other in lists if len(other) == len(best))):
        for cell in cells:  # a second language may stand beside the first
            if simplified(cell) in order:
                found.setdefault(cell, order[simplified(cell)])
    return found if len(found) > 1 else {}


def _scale(
    cells: Counter[str], read: Mapping[str, float], labels: Mapping[str, int], aside: tuple[str, ...]
) -> ScaleGuess | None:
    scores = Counter[float]()
    for cell, score in {**read, **labels}.items():
        scores[score] += cells[cell]
    bounds = _bounds(scores)
    if bounds is None:
        return None
    low, high = bounds
    inside = {score for score in scores if low <= score <= high}
    step = _step(scores, inside)
    if step is None or (len(inside) < 3 and (low, high) != (0, 1)):
        return None
    sound = {score for score in inside if score % step == 0}
    known = {**read, **labels}
    strange = {cell: count for cell, count in cells.items() if known.get(cell) not in sound}
    return ScaleGuess(low, high, step, dict(labels), aside, strange, _doubt(low, high, inside))


def _step(scores: Counter[float], inside: set[float]) -> float | None:
    """Return 1, or 0.5 where half points are given, or None where the answers keep no step."""
    total = sum(scores[score] for score in inside)
    for step in (1.0, 0.5):
        if sum(scores[score] for score in inside if score % step == 0) >= _ENOUGH * total:
            return step
    return None


def _bounds(scores: Counter[float]) -> tuple[int, int] | None:
    """Return the narrowest usual scale that holds nearly all scores."""
    for low, high in sorted(_SCALES, key=lambda scale: (scale[1] - scale[0], -scale[0])):
        inside = sum(count for score, count in scores.items() if low <= score <= high)
        if inside >= _ENOUGH * scores.total():
            return (0, 10) if (low, high) == (1, 10) and scores[0.0] else (low, high)
    return None


def _doubt(low: float, high: float, inside: set[float]) -> str:
    unused = [f"{score:g}" for score in (low, high) if score not in inside]
    if unused:
        return f"nobody answered {' or '.join(unused)}; is the scale {low:g} to {high:g}?"
    if (low, high) == (1, 10):
        return "nobody answered 0; is the scale 1 to 10, or 0 to 10?"
    if (low, high) not in ((1, 5), (0, 10), (1, 7), (0, 100)):
        return f"is the scale {low:g} to {high:g}, or was an end never used?"
    return ""
