"""The two questionnaires of the generated company, and how latent satisfaction becomes an answer."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

TRANSACTIONAL, RELATIONSHIP = "transactional", "relationship"


@dataclass(frozen=True, slots=True)
class Question:
    """One item: wording, native scale, how much harder than average it is (latent points)."""

    item: str
    wording: str
    shift: float
    low: int = 1
    high: int = 5
    half_points: bool = False


QUESTIONS = MappingProxyType(
    {
        TRANSACTIONAL: (
            Question("q_overall", "How satisfied were you with this contact?", 0.0, half_points=True),
            Question("q_resolution", "Was your matter resolved?", -0.08, half_points=True),
            Question("q_speed", "How satisfied were you with the time it took?", -0.16, half_points=True),
            Question("q_courtesy", "How courteous were we?", 0.22, half_points=True),
            Question("q_knowledge", "How well did we know our subject?", 0.08, half_points=True),
        ),
        RELATIONSHIP: (
            Question("q_satisfaction", "All in all, how satisfied are you with us?", 0.02),
            Question("q_value", "How fair is the price for what you get?", -0.14),
            Question("q_communication", "How well do we keep you informed?", -0.02),
            Question("q_reliability", "How far can you rely on us?", 0.1),
            Question("q_recommend", "How likely are you to recommend us (0 to 10)?", 0.06, low=0, high=10),
        ),
    }
)

LABELS = MappingProxyType(
    {
        "Very dissatisfied": 1.0,
        "Dissatisfied": 2.0,
        "Neither": 3.0,
        "Satisfied": 4.0,
        "Very satisfied": 5.0,
        "Sehr unzufrieden": 1.0,
        "Unzufrieden": 2.0,
        "Teils, teils": 3.0,
        "Zufrieden": 4.0,
        "Sehr zufrieden": 5.0,
    }
)
"""Answers of q_satisfaction as they stand in the export, in two languages."""


def answer(
    latent: npt.NDArray[np.float64], question: Question, halves: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return native scores for latent satisfaction on the 1-to-5 scale.

    Parameters
    ----------
    latent
        Latent satisfaction of each response, in points of the 1-to-5 scale.
    question
        The item; its shift is applied here.
    halves
        Whether the respondent uses half points, where the scale has them.
    """
    native = question.low + (latent + question.shift - 1) * (question.high - question.low) / 4
    steps = np.where(halves & question.half_points, 2.0, 1.0)
    return np.asarray(np.clip(np.floor(native * steps + 0.5) / steps, question.low, question.high))


def on_five_points(scores: npt.NDArray[np.float64], question: Question) -> npt.NDArray[np.float64]:
    """Convert native scores linearly to the 1-to-5 scale: on 0 to 10, 5 becomes 3 and 8 becomes 4.2."""
    return np.asarray(1 + (scores - question.low) * 4 / (question.high - question.low))
