"""Which columns hold answers to questions, and on which scale they seem to be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from auditlib.onboarding.column_facts import REMEMBERED, ColumnFacts, number
from auditlib.onboarding.vocabulary import closeness, meaning, simplified, vocabulary

_SCALES = ((0, 1), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (0, 5), (0, 10), (1, 10), (0, 100))
_ENOUGH = 0.97
_NAMED = 0.6
_SURELY = 0.9
_RARE = 0.1
_CODES = ("99", "98", "97", "88", "999", "998", "-1", "-9", "-99", "9", "8")
"""Numbers that survey tools write where nobody gave a score."""
_NUMBERED = re.compile(r"([0-9]{1,2})\s*[-\u2013=:.)(]\s*([^\W\d_].*?)\)?")
_ANCHOR = re.compile(r"([0-9]{1,2})\s*(?:=|\(|is\b|means\b|bedeutet\b)\s*([^\W\d_][\w' ]*)")


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
    best
        Whether the highest or the lowest score is the best answer.
    direction
        What the auditor must decide about that.
    """

    low: float
    high: float
    step: float = 1.0
    labels: Mapping[str, float] = field(default_factory=dict)
    not_applicable: tuple[str, ...] = ()
    strange: Mapping[str, int] = field(default_factory=dict)
    doubt: str = ""
    best: str = "high"
    direction: str = ""

    @property
    def shared(self) -> tuple[object, ...]:
        """What makes two scales one: all but the cells beside it, and what is strange in one question."""
        labels = tuple(sorted(self.labels.items(), key=lambda pair: (pair[1], pair[0])))
        return (self.low, self.high, self.step, self.best, self.direction, labels)


@lru_cache(maxsize=REMEMBERED)
def scale_of(facts: ColumnFacts) -> ScaleGuess | None:
    """Return the scale the answers of a column seem to be on; None where they are no answers."""
    if not facts.filled or len(facts.distinct) > 110 or facts.leading_zeros or facts.dates is not None:
        return None
    if any(cell.endswith("%") for cell in facts.distinct):
        return None  # percentages are figures about answers, no answers
    words = _not_applicable(facts)
    codes = () if words else _codes(facts)
    cells = Counter({cell: count for cell, count in facts.distinct.items() if cell not in (*words, *codes)})
    labels = _numbered(cells) or _yes_and_no(facts) or _labels_of(cells)
    read = {cell: score for cell in cells if (score := number(cell)) is not None}
    if sum(cells[cell] for cell in (*labels, *read)) < _ENOUGH * cells.total() or len(cells) < 2:
        return None
    scale = _scale(cells, read, labels, words)
    if scale is not None and (scale.low, scale.high) == (1, 10) and item_id(facts) == "q_recommend":
        scale = replace(scale, low=0, doubt="")  # the net promoter question is asked from 0 to 10
    if scale is None or ((scale.low, scale.high) == (0, 100) and not _grouped(cells)):
        return None
    return _beside(_directed(scale, facts, cells), codes)


@lru_cache(maxsize=REMEMBERED)
def is_tool_column(facts: ColumnFacts) -> bool:
    """Return whether a column is what a survey tool notes about an answer, and no part of it."""
    return simplified(facts.name) in {simplified(word) for word in vocabulary().survey_tool}


@lru_cache(maxsize=REMEMBERED)
def is_person(facts: ColumnFacts) -> bool:
    """Return whether a column names persons, who are never compared as units."""
    return facts.addresses or closeness(facts.name, tuple(vocabulary().persons)) >= _SURELY


def item_id(facts: ColumnFacts) -> str:
    """Return a canonical id for the question of a column, from its wording or its name."""
    texts = [text for text in (facts.label, facts.name) if text]
    for text in texts:
        scored = {item: closeness(text, words) for item, words in vocabulary().items.items()}
        best = max(scored, key=lambda item: scored[item])
        if scored[best] >= _NAMED:
            return best
    plain = _cut(simplified(facts.name) or simplified(facts.label)) or "item"
    return plain if plain.startswith("q_") else f"q_{plain}"


def _cut(words: str) -> str:
    """Return as many of the words as an id has room for."""
    shortened = words[:40] if len(words) <= 40 else words[:41].rpartition(" ")[0] or words[:40]
    return shortened.replace(" ", "_")


def _codes(facts: ColumnFacts) -> tuple[str, ...]:
    """Return numbers far beside the scale of all others: codes for "does not apply"."""
    scores = {cell: score for cell in facts.distinct if (score := number(cell)) is not None}
    beside = [cell for cell in _CODES if cell in scores]
    on_scale = [score for cell, score in scores.items() if cell not in beside]
    if len(set(on_scale)) < 3 or max(on_scale) > 10 or min(on_scale) < 0:
        return ()
    far = max(max(on_scale) + 1, 7)
    codes = tuple(cell for cell in beside if scores[cell] < 0 or scores[cell] > far)
    rare = sum(facts.distinct[cell] for cell in codes) < _RARE * len(facts.filled)
    return codes if rare or all(not 0 <= scores[cell] <= 10 for cell in codes) else ()


def _beside(scale: ScaleGuess, codes: tuple[str, ...]) -> ScaleGuess:
    if not codes:
        return scale
    listed_codes = " and ".join(repr(code) for code in codes)
    doubt = f"{listed_codes} beside the scale: read as 'does not apply'; is it?"
    return replace(
        scale, not_applicable=codes, doubt="; ".join(part for part in (scale.doubt, doubt) if part)
    )


def _grouped(cells: Counter[str]) -> bool:
    """Return whether scores up to 100 keep to steps of five, as answers do and measures do not."""
    round_scores = sum(count for cell, count in cells.items() if (number(cell) or 0) % 5 == 0)
    return round_scores > 0.9 * cells.total()


def _numbered(cells: Counter[str]) -> dict[str, float]:
    """Return the score of each answer that names its own: ``1 - Very good``."""
    read = {cell: match for cell in cells if (match := _NUMBERED.fullmatch(cell))}
    scores = [int(match[1]) for match in read.values()]
    if len(read) < 2 or len(set(scores)) < len(scores):
        return {}
    return {cell: float(match[1]) for cell, match in read.items()}


def _yes_and_no(facts: ColumnFacts) -> dict[str, float]:
    """Return 1 for yes and 0 for no where a column asks whether something was resolved."""
    if closeness(facts.wording, vocabulary().items["q_resolution"]) < _SURELY:
        return {}
    meant = {cell: meaning(cell, vocabulary().flags) for cell in facts.distinct}
    scores = {cell: float(code == "true") for cell, code in meant.items() if code and not cell.isdecimal()}
    return scores if set(scores.values()) == {0.0, 1.0} else {}


def _directed(scale: ScaleGuess, facts: ColumnFacts, cells: Counter[str]) -> ScaleGuess:
    """Return the scale with the end that is best: as its words say, or asked where nothing does."""
    direction = _said_best(scale, facts)
    if direction:
        return replace(scale, best=direction)
    if (scale.labels and not _numbered(cells)) or scale.step != 1 or scale.high >= 10 or scale.high == 1:
        return scale
    doubt = (
        f"is {scale.high:g} the best answer, or {scale.low:g}? Nothing in the file says it; "
        f"where {scale.low:g} is best, write best: low"
    )
    return replace(scale, direction=doubt)


def _said_best(scale: ScaleGuess, facts: ColumnFacts) -> str:
    """Return which end the words of cells or header call the best; empty where they are silent."""
    pairs = [(float(match[1]), match[2]) for match in map(_NUMBERED.fullmatch, scale.labels) if match]
    pairs += [(float(score), words) for score, words in _ANCHOR.findall(f"{facts.label} ({facts.name}")]
    votes = Counter[str]()
    for score, words in pairs:
        good = _goodness(words)
        if good and score in (scale.low, scale.high):
            votes["high" if (score == scale.high) == (good > 0) else "low"] += 1
    return votes.most_common(1)[0][0] if len(votes) == 1 else ""


def _goodness(words: str) -> int:
    """Return 1 for words that praise most, -1 for those that blame most, 0 for others."""
    plain = simplified(words)
    if plain in {simplified(word) for word in vocabulary().best}:
        return 1
    if plain in {simplified(word) for word in vocabulary().worst}:
        return -1
    ends = [(simplified(answers[0]), simplified(answers[-1])) for answers in vocabulary().answers]
    if any(plain == last for _, last in ends):
        return 1
    return -1 if any(plain == first for first, _ in ends) else 0


def _not_applicable(facts: ColumnFacts) -> tuple[str, ...]:
    words = {simplified(word) for word in vocabulary().not_applicable}
    cells = (*facts.distinct, *facts.missing)
    return tuple(sorted(cell for cell in cells if cell and simplified(cell) in words))


def _labels_of(cells: Counter[str]) -> dict[str, float]:
    """Return the score of each answer in words, from the declared list that explains most of them."""
    lists = [
        {simplified(answer): score for score, answer in enumerate(answers, start=1)}
        for answers in vocabulary().answers
    ]
    best = max(lists, key=lambda order: sum(simplified(cell) in order for cell in cells))
    labels: dict[str, float] = {}
    for order in (best, *(translation for translation in lists if len(translation) == len(best))):
        for cell in cells:  # a second language may stand beside the first
            if simplified(cell) in order:
                labels.setdefault(cell, order[simplified(cell)])
    return labels if len(labels) > 1 else {}


def _scale(
    cells: Counter[str], read: Mapping[str, float], labels: Mapping[str, float], aside: tuple[str, ...]
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
    scored = {**read, **labels}
    strange = {cell: count for cell, count in cells.items() if scored.get(cell) not in sound}
    whole = bool(labels) and len(set(labels.values())) == high - low + 1
    return ScaleGuess(
        low, high, step, dict(labels), aside, strange, "" if whole else _doubt(low, high, inside)
    )


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
        code = f"; or is {high:g} a code that stands beside it, such as 'don't know'?" if high == 6 else ""
        return f"is the scale {low:g} to {high:g}, or was an end never used?{code}"
    return ""
